/* test-grid.c: cells, states, count line, what keeps its place
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-facets.h"
#include "quarry-grid-cache.h"
#include "quarry-test-widget.h"
#include "quarry-test-window.h"

#include <math.h>

static const char *
state (Site *site)
{
  return quarry_grid_get_state (window_grid (site));
}

static gboolean
counts (Site *site, const char *text)
{
  return g_str_equal (quarry_grid_get_count_text (window_grid (site)), text);
}

/* --- states --- */

static void
test_cells (Site *site, gconstpointer data)
{
  quarry_test_wait (g_str_equal (state (site), "cells"));
  quarry_test_wait (counts (site, "12 frames"));
  window_select (site, 0, 3);
  quarry_test_wait (counts (site, "12 frames · 3 selected"));
  quarry_session_set_query_text (site->session, "scene:pit");
  quarry_test_wait (counts (site, "6 of 12 frames · 3 selected"));
}

static void
test_nothing_found (Site *site, gconstpointer data)
{
  quarry_session_set_query_text (site->session, "tag:unheard");
  quarry_test_wait (g_str_equal (state (site), "nothing"));
  g_assert_nonnull (site_find (GTK_WIDGET (window_grid (site)), GTK_TYPE_LABEL, "No frame matches “tag:unheard”."));
  window_act (site, "win.clear-query", NULL);
  quarry_test_wait (g_str_equal (state (site), "cells"));
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "");
}

static gboolean
wait_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  quarry_operation_set_progress (operation, 1, 4, "one of four");
  while (!quarry_operation_is_cancelled (operation, error))
    g_usleep (1000);
  return FALSE;
}

static void
test_first_start (Site *site, gconstpointer data)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Import “x”");

  quarry_test_wait (g_str_equal (state (site), "first"));
  g_assert_nonnull (site_find (GTK_WIDGET (window_grid (site)), GTK_TYPE_BUTTON, "_Open a Folder…"));
  g_assert_nonnull (site_find (GTK_WIDGET (window_grid (site)), GTK_TYPE_BUTTON, "_Try the Demo"));
  quarry_session_run (site->session, operation, wait_in_thread, NULL, NULL);
  quarry_test_wait (g_str_equal (state (site), "importing"));
  g_assert_nonnull (site_find (GTK_WIDGET (window_grid (site)), GTK_TYPE_LABEL, "Import “x”"));
  quarry_operation_cancel (operation);
  quarry_test_wait (g_str_equal (state (site), "first"));
}

static gboolean
slow_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  for (guint i = 0; !quarry_operation_is_cancelled (operation, error); i++)
    {
      g_autofree char *detail = g_strdup_printf ("%u of 1000 frames", i);

      quarry_operation_set_progress (operation, i, 1000, detail);
      g_usleep (50000);
    }
  return FALSE;
}

static gboolean
tells_time (GtkWidget *root)
{
  if (GTK_IS_LABEL (root) && strstr (gtk_label_get_text (GTK_LABEL (root)), " of 1000 frames · About ") != NULL &&
      strstr (gtk_label_get_text (GTK_LABEL (root)), " left\nFrames appear here") != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (tells_time (child))
      return TRUE;
  return FALSE;
}

static void
test_tells_what_is_left (Site *site, gconstpointer data)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Demo");

  quarry_test_wait (g_str_equal (state (site), "first"));
  quarry_session_run (site->session, operation, slow_in_thread, NULL, NULL);
  quarry_test_wait (tells_time (GTK_WIDGET (window_grid (site))));
  quarry_operation_cancel (operation);
  quarry_test_wait (g_str_equal (state (site), "first"));
}

static void
test_first_frames_arrive (Site *site, gconstpointer data)
{
  quarry_test_wait (g_str_equal (state (site), "first"));
  site_fill (site);
  quarry_test_wait (g_str_equal (state (site), "cells") && counts (site, "12 frames"));
}

/* --- cells --- */

