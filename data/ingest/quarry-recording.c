/* quarry-recording.c: messages into topics: stamps, pointers, calibrations, transforms, poses
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-recording.h"

#include <stdlib.h>
#include <string.h>

/* Two calibrations in a row are one where they are equal; a recording holds at most this many of a camera */
#define MAX_CAMERAS 10000

static void
free_topic (gpointer data)
{
  QuarryRecordingTopic *self = data;

  g_free (self->name);
  g_free (self->topic);
  g_free (self->type);
  g_free (self->encoding);
  g_strfreev (self->fields);
  g_free (self->sensor);
  g_clear_pointer (&self->items, g_array_unref);
  g_clear_pointer (&self->cameras, g_array_unref);
  g_clear_pointer (&self->poses, g_array_unref);
  g_free (self->last_told);
  g_free (self->frame_id);
  g_free (self->parent);
  g_free (self->child);
  g_free (self);
}

static void
clear_shape (gpointer data)
{
  QuarryRecordingShape *shape = data;

  g_free (shape->format);
  g_free (shape->frame_id);
}

/* Returns: (transfer full) */
QuarryRecording *
quarry_recording_new (const char *key, const char *name, const char *path, QuarryReport *report)
{
  QuarryRecording *self = g_new0 (QuarryRecording, 1);

  self->key = g_strdup (key);
  self->name = g_strdup (name);
  self->path = g_strdup (path);
  self->report = g_object_ref (report);
  self->topics = g_ptr_array_new_with_free_func (free_topic);
  self->sensors = g_ptr_array_new ();
  self->tree = quarry_transforms_new ();
  self->by_topic = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->shapes = g_array_new (FALSE, FALSE, sizeof (QuarryRecordingShape));
  g_array_set_clear_func (self->shapes, clear_shape);
  self->shape_index = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->strings = g_string_chunk_new (65536);
  return self;
}

void
quarry_recording_free (QuarryRecording *self)
{
  if (self == NULL)
    return;
  g_free (self->key);
  g_free (self->name);
  g_free (self->path);
  g_free (self->body);
  g_free (self->world);
  g_object_unref (self->report);
  g_ptr_array_unref (self->sensors);
  g_ptr_array_unref (self->topics);
  quarry_transforms_free (self->tree);
  g_hash_table_unref (self->by_topic);
  g_hash_table_unref (self->shape_index);
  g_array_unref (self->shapes);
  g_string_chunk_free (self->strings);
  g_free (self);
}

static gboolean
has_name (QuarryRecording *self, const char *name)
{
  for (guint i = 0; i < self->topics->len; i++)
    if (g_str_equal (((QuarryRecordingTopic *) self->topics->pdata[i])->name, name))
      return TRUE;
  return FALSE;
}

/* Returns: (transfer none) */
QuarryRecordingTopic *
quarry_recording_get_topic (QuarryRecording *self, const char *topic, const char *type, const char *encoding)
{
  g_autofree char *key = g_strdup_printf ("%s\n%s\n%s", topic, type, encoding);
  QuarryRecordingTopic *found = g_hash_table_lookup (self->by_topic, key);

  if (found != NULL)
    return found;
  found = g_new0 (QuarryRecordingTopic, 1);
  found->name = has_name (self, topic) ? g_strdup_printf ("%s (%s)", topic, type) : g_strdup (topic);
  for (guint n = 2; has_name (self, found->name); n++)
    {
      g_free (found->name);
      found->name = g_strdup_printf ("%s (%s %u)", topic, type, n);
    }
  found->topic = g_strdup (topic);
  found->type = g_strdup (type);
  found->encoding = g_strdup (encoding);
  found->kind = quarry_observation_find_kind (type);
  found->start_ns = found->end_ns = QUARRY_NO_TIME;
  found->calibration = -1;
  g_ptr_array_add (self->topics, found);
  g_hash_table_insert (self->by_topic, g_steal_pointer (&key), found);
  return found;
}

/* --- an item --- */

static guint32
intern_shape (QuarryRecording *self, const char *format, const char *frame_id, int width, int height)
{
  g_autofree char *key = g_strdup_printf ("%s\n%s\n%d %d", format, frame_id, width, height);
  gpointer found = g_hash_table_lookup (self->shape_index, key);
  QuarryRecordingShape shape;

  if (found != NULL)
    return GPOINTER_TO_UINT (found) - 1;
  shape = (QuarryRecordingShape) { g_strdup (format), g_strdup (frame_id), width, height };
  g_array_append_val (self->shapes, shape);
  g_hash_table_insert (self->shape_index, g_steal_pointer (&key), GUINT_TO_POINTER (self->shapes->len));
  return self->shapes->len - 1;
}

