/* test-s3-server.c: storage, import and export against a real server that checks signatures
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Run by s3.sh, which starts the server and makes the bucket.
 */

#include "config.h"
#include "quarry-image.h"
#include "quarry-media.h"
#include "quarry-storage.h"
#include "quarry-test-export.h"
#include "quarry-test-import.h"

#include <string.h>

#define BUCKET "s3://quarry"

typedef struct
{
  QuarryStorage *storage;
  char          *folder;
  char          *root;      /* "s3://quarry/NAME", this test's own */
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  if (g_getenv ("AWS_ENDPOINT_URL") == NULL)
    {
      g_test_skip ("no server: run by s3.sh");
      return;
    }
  fixture->storage = quarry_storage_new ();
  fixture->folder = quarry_test_folder ();
  fixture->root = g_strdup_printf (BUCKET "/%s", (const char *) data);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  if (fixture->storage != NULL)
    g_assert_finalize_object (fixture->storage);
  if (fixture->folder != NULL)
    quarry_test_remove (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->root);
}

static char *
name_of (Fixture *fixture, const char *name)
{
  return g_strconcat (fixture->root, "/", name, NULL);
}

static void
put (Fixture *fixture, const char *name, const char *text, gsize length)
{
  g_autofree char *uri = name_of (fixture, name);
  g_autoptr(GBytes) bytes = g_bytes_new (text, length);
  g_autoptr(GError) error = NULL;

  quarry_storage_put_bytes (fixture->storage, uri, bytes, NULL, &error);
  g_assert_no_error (error);
}

static GBytes *
get (Fixture *fixture, const char *name)
{
  g_autofree char *uri = name_of (fixture, name);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryFile) file = quarry_storage_open (fixture->storage, uri, NULL, &error);
  GBytes *bytes = NULL;

  g_assert_no_error (error);
  bytes = quarry_file_read_bytes (file, 0, -1, NULL, &error);
  g_assert_no_error (error);
  return bytes;
}

static void
test_any_name_is_written_listed_and_read (Fixture *fixture, gconstpointer data)
{
  static const char * const names[] = {
    "plain.txt", "a b.txt", "deep/er/file.txt", "caf\303\251 \346\227\245\346\234\254.txt", "a+b.txt", "x%20y.txt", "q?r=s&t.txt", "h#1.txt",
    "tilde~(1)!'*.txt", "=@:,;$.txt",
  };
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) entries = NULL;

  if (fixture->storage == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    put (fixture, names[i], names[i], strlen (names[i]));
  entries = quarry_storage_list (fixture->storage, fixture->root, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, G_N_ELEMENTS (names));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(GBytes) bytes = get (fixture, names[i]);
      gboolean found = FALSE;

      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), names[i], strlen (names[i]));
      for (guint k = 0; k < entries->len; k++)
        found |= g_str_equal (((QuarryStorageEntry *) entries->pdata[k])->name, names[i]);
      g_assert_true (found);
    }
}

static void
test_more_keys_than_a_page (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) flat = NULL;
  g_autoptr(GPtrArray) folders = NULL;
  g_autofree char *one = name_of (fixture, "7");
  QuarryStorageKind kind = QUARRY_STORAGE_ABSENT;

  if (fixture->storage == NULL)
    return;
  for (guint i = 0; i < 1105; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u/%u.bin", i / 100, i);

      put (fixture, name, "x", 1);
    }
  flat = quarry_storage_list (fixture->storage, fixture->root, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (flat->len, ==, 1105);
  g_assert_cmpstr (((QuarryStorageEntry *) flat->pdata[2])->name, ==, "0/2.bin");
  g_assert_cmpstr (((QuarryStorageEntry *) flat->pdata[1104])->name, ==, "11/1104.bin");
  folders = quarry_storage_list (fixture->storage, fixture->root, FALSE, NULL, &error);
  g_assert_cmpuint (folders->len, ==, 12);
  g_assert_true (((QuarryStorageEntry *) folders->pdata[10])->is_folder);
  g_assert_cmpstr (((QuarryStorageEntry *) folders->pdata[10])->name, ==, "10");
  g_assert_true (quarry_storage_find (fixture->storage, one, &kind, NULL, &error));
  g_assert_cmpint (kind, ==, QUARRY_STORAGE_FOLDER);
}

