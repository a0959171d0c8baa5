/* test-drawing-load.c: a frame of a catalog becomes a drawing
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * One scene: the machine drives along x at 10 m/s. Its camera looks 50 ms after the frame's time, its lidar 20 ms before.
 */

#include "config.h"
#include "quarry-drawing-private.h"

#include "quarry-catalog.h"
#include "quarry-test-drawing.h"
#include "quarry-test.h"

#define FRAME_NS  (G_GINT64_CONSTANT (1700000000) * QUARRY_NS_PER_S)
#define CAMERA_NS (FRAME_NS + 50 * 1000 * 1000)
#define LIDAR_NS  (FRAME_NS - 20 * 1000 * 1000)
#define SPEED     10.0         /* m/s */

typedef struct
{
  char          *folder;
  QuarryCatalog *catalog;
  QuarryId       scene, camera, second, lidar, camera_calibration, lidar_calibration, set;
  QuarryId       frame;
} Fixture;

static char *
in_folder (Fixture *f, const char *name)
{
  return g_build_filename (f->folder, name, NULL);
}

static QuarryMedia *
draft (Fixture *f, QuarryId sensor, QuarryId calibration, const char *name, const char *format, gint64 stamp_ns)
{
  QuarryMedia *media = g_new0 (QuarryMedia, 1);

  media->sensor = sensor;
  media->calibration_id = calibration;
  media->uri = in_folder (f, name);
  media->format = g_strdup (format);
  media->length = -1;
  media->stamp_ns = stamp_ns;
  media->width = 64;
  media->height = 40;
  return media;
}

static void
write_media (Fixture *f)
{
  g_autofree char *picture = in_folder (f, "front.png");
  g_autofree char *cloud_path = in_folder (f, "top.pcd");
  g_autoptr(QuarryImage) image = test_image (64, 40);
  g_autoptr(GBytes) png = quarry_image_to_png (image, NULL);
  g_autoptr(QuarryCloud) cloud = quarry_cloud_new (3, TRUE, FALSE, FALSE);
  g_autoptr(GError) error = NULL;

  for (int i = 0; i < 9; i++)
    cloud->xyz[i] = (float) (5 + i);
  g_assert_true (g_file_set_contents (picture, g_bytes_get_data (png, NULL), (gssize) g_bytes_get_size (png), &error));
  g_assert_true (quarry_cloud_write_pcd (cloud, cloud_path, &error));
}

static void
store_scene (Fixture *f, QuarryId source, gboolean poses)
{
  QuarryTrajectory *trajectory = quarry_trajectory_new ();
  QuarryCalibration camera = { .body_from_sensor = test_body_from_camera (1, 0, 2), .has_camera = TRUE };
  QuarryCalibration lidar = { .body_from_sensor = quarry_pose_from_yaw (0, 0, 3, 0.5) };
  g_autoptr(GError) error = NULL;

  camera.camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 64, 40);
  f->scene = quarry_catalog_store_scene (f->catalog, source, "drive", "drive", &error);
  f->camera = quarry_catalog_store_sensor (f->catalog, f->scene, "cam_front", QUARRY_SENSOR_CAMERA, &error);
  f->second = quarry_catalog_store_sensor (f->catalog, f->scene, "cam_rear", QUARRY_SENSOR_CAMERA, &error);
  f->lidar = quarry_catalog_store_sensor (f->catalog, f->scene, "lidar_top", QUARRY_SENSOR_LIDAR, &error);
  f->camera_calibration = quarry_catalog_store_calibration (f->catalog, f->camera, &camera, &error);
  f->lidar_calibration = quarry_catalog_store_calibration (f->catalog, f->lidar, &lidar, &error);
  for (int i = -10; i <= 10; i++)
    {
      const QuarryStampedPose pose = { FRAME_NS + i * QUARRY_NS_PER_S / 50, quarry_pose_from_yaw (100 + SPEED * i / 50, 7, 0, 0) };

      g_array_append_val (trajectory, pose);
    }
  if (poses)
    g_assert_true (quarry_catalog_store_poses (f->catalog, f->scene, trajectory, &error));
  g_assert_no_error (error);
  g_array_unref (trajectory);
}

/* @rear, @cloud: the files' names */
static void
store_frame (Fixture *f, const char *rear, const char *cloud)
{
  QuarryFrameDraft *frame = quarry_frame_draft_new (f->scene, "000000", FRAME_NS);
  g_autoptr(GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_frame_draft_free);
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(QuarryQuery) query = quarry_query_parse ("", NULL);
  g_autoptr(GArray) frames = NULL;
  g_autoptr(GError) error = NULL;
  const double box[] = { 4, 4, 20, 20, 0 };
  QuarryAnnotation *annotation = quarry_annotation_new (QUARRY_ANNOTATION_BOX2D, "worker", "a", box, 5);

  annotation->media = 1;
  g_ptr_array_add (frame->media, draft (f, f->camera, f->camera_calibration, "front.png", "png", CAMERA_NS));
  g_ptr_array_add (frame->media, draft (f, f->second, 0, rear, "png", CAMERA_NS));
  g_ptr_array_add (frame->media, draft (f, f->lidar, f->lidar_calibration, cloud, "pcd", LIDAR_NS));
  if (frame->annotations == NULL)
    frame->annotations = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  g_ptr_array_add (frame->annotations, annotation);
  frame->set = f->set;
  g_ptr_array_add (drafts, frame);
  g_assert_true (quarry_catalog_store_frames (f->catalog, drafts, "test", report, &error));
  g_assert_no_error (error);
  frames = quarry_catalog_query (f->catalog, query, NULL, &error);
  g_assert_cmpuint (frames->len, ==, 1);
  f->frame = g_array_index (frames, QuarryId, 0);
}

