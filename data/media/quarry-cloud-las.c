/* quarry-cloud-las.c: LAS 1.0 to 1.4, all point record formats
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * After the ASPRS LAS specification 1.4 R15. Coordinates are integers with a scale and an offset, taken as doubles. GPS times are
 * seconds of a week or of the adjusted standard clock and survey long stretches: they are offsets from the first point where all are
 * within 2 s of it, else left out. LAZ (compressed LAS) is not read.
 */

#include "config.h"
#include "quarry-cloud-private.h"

#include <string.h>

#define HEADER_BYTES 227
#define HEADER_BYTES_1_4 375
#define COMPRESSED 0xC0       /* bits of the record format that LAZ sets */
#define MAX_POINTS (G_GUINT64_CONSTANT (1) << 40)

typedef struct
{
  guint64 n;
  gsize   data;              /* bytes: the first point */
  gsize   stride;
  guint   record;            /* point record format */
  double  scale[3], shift[3];
} Header;

/* Bytes a point of each record format has at least, and where its GPS time is (0: none) */
static const struct { guint bytes, time; } records[] = {
  { 20, 0 }, { 28, 20 }, { 26, 0 }, { 34, 20 }, { 57, 20 }, { 63, 20 }, { 30, 22 }, { 36, 22 }, { 38, 22 }, { 59, 22 }, { 67, 22 },
};

static guint64
get_unsigned (const guint8 *at, gsize size)
{
  guint64 value = 0;

  memcpy (&value, at, size);
  return value;
}

static gboolean
check_header (const Header *self, gint64 whole, const char *name, GError **error)
{
  if (self->record >= G_N_ELEMENTS (records))
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED, "%s: byte 104: point record format %u is not known", name,
                   self->record);
      return FALSE;
    }
  if (self->stride < records[self->record].bytes)
    return quarry_cloud_fail (error, name, 105, "a point shorter than its record format");
  if (self->n == 0)
    return TRUE;
  if (self->data < HEADER_BYTES || self->n > MAX_POINTS || (guint64) whole < self->data ||
      ((guint64) whole - self->data) / self->stride < self->n)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
                   "%s: byte %" G_GINT64_FORMAT ": the file is too short for its %" G_GUINT64_FORMAT " points", name, whole, self->n);
      return FALSE;
    }
  return TRUE;
}

static gboolean
parse_header (Header *self, const guint8 *data, gsize length, gint64 whole, const char *name, GError **error)
{
  if (length < HEADER_BYTES || memcmp (data, "LASF", 4) != 0)
    return quarry_cloud_fail (error, name, 0, length < HEADER_BYTES ? "the LAS header is cut off" : "no LAS file");
  if (data[24] != 1 || data[25] > 4)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED, "%s: byte 24: LAS version %u.%u is not known", name, data[24],
                   data[25]);
      return FALSE;
    }
  if ((data[104] & COMPRESSED) != 0)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED,
                   "%s: the points are compressed (LAZ); save them as LAS, for instance with 'laszip -i FILE.laz -o FILE.las'", name);
      return FALSE;
    }
  self->data = (gsize) get_unsigned (data + 96, 4);
  self->record = data[104];
  self->stride = (gsize) get_unsigned (data + 105, 2);
  self->n = get_unsigned (data + 107, 4);
  if (data[25] >= 4 && length < HEADER_BYTES_1_4)
    return quarry_cloud_fail (error, name, length, "the LAS header is cut off");
  if (data[25] >= 4 && get_unsigned (data + 247, 8) != 0)
    self->n = get_unsigned (data + 247, 8);
  memcpy (self->scale, data + 131, sizeof self->scale);
  memcpy (self->shift, data + 155, sizeof self->shift);
  return check_header (self, whole, name, error);
}

/* Bits of byte 14: 0–2 of the old formats, 0–3 of the new ones; a column cannot say so */
static void
set_echo (QuarryCloud *cloud, const Header *header, const guint8 *points)
{
  const guint8 mask = header->record < 6 ? 7 : 15;

  cloud->echo = g_try_malloc (MAX (cloud->n, 1));
  for (gsize i = 0; cloud->echo != NULL && i < cloud->n; i++)
    cloud->echo[i] = points[i * header->stride + 14] & mask;
}

static QuarryCloud *
decode_las (const guint8 *data, gsize length, const char *format, const char *name, GError **error)
{
  Header header = { 0 };
  QuarryCloudColumn columns[QUARRY_CLOUD_N_COLUMNS] = { 0 };
  QuarryCloud *cloud = NULL;
  const guint8 *points = NULL;

  if (!parse_header (&header, data, length, (gint64) length, name, error))
    return NULL;
  points = header.n > 0 ? data + header.data : data;
  for (int k = 0; k < 3; k++)
    columns[k] = (QuarryCloudColumn) { .type = 'i', .size = 4, .at = points + 4 * k, .stride = header.stride,
                                       .scale = header.scale[k], .shift = header.shift[k] };
  columns[QUARRY_CLOUD_INTENSITY] = (QuarryCloudColumn) { .type = 'u', .size = 2, .at = points + 12, .stride = header.stride };
  if (records[header.record].time != 0)
    columns[QUARRY_CLOUD_TIME] = (QuarryCloudColumn) { .type = 'f', .size = 8, .at = points + records[header.record].time,
                                                       .stride = header.stride };
  cloud = quarry_cloud_from_columns (columns, (gsize) header.n, QUARRY_CLOUD_TIME_CLOCK_S, name, error);
  if (cloud != NULL)
    set_echo (cloud, &header, points);
  return cloud;
}

static gboolean
count_las (const guint8 *head, gsize length, gint64 whole, const char *format, const char *name, gint64 *out_n_points, GError **error)
{
  Header header = { 0 };

  if (!parse_header (&header, head, length, whole, name, error))
    return FALSE;
  *out_n_points = (gint64) header.n;
  return TRUE;
}

/* LAZ too, so that it is refused by name rather than overlooked */
static gboolean
guess_las (const char *name, const guint8 *head, gsize length)
{
  if (head == NULL)
    return g_str_has_suffix (name, ".las") || g_str_has_suffix (name, ".laz");
  return length >= 4 && memcmp (head, "LASF", 4) == 0;
}

const QuarryCloudFormat quarry_cloud_format_las = { "las", decode_las, count_las, guess_las, FALSE };
