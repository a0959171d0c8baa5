/* test-kitti.c: KITTI's calibration text, cameras and label lines, term by term
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-kitti-label.h"
#include "quarry-kitti.h"
#include "quarry-test.h"

#include <math.h>
#include <string.h>

static void
test_values_are_read_by_name (void)
{
  static const char text[] = "calib_time: 09-Jan-2012 13:57:47\r\n"
                             "S_00: 1.392000e+03 5.120000e+02\r\n"
                             "R0_rect 1 0 0 0 1 0 0 0 1\n"
                             "empty:\n"
                             "\n"
                             ": 1 2 3\n"
                             "bad: 1 two 3\n"
                             "inf: 1 inf 3\n"
                             "twice: 1\n"
                             "twice: 2\n"
                             "last: -1.5";
  g_autoptr(GHashTable) values = quarry_kitti_values_parse (text);
  QuarryPose pose;

  g_assert_cmpfloat (quarry_kitti_values_get (values, "S_00", 2)[1], ==, 512);
  g_assert_null (quarry_kitti_values_get (values, "S_00", 3));
  g_assert_null (quarry_kitti_values_get (values, "S_00", 1));
  g_assert_null (quarry_kitti_values_get (values, "S_01", 2));
  g_assert_null (quarry_kitti_values_get (values, "calib_time", 2));
  g_assert_null (quarry_kitti_values_get (values, "bad", 3));
  g_assert_null (quarry_kitti_values_get (values, "inf", 3));
  g_assert_cmpfloat (quarry_kitti_values_get (values, "twice", 1)[0], ==, 2);
  g_assert_cmpfloat (quarry_kitti_values_get (values, "last", 1)[0], ==, -1.5);
  g_assert_true (quarry_kitti_values_rotation (values, "R0_rect", &pose));
  g_assert_cmpfloat (pose.q[0], ==, 1);
}

static void
test_what_is_no_rotation_is_refused (void)
{
  static const char * const matrices[] = {
    "0 0 0 0 0 0 0 0 0",       /* nothing */
    "2 0 0 0 2 0 0 0 2",       /* a scale */
    "1 0 0 0 1 0 0 0 -1",      /* a mirror */
    "1 0.1 0 0 1 0 0 0 1",     /* a shear */
    "1 0 0 0 1 0 0 0",         /* eight */
  };

  for (guint i = 0; i < G_N_ELEMENTS (matrices); i++)
    {
      g_autofree char *text = g_strdup_printf ("R: %s\n", matrices[i]);
      g_autoptr(GHashTable) values = quarry_kitti_values_parse (text);
      QuarryPose pose;

      g_assert_false (quarry_kitti_values_rotation (values, "R", &pose));
    }
}

/* Points through P as the development kit does it, and through the camera and its shift */
static void
test_projection_matrix_is_folded_exactly (void)
{
  static const double p[12] = { 721.5377, 1.25, 609.5593, 44.85728, 0,          707.0912,
                                172.854,  0.22, 0,        0,        1, 2.745884e-3 };
  g_autoptr(GRand) rand = g_rand_new_with_seed (9);
  QuarryCamera camera;
  QuarryPose shift;

  g_assert_true (quarry_kitti_camera (p, 1242, 375, &camera, &shift));
  g_assert_cmpint (camera.width, ==, 1242);
  for (int i = 0; i < 200; i++)
    {
      const double x[3] = { g_rand_double_range (rand, -10, 10), g_rand_double_range (rand, -3, 3),
                            g_rand_double_range (rand, 4, 80) };
      const double w = p[8] * x[0] + p[9] * x[1] + p[10] * x[2] + p[11];
      const double u = (p[0] * x[0] + p[1] * x[1] + p[2] * x[2] + p[3]) / w;
      const double v = (p[4] * x[0] + p[5] * x[1] + p[6] * x[2] + p[7]) / w;
      double in_camera[3], pixel[2];

      quarry_pose_apply (&shift, x, in_camera);
      g_assert_true (quarry_camera_project (&camera, in_camera, pixel));
      g_assert_cmpfloat_with_epsilon (pixel[0], u + 0.5, 1e-9);
      g_assert_cmpfloat_with_epsilon (pixel[1], v + 0.5, 1e-9);
    }
}

