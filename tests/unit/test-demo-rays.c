/* test-demo-rays.c: rays and solids, rays and height fields, of the demo's geometry
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo-light.h"
#include "quarry-demo-noise.h"
#include "quarry-test.h"

#define N_RAYS 4000

static float
chance (guint32 *state)
{
  *state = demo_hash (*state + 0x9e3779b9U);
  return demo_unit (*state);
}

static Vec3
any_point (guint32 *state, float reach)
{
  const float x = chance (state), y = chance (state), z = chance (state);

  return vec3 (reach * (2 * x - 1), reach * (2 * y - 1), reach * (2 * z - 1));
}

/* How far outside of the solid a point of its frame is; below 0 inside. Written apart from what is
 * tested. */
static float
outside (const QuarryDemoPart *part, Vec3 p)
{
  const Vec3 s = part->size;
  float most = -INFINITY;

  switch (part->solid)
    {
    case QUARRY_DEMO_BOX:
      return MAX (MAX (fabsf (p.x) - s.x, fabsf (p.y) - s.y), fabsf (p.z) - s.z);
    case QUARRY_DEMO_ELLIPSOID:
      return (vec3_length (vec3 (p.x / s.x, p.y / s.y, p.z / s.z)) - 1) * MIN (MIN (s.x, s.y), s.z);
    case QUARRY_DEMO_CAPSULE:
      return vec3_length (vec3 (p.x, p.y, p.z - clampf (p.z, -s.z, s.z))) - s.x;
    case QUARRY_DEMO_CONE:
      return MAX (fabsf (p.z) - s.z, hypotf (p.x, p.y) - mixf (s.x, s.y, (p.z / s.z + 1) / 2));
    case QUARRY_DEMO_PRISM:
      for (int i = 0; i < part->n_sides; i++)
        most = MAX (most, part->sides[i][0] * p.x + part->sides[i][1] * p.z - part->sides[i][2]);
      return MAX (most, fabsf (p.y) - s.y);
    case QUARRY_DEMO_MOUND:
    default:
      g_assert_not_reached ();
    }
}

/* The first point of a ray inside the solid, in steps; INFINITY where there is none */
static float
march (const QuarryDemoPart *part, Vec3 o, Vec3 d)
{
  for (float t = 0; t < 12; t += 0.004f)
    if (outside (part, vec3_along (o, t, d)) < 0)
      return t;
  return INFINITY;
}

static void
check_part (const QuarryDemoPart *part, guint32 seed)
{
  guint32 state = seed;
  int hits = 0;

  for (int i = 0; i < N_RAYS / 10; i++)
    {
      const Vec3 o =
          vec3_add (vec3_scale (vec3_unit (any_point (&state, 1)), 5), any_point (&state, 0.5f));
      const Vec3 d = vec3_unit (vec3_sub (any_point (&state, 0.9f), o));
      const float expected = march (part, o, d);
      float t = INFINITY;
      int face;

      if (!quarry_demo_part_hit (part, o, d, 100, &t, &face))
        {
          /* only what the ray merely grazes may be missed by one of the two */
          g_assert_true (expected == INFINITY ||
                         outside (part, vec3_along (o, expected + 0.004f, d)) > -0.02f);
          continue;
        }
      hits++;
      g_assert_cmpfloat_with_epsilon ((double) outside (part, vec3_along (o, t, d)), 0, 2e-4);
      g_assert_cmpfloat (t, <=, expected + 0.001f);
      g_assert_true (expected - t < 0.0045f ||
                     outside (part, vec3_along (o, t + 0.004f, d)) > -0.02f);
      g_assert_cmpfloat (vec3_dot (quarry_demo_part_normal (part, vec3_along (o, t, d), face), d),
                         <, 1e-3f);
      g_assert_false (quarry_demo_part_hit (part, o, d, t * 0.999f, &t, &face));
    }
  g_assert_cmpint (hits, >, 20);
}

