/* quarry-image-private.h: what the image codecs share
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * @name is the file's name, for messages. Codecs return pictures as they are stored; quarry_image_decode turns
 * them as the orientation says.
 */

#pragma once

#include "quarry-image.h"

G_BEGIN_DECLS

gboolean     quarry_image_check_limits  (const char   *name,
                                         guint64       width,
                                         guint64       height,
                                         GError      **error);
QuarryImage *quarry_image_orient        (QuarryImage  *take,
                                         int           orientation);
int          quarry_exif_orientation    (const guint8 *tiff,
                                         gsize         length);

QuarryImage *quarry_image_decode_longer (GBytes       *bytes,
                                         const char   *format,       /* nullable */
                                         int           longer,
                                         const char   *name,
                                         GError      **error);
QuarryImage *quarry_image_decode_jpeg   (GBytes       *bytes,
                                         int           at_least,
                                         gboolean      longer,
                                         const char   *name,
                                         int          *out_orientation,
                                         GError      **error);
QuarryImage *quarry_image_decode_png    (GBytes       *bytes,
                                         const char   *name,
                                         int          *out_orientation,
                                         GError      **error);
QuarryImage *quarry_image_decode_raw    (GBytes       *bytes,
                                         const char   *format,
                                         const char   *name,
                                         GError      **error);
gboolean     quarry_image_is_webp       (const guint8 *data,
                                         gsize         length);
QuarryImage *quarry_image_decode_webp   (GBytes       *bytes,
                                         const char   *name,
                                         int          *out_orientation,
                                         GError      **error);
gboolean     quarry_image_read_webp_head (const guint8 *data,
                                         gsize         length,
                                         int          *out_width,
                                         int          *out_height);
int          quarry_image_get_webp_orientation (const guint8 *exif,
                                         gsize         length);
gboolean     quarry_image_is_tiff       (const guint8 *data,
                                         gsize         length);
QuarryImage *quarry_image_decode_tiff   (GBytes       *bytes,
                                         const char   *name,
                                         int          *out_orientation,
                                         GError      **error);
gboolean     quarry_image_read_tiff_size (QuarryFile  *file,          /* nullable: @data */
                                         const guint8 *data,
                                         gint64        base,
                                         gint64        length,
                                         const char   *name,
                                         int          *out_width,
                                         int          *out_height,
                                         int          *out_orientation,
                                         GError      **error);
gboolean     quarry_image_read_raw_size (const char   *format,
                                         const char   *name,
                                         int          *out_width,
                                         int          *out_height,
                                         GError      **error);
GBytes      *quarry_image_encode_png16  (const guint16 *samples,     /* nullable: an error */
                                         int           width,
                                         int           height,
                                         guint         channels,     /* 1 grey, 3 RGB */
                                         GError      **error);
QuarryImage *quarry_image_decode_pixbuf (GBytes       *bytes,
                                         const char   *name,
                                         GError      **error);

G_END_DECLS
