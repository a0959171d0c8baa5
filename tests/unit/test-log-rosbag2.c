/* test-log-rosbag2.c: ROS 2 bags: SQLite files, folders with metadata.yaml, split and compressed
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-db3.h"
#include "quarry-log.h"
#include "quarry-rosbag2-metadata.h"
#include "quarry-test-damage.h"
#include "quarry-test-write-mcap.h"

#include <sqlite3.h>

#define N_MESSAGES 40

typedef enum { OLD = 1, PACKED = 2, WAL = 4, WITHOUT_INDEX = 8 } Db3Flags;

static void
run_sql (sqlite3 *db, const char *sql)
{
  char *message = NULL;

  if (sqlite3_exec (db, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s: %s", sql, message);
}

static char *
message_text (guint i)
{
  g_autofree char *padding = g_strnfill (i % 5 == 0 ? 9000 : 20, (char) ('a' + i % 26));

  return g_strdup_printf ("message %u of /topic%u %s", i, i % 2, padding);
}

static void
add_message (sqlite3_stmt *insert, guint i, gboolean packed)
{
  g_autofree char *text = message_text (i);
  guint8 out[16384];
  const gsize length = packed ? ZSTD_compress (out, sizeof out, text, strlen (text), 1) : 0;

  sqlite3_bind_int64 (insert, 1, i % 2 + 1);
  sqlite3_bind_int64 (insert, 2, 1000 + i);
  sqlite3_bind_blob (insert, 3, packed ? (const void *) out : text, (int) (packed ? length : strlen (text)), SQLITE_TRANSIENT);
  g_assert_cmpint (sqlite3_step (insert), ==, SQLITE_DONE);
  sqlite3_reset (insert);
}

/* Messages [from, to) as rosbag2 writes them */
static void
write_db3 (const char *path, Db3Flags flags, guint from, guint to)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *insert = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  run_sql (db, "PRAGMA synchronous = OFF");
  if ((flags & WAL) != 0)
    run_sql (db, "PRAGMA journal_mode = WAL");
  run_sql (db, (flags & OLD) != 0
      ? "CREATE TABLE topics (id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, serialization_format TEXT NOT NULL)"
      : "CREATE TABLE topics (id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, serialization_format TEXT NOT NULL, "
        "offered_qos_profiles TEXT NOT NULL, type_description_hash TEXT NOT NULL)");
  run_sql (db, "CREATE TABLE messages (id INTEGER PRIMARY KEY, topic_id INTEGER NOT NULL, timestamp INTEGER NOT NULL, data BLOB NOT NULL)");
  if ((flags & WITHOUT_INDEX) == 0)
    run_sql (db, "CREATE INDEX timestamp_idx ON messages (timestamp ASC)");
  if ((flags & OLD) == 0)
    run_sql (db, "CREATE TABLE message_definitions (id INTEGER PRIMARY KEY, topic_type TEXT NOT NULL, encoding TEXT NOT NULL, "
                 "encoded_message_definition TEXT NOT NULL, type_description_hash TEXT NOT NULL);"
                 "INSERT INTO message_definitions VALUES (1, 'std_msgs/msg/String', 'ros2msg', 'string data', '')");
  run_sql (db, (flags & OLD) != 0 ? "INSERT INTO topics VALUES (1, '/topic0', 'std_msgs/msg/String', 'cdr'), (2, '/topic1', 'a_msgs/msg/B', 'cdr')"
                                  : "INSERT INTO topics VALUES (1, '/topic0', 'std_msgs/msg/String', 'cdr', '', ''), "
                                    "(2, '/topic1', 'a_msgs/msg/B', 'cdr', '', '')");
  g_assert_cmpint (sqlite3_prepare_v2 (db, "INSERT INTO messages (topic_id, timestamp, data) VALUES (?1, ?2, ?3)", -1, &insert, NULL), ==, SQLITE_OK);
  for (guint i = from; i < to; i++)
    add_message (insert, i, (flags & PACKED) != 0);
  sqlite3_finalize (insert);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

