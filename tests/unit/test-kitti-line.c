/* test-kitti-line.c: pairs of boxes and cuboids, and lines as KITTI writes them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-kitti-label.h"
#include "quarry-kitti-line.h"
#include "quarry-test.h"

#include <math.h>
#include <string.h>

#define PICTURE 5

static void
add_box (GPtrArray *annotations, QuarryId class_id, const char *id, const char *track, QuarryId media)
{
  QuarryAnnotation *box = quarry_annotation_new (QUARRY_ANNOTATION_BOX2D, "c", id, (const double[]) { 1, 2, 3, 4, 0 }, 5);

  box->media = media;
  box->track = g_strdup (track);
  box->class_id = class_id;
  g_ptr_array_add (annotations, box);
}

static void
add_cuboid (GPtrArray *annotations, QuarryId class_id, const char *id, const char *track)
{
  const QuarryCuboid cuboid = { QUARRY_POSE_IDENTITY, { 4, 2, 1.5 } };
  QuarryAnnotation *annotation = quarry_annotation_new_cuboid ("c", id, &cuboid);

  annotation->track = g_strdup (track);
  annotation->class_id = class_id;
  g_ptr_array_add (annotations, annotation);
}

/* Pairs as text: indices of box and cuboid, '-' where there is none */
static void
assert_pairs (GPtrArray *annotations, const char *expected)
{
  g_autoptr(GArray) pairs = quarry_kitti_pair_annotations (annotations, PICTURE);
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < pairs->len; i++)
    {
      const QuarryKittiPair *pair = &g_array_index (pairs, QuarryKittiPair, i);
      guint at = 0;

      g_string_append (text, i > 0 ? " " : "");
      if (pair->box != NULL && g_ptr_array_find (annotations, pair->box, &at))
        g_string_append_printf (text, "%u", at);
      else
        g_string_append_c (text, '-');
      if (pair->cuboid != NULL && g_ptr_array_find (annotations, pair->cuboid, &at))
        g_string_append_printf (text, "+%u", at);
      else
        g_string_append (text, "+-");
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static GPtrArray *
begin (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
}

static void
test_pairs_by_track_or_id (void)
{
  g_autoptr(GPtrArray) annotations = begin ();

  assert_pairs (annotations, "");
  add_box (annotations, 1, "x", "t1", PICTURE);
  add_cuboid (annotations, 1, "y", "t1");
  add_cuboid (annotations, 1, "f/3/cuboid", NULL);
  add_box (annotations, 1, "f/3/box", NULL, PICTURE);
  add_box (annotations, 1, "f/4:box", NULL, PICTURE);
  add_cuboid (annotations, 1, "f/4:cuboid", NULL);
  assert_pairs (annotations, "0+1 3+2 4+5");
}

static void
test_what_fits_nothing_stays_alone (void)
{
  g_autoptr(GPtrArray) annotations = begin ();

  add_box (annotations, 1, "a", NULL, PICTURE);
  add_cuboid (annotations, 1, "a", NULL);         /* equal ids say nothing without a last part */
  add_box (annotations, 1, "b", "t1", PICTURE);
  add_cuboid (annotations, 1, "c", "t2");
  add_box (annotations, 1, NULL, NULL, PICTURE);
  add_cuboid (annotations, 1, NULL, NULL);
  assert_pairs (annotations, "0+- -+1 2+- -+3 4+- -+5");
}

static void
test_classes_are_not_mixed (void)
{
  g_autoptr(GPtrArray) annotations = begin ();

  add_box (annotations, 1, "a", "t", PICTURE);
  add_cuboid (annotations, 2, "b", "t");
  add_cuboid (annotations, 1, "c", "t");
  assert_pairs (annotations, "0+- -+1 -+2");
}

static void
test_a_pair_has_one_of_each (void)
{
  g_autoptr(GPtrArray) annotations = begin ();

  add_box (annotations, 1, "a", "t", PICTURE);
  add_box (annotations, 1, "b", "t", PICTURE);
  add_cuboid (annotations, 1, "c", "t");
  assert_pairs (annotations, "0+- 1+2");
}

static void
test_other_pictures_and_kinds_are_left_out (void)
{
  g_autoptr(GPtrArray) annotations = begin ();

  add_box (annotations, 1, "a", "t", PICTURE + 1);
  g_ptr_array_add (annotations, quarry_annotation_new (QUARRY_ANNOTATION_POLYLINE, "c", "p", (const double[]) { 0, 0, 1, 1 }, 4));
  add_cuboid (annotations, 1, "c", "t");
  add_box (annotations, 1, "d", "t", PICTURE);
  assert_pairs (annotations, "3+2");
}

static void
test_dont_care_by_hand (void)
{
  QuarryKittiLine line;
  g_autofree char *text = NULL;

  quarry_kitti_clear (&line);
  quarry_kitti_set_box (&line, (const double[]) { 10.5, 20.5, 30, 40 });
  text = quarry_kitti_format (&line, "DontCare");
  g_assert_cmpstr (text, ==, "DontCare -1 -1 -10 10 20 40 60 -1 -1 -1 -1000 -1000 -1000 -10\n");
}

static void
test_score_is_the_last_field (void)
{
  QuarryKittiLine line;
  g_autofree char *text = NULL;

  quarry_kitti_clear (&line);
  line.score = 0.25;
  text = quarry_kitti_format (&line, "Car");
  g_assert_true (g_str_has_suffix (text, " -10 0.25\n"));
}

/* Camera looking along the body's x: right is −y, down is −z */
static QuarryPose
camera_from_body (void)
{
  return quarry_pose_from_matrix ((const double[]) { 0, -1, 0, 0, 0, -1, 1, 0, 0 }, (const double[]) { 0, 0, 0 });
}

static void
test_headings_by_hand (void)
{
  /* yaw in the body: forward is away from the camera, which KITTI calls −π/2 */
  static const double headings[][2] = { { 0, -G_PI / 2 }, { G_PI / 2, G_PI }, { -G_PI / 2, 0 }, { G_PI, G_PI / 2 }, { -G_PI / 4, -G_PI / 4 } };
  const QuarryPose camera = camera_from_body ();

  for (guint i = 0; i < G_N_ELEMENTS (headings); i++)
    {
      const QuarryCuboid cuboid = { quarry_pose_from_yaw (10, 0, 1, headings[i][0]), { 4, 2, 1.5 } };
      QuarryKittiLine line;

      quarry_kitti_clear (&line);
      g_assert_cmpfloat_with_epsilon (quarry_kitti_set_cuboid (&line, &cuboid, &camera), 0, 1e-7);
      g_assert_cmpfloat_with_epsilon (remainder (line.rotation_y - headings[i][1], 2 * G_PI), 0, 1e-9);
      g_assert_cmpfloat_with_epsilon (remainder (line.alpha - headings[i][1], 2 * G_PI), 0, 1e-9);      /* straight ahead */
      g_assert_cmpfloat (line.size[0], ==, 1.5);
      g_assert_cmpfloat (line.size[1], ==, 2);
      g_assert_cmpfloat (line.size[2], ==, 4);
      g_assert_cmpfloat_with_epsilon (line.bottom[0], 0, 1e-9);
      g_assert_cmpfloat_with_epsilon (line.bottom[1], -1 + 0.75, 1e-9);
      g_assert_cmpfloat_with_epsilon (line.bottom[2], 10, 1e-9);
    }
}

static void
test_alpha_is_seen_from_the_camera (void)
{
  const QuarryPose camera = camera_from_body ();
  const QuarryCuboid left = { quarry_pose_from_yaw (10, 10, 0, 0), { 4, 2, 1.5 } };
  QuarryKittiLine line;

  quarry_kitti_clear (&line);
  quarry_kitti_set_cuboid (&line, &left, &camera);
  g_assert_cmpfloat_with_epsilon (line.bottom[0], -10, 1e-9);
  g_assert_cmpfloat_with_epsilon (line.alpha, -G_PI / 2 + G_PI / 4, 1e-9);
}

static void
test_lean_is_told (void)
{
  const QuarryPose camera = camera_from_body ();

  for (int degrees = 0; degrees <= 80; degrees += 20)
    {
      const double a = degrees * G_PI / 180;
      const QuarryPose leaning = quarry_pose_from_matrix ((const double[]) { 1, 0, 0, 0, cos (a), -sin (a), 0, sin (a), cos (a) },
                                                          (const double[]) { 10, 0, 0 });
      const QuarryCuboid cuboid = { leaning, { 4, 2, 1.5 } };
      QuarryKittiLine line;

      quarry_kitti_clear (&line);
      g_assert_cmpfloat_with_epsilon (quarry_kitti_set_cuboid (&line, &cuboid, &camera), a, 1e-9);
    }
}

/* What is written is read as the same thing again, for any place and heading */
static void
test_lines_come_back (void)
{
  const QuarryPose camera = camera_from_body ();
  const QuarryPose body = quarry_pose_invert (&camera);
  g_autoptr(GRand) rand = g_rand_new_with_seed (6);

  for (int round = 0; round < 300; round++)
    {
      const QuarryCuboid cuboid = { quarry_pose_from_yaw (g_rand_double_range (rand, 2, 60), g_rand_double_range (rand, -20, 20),
                                                          g_rand_double_range (rand, -2, 2), g_rand_double_range (rand, -3, 3)),
                                    { g_rand_double_range (rand, 1, 9), g_rand_double_range (rand, 1, 4), g_rand_double_range (rand, 1, 4) } };
      const double box[4] = { g_rand_double_range (rand, 0, 500), g_rand_double_range (rand, 0, 300), g_rand_double_range (rand, 1, 90),
                              g_rand_double_range (rand, 1, 90) };
      g_autoptr(QuarryAnnotation) box_back = NULL;
      g_autoptr(QuarryAnnotation) cuboid_back = NULL;
      g_autofree char *text = NULL;
      QuarryKittiLine line;
      QuarryCuboid got;
      double a[8][3], b[8][3];

      quarry_kitti_clear (&line);
      line.truncated = 0.5;
      line.occluded = 2;
      quarry_kitti_set_box (&line, box);
      quarry_kitti_set_cuboid (&line, &cuboid, &camera);
      text = quarry_kitti_format (&line, "Excavator");
      g_assert_true (quarry_kitti_label_parse (text, "000001/0", &body, PICTURE, &box_back, &cuboid_back));
      g_assert_cmpstr (box_back->class_name, ==, "Excavator");
      for (int i = 0; i < 4; i++)
        g_assert_cmpfloat_with_epsilon (box_back->geometry[i], box[i], 1e-8);
      g_assert_true (quarry_annotation_get_cuboid (cuboid_back, &got));
      quarry_cuboid_get_corners (&cuboid, a);
      quarry_cuboid_get_corners (&got, b);
      for (int i = 0; i < 8; i++)
        for (int k = 0; k < 3; k++)
          g_assert_cmpfloat_with_epsilon (a[i][k], b[i][k], 1e-8);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kitti-line/pairs-by-track-or-id", test_pairs_by_track_or_id);
  g_test_add_func ("/kitti-line/what-fits-nothing-stays-alone", test_what_fits_nothing_stays_alone);
  g_test_add_func ("/kitti-line/classes-are-not-mixed", test_classes_are_not_mixed);
  g_test_add_func ("/kitti-line/a-pair-has-one-of-each", test_a_pair_has_one_of_each);
  g_test_add_func ("/kitti-line/other-pictures-and-kinds-are-left-out", test_other_pictures_and_kinds_are_left_out);
  g_test_add_func ("/kitti-line/dont-care-by-hand", test_dont_care_by_hand);
  g_test_add_func ("/kitti-line/score-is-the-last-field", test_score_is_the_last_field);
  g_test_add_func ("/kitti-line/headings-by-hand", test_headings_by_hand);
  g_test_add_func ("/kitti-line/alpha-is-seen-from-the-camera", test_alpha_is_seen_from_the_camera);
  g_test_add_func ("/kitti-line/lean-is-told", test_lean_is_told);
  g_test_add_func ("/kitti-line/lines-come-back", test_lines_come_back);
  return g_test_run ();
}
