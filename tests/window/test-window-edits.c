/* test-window-edits.c: what keys and actions do to frames, the toasts, undo and redo, history
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-facets.h"
#include "quarry-tag-popover.h"
#include "quarry-test-window.h"

static gboolean
told (Site *site, const char *text)
{
  return g_strcmp0 (site->toast, text) == 0;
}

/* A toast on the screen with @text */
static gboolean
toasted (Site *site, const char *text)
{
  return site_find (GTK_WIDGET (site->window), GTK_TYPE_LABEL, text) != NULL;
}

static guint
count (Site *site, const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryQuery) query = quarry_query_parse (text, &error);
  g_autoptr(GArray) ids = NULL;

  g_assert_no_error (error);
  ids = quarry_catalog_query (site->catalog, query, NULL, &error);
  g_assert_no_error (error);
  return ids->len;
}

static guint
count_edits (Site *site)
{
  g_autoptr(GPtrArray) edits = quarry_catalog_list_edits (site->catalog, 100, NULL);

  return edits->len;
}

/* A popover needs a place on the monitor */
static void
wait_for_layout (Site *site)
{
  quarry_test_wait (gtk_widget_get_height (GTK_WIDGET (window_grid (site))) > 100);
}

/* --- ratings and flags --- */

static void
test_rating_keys (Site *site, gconstpointer data)
{
  static const struct { guint key; const char *frame, *toast; } cases[] = {
    { GDK_KEY_5, "5 0 ", "Rated 2 frames ★★★★★" },
    { GDK_KEY_KP_3, "3 0 ", "Rated 2 frames ★★★" },
    { GDK_KEY_1, "1 0 ", "Rated 2 frames ★" },
    { GDK_KEY_0, "0 0 ", "Took the rating from 2 frames" },
  };

  window_select (site, 1, 2);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_true (window_press (site, cases[i].key, 0));
      quarry_test_wait (told (site, cases[i].toast));
      window_wait_frame (site, 1, cases[i].frame);
      window_wait_frame (site, 2, cases[i].frame);
      window_wait_frame (site, 0, "0 0 ");
    }
}

static void
test_flag_keys (Site *site, gconstpointer data)
{
  static const struct { guint key; const char *frame, *toast; } cases[] = {
    { GDK_KEY_p, "0 1 ", "Picked 22:13:20.4" },
    { GDK_KEY_x, "0 -1 ", "Rejected 22:13:20.4" },
    { GDK_KEY_u, "0 0 ", "Took the flag from 22:13:20.4" },
  };

  window_select (site, 4, 1);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_true (window_press (site, cases[i].key, 0));
      quarry_test_wait (told (site, cases[i].toast));
      window_wait_frame (site, 4, cases[i].frame);
    }
}

static void
test_values_are_held_in_range (Site *site, gconstpointer data)
{
  window_select (site, 0, 1);
  window_act (site, "win.rating", g_variant_new_int32 (99));
  window_wait_frame (site, 0, "5 0 ");
  window_act (site, "win.rating", g_variant_new_int32 (-4));
  window_wait_frame (site, 0, "0 0 ");
  window_act (site, "win.flag", g_variant_new_int32 (7));
  window_wait_frame (site, 0, "0 1 ");
  window_act (site, "win.flag", g_variant_new_int32 (-7));
  window_wait_frame (site, 0, "0 -1 ");
  window_act (site, "win.tag-number", g_variant_new_int32 (-1));
  window_act (site, "win.tag-number", g_variant_new_int32 (1));       /* there is no tag yet */
  window_settle (50);
  window_wait_frame (site, 0, "0 -1 ");
}

static void
test_frame_page_edits_its_frame (Site *site, gconstpointer data)
{
  window_select (site, 0, 3);
  quarry_session_set_current_frame (site->session, window_nth (site, 8));
  window_act (site, "win.page", g_variant_new_string ("frame"));
  window_act (site, "win.rating", g_variant_new_int32 (2));
  window_wait_frame (site, 8, "2 0 ");                                /* what is looked at, not what is selected elsewhere */
  window_wait_frame (site, 0, "0 0 ");
}

static void
test_other_pages_edit_nothing (Site *site, gconstpointer data)
{
  static const char * const pages[] = { "datasets", "jobs", "insights" };

  window_select (site, 0, 3);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      window_act (site, "win.page", g_variant_new_string (pages[i]));
      window_act (site, "win.rating", g_variant_new_int32 (2));
      window_act (site, "win.flag", g_variant_new_int32 (1));
      window_act (site, "win.tag-with", g_variant_new_string ("night"));
      window_act (site, "win.add-to", g_variant_new_string ("haul"));
      window_act (site, "win.tag", NULL);
      window_act (site, "win.add-to-dataset", NULL);
    }
  window_settle (100);
  g_assert_cmpuint (count_edits (site), ==, 0);
  g_assert_true (toasted (site, "No frame is selected"));
}

