/* quarry-kitti-raw-oxts.c: times and poses of a KITTI raw drive
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The world is a Mercator map as in the raw development kit (convertOxtsToPose), but not moved to
 * the first pose: x east, y north, z up, metres true at the latitude of the drive's first packet.
 *
 *   x = s·r·lon, y = s·r·ln tan (π/4 + lat/2), z = altitude, s = cos (lat₀), r = 6378137 m
 *   R = Rz (yaw) · Ry (pitch) · Rx (roll)
 */

#include "config.h"
#include "quarry-kitti-raw.h"

#include <math.h>
#include <string.h>

#define EARTH_RADIUS 6378137.0
#define MAX_STAMPS (64u << 20)
#define MAX_PACKET 65536
#define N_PACKET 6           /* lat lon alt roll pitch yaw, then what is not needed here */

static gboolean
parse_digits (const char **at, guint n, int *out)
{
  *out = 0;
  for (guint i = 0; i < n; i++, (*at)++)
    {
      if (!g_ascii_isdigit (**at))
        return FALSE;
      *out = *out * 10 + (**at - '0');
    }
  return TRUE;
}

static gboolean
parse_char (const char **at, char c)
{
  if (**at != c)
    return FALSE;
  (*at)++;
  return TRUE;
}

gboolean
quarry_kitti_parse_stamp (const char *text, gint64 *out_ns)
{
  const char *at = text;
  g_autoptr(GDateTime) time = NULL;
  int year, month, day, hour, minute, second;
  gint64 ns = 0;

  if (!parse_digits (&at, 4, &year) || !parse_char (&at, '-') || !parse_digits (&at, 2, &month) ||
      !parse_char (&at, '-') || !parse_digits (&at, 2, &day) || !parse_char (&at, ' ') ||
      !parse_digits (&at, 2, &hour) || !parse_char (&at, ':') || !parse_digits (&at, 2, &minute) ||
      !parse_char (&at, ':') || !parse_digits (&at, 2, &second))
    return FALSE;
  if (*at == '.')
    {
      gint64 unit = 100 * 1000 * 1000;

      for (at++; g_ascii_isdigit (*at); at++, unit /= 10)
        ns += unit * (*at - '0');
    }
  while (g_ascii_isspace (*at))
    at++;
  time = *at == 0 ? g_date_time_new_utc (year, month, day, hour, minute, second) : NULL;
  if (time == NULL)
    return FALSE;
  *out_ns = g_date_time_to_unix (time) * QUARRY_NS_PER_S + ns;
  return TRUE;
}

/* Line n is the time of file n */
GArray *
quarry_kitti_read_stamps (QuarryIngest *ingest, const char *path)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = quarry_ingest_read_text (ingest, path, MAX_STAMPS, &error);
  g_auto(GStrv) lines = NULL;
  GArray *stamps = NULL;

  if (text == NULL)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        quarry_ingest_note (ingest, path, NULL,
                            "no times: frames are in the order of their numbers");
      else
        quarry_ingest_skip_error (ingest, path, error);
      return NULL;
    }
  stamps = g_array_new (FALSE, FALSE, sizeof (gint64));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      gint64 stamp = QUARRY_NO_TIME;

      if (lines[i + 1] == NULL && lines[i][0] == 0)
        break;
      if (!quarry_kitti_parse_stamp (lines[i], &stamp))
        {
          g_autofree char *place = g_strdup_printf ("line %u", i + 1);

          stamp = QUARRY_NO_TIME;
          quarry_ingest_skip (ingest, path, place, "not a time");
        }
      g_array_append_val (stamps, stamp);
    }
  return stamps;
}

gboolean
quarry_kitti_parse_oxts (const char *text, double scale, double *out_scale,
                         QuarryPose *out_world_from_imu)
{
  const double degree = G_PI / 180;
  double v[N_PACKET];
  const char *at = text;
  double s[3], c[3];

  for (int i = 0; i < N_PACKET; i++)
    {
      char *end = NULL;

      v[i] = g_ascii_strtod (at, &end);
      if (end == at || !isfinite (v[i]))
        return FALSE;
      at = end;
    }
  if (fabs (v[0]) >= 89 || fabs (v[1]) > 360)
    return FALSE;
  if (scale == 0)
    scale = cos (v[0] * degree);
  for (int i = 0; i < 3; i++)
    {
      s[i] = sin (v[3 + i]);
      c[i] = cos (v[3 + i]);
    }
  {
    const double t[3] = { scale * EARTH_RADIUS * v[1] * degree,
                          scale * EARTH_RADIUS * log (tan ((90 + v[0]) * degree / 2)), v[2] };
    const double r[9] = {
      c[2] * c[1], c[2] * s[1] * s[0] - s[2] * c[0], c[2] * s[1] * c[0] + s[2] * s[0],
      s[2] * c[1], s[2] * s[1] * s[0] + c[2] * c[0], s[2] * s[1] * c[0] - c[2] * s[0],
      -s[1], c[1] * s[0], c[1] * c[0],
    };

    *out_world_from_imu = quarry_pose_from_matrix (r, t);
  }
  *out_scale = scale;
  return TRUE;
}

static gboolean
read_packet (QuarryIngest *ingest, const char *path, double *scale, QuarryPose *out)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = quarry_ingest_read_text (ingest, path, MAX_PACKET, &error);

  if (text == NULL)
    quarry_ingest_skip_error (ingest, path, error);
  else if (quarry_kitti_parse_oxts (text, *scale, scale, out))
    return TRUE;
  else
    quarry_ingest_skip (ingest, path, NULL, "not the numbers of an OXTS packet");
  return FALSE;
}

/* @folder: oxts/ of the drive. Packets without a time are left out. */
GArray *
quarry_kitti_read_oxts (QuarryIngest *ingest, const char *folder)
{
  g_autofree char *stamps_path = g_build_filename (folder, "timestamps.txt", NULL);
  g_autofree char *data = g_build_filename (folder, "data", NULL);
  g_autoptr(GPtrArray) entries = NULL;
  g_autoptr(GArray) stamps = NULL;
  GArray *trajectory = NULL;
  double scale = 0;

  if (!g_file_test (data, G_FILE_TEST_IS_DIR))
    return NULL;
  stamps = quarry_kitti_read_stamps (ingest, stamps_path);
  if (stamps == NULL)
    return NULL;
  entries = quarry_ingest_list_folder (ingest, data);
  trajectory = quarry_trajectory_new ();
  for (guint i = 0; i < entries->len; i++)
    {
      const QuarryIngestEntry *entry = entries->pdata[i];
      const guint64 number = g_ascii_strtoull (entry->name, NULL, 10);
      QuarryStampedPose pose = { QUARRY_NO_TIME, QUARRY_POSE_IDENTITY };

      if (entry->is_folder || !g_str_has_suffix (entry->name, ".txt") ||
          !g_ascii_isdigit (entry->name[0]))
        continue;
      if (number < stamps->len)
        pose.stamp_ns = g_array_index (stamps, gint64, number);
      if (pose.stamp_ns != QUARRY_NO_TIME &&
          read_packet (ingest, entry->path, &scale, &pose.world_from_body))
        g_array_append_val (trajectory, pose);
    }
  return trajectory;
}
