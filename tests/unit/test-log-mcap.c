/* test-log-mcap.c: MCAP logs
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-log.h"
#include "quarry-test-damage.h"
#include "quarry-test-write-mcap.h"

#include <jansson.h>

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
  g_autoptr(QuarryLog) log = quarry_test_open_log (storage, path, report);
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
  quarry_test_assert_no_issues (report, path);
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
      log = quarry_test_open_log (storage, path, report);
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
      quarry_test_assert_no_issues (report, path);
    }
}


static const QuarryTestMcap variants[] = {
  { .n_messages = 60, .n_channels = 3, .per_chunk = 7, .compression = "", .padding = 50, .n_attachments = 2 },
  { .n_messages = 60, .n_channels = 3, .per_chunk = 7, .compression = "lz4", .padding = 50, .n_attachments = 1 },
  { .n_messages = 60, .n_channels = 3, .per_chunk = 7, .compression = "zstd", .padding = 50 },
  { .n_messages = 60, .n_channels = 3, .compression = "" },
  { .n_messages = 60, .n_channels = 3, .per_chunk = 7, .compression = "zstd", .no_summary = TRUE },
  { .n_messages = 60, .n_channels = 3, .per_chunk = 7, .compression = "lz4", .no_statistics = TRUE },
  { .n_messages = 60, .n_channels = 3, .per_chunk = 7, .compression = "zstd", .no_index = TRUE },
  { .n_messages = 60, .n_channels = 3, .per_chunk = 7, .compression = "zstd", .no_crc = TRUE },
  { .n_messages = 60, .n_channels = 3, .per_chunk = 7, .compression = "zstd", .one_channel_a_chunk = TRUE },
  { .n_messages = 60, .n_channels = 3, .compression = "", .no_summary = TRUE },
  { .n_messages = 1, .n_channels = 1, .per_chunk = 7, .compression = "zstd", .padding = 300000 },
};

static void
test_every_variant_gives_the_same_messages (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (variants); i++)
    {
      QuarryTestMcap options = variants[i];
      g_autoptr(GByteArray) bytes = NULL;
      g_auto(QuarryTestOutcome) outcome = { 0 };
      g_autofree char *expected = NULL;

      options.repeated_channel = G_MAXUINT;
      bytes = quarry_test_write_mcap (&options);
      expected = quarry_test_mcap_expected (&options, 0, options.n_messages, -1);
      outcome = quarry_test_scan_bytes (bytes, "mcap", NULL, TRUE);
      g_test_message ("variant %u, %u bytes", i, bytes->len);
      g_assert_cmpstr (outcome.issues, ==, NULL);
      g_assert_cmpstr (outcome.text, ==, expected);
      g_assert_cmpint (outcome.n_messages, ==, options.n_messages);
      g_assert_cmpint (outcome.start_ns, ==, 1000);
      g_assert_cmpint (outcome.end_ns, ==, 1000 + options.n_messages - 1);
      g_assert_true (outcome.has_index == (!options.no_summary && !options.no_statistics));
      for (guint only = 0; only < options.n_channels; only++)
        {
          g_autofree char *some = quarry_test_mcap_expected (&options, 0, options.n_messages, (int) only);
          g_autofree char *topic = g_strdup_printf ("/topic%u", only);
          g_auto(QuarryTestOutcome) partial = quarry_test_scan_bytes (bytes, "mcap", topic, FALSE);

          g_assert_cmpstr (partial.issues, ==, NULL);
          g_assert_cmpstr (partial.text, ==, some);
        }
    }
}

static void
test_channels_of_one_topic_are_one (void)
{
  const QuarryTestMcap options = { .n_messages = 20, .n_channels = 3, .per_chunk = 4, .compression = "zstd", .repeated_channel = 1 };
  g_autoptr(GByteArray) bytes = quarry_test_write_mcap (&options);
  g_autofree char *expected = quarry_test_mcap_expected (&options, 0, 20, -1);
  g_auto(QuarryTestOutcome) outcome = quarry_test_scan_bytes (bytes, "mcap", NULL, TRUE);

  g_assert_cmpstr (outcome.issues, ==, NULL);
  g_assert_cmpstr (outcome.text, ==, expected);
}

/* Chunks of what is not wanted are not read: damage in them is not even seen */
static void
test_chunks_without_a_wanted_channel_are_not_read (void)
{
  QuarryTestMcap options = variants[8];
  g_autoptr(GByteArray) bytes = NULL;
  g_autofree char *expected = NULL;
  g_auto(QuarryTestOutcome) outcome = { 0 };
  const guint8 *at = NULL;

  options.repeated_channel = G_MAXUINT;
  options.no_crc = TRUE;
  bytes = quarry_test_write_mcap (&options);
  expected = quarry_test_mcap_expected (&options, 0, 60, 1);
  at = memmem (bytes->data, bytes->len, "zstd", 4);      /* of the first chunk, which holds channel 0 */
  bytes->data[at - bytes->data + 30] ^= 0xff;
  outcome = quarry_test_scan_bytes (bytes, "mcap", "/topic1", FALSE);
  g_assert_cmpstr (outcome.issues, ==, NULL);
  g_assert_cmpstr (outcome.text, ==, expected);
}