/* --- tags --- */

static void
test_tags (Site *site, gconstpointer data)
{
  window_select (site, 0, 3);
  window_act (site, "win.tag-with", g_variant_new_string ("night"));
  quarry_test_wait (told (site, "Tagged 3 frames “night”"));
  g_assert_cmpuint (count (site, "tag:night"), ==, 3);
  window_select (site, 0, 1);
  window_act (site, "win.tag-with", g_variant_new_string ("-night"));
  quarry_test_wait (told (site, "Removed “night” from 22:13:20.0"));
  g_assert_cmpuint (count (site, "tag:night"), ==, 2);
  window_act (site, "win.tag-with", g_variant_new_string (""));
  window_act (site, "win.tag-with", g_variant_new_string ("-"));
  window_settle (50);
  g_assert_cmpuint (count_edits (site), ==, 2);
}

static void
test_function_keys_toggle (Site *site, gconstpointer data)
{
  QuarryFacets *facets = quarry_session_get_facets (site->session);

  window_select (site, 0, 2);
  window_act (site, "win.tag-with", g_variant_new_string ("fog"));
  window_select (site, 0, 1);
  window_act (site, "win.tag-with", g_variant_new_string ("dusk"));
  quarry_test_wait (quarry_facets_get (facets, QUARRY_FACET_TAG)->len == 2);      /* F1 dusk, F2 fog */
  window_select (site, 0, 3);
  g_assert_true (window_press (site, GDK_KEY_F2, 0));
  quarry_test_wait (told (site, "Tagged 3 frames “fog”"));                        /* not all had it */
  g_assert_cmpuint (count (site, "tag:fog"), ==, 3);
  g_assert_true (window_press (site, GDK_KEY_F2, 0));
  quarry_test_wait (told (site, "Removed “fog” from 3 frames"));
  g_assert_cmpuint (count (site, "tag:fog"), ==, 0);
  window_select (site, 0, 1);
  g_assert_true (window_press (site, GDK_KEY_F1, 0));
  quarry_test_wait (told (site, "Removed “dusk” from 22:13:20.0"));
  g_assert_true (window_press (site, GDK_KEY_F9, 0));                             /* no ninth tag */
}

static void
test_popover_tags_what_it_was_opened_for (Site *site, gconstpointer data)
{
  GtkWidget *popover = NULL;

  wait_for_layout (site);
  window_select (site, 0, 2);
  g_assert_true (window_press (site, GDK_KEY_t, 0));
  popover = window_find (site, QUARRY_TYPE_TAG_POPOVER);
  quarry_test_wait (gtk_widget_get_visible (popover));
  window_select (site, 5, 4);                                                     /* the selection goes on meanwhile */
  quarry_tag_popover_set_text (QUARRY_TAG_POPOVER (popover), "night");
  quarry_tag_popover_accept (QUARRY_TAG_POPOVER (popover));
  quarry_test_wait (told (site, "Tagged 2 frames “night”"));
  window_wait_frame (site, 0, "0 0 night");
  window_wait_frame (site, 5, "0 0 ");
  g_assert_false (gtk_widget_get_visible (popover));
}

static void
test_no_popover_without_frames (Site *site, gconstpointer data)
{
  window_act (site, "win.page", g_variant_new_string ("jobs"));
  window_act (site, "win.tag", NULL);
  g_assert_null (site_find (GTK_WIDGET (site->window), QUARRY_TYPE_TAG_POPOVER, NULL));
  quarry_test_wait (toasted (site, "No frame is selected"));
}

/* --- datasets --- */

static void
test_datasets (Site *site, gconstpointer data)
{
  window_select (site, 0, 2);
  window_act (site, "win.add-to", g_variant_new_string ("haul"));
  quarry_test_wait (told (site, "Made dataset “haul” with 2 frames"));
  g_assert_cmpuint (count (site, "dataset:haul"), ==, 2);
  window_select (site, 1, 3);
  window_act (site, "win.add-to", g_variant_new_string ("haul"));
  quarry_test_wait (told (site, "Added 3 frames to “haul”"));
  g_assert_cmpuint (count (site, "dataset:haul"), ==, 4);             /* one was there */
  window_act (site, "win.add-to", g_variant_new_string (""));
  window_settle (50);
  g_assert_cmpuint (count_edits (site), ==, 2);
}

