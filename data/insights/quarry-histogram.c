/* quarry-histogram.c: how what is measured is spread over the frames of a query
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-histogram.h"

#include <math.h>

#define BINS 8      /* about so many between the ends */

static void
free_bin (gpointer data)
{
  QuarryBin *bin = data;

  g_free (bin->name);
  g_free (bin->term);
  g_free (bin);
}

/* What the sensors' numbers span: all of them, and without what is far from normal, so that one broken stamp does not push all else into one bin */
typedef struct
{
  double   least, most;
  double   from, to;
  gboolean any;
} Extent;

static void
extend (Extent *extent, double least, double most, double from, double to)
{
  extent->least = extent->any ? MIN (extent->least, least) : least;
  extent->most = extent->any ? MAX (extent->most, most) : most;
  extent->from = extent->any ? MIN (extent->from, from) : from;
  extent->to = extent->any ? MAX (extent->to, to) : to;
  extent->any = TRUE;
}

static Extent
find_extent (GPtrArray *health, QuarryMeasureId measure)
{
  const gboolean by_size = quarry_measure_get (measure)->by_size;
  Extent extent = { 0 };

  for (guint i = 0; i < health->len; i++)
    {
      const QuarryNormal *normal = &((QuarrySensorHealth *) health->pdata[i])->normal;
      const double from = MAX (normal->least, normal->low), to = MIN (normal->most, normal->high);

      if (normal->measure != measure)
        continue;
      if (by_size)
        extend (&extent, 0, MAX (fabs (normal->least), fabs (normal->most)), 0, MAX (fabs (from), fabs (to)));
      else
        extend (&extent, normal->least, normal->most, from, to);
    }
  return extent;
}

/* 1, 2 or 5 times a power of ten */
static double
find_step (double span, guint digits)
{
  const double raw = MAX (span / BINS, pow (10, -(double) digits));
  const double power = pow (10, floor (log10 (raw)));
  const double part = raw / power;

  return power * (part <= 1.0001 ? 1 : part <= 2.0001 ? 2 : part <= 5.0001 ? 5 : 10);
}

static char *
format_edge (double edge, double step)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *format = g_strdup_printf ("%%.%df", (int) MAX (0, -floor (log10 (step) + 1e-9)));

  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, format, fabs (edge) < step / 1000 ? 0 : edge));
}

static gboolean
add_bin (GPtrArray *bins, QuarryCatalog *catalog, const char *query, char *take_name, char *take_term, GCancellable *cancellable, GError **error)
{
  g_autofree char *text = g_strconcat (query, " ", take_term, NULL);
  g_autoptr(QuarryQuery) narrowed = quarry_query_parse (text, error);
  QuarryBin *bin = g_new0 (QuarryBin, 1);

  *bin = (QuarryBin) { take_name, take_term, 0 };
  g_ptr_array_add (bins, bin);
  return narrowed != NULL && quarry_catalog_count_frames (catalog, narrowed, &bin->n_frames, cancellable, error);
}

static gboolean
add_flag_bins (GPtrArray *bins, QuarryCatalog *catalog, QuarryMeasureId measure, const char *query, GCancellable *cancellable, GError **error)
{
  const char *name = quarry_measure_get (measure)->name;

  return add_bin (bins, catalog, query, g_strdup ("yes"), g_strdup (name), cancellable, error) &&
         add_bin (bins, catalog, query, g_strdup ("no"), g_strconcat ("-", name, NULL), cancellable, error);
}

static gboolean
add_bins (GPtrArray *bins, QuarryCatalog *catalog, QuarryMeasureId measure, const Extent *extent, const char *query,
          GCancellable *cancellable, GError **error)
{
  const QuarryMeasure *kind = quarry_measure_get (measure);
  const char *unit = quarry_measure_get_unit (measure);
  const char *space = *unit != '\0' && kind->unit != QUARRY_UNIT_DEGREE ? " " : "";
  const double step = find_step (extent->to - extent->from, kind->digits);
  const double first = floor (extent->from / step + 1e-9) * step;
  const int n = (int) floor ((extent->to - first) / step + 1e-9) + 1;

  for (int i = -1; i <= n; i++)
    {
      g_autofree char *from = format_edge (first + i * step, step), *to = format_edge (first + (i + 1) * step, step);
      char *name = NULL, *term = NULL;

      if ((i < 0 && extent->least >= first) || (i == n && extent->most < first + n * step))
        continue;
      name = i < 0    ? g_strdup_printf ("below %s%s%s", to, space, unit)
             : i == n ? g_strdup_printf ("%s%s%s and more", from, space, unit)
                      : g_strdup_printf ("%s – %s%s%s", from, to, space, unit);
      term = i < 0    ? g_strconcat (kind->name, "<", to, unit, NULL)
             : i == n ? g_strconcat (kind->name, ">=", from, unit, NULL)
                      : g_strconcat (kind->name, "=", from, "..", to, unit, NULL);
      if (!add_bin (bins, catalog, query, name, term, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

GPtrArray *
quarry_histogram_new (QuarryCatalog *catalog, QuarryMeasureId measure, QuarryQuery *query, GCancellable *cancellable, GError **error)
{
  g_autoptr(GPtrArray) bins = g_ptr_array_new_with_free_func (free_bin);
  g_autoptr(GPtrArray) health = NULL;
  const char *text = query != NULL ? quarry_query_get_text (query) : "";
  Extent extent;
  gboolean done = TRUE;

  g_return_val_if_fail (measure < QUARRY_N_MEASURES, NULL);
  health = quarry_catalog_list_health (catalog, NULL, error);
  if (health == NULL)
    return NULL;
  extent = find_extent (health, measure);
  if (extent.any && quarry_measure_get (measure)->unit == QUARRY_UNIT_FLAG)
    done = add_flag_bins (bins, catalog, measure, text, cancellable, error);
  else if (extent.any)
    done = add_bins (bins, catalog, measure, &extent, text, cancellable, error);
  return done ? g_steal_pointer (&bins) : NULL;
}
