/* quarry-import-dialog.c: what a source holds and how it becomes frames, before it is imported
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The sources are looked at in a worker (by index, header and names only), again where another format is chosen.
 */

#include "config.h"
#include "quarry-import-dialog.h"
#include "quarry-format.h"
#include "quarry-page-reader.h"
#include "quarry-ui-resources.h"

#include <glib/gi18n.h>

typedef struct
{
  char **paths;
  char  *format;          /* nullable: guessed */
} Request;

/* One source as it was found */
typedef struct
{
  char                *path;
  QuarryIngestPreview *preview;      /* nullable: cannot be imported */
  char                *trouble;      /* why; nullable */
} Source;

struct _QuarryImportDialog
{
  AdwWindow            parent_instance;
  QuarrySession       *session;
  QuarryPageReader    *reader;
  char               **paths;
  GPtrArray           *sources;      /* Source; nullable until read */
  GPtrArray           *rows;         /* GtkWidget in one of the groups, made by the last reading; unowned */
  GPtrArray           *leaders;      /* char *: the sensors that may lead, as in the list behind the fixed choices */
  char                *copy_to;
  GtkFileChooserNative *chooser;
  QuarryImportFunc     accepted;
  gpointer             user_data;
  gboolean             ready;

  GtkSpinner          *spinner;
  AdwPreferencesGroup *source_group;
  AdwPreferencesGroup *sensors;
  AdwPreferencesGroup *frames;
  AdwComboRow         *format;
  AdwComboRow         *sync;
  AdwComboRow         *match;
  AdwActionRow        *tolerance_row;
  GtkSpinButton       *tolerance;
  AdwActionRow        *copy;
  GtkWidget           *no_copy;
};

/* The choices in front of the sensors in "A frame for each" */
enum { SYNC_DEFAULT, SYNC_NONE, N_SYNC };

enum { PROP_0, PROP_READY, N_PROPS };
static GParamSpec *properties[N_PROPS];
G_DEFINE_FINAL_TYPE (QuarryImportDialog, quarry_import_dialog, ADW_TYPE_WINDOW)

/* --- what was chosen --- */

void
quarry_import_choice_free (QuarryImportChoice *self)
{
  g_strfreev (self->paths);
  g_free (self->format);
  g_free (self->sync_sensor);
  g_free (self->copy_to);
  g_free (self);
}

QuarryImportChoice *
quarry_import_choice_copy (const QuarryImportChoice *self)
{
  QuarryImportChoice *copy = g_new0 (QuarryImportChoice, 1);

  copy->paths = g_strdupv (self->paths);
  copy->format = g_strdup (self->format);
  copy->sync_sensor = g_strdup (self->sync_sensor);
  copy->copy_to = g_strdup (self->copy_to);
  copy->options = self->options;
  copy->options.format = copy->format;
  copy->options.sync_sensor = copy->sync_sensor;
  copy->options.copy_to = copy->copy_to;
  return copy;
}

/* --- looking at the sources, in a worker --- */

static void
request_free (gpointer data)
{
  Request *request = data;

  g_strfreev (request->paths);
  g_free (request->format);
  g_free (request);
}

static void
source_free (gpointer data)
{
  Source *source = data;

  g_clear_pointer (&source->preview, quarry_ingest_preview_free);
  g_free (source->path);
  g_free (source->trouble);
  g_free (source);
}

static gpointer
read_sources (QuarryCatalog *catalog, gpointer data, GCancellable *cancellable, GError **error)
{
  const Request *request = data;
  g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func (source_free);

  for (guint i = 0; request->paths[i] != NULL; i++)
    {
      Source *source = g_new0 (Source, 1);
      g_autoptr(GError) trouble = NULL;

      g_ptr_array_add (sources, source);
      source->path = g_strdup (request->paths[i]);
      source->preview = quarry_ingest_preview (quarry_catalog_get_storage (catalog), source->path, request->format, cancellable, &trouble);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (trouble != NULL)
        source->trouble = quarry_format_sentence (trouble->message);
    }
  return g_steal_pointer (&sources);
}

