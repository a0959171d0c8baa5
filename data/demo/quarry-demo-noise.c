/* quarry-demo-noise.c: repeatable chance and noise for the demo
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo-noise.h"

#include <math.h>

/* Sum of four uniform bytes (Irwin–Hall), scaled to deviation 1 */
float
demo_gauss (guint32 hash)
{
  const int sum =
      (int) (hash & 255) + (int) (hash >> 8 & 255) + (int) (hash >> 16 & 255) + (int) (hash >> 24);

  return (float) (sum - 510) * (1.0f / 147.8f);
}

static inline float
lattice (int x, int y, guint32 seed)
{
  return (float) (demo_hash_fast ((guint32) x, (guint32) y, seed) >> 8) * (2.0f / 16777216.0f) - 1;
}

static inline float
ease (float f)
{
  return f * f * (3 - 2 * f);
}

float
demo_noise (float x, float y, guint32 seed)
{
  const float fx = floorf (x), fy = floorf (y);
  const int ix = (int) fx, iy = (int) fy;
  const float u = ease (x - fx), v = ease (y - fy);
  const float a = lattice (ix, iy, seed), b = lattice (ix + 1, iy, seed);
  const float c = lattice (ix, iy + 1, seed), d = lattice (ix + 1, iy + 1, seed);

  return a + u * (b - a) + v * (c - a + u * (a - b - c + d));
}

float
demo_fbm (float x, float y, int octaves, guint32 seed)
{
  float sum = 0;
  float weight = 0.5f;

  for (int i = 0; i < octaves; i++)
    {
      const float turned = 0.8f * x - 0.6f * y;

      sum += weight * demo_noise (x, y, seed + (guint32) i);
      y = (0.6f * x + 0.8f * y) * 2.03f + 17.3f; /* turned each time, so that no lattice shows */
      x = turned * 2.03f + 5.1f;
      weight *= 0.5f;
    }
  return sum;
}

float
demo_noise3 (float x, float y, float z, guint32 seed)
{
  const float fz = floorf (z);
  const guint32 layer = seed + (guint32) (int) fz * 7919U;
  const float low = demo_noise (x, y, layer);

  return low + ease (z - fz) * (demo_noise (x, y, layer + 7919U) - low);
}

float
demo_noise_tiled (float x, float y, int period, guint32 seed)
{
  const float fx = floorf (x), fy = floorf (y);
  const int x0 = (((int) fx % period) + period) % period,
            y0 = (((int) fy % period) + period) % period;
  const int x1 = (x0 + 1) % period, y1 = (y0 + 1) % period;
  const float u = ease (x - fx), v = ease (y - fy);
  const float a = lattice (x0, y0, seed), b = lattice (x1, y0, seed);
  const float c = lattice (x0, y1, seed), d = lattice (x1, y1, seed);

  return a + u * (b - a) + v * (c - a + u * (a - b - c + d));
}
