/* test-window-focus.c: where keys go, page by page, and what they act on
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-inspector.h"
#include "quarry-query-bar.h"
#include "quarry-tag-popover.h"
#include "quarry-test-window.h"

static const char *
page (Site *site)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (gtk_widget_get_parent (GTK_WIDGET (window_grid (site)))));
}

static void
show (Site *site, const char *name)
{
  window_act (site, "win.page", g_variant_new_string (name));
  quarry_test_wait (gtk_widget_get_mapped (quarry_window_get_page (QUARRY_WINDOW (site->window), name)));
}

static gboolean
is_selected (Site *site, guint position)
{
  return gtk_selection_model_is_selected (GTK_SELECTION_MODEL (quarry_session_get_selection (site->session)), position);
}

static guint
n_selected (Site *site)
{
  return quarry_selection_model_get_n_selected (quarry_session_get_selection (site->session));
}

static gboolean
inspects (Site *site, const char *line)
{
  g_autofree char *text = quarry_inspector_dup_text (QUARRY_INSPECTOR (window_find (site, QUARRY_TYPE_INSPECTOR)));
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);

  return g_strv_contains ((const char * const *) lines, line);
}

static void
wait_for_cells (Site *site)
{
  quarry_test_wait (window_focus_frame (site) == window_nth (site, 0) && gtk_widget_get_height (gtk_window_get_focus (site->window)) > 50);
}

/* --- the grid --- */

static void
test_grid_begins (Site *site, gconstpointer data)
{
  wait_for_cells (site);
  g_assert_true (window_key (site, GDK_KEY_Right, 0));
  quarry_test_wait (window_focus_frame (site) == window_nth (site, 1));
  g_assert_true (is_selected (site, 1));
}

static void
test_import_ends_in_the_grid (Site *site, gconstpointer data)
{
  quarry_test_wait (g_str_equal (quarry_grid_get_state (window_grid (site)), "first"));
  g_assert_true (GTK_IS_BUTTON (gtk_window_get_focus (site->window)) &&
                 gtk_widget_is_ancestor (gtk_window_get_focus (site->window), GTK_WIDGET (window_grid (site))));
  site_fill (site);
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == 12);
  wait_for_cells (site);
}

static void
test_typing_is_left_alone (Site *site, gconstpointer data)
{
  GtkWidget *focus = NULL;

  wait_for_cells (site);
  g_assert_true (window_key (site, GDK_KEY_slash, 0));
  focus = gtk_window_get_focus (site->window);
  g_assert_true (gtk_widget_is_ancestor (focus, window_find (site, QUARRY_TYPE_QUERY_BAR)));
  quarry_session_set_query_text (site->session, "scene:nowhere");
  quarry_test_wait (g_str_equal (quarry_grid_get_state (window_grid (site)), "nothing"));
  quarry_session_set_query_text (site->session, "scene:road");
  quarry_test_wait (g_str_equal (quarry_grid_get_state (window_grid (site)), "cells"));
  window_settle (100);
  g_assert_true (gtk_window_get_focus (site->window) == focus);
}

/* --- pages --- */

static void
test_empty_frame_page_is_no_trap (Site *site, gconstpointer data)
{
  static const struct { guint key; const char *page; } cases[] = { { GDK_KEY_1, "grid" }, { GDK_KEY_3, "datasets" }, { GDK_KEY_5, "insights" } };

  quarry_test_wait (g_str_equal (quarry_grid_get_state (window_grid (site)), "first"));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      show (site, "frame");
      g_assert_true (gtk_widget_get_mapped (gtk_window_get_focus (site->window)));
      g_assert_true (window_key (site, cases[i].key, GDK_ALT_MASK));
      g_assert_cmpstr (page (site), ==, cases[i].page);
    }
  show (site, "frame");
  g_assert_true (window_key (site, GDK_KEY_Escape, 0));
  g_assert_cmpstr (page (site), ==, "grid");
}

