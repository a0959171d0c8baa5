/* test-operations.c: the button that shows what is under way, its list, one row of it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-operations.h"
#include "quarry-report-dialog.h"
#include "quarry-site.h"
#include "quarry-window.h"

#include <math.h>

/* --- work that waits for the test --- */

typedef struct
{
  int         go;            /* atomic; the worker ends when it is set */
  guint64     done, total;
  const char *detail;
  int         n_losses, n_notes;
  const char *error;
} Work;

static gboolean
work_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  Work *work = data;

  for (int i = 0; i < work->n_losses; i++)
    quarry_report_add (quarry_operation_get_report (operation), QUARRY_ISSUE_LOSS, "a.bin", NULL, "cut short");
  for (int i = 0; i < work->n_notes; i++)
    quarry_report_add (quarry_operation_get_report (operation), QUARRY_ISSUE_NOTE, "a.bin", NULL, "no calibration");
  quarry_operation_set_progress (operation, work->done, work->total, work->detail);
  while (!g_atomic_int_get (&work->go))
    {
      if (quarry_operation_is_cancelled (operation, error))
        return FALSE;
      g_usleep (1000);
    }
  if (work->error == NULL)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, work->error);
  return FALSE;
}

static QuarryOperation *
start (Site *site, const char *title, Work *work)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new (title);

  quarry_session_run (site->session, operation, work_in_thread, work, NULL);
  return operation;      /* the session keeps it */
}

static void
end (QuarryOperation *operation, Work *work)
{
  g_atomic_int_set (&work->go, TRUE);
  quarry_test_wait (quarry_operation_get_state (operation) > QUARRY_OPERATION_RUNNING);
}

/* --- looking --- */

static QuarryOperations *
show (Site *site)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *operations = quarry_operations_new (site->session);

  gtk_box_append (GTK_BOX (box), operations);
  site_show (site, box);
  return QUARRY_OPERATIONS (operations);
}

static GtkMenuButton *
button (QuarryOperations *operations)
{
  return GTK_MENU_BUTTON (gtk_widget_get_first_child (GTK_WIDGET (operations)));
}

static QuarryOperationsRow *
nth_row (QuarryOperations *operations, int index)
{
  GtkWidget *list = site_find (GTK_WIDGET (gtk_menu_button_get_popover (button (operations))), GTK_TYPE_LIST_BOX, NULL);

  return QUARRY_OPERATIONS_ROW (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), index));
}

static gboolean
tells (QuarryOperations *operations, const char *tooltip)
{
  return g_strcmp0 (gtk_widget_get_tooltip_text (GTK_WIDGET (button (operations))), tooltip) == 0;
}

static gboolean
row_says (QuarryOperationsRow *row, const char *text)
{
  g_autofree char *now = quarry_operations_row_dup_text (row);

  return g_str_equal (now, text);
}

static gboolean
shows_button (QuarryOperationsRow *row, const char *action)
{
  GtkWidget *box = gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row));

  for (GtkWidget *child = gtk_widget_get_first_child (box); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_BUTTON (child) && g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (child)), action) == 0)
      return gtk_widget_get_visible (child);
  g_assert_not_reached ();
}

/* --- the button --- */

static void
test_hidden_until_needed (Site *site, gconstpointer data)
{
  QuarryOperations *operations = show (site);
  Work work = { 0 };
  QuarryOperation *operation = NULL;

  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (operations)));
  g_assert_cmpfloat (quarry_operations_get_fraction (operations), ==, 1);
  g_assert_cmpuint (quarry_operations_get_n_rows (operations), ==, 0);
  operation = start (site, "Import “site-7”", &work);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (operations)));
  g_assert_cmpuint (quarry_operations_get_n_rows (operations), ==, 1);
  end (operation, &work);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (operations)));       /* what has ended can still be read */
  quarry_test_wait (tells (operations, "Operations"));
}

static void
test_fraction (Site *site, gconstpointer data)
{
  QuarryOperations *operations = show (site);
  Work half = { .done = 1, .total = 2 }, tenth = { .done = 1, .total = 10 }, unknown = { 0 };
  QuarryOperation *first = start (site, "first", &half);
  QuarryOperation *second = NULL, *third = NULL;

  quarry_test_wait (quarry_operations_get_fraction (operations) == 0.5);
  quarry_test_wait (tells (operations, "1 operation, 50 %"));
  second = start (site, "second", &tenth);
  quarry_test_wait (fabs (quarry_operations_get_fraction (operations) - 0.3) < 1e-9);
  quarry_test_wait (tells (operations, "2 operations, 30 %"));
  third = start (site, "third", &unknown);                                /* what is not known counts as none */
  quarry_test_wait (fabs (quarry_operations_get_fraction (operations) - 0.2) < 1e-9);
  end (second, &tenth);
  quarry_test_wait (quarry_operations_get_fraction (operations) == 0.25);
  end (third, &unknown);
  end (first, &half);
  g_assert_cmpfloat (quarry_operations_get_fraction (operations), ==, 1);
  g_assert_cmpuint (quarry_operations_get_n_rows (operations), ==, 3);
}