/* Returns: where the record with @op that is the @n-th of its kind at the top level begins */
static gsize
find_record_at (const GByteArray *bytes, guint8 op, guint n)
{
  gsize at = 8;

  while (at + 9 <= bytes->len)
    {
      guint64 length = 0;

      for (guint i = 8; i > 0; i--)
        length = length << 8 | bytes->data[at + i];
      if (bytes->data[at] == op && n-- == 0)
        return at;
      at += 9 + length;
    }
  g_assert_not_reached ();
}

/* Chunk 4 of 9 holds the messages 28 to 34 */
static void
test_a_damaged_chunk_is_left_out_and_the_rest_read (void)
{
  for (guint i = 0; i < 3; i++)
    for (guint with_summary = 0; with_summary < 2; with_summary++)
      {
        QuarryTestMcap options = variants[i];
        g_autoptr(GByteArray) bytes = NULL;
        g_autofree char *before = NULL, *after = NULL, *expected = NULL, *place = NULL;
        g_auto(QuarryTestOutcome) outcome = { 0 };
        gsize at;

        options.repeated_channel = G_MAXUINT;
        options.no_summary = with_summary == 0;
        options.padding = 300;
        bytes = quarry_test_write_mcap (&options);
        before = quarry_test_mcap_expected (&options, 0, 28, -1);
        after = quarry_test_mcap_expected (&options, 35, 60, -1);
        expected = g_strconcat (before, after, NULL);
        at = find_record_at (bytes, 6, 4);
        bytes->data[at + 9 + 60 + 200] ^= 0x40;
        outcome = quarry_test_scan_bytes (bytes, "mcap", NULL, TRUE);
        place = g_strdup_printf ("byte %" G_GSIZE_FORMAT ": chunk: CRC does not match", at);
        g_assert_cmpstr (outcome.text, ==, expected);
        g_assert_nonnull (outcome.issues);
        if (strstr (outcome.issues, place) == NULL && strstr (outcome.issues, "data is damaged") == NULL)
          g_error ("%s", outcome.issues);
        g_assert_nonnull (strstr (outcome.issues, "data section: CRC does not match"));
        g_assert_cmpint (outcome.n_messages, ==, with_summary ? 60 : 53);
        g_assert_cmpint (strstr (outcome.issues, "the summary tells of 60 messages, 53 can be read") != NULL, ==, with_summary);
      }
}

