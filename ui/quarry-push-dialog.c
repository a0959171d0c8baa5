/* quarry-push-dialog.c: frames to an annotation vendor
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Says what will be sent before it is sent: the images of the chosen cameras are counted in a worker, frame by frame.
 */

#include "config.h"
#include "quarry-push-dialog.h"
#include "quarry-account-dialog.h"
#include "quarry-format.h"
#include "quarry-page-reader.h"
#include "quarry-report-dialog.h"
#include "quarry-ui-resources.h"
#include "quarry-vendor.h"

#include <glib/gi18n.h>

typedef struct
{
  char   *name;
  gint64  n_images;    /* of the frames to push */
} Camera;

typedef struct
{
  GPtrArray *accounts;     /* QuarryAccount */
  GPtrArray *sets;         /* QuarryAnnotationSet */
  GArray    *cameras;      /* Camera, in the order of the first frames */
} Choices;

struct _QuarryPushDialog
{
  AdwWindow            parent_instance;
  QuarrySession       *session;
  QuarryPageReader    *reader;
  GArray              *frames;       /* QuarryId */
  GPtrArray           *accounts;     /* nullable until read */
  GPtrArray           *sets;
  GPtrArray           *checks;       /* GtkCheckButton, unowned; data "camera": Camera */
  gboolean             ready;

  GtkStack            *stack;
  GtkSpinner          *spinner;
  AdwComboRow         *account;
  AdwEntryRow         *job_name;
  AdwComboRow         *labels;
  AdwPreferencesGroup *cameras;
  GtkLabel            *summary;
  GtkLabel            *missing;
};

enum { PROP_0, PROP_READY, N_PROPS };
static GParamSpec *properties[N_PROPS];
G_DEFINE_FINAL_TYPE (QuarryPushDialog, quarry_push_dialog, ADW_TYPE_WINDOW)

static void
camera_clear (gpointer data)
{
  g_free (((Camera *) data)->name);
}

static void
camera_free (gpointer data)
{
  camera_clear (data);
  g_free (data);
}

static void
choices_free (gpointer data)
{
  Choices *choices = data;

  g_clear_pointer (&choices->accounts, g_ptr_array_unref);
  g_clear_pointer (&choices->sets, g_ptr_array_unref);
  g_clear_pointer (&choices->cameras, g_array_unref);
  g_free (choices);
}

static void
count_image (GArray *cameras, const char *name)
{
  Camera camera = { NULL, 1 };

  for (guint i = 0; i < cameras->len; i++)
    if (g_str_equal (g_array_index (cameras, Camera, i).name, name))
      {
        g_array_index (cameras, Camera, i).n_images++;
        return;
      }
  camera.name = g_strdup (name);
  g_array_append_val (cameras, camera);
}

static gboolean
count_images (QuarryCatalog *catalog, GArray *frames, GArray *cameras, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < frames->len; i++)
    {
      g_autoptr(GPtrArray) media = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      media = quarry_catalog_list_media (catalog, g_array_index (frames, QuarryId, i), error);
      if (media == NULL)
        return FALSE;
      for (guint j = 0; j < media->len; j++)
        {
          const QuarryMedia *item = media->pdata[j];

          if (item->kind == QUARRY_SENSOR_CAMERA)
            count_image (cameras, item->sensor_name);
        }
    }
  return TRUE;
}

static gpointer
read_choices (QuarryCatalog *catalog, gpointer request, GCancellable *cancellable, GError **error)
{
  Choices *choices = g_new0 (Choices, 1);

  choices->cameras = g_array_new (FALSE, FALSE, sizeof (Camera));
  g_array_set_clear_func (choices->cameras, camera_clear);
  choices->accounts = quarry_catalog_list_accounts (catalog, error);
  if (choices->accounts != NULL)
    choices->sets = quarry_catalog_list_sets (catalog, error);
  if (choices->sets == NULL || !count_images (catalog, request, choices->cameras, cancellable, error))
    g_clear_pointer (&choices, choices_free);
  return choices;
}

/* --- what is chosen --- */

static void
update (QuarryPushDialog *self)
{
  g_autoptr(GString) missing = g_string_new (NULL);
  g_autofree char *frames = quarry_format_frames (self->frames->len);
  g_autofree char *images_count = NULL;
  g_autofree char *images = NULL;
  g_autofree char *summary = NULL;
  gint64 n_images = 0;

  for (guint i = 0; i < self->checks->len; i++)
    {
      const Camera *camera = g_object_get_data (self->checks->pdata[i], "camera");
      g_autofree char *lacking = quarry_format_frames ((gint64) self->frames->len - camera->n_images);

      if (!gtk_check_button_get_active (self->checks->pdata[i]))
        continue;
      n_images += camera->n_images;
      if (camera->n_images < (gint64) self->frames->len)
        g_string_append_printf (missing, _("%s%s without an image from %s"), missing->len > 0 ? "\n" : "", lacking, camera->name);
    }
  images_count = quarry_format_count (n_images);
  images = g_strdup_printf (ngettext ("%s image", "%s images", (gulong) n_images), images_count);
  summary = g_strdup_printf (_("%s, %s to send"), frames, images);
  gtk_label_set_text (self->summary, summary);
  gtk_label_set_text (self->missing, missing->str);
  gtk_widget_set_visible (GTK_WIDGET (self->missing), missing->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "push.start",
                                 self->ready && n_images > 0 && self->accounts != NULL && self->accounts->len > 0);
}

