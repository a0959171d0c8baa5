/* quarry-codec.c: the compressions that logs use
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * ROS 1 bags call the LZ4 frame format "lz4", and so does MCAP.
 */

#include "config.h"
#include "quarry-codec.h"
#include "quarry-media-error.h"

#include <bzlib.h>
#include <lz4.h>
#include <lz4frame.h>
#include <string.h>
#include <zstd.h>

static const char * const names[QUARRY_N_CODECS] = { "none", "lz4", "lz4-frame", "zstd", "bz2" };

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZSTD_DCtx, ZSTD_freeDCtx)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LZ4F_dctx, LZ4F_freeDecompressionContext)

const char *
quarry_codec_name (QuarryCodec codec)
{
  return names[codec];
}

gboolean
quarry_codec_from_name (const char *name, QuarryCodec *out_codec)
{
  for (guint i = 0; i < QUARRY_N_CODECS; i++)
    if (strcmp (names[i], name) == 0)
      {
        *out_codec = i;
        return TRUE;
      }
  return FALSE;
}

/* What no stream of that length can become, by the format: LZ4 has 255 bytes for one, a block of zstd is 128 KiB and takes 3 bytes at least */
static gint64
most_possible (QuarryCodec codec, gint64 length)
{
  switch (codec)
    {
    case QUARRY_CODEC_NONE:
      return length;
    case QUARRY_CODEC_LZ4:
    case QUARRY_CODEC_LZ4_FRAME:
      return 255 * length + 255;
    case QUARRY_CODEC_ZSTD:
      return (length / 3 + 1) * (128 << 10);
    case QUARRY_CODEC_BZ2:
    case QUARRY_N_CODECS:
    default:
      return G_MAXINT64;
    }
}

gboolean
quarry_codec_fits (QuarryCodec codec, gint64 length, gint64 size)
{
  if (length < 0 || size < 0 || length > G_MAXINT64 / (128 << 10))
    return FALSE;
  if (codec == QUARRY_CODEC_NONE)
    return size == length;
  return (size <= QUARRY_CODEC_FREE_SIZE || size / 4 <= length) && size <= most_possible (codec, length);
}

static gsize
decode_lz4_frame (const guint8 *data, gsize length, guint8 *out, gsize size)
{
  g_autoptr(LZ4F_dctx) context = NULL;
  gsize done = 0, at = 0;

  if (LZ4F_isError (LZ4F_createDecompressionContext (&context, LZ4F_VERSION)))
    return 0;
  while (at < length && done < size)
    {
      gsize n_out = size - done, n_in = length - at;
      const gsize rc = LZ4F_decompress (context, out + done, &n_out, data + at, &n_in, NULL);

      if (LZ4F_isError (rc))
        break;
      done += n_out;
      at += n_in;
      if (n_out == 0 && n_in == 0)
        break;
    }
  return done;
}

static gsize
decode_zstd (const guint8 *data, gsize length, guint8 *out, gsize size)
{
  g_autoptr(ZSTD_DCtx) context = ZSTD_createDCtx ();
  ZSTD_inBuffer in = { data, length, 0 };
  ZSTD_outBuffer made = { out, size, 0 };

  while (made.pos < size)
    {
      const gsize before = in.pos + made.pos;

      if (ZSTD_isError (ZSTD_decompressStream (context, &made, &in)) || in.pos + made.pos == before)
        break;
    }
  return made.pos;
}

static gsize
decode_bz2 (const guint8 *data, gsize length, guint8 *out, gsize size)
{
  bz_stream stream = { .next_in = (char *) data, .avail_in = (guint) MIN (length, G_MAXUINT) };
  int rc = BZ_OK;

  if (BZ2_bzDecompressInit (&stream, 0, 0) != BZ_OK)
    return 0;
  stream.next_out = (char *) out;
  stream.avail_out = (guint) MIN (size, G_MAXUINT);
  while (rc == BZ_OK && stream.avail_out > 0)
    {
      const guint in_before = stream.avail_in, out_before = stream.avail_out;

      rc = BZ2_bzDecompress (&stream);
      if (stream.avail_in == in_before && stream.avail_out == out_before)
        break;
    }
  size = (gsize) (stream.next_out - (char *) out);
  BZ2_bzDecompressEnd (&stream);
  return size;
}

