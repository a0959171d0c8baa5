/* quarry-demo-ground.c: the relief of the site and what lies on it
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Near: a height field with a map of soil at its corners (colour, normal, sun, sky). Beyond it: the
 * plane z = 0. Finer than that: one repeating texture of grains, sampled at two sizes, with smaller
 * copies for distance.
 */

#include "config.h"
#include "quarry-demo-light.h"
#include "quarry-demo-noise.h"

#define CELLS     512
#define CELL      0.3f
#define CENTRE_X  28.0f
#define CENTRE_Y  0.0f
#define GRAIN     512              /* texels a side */
#define GRAIN_M   4.0f             /* metres a side */
#define GRAIN_LEVELS 10
#define FAR_M     340.0f           /* fields end at the trees there, which belong to the sky */
#define STRIDE    8                /* segments that are passed over together */
#define N_WAY     64               /* samples of road and way for distances */

typedef struct { float r, g, b, nx, ny, sun, sky, grain, wet; } Texel;
#define CHANNELS ((int) (sizeof (Texel) / sizeof (float)))

struct _QuarryDemoGround
{
  guint32          seed;
  QuarryDemoField *field;
  Texel           *map;            /* (CELLS + 1)² */
  QuarryDemoGrain *grains[GRAIN_LEVELS];
  QuarryDemoMarks *marks;
  Vec3             road[2 * N_WAY], way[N_WAY];
};

/* Squared distance to a segment. @out_side: which side of it, by its sign */
static float
segment_distance (const Vec3 *a, const Vec3 *b, float x, float y, float *out_side)
{
  const float dx = b->x - a->x, dy = b->y - a->y, px = x - a->x, py = y - a->y;
  const float f = clampf ((px * dx + py * dy) / (dx * dx + dy * dy), 0, 1);
  const float ex = px - f * dx, ey = py - f * dy;

  *out_side = dx * py - dy * px;
  return ex * ex + ey * ey;
}

/* Distance to a sampled line, signed to its left */
static float
beside (const Vec3 *line, int n, float x, float y)
{
  float best = 1e9f, side = 0;

  for (int first = 0; first + 1 < n; first += STRIDE)
    {
      const int last = MIN (first + STRIDE, n - 1);
      const float reach =
          hypotf (line[last].x - line[first].x, line[last].y - line[first].y) * 1.1f + 1 +
          sqrtf (best);
      const float px = x - line[first].x, py = y - line[first].y;

      if (px * px + py * py > reach * reach)
        continue;
      for (int i = first; i < last; i++)
        {
          float here;
          const float d2 = segment_distance (&line[i], &line[i + 1], x, y, &here);

          if (d2 < best)
            {
              best = d2;
              side = here;
            }
        }
    }
  return side < 0 ? -sqrtf (best) : sqrtf (best);
}

static float
bump (float d, float width)
{
  const float f = d / width;

  return f * f > 9 ? 0 : expf (-f * f);
}

/* Earth walls around the site */
static float
berms (float x, float y, guint32 seed)
{
  const float wave = 2.5f * demo_noise (x * 0.06f, y * 0.06f, seed + 11);
  const float rough = 1 + 0.35f * demo_fbm (x * 0.35f, y * 0.35f, 3, seed + 12);
  const float right = bump (y + 33 + wave, 2.4f) * smoothf (-50, -44, x) * smoothf (64, 52, x);
  const float left = bump (y - 31 - wave, 2.6f) * smoothf (-46, -38, x) * smoothf (60, 48, x);
  const float ahead = bump (x - 62 - 0.3f * y - wave, 3.0f) * smoothf (44, 36, fabsf (y)) *
                      smoothf (8, 14, fabsf (y - 21));

  return rough * (1.5f * right + 1.7f * left + 2.1f * ahead);
}

