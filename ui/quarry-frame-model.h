/* quarry-frame-model.h: the ids of a result as a list; items are made when looked at
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-records.h"

G_BEGIN_DECLS

#define QUARRY_TYPE_FRAME_ITEM (quarry_frame_item_get_type ())
G_DECLARE_FINAL_TYPE (QuarryFrameItem, quarry_frame_item, QUARRY, FRAME_ITEM, GObject)

QuarryId          quarry_frame_item_get_id       (QuarryFrameItem  *self);

#define QUARRY_TYPE_FRAME_MODEL (quarry_frame_model_get_type ())
G_DECLARE_FINAL_TYPE (QuarryFrameModel, quarry_frame_model, QUARRY, FRAME_MODEL, GObject)

QuarryFrameModel *quarry_frame_model_new         (GArray           *take_ids);
guint             quarry_frame_model_get_n       (QuarryFrameModel *self);
QuarryId          quarry_frame_model_get_id      (QuarryFrameModel *self,
                                                  guint             position);
const GArray     *quarry_frame_model_get_ids     (QuarryFrameModel *self);
gboolean          quarry_frame_model_find        (QuarryFrameModel *self,
                                                  QuarryId          id,
                                                  guint            *out_position);

G_END_DECLS
