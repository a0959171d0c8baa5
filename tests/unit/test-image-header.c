/* test-image-header.c: sizes and orientations from headers, written byte by byte
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-image-private.h"
#include "quarry-test.h"

#include <string.h>
#include <sys/stat.h>

/* A TIFF structure with one entry. @big: most significant byte first */
static GByteArray *
make_tiff (gboolean big, guint tag, guint type, guint32 count, guint value)
{
  GByteArray *tiff = g_byte_array_new ();
  const guint16 head[] = { 42 };
  const guint32 words[] = { 8, 1 };

  g_byte_array_append (tiff, (const guint8 *) (big ? "MM" : "II"), 2);
  for (int i = 0; i < 2; i++)
    g_byte_array_append (tiff, (const guint8[]) { (guint8) (head[0] >> (8 * (big ? 1 - i : i))) }, 1);
  for (int i = 0; i < 4; i++)
    g_byte_array_append (tiff, (const guint8[]) { (guint8) (words[0] >> (8 * (big ? 3 - i : i))) }, 1);
  for (int i = 0; i < 2; i++)
    g_byte_array_append (tiff, (const guint8[]) { (guint8) (words[1] >> (8 * (big ? 1 - i : i))) }, 1);
  for (int i = 0; i < 2; i++)
    g_byte_array_append (tiff, (const guint8[]) { (guint8) (tag >> (8 * (big ? 1 - i : i))) }, 1);
  for (int i = 0; i < 2; i++)
    g_byte_array_append (tiff, (const guint8[]) { (guint8) (type >> (8 * (big ? 1 - i : i))) }, 1);
  for (int i = 0; i < 4; i++)
    g_byte_array_append (tiff, (const guint8[]) { (guint8) (count >> (8 * (big ? 3 - i : i))) }, 1);
  for (int i = 0; i < 2; i++)
    g_byte_array_append (tiff, (const guint8[]) { (guint8) (value >> (8 * (big ? 1 - i : i))) }, 1);
  g_byte_array_append (tiff, (const guint8[]) { 0, 0, 0, 0, 0, 0 }, 6);
  return tiff;
}

static void
test_orientation_in_both_orders (void)
{
  for (guint value = 0; value <= 10; value++)
    for (int big = 0; big < 2; big++)
      {
        g_autoptr(GByteArray) tiff = make_tiff (big, 0x0112, 3, 1, value);

        g_assert_cmpint (quarry_exif_orientation (tiff->data, tiff->len), ==, value >= 1 && value <= 8 ? (int) value : 1);
      }
}

