/* test-window-files.c: folders into the catalog by action and by drop, the demo, and how it ended
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo.h"
#include "quarry-import-dialog.h"
#include "quarry-operations.h"
#include "quarry-report-dialog.h"
#include "quarry-test-widget.h"
#include "quarry-test-window.h"

static gboolean
toasted (Site *site, const char *text)
{
  return site_find (GTK_WIDGET (site->window), GTK_TYPE_LABEL, text) != NULL;
}

static QuarryOperation *
newest (Site *site)
{
  g_autoptr(QuarryOperation) operation = g_list_model_get_item (G_LIST_MODEL (quarry_session_get_operations (site->session)), 0);

  g_assert_nonnull (operation);
  return operation;      /* the session keeps it */
}

static guint
count_operations (Site *site)
{
  return g_list_model_get_n_items (G_LIST_MODEL (quarry_session_get_operations (site->session)));
}

static void
wait_for_all (Site *site)
{
  quarry_test_wait (quarry_session_get_n_running (site->session) == 0);
}

/* One small frame of the demo's kind under the site's folder */
static char *
write_demo (Site *site, const char *name)
{
  QuarryDemoOptions options = QUARRY_DEMO_DEFAULT;
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("demo");
  g_autoptr(GError) error = NULL;
  char *path = g_build_filename (site->folder, name, NULL);

  options.n_frames = 2;
  quarry_demo_write (path, &options, operation, &error);
  g_assert_no_error (error);
  return path;
}

/* --- importing --- */

static void
test_import (Site *site, gconstpointer data)
{
  g_autofree char *path = write_demo (site, "site-9");
  guint n = 0;

  window_act (site, "win.import-path", g_variant_new_string (path));
  g_assert_cmpuint (count_operations (site), ==, 1);
  g_assert_cmpstr (quarry_operation_get_title (newest (site)), ==, "Import “site-9”");
  wait_for_all (site);
  g_assert_cmpint (quarry_operation_get_state (newest (site)), ==, QUARRY_OPERATION_DONE);
  quarry_test_wait ((n = quarry_frame_model_get_n (quarry_session_get_frames (site->session))) > 0);
  quarry_test_wait (g_str_equal (quarry_grid_get_state (window_grid (site)), "cells"));
  window_act (site, "win.import-path", g_variant_new_string (path));          /* again: nothing twice */
  wait_for_all (site);
  g_assert_cmpint (quarry_operation_get_state (newest (site)), ==, QUARRY_OPERATION_DONE);
  window_settle (600);
  g_assert_cmpuint (quarry_frame_model_get_n (quarry_session_get_frames (site->session)), ==, n);
}

static void
test_import_that_fails (Site *site, gconstpointer data)
{
  g_autofree char *path = g_build_filename (site->folder, "not-there", NULL);
  g_autofree char *text = NULL;
  GtkWidget *operations = window_find (site, QUARRY_TYPE_OPERATIONS);

  window_act (site, "win.import-path", g_variant_new_string (path));
  wait_for_all (site);
  g_assert_cmpint (quarry_operation_get_state (newest (site)), ==, QUARRY_OPERATION_FAILED);
  text = g_strdup_printf ("Import “not-there”: %s", quarry_operation_get_error (newest (site))->message);
  quarry_test_wait (toasted (site, text));
  g_assert_nonnull (strstr (text, path));                                     /* which folder */
  g_assert_true (gtk_widget_get_visible (operations));
  quarry_test_wait (g_str_equal (quarry_grid_get_state (window_grid (site)), "first"));
}

static void
test_import_of_something_else (Site *site, gconstpointer data)
{
  g_autofree char *path = g_build_filename (site->folder, "letters", NULL);
  g_autofree char *file = g_build_filename (path, "letter.txt", NULL);

  g_assert_cmpint (g_mkdir (path, 0755), ==, 0);
  g_assert_true (g_file_set_contents (file, "Dear Sir", -1, NULL));
  window_act (site, "win.import-path", g_variant_new_string (path));
  wait_for_all (site);
  g_assert_cmpint (quarry_operation_get_state (newest (site)), ==, QUARRY_OPERATION_FAILED);
  g_assert_cmpuint (quarry_frame_model_get_n (quarry_session_get_frames (site->session)), ==, 0);
}

