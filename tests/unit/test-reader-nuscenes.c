/* test-reader-nuscenes.c: nuScenes tables, generated, of a real sample, and Lyft's
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-media.h"
#include "quarry-test-damage.h"
#include "quarry-test-import.h"

#include <jansson.h>

#define T0 G_GINT64_CONSTANT (1532402927000000)      /* µs */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

static QuarryId
try_sync (QuarryTestImport *self, QuarrySyncBy sync, const char *sensor, GError **error)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("import");
  QuarryIngestOptions options = QUARRY_INGEST_OPTIONS_DEFAULT;

  options.sync = sync;
  options.sync_sensor = sensor;
  g_clear_object (&self->report);
  self->report = g_object_ref (quarry_operation_get_report (operation));
  return quarry_ingest_import (self->test.catalog, self->site, &options, operation, error);
}

static void
write_table (QuarryTestImport *self, const char *name, json_t *take_rows)
{
  g_autofree char *path = g_strdup_printf ("v1.0-mini/%s.json", name);
  char *text = json_dumps (take_rows, JSON_INDENT (0) | JSON_REAL_PRECISION (17));

  quarry_test_write (self, path, text, -1);
  (free) (text);
  json_decref (take_rows);
}

static void
write_names (QuarryTestImport *self)
{
  write_table (self, "category", json_pack ("[{s:s,s:s,s:i},{s:s,s:s,s:i}]", "token", "c1", "name", "vehicle.construction", "index", 18,
                                            "token", "c2", "name", "human.pedestrian.adult", "index", 2));
  write_table (self, "attribute", json_pack ("[{s:s,s:s},{s:s,s:s}]", "token", "a1", "name", "vehicle.moving", "token", "a2", "name", "vehicle.parked"));
  write_table (self, "visibility", json_pack ("[{s:s,s:s}]", "token", "4", "level", "v80-100"));
  write_table (self, "sensor", json_pack ("[{s:s,s:s,s:s},{s:s,s:s,s:s},{s:s,s:s,s:s}]", "token", "s1", "channel", "CAM_FRONT", "modality", "camera",
                                          "token", "s2", "channel", "LIDAR_TOP", "modality", "lidar", "token", "s3", "channel", "RADAR_FRONT",
                                          "modality", "radar"));
  write_table (self, "calibrated_sensor",
               json_pack ("[{s:s,s:s,s:[f,f,f],s:[f,f,f,f],s:[[f,i,f],[i,f,f],[i,i,i]]},{s:s,s:s,s:[f,f,f],s:[f,f,f,f],s:[]},"
                          "{s:s,s:s,s:[f,f,f],s:[f,f,f,f],s:[]}]",
                          "token", "k1", "sensor_token", "s1", "translation", 1.7, 0.0, 1.5, "rotation", 0.5, -0.5, 0.5, -0.5, "camera_intrinsic",
                          50.0, 0, 29.5, 0, 50.0, 9.5, 0, 0, 1, "token", "k2", "sensor_token", "s2", "translation", 0.9, 0.0, 1.8, "rotation",
                          1.0, 0.0, 0.0, 0.0, "camera_intrinsic", "token", "k3", "sensor_token", "s3", "translation", 3.4, 0.0, 0.5, "rotation",
                          1.0, 0.0, 0.0, 0.0, "camera_intrinsic"));
}

