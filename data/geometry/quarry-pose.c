/* quarry-pose.c: rigid motions in metres
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-pose.h"

#include <math.h>
#include <string.h>

static void
quaternion_multiply (const double a[4], const double b[4], double out[4])
{
  const double w = a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3];
  const double x = a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2];
  const double y = a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1];
  const double z = a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0];

  out[0] = w;
  out[1] = x;
  out[2] = y;
  out[3] = z;
}

/* The rotation of @a_from_b alone, for directions. @out_a may be @b. */
void
quarry_pose_rotate (const QuarryPose *a_from_b, const double b[3], double out_a[3])
{
  /* v + 2 w (u × v) + 2 u × (u × v), with u the vector part */
  const double *q = a_from_b->q;
  const double cx = q[2] * b[2] - q[3] * b[1];
  const double cy = q[3] * b[0] - q[1] * b[2];
  const double cz = q[1] * b[1] - q[2] * b[0];
  const double x = b[0] + 2 * (q[0] * cx + q[2] * cz - q[3] * cy);
  const double y = b[1] + 2 * (q[0] * cy + q[3] * cx - q[1] * cz);
  const double z = b[2] + 2 * (q[0] * cz + q[1] * cy - q[2] * cx);

  out_a[0] = x;
  out_a[1] = y;
  out_a[2] = z;
}

/* @out_a may be @b */
void
quarry_pose_apply (const QuarryPose *a_from_b, const double b[3], double out_a[3])
{
  quarry_pose_rotate (a_from_b, b, out_a);
  for (int i = 0; i < 3; i++)
    out_a[i] += a_from_b->t[i];
}

/* Returns: a_from_c */
QuarryPose
quarry_pose_multiply (const QuarryPose *a_from_b, const QuarryPose *b_from_c)
{
  QuarryPose a_from_c;

  quarry_pose_apply (a_from_b, b_from_c->t, a_from_c.t);
  quaternion_multiply (a_from_b->q, b_from_c->q, a_from_c.q);
  return a_from_c;
}

/* Returns: b_from_a */
QuarryPose
quarry_pose_invert (const QuarryPose *a_from_b)
{
  QuarryPose b_from_a = { { 0, 0, 0 }, { a_from_b->q[0], -a_from_b->q[1], -a_from_b->q[2], -a_from_b->q[3] } };
  const double back[3] = { -a_from_b->t[0], -a_from_b->t[1], -a_from_b->t[2] };

  quarry_pose_rotate (&b_from_a, back, b_from_a.t);
  return b_from_a;
}

/**
 * quarry_pose_interpolate:
 * @fraction: 0 gives @from, 1 gives @to
 *
 * Linear in position, spherical linear (slerp, the short way round) in rotation.
 */
QuarryPose
quarry_pose_interpolate (const QuarryPose *from, const QuarryPose *to, double fraction)
{
  QuarryPose pose;
  double dot = 0;
  double sign;
  double weight_from = 1 - fraction;
  double weight_to = fraction;

  for (int i = 0; i < 4; i++)
    dot += from->q[i] * to->q[i];
  sign = dot < 0 ? -1 : 1;
  dot *= sign;
  if (dot < 1 - 1e-9)
    {
      const double angle = acos (dot);

      weight_from = sin ((1 - fraction) * angle) / sin (angle);
      weight_to = sin (fraction * angle) / sin (angle);
    }
  for (int i = 0; i < 3; i++)
    pose.t[i] = (1 - fraction) * from->t[i] + fraction * to->t[i];
  for (int i = 0; i < 4; i++)
    pose.q[i] = weight_from * from->q[i] + sign * weight_to * to->q[i];
  quarry_pose_normalize (&pose);
  return pose;
}

/**
 * quarry_pose_from_matrix:
 * @rotation: row major 3×3; the nearest quaternion by Shepperd's method, so that a matrix printed
 *   with a few digits still gives a rotation
 */
