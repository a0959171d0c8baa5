/* test-window-pages.c: pages, keys, panes, the bar of the selection
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-query-bar.h"
#include "quarry-test-widget.h"
#include "quarry-test-window.h"

static const char *
page (Site *site)
{
  g_autoptr(GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (site->window), "page");
  GtkStack *stack = GTK_STACK (gtk_widget_get_parent (GTK_WIDGET (window_grid (site))));

  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, g_variant_get_string (state, NULL));
  return gtk_stack_get_visible_child_name (stack);
}

static gboolean
toasted (Site *site, const char *text)
{
  return site_find (GTK_WIDGET (site->window), GTK_TYPE_LABEL, text) != NULL;
}

static guint
n_selected (Site *site)
{
  return quarry_selection_model_get_n_selected (quarry_session_get_selection (site->session));
}

static gboolean
get_state (Site *site, const char *action)
{
  g_autoptr(GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (site->window), action);

  return g_variant_get_boolean (state);
}

/* --- pages --- */

static void
test_pages (Site *site, gconstpointer data)
{
  static const char * const names[] = { "grid", "frame", "datasets", "jobs", "insights" };

  g_assert_cmpstr (page (site), ==, "grid");
  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
      {
        GtkWidget *made = NULL;

        window_act (site, "win.page", g_variant_new_string (names[i]));
        g_assert_cmpstr (page (site), ==, names[i]);
        made = quarry_window_get_page (QUARRY_WINDOW (site->window), names[i]);
        g_assert_true (made == quarry_window_get_page (QUARRY_WINDOW (site->window), names[i]));       /* made once */
        g_assert_true (gtk_widget_get_child_visible (made));
      }
}

static void
test_page_keys (Site *site, gconstpointer data)
{
  static const struct { guint key; const char *page; } cases[] = {
    { GDK_KEY_2, "frame" }, { GDK_KEY_3, "datasets" }, { GDK_KEY_4, "jobs" }, { GDK_KEY_5, "insights" }, { GDK_KEY_1, "grid" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_true (window_press (site, cases[i].key, GDK_ALT_MASK));
      g_assert_cmpstr (page (site), ==, cases[i].page);
    }
}

static void
test_no_such_page (Site *site, gconstpointer data)
{
  g_assert_null (quarry_window_get_page (QUARRY_WINDOW (site->window), "weather"));
  window_act (site, "win.page", g_variant_new_string ("weather"));
  g_assert_cmpstr (page (site), ==, "grid");
  window_act (site, "win.page", g_variant_new_string (""));
  g_assert_cmpstr (page (site), ==, "grid");
}

static void
test_frame_page_begins_somewhere (Site *site, gconstpointer data)
{
  g_assert_cmpint (quarry_session_get_current_frame (site->session), ==, 0);
  window_act (site, "win.page", g_variant_new_string ("frame"));
  g_assert_cmpint (quarry_session_get_current_frame (site->session), ==, window_nth (site, 0));
}

static void
test_frame_page_of_nothing (Site *site, gconstpointer data)
{
  window_act (site, "win.page", g_variant_new_string ("frame"));
  g_assert_cmpint (quarry_session_get_current_frame (site->session), ==, 0);
  g_assert_cmpstr (page (site), ==, "frame");
  g_assert_true (window_press (site, GDK_KEY_Escape, 0));
  g_assert_cmpstr (page (site), ==, "grid");
}

static void
test_open (Site *site, gconstpointer data)
{
  window_select (site, 4, 3);
  window_act (site, "win.open", NULL);
  g_assert_cmpstr (page (site), ==, "frame");
  g_assert_cmpint (quarry_session_get_current_frame (site->session), ==, window_nth (site, 4));       /* the first of them */
  window_act (site, "win.page", g_variant_new_string ("jobs"));
  window_act (site, "win.open", NULL);                                                               /* no frame there */
  g_assert_cmpstr (page (site), ==, "jobs");
}

static void
test_escape (Site *site, gconstpointer data)
{
  static const char * const names[] = { "frame", "datasets", "jobs", "insights" };

  window_select (site, 0, 5);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      window_act (site, "win.page", g_variant_new_string (names[i]));
      g_assert_true (window_press (site, GDK_KEY_Escape, 0));
      g_assert_cmpstr (page (site), ==, "grid");
      g_assert_cmpuint (n_selected (site), ==, 5);                    /* first the page, then the selection */
    }
  g_assert_true (window_press (site, GDK_KEY_Escape, 0));
  g_assert_cmpuint (n_selected (site), ==, 0);
  g_assert_true (window_press (site, GDK_KEY_Escape, 0));
  g_assert_cmpstr (page (site), ==, "grid");
}

