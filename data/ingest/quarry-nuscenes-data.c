/* quarry-nuscenes-data.c: the long tables of nuScenes: media, ego poses, cuboids, point labels
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each is read once, from its beginning to its end. Of sample_data stays what becomes a media, and of the rest which scene
 * and time an ego pose is of; ego poses go into the catalog in batches.
 */

#include "config.h"
#include "quarry-nuscenes.h"
#include "quarry-json-file.h"

#include <math.h>
#include <string.h>

/* Poses that are read and not stored yet, of all scenes */
#define MAX_POSES 100000

/* A row of sample_data names an ego pose */
typedef struct
{
  QuarryNuscenesToken token;       /* the pose's */
  gint64              stamp_ns;
  gint32              scene;
} Use;

/* A media waits for its ego pose */
typedef struct
{
  QuarryNuscenesToken token;       /* the pose's */
  guint               media;
} Wait;

static int
compare_media (gconstpointer a, gconstpointer b)
{
  const QuarryNuscenesMedia *x = a;
  const QuarryNuscenesMedia *y = b;

  if (x->scene != y->scene)
    return x->scene < y->scene ? -1 : 1;
  if (x->stamp_ns != y->stamp_ns)
    return x->stamp_ns < y->stamp_ns ? -1 : 1;
  return x->sensor != y->sensor ? (x->sensor < y->sensor ? -1 : 1) : strcmp (x->file, y->file);
}

/* A name in the table must not lead out of the data set's folder */
static gboolean
is_below (const char *file)
{
  g_auto(GStrv) steps = g_strsplit (file, "/", -1);

  return *file != 0 && *file != '/' && !g_strv_contains ((const char * const *) steps, "..");
}

static const char *
read_media (QuarryNuscenes *self, gconstpointer row, gpointer data)
{
  const char *token = quarry_nuscenes_text (row, "token");
  const char *pose = quarry_nuscenes_text (row, "ego_pose_token");
  const char *file = quarry_nuscenes_text (row, "filename");
  const json_t *key = json_object_get ((const json_t *) row, "is_key_frame");
  QuarryNuscenesMedia made = { .sample = quarry_nuscenes_find (self->samples, quarry_nuscenes_text (row, "sample_token")),
                               .calibrated = quarry_nuscenes_find (self->calibrated, quarry_nuscenes_text (row, "calibrated_sensor_token")),
                               .is_key = json_is_true (key) };

  if (token == NULL || made.sample < 0)
    return "no 'token', or its 'sample_token' is not in sample.json";
  if (!quarry_nuscenes_stamp (row, &made.stamp_ns))
    return "'timestamp' is no time in microseconds";
  made.scene = g_array_index (self->samples, QuarryNuscenesSample, made.sample).scene;
  if (pose != NULL)
    {
      const Use use = { quarry_nuscenes_token (pose), made.stamp_ns, made.scene };

      made.pose = use.token;
      g_array_append_val (self->uses, use);
    }
  if (!made.is_key && !self->sweeps)
    return NULL;
  if (made.calibrated < 0)
    return "its 'calibrated_sensor_token' is not in calibrated_sensor.json";
  if (file == NULL || !is_below (file))
    return "'filename' is no path below the data set";
  made.token = quarry_nuscenes_token (token);
  made.sensor = g_array_index (self->calibrated, QuarryNuscenesCalibrated, made.calibrated).sensor;
  made.file = g_string_chunk_insert (self->texts, file);
  g_array_append_val (self->media, made);
  return NULL;
}

/* 0 for the sensor that frames should go by, else more */
static int
rank_sensor (QuarryNuscenes *self, const QuarryNuscenesName *sensor)
{
  const QuarryIngestOptions *options = quarry_ingest_get_options (self->ingest);
  const gboolean lidar = g_strcmp0 (sensor->modality, "lidar") == 0;
  const gboolean camera = g_strcmp0 (sensor->modality, "camera") == 0;

  if (options->sync == QUARRY_SYNC_SENSOR && g_strcmp0 (options->sync_sensor, sensor->name) == 0)
    return 0;
  if (lidar)
    return g_str_equal (sensor->name, "LIDAR_TOP") ? 1 : 2;
  return camera ? (g_str_equal (sensor->name, "CAM_FRONT") ? 3 : 4) : 5;
}

