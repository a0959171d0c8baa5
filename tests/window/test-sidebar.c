/* test-sidebar.c: sections, rows and counts, and what clicks make of the query
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-sidebar-row.h"
#include "quarry-test-window.h"
#include "quarry-sidebar.h"

/* --- the query's text --- */

static void
test_narrow (void)
{
  static const struct { const char *before; QuarryNarrow how; const char *after; } cases[] = {
    { "", QUARRY_NARROW_ALONE, "tag:night" },
    { "tag:night", QUARRY_NARROW_ALONE, "" },
    { "tag:rain", QUARRY_NARROW_ALONE, "tag:night" },
    { "scene:pit tag:rain", QUARRY_NARROW_ALONE, "scene:pit tag:night" },
    { "tag:rain", QUARRY_NARROW_ADD, "tag:rain tag:night" },
    { "tag:rain tag:night", QUARRY_NARROW_ADD, "tag:rain" },
    { "", QUARRY_NARROW_EXCLUDE, "-tag:night" },
    { "-tag:night", QUARRY_NARROW_EXCLUDE, "" },
    { "tag:night", QUARRY_NARROW_EXCLUDE, "-tag:night" },
    { "tag:rain", QUARRY_NARROW_EXCLUDE, "tag:rain -tag:night" },
    { "scene:\"open pit\" -tag:night", QUARRY_NARROW_EXCLUDE, "scene:\"open pit\"" },
    { "wrong:", QUARRY_NARROW_EXCLUDE, "-tag:night" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *after = quarry_sidebar_narrow (cases[i].before, QUARRY_FIELD_TAG, "night", cases[i].how);

      g_assert_cmpstr (after, ==, cases[i].after);
    }
}

static void
test_narrow_quotes (void)
{
  g_autofree char *text = quarry_sidebar_narrow ("", QUARRY_FIELD_CLASS, "haul truck", QUARRY_NARROW_EXCLUDE);

  g_assert_cmpstr (text, ==, "-class:\"haul truck\"");
}

/* --- the model --- */

/* "[Scenes] pit 6 road 6 …": headers in brackets, rows with counts, + or − where the query has them */
static char *
describe (QuarrySidebarModel *model)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++)
    {
      g_autoptr(QuarrySidebarItem) item = g_list_model_get_item (G_LIST_MODEL (model), i);

      if (text->len > 0)
        g_string_append_c (text, ' ');
      if (item->kind == QUARRY_SIDEBAR_KIND_HEADER)
        g_string_append_printf (text, "[%s]", item->name);
      else if (item->kind == QUARRY_SIDEBAR_KIND_MORE)
        g_string_append_printf (text, "(all %" G_GINT64_FORMAT ")", item->n);
      else
        g_string_append_printf (text, "%s%s %" G_GINT64_FORMAT, item->active > 0 ? "+" : item->active < 0 ? "-" : "", item->name, item->n);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

#define wait_model(model, expected) G_STMT_START {                                                      \
    gboolean wait_equal = FALSE;                                                                        \
    for (gint64 wait_end = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;                               \
         !wait_equal && g_get_monotonic_time () < wait_end;)                                            \
      {                                                                                                 \
        g_autofree char *wait_now = describe (model);                                                   \
        wait_equal = g_str_equal (wait_now, expected);                                                  \
        if (!wait_equal && !g_main_context_iteration (NULL, FALSE))                                     \
          g_usleep (1000);                                                                              \
      }                                                                                                 \
    if (!wait_equal)                                                                                    \
      {                                                                                                 \
        g_autofree char *wait_now = describe (model);                                                   \
        g_assert_cmpstr (wait_now, ==, expected);                                                       \
      }                                                                                                 \
  } G_STMT_END

#define ALL "[Scenes] pit 6 road 6 [Classes] person 12 truck 6 [Sensors] cam_front 12 cam_left 9 lidar_top 12"