static char *
make_file (Fixture *fixture, const char *name, gsize length)
{
  char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree guint32 *words = g_malloc (length);
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);

  for (gsize i = 0; i < length / 4; i++)
    words[i] = g_rand_int (rand);
  g_assert_true (g_file_set_contents (path, (char *) words, (gssize) length, NULL));
  return path;
}

#define LARGE ((gsize) (37 << 20) + 12344)

static void
test_large_file_goes_in_parts_and_comes_back (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *expected = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryFile) file = NULL;
  gsize length = 0;

  if (fixture->storage == NULL)
    return;
  path = make_file (fixture, "large.bin", LARGE);
  uri = name_of (fixture, "large.bin");
  quarry_storage_put_file (fixture->storage, path, uri, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &expected, &length, NULL));
  file = quarry_storage_open (fixture->storage, uri, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (quarry_file_get_size (file), ==, LARGE);
  for (gsize at = 0; at < LARGE; at += 5000011)
    {
      const gsize n = MIN (3333333, LARGE - at);
      g_autoptr(GBytes) piece = quarry_file_read_bytes (file, (gint64) at, (gint64) n, NULL, &error);

      g_assert_no_error (error);
      g_assert_true (memcmp (g_bytes_get_data (piece, NULL), expected + at, n) == 0);
    }
  {
    g_autoptr(GBytes) whole = quarry_file_read_bytes (file, 0, -1, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpmem (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole), expected, length);
  }
}

static gpointer
cancel_soon (gpointer data)
{
  g_usleep (60 * 1000);
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_upload_that_was_cancelled_goes_on (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *uri = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *expected = NULL;
  GThread *thread = NULL;
  gsize length = 0;

  if (fixture->storage == NULL)
    return;
  path = make_file (fixture, "resumed.bin", (gsize) 100 << 20);
  uri = name_of (fixture, "resumed.bin");
  thread = g_thread_new ("cancel", cancel_soon, cancellable);
  if (!quarry_storage_put_file (fixture->storage, path, uri, cancellable, &error))
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
    }
  g_thread_join (thread);
  quarry_storage_put_file (fixture->storage, path, uri, NULL, &error);
  g_assert_no_error (error);
  bytes = get (fixture, "resumed.bin");
  g_assert_true (g_file_get_contents (path, &expected, &length, NULL));
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, length);
}

static void
test_errors_say_what_to_do (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *missing = NULL;
  g_autoptr(QuarryFile) file = NULL;
  g_autoptr(GPtrArray) entries = NULL;
  g_autofree char *secret = g_strdup (g_getenv ("AWS_SECRET_ACCESS_KEY"));
  g_autoptr(QuarryStorage) other = NULL;

  if (fixture->storage == NULL)
    return;
  missing = name_of (fixture, "missing.txt");
  file = quarry_storage_open (fixture->storage, missing, NULL, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "missing.txt: there is no such object"));
  g_clear_error (&error);
  entries = quarry_storage_list (fixture->storage, "s3://quarry-not-there/x", FALSE, NULL, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "no such bucket"));
  g_clear_error (&error);
  if (g_str_equal (g_getenv ("QUARRY_S3_SERVER"), "moto"))
    return;      /* checks no signatures */
  put (fixture, "there.txt", "x", 1);
  g_setenv ("AWS_SECRET_ACCESS_KEY", "some-other-secret-key", TRUE);
  other = quarry_storage_new ();
  entries = quarry_storage_list (other, fixture->root, FALSE, NULL, &error);
  g_setenv ("AWS_SECRET_ACCESS_KEY", secret, TRUE);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_nonnull (strstr (error->message, "SignatureDoesNotMatch"));
  g_assert_null (strstr (error->message, "some-other"));
}

