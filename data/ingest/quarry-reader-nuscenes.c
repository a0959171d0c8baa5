/* quarry-reader-nuscenes.c: nuScenes v1.0, and Lyft Level 5, whose tables are the same
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   nuscenes/ (or any name)
 *     v1.0-mini/   scene.json sample.json sample_data.json ego_pose.json calibrated_sensor.json sensor.json
 *                  sample_annotation.json instance.json category.json attribute.json visibility.json lidarseg.json
 *     samples/CAM_FRONT/…jpg, samples/LIDAR_TOP/…pcd.bin, samples/RADAR_FRONT/…pcd, sweeps/…, lidarseg/…
 *
 * The source may be that folder or one with the tables. A scene of which no file is here is left out, and named; of the others
 * each missing file is.
 */

#include "config.h"
#include "quarry-nuscenes.h"
#include "quarry-json-rows.h"

#include <string.h>

#define PROBE_ENTRIES 200
#define ROOT_TRIES 50

extern const QuarryReader quarry_reader_nuscenes;

static gboolean
has_tables (const char *folder)
{
  return quarry_ingest_has_file (folder, "sample_data.json") && quarry_ingest_has_file (folder, "calibrated_sensor.json");
}

/* "v1.0-mini", and what Lyft's are called */
static gboolean
is_tables_name (const char *name)
{
  return g_str_has_prefix (name, "v1.") || g_str_has_suffix (name, "data");
}

static gboolean
find_tables (const char *folder, int depth)
{
  g_autoptr(GDir) dir = NULL;
  const char *name = NULL;

  if (has_tables (folder))
    return TRUE;
  dir = depth < 2 ? g_dir_open (folder, 0, NULL) : NULL;
  for (int i = 0; dir != NULL && i < PROBE_ENTRIES && (name = g_dir_read_name (dir)) != NULL; i++)
    {
      g_autofree char *child = is_tables_name (name) ? g_build_filename (folder, name, NULL) : NULL;

      if (child != NULL && find_tables (child, depth + 1))
        return TRUE;
    }
  return FALSE;
}

static int
probe (const char *path)
{
  return find_tables (path, 0) ? 95 : 0;
}

/* Adds each folder with tables to @out (char *) */
static void
list_tables (QuarryStorage *storage, const char *folder, int depth, GPtrArray *out, GCancellable *cancellable)
{
  g_autoptr(GPtrArray) entries = quarry_storage_list (storage, folder, FALSE, cancellable, NULL);
  int n_known = 0;

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      const QuarryStorageEntry *entry = entries->pdata[i];

      n_known += !entry->is_folder && (g_str_equal (entry->name, "sample_data.json") || g_str_equal (entry->name, "calibrated_sensor.json"));
    }
  if (n_known == 2)
    g_ptr_array_add (out, g_strdup (folder));
  for (guint i = 0; n_known < 2 && depth < 2 && entries != NULL && i < entries->len; i++)
    {
      const QuarryStorageEntry *entry = entries->pdata[i];

      if (entry->is_folder && is_tables_name (entry->name))
        list_tables (storage, entry->uri, depth + 1, out, cancellable);
    }
}

/* Files lie beside the tables' folder, in it, or (Lyft) one higher: where the first of them that is found is */
static void
find_root (QuarryNuscenes *self)
{
  g_autofree char *above = g_path_get_dirname (self->folder);
  g_autofree char *higher = g_path_get_dirname (above);
  const char *roots[] = { above, self->folder, higher };
  const guint step = MAX (self->media->len / ROOT_TRIES, 1);

  for (guint i = 0; i < self->media->len && self->root == NULL; i += step)
    for (guint k = 0; k < G_N_ELEMENTS (roots) && self->root == NULL; k++)
      if (quarry_ingest_is_file (self->ingest, roots[k], g_array_index (self->media, QuarryNuscenesMedia, i).file))
        self->root = g_strdup (roots[k]);
  if (self->root == NULL)
    self->root = g_steal_pointer (&above);
}

static gboolean
has_any_file (QuarryNuscenes *self, const QuarryNuscenesScene *scene)
{
  for (guint i = scene->first; i < scene->first + scene->n; i++)
    if (quarry_ingest_is_file (self->ingest, self->root, g_array_index (self->media, QuarryNuscenesMedia, i).file))
      return TRUE;
  return FALSE;
}