static QuarrySidebarItem *
find_item (QuarrySidebarModel *model, QuarrySidebarKind kind, const char *name)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++)
    {
      g_autoptr(QuarrySidebarItem) item = g_list_model_get_item (G_LIST_MODEL (model), i);

      if (item->kind == kind && g_str_equal (item->name, name))
        return item;      /* the model keeps it */
    }
  g_error ("no item '%s'", name);
}

static void
test_counts_follow_query (Site *site, gconstpointer data)
{
  g_autoptr(QuarrySidebarModel) model = quarry_sidebar_model_new (site->session);
  QuarrySidebarItem *truck = NULL;

  wait_model (model, ALL);
  truck = find_item (model, QUARRY_SIDEBAR_KIND_ROW, "truck");
  g_assert_cmpfloat_with_epsilon (truck->share, 0.5, 1e-9);
  g_assert_nonnull (truck->color);
  quarry_session_set_query_text (site->session, "scene:ROAD -class:truck");
  wait_model (model, "[Scenes] pit 0 +road 6 [Classes] person 6 -truck 0 [Sensors] cam_front 6 cam_left 6 lidar_top 6");
  g_assert_true (truck == find_item (model, QUARRY_SIDEBAR_KIND_ROW, "truck"));        /* in place */
  quarry_session_set_query_text (site->session, "");
  wait_model (model, ALL);
}

static void
items_changed_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  (*(int *) user_data)++;
}

static void
test_counts_change_in_place (Site *site, gconstpointer data)
{
  g_autoptr(QuarrySidebarModel) model = quarry_sidebar_model_new (site->session);
  int n = 0;

  wait_model (model, ALL);
  g_signal_connect (model, "items-changed", G_CALLBACK (items_changed_cb), &n);
  quarry_session_set_query_text (site->session, "scene:pit");
  wait_model (model, "[Scenes] +pit 6 road 0 [Classes] person 6 truck 6 [Sensors] cam_front 6 cam_left 3 lidar_top 6");
  g_assert_cmpint (n, ==, 0);
}

static void
test_folding_and_filter (Site *site, gconstpointer data)
{
  g_autoptr(QuarrySidebarModel) model = quarry_sidebar_model_new (site->session);

  wait_model (model, ALL);
  quarry_sidebar_model_toggle (model, find_item (model, QUARRY_SIDEBAR_KIND_HEADER, "Sensors"));
  wait_model (model, "[Scenes] pit 6 road 6 [Classes] person 12 truck 6 [Sensors]");
  quarry_sidebar_model_set_filter (model, "CAM");
  wait_model (model, "[Sensors] cam_front 12 cam_left 9");
  quarry_sidebar_model_set_filter (model, "nothing has this");
  wait_model (model, "");
  quarry_sidebar_model_set_filter (model, "");
  quarry_sidebar_model_toggle (model, find_item (model, QUARRY_SIDEBAR_KIND_HEADER, "Sensors"));
  wait_model (model, ALL);
}

static void
test_long_sections (Site *site, gconstpointer data)
{
  g_autoptr(QuarrySidebarModel) model = quarry_sidebar_model_new (site->session);
  g_autoptr(GArray) one = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const QuarryId id = window_nth (site, 0);
  g_autoptr(GError) error = NULL;
  guint n = 0;

  wait_model (model, ALL);
  n = g_list_model_get_n_items (G_LIST_MODEL (model));
  for (int i = 0; i < 40; i++)
    g_ptr_array_add (names, g_strdup_printf ("tag %02d", i));
  g_ptr_array_add (names, NULL);
  g_array_append_val (one, id);
  quarry_catalog_tag (site->catalog, one, (const char * const *) names->pdata, NULL, &error);
  g_assert_no_error (error);
  quarry_test_wait (g_list_model_get_n_items (G_LIST_MODEL (model)) == n + 1 + QUARRY_SIDEBAR_SHORT + 1);
  g_assert_cmpuint (quarry_sidebar_model_get_longest (model), ==, 40);
  quarry_sidebar_model_toggle (model, find_item (model, QUARRY_SIDEBAR_KIND_MORE, ""));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, n + 1 + 40 + 1);
  quarry_sidebar_model_toggle (model, find_item (model, QUARRY_SIDEBAR_KIND_MORE, ""));
  /* what the query names stays in sight */
  quarry_session_set_query_text (site->session, "tag:\"tag 39\"");
  quarry_test_wait (g_list_model_get_n_items (G_LIST_MODEL (model)) == n + 1 + QUARRY_SIDEBAR_SHORT + 1 + 1);
  find_item (model, QUARRY_SIDEBAR_KIND_ROW, "tag 39");
}

