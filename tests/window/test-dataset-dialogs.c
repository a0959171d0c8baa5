/* test-dataset-dialogs.c: splitting and exporting a dataset, and the report that follows
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-export-dialog.h"
#include "quarry-exporter.h"
#include "quarry-report-dialog.h"
#include "quarry-split-dialog.h"
#include "quarry-test-widget.h"

typedef struct
{
  Site           site;
  QuarryDataset *dataset;
  GtkWidget     *dialog;      /* the test's, nullable */
  char          *out;         /* a folder beside the site's */
} Fixture;

static void
read_dataset (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;

  g_clear_pointer (&fixture->dataset, quarry_dataset_free);
  fixture->dataset = quarry_catalog_find_dataset (fixture->site.catalog, "night shift", &error);
  g_assert_no_error (error);
}

/* All frames of the site in the dataset "night shift"; @data: "nothing": none of them */
static void
setup (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GArray) none = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_autoptr(GError) error = NULL;
  Site *site = &fixture->site;

  site_setup (site, NULL);
  fixture->out = quarry_test_folder ();
  quarry_catalog_create_dataset (site->catalog, "night shift", "",
                                 data != NULL ? none : quarry_frame_model_get_ids (quarry_session_get_frames (site->session)), &error);
  g_assert_no_error (error);
  read_dataset (fixture);
  site_show (site, gtk_label_new ("behind"));
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  if (fixture->dialog != NULL)
    gtk_window_destroy (GTK_WINDOW (fixture->dialog));
  g_clear_pointer (&fixture->dataset, quarry_dataset_free);
  quarry_test_remove (fixture->out);
  g_free (fixture->out);
  site_teardown (&fixture->site, NULL);
}

static QuarryOperation *
last_operation (Fixture *fixture)
{
  g_autoptr(QuarryOperation) operation =
    g_list_model_get_item (G_LIST_MODEL (quarry_session_get_operations (fixture->site.session)), 0);

  return operation;      /* the list keeps it */
}

static void
wait_for_end (Fixture *fixture, QuarryOperationState state)
{
  quarry_test_wait (last_operation (fixture) != NULL && quarry_operation_get_state (last_operation (fixture)) > QUARRY_OPERATION_RUNNING);
  if (state == QUARRY_OPERATION_DONE)
    g_assert_no_error (quarry_operation_get_error (last_operation (fixture)));
  g_assert_cmpint (quarry_operation_get_state (last_operation (fixture)), ==, state);
}

/* --- split --- */

static void
open_split (Fixture *fixture)
{
  fixture->dialog = quarry_split_dialog_present (fixture->site.session, fixture->site.window, fixture->dataset);
  quarry_test_wait (gtk_widget_get_mapped (fixture->dialog));
}

static void
set_shares (Fixture *fixture, double train, double val, double test)
{
  gtk_adjustment_set_value (widget_child (fixture->dialog, "train"), train);
  gtk_adjustment_set_value (widget_child (fixture->dialog, "val"), val);
  gtk_adjustment_set_value (widget_child (fixture->dialog, "test"), test);
}

/* "train 8|val 4": the splits as the catalog has them */
static char *
dup_splits (Fixture *fixture)
{
  GString *text = g_string_new (NULL);

  read_dataset (fixture);
  for (guint i = 0; fixture->dataset->splits != NULL && fixture->dataset->splits[i] != NULL; i++)
    g_string_append_printf (text, "%s%s %d", i > 0 ? "|" : "", fixture->dataset->splits[i], (int) fixture->dataset->split_counts[i]);
  return g_string_free (text, FALSE);
}

