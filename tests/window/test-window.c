/* test-window.c: the window driven by its actions and keys
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-facets.h"
#include "quarry-inspector.h"
#include "quarry-sidebar.h"
#include "quarry-tag-popover.h"
#include "quarry-test-window.h"

static const char *
page_of (Site *site)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (gtk_widget_get_parent (GTK_WIDGET (window_grid (site)))));
}

static gboolean
said (Site *site, const char *text)
{
  return g_strcmp0 (site->toast, text) == 0;
}

/* --- edits --- */

static void
test_rating (Site *site, gconstpointer data)
{
  window_select (site, 1, 2);
  g_assert_true (window_press (site, GDK_KEY_3, 0));
  quarry_test_wait (said (site, "Rated 2 frames ★★★"));
  window_wait_frame (site, 1, "3 0 ");
  window_wait_frame (site, 2, "3 0 ");
  window_wait_frame (site, 3, "0 0 ");
  g_assert_true (window_press (site, GDK_KEY_0, 0));
  window_wait_frame (site, 1, "0 0 ");
  g_assert_cmpuint (quarry_selection_model_get_n_selected (quarry_session_get_selection (site->session)), ==, 2);
}

static void
test_flags (Site *site, gconstpointer data)
{
  window_select (site, 0, 1);
  g_assert_true (window_press (site, GDK_KEY_p, 0));
  window_wait_frame (site, 0, "0 1 ");
  g_assert_true (window_press (site, GDK_KEY_x, 0));
  window_wait_frame (site, 0, "0 -1 ");
  g_assert_true (window_press (site, GDK_KEY_u, 0));
  window_wait_frame (site, 0, "0 0 ");
  quarry_test_wait (said (site, "Took the flag from 22:13:20.0"));
}

static void
test_nothing_to_edit (Site *site, gconstpointer data)
{
  gtk_window_set_focus (site->window, NULL);
  window_act (site, "win.unselect", NULL);
  window_act (site, "win.rating", g_variant_new_int32 (5));
  window_act (site, "win.page", g_variant_new_string ("datasets"));
  window_select (site, 0, 12);
  window_act (site, "win.rating", g_variant_new_int32 (5));             /* frames are not in sight */
  window_settle (100);
  window_wait_frame (site, 0, "0 0 ");
  g_assert_null (site->toast);
}

static void
test_tags (Site *site, gconstpointer data)
{
  window_select (site, 0, 3);
  window_act (site, "win.tag-with", g_variant_new_string ("night"));
  quarry_test_wait (said (site, "Tagged 3 frames “night”"));
  window_wait_frame (site, 2, "0 0 night");
  window_act (site, "win.tag-with", g_variant_new_string ("-night"));
  quarry_test_wait (said (site, "Removed “night” from 3 frames"));
  window_wait_frame (site, 0, "0 0 ");
}

static void
test_tag_keys (Site *site, gconstpointer data)
{
  QuarryFacets *facets = quarry_session_get_facets (site->session);

  window_select (site, 0, 1);
  window_act (site, "win.tag-with", g_variant_new_string ("blurred"));
  window_act (site, "win.tag-with", g_variant_new_string ("night"));
  quarry_test_wait (quarry_facets_get (facets, QUARRY_FACET_TAG)->len == 2);
  window_select (site, 0, 2);
  g_assert_true (window_press (site, GDK_KEY_F2, 0));                   /* one has it: all get it */
  quarry_test_wait (said (site, "Tagged 2 frames “night”"));
  window_wait_frame (site, 1, "0 0 night");
  g_assert_true (window_press (site, GDK_KEY_F2, 0));                   /* all have it: it goes */
  quarry_test_wait (said (site, "Removed “night” from 2 frames"));
  window_wait_frame (site, 0, "0 0 blurred");
  g_assert_true (window_press (site, GDK_KEY_F9, 0));                   /* no ninth tag: nothing */
  window_settle (50);
  window_wait_frame (site, 0, "0 0 blurred");
}

