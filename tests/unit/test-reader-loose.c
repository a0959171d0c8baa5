/* test-reader-loose.c: loose files, calibration.json, SUSTechPOINTS, and which reader takes what
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-loose.h"
#include "quarry-media.h"
#include "quarry-test-damage.h"
#include "quarry-test-import.h"

static void
test_names_hold_a_moment_and_a_sensor (void)
{
  static const struct { const char *stem; gint64 ns; const char *moment; const char *rest; } cases[] = {
    { "1532402927647951123", G_GINT64_CONSTANT (1532402927647951123), "1532402927647951123", "" },
    { "1532402927647951", G_GINT64_CONSTANT (1532402927647951000), "1532402927647951", "" },
    { "1532402927647", G_GINT64_CONSTANT (1532402927647000000), "1532402927647", "" },
    { "1532402927", G_GINT64_CONSTANT (1532402927000000000), "1532402927", "" },
    { "1532402927.647951", G_GINT64_CONSTANT (1532402927647951000), "1532402927.647951", "" },
    { "1532402927.5", G_GINT64_CONSTANT (1532402927500000000), "1532402927.5", "" },
    { "1532402927_647951", G_GINT64_CONSTANT (1532402927647951000), "1532402927_647951", "" },
    { "front_1532402927_12", G_GINT64_CONSTANT (1532402927000000000), "1532402927", "front_12" },
    { "n015-2018-07-24-11-22-45+0800__CAM_FRONT__1532402927612460", G_GINT64_CONSTANT (1532402927612460000), "1532402927612460",
      "n015-2018-07-24-11-22-45+0800__CAM_FRONT" },
    { "2026-01-02_13-04-05.678", G_GINT64_CONSTANT (1767359045678000000), "2026-01-02_13-04-05.678", "" },
    { "cam 2026-01-02T13:04:05Z", G_GINT64_CONSTANT (1767359045000000000), "2026-01-02T13:04:05Z", "cam" },
    { "20260102_130405_678-left", G_GINT64_CONSTANT (1767359045678000000), "20260102_130405_678", "left" },
    { "20260102130405678", G_GINT64_CONSTANT (1767359045678000000), "20260102130405678", "" },
    { "20261302130405", QUARRY_NO_TIME, "20261302130405", "" },
    { "9999999999999999999", QUARRY_NO_TIME, "9999999999999999999", "" },
    { "0000000012", QUARRY_NO_TIME, "12", "" },
    { "15569195938203752", QUARRY_NO_TIME, "15569195938203752", "" },
    { "front_000012", QUARRY_NO_TIME, "12", "front" },
    { "000012.left", QUARRY_NO_TIME, "12", "left" },
    { "cam1_0000", QUARRY_NO_TIME, "0", "cam1" },
    { "bagger", QUARRY_NO_TIME, "bagger", "" },
    { "", QUARRY_NO_TIME, "", "" },
    { "\xC3\xA4-7", QUARRY_NO_TIME, "7", "\xC3\xA4" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      QuarryLooseName name = { 0 };

      quarry_loose_name_parse (cases[i].stem, &name);
      g_assert_cmpint (name.stamp_ns, ==, cases[i].ns);
      g_assert_cmpstr (name.moment, ==, cases[i].moment);
      g_assert_cmpstr (name.rest, ==, cases[i].rest);
      quarry_loose_name_clear (&name);
    }
}

static void
test_same_names_are_a_frame (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;

  for (int i = 0; i < 3; i++)
    {
      g_autofree char *image = g_strdup_printf ("images/front/%06d.jpg", i);
      g_autofree char *cloud = g_strdup_printf ("clouds/%d.pcd", i);

      quarry_test_write_image (self, image, 60, 20);
      if (i != 1)
        quarry_test_write_cloud (self, cloud, 20, 10, 0, 0);
    }
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "scenes"), ==, 1);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 3);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 5);
  frame = quarry_test_find_frame (self, "2");
  g_assert_cmpstr (frame->key, ==, "2");
  g_assert_cmpint (frame->stamp_ns, ==, QUARRY_NO_TIME);
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  g_assert_cmpuint (media->len, ==, 2);
  g_assert_cmpstr (quarry_test_find_media (media, "front")->format, ==, "jpeg");
  g_assert_cmpstr (quarry_test_find_media (media, "clouds")->format, ==, "pcd");
}

static void
test_names_in_one_folder_tell_sensors (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;

  for (int i = 0; i < 2; i++)
    {
      g_autofree char *front = g_strdup_printf ("cam_front_%04d.jpg", i);
      g_autofree char *left = g_strdup_printf ("cam_left_%04d.jpg", i);
      g_autofree char *cloud = g_strdup_printf ("%04d.pcd", i);

      quarry_test_write_image (self, front, 60, 20);
      quarry_test_write_image (self, left, 60, 20);
      quarry_test_write_cloud (self, cloud, 20, 10, 0, 0);
    }
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 2);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 6);
  frame = quarry_test_find_frame (self, "0001");
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  quarry_test_find_media (media, "front");
  quarry_test_find_media (media, "left");
  quarry_test_find_media (media, "lidar");
}

static void
write_timed (QuarryTestImport *self)
{
  for (int i = 0; i < 4; i++)
    {
      g_autofree char *image = g_strdup_printf ("front/15324029276%02d.jpg", 10 * i + 3);
      g_autofree char *cloud = g_strdup_printf ("top/15324029276%02d000000.pcd", 10 * i);

      quarry_test_write_image (self, image, 60, 20);
      if (i < 3)
        quarry_test_write_cloud (self, cloud, 20, 10, 0, 0);
    }
}

static void
test_times_in_names_are_synchronized (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  write_timed (self);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 3);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 6);
  frame = quarry_test_find_frame (self, "1532402927610000000");
  g_assert_cmpint (frame->stamp_ns, ==, G_GINT64_CONSTANT (1532402927610000000));
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  g_assert_cmpint (quarry_test_find_media (media, "front")->stamp_ns, ==, G_GINT64_CONSTANT (1532402927613000000));
  before = quarry_catalog_dump (self->test.catalog, NULL);
  quarry_test_import (self, self->site);
  after = quarry_catalog_dump (self->test.catalog, NULL);
  g_assert_cmpstr (before, ==, after);
}

#define POSE "\"body_from_sensor\": { \"translation\": [1, 2, 3], \"rotation\": [0.5, -0.5, 0.5, -0.5] }"

static void
test_calibration_and_poses (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;
  g_autoptr(GArray) trajectory = NULL;
  const QuarryMedia *camera = NULL;

  write_timed (self);
  quarry_test_write (self, "calibration.json",
                     "{ \"cameras\": { \"front\": { \"model\": \"equidistant\", \"fx\": 50, \"fy\": 51.5, \"cx\": 29.5, \"cy\": 9.5,"
                     " \"distortion\": [0.1, 0, 0, 0.01], " POSE " } }, \"lidars\": { \"top\": { " POSE " } } }", -1);
  quarry_test_write (self, "poses.csv",
                     "stamp_ns,tx,ty,tz,qw,qx,qy,qz\n1532402927600000000,5412345.25,1,2,1,0,0,0\n1532402927700000000,5412346.25,1,2,0.5,0.5,0.5,0.5\n", -1);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_n_issues (self->report, QUARRY_ISSUE_SKIPPED), ==, 0);
  frame = quarry_test_find_frame (self, "1532402927600000000");
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  camera = quarry_test_find_media (media, "front");
  g_assert_cmpint (camera->calibration.camera.model, ==, QUARRY_CAMERA_KANNALA_BRANDT);
  g_assert_cmpfloat (camera->calibration.camera.cx, ==, 30);
  g_assert_cmpfloat (camera->calibration.camera.fy, ==, 51.5);
  g_assert_cmpfloat (camera->calibration.camera.k[3], ==, 0.01);
  g_assert_cmpfloat (camera->calibration.body_from_sensor.t[2], ==, 3);
  g_assert_cmpfloat (quarry_test_find_media (media, "top")->calibration.body_from_sensor.t[0], ==, 1);
  trajectory = quarry_catalog_get_trajectory (self->test.catalog, frame->scene, G_MININT64 + 1, G_MAXINT64, NULL);
  g_assert_cmpuint (trajectory->len, ==, 2);
  g_assert_cmpfloat (g_array_index (trajectory, QuarryStampedPose, 1).world_from_body.t[0], ==, 5412346.25);
}

static void
test_faults_of_calibration_name_file_and_key (QuarryTestImport *self, gconstpointer unused)
{
  static const struct { const char *text; const char *issue; } cases[] = {
    { "{", "calibration.json: line 1: " },
    { "[]", "calibration.json: no object with cameras and lidars" },
    { "{\"cameras\":[]}", "calibration.json: cameras: is no object" },
    { "{\"cameras\":{\"front\":{\"fx\":1}}}", "calibration.json: cameras.front.body_from_sensor: is missing" },
    { "{\"cameras\":{\"front\":{\"fx\":1," POSE "}}}", "calibration.json: cameras.front.fy: is missing" },
    { "{\"cameras\":{\"front\":{\"fx\":\"1\"," POSE "}}}", "calibration.json: cameras.front.fx: is no number" },
    { "{\"cameras\":{\"front\":{\"fx\":0,\"fy\":1,\"cx\":1,\"cy\":1," POSE "}}}", "calibration.json: cameras.front: fx and fy must be above 0" },
    { "{\"cameras\":{\"front\":{\"model\":\"omni\",\"fx\":1,\"fy\":1,\"cx\":1,\"cy\":1," POSE "}}}", "calibration.json: cameras.front.model: 'omni'" },
    { "{\"cameras\":{\"front\":{\"model\":\"fisheye\",\"distortion\":[1,2,3,4,5],\"fx\":1,\"fy\":1,\"cx\":1,\"cy\":1," POSE "}}}",
      "calibration.json: cameras.front.distortion: is not up to 4 numbers" },
    { "{\"lidars\":{\"top\":{\"body_from_sensor\":{\"translation\":[1,2]}}}}", "calibration.json: lidars.top.body_from_sensor: 'translation' is not 3" },
    { "{\"lidars\":{\"top\":{\"body_from_sensor\":{\"translation\":[1,2,3],\"rotation\":[0,0,0,0]}}}}",
      "calibration.json: lidars.top.body_from_sensor: 'rotation' is not a quaternion" },
    { "{\"poses\":\"../x.csv\"}", "calibration.json: poses: '../x.csv' is no file's name" },
    { "{\"poses\":\"gone.csv\"}", "gone.csv" },
  };

  write_timed (self);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      quarry_test_write (self, "calibration.json", cases[i].text, -1);
      quarry_test_import (self, self->site);
      quarry_test_assert_issue (self, "skipped", cases[i].issue);
    }
  quarry_test_write (self, "calibration.json", "{\"lidars\":{\"rear\":{" POSE "}}}", -1);
  quarry_test_write (self, "poses.json", "[{\"stamp_ns\":1,\"translation\":[1,2,3],\"rotation\":[1,0,0,0]},{\"stamp_ns\":2}]", -1);
  quarry_test_import (self, self->site);
  quarry_test_assert_issue (self, "note", "calibration.json: rear: no such sensor is here");
  quarry_test_assert_issue (self, "skipped", "poses.json: row 2 at byte ");
}

static void
import_damaged (GBytes *bytes, const char *what, gpointer data)
{
  const gpointer *context = data;
  QuarryTestImport *self = context[0];
  guint *n = context[2];
  gsize length = 0;
  const char *text = g_bytes_get_data (bytes, &length);

  if ((*n)++ % 5 != 0)
    return;
  quarry_test_write (self, context[1], text != NULL ? text : "", (gssize) length);
  quarry_test_import (self, self->site);
}

static void
test_damaged_calibration_never_crashes (QuarryTestImport *self, gconstpointer unused)
{
  static const char text[] = "{\"cameras\":{\"front\":{\"model\":\"plumb_bob\",\"fx\":50,\"fy\":50,\"cx\":30,\"cy\":10,\"distortion\":[0.1,0.2]," POSE "}}}";
  static const char poses[] = "stamp_ns,tx,ty,tz,qw,qx,qy,qz\n1532402927600000000,1,1,2,1,0,0,0\n";
  guint n = 0;
  gpointer calibration[] = { self, (gpointer) "calibration.json", &n };
  gpointer csv[] = { self, (gpointer) "poses.csv", &n };

  write_timed (self);
  quarry_test_damage ((const guint8 *) text, sizeof text - 1, import_damaged, calibration);
  quarry_test_write (self, "calibration.json", text, -1);
  quarry_test_damage ((const guint8 *) poses, sizeof poses - 1, import_damaged, csv);
}

static void
test_one_cloud_and_folders_of_clouds (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *one = g_build_filename (self->site, "a/x.pcd", NULL);

  quarry_test_write_cloud (self, "a/x.pcd", 20, 10, 0, 0);
  quarry_test_write_cloud (self, "a/y.bin", 30, 10, 0, 0);
  quarry_test_import (self, one);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 1);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 2);
}

static void
test_no_name_is_lost_to_another_with_its_number (QuarryTestImport *self, gconstpointer unused)
{
  static const char * const names[] = { "bunny_1.pcd", "w_1_4.pcd", "1_4_w.pcd", "dragon4.pcd", "site.pcd", "1-no.pcd", "1-yes.pcd", "1-v7.pcd", "2-v7.pcd" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    quarry_test_write_cloud (self, names[i], 20, 10, 0, 0);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, G_N_ELEMENTS (names));
  g_assert_cmpint (quarry_report_get_n_issues (self->report, QUARRY_ISSUE_NOTE), ==, 0);
}

/* --- SUSTechPOINTS --- */

