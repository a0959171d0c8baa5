/* test-s3-import.c: sources and exports on S3, against a server of our own
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-export-private.h"
#include "quarry-log.h"
#include "quarry-media.h"
#include "quarry-test-export.h"
#include "quarry-test-import.h"
#include "quarry-test-log.h"
#include "quarry-test-s3.h"
#include "quarry-test-write-mcap.h"

typedef struct
{
  QuarryTestImport import;
  QuarryTestS3    *s3;
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->s3 = quarry_test_s3_new ();
  quarry_test_import_setup (&fixture->import, data);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  quarry_test_import_teardown (&fixture->import, data);
  quarry_test_s3_free (fixture->s3);
}

static void
put_picture (Fixture *fixture, const char *key, int width, int height)
{
  g_autoptr(QuarryImage) image = quarry_image_new (width, height);
  g_autoptr(GBytes) bytes = g_str_has_suffix (key, ".png") ? quarry_image_to_png (image, NULL) : quarry_image_to_jpeg (image, 80, NULL);

  quarry_test_s3_put (fixture->s3, key, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static guint
count_frames (Fixture *fixture)
{
  g_autoptr(QuarryQuery) query = quarry_query_parse ("", NULL);
  g_autoptr(GArray) ids = quarry_catalog_query (fixture->import.test.catalog, query, NULL, NULL);

  return ids->len;
}

static void
test_folder_of_pictures (Fixture *fixture, gconstpointer data)
{
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;
  g_autoptr(QuarryImage) image = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *report = NULL;
  const QuarryMedia *first = NULL;
  guint before = 0;

  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *key = g_strdup_printf ("site 7/cam %u/%u.%s", i % 2, i, i % 3 == 0 ? "png" : "jpg");

      put_picture (fixture, key, 40 + (int) i, 30);
    }
  quarry_test_s3_put (fixture->s3, "site 7/", "", 0);
  quarry_test_s3_put (fixture->s3, "site 7/readme.txt", "hello", 5);
  quarry_test_s3_put (fixture->s3, "site 7/cam 0/broken.jpg", "no picture", 10);
  put_picture (fixture, "site 70/other.png", 5, 5);
  quarry_test_import (&fixture->import, "s3://bucket/site 7/");
  g_assert_cmpuint (count_frames (fixture), ==, 12);
  report = quarry_report_to_text (fixture->import.report);
  g_assert_nonnull (strstr (report, "s3://bucket/site 7/cam 0/broken.jpg"));
  frame = quarry_test_find_frame (&fixture->import, "3.png");
  media = quarry_catalog_list_media (fixture->import.test.catalog, frame->id, &error);
  first = media->pdata[0];
  g_assert_cmpstr (first->uri, ==, "s3://bucket/site 7/cam 1/3.png");
  g_assert_cmpint (first->width, ==, 43);
  image = quarry_media_load_image (quarry_catalog_get_storage (fixture->import.test.catalog), first, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (image->width, ==, 43);
  before = quarry_test_s3_count (fixture->s3, "GET /bucket/");
  put_picture (fixture, "site 7/cam 0/12.png", 9, 9);
  quarry_test_import (&fixture->import, "s3://bucket/site 7");
  g_assert_cmpuint (count_frames (fixture), ==, 13);
  g_assert_cmpuint (quarry_test_s3_count (fixture->s3, "GET /bucket/") - before, <=, 6);      /* the new one, the broken one, a text that tells formats */
}

static void
test_one_picture (Fixture *fixture, gconstpointer data)
{
  put_picture (fixture, "a/b.png", 7, 8);
  quarry_test_import (&fixture->import, "s3://bucket/a/b.png");
  g_assert_cmpuint (count_frames (fixture), ==, 1);
}

static void
test_what_is_not_there_or_not_known_is_told (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *uri; const char *message; } cases[] = {
    { "s3://bucket/none", "cannot import 's3://bucket/none': nothing is there" },
    { "s3://bucket/texts", "cannot import 's3://bucket/texts': nothing in it is of a known format" },
    { "s3://other/x", "there is no such bucket" },
    { "s3://", "names no bucket" },
  };

  quarry_test_s3_put (fixture->s3, "texts/a.txt", "a", 1);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_cmpint (quarry_test_try_import (&fixture->import, cases[i].uri, NULL, &error), ==, 0);
      g_assert_nonnull (strstr (error->message, cases[i].message));
    }
  g_assert_cmpuint (count_frames (fixture), ==, 0);
}

