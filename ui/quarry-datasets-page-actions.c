/* quarry-datasets-page-actions.c: what can be done with a dataset
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Menus, buttons and tests take the same road: actions. Short edits go to the session's edit thread; freezing hashes every
 * label of the dataset and is an operation.
 */

#include "config.h"
#include "quarry-datasets-page-private.h"
#include "quarry-export-dialog.h"
#include "quarry-format.h"
#include "quarry-navigation.h"
#include "quarry-prompt.h"
#include "quarry-push-dialog.h"
#include "quarry-split-dialog.h"

#include <glib/gi18n.h>

typedef struct
{
  QuarryCatalog *catalog;
  QuarryId       dataset;    /* 0 none yet */
  char          *text;       /* name or note, nullable */
  GArray        *frames;     /* QuarryId, nullable */
} DatasetEdit;

static void
dataset_edit_free (gpointer data)
{
  DatasetEdit *edit = data;

  g_clear_pointer (&edit->frames, g_array_unref);
  g_object_unref (edit->catalog);
  g_free (edit->text);
  g_free (edit);
}

/* What an edit is about: the selected frames, or all that the query finds where none is selected */
static GArray *
dup_frames (QuarryDatasetsPage *self)
{
  QuarrySelectionModel *selection = quarry_session_get_selection (self->session);
  const GArray *found = NULL;

  if (quarry_selection_model_get_n_selected (selection) > 0)
    return quarry_selection_model_dup_ids (selection);
  found = quarry_frame_model_get_ids (quarry_session_get_frames (self->session));
  return g_array_append_vals (g_array_new (FALSE, FALSE, sizeof (QuarryId)), found->data, found->len);
}

static DatasetEdit *
dataset_edit_new (QuarryDatasetsPage *self, const char *text, gboolean with_frames)
{
  DatasetEdit *edit = g_new0 (DatasetEdit, 1);
  QuarryDataset *dataset = quarry_datasets_page_get_dataset (self);

  edit->catalog = g_object_ref (quarry_session_get_catalog (self->session));
  edit->dataset = dataset != NULL ? dataset->id : 0;
  edit->text = g_strdup (text);
  edit->frames = with_frames ? dup_frames (self) : NULL;
  return edit;
}

static gboolean
create_in_thread (QuarryCatalog *catalog, gpointer data, char **out_what, GError **error)
{
  DatasetEdit *edit = data;

  return quarry_catalog_create_dataset (catalog, edit->text, "", edit->frames, error) != 0;
}

static gboolean
rename_in_thread (QuarryCatalog *catalog, gpointer data, char **out_what, GError **error)
{
  DatasetEdit *edit = data;

  return quarry_catalog_rename_dataset (catalog, edit->dataset, edit->text, error);
}

static gboolean
delete_in_thread (QuarryCatalog *catalog, gpointer data, char **out_what, GError **error)
{
  DatasetEdit *edit = data;

  return quarry_catalog_delete_dataset (catalog, edit->dataset, error);
}

/* Says what really came or went: frames may be in the dataset already, or not in it at all */
static gboolean
change_frames (QuarryCatalog *catalog, DatasetEdit *edit, gboolean add, char **out_what, GError **error)
{
  g_autoptr(QuarryDataset) before = quarry_catalog_find_dataset (catalog, edit->text, error);
  g_autoptr(QuarryDataset) after = NULL;
  g_autofree char *frames = NULL;

  if (before == NULL ||
      !(add ? quarry_catalog_dataset_add (catalog, edit->dataset, edit->frames, error)
            : quarry_catalog_dataset_remove (catalog, edit->dataset, edit->frames, error)))
    return FALSE;
  after = quarry_catalog_find_dataset (catalog, edit->text, NULL);
  frames = quarry_format_frames (after != NULL ? ABS (after->n_frames - before->n_frames) : edit->frames->len);
  g_free (*out_what);
  *out_what = add ? g_strdup_printf (_("Added %s to “%s”"), frames, edit->text) :
                    g_strdup_printf (_("Removed %s from “%s”"), frames, edit->text);
  return TRUE;
}

static gboolean
add_in_thread (QuarryCatalog *catalog, gpointer data, char **out_what, GError **error)
{
  return change_frames (catalog, data, TRUE, out_what, error);
}

static gboolean
remove_in_thread (QuarryCatalog *catalog, gpointer data, char **out_what, GError **error)
{
  return change_frames (catalog, data, FALSE, out_what, error);
}

