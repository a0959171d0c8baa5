/* test-reader-demo.c: the demo site through the import
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo.h"
#include "quarry-media.h"
#include "quarry-test-import.h"

#include <jansson.h>

#define N_FRAMES 2

static void
write_site (QuarryTestImport *self)
{
  const QuarryDemoOptions options = { N_FRAMES, 11, 320 };
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("demo");
  g_autoptr(GError) error = NULL;

  quarry_demo_write (self->site, &options, operation, &error);
  g_assert_no_error (error);
}

static void
test_all_of_the_site_is_imported (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(GPtrArray) sensors = NULL;
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;
  g_autoptr(GArray) trajectory = NULL;

  write_site (self);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_n_issues (self->report, QUARRY_ISSUE_NOTE), ==, 0);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, N_FRAMES);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 4 * N_FRAMES);
  frame = quarry_test_find_frame (self, "000001");
  sensors = quarry_catalog_list_sensors (self->test.catalog, frame->scene, NULL);
  g_assert_cmpint (sensors->len, ==, 4);
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  g_assert_cmpint (quarry_test_find_media (media, "cam_right")->calibration.camera.model, ==,
                   QUARRY_CAMERA_KANNALA_BRANDT);
  for (guint i = 0; i < media->len; i++)
    {
      const QuarryMedia *one = media->pdata[i];

      g_assert_cmpint (one->calibration_id, !=, 0);
      g_assert_true (one->stamp_ns != QUARRY_NO_TIME);
      if (one->kind == QUARRY_SENSOR_CAMERA)
        g_assert_cmpint (one->width, ==, one->calibration.camera.width);
      else
        g_assert_cmpint (one->n_points, >, 1000);
    }
  trajectory = quarry_catalog_get_trajectory (self->test.catalog, frame->scene, G_MININT64 + 1,
                                              G_MAXINT64, NULL);
  g_assert_cmpint (trajectory->len, >=, 10 * (N_FRAMES - 1));
}

/* The truth says how many returns each object gave; de-skewed and moved to the frame's time they
 * must lie in its cuboid */
static void
test_points_lie_in_their_cuboids (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;
  g_autoptr(GPtrArray) labels = NULL;
  g_autoptr(QuarryCloud) cloud = NULL;
  g_autoptr(GArray) trajectory = NULL;
  const QuarryMedia *lidar = NULL;
  QuarryPose motion, body_from_lidar;
  int n_checked = 0;

  write_site (self);
  quarry_test_import (self, self->site);
  frame = quarry_test_find_frame (self, "000001");
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  lidar = quarry_test_find_media (media, "lidar_top");
  cloud = quarry_media_load_cloud (NULL, self->test.catalog, frame->scene, lidar, NULL, NULL);
  g_assert_null (cloud->offset_ns);      /* it was de-skewed */
  trajectory = quarry_catalog_get_trajectory (self->test.catalog, frame->scene,
                                              MIN (frame->stamp_ns, lidar->stamp_ns),
                                              MAX (frame->stamp_ns, lidar->stamp_ns), NULL);
  quarry_trajectory_get_motion (trajectory, frame->stamp_ns, lidar->stamp_ns, &motion);
  body_from_lidar = quarry_pose_multiply (&motion, &lidar->calibration.body_from_sensor);
  labels = quarry_catalog_list_annotations (self->test.catalog, frame->id, 0, NULL);
  for (guint i = 0; i < labels->len; i++)
    {
      const QuarryAnnotation *label = labels->pdata[i];
      json_t *attributes = json_loads (label->attributes, 0, NULL);
      const gint64 points = json_integer_value (json_object_get (attributes, "points"));
      QuarryCuboid cuboid;
      gint64 n = 0;

      json_decref (attributes);
      if (points < 20 || !quarry_annotation_get_cuboid (label, &cuboid))
        continue;
      for (gsize k = 0; k < cloud->n; k++)
        {
          const double seen[3] = { (double) cloud->xyz[3 * k], (double) cloud->xyz[3 * k + 1],
                                   (double) cloud->xyz[3 * k + 2] };
          double body[3];

          quarry_pose_apply (&body_from_lidar, seen, body);
          n += quarry_cuboid_contains (&cuboid, body, 0.08);      /* the lidar's noise */
        }
      g_test_message ("%s %s: %d of %d points", label->class_name, label->track, (int) n,
                      (int) points);
      g_assert_cmpint (n, >=, points * 95 / 100);
      n_checked++;
    }
  g_assert_cmpint (n_checked, >, 5);
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
  g_assert_cmpint (quarry_report_get_count (self->report, "known frames"), ==, N_FRAMES);
}

static void
test_damage_is_reported_and_the_rest_goes_on (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *cloud = NULL;
  g_autofree char *data = NULL;
  g_autofree char *missing = NULL;
  gsize length = 0;

  write_site (self);
  cloud = quarry_test_site_path (self, "lidar_top/000000.pcd");
  missing = quarry_test_site_path (self, "cam_left/000001.jpg");
  g_file_get_contents (cloud, &data, &length, NULL);
  g_file_set_contents (cloud, data, (gssize) length - 5, NULL);
  g_remove (missing);
  quarry_test_write (self, "labels/000001.json", "{\"cuboids\": [{\"class\": 3}], \"boxes\": [1]}",
                     -1);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, N_FRAMES);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 4 * N_FRAMES - 2);
  quarry_test_assert_issue (self, "skipped", "lidar_top/000000.pcd: byte ");
  quarry_test_assert_issue (self, "skipped", "cam_left/000001.jpg: ");
  quarry_test_assert_issue (self, "skipped", "labels/000001.json: cuboid 0: ");
  quarry_test_assert_issue (self, "skipped", "labels/000001.json: box 0: ");
}

static void
test_broken_descriptions_are_errors (QuarryTestImport *self, gconstpointer unused)
{
  static const char * const texts[] = {
    "{\"format\": \"quarry-demo\"",
    "[\"quarry-demo\"]",
    "{\"format\": \"quarry-demo\", \"version\": 2}",
    "\"quarry-demo\"",
    "{\"format\": \"quarry-demo\", \"version\": 1}",
    "{\"format\": \"quarry-demo\", \"version\": 1, \"sensors\": [{\"key\": \"../x\"}]}",
  };

  quarry_test_write (self, "frames.csv", "key,stamp_ns,cam\n0,1,2\n1,2\nx,y,z\n", -1);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;

      quarry_test_write (self, "demo.json", texts[i], -1);
      g_assert_cmpint (quarry_test_try_import (self, self->site, NULL, &error), ==, 0);
      g_assert_nonnull (error);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/reader-demo/" name, QuarryTestImport, NULL, quarry_test_import_setup, func,        \
              quarry_test_import_teardown)
  ADD ("all-of-the-site-is-imported", test_all_of_the_site_is_imported);
  ADD ("points-lie-in-their-cuboids", test_points_lie_in_their_cuboids);
  ADD ("second-import-changes-nothing", test_second_import_changes_nothing);
  ADD ("damage-is-reported-and-the-rest-goes-on", test_damage_is_reported_and_the_rest_goes_on);
  ADD ("broken-descriptions-are-errors", test_broken_descriptions_are_errors);
#undef ADD
  return g_test_run ();
}
