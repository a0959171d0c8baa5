/* quarry-image-raw.c: pixels of a message, by a layout that is written in the media's format
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * "raw:ENCODING:WIDTHxHEIGHT:STEP:le", encodings as in sensor_msgs/image_encodings.hpp and Foxglove's RawImage. The last row need not
 * be padded to STEP.
 *
 * Depth (16UC1, 32FC1) and mono16 have no brightness of their own and are shown in grey, linear between the 1st and the 99th
 * percentile of their values. Depth that is 0, negative or not finite is unknown: black, and known depth starts at grey 32. Nothing
 * of this touches quarry_image_raw_to_png, which keeps the 16 bits.
 *
 * YUV is BT.601 with Y from 16 to 235, as OpenCV takes it. Colour filters (Bayer) are interpolated bilinearly.
 */

#include "config.h"
#include "quarry-image-private.h"

#include <math.h>
#include <string.h>

typedef enum { RAW_COLOR, RAW_DEPTH, RAW_BAYER, RAW_YUV422, RAW_NV } RawKind;

/* @order: COLOR: the places of red, green, blue; BAYER: the colours of a 2 × 2 square (0 red, 1 green, 2 blue); YUV422: the places
 * of Y and U; NV: of U */
typedef struct
{
  const char *name;
  RawKind     kind;
  guint       channels;      /* of a pixel */
  guint       bytes;         /* of a sample */
  guint8      order[4];
} Encoding;

typedef struct
{
  const char     *name;      /* of the file */
  const Encoding *encoding;
  int             width, height;
  gsize           step;      /* bytes a row */
  gboolean        swap;      /* most significant byte first */
  const guint8   *data;
} Raw;

static const Encoding encodings[] = {
  { "rgb8", RAW_COLOR, 3, 1, { 0, 1, 2 } },          { "bgr8", RAW_COLOR, 3, 1, { 2, 1, 0 } },
  { "rgba8", RAW_COLOR, 4, 1, { 0, 1, 2 } },         { "bgra8", RAW_COLOR, 4, 1, { 2, 1, 0 } },
  { "rgb16", RAW_COLOR, 3, 2, { 0, 1, 2 } },         { "bgr16", RAW_COLOR, 3, 2, { 2, 1, 0 } },
  { "rgba16", RAW_COLOR, 4, 2, { 0, 1, 2 } },        { "bgra16", RAW_COLOR, 4, 2, { 2, 1, 0 } },
  { "mono8", RAW_COLOR, 1, 1, { 0, 0, 0 } },         { "8UC1", RAW_COLOR, 1, 1, { 0, 0, 0 } },
  { "8UC3", RAW_COLOR, 3, 1, { 2, 1, 0 } },          { "8UC4", RAW_COLOR, 4, 1, { 2, 1, 0 } },
  { "mono16", RAW_DEPTH, 1, 2, { 0 } },              { "16UC1", RAW_DEPTH, 1, 2, { 1 } },
  { "32FC1", RAW_DEPTH, 1, 4, { 1 } },
  { "bayer_rggb8", RAW_BAYER, 1, 1, { 0, 1, 1, 2 } },  { "bayer_bggr8", RAW_BAYER, 1, 1, { 2, 1, 1, 0 } },
  { "bayer_gbrg8", RAW_BAYER, 1, 1, { 1, 2, 0, 1 } },  { "bayer_grbg8", RAW_BAYER, 1, 1, { 1, 0, 2, 1 } },
  { "bayer_rggb16", RAW_BAYER, 1, 2, { 0, 1, 1, 2 } }, { "bayer_bggr16", RAW_BAYER, 1, 2, { 2, 1, 1, 0 } },
  { "bayer_gbrg16", RAW_BAYER, 1, 2, { 1, 2, 0, 1 } }, { "bayer_grbg16", RAW_BAYER, 1, 2, { 1, 0, 2, 1 } },
  { "yuv422", RAW_YUV422, 2, 1, { 1, 0 } },          { "uyvy", RAW_YUV422, 2, 1, { 1, 0 } },
  { "yuv422_yuy2", RAW_YUV422, 2, 1, { 0, 1 } },     { "yuyv", RAW_YUV422, 2, 1, { 0, 1 } },
  { "nv12", RAW_NV, 1, 1, { 0 } },                   { "nv21", RAW_NV, 1, 1, { 1 } },
};

static gboolean
fail_format (GError **error, const char *name, const char *format, const char *what)
{
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED, "%s: '%s': %s", name, format, what);
  return FALSE;
}