/* Gives each scene its media and the sensor that leads */
static void
link_scenes (QuarryNuscenes *self)
{
  for (guint i = 0; i < self->media->len; i++)
    {
      const QuarryNuscenesMedia *media = &g_array_index (self->media, QuarryNuscenesMedia, i);
      QuarryNuscenesScene *scene = &g_array_index (self->scenes, QuarryNuscenesScene, media->scene);
      const QuarryNuscenesName *sensor = &g_array_index (self->sensors, QuarryNuscenesName, media->sensor);
      const QuarryNuscenesName *lead = scene->lead >= 0 ? &g_array_index (self->sensors, QuarryNuscenesName, scene->lead) : NULL;
      const int rank = rank_sensor (self, sensor);

      if (scene->n++ == 0)
        scene->first = i;
      if (lead == NULL || rank < rank_sensor (self, lead) ||
          (rank == rank_sensor (self, lead) && strcmp (sensor->name, lead->name) < 0))
        scene->lead = media->sensor;
    }
}

gboolean
quarry_nuscenes_read_media (QuarryNuscenes *self, GError **error)
{
  self->media = g_array_new (FALSE, FALSE, sizeof (QuarryNuscenesMedia));
  self->uses = g_array_new (FALSE, FALSE, sizeof (Use));
  if (!quarry_nuscenes_walk (self, "sample_data", TRUE, read_media, NULL, error))
    return FALSE;
  quarry_nuscenes_sort (self->uses);
  g_array_sort (self->media, compare_media);
  link_scenes (self);
  return TRUE;
}

/* --- ego poses --- */

/* Returns: the first of @table with this token, its length where there is none */
static guint
find_first (GArray *table, const QuarryNuscenesToken *token)
{
  gint32 at = quarry_nuscenes_find_token (table, token);
  const gsize size = g_array_get_element_size (table);

  if (at < 0)
    return table->len;
  while (at > 0 && memcmp (table->data + (gsize) (at - 1) * size, token, sizeof *token) == 0)
    at--;
  return (guint) at;
}

typedef struct
{
  GArray  *waits;        /* Wait */
  guint    n_pending;
  GError  *error;        /* of the catalog */
} Poses;

static gboolean
store_pending (QuarryNuscenes *self, GError **error)
{
  for (guint i = 0; i < self->scenes->len; i++)
    {
      QuarryNuscenesScene *scene = &g_array_index (self->scenes, QuarryNuscenesScene, i);

      if (scene->poses != NULL && !quarry_ingest_poses (self->ingest, scene->id, scene->poses, error))
        return FALSE;
      g_clear_pointer (&scene->poses, g_array_unref);
    }
  return TRUE;
}

static void
add_pose (QuarryNuscenes *self, Poses *poses, gint32 index, gint64 stamp_ns, const QuarryPose *pose)
{
  QuarryNuscenesScene *scene = &g_array_index (self->scenes, QuarryNuscenesScene, index);
  const QuarryStampedPose stamped = { stamp_ns, *pose };

  if (scene->id == 0)
    return;
  if (scene->poses == NULL)
    scene->poses = quarry_trajectory_new ();
  g_array_append_val (scene->poses, stamped);
  poses->n_pending++;
}

/* A pose that belongs to one moment has that moment's time: Lyft writes the sample's time into all of its poses, which are
 * nevertheless those of the pictures. One that is shared by several has its own. */