static void
test_names_that_go (Site *site, gconstpointer data)
{
  g_autoptr(QuarrySidebarModel) model = quarry_sidebar_model_new (site->session);
  g_autoptr(GArray) one = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  const QuarryId id = window_nth (site, 0);
  const char * const names[] = { "fog", NULL };

  g_array_append_val (one, id);
  wait_model (model, ALL);
  g_assert_true (quarry_catalog_tag (site->catalog, one, names, NULL, NULL));
  wait_model (model, "[Scenes] pit 6 road 6 [Tags] fog 1 [Classes] person 12 truck 6 [Sensors] cam_front 12 cam_left 9 lidar_top 12");
  g_assert_true (quarry_catalog_delete_tag (site->catalog, "fog", NULL));
  wait_model (model, ALL);
}

/* --- the widget --- */

static void
test_clicks (Site *site, gconstpointer data)
{
  QuarrySidebar *sidebar = QUARRY_SIDEBAR (window_find (site, QUARRY_TYPE_SIDEBAR));
  QuarrySidebarModel *model = quarry_sidebar_get_model (sidebar);

  wait_model (model, ALL);
  quarry_sidebar_narrow_to (sidebar, find_item (model, QUARRY_SIDEBAR_KIND_ROW, "pit"), QUARRY_NARROW_ALONE);
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "scene:pit");
  quarry_sidebar_narrow_to (sidebar, find_item (model, QUARRY_SIDEBAR_KIND_ROW, "truck"), QUARRY_NARROW_EXCLUDE);
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "scene:pit -class:truck");
  quarry_sidebar_narrow_to (sidebar, find_item (model, QUARRY_SIDEBAR_KIND_ROW, "road"), QUARRY_NARROW_ALONE);
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "-class:truck scene:road");
  quarry_sidebar_narrow_to (sidebar, find_item (model, QUARRY_SIDEBAR_KIND_HEADER, "Scenes"), QUARRY_NARROW_ALONE);
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "-class:truck scene:road");
}

static void
test_click_leaves_other_pages (Site *site, gconstpointer data)
{
  QuarrySidebar *sidebar = QUARRY_SIDEBAR (window_find (site, QUARRY_TYPE_SIDEBAR));
  QuarrySidebarModel *model = quarry_sidebar_get_model (sidebar);
  GtkStack *stack = GTK_STACK (gtk_widget_get_parent (GTK_WIDGET (window_grid (site))));

  wait_model (model, ALL);
  window_act (site, "win.page", g_variant_new_string ("datasets"));
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "datasets");
  quarry_sidebar_narrow_to (sidebar, find_item (model, QUARRY_SIDEBAR_KIND_ROW, "pit"), QUARRY_NARROW_ALONE);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "grid");
  window_act (site, "win.page", g_variant_new_string ("insights"));      /* shows the query itself */
  quarry_sidebar_narrow_to (sidebar, find_item (model, QUARRY_SIDEBAR_KIND_ROW, "road"), QUARRY_NARROW_ALONE);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "insights");
}

static void
test_rows_are_drawn (Site *site, gconstpointer data)
{
  GtkWidget *sidebar = window_find (site, QUARRY_TYPE_SIDEBAR);
  GtkWidget *row = NULL;

  quarry_test_wait ((row = site_find (sidebar, QUARRY_TYPE_SIDEBAR_ROW, NULL)) != NULL &&
                    quarry_sidebar_row_get_item (QUARRY_SIDEBAR_ROW (row)) != NULL && gtk_widget_get_height (row) > 20);
  g_assert_cmpstr (quarry_sidebar_row_get_item (QUARRY_SIDEBAR_ROW (row))->name, ==, "Scenes");
  g_assert_cmpint (gtk_widget_get_width (row), >=, 200);
}