/* However the focus got to where no key arrives: the next key works */
static void
test_keys_work_whatever_has_the_focus (Site *site, gconstpointer data)
{
  GtkWidget *hidden = NULL;

  wait_for_cells (site);
  hidden = gtk_window_get_focus (site->window);
  show (site, "jobs");
  gtk_window_set_focus (site->window, hidden);
  g_assert_false (gtk_widget_get_mapped (hidden));
  g_assert_true (window_key (site, GDK_KEY_3, GDK_ALT_MASK));
  g_assert_cmpstr (page (site), ==, "datasets");
  gtk_window_set_focus (site->window, NULL);
  g_assert_true (window_key (site, GDK_KEY_1, GDK_ALT_MASK));
  g_assert_cmpstr (page (site), ==, "grid");
}

static void
test_pages_take_the_focus (Site *site, gconstpointer data)
{
  static const char * const names[] = { "frame", "datasets", "jobs", "insights", "grid" };

  wait_for_cells (site);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GtkWidget *focus = NULL;

      show (site, names[i]);
      focus = gtk_window_get_focus (site->window);
      if (focus == NULL || !gtk_widget_is_ancestor (focus, quarry_window_get_page (QUARRY_WINDOW (site->window), names[i])))
        g_error ("page %s does not have the focus, %s has", names[i], focus != NULL ? G_OBJECT_TYPE_NAME (focus) : "nobody");
    }
}

static void
test_datasets_page_focuses_its_list (Site *site, gconstpointer data)
{
  GtkWidget *focus = NULL;

  show (site, "datasets");
  focus = gtk_window_get_focus (site->window);
  g_assert_true (GTK_IS_BUTTON (focus));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (focus)), ==, "New Dataset…");
  show (site, "grid");
  window_select (site, 0, 2);
  window_act (site, "win.add-to", g_variant_new_string ("haul"));
  quarry_test_wait (site->toast != NULL);
  show (site, "datasets");
  quarry_test_wait (GTK_IS_LIST_BOX_ROW (gtk_window_get_focus (site->window)));
}

/* --- the frame page and back --- */

static void
test_inspector_follows_the_frame_page (Site *site, gconstpointer data)
{
  wait_for_cells (site);
  window_select (site, 0, 1);
  quarry_test_wait (inspects (site, "000000"));
  window_act (site, "win.open", NULL);
  for (guint i = 0; i < 3; i++)
    g_assert_true (window_key (site, GDK_KEY_bracketright, 0));
  g_assert_cmpint (quarry_session_get_current_frame (site->session), ==, window_nth (site, 3));
  quarry_test_wait (inspects (site, "000003"));
  window_act (site, "win.tag-with", g_variant_new_string ("seen"));
  window_wait_frame (site, 3, "0 0 seen");
  quarry_test_wait (inspects (site, "seen"));
  g_assert_true (site_act (site_find (window_find (site, QUARRY_TYPE_INSPECTOR), g_type_from_name ("QuarryTagChip"), NULL), "chip.remove", NULL));
  window_wait_frame (site, 3, "0 0 ");
}

static void
test_escape_goes_on_where_it_was (Site *site, gconstpointer data)
{
  wait_for_cells (site);
  window_select (site, 0, 1);
  window_act (site, "win.open", NULL);
  for (guint i = 0; i < 4; i++)
    g_assert_true (window_key (site, GDK_KEY_bracketright, 0));
  g_assert_true (window_key (site, GDK_KEY_Escape, 0));
  g_assert_cmpstr (page (site), ==, "grid");
  g_assert_true (is_selected (site, 4));
  g_assert_cmpuint (n_selected (site), ==, 1);
  quarry_test_wait (window_focus_frame (site) == window_nth (site, 4));
  quarry_test_wait (inspects (site, "000004"));
  g_assert_true (window_key (site, GDK_KEY_Right, 0));
  quarry_test_wait (window_focus_frame (site) == window_nth (site, 5));
}

static void
test_escape_keeps_a_selection_that_has_it (Site *site, gconstpointer data)
{
  wait_for_cells (site);
  window_select (site, 0, 3);
  window_act (site, "win.open", NULL);
  g_assert_true (window_key (site, GDK_KEY_bracketright, 0));
  g_assert_true (window_key (site, GDK_KEY_Escape, 0));
  g_assert_cmpuint (n_selected (site), ==, 3);
}

static void
test_nothing_selected_nothing_inspected (Site *site, gconstpointer data)
{
  wait_for_cells (site);
  window_select (site, 2, 1);
  quarry_test_wait (inspects (site, "000002"));
  window_act (site, "win.unselect", NULL);
  quarry_test_wait (inspects (site, "No Selection"));
}

