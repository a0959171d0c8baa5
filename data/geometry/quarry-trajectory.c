/* quarry-trajectory.c: a machine's poses over time, world_from_body
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-trajectory.h"

/* How far beyond its ends a trajectory still answers, with the pose of that end */
#define MAX_HOLD_NS (50 * 1000 * 1000)
/* Poses farther apart than this are a gap: nothing is known between them */
#define MAX_GAP_NS (2 * QUARRY_NS_PER_S)

/* Returns: (transfer full): empty; append QuarryStampedPose, then sort */
QuarryTrajectory *
quarry_trajectory_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (QuarryStampedPose));
}

static int
compare_stamps (gconstpointer a, gconstpointer b)
{
  const gint64 x = ((const QuarryStampedPose *) a)->stamp_ns;
  const gint64 y = ((const QuarryStampedPose *) b)->stamp_ns;

  return (x > y) - (x < y);
}

/* Puts the poses into time order; of equal stamps the first stays */
void
quarry_trajectory_sort (QuarryTrajectory *self)
{
  guint kept = 0;

  g_array_sort (self, compare_stamps);
  for (guint i = 0; i < self->len; i++)
    {
      const QuarryStampedPose pose = g_array_index (self, QuarryStampedPose, i);

      if (kept > 0 && g_array_index (self, QuarryStampedPose, kept - 1).stamp_ns == pose.stamp_ns)
        continue;
      g_array_index (self, QuarryStampedPose, kept++) = pose;
    }
  g_array_set_size (self, kept);
}

/**
 * quarry_trajectory_interpolate:
 *
 * Returns: FALSE where no pose is known: before or after the recording, or in a gap
 */
gboolean
quarry_trajectory_interpolate (const QuarryTrajectory *self,
                               gint64                  stamp_ns,
                               QuarryPose             *out_world_from_body)
{
  const QuarryStampedPose *poses = (const QuarryStampedPose *) self->data;
  guint low = 0;
  guint high = self->len;

  while (low < high)           /* first pose at or after the stamp */
    {
      const guint middle = low + (high - low) / 2;

      if (poses[middle].stamp_ns < stamp_ns)
        low = middle + 1;
      else
        high = middle;
    }
  if (low < self->len && (poses[low].stamp_ns == stamp_ns ||
                          (low == 0 && poses[0].stamp_ns - stamp_ns <= MAX_HOLD_NS)))
    {
      *out_world_from_body = poses[low].world_from_body;
      return TRUE;
    }
  if (low == 0)
    return FALSE;
  if (low == self->len)
    {
      if (stamp_ns - poses[low - 1].stamp_ns > MAX_HOLD_NS)
        return FALSE;
      *out_world_from_body = poses[low - 1].world_from_body;
      return TRUE;
    }
  if (poses[low].stamp_ns - poses[low - 1].stamp_ns > MAX_GAP_NS)
    return FALSE;
  *out_world_from_body =
    quarry_pose_interpolate (&poses[low - 1].world_from_body, &poses[low].world_from_body,
                             (double) (stamp_ns - poses[low - 1].stamp_ns) /
                             (double) (poses[low].stamp_ns - poses[low - 1].stamp_ns));
  return TRUE;
}

/**
 * quarry_trajectory_get_motion:
 *
 * The body's motion between two times: body(to)_from_body(from), which carries what was seen at
 * @from_ns to the body frame at @to_ns through the world.
 *
 * Returns: FALSE (and the identity: rigid) where a pose is missing or a time unknown
 */
gboolean
quarry_trajectory_get_motion (const QuarryTrajectory *self,
                              gint64                  to_ns,
                              gint64                  from_ns,
                              QuarryPose             *out_to_from_from)
{
  QuarryPose world_from_to, world_from_from, to_from_world;

  *out_to_from_from = QUARRY_POSE_IDENTITY;
  if (self == NULL || to_ns == QUARRY_NO_TIME || from_ns == QUARRY_NO_TIME ||
      !quarry_trajectory_interpolate (self, to_ns, &world_from_to) ||
      !quarry_trajectory_interpolate (self, from_ns, &world_from_from))
    return FALSE;
  to_from_world = quarry_pose_invert (&world_from_to);
  *out_to_from_from = quarry_pose_multiply (&to_from_world, &world_from_from);
  return TRUE;
}
