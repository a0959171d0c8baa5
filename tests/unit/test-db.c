/* test-db.c: one SQLite connection with its prepared statements
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-catalog.h"
#include "quarry-db.h"
#include "quarry-test.h"

#include <math.h>
#include <string.h>

typedef struct
{
  char     *folder, *path;
  QuarryDb *db;
} Fixture;

static void
setup (Fixture *self, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;

  self->folder = quarry_test_folder ();
  self->path = g_build_filename (self->folder, "t.db", NULL);
  self->db = quarry_db_open (self->path, TRUE, &error);
  g_assert_no_error (error);
  quarry_db_script (self->db,
                    "CREATE TABLE part (id INTEGER PRIMARY KEY, name TEXT UNIQUE, size REAL, made INTEGER, body BLOB) STRICT;"
                    "CREATE TABLE bolt (part INTEGER NOT NULL REFERENCES part) STRICT;",
                    &error);
  g_assert_no_error (error);
}

/* Closing fails where a statement was left open */
static void
teardown (Fixture *self, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (quarry_db_close (self->db, &error));
  g_assert_no_error (error);
  quarry_test_remove (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

static void
add_part (QuarryDb *db, const char *name, double size)
{
  g_autoptr(GError) error = NULL;

  quarry_db_run (db, &error, "INSERT INTO part (name, size) VALUES (?1, ?2)", "sd", name, size);
  g_assert_no_error (error);
}

static gint64
count (QuarryDb *db)
{
  g_autoptr(GError) error = NULL;
  gint64 n = -1;

  quarry_db_get_int (db, &n, &error, "SELECT count(*) FROM part", "");
  g_assert_no_error (error);
  return n;
}

static void
test_values_come_back (Fixture *self, gconstpointer unused)
{
  static const char blob[5] = { 1, 0, 2, 0, 3 };
  g_autoptr(GError) error = NULL;
  g_autofree char *name = NULL;
  g_autoptr(QuarryStmt) stmt = NULL;

  quarry_db_run (self->db, &error, "INSERT INTO part VALUES (?1, ?2, ?3, ?4, ?5)", "isdtb", G_GINT64_CONSTANT (5000000000), "Löffel", 0.1,
                 G_MAXINT64 - 1, blob, sizeof blob);
  g_assert_no_error (error);
  stmt = quarry_db_prepare (self->db, &error, "SELECT id, name, size, made, body FROM part WHERE id = ?1", "r", G_GINT64_CONSTANT (5000000000));
  g_assert_cmpint (quarry_db_step (self->db, stmt, &error), ==, 1);
  g_assert_cmpint (quarry_stmt_int (stmt, 0), ==, G_GINT64_CONSTANT (5000000000));
  name = quarry_stmt_dup (stmt, 1);
  g_assert_cmpstr (name, ==, "Löffel");
  g_assert_cmpstr (quarry_stmt_text (stmt, 1), ==, "Löffel");
  g_assert_cmpfloat (quarry_stmt_double (stmt, 2), ==, 0.1);
  g_assert_cmpint (quarry_stmt_time (stmt, 3), ==, G_MAXINT64 - 1);
  g_assert_cmpmem (sqlite3_column_blob (stmt, 4), sqlite3_column_bytes (stmt, 4), blob, sizeof blob);
  g_assert_cmpint (quarry_db_step (self->db, stmt, &error), ==, 0);
  g_assert_no_error (error);
}

static void
test_what_is_absent_is_null (Fixture *self, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryStmt) stmt = NULL;
  gint64 nulls = 0;

  quarry_db_run (self->db, &error, "INSERT INTO part (id, name, size, made) VALUES (1, ?1, ?2, ?3)", "sdt", NULL, (double) NAN, QUARRY_NO_TIME);
  g_assert_no_error (error);
  quarry_db_get_int (self->db, &nulls, &error, "SELECT (name IS NULL) + (size IS NULL) + (made IS NULL) FROM part", "");
  g_assert_cmpint (nulls, ==, 3);
  stmt = quarry_db_prepare (self->db, &error, "SELECT name, size, made FROM part", "");
  g_assert_cmpint (quarry_db_step (self->db, stmt, &error), ==, 1);
  g_assert_null (quarry_stmt_dup (stmt, 0));
  g_assert_null (quarry_stmt_text (stmt, 0));
  g_assert_true (isnan (quarry_stmt_double (stmt, 1)));
  g_assert_true (quarry_stmt_time (stmt, 2) == QUARRY_NO_TIME);
}

static void
test_empty_blob_is_not_null (Fixture *self, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  gint64 length = -1;

  quarry_db_run (self->db, &error, "INSERT INTO part (id, body) VALUES (1, ?1)", "b", NULL, (gsize) 0);
  g_assert_no_error (error);
  quarry_db_get_int (self->db, &length, &error, "SELECT length(body) FROM part WHERE body IS NOT NULL", "");
  g_assert_cmpint (length, ==, 0);
}

static void
test_statements_are_kept_by_text (Fixture *self, gconstpointer unused)
{
  static const char sql[] = "SELECT name FROM part WHERE id = ?1";
  g_autofree char *same_text = g_strdup (sql);
  QuarryStmt *first = quarry_db_prepare (self->db, NULL, sql, "i", (gint64) 1);
  QuarryStmt *second = NULL;
  const guint kept = g_hash_table_size (self->db->statements);

  quarry_stmt_done (first);
  second = quarry_db_prepare (self->db, NULL, same_text, "i", (gint64) 2);
  g_assert_true (first == second);
  quarry_stmt_done (second);
  g_assert_cmpuint (g_hash_table_size (self->db->statements), ==, kept);
}

/* Lists of ids written into the text would make statements without end */
static void
test_statements_do_not_pile_up (Fixture *self, gconstpointer unused)
{
  g_autoptr(QuarryStmt) busy = quarry_db_prepare (self->db, NULL, "SELECT 1 UNION SELECT 2", "");

  g_assert_cmpint (quarry_db_step (self->db, busy, NULL), ==, 1);
  for (int i = 0; i < 2000; i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT %d FROM part", i);
      g_autoptr(QuarryStmt) stmt = quarry_db_prepare (self->db, NULL, sql, "");

      g_assert_nonnull (stmt);
    }
  g_assert_cmpuint (g_hash_table_size (self->db->statements), <, 300);
  g_assert_cmpint (quarry_db_step (self->db, busy, NULL), ==, 1);      /* one in use is not dropped */
  g_assert_cmpint (quarry_stmt_int (busy, 0), ==, 2);
}

static void
test_bind_again_in_a_loop (Fixture *self, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (self->db, &error, "INSERT INTO part (id, name) VALUES (?1, ?2)", "");
  gint64 sum = 0;

  for (gint64 i = 1; i <= 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("part %" G_GINT64_FORMAT, i);

      g_assert_true (quarry_db_bind (self->db, stmt, &error, "is", i, name));
      g_assert_cmpint (quarry_db_step (self->db, stmt, &error), ==, 0);
    }
  g_assert_no_error (error);
  quarry_db_get_int (self->db, &sum, &error, "SELECT sum(id) FROM part WHERE name = 'part ' || id", "");
  g_assert_cmpint (sum, ==, 5050);
}

static gpointer
dup_name (QuarryStmt *stmt)
{
  return quarry_stmt_dup (stmt, 0);
}

static void
test_list_keeps_the_order (Fixture *self, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) names = NULL;
  g_autoptr(GPtrArray) none = NULL;

  add_part (self->db, "b", 2);
  add_part (self->db, "a", 3);
  add_part (self->db, "c", 1);
  names = quarry_db_list (self->db, dup_name, g_free, &error, "SELECT name FROM part WHERE size > ?1 ORDER BY name DESC", "d", 1.5);
  g_assert_no_error (error);
  g_assert_cmpuint (names->len, ==, 2);
  g_assert_cmpstr (names->pdata[0], ==, "b");
  g_assert_cmpstr (names->pdata[1], ==, "a");
  none = quarry_db_list (self->db, dup_name, g_free, &error, "SELECT name FROM part WHERE size > ?1 ORDER BY name DESC", "d", 9.0);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_no_row_is_zero (Fixture *self, gconstpointer unused)
{
  gint64 value = 77;

  g_assert_true (quarry_db_get_int (self->db, &value, NULL, "SELECT id FROM part WHERE id = 5", ""));
  g_assert_cmpint (value, ==, 0);
}

static void
test_wrong_sql_is_an_error (Fixture *self, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  gint64 value = 77;

  g_assert_null (quarry_db_prepare (self->db, &error, "SELECT moon FROM part", ""));
  g_assert_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "moon"));
  g_assert_nonnull (strstr (error->message, self->path));
  g_clear_error (&error);
  g_assert_false (quarry_db_run (self->db, &error, "SELECT moon FROM part", ""));
  g_clear_error (&error);
  g_assert_false (quarry_db_get_int (self->db, &value, &error, "SELECT moon FROM part", ""));
  g_assert_cmpint (value, ==, 77);
  g_clear_error (&error);
  g_assert_null (quarry_db_list (self->db, dup_name, g_free, &error, "SELECT moon FROM part", ""));
  g_clear_error (&error);
  g_assert_false (quarry_db_script (self->db, "CREATE TABLE a (x); CREATE TABLE a (x);", &error));
  g_assert_nonnull (error);
}