static void
test_details_lead_to_the_list (Site *site, gconstpointer data)
{
  GtkWidget *button = NULL, *operations = window_find (site, QUARRY_TYPE_OPERATIONS);
  GtkMenuButton *menu = GTK_MENU_BUTTON (gtk_widget_get_first_child (operations));

  quarry_test_wait (gtk_widget_get_height (GTK_WIDGET (window_grid (site))) > 100);
  window_act (site, "win.import-path", g_variant_new_string ("/not/there"));
  quarry_test_wait ((button = widget_find_action (GTK_WIDGET (site->window), "win.operations")) != NULL && gtk_widget_get_mapped (button));
  quarry_test_wait (gtk_widget_get_mapped (operations));
  g_signal_emit_by_name (button, "clicked");
  quarry_test_wait (gtk_widget_get_visible (GTK_WIDGET (gtk_menu_button_get_popover (menu))));
}

/* --- how operations end --- */

typedef struct { int n_losses, n_notes; gboolean fail; } Ending;

static gboolean
end_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  const Ending *ending = data;

  for (int i = 0; i < ending->n_losses; i++)
    quarry_report_add (quarry_operation_get_report (operation), QUARRY_ISSUE_SKIPPED, "a.bin", NULL, "cut short");
  for (int i = 0; i < ending->n_notes; i++)
    quarry_report_add (quarry_operation_get_report (operation), QUARRY_ISSUE_NOTE, "a.bin", NULL, "no calibration");
  if (ending->fail)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "it <b>broke</b>");
  return !ending->fail;
}

static gboolean
cancelled_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  while (!quarry_operation_is_cancelled (operation, error))
    g_usleep (1000);
  return FALSE;
}

static void
run (Site *site, const char *title, Ending *ending)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new (title);

  quarry_session_run (site->session, operation, end_in_thread, ending, NULL);
  wait_for_all (site);
}

static void
test_toasts_of_endings (Site *site, gconstpointer data)
{
  Ending lossy = { 1, 0, FALSE }, lossier = { 3, 2, FALSE }, failing = { 0, 0, TRUE };

  run (site, "Import “a”", &lossy);
  quarry_test_wait (toasted (site, "Import “a”: 1 thing was left out"));
  run (site, "Import “b”", &lossier);
  quarry_test_wait (toasted (site, "Import “b”: 3 things were left out"));
  run (site, "Export", &failing);
  quarry_test_wait (toasted (site, "Export: it <b>broke</b>"));
}

static void
test_what_went_well_is_quiet (Site *site, gconstpointer data)
{
  Ending fine = { 0, 0, FALSE }, notes = { 0, 4, FALSE };
  g_autoptr(QuarryOperation) cancelled = quarry_operation_new ("Import “c”");

  run (site, "Import “a”", &fine);
  run (site, "Import “b”", &notes);
  quarry_session_run (site->session, cancelled, cancelled_in_thread, NULL, NULL);
  quarry_operation_cancel (cancelled);
  wait_for_all (site);
  window_settle (100);
  g_assert_null (widget_find_action (GTK_WIDGET (site->window), "win.operations"));
  g_assert_cmpuint (count_operations (site), ==, 3);
}

static void
test_window_goes_before_the_operation (Site *site, gconstpointer data)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Import “a”");

  quarry_session_run (site->session, operation, cancelled_in_thread, NULL, NULL);
  gtk_window_destroy (site->window);
  site->window = NULL;
  window_settle (50);
  quarry_operation_cancel (operation);
  wait_for_all (site);
}

/* --- dropping --- */

static GtkDropTarget *
find_drop_target (Site *site)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (site->window));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        return GTK_DROP_TARGET (controller);
    }
  g_assert_not_reached ();
}

