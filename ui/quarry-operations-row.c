/* quarry-operations-row.c: one operation in the list: title, progress or outcome, cancel
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-operations.h"
#include "quarry-report-dialog.h"

#include <glib/gi18n.h>

struct _QuarryOperationsRow
{
  GtkListBoxRow    parent_instance;
  QuarryOperation *operation;
  GtkLabel        *title;
  GtkLabel        *detail;
  GtkProgressBar  *progress;
  GtkWidget       *cancel;
  GtkWidget       *report;
};

G_DEFINE_FINAL_TYPE (QuarryOperationsRow, quarry_operations_row, GTK_TYPE_LIST_BOX_ROW)

static char *
describe_outcome (QuarryOperationsRow *self)
{
  QuarryReport *report = quarry_operation_get_report (self->operation);
  const guint n_lost = quarry_report_get_n_issues (report, QUARRY_ISSUE_LOSS);

  switch (quarry_operation_get_state (self->operation))
    {
    case QUARRY_OPERATION_DONE:
      return n_lost == 0 ? g_strdup (_("Done"))
                         : g_strdup_printf (ngettext ("Done; %u thing was left out", "Done; %u things were left out", n_lost), n_lost);
    case QUARRY_OPERATION_FAILED:
      return g_strdup (quarry_operation_get_error (self->operation)->message);
    case QUARRY_OPERATION_CANCELLED:
      return g_strdup (_("Cancelled"));
    case QUARRY_OPERATION_READY:
    case QUARRY_OPERATION_RUNNING:
    default:
      return quarry_operation_dup_detail (self->operation);
    }
}

static void
update_cb (QuarryOperation *operation, GParamSpec *pspec, gpointer user_data)
{
  QuarryOperationsRow *self = user_data;
  const gboolean running = quarry_operation_get_state (operation) <= QUARRY_OPERATION_RUNNING;
  const gboolean has_report = quarry_report_get_n_issues (quarry_operation_get_report (operation), QUARRY_ISSUE_NOTE) > 0;
  const double fraction = quarry_operation_get_fraction (operation);
  g_autofree char *text = describe_outcome (self);

  gtk_label_set_text (self->detail, text != NULL ? text : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->detail), text);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), running);
  gtk_widget_set_visible (self->cancel, running);
  gtk_widget_set_visible (self->report, !running && has_report);
  if (fraction >= 0)
    gtk_progress_bar_set_fraction (self->progress, fraction);
  else
    gtk_progress_bar_pulse (self->progress);
  if (quarry_operation_get_state (operation) == QUARRY_OPERATION_FAILED)
    gtk_widget_add_css_class (GTK_WIDGET (self->detail), "error");
}

static void
cancel_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  quarry_operation_cancel (QUARRY_OPERATIONS_ROW (widget)->operation);
}

static void
report_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryOperationsRow *self = QUARRY_OPERATIONS_ROW (widget);
  GtkRoot *root = gtk_widget_get_root (widget);

  quarry_report_dialog_present (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, quarry_operation_get_title (self->operation),
                                quarry_operation_get_report (self->operation), NULL);
}

static void
quarry_operations_row_dispose (GObject *object)
{
  QuarryOperationsRow *self = QUARRY_OPERATIONS_ROW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), QUARRY_TYPE_OPERATIONS_ROW);
  g_clear_object (&self->operation);
  G_OBJECT_CLASS (quarry_operations_row_parent_class)->dispose (object);
}

static void
quarry_operations_row_class_init (QuarryOperationsRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = quarry_operations_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-operations-row.ui");
  gtk_widget_class_bind_template_child (widget_class, QuarryOperationsRow, title);
  gtk_widget_class_bind_template_child (widget_class, QuarryOperationsRow, detail);
  gtk_widget_class_bind_template_child (widget_class, QuarryOperationsRow, progress);
  gtk_widget_class_bind_template_child (widget_class, QuarryOperationsRow, cancel);
  gtk_widget_class_bind_template_child (widget_class, QuarryOperationsRow, report);
  gtk_widget_class_install_action (widget_class, "operation.cancel", NULL, cancel_cb);
  gtk_widget_class_install_action (widget_class, "operation.report", NULL, report_cb);
}

static void
quarry_operations_row_init (QuarryOperationsRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
quarry_operations_row_new (QuarryOperation *operation)
{
  QuarryOperationsRow *self = g_object_new (QUARRY_TYPE_OPERATIONS_ROW, NULL);

  self->operation = g_object_ref (operation);
  gtk_label_set_text (self->title, quarry_operation_get_title (operation));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), quarry_operation_get_title (operation));
  g_signal_connect_object (operation, "notify", G_CALLBACK (update_cb), self, 0);
  update_cb (operation, NULL, self);
  return GTK_WIDGET (self);
}

char *
quarry_operations_row_dup_text (QuarryOperationsRow *self)
{
  g_return_val_if_fail (QUARRY_IS_OPERATIONS_ROW (self), NULL);
  return g_strdup (gtk_label_get_text (self->detail));
}