static void
test_drop_tags (Site *site, gconstpointer data)
{
  QuarrySidebar *sidebar = QUARRY_SIDEBAR (window_find (site, QUARRY_TYPE_SIDEBAR));
  QuarrySidebarModel *model = quarry_sidebar_get_model (sidebar);
  g_autoptr(GArray) one = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  GArray *dropped = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  const QuarryId first = window_nth (site, 0), second = window_nth (site, 1);
  const char * const names[] = { "fog", NULL };
  g_autoptr(QuarryFrameModel) frames = NULL;

  g_array_append_val (one, first);
  g_array_append_val (dropped, second);
  frames = quarry_frame_model_new (dropped);
  g_assert_true (quarry_catalog_tag (site->catalog, one, names, NULL, NULL));
  g_assert_cmpint ((gint64) quarry_catalog_create_dataset (site->catalog, "haul", "", one, NULL), !=, 0);
  wait_model (model, "[Scenes] pit 6 road 6 [Tags] fog 1 [Classes] person 12 truck 6 "
                     "[Sensors] cam_front 12 cam_left 9 lidar_top 12 [Datasets] haul 1");
  g_signal_emit_by_name (sidebar, "frames-dropped", find_item (model, QUARRY_SIDEBAR_KIND_ROW, "fog"), frames);
  g_signal_emit_by_name (sidebar, "frames-dropped", find_item (model, QUARRY_SIDEBAR_KIND_ROW, "haul"), frames);
  wait_model (model, "[Scenes] pit 6 road 6 [Tags] fog 2 [Classes] person 12 truck 6 "
                     "[Sensors] cam_front 12 cam_left 9 lidar_top 12 [Datasets] haul 2");
  window_wait_frame (site, 1, "0 0 fog");
}

/* --- names that are alike --- */

static void
test_shared (void)
{
  static const struct { const char *label, *other; guint shared; } cases[] = {
    { "coco/2017_train", "coco/2017_val", 10 }, { "drive_0001_sync", "drive_0002_sync", 6 }, { "pit", "road", 0 },
    { "site1", "site2", 0 }, { "pit_", "pit_1", 0 }, { "0001 · one", "0001 · two", 8 }, { "", "a", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpuint (quarry_sidebar_shared (cases[i].label, cases[i].other), ==, cases[i].shared);
}

static void
add_scene (Site *site, const char *uri, const char *source, const char *name, guint n)
{
  g_autoptr(GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_frame_draft_free);
  const QuarryId from = quarry_catalog_store_source (site->catalog, uri, source, "demo", "{}", NULL);
  const QuarryId scene = quarry_catalog_store_scene (site->catalog, from, name, name, NULL);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);

      g_ptr_array_add (drafts, quarry_frame_draft_new (scene, key, i));
    }
  g_assert_true (quarry_catalog_store_frames (site->catalog, drafts, "demo", NULL, NULL));
}

static QuarrySidebarItem *
find_label (QuarrySidebarModel *model, const char *label)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++)
    {
      g_autoptr(QuarrySidebarItem) item = g_list_model_get_item (G_LIST_MODEL (model), i);

      if (g_str_equal (item->label, label))
        return item;      /* the model keeps it */
    }
  return NULL;
}

