/* quarry-image-tiff.c: TIFF, by libtiff: strips and tiles, 8 and 16 bits, planes together or apart
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Grey, RGB and palettes are taken sample by sample, so that alpha is dropped (libtiff's own conversion multiplies by it) and 16 bits
 * become 8 by leaving out the lower ones, as with PNG. All else (bits, CMYK, YCbCr, fax) goes through libtiff's conversion.
 */

#include "config.h"
#include "quarry-image-private.h"

#include <stdio.h>
#include <string.h>
#include <tiffio.h>

typedef struct
{
  const char   *name;
  QuarryFile   *file;          /* nullable: data */
  const guint8 *data;
  gint64        base;          /* bytes of the file before the picture */
  gint64        length, at;
  char          message[200];  /* the first that libtiff said */
  GError       *failure;       /* of reading the file */
} Source;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TIFF, TIFFClose)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TIFFOpenOptions, TIFFOpenOptionsFree)

static tmsize_t
read_cb (thandle_t handle, void *out, tmsize_t n)
{
  Source *self = (Source *) handle;
  const gint64 room = MAX (self->length - self->at, 0);
  const gsize take = (gsize) MIN ((gint64) n, room);

  if (take == 0)
    return 0;
  if (self->file != NULL && !quarry_file_read (self->file, self->base + self->at, out, take, NULL, self->failure == NULL ? &self->failure : NULL))
    return -1;
  if (self->file == NULL)
    memcpy (out, self->data + self->at, take);
  self->at += (gint64) take;
  return (tmsize_t) take;
}

static tmsize_t
write_cb (thandle_t handle, void *data, tmsize_t n)
{
  return -1;
}

static toff_t
seek_cb (thandle_t handle, toff_t offset, int whence)
{
  Source *self = (Source *) handle;
  const gint64 from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? self->at : self->length;

  if (offset > (toff_t) G_MAXINT64 / 2)
    return (toff_t) -1;
  self->at = from + (gint64) offset;
  return (toff_t) self->at;
}

static int
close_cb (thandle_t handle)
{
  return 0;
}

static toff_t
size_cb (thandle_t handle)
{
  return (toff_t) ((Source *) handle)->length;
}

static G_GNUC_PRINTF (4, 0) int
error_cb (TIFF *tiff, void *data, const char *module, const char *format, va_list arguments)
{
  Source *self = data;

  if (self->message[0] == 0)
    g_vsnprintf (self->message, sizeof self->message, format, arguments);
  return 1;
}

static G_GNUC_PRINTF (4, 0) int
warning_cb (TIFF *tiff, void *data, const char *module, const char *format, va_list arguments)
{
  return 1;        /* unknown tags and the like */
}

/* Returns: (transfer full) (nullable) */
static TIFF *
open_tiff (Source *self)
{
  g_autoptr(TIFFOpenOptions) options = TIFFOpenOptionsAlloc ();

  TIFFOpenOptionsSetMaxSingleMemAlloc (options, (tmsize_t) QUARRY_IMAGE_MAX_BYTES);
  TIFFOpenOptionsSetErrorHandlerExtR (options, error_cb, self);
  TIFFOpenOptionsSetWarningHandlerExtR (options, warning_cb, self);
  return TIFFClientOpenExt (self->name, "rm", self, read_cb, write_cb, seek_cb, close_cb, size_cb, NULL, NULL, options);
}

static gboolean
fail (Source *self, GError **error, const char *what)
{
  if (self->failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->failure));
      return FALSE;
    }
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN, "%s: damaged TIFF: %s", self->name,
               self->message[0] != 0 ? self->message : what);
  return FALSE;
}

/* Size and orientation; an error where a strip or a tile goes beyond the end */
static gboolean
read_header (Source *self, TIFF *tiff, guint32 *out_width, guint32 *out_height, int *out_orientation, GError **error)
{
  guint16 orientation = 1;
  guint32 n;

  if (!TIFFGetField (tiff, TIFFTAG_IMAGEWIDTH, out_width) || !TIFFGetField (tiff, TIFFTAG_IMAGELENGTH, out_height))
    return fail (self, error, "no size");
  TIFFGetFieldDefaulted (tiff, TIFFTAG_ORIENTATION, &orientation);
  *out_orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
  if (!quarry_image_check_limits (self->name, *out_width, *out_height, error))
    return FALSE;
  n = TIFFIsTiled (tiff) ? TIFFNumberOfTiles (tiff) : TIFFNumberOfStrips (tiff);
  for (guint32 i = 0; i < n; i++)
    {
      const guint64 at = TIFFGetStrileOffset (tiff, i);
      const guint64 bytes = TIFFGetStrileByteCount (tiff, i);

      if (self->message[0] != 0 || at > (guint64) self->length || bytes > (guint64) self->length - at)
        return fail (self, error, "it is cut off");
    }
  return TRUE;
}