/* One row of sample_data with its file and ego pose: the machine drives 10 m/s along the world's x, at map-sized coordinates, turned left by 90° */
static void
add_data (QuarryTestImport *self, json_t *data, json_t *poses, const char *channel, const char *calibrated, gint64 us, int sample, gboolean key,
          const char *ending)
{
  g_autofree char *token = g_strdup_printf ("%s-%" G_GINT64_FORMAT, channel, us);
  g_autofree char *file = g_strdup_printf ("%s/%s/n015__%s__%" G_GINT64_FORMAT ".%s", key ? "samples" : "sweeps", channel, channel, us, ending);
  g_autofree char *in = g_strdup_printf ("sample-%d", sample);

  if (g_str_equal (ending, "jpg"))
    quarry_test_write_image (self, file, 60, 20);
  else if (g_str_equal (ending, "pcd"))
    quarry_test_write_cloud (self, file, 7, 10, 0, 0);
  else
    {
      float points[12 * 5];

      for (int i = 0; i < 12 * 5; i++)
        points[i] = i % 5 == 4 ? (float) (i / 5) : 0.1f * (float) i;
      quarry_test_write (self, file, (const char *) points, sizeof points);
    }
  json_array_append_new (data, json_pack ("{s:s,s:s,s:s,s:s,s:I,s:b,s:s}", "token", token, "sample_token", in, "ego_pose_token", token,
                                          "calibrated_sensor_token", calibrated, "timestamp", (json_int_t) us, "is_key_frame", key, "filename", file));
  json_array_append_new (poses, json_pack ("{s:s,s:I,s:[f,f,f],s:[f,f,f,f]}", "token", token, "timestamp", (json_int_t) us, "translation",
                                           5412345.25 + (double) (us - T0) * 1e-5, 600000.5, 0.0, "rotation", G_SQRT2 / 2, 0.0, 0.0, G_SQRT2 / 2));
}

static void
write_site (QuarryTestImport *self)
{
  json_t *samples = json_array ();
  json_t *data = json_array ();
  json_t *poses = json_array ();
  json_t *lidarseg = json_array ();

  write_names (self);
  write_table (self, "scene", json_pack ("[{s:s,s:s,s:i}]", "token", "scene-token", "name", "scene-Bagger \xC3\xA4", "nbr_samples", 2));
  for (int i = 0; i < 2; i++)
    {
      const gint64 us = T0 + i * 500000;
      g_autofree char *token = g_strdup_printf ("sample-%d", i);
      g_autofree char *lidar = g_strdup_printf ("LIDAR_TOP-%" G_GINT64_FORMAT, us);
      g_autofree char *labels = g_strdup_printf ("lidarseg/%d_lidarseg.bin", i);

      json_array_append_new (samples, json_pack ("{s:s,s:I,s:s}", "token", token, "timestamp", (json_int_t) us, "scene_token", "scene-token"));
      add_data (self, data, poses, "CAM_FRONT", "k1", us + 12000, i, TRUE, "jpg");
      add_data (self, data, poses, "LIDAR_TOP", "k2", us, i, TRUE, "pcd.bin");
      add_data (self, data, poses, "RADAR_FRONT", "k3", us + 3000, i, TRUE, "pcd");
      add_data (self, data, poses, "LIDAR_TOP", "k2", us + 250000, i, FALSE, "pcd.bin");
      quarry_test_write (self, labels, "\x12\x12\x02\x02\x12\x12\x12\x12\x12\x12\x12\x12", 12);
      json_array_append_new (lidarseg, json_pack ("{s:s,s:s,s:s}", "token", token, "sample_data_token", lidar, "filename", labels));
    }
  write_table (self, "sample", samples);
  write_table (self, "sample_data", data);
  write_table (self, "ego_pose", poses);
  write_table (self, "lidarseg", lidarseg);
  write_table (self, "instance", json_pack ("[{s:s,s:s}]", "token", "i1", "category_token", "c1"));
  /* 20 m ahead of the machine (which looks along the world's y) and 3 m to its left at the first sample */
  write_table (self, "sample_annotation",
               json_pack ("[{s:s,s:s,s:s,s:[s],s:s,s:[f,f,f],s:[f,f,f],s:[f,f,f,f],s:i,s:i},{s:s,s:s,s:s,s:[s,s],s:s,s:[f,f,f],s:[f,f,f],s:[f,f,f,f],s:i,s:i}]",
                          "token", "n1", "sample_token", "sample-0", "instance_token", "i1", "attribute_tokens", "a1", "visibility_token", "4",
                          "translation", 5412345.25 - 3, 600000.5 + 20, 1.0, "size", 2.0, 5.0, 3.0, "rotation", G_SQRT2 / 2, 0.0, 0.0, G_SQRT2 / 2,
                          "num_lidar_pts", 4, "num_radar_pts", 0,
                          "token", "n2", "sample_token", "sample-1", "instance_token", "i1", "attribute_tokens", "a1", "a2", "visibility_token", "",
                          "translation", 5412345.25, 600000.5 + 20, 1.0, "size", 2.0, 5.0, 3.0, "rotation", 1.0, 0.0, 0.0, 0.0,
                          "num_lidar_pts", -1, "num_radar_pts", 0));
}

