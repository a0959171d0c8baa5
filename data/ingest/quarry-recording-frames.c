/* quarry-recording-frames.c: where a recording's sensors sit on the machine, and where the machine is
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Names of frames: REP-105 (map → odom → base_link), REP-103 (optical frames end in _optical or _optical_frame).
 */

#include "config.h"
#include "quarry-recording.h"

#include <math.h>
#include <string.h>

static const char * const bodies[] = { "base_link", "base_footprint", "body", "vehicle", "ego_vehicle", "chassis" };
static const char * const worlds[] = { "map", "odom", "world", "utm", "earth" };

/* @name itself, or in a namespace: "machine7/base_link" */
static gboolean
is_called (const char *frame, const char *name)
{
  const gsize n = strlen (frame), k = strlen (name);

  return g_str_equal (frame, name) || (n > k && g_str_has_suffix (frame, name) && frame[n - k - 1] == '/');
}

const char *
quarry_recording_get_frame (QuarryRecording *self, const QuarryRecordingTopic *sensor)
{
  const QuarryRecordingItem *item = &g_array_index (sensor->items, QuarryRecordingItem, 0);
  const QuarryRecordingTopic *calibration = sensor->calibration >= 0 ? self->topics->pdata[sensor->calibration] : NULL;
  const char *frame = g_array_index (self->shapes, QuarryRecordingShape, item->shape).frame_id;

  if (!quarry_transforms_has_frame (self->tree, frame) && calibration != NULL && calibration->frame_id != NULL &&
      (frame[0] == '\0' || quarry_transforms_has_frame (self->tree, calibration->frame_id)))
    return calibration->frame_id;
  return frame;
}

static guint
count_connected (QuarryRecording *self, const char *body)
{
  guint n = 0;

  for (guint i = 0; i < self->sensors->len; i++)
    n += quarry_transforms_is_connected (self->tree, body, quarry_recording_get_frame (self, self->sensors->pdata[i]));
  return n;
}

/* Returns: (transfer none): up from @frame as long as what is between is static */
static const char *
find_static_root (QuarryRecording *self, char **frames, const char *frame)
{
  const char *at = frame;

  for (guint i = 0; frames[i] != NULL; i++)       /* at most as many steps as frames: a circle ends */
    {
      const char *parent = quarry_transforms_get_parent (self->tree, at);

      if (parent == NULL || !quarry_transforms_is_static (self->tree, parent, at))
        break;
      at = parent;
    }
  return at;
}

/* Returns: (transfer full) (nullable): the frame of the machine: by its name, of those so called the one that most sensors are connected
 * to; else the root of the static tree that a sensor hangs in */
static char *
find_body (QuarryRecording *self, char **frames)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      const char *best = NULL;
      guint most = 0;

      for (guint k = 0; frames[k] != NULL; k++)
        {
          const guint n = is_called (frames[k], bodies[i]) ? count_connected (self, frames[k]) : 0;

          if (n <= most)
            continue;
          best = frames[k];
          most = n;
        }
      if (best != NULL)
        return g_strdup (best);
    }
  for (guint i = 0; i < self->sensors->len; i++)
    {
      const char *frame = quarry_recording_get_frame (self, self->sensors->pdata[i]);

      if (quarry_transforms_has_frame (self->tree, frame))
        return g_strdup (find_static_root (self, frames, frame));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    for (guint k = 0; frames[k] != NULL; k++)
      if (is_called (frames[k], bodies[i]))
        return g_strdup (frames[k]);
  return NULL;
}

/* Says of a camera whose frame has its z axis upwards that it is none of optical axes: a driver that names the wrong frame */
static void
check_optical (QuarryRecording *self, const QuarryRecordingTopic *sensor, const char *frame)
{
  const double forward[3] = { 0, 0, 1 };
  QuarryPose pose;
  double axis[3];

  if (sensor->sensor_kind != QUARRY_SENSOR_CAMERA ||
      !quarry_transforms_lookup_nearest (self->tree, self->body, frame, sensor->start_ns, &pose))
    return;
  quarry_pose_rotate (&pose, forward, axis);
  if (axis[2] > 0.98)
    quarry_report_add (self->report, QUARRY_ISSUE_NOTE, self->path, sensor->name,
                       "camera '%s' looks straight up: its frame '%s' is perhaps not the optical one (REP-103)", sensor->sensor, frame);
}

