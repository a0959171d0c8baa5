/* quarry-reader-kitti-raw.c: KITTI raw drives
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   2011_09_26/calib_cam_to_cam.txt calib_velo_to_cam.txt calib_imu_to_velo.txt
 *   2011_09_26/2011_09_26_drive_0001_sync/
 *     image_00 … image_03, velodyne_points, oxts (each with data/ and timestamps.txt)
 *     tracklet_labels.xml
 *
 * A drive is a scene, wherever in the source it lies; names may be in capitals. Of a "sync" drive
 * the files of one number are a frame; of an "extract", where each sensor counts for itself, the
 * pictures nearest in time to those of the first camera. The body frame is the IMU's where it is
 * calibrated, else the velodyne's. A frame's time is the velodyne's (when it looks forward), else
 * its first camera's.
 */

#include "config.h"
#include "quarry-ingest.h"
#include "quarry-kitti-raw.h"

#include <string.h>
#include <stdlib.h>
#include <jansson.h>

#define MAX_DEPTH 3
#define MAX_TRACKLETS (256u << 20)
/* Of *_extract: pictures farther apart are no frame; cameras run at 10 Hz */
#define TOLERANCE_NS (40 * 1000 * 1000)
#define N_STREAMS (QUARRY_KITTI_N_CAMERAS + 1)
#define VELODYNE QUARRY_KITTI_N_CAMERAS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

extern const QuarryReader quarry_reader_kitti_raw;

static const char * const stream_names[N_STREAMS] = { "image_00", "image_01", "image_02",
                                                      "image_03", "velodyne_points" };
static const char * const sensor_names[N_STREAMS] = { "image_00", "image_01", "image_02",
                                                      "image_03", "velodyne" };

typedef struct
{
  guint64  number;
  gint64   stamp_ns;     /* QUARRY_NO_TIME unknown */
  char    *path;
} File;

typedef struct
{
  GArray   *files;       /* File, by number */
  QuarryId  sensor;      /* 0 until needed */
} Stream;

typedef struct
{
  QuarryIngest             *ingest;
  const char               *folder;
  const char               *prefix;         /* of external ids */
  QuarryId                  scene;
  gboolean                  extract;
  Stream                    streams[N_STREAMS];
  QuarryKittiRawCalibration calibration;
  GArray                   *tracklets;      /* QuarryKittiTracklet, nullable */
  GHashTable *by_frame; /* frame number → GArray of guint, indexes into tracklets; nullable */
} Drive;

