/* test-vendor-pages.c: the ledger of jobs, accounts, and what a push says before it sends
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * No server answers here: what the network brings is tested with the vendors.
 */

#include "config.h"
#include "quarry-account-dialog.h"
#include "quarry-bar.h"
#include "quarry-jobs-page-row.h"
#include "quarry-jobs-page.h"
#include "quarry-push-dialog.h"
#include "quarry-test-widget.h"
#include "quarry-vendor.h"

#define NOWHERE "http://127.0.0.1:9"      /* nobody listens there */

static QuarryId
add_account (Site *site, const char *name)
{
  g_autoptr(GError) error = NULL;
  const QuarryId id = quarry_catalog_add_account (site->catalog, name, "label-studio", NOWHERE, "{}", &error);

  g_assert_no_error (error);
  return id;
}

static QuarryId
add_job (Site *site, QuarryId account, const char *name, const char *external_id, const char *state, const char *problem)
{
  const QuarryId frame = quarry_frame_model_get_id (quarry_session_get_frames (site->session), 0);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) media = quarry_catalog_list_media (site->catalog, frame, &error);
  QuarryId job = 0;

  g_assert_no_error (error);
  g_array_append_val (ids, ((QuarryMedia *) media->pdata[0])->id);
  job = quarry_catalog_create_job (site->catalog, account, name, "{}", name, ids, &error);
  g_assert_no_error (error);
  quarry_catalog_update_job (site->catalog, job, external_id, state, problem, &error);
  g_assert_no_error (error);
  return job;
}

static GtkWidget *
show_page (Site *site)
{
  GtkWidget *page = quarry_jobs_page_new (site->session);

  site_show (site, page);
  return page;
}

static gboolean
shows (GtkWidget *page, const char *child)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (widget_child (page, "stack")), child) == 0;
}

/* --- one job --- */

static void
test_row_states (void)
{
  static const struct { const char *state, *text, *style; } cases[] = {
    { "queued", "Queued", "badge-neutral" }, { "sent", "Sent", "badge-accent" }, { "in progress", "In progress", "badge-accent" },
    { "delivered", "Delivered", "badge-success" }, { "accepted", "Accepted", "badge-success" }, { "rework", "Rework", "badge-warning" },
    { "cancelled", "Cancelled", "badge-neutral" }, { "failed", "Failed", "badge-error" }, { "new one", "new one", "badge-neutral" },
  };
  GtkWidget *row = g_object_ref_sink (quarry_job_row_new ());
  QuarryJob job = { .id = 7, .account_name = (char *) "a", .name = (char *) "night", .external_id = (char *) "12", .n_tasks = 1 };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      job.state = (char *) cases[i].state;
      quarry_job_row_set_job (QUARRY_JOB_ROW (row), &job, "Label Studio", 0);
      g_assert_cmpstr (widget_text (row, "state"), ==, cases[i].text);
      g_assert_true (gtk_widget_has_css_class (widget_child (row, "state"), cases[i].style));
      g_assert_true (gtk_widget_has_css_class (widget_child (row, "state"), "badge"));
    }
  g_assert_finalize_object (row);
}

static void
test_row_progress (void)
{
  static const struct { gint64 tasks, sent, delivered; double share; const char *text; } cases[] = {
    { 0, 0, 0, 0, "0 sent · 0 delivered · of 0" },
    { 10, 0, 0, 0, "0 sent · 0 delivered · of 10" },
    { 10, 10, 4, 1, "10 sent · 4 delivered · of 10" },
    { 8, 4, 2, 0.5, "4 sent · 2 delivered · of 8" },
    { 4, 1, 2, 0.5, "1 sent · 2 delivered · of 4" },        /* delivered that were never sent: no bar below nothing */
  };
  GtkWidget *row = g_object_ref_sink (quarry_job_row_new ());

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const QuarryJob job = { .account_name = (char *) "a", .name = (char *) "n", .state = (char *) "sent", .n_tasks = cases[i].tasks,
                              .n_sent = cases[i].sent, .n_delivered = cases[i].delivered };

      quarry_job_row_set_job (QUARRY_JOB_ROW (row), &job, "Label Studio", 0);
      g_assert_cmpstr (widget_text (row, "progress"), ==, cases[i].text);
      g_assert_cmpfloat_with_epsilon (quarry_bar_get_share (widget_child (row, "bar")), cases[i].share, 1e-9);
    }
  g_assert_finalize_object (row);
}

