/* test-health.c: numbers of pictures, clouds and stamps whose right answer is known
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-health.h"
#include "quarry-test.h"

#include <math.h>
#include <string.h>

/* --- pictures --- */

typedef guint8 (*LevelFunc) (int x, int y, int width, int height);

static guint8
grey (int x, int y, int width, int height)
{
  return 128;
}

static guint8
black (int x, int y, int width, int height)
{
  return 0;
}

static guint8
white (int x, int y, int width, int height)
{
  return 255;
}

static guint8
half (int x, int y, int width, int height)
{
  return x < width / 2 ? 0 : 255;
}

/* Every level as often as any other; changes slowly */
static guint8
ramp (int x, int y, int width, int height)
{
  return (guint8) (x * 256 / width);
}

/* Blocks of random levels; a block is a part of the width, so that all sizes show the same scene */
static guint8
scene_of (int x, int y, int width, guint seed)
{
  const int block = MAX (width / 128, 1);
  guint32 state = (guint32) (x / block) * 73856093u ^ (guint32) (y / block) * 19349663u ^ seed * 83492791u;

  state ^= state >> 13;
  state *= 0x5bd1e995u;
  state ^= state >> 15;
  return (guint8) (40 + state % 176);
}

static guint8
scene (int x, int y, int width, int height)
{
  return scene_of (x, y, width, 1);
}

static guint8
other_scene (int x, int y, int width, int height)
{
  return scene_of (x, y, width, 2);
}

/* Mud over the left half, a scene at the right */
static guint8
half_blocked (int x, int y, int width, int height)
{
  return x < width / 2 ? 45 : scene_of (x, y, width, 1);
}

static guint8
other_half_blocked (int x, int y, int width, int height)
{
  return x < width / 2 ? 46 : scene_of (x, y, width, 2);
}

/* A clear bright sky over a scene */
static guint8
sky (int x, int y, int width, int height)
{
  return y < height / 2 ? 220 : scene_of (x, y, width, 1);
}

static QuarryImage *
make_image (int width, int height, LevelFunc level)
{
  QuarryImage *image = quarry_image_new (width, height);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      memset (image->rgb + (gsize) y * image->stride + 3 * x, level (x, y, width, height), 3);
  return image;
}

/* A box of 2 × @radius + 1 pixels, once along each axis */
static QuarryImage *
blur_image (const QuarryImage *image, int radius)
{
  QuarryImage *middle = quarry_image_new (image->width, image->height), *out = quarry_image_new (image->width, image->height);

  for (int pass = 0; pass < 2; pass++)
    for (int y = 0; y < image->height; y++)
      for (int x = 0; x < image->width; x++)
        {
          const QuarryImage *from = pass == 0 ? image : middle;
          guint sum = 0;

          for (int k = -radius; k <= radius; k++)
            {
              const int at_x = CLAMP (x + (pass == 0 ? k : 0), 0, image->width - 1);
              const int at_y = CLAMP (y + (pass == 1 ? k : 0), 0, image->height - 1);

              sum += from->rgb[(gsize) at_y * from->stride + 3 * at_x];
            }
          memset ((pass == 0 ? middle : out)->rgb + (gsize) y * image->stride + 3 * x, (int) (sum / (2 * radius + 1)), 3);
        }
  quarry_image_free (middle);
  return out;
}

static QuarryHealth
measure_image (const QuarryImage *image)
{
  g_autoptr(QuarryLuma) luma = quarry_luma_new (image);
  QuarryHealth health = { 0 };

  quarry_health_image (luma, NULL, 0, &health);
  return health;
}

static QuarryHealth
measure_made (LevelFunc level)
{
  g_autoptr(QuarryImage) image = make_image (640, 360, level);

  return measure_image (image);
}

static void
assert_near (double value, double expected, double tolerance)
{
  if (!(fabs (value - expected) <= tolerance))
    g_error ("%g is not within %g of %g", value, tolerance, expected);
}

