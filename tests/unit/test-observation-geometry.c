/* test-observation-geometry.c: what messages mean: calibrations, transforms, poses, positions
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-test-observation.h"

#include <math.h>

/* --- calibrations ------------------------------------------------------------------------------------------------ */

typedef struct
{
  const char *model;
  double      d[16];
  guint       n;
  gboolean    fisheye;
  const char *says;
} CameraCase;

static const CameraCase cameras[] = {
  { "plumb_bob", { .1, .2, .3, .4, .5 }, 5, FALSE, NULL },
  { "plumb_bob", { .1, .2, .3, .4 }, 4, FALSE, NULL },
  { "plumb_bob", { 0 }, 0, FALSE, NULL },
  { "rational_polynomial", { .1, .2, .3, .4, .5, .6, .7, .8 }, 8, FALSE, NULL },
  { "rational_polynomial", { .1, .2, .3, .4, .5, .6, .7, .8, .9, 1, 1.1, 1.2 }, 12, FALSE, NULL },
  { "rational_polynomial", { .1, .2, .3, .4, .5, .6, .7, .8, .9, 1, 1.1, 1.2, 0, 0 }, 14, FALSE, NULL },
  { "rational_polynomial", { .1, .2, .3, .4, .5, .6, .7, .8, .9, 1, 1.1, 1.2, .01, 0 }, 14, FALSE, "tilt" },
  { "equidistant", { .1, .2, .3, .4 }, 4, TRUE, NULL },
  { "fisheye", { .1, .2, .3, .4 }, 4, TRUE, NULL },
  { "kannala_brandt", { .1, .2, .3, .4, 0 }, 5, TRUE, NULL },
  { "equidistant", { .1, .2, .3, .4, .5 }, 5, TRUE, "it has 4" },
  { "none", { 0 }, 0, FALSE, NULL },
  { "", { 0 }, 0, FALSE, NULL },
  { "", { .1, .2, .3, .4, .5 }, 5, FALSE, NULL },
  { "", { .1, .2, .3, .4, .5, .6, .7, .8 }, 8, FALSE, NULL },
  { "my_model", { 0, 0 }, 2, FALSE, NULL },
  { "my_model", { 0, .1 }, 2, FALSE, "'my_model' with 2 coefficients is not known" },
};

typedef struct { guint width, height, binning[2], roi[4]; double k[9]; } CameraWindow;

static void
put_camera (Writer *writer, const CameraCase *camera, const CameraWindow *window)
{
  static const double zeros[12];

  put_header (writer, STAMP, "/front");
  put_u32 (writer, window->height);
  put_u32 (writer, window->width);
  put_string (writer, camera->model);
  put_u32 (writer, camera->n);
  put_doubles (writer, camera->d, camera->n);
  put_doubles (writer, window->k, 9);
  put_doubles (writer, zeros, 9);
  put_doubles (writer, zeros, 12);
  put_u32 (writer, window->binning[0]);
  put_u32 (writer, window->binning[1]);
  for (guint i = 0; i < 2; i++)
    put_u32 (writer, window->roi[i]);
  put_u32 (writer, window->roi[3]);
  put_u32 (writer, window->roi[2]);
  put_u8 (writer, 0);
}

