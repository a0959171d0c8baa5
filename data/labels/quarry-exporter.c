/* quarry-exporter.c: the list of formats, and the road from a dataset to a folder
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-exporter.h"
#include "quarry-export-private.h"

#include <jansson.h>
#include <string.h>

extern const QuarryExporter quarry_exporter_coco;
extern const QuarryExporter quarry_exporter_kitti;
extern const QuarryExporter quarry_exporter_csv;
extern const QuarryExporter quarry_exporter_json;

/* The one list */
static const QuarryExporter * const exporters[] = {
  &quarry_exporter_coco,
  &quarry_exporter_kitti,
  &quarry_exporter_csv,
  &quarry_exporter_json,
  NULL
};

#define UNSPLIT       "unsplit"      /* the folder of frames in no split */
#define PROGRESS_STEP 16             /* frames */

typedef struct
{
  char             *message;
  QuarryIssueLevel  level;
  guint             n;
} Loss;

G_DEFINE_QUARK (quarry-export-error-quark, quarry_export_error)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

const QuarryExporter * const *
quarry_exporter_list (void)
{
  return exporters;
}

/* Returns: (transfer none) (nullable) */
const QuarryExporter *
quarry_exporter_find (const char *id)
{
  for (guint i = 0; exporters[i] != NULL; i++)
    if (g_strcmp0 (exporters[i]->id, id) == 0)
      return exporters[i];
  return NULL;
}

void
quarry_export_request_clear (QuarryExportRequest *self)
{
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->splits, g_strfreev);
  g_clear_pointer (&self->camera, g_free);
}

void
quarry_export_frame_free (QuarryExportFrame *self)
{
  g_clear_pointer (&self->frame, quarry_frame_free);
  g_clear_pointer (&self->media, g_ptr_array_unref);
  g_clear_pointer (&self->annotations, g_ptr_array_unref);
  g_free (self);
}

/* Returns: (transfer full): NULL with @error, also where the export was cancelled */
QuarryExportFrame *
quarry_export_read_frame (QuarryExport *self, QuarryId frame, GError **error)
{
  g_autoptr(QuarryExportFrame) read = g_new0 (QuarryExportFrame, 1);

  if (quarry_operation_is_cancelled (self->operation, error) ||
      (read->frame = quarry_catalog_get_frame (self->catalog, frame, error)) == NULL ||
      (read->media = quarry_catalog_list_media (self->catalog, frame, error)) == NULL ||
      (read->annotations = quarry_catalog_list_annotations (self->catalog, frame, self->request->set, error)) == NULL)
    return NULL;
  for (guint i = 0; i < read->annotations->len; i++)
    {
      const QuarryAnnotation *annotation = read->annotations->pdata[i];

      if (!g_hash_table_contains (self->sets, &annotation->set))
        g_hash_table_add (self->sets, g_memdup2 (&annotation->set, sizeof (QuarryId)));
    }
  if (++self->done % PROGRESS_STEP == 0 || self->done == self->total)
    quarry_operation_set_progress (self->operation, self->done, self->total, read->frame->key);
  quarry_report_count (self->report, "frames", 1);
  return g_steal_pointer (&read);
}

/* What a format cannot carry: equal messages are counted and become one issue */
void
quarry_export_lose (QuarryExport *self, QuarryIssueLevel level, const char *format, ...)
{
  g_autofree char *message = NULL;
  Loss *loss = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  loss = g_hash_table_lookup (self->loss_index, message);
  if (loss == NULL)
    {
      loss = g_new0 (Loss, 1);
      loss->level = level;
      loss->message = g_steal_pointer (&message);
      g_ptr_array_add (self->losses, loss);
      g_hash_table_insert (self->loss_index, loss->message, loss);
    }
  loss->n++;
}

static void
loss_free (gpointer data)
{
  Loss *loss = data;

  g_free (loss->message);
  g_free (loss);
}

static void
report_losses (QuarryExport *self, const char *split)
{
  for (guint i = 0; i < self->losses->len; i++)
    {
      const Loss *loss = self->losses->pdata[i];

      quarry_report_add (self->report, loss->level, split, NULL, "%u × %s", loss->n, loss->message);
    }
  g_hash_table_remove_all (self->loss_index);
  g_ptr_array_set_size (self->losses, 0);
}