static void
test_broken_rules_leave_no_row (Fixture *self, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  gint64 bolts = -1;

  add_part (self->db, "a", 1);
  g_assert_false (quarry_db_run (self->db, &error, "INSERT INTO part (name) VALUES (?1)", "s", "a"));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (quarry_db_run (self->db, &error, "INSERT INTO bolt VALUES (?1)", "i", (gint64) 99));
  g_assert_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (quarry_db_run (self->db, &error, "INSERT INTO part (id, size) VALUES (8, ?1)", "s", "not a number"));
  g_assert_nonnull (error);
  g_assert_cmpint (count (self->db), ==, 1);
  quarry_db_get_int (self->db, &bolts, NULL, "SELECT count(*) FROM bolt", "");
  g_assert_cmpint (bolts, ==, 0);
  add_part (self->db, "b", 1);      /* and the connection goes on */
  g_assert_cmpint (count (self->db), ==, 2);
}

static void
test_cancel_stops_a_long_statement (Fixture *self, gconstpointer unused)
{
  static const char endless[] = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  gint64 value = 0;

  g_cancellable_cancel (cancellable);
  self->db->cancellable = cancellable;
  g_assert_false (quarry_db_get_int (self->db, &value, &error, endless, ""));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  self->db->cancellable = NULL;
  g_assert_cmpint (count (self->db), ==, 0);
}

