/* quarry-kitti-sequence.c: numbered files in a folder for each sensor, with one calibration: KITTI tracking and odometry
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A frame is the files of one number, with the key that their names have in front of the ending.
 */

#include "config.h"
#include "quarry-kitti-sequence.h"

#include <stdlib.h>
#include <string.h>

#define N_PARTS QUARRY_KITTI_SEQUENCE_PARTS

/* The files of one number; absent ones are NULL */
typedef struct
{
  guint64  number;
  char    *key;
  char    *paths[N_PARTS];
} Item;

static void
item_clear (gpointer data)
{
  Item *item = data;

  g_free (item->key);
  for (int i = 0; i < N_PARTS; i++)
    g_free (item->paths[i]);
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const guint64 x = ((const Item *) a)->number;
  const guint64 y = ((const Item *) b)->number;

  return (x > y) - (x < y);
}

/* Returns: (transfer none) (nullable) */
const QuarryIngestEntry *
quarry_kitti_find_entry (GPtrArray *entries, const char *name, gboolean is_folder)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const QuarryIngestEntry *entry = entries->pdata[i];

      if (entry->is_folder == is_folder && g_str_equal (entry->name, name))
        return entry;
    }
  return NULL;
}

gboolean
quarry_kitti_is_number (const char *name)
{
  const gsize length = strspn (name, "0123456789");

  return length > 0 && length < 19 && name[length] == 0;
}

/* Returns: (transfer full) (nullable): "000012" of "000012.png"; NULL where it is no such file */
static char *
parse_name (const char *name, gboolean lidar)
{
  static const char * const pictures[] = { "png", "jpg", "jpeg", NULL };
  static const char * const clouds[] = { "bin", "pcd", NULL };
  const char *dot = strrchr (name, '.');
  g_autofree char *ending = dot != NULL ? g_ascii_strdown (dot + 1, -1) : NULL;
  g_autofree char *key = dot != NULL ? g_strndup (name, (gsize) (dot - name)) : NULL;

  return ending != NULL && g_strv_contains (lidar ? clouds : pictures, ending) && quarry_kitti_is_number (key)
             ? g_steal_pointer (&key) : NULL;
}

static void
list_part (QuarryKittiSequence *self, int part, GArray *items, GHashTable *by_number)
{
  g_autoptr(GPtrArray) entries = quarry_ingest_list_folder (self->ingest, self->parts[part].folder);

  for (guint i = 0; i < entries->len; i++)
    {
      QuarryIngestEntry *entry = entries->pdata[i];
      g_autofree char *key = entry->is_folder ? NULL : parse_name (entry->name, self->parts[part].projection == NULL);
      const gint64 number = key != NULL ? g_ascii_strtoll (key, NULL, 10) : 0;
      gpointer index = NULL;
      Item *item = NULL;

      if (key == NULL)
        continue;
      if (!g_hash_table_lookup_extended (by_number, &number, NULL, &index))
        {
          const Item made = { (guint64) number, g_steal_pointer (&key), { NULL } };

          index = GUINT_TO_POINTER (items->len);
          g_array_append_val (items, made);
          g_hash_table_insert (by_number, g_memdup2 (&number, sizeof number), index);
        }
      item = &g_array_index (items, Item, GPOINTER_TO_UINT (index));
      if (item->paths[part] == NULL)
        item->paths[part] = g_steal_pointer (&entry->path);
      else
        quarry_ingest_skip (self->ingest, entry->path, NULL, "number %" G_GINT64_FORMAT " is there already", number);
    }
}

/* Returns: (transfer full): Item by number */
static GArray *
list_items (QuarryKittiSequence *self)
{
  GArray *items = g_array_new (FALSE, FALSE, sizeof (Item));
  g_autoptr(GHashTable) by_number = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  g_array_set_clear_func (items, item_clear);
  for (int i = 0; i < N_PARTS; i++)
    if (self->parts[i].folder != NULL)
      list_part (self, i, items, by_number);
  g_array_sort (items, compare_items);
  return items;
}

