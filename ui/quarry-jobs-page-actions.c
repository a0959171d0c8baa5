/* quarry-jobs-page-actions.c: pulling jobs, testing and removing accounts
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-account-dialog.h"
#include "quarry-jobs-page-private.h"
#include "quarry-report-dialog.h"
#include "quarry-vendor.h"

#include <glib/gi18n.h>

static GtkWindow *
get_window (QuarryJobsPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

static const QuarryJob *
find_job (QuarryJobsPage *self, QuarryId id)
{
  for (guint i = 0; self->jobs != NULL && i < self->jobs->len; i++)
    if (((QuarryJob *) self->jobs->pdata[i])->id == id)
      return self->jobs->pdata[i];
  return NULL;
}

/* --- pull: asked for alone, its report is shown in any case; among many, only where something was not carried --- */

typedef struct
{
  QuarryCatalog *catalog;
  QuarryId       job;
} Pull;

static void
pull_free (gpointer data)
{
  Pull *pull = data;

  g_object_unref (pull->catalog);
  g_free (pull);
}

static gboolean
pull_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  Pull *pull = data;

  return quarry_vendor_pull (pull->catalog, pull->job, operation, error);
}

static void
pulled_cb (QuarryOperation *operation, GParamSpec *pspec, QuarryJobsPage *self)
{
  const gint64 *job = g_object_get_data (G_OBJECT (operation), "job");
  QuarryReport *report = quarry_operation_get_report (operation);

  if (quarry_operation_get_state (operation) <= QUARRY_OPERATION_RUNNING)
    return;
  g_hash_table_remove (self->pulling, job);
  if (self->session == NULL)
    return;
  quarry_page_reader_queue (self->reader);
  if (quarry_operation_get_state (operation) == QUARRY_OPERATION_DONE &&
      (g_object_get_data (G_OBJECT (operation), "alone") != NULL || quarry_report_get_n_issues (report, QUARRY_ISSUE_LOSS) > 0))
    quarry_report_dialog_present (get_window (self), quarry_operation_get_title (operation), report, NULL);
}

static void
start_pull (QuarryJobsPage *self, const QuarryJob *job, gboolean alone)
{
  g_autofree char *title = g_strdup_printf (_("Pull %s"), job->name);
  g_autoptr(QuarryOperation) operation = NULL;
  Pull *pull = NULL;

  if (g_hash_table_contains (self->pulling, &job->id))
    return;
  operation = quarry_operation_new (title);
  pull = g_new0 (Pull, 1);
  *pull = (Pull) { g_object_ref (quarry_session_get_catalog (self->session)), job->id };
  g_hash_table_add (self->pulling, g_memdup2 (&job->id, sizeof job->id));
  g_object_set_data_full (G_OBJECT (operation), "job", g_memdup2 (&job->id, sizeof job->id), g_free);
  g_object_set_data (G_OBJECT (operation), "alone", GINT_TO_POINTER (alone));
  g_signal_connect_object (operation, "notify::state", G_CALLBACK (pulled_cb), self, 0);
  quarry_session_run (self->session, operation, pull_in_thread, pull, pull_free);
}

static void
pull_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryJobsPage *self = QUARRY_JOBS_PAGE (widget);
  const QuarryJob *job = find_job (self, g_variant_get_int64 (parameter));

  if (job != NULL && job->external_id != NULL)
    start_pull (self, job, TRUE);
}

/* Jobs that are settled have nothing more to bring; the others each get their own operation */
static void
pull_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryJobsPage *self = QUARRY_JOBS_PAGE (widget);

  for (guint i = 0; self->jobs != NULL && i < self->jobs->len; i++)
    {
      const QuarryJob *job = self->jobs->pdata[i];

      if (job->external_id != NULL && !g_str_equal (job->state, "accepted") && !g_str_equal (job->state, "cancelled"))
        start_pull (self, job, FALSE);
    }
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryJobsPage *self = QUARRY_JOBS_PAGE (widget);
  const QuarryJob *job = find_job (self, g_variant_get_int64 (parameter));
  g_autofree char *url = job != NULL ? quarry_vendor_get_web_url (quarry_session_get_catalog (self->session), job) : NULL;

  if (url != NULL)
    gtk_show_uri (get_window (self), url, GDK_CURRENT_TIME);
  else
    quarry_session_failed (self->session, _("This vendor has no page for the job"));
}

