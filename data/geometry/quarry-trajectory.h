/* quarry-trajectory.h: a machine's poses over time, world_from_body
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-pose.h"
#include "quarry-types.h"

G_BEGIN_DECLS

typedef struct
{
  gint64     stamp_ns;
  QuarryPose world_from_body;
} QuarryStampedPose;

/* A GArray of QuarryStampedPose, ascending in time without repeats */
typedef GArray QuarryTrajectory;

QuarryTrajectory *quarry_trajectory_new         (void);
void              quarry_trajectory_sort        (QuarryTrajectory       *self);
gboolean          quarry_trajectory_interpolate (const QuarryTrajectory *self,
                                                 gint64                  stamp_ns,
                                                 QuarryPose             *out_world_from_body);
gboolean          quarry_trajectory_get_motion  (const QuarryTrajectory *self,
                                                 gint64                  to_ns,
                                                 gint64                  from_ns,
                                                 QuarryPose             *out_to_from_from);

G_END_DECLS