float
quarry_demo_ground_smooth (guint32 seed, float x, float y)
{
  const float edge =
      smoothf (74, 60, fabsf (x - CENTRE_X)) * smoothf (74, 60, fabsf (y - CENTRE_Y));
  const float calm = smoothf (2, 9, hypotf (MAX (fabsf (x - 9) - 9, 0), y - 1));

  return edge * (0.75f * demo_fbm (x * 0.035f, y * 0.035f, 2, seed + 1) +
                 (0.4f + 0.6f * calm) * 0.16f * demo_fbm (x * 0.16f, y * 0.16f, 2, seed + 2));
}

/* What tyres pressed in, and small unevenness; calm on the road */
static float
relief (const QuarryDemoGround *self, float x, float y, float road, float way)
{
  const float on_road = smoothf (7, 4, fabsf (road)), on_way = smoothf (4, 2, fabsf (way));
  const float tread = 1 + 0.5f * demo_noise (x * 1.7f, y * 1.7f, self->seed + 5);
  const float wander = 0.25f * demo_noise (x * 0.12f, y * 0.12f, self->seed + 4);
  const float lane = fabsf (fabsf (road + wander) - 2.7f);
  const float ruts = -0.09f * on_road * tread * bump (lane - 1.3f, 0.42f) -
                     0.075f * on_way * tread * bump (fabsf (way + wander) - 1.05f, 0.34f);
  const float banks = 0.05f * on_way * bump (fabsf (way + wander) - 1.7f, 0.25f) +
                      0.06f * on_road * bump (lane - 2.1f, 0.3f);
  const float rough = demo_fbm (x * 0.55f, y * 0.55f, 3, self->seed + 3);

  return ruts + banks + 0.11f * rough * (1 - 0.6f * MAX (on_road, on_way));
}

static Vec3
soil_color (const QuarryDemoGround *self, float x, float y, float road, float way, float height,
            float *out_grain, float *out_wet)
{
  const float patch = demo_fbm (x * 0.05f, y * 0.05f, 4, self->seed + 20);
  const float dry = demo_fbm (x * 0.21f + 9, y * 0.21f, 4, self->seed + 21);
  const float gravel =
      smoothf (0.1f, 0.4f, demo_fbm (x * 0.09f, y * 0.09f + 31, 3, self->seed + 22));
  const float on_road = smoothf (7.5f, 4.5f, fabsf (road) + 1.2f * dry),
              on_way = smoothf (3.4f, 1.6f, fabsf (way) + 0.8f * dry);
  const float grass =
      smoothf (46, 58, hypotf (x - 24, y) + 9 * patch) * smoothf (6, 9, fabsf (road));
  Vec3 color = vec3_mix (vec3 (0.165f, 0.098f, 0.054f), vec3 (0.275f, 0.182f, 0.108f),
                         clampf (0.5f + 1.1f * patch + 0.5f * dry, 0, 1));

  color = vec3_mix (color, vec3 (0.235f, 0.205f, 0.17f), 0.75f * gravel);
  color = vec3_mix (color, vec3 (0.30f, 0.225f, 0.15f), 0.75f * on_road);
  color = vec3_mix (color, vec3 (0.185f, 0.122f, 0.075f), 0.55f * on_way);
  color = vec3_mix (color, vec3 (0.13f, 0.135f, 0.045f), 0.8f * grass);
  color = vec3_scale (color, 0.92f + 0.5f * dry + clampf (1.6f * height, -0.16f, 0.1f));
  *out_wet = demo_fbm (x * 0.19f + 3, y * 0.19f, 3, self->seed + 23) - 2.2f * height +
             0.10f * on_way + 0.06f * on_road - 0.2f * gravel - grass -
             0.8f * berms (x, y, self->seed);
  *out_grain = 0.55f + 0.7f * gravel + 0.25f * on_road - 0.25f * grass;
  return color;
}

