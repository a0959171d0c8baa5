/* test-reader-kitti-raw.c: KITTI raw drives, generated as the development kit describes them, and a
 * real one
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-kitti-raw.h"
#include "quarry-media.h"
#include "quarry-test-import.h"

#define DAY "2011_09_26"
#define DRIVE DAY "/2011_09_26_drive_0001_sync"

static const char cam_to_cam[] =
    "calib_time: 09-Jan-2012 13:57:47\ncorner_dist: 9.950000e-02\n"
    "S_00: 1.392000e+03 5.120000e+02\nK_00: 9.8e+02 0 6.9e+02 0 9.7e+02 2.4e+02 0 0 1\nD_00: -0.37 "
    "0.2 0.001 0.002 -0.07\n"
    "R_00: 1 0 0 0 1 0 0 0 1\nT_00: 0 0 0\n"
    "S_rect_00: 1.242000e+03 3.750000e+02\nR_rect_00: 1 0 0 0 1 0 0 0 1\n"
    "P_rect_00: 7.2e+02 0 6.1e+02 0 0 7.2e+02 1.7e+02 0 0 0 1 0\n"
    "K_02: 9.6e+02 0 7.0e+02 0 9.5e+02 2.2e+02 0 0 1\nD_02: -0.36 0.2 0.001 0.002 -0.06\nR_02: 1 0 "
    "0 0 1 0 0 0 1\nT_02: 0.06 0 0.01\n"
    "P_rect_02: 7.2e+02 0 6.1e+02 3.6e+01 0 7.2e+02 1.7e+02 0 0 0 1 0\n";
static const char velo_to_cam[] =
    "calib_time: 15-Mar-2012\nR: 0 -1 0 0 0 -1 1 0 0\nT: 0 -0.08 -0.27\ndelta_f: 0 0\n";
static const char imu_to_velo[] =
    "calib_time: 25-May-2012\nR: 1 0 0 0 1 0 0 0 1\nT: -0.8 0.3 -0.8\n";

static void
write_stamps (QuarryTestImport *self, const char *relative, guint n, guint nanoseconds)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "2011-09-26 13:02:%02u.%09u\n", 25 + i, nanoseconds);
  quarry_test_write (self, relative, text->str, -1);
}

static void
write_calibration (QuarryTestImport *self)
{
  quarry_test_write (self, DAY "/calib_cam_to_cam.txt", cam_to_cam, -1);
  quarry_test_write (self, DAY "/calib_velo_to_cam.txt", velo_to_cam, -1);
  quarry_test_write (self, DAY "/calib_imu_to_velo.txt", imu_to_velo, -1);
}

/* The machine drives a metre east a second along the equator's latitude circle 49°, and does not
 * turn */
static void
write_drive (QuarryTestImport *self, const char *drive, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *gray = g_strdup_printf ("%s/image_00/data/%010u.png", drive, i);
      g_autofree char *color = g_strdup_printf ("%s/image_02/data/%010u.png", drive, i);
      g_autofree char *cloud = g_strdup_printf ("%s/velodyne_points/data/%010u.bin", drive, i);
      g_autofree char *oxts = g_strdup_printf ("%s/oxts/data/%010u.txt", drive, i);
      g_autofree char *packet = g_strdup_printf (
          "49.0 %.12f 112.5 0.0 0.0 0.0 1 2 3 4 5 6 7 8 9\n",
          8.4 + i * 180 / (G_PI * 6378137 * cos (49 * G_PI / 180)));

      quarry_test_write_image (self, gray, 60, 20);
      quarry_test_write_image (self, color, 60, 20);
      quarry_test_write_cloud (self, cloud, 50, 10, 0, 0);
      quarry_test_write (self, oxts, packet, -1);
    }
  for (guint i = 0; i < 4; i++)
    {
      static const char * const streams[] = { "image_00", "image_02", "velodyne_points", "oxts" };
      g_autofree char *path = g_strdup_printf ("%s/%s/timestamps.txt", drive, streams[i]);

      write_stamps (self, path, n, i * 10000000);
    }
}

