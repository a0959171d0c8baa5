/* test-catalog.c: opening, closing, refusing; signals; checks
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-test-catalog.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

static void
run_sql (const char *path, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

static int
read_pragma (const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *stmt = NULL;
  int value = 0;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  value = sqlite3_column_int (stmt, 0);
  sqlite3_finalize (stmt);
  sqlite3_close (db);
  return value;
}

static void
assert_refused (const char *path, int code, const char *pattern)
{
  g_autoptr(QuarryCatalog) catalog = NULL;

  quarry_test_fails ((catalog = quarry_catalog_open (path, &error)) != NULL, QUARRY_CATALOG_ERROR,
                     code, pattern);
}

static void
test_made (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "deep", "er", "c.db", NULL);
  QuarryCatalog *catalog = quarry_test_open (path);
  g_autoptr(GArray) frames = quarry_test_query (catalog, "");

  g_assert_cmpuint (frames->len, ==, 0);
  g_assert_cmpstr (quarry_catalog_get_path (catalog), ==, path);
  quarry_test_close (catalog);
  g_assert_cmpint (read_pragma (path, "PRAGMA user_version"), ==, 2);
  g_assert_cmpint (read_pragma (path, "PRAGMA application_id"), ==, 0x51727279);
  quarry_test_remove (folder);
}

static void
test_reopened (QuarryTestCatalog *test, gconstpointer data)
{
  const QuarryTestContent content = { 2, 3, 2, 1 };
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  quarry_test_fill (test->catalog, &content, NULL);
  before = quarry_test_dump (test->catalog);
  quarry_test_reopen (test);
  after = quarry_test_dump (test->catalog);
  g_assert_cmpstr (before, ==, after);
}

static void
test_closed (QuarryTestCatalog *test, gconstpointer data)
{
  quarry_test_ok (quarry_catalog_close (test->catalog, &error));
  quarry_test_ok (quarry_catalog_close (test->catalog, &error));
  quarry_test_fails (quarry_catalog_list_scenes (test->catalog, &error) != NULL,
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED, "*is closed");
  quarry_test_fails (quarry_catalog_undo (test->catalog, NULL, &error), QUARRY_CATALOG_ERROR,
                     QUARRY_CATALOG_ERROR_FAILED, "*is closed");
  quarry_catalog_poll (test->catalog);
}

static void
test_newer (QuarryTestCatalog *test, gconstpointer data)
{
  quarry_test_close (g_steal_pointer (&test->catalog));
  run_sql (test->path, "PRAGMA user_version = 99");
  assert_refused (test->path, QUARRY_CATALOG_ERROR_TOO_NEW,
                  "'*catalog.db' has format 99, this Quarry knows up to 2: use a newer Quarry");
  g_assert_cmpint (read_pragma (test->path, "PRAGMA user_version"), ==, 99);
}

static void
test_not_a_catalog (QuarryTestCatalog *test, gconstpointer data)
{
  g_autofree char *text = g_build_filename (test->folder, "text.db", NULL);
  g_autofree char *other = g_build_filename (test->folder, "other.db", NULL);
  g_autofree char *kept = NULL;

  g_file_set_contents (
      text,
      "this is a letter, not a database, and it is long enough to have a header of its own kind\n",
      -1, NULL);
  assert_refused (text, QUARRY_CATALOG_ERROR_CORRUPT, "'*text.db' is not a catalog: *");
  g_file_get_contents (text, &kept, NULL, NULL);
  g_assert_true (g_str_has_prefix (kept, "this is a letter"));
  run_sql (other, "CREATE TABLE frame (a)");
  assert_refused (other, QUARRY_CATALOG_ERROR_CORRUPT,
                  "'*other.db' is a database of another program, not a catalog");
  assert_refused (test->folder, QUARRY_CATALOG_ERROR_CORRUPT, "'*' is a folder, not a catalog");
  quarry_test_remove (text);
  quarry_test_remove (other);
}

static void
test_damaged (QuarryTestCatalog *test, gconstpointer data)
{
  const QuarryTestContent content = { 3, 40, 5, 1 };
  g_autofree char *bytes = NULL;
  gsize size = 0;
  g_autoptr(QuarryReport) report = quarry_report_new ();

  quarry_test_fill (test->catalog, &content, NULL);
  quarry_test_close (g_steal_pointer (&test->catalog));
  g_assert_true (g_file_get_contents (test->path, &bytes, &size, NULL));
  memset (bytes + size - 3 * 4096, 0x5a, 2 * 4096);      /* rows, not the schema */
  g_assert_true (g_file_set_contents (test->path, bytes, size, NULL));
  test->catalog = quarry_test_open (test->path);
  quarry_test_fails (quarry_catalog_check (test->catalog, report, NULL, &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_CORRUPT,
                     "'*catalog.db' is damaged*");
}

