/* test-image-formats.c: WebP, TIFF, pixels of messages, and pictures in the middle of a file
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-image-private.h"
#include "quarry-media.h"
#include "quarry-test.h"
#include "quarry-test-damage.h"

#include <math.h>
#include <string.h>
#include <tiffio.h>
#include <webp/encode.h>

#define W 14
#define H 10

static guint8
color_at (int x, int y, int c)
{
  return (guint8) (x * 17 + y * 5 + c * 60);
}

static QuarryImage *
make_image (void)
{
  QuarryImage *image = quarry_image_new (W, H);

  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++)
      for (int c = 0; c < 3; c++)
        image->rgb[(gsize) y * image->stride + (gsize) (3 * x + c)] = color_at (x, y, c);
  return image;
}

static QuarryImage *
decode (GBytes *bytes, const char *format)
{
  g_autoptr(GError) error = NULL;
  QuarryImage *image = quarry_image_decode_as (bytes, format, 0, "a", &error);

  g_assert_no_error (error);
  g_assert_nonnull (image);
  return image;
}

static void
assert_same (const QuarryImage *image)
{
  g_autoptr(QuarryImage) expected = make_image ();

  g_assert_cmpint (image->width, ==, W);
  g_assert_cmpint (image->height, ==, H);
  g_assert_cmpmem (image->rgb, image->stride * H, expected->rgb, expected->stride * H);
}

/* --- pixels of messages --- */

/* The test picture in @encoding, @pad bytes after each row */
static GBytes *
make_raw (const char *encoding, gboolean big, guint pad)
{
  GByteArray *bytes = g_byte_array_new ();
  const gboolean bgr = g_str_has_prefix (encoding, "bgr") || g_str_has_prefix (encoding, "8UC");
  const guint channels = strstr (encoding, "a8") != NULL || strstr (encoding, "a16") != NULL || g_str_has_suffix (encoding, "C4") ? 4 : 3;
  const gboolean wide = g_str_has_suffix (encoding, "16");

  for (int y = 0; y < H; y++)
    {
      for (int x = 0; x < W; x++)
        for (guint c = 0; c < channels; c++)
          {
            const guint8 value = c == 3 ? 99 : color_at (x, y, bgr ? 2 - (int) c : (int) c);
            const guint8 pair[2] = { big ? value : 123, big ? 123 : value };

            g_byte_array_append (bytes, wide ? pair : &value, wide ? 2 : 1);
          }
      for (guint i = 0; i < pad; i++)
        g_byte_array_append (bytes, (const guint8 *) "\xEE", 1);
    }
  return g_byte_array_free_to_bytes (bytes);
}

