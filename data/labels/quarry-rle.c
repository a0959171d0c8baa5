/* quarry-rle.c: masks as runs, as COCO counts and writes them
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The string form: for run i the number x is the run less run i − 2 (from i = 3 on; before, the run itself), written in
 * groups of 5 bits, low ones first, each as the character 48 + bits, + 32 where more follow; x ends when the rest is the
 * sign of the last group.
 */

#include "config.h"
#include "quarry-rle.h"

#include <math.h>
#include <string.h>

#define SCALE     5           /* steps of the polygon's lattice in a pixel, as COCO's */
#define FAR       100000.0    /* px: a polygon beyond is not drawn */
#define MAX_GROUP 12          /* 60 bits */

/* Returns: (transfer full) */
char *
quarry_rle_to_string (const double *runs, gsize n_runs)
{
  GString *text = g_string_sized_new (n_runs * 2);

  for (gsize i = 0; i < n_runs; i++)
    {
      gint64 x = (gint64) runs[i] - (i > 2 ? (gint64) runs[i - 2] : 0);
      gboolean more = TRUE;

      while (more)
        {
          const int bits = (int) (x & 0x1f);

          x >>= 5;
          more = (bits & 0x10) != 0 ? x != -1 : x != 0;
          g_string_append_c (text, (char) (48 + bits + (more ? 0x20 : 0)));
        }
    }
  return g_string_free (text, FALSE);
}

/* Returns: (transfer full): NULL with @error (G_IO_ERROR_INVALID_DATA) at the first character that does not fit */
GArray *
quarry_rle_from_string (const char *text, GError **error)
{
  g_autoptr(GArray) runs = g_array_new (FALSE, FALSE, sizeof (double));
  const char *at = text;

  while (*at != '\0')
    {
      gint64 x = 0;
      double run = 0;
      int group = 0;
      int bits = 0x20;

      for (; (bits & 0x20) != 0; group++, at++)
        {
          bits = *at - 48;
          if (bits < 0 || bits > 0x3f || group == MAX_GROUP)
            {
              g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "mask: character %d is not part of a run",
                           (int) (at - text) + 1);
              return NULL;
            }
          x |= (gint64) (bits & 0x1f) << (5 * group);
        }
      if ((bits & 0x10) != 0)
        x -= G_GINT64_CONSTANT (1) << (5 * group);
      run = (double) x + (runs->len > 2 ? g_array_index (runs, double, runs->len - 2) : 0);
      if (run < 0)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "mask: run %u is negative", runs->len + 1);
          return NULL;
        }
      g_array_append_val (runs, run);
    }
  return g_steal_pointer (&runs);
}

typedef struct { int u, v; } Step;

/* Every lattice step of one edge, along its longer axis, counted from the smaller end but kept in the edge's order */
static void
walk_edge (GArray *steps, const int from[2], const int to[2])
{
  const int dx = ABS (to[0] - from[0]);
  const int dy = ABS (to[1] - from[1]);
  const gboolean flat = dx >= dy;
  const gboolean back = flat ? from[0] > to[0] : from[1] > to[1];
  const int *low = back ? to : from;
  const int *high = back ? from : to;
  const int length = flat ? dx : dy;
  const double slope = length == 0 ? 0 : flat ? (double) (high[1] - low[1]) / dx : (double) (high[0] - low[0]) / dy;

  for (int i = 0; i <= length; i++)
    {
      const int t = back ? length - i : i;
      const Step step = flat ? (Step) { low[0] + t, (int) (low[1] + slope * t + 0.5) }
                             : (Step) { (int) (low[0] + slope * t + 0.5), low[1] + t };

      g_array_append_val (steps, step);
    }
}