static const char *
read_pose (QuarryNuscenes *self, gconstpointer row, gpointer data)
{
  Poses *poses = data;
  const char *text = quarry_nuscenes_text (row, "token");
  const QuarryNuscenesToken token = quarry_nuscenes_token (text != NULL ? text : "");
  const guint first = find_first (self->uses, &token);
  QuarryPose pose;
  gint64 stamp_ns = 0;
  gboolean shared = FALSE;
  guint end = first;

  if (text == NULL || poses->error != NULL)
    return text == NULL ? "no 'token'" : NULL;
  while (end < self->uses->len && memcmp (&g_array_index (self->uses, Use, end).token, &token, sizeof token) == 0)
    {
      shared |= g_array_index (self->uses, Use, end).stamp_ns != g_array_index (self->uses, Use, first).stamp_ns;
      end++;
    }
  if (end == first)
    return NULL;
  if (!quarry_json_numbers (row, "translation", pose.t, 3) || !quarry_json_numbers (row, "rotation", pose.q, 4) ||
      !quarry_pose_normalize (&pose))
    return "no 'translation' of 3 or no 'rotation' of 4 numbers";
  if (shared && !quarry_nuscenes_stamp (row, &stamp_ns))
    return "'timestamp' is no time in microseconds";
  for (guint i = first; i < end; i++)
    {
      const Use *use = &g_array_index (self->uses, Use, i);

      if (i == first || use->scene != g_array_index (self->uses, Use, i - 1).scene)
        add_pose (self, poses, use->scene, shared ? stamp_ns : use->stamp_ns, &pose);
    }
  for (guint i = find_first (poses->waits, &token);
       i < poses->waits->len && memcmp (&g_array_index (poses->waits, Wait, i).token, &token, sizeof token) == 0; i++)
    {
      QuarryNuscenesMedia *media = &g_array_index (self->media, QuarryNuscenesMedia, g_array_index (poses->waits, Wait, i).media);

      media->world_from_body = pose;
      media->has_pose = TRUE;
    }
  if (poses->n_pending >= MAX_POSES)
    {
      store_pending (self, &poses->error);
      poses->n_pending = 0;
    }
  return NULL;
}

gboolean
quarry_nuscenes_read_poses (QuarryNuscenes *self, GError **error)
{
  Poses poses = { g_array_new (FALSE, FALSE, sizeof (Wait)), 0, NULL };
  g_autoptr(GArray) waits = poses.waits;
  gboolean done;

  for (guint i = 0; i < self->media->len; i++)
    {
      const QuarryNuscenesMedia *media = &g_array_index (self->media, QuarryNuscenesMedia, i);
      const Wait wait = { media->pose, i };

      if (media->is_key && g_array_index (self->scenes, QuarryNuscenesScene, media->scene).id != 0)
        g_array_append_val (waits, wait);
    }
  quarry_nuscenes_sort (waits);
  done = quarry_nuscenes_walk (self, "ego_pose", FALSE, read_pose, &poses, error);
  if (poses.error != NULL && done)
    g_propagate_error (error, g_steal_pointer (&poses.error));
  else if (done && store_pending (self, error))
    {
      g_clear_pointer (&self->uses, g_array_unref);
      return TRUE;
    }
  g_clear_error (&poses.error);
  return FALSE;
}

/* --- cuboids --- */

static gint64
read_count (gconstpointer row, const char *key)
{
  const json_t *value = json_object_get ((const json_t *) row, key);

  return json_is_integer (value) && json_integer_value (value) >= 0 ? json_integer_value (value) : -1;
}