/* Returns: (transfer full): "points::STEP…" of "points:N:STEP…" where N is @n_points; else as it is */
static char *
leave_out_count (const char *format, gint64 n_points)
{
  g_autofree char *start = g_strdup_printf ("points:%" G_GINT64_FORMAT ":", n_points);

  return g_str_has_prefix (format, start) ? g_strconcat ("points::", format + strlen (start), NULL) : g_strdup (format);
}

/* Returns: (transfer full): as in quarry-media.h */
char *
quarry_recording_dup_format (QuarryRecording *self, const QuarryRecordingItem *item)
{
  const char *format = g_array_index (self->shapes, QuarryRecordingShape, item->shape).format;

  return g_str_has_prefix (format, "points::")
             ? g_strdup_printf ("points:%" G_GINT64_FORMAT ":%s", item->n_points, format + strlen ("points::"))
             : g_strdup (format);
}

/* Returns: (transfer full): as in quarry-media.h */
char *
quarry_recording_dup_uri (const QuarryRecordingItem *item)
{
  return item->part != NULL ? g_strdup_printf ("%s#%s", item->base, item->part) : g_strdup (item->base);
}

/* Messages of one chunk, one after the other, share their strings */
static void
set_place (QuarryRecording *self, QuarryRecordingItem *item, const char *uri)
{
  const char *hash = strrchr (uri, '#');
  const gsize length = hash != NULL ? (gsize) (hash - uri) : strlen (uri);

  if (self->last_base == NULL || strncmp (self->last_base, uri, length) != 0 || self->last_base[length] != '\0')
    {
      g_autofree char *base = g_strndup (uri, length);

      self->last_base = g_string_chunk_insert_const (self->strings, base);
    }
  item->base = self->last_base;
  if (hash == NULL)
    return;
  if (self->last_part == NULL || !g_str_equal (self->last_part, hash + 1))
    self->last_part = g_string_chunk_insert (self->strings, hash + 1);
  item->part = self->last_part;
}

static void
add_item (QuarryRecording *self, QuarryRecordingTopic *topic, const QuarryObservation *o, const char *uri, gint64 offset,
          gint64 stamp_ns)
{
  g_autofree char *format = leave_out_count (o->format, o->n_points);
  QuarryRecordingItem item = { stamp_ns, offset + (gint64) o->offset, (gint64) o->length, o->n_points, NULL, NULL, 0 };

  if (topic->items == NULL)
    topic->items = g_array_new (FALSE, FALSE, sizeof (QuarryRecordingItem));
  if (o->kind == QUARRY_OBSERVATION_IMAGE)
    item.n_points = 0;
  topic->is_packets |= g_str_has_prefix (format, "velodyne:");
  item.shape = intern_shape (self, format, o->frame_id != NULL ? o->frame_id : "", o->width, o->height);
  set_place (self, &item, uri);
  g_array_append_val (topic->items, item);
}

/* --- calibrations, transforms, poses --- */

static gboolean
is_same_camera (const QuarryCamera *a, const QuarryCamera *b)
{
  return a->model == b->model && a->width == b->width && a->height == b->height && memcmp (&a->fx, &b->fx, sizeof a->fx) == 0 &&
         memcmp (&a->fy, &b->fy, sizeof a->fy) == 0 && memcmp (&a->cx, &b->cx, sizeof a->cx) == 0 &&
         memcmp (&a->cy, &b->cy, sizeof a->cy) == 0 && memcmp (&a->skew, &b->skew, sizeof a->skew) == 0 &&
         memcmp (a->k, b->k, sizeof a->k) == 0;
}

static int
compare_cameras (gconstpointer a, gconstpointer b)
{
  const gint64 x = ((const QuarryRecordingCamera *) a)->from_ns;
  const gint64 y = ((const QuarryRecordingCamera *) b)->from_ns;

  return (x > y) - (x < y);
}

static void
add_camera (QuarryRecordingTopic *topic, const QuarryObservation *o, gint64 stamp_ns)
{
  const QuarryRecordingCamera camera = { stamp_ns, o->camera };

  if (topic->cameras == NULL)
    topic->cameras = g_array_new (FALSE, FALSE, sizeof (QuarryRecordingCamera));
  if (topic->frame_id == NULL)
    topic->frame_id = g_strdup (o->frame_id != NULL ? o->frame_id : "");
  if (topic->cameras->len > 0 && is_same_camera (&g_array_index (topic->cameras, QuarryRecordingCamera, topic->cameras->len - 1).camera, &o->camera))
    return;
  if (topic->cameras->len < MAX_CAMERAS)
    g_array_append_val (topic->cameras, camera);
}