static void
add_camera (QuarryPushDialog *self, const Camera *camera)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *check = gtk_check_button_new ();
  g_autofree char *count = quarry_format_count (camera->n_images);
  g_autofree char *images = g_strdup_printf (ngettext ("%s image", "%s images", (gulong) camera->n_images), count);
  Camera *copy = g_new0 (Camera, 1);

  *copy = (Camera) { g_strdup (camera->name), camera->n_images };
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), camera->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), images);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  g_object_set_data_full (G_OBJECT (check), "camera", copy, camera_free);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  g_signal_connect_object (check, "toggled", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (self->cameras, row);
  g_ptr_array_add (self->checks, check);
}

static void
show_accounts (QuarryPushDialog *self, GPtrArray *accounts)
{
  const guint selected = adw_combo_row_get_selected (self->account);
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);

  g_clear_pointer (&self->accounts, g_ptr_array_unref);
  self->accounts = g_ptr_array_ref (accounts);
  for (guint i = 0; i < accounts->len; i++)
    gtk_string_list_append (names, ((QuarryAccount *) accounts->pdata[i])->name);
  adw_combo_row_set_model (self->account, G_LIST_MODEL (names));
  if (selected < accounts->len)
    adw_combo_row_set_selected (self->account, selected);
  gtk_stack_set_visible_child_name (self->stack, accounts->len > 0 ? "form" : "no-account");
}

static void
show_sets (QuarryPushDialog *self, GPtrArray *sets)
{
  g_autoptr(GtkStringList) names = gtk_string_list_new ((const char *[]) { _("None"), NULL });

  self->sets = g_ptr_array_ref (sets);
  for (guint i = 0; i < sets->len; i++)
    gtk_string_list_append (names, ((QuarryAnnotationSet *) sets->pdata[i])->name);
  adw_combo_row_set_model (self->labels, G_LIST_MODEL (names));
}

/* The first reading fills everything; later ones only bring accounts that were added meanwhile */
static void
show_choices (GtkWidget *page, gpointer request, gpointer result)
{
  QuarryPushDialog *self = QUARRY_PUSH_DIALOG (page);
  Choices *choices = result;

  if (!self->ready || self->accounts->len != choices->accounts->len)
    show_accounts (self, choices->accounts);
  if (!self->ready)
    {
      show_sets (self, choices->sets);
      for (guint i = 0; i < choices->cameras->len; i++)
        add_camera (self, &g_array_index (choices->cameras, Camera, i));
      self->ready = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY]);
    }
  update (self);
}

static gpointer
ask_for_frames (GtkWidget *page)
{
  return g_array_ref (QUARRY_PUSH_DIALOG (page)->frames);
}

static const QuarryReading reading = {
  N_("Cannot count the images"), ask_for_frames, read_choices, show_choices, (GDestroyNotify) g_array_unref, choices_free,
};

static void
busy_cb (QuarryPushDialog *self)
{
  gtk_spinner_set_spinning (self->spinner, quarry_page_reader_is_busy (self->reader));
}

/* --- sending --- */

typedef struct
{
  QuarryCatalog     *catalog;
  QuarryPushRequest  request;
} Push;

static void
push_free (gpointer data)
{
  Push *push = data;

  quarry_push_request_clear (&push->request);
  g_object_unref (push->catalog);
  g_free (push);
}

static gboolean
push_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  Push *push = data;

  return quarry_vendor_push (push->catalog, &push->request, operation, error) != 0;
}

static char **
dup_cameras (QuarryPushDialog *self)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();
  guint n = 0;

  for (guint i = 0; i < self->checks->len; i++)
    if (gtk_check_button_get_active (self->checks->pdata[i]))
      {
        g_strv_builder_add (names, ((Camera *) g_object_get_data (self->checks->pdata[i], "camera"))->name);
        n++;
      }
  return n == self->checks->len ? NULL : g_strv_builder_end (names);
}

static void
weak_clear (gpointer data, GClosure *closure)
{
  GtkWindow **parent = data;

  g_clear_weak_pointer (parent);
  g_free (parent);
}

/* All sent: nothing to say. Something left out: its list */
static void
state_cb (QuarryOperation *operation, GParamSpec *pspec, gpointer user_data)
{
  GtkWindow **parent = user_data;
  QuarryReport *report = quarry_operation_get_report (operation);

  if (quarry_operation_get_state (operation) == QUARRY_OPERATION_DONE && *parent != NULL &&
      quarry_report_get_n_issues (report, QUARRY_ISSUE_LOSS) > 0)
    quarry_report_dialog_present (*parent, quarry_operation_get_title (operation), report, NULL);
}