static QuarryFrameCell *
find_cell (GtkWidget *root, QuarryId frame)
{
  if (QUARRY_IS_FRAME_CELL (root) && quarry_frame_cell_get_frame (QUARRY_FRAME_CELL (root)) == frame)
    return QUARRY_FRAME_CELL (root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      QuarryFrameCell *found = find_cell (child, frame);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
loaded_cb (QuarryGridCache *cache, gint64 frame, gpointer user_data)
{
  (*(int *) user_data)++;
}

static void
test_cache (Site *site, gconstpointer data)
{
  g_autoptr(QuarryGridCache) cache = quarry_grid_cache_new (site->session);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  const QuarryId id = window_nth (site, 0), gone = 4711;
  int loaded = 0;

  g_signal_connect (cache, "loaded", G_CALLBACK (loaded_cb), &loaded);
  g_assert_null (quarry_grid_cache_get_frame (cache, id));
  g_array_append_val (ids, id);
  g_array_append_val (ids, gone);
  quarry_grid_cache_want (cache, ids);
  quarry_test_wait (quarry_grid_cache_get_texture (cache, id) != NULL);
  g_assert_cmpint (loaded, ==, 2);                       /* the record, then the picture */
  g_assert_cmpstr (quarry_grid_cache_get_frame (cache, id)->scene_name, ==, "pit");
  g_assert_cmpint (gdk_texture_get_width (quarry_grid_cache_get_texture (cache, id)), ==, SITE_WIDTH);
  g_assert_null (quarry_grid_cache_get_frame (cache, gone));
  g_object_run_dispose (G_OBJECT (cache));
}

static void
test_cache_reads_again (Site *site, gconstpointer data)
{
  g_autoptr(QuarryGridCache) cache = quarry_grid_cache_new (site->session);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  const QuarryId id = window_nth (site, 0);

  g_array_append_val (ids, id);
  quarry_grid_cache_want (cache, ids);
  quarry_test_wait (quarry_grid_cache_get_texture (cache, id) != NULL);
  g_assert_true (quarry_catalog_set_rating (site->catalog, ids, 4, NULL));
  quarry_test_wait (quarry_grid_cache_get_frame (cache, id)->rating == 4);
  g_assert_nonnull (quarry_grid_cache_get_texture (cache, id));
  g_object_run_dispose (G_OBJECT (cache));
}

static void
test_broken_picture (Site *site, gconstpointer data)
{
  g_autoptr(QuarryGridCache) cache = quarry_grid_cache_new (site->session);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  const QuarryId id = window_nth (site, 0);
  g_autofree char *path = g_build_filename (site->folder, "front.png", NULL);

  g_assert_true (g_file_set_contents (path, "no picture", -1, NULL));
  g_array_append_val (ids, id);
  quarry_grid_cache_want (cache, ids);
  quarry_test_wait (quarry_grid_cache_is_broken (cache, id));
  g_assert_null (quarry_grid_cache_get_texture (cache, id));
  g_object_run_dispose (G_OBJECT (cache));
}

static void
test_cells_show_frames (Site *site, gconstpointer data)
{
  GtkWidget *view = quarry_grid_get_view (window_grid (site));
  QuarryFrameCell *cell = NULL;

  quarry_test_wait ((cell = find_cell (view, window_nth (site, 7))) != NULL);
  g_assert_cmpuint (quarry_frame_cell_get_position (cell), ==, 7);
  quarry_test_wait (gtk_widget_get_width (GTK_WIDGET (cell)) >= 200);
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (cell)), ==, quarry_frame_cell_get_height (gtk_widget_get_width (GTK_WIDGET (cell))));
}

static void
test_captions (void)
{
  QuarryFrame frame = { .scene_name = (char *) "pit", .key = (char *) "000007", .stamp_ns = 1700000000 * QUARRY_NS_PER_S + 950000000 };
  g_autofree char *caption = quarry_frame_cell_dup_caption (&frame);
  g_autofree char *before = NULL;
  g_autofree char *none = NULL;

  g_assert_cmpstr (caption, ==, "pit · 22:13:20.9");
  frame.stamp_ns = -1;                 /* the last nanosecond of 1969 */
  before = quarry_frame_cell_dup_time (&frame);
  g_assert_cmpstr (before, ==, "23:59:59.9");
  frame.stamp_ns = QUARRY_NO_TIME;
  none = quarry_frame_cell_dup_time (&frame);
  g_assert_cmpstr (none, ==, "000007");
}