static void
test_row_without_project (void)
{
  GtkWidget *row = g_object_ref_sink (quarry_job_row_new ());
  QuarryJob job = { .account_name = (char *) "a", .name = (char *) "n", .state = (char *) "failed", .error = (char *) "no <answer>" };

  quarry_job_row_set_job (QUARRY_JOB_ROW (row), &job, "Label Studio", 0);
  g_assert_false (gtk_widget_get_sensitive (widget_child (row, "open")));
  g_assert_false (gtk_widget_get_sensitive (widget_child (row, "pull")));
  g_assert_true (gtk_widget_get_visible (widget_child (row, "error")));
  g_assert_cmpstr (widget_text (row, "error"), ==, "No <answer>.");
  job.external_id = (char *) "12";
  job.error = NULL;
  quarry_job_row_set_job (QUARRY_JOB_ROW (row), &job, "Label Studio", 0);
  g_assert_true (gtk_widget_get_sensitive (widget_child (row, "open")));
  g_assert_true (gtk_widget_get_sensitive (widget_child (row, "pull")));
  g_assert_false (gtk_widget_get_visible (widget_child (row, "error")));
  g_assert_finalize_object (row);
}

/* --- the page --- */

static void
test_page_empty (Site *site, gconstpointer data)
{
  GtkWidget *page = show_page (site);

  quarry_test_wait (shows (page, "empty"));
  site_act (page, "jobs.pull-all", NULL);
  site_act (page, "jobs.pull", g_variant_new_int64 (5));                 /* no such job */
  g_assert_cmpuint (quarry_session_get_n_running (site->session), ==, 0);
  add_account (site, "studio");
  quarry_test_wait (shows (page, "content"));
  g_assert_true (gtk_widget_get_visible (widget_child (page, "no_jobs")));
  g_assert_false (widget_can (page, "jobs.pull-all"));
}

static void
test_page_lists (Site *site, gconstpointer data)
{
  const QuarryId account = add_account (site, "A & <B>");
  GtkWidget *page = NULL, *row = NULL;

  add_job (site, account, "first", "1", "sent", NULL);
  page = show_page (site);
  quarry_test_wait (widget_count (page, QUARRY_TYPE_JOB_ROW) == 1);
  row = site_find (page, QUARRY_TYPE_JOB_ROW, NULL);
  g_assert_cmpstr (widget_text (row, "name"), ==, "first");
  g_assert_true (g_str_has_prefix (widget_text (row, "facts"), "Label Studio · A & <B> · "));
  g_assert_nonnull (site_find (page, ADW_TYPE_ACTION_ROW, "A & <B>"));
  g_assert_false (gtk_widget_get_visible (widget_child (page, "no_jobs")));
  g_assert_true (widget_can (page, "jobs.pull-all"));
  add_job (site, account, "second", NULL, "queued", NULL);
  quarry_test_wait (widget_count (page, QUARRY_TYPE_JOB_ROW) == 2);
  quarry_test_wait (g_str_equal (widget_text (row, "name"), "second"));  /* the newest on top; the row is kept */
}

static void
test_page_verdict (Site *site, gconstpointer data)
{
  GtkWidget *page = NULL;

  add_account (site, "studio");
  g_setenv ("QUARRY_SECRET_STUDIO", "token", TRUE);
  page = show_page (site);
  quarry_test_wait (site_find (page, ADW_TYPE_ACTION_ROW, "studio") != NULL);
  g_signal_emit_by_name (widget_find_action (page, "jobs.test-account"), "clicked");
  quarry_test_wait (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (site_find (page, ADW_TYPE_ACTION_ROW, "studio"))),
                            "\n✗ ") != NULL);
}

static void
test_page_removes (Site *site, gconstpointer data)
{
  GtkWidget *page = NULL, *dialog = NULL;

  add_account (site, "old");
  page = show_page (site);
  quarry_test_wait (site_find (page, ADW_TYPE_ACTION_ROW, "old") != NULL);
  g_signal_emit_by_name (widget_find_action (page, "jobs.remove-account"), "clicked");
  dialog = site_find_dialog (ADW_TYPE_MESSAGE_DIALOG);
  g_assert_cmpstr (adw_message_dialog_get_heading (ADW_MESSAGE_DIALOG (dialog)), ==, "Remove the account “old”?");
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  widget_settle (300);
  g_assert_nonnull (site_find (page, ADW_TYPE_ACTION_ROW, "old"));
  g_signal_emit_by_name (widget_find_action (page, "jobs.remove-account"), "clicked");
  dialog = site_find_dialog (ADW_TYPE_MESSAGE_DIALOG);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "remove");
  quarry_test_wait (shows (page, "empty"));
}

static void
test_page_keeps_used (Site *site, gconstpointer data)
{
  GtkWidget *page = NULL;

  add_job (site, add_account (site, "used"), "job", "1", "sent", NULL);
  page = show_page (site);
  quarry_test_wait (widget_find_action (page, "jobs.remove-account") != NULL);
  site_act (page, "jobs.remove-account", g_variant_new_string ("used"));
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (site_find_dialog (ADW_TYPE_MESSAGE_DIALOG)), "remove");
  quarry_test_wait (site->toast != NULL);
  g_assert_nonnull (site_find (page, ADW_TYPE_ACTION_ROW, "used"));
}