static void
fill_heights (QuarryDemoGround *self)
{
  for (int iy = 0; iy <= CELLS; iy++)
    for (int ix = 0; ix <= CELLS; ix++)
      {
        const float x = self->field->x0 + CELL * (float) ix,
                    y = self->field->y0 + CELL * (float) iy;
        const float edge =
            smoothf (75, 66, fabsf (x - CENTRE_X)) * smoothf (75, 66, fabsf (y - CENTRE_Y));
        const float road = beside (self->road, 2 * N_WAY, x, y),
                    way = beside (self->way, N_WAY, x, y);
        const float small = relief (self, x, y, road, way);
        Texel *texel = &self->map[iy * (CELLS + 1) + ix];
        const Vec3 color = soil_color (self, x, y, road, way, small, &texel->grain, &texel->wet);

        texel->r = color.x;
        texel->g = color.y;
        texel->b = color.z;
        self->field->heights[iy * (CELLS + 1) + ix] =
            edge * (quarry_demo_ground_smooth (self->seed, x, y) + small +
                    berms (x, y, self->seed) * smoothf (6, 9, fabsf (road)));
      }
  quarry_demo_field_finish (self->field);
}

/* Sun and sky past the relief: soft at the shadow's edge by how far the ray passes above the ground
 */
static void
fill_light (QuarryDemoGround *self)
{
  const Vec3 sun = quarry_demo_sky_sun ();

  for (int iy = 0; iy <= CELLS; iy++)
    for (int ix = 0; ix <= CELLS; ix++)
      {
        const float x = self->field->x0 + CELL * (float) ix,
                    y = self->field->y0 + CELL * (float) iy;
        const float z = self->field->heights[iy * (CELLS + 1) + ix];
        const Vec3 normal = quarry_demo_field_normal (self->field, x, y);
        Texel *texel = &self->map[iy * (CELLS + 1) + ix];
        float clear = 1, ring = 0;

        for (float t = 0.35f; t < 6; t *= 1.45f)
          {
            const float gap = z + 0.04f + t * sun.z -
                              quarry_demo_field_height (self->field, x + t * sun.x, y + t * sun.y);

            clear = MIN (clear, 0.5f + 5 * gap / t);
          }
        for (int i = 0; i < 8; i++)
          {
            const float dx = (float) ((i < 3) - (i > 3 && i < 7)),
                        dy = (float) ((i > 1 && i < 5 && i != 3 ? 1 : 0) -
                                      (i > 5 || i == 0 ? 1 : 0));

            ring += quarry_demo_field_height (self->field, x + 0.7f * dx, y + 0.7f * dy) / 8;
          }
        texel->nx = normal.x;
        texel->ny = normal.y;
        texel->sun = clampf (clear, 0, 1);
        texel->sky = clampf (1 - 1.6f * (ring - z), 0.45f, 1.1f);
      }
}

/* Distance to the nearest of stones thrown one a cell, repeating every @period cells; the stone's
 * own chance too */
static float
stones (float u, float v, int period, guint32 seed, guint32 *out_stone)
{
  const int iu = (int) floorf (u), iv = (int) floorf (v);
  float best = 9;

  for (int dv = -1; dv <= 1; dv++)
    for (int du = -1; du <= 1; du++)
      {
        const guint32 cu = (guint32) ((iu + du + period) % period),
                      cv = (guint32) ((iv + dv + period) % period);
        const guint32 h = demo_hash2 (cu, cv, seed);
        const float x = (float) (iu + du) + demo_unit (h),
                    y = (float) (iv + dv) + demo_unit (demo_hash (h));
        const float size = 0.35f + 0.65f * demo_unit (demo_hash (h + 7));
        const float flat = 0.6f + 0.4f * demo_unit (demo_hash (h + 11));
        const float c = demo_unit (demo_hash (h + 9)), s = sqrtf (1 - c * c);
        const float across = ((u - x) * c + (v - y) * s) / flat, along = (v - y) * c - (u - x) * s;
        const float d = sqrtf (across * across + along * along) / size;

        if (d < best)
          {
            best = d;
            *out_stone = h;
          }
      }
  return best;
}