/* --- popovers --- */

static void
test_tagging_goes_on (Site *site, gconstpointer data)
{
  static const char * const names[] = { "seen", "seen too" };

  wait_for_cells (site);
  g_assert_true (window_key (site, GDK_KEY_Right, 0));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *frame = g_strdup_printf ("0 0 %s", names[i]);
      GtkWidget *popover = NULL;

      g_assert_true (window_key (site, GDK_KEY_t, 0));
      popover = window_find (site, QUARRY_TYPE_TAG_POPOVER);
      quarry_test_wait (gtk_widget_get_mapped (popover) && gtk_widget_is_ancestor (gtk_window_get_focus (site->window), popover));
      quarry_tag_popover_set_text (QUARRY_TAG_POPOVER (popover), names[i]);
      quarry_tag_popover_accept (QUARRY_TAG_POPOVER (popover));
      window_wait_frame (site, 1 + i, frame);
      quarry_test_wait (!gtk_widget_get_mapped (popover));
      window_settle (400);                            /* the catalog has changed: nothing may take it away later */
      g_assert_cmpint (window_focus_frame (site), ==, window_nth (site, 1 + i));
      g_assert_true (window_key (site, GDK_KEY_Right, 0));
      quarry_test_wait (window_focus_frame (site) == window_nth (site, 2 + i));
    }
}

static void
test_escape_from_a_popover (Site *site, gconstpointer data)
{
  GtkWidget *popover = NULL;

  wait_for_cells (site);
  g_assert_true (window_key (site, GDK_KEY_Right, 0));
  g_assert_true (window_key (site, GDK_KEY_d, 0));
  popover = window_find (site, QUARRY_TYPE_TAG_POPOVER);
  quarry_test_wait (gtk_widget_get_mapped (popover));
  gtk_popover_popdown (GTK_POPOVER (popover));
  quarry_test_wait (window_focus_frame (site) == window_nth (site, 1));
}

/* --- what keys act on --- */

static GtkWidget *
cell_of (Site *site, guint position)
{
  const QuarryId id = window_nth (site, position);
  GtkWidget *item = gtk_widget_get_first_child (quarry_grid_get_view (window_grid (site)));

  for (; item != NULL; item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *cell = gtk_widget_get_first_child (item);

      if (cell != NULL && quarry_frame_cell_get_frame (QUARRY_FRAME_CELL (cell)) == id)
        return item;
    }
  return NULL;
}

static gboolean
is_target (Site *site, guint position)
{
  return gtk_widget_has_css_class (cell_of (site, position), "target");
}

static GtkEventController *
pointer_of (Site *site)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (quarry_grid_get_view (window_grid (site)));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_MOTION (controller))
        return controller;
    }
  g_assert_not_reached ();
}

static void
point_at (Site *site, guint position)
{
  graphene_rect_t area;

  g_assert_true (gtk_widget_compute_bounds (cell_of (site, position), quarry_grid_get_view (window_grid (site)), &area));
  g_signal_emit_by_name (pointer_of (site), "motion", (double) area.origin.x + 40, (double) area.origin.y + 40);
}

static void
test_nothing_is_a_target_at_first (Site *site, gconstpointer data)
{
  wait_for_cells (site);
  window_settle (100);
  for (guint i = 0; i < 12; i++)
    g_assert_false (is_target (site, i));
  g_assert_true (window_key (site, GDK_KEY_p, 0));
  window_settle (100);
  g_assert_null (site->toast);
}

static void
test_pointed_frame_is_the_target (Site *site, gconstpointer data)
{
  wait_for_cells (site);
  point_at (site, 2);
  g_assert_true (is_target (site, 2));
  point_at (site, 3);
  g_assert_true (is_target (site, 3));
  g_assert_false (is_target (site, 2));
  window_act (site, "win.tag-with", g_variant_new_string ("seen"));
  quarry_test_wait (g_strcmp0 (site->toast, "Tagged 22:13:20.3 “seen”") == 0);
  window_wait_frame (site, 3, "0 0 seen");
  window_select (site, 7, 1);                              /* the selection goes before it */
  g_assert_false (is_target (site, 3));
  window_act (site, "win.unselect", NULL);
  g_assert_true (is_target (site, 3));
  g_signal_emit_by_name (pointer_of (site), "leave");
  g_assert_false (is_target (site, 3));
}