static void
test_dataset_popover (Site *site, gconstpointer data)
{
  GtkWidget *popover = NULL;

  wait_for_layout (site);
  window_select (site, 0, 4);
  g_assert_true (window_press (site, GDK_KEY_d, 0));
  popover = window_find (site, QUARRY_TYPE_TAG_POPOVER);
  quarry_tag_popover_set_text (QUARRY_TAG_POPOVER (popover), "haul road");
  quarry_tag_popover_accept (QUARRY_TAG_POPOVER (popover));
  quarry_test_wait (told (site, "Made dataset “haul road” with 4 frames"));
  g_assert_cmpuint (count (site, "dataset:\"haul road\""), ==, 4);
}

/* --- undo, redo --- */

static void
test_undo_and_redo (Site *site, gconstpointer data)
{
  window_select (site, 0, 2);
  window_act (site, "win.rating", g_variant_new_int32 (3));
  window_act (site, "win.tag-with", g_variant_new_string ("night"));
  window_wait_frame (site, 1, "3 0 night");
  g_assert_true (window_press (site, GDK_KEY_z, GDK_CONTROL_MASK));
  window_wait_frame (site, 1, "3 0 ");
  g_assert_true (window_press (site, GDK_KEY_z, GDK_CONTROL_MASK));
  window_wait_frame (site, 1, "0 0 ");
  g_assert_true (window_press (site, GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK));
  window_wait_frame (site, 1, "3 0 ");
  g_assert_true (window_press (site, GDK_KEY_y, GDK_CONTROL_MASK));
  window_wait_frame (site, 1, "3 0 night");
  quarry_test_wait (g_str_has_prefix (site->toast, "Done again: "));
}

static gboolean
can (Site *site, const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (site->window), action);
}

static void
test_nothing_to_undo (Site *site, gconstpointer data)
{
  g_assert_false (can (site, "undo") || can (site, "redo"));
  window_select (site, 0, 1);
  window_act (site, "win.rating", g_variant_new_int32 (3));
  quarry_test_wait (told (site, "Rated 22:13:20.0 ★★★"));
  quarry_test_wait (can (site, "undo") && !can (site, "redo"));
  window_act (site, "win.undo", NULL);
  quarry_test_wait (!can (site, "undo") && can (site, "redo"));
  window_act (site, "win.redo", NULL);
  quarry_test_wait (can (site, "undo") && !can (site, "redo"));
}

/* The menu and the list of shortcuts name the same key first */
static void
test_redo_key (Site *site, gconstpointer data)
{
  g_autofree char *shortcuts = NULL;
  g_autoptr(GBytes) bytes = g_resources_lookup_data ("/dev/quarry/Quarry/ui/quarry-shortcuts.ui", 0, NULL);
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (site->window));
  guint last = 0;

  shortcuts = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_nonnull (strstr (shortcuts, "&lt;Control&gt;&lt;Shift&gt;z &lt;Control&gt;y"));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      for (guint k = 0; GTK_IS_SHORTCUT_CONTROLLER (controller) && k < g_list_model_get_n_items (G_LIST_MODEL (controller)); k++)
        {
          g_autoptr(GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), k);
          GtkShortcutAction *action = gtk_shortcut_get_action (shortcut);

          if (GTK_IS_NAMED_ACTION (action) && g_str_equal (gtk_named_action_get_action_name (GTK_NAMED_ACTION (action)), "win.redo"))
            last = gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (gtk_shortcut_get_trigger (shortcut)));      /* GTK shows the last */
        }
    }
  g_assert_cmpuint (last, ==, GDK_KEY_z);
}

static void
test_edits_keep_their_order (Site *site, gconstpointer data)
{
  window_select (site, 0, 1);
  for (int i = 0; i < 50; i++)
    window_act (site, "win.rating", g_variant_new_int32 (i % 6));
  window_act (site, "win.rating", g_variant_new_int32 (4));
  window_act (site, "win.flag", g_variant_new_int32 (1));
  window_wait_frame (site, 0, "4 1 ");
  for (int i = 0; i < 2; i++)
    window_act (site, "win.undo", NULL);
  window_wait_frame (site, 0, "1 0 ");                                /* 49 % 6 */
}

static void
test_toast_offers_undo (Site *site, gconstpointer data)
{
  GtkWidget *button = NULL;

  window_select (site, 0, 1);
  window_act (site, "win.flag", g_variant_new_int32 (1));
  quarry_test_wait ((button = site_find (GTK_WIDGET (site->window), GTK_TYPE_BUTTON, "Undo")) != NULL);
  g_signal_emit_by_name (button, "clicked");
  window_wait_frame (site, 0, "0 0 ");
}

