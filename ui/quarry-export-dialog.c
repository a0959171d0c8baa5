/* quarry-export-dialog.c: a dataset or its splits out to a training format
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The dialog closes when the work begins: the operation goes on in the window's list and ends with its report.
 */

#include "config.h"
#include "quarry-export-dialog.h"
#include "quarry-exporter.h"
#include "quarry-format.h"
#include "quarry-report-dialog.h"
#include "quarry-ui-resources.h"

#include <glib/gi18n.h>

struct _QuarryExportDialog
{
  AdwWindow            parent_instance;
  QuarrySession       *session;
  QuarryId             dataset;
  char                *name;
  int                  last_version;
  char                *folder;        /* where the new one is made */
  gboolean             named;         /* the person typed a name for the new folder */
  gboolean             naming;        /* we are writing it */
  GPtrArray           *splits;        /* GtkCheckButton, unowned; their names as data "split" */
  GPtrArray           *sets;          /* QuarryAnnotationSet */

  AdwComboRow         *format;
  AdwComboRow         *version;
  AdwComboRow         *labels;
  AdwPreferencesGroup *splits_group;
  AdwActionRow        *folder_row;
  AdwEntryRow         *folder_name;
  GtkSwitch           *copy;
};

G_DEFINE_FINAL_TYPE (QuarryExportDialog, quarry_export_dialog, ADW_TYPE_WINDOW)

typedef struct
{
  QuarryCatalog        *catalog;
  const QuarryExporter *exporter;
  QuarryExportRequest   request;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  quarry_export_request_clear (&export->request);
  g_object_unref (export->catalog);
  g_free (export);
}

static gboolean
export_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  Export *export = data;

  return quarry_export (export->catalog, export->exporter, &export->request, operation, error);
}

/* --- what is chosen --- */

static const QuarryExporter *
get_exporter (QuarryExportDialog *self)
{
  return quarry_exporter_list ()[adw_combo_row_get_selected (self->format)];
}

/* The list of versions begins with "as it is now", then newest first */
static int
get_version (QuarryExportDialog *self)
{
  const guint selected = adw_combo_row_get_selected (self->version);

  return selected == 0 ? 0 : self->last_version + 1 - (int) selected;
}

static char *
dup_target (QuarryExportDialog *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->folder_name))));

  if (*name == '\0' || strchr (name, G_DIR_SEPARATOR) != NULL)
    return NULL;
  return g_build_filename (self->folder, name, NULL);
}

static char **
dup_splits (QuarryExportDialog *self)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();
  guint n = 0;

  for (guint i = 0; i < self->splits->len; i++)
    if (gtk_check_button_get_active (self->splits->pdata[i]))
      {
        g_strv_builder_add (names, g_object_get_data (self->splits->pdata[i], "split"));
        n++;
      }
  return n == self->splits->len ? NULL : g_strv_builder_end (names);
}

static void
update (QuarryExportDialog *self)
{
  g_autofree char *target = dup_target (self);
  gboolean any = self->splits->len == 0;

  for (guint i = 0; i < self->splits->len; i++)
    any = any || gtk_check_button_get_active (self->splits->pdata[i]);
  adw_action_row_set_subtitle (self->folder_row, self->folder);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "export.start", target != NULL && any);
}

static void
propose_name (QuarryExportDialog *self)
{
  const int version = get_version (self);
  g_autofree char *at = version > 0 ? g_strdup_printf ("-v%d", version) : g_strdup ("");
  g_autofree char *name = g_strdup_printf ("%s%s-%s", self->name, at, get_exporter (self)->id);

  if (self->named)
    return;
  g_strdelimit (name, G_DIR_SEPARATOR_S " \t", '-');
  self->naming = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->folder_name), name);
  self->naming = FALSE;
}

static void
format_cb (QuarryExportDialog *self)
{
  const QuarryExporter *exporter = get_exporter (self);
  g_autofree char *what = g_markup_escape_text (exporter->what, -1);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->format), what);
  propose_name (self);
  update (self);
}

static void
name_changed_cb (QuarryExportDialog *self)
{
  if (!self->naming)
    self->named = TRUE;
  update (self);
}

/* --- actions --- */

static void
set_folder_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryExportDialog *self = QUARRY_EXPORT_DIALOG (widget);

  g_free (self->folder);
  self->folder = g_variant_dup_string (parameter, NULL);
  update (self);
}