static gboolean
drop (Site *site, const char * const *uris)
{
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto(GValue) value = G_VALUE_INIT;
  gboolean taken = FALSE;

  for (guint i = 0; uris[i] != NULL; i++)
    g_ptr_array_add (files, g_file_new_for_commandline_arg (uris[i]));
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_array ((GFile **) files->pdata, files->len));
  g_signal_emit_by_name (find_drop_target (site), "drop", &value, 10.0, 10.0, &taken);
  return taken;
}

/* Returns: when the sources of the dialog have been looked at */
static GtkWidget *
wait_for_dialog (void)
{
  GtkWidget *dialog = NULL;
  gboolean ready = FALSE;

  quarry_test_wait ((dialog = site_find_dialog (QUARRY_TYPE_IMPORT_DIALOG)) != NULL);
  while (!ready)
    {
      g_main_context_iteration (NULL, TRUE);
      g_object_get (dialog, "ready", &ready, NULL);
    }
  return dialog;
}

static void
test_drop (Site *site, gconstpointer data)
{
  const char * const two[] = { "/not/there/a", "/not/there/b", NULL };
  const char * const none[] = { NULL };
  GtkWidget *dialog = NULL;

  g_assert_true (drop (site, two));
  dialog = wait_for_dialog ();
  g_assert_nonnull (site_find (dialog, ADW_TYPE_ACTION_ROW, "a"));
  g_assert_true (gtk_widget_has_css_class (site_find (dialog, ADW_TYPE_ACTION_ROW, "b"), "error"));
  g_assert_false (widget_can (dialog, "import.start"));
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_assert_cmpuint (count_operations (site), ==, 0);
  g_assert_false (drop (site, none));
}

/* What can be imported is, and the other is told before */
static void
test_drop_a_folder_that_is_there (Site *site, gconstpointer data)
{
  g_autofree char *path = write_demo (site, "dropped site");
  const char * const two[] = { path, "/not/there", NULL };
  GtkWidget *dialog = NULL;

  g_assert_true (drop (site, two));
  dialog = wait_for_dialog ();
  g_assert_false (gtk_widget_has_css_class (site_find (dialog, ADW_TYPE_ACTION_ROW, "dropped site"), "error"));
  quarry_test_wait (widget_can (dialog, "import.start"));
  site_act (dialog, "import.start", NULL);
  quarry_test_wait (count_operations (site) == 1);
  wait_for_all (site);
  g_assert_cmpint (quarry_operation_get_state (newest (site)), ==, QUARRY_OPERATION_DONE);
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) > 0);
}

static void
test_report_after (Site *site, gconstpointer data)
{
  g_autofree char *path = write_demo (site, "reported site");
  GtkWidget *dialog = NULL;

  window_act (site, "win.import-path", g_variant_new_string (path));
  wait_for_all (site);
  quarry_test_wait (site_find (GTK_WIDGET (site->window), GTK_TYPE_BUTTON, "Report") != NULL);
  g_signal_emit_by_name (site_find (GTK_WIDGET (site->window), GTK_TYPE_BUTTON, "Report"), "clicked");
  quarry_test_wait ((dialog = site_find_dialog (QUARRY_TYPE_REPORT_DIALOG)) != NULL);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*test) (Site *, gconstpointer); } tests[] = {
    { "/window-files/imports-a-folder-once", test_import },
    { "/window-files/says-why-an-import-failed", test_import_that_fails },
    { "/window-files/a-folder-of-something-else-fails", test_import_of_something_else },
    { "/window-files/details-lead-to-the-list", test_details_lead_to_the_list },
    { "/window-files/tells-what-was-left-out", test_toasts_of_endings },
    { "/window-files/what-went-well-is-quiet", test_what_went_well_is_quiet },
    { "/window-files/the-window-may-go-first", test_window_goes_before_the_operation },
    { "/window-files/what-is-dropped-is-looked-at-first", test_drop },
    { "/window-files/an-import-offers-its-report", test_report_after },
    { "/window-files/a-dropped-site-fills-the-grid", test_drop_a_folder_that_is_there },
  };

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Site, "empty", window_setup, tests[i].test, site_teardown);
  return g_test_run ();
}