static char *
expected_text (guint from, guint to, int only)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = from; i < to; i++)
    {
      g_autofree char *message = message_text (i);

      if (only < 0 || i % 2 == (guint) only)
        g_string_append_printf (text, "/topic%u %u %u %s\n", i % 2, 1000 + i, 1000 + i, message);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Names in a folder, sorted */
static char *
list_names (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name = NULL;

  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, quarry_test_compare_lines);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (" ", (char **) names->pdata);
}

static void
test_every_schema_gives_the_same_messages (void)
{
  static const Db3Flags cases[] = { 0, OLD, PACKED, WAL, WITHOUT_INDEX, OLD | PACKED };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folder = quarry_test_folder ();
      g_autofree char *path = g_build_filename (folder, "bag 1#2.db3", NULL);
      g_autofree char *expected = expected_text (0, N_MESSAGES, -1), *one = expected_text (0, N_MESSAGES, 1), *names = NULL;
      g_auto(QuarryTestOutcome) outcome = { 0 }, partial = { 0 };

      write_db3 (path, cases[i], 0, N_MESSAGES);
      g_chmod (folder, 0500);      /* nothing can be made beside it */
      outcome = quarry_test_scan_path (path, NULL, TRUE);
      partial = quarry_test_scan_path (path, "/topic1", FALSE);
      g_chmod (folder, 0700);
      names = list_names (folder);
      g_assert_cmpstr (names, ==, "bag 1#2.db3");
      g_assert_cmpstr (outcome.issues, ==, NULL);
      g_assert_cmpstr (outcome.text, ==, expected);
      g_assert_cmpstr (partial.text, ==, one);
      g_assert_true (outcome.has_index);
      g_assert_cmpint (outcome.n_messages, ==, N_MESSAGES);
      g_assert_cmpint (outcome.start_ns, ==, 1000);
      g_assert_cmpint (outcome.end_ns, ==, 1000 + N_MESSAGES - 1);
      g_assert_cmpstr (outcome.channels, ==, (cases[i] & OLD) != 0 ? "/topic0 std_msgs/msg/String cdr  20\n/topic1 a_msgs/msg/B cdr  20\n"
                                             : "/topic0 std_msgs/msg/String cdr ros2msg 20\n/topic1 a_msgs/msg/B cdr  20\n");
      quarry_test_remove (folder);
    }
}

/* A recorder that was killed leaves a log that we neither move nor grow */
static void
test_a_write_ahead_log_is_told_and_left_alone (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "a.db3", NULL);
  g_autofree char *wal = g_build_filename (folder, "a.db3-wal", NULL);
  g_autofree char *names = NULL;
  g_autofree char *wal_text = NULL;
  g_auto(QuarryTestOutcome) outcome = { 0 };

  write_db3 (path, WAL, 0, 10);
  g_assert_true (g_file_set_contents (wal, "not moved yet", -1, NULL));
  outcome = quarry_test_scan_path (path, NULL, TRUE);
  names = list_names (folder);
  g_assert_cmpstr (names, ==, "a.db3 a.db3-wal");
  g_assert_true (g_file_get_contents (wal, &wal_text, NULL, NULL));
  g_assert_cmpstr (wal_text, ==, "not moved yet");
  g_assert_nonnull (strstr (outcome.issues, "13 bytes lie in the write-ahead log"));
  g_assert_cmpint (outcome.n_messages, ==, 10);
  quarry_test_remove (folder);
}

