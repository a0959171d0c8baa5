/* quarry-demo-field.c: a height field and the rays that meet it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo-field.h"

QuarryDemoField *
quarry_demo_field_new (int n, float cell, float x0, float y0)
{
  QuarryDemoField *self = g_new0 (QuarryDemoField, 1);

  self->n = n;
  self->cell = cell;
  self->x0 = x0;
  self->y0 = y0;
  self->heights = g_new0 (float, (gsize) (n + 1) * (gsize) (n + 1));
  return self;
}

void
quarry_demo_field_free (QuarryDemoField *self)
{
  for (int level = 0; level < self->n_levels; level++)
    g_free (self->tops[level]);
  g_free (self->heights);
  g_free (self);
}

void
quarry_demo_field_finish (QuarryDemoField *self)
{
  const int row = self->n + 1;

  self->low = self->high = self->heights[0];
  for (int i = 0; i < row * row; i++)
    {
      self->low = MIN (self->low, self->heights[i]);
      self->high = MAX (self->high, self->heights[i]);
    }
  for (int n = self->n; n >= 1 && self->n_levels < QUARRY_DEMO_FIELD_LEVELS;
       n /= 2, self->n_levels++)
    {
      float *tops = self->tops[self->n_levels] = g_new (float, (gsize) n * (gsize) n);
      const float *finer = self->n_levels > 0 ? self->tops[self->n_levels - 1] : NULL;

      for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++)
          {
            const float *at =
                finer != NULL ? finer + 4 * y * n + 2 * x : self->heights + y * row + x;
            const int down = finer != NULL ? 2 * n : row;

            tops[y * n + x] = MAX (MAX (at[0], at[1]), MAX (at[down], at[down + 1]));
          }
    }
}

float
quarry_demo_field_height (const QuarryDemoField *self, float x, float y)
{
  const float u = clampf ((x - self->x0) / self->cell, 0, (float) self->n);
  const float v = clampf ((y - self->y0) / self->cell, 0, (float) self->n);
  const int ix = MIN ((int) u, self->n - 1), iy = MIN ((int) v, self->n - 1);
  const float fu = u - (float) ix, fv = v - (float) iy;
  const float *at = self->heights + iy * (self->n + 1) + ix;
  const float near = at[0] + fu * (at[1] - at[0]);
  const float far = at[self->n + 1] + fu * (at[self->n + 2] - at[self->n + 1]);

  return near + fv * (far - near);
}

Vec3
quarry_demo_field_normal (const QuarryDemoField *self, float x, float y)
{
  const float d = self->cell;
  const float sx =
      quarry_demo_field_height (self, x + d, y) - quarry_demo_field_height (self, x - d, y);
  const float sy =
      quarry_demo_field_height (self, x, y + d) - quarry_demo_field_height (self, x, y - d);

  return vec3_unit (vec3 (-sx, -sy, 2 * d));
}

/* The part of the ray over the square and not above its highest point. Returns: FALSE where there
 * is none */
static gboolean
clip (const QuarryDemoField *self, Vec3 o, Vec3 d, float *t0, float *t1)
{
  const float size = self->cell * (float) self->n;
  const float low[2] = { self->x0, self->y0 };
  const float at[2] = { o.x, o.y }, along[2] = { d.x, d.y };

  for (int axis = 0; axis < 2; axis++)
    {
      float enter, leave;

      if (fabsf (along[axis]) < 1e-9f)
        {
          if (at[axis] < low[axis] || at[axis] >= low[axis] + size)
            return FALSE;
          continue;
        }
      enter = (low[axis] - at[axis]) / along[axis];
      leave = (low[axis] + size - at[axis]) / along[axis];
      *t0 = MAX (*t0, MIN (enter, leave));
      *t1 = MIN (*t1, MAX (enter, leave));
    }
  if (d.z < -1e-9f)
    {
      *t0 = MAX (*t0, (self->high - o.z) / d.z);
      *t1 = MIN (*t1, (self->low - 0.01f - o.z) / d.z);
    }
  else if (o.z > self->high)
    return FALSE;
  else if (d.z > 1e-9f)
    *t1 = MIN (*t1, (self->high - o.z) / d.z);
  return *t0 < *t1;
}

/* Inside one cell: where the ray, above the surface at @t0, is below it at @t1 */
static gboolean
cross (const QuarryDemoField *self, Vec3 o, Vec3 d, float t0, float t1, float *out_t)
{
  float above = o.z + t0 * d.z - quarry_demo_field_height (self, o.x + t0 * d.x, o.y + t0 * d.y);
  float below = o.z + t1 * d.z - quarry_demo_field_height (self, o.x + t1 * d.x, o.y + t1 * d.y);

  if (above < 0 || below > 0)
    return FALSE;
  for (int i = 0; i < 8 && t1 - t0 > 1e-5f; i++)
    {
      const float f = above - below > 1e-9f ? above / (above - below) : 0.5f;
      const float t = t0 + f * (t1 - t0);
      const float gap =
          o.z + t * d.z - quarry_demo_field_height (self, o.x + t * d.x, o.y + t * d.y);

      if (gap > 0)
        {
          t0 = t;
          above = gap;
        }
      else
        {
          t1 = t;
          below = gap;
        }
      if (fabsf (gap) < 2e-4f)
        {
          *out_t = t;
          return TRUE;
        }
    }
  *out_t = t0 + (above - below > 1e-9f ? above / (above - below) : 0.5f) * (t1 - t0);
  return TRUE;
}

/**
 * quarry_demo_field_hit:
 *
 * Walks the pyramid of highest points ("maximum mipmaps", Tevs, Ihrke, Seidel 2008): down where the
 * ray may meet something, a step and up where it passes above.
 */
gboolean
quarry_demo_field_hit (const QuarryDemoField *self, Vec3 o, Vec3 d, float limit, float *out_t)
{
  const float inv_x = fabsf (d.x) > 1e-9f ? 1 / d.x : 0, inv_y = fabsf (d.y) > 1e-9f ? 1 / d.y : 0;
  const float per_cell = 1 / self->cell;
  float t = 0;
  float end = limit;
  int level = MIN (5, self->n_levels - 1);

  if (!clip (self, o, d, &t, &end))
    return FALSE;
  t += 1e-5f;
  while (t < end)
    {
      const float size = self->cell * (float) (1 << level);
      const int n = self->n >> level;
      const int ix = CLAMP ((int) ((o.x + t * d.x - self->x0) * per_cell) >> level, 0, n - 1);
      const int iy = CLAMP ((int) ((o.y + t * d.y - self->y0) * per_cell) >> level, 0, n - 1);
      const float next_x =
          inv_x != 0 ? (self->x0 + size * (float) (ix + (d.x > 0)) - o.x) * inv_x : INFINITY;
      const float next_y =
          inv_y != 0 ? (self->y0 + size * (float) (iy + (d.y > 0)) - o.y) * inv_y : INFINITY;
      float next = next_x < next_y ? next_x : next_y;
      float lowest;

      next = MIN (MAX (next, t) + 1e-4f, end);
      lowest = o.z + (d.z < 0 ? next : t) * d.z;
      if (lowest > self->tops[level][iy * n + ix])
        {
          const int border = next_x < next_y ? ix + (d.x > 0) : iy + (d.y > 0);

          t = next;
          if ((border & 1) == 0 && level + 1 < self->n_levels) /* also leaves the coarser cell */
            level++;
          continue;
        }
      if (level > 0)
        {
          level--;
          continue;
        }
      if (cross (self, o, d, t, next, out_t))
        return *out_t < limit;
      t = next;
    }
  return FALSE;
}
