/* quarry-report-dialog.c: what a finished operation did and what it could not carry
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-report-dialog.h"
#include "quarry-format.h"
#include "quarry-ui-resources.h"

#include <glib/gi18n.h>

#define ISSUES_AT_MOST 200      /* the rest is in the text that Copy gives */

struct _QuarryReportDialog
{
  AdwWindow            parent_instance;
  char                *folder;      /* nullable */
  char                *text;
  guint                n_issues;

  AdwStatusPage       *status;
  AdwPreferencesGroup *issues;
  GtkWidget           *open;
};

G_DEFINE_FINAL_TYPE (QuarryReportDialog, quarry_report_dialog, ADW_TYPE_WINDOW)

static void
add_issue (QuarryReportDialog *self, const QuarryIssue *issue)
{
  static const char * const icons[] = {
    [QUARRY_ISSUE_NOTE] = "dialog-information-symbolic",
    [QUARRY_ISSUE_LOSS] = "dialog-warning-symbolic",
    [QUARRY_ISSUE_SKIPPED] = "action-unavailable-symbolic",
  };
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name (icons[issue->level]);
  g_autofree char *valid = g_utf8_make_valid (issue->path != NULL ? issue->path : "", -1);
  g_autofree char *where = issue->place != NULL ? g_strdup_printf ("%s: %s", valid, issue->place) : g_strdup (valid);
  g_autofree char *subtitle = g_markup_escape_text (where, -1);
  g_autofree char *title = g_markup_escape_text (issue->message, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 3);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 2);
  gtk_widget_set_tooltip_text (icon, quarry_issue_level_name (issue->level));
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_preferences_group_add (self->issues, row);
}

/* The counts stand first in the report's text, one a line, before any issue */
static char *
dup_counts (const char *text)
{
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr(GPtrArray) counts = g_ptr_array_new ();

  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0' && g_ascii_isdigit (*lines[i]); i++)
    g_ptr_array_add (counts, lines[i]);
  g_ptr_array_add (counts, NULL);
  return g_strjoinv (" · ", (char **) counts->pdata);
}

static void
show_report (QuarryReportDialog *self, const char *title, QuarryReport *report)
{
  g_autoptr(GPtrArray) issues = quarry_report_dup_issues (report);
  const guint n_worse = quarry_report_get_n_issues (report, QUARRY_ISSUE_LOSS);
  g_autofree char *counts = NULL;
  g_autofree char *shown = NULL;

  self->text = quarry_report_to_text (report);
  self->n_issues = issues->len;
  counts = dup_counts (self->text);
  shown = g_markup_escape_text (counts, -1);
  adw_status_page_set_title (self->status, title);
  adw_status_page_set_description (self->status, shown);
  adw_status_page_set_icon_name (self->status, n_worse > 0 ? "dialog-warning-symbolic" : "emblem-ok-symbolic");
  for (guint i = 0; i < MIN (issues->len, ISSUES_AT_MOST); i++)
    add_issue (self, issues->pdata[i]);
  gtk_widget_set_visible (GTK_WIDGET (self->issues), issues->len > 0);
  if (issues->len > 0)
    {
      g_autofree char *n = quarry_format_count (issues->len);
      g_autofree char *heading = g_strdup_printf (ngettext ("%s Remark", "%s Remarks", issues->len), n);

      adw_preferences_group_set_title (self->issues, heading);
    }
  if (issues->len > ISSUES_AT_MOST)
    adw_preferences_group_set_description (self->issues, _("The first 200; Copy Report gives all of them."));
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), QUARRY_REPORT_DIALOG (widget)->text);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryReportDialog *self = QUARRY_REPORT_DIALOG (widget);
  g_autofree char *uri = self->folder != NULL ? g_filename_to_uri (self->folder, NULL, NULL) : NULL;

  if (uri != NULL)
    gtk_show_uri (GTK_WINDOW (self), uri, GDK_CURRENT_TIME);
}

static void
quarry_report_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), QUARRY_TYPE_REPORT_DIALOG);
  G_OBJECT_CLASS (quarry_report_dialog_parent_class)->dispose (object);
}

static void
quarry_report_dialog_finalize (GObject *object)
{
  g_free (QUARRY_REPORT_DIALOG (object)->folder);
  g_free (QUARRY_REPORT_DIALOG (object)->text);
  G_OBJECT_CLASS (quarry_report_dialog_parent_class)->finalize (object);
}

static void
quarry_report_dialog_class_init (QuarryReportDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = quarry_report_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = quarry_report_dialog_finalize;
  g_resources_register (quarry_ui_get_resource ());
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-report-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, QuarryReportDialog, status);
  gtk_widget_class_bind_template_child (widget_class, QuarryReportDialog, issues);
  gtk_widget_class_bind_template_child (widget_class, QuarryReportDialog, open);
  gtk_widget_class_install_action (widget_class, "report.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "report.open-folder", NULL, open_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
quarry_report_dialog_init (QuarryReportDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * quarry_report_dialog_present:
 * @parent: (nullable)
 * @title: what was done: "Exported “night”"
 * @folder: (nullable): what Open Folder shows
 *
 * Returns: (transfer none): the dialog, which is shown
 */
GtkWidget *
quarry_report_dialog_present (GtkWindow    *parent,
                              const char   *title,
                              QuarryReport *report,
                              const char   *folder)
{
  QuarryReportDialog *self = NULL;

  g_return_val_if_fail (QUARRY_IS_REPORT (report), NULL);

  self = g_object_new (QUARRY_TYPE_REPORT_DIALOG, "transient-for", parent, NULL);
  self->folder = g_strdup (folder);
  gtk_widget_set_visible (self->open, folder != NULL);
  show_report (self, title, report);
  gtk_window_present (GTK_WINDOW (self));
  return GTK_WIDGET (self);
}

guint
quarry_report_dialog_get_n_issues (QuarryReportDialog *self)
{
  g_return_val_if_fail (QUARRY_IS_REPORT_DIALOG (self), 0);

  return self->n_issues;
}