/* A stamp that can be trusted, as the header of quarry-recording.h says */
static gint64
resolve_stamp (gint64 header_ns, gint64 log_ns, gint64 *out_unstamped, gint64 *out_far)
{
  gint64 away = 0;

  if (header_ns == QUARRY_NO_TIME || header_ns == 0)
    {
      (*out_unstamped)++;
      return log_ns;
    }
  if (log_ns == QUARRY_NO_TIME)
    return header_ns;
  if (__builtin_sub_overflow (header_ns, log_ns, &away) || away > QUARRY_RECORDING_FAR_NS || away < -QUARRY_RECORDING_FAR_NS)
    {
      (*out_far)++;
      return log_ns;
    }
  return header_ns;
}

static void
add_transforms (QuarryRecording *self, QuarryRecordingTopic *topic, const QuarryObservation *o, gint64 log_ns)
{
  const gboolean fixed = g_str_has_suffix (topic->topic, "tf_static");

  for (guint i = 0; o->transforms != NULL && i < o->transforms->len; i++)
    {
      const QuarryStampedTransform *t = o->transforms->pdata[i];
      gint64 ignored = 0;

      if (t->parent == NULL || t->child == NULL || t->parent[0] == '\0' || t->child[0] == '\0')
        {
          topic->n_broken++;
          continue;
        }
      if (!fixed)
        quarry_transforms_add (self->tree, t->parent, t->child, resolve_stamp (t->stamp_ns, log_ns, &topic->n_unstamped, &topic->n_far),
                               &t->parent_from_child);
      else if (quarry_transforms_add_static (self->tree, t->parent, t->child, resolve_stamp (t->stamp_ns, log_ns, &ignored, &ignored),
                                             &t->parent_from_child))
        quarry_report_add (self->report, QUARRY_ISSUE_NOTE, self->path, topic->name,
                           "'%s' is stated again with another pose in '%s': it holds from there on", t->child, t->parent);
    }
}

static void
add_pose (QuarryRecordingTopic *topic, const QuarryObservation *o, gint64 stamp_ns)
{
  const QuarryStampedTransform *t = o->transforms != NULL && o->transforms->len > 0 ? o->transforms->pdata[0] : NULL;
  QuarryStampedPose pose;

  if (t == NULL)
    return;
  if (topic->poses == NULL)
    {
      topic->poses = quarry_trajectory_new ();
      topic->parent = g_strdup (t->parent != NULL ? t->parent : "");
      topic->child = g_strdup (t->child != NULL ? t->child : "");
    }
  pose = (QuarryStampedPose) { stamp_ns, t->parent_from_child };
  g_array_append_val (topic->poses, pose);
}

static void
widen (QuarryRecordingTopic *topic, gint64 stamp_ns)
{
  if (stamp_ns == QUARRY_NO_TIME)
    return;
  if (topic->start_ns == QUARRY_NO_TIME || stamp_ns < topic->start_ns)
    topic->start_ns = stamp_ns;
  if (topic->end_ns == QUARRY_NO_TIME || stamp_ns > topic->end_ns)
    topic->end_ns = stamp_ns;
}

/**
 * quarry_recording_observe:
 * @uri: of the message; @offset of it in there: what the observation points to counts from it
 * @log_ns: when it was logged; QUARRY_NO_TIME unknown
 *
 * Counts the message, and keeps what is of use.
 */
void
quarry_recording_observe (QuarryRecording *self, QuarryRecordingTopic *topic, const QuarryObservation *o, const char *uri,
                          gint64 offset, gint64 log_ns)
{
  gint64 stamp = log_ns;

  topic->n_messages++;
  if (o->kind == QUARRY_OBSERVATION_TRANSFORMS)
    add_transforms (self, topic, o, log_ns);
  else if (o->kind != QUARRY_OBSERVATION_NONE)
    stamp = resolve_stamp (o->stamp_ns, log_ns, &topic->n_unstamped, &topic->n_far);
  widen (topic, stamp);
  if (stamp == QUARRY_NO_TIME)
    stamp = 0;
  switch (o->kind)
    {
    case QUARRY_OBSERVATION_IMAGE:
    case QUARRY_OBSERVATION_CLOUD:
      add_item (self, topic, o, uri, offset, stamp);
      break;
    case QUARRY_OBSERVATION_CALIBRATION:
      add_camera (topic, o, stamp);
      break;
    case QUARRY_OBSERVATION_POSE:
      add_pose (topic, o, stamp);
      break;
    default:
      break;
    }
}

/* --- settling --- */

