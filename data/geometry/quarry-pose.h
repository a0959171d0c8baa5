/* quarry-pose.h: rigid motions in metres
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A pose named a_from_b takes coordinates in frame b to frame a: x_a = R(q) · x_b + t.
 * Products chain: a_from_c = a_from_b · b_from_c.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  double t[3];      /* metres */
  double q[4];      /* unit quaternion w, x, y, z */
} QuarryPose;

#define QUARRY_POSE_IDENTITY ((QuarryPose) { { 0, 0, 0 }, { 1, 0, 0, 0 } })

QuarryPose quarry_pose_multiply    (const QuarryPose *a_from_b,
                                    const QuarryPose *b_from_c);
QuarryPose quarry_pose_invert      (const QuarryPose *a_from_b);
void       quarry_pose_apply       (const QuarryPose *a_from_b,
                                    const double      b[3],
                                    double            out_a[3]);
void       quarry_pose_rotate      (const QuarryPose *a_from_b,
                                    const double      b[3],
                                    double            out_a[3]);
QuarryPose quarry_pose_interpolate (const QuarryPose *from,
                                    const QuarryPose *to,
                                    double            fraction);
QuarryPose quarry_pose_from_matrix (const double      rotation[9],
                                    const double      translation[3]);
QuarryPose quarry_pose_from_yaw    (double            x,
                                    double            y,
                                    double            z,
                                    double            yaw);
void       quarry_pose_to_matrix   (const QuarryPose *pose,
                                    double            out_rotation[9]);
void       quarry_pose_to_gl       (const QuarryPose *pose,
                                    float             out_columns[16]);
double     quarry_pose_get_yaw     (const QuarryPose *pose);
gboolean   quarry_pose_normalize   (QuarryPose       *pose);

G_END_DECLS
