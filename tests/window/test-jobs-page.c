/* test-jobs-page.c: accounts and jobs of vendors in the window; the vendor is a socket that answers as told
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-jobs-page.h"
#include "quarry-account-dialog.h"
#include "quarry-format.h"
#include "quarry-jobs-page-row.h"
#include "quarry-push-dialog.h"
#include "quarry-site.h"
#include "quarry-vendor.h"

#define NOW (G_GINT64_CONSTANT (1700000000) * QUARRY_NS_PER_S)

static const char *
get_text (GtkWidget *widget, const char *name)
{
  return gtk_label_get_text (GTK_LABEL (site_child (widget, name)));
}

/* A port of this machine on which nobody listens: every request fails at once */
static char *
get_dead_url (void)
{
  g_autoptr(GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr(GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr(GSocketAddress) bound = NULL;

  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  return g_strdup_printf ("http://127.0.0.1:%d", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
}

static QuarryId
add_account (Site *site, const char *name)
{
  g_autofree char *url = get_dead_url ();
  g_autoptr(GError) error = NULL;
  const QuarryId id = quarry_catalog_add_account (site->catalog, name, "label-studio", url, "{}", &error);

  g_assert_no_error (error);
  return id;
}

static QuarryId
add_job (Site *site, QuarryId account, const char *name)
{
  const QuarryId frame = quarry_frame_model_get_id (quarry_session_get_frames (site->session), 0);
  g_autoptr(GPtrArray) media = quarry_catalog_list_media (site->catalog, frame, NULL);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_autoptr(GError) error = NULL;
  QuarryId job = 0;

  g_array_append_val (ids, ((QuarryMedia *) media->pdata[0])->id);
  job = quarry_catalog_create_job (site->catalog, account, name, "{}", name, ids, &error);
  g_assert_no_error (error);
  return job;
}

static void
test_empty (Site *site, gconstpointer data)
{
  GtkWidget *page = quarry_jobs_page_new (site->session);

  site_show (site, page);
  quarry_test_wait (gtk_widget_get_mapped (site_find (page, ADW_TYPE_STATUS_PAGE, NULL)));
  g_assert_true (site_act (page, "jobs.add-account", NULL));
  g_assert_nonnull (site_find_dialog (QUARRY_TYPE_ACCOUNT_DIALOG));
  gtk_window_destroy (GTK_WINDOW (site_find_dialog (QUARRY_TYPE_ACCOUNT_DIALOG)));
}

static void
test_ledger (Site *site, gconstpointer data)
{
  const QuarryId account = add_account (site, "night <shift>");
  const QuarryId job = add_job (site, account, "week 1");
  GtkWidget *page = quarry_jobs_page_new (site->session);
  GtkWidget *row = NULL;

  site_show (site, page);
  quarry_test_wait (site_find (page, ADW_TYPE_ACTION_ROW, "night <shift>") != NULL);
  row = site_find (page, QUARRY_TYPE_JOB_ROW, NULL);
  g_assert_nonnull (row);
  g_assert_cmpstr (get_text (row, "name"), ==, "week 1");
  g_assert_cmpstr (get_text (row, "state"), ==, "Queued");
  g_assert_cmpstr (get_text (row, "progress"), ==, "0 sent · 0 delivered · of 1");
  g_assert_false (gtk_widget_get_sensitive (GTK_WIDGET (site_child (row, "pull"))));    /* the vendor does not know it yet */
  g_assert_true (quarry_catalog_update_job (site->catalog, job, "17", "failed", "the vendor said 500", NULL));
  quarry_test_wait (g_str_equal (get_text (row, "state"), "Failed"));                   /* the same row, filled again */
  g_assert_cmpstr (get_text (row, "error"), ==, "The vendor said 500. Push the same frames under the same name again to go on.");
  g_assert_true (gtk_widget_get_sensitive (GTK_WIDGET (site_child (row, "pull"))));
}

static void
test_pull_fails (Site *site, gconstpointer data)
{
  const QuarryId account = add_account (site, "dead");
  const QuarryId job = add_job (site, account, "week 1");
  GtkWidget *page = quarry_jobs_page_new (site->session);
  GListModel *operations = G_LIST_MODEL (quarry_session_get_operations (site->session));
  g_autoptr(QuarryOperation) operation = NULL;

  g_setenv ("QUARRY_SECRET_DEAD", "token", TRUE);
  g_assert_true (quarry_catalog_update_job (site->catalog, job, "17", "sent", NULL, NULL));
  site_show (site, page);
  quarry_test_wait (site_find (page, QUARRY_TYPE_JOB_ROW, NULL) != NULL);
  g_assert_true (site_act (page, "jobs.pull", g_variant_new_int64 (job)));
  site_act (page, "jobs.pull", g_variant_new_int64 (job));                              /* once at a time */
  g_assert_cmpuint (g_list_model_get_n_items (operations), ==, 1);
  operation = g_list_model_get_item (operations, 0);
  g_assert_cmpstr (quarry_operation_get_title (operation), ==, "Pull week 1");
  quarry_operation_cancel (operation);
  quarry_test_wait (quarry_operation_get_state (operation) > QUARRY_OPERATION_RUNNING);
  g_assert_true (site_act (page, "jobs.pull-all", NULL));                               /* may be asked for again */
  g_assert_cmpuint (g_list_model_get_n_items (operations), ==, 2);
}

static void
test_account_dialog (Site *site, gconstpointer data)
{
  GtkWidget *dialog = quarry_account_dialog_present (site->session, NULL);
  g_autofree char *url = get_dead_url ();
  g_autoptr(QuarryAccount) account = NULL;

  gtk_editable_set_text (GTK_EDITABLE (site_child (dialog, "name")), " Night shift ");
  g_assert_nonnull (strstr (get_text (dialog, "hint"), "QUARRY_SECRET_NIGHT_SHIFT"));
  site_act (dialog, "account.save", NULL);                                              /* no address yet */
  g_assert_cmpuint (quarry_session_get_n_running (site->session), ==, 0);
  gtk_editable_set_text (GTK_EDITABLE (site_child (dialog, "url")), url);
  g_object_add_weak_pointer (G_OBJECT (dialog), (gpointer *) &dialog);
  g_assert_true (site_act (dialog, "account.save", NULL));
  quarry_test_wait (dialog == NULL || !gtk_widget_get_visible (dialog));
  account = quarry_catalog_find_account (site->catalog, "Night shift", NULL);
  g_assert_nonnull (account);
  g_assert_cmpstr (account->vendor, ==, "label-studio");
  g_assert_cmpstr (account->url, ==, url);
}

static void
test_account_test_fails (Site *site, gconstpointer data)
{
  GtkWidget *dialog = quarry_account_dialog_present (site->session, NULL);

  gtk_editable_set_text (GTK_EDITABLE (site_child (dialog, "name")), "odd");
  gtk_editable_set_text (GTK_EDITABLE (site_child (dialog, "url")), "not an address");
  gtk_editable_set_text (GTK_EDITABLE (site_child (dialog, "secret")), "token");
  g_assert_true (site_act (dialog, "account.test", NULL));
  quarry_test_wait (gtk_widget_get_visible (GTK_WIDGET (site_child (dialog, "verdict"))));
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (site_child (dialog, "verdict")), "error"));
  g_assert_null (strstr (get_text (dialog, "verdict"), "token"));                       /* secrets are in no message */
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_remove_account (Site *site, gconstpointer data)
{
  GtkWidget *page = quarry_jobs_page_new (site->session);
  GtkWidget *dialog = NULL;

  add_account (site, "gone");
  site_show (site, page);
  quarry_test_wait (site_find (page, ADW_TYPE_ACTION_ROW, "gone") != NULL);
  g_assert_true (site_act (page, "jobs.remove-account", g_variant_new_string ("gone")));
  dialog = site_find_dialog (ADW_TYPE_MESSAGE_DIALOG);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "remove");
  gtk_window_destroy (GTK_WINDOW (dialog));
  quarry_test_wait (site_find (page, ADW_TYPE_ACTION_ROW, "gone") == NULL);
}

static void
test_push_without_account (Site *site, gconstpointer data)
{
  g_autoptr(GArray) frames = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  const QuarryId frame = quarry_frame_model_get_id (quarry_session_get_frames (site->session), 0);
  GtkWidget *dialog = NULL;

  g_array_append_val (frames, frame);
  dialog = quarry_push_dialog_present (site->session, NULL, frames);
  quarry_test_wait (g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (site_child (dialog, "stack"))), "no-account") == 0);
  add_account (site, "late");
  quarry_test_wait (g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (site_child (dialog, "stack"))), "form") == 0);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* --- words --- */

