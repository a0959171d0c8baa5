/* quarry-split-dialog.h: a dataset's frames into train, val and test
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_SPLIT_DIALOG (quarry_split_dialog_get_type ())
G_DECLARE_FINAL_TYPE (QuarrySplitDialog, quarry_split_dialog, QUARRY, SPLIT_DIALOG, AdwWindow)

/* Actions: split.apply. Adjustments "train", "val", "test" (percent) and "seed" are template children */

GtkWidget *quarry_split_dialog_present (QuarrySession       *session,
                                        GtkWindow           *parent,
                                        const QuarryDataset *dataset);

G_END_DECLS
