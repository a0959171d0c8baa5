/* test-reader-nuscenes-real.c: geometry of nuScenes, proven on a real sample
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The sample's tables are made again from what was worked out of them with another program: 4 × 4 matrices, cuboids in the lidar's
 * frame, and where their centres are in the pictures.
 */

#include "config.h"
#include "quarry-media.h"
#include "quarry-test-import.h"

#include <jansson.h>

#define NAME "n015-2018-07-24-11-22-45+0800"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

static QuarryPose
read_pose (const json_t *matrix)
{
  double r[9], t[3];

  for (int i = 0; i < 3; i++)
    {
      for (int k = 0; k < 3; k++)
        r[3 * i + k] = json_number_value (json_array_get (json_array_get (matrix, i), k));
      t[i] = json_number_value (json_array_get (json_array_get (matrix, i), 3));
    }
  return quarry_pose_from_matrix (r, t);
}

static json_t *
pack_pose (const char *token, const QuarryPose *pose)
{
  return json_pack ("{s:s,s:[f,f,f],s:[f,f,f,f]}", "token", token, "translation", pose->t[0], pose->t[1], pose->t[2], "rotation", pose->q[0],
                    pose->q[1], pose->q[2], pose->q[3]);
}

static void
write_table (QuarryTestImport *self, const char *name, json_t *take_rows)
{
  g_autofree char *path = g_strdup_printf ("v1.0-mini/%s.json", name);
  char *text = json_dumps (take_rows, JSON_REAL_PRECISION (17));

  quarry_test_write (self, path, text, -1);
  (free) (text);
  json_decref (take_rows);
}

static void
copy_file (QuarryTestImport *self, const char *folder, const char *file, const char *to)
{
  g_autofree char *from = g_build_filename (folder, file, NULL);
  g_autofree char *content = NULL;
  gsize length = 0;

  g_assert_true (g_file_get_contents (from, &content, &length, NULL));
  quarry_test_write (self, to, content, (gssize) length);
}

typedef struct
{
  json_t *sensors, *calibrated, *data, *poses;
} Tables;

static void
add_sensor (Tables *tables, const char *channel, const char *modality, gint64 us, const QuarryPose *ego_from_sensor, json_t *intrinsic,
            const QuarryPose *world_from_ego, const char *file)
{
  json_t *calibrated = pack_pose (channel, ego_from_sensor);
  json_t *pose = pack_pose (channel, world_from_ego);

  json_object_set_new (calibrated, "sensor_token", json_string (channel));
  json_object_set (calibrated, "camera_intrinsic", intrinsic);
  json_object_set_new (pose, "timestamp", json_integer (us));
  json_array_append_new (tables->sensors, json_pack ("{s:s,s:s,s:s}", "token", channel, "channel", channel, "modality", modality));
  json_array_append_new (tables->calibrated, calibrated);
  json_array_append_new (tables->poses, pose);
  json_array_append_new (tables->data, json_pack ("{s:s,s:s,s:s,s:s,s:I,s:b,s:s}", "token", channel, "sample_token", "sample", "ego_pose_token",
                                                  channel, "calibrated_sensor_token", channel, "timestamp", (json_int_t) us, "is_key_frame", 1,
                                                  "filename", file));
}

static void
write_labels (QuarryTestImport *self, const json_t *instances, const QuarryPose *world_from_lidar)
{
  json_t *rows = json_array ();
  json_t *instance = json_array ();

  for (gsize i = 0; i < json_array_size (instances); i++)
    {
      const json_t *from = json_array_get (instances, i);
      const json_t *box = json_object_get (from, "bbox_3d");
      g_autofree char *token = g_strdup_printf ("%02" G_GSIZE_FORMAT, i);
      double v[7];
      QuarryPose pose;
      json_t *row = NULL;

      for (gsize k = 0; k < 7; k++)
        v[k] = json_number_value (json_array_get (box, k));
      pose = quarry_pose_from_yaw (v[0], v[1], v[2], v[6]);
      pose = quarry_pose_multiply (world_from_lidar, &pose);
      row = pack_pose (token, &pose);
      json_object_set_new (row, "size", json_pack ("[f,f,f]", v[4], v[3], v[5]));
      json_object_set_new (row, "sample_token", json_string ("sample"));
      json_object_set_new (row, "instance_token", json_string (token));
      json_object_set (row, "num_lidar_pts", json_object_get (from, "num_lidar_pts"));
      json_array_append_new (rows, row);
      json_array_append_new (instance, json_pack ("{s:s,s:s}", "token", token, "category_token", "car"));
    }
  write_table (self, "sample_annotation", rows);
  write_table (self, "instance", instance);
}

