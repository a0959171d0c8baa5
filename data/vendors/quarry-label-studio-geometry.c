/* quarry-label-studio-geometry.c: percent to pixels and back; brush masks
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A brush mask is a bit stream, most significant bit first: 32 bits: how many values; 5 bits: bits a value − 1; four times 4 bits:
 * widths of the length fields − 1; then tokens: 1 bit "run", 2 bits which width, a length − 1 in that many bits, and one value
 * (run) or as many as the length. The values are the bytes of an RGBA picture, rows first; what counts is alpha > 0.
 */

#include "config.h"
#include "quarry-label-studio-private.h"

#include <math.h>
#include <string.h>

#define PIXELS_MAX ((gint64) 1 << 28)

/* The turned box hangs on its own top-left corner at (x, y): its centre is half a width and half a height along its turned axes away */
void
quarry_label_studio_box_to_pixels (const double percent[5], int width, int height, double out_box[5])
{
  const double x = percent[0] * width / 100;
  const double y = percent[1] * height / 100;
  const double w = percent[2] * width / 100;
  const double h = percent[3] * height / 100;
  const double angle = percent[4] * G_PI / 180;
  const double c = cos (angle);
  const double s = sin (angle);
  const gboolean upright = fpclassify (percent[4]) == FP_ZERO;      /* then to the last bit */

  out_box[0] = upright ? x : x + (w * c - h * s) / 2 - w / 2;
  out_box[1] = upright ? y : y + (w * s + h * c) / 2 - h / 2;
  out_box[2] = w;
  out_box[3] = h;
  out_box[4] = angle;
}

void
quarry_label_studio_box_to_percent (const double box[5], int width, int height, double out_percent[5])
{
  const double c = cos (box[4]);
  const double s = sin (box[4]);
  const gboolean upright = fpclassify (box[4]) == FP_ZERO;
  const double x = upright ? box[0] : box[0] + box[2] / 2 - (box[2] * c - box[3] * s) / 2;
  const double y = upright ? box[1] : box[1] + box[3] / 2 - (box[2] * s + box[3] * c) / 2;
  const double degrees = fmod (box[4] * 180 / G_PI, 360);

  out_percent[0] = x * 100 / width;
  out_percent[1] = y * 100 / height;
  out_percent[2] = box[2] * 100 / width;
  out_percent[3] = box[3] * 100 / height;
  out_percent[4] = degrees < 0 ? degrees + 360 : degrees;
}

/* --- brush --- */

typedef struct
{
  const guint8 *bytes;
  gsize         n_bits;
  gsize         at;
  gboolean      ended;      /* asked for more than there is */
} BitReader;

static guint32
read_bits (BitReader *self, guint n)
{
  guint32 value = 0;

  if (self->n_bits - self->at < n)
    {
      self->ended = TRUE;
      self->at = self->n_bits;
      return 0;
    }
  for (guint i = 0; i < n; i++, self->at++)
    value = value << 1 | (self->bytes[self->at / 8] >> (7 - self->at % 8) & 1);
  return value;
}

/* Sets @set[pixel] for each RGBA byte in @from … @from + @n of which alpha is above 0 */
static void
paint (guint8 *set, gsize from, gsize n, guint32 value)
{
  if (value == 0)
    return;
  for (gsize i = from + (3 - from % 4 + 4) % 4; i < from + n; i += 4)
    set[i / 4] = 1;
}

static gboolean
decode_values (BitReader *reader, guint8 *set, gsize n_values)
{
  const guint word = read_bits (reader, 5) + 1;
  guint widths[4];

  for (int i = 0; i < 4; i++)
    widths[i] = read_bits (reader, 4) + 1;
  for (gsize at = 0; at < n_values && !reader->ended; )
    {
      const gboolean run = read_bits (reader, 1) == 1;
      const guint width = widths[read_bits (reader, 2)];
      const gsize length = (gsize) read_bits (reader, width) + 1;

      if (reader->ended || length > n_values - at)
        return FALSE;
      if (run)
        paint (set, at, length, read_bits (reader, word));
      else
        for (gsize i = 0; i < length && !reader->ended; i++)
          paint (set, at + i, 1, read_bits (reader, word));
      at += length;
    }
  return !reader->ended;
}