static void
test_drive_has_times_poses_and_calibration (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;
  g_autoptr(GPtrArray) scenes = NULL;
  g_autoptr(GArray) trajectory = NULL;
  const QuarryMedia *color = NULL;
  const QuarryMedia *lidar = NULL;
  QuarryPose camera_from_lidar, camera_from_body, expected;
  const double ahead[3] = { 10, 0, 0 };
  double seen[3];

  write_calibration (self);
  write_drive (self, DRIVE, 3);
  quarry_test_import (self, self->site);
  quarry_test_assert_issue (self, "skipped",
                            DAY "/calib_cam_to_cam.txt: no calibration of camera 1");
  scenes = quarry_catalog_list_scenes (self->test.catalog, NULL);
  g_assert_cmpint (scenes->len, ==, 1);
  g_assert_cmpstr (((QuarryScene *) scenes->pdata[0])->key, ==, DRIVE);
  g_assert_cmpstr (((QuarryScene *) scenes->pdata[0])->name, ==, "2011_09_26_drive_0001_sync");
  frame = quarry_test_find_frame (self, "0000000001");
  g_assert_cmpint (frame->stamp_ns, ==,
                   G_GINT64_CONSTANT (1317042146020000000)); /* the velodyne's */
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  g_assert_cmpint (media->len, ==, 3);
  color = quarry_test_find_media (media, "image_02");
  lidar = quarry_test_find_media (media, "velodyne");
  g_assert_cmpint (color->stamp_ns, ==, G_GINT64_CONSTANT (1317042146010000000));
  g_assert_cmpint (lidar->n_points, ==, 50);
  g_assert_cmpint (color->calibration.camera.width, ==, 60);
  g_assert_cmpfloat (color->calibration.camera.cx, ==, 610.5);

  trajectory = quarry_catalog_get_trajectory (self->test.catalog, frame->scene, G_MININT64 + 1,
                                              G_MAXINT64, NULL);
  g_assert_cmpint (trajectory->len, ==, 3);
  for (int i = 0; i < 2; i++)
    {
      const QuarryPose *a = &g_array_index (trajectory, QuarryStampedPose, i).world_from_body;
      const QuarryPose *b = &g_array_index (trajectory, QuarryStampedPose, i + 1).world_from_body;

      g_assert_cmpfloat_with_epsilon (b->t[0] - a->t[0], 1, 1e-3);
      g_assert_cmpfloat_with_epsilon (b->t[1] - a->t[1], 0, 1e-6);
      g_assert_cmpfloat (a->t[2], ==, 112.5);
    }

  /* 10 ms between camera and lidar at 1 m/s: the picture is taken 1 cm farther back */
  g_assert_true (quarry_media_get_camera_from_lidar (self->test.catalog, frame->scene, color, lidar,
                                                     &camera_from_lidar));
  quarry_pose_apply (&camera_from_lidar, ahead, seen);
  g_assert_cmpfloat_with_epsilon (seen[0], 0 + 36.0 / 720, 1e-4);
  g_assert_cmpfloat_with_epsilon (seen[1], -0.08, 1e-4);
  g_assert_cmpfloat_with_epsilon (seen[2], 10 - 0.27 + 0.01, 1e-4);

  /* the body is the IMU */
  expected = quarry_pose_invert (&lidar->calibration.body_from_sensor);
  g_assert_cmpfloat_with_epsilon (expected.t[0], -0.8, 1e-12);
  quarry_media_get_camera_from_body (self->test.catalog, frame->scene, color, color->stamp_ns,
                                     &camera_from_body);
  quarry_pose_apply (&camera_from_body, ahead, seen);
  g_assert_cmpfloat_with_epsilon (seen[2], 10 - 0.8 - 0.27, 1e-9);
}

static void
test_missing_calibration_is_reported_and_the_rest_comes (QuarryTestImport *self,
                                                         gconstpointer unused)
{
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;

  write_drive (self, DRIVE, 2);
  quarry_test_import (self, self->site);
  quarry_test_assert_issue (self, "skipped",
                            DAY "/calib_cam_to_cam.txt: the calibration is missing");
  quarry_test_assert_issue (self, "skipped",
                            DAY "/calib_velo_to_cam.txt: the calibration is missing");
  quarry_test_assert_issue (self, "skipped",
                            DAY "/calib_imu_to_velo.txt: the calibration is missing");
  quarry_test_assert_issue (self, "skipped", DRIVE "/oxts: the poses are the IMU's");
  frame = quarry_test_find_frame (self, "0000000000");
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  g_assert_cmpint (media->len, ==, 3);
  g_assert_cmpint (quarry_test_find_media (media, "image_00")->calibration_id, ==, 0);
  g_assert_cmpint (quarry_test_find_media (media, "velodyne")->calibration_id, !=, 0);
}

