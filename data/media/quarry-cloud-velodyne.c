/* quarry-cloud-velodyne.c: packets of Velodyne's VLP-16 (Puck LITE, Puck Hi-Res) and HDL-32E
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * "velodyne:MODEL:N:FIRST:STRIDE": N packets of 1206 bytes, the first at byte FIRST, one every STRIDE bytes, as they lie in a
 * velodyne_msgs/VelodyneScan. After the VLP-16 User Manual 63-9243 Rev. D, chapter 9, and the HDL-32E User's Manual 63-9113: twelve
 * blocks of a mark, an azimuth (0.01°) and 32 ranges (2 mm) with reflectivities; microseconds of the hour; return mode; product. The
 * product byte, where the firmware writes it, counts more than MODEL.
 *
 * x is forward (azimuth 0), y left, z up. The azimuth is taken on to each laser's own firing. Range 0 is no return. Of two returns
 * the nearer has echo 1, the other 2; two that are the same are one. Times: where eight bytes before the first packet are a ROS
 * stamp (its place in a VelodyneScan), clock_ns is that, else offsets count from the first packet.
 *
 * The HDL-64E is refused: its lasers are corrected by up to 1.5 m and several degrees, by a table of each single sensor that a scan
 * does not hold.
 */

#include "config.h"
#include "quarry-cloud-private.h"

#include <math.h>
#include <string.h>

#define PACKET_BYTES 1206
#define BLOCK_BYTES 100
#define N_BLOCKS 12
#define MAX_PACKETS 8192
#define MAX_STRIDE 65536
#define RANGE_UNIT 0.002            /* metres */
#define HOUR_US G_GINT64_CONSTANT (3600000000)
#define FULL_TURN 36000             /* 0.01° */
#define MAX_TURN 1000               /* 0.01° from a block to the next; more is a gap in the scan */
#define RETURN_DUAL 0x39

typedef struct
{
  const char   *name;
  guint8        product;
  guint         n_lasers, n_sequences;      /* of a block */
  gint64        laser_ns, sequence_ns;
  const gint16 *angles;                     /* by laser, 0.01° above the horizon */
  const gint8  *rises;                      /* by laser, 0.1 mm above the sensor's origin; nullable */
} Model;

static const gint16 vlp16_angles[16] = { -1500, 100, -1300, 300, -1100, 500, -900, 700, -700, 900, -500, 1100, -300, 1300, -100, 1500 };
static const gint8 vlp16_rises[16] = { 112, -7, 97, -22, 81, -37, 66, -51, 51, -66, 37, -81, 22, -97, 7, -112 };
static const gint16 hires_angles[16] = { -1000, 67, -867, 200, -733, 333, -600, 467, -467, 600, -333, 733, -200, 867, -67, 1000 };
static const gint8 hires_rises[16] = { 74, -9, 65, -18, 55, -27, 46, -37, 37, -46, 27, -55, 18, -65, 9, -74 };
static const gint16 hdl32_angles[32] = { -3067, -933, -2933, -800, -2800, -667, -2667, -533, -2533, -400, -2400, -267, -2267, -133, -2133, 0,
                                         -2000, 133, -1867, 267, -1733, 400, -1600, 533, -1467, 667, -1333, 800, -1200, 933, -1067, 1067 };

static const Model models[] = {
  { "VLP16", 0x22, 16, 2, 2304, 55296, vlp16_angles, vlp16_rises },
  { "VLP16HIRES", 0x24, 16, 2, 2304, 55296, hires_angles, hires_rises },
  { "HDL32", 0x21, 32, 1, 1152, 46080, hdl32_angles, NULL },
};

typedef struct
{
  const char   *name;         /* of the file */
  const guint8 *data;
  gsize         n, first, stride;
  const Model  *model;
  float         cosines[32], sines[32], rises[32];      /* by laser */
  guint8        rings[32];    /* 0 the lowest */
} Scan;

/* Lower case letters and what is no letter or number go; "VLP-16" and "32E" are taken too */
static const Model *
find_model (const char *word)
{
  g_autoptr(GString) name = g_string_new (NULL);

  for (; *word != 0; word++)
    if (g_ascii_isalnum (*word))
      g_string_append_c (name, g_ascii_toupper (*word));
  if (g_str_has_prefix (name->str, "HDL32") || g_str_has_prefix (name->str, "32"))
    return &models[2];
  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    if (g_str_equal (name->str, models[i].name))
      return &models[i];
  return NULL;
}

static const guint8 *
get_packet (const Scan *self, gsize i)
{
  return self->data + self->first + i * self->stride;
}

static guint
get16 (const guint8 *at)
{
  return (guint) at[0] | (guint) at[1] << 8;
}

static guint32
get32 (const guint8 *at)
{
  return (guint32) get16 (at) | (guint32) get16 (at + 2) << 16;
}

static gboolean
fail_unsupported (GError **error, const char *name, const char *what)
{
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED, "%s: %s", name, what);
  return FALSE;
}