static const char *
read_label (QuarryNuscenes *self, gconstpointer row, gpointer data)
{
  const char *token = quarry_nuscenes_text (row, "token");
  const json_t *attributes = json_object_get ((const json_t *) row, "attribute_tokens");
  QuarryNuscenesLabel made = { .sample = quarry_nuscenes_find (self->samples, quarry_nuscenes_text (row, "sample_token")),
                               .instance = quarry_nuscenes_find (self->instances, quarry_nuscenes_text (row, "instance_token")),
                               .visibility = quarry_nuscenes_find (self->visibilities, quarry_nuscenes_text (row, "visibility_token")),
                               .n_lidar = read_count (row, "num_lidar_pts"),
                               .n_radar = read_count (row, "num_radar_pts") };

  if (token == NULL || made.sample < 0)
    return "no 'token', or its 'sample_token' is not in sample.json";
  if (g_array_index (self->scenes, QuarryNuscenesScene, g_array_index (self->samples, QuarryNuscenesSample, made.sample).scene).id == 0)
    return NULL;
  if (made.instance < 0 || g_array_index (self->instances, QuarryNuscenesInstance, made.instance).category < 0)
    return "its 'instance_token' is not in instance.json, or has no category";
  if (!quarry_json_numbers (row, "translation", made.t, 3) || !quarry_json_numbers (row, "size", made.size, 3) ||
      !quarry_json_numbers (row, "rotation", made.q, 4))
    return "no 'translation' of 3, 'size' of 3 or 'rotation' of 4 numbers";
  for (gsize i = 0; i < json_array_size (attributes) && made.n_attributes < (int) G_N_ELEMENTS (made.attributes); i++)
    {
      const gint32 found = quarry_nuscenes_find (self->attributes, json_string_value (json_array_get (attributes, i)));

      if (found >= 0)
        made.attributes[made.n_attributes++] = found;
    }
  made.text = g_string_chunk_insert (self->texts, token);
  g_array_append_val (self->labels, made);
  return NULL;
}

static int
compare_labels (gconstpointer a, gconstpointer b)
{
  const QuarryNuscenesLabel *x = a;
  const QuarryNuscenesLabel *y = b;

  return x->sample != y->sample ? (x->sample < y->sample ? -1 : 1) : strcmp (x->text, y->text);
}

gboolean
quarry_nuscenes_read_labels (QuarryNuscenes *self, GError **error)
{
  self->labels = g_array_new (FALSE, FALSE, sizeof (QuarryNuscenesLabel));
  if (!quarry_ingest_is_file (self->ingest, self->folder, "sample_annotation.json"))
    return TRUE;        /* the test split has none */
  if (!quarry_nuscenes_walk (self, "sample_annotation", FALSE, read_label, NULL, error))
    return FALSE;
  g_array_sort (self->labels, compare_labels);
  for (guint i = 0; i < self->labels->len; i++)
    {
      QuarryNuscenesSample *sample =
          &g_array_index (self->samples, QuarryNuscenesSample, g_array_index (self->labels, QuarryNuscenesLabel, i).sample);

      if (sample->n_labels++ == 0)
        sample->first_label = i;
    }
  return TRUE;
}

/* --- lidarseg --- */

static const char *
read_lidarseg (QuarryNuscenes *self, gconstpointer row, gpointer data)
{
  GArray *by_token = data;       /* Wait, with the media's own token */
  const char *file = quarry_nuscenes_text (row, "filename");
  const gint32 found = quarry_nuscenes_find (by_token, quarry_nuscenes_text (row, "sample_data_token"));

  if (file == NULL || !is_below (file))
    return "'filename' is no path below the data set";
  if (found >= 0)
    g_array_index (self->media, QuarryNuscenesMedia, g_array_index (by_token, Wait, found).media).labels =
        g_string_chunk_insert (self->texts, file);
  return NULL;
}

gboolean
quarry_nuscenes_read_lidarseg (QuarryNuscenes *self, GError **error)
{
  g_autoptr(GArray) by_token = NULL;

  if (quarry_ingest_is_file (self->ingest, self->folder, "panoptic.json"))
    quarry_ingest_note (self->ingest, self->folder, "panoptic.json", "panoptic labels are not read");
  if (!quarry_ingest_is_file (self->ingest, self->folder, "lidarseg.json"))
    return TRUE;
  if (self->names == NULL)
    {
      quarry_ingest_skip (self->ingest, self->folder, "lidarseg.json", "category.json gives no 'index' to its classes: point labels mean nothing");
      return TRUE;
    }
  by_token = g_array_new (FALSE, FALSE, sizeof (Wait));
  for (guint i = 0; i < self->media->len; i++)
    {
      const Wait wait = { g_array_index (self->media, QuarryNuscenesMedia, i).token, i };

      g_array_append_val (by_token, wait);
    }
  quarry_nuscenes_sort (by_token);
  return quarry_nuscenes_walk (self, "lidarseg", FALSE, read_lidarseg, by_token, error);
}
