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
  QuarryId         pointed;        /* frame that the pointer was moved onto, 0 none: not one that slid under it */
  double           pointer_x, pointer_y;       /* in the view, where it was moved to last */
  gboolean         wheel;          /* turned since: what slides under the pointer now is meant */
  QuarryId         target;         /* drawn with an outline: what keys act on; 0 none or the selection */
  QuarryId         unchosen;       /* has the focus, but nobody put it there */
  char            *count_text;
  QuarryOperation *timed;          /* whose progress is shown; only compared */
  gint64           timed_since;    /* µs, monotonic */
  double           timed_from;     /* its fraction then */
  QuarryQuery     *query;          /* of the model shown; only compared */

  /* what keeps its place when the model is swapped */
  gboolean         keep;
  guint            keep_position;
  double           keep_y;         /* px from the top of the view */
  guint            cursor;         /* to become the cursor, GTK_INVALID_LIST_POSITION none */
  gboolean         cursor_scrolls; /* even if it is out of view */
  gboolean         cursor_focuses;
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
QuarryFrameCell *quarry_grid_find_cell       (QuarryGrid       *self,
                                              guint             position);
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
void             quarry_grid_update_target   (QuarryGrid       *self);

/* quarry-grid-focus.c: the cursor and the keys */
gboolean         quarry_grid_focus           (QuarryGrid       *self);
void             quarry_grid_state_changed   (QuarryGrid       *self,
                                              const char       *before);

G_END_DECLS
