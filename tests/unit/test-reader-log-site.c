/* test-reader-log-site.c: the demo's site as a recording of messages gives the same projection as the demo's own import
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * One recording, twice: the demo's folder by its reader, and an MCAP made of the same pictures, clouds, calibrations, transforms and poses by
 * the reader of logs. Where a lidar point falls on a picture then says that calibration, transforms, poses, times and points are right from
 * end to end.
 */

#include "config.h"
#include "quarry-demo.h"
#include "quarry-media.h"
#include "quarry-test-import.h"
#include "quarry-test-recording.h"

#define MAX_PIXELS 0.05

typedef struct
{
  const char *name;      /* in the demo */
  const char *topic;
  const char *info;      /* nullable */
  const char *frame;
} Sensor;

static const Sensor sensors[] = {
  { "cam_front", "/cam_front/image_raw/compressed", "/cam_front/camera_info", "cam_front_optical_frame" },
  { "cam_left", "/cam_left/image_raw/compressed", "/cam_left/camera_info", "cam_left_optical_frame" },
  { "cam_right", "/cam_right/image_raw/compressed", "/cam_right/camera_info", "cam_right_optical_frame" },
  { "lidar_top", "/lidar_top/points", NULL, "lidar_top" },
};

static const Sensor *
find_sensor (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sensors); i++)
    if (g_str_equal (sensors[i].name, name))
      return &sensors[i];
  g_error ("no sensor '%s'", name);
}

static GArray *
list_frames (QuarryCatalog *catalog, const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryQuery) query = quarry_query_parse (text, &error);
  GArray *ids = NULL;

  g_assert_no_error (error);
  ids = quarry_catalog_query (catalog, query, NULL, &error);
  g_assert_no_error (error);
  return ids;
}

/* The mast is a frame between, so that a way of two static edges is walked */
static void
add_static (QuarryTestMcap *mcap, const QuarryMedia *media, gint64 log_ns)
{
  const Sensor *sensor = find_sensor (media->sensor_name);
  const QuarryPose body_from_mast = quarry_pose_from_yaw (0.5, -0.25, 1.5, 0.7);
  const QuarryPose mast_from_body = quarry_pose_invert (&body_from_mast);
  const QuarryPose mast_from_sensor = quarry_pose_multiply (&mast_from_body, &media->calibration.body_from_sensor);

  quarry_test_add_transform (mcap, "/tf_static", log_ns, log_ns, "base_link", "mast", &body_from_mast);
  quarry_test_add_transform (mcap, "/tf_static", log_ns, log_ns, "mast", sensor->frame, &mast_from_sensor);
}

static void
add_media (QuarryTestMcap *mcap, const QuarryMedia *media)
{
  const Sensor *sensor = find_sensor (media->sensor_name);
  g_autoptr(GError) error = NULL;
  const gint64 log_ns = media->stamp_ns + 7000000;      /* logged a little later than taken */

  if (media->kind == QUARRY_SENSOR_CAMERA)
    {
      g_autoptr(GBytes) bytes = quarry_media_read (NULL, media->uri, media->offset, media->length, NULL, &error);

      g_assert_no_error (error);
      quarry_test_add_camera (mcap, sensor->info, log_ns, media->stamp_ns, sensor->frame, &media->calibration.camera);
      quarry_test_add_picture (mcap, sensor->topic, log_ns, media->stamp_ns, sensor->frame, "jpeg", g_bytes_get_data (bytes, NULL),
                               g_bytes_get_size (bytes));
    }
  else
    {
      g_autoptr(QuarryCloud) cloud = quarry_media_load_cloud (NULL, NULL, 0, media, NULL, &error);

      g_assert_no_error (error);
      quarry_test_add_cloud (mcap, sensor->topic, log_ns, media->stamp_ns, sensor->frame, cloud);
    }
}

