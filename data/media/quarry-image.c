/* quarry-image.c: pictures as bytes in memory
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-image.h"
#include "quarry-image-private.h"
#include "quarry-media-private.h"

#include <string.h>

G_DEFINE_QUARK (quarry-media-error-quark, quarry_media_error)

/**
 * quarry_image_new:
 *
 * Returns: (transfer full) (nullable): black; NULL where there is not enough memory
 */
QuarryImage *
quarry_image_new (int width, int height)
{
  QuarryImage *self = NULL;
  guint8 *rgb = NULL;

  g_return_val_if_fail (width > 0 && height > 0, NULL);

  rgb = g_try_malloc0_n ((gsize) width * 3, (gsize) height);
  if (rgb == NULL)
    return NULL;
  self = g_new0 (QuarryImage, 1);
  self->width = self->full_width = width;
  self->height = self->full_height = height;
  self->stride = (gsize) width * 3;
  self->rgb = rgb;
  return self;
}

void
quarry_image_free (QuarryImage *self)
{
  if (self == NULL)
    return;
  g_free (self->rgb);
  g_free (self);
}

/* Sets @error where a picture of this size would take too much memory, or has no pixels */
gboolean
quarry_image_check_limits (const char *name, guint64 width, guint64 height, GError **error)
{
  if (width == 0 || height == 0)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
                   "%s: the picture has no pixels", name);
      return FALSE;
    }
  if (width <= G_MAXINT32 && height <= G_MAXINT32 && width * height <= QUARRY_IMAGE_MAX_PIXELS &&
      width * height * 3 <= QUARRY_IMAGE_MAX_BYTES)
    return TRUE;
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE,
               "%s: %" G_GUINT64_FORMAT " × %" G_GUINT64_FORMAT
               " pixels are too many for one picture (limit %" G_GUINT64_FORMAT " MiB decoded)",
               name, width, height, QUARRY_IMAGE_MAX_BYTES >> 20);
  return FALSE;
}

/* Where pixel (x, y) of the upright picture is stored, @width × @height being the stored size */
static void
stored_place (int orientation, int width, int height, int x, int y, int *out_x, int *out_y)
{
  const int right = width - 1;
  const int bottom = height - 1;

  switch (orientation)
    {
    case 2: *out_x = right - x; *out_y = y; break;
    case 3: *out_x = right - x; *out_y = bottom - y; break;
    case 4: *out_x = x; *out_y = bottom - y; break;
    case 5: *out_x = y; *out_y = x; break;
    case 6: *out_x = y; *out_y = bottom - x; break;
    case 7: *out_x = right - y; *out_y = bottom - x; break;
    case 8: *out_x = right - y; *out_y = x; break;
    default: *out_x = x; *out_y = y; break;
    }
}

/**
 * quarry_image_orient:
 * @take: (transfer full): as stored
 * @orientation: EXIF 1…8
 *
 * Returns: (transfer full) (nullable): upright; NULL where there is not enough memory
 */
QuarryImage *
quarry_image_orient (QuarryImage *take, int orientation)
{
  g_autoptr(QuarryImage) stored = take;
  g_autoptr(QuarryImage) upright = NULL;
  const gboolean turned = orientation >= 5;

  if (orientation <= 1 || orientation > 8)
    return g_steal_pointer (&stored);
  upright = quarry_image_new (turned ? stored->height : stored->width,
                              turned ? stored->width : stored->height);
  if (upright == NULL)
    return NULL;
  upright->full_width = turned ? stored->full_height : stored->full_width;
  upright->full_height = turned ? stored->full_width : stored->full_height;
  for (int y = 0; y < upright->height; y++)
    {
      guint8 *to = upright->rgb + (gsize) y * upright->stride;
      int from_x, from_y, next_x, next_y;
      gssize step;
      const guint8 *from = NULL;

      stored_place (orientation, stored->width, stored->height, 0, y, &from_x, &from_y);
      stored_place (orientation, stored->width, stored->height, 1, y, &next_x, &next_y);
      step = (gssize) (next_x - from_x) * 3 + (gssize) (next_y - from_y) * (gssize) stored->stride;
      from = stored->rgb + (gsize) from_y * stored->stride + (gsize) from_x * 3;
      for (int x = 0; x < upright->width; x++, to += 3)
        {
          const guint8 *pixel = from + x * step;

          to[0] = pixel[0];
          to[1] = pixel[1];
          to[2] = pixel[2];
        }
    }
  return g_steal_pointer (&upright);
}

static QuarryImage *
decode_file (GBytes *bytes, int at_least, gboolean longer, const char *name, GError **error)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  QuarryImage *image = NULL;
  int orientation = 1;

  if (length >= 3 && memcmp (data, "\xFF\xD8\xFF", 3) == 0)
    image = quarry_image_decode_jpeg (bytes, at_least, longer, name, &orientation, error);
  else if (length >= 8 && memcmp (data, "\x89PNG\r\n\x1A\n", 8) == 0)
    image = quarry_image_decode_png (bytes, name, &orientation, error);
  else if (quarry_image_is_webp (data, length))
    image = quarry_image_decode_webp (bytes, name, &orientation, error);
  else if (quarry_image_is_tiff (data, length))
    image = quarry_image_decode_tiff (bytes, name, &orientation, error);
  else
    image = quarry_image_decode_pixbuf (bytes, name, error);
  if (image == NULL)
    return NULL;
  image = quarry_image_orient (image, orientation);
  if (image == NULL)
    g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE, "%s: not enough memory",
                 name);
  return image;
}

