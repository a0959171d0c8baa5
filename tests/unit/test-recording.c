/* test-recording.c: topics to sensors: names, pairs, units of time, parts of split bags, frames of reference
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-recording.h"
#include "quarry-recording-find.h"
#include "quarry-test.h"

#include <string.h>

#define S QUARRY_NS_PER_S

static void
test_names (void)
{
  static const struct { const char *topics, *names; } cases[] = {
    { "/front/image_raw", "front" },
    { "/front/image_raw/compressed", "front" },
    { "/front/image_raw /front/image_raw/compressed", "front/image_raw front/image_raw/compressed" },
    { "/lidar/points /camera/image", "lidar camera" },
    { "/velodyne_points", "velodyne_points" },
    { "/image_raw", "image_raw" },
    { "/image/compressed", "image" },
    { "/points", "points" },
    { "/a/image /a/points", "a/image a/points" },
    { "/a/image /b/image /a/points", "a/image b a/points" },
    { "a /a", "a a (2)" },
    { "/machine/front/image_rect_color/compressed", "machine/front" },
    { "/", "/" },
    { "", "" },
    { "/zed/rgb/image_rect_color /zed/depth/image_rect_raw", "zed/rgb zed/depth" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(GStrv) words = g_strsplit (cases[i].topics, " ", -1);
      g_autoptr(GPtrArray) topics = g_ptr_array_new ();
      g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
      g_autofree char *text = NULL;

      for (guint k = 0; words[k] != NULL; k++)
        g_ptr_array_add (topics, words[k]);
      quarry_recording_name_sensors (topics, names);
      g_assert_cmpuint (names->len, ==, topics->len);
      g_ptr_array_add (names, NULL);
      text = g_strjoinv (" ", (char **) names->pdata);
      g_assert_cmpstr (text, ==, cases[i].names);
      g_ptr_array_set_size (names, (int) names->len - 1);
    }
}

static void
test_pairs (void)
{
  /* the first calibration goes with the image better than the second */
  static const struct { const char *image, *frame, *good, *good_frame, *bad, *bad_frame; } better[] = {
    { "/front/image_raw", "f", "/front/camera_info", "f", "/rear/camera_info", "r" },
    { "/front/image_raw/compressed", "f", "/front/camera_info", "f", "/camera_info", "f2" },
    { "/front/image_raw", "", "/front/camera_info", "", "/rear/camera_info", "" },
    { "/images/7", "cam7", "/infos/7", "cam7", "/images/camera_info", "cam6" },
    { "/zed/rgb/image", "a", "/zed/rgb/camera_info", "b", "/zed/camera_info", "c" },
    { "/image/compressed", "camera", "/camera_calibration", "camera", "/camera_calibration/custom", "other" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (better); i++)
    g_assert_cmpint (quarry_recording_pair (better[i].image, better[i].frame, better[i].good, better[i].good_frame), >,
                     quarry_recording_pair (better[i].image, better[i].frame, better[i].bad, better[i].bad_frame));
  g_assert_cmpint (quarry_recording_pair ("/front/image_raw", "f", "/rear/camera_info", "r"), ==, 0);
  g_assert_cmpint (quarry_recording_pair ("/front/image_raw", "", "/camera_info", ""), ==, 0);
}

