/* quarry-cloud.c: point clouds in memory
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-cloud.h"
#include "quarry-cloud-private.h"

#include <math.h>
#include <string.h>

/* A cloud's poses are computed this far apart and blended between: at 2 rad/s the chord is off by
 * 50 µm at 100 m */
#define STEP_NS (1000 * 1000)
/* No sweep lasts longer: larger offsets are absolute times or garbage */
#define MAX_SWEEP_NS (2 * QUARRY_NS_PER_S)

static gpointer
allocate (gsize n, gsize size, gboolean zero)
{
  return zero ? g_try_malloc0_n (n, size) : g_try_malloc_n (n, size);
}

/* @zero: readers fill each value anyway, and zeros cost as much as the read */
QuarryCloud *
quarry_cloud_new_full (gsize n, gboolean intensity, gboolean offset_ns, gboolean ring, gboolean zero)
{
  g_autoptr(QuarryCloud) self = g_new0 (QuarryCloud, 1);
  const gsize rows = MAX (n, 1);       /* an empty cloud has its columns too */

  self->n = n;
  self->clock_ns = QUARRY_NO_TIME;
  self->xyz = allocate (rows, 3 * sizeof (float), zero);
  self->intensity = intensity ? allocate (rows, sizeof (float), zero) : NULL;
  self->offset_ns = offset_ns ? allocate (rows, sizeof (gint32), zero) : NULL;
  self->ring = ring ? allocate (rows, sizeof (guint16), zero) : NULL;
  if (self->xyz == NULL || (intensity && self->intensity == NULL) ||
      (offset_ns && self->offset_ns == NULL) || (ring && self->ring == NULL))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * quarry_cloud_new:
 *
 * Returns: (transfer full) (nullable): zeros, with the columns asked for; NULL where there is not
 * enough memory
 */
QuarryCloud *
quarry_cloud_new (gsize n, gboolean intensity, gboolean offset_ns, gboolean ring)
{
  return quarry_cloud_new_full (n, intensity, offset_ns, ring, TRUE);
}

void
quarry_cloud_free (QuarryCloud *self)
{
  if (self == NULL)
    return;
  g_free (self->xyz);
  g_free (self->intensity);
  g_free (self->offset_ns);
  g_free (self->ring);
  g_free (self->echo);
  g_free (self);
}

/* The largest of what is finite and not negative; all else becomes 0 */
static float
clean (float *values, gsize n)
{
  const QuarryFour zero = { 0, 0, 0, 0 }, limit = { G_MAXFLOAT, G_MAXFLOAT, G_MAXFLOAT, G_MAXFLOAT };
  QuarryFour most = zero;
  float result = 0;
  gsize i = 0;

  for (; i + 4 <= n; i += 4)
    {
      QuarryFour v, good;
      QuarryFourBits larger;

      memcpy (&v, values + i, sizeof v);
      good = (QuarryFour) ((QuarryFourBits) v & (v >= zero) & (v <= limit));
      memcpy (values + i, &good, sizeof good);
      larger = good > most;
      most = (QuarryFour) (((QuarryFourBits) good & larger) | ((QuarryFourBits) most & ~larger));
    }
  for (; i < n; i++)
    {
      values[i] = values[i] >= 0 && values[i] <= G_MAXFLOAT ? values[i] : 0;
      result = MAX (result, values[i]);
    }
  for (int k = 0; k < 4; k++)
    result = MAX (result, most[k]);
  return result;
}

/* To 0…1, told by the largest value: files hold 0…1, 0…255 or 0…65535 and do not say which;
 * negative and non-finite become 0 */
void
quarry_cloud_normalize_intensity (QuarryCloud *self)
{
  const float most = clean (self->intensity, self->n);
  const float scale = most <= 255 ? 1 / 255.0f : most <= 65535 ? 1 / 65535.0f : 1 / most;

  for (gsize i = 0; most > 1 && i < self->n; i++)
    self->intensity[i] *= scale;
}

QuarryPose
quarry_cloud_get_pose (const QuarryCloud *self, const QuarryPose *a_from_sensor)
{
  const QuarryPose sensor_from_xyz = { { self != NULL ? self->origin[0] : 0, self != NULL ? self->origin[1] : 0,
                                         self != NULL ? self->origin[2] : 0 },
                                       { 1, 0, 0, 0 } };

  return quarry_pose_multiply (a_from_sensor, &sensor_from_xyz);
}

/* Row-major 3 × 4: sensor at the stamp from sensor at another time */
typedef struct { double m[12]; } Motion;

static void
motion_from_pose (const QuarryPose *pose, Motion *out)
{
  double r[9];

  quarry_pose_to_matrix (pose, r);
  for (int row = 0; row < 3; row++)
    {
      memcpy (out->m + 4 * row, r + 3 * row, 3 * sizeof (double));
      out->m[4 * row + 3] = pose->t[row];
    }
}

/* Returns: (transfer full) (nullable): a motion every STEP_NS from @first_ns on; NULL where a pose
 * is missing */
static Motion *
list_motions (const QuarryTrajectory *trajectory, const QuarryPose *body_from_sensor,
              gint64 stamp_ns, gint64 first_ns, guint n)
{
  g_autofree Motion *motions = g_new (Motion, n);
  const QuarryPose sensor_from_body = quarry_pose_invert (body_from_sensor);

  for (guint i = 0; i < n; i++)
    {
      QuarryPose motion, pose;

      if (!quarry_trajectory_get_motion (trajectory, stamp_ns,
                                         stamp_ns + first_ns + (gint64) i * STEP_NS, &motion))
        return NULL;
      pose = quarry_pose_multiply (&motion, body_from_sensor);
      pose = quarry_pose_multiply (&sensor_from_body, &pose);
      motion_from_pose (&pose, &motions[i]);
    }
  return g_steal_pointer (&motions);
}

static void
move_point (float *p, const double origin[3], const Motion *a, const Motion *b, double f)
{
  const double x[3] = { (double) p[0] + origin[0], (double) p[1] + origin[1], (double) p[2] + origin[2] };

  for (int row = 0; row < 3; row++)
    {
      double sum = a->m[4 * row + 3] + f * (b->m[4 * row + 3] - a->m[4 * row + 3]);

      for (int i = 0; i < 3; i++)
        sum += (a->m[4 * row + i] + f * (b->m[4 * row + i] - a->m[4 * row + i])) * x[i];
      p[row] = (float) (sum - origin[row]);
    }
}

gboolean
quarry_cloud_deskew (QuarryCloud *self, const QuarryTrajectory *trajectory,
                     const QuarryPose *body_from_sensor, gint64 stamp_ns)
{
  g_autofree Motion *motions = NULL;
  gint64 first = G_MAXINT32, last = G_MININT32;
  guint n;

  if (self->offset_ns == NULL || trajectory == NULL || trajectory->len == 0 ||
      stamp_ns == QUARRY_NO_TIME || self->n == 0)
    return FALSE;
  for (gsize i = 0; i < self->n; i++)
    {
      first = MIN (first, self->offset_ns[i]);
      last = MAX (last, self->offset_ns[i]);
    }
  if (last - first > MAX_SWEEP_NS)
    return FALSE;
  n = (guint) ((last - first) / STEP_NS) + 2;
  motions = list_motions (trajectory, body_from_sensor, stamp_ns, first, n);
  if (motions == NULL)
    return FALSE;
  for (gsize i = 0; i < self->n; i++)
    {
      const gint64 at = self->offset_ns[i] - first;
      const guint step = (guint) (at / STEP_NS);

      move_point (self->xyz + 3 * i, self->origin, &motions[step], &motions[step + 1],
                  (double) (at % STEP_NS) / STEP_NS);
    }
  g_clear_pointer (&self->offset_ns, g_free);
  return TRUE;
}