static void
write_sustech (QuarryTestImport *self)
{
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *image = g_strdup_printf ("camera/front/%06d.jpg", i);
      g_autofree char *cloud = g_strdup_printf ("lidar/%06d.pcd", i);
      g_autofree char *label = g_strdup_printf ("label/%06d.json", i);

      quarry_test_write_image (self, image, 60, 20);
      quarry_test_write_cloud (self, cloud, 20, 10, 0, 0);
      quarry_test_write (self, label,
                         "[{\"psr\":{\"position\":{\"x\":10,\"y\":0,\"z\":0},\"scale\":{\"x\":4,\"y\":2,\"z\":1.5},\"rotation\":{\"x\":0.1,\"y\":0,\"z\":0.7}},"
                         "\"obj_type\":\"Car\",\"obj_id\":\"4\"},{\"psr\":{},\"obj_type\":\"Car\"},{\"psr\":{\"position\":{\"x\":1,\"y\":0,\"z\":0},"
                         "\"scale\":{\"x\":4,\"y\":2,\"z\":1},\"rotation\":{\"x\":0,\"y\":0,\"z\":0}},\"obj_type\":\"Van\",\"obj_id\":4}]", -1);
    }
  quarry_test_write (self, "calib/camera/front.json",
                     "{\"extrinsic\":[0,-1,0,0.1, 0,0,-1,0.2, 1,0,0,0.3, 0,0,0,1],\"intrinsic\":[50,0,29.5,0,50,9.5,0,0,1]}", -1);
}

