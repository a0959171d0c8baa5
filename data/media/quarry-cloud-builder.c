/* quarry-cloud-builder.c: from the values of a file to a cloud
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-cloud-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);

/* Metres: beyond, float32 steps are more than 1 mm */
#define FAR 16384.0
/* Metres: more than any map or the Earth's centre is away; such values are garbage */
#define TOO_FAR 1e8
#define ORIGIN_STEP 1000.0
/* Metres: a float32 step above this has lost centimetres */
#define COARSE 0.01

static const char * const column_names[QUARRY_CLOUD_N_COLUMNS][9] = {
  { "x", NULL },
  { "y", NULL },
  { "z", NULL },
  { "intensity", "i", "reflectivity", "reflectance", "remission", "scalar_intensity", NULL },
  { "t", "time", "offset_time", "time_offset", "timestamp", "time_stamp", "offset_ns", "gpstime", NULL },
  { "ring", "channel", "laser_number", "laser_id", "line", NULL },
  { "echo", "return", "return_number", "returnnumber", NULL },
};

int
quarry_cloud_find_column (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (int i = 0; i < QUARRY_CLOUD_N_COLUMNS; i++)
    if (g_strv_contains (column_names[i], lower))
      return i;
  return -1;
}

/* "t" is what Ouster's drivers and Quarry itself write, "offset_time" Livox', both in nanoseconds */
QuarryCloudTimeMeaning
quarry_cloud_get_time_meaning (const char *name)
{
  return g_ascii_strcasecmp (name, "t") == 0 || g_ascii_strcasecmp (name, "offset_time") == 0 ||
                 g_ascii_strcasecmp (name, "offset_ns") == 0
             ? QUARRY_CLOUD_TIME_NS
             : QUARRY_CLOUD_TIME_GUESS;
}

gboolean
quarry_cloud_fail (GError **error, const char *name, guint64 at, const char *what)
{
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN, "%s: byte %" G_GUINT64_FORMAT ": %s", name, at, what);
  return FALSE;
}

gboolean
quarry_cloud_builder_init (QuarryCloudBuilder *self, gsize n, guint columns, const char *name, GError **error)
{
  const gboolean echo = (columns & QUARRY_CLOUD_BIT (QUARRY_CLOUD_ECHO)) != 0;
  const gboolean times = (columns & QUARRY_CLOUD_BIT (QUARRY_CLOUD_TIME)) != 0;

  memset (self, 0, G_STRUCT_OFFSET (QuarryCloudBuilder, first));
  self->name = name;
  self->time_type = 'f';
  self->cloud = quarry_cloud_new_full (n, (columns & QUARRY_CLOUD_BIT (QUARRY_CLOUD_INTENSITY)) != 0, FALSE,
                                       (columns & QUARRY_CLOUD_BIT (QUARRY_CLOUD_RING)) != 0, FALSE);
  if (self->cloud != NULL && echo)
    self->cloud->echo = g_try_malloc0 (MAX (n, 1));
  if (self->cloud != NULL && times)
    self->times = g_try_malloc0_n (MAX (n, 1), sizeof (double));
  if (self->cloud != NULL && (!echo || self->cloud->echo != NULL) && (!times || self->times != NULL))
    return TRUE;
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE, "%s: not enough memory", name);
  return FALSE;
}

void
quarry_cloud_builder_clear (QuarryCloudBuilder *self)
{
  g_clear_pointer (&self->cloud, quarry_cloud_free);
  g_clear_pointer (&self->times, g_free);
}

