/* quarry-grid-scroll.c: which cells are in view, columns, and what keeps its place
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cells out of view are known to the grid view but ask for nothing: every SETTLE_MS the cells in view are told to
 * the cache.
 */

#include "config.h"
#include "quarry-grid-private.h"

#define SETTLE_MS    25
#define CELL_PADDING 12     /* px, both sides, as in style.css */

/* --- the cells in view --- */

gboolean
quarry_grid_get_cell_area (QuarryGrid *self, QuarryFrameCell *cell, graphene_rect_t *out_area)
{
  return quarry_frame_cell_get_frame (cell) != 0 && gtk_widget_get_mapped (GTK_WIDGET (cell)) &&
         gtk_widget_compute_bounds (GTK_WIDGET (cell), GTK_WIDGET (self->view), out_area) && out_area->size.height > 0;
}

static GtkAdjustment *
get_vadjustment (QuarryGrid *self)
{
  return gtk_scrolled_window_get_vadjustment (self->scroller);
}

/* px of a row: all are equally high. 0 while the view knows none */
static double
get_row_height (QuarryGrid *self)
{
  GtkSelectionModel *model = gtk_grid_view_get_model (self->view);
  const guint n = model != NULL ? g_list_model_get_n_items (G_LIST_MODEL (model)) : 0;
  const guint columns = gtk_grid_view_get_max_columns (self->view);

  return n > 0 ? gtk_adjustment_get_upper (get_vadjustment (self)) / (n / columns + (n % columns != 0)) : 0;
}

/* px from the top of the view to the top of the cell's row, whether the view has laid it out or not */
static double
get_cell_y (QuarryGrid *self, QuarryFrameCell *cell, double row_height)
{
  return quarry_frame_cell_get_position (cell) / gtk_grid_view_get_max_columns (self->view) * row_height -
         gtk_adjustment_get_value (get_vadjustment (self));
}

typedef struct
{
  QuarryId id;
  double   distance;     /* px to the middle of the view */
} Near;

static int
compare_near (gconstpointer a, gconstpointer b)
{
  const Near *one = a, *other = b;

  return one->distance < other->distance ? -1 : one->distance > other->distance;
}

/* Frames on the screen and half a screen around it, those in the middle first */
static gboolean
settle_cb (gpointer user_data)
{
  QuarryGrid *self = user_data;
  g_autoptr(GArray) near = g_array_new (FALSE, FALSE, sizeof (Near));
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  const double height = gtk_widget_get_height (GTK_WIDGET (self->view));
  const double row_height = get_row_height (self);
  GHashTableIter iter;
  gpointer cell;

  self->settle_source = 0;
  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &cell, NULL))
    {
      const QuarryId id = quarry_frame_cell_get_frame (cell);
      const double y = id != 0 ? get_cell_y (self, cell, row_height) : G_MAXDOUBLE;
      const Near entry = { id, ABS (y + row_height / 2 - height / 2) };

      if (id != 0 && y + row_height >= -height / 2 && y <= 1.5 * height)
        g_array_append_val (near, entry);
    }
  g_array_sort (near, compare_near);
  for (guint i = 0; i < near->len; i++)
    g_array_append_val (ids, g_array_index (near, Near, i).id);
  quarry_grid_cache_want (self->cache, ids);
  quarry_grid_update_target (self);
  return G_SOURCE_REMOVE;
}

void
quarry_grid_queue_settle (QuarryGrid *self)
{
  if (self->settle_source == 0)
    self->settle_source = g_timeout_add (SETTLE_MS, settle_cb, self);
}

/* --- columns and scrolling --- */

static int
count_columns (QuarryGrid *self)
{
  const int width = gtk_widget_get_width (GTK_WIDGET (self->view));

  return CLAMP (width / (self->size + CELL_PADDING), 1, 60);
}

/* The grid view keeps 30 rows of max-columns cells: no more columns than there are */
static gboolean
columns_cb (gpointer user_data)
{
  QuarryGrid *self = user_data;
  const guint columns = (guint) count_columns (self);

  self->columns_source = 0;
  if (gtk_grid_view_get_max_columns (self->view) != columns)
    gtk_grid_view_set_max_columns (self->view, columns);
  quarry_grid_queue_settle (self);
  return G_SOURCE_REMOVE;
}

void
quarry_grid_queue_columns (QuarryGrid *self)
{
  if (self->columns_source == 0)
    self->columns_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, columns_cb, self, NULL);
}

static void
view_resized_cb (GObject *adjustment, GParamSpec *pspec, gpointer user_data)
{
  quarry_grid_queue_columns (user_data);
}

static double
get_kept_value (QuarryGrid *self)
{
  GtkAdjustment *adjustment = get_vadjustment (self);
  const double value = get_row_height (self) * (self->keep_position / gtk_grid_view_get_max_columns (self->view)) - self->keep_y;

  return CLAMP (value, 0, MAX (0, gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment)));
}

QuarryFrameCell *
quarry_grid_find_cell (QuarryGrid *self, guint position)
{
  GHashTableIter iter;
  gpointer cell;

  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &cell, NULL))
    if (quarry_frame_cell_get_position (cell) == position)
      return cell;
  return NULL;
}

/* Returns: whether there is more to do at the next frame */
static gboolean
place_kept (QuarryGrid *self)
{
  const double value = get_kept_value (self);

  self->keep = ABS (gtk_adjustment_get_value (get_vadjustment (self)) - value) > 1;
  if (self->keep)
    gtk_adjustment_set_value (get_vadjustment (self), value);
  return self->keep;
}