static void
test_a_sample_is_a_frame (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;
  g_autoptr(GPtrArray) labels = NULL;
  g_autoptr(GPtrArray) points = NULL;
  g_autoptr(GPtrArray) sensors = NULL;
  g_autoptr(GArray) trajectory = NULL;
  const QuarryMedia *camera = NULL;
  const QuarryAnnotation *label = NULL;
  QuarryCuboid cuboid;

  write_site (self);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_n_issues (self->report, QUARRY_ISSUE_NOTE), ==, 0);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 2);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 6);
  g_assert_cmpint (quarry_report_get_count (self->report, "annotations"), ==, 2);
  g_assert_cmpint (quarry_report_get_count (self->report, "point labels"), ==, 2);
  frame = quarry_test_find_frame (self, "sample-0");
  g_assert_cmpstr (frame->scene_name, ==, "scene-Bagger \xC3\xA4");
  g_assert_cmpint (frame->stamp_ns, ==, T0 * 1000);
  sensors = quarry_catalog_list_sensors (self->test.catalog, frame->scene, NULL);
  g_assert_cmpuint (sensors->len, ==, 3);
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  camera = quarry_test_find_media (media, "CAM_FRONT");
  g_assert_cmpint (camera->stamp_ns, ==, (T0 + 12000) * 1000);
  g_assert_cmpfloat (camera->calibration.camera.cx, ==, 30);
  g_assert_cmpfloat (camera->calibration.body_from_sensor.t[0], ==, 1.7);
  g_assert_cmpint (quarry_test_find_media (media, "RADAR_FRONT")->kind, ==, QUARRY_SENSOR_RADAR);
  g_assert_cmpint (quarry_test_find_media (media, "RADAR_FRONT")->n_points, ==, 7);
  g_assert_cmpint (quarry_test_find_media (media, "LIDAR_TOP")->n_points, ==, 12);
  points = quarry_catalog_list_point_labels (self->test.catalog, quarry_test_find_media (media, "LIDAR_TOP")->id, NULL);
  g_assert_cmpuint (points->len, ==, 1);
  g_assert_cmpstr (((QuarryPointLabels *) points->pdata[0])->names, ==, "{\"18\":\"vehicle.construction\",\"2\":\"human.pedestrian.adult\"}");
  trajectory = quarry_catalog_get_trajectory (self->test.catalog, frame->scene, G_MININT64 + 1, G_MAXINT64, NULL);
  g_assert_cmpuint (trajectory->len, ==, 8);
  g_assert_cmpfloat (g_array_index (trajectory, QuarryStampedPose, 0).world_from_body.t[0], ==, 5412345.25);
  labels = quarry_catalog_list_annotations (self->test.catalog, frame->id, 0, NULL);
  g_assert_cmpuint (labels->len, ==, 1);
  label = labels->pdata[0];
  g_assert_cmpstr (label->external_id, ==, "n1");
  g_assert_cmpstr (label->track, ==, "i1");
  g_assert_cmpstr (label->class_name, ==, "vehicle.construction");
  g_assert_cmpstr (label->attributes, ==, "{\"attribute\":\"vehicle.moving\",\"num_lidar_pts\":4,\"num_radar_pts\":0,\"visibility\":\"v80-100\"}");
  g_assert_true (quarry_annotation_get_cuboid (label, &cuboid));
  g_assert_cmpfloat_with_epsilon (cuboid.body_from_cuboid.t[0], 20, 1e-8);
  g_assert_cmpfloat_with_epsilon (cuboid.body_from_cuboid.t[1], 3, 1e-8);
  g_assert_cmpfloat_with_epsilon (cuboid.body_from_cuboid.t[2], 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (quarry_pose_get_yaw (&cuboid.body_from_cuboid), 0, 1e-12);
  g_assert_cmpfloat (cuboid.size[0], ==, 5);
  g_assert_cmpfloat (cuboid.size[1], ==, 2);
  g_assert_cmpfloat (cuboid.size[2], ==, 3);
}

