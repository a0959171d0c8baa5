/* quarry-selection-model.h: which frames of a result are selected, one bit a frame
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-frame-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_SELECTION_MODEL (quarry_selection_model_get_type ())
G_DECLARE_FINAL_TYPE (QuarrySelectionModel, quarry_selection_model, QUARRY, SELECTION_MODEL, GObject)

QuarrySelectionModel *quarry_selection_model_new            (QuarryFrameModel     *frames);
QuarryFrameModel     *quarry_selection_model_get_frames     (QuarrySelectionModel *self);     /* (transfer none) */
guint                 quarry_selection_model_get_n_selected (QuarrySelectionModel *self);
GArray               *quarry_selection_model_dup_ids        (QuarrySelectionModel *self);     /* (transfer full): QuarryId, in the list's order */
guint                 quarry_selection_model_first          (QuarrySelectionModel *self);     /* position, GTK_INVALID_LIST_POSITION where none is */
void                  quarry_selection_model_select_ids     (QuarrySelectionModel *self,      /* adds those that are in the list */
                                                             const GArray         *ids);

G_END_DECLS