static gboolean
count_message (const QuarryLogMessage *message, gpointer data, GError **error)
{
  ++*(guint *) data;
  return TRUE;
}

/* The file is much larger than what is read of it */
static void
test_mcap_opens_by_index_with_a_handful_of_requests (Fixture *fixture, gconstpointer data)
{
  const QuarryTestMcap options = { .n_messages = 600, .n_channels = 3, .per_chunk = 20, .compression = "", .padding = 50000, .one_channel_a_chunk = TRUE };
  g_autoptr(GByteArray) bytes = quarry_test_write_mcap (&options);
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(QuarryLog) log = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree gboolean *wanted = NULL;
  QuarryStorage *storage = quarry_catalog_get_storage (fixture->import.test.catalog);
  guint opening = 0, all = 0, n = 0;

  g_assert_cmpuint (bytes->len, >, 25 << 20);
  quarry_test_s3_put (fixture->s3, "run.mcap", bytes->data, bytes->len);
  log = quarry_log_open (storage, "s3://bucket/run.mcap", report, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (log->has_index);
  g_assert_cmpint (log->n_messages, ==, 600);
  opening = quarry_test_s3_count (fixture->s3, "");
  g_test_message ("opening took %u requests", opening);
  g_assert_cmpuint (opening, <=, 5);
  wanted = g_new0 (gboolean, log->channels->len);
  wanted[1] = TRUE;
  g_assert_true (quarry_log_scan (log, wanted, count_message, &n, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 200);
  all = quarry_test_s3_count (fixture->s3, "");
  g_test_message ("one topic of three, 10 of 30 chunks of 1 MB: %u requests more", all - opening);
  g_assert_cmpuint (all - opening, <=, 30);
}

typedef struct
{
  QuarryTestSite site;
  QuarryTestS3  *s3;
  QuarryId       dataset;
} Export;

static void
setup_export (Export *export, gconstpointer data)
{
  const guint lengths[] = { 5, 3, 0 };

  export->s3 = quarry_test_s3_new ();
  quarry_test_site_init (&export->site, lengths);
  export->dataset = quarry_test_site_dataset (&export->site, "trucks", 4);
}

static void
teardown_export (Export *export, gconstpointer data)
{
  quarry_test_site_clear (&export->site);
  quarry_test_s3_free (export->s3);
}

static guint
count_objects (Export *export)
{
  return g_hash_table_size (export->s3->objects);
}

static GBytes *
object (Export *export, const char *key)
{
  g_autofree char *name = g_strconcat ("bucket/", key, NULL);

  return g_hash_table_lookup (export->s3->objects, name);
}

static void
test_export_is_what_it_is_in_a_folder (Export *export, gconstpointer data)
{
  QuarryExportRequest request = { .dataset = export->dataset, .folder = (char *) "s3://bucket/out/" };
  g_autofree char *local = g_build_filename (export->site.folder, "local", NULL);
  QuarryExportRequest beside = { .dataset = export->dataset, .folder = local, .copy = TRUE };
  g_autoptr(QuarryReport) report = quarry_test_export_good (&export->site, "coco", &request);
  g_autoptr(QuarryReport) other = quarry_test_export_good (&export->site, "coco", &beside);
  g_autoptr(GPtrArray) files = quarry_storage_list (quarry_catalog_get_storage (export->site.catalog), local, TRUE, NULL, NULL);
  guint n = 0;

  for (guint i = 0; i < files->len; i++)
    {
      const QuarryStorageEntry *file = files->pdata[i];
      g_autofree char *key = g_strconcat ("out/", file->name, NULL);
      g_autofree char *text = NULL;
      gsize length = 0;

      if (g_str_has_prefix (file->name, ".quarry-export") || g_str_equal (file->name, "report.json"))
        continue;
      n++;
      g_assert_nonnull (object (export, key));
      g_assert_true (g_file_get_contents (file->uri, &text, &length, NULL));
      g_assert_cmpmem (text, length, g_bytes_get_data (object (export, key), NULL), g_bytes_get_size (object (export, key)));
    }
  g_assert_cmpuint (n, >, 8);
  g_assert_cmpuint (count_objects (export), ==, n + 2);      /* the manifest and the report */
  g_assert_nonnull (object (export, "out/.quarry-export"));
}

static void
test_again_sends_only_what_is_new (Export *export, gconstpointer data)
{
  QuarryExportRequest request = { .dataset = export->dataset, .folder = (char *) "s3://bucket/out" };
  g_autoptr(QuarryReport) first = quarry_test_export_good (&export->site, "coco", &request);
  g_autoptr(QuarryReport) second = NULL;
  g_autoptr(QuarryReport) third = NULL;
  const guint pictures = quarry_test_s3_count (export->s3, ".png");
  const guint n_objects = count_objects (export);
  char *only[] = { (char *) "val", NULL };

  g_assert_cmpuint (pictures, >, 0);
  second = quarry_test_export_good (&export->site, "coco", &request);
  g_assert_cmpuint (quarry_test_s3_count (export->s3, ".png"), ==, pictures);
  g_assert_cmpuint (count_objects (export), ==, n_objects);
  g_hash_table_remove (export->s3->objects, "bucket/out/report.json");      /* somebody removed one: it comes back */
  request.splits = only;
  third = quarry_test_export_good (&export->site, "coco", &request);
  g_assert_nonnull (object (export, "out/report.json"));
  g_assert_cmpuint (count_objects (export), <, n_objects);      /* what left the export is gone */
  g_assert_cmpuint (quarry_test_s3_count (export->s3, "PUT /bucket/out/val"), ==, quarry_test_s3_count (export->s3, "PUT /bucket/out/val/"));
  quarry_test_report_has (third, "left-over files removed");
}

static void
test_export_that_failed_goes_on (Export *export, gconstpointer data)
{
  QuarryExportRequest request = { .dataset = export->dataset, .folder = (char *) "s3://bucket/out" };
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryOperation) failed = NULL;
  g_autoptr(QuarryReport) report = NULL;
  guint before = 0, n_there = 0;

  quarry_test_s3_set_fault (export->s3, "000006", S3_DENIED, -1);
  failed = quarry_test_export (&export->site, "coco", &request, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  n_there = count_objects (export) - 1;
  g_assert_cmpuint (n_there, >, 0);
  quarry_test_s3_set_fault (export->s3, NULL, S3_FINE, 0);
  before = quarry_test_s3_count (export->s3, ".png");
  report = quarry_test_export_good (&export->site, "coco", &request);
  g_assert_cmpuint (quarry_test_s3_count (export->s3, ".png") - before, <=, count_objects (export) - n_there);
}

static void
test_foreign_prefix_is_refused (Export *export, gconstpointer data)
{
  QuarryExportRequest request = { .dataset = export->dataset, .folder = (char *) "s3://bucket/out" };
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryOperation) foreign = NULL;
  g_autoptr(QuarryOperation) format = NULL;
  g_autoptr(QuarryReport) good = NULL;

  quarry_test_s3_put (export->s3, "out/thesis.tex", "x", 1);
  foreign = quarry_test_export (&export->site, "coco", &request, &error);
  g_assert_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_NOT_EMPTY);
  g_assert_cmpuint (count_objects (export), ==, 1);
  g_clear_error (&error);
  g_hash_table_remove_all (export->s3->objects);
  good = quarry_test_export_good (&export->site, "json", &request);
  format = quarry_test_export (&export->site, "coco", &request, &error);
  g_assert_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_NOT_EMPTY);
  g_assert_nonnull (strstr (error->message, "of another format"));
}

#define ADD(name, function) g_test_add ("/s3-import/" name, Fixture, NULL, setup, function, teardown)
#define ADD_EXPORT(name, function) g_test_add ("/s3-export/" name, Export, NULL, setup_export, function, teardown_export)

int
main (int argc, char **argv)
{
  g_autofree char *cache = quarry_test_folder ();
  int result = 0;

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("folder-of-pictures", test_folder_of_pictures);
  ADD ("one-picture", test_one_picture);
  ADD ("what-is-not-there-or-not-known-is-told", test_what_is_not_there_or_not_known_is_told);
  ADD ("mcap-opens-by-index-with-a-handful-of-requests", test_mcap_opens_by_index_with_a_handful_of_requests);
  ADD_EXPORT ("is-what-it-is-in-a-folder", test_export_is_what_it_is_in_a_folder);
  ADD_EXPORT ("again-sends-only-what-is-new", test_again_sends_only_what_is_new);
  ADD_EXPORT ("that-failed-goes-on", test_export_that_failed_goes_on);
  ADD_EXPORT ("foreign-prefix-is-refused", test_foreign_prefix_is_refused);
  result = g_test_run ();
  quarry_test_remove (cache);
  return result;
}