/* A sub-folder by its name, whatever its capitals. Returns: (transfer full) (nullable) */
static char *
find_child (const char *folder, const char *wanted)
{
  g_autofree char *plain = g_build_filename (folder, wanted, NULL);
  g_autoptr(GDir) dir = NULL;
  const char *name = NULL;

  if (g_file_test (plain, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&plain);
  dir = g_dir_open (folder, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_ascii_strcasecmp (name, wanted) == 0)
      return g_build_filename (folder, name, NULL);
  return NULL;
}

static gboolean
is_drive (const char *folder)
{
  for (int i = 0; i < N_STREAMS; i++)
    {
      g_autofree char *child = find_child (folder, stream_names[i]);

      if (child != NULL && quarry_ingest_has_folder (child, "data"))
        return TRUE;
    }
  return FALSE;
}

static gboolean
find_drive (const char *folder, int depth)
{
  g_autoptr(GDir) dir = NULL;
  const char *name = NULL;

  if (is_drive (folder))
    return TRUE;
  dir = depth < MAX_DEPTH ? g_dir_open (folder, 0, NULL) : NULL;
  for (int i = 0; dir != NULL && i < 200 && (name = g_dir_read_name (dir)) != NULL; i++)
    {
      g_autofree char *child = g_build_filename (folder, name, NULL);

      if (name[0] != '.' && g_file_test (child, G_FILE_TEST_IS_DIR) &&
          find_drive (child, depth + 1))
        return TRUE;
    }
  return FALSE;
}

static int
probe (const char *path)
{
  return find_drive (path, 0) ? 75 : 0;
}

static void
file_clear (gpointer data)
{
  g_free (((File *) data)->path);
}

static gboolean
has_extension (const char *name, const char * const *extensions)
{
  const char *dot = strrchr (name, '.');
  g_autofree char *extension = dot != NULL ? g_ascii_strdown (dot + 1, -1) : NULL;

  return extension != NULL && g_strv_contains (extensions, extension);
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  const guint64 x = ((const File *) a)->number;
  const guint64 y = ((const File *) b)->number;

  return (x > y) - (x < y);
}

static void
list_stream (Drive *drive, int index)
{
  static const char * const pictures[] = { "png", "jpg", "jpeg", NULL };
  static const char * const clouds[] = { "bin", "pcd", NULL };
  Stream *stream = &drive->streams[index];
  g_autofree char *folder = find_child (drive->folder, stream_names[index]);
  g_autofree char *data = folder != NULL ? g_build_filename (folder, "data", NULL) : NULL;
  g_autofree char *stamps_path = folder != NULL ? g_build_filename (folder, "timestamps.txt", NULL)
                                                : NULL;
  g_autoptr(GPtrArray) entries = NULL;
  g_autoptr(GArray) stamps = NULL;
  guint n_text = 0;

  stream->files = g_array_new (FALSE, TRUE, sizeof (File));
  g_array_set_clear_func (stream->files, file_clear);
  if (data == NULL || !g_file_test (data, G_FILE_TEST_IS_DIR))
    return;
  entries = quarry_ingest_list_folder (drive->ingest, data);
  stamps = quarry_kitti_read_stamps (drive->ingest, stamps_path);
  for (guint i = 0; i < entries->len; i++)
    {
      QuarryIngestEntry *entry = entries->pdata[i];
      File file = { g_ascii_strtoull (entry->name, NULL, 10), QUARRY_NO_TIME, NULL };

      n_text += g_str_has_suffix (entry->name, ".txt");
      if (entry->is_folder || !g_ascii_isdigit (entry->name[0]) ||
          !has_extension (entry->name, index == VELODYNE ? clouds : pictures))
        continue;
      if (stamps != NULL && file.number < stamps->len)
        file.stamp_ns = g_array_index (stamps, gint64, file.number);
      file.path = g_steal_pointer (&entry->path);
      g_array_append_val (stream->files, file);
    }
  g_array_sort (stream->files, compare_files);
  if (n_text > 0)
    quarry_ingest_skip (drive->ingest, data, NULL,
                        "%u clouds as text are not read, only .bin and .pcd", n_text);
}

static const File *
find_number (const Stream *stream, guint64 number)
{
  const File key = { .number = number };

  return stream->files->len == 0 ? NULL
                                 : bsearch (&key, stream->files->data, stream->files->len,
                                            sizeof (File), compare_files);
}

/* The file nearest in time. Returns: (nullable): NULL where none is near */
static const File *
find_nearest (const Stream *stream, gint64 stamp_ns)
{
  const File *best = NULL;

  for (guint i = 0; i < stream->files->len; i++)
    {
      const File *file = &g_array_index (stream->files, File, i);

      if (file->stamp_ns != QUARRY_NO_TIME && ABS (file->stamp_ns - stamp_ns) <= TOLERANCE_NS &&
          (best == NULL || ABS (file->stamp_ns - stamp_ns) < ABS (best->stamp_ns - stamp_ns)))
        best = file;
    }
  return best;
}

/* The numbers of all frames: of any stream; of an "extract" of the first stream that has any */
static GArray *
list_numbers (const Drive *drive)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (int i = 0; i < N_STREAMS && !(drive->extract && numbers->len > 0); i++)
    for (guint k = 0; k < drive->streams[i].files->len; k++)
      {
        const guint64 number = g_array_index (drive->streams[i].files, File, k).number;

        if (g_hash_table_add (seen, g_memdup2 (&number, sizeof number)))
          g_array_append_val (numbers, number);
      }
  g_array_sort (numbers, compare_files);      /* a File begins with its number */
  return numbers;
}