static void
test_namesakes (Site *site, gconstpointer data)
{
  g_autoptr(QuarrySidebarModel) model = quarry_sidebar_model_new (site->session);
  g_autofree char *one = NULL, *other = NULL, *none = NULL, *road = NULL;

  wait_model (model, ALL);
  add_scene (site, "/other", "other", "pit", 2);
  quarry_test_wait (find_label (model, "pit · other") != NULL);
  g_assert_cmpint (find_label (model, "pit · other")->n, ==, 2);
  g_assert_cmpint (find_label (model, "pit · site")->n, ==, 6);
  g_assert_null (find_label (model, "pit"));
  one = quarry_sidebar_narrow_item (model, "", find_label (model, "pit · other"), QUARRY_NARROW_ALONE);
  g_assert_cmpstr (one, ==, "scene:pit source:other");
  quarry_session_set_query_text (site->session, one);
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == 2);
  quarry_test_wait (find_label (model, "pit · other")->active == 1 && find_label (model, "pit · site")->active == 0);
  other = quarry_sidebar_narrow_item (model, one, find_label (model, "pit · site"), QUARRY_NARROW_ALONE);
  g_assert_cmpstr (other, ==, "scene:pit source:site");
  none = quarry_sidebar_narrow_item (model, one, find_label (model, "pit · other"), QUARRY_NARROW_ALONE);
  g_assert_cmpstr (none, ==, "");
  road = quarry_sidebar_narrow_item (model, one, find_label (model, "road"), QUARRY_NARROW_ALONE);
  g_assert_cmpstr (road, ==, "scene:road");
}

static void
test_what_tells_them_apart_stays (Site *site, gconstpointer data)
{
  g_autoptr(QuarrySidebarModel) model = quarry_sidebar_model_new (site->session);
  QuarrySidebarRow *row = g_object_ref_sink (QUARRY_SIDEBAR_ROW (quarry_sidebar_row_new ()));
  g_autofree char *whole = NULL, *narrow = NULL, *tight = NULL;

  add_scene (site, "/a", "a", "coco/images/2017_train", 1);
  add_scene (site, "/a", "a", "coco/images/2017_val", 1);
  quarry_test_wait (find_label (model, "coco/images/2017_val") != NULL);
  quarry_sidebar_row_set_item (row, find_label (model, "coco/images/2017_train"));
  whole = quarry_sidebar_row_dup_shown (row, 1000);
  narrow = quarry_sidebar_row_dup_shown (row, 90);
  tight = quarry_sidebar_row_dup_shown (row, 20);
  g_assert_cmpstr (whole, ==, "coco/images/2017_train");
  g_assert_true (g_str_has_prefix (narrow, "…") && g_str_has_suffix (narrow, "_train"));
  g_assert_cmpstr (tight, ==, "…train");
  g_object_unref (row);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*test) (Site *, gconstpointer); gboolean window; } tests[] = {
    { "/sidebar/counts-follow-the-query", test_counts_follow_query, FALSE },
    { "/sidebar/counts-change-in-place", test_counts_change_in_place, FALSE },
    { "/sidebar/sections-fold-and-filter", test_folding_and_filter, FALSE },
    { "/sidebar/long-sections-show-the-first-dozen", test_long_sections, FALSE },
    { "/sidebar/names-come-and-go", test_names_that_go, FALSE },
    { "/sidebar/clicks-change-the-query", test_clicks, TRUE },
    { "/sidebar/a-click-leads-to-frames", test_click_leaves_other_pages, TRUE },
    { "/sidebar/scenes-of-one-name-are-told-apart-by-their-source", test_namesakes, FALSE },
    { "/sidebar/what-tells-names-apart-stays", test_what_tells_them_apart_stays, FALSE },
    { "/sidebar/rows-are-drawn", test_rows_are_drawn, TRUE },
    { "/sidebar/frames-dropped-on-a-tag-or-dataset-join-it", test_drop_tags, TRUE },
  };

  gtk_init ();
  adw_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sidebar/what-clicks-make-of-a-query", test_narrow);
  g_test_add_func ("/sidebar/names-are-alike-up-to-a-separator", test_shared);
  g_test_add_func ("/sidebar/names-with-spaces-are-quoted", test_narrow_quotes);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Site, NULL, tests[i].window ? window_setup : site_setup, tests[i].test, site_teardown);
  return g_test_run ();
}
