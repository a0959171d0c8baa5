/* quarry-window-files.c: folders into the catalog: chosen, dropped, or the demo
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-window-private.h"
#include "quarry-demo.h"
#include "quarry-format.h"
#include "quarry-import-dialog.h"
#include "quarry-prompt.h"
#include "quarry-report-dialog.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

#define IS_IMPORT "quarry-import"      /* data of an operation whose report is offered when it is done */

typedef struct
{
  QuarryCatalog      *catalog;
  char               *path;
  QuarryImportChoice *choice;      /* nullable: as it comes */
} Import;

static void
import_free (gpointer data)
{
  Import *import = data;

  g_object_unref (import->catalog);
  g_clear_pointer (&import->choice, quarry_import_choice_free);
  g_free (import->path);
  g_free (import);
}

static gboolean
import_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  const Import *import = data;

  return quarry_ingest_import (import->catalog, import->path, import->choice != NULL ? &import->choice->options : NULL, operation,
                               error) != 0;
}

static void
run_import (QuarryWindow *self, const char *title, const char *path, QuarryImportChoice *take_choice, QuarryOperationFunc func)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new (title);
  Import *import = g_new0 (Import, 1);

  *import = (Import) { g_object_ref (quarry_session_get_catalog (self->session)), g_strdup (path), take_choice };
  g_object_set_data (G_OBJECT (operation), IS_IMPORT, operation);
  quarry_session_run (self->session, operation, func, import, import_free);
}

static void
import_as (QuarryWindow *self, const char *path, QuarryImportChoice *take_choice)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *title = g_strdup_printf (_("Import “%s”"), name);

  run_import (self, title, path, take_choice, import_in_thread);
}

void
quarry_window_import (QuarryWindow *self, const char *path)
{
  import_as (self, path, NULL);
}

static void
accepted_cb (const QuarryImportChoice *choice, gpointer user_data)
{
  for (guint i = 0; choice->paths[i] != NULL; i++)
    import_as (user_data, choice->paths[i], quarry_import_choice_copy (choice));
}

/* The dialog goes with the window, so the window is there when it is accepted */
void
quarry_window_ask_import (QuarryWindow *self, const char * const *paths)
{
  quarry_import_dialog_present (self->session, GTK_WINDOW (self), paths, accepted_cb, self);
}

/* --- the demo --- */

static void
remove_folder (const char *path)
{
  g_autoptr(GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_folder (child);
    }
  g_remove (path);
}

/* Written beside and renamed when whole, so that the folder's being there means that it is whole */
static gboolean
write_demo (const char *folder, QuarryOperation *operation, GError **error)
{
  const QuarryDemoOptions options = QUARRY_DEMO_DEFAULT;
  g_autofree char *beside = g_strconcat (folder, ".new", NULL);
  g_autofree char *parent = g_path_get_dirname (folder);

  if (g_file_test (folder, G_FILE_TEST_IS_DIR))
    return TRUE;
  remove_folder (beside);
  if (g_mkdir_with_parents (parent, 0755) != 0)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot make the folder '%s': %s", parent, g_strerror (errno));
      return FALSE;
    }
  if (!quarry_demo_write (beside, &options, operation, error))
    {
      remove_folder (beside);
      return FALSE;
    }
  if (g_rename (beside, folder) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot rename '%s': %s", beside, g_strerror (errno));
  return FALSE;
}

static gboolean
demo_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  const Import *import = data;

  return write_demo (import->path, operation, error) &&
         quarry_ingest_import (import->catalog, import->path, NULL, operation, error) != 0;
}

void
quarry_window_make_demo (QuarryWindow *self)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "quarry", "demo", NULL);

  run_import (self, _("Make and import the demo site"), folder, NULL, demo_in_thread);
}

/* --- choosing and dropping --- */

static void
chosen_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  QuarryWindow *self = user_data;
  g_autoptr(GListModel) files = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog)) : NULL;
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) paths = NULL;

  for (guint i = 0; files != NULL && i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr(GFile) file = g_list_model_get_item (files, i);
      g_autofree char *path = g_file_get_path (file);

      if (path != NULL)
        g_strv_builder_add (builder, path);
    }
  g_clear_object (&self->chooser);
  paths = g_strv_builder_end (builder);
  if (*paths != NULL)
    quarry_window_ask_import (self, (const char * const *) paths);
}