/* --- accounts --- */

typedef struct
{
  QuarryCatalog *catalog;
  char          *account;
  char          *who;        /* written by the worker */
} Trial;

static void
trial_clear (gpointer data)
{
  Trial *trial = data;

  g_object_unref (trial->catalog);
  g_free (trial->account);
  g_free (trial->who);
}

static void
trial_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, trial_clear);
}

static gboolean
try_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  Trial *trial = data;

  return quarry_vendor_test (trial->catalog, trial->account, &trial->who, quarry_operation_get_cancellable (operation), error);
}

static void
tried_cb (QuarryOperation *operation, GParamSpec *pspec, QuarryJobsPage *self)
{
  const Trial *trial = g_object_get_data (G_OBJECT (operation), "trial");
  const QuarryOperationState state = quarry_operation_get_state (operation);
  char *verdict = NULL;

  if (state <= QUARRY_OPERATION_RUNNING || state == QUARRY_OPERATION_CANCELLED || self->session == NULL)
    return;
  if (state == QUARRY_OPERATION_DONE)
    verdict = trial->who != NULL ? g_strdup_printf (_("✓ Works, as %s"), trial->who) : g_strdup (_("✓ Works"));
  else
    verdict = g_strdup_printf ("✗ %s", quarry_operation_get_error (operation)->message);
  g_hash_table_insert (self->verdicts, g_strdup (trial->account), verdict);
  quarry_page_reader_queue (self->reader);
}

static void
test_account_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryJobsPage *self = QUARRY_JOBS_PAGE (widget);
  const char *account = g_variant_get_string (parameter, NULL);
  g_autofree char *title = g_strdup_printf (_("Test account %s"), account);
  g_autoptr(QuarryOperation) operation = quarry_operation_new (title);
  Trial *trial = g_atomic_rc_box_new0 (Trial);

  trial->catalog = g_object_ref (quarry_session_get_catalog (self->session));
  trial->account = g_strdup (account);
  g_hash_table_insert (self->verdicts, g_strdup (account), g_strdup (_("Testing…")));
  quarry_page_reader_queue (self->reader);
  g_object_set_data_full (G_OBJECT (operation), "trial", g_atomic_rc_box_acquire (trial), trial_unref);
  g_signal_connect_object (operation, "notify::state", G_CALLBACK (tried_cb), self, 0);
  quarry_session_run (self->session, operation, try_in_thread, trial, trial_unref);
}

static gboolean
remove_in_thread (QuarryCatalog *catalog, gpointer data, char **out_what, GError **error)
{
  if (!quarry_catalog_remove_account (catalog, data, error))
    return FALSE;
  quarry_secret_clear (data, NULL, NULL);      /* where there is no Secret Service there is nothing to clear */
  return TRUE;
}

/* Not undoable (the secret is gone with it), so this is one of the few things that ask */
static void
remove_response_cb (AdwMessageDialog *dialog, const char *response, QuarryJobsPage *self)
{
  if (g_str_equal (response, "remove"))
    quarry_session_edit (self->session, NULL, remove_in_thread, g_strdup (g_object_get_data (G_OBJECT (dialog), "account")), g_free);
}

static void
remove_account_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryJobsPage *self = QUARRY_JOBS_PAGE (widget);
  const char *account = g_variant_get_string (parameter, NULL);
  g_autofree char *heading = g_strdup_printf (_("Remove the account “%s”?"), account);
  GtkWidget *dialog = adw_message_dialog_new (get_window (self), heading,
                                              _("Its secret is removed too, which cannot be undone. An account with jobs stays."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "remove", _("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "account", g_strdup (account), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (remove_response_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
add_account_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryJobsPage *self = QUARRY_JOBS_PAGE (widget);

  quarry_account_dialog_present (self->session, get_window (self));
}

void
quarry_jobs_page_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "jobs.pull", "x", pull_action);
  gtk_widget_class_install_action (widget_class, "jobs.pull-all", NULL, pull_all_action);
  gtk_widget_class_install_action (widget_class, "jobs.open", "x", open_action);
  gtk_widget_class_install_action (widget_class, "jobs.add-account", NULL, add_account_action);
  gtk_widget_class_install_action (widget_class, "jobs.test-account", "s", test_account_action);
  gtk_widget_class_install_action (widget_class, "jobs.remove-account", "s", remove_account_action);
}