static void
test_solids (void)
{
  static const float outline[5][2] = {
    { -0.8f, -0.4f }, { 0.7f, -0.6f }, { 0.9f, 0.2f }, { 0.1f, 0.7f }, { -0.7f, 0.3f }
  };
  g_autoptr(GArray) parts = g_array_new (FALSE, FALSE, sizeof (QuarryDemoPart));
  QuarryDemoModel model;

  quarry_demo_model_begin (&model, parts, 0, 1, FRAME3_IDENTITY);
  quarry_demo_model_box (&model, QUARRY_DEMO_PAINT, vec3 (0, 0, 0), vec3 (0.8f, 0.3f, 0.5f));
  quarry_demo_model_rod (&model, QUARRY_DEMO_PAINT, vec3 (0, 0, -0.6f), vec3 (0, 0, 0.6f), 0.5f,
                         0.5f);
  quarry_demo_model_rod (&model, QUARRY_DEMO_PAINT, vec3 (0, 0, -0.6f), vec3 (0, 0, 0.6f), 0.2f,
                         0.7f);
  quarry_demo_model_ellipsoid (&model, QUARRY_DEMO_PAINT, vec3 (0, 0, 0), vec3 (0.3f, 0.9f, 0.5f));
  quarry_demo_model_limb (&model, QUARRY_DEMO_PAINT, vec3 (0, 0, -0.5f), vec3 (0, 0, 0.5f), 0.35f);
  quarry_demo_model_prism (&model, QUARRY_DEMO_PAINT, 0, 0.4f, 5, outline);
  for (guint i = 0; i < parts->len; i++)
    check_part (&g_array_index (parts, QuarryDemoPart, i), 77 + i);
}

/* The support function gives the cuboids: no surface point lies beyond it, and some come close */
static void
test_support (void)
{
  static const float outline[4][2] = {
    { -0.8f, -0.4f }, { 0.7f, -0.6f }, { 0.9f, 0.5f }, { -0.7f, 0.3f }
  };
  g_autoptr(GArray) parts = g_array_new (FALSE, FALSE, sizeof (QuarryDemoPart));
  QuarryDemoModel model;

  quarry_demo_model_begin (&model, parts, 0, 1, FRAME3_IDENTITY);
  quarry_demo_model_box (&model, QUARRY_DEMO_PAINT, vec3 (0, 0, 0), vec3 (0.8f, 0.3f, 0.5f));
  quarry_demo_model_rod (&model, QUARRY_DEMO_PAINT, vec3 (0, 0, -0.6f), vec3 (0, 0, 0.6f), 0.2f,
                         0.7f);
  quarry_demo_model_ellipsoid (&model, QUARRY_DEMO_PAINT, vec3 (0, 0, 0), vec3 (0.3f, 0.9f, 0.5f));
  quarry_demo_model_limb (&model, QUARRY_DEMO_PAINT, vec3 (0, 0, -0.5f), vec3 (0, 0, 0.5f), 0.35f);
  quarry_demo_model_prism (&model, QUARRY_DEMO_PAINT, 0, 0.4f, 4, outline);
  for (guint i = 0; i < parts->len; i++)
    {
      const QuarryDemoPart *part = &g_array_index (parts, QuarryDemoPart, i);
      guint32 state = 5;
      const Vec3 u = vec3_unit (any_point (&state, 1));
      const float support = quarry_demo_part_support (part, u);
      float most = -INFINITY;

      for (int k = 0; k < N_RAYS; k++)
        {
          const Vec3 o = vec3_scale (vec3_unit (any_point (&state, 1)), 5),
                     d = vec3_unit (vec3_sub (any_point (&state, 0.9f), o));
          float t;
          int face;

          if (quarry_demo_part_hit (part, o, d, 100, &t, &face))
            {
              const Vec3 p = frame3_apply (&part->world_from_part, vec3_along (o, t, d));

              most = MAX (most, vec3_dot (u, vec3_along (o, t, d)));
              g_assert_cmpfloat (vec3_length (vec3_sub (p, part->centre)), <=,
                                 part->radius + 1e-4f);
            }
        }
      g_assert_cmpfloat (most, <=, support + 1e-4f);
      g_assert_cmpfloat (most, >, support - 0.12f);
    }
}

static QuarryDemoField *
hilly (void)
{
  QuarryDemoField *field = quarry_demo_field_new (64, 0.25f, -8, -8);

  for (int y = 0; y <= 64; y++)
    for (int x = 0; x <= 64; x++)
      field->heights[y * 65 + x] = 1.2f * demo_fbm (0.09f * (float) x, 0.09f * (float) y, 4, 3);
  quarry_demo_field_finish (field);
  return field;
}