typedef struct
{
  TIFF    *tiff;
  guint32  width, height;
  guint16  bits, samples, photometric, planes, format, *palette[3];
  guint32  block_width, block_height;      /* of a tile; of a strip */
  gsize    pixel, row;                     /* bytes in a block */
} Layout;

/* Whether the picture is of the kinds that are taken sample by sample */
static gboolean
get_layout (TIFF *tiff, guint32 width, guint32 height, Layout *out)
{
  *out = (Layout) { .tiff = tiff, .width = width, .height = height };
  if (!TIFFGetFieldDefaulted (tiff, TIFFTAG_BITSPERSAMPLE, &out->bits) || !TIFFGetFieldDefaulted (tiff, TIFFTAG_SAMPLESPERPIXEL, &out->samples) ||
      !TIFFGetFieldDefaulted (tiff, TIFFTAG_PLANARCONFIG, &out->planes) || !TIFFGetField (tiff, TIFFTAG_PHOTOMETRIC, &out->photometric))
    return FALSE;
  TIFFGetFieldDefaulted (tiff, TIFFTAG_SAMPLEFORMAT, &out->format);
  if ((out->bits != 8 && out->bits != 16) || (out->format != SAMPLEFORMAT_UINT && out->format != SAMPLEFORMAT_VOID) || out->samples < 1)
    return FALSE;
  if (out->photometric == PHOTOMETRIC_PALETTE)
    {
      if (out->bits != 8 || !TIFFGetField (tiff, TIFFTAG_COLORMAP, &out->palette[0], &out->palette[1], &out->palette[2]))
        return FALSE;
    }
  else if (!(out->photometric == PHOTOMETRIC_RGB && out->samples >= 3) && out->photometric != PHOTOMETRIC_MINISBLACK &&
           out->photometric != PHOTOMETRIC_MINISWHITE)
    return FALSE;
  if (TIFFIsTiled (tiff))
    {
      if (!TIFFGetField (tiff, TIFFTAG_TILEWIDTH, &out->block_width) || !TIFFGetField (tiff, TIFFTAG_TILELENGTH, &out->block_height))
        return FALSE;
    }
  else
    {
      out->block_width = width;
      TIFFGetFieldDefaulted (tiff, TIFFTAG_ROWSPERSTRIP, &out->block_height);
      out->block_height = MIN (out->block_height, height);
    }
  out->pixel = (gsize) out->bits / 8 * (out->planes == PLANARCONFIG_CONTIG ? out->samples : 1);
  out->row = out->pixel * out->block_width;
  return out->block_width > 0 && out->block_height > 0;
}

/* @plane: which sample a block of planes apart holds */
static void
copy_pixel (const Layout *self, const guint8 *from, guint16 plane, guint8 *out)
{
  const gboolean rgb = self->photometric == PHOTOMETRIC_RGB;
  const gsize bytes = self->bits / 8;
  const gsize high = self->bits == 16 ? 1 : 0;      /* libtiff gives the machine's order */

  for (guint16 c = 0; c < 3; c++)
    {
      const guint8 value = from[(rgb && self->planes == PLANARCONFIG_CONTIG ? c * bytes : 0) + high];

      if (self->planes != PLANARCONFIG_CONTIG && rgb && c != plane)
        continue;
      out[c] = self->photometric == PHOTOMETRIC_PALETTE      ? (guint8) (self->palette[c][value] >> 8)
               : self->photometric == PHOTOMETRIC_MINISWHITE ? (guint8) (255 - value)
                                                             : value;
    }
}

static gboolean
read_block (const Layout *self, QuarryImage *image, guint32 x, guint32 y, guint16 plane, guint8 *buffer, gsize room)
{
  const gboolean tiled = TIFFIsTiled (self->tiff) != 0;
  const guint32 columns = MIN (self->block_width, self->width - x);
  const guint32 rows = MIN (self->block_height, self->height - y);
  const gsize need = tiled ? room : self->row * rows;
  const tmsize_t n = tiled ? TIFFReadEncodedTile (self->tiff, TIFFComputeTile (self->tiff, x, y, 0, plane), buffer, (tmsize_t) room)
                           : TIFFReadEncodedStrip (self->tiff, TIFFComputeStrip (self->tiff, y, plane), buffer, (tmsize_t) need);

  if (n < 0 || (gsize) n < need)
    return FALSE;
  for (guint32 row = 0; row < rows; row++)
    for (guint32 column = 0; column < columns; column++)
      copy_pixel (self, buffer + row * self->row + column * self->pixel, plane,
                  image->rgb + (gsize) (y + row) * image->stride + 3 * (gsize) (x + column));
  return TRUE;
}