/* Each pose as odom_from_base_link, and the world's odom somewhere in UTM coordinates */
static void
add_poses (QuarryTestMcap *mcap, QuarryTrajectory *poses, const QuarryPose *map_from_odom)
{
  for (guint i = 0; i < poses->len; i++)
    {
      const QuarryStampedPose *pose = &g_array_index (poses, QuarryStampedPose, i);

      quarry_test_add_transform (mcap, "/tf", pose->stamp_ns, pose->stamp_ns, "odom", "base_link", &pose->world_from_body);
      if (i % 10 == 0 || i + 1 == poses->len)
        quarry_test_add_transform (mcap, "/tf", pose->stamp_ns, pose->stamp_ns, "map", "odom", map_from_odom);
    }
}

static QuarryPose
get_map_from_odom (void)
{
  return quarry_pose_from_yaw (691234.125, 5334567.5, 512.25, 0.3);
}

static void
write_recording (QuarryTestImport *self, QuarryId scene, const char *path)
{
  g_autoptr(GArray) ids = list_frames (self->test.catalog, "");
  g_autoptr(GArray) poses = quarry_catalog_get_trajectory (self->test.catalog, scene, G_MININT64 + 1, G_MAXINT64, NULL);
  QuarryTestMcap *mcap = quarry_test_mcap_new ();
  const QuarryPose map_from_odom = get_map_from_odom ();

  g_assert_cmpuint (poses->len, >, 10);
  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr(GPtrArray) media = quarry_catalog_list_media (self->test.catalog, g_array_index (ids, QuarryId, i), NULL);

      for (guint k = 0; k < media->len; k++)
        {
          if (i == 0)
            add_static (mcap, media->pdata[k], ((QuarryMedia *) media->pdata[k])->stamp_ns);
          add_media (mcap, media->pdata[k]);
        }
    }
  add_poses (mcap, poses, &map_from_odom);
  quarry_test_mcap_write (mcap, path);
}

/* Returns: how many points fall into the picture; both ways must agree */
static guint
compare_projection (QuarryCatalog *catalog, QuarryId scene_a, GPtrArray *a, QuarryId scene_b, GPtrArray *b, const char *camera)
{
  const QuarryMedia *camera_a = quarry_test_find_media (a, camera), *camera_b = quarry_test_find_media (b, camera);
  const QuarryMedia *lidar_a = quarry_test_find_media (a, "lidar_top"), *lidar_b = quarry_test_find_media (b, "lidar_top");
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryCloud) cloud_a = quarry_media_load_cloud (NULL, catalog, scene_a, lidar_a, NULL, &error);
  g_autoptr(QuarryCloud) cloud_b = quarry_media_load_cloud (NULL, catalog, scene_b, lidar_b, NULL, &error);
  QuarryPose pose_a, pose_b;
  guint n = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (cloud_a->n, ==, cloud_b->n);
  g_assert_cmpint (camera_a->stamp_ns, ==, camera_b->stamp_ns);
  g_assert_cmpint (lidar_a->stamp_ns, ==, lidar_b->stamp_ns);
  g_assert_cmpint (camera_a->width, ==, camera_b->width);
  g_assert_true (camera_b->calibration.has_camera);
  g_assert_true (quarry_media_get_camera_from_lidar (catalog, scene_a, camera_a, lidar_a, &pose_a));
  g_assert_true (quarry_media_get_camera_from_lidar (catalog, scene_b, camera_b, lidar_b, &pose_b));
  for (gsize i = 0; i < cloud_a->n; i++)
    {
      const double p[3] = { cloud_a->xyz[3 * i], cloud_a->xyz[3 * i + 1], cloud_a->xyz[3 * i + 2] };
      const double q[3] = { cloud_b->xyz[3 * i], cloud_b->xyz[3 * i + 1], cloud_b->xyz[3 * i + 2] };
      double x[3], y[3], pixel_a[2], pixel_b[2];

      quarry_pose_apply (&pose_a, p, x);
      quarry_pose_apply (&pose_b, q, y);
      if (!quarry_camera_project (&camera_a->calibration.camera, x, pixel_a) || !quarry_camera_is_inside (&camera_a->calibration.camera, pixel_a))
        continue;
      n++;
      g_assert_true (quarry_camera_project (&camera_b->calibration.camera, y, pixel_b));
      g_assert_cmpfloat (hypot (pixel_a[0] - pixel_b[0], pixel_a[1] - pixel_b[1]), <=, MAX_PIXELS);
    }
  return n;
}