static void
test_datasets (Site *site, gconstpointer data)
{
  g_autoptr(QuarryDataset) dataset = NULL;

  window_select (site, 0, 3);
  window_act (site, "win.add-to", g_variant_new_string ("haul"));
  quarry_test_wait (said (site, "Made dataset “haul” with 3 frames"));
  window_select (site, 2, 4);
  window_act (site, "win.add-to", g_variant_new_string ("haul"));
  quarry_test_wait (said (site, "Added 4 frames to “haul”"));
  dataset = quarry_catalog_find_dataset (site->catalog, "haul", NULL);
  g_assert_cmpint (dataset->n_frames, ==, 6);
}

static void
test_undo (Site *site, gconstpointer data)
{
  window_select (site, 0, 1);
  window_act (site, "win.rating", g_variant_new_int32 (2));
  window_act (site, "win.tag-with", g_variant_new_string ("fog"));
  window_wait_frame (site, 0, "2 0 fog");
  g_assert_true (window_press (site, GDK_KEY_z, GDK_CONTROL_MASK));
  window_wait_frame (site, 0, "2 0 ");
  quarry_test_wait (site_find (GTK_WIDGET (site->window), GTK_TYPE_LABEL, "Undone: Tag 1 frame 'fog'") != NULL);
  g_assert_true (window_press (site, GDK_KEY_z, GDK_CONTROL_MASK));
  window_wait_frame (site, 0, "0 0 ");
  g_assert_true (window_press (site, GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK));
  window_wait_frame (site, 0, "2 0 ");
  window_act (site, "win.undo", NULL);
  window_act (site, "win.undo", NULL);
  quarry_test_wait (site->toast != NULL && strstr (site->toast, "nothing") != NULL);      /* told, not silent */
}

/* --- popovers --- */

static QuarryTagPopover *
popover_of (Site *site)
{
  GtkWidget *found = site_find (GTK_WIDGET (site->window), QUARRY_TYPE_TAG_POPOVER, NULL);

  return found != NULL ? QUARRY_TAG_POPOVER (found) : NULL;
}

static void
test_tag_popover (Site *site, gconstpointer data)
{
  QuarryFacets *facets = quarry_session_get_facets (site->session);

  window_select (site, 0, 1);
  window_act (site, "win.tag-with", g_variant_new_string ("night"));
  window_act (site, "win.tag-with", g_variant_new_string ("midnight"));
  quarry_test_wait (quarry_facets_get (facets, QUARRY_FACET_TAG)->len == 2);
  window_select (site, 4, 2);
  g_assert_true (window_press (site, GDK_KEY_t, 0));
  quarry_test_wait (popover_of (site) != NULL && gtk_widget_get_mapped (GTK_WIDGET (popover_of (site))));
  g_assert_cmpuint (quarry_tag_popover_get_n (popover_of (site)), ==, 2);
  quarry_tag_popover_set_text (popover_of (site), "ni");
  g_assert_cmpuint (quarry_tag_popover_get_n (popover_of (site)), ==, 3);       /* night, midnight, new */
  quarry_tag_popover_accept (popover_of (site));
  window_wait_frame (site, 4, "0 0 night");
  window_wait_frame (site, 5, "0 0 night");
  window_act (site, "win.tag", NULL);
  quarry_tag_popover_set_text (popover_of (site), "- night");
  quarry_tag_popover_accept (popover_of (site));
  window_wait_frame (site, 4, "0 0 ");
  window_act (site, "win.tag", NULL);
  quarry_tag_popover_set_text (popover_of (site), "  brand new ");
  quarry_tag_popover_accept (popover_of (site));
  window_wait_frame (site, 5, "0 0 brand new");
  quarry_tag_popover_set_text (popover_of (site), "   ");
  quarry_tag_popover_accept (popover_of (site));                                /* nothing typed: nothing */
}

