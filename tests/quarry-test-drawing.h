/* quarry-test-drawing.h: a small drawing made by hand, for the tests of render/
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A camera 1.6 m above flat ground looks along the body's x; a lidar beside it sees the ground and a wall at x = 20 m.
 */

#pragma once

#include "quarry-drawing.h"

#include <math.h>

#define TEST_CAMERA_MEDIA 11
#define TEST_LIDAR_MEDIA  12

/* The body's x y z along the camera's z −x −y; @t: where the camera is in the body frame */
static inline QuarryPose
test_body_from_camera (double x, double y, double z)
{
  static const double rotation[9] = { 0, 0, 1, -1, 0, 0, 0, -1, 0 };

  return quarry_pose_from_matrix (rotation, (double[]) { x, y, z });
}

static inline QuarryCamera
test_camera (QuarryCameraModel model, int width, int height)
{
  QuarryCamera camera = {
    .model = model, .width = width, .height = height, .fx = width * 0.6, .fy = width * 0.6, .cx = width * 0.5,
    .cy = height * 0.48,
  };

  if (model == QUARRY_CAMERA_BROWN_CONRADY)
    memcpy (camera.k, (double[]) { -0.28, 0.09, 0.0006, -0.0004, -0.012 }, 5 * sizeof (double));
  else
    {
      camera.fx = camera.fy = width * 0.35;
      memcpy (camera.k, (double[]) { -0.02, 0.004, -0.001, 0.0002 }, 4 * sizeof (double));
    }
  quarry_camera_prepare (&camera);
  return camera;
}

static inline QuarryMedia *
test_media (QuarryId id, const char *name, QuarrySensorKind kind, const QuarryPose *body_from_sensor)
{
  QuarryMedia *media = g_new0 (QuarryMedia, 1);

  media->id = id;
  media->kind = kind;
  media->sensor_name = g_strdup (name);
  media->uri = g_strdup ("/nowhere");
  media->format = g_strdup (kind == QUARRY_SENSOR_CAMERA ? "png" : "pcd");
  media->stamp_ns = QUARRY_NO_TIME;
  media->length = -1;
  media->calibration.body_from_sensor = *body_from_sensor;
  return media;
}

static inline QuarryImage *
test_image (int width, int height)
{
  QuarryImage *image = quarry_image_new (width, height);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        guint8 *rgb = image->rgb + (gsize) y * image->stride + 3 * x;
        const gboolean checker = ((x / 16) + (y / 16)) % 2 == 0;

        rgb[0] = (guint8) (70 + 60 * y / height + (checker ? 8 : 0));
        rgb[1] = (guint8) (80 + 40 * y / height + (checker ? 8 : 0));
        rgb[2] = (guint8) (110 - 50 * y / height + (checker ? 8 : 0));
      }
  return image;
}

/* Rows on the ground, then a wall */
static inline QuarryCloud *
test_cloud (const QuarryPose *body_from_lidar)
{
  QuarryCloud *cloud = quarry_cloud_new (60 * 80, TRUE, FALSE, FALSE);
  const QuarryPose lidar_from_body = quarry_pose_invert (body_from_lidar);

  for (int row = 0; row < 60; row++)
    for (int column = 0; column < 80; column++)
      {
        const gsize i = (gsize) (row * 80 + column);
        const double side = (column - 39.5) / 40;
        const double forward = row < 30 ? 3 + row * 0.55 : 20;
        double at[3] = { forward, -side * forward, row < 30 ? 0 : (row - 30) * 0.25 };

        quarry_pose_apply (&lidar_from_body, at, at);
        for (int k = 0; k < 3; k++)
          cloud->xyz[3 * i + (gsize) k] = (float) at[k];
        cloud->intensity[i] = (float) column / 80;
      }
  return cloud;
}

static inline void
test_add_annotation (QuarryDrawing        *drawing,
                     QuarryAnnotationKind  kind,
                     const char           *class_name,
                     const char           *color,
                     QuarryId              media,
                     const double         *geometry,
                     gsize                 n)
{
  QuarryAnnotation *annotation = quarry_annotation_new (kind, class_name, class_name, geometry, n);

  annotation->class_color = g_strdup (color);
  annotation->media = media;
  annotation->track = g_strdup ("7");
  g_ptr_array_add (drawing->annotations, annotation);
}