static void
test_format (void)
{
  g_autofree char *zero = quarry_format_count (0), *big = quarry_format_count (-1234567), *one = quarry_format_frames (1);
  g_autofree char *many = quarry_format_frames (4180), *clock = quarry_format_clock (NOW + 45 * 1000000), *none = quarry_format_clock (QUARRY_NO_TIME);
  g_autofree char *before = quarry_format_clock (-1000000), *date = quarry_format_date (NOW), *now = quarry_format_ago (NOW, NOW + QUARRY_NS_PER_S);
  g_autofree char *minute = quarry_format_ago (NOW, NOW + 60 * QUARRY_NS_PER_S), *hours = quarry_format_ago (NOW, NOW + 7200 * QUARRY_NS_PER_S);
  g_autofree char *days = quarry_format_ago (NOW, NOW + 7200 * 24 * QUARRY_NS_PER_S), *sentence = quarry_format_sentence ("ärger");

  g_assert_cmpstr (zero, ==, "0");
  g_assert_cmpstr (big, ==, "−1\342\200\257234\342\200\257567");
  g_assert_cmpstr (one, ==, "1 frame");
  g_assert_cmpstr (many, ==, "4\342\200\257180 frames");
  g_assert_cmpstr (clock, ==, "22:13:20.045");
  g_assert_cmpstr (before, ==, "23:59:59.999");
  g_assert_cmpstr (none, ==, "no time");
  g_assert_cmpstr (date, ==, "2023-11-14 22:13");
  g_assert_cmpstr (now, ==, "just now");
  g_assert_cmpstr (minute, ==, "1 minute ago");
  g_assert_cmpstr (hours, ==, "2 hours ago");
  g_assert_cmpstr (days, ==, "2023-11-14 22:13");
  g_assert_cmpstr (sentence, ==, "Ärger.");
}