/* Two labels of one thing would be exported as two things */
static gboolean
report_sets (QuarryExport *self, GError **error)
{
  g_autoptr(GPtrArray) sets = NULL;
  g_autoptr(GString) names = g_string_new (NULL);

  if (g_hash_table_size (self->sets) < 2)
    return TRUE;
  sets = quarry_catalog_list_sets (self->catalog, error);
  if (sets == NULL)
    return FALSE;
  for (guint i = 0; i < sets->len; i++)
    {
      const QuarryAnnotationSet *set = sets->pdata[i];

      if (g_hash_table_contains (self->sets, &set->id))
        g_string_append_printf (names, "%s'%s'", names->len > 0 ? ", " : "", set->name);
    }
  quarry_report_add (self->report, QUARRY_ISSUE_NOTE, self->request->folder, NULL,
                     "labels of %u sets lie side by side (%s): a thing labelled in two of them appears twice; choose one set to avoid it",
                     g_hash_table_size (self->sets), names->str);
  return TRUE;
}

static gboolean
write_report (QuarryExport *self, const char *dataset, GError **error)
{
  g_autofree char *text = quarry_report_to_json (self->report);
  g_autoptr(json_t) root = json_loads (text, 0, NULL);
  g_autoptr(QuarryExportFile) file = NULL;
  g_autofree char *dump = NULL;

  json_object_set_new (root, "export", json_pack ("{s:s, s:s, s:i, s:b, s:s}", "format", self->exporter->id, "dataset", dataset,
                                                  "version", self->request->version, "copied", self->request->copy || self->request->staged,
                                                  "quarry", QUARRY_VERSION));
  dump = json_dumps (root, JSON_INDENT (1));
  file = quarry_export_file_open (self, "report.json", error);
  return file != NULL && quarry_export_file_write (file, dump, -1, error) && quarry_export_file_write (file, "\n", 1, error) &&
         quarry_export_file_close (file, error);
}

/* Scenes of different sources may have one name: the second becomes "name~2" */
static gboolean
name_scenes (QuarryExport *self, GError **error)
{
  g_autoptr(GPtrArray) scenes = quarry_catalog_list_scenes (self->catalog, error);
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (scenes == NULL)
    return FALSE;
  for (guint i = 0; i < scenes->len; i++)
    {
      const QuarryScene *scene = scenes->pdata[i];
      g_autofree char *plain = quarry_export_file_name (scene->name);
      g_autofree char *name = g_strdup (plain);

      for (guint n = 2; !g_hash_table_add (seen, g_strdup (name)); n++)
        {
          g_free (name);
          name = g_strdup_printf ("%s~%u", plain, n);
        }
      g_hash_table_insert (self->scene_folders, g_memdup2 (&scene->id, sizeof (QuarryId)), g_steal_pointer (&name));
    }
  return TRUE;
}

static void
export_clear (QuarryExport *self)
{
  g_clear_pointer (&self->classes, g_ptr_array_unref);
  g_clear_pointer (&self->loss_index, g_hash_table_unref);
  g_clear_pointer (&self->losses, g_ptr_array_unref);
  g_clear_pointer (&self->scene_folders, g_hash_table_unref);
  g_clear_pointer (&self->sets, g_hash_table_unref);
  g_clear_pointer (&self->folders, g_hash_table_unref);
  g_clear_object (&self->manifest);
  g_clear_pointer (&self->made, g_array_unref);
}

static gboolean
export_init (QuarryExport *self, GError **error)
{
  self->losses = g_ptr_array_new_with_free_func (loss_free);
  self->loss_index = g_hash_table_new (g_str_hash, g_str_equal);
  self->scene_folders = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->sets = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->made = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->classes = quarry_catalog_list_classes (self->catalog, error);
  return self->classes != NULL && name_scenes (self, error);
}

static const char *
split_of (const QuarryDatasetFrame *row)
{
  return row->split != NULL ? row->split : UNSPLIT;
}

static int
compare_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char * const *) a, *(char * const *) b);
}

/* Returns: (transfer full) (element-type utf8): the splits to write, sorted; NULL with @error where one is not there */
static GPtrArray *
choose_splits (const QuarryExportRequest *request, GPtrArray *rows, const char *dataset, GError **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) splits = g_ptr_array_new_with_free_func (g_free);
  const gboolean all = request->splits == NULL || request->splits[0] == NULL;

  for (guint i = 0; i < rows->len; i++)
    if (g_hash_table_add (seen, (gpointer) split_of (rows->pdata[i])) && all)
      g_ptr_array_add (splits, g_strdup (split_of (rows->pdata[i])));
  for (guint i = 0; !all && request->splits[i] != NULL; i++)
    {
      if (!g_hash_table_contains (seen, request->splits[i]))
        {
          g_set_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_NOTHING, "dataset '%s' has no frames in split '%s'", dataset,
                       request->splits[i]);
          return NULL;
        }
      g_ptr_array_add (splits, g_strdup (request->splits[i]));
    }
  g_ptr_array_sort (splits, compare_text);
  for (guint i = 1; i < splits->len;)
    if (g_str_equal (splits->pdata[i], splits->pdata[i - 1]))
      g_ptr_array_remove_index (splits, i);
    else
      i++;
  return g_steal_pointer (&splits);
}