/* By the first packet's product byte, else by @word. Every block has to have its mark */
static gboolean
choose_model (Scan *self, const char *word, GError **error)
{
  guint8 product = 0;

  self->model = find_model (word);
  for (gsize i = 0; i < self->n; i++)
    for (guint block = 0; block < N_BLOCKS; block++)
      {
        const guint8 *at = get_packet (self, i) + block * BLOCK_BYTES;

        if (at[0] == 0xFF && at[1] == 0xDD)
          return fail_unsupported (error, self->name, "points of an HDL-64E need the calibration of that sensor, which a scan does not hold");
        if (at[0] != 0xFF || at[1] != 0xEE)
          return quarry_cloud_fail (error, self->name, (guint64) (at - self->data), "no block of a Velodyne packet");
      }
  if (self->n > 0)
    product = get_packet (self, 0)[PACKET_BYTES - 1];
  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    if (product == models[i].product)
      self->model = &models[i];
  if (product == 0x28 || product == 0x63 || product == 0x31 || self->model == NULL)
    return fail_unsupported (error, self->name, "packets of a Velodyne model other than VLP-16, Puck Hi-Res and HDL-32E are not read");
  return TRUE;
}

static gboolean
open_scan (Scan *self, const guint8 *data, gsize length, const char *format, const char *name, GError **error)
{
  g_auto(GStrv) parts = g_strsplit (format, ":", 6);
  guint64 n = 0, first = 0, stride = 0;

  if (g_strv_length (parts) != 5 || !g_ascii_string_to_unsigned (parts[2], 10, 0, MAX_PACKETS, &n, NULL) ||
      !g_ascii_string_to_unsigned (parts[3], 10, 0, G_MAXINT32, &first, NULL) ||
      !g_ascii_string_to_unsigned (parts[4], 10, PACKET_BYTES, MAX_STRIDE, &stride, NULL))
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN, "%s: '%s' is no layout of packets", name, format);
      return FALSE;
    }
  *self = (Scan) { .name = name, .data = data, .n = (gsize) n, .first = (gsize) first, .stride = (gsize) stride };
  if (n > 0 && (length < first + PACKET_BYTES || (length - first - PACKET_BYTES) / stride < n - 1))
    return quarry_cloud_fail (error, name, length, "the packets are cut off");
  if (!choose_model (self, parts[1], error))
    return FALSE;
  for (guint i = 0; i < self->model->n_lasers; i++)
    {
      const double angle = self->model->angles[i] * (G_PI / 18000);

      self->cosines[i] = (float) cos (angle);
      self->sines[i] = (float) sin (angle);
      self->rises[i] = self->model->rises != NULL ? self->model->rises[i] * 1e-4f : 0;
      for (guint k = 0; k < self->model->n_lasers; k++)
        self->rings[i] += self->model->angles[k] < self->model->angles[i] ? 1 : 0;
    }
  return TRUE;
}

/* One return, wherever it is in its packet */
typedef struct
{
  gsize  packet;
  guint  block, value;       /* value: of the block's 32 */
  guint  echo;
  double turn;               /* 0.01° to the next firing block */
} Return;

typedef void (*ReturnFunc) (const Scan *self, const Return *one, gpointer data);

/* Azimuth from @block to the one that fires next; at the packet's end as before */
static double
get_turn (const guint8 *packet, guint block, guint step)
{
  const guint from = block + step < N_BLOCKS ? block : block >= step ? block - step : block;
  const guint to = MIN (from + step, N_BLOCKS - 1);
  const guint turn = (get16 (packet + to * BLOCK_BYTES + 2) + FULL_TURN - get16 (packet + from * BLOCK_BYTES + 2) % FULL_TURN) % FULL_TURN;

  return turn <= MAX_TURN ? turn : 0;
}

static void
list_packet (const Scan *self, gsize i, ReturnFunc func, gpointer data)
{
  const guint8 *packet = get_packet (self, i);
  const gboolean dual = packet[PACKET_BYTES - 2] == RETURN_DUAL;
  const guint step = dual ? 2 : 1;

  for (guint block = 0; block < N_BLOCKS; block += step)
    {
      const guint8 *values = packet + block * BLOCK_BYTES + 4;
      Return one = { .packet = i, .block = block, .turn = get_turn (packet, block, step) };

      if (get16 (values - 2) >= FULL_TURN)
        continue;
      for (one.value = 0; one.value < 32; one.value++)
        {
          const guint8 *value = values + 3 * one.value, *other = value + BLOCK_BYTES;
          const guint range = get16 (value), other_range = dual ? get16 (other) : 0;
          const gboolean both = range > 0 && other_range > 0 && memcmp (value, other, 3) != 0;

          one.block = block;
          one.echo = both && other_range < range ? 2 : 1;
          if (range > 0)
            func (self, &one, data);
          one.block = block + 1;
          one.echo = both && other_range >= range ? 2 : 1;
          if (both || (range == 0 && other_range > 0))
            func (self, &one, data);
        }
    }
}

