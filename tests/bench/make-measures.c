/* make-measures.c: numbers for every medium of a catalog, for measuring queries on them
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * make-measures CATALOG.db N: N measures (1 to 12) for each medium, by the function that sensor health uses; even between
 * 0 and 100. Equal arguments give equal content. Prints seconds and rows a second.
 */

#include "config.h"
#include "quarry-catalog.h"

#include <stdlib.h>

#define MOST  12
#define BATCH 50000

static double
next_random (guint64 *state)
{
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return (double) (*state >> 40) / (1 << 24) * 100;
}

static gboolean
fill (QuarryCatalog *catalog, QuarryId sensor, guint n, guint64 *random, gint64 *rows_done, GError **error)
{
  g_autoptr(GArray) timeline = quarry_catalog_list_timeline (catalog, sensor, error);
  g_autoptr(GArray) rows = g_array_new (FALSE, FALSE, sizeof (QuarryMeasured));

  for (guint i = 0; timeline != NULL && i < timeline->len; i++)
    {
      const QuarryTimelineItem *item = &g_array_index (timeline, QuarryTimelineItem, i);

      for (guint id = 0; id < n; id++)
        {
          const QuarryMeasured row = { item->media, item->frame, id, next_random (random) };

          g_array_append_val (rows, row);
        }
      if (rows->len < BATCH && i + 1 < timeline->len)
        continue;
      if (!quarry_catalog_store_measures (catalog, rows, error))
        return FALSE;
      *rows_done += rows->len;
      g_array_set_size (rows, 0);
    }
  return timeline != NULL;
}

int
main (int argc, char **argv)
{
  const guint n = argc > 2 ? (guint) CLAMP (atoi (argv[2]), 0, MOST) : 0;
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryCatalog) catalog = n > 0 ? quarry_catalog_open (argv[1], &error) : NULL;
  g_autoptr(GPtrArray) sensors = catalog != NULL ? quarry_catalog_list_sensors (catalog, 0, &error) : NULL;
  const gint64 start = g_get_monotonic_time ();
  guint64 random = 88172645463325252;
  gint64 rows = 0;
  double seconds = 0;

  if (n == 0)
    {
      g_printerr ("usage: make-measures CATALOG.db N\n");
      return 2;
    }
  for (guint i = 0; sensors != NULL && i < sensors->len; i++)
    if (!fill (catalog, ((QuarrySensor *) sensors->pdata[i])->id, n, &random, &rows, &error))
      break;
  if (error != NULL)
    {
      g_printerr ("make-measures: %s\n", error->message);
      return 1;
    }
  seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  g_print ("%" G_GINT64_FORMAT " numbers in %.1f s, %.0f a second\n", rows, seconds, (double) rows / seconds);
  return 0;
}