/* Velocities may be NaN, which is no JSON */
static json_t *
load_info (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr(GString) whole = NULL;
  json_t *root = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  whole = g_string_new (text);
  g_string_replace (whole, "NaN", "null", 0);
  root = json_loads (whole->str, 0, NULL);
  g_assert_nonnull (root);
  return root;
}

/* Returns: (transfer full) (nullable): what is known of the sample */
static json_t *
write_sample (QuarryTestImport *self)
{
  g_autofree char *folder = quarry_test_shared ("nuscenes/mmdet3d_demo");
  g_autofree char *info = folder != NULL ? g_build_filename (folder, NAME ".info.json", NULL) : NULL;
  json_t *root = info != NULL ? load_info (info) : NULL;
  Tables tables = { json_array (), json_array (), json_array (), json_array () };
  g_autoptr(json_t) none = json_array ();
  json_t *data = json_array_get (json_object_get (root, "data_list"), 0);
  QuarryPose world_from_ego, ego_from_lidar, world_from_lidar;
  const char *channel = NULL;
  json_t *image = NULL;

  if (root != NULL)
    {
      world_from_ego = read_pose (json_object_get (data, "ego2global"));
      ego_from_lidar = read_pose (json_object_get (json_object_get (data, "lidar_points"), "lidar2ego"));
      world_from_lidar = quarry_pose_multiply (&world_from_ego, &ego_from_lidar);
      add_sensor (&tables, "LIDAR_TOP", "lidar", G_GINT64_CONSTANT (1532402927647951), &ego_from_lidar, none, &world_from_ego, "samples/LIDAR_TOP/x.pcd.bin");
      copy_file (self, folder, json_string_value (json_object_get (json_object_get (data, "lidar_points"), "lidar_path")), "samples/LIDAR_TOP/x.pcd.bin");
      json_object_foreach (json_object_get (data, "images"), channel, image)
        {
          const QuarryPose ego_from_camera = read_pose (json_object_get (image, "cam2ego"));
          const QuarryPose camera_from_lidar = read_pose (json_object_get (image, "lidar2cam"));
          const QuarryPose camera_from_ego = quarry_pose_invert (&ego_from_camera);
          const QuarryPose lidar_from_camera = quarry_pose_invert (&camera_from_lidar);
          QuarryPose world_from_then = quarry_pose_multiply (&world_from_lidar, &lidar_from_camera);
          g_autofree char *file = g_strdup_printf ("samples/%s/x.jpg", channel);

          world_from_then = quarry_pose_multiply (&world_from_then, &camera_from_ego);
          add_sensor (&tables, channel, "camera", llround (json_number_value (json_object_get (image, "timestamp")) * 1e6), &ego_from_camera,
                      json_object_get (image, "cam2img"), &world_from_then, file);
          copy_file (self, folder, json_string_value (json_object_get (image, "img_path")), file);
        }
      write_labels (self, json_object_get (data, "instances"), &world_from_lidar);
    }
  write_table (self, "sensor", tables.sensors);
  write_table (self, "calibrated_sensor", tables.calibrated);
  write_table (self, "sample_data", tables.data);
  write_table (self, "ego_pose", tables.poses);
  write_table (self, "category", json_pack ("[{s:s,s:s}]", "token", "car", "name", "vehicle.car"));
  write_table (self, "attribute", json_array ());
  write_table (self, "visibility", json_array ());
  write_table (self, "scene", json_pack ("[{s:s,s:s}]", "token", "scene", "name", "scene-0103"));
  write_table (self, "sample", json_pack ("[{s:s,s:s,s:I}]", "token", "sample", "scene_token", "scene", "timestamp", (json_int_t) 1532402927647951));
  return root;
}

/* 61 of 69 as counted with another program: the rest were counted with the cuboids' roll and pitch, which it had dropped */
static void
assert_points_in_cuboids (GPtrArray *labels, const QuarryMedia *lidar, const QuarryCloud *cloud)
{
  int n_equal = 0;

  for (guint i = 0; i < labels->len; i++)
    {
      const QuarryAnnotation *label = labels->pdata[i];
      g_autoptr(json_t) attributes = json_loads (label->attributes, 0, NULL);
      QuarryCuboid cuboid;
      int n = 0;

      g_assert_true (quarry_annotation_get_cuboid (label, &cuboid));
      for (gsize k = 0; k < cloud->n; k++)
        {
          const double at[3] = { cloud->xyz[3 * k], cloud->xyz[3 * k + 1], cloud->xyz[3 * k + 2] };
          double body[3];

          quarry_pose_apply (&lidar->calibration.body_from_sensor, at, body);
          n += quarry_cuboid_contains (&cuboid, body, 0);
        }
      n_equal += n == json_integer_value (json_object_get (attributes, "num_lidar_pts"));
    }
  g_test_message ("%d of %u cuboids hold exactly as many points as stated", n_equal, labels->len);
  g_assert_cmpint (n_equal, >=, 61);
}