static void
test_raw_colors (void)
{
  static const struct { const char *encoding; int bytes; } cases[] = {
    { "rgb8", 3 }, { "bgr8", 3 }, { "rgba8", 4 }, { "bgra8", 4 }, { "8UC3", 3 }, { "8UC4", 4 }, { "rgb16", 6 }, { "bgr16", 6 }, { "rgba16", 8 }, { "bgra16", 8 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint pad = 0; pad < 6; pad += 5)
      for (int big = 0; big < 2; big++)
        {
          g_autofree char *format = g_strdup_printf ("raw:%s:%dx%d:%d:%s", cases[i].encoding, W, H, W * cases[i].bytes + (int) pad, big ? "be" : "le");
          g_autofree char *wrapped_format = g_strconcat ("base64+", format, NULL);
          g_autoptr(GBytes) bytes = make_raw (cases[i].encoding, big != 0, pad);
          g_autofree char *text = g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
          g_autoptr(GBytes) wrapped = g_bytes_new (text, strlen (text));
          g_autoptr(QuarryImage) image = decode (bytes, format);
          g_autoptr(QuarryImage) same = decode (wrapped, wrapped_format);

          assert_same (image);
          assert_same (same);
        }
}

static void
test_raw_mono (void)
{
  static const guint8 grey[6] = { 0, 1, 127, 128, 254, 255 };
  g_autoptr(GBytes) bytes = g_bytes_new_static (grey, 6);

  for (int i = 0; i < 2; i++)
    {
      g_autoptr(QuarryImage) image = decode (bytes, i == 0 ? "raw:mono8:3x2:3:le" : "raw:8UC1:3x2:3:be");

      for (int k = 0; k < 6; k++)
        for (int c = 0; c < 3; c++)
          g_assert_cmpuint (image->rgb[3 * k + c], ==, grey[k]);
    }
}

/* 100 pixels: unknown first, then depths that rise; the far end is one wild value */
static void
test_depth_is_shown_between_its_percentiles (void)
{
  guint8 u16[2][200];
  guint8 f32[2][400];
  const char *formats[4] = { "raw:16UC1:10x10:20:le", "raw:16UC1:10x10:20:be", "raw:32FC1:10x10:40:le", "raw:32FC1:10x10:40:be" };

  for (int i = 0; i < 100; i++)
    {
      const guint16 depth = i == 0 ? 0 : i == 99 ? 60000 : (guint16) (1000 + 10 * i);
      const float metres = i == 0 ? NAN : depth / 1000.0f;
      guint32 bits;

      memcpy (&bits, &metres, 4);
      for (int k = 0; k < 2; k++)
        {
          u16[0][2 * i + k] = (guint8) (depth >> (8 * k));
          u16[1][2 * i + k] = (guint8) (depth >> (8 - 8 * k));
        }
      for (int k = 0; k < 4; k++)
        {
          f32[0][4 * i + k] = (guint8) (bits >> (8 * k));
          f32[1][4 * i + k] = (guint8) (bits >> (24 - 8 * k));
        }
    }
  for (int i = 0; i < 4; i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new (i < 2 ? u16[i] : f32[i - 2], i < 2 ? 200 : 400);
      g_autoptr(QuarryImage) image = decode (bytes, formats[i]);

      g_assert_cmpuint (image->rgb[0], ==, 0);               /* unknown */
      g_assert_cmpuint (image->rgb[3], ==, 32);              /* the nearest */
      g_assert_cmpuint (image->rgb[3 * 99], ==, 255);
      g_assert_cmpuint (image->rgb[3 * 98], >=, 250);        /* the wild one did not darken the others */
      for (int k = 2; k < 100; k++)
        g_assert_cmpuint (image->rgb[3 * k], >=, image->rgb[3 * k - 3]);
    }
}

static void
test_flat_and_unknown_depth (void)
{
  static const guint8 flat[8] = { 5, 0, 5, 0, 5, 0, 5, 0 }, none[8] = { 0 };
  g_autoptr(GBytes) flat_bytes = g_bytes_new_static (flat, 8);
  g_autoptr(GBytes) none_bytes = g_bytes_new_static (none, 8);
  g_autoptr(QuarryImage) flat_image = decode (flat_bytes, "raw:16UC1:2x2:4:le");
  g_autoptr(QuarryImage) none_image = decode (none_bytes, "raw:16UC1:2x2:4:le");

  g_assert_cmpuint (flat_image->rgb[0], ==, 255);
  g_assert_cmpuint (none_image->rgb[0], ==, 0);
}

/* A filter over a picture whose colours change linearly gives that picture back, but for the edges */
static void
test_bayer_is_exact_on_slopes (void)
{
  static const struct { const char *name; int colors[4]; } patterns[] = {
    { "rggb", { 0, 1, 1, 2 } }, { "bggr", { 2, 1, 1, 0 } }, { "gbrg", { 1, 2, 0, 1 } }, { "grbg", { 1, 0, 2, 1 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    for (int wide = 0; wide < 3; wide++)       /* 8 bits, 16 little, 16 big */
      {
        GByteArray *array = g_byte_array_new ();
        g_autofree char *format = g_strdup_printf ("raw:bayer_%s%d:9x8:%d:%s", patterns[i].name, wide ? 16 : 8, wide ? 18 : 9, wide == 2 ? "be" : "le");
        g_autoptr(GBytes) bytes = NULL;
        g_autoptr(QuarryImage) image = NULL;

        for (int y = 0; y < 8; y++)
          for (int x = 0; x < 9; x++)
            {
              const guint8 value = (guint8) (x * 8 + y * 4 + patterns[i].colors[2 * (y % 2) + x % 2] * 50);
              const guint8 pair[2] = { wide == 2 ? value : 0, wide == 2 ? 0 : value };

              g_byte_array_append (array, wide ? pair : &value, wide ? 2 : 1);
            }
        bytes = g_byte_array_free_to_bytes (array);
        image = decode (bytes, format);
        for (int y = 1; y < 7; y++)
          for (int x = 1; x < 8; x++)
            for (int c = 0; c < 3; c++)
              g_assert_cmpuint (image->rgb[(gsize) y * image->stride + (gsize) (3 * x + c)], ==, x * 8 + y * 4 + c * 50);
      }
}

/* BT.601: black, white, red, blue as the standard's table has them */
static void
test_yuv_layouts (void)
{
  static const guint8 yuv[4][3] = { { 16, 128, 128 }, { 235, 128, 128 }, { 81, 90, 240 }, { 41, 240, 110 } };
  static const guint8 rgb[4][3] = { { 0, 0, 0 }, { 255, 255, 255 }, { 254, 0, 0 }, { 0, 0, 255 } };
  static const char * const formats[] = { "raw:yuv422:2x2:4:le", "raw:uyvy:2x2:4:le", "raw:yuv422_yuy2:2x2:4:le", "raw:yuyv:2x2:4:le", "raw:nv12:2x2:2:le", "raw:nv21:2x2:2:le" };

  for (int i = 0; i < 4; i++)
    for (guint f = 0; f < G_N_ELEMENTS (formats); f++)
      {
        const guint8 y = yuv[i][0], u = yuv[i][1], v = yuv[i][2];
        const guint8 samples[6][8] = { { u, y, v, y, u, y, v, y }, { u, y, v, y, u, y, v, y }, { y, u, y, v, y, u, y, v },
                                       { y, u, y, v, y, u, y, v }, { y, y, y, y, u, v },       { y, y, y, y, v, u } };
        g_autoptr(GBytes) bytes = g_bytes_new (samples[f], f < 4 ? 8 : 6);
        g_autoptr(QuarryImage) image = decode (bytes, formats[f]);

        for (int k = 0; k < 12; k++)
          g_assert_cmpint (ABS ((int) image->rgb[k] - (int) rgb[i][k % 3]), <=, 1);
      }
}

static void
test_bad_raw_is_an_error (void)
{
  static const char * const formats[] = {
    "raw:", "raw:rgb8", "raw:rgb8:2x2:6", "raw:rgb8:2x2:6:xx", "raw:rgb8:2x2:5:le", "raw:rgb8:0x2:6:le", "raw:rgb8:2x0:6:le", "raw:rgb8:2:6:le",
    "raw:rgb8:2x2x2:6:le", "raw:what8:2x2:6:le", "raw:rgb8:3x2:9:le", "raw:rgb8:2x3:6:le", "raw:rgb8:65536x65536:196608:le", "raw:yuv422:3x2:6:le",
    "raw:mono8:99999999999x1:1:le", "raw:nv12:4x3:4:le", "raw:rgb8:2x2:6:le:more", "base64+raw:rgb8:2x2:6:le",
  };
  g_autoptr(GBytes) bytes = g_bytes_new_static ("123456123456123", 15);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (quarry_image_decode_as (bytes, formats[i], 0, "a", &error));
      g_assert_nonnull (error);
    }
}

static void
test_base64_as_json_writes_it (void)
{
  static const struct { const char *text; gboolean good; } cases[] = {
    { "\\/\\/\\/\\/", TRUE }, { "////", TRUE }, { " //\n// ", TRUE }, { "//8=\n", FALSE }, { "///*", FALSE }, { "//=/", FALSE }, { "/////", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new (cases[i].text, strlen (cases[i].text));
      g_autoptr(QuarryImage) image = quarry_image_decode_as (bytes, "base64+raw:rgb8:1x1:3:le", 0, "a", NULL);

      g_assert_true ((image != NULL) == cases[i].good);
      g_assert_true (image == NULL || memcmp (image->rgb, "\xFF\xFF\xFF", 3) == 0);
    }
}

/* Of a PNG: the depth and colour type in its header, and the samples of the first pixels through libtiff's rival, libspng, at 16 bits */
static void
test_extraction_keeps_16_bits (void)
{
  static const guint8 depth[8] = { 0x34, 0x12, 0xFF, 0xFF, 0, 0, 1, 0 };
  const float metres[4] = { 1.2345f, 100, NAN, 0.0104f };
  g_autoptr(GBytes) u16 = g_bytes_new_static (depth, 8);
  g_autoptr(GBytes) f32 = g_bytes_new (metres, 16);
  g_autoptr(GBytes) color = make_raw ("rgb16", FALSE, 0);
  g_autofree char *color_format = g_strdup_printf ("raw:rgb16:%dx%d:%d:le", W, H, 6 * W);
  GBytes *pngs[3] = { quarry_image_raw_to_png (u16, "raw:16UC1:2x2:4:le", "a", NULL), quarry_image_raw_to_png (f32, "raw:32FC1:2x2:8:le", "a", NULL),
                                quarry_image_raw_to_png (color, color_format, "a", NULL) };
  static const guint16 values[2][4] = { { 0x1234, 0xFFFF, 0, 1 }, { 1235, 65535, 0, 10 } };

  for (int i = 0; i < 3; i++)
    {
      const guint8 *data = g_bytes_get_data (pngs[i], NULL);
      g_autoptr(QuarryImage) image = decode (pngs[i], "png");

      g_assert_cmpuint (data[24], ==, 16);
      g_assert_cmpuint (data[25], ==, i == 2 ? 2 : 0);
      for (int k = 0; i < 2 && k < 4; k++)
        g_assert_cmpuint (image->rgb[3 * k], ==, values[i][k] >> 8);
      if (i == 2)
        assert_same (image);
      g_bytes_unref (pngs[i]);
    }
}

/* --- WebP --- */

static GBytes *
make_webp (gboolean lossless, gboolean alpha)
{
  g_autoptr(QuarryImage) image = make_image ();
  guint8 rgba[W * H * 4];
  uint8_t *data = NULL;
  gsize length;
  GBytes *bytes = NULL;

  for (int i = 0; i < W * H; i++)
    {
      memcpy (rgba + 4 * i, image->rgb + 3 * i, 3);
      rgba[4 * i + 3] = (guint8) (i + 20);
    }
  if (alpha)
    length = lossless ? WebPEncodeLosslessRGBA (rgba, W, H, 4 * W, &data) : WebPEncodeRGBA (rgba, W, H, 4 * W, 90, &data);
  else
    length = lossless ? WebPEncodeLosslessRGB (image->rgb, W, H, 3 * W, &data) : WebPEncodeRGB (image->rgb, W, H, 3 * W, 90, &data);
  bytes = g_bytes_new (data, length);
  WebPFree (data);
  return bytes;
}

static void
put32 (GByteArray *to, guint32 value)
{
  const guint32 little = GUINT32_TO_LE (value);

  g_byte_array_append (to, (const guint8 *) &little, 4);
}

/* As VP8X with EXIF after the pixels. @mark: with JPEG's "Exif" before the TIFF */
static GBytes *
make_oriented_webp (int orientation, gboolean mark)
{
  const guint8 tiff[26] = { 'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (guint8) orientation };
  g_autoptr(GBytes) plain = make_webp (TRUE, FALSE);
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (plain, &length);
  GByteArray *bytes = g_byte_array_new ();
  const guint8 canvas[10] = { 0x08, 0, 0, 0, W - 1, 0, 0, H - 1, 0, 0 };

  g_byte_array_append (bytes, (const guint8 *) "RIFF", 4);
  put32 (bytes, (guint32) (4 + 18 + (length - 12) + 8 + 26 + (mark ? 6 : 0)));
  g_byte_array_append (bytes, (const guint8 *) "WEBPVP8X", 8);
  put32 (bytes, 10);
  g_byte_array_append (bytes, canvas, 10);
  g_byte_array_append (bytes, data + 12, (guint) length - 12);
  g_byte_array_append (bytes, (const guint8 *) "EXIF", 4);
  put32 (bytes, 26 + (mark ? 6 : 0));
  if (mark)
    g_byte_array_append (bytes, (const guint8 *) "Exif\0", 6);
  g_byte_array_append (bytes, tiff, 26);
  return g_byte_array_free_to_bytes (bytes);
}

static void
assert_size (GBytes *bytes, const char *expected_format, int width, int height)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "a", NULL);
  g_autoptr(QuarryStorage) storage = quarry_storage_new ();
  g_autoptr(QuarryFile) file = NULL;
  g_autoptr(GByteArray) inside = g_byte_array_new ();
  const char *format = NULL;
  int w = 0, h = 0;

  g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL);
  g_assert_true (quarry_image_read_size (path, &w, &h, &format, NULL));
  g_assert_cmpstr (format, ==, expected_format);
  g_assert_true (w == width && h == height);
  /* the same in the middle of a file */
  g_byte_array_append (inside, (const guint8 *) "0123456", 7);
  g_byte_array_append (inside, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
  g_byte_array_append (inside, (const guint8 *) "behind", 6);
  g_file_set_contents (path, (const char *) inside->data, (gssize) inside->len, NULL);
  file = quarry_storage_open (storage, path, NULL, NULL);
  w = h = 0;
  g_assert_true (quarry_image_read_size_file (file, 7, (gint64) g_bytes_get_size (bytes), expected_format, &w, &h, &format, NULL));
  g_assert_true (w == width && h == height);
  g_assert_false (quarry_image_read_size_file (file, 7, (gint64) inside->len, expected_format, &w, &h, &format, NULL));
  quarry_test_remove (folder);
}

static void
test_webp_of_each_kind (void)
{
  for (int kind = 0; kind < 4; kind++)
    {
      g_autoptr(GBytes) bytes = make_webp (kind % 2 != 0, kind >= 2);
      g_autoptr(QuarryImage) image = decode (bytes, "webp");

      g_assert_true (image->width == W && image->height == H);
      if (kind % 2 != 0)
        assert_same (image);
      assert_size (bytes, "webp", W, H);
    }
}

static void
test_webp_is_turned_by_exif (void)
{
  for (int orientation = 1; orientation <= 8; orientation++)
    {
      g_autoptr(GBytes) bytes = make_oriented_webp (orientation, orientation % 2 != 0);
      g_autoptr(QuarryImage) image = decode (bytes, "webp");
      g_autoptr(QuarryImage) expected = quarry_image_orient (make_image (), orientation);

      g_assert_cmpmem (image->rgb, image->stride * (gsize) image->height, expected->rgb, expected->stride * (gsize) expected->height);
      assert_size (bytes, "webp", orientation >= 5 ? H : W, orientation >= 5 ? W : H);
    }
}

/* --- TIFF --- */

typedef struct { guint16 bits, photometric, planes, samples, orientation, compression; gboolean tiled; } Tiff;

static void
write_rows (TIFF *tiff, const Tiff *kind)
{
  guint8 row[16 * 16 * 8] = { 0 };
  const guint bytes = kind->bits / 8;
  const gboolean apart = kind->planes == PLANARCONFIG_SEPARATE;
  const guint inside = apart ? 1 : kind->samples;

  for (guint16 plane = 0; plane < (apart ? kind->samples : 1); plane++)
    {
      for (int y = 0; y < H; y++)
        {
          guint8 *at = kind->tiled ? row + (gsize) y * 16 * inside * bytes : row;

          for (int x = 0; x < W; x++)
            for (guint c = 0; c < inside; c++, at += bytes)
              {
                const guint sample = apart ? plane : c;
                const guint8 value = sample == 3 ? 7 : kind->photometric == PHOTOMETRIC_MINISWHITE ? (guint8) (255 - color_at (x, y, 0)) : color_at (x, y, (int) sample);

                at[0] = 0x55;
                at[bytes - 1] = value;
              }
          if (!kind->tiled)
            g_assert_cmpint (TIFFWriteScanline (tiff, row, (guint32) y, plane), ==, 1);
        }
      if (kind->tiled)
        g_assert_cmpint ((int) TIFFWriteTile (tiff, row, 0, 0, 0, plane), >, 0);
    }
}

static GBytes *
make_tiff (const Tiff *kind)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "a.tiff", NULL);
  TIFF *tiff = TIFFOpen (path, "wb");
  guint16 map[3][256];
  GBytes *bytes = NULL;

  TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, W);
  TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, H);
  TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, kind->bits);
  TIFFSetField (tiff, TIFFTAG_SAMPLESPERPIXEL, kind->samples);
  TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, kind->photometric);
  TIFFSetField (tiff, TIFFTAG_PLANARCONFIG, kind->planes);
  TIFFSetField (tiff, TIFFTAG_ORIENTATION, kind->orientation);
  TIFFSetField (tiff, TIFFTAG_COMPRESSION, kind->compression);
  if (kind->samples == 4)
    TIFFSetField (tiff, TIFFTAG_EXTRASAMPLES, 1, (guint16[]) { EXTRASAMPLE_UNASSALPHA });
  for (int i = 0; i < 256; i++)
    for (int c = 0; c < 3; c++)
      map[c][i] = (guint16) (((i + c * 60) & 255) * 257);
  if (kind->photometric == PHOTOMETRIC_PALETTE)
    TIFFSetField (tiff, TIFFTAG_COLORMAP, map[0], map[1], map[2]);
  if (kind->tiled)
    {
      TIFFSetField (tiff, TIFFTAG_TILEWIDTH, 16);
      TIFFSetField (tiff, TIFFTAG_TILELENGTH, 16);
    }
  else
    TIFFSetField (tiff, TIFFTAG_ROWSPERSTRIP, 4);
  write_rows (tiff, kind);
  TIFFClose (tiff);
  bytes = quarry_media_read (NULL, path, 0, -1, NULL, NULL);
  quarry_test_remove (folder);
  return bytes;
}