static void
test_split_sum (Fixture *fixture, gconstpointer data)
{
  static const struct { double train, val, test; const char *text; gboolean can; } cases[] = {
    { 80, 20, 0, "", TRUE },
    { 100, 0, 0, "", TRUE },
    { 80, 10, 0, "The shares add up to 90 %; they are scaled to 100 %.", TRUE },
    { 100, 100, 100, "The shares add up to 300 %; they are scaled to 100 %.", TRUE },
    { 0, 0, 0, "The shares add up to 0 %; they are scaled to 100 %.", FALSE },
  };

  open_split (fixture);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (fixture->dialog)), ==, "Split “night shift”");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      set_shares (fixture, cases[i].train, cases[i].val, cases[i].test);
      g_assert_cmpstr (widget_text (fixture->dialog, "sum"), ==, cases[i].text);
      g_assert_cmpint (gtk_widget_get_visible (widget_child (fixture->dialog, "sum")), ==, *cases[i].text != '\0');
      g_assert_cmpint (widget_can (fixture->dialog, "split.apply"), ==, cases[i].can);
    }
}

static void
test_split_frames (Fixture *fixture, gconstpointer data)
{
  g_autofree char *splits = NULL;
  GtkWidget *result = NULL, *row = NULL;

  open_split (fixture);
  result = widget_child (fixture->dialog, "result");
  g_assert_false (gtk_widget_get_visible (result));
  set_shares (fixture, 50, 25, 25);
  gtk_switch_set_active (widget_child (fixture->dialog, "by_scene"), FALSE);
  site_act (fixture->dialog, "split.apply", NULL);
  g_assert_false (widget_can (fixture->dialog, "split.apply"));          /* one at a time */
  wait_for_end (fixture, QUARRY_OPERATION_DONE);
  splits = dup_splits (fixture);
  g_assert_cmpstr (splits, ==, "test 3|train 6|val 3");
  g_assert_true (gtk_widget_get_visible (result));
  row = site_find (result, ADW_TYPE_ACTION_ROW, "train");
  g_assert_true (g_str_has_prefix (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), "6 frames · "));
  g_assert_nonnull (site_find (row, GTK_TYPE_LABEL, "50 %, 50 % wanted"));
  g_assert_nonnull (site_find (result, ADW_TYPE_ACTION_ROW, "test"));
  g_assert_true (widget_can (fixture->dialog, "split.apply"));
  g_assert_cmpstr (fixture->site.toast, ==, "Split “night shift”");
}

static void
test_split_scenes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *splits = NULL, *again = NULL;
  GtkWidget *result = NULL;

  open_split (fixture);
  result = widget_child (fixture->dialog, "result");
  set_shares (fixture, 50, 50, 0);
  gtk_switch_set_active (widget_child (fixture->dialog, "by_scene"), TRUE);
  site_act (fixture->dialog, "split.apply", NULL);
  wait_for_end (fixture, QUARRY_OPERATION_DONE);
  splits = dup_splits (fixture);
  g_assert_cmpstr (splits, ==, "train 6|val 6");
  g_assert_null (site_find (result, ADW_TYPE_ACTION_ROW, "test"));       /* a share of nothing is no split */
  set_shares (fixture, 0, 0, 100);                                       /* and again in the same dialog */
  site_act (fixture->dialog, "split.apply", NULL);
  wait_for_end (fixture, QUARRY_OPERATION_DONE);
  quarry_test_wait (site_find (result, ADW_TYPE_ACTION_ROW, "test") != NULL);
  g_assert_null (site_find (result, ADW_TYPE_ACTION_ROW, "train"));
  again = dup_splits (fixture);
  g_assert_cmpstr (again, ==, "test 12");
}

static void
test_split_note (Fixture *fixture, gconstpointer data)
{
  AdwPreferencesGroup *result = NULL;

  open_split (fixture);
  result = widget_child (fixture->dialog, "result");
  set_shares (fixture, 40, 30, 30);
  gtk_switch_set_active (widget_child (fixture->dialog, "by_scene"), TRUE);
  site_act (fixture->dialog, "split.apply", NULL);
  wait_for_end (fixture, QUARRY_OPERATION_DONE);
  g_assert_nonnull (strstr (adw_preferences_group_get_description (result), "is empty: fewer scenes than splits"));
  gtk_switch_set_active (widget_child (fixture->dialog, "by_scene"), FALSE);
  set_shares (fixture, 50, 50, 0);
  site_act (fixture->dialog, "split.apply", NULL);
  wait_for_end (fixture, QUARRY_OPERATION_DONE);
  quarry_test_wait (site_find (GTK_WIDGET (result), ADW_TYPE_ACTION_ROW, "test") == NULL);
}