static void
folder_chosen_cb (GtkNativeDialog *chooser, int response, QuarryExportDialog *self)
{
  g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "export.set-folder", "s", path);
  gtk_native_dialog_destroy (chooser);
  g_object_unref (chooser);
}

static void
choose_folder_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (_("Export to"), GTK_WINDOW (widget),
                                                               GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("_Choose"), NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (folder_chosen_cb), widget, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

typedef struct
{
  GtkWindow *parent;     /* weak */
  char      *title;
  char      *folder;
} Reporting;

static void
reporting_free (gpointer data, GClosure *closure)
{
  Reporting *reporting = data;

  g_clear_weak_pointer (&reporting->parent);
  g_free (reporting->title);
  g_free (reporting->folder);
  g_free (reporting);
}

static void
state_cb (QuarryOperation *operation, GParamSpec *pspec, gpointer user_data)
{
  Reporting *reporting = user_data;

  if (quarry_operation_get_state (operation) == QUARRY_OPERATION_DONE && reporting->parent != NULL)
    quarry_report_dialog_present (reporting->parent, reporting->title, quarry_operation_get_report (operation), reporting->folder);
}

static void
start_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryExportDialog *self = QUARRY_EXPORT_DIALOG (widget);
  g_autofree char *title = g_strdup_printf (_("Export %s as %s"), self->name, get_exporter (self)->name);
  g_autoptr(QuarryOperation) operation = quarry_operation_new (title);
  const guint labels = adw_combo_row_get_selected (self->labels);
  Export *export = g_new0 (Export, 1);
  Reporting *reporting = g_new0 (Reporting, 1);

  export->catalog = g_object_ref (quarry_session_get_catalog (self->session));
  export->exporter = get_exporter (self);
  export->request = (QuarryExportRequest) {
    .dataset = self->dataset, .version = get_version (self), .folder = dup_target (self), .splits = dup_splits (self),
    .set = labels > 0 && self->sets != NULL ? ((QuarryAnnotationSet *) self->sets->pdata[labels - 1])->id : 0,
    .copy = gtk_switch_get_active (self->copy),
  };
  reporting->title = g_strdup_printf (_("Exported “%s”"), self->name);
  reporting->folder = g_strdup (export->request.folder);
  g_set_weak_pointer (&reporting->parent, gtk_window_get_transient_for (GTK_WINDOW (self)));
  g_signal_connect_data (operation, "notify::state", G_CALLBACK (state_cb), reporting, reporting_free, 0);
  quarry_session_run (self->session, operation, export_in_thread, export, export_free);
  gtk_window_close (GTK_WINDOW (self));
}

/* --- filling in --- */

static void
fill_formats (QuarryExportDialog *self)
{
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);

  for (const QuarryExporter * const *exporter = quarry_exporter_list (); *exporter != NULL; exporter++)
    gtk_string_list_append (names, (*exporter)->name);
  adw_combo_row_set_model (self->format, G_LIST_MODEL (names));
}

static void
fill_versions (QuarryExportDialog *self, int version)
{
  g_autoptr(GtkStringList) names = gtk_string_list_new ((const char *[]) { _("As it is now"), NULL });

  for (int i = self->last_version; i > 0; i--)
    {
      g_autofree char *text = g_strdup_printf (_("Version %d"), i);

      gtk_string_list_append (names, text);
    }
  adw_combo_row_set_model (self->version, G_LIST_MODEL (names));
  adw_combo_row_set_selected (self->version, version > 0 ? (guint) (self->last_version + 1 - version) : 0);
}

static void
add_split (QuarryExportDialog *self, const char *split, gint64 n)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *check = gtk_check_button_new ();
  g_autofree char *frames = quarry_format_frames (n);
  g_autofree char *title = g_markup_escape_text (split, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), frames);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  g_object_set_data_full (G_OBJECT (check), "split", g_strdup (split), g_free);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  g_signal_connect_object (check, "toggled", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (self->splits_group, row);
  g_ptr_array_add (self->splits, check);
}

static void
fill_splits (QuarryExportDialog *self, const QuarryDataset *dataset)
{
  for (guint i = 0; dataset->splits != NULL && dataset->splits[i] != NULL; i++)
    add_split (self, dataset->splits[i], dataset->split_counts[i]);
  if (dataset->n_unsplit > 0 && self->splits->len > 0)
    add_split (self, "unsplit", dataset->n_unsplit);
  gtk_widget_set_visible (GTK_WIDGET (self->splits_group), self->splits->len > 0);
}