static void
test_tiff_of_each_kind (void)
{
  static const Tiff kinds[] = {
    { 8, PHOTOMETRIC_RGB, PLANARCONFIG_CONTIG, 3, 1, COMPRESSION_NONE, FALSE },     { 16, PHOTOMETRIC_RGB, PLANARCONFIG_CONTIG, 3, 1, COMPRESSION_LZW, FALSE },
    { 8, PHOTOMETRIC_RGB, PLANARCONFIG_SEPARATE, 3, 1, COMPRESSION_LZW, FALSE },    { 16, PHOTOMETRIC_RGB, PLANARCONFIG_SEPARATE, 3, 1, COMPRESSION_NONE, TRUE },
    { 8, PHOTOMETRIC_RGB, PLANARCONFIG_CONTIG, 4, 1, COMPRESSION_NONE, FALSE },     { 8, PHOTOMETRIC_RGB, PLANARCONFIG_CONTIG, 3, 1, COMPRESSION_PACKBITS, TRUE },
    { 8, PHOTOMETRIC_PALETTE, PLANARCONFIG_CONTIG, 1, 1, COMPRESSION_NONE, FALSE }, { 8, PHOTOMETRIC_RGB, PLANARCONFIG_CONTIG, 3, 3, COMPRESSION_NONE, FALSE },
    { 8, PHOTOMETRIC_RGB, PLANARCONFIG_CONTIG, 3, 6, COMPRESSION_NONE, FALSE },     { 16, PHOTOMETRIC_RGB, PLANARCONFIG_SEPARATE, 4, 8, COMPRESSION_LZW, TRUE },
    { 16, PHOTOMETRIC_MINISBLACK, PLANARCONFIG_CONTIG, 1, 1, COMPRESSION_NONE, FALSE }, { 8, PHOTOMETRIC_MINISWHITE, PLANARCONFIG_CONTIG, 1, 5, COMPRESSION_LZW, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const Tiff *kind = &kinds[i];
      g_autoptr(GBytes) bytes = make_tiff (kind);
      g_autoptr(QuarryImage) image = decode (bytes, "tiff");
      QuarryImage *stored = make_image ();
      g_autoptr(QuarryImage) expected = NULL;

      for (gsize k = 0; k < W * H && kind->samples == 1 && kind->photometric != PHOTOMETRIC_PALETTE; k++)
        stored->rgb[3 * k + 1] = stored->rgb[3 * k + 2] = stored->rgb[3 * k];
      expected = quarry_image_orient (stored, kind->orientation);
      g_assert_cmpmem (image->rgb, image->stride * (gsize) image->height, expected->rgb, expected->stride * (gsize) expected->height);
      assert_size (bytes, "tiff", kind->orientation >= 5 ? H : W, kind->orientation >= 5 ? W : H);
    }
}

/* --- damage, and the files others broke --- */

static void
read_damaged (GBytes *bytes, const char *what, gpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryImage) image = quarry_image_decode_as (bytes, data, 0, what, &error);

  g_assert_true ((image == NULL) == (error != NULL));
}