/* @data: whether there are poses */
static void
setup (Fixture *f, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr(GError) error = NULL;
  QuarryId source;

  f->folder = quarry_test_folder ();
  path = in_folder (f, "catalog.db");
  f->catalog = quarry_catalog_open (path, &error);
  g_assert_no_error (error);
  write_media (f);
  source = quarry_catalog_store_source (f->catalog, f->folder, "test", "images", "{}", &error);
  f->set = quarry_catalog_store_set (f->catalog, "test", "import", source, 0, &error);
  g_assert_no_error (error);
  store_scene (f, source, GPOINTER_TO_INT (data));
}

static void
teardown (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (quarry_catalog_close (f->catalog, &error));
  g_assert_no_error (error);
  g_clear_object (&f->catalog);
  quarry_test_remove (f->folder);
  g_free (f->folder);
}

static void
test_whole (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryDrawing) drawing = NULL;
  const QuarryCameraView *camera = NULL;

  store_frame (f, "front.png", "top.pcd");
  drawing = quarry_drawing_load (f->catalog, f->frame, 0, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (drawing->errors->len, ==, 0);
  g_assert_cmpuint (drawing->cameras->len, ==, 2);
  g_assert_cmpuint (drawing->clouds->len, ==, 1);
  g_assert_cmpstr (drawing->frame->key, ==, "000000");
  g_assert_cmpuint (((QuarryCloudView *) drawing->clouds->pdata[0])->cloud->n, ==, 3);
  camera = quarry_drawing_find_camera (drawing, "cam_front");
  g_assert_cmpint (camera->image->width, ==, 64);
  g_assert_cmpuint (camera->camera_from_lidar->len, ==, 1);
  g_assert_cmpuint (drawing->annotations->len, ==, 1);
  g_assert_true (quarry_annotation_is_in (drawing->annotations->pdata[0], camera));
  g_assert_false (quarry_annotation_is_in (drawing->annotations->pdata[0], quarry_drawing_find_camera (drawing, "cam_rear")));
  g_assert_cmpstr (((QuarryAnnotation *) drawing->annotations->pdata[0])->class_name, ==, "worker");
  g_assert_nonnull (((QuarryAnnotation *) drawing->annotations->pdata[0])->class_color);
}