static void
test_camera_models (void)
{
  static const CameraWindow window = { 640, 480, { 0, 0 }, { 0, 0, 0, 0 }, { 500, 1.5, 319.5, 0, 510, 239.5, 0, 0, 1 } };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (cameras); i++)
    {
      const CameraCase *camera = &cameras[i / 2];
      g_auto(Writer) writer = { 0, };
      g_auto(Reading) reading = { 0, };

      writer_init (&writer, i % 2 == 0 ? "ros1" : "le");
      put_camera (&writer, camera, &window);
      read_ros (&reading, writer.ros1 ? "sensor_msgs/CameraInfo" : "sensor_msgs/msg/CameraInfo", &writer);
      g_assert_cmpstr (reading.observation.camera_model, ==, camera->model);
      if (camera->says != NULL)
        {
          assert_says (&reading, QUARRY_MESSAGE_ERROR_UNSUPPORTED, camera->says);
          continue;
        }
      g_assert_no_error (reading.error);
      g_assert_cmpint (reading.observation.camera.model, ==, camera->fisheye ? QUARRY_CAMERA_KANNALA_BRANDT : QUARRY_CAMERA_BROWN_CONRADY);
      g_assert_cmpfloat (reading.observation.camera.cx, ==, 320);
      g_assert_cmpfloat (reading.observation.camera.cy, ==, 240);
      g_assert_cmpfloat (reading.observation.camera.fx, ==, 500);
      g_assert_cmpfloat (reading.observation.camera.fy, ==, 510);
      g_assert_cmpfloat (reading.observation.camera.skew, ==, 1.5);
      g_assert_cmpfloat (reading.observation.camera.limit, >, 0);
      for (guint k = 0; k < 12; k++)
        g_assert_cmpfloat (reading.observation.camera.k[k], ==, camera->d[k]);
    }
}