static void
new_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryDatasetsPage *self = QUARRY_DATASETS_PAGE (widget);
  const guint n_selected = quarry_selection_model_get_n_selected (quarry_session_get_selection (self->session));
  const guint n_found = quarry_frame_model_get_n (quarry_session_get_frames (self->session));
  g_autofree char *frames = quarry_format_frames (n_selected > 0 ? n_selected : n_found);
  g_autofree char *body = n_selected > 0 ? g_strdup_printf (_("It begins with what is selected in the grid: %s."), frames) :
                                           g_strdup_printf (_("It begins with what the query finds now: %s."), frames);
  const QuarryPrompt prompt = {
    .heading = _("New Dataset"), .body = body, .label = _("Name"), .accept = _("C_reate"), .action = "datasets.create",
  };

  quarry_prompt_present (widget, &prompt);
}

static void
create_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryDatasetsPage *self = QUARRY_DATASETS_PAGE (widget);
  const char *text = g_variant_get_string (parameter, NULL);
  DatasetEdit *edit = dataset_edit_new (self, text, TRUE);
  g_autofree char *frames = quarry_format_frames (edit->frames->len);
  g_autofree char *what = g_strdup_printf (_("Made dataset “%s” with %s"), text, frames);

  quarry_datasets_page_select (self, text);
  quarry_session_edit (self->session, what, create_in_thread, edit, dataset_edit_free);
}

static void
rename_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryDatasetsPage *self = QUARRY_DATASETS_PAGE (widget);
  QuarryDataset *dataset = quarry_datasets_page_get_dataset (self);
  const char *text = g_variant_get_string (parameter, NULL);
  g_autofree char *what = NULL;

  if (dataset == NULL || g_str_equal (dataset->name, text))
    return;
  what = g_strdup_printf (_("Renamed “%s” to “%s”"), dataset->name, text);
  quarry_session_edit (self->session, what, rename_in_thread, dataset_edit_new (self, text, FALSE), dataset_edit_free);
  quarry_datasets_page_select (self, text);
}

static void
delete_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryDatasetsPage *self = QUARRY_DATASETS_PAGE (widget);
  QuarryDataset *dataset = quarry_datasets_page_get_dataset (self);
  g_autofree char *what = NULL;

  if (dataset == NULL)
    return;
  what = g_strdup_printf (_("Deleted dataset “%s”"), dataset->name);
  quarry_session_edit (self->session, what, delete_in_thread, dataset_edit_new (self, NULL, FALSE), dataset_edit_free);
}

static void
frames_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryDatasetsPage *self = QUARRY_DATASETS_PAGE (widget);
  QuarryDataset *dataset = quarry_datasets_page_get_dataset (self);
  const gboolean add = g_str_equal (name, "datasets.add-frames");

  if (dataset != NULL)
    quarry_session_edit (self->session, dataset->name, add ? add_in_thread : remove_in_thread,
                         dataset_edit_new (self, dataset->name, TRUE), dataset_edit_free);
}

static void
show_frames_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryDatasetsPage *self = QUARRY_DATASETS_PAGE (widget);

  if (self->selected != NULL)
    quarry_navigate_query (widget, self->session, QUARRY_FIELD_DATASET, self->selected);
}

/* The empty split is what is in none of them */
static void
show_split_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryDatasetsPage *self = QUARRY_DATASETS_PAGE (widget);
  const char *split = g_variant_get_string (parameter, NULL);
  g_autofree char *dataset = self->selected != NULL ? quarry_query_narrow ("", QUARRY_FIELD_DATASET, self->selected) : NULL;
  g_autofree char *text = NULL;

  if (dataset == NULL)
    return;
  text = *split != '\0' ? quarry_query_narrow (dataset, QUARRY_FIELD_SPLIT, split) : g_strdup_printf ("%s -split:*", dataset);
  quarry_session_set_query_text (self->session, text);
  quarry_navigate (widget, QUARRY_PAGE_GRID);
}

/* --- versions --- */

static gboolean
freeze_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  DatasetEdit *edit = data;

  return quarry_catalog_freeze_dataset (edit->catalog, edit->dataset, edit->text, error) != 0;
}

static void
freeze_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryDataset *dataset = quarry_datasets_page_get_dataset (QUARRY_DATASETS_PAGE (widget));
  g_autofree char *heading = NULL;
  const char *body = _("Keeps its frames and splits as they are now, under a number, for good. Labels are covered by its hash, not copied.");

  if (dataset == NULL)
    return;
  heading = g_strdup_printf (_("Freeze “%s” as Version %d"), dataset->name, dataset->last_version + 1);
  quarry_prompt_present (widget, &(QuarryPrompt) { .heading = heading, .body = body, .label = _("Note"),
                                                   .accept = _("_Freeze"), .may_be_empty = TRUE, .action = "datasets.freeze-as" });
}

static void
frozen_cb (QuarryOperation *operation, GParamSpec *pspec, QuarryDatasetsPage *self)
{
  if (quarry_operation_get_state (operation) == QUARRY_OPERATION_DONE && self->session != NULL)
    quarry_session_edited (self->session, g_object_get_data (G_OBJECT (operation), "what"));
}

