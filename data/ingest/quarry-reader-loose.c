/* quarry-reader-loose.c: loose pictures and clouds
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Folders of clouds, or of pictures and clouds, or one cloud. Which files are a scene, a sensor, a frame:
 *
 *   scene    the nearest folder above (or with) the files that has a calibration.json; else the folder above theirs, without
 *            words that only say what is in it (camera, cameras, image, images, lidar, lidars, cloud, clouds, sensors …); else,
 *            where pictures and clouds lie together or in the source itself, that folder
 *   sensor   the folder's name; where names in one folder say more than one sensor ("front_0001", "left_0001"), the name's part
 *   frame    where all names of a scene hold a time: by time, as the sync policy says; else the files whose names hold the same
 *            number, or are the same
 *
 * quarry-loose.h says how a name is read and what is in calibration.json.
 */

#include "config.h"
#include "quarry-loose.h"
#include "quarry-cloud.h"
#include "quarry-sync.h"

#include <string.h>

#define MAX_DEPTH 12
#define MAX_SENSORS 32       /* in the names of one folder */
#define PROBE_DEPTH 4
#define PROBE_ENTRIES 2000

extern const QuarryReader quarry_reader_loose;

typedef struct
{
  char           *path;
  char           *name;
  gboolean        cloud;
  QuarryLooseName parsed;
} File;

typedef struct
{
  char             *name;
  gboolean          cloud;
  GPtrArray        *files;       /* File, of the folders' lists */
  QuarryCalibration calibration;
  gboolean          calibrated;
  char             *format;      /* of its clouds; NULL until the first */
  QuarryId          id;
} Sensor;

typedef struct
{
  char      *path;
  char      *key;                /* below the source */
  gboolean   calibrated;         /* has calibration.json */
  GPtrArray *sensors;            /* Sensor */
  QuarryId   id;
} Scene;

typedef struct
{
  QuarryIngest *ingest;
  GPtrArray    *files;           /* File: owns all of them */
  GPtrArray    *scenes;          /* Scene */
  guint64       n_other;
} Walk;

static void
file_free (gpointer data)
{
  File *file = data;

  g_free (file->path);
  g_free (file->name);
  quarry_loose_name_clear (&file->parsed);
  g_free (file);
}

static void
sensor_free (gpointer data)
{
  Sensor *sensor = data;

  g_free (sensor->name);
  g_free (sensor->format);
  g_ptr_array_unref (sensor->files);
  g_free (sensor);
}

static void
scene_free (gpointer data)
{
  Scene *scene = data;

  g_free (scene->path);
  g_free (scene->key);
  g_ptr_array_unref (scene->sensors);
  g_free (scene);
}

/* --- what a file is --- */

static gboolean
is_picture (const char *name)
{
  static const char * const endings[] = { "jpg", "jpeg", "png", "bmp", "tif", "tiff", "webp", "ppm", "pgm", NULL };
  const char *dot = strrchr (name, '.');
  g_autofree char *ending = dot != NULL ? g_ascii_strdown (dot + 1, -1) : NULL;

  return ending != NULL && g_strv_contains (endings, ending);
}

static gboolean
is_cloud (const char *name)
{
  return quarry_cloud_guess_format (name, NULL, 0) != NULL;
}

/* --- probing --- */