static void
fill_grain (QuarryDemoGround *self)
{
  QuarryDemoGrain *fine = self->grains[0] = g_new (QuarryDemoGrain, GRAIN * GRAIN);
  g_autofree float *height = g_new (float, GRAIN * GRAIN);
  g_autofree float *lumps = g_new (float, GRAIN * GRAIN);

  for (int y = 0; y < GRAIN; y++)
    for (int x = 0; x < GRAIN; x++)
      {
        const float u = (float) x / GRAIN, v = (float) y / GRAIN;
        guint32 big = 0, small = 0;
        const float d_big = stones (u * 26, v * 26, 26, self->seed + 40, &big),
                    d_small = stones (u * 90, v * 90, 90, self->seed + 41, &small);
        const gboolean has_big = demo_unit (demo_hash (big + 3)) < 0.30f,
                       has_small = demo_unit (demo_hash (small + 3)) < 0.6f;
        const float lump_big = has_big ? MAX (0, 1 - d_big * d_big * 6) : 0,
                    lump_small = has_small ? MAX (0, 1 - d_small * d_small * 5) : 0;
        float clod = 0;

        for (int octave = 0; octave < 4; octave++)
          clod += demo_noise_tiled (u * (float) (8 << octave), v * (float) (8 << octave),
                                    8 << octave, self->seed + 42 + (guint32) octave) *
                  (0.5f / (float) (1 << octave));
        lumps[y * GRAIN + x] = 0.03f * sqrtf (lump_big) + 0.012f * sqrtf (lump_small);
        height[y * GRAIN + x] =
            0.02f * sqrtf (lump_big) + 0.008f * sqrtf (lump_small) + 0.026f * clod;
        fine[y * GRAIN + x].shade = 1 + 0.28f * clod +
                                    (lump_big > 0 ? 0.22f + 0.5f * demo_unit (big) : 0) +
                                    (lump_small > 0 ? 0.5f * (demo_unit (small) - 0.25f) : 0);
      }
  for (int y = 0; y < GRAIN; y++)
    for (int x = 0; x < GRAIN; x++)
      {
        const float texel = GRAIN_M / GRAIN;
        const float *row = height + y * GRAIN;
        const Vec3 sun = quarry_demo_sky_sun ();
        float dark = 0;

        for (int step = 1; step <= 8; step++)       /* stones' own shadows */
          {
            const int sx = (x + (int) lrintf ((float) step * sun.x * 1.3f) + GRAIN) % GRAIN,
                      sy = (y + (int) lrintf ((float) step * sun.y * 1.3f)) % GRAIN;

            dark = MAX (dark, lumps[sy * GRAIN + sx] - lumps[y * GRAIN + x] -
                                  texel * 1.3f * (float) step * sun.z);
          }
        fine[y * GRAIN + x].shade *= 1 - 0.45f * smoothf (0, 0.012f, dark);
        fine[y * GRAIN + x].du =
            (row[(x + 1) % GRAIN] - row[(x + GRAIN - 1) % GRAIN]) / (2 * texel);
        fine[y * GRAIN + x].dv =
            (height[(y + 1) % GRAIN * GRAIN + x] - height[(y + GRAIN - 1) % GRAIN * GRAIN + x]) /
            (2 * texel);
      }
  for (int level = 1, n = GRAIN / 2; level < GRAIN_LEVELS; level++, n /= 2)
    {
      const QuarryDemoGrain *from = self->grains[level - 1];
      QuarryDemoGrain *to = self->grains[level] = g_new (QuarryDemoGrain, (gsize) n * (gsize) n);

      for (int i = 0; i < n * n; i++)
        {
          const QuarryDemoGrain *a = from + i / n * 4 * n + i % n * 2, *b = a + 2 * n;

          to[i] = (QuarryDemoGrain){ (a[0].shade + a[1].shade + b[0].shade + b[1].shade) / 4,
                                     (a[0].du + a[1].du + b[0].du + b[1].du) / 4,
                                     (a[0].dv + a[1].dv + b[0].dv + b[1].dv) / 4 };
        }
    }
}