static void
test_sustechpoints (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;
  g_autoptr(GPtrArray) labels = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  QuarryPose camera_from_lidar;
  QuarryCuboid cuboid;
  double r[9];

  write_sustech (self);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 2);
  g_assert_cmpint (quarry_report_get_count (self->report, "annotations"), ==, 4);
  quarry_test_assert_issue (self, "skipped", "label/000000.json: label 2: no 'obj_type', or no 'psr'");
  frame = quarry_test_find_frame (self, "000001");
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  camera_from_lidar = quarry_pose_invert (&quarry_test_find_media (media, "front")->calibration.body_from_sensor);
  g_assert_cmpfloat_with_epsilon (camera_from_lidar.t[1], 0.2, 1e-12);
  g_assert_cmpfloat (quarry_test_find_media (media, "front")->calibration.camera.cx, ==, 30);
  labels = quarry_catalog_list_annotations (self->test.catalog, frame->id, 0, NULL);
  g_assert_cmpstr (((QuarryAnnotation *) labels->pdata[0])->track, ==, "4");
  g_assert_true (quarry_annotation_get_cuboid (labels->pdata[0], &cuboid));
  quarry_pose_to_matrix (&cuboid.body_from_cuboid, r);
  g_assert_cmpfloat_with_epsilon (r[0], cos (0.7), 1e-12);                   /* Rx · Rz */
  g_assert_cmpfloat_with_epsilon (r[3], cos (0.1) * sin (0.7), 1e-12);
  g_assert_cmpfloat_with_epsilon (r[7], sin (0.1) * cos (0.7), 1e-12);
  before = quarry_catalog_dump (self->test.catalog, NULL);
  quarry_test_import (self, self->site);
  after = quarry_catalog_dump (self->test.catalog, NULL);
  g_assert_cmpstr (before, ==, after);
}