static void
test_unknown_counts_and_two_attributes (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) labels = NULL;
  QuarryCuboid cuboid;

  write_site (self);
  quarry_test_import (self, self->site);
  frame = quarry_test_find_frame (self, "sample-1");
  labels = quarry_catalog_list_annotations (self->test.catalog, frame->id, 0, NULL);
  g_assert_cmpstr (((QuarryAnnotation *) labels->pdata[0])->attributes, ==,
                   "{\"attribute\":[\"vehicle.moving\",\"vehicle.parked\"],\"num_radar_pts\":0}");
  g_assert_true (quarry_annotation_get_cuboid (labels->pdata[0], &cuboid));
  g_assert_cmpfloat_with_epsilon (cuboid.body_from_cuboid.t[1], 5, 1e-8);       /* the machine went on by 5 m along x */
  g_assert_cmpfloat_with_epsilon (quarry_pose_get_yaw (&cuboid.body_from_cuboid), -G_PI / 2, 1e-12);
}

static void
test_sweeps_are_frames_by_policy (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) labels = NULL;
  g_autofree char *key = g_strdup_printf ("n015__LIDAR_TOP__%" G_GINT64_FORMAT ".pcd.bin", T0 + 500000);

  write_site (self);
  try_sync (self, QUARRY_SYNC_LIDAR, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 4);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 8);
  g_assert_cmpint (quarry_report_get_count (self->report, "annotations"), ==, 2);
  frame = quarry_test_find_frame (self, key);
  labels = quarry_catalog_list_annotations (self->test.catalog, frame->id, 0, NULL);
  g_assert_cmpuint (labels->len, ==, 1);
}

/* Sweeps as frames beside samples as frames would be everything twice; without a word it goes on as before */
static void
test_another_policy_later_is_refused (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;

  write_site (self);
  try_sync (self, QUARRY_SYNC_DEFAULT, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (try_sync (self, QUARRY_SYNC_LIDAR, NULL, &error), ==, 0);
  g_assert_nonnull (strstr (error->message, "would be there twice"));
  g_clear_error (&error);
  try_sync (self, QUARRY_SYNC_DEFAULT, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (quarry_report_get_count (self->report, "known frames"), ==, 2);
}

static void
test_without_sync_each_media_is_a_frame (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;

  write_site (self);
  try_sync (self, QUARRY_SYNC_NONE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 8);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 8);
  g_assert_cmpint (quarry_report_get_count (self->report, "annotations"), ==, 2);
}

static void
test_frames_by_a_camera (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;

  write_site (self);
  g_assert_cmpint (try_sync (self, QUARRY_SYNC_SENSOR, "CAM_BACK", &error), ==, 0);
  g_assert_nonnull (strstr (error->message, "CAM_FRONT"));
  g_clear_error (&error);
  try_sync (self, QUARRY_SYNC_SENSOR, "CAM_FRONT", &error);
  g_assert_no_error (error);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 2);
  g_assert_cmpint (quarry_report_get_count (self->report, "annotations"), ==, 2);
}

static void
test_missing_files_and_bad_rows_are_named (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *image = g_strdup_printf ("samples/CAM_FRONT/n015__CAM_FRONT__%" G_GINT64_FORMAT ".jpg", T0 + 12000);
  g_autofree char *path = g_build_filename (self->site, image, NULL);

  write_site (self);
  g_remove (path);
  quarry_test_write (self, "lidarseg/1_lidarseg.bin", "123", 3);
  write_table (self, "attribute", json_pack ("[{s:s}]", "token", "a1"));
  write_table (self, "sample_annotation",
               json_pack ("[{s:s,s:s,s:s},{s:s,s:s},{s:s,s:s,s:s,s:[f,f,f],s:[f,f,f],s:[f,f,f,f]}]", "token", "n1", "sample_token", "sample-0", "instance_token", "i1",
                          "token", "n2", "sample_token", "sample-77", "token", "n3", "sample_token", "sample-0", "instance_token", "i1",
                          "translation", 1.0, 2.0, 3.0, "size", -1.0, 1.0, 1.0, "rotation", 1.0, 0.0, 0.0, 0.0));
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 2);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 5);
  quarry_test_assert_issue (self, "skipped", image);
  quarry_test_assert_issue (self, "skipped", "lidarseg/1_lidarseg.bin: 3 bytes of labels do not fit 12 points");
  quarry_test_assert_issue (self, "skipped", "v1.0-mini/attribute.json: row 1 at byte 1: no 'token' or no name");
  quarry_test_assert_issue (self, "skipped", "v1.0-mini/sample_annotation.json: row 1 at byte 1: no 'translation' of 3");
  quarry_test_assert_issue (self, "skipped", "v1.0-mini/sample_annotation.json: row 2 at byte ");
  quarry_test_assert_issue (self, "skipped", "v1.0-mini/sample_annotation.json: n3: ");
}

