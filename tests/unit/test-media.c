/* test-media.c: bytes of media, and motion between sensors
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-media.h"
#include "quarry-test-catalog.h"

#include <sys/stat.h>

static void
test_ranges_are_read (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "a b.bin", NULL);
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  static const struct { gint64 offset, length; const char *expected;
  } cases[] = {
    { 0, -1, "0123456789" }, { 0, 10, "0123456789" }, { 3, 4, "3456" }, { 7, -1, "789" },
    { 10, -1, "" },          { 10, 0, "" },           { 4, 0, "" },     { 11, -1, NULL },
    { 8, 3, NULL },          { 0, G_MAXINT64, NULL },
  };

  g_file_set_contents (path, "0123456789", 10, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) bytes = quarry_media_read (NULL, i % 2 == 0 ? path : uri, cases[i].offset,
                                                    cases[i].length, NULL, &error);

      if (cases[i].expected == NULL)
        {
          g_assert_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_ENDS);
          g_assert_true (g_str_has_suffix (error->message, "the file ends at byte 10"));
          g_assert_nonnull (strstr (error->message, path));
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), cases[i].expected,
                       strlen (cases[i].expected));
    }
  quarry_test_remove (folder);
}

static void
test_what_is_no_file_is_told (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *pipe = g_build_filename (folder, "pipe", NULL);
  g_autofree char *missing = g_build_filename (folder, "missing.jpg", NULL);
  g_autofree char *message = g_strdup_printf ("cannot open '%s': No such file or directory",
                                              missing);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_null (quarry_media_read (NULL, missing, 0, -1, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, message);
  g_clear_error (&error);
  g_assert_null (quarry_media_read (NULL, pipe, 0, -1, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_clear_error (&error);
  g_assert_null (quarry_media_read (NULL, folder, 0, -1, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_clear_error (&error);
  g_assert_null (quarry_media_read (NULL, "ftp://host/a.jpg", 0, -1, NULL, &error));
  g_assert_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (quarry_media_read (NULL, "relative.jpg", 0, -1, NULL, &error));
  g_assert_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_UNSUPPORTED);
  quarry_test_remove (folder);
}

static void
test_cancelled_read_stops (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "a", NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;

  g_file_set_contents (path, "0123456789", 10, NULL);
  g_cancellable_cancel (cancellable);
  g_assert_null (quarry_media_read (NULL, path, 0, -1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  quarry_test_remove (folder);
}

static void
test_picture_inside_a_file_is_loaded (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "a.bag", NULL);
  g_autoptr(QuarryImage) image = quarry_image_new (30, 20);
  g_autoptr(GBytes) png = quarry_image_to_png (image, NULL);
  g_autoptr(GByteArray) file = g_byte_array_new ();
  QuarryMedia media = { .uri = path, .offset = 7, .length = (gint64) g_bytes_get_size (png) };
  g_autoptr(QuarryImage) loaded = NULL;
  g_autoptr(GError) error = NULL;

  g_byte_array_append (file, (const guint8 *) "before:", 7);
  g_byte_array_append (file, g_bytes_get_data (png, NULL), (guint) g_bytes_get_size (png));
  g_byte_array_append (file, (const guint8 *) "after", 5);
  g_file_set_contents (path, (const char *) file->data, file->len, NULL);
  loaded = quarry_media_load_image (NULL, &media, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (loaded->width, ==, 30);
  media.offset = 0;
  g_assert_null (quarry_media_load_image (NULL, &media, 0, NULL, &error));
  g_assert_nonnull (strstr (error->message, path));
  quarry_test_remove (folder);
}

/* x forward at 5 m/s, turning left at 0.2 rad/s from time 0 on */
static QuarryPose
pose_at (gint64 ns)
{
  const double t = (double) ns * 1e-9;

  return quarry_pose_from_yaw (25 * sin (0.2 * t), 25 * (1 - cos (0.2 * t)), 0, 0.2 * t);
}

static void
test_motion_goes_through_the_world (QuarryTestCatalog *test, gconstpointer unused)
{
  const gint64 start = 1700000000 * QUARRY_NS_PER_S;
  g_autoptr(GArray) trajectory = quarry_trajectory_new ();
  QuarryMedia camera = { .stamp_ns = start + 700000000,
                         .calibration_id = 1,
                         .calibration = {
                             1, quarry_pose_from_yaw (1, 0.5, 2, 0.4), FALSE, { 0 } } };
  QuarryMedia lidar = { .stamp_ns = start + 655000000,
                        .calibration_id = 2,
                        .calibration = {
                            2, quarry_pose_from_yaw (0, 0, 2.5, -0.1), FALSE, { 0 } } };
  const double in_lidar[3] = { 12, 3, -1 };
  const QuarryPose world_from_then = pose_at (655000000);
  const QuarryPose world_from_now = pose_at (700000000);
  const QuarryId source = quarry_catalog_store_source (test->catalog, "/a", "a", "demo", NULL,
                                                       NULL);
  const QuarryId scene = quarry_catalog_store_scene (test->catalog, source, "", "a", NULL);
  QuarryPose pose, rigid;
  double world[3], again[3], in_camera[3], body[3];

  g_assert_false (
      quarry_media_get_camera_from_lidar (test->catalog, scene, &camera, &lidar, &rigid));
  for (int i = 0; i < 200; i++)
    {
      const QuarryStampedPose stamped = { start + i * 10000000, pose_at (i * 10000000) };

      g_array_append_val (trajectory, stamped);
    }
  g_assert_true (quarry_catalog_store_poses (test->catalog, scene, trajectory, NULL));
  g_assert_true (quarry_media_get_camera_from_lidar (test->catalog, scene, &camera, &lidar, &pose));

  /* forward through both */
  quarry_pose_apply (&lidar.calibration.body_from_sensor, in_lidar, body);
  quarry_pose_apply (&world_from_then, body, world);
  quarry_pose_apply (&pose, in_lidar, in_camera);
  quarry_pose_apply (&camera.calibration.body_from_sensor, in_camera, body);
  quarry_pose_apply (&world_from_now, body, again);
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat_with_epsilon (world[i], again[i], 1e-4);

  /* without motion the point would be elsewhere */
  quarry_pose_apply (&rigid, in_lidar, again);
  g_assert_cmpfloat (fabs (again[0] - in_camera[0]) + fabs (again[1] - in_camera[1]), >, 0.1);

  /* a cuboid's place at the frame's time, seen by the camera at its own */
  g_assert_true (
      quarry_media_get_camera_from_body (test->catalog, scene, &camera, lidar.stamp_ns, &pose));
  quarry_pose_apply (&lidar.calibration.body_from_sensor, in_lidar, body);
  quarry_pose_apply (&pose, body, again);
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat_with_epsilon (in_camera[i], again[i], 1e-9);

  camera.stamp_ns = QUARRY_NO_TIME;
  g_assert_false (
      quarry_media_get_camera_from_lidar (test->catalog, scene, &camera, &lidar, &pose));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/ranges-are-read", test_ranges_are_read);
  g_test_add_func ("/media/what-is-no-file-is-told", test_what_is_no_file_is_told);
  g_test_add_func ("/media/cancelled-read-stops", test_cancelled_read_stops);
  g_test_add_func ("/media/picture-inside-a-file-is-loaded", test_picture_inside_a_file_is_loaded);
  g_test_add ("/media/motion-goes-through-the-world", QuarryTestCatalog, NULL,
              quarry_test_catalog_setup, test_motion_goes_through_the_world,
              quarry_test_catalog_teardown);
  return g_test_run ();
}