/* Returns: our mask of a picture of bytes 0 and 1, rows first: width, height, runs down the columns, zeros first */
static double *
to_runs (const guint8 *set, int width, int height, gsize *out_n)
{
  g_autoptr(GArray) runs = g_array_new (FALSE, FALSE, sizeof (double));
  const double size[2] = { width, height };
  guint8 now = 0;
  double run = 0;

  g_array_append_vals (runs, size, 2);
  for (int x = 0; x < width; x++)
    for (int y = 0; y < height; y++)
      {
        if (set[(gsize) y * width + x] != now)
          {
            g_array_append_val (runs, run);
            run = 0;
            now = !now;
          }
        run++;
      }
  g_array_append_val (runs, run);
  return g_array_steal (runs, out_n);
}

/**
 * quarry_label_studio_decode_brush:
 * @width: of the picture that was painted on, pixels
 *
 * Returns: (transfer full): a mask's geometry; NULL with @error where the bytes are no such picture
 */
double *
quarry_label_studio_decode_brush (const guint8 *bytes, gsize n, int width, int height, gsize *out_n, GError **error)
{
  BitReader reader = { bytes, n * 8, 0, FALSE };
  const guint32 n_values = read_bits (&reader, 32);
  g_autofree guint8 *set = NULL;

  if (width <= 0 || height <= 0 || (gint64) width * height > PIXELS_MAX || reader.ended || n_values != (gint64) width * height * 4)
    {
      g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_ANSWER,
                   "a mask of %u values does not fit a picture of %d × %d pixels", n_values, width, height);
      return NULL;
    }
  set = g_malloc0 ((gsize) width * height);
  if (!decode_values (&reader, set, n_values))
    {
      g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_ANSWER, "a mask of %" G_GSIZE_FORMAT " bytes is cut short or damaged", n);
      return NULL;
    }
  return to_runs (set, width, height, out_n);
}

typedef struct
{
  GByteArray *bytes;
  guint       n_bits;      /* in the last byte */
} BitWriter;

static void
write_bits (BitWriter *self, guint32 value, guint n)
{
  for (guint i = n; i-- > 0; )
    {
      if (self->n_bits == 0)
        g_byte_array_append (self->bytes, (const guint8 *) "", 1);
      self->bytes->data[self->bytes->len - 1] |= (value >> i & 1) << (7 - self->n_bits);
      self->n_bits = (self->n_bits + 1) % 8;
    }
}

static void
write_run (BitWriter *self, gsize length, guint8 value)
{
  static const guint widths[4] = { 3, 4, 8, 16 };

  while (length > 0)
    {
      const gsize part = MIN (length, (gsize) 1 << 16);
      guint i = 0;

      while (part > (gsize) 1 << widths[i])
        i++;
      write_bits (self, 1, 1);
      write_bits (self, i, 2);
      write_bits (self, (guint32) (part - 1), widths[i]);
      write_bits (self, value, 8);
      length -= part;
    }
}

static guint8 *
to_pixels (const double *mask, gsize n, int width, int height)
{
  guint8 *set = g_malloc0 ((gsize) width * height);
  gsize at = 0;

  for (gsize i = 2; i < n; i++)
    for (double run = mask[i]; run > 0; run--, at++)
      if (i % 2 == 1)
        set[at % height * width + at / height] = 1;
  return set;
}

/**
 * quarry_label_studio_encode_brush:
 * @mask: a mask's geometry, checked
 *
 * Returns: (transfer full): the bytes of the same mask as Label Studio writes them, white where it is set
 */
GByteArray *
quarry_label_studio_encode_brush (const double *mask, gsize n)
{
  const int width = (int) mask[0];
  const int height = (int) mask[1];
  const gsize n_pixels = (gsize) width * height;
  g_autofree guint8 *set = to_pixels (mask, n, width, height);
  BitWriter writer = { g_byte_array_new (), 0 };

  write_bits (&writer, (guint32) (n_pixels * 4), 32);
  write_bits (&writer, 7, 5);
  write_bits (&writer, 2, 4);
  write_bits (&writer, 3, 4);
  write_bits (&writer, 7, 4);
  write_bits (&writer, 15, 4);
  for (gsize from = 0, to = 0; from < n_pixels; from = to)
    {
      while (to < n_pixels && set[to] == set[from])
        to++;
      write_run (&writer, (to - from) * 4, set[from] ? 255 : 0);
    }
  return writer.bytes;
}