static void
write_metadata (const char *folder, const char *files, const char *mode, guint n)
{
  g_autofree char *path = g_build_filename (folder, "metadata.yaml", NULL);
  g_autofree char *text = g_strdup_printf ("rosbag2_bagfile_information:\n  version: 5\n  storage_identifier: sqlite3\n"
                                           "  duration:\n    nanoseconds: 39\n  message_count: %u\n  compression_format: %s\n  compression_mode: %s\n"
                                           "  relative_file_paths:\n%s", n, *mode != '\0' ? "zstd" : "\"\"", *mode != '\0' ? mode : "\"\"", files);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
compress_file (const char *path)
{
  g_autofree char *packed_path = g_strconcat (path, ".zstd", NULL);
  g_autofree char *data = NULL, *packed = NULL;
  gsize length = 0, n;

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  packed = g_malloc (2 * length + 1000);
  n = ZSTD_compress (packed, 2 * length + 1000, data, length, 1);
  g_assert_true (g_file_set_contents (packed_path, packed, (gssize) n, NULL));
  g_remove (path);
}

static void
test_a_split_bag_is_one_log (void)
{
  static const char * const modes[] = { "", "FILE", "MESSAGE" };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      const gboolean is_file = strcmp (modes[i], "FILE") == 0;
      g_autofree char *folder = quarry_test_folder ();
      g_autofree char *expected = expected_text (0, N_MESSAGES, -1), *one = expected_text (0, N_MESSAGES, 0);
      g_auto(QuarryTestOutcome) outcome = { 0 }, partial = { 0 };

      for (guint part = 0; part < 4; part++)
        {
          g_autofree char *name = g_strdup_printf ("bag_%u.db3", part);
          g_autofree char *path = g_build_filename (folder, name, NULL);

          write_db3 (path, strcmp (modes[i], "MESSAGE") == 0 ? PACKED : 0, 10 * part, 10 * part + 10);
          if (is_file)
            compress_file (path);
        }
      write_metadata (folder, is_file ? "    - bag_0.db3.zstd\n    - bag_1.db3.zstd\n    - my/bag_2.db3.zstd\n    - bag_3.db3.zstd\n"
                                      : "    - bag_0.db3\n    - bag_1.db3\n    - ../../my/bag_2.db3\n    - bag_3.db3\n", modes[i], N_MESSAGES);
      outcome = quarry_test_scan_path (folder, NULL, TRUE);
      partial = quarry_test_scan_path (folder, "/topic0", TRUE);
      g_assert_cmpstr (outcome.issues, ==, NULL);
      g_assert_cmpstr (outcome.text, ==, expected);
      g_assert_cmpstr (partial.text, ==, one);
      g_assert_cmpint (outcome.n_messages, ==, N_MESSAGES);
      g_assert_cmpint (outcome.start_ns, ==, 1000);
      g_assert_cmpint (outcome.end_ns, ==, 1000 + N_MESSAGES - 1);
      g_assert_cmpstr (outcome.channels, ==, "/topic0 std_msgs/msg/String cdr ros2msg 20\n/topic1 a_msgs/msg/B cdr  20\n");
      quarry_test_remove (folder);
    }
}

static void
test_a_missing_part_is_told_and_the_rest_read (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *first = g_build_filename (folder, "bag_0.db3", NULL), *last = g_build_filename (folder, "bag_2.db3", NULL);
  g_autofree char *before = expected_text (0, 10, -1), *after = expected_text (20, 30, -1);
  g_autofree char *expected = g_strconcat (before, after, NULL);
  g_auto(QuarryTestOutcome) outcome = { 0 };

  write_db3 (first, 0, 0, 10);
  write_db3 (last, 0, 20, 30);
  write_metadata (folder, "    - bag_0.db3\n    - bag_1.db3\n    - bag_2.db3\n", "", 30);
  outcome = quarry_test_scan_path (folder, NULL, TRUE);
  g_assert_cmpstr (outcome.text, ==, expected);
  g_assert_nonnull (strstr (outcome.issues, "bag_1.db3"));
  g_assert_nonnull (strstr (outcome.issues, "metadata.yaml tells of 30 messages, 20 are there"));
  quarry_test_remove (folder);
}

/* Messages that are compressed one by one, in chunks that are compressed too */
static void
test_packed_messages_of_an_mcap_are_read (void)
{
  const QuarryTestMcap options = { .n_messages = 20, .n_channels = 2, .per_chunk = 5, .compression = "lz4", .padding = 100,
                                   .repeated_channel = G_MAXUINT, .packed_messages = TRUE };
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "bag_0.mcap", NULL);
  g_autoptr(GByteArray) bytes = quarry_test_write_mcap (&options);
  g_autofree char *expected = quarry_test_mcap_expected (&options, 0, 20, -1);
  g_auto(QuarryTestOutcome) outcome = { 0 };

  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
  write_metadata (folder, "    - bag_0.mcap\n", "MESSAGE", 20);
  outcome = quarry_test_scan_path (folder, NULL, TRUE);
  g_assert_cmpstr (outcome.issues, ==, NULL);
  g_assert_cmpstr (outcome.text, ==, expected);
  quarry_test_remove (folder);
}