static const Encoding *
find_encoding (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (encodings); i++)
    if (g_ascii_strcasecmp (name, encodings[i].name) == 0)
      return &encodings[i];
  return NULL;
}

static gboolean
parse_format (Raw *self, const char *format, const char *name, GError **error)
{
  g_auto(GStrv) parts = g_strsplit (format, ":", 6);
  g_auto(GStrv) sides = g_strv_length (parts) == 5 ? g_strsplit (parts[2], "x", 3) : NULL;
  guint64 width = 0, height = 0, step = 0;

  self->name = name;
  if (sides == NULL || g_strv_length (sides) != 2 || !g_ascii_string_to_unsigned (sides[0], 10, 1, G_MAXINT32, &width, NULL) ||
      !g_ascii_string_to_unsigned (sides[1], 10, 1, G_MAXINT32, &height, NULL) ||
      !g_ascii_string_to_unsigned (parts[3], 10, 1, G_MAXINT32, &step, NULL) ||
      (!g_str_equal (parts[4], "le") && !g_str_equal (parts[4], "be")))
    return fail_format (error, name, format, "no layout of pixels");
  self->encoding = find_encoding (parts[1]);
  if (self->encoding == NULL)
    return fail_format (error, name, format, "pixels of an encoding that is not known");
  self->width = (int) width;
  self->height = (int) height;
  self->step = (gsize) step;
  self->swap = g_str_equal (parts[4], "be");
  if (self->encoding->kind == RAW_YUV422 && width % 2 != 0)
    return fail_format (error, name, format, "an odd width for pairs of pixels");
  return quarry_image_check_limits (name, width, height, error);
}

/* Whether all rows are there */
static gboolean
check_length (const Raw *self, gsize length, GError **error)
{
  const Encoding *encoding = self->encoding;
  const guint64 row = (guint64) self->width * encoding->channels * encoding->bytes;
  const guint64 last = encoding->kind == RAW_NV ? row + row % 2 : row;
  const guint64 rows = (guint64) self->height + (encoding->kind == RAW_NV ? ((guint64) self->height + 1) / 2 : 0);

  if (self->step < row || self->step < last || length < last || (length - last) / self->step < rows - 1)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
                   "%s: %" G_GSIZE_FORMAT " bytes are not the %d × %d pixels of %s with %" G_GSIZE_FORMAT " bytes a row", self->name, length,
                   self->width, self->height, encoding->name, self->step);
      return FALSE;
    }
  return TRUE;
}

static inline guint
get_sample (const Raw *self, const guint8 *row, gsize i)
{
  if (self->encoding->bytes == 1)
    return row[i];
  return self->swap ? (guint) row[2 * i] << 8 | row[2 * i + 1] : (guint) row[2 * i + 1] << 8 | row[2 * i];
}

static void
fill_color (const Raw *self, QuarryImage *image)
{
  const Encoding *encoding = self->encoding;
  const int shift = encoding->bytes == 2 ? 8 : 0;

  for (int y = 0; y < self->height; y++)
    {
      const guint8 *row = self->data + (gsize) y * self->step;
      guint8 *out = image->rgb + (gsize) y * image->stride;

      for (gsize x = 0; x < (gsize) self->width; x++)
        for (int c = 0; c < 3; c++)
          *out++ = (guint8) (get_sample (self, row, x * encoding->channels + encoding->order[c]) >> shift);
    }
}

/* Depth's value, NaN where it is unknown */
static inline float
get_depth (const Raw *self, const guint8 *row, gsize x)
{
  const gboolean zero_is_unknown = self->encoding->order[0] != 0;
  union { guint32 u; float f; } value;

  if (self->encoding->bytes == 2)
    value.f = (float) get_sample (self, row, x);
  else
    {
      memcpy (&value.u, row + 4 * x, 4);
      value.u = self->swap ? GUINT32_SWAP_LE_BE (value.u) : value.u;
    }
  return isfinite (value.f) && (value.f > 0 || (value.f >= 0 && !zero_is_unknown)) ? value.f : NAN;
}

#define N_BINS 65536

static void
get_depth_range (const Raw *self, float *out_least, float *out_most)
{
  *out_least = INFINITY;
  *out_most = -INFINITY;
  for (int y = 0; y < self->height; y++)
    for (int x = 0; x < self->width; x++)
      {
        const float value = get_depth (self, self->data + (gsize) y * self->step, (gsize) x);

        *out_least = value < *out_least ? value : *out_least;
        *out_most = value > *out_most ? value : *out_most;
      }
}