gsize
quarry_codec_decode_some (QuarryCodec codec, const guint8 *data, gsize length, guint8 *out, gsize size)
{
  int n = 0;

  if (length == 0 || size == 0)
    return 0;
  switch (codec)
    {
    case QUARRY_CODEC_NONE:
      memcpy (out, data, MIN (length, size));
      return MIN (length, size);
    case QUARRY_CODEC_LZ4:
      n = length <= G_MAXINT && size <= G_MAXINT
              ? LZ4_decompress_safe ((const char *) data, (char *) out, (int) length, (int) size) : 0;
      return (gsize) MAX (n, 0);
    case QUARRY_CODEC_LZ4_FRAME:
      return decode_lz4_frame (data, length, out, size);
    case QUARRY_CODEC_ZSTD:
      return decode_zstd (data, length, out, size);
    case QUARRY_CODEC_BZ2:
      return decode_bz2 (data, length, out, size);
    case QUARRY_N_CODECS:
    default:
      g_assert_not_reached ();
    }
}

/* A frame at a time, which is quicker than a stream; what is not one whole frame goes the slow road */
gboolean
quarry_codec_decode (QuarryCodec codec, const guint8 *data, gsize length, guint8 *out, gsize size, GError **error)
{
  gsize done;

  if (codec == QUARRY_CODEC_ZSTD && size > 0 && ZSTD_decompress (out, size, data, length) == size)
    return TRUE;
  done = quarry_codec_decode_some (codec, data, length, out, size);
  if (done == size && (codec != QUARRY_CODEC_NONE || length == size))
    return TRUE;
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
               "%s data is damaged: %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " bytes could be made", names[codec], done, size);
  return FALSE;
}

/* Grows as it goes, so that a claim costs nothing */
GBytes *
quarry_codec_unpack (QuarryCodec codec, const guint8 *data, gsize length, GError **error)
{
  g_autoptr(ZSTD_DCtx) context = ZSTD_createDCtx ();
  g_autofree guint8 *out = NULL;
  const guint64 claimed = ZSTD_getFrameContentSize (data, length);
  ZSTD_inBuffer in = { data, length, 0 };
  ZSTD_outBuffer made = { NULL, 0, 0 };
  gsize rc = 1;

  g_return_val_if_fail (codec == QUARRY_CODEC_ZSTD, NULL);

  made.size = claimed != ZSTD_CONTENTSIZE_UNKNOWN && claimed != ZSTD_CONTENTSIZE_ERROR ? (gsize) MIN (claimed, 16u << 20) : 4 * length;
  made.size = MAX (made.size, 64);
  made.dst = out = g_malloc (made.size);
  while (in.pos < in.size || (rc != 0 && made.pos == made.size))
    {
      const gsize before = in.pos + made.pos;

      rc = ZSTD_decompressStream (context, &made, &in);
      if (ZSTD_isError (rc) || (in.pos + made.pos == before && made.pos < made.size))
        break;
      if (made.pos < made.size)
        continue;
      if (!quarry_codec_fits (codec, (gint64) length, (gint64) made.size * 2))
        break;
      made.size *= 2;
      out = g_realloc (g_steal_pointer (&out), made.size);
      made.dst = out;
    }
  if (rc == 0 && in.pos == in.size)
    return g_bytes_new_take (g_steal_pointer (&out), made.pos);
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN, "zstd data is damaged after %" G_GSIZE_FORMAT " bytes", made.pos);
  return NULL;
}
