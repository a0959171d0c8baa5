/* quarry-demo-marks.c: what wheels and crawlers left on the ground
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A fine map over the part of the site that the cameras see from near: each vehicle's way is walked
 * in small steps and every step presses a row of its tread into the map. Only looks: the relief
 * that rays meet is the field's.
 */

#include "config.h"
#include "quarry-demo-light.h"
#include "quarry-demo-noise.h"

#define SIZE   1536                /* texels a side */
#define TEXEL  0.045f              /* metres */
#define LEFT   (-12.0f)
#define BELOW  (-34.5f)
#define LEVELS 6
#define SLOPE_UNIT 0.02f           /* of the stored slopes */

typedef struct { gint8 shade, du, dv, pressed; } Mark;

struct _QuarryDemoMarks
{
  Mark *levels[LEVELS];
};

typedef enum { LOADER, TRUCK, CRAWLER, VAN } Tread;

static const struct
{
  float gauge, width, pitch, depth;
} treads[] = {
  /* metres; gauge: half of the distance of the two wheels */
  { 1.05f, 0.56f, 0.27f, 0.035f },
  { 1.5f, 0.62f, 0.30f, 0.04f },
  { 1.1f, 0.58f, 0.21f, 0.04f },
  { 0.78f, 0.24f, 0.06f, 0.018f },
};

/* Quadratic Bézier curves; @passes: driven so often, a little beside each other */
static const struct { Tread tread; float p[3][2]; int passes;
} ways[] = {
  { TRUCK, { { 60, 20 }, { 44, 6 }, { 32, -9.5f } }, 3 },
  { TRUCK, { { 32, -9.5f }, { 24, -19 }, { 2, -27.5f } }, 3 },
  { TRUCK, { { 57, 24 }, { 42, 10 }, { 28, -5.5f } }, 3 },
  { TRUCK, { { 28, -5.5f }, { 20, -15 }, { -2, -23.5f } }, 3 },
  { TRUCK, { { 28, -14 }, { 33, -7 }, { 29.5f, 3 } }, 2 },
  { TRUCK, { { 24, -13 }, { 25, -4 }, { 31, 2 } }, 1 },
  { LOADER, { { -12, 1 }, { 2, -1.5f }, { 19, 4 } }, 3 },
  { LOADER, { { -8, -1 }, { 8, 1 }, { 17, -7.5f } }, 2 },
  { LOADER, { { -6, 1.5f }, { 8, -1 }, { 24, 0 } }, 1 },
  { LOADER, { { 2, -12 }, { 6, -1 }, { 14, 11 } }, 1 },
  { CRAWLER, { { 5, -16.4f }, { 12, -13.2f }, { 18, -10.5f } }, 3 },
  { CRAWLER, { { 2, -12 }, { 10, -12.5f }, { 17, -13 } }, 2 },
  { CRAWLER, { { 15, 3.6f }, { 19, 5 }, { 26, 7.6f } }, 2 },
  { CRAWLER, { { 16, 9 }, { 20, 6.5f }, { 27, 7 } }, 1 },
  { VAN, { { -12, 9 }, { 2, 12.5f }, { 22, 9.5f } }, 2 },
  { VAN, { { 4, 12 }, { 11, 10 }, { 9, -6 } }, 1 },
  { VAN, { { 20, -3 }, { 8, 7 }, { -8, 6 } }, 1 },
};

/* How deep the tread presses: 0…1. @across −1…1 over the tyre's width, @along in pitches */
static float
tread_at (Tread tread, float along, float across)
{
  const float lean = tread == CRAWLER ? 0 : tread == VAN ? 2.0f * across : 1.1f * fabsf (across);
  const float f = along + lean - floorf (along + lean);
  const float rim = smoothf (1.0f, 0.86f, fabsf (across));
  const float bar = tread == CRAWLER ? smoothf (0.0f, 0.08f, f) * smoothf (0.35f, 0.27f, f)
                                     : smoothf (0.02f, 0.12f, f) * smoothf (0.52f, 0.42f, f);

  if (tread == LOADER || tread == TRUCK)
    return rim * mixf (0.35f, 1, MAX (bar, smoothf (0.1f, 0.05f, fabsf (across))));
  return rim * mixf (0.3f, 1, bar);
}