static void
test_damaged_pictures_never_crash (gconstpointer data)
{
  static const Tiff kinds[] = { { 16, PHOTOMETRIC_RGB, PLANARCONFIG_SEPARATE, 3, 6, COMPRESSION_LZW, TRUE },
                                { 8, PHOTOMETRIC_PALETTE, PLANARCONFIG_CONTIG, 1, 1, COMPRESSION_PACKBITS, FALSE } };
  GBytes *samples[] = { make_webp (FALSE, TRUE), make_oriented_webp (6, FALSE), make_tiff (&kinds[0]), make_tiff (&kinds[1]),
                                  make_raw ("rgb8", FALSE, 0), make_raw ("rgb8", FALSE, 0) };
  static const char * const formats[] = { "webp", "webp", "tiff", "tiff", "raw:rgb8:14x10:42:le", "base64+raw:nv12:14x10:14:le" };
  const int i = GPOINTER_TO_INT (data);
  const char *format = formats[i];

  quarry_test_damage (g_bytes_get_data (samples[i], NULL), g_bytes_get_size (samples[i]), read_damaged, (gpointer) format);
  for (guint k = 0; k < G_N_ELEMENTS (samples); k++)
    g_bytes_unref (samples[k]);
}

static void
test_cut_pictures_are_errors (void)
{
  static const Tiff kind = { 8, PHOTOMETRIC_RGB, PLANARCONFIG_CONTIG, 3, 1, COMPRESSION_NONE, FALSE };
  GBytes *samples[] = { make_webp (FALSE, FALSE), make_webp (TRUE, TRUE), make_oriented_webp (3, TRUE), make_tiff (&kind) };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    for (gsize n = 0; n + 2 < g_bytes_get_size (samples[i]); n += 7)       /* a pad byte may go */
      {
        g_autoptr(GBytes) cut = g_bytes_new_from_bytes (samples[i], 0, n);
        g_autoptr(QuarryImage) image = quarry_image_decode (cut, 0, "a", NULL);

        g_assert_null (image);
      }
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    g_bytes_unref (samples[i]);
}