static void
test_day_drive_and_parent_can_be_imported (QuarryTestImport *self, gconstpointer unused)
{
  static const char * const paths[] = { "", DAY, DRIVE };

  write_calibration (self);
  write_drive (self, DRIVE, 1);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *path = g_build_filename (self->site, paths[i], NULL);

      quarry_test_import (self, path);
      g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 1);
      g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 3);
    }
}

static void
test_damage_is_reported_and_the_rest_goes_on (QuarryTestImport *self, gconstpointer unused)
{
  write_calibration (self);
  write_drive (self, DRIVE, 5);
  quarry_test_write (self, DRIVE "/velodyne_points/data/0000000001.bin", "0123456789abcdefX", 17);
  quarry_test_write (self, DRIVE "/image_00/data/0000000002.png", "\x89PNG\r\n\x1A\n", -1);
  quarry_test_write (self, DRIVE "/oxts/data/0000000003.txt", "nonsense", -1);
  write_stamps (self, DRIVE "/image_02/timestamps.txt", 2, 0);
  quarry_test_write (self, DRIVE "/image_00/timestamps.txt", "2011-09-26 13:02:25.0\nyesterday\n",
                     -1);
  quarry_test_write (self, DRIVE "/tracklet_labels.xml", "<boost_serialization><tracklets></oops>",
                     -1);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 5);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 13);
  quarry_test_assert_issue (self, "skipped",
                            DRIVE "/velodyne_points/data/0000000001.bin: byte 16: ");
  quarry_test_assert_issue (self, "skipped", DRIVE "/image_00/data/0000000002.png: ");
  quarry_test_assert_issue (self, "skipped",
                            DRIVE "/oxts/data/0000000003.txt: not the numbers of an OXTS packet");
  quarry_test_assert_issue (self, "skipped", DRIVE "/image_00/timestamps.txt: line 2: not a time");
  quarry_test_assert_issue (self, "skipped", DRIVE "/tracklet_labels.xml: ");
}

#define TRACKLETS(type, size, first, poses)                                                        \
  "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\" ?>\n<!DOCTYPE "                     \
  "boost_serialization>\n"                                                                         \
  "<boost_serialization signature=\"serialization::archive\" version=\"9\">\n<tracklets "          \
  "class_id=\"0\" tracking_level=\"0\" version=\"0\">\n"                                           \
  "<count>1</count><item_version>1</item_version>\n<item class_id=\"1\" tracking_level=\"0\" "     \
  "version=\"1\">\n"                                                                               \
  "<objectType>" type "</objectType>" size "<first_frame>" first                                   \
  "</first_frame>\n<poses class_id=\"2\"><count>2</count>\n" poses                                 \
  "</poses><finished>1</finished></item></tracklets></boost_serialization>\n"
#define POSE(tx, rz)                                                                               \
  "<item><tx>" tx "</tx><ty>2.0</ty><tz>-1.5</tz><rx>0</rx><ry>0</ry><rz>" rz                      \
  "</rz><state>2</state><occlusion>1</occlusion>"                                                  \
  "<occlusion_kf>0</occlusion_kf><truncation>0</truncation></item>\n"
#define SIZE "<h>1.5</h><w>1.7</w><l>4.2</l>"

static void
test_tracklets_become_tracks (QuarryTestImport *self, gconstpointer unused)
{
  QuarryCuboid cuboid;

  write_calibration (self);
  write_drive (self, DRIVE, 3);
  quarry_test_write (
      self, DRIVE "/tracklet_labels.xml",
      TRACKLETS ("Van", SIZE, "1", POSE ("12.0", "0.5") POSE ("11.0", "0.6") POSE ("10.0", "0.7")),
      -1);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "annotations"), ==, 2);
  quarry_test_assert_issue (
      self, "skipped",
      DRIVE "/tracklet_labels.xml: labels of 1 frames that are not there, frame 3 one of them");
  for (int i = 1; i <= 2; i++)
    {
      g_autofree char *key = g_strdup_printf ("%010d", i);
      g_autoptr(QuarryFrame) frame = quarry_test_find_frame (self, key);
      g_autoptr (GPtrArray)
          labels = quarry_catalog_list_annotations (self->test.catalog, frame->id, 0, NULL);
      const QuarryAnnotation *label = labels->pdata[0];

      g_assert_cmpint (labels->len, ==, 1);
      g_assert_cmpstr (label->class_name, ==, "Van");
      g_assert_cmpstr (label->track, ==, DRIVE "/tracklet 0");
      g_assert_cmpstr (label->attributes, ==, "{\"occlusion\":1,\"state\":2,\"truncation\":0}");
      g_assert_true (quarry_annotation_get_cuboid (label, &cuboid));
      g_assert_cmpfloat_with_epsilon (cuboid.size[0], 4.2, 1e-12);
      g_assert_cmpfloat_with_epsilon (cuboid.size[1], 1.7, 1e-12);
      g_assert_cmpfloat_with_epsilon (cuboid.body_from_cuboid.t[0], 13 - i + 0.8,
                                      1e-9); /* velodyne to IMU, and the bottom lifted */
      g_assert_cmpfloat_with_epsilon (cuboid.body_from_cuboid.t[1], 2 - 0.3, 1e-9);
      g_assert_cmpfloat_with_epsilon (cuboid.body_from_cuboid.t[2], -1.5 + 0.75 + 0.8, 1e-9);
      g_assert_cmpfloat_with_epsilon (quarry_pose_get_yaw (&cuboid.body_from_cuboid), 0.4 + 0.1 * i,
                                      1e-9);
    }
}