/* A frame that comes to lie under a pointer at rest is nothing that anybody pointed at */
static void
test_what_slides_under_is_no_target (Site *site, gconstpointer data)
{
  wait_for_cells (site);
  point_at (site, 1);
  g_assert_true (is_target (site, 1));
  quarry_session_set_query_text (site->session, "scene:road");
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == 6);
  quarry_test_wait (cell_of (site, 1) != NULL && gtk_widget_get_height (cell_of (site, 1)) > 50);
  window_settle (200);
  for (guint i = 0; i < 6; i++)
    g_assert_false (is_target (site, i));
  window_act (site, "win.flag", g_variant_new_int32 (1));
  window_settle (100);
  g_assert_null (site->toast);
}

/* --- the panes --- */

static gboolean
is_open (GtkWidget *pane)
{
  return adw_flap_get_reveal_flap (ADW_FLAP (gtk_widget_get_ancestor (pane, ADW_TYPE_FLAP)));
}

static void
test_panes_come_back (Site *site, gconstpointer data)
{
  GtkWidget *inspector = window_find (site, QUARRY_TYPE_INSPECTOR);
  AdwFlap *flap = ADW_FLAP (gtk_widget_get_ancestor (inspector, ADW_TYPE_FLAP));

  wait_for_cells (site);
  g_assert_true (is_open (inspector));
  for (guint closed = 0; closed < 2; closed++)
    {
      if (closed > 0)
        window_act (site, "win.inspector", NULL);
      gtk_window_set_default_size (site->window, 420, 600);
      quarry_test_wait (adw_flap_get_folded (flap));
      g_assert_false (is_open (inspector));
      gtk_window_set_default_size (site->window, 1300, 800);
      quarry_test_wait (!adw_flap_get_folded (flap));
      g_assert_cmpint (is_open (inspector), ==, closed == 0);
    }
  window_act (site, "win.inspector", NULL);                /* it is remembered */
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*test) (Site *, gconstpointer); gconstpointer data; } tests[] = {
    { "/window-focus/the-grid-begins-with-its-first-frame", test_grid_begins, NULL },
    { "/window-focus/an-import-ends-in-the-grid", test_import_ends_in_the_grid, "empty" },
    { "/window-focus/who-types-is-left-alone", test_typing_is_left_alone, NULL },
    { "/window-focus/the-empty-frame-page-is-no-trap", test_empty_frame_page_is_no_trap, "empty" },
    { "/window-focus/keys-work-whatever-has-the-focus", test_keys_work_whatever_has_the_focus, NULL },
    { "/window-focus/each-page-takes-the-focus", test_pages_take_the_focus, NULL },
    { "/window-focus/the-datasets-page-focuses-its-list", test_datasets_page_focuses_its_list, NULL },
    { "/window-focus/the-frame-pages-inspector-shows-and-edits-its-frame", test_inspector_follows_the_frame_page, NULL },
    { "/window-focus/escape-leads-to-the-frame-in-the-grid", test_escape_goes_on_where_it_was, NULL },
    { "/window-focus/escape-keeps-a-selection-with-the-frame", test_escape_keeps_a_selection_that_has_it, NULL },
    { "/window-focus/nothing-selected-nothing-inspected", test_nothing_selected_nothing_inspected, NULL },
    { "/window-focus/tagging-goes-on-with-the-next-frame", test_tagging_goes_on, NULL },
    { "/window-focus/a-popover-that-is-left-gives-the-focus-back", test_escape_from_a_popover, NULL },
    { "/window-target/nothing-at-first", test_nothing_is_a_target_at_first, NULL },
    { "/window-target/the-frame-pointed-at-is-outlined-and-named", test_pointed_frame_is_the_target, NULL },
    { "/window-target/not-what-slides-under-a-still-pointer", test_what_slides_under_is_no_target, NULL },
    { "/window-panes/come-back-with-room-unless-closed", test_panes_come_back, NULL },
  };

  gtk_init ();
  adw_init ();
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Site, tests[i].data, window_setup, tests[i].test, site_teardown);
  return g_test_run ();
}