static void
compare_poses (QuarryCatalog *catalog, QuarryId scene_a, QuarryId scene_b)
{
  g_autoptr(GArray) a = quarry_catalog_get_trajectory (catalog, scene_a, G_MININT64 + 1, G_MAXINT64, NULL);
  g_autoptr(GArray) b = quarry_catalog_get_trajectory (catalog, scene_b, G_MININT64 + 1, G_MAXINT64, NULL);
  const QuarryPose map_from_odom = get_map_from_odom ();

  g_assert_cmpuint (a->len, ==, b->len);
  for (guint i = 0; i < a->len; i++)
    {
      const QuarryStampedPose *x = &g_array_index (a, QuarryStampedPose, i), *y = &g_array_index (b, QuarryStampedPose, i);
      const QuarryPose expected = quarry_pose_multiply (&map_from_odom, &x->world_from_body);

      g_assert_cmpint (x->stamp_ns, ==, y->stamp_ns);
      for (int k = 0; k < 3; k++)      /* UTM: micrometres are kept, centimetres asked for */
        g_assert_cmpfloat_with_epsilon (expected.t[k], y->world_from_body.t[k], 1e-6);
    }
}

static void
test_site (QuarryTestImport *self, gconstpointer data)
{
  const QuarryDemoOptions options = { 4, 7, 320 };
  g_autofree char *folder = quarry_test_site_path (self, "demo");
  g_autofree char *path = quarry_test_site_path (self, "site.mcap");
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("demo");
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) scenes = NULL;
  g_autoptr(GPtrArray) streams = NULL;
  g_autoptr(GArray) a = NULL;
  g_autoptr(GArray) b = NULL;
  guint n = 0;

  quarry_demo_write (folder, &options, operation, &error);
  g_assert_no_error (error);
  quarry_test_import (self, folder);
  scenes = quarry_catalog_list_scenes (self->test.catalog, &error);
  write_recording (self, ((QuarryScene *) scenes->pdata[0])->id, path);
  quarry_test_import (self, path);
  g_assert_cmpuint (quarry_report_get_n_issues (self->report, QUARRY_ISSUE_NOTE), ==, 0);
  g_clear_pointer (&scenes, g_ptr_array_unref);
  scenes = quarry_catalog_list_scenes (self->test.catalog, &error);
  g_assert_cmpuint (scenes->len, ==, 2);
  a = list_frames (self->test.catalog, "source:demo");
  b = list_frames (self->test.catalog, "source:site.mcap");
  g_assert_cmpuint (a->len, ==, options.n_frames);
  g_assert_cmpuint (b->len, ==, options.n_frames);
  for (guint i = 0; i < a->len; i++)
    {
      g_autoptr(GPtrArray) x = quarry_catalog_list_media (self->test.catalog, g_array_index (a, QuarryId, i), NULL);
      g_autoptr(GPtrArray) y = quarry_catalog_list_media (self->test.catalog, g_array_index (b, QuarryId, i), NULL);

      g_assert_cmpuint (y->len, ==, G_N_ELEMENTS (sensors));
      for (int k = 0; k < 3; k++)
        n += compare_projection (self->test.catalog, ((QuarryScene *) scenes->pdata[0])->id, x, ((QuarryScene *) scenes->pdata[1])->id, y,
                                 sensors[k].name);
    }
  g_assert_cmpuint (n, >, 10000);
  compare_poses (self->test.catalog, ((QuarryScene *) scenes->pdata[0])->id, ((QuarryScene *) scenes->pdata[1])->id);
  streams = quarry_catalog_list_streams (self->test.catalog, ((QuarryScene *) scenes->pdata[1])->id, &error);
  g_assert_cmpuint (streams->len, ==, 9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/reader-log/a-site-of-messages-projects-like-the-demo", QuarryTestImport, NULL, quarry_test_import_setup, test_site,
              quarry_test_import_teardown);
  return g_test_run ();
}