/* Where a point that the lidar sees at its own time lies for the camera and for the frame: the machine has moved on */
static void
test_motion (Fixture *f, gconstpointer data)
{
  const gboolean poses = GPOINTER_TO_INT (data);
  const double to_camera = poses ? SPEED * 0.07 : 0;       /* metres driven from the lidar's to the camera's time */
  const double to_frame = poses ? SPEED * 0.02 : 0;
  g_autoptr(QuarryDrawing) drawing = NULL;
  const QuarryCameraView *camera = NULL;
  const QuarryCloudView *cloud = NULL;
  const double origin[3] = { 0, 0, 0 };
  double at[3];

  store_frame (f, "front.png", "top.pcd");
  drawing = quarry_drawing_load (f->catalog, f->frame, 0, NULL, NULL, NULL);
  camera = quarry_drawing_find_camera (drawing, "cam_front");
  cloud = drawing->clouds->pdata[0];
  quarry_pose_apply (camera->camera_from_lidar->pdata[0], origin, at);       /* the lidar: 1 m behind the lens, 1 m above */
  g_assert_cmpfloat_with_epsilon (at[0], 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (at[1], -1, 1e-6);
  g_assert_cmpfloat_with_epsilon (at[2], -1 - to_camera, 1e-6);
  quarry_pose_apply (&cloud->body_from_lidar, origin, at);
  g_assert_cmpfloat_with_epsilon (at[0], -to_frame, 1e-6);
  g_assert_cmpfloat_with_epsilon (at[2], 3, 1e-6);
  quarry_pose_apply (&camera->camera_from_body, origin, at);                 /* the body at the frame's time */
  g_assert_cmpfloat_with_epsilon (at[2], -1 - (to_camera - to_frame), 1e-6);
}

/* One broken picture, one cloud that is gone: two clear errors, the rest is there and draws */
static void
test_broken (Fixture *f, gconstpointer data)
{
  g_autofree char *bad = in_folder (f, "bad.png");
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryDrawing) drawing = NULL;
  g_autoptr(QuarryImage) image = NULL;

  g_assert_true (g_file_set_contents (bad, "\x89PNG\r\n\x1a\nnot really", -1, NULL));
  store_frame (f, "bad.png", "gone.pcd");
  drawing = quarry_drawing_load (f->catalog, f->frame, 0, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (drawing->errors->len, ==, 2);
  g_assert_nonnull (strstr (drawing->errors->pdata[0], "gone.pcd"));
  g_assert_nonnull (strstr (drawing->errors->pdata[1], "bad.png"));
  g_assert_null (((QuarryCloudView *) drawing->clouds->pdata[0])->cloud);
  g_assert_null (quarry_drawing_find_camera (drawing, "cam_rear")->image);
  image = quarry_drawing_render (drawing, quarry_drawing_find_camera (drawing, NULL), NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (image->width, ==, 64);
}

/* A cloud in map coordinates, body and map being one: floats of the drawing are small, and places are exact all the same */
static void
test_map (Fixture *f, gconstpointer data)
{
  g_autofree char *path = in_folder (f, "map.pcd");
  g_autoptr(QuarryCloud) cloud = quarry_cloud_new (300, FALSE, FALSE, FALSE);
  g_autoptr(QuarryDrawing) drawing = NULL;
  const QuarryCameraView *camera = NULL;
  const QuarryCloudView *view = NULL;
  const double map[3] = { 513000, 5403000, 0 };

  memcpy (cloud->origin, map, sizeof map);
  for (int i = 0; i < 900; i++)
    cloud->xyz[i] = (float) i * 0.37f;
  g_assert_true (quarry_cloud_write_pcd (cloud, path, NULL));
  store_frame (f, "front.png", "map.pcd");
  drawing = quarry_drawing_load (f->catalog, f->frame, 0, NULL, NULL, NULL);
  g_assert_cmpuint (drawing->errors->len, ==, 0);
  camera = quarry_drawing_find_camera (drawing, "cam_front");
  view = drawing->clouds->pdata[0];
  for (int k = 0; k < 3; k++)
    g_assert_cmpfloat (fabs (view->body_from_lidar.t[k]), <, 16384);
  for (int i = 0; i < 300; i++)
    {
      const QuarryPose camera_from_body = quarry_pose_invert (&camera->media->calibration.body_from_sensor);
      double xyz[3], lidar[3], body[3], seen[3], expected[3], space[3];

      for (int k = 0; k < 3; k++)
        {
          xyz[k] = (double) view->cloud->xyz[3 * i + k];
          lidar[k] = xyz[k] + view->cloud->origin[k];
          g_assert_cmpfloat_with_epsilon (lidar[k], (double) cloud->xyz[3 * i + k] + map[k], 1e-3);
        }
      quarry_pose_apply (&view->media->calibration.body_from_sensor, lidar, body);
      quarry_pose_apply (&view->body_from_lidar, xyz, space);
      quarry_pose_apply (&camera_from_body, body, expected);
      quarry_pose_apply (camera->camera_from_lidar->pdata[0], xyz, seen);
      for (int k = 0; k < 3; k++)
        {
          g_assert_cmpfloat_with_epsilon (space[k] + drawing->origin[k], body[k], 1e-6);
          g_assert_cmpfloat_with_epsilon (seen[k], expected[k], 1e-6);
        }
      quarry_pose_apply (&camera->camera_from_body, space, seen);
      for (int k = 0; k < 3; k++)
        g_assert_cmpfloat_with_epsilon (seen[k], expected[k], 1e-6);
    }
}

/* Only one camera's picture is read; the other's broken file is then nobody's business */
static void
test_only (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryDrawing) drawing = NULL;

  store_frame (f, "gone.png", "top.pcd");
  drawing = quarry_drawing_load (f->catalog, f->frame, 0, "cam_front", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (drawing->errors->len, ==, 0);
  g_assert_cmpuint (drawing->cameras->len, ==, 2);
  g_assert_nonnull (quarry_drawing_find_camera (drawing, "cam_front")->image);
  g_assert_null (quarry_drawing_find_camera (drawing, "cam_rear")->image);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;

  store_frame (f, "front.png", "top.pcd");
  g_assert_null (quarry_drawing_load (f->catalog, f->frame + 1000, 0, NULL, NULL, &error));
  g_assert_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_null (quarry_drawing_load (f->catalog, f->frame, 0, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*run) (Fixture *, gconstpointer); gboolean poses; } tests[] = {
    { "frame-becomes-a-drawing", test_whole, TRUE },
    { "motion-is-compensated", test_motion, TRUE },
    { "rigid-without-poses", test_motion, FALSE },
    { "broken-media-are-told-the-rest-is-there", test_broken, TRUE },
    { "only-one-picture-is-read", test_only, TRUE },
    { "map-coordinates-stay-exact", test_map, FALSE },
    { "missing-frame-and-cancel", test_refused, TRUE },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *name = g_strdup_printf ("/drawing-load/%s", tests[i].name);

      g_test_add (name, Fixture, GINT_TO_POINTER (tests[i].poses), setup, tests[i].run, teardown);
    }
  return g_test_run ();
}