/* Counts from the data's provenance, made with another program */
static void
test_real_sustechpoints (QuarryTestImport *self, gconstpointer unused)
{
  static const struct { const char *key; int points; int boxes; int in_view[3]; } frames[] = {
    { "000965", 66781, 21, { 14881, 14696, 14445 } }, { "000970", 66899, 23, { 15171, 14455, 14693 } },
  };
  static const char * const cameras[] = { "front", "left", "right" };
  g_autofree char *path = quarry_test_shared ("sustechpoints/example");

  if (path == NULL)
    return;
  quarry_test_import (self, path);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 8);
  for (guint f = 0; f < G_N_ELEMENTS (frames); f++)
    {
      g_autoptr(QuarryFrame) frame = quarry_test_find_frame (self, frames[f].key);
      g_autoptr(GPtrArray) media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
      g_autoptr(GPtrArray) labels = quarry_catalog_list_annotations (self->test.catalog, frame->id, 0, NULL);
      const QuarryMedia *lidar = quarry_test_find_media (media, "lidar");
      g_autoptr(QuarryCloud) cloud = quarry_media_load_cloud (NULL, NULL, 0, lidar, NULL, NULL);
      guint n_full = 0;

      g_assert_cmpint (lidar->n_points, ==, frames[f].points);
      g_assert_cmpuint (labels->len, ==, frames[f].boxes);
      for (guint c = 0; c < 3; c++)
        {
          const QuarryMedia *camera = quarry_test_find_media (media, cameras[c]);
          const QuarryPose camera_from_lidar = quarry_pose_invert (&camera->calibration.body_from_sensor);
          int n = 0;

          for (gsize i = 0; i < cloud->n; i++)
            {
              const double at[3] = { cloud->xyz[3 * i], cloud->xyz[3 * i + 1], cloud->xyz[3 * i + 2] };
              double seen[3], pixel[2];

              quarry_pose_apply (&camera_from_lidar, at, seen);
              n += quarry_camera_project (&camera->calibration.camera, seen, pixel) && pixel[0] >= 0.5 && pixel[1] >= 0.5 &&
                   pixel[0] < 2048.5 && pixel[1] < 1536.5;       /* counted with (0,0) at the pixel's centre */
            }
          g_test_message ("%s %s: %d of %d", frames[f].key, cameras[c], n, frames[f].in_view[c]);
          g_assert_cmpint (ABS (n - frames[f].in_view[c]), <=, 2);
        }
      for (guint i = 0; i < labels->len; i++)
        {
          QuarryCuboid cuboid;
          int n = 0;

          g_assert_true (quarry_annotation_get_cuboid (labels->pdata[i], &cuboid));
          for (gsize k = 0; k < cloud->n; k++)
            {
              const double at[3] = { cloud->xyz[3 * k], cloud->xyz[3 * k + 1], cloud->xyz[3 * k + 2] };

              n += quarry_cuboid_contains (&cuboid, at, 0);
            }
          n_full += n > 5;
        }
      g_test_message ("%s: %u of %u cuboids hold points", frames[f].key, n_full, labels->len);
      g_assert_cmpuint (n_full * 10, >=, labels->len * 9);
    }
}

