/* test-demo-field.c: height fields, noise and chance of the demo, against slow ways to the same
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo-field.h"
#include "quarry-demo-noise.h"
#include "quarry-test.h"

#include <string.h>

#define N 32
#define CELL 0.5f
#define X0 (-8.0f)
#define Y0 (-6.0f)

static QuarryDemoField *
make_hills (guint32 seed)
{
  QuarryDemoField *field = quarry_demo_field_new (N, CELL, X0, Y0);

  for (int y = 0; y <= N; y++)
    for (int x = 0; x <= N; x++)
      field->heights[y * (N + 1) + x] = 1.5f * demo_noise (0.25f * (float) x, 0.25f * (float) y, seed);
  quarry_demo_field_finish (field);
  return field;
}

static float
drawn (guint32 *state, float low, float high)
{
  *state = demo_hash (*state + 0x9e3779b9U);
  return low + (high - low) * demo_unit (*state);
}

static void
test_heights_at_corners_are_those_set (void)
{
  QuarryDemoField *field = make_hills (1);

  for (int y = 0; y <= N; y++)
    for (int x = 0; x <= N; x++)
      g_assert_cmpfloat_with_epsilon ((double) quarry_demo_field_height (field, X0 + CELL * (float) x, Y0 + CELL * (float) y),
                                      (double) field->heights[y * (N + 1) + x], 1e-5);
  quarry_demo_field_free (field);
}

static void
test_heights_between_stay_between (void)
{
  QuarryDemoField *field = make_hills (2);
  guint32 state = 3;

  for (int i = 0; i < 5000; i++)
    {
      const float x = drawn (&state, X0, X0 + N * CELL - 0.001f), y = drawn (&state, Y0, Y0 + N * CELL - 0.001f);
      const int ix = (int) ((x - X0) / CELL), iy = (int) ((y - Y0) / CELL);
      const float *at = field->heights + iy * (N + 1) + ix;
      const float low = MIN (MIN (at[0], at[1]), MIN (at[N + 1], at[N + 2]));
      const float high = MAX (MAX (at[0], at[1]), MAX (at[N + 1], at[N + 2]));
      const float height = quarry_demo_field_height (field, x, y);

      g_assert_cmpfloat (height, >=, low - 1e-4f);
      g_assert_cmpfloat (height, <=, high + 1e-4f);
      g_assert_cmpfloat (height, >=, field->low - 1e-4f);
      g_assert_cmpfloat (height, <=, field->high + 1e-4f);
    }
  quarry_demo_field_free (field);
}

static void
test_outside_is_the_nearest_border (void)
{
  QuarryDemoField *field = make_hills (4);
  const float right = X0 + N * CELL, top = Y0 + N * CELL;

  for (float along = 0; along <= N * CELL; along += 0.3f)
    {
      g_assert_cmpfloat (quarry_demo_field_height (field, right + 100, Y0 + along), ==, quarry_demo_field_height (field, right, Y0 + along));
      g_assert_cmpfloat (quarry_demo_field_height (field, X0 - 100, Y0 + along), ==, quarry_demo_field_height (field, X0, Y0 + along));
      g_assert_cmpfloat (quarry_demo_field_height (field, X0 + along, top + 9), ==, quarry_demo_field_height (field, X0 + along, top));
      g_assert_cmpfloat (quarry_demo_field_height (field, X0 + along, Y0 - 9), ==, quarry_demo_field_height (field, X0 + along, Y0));
    }
  quarry_demo_field_free (field);
}

static void
test_pyramid_holds_the_highest (void)
{
  QuarryDemoField *field = make_hills (5);

  g_assert_cmpint (field->n_levels, ==, 6);      /* 32 16 8 4 2 1 */
  for (int level = 0; level < field->n_levels; level++)
    {
      const int n = N >> level, span = 1 << level;

      for (int ty = 0; ty < n; ty++)
        for (int tx = 0; tx < n; tx++)
          {
            float high = -INFINITY;

            for (int y = ty * span; y <= (ty + 1) * span; y++)
              for (int x = tx * span; x <= (tx + 1) * span; x++)
                high = MAX (high, field->heights[y * (N + 1) + x]);
            g_assert_cmpfloat (field->tops[level][ty * n + tx], ==, high);
          }
    }
  g_assert_cmpfloat (field->tops[field->n_levels - 1][0], ==, field->high);
  quarry_demo_field_free (field);
}