static void
test_levels (void)
{
  static const struct { LevelFunc level; double brightness, under, over, entropy; } cases[] = {
    { black, 0, 100, 0, 0 },
    { white, 100, 0, 100, 0 },
    { grey, 100 * 128.0 / 255, 0, 0, 0 },
    { half, 50, 50, 50, 1 },
    { ramp, 50, 100 * 6.0 / 256, 100 * 6.0 / 256, 8 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const QuarryHealth health = measure_made (cases[i].level);

      assert_near (health.values[QUARRY_MEASURE_BRIGHTNESS], cases[i].brightness, 0.1);
      assert_near (health.values[QUARRY_MEASURE_UNDEREXPOSED], cases[i].under, 0.2);
      assert_near (health.values[QUARRY_MEASURE_OVEREXPOSED], cases[i].over, 0.2);
      assert_near (health.values[QUARRY_MEASURE_ENTROPY], cases[i].entropy, 0.05);
    }
}

static void
test_luma_is_bt601 (void)
{
  g_autoptr(QuarryImage) image = quarry_image_new (30, 30);
  g_autoptr(QuarryLuma) luma = NULL;

  for (int i = 0; i < 900; i++)
    memcpy (image->rgb + 3 * i, "\xc8\x64\x32", 3);     /* 200 100 50 */
  luma = quarry_luma_new (image);
  assert_near (luma->pixels[0], 0.299 * 200 + 0.587 * 100 + 0.114 * 50, 1);
  g_assert_cmpint (luma->width, ==, 30);                /* never made larger */
}

/* One white pixel on black: its Laplacian is −4, its four neighbours' 1, in 255ths */
static void
test_sharpness_is_the_variance_of_the_laplacian (void)
{
  g_autoptr(QuarryImage) image = make_image (22, 12, black);
  const double n = 20 * 10, mean = 0;
  double expected = 255.0 * 255 * (16 + 4) / n - mean;

  memset (image->rgb + 5 * image->stride + 3 * 7, 255, 3);
  assert_near (measure_image (image).values[QUARRY_MEASURE_SHARPNESS], expected, 1e-6);
  assert_near (measure_made (grey).values[QUARRY_MEASURE_SHARPNESS], 0, 1e-9);
}

static void
test_blurrier_is_more_blur_and_less_sharp (void)
{
  g_autoptr(QuarryImage) image = make_image (640, 360, scene);
  QuarryHealth last = measure_image (image);

  g_assert_cmpfloat (last.values[QUARRY_MEASURE_BLUR], <, 0.3);
  for (int radius = 1; radius <= 4; radius++)
    {
      g_autoptr(QuarryImage) blurred = blur_image (image, radius);
      const QuarryHealth health = measure_image (blurred);

      g_test_message ("radius %d: blur %.3f, sharpness %.1f", radius, health.values[QUARRY_MEASURE_BLUR],
                      health.values[QUARRY_MEASURE_SHARPNESS]);
      g_assert_cmpfloat (health.values[QUARRY_MEASURE_BLUR], >, last.values[QUARRY_MEASURE_BLUR]);
      g_assert_cmpfloat (health.values[QUARRY_MEASURE_SHARPNESS], <, last.values[QUARRY_MEASURE_SHARPNESS]);
      last = health;
    }
  g_assert_cmpfloat (last.values[QUARRY_MEASURE_BLUR], >, 0.5);
}

/* A step is lost but for a ninth by a box of nine: 1 of 9 differences is left beside each of the others that appear */
static void
test_blur_of_a_step_is_known (void)
{
  const QuarryHealth step = measure_made (half), none = measure_made (grey);

  /* along x: the only difference is 255, its blurred one 255 / 9, so 8/9 is lost; along y there is none at all */
  g_autoptr(QuarryImage) image = make_image (640, 360, half);
  g_autoptr(QuarryLuma) luma = quarry_luma_new (image);

  g_assert_cmpint (luma->width, ==, 640);
  assert_near (step.values[QUARRY_MEASURE_BLUR], 1, 1e-9);     /* the worse direction counts */
  assert_near (none.values[QUARRY_MEASURE_BLUR], 1, 1e-9);
  for (int y = 0; y < 180; y++)                                /* a checker of two by two: both directions have the step */
    for (int x = 0; x < 640; x++)
      memset (image->rgb + (gsize) y * image->stride + 3 * x, x < 320 ? 255 : 0, 3);
  assert_near (measure_image (image).values[QUARRY_MEASURE_BLUR], 1.0 / 9, 1e-9);
}

/* The same scene by a better camera: numbers stay */
static void
test_numbers_do_not_depend_on_the_resolution (void)
{
  const QuarryHealth small = measure_made (scene);

  for (int factor = 2; factor <= 4; factor++)
    {
      g_autoptr(QuarryImage) image = make_image (640 * factor, 360 * factor, scene);
      const QuarryHealth health = measure_image (image);

      assert_near (health.values[QUARRY_MEASURE_BRIGHTNESS], small.values[QUARRY_MEASURE_BRIGHTNESS], 1.5);
      assert_near (health.values[QUARRY_MEASURE_BLUR], small.values[QUARRY_MEASURE_BLUR], 0.08);
      assert_near (health.values[QUARRY_MEASURE_SHARPNESS] / small.values[QUARRY_MEASURE_SHARPNESS], 1, 0.35);
    }
}

static QuarryHealth
measure_after (LevelFunc now, LevelFunc before, int before_width)
{
  g_autoptr(QuarryImage) image = make_image (640, 360, now);
  g_autoptr(QuarryImage) past = make_image (before_width, before_width * 9 / 16, before);
  g_autoptr(QuarryLuma) luma = quarry_luma_new (image);
  g_autoptr(QuarryLuma) past_luma = quarry_luma_new (past);
  const QuarryLuma *befores[] = { past_luma };
  QuarryHealth health = { 0 };

  quarry_health_image (luma, befores, 1, &health);
  return health;
}

static void
test_stuck (void)
{
  g_assert_cmpfloat (measure_after (scene, scene, 640).values[QUARRY_MEASURE_STUCK], ==, 1);
  g_assert_cmpfloat (measure_after (scene, other_scene, 640).values[QUARRY_MEASURE_STUCK], ==, 0);
  g_assert_cmpfloat (measure_after (grey, grey, 320).values[QUARRY_MEASURE_STUCK], ==, 0);
  g_assert_cmpfloat (measure_made (scene).values[QUARRY_MEASURE_STUCK], ==, 0);      /* nothing before it */
}

static void
test_blocked (void)
{
  static const struct { LevelFunc now, before; double expected; } cases[] = {
    { half_blocked, other_half_blocked, 50 },
    { black, black, 100 },              /* a cap on the lens */
    { grey, grey, 100 },                /* mud all over */
    { scene, scene, 0 },                /* parked, but there is detail */
    { scene, other_scene, 0 },
    { sky, sky, 0 },                    /* bright and even, yet no dirt */
    { grey, black, 0 },                 /* even, but it changed */
    { white, white, 0 },                /* glare is not dirt */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_near (measure_after (cases[i].now, cases[i].before, 640).values[QUARRY_MEASURE_BLOCKED], cases[i].expected, 2);
  g_assert_false (quarry_health_has (&(QuarryHealth) { 0 }, QUARRY_MEASURE_BLOCKED));
}

static void
test_blocked_needs_one_before_of_the_same_size (void)
{
  const QuarryHealth alone = measure_made (grey), other = measure_after (grey, grey, 320);

  g_assert_false (quarry_health_has (&alone, QUARRY_MEASURE_BLOCKED));
  g_assert_false (quarry_health_has (&other, QUARRY_MEASURE_BLOCKED));
}

static void
test_tiny_pictures_are_measured_as_far_as_they_go (void)
{
  for (int side = 1; side < 24; side++)
    {
      g_autoptr(QuarryImage) image = make_image (side, side, scene);
      const QuarryHealth health = measure_image (image);

      g_assert_true (quarry_health_has (&health, QUARRY_MEASURE_BRIGHTNESS));
      g_assert_true (quarry_health_has (&health, QUARRY_MEASURE_SHARPNESS) == (side >= 3));
      g_assert_true (quarry_health_has (&health, QUARRY_MEASURE_BLUR) == (side >= 18));
      for (guint id = 0; id < QUARRY_N_MEASURES; id++)
        g_assert_true (!quarry_health_has (&health, id) || isfinite (health.values[id]));
    }
}

static void
test_decoding_keeps_enough (void)
{
  g_assert_cmpint (quarry_luma_at_least (1920, 1080), ==, 360);
  g_assert_cmpint (quarry_luma_at_least (1080, 1920), ==, 360);
  g_assert_cmpint (quarry_luma_at_least (1242, 375), ==, 194);
  g_assert_cmpint (quarry_luma_at_least (320, 200), ==, 200);      /* small: all of it */
  g_assert_cmpint (quarry_luma_at_least (0, 0), ==, QUARRY_HEALTH_SIDE);
}

/* --- clouds --- */

#define COLUMNS 1800
#define RANGE   20.0

/* 16 rings of 1800 returns at 20 m */
static QuarryCloud *
make_sweep (void)
{
  QuarryCloud *cloud = quarry_cloud_new (16 * COLUMNS, FALSE, FALSE, TRUE);

  for (guint ring = 0; ring < 16; ring++)
    for (guint column = 0; column < COLUMNS; column++)
      {
        const gsize i = ring * COLUMNS + column;
        const double azimuth = 2 * G_PI * (column + 0.5) / COLUMNS, elevation = (ring - 7.5) * 0.03;

        cloud->xyz[3 * i] = (float) (RANGE * cos (elevation) * cos (azimuth));
        cloud->xyz[3 * i + 1] = (float) (RANGE * cos (elevation) * sin (azimuth));
        cloud->xyz[3 * i + 2] = (float) (RANGE * sin (elevation));
        cloud->ring[i] = (guint16) ring;
      }
  return cloud;
}

static QuarryHealth
measure_cloud (const QuarryCloud *cloud)
{
  QuarryHealth health = { 0 };

  quarry_health_cloud (cloud, quarry_health_hash_cloud (cloud), 0, &health);
  return health;
}

static void
drop (QuarryCloud *cloud, gsize i, gboolean as_zero)
{
  for (int k = 0; k < 3; k++)
    cloud->xyz[3 * i + k] = as_zero ? 0 : (float) NAN;
}

static void
test_whole_sweep (void)
{
  g_autoptr(QuarryCloud) cloud = make_sweep ();
  const QuarryHealth health = measure_cloud (cloud);

  g_assert_cmpfloat (health.values[QUARRY_MEASURE_POINTS], ==, 16 * COLUMNS);
  g_assert_cmpfloat (health.values[QUARRY_MEASURE_RINGS], ==, 16);
  g_assert_cmpfloat (health.values[QUARRY_MEASURE_RINGMIN], ==, COLUMNS);
  g_assert_cmpfloat (health.values[QUARRY_MEASURE_RING], ==, 100);
  g_assert_cmpfloat (health.values[QUARRY_MEASURE_NEAR], ==, 0);
  g_assert_cmpfloat (health.values[QUARRY_MEASURE_EMPTY], ==, 0);
  g_assert_cmpfloat (health.values[QUARRY_MEASURE_SECTOR], <=, 0.25);
  assert_near (health.values[QUARRY_MEASURE_RANGE10], RANGE, 0.011);
  assert_near (health.values[QUARRY_MEASURE_RANGE50], RANGE, 0.011);
  assert_near (health.values[QUARRY_MEASURE_RANGE90], RANGE, 0.011);
  g_assert_cmpfloat (health.values[QUARRY_MEASURE_STUCK], ==, 0);
}

static void
test_missing_ring (void)
{
  g_autoptr(QuarryCloud) cloud = make_sweep ();
  QuarryHealth health;

  for (guint column = 0; column < COLUMNS; column++)
    drop (cloud, 5 * COLUMNS + column, column % 2 == 0);
  health = measure_cloud (cloud);
  g_assert_cmpfloat (health.values[QUARRY_MEASURE_POINTS], ==, 15 * COLUMNS);
  g_assert_cmpfloat (health.values[QUARRY_MEASURE_RINGS], ==, 15);
  g_assert_cmpfloat (health.values[QUARRY_MEASURE_RINGMIN], ==, 0);
  g_assert_cmpfloat (health.values[QUARRY_MEASURE_RING], ==, 0);
}

/* Half of one ring; the rings above it look at the sky and have next to nothing, which is no fault */
static void
test_weak_ring_is_told_from_the_sky (void)
{
  g_autoptr(QuarryCloud) cloud = make_sweep ();
  QuarryHealth health;

  for (guint ring = 11; ring < 16; ring++)
    for (guint column = 3; column < COLUMNS; column++)
      drop (cloud, ring * COLUMNS + column, FALSE);
  health = measure_cloud (cloud);
  assert_near (health.values[QUARRY_MEASURE_RING], 100.0 * 3 / ((COLUMNS + 3) / 2.0), 0.01);
  for (guint column = 0; column < COLUMNS; column += 2)
    drop (cloud, 5 * COLUMNS + column, FALSE);
  health = measure_cloud (cloud);
  g_assert_cmpfloat (health.values[QUARRY_MEASURE_RINGS], ==, 11);
  g_assert_cmpfloat (health.values[QUARRY_MEASURE_RINGMIN], ==, 3);
}

static void
test_rings_that_are_counted_from_one (void)
{
  g_autoptr(QuarryCloud) cloud = make_sweep ();

  for (gsize i = 0; i < cloud->n; i++)
    cloud->ring[i]++;
  g_assert_cmpfloat (measure_cloud (cloud).values[QUARRY_MEASURE_RINGMIN], ==, COLUMNS);
  g_assert_cmpfloat (measure_cloud (cloud).values[QUARRY_MEASURE_RINGS], ==, 16);
}

/* 30° that lie across the cut of atan2 at 180° */
static void
test_missing_sector (void)
{
  for (int from = 0; from < 360; from += 55)
    {
      g_autoptr(QuarryCloud) cloud = make_sweep ();
      QuarryHealth health;

      for (gsize i = 0; i < cloud->n; i++)
        {
          const double degrees = (i % COLUMNS + 0.5) * 360 / COLUMNS;

          if (fmod (degrees - from + 360, 360) < 30)
            drop (cloud, i, FALSE);
        }
      health = measure_cloud (cloud);
      assert_near (health.values[QUARRY_MEASURE_SECTOR], 30, 0.3);
      assert_near (health.values[QUARRY_MEASURE_EMPTY], 100.0 * 30 / 360, 0.3);
    }
}

/* Every fourth return comes back from dust within 2 m */
static void
test_dust_is_near (void)
{
  g_autoptr(QuarryCloud) cloud = make_sweep ();
  QuarryHealth health;

  for (gsize i = 0; i < cloud->n; i += 4)
    for (int k = 0; k < 3; k++)
      cloud->xyz[3 * i + k] *= 0.1f;
  health = measure_cloud (cloud);
  assert_near (health.values[QUARRY_MEASURE_NEAR], 25, 1e-9);
  assert_near (health.values[QUARRY_MEASURE_RANGE10], 2, 0.011);
  assert_near (health.values[QUARRY_MEASURE_RANGE50], RANGE, 0.011);
}

static void
test_ranges_are_percentiles (void)
{
  g_autoptr(QuarryCloud) cloud = quarry_cloud_new (1000, FALSE, FALSE, FALSE);
  QuarryHealth health;

  for (gsize i = 0; i < 1000; i++)
    {
      cloud->xyz[3 * i] = 0;
      cloud->xyz[3 * i + 1] = (float) (1 + 0.1 * (double) i);
      cloud->xyz[3 * i + 2] = 0;
    }
  health = measure_cloud (cloud);
  assert_near (health.values[QUARRY_MEASURE_RANGE10], 11, 0.11);
  assert_near (health.values[QUARRY_MEASURE_RANGE50], 51, 0.11);
  assert_near (health.values[QUARRY_MEASURE_RANGE90], 91, 0.11);
  g_assert_false (quarry_health_has (&health, QUARRY_MEASURE_RINGS));      /* the file tells none */
  assert_near (health.values[QUARRY_MEASURE_SECTOR], 360, 0.26);           /* all in one direction */
}

static void
test_cloud_without_returns (void)
{
  g_autoptr(QuarryCloud) none = quarry_cloud_new (0, FALSE, FALSE, TRUE);
  g_autoptr(QuarryCloud) lost = quarry_cloud_new (10, FALSE, FALSE, TRUE);
  QuarryHealth health = { 0 };

  memset (lost->xyz, 0, 10 * 3 * sizeof (float));
  for (int round = 0; round < 2; round++)
    {
      health = measure_cloud (round == 0 ? none : lost);
      g_assert_cmpfloat (health.values[QUARRY_MEASURE_POINTS], ==, 0);
      g_assert_cmpfloat (health.values[QUARRY_MEASURE_SECTOR], ==, 360);
      g_assert_cmpfloat (health.values[QUARRY_MEASURE_EMPTY], ==, 100);
      g_assert_false (quarry_health_has (&health, QUARRY_MEASURE_RANGE50));
      g_assert_false (quarry_health_has (&health, QUARRY_MEASURE_NEAR));
    }
}

static void
test_points_out_of_this_world (void)
{
  g_autoptr(QuarryCloud) cloud = quarry_cloud_new (4, FALSE, FALSE, FALSE);
  const float values[12] = { 1e30f, 1e30f, 0, INFINITY, 0, 0, -1e-30f, 0, 0, 3e38f, 3e38f, 3e38f };
  QuarryHealth health;

  memcpy (cloud->xyz, values, sizeof values);
  health = measure_cloud (cloud);
  g_assert_cmpfloat (health.values[QUARRY_MEASURE_POINTS], <=, 3);
  for (guint id = 0; id < QUARRY_N_MEASURES; id++)
    g_assert_true (!quarry_health_has (&health, id) || isfinite (health.values[id]));
}

static void
test_stuck_cloud (void)
{
  g_autoptr(QuarryCloud) cloud = make_sweep ();
  const guint64 hash = quarry_health_hash_cloud (cloud);
  QuarryHealth health = { 0 };

  quarry_health_cloud (cloud, hash, hash, &health);
  g_assert_cmpfloat (health.values[QUARRY_MEASURE_STUCK], ==, 1);
  cloud->xyz[7] += 0.01f;
  quarry_health_cloud (cloud, quarry_health_hash_cloud (cloud), hash, &health);
  g_assert_cmpfloat (health.values[QUARRY_MEASURE_STUCK], ==, 0);
}

/* --- time --- */

#define MS G_GINT64_CONSTANT (1000000)

static void
test_time (void)
{
  static const struct { gint64 stamp, before, frame, period; double gap, periods, jump, sync; } cases[] = {
    { 1000 * MS, 900 * MS, 1000 * MS, 100 * MS, 100, 1, 0, 0 },
    { 1000 * MS, 850 * MS, 980 * MS, 100 * MS, 150, 1.5, 0, 20 },
    { 1000 * MS, 900 * MS, 1025 * MS, 100 * MS, 100, 1, 0, -25 },
    { 900 * MS, 1000 * MS, 900 * MS, 100 * MS, -100, -1, 1, 0 },               /* backwards */
    { 900 * MS, 900 * MS, 900 * MS, 100 * MS, 0, 0, 1, 0 },                    /* the same again */
    { 5000 * MS, 1000 * MS, 5000 * MS, 100 * MS, 4000, 40, 1, 0 },             /* four seconds are lost */
    { 1500 * MS, 1000 * MS, 1500 * MS, 10 * MS, 500, 50, 0, 0 },               /* many periods, but half a second */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      QuarryHealth health = { 0 };

      quarry_health_time (cases[i].stamp, cases[i].before, cases[i].frame, cases[i].period, &health);
      assert_near (health.values[QUARRY_MEASURE_GAP], cases[i].gap, 1e-9);
      assert_near (health.values[QUARRY_MEASURE_PERIODS], cases[i].periods, 1e-9);
      assert_near (health.values[QUARRY_MEASURE_JUMP], cases[i].jump, 0);
      assert_near (health.values[QUARRY_MEASURE_SYNC], cases[i].sync, 1e-9);
    }
}

static void
test_time_that_is_unknown_tells_nothing (void)
{
  QuarryHealth health = { 0 };

  quarry_health_time (QUARRY_NO_TIME, 5, 5, 1, &health);
  g_assert_cmpuint (health.has, ==, 0);
  quarry_health_time (5 * MS, QUARRY_NO_TIME, QUARRY_NO_TIME, 0, &health);
  g_assert_cmpuint (health.has, ==, 0);
  quarry_health_time (G_MAXINT64, G_MININT64 + 1, 0, 1, &health);              /* what a broken clock says */
  g_assert_true (isfinite (health.values[QUARRY_MEASURE_GAP]));
  g_assert_cmpfloat (health.values[QUARRY_MEASURE_JUMP], ==, 1);
}

static void
test_period_is_the_median_gap (void)
{
  const gint64 stamps[] = { 0, 100 * MS, 200 * MS, 900 * MS, 1000 * MS, QUARRY_NO_TIME, 1200 * MS, 1100 * MS, 1200 * MS };

  g_assert_cmpint (quarry_health_find_period (stamps, G_N_ELEMENTS (stamps)), ==, 100 * MS);
  g_assert_cmpint (quarry_health_find_period (stamps, 1), ==, 0);
  g_assert_cmpint (quarry_health_find_period (stamps, 0), ==, 0);
  g_assert_cmpint (quarry_health_find_period ((gint64[]) { 5, 4, 3 }, 3), ==, 0);
}

/* --- what is normal --- */

static GArray *
make_values (guint n, double middle, double spread, double last)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < n; i++)
    {
      const double value = i == n - 1 ? last : middle + spread * ((int) (i * 7 % 5) - 2);

      g_array_append_val (values, value);
    }
  return values;
}