static void
list_returns (const Scan *self, ReturnFunc func, gpointer data)
{
  for (gsize i = 0; i < self->n; i++)
    list_packet (self, i, func, data);
}

static void
count_return (const Scan *self, const Return *one, gpointer data)
{
  (*(gsize *) data)++;
}

typedef struct
{
  QuarryCloudBuilder *builder;
  gsize               i;
} Filling;

/* Nanoseconds from the first packet's first firing; the clock of the hour may begin anew between them */
static gint64
get_packet_ns (const Scan *self, gsize packet)
{
  const gint64 us = (gint64) get32 (get_packet (self, packet) + PACKET_BYTES - 6) - (gint64) get32 (get_packet (self, 0) + PACKET_BYTES - 6);

  return (us < -HOUR_US / 2 ? us + HOUR_US : us > HOUR_US / 2 ? us - HOUR_US : us) * 1000;
}

static void
fill_return (const Scan *self, const Return *one, gpointer data)
{
  Filling *filling = data;
  const Model *model = self->model;
  const guint8 *packet = get_packet (self, one->packet);
  const guint8 *value = packet + one->block * BLOCK_BYTES + 4 + 3 * one->value;
  const gboolean dual = packet[PACKET_BYTES - 2] == RETURN_DUAL;
  const guint laser = one->value % model->n_lasers;
  const gint64 inside = one->value / model->n_lasers * model->sequence_ns + laser * model->laser_ns;
  const gint64 block_ns = model->n_sequences * model->sequence_ns;
  const double azimuth = (get16 (packet + one->block * BLOCK_BYTES + 2) + one->turn * (double) inside / (double) block_ns) * (G_PI / 18000);
  const double range = get16 (value) * RANGE_UNIT;
  const double flat = range * (double) self->cosines[laser];
  const double xyz[3] = { flat * cos (azimuth), -flat * sin (azimuth), range * (double) self->sines[laser] + (double) self->rises[laser] };

  quarry_cloud_builder_place (filling->builder, filling->i, xyz);
  quarry_cloud_builder_set (filling->builder, QUARRY_CLOUD_INTENSITY, filling->i, value[2] / 255.0);
  quarry_cloud_builder_set (filling->builder, QUARRY_CLOUD_RING, filling->i, self->rings[laser]);
  quarry_cloud_builder_set (filling->builder, QUARRY_CLOUD_ECHO, filling->i, one->echo);
  quarry_cloud_builder_set (filling->builder, QUARRY_CLOUD_TIME, filling->i,
                            (double) (get_packet_ns (self, one->packet) + one->block / (dual ? 2 : 1) * block_ns + inside));
  filling->i++;
}

/* A ROS stamp before the first packet, of the years 1990 to 2100 */
static gint64
get_clock (const Scan *self)
{
  guint32 seconds, ns;

  if (self->n == 0 || self->first < 8)
    return QUARRY_NO_TIME;
  seconds = get32 (get_packet (self, 0) - 8);
  ns = get32 (get_packet (self, 0) - 4);
  return seconds > 631152000 && seconds < 4102444800u && ns < QUARRY_NS_PER_S ? seconds * QUARRY_NS_PER_S + ns : QUARRY_NO_TIME;
}

static QuarryCloud *
decode_velodyne (const guint8 *data, gsize length, const char *format, const char *name, GError **error)
{
  g_auto(QuarryCloudBuilder) builder = { 0 };
  Filling filling = { &builder, 0 };
  QuarryCloud *cloud = NULL;
  Scan scan;
  gsize n = 0;

  if (!open_scan (&scan, data, length, format, name, error))
    return NULL;
  list_returns (&scan, count_return, &n);
  if (!quarry_cloud_builder_init (&builder, n,
                                  QUARRY_CLOUD_BIT (QUARRY_CLOUD_INTENSITY) | QUARRY_CLOUD_BIT (QUARRY_CLOUD_TIME) |
                                      QUARRY_CLOUD_BIT (QUARRY_CLOUD_RING) | QUARRY_CLOUD_BIT (QUARRY_CLOUD_ECHO),
                                  name, error))
    return NULL;
  builder.time_type = 'i';
  builder.time_meaning = QUARRY_CLOUD_TIME_NS;
  list_returns (&scan, fill_return, &filling);
  cloud = quarry_cloud_builder_end (&builder);
  if (cloud->offset_ns != NULL)
    cloud->clock_ns = get_clock (&scan);
  return cloud;
}

static gboolean
count_velodyne (const guint8 *head, gsize length, gint64 whole, const char *format, const char *name, gint64 *out_n_points, GError **error)
{
  Scan scan;
  gsize n = 0;

  if (!open_scan (&scan, head, length, format, name, error))
    return FALSE;
  list_returns (&scan, count_return, &n);
  *out_n_points = (gint64) n;
  return TRUE;
}

const QuarryCloudFormat quarry_cloud_format_velodyne = { "velodyne:", decode_velodyne, count_velodyne, NULL, TRUE };