static void
freeze_as_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryDatasetsPage *self = QUARRY_DATASETS_PAGE (widget);
  QuarryDataset *dataset = quarry_datasets_page_get_dataset (self);
  g_autofree char *title = NULL;
  g_autoptr(QuarryOperation) operation = NULL;

  if (dataset == NULL)
    return;
  title = g_strdup_printf (_("Freeze %s"), dataset->name);
  operation = quarry_operation_new (title);
  g_object_set_data_full (G_OBJECT (operation), "what",
                          g_strdup_printf (_("Froze “%s” as version %d"), dataset->name, dataset->last_version + 1), g_free);
  g_signal_connect_object (operation, "notify::state", G_CALLBACK (frozen_cb), self, 0);
  quarry_session_run (self->session, operation, freeze_in_thread,
                      dataset_edit_new (self, g_variant_get_string (parameter, NULL), FALSE), dataset_edit_free);
}

/* --- dialogs --- */

static GtkWindow *
get_window (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

static void
split_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryDatasetsPage *self = QUARRY_DATASETS_PAGE (widget);
  QuarryDataset *dataset = quarry_datasets_page_get_dataset (self);

  if (dataset != NULL)
    quarry_split_dialog_present (self->session, get_window (widget), dataset);
}

static void
export_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryDatasetsPage *self = QUARRY_DATASETS_PAGE (widget);
  QuarryDataset *dataset = quarry_datasets_page_get_dataset (self);

  if (dataset != NULL)
    quarry_export_dialog_present (self->session, get_window (widget), dataset,
                                  parameter != NULL ? g_variant_get_int32 (parameter) : 0);
}

typedef struct
{
  QuarrySession *session;
  GtkWindow     *parent;      /* weak */
} Pushing;

static void
frames_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Pushing *pushing = user_data;
  g_autoptr(QuarrySession) session = pushing->session;
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) frames = g_task_propagate_pointer (G_TASK (result), &error);
  GtkWindow *parent = pushing->parent;

  g_clear_weak_pointer (&pushing->parent);
  if (frames == NULL)
    quarry_session_failed (session, error->message);
  else if (parent != NULL)
    quarry_push_dialog_present (session, parent, frames);
}

static void
list_frames_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  DatasetEdit *list = task_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) rows = quarry_catalog_list_dataset_frames (list->catalog, list->dataset, 0, &error);
  GArray *frames = NULL;

  if (rows == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  frames = g_array_sized_new (FALSE, FALSE, sizeof (QuarryId), rows->len);
  for (guint i = 0; i < rows->len; i++)
    g_array_append_val (frames, ((QuarryDatasetFrame *) rows->pdata[i])->frame);
  g_task_return_pointer (task, frames, (GDestroyNotify) g_array_unref);
}

static void
push_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryDatasetsPage *self = QUARRY_DATASETS_PAGE (widget);
  QuarryDataset *dataset = quarry_datasets_page_get_dataset (self);
  g_autoptr(GTask) task = NULL;
  Pushing *pushing = NULL;

  if (dataset == NULL)
    return;
  pushing = g_new0 (Pushing, 1);
  pushing->session = g_object_ref (self->session);
  g_set_weak_pointer (&pushing->parent, get_window (widget));
  task = g_task_new (NULL, NULL, frames_listed_cb, pushing);
  g_task_set_source_tag (task, push_action);
  g_task_set_task_data (task, dataset_edit_new (self, NULL, FALSE), dataset_edit_free);
  quarry_session_run_task (self->session, task, list_frames_in_thread);
}

void
quarry_datasets_page_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "datasets.new", NULL, new_action);
  gtk_widget_class_install_action (widget_class, "datasets.create", "s", create_action);
  gtk_widget_class_install_action (widget_class, "datasets.rename", "s", rename_action);
  gtk_widget_class_install_action (widget_class, "datasets.delete", NULL, delete_action);
  gtk_widget_class_install_action (widget_class, "datasets.add-frames", NULL, frames_action);
  gtk_widget_class_install_action (widget_class, "datasets.remove-frames", NULL, frames_action);
  gtk_widget_class_install_action (widget_class, "datasets.show-frames", NULL, show_frames_action);
  gtk_widget_class_install_action (widget_class, "datasets.show-split", "s", show_split_action);
  gtk_widget_class_install_action (widget_class, "datasets.split", NULL, split_action);
  gtk_widget_class_install_action (widget_class, "datasets.freeze", NULL, freeze_action);
  gtk_widget_class_install_action (widget_class, "datasets.freeze-as", "s", freeze_as_action);
  gtk_widget_class_install_action (widget_class, "datasets.export", NULL, export_action);
  gtk_widget_class_install_action (widget_class, "datasets.export-version", "i", export_action);
  gtk_widget_class_install_action (widget_class, "datasets.push", NULL, push_action);
}
