/* test-message-recordings.c: every message of the real logs decodes, and means what it should
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-log.h"
#include "quarry-observation.h"
#include "quarry-report.h"
#include "quarry-test.h"

typedef struct
{
  GHashTable *types;           /* channel → QuarryMessageType, NULL where it is not understood */
  guint       n, n_refused;    /* messages; those whose type or bytes are not understood */
  guint       n_of_kind[QUARRY_OBSERVATION_POSITION + 1];
  guint       n_meaningless;   /* observations that are errors */
  gint64      n_points;
  GString    *formats;         /* of images and clouds, each once */
} Count;

static gboolean
count_message (const QuarryLogMessage *message, gpointer user_data, GError **error)
{
  Count *self = user_data;
  const QuarryLogChannel *channel = message->channel;
  g_autoptr(QuarryMessage) decoded = NULL;
  g_auto(QuarryObservation) observation = { 0, };
  QuarryMessageType *type;

  if (!g_hash_table_lookup_extended (self->types, channel, NULL, (gpointer *) &type))
    {
      type = quarry_message_type_new (channel->type, channel->encoding, channel->schema_encoding, channel->schema, NULL);
      g_hash_table_insert (self->types, (gpointer) channel, type);
    }
  self->n++;
  decoded = type != NULL ? quarry_message_decode (type, message->data, message->length, NULL) : NULL;
  if (decoded == NULL)
    {
      self->n_refused++;
      return TRUE;
    }
  if (!quarry_observation_read (channel->type, quarry_message_get_root (decoded), message->data, &observation, NULL))
    {
      self->n_meaningless++;
      return TRUE;
    }
  self->n_of_kind[observation.kind]++;
  self->n_points += MAX (observation.n_points, 0);
  if (observation.format != NULL && strstr (self->formats->str, observation.format) == NULL)
    g_string_append_printf (self->formats, "%s ", observation.format);
  if (observation.format != NULL)
    g_assert_cmpuint (observation.offset + observation.length, <=, message->length);
  return TRUE;
}

/* kinds: of QuarryObservationKind, from IMAGE */
static const struct { const char *path; guint n, n_refused, n_meaningless, kinds[6]; gint64 n_points; const char *formats; } logs[] = {
  { "rosbag1/foxglove/example.bag", 8647, 0, 0, { 0, 0, 0, 2689, 0, 0 }, 0, "" },
  { "rosbag1/foxglove/example-bz2.bag", 8647, 0, 0, { 0, 0, 0, 2689, 0, 0 }, 0, "" },
  { "rosbag1/foxglove/example-lz4.bag", 8647, 0, 0, { 0, 0, 0, 2689, 0, 0 }, 0, "" },
  { "rosbag1/ros_numpy/test.bag", 9, 0, 0, { 2, 1, 0, 0, 0, 0 }, 100,
    "raw:rgb8:360x240:1080:le points:100:15:le:x@0f4,y@4f4,z@8f4,r@12u1,g@13u1,b@14u1 png " },
  { "rosbag1/swri/PointCloud2.bag", 1, 0, 0, { 0, 1, 0, 0, 0, 0 }, 124914, "points:124914:32:le:x@0f4,y@4f4,z@8f4,intensity@16f4,ring@20u2 " },
  { "rosbag1/swri/Float64MultiArray.bag", 1, 0, 0, { 0, 0, 0, 0, 0, 0 }, 0, "" },
  { "mcap/lichtblick/custom-camera-model.mcap", 30, 0, 10, { 10, 0, 10, 0, 0, 0 }, 0, "base64+jpeg " },
  { "mcap/lichtblick/example.mcap", 111, 0, 0, { 0, 0, 0, 0, 0, 0 }, 0, "" },
  { "rosbag2/rosbag2_tests/mcap/cdr_test/cdr_test_0.mcap", 7, 0, 0, { 0, 0, 0, 0, 0, 0 }, 0, "" },
  { "rosbag2/rosbag2_tests/mcap/bag_with_topics_and_service_events/bag_with_topics_and_service_events.mcap", 10, 0, 0, { 0, 0, 0, 0, 0, 0 }, 0, "" },
  { "rosbag2/rosbag2_tests/mcap/wrong_rmw_test/wrong_rmw_test_0.mcap", 7, 7, 0, { 0, 0, 0, 0, 0, 0 }, 0, "" },
  { "rosbag2/talker/mcap/talker/talker.mcap", 20, 0, 0, { 0, 0, 0, 0, 0, 0 }, 0, "" },
};

static void
test_log (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autofree char *path = quarry_test_shared (logs[i].path);
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(QuarryStorage) storage = quarry_storage_new ();
  g_autoptr(QuarryLog) log = NULL;
  g_autoptr(GError) error = NULL;
  Count count = { 0, };

  if (path == NULL)
    return;
  log = quarry_log_open (storage, path, report, NULL, &error);
  g_assert_no_error (error);
  count.types = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) quarry_message_type_unref);
  count.formats = g_string_new (NULL);
  quarry_log_scan (log, NULL, count_message, &count, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count.n, ==, logs[i].n);
  g_assert_cmpuint (count.n_refused, ==, logs[i].n_refused);
  g_assert_cmpuint (count.n_meaningless, ==, logs[i].n_meaningless);
  for (guint kind = 0; kind < G_N_ELEMENTS (logs[i].kinds); kind++)
    g_assert_cmpuint (count.n_of_kind[kind + 1], ==, logs[i].kinds[kind]);
  g_assert_cmpint (count.n_points, ==, logs[i].n_points);
  g_assert_cmpstr (count.formats->str, ==, logs[i].formats);
  g_hash_table_unref (count.types);
  g_string_free (count.formats, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (logs); i++)
    {
      g_autofree char *name = g_strconcat ("/message-recordings/", logs[i].path, NULL);

      g_test_add_data_func (name, GUINT_TO_POINTER (i), test_log);
    }
  return g_test_run ();
}