static void
test_real_files (void)
{
  static const struct { const char *path, *format; int width, height; } files[] = {
    { "images/webp_tiff/4.webp", "webp", 1024, 772 },           { "images/pillow/hopper.webp", "webp", 128, 128 },
    { "images/pillow/hopper_orientation_6.webp", "webp", 128, 128 }, { "images/pillow/16bit.cropped.tif", "tiff", 64, 64 },
    { "images/pillow/16bit.MM.cropped.tif", "tiff", 64, 64 },   { "images/pillow/tiff_16bit_RGB.tiff", "tiff", 100, 40 },
    { "images/pillow/crash-0c7e0e8e11ce787078f00b5b0ca409a167f070e0.tif", NULL, 0, 0 },
    { "images/pillow/crash-1152ec2d1a1a71395b6f2ce6721c38924d025bf3.tif", NULL, 0, 0 },
    { "images/pillow/crash-338516dbd2f0e83caddb8ce256c22db3bd6dc40f.tif", NULL, 0, 0 },
    { "images/pillow/oom-225817ca0f8c663be7ab4b9e717b02c661e66834.tif", NULL, 0, 0 },
    { "images/pillow/truncated_jpeg.jpg", NULL, 0, 0 },         { "images/pillow/truncated_image.png", NULL, 0, 0 },
    { "images/corrupt/truncated.jpg", NULL, 0, 0 },             { "images/corrupt/corrupt-header.jpg", NULL, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = quarry_test_shared (files[i].path);
      g_autoptr(GBytes) bytes = NULL;
      g_autoptr(QuarryImage) image = NULL;
      const char *format = NULL;
      int width = 0, height = 0;

      if (path == NULL)
        return;
      bytes = quarry_media_read (NULL, path, 0, -1, NULL, NULL);
      image = quarry_image_decode (bytes, 0, path, NULL);
      g_assert_true ((image != NULL) == (files[i].format != NULL));
      if (image == NULL)
        continue;
      g_assert_true (quarry_image_read_size (path, &width, &height, &format, NULL));
      g_assert_cmpstr (format, ==, files[i].format);
      g_assert_true (image->width == width && image->height == height);
      if (files[i].width > 0)
        g_assert_true (width == files[i].width && height == files[i].height);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image-formats/raw-colors", test_raw_colors);
  g_test_add_func ("/image-formats/raw-mono", test_raw_mono);
  g_test_add_func ("/image-formats/depth-is-shown-between-its-percentiles", test_depth_is_shown_between_its_percentiles);
  g_test_add_func ("/image-formats/flat-and-unknown-depth", test_flat_and_unknown_depth);
  g_test_add_func ("/image-formats/bayer-is-exact-on-slopes", test_bayer_is_exact_on_slopes);
  g_test_add_func ("/image-formats/yuv-layouts", test_yuv_layouts);
  g_test_add_func ("/image-formats/bad-raw-is-an-error", test_bad_raw_is_an_error);
  g_test_add_func ("/image-formats/base64-as-json-writes-it", test_base64_as_json_writes_it);
  g_test_add_func ("/image-formats/extraction-keeps-16-bits", test_extraction_keeps_16_bits);
  g_test_add_func ("/image-formats/webp-of-each-kind", test_webp_of_each_kind);
  g_test_add_func ("/image-formats/webp-is-turned-by-exif", test_webp_is_turned_by_exif);
  g_test_add_func ("/image-formats/tiff-of-each-kind", test_tiff_of_each_kind);
  g_test_add_func ("/image-formats/cut-pictures-are-errors", test_cut_pictures_are_errors);
  g_test_add_func ("/image-formats/real-files", test_real_files);
  for (int i = 0; i < 6; i++)
    {
      g_autofree char *path = g_strdup_printf ("/image-formats/damaged-pictures-never-crash/%d", i);

      g_test_add_data_func (path, GINT_TO_POINTER (i), test_damaged_pictures_never_crash);
    }
  return g_test_run ();
}