static void
press (float *height, float *pressed, Tread tread, float x, float y, float heading, float along,
       float strength)
{
  const float half = treads[tread].width / 2, reach = half * 1.25f;
  const int n = (int) (reach / TEXEL * 1.6f);
  const float c = cosf (heading), s = sinf (heading);

  for (int i = -n; i <= n; i++)
    {
      const float across = (float) i / (float) n * reach;
      const int ix = (int) ((x - s * across - LEFT) / TEXEL),
                iy = (int) ((y + c * across - BELOW) / TEXEL);
      float down, *to;

      if (ix < 0 || iy < 0 || ix >= SIZE || iy >= SIZE)
        continue;
      to = &height[iy * SIZE + ix];
      down = fabsf (across) < half ? -tread_at (tread, along / treads[tread].pitch, across / half)
                                   : 0.45f * smoothf (reach, half * 1.05f, fabsf (across));
      *to = mixf (*to, down * treads[tread].depth, strength);
      if (down < 0)
        pressed[iy * SIZE + ix] = MAX (pressed[iy * SIZE + ix], strength * (0.55f - 0.45f * down));
    }
}

static void
drive (float *height, float *pressed, gsize way, int pass, guint32 seed)
{
  const Tread tread = ways[way].tread;
  const float (*p)[2] = ways[way].p;
  const guint32 own = demo_hash (seed + 31 * (guint32) way + (guint32) pass);
  const float aside = 0.8f * (demo_unit (own) - 0.5f) * (float) (ways[way].passes > 1);
  float along = 0, last_x = p[0][0], last_y = p[0][1];

  for (float f = 0; f <= 1; f += 0.0004f)
    {
      const float g = 1 - f, wander = aside + 0.35f * demo_noise (f * 3, 0, own);
      const float dx = g * (p[1][0] - p[0][0]) + f * (p[2][0] - p[1][0]),
                  dy = g * (p[1][1] - p[0][1]) + f * (p[2][1] - p[1][1]);
      const float heading = atan2f (dy, dx);
      const float x =
          g * g * p[0][0] + 2 * g * f * p[1][0] + f * f * p[2][0] - sinf (heading) * wander;
      const float y =
          g * g * p[0][1] + 2 * g * f * p[1][1] + f * f * p[2][1] + cosf (heading) * wander;
      const float fresh = smoothf (-0.55f, 0.35f, demo_noise (along * 0.22f, 3, own)) *
                          smoothf (0, 0.06f, f) * smoothf (1, 0.94f, f);

      along += hypotf (x - last_x, y - last_y);
      last_x = x;
      last_y = y;
      for (int side = -1; side <= 1; side += 2)
        press (height, pressed, tread, x - sinf (heading) * treads[tread].gauge * (float) side,
               y + cosf (heading) * treads[tread].gauge * (float) side, heading, along,
               (0.35f + 0.6f * fresh) * (tread == VAN ? 0.8f : 1));
    }
}

static gint8
packed (float value)
{
  return (gint8) lrintf (clampf (value, -127, 127));
}

