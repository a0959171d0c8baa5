/* test-datasets-page.c: what the page of datasets lists, shows and does
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-bar.h"
#include "quarry-datasets-page.h"
#include "quarry-export-dialog.h"
#include "quarry-push-dialog.h"
#include "quarry-split-dialog.h"
#include "quarry-test-widget.h"

/* The first @n frames of the site in a dataset; behind the page's back */
static QuarryId
make_dataset (Site *site, const char *name, const char *notes, guint n)
{
  const GArray *all = quarry_frame_model_get_ids (quarry_session_get_frames (site->session));
  g_autoptr(GArray) frames = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_autoptr(GError) error = NULL;
  QuarryId id = 0;

  g_array_append_vals (frames, all->data, n);
  id = quarry_catalog_create_dataset (site->catalog, name, notes, frames, &error);
  g_assert_no_error (error);
  return id;
}

/* "train" for the first @n_train frames of the dataset, "val" for the next @n_val */
static void
assign (Site *site, QuarryId dataset, guint n_train, guint n_val)
{
  const GArray *all = quarry_frame_model_get_ids (quarry_session_get_frames (site->session));
  g_autoptr(GArray) frames = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_autoptr(GPtrArray) splits = g_ptr_array_new ();
  g_autoptr(GError) error = NULL;

  g_array_append_vals (frames, all->data, n_train + n_val);
  for (guint i = 0; i < n_train + n_val; i++)
    g_ptr_array_add (splits, (gpointer) (i < n_train ? "train" : "val"));
  quarry_catalog_assign_splits (site->catalog, dataset, frames, (const char * const *) splits->pdata, &error);
  g_assert_no_error (error);
}

static GtkWidget *
show_page (Site *site)
{
  GtkWidget *page = quarry_datasets_page_new (site->session);

  site_show (site, page);
  quarry_test_wait (gtk_stack_get_visible_child_name (widget_child (page, "stack")) != NULL);
  return page;
}

static const char *
selected (GtkWidget *page)
{
  g_autofree char *name = NULL;

  g_object_get (page, "selected", &name, NULL);
  return g_intern_string (name != NULL ? name : "");
}

static gboolean
shows (GtkWidget *page, const char *child)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (widget_child (page, "stack")), child) == 0;
}

/* "night 12|pit 6" */
static const char *
listed (GtkWidget *page)
{
  g_autoptr(GString) text = g_string_new (NULL);
  GtkListBoxRow *row = NULL;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (widget_child (page, "list"), i)) != NULL; i++)
    {
      GtkWidget *line = gtk_widget_get_first_child (gtk_list_box_row_get_child (row));

      g_string_append_printf (text, "%s%s %s", i > 0 ? "|" : "", gtk_label_get_text (GTK_LABEL (gtk_widget_get_first_child (line))),
                              gtk_label_get_text (GTK_LABEL (gtk_widget_get_last_child (line))));
    }
  return g_intern_string (text->str);
}

static const char *
legend (GtkWidget *page)
{
  g_autoptr(GString) text = g_string_new (NULL);
  GtkFlowBoxChild *child = NULL;

  for (int i = 0; (child = gtk_flow_box_get_child_at_index (widget_child (page, "legend"), i)) != NULL; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "|" : "",
                            gtk_label_get_text (GTK_LABEL (site_find (GTK_WIDGET (child), GTK_TYPE_LABEL, NULL))));
  return g_intern_string (text->str);
}

static gboolean
said (Site *site, const char *part)
{
  return site->toast != NULL && strstr (site->toast, part) != NULL;
}

#define is_listed(page, text) (g_strcmp0 (listed (page), text) == 0)

/* --- what is shown --- */

