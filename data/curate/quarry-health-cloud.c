/* quarry-health-cloud.c: numbers of a point cloud
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-health.h"

#include <math.h>
#include <stdlib.h>
#include <xxhash.h>

#define CENTIMETRES 65536     /* ranges are counted by the centimetre; beyond 655 m all in one */
#define DIRECTIONS  1440      /* a quarter of a degree each */
#define RINGS       65536     /* a ring's number has 16 bits */
#define WORKING     0.1       /* of the median ring's returns: fewer, and a ring counts as missing */
#define BESIDE      50        /* returns: rings beside fewer tell nothing */

typedef struct
{
  gsize    n;                 /* returns */
  gsize    near;
  guint32 *ranges;
  guint32 *directions;
  guint32 *rings;             /* NULL: the cloud has none */
} Counts;

static void
clear_counts (Counts *counts)
{
  g_free (counts->ranges);
  g_free (counts->directions);
  g_free (counts->rings);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Counts, clear_counts)

static void
count (const QuarryCloud *cloud, Counts *counts)
{
  counts->ranges = g_new0 (guint32, CENTIMETRES);
  counts->directions = g_new0 (guint32, DIRECTIONS);
  counts->rings = cloud->ring != NULL ? g_new0 (guint32, RINGS) : NULL;
  for (gsize i = 0; i < cloud->n; i++)
    {
      const float *p = cloud->xyz + 3 * i;
      const double range = sqrt ((double) p[0] * (double) p[0] + (double) p[1] * (double) p[1] + (double) p[2] * (double) p[2]);
      int direction = 0;

      if (!isfinite (range) || range <= 0)
        continue;
      counts->n++;
      counts->near += range < QUARRY_HEALTH_NEAR;
      counts->ranges[(int) MIN (range * 100, CENTIMETRES - 1)]++;
      direction = (int) ((atan2f (p[1], p[0]) + (float) G_PI) * (float) (DIRECTIONS / (2 * G_PI)));
      counts->directions[CLAMP (direction, 0, DIRECTIONS - 1)]++;
      if (counts->rings != NULL)
        counts->rings[cloud->ring[i]]++;
    }
}

/* Returns: metres; the range that @part of the returns do not reach, to the centimetre */
static double
find_range (const Counts *counts, double part)
{
  const double wanted = part * (double) counts->n;
  gsize sum = 0;
  int at = 0;

  for (; at < CENTIMETRES - 1; at++)
    {
      sum += counts->ranges[at];
      if ((double) sum >= wanted)
        break;
    }
  return (at + 0.5) / 100;
}

static void
measure_ranges (const Counts *counts, QuarryHealth *health)
{
  quarry_health_set (health, QUARRY_MEASURE_NEAR, 100.0 * (double) counts->near / (double) counts->n);
  quarry_health_set (health, QUARRY_MEASURE_RANGE10, find_range (counts, 0.1));
  quarry_health_set (health, QUARRY_MEASURE_RANGE50, find_range (counts, 0.5));
  quarry_health_set (health, QUARRY_MEASURE_RANGE90, find_range (counts, 0.9));
}

/* The longest run without returns, around the circle */
static void
measure_directions (const Counts *counts, QuarryHealth *health)
{
  int run = 0, longest = 0, empty = 0;

  for (int i = 0; i < 2 * DIRECTIONS; i++)
    {
      run = counts->directions[i % DIRECTIONS] == 0 ? run + 1 : 0;
      longest = MAX (longest, run);
    }
  for (int i = 0; i < DIRECTIONS; i += DIRECTIONS / 360)
    {
      guint32 returns = 0;

      for (int k = i; k < i + DIRECTIONS / 360; k++)
        returns += counts->directions[k];
      empty += returns == 0;
    }
  quarry_health_set (health, QUARRY_MEASURE_SECTOR, 360.0 * MIN (longest, DIRECTIONS) / DIRECTIONS);
  quarry_health_set (health, QUARRY_MEASURE_EMPTY, 100.0 * empty / 360);
}

static int
compare_counts (gconstpointer a, gconstpointer b)
{
  const guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return (x > y) - (x < y);
}

static guint32
find_median_ring (const guint32 *rings, gsize n)
{
  g_autofree guint32 *sorted = g_memdup2 (rings, n * sizeof (guint32));

  qsort (sorted, n, sizeof (guint32), compare_counts);
  return sorted[n / 2];
}

/* A ring against the mean of the two beside it: rings that look at the sky have few returns, but so have their neighbours.
 * Returns: 0…; −1 where no ring has neighbours with enough returns */
static double
find_lowest_relative (const guint32 *rings, gsize n)
{
  double lowest = -1;

  for (gsize i = 1; i + 1 < n; i++)
    {
      const double beside = ((double) rings[i - 1] + rings[i + 1]) / 2;

      if (beside >= BESIDE && (lowest < 0 || rings[i] / beside < lowest))
        lowest = rings[i] / beside;
    }
  return lowest;
}

/* From ring 0, or from 1 where the numbers begin there, to the last that has returns */
static void
measure_rings (const Counts *counts, QuarryHealth *health)
{
  const gsize first = counts->rings[0] == 0 && counts->rings[1] > 0;
  const guint32 *rings = counts->rings + first;
  gsize n = RINGS - first;
  guint32 fewest = G_MAXUINT32, median = 0;
  double lowest = 0;
  int working = 0;

  while (n > 1 && rings[n - 1] == 0)
    n--;
  median = find_median_ring (rings, n);
  for (gsize i = 0; i < n; i++)
    {
      working += rings[i] > 0 && rings[i] >= median * WORKING;
      fewest = MIN (fewest, rings[i]);
    }
  lowest = find_lowest_relative (rings, n);
  quarry_health_set (health, QUARRY_MEASURE_RINGS, working);
  quarry_health_set (health, QUARRY_MEASURE_RINGMIN, fewest);
  if (lowest >= 0)
    quarry_health_set (health, QUARRY_MEASURE_RING, 100 * lowest);
}

guint64
quarry_health_hash_cloud (const QuarryCloud *cloud)
{
  const guint64 hash = XXH3_64bits (cloud->xyz, cloud->n * 3 * sizeof (float));

  return MAX (hash, 1);
}

/**
 * quarry_health_cloud:
 *
 * Adds what a cloud tells. One without returns has no ranges; clouds that are empty both are not stuck.
 */
void
quarry_health_cloud (const QuarryCloud *cloud, guint64 hash, guint64 hash_before, QuarryHealth *health)
{
  g_auto(Counts) counts = { 0 };

  g_return_if_fail (cloud != NULL && health != NULL);
  count (cloud, &counts);
  quarry_health_set (health, QUARRY_MEASURE_POINTS, (double) counts.n);
  measure_directions (&counts, health);
  if (counts.n > 0)
    measure_ranges (&counts, health);
  if (counts.rings != NULL && counts.n > 0)
    measure_rings (&counts, health);
  quarry_health_set (health, QUARRY_MEASURE_STUCK, counts.n > 0 && hash == hash_before);
}