static void
test_split_fails (Fixture *fixture, gconstpointer data)
{
  AdwPreferencesGroup *result = NULL;

  open_split (fixture);
  result = widget_child (fixture->dialog, "result");
  site_act (fixture->dialog, "split.apply", NULL);
  wait_for_end (fixture, QUARRY_OPERATION_FAILED);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (result)));
  g_assert_cmpstr (adw_preferences_group_get_description (result), ==, "Dataset 'night shift' has no frames.");   /* a sentence */
  g_assert_true (widget_can (fixture->dialog, "split.apply"));           /* another try */
  g_assert_null (fixture->site.toast);
}

static void
test_split_closed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *splits = NULL;
  gboolean gone = FALSE;

  open_split (fixture);
  set_shares (fixture, 100, 0, 0);
  widget_watch (fixture->dialog, &gone);
  site_act (fixture->dialog, "split.apply", NULL);
  g_assert_true (widget_press (fixture->dialog, GDK_KEY_Escape, 0));
  quarry_test_wait (gone);
  fixture->dialog = NULL;
  wait_for_end (fixture, QUARRY_OPERATION_DONE);                         /* it goes on */
  splits = dup_splits (fixture);
  g_assert_cmpstr (splits, ==, "train 12");
}

/* --- export --- */

static void
open_export (Fixture *fixture, int version)
{
  fixture->dialog = quarry_export_dialog_present (fixture->site.session, fixture->site.window, fixture->dataset, version);
  quarry_test_wait (gtk_widget_get_mapped (fixture->dialog));
}

static const char *
get_name (Fixture *fixture)
{
  return gtk_editable_get_text (widget_child (fixture->dialog, "folder_name"));
}

static void
choose_format (Fixture *fixture, const char *id)
{
  for (guint i = 0; quarry_exporter_list ()[i] != NULL; i++)
    if (g_str_equal (quarry_exporter_list ()[i]->id, id))
      adw_combo_row_set_selected (widget_child (fixture->dialog, "format"), i);
}

static void
split_in_catalog (Fixture *fixture)
{
  g_autoptr(GPtrArray) splits = g_ptr_array_new ();
  g_autoptr(GError) error = NULL;
  const GArray *all = quarry_frame_model_get_ids (quarry_session_get_frames (fixture->site.session));

  for (guint i = 0; i < all->len; i++)
    g_ptr_array_add (splits, (gpointer) (i < 6 ? "train" : i < 9 ? "val" : NULL));
  quarry_catalog_assign_splits (fixture->site.catalog, fixture->dataset->id, all, (const char * const *) splits->pdata, &error);
  g_assert_no_error (error);
  read_dataset (fixture);
}

static void
test_export_choices (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (quarry_catalog_freeze_dataset (fixture->site.catalog, fixture->dataset->id, "one", &error), ==, 1);
  g_assert_cmpint (quarry_catalog_freeze_dataset (fixture->site.catalog, fixture->dataset->id, "two", &error), ==, 2);
  g_assert_no_error (error);
  read_dataset (fixture);
  open_export (fixture, 1);
  widget_assert_list (adw_combo_row_get_model (widget_child (fixture->dialog, "version")), "As it is now|Version 2|Version 1");
  g_assert_cmpuint (adw_combo_row_get_selected (widget_child (fixture->dialog, "version")), ==, 2);
  widget_assert_list (adw_combo_row_get_model (widget_child (fixture->dialog, "labels")), "All labels|imported");
  for (guint i = 0; quarry_exporter_list ()[i] != NULL; i++)
    {
      adw_combo_row_set_selected (widget_child (fixture->dialog, "format"), i);
      g_assert_cmpstr (adw_action_row_get_subtitle (widget_child (fixture->dialog, "format")), ==, quarry_exporter_list ()[i]->what);
    }
  g_assert_false (gtk_widget_get_visible (widget_child (fixture->dialog, "splits_group")));
}