static void
choose (QuarryWindow *self, const char *title, GtkFileChooserAction action)
{
  if (self->chooser != NULL)
    return;
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, _("_Open"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

void
quarry_window_choose_folder (QuarryWindow *self)
{
  choose (self, _("Import Folders"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER);
}

void
quarry_window_choose_files (QuarryWindow *self)
{
  choose (self, _("Import Recordings"), GTK_FILE_CHOOSER_ACTION_OPEN);
}

void
quarry_window_choose_uri (QuarryWindow *self)
{
  static const QuarryPrompt prompt = {
    N_("Import from S3"), N_("Credentials are taken from the environment or ~/.aws, as other tools for S3 do."), N_("s3://bucket/prefix"),
    "s3://", N_("Open"), FALSE, "win.ask-import"
  };
  const QuarryPrompt translated = { _(prompt.heading), _(prompt.body), _(prompt.label), prompt.text, _(prompt.accept), FALSE, prompt.action };

  quarry_prompt_present (GTK_WIDGET (self), &translated);
}

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, gpointer user_data)
{
  GSList *files = gdk_file_list_get_files (g_value_get_boxed (value));
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) paths = NULL;

  for (GSList *at = files; at != NULL; at = at->next)
    {
      g_autofree char *path = g_file_get_path (at->data);

      if (path != NULL)
        g_strv_builder_add (builder, path);
    }
  g_slist_free (files);
  paths = g_strv_builder_end (builder);
  if (*paths != NULL)
    quarry_window_ask_import (user_data, (const char * const *) paths);
  return *paths != NULL;
}

void
quarry_window_accept_folders (QuarryWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/* --- how it ended --- */

static void
add_details_toast (QuarryWindow *self, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);

  adw_toast_set_button_label (toast, _("Details"));
  adw_toast_set_action_name (toast, "win.operations");
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
report_cb (AdwToast *toast, gpointer user_data)
{
  QuarryOperation *operation = g_object_get_data (G_OBJECT (toast), "operation");

  quarry_report_dialog_present (user_data, quarry_operation_get_title (operation), quarry_operation_get_report (operation), NULL);
}

/* What an import brought is told also where nothing was left out: its report has the counts */
static void
add_report_toast (QuarryWindow *self, QuarryOperation *operation, guint n_lost)
{
  g_autofree char *frames = quarry_format_frames (quarry_report_get_count (quarry_operation_get_report (operation), "frames"));
  g_autofree char *lost = n_lost > 0 ? g_strdup_printf (ngettext (", %u thing was left out", ", %u things were left out", n_lost), n_lost) : g_strdup ("");
  g_autofree char *text = g_strdup_printf (_("%s: %s new%s"), quarry_operation_get_title (operation), frames, lost);
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);

  adw_toast_set_button_label (toast, _("Report"));
  g_object_set_data_full (G_OBJECT (toast), "operation", g_object_ref (operation), g_object_unref);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (report_cb), self, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
state_cb (QuarryOperation *operation, GParamSpec *pspec, gpointer user_data)
{
  QuarryWindow *self = user_data;
  const guint n_lost = quarry_report_get_n_issues (quarry_operation_get_report (operation), QUARRY_ISSUE_LOSS);
  g_autofree char *text = NULL;

  if (quarry_operation_get_state (operation) == QUARRY_OPERATION_FAILED)
    text = g_strdup_printf (_("%s: %s"), quarry_operation_get_title (operation), quarry_operation_get_error (operation)->message);
  else if (quarry_operation_get_state (operation) == QUARRY_OPERATION_DONE && g_object_get_data (G_OBJECT (operation), IS_IMPORT) != NULL)
    add_report_toast (self, operation, n_lost);
  else if (quarry_operation_get_state (operation) == QUARRY_OPERATION_DONE && n_lost > 0)
    text = g_strdup_printf (ngettext ("%s: %u thing was left out", "%s: %u things were left out", n_lost),
                            quarry_operation_get_title (operation), n_lost);
  if (text != NULL)
    add_details_toast (self, text);
  if (quarry_operation_get_state (operation) == QUARRY_OPERATION_DONE && g_object_get_data (G_OBJECT (operation), IS_IMPORT) != NULL)
    quarry_window_measure_health (self);
}

static void
operations_cb (GListModel *operations, guint position, guint removed, guint added, gpointer user_data)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr(QuarryOperation) operation = g_list_model_get_item (operations, i);

      g_signal_connect_object (operation, "notify::state", G_CALLBACK (state_cb), user_data, 0);
    }
}

void
quarry_window_follow_operations (QuarryWindow *self)
{
  GListModel *operations = G_LIST_MODEL (quarry_session_get_operations (self->session));

  g_signal_connect_object (operations, "items-changed", G_CALLBACK (operations_cb), self, 0);
  operations_cb (operations, 0, 0, g_list_model_get_n_items (operations), self);
}
