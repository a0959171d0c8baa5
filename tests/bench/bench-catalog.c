/* bench-catalog.c: how long the window's questions take on a big catalog
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * bench-catalog CATALOG.db [QUERY…]: for each query (the empty one, and those of make-catalog's content where none is
 * given): seconds for the frames, for each facet and for the totals; cold, then again.
 */

#include "config.h"
#include "quarry-catalog.h"

#include <sys/resource.h>

static double
seconds_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

static gboolean
ask (QuarryCatalog *catalog, const char *text, GError **error)
{
  static const char * const names[] = { "scene",   "tag",    "class", "sensor",
                                       "dataset", "source", "set",   "split" };
  g_autoptr(QuarryQuery) query = quarry_query_parse (text, error);
  gint64 start = g_get_monotonic_time ();
  g_autoptr(GArray) ids = query != NULL ? quarry_catalog_query (catalog, query, NULL, error) : NULL;
  QuarryTotals totals;
  double sum = 0;

  if (ids == NULL)
    return FALSE;
  g_print ("'%s': %u frames in %.3f s;", text, ids->len, seconds_since (start));
  for (int facet = 0; facet < QUARRY_N_FACETS; facet++)
    {
      g_autoptr(GPtrArray) rows = NULL;

      start = g_get_monotonic_time ();
      rows = quarry_catalog_count_facet (catalog, facet, query, NULL, error);
      if (rows == NULL)
        return FALSE;
      sum += seconds_since (start);
      g_print (" %s %.3f", names[facet], seconds_since (start));
    }
  start = g_get_monotonic_time ();
  if (!quarry_catalog_count_totals (catalog, query, &totals, error))
    return FALSE;
  g_print ("; all facets %.3f, totals %.3f\n", sum, seconds_since (start));
  return TRUE;
}

int
main (int argc, char **argv)
{
  static const char * const queries[] = {
    "",
    "",
    "tag:tag-007",
    "class:class-00",
    "class:class-00 -tag:tag-001",
    "scene:site-07",
    "scene:site-0* class:class-01",
    "0000012",
    "rating:>=3",
    "split:train",
    "set:labels",
    NULL,
  };
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryCatalog) catalog = argc > 1 ? quarry_catalog_open (argv[1], &error) : NULL;
  const char * const *asked = argc > 2 ? (const char * const *) argv + 2 : queries;
  struct rusage usage;

  if (catalog == NULL)
    {
      g_printerr ("bench-catalog: %s\n",
                  error != NULL ? error->message : "usage: bench-catalog CATALOG.db [QUERY…]");
      return 1;
    }
  for (guint i = 0; asked[i] != NULL; i++)
    if (!ask (catalog, asked[i], &error))
      {
        g_printerr ("bench-catalog: %s\n", error->message);
        return 1;
      }
  getrusage (RUSAGE_SELF, &usage);
  g_print ("at most %ld MB resident\n", usage.ru_maxrss / 1024);
  return 0;
}