static void
test_field (void)
{
  QuarryDemoField *field = hilly ();
  guint32 state = 9;
  int hits = 0;

  for (int i = 0; i < N_RAYS; i++)
    {
      const Vec3 from = any_point (&state, 7.9f), to = any_point (&state, 7);
      const Vec3 o = vec3 (from.x, from.y, 1.3f + 2 * chance (&state));
      const Vec3 d = vec3_unit (vec3_sub (vec3 (to.x, to.y, 0.1f * to.z), o));
      float expected = INFINITY, t = INFINITY;

      for (float at = 0; at < 40 && expected == INFINITY; at += 0.01f)
        {
          const Vec3 p = vec3_along (o, at, d);

          if (fabsf (p.x) < 8 && fabsf (p.y) < 8 &&
              p.z < quarry_demo_field_height (field, p.x, p.y) - 0.004f)
            expected = at;
        }
      if (quarry_demo_field_hit (field, o, d, 100, &t))
        {
          const Vec3 p = vec3_along (o, t, d);

          hits++;
          g_assert_cmpfloat_with_epsilon (
              (double) (p.z - quarry_demo_field_height (field, p.x, p.y)), 0, 3e-3);
        }
      if (expected < INFINITY)
        g_assert_cmpfloat (t, <=, expected + 1e-3f);      /* never through a hill */
    }
  g_assert_cmpint (hits, >, N_RAYS / 2);
  quarry_demo_field_free (field);
}

static void
test_field_limit (void)
{
  QuarryDemoField *field = hilly ();
  float t;

  g_assert_true (quarry_demo_field_hit (field, vec3 (0.1f, 0.1f, 5), vec3 (0, 0, -1), 100, &t));
  g_assert_cmpfloat_with_epsilon (
      (double) t, (double) (5 - quarry_demo_field_height (field, 0.1f, 0.1f)), 1e-3);
  g_assert_false (quarry_demo_field_hit (field, vec3 (0.1f, 0.1f, 5), vec3 (0, 0, -1), 3, &t));
  g_assert_false (quarry_demo_field_hit (field, vec3 (0.1f, 0.1f, 5), vec3 (0, 0, 1), 100, &t));
  g_assert_false (quarry_demo_field_hit (field, vec3 (20, 0, 5), vec3 (0, 0, -1), 100, &t));
  quarry_demo_field_free (field);
}

static void
test_noise (void)
{
  double sum = 0, square = 0;

  for (guint32 i = 0; i < 20000; i++)
    {
      const double g = (double) demo_gauss (demo_hash (i));

      sum += g;
      square += g * g;
    }
  g_assert_cmpfloat_with_epsilon (sum / 20000, 0, 0.03);
  g_assert_cmpfloat_with_epsilon (square / 20000, 1, 0.05);
  for (float x = -3; x < 3; x += 0.37f)
    {
      g_assert_cmpfloat (fabsf (demo_noise (x, 1.5f * x, 3)), <=, 1);
      g_assert_cmpfloat_with_epsilon ((double) demo_noise (x, 0.2f, 3),
                                      (double) demo_noise (x + 1e-4f, 0.2f, 3), 1e-3);
      g_assert_cmpfloat_with_epsilon ((double) demo_noise_tiled (x, 0.2f, 8, 3),
                                      (double) demo_noise_tiled (x + 8, 0.2f, 8, 3), 1e-4);
    }
}

static void
test_frames (void)
{
  guint32 state = 4;
  const QuarryPose pose = { { 1, -2, 3 }, { 0.5, 0.5, -0.5, 0.5 } };
  const Frame3 a = frame3_from_pose (&pose), b = frame3_rise (0.3f, -1, 2, 0.7f),
               c = frame3_multiply (&a, &b);
  const QuarryPose back = frame3_to_pose (&a);

  for (int i = 0; i < 20; i++)
    {
      const Vec3 p = any_point (&state, 3), q = frame3_apply (&a, frame3_apply (&b, p));

      g_assert_cmpfloat (vec3_length (vec3_sub (frame3_apply (&c, p), q)), <, 1e-5f);
      g_assert_cmpfloat (vec3_length (vec3_sub (frame3_unapply (&c, q), p)), <, 1e-5f);
    }
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (back.q[i], pose.q[i], 1e-6);
  g_assert_cmpfloat (frame3_rise (0, 0, 0, 0.3f).x.z, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo/solids-are-hit-where-they-are", test_solids);
  g_test_add_func ("/demo/nothing-lies-beyond-the-support", test_support);
  g_test_add_func ("/demo/no-ray-passes-through-a-hill", test_field);
  g_test_add_func ("/demo/field-hits-end-at-the-limit", test_field_limit);
  g_test_add_func ("/demo/noise-is-smooth-and-even", test_noise);
  g_test_add_func ("/demo/frames-chain-and-invert", test_frames);
  return g_test_run ();
}
