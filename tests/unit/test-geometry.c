/* test-geometry.c: poses, cameras, cuboids
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-cuboid.h"
#include "quarry-trajectory.h"
#include "quarry-test.h"

#include <math.h>

static QuarryCamera
camera_of (QuarryCameraModel model, const double k[12])
{
  QuarryCamera camera = { .model = model, .width = 1280, .height = 800, .fx = 900, .fy = 880, .cx = 650, .cy = 390 };

  for (int i = 0; i < 12; i++)
    camera.k[i] = k[i];
  quarry_camera_prepare (&camera);
  return camera;
}

static void
test_unproject (void)
{
  static const struct { QuarryCameraModel model; double k[12]; } cases[] = {
    { QUARRY_CAMERA_BROWN_CONRADY, { 0 } },
    { QUARRY_CAMERA_BROWN_CONRADY, { -0.28, 0.07, 0.0002, -0.0001, 0.001 } },
    { QUARRY_CAMERA_BROWN_CONRADY, { 0.8, 0.1, 1e-4, 2e-4, 0.01, 1.1, 0.2, 0.02, 1e-4, 1e-5, -1e-4, 1e-5 } },
    { QUARRY_CAMERA_KANNALA_BRANDT, { -0.01, 0.02, -0.005, 0.001 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const QuarryCamera camera = camera_of (cases[i].model, cases[i].k);

      for (double x = 5; x < camera.width; x += 97)
        for (double y = 5; y < camera.height; y += 97)
          {
            const double pixel[2] = { x, y };
            double ray[3], back[2];

            if (!quarry_camera_unproject (&camera, pixel, ray))
              continue;
            g_assert_true (quarry_camera_project (&camera, ray, back));
            g_assert_cmpfloat_with_epsilon (back[0], x, 1e-5);
            g_assert_cmpfloat_with_epsilon (back[1], y, 1e-5);
          }
    }
}

/* A barrel lens must not show points from far outside its view */
static void
test_no_ghosts (void)
{
  const double k[12] = { -0.4, 0 };
  const QuarryCamera camera = camera_of (QUARRY_CAMERA_BROWN_CONRADY, k);
  const double beside[3] = { 3, 0, 1 };
  const double behind[3] = { 0, 0, -1 };
  double pixel[2];

  g_assert_false (quarry_camera_project (&camera, beside, pixel));
  g_assert_false (quarry_camera_project (&camera, behind, pixel));
}

static void
test_poses_chain (void)
{
  const double r[9] = { 0, -1, 0, 0, 0, -1, 1, 0, 0 };   /* optical from body */
  const double t[3] = { 0.1, -0.2, 0.3 };
  const QuarryPose pose = quarry_pose_from_matrix (r, t);
  const QuarryPose inverse = quarry_pose_invert (&pose);
  const QuarryPose same = quarry_pose_multiply (&pose, &inverse);
  const double forward[3] = { 5, 0, 0 };
  double out[3], matrix[9];

  quarry_pose_apply (&pose, forward, out);
  g_assert_cmpfloat_with_epsilon (out[2], 5.3, 1e-12);
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat_with_epsilon (same.t[i], 0, 1e-12);
  quarry_pose_to_matrix (&pose, matrix);
  for (int i = 0; i < 9; i++)
    g_assert_cmpfloat_with_epsilon (matrix[i], r[i], 1e-12);
}

static void
test_trajectory (void)
{
  g_autoptr(GArray) trajectory = quarry_trajectory_new ();
  const QuarryStampedPose poses[] = {
    { 2000000000, quarry_pose_from_yaw (2, 0, 0, 0.2) },
    { 1000000000, quarry_pose_from_yaw (0, 0, 0, 0) },
    { 1000000000, quarry_pose_from_yaw (9, 9, 9, 9) },
  };
  QuarryPose pose;

  g_array_append_vals (trajectory, poses, G_N_ELEMENTS (poses));
  quarry_trajectory_sort (trajectory);
  g_assert_cmpuint (trajectory->len, ==, 2);
  g_assert_true (quarry_trajectory_interpolate (trajectory, 1500000000, &pose));
  g_assert_cmpfloat_with_epsilon (pose.t[0], 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (quarry_pose_get_yaw (&pose), 0.1, 1e-12);
  g_assert_false (quarry_trajectory_interpolate (trajectory, 3000000000, &pose));
  g_assert_false (quarry_trajectory_get_motion (trajectory, QUARRY_NO_TIME, 1500000000, &pose));
}

static void
test_cuboid (void)
{
  const QuarryCuboid cuboid = { quarry_pose_from_yaw (10, 0, 0, G_PI_2), { 4, 2, 2 } };
  const double inside[3] = { 10, 1.9, 0 };
  const double outside[3] = { 11.5, 0, 0 };
  double corners[8][3];

  g_assert_true (quarry_cuboid_contains (&cuboid, inside, 0));
  g_assert_false (quarry_cuboid_contains (&cuboid, outside, 0));
  quarry_cuboid_get_corners (&cuboid, corners);
  g_assert_cmpfloat_with_epsilon (corners[1][1], 2, 1e-12);    /* the front looks to +y */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera/unproject-inverts-project", test_unproject);
  g_test_add_func ("/camera/no-ghosts-from-outside-the-field", test_no_ghosts);
  g_test_add_func ("/pose/chains-and-inverts", test_poses_chain);
  g_test_add_func ("/trajectory/interpolates-between-and-refuses-beyond", test_trajectory);
  g_test_add_func ("/cuboid/corners-and-inside", test_cuboid);
  return g_test_run ();
}