/* A media gets its calibration where there is one. Returns: FALSE with @error for failures of the catalog only */
static gboolean
calibrate (QuarryKittiSequence *self, int part, QuarryMedia *media, GError **error)
{
  QuarryCalibration own = { .body_from_sensor = self->body_from_velodyne };
  const char *name = self->parts[part].projection;

  if (name != NULL)
    {
      const double *projection = self->has_poses ? quarry_kitti_values_get (self->values, name, 12) : NULL;
      QuarryPose camera_from_rectified, camera_from_velodyne, velodyne_from_camera;

      if (!self->has_poses)
        return TRUE;
      if (projection == NULL ||
          !quarry_kitti_camera (projection, media->width, media->height, &own.camera, &camera_from_rectified))
        {
          quarry_ingest_skip (self->ingest, self->values_path, NULL, "no %s: '%s' has no calibration", name, media->uri);
          return TRUE;
        }
      camera_from_velodyne = quarry_pose_multiply (&camera_from_rectified, &self->rectified_from_velodyne);
      velodyne_from_camera = quarry_pose_invert (&camera_from_velodyne);
      own.has_camera = TRUE;
      own.body_from_sensor = quarry_pose_multiply (&self->body_from_velodyne, &velodyne_from_camera);
    }
  media->calibration_id = quarry_ingest_calibration (self->ingest, media->sensor, &own, error);
  return media->calibration_id != 0;
}

/* @known: the frame has all its media; a cloud is looked at nevertheless, since its point labels may be new */
static gboolean
add_media (QuarryKittiSequence *self, int part, const char *path, gboolean known, gint64 stamp_ns, QuarryFrameDraft *draft,
           GError **error)
{
  const gboolean lidar = self->parts[part].projection == NULL;
  QuarryId sensor = self->parts[part].id;
  QuarryMedia *media = NULL;

  if (sensor == 0)
    sensor = quarry_ingest_sensor (self->ingest, self->scene, self->parts[part].sensor,
                                   lidar ? QUARRY_SENSOR_LIDAR : QUARRY_SENSOR_CAMERA, error);
  self->parts[part].id = sensor;
  if (sensor == 0)
    return FALSE;
  if (lidar)
    media = quarry_ingest_cloud (self->ingest, sensor, 0, path, g_str_has_suffix (path, ".pcd") ? "pcd" : "kitti-bin", stamp_ns);
  else if (known)
    media = quarry_ingest_known_media (self->ingest, sensor, path);
  else
    media = quarry_ingest_image (self->ingest, sensor, 0, path, stamp_ns);
  if (media == NULL)
    return TRUE;
  g_ptr_array_add (draft->media, media);
  return known || calibrate (self, part, media, error);
}

static gboolean
fill_frame (QuarryKittiSequence *self, const Item *item, gboolean known, QuarryFrameDraft *draft, GError **error)
{
  guint image = 0, cloud = 0;

  for (int i = 0; i < N_PARTS; i++)
    {
      const guint before = draft->media->len;

      if (item->paths[i] != NULL && !add_media (self, i, item->paths[i], known, draft->stamp_ns, draft, error))
        return FALSE;
      if (draft->media->len > before && i == 0)
        image = draft->media->len;
      if (draft->media->len > before && self->parts[i].projection == NULL)
        cloud = draft->media->len;
    }
  return draft->media->len == 0 || self->add_labels == NULL ||
         self->add_labels (self, item->number, item->key, image, cloud, draft, error);
}

static gboolean
read_item (QuarryKittiSequence *self, const Item *item, GError **error)
{
  const gint64 stamp_ns = self->stamps != NULL && item->number < self->stamps->len
                              ? g_array_index (self->stamps, gint64, item->number) : QUARRY_NO_TIME;
  QuarryFrameDraft *draft = quarry_frame_draft_new (self->scene, item->key, stamp_ns);
  guint n_media = 0;

  for (int i = 0; i < N_PARTS; i++)
    n_media += item->paths[i] != NULL;
  if (!fill_frame (self, item, quarry_ingest_is_known (self->ingest, self->scene, item->key, n_media), draft, error))
    {
      quarry_frame_draft_free (draft);
      return FALSE;
    }
  if (draft->media->len > 0)
    return quarry_ingest_frame (self->ingest, draft, error);
  quarry_frame_draft_free (draft);
  return !quarry_ingest_is_cancelled (self->ingest, error);
}

