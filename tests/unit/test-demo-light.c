/* test-demo-light.c: ground, sky, sun and materials of the synthetic site
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo-light.h"
#include "quarry-demo-noise.h"
#include "quarry-test.h"

static gboolean
is_color (Vec3 c)
{
  return c.x >= 0 && c.y >= 0 && c.z >= 0 && c.x < 8 && c.y < 8 && c.z < 8; /* false for NaN too */
}

static Vec3
direction (float azimuth, float elevation)
{
  return vec3 (cosf (elevation) * cosf (azimuth), cosf (elevation) * sinf (azimuth),
               sinf (elevation));
}

/* Shadows through the grid are those of testing every part */
static void
test_shadows (gconstpointer data)
{
  g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (data, 14);
  const Vec3 sun = quarry_demo_sky_sun ();
  guint32 state = 3;
  guint dark = 0;

  for (int i = 0; i < 3000; i++)
    {
      const float x = 36 * demo_unit (state = demo_hash (state + 1)),
                  y = 30 * demo_unit (state = demo_hash (state + 1)) - 15;
      const Vec3 point = vec3 (x, y, 2.5f * demo_unit (state = demo_hash (state + 1)));
      gboolean expected = FALSE;

      for (guint k = 0; k < scene->parts->len && !expected; k++)
        {
          const QuarryDemoPart *part = &g_array_index (scene->parts, QuarryDemoPart, k);
          float t;
          int face;

          expected =
              quarry_demo_part_hit (part, frame3_unapply (&part->world_from_part, point),
                                    frame3_unrotate (&part->world_from_part, sun), 200, &t, &face);
        }
      g_assert_cmpint (quarry_demo_sun_blocked (scene, point), ==, expected);
      dark += expected;
    }
  g_assert_cmpuint (dark, >, 100);
  g_assert_false (quarry_demo_sun_blocked (scene, vec3 (500, 500, 0)));
}

static void
test_sky (gconstpointer data)
{
  const QuarryDemoSite *site = data;
  Vec3 high, low;

  for (float azimuth = -3.2f; azimuth < 3.3f; azimuth += 0.11f)
    for (float elevation = -1.5f; elevation < 1.57f; elevation += 0.07f)
      g_assert_true (is_color (quarry_demo_sky_color (site->sky, direction (azimuth, elevation))));
  /* closed around the back */
  for (float elevation = 0.2f; elevation < 1.2f; elevation += 0.1f)
    {
      const Vec3 a = quarry_demo_sky_color (site->sky, direction (-1e-4f, elevation));
      const Vec3 b = quarry_demo_sky_color (site->sky, direction (1e-4f, elevation));

      g_assert_cmpfloat (vec3_length (vec3_sub (a, b)), <, 0.02f);
    }
  high = low = vec3 (0, 0, 0);
  for (float azimuth = -3; azimuth < 3; azimuth += 0.05f)
    {
      high = vec3_add (high, quarry_demo_sky_color (site->sky, direction (azimuth, 0.9f)));
      low = vec3_add (low, quarry_demo_sky_color (site->sky, direction (azimuth, 0.004f)));
    }
  g_assert_cmpfloat (high.z / high.x, >, 1.2f);                         /* blue above */
  g_assert_cmpfloat (low.z / low.x, <, high.z / high.x); /* paler, or trees, at the horizon */
  g_assert_cmpfloat (low.y, <, high.y * 1.2f);
  g_assert_cmpfloat_with_epsilon ((double) vec3_length (quarry_demo_sky_sun ()), 1, 1e-6);
  g_assert_cmpfloat (quarry_demo_sky_sun ().z, >, 0.3f);
}

static void
test_ground_looks (gconstpointer data)
{
  const QuarryDemoSite *site = data;
  guint water = 0, n = 0;

  for (float x = -80; x < 140; x += 0.93f)
    for (float y = -110; y < 110; y += 0.93f)
      {
        const QuarryDemoSoil soil = quarry_demo_ground_look (site->ground, x, y, 0.03f);

        g_assert_true (is_color (soil.albedo) && soil.albedo.x < 0.8f);
        g_assert_true (soil.sun >= 0 && soil.sun <= 1.2f && soil.sky >= 0 && soil.sky <= 1.2f);
        g_assert_true (soil.water >= 0 && soil.water <= 1);
        g_assert_cmpfloat_with_epsilon ((double) vec3_length (soil.normal), 1, 1e-4);
        g_assert_cmpfloat (soil.normal.z, >, 0);
        water += soil.water > 0.5f;
        n++;
      }
  g_assert_cmpuint (water, >, 0);
  g_assert_cmpuint (water, <, n / 10);          /* puddles, not a lake */
}