static gboolean
find_cloud (const char *folder, int depth, int *budget)
{
  g_autoptr(GDir) dir = depth < PROBE_DEPTH ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name = NULL;

  while (dir != NULL && *budget > 0 && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      (*budget)--;
      if (name[0] == '.')
        continue;
      if (is_cloud (name) && g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return TRUE;
      if (g_file_test (path, G_FILE_TEST_IS_DIR) && find_cloud (path, depth + 1, budget))
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_calibration_below (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name = NULL;

  for (int i = 0; dir != NULL && i < 200 && (name = g_dir_read_name (dir)) != NULL; i++)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (quarry_ingest_has_file (child, "calibration.json"))
        return TRUE;
    }
  return FALSE;
}

static int
probe (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  int budget = PROBE_ENTRIES;

  if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return is_cloud (name) ? 20 : 0;
  if (quarry_ingest_has_file (path, "calibration.json") || has_calibration_below (path))
    return 60;
  return find_cloud (path, 0, &budget) ? 20 : 0;
}

/* --- which files belong together --- */

/* Strips .pcd.bin whole. Returns: (transfer full) */
static char *
get_stem (const char *name)
{
  const char *dot = g_str_has_suffix (name, ".pcd.bin") ? name + strlen (name) - 8 : strrchr (name, '.');

  return dot != NULL && dot != name ? g_strndup (name, (gsize) (dot - name)) : g_strdup (name);
}

static File *
new_file (const QuarryIngestEntry *entry)
{
  File *file = g_new0 (File, 1);
  g_autofree char *stem = get_stem (entry->name);

  file->path = g_strdup (entry->path);
  file->name = g_strdup (entry->name);
  file->cloud = !is_picture (entry->name);
  quarry_loose_name_parse (stem, &file->parsed);
  return file;
}

/* Says of a folder's files whether the rest of their names is a sensor: the same moments come again with other rests, or all
 * have times, and there are few of them */
static gboolean
names_tell_sensors (GPtrArray *files, gboolean cloud)
{
  g_autoptr(GHashTable) rests = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GHashTable) moments = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean timed = TRUE;
  guint n = 0;

  for (guint i = 0; i < files->len; i++)
    {
      File *file = files->pdata[i];

      if (file->cloud != cloud)
        continue;
      n++;
      timed &= file->parsed.stamp_ns != QUARRY_NO_TIME;
      g_hash_table_add (rests, file->parsed.rest);
      g_hash_table_add (moments, file->parsed.moment);
    }
  return g_hash_table_size (rests) > 1 && g_hash_table_size (rests) <= MAX_SENSORS && (n < 8 || g_hash_table_size (rests) * 2 <= n) &&
         (timed || g_hash_table_size (moments) < n);
}

/* Names of one sensor that hold the same moment, but are not the same, mean something else by it: then all of the name counts */
static void
settle_moments (GPtrArray *files, gboolean cloud)
{
  g_autoptr(GHashTable) stems = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);      /* moment → stem */
  gboolean ambiguous = FALSE;

  for (guint i = 0; i < files->len && !ambiguous; i++)
    {
      File *file = files->pdata[i];
      g_autofree char *stem = get_stem (file->name);
      const char *other = file->cloud == cloud ? g_hash_table_lookup (stems, file->parsed.moment) : NULL;

      ambiguous = other != NULL && !g_str_equal (stem, other);
      if (file->cloud == cloud && other == NULL)
        g_hash_table_insert (stems, file->parsed.moment, g_steal_pointer (&stem));
    }
  g_hash_table_remove_all (stems);
  for (guint i = 0; ambiguous && i < files->len; i++)
    {
      File *file = files->pdata[i];

      if (file->cloud != cloud)
        continue;
      quarry_loose_name_clear (&file->parsed);
      file->parsed = (QuarryLooseName) { QUARRY_NO_TIME, get_stem (file->name), get_stem (file->name), g_strdup ("") };
    }
}

/* What all the names have in front, up to a separator, is not the sensor's name. Returns: bytes of it */
static gsize
find_common (GPtrArray *files, gboolean cloud)
{
  const char *first = NULL;
  gsize common = 0, cut = 0;

  for (guint i = 0; i < files->len; i++)
    {
      const File *file = files->pdata[i];
      gsize n = 0;

      if (file->cloud != cloud)
        continue;
      if (first == NULL)
        {
          first = file->parsed.rest;
          common = strlen (first);
        }
      while (n < common && first[n] == file->parsed.rest[n])
        n++;
      common = n;
    }
  for (gsize i = 0; i < common; i++)
    if (strchr ("_-. ", first[i]) != NULL)
      cut = i + 1;
  return cut;
}

static Sensor *
get_sensor (Scene *scene, const char *name, gboolean cloud)
{
  Sensor *sensor = NULL;

  for (guint i = 0; i < scene->sensors->len; i++)
    {
      sensor = scene->sensors->pdata[i];
      if (g_str_equal (sensor->name, name) && sensor->cloud == cloud)
        return sensor;
    }
  sensor = g_new0 (Sensor, 1);
  sensor->name = g_strdup (name);
  sensor->cloud = cloud;
  sensor->files = g_ptr_array_new ();
  g_ptr_array_add (scene->sensors, sensor);
  return sensor;
}