QuarryDemoGround *
quarry_demo_ground_new (guint32 seed)
{
  QuarryDemoGround *self = g_new0 (QuarryDemoGround, 1);
  const float length = quarry_demo_road_length ();

  self->seed = seed;
  for (int i = 0; i < 2 * N_WAY; i++)
    self->road[i] = quarry_demo_road_at (length * (float) i / (2 * N_WAY - 1));
  for (int i = 0; i < N_WAY; i++)
    self->way[i] = quarry_demo_way_at (-30 + 60 * (float) i / (N_WAY - 1));
  self->field =
      quarry_demo_field_new (CELLS, CELL, CENTRE_X - CELLS * CELL / 2, CENTRE_Y - CELLS * CELL / 2);
  self->map = g_new0 (Texel, (CELLS + 1) * (CELLS + 1));
  fill_heights (self);
  fill_light (self);
  fill_grain (self);
  self->marks = quarry_demo_marks_new (seed);
  return self;
}

void
quarry_demo_ground_free (QuarryDemoGround *self)
{
  quarry_demo_field_free (self->field);
  for (int level = 0; level < GRAIN_LEVELS; level++)
    g_free (self->grains[level]);
  quarry_demo_marks_free (self->marks);
  g_free (self->map);
  g_free (self);
}

const QuarryDemoField *
quarry_demo_ground_get_field (const QuarryDemoGround *self)
{
  return self->field;
}

gboolean
quarry_demo_ground_hit (const QuarryDemoGround *self, Vec3 o, Vec3 d, float limit, float *out_t)
{
  const float size = CELL * CELLS;
  float t;

  if (quarry_demo_field_hit (self->field, o, d, limit, out_t))
    return TRUE;
  if (d.z > -1e-6f || o.z <= 0)
    return FALSE;
  t = -o.z / d.z;
  if (t >= MIN (limit, FAR_M) ||
      (fabsf (o.x + t * d.x - CENTRE_X) < size / 2 && fabsf (o.y + t * d.y - CENTRE_Y) < size / 2))
    return FALSE;
  *out_t = t;
  return TRUE;
}

static QuarryDemoGrain
grain_at (const QuarryDemoGround *self, int level, float u, float v)
{
  const int n = GRAIN >> level;
  const float x = u * ((float) n / GRAIN_M), y = v * ((float) n / GRAIN_M);
  const float fx = floorf (x), fy = floorf (y);
  const int x0 = (int) fx & (n - 1), y0 = (int) fy & (n - 1), x1 = (x0 + 1) & (n - 1),
            y1 = (y0 + 1) & (n - 1);
  const QuarryDemoGrain *g = self->grains[level];
  const QuarryDemoGrain *a = &g[y0 * n + x0], *b = &g[y0 * n + x1], *c = &g[y1 * n + x0],
                        *d = &g[y1 * n + x1];
  const float p = x - fx, q = y - fy;
  const float wa = (1 - p) * (1 - q), wb = p * (1 - q), wc = (1 - p) * q, wd = p * q;

  return (QuarryDemoGrain){ wa * a->shade + wb * b->shade + wc * c->shade + wd * d->shade,
                            wa * a->du + wb * b->du + wc * c->du + wd * d->du,
                            wa * a->dv + wb * b->dv + wc * c->dv + wd * d->dv };
}