/* --- an account --- */

static GtkWidget *
open_account (Site *site)
{
  GtkWidget *dialog = NULL;

  site_show (site, gtk_label_new ("behind"));
  dialog = quarry_account_dialog_present (site->session, site->window);
  quarry_test_wait (gtk_widget_get_mapped (dialog));
  return dialog;
}

static void
test_account_complete (Site *site, gconstpointer data)
{
  static const struct { const char *name, *url; gboolean can; } cases[] = {
    { "", "", FALSE }, { "a", "", FALSE }, { "", NOWHERE, FALSE }, { "  ", NOWHERE, FALSE }, { "a", "  ", FALSE }, { "a", NOWHERE, TRUE },
  };
  GtkWidget *dialog = open_account (site);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gtk_editable_set_text (widget_child (dialog, "name"), cases[i].name);
      gtk_editable_set_text (widget_child (dialog, "url"), cases[i].url);
      g_assert_cmpint (widget_can (dialog, "account.test"), ==, cases[i].can);
      g_assert_cmpint (widget_can (dialog, "account.save"), ==, cases[i].can);
    }
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_account_variable (Site *site, gconstpointer data)
{
  static const char * const names[] = { "studio", "site-7 night", "Größe" };
  GtkWidget *dialog = open_account (site);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *variable = quarry_secret_variable (names[i]);

      gtk_editable_set_text (widget_child (dialog, "name"), names[i]);
      g_assert_nonnull (strstr (widget_text (dialog, "hint"), variable));
    }
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_account_saves (Site *site, gconstpointer data)
{
  GtkWidget *dialog = open_account (site);
  g_autoptr(QuarryAccount) account = NULL;
  g_autoptr(GError) error = NULL;
  gboolean gone = FALSE;

  gtk_editable_set_text (widget_child (dialog, "name"), " studio ");
  gtk_editable_set_text (widget_child (dialog, "url"), " " NOWHERE " ");
  widget_watch (dialog, &gone);
  site_act (dialog, "account.save", NULL);
  quarry_test_wait (gone);
  account = quarry_catalog_find_account (site->catalog, "studio", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (account->url, ==, NOWHERE);
  g_assert_cmpstr (account->vendor, ==, "label-studio");
}

static void
test_account_tells (Site *site, gconstpointer data)
{
  GtkWidget *dialog = open_account (site);

  add_account (site, "studio");
  gtk_editable_set_text (widget_child (dialog, "name"), "studio");
  gtk_editable_set_text (widget_child (dialog, "url"), NOWHERE);
  gtk_editable_set_text (widget_child (dialog, "secret"), "no-token");
  g_assert_false (gtk_widget_get_visible (widget_child (dialog, "verdict")));
  site_act (dialog, "account.test", NULL);
  g_assert_false (widget_can (dialog, "account.save"));                  /* while it is asked */
  quarry_test_wait (gtk_widget_get_visible (widget_child (dialog, "verdict")));
  g_assert_true (gtk_widget_has_css_class (widget_child (dialog, "verdict"), "error"));
  g_assert_null (strstr (widget_text (dialog, "verdict"), "no-token"));  /* a secret is never told */
  gtk_editable_set_text (widget_child (dialog, "secret"), "");
  site_act (dialog, "account.save", NULL);                               /* the name is taken */
  g_assert_false (gtk_widget_get_visible (widget_child (dialog, "verdict")));
  quarry_test_wait (gtk_widget_get_visible (widget_child (dialog, "verdict")));
  g_assert_true (widget_can (dialog, "account.save"));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* --- a push --- */

static GtkWidget *
open_push (Site *site)
{
  g_autoptr(GArray) frames = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  const GArray *all = quarry_frame_model_get_ids (quarry_session_get_frames (site->session));
  GtkWidget *dialog = NULL;
  gboolean ready = FALSE;

  g_array_append_vals (frames, all->data, all->len);
  site_show (site, gtk_label_new ("behind"));
  dialog = quarry_push_dialog_present (site->session, site->window, frames);
  while (!ready)
    {
      g_main_context_iteration (NULL, TRUE);
      g_object_get (dialog, "ready", &ready, NULL);
    }
  return dialog;
}

static void
set_camera (GtkWidget *dialog, const char *name, gboolean active)
{
  GtkWidget *row = site_find (dialog, ADW_TYPE_ACTION_ROW, name);

  gtk_check_button_set_active (GTK_CHECK_BUTTON (adw_action_row_get_activatable_widget (ADW_ACTION_ROW (row))), active);
}

static void
test_push_counts (Site *site, gconstpointer data)
{
  GtkWidget *dialog = NULL;

  add_account (site, "studio");
  dialog = open_push (site);
  g_assert_true (shows (dialog, "form"));
  g_assert_cmpstr (widget_text (dialog, "summary"), ==, "12 frames, 21 images to send");
  g_assert_cmpstr (widget_text (dialog, "missing"), ==, "3 frames without an image from cam_left");
  g_assert_true (widget_can (dialog, "push.start"));
  set_camera (dialog, "cam_left", FALSE);
  g_assert_cmpstr (widget_text (dialog, "summary"), ==, "12 frames, 12 images to send");
  g_assert_false (gtk_widget_get_visible (widget_child (dialog, "missing")));
  set_camera (dialog, "cam_front", FALSE);
  g_assert_cmpstr (widget_text (dialog, "summary"), ==, "12 frames, 0 images to send");
  g_assert_false (widget_can (dialog, "push.start"));
  g_assert_null (site_find (dialog, ADW_TYPE_ACTION_ROW, "lidar_top"));  /* clouds are not images */
  widget_assert_list (adw_combo_row_get_model (widget_child (dialog, "labels")), "None|imported");
  g_assert_true (g_str_has_suffix (gtk_editable_get_text (widget_child (dialog, "job_name")), " · 12 frames"));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_push_needs_account (Site *site, gconstpointer data)
{
  GtkWidget *dialog = open_push (site);

  g_assert_true (shows (dialog, "no-account"));
  g_assert_false (widget_can (dialog, "push.start"));
  set_camera (dialog, "cam_left", FALSE);
  add_account (site, "studio");                                          /* by another program, or in the account dialog */
  quarry_test_wait (shows (dialog, "form"));
  widget_assert_list (adw_combo_row_get_model (widget_child (dialog, "account")), "studio");
  g_assert_true (widget_can (dialog, "push.start"));
  g_assert_cmpstr (widget_text (dialog, "summary"), ==, "12 frames, 12 images to send");     /* what was chosen stays */
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_push_runs (Site *site, gconstpointer data)
{
  GtkWidget *dialog = NULL;
  g_autoptr(QuarryOperation) operation = NULL;
  gboolean gone = FALSE;

  add_account (site, "studio");
  g_setenv ("QUARRY_SECRET_STUDIO", "token", TRUE);
  dialog = open_push (site);
  gtk_editable_set_text (widget_child (dialog, "job_name"), " night ");
  widget_watch (dialog, &gone);
  site_act (dialog, "push.start", NULL);
  quarry_test_wait (gone);
  operation = g_list_model_get_item (G_LIST_MODEL (quarry_session_get_operations (site->session)), 0);
  g_assert_cmpstr (quarry_operation_get_title (operation), ==, "Push night to studio");
  quarry_operation_cancel (operation);
  quarry_test_wait (quarry_operation_get_state (operation) > QUARRY_OPERATION_RUNNING);
  g_assert_cmpint (quarry_operation_get_state (operation), !=, QUARRY_OPERATION_DONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/job-row/every-state-has-its-words-and-badge", test_row_states);
  g_test_add_func ("/job-row/progress-is-told-and-drawn", test_row_progress);
  g_test_add_func ("/job-row/without-a-project-there-is-nothing-to-pull", test_row_without_project);
  g_test_add ("/jobs/an-empty-ledger-says-what-to-do", Site, NULL, site_setup, test_page_empty, site_teardown);
  g_test_add ("/jobs/newest-on-top-rows-are-kept", Site, NULL, site_setup, test_page_lists, site_teardown);
  g_test_add ("/jobs/the-verdict-stands-below-the-account", Site, NULL, site_setup, test_page_verdict, site_teardown);
  g_test_add ("/jobs/removing-an-account-asks", Site, NULL, site_setup, test_page_removes, site_teardown);
  g_test_add ("/jobs/an-account-with-jobs-stays", Site, NULL, site_setup, test_page_keeps_used, site_teardown);
  g_test_add ("/account-dialog/needs-a-name-and-an-address", Site, NULL, site_setup, test_account_complete, site_teardown);
  g_test_add ("/account-dialog/names-the-variable-of-the-secret", Site, NULL, site_setup, test_account_variable, site_teardown);
  g_test_add ("/account-dialog/saves-without-stray-blanks", Site, NULL, site_setup, test_account_saves, site_teardown);
  g_test_add ("/account-dialog/tells-why-and-never-the-secret", Site, NULL, site_setup, test_account_tells, site_teardown);
  g_test_add ("/push-dialog/counts-before-it-sends", Site, NULL, site_setup, test_push_counts, site_teardown);
  g_test_add ("/push-dialog/needs-an-account-and-keeps-the-choices", Site, NULL, site_setup, test_push_needs_account, site_teardown);
  g_test_add ("/push-dialog/goes-on-in-the-list-of-operations", Site, NULL, site_setup, test_push_runs, site_teardown);
  return g_test_run ();
}