static void
start_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryPushDialog *self = QUARRY_PUSH_DIALOG (widget);
  const QuarryAccount *account = self->accounts->pdata[adw_combo_row_get_selected (self->account)];
  const guint labels = adw_combo_row_get_selected (self->labels);
  g_autofree char *job = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->job_name))));
  g_autofree char *title = g_strdup_printf (_("Push %s to %s"), *job != '\0' ? job : _("frames"), account->name);
  g_autoptr(QuarryOperation) operation = quarry_operation_new (title);
  Push *push = g_new0 (Push, 1);
  GtkWindow **parent = g_new0 (GtkWindow *, 1);

  push->catalog = g_object_ref (quarry_session_get_catalog (self->session));
  push->request.account = g_strdup (account->name);
  push->request.job_name = *job != '\0' ? g_strdup (job) : NULL;
  push->request.frames = g_array_ref (self->frames);
  push->request.sensors = dup_cameras (self);
  push->request.set = labels > 0 ? ((QuarryAnnotationSet *) self->sets->pdata[labels - 1])->id : 0;
  g_set_weak_pointer (parent, gtk_window_get_transient_for (GTK_WINDOW (self)));
  g_signal_connect_data (operation, "notify::state", G_CALLBACK (state_cb), parent, weak_clear, 0);
  quarry_session_run (self->session, operation, push_in_thread, push, push_free);
  gtk_window_close (GTK_WINDOW (self));
}

static void
add_account_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  quarry_account_dialog_present (QUARRY_PUSH_DIALOG (widget)->session, GTK_WINDOW (widget));
}

/* --- the object --- */

static void
quarry_push_dialog_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  if (property_id == PROP_READY)
    g_value_set_boolean (value, QUARRY_PUSH_DIALOG (object)->ready);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
quarry_push_dialog_dispose (GObject *object)
{
  QuarryPushDialog *self = QUARRY_PUSH_DIALOG (object);

  g_clear_object (&self->reader);
  g_clear_object (&self->session);
  g_ptr_array_set_size (self->checks, 0);
  gtk_widget_dispose_template (GTK_WIDGET (self), QUARRY_TYPE_PUSH_DIALOG);
  G_OBJECT_CLASS (quarry_push_dialog_parent_class)->dispose (object);
}

static void
quarry_push_dialog_finalize (GObject *object)
{
  QuarryPushDialog *self = QUARRY_PUSH_DIALOG (object);

  g_clear_pointer (&self->frames, g_array_unref);
  g_clear_pointer (&self->accounts, g_ptr_array_unref);
  g_clear_pointer (&self->sets, g_ptr_array_unref);
  g_ptr_array_unref (self->checks);
  G_OBJECT_CLASS (quarry_push_dialog_parent_class)->finalize (object);
}

static void
quarry_push_dialog_class_init (QuarryPushDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = quarry_push_dialog_get_property;
  object_class->dispose = quarry_push_dialog_dispose;
  object_class->finalize = quarry_push_dialog_finalize;
  properties[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_resources_register (quarry_ui_get_resource ());
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-push-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, QuarryPushDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, QuarryPushDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, QuarryPushDialog, account);
  gtk_widget_class_bind_template_child (widget_class, QuarryPushDialog, job_name);
  gtk_widget_class_bind_template_child (widget_class, QuarryPushDialog, labels);
  gtk_widget_class_bind_template_child (widget_class, QuarryPushDialog, cameras);
  gtk_widget_class_bind_template_child (widget_class, QuarryPushDialog, summary);
  gtk_widget_class_bind_template_child (widget_class, QuarryPushDialog, missing);
  gtk_widget_class_install_action (widget_class, "push.start", NULL, start_action);
  gtk_widget_class_install_action (widget_class, "push.add-account", NULL, add_account_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
quarry_push_dialog_init (QuarryPushDialog *self)
{
  self->checks = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static char *
propose_job_name (guint n_frames)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%d");
  g_autofree char *frames = quarry_format_frames (n_frames);

  return g_strdup_printf ("%s · %s", date, frames);
}

/**
 * quarry_push_dialog_present:
 * @frames: (transfer none): QuarryId of the frames to push; must not change afterwards
 *
 * Returns: (transfer none): the dialog, which is shown
 */
GtkWidget *
quarry_push_dialog_present (QuarrySession *session,
                            GtkWindow     *parent,
                            GArray        *frames)
{
  QuarryPushDialog *self = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (QUARRY_IS_SESSION (session), NULL);
  g_return_val_if_fail (frames != NULL, NULL);

  self = g_object_new (QUARRY_TYPE_PUSH_DIALOG, "transient-for", parent, NULL);
  self->session = g_object_ref (session);
  self->frames = g_array_ref (frames);
  name = propose_job_name (frames->len);
  gtk_editable_set_text (GTK_EDITABLE (self->job_name), name);
  self->reader = quarry_page_reader_new (GTK_WIDGET (self), session, &reading);
  g_signal_connect_object (self->reader, "notify::busy", G_CALLBACK (busy_cb), self, G_CONNECT_SWAPPED);
  update (self);
  gtk_window_present (GTK_WINDOW (self));
  return GTK_WIDGET (self);
}
