/* quarry-jobs-page.c: vendors' accounts and the ledger of jobs
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The actions are in quarry-jobs-page-actions.c.
 */

#include "config.h"
#include "quarry-jobs-page.h"
#include "quarry-jobs-page-private.h"
#include "quarry-jobs-page-row.h"
#include "quarry-ui-resources.h"
#include "quarry-vendor.h"

#include <glib/gi18n.h>

enum { PROP_0, PROP_SESSION, N_PROPS };
static GParamSpec *properties[N_PROPS];
G_DEFINE_FINAL_TYPE (QuarryJobsPage, quarry_jobs_page, GTK_TYPE_WIDGET)

typedef struct
{
  GPtrArray *jobs;         /* QuarryJob */
  GPtrArray *accounts;     /* QuarryAccount */
} Ledger;

static void
ledger_free (gpointer data)
{
  Ledger *ledger = data;

  g_clear_pointer (&ledger->jobs, g_ptr_array_unref);
  g_clear_pointer (&ledger->accounts, g_ptr_array_unref);
  g_free (ledger);
}

static gpointer
read_ledger (QuarryCatalog *catalog, gpointer request, GCancellable *cancellable, GError **error)
{
  Ledger *ledger = g_new0 (Ledger, 1);

  ledger->jobs = quarry_catalog_list_jobs (catalog, error);
  if (ledger->jobs != NULL)
    ledger->accounts = quarry_catalog_list_accounts (catalog, error);
  if (ledger->accounts == NULL)
    g_clear_pointer (&ledger, ledger_free);
  return ledger;
}

static int
compare_jobs (gconstpointer a, gconstpointer b)
{
  const QuarryJob *left = *(QuarryJob * const *) a;
  const QuarryJob *right = *(QuarryJob * const *) b;

  if (left->created_ns != right->created_ns)
    return left->created_ns > right->created_ns ? -1 : 1;
  return left->id > right->id ? -1 : left->id < right->id;
}

static const char *
get_vendor_title (const char *vendor)
{
  const char *title = quarry_vendor_get_title (vendor);

  return title != NULL ? title : vendor;
}

static void
show_jobs (QuarryJobsPage *self)
{
  const gint64 now_ns = g_get_real_time () * 1000;

  while (self->job_rows->len > self->jobs->len)
    {
      adw_preferences_group_remove (self->jobs_group, self->job_rows->pdata[self->job_rows->len - 1]);
      g_ptr_array_remove_index (self->job_rows, self->job_rows->len - 1);
    }
  while (self->job_rows->len < self->jobs->len)
    {
      GtkWidget *row = quarry_job_row_new ();

      adw_preferences_group_add (self->jobs_group, row);
      g_ptr_array_add (self->job_rows, row);
    }
  for (guint i = 0; i < self->jobs->len; i++)
    {
      const QuarryJob *job = self->jobs->pdata[i];

      quarry_job_row_set_job (self->job_rows->pdata[i], job, get_vendor_title (job->vendor), now_ns);
    }
  gtk_widget_set_visible (self->no_jobs, self->jobs->len == 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "jobs.pull-all", self->jobs->len > 0);
}

static GtkWidget *
make_account_row (QuarryJobsPage *self, const QuarryAccount *account)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *test = gtk_button_new_with_label (_("Test"));
  GtkWidget *remove = gtk_button_new_from_icon_name ("user-trash-symbolic");
  const char *verdict = g_hash_table_lookup (self->verdicts, account->name);
  g_autofree char *subtitle = g_strdup_printf ("%s · %s%s%s", get_vendor_title (account->vendor), account->url,
                                               verdict != NULL ? "\n" : "", verdict != NULL ? verdict : "");
  g_autofree char *remove_text = g_strdup_printf (_("Remove the account %s"), account->name);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), account->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (test), "jobs.test-account");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (test), "s", account->name);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (remove), "jobs.remove-account");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (remove), "s", account->name);
  gtk_widget_set_valign (test, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_set_tooltip_text (remove, remove_text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, remove_text, -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), remove);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), test);
  return row;
}