static GPtrArray *
list_split (GPtrArray *rows, const char *split)
{
  GPtrArray *some = g_ptr_array_new ();

  for (guint i = 0; i < rows->len; i++)
    if (g_str_equal (split_of (rows->pdata[i]), split))
      g_ptr_array_add (some, rows->pdata[i]);
  return some;
}

static gboolean
write_splits (QuarryExport *self, GPtrArray *rows, GPtrArray *splits, GError **error)
{
  for (guint i = 0; i < splits->len; i++)
    {
      g_autoptr(GPtrArray) some = list_split (rows, splits->pdata[i]);

      self->total += some->len;
    }
  for (guint i = 0; i < splits->len; i++)
    {
      g_autoptr(GPtrArray) some = list_split (rows, splits->pdata[i]);
      g_autofree char *folder = quarry_export_file_name (splits->pdata[i]);

      if (g_str_equal (splits->pdata[i], UNSPLIT))
        quarry_report_add (self->report, QUARRY_ISSUE_NOTE, UNSPLIT, NULL, "%u frames are in no split", some->len);
      if (!self->exporter->write (self, folder, some, error))
        return FALSE;
      report_losses (self, splits->pdata[i]);
    }
  return TRUE;
}

static gboolean
find_dataset (QuarryCatalog *catalog, QuarryId id, char **out_name, GError **error)
{
  g_autoptr(GPtrArray) datasets = quarry_catalog_list_datasets (catalog, error);

  for (guint i = 0; datasets != NULL && i < datasets->len; i++)
    {
      const QuarryDataset *dataset = datasets->pdata[i];

      if (dataset->id == id)
        {
          *out_name = g_strdup (dataset->name);
          return TRUE;
        }
    }
  if (datasets != NULL)
    g_set_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_NOTHING, "there is no dataset %" G_GINT64_FORMAT, id);
  return FALSE;
}

/**
 * quarry_export:
 * @request: what, where to; the folder may be empty, missing, or an earlier export of the same format: then what is there
 *   already is used again, and what does not belong there any more is removed
 *
 * Blocking: call inside an operation. Writes report.json with the report as well.
 *
 * Returns: FALSE with QUARRY_EXPORT_ERROR, QUARRY_CATALOG_ERROR or G_IO_ERROR_CANCELLED; what is half done is finished by
 *   the same call again
 */
gboolean
quarry_export (QuarryCatalog             *catalog,
               const QuarryExporter      *exporter,
               const QuarryExportRequest *request,
               QuarryOperation           *operation,
               GError                   **error)
{
  QuarryExport self = { catalog, exporter, request, operation, quarry_operation_get_report (operation) };
  g_autoptr(GPtrArray) rows = NULL;
  g_autoptr(GPtrArray) splits = NULL;
  g_autofree char *dataset = NULL;
  gboolean done = FALSE;

  g_return_val_if_fail (request->folder != NULL, FALSE);

  if (!quarry_storage_is_local (request->folder))
    return quarry_export_remote (catalog, exporter, request, operation, error);
  g_return_val_if_fail (g_path_is_absolute (request->folder), FALSE);

  if (!find_dataset (catalog, request->dataset, &dataset, error) ||
      (rows = quarry_catalog_list_dataset_frames (catalog, request->dataset, request->version, error)) == NULL)
    return FALSE;
  if (rows->len == 0)
    {
      g_set_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_NOTHING, "dataset '%s' has no frames", dataset);
      return FALSE;
    }
  splits = choose_splits (request, rows, dataset, error);
  if (splits == NULL)
    return FALSE;
  if (request->version > 0)
    quarry_report_add (self.report, QUARRY_ISSUE_NOTE, dataset, NULL,
                       "a version keeps frames and splits; the labels are those of now");
  done = export_init (&self, error) && quarry_export_begin_folder (&self, error) && write_splits (&self, rows, splits, error) &&
         report_sets (&self, error) && write_report (&self, dataset, error) && quarry_export_end_folder (&self, error);
  export_clear (&self);
  return done;
}