static inline void
test_add_annotations (QuarryDrawing *drawing, double width, double height)
{
  const double box[] = { 0.1 * width, 0.3 * height, 0.15 * width, 0.3 * height, 0 };
  const double polygon[] = { 0.7 * width, 0.2 * height, 0.9 * width, 0.25 * height, 0.8 * width, 0.45 * height };
  const double keypoints[] = { 0.3 * width, 0.2 * height, 2, 0.35 * width, 0.2 * height, 1, 0.4 * width, 0.2 * height, 0 };
  const double near_cuboid[] = { 9, 1.5, 0.9, 4.2, 1.9, 1.8, cos (0.35), 0, 0, sin (0.35) };
  const double far_cuboid[] = { 17, -4, 1.5, 6, 3, 3, cos (-0.6), 0, 0, sin (-0.6) };
  const double behind[] = { -12, 0, 1, 4, 2, 2, 1, 0, 0, 0 };

  test_add_annotation (drawing, QUARRY_ANNOTATION_BOX2D, "person", "#f6d32d", TEST_CAMERA_MEDIA, box, 5);
  test_add_annotation (drawing, QUARRY_ANNOTATION_POLYGON, "pile", "#9141ac", TEST_CAMERA_MEDIA, polygon, 6);
  test_add_annotation (drawing, QUARRY_ANNOTATION_KEYPOINTS, "pose", "#ffffff", TEST_CAMERA_MEDIA, keypoints, 9);
  test_add_annotation (drawing, QUARRY_ANNOTATION_CUBOID, "truck", "#ff7800", 0, near_cuboid, 10);
  test_add_annotation (drawing, QUARRY_ANNOTATION_CUBOID, "excavator", "#33d17a", 0, far_cuboid, 10);
  test_add_annotation (drawing, QUARRY_ANNOTATION_CUBOID, "dozer", "#3584e4", 0, behind, 10);
}

/* @cloud: (transfer full) (nullable): in place of the ground and the wall */
static inline QuarryDrawing *
test_drawing (const QuarryCamera *camera, gboolean with_image, QuarryCloud *cloud, gboolean annotations)
{
  QuarryDrawing *drawing = quarry_drawing_new (NULL);
  const QuarryPose body_from_camera = test_body_from_camera (0.3, 0, 1.6);
  const QuarryPose camera_from_body = quarry_pose_invert (&body_from_camera);
  const QuarryPose body_from_lidar = quarry_pose_from_yaw (0, 0.4, 1.9, 0.1);
  QuarryMedia *media = test_media (TEST_CAMERA_MEDIA, "cam_front", QUARRY_SENSOR_CAMERA, &body_from_camera);

  media->calibration.has_camera = TRUE;
  media->calibration.camera = *camera;
  quarry_drawing_add_cloud (drawing, test_media (TEST_LIDAR_MEDIA, "lidar_top", QUARRY_SENSOR_LIDAR, &body_from_lidar),
                            cloud != NULL ? cloud : test_cloud (&body_from_lidar), &body_from_lidar);
  quarry_drawing_add_camera (drawing, media, with_image ? test_image (camera->width, camera->height) : NULL, &camera_from_body);
  if (annotations)
    test_add_annotations (drawing, camera->width, camera->height);
  return drawing;
}

static inline const guint8 *
test_pixel (const QuarryImage *image, int x, int y)
{
  return image->rgb + (gsize) y * image->stride + 3 * x;
}

/* Greatest difference of the channels */
static inline int
test_difference (const guint8 *a, const guint8 *b)
{
  return MAX (MAX (ABS (a[0] - b[0]), ABS (a[1] - b[1])), ABS (a[2] - b[2]));
}

/* Where QUARRY_TEST_PICTURES names a folder, pictures are kept there to look at */
static inline void
test_keep (const QuarryImage *image, const char *name)
{
  const char *folder = g_getenv ("QUARRY_TEST_PICTURES");
  g_autofree char *path = folder != NULL ? g_strdup_printf ("%s/%s.png", folder, name) : NULL;
  g_autoptr(GBytes) png = path != NULL ? quarry_image_to_png (image, NULL) : NULL;

  if (png != NULL)
    g_assert_true (g_file_set_contents (path, g_bytes_get_data (png, NULL), (gssize) g_bytes_get_size (png), NULL));
}