static void
test_export_name (Fixture *fixture, gconstpointer data)
{
  open_export (fixture, 0);
  choose_format (fixture, "coco");
  g_assert_cmpstr (get_name (fixture), ==, "night-shift-coco");
  choose_format (fixture, "kitti");
  g_assert_cmpstr (get_name (fixture), ==, "night-shift-kitti");         /* follows what is chosen … */
  gtk_editable_set_text (widget_child (fixture->dialog, "folder_name"), "mine");
  choose_format (fixture, "csv");
  g_assert_cmpstr (get_name (fixture), ==, "mine");                      /* … until somebody says otherwise */
}

static void
test_export_needs (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *name; gboolean can; } names[] = {
    { "out", TRUE }, { "", FALSE }, { "  ", FALSE }, { "a/b", FALSE }, { " spaced out ", TRUE },
  };

  open_export (fixture, 0);
  site_act (fixture->dialog, "export.set-folder", g_variant_new_string (fixture->out));
  g_assert_cmpstr (adw_action_row_get_subtitle (widget_child (fixture->dialog, "folder_row")), ==, fixture->out);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gtk_editable_set_text (widget_child (fixture->dialog, "folder_name"), names[i].name);
      g_assert_cmpint (widget_can (fixture->dialog, "export.start"), ==, names[i].can);
    }
}

static void
test_export_splits (Fixture *fixture, gconstpointer data)
{
  GtkWidget *group = NULL;
  GtkWidget *rows[3] = { NULL };
  static const char * const names[] = { "train", "val", "unsplit" };
  static const char * const frames[] = { "6 frames", "3 frames", "3 frames" };

  split_in_catalog (fixture);
  open_export (fixture, 0);
  site_act (fixture->dialog, "export.set-folder", g_variant_new_string (fixture->out));
  group = widget_child (fixture->dialog, "splits_group");
  g_assert_true (gtk_widget_get_visible (group));
  for (guint i = 0; i < 3; i++)
    {
      rows[i] = site_find (group, ADW_TYPE_ACTION_ROW, names[i]);
      g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (rows[i])), ==, frames[i]);
      g_assert_true (widget_can (fixture->dialog, "export.start"));
      gtk_check_button_set_active (GTK_CHECK_BUTTON (adw_action_row_get_activatable_widget (ADW_ACTION_ROW (rows[i]))), FALSE);
    }
  g_assert_false (widget_can (fixture->dialog, "export.start"));         /* none is nothing to export */
  gtk_check_button_set_active (GTK_CHECK_BUTTON (adw_action_row_get_activatable_widget (ADW_ACTION_ROW (rows[1]))), TRUE);
  g_assert_true (widget_can (fixture->dialog, "export.start"));
}

static void
test_export_writes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *target = g_build_filename (fixture->out, "out", NULL);
  g_autofree char *val = g_build_filename (target, "val", NULL), *train = g_build_filename (target, "train", NULL);
  gboolean gone = FALSE;
  GtkWidget *report = NULL;

  split_in_catalog (fixture);
  open_export (fixture, 0);
  choose_format (fixture, "csv");
  site_act (fixture->dialog, "export.set-folder", g_variant_new_string (fixture->out));
  gtk_editable_set_text (widget_child (fixture->dialog, "folder_name"), " out ");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (adw_action_row_get_activatable_widget (
    ADW_ACTION_ROW (site_find (fixture->dialog, ADW_TYPE_ACTION_ROW, "train")))), FALSE);
  widget_watch (fixture->dialog, &gone);
  site_act (fixture->dialog, "export.start", NULL);
  quarry_test_wait (gone);                                               /* the work goes on in the list */
  fixture->dialog = NULL;
  g_assert_cmpstr (quarry_operation_get_title (last_operation (fixture)), ==, "Export night shift as CSV lists");
  wait_for_end (fixture, QUARRY_OPERATION_DONE);
  g_assert_true (g_file_test (val, G_FILE_TEST_IS_DIR));
  g_assert_false (g_file_test (train, G_FILE_TEST_EXISTS));
  report = site_find_dialog (QUARRY_TYPE_REPORT_DIALOG);
  g_assert_nonnull (report);
  g_assert_true (gtk_window_get_transient_for (GTK_WINDOW (report)) == fixture->site.window);
  g_assert_cmpstr (adw_status_page_get_title (widget_child (report, "status")), ==, "Exported “night shift”");
  g_assert_true (gtk_widget_get_visible (widget_child (report, "open")));
  gtk_window_destroy (GTK_WINDOW (report));
}

