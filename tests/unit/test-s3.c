/* test-s3.c: S3 against a server of our own that checks signatures and fails on demand
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-s3-private.h"
#include "quarry-s3-store.h"
#include "quarry-s3-xml.h"
#include "quarry-storage-private.h"
#include "quarry-test-damage.h"
#include "quarry-test-s3.h"
#include "quarry-test.h"

#define MIB ((gsize) 1 << 20)

typedef struct
{
  QuarryTestS3  *s3;
  QuarryStorage *storage;
  char          *folder;
} Fixture;

/* Quick retries */
static QuarryStorage *
make_storage (void)
{
  QuarryStorage *storage = quarry_storage_new ();

  quarry_s3_set_limits (quarry_s3_store_get_client (quarry_storage_get_s3 (storage)), &(QuarryHttpLimits) { 4, 1, 3, 20, 64 * MIB });
  return storage;
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->s3 = quarry_test_s3_new ();
  fixture->storage = make_storage ();
  fixture->folder = quarry_test_folder ();
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->storage);
  quarry_test_s3_free (fixture->s3);
  quarry_test_remove (fixture->folder);
  g_free (fixture->folder);
}

/* A pattern in which no two MiB are equal */
static guint8 *
make_bytes (gsize length, guint32 seed)
{
  guint8 *bytes = g_malloc (length);
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);

  for (gsize i = 0; i + 4 <= length; i += 4)
    {
      const guint32 word = g_rand_int (rand);

      memcpy (bytes + i, &word, 4);
    }
  memset (bytes + length / 4 * 4, 7, length % 4);
  return bytes;
}

static GBytes *
read_all (Fixture *fixture, const char *uri, GError **error)
{
  g_autoptr(QuarryFile) file = quarry_storage_open (fixture->storage, uri, NULL, error);

  return file != NULL ? quarry_file_read_bytes (file, 0, -1, NULL, error) : NULL;
}

static void
test_uris (void)
{
  static const struct { const char *uri; const char *bucket; const char *key; } cases[] = {
    { "s3://b/k", "b", "k" }, { "s3://b", "b", "" }, { "s3://b/", "b", "" }, { "s3://b/a//b/", "b", "a//b/" }, { "s3://b/a b#c?d%20", "b", "a b#c?d%20" },
    { "s3://", NULL, NULL }, { "s3:///k", NULL, NULL }, { "s3:/b/k", NULL, NULL }, { "http://b/k", NULL, NULL }, { "s3://b/\xff", NULL, NULL },
  };
  g_autofree char *name = g_strnfill (1025, 'x');
  g_autofree char *too_long = g_strconcat ("s3://b/", name, NULL);
  g_autoptr(GError) long_error = NULL;
  char *bucket = NULL, *key = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *b = NULL;
      g_autofree char *k = NULL;

      g_assert_true (quarry_s3_parse_uri (cases[i].uri, &b, &k, &error) == (cases[i].bucket != NULL));
      g_assert_cmpstr (b, ==, cases[i].bucket);
      g_assert_cmpstr (k, ==, cases[i].key);
      g_assert_true ((error == NULL) == (b != NULL));
    }
  g_assert_false (quarry_s3_parse_uri (too_long, &bucket, &key, &long_error));
  g_assert_nonnull (strstr (long_error->message, "1024 bytes"));
}