/* The cell must be there before the view can make it the cursor */
static gboolean
place_cursor (QuarryGrid *self)
{
  const double height = gtk_widget_get_height (GTK_WIDGET (self->view)), row_height = get_row_height (self);
  QuarryFrameCell *cell = quarry_grid_find_cell (self, self->cursor);
  const double y = cell != NULL ? get_cell_y (self, cell, row_height) : 0;

  if (cell != NULL && (self->cursor_scrolls || (y >= 0 && y + row_height <= height)))
    {
      gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", self->cursor);
      if (self->cursor_focuses)
        gtk_widget_grab_focus (gtk_widget_get_parent (GTK_WIDGET (cell)));
    }
  else if (cell == NULL && self->cursor_scrolls)
    {
      gtk_adjustment_set_value (get_vadjustment (self), row_height * (self->cursor / gtk_grid_view_get_max_columns (self->view)) -
                                                        (height - row_height) / 2);
      return TRUE;
    }
  self->cursor = GTK_INVALID_LIST_POSITION;
  return FALSE;
}

/* From the second frame on after a swap the view has laid out what it shows now */
static gboolean
place_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  QuarryGrid *self = user_data;

  self->place_tries++;
  if (self->place_tries < 2)
    return G_SOURCE_CONTINUE;
  if (self->place_tries < 20 && ((self->keep && place_kept (self)) ||
                                 (self->cursor != GTK_INVALID_LIST_POSITION && place_cursor (self))))
    return G_SOURCE_CONTINUE;
  self->keep = FALSE;
  self->cursor = GTK_INVALID_LIST_POSITION;
  self->cursor_focuses = FALSE;
  self->place_tick = 0;
  return G_SOURCE_REMOVE;
}

static void
start_placing (QuarryGrid *self)
{
  self->place_tries = 0;
  if (self->place_tick == 0)
    self->place_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self->view), place_cb, self, NULL);
}

static void
length_changed_cb (GtkAdjustment *adjustment, gpointer user_data)
{
  quarry_grid_queue_settle (user_data);
}

static void
scrolled_cb (GtkAdjustment *adjustment, gpointer user_data)
{
  quarry_grid_queue_settle (user_data);
}

QuarryFrameCell *
quarry_grid_get_focus_cell (QuarryGrid *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *child = NULL;

  if (focus == NULL || gtk_widget_get_parent (focus) != GTK_WIDGET (self->view))
    return NULL;
  child = gtk_widget_get_first_child (focus);
  return child != NULL && QUARRY_IS_FRAME_CELL (child) ? QUARRY_FRAME_CELL (child) : NULL;
}

/* The cell whose place on the screen matters: the cursor if it is in view, else the first that is whole */
static QuarryFrameCell *
find_anchor (QuarryGrid *self, double *out_y)
{
  const double height = gtk_widget_get_height (GTK_WIDGET (self->view)), row_height = get_row_height (self);
  const QuarryId current = quarry_session_get_current_frame (self->session);
  QuarryFrameCell *best = NULL;
  GHashTableIter iter;
  gpointer cell;

  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &cell, NULL))
    {
      const double y = get_cell_y (self, cell, row_height);

      if (quarry_frame_cell_get_frame (cell) == 0 || y < -1 || y > height)
        continue;
      if (best == NULL || quarry_frame_cell_get_frame (cell) == current ||
          (quarry_frame_cell_get_frame (best) != current &&
           quarry_frame_cell_get_position (cell) < quarry_frame_cell_get_position (best)))
        {
          best = cell;
          *out_y = y;
        }
    }
  return best;
}

void
quarry_grid_plan_keeping (QuarryGrid *self, QuarryFrameModel *frames, gboolean same_query)
{
  double y = 0;
  QuarryFrameCell *anchor = find_anchor (self, &y);
  const guint n = quarry_frame_model_get_n (frames);
  guint position;

  self->keep = FALSE;
  if (anchor == NULL || n == 0 || get_row_height (self) <= 0)      /* not laid out yet: no place that is to be kept, over a scroll to come */
    return;
  if (quarry_frame_model_find (frames, quarry_frame_cell_get_frame (anchor), &position))
    self->keep_position = position;
  else if (same_query)
    self->keep_position = MIN (quarry_frame_cell_get_position (anchor), n - 1);   /* its neighbours are there still */
  else
    return;
  self->keep_y = y;
  self->keep = TRUE;
  start_placing (self);
}

/* Lays the new list out now, where it was laid out before, and scrolls it: no frame is drawn from its top in between */
void
quarry_grid_place_at_once (QuarryGrid *self)
{
  GtkWidget *view = GTK_WIDGET (self->view);

  if (!self->keep || gtk_widget_get_width (view) <= 0)
    return;
  gtk_widget_allocate (view, gtk_widget_get_allocated_width (view), gtk_widget_get_allocated_height (view), -1, NULL);
  if (get_row_height (self) > 0)
    place_kept (self);
  self->keep = TRUE;          /* looked at again when the frame has been laid out */
}

void
quarry_grid_set_cursor (QuarryGrid *self, guint position, gboolean scrolls)
{
  self->cursor = position;
  self->cursor_scrolls = scrolls;
  start_placing (self);
}

void
quarry_grid_follow_scroll (QuarryGrid *self)
{
  GtkAdjustment *vertical = get_vadjustment (self);

  g_signal_connect_object (vertical, "changed", G_CALLBACK (length_changed_cb), self, 0);
  g_signal_connect_object (vertical, "value-changed", G_CALLBACK (scrolled_cb), self, 0);
  g_signal_connect_object (gtk_scrolled_window_get_hadjustment (self->scroller), "notify::page-size",
                           G_CALLBACK (view_resized_cb), self, 0);
}