static int
compare_doubles (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* 0 where none is far away, as nearly always: sorting takes as long as 30 000 points */
static double
median_of (const QuarryCloudBuilder *self, int axis)
{
  double values[G_N_ELEMENTS (self->first)];
  gboolean any = FALSE;

  for (guint i = 0; i < self->n_first; i++)
    {
      values[i] = self->first[i][axis];
      any = any || fabs (values[i]) > FAR;
    }
  if (!any)
    return 0;
  qsort (values, self->n_first, sizeof values[0], compare_doubles);
  return values[self->n_first / 2];
}

static void
store (QuarryCloud *cloud, gsize i, const double xyz[3])
{
  for (int k = 0; k < 3; k++)
    cloud->xyz[3 * i + (gsize) k] = (float) (xyz[k] - cloud->origin[k]);
}

/* What was placed before the origin was known is placed again */
static void
choose_origin (QuarryCloudBuilder *self)
{
  gboolean moved = FALSE;

  self->placed = TRUE;
  for (int k = 0; k < 3 && self->n_first > 0; k++)
    {
      const double median = median_of (self, k);

      if (fabs (median) <= FAR || fabs (median) > TOO_FAR)
        continue;
      self->cloud->origin[k] = round (median / ORIGIN_STEP) * ORIGIN_STEP;
      moved = TRUE;
    }
  for (guint i = 0; moved && i < self->n_first; i++)
    store (self->cloud, self->index[i], self->first[i]);
}

void
quarry_cloud_builder_place (QuarryCloudBuilder *self, gsize i, const double xyz[3])
{
  store (self->cloud, i, xyz);
  if (self->placed || !isfinite (xyz[0]) || !isfinite (xyz[1]) || !isfinite (xyz[2]))
    return;
  self->index[self->n_first] = i;
  memcpy (self->first[self->n_first], xyz, sizeof self->first[0]);
  if (++self->n_first == G_N_ELEMENTS (self->first))
    choose_origin (self);
}

void
quarry_cloud_builder_set (QuarryCloudBuilder *self, int column, gsize i, double value)
{
  switch (column)
    {
    case QUARRY_CLOUD_INTENSITY:
      self->cloud->intensity[i] = (float) value;
      break;
    case QUARRY_CLOUD_TIME:
      self->times[i] = value;
      break;
    case QUARRY_CLOUD_RING:
      self->cloud->ring[i] = value >= 0 && value <= G_MAXUINT16 ? (guint16) value : 0;
      break;
    case QUARRY_CLOUD_ECHO:
      self->cloud->echo[i] = value >= 0 && value <= G_MAXUINT8 ? (guint8) value : 0;
      break;
    default:
      break;
    }
}

QuarryCloud *
quarry_cloud_builder_end (QuarryCloudBuilder *self)
{
  if (!self->placed)
    choose_origin (self);
  if (self->cloud->intensity != NULL)
    quarry_cloud_normalize_intensity (self->cloud);
  if (self->times != NULL)
    quarry_cloud_settle_times (self->cloud, self->times, self->time_type, self->time_meaning);
  g_clear_pointer (&self->times, g_free);
  return g_steal_pointer (&self->cloud);
}

/* IEEE 754 binary16 */
static double
half_to_double (guint16 half)
{
  const int exponent = (half >> 10) & 31;
  const int fraction = half & 1023;
  const double value = exponent == 31  ? (fraction != 0 ? (double) NAN : (double) INFINITY)
                       : exponent == 0 ? ldexp (fraction, -24)
                                       : ldexp (fraction + 1024, exponent - 25);

  return (half & 0x8000) != 0 ? -value : value;
}

static double
get_float (const QuarryCloudColumn *self, guint64 bits)
{
  union { guint32 u; float f; } four = { (guint32) bits };
  union { guint64 u; double f; } eight = { bits };

  return self->size == 4 ? (double) four.f : self->size == 8 ? eight.f : half_to_double ((guint16) bits);
}

static double
get_raw (const QuarryCloudColumn *self, gsize i)
{
  guint64 bits = 0;

  memcpy (&bits, self->at + i * self->stride, self->size);
  if (self->swap && self->size > 1)
    bits = GUINT64_SWAP_LE_BE (bits) >> (64 - 8 * self->size);
  if (self->type == 'u')
    return (double) bits;
  if (self->type == 'i')
    return (double) ((gint64) (bits << (64 - 8 * self->size)) >> (64 - 8 * self->size));
  return get_float (self, bits);
}

double
quarry_cloud_column_get (const QuarryCloudColumn *self, gsize i)
{
  const double value = get_raw (self, i);

  return self->scale != 0 ? value * self->scale + self->shift : value;
}

/* Whether x y z are float32 side by side, as nearly always */
static gboolean
is_plain (const QuarryCloudColumn *xyz)
{
  for (int k = 0; k < 3; k++)
    if (xyz[k].type != 'f' || xyz[k].size != 4 || xyz[k].swap || xyz[k].scale != 0 || xyz[k].stride != xyz[0].stride ||
        xyz[k].at != xyz[0].at + 4 * k)
      return FALSE;
  return TRUE;
}

static gboolean
is_zero (const double v[3])
{
  return v[0] == 0 && v[1] == 0 && v[2] == 0;
}

static void
place_all (QuarryCloudBuilder *self, const QuarryCloudColumn *columns)
{
  QuarryCloud *cloud = self->cloud;
  const guint8 *at = columns[0].at;
  gsize i = 0;
  double xyz[3];

  for (; i < cloud->n && !(self->placed && is_zero (cloud->origin) && is_plain (columns)); i++)
    {
      for (int k = 0; k < 3; k++)
        xyz[k] = quarry_cloud_column_get (&columns[k], i);
      quarry_cloud_builder_place (self, i, xyz);
    }
  for (; i < cloud->n; i++)
    memcpy (cloud->xyz + 3 * i, at + i * columns[0].stride, 12);
}

/* Whether intensity is a float32 right behind z, as in most files */
static gboolean
is_plain_four (const QuarryCloudColumn *columns)
{
  const QuarryCloudColumn *intensity = &columns[QUARRY_CLOUD_INTENSITY];

  return is_plain (columns) && intensity->type == 'f' && intensity->size == 4 && !intensity->swap && intensity->scale == 0 &&
         intensity->stride == columns[0].stride && intensity->at == columns[0].at + 12;
}

/* Four points of four floats */
static inline void
split_four (const guint8 *at, gsize stride, float *xyz, float *intensity)
{
  QuarryFour a, b, c, d;

  memcpy (&a, at, 16);
  memcpy (&b, at + stride, 16);
  memcpy (&c, at + 2 * stride, 16);
  memcpy (&d, at + 3 * stride, 16);
  {
    const QuarryFour first = __builtin_shufflevector (a, b, 0, 1, 2, 4), second = __builtin_shufflevector (b, c, 1, 2, 4, 5),
               third = __builtin_shufflevector (c, d, 2, 4, 5, 6),
               low = __builtin_shufflevector (a, b, 3, 7, 3, 7), high = __builtin_shufflevector (c, d, 3, 7, 3, 7),
               fourth = __builtin_shufflevector (low, high, 0, 1, 4, 5);

    memcpy (xyz, &first, 16);
    memcpy (xyz + 4, &second, 16);
    memcpy (xyz + 8, &third, 16);
    memcpy (intensity, &fourth, 16);
  }
}

/* Four floats a point: one pass, 16 bytes at a time, where no origin is asked for. Returns: FALSE: not so, nothing done */
static gboolean
place_fours (QuarryCloudBuilder *self, const QuarryCloudColumn *columns)
{
  const guint8 *at = columns[0].at;
  const gsize stride = columns[0].stride;
  QuarryCloud *cloud = self->cloud;
  gsize i = 0;
  double xyz[3];

  if (!is_plain_four (columns))
    return FALSE;
  for (; i < cloud->n && !self->placed; i++)
    {
      for (int k = 0; k < 3; k++)
        xyz[k] = quarry_cloud_column_get (&columns[k], i);
      quarry_cloud_builder_place (self, i, xyz);
      memcpy (cloud->intensity + i, at + i * stride + 12, 4);
    }
  if (i < cloud->n && !is_zero (cloud->origin))
    return FALSE;
  for (; i + 4 <= cloud->n; i += 4)
    split_four (at + i * stride, stride, cloud->xyz + 3 * i, cloud->intensity + i);
  for (; i < cloud->n; i++)
    {
      memcpy (cloud->xyz + 3 * i, at + i * stride, 12);
      memcpy (cloud->intensity + i, at + i * stride + 12, 4);
    }
  return TRUE;
}

/* float32 in map coordinates: their steps are what the file lost */
static void
note_resolution (QuarryCloud *cloud, const QuarryCloudColumn *columns)
{
  for (int k = 0; k < 3; k++)
    if (columns[k].type == 'f' && columns[k].size == 4 && cloud->origin[k] != 0)
      {
        const double step = ldexp (1, ilogb (cloud->origin[k]) - 23);

        if (step > COARSE)
          cloud->resolution = MAX (cloud->resolution, step);
      }
}

static void
set_all (QuarryCloudBuilder *self, int column, const QuarryCloudColumn *from)
{
  const gsize n = self->cloud->n;

  if (column == QUARRY_CLOUD_INTENSITY && from->type == 'f' && from->size == 4 && !from->swap && from->scale == 0)
    for (gsize i = 0; i < n; i++)
      memcpy (self->cloud->intensity + i, from->at + i * from->stride, 4);
  else
    for (gsize i = 0; i < n; i++)
      quarry_cloud_builder_set (self, column, i, quarry_cloud_column_get (from, i));
}

gboolean
quarry_cloud_check_columns (const QuarryCloudColumn columns[QUARRY_CLOUD_N_COLUMNS], const char *name, GError **error)
{
  for (int i = QUARRY_CLOUD_X; i <= QUARRY_CLOUD_Z; i++)
    if (columns[i].type == 0)
      {
        g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED, "%s: the cloud has no field '%s'", name,
                     column_names[i][0]);
        return FALSE;
      }
  return TRUE;
}