static void
test_page_buttons (Site *site, gconstpointer data)
{
  static const char * const names[] = { "grid", "frame", "datasets", "jobs", "insights" };

  window_act (site, "win.page", g_variant_new_string ("jobs"));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(GVariant) target = g_variant_ref_sink (g_variant_new_string (names[i]));
      GtkWidget *box = gtk_widget_get_parent (window_find (site, ADW_TYPE_BUTTON_CONTENT));
      GtkWidget *button = gtk_widget_get_first_child (gtk_widget_get_parent (box));

      for (; button != NULL; button = gtk_widget_get_next_sibling (button))
        if (g_variant_equal (gtk_actionable_get_action_target_value (GTK_ACTIONABLE (button)), target))
          break;
      g_assert_nonnull (button);
      g_assert_cmpint (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button)), ==, g_str_equal (names[i], "jobs"));
      g_assert_nonnull (gtk_widget_get_tooltip_text (button));
    }
}

/* --- the selection --- */

/* What can be done with the selection, below the frames: "some", "none", "" where the bar is not shown */
static const char *
bar_state (Site *site)
{
  GtkWidget *bar = widget_child (site->window, "selection_bar");

  return gtk_widget_get_visible (bar) ? gtk_stack_get_visible_child_name (widget_child (site->window, "selection_actions")) : "";
}

static gboolean
bar_is (Site *site, const char *state)
{
  return g_str_equal (bar_state (site), state);
}

static void
test_select_all (Site *site, gconstpointer data)
{
  window_act (site, "win.select-all", NULL);
  g_assert_cmpuint (n_selected (site), ==, 12);
  window_act (site, "win.unselect", NULL);
  g_assert_cmpuint (n_selected (site), ==, 0);
  quarry_session_set_query_text (site->session, "scene:road");
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == 6);
  window_act (site, "win.select-all", NULL);                          /* all that are shown */
  g_assert_cmpuint (n_selected (site), ==, 6);
}

static void
test_selection_bar (Site *site, gconstpointer data)
{
  quarry_test_wait (bar_is (site, "none"));
  window_select (site, 0, 3);
  g_assert_true (bar_is (site, "some"));
  window_act (site, "win.page", g_variant_new_string ("insights"));
  g_assert_true (bar_is (site, ""));
  window_act (site, "win.page", g_variant_new_string ("grid"));
  g_assert_true (bar_is (site, "some"));
  window_act (site, "win.unselect", NULL);
  g_assert_true (bar_is (site, "none"));
}

static void
test_selection_bar_follows_the_query (Site *site, gconstpointer data)
{
  quarry_test_wait (bar_is (site, "none"));
  window_select (site, 4, 4);                                         /* two of each scene */
  quarry_session_set_query_text (site->session, "scene:road");
  quarry_test_wait (n_selected (site) == 2);
  g_assert_true (bar_is (site, "some"));
  quarry_session_set_query_text (site->session, "scene:nowhere");
  quarry_test_wait (bar_is (site, "none"));
}

static void
test_no_bar_without_frames (Site *site, gconstpointer data)
{
  quarry_test_wait (g_str_equal (quarry_grid_get_state (window_grid (site)), "first"));
  g_assert_true (bar_is (site, ""));
}

/* --- the query --- */

static void
test_query_keys (Site *site, gconstpointer data)
{
  GtkWidget *bar = window_find (site, QUARRY_TYPE_QUERY_BAR);

  g_assert_true (window_press (site, GDK_KEY_slash, 0));
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (site->window), bar));
  window_act (site, "win.focus-page", NULL);
  g_assert_false (gtk_window_get_focus (site->window) != NULL && gtk_widget_is_ancestor (gtk_window_get_focus (site->window), bar));
  g_assert_true (window_press (site, GDK_KEY_f, GDK_CONTROL_MASK));
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (site->window), bar));
  quarry_session_set_query_text (site->session, "scene:pit");
  window_act (site, "win.clear-query", NULL);
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "");
}

static void
test_show_frames (Site *site, gconstpointer data)
{
  static const struct { const char *from, *to; } cases[] = {
    { "grid", "grid" }, { "frame", "frame" }, { "datasets", "grid" }, { "jobs", "grid" }, { "insights", "insights" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      window_act (site, "win.page", g_variant_new_string (cases[i].from));
      window_act (site, "win.show-frames", NULL);
      g_assert_cmpstr (page (site), ==, cases[i].to);
    }
}

/* --- panes and dialogs --- */

static void
test_panes (Site *site, gconstpointer data)
{
  static const struct { guint key; const char *action; } cases[] = { { GDK_KEY_F12, "sidebar" }, { GDK_KEY_F11, "inspector" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const gboolean before = get_state (site, cases[i].action);

      g_assert_true (window_press (site, cases[i].key, 0));
      g_assert_cmpint (get_state (site, cases[i].action), !=, before);
      g_assert_true (window_press (site, cases[i].key, 0));
      g_assert_cmpint (get_state (site, cases[i].action), ==, before);
    }
}

/* A key that GTK cannot read is a warning, which ends the test */
static void
test_shortcuts (Site *site, gconstpointer data)
{
  g_autoptr(GtkBuilder) builder = gtk_builder_new_from_resource ("/dev/quarry/Quarry/ui/quarry-shortcuts.ui");
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, "shortcuts"));

  g_assert_true (GTK_IS_SHORTCUTS_WINDOW (window));
  g_assert_cmpuint (widget_count (GTK_WIDGET (window), GTK_TYPE_SHORTCUTS_SHORTCUT), >=, 20);
  gtk_window_destroy (window);
}