static void
test_normals_of_a_slope (void)
{
  QuarryDemoField *field = quarry_demo_field_new (N, CELL, X0, Y0);
  const Vec3 expected = vec3_unit (vec3 (-0.3f, 0.2f, 1));

  for (int y = 0; y <= N; y++)
    for (int x = 0; x <= N; x++)
      field->heights[y * (N + 1) + x] = CELL * (0.3f * (float) x - 0.2f * (float) y);
  quarry_demo_field_finish (field);
  for (float x = X0 + 1; x < X0 + N * CELL - 1; x += 0.77f)
    {
      const Vec3 normal = quarry_demo_field_normal (field, x, Y0 + 5);

      g_assert_cmpfloat (vec3_length (vec3_sub (normal, expected)), <, 1e-4f);
      g_assert_cmpfloat_with_epsilon ((double) vec3_length (normal), 1, 1e-5);
    }
  quarry_demo_field_free (field);
}

/* Steps along the ray in a thousandth of its length: INFINITY where it stays above */
static float
march (const QuarryDemoField *field, Vec3 o, Vec3 d, float limit)
{
  for (float t = 0; t < limit; t += 0.004f)
    {
      const Vec3 p = vec3_along (o, t, d);

      if (p.x >= X0 && p.x < X0 + N * CELL && p.y >= Y0 && p.y < Y0 + N * CELL && p.z < quarry_demo_field_height (field, p.x, p.y) - 1e-3f)
        return t;
    }
  return INFINITY;
}

static void
test_rays_down_end_at_the_height (void)
{
  QuarryDemoField *field = make_hills (6);
  guint32 state = 7;

  for (int i = 0; i < 2000; i++)
    {
      const float x = drawn (&state, X0 + 0.1f, X0 + N * CELL - 0.1f), y = drawn (&state, Y0 + 0.1f, Y0 + N * CELL - 0.1f);
      float t = 0;

      g_assert_true (quarry_demo_field_hit (field, vec3 (x, y, 20), vec3 (0, 0, -1), 100, &t));
      g_assert_cmpfloat_with_epsilon ((double) (20 - t), (double) quarry_demo_field_height (field, x, y), 2e-3);
      g_assert_false (quarry_demo_field_hit (field, vec3 (x, y, 20), vec3 (0, 0, 1), 100, &t));
      g_assert_false (quarry_demo_field_hit (field, vec3 (x, y, 20), vec3 (0, 0, -1), 10, &t));
    }
  quarry_demo_field_free (field);
}

static void
test_slanted_rays_end_where_steps_do (void)
{
  QuarryDemoField *field = make_hills (8);
  guint32 state = 9;
  int hits = 0;

  for (int i = 0; i < 400; i++)
    {
      const Vec3 o = vec3 (drawn (&state, X0, X0 + N * CELL), drawn (&state, Y0, Y0 + N * CELL), drawn (&state, 2, 6));
      const Vec3 aim = vec3 (drawn (&state, X0, X0 + N * CELL), drawn (&state, Y0, Y0 + N * CELL), drawn (&state, -1.5f, 1.5f));
      const Vec3 d = vec3_unit (vec3_sub (aim, o));
      const float expected = march (field, o, d, 40);
      float t = INFINITY;

      if (!quarry_demo_field_hit (field, o, d, 40, &t))
        {
          g_assert_cmpfloat (expected, ==, INFINITY);
          continue;
        }
      hits++;
      g_assert_cmpfloat (t, <=, expected + 0.02f);
      g_assert_cmpfloat (fabsf (vec3_along (o, t, d).z - quarry_demo_field_height (field, vec3_along (o, t, d).x, vec3_along (o, t, d).y)), <,
                         5e-3f);
    }
  g_assert_cmpint (hits, >, 200);
  quarry_demo_field_free (field);
}