/* The 1st and the 99th percentile */
static void
get_percentiles (const Raw *self, float *out_low, float *out_high)
{
  g_autofree guint64 *bins = g_new0 (guint64, N_BINS);
  guint64 n = 0, sum = 0;
  float least, most;
  double scale;
  gboolean low_found = FALSE;

  get_depth_range (self, &least, &most);
  *out_low = least;
  *out_high = most;
  if (!(most > least))
    return;
  scale = (N_BINS - 1) / ((double) most - (double) least);
  for (int y = 0; y < self->height; y++)
    for (int x = 0; x < self->width; x++)
      {
        const float value = get_depth (self, self->data + (gsize) y * self->step, (gsize) x);

        if (isnan (value))
          continue;
        bins[(gsize) (((double) value - (double) least) * scale)]++;
        n++;
      }
  for (guint i = 0; i < N_BINS; i++)
    {
      sum += bins[i];
      if (!low_found && sum * 100 > n - 1)
        {
          *out_low = (float) ((double) least + i / scale);
          low_found = TRUE;
        }
      if (sum * 100 > (n - 1) * 99)
        {
          *out_high = (float) ((double) least + i / scale);
          return;
        }
    }
}

static void
fill_depth (const Raw *self, QuarryImage *image)
{
  const float floor = self->encoding->order[0] != 0 ? 32 : 0;
  float low, high;

  get_percentiles (self, &low, &high);
  for (int y = 0; y < self->height; y++)
    {
      guint8 *out = image->rgb + (gsize) y * image->stride;

      for (int x = 0; x < self->width; x++, out += 3)
        {
          const float value = get_depth (self, self->data + (gsize) y * self->step, (gsize) x);
          const float part = high > low ? CLAMP ((value - low) / (high - low), 0.0f, 1.0f) : 1.0f;

          memset (out, isnan (value) ? 0 : (int) (floor + part * (255 - floor) + 0.5f), 3);
        }
    }
}

/* Rows and columns beyond an edge are mirrored at it, which keeps their colours. @at: of the pixel in its 2 × 2 square */
static void
demosaic_row (const Raw *self, int y, guint8 *out)
{
  const guint8 *up = self->data + (gsize) (y > 0 ? y - 1 : MIN (1, self->height - 1)) * self->step;
  const guint8 *row = self->data + (gsize) y * self->step;
  const guint8 *down = self->data + (gsize) (y + 1 < self->height ? y + 1 : MAX (self->height - 2, 0)) * self->step;
  const int shift = self->encoding->bytes == 2 ? 8 : 0;

  for (int x = 0; x < self->width; x++, out += 3)
    {
      const gsize i = (gsize) x;
      const gsize left = x > 0 ? i - 1 : (gsize) MIN (1, self->width - 1);
      const gsize right = x + 1 < self->width ? i + 1 : (gsize) MAX (self->width - 2, 0);
      const guint own = self->encoding->order[2 * (y & 1) + (x & 1)];
      const guint beside = self->encoding->order[2 * (y & 1) + (1 - (x & 1))];
      const guint across = get_sample (self, row, left) + get_sample (self, row, right);
      const guint along = get_sample (self, up, i) + get_sample (self, down, i);

      out[own] = (guint8) (get_sample (self, row, i) >> shift);
      if (own == 1)
        {
          out[beside] = (guint8) ((across + 1) / 2 >> shift);
          out[2 - beside] = (guint8) ((along + 1) / 2 >> shift);
        }
      else
        {
          const guint corners = get_sample (self, up, left) + get_sample (self, up, right) + get_sample (self, down, left) +
                                get_sample (self, down, right);

          out[1] = (guint8) ((across + along + 2) / 4 >> shift);
          out[2 - own] = (guint8) ((corners + 2) / 4 >> shift);
        }
    }
}

static inline guint8
clamp8 (int value)
{
  return (guint8) CLAMP (value, 0, 255);
}

/* BT.601 in 1/1024 */
static void
yuv_to_rgb (int y, int u, int v, guint8 *out)
{
  const int light = 1192 * MAX (y - 16, 0) + 512;

  out[0] = clamp8 ((light + 1634 * (v - 128)) >> 10);
  out[1] = clamp8 ((light - 833 * (v - 128) - 401 * (u - 128)) >> 10);
  out[2] = clamp8 ((light + 2066 * (u - 128)) >> 10);
}

static void
fill_yuv422_row (const Raw *self, int y, guint8 *out)
{
  const guint8 *row = self->data + (gsize) y * self->step;
  const guint luma = self->encoding->order[0];
  const guint chroma = self->encoding->order[1];

  for (int x = 0; x < self->width; x++, out += 3)
    {
      const guint8 *pair = row + (gsize) (x / 2) * 4;

      yuv_to_rgb (pair[luma + 2 * (guint) (x & 1)], pair[chroma], pair[chroma + 2], out);
    }
}

