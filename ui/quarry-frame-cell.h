/* quarry-frame-cell.h: one frame in the grid
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * One widget without children that draws itself: hundreds of them are made at the first look.
 */

#pragma once

#include "quarry-grid-cache.h"

G_BEGIN_DECLS

#define QUARRY_TYPE_FRAME_CELL (quarry_frame_cell_get_type ())
G_DECLARE_FINAL_TYPE (QuarryFrameCell, quarry_frame_cell, QUARRY, FRAME_CELL, GtkWidget)

GtkWidget *quarry_frame_cell_new          (QuarryGridCache *cache);
void       quarry_frame_cell_set_frame    (QuarryFrameCell *self,
                                           QuarryId         frame,         /* 0 none */
                                           guint            position);
QuarryId   quarry_frame_cell_get_frame    (QuarryFrameCell *self);
guint      quarry_frame_cell_get_position (QuarryFrameCell *self);
void       quarry_frame_cell_set_size     (QuarryFrameCell *self,
                                           int              size);         /* least width, px */
void       quarry_frame_cell_update       (QuarryFrameCell *self);         /* what the cache knows has changed */
gboolean   quarry_frame_cell_is_known     (QuarryFrameCell *self);         /* its record has been read */
int        quarry_frame_cell_get_height   (int              width);        /* px */
char      *quarry_frame_cell_dup_caption  (const QuarryFrame *frame);      /* "site-7 · 14:02:31.2" */
char      *quarry_frame_cell_dup_time     (const QuarryFrame *frame);      /* local time, else the key */

G_END_DECLS
