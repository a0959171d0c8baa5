/* test-log-rosbag1.c: ROS 1 bags
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-log.h"
#include "quarry-test-damage.h"
#include "quarry-test-write-bag.h"

#define T(seconds) (G_GINT64_CONSTANT (seconds) * QUARRY_NS_PER_S + 500)

static void
test_real_files_hold_what_they_are_known_to_hold (void)
{
  static const struct { const char *path; guint n; const char *channels;
  } cases[] = {
    { "rosbag1/foxglove/example.bag", 8647, NULL },
    { "rosbag1/foxglove/example-bz2.bag", 8647, NULL },
    { "rosbag1/foxglove/example-lz4.bag", 8647, NULL },
    { "rosbag1/foxglove/no-messages.bag", 0, "" },
    { "rosbag1/ros_numpy/test.bag", 9, NULL },
    { "rosbag1/rosbag2_bag_v2/test_bag_multiple_connections.bag", 6, NULL },
    { "rosbag1/swri/Bool.bag", 2, "/false_value std_msgs/Bool ros1 ros1msg 1\n/true_value std_msgs/Bool ros1 ros1msg 1\n" },
    { "rosbag1/swri/Float64MultiArray.bag", 1, "/data std_msgs/Float64MultiArray ros1 ros1msg 1\n" },
    { "rosbag1/swri/Int8.bag", 1, "/data std_msgs/Int8 ros1 ros1msg 1\n" },
    { "rosbag1/swri/PointCloud2.bag", 1, "/pointcloud2 sensor_msgs/PointCloud2 ros1 ros1msg 1\n" },
    { "rosbag1/swri/UInt64.bag", 1, "/data std_msgs/UInt64 ros1 ros1msg 1\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = quarry_test_shared (cases[i].path);
      g_autoptr(QuarryStorage) storage = quarry_storage_new ();
      g_autoptr(QuarryReport) report = quarry_report_new ();
      QuarryTestLogScan scan = { .storage = storage, .is_terse = TRUE };
      g_autofree char *channels = NULL;
      g_autoptr(QuarryLog) log = NULL;

      if (path == NULL)
        return;
      log = quarry_test_open_log (storage, path, report);
      g_assert_true (quarry_log_scan (log, NULL, quarry_test_log_message, &scan, NULL, NULL));
      channels = quarry_test_log_channels (log);
      g_test_message ("%s\n%s", path, channels);
      g_assert_cmpuint (scan.n, ==, cases[i].n);
      g_assert_cmpint (log->n_messages, ==, cases[i].n);
      g_assert_true (log->has_index);
      if (cases[i].channels != NULL)
        g_assert_cmpstr (channels, ==, cases[i].channels);
      if (cases[i].n == 8647)
        {
          g_assert_cmpint ((log->start_ns + 500) / 1000, ==, G_GINT64_CONSTANT (1396293887844784));      /* known to the microsecond */
          g_assert_cmpint ((log->end_ns + 500) / 1000, ==, G_GINT64_CONSTANT (1396293909544870));
          g_assert_nonnull (strstr (channels, "/tf tf/tfMessage ros1 ros1msg 2688\n"));
          g_assert_nonnull (strstr (channels, "/turtle1/color_sensor turtlesim/Color ros1 ros1msg 1351\n"));
          g_assert_nonnull (strstr (channels, "/turtle2/color_sensor turtlesim/Color ros1 ros1msg 1344\n"));
          g_assert_nonnull (strstr (channels, "/rosout rosgraph_msgs/Log ros1 ros1msg 10\n"));
        }
      quarry_test_assert_no_issues (report, path);
    }
}

static void
test_an_empty_file_is_refused (void)
{
  g_autofree char *path = quarry_test_shared ("rosbag1/foxglove/empty-file.bag");
  g_autoptr(QuarryStorage) storage = quarry_storage_new ();
  g_autoptr(GError) error = NULL;

  if (path == NULL)
    return;
  g_assert_null (quarry_log_open (storage, path, NULL, NULL, &error));
  g_assert_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "empty-file.bag: the file is empty"));
}

static const QuarryTestBag variants[] = {
  { .n_messages = 50, .per_chunk = 8, .compression = "none", .padding = 200 },
  { .n_messages = 50, .per_chunk = 8, .compression = "bz2", .padding = 200 },
  { .n_messages = 50, .per_chunk = 8, .compression = "lz4", .padding = 200 },
  { .n_messages = 50, .per_chunk = 8, .compression = "lz4", .encryptor = "rosbag/NoEncryptor" },
  { .n_messages = 50, .per_chunk = 1, .compression = "none" },
};