/* A head that is no head any more, and one that tells of more than there is */
static void
test_the_way_is_found_again_after_a_damaged_record (void)
{
  for (guint i = 0; i < 2; i++)
    {
      QuarryTestMcap options = { .n_messages = 60, .n_channels = 3, .per_chunk = 7, .compression = "zstd", .no_summary = TRUE,
                                 .repeated_channel = G_MAXUINT };
      g_autoptr(GByteArray) bytes = quarry_test_write_mcap (&options);
      g_autofree char *before = quarry_test_mcap_expected (&options, 0, 28, -1);
      g_autofree char *after = quarry_test_mcap_expected (&options, 35, 60, -1);
      g_autofree char *expected = g_strconcat (before, after, NULL);
      const gsize at = find_record_at (bytes, 6, 4);
      g_autofree char *place = g_strdup_printf ("byte %" G_GSIZE_FORMAT ": ", at);
      g_auto(QuarryTestOutcome) outcome = { 0 };

      if (i == 0)
        memset (bytes->data + at, 0xee, 20);
      else
        bytes->data[at + 5] = 1;
      outcome = quarry_test_scan_bytes (bytes, "mcap", NULL, TRUE);
      g_assert_cmpstr (outcome.text, ==, expected);
      g_assert_nonnull (strstr (outcome.issues, place));
      g_assert_nonnull (strstr (outcome.issues, "bytes are damaged and left out"));
    }
}

/* Loose messages: only those that are hit are lost */
static void
test_loose_messages_around_damage_are_read (void)
{
  QuarryTestMcap options = { .n_messages = 60, .n_channels = 3, .compression = "", .no_summary = TRUE, .repeated_channel = G_MAXUINT };
  g_autoptr(GByteArray) bytes = quarry_test_write_mcap (&options);
  g_autofree char *before = quarry_test_mcap_expected (&options, 0, 20, -1);
  g_autofree char *after = quarry_test_mcap_expected (&options, 21, 60, -1);
  g_autofree char *expected = g_strconcat (before, after, NULL);
  g_auto(QuarryTestOutcome) outcome = { 0 };

  memset (bytes->data + find_record_at (bytes, 5, 20), 0xff, 9);
  outcome = quarry_test_scan_bytes (bytes, "mcap", NULL, TRUE);
  g_assert_cmpstr (outcome.text, ==, expected);
  g_assert_nonnull (strstr (outcome.issues, "bytes are damaged and left out"));
}

static void
test_a_wrong_summary_crc_is_told_and_the_file_read_whole (void)
{
  QuarryTestMcap options = variants[2];
  g_autoptr(GByteArray) bytes = NULL;
  g_autofree char *expected = NULL;
  g_auto(QuarryTestOutcome) outcome = { 0 };

  options.repeated_channel = G_MAXUINT;
  bytes = quarry_test_write_mcap (&options);
  expected = quarry_test_mcap_expected (&options, 0, 60, -1);
  bytes->data[bytes->len - 60] ^= 1;
  outcome = quarry_test_scan_bytes (bytes, "mcap", NULL, FALSE);
  g_assert_cmpstr (outcome.text, ==, expected);
  g_assert_false (outcome.has_index);
  g_assert_nonnull (strstr (outcome.issues, "summary: CRC does not match"));
}

/* A recording that was killed: all whole chunks, and what can be had of the last */
static void
test_a_cut_file_is_read_up_to_the_cut (void)
{
  for (guint i = 0; i < 4; i++)
    {
      QuarryTestMcap options = variants[i];
      g_autoptr(GByteArray) bytes = NULL;
      g_autofree char *expected = NULL, *all = NULL;
      g_auto(QuarryTestOutcome) outcome = { 0 };

      options.repeated_channel = G_MAXUINT;
      options.no_footer = TRUE;
      bytes = quarry_test_write_mcap (&options);
      expected = quarry_test_mcap_expected (&options, 0, 49, -1);      /* seven whole chunks */
      all = quarry_test_mcap_expected (&options, 0, 60, -1);
      g_byte_array_set_size (bytes, (guint) find_record_at (bytes, i < 3 ? 6 : 5, i < 3 ? 7 : 55) + (i < 3 ? 300 : 10));
      outcome = quarry_test_scan_bytes (bytes, "mcap", NULL, TRUE);
      g_assert_true (g_str_has_prefix (outcome.text, expected));
      g_assert_true (g_str_has_prefix (all, outcome.text));
      g_assert_nonnull (strstr (outcome.issues, "no footer"));
      g_assert_nonnull (strstr (outcome.issues, "cut off"));
    }
}

