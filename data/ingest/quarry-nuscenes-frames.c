/* quarry-nuscenes-frames.c: samples and sweeps of a nuScenes scene as frames
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * By default a sample is a frame, with its key frames as media. Asked for frames by a sensor, or for one of each media, all of
 * sample_data becomes media; the cuboids of a sample then belong to the frame of its leading sensor's key frame. A frame's time
 * is that of its leading media, whose ego pose takes the cuboids from the world into the body:
 *
 *   body_from_cuboid = (world_from_body)⁻¹ · world_from_cuboid
 */

#include "config.h"
#include "quarry-nuscenes.h"
#include "quarry-cloud.h"
#include "quarry-sync.h"

#include <stdlib.h>
#include <string.h>
#include <jansson.h>

typedef struct
{
  gint32  lead;          /* index of the media that gives time and pose */
  gint32  sample;        /* whose cuboids it gets; −1 none */
  GArray *media;         /* guint32 */
} Frame;

typedef struct
{
  QuarryNuscenes      *tables;
  QuarryNuscenesScene *scene;
  QuarryId            *sensors;      /* by index; 0 until needed */
  guint                n_lost;       /* cuboids without a frame */
  guint                n_unplaced;   /* cuboids of frames without an ego pose */
} Walk;

static const QuarryNuscenesMedia *
get_media (const Walk *walk, gint32 index)
{
  return &g_array_index (walk->tables->media, QuarryNuscenesMedia, index);
}

static const QuarryNuscenesName *
get_sensor (const Walk *walk, const QuarryNuscenesMedia *media)
{
  return &g_array_index (walk->tables->sensors, QuarryNuscenesName, media->sensor);
}

static void
free_frame (gpointer data)
{
  Frame *frame = data;

  g_array_unref (frame->media);
  g_free (frame);
}

static Frame *
new_frame (gint32 sample)
{
  Frame *frame = g_new0 (Frame, 1);

  frame->sample = sample;
  frame->lead = -1;
  frame->media = g_array_new (FALSE, FALSE, sizeof (gint32));
  return frame;
}

static void
add_to_frame (const Walk *walk, Frame *frame, gint32 index)
{
  if (frame->lead < 0 || (get_media (walk, index)->sensor == walk->scene->lead && get_media (walk, frame->lead)->sensor != walk->scene->lead))
    frame->lead = index;
  g_array_append_val (frame->media, index);
}

/* --- which media make a frame --- */

static void
frames_by_sample (const Walk *walk, GPtrArray *frames)
{
  g_autoptr(GHashTable) by_sample = g_hash_table_new (NULL, NULL);

  for (guint i = walk->scene->first; i < walk->scene->first + walk->scene->n; i++)
    {
      const gint32 sample = get_media (walk, (gint32) i)->sample;
      Frame *frame = g_hash_table_lookup (by_sample, GINT_TO_POINTER (sample + 1));

      if (!get_media (walk, (gint32) i)->is_key)
        continue;
      if (frame == NULL)
        {
          frame = new_frame (sample);
          g_hash_table_insert (by_sample, GINT_TO_POINTER (sample + 1), frame);
          g_ptr_array_add (frames, frame);
        }
      add_to_frame (walk, frame, (gint32) i);
    }
}

typedef struct
{
  QuarrySyncStream *stream;
  GArray           *media;       /* gint32: of each stamp */
} Channel;

static int
compare_channels (gconstpointer a, gconstpointer b)
{
  const Channel *x = a;
  const Channel *y = b;

  if (x->stream->kind != y->stream->kind)
    return x->stream->kind < y->stream->kind ? -1 : 1;
  return strcmp (x->stream->name, y->stream->name);
}

static QuarrySensorKind
get_kind (const QuarryNuscenesName *sensor)
{
  return g_strcmp0 (sensor->modality, "lidar") == 0   ? QUARRY_SENSOR_LIDAR
         : g_strcmp0 (sensor->modality, "radar") == 0 ? QUARRY_SENSOR_RADAR
                                                      : QUARRY_SENSOR_CAMERA;
}

