/* test-reader-kitti-sequences.c: KITTI tracking, odometry and SemanticKITTI, generated and real
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-media.h"
#include "quarry-test-import.h"

static const char calibration[] =
  "P0: 7.0e+02 0 6.0e+02 0 0 7.0e+02 1.8e+02 0 0 0 1 0\n"
  "P2: 7.0e+02 0 6.0e+02 4.5e+01 0 7.0e+02 1.8e+02 2.0e-01 0 0 1 3.0e-03\n"
  "R_rect 1 0 0 0 1 0 0 0 1\n"
  "Tr_velo_cam 0 -1 0 0.01 0 0 -1 -0.08 1 0 0 -0.27\n"
  "Tr_imu_velo 1 0 0 -0.8 0 1 0 0.3 0 0 1 -0.8\n";

static void
write_tracking (QuarryTestImport *self, const char *split, const char *sequence, int n)
{
  g_autoptr(GString) labels = g_string_new (NULL);
  g_autoptr(GString) oxts = g_string_new (NULL);
  g_autofree char *calib_path = g_strdup_printf ("%s/calib/%s.txt", split, sequence);
  g_autofree char *labels_path = g_strdup_printf ("%s/label_02/%s.txt", split, sequence);
  g_autofree char *oxts_path = g_strdup_printf ("%s/oxts/%s.txt", split, sequence);

  for (int i = 0; i < n; i++)
    {
      g_autofree char *image = g_strdup_printf ("%s/image_02/%s/%06d.png", split, sequence, i);
      g_autofree char *cloud = g_strdup_printf ("%s/velodyne/%s/%06d.bin", split, sequence, i);

      quarry_test_write_image (self, image, 60, 20);
      quarry_test_write_cloud (self, cloud, 20, 10, 0, 0);
      g_string_append_printf (labels, "%d 7 Van 0 0 1.5 1 1 2 2 1.5 1.6 4 %d 1.7 20 0.3\n", i, i);
      g_string_append_printf (labels, "%d -1 DontCare -1 -1 -10 1 1 9 9 -1 -1 -1 -1000 -1000 -1000 -10\n", i);
      g_string_append_printf (labels, "%d -1 DontCare -1 -1 -10 3 1 9 9 -1 -1 -1 -1000 -1000 -1000 -10\n", i);
      g_string_append_printf (oxts, "49.0 %.12f 112.5 0 0 0 1 2 3 4 5 6\n",
                              8.4 + i * 180 / (G_PI * 6378137 * cos (49 * G_PI / 180)));
    }
  quarry_test_write (self, calib_path, calibration, -1);
  quarry_test_write (self, labels_path, labels->str, -1);
  quarry_test_write (self, oxts_path, oxts->str, -1);
}

static void
test_tracks_poses_and_calibration (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;
  g_autoptr(GPtrArray) labels = NULL;
  g_autoptr(GArray) trajectory = NULL;
  const QuarryAnnotation *cuboid = NULL;
  QuarryCuboid shape;
  int n_boxes = 0, n_unnamed = 0;

  write_tracking (self, "training", "0011", 3);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 3);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 6);
  g_assert_cmpint (quarry_report_get_count (self->report, "annotations"), ==, 12);
  frame = quarry_test_find_frame (self, "000002");
  g_assert_cmpint (frame->stamp_ns, ==, 200000000);
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  g_assert_cmpfloat (quarry_test_find_media (media, "image_02")->calibration.camera.cx, ==, 600.5);
  g_assert_cmpfloat_with_epsilon (quarry_test_find_media (media, "velodyne")->calibration.body_from_sensor.t[0], 0.8, 1e-12);
  labels = quarry_catalog_list_annotations (self->test.catalog, frame->id, 0, NULL);
  for (guint i = 0; i < labels->len; i++)
    {
      const QuarryAnnotation *label = labels->pdata[i];

      n_boxes += label->kind == QUARRY_ANNOTATION_BOX2D;
      n_unnamed += label->track == NULL;
      if (label->kind == QUARRY_ANNOTATION_CUBOID)
        cuboid = label;
    }
  g_assert_cmpint (n_boxes, ==, 3);
  g_assert_cmpint (n_unnamed, ==, 2);
  g_assert_cmpstr (cuboid->class_name, ==, "Van");
  g_assert_cmpstr (cuboid->track, ==, "training/0011/7");
  g_assert_true (quarry_annotation_get_cuboid (cuboid, &shape));
  /* rectified (2, 1.7 − 0.75, 20) → velodyne (20 + 0.27, 0.01 − 2, −0.08 − 0.95) → imu */
  g_assert_cmpfloat_with_epsilon (shape.body_from_cuboid.t[0], 20.27 + 0.8, 1e-9);
  g_assert_cmpfloat_with_epsilon (shape.body_from_cuboid.t[1], 0.01 - 2 - 0.3, 1e-9);
  g_assert_cmpfloat_with_epsilon (shape.body_from_cuboid.t[2], -0.08 - 0.95 + 0.8, 1e-9);
  trajectory = quarry_catalog_get_trajectory (self->test.catalog, frame->scene, G_MININT64 + 1, G_MAXINT64, NULL);
  g_assert_cmpuint (trajectory->len, ==, 3);
  g_assert_cmpfloat_with_epsilon (g_array_index (trajectory, QuarryStampedPose, 2).world_from_body.t[0] -
                                  g_array_index (trajectory, QuarryStampedPose, 0).world_from_body.t[0], 2, 1e-3);
}

