/* test-page-reader.c: when a page is read again, and what a report dialog tells
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-page-reader.h"
#include "quarry-report-dialog.h"
#include "quarry-test-widget.h"

/* What the readings of a test's page did. The worker reads gate and fail, the main thread the rest */
typedef struct
{
  int     n_reads;         /* atomic: begun */
  int     gate;            /* atomic: while set, a reading waits */
  int     fail;            /* atomic: while set, a reading fails */
  guint   n_asked, n_shown, n_freed;
  guint   last_shown;      /* number of the request */
} Log;

typedef struct
{
  Log  *log;
  guint number;
} Request;

static Log *
log_of (GtkWidget *page)
{
  return g_object_get_data (G_OBJECT (page), "log");
}

static gpointer
ask (GtkWidget *page)
{
  Request *request = g_new0 (Request, 1);

  request->log = log_of (page);
  request->number = ++request->log->n_asked;
  return request;
}

static gpointer
read_number (QuarryCatalog *catalog, gpointer data, GCancellable *cancellable, GError **error)
{
  Request *request = data;

  g_atomic_int_inc (&request->log->n_reads);
  while (g_atomic_int_get (&request->log->gate))
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      g_usleep (1000);
    }
  if (g_atomic_int_get (&request->log->fail))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "site7.mcap: no");
      return NULL;
    }
  return g_memdup2 (&request->number, sizeof request->number);
}

static void
show_number (GtkWidget *page, gpointer data, gpointer result)
{
  Log *log = log_of (page);

  g_assert_cmpuint (*(guint *) result, ==, ((Request *) data)->number);
  log->n_shown++;
  log->last_shown = *(guint *) result;
}

static const QuarryReading reading = { "Cannot read", ask, read_number, show_number, g_free, g_free };

typedef struct
{
  Site              site;
  Log               log;
  GtkWidget        *page;
  QuarryPageReader *reader;
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  site_setup (&fixture->site, data);
  widget_settle (300);                       /* what the setup changed has been told */
  fixture->page = gtk_label_new ("page");
  g_object_set_data (G_OBJECT (fixture->page), "log", &fixture->log);
  fixture->reader = quarry_page_reader_new (fixture->page, fixture->site.session, &reading);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  g_atomic_int_set (&fixture->log.gate, 0);
  site_teardown (&fixture->site, data);
  g_clear_object (&fixture->reader);
}

static void
show_first (Fixture *fixture)
{
  site_show (&fixture->site, fixture->page);
  quarry_test_wait (fixture->log.n_shown == 1 && !quarry_page_reader_is_busy (fixture->reader));
}

static void
test_first (Fixture *fixture, gconstpointer data)
{
  gboolean busy = FALSE;

  g_assert_false (quarry_page_reader_is_busy (fixture->reader));         /* nobody looks yet */
  quarry_page_reader_queue (fixture->reader);
  widget_settle (200);
  g_assert_cmpuint (fixture->log.n_asked, ==, 0);
  show_first (fixture);
  g_assert_cmpint (fixture->log.n_reads, ==, 1);
  g_object_get (fixture->reader, "busy", &busy, NULL);
  g_assert_false (busy);
}

static void
test_settles (Fixture *fixture, gconstpointer data)
{
  show_first (fixture);
  for (int i = 0; i < 20; i++)
    quarry_page_reader_queue (fixture->reader);
  g_assert_true (quarry_page_reader_is_busy (fixture->reader));
  quarry_test_wait (fixture->log.n_shown == 2);
  widget_settle (300);
  g_assert_cmpint (fixture->log.n_reads, ==, 2);
}

static void
test_catalog_changes (Fixture *fixture, gconstpointer data)
{
  show_first (fixture);
  g_assert_true (quarry_catalog_set_rating (fixture->site.catalog,
                                            quarry_frame_model_get_ids (quarry_session_get_frames (fixture->site.session)), 3, NULL));
  quarry_test_wait (fixture->log.n_shown >= 2);
}