static void
test_data_version_tells_of_others_only (Fixture *self, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  QuarryDb *other = quarry_db_open (self->path, FALSE, &error);
  const gint64 before = quarry_db_get_data_version (self->db);

  g_assert_no_error (error);
  add_part (self->db, "mine", 1);
  g_assert_cmpint (quarry_db_get_data_version (self->db), ==, before);
  add_part (other, "theirs", 1);
  g_assert_cmpint (quarry_db_get_data_version (self->db), !=, before);
  g_assert_cmpint (count (self->db), ==, 2);
  g_assert_true (quarry_db_close (other, NULL));
}

static void
test_writers_wait_and_then_say_so (Fixture *self, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  QuarryDb *other = quarry_db_open (self->path, FALSE, &error);

  g_assert_true (quarry_db_script (other, "BEGIN IMMEDIATE", &error));
  sqlite3_busy_timeout (self->db->handle, 20);
  g_assert_false (quarry_db_run (self->db, &error, "INSERT INTO part (name) VALUES (?1)", "s", "late"));
  g_assert_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, "another program"));
  g_assert_true (quarry_db_script (other, "COMMIT", NULL));
  add_part (self->db, "late", 1);
  g_assert_true (quarry_db_close (other, NULL));
}

/* A read left stepping would keep others from writing: going out of scope ends it */
static void
test_out_of_scope_is_reset (Fixture *self, gconstpointer unused)
{
  QuarryDb *other = quarry_db_open (self->path, FALSE, NULL);

  add_part (self->db, "a", 1);
  add_part (self->db, "b", 1);
  {
    g_autoptr(QuarryStmt) stmt = quarry_db_prepare (self->db, NULL, "SELECT name FROM part", "");

    g_assert_cmpint (quarry_db_step (self->db, stmt, NULL), ==, 1);
  }
  sqlite3_busy_timeout (other->handle, 20);
  add_part (other, "c", 1);
  g_assert_cmpint (count (self->db), ==, 3);
  g_assert_true (quarry_db_close (other, NULL));
}

