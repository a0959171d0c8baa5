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
  QuarryCamera camera = {
    .model = model, .width = 1280, .height = 800, .fx = 900, .fy = 880, .cx = 650, .cy = 390
  };

  for (int i = 0; i < 12; i++)
    camera.k[i] = k[i];
  quarry_camera_prepare (&camera);
  return camera;
}

static void
test_unproject (void)
{
  static const struct { QuarryCameraModel model; double k[12];
  } cases[] = {
    { QUARRY_CAMERA_BROWN_CONRADY, { 0 } },
    { QUARRY_CAMERA_BROWN_CONRADY, { -0.28, 0.07, 0.0002, -0.0001, 0.001 } },
    { QUARRY_CAMERA_BROWN_CONRADY,
      { 0.8, 0.1, 1e-4, 2e-4, 0.01, 1.1, 0.2, 0.02, 1e-4, 1e-5, -1e-4, 1e-5 } },
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

static QuarryCuboid
cuboid_at (double x, double y, double z, double yaw, double l, double w, double h)
{
  return (QuarryCuboid) { quarry_pose_from_yaw (x, y, z, yaw), { l, w, h } };
}

/* body: x forward, y left, z up; optical: x right, y down, z forward */
static QuarryPose
camera_from_body (void)
{
  const double r[9] = { 0, -1, 0, 0, 0, -1, 1, 0, 0 };
  const double t[3] = { 0, 0, 0 };

  return quarry_pose_from_matrix (r, t);
}

/* Pinhole by hand: the corner convention puts the axis at (cx, cy) and no half pixel anywhere */
static void
test_pinhole (void)
{
  const double none[12] = { 0 };
  const QuarryCamera camera = camera_of (QUARRY_CAMERA_BROWN_CONRADY, none);
  const double ahead[3] = { 0, 0, 7 }, aside[3] = { 1, 0.5, 2 };
  double pixel[2];

  g_assert_true (quarry_camera_project (&camera, ahead, pixel));
  g_assert_cmpfloat (pixel[0], ==, 650);
  g_assert_cmpfloat (pixel[1], ==, 390);
  g_assert_true (quarry_camera_project (&camera, aside, pixel));
  g_assert_cmpfloat_with_epsilon (pixel[0], 650 + 900 * 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (pixel[1], 390 + 880 * 0.25, 1e-12);
}

static void
test_skew (void)
{
  const double none[12] = { 0 };
  QuarryCamera camera = camera_of (QUARRY_CAMERA_BROWN_CONRADY, none);
  const double point[3] = { 0.2, 0.5, 1 };
  double plain[2], skewed[2], ray[3];

  g_assert_true (quarry_camera_project (&camera, point, plain));
  camera.skew = 12;
  g_assert_true (quarry_camera_project (&camera, point, skewed));
  g_assert_cmpfloat_with_epsilon (skewed[0] - plain[0], 12 * 0.5, 1e-9);
  g_assert_cmpfloat (skewed[1], ==, plain[1]);
  g_assert_true (quarry_camera_unproject (&camera, skewed, ray));
  g_assert_cmpfloat_with_epsilon (ray[0] / ray[2], 0.2, 1e-9);
  g_assert_cmpfloat_with_epsilon (ray[1] / ray[2], 0.5, 1e-9);
}

/* Brown–Conrady term by term against the formula in the OpenCV documentation, written out */
static void
test_distortion_terms (void)
{
  const double x = 0.3, y = -0.2, r2 = x * x + y * y;
  const double point[3] = { x * 4, y * 4, 4 };
  static const double k[12] = { -0.2,  0.05,   0.002, -0.001, 0.01,   0.03,
                                0.004, 0.0005, 0.001, -0.002, 0.0015, 0.0007 };
  const QuarryCamera camera = camera_of (QUARRY_CAMERA_BROWN_CONRADY, k);
  const double radial = (1 + k[0] * r2 + k[1] * r2 * r2 + k[4] * r2 * r2 * r2) /
                        (1 + k[5] * r2 + k[6] * r2 * r2 + k[7] * r2 * r2 * r2);
  const double dx =
      x * radial + 2 * k[2] * x * y + k[3] * (r2 + 2 * x * x) + k[8] * r2 + k[9] * r2 * r2;
  const double dy =
      y * radial + k[2] * (r2 + 2 * y * y) + 2 * k[3] * x * y + k[10] * r2 + k[11] * r2 * r2;
  double pixel[2];

  g_assert_true (quarry_camera_project (&camera, point, pixel));
  g_assert_cmpfloat_with_epsilon (pixel[0], 900 * dx + 650, 1e-9);
  g_assert_cmpfloat_with_epsilon (pixel[1], 880 * dy + 390, 1e-9);
}

/* Equidistant: the pixel's distance is proportional to the angle, also beyond 90° */
static void
test_fisheye (void)
{
  const double none[12] = { 0 };
  QuarryCamera camera = camera_of (QUARRY_CAMERA_KANNALA_BRANDT, none);

  camera.fx = camera.fy = 300;
  for (double angle = 0.05; angle < 2.2; angle += 0.1)
    {
      const double point[3] = { 5 * sin (angle), 0, 5 * cos (angle) };
      double pixel[2], ray[3];

      g_assert_true (quarry_camera_project (&camera, point, pixel));
      g_assert_cmpfloat_with_epsilon (pixel[0], 650 + 300 * angle, 1e-9);
      g_assert_cmpfloat_with_epsilon (pixel[1], 390, 1e-9);
      g_assert_true (quarry_camera_unproject (&camera, pixel, ray));
      g_assert_cmpfloat_with_epsilon (ray[0], sin (angle), 1e-9);
      g_assert_cmpfloat_with_epsilon (ray[2], cos (angle), 1e-9);
    }
}

static void
test_fisheye_axis (void)
{
  const double k[12] = { 0.02, -0.01, 0.003, -0.0005 };
  const QuarryCamera camera = camera_of (QUARRY_CAMERA_KANNALA_BRANDT, k);
  const double ahead[3] = { 0, 0, 3 }, almost[3] = { 1e-9, 0, 3 }, behind[3] = { 0, 0, -3 };
  double a[2], b[2];

  g_assert_true (quarry_camera_project (&camera, ahead, a));
  g_assert_true (quarry_camera_project (&camera, almost, b));
  g_assert_cmpfloat_with_epsilon (a[0], 650, 1e-9);
  g_assert_cmpfloat_with_epsilon (b[0], 650, 1e-6);
  g_assert_false (quarry_camera_project (&camera, behind, a));
}

/* Beyond the lens's field there is no ray */
static void
test_unproject_refuses (void)
{
  const double barrel[12] = { -0.4, 0 };
  const QuarryCamera camera = camera_of (QUARRY_CAMERA_BROWN_CONRADY, barrel);
  const double far[2] = { 9000, 390 };
  double ray[3] = { 7, 7, 7 };

  g_assert_false (quarry_camera_unproject (&camera, far, ray));
  g_assert_cmpfloat (ray[0], ==, 7);      /* untouched */
}

static void
test_camera_validity (void)
{
  const double none[12] = { 0 };
  QuarryCamera camera = camera_of (QUARRY_CAMERA_BROWN_CONRADY, none);
  const double corner[2] = { 0, 0 }, last[2] = { 1279.99, 799.99 }, out[2] = { 1280, 10 },
               above[2] = { 5, -0.01 };
  QuarryCameraModel model;

  g_assert_true (quarry_camera_is_valid (&camera));
  g_assert_true (quarry_camera_is_inside (&camera, corner));
  g_assert_true (quarry_camera_is_inside (&camera, last));
  g_assert_false (quarry_camera_is_inside (&camera, out));
  g_assert_false (quarry_camera_is_inside (&camera, above));
  camera.fx = 0;
  g_assert_false (quarry_camera_is_valid (&camera));
  camera.fx = NAN;
  g_assert_false (quarry_camera_is_valid (&camera));
  camera.fx = 900;
  camera.k[3] = INFINITY;
  g_assert_false (quarry_camera_is_valid (&camera));
  g_assert_true (quarry_camera_model_parse ("plumb_bob", &model));
  g_assert_cmpint (model, ==, QUARRY_CAMERA_BROWN_CONRADY);
  g_assert_true (quarry_camera_model_parse ("EQUIDISTANT", &model));
  g_assert_cmpint (model, ==, QUARRY_CAMERA_KANNALA_BRANDT);
  g_assert_false (quarry_camera_model_parse ("pinhole-ish", &model));
  g_assert_false (quarry_camera_model_parse (NULL, &model));
  camera.model = QUARRY_CAMERA_KANNALA_BRANDT;
  g_assert_true (quarry_camera_model_parse (quarry_camera_model_name (&camera), &model));
  g_assert_cmpint (model, ==, camera.model);
}

/* All branches of the quaternion from a matrix, and back */
static void
test_matrix_round_trip (void)
{
  static const double quaternions[][4] = {
    { 1, 0, 0, 0 },           { 0, 1, 0, 0 },
    { 0, 0, 1, 0 },           { 0, 0, 0, 1 },
    { 0.5, 0.5, 0.5, 0.5 },   { 0.1, 0.9, -0.3, 0.2 },
    { 0.1, -0.2, 0.95, 0.1 }, { 0.05, 0.1, 0.2, -0.97 },
    { 0.8, -0.4, 0.1, 0.4 },
  };
  const double t[3] = { 1, 2, 3 };

  for (gsize i = 0; i < G_N_ELEMENTS (quaternions); i++)
    {
      QuarryPose pose = {
        { 1, 2, 3 }, { quaternions[i][0], quaternions[i][1], quaternions[i][2], quaternions[i][3] }
      };
      QuarryPose back;
      double matrix[9], dot = 0;

      g_assert_true (quarry_pose_normalize (&pose));
      quarry_pose_to_matrix (&pose, matrix);
      back = quarry_pose_from_matrix (matrix, t);
      for (int k = 0; k < 4; k++)
        dot += back.q[k] * pose.q[k];
      g_assert_cmpfloat_with_epsilon (fabs (dot), 1, 1e-12);
      g_assert_cmpmem (back.t, sizeof back.t, t, sizeof t);
    }
}

/* A rotation matrix printed with few digits still gives a unit quaternion */
static void
test_rounded_matrix (void)
{
  const double r[9] = {
    0.0072, -0.9999, 0.0026, -0.0028, -0.0026, -1.0000, 1.0000, 0.0072, -0.0028
  };
  const double t[3] = { 0, 0, 0 };
  const QuarryPose pose = quarry_pose_from_matrix (r, t);
  double matrix[9], norm = 0;

  for (int k = 0; k < 4; k++)
    norm += pose.q[k] * pose.q[k];
  g_assert_cmpfloat_with_epsilon (norm, 1, 1e-12);
  quarry_pose_to_matrix (&pose, matrix);
  for (int k = 0; k < 9; k++)
    g_assert_cmpfloat_with_epsilon (matrix[k], r[k], 1e-3);
}

static void
test_normalize_refuses (void)
{
  QuarryPose zero = { { 0, 0, 0 }, { 0, 0, 0, 0 } }, nan = { { NAN, 0, 0 }, { 1, 0, 0, 0 } };
  QuarryPose infinite = { { 0, 0, 0 }, { INFINITY, 0, 0, 0 } },
             negative = { { 0, 0, 0 }, { -2, 0, 0, 0 } };

  g_assert_false (quarry_pose_normalize (&zero));
  g_assert_false (quarry_pose_normalize (&nan));
  g_assert_false (quarry_pose_normalize (&infinite));
  g_assert_true (quarry_pose_normalize (&negative));
  g_assert_cmpfloat (negative.q[0], ==, 1);
}

static void
test_rotations (void)
{
  const QuarryPose left = quarry_pose_from_yaw (0, 0, 0, G_PI_2);
  const double forward[3] = { 1, 0, 0 };
  double out[3];
  float gl[16];

  quarry_pose_rotate (&left, forward, out);
  g_assert_cmpfloat_with_epsilon (out[0], 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (out[1], 1, 1e-12);
  for (double yaw = -3; yaw < 3; yaw += 0.25)
    {
      const QuarryPose pose = quarry_pose_from_yaw (5, 6, 7, yaw);

      g_assert_cmpfloat_with_epsilon (quarry_pose_get_yaw (&pose), yaw, 1e-12);
      quarry_pose_to_gl (&pose, gl);
      g_assert_cmpfloat_with_epsilon (gl[0], cos (yaw), 1e-6);
      g_assert_cmpfloat_with_epsilon (gl[1], sin (yaw), 1e-6);       /* columns: GL's order */
      g_assert_cmpfloat (gl[12], ==, 5);
      g_assert_cmpfloat (gl[3], ==, 0);
      g_assert_cmpfloat (gl[15], ==, 1);
    }
}

/* Rotating a vector by the quaternion is multiplying it with the matrix */
static void
test_rotate_is_matrix (void)
{
  QuarryPose pose = { { 4, -5, 6 }, { 0.7, -0.1, 0.5, 0.3 } };
  const double p[3] = { 0.3, -2, 1.5 };
  double matrix[9], out[3], in_place[3] = { 0.3, -2, 1.5 };

  g_assert_true (quarry_pose_normalize (&pose));
  quarry_pose_to_matrix (&pose, matrix);
  quarry_pose_apply (&pose, p, out);
  quarry_pose_apply (&pose, in_place, in_place);
  for (int i = 0; i < 3; i++)
    {
      g_assert_cmpfloat_with_epsilon (out[i],
                                      matrix[3 * i] * p[0] + matrix[3 * i + 1] * p[1] +
                                          matrix[3 * i + 2] * p[2] + pose.t[i],
                                      1e-12);
      g_assert_cmpfloat (in_place[i], ==, out[i]);
    }
}

/* Turning goes the short way, at constant speed, whatever the quaternions' signs */
static void
test_slerp (void)
{
  const QuarryPose from = quarry_pose_from_yaw (0, 0, 0, 3.0);
  QuarryPose to = quarry_pose_from_yaw (1, 0, 0, -3.0);
  const double short_way = 2 * G_PI - 6;

  for (int sign = 0; sign < 2; sign++)
    {
      for (double f = 0; f <= 1; f += 0.125)
        {
          const QuarryPose pose = quarry_pose_interpolate (&from, &to, f);
          const double turned = remainder (quarry_pose_get_yaw (&pose) - 3.0, 2 * G_PI);

          g_assert_cmpfloat_with_epsilon (turned, f * short_way, 1e-9);
          g_assert_cmpfloat_with_epsilon (pose.t[0], f, 1e-12);
        }
      for (int k = 0; k < 4; k++)
        to.q[k] = -to.q[k];
    }
}

static void
test_trajectory_ends (void)
{
  g_autoptr(GArray) trajectory = quarry_trajectory_new ();
  const QuarryStampedPose poses[] = {
    { 0, quarry_pose_from_yaw (0, 0, 0, 0) }, { 1000000000, quarry_pose_from_yaw (10, 0, 0, 0) },
    { 9000000000, quarry_pose_from_yaw (20, 0, 0, 0) },
  };
  QuarryPose pose = quarry_pose_from_yaw (-1, 0, 0, 0);

  g_assert_false (quarry_trajectory_interpolate (trajectory, 0, &pose));       /* empty */
  g_assert_cmpfloat (pose.t[0], ==, -1);
  g_array_append_vals (trajectory, poses, G_N_ELEMENTS (poses));
  quarry_trajectory_sort (trajectory);
  g_assert_true (
      quarry_trajectory_interpolate (trajectory, -40000000, &pose)); /* holds for 50 ms */
  g_assert_cmpfloat (pose.t[0], ==, 0);
  g_assert_false (quarry_trajectory_interpolate (trajectory, -60000000, &pose));
  g_assert_true (quarry_trajectory_interpolate (trajectory, 9040000000, &pose));
  g_assert_cmpfloat (pose.t[0], ==, 20);
  g_assert_false (quarry_trajectory_interpolate (trajectory, 9060000000, &pose));
  g_assert_false (
      quarry_trajectory_interpolate (trajectory, 5000000000, &pose)); /* in a gap of 8 s */
  g_assert_true (
      quarry_trajectory_interpolate (trajectory, 1000000000, &pose)); /* its ends are known */
  g_assert_cmpfloat (pose.t[0], ==, 10);
}

/* What was seen at one time lies elsewhere for the body at another */
static void
test_motion (void)
{
  g_autoptr(GArray) trajectory = quarry_trajectory_new ();
  const QuarryStampedPose poses[] = {
    { 0, quarry_pose_from_yaw (100, 50, 0, 0) },
    { 100000000, quarry_pose_from_yaw (101, 50, 0, G_PI_2) },
  };
  const double seen[3] = { 5, 0, 1 };
  double later[3], back[3];
  QuarryPose motion, inverse;

  g_array_append_vals (trajectory, poses, G_N_ELEMENTS (poses));
  g_assert_true (quarry_trajectory_get_motion (trajectory, 100000000, 0, &motion));
  quarry_pose_apply (&motion, seen, later);
  g_assert_cmpfloat_with_epsilon (later[0], 0,
                                  1e-9); /* at (105, 50), seen from (101, 50) looking to +y: */
  g_assert_cmpfloat_with_epsilon (later[1], -4, 1e-9);      /* 4 m to the right */
  g_assert_cmpfloat_with_epsilon (later[2], 1, 1e-9);
  g_assert_true (quarry_trajectory_get_motion (trajectory, 0, 100000000, &inverse));
  quarry_pose_apply (&inverse, later, back);
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat_with_epsilon (back[i], seen[i], 1e-9);
  g_assert_false (quarry_trajectory_get_motion (NULL, 0, 0, &motion));
  g_assert_cmpfloat (motion.q[0], ==, 1);
}

/* A cuboid before a pinhole: its box is that of the nearest corners */
static void
test_cuboid_box (void)
{
  const double none[12] = { 0 };
  const QuarryCamera camera = camera_of (QUARRY_CAMERA_BROWN_CONRADY, none);
  const QuarryPose pose = camera_from_body ();
  const QuarryCuboid cuboid = cuboid_at (11, 0, 0, 0, 2, 2, 1);
  double box[4];

  g_assert_true (quarry_cuboid_project_box (&cuboid, &camera, &pose, TRUE, box));
  g_assert_cmpfloat_with_epsilon (box[0], 650 - 900 * 0.1, 1e-9);
  g_assert_cmpfloat_with_epsilon (box[1], 390 - 880 * 0.05, 1e-9);
  g_assert_cmpfloat_with_epsilon (box[2], 180, 1e-9);
  g_assert_cmpfloat_with_epsilon (box[3], 88, 1e-9);
}

static void
test_cuboid_clipped (void)
{
  const double none[12] = { 0 };
  const QuarryCamera camera = camera_of (QUARRY_CAMERA_BROWN_CONRADY, none);
  const QuarryPose pose = camera_from_body ();
  const QuarryCuboid left = cuboid_at (10, 7, 0, 0, 1, 2, 1),
                     behind = cuboid_at (-10, 0, 0, 0, 1, 1, 1);
  const QuarryCuboid beside = cuboid_at (10, 30, 0, 0, 1, 1, 1);
  double box[4];

  g_assert_true (quarry_cuboid_project_box (&left, &camera, &pose, TRUE, box));
  g_assert_cmpfloat (box[0], ==, 0);
  g_assert_cmpfloat (box[2], >, 0);
  g_assert_true (quarry_cuboid_project_box (&left, &camera, &pose, FALSE, box));
  g_assert_cmpfloat (box[0], <, 0);
  g_assert_false (quarry_cuboid_project_box (&behind, &camera, &pose, TRUE, box));
  g_assert_false (quarry_cuboid_project_box (&beside, &camera, &pose, TRUE, box));
  g_assert_true (quarry_cuboid_project_box (&beside, &camera, &pose, FALSE, box));
}

/* Under a lens edges bend outward: every projected surface point is within the box all the same */
static void
test_cuboid_box_holds_all (void)
{
  const double k[12] = { -0.26, 0.075, 0.0004, -0.0003, -0.008 };
  const QuarryCamera camera = camera_of (QUARRY_CAMERA_BROWN_CONRADY, k);
  const QuarryPose pose = camera_from_body ();
  const QuarryCuboid cuboid = cuboid_at (9, 1.5, -0.5, 0.4, 6, 3, 3);
  double box[4];

  g_assert_true (quarry_cuboid_project_box (&cuboid, &camera, &pose, FALSE, box));
  for (double u = -0.5; u <= 0.5; u += 0.05)
    for (double v = -0.5; v <= 0.5; v += 0.05)
      for (int face = 0; face < 6; face++)
        {
          double p[3], pixel[2];

          p[face / 2] = cuboid.size[face / 2] * (face % 2 == 0 ? 0.5 : -0.5);
          p[(face / 2 + 1) % 3] = cuboid.size[(face / 2 + 1) % 3] * u;
          p[(face / 2 + 2) % 3] = cuboid.size[(face / 2 + 2) % 3] * v;
          quarry_pose_apply (&cuboid.body_from_cuboid, p, p);
          quarry_pose_apply (&pose, p, p);
          if (!quarry_camera_project (&camera, p, pixel))
            continue;
          g_assert_true (pixel[0] >= box[0] - 0.3 && pixel[0] <= box[0] + box[2] + 0.3);
          g_assert_true (pixel[1] >= box[1] - 0.3 && pixel[1] <= box[1] + box[3] + 0.3);
        }
}

static void
test_cuboid_corners (void)
{
  const QuarryCuboid cuboid = cuboid_at (1, 2, 3, 0, 4, 2, 1);
  double corners[8][3];

  quarry_cuboid_get_corners (&cuboid, corners);
  for (int i = 0; i < 8; i++)
    {
      g_assert_cmpfloat_with_epsilon (corners[i][0], (i & 1) != 0 ? 3 : -1, 1e-12);
      g_assert_cmpfloat_with_epsilon (corners[i][1], (i & 2) != 0 ? 3 : 1, 1e-12);
      g_assert_cmpfloat_with_epsilon (corners[i][2], (i & 4) != 0 ? 3.5 : 2.5, 1e-12);
      g_assert_true (quarry_cuboid_contains (&cuboid, corners[i], 1e-9));
      g_assert_false (quarry_cuboid_contains (&cuboid, corners[i], -0.01));
    }
  for (int edge = 0; edge < 12; edge++)      /* each joins corners that differ in one axis */
    {
      const int differ = quarry_cuboid_edges[edge][0] ^ quarry_cuboid_edges[edge][1];

      g_assert_true (differ == 1 || differ == 2 || differ == 4);
    }
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
  g_test_add_func ("/camera/pinhole-by-hand", test_pinhole);
  g_test_add_func ("/camera/skew-moves-x-with-y", test_skew);
  g_test_add_func ("/camera/each-term-of-brown-conrady", test_distortion_terms);
  g_test_add_func ("/camera/fisheye-is-equidistant", test_fisheye);
  g_test_add_func ("/camera/fisheye-on-its-axis", test_fisheye_axis);
  g_test_add_func ("/camera/no-ray-beyond-the-field", test_unproject_refuses);
  g_test_add_func ("/camera/valid-inside-and-names", test_camera_validity);
  g_test_add_func ("/pose/matrix-and-back", test_matrix_round_trip);
  g_test_add_func ("/pose/from-a-rounded-matrix", test_rounded_matrix);
  g_test_add_func ("/pose/normalize-refuses-what-is-none", test_normalize_refuses);
  g_test_add_func ("/pose/yaw-and-gl", test_rotations);
  g_test_add_func ("/pose/rotating-is-the-matrix", test_rotate_is_matrix);
  g_test_add_func ("/pose/turns-the-short-way", test_slerp);
  g_test_add_func ("/trajectory/ends-and-gaps", test_trajectory_ends);
  g_test_add_func ("/trajectory/motion-between-times", test_motion);
  g_test_add_func ("/cuboid/box-by-hand", test_cuboid_box);
  g_test_add_func ("/cuboid/box-is-clipped-on-request", test_cuboid_clipped);
  g_test_add_func ("/cuboid/box-holds-bent-edges", test_cuboid_box_holds_all);
  g_test_add_func ("/cuboid/corners-and-edges", test_cuboid_corners);
  return g_test_run ();
}