static void
test_count (Site *site, gconstpointer data)
{
  QuarryOperations *operations = show (site);
  Work one = { 0 }, other = { 0 };
  QuarryOperation *first = start (site, "first", &one), *second = start (site, "second", &other);
  GtkWidget *count = site_find (GTK_WIDGET (button (operations)), GTK_TYPE_LABEL, "2");

  g_assert_nonnull (count);
  g_assert_true (gtk_widget_get_visible (count));
  end (first, &one);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (count)), ==, "1");
  end (second, &other);
  g_assert_false (gtk_widget_get_visible (count));
}

static void
test_newest_first (Site *site, gconstpointer data)
{
  QuarryOperations *operations = show (site);
  Work one = { 0 }, other = { 0 };
  QuarryOperation *first = start (site, "older", &one), *second = start (site, "newer", &other);

  g_assert_nonnull (site_find (GTK_WIDGET (nth_row (operations, 0)), GTK_TYPE_LABEL, "newer"));
  g_assert_nonnull (site_find (GTK_WIDGET (nth_row (operations, 1)), GTK_TYPE_LABEL, "older"));
  end (first, &one);
  end (second, &other);
  g_assert_nonnull (site_find (GTK_WIDGET (nth_row (operations, 0)), GTK_TYPE_LABEL, "newer"));
}

static void
test_clear_keeps_what_runs (Site *site, gconstpointer data)
{
  QuarryOperations *operations = show (site);
  Work one = { 0 }, other = { 0 }, third = { .error = "no" };
  QuarryOperation *ended = start (site, "ended", &one), *running = start (site, "running", &other), *failed = start (site, "failed", &third);

  end (ended, &one);
  end (failed, &third);
  g_assert_cmpuint (quarry_operations_get_n_rows (operations), ==, 3);
  g_assert_true (site_act (GTK_WIDGET (operations), "operations.clear", NULL));
  g_assert_cmpuint (quarry_operations_get_n_rows (operations), ==, 1);
  g_assert_nonnull (site_find (GTK_WIDGET (nth_row (operations, 0)), GTK_TYPE_LABEL, "running"));
  end (running, &other);
  g_assert_true (site_act (GTK_WIDGET (operations), "operations.clear", NULL));
  g_assert_cmpuint (quarry_operations_get_n_rows (operations), ==, 0);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (operations)));
  g_assert_true (site_act (GTK_WIDGET (operations), "operations.clear", NULL));       /* nothing to clear */
}

static void
test_show_opens_the_list (Site *site, gconstpointer data)
{
  QuarryOperations *operations = show (site);
  Work work = { 0 };
  QuarryOperation *operation = start (site, "work", &work);
  GtkWidget *popover = GTK_WIDGET (gtk_menu_button_get_popover (button (operations)));

  g_assert_false (gtk_widget_get_visible (popover));
  g_assert_true (site_act (GTK_WIDGET (operations), "operations.show", NULL));
  quarry_test_wait (gtk_widget_get_visible (popover));
  end (operation, &work);
  g_assert_true (site_act (GTK_WIDGET (operations), "operations.clear", NULL));
  quarry_test_wait (!gtk_widget_get_visible (popover));                   /* an empty list is not looked at */
}

static void
test_trouble_is_marked (Site *site, gconstpointer data)
{
  QuarryOperations *operations = show (site);
  GtkWidget *pie = site_find (GTK_WIDGET (operations), GTK_TYPE_DRAWING_AREA, NULL);
  Work one = { .error = "no such folder" }, other = { 0 };
  QuarryOperation *failed = start (site, "failed", &one), *running = start (site, "running", &other);

  end (failed, &one);
  g_assert_false (gtk_widget_has_css_class (pie, "error"));               /* it still works */
  end (running, &other);
  g_assert_true (gtk_widget_has_css_class (pie, "error"));
  g_assert_true (site_act (GTK_WIDGET (operations), "operations.clear", NULL));
  g_assert_false (gtk_widget_has_css_class (pie, "error"));
}

static void
test_late_look (Site *site, gconstpointer data)
{
  Work one = { .done = 3, .total = 4, .detail = "sweep 3" };
  QuarryOperation *operation = start (site, "began before the widget", &one);
  QuarryOperations *operations = show (site);

  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (operations)));
  quarry_test_wait (quarry_operations_get_fraction (operations) == 0.75);
  end (operation, &one);
  g_assert_cmpfloat (quarry_operations_get_fraction (operations), ==, 1);
}

/* --- one row --- */