/* Cameras and lidars in natural order of their names; a lidar's own packets after what was made of them */
static int
compare_sensors (gconstpointer a, gconstpointer b)
{
  const QuarryRecordingTopic *x = *(QuarryRecordingTopic * const *) a;
  const QuarryRecordingTopic *y = *(QuarryRecordingTopic * const *) b;

  if (x->sensor_kind != y->sensor_kind)
    return (x->sensor_kind > y->sensor_kind) - (x->sensor_kind < y->sensor_kind);
  if (x->is_packets != y->is_packets)
    return x->is_packets ? 1 : -1;
  return quarry_ingest_compare_natural (x->sensor, y->sensor);
}

static void
name_sensors (QuarryRecording *self)
{
  g_autoptr(GPtrArray) topics = g_ptr_array_new ();
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->topics->len; i++)
    {
      QuarryRecordingTopic *topic = self->topics->pdata[i];

      if (topic->items == NULL)
        continue;
      topic->sensor_kind = topic->kind == QUARRY_OBSERVATION_IMAGE ? QUARRY_SENSOR_CAMERA : QUARRY_SENSOR_LIDAR;
      g_ptr_array_add (self->sensors, topic);
      g_ptr_array_add (topics, topic->name);
    }
  quarry_recording_name_sensors (topics, names);
  for (guint i = 0; i < self->sensors->len; i++)
    ((QuarryRecordingTopic *) self->sensors->pdata[i])->sensor = g_strdup (names->pdata[i]);
  g_ptr_array_sort (self->sensors, compare_sensors);
}

static const char *
get_frame (QuarryRecording *self, const QuarryRecordingTopic *sensor)
{
  const QuarryRecordingItem *item = &g_array_index (sensor->items, QuarryRecordingItem, 0);

  return g_array_index (self->shapes, QuarryRecordingShape, item->shape).frame_id;
}

static void
pair_camera (QuarryRecording *self, QuarryRecordingTopic *sensor, guint n_cameras, guint n_calibrations)
{
  int best = 0;

  for (guint i = 0; i < self->topics->len; i++)
    {
      const QuarryRecordingTopic *topic = self->topics->pdata[i];
      int score = 0;

      if (topic->cameras == NULL)
        continue;
      score = quarry_recording_pair (sensor->topic, get_frame (self, sensor), topic->topic, topic->frame_id);
      if (n_cameras == 1 && n_calibrations == 1)
        score = MAX (score, 1);
      if (score <= best)
        continue;
      best = score;
      sensor->calibration = (int) i;
    }
  if (best == 0)
    quarry_report_add (self->report, QUARRY_ISSUE_NOTE, self->path, sensor->name, "no calibration for camera '%s'", sensor->sensor);
}

static void
pair_cameras (QuarryRecording *self)
{
  guint n_cameras = 0, n_calibrations = 0;

  for (guint i = 0; i < self->topics->len; i++)
    {
      QuarryRecordingTopic *topic = self->topics->pdata[i];

      if (topic->cameras != NULL)
        {
          n_calibrations++;
          g_array_sort (topic->cameras, compare_cameras);
        }
      n_cameras += topic->sensor != NULL && topic->sensor_kind == QUARRY_SENSOR_CAMERA;
    }
  for (guint i = 0; i < self->sensors->len; i++)
    {
      QuarryRecordingTopic *sensor = self->sensors->pdata[i];

      if (sensor->sensor_kind == QUARRY_SENSOR_CAMERA)
        pair_camera (self, sensor, n_cameras, n_calibrations);
    }
}

static void
tell_stamps (QuarryRecording *self)
{
  for (guint i = 0; i < self->topics->len; i++)
    {
      const QuarryRecordingTopic *topic = self->topics->pdata[i];

      if (topic->n_unstamped > 0)
        quarry_report_add (self->report, QUARRY_ISSUE_NOTE, self->path, topic->name,
                           "%" G_GINT64_FORMAT " stamps are 0 or none: the time of logging is used", topic->n_unstamped);
      if (topic->n_far > 0)
        quarry_report_add (self->report, QUARRY_ISSUE_NOTE, self->path, topic->name,
                           "%" G_GINT64_FORMAT " stamps are more than an hour away from when they were logged: the time of logging is used",
                           topic->n_far);
    }
}

/* After all messages: what is a sensor, what it is called, which calibration and which transforms are its */
void
quarry_recording_settle (QuarryRecording *self)
{
  g_ptr_array_set_size (self->sensors, 0);
  name_sensors (self);
  pair_cameras (self);
  tell_stamps (self);
  quarry_recording_settle_frames (self);
}
