/* test-thumbnails.c: the cache of small pictures
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-media.h"
#include "quarry-thumbnails.h"
#include "quarry-test.h"

#include <string.h>
#include <utime.h>

typedef struct
{
  char             *folder;
  char             *cache;
  char             *picture;
  QuarryThumbnails *thumbnails;
} Fixture;

static void
write_picture (const char *path, int width, int height, guint8 level)
{
  g_autoptr(QuarryImage) image = quarry_image_new (width, height);
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) error = NULL;

  memset (image->rgb, level, image->stride * (gsize) height);
  bytes = quarry_image_to_jpeg (image, 90, NULL);
  g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                       &error);
  g_assert_no_error (error);
}

static void
setup (Fixture *self, gconstpointer unused)
{
  self->folder = quarry_test_folder ();
  self->cache = g_build_filename (self->folder, "cache", NULL);
  self->picture = g_build_filename (self->folder, "a.jpg", NULL);
  self->thumbnails = quarry_thumbnails_new (NULL, self->cache, 256);
  write_picture (self->picture, 1280, 800, 90);
}

static void
teardown (Fixture *self, gconstpointer unused)
{
  g_clear_object (&self->thumbnails);
  quarry_test_remove (self->folder);
  g_free (self->folder);
  g_free (self->cache);
  g_free (self->picture);
}

/* Returns: (transfer full) (nullable): the only file in the cache */
static char *
find_cached (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = NULL;
  char *found = NULL;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_free (found);
      found = g_file_test (path, G_FILE_TEST_IS_DIR) ? find_cached (path) : g_strdup (path);
    }
  return found;
}

static void
check_level (QuarryThumbnails *thumbnails, const char *picture, int level)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryImage) image = quarry_thumbnails_load (thumbnails, picture, 0, -1, "jpeg", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (ABS (image->rgb[0] - level), <=, 3);
}

static void
test_second_load_comes_from_the_cache (Fixture *self, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr (QuarryImage)
      first = quarry_thumbnails_load (self->thumbnails, self->picture, 0, -1, "jpeg", NULL, &error);
  g_autoptr(QuarryImage) second = NULL;
  g_autofree char *cached = find_cached (self->cache);
  GStatBuf before, after;

  g_assert_no_error (error);
  g_assert_cmpint (first->width, ==, 256);
  g_assert_cmpint (first->height, ==, 160);
  g_assert_cmpint (first->full_width, ==, 1280);
  g_assert_nonnull (cached);
  g_stat (cached, &before);
  second = quarry_thumbnails_load (self->thumbnails, self->picture, 0, -1, "jpeg", NULL, &error);
  g_stat (cached, &after);
  g_assert_no_error (error);
  g_assert_cmpint (second->width, ==, 256);
  g_assert_cmpint (second->full_width, ==, 1280);
  g_assert_cmpint (second->full_height, ==, 800);
  g_assert_true (before.st_ino == after.st_ino);
}

static void
test_changed_file_is_made_anew (Fixture *self, gconstpointer unused)
{
  check_level (self->thumbnails, self->picture, 90);
  write_picture (self->picture, 1280, 800, 200);
  g_utime (self->picture, &(struct utimbuf) { 1000, 1000 });
  check_level (self->thumbnails, self->picture, 200);
}

static void
test_broken_cache_is_made_anew (Fixture *self, gconstpointer unused)
{
  g_autofree char *cached = NULL;
  g_autofree char *data = NULL;
  gsize length = 0;

  check_level (self->thumbnails, self->picture, 90);
  cached = find_cached (self->cache);
  g_file_get_contents (cached, &data, &length, NULL);
  for (gsize cut = 0; cut < length; cut += length / 7)
    {
      g_file_set_contents (cached, data, (gssize) cut, NULL);
      check_level (self->thumbnails, self->picture, 90);
    }
}

static void
test_missing_and_broken_pictures_are_errors (Fixture *self, gconstpointer unused)
{
  g_autofree char *missing = g_build_filename (self->folder, "b.jpg", NULL);
  g_autoptr(GError) error = NULL;

  g_assert_null (quarry_thumbnails_load (self->thumbnails, missing, 0, -1, "jpeg", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "b.jpg"));
  g_clear_error (&error);
  g_file_set_contents (missing, "\xFF\xD8\xFF nonsense", -1, NULL);
  g_assert_null (quarry_thumbnails_load (self->thumbnails, missing, 0, -1, "jpeg", NULL, &error));
  g_assert_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN);
}