static void
test_bad_tracklets_are_errors (void)
{
  static const char * const texts[] = {
    "", "<boost_serialization>", "no xml",
    TRACKLETS ("Van", "<h>1.5</h>", "0", POSE ("1", "0")),
    TRACKLETS ("Van", SIZE, "0", POSE ("much", "0")),
    TRACKLETS ("Van", SIZE, "-3", POSE ("1", "0")),
    TRACKLETS ("Van", SIZE, "1e99", POSE ("1", "0")),
    TRACKLETS ("", SIZE, "0", POSE ("1", "0")),
    TRACKLETS ("Van", SIZE, "0", "<item><tx>1</tx></item>"),
    TRACKLETS ("Van", SIZE, "0", POSE ("nan", "0")),
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (quarry_kitti_parse_tracklets (texts[i], "t.xml", &error));
      g_assert_nonnull (error);
      g_assert_true (g_str_has_prefix (error->message, "t.xml: "));
    }
}

static void
test_cut_and_flipped_tracklets_never_crash (void)
{
  static const char text[] = TRACKLETS ("Van", SIZE, "0", POSE ("1", "0") POSE ("2", "0"));
  g_autoptr(GRand) rand = g_rand_new_with_seed (3);

  for (int i = 0; i < 400; i++)
    {
      g_autofree char *copy = g_strdup (text);
      g_autoptr(GError) error = NULL;
      g_autoptr(GArray) tracklets = NULL;

      if (i % 2 == 0)
        copy[g_rand_int_range (rand, 0, sizeof text - 1)] = 0;
      else
        copy[g_rand_int_range (rand, 0, sizeof text - 1)] = (char) g_rand_int_range (rand, 1, 256);
      tracklets = quarry_kitti_parse_tracklets (copy, "t.xml", &error);
      g_assert_true ((tracklets == NULL) == (error != NULL));
    }
}