static void
test_tracking_damage_is_named (QuarryTestImport *self, gconstpointer unused)
{
  write_tracking (self, "training", "0000", 3);
  write_tracking (self, "testing", "0000", 2);
  quarry_test_write (self, "training/velodyne/0000/000001.bin", "0123456789abcdefX", 17);
  quarry_test_write (self, "training/label_02/0000.txt",
                     "0 1 Car 0 0 1.5 1 1 2 2 1.5 1.6 4 2 1.7 20 0.3\nx 1 Car\n1 y Car 0\n2 1 Car 0 0\n77 1 Car 0\n", -1);
  quarry_test_write (self, "testing/calib/0000.txt", "P2: 1 2 3\n", -1);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 5);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 9);
  quarry_test_assert_issue (self, "skipped", "training/velodyne/0000/000001.bin: byte 16: ");
  quarry_test_assert_issue (self, "skipped", "training/label_02/0000.txt: line 2: does not begin with a frame's number");
  quarry_test_assert_issue (self, "skipped", "training/label_02/0000.txt: line 3: no track's number in the second column");
  quarry_test_assert_issue (self, "skipped", "training/label_02/0000.txt: line 4: not the 17 or 18 columns");
  quarry_test_assert_issue (self, "skipped", "training/label_02/0000.txt: labels of 1 frames that are not there");
  quarry_test_assert_issue (self, "skipped", "testing/calib/0000.txt: no R_rect and Tr_velo_cam");
}

/* The real frame 000008 of the object set in the tracking layout: the cuboids lie over the labelled boxes, and hold the points
 * that were counted with another program */