static void
test_normal_range_is_not_spoilt_by_what_is_odd (void)
{
  g_autoptr(GArray) values = make_values (40, 100, 1, 1e6);
  QuarryNormal normal;

  for (guint i = 0; i < 15; i++)
    g_array_index (values, double, i) = 5000;      /* less than half may be wrong */
  g_assert_true (quarry_health_find_normal (QUARRY_MEASURE_RANGE50, values, &normal));
  g_assert_cmpfloat (normal.high, <, 5000);
  g_assert_cmpfloat (normal.low, <, 98);
  g_assert_cmpfloat (normal.most, ==, 1e6);
  g_assert_cmpint (normal.n, ==, 40);
}

static void
test_normal_range_by_hand (void)
{
  const double numbers[] = { 10, 11, 12, 13, 14, 15, 16, 17, 18 };      /* median 14, deviations 0 1 1 2 2 3 3 4 4: MAD 2 */
  g_autoptr(GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  QuarryNormal normal;

  g_array_append_vals (values, numbers, G_N_ELEMENTS (numbers));
  g_assert_true (quarry_health_find_normal (QUARRY_MEASURE_SYNC, values, &normal));
  assert_near (normal.median, 14, 0);
  assert_near (normal.high, 14 + 4 * 1.4826 * 2, 1e-9);
  assert_near (normal.low, 14 - 4 * 1.4826 * 2, 1e-9);
}

static void
test_normal_range_has_a_floor_and_a_side (void)
{
  g_autoptr(GArray) same = make_values (20, 50, 0, 50), few = make_values (7, 50, 0, 90);
  QuarryNormal normal;

  quarry_health_find_normal (QUARRY_MEASURE_BLOCKED, same, &normal);      /* worth telling from 6 % on, and only above */
  assert_near (normal.high, 56, 1e-9);
  g_assert_cmpfloat (normal.low, ==, -G_MAXDOUBLE);
  quarry_health_find_normal (QUARRY_MEASURE_SHARPNESS, same, &normal);    /* 0.3 of the median, and only below */
  assert_near (normal.low, 35, 1e-9);
  g_assert_cmpfloat (normal.high, ==, G_MAXDOUBLE);
  quarry_health_find_normal (QUARRY_MEASURE_PERIODS, same, &normal);      /* never: the gap says it */
  g_assert_cmpfloat (normal.high, ==, G_MAXDOUBLE);
  quarry_health_find_normal (QUARRY_MEASURE_BLOCKED, few, &normal);       /* seven say nothing */
  g_assert_cmpfloat (normal.high, ==, G_MAXDOUBLE);
  quarry_health_find_normal (QUARRY_MEASURE_STUCK, few, &normal);         /* a flag needs no others */
  g_assert_cmpfloat (normal.high, ==, 0.5);
  g_array_set_size (few, 0);
  g_assert_false (quarry_health_find_normal (QUARRY_MEASURE_BLUR, few, &normal));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/health/image/levels", test_levels);
  g_test_add_func ("/health/image/luma-is-bt601", test_luma_is_bt601);
  g_test_add_func ("/health/image/sharpness-is-the-variance-of-the-laplacian", test_sharpness_is_the_variance_of_the_laplacian);
  g_test_add_func ("/health/image/blurrier-is-more-blur-and-less-sharp", test_blurrier_is_more_blur_and_less_sharp);
  g_test_add_func ("/health/image/blur-of-a-step-is-known", test_blur_of_a_step_is_known);
  g_test_add_func ("/health/image/numbers-do-not-depend-on-the-resolution", test_numbers_do_not_depend_on_the_resolution);
  g_test_add_func ("/health/image/stuck", test_stuck);
  g_test_add_func ("/health/image/blocked", test_blocked);
  g_test_add_func ("/health/image/blocked-needs-one-before-of-the-same-size", test_blocked_needs_one_before_of_the_same_size);
  g_test_add_func ("/health/image/tiny-pictures-are-measured-as-far-as-they-go", test_tiny_pictures_are_measured_as_far_as_they_go);
  g_test_add_func ("/health/image/decoding-keeps-enough", test_decoding_keeps_enough);
  g_test_add_func ("/health/cloud/whole-sweep", test_whole_sweep);
  g_test_add_func ("/health/cloud/missing-ring", test_missing_ring);
  g_test_add_func ("/health/cloud/weak-ring-is-told-from-the-sky", test_weak_ring_is_told_from_the_sky);
  g_test_add_func ("/health/cloud/rings-that-are-counted-from-one", test_rings_that_are_counted_from_one);
  g_test_add_func ("/health/cloud/missing-sector", test_missing_sector);
  g_test_add_func ("/health/cloud/dust-is-near", test_dust_is_near);
  g_test_add_func ("/health/cloud/ranges-are-percentiles", test_ranges_are_percentiles);
  g_test_add_func ("/health/cloud/without-returns", test_cloud_without_returns);
  g_test_add_func ("/health/cloud/points-out-of-this-world", test_points_out_of_this_world);
  g_test_add_func ("/health/cloud/stuck", test_stuck_cloud);
  g_test_add_func ("/health/time/gap-jump-sync", test_time);
  g_test_add_func ("/health/time/unknown-tells-nothing", test_time_that_is_unknown_tells_nothing);
  g_test_add_func ("/health/time/period-is-the-median-gap", test_period_is_the_median_gap);
  g_test_add_func ("/health/normal/is-not-spoilt-by-what-is-odd", test_normal_range_is_not_spoilt_by_what_is_odd);
  g_test_add_func ("/health/normal/by-hand", test_normal_range_by_hand);
  g_test_add_func ("/health/normal/has-a-floor-and-a-side", test_normal_range_has_a_floor_and_a_side);
  return g_test_run ();
}
