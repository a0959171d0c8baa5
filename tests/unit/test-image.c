/* test-image.c: pictures in and out
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-image.h"
#include "quarry-media.h"
#include "quarry-test.h"

#include <string.h>

#define N_CUTS 50
#define N_FLIPS 200

/* A picture with smooth and busy parts, no two rows or columns alike */
static QuarryImage *
make_image (int width, int height)
{
  QuarryImage *image = quarry_image_new (width, height);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        guint8 *p = image->rgb + (gsize) y * image->stride + 3 * x;

        p[0] = (guint8) (255 * x / width);
        p[1] = (guint8) (255 * y / height);
        p[2] = (guint8) ((x / 8 + y / 8) % 2 * 100 + 50);
      }
  return image;
}

static double
mean_difference (const QuarryImage *a, const QuarryImage *b)
{
  double sum = 0;

  g_assert_cmpint (a->width, ==, b->width);
  g_assert_cmpint (a->height, ==, b->height);
  for (gsize i = 0; i < a->stride * (gsize) a->height; i++)
    sum += ABS ((int) a->rgb[i] - b->rgb[i]);
  return sum / (double) (a->stride * (gsize) a->height);
}

static char *
write_bytes (const char *folder, const char *name, GBytes *bytes)
{
  g_autoptr(GError) error = NULL;
  char *path = g_build_filename (folder, name, NULL);

  g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                       &error);
  g_assert_no_error (error);
  return path;
}