static void
test_replaced_object_is_an_error_not_a_mixture (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *uri = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryFile) file = NULL;
  guint8 byte = 0;

  if (fixture->storage == NULL)
    return;
  path = make_file (fixture, "changing.bin", (gsize) 5 << 20);
  uri = name_of (fixture, "changing.bin");
  quarry_storage_put_file (fixture->storage, path, uri, NULL, &error);
  g_assert_no_error (error);
  file = quarry_storage_open (fixture->storage, uri, NULL, &error);
  g_assert_true (quarry_file_read (file, 0, &byte, 1, NULL, &error));
  put (fixture, "changing.bin", "short", 5);
  g_assert_false (quarry_file_read (file, 4 << 20, &byte, 1, NULL, &error));
  g_assert_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_CHANGED);
  g_clear_pointer (&file, quarry_file_unref);
  file = quarry_storage_open (fixture->storage, uri, NULL, NULL);
  g_assert_cmpint (quarry_file_get_size (file), ==, 5);
}

static void
test_pictures_are_imported_and_a_dataset_goes_back (Fixture *fixture, gconstpointer data)
{
  const guint lengths[] = { 6, 4, 0 };
  QuarryTestImport import = { 0 };
  QuarryTestSite site = { 0 };
  QuarryExportRequest request = { 0 };
  g_autofree char *target = NULL;
  g_autoptr(GPtrArray) first = NULL;
  g_autoptr(GPtrArray) second = NULL;
  g_autoptr(QuarryQuery) query = quarry_query_parse ("", NULL);
  g_autoptr(GArray) frames = NULL;
  g_autoptr(GError) error = NULL;

  if (fixture->storage == NULL)
    return;
  quarry_test_site_init (&site, lengths);
  target = name_of (fixture, "out");
  request.dataset = quarry_test_site_dataset (&site, "trucks", 3);
  request.folder = target;
  for (int i = 0; i < 2; i++)
    {
      g_autoptr(QuarryReport) report = quarry_test_export_good (&site, "coco", &request);

      quarry_test_report_has (report, i == 0 ? "files sent" : "files already there");
    }
  first = quarry_storage_list (fixture->storage, target, TRUE, NULL, NULL);
  g_assert_cmpuint (first->len, >, 20);
  quarry_test_import_setup (&import, NULL);
  g_assert_cmpint (quarry_test_try_import (&import, target, "images", &error), >, 0);      /* what was sent is a folder of pictures as well */
  g_assert_no_error (error);
  frames = quarry_catalog_query (import.test.catalog, query, NULL, NULL);
  g_assert_cmpuint (frames->len, ==, 20);    /* two cameras of ten frames */
  second = quarry_storage_list (fixture->storage, target, TRUE, NULL, NULL);
  g_assert_cmpuint (second->len, ==, first->len);
  quarry_test_import_teardown (&import, NULL);
  quarry_test_site_clear (&site);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/s3-server/any-name-is-written-listed-and-read", Fixture, "names", setup, test_any_name_is_written_listed_and_read, teardown);
  g_test_add ("/s3-server/more-keys-than-a-page", Fixture, "pages", setup, test_more_keys_than_a_page, teardown);
  g_test_add ("/s3-server/large-file-goes-in-parts-and-comes-back", Fixture, "large", setup, test_large_file_goes_in_parts_and_comes_back, teardown);
  g_test_add ("/s3-server/upload-that-was-cancelled-goes-on", Fixture, "resume", setup, test_upload_that_was_cancelled_goes_on, teardown);
  g_test_add ("/s3-server/errors-say-what-to-do", Fixture, "errors", setup, test_errors_say_what_to_do, teardown);
  g_test_add ("/s3-server/replaced-object-is-an-error-not-a-mixture", Fixture, "changed", setup, test_replaced_object_is_an_error_not_a_mixture, teardown);
  g_test_add ("/s3-server/pictures-are-imported-and-a-dataset-goes-back", Fixture, "site", setup, test_pictures_are_imported_and_a_dataset_goes_back, teardown);
  return g_test_run ();
}
