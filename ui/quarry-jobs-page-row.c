/* quarry-jobs-page-row.c: one job of the ledger
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A row is kept and filled again while its job lives, so that focus and pointer stay where they are during a pull.
 */

#include "config.h"
#include "quarry-jobs-page-row.h"
#include "quarry-bar.h"
#include "quarry-format.h"
#include "quarry-ui-resources.h"

#include <glib/gi18n.h>

struct _QuarryJobRow
{
  AdwPreferencesRow  parent_instance;
  GtkLabel          *name;
  GtkLabel          *facts;
  GtkLabel          *state;
  GtkLabel          *progress;
  QuarryBar         *bar;
  GtkLabel          *error;
  GtkWidget         *open;
  GtkWidget         *pull;
};

G_DEFINE_FINAL_TYPE (QuarryJobRow, quarry_job_row, ADW_TYPE_PREFERENCES_ROW)

/* The state as people say it, and the style class of its badge */
static const char *
describe_state (const char *state, const char **out_class)
{
  static const struct { const char *state, *text, *style; } states[] = {
    { "queued", N_("Queued"), "badge-neutral" },        { "sent", N_("Sent"), "badge-accent" },
    { "in progress", N_("In progress"), "badge-accent" }, { "delivered", N_("Delivered"), "badge-success" },
    { "accepted", N_("Accepted"), "badge-success" },    { "rework", N_("Rework"), "badge-warning" },
    { "cancelled", N_("Cancelled"), "badge-neutral" },  { "failed", N_("Failed"), "badge-error" },
  };

  *out_class = "badge-neutral";
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_strcmp0 (state, states[i].state) == 0)
      {
        *out_class = states[i].style;
        return _(states[i].text);
      }
  return state;
}

static void
show_progress (QuarryJobRow *self, const QuarryJob *job)
{
  const double whole = (double) MAX (job->n_tasks, 1);
  const gint64 n_open = MAX (job->n_sent - job->n_delivered, 0);
  QuarryBarPart parts[2] = { { (double) job->n_delivered / whole }, { (double) n_open / whole } };
  g_autofree char *delivered = quarry_format_count (job->n_delivered);
  g_autofree char *sent = quarry_format_count (job->n_sent);
  g_autofree char *tasks = quarry_format_count (job->n_tasks);
  g_autofree char *text = g_strdup_printf (_("%s sent · %s delivered · of %s"), sent, delivered, tasks);

  gdk_rgba_parse (&parts[0].color, "#2ec27e");
  gdk_rgba_parse (&parts[1].color, "#3584e4");
  quarry_bar_set_parts (self->bar, parts, 2);
  gtk_label_set_text (self->progress, text);
}

/* A push that was cut off goes on when it is asked for again: nothing else would tell a person so */
static void
show_error (QuarryJobRow *self, const QuarryJob *job)
{
  const gboolean failed = job->error != NULL && *job->error != '\0';
  const gboolean cut_off = job->n_sent < job->n_tasks && g_strcmp0 (job->state, "cancelled") != 0;
  g_autofree char *why = failed ? quarry_format_sentence (job->error) : NULL;
  g_autofree char *text = g_strjoin (" ", failed ? why : "", cut_off ? _("Push the same frames under the same name again to go on.") : "", NULL);

  gtk_label_set_text (self->error, g_strstrip (text));
  gtk_widget_set_visible (GTK_WIDGET (self->error), failed);
}

static void
quarry_job_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), QUARRY_TYPE_JOB_ROW);
  G_OBJECT_CLASS (quarry_job_row_parent_class)->dispose (object);
}

static void
quarry_job_row_class_init (QuarryJobRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = quarry_job_row_dispose;
  g_resources_register (quarry_ui_get_resource ());
  g_type_ensure (QUARRY_TYPE_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-jobs-page-row.ui");
  gtk_widget_class_bind_template_child (widget_class, QuarryJobRow, name);
  gtk_widget_class_bind_template_child (widget_class, QuarryJobRow, facts);
  gtk_widget_class_bind_template_child (widget_class, QuarryJobRow, state);
  gtk_widget_class_bind_template_child (widget_class, QuarryJobRow, progress);
  gtk_widget_class_bind_template_child (widget_class, QuarryJobRow, bar);
  gtk_widget_class_bind_template_child (widget_class, QuarryJobRow, error);
  gtk_widget_class_bind_template_child (widget_class, QuarryJobRow, open);
  gtk_widget_class_bind_template_child (widget_class, QuarryJobRow, pull);
}

static void
quarry_job_row_init (QuarryJobRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* The actions want a number as soon as the row is on the page, which is before it has its job */
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->open), "x", (gint64) 0);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->pull), "x", (gint64) 0);
}

GtkWidget *
quarry_job_row_new (void)
{
  return g_object_new (QUARRY_TYPE_JOB_ROW, NULL);
}

void
quarry_job_row_set_job (QuarryJobRow    *self,
                        const QuarryJob *job,
                        const char      *vendor_title,
                        gint64           now_ns)
{
  g_autofree char *updated = quarry_format_ago (job->updated_ns, now_ns);
  g_autofree char *facts = g_strdup_printf ("%s · %s · %s", vendor_title, job->account_name, updated);
  const char *style = NULL;
  const char *state = describe_state (job->state, &style);
  const char *classes[] = { "badge", style, NULL };

  g_return_if_fail (QUARRY_IS_JOB_ROW (self));

  gtk_label_set_text (self->name, job->name);
  gtk_label_set_text (self->facts, facts);
  gtk_label_set_text (self->state, state);
  gtk_widget_set_css_classes (GTK_WIDGET (self->state), classes);
  show_progress (self, job);
  show_error (self, job);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->open), "x", job->id);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->pull), "x", job->id);
  gtk_widget_set_sensitive (self->open, job->external_id != NULL);
  gtk_widget_set_sensitive (self->pull, job->external_id != NULL);
}