static void
show_accounts (QuarryJobsPage *self, GPtrArray *accounts)
{
  for (guint i = 0; i < self->account_rows->len; i++)
    adw_preferences_group_remove (self->accounts_group, self->account_rows->pdata[i]);
  g_ptr_array_set_size (self->account_rows, 0);
  for (guint i = 0; i < accounts->len; i++)
    {
      GtkWidget *row = make_account_row (self, accounts->pdata[i]);

      adw_preferences_group_add (self->accounts_group, row);
      g_ptr_array_add (self->account_rows, row);
    }
}

static void
show_ledger (GtkWidget *page, gpointer request, gpointer result)
{
  QuarryJobsPage *self = QUARRY_JOBS_PAGE (page);
  Ledger *ledger = result;

  g_clear_pointer (&self->jobs, g_ptr_array_unref);
  self->jobs = g_ptr_array_ref (ledger->jobs);
  g_ptr_array_sort (self->jobs, compare_jobs);
  show_jobs (self);
  show_accounts (self, ledger->accounts);
  gtk_stack_set_visible_child_name (self->stack, self->jobs->len > 0 || ledger->accounts->len > 0 ? "content" : "empty");
}

static const QuarryReading reading = { N_("Cannot list the jobs"), NULL, read_ledger, show_ledger, NULL, ledger_free };

/* --- the object --- */

static void
quarry_jobs_page_constructed (GObject *object)
{
  QuarryJobsPage *self = QUARRY_JOBS_PAGE (object);

  G_OBJECT_CLASS (quarry_jobs_page_parent_class)->constructed (object);
  self->reader = quarry_page_reader_new (GTK_WIDGET (self), self->session, &reading);
}

static void
quarry_jobs_page_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  if (property_id == PROP_SESSION)
    g_value_set_object (value, QUARRY_JOBS_PAGE (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
quarry_jobs_page_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  if (property_id == PROP_SESSION)
    QUARRY_JOBS_PAGE (object)->session = g_value_dup_object (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
quarry_jobs_page_dispose (GObject *object)
{
  QuarryJobsPage *self = QUARRY_JOBS_PAGE (object);

  g_clear_object (&self->reader);
  g_clear_object (&self->session);
  g_clear_pointer (&self->jobs, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), QUARRY_TYPE_JOBS_PAGE);
  G_OBJECT_CLASS (quarry_jobs_page_parent_class)->dispose (object);
}

static void
quarry_jobs_page_finalize (GObject *object)
{
  QuarryJobsPage *self = QUARRY_JOBS_PAGE (object);

  g_ptr_array_unref (self->job_rows);
  g_ptr_array_unref (self->account_rows);
  g_hash_table_unref (self->verdicts);
  g_hash_table_unref (self->pulling);
  G_OBJECT_CLASS (quarry_jobs_page_parent_class)->finalize (object);
}

static void
quarry_jobs_page_class_init (QuarryJobsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = quarry_jobs_page_constructed;
  object_class->get_property = quarry_jobs_page_get_property;
  object_class->set_property = quarry_jobs_page_set_property;
  object_class->dispose = quarry_jobs_page_dispose;
  object_class->finalize = quarry_jobs_page_finalize;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, QUARRY_TYPE_SESSION,
                                                  G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_resources_register (quarry_ui_get_resource ());
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-jobs-page.ui");
  gtk_widget_class_bind_template_child (widget_class, QuarryJobsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, QuarryJobsPage, jobs_group);
  gtk_widget_class_bind_template_child (widget_class, QuarryJobsPage, accounts_group);
  gtk_widget_class_bind_template_child (widget_class, QuarryJobsPage, no_jobs);
  quarry_jobs_page_install_actions (widget_class);
}

static void
quarry_jobs_page_init (QuarryJobsPage *self)
{
  self->job_rows = g_ptr_array_new ();
  self->account_rows = g_ptr_array_new ();
  self->verdicts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->pulling = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
quarry_jobs_page_new (QuarrySession *session)
{
  g_return_val_if_fail (QUARRY_IS_SESSION (session), NULL);

  return g_object_new (QUARRY_TYPE_JOBS_PAGE, "session", session, NULL);
}