static void
test_rays_beside_it_miss (void)
{
  QuarryDemoField *field = make_hills (10);
  float t;

  g_assert_false (quarry_demo_field_hit (field, vec3 (X0 - 1, 0, 20), vec3 (0, 0, -1), 100, &t));
  g_assert_false (quarry_demo_field_hit (field, vec3 (X0 - 1, 0, 0), vec3 (-1, 0, 0), 100, &t));
  g_assert_false (quarry_demo_field_hit (field, vec3 (0, 0, 5), vec3 (1, 0, 0), 100, &t));
  quarry_demo_field_free (field);
}

/* --- noise --- */

static void
test_gauss_has_its_moments (void)
{
  double sum = 0, squares = 0;
  const int n = 200000;

  for (int i = 0; i < n; i++)
    {
      const double g = (double) demo_gauss (demo_hash ((guint32) i));

      g_assert_cmpfloat (fabs (g), <=, 3.5);
      sum += g;
      squares += g * g;
    }
  g_assert_cmpfloat (fabs (sum / n), <, 0.01);
  g_assert_cmpfloat_with_epsilon (squares / n, 1, 0.02);
}

static void
test_chance_is_even (void)
{
  int counts[16] = { 0 };
  const int n = 160000;

  for (int i = 0; i < n; i++)
    {
      const float u = demo_unit (demo_hash2 ((guint32) (i % 400), (guint32) (i / 400), 5));

      g_assert_cmpfloat (u, >=, 0);
      g_assert_cmpfloat (u, <, 1);
      counts[(int) (16 * u)]++;
    }
  for (int k = 0; k < 16; k++)
    g_assert_cmpint (ABS (counts[k] - n / 16), <, 500);      /* 5 deviations */
}

static void
test_noise_stays_in_range_and_joins (void)
{
  guint32 state = 11;

  for (int i = 0; i < 20000; i++)
    {
      const float x = drawn (&state, -50, 50), y = drawn (&state, -50, 50), z = drawn (&state, -9, 9);
      const float noise = demo_noise (x, y, 3), volume = demo_noise3 (x, y, z, 3);

      g_assert_cmpfloat (fabsf (noise), <=, 1);
      g_assert_cmpfloat (fabsf (volume), <=, 1);
      g_assert_cmpfloat (fabsf (demo_fbm (x, y, 6, 3)), <=, 1);
      g_assert_cmpfloat (fabsf (demo_noise (x + 1e-3f, y, 3) - noise), <, 0.01f);      /* no steps, also over a lattice line */
      g_assert_cmpfloat (fabsf (demo_noise3 (x, y, z + 1e-3f, 3) - volume), <, 0.01f);
    }
  for (int k = -5; k < 5; k++)
    {
      g_assert_cmpfloat (fabsf (demo_noise ((float) k - 1e-4f, 0.3f, 3) - demo_noise ((float) k, 0.3f, 3)), <, 1e-3f);
      g_assert_cmpfloat (fabsf (demo_noise3 (0.2f, 0.3f, (float) k - 1e-4f, 3) - demo_noise3 (0.2f, 0.3f, (float) k, 3)), <, 1e-3f);
    }
}

static void
test_tiles_repeat_and_others_do_not (void)
{
  guint32 state = 12;
  int equal = 0;

  for (int i = 0; i < 1000; i++)
    {
      const float x = drawn (&state, 0, 8), y = drawn (&state, 0, 8);

      g_assert_cmpfloat (fabsf (demo_noise_tiled (x + 8, y, 8, 3) - demo_noise_tiled (x, y, 8, 3)), <, 1e-4f);
      g_assert_cmpfloat (fabsf (demo_noise_tiled (x, y - 16, 8, 3) - demo_noise_tiled (x, y, 8, 3)), <, 1e-4f);
      equal += fabsf (demo_noise (x + 8, y, 3) - demo_noise (x, y, 3)) < 1e-4f;
    }
  g_assert_cmpint (equal, <, 10);
}

