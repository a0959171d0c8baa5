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
         gtk_widget_compute_bounds (GTK_WIDGET (cell), GTK_WIDGET (self->view), out_area);
}

typedef struct
{
  QuarryId id;
  float    distance;     /* px to the middle of the view */
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
  const float height = (float) gtk_widget_get_height (GTK_WIDGET (self->view));
  GHashTableIter iter;
  gpointer cell;

  self->settle_source = 0;
  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &cell, NULL))
    {
      graphene_rect_t area;
      Near entry;

      if (!quarry_grid_get_cell_area (self, cell, &area) || area.origin.y + area.size.height < -height / 2 ||
          area.origin.y > 1.5f * height)
        continue;
      entry = (Near) { quarry_frame_cell_get_frame (cell), ABS (area.origin.y + area.size.height / 2 - height / 2) };
      g_array_append_val (near, entry);
    }
  g_array_sort (near, compare_near);
  for (guint i = 0; i < near->len; i++)
    g_array_append_val (ids, g_array_index (near, Near, i).id);
  quarry_grid_cache_want (self->cache, ids);
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

static GtkAdjustment *
get_vadjustment (QuarryGrid *self)
{
  return gtk_scrolled_window_get_vadjustment (self->scroller);
}

/* The view knows its length again after a swap: put what was looked at back where it was */
static void
length_changed_cb (GtkAdjustment *adjustment, gpointer user_data)
{
  QuarryGrid *self = user_data;
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (quarry_session_get_selection (self->session)));
  const guint columns = MIN ((guint) count_columns (self), gtk_grid_view_get_max_columns (self->view));
  const guint rows = n / columns + (n % columns != 0);

  quarry_grid_queue_settle (self);
  if (!self->keep || rows == 0 || gtk_adjustment_get_upper (adjustment) <= 0)
    return;
  self->keep = FALSE;
  gtk_adjustment_set_value (adjustment, (gtk_adjustment_get_upper (adjustment) / rows) * (self->keep_position / columns) -
                                        self->keep_y);
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
find_anchor (QuarryGrid *self, graphene_rect_t *out_area)
{
  const float height = (float) gtk_widget_get_height (GTK_WIDGET (self->view));
  const QuarryId current = quarry_session_get_current_frame (self->session);
  QuarryFrameCell *best = NULL;
  GHashTableIter iter;
  gpointer cell;

  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &cell, NULL))
    {
      graphene_rect_t area;

      if (!quarry_grid_get_cell_area (self, cell, &area) || area.origin.y < -1 || area.origin.y > height)
        continue;
      if (quarry_frame_cell_get_frame (cell) == current)
        {
          *out_area = area;
          return cell;
        }
      if (best == NULL || quarry_frame_cell_get_position (cell) < quarry_frame_cell_get_position (best))
        {
          best = cell;
          *out_area = area;
        }
    }
  return best;
}

void
quarry_grid_plan_keeping (QuarryGrid *self, QuarryFrameModel *frames, gboolean same_query)
{
  graphene_rect_t area = GRAPHENE_RECT_INIT (0, 0, 0, 0);
  QuarryFrameCell *anchor = find_anchor (self, &area);
  const guint n = quarry_frame_model_get_n (frames);
  guint position;

  self->keep = FALSE;
  if (anchor == NULL || n == 0)
    return;
  if (quarry_frame_model_find (frames, quarry_frame_cell_get_frame (anchor), &position))
    self->keep_position = position;
  else if (same_query)
    self->keep_position = MIN (quarry_frame_cell_get_position (anchor), n - 1);   /* its neighbours are there still */
  else
    return;
  self->keep_y = (double) area.origin.y - CELL_PADDING / 2;
  self->keep = TRUE;
}

void
quarry_grid_set_cursor (QuarryGrid *self, guint position)
{
  gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", position);
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
