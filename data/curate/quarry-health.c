/* quarry-health.c: numbers of stamps, and what is normal
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-health.h"

#include <math.h>

#define NS_PER_MS       1e6
#define LEAP_PERIODS    10
#define SPREAD          4.0        /* standard deviations, each side of the median */
#define SIGMA_PER_MAD   1.4826     /* of a normal distribution: 1 / Φ⁻¹(3/4) */

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Of sorted numbers; of an even count the mean of the middle two */
static double
find_median (const GArray *sorted)
{
  const guint n = sorted->len;

  return (g_array_index (sorted, double, (n - 1) / 2) + g_array_index (sorted, double, n / 2)) / 2;
}

/* Stamps are near each other: what lies between two of a catalog cannot overflow, what a broken one says might */
static gboolean
subtract (gint64 a, gint64 b, double *out_ns)
{
  gint64 difference = 0;

  if (a == QUARRY_NO_TIME || b == QUARRY_NO_TIME)
    return FALSE;
  *out_ns = __builtin_sub_overflow (a, b, &difference) ? (double) a - (double) b : (double) difference;
  return TRUE;
}

/**
 * quarry_health_find_period:
 *
 * Returns: ns; the median of what lies between stamps that follow each other, of those that go forward; 0 where there are none
 */
gint64
quarry_health_find_period (const gint64 *stamps, gsize n)
{
  g_autoptr(GArray) gaps = g_array_new (FALSE, FALSE, sizeof (double));
  double gap = 0;

  for (gsize i = 1; i < n; i++)
    if (subtract (stamps[i], stamps[i - 1], &gap) && gap > 0)
      g_array_append_val (gaps, gap);
  if (gaps->len == 0)
    return 0;
  g_array_sort (gaps, compare_doubles);
  return (gint64) find_median (gaps);
}

/**
 * quarry_health_time:
 * @before_ns: stamp of the one before, QUARRY_NO_TIME none
 * @period_ns: 0 unknown
 *
 * Adds what stamps tell.
 */
void
quarry_health_time (gint64 stamp_ns, gint64 before_ns, gint64 frame_ns, gint64 period_ns, QuarryHealth *health)
{
  double ns = 0;

  if (subtract (stamp_ns, frame_ns, &ns))
    quarry_health_set (health, QUARRY_MEASURE_SYNC, ns / NS_PER_MS);
  if (!subtract (stamp_ns, before_ns, &ns))
    return;
  quarry_health_set (health, QUARRY_MEASURE_GAP, ns / NS_PER_MS);
  if (period_ns > 0)
    quarry_health_set (health, QUARRY_MEASURE_PERIODS, ns / (double) period_ns);
  quarry_health_set (health, QUARRY_MEASURE_JUMP,
                     ns <= 0 || (period_ns > 0 && ns > LEAP_PERIODS * (double) period_ns && ns > (double) QUARRY_NS_PER_S));
}

/* Half the width of the normal range: four robust standard deviations, and never less than what is worth telling */
static double
find_width (const QuarryMeasure *measure, const GArray *values, double median)
{
  g_autoptr(GArray) deviations = g_array_sized_new (FALSE, FALSE, sizeof (double), values->len);
  double width = 0;

  for (guint i = 0; i < values->len; i++)
    {
      const double deviation = fabs (g_array_index (values, double, i) - median);

      g_array_append_val (deviations, deviation);
    }
  g_array_sort (deviations, compare_doubles);
  width = SPREAD * SIGMA_PER_MAD * find_median (deviations);
  return MAX (width, MAX (measure->floor, measure->floor_part * fabs (median)));
}

/* A bound where no number can be is none: below nothing, above all of it */
static void
open_bounds (const QuarryMeasure *measure, QuarryNormal *normal)
{
  const double whole = measure->unit == QUARRY_UNIT_PERCENT ? 100 : measure->unit == QUARRY_UNIT_DEGREE ? 360 : G_MAXDOUBLE;

  if (measure->unit != QUARRY_UNIT_MS && normal->low <= 0)
    normal->low = -G_MAXDOUBLE;
  if (normal->high >= whole)
    normal->high = G_MAXDOUBLE;
}

/**
 * quarry_health_find_normal:
 * @values: (inout): of one sensor in one scene
 *
 * The normal range is the median ± four standard deviations, the latter as 1.4826 × the median absolute deviation, which up to half of the values
 * being wrong do not spoil (Rousseeuw and Croux, JASA 88, 1993); the measure's own floor widens it, and its side opens it. Of fewer
 * than QUARRY_HEALTH_FEWEST values nothing is odd. A flag is odd where it is set.
 */
gboolean
quarry_health_find_normal (QuarryMeasureId id, GArray *values, QuarryNormal *out_normal)
{
  const QuarryMeasure *measure = quarry_measure_get (id);
  QuarryNormal normal = { id, values->len, 0, 0, 0, 0, -G_MAXDOUBLE, G_MAXDOUBLE };
  double width = 0;

  if (values->len == 0)
    return FALSE;
  g_array_sort (values, compare_doubles);
  normal.median = find_median (values);
  normal.least = g_array_index (values, double, 0);
  normal.most = g_array_index (values, double, values->len - 1);
  if (measure->unit == QUARRY_UNIT_FLAG)
    normal.high = 0.5;
  else if (measure->odd != QUARRY_ODD_NEVER && values->len >= QUARRY_HEALTH_FEWEST)
    {
      width = find_width (measure, values, normal.median);
      normal.low = measure->odd != QUARRY_ODD_HIGH ? normal.median - width : -G_MAXDOUBLE;
      normal.high = measure->odd != QUARRY_ODD_LOW ? normal.median + width : G_MAXDOUBLE;
      open_bounds (measure, &normal);
    }
  *out_normal = normal;
  return TRUE;
}