static void
find_files (const Drive *drive, guint64 number, const File **out)
{
  const File *first = NULL;

  for (int i = 0; i < N_STREAMS; i++)
    {
      if (!drive->extract || first == NULL || first->stamp_ns == QUARRY_NO_TIME)
        out[i] = find_number (&drive->streams[i], number);
      else
        out[i] = find_nearest (&drive->streams[i], first->stamp_ns);
      if (first == NULL)
        first = out[i];
    }
}

static gboolean
read_tracklets (Drive *drive)
{
  g_autofree char *path = g_build_filename (drive->folder, "tracklet_labels.xml", NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *xml = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return FALSE;
  xml = quarry_ingest_read_text (drive->ingest, path, MAX_TRACKLETS, &error);
  drive->tracklets = xml != NULL ? quarry_kitti_parse_tracklets (xml, path, &error) : NULL;
  if (drive->tracklets == NULL)
    {
      quarry_ingest_skip_error (drive->ingest, path, error);
      return FALSE;
    }
  drive->by_frame = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);
  for (guint i = 0; i < drive->tracklets->len; i++)
    {
      const gpointer frame = GUINT_TO_POINTER (
          g_array_index (drive->tracklets, QuarryKittiTracklet, i).frame);
      GArray *indexes = g_hash_table_lookup (drive->by_frame, frame);

      if (indexes == NULL)
        {
          indexes = g_array_new (FALSE, FALSE, sizeof (guint));
          g_hash_table_insert (drive->by_frame, frame, indexes);
        }
      g_array_append_val (indexes, i);
    }
  return TRUE;
}

static char *
make_attributes (const QuarryKittiTracklet *tracklet)
{
  g_autoptr(json_t) root = json_pack ("{s:i, s:i, s:i}", "state", tracklet->state, "occlusion",
                                       tracklet->occlusion, "truncation", tracklet->truncation);
  char *text = json_dumps (root, JSON_COMPACT | JSON_SORT_KEYS);
  char *copy = g_strdup (text);

  (free) (text);
  return copy;
}

static void
free_annotation (gpointer data)
{
  quarry_annotation_free (data);
}

static gboolean
add_tracklets (Drive *drive, guint64 number, QuarryFrameDraft *draft, GError **error)
{
  const gpointer frame = GUINT_TO_POINTER ((guint) number);
  g_autofree char *file = g_build_filename (drive->folder, "tracklet_labels.xml", NULL);
  GArray *indexes = drive->by_frame != NULL ? g_hash_table_lookup (drive->by_frame, frame) : NULL;

  if (indexes == NULL)
    return TRUE;
  draft->annotations = g_ptr_array_new_with_free_func (free_annotation);
  for (guint i = 0; i < indexes->len; i++)
    {
      const QuarryKittiTracklet *tracklet = &g_array_index (drive->tracklets, QuarryKittiTracklet,
                                                            g_array_index (indexes, guint, i));
      g_autofree char *id = g_strdup_printf ("%stracklet %u/%s", drive->prefix, tracklet->tracklet,
                                             draft->key);
      g_autofree char *place = g_strdup_printf ("tracklet %u, frame %u", tracklet->tracklet,
                                                tracklet->frame);
      g_autoptr(GError) fault = NULL;
      QuarryCuboid cuboid = tracklet->cuboid;
      QuarryAnnotation *annotation = NULL;

      cuboid.body_from_cuboid = quarry_pose_multiply (&drive->calibration.body_from_velodyne,
                                                      &tracklet->cuboid.body_from_cuboid);
      quarry_pose_normalize (&cuboid.body_from_cuboid);
      annotation = quarry_annotation_new_cuboid (tracklet->class_name, id, &cuboid);
      annotation->track = g_strdup_printf ("%stracklet %u", drive->prefix, tracklet->tracklet);
      annotation->attributes = make_attributes (tracklet);
      if (quarry_annotation_check (annotation, &fault))
        g_ptr_array_add (draft->annotations, annotation);
      else
        {
          quarry_ingest_skip (drive->ingest, file, place, "%s", fault->message);
          quarry_annotation_free (annotation);
        }
    }
  g_hash_table_remove (drive->by_frame, frame);
  draft->set = draft->annotations->len > 0 ? quarry_ingest_label_set (drive->ingest, error) : 0;
  return draft->annotations->len == 0 || draft->set != 0;
}