static void
test_what_is_no_projection_is_refused (void)
{
  static const double matrices[][12] = {
    { 0 },
    { -700, 0, 600, 0, 0, 700, 180, 0, 0, 0, 1, 0 },
    { 700, 0, 600, 0, 5, 700, 180, 0, 0, 0, 1, 0 },
    { 700, 0, 600, 0, 0, 700, 180, 0, 0, 0, 2, 0 },
    { 700, 0, 600, 0, 0, 700, 180, 0, 0.1, 0, 1, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (matrices); i++)
    {
      QuarryCamera camera;
      QuarryPose shift;

      g_assert_false (quarry_kitti_camera (matrices[i], 1242, 375, &camera, &shift));
    }
}

/* Where a corner of the box is by KITTI's own recipe: turned about y, then moved; bottom at y */
static void
kitti_corner (const double h, const double w, const double l, const double t[3], double ry,
              double along, double across, double up, double out[3])
{
  const double x = along * l / 2;
  const double z = across * w / 2;

  out[0] = cos (ry) * x + sin (ry) * z + t[0];
  out[1] = -up * h + t[1];
  out[2] = -sin (ry) * x + cos (ry) * z + t[2];
}

static void
test_cuboid_has_the_corners_of_the_label (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (4);
  const QuarryPose identity = QUARRY_POSE_IDENTITY;

  for (int i = 0; i < 50; i++)
    {
      const double h = g_rand_double_range (rand, 1, 3);
      const double w = g_rand_double_range (rand, 1, 3);
      const double l = g_rand_double_range (rand, 1, 9);
      const double t[3] = { g_rand_double_range (rand, -9, 9), g_rand_double_range (rand, 0, 2),
                            g_rand_double_range (rand, 4, 60) };
      const double ry = g_rand_double_range (rand, -3.1, 3.1);
      g_autofree char *line = g_strdup_printf ("Car 0 0 0 1 2 3 4 %.17g %.17g %.17g %.17g %.17g "
                                               "%.17g %.17g",
                                               h, w, l, t[0], t[1], t[2], ry);
      g_autoptr(QuarryAnnotation) box = NULL;
      g_autoptr(QuarryAnnotation) label = NULL;
      QuarryCuboid cuboid;
      double corners[8][3];

      g_assert_true (quarry_kitti_label_parse (line, "f/0", &identity, 1, &box, &label));
      g_assert_true (quarry_annotation_check (label, NULL));
      g_assert_true (quarry_annotation_get_cuboid (label, &cuboid));
      quarry_cuboid_get_corners (&cuboid, corners);
      for (int corner = 0; corner < 8; corner++)       /* ours: +y is left; KITTI's z across: far */
        {
          double expected[3];

          kitti_corner (h, w, l, t, ry, (corner & 1) != 0 ? 1 : -1, (corner & 2) != 0 ? 1 : -1,
                        (corner & 4) != 0 ? 1 : 0, expected);
          for (int axis = 0; axis < 3; axis++)
            g_assert_cmpfloat_with_epsilon (corners[corner][axis], expected[axis], 1e-9);
        }
    }
}

static void
test_bad_label_lines_are_refused (void)
{
  static const char * const lines[] = {
    "",
    "Car",
    " 0 0 0 1 2 3 4 1 1 1 1 1 9 0",
    "Car 0 0 0 1 2 3 4 1 1 1 1 1 9",                   /* one short */
    "Car 0 0 0 1 2 3 4 1 1 1 1 1 9 0 0.5 7",           /* one too many */
    "Car 0 0 0 1 2 3 4 1 1 1 1 1 nan 0",
    "Car 0 0 0 1 2 3 4 1 1 1 1 1 inf 0",
    "Car 0 0 0 1,5 2 3 4 1 1 1 1 1 9 0",
    "Car 0 0 0 3 2 1 4 1 1 1 1 1 9 0",                 /* right of its right edge */
    "Car 0 0 0 1 4 3 2 1 1 1 1 1 9 0",
    "Car 0 1e30 0 1 2 3 4 1 1 1 1 1 9 0",
  };
  const QuarryPose identity = QUARRY_POSE_IDENTITY;

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      QuarryAnnotation *box = NULL;
      QuarryAnnotation *cuboid = NULL;

      g_assert_false (quarry_kitti_label_parse (lines[i], "f/0", &identity, 1, &box, &cuboid));
      g_assert_null (box);
      g_assert_null (cuboid);
    }
}

static void
test_parts_without_their_ground_are_left_out (void)
{
  static const char line[] = "Tram 0.5 2 0 1 2 3 4 1 1 1 1 1 9 0";
  const QuarryPose identity = QUARRY_POSE_IDENTITY;

  for (int i = 0; i < 4; i++)
    {
      g_autoptr(QuarryAnnotation) box = NULL;
      g_autoptr(QuarryAnnotation) cuboid = NULL;

      g_assert_true (quarry_kitti_label_parse (line, "f/0", (i & 1) != 0 ? &identity : NULL,
                                               (i & 2) != 0 ? 3 : 0, &box, &cuboid));
      g_assert_true ((cuboid != NULL) == ((i & 1) != 0));
      g_assert_true ((box != NULL) == ((i & 2) != 0));
      if (box != NULL)
        {
          g_assert_cmpint (box->media, ==, 3);
          g_assert_cmpstr (box->external_id, ==, "f/0/box");
          g_assert_cmpstr (box->attributes, ==, "{\"alpha\":0.0,\"occluded\":2,\"truncated\":0.5}");
        }
    }
}

static void
test_numbers_end_at_the_end (void)
{
  double v[3];

  g_assert_true (quarry_kitti_parse_numbers (" 1 2e3\t-3.5 \r\n", v, 3));
  g_assert_cmpfloat (v[1], ==, 2000);
  g_assert_cmpfloat (v[2], ==, -3.5);
  g_assert_false (quarry_kitti_parse_numbers ("1 2", v, 3));
  g_assert_false (quarry_kitti_parse_numbers ("1 2 3 4", v, 3));
  g_assert_false (quarry_kitti_parse_numbers ("1 2 3x", v, 3));
  g_assert_false (quarry_kitti_parse_numbers ("", v, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add_func ("/kitti/" name, func)
  ADD ("values-are-read-by-name", test_values_are_read_by_name);
  ADD ("what-is-no-rotation-is-refused", test_what_is_no_rotation_is_refused);
  ADD ("projection-matrix-is-folded-exactly", test_projection_matrix_is_folded_exactly);
  ADD ("what-is-no-projection-is-refused", test_what_is_no_projection_is_refused);
  ADD ("cuboid-has-the-corners-of-the-label", test_cuboid_has_the_corners_of_the_label);
  ADD ("bad-label-lines-are-refused", test_bad_label_lines_are_refused);
  ADD ("parts-without-their-ground-are-left-out", test_parts_without_their_ground_are_left_out);
  ADD ("numbers-end-at-the-end", test_numbers_end_at_the_end);
#undef ADD
  return g_test_run ();
}
