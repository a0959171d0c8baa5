/* quarry-image.h: pictures as bytes in memory
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-media-error.h"
#include "quarry-storage.h"
#include "quarry-types.h"

G_BEGIN_DECLS

typedef struct
{
  int      width, height;   /* pixels, after EXIF orientation */
  int      full_width, full_height;   /* of the whole picture where this is a scaled decode, else the same */
  gsize    stride;          /* bytes a row, 3 × width */
  guint8  *rgb;             /* 8-bit sRGB, top row first; owned */
} QuarryImage;

/* One picture takes no more memory than this when decoded, and has no more pixels */
#define QUARRY_IMAGE_MAX_BYTES  (G_GUINT64_CONSTANT (1) << 30)
#define QUARRY_IMAGE_MAX_PIXELS (G_GUINT64_CONSTANT (1) << 30)

QuarryImage *quarry_image_new       (int                 width,
                                     int                 height);
QuarryImage *quarry_image_decode    (GBytes             *bytes,
                                     int                 at_least,       /* px of the shorter need: decode may scale down while both sides stay ≥ this; 0 full size */
                                     const char         *name,           /* for messages */
                                     GError            **error);
QuarryImage *quarry_image_decode_as (GBytes             *bytes,
                                     const char         *format,         /* a media's, as in quarry-media.h: "raw:…" and "base64+…" need it; else told by content; nullable */
                                     int                 at_least,
                                     const char         *name,
                                     GError            **error);
GBytes      *quarry_image_raw_to_png (GBytes            *bytes,          /* pixels of a "raw:…" media, for extraction: keeps 16 bits */
                                     const char         *format,
                                     const char         *name,
                                     GError            **error);
gboolean     quarry_image_read_size (const char         *path,           /* header and end mark only: cheap */
                                     int                *out_width,
                                     int                *out_height,
                                     const char        **out_format,     /* "jpeg", "png", …, static */
                                     GError            **error);
gboolean     quarry_image_read_size_bytes (GBytes        *bytes,          /* the same of a file in memory */
                                     const char         *name,
                                     int                *out_width,
                                     int                *out_height,
                                     const char        **out_format,
                                     GError            **error);
gboolean     quarry_image_read_size_file (QuarryFile    *file,          /* the same, of @length bytes (−1: all) from @offset on: a few ranges are read */
                                     gint64              offset,
                                     gint64              length,
                                     const char         *format,        /* nullable; "raw:…" says it itself; what is base64 is decoded whole */
                                     int                *out_width,
                                     int                *out_height,
                                     const char        **out_format,
                                     GError            **error);
QuarryImage *quarry_image_scale     (const QuarryImage  *self,           /* area average, fits into width × height */
                                     int                 width,
                                     int                 height);
GBytes      *quarry_image_to_png    (const QuarryImage  *self,
                                     GError            **error);
GBytes      *quarry_image_to_jpeg   (const QuarryImage  *self,
                                     int                 quality,
                                     GError            **error);
void         quarry_image_free      (QuarryImage        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryImage, quarry_image_free)

G_END_DECLS
