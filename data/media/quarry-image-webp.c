/* quarry-image-webp.c: WebP, by libwebp: lossy and lossless, of an animation the first frame
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-image-private.h"

#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WebPDemuxer, WebPDemuxDelete)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WebPAnimDecoder, WebPAnimDecoderDelete)

gboolean
quarry_image_is_webp (const guint8 *data, gsize length)
{
  return length >= 12 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0;
}

/* @data: at least 30 bytes of the file's start */
gboolean
quarry_image_read_webp_head (const guint8 *data, gsize length, int *out_width, int *out_height)
{
  return WebPGetInfo (data, length, out_width, out_height) != 0;
}

/* Some writers put JPEG's mark before the TIFF structure */
int
quarry_image_get_webp_orientation (const guint8 *exif, gsize length)
{
  const gsize mark = length >= 6 && memcmp (exif, "Exif\0", 6) == 0 ? 6 : 0;

  return quarry_exif_orientation (exif + mark, length - mark);
}

static gboolean
decode_first_frame (const WebPData *data, QuarryImage *image)
{
  WebPAnimDecoderOptions options;
  g_autoptr(WebPAnimDecoder) decoder = NULL;
  uint8_t *rgba = NULL;
  int time = 0;

  if (!WebPAnimDecoderOptionsInit (&options))
    return FALSE;
  decoder = WebPAnimDecoderNew (data, &options);
  if (decoder == NULL || !WebPAnimDecoderGetNext (decoder, &rgba, &time))
    return FALSE;
  for (gsize i = 0; i < (gsize) image->width * (gsize) image->height; i++)
    memcpy (image->rgb + 3 * i, rgba + 4 * i, 3);
  return TRUE;
}

static gboolean
fail (GError **error, const char *name, const char *what)
{
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN, "%s: damaged WebP: %s", name, what);
  return FALSE;
}

static QuarryImage *
decode (const WebPData *data, const WebPBitstreamFeatures *features, const char *name, GError **error)
{
  g_autoptr(QuarryImage) image = quarry_image_new (features->width, features->height);
  const gsize size = image != NULL ? image->stride * (gsize) image->height : 0;

  if (image == NULL)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE, "%s: not enough memory", name);
      return NULL;
    }
  if (features->has_animation ? decode_first_frame (data, image)
                              : WebPDecodeRGBInto (data->bytes, data->size, image->rgb, size, (int) image->stride) != NULL)
    return g_steal_pointer (&image);
  fail (error, name, "its pixels cannot be read");
  return NULL;
}

QuarryImage *
quarry_image_decode_webp (GBytes *bytes, const char *name, int *out_orientation, GError **error)
{
  gsize length = 0;
  const guint8 *content = g_bytes_get_data (bytes, &length);
  const WebPData data = { content, length };
  WebPBitstreamFeatures features;
  WebPDemuxState state = WEBP_DEMUX_PARSE_ERROR;
  g_autoptr(WebPDemuxer) demuxer = WebPDemuxPartial (&data, &state);
  WebPChunkIterator chunk = { 0 };

  if (WebPGetFeatures (content, length, &features) != VP8_STATUS_OK)
    fail (error, name, "no header");
  else if (demuxer == NULL || state != WEBP_DEMUX_DONE)
    fail (error, name, "it is cut off or contradicts itself");
  else if (quarry_image_check_limits (name, (guint64) features.width, (guint64) features.height, error))
    {
      if (WebPDemuxGetChunk (demuxer, "EXIF", 1, &chunk))
        *out_orientation = quarry_image_get_webp_orientation (chunk.chunk.bytes, chunk.chunk.size);
      WebPDemuxReleaseChunkIterator (&chunk);
      return decode (&data, &features, name, error);
    }
  return NULL;
}