static int
compare_double (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a;
  const double y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* Where the outline crosses the middle line of a pixel column, as the number of pixels before the crossing */
static GArray *
find_crossings (const GArray *steps, int width, int height)
{
  GArray *crossings = g_array_new (FALSE, FALSE, sizeof (double));
  const double end = (double) width * height;

  for (guint i = 1; i < steps->len; i++)
    {
      const Step *last = &g_array_index (steps, Step, i - 1);
      const Step *step = &g_array_index (steps, Step, i);
      const double column = ((step->u < last->u ? step->u : step->u - 1) + 0.5) / SCALE - 0.5;
      const double row = (MIN (step->v, last->v) + 0.5) / SCALE - 0.5;
      const double at = column * height + ceil (CLAMP (row, 0, height));

      if (step->u == last->u || column < floor (column) || column > floor (column) || column < 0 || column > width - 1)
        continue;
      g_array_append_val (crossings, at);
    }
  g_array_sort (crossings, compare_double);
  g_array_append_val (crossings, end);
  return crossings;
}

/**
 * quarry_rle_from_polygon:
 * @xy: pixels, corner origin
 *
 * The same pixels as COCO's reference tools fill, even-odd.
 *
 * Returns: (transfer full): NULL where the polygon is no polygon or is absurdly far outside
 */
GArray *
quarry_rle_from_polygon (const double *xy, gsize n_points, int width, int height)
{
  g_autoptr(GArray) steps = g_array_new (FALSE, FALSE, sizeof (Step));
  g_autoptr(GArray) crossings = NULL;
  GArray *runs = NULL;
  double last = 0;

  if (n_points < 3 || width <= 0 || height <= 0)
    return NULL;
  for (gsize i = 0; i < 2 * n_points; i++)
    if (!(fabs (xy[i]) <= FAR))
      return NULL;
  for (gsize i = 0; i < n_points; i++)
    {
      const double *a = xy + 2 * i;
      const double *b = xy + 2 * ((i + 1) % n_points);
      const int from[2] = { (int) (SCALE * a[0] + 0.5), (int) (SCALE * a[1] + 0.5) };
      const int to[2] = { (int) (SCALE * b[0] + 0.5), (int) (SCALE * b[1] + 0.5) };

      walk_edge (steps, from, to);
    }
  crossings = find_crossings (steps, width, height);
  runs = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint i = 0; i < crossings->len; i++)
    {
      const double at = g_array_index (crossings, double, i);
      double run = at - last;

      last = at;
      if (run > 0 || runs->len == 0)
        {
          g_array_append_val (runs, run);
          continue;
        }
      if (++i < crossings->len)      /* two crossings at one place: the run before goes on */
        {
          run = g_array_index (crossings, double, i) - last;
          last = g_array_index (crossings, double, i);
          g_array_index (runs, double, runs->len - 1) += run;
        }
    }
  return runs;
}

/* Both must be of one size. Returns: (transfer full) */
GArray *
quarry_rle_combine (const double *a, gsize n_a, const double *b, gsize n_b, QuarryRleOperator operator)
{
  GArray *runs = g_array_new (FALSE, FALSE, sizeof (double));
  double left_a = n_a > 0 ? a[0] : 0;
  double left_b = n_b > 0 ? b[0] : 0;
  double run = 0;
  gsize i = 0, j = 0;
  gboolean value = FALSE;

  while (i < n_a && j < n_b)
    {
      const gboolean bit_a = i % 2 == 1, bit_b = j % 2 == 1;
      const gboolean bit = operator == QUARRY_RLE_OR ? bit_a || bit_b : operator == QUARRY_RLE_AND ? bit_a && bit_b : bit_a != bit_b;
      const double step = MIN (left_a, left_b);

      if (bit != value && step > 0)
        {
          g_array_append_val (runs, run);
          run = 0;
          value = bit;
        }
      run += step;
      left_a -= step;
      left_b -= step;
      if (left_a <= 0 && ++i < n_a)
        left_a = a[i];
      if (left_b <= 0 && ++j < n_b)
        left_b = b[j];
    }
  g_array_append_val (runs, run);
  return runs;
}

/* Pixels in the mask */
double
quarry_rle_get_area (const double *runs, gsize n_runs)
{
  double area = 0;

  for (gsize i = 1; i < n_runs; i += 2)
    area += runs[i];
  return area;
}
