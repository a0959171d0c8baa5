/* quarry-codec.h: the compressions that logs use
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Pure functions on bytes; any thread.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  QUARRY_CODEC_NONE,
  QUARRY_CODEC_LZ4,         /* a bare block */
  QUARRY_CODEC_LZ4_FRAME,   /* MCAP and ROS 1 bags */
  QUARRY_CODEC_ZSTD,
  QUARRY_CODEC_BZ2,
  QUARRY_N_CODECS
} QuarryCodec;

/* Made of what is claimed to have this size, with so many bytes there; more is refused before memory is taken */
#define QUARRY_CODEC_FREE_SIZE (G_GINT64_CONSTANT (256) << 20)

const char *quarry_codec_name      (QuarryCodec    codec);       /* as in a media's URI */
gboolean    quarry_codec_from_name (const char    *name,
                                    QuarryCodec   *out_codec);
gboolean    quarry_codec_fits      (QuarryCodec    codec,        /* may so many bytes become @size? at most 256 MiB or 4 × the input */
                                    gint64         length,
                                    gint64         size);
gsize       quarry_codec_decode_some (QuarryCodec  codec,        /* as much as can be had, up to @size; for data that was cut off */
                                    const guint8  *data,
                                    gsize          length,
                                    guint8        *out,
                                    gsize          size);
gboolean    quarry_codec_decode    (QuarryCodec    codec,        /* exactly @size bytes, or FALSE with an error without subject */
                                    const guint8  *data,
                                    gsize          length,
                                    guint8        *out,
                                    gsize          size,
                                    GError       **error);
GBytes     *quarry_codec_unpack    (QuarryCodec    codec,        /* where no size is known; zstd only; (transfer full) */
                                    const guint8  *data,
                                    gsize          length,
                                    GError       **error);

G_END_DECLS