/* What was selected when it opened gets the tag, whatever happens meanwhile */
static void
test_popover_keeps_frames (Site *site, gconstpointer data)
{
  window_select (site, 2, 1);
  window_act (site, "win.tag", NULL);
  window_select (site, 7, 1);
  quarry_tag_popover_set_text (popover_of (site), "kept");
  quarry_tag_popover_accept (popover_of (site));
  window_wait_frame (site, 2, "0 0 kept");
  window_wait_frame (site, 7, "0 0 ");
}

static void
test_dataset_popover (Site *site, gconstpointer data)
{
  g_autoptr(QuarryDataset) dataset = NULL;

  window_select (site, 0, 2);
  g_assert_true (window_press (site, GDK_KEY_d, 0));
  quarry_test_wait (popover_of (site) != NULL);
  quarry_tag_popover_set_text (popover_of (site), "-odd name");
  quarry_tag_popover_accept (popover_of (site));
  quarry_test_wait (said (site, "Made dataset “-odd name” with 2 frames"));
  dataset = quarry_catalog_find_dataset (site->catalog, "-odd name", NULL);
  g_assert_nonnull (dataset);
}

/* --- going around --- */

static void
test_pages (Site *site, gconstpointer data)
{
  static const char * const names[] = { "frame", "datasets", "jobs", "insights", "grid" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(GVariant) state = NULL;

      window_act (site, "win.page", g_variant_new_string (names[i]));
      g_assert_cmpstr (page_of (site), ==, names[i]);
      state = g_action_group_get_action_state (G_ACTION_GROUP (site->window), "page");
      g_assert_cmpstr (g_variant_get_string (state, NULL), ==, names[i]);
      g_assert_true (gtk_widget_get_visible (GTK_WIDGET (window_grid (site))));
    }
  window_act (site, "win.page", g_variant_new_string ("no such page"));
  g_assert_cmpstr (page_of (site), ==, "grid");
  g_assert_true (window_press (site, GDK_KEY_3, GDK_ALT_MASK));
  g_assert_cmpstr (page_of (site), ==, "datasets");
}

static void
test_open_and_back (Site *site, gconstpointer data)
{
  window_select (site, 5, 1);
  window_act (site, "win.open", NULL);
  g_assert_cmpstr (page_of (site), ==, "frame");
  g_assert_cmpint (quarry_session_get_current_frame (site->session), ==, window_nth (site, 5));
  g_assert_true (window_press (site, GDK_KEY_4, 0));                    /* the frame that is looked at */
  window_wait_frame (site, 5, "4 0 ");
  g_assert_true (window_press (site, GDK_KEY_Escape, 0));
  g_assert_cmpstr (page_of (site), ==, "grid");
  g_assert_cmpuint (quarry_selection_model_get_n_selected (quarry_session_get_selection (site->session)), ==, 1);
  g_assert_true (window_press (site, GDK_KEY_Escape, 0));
  g_assert_cmpuint (quarry_selection_model_get_n_selected (quarry_session_get_selection (site->session)), ==, 0);
}

static void
test_select_all (Site *site, gconstpointer data)
{
  window_act (site, "win.select-all", NULL);
  g_assert_cmpuint (quarry_selection_model_get_n_selected (quarry_session_get_selection (site->session)), ==, 12);
  window_act (site, "win.unselect", NULL);
  g_assert_cmpuint (quarry_selection_model_get_n_selected (quarry_session_get_selection (site->session)), ==, 0);
}

static void
test_panes (Site *site, gconstpointer data)
{
  AdwFlap *flap = ADW_FLAP (window_find (site, ADW_TYPE_FLAP));
  const gboolean before = adw_flap_get_reveal_flap (flap);

  g_assert_true (window_press (site, GDK_KEY_F12, 0));
  g_assert_cmpint (adw_flap_get_reveal_flap (flap), ==, !before);
  g_assert_true (window_press (site, GDK_KEY_F12, 0));
  g_assert_cmpint (adw_flap_get_reveal_flap (flap), ==, before);
}