static gboolean
make_scenes (QuarryNuscenes *self, GError **error)
{
  for (guint i = 0; i < self->scenes->len; i++)
    {
      QuarryNuscenesScene *scene = &g_array_index (self->scenes, QuarryNuscenesScene, i);

      if (!has_any_file (self, scene))
        {
          quarry_ingest_skip (self->ingest, self->root, scene->name, "none of the scene's %u files is here", scene->n);
          continue;
        }
      scene->id = quarry_ingest_scene (self->ingest, scene->text, scene->name, error);
      if (scene->id == 0 || quarry_ingest_is_cancelled (self->ingest, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_all (QuarryNuscenes *self, GError **error)
{
  if (!quarry_nuscenes_read_tables (self, error) || !quarry_nuscenes_read_media (self, error))
    return FALSE;
  find_root (self);
  if (!make_scenes (self, error) || !quarry_nuscenes_read_poses (self, error) || !quarry_nuscenes_read_labels (self, error) ||
      !quarry_nuscenes_read_lidarseg (self, error))
    return FALSE;
  for (guint i = 0; i < self->scenes->len; i++)
    {
      QuarryNuscenesScene *scene = &g_array_index (self->scenes, QuarryNuscenesScene, i);

      if (scene->id != 0 && !quarry_nuscenes_read_frames (self, scene, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_nuscenes (QuarryIngest *ingest, GError **error)
{
  g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);

  list_tables (quarry_ingest_get_storage (ingest), quarry_ingest_get_path (ingest), 0, folders, NULL);
  for (guint i = 0; i < folders->len; i++)
    {
      QuarryNuscenes self = { .ingest = ingest, .folder = g_strdup (folders->pdata[i]),
                              .sweeps = quarry_ingest_get_options (ingest)->sync != QUARRY_SYNC_DEFAULT,
                              .texts = g_string_chunk_new (1u << 16) };
      const gboolean done = read_all (&self, error);

      quarry_nuscenes_clear (&self);
      if (!done)
        return FALSE;
    }
  return TRUE;
}

/* --- preview --- */

/* Returns: the rows of a table, each by @add; what is damaged is left out */
static gint64
count_rows (QuarryStorage *storage, const char *folder, const char *name, void (*add) (QuarryIngestPreview *self, const json_t *row),
            QuarryIngestPreview *self, GCancellable *cancellable)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(QuarryJsonRows) rows = quarry_json_rows_open (storage, path, cancellable, NULL);
  QuarryJsonStep step = rows != NULL ? QUARRY_JSON_ROW : QUARRY_JSON_END;
  gint64 n = 0;

  while (step == QUARRY_JSON_ROW || step == QUARRY_JSON_ROW_BAD)
    {
      json_t *row = NULL;

      step = quarry_json_rows_next (rows, &row, NULL);
      n += step == QUARRY_JSON_ROW;
      if (step == QUARRY_JSON_ROW)
        add (self, row);
    }
  return n;
}

static void
add_scene (QuarryIngestPreview *self, const json_t *row)
{
  const json_t *n = json_object_get (row, "nbr_samples");

  if (json_is_integer (n) && json_integer_value (n) > 0 && json_integer_value (n) < G_MAXINT32)
    self->n_frames += json_integer_value (n);
}

static void
add_sensor (QuarryIngestPreview *self, const json_t *row)
{
  const char *channel = quarry_nuscenes_text (row, "channel");
  const char *modality = quarry_nuscenes_text (row, "modality");
  QuarryIngestStream *stream = NULL;

  if (channel == NULL)
    return;
  stream = g_new0 (QuarryIngestStream, 1);
  stream->name = g_strdup (channel);
  stream->type = g_strdup (modality);
  stream->sensor = g_strdup (channel);
  stream->is_sensor = TRUE;
  stream->kind = g_strcmp0 (modality, "lidar") == 0   ? QUARRY_SENSOR_LIDAR
                 : g_strcmp0 (modality, "radar") == 0 ? QUARRY_SENSOR_RADAR
                                                      : QUARRY_SENSOR_CAMERA;
  stream->n = -1;
  stream->start_ns = stream->end_ns = QUARRY_NO_TIME;
  g_ptr_array_add (self->streams, stream);
}

/* By scene.json and sensor.json, which are short */
static QuarryIngestPreview *
preview (QuarryStorage *storage, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  QuarryIngestPreview *self = quarry_ingest_preview_new ();

  list_tables (storage, path, 0, folders, cancellable);
  self->n_scenes = self->n_frames = 0;
  for (guint i = 0; i < folders->len; i++)
    {
      self->n_scenes += count_rows (storage, folders->pdata[i], "scene.json", add_scene, self, cancellable);
      if (i == 0)
        count_rows (storage, folders->pdata[i], "sensor.json", add_sensor, self, cancellable);
    }
  g_ptr_array_add (self->notes, g_strdup ("a frame is a sample; with a sync policy, sweeps become media too"));
  return self;
}

const QuarryReader quarry_reader_nuscenes = {
  .id = "nuscenes",
  .name = "nuScenes",
  .what = "a folder with v1.0-… tables (sample_data.json …), samples and sweeps; Lyft Level 5",
  .probe = probe,
  .read = read_nuscenes,
  .preview = preview,
};