static void
test_every_compression_gives_the_same_messages (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (variants); i++)
    {
      g_autoptr(GByteArray) bytes = quarry_test_write_bag (&variants[i]);
      g_autofree char *expected = quarry_test_bag_expected (&variants[i], 0, 50, NULL);
      g_autofree char *one = quarry_test_bag_expected (&variants[i], 0, 50, "/one");
      g_auto(QuarryTestOutcome) outcome = quarry_test_scan_bytes (bytes, "bag", NULL, TRUE);
      g_auto(QuarryTestOutcome) partial = quarry_test_scan_bytes (bytes, "bag", "/one", TRUE);

      g_assert_cmpstr (outcome.issues, ==, NULL);
      g_assert_cmpstr (outcome.text, ==, expected);
      g_assert_cmpstr (partial.text, ==, one);
      g_assert_cmpstr (outcome.channels, ==, "/one std_msgs/Int8 ros1 ros1msg 17\n/zero std_msgs/String ros1 ros1msg 33\n");
      g_assert_true (outcome.has_index);
      g_assert_cmpint (outcome.n_messages, ==, 50);
      g_assert_cmpint (outcome.start_ns, ==, T (1000));
      g_assert_cmpint (outcome.end_ns, ==, T (1049));
    }
}

/* The last chunk is open: its lengths are 0 and its end may be missing */
static void
test_a_bag_that_was_not_closed_is_recovered (void)
{
  for (guint i = 0; i < 3; i++)
    for (guint cut = 0; cut < 2; cut++)
      {
        QuarryTestBag options = variants[i];
        g_autoptr(GByteArray) bytes = NULL;
        g_autofree char *all = quarry_test_bag_expected (&options, 0, 50, NULL);
        g_autofree char *whole = quarry_test_bag_expected (&options, 0, 48, NULL);
        g_auto(QuarryTestOutcome) outcome = { 0 };

        options.is_active = TRUE;
        bytes = quarry_test_write_bag (&options);
        g_byte_array_set_size (bytes, bytes->len - cut * 30);
        outcome = quarry_test_scan_bytes (bytes, "bag.active", NULL, TRUE);
        g_assert_false (outcome.has_index);
        g_assert_true (g_str_has_prefix (outcome.text, whole));
        g_assert_true (g_str_has_prefix (all, outcome.text));
        if (cut == 0)
          g_assert_cmpstr (outcome.text, ==, all);
        g_assert_nonnull (strstr (outcome.issues, "was not closed"));
      }
}

static void
test_a_cut_bag_is_read_up_to_the_cut (void)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(GByteArray) bytes = quarry_test_write_bag (&variants[i]);
      g_autofree char *all = quarry_test_bag_expected (&variants[i], 0, 50, NULL);
      g_autofree char *first = quarry_test_bag_expected (&variants[i], 0, 16, NULL);
      g_auto(QuarryTestOutcome) outcome = { 0 };

      g_byte_array_set_size (bytes, 4096 + (bytes->len - 4096) / 2);
      outcome = quarry_test_scan_bytes (bytes, "bag", NULL, TRUE);
      g_assert_true (g_str_has_prefix (outcome.text, first));
      g_assert_true (g_str_has_prefix (all, outcome.text));
      g_assert_cmpstr (outcome.text, !=, all);
      g_assert_nonnull (strstr (outcome.issues, "the bag was cut off: its index should be at byte"));
    }
}

static gsize
find_text (const GByteArray *bytes, const char *text, guint n)
{
  const guint8 *at = bytes->data;

  for (guint i = 0; i <= n; i++)
    at = (const guint8 *) memmem (at + 1, bytes->len - (gsize) (at + 1 - bytes->data), text, strlen (text));
  return (gsize) (at - bytes->data);
}

/* Chunk 2 holds the messages 16 to 23 */
static void
test_a_damaged_chunk_is_left_out_and_the_rest_read (void)
{
  for (guint i = 1; i < 3; i++)
    {
      g_autoptr(GByteArray) bytes = quarry_test_write_bag (&variants[i]);
      g_autofree char *before = quarry_test_bag_expected (&variants[i], 0, 16, NULL);
      g_autofree char *after = quarry_test_bag_expected (&variants[i], 24, 50, NULL);
      g_autofree char *expected = g_strconcat (before, after, NULL);
      g_auto(QuarryTestOutcome) outcome = { 0 };
      const gsize at = find_text (bytes, "compression=", 2);

      memset (bytes->data + at + 60, 0, 40);
      outcome = quarry_test_scan_bytes (bytes, "bag", NULL, TRUE);
      g_assert_cmpstr (outcome.text, ==, expected);
      g_assert_nonnull (strstr (outcome.issues, "chunk: "));
      g_assert_nonnull (strstr (outcome.issues, "the index tells of 50 messages, 42 can be read"));
    }
}

