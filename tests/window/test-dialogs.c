/* test-dialogs.c: dialogs of datasets: what they ask, what they do, what they say afterwards
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-bar.h"
#include "quarry-datasets-page.h"
#include "quarry-export-dialog.h"
#include "quarry-push-dialog.h"
#include "quarry-report-dialog.h"
#include "quarry-site.h"
#include "quarry-split-dialog.h"

static char *
get_selected (GtkWidget *page)
{
  char *name = NULL;

  g_object_get (page, "selected", &name, NULL);
  return name;
}

static gboolean
is_selected (GtkWidget *page, const char *name)
{
  g_autofree char *selected = get_selected (page);

  return g_strcmp0 (selected, name) == 0;
}

static void
make_dataset (Site *site, const char *name, const char *query_text)
{
  g_autoptr(QuarryQuery) query = quarry_query_parse (query_text, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) frames = quarry_catalog_query (site->catalog, query, NULL, &error);

  g_assert_no_error (error);
  quarry_catalog_create_dataset (site->catalog, name, "", frames, &error);
  g_assert_no_error (error);
}

/* The page with dataset "all" (12 frames) and "pit" (6) */
static GtkWidget *
show_page (Site *site)
{
  GtkWidget *page = quarry_datasets_page_new (site->session);

  make_dataset (site, "all", "");
  make_dataset (site, "pit", "scene:pit");
  site_show (site, page);
  quarry_test_wait (is_selected (page, "all"));
  return page;
}

static void
test_split (Site *site, gconstpointer data)
{
  GtkWidget *page = show_page (site);
  GtkWidget *dialog = NULL;
  g_autoptr(QuarryDataset) dataset = NULL;

  g_assert_true (site_act (page, "datasets.split", NULL));
  dialog = site_find_dialog (QUARRY_TYPE_SPLIT_DIALOG);
  g_assert_nonnull (dialog);
  gtk_adjustment_set_value (GTK_ADJUSTMENT (site_child (dialog, "train")), 50);
  gtk_adjustment_set_value (GTK_ADJUSTMENT (site_child (dialog, "val")), 50);
  gtk_adjustment_set_value (GTK_ADJUSTMENT (site_child (dialog, "test")), 0);
  g_assert_true (site_act (dialog, "split.apply", NULL));
  quarry_test_wait (gtk_widget_get_visible (GTK_WIDGET (site_child (dialog, "result"))));
  g_assert_nonnull (site_find (dialog, ADW_TYPE_ACTION_ROW, "train"));
  g_assert_cmpstr (site->toast, ==, "Split “all”");
  dataset = quarry_catalog_find_dataset (site->catalog, "all", NULL);
  g_assert_cmpuint (g_strv_length (dataset->splits), ==, 2);
  g_assert_cmpint (dataset->split_counts[0], ==, 6);                    /* a scene each */
  quarry_test_wait (quarry_bar_get_n_parts (QUARRY_BAR (site_child (page, "bar"))) == 2);
  gtk_adjustment_set_value (GTK_ADJUSTMENT (site_child (dialog, "train")), 0);
  gtk_adjustment_set_value (GTK_ADJUSTMENT (site_child (dialog, "val")), 0);
  g_assert_false (site_act (dialog, "split.apply", NULL) && gtk_widget_get_visible (dialog) &&
                  quarry_session_get_n_running (site->session) > 0);    /* nothing to split into */
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_export (Site *site, gconstpointer data)
{
  GtkWidget *page = show_page (site);
  GtkWidget *dialog = NULL, *report = NULL;
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *made = g_build_filename (folder, "all-coco", NULL);

  g_assert_true (site_act (page, "datasets.export", NULL));
  dialog = site_find_dialog (QUARRY_TYPE_EXPORT_DIALOG);
  g_assert_nonnull (dialog);
  g_assert_true (site_act (dialog, "export.set-folder", g_variant_new_string (folder)));
  gtk_editable_set_text (GTK_EDITABLE (site_child (dialog, "folder_name")), "a/b");      /* no path through the back door */
  site_act (dialog, "export.start", NULL);
  g_assert_cmpuint (quarry_session_get_n_running (site->session), ==, 0);
  gtk_editable_set_text (GTK_EDITABLE (site_child (dialog, "folder_name")), "all-coco");
  g_assert_true (site_act (dialog, "export.start", NULL));
  quarry_test_wait ((report = site_find_dialog (QUARRY_TYPE_REPORT_DIALOG)) != NULL);
  g_assert_true (g_file_test (made, G_FILE_TEST_IS_DIR));
  g_assert_true (site_act (report, "report.copy", NULL));
  gtk_window_destroy (GTK_WINDOW (report));
  quarry_test_remove (folder);
}

static void
test_push (Site *site, gconstpointer data)
{
  GtkWidget *page = show_page (site);
  GtkWidget *dialog = NULL;
  gboolean ready = FALSE;

  g_assert_cmpint (quarry_catalog_add_account (site->catalog, "vendor", "label-studio", "http://127.0.0.1:9", "{}", NULL), !=, 0);
  g_assert_true (site_act (page, "datasets.push", NULL));
  quarry_test_wait ((dialog = site_find_dialog (QUARRY_TYPE_PUSH_DIALOG)) != NULL);
  quarry_test_wait ((g_object_get (dialog, "ready", &ready, NULL), ready));
  g_assert_nonnull (site_find (dialog, GTK_TYPE_LABEL, "12 frames, 21 images to send"));
  g_assert_nonnull (site_find (dialog, GTK_TYPE_LABEL, "3 frames without an image from cam_left"));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (site_find (site_find (dialog, ADW_TYPE_ACTION_ROW, "cam_left"), GTK_TYPE_CHECK_BUTTON, NULL)), FALSE);
  g_assert_nonnull (site_find (dialog, GTK_TYPE_LABEL, "12 frames, 12 images to send"));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_report (void)
{
  g_autoptr(QuarryReport) report = quarry_report_new ();
  GtkWidget *dialog = NULL;

  quarry_report_count (report, "images", 1200);
  quarry_report_add (report, QUARRY_ISSUE_SKIPPED, "a\xff<b>.jpg", "byte 12", "not a <JPEG> & broken");
  for (int i = 0; i < 300; i++)
    quarry_report_add (report, QUARRY_ISSUE_NOTE, "file", NULL, "remark %d", i);
  dialog = quarry_report_dialog_present (NULL, "Exported “<x>”", report, NULL);
  g_assert_cmpuint (quarry_report_dialog_get_n_issues (QUARRY_REPORT_DIALOG (dialog)), ==, 301);
  g_assert_nonnull (site_find (dialog, ADW_TYPE_ACTION_ROW, "remark 198"));
  g_assert_null (site_find (dialog, ADW_TYPE_ACTION_ROW, "remark 199"));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/split-dialog/shows-what-came-out", Site, NULL, site_setup, test_split, site_teardown);
  g_test_add ("/export-dialog/ends-with-its-report", Site, NULL, site_setup, test_export, site_teardown);
  g_test_add ("/push-dialog/says-what-is-sent", Site, NULL, site_setup, test_push, site_teardown);
  g_test_add_func ("/report-dialog/takes-any-text", test_report);
  return g_test_run ();
}