static gpointer
ask_for_sources (GtkWidget *page)
{
  QuarryImportDialog *self = QUARRY_IMPORT_DIALOG (page);
  const QuarryReader * const *readers = quarry_ingest_list_readers ();
  const guint format = adw_combo_row_get_selected (self->format);
  Request *request = g_new0 (Request, 1);

  request->paths = g_strdupv (self->paths);
  request->format = format > 0 && format != GTK_INVALID_LIST_POSITION ? g_strdup (readers[format - 1]->id) : NULL;
  return request;
}

/* --- showing them --- */

static void
add_row (QuarryImportDialog *self, AdwPreferencesGroup *group, GtkWidget *row)
{
  adw_preferences_group_add (group, row);
  g_ptr_array_add (self->rows, row);
}

static GtkWidget *
new_row (const char *icon, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 3);
  adw_action_row_set_icon_name (ADW_ACTION_ROW (row), icon);
  return row;
}

static void
append_fact (GString *text, const char *take_fact)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", take_fact);
}

/* "ROS 2 bag · 2.1 GB · 1 200 frames · 4:12" */
static char *
describe_source (const Source *source)
{
  const QuarryIngestPreview *preview = source->preview;
  GString *text = g_string_new (preview->reader->name);
  gint64 start = G_MAXINT64, end = G_MININT64;

  if (preview->bytes >= 0)
    {
      g_autofree char *size = g_format_size ((guint64) preview->bytes);

      append_fact (text, size);
    }
  if (preview->n_scenes > 1)
    {
      g_autofree char *scenes = g_strdup_printf (ngettext ("%u scene", "%u scenes", (guint) preview->n_scenes), (guint) preview->n_scenes);

      append_fact (text, scenes);
    }
  if (preview->n_frames >= 0)
    {
      g_autofree char *frames = quarry_format_frames (preview->n_frames);

      append_fact (text, frames);
    }
  for (guint i = 0; i < preview->streams->len; i++)
    {
      const QuarryIngestStream *stream = preview->streams->pdata[i];

      if (stream->start_ns == QUARRY_NO_TIME || stream->end_ns == QUARRY_NO_TIME)
        continue;
      start = MIN (start, stream->start_ns);
      end = MAX (end, stream->end_ns);
    }
  if (start < end)
    {
      const gint64 seconds = (end - start) / QUARRY_NS_PER_S;
      g_autofree char *length = g_strdup_printf (_("%d:%02d min"), (int) (seconds / 60), (int) (seconds % 60));

      append_fact (text, length);
    }
  return g_string_free (text, FALSE);
}

static void
show_source (QuarryImportDialog *self, const Source *source)
{
  g_autofree char *name = g_path_get_basename (source->path);
  g_autofree char *text = source->preview != NULL ? describe_source (source) : g_strdup (source->trouble);
  GtkWidget *row = new_row (source->preview != NULL ? "folder-symbolic" : "dialog-warning-symbolic", name, text);

  gtk_widget_set_tooltip_text (row, source->path);
  if (source->preview == NULL)
    gtk_widget_add_css_class (row, "error");
  add_row (self, self->source_group, row);
  for (guint i = 0; source->preview != NULL && i < source->preview->notes->len; i++)
    add_row (self, self->source_group, new_row ("dialog-information-symbolic", source->preview->notes->pdata[i], ""));
}

/* "sensor_msgs/msg/Image · 1 200 · 10.0 Hz" */
static char *
describe_stream (const QuarryIngestStream *stream)
{
  GString *text = g_string_new (stream->type != NULL ? stream->type : "");

  if (stream->sensor != NULL && g_strcmp0 (stream->sensor, stream->name) != 0)
    append_fact (text, stream->name);
  if (stream->n >= 0)
    {
      g_autofree char *count = quarry_format_count (stream->n);

      append_fact (text, count);
    }
  if (stream->n > 1 && stream->start_ns != QUARRY_NO_TIME && stream->end_ns > stream->start_ns)
    {
      g_autofree char *rate = g_strdup_printf (_("%.1f Hz"), (double) (stream->n - 1) * (double) QUARRY_NS_PER_S /
                                                               (double) (stream->end_ns - stream->start_ns));

      append_fact (text, rate);
    }
  return g_string_free (text, FALSE);
}

