/* quarry-query-bar.h: the line that says which frames are wanted
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_QUERY_BAR (quarry_query_bar_get_type ())
G_DECLARE_FINAL_TYPE (QuarryQueryBar, quarry_query_bar, QUARRY, QUERY_BAR, GtkWidget)

GtkWidget *quarry_query_bar_new         (QuarrySession  *session);
void       quarry_query_bar_set_session (QuarryQueryBar *self,
                                         QuarrySession  *session);      /* once */
GtkEntry  *quarry_query_bar_get_entry   (QuarryQueryBar *self);
char      *quarry_query_bar_dup_error   (QuarryQueryBar *self);         /* (nullable): the message that is shown */

G_END_DECLS