static void
test_inspector (Site *site, gconstpointer data)
{
  GtkWidget *inspector = window_find (site, QUARRY_TYPE_INSPECTOR);

  quarry_test_wait (gtk_widget_get_mapped (inspector));
  window_act (site, "win.page", g_variant_new_string ("jobs"));          /* not about frames */
  g_assert_false (gtk_widget_get_visible (inspector));
  window_act (site, "win.page", g_variant_new_string ("frame"));
  g_assert_true (gtk_widget_get_visible (inspector));
  g_assert_true (window_press (site, GDK_KEY_F11, 0));
  quarry_test_wait (!gtk_widget_get_mapped (inspector));
  window_act (site, "win.page", g_variant_new_string ("grid"));          /* stays as it was chosen */
  g_assert_false (gtk_widget_get_mapped (inspector));
  g_assert_true (window_press (site, GDK_KEY_F11, 0));                   /* and is remembered: put it back */
  quarry_test_wait (gtk_widget_get_mapped (inspector));
}

static void
test_first_start_has_no_panes (Site *site, gconstpointer data)
{
  GtkWidget *inspector = window_find (site, QUARRY_TYPE_INSPECTOR), *sidebar = window_find (site, QUARRY_TYPE_SIDEBAR);

  quarry_test_wait (!gtk_widget_get_visible (inspector) && !gtk_widget_get_visible (sidebar));
  site_fill (site);
  quarry_test_wait (gtk_widget_get_mapped (inspector) && gtk_widget_get_mapped (sidebar));
}

static void
got_text_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(char **) user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
test_copy_path (Site *site, gconstpointer data)
{
  g_autofree char *text = NULL;

  window_select (site, 0, 1);
  window_act (site, "win.copy-path", NULL);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (site->window)), NULL, got_text_cb, &text);
  quarry_test_wait (text != NULL);
  g_assert_true (g_str_has_suffix (text, "front.png"));
}

static void
test_style (Site *site, gconstpointer data)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  window_act (site, "win.style", g_variant_new_string ("dark"));
  g_assert_true (adw_style_manager_get_dark (manager));
  window_act (site, "win.style", g_variant_new_string ("light"));
  g_assert_false (adw_style_manager_get_dark (manager));
  window_act (site, "win.style", g_variant_new_string ("system"));
  g_assert_cmpint (adw_style_manager_get_color_scheme (manager), ==, ADW_COLOR_SCHEME_DEFAULT);
}

/* --- dialogs --- */

static void
test_dialogs (Site *site, gconstpointer data)
{
  GtkWidget *shortcuts = NULL, *history = NULL;

  g_assert_true (window_press (site, GDK_KEY_question, GDK_SHIFT_MASK));
  quarry_test_wait ((shortcuts = site_find_dialog (GTK_TYPE_SHORTCUTS_WINDOW)) != NULL && gtk_widget_get_mapped (shortcuts));
  gtk_window_destroy (GTK_WINDOW (shortcuts));

  window_act (site, "win.history", NULL);
  quarry_test_wait ((history = site_find_dialog (ADW_TYPE_WINDOW)) != NULL);
  g_assert_nonnull (site_find (history, GTK_TYPE_LABEL, "Nothing Done Yet"));
  window_select (site, 0, 1);
  window_act (site, "win.rating", g_variant_new_int32 (1));
  quarry_test_wait (site_find (history, ADW_TYPE_ACTION_ROW, "Rate 1 frame 1") != NULL ||
                    site_find (history, ADW_TYPE_ACTION_ROW, NULL) != NULL);
  g_assert_true (site_act (history, "history.undo", NULL));
  quarry_test_wait (site_find (history, GTK_TYPE_LABEL, "Undone") != NULL);
  gtk_window_destroy (GTK_WINDOW (history));
}

/* --- files --- */

