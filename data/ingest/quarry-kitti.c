/* quarry-kitti.c: what KITTI's layouts share: calibration text, cameras
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-kitti.h"

#include <math.h>
#include <string.h>

#define MAX_CALIBRATION 65536

/* Exactly @n finite numbers, divided by space. Returns: FALSE where the text is anything else */
gboolean
quarry_kitti_parse_numbers (const char *text, double *out, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      char *end = NULL;

      out[i] = g_ascii_strtod (text, &end);
      if (end == text || !isfinite (out[i]) || (*end != 0 && !g_ascii_isspace (*end)))
        return FALSE;
      text = end;
    }
  while (g_ascii_isspace (*text))
    text++;
  return *text == 0;
}

/* Returns: (transfer full): the numbers of a line after its name; none where one is not a number */
static GArray *
parse_values (const char *text)
{
  g_autoptr(GArray) values = g_array_new (FALSE, FALSE, sizeof (double));

  for (;;)
    {
      double value;
      char *end = NULL;

      while (g_ascii_isspace (*text))
        text++;
      if (*text == 0)
        return g_steal_pointer (&values);
      value = g_ascii_strtod (text, &end);
      if (end == text || !isfinite (value) || (*end != 0 && !g_ascii_isspace (*end)))
        {
          g_array_set_size (values, 0);
          return g_steal_pointer (&values);
        }
      g_array_append_val (values, value);
      text = end;
    }
}

/* Returns: (transfer full) */
QuarryKittiValues *
quarry_kitti_values_parse (const char *text)
{
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  GHashTable *self = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify) g_array_unref);

  for (char **line = lines; *line != NULL; line++)
    {
      const gsize length = strcspn (*line, ": \t\r");
      GArray *values = NULL;

      if (length == 0 || (*line)[length] == 0)
        continue;
      values = parse_values (*line + length + ((*line)[length] == ':' ? 1 : 0));
      g_hash_table_replace (self, g_strndup (*line, length), values);
    }
  return self;
}

/* Returns: (transfer none) (nullable): exactly @n numbers */
const double *
quarry_kitti_values_get (QuarryKittiValues *self, const char *name, guint n)
{
  const GArray *values = g_hash_table_lookup (self, name);

  return values != NULL && values->len == n ? (const double *) values->data : NULL;
}

static gboolean
is_rotation (const double r[9])
{
  for (int a = 0; a < 3; a++)
    for (int b = 0; b < 3; b++)
      {
        const double dot = r[3 * a] * r[3 * b] + r[3 * a + 1] * r[3 * b + 1] +
                           r[3 * a + 2] * r[3 * b + 2];

        if (fabs (dot - (a == b ? 1 : 0)) > 1e-2)
          return FALSE;
      }
  return r[0] * (r[4] * r[8] - r[5] * r[7]) - r[1] * (r[3] * r[8] - r[5] * r[6]) +
             r[2] * (r[3] * r[7] - r[4] * r[6]) >
         0;
}

/* A 3 × 4 matrix [R t] by rows */
gboolean
quarry_kitti_values_pose (QuarryKittiValues *self, const char *name, QuarryPose *out_pose)
{
  const double *m = quarry_kitti_values_get (self, name, 12);

  if (m != NULL)
    {
      const double r[9] = { m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10] };
      const double t[3] = { m[3], m[7], m[11] };

      if (!is_rotation (r))
        return FALSE;
      *out_pose = quarry_pose_from_matrix (r, t);
      return TRUE;
    }
  return FALSE;
}

/* A 3 × 3 matrix by rows */
gboolean
quarry_kitti_values_rotation (QuarryKittiValues *self, const char *name, QuarryPose *out_pose)
{
  const double *r = quarry_kitti_values_get (self, name, 9);
  const double zero[3] = { 0 };

  if (r == NULL || !is_rotation (r))
    return FALSE;
  *out_pose = quarry_pose_from_matrix (r, zero);
  return TRUE;
}

/* Returns: (transfer full) (nullable): NULL, reported, where it is missing or unreadable */
QuarryKittiValues *
quarry_kitti_values_read (QuarryIngest *ingest, const char *path)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = quarry_ingest_read_text (ingest, path, MAX_CALIBRATION, &error);

  if (text != NULL)
    return quarry_kitti_values_parse (text);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    quarry_ingest_skip (ingest, path, NULL, "the calibration is missing");
  else
    quarry_ingest_skip_error (ingest, path, error);
  return NULL;
}

/**
 * quarry_kitti_camera:
 * @projection: 3 × 4 by rows, K·[I | t]: from the rectified frame of camera 0 to pixels
 * @out_camera_from_rectified: the shift t
 *
 * Returns: FALSE where it is no such matrix
 */
gboolean
quarry_kitti_camera (const double   projection[12],
                     int            width,
                     int            height,
                     QuarryCamera  *out_camera,
                     QuarryPose    *out_camera_from_rectified)
{
  const double *p = projection;
  QuarryCamera camera = { .model = QUARRY_CAMERA_BROWN_CONRADY, .width = width, .height = height };
  QuarryPose shift = QUARRY_POSE_IDENTITY;

  if (!(p[0] > 0) || !(p[5] > 0) || p[4] != 0 || p[8] != 0 || p[9] != 0 || p[10] != 1)
    return FALSE;
  camera.fx = p[0];
  camera.fy = p[5];
  camera.skew = p[1];
  camera.cx = p[2] + QUARRY_PIXEL_CENTRE;
  camera.cy = p[6] + QUARRY_PIXEL_CENTRE;
  quarry_camera_prepare (&camera);
  shift.t[2] = p[11]; /* t = K⁻¹ · the last column */
  shift.t[1] = (p[7] - p[6] * shift.t[2]) / p[5];
  shift.t[0] = (p[3] - p[1] * shift.t[1] - p[2] * shift.t[2]) / p[0];
  *out_camera = camera;
  *out_camera_from_rectified = shift;
  return quarry_camera_is_valid (&camera);
}