static void
test_a_name_that_leads_out_is_refused (QuarryTestImport *self, gconstpointer unused)
{
  write_site (self);
  write_table (self, "sample_data",
               json_pack ("[{s:s,s:s,s:s,s:s,s:I,s:b,s:s},{s:s,s:s,s:s,s:s,s:I,s:b,s:s}]", "token", "x", "sample_token", "sample-0", "ego_pose_token", "p",
                          "calibrated_sensor_token", "k1", "timestamp", (json_int_t) T0, "is_key_frame", 1, "filename", "../../etc/passwd",
                          "token", "y", "sample_token", "sample-0", "ego_pose_token", "p", "calibrated_sensor_token", "k2", "timestamp",
                          (json_int_t) T0, "is_key_frame", 1, "filename", "/etc/passwd"));
  g_assert_cmpint (quarry_test_try_import (self, self->site, NULL, NULL), ==, 0);
  quarry_test_assert_issue (self, "skipped", "v1.0-mini/sample_data.json: row 1 at byte 1: 'filename' is no path below the data set");
}

static void
test_scenes_without_files_are_left_out (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(GPtrArray) scenes = NULL;

  write_site (self);
  write_table (self, "scene", json_pack ("[{s:s,s:s},{s:s,s:s}]", "token", "scene-token", "name", "scene-0001", "token", "other", "name", "scene-0002"));
  quarry_test_import (self, self->site);
  scenes = quarry_catalog_list_scenes (self->test.catalog, NULL);
  g_assert_cmpuint (scenes->len, ==, 1);
  g_assert_true (quarry_report_get_n_issues (self->report, QUARRY_ISSUE_NOTE) == 1);
}

static void
test_second_import_changes_nothing (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  write_site (self);
  quarry_test_import (self, self->site);
  before = quarry_catalog_dump (self->test.catalog, NULL);
  quarry_test_import (self, self->site);
  after = quarry_catalog_dump (self->test.catalog, NULL);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpint (quarry_report_get_count (self->report, "known frames"), ==, 2);
}

static void
import_damaged (GBytes *bytes, const char *what, gpointer data)
{
  const gpointer *context = data;
  QuarryTestImport *self = context[0];
  guint *n = context[2];
  gsize length = 0;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autoptr(GError) error = NULL;

  if ((*n)++ % 5 != 0)
    return;
  quarry_test_write (self, context[1], text != NULL ? text : "", (gssize) length);
  if (quarry_test_try_import (self, self->site, "nuscenes", &error) == 0)
    g_assert_nonnull (error);
}

/* Every table cut and changed; a fifth of the damages each, so that it stays quick */
static void
test_damaged_tables_never_crash (QuarryTestImport *self, gconstpointer unused)
{
  static const char * const tables[] = { "sample_data", "sample_annotation", "calibrated_sensor", "ego_pose" };

  write_site (self);
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autofree char *relative = g_strdup_printf ("v1.0-mini/%s.json", tables[i]);
      g_autofree char *path = g_build_filename (self->site, relative, NULL);
      g_autofree char *text = NULL;
      guint n = i;
      gpointer context[] = { self, relative, &n };
      gsize length = 0;

      g_assert_true (g_file_get_contents (path, &text, &length, NULL));
      quarry_test_damage ((const guint8 *) text, length, import_damaged, context);
      quarry_test_write (self, relative, text, (gssize) length);
    }
  quarry_test_import (self, self->site);
}

static void
test_preview_knows_scenes_and_sensors (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(QuarryIngestPreview) preview = NULL;

  write_site (self);
  preview = quarry_ingest_preview (quarry_catalog_get_storage (self->test.catalog), self->site, NULL, NULL, NULL);
  g_assert_cmpstr (preview->reader->id, ==, "nuscenes");
  g_assert_cmpint (preview->n_scenes, ==, 1);
  g_assert_cmpint (preview->n_frames, ==, 2);
  g_assert_cmpuint (preview->streams->len, ==, 3);
  g_assert_cmpint (((QuarryIngestStream *) preview->streams->pdata[2])->kind, ==, QUARRY_SENSOR_RADAR);
}