static QuarryId
get_sensor (Drive *drive, int index, GError **error)
{
  Stream *stream = &drive->streams[index];

  if (stream->sensor == 0)
    stream->sensor = quarry_ingest_sensor (
        drive->ingest, drive->scene, sensor_names[index],
        index == VELODYNE ? QUARRY_SENSOR_LIDAR : QUARRY_SENSOR_CAMERA, error);
  return stream->sensor;
}

static gboolean
calibrate (Drive *drive, int index, QuarryMedia *media, GError **error)
{
  QuarryCalibration own = { .body_from_sensor = drive->calibration.body_from_velodyne };

  if (index != VELODYNE)
    {
      own = drive->calibration.cameras[index];
      if (!own.has_camera)
        return TRUE;
      own.camera.width = media->width;
      own.camera.height = media->height;
      quarry_camera_prepare (&own.camera);
    }
  media->calibration_id = quarry_ingest_calibration (drive->ingest, media->sensor, &own, error);
  return media->calibration_id != 0;
}

static gboolean
add_media (Drive *drive, int index, const File *file, gboolean known, QuarryFrameDraft *draft,
           GError **error)
{
  const QuarryId sensor = get_sensor (drive, index, error);
  QuarryMedia *media = NULL;

  if (sensor == 0)
    return FALSE;
  if (known)
    media = quarry_ingest_known_media (drive->ingest, sensor, file->path);
  else if (index == VELODYNE)
    media = quarry_ingest_cloud (drive->ingest, sensor, 0, file->path,
                                 g_str_has_suffix (file->path, ".pcd") ? "pcd" : "kitti-bin",
                                 file->stamp_ns);
  else
    media = quarry_ingest_image (drive->ingest, sensor, 0, file->path, file->stamp_ns);
  if (media == NULL)
    return TRUE;
  g_ptr_array_add (draft->media, media);
  return known || calibrate (drive, index, media, error);
}

static gboolean
read_frame (Drive *drive, guint64 number, GError **error)
{
  g_autofree char *key = g_strdup_printf ("%010" G_GUINT64_FORMAT, number);
  const File *files[N_STREAMS];
  gint64 stamp_ns = QUARRY_NO_TIME;
  QuarryFrameDraft *draft = NULL;
  guint n_media = 0;
  gboolean known;

  find_files (drive, number, files);
  for (int i = N_STREAMS - 1; i >= 0; i--)
    n_media += files[i] != NULL;
  if (!drive->extract && files[VELODYNE] != NULL)
    stamp_ns = files[VELODYNE]->stamp_ns;
  for (int i = 0; i < N_STREAMS && stamp_ns == QUARRY_NO_TIME; i++)
    if (files[i] != NULL)
      stamp_ns = files[i]->stamp_ns;
  known = quarry_ingest_is_known (drive->ingest, drive->scene, key, n_media);
  draft = quarry_frame_draft_new (drive->scene, key, stamp_ns);
  for (int i = 0; i < N_STREAMS; i++)
    if (files[i] != NULL && !add_media (drive, i, files[i], known, draft, error))
      {
        quarry_frame_draft_free (draft);
        return FALSE;
      }
  if (draft->media->len == 0)
    {
      quarry_frame_draft_free (draft);
      return !quarry_ingest_is_cancelled (drive->ingest, error);
    }
  if (!add_tracklets (drive, number, draft, error))
    {
      quarry_frame_draft_free (draft);
      return FALSE;
    }
  return quarry_ingest_frame (drive->ingest, draft, error);
}