static gboolean
is_kind_word (const char *name)
{
  static const char * const words[] = { "camera", "cameras", "cam", "image", "images", "img", "rgb", "picture", "pictures", "lidar", "lidars",
                                        "cloud", "clouds", "pointcloud", "pointclouds", "point_cloud", "points", "pcd", "sensor", "sensors",
                                        "data", "samples", "sweeps", "radar", NULL };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_strv_contains (words, lower);
}

/* @folder: that holds the files; @base: the scene's. Returns: (transfer full): below the scene, without a word in front that
 * only says what is in it */
static char *
name_folder (const char *base, const char *folder)
{
  const char *below = strlen (folder) > strlen (base) ? folder + strlen (base) + 1 : "";
  g_auto(GStrv) steps = g_strsplit (below, "/", -1);
  const guint n = g_strv_length (steps);
  guint first = 0;

  while (first + 1 < n && is_kind_word (steps[first]))
    first++;
  return g_strjoinv ("/", steps + first);
}

static Scene *
get_scene (Walk *walk, const char *path)
{
  const char *source = quarry_ingest_get_path (walk->ingest);
  Scene *scene = NULL;

  for (guint i = 0; i < walk->scenes->len; i++)
    if (g_str_equal (((Scene *) walk->scenes->pdata[i])->path, path))
      return walk->scenes->pdata[i];
  scene = g_new0 (Scene, 1);
  scene->path = g_strdup (path);
  scene->key = g_strdup (strlen (path) > strlen (source) ? path + strlen (source) + 1 : "");
  scene->sensors = g_ptr_array_new_with_free_func (sensor_free);
  g_ptr_array_add (walk->scenes, scene);
  return scene;
}

/* @calibrated: (nullable): the nearest folder above with calibration.json. Returns: (transfer full): the scene's folder */
static char *
find_base (Walk *walk, const char *folder, const char *calibrated, gboolean mixed)
{
  const char *source = quarry_ingest_get_path (walk->ingest);
  g_autofree char *base = g_strdup (calibrated != NULL ? calibrated : folder);

  if (calibrated != NULL || mixed || g_str_equal (folder, source))
    return g_steal_pointer (&base);
  do
    {
      char *above = g_path_get_dirname (base);

      g_free (base);
      base = above;
    }
  while (strlen (base) > strlen (source) && is_kind_word (strrchr (base, '/') + 1));
  return g_steal_pointer (&base);
}

/* The files of one folder go to their sensors */
static void
place_files (Walk *walk, const char *folder, const char *calibrated, GPtrArray *files)
{
  gboolean has[2] = { FALSE, FALSE };
  g_autofree char *base = NULL;
  g_autofree char *below = NULL;
  Scene *scene = NULL;

  for (guint i = 0; i < files->len; i++)
    has[((File *) files->pdata[i])->cloud != 0] = TRUE;
  base = find_base (walk, folder, calibrated, has[0] && has[1]);
  below = name_folder (base, folder);
  scene = get_scene (walk, base);
  scene->calibrated = calibrated != NULL;
  for (int cloud = 0; cloud < 2; cloud++)
    {
      const gboolean parts = names_tell_sensors (files, cloud != 0);
      const gsize common = parts ? find_common (files, cloud != 0) : 0;
      const char *plain = NULL;

      if (!parts)
        settle_moments (files, cloud != 0);
      plain = *below != 0 && !(has[0] && has[1]) ? below : cloud != 0 ? "lidar" : "camera";

      for (guint i = 0; i < files->len; i++)
        {
          File *file = files->pdata[i];
          const char *part = parts && file->parsed.rest[0] != 0 ? file->parsed.rest + common : "";

          if (file->cloud == (cloud != 0))
            g_ptr_array_add (get_sensor (scene, *part != 0 ? part : plain, cloud != 0)->files, file);
        }
    }
}