static void
test_seeds_differ (void)
{
  double product = 0, squares = 0;

  for (int i = 0; i < 20000; i++)
    {
      const double a = (double) demo_noise (0.37f * (float) i, 0.91f * (float) (i % 83), 1);
      const double b = (double) demo_noise (0.37f * (float) i, 0.91f * (float) (i % 83), 2);

      product += a * b;
      squares += a * a;
    }
  g_assert_cmpfloat (fabs (product / squares), <, 0.05);
}

static void
test_frames_and_poses_are_the_same_motion (void)
{
  guint32 state = 13;

  for (int i = 0; i < 500; i++)
    {
      const Frame3 yaw = frame3_yaw (drawn (&state, -9, 9), drawn (&state, -9, 9), drawn (&state, -9, 9), drawn (&state, -3, 3));
      const Frame3 rise = frame3_rise (0.1f, 0.2f, 0.3f, drawn (&state, -1, 1)), roll = frame3_roll (1, 2, 3, drawn (&state, -1, 1));
      const Frame3 two = frame3_multiply (&yaw, &rise), frame = frame3_multiply (&two, &roll);
      const QuarryPose pose = frame3_to_pose (&frame);
      const Frame3 back = frame3_from_pose (&pose);
      const Vec3 p = vec3 (drawn (&state, -5, 5), drawn (&state, -5, 5), drawn (&state, -5, 5));
      const double in[3] = { (double) p.x, (double) p.y, (double) p.z };
      double out[3];
      const Vec3 got = frame3_apply (&frame, p);

      quarry_pose_apply (&pose, in, out);
      g_assert_cmpfloat_with_epsilon ((double) got.x, out[0], 1e-4);
      g_assert_cmpfloat_with_epsilon ((double) got.y, out[1], 1e-4);
      g_assert_cmpfloat_with_epsilon ((double) got.z, out[2], 1e-4);
      g_assert_cmpfloat (vec3_length (vec3_sub (frame3_apply (&back, p), got)), <, 1e-4f);
      g_assert_cmpfloat (vec3_length (vec3_sub (frame3_unapply (&frame, got), p)), <, 1e-4f);
      g_assert_cmpfloat_with_epsilon ((double) vec3_dot (vec3_cross (frame.x, frame.y), frame.z), 1, 1e-5);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo/field/heights-at-corners-are-those-set", test_heights_at_corners_are_those_set);
  g_test_add_func ("/demo/field/heights-between-stay-between", test_heights_between_stay_between);
  g_test_add_func ("/demo/field/outside-is-the-nearest-border", test_outside_is_the_nearest_border);
  g_test_add_func ("/demo/field/pyramid-holds-the-highest", test_pyramid_holds_the_highest);
  g_test_add_func ("/demo/field/normals-of-a-slope", test_normals_of_a_slope);
  g_test_add_func ("/demo/field/rays-down-end-at-the-height", test_rays_down_end_at_the_height);
  g_test_add_func ("/demo/field/slanted-rays-end-where-steps-do", test_slanted_rays_end_where_steps_do);
  g_test_add_func ("/demo/field/rays-beside-it-miss", test_rays_beside_it_miss);
  g_test_add_func ("/demo/noise/gauss-has-its-moments", test_gauss_has_its_moments);
  g_test_add_func ("/demo/noise/chance-is-even", test_chance_is_even);
  g_test_add_func ("/demo/noise/stays-in-range-and-joins", test_noise_stays_in_range_and_joins);
  g_test_add_func ("/demo/noise/tiles-repeat-and-others-do-not", test_tiles_repeat_and_others_do_not);
  g_test_add_func ("/demo/noise/seeds-differ", test_seeds_differ);
  g_test_add_func ("/demo/vector/frames-and-poses-are-the-same-motion", test_frames_and_poses_are_the_same_motion);
  return g_test_run ();
}