static void
test_damage_never_does_harm (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (variants) - 1; i++)
    {
      QuarryTestMcap options = variants[i];
      g_autoptr(GByteArray) bytes = NULL;

      options.repeated_channel = G_MAXUINT;
      bytes = quarry_test_write_mcap (&options);
      quarry_test_damage (bytes->data, bytes->len, quarry_test_read_damaged_log, &options.n_messages);
    }
}

static void
test_the_consumer_may_stop (void)
{
  const QuarryTestMcap options = { .n_messages = 600, .n_channels = 3, .per_chunk = 2, .compression = "zstd", .repeated_channel = G_MAXUINT };
  g_autoptr(GByteArray) bytes = quarry_test_write_mcap (&options);
  g_autoptr(GBytes) copy = g_bytes_new (bytes->data, bytes->len);
  g_autoptr(QuarryFile) file = quarry_file_new_for_bytes (copy, "/stopped", NULL);
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(QuarryLog) log = quarry_log_open_file (NULL, file, report, NULL, NULL);
  QuarryTestLogScan content = { .is_terse = TRUE, .stop_after = 100 }, unhappy = { .is_terse = TRUE, .stop_after = 7, .fail = TRUE };
  QuarryTestLogScan none = { .is_terse = TRUE };
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("test");
  g_autoptr(GError) error = NULL;

  g_assert_true (quarry_log_scan (log, NULL, quarry_test_log_message, &content, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (content.n, ==, 100);
  g_assert_false (quarry_log_scan (log, NULL, quarry_test_log_message, &unhappy, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_cmpuint (unhappy.n, ==, 7);
  g_clear_error (&error);
  quarry_operation_cancel (operation);
  g_assert_false (quarry_log_scan (log, NULL, quarry_test_log_message, &none, operation, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (none.n, ==, 0);
  quarry_test_assert_no_issues (report, "/stopped");
}

static void
test_what_is_no_log_is_refused (void)
{
  static const struct { const char *content, *message;
  } cases[] = { { "", "the file is empty" }, { "\x89MCAP", "no log of a kind that is known" }, { "hello", "no log of a kind that is known" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new_static (cases[i].content, strlen (cases[i].content));
      g_autoptr(QuarryFile) file = quarry_file_new_for_bytes (bytes, "/some", NULL);
      g_autoptr(GError) error = NULL;

      g_assert_null (quarry_log_open_file (NULL, file, NULL, NULL, &error));
      g_assert_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, cases[i].message));
      g_assert_true (g_str_has_prefix (error->message, "/some: "));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-mcap/conformance-set-passes", test_conformance_set_passes);
  g_test_add_func ("/log-mcap/real-files-hold-what-they-are-known-to-hold", test_real_files_hold_what_they_are_known_to_hold);
  g_test_add_func ("/log-mcap/every-variant-gives-the-same-messages", test_every_variant_gives_the_same_messages);
  g_test_add_func ("/log-mcap/channels-of-one-topic-are-one", test_channels_of_one_topic_are_one);
  g_test_add_func ("/log-mcap/chunks-without-a-wanted-channel-are-not-read", test_chunks_without_a_wanted_channel_are_not_read);
  g_test_add_func ("/log-mcap/a-damaged-chunk-is-left-out-and-the-rest-read", test_a_damaged_chunk_is_left_out_and_the_rest_read);
  g_test_add_func ("/log-mcap/the-way-is-found-again-after-a-damaged-record", test_the_way_is_found_again_after_a_damaged_record);
  g_test_add_func ("/log-mcap/loose-messages-around-damage-are-read", test_loose_messages_around_damage_are_read);
  g_test_add_func ("/log-mcap/a-wrong-summary-crc-is-told-and-the-file-read-whole", test_a_wrong_summary_crc_is_told_and_the_file_read_whole);
  g_test_add_func ("/log-mcap/a-cut-file-is-read-up-to-the-cut", test_a_cut_file_is_read_up_to_the_cut);
  g_test_add_func ("/log-mcap/damage-never-does-harm", test_damage_never_does_harm);
  g_test_add_func ("/log-mcap/the-consumer-may-stop", test_the_consumer_may_stop);
  g_test_add_func ("/log-mcap/what-is-no-log-is-refused", test_what_is_no_log_is_refused);
  return g_test_run ();
}