static void
test_real_boxes_project_into_their_2d_boxes (QuarryTestImport *self, gconstpointer unused)
{
  static const char * const files[][2] = {
    { "image_2/000008.png", "training/image_02/0000/000008.png" },
    { "velodyne_reduced/000008.bin", "training/velodyne/0000/000008.bin" },
    { "calib/000008.txt", "training/calib/0000.txt" },
  };
  static const int points[] = { 1424, 1940, 878, 668, 53, 164 };
  static const double hull[] = { 335.78, 178.69, 624.54, 375.31 };       /* of the second car */
  g_autofree char *object = quarry_test_shared ("kitti/object/training");
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  g_autoptr(GString) labels = g_string_new (NULL);
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;
  g_autoptr(GPtrArray) found = NULL;
  g_autoptr(QuarryCloud) cloud = NULL;
  const QuarryMedia *image = NULL;
  const QuarryMedia *lidar = NULL;
  QuarryPose camera_from_body;

  if (object == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *from = g_build_filename (object, files[i][0], NULL);
      g_autofree char *content = NULL;
      gsize length = 0;

      g_assert_true (g_file_get_contents (from, &content, &length, NULL));
      quarry_test_write (self, files[i][1], content, (gssize) length);
    }
  {
    g_autofree char *from = g_build_filename (object, "label_2", "000008.txt", NULL);

    g_assert_true (g_file_get_contents (from, &text, NULL, NULL));
  }
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (int i = 0; lines[i] != NULL; i++)
    g_string_append_printf (labels, "8 %d %s\n", g_str_has_prefix (lines[i], "DontCare") ? -1 : i, lines[i]);
  quarry_test_write (self, "training/label_02/0000.txt", labels->str, -1);
  quarry_test_import (self, self->site);
  frame = quarry_test_find_frame (self, "000008");
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  image = quarry_test_find_media (media, "image_02");
  lidar = quarry_test_find_media (media, "velodyne");
  g_assert_cmpint (lidar->n_points, ==, 17238);
  cloud = quarry_media_load_cloud (NULL, NULL, 0, lidar, NULL, NULL);
  g_assert_nonnull (cloud);
  camera_from_body = quarry_pose_invert (&image->calibration.body_from_sensor);
  found = quarry_catalog_list_annotations (self->test.catalog, frame->id, 0, NULL);
  g_assert_cmpuint (found->len, ==, 16);
  for (int car = 0; car < 6; car++)
    {
      g_autofree char *id = g_strdup_printf ("training/0000/000008/%d/cuboid", car);
      QuarryCuboid cuboid = { 0 };
      double box[4];
      int n = 0;

      for (guint i = 0; i < found->len; i++)
        if (g_strcmp0 (((QuarryAnnotation *) found->pdata[i])->external_id, id) == 0)
          g_assert_true (quarry_annotation_get_cuboid (found->pdata[i], &cuboid));
      g_assert_cmpfloat (cuboid.size[0], >, 0);
      for (gsize k = 0; k < cloud->n; k++)
        {
          const double at[3] = { cloud->xyz[3 * k], cloud->xyz[3 * k + 1], cloud->xyz[3 * k + 2] };
          double body[3];

          quarry_pose_apply (&lidar->calibration.body_from_sensor, at, body);
          n += quarry_cuboid_contains (&cuboid, body, 0);
        }
      g_assert_cmpint (n, ==, points[car]);
      if (car == 1)
        {
          g_assert_true (quarry_cuboid_project_box (&cuboid, &image->calibration.camera, &camera_from_body, FALSE, box));
          g_assert_cmpfloat_with_epsilon (box[0], hull[0] + 0.5, 0.02);
          g_assert_cmpfloat_with_epsilon (box[1], hull[1] + 0.5, 0.02);
          g_assert_cmpfloat_with_epsilon (box[0] + box[2], hull[2] + 0.5, 0.02);
          g_assert_cmpfloat_with_epsilon (box[1] + box[3], hull[3] + 0.5, 0.02);
        }
    }
}

/* --- odometry --- */

static void
write_odometry (QuarryTestImport *self, int n)
{
  g_autoptr(GString) times = g_string_new (NULL);
  g_autoptr(GString) poses = g_string_new (NULL);
  guint8 labels[80];

  for (guint i = 0; i < sizeof labels; i++)
    labels[i] = i % 4 == 0 ? 10 : i % 4 == 2 ? 5 : 0;
  for (int i = 0; i < n; i++)
    {
      g_autofree char *gray = g_strdup_printf ("sequences/03/image_0/%06d.png", i);
      g_autofree char *color = g_strdup_printf ("sequences/03/image_2/%06d.png", i);
      g_autofree char *cloud = g_strdup_printf ("sequences/03/velodyne/%06d.bin", i);
      g_autofree char *label = g_strdup_printf ("sequences/03/labels/%06d.label", i);

      quarry_test_write_image (self, gray, 60, 20);
      quarry_test_write_image (self, color, 60, 20);
      quarry_test_write_cloud (self, cloud, 20, 10, 0, 0);
      quarry_test_write (self, label, (const char *) labels, sizeof labels);
      g_string_append_printf (times, "%e\n", i * 0.1037);
      g_string_append_printf (poses, "1 0 0 0 0 1 0 0 0 0 1 %d\n", 2 * i);       /* camera 0 goes ahead, along its z */
    }
  quarry_test_write (self, "sequences/03/calib.txt",
                     "P0: 7e+02 0 6e+02 0 0 7e+02 1.8e+02 0 0 0 1 0\nP2: 7e+02 0 6e+02 4.5e+01 0 7e+02 1.8e+02 2e-01 0 0 1 3e-03\n"
                     "Tr: 0 -1 0 0.01 0 0 -1 -0.08 1 0 0 -0.27\n", -1);
  quarry_test_write (self, "sequences/03/times.txt", times->str, -1);
  quarry_test_write (self, "poses/03.txt", poses->str, -1);
}