static void
test_open_says_what_is_wrong (Fixture *self, gconstpointer unused)
{
  g_autofree char *text = g_build_filename (self->folder, "text.db", NULL);
  g_autofree char *absent = g_build_filename (self->folder, "absent.db", NULL);
  g_autofree char *nowhere = g_build_filename (self->folder, "no", "folder", "x.db", NULL);
  g_autoptr(GError) error = NULL;
  QuarryDb *db = NULL;
  gint64 value;

  g_assert_null (quarry_db_open (absent, FALSE, &error));
  g_assert_nonnull (strstr (error->message, absent));
  g_assert_false (g_file_test (absent, G_FILE_TEST_EXISTS));
  g_clear_error (&error);
  g_assert_null (quarry_db_open (nowhere, TRUE, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (quarry_db_open (self->folder, TRUE, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_file_set_contents (text, "hello, I am a letter of some length, and I am not a data base at all; what now?", -1, NULL);
  db = quarry_db_open (text, FALSE, &error);
  if (db != NULL)
    {
      g_assert_false (quarry_db_get_int (db, &value, &error, "SELECT count(*) FROM sqlite_schema", ""));
      g_assert_true (quarry_db_close (db, NULL));
    }
  g_assert_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "not a catalog"));
}

static void
test_close_tells_of_open_statements (Fixture *self, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  QuarryDb *db = quarry_db_open (self->path, FALSE, NULL);
  sqlite3_stmt *stray = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (db->handle, "SELECT 1", -1, &stray, NULL), ==, SQLITE_OK);
  g_assert_false (quarry_db_close (db, &error));
  g_assert_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED);
  sqlite3_finalize (stray);      /* the last one: frees the connection */
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*run) (Fixture *self, gconstpointer unused); } tests[] = {
    { "values-come-back", test_values_come_back },
    { "what-is-absent-is-null", test_what_is_absent_is_null },
    { "empty-blob-is-not-null", test_empty_blob_is_not_null },
    { "statements-are-kept-by-text", test_statements_are_kept_by_text },
    { "statements-do-not-pile-up", test_statements_do_not_pile_up },
    { "bind-again-in-a-loop", test_bind_again_in_a_loop },
    { "list-keeps-the-order", test_list_keeps_the_order },
    { "no-row-is-zero", test_no_row_is_zero },
    { "wrong-sql-is-an-error", test_wrong_sql_is_an_error },
    { "broken-rules-leave-no-row", test_broken_rules_leave_no_row },
    { "cancel-stops-a-long-statement", test_cancel_stops_a_long_statement },
    { "data-version-tells-of-others-only", test_data_version_tells_of_others_only },
    { "writers-wait-and-then-say-so", test_writers_wait_and_then_say_so },
    { "out-of-scope-is-reset", test_out_of_scope_is_reset },
    { "open-says-what-is-wrong", test_open_says_what_is_wrong },
    { "close-tells-of-open-statements", test_close_tells_of_open_statements },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/db/", tests[i].name, NULL);

      g_test_add (path, Fixture, NULL, setup, tests[i].run, teardown);
    }
  return g_test_run ();
}
