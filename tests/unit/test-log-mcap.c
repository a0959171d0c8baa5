/* test-log-mcap.c: MCAP logs
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-log.h"
#include "quarry-test-log.h"

#include <jansson.h>

/* Returns: (transfer full) */
static QuarryLog *
open_log (QuarryStorage *storage, const char *path, QuarryReport *report)
{
  g_autoptr(GError) error = NULL;
  QuarryLog *log = quarry_log_open (storage, path, report, NULL, &error);

  g_assert_no_error (error);
  return log;
}

static void
assert_no_issues (QuarryReport *report, const char *path)
{
  g_autofree char *text = quarry_report_to_text (report);

  if (quarry_report_get_n_issues (report, QUARRY_ISSUE_NOTE) != 0)
    g_error ("%s: %s", path, text);
}

/* A field of a conformance record; the fields are name and value pairs, numbers are texts */
static json_t *
field (json_t *record, const char *name)
{
  json_t *fields = json_object_get (record, "fields");

  for (gsize i = 0; i < json_array_size (fields); i++)
    if (strcmp (json_string_value (json_array_get (json_array_get (fields, i), 0)), name) == 0)
      return json_array_get (json_array_get (fields, i), 1);
  g_assert_not_reached ();
}

static const char *
text_field (json_t *record, const char *name)
{
  return json_string_value (field (record, name));
}