static void
test_odometry_has_times_poses_and_point_labels (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;
  g_autoptr(GPtrArray) labels = NULL;
  g_autoptr(GPtrArray) scenes = NULL;
  g_autoptr(GArray) trajectory = NULL;
  const QuarryPose *last = NULL;

  write_odometry (self, 3);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 3);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 9);
  g_assert_cmpint (quarry_report_get_count (self->report, "point labels"), ==, 3);
  g_assert_cmpint (quarry_report_get_n_issues (self->report, QUARRY_ISSUE_NOTE), ==, 0);
  scenes = quarry_catalog_list_scenes (self->test.catalog, NULL);
  g_assert_cmpstr (((QuarryScene *) scenes->pdata[0])->key, ==, "03");
  frame = quarry_test_find_frame (self, "000002");
  g_assert_cmpint (frame->stamp_ns, ==, 207400000);
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  labels = quarry_catalog_list_point_labels (self->test.catalog, quarry_test_find_media (media, "velodyne")->id, NULL);
  g_assert_cmpuint (labels->len, ==, 1);
  g_assert_true (g_str_has_suffix (((QuarryPointLabels *) labels->pdata[0])->uri, "sequences/03/labels/000002.label"));
  trajectory = quarry_catalog_get_trajectory (self->test.catalog, frame->scene, G_MININT64 + 1, G_MAXINT64, NULL);
  g_assert_cmpuint (trajectory->len, ==, 3);
  last = &g_array_index (trajectory, QuarryStampedPose, 2).world_from_body;
  g_assert_cmpfloat_with_epsilon (last->t[0], 4, 1e-9);       /* along the velodyne's x */
  g_assert_cmpfloat_with_epsilon (last->t[1], 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (last->t[2], 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (fabs (last->q[0]), 1, 1e-9);
}

static void
test_any_level_of_odometry_can_be_imported (QuarryTestImport *self, gconstpointer unused)
{
  static const char * const paths[] = { "", "sequences", "sequences/03" };

  write_odometry (self, 2);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *path = g_build_filename (self->site, paths[i], NULL);

      quarry_test_import (self, path);
      g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 2);
      g_assert_cmpint (quarry_report_get_n_issues (self->report, QUARRY_ISSUE_NOTE), ==, i == 0 ? 0 : 1);      /* told: the files are in another source too */
    }
}

static void
test_odometry_damage_is_named (QuarryTestImport *self, gconstpointer unused)
{
  write_odometry (self, 3);
  quarry_test_write (self, "sequences/03/labels/000001.label", "12345", 5);
  quarry_test_write (self, "sequences/03/times.txt", "0\nsoon\n1e99\n", -1);
  quarry_test_write (self, "poses/03.txt", "1 0 0 0\n", -1);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 3);
  g_assert_cmpint (quarry_report_get_count (self->report, "point labels"), ==, 2);
  quarry_test_assert_issue (self, "skipped", "sequences/03/labels/000001.label: 5 bytes of labels do not fit 20 points");
  quarry_test_assert_issue (self, "skipped", "sequences/03/times.txt: line 2: not a time in seconds");
  quarry_test_assert_issue (self, "skipped", "poses/03.txt: line 1: not the 12 numbers of a pose");
}