static void
test_about (Site *site, gconstpointer data)
{
  GtkWidget *dialog = NULL;

  window_act (site, "win.about", NULL);
  dialog = site_find_dialog (ADW_TYPE_ABOUT_WINDOW);
  g_assert_nonnull (dialog);
  g_assert_cmpstr (adw_about_window_get_version (ADW_ABOUT_WINDOW (dialog)), ==, QUARRY_VERSION);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_style (Site *site, gconstpointer data)
{
  static const struct { const char *style; AdwColorScheme scheme; } cases[] = {
    { "dark", ADW_COLOR_SCHEME_FORCE_DARK }, { "light", ADW_COLOR_SCHEME_FORCE_LIGHT }, { "system", ADW_COLOR_SCHEME_DEFAULT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      window_act (site, "win.style", g_variant_new_string (cases[i].style));
      g_assert_cmpint (adw_style_manager_get_color_scheme (adw_style_manager_get_default ()), ==, cases[i].scheme);
    }
}

static void
copied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(char **) user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
test_copy_path (Site *site, gconstpointer data)
{
  g_autofree char *front = g_build_filename (site->folder, "front.png", NULL);
  g_autofree char *expected = g_strdup_printf ("%s\n%s", front, front);
  g_autofree char *text = NULL;

  window_select (site, 0, 2);
  window_act (site, "win.copy-path", NULL);
  quarry_test_wait (toasted (site, "Path copied"));
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (site->window)), NULL, copied_cb, &text);
  quarry_test_wait (text != NULL);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_push_needs_frames (Site *site, gconstpointer data)
{
  window_act (site, "win.page", g_variant_new_string ("insights"));
  window_act (site, "win.push", NULL);
  quarry_test_wait (toasted (site, "No frame is selected"));
}

static void
test_closes_while_it_works (Site *site, gconstpointer data)
{
  window_select (site, 0, 12);
  for (int i = 0; i < 20; i++)
    window_act (site, "win.rating", g_variant_new_int32 (i % 6));
  quarry_session_set_query_text (site->session, "rating:>=3");
  window_act (site, "win.undo", NULL);
  gtk_window_destroy (site->window);
  site->window = NULL;
  window_settle (50);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*test) (Site *, gconstpointer); const char *data; } tests[] = {
    { "/window/shows-each-page-and-makes-it-once", test_pages, NULL },
    { "/window/alt-and-a-number-show-a-page", test_page_keys, NULL },
    { "/window/a-page-that-is-not-there-changes-nothing", test_no_such_page, NULL },
    { "/window/the-frame-page-begins-with-the-first", test_frame_page_begins_somewhere, NULL },
    { "/window/the-frame-page-without-frames", test_frame_page_of_nothing, "empty" },
    { "/window/opens-the-first-selected", test_open, NULL },
    { "/window/escape-leaves-the-page-then-the-selection", test_escape, NULL },
    { "/window/the-pages-button-is-pressed", test_page_buttons, NULL },
    { "/window/selects-all-that-are-shown", test_select_all, NULL },
    { "/window/the-selections-bar-is-the-grids", test_selection_bar, NULL },
    { "/window/the-selections-bar-follows-the-query", test_selection_bar_follows_the_query, NULL },
    { "/window/no-selections-bar-without-frames", test_no_bar_without_frames, "empty" },
    { "/window/keys-lead-to-the-query-and-back", test_query_keys, NULL },
    { "/window/a-new-query-shows-frames-where-the-page-does-not", test_show_frames, NULL },
    { "/window/keys-fold-the-panes", test_panes, NULL },
    { "/window/its-shortcuts-can-be-read", test_shortcuts, NULL },
    { "/window/tells-its-version", test_about, NULL },
    { "/window/style-dark-light-system", test_style, NULL },
    { "/window/copies-the-selected-paths", test_copy_path, NULL },
    { "/window/push-needs-frames", test_push_needs_frames, NULL },
    { "/window/closes-while-it-works", test_closes_while_it_works, NULL },
  };

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Site, tests[i].data, window_setup, tests[i].test, site_teardown);
  return g_test_run ();
}