static void
test_empty (Site *site, gconstpointer data)
{
  static const char * const actions[] = { "delete", "add-frames", "remove-frames", "show-frames", "split", "freeze", "export", "push" };
  GtkWidget *page = show_page (site);

  quarry_test_wait (shows (page, "empty"));
  g_assert_cmpstr (selected (page), ==, "");
  g_assert_true (widget_can (page, "datasets.new"));
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)       /* nothing to do it with: nothing happens */
    {
      g_autofree char *action = g_strconcat ("datasets.", actions[i], NULL);

      site_act (page, action, NULL);
    }
  site_act (page, "datasets.rename", g_variant_new_string ("other"));
  site_act (page, "datasets.freeze-as", g_variant_new_string ("note"));
  site_act (page, "datasets.show-split", g_variant_new_string ("train"));
  widget_settle (200);
  g_assert_null (site->toast);
  g_assert_cmpstr (site_get_page (site), ==, "");
  g_assert_cmpuint (quarry_session_get_n_running (site->session), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (gtk_window_get_toplevels ()), ==, 1);
}

static void
test_lists (Site *site, gconstpointer data)
{
  GtkWidget *page = NULL;

  make_dataset (site, "pit", "", 6);
  make_dataset (site, "all & <more>", "Everything\n& <all>", 12);
  page = show_page (site);
  quarry_test_wait (is_listed (page, "all & <more> 12|pit 6"));
  g_assert_true (shows (page, "content"));
  g_assert_cmpstr (selected (page), ==, "all & <more>");
  g_assert_cmpstr (widget_text (page, "name"), ==, "all & <more>");
  g_assert_true (g_str_has_prefix (widget_text (page, "facts"), "12 frames · made "));
  g_assert_true (gtk_widget_get_visible (widget_child (page, "notes")));
  g_assert_cmpstr (adw_action_row_get_subtitle (widget_child (page, "notes")), ==, "Everything\n& <all>");
  g_assert_cmpstr (gtk_editable_get_text (widget_child (page, "name_entry")), ==, "all & <more>");
  g_object_set (page, "selected", "pit", NULL);
  quarry_test_wait (g_str_equal (selected (page), "pit"));
  g_assert_false (gtk_widget_get_visible (widget_child (page, "notes")));
  g_assert_cmpstr (widget_text (page, "name"), ==, "pit");
}

static void
test_row_selects (Site *site, gconstpointer data)
{
  GtkWidget *page = NULL;
  GtkListBox *list = NULL;

  make_dataset (site, "a", "", 1);
  make_dataset (site, "b", "", 2);
  page = show_page (site);
  quarry_test_wait (is_listed (page, "a 1|b 2"));
  list = widget_child (page, "list");
  gtk_list_box_select_row (list, gtk_list_box_get_row_at_index (list, 1));
  quarry_test_wait (g_str_equal (selected (page), "b"));
  g_assert_cmpint (gtk_list_box_row_get_index (gtk_list_box_get_selected_row (list)), ==, 1);
  make_dataset (site, "aa", "", 3);                         /* another program's: what is selected stays */
  quarry_test_wait (is_listed (page, "a 1|aa 3|b 2"));
  g_assert_cmpstr (selected (page), ==, "b");
  g_assert_cmpint (gtk_list_box_row_get_index (gtk_list_box_get_selected_row (list)), ==, 2);
}

static void
test_waits_for_name (Site *site, gconstpointer data)
{
  GtkWidget *page = NULL;

  make_dataset (site, "a", "", 1);
  page = show_page (site);
  g_object_set (page, "selected", "later", NULL);
  quarry_test_wait (is_listed (page, "a 1"));
  g_assert_cmpstr (selected (page), ==, "a");
  make_dataset (site, "later", "", 4);
  quarry_test_wait (g_str_equal (selected (page), "later"));
}

static void
test_splits (Site *site, gconstpointer data)
{
  GtkWidget *page = NULL;
  const QuarryId id = make_dataset (site, "a", "", 12);

  page = show_page (site);
  quarry_test_wait (g_str_equal (legend (page), "in no split  100 % · 12 frames"));
  g_assert_cmpuint (quarry_bar_get_n_parts (widget_child (page, "bar")), ==, 1);
  assign (site, id, 6, 3);
  quarry_test_wait (g_str_equal (legend (page), "train  50 % · 6 frames|val  25 % · 3 frames|in no split  25 % · 3 frames"));
  g_assert_cmpuint (quarry_bar_get_n_parts (widget_child (page, "bar")), ==, 3);
  g_assert_cmpfloat_with_epsilon (quarry_bar_get_share (widget_child (page, "bar")), 1, 1e-9);
  assign (site, id, 11, 1);
  quarry_test_wait (g_str_equal (legend (page), "train  92 % · 11 frames|val  8.3 % · 1 frame"));
}