/* Returns: (transfer full): the scene's media by sensor, the leading one first */
static GArray *
list_channels (const Walk *walk)
{
  GArray *channels = g_array_new (FALSE, FALSE, sizeof (Channel));
  g_autoptr(GHashTable) by_sensor = g_hash_table_new (NULL, NULL);

  for (guint i = walk->scene->first; i < walk->scene->first + walk->scene->n; i++)
    {
      const gint32 index = (gint32) i;
      const QuarryNuscenesMedia *media = get_media (walk, index);
      const QuarryNuscenesName *sensor = get_sensor (walk, media);
      guint at = GPOINTER_TO_UINT (g_hash_table_lookup (by_sensor, GINT_TO_POINTER (media->sensor)));
      Channel *channel = NULL;

      if (at == 0)
        {
          const Channel made = { quarry_sync_stream_new (sensor->name, get_kind (sensor)), g_array_new (FALSE, FALSE, sizeof (gint32)) };

          g_array_append_val (channels, made);
          at = channels->len;
          g_hash_table_insert (by_sensor, GINT_TO_POINTER (media->sensor), GUINT_TO_POINTER (at));
        }
      channel = &g_array_index (channels, Channel, at - 1);
      g_array_append_val (channel->stream->stamps, media->stamp_ns);
      g_array_append_val (channel->media, index);
    }
  g_array_sort (channels, compare_channels);
  for (guint i = 1; i < channels->len; i++)
    {
      const Channel lead = g_array_index (channels, Channel, i);

      if (get_media (walk, g_array_index (lead.media, gint32, 0))->sensor == walk->scene->lead)
        {
          g_array_remove_index (channels, i);
          g_array_prepend_val (channels, lead);
        }
    }
  return channels;
}

static void
free_stream (gpointer data)
{
  quarry_sync_stream_free (data);
}

static gboolean
frames_by_time (const Walk *walk, GPtrArray *frames, GError **error)
{
  g_autofree char *kept = NULL;
  const QuarryIngestOptions options = quarry_ingest_get_scene_sync (walk->tables->ingest, walk->scene->text, &kept);
  g_autoptr(GArray) channels = list_channels (walk);
  g_autoptr(GPtrArray) streams = g_ptr_array_new_with_free_func (free_stream);
  g_autoptr(QuarrySyncResult) result = NULL;

  for (guint i = 0; i < channels->len; i++)
    g_ptr_array_add (streams, g_array_index (channels, Channel, i).stream);
  result = quarry_sync_run (streams, &options, error);
  for (guint i = 0; result != NULL && i < result->frames->len; i++)
    {
      const QuarrySyncFrame *from = result->frames->pdata[i];
      Frame *frame = new_frame (-1);

      for (guint k = 0; k < channels->len; k++)
        if (from->items[k] >= 0)
          add_to_frame (walk, frame, g_array_index (g_array_index (channels, Channel, k).media, gint32, from->items[k]));
      if (frame->lead >= 0 && get_media (walk, frame->lead)->sensor == walk->scene->lead && get_media (walk, frame->lead)->is_key)
        frame->sample = get_media (walk, frame->lead)->sample;
      if (frame->lead >= 0)
        g_ptr_array_add (frames, frame);
      else
        free_frame (frame);
    }
  for (guint i = 0; i < channels->len; i++)
    g_array_unref (g_array_index (channels, Channel, i).media);
  return result != NULL &&
         quarry_ingest_keep_scene_sync (walk->tables->ingest, walk->scene->text,
                                        result->leader >= 0 ? ((QuarrySyncStream *) streams->pdata[result->leader])->name : NULL,
                                        result->latest_before, result->tolerance_ns, error);
}

/* --- one frame --- */

static gboolean
calibrate (const Walk *walk, const QuarryNuscenesMedia *from, QuarryMedia *media, GError **error)
{
  const QuarryNuscenesCalibrated *calibrated = &g_array_index (walk->tables->calibrated, QuarryNuscenesCalibrated, from->calibrated);
  QuarryCalibration own = { .body_from_sensor = calibrated->body_from_sensor, .has_camera = calibrated->has_camera };

  if (own.has_camera)
    {
      own.camera = (QuarryCamera) { .model = QUARRY_CAMERA_BROWN_CONRADY, .width = media->width, .height = media->height,
                                    .fx = calibrated->fx, .fy = calibrated->fy, .cx = calibrated->cx + QUARRY_PIXEL_CENTRE,
                                    .cy = calibrated->cy + QUARRY_PIXEL_CENTRE, .skew = calibrated->skew };
      quarry_camera_prepare (&own.camera);
      own.has_camera = quarry_camera_is_valid (&own.camera);
    }
  media->calibration_id = quarry_ingest_calibration (walk->tables->ingest, media->sensor, &own, error);
  return media->calibration_id != 0;
}

static const char *
guess_format (const char *file)
{
  return g_str_has_suffix (file, ".bin") ? "nuscenes-bin" : quarry_cloud_guess_format (file, NULL, 0);
}