static void
test_addresses (void)
{
  static const struct { const char *endpoint; gboolean virtual_host; const char *region, *bucket, *key, *url; } cases[] = {
    { NULL, TRUE, "eu-central-1", "site", "a b/c+d.png", "https://site.s3.eu-central-1.amazonaws.com|/a%20b/c%2Bd.png" },
    { NULL, TRUE, "us-east-1", "with.dots", "k", "https://s3.us-east-1.amazonaws.com|/with.dots/k" },
    { NULL, FALSE, "us-east-1", "site", "k", "https://s3.us-east-1.amazonaws.com|/site/k" },
    { NULL, TRUE, "cn-north-1", "site", "", "https://site.s3.cn-north-1.amazonaws.com.cn|/" },
    { "http://127.0.0.1:9000", FALSE, "r", "site", "", "http://127.0.0.1:9000|/site" },
    { "http://127.0.0.1:9000/", FALSE, "r", "site", "./../x//y", "http://127.0.0.1:9000|/site/./../x//y" },
    { "https://gateway.example.com:443/s3/", FALSE, "r", "site", "k", "https://gateway.example.com|/s3/site/k" },
    { "http://gateway:80", TRUE, "r", "site", "k", "http://site.gateway|/k" },
    { "http://[::1]:9000", FALSE, "r", "site", "k", "http://[::1]:9000|/site/k" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(QuarryS3Address) address = { 0 };
      g_autofree char *url = NULL;

      quarry_s3_address_make (cases[i].endpoint, cases[i].virtual_host, cases[i].region, cases[i].bucket, cases[i].key, &address);
      url = g_strconcat (address.origin, "|", address.path, NULL);
      g_assert_cmpstr (url, ==, cases[i].url);
      g_assert_true (g_str_has_suffix (address.origin, address.host));
    }
}

static void
test_what_is_put_is_read_listed_and_removed (Fixture *fixture, gconstpointer data)
{
  static const char * const names[] = { "a b/c+d.txt", "a b/\303\251#?&=.txt", "z.txt" };
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) all = NULL;
  g_autoptr(GPtrArray) top = NULL;
  QuarryStorageKind kind = QUARRY_STORAGE_ABSENT;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *uri = g_strconcat ("s3://bucket/", names[i], NULL);
      g_autoptr(GBytes) bytes = g_bytes_new_static (names[i], strlen (names[i]));
      g_autoptr(GBytes) back = NULL;

      g_assert_true (quarry_storage_put_bytes (fixture->storage, uri, bytes, NULL, &error));
      g_assert_no_error (error);
      back = read_all (fixture, uri, &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (back, bytes));
    }
  all = quarry_storage_list (fixture->storage, "s3://bucket", TRUE, NULL, &error);
  g_assert_cmpuint (all->len, ==, 3);
  g_assert_cmpstr (((QuarryStorageEntry *) all->pdata[0])->uri, ==, "s3://bucket/a b/c+d.txt");
  top = quarry_storage_list (fixture->storage, "s3://bucket/", FALSE, NULL, &error);
  g_assert_cmpuint (top->len, ==, 2);
  g_assert_true (((QuarryStorageEntry *) top->pdata[0])->is_folder);
  g_assert_cmpstr (((QuarryStorageEntry *) top->pdata[0])->uri, ==, "s3://bucket/a b");
  g_assert_true (quarry_storage_find (fixture->storage, "s3://bucket/a b", &kind, NULL, &error));
  g_assert_cmpint (kind, ==, QUARRY_STORAGE_FOLDER);
  g_assert_true (quarry_storage_find (fixture->storage, "s3://bucket/a", &kind, NULL, &error));
  g_assert_cmpint (kind, ==, QUARRY_STORAGE_ABSENT);
  g_assert_true (quarry_storage_remove (fixture->storage, "s3://bucket/z.txt", NULL, &error));
  g_assert_true (quarry_storage_remove (fixture->storage, "s3://bucket/z.txt", NULL, &error));
  g_assert_true (quarry_storage_find (fixture->storage, "s3://bucket/z.txt", &kind, NULL, &error));
  g_assert_cmpint (kind, ==, QUARRY_STORAGE_ABSENT);
}

static void
test_listing_goes_on_over_pages (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) entries = NULL;
  g_autoptr(GPtrArray) folders = NULL;

  fixture->s3->page = 4;
  for (guint i = 0; i < 21; i++)
    {
      g_autofree char *key = g_strdup_printf ("p/%u/%u.bin", i % 3, i);

      quarry_test_s3_put (fixture->s3, key, "xy", 2);
    }
  quarry_test_s3_put (fixture->s3, "p/", "", 0);             /* a folder's mark is no medium */
  quarry_test_s3_put (fixture->s3, "p/0/", "", 0);
  quarry_test_s3_put (fixture->s3, "pq", "not below p", 11);
  entries = quarry_storage_list (fixture->storage, "s3://bucket/p", TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 21);
  g_assert_cmpstr (((QuarryStorageEntry *) entries->pdata[1])->name, ==, "0/3.bin");
  g_assert_cmpstr (((QuarryStorageEntry *) entries->pdata[6])->name, ==, "0/18.bin");
  folders = quarry_storage_list (fixture->storage, "s3://bucket/p/", FALSE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (folders->len, ==, 3);
}