/* Makes the scene and its frames. A sequence without files leaves no trace; self->scene is 0 then */
gboolean
quarry_kitti_sequence_read (QuarryKittiSequence *self, GError **error)
{
  g_autoptr(GArray) items = list_items (self);

  if (items->len == 0)
    return TRUE;
  self->scene = quarry_ingest_scene (self->ingest, self->key, self->name, error);
  if (self->scene == 0)
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    {
      quarry_ingest_progress (self->ingest, i, items->len, self->name);
      if (!read_item (self, &g_array_index (items, Item, i), error))
        return FALSE;
    }
  return TRUE;
}

void
quarry_kitti_sequence_clear (QuarryKittiSequence *self)
{
  g_free (self->key);
  g_free (self->name);
  g_free (self->values_path);
  for (int i = 0; i < N_PARTS; i++)
    g_free (self->parts[i].folder);
  g_clear_pointer (&self->values, g_hash_table_unref);
  g_clear_pointer (&self->stamps, g_array_unref);
}

/* --- preview --- */

typedef struct
{
  gint64 n, bytes;
} Count;

/* @folders: sub-folder → Count of the files below it, in one listing of the whole */
static void
count_file (GHashTable *counts, GHashTable *scenes, const QuarryStorageEntry *entry, const char * const *folders, gboolean below)
{
  g_auto(GStrv) steps = g_strsplit (entry->name, "/", -1);
  const guint n = g_strv_length (steps);
  const guint at = n >= 2 + (guint) below ? n - 2 - (guint) below : n;
  const char *sequence = NULL;
  g_autofree char *key = NULL;
  Count *count = NULL;

  if (at >= n || !g_strv_contains (folders, steps[at]))
    return;
  sequence = below ? steps[at + 1] : at > 0 ? steps[at - 1] : "";
  key = parse_name (steps[n - 1], !g_str_has_prefix (steps[at], "image"));
  if (key == NULL)
    return;
  g_hash_table_add (scenes, g_strdup_printf ("%s/%s", below && at > 0 ? steps[at - 1] : "", sequence));
  count = g_hash_table_lookup (counts, steps[at]);
  if (count == NULL)
    {
      count = g_new0 (Count, 1);
      g_hash_table_insert (counts, g_strdup (steps[at]), count);
    }
  count->n++;
  count->bytes += MAX (entry->size, 0);
}

/* Returns: (transfer full): how many files and sequences, by names alone */
QuarryIngestPreview *
quarry_kitti_sequence_preview (QuarryStorage *storage, const char *path, const char * const *folders, gboolean below,
                               GCancellable *cancellable, GError **error)
{
  g_autoptr(GPtrArray) files = quarry_storage_list (storage, path, TRUE, cancellable, error);
  g_autoptr(GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GHashTable) scenes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  QuarryIngestPreview *self = NULL;

  if (files == NULL)
    return NULL;
  for (guint i = 0; i < files->len; i++)
    count_file (counts, scenes, files->pdata[i], folders, below);
  self = quarry_ingest_preview_new ();
  self->n_scenes = g_hash_table_size (scenes);
  self->n_frames = self->bytes = 0;
  for (guint i = 0; folders[i] != NULL; i++)
    {
      const Count *count = g_hash_table_lookup (counts, folders[i]);
      QuarryIngestStream *stream = NULL;

      if (count == NULL)
        continue;
      stream = g_new0 (QuarryIngestStream, 1);
      stream->name = g_strdup (folders[i]);
      stream->sensor = g_strdup (folders[i]);
      stream->is_sensor = TRUE;
      stream->kind = g_str_has_prefix (folders[i], "image") ? QUARRY_SENSOR_CAMERA : QUARRY_SENSOR_LIDAR;
      stream->n = count->n;
      stream->start_ns = stream->end_ns = QUARRY_NO_TIME;
      g_ptr_array_add (self->streams, stream);
      self->bytes += count->bytes;
      self->n_frames = MAX (self->n_frames, count->n);
    }
  return self;
}
