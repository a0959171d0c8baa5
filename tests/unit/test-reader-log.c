/* test-reader-log.c: recordings of messages into the catalog
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-ingest-private.h"
#include "quarry-media.h"
#include "quarry-test-import.h"
#include "quarry-test-recording.h"
#include "quarry-test-damage.h"

#include <sys/stat.h>
#include <unistd.h>

#define MS G_GINT64_CONSTANT (1000000)
#define T0 (G_GINT64_CONSTANT (1700000000) * QUARRY_NS_PER_S)

/* A lidar at 10 Hz and a camera at 30 Hz that starts half a second earlier; one cloud comes twice, one picture late */
static void
add_streams (QuarryTestMcap *mcap, gint64 from_ns, guint n_clouds)
{
  g_autoptr(QuarryImage) image = quarry_image_new (8, 6);
  g_autoptr(GBytes) jpeg = quarry_image_to_jpeg (image, 80, NULL);
  g_autoptr(QuarryCloud) cloud = quarry_cloud_new (20, TRUE, FALSE, TRUE);

  for (guint i = 0; i < n_clouds; i++)
    {
      const gint64 stamp = from_ns + i * 100 * MS;

      for (int k = 0; k < 3; k++)
        {
          const gint64 at = stamp - 500 * MS + k * 33 * MS + 5 * MS;

          quarry_test_add_picture (mcap, "/front/image_raw/compressed", at, at, "front", "jpeg", g_bytes_get_data (jpeg, NULL), g_bytes_get_size (jpeg));
        }
      quarry_test_add_cloud (mcap, "/lidar/points", stamp, stamp, "lidar", cloud);
    }
}

static void
write_streams (QuarryTestImport *self, const char *relative, gint64 from_ns, guint n_clouds)
{
  g_autofree char *path = quarry_test_site_path (self, relative);
  QuarryTestMcap *mcap = quarry_test_mcap_new ();

  add_streams (mcap, from_ns, n_clouds);
  quarry_test_mcap_write (mcap, path);
}

static QuarryId
import_with (QuarryTestImport *self, const char *path, const QuarryIngestOptions *options, GError **error)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("import");

  g_clear_object (&self->report);
  self->report = g_object_ref (quarry_operation_get_report (operation));
  return quarry_ingest_import (self->test.catalog, path, options, operation, error);
}

static gint64
count (QuarryTestImport *self)
{
  QuarryTotals totals = { 0 };
  g_autoptr(QuarryQuery) query = quarry_query_parse ("", NULL);

  g_assert_true (quarry_catalog_count_totals (self->test.catalog, query, &totals, NULL));
  return totals.scenes * 1000000 + totals.frames * 1000 + totals.media;
}

static QuarryStream *
take_stream (QuarryTestImport *self, const char *name)
{
  g_autoptr(GPtrArray) scenes = quarry_catalog_list_scenes (self->test.catalog, NULL);
  g_autoptr(GPtrArray) streams = quarry_catalog_list_streams (self->test.catalog, ((QuarryScene *) scenes->pdata[0])->id, NULL);

  for (guint i = 0; i < streams->len; i++)
    if (g_str_equal (((QuarryStream *) streams->pdata[i])->name, name))
      return g_ptr_array_steal_index (streams, i);
  g_error ("no stream '%s'", name);
}

/* Names and contents of all files below */
static void
hash_folder (GChecksum *checksum, const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, quarry_test_compare_lines);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *child = g_build_filename (path, names->pdata[i], NULL);
      g_autofree char *text = NULL;
      gsize length = 0;
      GStatBuf info;

      g_checksum_update (checksum, names->pdata[i], -1);
      if (g_lstat (child, &info) == 0 && S_ISDIR (info.st_mode))
        hash_folder (checksum, child);
      else if (S_ISREG (info.st_mode) && g_file_get_contents (child, &text, &length, NULL))
        {
          g_checksum_update (checksum, (const guchar *) text, (gssize) length);
          g_checksum_update (checksum, (const guchar *) &info.st_mtime, sizeof info.st_mtime);
        }
    }
}

