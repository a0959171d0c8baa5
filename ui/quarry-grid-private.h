/* quarry-grid-private.h: what the grid's files share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-frame-cell.h"
#include "quarry-grid.h"

#include <adwaita.h>

G_BEGIN_DECLS

struct _QuarryGrid
{
  GtkWidget        parent_instance;
  QuarrySession   *session;
  QuarryGridCache *cache;
  GHashTable      *cells;          /* set of all QuarryFrameCell there are, not owned */
  int              size;           /* thumbnail-size */
  guint            settle_source;
  guint            columns_source;
  gboolean         has_pointer;
  double           pointer_x, pointer_y;       /* in the view */
  char            *count_text;
  QuarryQuery     *query;          /* of the model shown; only compared */

  /* what keeps its place when the model is swapped */
  gboolean         keep;
  guint            keep_position;
  double           keep_y;         /* px from the top of the view */
  guint            cursor;         /* to become the cursor, GTK_INVALID_LIST_POSITION none */
  gboolean         cursor_scrolls; /* even if it is out of view */
  guint            place_tick;
  guint            place_tries;    /* frames since the swap */

  GtkStack        *states;
  GtkScrolledWindow *scroller;
  GtkGridView     *view;
  AdwStatusPage   *importing;
  AdwStatusPage   *nothing;
  GtkProgressBar  *progress;
  GtkWidget       *menu;           /* GtkPopoverMenu */
};

/* quarry-grid-scroll.c: which cells are in view, columns, and what keeps its place */
gboolean         quarry_grid_get_cell_area   (QuarryGrid       *self,
                                              QuarryFrameCell  *cell,
                                              graphene_rect_t  *out_area);     /* in the view; FALSE: not shown */
QuarryFrameCell *quarry_grid_get_focus_cell  (QuarryGrid       *self);
void             quarry_grid_queue_settle    (QuarryGrid       *self);
void             quarry_grid_queue_columns   (QuarryGrid       *self);
void             quarry_grid_set_cursor      (QuarryGrid       *self,
                                              guint             position,
                                              gboolean          scrolls);
void             quarry_grid_plan_keeping    (QuarryGrid       *self,          /* before the model or the columns change */
                                              QuarryFrameModel *frames,
                                              gboolean          same_query);
void             quarry_grid_place_at_once   (QuarryGrid       *self);         /* after the model has changed */
void             quarry_grid_follow_scroll   (QuarryGrid       *self);         /* connects the adjustments */

/* quarry-grid-pointer.c: hover, menu, drag */
QuarryFrameCell *quarry_grid_pick_cell       (QuarryGrid       *self,
                                              double            x,
                                              double            y);
void             quarry_grid_add_controllers (QuarryGrid       *self);
void             quarry_grid_popup_menu      (QuarryGrid       *self);         /* for the cell with the focus */

G_END_DECLS