static void
check_sensor (QuarryRecording *self, const QuarryRecordingTopic *sensor)
{
  const char *frame = quarry_recording_get_frame (self, sensor);

  if (self->body != NULL && quarry_transforms_is_connected (self->tree, self->body, frame))
    {
      check_optical (self, sensor, frame);
      return;
    }
  if (frame[0] == '\0')
    quarry_report_add (self->report, QUARRY_ISSUE_NOTE, self->path, sensor->name,
                       "'%s' names no frame of reference: taken to be at the machine's origin", sensor->sensor);
  else if (self->body == NULL)
    quarry_report_add (self->report, QUARRY_ISSUE_NOTE, self->path, sensor->name,
                       "no transforms for '%s': '%s' is taken to be at the machine's origin", frame, sensor->sensor);
  else
    quarry_report_add (self->report, QUARRY_ISSUE_NOTE, self->path, sensor->name,
                       "no transform from '%s' to '%s': '%s' is taken to be at the machine's origin", frame, self->body, sensor->sensor);
}

/* Finds the machine's frame, and names what is wrong with the tree */
void
quarry_recording_settle_frames (QuarryRecording *self)
{
  g_auto(GStrv) frames = quarry_transforms_list_frames (self->tree);
  g_autoptr(GPtrArray) faults = quarry_transforms_find_faults (self->tree);

  for (guint i = 0; i < faults->len; i++)
    quarry_report_add (self->report, QUARRY_ISSUE_NOTE, self->path, "transforms", "%s", (const char *) faults->pdata[i]);
  g_free (self->body);
  self->body = find_body (self, frames);
  for (guint i = 0; i < self->sensors->len; i++)
    check_sensor (self, self->sensors->pdata[i]);
}

/* --- a media's calibration --- */

static const QuarryCamera *
find_camera (QuarryRecording *self, const QuarryRecordingTopic *sensor, gint64 stamp_ns)
{
  const QuarryRecordingTopic *topic = sensor->calibration >= 0 ? self->topics->pdata[sensor->calibration] : NULL;
  guint low = 0, high = topic != NULL ? topic->cameras->len : 0;

  if (high == 0)
    return NULL;
  while (low < high)
    {
      const guint middle = low + (high - low) / 2;

      if (g_array_index (topic->cameras, QuarryRecordingCamera, middle).from_ns <= stamp_ns)
        low = middle + 1;
      else
        high = middle;
    }
  return &g_array_index (topic->cameras, QuarryRecordingCamera, low > 0 ? low - 1 : 0).camera;
}

/* A calibration made at another size of the same shape is scaled: pixels count from the corner, so all of it by one factor.
 * Returns: FALSE where the shapes differ */
static gboolean
fit_camera (QuarryCamera *camera, int width, int height)
{
  const double x = (double) width / camera->width, y = (double) height / camera->height;

  if (width <= 0 || height <= 0 || (width == camera->width && height == camera->height))
    return TRUE;
  if (fabs (x / y - 1) > 0.01)
    return FALSE;
  camera->fx *= x;
  camera->cx *= x;
  camera->skew *= x;
  camera->fy *= y;
  camera->cy *= y;
  camera->width = width;
  camera->height = height;
  quarry_camera_prepare (camera);
  return TRUE;
}

/**
 * quarry_recording_get_calibration:
 *
 * Of a camera without a calibration, or with one for pictures of another shape, has_camera is FALSE.
 */
QuarryCalibration
quarry_recording_get_calibration (QuarryRecording *self, const QuarryRecordingTopic *sensor, const QuarryRecordingItem *item,
                                  gboolean *out_held)
{
  const QuarryRecordingShape *shape = &g_array_index (self->shapes, QuarryRecordingShape, item->shape);
  const QuarryCamera *camera = sensor->sensor_kind == QUARRY_SENSOR_CAMERA ? find_camera (self, sensor, item->stamp_ns) : NULL;
  const char *frame = quarry_transforms_has_frame (self->tree, shape->frame_id) ? shape->frame_id : quarry_recording_get_frame (self, sensor);
  QuarryCalibration calibration = { .body_from_sensor = QUARRY_POSE_IDENTITY };

  *out_held = FALSE;
  if (self->body != NULL && frame[0] != '\0' &&
      !quarry_transforms_lookup (self->tree, self->body, frame, item->stamp_ns, &calibration.body_from_sensor))
    *out_held = quarry_transforms_lookup_nearest (self->tree, self->body, frame, item->stamp_ns, &calibration.body_from_sensor);
  if (camera == NULL)
    return calibration;
  calibration.camera = *camera;
  calibration.has_camera = fit_camera (&calibration.camera, shape->width, shape->height);
  return calibration;
}

