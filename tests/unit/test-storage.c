/* test-storage.c: listing and writing of local folders through storage
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-storage.h"
#include "quarry-test.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  QuarryStorage *storage;
  char          *folder;
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->storage = quarry_storage_new ();
  fixture->folder = quarry_test_folder ();
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->storage);
  quarry_test_remove (fixture->folder);
  g_free (fixture->folder);
}

static void
put (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr(GError) error = NULL;

  g_assert_true (quarry_storage_put_bytes (fixture->storage, path, bytes, NULL, &error));
  g_assert_no_error (error);
}

/* "name:size", a folder "name/" */
static char *
list (Fixture *fixture, const char *below, gboolean recursive)
{
  g_autofree char *folder = g_build_filename (fixture->folder, below, NULL);
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) entries = quarry_storage_list (fixture->storage, folder, recursive, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < entries->len; i++)
    {
      const QuarryStorageEntry *entry = entries->pdata[i];
      g_autofree char *path = g_build_filename (folder, entry->name, NULL);

      g_assert_cmpstr (entry->uri, ==, path);
      g_assert_true (entry->is_folder == (entry->version == NULL) && entry->is_folder == (entry->size < 0));
      if (entry->is_folder)
        g_string_append_printf (text, "%s%s/", i > 0 ? " " : "", entry->name);
      else
        g_string_append_printf (text, "%s%s:%" G_GINT64_FORMAT, i > 0 ? " " : "", entry->name, entry->size);
    }
  return g_strdup (text->str);
}

static void
test_lists_in_natural_order (Fixture *fixture, gconstpointer data)
{
  g_autofree char *flat = NULL;
  g_autofree char *all = NULL;
  g_autofree char *fifo = g_build_filename (fixture->folder, "pipe", NULL);
  g_autofree char *nowhere = g_build_filename (fixture->folder, "nowhere", NULL);
  g_autofree char *circle = g_build_filename (fixture->folder, "b", "circle", NULL);

  put (fixture, "10.png", "ten");
  put (fixture, "2.png", "two!");
  put (fixture, "b/11.txt", "");
  put (fixture, "b/9.txt", "9");
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (symlink ("missing", nowhere), ==, 0);
  g_assert_cmpint (symlink ("..", circle), ==, 0);
  flat = list (fixture, "", FALSE);
  g_assert_cmpstr (flat, ==, "2.png:4 10.png:3 b/");
  all = list (fixture, "", TRUE);
  g_assert_cmpstr (all, ==, "2.png:4 10.png:3 b/9.txt:1 b/11.txt:0");
}

static void
test_finds_what_is_there (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *name; QuarryStorageKind kind; } cases[] = {
    { "a", QUARRY_STORAGE_FOLDER }, { "a/b.txt", QUARRY_STORAGE_FILE }, { "a/b.txt/c", QUARRY_STORAGE_ABSENT }, { "c", QUARRY_STORAGE_ABSENT },
  };

  put (fixture, "a/b.txt", "x");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, cases[i].name, NULL);
      g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
      g_autoptr(GError) error = NULL;
      QuarryStorageKind kind = QUARRY_STORAGE_FILE;

      g_assert_true (quarry_storage_find (fixture->storage, path, &kind, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpint (kind, ==, cases[i].kind);
      g_assert_true (quarry_storage_find (fixture->storage, uri, &kind, NULL, &error));
      g_assert_cmpint (kind, ==, cases[i].kind);
    }
}

static void
test_missing_folder_is_an_error (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->folder, "none", NULL);

  g_assert_null (quarry_storage_list (fixture->storage, path, FALSE, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, path));
  g_clear_error (&error);
  g_assert_null (quarry_storage_list (fixture->storage, "ftp://host/path", FALSE, NULL, &error));
  g_assert_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_UNSUPPORTED);
}

static void
test_file_is_put_whole (Fixture *fixture, gconstpointer data)
{
  g_autofree char *from = g_build_filename (fixture->folder, "from", NULL);
  g_autofree char *to = g_build_filename (fixture->folder, "x", "y", "to", NULL);
  g_autofree char *text = NULL;
  g_autofree char *after = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GCancellable) cancelled = g_cancellable_new ();

  put (fixture, "from", "what is copied");
  g_assert_true (quarry_storage_put_file (fixture->storage, from, to, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (to, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "what is copied");
  put (fixture, "from", "never arrives");
  g_cancellable_cancel (cancelled);
  g_assert_false (quarry_storage_put_file (fixture->storage, from, to, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  after = list (fixture, "", TRUE);
  g_assert_cmpstr (after, ==, "from:13 x/y/to:14");
  g_assert_true (quarry_storage_remove (fixture->storage, to, NULL, &error));
  g_assert_true (quarry_storage_remove (fixture->storage, to, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (to, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/storage/lists-in-natural-order", Fixture, NULL, setup, test_lists_in_natural_order, teardown);
  g_test_add ("/storage/finds-what-is-there", Fixture, NULL, setup, test_finds_what_is_there, teardown);
  g_test_add ("/storage/missing-folder-is-an-error", Fixture, NULL, setup, test_missing_folder_is_an_error, teardown);
  g_test_add ("/storage/file-is-put-whole", Fixture, NULL, setup, test_file_is_put_whole, teardown);
  return g_test_run ();
}