QuarryDemoGrain
quarry_demo_ground_grain (const QuarryDemoGround *self, float u, float v, float footprint)
{
  const float level =
      clampf (log2f (MAX (footprint, 1e-4f) * (GRAIN / GRAIN_M)), 0, GRAIN_LEVELS - 1.01f);
  const int base = (int) level;
  const float f = level - (float) base;
  const QuarryDemoGrain a = grain_at (self, base, u, v), b = grain_at (self, base + 1, u, v);

  return (QuarryDemoGrain){ mixf (a.shade, b.shade, f), mixf (a.du, b.du, f),
                            mixf (a.dv, b.dv, f) };
}

/* Fields beyond the site */
static QuarryDemoSoil
look_far (const QuarryDemoGround *self, float x, float y)
{
  const float field = demo_fbm (x * 0.012f, y * 0.02f, 3, self->seed + 30);
  const Vec3 color = vec3_mix (vec3 (0.16f, 0.155f, 0.06f), vec3 (0.30f, 0.24f, 0.13f),
                               smoothf (-0.25f, 0.3f, field));

  return (QuarryDemoSoil) { color, vec3 (0, 0, 1), 1, 1, 0 };
}

QuarryDemoSoil
quarry_demo_ground_look (const QuarryDemoGround *self, float x, float y, float footprint)
{
  const float u = (x - self->field->x0) / CELL, v = (y - self->field->y0) / CELL;
  const int ix = (int) u, iy = (int) v;
  const float p = u - (float) ix, q = v - (float) iy;
  QuarryDemoGrain near, wide;
  QuarryDemoSoil soil;
  QuarryDemoGrain mark = { 1, 0, 0 };
  float m[CHANNELS], edge, shade, slope, pressed = 0, damp;

  if (!(u >= 0 && v >= 0 && ix < CELLS && iy < CELLS))
    return look_far (self, x, y);
  for (int i = 0; i < CHANNELS; i++)
    {
      const float *a = (const float *) &self->map[iy * (CELLS + 1) + ix],
                  *b = a + CHANNELS * (CELLS + 1);
      const float low = a[i] + p * (a[i + CHANNELS] - a[i]),
                  high = b[i] + p * (b[i + CHANNELS] - b[i]);

      m[i] = low + q * (high - low);
    }
  near = quarry_demo_ground_grain (self, x, y, footprint);
  wide = quarry_demo_ground_grain (self, 0.17f * (0.8f * x - 0.6f * y) + 1.3f,
                                   0.17f * (0.6f * x + 0.8f * y), MAX (footprint * 0.17f, 0.05f));
  quarry_demo_marks_look (self->marks, x, y, footprint, &mark, &pressed);
  shade = (1 + (1 - 0.6f * pressed) * m[7] * (near.shade - 1) + 0.6f * (wide.shade - 1)) *
          mark.shade * (1 - 0.12f * pressed);
  slope = 0.7f * m[7] * (1 - 0.6f * pressed);
  damp = smoothf (0.1f, 0.34f, m[8]);
  soil.water = smoothf (0.375f, 0.395f, m[8] + 0.03f * (wide.shade - 1));
  shade *= 1 - 0.42f * damp;
  soil.albedo = vec3_scale (vec3 (m[0], m[1], m[2]), MAX (shade, 0.25f));
  soil.normal = vec3_unit (vec3 (m[3] - slope * near.du - 0.4f * wide.du - mark.du,
                                 m[4] - slope * near.dv - 0.4f * wide.dv - mark.dv,
                                 sqrtf (MAX (0.05f, 1 - m[3] * m[3] - m[4] * m[4]))));
  if (soil.water > 0)
    soil.normal = vec3_unit (vec3_mix (soil.normal, vec3 (0, 0, 1), soil.water));
  soil.sun = m[5];
  soil.sky = m[6];
  edge = MAX (fabsf (x - CENTRE_X), fabsf (y - CENTRE_Y));
  if (edge > 60)
    soil.albedo = vec3_mix (soil.albedo, look_far (self, x, y).albedo, smoothf (60, 75, edge));
  return soil;
}