static void
test_unwritable_cache_is_no_error (Fixture *self, gconstpointer unused)
{
  g_autofree char *file = g_build_filename (self->picture, "below-a-file", NULL);
  g_autoptr(QuarryThumbnails) thumbnails = quarry_thumbnails_new (NULL, file, 64);

  check_level (thumbnails, self->picture, 90);
}

/* Two pictures in one file, as in a recording: the range is part of the key */
static void
test_ranges_of_one_file_differ (Fixture *self, gconstpointer unused)
{
  g_autofree char *other = g_build_filename (self->folder, "b.jpg", NULL);
  g_autofree char *bag = g_build_filename (self->folder, "bag", NULL);
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;
  g_autoptr(GString) both = g_string_new (NULL);
  gsize length_a = 0, length_b = 0;
  g_autoptr(QuarryImage) first = NULL;
  g_autoptr(QuarryImage) second = NULL;
  g_autoptr(GError) error = NULL;

  write_picture (other, 640, 640, 30);
  g_file_get_contents (self->picture, &a, &length_a, NULL);
  g_file_get_contents (other, &b, &length_b, NULL);
  g_string_append_len (both, a, (gssize) length_a);
  g_string_append_len (both, b, (gssize) length_b);
  g_file_set_contents (bag, both->str, (gssize) both->len, NULL);
  first = quarry_thumbnails_load (self->thumbnails, bag, 0, (gint64) length_a, "jpeg", NULL, &error);
  g_assert_no_error (error);
  second = quarry_thumbnails_load (self->thumbnails, bag, (gint64) length_a, (gint64) length_b, "jpeg",
                                   NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (first->height, ==, 160);
  g_assert_cmpint (second->height, ==, 256);
}

typedef struct { int n_done, n_cancelled, n_failed; } Tally;

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Tally *tally = data;
  g_autoptr(GError) error = NULL;
  g_autoptr (QuarryImage)
      image = quarry_thumbnails_load_finish (QUARRY_THUMBNAILS (source), result, &error);

  if (image != NULL)
    tally->n_done++;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tally->n_cancelled++;
  else
    tally->n_failed++;
}

static void
test_async_loads_answer_each_once (Fixture *self, gconstpointer unused)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  Tally tally = { 0 };

  for (int i = 0; i < 20; i++)
    quarry_thumbnails_load_async (self->thumbnails, self->picture, 0, -1, "jpeg", NULL, loaded_cb, &tally);
  quarry_thumbnails_load_async (self->thumbnails, "/nowhere.jpg", 0, -1, "jpeg", NULL, loaded_cb, &tally);
  g_cancellable_cancel (cancellable);
  for (int i = 0; i < 20; i++)
    quarry_thumbnails_load_async (self->thumbnails, self->picture, 0, -1, "jpeg", cancellable, loaded_cb,
                                  &tally);
  quarry_test_wait (tally.n_done + tally.n_cancelled + tally.n_failed == 41);
  g_assert_cmpint (tally.n_done, ==, 20);
  g_assert_cmpint (tally.n_cancelled, ==, 20);
  g_assert_cmpint (tally.n_failed, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/thumbnails/" name, Fixture, NULL, setup, func, teardown)
  ADD ("second-load-comes-from-the-cache", test_second_load_comes_from_the_cache);
  ADD ("changed-file-is-made-anew", test_changed_file_is_made_anew);
  ADD ("broken-cache-is-made-anew", test_broken_cache_is_made_anew);
  ADD ("missing-and-broken-pictures-are-errors", test_missing_and_broken_pictures_are_errors);
  ADD ("unwritable-cache-is-no-error", test_unwritable_cache_is_no_error);
  ADD ("ranges-of-one-file-differ", test_ranges_of_one_file_differ);
  ADD ("async-loads-answer-each-once", test_async_loads_answer_each_once);
#undef ADD
  return g_test_run ();
}