static void
walk_folder (Walk *walk, const char *folder, const char *calibrated, int depth)
{
  g_autoptr(GPtrArray) entries = quarry_ingest_list_folder (walk->ingest, folder);
  g_autoptr(GPtrArray) files = g_ptr_array_new ();

  for (guint i = 0; i < entries->len; i++)
    {
      const QuarryIngestEntry *entry = entries->pdata[i];

      if (!entry->is_folder && g_str_equal (entry->name, "calibration.json"))
        calibrated = folder;
    }
  for (guint i = 0; i < entries->len; i++)
    {
      const QuarryIngestEntry *entry = entries->pdata[i];

      if (entry->is_folder)
        continue;
      if (!g_utf8_validate (entry->name, -1, NULL))
        quarry_ingest_skip (walk->ingest, entry->path, NULL, "the file's name is not UTF-8");
      else if (is_picture (entry->name) || is_cloud (entry->name))
        g_ptr_array_add (files, new_file (entry));
      else
        walk->n_other++;
    }
  for (guint i = 0; i < files->len; i++)
    g_ptr_array_add (walk->files, files->pdata[i]);
  if (files->len > 0)
    place_files (walk, folder, calibrated, files);
  for (guint i = 0; i < entries->len; i++)
    {
      const QuarryIngestEntry *entry = entries->pdata[i];

      if (entry->is_folder && depth >= MAX_DEPTH)
        quarry_ingest_skip (walk->ingest, entry->path, NULL, "more than %d folders deep", MAX_DEPTH);
      else if (entry->is_folder)
        walk_folder (walk, entry->path, calibrated, depth + 1);
    }
}

/* --- frames --- */

static gboolean
is_timed (const Scene *scene)
{
  for (guint i = 0; i < scene->sensors->len; i++)
    {
      const Sensor *sensor = scene->sensors->pdata[i];

      for (guint k = 0; k < sensor->files->len; k++)
        if (((File *) sensor->files->pdata[k])->parsed.stamp_ns == QUARRY_NO_TIME)
          return FALSE;
    }
  return TRUE;
}

/* By a file's head; of .bin, which has nothing in it that surely tells, all of a sensor are as its first */
static const char *
get_format (Walk *walk, Sensor *sensor, const File *file)
{
  g_autoptr(QuarryFile) opened = NULL;
  g_autoptr(GBytes) head = NULL;
  gsize length = 0;
  const guint8 *data = NULL;

  if (sensor->format != NULL && g_str_has_suffix (sensor->format, "-bin") && g_str_has_suffix (file->name, ".bin"))
    return sensor->format;
  opened = quarry_storage_open (quarry_ingest_get_storage (walk->ingest), file->path, NULL, NULL);
  head = opened != NULL ? quarry_file_read_bytes (opened, 0, MIN (quarry_file_get_size (opened), QUARRY_CLOUD_HEAD_BYTES), NULL, NULL) : NULL;
  data = head != NULL ? g_bytes_get_data (head, &length) : NULL;
  g_free (sensor->format);
  sensor->format = g_strdup (quarry_cloud_guess_format (file->name, data, length));
  if (sensor->format == NULL)
    sensor->format = g_strdup (quarry_cloud_guess_format (file->name, NULL, 0));
  return sensor->format;
}

static gboolean
calibrate (Walk *walk, Sensor *sensor, QuarryMedia *media, GError **error)
{
  QuarryCalibration own = sensor->calibration;

  if (!sensor->calibrated)
    return TRUE;
  if (own.has_camera)
    {
      own.camera.width = media->width;
      own.camera.height = media->height;
      quarry_camera_prepare (&own.camera);
    }
  media->calibration_id = quarry_ingest_calibration (walk->ingest, sensor->id, &own, error);
  return media->calibration_id != 0;
}

