/* quarry-polygon.c: polygons of several rings, as annotations keep them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-polygon.h"

#include <math.h>

/* @geometry: of a polygon: x y …, rings parted by a NaN NaN pair.
 * Returns: (transfer full) (element-type QuarryRing): those with three points or more; they borrow from @geometry */
GArray *
quarry_polygon_list_rings (const double *geometry, gsize n_geometry)
{
  GArray *rings = g_array_new (FALSE, FALSE, sizeof (QuarryRing));
  gsize first = 0;

  for (gsize i = 0; 2 * i <= n_geometry; i++)
    if (2 * i >= n_geometry || isnan (geometry[2 * i]))
      {
        const QuarryRing ring = { geometry + 2 * first, i - first };

        if (ring.n >= 3)
          g_array_append_val (rings, ring);
        first = i + 1;
      }
  return rings;
}

/* Even-odd; any point on the outline may count either way */
gboolean
quarry_ring_contains (const QuarryRing *self, double x, double y)
{
  gboolean inside = FALSE;

  for (gsize i = 0, j = self->n - 1; i < self->n; j = i++)
    {
      const double *a = self->xy + 2 * i, *b = self->xy + 2 * j;

      if ((a[1] > y) != (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0])
        inside = !inside;
    }
  return inside;
}

/* Whether any ring reaches into another: then filling them even-odd leaves a hole */
gboolean
quarry_polygon_has_holes (const GArray *rings)
{
  for (guint i = 0; i < rings->len; i++)
    for (guint j = 0; j < rings->len; j++)
      {
        const QuarryRing *inner = &g_array_index (rings, QuarryRing, i);

        for (gsize k = 0; i != j && k < inner->n; k++)
          if (quarry_ring_contains (&g_array_index (rings, QuarryRing, j), inner->xy[2 * k], inner->xy[2 * k + 1]))
            return TRUE;
      }
  return FALSE;
}

static double
ring_area (const QuarryRing *ring)
{
  double twice = 0;

  for (gsize i = 0; i < ring->n; i++)
    {
      const double *a = ring->xy + 2 * i, *b = ring->xy + 2 * ((i + 1) % ring->n);

      twice += a[0] * b[1] - b[0] * a[1];
    }
  return fabs (twice) / 2;
}

/* Square pixels, by the shoelace formula; a ring in an odd number of others is a hole. Exact where rings do not cross */
double
quarry_polygon_get_area (const GArray *rings)
{
  double area = 0;

  for (guint i = 0; i < rings->len; i++)
    {
      const QuarryRing *ring = &g_array_index (rings, QuarryRing, i);
      guint depth = 0;

      for (guint j = 0; j < rings->len; j++)
        depth += i != j && quarry_ring_contains (&g_array_index (rings, QuarryRing, j), ring->xy[0], ring->xy[1]);
      area += depth % 2 == 0 ? ring_area (ring) : -ring_area (ring);
    }
  return MAX (area, 0);
}