static void
test_no_frames (Site *site, gconstpointer data)
{
  GtkWidget *page = NULL;

  make_dataset (site, "nothing", "", 0);
  page = show_page (site);
  quarry_test_wait (is_listed (page, "nothing 0"));
  g_assert_cmpstr (legend (page), ==, "in no split  0 % · 0 frames");
  g_assert_cmpuint (quarry_bar_get_n_parts (widget_child (page, "bar")), ==, 0);
}

/* --- where it leads --- */

static void
test_leads (Site *site, gconstpointer data)
{
  static const struct { const char *split, *query; guint n; } cases[] = {
    { "train", "dataset:\"night shift\" split:train", 6 },
    { "val", "dataset:\"night shift\" split:val", 3 },
    { "", "dataset:\"night shift\" -split:*", 2 },
  };
  GtkWidget *page = NULL;
  const QuarryId id = make_dataset (site, "night shift", "", 11);

  assign (site, id, 6, 3);
  page = show_page (site);
  quarry_test_wait (is_listed (page, "night shift 11"));
  g_assert_true (site_act (page, "datasets.show-frames", NULL));
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "dataset:\"night shift\"");
  g_assert_cmpstr (site_get_page (site), ==, "grid");
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == 11);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      site_act (page, "datasets.show-split", g_variant_new_string (cases[i].split));
      g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, cases[i].query);
      quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == cases[i].n);
    }
}

static void
test_legend_leads (Site *site, gconstpointer data)
{
  GtkWidget *page = NULL;
  const QuarryId id = make_dataset (site, "a", "", 12);

  assign (site, id, 4, 8);
  page = show_page (site);
  quarry_test_wait (widget_find_action (page, "datasets.show-split") != NULL);
  g_signal_emit_by_name (widget_find_action (page, "datasets.show-split"), "clicked");
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "dataset:a split:train");
}

static void
test_dialogs (Site *site, gconstpointer data)
{
  GtkWidget *page = NULL;

  make_dataset (site, "a", "", 12);
  page = show_page (site);
  quarry_test_wait (is_listed (page, "a 12"));
  site_act (page, "datasets.split", NULL);
  g_assert_nonnull (site_find_dialog (QUARRY_TYPE_SPLIT_DIALOG));
  gtk_window_destroy (GTK_WINDOW (site_find_dialog (QUARRY_TYPE_SPLIT_DIALOG)));
  site_act (page, "datasets.export", NULL);
  g_assert_true (gtk_window_get_transient_for (GTK_WINDOW (site_find_dialog (QUARRY_TYPE_EXPORT_DIALOG))) == site->window);
  gtk_window_destroy (GTK_WINDOW (site_find_dialog (QUARRY_TYPE_EXPORT_DIALOG)));
  site_act (page, "datasets.push", NULL);
  quarry_test_wait (site_find_dialog (QUARRY_TYPE_PUSH_DIALOG) != NULL);
  gtk_window_destroy (GTK_WINDOW (site_find_dialog (QUARRY_TYPE_PUSH_DIALOG)));
}

/* --- edits --- */

static void
test_create (Site *site, gconstpointer data)
{
  GtkWidget *page = NULL;

  make_dataset (site, "a", "", 1);
  page = show_page (site);
  quarry_session_set_query_text (site->session, "scene:pit");
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == 6);
  site_act (page, "datasets.create", g_variant_new_string ("pit only"));
  quarry_test_wait (g_str_equal (selected (page), "pit only"));
  g_assert_true (is_listed (page, "a 1|pit only 6"));
  quarry_test_wait (said (site, "Made dataset “pit only” with 6 frames"));
  g_clear_pointer (&site->toast, g_free);
  site_act (page, "datasets.create", g_variant_new_string ("a"));       /* the name is taken */
  quarry_test_wait (site->toast != NULL);
  g_assert_false (said (site, "Made"));
  quarry_test_wait (g_str_equal (selected (page), "a"));
  g_assert_true (is_listed (page, "a 1|pit only 6"));
}

