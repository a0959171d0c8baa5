/* quarry-grid.h: thumbnails of the session's frames
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_GRID (quarry_grid_get_type ())
G_DECLARE_FINAL_TYPE (QuarryGrid, quarry_grid, QUARRY, GRID, GtkWidget)

/* Properties "thumbnail-size": least width of a cell, px; "state", "count-text": as below, notify */
#define QUARRY_GRID_MIN_SIZE 120
#define QUARRY_GRID_MAX_SIZE 360

GtkWidget  *quarry_grid_new            (QuarrySession *session);
QuarryId    quarry_grid_get_hovered    (QuarryGrid    *self);       /* frame under the pointer, else with the focus; 0 none */
void        quarry_grid_scroll_to      (QuarryGrid    *self,
                                        QuarryId       frame);      /* makes it visible and the cursor; nothing where it is not in the list */
const char *quarry_grid_get_state      (QuarryGrid    *self);       /* "wait", "cells", "first", "importing", "nothing" */
const char *quarry_grid_get_count_text (QuarryGrid    *self);       /* "41 of 120 frames · 3 selected" */
GtkWidget  *quarry_grid_get_view       (QuarryGrid    *self);       /* (transfer none): the GtkGridView */

G_END_DECLS