static void
fill_labels (QuarryExportDialog *self)
{
  g_autoptr(GtkStringList) names = gtk_string_list_new ((const char *[]) { _("All labels"), NULL });

  self->sets = quarry_catalog_list_sets (quarry_session_get_catalog (self->session), NULL);
  for (guint i = 0; self->sets != NULL && i < self->sets->len; i++)
    gtk_string_list_append (names, ((QuarryAnnotationSet *) self->sets->pdata[i])->name);
  adw_combo_row_set_model (self->labels, G_LIST_MODEL (names));
}

/* --- the object --- */

static void
quarry_export_dialog_dispose (GObject *object)
{
  QuarryExportDialog *self = QUARRY_EXPORT_DIALOG (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->sets, g_ptr_array_unref);
  if (self->splits != NULL)
    g_ptr_array_set_size (self->splits, 0);
  gtk_widget_dispose_template (GTK_WIDGET (self), QUARRY_TYPE_EXPORT_DIALOG);
  G_OBJECT_CLASS (quarry_export_dialog_parent_class)->dispose (object);
}

static void
quarry_export_dialog_finalize (GObject *object)
{
  QuarryExportDialog *self = QUARRY_EXPORT_DIALOG (object);

  g_ptr_array_unref (self->splits);
  g_free (self->name);
  g_free (self->folder);
  G_OBJECT_CLASS (quarry_export_dialog_parent_class)->finalize (object);
}

static void
quarry_export_dialog_class_init (QuarryExportDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = quarry_export_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = quarry_export_dialog_finalize;
  g_resources_register (quarry_ui_get_resource ());
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-export-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, QuarryExportDialog, format);
  gtk_widget_class_bind_template_child (widget_class, QuarryExportDialog, version);
  gtk_widget_class_bind_template_child (widget_class, QuarryExportDialog, labels);
  gtk_widget_class_bind_template_child (widget_class, QuarryExportDialog, splits_group);
  gtk_widget_class_bind_template_child (widget_class, QuarryExportDialog, folder_row);
  gtk_widget_class_bind_template_child (widget_class, QuarryExportDialog, folder_name);
  gtk_widget_class_bind_template_child (widget_class, QuarryExportDialog, copy);
  gtk_widget_class_install_action (widget_class, "export.choose-folder", NULL, choose_folder_action);
  gtk_widget_class_install_action (widget_class, "export.set-folder", "s", set_folder_action);
  gtk_widget_class_install_action (widget_class, "export.start", NULL, start_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
quarry_export_dialog_init (QuarryExportDialog *self)
{
  self->splits = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * quarry_export_dialog_present:
 * @version: a frozen one, or 0: as it is now
 *
 * Returns: (transfer none): the dialog, which is shown
 */
GtkWidget *
quarry_export_dialog_present (QuarrySession       *session,
                              GtkWindow           *parent,
                              const QuarryDataset *dataset,
                              int                  version)
{
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);
  QuarryExportDialog *self = NULL;
  g_autofree char *title = NULL;

  g_return_val_if_fail (QUARRY_IS_SESSION (session), NULL);
  g_return_val_if_fail (dataset != NULL, NULL);

  title = g_strdup_printf (_("Export “%s”"), dataset->name);
  self = g_object_new (QUARRY_TYPE_EXPORT_DIALOG, "transient-for", parent, "title", title, NULL);
  self->session = g_object_ref (session);
  self->dataset = dataset->id;
  self->name = g_strdup (dataset->name);
  self->last_version = dataset->last_version;
  self->folder = g_strdup (documents != NULL ? documents : g_get_home_dir ());
  fill_formats (self);
  fill_versions (self, version);
  fill_splits (self, dataset);
  fill_labels (self);
  g_signal_connect_object (self->format, "notify::selected", G_CALLBACK (format_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->version, "notify::selected", G_CALLBACK (format_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->folder_name, "changed", G_CALLBACK (name_changed_cb), self, G_CONNECT_SWAPPED);
  format_cb (self);
  gtk_window_present (GTK_WINDOW (self));
  return GTK_WIDGET (self);
}