static gboolean
read_blocks (Source *source, const Layout *self, QuarryImage *image, GError **error)
{
  const gsize room = (gsize) MAX (TIFFIsTiled (self->tiff) ? TIFFTileSize (self->tiff) : TIFFStripSize (self->tiff), 0);
  const guint16 n_planes = self->planes == PLANARCONFIG_CONTIG || self->photometric != PHOTOMETRIC_RGB ? 1 : 3;
  g_autofree guint8 *buffer = NULL;

  if (room < self->row * self->block_height || room > QUARRY_IMAGE_MAX_BYTES || (buffer = g_try_malloc0 (room)) == NULL)
    return fail (source, error, "a block of an impossible size");
  for (guint16 plane = 0; plane < n_planes; plane++)
    for (guint32 y = 0; y < self->height; y += self->block_height)
      for (guint32 x = 0; x < self->width; x += self->block_width)
        if (!read_block (self, image, x, y, plane, buffer, room))
          return fail (source, error, "its pixels cannot be read");
  return TRUE;
}

static gboolean
convert (Source *self, TIFF *tiff, QuarryImage *image, GError **error)
{
  const gsize n = (gsize) image->width * (gsize) image->height;
  g_autofree guint32 *pixels = NULL;
  char why[1024] = "";

  if (!TIFFRGBAImageOK (tiff, why))
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED, "%s: a TIFF of a kind that is not read: %s", self->name, why);
      return FALSE;
    }
  pixels = g_try_malloc_n (n, sizeof (guint32));
  if (pixels == NULL)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE, "%s: not enough memory", self->name);
      return FALSE;
    }
  TIFFSetField (tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);      /* in memory: turned afterwards, as all pictures are */
  if (!TIFFReadRGBAImageOriented (tiff, (guint32) image->width, (guint32) image->height, pixels, ORIENTATION_TOPLEFT, 1) || self->message[0] != 0)
    return fail (self, error, "its pixels cannot be read");
  for (gsize i = 0; i < n; i++)
    {
      image->rgb[3 * i] = (guint8) TIFFGetR (pixels[i]);
      image->rgb[3 * i + 1] = (guint8) TIFFGetG (pixels[i]);
      image->rgb[3 * i + 2] = (guint8) TIFFGetB (pixels[i]);
    }
  return TRUE;
}

gboolean
quarry_image_is_tiff (const guint8 *data, gsize length)
{
  return length >= 8 && (memcmp (data, "II*\0", 4) == 0 || memcmp (data, "MM\0*", 4) == 0 || memcmp (data, "II+\0", 4) == 0 ||
                         memcmp (data, "MM\0+", 4) == 0);
}

QuarryImage *
quarry_image_decode_tiff (GBytes *bytes, const char *name, int *out_orientation, GError **error)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  Source source = { .name = name, .data = data, .length = (gint64) length };
  g_autoptr(TIFF) tiff = open_tiff (&source);
  g_autoptr(QuarryImage) image = NULL;
  guint32 width = 0, height = 0;
  Layout layout;

  if (tiff == NULL)
    {
      fail (&source, error, "no header");
      return NULL;
    }
  if (!read_header (&source, tiff, &width, &height, out_orientation, error))
    return NULL;
  image = quarry_image_new ((int) width, (int) height);
  if (image == NULL)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE, "%s: not enough memory", name);
      return NULL;
    }
  if (get_layout (tiff, width, height, &layout) ? !read_blocks (&source, &layout, image, error) : !convert (&source, tiff, image, error))
    return NULL;
  return g_steal_pointer (&image);
}

/* @file: from byte @base on, @length bytes; where it is NULL, @data */
gboolean
quarry_image_read_tiff_size (QuarryFile *file, const guint8 *data, gint64 base, gint64 length, const char *name, int *out_width, int *out_height,
                             int *out_orientation, GError **error)
{
  Source source = { .name = name, .file = file, .data = data, .base = base, .length = length };
  g_autoptr(TIFF) tiff = open_tiff (&source);
  guint32 width = 0, height = 0;
  const gboolean done = tiff != NULL ? read_header (&source, tiff, &width, &height, out_orientation, error)
                                     : fail (&source, error, "no header");

  g_clear_error (&source.failure);
  if (!done)
    return FALSE;
  *out_width = (int) width;
  *out_height = (int) height;
  return TRUE;
}