static GtkWidget *
new_stream_row (const QuarryIngestStream *stream)
{
  static const char * const icons[] = { "camera-photo-symbolic", "network-wireless-symbolic", "network-wireless-signal-weak-symbolic" };
  g_autofree char *text = describe_stream (stream);

  return new_row (stream->is_sensor ? icons[stream->kind] : NULL, stream->sensor != NULL ? stream->sensor : stream->name, text);
}

/* Of all sources, each sensor name once to lead; what is no sensor is folded away */
static void
show_streams (QuarryImportDialog *self)
{
  GtkWidget *others = adw_expander_row_new ();
  g_autofree char *title = NULL;
  guint n_others = 0;

  g_object_ref_sink (others);
  for (guint i = 0; i < self->sources->len; i++)
    {
      const Source *source = self->sources->pdata[i];

      for (guint s = 0; source->preview != NULL && s < source->preview->streams->len; s++)
        {
          const QuarryIngestStream *stream = source->preview->streams->pdata[s];
          const char *name = stream->sensor != NULL ? stream->sensor : stream->name;

          if (!stream->is_sensor)
            {
              adw_expander_row_add_row (ADW_EXPANDER_ROW (others), new_stream_row (stream));
              n_others++;
              continue;
            }
          add_row (self, self->sensors, new_stream_row (stream));
          if (!g_ptr_array_find_with_equal_func (self->leaders, name, g_str_equal, NULL))
            g_ptr_array_add (self->leaders, g_strdup (name));
        }
    }
  title = g_strdup_printf (ngettext ("%u other topic", "%u other topics", n_others), n_others);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (others), title);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (others), _("Poses, calibrations and transforms are used; the rest is listed with the scene"));
  if (n_others > 0)
    add_row (self, self->sensors, others);
  g_object_unref (others);
  gtk_widget_set_visible (GTK_WIDGET (self->sensors), self->leaders->len + n_others > 0);
}

static void
show_leaders (QuarryImportDialog *self)
{
  g_autoptr(GtkStringList) list = gtk_string_list_new ((const char *[]) { _("Cloud of the first lidar, else image of the first camera"),
                                                                          _("Image and cloud by itself"), NULL });
  const guint selected = adw_combo_row_get_selected (self->sync);

  for (guint i = 0; i < self->leaders->len; i++)
    {
      g_autofree char *text = g_strdup_printf (_("One of %s"), (char *) self->leaders->pdata[i]);

      gtk_string_list_append (list, text);
    }
  adw_combo_row_set_model (self->sync, G_LIST_MODEL (list));
  if (selected < N_SYNC + self->leaders->len)       /* looked at again: what was chosen stays */
    adw_combo_row_set_selected (self->sync, selected);
  gtk_widget_set_visible (GTK_WIDGET (self->frames), self->leaders->len > 1);
}

static void
update (QuarryImportDialog *self)
{
  gboolean any = FALSE;
  const gboolean joined = adw_combo_row_get_selected (self->sync) != SYNC_NONE;

  for (guint i = 0; self->sources != NULL && i < self->sources->len; i++)
    any |= ((Source *) self->sources->pdata[i])->preview != NULL;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "import.start", any && !quarry_page_reader_is_busy (self->reader));
  gtk_widget_set_sensitive (GTK_WIDGET (self->match), joined);
  gtk_widget_set_sensitive (GTK_WIDGET (self->tolerance_row), joined);
}

static void
show_sources (GtkWidget *page, gpointer request, gpointer result)
{
  QuarryImportDialog *self = QUARRY_IMPORT_DIALOG (page);

  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *group = gtk_widget_get_ancestor (self->rows->pdata[i], ADW_TYPE_PREFERENCES_GROUP);

      adw_preferences_group_remove (ADW_PREFERENCES_GROUP (group), self->rows->pdata[i]);
    }
  g_ptr_array_set_size (self->rows, 0);
  g_ptr_array_set_size (self->leaders, 0);
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  self->sources = g_ptr_array_ref (result);
  for (guint i = 0; i < self->sources->len; i++)
    show_source (self, self->sources->pdata[i]);
  show_streams (self);
  show_leaders (self);
  if (!self->ready)
    {
      self->ready = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY]);
    }
  update (self);
}

