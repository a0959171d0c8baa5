/* quarry-export-dialog.h: a dataset or its splits out to a training format
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_EXPORT_DIALOG (quarry_export_dialog_get_type ())
G_DECLARE_FINAL_TYPE (QuarryExportDialog, quarry_export_dialog, QUARRY, EXPORT_DIALOG, AdwWindow)

/* Actions: export.choose-folder, export.set-folder (s: the folder in which the new one is made), export.start */

GtkWidget *quarry_export_dialog_present (QuarrySession       *session,
                                         GtkWindow           *parent,
                                         const QuarryDataset *dataset,
                                         int                  version);

G_END_DECLS
