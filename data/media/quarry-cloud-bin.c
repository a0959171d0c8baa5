/* quarry-cloud-bin.c: points as little-endian float32 and nothing else: KITTI's .bin (x y z reflectance) and nuScenes' .pcd.bin
 * (x y z intensity ring)
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-cloud-private.h"

#include <math.h>
#include <string.h>

#define KITTI_BYTES 16
#define NUSCENES_BYTES 20
/* What has no more rings than this in its fifth numbers is a nuScenes cloud */
#define MAX_RING 255
#define MIN_POINTS 3

static gsize
get_point_bytes (const char *format)
{
  return g_str_equal (format, "nuscenes-bin") ? NUSCENES_BYTES : KITTI_BYTES;
}

static gboolean
count_bin (const guint8 *head, gsize length, gint64 whole, const char *format, const char *name, gint64 *out_n_points, GError **error)
{
  const gint64 size = (gint64) get_point_bytes (format);

  if (whole % size != 0)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
                   "%s: byte %" G_GINT64_FORMAT ": the last point is cut off (%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " bytes)",
                   name, whole - whole % size, whole % size, size);
      return FALSE;
    }
  *out_n_points = whole / size;
  return TRUE;
}

static QuarryCloud *
decode_bin (const guint8 *data, gsize length, const char *format, const char *name, GError **error)
{
  const gsize size = get_point_bytes (format);
  QuarryCloudColumn columns[QUARRY_CLOUD_N_COLUMNS] = { 0 };
  gint64 n = 0;

  if (!count_bin (data, length, (gint64) length, format, name, &n, error))
    return NULL;
  for (int i = QUARRY_CLOUD_X; i <= QUARRY_CLOUD_INTENSITY; i++)
    columns[i] = (QuarryCloudColumn) { .type = 'f', .size = 4, .at = data + 4 * i, .stride = size };
  if (size == NUSCENES_BYTES)
    columns[QUARRY_CLOUD_RING] = (QuarryCloudColumn) { .type = 'f', .size = 4, .at = data + 16, .stride = size };
  return quarry_cloud_from_columns (columns, (gsize) n, QUARRY_CLOUD_TIME_GUESS, name, error);
}

static gboolean
guess_kitti (const char *name, const guint8 *head, gsize length)
{
  return g_str_has_suffix (name, ".bin");
}

/* Five numbers a point, the fifth a ring: whole, not negative, small, and not always 0. KITTI's fifth number is the next point's x */
static gboolean
guess_nuscenes (const char *name, const guint8 *head, gsize length)
{
  gboolean any = FALSE;

  if (g_str_has_suffix (name, ".pcd.bin"))
    return TRUE;
  if (!g_str_has_suffix (name, ".bin") || head == NULL || length < MIN_POINTS * NUSCENES_BYTES)
    return FALSE;
  for (gsize at = 0; at + NUSCENES_BYTES <= length; at += NUSCENES_BYTES)
    {
      float ring;

      memcpy (&ring, head + at + 16, sizeof ring);
      if (!(ring >= 0 && ring <= MAX_RING) || ring != floorf (ring))
        return FALSE;
      any = any || ring > 0;
    }
  return any;
}

const QuarryCloudFormat quarry_cloud_format_kitti = { "kitti-bin", decode_bin, count_bin, guess_kitti, FALSE };
const QuarryCloudFormat quarry_cloud_format_nuscenes = { "nuscenes-bin", decode_bin, count_bin, guess_nuscenes, FALSE };

/* Intensity is 0 where the cloud has none; times and rings are not carried. In map coordinates the origin is left out: float32 would lose
 * the centimetres, so the calibration written beside it has to carry it. */
gboolean
quarry_cloud_write_kitti (const QuarryCloud *self, const char *path, GError **error)
{
  g_autofree float *data = g_try_malloc_n (MAX (self->n, 1), KITTI_BYTES);

  if (data == NULL)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE, "%s: not enough memory", path);
      return FALSE;
    }
  for (gsize i = 0; i < self->n; i++)
    {
      memcpy (data + 4 * i, self->xyz + 3 * i, 3 * sizeof (float));
      data[4 * i + 3] = self->intensity != NULL ? self->intensity[i] : 0;
    }
  return g_file_set_contents_full (path, (const char *) data, (gssize) (self->n * KITTI_BYTES), G_FILE_SET_CONTENTS_CONSISTENT, 0644,
                                   error);
}