static void
test_passing_failures_are_tried_again (Fixture *fixture, gconstpointer data)
{
  static const QuarryTestS3Fault faults[] = { S3_SLOW_DOWN, S3_INTERNAL, S3_RESET, S3_TRUNCATED, S3_BAD_REQUEST_TIMEOUT };

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", (guint) i);
      g_autofree char *uri = g_strdup_printf ("s3://bucket/%s", key);
      g_autofree char *line = g_strdup_printf ("GET /bucket/%s", key);
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) bytes = NULL;

      quarry_test_s3_put (fixture->s3, key, uri, strlen (uri));
      quarry_test_s3_set_fault (fixture->s3, line, faults[i], 2);
      bytes = read_all (fixture, uri, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), uri, strlen (uri));
      g_assert_cmpuint (quarry_test_s3_count (fixture->s3, line), ==, 3);
    }
}

static void
test_lasting_failures_are_told (Fixture *fixture, gconstpointer data)
{
  static const struct { QuarryTestS3Fault fault; guint n_tries; const char *words; } cases[] = {
    { S3_SLOW_DOWN, 4, "SlowDown" }, { S3_DENIED, 1, "s3:GetObject" }, { S3_OTHER_RANGE, 1, "byte 0: the server sent" }, { S3_OTHER_ETAG, 1, "replaced" },
    { S3_RESET, 4, "s3://bucket/" }, { S3_TRUNCATED, 4, "s3://bucket/" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *key = g_strdup_printf ("last%u", (guint) i);
      g_autofree char *uri = g_strdup_printf ("s3://bucket/%s", key);
      g_autofree char *line = g_strdup_printf ("GET /bucket/%s", key);
      g_autoptr(GError) error = NULL;

      quarry_test_s3_put (fixture->s3, key, uri, strlen (uri));
      quarry_test_s3_set_fault (fixture->s3, line, cases[i].fault, -1);
      g_assert_null (read_all (fixture, uri, &error));
      g_assert_nonnull (strstr (error->message, key));
      g_assert_nonnull (strstr (error->message, cases[i].words));
      g_assert_null (strstr (error->message, QUARRY_TEST_S3_SECRET));
      g_assert_cmpuint (quarry_test_s3_count (fixture->s3, line), ==, cases[i].n_tries);
    }
}

static void
test_whole_answer_to_a_range_is_taken_only_where_it_is_the_same (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *large = make_bytes (2 * MIB, 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(QuarryFile) file = NULL;
  guint8 byte = 0;

  quarry_test_s3_put (fixture->s3, "small", "small", 5);
  quarry_test_s3_put (fixture->s3, "two", large, 2 * MIB);
  quarry_test_s3_set_fault (fixture->s3, "GET", S3_IGNORED_RANGE, -1);
  bytes = read_all (fixture, "s3://bucket/small", &error);
  g_assert_no_error (error);
  file = quarry_storage_open (fixture->storage, "s3://bucket/two", NULL, &error);
  g_assert_false (quarry_file_read (file, 0, &byte, 1, NULL, &error));
  g_assert_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_FAILED);
}

static void
test_replaced_object_is_an_error_then_the_new_one (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *before = make_bytes (3 * MIB, 2);
  g_autofree guint8 *after = make_bytes (3 * MIB, 3);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryFile) file = NULL;
  g_autoptr(GBytes) bytes = NULL;
  guint8 byte = 0;

  quarry_test_s3_put (fixture->s3, "k", before, 3 * MIB);
  file = quarry_storage_open (fixture->storage, "s3://bucket/k", NULL, &error);
  g_assert_true (quarry_file_read (file, 5, &byte, 1, NULL, &error));
  g_assert_cmpuint (byte, ==, before[5]);
  quarry_test_s3_put (fixture->s3, "k", after, 3 * MIB);
  g_assert_false (quarry_file_read (file, 2 * (gint64) MIB + 5, &byte, 1, NULL, &error));
  g_assert_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_CHANGED);
  g_assert_nonnull (strstr (error->message, "s3://bucket/k: byte 2097152"));
  g_clear_error (&error);
  bytes = read_all (fixture, "s3://bucket/k", &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), after, 3 * MIB);
}