/* Returns: (transfer full) (nullable): NULL: the file is broken or missing, which is reported */
static QuarryMedia *
open_media (const Walk *walk, const QuarryNuscenesMedia *from, const char *path, gboolean known)
{
  QuarryIngest *ingest = walk->tables->ingest;
  const QuarrySensorKind kind = get_kind (get_sensor (walk, from));
  const QuarryId sensor = walk->sensors[from->sensor];
  const char *format = kind != QUARRY_SENSOR_CAMERA ? guess_format (from->file) : NULL;
  QuarryMedia *media = NULL;

  if (known && from->labels == NULL)
    return quarry_ingest_known_media (ingest, sensor, path);
  if (kind == QUARRY_SENSOR_CAMERA)
    return quarry_ingest_image (ingest, sensor, 0, path, from->stamp_ns);
  if (format == NULL)
    {
      quarry_ingest_skip (ingest, path, NULL, "no cloud of a known format");
      return NULL;
    }
  media = quarry_ingest_cloud (ingest, sensor, 0, path, format, from->stamp_ns);
  if (media != NULL)
    media->kind = kind;
  return media;
}

static gboolean
add_media (Walk *walk, const QuarryNuscenesMedia *from, gboolean known, QuarryFrameDraft *draft, GError **error)
{
  QuarryNuscenes *tables = walk->tables;
  const QuarryNuscenesName *sensor = get_sensor (walk, from);
  g_autofree char *path = g_build_filename (tables->root, from->file, NULL);
  QuarryMedia *media = NULL;

  if (walk->sensors[from->sensor] == 0)
    walk->sensors[from->sensor] = quarry_ingest_sensor (tables->ingest, walk->scene->id, sensor->name, get_kind (sensor), error);
  if (walk->sensors[from->sensor] == 0)
    return FALSE;
  media = open_media (walk, from, path, known);
  if (media == NULL)
    return TRUE;
  g_ptr_array_add (draft->media, media);
  if (from->labels != NULL && media->n_points > 0)
    {
      g_autofree char *labels = g_build_filename (tables->root, from->labels, NULL);

      if (quarry_ingest_point_labels (tables->ingest, media, labels, "nuscenes-lidarseg", tables->names))
        draft->set = quarry_ingest_label_set (tables->ingest, error);
      if (media->point_labels != NULL && draft->set == 0)
        return FALSE;
    }
  return known || calibrate (walk, from, media, error);
}

/* Returns: (transfer full) */
static char *
make_attributes (const Walk *walk, const QuarryNuscenesLabel *label)
{
  json_t *root = json_object ();
  char *text = NULL;
  char *copy = NULL;

  if (label->n_attributes == 1)
    json_object_set_new (root, "attribute",
                         json_string (g_array_index (walk->tables->attributes, QuarryNuscenesName, label->attributes[0]).name));
  if (label->n_attributes > 1)
    {
      json_t *list = json_array ();

      for (int i = 0; i < label->n_attributes; i++)
        json_array_append_new (list, json_string (g_array_index (walk->tables->attributes, QuarryNuscenesName, label->attributes[i]).name));
      json_object_set_new (root, "attribute", list);
    }
  if (label->visibility >= 0)
    json_object_set_new (root, "visibility",
                         json_string (g_array_index (walk->tables->visibilities, QuarryNuscenesName, label->visibility).name));
  if (label->n_lidar >= 0)
    json_object_set_new (root, "num_lidar_pts", json_integer (label->n_lidar));
  if (label->n_radar >= 0)
    json_object_set_new (root, "num_radar_pts", json_integer (label->n_radar));
  text = json_dumps (root, JSON_COMPACT | JSON_SORT_KEYS);
  json_decref (root);
  copy = g_strdup (text);
  (free) (text);
  return copy;
}

/* Returns: (transfer full) (nullable): NULL, reported, for one that has no shape */
static QuarryAnnotation *
make_cuboid (const Walk *walk, const QuarryNuscenesLabel *label, const QuarryPose *body_from_world)
{
  const QuarryNuscenesInstance *instance = &g_array_index (walk->tables->instances, QuarryNuscenesInstance, label->instance);
  const QuarryNuscenesName *category = &g_array_index (walk->tables->categories, QuarryNuscenesName, instance->category);
  QuarryCuboid cuboid = { .size = { label->size[1], label->size[0], label->size[2] } };
  QuarryPose world_from_cuboid;
  QuarryAnnotation *annotation = NULL;
  g_autoptr(GError) fault = NULL;

  memcpy (world_from_cuboid.t, label->t, sizeof label->t);
  memcpy (world_from_cuboid.q, label->q, sizeof label->q);
  if (quarry_pose_normalize (&world_from_cuboid))
    {
      cuboid.body_from_cuboid = quarry_pose_multiply (body_from_world, &world_from_cuboid);
      quarry_pose_normalize (&cuboid.body_from_cuboid);
      annotation = quarry_annotation_new_cuboid (category->name, label->text, &cuboid);
      annotation->track = g_strdup (instance->text);
      annotation->attributes = make_attributes (walk, label);
      if (quarry_annotation_check (annotation, &fault))
        return annotation;
      quarry_annotation_free (annotation);
    }
  {
    g_autofree char *path = g_build_filename (walk->tables->folder, "sample_annotation.json", NULL);

    quarry_ingest_skip (walk->tables->ingest, path, label->text, "%s", fault != NULL ? fault->message : "its rotation is none");
  }
  return NULL;
}