static gboolean
add_media (Walk *walk, Scene *scene, Sensor *sensor, const File *file, gboolean known, QuarryFrameDraft *draft, GError **error)
{
  QuarryMedia *media = NULL;

  if (sensor->id == 0)
    sensor->id = quarry_ingest_sensor (walk->ingest, scene->id, sensor->name, sensor->cloud ? QUARRY_SENSOR_LIDAR : QUARRY_SENSOR_CAMERA, error);
  if (sensor->id == 0)
    return FALSE;
  if (known)
    media = quarry_ingest_known_media (walk->ingest, sensor->id, file->path);
  else if (sensor->cloud)
    media = quarry_ingest_cloud (walk->ingest, sensor->id, 0, file->path, get_format (walk, sensor, file), file->parsed.stamp_ns);
  else
    media = quarry_ingest_image (walk->ingest, sensor->id, 0, file->path, file->parsed.stamp_ns);
  if (media == NULL)
    return TRUE;
  g_ptr_array_add (draft->media, media);
  return known || calibrate (walk, sensor, media, error);
}

/* @files: by sensor; NULL absent */
static gboolean
read_frame (Walk *walk, Scene *scene, const char *key, gint64 stamp_ns, File **files, GError **error)
{
  QuarryFrameDraft *draft = quarry_frame_draft_new (scene->id, key, stamp_ns);
  gboolean known, good = TRUE;
  guint n = 0;

  for (guint i = 0; i < scene->sensors->len; i++)
    n += files[i] != NULL;
  known = quarry_ingest_is_known (walk->ingest, scene->id, key, n);
  for (guint i = 0; good && i < scene->sensors->len; i++)
    if (files[i] != NULL)
      good = add_media (walk, scene, scene->sensors->pdata[i], files[i], known, draft, error);
  if (good && draft->media->len > 0)
    return quarry_ingest_frame (walk->ingest, draft, error);
  quarry_frame_draft_free (draft);
  return good && !quarry_ingest_is_cancelled (walk->ingest, error);
}

static int
compare_moments (gconstpointer a, gconstpointer b)
{
  return quarry_ingest_compare_natural (*(char **) a, *(char **) b);
}

static gboolean
read_by_name (Walk *walk, Scene *scene, GError **error)
{
  const guint n = scene->sensors->len;
  g_autoptr(GHashTable) frames = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);      /* moment → File *[n] */
  g_autoptr(GPtrArray) moments = g_ptr_array_new ();

  for (guint i = 0; i < n; i++)
    {
      const Sensor *sensor = scene->sensors->pdata[i];

      for (guint k = 0; k < sensor->files->len; k++)
        {
          File *file = sensor->files->pdata[k];
          File **files = g_hash_table_lookup (frames, file->parsed.moment);

          if (files == NULL)
            {
              files = g_new0 (File *, n);
              g_hash_table_insert (frames, file->parsed.moment, files);
              g_ptr_array_add (moments, file->parsed.moment);
            }
          if (files[i] == NULL)
            files[i] = file;
          else
            quarry_ingest_skip (walk->ingest, file->path, NULL, "'%s' is the same moment of the same sensor", files[i]->name);
        }
    }
  g_ptr_array_sort (moments, compare_moments);
  for (guint i = 0; i < moments->len; i++)
    {
      File **files = g_hash_table_lookup (frames, moments->pdata[i]);
      const char *key = NULL;
      gint64 stamp_ns = QUARRY_NO_TIME;

      for (guint k = 0; k < n && key == NULL; k++)
        if (files[k] != NULL)
          {
            key = files[k]->parsed.text;
            stamp_ns = files[k]->parsed.stamp_ns;
          }
      quarry_ingest_progress (walk->ingest, i, moments->len, key);
      if (!read_frame (walk, scene, key, stamp_ns, files, error))
        return FALSE;
    }
  return TRUE;
}

static void
free_stream (gpointer data)
{
  quarry_sync_stream_free (data);
}