static void
test_another_region_is_learnt_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) one = NULL;
  g_autoptr(GBytes) two = NULL;

  fixture->s3->region = "eu-west-9";
  quarry_test_s3_put (fixture->s3, "a", "A", 1);
  quarry_test_s3_put (fixture->s3, "b", "B", 1);
  one = read_all (fixture, "s3://bucket/a", &error);
  g_assert_no_error (error);
  two = read_all (fixture, "s3://bucket/b", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (quarry_test_s3_count (fixture->s3, ""), ==, 5);      /* HEAD twice, GET, HEAD, GET */
}

static void
test_clock_that_is_off_is_set_by_the_server (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) entries = NULL;

  fixture->s3->clock = "20130524T0";
  quarry_test_s3_put (fixture->s3, "a", "A", 1);
  entries = quarry_storage_list (fixture->storage, "s3://bucket", TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (quarry_test_s3_count (fixture->s3, ""), ==, 2);
}

static void
test_expired_session_is_renewed_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) entries = NULL;
  g_autofree char *url = g_strconcat (fixture->s3->server->url, "/credentials", NULL);

  g_unsetenv ("AWS_ACCESS_KEY_ID");
  g_setenv ("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, TRUE);
  fixture->s3->token = "second";
  fixture->s3->credentials = g_strdup ("{\"AccessKeyId\": \"" QUARRY_TEST_S3_KEY "\", \"SecretAccessKey\": \"" QUARRY_TEST_S3_SECRET "\", \"Token\": \"first\"}");
  quarry_test_s3_put (fixture->s3, "a", "A", 1);
  entries = quarry_storage_list (fixture->storage, "s3://bucket", TRUE, NULL, &error);
  g_assert_null (entries);      /* renewed, but to the same: told, not tried for ever */
  g_assert_nonnull (strstr (error->message, "log in again"));
  g_assert_cmpuint (quarry_test_s3_count (fixture->s3, "/credentials"), ==, 2);
  g_clear_error (&error);
  g_mutex_lock (&fixture->s3->server->lock);
  g_free (fixture->s3->credentials);
  fixture->s3->credentials = g_strdup ("{\"AccessKeyId\": \"" QUARRY_TEST_S3_KEY "\", \"SecretAccessKey\": \"" QUARRY_TEST_S3_SECRET "\", \"Token\": \"second\"}");
  g_mutex_unlock (&fixture->s3->server->lock);
  entries = quarry_storage_list (fixture->storage, "s3://bucket", TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 1);
}