static QuarryImage *
decode (GBytes *bytes, const char *format, int at_least, gboolean longer, const char *name, GError **error)
{
  g_autoptr(GBytes) plain = quarry_media_unwrap (bytes, &format, name, error);

  if (plain == NULL)
    return NULL;
  return format != NULL && g_str_has_prefix (format, "raw:") ? quarry_image_decode_raw (plain, format, name, error)
                                                             : decode_file (plain, at_least, longer, name, error);
}

/**
 * quarry_image_decode:
 * @at_least: pixels; a JPEG may come at 1/2, 1/4 or 1/8 while both sides stay at least this long; 0
 * full size
 * @name: the file, for messages
 *
 * JPEG, PNG, WebP, TIFF, and what the system's gdk-pixbuf reads; told by content, not by name. EXIF
 * orientation is applied. Alpha is dropped and 16 bits become 8, as training tools do it. Any thread.
 *
 * Returns: (transfer full): never a part of a picture: a file that is cut or damaged is an error
 */
QuarryImage *
quarry_image_decode (GBytes *bytes, int at_least, const char *name, GError **error)
{
  return decode (bytes, NULL, at_least, FALSE, name, error);
}

/* As quarry_image_decode, for a media of @format */
QuarryImage *
quarry_image_decode_as (GBytes *bytes, const char *format, int at_least, const char *name, GError **error)
{
  return decode (bytes, format, at_least, FALSE, name, error);
}

/* For thumbnails: as quarry_image_decode, but only the longer side needs to stay at least @longer
 * pixels */
QuarryImage *
quarry_image_decode_longer (GBytes *bytes, const char *format, int longer, const char *name, GError **error)
{
  return decode (bytes, format, longer, TRUE, name, error);
}

/* One axis of an area average: which source pixels a target pixel covers, and how much of the first
 * and the last */
typedef struct
{
  int    first, last;
  float  first_weight, last_weight;   /* 0…1; in between 1 */
} Cover;

static Cover *
make_cover (int from, int to)
{
  Cover *cover = g_new (Cover, to);
  const double scale = (double) from / to;

  for (int i = 0; i < to; i++)
    {
      const double start = i * scale;
      const double end = (i + 1) * scale;

      cover[i].first = MIN ((int) start, from - 1);
      cover[i].last = CLAMP ((int) (end - 1e-9), cover[i].first, from - 1);
      cover[i].first_weight = (float) (MIN (end, cover[i].first + 1) - start);
      cover[i].last_weight = (float) (end - cover[i].last);
    }
  return cover;
}

/* Adds one source row, averaged along x, to @sum with @weight */
static void
add_row (float *sum, const guint8 *row, const Cover *cover, int width, float weight)
{
  for (int x = 0; x < width; x++)
    {
      const Cover *c = &cover[x];
      float r = 0, g = 0, b = 0;

      for (int at = c->first; at <= c->last; at++)
        {
          const float w = at == c->first ? c->first_weight : at == c->last ? c->last_weight : 1.0f;

          r += w * (float) row[3 * at];
          g += w * (float) row[3 * at + 1];
          b += w * (float) row[3 * at + 2];
        }
      sum[3 * x] += weight * r;
      sum[3 * x + 1] += weight * g;
      sum[3 * x + 2] += weight * b;
    }
}

static void
average_into (const QuarryImage *from, QuarryImage *to)
{
  g_autofree Cover *columns = make_cover (from->width, to->width);
  g_autofree Cover *rows = make_cover (from->height, to->height);
  g_autofree float *sum = g_new (float, to->stride);
  const float norm = (float) ((double) to->width * to->height /
                              ((double) from->width * from->height));

  for (int y = 0; y < to->height; y++)
    {
      const Cover *c = &rows[y];
      guint8 *out = to->rgb + (gsize) y * to->stride;

      memset (sum, 0, to->stride * sizeof (float));
      for (int at = c->first; at <= c->last; at++)
        add_row (sum, from->rgb + (gsize) at * from->stride, columns, to->width,
                 at == c->first ? c->first_weight : at == c->last ? c->last_weight : 1.0f);
      for (gsize i = 0; i < to->stride; i++)
        out[i] = (guint8) MIN (255.0f, sum[i] * norm + 0.5f);
    }
}

/**
 * quarry_image_scale:
 * @width: the box that the result fits into, keeping the shape
 *
 * Scales down by area average; a picture that fits already is copied.
 *
 * Returns: (transfer full)
 */
QuarryImage *
quarry_image_scale (const QuarryImage *self, int width, int height)
{
  QuarryImage *image = NULL;
  double scale;

  g_return_val_if_fail (self != NULL && width > 0 && height > 0, NULL);

  scale = MIN (1.0, MIN ((double) width / self->width, (double) height / self->height));
  image = quarry_image_new (MAX (1, (int) (self->width * scale + 0.5)),
                            MAX (1, (int) (self->height * scale + 0.5)));
  if (image == NULL)
    return NULL;
  image->full_width = self->full_width;
  image->full_height = self->full_height;
  if (image->width == self->width && image->height == self->height)
    memcpy (image->rgb, self->rgb, (gsize) self->height * self->stride);
  else
    average_into (self, image);
  return image;
}
