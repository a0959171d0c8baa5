/* quarry-observation-image.c: pictures in messages
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Encodings: sensor_msgs/image_encodings.hpp. compressedDepth: a header of 12 bytes (compressed_depth_image_transport), then a PNG.
 */

#include "config.h"
#include "quarry-observation-private.h"

#include <string.h>

#define MAX_SIDE 1000000                 /* pixels */
#define COMPRESSED_DEPTH_HEADER 12       /* bytes: an int32 and two float32 */

/* Those that media decode (quarry-image-raw.c). bits: of one pixel in a row; nv12 and nv21 have half as many rows again */
static const struct { const char *name; const char *as; guint bits; } encodings[] = {
  { "rgb8", NULL, 24 },         { "bgr8", NULL, 24 },         { "rgba8", NULL, 32 },        { "bgra8", NULL, 32 },
  { "mono8", NULL, 8 },         { "mono16", NULL, 16 },       { "rgb16", NULL, 48 },        { "bgr16", NULL, 48 },
  { "rgba16", NULL, 64 },       { "bgra16", NULL, 64 },
  { "bayer_rggb8", NULL, 8 },   { "bayer_bggr8", NULL, 8 },   { "bayer_gbrg8", NULL, 8 },   { "bayer_grbg8", NULL, 8 },
  { "bayer_rggb16", NULL, 16 }, { "bayer_bggr16", NULL, 16 }, { "bayer_gbrg16", NULL, 16 }, { "bayer_grbg16", NULL, 16 },
  { "yuv422", NULL, 16 },       { "uyvy", "yuv422", 16 },     { "yuv422_yuy2", NULL, 16 },  { "yuyv", "yuv422_yuy2", 16 },
  { "nv12", NULL, 8 },          { "nv21", NULL, 8 },
  { "8UC1", NULL, 8 },          { "8UC3", NULL, 24 },         { "8UC4", NULL, 32 },         { "16UC1", NULL, 16 },
  { "32FC1", NULL, 32 },
};

static int
find_encoding (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (encodings); i++)
    if (g_ascii_strcasecmp (encodings[i].name, name) == 0)
      return (int) i;
  return -1;
}

static gboolean
is_big_endian (const QuarryValue *root)
{
  gint64 big = 0;

  quarry_value_get_integer (root, "is_bigendian", &big);
  return big != 0;
}

/* sensor_msgs/Image and foxglove.RawImage, which is always little-endian */
gboolean
quarry_observation_read_image (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error)
{
  g_autofree char *name = quarry_value_dup_string (root, "encoding");
  gint64 width, height, step, rows, row;
  gboolean base64;
  gsize n;
  int encoding;

  if (name == NULL)
    return quarry_observation_fail (error, "'encoding' is no text");
  encoding = find_encoding (name);
  if (encoding < 0)
    return quarry_observation_refuse (error, "pictures in the encoding '%s' are not read", name);
  if (!quarry_observation_get_count (root, "width", MAX_SIDE, &width, error) ||
      !quarry_observation_get_count (root, "height", MAX_SIDE, &height, error) ||
      !quarry_observation_get_count (root, "step", G_MAXINT32, &step, error) ||
      !quarry_observation_set_bytes (out, root, "data", data, &base64, &n, error))
    return FALSE;
  if (width == 0 || height == 0)
    return quarry_observation_fail (error, "the picture is empty: %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT, width, height);
  row = width * encodings[encoding].bits / 8;
  rows = g_str_has_prefix (encodings[encoding].name, "nv") ? height + (height + 1) / 2 : height;
  if (step == 0)
    step = row;
  if (step < row)
    return quarry_observation_fail (error, "a row of %" G_GINT64_FORMAT " pixels '%s' takes %" G_GINT64_FORMAT " bytes, 'step' is %" G_GINT64_FORMAT,
                                    width, name, row, step);
  if ((gint64) n < step * (rows - 1) + row)
    return quarry_observation_fail (error, "%" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " pixels '%s' take %" G_GINT64_FORMAT " bytes, %" G_GSIZE_FORMAT
                                    " are there", width, height, name, step * rows, n);
  out->width = (int) width;
  out->height = (int) height;
  out->format = g_strdup_printf ("%sraw:%s:%dx%d:%" G_GINT64_FORMAT ":%s", base64 ? "base64+" : "",
                                 encodings[encoding].as != NULL ? encodings[encoding].as : encodings[encoding].name, out->width, out->height, step,
                                 is_big_endian (root) ? "be" : "le");
  return TRUE;
}

/* By the first bytes: what a message calls its format is often a sentence, and sometimes wrong. Returns: (nullable) */
static const char *
find_picture_format (const guint8 *head, gsize n)
{
  if (n >= 3 && memcmp (head, "\xff\xd8\xff", 3) == 0)
    return "jpeg";
  if (n >= 8 && memcmp (head, "\x89PNG\r\n\x1a\n", 8) == 0)
    return "png";
  if (n >= 12 && memcmp (head, "RIFF", 4) == 0 && memcmp (head + 8, "WEBP", 4) == 0)
    return "webp";
  if (n >= 4 && (memcmp (head, "II*\0", 4) == 0 || memcmp (head, "MM\0*", 4) == 0))
    return "tiff";
  if (n >= 6 && memcmp (head, "GIF8", 4) == 0)
    return "gif";
  if (n >= 2 && memcmp (head, "BM", 2) == 0)
    return "bmp";
  return NULL;
}

static gboolean
skip_depth_header (QuarryObservation *out, const char *name, gboolean base64, gsize n, GError **error)
{
  if (g_str_has_prefix (name, "32FC1"))
    return quarry_observation_refuse (error, "'%s' is not read: its picture holds inverse depths", name);
  if (base64 || n < COMPRESSED_DEPTH_HEADER)
    return quarry_observation_fail (error, "'%s': %" G_GSIZE_FORMAT " bytes are no compressed depth", name, n);
  out->offset += COMPRESSED_DEPTH_HEADER;
  out->length -= COMPRESSED_DEPTH_HEADER;
  return TRUE;
}

/* sensor_msgs/CompressedImage and foxglove.CompressedImage; "bgr8; jpeg compressed bgr8", "16UC1; compressedDepth png", "jpeg" */
gboolean
quarry_observation_read_compressed_image (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error)
{
  g_autofree char *name = quarry_value_dup_string (root, "format");
  const gboolean depth = name != NULL && strstr (name, "compressedDepth") != NULL;
  const gsize skip = depth ? COMPRESSED_DEPTH_HEADER : 0;
  const char *format;
  guint8 head[48];
  gboolean base64;
  gsize n, n_head;

  if (!quarry_observation_set_bytes (out, root, "data", data, &base64, &n, error) ||
      (depth && !skip_depth_header (out, name, base64, n, error)))
    return FALSE;
  n_head = quarry_observation_peek_bytes (root, "data", head, sizeof head);
  format = n_head > skip ? find_picture_format (head + skip, n_head - skip) : NULL;
  if (n <= skip)
    return quarry_observation_fail (error, "the picture is empty");
  if (format == NULL)
    return quarry_observation_refuse (error, "a picture that calls itself '%s' is not read", name != NULL ? name : "");
  out->format = g_strconcat (base64 ? "base64+" : "", format, NULL);
  return TRUE;
}