static void
test_units (void)
{
  static const struct { gint64 start, end, unit; } cases[] = {
    { 1700000000000000000, 1700000100000000000, 1 },
    { 1700000000000000, 1700000100000000, 1000 },
    { 1700000000000, 1700000100000, 1000000 },
    { 1700000000, 1700000100, 1000000000 },
    { 1000000000, 1400000000, 1 },                        /* 1 s to 1.4 s of a simulation: not twelve years */
    { 0, 1000, 1 },
    { QUARRY_NO_TIME, QUARRY_NO_TIME, 1 },
    { 1747930377103, 1748830377120, 1000000 },            /* ten days: a file of the wild */
    { -5, 5, 1 },
    { G_MAXINT64, G_MAXINT64, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (quarry_recording_find_unit (cases[i].start, cases[i].end), ==, cases[i].unit);
}

static void
test_parts (void)
{
  static const struct { const char *a, *b; gboolean follow; } cases[] = {
    { "run_0.mcap", "run_1.mcap", TRUE },     { "run_9.db3", "run_10.db3", TRUE },      { "run_0.mcap", "run_2.mcap", FALSE },
    { "run_0.mcap", "run_1.db3", FALSE },     { "a/run_0.bag", "b/run_1.bag", FALSE },  { "run.mcap", "run_1.mcap", FALSE },
    { "run0.mcap", "run1.mcap", FALSE },      { "x_0.mcap", "y_1.mcap", FALSE },        { "_0.bag", "_1.bag", TRUE },
    { "r_99999999999999999999.bag", "r_99999999999999999999.bag", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      QuarryLogPlace a = { .key = (char *) cases[i].a }, b = { .key = (char *) cases[i].b };

      g_assert_cmpint (quarry_log_place_may_follow (&a, &b), ==, cases[i].follow);
    }
  g_assert_true (quarry_log_place_is_next (10 * S, 11 * S));
  g_assert_true (quarry_log_place_is_next (10 * S, 9 * S));
  g_assert_false (quarry_log_place_is_next (10 * S, 60 * S));
  g_assert_false (quarry_log_place_is_next (60 * S, 10 * S));
  g_assert_true (quarry_log_place_is_next (QUARRY_NO_TIME, 10 * S));
  g_assert_false (quarry_log_place_is_next (G_MININT64 + 1, G_MAXINT64));
}

/* --- observations, without files --- */

typedef struct
{
  QuarryReport    *report;
  QuarryRecording *recording;
} Fixture;

static void
setup (Fixture *self, gconstpointer data)
{
  self->report = quarry_report_new ();
  self->recording = quarry_recording_new ("a.mcap", "a", "/a.mcap", self->report);
}

static void
teardown (Fixture *self, gconstpointer data)
{
  quarry_recording_free (self->recording);
  g_object_unref (self->report);
}

static void
see_media (Fixture *self, const char *topic, QuarryObservationKind kind, gint64 stamp_ns, gint64 log_ns, const char *frame)
{
  const char *type = kind == QUARRY_OBSERVATION_IMAGE ? "sensor_msgs/msg/Image" : "sensor_msgs/msg/PointCloud2";
  QuarryObservation o = { .kind = kind, .stamp_ns = stamp_ns, .frame_id = (char *) frame, .offset = 10, .length = 100 };

  o.format = (char *) (kind == QUARRY_OBSERVATION_IMAGE ? "raw:rgb8:4x2:12:le" : "points:5:16:le:x@0f4");
  o.width = kind == QUARRY_OBSERVATION_IMAGE ? 4 : 0;
  o.height = kind == QUARRY_OBSERVATION_IMAGE ? 2 : 0;
  o.n_points = kind == QUARRY_OBSERVATION_IMAGE ? -1 : 5;
  quarry_recording_observe (self->recording, quarry_recording_get_topic (self->recording, topic, type, "cdr"), &o, "/a b#c.mcap#chunk=1,2,none,3",
                            1000, log_ns);
}

static void
see_transform (Fixture *self, const char *topic, const char *parent, const char *child, gint64 stamp_ns, QuarryPose pose)
{
  QuarryStampedTransform t = { stamp_ns, (char *) parent, (char *) child, pose };
  QuarryObservation o = { .kind = QUARRY_OBSERVATION_TRANSFORMS, .stamp_ns = stamp_ns };
  g_autoptr(GPtrArray) list = g_ptr_array_new ();

  g_ptr_array_add (list, &t);
  o.transforms = list;
  quarry_recording_observe (self->recording, quarry_recording_get_topic (self->recording, topic, "tf2_msgs/msg/TFMessage", "cdr"), &o, "/a", 0,
                            stamp_ns);
}

static void
see_camera (Fixture *self, const char *topic, gint64 stamp_ns, double fx, int width)
{
  QuarryObservation o = { .kind = QUARRY_OBSERVATION_CALIBRATION, .stamp_ns = stamp_ns, .frame_id = (char *) "front" };

  o.camera = (QuarryCamera) { .width = width, .height = width / 2, .fx = fx, .fy = fx, .cx = width / 2.0, .cy = width / 4.0 };
  quarry_camera_prepare (&o.camera);
  quarry_recording_observe (self->recording, quarry_recording_get_topic (self->recording, topic, "sensor_msgs/msg/CameraInfo", "cdr"), &o, "/a", 0,
                            stamp_ns);
}

static const QuarryRecordingTopic *
get_sensor (Fixture *self, const char *name)
{
  for (guint i = 0; i < self->recording->sensors->len; i++)
    if (g_str_equal (((QuarryRecordingTopic *) self->recording->sensors->pdata[i])->sensor, name))
      return self->recording->sensors->pdata[i];
  g_error ("no sensor '%s'", name);
}

static QuarryCalibration
get_calibration (Fixture *self, const char *sensor, guint i)
{
  const QuarryRecordingTopic *topic = get_sensor (self, sensor);
  gboolean held = FALSE;

  return quarry_recording_get_calibration (self->recording, topic, &g_array_index (topic->items, QuarryRecordingItem, i), &held);
}

static void
assert_says (Fixture *self, const char *what)
{
  g_autofree char *text = quarry_report_to_text (self->report);

  if (strstr (text, what) == NULL)
    g_error ("'%s' is not in\n%s", what, text);
}

static void
test_pointers (Fixture *self, gconstpointer data)
{
  const QuarryRecordingItem *item = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *format = NULL;

  see_media (self, "/lidar/points", QUARRY_OBSERVATION_CLOUD, 5 * S, 5 * S, "lidar");
  see_media (self, "/front/image_raw", QUARRY_OBSERVATION_IMAGE, 5 * S, 5 * S, "front");
  quarry_recording_settle (self->recording);
  item = &g_array_index (get_sensor (self, "lidar")->items, QuarryRecordingItem, 0);
  uri = quarry_recording_dup_uri (item);
  format = quarry_recording_dup_format (self->recording, item);
  g_assert_cmpstr (uri, ==, "/a b#c.mcap#chunk=1,2,none,3");
  g_assert_cmpstr (format, ==, "points:5:16:le:x@0f4");
  g_assert_cmpint (item->offset, ==, 1010);
  g_assert_cmpint (item->length, ==, 100);
  g_assert_cmpuint (sizeof *item, <=, 56);
}

static void
test_stamps (Fixture *self, gconstpointer data)
{
  const gint64 log_ns = 1700000000 * S;
  const GArray *items = NULL;

  see_media (self, "/l/points", QUARRY_OBSERVATION_CLOUD, log_ns - S, log_ns, "l");
  see_media (self, "/l/points", QUARRY_OBSERVATION_CLOUD, QUARRY_NO_TIME, log_ns + 1, "l");
  see_media (self, "/l/points", QUARRY_OBSERVATION_CLOUD, 12 * S, log_ns + 2, "l");
  see_media (self, "/l/points", QUARRY_OBSERVATION_CLOUD, G_MAXINT64, log_ns + 3, "l");
  see_media (self, "/l/points", QUARRY_OBSERVATION_CLOUD, log_ns + QUARRY_RECORDING_FAR_NS, log_ns, "l");
  quarry_recording_settle (self->recording);
  items = get_sensor (self, "l")->items;
  g_assert_cmpint (g_array_index (items, QuarryRecordingItem, 0).stamp_ns, ==, log_ns - S);
  g_assert_cmpint (g_array_index (items, QuarryRecordingItem, 1).stamp_ns, ==, log_ns + 1);
  g_assert_cmpint (g_array_index (items, QuarryRecordingItem, 2).stamp_ns, ==, log_ns + 2);
  g_assert_cmpint (g_array_index (items, QuarryRecordingItem, 3).stamp_ns, ==, log_ns + 3);
  g_assert_cmpint (g_array_index (items, QuarryRecordingItem, 4).stamp_ns, ==, log_ns + QUARRY_RECORDING_FAR_NS);
  assert_says (self, "/l/points: 1 stamps are 0 or none: the time of logging is used");
  assert_says (self, "/l/points: 2 stamps are more than an hour away");
}

/* The calibration that held at a picture's time, scaled where pictures are smaller, none where they are of another shape */
static void
test_calibrations (Fixture *self, gconstpointer data)
{
  for (int i = 0; i < 4; i++)
    {
      see_camera (self, "/front/camera_info", i * S, i < 2 ? 100 : 200, 8);
      see_media (self, "/front/image_raw", QUARRY_OBSERVATION_IMAGE, i * S + 1, i * S + 1, "front");
    }
  see_camera (self, "/rear/camera_info", 1, 100, 4);
  see_media (self, "/rear/image_raw", QUARRY_OBSERVATION_IMAGE, 1, 1, "rear");
  quarry_recording_settle (self->recording);
  for (guint i = 0; i < 4; i++)
    {
      const QuarryCalibration calibration = get_calibration (self, "front", i);

      g_assert_true (calibration.has_camera);
      g_assert_cmpint (calibration.camera.width, ==, 4);
      g_assert_cmpfloat (calibration.camera.fx, ==, i < 2 ? 50 : 100);
      g_assert_cmpfloat (calibration.camera.cx, ==, 2);
    }
  g_assert_true (get_calibration (self, "rear", 0).has_camera);
}

static void
test_other_shape (Fixture *self, gconstpointer data)
{
  see_camera (self, "/front/camera_info", 1, 100, 8);
  g_array_index (quarry_recording_get_topic (self->recording, "/front/camera_info", "sensor_msgs/msg/CameraInfo", "cdr")->cameras,
                 QuarryRecordingCamera, 0).camera.height = 8;
  see_media (self, "/front/image_raw", QUARRY_OBSERVATION_IMAGE, 1, 1, "front");
  quarry_recording_settle (self->recording);
  g_assert_false (get_calibration (self, "front", 0).has_camera);
}

/* A camera on a boom: each picture has the boom's pose of its own time */
static void
test_moving_sensor (Fixture *self, gconstpointer data)
{
  for (int i = 0; i <= 10; i++)
    see_transform (self, "/tf", "base_link", "boom", i * S / 10, quarry_pose_from_yaw (1 + i, 0, 0, 0));
  see_transform (self, "/tf_static", "boom", "boom_camera_optical_frame", S, quarry_pose_from_yaw (0, 2, 0, 0));
  see_media (self, "/boom/image_raw", QUARRY_OBSERVATION_IMAGE, S / 4, S / 4, "boom_camera_optical_frame");
  see_media (self, "/boom/image_raw", QUARRY_OBSERVATION_IMAGE, S / 2, S / 2, "boom_camera_optical_frame");
  see_media (self, "/boom/image_raw", QUARRY_OBSERVATION_IMAGE, 9 * S, 9 * S, "boom_camera_optical_frame");
  quarry_recording_settle (self->recording);
  g_assert_cmpstr (self->recording->body, ==, "base_link");
  g_assert_cmpfloat_with_epsilon (get_calibration (self, "boom", 0).body_from_sensor.t[0], 3.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (get_calibration (self, "boom", 0).body_from_sensor.t[1], 2, 1e-9);
  g_assert_cmpfloat_with_epsilon (get_calibration (self, "boom", 1).body_from_sensor.t[0], 6, 1e-9);
  g_assert_cmpfloat_with_epsilon (get_calibration (self, "boom", 2).body_from_sensor.t[0], 11, 1e-9);     /* the nearest that is known */
}

static void
test_body (void)
{
  static const struct { const char *edges, *frame, *body; } cases[] = {
    { "base_footprint>base_link base_link>lidar", "lidar", "base_link" },
    { "base_footprint>lidar", "lidar", "base_footprint" },
    { "m7/base_link>m7/lidar m8/base_link>m8/lidar", "m8/lidar", "m8/base_link" },
    { "chassis_7>mast mast>lidar", "lidar", "chassis_7" },
    { "a>b", "lidar", NULL },
    { "", "lidar", NULL },
    { "odom>base_link", "lidar", "base_link" },
    { "a>lidar lidar>a", "lidar", "a" },        /* a circle comes to an end */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture self;
      g_auto(GStrv) edges = g_strsplit (cases[i].edges, " ", -1);

      setup (&self, NULL);
      for (guint k = 0; edges[k] != NULL && edges[k][0] != '\0'; k++)
        {
          g_auto(GStrv) ends = g_strsplit (edges[k], ">", 2);

          see_transform (&self, "/tf_static", ends[0], ends[1], S, QUARRY_POSE_IDENTITY);
        }
      see_media (&self, "/l/points", QUARRY_OBSERVATION_CLOUD, S, S, cases[i].frame);
      quarry_recording_settle (&self.recording[0]);
      if (!g_str_has_prefix (cases[i].edges, "a>lidar"))
        g_assert_cmpstr (self.recording->body, ==, cases[i].body);
      teardown (&self, NULL);
    }
}

static void
test_faults (Fixture *self, gconstpointer data)
{
  see_transform (self, "/tf_static", "base_link", "lidar", S, QUARRY_POSE_IDENTITY);
  see_transform (self, "/tf_static", "roof", "lidar", S, QUARRY_POSE_IDENTITY);
  see_transform (self, "/tf_static", "x", "y", S, QUARRY_POSE_IDENTITY);
  see_transform (self, "/tf_static", "y", "x", S, QUARRY_POSE_IDENTITY);
  see_transform (self, "/tf_static", "base_link", "lidar", 2 * S, quarry_pose_from_yaw (1, 0, 0, 0));
  see_media (self, "/l/points", QUARRY_OBSERVATION_CLOUD, S, S, "lidar");
  see_media (self, "/c/image_raw", QUARRY_OBSERVATION_IMAGE, S, S, "camera");
  see_media (self, "/d/image_raw", QUARRY_OBSERVATION_IMAGE, S, S, "");
  see_media (self, "/u/image_raw", QUARRY_OBSERVATION_IMAGE, S, S, "base_link");
  quarry_recording_settle (self->recording);
  assert_says (self, "transforms: 'lidar' has two parents: 'base_link' and 'roof'");
  assert_says (self, "transforms: 'x' and 'y' go in a circle");
  assert_says (self, "transforms: 'x' and 'y' are not connected to 'base_link'");
  assert_says (self, "'lidar' is stated again with another pose in 'base_link': it holds from there on");
  assert_says (self, "no transform from 'camera' to 'base_link': 'c' is taken to be at the machine's origin");
  assert_says (self, "'d' names no frame of reference");
  assert_says (self, "camera 'u' looks straight up: its frame 'base_link' is perhaps not the optical one");
  assert_says (self, "no calibration for camera 'c'");
}

/* Without transforms, odometry; of a frame that is not the machine's own, with what is between */
static void
test_odometry (Fixture *self, gconstpointer data)
{
  QuarryRecordingTopic *topic = quarry_recording_get_topic (self->recording, "/odom", "nav_msgs/msg/Odometry", "cdr");
  g_autoptr(GArray) poses = NULL;

  see_transform (self, "/tf_static", "base_link", "imu", S, quarry_pose_from_yaw (1, 0, 0, 0));
  see_transform (self, "/tf_static", "base_link", "lidar", S, quarry_pose_from_yaw (2, 0, 0, 0));
  see_media (self, "/l/points", QUARRY_OBSERVATION_CLOUD, S, S, "lidar");
  for (int i = 0; i < 3; i++)
    {
      QuarryStampedTransform t = { i * S, (char *) "utm", (char *) "imu", quarry_pose_from_yaw (691234.01 + i, 5334567.02, 512.03, G_PI / 2) };
      QuarryObservation o = { .kind = QUARRY_OBSERVATION_POSE, .stamp_ns = i * S };
      g_autoptr(GPtrArray) list = g_ptr_array_new ();

      o.stamp_ns = t.stamp_ns = 1700000000 * S + i * S;
      g_ptr_array_add (list, &t);
      o.transforms = list;
      quarry_recording_observe (self->recording, topic, &o, "/a", 0, o.stamp_ns);
    }
  quarry_recording_settle (self->recording);
  poses = quarry_recording_get_poses (self->recording);
  g_assert_cmpuint (poses->len, ==, 3);
  g_assert_cmpstr (self->recording->world, ==, "utm");
  g_assert_cmpfloat_with_epsilon (g_array_index (poses, QuarryStampedPose, 1).world_from_body.t[0], 691235.01, 1e-8);
  g_assert_cmpfloat_with_epsilon (g_array_index (poses, QuarryStampedPose, 1).world_from_body.t[1], 5334566.02, 1e-8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recording/names-are-short-and-unique", test_names);
  g_test_add_func ("/recording/calibrations-find-their-camera", test_pairs);
  g_test_add_func ("/recording/units-of-log-times-are-told", test_units);
  g_test_add_func ("/recording/parts-of-a-split-bag-follow-each-other", test_parts);
  g_test_add_func ("/recording/the-machine-s-frame-is-found", test_body);
#define ADD(name, func) g_test_add (name, Fixture, NULL, setup, func, teardown)
  ADD ("/recording/media-are-pointers", test_pointers);
  ADD ("/recording/stamps-that-cannot-be-are-replaced-and-told", test_stamps);
  ADD ("/recording/calibrations-hold-for-their-time", test_calibrations);
  ADD ("/recording/calibrations-of-another-shape-are-not-used", test_other_shape);
  ADD ("/recording/a-sensor-that-moves-has-a-pose-for-each-media", test_moving_sensor);
  ADD ("/recording/what-is-wrong-with-transforms-is-told", test_faults);
  ADD ("/recording/odometry-of-another-frame-in-map-coordinates", test_odometry);
  return g_test_run ();
}