static void
fill_nv_row (const Raw *self, int y, guint8 *out)
{
  const guint8 *row = self->data + (gsize) y * self->step;
  const guint8 *chroma = self->data + ((gsize) self->height + (gsize) (y / 2)) * self->step;
  const guint u = self->encoding->order[0];

  for (int x = 0; x < self->width; x++, out += 3)
    yuv_to_rgb (row[x], chroma[(gsize) (x / 2) * 2 + u], chroma[(gsize) (x / 2) * 2 + 1 - u], out);
}

static void
fill (const Raw *self, QuarryImage *image)
{
  if (self->encoding->kind == RAW_COLOR)
    fill_color (self, image);
  else if (self->encoding->kind == RAW_DEPTH)
    fill_depth (self, image);
  else
    for (int y = 0; y < self->height; y++)
      {
        guint8 *out = image->rgb + (gsize) y * image->stride;

        if (self->encoding->kind == RAW_BAYER)
          demosaic_row (self, y, out);
        else if (self->encoding->kind == RAW_YUV422)
          fill_yuv422_row (self, y, out);
        else
          fill_nv_row (self, y, out);
      }
}

static gboolean
open_raw (Raw *self, GBytes *bytes, const char *format, const char *name, GError **error)
{
  gsize length = 0;

  self->data = g_bytes_get_data (bytes, &length);
  return parse_format (self, format, name, error) && check_length (self, length, error);
}

QuarryImage *
quarry_image_decode_raw (GBytes *bytes, const char *format, const char *name, GError **error)
{
  Raw raw = { 0 };
  QuarryImage *image = NULL;

  if (!open_raw (&raw, bytes, format, name, error))
    return NULL;
  image = quarry_image_new (raw.width, raw.height);
  if (image != NULL)
    fill (&raw, image);
  else
    g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE, "%s: not enough memory", name);
  return image;
}

gboolean
quarry_image_read_raw_size (const char *format, const char *name, int *out_width, int *out_height, GError **error)
{
  Raw raw = { 0 };

  if (!parse_format (&raw, format, name, error))
    return FALSE;
  *out_width = raw.width;
  *out_height = raw.height;
  return TRUE;
}

/* Millimetres; 0 unknown, 65535 that far or further */
static guint16
millimetres_of (float metres)
{
  return isnan (metres) ? 0 : metres >= 65.535f ? G_MAXUINT16 : (guint16) (metres * 1000 + 0.5f);
}

/**
 * quarry_image_raw_to_png:
 * @format: "raw:…"
 *
 * For extraction: what has 16 bits keeps them. 16UC1 and mono16 become 16-bit grey with their own values, 32FC1 (metres) 16-bit grey in
 * millimetres (0 unknown, 65535 from 65.535 m on), rgb16 and the like 16-bit RGB. All else is 8-bit RGB, as it is shown.
 *
 * Returns: (transfer full)
 */
GBytes *
quarry_image_raw_to_png (GBytes *bytes, const char *format, const char *name, GError **error)
{
  Raw raw = { 0 };
  g_autofree guint16 *samples = NULL;
  guint channels, used;

  if (!open_raw (&raw, bytes, format, name, error))
    return NULL;
  used = raw.encoding->kind == RAW_COLOR && raw.encoding->bytes == 2 ? 3 : raw.encoding->kind == RAW_DEPTH ? 1 : 0;
  if (used == 0)
    {
      g_autoptr(QuarryImage) image = quarry_image_decode_raw (bytes, format, name, error);

      return image != NULL ? quarry_image_to_png (image, error) : NULL;
    }
  channels = raw.encoding->channels;
  samples = g_try_malloc_n ((gsize) raw.width * used * sizeof (guint16), (gsize) raw.height);
  for (int y = 0; samples != NULL && y < raw.height; y++)
    {
      const guint8 *row = raw.data + (gsize) y * raw.step;
      guint16 *out = samples + (gsize) y * (gsize) raw.width * used;

      for (gsize x = 0; x < (gsize) raw.width; x++)
        for (guint c = 0; c < used; c++)
          *out++ = raw.encoding->bytes == 4 ? millimetres_of (get_depth (&raw, row, x))
                                            : (guint16) get_sample (&raw, row, x * channels + (used == 3 ? raw.encoding->order[c] : 0));
    }
  return quarry_image_encode_png16 (samples, raw.width, raw.height, used, error);
}