static const QuarryReading reading = {
  N_("Cannot look at the source"), ask_for_sources, read_sources, show_sources, request_free, (GDestroyNotify) g_ptr_array_unref,
};

static void
busy_cb (QuarryImportDialog *self)
{
  gtk_spinner_set_spinning (self->spinner, quarry_page_reader_is_busy (self->reader));
  update (self);
}

static void
format_cb (QuarryImportDialog *self)
{
  quarry_page_reader_queue (self->reader);
}

static void
list_formats (QuarryImportDialog *self)
{
  const QuarryReader * const *readers = quarry_ingest_list_readers ();
  g_autoptr(GtkStringList) list = gtk_string_list_new ((const char *[]) { _("Recognized by itself"), NULL });

  for (guint i = 0; readers[i] != NULL; i++)
    gtk_string_list_append (list, readers[i]->name);
  adw_combo_row_set_model (self->format, G_LIST_MODEL (list));
}

/* --- actions --- */

static void
fill_sync (QuarryImportDialog *self, QuarryImportChoice *choice)
{
  const guint sync = adw_combo_row_get_selected (self->sync);

  if (sync == SYNC_NONE)
    choice->options.sync = QUARRY_SYNC_NONE;
  else if (sync != GTK_INVALID_LIST_POSITION && sync >= N_SYNC)
    {
      choice->options.sync = QUARRY_SYNC_SENSOR;
      choice->sync_sensor = g_strdup (self->leaders->pdata[sync - N_SYNC]);
    }
  choice->options.latest_before = adw_combo_row_get_selected (self->match) == 1;
  choice->options.tolerance_ns = (gint64) gtk_spin_button_get_value_as_int (self->tolerance) * 1000 * 1000;
}

static void
start_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryImportDialog *self = QUARRY_IMPORT_DIALOG (widget);
  const QuarryReader * const *readers = quarry_ingest_list_readers ();
  const guint format = adw_combo_row_get_selected (self->format);
  g_autoptr(GStrvBuilder) paths = g_strv_builder_new ();
  QuarryImportChoice *choice = g_new0 (QuarryImportChoice, 1);

  for (guint i = 0; i < self->sources->len; i++)
    if (((Source *) self->sources->pdata[i])->preview != NULL)
      g_strv_builder_add (paths, ((Source *) self->sources->pdata[i])->path);
  choice->paths = g_strv_builder_end (paths);
  choice->options = QUARRY_INGEST_OPTIONS_DEFAULT;
  choice->format = format > 0 ? g_strdup (readers[format - 1]->id) : NULL;
  choice->copy_to = g_strdup (self->copy_to);
  fill_sync (self, choice);
  choice->options.format = choice->format;
  choice->options.sync_sensor = choice->sync_sensor;
  choice->options.copy_to = choice->copy_to;
  self->accepted (choice, self->user_data);
  quarry_import_choice_free (choice);
  gtk_window_close (GTK_WINDOW (self));
}

static void
set_copy_to (QuarryImportDialog *self, const char *folder)
{
  g_free (self->copy_to);
  self->copy_to = g_strdup (folder);
  adw_action_row_set_subtitle (self->copy, folder != NULL ? folder : _("No: they stay in the recording"));
  gtk_widget_set_visible (self->no_copy, folder != NULL);
}

static void
copy_chosen_cb (GtkNativeDialog *chooser, int response, gpointer user_data)
{
  QuarryImportDialog *self = user_data;
  g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL)
    set_copy_to (self, path);
  g_clear_object (&self->chooser);
}

static void
copy_to_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryImportDialog *self = QUARRY_IMPORT_DIALOG (widget);

  if (parameter != NULL)
    {
      set_copy_to (self, g_variant_get_string (parameter, NULL));
      return;
    }
  if (self->chooser == NULL)
    {
      self->chooser = gtk_file_chooser_native_new (_("Copy to a Folder"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, NULL, NULL);
      gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
      g_signal_connect_object (self->chooser, "response", G_CALLBACK (copy_chosen_cb), self, 0);
    }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
no_copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  set_copy_to (QUARRY_IMPORT_DIALOG (widget), NULL);
}