/* Each centre that was worked out for a camera is where a cuboid's centre is projected */
static void
assert_centres (QuarryTestImport *self, QuarryId scene, const json_t *known, GPtrArray *labels, const QuarryMedia *camera, gint64 stamp_ns)
{
  QuarryPose camera_from_body;
  double worst = 0;

  g_assert_true (quarry_media_get_camera_from_body (self->test.catalog, scene, camera, stamp_ns, &camera_from_body));
  for (gsize i = 0; i < json_array_size (known); i++)
    {
      const json_t *centre = json_object_get (json_array_get (known, i), "center_2d");
      const double x = json_number_value (json_array_get (centre, 0)) + 0.5;
      const double y = json_number_value (json_array_get (centre, 1)) + 0.5;
      double best = G_MAXDOUBLE;

      for (guint k = 0; k < labels->len; k++)
        {
          QuarryCuboid cuboid;
          double seen[3], pixel[2];

          quarry_annotation_get_cuboid (labels->pdata[k], &cuboid);
          quarry_pose_apply (&camera_from_body, cuboid.body_from_cuboid.t, seen);
          if (quarry_camera_project (&camera->calibration.camera, seen, pixel))
            best = MIN (best, hypot (pixel[0] - x, pixel[1] - y));
        }
      worst = MAX (worst, best);
    }
  g_test_message ("%s: %" G_GSIZE_FORMAT " centres, at most %.3f px off", camera->sensor_name, json_array_size (known), worst);
  g_assert_cmpfloat (worst, <, 0.5);
}

static void
test_real_sample (QuarryTestImport *self, gconstpointer unused)
{
  static const struct { const char *camera; int n; } in_view[] = {
    { "CAM_FRONT", 3067 }, { "CAM_FRONT_RIGHT", 3079 }, { "CAM_FRONT_LEFT", 3704 },
    { "CAM_BACK", 4826 },  { "CAM_BACK_LEFT", 4097 },   { "CAM_BACK_RIGHT", 3379 },
  };
  g_autoptr(json_t) root = write_sample (self);
  const json_t *known = json_object_get (json_array_get (json_object_get (root, "data_list"), 0), "cam_instances");
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;
  g_autoptr(GPtrArray) labels = NULL;
  g_autoptr(QuarryCloud) cloud = NULL;
  const QuarryMedia *lidar = NULL;

  if (root == NULL)
    return;
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "media"), ==, 7);
  g_assert_cmpint (quarry_report_get_count (self->report, "annotations"), ==, 69);
  frame = quarry_test_find_frame (self, "sample");
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  labels = quarry_catalog_list_annotations (self->test.catalog, frame->id, 0, NULL);
  lidar = quarry_test_find_media (media, "LIDAR_TOP");
  g_assert_cmpint (lidar->n_points, ==, 34688);
  cloud = quarry_media_load_cloud (NULL, NULL, 0, lidar, NULL, NULL);
  g_assert_cmpuint (cloud->n, ==, 34688);
  assert_points_in_cuboids (labels, lidar, cloud);
  for (guint c = 0; c < G_N_ELEMENTS (in_view); c++)
    {
      const QuarryMedia *camera = quarry_test_find_media (media, in_view[c].camera);
      QuarryPose camera_from_lidar;
      int n = 0;

      g_assert_true (quarry_media_get_camera_from_lidar (self->test.catalog, frame->scene, camera, lidar, &camera_from_lidar));
      for (gsize i = 0; i < cloud->n; i++)
        {
          const double at[3] = { cloud->xyz[3 * i], cloud->xyz[3 * i + 1], cloud->xyz[3 * i + 2] };
          double seen[3], pixel[2];

          quarry_pose_apply (&camera_from_lidar, at, seen);
          n += seen[2] > 0.1 && quarry_camera_project (&camera->calibration.camera, seen, pixel) && pixel[0] >= 0.5 && pixel[1] >= 0.5 &&
               pixel[0] < 1600.5 && pixel[1] < 900.5;       /* counted with (0,0) at the pixel's centre */
        }
      g_test_message ("%s: %d points in view of %d", in_view[c].camera, n, in_view[c].n);
      g_assert_cmpint (ABS (n - in_view[c].n), <=, 3);
      assert_centres (self, frame->scene, json_object_get (known, in_view[c].camera), labels, camera, frame->stamp_ns);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/nuscenes-real/points-in-cuboids-and-in-view-as-counted-elsewhere", QuarryTestImport, NULL, quarry_test_import_setup, test_real_sample,
              quarry_test_import_teardown);
  return g_test_run ();
}