/* A camera's pixel of a point, from the whole sensor's by the window's arithmetic */
static void
test_camera_windows (void)
{
  static const struct { CameraWindow window; int width, height; double fx, cx, cy; const char *says; } cases[] = {
    { { 640, 480, { 1, 1 }, { 0, 0, 0, 0 }, { 500, 0, 319.5, 0, 500, 239.5, 0, 0, 1 } }, 640, 480, 500, 320, 240, NULL },
    { { 640, 480, { 2, 2 }, { 0, 0, 0, 0 }, { 500, 0, 319.5, 0, 500, 239.5, 0, 0, 1 } }, 320, 240, 250, 160, 120, NULL },
    { { 640, 480, { 0, 0 }, { 20, 40, 600, 400 }, { 500, 0, 319.5, 0, 500, 239.5, 0, 0, 1 } }, 600, 400, 500, 300, 200, NULL },
    { { 640, 480, { 2, 4 }, { 20, 40, 600, 400 }, { 500, 0, 319.5, 0, 500, 239.5, 0, 0, 1 } }, 300, 100, 250, 150, 50, NULL },
    { { 640, 480, { 1, 1 }, { 0, 0, 640, 480 }, { 500, 0, 319.5, 0, 500, 239.5, 0, 0, 1 } }, 640, 480, 500, 320, 240, NULL },
    { { 640, 480, { 1, 1 }, { 100, 0, 640, 480 }, { 500, 0, 319.5, 0, 500, 239.5, 0, 0, 1 } }, 0, 0, 0, 0, 0, "outside" },
    { { 640, 480, { 900, 1 }, { 0, 0, 0, 0 }, { 500, 0, 319.5, 0, 500, 239.5, 0, 0, 1 } }, 0, 0, 0, 0, 0, "binning" },
    { { 640, 480, { 0, 0 }, { 0, 0, 0, 0 }, { 0, 0, 0, 0, 0, 0, 0, 0, 0 } }, 0, 0, 0, 0, 0, "not calibrated" },
    { { 640, 480, { 0, 0 }, { 0, 0, 0, 0 }, { NAN, 0, 319.5, 0, 500, 239.5, 0, 0, 1 } }, 0, 0, 0, 0, 0, "no camera" },
    { { 640, 480, { 0, 0 }, { 0, 0, 0, 0 }, { -500, 0, 319.5, 0, 500, 239.5, 0, 0, 1 } }, 0, 0, 0, 0, 0, "no camera" },
    { { 0, 0, { 0, 0 }, { 0, 0, 0, 0 }, { 500, 0, 319.5, 0, 500, 239.5, 0, 0, 1 } }, 0, 0, 0, 0, 0, "0 × 0" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(Writer) writer = { 0, };
      g_auto(Reading) reading = { 0, };

      writer_init (&writer, "le");
      put_camera (&writer, &cameras[0], &cases[i].window);
      read_ros (&reading, "sensor_msgs/msg/CameraInfo", &writer);
      if (cases[i].says != NULL)
        {
          assert_says (&reading, QUARRY_MESSAGE_ERROR_BROKEN, cases[i].says);
          continue;
        }
      g_assert_no_error (reading.error);
      g_assert_cmpint (reading.observation.camera.width, ==, cases[i].width);
      g_assert_cmpint (reading.observation.camera.height, ==, cases[i].height);
      g_assert_cmpfloat (reading.observation.camera.fx, ==, cases[i].fx);
      g_assert_cmpfloat (reading.observation.camera.cx, ==, cases[i].cx);
      g_assert_cmpfloat (reading.observation.camera.cy, ==, cases[i].cy);
    }
}

static void
test_foxglove_calibration (void)
{
  g_auto(Reading) reading = { 0, };
  g_auto(Reading) partial = { 0, };

  read_json (&reading, "foxglove.CameraCalibration",
             "{\"timestamp\": {\"sec\": 1, \"nsec\": 2}, \"frame_id\": \"c\", \"width\": 100, \"height\": 50, \"distortion_model\": \"plumb_bob\", "
             "\"D\": [0.1, 0, 0, 0, 0], \"K\": [10, 0, 49.5, 0, 11, 24.5, 0, 0, 1], \"R\": [], \"P\": []}");
  g_assert_no_error (reading.error);
  g_assert_cmpfloat (reading.observation.camera.cx, ==, 50);
  g_assert_cmpfloat (reading.observation.camera.k[0], ==, 0.1);
  g_assert_cmpint (reading.observation.stamp_ns, ==, 1000000002);
  read_json (&partial, "foxglove.CameraCalibration", "{\"width\": 100, \"height\": 50, \"K\": [1, 2]}");
  assert_says (&partial, QUARRY_MESSAGE_ERROR_BROKEN, "'K' does not have 9");
}

/* --- transforms, poses, positions -------------------------------------------------------------------------------- */

static void
put_transform (Writer *writer, const char *parent, const char *child, gint64 stamp, const double t[3], const double xyzw[4])
{
  put_header (writer, stamp, parent);
  put_string (writer, child);
  put_doubles (writer, t, 3);
  put_doubles (writer, xyzw, 4);
}

static void
test_transforms (void)
{
  static const char * const layouts[] = { "ros1", "le", "be" };
  static const double t[3] = { 1, 2, 3 };
  static const double turned[4] = { 0, 0, 2, 2 };
  static const double none[4] = { 0, 0, 0, 0 };
  static const double nan_t[3] = { NAN, 0, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++)
    {
      const QuarryStampedTransform *transform;
      g_auto(Writer) writer = { 0, };
      g_auto(Reading) reading = { 0, };

      writer_init (&writer, layouts[i]);
      put_u32 (&writer, 4);
      put_transform (&writer, "/base", "lidar", STAMP, t, turned);
      put_transform (&writer, "base", "broken", STAMP, t, none);
      put_transform (&writer, "base", "nowhere", STAMP, nan_t, turned);
      put_transform (&writer, "base", "camera", 0, t, (const double[]) { 0, 0, 0, -1 });
      read_ros (&reading, i == 0 ? "tf/tfMessage" : "tf2_msgs/msg/TFMessage", &writer);
      assert_says (&reading, QUARRY_MESSAGE_ERROR_BROKEN, "'broken' in 'base': 'transform.rotation' is no rotation: 0, 0, 0, 0");
      g_assert_cmpint (reading.observation.kind, ==, QUARRY_OBSERVATION_TRANSFORMS);
      g_assert_cmpuint (reading.observation.transforms->len, ==, 2);
      transform = reading.observation.transforms->pdata[0];
      g_assert_cmpstr (transform->parent, ==, "base");
      g_assert_cmpstr (transform->child, ==, "lidar");
      g_assert_cmpint (transform->stamp_ns, ==, STAMP);
      g_assert_cmpfloat (transform->parent_from_child.t[2], ==, 3);
      g_assert_cmpfloat (fabs (transform->parent_from_child.q[0] - sqrt (0.5)), <, 1e-15);
      g_assert_cmpfloat (fabs (transform->parent_from_child.q[3] - sqrt (0.5)), <, 1e-15);
      transform = reading.observation.transforms->pdata[1];
      g_assert_cmpint (transform->stamp_ns, ==, QUARRY_NO_TIME);
      g_assert_cmpfloat (transform->parent_from_child.q[0], ==, 1);
    }
}

static void
test_poses (void)
{
  static const struct { const char *type; gboolean child; guint n_after; } cases[] = {
    { "nav_msgs/Odometry", TRUE, 36 + 6 + 36 }, { "geometry_msgs/PoseStamped", FALSE, 0 }, { "geometry_msgs/PoseWithCovarianceStamped", FALSE, 36 },
    { "geometry_msgs/TransformStamped", TRUE, 0 },
  };
  static const double pose[7] = { 1, 2, 3, 0, 0, 0, 1 };
  static const double zeros[100];

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const QuarryStampedTransform *transform;
      g_auto(Writer) writer = { 0, };
      g_auto(Reading) reading = { 0, };

      writer_init (&writer, "le");
      put_header (&writer, STAMP, "map");
      if (cases[i].child)
        put_string (&writer, "base_link");
      put_doubles (&writer, pose, 7);
      put_doubles (&writer, zeros, cases[i].n_after);
      read_ros (&reading, cases[i].type, &writer);
      g_assert_no_error (reading.error);
      g_assert_cmpint (reading.observation.kind, ==, i < 3 ? QUARRY_OBSERVATION_POSE : QUARRY_OBSERVATION_TRANSFORMS);
      g_assert_cmpint (reading.observation.stamp_ns, ==, STAMP);
      transform = reading.observation.transforms->pdata[0];
      g_assert_cmpstr (transform->parent, ==, "map");
      g_assert_cmpstr (transform->child, ==, cases[i].child ? "base_link" : "");
      g_assert_cmpfloat (transform->parent_from_child.t[1], ==, 2);
    }
}