/* A file cut off at every tenth page opens or is refused, without a crash and without being made anew */
static void
test_truncated (QuarryTestCatalog *test, gconstpointer data)
{
  const QuarryTestContent content = { 1, 20, 2, 1 };
  g_autofree char *bytes = NULL;
  gsize size = 0;

  quarry_test_fill (test->catalog, &content, NULL);
  quarry_test_close (g_steal_pointer (&test->catalog));
  g_assert_true (g_file_get_contents (test->path, &bytes, &size, NULL));
  for (gsize length = 100; length < size; length += 40960)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(QuarryCatalog) catalog = NULL;
      g_autofree char *dump = NULL;

      g_assert_true (g_file_set_contents (test->path, bytes, length, NULL));
      catalog = quarry_catalog_open (test->path, &error);
      if (catalog != NULL)
        {
          dump = quarry_catalog_dump (catalog, &error);
          quarry_catalog_close (catalog, NULL);
        }
      g_assert_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_CORRUPT);
    }
}

static void
test_locked (QuarryTestCatalog *test, gconstpointer data)
{
  const QuarryTestContent content = { 1, 2, 1, 1 };
  const char *add[] = { "x", NULL };
  g_autoptr(GArray) frames = NULL;
  sqlite3 *db = NULL;

  quarry_test_fill (test->catalog, &content, NULL);
  frames = quarry_test_query (test->catalog, "");
  g_assert_cmpint (sqlite3_open (test->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  quarry_test_fails (quarry_catalog_tag (test->catalog, frames, add, NULL, &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_BUSY,
                     "another program is writing to '*catalog.db'");
  quarry_test_assert_query (test->catalog, "", "scene-0/0000 scene-0/0001");      /* reads go on */
  g_assert_cmpint (sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL), ==, SQLITE_OK);
  quarry_test_ok (quarry_catalog_tag (test->catalog, frames, add, NULL, &error));
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

static void
test_read_only (QuarryTestCatalog *test, gconstpointer data)
{
  quarry_test_close (g_steal_pointer (&test->catalog));
  g_assert_cmpint (g_chmod (test->path, 0400), ==, 0);
  g_assert_cmpint (g_chmod (test->folder, 0500), ==, 0);
  if (access (test->folder, W_OK) == 0)
    g_test_skip ("permissions do not bind root");
  else
    {
      g_autofree char *fresh = g_build_filename (test->folder, "fresh.db", NULL);
      g_autofree char *deep = g_build_filename (test->folder, "deep", "fresh.db", NULL);

      assert_refused (test->path, QUARRY_CATALOG_ERROR_READ_ONLY,
                      "cannot write to '*catalog.db': the file or its folder is read-only");
      assert_refused (fresh, QUARRY_CATALOG_ERROR_READ_ONLY,
                      "cannot write to '*fresh.db': the file or its folder is read-only");
      assert_refused (deep, QUARRY_CATALOG_ERROR_READ_ONLY, "cannot make folder '*deep': *");
    }
  g_assert_cmpint (g_chmod (test->folder, 0700), ==, 0);
}

/* /proc takes no files, not even root's */
static void
test_no_folder (void)
{
  assert_refused ("/proc/quarry/c.db", QUARRY_CATALOG_ERROR_FAILED,
                  "cannot make folder '/proc/quarry': *");
}

static void
fill_up (void)
{
  const QuarryTestContent content = { 1, 2000, 5, 1 };
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "c.db", NULL);
  QuarryCatalog *catalog = quarry_test_open (path);
  GRand *rand = g_rand_new_with_seed (1);
  const QuarryId source =
      quarry_catalog_store_source (catalog, "/data/site", "site", "images", NULL, NULL);
  const QuarryId set = quarry_catalog_store_set (catalog, "truth", "import", source, 0, NULL);
  g_autoptr(GPtrArray) drafts = quarry_test_scene (catalog, source, set, &content, 0, rand);
  g_autofree char *before = quarry_test_dump (catalog);
  g_autofree char *after = NULL;
  const struct rlimit limit = { 300000, RLIM_INFINITY };
  const struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  quarry_test_fails (quarry_catalog_store_frames (catalog, drafts, "images", NULL, &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FULL,
                     "no space left to write '*c.db'");
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &none), ==, 0);
  after = quarry_test_dump (catalog);
  g_assert_cmpstr (before, ==, after);
  quarry_test_ok (quarry_catalog_store_frames (catalog, drafts, "images", NULL, &error));      /* and works again with space */
  quarry_test_close (catalog);
  g_rand_free (rand);
  quarry_test_remove (folder);
}

static void
test_full (void)
{
  if (g_test_subprocess ())
    {
      fill_up ();
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

static void
count_cb (QuarryCatalog *catalog, gpointer data)
{
  ++*(int *) data;
}

static void
test_changed (QuarryTestCatalog *test, gconstpointer data)
{
  const QuarryTestContent content = { 1, 3, 1, 1 };
  QuarryCatalog *other = quarry_test_open (test->path);
  int own = 0, others = 0;

  g_signal_connect (test->catalog, "changed", G_CALLBACK (count_cb), &own);
  g_signal_connect (other, "changed", G_CALLBACK (count_cb), &others);
  quarry_test_fill (test->catalog, &content, NULL);
  g_assert_cmpint (own, ==, 0);            /* not before the main context runs */
  quarry_test_wait (own > 0);
  g_assert_cmpint (own, ==, 1);            /* many commits, one signal */
  g_assert_cmpint (others, ==, 0);
  quarry_catalog_poll (other);
  quarry_test_wait (others > 0);
  quarry_catalog_poll (other);
  quarry_catalog_poll (test->catalog);     /* its own commits are no news */
  for (int i = 0; i < 50; i++)
    {
      g_usleep (1000);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpint (others, ==, 1);
  g_assert_cmpint (own, ==, 1);
  quarry_test_fill (test->catalog, &content, NULL);      /* nothing but a time changes: a signal pending at close is dropped */
  quarry_test_close (other);
}

static gpointer
read_thread (gpointer data)
{
  QuarryCatalog *catalog = data;

  for (int i = 0; i < 30; i++)
    {
      g_autoptr(GArray) frames = quarry_test_query (catalog, "class:person");
      g_autoptr(GArray) all = quarry_test_query (catalog, "");

      g_assert_cmpuint (frames->len, <=, all->len);
      g_assert_cmpuint (all->len % 50, ==, 0);      /* whole commits only */
    }
  return NULL;
}

static void
test_threads (QuarryTestCatalog *test, gconstpointer data)
{
  const QuarryTestContent content = { 6, 50, 2, 3 };
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_thread, test->catalog);
  quarry_test_fill (test->catalog, &content, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static gpointer
open_thread (gpointer data)
{
  quarry_test_close (quarry_test_open (data));
  return NULL;
}

static void
test_opened_at_once (void)
{
  g_autofree char *folder = quarry_test_folder ();

  for (int round = 0; round < 10; round++)
    {
      g_autofree char *name = g_strdup_printf ("%d.db", round);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      GThread *threads[6];

      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        threads[i] = g_thread_new ("opener", open_thread, path);
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        g_thread_join (threads[i]);
      g_assert_cmpint (read_pragma (path, "PRAGMA user_version"), ==, 2);
    }
  quarry_test_remove (folder);
}

static void
test_cancel (QuarryTestCatalog *test, gconstpointer data)
{
  const QuarryTestContent content = { 2, 500, 5, 3 };
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(QuarryReport) report = quarry_report_new ();

  quarry_test_fill (test->catalog, &content, NULL);
  g_cancellable_cancel (cancellable);
  quarry_test_fails (quarry_catalog_count_facet (test->catalog, QUARRY_FACET_CLASS, NULL,
                                                 cancellable, &error) != NULL,
                     G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  quarry_test_fails (quarry_catalog_check (test->catalog, report, cancellable, &error), G_IO_ERROR,
                     G_IO_ERROR_CANCELLED, "*");
}

static void
test_check (QuarryTestCatalog *test, gconstpointer data)
{
  const QuarryTestContent content = { 1, 2, 3, 1 };
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autofree char *text = NULL;

  quarry_test_fill (test->catalog, &content, NULL);
  quarry_test_ok (quarry_catalog_store_source (test->catalog, "/data/other", "other", "images",
                                               NULL, &error));
  quarry_test_close (g_steal_pointer (&test->catalog));
  run_sql (
      test->path,
      "UPDATE media SET uri = '/' WHERE id IN (1, 2, 3); UPDATE media SET uri = 's3://bucket/key' WHERE id = 1;"
      "UPDATE annotation SET geometry = x'00' WHERE id = 1; UPDATE media SET byte_offset = 1 << 40 WHERE id = 3;"
      "PRAGMA foreign_keys = OFF; UPDATE annotation SET class = 77 WHERE id = 2;");
  test->catalog = quarry_test_open (test->path);
  quarry_test_ok (quarry_catalog_check (test->catalog, report, NULL, &error));
  text = quarry_report_to_text (report);
  g_assert_cmpstr (text, ==, "2 frames, 4 media, 6 annotations\n"
                             "loss: annotation: row 2: belongs to a label_class that is not there\n"
                             "note: /data/other: its import did not end: import again to finish\n"
                             "loss: /: the file is shorter than it was\n"
                             "loss: /data/site/scene-0/lidar/0001.pcd: the file is not there\n"
                             "loss: truth: box2d '0/0000/0': a box needs 5 numbers\n");
}

static void
test_default_path (void)
{
  g_autofree char *home = NULL;
  g_autofree char *named = NULL;

  g_unsetenv ("QUARRY_CATALOG");
  home = quarry_catalog_get_default_path ();
  g_assert_true (g_str_has_suffix (home, "/quarry/catalog.db"));
  g_setenv ("QUARRY_CATALOG", "/tmp/mine.db", TRUE);
  named = quarry_catalog_get_default_path ();
  g_assert_cmpstr (named, ==, "/tmp/mine.db");
  g_unsetenv ("QUARRY_CATALOG");
}

#define ADD(name, func) g_test_add (name, QuarryTestCatalog, NULL, quarry_test_catalog_setup, func, quarry_test_catalog_teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalog/is-made-with-its-folder", test_made);
  ADD ("/catalog/is-the-same-after-reopening", test_reopened);
  ADD ("/catalog/fails-politely-once-closed", test_closed);
  ADD ("/catalog/newer-format-is-refused-and-left-alone", test_newer);
  ADD ("/catalog/other-files-are-refused-and-left-alone", test_not_a_catalog);
  ADD ("/catalog/damage-is-found", test_damaged);
  ADD ("/catalog/truncated-is-refused", test_truncated);
  ADD ("/catalog/locked-by-another-program-says-so", test_locked);
  ADD ("/catalog/read-only-says-so", test_read_only);
  g_test_add_func ("/catalog/impossible-folder-says-so", test_no_folder);
  g_test_add_func ("/catalog/full-disk-says-so-and-loses-nothing", test_full);
  ADD ("/catalog/tells-of-commits-once", test_changed);
  ADD ("/catalog/many-threads-see-whole-commits", test_threads);
  g_test_add_func ("/catalog/is-made-once-by-many-at-once", test_opened_at_once);
  ADD ("/catalog/reads-can-be-cancelled", test_cancel);
  ADD ("/catalog/check-names-what-is-wrong", test_check);
  g_test_add_func ("/catalog/default-path-from-environment", test_default_path);
  return g_test_run ();
}