static void
test_real_lyft_tables (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *path = quarry_test_shared ("nuscenes/lyft_tables_v1.01-train/v1.01-train/v1.01-train");
  g_autoptr(GDir) dir = path != NULL ? g_dir_open (path, 0, NULL) : NULL;
  g_autoptr(json_t) data = NULL;
  g_autofree char *table = NULL;
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) labels = NULL;
  g_autoptr(GArray) trajectory = NULL;
  QuarryCuboid cuboid;
  const char *name = NULL;

  if (path == NULL)
    return;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *from = g_build_filename (path, name, NULL);
      g_autofree char *to = g_strdup_printf ("v1.01-train/v1.01-train/%s", name);
      g_autofree char *text = NULL;
      gsize length = 0;

      g_assert_true (g_file_get_contents (from, &text, &length, NULL));
      quarry_test_write (self, to, text, (gssize) length);
    }
  /* its own pictures are not there: others stand for them, two folders above the tables */
  table = g_build_filename (path, "sample_data.json", NULL);
  data = json_load_file (table, 0, NULL);
  g_assert_cmpuint (json_array_size (data), ==, 10);
  for (gsize i = 0; i < 10; i++)
    {
      const char *file = json_string_value (json_object_get (json_array_get (data, i), "filename"));

      if (g_str_has_suffix (file, ".bin"))
        quarry_test_write (self, file, "01234567890123456789", 20);
      else
        quarry_test_write_image (self, file, 60, 20);
    }
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 1);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 10);
  g_assert_cmpint (quarry_report_get_count (self->report, "annotations"), ==, 4);
  frame = quarry_test_find_frame (self, "199e3146d98e6a2047bafbc222b92f5b67c4640a69b0d1d35b710242de816679");
  labels = quarry_catalog_list_annotations (self->test.catalog, frame->id, 0, NULL);
  for (guint i = 0; i < labels->len; i++)
    {
      g_assert_true (quarry_annotation_get_cuboid (labels->pdata[i], &cuboid));
      g_assert_cmpfloat (hypot (cuboid.body_from_cuboid.t[0], cuboid.body_from_cuboid.t[1]), <, 100);
      g_assert_cmpfloat (fabs (cuboid.body_from_cuboid.t[2]), <, 5);
    }
  trajectory = quarry_catalog_get_trajectory (self->test.catalog, frame->scene, G_MININT64 + 1, G_MAXINT64, NULL);
  g_assert_cmpuint (trajectory->len, >, 1);        /* all its poses claim the sample's time, but are of different moments */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) \
  g_test_add ("/nuscenes/" name, QuarryTestImport, NULL, quarry_test_import_setup, func, quarry_test_import_teardown)
  ADD ("a-sample-is-a-frame", test_a_sample_is_a_frame);
  ADD ("unknown-counts-and-two-attributes", test_unknown_counts_and_two_attributes);
  ADD ("sweeps-are-frames-by-policy", test_sweeps_are_frames_by_policy);
  ADD ("another-policy-later-is-refused", test_another_policy_later_is_refused);
  ADD ("without-sync-each-media-is-a-frame", test_without_sync_each_media_is_a_frame);
  ADD ("frames-by-a-camera", test_frames_by_a_camera);
  ADD ("missing-files-and-bad-rows-are-named", test_missing_files_and_bad_rows_are_named);
  ADD ("a-name-that-leads-out-is-refused", test_a_name_that_leads_out_is_refused);
  ADD ("scenes-without-files-are-left-out", test_scenes_without_files_are_left_out);
  ADD ("second-import-changes-nothing", test_second_import_changes_nothing);
  ADD ("damaged-tables-never-crash", test_damaged_tables_never_crash);
  ADD ("preview-knows-scenes-and-sensors", test_preview_knows_scenes_and_sensors);
  ADD ("real-lyft-tables", test_real_lyft_tables);
#undef ADD
  return g_test_run ();
}