/* From afar the texture is its own mean: no sparkling */
static void
test_ground_calms_with_distance (gconstpointer data)
{
  const QuarryDemoSite *site = data;
  double spread[2] = { 0, 0 };

  for (int far = 0; far < 2; far++)
    {
      double sum = 0, square = 0;
      int n = 0;

      for (float u = 0; u < 4; u += 0.043f)
        for (float v = 0; v < 4; v += 0.043f)
          {
            const double shade =
                (double) quarry_demo_ground_grain (site->ground, u, v, far != 0 ? 1.5f : 0.005f)
                    .shade;

            sum += shade;
            square += shade * shade;
            n++;
          }
      spread[far] = sqrt (MAX (square / n - sum / n * (sum / n), 0));
      g_assert_cmpfloat_with_epsilon (sum / n, 1, 0.25);
    }
  g_assert_cmpfloat (spread[0], >, 0.1);
  g_assert_cmpfloat (spread[1], <, spread[0] / 5);
}

/* The field meets the plane around it without a step, and rays meet both */
static void
test_ground_has_no_gap (gconstpointer data)
{
  const QuarryDemoSite *site = data;
  const QuarryDemoField *field = quarry_demo_ground_get_field (site->ground);
  const float size = field->cell * (float) field->n;

  for (int i = 0; i <= field->n; i++)
    {
      const float along = field->cell * (float) i;

      g_assert_cmpfloat (fabsf (quarry_demo_field_height (field, field->x0 + along, field->y0)), <,
                         0.02f);
      g_assert_cmpfloat (
          fabsf (quarry_demo_field_height (field, field->x0 + along, field->y0 + size)), <, 0.02f);
      g_assert_cmpfloat (fabsf (quarry_demo_field_height (field, field->x0, field->y0 + along)), <,
                         0.02f);
      g_assert_cmpfloat (
          fabsf (quarry_demo_field_height (field, field->x0 + size, field->y0 + along)), <, 0.02f);
    }
  for (float azimuth = -3.1f; azimuth < 3.1f; azimuth += 0.01f)
    for (float elevation = -1.5f; elevation < -0.012f; elevation += 0.05f)
      {
        float t;

        g_assert_true (quarry_demo_ground_hit (site->ground, vec3 (3, 1, 3.3f),
                                               direction (azimuth, elevation), 1e4f, &t));
        g_assert_cmpfloat (t, <, 345);
      }
}

static void
test_roads (void)
{
  const float length = quarry_demo_road_length ();
  Vec3 before = quarry_demo_road_at (0);

  g_assert_true (length > 150 && length < 300);
  for (float along = 0.5f; along < length; along += 0.5f)
    {
      const Vec3 here = quarry_demo_road_at (along);
      const float step = hypotf (here.x - before.x, here.y - before.y);

      g_assert_true (step > 0.2f && step < 0.9f);
      g_assert_cmpfloat (fabsf (remainderf (here.z - before.z, 2 * (float) G_PI)), <, 0.12f);
      before = here;
    }
  for (float along = -20; along < 20; along += 0.5f)
    {
      const Vec3 a = quarry_demo_way_at (along), b = quarry_demo_way_at (along + 0.01f);

      g_assert_cmpfloat_with_epsilon (hypot ((double) (b.x - a.x), (double) (b.y - a.y)), 0.01,
                                      1e-4);
      g_assert_cmpfloat_with_epsilon (atan2 ((double) (b.y - a.y), (double) (b.x - a.x)),
                                      (double) a.z, 5e-3);
    }
}

static void
test_marks (void)
{
  QuarryDemoMarks *marks = quarry_demo_marks_new (7);
  QuarryDemoGrain grain = { 1, 0, 0 };
  float pressed = 0;
  guint tracks = 0, n = 0;

  g_assert_false (quarry_demo_marks_look (marks, -40, 0, 0.01f, &grain, &pressed));
  g_assert_false (quarry_demo_marks_look (marks, 0, 90, 0.01f, &grain, &pressed));
  for (float x = -10; x < 50; x += 0.37f)
    for (float y = -30; y < 30; y += 0.37f)
      {
        g_assert_true (quarry_demo_marks_look (marks, x, y, 0.02f, &grain, &pressed));
        g_assert_true (pressed >= 0 && pressed <= 1 && grain.shade > 0.6f && grain.shade < 1.4f);
        g_assert_true (fabsf (grain.du) < 2.6f && fabsf (grain.dv) < 2.6f);
        tracks += pressed > 0.2f;
        n++;
      }
  g_assert_cmpuint (tracks, >, n / 100);
  g_assert_cmpuint (tracks, <, n / 2);
  quarry_demo_marks_free (marks);
}