static void
test_png_round_trip_is_exact (void)
{
  g_autoptr(QuarryImage) image = make_image (131, 77);
  g_autoptr(GBytes) bytes = quarry_image_to_png (image, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryImage) back = quarry_image_decode (bytes, 0, "a.png", &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (mean_difference (image, back), ==, 0);
}

static void
test_jpeg_round_trip_is_close (void)
{
  g_autoptr(QuarryImage) image = make_image (131, 77);
  g_autoptr(GBytes) bytes = quarry_image_to_jpeg (image, 95, NULL);
  g_autoptr(GBytes) again = quarry_image_to_jpeg (image, 95, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryImage) back = quarry_image_decode (bytes, 0, "a.jpg", &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (mean_difference (image, back), <, 8);
  g_assert_true (g_bytes_equal (bytes, again));
}

static void
test_scaled_decode_keeps_both_sides (void)
{
  g_autoptr(QuarryImage) image = make_image (640, 400);
  g_autoptr(GBytes) bytes = quarry_image_to_jpeg (image, 90, NULL);

  for (int at_least = 1; at_least <= 400; at_least += 21)
    {
      g_autoptr(QuarryImage) part = quarry_image_decode (bytes, at_least, "a.jpg", NULL);
      g_autoptr(QuarryImage) reference = quarry_image_scale (image, part->width, part->height);

      g_assert_cmpint (part->height, >=, at_least);
      g_assert_cmpint (part->full_width, ==, 640);
      g_assert_cmpint (part->full_height, ==, 400);
      g_assert_true (part->height == 50 || part->height / 2 < at_least);
      g_assert_cmpfloat (mean_difference (part, reference), <, 12);
    }
}

static void
test_scale_is_an_area_average (void)
{
  g_autoptr(QuarryImage) image = quarry_image_new (4, 2);
  g_autoptr(QuarryImage) half = NULL;
  g_autoptr(QuarryImage) third = NULL;
  g_autoptr(QuarryImage) same = NULL;

  for (int i = 0; i < 8; i++)
    memset (image->rgb + 3 * i, i * 10, 3);
  half = quarry_image_scale (image, 2, 2);
  g_assert_cmpint (half->width, ==, 2);
  g_assert_cmpint (half->height, ==, 1);
  g_assert_cmpint (half->rgb[0], ==, 25);      /* mean of 0 10 40 50 */
  g_assert_cmpint (half->rgb[3], ==, 45);
  g_assert_cmpint (half->full_width, ==, 4);
  third = quarry_image_scale (image, 3, 9);
  g_assert_cmpint (third->width, ==, 3);
  g_assert_cmpint (third->height, ==, 2);      /* 1.5 rounds up */
  g_assert_cmpint (third->rgb[0], ==, 3);      /* (0 + 10 / 3) / (4 / 3) = 2.5 */
  same = quarry_image_scale (image, 100, 100);
  g_assert_cmpint (same->width, ==, 4);
  g_assert_cmpmem (same->rgb, 24, image->rgb, 24);
}

/* As small pictures: how far apart, @b being turned by 180 degrees, mirrored, upside down, or not
 * at all (0) */
static double
small_difference (const QuarryImage *a, const QuarryImage *b, int turn)
{
  g_autoptr(QuarryImage) x = quarry_image_scale (a, 30, 30);
  g_autoptr(QuarryImage) y = quarry_image_scale (b, 30, 30);
  double sum = 0;

  g_assert_cmpint (x->height, ==, y->height);
  for (int row = 0; row < x->height; row++)
    for (int column = 0; column < x->width; column++)
      {
        const int other_row = (turn & 1) != 0 ? x->height - 1 - row : row;
        const int other_column = (turn & 2) != 0 ? x->width - 1 - column : column;

        sum += ABS ((int) x->rgb[(gsize) row * x->stride + 3 * column] -
                    y->rgb[(gsize) other_row * y->stride + 3 * other_column]);
      }
  return sum / (x->width * x->height);
}

/* Landscape_N.jpg show the same picture, but for a number in the middle, stored in the eight
 * orientations */
static void
test_exif_orientation_is_applied (void)
{
  g_autofree char *first_path = quarry_test_shared ("images/exif_orientation/Landscape_1.jpg");
  g_autoptr(GBytes) first = NULL;
  g_autoptr(QuarryImage) upright = NULL;

  if (first_path == NULL)
    return;
  first = quarry_media_read (NULL, first_path, 0, -1, NULL, NULL);
  upright = quarry_image_decode (first, 150, first_path, NULL);
  for (int i = 2; i <= 8; i++)
    {
      g_autofree char *relative = g_strdup_printf ("images/exif_orientation/Landscape_%d.jpg", i);
      g_autofree char *path = quarry_test_shared (relative);
      g_autoptr(GBytes) bytes = quarry_media_read (NULL, path, 0, -1, NULL, NULL);
      g_autoptr(QuarryImage) scaled = quarry_image_decode (bytes, 150, path, NULL);
      g_autoptr(QuarryImage) full = quarry_image_decode (bytes, 0, path, NULL);
      g_autoptr(GError) error = NULL;
      const char *format = NULL;
      int width = 0, height = 0;

      quarry_image_read_size (path, &width, &height, &format, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (format, ==, "jpeg");
      g_assert_cmpint (width, ==, full->width);
      g_assert_cmpint (height, ==, full->height);
      g_assert_cmpint (scaled->full_width, ==, width);
      g_assert_cmpfloat (small_difference (scaled, upright, 0), <, 20);
      for (int turn = 1; turn < 4; turn++)
        g_assert_cmpfloat (small_difference (scaled, upright, turn), >, 30);
    }
}

static void
test_cmyk_has_its_colours (void)
{
  g_autofree char *path = quarry_test_shared ("images/pillow/pil_sample_cmyk.jpg");
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(QuarryImage) image = NULL;
  g_autoptr(GError) error = NULL;

  if (path == NULL)
    return;
  bytes = quarry_media_read (NULL, path, 0, -1, NULL, NULL);
  image = quarry_image_decode (bytes, 0, path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (image->width, ==, 100);
  g_assert_cmpint (image->height, ==, 100);
}

static void
test_broken_pictures_are_errors (void)
{
  static const char * const names[] = {
    "images/corrupt/corrupt-header.jpg",          "images/corrupt/truncated.jpg",
    "images/pillow/truncated_jpeg.jpg",           "images/pillow/truncated_image.png",
    "images/pillow/broken_data_stream.png",       "images/jpeg_turbo/monkey12.jpg",
    "images/png_malformed/crashers/badadler.png", "images/png_malformed/crashers/huge_IDAT.png",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = quarry_test_shared (names[i]);
      g_autofree char *name = path != NULL ? g_path_get_basename (path) : NULL;
      g_autoptr(GBytes) bytes = NULL;
      g_autoptr(QuarryImage) image = NULL;
      g_autoptr(GError) error = NULL;

      if (path == NULL)
        return;
      bytes = quarry_media_read (NULL, path, 0, -1, NULL, NULL);
      image = quarry_image_decode (bytes, 0, name, &error);
      g_test_message ("%s", error != NULL ? error->message : names[i]);
      g_assert_null (image);
      g_assert_true (g_str_has_prefix (error->message, name));
    }
}

/* Every file of the folder is a picture or an error; the sizes by header and by decode agree */
static void
check_folder (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = NULL;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr(GBytes) bytes = NULL;
      g_autoptr(QuarryImage) image = NULL;
      g_autoptr(GError) error = NULL;
      const char *format = NULL;
      int width = 0, height = 0;

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        {
          check_folder (path);
          continue;
        }
      bytes = quarry_media_read (NULL, path, 0, -1, NULL, NULL);
      image = quarry_image_decode (bytes, 0, name, &error);
      g_assert_true ((image != NULL) == (error == NULL));
      if (image == NULL)
        continue;
      quarry_image_read_size (path, &width, &height, &format, &error);
      g_assert_no_error (error);
      g_assert_cmpint (width, ==, image->width);
      g_assert_cmpint (height, ==, image->height);
    }
}

static void
test_real_pictures_are_read_or_refused (void)
{
  g_autofree char *path = quarry_test_shared ("images");

  if (path != NULL)
    check_folder (path);
}

static void
test_all_of_png_suite_is_read (void)
{
  g_autofree char *folder = quarry_test_shared ("images/pngsuite");
  g_autoptr(GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name = NULL;
  int n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr(GBytes) bytes = NULL;
      g_autoptr(QuarryImage) image = NULL;
      g_autoptr(GError) error = NULL;

      if (!g_str_has_suffix (name, ".png"))
        continue;
      bytes = quarry_media_read (NULL, path, 0, -1, NULL, NULL);
      image = quarry_image_decode (bytes, 0, name, &error);
      g_assert_no_error (error);
      g_assert_cmpint (image->width, ==, 32);
      n++;
    }
  g_assert_true (folder == NULL || n > 25);
}

static guint32
crc32_of (const guint8 *data, gsize length)
{
  guint32 crc = 0xFFFFFFFF;

  for (gsize i = 0; i < length; i++)
    {
      crc ^= data[i];
      for (int bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
    }
  return ~crc;
}

/* A PNG that claims to be @side × @side and has hardly any data */
static GBytes *
make_bomb (guint32 side)
{
  g_autoptr(QuarryImage) image = quarry_image_new (8, 8);
  g_autoptr(GBytes) bytes = quarry_image_to_png (image, NULL);
  gsize length = 0;
  guint8 *data = g_bytes_unref_to_data (g_steal_pointer (&bytes), &length);
  const guint32 big = GUINT32_TO_BE (side);
  guint32 crc = 0;

  memcpy (data + 16, &big, 4);
  memcpy (data + 20, &big, 4);
  crc = GUINT32_TO_BE (crc32_of (data + 12, 17));
  memcpy (data + 29, &crc, 4);
  return g_bytes_new_take (data, length);
}

static void
test_huge_png_is_refused (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autoptr(GBytes) bytes = make_bomb (65536);
  g_autofree char *path = write_bytes (folder, "huge.png", bytes);
  g_autoptr(QuarryImage) image = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) size_error = NULL;
  const char *format = NULL;
  int width = 0, height = 0;

  image = quarry_image_decode (bytes, 0, "huge.png", &error);
  g_assert_null (image);
  g_assert_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE);
  g_assert_cmpstr (
      error->message, ==,
      "huge.png: 65536 × 65536 pixels are too many for one picture (limit 1024 MiB decoded)");
  g_assert_false (quarry_image_read_size (path, &width, &height, &format, &size_error));
  g_assert_error (size_error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE);
  quarry_test_remove (folder);
}

/* Codec by codec: 0 jpeg, 1 png, 2 bmp by gdk-pixbuf */
static GBytes *
make_bytes (int codec, const QuarryImage *image)
{
  static const guint8 bmp[54] = { 'B', 'M', [10] = 54, [14] = 40, [26] = 1, [28] = 24 };
  guint8 *data = NULL;
  gsize stride, length;

  if (codec < 2)
    return codec == 0 ? quarry_image_to_jpeg (image, 80, NULL) : quarry_image_to_png (image, NULL);
  stride = (image->stride + 3) & ~(gsize) 3;
  length = sizeof bmp + stride * (gsize) image->height;
  data = g_malloc0 (length);
  memcpy (data, bmp, sizeof bmp);
  data[2] = (guint8) length;
  data[3] = (guint8) (length >> 8);
  data[18] = (guint8) image->width;
  data[22] = (guint8) image->height;
  return g_bytes_new_take (data, length);
}

static const char * const codec_names[] = { "cut.jpg", "cut.png", "cut.bmp" };

static void
test_cut_files_are_errors (gconstpointer data)
{
  const int codec = GPOINTER_TO_INT (data);
  g_autofree char *folder = quarry_test_folder ();
  g_autoptr(QuarryImage) image = make_image (67, 45);
  g_autoptr(GBytes) whole = make_bytes (codec, image);
  g_autoptr(QuarryImage) back = quarry_image_decode (whole, 0, codec_names[codec], NULL);

  g_assert_nonnull (back);
  for (gsize i = 0; i < N_CUTS; i++)
    {
      g_autoptr (GBytes)
          cut = g_bytes_new_from_bytes (whole, 0, g_bytes_get_size (whole) * i / N_CUTS);
      g_autofree char *path = write_bytes (folder, codec_names[codec], cut);
      g_autoptr(QuarryImage) full = NULL;
      g_autoptr(QuarryImage) scaled = NULL;
      g_autoptr(GError) error = NULL;
      g_autoptr(GError) size_error = NULL;
      const char *format = NULL;
      int width = 0, height = 0;

      full = quarry_image_decode (cut, 0, codec_names[codec], &error);
      scaled = quarry_image_decode (cut, 10, codec_names[codec], NULL);
      g_assert_nonnull (error);
      g_assert_null (full);
      g_assert_null (scaled);
      if (codec < 2)
        g_assert_false (quarry_image_read_size (path, &width, &height, &format, &size_error));
      else
        quarry_image_read_size (path, &width, &height, &format, NULL);
    }
  quarry_test_remove (folder);
}

static void
test_flipped_bytes_never_crash (gconstpointer data)
{
  const int codec = GPOINTER_TO_INT (data);
  g_autofree char *folder = quarry_test_folder ();
  g_autoptr(GRand) rand = g_rand_new_with_seed (20 + (guint32) codec);
  g_autoptr(QuarryImage) image = make_image (67, 45);
  g_autoptr(GBytes) whole = make_bytes (codec, image);

  for (int i = 0; i < N_FLIPS; i++)
    {
      gsize length = g_bytes_get_size (whole);
      guint8 *copy = g_memdup2 (g_bytes_get_data (whole, NULL), length);
      const int n = g_rand_int_range (rand, 1, 4);
      g_autoptr(GBytes) bytes = NULL;
      g_autofree char *path = NULL;
      g_autoptr(QuarryImage) full = NULL;
      g_autoptr(GError) error = NULL;
      const char *format = NULL;
      int width = 0, height = 0;

      for (int k = 0; k < n; k++)
        copy[g_rand_int_range (rand, 0, (gint32) (i % 2 == 0 ? length : MIN (length, 700)))] ^=
            (guint8) g_rand_int_range (rand, 1, 256);
      bytes = g_bytes_new_take (copy, length);
      path = write_bytes (folder, codec_names[codec], bytes);
      full = quarry_image_decode (bytes, 0, codec_names[codec], &error);
      g_assert_true ((full == NULL) == (error != NULL));
      quarry_image_read_size (path, &width, &height, &format, NULL);
    }
  quarry_test_remove (folder);
}

static void
test_what_is_no_picture_is_told (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autoptr(GBytes) bytes = g_bytes_new_static ("hello, world", 12);
  g_autoptr(GBytes) empty = g_bytes_new_static ("", 0);
  g_autofree char *path = write_bytes (folder, "a.jpg", bytes);
  g_autofree char *empty_path = write_bytes (folder, "empty.jpg", empty);
  g_autoptr(GError) error = NULL;
  const char *format = NULL;
  int width = 0, height = 0;

  g_assert_null (quarry_image_decode (bytes, 0, "a.jpg", &error));
  g_assert_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (quarry_image_decode (empty, 0, "a.jpg", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (quarry_image_read_size (path, &width, &height, &format, &error));
  g_assert_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_false (quarry_image_read_size (empty_path, &width, &height, &format, &error));
  g_assert_true (g_str_has_suffix (error->message, "empty.jpg: byte 0: the file is empty"));
  g_clear_error (&error);
  g_assert_false (quarry_image_read_size (folder, &width, &height, &format, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_clear_error (&error);
  g_assert_false (quarry_image_read_size ("/nowhere/a.jpg", &width, &height, &format, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "cannot open '/nowhere/a.jpg': No such file or directory");
  quarry_test_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image/png-round-trip-is-exact", test_png_round_trip_is_exact);
  g_test_add_func ("/image/jpeg-round-trip-is-close", test_jpeg_round_trip_is_close);
  g_test_add_func ("/image/scaled-decode-keeps-both-sides", test_scaled_decode_keeps_both_sides);
  g_test_add_func ("/image/scale-is-an-area-average", test_scale_is_an_area_average);
  g_test_add_func ("/image/exif-orientation-is-applied", test_exif_orientation_is_applied);
  g_test_add_func ("/image/cmyk-has-its-colours", test_cmyk_has_its_colours);
  g_test_add_func ("/image/broken-pictures-are-errors", test_broken_pictures_are_errors);
  g_test_add_func ("/image/real-pictures-are-read-or-refused",
                   test_real_pictures_are_read_or_refused);
  g_test_add_func ("/image/all-of-png-suite-is-read", test_all_of_png_suite_is_read);
  g_test_add_func ("/image/huge-png-is-refused", test_huge_png_is_refused);
  g_test_add_func ("/image/what-is-no-picture-is-told", test_what_is_no_picture_is_told);
  for (int codec = 0; codec < 3; codec++)
    {
      g_autofree char *cut = g_strdup_printf ("/image/cut-files-are-errors/%s",
                                              codec_names[codec] + 4);
      g_autofree char *flip = g_strdup_printf ("/image/flipped-bytes-never-crash/%s",
                                               codec_names[codec] + 4);

      g_test_add_data_func (cut, GINT_TO_POINTER (codec), test_cut_files_are_errors);
      g_test_add_data_func (flip, GINT_TO_POINTER (codec), test_flipped_bytes_never_crash);
    }
  return g_test_run ();
}
