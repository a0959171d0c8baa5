/* quarry-import-dialog.h: what a source holds and how it becomes frames, before it is imported
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-ingest.h"
#include "quarry-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Property "ready" (boolean, notifies): the sources have been looked at. Actions: import.start, import.copy-to, import.no-copy */
#define QUARRY_TYPE_IMPORT_DIALOG (quarry_import_dialog_get_type ())
G_DECLARE_FINAL_TYPE (QuarryImportDialog, quarry_import_dialog, QUARRY, IMPORT_DIALOG, AdwWindow)

/* What was chosen; the strings belong to it */
typedef struct
{
  char                **paths;       /* those that can be imported */
  QuarryIngestOptions   options;
  char                 *format, *sync_sensor, *copy_to;     /* what the options point at; nullable */
} QuarryImportChoice;

typedef void (*QuarryImportFunc) (const QuarryImportChoice *choice, gpointer user_data);

void       quarry_import_choice_free     (QuarryImportChoice *self);
QuarryImportChoice *quarry_import_choice_copy (const QuarryImportChoice *self);
GtkWidget *quarry_import_dialog_present  (QuarrySession       *session,
                                          GtkWindow           *parent,
                                          const char * const  *paths,       /* of files or folders, or URIs */
                                          QuarryImportFunc     accepted,    /* once, when the person says Import; not when @parent is gone */
                                          gpointer             user_data);

G_END_DECLS