static void
test_wrong_names_are_told_apart (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (read_all (fixture, "s3://bucket/none", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "s3://bucket/none: there is no such object"));
  g_clear_error (&error);
  g_assert_null (quarry_storage_list (fixture->storage, "s3://other/x", FALSE, NULL, &error));
  g_assert_nonnull (strstr (error->message, "there is no such bucket (NoSuchBucket"));
  g_clear_error (&error);
  g_assert_null (quarry_storage_list (fixture->storage, "s3://bucket/x", FALSE, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (quarry_storage_open (fixture->storage, "s3://bucket/folder/", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_clear_error (&error);
  quarry_test_s3_put (fixture->s3, "k", "k", 1);
  quarry_test_s3_set_fault (fixture->s3, "/bucket/k", S3_DENIED, -1);      /* a HEAD has no words: they are asked for */
  g_assert_null (read_all (fixture, "s3://bucket/k", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_nonnull (strstr (error->message, "AccessDenied, status 403, login from the environment"));
}

static char *
make_file (Fixture *fixture, gsize length, guint8 **out_bytes)
{
  char *path = g_build_filename (fixture->folder, "file", NULL);

  *out_bytes = make_bytes (length, 9);
  g_assert_true (g_file_set_contents (path, (char *) *out_bytes, (gssize) length, NULL));
  return path;
}

#define PARTS ((gsize) 25 * MIB + 3)      /* 8, 8, 8, 1 MiB and 3 bytes */

static void
check_object (Fixture *fixture, const guint8 *expected, gsize length)
{
  GBytes *bytes = g_hash_table_lookup (fixture->s3->objects, "bucket/big");

  g_assert_nonnull (bytes);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, length);
}

static void
test_cut_costs_one_part (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *bytes = NULL;
  g_autofree char *path = make_file (fixture, PARTS, &bytes);
  g_autoptr(GError) error = NULL;

  quarry_test_s3_set_fault (fixture->s3, "partNumber=2", S3_RESET, 1);
  g_assert_true (quarry_storage_put_file (fixture->storage, path, "s3://bucket/big", NULL, &error));
  g_assert_no_error (error);
  check_object (fixture, bytes, PARTS);
  g_assert_cmpuint (quarry_test_s3_count (fixture->s3, "partNumber="), ==, 5);
  g_assert_cmpuint (quarry_test_s3_count (fixture->s3, "partNumber=2"), ==, 2);
}

static void
test_upload_goes_on_where_the_last_one_failed (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *bytes = NULL;
  g_autofree char *path = make_file (fixture, PARTS, &bytes);
  g_autoptr(GError) error = NULL;
  guint before = 0;

  quarry_test_s3_set_fault (fixture->s3, "partNumber=4", S3_DENIED, -1);
  g_assert_false (quarry_storage_put_file (fixture->storage, path, "s3://bucket/big", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_clear_error (&error);
  g_assert_null (g_hash_table_lookup (fixture->s3->objects, "bucket/big"));
  before = quarry_test_s3_count (fixture->s3, "partNumber=");
  quarry_test_s3_set_fault (fixture->s3, NULL, S3_FINE, 0);
  g_assert_true (quarry_storage_put_file (fixture->storage, path, "s3://bucket/big", NULL, &error));
  g_assert_no_error (error);
  check_object (fixture, bytes, PARTS);
  g_assert_cmpuint (quarry_test_s3_count (fixture->s3, "partNumber=") - before, ==, 1);
  g_assert_cmpuint (fixture->s3->n_uploads, ==, 1);
}

static void
test_changed_file_does_not_go_on_with_old_parts (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *bytes = NULL;
  g_autofree char *path = make_file (fixture, PARTS, &bytes);
  g_autoptr(GError) error = NULL;

  quarry_test_s3_set_fault (fixture->s3, "partNumber=4", S3_DENIED, -1);
  g_assert_false (quarry_storage_put_file (fixture->storage, path, "s3://bucket/big", NULL, &error));
  g_clear_error (&error);
  quarry_test_s3_set_fault (fixture->s3, NULL, S3_FINE, 0);
  bytes[12 * MIB] ^= 1;
  g_assert_true (g_file_set_contents (path, (char *) bytes, PARTS, NULL));
  g_assert_true (quarry_storage_put_file (fixture->storage, path, "s3://bucket/big", NULL, &error));
  g_assert_no_error (error);
  check_object (fixture, bytes, PARTS);
}

static void
test_putting_together_may_fail_late_or_unheard (Fixture *fixture, gconstpointer data)
{
  static const QuarryTestS3Fault faults[] = { S3_LATE_ERROR, S3_INTERNAL, S3_LOST_ANSWER };
  g_autofree guint8 *bytes = NULL;
  g_autofree char *path = make_file (fixture, PARTS, &bytes);

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr(GError) error = NULL;

      g_hash_table_remove_all (fixture->s3->objects);
      quarry_test_s3_set_fault (fixture->s3, "POST /bucket/big?uploadId", faults[i], 1);
      g_assert_true (quarry_storage_put_file (fixture->storage, path, "s3://bucket/big", NULL, &error));
      g_assert_no_error (error);
      check_object (fixture, bytes, PARTS);
    }
}

static void
test_blocks_are_fetched_once (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *bytes = make_bytes (20 * MIB + 5, 4);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryFile) file = NULL;
  g_autoptr(QuarryFile) again = NULL;
  g_autoptr(GBytes) all = NULL;
  guint8 buffer[100];
  guint before = 0;

  quarry_test_s3_put (fixture->s3, "k", bytes, 20 * MIB + 5);
  file = quarry_storage_open (fixture->storage, "s3://bucket/k", NULL, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 50; i++)      /* small ones in one block, and across a border */
    {
      const gint64 at = i < 40 ? 3 * (gint64) MIB + 997 * i : 4 * (gint64) MIB - 50 + i;

      g_assert_true (quarry_file_read (file, at, buffer, sizeof buffer, NULL, &error));
      g_assert_cmpmem (buffer, sizeof buffer, bytes + at, sizeof buffer);
    }
  g_assert_cmpuint (quarry_test_s3_count (fixture->s3, "GET"), ==, 2);
  all = quarry_file_read_bytes (file, 0, -1, NULL, &error);
  g_assert_cmpmem (g_bytes_get_data (all, NULL), g_bytes_get_size (all), bytes, 20 * MIB + 5);
  g_assert_cmpuint (quarry_test_s3_count (fixture->s3, "GET"), <=, 2 + 4);      /* in runs, around what was there */
  before = quarry_test_s3_count (fixture->s3, "");
  again = quarry_storage_open (fixture->storage, "s3://bucket/k", NULL, &error);
  g_assert_true (quarry_file_read (again, 7 * (gint64) MIB, buffer, sizeof buffer, NULL, &error));
  g_assert_cmpuint (quarry_test_s3_count (fixture->s3, ""), ==, before);
}

static void
test_what_was_read_is_kept_on_disk (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *bytes = make_bytes (3 * MIB + 1, 5);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) first = NULL;
  guint before = 0;

  quarry_test_s3_put (fixture->s3, "kept", bytes, 3 * MIB + 1);
  first = read_all (fixture, "s3://bucket/kept", &error);
  g_assert_no_error (error);
  before = quarry_test_s3_count (fixture->s3, "GET");
  for (int i = 0; i < 2; i++)
    {
      g_autoptr(GBytes) bytes_again = NULL;

      g_assert_finalize_object (fixture->storage);      /* another program */
      fixture->storage = make_storage ();
      bytes_again = read_all (fixture, "s3://bucket/kept", &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (first, bytes_again));
      g_assert_cmpuint (quarry_test_s3_count (fixture->s3, "GET"), ==, before + (guint) i);      /* the second time, all in one run */
      quarry_storage_set_disk_limit (fixture->storage, 0);      /* forgets all */
    }
}

static gpointer
read_in_thread (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr(GError) error = NULL;
  GBytes *bytes = read_all (fixture, "s3://bucket/shared", &error);

  g_assert_no_error (error);
  return bytes;
}

static void
test_many_threads_want_the_same (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *bytes = make_bytes (6 * MIB, 6);
  GThread *threads[8];

  quarry_test_s3_put (fixture->s3, "shared", bytes, 6 * MIB);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_in_thread, fixture);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr(GBytes) read = g_thread_join (threads[i]);

      g_assert_cmpmem (g_bytes_get_data (read, NULL), g_bytes_get_size (read), bytes, 6 * MIB);
    }
  g_assert_cmpuint (quarry_test_s3_count (fixture->s3, "GET"), ==, 1);
}

static void
test_reading_onwards_fetches_ahead (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *bytes = make_bytes (24 * MIB, 8);
  g_autofree guint8 *buffer = g_malloc (MIB / 2);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryFile) file = NULL;

  quarry_test_s3_put (fixture->s3, "k", bytes, 24 * MIB);
  file = quarry_storage_open (fixture->storage, "s3://bucket/k", NULL, &error);
  for (gint64 at = 0; at < 3 * (gint64) MIB; at += (gint64) MIB / 2)
    g_assert_true (quarry_file_read (file, at, buffer, MIB / 2, NULL, &error));
  quarry_test_wait (quarry_test_s3_count (fixture->s3, "GET") >= 5);
  for (gint64 at = 3 * (gint64) MIB; at < 24 * (gint64) MIB; at += (gint64) MIB / 2)
    {
      g_assert_true (quarry_file_read (file, at, buffer, MIB / 2, NULL, &error));
      g_assert_cmpmem (buffer, MIB / 2, bytes + at, MIB / 2);
    }
  g_assert_cmpuint (quarry_test_s3_count (fixture->s3, "GET"), <=, 20);      /* each block once, most of them two at a time */
}

static void
test_small_objects_of_a_listing_come_ahead (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) entries = NULL;

  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *key = g_strdup_printf ("pictures/%04u.jpg", i);

      quarry_test_s3_put (fixture->s3, key, key, strlen (key));
    }
  entries = quarry_storage_list (fixture->storage, "s3://bucket/pictures", FALSE, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(GBytes) bytes = read_all (fixture, ((QuarryStorageEntry *) entries->pdata[i])->uri, &error);

      g_assert_no_error (error);
    }
  quarry_test_wait (quarry_test_s3_count (fixture->s3, "GET /bucket/pictures/0020.jpg") == 1);
  for (guint i = 4; i < 40; i++)
    {
      const QuarryStorageEntry *entry = entries->pdata[i];
      g_autoptr(GBytes) bytes = read_all (fixture, entry->uri, &error);

      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), entry->uri + strlen ("s3://bucket/"), strlen (entry->uri) - strlen ("s3://bucket/"));
    }
  g_assert_cmpuint (quarry_test_s3_count (fixture->s3, ""), ==, 41);      /* one listing, each once, no HEAD */
}