static char *
hash_site (QuarryTestImport *self)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  hash_folder (checksum, self->site);
  return g_strdup (g_checksum_get_string (checksum));
}

static void
test_frames (QuarryTestImport *self, gconstpointer data)
{
  g_autofree char *path = quarry_test_site_path (self, "a b/Baustelle \xC3\xA4\n1.mcap");
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr(QuarryStream) front = NULL;
  g_autoptr(QuarryStream) lidar = NULL;
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;
  g_autoptr(QuarryImage) image = NULL;
  g_autoptr(QuarryCloud) cloud = NULL;
  g_autoptr(GError) error = NULL;

  write_streams (self, "a b/Baustelle \xC3\xA4\n1.mcap", T0, 10);
  before = hash_site (self);
  quarry_test_import (self, path);
  g_assert_cmpint (count (self), ==, 1010016);       /* 10 frames; pictures from -0.5 s to 0.47 s: 6 of 10 clouds have one */
  front = take_stream (self, "/front/image_raw/compressed");
  lidar = take_stream (self, "/lidar/points");
  g_assert_cmpstr (front->sensor_name, ==, "front");
  g_assert_cmpstr (front->type, ==, "sensor_msgs/msg/CompressedImage");
  g_assert_cmpint (front->n_messages, ==, 30);
  g_assert_cmpint (front->n_matched + front->n_unmatched + front->n_stale + front->n_repeated, ==, 30);
  g_assert_cmpint (front->n_stale, >, 5);
  g_assert_cmpint (quarry_report_get_count (self->report, "media stale"), ==, front->n_stale);
  g_assert_cmpint (quarry_report_get_count (self->report, "media unmatched"), ==, front->n_unmatched);
  g_assert_cmpint (lidar->n_matched, ==, 10);
  g_assert_cmpint (lidar->offset_max_ns, ==, 0);
  g_assert_cmpint (lidar->end_ns - lidar->start_ns, ==, 900 * MS);
  /* media are pointers that can be looked at */
  frame = quarry_test_find_frame (self, "1700000000000000000");
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  image = quarry_media_load_image (NULL, quarry_test_find_media (media, "front"), 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (image->width, ==, 8);
  g_assert_cmpint (quarry_test_find_media (media, "front")->height, ==, 6);
  cloud = quarry_media_load_cloud (NULL, NULL, 0, quarry_test_find_media (media, "lidar"), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cloud->n, ==, 20);
  after = hash_site (self);
  g_assert_cmpstr (before, ==, after);
}

static void
test_again (QuarryTestImport *self, gconstpointer data)
{
  g_autofree char *path = quarry_test_site_path (self, "run.mcap");
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  QuarryIngestOptions options = QUARRY_INGEST_OPTIONS_DEFAULT;
  g_autoptr(QuarrySource) source = NULL;
  g_autoptr(GError) error = NULL;

  write_streams (self, "run.mcap", T0, 10);
  options.tolerance_ns = 20 * MS;
  options.latest_before = TRUE;
  g_assert_cmpint (import_with (self, path, &options, &error), !=, 0);
  before = quarry_catalog_dump (self->test.catalog, NULL);
  /* as before, without saying so */
  g_assert_cmpint (import_with (self, path, NULL, &error), !=, 0);
  g_assert_no_error (error);
  after = quarry_catalog_dump (self->test.catalog, NULL);
  g_assert_cmpstr (before, ==, after);
  source = quarry_catalog_find_source (self->test.catalog, path, &error);
  g_assert_nonnull (strstr (source->options, "\"pick\":\"latest-before\""));
  g_assert_nonnull (strstr (source->options, "\"tolerance_ns\":20000000"));
  /* the same said again is fine; otherwise is refused, and nothing is twice */
  g_assert_cmpint (import_with (self, path, &options, &error), !=, 0);
  options.sync = QUARRY_SYNC_NONE;
  g_assert_cmpint (import_with (self, path, &options, &error), ==, 0);
  g_assert_nonnull (strstr (error->message, "its frames would be there twice"));
  g_assert_cmpint (count (self) / 1000, ==, 1010);
  /* what a longer recording has more is added */
  write_streams (self, "run.mcap", T0, 15);
  g_assert_cmpint (import_with (self, path, NULL, NULL), !=, 0);
  g_assert_cmpint (count (self) / 1000, ==, 1015);
}

static void
test_policies (QuarryTestImport *self, gconstpointer data)
{
  static const struct { const char *sync; gint64 frames; } cases[] = { { "lidar", 4 }, { "camera:front", 12 }, { "none", 16 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("run%d.mcap", (int) i);
      g_autofree char *path = quarry_test_site_path (self, name);
      QuarryIngestOptions options = QUARRY_INGEST_OPTIONS_DEFAULT;
      g_autofree char *text = NULL;
      g_autoptr(GError) error = NULL;
      const gint64 n = count (self) / 1000 % 1000;

      g_assert_true (quarry_ingest_sync_parse (cases[i].sync, &options));
      text = quarry_ingest_sync_to_text (&options);
      g_assert_cmpstr (text, ==, cases[i].sync);
      write_streams (self, name, T0, 4);
      g_assert_cmpint (import_with (self, path, &options, &error), !=, 0);
      g_assert_no_error (error);
      g_assert_cmpint (count (self) / 1000 % 1000 - n, ==, cases[i].frames);
    }
  g_assert_false (quarry_ingest_sync_parse ("camera:", &(QuarryIngestOptions) { 0 }));
  g_assert_false (quarry_ingest_sync_parse ("radar", &(QuarryIngestOptions) { 0 }));
}

static void
test_folder (QuarryTestImport *self, gconstpointer data)
{
  g_autofree char *fifo = quarry_test_site_path (self, "day/pipe");
  g_autofree char *loop = quarry_test_site_path (self, "day/loop");
  g_autofree char *day = quarry_test_site_path (self, "day");
  g_autoptr(GPtrArray) scenes = NULL;

  write_streams (self, "day/run_0.mcap", T0, 3);
  write_streams (self, "day/run_1.mcap", T0 + 300 * MS, 3);                       /* the same recording */
  write_streams (self, "day/run_2.mcap", T0 + 3600 * QUARRY_NS_PER_S, 3);         /* an hour later: another */
  write_streams (self, "day/deep/er/x.mcap", T0, 2);
  quarry_test_write (self, "day/broken.mcap", "no log", -1);
  quarry_test_write (self, "day/empty.mcap", "", 0);
  quarry_test_write (self, "day/notes.txt", "rain", -1);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (symlink (".", loop), ==, 0);
  quarry_test_import (self, day);
  scenes = quarry_catalog_list_scenes (self->test.catalog, NULL);
  g_assert_cmpuint (scenes->len, ==, 3);
  for (guint i = 0; i < scenes->len; i++)
    {
      const QuarryScene *scene = scenes->pdata[i];

      g_assert_cmpint (scene->n_frames, ==, g_str_equal (scene->name, "run") ? 6 : g_str_equal (scene->name, "run_2") ? 3 : 2);
    }
  quarry_test_assert_issue (self, "skipped", "day/broken.mcap: ");
  quarry_test_assert_issue (self, "skipped", "day/empty.mcap: ");
  quarry_test_assert_issue (self, "skipped", "day/pipe: a FIFO");
  quarry_test_assert_issue (self, "skipped", "day/loop: ");
}

static void
test_preview (QuarryTestImport *self, gconstpointer data)
{
  g_autofree char *day = quarry_test_site_path (self, "day");
  g_autoptr(QuarryStorage) storage = quarry_storage_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryIngestPreview) preview = NULL;

  write_streams (self, "day/run_0.mcap", T0, 3);
  write_streams (self, "day/run_1.mcap", T0 + 300 * MS, 3);
  preview = quarry_ingest_preview (storage, day, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (preview->reader->id, ==, "mcap");
  g_assert_cmpint (preview->n_scenes, ==, 1);
  g_assert_cmpint (preview->n_frames, ==, 6);
  g_assert_cmpint (preview->bytes, >, 1000);
  g_assert_cmpuint (preview->streams->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const QuarryIngestStream *stream = preview->streams->pdata[i];
      const gboolean lidar = g_str_equal (stream->name, "/lidar/points");

      g_assert_true (stream->is_sensor);
      g_assert_cmpstr (stream->sensor, ==, lidar ? "lidar" : "front");
      g_assert_cmpint (stream->n, ==, lidar ? 6 : 18);
    }
}

/* One import of a source at a time; whoever is killed lets go */
static void
test_together (QuarryTestImport *self, gconstpointer data)
{
  g_autofree char *path = quarry_test_site_path (self, "run.mcap");
  g_autofree char *mark = g_strconcat (self->test.path, ".importing", NULL);
  g_autoptr(GError) error = NULL;
  QuarryIngestLock *lock = NULL, *other = NULL;

  write_streams (self, "run.mcap", T0, 2);
  lock = quarry_ingest_lock (self->test.path, path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (import_with (self, path, NULL, &error), ==, 0);
  g_assert_nonnull (strstr (error->message, "it is being imported into this catalog right now"));
  g_assert_cmpint (count (self), ==, 0);
  g_clear_error (&error);
  other = quarry_ingest_lock (self->test.path, "/another", &error);
  g_assert_no_error (error);
  quarry_ingest_unlock (lock);
  g_assert_true (g_file_test (mark, G_FILE_TEST_EXISTS));
  quarry_ingest_unlock (other);
  g_assert_false (g_file_test (mark, G_FILE_TEST_EXISTS));
  quarry_test_import (self, path);
  g_assert_cmpint (count (self) / 1000, ==, 1002);
}

static void
test_copy (QuarryTestImport *self, gconstpointer data)
{
  static const guint16 depth[6] = { 0, 1, 256, 1000, 40000, 65535 };
  g_autofree char *path = quarry_test_site_path (self, "run.mcap");
  g_autofree char *to = quarry_test_site_path (self, "copies");
  g_autoptr(QuarryCloud) cloud = quarry_cloud_new (20, TRUE, FALSE, TRUE);
  g_autoptr(QuarryCloud) back = NULL;
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  QuarryIngestOptions options = QUARRY_INGEST_OPTIONS_DEFAULT;
  QuarryTestMcap *mcap = quarry_test_mcap_new ();
  const QuarryMedia *one = NULL;
  gsize length = 0;

  cloud->xyz[4] = 7.5f;
  quarry_test_add_cloud (mcap, "/lidar/points", T0, T0, "lidar", cloud);
  quarry_test_add_pixels (mcap, "/depth/image_rect_raw", T0, T0, "depth", "16UC1", 3, 2, 6, depth);
  quarry_test_mcap_write (mcap, path);
  options.copy_to = to;
  g_assert_cmpint (import_with (self, path, &options, &error), !=, 0);
  g_assert_no_error (error);
  frame = quarry_test_find_frame (self, "1700000000000000000");
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  one = quarry_test_find_media (media, "depth");
  g_assert_true (g_str_has_prefix (one->uri, to));
  g_assert_true (g_str_has_suffix (one->uri, "/depth/1700000000000000000.png"));
  g_assert_true (g_file_get_contents (one->uri, &text, &length, NULL));
  g_assert_cmpint (text[24], ==, 16);        /* bits of a sample, by the PNG's header */
  g_assert_cmpstr (one->format, ==, "png");
  one = quarry_test_find_media (media, "lidar");
  g_assert_cmpstr (one->format, ==, "pcd");
  g_assert_cmpint (one->length, ==, -1);
  back = quarry_media_load_cloud (NULL, NULL, 0, one, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (back->n, ==, 20);
  g_assert_cmpfloat (back->xyz[4], ==, 7.5f);
}

/* Every log of the wild: frames as its provenance says, or an error that says why there are none */
static void
test_wild (QuarryTestImport *self, gconstpointer data)
{
  static const struct { const char *path; int frames; const char *says; } cases[] = {
    { "mcap/lichtblick/custom-camera-model.mcap", 10, "written in milliseconds" },
    { "mcap/lichtblick/example.mcap", 0, "none of its 111 messages is a picture or a point cloud that can be read: mouse (MouseEvent)" },
    { "rosbag1/ros_numpy/test.bag", 1, "stamps are 0 or none" },
    { "rosbag1/swri/PointCloud2.bag", 1, "more than an hour" },
    { "rosbag1/swri/Bool.bag", 0, "none of its 2 messages" },
    { "rosbag1/swri/Int8.bag", 0, "none of its 1 messages" },
    { "rosbag1/swri/UInt64.bag", 0, "none of its 1 messages" },
    { "rosbag1/foxglove/example.bag", 0, "none of its 8647 messages" },
    { "rosbag1/foxglove/example-bz2.bag", 0, "none of its 8647 messages" },
    { "rosbag1/foxglove/example-lz4.bag", 0, "none of its 8647 messages" },
    { "rosbag1/foxglove/no-messages.bag", 0, "it holds no messages" },
    { "rosbag1/foxglove/empty-file.bag", 0, "the file is empty" },
    { "rosbag1/rosbag2_bag_v2/test_bag_multiple_connections.bag", 0, "none of its 6 messages" },
  };
  g_autofree char *there = quarry_test_shared ("mcap/lichtblick");

  for (gsize i = 0; there != NULL && i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = quarry_test_shared (cases[i].path);
      g_autoptr(GError) error = NULL;
      g_autofree char *text = NULL;
      const gint64 before = count (self) / 1000 % 1000;
      const QuarryId source = quarry_test_try_import (self, path, NULL, &error);

      text = source != 0 ? quarry_report_to_text (self->report) : g_strdup (error->message);
      g_assert_cmpint (source != 0, ==, cases[i].frames > 0);
      g_assert_cmpint (count (self) / 1000 % 1000 - before, ==, cases[i].frames);
      if (strstr (text, cases[i].says) == NULL)
        g_error ("%s: '%s' is not in\n%s", cases[i].path, cases[i].says, text);
    }
}

static void
read_damaged (GBytes *bytes, const char *what, gpointer data)
{
  QuarryTestImport *self = data;
  g_autofree char *path = quarry_test_site_path (self, "damaged.mcap");

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
  quarry_test_try_import (self, path, NULL, NULL);
}

static void
test_damaged (QuarryTestImport *self, gconstpointer data)
{
  g_autofree char *path = quarry_test_site_path (self, "run.mcap");
  g_autofree char *text = NULL;
  gsize length = 0;

  write_streams (self, "run.mcap", T0, 2);
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  quarry_test_damage ((const guint8 *) text, length, read_damaged, self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add (name, QuarryTestImport, NULL, quarry_test_import_setup, func, quarry_test_import_teardown)
  ADD ("/reader-log/streams-become-frames-and-every-message-is-counted", test_frames);
  ADD ("/reader-log/importing-again-adds-what-is-new-the-same-way", test_again);
  ADD ("/reader-log/policies", test_policies);
  ADD ("/reader-log/a-folder-of-bags-is-one-source-with-a-scene-each", test_folder);
  ADD ("/reader-log/preview-by-index", test_preview);
  ADD ("/reader-log/one-import-of-a-source-at-a-time", test_together);
  ADD ("/reader-log/copies-keep-16-bits-and-points", test_copy);
  ADD ("/reader-log/files-of-the-wild", test_wild);
  ADD ("/reader-log/damage-is-no-crash", test_damaged);
  return g_test_run ();
}