static void
test_export_fails (Fixture *fixture, gconstpointer data)
{
  gboolean gone = FALSE;
  g_autofree char *kept = g_build_filename (fixture->out, "full", "mine.txt", NULL);
  g_autofree char *folder = g_path_get_dirname (kept);

  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
  g_assert_true (g_file_set_contents (kept, "mine", -1, NULL));
  open_export (fixture, 0);
  site_act (fixture->dialog, "export.set-folder", g_variant_new_string (fixture->out));
  gtk_editable_set_text (widget_child (fixture->dialog, "folder_name"), "full");
  widget_watch (fixture->dialog, &gone);
  site_act (fixture->dialog, "export.start", NULL);
  quarry_test_wait (gone);
  fixture->dialog = NULL;
  wait_for_end (fixture, QUARRY_OPERATION_FAILED);
  g_assert_error (quarry_operation_get_error (last_operation (fixture)), QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_NOT_EMPTY);
  g_assert_null (site_find_dialog (QUARRY_TYPE_REPORT_DIALOG));
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));
}

static void
test_export_spares_sources (Fixture *fixture, gconstpointer data)
{
  gboolean gone = FALSE;

  open_export (fixture, 0);
  site_act (fixture->dialog, "export.set-folder", g_variant_new_string (fixture->site.folder));
  gtk_editable_set_text (widget_child (fixture->dialog, "folder_name"), "in");
  widget_watch (fixture->dialog, &gone);
  site_act (fixture->dialog, "export.start", NULL);
  quarry_test_wait (gone);
  fixture->dialog = NULL;
  wait_for_end (fixture, QUARRY_OPERATION_FAILED);
  g_assert_nonnull (strstr (quarry_operation_get_error (last_operation (fixture))->message, "sources are never written"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/split-dialog/says-when-shares-are-scaled", Fixture, NULL, setup, test_split_sum, teardown);
  g_test_add ("/split-dialog/splits-frame-by-frame-and-shows-the-outcome", Fixture, NULL, setup, test_split_frames, teardown);
  g_test_add ("/split-dialog/splits-by-scene-and-again", Fixture, NULL, setup, test_split_scenes, teardown);
  g_test_add ("/split-dialog/tells-what-came-out-otherwise", Fixture, NULL, setup, test_split_note, teardown);
  g_test_add ("/split-dialog/tells-why-it-failed", Fixture, "nothing", setup, test_split_fails, teardown);
  g_test_add ("/split-dialog/goes-on-when-it-is-closed", Fixture, NULL, setup, test_split_closed, teardown);
  g_test_add ("/export-dialog/offers-versions-labels-and-formats", Fixture, NULL, setup, test_export_choices, teardown);
  g_test_add ("/export-dialog/proposes-a-name-until-one-is-given", Fixture, NULL, setup, test_export_name, teardown);
  g_test_add ("/export-dialog/needs-a-folder-with-a-name", Fixture, NULL, setup, test_export_needs, teardown);
  g_test_add ("/export-dialog/needs-at-least-one-split", Fixture, NULL, setup, test_export_splits, teardown);
  g_test_add ("/export-dialog/writes-the-chosen-splits-and-reports", Fixture, NULL, setup, test_export_writes, teardown);
  g_test_add ("/export-dialog/never-writes-over-other-things", Fixture, NULL, setup, test_export_fails, teardown);
  g_test_add ("/export-dialog/never-writes-into-a-source", Fixture, NULL, setup, test_export_spares_sources, teardown);
  return g_test_run ();
}