static void
test_hidden (Fixture *fixture, gconstpointer data)
{
  show_first (fixture);
  gtk_widget_set_visible (fixture->page, FALSE);
  quarry_page_reader_queue (fixture->reader);
  quarry_page_reader_queue (fixture->reader);
  widget_settle (300);
  g_assert_cmpuint (fixture->log.n_asked, ==, 1);                        /* not while nobody looks */
  gtk_widget_set_visible (fixture->page, TRUE);
  quarry_test_wait (fixture->log.n_shown == 2);
  gtk_widget_set_visible (fixture->page, FALSE);
  gtk_widget_set_visible (fixture->page, TRUE);
  widget_settle (300);
  g_assert_cmpuint (fixture->log.n_asked, ==, 2);                        /* nor when nothing changed */
}

static void
test_latest_wins (Fixture *fixture, gconstpointer data)
{
  show_first (fixture);
  g_atomic_int_set (&fixture->log.gate, 1);
  quarry_page_reader_queue (fixture->reader);
  quarry_test_wait (g_atomic_int_get (&fixture->log.n_reads) == 2);
  quarry_page_reader_queue (fixture->reader);
  quarry_test_wait (g_atomic_int_get (&fixture->log.n_reads) == 3);      /* the second is under way: the first gives up */
  g_atomic_int_set (&fixture->log.gate, 0);
  quarry_test_wait (fixture->log.n_shown == 2);
  g_assert_cmpuint (fixture->log.last_shown, ==, 3);
  widget_settle (200);
  g_assert_cmpuint (fixture->log.n_shown, ==, 2);
  g_assert_null (fixture->site.toast);                                   /* giving up is no failure */
}

static void
test_unmapped_midway (Fixture *fixture, gconstpointer data)
{
  show_first (fixture);
  g_atomic_int_set (&fixture->log.gate, 1);
  quarry_page_reader_queue (fixture->reader);
  quarry_test_wait (g_atomic_int_get (&fixture->log.n_reads) == 2);
  gtk_widget_set_visible (fixture->page, FALSE);
  g_assert_false (quarry_page_reader_is_busy (fixture->reader));
  g_atomic_int_set (&fixture->log.gate, 0);
  widget_settle (200);
  g_assert_cmpuint (fixture->log.n_shown, ==, 1);
  gtk_widget_set_visible (fixture->page, TRUE);
  quarry_test_wait (fixture->log.n_shown == 2);                          /* what was given up is read now */
  g_assert_cmpuint (fixture->log.last_shown, ==, 3);
}

static void
test_fails (Fixture *fixture, gconstpointer data)
{
  show_first (fixture);
  g_atomic_int_set (&fixture->log.fail, 1);
  quarry_page_reader_queue (fixture->reader);
  quarry_test_wait (fixture->site.toast != NULL);
  g_assert_cmpstr (fixture->site.toast, ==, "Cannot read: site7.mcap: no");
  g_assert_cmpuint (fixture->log.n_shown, ==, 1);                        /* what was shown stays */
  g_assert_false (quarry_page_reader_is_busy (fixture->reader));
  g_atomic_int_set (&fixture->log.fail, 0);
  quarry_page_reader_queue (fixture->reader);
  quarry_test_wait (fixture->log.n_shown == 2);
}

static void
busy_cb (QuarryPageReader *reader, GParamSpec *pspec, GString *log)
{
  gboolean busy = FALSE;

  g_object_get (reader, "busy", &busy, NULL);
  g_string_append (log, busy ? "+" : "-");
}

static void
test_busy (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GString) log = g_string_new (NULL);

  g_signal_connect (fixture->reader, "notify::busy", G_CALLBACK (busy_cb), log);
  show_first (fixture);
  g_assert_cmpstr (log->str, ==, "+-");
  quarry_page_reader_queue (fixture->reader);
  quarry_test_wait (fixture->log.n_shown == 2);
  g_assert_cmpstr (log->str, ==, "+-+-");
  g_signal_handlers_disconnect_by_data (fixture->reader, log);
}