/* --- probing --- */

static void
write_loose_images (QuarryTestImport *self)
{
  quarry_test_write_image (self, "a/1.jpg", 60, 20);
}

static void
write_loose_mixed (QuarryTestImport *self)
{
  quarry_test_write_image (self, "a/1.jpg", 60, 20);
  quarry_test_write_cloud (self, "b/1.pcd", 20, 10, 0, 0);
}

static void
write_calibrated (QuarryTestImport *self)
{
  quarry_test_write_image (self, "lidar/1.jpg", 60, 20);
  quarry_test_write_cloud (self, "velodyne/1.bin", 20, 10, 0, 0);
  quarry_test_write (self, "calibration.json", "{}", -1);
}

static void
write_object (QuarryTestImport *self)
{
  quarry_test_write_image (self, "training/image_2/000000.png", 60, 20);
  quarry_test_write_cloud (self, "training/velodyne/000000.bin", 20, 10, 0, 0);
  quarry_test_write (self, "training/calib/000000.txt", "", 0);
}

static void
write_raw (QuarryTestImport *self)
{
  quarry_test_write_image (self, "2011_09_26/drive/image_02/data/0000000000.png", 60, 20);
  quarry_test_write_cloud (self, "2011_09_26/drive/velodyne_points/data/0000000000.bin", 20, 10, 0, 0);
}