QuarryPose
quarry_pose_from_matrix (const double r[9], const double translation[3])
{
  QuarryPose pose;
  const double trace = r[0] + r[4] + r[8];

  if (trace >= r[0] && trace >= r[4] && trace >= r[8])
    {
      const double s = 2 * sqrt (MAX (0.0, 1 + trace));

      pose = (QuarryPose) { .q = { s / 4, (r[7] - r[5]) / s, (r[2] - r[6]) / s, (r[3] - r[1]) / s } };
    }
  else if (r[0] >= r[4] && r[0] >= r[8])
    {
      const double s = 2 * sqrt (MAX (0.0, 1 + r[0] - r[4] - r[8]));

      pose = (QuarryPose) { .q = { (r[7] - r[5]) / s, s / 4, (r[1] + r[3]) / s, (r[2] + r[6]) / s } };
    }
  else if (r[4] >= r[8])
    {
      const double s = 2 * sqrt (MAX (0.0, 1 + r[4] - r[0] - r[8]));

      pose = (QuarryPose) { .q = { (r[2] - r[6]) / s, (r[1] + r[3]) / s, s / 4, (r[5] + r[7]) / s } };
    }
  else
    {
      const double s = 2 * sqrt (MAX (0.0, 1 + r[8] - r[0] - r[4]));

      pose = (QuarryPose) { .q = { (r[3] - r[1]) / s, (r[2] + r[6]) / s, (r[5] + r[7]) / s, s / 4 } };
    }
  memcpy (pose.t, translation, sizeof pose.t);
  if (!quarry_pose_normalize (&pose))
    memcpy (pose.q, QUARRY_POSE_IDENTITY.q, sizeof pose.q);
  return pose;
}

/* @yaw: radians about z, 0 is +x, counter-clockwise seen from above */
QuarryPose
quarry_pose_from_yaw (double x, double y, double z, double yaw)
{
  return (QuarryPose) { { x, y, z }, { cos (yaw / 2), 0, 0, sin (yaw / 2) } };
}

/* @out_rotation: row major 3×3 */
void
quarry_pose_to_matrix (const QuarryPose *pose, double out[9])
{
  const double w = pose->q[0], x = pose->q[1], y = pose->q[2], z = pose->q[3];

  out[0] = 1 - 2 * (y * y + z * z);
  out[1] = 2 * (x * y - w * z);
  out[2] = 2 * (x * z + w * y);
  out[3] = 2 * (x * y + w * z);
  out[4] = 1 - 2 * (x * x + z * z);
  out[5] = 2 * (y * z - w * x);
  out[6] = 2 * (x * z - w * y);
  out[7] = 2 * (y * z + w * x);
  out[8] = 1 - 2 * (x * x + y * y);
}

/* @out_columns: 4×4 by columns, as GL and cglm take it. Subtract map-sized origins before. */
void
quarry_pose_to_gl (const QuarryPose *pose, float out_columns[16])
{
  double r[9];

  quarry_pose_to_matrix (pose, r);
  for (int column = 0; column < 3; column++)
    {
      for (int row = 0; row < 3; row++)
        out_columns[4 * column + row] = (float) r[3 * row + column];
      out_columns[4 * column + 3] = 0;
      out_columns[12 + column] = (float) pose->t[column];
    }
  out_columns[15] = 1;
}

/* Returns: radians of the x axis's direction in the xy plane, counter-clockwise from +x */
double
quarry_pose_get_yaw (const QuarryPose *pose)
{
  const double *q = pose->q;

  return atan2 (2 * (q[1] * q[2] + q[0] * q[3]), 1 - 2 * (q[2] * q[2] + q[3] * q[3]));
}

/* Makes the quaternion unit, w ≥ 0. Returns: FALSE where it is zero or not finite, or t is not finite */
gboolean
quarry_pose_normalize (QuarryPose *pose)
{
  double norm = 0;

  for (int i = 0; i < 4; i++)
    norm += pose->q[i] * pose->q[i];
  norm = sqrt (norm);
  if (!isfinite (norm) || norm < 1e-12 ||
      !isfinite (pose->t[0]) || !isfinite (pose->t[1]) || !isfinite (pose->t[2]))
    return FALSE;
  if (pose->q[0] < 0)
    norm = -norm;
  for (int i = 0; i < 4; i++)
    pose->q[i] /= norm;
  return TRUE;
}