static gboolean
read_by_time (Walk *walk, Scene *scene, GError **error)
{
  g_autoptr(GPtrArray) streams = g_ptr_array_new_with_free_func (free_stream);
  g_autoptr(QuarrySyncResult) result = NULL;
  g_autofree File **files = g_new0 (File *, scene->sensors->len);
  g_autofree char *kept = NULL;
  const QuarryIngestOptions options = quarry_ingest_get_scene_sync (walk->ingest, scene->key, &kept);

  for (guint i = 0; i < scene->sensors->len; i++)
    {
      const Sensor *sensor = scene->sensors->pdata[i];
      QuarrySyncStream *stream = quarry_sync_stream_new (sensor->name, sensor->cloud ? QUARRY_SENSOR_LIDAR : QUARRY_SENSOR_CAMERA);

      for (guint k = 0; k < sensor->files->len; k++)
        g_array_append_val (stream->stamps, ((File *) sensor->files->pdata[k])->parsed.stamp_ns);
      g_ptr_array_add (streams, stream);
    }
  result = quarry_sync_run (streams, &options, error);
  if (result == NULL ||
      !quarry_ingest_keep_scene_sync (walk->ingest, scene->key, result->leader >= 0 ? ((QuarrySyncStream *) streams->pdata[result->leader])->name : NULL,
                                      result->latest_before, result->tolerance_ns, error))
    return FALSE;
  for (guint i = 0; i < result->frames->len; i++)
    {
      const QuarrySyncFrame *frame = result->frames->pdata[i];
      const File *lead = NULL;

      for (guint k = 0; k < scene->sensors->len; k++)
        {
          const Sensor *sensor = scene->sensors->pdata[k];

          files[k] = frame->items[k] >= 0 ? sensor->files->pdata[frame->items[k]] : NULL;
          if (files[k] != NULL && (lead == NULL || (int) k == result->leader))
            lead = files[k];
        }
      if (lead == NULL)
        continue;
      quarry_ingest_progress (walk->ingest, i, result->frames->len, lead->name);
      if (!read_frame (walk, scene, lead->parsed.text, frame->stamp_ns, files, error))
        return FALSE;
    }
  for (guint i = 0; i < streams->len; i++)
    {
      const QuarrySyncStream *stream = streams->pdata[i];

      if (stream->n_unmatched + stream->n_stale + stream->n_repeated > 0)
        quarry_ingest_note (walk->ingest, scene->path, stream->name,
                            "%" G_GINT64_FORMAT " files are in no frame: %" G_GINT64_FORMAT " farther from each than the tolerance, %" G_GINT64_FORMAT
                            " where another was nearer, %" G_GINT64_FORMAT " with a time that was there", stream->n_unmatched + stream->n_stale + stream->n_repeated,
                            stream->n_stale, stream->n_unmatched, stream->n_repeated);
    }
  return TRUE;
}

/* Returns: (transfer full) (nullable) */
static QuarryTrajectory *
read_poses (Walk *walk, const Scene *scene, const char *named)
{
  const char *names[] = { named, "poses.csv", "poses.json" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i] != NULL && (i == 0 || quarry_ingest_is_file (walk->ingest, scene->path, names[i])))
      {
        g_autofree char *path = g_build_filename (scene->path, names[i], NULL);

        return quarry_loose_poses_read (walk->ingest, path);
      }
  return NULL;
}

/* Gives the sensors their calibrations; names in the file that no sensor has are told */
static QuarryTrajectory *
read_calibration (Walk *walk, Scene *scene)
{
  g_autofree char *path = g_build_filename (scene->path, "calibration.json", NULL);
  g_autofree char *poses = NULL;
  g_autoptr(GHashTable) sensors = quarry_loose_calibration_read (walk->ingest, path, &poses);
  GHashTableIter iter;
  gpointer name = NULL;

  for (guint i = 0; i < scene->sensors->len; i++)
    {
      Sensor *sensor = scene->sensors->pdata[i];
      const QuarryCalibration *found = g_hash_table_lookup (sensors, sensor->name);

      if (found == NULL || found->has_camera == sensor->cloud)
        continue;
      sensor->calibration = *found;
      sensor->calibrated = TRUE;
      g_hash_table_remove (sensors, sensor->name);
    }
  g_hash_table_iter_init (&iter, sensors);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    quarry_ingest_note (walk->ingest, path, name, "no such sensor is here");
  return read_poses (walk, scene, poses);
}