static void
test_times_are_read_to_the_nanosecond (void)
{
  static const struct { const char *text; gint64 ns;
  } cases[] = {
    { "2011-09-26 13:02:25.964389445", G_GINT64_CONSTANT (1317042145964389445) },
    { "2011-09-26 13:02:25", G_GINT64_CONSTANT (1317042145000000000) },
    { "2011-09-26 13:02:25.5 \r", G_GINT64_CONSTANT (1317042145500000000) },
    { "2011-09-26T13:02:25.5", -1 },
    { "2011-13-26 13:02:25.5", -1 },
    { "2011-09-26 13:02:25.5x", -1 },
    { "", -1 },
    { "2011-09-26 25:02:25", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 ns = -1;

      g_assert_true (quarry_kitti_parse_stamp (cases[i].text, &ns) == (cases[i].ns != -1));
      g_assert_cmpint (ns, ==, cases[i].ns);
    }
}

/* Against numbers worked out by the development kit's formula with another program */
static void
test_oxts_becomes_a_mercator_pose (void)
{
  QuarryPose pose;
  double scale = 0;
  double r[9];
  const char *packet =
      "49.015003823272 8.4342971002335 116.43032836914 0.035752 0.00903 -2.6087069803847 1 2";

  g_assert_true (quarry_kitti_parse_oxts (packet, 0, &scale, &pose));
  g_assert_cmpfloat_with_epsilon (scale, cos (49.015003823272 * G_PI / 180), 1e-15);
  g_assert_cmpfloat_with_epsilon (pose.t[0], scale * 8.4342971002335 * G_PI * 6378137 / 180, 1e-6);
  g_assert_cmpfloat_with_epsilon (
      pose.t[1], scale * 6378137 * log (tan ((90 + 49.015003823272) * G_PI / 360)), 1e-6);
  g_assert_cmpfloat (pose.t[2], ==, 116.43032836914);
  quarry_pose_to_matrix (&pose, r);
  g_assert_cmpfloat_with_epsilon (r[6], -sin (0.00903),
                                  1e-12); /* nose up: x points below the horizon */
  g_assert_cmpfloat_with_epsilon (r[7], cos (0.00903) * sin (0.035752), 1e-12);
  g_assert_cmpfloat_with_epsilon (atan2 (r[3], r[0]), -2.6087069803847, 1e-12);
  g_assert_false (quarry_kitti_parse_oxts ("49 8", 0, &scale, &pose));
  g_assert_false (quarry_kitti_parse_oxts ("90 8 0 0 0 0", 0, &scale, &pose));
}

static void
test_extract_pairs_by_time_and_keeps_distortion (QuarryTestImport *self, gconstpointer unused)
{
  const char *drive = DAY "/2011_09_26_drive_0001_extract";
  g_autofree char *color_stamps = g_strdup_printf ("%s/image_02/timestamps.txt", drive);
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;
  const QuarryMedia *color = NULL;

  write_calibration (self);
  write_drive (self, drive, 3);
  quarry_test_write (self, color_stamps, /* the second camera began a second later */
                     "2011-09-26 13:02:26.01\n2011-09-26 13:02:27.01\n2011-09-26 13:02:28.01\n",
                     -1);
  quarry_test_import (self, self->site);
  frame = quarry_test_find_frame (self, "0000000001");
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  color = quarry_test_find_media (media, "image_02");
  g_assert_true (g_str_has_suffix (color->uri, "image_02/data/0000000000.png"));
  g_assert_cmpfloat (color->calibration.camera.k[0], ==, -0.36);
  g_assert_cmpfloat (color->calibration.camera.k[4], ==, -0.06);
  g_assert_cmpfloat (color->calibration.camera.fx, ==, 960);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 3);
}

static void
test_real_drive_in_capitals (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *path = quarry_test_shared ("kitti/raw_datumaro");
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;

  if (path == NULL)
    return;
  quarry_test_import (self, path);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 3);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 6);
  frame = quarry_test_find_frame (self, "0000000002");
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  g_assert_cmpint (quarry_test_find_media (media, "velodyne")->n_points, ==, 100);
}

static void
test_second_import_changes_nothing (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  write_calibration (self);
  write_drive (self, DRIVE, 3);
  quarry_test_write (self, DRIVE "/tracklet_labels.xml",
                     TRACKLETS ("Van", SIZE, "1", POSE ("12.0", "0.5")), -1);
  quarry_test_import (self, self->site);
  before = quarry_catalog_dump (self->test.catalog, NULL);
  quarry_test_import (self, self->site);
  after = quarry_catalog_dump (self->test.catalog, NULL);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpint (quarry_report_get_count (self->report, "known frames"), ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kitti-raw/times-are-read-to-the-nanosecond",
                   test_times_are_read_to_the_nanosecond);
  g_test_add_func ("/kitti-raw/oxts-becomes-a-mercator-pose", test_oxts_becomes_a_mercator_pose);
  g_test_add_func ("/kitti-raw/bad-tracklets-are-errors", test_bad_tracklets_are_errors);
  g_test_add_func ("/kitti-raw/cut-and-flipped-tracklets-never-crash",
                   test_cut_and_flipped_tracklets_never_crash);
#define ADD(name, func)                                                                            \
  g_test_add ("/kitti-raw/" name, QuarryTestImport, NULL, quarry_test_import_setup, func,          \
              quarry_test_import_teardown)
  ADD ("drive-has-times-poses-and-calibration", test_drive_has_times_poses_and_calibration);
  ADD ("missing-calibration-is-reported-and-the-rest-comes",
       test_missing_calibration_is_reported_and_the_rest_comes);
  ADD ("day-drive-and-parent-can-be-imported", test_day_drive_and_parent_can_be_imported);
  ADD ("damage-is-reported-and-the-rest-goes-on", test_damage_is_reported_and_the_rest_goes_on);
  ADD ("tracklets-become-tracks", test_tracklets_become_tracks);
  ADD ("extract-pairs-by-time-and-keeps-distortion",
       test_extract_pairs_by_time_and_keeps_distortion);
  ADD ("real-drive-in-capitals", test_real_drive_in_capitals);
  ADD ("second-import-changes-nothing", test_second_import_changes_nothing);
#undef ADD
  return g_test_run ();
}