static void
test_sizes (Site *site, gconstpointer data)
{
  QuarryGrid *grid = window_grid (site);
  GtkGridView *view = GTK_GRID_VIEW (quarry_grid_get_view (grid));
  guint columns = 0;
  int size = 0;

  quarry_test_wait (g_str_equal (state (site), "cells"));
  g_object_set (grid, "thumbnail-size", QUARRY_GRID_MIN_SIZE, NULL);
  quarry_test_wait ((columns = gtk_grid_view_get_max_columns (view)) > 4);
  g_object_set (grid, "thumbnail-size", 5000, NULL);
  g_object_get (grid, "thumbnail-size", &size, NULL);
  g_assert_cmpint (size, ==, QUARRY_GRID_MAX_SIZE);
  quarry_test_wait (gtk_grid_view_get_max_columns (view) < columns);
}

/* --- what keeps its place --- */

static GtkAdjustment *
scroll_of (Site *site)
{
  return gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (quarry_grid_get_view (window_grid (site))));
}

static double
place_of (Site *site, QuarryId frame)
{
  GtkWidget *view = quarry_grid_get_view (window_grid (site));
  QuarryFrameCell *cell = find_cell (view, frame);
  graphene_rect_t area = GRAPHENE_RECT_INIT (0, -1, 0, 0);

  if (cell == NULL || !gtk_widget_compute_bounds (GTK_WIDGET (cell), view, &area) || area.size.height <= 0)
    return NAN;      /* none, or not laid out */
  return (double) area.origin.y;
}

/* Many frames, so that there is something to scroll */
static void
add_many (Site *site, guint n)
{
  g_autoptr(GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_frame_draft_free);
  const QuarryId scene = quarry_catalog_store_scene (site->catalog, 1, "long", "long", NULL);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *key = g_strdup_printf ("%06u", i);

      g_ptr_array_add (drafts, quarry_frame_draft_new (scene, key, (gint64) i * QUARRY_NS_PER_S));
    }
  g_assert_true (quarry_catalog_store_frames (site->catalog, drafts, "demo", NULL, NULL));
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == n + 12);
}

/* As a person would: again, if the list was still being put in its place */
static void
scroll_to_middle (Site *site, QuarryId seen)
{
  quarry_test_wait (gtk_adjustment_get_upper (scroll_of (site)) > 5000);
  do
    {
      gtk_adjustment_set_value (scroll_of (site), gtk_adjustment_get_upper (scroll_of (site)) / 2);
      window_settle (250);
    }
  while (isnan (place_of (site, seen)) || gtk_adjustment_get_value (scroll_of (site)) < 5000);
}

static void
test_edit_keeps_scroll (Site *site, gconstpointer data)
{
  QuarryId cursor = 0;
  double place = 0;

  add_many (site, 600);
  cursor = window_nth (site, 306);
  scroll_to_middle (site, cursor);
  quarry_session_set_current_frame (site->session, cursor);
  place = place_of (site, cursor);
  window_select (site, 306, 1);
  window_act (site, "win.rating", g_variant_new_int32 (3));
  window_wait_frame (site, 306, "3 0 ");
  window_settle (400);
  quarry_test_wait (fabs (place_of (site, cursor) - place) < 1);
}

/* What the view itself does with a key comes before its children's, so that Space opens and does not toggle */
static void
test_space_opens (Site *site, gconstpointer data)
{
  window_select (site, 3, 1);
  g_assert_true (widget_press (quarry_grid_get_view (window_grid (site)), GDK_KEY_space, 0));
  quarry_test_wait (gtk_widget_get_mapped (quarry_window_get_page (QUARRY_WINDOW (site->window), "frame")));
}

static void
test_select_all_from_the_window (Site *site, gconstpointer data)
{
  g_assert_true (window_press (site, GDK_KEY_a, GDK_CONTROL_MASK));
  quarry_test_wait (quarry_selection_model_get_n_selected (quarry_session_get_selection (site->session)) == SITE_SCENES * SITE_FRAMES);
}