/* In a bag of uncompressed chunks each message can be found by itself */
static void
test_the_way_is_found_again_after_damage (void)
{
  QuarryTestBag options = variants[0];
  g_autoptr(GByteArray) bytes = NULL;
  g_autofree char *before = quarry_test_bag_expected (&options, 0, 16, NULL);
  g_autofree char *after = quarry_test_bag_expected (&options, 16, 50, NULL);
  g_autofree char *expected = g_strconcat (before, after, NULL);
  g_auto(QuarryTestOutcome) outcome = { 0 };
  gsize at;

  options.is_active = TRUE;
  bytes = quarry_test_write_bag (&options);
  at = find_text (bytes, "compression=", 2);
  memset (bytes->data + at - 8, 0xff, 30);      /* the chunk's own header */
  outcome = quarry_test_scan_bytes (bytes, "bag", NULL, TRUE);
  g_assert_cmpstr (outcome.text, ==, expected);
  g_assert_nonnull (strstr (outcome.issues, "bytes are damaged and left out"));
}

static void
test_encrypted_and_older_bags_are_refused (void)
{
  QuarryTestBag options = variants[0];
  g_autoptr(GByteArray) bytes = NULL;
  g_autoptr(GBytes) encrypted = NULL;
  g_autoptr(GBytes) old = g_bytes_new_static ("#ROSBAG V1.2\nxxxxxxxxxxxxxxx", 28);
  g_autoptr(QuarryFile) file = NULL, old_file = quarry_file_new_for_bytes (old, "/old.bag", NULL);
  g_autoptr(GError) error = NULL;

  options.encryptor = "rosbag/AesCbcEncryptor";
  bytes = quarry_test_write_bag (&options);
  encrypted = g_bytes_new (bytes->data, bytes->len);
  file = quarry_file_new_for_bytes (encrypted, "/secret.bag", NULL);
  g_assert_null (quarry_log_open_file (NULL, file, NULL, NULL, &error));
  g_assert_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error->message, ==, "/secret.bag: the bag is encrypted (rosbag/AesCbcEncryptor): decrypt it with 'rosbag decrypt' first");
  g_clear_error (&error);
  g_assert_null (quarry_log_open_file (NULL, old_file, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "another version"));
}

static void
test_damage_never_does_harm (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (variants); i++)
    for (guint active = 0; active < 2; active++)
      {
        QuarryTestBag options = variants[i];
        g_autoptr(GByteArray) bytes = NULL;

        options.is_active = active;
        bytes = quarry_test_write_bag (&options);
        quarry_test_damage (bytes->data, bytes->len, quarry_test_read_damaged_log, &options.n_messages);
        g_byte_array_remove_range (bytes, 200, 3800);      /* of the blanks after the header, so that flips hit what counts */
        quarry_test_damage (bytes->data, bytes->len, quarry_test_read_damaged_log, &options.n_messages);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-rosbag1/real-files-hold-what-they-are-known-to-hold", test_real_files_hold_what_they_are_known_to_hold);
  g_test_add_func ("/log-rosbag1/an-empty-file-is-refused", test_an_empty_file_is_refused);
  g_test_add_func ("/log-rosbag1/every-compression-gives-the-same-messages", test_every_compression_gives_the_same_messages);
  g_test_add_func ("/log-rosbag1/a-bag-that-was-not-closed-is-recovered", test_a_bag_that_was_not_closed_is_recovered);
  g_test_add_func ("/log-rosbag1/a-cut-bag-is-read-up-to-the-cut", test_a_cut_bag_is_read_up_to_the_cut);
  g_test_add_func ("/log-rosbag1/a-damaged-chunk-is-left-out-and-the-rest-read", test_a_damaged_chunk_is_left_out_and_the_rest_read);
  g_test_add_func ("/log-rosbag1/the-way-is-found-again-after-damage", test_the_way_is_found_again_after_damage);
  g_test_add_func ("/log-rosbag1/encrypted-and-older-bags-are-refused", test_encrypted_and_older_bags_are_refused);
  g_test_add_func ("/log-rosbag1/damage-never-does-harm", test_damage_never_does_harm);
  return g_test_run ();
}