static gboolean
read_poses (Drive *drive, GError **error)
{
  g_autofree char *folder = find_child (drive->folder, "oxts");
  g_autoptr(GArray) trajectory = folder != NULL ? quarry_kitti_read_oxts (drive->ingest, folder)
                                                 : NULL;

  if (trajectory == NULL || trajectory->len == 0)
    return TRUE;
  if (drive->calibration.has_imu)
    return quarry_ingest_poses (drive->ingest, drive->scene, trajectory, error);
  quarry_ingest_skip (drive->ingest, folder, NULL,
                      "the poses are the IMU's, whose place on the machine is not known");
  return TRUE;
}

static gboolean
read_frames (Drive *drive, const char *key, GError **error)
{
  g_autofree char *name = g_path_get_basename (drive->folder);
  g_autoptr(GArray) numbers = list_numbers (drive);
  GHashTableIter iter;
  gpointer frame = NULL;

  if (numbers->len == 0)
    return TRUE;
  drive->scene = quarry_ingest_scene (drive->ingest, key, name, error);
  if (drive->scene == 0 || !read_poses (drive, error))
    return FALSE;
  for (guint i = 0; i < numbers->len; i++)
    {
      quarry_ingest_progress (drive->ingest, i, numbers->len, name);
      if (!read_frame (drive, g_array_index (numbers, guint64, i), error))
        return FALSE;
    }
  if (drive->by_frame == NULL)
    return TRUE;
  g_hash_table_iter_init (&iter, drive->by_frame);
  for (guint n = 0; g_hash_table_iter_next (&iter, &frame, NULL) && n == 0; n++)
    {
      g_autofree char *file = g_build_filename (drive->folder, "tracklet_labels.xml", NULL);

      quarry_ingest_skip (drive->ingest, file, NULL,
                          "labels of %u frames that are not there, frame %u one of them",
                          g_hash_table_size (drive->by_frame), GPOINTER_TO_UINT (frame));
    }
  return TRUE;
}

/* @key: the folder's path below the source, "" for the source itself */
static gboolean
read_drive (QuarryIngest *ingest, const char *folder, const char *key, GError **error)
{
  g_autofree char *prefix = key[0] != 0 ? g_strconcat (key, "/", NULL) : g_strdup ("");
  Drive drive = { .ingest = ingest, .folder = folder, .prefix = prefix };
  gboolean done;

  drive.extract = g_str_has_suffix (folder, "_extract");
  for (int i = 0; i < N_STREAMS; i++)
    list_stream (&drive, i);
  quarry_kitti_raw_calibration_read (ingest, folder, !drive.extract, &drive.calibration);
  read_tracklets (&drive);
  done = read_frames (&drive, key, error);
  for (int i = 0; i < N_STREAMS; i++)
    g_array_unref (drive.streams[i].files);
  g_clear_pointer (&drive.tracklets, g_array_unref);
  g_clear_pointer (&drive.by_frame, g_hash_table_unref);
  return done;
}

static gboolean
read_folder (QuarryIngest *ingest, const char *folder, const char *key, int depth, GError **error)
{
  g_autoptr(GPtrArray) entries = NULL;

  if (is_drive (folder))
    return read_drive (ingest, folder, key, error);
  entries = quarry_ingest_list_folder (ingest, folder);
  for (guint i = 0; i < entries->len; i++)
    {
      const QuarryIngestEntry *entry = entries->pdata[i];
      g_autofree char *below = key[0] != 0 ? g_build_filename (key, entry->name, NULL)
                                           : g_strdup (entry->name);

      if (entry->is_folder && depth < MAX_DEPTH && g_utf8_validate (below, -1, NULL) &&
          !read_folder (ingest, entry->path, below, depth + 1, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_kitti_raw (QuarryIngest *ingest, GError **error)
{
  return read_folder (ingest, quarry_ingest_get_path (ingest), "", 0, error);
}

const QuarryReader quarry_reader_kitti_raw = {
  .id = "kitti-raw",
  .name = "KITTI raw drives",
  .what = "folders with image_00 … image_03, velodyne_points, oxts, tracklet_labels.xml and "
          "calib_*.txt beside",
  .probe = probe,
  .read = read_kitti_raw,
};