static void
test_new_asks (Site *site, gconstpointer data)
{
  GtkWidget *page = show_page (site);
  GtkWidget *dialog = NULL, *entry = NULL;

  quarry_test_wait (shows (page, "empty"));
  site_act (page, "datasets.new", NULL);
  dialog = site_find_dialog (ADW_TYPE_MESSAGE_DIALOG);
  g_assert_nonnull (dialog);
  g_assert_cmpstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (dialog)), ==, "It begins with what the query finds now: 12 frames.");
  entry = site_find (dialog, ADW_TYPE_ENTRY_ROW, NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "   ");
  g_assert_false (adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (dialog), "accept"));
  gtk_editable_set_text (GTK_EDITABLE (entry), "  dusk ");
  g_assert_true (adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (dialog), "accept"));
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "accept");
  quarry_test_wait (is_listed (page, "dusk 12"));
}

static void
test_rename (Site *site, gconstpointer data)
{
  GtkWidget *page = NULL;

  make_dataset (site, "a", "", 1);
  make_dataset (site, "b", "", 2);
  page = show_page (site);
  g_object_set (page, "selected", "b", NULL);
  quarry_test_wait (g_str_equal (selected (page), "b"));
  site_act (page, "datasets.rename", g_variant_new_string ("z"));
  quarry_test_wait (g_str_equal (selected (page), "z"));
  g_assert_true (is_listed (page, "a 1|z 2"));
  g_assert_true (said (site, "Renamed “b” to “z”"));
  gtk_editable_set_text (widget_child (page, "name_entry"), "  y ");
  g_signal_emit_by_name (widget_child (page, "name_entry"), "apply");
  quarry_test_wait (g_str_equal (selected (page), "y"));
  gtk_editable_set_text (widget_child (page, "name_entry"), " ");
  g_signal_emit_by_name (widget_child (page, "name_entry"), "apply");
  g_assert_cmpstr (gtk_editable_get_text (widget_child (page, "name_entry")), ==, "y");    /* no name is no new name */
  g_clear_pointer (&site->toast, g_free);
  site_act (page, "datasets.rename", g_variant_new_string ("y"));       /* to itself: no edit */
  widget_settle (200);
  g_assert_null (site->toast);
}

static void
test_delete (Site *site, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *what = NULL;
  GtkWidget *page = NULL;

  make_dataset (site, "a", "", 1);
  make_dataset (site, "b", "", 2);
  page = show_page (site);
  g_object_set (page, "selected", "b", NULL);
  quarry_test_wait (g_str_equal (selected (page), "b"));
  site_act (page, "datasets.delete", NULL);
  quarry_test_wait (is_listed (page, "a 1"));
  g_assert_cmpstr (selected (page), ==, "a");
  quarry_test_wait (said (site, "Deleted dataset “b”"));
  g_assert_true (quarry_catalog_undo (site->catalog, &what, &error));
  g_assert_no_error (error);
  quarry_test_wait (is_listed (page, "a 1|b 2"));
  g_assert_cmpstr (selected (page), ==, "b");               /* it was wanted all the time */
  site_act (page, "datasets.delete", NULL);
  quarry_test_wait (is_listed (page, "a 1"));
  site_act (page, "datasets.delete", NULL);
  quarry_test_wait (shows (page, "empty"));
}

static void
test_frames (Site *site, gconstpointer data)
{
  GtkWidget *page = NULL;

  make_dataset (site, "a", "", 2);
  page = show_page (site);
  quarry_test_wait (is_listed (page, "a 2"));
  quarry_session_set_query_text (site->session, "scene:pit");
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == 6);
  site_act (page, "datasets.add-frames", NULL);
  quarry_test_wait (is_listed (page, "a 6"));               /* two were in it */
  quarry_test_wait (said (site, "Added 4 frames to “a”"));
  quarry_session_set_query_text (site->session, "");
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == 12);
  site_act (page, "datasets.add-frames", NULL);
  quarry_test_wait (is_listed (page, "a 12"));
  quarry_session_set_query_text (site->session, "scene:road");
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == 6);
  site_act (page, "datasets.remove-frames", NULL);
  quarry_test_wait (is_listed (page, "a 6"));
  quarry_test_wait (said (site, "Removed 6 frames from “a”"));
}