static void
test_hostile_databases_do_no_harm (void)
{
  static const struct { const char *sql, *message;
  } cases[] = {
    { "CREATE TABLE x (y)", "no ROS 2 bag" },
    { "CREATE TABLE topics (id INTEGER PRIMARY KEY, name, type, serialization_format); CREATE VIEW messages AS "
      "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n AS id, 1 AS topic_id, n AS timestamp, 'x' AS data FROM r", "no ROS 2 bag" },
    { "CREATE TABLE topics (id INTEGER PRIMARY KEY, name, type, serialization_format); "
      "CREATE TABLE messages (id INTEGER PRIMARY KEY, topic_id, timestamp, data) WITHOUT ROWID", "rowid" },
    { "CREATE TABLE topics (id INTEGER PRIMARY KEY, name, type, serialization_format); "
      "CREATE TABLE messages (id INTEGER PRIMARY KEY, topic_id, timestamp, data AS (zeroblob (1000000000)));"
      "INSERT INTO topics VALUES (1, 'a', 'b', 'c'); INSERT INTO messages (topic_id, timestamp) VALUES (1, 2)", "" },
    { "CREATE TABLE topics (id INTEGER PRIMARY KEY, name); CREATE TABLE messages (id INTEGER PRIMARY KEY)", "no such column" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folder = quarry_test_folder ();
      g_autofree char *path = g_build_filename (folder, "a.db3", NULL);
      g_autoptr(QuarryStorage) storage = quarry_storage_new ();
      g_autoptr(QuarryLog) log = NULL;
      g_autoptr(GError) error = NULL;
      QuarryTestLogScan scan = { .is_terse = TRUE };
      sqlite3 *db = NULL;

      g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
      run_sql (db, cases[i].sql);
      sqlite3_close (db);
      log = quarry_log_open (storage, path, NULL, NULL, &error);
      if (log != NULL)
        quarry_log_scan (log, NULL, quarry_test_log_message, &scan, NULL, &error);
      g_assert_nonnull (error);
      g_assert_cmpuint (scan.n, ==, 0);
      if (strstr (error->message, cases[i].message) == NULL || !g_str_has_prefix (error->message, path))
        g_error ("case %u: %s", i, error->message);
      quarry_test_remove (folder);
    }
}

static void
test_metadata_is_parsed_or_refused (void)
{
  static const struct { const char *yaml, *files, *error; gint64 n;
  } cases[] = {
    { "rosbag2_bagfile_information:\n  message_count: 7\n  relative_file_paths: [a.db3, x/b.db3]", "a.db3 b.db3", NULL, 7 },
    { "rosbag2_bagfile_information:\n  message_count: many\n", "", NULL, -1 },
    { "rosbag2_bagfile_information: {relative_file_paths: {a: b}}", "", NULL, -1 },
    { "rosbag2_bagfile_information: &x {relative_file_paths: [*x, *x, c.mcap]}", "c.mcap", NULL, -1 },      /* a circle */
    { "other: 1", NULL, "/m: no rosbag2_bagfile_information", 0 },
    { "- a\n- b", NULL, "/m: no rosbag2_bagfile_information", 0 },
    { "", NULL, "/m: no rosbag2_bagfile_information", 0 },
    { "a:\n  - b\n c: [", NULL, "/m: line 3: ", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new_static (cases[i].yaml, strlen (cases[i].yaml));
      g_autoptr(GError) error = NULL;
      g_autoptr(QuarryRosbag2Metadata) metadata = quarry_rosbag2_metadata_parse (bytes, "/m", &error);
      g_autofree char *files = NULL;

      if (metadata == NULL)
        {
          g_assert_cmpstr (cases[i].files, ==, NULL);
          g_assert_true (g_str_has_prefix (error->message, cases[i].error));
          continue;
        }
      g_ptr_array_add (metadata->files, NULL);
      files = g_strjoinv (" ", (char **) metadata->files->pdata);
      g_assert_cmpstr (files, ==, cases[i].files);
      g_assert_cmpint (metadata->n_messages, ==, cases[i].n);
    }
}

static void
test_real_bags_hold_what_they_are_known_to_hold (void)
{
  static const struct { const char *path; guint n; gint64 start, end; const char *channel;
  } cases[] = {
    { "empty_bag/empty_bag", 0, QUARRY_NO_TIME, QUARRY_NO_TIME, "/rosout rcl_interfaces/msg/Log cdr  0\n" },
    { "message_compression/message_compression_0.db3", 380, 1604581357697556242, 1604581417570143847, "/topic std_msgs/msg/String cdr  120\n" },
    { "old_schema/cdr_test.db3", 7, 1537282604241440135, 1537282604397419946, "/array_topic test_msgs/StaticArrayPrimitives cdr  4\n" },
    { "reindex_multiple_files/sqlite3/reindex_test_bags/multiple_files/multiple_files_0.db3", 1324, 1616653333034080451, 1616653335680263369,
      "/chatter std_msgs/msg/String cdr  1324\n" },
    { "reindex_multiple_files/sqlite3/reindex_test_bags/multiple_files/multiple_files_1.db3", 1324, 1616653335682137991, 1616653338328104450, NULL },
    { "reindex_multiple_files/sqlite3/reindex_test_bags/multiple_files/multiple_files_2.db3", 529, 1616653338330343018, 1616653339386193357, NULL },
    { "rosbag2_tests/mcap/bag_with_topics_and_service_events", 10, 1699345836270074454, QUARRY_NO_TIME, NULL },
    { "rosbag2_tests/mcap/cdr_test", 7, 1586406456763032325, 1586406456914169506, "/test_topic test_msgs/msg/BasicTypes cdr ros2msg 3\n" },
    { "rosbag2_tests/mcap/wrong_rmw_test/metadata.yaml", 7, 1586406456763032325, 1586406456914169506,
      "/test_topic test_msgs/msg/BasicTypes wrong_format ros2msg 3\n" },
    { "rosbag2_tests/sqlite3/bag_with_topics_and_service_events", 10, QUARRY_NO_TIME, QUARRY_NO_TIME, "/test_topic1 test_msgs/msg/Strings cdr ros2msg 1\n" },
    { "rosbag2_tests/sqlite3/cdr_test", 7, 1586406456763032325, 1586406456914169506, "/array_topic test_msgs/msg/Arrays cdr ros2msg 4\n" },
    { "rosbag2_tests/sqlite3/wrong_rmw_test", 7, 1586406456763032325, 1586406456914169506, NULL },
    { "seek/mcap/test_bag_for_seek", 5, 1000000000, 1400000000, "topic1 test_msgs/BasicTypes cdr ros2msg 5\n" },
    { "seek/sqlite3/test_bag_for_seek", 5, 1000000000, 1400000000, "topic1 test_msgs/BasicTypes cdr  5\n" },
    { "talker/mcap/talker", 20, 1585866235112411371, 1585866239643508139, "/topic std_msgs/msg/String cdr ros2msg 10\n" },
    { "talker/sqlite3/talker", 20, 1585866235112411371, 1585866239643508139, "/rosout rcl_interfaces/msg/Log cdr ros2msg 10\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *relative = g_strconcat ("rosbag2/", cases[i].path, NULL);
      g_autofree char *path = quarry_test_shared (relative);
      g_auto(QuarryTestOutcome) outcome = { 0 };

      if (path == NULL)
        return;
      outcome = quarry_test_scan_path (path, NULL, TRUE);
      g_test_message ("%s\n%s%s", path, outcome.channels, outcome.issues);
      g_assert_cmpstr (outcome.issues, ==, NULL);
      g_assert_cmpint (outcome.n_messages, ==, cases[i].n);
      if (cases[i].n == 0 || cases[i].start != QUARRY_NO_TIME)
        g_assert_cmpint (outcome.start_ns, ==, cases[i].start);
      if (cases[i].n == 0 || cases[i].end != QUARRY_NO_TIME)
        g_assert_cmpint (outcome.end_ns, ==, cases[i].end);
      if (cases[i].channel != NULL)
        g_assert_nonnull (strstr (outcome.channels, cases[i].channel));
    }
}

static void
test_probes_tell_logs_from_other_files (void)
{
  g_autofree char *folder = quarry_test_folder (), *bag = g_build_filename (folder, "bag", NULL);
  g_autofree char *db3 = g_build_filename (bag, "bag_0.db3", NULL), *catalog = g_build_filename (folder, "a.quarry", NULL);
  g_autofree char *text = g_build_filename (folder, "a.mcap", NULL);

  g_assert_cmpint (g_mkdir (bag, 0700), ==, 0);
  g_assert_cmpint (quarry_log_probe (bag), ==, 0);
  write_db3 (db3, 0, 0, 2);
  write_db3 (catalog, 0, 0, 2);
  write_metadata (bag, "    - bag_0.db3\n", "", 2);
  g_assert_true (g_file_set_contents (text, "hello", -1, NULL));
  g_assert_cmpint (quarry_log_probe (bag), ==, 100);
  g_assert_cmpint (quarry_log_probe (db3), ==, 100);
  g_assert_cmpint (quarry_log_probe (catalog), ==, 0);
  g_assert_cmpint (quarry_log_probe (text), ==, 0);
  g_assert_cmpint (quarry_log_probe (folder), ==, 0);
  g_assert_cmpint (quarry_log_probe ("/nowhere/at.all"), ==, 0);
  quarry_test_remove (folder);
}

static void
test_damage_never_does_harm (void)
{
  g_autofree char *folder = quarry_test_folder ();

  for (Db3Flags flags = 0; flags <= PACKED; flags += PACKED)
    {
      g_autofree char *path = g_strdup_printf ("%s/%d.db3", folder, (int) flags);
      g_autofree char *data = NULL;
      gsize length = 0;
      guint n = 60;      /* a page that points back may give rows twice */

      write_db3 (path, flags, 0, N_MESSAGES);
      g_assert_true (g_file_get_contents (path, &data, &length, NULL));
      quarry_test_damage ((const guint8 *) data, length, quarry_test_read_damaged_log, &n);
    }
  quarry_test_remove (folder);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; GTestFunc run;
  } tests[] = {
    { "/log-rosbag2/every-schema-gives-the-same-messages", test_every_schema_gives_the_same_messages },
    { "/log-rosbag2/a-write-ahead-log-is-told-and-left-alone", test_a_write_ahead_log_is_told_and_left_alone },
    { "/log-rosbag2/a-split-bag-is-one-log", test_a_split_bag_is_one_log },
    { "/log-rosbag2/a-missing-part-is-told-and-the-rest-read", test_a_missing_part_is_told_and_the_rest_read },
    { "/log-rosbag2/packed-messages-of-an-mcap-are-read", test_packed_messages_of_an_mcap_are_read },
    { "/log-rosbag2/hostile-databases-do-no-harm", test_hostile_databases_do_no_harm },
    { "/log-rosbag2/metadata-is-parsed-or-refused", test_metadata_is_parsed_or_refused },
    { "/log-rosbag2/real-bags-hold-what-they-are-known-to-hold", test_real_bags_hold_what_they_are_known_to_hold },
    { "/log-rosbag2/probes-tell-logs-from-other-files", test_probes_tell_logs_from_other_files },
    { "/log-rosbag2/damage-never-does-harm", test_damage_never_does_harm },
  };
  g_autofree char *cache = quarry_test_folder ();      /* where compressed files are kept decompressed */
  int result;

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_func (tests[i].name, tests[i].run);
  result = g_test_run ();
  quarry_test_remove (cache);
  return result;
}