/* Returns: (transfer full) (nullable): NULL with an error where there is no x, y or z, or no memory */
QuarryCloud *
quarry_cloud_from_columns (const QuarryCloudColumn columns[QUARRY_CLOUD_N_COLUMNS], gsize n, QuarryCloudTimeMeaning meaning,
                           const char *name, GError **error)
{
  g_auto(QuarryCloudBuilder) builder = { 0 };
  QuarryCloud *cloud = NULL;
  guint there = 0;
  gboolean fours;

  for (int i = 0; i < QUARRY_CLOUD_N_COLUMNS; i++)
    there |= columns[i].type != 0 ? QUARRY_CLOUD_BIT (i) : 0;
  if (!quarry_cloud_check_columns (columns, name, error) || !quarry_cloud_builder_init (&builder, n, there, name, error))
    return NULL;
  builder.time_type = columns[QUARRY_CLOUD_TIME].type;
  builder.time_meaning = meaning;
  fours = place_fours (&builder, columns);
  if (!fours)
    place_all (&builder, columns);
  for (int i = fours ? QUARRY_CLOUD_TIME : QUARRY_CLOUD_INTENSITY; i < QUARRY_CLOUD_N_COLUMNS; i++)
    if (columns[i].type != 0)
      set_all (&builder, i, &columns[i]);
  cloud = quarry_cloud_builder_end (&builder);
  note_resolution (cloud, columns);
  return cloud;
}