static void
test_materials (gconstpointer data)
{
  const QuarryDemoSite *site = data;
  g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (site, 3);
  const QuarryPose camera = quarry_demo_scene_get_camera (scene, 0);
  const Vec3 o = frame3_from_pose (&camera).t;
  guint seen[QUARRY_DEMO_LEAVES + 1] = { 0 };

  for (float azimuth = -3.1f; azimuth < 3.1f; azimuth += 0.006f)
    for (float elevation = -0.4f; elevation < 0.1f; elevation += 0.012f)
      {
        const Vec3 d = direction (azimuth, elevation);
        QuarryDemoHit hit;

        quarry_demo_scene_cast (scene, o, d, 0, &hit);
        g_assert_true (is_color (quarry_demo_shade (scene, o, d, &hit, 0.001f)));
        if (hit.part >= QUARRY_DEMO_PARTS)
          seen[g_array_index (scene->parts, QuarryDemoPart, hit.part - QUARRY_DEMO_PARTS)
                   .material]++;
      }
  g_assert_cmpuint (seen[QUARRY_DEMO_PAINT], >, 100);
  g_assert_cmpuint (seen[QUARRY_DEMO_GRAVEL], >, 100);
  g_assert_cmpuint (seen[QUARRY_DEMO_CORRUGATED], >, 20);
  g_assert_cmpuint (seen[QUARRY_DEMO_RUBBER], >, 20);
}

static void
test_echoes (void)
{
  for (int material = 0; material <= QUARRY_DEMO_LEAVES; material++)
    for (float cosine = 0; cosine <= 1; cosine += 0.1f)
      for (float grey = 0; grey <= 1; grey += 0.25f)
        {
          const float echo = quarry_demo_material_echo ((QuarryDemoMaterial) material,
                                                        vec3 (grey, grey, grey), cosine);

          g_assert_true (echo >= 0 && echo <= 1);
        }
  /* reflective vests shine, tyres do not */
  g_assert_cmpfloat (quarry_demo_material_echo (QUARRY_DEMO_HIVIS, vec3 (0.6f, 0.9f, 0), 0.5f), >,
                     5 * quarry_demo_material_echo (QUARRY_DEMO_RUBBER, vec3 (0, 0, 0), 1));
}

/* A thing in the shadow is darker than the same thing in the sun */
static void
test_shadow_is_darker (gconstpointer data)
{
  const QuarryDemoSite *site = data;
  g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (site, 3);
  double light[2] = { 0, 0 };
  guint n[2] = { 0, 0 };

  for (float x = 2; x < 34; x += 0.31f)
    for (float y = -12; y < 16; y += 0.31f)
      {
        const Vec3 o = vec3 (x, y, 25), d = vec3 (0, 0, -1);
        QuarryDemoHit hit;
        Vec3 color;

        quarry_demo_scene_cast (scene, o, d, 0, &hit);
        if (hit.part != QUARRY_DEMO_GROUND)
          continue;
        color = quarry_demo_shade (scene, o, d, &hit, 0.01f);
        light[(hit.flags & QUARRY_DEMO_SHADOWED) != 0] += (double) color.y;
        n[(hit.flags & QUARRY_DEMO_SHADOWED) != 0]++;
      }
  g_assert_cmpuint (n[1], >, 100);
  g_assert_cmpfloat (light[1] / n[1], <, 0.5 * light[0] / n[0]);
}

int
main (int argc, char **argv)
{
  const QuarryDemoOptions options = { 40, 7, 320 };
  g_autoptr(QuarryDemoSite) site = NULL;

  g_test_init (&argc, &argv, NULL);
  site = quarry_demo_site_new (&options);
  g_test_add_data_func ("/demo/light/shadows-are-those-of-every-part", site, test_shadows);
  g_test_add_data_func ("/demo/light/sky-is-whole", site, test_sky);
  g_test_add_data_func ("/demo/light/ground-looks-like-ground", site, test_ground_looks);
  g_test_add_data_func ("/demo/light/ground-calms-with-distance", site,
                        test_ground_calms_with_distance);
  g_test_add_data_func ("/demo/light/ground-has-no-gap", site, test_ground_has_no_gap);
  g_test_add_func ("/demo/light/roads-are-smooth", test_roads);
  g_test_add_func ("/demo/light/tracks-are-on-the-map", test_marks);
  g_test_add_data_func ("/demo/light/every-material-has-a-colour", site, test_materials);
  g_test_add_func ("/demo/light/echoes-are-shares", test_echoes);
  g_test_add_data_func ("/demo/light/shadow-is-darker", site, test_shadow_is_darker);
  return g_test_run ();
}