static void
test_other_entries_say_nothing (void)
{
  static const struct { guint tag, type; guint32 count; } cases[] = {
    { 0x0110, 3, 1 }, { 0x0112, 4, 1 }, { 0x0112, 2, 1 }, { 0x0112, 3, 2 }, { 0x0112, 3, 0 }, { 0x0112, 3, G_MAXUINT32 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int big = 0; big < 2; big++)
      {
        g_autoptr(GByteArray) tiff = make_tiff (big, cases[i].tag, cases[i].type, cases[i].count, 6);

        g_assert_cmpint (quarry_exif_orientation (tiff->data, tiff->len), ==, 1);
      }
}

static void
test_cut_exif_is_as_stored (void)
{
  g_autoptr(GByteArray) tiff = make_tiff (TRUE, 0x0112, 3, 1, 6);

  for (guint length = 0; length < tiff->len; length++)
    {
      g_autofree guint8 *exact = g_memdup2 (tiff->data, MAX (length, 1));      /* so that a read beyond is seen */
      const int orientation = quarry_exif_orientation (exact, length);

      g_assert_cmpint (orientation, ==, length >= 22 ? 6 : 1);
    }
}

/* Offsets to anywhere, counts of anything: never read outside, always 1…8 */
static void
test_damaged_exif_is_harmless (void)
{
  GRand *rand = g_rand_new_with_seed (4);

  for (int i = 0; i < 20000; i++)
    {
      g_autoptr(GByteArray) tiff = make_tiff (i % 2, 0x0112, 3, 1, 6);
      int orientation;

      for (int k = g_rand_int_range (rand, 1, 4); k > 0; k--)
        tiff->data[g_rand_int_range (rand, 0, (gint32) tiff->len)] = (guint8) g_rand_int_range (rand, 0, 256);
      orientation = quarry_exif_orientation (tiff->data, tiff->len);
      g_assert_cmpint (orientation, >=, 1);
      g_assert_cmpint (orientation, <=, 8);
    }
  g_rand_free (rand);
}

/* --- files --- */

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
setup (Fixture *self, gconstpointer unused)
{
  self->folder = quarry_test_folder ();
  self->path = g_build_filename (self->folder, "a.img", NULL);
}

static void
teardown (Fixture *self, gconstpointer unused)
{
  quarry_test_remove (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

static void
save (Fixture *self, const void *data, gsize length)
{
  g_autoptr(GError) error = NULL;

  g_file_set_contents (self->path, data, (gssize) length, &error);
  g_assert_no_error (error);
}

static void
assert_size (Fixture *self, int width, int height, const char *format)
{
  g_autoptr(GError) error = NULL;
  const char *got = NULL;
  int w = -1, h = -1;

  quarry_image_read_size (self->path, &w, &h, &got, &error);
  g_assert_no_error (error);
  g_assert_cmpint (w, ==, width);
  g_assert_cmpint (h, ==, height);
  g_assert_cmpstr (got, ==, format);
}

/* Nothing is set, and the message begins with the path and holds @what */
static void
assert_refused (Fixture *self, int code, const char *what)
{
  g_autoptr(GError) error = NULL;
  const char *format = "untouched";
  int w = -1, h = -1;

  g_assert_false (quarry_image_read_size (self->path, &w, &h, &format, &error));
  g_assert_error (error, QUARRY_MEDIA_ERROR, code);
  if (!g_str_has_prefix (error->message, self->path) || strstr (error->message, what) == NULL)
    g_error ("'%s' lacks '%s'", error->message, what);
  g_assert_cmpint (w, ==, -1);
  g_assert_cmpint (h, ==, -1);
  g_assert_cmpstr (format, ==, "untouched");
}

static void
add_marker (GByteArray *jpeg, guint8 marker, const void *body, gsize length)
{
  const guint8 head[4] = { 0xFF, marker, (guint8) ((length + 2) >> 8), (guint8) (length + 2) };

  g_byte_array_append (jpeg, head, 4);
  g_byte_array_append (jpeg, body, (guint) length);
}

static void
add_frame (GByteArray *jpeg, guint8 marker, guint width, guint height)
{
  const guint8 body[15] = { 8, (guint8) (height >> 8), (guint8) height, (guint8) (width >> 8), (guint8) width, 3 };

  add_marker (jpeg, marker, body, sizeof body);
}

static void
add_exif (GByteArray *jpeg, int orientation)
{
  g_autoptr(GByteArray) tiff = make_tiff (orientation % 2, 0x0112, 3, 1, (guint) orientation);

  g_byte_array_prepend (tiff, (const guint8 *) "Exif\0\0", 6);
  add_marker (jpeg, 0xE1, tiff->data, tiff->len);
}

/* Start of the picture's data, some of it, the end mark */
static void
add_end (GByteArray *jpeg)
{
  static const guint8 scan[10] = { 3 };

  add_marker (jpeg, 0xDA, scan, sizeof scan);
  g_byte_array_append (jpeg, (const guint8[]) { 1, 2, 0xFF, 0, 3, 0xFF, 0xD9 }, 7);
}

static GByteArray *
begin_jpeg (void)
{
  GByteArray *jpeg = g_byte_array_new ();

  g_byte_array_append (jpeg, (const guint8[]) { 0xFF, 0xD8 }, 2);
  add_marker (jpeg, 0xE0, "JFIF\0\1\1\0\0\1\0\1\0\0", 14);
  return jpeg;
}

static void
test_jpeg_frames_of_every_kind (Fixture *self, gconstpointer unused)
{
  for (guint marker = 0xC0; marker <= 0xCF; marker++)
    {
      g_autoptr(GByteArray) jpeg = begin_jpeg ();

      if (marker == 0xC4 || marker == 0xC8 || marker == 0xCC)      /* tables; what they hold is no size */
        add_frame (jpeg, (guint8) marker, 9999, 8888);
      add_frame (jpeg, marker == 0xC4 || marker == 0xC8 || marker == 0xCC ? 0xC0 : (guint8) marker, 640, 480);
      add_end (jpeg);
      save (self, jpeg->data, jpeg->len);
      assert_size (self, 640, 480, "jpeg");
    }
}

static void
test_jpeg_orientation_turns_the_size (Fixture *self, gconstpointer unused)
{
  for (int orientation = 1; orientation <= 8; orientation++)
    {
      g_autoptr(GByteArray) jpeg = begin_jpeg ();

      add_exif (jpeg, orientation);
      add_frame (jpeg, 0xC2, 640, 480);
      add_end (jpeg);
      save (self, jpeg->data, jpeg->len);
      assert_size (self, orientation >= 5 ? 480 : 640, orientation >= 5 ? 640 : 480, "jpeg");
    }
}

static void
test_jpeg_first_exif_counts (Fixture *self, gconstpointer unused)
{
  g_autoptr(GByteArray) jpeg = begin_jpeg ();

  add_marker (jpeg, 0xE1, "http://ns.adobe.com/xap/1.0/", 29);      /* XMP has the same marker */
  add_exif (jpeg, 6);
  add_exif (jpeg, 1);
  add_frame (jpeg, 0xC0, 30, 20);
  add_end (jpeg);
  save (self, jpeg->data, jpeg->len);
  assert_size (self, 20, 30, "jpeg");
}

static void
test_jpeg_fill_bytes_are_skipped (Fixture *self, gconstpointer unused)
{
  g_autoptr(GByteArray) jpeg = begin_jpeg ();

  g_byte_array_append (jpeg, (const guint8[]) { 0xFF, 0xFF, 0xFF, 0, 7, 0xFF }, 6);
  add_frame (jpeg, 0xC0, 31, 21);
  add_end (jpeg);
  g_byte_array_append (jpeg, (const guint8 *) "what some cameras put behind the end", 36);
  save (self, jpeg->data, jpeg->len);
  assert_size (self, 31, 21, "jpeg");
}

/* At each length short of the end mark, a JPEG is told to be cut */
static void
test_jpeg_cut_anywhere_is_told (Fixture *self, gconstpointer unused)
{
  g_autoptr(GByteArray) jpeg = begin_jpeg ();

  add_exif (jpeg, 6);
  add_frame (jpeg, 0xC0, 31, 21);
  add_end (jpeg);
  for (guint length = 3; length < jpeg->len; length++)
    {
      save (self, jpeg->data, length);
      assert_refused (self, QUARRY_MEDIA_ERROR_BROKEN, "byte ");
    }
  save (self, jpeg->data, jpeg->len);
  assert_size (self, 21, 31, "jpeg");
}

static void
test_jpeg_faults_name_the_byte (Fixture *self, gconstpointer unused)
{
  static const struct { guint8 bytes[8]; gsize n; const char *what; } cases[] = {
    { { 0xFF, 0xD8, 0xFF, 0xE0, 0, 1 }, 6, "byte 2: a JPEG marker without its length" },
    { { 0xFF, 0xD8, 0xFF, 0xD9 }, 4, "byte 2: the JPEG ends before its picture" },
    { { 0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF }, 6, "the JPEG ends in its header" },
    { { 0xFF, 0xD8, 0xFF }, 3, "byte 2: the JPEG ends in its header" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      save (self, cases[i].bytes, cases[i].n);
      assert_refused (self, QUARRY_MEDIA_ERROR_BROKEN, cases[i].what);
    }
}

static void
test_jpeg_of_junk_ends (Fixture *self, gconstpointer unused)
{
  g_autofree guint8 *junk = g_malloc0 (200000);

  memcpy (junk, "\xFF\xD8\xFF", 3);
  save (self, junk, 200000);
  assert_refused (self, QUARRY_MEDIA_ERROR_BROKEN, "no JPEG marker");
}

static void
test_jpeg_without_size_is_refused (Fixture *self, gconstpointer unused)
{
  g_autoptr(GByteArray) none = begin_jpeg ();
  g_autoptr(GByteArray) zero = begin_jpeg ();
  g_autoptr(GError) error = NULL;
  const char *format = NULL;
  int w, h;

  add_end (none);
  save (self, none->data, none->len);
  g_assert_false (quarry_image_read_size (self->path, &w, &h, &format, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  add_frame (zero, 0xC0, 0, 10);
  add_end (zero);
  save (self, zero->data, zero->len);
  g_assert_false (quarry_image_read_size (self->path, &w, &h, &format, &error));
  g_assert_nonnull (error);
}

/* --- PNG --- */

static void
add_chunk (GByteArray *png, const char *kind, const void *body, guint32 length)
{
  const guint32 big = GUINT32_TO_BE (length);

  g_byte_array_append (png, (const guint8 *) &big, 4);
  g_byte_array_append (png, (const guint8 *) kind, 4);
  g_byte_array_append (png, body, length);
  g_byte_array_append (png, (const guint8 *) "\0\0\0\0", 4);      /* sums are the decoder's business */
}

static GByteArray *
begin_png (guint32 width, guint32 height)
{
  GByteArray *png = g_byte_array_new ();
  guint8 body[13] = { [8] = 8, [9] = 2 };
  const guint32 w = GUINT32_TO_BE (width), h = GUINT32_TO_BE (height);

  memcpy (body, &w, 4);
  memcpy (body + 4, &h, 4);
  g_byte_array_append (png, (const guint8 *) "\x89PNG\r\n\x1A\n", 8);
  add_chunk (png, "IHDR", body, 13);
  return png;
}

static void
test_png_size_and_orientation (Fixture *self, gconstpointer unused)
{
  for (int orientation = 0; orientation <= 8; orientation++)
    {
      g_autoptr(GByteArray) png = begin_png (300, 200);
      g_autoptr(GByteArray) tiff = make_tiff (FALSE, 0x0112, 3, 1, (guint) orientation);

      if (orientation > 0)
        add_chunk (png, "eXIf", tiff->data, tiff->len);
      add_chunk (png, "IDAT", "abc", 3);
      add_chunk (png, "IEND", "", 0);
      save (self, png->data, png->len);
      assert_size (self, orientation >= 5 ? 200 : 300, orientation >= 5 ? 300 : 200, "png");
    }
}

static void
test_png_cut_anywhere_is_told (Fixture *self, gconstpointer unused)
{
  g_autoptr(GByteArray) png = begin_png (300, 200);

  add_chunk (png, "IDAT", "abcdefgh", 8);
  add_chunk (png, "IEND", "", 0);
  for (guint length = 8; length < png->len; length++)
    {
      save (self, png->data, length);
      assert_refused (self, QUARRY_MEDIA_ERROR_BROKEN, length < 33 ? "PNG" : "the PNG is cut off");
    }
}

static void
test_png_must_begin_with_its_header (Fixture *self, gconstpointer unused)
{
  g_autoptr(GByteArray) png = g_byte_array_new ();

  g_byte_array_append (png, (const guint8 *) "\x89PNG\r\n\x1A\n", 8);
  add_chunk (png, "IEND", "", 0);
  save (self, png->data, png->len);
  assert_refused (self, QUARRY_MEDIA_ERROR_BROKEN, "byte 8: the PNG has no header chunk");
}

static void
test_png_of_absurd_size_is_refused (Fixture *self, gconstpointer unused)
{
  static const guint32 sizes[][2] = { { 100000, 100000 }, { G_MAXUINT32, 1 }, { G_MAXINT32, G_MAXINT32 }, { 0, 5 }, { 5, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr(GByteArray) png = begin_png (sizes[i][0], sizes[i][1]);
      g_autoptr(GError) error = NULL;
      const char *format = NULL;
      int w, h;

      add_chunk (png, "IEND", "", 0);
      save (self, png->data, png->len);
      g_assert_false (quarry_image_read_size (self->path, &w, &h, &format, &error));
      g_assert_true (error->domain == QUARRY_MEDIA_ERROR);
      g_assert_true (strstr (error->message, self->path) != NULL);
    }
}

/* A chunk's length may be anything: the walk ends, and inside the file */
static void
test_flipped_bytes_end (Fixture *self, gconstpointer unused)
{
  g_autoptr(GByteArray) png = begin_png (300, 200);
  GRand *rand = g_rand_new_with_seed (9);

  add_chunk (png, "IDAT", "abcdefgh", 8);
  add_chunk (png, "IEND", "", 0);
  for (int i = 0; i < 500; i++)
    {
      g_autofree guint8 *bytes = g_memdup2 (png->data, png->len);
      g_autoptr(GError) error = NULL;
      const char *format = NULL;
      int w = 0, h = 0;

      bytes[g_rand_int_range (rand, 8, (gint32) png->len)] ^= (guint8) (1u << g_rand_int_range (rand, 0, 8));
      save (self, bytes, png->len);
      g_assert_true (quarry_image_read_size (self->path, &w, &h, &format, &error) == (error == NULL));
    }
  g_rand_free (rand);
}

/* --- other --- */

static void
test_what_is_no_file_is_told (Fixture *self, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  const char *format = NULL;
  int w, h;

  g_assert_false (quarry_image_read_size (self->path, &w, &h, &format, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (quarry_image_read_size (self->folder, &w, &h, &format, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_clear_error (&error);
  g_assert_cmpint (mkfifo (self->path, 0600), ==, 0);
  g_assert_false (quarry_image_read_size (self->path, &w, &h, &format, &error));      /* and does not block */
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
}

static void
test_short_files_are_told (Fixture *self, gconstpointer unused)
{
  save (self, "", 0);
  assert_refused (self, QUARRY_MEDIA_ERROR_BROKEN, "byte 0: the file is empty");
  for (gsize n = 1; n < 8; n++)
    {
      save (self, "quarry!!", n);
      assert_refused (self, QUARRY_MEDIA_ERROR_UNSUPPORTED, "no picture");
    }
}

static void
test_pnm_has_a_size (Fixture *self, gconstpointer unused)
{
  save (self, "P5\n3 2\n255\nabcdef", 17);
  assert_size (self, 3, 2, "pnm");
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*run) (Fixture *self, gconstpointer unused); } files[] = {
    { "jpeg-frames-of-every-kind", test_jpeg_frames_of_every_kind },
    { "jpeg-orientation-turns-the-size", test_jpeg_orientation_turns_the_size },
    { "jpeg-first-exif-counts", test_jpeg_first_exif_counts },
    { "jpeg-fill-bytes-are-skipped", test_jpeg_fill_bytes_are_skipped },
    { "jpeg-cut-anywhere-is-told", test_jpeg_cut_anywhere_is_told },
    { "jpeg-faults-name-the-byte", test_jpeg_faults_name_the_byte },
    { "jpeg-of-junk-ends", test_jpeg_of_junk_ends },
    { "jpeg-without-size-is-refused", test_jpeg_without_size_is_refused },
    { "png-size-and-orientation", test_png_size_and_orientation },
    { "png-cut-anywhere-is-told", test_png_cut_anywhere_is_told },
    { "png-must-begin-with-its-header", test_png_must_begin_with_its_header },
    { "png-of-absurd-size-is-refused", test_png_of_absurd_size_is_refused },
    { "flipped-bytes-end", test_flipped_bytes_end },
    { "what-is-no-file-is-told", test_what_is_no_file_is_told },
    { "short-files-are-told", test_short_files_are_told },
    { "pnm-has-a-size", test_pnm_has_a_size },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exif/orientation-in-both-orders", test_orientation_in_both_orders);
  g_test_add_func ("/exif/other-entries-say-nothing", test_other_entries_say_nothing);
  g_test_add_func ("/exif/cut-is-as-stored", test_cut_exif_is_as_stored);
  g_test_add_func ("/exif/damaged-is-harmless", test_damaged_exif_is_harmless);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_strconcat ("/image-header/", files[i].name, NULL);

      g_test_add (path, Fixture, NULL, setup, files[i].run, teardown);
    }
  return g_test_run ();
}
