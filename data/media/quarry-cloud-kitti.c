/* quarry-cloud-kitti.c: KITTI's .bin: x y z reflectance as little-endian float32, nothing else
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-cloud-private.h"

#include <string.h>

#define POINT_BYTES 16

G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);

gboolean
quarry_cloud_count_kitti (gint64 file_length, const char *name, gint64 *out_n_points,
                          GError **error)
{
  if (file_length % POINT_BYTES != 0)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
                   "%s: byte %" G_GINT64_FORMAT ": the last point is cut off (%" G_GINT64_FORMAT
                   " of %d bytes)",
                   name, file_length - file_length % POINT_BYTES, file_length % POINT_BYTES,
                   POINT_BYTES);
      return FALSE;
    }
  *out_n_points = file_length / POINT_BYTES;
  return TRUE;
}

QuarryCloud *
quarry_cloud_decode_kitti (const guint8 *data, gsize length, const char *name, GError **error)
{
  QuarryCloud *self = NULL;
  gint64 n = 0;

  if (!quarry_cloud_count_kitti ((gint64) length, name, &n, error))
    return NULL;
  self = quarry_cloud_new ((gsize) n, TRUE, FALSE, FALSE);
  if (self == NULL)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE, "%s: not enough memory",
                   name);
      return NULL;
    }
  for (gsize i = 0; i < self->n; i++)
    {
      memcpy (self->xyz + 3 * i, data + i * POINT_BYTES, 3 * sizeof (float));
      memcpy (self->intensity + i, data + i * POINT_BYTES + 12, sizeof (float));
    }
  quarry_cloud_normalize_intensity (self);
  return self;
}

/* Intensity is 0 where the cloud has none; times and rings are not carried */
gboolean
quarry_cloud_write_kitti (const QuarryCloud *self, const char *path, GError **error)
{
  g_autofree float *data = g_try_malloc_n (MAX (self->n, 1), POINT_BYTES);

  if (data == NULL)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE, "%s: not enough memory",
                   path);
      return FALSE;
    }
  for (gsize i = 0; i < self->n; i++)
    {
      memcpy (data + 4 * i, self->xyz + 3 * i, 3 * sizeof (float));
      data[4 * i + 3] = self->intensity != NULL ? self->intensity[i] : 0;
    }
  return g_file_set_contents_full (path, (const char *) data, (gssize) (self->n * POINT_BYTES),
                                   G_FILE_SET_CONTENTS_CONSISTENT, 0644, error);
}