/* --- the object --- */

static void
quarry_import_dialog_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  if (property_id == PROP_READY)
    g_value_set_boolean (value, QUARRY_IMPORT_DIALOG (object)->ready);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
quarry_import_dialog_dispose (GObject *object)
{
  QuarryImportDialog *self = QUARRY_IMPORT_DIALOG (object);

  g_clear_object (&self->reader);
  g_clear_object (&self->session);
  g_clear_object (&self->chooser);
  g_ptr_array_set_size (self->rows, 0);
  gtk_widget_dispose_template (GTK_WIDGET (self), QUARRY_TYPE_IMPORT_DIALOG);
  G_OBJECT_CLASS (quarry_import_dialog_parent_class)->dispose (object);
}

static void
quarry_import_dialog_finalize (GObject *object)
{
  QuarryImportDialog *self = QUARRY_IMPORT_DIALOG (object);

  g_clear_pointer (&self->sources, g_ptr_array_unref);
  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->leaders);
  g_strfreev (self->paths);
  g_free (self->copy_to);
  G_OBJECT_CLASS (quarry_import_dialog_parent_class)->finalize (object);
}

static void
quarry_import_dialog_class_init (QuarryImportDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = quarry_import_dialog_get_property;
  object_class->dispose = quarry_import_dialog_dispose;
  object_class->finalize = quarry_import_dialog_finalize;
  properties[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_resources_register (quarry_ui_get_resource ());
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-import-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, QuarryImportDialog, spinner);
  gtk_widget_class_bind_template_child_full (widget_class, "sources", FALSE, G_STRUCT_OFFSET (QuarryImportDialog, source_group));
  gtk_widget_class_bind_template_child (widget_class, QuarryImportDialog, sensors);
  gtk_widget_class_bind_template_child (widget_class, QuarryImportDialog, frames);
  gtk_widget_class_bind_template_child (widget_class, QuarryImportDialog, format);
  gtk_widget_class_bind_template_child (widget_class, QuarryImportDialog, sync);
  gtk_widget_class_bind_template_child (widget_class, QuarryImportDialog, match);
  gtk_widget_class_bind_template_child (widget_class, QuarryImportDialog, tolerance_row);
  gtk_widget_class_bind_template_child (widget_class, QuarryImportDialog, tolerance);
  gtk_widget_class_bind_template_child (widget_class, QuarryImportDialog, copy);
  gtk_widget_class_bind_template_child (widget_class, QuarryImportDialog, no_copy);
  gtk_widget_class_install_action (widget_class, "import.start", NULL, start_action);
  gtk_widget_class_install_action (widget_class, "import.copy-to", NULL, copy_to_action);
  gtk_widget_class_install_action (widget_class, "import.no-copy", NULL, no_copy_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
quarry_import_dialog_init (QuarryImportDialog *self)
{
  self->rows = g_ptr_array_new ();
  self->leaders = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * quarry_import_dialog_present:
 *
 * Returns: (transfer none): the dialog, which destroys itself when closed
 */
GtkWidget *
quarry_import_dialog_present (QuarrySession *session, GtkWindow *parent, const char * const *paths, QuarryImportFunc accepted,
                              gpointer user_data)
{
  QuarryImportDialog *self = NULL;

  g_return_val_if_fail (QUARRY_IS_SESSION (session) && paths != NULL && accepted != NULL, NULL);

  self = g_object_new (QUARRY_TYPE_IMPORT_DIALOG, "transient-for", parent, NULL);
  self->session = g_object_ref (session);
  self->paths = g_strdupv ((char **) paths);
  self->accepted = accepted;
  self->user_data = user_data;
  list_formats (self);
  self->reader = quarry_page_reader_new (GTK_WIDGET (self), session, &reading);
  g_signal_connect_object (self->reader, "notify::busy", G_CALLBACK (busy_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->format, "notify::selected", G_CALLBACK (format_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sync, "notify::selected", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  quarry_page_reader_queue (self->reader);
  gtk_window_present (GTK_WINDOW (self));
  return GTK_WIDGET (self);
}
