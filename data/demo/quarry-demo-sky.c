/* quarry-demo-sky.c: clouds, haze, hills and trees around the site
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * All of it is infinitely far: a panorama over azimuth and height, made once. The skyline of hills
 * and of trees is kept as height over azimuth, so that it stays sharp.
 */

#include "config.h"
#include "quarry-demo-light.h"
#include "quarry-demo-noise.h"

#define SKYLINE 8192
#define TOP     1.2f               /* radians of elevation at the panorama's upper edge */

struct _QuarryDemoSky
{
  guint32  seed;
  int      width, height;          /* of the panorama */
  Vec3    *panorama;
  float    hills[SKYLINE], ridge[SKYLINE], trees[SKYLINE];     /* radians above the horizon */
};

Vec3
quarry_demo_sky_sun (void)
{
  return vec3_unit (vec3 (-0.22f, 0.72f, 0.56f));
}

/* Blue that pales towards the horizon and the sun's side */
static Vec3
clear_sky (Vec3 d)
{
  const float up = MAX (d.z, 0);
  const float low = expf (-5.5f * up), sun = MAX (vec3_dot (d, quarry_demo_sky_sun ()), 0);
  Vec3 color = vec3_mix (vec3 (0.125f, 0.27f, 0.56f), vec3 (0.56f, 0.66f, 0.76f), low);

  color = vec3_mix (color, vec3 (0.24f, 0.42f, 0.70f), 0.55f * expf (-1.5f * up));
  return vec3_add (
      color, vec3_scale (vec3 (1.0f, 0.85f, 0.62f), 0.16f * powf (sun, 6) + 0.9f * powf (sun, 90)));
}

static float
cloud_cover (const QuarryDemoSky *self, float x, float y)
{
  const float warp = demo_fbm (x * 0.7f, y * 0.7f, 2, self->seed + 61);
  const float field =
      demo_fbm (1.5f * x + 0.8f * warp, 1.9f * y + 0.6f * warp, 6, self->seed + 60) + 0.35f * warp;

  return smoothf (0.02f, 0.46f, field);
}

static Vec3
clouded_sky (const QuarryDemoSky *self, Vec3 d)
{
  const float scale = 1.25f / (MAX (d.z, 0.0f) + 0.11f);
  const float x = d.x * scale, y = d.y * scale;
  const Vec3 sun = quarry_demo_sky_sun ();
  const float cover = cloud_cover (self, x, y),
              behind = cloud_cover (self, x + 0.14f * sun.x, y + 0.14f * sun.y);
  const float lit = clampf (0.62f + 0.75f * (cover - behind) + 0.25f * (1 - cover), 0, 1);
  const Vec3 cloud = vec3_mix (vec3 (0.50f, 0.54f, 0.61f), vec3 (0.98f, 0.95f, 0.90f), lit);

  return vec3_mix (clear_sky (d), cloud, 0.86f * cover * smoothf (-0.02f, 0.20f, d.z));
}

static Vec3
direction_of (float azimuth, float elevation)
{
  return vec3 (cosf (elevation) * cosf (azimuth), cosf (elevation) * sinf (azimuth),
               sinf (elevation));
}

static void
fill_skyline (QuarryDemoSky *self)
{
  for (int i = 0; i < SKYLINE; i++)
    {
      const float a = 2 * (float) G_PI * (float) i / SKYLINE;
      const float x = 30 * cosf (a),
                  y = 30 * sinf (a); /* a ring through the noise closes by itself */
      const float tall = 0.5f + 0.5f * demo_noise (x * 0.2f, y * 0.2f, self->seed + 64);

      self->hills[i] = 0.035f + 0.05f * demo_fbm (x * 0.12f, y * 0.12f, 4, self->seed + 62);
      self->ridge[i] = 0.022f + 0.035f * demo_fbm (x * 0.2f + 7, y * 0.2f, 5, self->seed + 63);
      self->trees[i] =
          0.008f +
          0.024f * tall * smoothf (-0.5f, 0.1f, demo_noise (x * 0.3f, y * 0.3f, self->seed + 67)) +
          0.012f * fabsf (demo_fbm (x * 9, y * 9, 4, self->seed + 65)) +
          0.014f * tall * demo_fbm (x * 2.4f, y * 2.4f, 3, self->seed + 66);
    }
}