QuarryDemoMarks *
quarry_demo_marks_new (guint32 seed)
{
  QuarryDemoMarks *self = g_new0 (QuarryDemoMarks, 1);
  g_autofree float *height = g_new0 (float, SIZE * SIZE);
  g_autofree float *pressed = g_new0 (float, SIZE * SIZE);
  Mark *fine = self->levels[0] = g_new0 (Mark, SIZE * SIZE);

  for (gsize way = 0; way < G_N_ELEMENTS (ways); way++)
    for (int pass = 0; pass < ways[way].passes; pass++)
      drive (height, pressed, way, pass, seed);
  for (int y = 1; y + 1 < SIZE; y++)
    for (int x = 1; x + 1 < SIZE; x++)
      {
        const float *h = &height[y * SIZE + x];

        fine[y * SIZE + x] =
            (Mark){ packed (h[0] / 0.04f * 100), packed ((h[1] - h[-1]) / (2 * TEXEL) / SLOPE_UNIT),
                    packed ((h[SIZE] - h[-SIZE]) / (2 * TEXEL) / SLOPE_UNIT),
                    packed (100 * pressed[y * SIZE + x]) };
      }
  for (int level = 1, n = SIZE / 2; level < LEVELS; level++, n /= 2)
    {
      const Mark *from = self->levels[level - 1];
      Mark *to = self->levels[level] = g_new (Mark, (gsize) n * (gsize) n);

      for (int i = 0; i < n * n; i++)
        {
          const Mark *a = from + i / n * 4 * n + i % n * 2, *b = a + 2 * n;

          to[i] =
              (Mark){ (gint8) ((a[0].shade + a[1].shade + b[0].shade + b[1].shade) / 4),
                      (gint8) ((a[0].du + a[1].du + b[0].du + b[1].du) / 4),
                      (gint8) ((a[0].dv + a[1].dv + b[0].dv + b[1].dv) / 4),
                      (gint8) ((a[0].pressed + a[1].pressed + b[0].pressed + b[1].pressed) / 4) };
        }
    }
  return self;
}

void
quarry_demo_marks_free (QuarryDemoMarks *self)
{
  for (int level = 0; level < LEVELS; level++)
    g_free (self->levels[level]);
  g_free (self);
}

static void
sample (const QuarryDemoMarks *self, int level, float x, float y, float out[4])
{
  const int n = SIZE >> level;
  const float per = 1 / (TEXEL * (float) (1 << level));
  const float u = (x - LEFT) * per - 0.5f, v = (y - BELOW) * per - 0.5f;
  const int ix = CLAMP ((int) floorf (u), 0, n - 2), iy = CLAMP ((int) floorf (v), 0, n - 2);
  const Mark *a = &self->levels[level][iy * n + ix], *b = a + n;
  const float p = clampf (u - (float) ix, 0, 1), q = clampf (v - (float) iy, 0, 1);
  const float wa = (1 - p) * (1 - q), wb = p * (1 - q), wc = (1 - p) * q, wd = p * q;

  out[0] = wa * a[0].shade + wb * a[1].shade + wc * b[0].shade + wd * b[1].shade;
  out[1] = wa * a[0].du + wb * a[1].du + wc * b[0].du + wd * b[1].du;
  out[2] = wa * a[0].dv + wb * a[1].dv + wc * b[0].dv + wd * b[1].dv;
  out[3] = wa * a[0].pressed + wb * a[1].pressed + wc * b[0].pressed + wd * b[1].pressed;
}

/**
 * quarry_demo_marks_look:
 * @out_pressed: 0…1, how much loose material was pressed flat here
 *
 * Returns: FALSE outside of the map
 */
gboolean
quarry_demo_marks_look (const QuarryDemoMarks *self, float x, float y, float footprint,
                        QuarryDemoGrain *out_grain, float *out_pressed)
{
  const float size = SIZE * TEXEL;
  const float level = clampf (log2f (MAX (footprint, 1e-4f) / TEXEL), 0, LEVELS - 1.01f);
  const float f = level - floorf (level);
  float a[4], b[4];

  if (x <= LEFT || y <= BELOW || x >= LEFT + size || y >= BELOW + size)
    return FALSE;
  sample (self, (int) level, x, y, a);
  sample (self, (int) level + 1, x, y, b);
  out_grain->shade = 1 + 0.0022f * mixf (a[0], b[0], f);
  out_grain->du = SLOPE_UNIT * mixf (a[1], b[1], f);
  out_grain->dv = SLOPE_UNIT * mixf (a[2], b[2], f);
  *out_pressed = 0.01f * mixf (a[3], b[3], f);
  return TRUE;
}
