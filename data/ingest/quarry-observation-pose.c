/* quarry-observation-pose.c: transforms, poses and positions in messages
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * ROS writes a transform in header.frame_id (the parent) of child_frame_id: parent_from_child, as here. Foxglove's FrameTransform
 * is the same with other names; its quaternions too are x, y, z, w.
 */

#include "config.h"
#include "quarry-observation-private.h"

#include <math.h>

static void
transform_free (gpointer data)
{
  QuarryStampedTransform *self = data;

  g_free (self->parent);
  g_free (self->child);
  g_free (self);
}

static gboolean
read_vector (const QuarryValue *root, const char *path, double out[3])
{
  const QuarryValue *value = quarry_value_get (root, path);

  return value != NULL && quarry_value_get_number (value, "x", &out[0]) && quarry_value_get_number (value, "y", &out[1]) &&
         quarry_value_get_number (value, "z", &out[2]);
}

/* Makes the quaternion unit */
static gboolean
read_pose (const QuarryValue *root, const char *translation, const char *rotation, QuarryPose *out, GError **error)
{
  const QuarryValue *q = quarry_value_get (root, rotation);
  QuarryPose pose;

  if (!read_vector (root, translation, pose.t))
    return quarry_observation_fail (error, "'%s' is not there", translation);
  if (!read_vector (root, rotation, &pose.q[1]) || !quarry_value_get_number (q, "w", &pose.q[0]))
    return quarry_observation_fail (error, "'%s' is not there", rotation);
  if (!isfinite (pose.t[0]) || !isfinite (pose.t[1]) || !isfinite (pose.t[2]))
    return quarry_observation_fail (error, "'%s' is no place: %g, %g, %g", translation, pose.t[0], pose.t[1], pose.t[2]);
  if (!quarry_pose_normalize (&pose))
    return quarry_observation_fail (error, "'%s' is no rotation: %g, %g, %g, %g", rotation, pose.q[1], pose.q[2], pose.q[3], pose.q[0]);
  *out = pose;
  return TRUE;
}

static void
add_transform (QuarryObservation *out, gint64 stamp_ns, char *take_parent, char *take_child, const QuarryPose *parent_from_child)
{
  QuarryStampedTransform *transform = g_new0 (QuarryStampedTransform, 1);

  transform->stamp_ns = stamp_ns;
  transform->parent = take_parent;
  transform->child = take_child;
  transform->parent_from_child = *parent_from_child;
  if (out->transforms == NULL)
    out->transforms = g_ptr_array_new_with_free_func (transform_free);
  g_ptr_array_add (out->transforms, transform);
}

/* geometry_msgs/TransformStamped and foxglove.FrameTransform */
static gboolean
read_one (const QuarryValue *root, QuarryObservation *out, GError **error)
{
  const gboolean ros = quarry_value_get (root, "header") != NULL;
  g_autofree char *parent = quarry_observation_dup_frame (root, ros ? "header.frame_id" : "parent_frame_id");
  g_autofree char *child = quarry_observation_dup_frame (root, "child_frame_id");
  QuarryPose pose;

  if (parent[0] == '\0' || child[0] == '\0')
    return quarry_observation_fail (error, "a transform without names: from '%s' to '%s'", child, parent);
  if (!read_pose (root, ros ? "transform.translation" : "translation", ros ? "transform.rotation" : "rotation", &pose, error))
    {
      g_prefix_error (error, "'%s' in '%s': ", child, parent);
      return FALSE;
    }
  add_transform (out, quarry_observation_get_time (root, ros ? "header.stamp" : "timestamp"), g_steal_pointer (&parent),
                 g_steal_pointer (&child), &pose);
  return TRUE;
}

/* All that are whole; the error is the first */
gboolean
quarry_observation_read_transforms (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error)
{
  const QuarryValue *list = quarry_value_get (root, "transforms");
  g_autoptr(GError) first = NULL;

  if (list == NULL || (list->kind != QUARRY_VALUE_LIST && !(list->kind == QUARRY_VALUE_NUMBERS && list->n == 0)))
    return quarry_observation_fail (error, "'transforms' is no list");
  out->transforms = g_ptr_array_new_with_free_func (transform_free);
  for (gsize i = 0; list->kind == QUARRY_VALUE_LIST && i < list->length; i++)
    read_one (&list->members[i], out, first == NULL ? &first : NULL);
  if (out->transforms->len > 0)
    {
      const QuarryStampedTransform *transform = out->transforms->pdata[0];

      out->stamp_ns = transform->stamp_ns;
      g_free (out->frame_id);
      out->frame_id = g_strdup (transform->parent);
    }
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

gboolean
quarry_observation_read_transform (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error)
{
  if (!read_one (root, out, error))
    return FALSE;
  g_free (out->frame_id);
  out->frame_id = g_strdup (((QuarryStampedTransform *) out->transforms->pdata[0])->parent);
  return TRUE;
}

/* Odometry, PoseStamped, PoseWithCovarianceStamped, PoseInFrame: the child is "" where the message names none */
gboolean
quarry_observation_read_pose (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error)
{
  const gboolean covariance = quarry_value_get (root, "pose.pose") != NULL;
  QuarryPose pose;

  if (!read_pose (root, covariance ? "pose.pose.position" : "pose.position", covariance ? "pose.pose.orientation" : "pose.orientation",
                  &pose, error))
    return FALSE;
  add_transform (out, out->stamp_ns, g_strdup (out->frame_id), quarry_observation_dup_frame (root, "child_frame_id"), &pose);
  return TRUE;
}

/* NavSatFix and LocationFix: WGS 84; the altitude is above the ellipsoid, NAN where it is not known. Without a fix: nothing */
gboolean
quarry_observation_read_position (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error)
{
  static const char * const names[] = { "latitude", "longitude", "altitude" };
  double position[3];
  gint64 status = 0;

  quarry_value_get_integer (root, "status.status", &status);
  if (status < 0)
    {
      out->kind = QUARRY_OBSERVATION_NONE;
      return TRUE;
    }
  for (int i = 0; i < 3; i++)
    if (!quarry_value_get_number (root, names[i], &position[i]))
      {
        if (i < 2)
          return quarry_observation_fail (error, "'%s' is not there", names[i]);
        position[i] = NAN;
      }
  if (!(fabs (position[0]) <= 90) || !(fabs (position[1]) <= 360))
    return quarry_observation_fail (error, "no place on Earth: latitude %g, longitude %g", position[0], position[1]);
  for (int i = 0; i < 3; i++)
    out->position[i] = isinf (position[i]) ? (double) NAN : position[i];
  return TRUE;
}