static void
free_annotation (gpointer data)
{
  quarry_annotation_free (data);
}

static gboolean
add_labels (Walk *walk, const Frame *frame, QuarryFrameDraft *draft, GError **error)
{
  QuarryNuscenesSample *sample = frame->sample >= 0 ? &g_array_index (walk->tables->samples, QuarryNuscenesSample, frame->sample) : NULL;
  const QuarryNuscenesMedia *lead = get_media (walk, frame->lead);
  const QuarryPose body_from_world = quarry_pose_invert (&lead->world_from_body);

  if (sample == NULL || sample->n_labels == 0)
    return TRUE;
  if (!lead->has_pose)
    walk->n_unplaced += sample->n_labels;
  else
    {
      draft->set = quarry_ingest_label_set (walk->tables->ingest, error);
      if (draft->set == 0)
        return FALSE;
      draft->annotations = g_ptr_array_new_with_free_func (free_annotation);
      for (guint i = 0; i < sample->n_labels; i++)
        {
          QuarryAnnotation *cuboid = make_cuboid (
              walk, &g_array_index (walk->tables->labels, QuarryNuscenesLabel, sample->first_label + i), &body_from_world);

          if (cuboid != NULL)
            g_ptr_array_add (draft->annotations, cuboid);
        }
    }
  sample->n_labels = 0;          /* they have a frame now */
  return TRUE;
}

static gboolean
read_frame (Walk *walk, const Frame *frame, gboolean by_sample, GError **error)
{
  const QuarryNuscenesMedia *lead = get_media (walk, frame->lead);
  g_autofree char *key = by_sample ? g_strdup (g_array_index (walk->tables->samples, QuarryNuscenesSample, frame->sample).text)
                                   : g_path_get_basename (lead->file);
  const gboolean known = quarry_ingest_is_known (walk->tables->ingest, walk->scene->id, key, frame->media->len);
  QuarryFrameDraft *draft = quarry_frame_draft_new (walk->scene->id, key, lead->stamp_ns);

  for (guint i = 0; i < frame->media->len; i++)
    if (!add_media (walk, get_media (walk, g_array_index (frame->media, gint32, i)), known, draft, error))
      {
        quarry_frame_draft_free (draft);
        return FALSE;
      }
  if (draft->media->len > 0 && add_labels (walk, frame, draft, error))
    return quarry_ingest_frame (walk->tables->ingest, draft, error);
  if (draft->media->len > 0)
    {
      quarry_frame_draft_free (draft);
      return FALSE;
    }
  quarry_frame_draft_free (draft);
  return !quarry_ingest_is_cancelled (walk->tables->ingest, error);
}

static void
tell_lost (const Walk *walk)
{
  g_autofree char *path = g_build_filename (walk->tables->folder, "sample_annotation.json", NULL);
  guint n = 0;

  for (guint i = 0; i < walk->tables->samples->len; i++)
    {
      const QuarryNuscenesSample *sample = &g_array_index (walk->tables->samples, QuarryNuscenesSample, i);

      if (&g_array_index (walk->tables->scenes, QuarryNuscenesScene, sample->scene) == walk->scene)
        n += sample->n_labels;
    }
  if (n > 0)
    quarry_ingest_skip (walk->tables->ingest, path, walk->scene->name, "%u cuboids of samples without a frame", n);
  if (walk->n_unplaced > 0)
    quarry_ingest_skip (walk->tables->ingest, path, walk->scene->name, "%u cuboids have no place, for want of an ego pose", walk->n_unplaced);
}

gboolean
quarry_nuscenes_read_frames (QuarryNuscenes *self, QuarryNuscenesScene *scene, GError **error)
{
  const gboolean by_sample = quarry_ingest_get_options (self->ingest)->sync == QUARRY_SYNC_DEFAULT;
  g_autofree QuarryId *sensors = g_new0 (QuarryId, self->sensors->len);
  Walk walk = { .tables = self, .scene = scene, .sensors = sensors };
  g_autoptr(GPtrArray) frames = g_ptr_array_new_with_free_func (free_frame);

  if (by_sample && !quarry_ingest_keep_scene_sync (self->ingest, scene->text, "sample", FALSE, 0, error))
    return FALSE;
  if (by_sample)
    frames_by_sample (&walk, frames);
  else if (!frames_by_time (&walk, frames, error))
    return FALSE;
  for (guint i = 0; i < frames->len; i++)
    {
      quarry_ingest_progress (self->ingest, i, frames->len, scene->name);
      if (!read_frame (&walk, frames->pdata[i], by_sample, error))
        return FALSE;
    }
  tell_lost (&walk);
  return TRUE;
}