static void
write_tracking (QuarryTestImport *self)
{
  quarry_test_write_image (self, "training/image_02/0000/000000.png", 60, 20);
  quarry_test_write_cloud (self, "training/velodyne/0000/000000.bin", 20, 10, 0, 0);
  quarry_test_write (self, "training/calib/0000.txt", "", 0);
  quarry_test_write (self, "training/label_02/0000.txt", "", 0);
}

static void
write_odometry (QuarryTestImport *self)
{
  quarry_test_write_image (self, "sequences/00/image_2/000000.png", 60, 20);
  quarry_test_write_cloud (self, "sequences/00/velodyne/000000.bin", 20, 10, 0, 0);
  quarry_test_write (self, "sequences/00/calib.txt", "", 0);
}

static void
write_nuscenes (QuarryTestImport *self)
{
  quarry_test_write (self, "v1.0-mini/sample_data.json", "[]", -1);
  quarry_test_write (self, "v1.0-mini/calibrated_sensor.json", "[]", -1);
  quarry_test_write_image (self, "samples/CAM_FRONT/x__CAM_FRONT__1532402927612460.jpg", 60, 20);
  quarry_test_write_cloud (self, "samples/LIDAR_TOP/x__LIDAR_TOP__1532402927612460.pcd.bin", 20, 10, 0, 0);
}