static gpointer
cancel_in_thread (gpointer data)
{
  g_usleep (100 * 1000);
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_cancel_ends_waiting (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  const gint64 start = g_get_monotonic_time ();
  GThread *thread = NULL;

  quarry_s3_set_limits (quarry_s3_store_get_client (quarry_storage_get_s3 (fixture->storage)), &(QuarryHttpLimits) { 9, 20000, 60, 60, MIB });
  quarry_test_s3_set_fault (fixture->s3, "list-type", S3_SLOW_DOWN, -1);
  thread = g_thread_new ("cancel", cancel_in_thread, cancellable);
  g_assert_null (quarry_storage_list (fixture->storage, "s3://bucket", TRUE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
  g_thread_join (thread);
}

static void
parse_as_anything (GBytes *bytes, const char *what, gpointer data)
{
  g_auto(QuarryS3Page) page = { 0 };
  g_auto(QuarryS3Trouble) trouble = { 0 };
  g_autoptr(GArray) parts = g_array_new (FALSE, FALSE, sizeof (QuarryS3Part));
  g_autofree char *id = NULL;
  g_autofree char *upload = NULL;
  gboolean truncated = FALSE;

  quarry_s3_page_parse (bytes, &page, NULL);
  quarry_s3_trouble_parse (bytes, &trouble);
  quarry_s3_parts_parse (bytes, parts, &truncated, NULL);
  for (guint i = 0; i < parts->len; i++)
    g_free (g_array_index (parts, QuarryS3Part, i).etag);
  id = quarry_s3_upload_id_parse (bytes, NULL);
  upload = quarry_s3_find_upload (bytes, "k");
}

static void
test_damaged_answers (void)
{
  static const char * const samples[] = {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult xmlns=\"x\"><IsTruncated>false</IsTruncated><EncodingType>url</EncodingType><Contents><Key>a%20+b"
    "</Key><ETag>&quot;e&quot;</ETag><Size>12</Size></Contents><CommonPrefixes><Prefix>p%2F</Prefix></CommonPrefixes></ListBucketResult>",
    "<Error><Code>SlowDown</Code><Message>m</Message><Region>r</Region><RequestId>i</RequestId></Error>",
    "<ListPartsResult><IsTruncated>true</IsTruncated><Part><PartNumber>1</PartNumber><ETag>e</ETag><Size>5</Size></Part></ListPartsResult>",
    "<ListMultipartUploadsResult><Upload><Key>k</Key><UploadId>u</UploadId><Initiated>2026</Initiated></Upload></ListMultipartUploadsResult>",
  };
  g_autoptr(GString) deep = g_string_new (NULL);
  g_autoptr(GBytes) bytes = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    quarry_test_damage ((const guint8 *) samples[i], strlen (samples[i]), parse_as_anything, NULL);
  for (int i = 0; i < 20000; i++)
    g_string_append (deep, "<ListBucketResult>");
  bytes = g_bytes_new (deep->str, deep->len);
  parse_as_anything (bytes, "deep", NULL);
}

static void
test_disk_cache_is_bounded_and_checked (Fixture *fixture, gconstpointer data)
{
  QuarryDiskCache *cache = quarry_disk_cache_new (fixture->folder, 100 * 1000);
  g_autoptr(GBytes) piece = g_bytes_new_take (g_malloc0 (10000), 10000);
  g_autoptr(GBytes) large = g_bytes_new_take (g_malloc0 (100001), 100001);
  g_autoptr(GPtrArray) files = NULL;
  gint64 total = 0;
  guint n_found = 0;

  for (int i = 0; i < 30; i++)
    {
      g_autofree char *key = g_strdup_printf ("%d", i);

      quarry_disk_cache_keep (cache, key, piece);
    }
  quarry_disk_cache_keep (cache, "large", large);
  g_assert_null (quarry_disk_cache_find (cache, "large"));
  files = quarry_storage_list (fixture->storage, fixture->folder, TRUE, NULL, NULL);
  for (guint i = 0; i < files->len; i++)
    total += ((QuarryStorageEntry *) files->pdata[i])->size;
  g_assert_cmpint (total, <=, 100 * 1000);
  g_assert_cmpuint (files->len, >=, 7);
  for (guint i = 0; i < files->len; i++)      /* damaged: as if it were not there */
    if (i % 2 == 0)
      g_assert_true (g_file_set_contents (((QuarryStorageEntry *) files->pdata[i])->uri, "QYBLOCK1 and something else", -1, NULL));
  for (int i = 0; i < 30; i++)
    {
      g_autofree char *key = g_strdup_printf ("%d", i);
      g_autoptr(GBytes) found = quarry_disk_cache_find (cache, key);

      g_assert_true (found == NULL || g_bytes_equal (found, piece));
      n_found += found != NULL;
    }
  g_assert_cmpuint (n_found, ==, files->len / 2);
  quarry_disk_cache_free (cache);
}

#define ADD(name, function) g_test_add ("/s3/" name, Fixture, NULL, setup, function, teardown)

int
main (int argc, char **argv)
{
  g_autofree char *cache = quarry_test_folder ();
  int result = 0;

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/s3/uris", test_uris);
  g_test_add_func ("/s3/addresses", test_addresses);
  g_test_add_func ("/s3/damaged-answers", test_damaged_answers);
  ADD ("what-is-put-is-read-listed-and-removed", test_what_is_put_is_read_listed_and_removed);
  ADD ("listing-goes-on-over-pages", test_listing_goes_on_over_pages);
  ADD ("passing-failures-are-tried-again", test_passing_failures_are_tried_again);
  ADD ("lasting-failures-are-told", test_lasting_failures_are_told);
  ADD ("whole-answer-to-a-range-is-taken-only-where-it-is-the-same", test_whole_answer_to_a_range_is_taken_only_where_it_is_the_same);
  ADD ("replaced-object-is-an-error-then-the-new-one", test_replaced_object_is_an_error_then_the_new_one);
  ADD ("another-region-is-learnt-once", test_another_region_is_learnt_once);
  ADD ("clock-that-is-off-is-set-by-the-server", test_clock_that_is_off_is_set_by_the_server);
  ADD ("expired-session-is-renewed-once", test_expired_session_is_renewed_once);
  ADD ("wrong-names-are-told-apart", test_wrong_names_are_told_apart);
  ADD ("cut-costs-one-part", test_cut_costs_one_part);
  ADD ("upload-goes-on-where-the-last-one-failed", test_upload_goes_on_where_the_last_one_failed);
  ADD ("changed-file-does-not-go-on-with-old-parts", test_changed_file_does_not_go_on_with_old_parts);
  ADD ("putting-together-may-fail-late-or-unheard", test_putting_together_may_fail_late_or_unheard);
  ADD ("blocks-are-fetched-once", test_blocks_are_fetched_once);
  ADD ("what-was-read-is-kept-on-disk", test_what_was_read_is_kept_on_disk);
  ADD ("many-threads-want-the-same", test_many_threads_want_the_same);
  ADD ("reading-onwards-fetches-ahead", test_reading_onwards_fetches_ahead);
  ADD ("small-objects-of-a-listing-come-ahead", test_small_objects_of_a_listing_come_ahead);
  ADD ("cancel-ends-waiting", test_cancel_ends_waiting);
  ADD ("disk-cache-is-bounded-and-checked", test_disk_cache_is_bounded_and_checked);
  result = g_test_run ();
  quarry_test_remove (cache);
  return result;
}