static void
test_page_goes (Fixture *fixture, gconstpointer data)
{
  show_first (fixture);
  g_atomic_int_set (&fixture->log.gate, 1);
  quarry_page_reader_queue (fixture->reader);
  quarry_test_wait (g_atomic_int_get (&fixture->log.n_reads) == 2);
  gtk_window_set_child (fixture->site.window, NULL);                     /* the page's end */
  g_atomic_int_set (&fixture->log.gate, 0);
  widget_settle (200);
  g_assert_cmpuint (fixture->log.n_shown, ==, 1);
  quarry_page_reader_queue (fixture->reader);
  widget_settle (200);
  g_assert_cmpuint (fixture->log.n_asked, ==, 2);
}

/* --- a report --- */

static GtkWidget *
open_report (QuarryReport *report, const char *folder)
{
  GtkWidget *dialog = quarry_report_dialog_present (NULL, "Exported “night”", report, folder);

  quarry_test_wait (gtk_widget_get_mapped (dialog));
  return dialog;
}

static void
test_report_clean (void)
{
  g_autoptr(QuarryReport) report = quarry_report_new ();
  GtkWidget *dialog = NULL;

  quarry_report_count (report, "frames", 12);
  quarry_report_count (report, "annotations", 30);
  dialog = open_report (report, NULL);
  g_assert_cmpstr (adw_status_page_get_title (widget_child (dialog, "status")), ==, "Exported “night”");
  g_assert_nonnull (strstr (adw_status_page_get_description (widget_child (dialog, "status")), "12 frames"));
  g_assert_nonnull (strstr (adw_status_page_get_description (widget_child (dialog, "status")), "30 annotations"));
  g_assert_cmpstr (adw_status_page_get_icon_name (widget_child (dialog, "status")), ==, "emblem-ok-symbolic");
  g_assert_false (gtk_widget_get_visible (widget_child (dialog, "issues")));
  g_assert_false (gtk_widget_get_visible (widget_child (dialog, "open")));
  g_assert_cmpuint (quarry_report_dialog_get_n_issues (QUARRY_REPORT_DIALOG (dialog)), ==, 0);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_report_issues (void)
{
  static const struct { QuarryIssueLevel level; const char *icon; } cases[] = {
    { QUARRY_ISSUE_NOTE, "emblem-ok-symbolic" }, { QUARRY_ISSUE_LOSS, "dialog-warning-symbolic" },
    { QUARRY_ISSUE_SKIPPED, "dialog-warning-symbolic" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(QuarryReport) report = quarry_report_new ();
      GtkWidget *dialog = NULL, *row = NULL;

      quarry_report_add (report, cases[i].level, "a&b/<1>.png", "line 3", "no \"<class>\" & no box");
      dialog = open_report (report, "/tmp");
      g_assert_cmpstr (adw_status_page_get_icon_name (widget_child (dialog, "status")), ==, cases[i].icon);
      g_assert_cmpstr (adw_preferences_group_get_title (widget_child (dialog, "issues")), ==, "1 Remark");
      row = site_find (widget_child (dialog, "issues"), ADW_TYPE_ACTION_ROW, NULL);
      g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==, "a&b/<1>.png: line 3");
      g_assert_nonnull (site_find (row, GTK_TYPE_LABEL, "no \"<class>\" & no box"));       /* as it is, not as markup */
      g_assert_true (gtk_widget_get_visible (widget_child (dialog, "open")));
      gtk_window_destroy (GTK_WINDOW (dialog));
    }
}

static void
test_report_many (void)
{
  static const struct { guint n, rows; const char *title; } cases[] = {
    { 2, 2, "2 Remarks" }, { 200, 200, "200 Remarks" }, { 1201, 200, "1\342\200\257201 Remarks" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(QuarryReport) report = quarry_report_new ();
      GtkWidget *dialog = NULL;
      const char *description = NULL;

      for (guint k = 0; k < cases[i].n; k++)
        quarry_report_add (report, QUARRY_ISSUE_LOSS, "a.png", NULL, "box %u is empty", k);
      dialog = open_report (report, NULL);
      g_assert_cmpuint (quarry_report_dialog_get_n_issues (QUARRY_REPORT_DIALOG (dialog)), ==, cases[i].n);
      g_assert_cmpuint (widget_count (widget_child (dialog, "issues"), ADW_TYPE_ACTION_ROW), ==, cases[i].rows);
      g_assert_cmpstr (adw_preferences_group_get_title (widget_child (dialog, "issues")), ==, cases[i].title);
      description = adw_preferences_group_get_description (widget_child (dialog, "issues"));
      g_assert_true ((description != NULL && *description != '\0') == (cases[i].n > 200));
      gtk_window_destroy (GTK_WINDOW (dialog));
    }
}

static void
test_report_copies (void)
{
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autofree char *text = NULL;
  GValue value = G_VALUE_INIT;
  GtkWidget *dialog = NULL;

  for (guint k = 0; k < 300; k++)
    quarry_report_add (report, QUARRY_ISSUE_SKIPPED, "a.png", NULL, "number %u", k);
  text = quarry_report_to_text (report);
  dialog = open_report (report, NULL);
  site_act (dialog, "report.copy", NULL);
  g_value_init (&value, G_TYPE_STRING);
  g_assert_true (gdk_content_provider_get_value (gdk_clipboard_get_content (gtk_widget_get_clipboard (dialog)), &value, NULL));
  g_assert_cmpstr (g_value_get_string (&value), ==, text);               /* all of it, not the first 200 */
  g_value_unset (&value);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_report_escape (void)
{
  g_autoptr(QuarryReport) report = quarry_report_new ();
  GtkWidget *dialog = open_report (report, NULL);
  gboolean gone = FALSE;

  widget_watch (dialog, &gone);
  g_assert_true (widget_press (dialog, GDK_KEY_Escape, 0));
  quarry_test_wait (gone);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/page-reader/reads-when-the-page-is-looked-at", Fixture, "empty", setup, test_first, teardown);
  g_test_add ("/page-reader/changes-in-a-row-are-read-once", Fixture, "empty", setup, test_settles, teardown);
  g_test_add ("/page-reader/follows-the-catalog", Fixture, NULL, setup, test_catalog_changes, teardown);
  g_test_add ("/page-reader/does-not-read-for-nobody", Fixture, "empty", setup, test_hidden, teardown);
  g_test_add ("/page-reader/only-the-latest-is-shown", Fixture, "empty", setup, test_latest_wins, teardown);
  g_test_add ("/page-reader/gives-up-when-the-page-is-left", Fixture, "empty", setup, test_unmapped_midway, teardown);
  g_test_add ("/page-reader/tells-why-it-failed-and-tries-again", Fixture, "empty", setup, test_fails, teardown);
  g_test_add ("/page-reader/busy-notifies-begin-and-end", Fixture, "empty", setup, test_busy, teardown);
  g_test_add ("/page-reader/a-page-may-go-while-it-is-read", Fixture, "empty", setup, test_page_goes, teardown);
  g_test_add_func ("/report-dialog/all-well-is-said-with-the-counts", test_report_clean);
  g_test_add_func ("/report-dialog/an-issue-is-shown-as-it-is", test_report_issues);
  g_test_add_func ("/report-dialog/no-more-rows-than-anybody-reads", test_report_many);
  g_test_add_func ("/report-dialog/copy-gives-all-of-it", test_report_copies);
  g_test_add_func ("/report-dialog/escape-closes", test_report_escape);
  return g_test_run ();
}