/* Also of what lies in a folder of it that a person may choose instead */
static void
test_each_layout_is_taken_for_what_it_is (QuarryTestImport *self, gconstpointer unused)
{
  static const struct { void (*write) (QuarryTestImport *); const char *path; const char *id; } cases[] = {
    { write_loose_images, "", "images" },
    { write_loose_mixed, "", "loose" },
    { write_loose_mixed, "b/1.pcd", "loose" },
    { write_loose_mixed, "a/1.jpg", "images" },
    { write_calibrated, "", "loose" },
    { write_sustech, "", "sustechpoints" },
    { write_object, "", "kitti-object" },
    { write_object, "training", "kitti-object" },
    { write_raw, "", "kitti-raw" },
    { write_raw, "2011_09_26/drive", "kitti-raw" },
    { write_tracking, "", "kitti-tracking" },
    { write_tracking, "training", "kitti-tracking" },
    { write_odometry, "", "kitti-odometry" },
    { write_odometry, "sequences", "kitti-odometry" },
    { write_odometry, "sequences/00", "kitti-odometry" },
    { write_nuscenes, "", "nuscenes" },
    { write_nuscenes, "v1.0-mini", "nuscenes" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = NULL;
      const QuarryReader * const *readers = quarry_ingest_list_readers ();
      const QuarryReader *found = NULL;
      g_autoptr(GError) error = NULL;
      int best = 0, n_best = 0;

      quarry_test_remove (self->site);
      g_assert_cmpint (g_mkdir_with_parents (self->site, 0755), ==, 0);
      cases[i].write (self);
      path = cases[i].path[0] != 0 ? g_build_filename (self->site, cases[i].path, NULL) : g_strdup (self->site);
      found = quarry_ingest_find_reader (NULL, path, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (found->id, ==, cases[i].id);
      best = found->probe (path);
      for (guint k = 0; readers[k] != NULL; k++)
        n_best += readers[k]->probe (path) >= best;
      g_assert_cmpint (n_best, ==, 1);
    }
}

static void
test_real_folders_are_taken_for_what_they_are (QuarryTestImport *self, gconstpointer unused)
{
  static const struct { const char *path; const char *id; } cases[] = {
    { "nuscenes/lyft_tables_v1.01-train/v1.01-train", "nuscenes" }, { "nuscenes/mmdet3d_demo", "loose" },
    { "kitti/object", "kitti-object" }, { "kitti/raw_datumaro", "kitti-raw" }, { "semantickitti/mmdet3d_tests", "kitti-odometry" },
    { "sustechpoints/example", "sustechpoints" }, { "argoverse1/sweep", "loose" }, { "argoverse1/tracking_log/1", "loose" }, { "las", "loose" },
    { "pcd", "loose" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = quarry_test_shared (cases[i].path);
      g_autoptr(GError) error = NULL;

      if (path == NULL)
        return;
      g_assert_cmpstr (quarry_ingest_find_reader (NULL, path, &error)->id, ==, cases[i].id);
    }
}

static void
test_real_loose_files_pair_by_time (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *path = quarry_test_shared ("nuscenes/mmdet3d_demo");
  g_autoptr(GPtrArray) scenes = NULL;
  g_autoptr(GPtrArray) sensors = NULL;

  if (path == NULL)
    return;
  quarry_test_import (self, path);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 1);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 7);
  scenes = quarry_catalog_list_scenes (self->test.catalog, NULL);
  sensors = quarry_catalog_list_sensors (self->test.catalog, ((QuarryScene *) scenes->pdata[0])->id, NULL);
  g_assert_cmpuint (sensors->len, ==, 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loose/names-hold-a-moment-and-a-sensor", test_names_hold_a_moment_and_a_sensor);
#define ADD(name, func) \
  g_test_add ("/loose/" name, QuarryTestImport, NULL, quarry_test_import_setup, func, quarry_test_import_teardown)
  ADD ("same-names-are-a-frame", test_same_names_are_a_frame);
  ADD ("names-in-one-folder-tell-sensors", test_names_in_one_folder_tell_sensors);
  ADD ("times-in-names-are-synchronized", test_times_in_names_are_synchronized);
  ADD ("calibration-and-poses", test_calibration_and_poses);
  ADD ("faults-of-calibration-name-file-and-key", test_faults_of_calibration_name_file_and_key);
  ADD ("damaged-calibration-never-crashes", test_damaged_calibration_never_crashes);
  ADD ("one-cloud-and-folders-of-clouds", test_one_cloud_and_folders_of_clouds);
  ADD ("no-name-is-lost-to-another-with-its-number", test_no_name_is_lost_to_another_with_its_number);
  ADD ("sustechpoints", test_sustechpoints);
  ADD ("real-sustechpoints", test_real_sustechpoints);
  ADD ("each-layout-is-taken-for-what-it-is", test_each_layout_is_taken_for_what_it_is);
  ADD ("real-folders-are-taken-for-what-they-are", test_real_folders_are_taken_for_what_they_are);
  ADD ("real-loose-files-pair-by-time", test_real_loose_files_pair_by_time);
#undef ADD
  return g_test_run ();
}