static void
test_toasts_are_plain_text (Site *site, gconstpointer data)
{
  window_select (site, 0, 1);
  window_act (site, "win.tag-with", g_variant_new_string ("<b>&amp"));
  quarry_test_wait (toasted (site, "Tagged 22:13:20.0 “<b>&amp”"));
}

/* --- history --- */

static GtkWidget *
find_history (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr(GtkWidget) window = g_list_model_get_item (windows, i);

      if (g_strcmp0 (gtk_window_get_title (GTK_WINDOW (window)), "History") == 0)
        return window;
    }
  return NULL;
}

static guint
count_rows (GtkWidget *history)
{
  GtkWidget *list = site_find (history, GTK_TYPE_LIST_BOX, NULL);
  guint n = 0;

  while (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), (int) n) != NULL)
    n++;
  return n;
}

static void
test_history (Site *site, gconstpointer data)
{
  GtkWidget *history = NULL;

  window_act (site, "win.history", NULL);
  history = find_history ();
  g_assert_nonnull (history);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (site_find (history, GTK_TYPE_STACK, NULL))), ==, "empty");
  window_select (site, 0, 1);
  window_act (site, "win.rating", g_variant_new_int32 (3));
  window_act (site, "win.tag-with", g_variant_new_string ("night"));
  quarry_test_wait (count_rows (history) == 2);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (site_find (history, GTK_TYPE_STACK, NULL))), ==, "list");
  g_assert_null (site_find (history, GTK_TYPE_LABEL, "Undone"));
  g_assert_true (site_act (history, "history.undo", NULL));
  quarry_test_wait (site_find (history, GTK_TYPE_LABEL, "Undone") != NULL);
  window_wait_frame (site, 0, "3 0 ");
  g_assert_true (site_act (history, "history.redo", NULL));
  quarry_test_wait (site_find (history, GTK_TYPE_LABEL, "Undone") == NULL);
  window_wait_frame (site, 0, "3 0 night");
  g_assert_cmpuint (count_rows (history), ==, 2);
  gtk_window_destroy (GTK_WINDOW (history));
}

static void
test_history_of_dropped_edits (Site *site, gconstpointer data)
{
  GtkWidget *history = NULL;

  window_select (site, 0, 1);
  window_act (site, "win.rating", g_variant_new_int32 (3));
  window_act (site, "win.undo", NULL);
  window_act (site, "win.flag", g_variant_new_int32 (1));             /* the redo is gone */
  window_wait_frame (site, 0, "0 1 ");
  window_act (site, "win.history", NULL);
  history = find_history ();
  g_assert_cmpuint (count_rows (history), ==, 2);
  g_assert_nonnull (site_find (history, GTK_TYPE_LABEL, "Dropped"));
  gtk_window_destroy (site->window);                                  /* takes the history along */
  site->window = NULL;
  quarry_test_wait (find_history () == NULL);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*test) (Site *, gconstpointer); } tests[] = {
    { "/window-edits/numbers-rate", test_rating_keys },
    { "/window-edits/letters-flag", test_flag_keys },
    { "/window-edits/values-are-held-in-range", test_values_are_held_in_range },
    { "/window-edits/the-frame-page-edits-its-frame", test_frame_page_edits_its_frame },
    { "/window-edits/other-pages-edit-nothing", test_other_pages_edit_nothing },
    { "/window-edits/tags-come-and-go", test_tags },
    { "/window-edits/function-keys-toggle-tags", test_function_keys_toggle },
    { "/window-edits/the-popover-keeps-the-frames-it-was-opened-for", test_popover_tags_what_it_was_opened_for },
    { "/window-edits/no-popover-without-frames", test_no_popover_without_frames },
    { "/window-edits/datasets-are-made-and-added-to", test_datasets },
    { "/window-edits/the-dataset-popover-makes-one", test_dataset_popover },
    { "/window-edits/undo-and-redo-by-key", test_undo_and_redo },
    { "/window-edits/undo-and-redo-can-be-pressed-where-there-is-something", test_nothing_to_undo },
    { "/window-edits/redo-names-one-key-first", test_redo_key },
    { "/window-edits/edits-keep-their-order", test_edits_keep_their_order },
    { "/window-edits/a-toast-offers-undo", test_toast_offers_undo },
    { "/window-edits/toasts-are-plain-text", test_toasts_are_plain_text },
    { "/history/follows-what-is-done-and-undone", test_history },
    { "/history/shows-what-was-dropped", test_history_of_dropped_edits },
  };

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Site, NULL, window_setup, tests[i].test, site_teardown);
  return g_test_run ();
}