static void
test_row_of_a_running_one (Site *site, gconstpointer data)
{
  QuarryOperations *operations = show (site);
  Work work = { .done = 1, .total = 4, .detail = "site7.mcap, 1 of 4" };
  QuarryOperation *operation = start (site, "Import “site-7”", &work);
  QuarryOperationsRow *row = nth_row (operations, 0);
  GtkProgressBar *progress = GTK_PROGRESS_BAR (site_find (GTK_WIDGET (row), GTK_TYPE_PROGRESS_BAR, NULL));

  quarry_test_wait (row_says (row, "site7.mcap, 1 of 4"));
  g_assert_cmpfloat (gtk_progress_bar_get_fraction (progress), ==, 0.25);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (progress)));
  g_assert_true (shows_button (row, "operation.cancel"));
  g_assert_false (shows_button (row, "operation.report"));
  end (operation, &work);
  g_assert_true (row_says (row, "Done"));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (progress)));
  g_assert_false (shows_button (row, "operation.cancel"));
  g_assert_false (shows_button (row, "operation.report"));
}

static void
test_row_outcomes (Site *site, gconstpointer data)
{
  static const struct { Work work; const char *text; gboolean report, error; } cases[] = {
    { { 0 }, "Done", FALSE, FALSE },
    { { .n_notes = 2 }, "Done", TRUE, FALSE },
    { { .n_losses = 1 }, "Done; 1 thing was left out", TRUE, FALSE },
    { { .n_losses = 3, .n_notes = 1 }, "Done; 3 things were left out", TRUE, FALSE },
    { { .error = "cannot open 'x': it is not there" }, "cannot open 'x': it is not there", FALSE, TRUE },
    { { .error = "cut off", .n_losses = 1 }, "cut off", TRUE, TRUE },
  };
  QuarryOperations *operations = show (site);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Work work = cases[i].work;
      QuarryOperation *operation = start (site, "work", &work);
      QuarryOperationsRow *row = nth_row (operations, 0);

      end (operation, &work);
      g_assert_true (row_says (row, cases[i].text));
      g_assert_cmpint (shows_button (row, "operation.report"), ==, cases[i].report);
      g_assert_false (shows_button (row, "operation.cancel"));
      g_assert_cmpint (gtk_widget_has_css_class (site_find (GTK_WIDGET (row), GTK_TYPE_LABEL, cases[i].text), "error"), ==, cases[i].error);
    }
}

static void
test_row_cancels (Site *site, gconstpointer data)
{
  QuarryOperations *operations = show (site);
  Work work = { .done = 1, .total = 2 };
  QuarryOperation *operation = start (site, "work", &work);
  QuarryOperationsRow *row = nth_row (operations, 0);

  g_assert_true (site_act (GTK_WIDGET (row), "operation.cancel", NULL));
  quarry_test_wait (quarry_operation_get_state (operation) == QUARRY_OPERATION_CANCELLED);
  g_assert_true (row_says (row, "Cancelled"));
  g_assert_cmpfloat (quarry_operations_get_fraction (operations), ==, 1);
  g_assert_cmpuint (quarry_session_get_n_running (site->session), ==, 0);
}

static void
test_row_opens_the_report (Site *site, gconstpointer data)
{
  QuarryOperations *operations = show (site);
  Work work = { .n_losses = 2, .n_notes = 1 };
  QuarryOperation *operation = start (site, "Import “site-7”", &work);
  GtkWidget *dialog = NULL;

  end (operation, &work);
  g_assert_true (site_act (GTK_WIDGET (nth_row (operations, 0)), "operation.report", NULL));
  dialog = site_find_dialog (QUARRY_TYPE_REPORT_DIALOG);
  g_assert_nonnull (dialog);
  g_assert_cmpuint (quarry_report_dialog_get_n_issues (QUARRY_REPORT_DIALOG (dialog)), ==, 3);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_row_goes_before_its_operation (Site *site, gconstpointer data)
{
  Work work = { .done = 1, .total = 2 };
  QuarryOperation *operation = start (site, "work", &work);
  GtkWidget *row = g_object_ref_sink (quarry_operations_row_new (operation));

  g_assert_finalize_object (row);
  end (operation, &work);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*test) (Site *, gconstpointer); } tests[] = {
    { "/operations/hidden-until-there-is-one", test_hidden_until_needed },
    { "/operations/fraction-is-the-mean-of-what-runs", test_fraction },
    { "/operations/the-button-counts-what-runs", test_count },
    { "/operations/newest-first", test_newest_first },
    { "/operations/clearing-keeps-what-runs", test_clear_keeps_what_runs },
    { "/operations/show-opens-the-list", test_show_opens_the_list },
    { "/operations/trouble-is-marked-when-all-has-ended", test_trouble_is_marked },
    { "/operations/shows-what-began-before-it", test_late_look },
    { "/operations-row/tells-how-far-it-is", test_row_of_a_running_one },
    { "/operations-row/tells-how-it-ended", test_row_outcomes },
    { "/operations-row/cancels", test_row_cancels },
    { "/operations-row/opens-the-report", test_row_opens_the_report },
    { "/operations-row/may-go-before-its-operation", test_row_goes_before_its_operation },
  };

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_type_class_unref (g_type_class_ref (QUARRY_TYPE_WINDOW));      /* brings the templates */
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Site, "empty", site_setup, tests[i].test, site_teardown);
  return g_test_run ();
}