static void
test_labels_that_came_later_are_added (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *label = g_build_filename (self->site, "sequences/03/labels/000001.label", NULL);
  g_autofree char *content = NULL;
  gsize length = 0;

  write_odometry (self, 3);
  g_assert_true (g_file_get_contents (label, &content, &length, NULL));
  g_remove (label);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "point labels"), ==, 2);
  g_file_set_contents (label, content, (gssize) length, NULL);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "point labels"), ==, 1);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 0);
}

static void
test_second_import_changes_nothing (QuarryTestImport *self, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  if (data != NULL)
    write_tracking (self, "training", "0000", 3);
  else
    write_odometry (self, 3);
  quarry_test_import (self, self->site);
  before = quarry_catalog_dump (self->test.catalog, NULL);
  quarry_test_import (self, self->site);
  after = quarry_catalog_dump (self->test.catalog, NULL);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpint (quarry_report_get_count (self->report, "known frames"), ==, 3);
}

static void
test_real_semantickitti (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *path = quarry_test_shared ("semantickitti/mmdet3d_tests");
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;

  if (path == NULL)
    return;
  quarry_test_import (self, path);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 1);
  g_assert_cmpint (quarry_report_get_count (self->report, "point labels"), ==, 1);
  frame = quarry_test_find_frame (self, "000000");
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  g_assert_cmpint (quarry_test_find_media (media, "velodyne")->n_points, ==, 50);
}

static void
test_preview_counts_by_names (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(QuarryIngestPreview) tracking = NULL;
  g_autoptr(QuarryIngestPreview) odometry = NULL;
  g_autofree char *a = g_build_filename (self->site, "tracking", NULL);
  QuarryStorage *storage = quarry_catalog_get_storage (self->test.catalog);

  write_tracking (self, "tracking/training", "0000", 3);
  write_tracking (self, "tracking/testing", "0000", 2);
  tracking = quarry_ingest_preview (storage, a, NULL, NULL, NULL);
  g_assert_cmpstr (tracking->reader->id, ==, "kitti-tracking");
  g_assert_cmpint (tracking->n_scenes, ==, 2);
  g_assert_cmpint (tracking->n_frames, ==, 5);
  g_assert_cmpuint (tracking->streams->len, ==, 2);
  quarry_test_remove (a);
  write_odometry (self, 4);
  odometry = quarry_ingest_preview (storage, self->site, NULL, NULL, NULL);
  g_assert_cmpstr (odometry->reader->id, ==, "kitti-odometry");
  g_assert_cmpint (odometry->n_scenes, ==, 1);
  g_assert_cmpint (odometry->n_frames, ==, 4);
  g_assert_cmpuint (odometry->streams->len, ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func, data) \
  g_test_add ("/kitti-sequences/" name, QuarryTestImport, data, quarry_test_import_setup, func, quarry_test_import_teardown)
  ADD ("tracks-poses-and-calibration", test_tracks_poses_and_calibration, NULL);
  ADD ("tracking-damage-is-named", test_tracking_damage_is_named, NULL);
  ADD ("real-boxes-project-into-their-2d-boxes", test_real_boxes_project_into_their_2d_boxes, NULL);
  ADD ("odometry-has-times-poses-and-point-labels", test_odometry_has_times_poses_and_point_labels, NULL);
  ADD ("any-level-of-odometry-can-be-imported", test_any_level_of_odometry_can_be_imported, NULL);
  ADD ("odometry-damage-is-named", test_odometry_damage_is_named, NULL);
  ADD ("labels-that-came-later-are-added", test_labels_that_came_later_are_added, NULL);
  ADD ("second-import-of-odometry-changes-nothing", test_second_import_changes_nothing, NULL);
  ADD ("second-import-of-tracking-changes-nothing", test_second_import_changes_nothing, "tracking");
  ADD ("real-semantickitti", test_real_semantickitti, NULL);
  ADD ("preview-counts-by-names", test_preview_counts_by_names, NULL);
#undef ADD
  return g_test_run ();
}