static void
test_freeze (Site *site, gconstpointer data)
{
  GtkWidget *page = NULL, *row = NULL;

  make_dataset (site, "a", "", 12);
  page = show_page (site);
  quarry_test_wait (is_listed (page, "a 12"));
  g_assert_null (widget_find_action (page, "datasets.export-version"));
  site_act (page, "datasets.freeze", NULL);
  g_assert_cmpstr (adw_message_dialog_get_heading (ADW_MESSAGE_DIALOG (site_find_dialog (ADW_TYPE_MESSAGE_DIALOG))), ==,
                   "Freeze “a” as Version 1");
  gtk_window_destroy (GTK_WINDOW (site_find_dialog (ADW_TYPE_MESSAGE_DIALOG)));
  site_act (page, "datasets.freeze-as", g_variant_new_string ("for <the> first & last run"));
  quarry_test_wait (widget_find_action (page, "datasets.export-version") != NULL);
  quarry_test_wait (said (site, "Froze “a” as version 1"));
  row = site_find (page, ADW_TYPE_ACTION_ROW, "Version 1: for &lt;the&gt; first &amp; last run");
  g_assert_nonnull (row);
  g_assert_true (g_str_has_prefix (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), "12 frames · "));
  site_act (page, "datasets.freeze-as", g_variant_new_string (""));
  quarry_test_wait (site_find (page, ADW_TYPE_ACTION_ROW, "Version 2") != NULL);
  g_signal_emit_by_name (widget_find_action (page, "datasets.export-version"), "clicked");      /* the newest is on top */
  g_assert_cmpuint (adw_combo_row_get_selected (widget_child (site_find_dialog (QUARRY_TYPE_EXPORT_DIALOG), "version")), ==, 1);
  gtk_window_destroy (GTK_WINDOW (site_find_dialog (QUARRY_TYPE_EXPORT_DIALOG)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/datasets/an-empty-catalog-says-what-to-do", Site, "empty", site_setup, test_empty, site_teardown);
  g_test_add ("/datasets/lists-by-name-and-shows-the-first", Site, NULL, site_setup, test_lists, site_teardown);
  g_test_add ("/datasets/a-row-selects-and-stays-selected", Site, NULL, site_setup, test_row_selects, site_teardown);
  g_test_add ("/datasets/a-name-is-awaited", Site, NULL, site_setup, test_waits_for_name, site_teardown);
  g_test_add ("/datasets/splits-are-told-with-their-shares", Site, NULL, site_setup, test_splits, site_teardown);
  g_test_add ("/datasets/one-without-frames-is-shown-too", Site, NULL, site_setup, test_no_frames, site_teardown);
  g_test_add ("/datasets/leads-to-its-frames-and-splits", Site, NULL, site_setup, test_leads, site_teardown);
  g_test_add ("/datasets/the-legend-leads-to-its-split", Site, NULL, site_setup, test_legend_leads, site_teardown);
  g_test_add ("/datasets/opens-its-dialogs", Site, NULL, site_setup, test_dialogs, site_teardown);
  g_test_add ("/datasets/makes-one-of-what-the-query-finds", Site, NULL, site_setup, test_create, site_teardown);
  g_test_add ("/datasets/asks-for-a-name", Site, NULL, site_setup, test_new_asks, site_teardown);
  g_test_add ("/datasets/renames-and-follows-the-name", Site, NULL, site_setup, test_rename, site_teardown);
  g_test_add ("/datasets/deletes-and-undo-brings-it-back", Site, NULL, site_setup, test_delete, site_teardown);
  g_test_add ("/datasets/adds-and-removes-what-the-query-finds", Site, NULL, site_setup, test_frames, site_teardown);
  g_test_add ("/datasets/freezes-versions-newest-on-top", Site, NULL, site_setup, test_freeze, site_teardown);
  return g_test_run ();
}