static gboolean
read_scene (Walk *walk, Scene *scene, GError **error)
{
  const char *source = quarry_ingest_get_name (walk->ingest);
  g_autofree char *name = *scene->key != 0 ? g_strdup_printf ("%s/%s", source, scene->key) : g_strdup (source);
  g_autoptr(GArray) poses = scene->calibrated ? read_calibration (walk, scene) : NULL;

  scene->id = quarry_ingest_scene (walk->ingest, scene->key, name, error);
  if (scene->id == 0 || (poses != NULL && !quarry_ingest_poses (walk->ingest, scene->id, poses, error)))
    return FALSE;
  return is_timed (scene) ? read_by_time (walk, scene, error) : read_by_name (walk, scene, error);
}

static gboolean
read_loose (QuarryIngest *ingest, GError **error)
{
  const char *path = quarry_ingest_get_path (ingest);
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func (file_free);
  g_autoptr(GPtrArray) scenes = g_ptr_array_new_with_free_func (scene_free);
  Walk walk = { .ingest = ingest, .files = files, .scenes = scenes };

  if (quarry_ingest_is_file (ingest, path, NULL))
    {
      const QuarryIngestEntry entry = { (char *) quarry_ingest_get_name (ingest), (char *) path, FALSE };

      g_ptr_array_add (files, new_file (&entry));
      g_ptr_array_add (get_sensor (get_scene (&walk, path), "lidar", TRUE)->files, files->pdata[0]);
    }
  else
    walk_folder (&walk, path, NULL, 0);
  for (guint i = 0; i < scenes->len; i++)
    if (!read_scene (&walk, scenes->pdata[i], error))
      return FALSE;
  if (walk.n_other > 0)
    quarry_ingest_note (ingest, path, NULL, "%" G_GUINT64_FORMAT " other files are neither pictures nor clouds", walk.n_other);
  return TRUE;
}

/* --- preview --- */

static void
count_file (QuarryIngestPreview *self, const QuarryStorageEntry *entry)
{
  g_autofree char *base = g_path_get_basename (entry->name);
  g_autofree char *folder = g_path_get_dirname (entry->name);
  const gboolean picture = is_picture (base);
  QuarryIngestStream *stream = NULL;

  if (!picture && !is_cloud (base))
    return;
  for (guint i = 0; i < self->streams->len && stream == NULL; i++)
    {
      QuarryIngestStream *other = self->streams->pdata[i];

      if (g_str_equal (other->name, folder) && (other->kind == QUARRY_SENSOR_CAMERA) == picture)
        stream = other;
    }
  if (stream == NULL)
    {
      stream = g_new0 (QuarryIngestStream, 1);
      stream->name = g_strdup (folder);
      stream->is_sensor = TRUE;
      stream->kind = picture ? QUARRY_SENSOR_CAMERA : QUARRY_SENSOR_LIDAR;
      stream->start_ns = stream->end_ns = QUARRY_NO_TIME;
      g_ptr_array_add (self->streams, stream);
    }
  stream->n++;
  self->bytes += MAX (entry->size, 0);
  self->n_frames = MAX (self->n_frames, stream->n);
}

/* By the names of one listing */
static QuarryIngestPreview *
preview (QuarryStorage *storage, const char *path, GCancellable *cancellable, GError **error)
{
  QuarryStorageKind kind = QUARRY_STORAGE_ABSENT;
  g_autoptr(GPtrArray) files = NULL;
  QuarryIngestPreview *self = NULL;

  if (!quarry_storage_find (storage, path, &kind, cancellable, error))
    return NULL;
  self = quarry_ingest_preview_new ();
  if (kind != QUARRY_STORAGE_FOLDER)
    {
      self->n_scenes = self->n_frames = 1;
      return self;
    }
  files = quarry_storage_list (storage, path, TRUE, cancellable, error);
  if (files == NULL)
    {
      quarry_ingest_preview_free (self);
      return NULL;
    }
  self->n_frames = self->bytes = 0;
  for (guint i = 0; i < files->len; i++)
    count_file (self, files->pdata[i]);
  return self;
}

const QuarryReader quarry_reader_loose = {
  .id = "loose",
  .name = "Loose clouds and pictures",
  .what = "folders of PCD, PLY, LAS, NPY or BIN clouds, with pictures, paired by name or time; calibration.json; one cloud",
  .probe = probe,
  .read = read_loose,
  .preview = preview,
};