/* Returns: (transfer full): the bytes of a field that is an array of numbers as texts */
static GBytes *
bytes_field (json_t *record, const char *name)
{
  json_t *list = field (record, name);
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  for (gsize i = 0; i < json_array_size (list); i++)
    quarry_test_put (bytes, g_ascii_strtoull (json_string_value (json_array_get (list, i)), NULL, 10), 1);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

typedef struct
{
  json_t *records;
  gsize   next;
  guint   n;
} Expected;

static json_t *
find_record (json_t *records, const char *type, const char *id_name, const char *id)
{
  for (gsize i = 0; i < json_array_size (records); i++)
    {
      json_t *record = json_array_get (records, i);

      if (strcmp (json_string_value (json_object_get (record, "type")), type) == 0 &&
          (id_name == NULL || strcmp (text_field (record, id_name), id) == 0))
        return record;
    }
  return NULL;
}

static gboolean
compare_message_cb (const QuarryLogMessage *message, gpointer user_data, GError **error)
{
  Expected *expected = user_data;
  json_t *record = NULL, *channel = NULL, *schema = NULL;
  g_autoptr(GBytes) data = NULL;

  do
    record = json_array_get (expected->records, expected->next++);
  while (record != NULL && strcmp (json_string_value (json_object_get (record, "type")), "Message") != 0);
  g_assert_nonnull (record);
  channel = find_record (expected->records, "Channel", "id", text_field (record, "channel_id"));
  schema = find_record (expected->records, "Schema", "id", text_field (channel, "schema_id"));
  data = bytes_field (record, "data");
  g_assert_cmpmem (message->data, message->length, g_bytes_get_data (data, NULL), g_bytes_get_size (data));
  g_assert_cmpint (message->log_ns, ==, g_ascii_strtoll (text_field (record, "log_time"), NULL, 10));
  g_assert_cmpint (message->publish_ns, ==, g_ascii_strtoll (text_field (record, "publish_time"), NULL, 10));
  g_assert_cmpstr (message->channel->topic, ==, text_field (channel, "topic"));
  g_assert_cmpstr (message->channel->encoding, ==, text_field (channel, "message_encoding"));
  g_assert_cmpstr (message->channel->type, ==, schema != NULL ? text_field (schema, "name") : "");
  g_assert_cmpstr (message->channel->schema_encoding, ==, schema != NULL ? text_field (schema, "encoding") : "");
  if (schema != NULL)
    {
      g_autoptr(GBytes) definition = bytes_field (schema, "data");

      g_assert_true (g_bytes_equal (definition, message->channel->schema));
    }
  else
    g_assert_null (message->channel->schema);
  expected->n++;
  return TRUE;
}

static void
check_conformance (QuarryStorage *storage, const char *path)
{
  g_autofree char *stem = g_strndup (path, strlen (path) - strlen (".mcap"));
  g_autofree char *json = g_strconcat (stem, ".json", NULL);
  json_t *root = json_load_file (json, 0, NULL);
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(QuarryLog) log = open_log (storage, path, report);
  g_autoptr(GError) error = NULL;
  Expected expected = { .records = json_object_get (root, "records") };
  json_t *statistics = find_record (expected.records, "Statistics", NULL, NULL);
  guint n = 0;

  g_assert_nonnull (root);
  for (gsize i = 0; i < json_array_size (expected.records); i++)
    n += strcmp (json_string_value (json_object_get (json_array_get (expected.records, i), "type")), "Message") == 0;
  g_assert_true (quarry_log_scan (log, NULL, compare_message_cb, &expected, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (expected.n, ==, n);
  g_assert_cmpint (log->n_messages, ==, n);
  if (statistics != NULL)
    g_assert_cmpint (log->n_messages, ==, g_ascii_strtoll (text_field (statistics, "message_count"), NULL, 10));
  assert_no_issues (report, path);
  json_decref (root);
}

static void
test_conformance_set_passes (void)
{
  g_autofree char *root = quarry_test_shared ("mcap/conformance");
  g_autoptr(QuarryStorage) storage = quarry_storage_new ();
  g_autoptr(GDir) folders = root != NULL ? g_dir_open (root, 0, NULL) : NULL;
  const char *folder = NULL, *name = NULL;
  guint n = 0;

  while (folders != NULL && (folder = g_dir_read_name (folders)) != NULL)
    {
      g_autofree char *inside = g_build_filename (root, folder, NULL);
      g_autoptr(GDir) files = g_dir_open (inside, 0, NULL);

      while ((name = g_dir_read_name (files)) != NULL)
        {
          g_autofree char *path = g_build_filename (inside, name, NULL);

          if (!g_str_has_suffix (name, ".mcap"))
            continue;
          check_conformance (storage, path);
          n++;
        }
    }
  if (root != NULL)
    g_assert_cmpuint (n, ==, 248);
}

static void
test_real_files_hold_what_they_are_known_to_hold (void)
{
  static const struct { const char *path; guint n; gint64 start, end; const char *channels;
  } cases[] = {
    { "mcap/lichtblick/custom-camera-model.mcap", 30, 1747930377103, 1748830377120, NULL },
    { "mcap/lichtblick/example.mcap", 111, 1740566235448000000, 1740566238556000000, "mouse MouseEvent json jsonschema 111\n" },
    { "rosbag2/talker/mcap/talker/talker.mcap", 20, 1585866235112411371, 1585866239643508139,
      "/parameter_events rcl_interfaces/msg/ParameterEvent cdr ros2msg 0\n/rosout rcl_interfaces/msg/Log cdr ros2msg 10\n"
      "/topic std_msgs/msg/String cdr ros2msg 10\n" },
    { "rosbag2/reindex_multiple_files/mcap/reindex_test_bags/multiple_files/multiple_files_0.mcap", 1324, 1616653333034080451,
      1616653335680263369, NULL },
    { "rosbag2/reindex_multiple_files/mcap/reindex_test_bags/multiple_files/multiple_files_2.mcap", 529, 1616653338330343018,
      1616653339386193357, NULL },
    { "rosbag2/rosbag2_tests/mcap/bag_with_topics_and_service_events/bag_with_topics_and_service_events.mcap", 10,
      1699345836270074454, QUARRY_NO_TIME, NULL },
    { "rosbag2/rosbag2_tests/mcap/cdr_test/cdr_test_0.mcap", 7, 1586406456763032325, 1586406456914169506, NULL },
    { "rosbag2/seek/mcap/test_bag_for_seek/test_bag_for_seek_0.mcap", 5, 1000000000, 1400000000, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = quarry_test_shared (cases[i].path);
      g_autoptr(QuarryStorage) storage = quarry_storage_new ();
      g_autoptr(QuarryReport) report = quarry_report_new ();
      QuarryTestLogScan scan = { .storage = storage, .is_terse = TRUE };
      g_autofree char *channels = NULL;
      g_autoptr(QuarryLog) log = NULL;
      g_autoptr(GError) error = NULL;

      if (path == NULL)
        return;
      log = open_log (storage, path, report);
      g_assert_true (quarry_log_scan (log, NULL, quarry_test_log_message, &scan, NULL, &error));
      channels = quarry_test_log_channels (log);
      g_test_message ("%s index %d\n%s", path, log->has_index, channels);
      g_assert_cmpuint (scan.n, ==, cases[i].n);
      g_assert_cmpint (log->n_messages, ==, cases[i].n);
      g_assert_cmpint (log->start_ns, ==, cases[i].start);
      if (cases[i].end != QUARRY_NO_TIME)
        g_assert_cmpint (log->end_ns, ==, cases[i].end);
      if (cases[i].channels != NULL)
        g_assert_cmpstr (channels, ==, cases[i].channels);
      assert_no_issues (report, path);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-mcap/conformance-set-passes", test_conformance_set_passes);
  g_test_add_func ("/log-mcap/real-files-hold-what-they-are-known-to-hold", test_real_files_hold_what_they_are_known_to_hold);
  return g_test_run ();
}