static void
test_positions (void)
{
  static const struct { int status; double latitude, longitude, altitude; QuarryObservationKind kind; const char *says; } cases[] = {
    { 0, 47.5, 9.5, 400, QUARRY_OBSERVATION_POSITION, NULL },
    { 2, -47.5, -170, NAN, QUARRY_OBSERVATION_POSITION, NULL },
    { -1, NAN, NAN, NAN, QUARRY_OBSERVATION_NONE, NULL },
    { 0, 91, 0, 0, QUARRY_OBSERVATION_POSITION, "no place on Earth" },
    { 0, NAN, 0, 0, QUARRY_OBSERVATION_POSITION, "no place on Earth" },
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      static const double zeros[9];
      const guint c = i / 2;
      g_auto(Writer) writer = { 0, };
      g_auto(Reading) reading = { 0, };

      writer_init (&writer, i % 2 == 0 ? "ros1" : "be");
      put_header (&writer, STAMP, "gps");
      put_u8 (&writer, (guint8) cases[c].status);
      put_u16 (&writer, 1);
      put_f64 (&writer, cases[c].latitude);
      put_f64 (&writer, cases[c].longitude);
      put_f64 (&writer, cases[c].altitude);
      put_doubles (&writer, zeros, 9);
      put_u8 (&writer, 0);
      read_ros (&reading, "sensor_msgs/NavSatFix", &writer);
      g_assert_cmpint (reading.observation.kind, ==, cases[c].kind);
      if (cases[c].says != NULL)
        assert_says (&reading, QUARRY_MESSAGE_ERROR_BROKEN, cases[c].says);
      else if (cases[c].kind == QUARRY_OBSERVATION_POSITION)
        {
          g_assert_cmpfloat (reading.observation.position[0], ==, cases[c].latitude);
          g_assert_cmpfloat (reading.observation.position[1], ==, cases[c].longitude);
          g_assert_true (isnan (reading.observation.position[2]) == isnan (cases[c].altitude));
        }
    }
}