QuarryDemoSky *
quarry_demo_sky_new (guint32 seed, int width)
{
  QuarryDemoSky *self = g_new0 (QuarryDemoSky, 1);

  self->seed = seed;
  self->width = CLAMP (width * 3 / 2, 256, 3072);
  self->height = self->width / 5;
  self->panorama = g_new (Vec3, (gsize) self->width * (gsize) self->height);
  fill_skyline (self);
  for (int y = 0; y < self->height; y++)
    for (int x = 0; x < self->width; x++)
      self->panorama[y * self->width + x] =
          clouded_sky (self, direction_of (2 * (float) G_PI * (float) x / (float) self->width,
                                           TOP * (float) y / (float) (self->height - 1)));
  return self;
}

void
quarry_demo_sky_free (QuarryDemoSky *self)
{
  g_free (self->panorama);
  g_free (self);
}

Vec3
quarry_demo_sky_haze (const QuarryDemoSky *self, Vec3 d)
{
  const float sun = 0.5f + 0.5f * (d.x * -0.57f + d.y * 0.82f);

  return vec3_mix (vec3 (0.50f, 0.57f, 0.66f), vec3 (0.68f, 0.68f, 0.66f), sun);
}

static Vec3
panorama_at (const QuarryDemoSky *self, float turn, float elevation)
{
  const float u = turn * (float) self->width,
              v = clampf (elevation / TOP, 0, 0.9999f) * (float) (self->height - 1);
  const int x0 = (int) u % self->width, x1 = (x0 + 1) % self->width, y0 = (int) v;
  const float p = u - floorf (u), q = v - (float) y0;
  const Vec3 *low = self->panorama + y0 * self->width, *high = low + self->width;

  return vec3_mix (vec3_mix (low[x0], low[x1], p), vec3_mix (high[x0], high[x1], p), q);
}

static float
skyline_at (const float *line, float turn)
{
  const float u = turn * SKYLINE;
  const int i = (int) u & (SKYLINE - 1);

  return mixf (line[i], line[(i + 1) & (SKYLINE - 1)], u - floorf (u));
}

/* @direction: length 1. Below the horizon (over the edge of the world) it is the haze. */
Vec3
quarry_demo_sky_color (const QuarryDemoSky *self, Vec3 d)
{
  const float elevation = asinf (clampf (d.z, -1, 1));
  float turn = atan2f (d.y, d.x) * (0.5f / (float) G_PI);
  const Vec3 haze = quarry_demo_sky_haze (self, d);
  Vec3 color;

  turn -= floorf (turn);
  if (turn >= 1)
    turn = 0;
  if (elevation > 0.12f)
    return panorama_at (self, turn, elevation);
  if (elevation < skyline_at (self->trees, turn))
    {
      const float leaf = demo_noise (turn * 5200, elevation * 900, self->seed + 70);

      color = vec3_scale (
          vec3_mix (vec3 (0.045f, 0.06f, 0.025f), vec3 (0.10f, 0.11f, 0.04f), 0.5f + 0.5f * leaf),
          1.4f);
      return vec3_mix (color, haze, 0.30f);
    }
  if (elevation < skyline_at (self->ridge, turn))
    return vec3_mix (vec3 (0.10f, 0.13f, 0.09f), haze, 0.62f);
  if (elevation < skyline_at (self->hills, turn))
    return vec3_mix (vec3 (0.12f, 0.17f, 0.20f), haze, 0.76f);
  return vec3_mix (panorama_at (self, turn, elevation), haze, 0.8f * expf (-elevation * 26));
}