static void
test_filter_keeps_cursor (Site *site, gconstpointer data)
{
  QuarryId cursor = 0;
  double place = 0;

  add_many (site, 600);
  cursor = window_nth (site, 306);
  scroll_to_middle (site, cursor);
  window_select (site, 306, 1);
  place = place_of (site, cursor);
  g_assert_cmpfloat (place, <, gtk_widget_get_height (quarry_grid_get_view (window_grid (site))));
  quarry_session_set_query_text (site->session, "scene:long");      /* the twelve before it go */
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == 600);
  quarry_test_wait (fabs (place_of (site, cursor) - place) < 2);
  window_settle (200);
  quarry_test_wait (fabs (place_of (site, cursor) - place) < 2);
  g_assert_cmpuint (quarry_selection_model_get_n_selected (quarry_session_get_selection (site->session)), ==, 1);
  quarry_session_set_query_text (site->session, "scene:pit");       /* the cursor is gone: from the top */
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == 6);
  quarry_test_wait (gtk_adjustment_get_value (scroll_of (site)) <= 0);
}

static void
test_scroll_to (Site *site, gconstpointer data)
{
  double height = 0;

  add_many (site, 600);
  quarry_test_wait (gtk_adjustment_get_upper (scroll_of (site)) > 5000);
  window_settle (200);
  height = gtk_widget_get_height (quarry_grid_get_view (window_grid (site)));
  quarry_grid_scroll_to (window_grid (site), window_nth (site, 500));
  quarry_test_wait (place_of (site, window_nth (site, 500)) >= -1 && place_of (site, window_nth (site, 500)) < height);
  quarry_grid_scroll_to (window_grid (site), 99999);                /* not in the list: nothing */
}

/* --- cursor --- */

static void
test_selecting_makes_current (Site *site, gconstpointer data)
{
  window_select (site, 4, 1);
  g_assert_cmpint (quarry_session_get_current_frame (site->session), ==, window_nth (site, 4));
  g_signal_emit_by_name (quarry_grid_get_view (window_grid (site)), "activate", 5);
  g_assert_cmpint (quarry_session_get_current_frame (site->session), ==, window_nth (site, 5));
}

static void
test_hovered_is_the_focus (Site *site, gconstpointer data)
{
  GtkWidget *view = quarry_grid_get_view (window_grid (site));
  QuarryFrameCell *cell = NULL;

  quarry_test_wait ((cell = find_cell (view, window_nth (site, 2))) != NULL);
  gtk_widget_grab_focus (gtk_widget_get_parent (GTK_WIDGET (cell)));
  quarry_test_wait (quarry_grid_get_hovered (window_grid (site)) == window_nth (site, 2));
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*test) (Site *, gconstpointer); gconstpointer data; } tests[] = {
    { "/grid/counts-frames-and-selection", test_cells, NULL },
    { "/grid/says-when-nothing-is-found", test_nothing_found, NULL },
    { "/grid/first-start-shows-what-to-do", test_first_start, "empty" },
    { "/grid/work-before-the-first-frame-tells-what-is-left", test_tells_what_is_left, "empty" },
    { "/grid/first-frames-arrive", test_first_frames_arrive, "empty" },
    { "/grid/cells-show-frames", test_cells_show_frames, NULL },
    { "/grid/columns-follow-the-size", test_sizes, NULL },
    { "/grid/an-edit-keeps-the-scroll", test_edit_keeps_scroll, NULL },
    { "/grid/space-opens-the-frame", test_space_opens, NULL },
    { "/grid/ctrl-a-selects-all", test_select_all_from_the_window, NULL },
    { "/grid/a-filter-keeps-the-cursor-in-place", test_filter_keeps_cursor, NULL },
    { "/grid/any-frame-can-be-scrolled-to", test_scroll_to, NULL },
    { "/grid/selecting-makes-the-current-frame", test_selecting_makes_current, NULL },
    { "/grid/without-a-pointer-the-focus-is-hovered", test_hovered_is_the_focus, NULL },
  };

  gtk_init ();
  adw_init ();
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Site, tests[i].data, window_setup, tests[i].test, site_teardown);
  g_test_add ("/grid-cache/record-then-picture", Site, NULL, site_setup, test_cache, site_teardown);
  g_test_add ("/grid-cache/reads-again-what-has-changed", Site, NULL, site_setup, test_cache_reads_again, site_teardown);
  g_test_add ("/grid-cache/a-broken-picture-is-marked", Site, NULL, site_setup, test_broken_picture, site_teardown);
  g_test_add_func ("/grid/captions-tell-scene-and-time", test_captions);
  return g_test_run ();
}