static void
test_foxglove_poses (void)
{
  g_auto(Reading) transforms = { 0, };
  g_auto(Reading) transform = { 0, };
  g_auto(Reading) pose = { 0, };
  g_auto(Reading) place = { 0, };
  g_auto(Reading) nameless = { 0, };
  const QuarryStampedTransform *first;

#define ONE "{\"timestamp\": {\"sec\": 5, \"nsec\": 6}, \"parent_frame_id\": \"/world\", \"child_frame_id\": \"car\", " \
            "\"translation\": {\"x\": 1, \"y\": 2.5, \"z\": 3}, \"rotation\": {\"x\": 0, \"y\": 0, \"z\": 0, \"w\": 1}}"
  read_json (&transforms, "foxglove.FrameTransforms", "{\"transforms\": [" ONE ", " ONE "]}");
  g_assert_no_error (transforms.error);
  g_assert_cmpuint (transforms.observation.transforms->len, ==, 2);
  read_json (&transform, "foxglove.FrameTransform", ONE);
  g_assert_no_error (transform.error);
  first = transform.observation.transforms->pdata[0];
  g_assert_cmpstr (first->parent, ==, "world");
  g_assert_cmpint (first->stamp_ns, ==, 5000000006);
  g_assert_cmpfloat (first->parent_from_child.t[1], ==, 2.5);
  read_json (&pose, "foxglove.PoseInFrame", "{\"timestamp\": {\"sec\": 5, \"nsec\": 6}, \"frame_id\": \"map\", \"pose\": {\"position\": "
             "{\"x\": 1, \"y\": 2, \"z\": 3}, \"orientation\": {\"x\": 0, \"y\": 0, \"z\": 0, \"w\": 1}}}");
  g_assert_no_error (pose.error);
  g_assert_cmpstr (((QuarryStampedTransform *) pose.observation.transforms->pdata[0])->parent, ==, "map");
  read_json (&place, "foxglove.LocationFix", "{\"timestamp\": {\"sec\": 5, \"nsec\": 6}, \"frame_id\": \"gps\", \"latitude\": 47, \"longitude\": 9, \"altitude\": 4}");
  g_assert_no_error (place.error);
  g_assert_cmpfloat (place.observation.position[2], ==, 4);
  read_json (&nameless, "foxglove.FrameTransform", "{\"parent_frame_id\": \"a\"}");
  assert_says (&nameless, QUARRY_MESSAGE_ERROR_BROKEN, "a transform without names");
}

static void
test_damage (void)
{
  static const CameraWindow window = { 640, 480, { 1, 1 }, { 0, 0, 0, 0 }, { 500, 0, 319.5, 0, 500, 239.5, 0, 0, 1 } };
  static const double t[3] = { 1, 2, 3 };
  static const double q[4] = { 0, 0, 0, 1 };
  static const char * const names[] = { "sensor_msgs/CameraInfo", "tf2_msgs/TFMessage" };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (names); i++)
    {
      Damaged damaged = { NULL, names[i / 2] };
      g_auto(Writer) writer = { 0, };

      writer_init (&writer, i % 2 == 0 ? "ros1" : "le");
      damaged.type = test_type (damaged.name, writer.ros1 ? "ros1" : "cdr", "", NULL);
      if (i / 2 == 0)
        put_camera (&writer, &cameras[3], &window);
      else
        {
          put_u32 (&writer, 1);
          put_transform (&writer, "a", "b", STAMP, t, q);
        }
      quarry_test_damage (writer.bytes->data, writer.bytes->len, read_damaged, &damaged);
      quarry_message_type_unref (damaged.type);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/observation-geometry/every-distortion-model", test_camera_models);
  g_test_add_func ("/observation-geometry/binning-and-region-of-interest", test_camera_windows);
  g_test_add_func ("/observation-geometry/foxglove-calibration", test_foxglove_calibration);
  g_test_add_func ("/observation-geometry/transforms-are-unit-and-whole-ones-stay", test_transforms);
  g_test_add_func ("/observation-geometry/poses", test_poses);
  g_test_add_func ("/observation-geometry/positions-with-a-fix", test_positions);
  g_test_add_func ("/observation-geometry/foxglove-poses", test_foxglove_poses);
  g_test_add_func ("/observation-geometry/damage-never-points-outside", test_damage);
  return g_test_run ();
}