static void
test_import_folder (Site *site, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (site->folder, "pictures", NULL);
  g_autofree char *name = NULL;
  g_autofree char *from = NULL;
  g_autofree char *bytes = NULL;
  g_autofree char *to = NULL;
  gsize length = 0;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  from = site_write_picture (site, "one.png", 90);
  to = g_build_filename (folder, "one.png", NULL);
  g_assert_true (g_file_get_contents (from, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (to, bytes, (gssize) length, NULL));
  window_act (site, "win.import-path", g_variant_new_string (folder));
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == 1);
  quarry_test_wait (g_str_equal (quarry_grid_get_state (window_grid (site)), "cells"));
  quarry_test_wait (quarry_session_get_n_running (site->session) == 0);
}

static void
test_import_nothing (Site *site, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (site->folder, "not there", NULL);
  g_autoptr(QuarryOperation) operation = NULL;

  window_act (site, "win.import-path", g_variant_new_string (folder));
  operation = g_list_model_get_item (G_LIST_MODEL (quarry_session_get_operations (site->session)), 0);
  quarry_test_wait (quarry_operation_get_state (operation) == QUARRY_OPERATION_FAILED);
  g_assert_nonnull (strstr (quarry_operation_get_error (operation)->message, "not there"));
}

/* --- all actions have what buttons and menus ask of them --- */

static void
assert_named (GtkWidget *widget)
{
  const char *icon = GTK_IS_BUTTON (widget) ? gtk_button_get_icon_name (GTK_BUTTON (widget))
                     : GTK_IS_MENU_BUTTON (widget) ? gtk_menu_button_get_icon_name (GTK_MENU_BUTTON (widget)) : NULL;

  if (icon != NULL && gtk_widget_get_tooltip_text (widget) == NULL && !g_str_has_prefix (icon, "window-"))
    g_error ("a button with icon '%s' has no tooltip", icon);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    assert_named (child);
}

static void
test_icon_buttons (Site *site, gconstpointer data)
{
  assert_named (GTK_WIDGET (site->window));
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*test) (Site *, gconstpointer); gconstpointer data; } tests[] = {
    { "/window/keys-rate", test_rating, NULL },
    { "/window/keys-flag", test_flags, NULL },
    { "/window/what-is-not-in-sight-is-not-edited", test_nothing_to_edit, NULL },
    { "/window/tags-and-takes-tags-away", test_tags, NULL },
    { "/window/f-keys-toggle-the-first-tags", test_tag_keys, NULL },
    { "/window/adds-to-datasets-old-and-new", test_datasets, NULL },
    { "/window/undoes-and-does-again", test_undo, NULL },
    { "/window/t-asks-for-a-tag", test_tag_popover, NULL },
    { "/window/the-popover-keeps-its-frames", test_popover_keeps_frames, NULL },
    { "/window/d-asks-for-a-dataset", test_dataset_popover, NULL },
    { "/window/pages-are-made-at-the-first-look", test_pages, NULL },
    { "/window/opens-a-frame-and-comes-back", test_open_and_back, NULL },
    { "/window/selects-all", test_select_all, NULL },
    { "/window/panes-fold", test_panes, NULL },
    { "/window/the-inspector-shows-where-frames-are", test_inspector, NULL },
    { "/window/the-first-start-shows-no-empty-panes", test_first_start_has_no_panes, "empty" },
    { "/window/copies-paths", test_copy_path, NULL },
    { "/window/light-and-dark", test_style, NULL },
    { "/window/shortcuts-and-history", test_dialogs, NULL },
    { "/window/imports-a-folder", test_import_folder, "empty" },
    { "/window/an-import-that-fails-says-why", test_import_nothing, "empty" },
    { "/window/icon-buttons-are-named", test_icon_buttons, NULL },
  };

  gtk_init ();
  adw_init ();
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Site, tests[i].data, window_setup, tests[i].test, site_teardown);
  return g_test_run ();
}
