/* quarry-page-reader.h: keeps what a page shows up to date
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* How a page reads. @read runs in a worker and sees the catalog and the request only */
typedef struct
{
  const char     *failed;          /* N_("Cannot list the datasets"): the reason follows after a colon */
  gpointer      (*ask)             (GtkWidget *page);    /* main thread: what to read; nullable */
  gpointer      (*read)            (QuarryCatalog *catalog, gpointer request, GCancellable *cancellable, GError **error);
  void          (*show)            (GtkWidget *page, gpointer request, gpointer result);   /* main thread */
  GDestroyNotify  free_request;
  GDestroyNotify  free_result;
} QuarryReading;

#define QUARRY_TYPE_PAGE_READER (quarry_page_reader_get_type ())
G_DECLARE_FINAL_TYPE (QuarryPageReader, quarry_page_reader, QUARRY, PAGE_READER, GObject)

/* Property "busy" (boolean, notifies) */

QuarryPageReader *quarry_page_reader_new     (GtkWidget            *page,
                                              QuarrySession        *session,
                                              const QuarryReading  *reading);
void              quarry_page_reader_queue   (QuarryPageReader     *self);
gboolean          quarry_page_reader_is_busy (QuarryPageReader     *self);

G_END_DECLS