static void
test_shares (void)
{
  static const struct { double share; const char *text; } cases[] = {
    { 0, "0 %" }, { 0.0004, "< 0.1 %" }, { 0.083, "8.3 %" }, { 0.5, "50 %" }, { 0.9999, "> 99.9 %" }, { 1, "100 %" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = quarry_format_share (cases[i].share);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/jobs/no-vendor-yet-says-what-to-do", Site, NULL, site_setup, test_empty, site_teardown);
  g_test_add ("/jobs/rows-follow-the-ledger", Site, NULL, site_setup, test_ledger, site_teardown);
  g_test_add ("/jobs/one-pull-of-a-job-at-a-time", Site, NULL, site_setup, test_pull_fails, site_teardown);
  g_test_add ("/jobs/an-account-is-added", Site, NULL, site_setup, test_account_dialog, site_teardown);
  g_test_add ("/jobs/a-failed-test-says-why", Site, NULL, site_setup, test_account_test_fails, site_teardown);
  g_test_add ("/jobs/an-account-is-removed", Site, NULL, site_setup, test_remove_account, site_teardown);
  g_test_add ("/push-dialog/waits-for-an-account", Site, NULL, site_setup, test_push_without_account, site_teardown);
  g_test_add_func ("/format/counts-and-times", test_format);
  g_test_add_func ("/format/shares-are-honest-at-both-ends", test_shares);
  return g_test_run ();
}
