/* quarry-image-png.c: PNG both ways, by libspng
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-image-private.h"

#include <stdlib.h>
#include <spng.h>

/* Of one ancillary chunk and of all: a text that inflates to gigabytes is refused */
#define MAX_CHUNK (16u << 20)
#define MAX_CHUNKS (64u << 20)
#define COMPRESSION 3

G_DEFINE_AUTOPTR_CLEANUP_FUNC (spng_ctx, spng_ctx_free)

static gboolean
set_error (GError **error, const char *name, int code)
{
  g_set_error (error, QUARRY_MEDIA_ERROR,
               code == SPNG_EMEM ? QUARRY_MEDIA_ERROR_TOO_LARGE : QUARRY_MEDIA_ERROR_BROKEN,
               "%s: damaged PNG: %s", name, spng_strerror (code));
  return FALSE;
}

static gboolean
read_pixels (spng_ctx *png, const char *name, QuarryImage **out_image, GError **error)
{
  struct spng_ihdr header = { 0 };
  g_autoptr(QuarryImage) image = NULL;
  gsize length = 0;
  int code = spng_get_ihdr (png, &header);

  if (code != 0)
    return set_error (error, name, code);
  if (!quarry_image_check_limits (name, header.width, header.height, error))
    return FALSE;
  code = spng_decoded_image_size (png, SPNG_FMT_RGB8, &length);
  if (code != 0)
    return set_error (error, name, code);
  image = quarry_image_new ((int) header.width, (int) header.height);
  if (image == NULL)
    return set_error (error, name, SPNG_EMEM);
  g_assert (length == image->stride * header.height);
  code = spng_decode_image (png, image->rgb, length, SPNG_FMT_RGB8, 0);
  if (code != 0)
    return set_error (error, name, code);
  *out_image = g_steal_pointer (&image);
  return TRUE;
}

QuarryImage *
quarry_image_decode_png (GBytes *bytes, const char *name, int *out_orientation, GError **error)
{
  g_autoptr(spng_ctx) png = spng_ctx_new (0);
  g_autoptr(QuarryImage) image = NULL;
  struct spng_exif exif = { 0 };
  gsize length = 0;
  const void *data = g_bytes_get_data (bytes, &length);
  int code;

  spng_set_crc_action (png, SPNG_CRC_ERROR, SPNG_CRC_DISCARD);
  spng_set_chunk_limits (png, MAX_CHUNK, MAX_CHUNKS);
  code = spng_set_png_buffer (png, data, length);
  if (code != 0)
    {
      set_error (error, name, code);
      return NULL;
    }
  if (!read_pixels (png, name, &image, error))
    return NULL;
  code = spng_decode_chunks (png); /* up to IEND, so that a file cut after its pixels is told too */
  if (code != 0)
    {
      set_error (error, name, code);
      return NULL;
    }
  if (spng_get_exif (png, &exif) == 0)
    *out_orientation = quarry_exif_orientation ((const guint8 *) exif.data, exif.length);
  return g_steal_pointer (&image);
}

static void
free_malloced (gpointer data)
{
  (free) (data);     /* libspng's, not GLib's */
}

/* @bits: of a sample. The same pixels give the same bytes. */
static GBytes *
encode (const void *pixels, gsize length, int width, int height, guint8 bits, guint8 color_type, GError **error)
{
  g_autoptr(spng_ctx) png = spng_ctx_new (SPNG_CTX_ENCODER);
  struct spng_ihdr header = { (guint32) width, (guint32) height, bits, color_type, 0, 0, 0 };
  gsize data_length = 0;
  void *data = NULL;
  int code = spng_set_option (png, SPNG_ENCODE_TO_BUFFER, 1);

  if (code == 0)
    code = spng_set_option (png, SPNG_IMG_COMPRESSION_LEVEL, COMPRESSION);
  if (code == 0)
    code = spng_set_ihdr (png, &header);
  if (code == 0)
    code = spng_encode_image (png, pixels, length, SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE);
  if (code == 0)
    data = spng_get_png_buffer (png, &data_length, &code);
  if (data != NULL)
    return g_bytes_new_with_free_func (data, data_length, free_malloced, data);
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_FAILED, "cannot write a PNG: %s",
               spng_strerror (code));
  return NULL;
}

/* Returns: (transfer full): 8-bit RGB */
GBytes *
quarry_image_to_png (const QuarryImage *self, GError **error)
{
  return encode (self->rgb, self->stride * (gsize) self->height, self->width, self->height, 8, SPNG_COLOR_TYPE_TRUECOLOR, error);
}

GBytes *
quarry_image_encode_png16 (const guint16 *samples, int width, int height, guint channels, GError **error)
{
  if (samples != NULL)
    return encode (samples, (gsize) width * (gsize) height * channels * sizeof (guint16), width, height, 16,
                   channels == 3 ? SPNG_COLOR_TYPE_TRUECOLOR : SPNG_COLOR_TYPE_GRAYSCALE, error);
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE, "cannot write a PNG: not enough memory");
  return NULL;
}