/* --- the machine in the world --- */

/* Returns: (transfer full) (nullable): from the transforms */
static QuarryTrajectory *
get_tree_poses (QuarryRecording *self)
{
  g_auto(GStrv) frames = quarry_transforms_list_frames (self->tree);
  const char *top = self->body;

  for (gsize i = 0; i < G_N_ELEMENTS (worlds); i++)
    for (guint k = 0; frames[k] != NULL; k++)
      {
        QuarryTrajectory *poses = NULL;

        if (!is_called (frames[k], worlds[i]) || g_str_equal (frames[k], self->body))
          continue;
        poses = quarry_transforms_get_trajectory (self->tree, frames[k], self->body);
        if (poses->len > 0)
          {
            g_free (self->world);
            self->world = g_strdup (frames[k]);
            return poses;
          }
        g_array_unref (poses);
      }
  for (guint i = 0; frames[i] != NULL && quarry_transforms_get_parent (self->tree, top) != NULL; i++)
    top = quarry_transforms_get_parent (self->tree, top);
  if (top == self->body)
    return NULL;
  g_free (self->world);
  self->world = g_strdup (top);
  return quarry_transforms_get_trajectory (self->tree, top, self->body);
}

/* Odometry, which says of what it is the pose, before poses that do not; then the one with most */
static const QuarryRecordingTopic *
find_pose_topic (QuarryRecording *self)
{
  const QuarryRecordingTopic *best = NULL;

  for (guint i = 0; i < self->topics->len; i++)
    {
      const QuarryRecordingTopic *topic = self->topics->pdata[i];

      if (topic->poses == NULL || topic->poses->len == 0)
        continue;
      if (best == NULL || (topic->child[0] != '\0') > (best->child[0] != '\0') ||
          ((topic->child[0] != '\0') == (best->child[0] != '\0') && topic->poses->len > best->poses->len))
        best = topic;
    }
  return best;
}

static QuarryTrajectory *
get_topic_poses (QuarryRecording *self, const QuarryRecordingTopic *topic)
{
  const gboolean elsewhere = self->body != NULL && topic->child[0] != '\0' && !g_str_equal (topic->child, self->body) &&
                             quarry_transforms_is_connected (self->tree, topic->child, self->body);
  QuarryTrajectory *poses = quarry_trajectory_new ();

  for (guint i = 0; i < topic->poses->len; i++)
    {
      QuarryStampedPose pose = g_array_index (topic->poses, QuarryStampedPose, i);
      QuarryPose child_from_body;

      if (elsewhere && !quarry_transforms_lookup (self->tree, topic->child, self->body, pose.stamp_ns, &child_from_body))
        continue;
      if (elsewhere)
        pose.world_from_body = quarry_pose_multiply (&pose.world_from_body, &child_from_body);
      if (quarry_pose_normalize (&pose.world_from_body))
        g_array_append_val (poses, pose);
    }
  quarry_trajectory_sort (poses);
  g_free (self->world);
  self->world = g_strdup (topic->parent);
  return poses;
}

/**
 * quarry_recording_get_poses:
 *
 * From the transforms (map, else odom, else what is on top), else from odometry, else from poses without a name.
 *
 * Returns: (transfer full): doubles, map-sized where the recording is
 */
QuarryTrajectory *
quarry_recording_get_poses (QuarryRecording *self)
{
  QuarryTrajectory *poses = self->body != NULL ? get_tree_poses (self) : NULL;
  const QuarryRecordingTopic *topic = NULL;

  if (poses != NULL && poses->len > 0)
    return poses;
  g_clear_pointer (&poses, g_array_unref);
  topic = find_pose_topic (self);
  return topic != NULL ? get_topic_poses (self, topic) : quarry_trajectory_new ();
}
