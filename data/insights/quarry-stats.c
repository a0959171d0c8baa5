/* quarry-stats.c: how much there is of what, under a query
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-stats.h"

#include <jansson.h>
#include <string.h>

#define BAR_CELLS 24

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

static const struct { const char *name, *title; } facets[] = {
  [QUARRY_FACET_SCENE] = { "scene", "Scenes" },
  [QUARRY_FACET_TAG] = { "tag", "Tags" },
  [QUARRY_FACET_CLASS] = { "class", "Classes" },
  [QUARRY_FACET_SENSOR] = { "sensor", "Sensors" },
  [QUARRY_FACET_DATASET] = { "dataset", "Datasets" },
  [QUARRY_FACET_SOURCE] = { "source", "Sources" },
  [QUARRY_FACET_SET] = { "set", "Annotation sets" },
  [QUARRY_FACET_SPLIT] = { "split", "Splits" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (facets) == QUARRY_N_FACETS);

static const struct { const char *name; gsize offset; } totals[] = {
  { "sources", G_STRUCT_OFFSET (QuarryTotals, sources) },
  { "scenes", G_STRUCT_OFFSET (QuarryTotals, scenes) },
  { "sensors", G_STRUCT_OFFSET (QuarryTotals, sensors) },
  { "frames", G_STRUCT_OFFSET (QuarryTotals, frames) },
  { "media", G_STRUCT_OFFSET (QuarryTotals, media) },
  { "images", G_STRUCT_OFFSET (QuarryTotals, images) },
  { "clouds", G_STRUCT_OFFSET (QuarryTotals, clouds) },
  { "annotations", G_STRUCT_OFFSET (QuarryTotals, annotations) },
  { "classes", G_STRUCT_OFFSET (QuarryTotals, classes) },
  { "tags", G_STRUCT_OFFSET (QuarryTotals, tags) },
  { "datasets", G_STRUCT_OFFSET (QuarryTotals, datasets) },
  { "jobs", G_STRUCT_OFFSET (QuarryTotals, jobs) },
};

const char *
quarry_stats_facet_name (QuarryFacet facet)
{
  g_return_val_if_fail (facet < QUARRY_N_FACETS, NULL);
  return facets[facet].name;
}

gint64
quarry_stats_facet_weight (QuarryFacet facet, const QuarryFacetRow *row)
{
  return facet == QUARRY_FACET_CLASS || facet == QUARRY_FACET_SET ? row->n_annotations : row->n_frames;
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer data)
{
  const QuarryFacetRow *x = *(QuarryFacetRow * const *) a;
  const QuarryFacetRow *y = *(QuarryFacetRow * const *) b;
  const gint64 more = quarry_stats_facet_weight (GPOINTER_TO_UINT (data), y) - quarry_stats_facet_weight (GPOINTER_TO_UINT (data), x);

  return more != 0 ? (more > 0 ? 1 : -1) : strcmp (x->name, y->name);
}

void
quarry_stats_free (QuarryStats *self)
{
  for (guint facet = 0; facet < QUARRY_N_FACETS; facet++)
    g_clear_pointer (&self->facets[facet], g_ptr_array_unref);
  g_clear_pointer (&self->health, g_ptr_array_unref);
  g_free (self->query);
  g_free (self);
}

/* Returns: (transfer full): NULL with @error */
QuarryStats *
quarry_stats_new (QuarryCatalog *catalog, QuarryQuery *query, GCancellable *cancellable, GError **error)
{
  g_autoptr(QuarryStats) self = g_new0 (QuarryStats, 1);

  self->query = g_strdup (quarry_query_get_text (query));
  if (!quarry_catalog_count_totals (catalog, query, &self->totals, error))
    return NULL;
  for (guint facet = 0; facet < QUARRY_N_FACETS; facet++)
    {
      self->facets[facet] = quarry_catalog_count_facet (catalog, facet, query, cancellable, error);
      if (self->facets[facet] == NULL)
        return NULL;
      g_ptr_array_sort_with_data (self->facets[facet], compare_rows, GUINT_TO_POINTER (facet));
    }
  self->health = quarry_catalog_list_health (catalog, query, error);
  return self->health != NULL ? g_steal_pointer (&self) : NULL;
}

static gint64
get_total (const QuarryStats *self, guint i)
{
  return G_STRUCT_MEMBER (gint64, &self->totals, totals[i].offset);
}

/* Eighths of a cell, so that small parts of a large whole still show */
static void
append_bar (GString *text, gint64 value, gint64 largest)
{
  static const char * const parts[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
  const gint64 eighths = largest > 0 ? MAX (value * BAR_CELLS * 8 / largest, value > 0) : 0;

  for (gint64 i = 0; i < eighths / 8; i++)
    g_string_append (text, "█");
  g_string_append (text, parts[eighths % 8]);
}

static void
append_name (GString *text, const char *name, int width)
{
  g_string_append (text, name);
  for (glong i = g_utf8_strlen (name, -1); i < width; i++)
    g_string_append_c (text, ' ');
}

static void
append_facet (GString *text, QuarryFacet facet, GPtrArray *rows)
{
  const gboolean labels = facet == QUARRY_FACET_CLASS || facet == QUARRY_FACET_SET;
  gint64 largest = 0;
  int width = 12;

  if (rows->len == 0)
    return;
  for (guint i = 0; i < rows->len; i++)
    {
      const QuarryFacetRow *row = rows->pdata[i];

      largest = MAX (largest, quarry_stats_facet_weight (facet, row));
      width = MAX (width, MIN (40, (int) g_utf8_strlen (row->name, -1)));
    }
  g_string_append_c (text, '\n');
  append_name (text, facets[facet].title, width + 2);
  g_string_append_printf (text, "%10s%s\n", "frames", labels ? "     labels" : "");
  for (guint i = 0; i < rows->len; i++)
    {
      const QuarryFacetRow *row = rows->pdata[i];

      g_string_append (text, "  ");
      append_name (text, row->name, width);
      g_string_append_printf (text, "%10" G_GINT64_FORMAT, row->n_frames);
      if (labels)
        g_string_append_printf (text, " %10" G_GINT64_FORMAT, row->n_annotations);
      if (quarry_stats_facet_weight (facet, row) > 0)
        g_string_append (text, "  ");
      append_bar (text, quarry_stats_facet_weight (facet, row), largest);
      g_string_append_c (text, '\n');
    }
}

/* What sensors' medians span, and how many numbers are odd */
static void
append_measure (GString *text, GPtrArray *health, QuarryMeasureId id)
{
  double least = 0, most = 0;
  gint64 n = 0, n_odd = 0;
  g_autofree char *from = NULL, *to = NULL, *span = NULL;

  for (guint i = 0; i < health->len; i++)
    {
      const QuarryNormal *normal = &((QuarrySensorHealth *) health->pdata[i])->normal;

      if (normal->measure != id)
        continue;
      least = n > 0 ? MIN (least, normal->median) : normal->median;
      most = n > 0 ? MAX (most, normal->median) : normal->median;
      n += normal->n;
      n_odd += normal->n_odd;
    }
  if (n == 0)
    return;
  from = quarry_measure_format (id, least);
  to = quarry_measure_format (id, most);
  span = g_str_equal (from, to) ? g_strdup (from) : g_strdup_printf ("%s – %s", from, to);
  g_string_append (text, "  ");
  append_name (text, quarry_measure_get (id)->name, 14);
  append_name (text, span, 26);
  g_string_append_printf (text, "%10" G_GINT64_FORMAT "  %8" G_GINT64_FORMAT "\n", n, n_odd);
}

static void
append_health (GString *text, GPtrArray *health)
{
  if (health->len == 0)
    return;
  g_string_append (text, "\nHealth          medians of sensors           measured       odd\n");
  for (QuarryMeasureId id = 0; id < QUARRY_N_MEASURES; id++)
    append_measure (text, health, id);
}

static json_t *
health_to_json (GPtrArray *health)
{
  json_t *rows = json_array ();

  for (guint i = 0; i < health->len; i++)
    {
      const QuarrySensorHealth *row = health->pdata[i];

      json_array_append_new (rows, json_pack ("{s:s, s:s, s:s, s:f, s:I, s:I}", "id", quarry_measure_get (row->normal.measure)->name, "sensor",
                                              row->sensor_name, "scene", row->scene_name, "median", row->normal.median, "n",
                                              (json_int_t) row->normal.n, "odd", (json_int_t) row->normal.n_odd));
    }
  return rows;
}

/* Returns: (transfer full): totals, then each facet that has rows, with bars relative to its largest */
char *
quarry_stats_to_text (const QuarryStats *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (totals); i++)
    g_string_append_printf (text, "%-12s %10" G_GINT64_FORMAT "\n", totals[i].name, get_total (self, i));
  for (guint facet = 0; facet < QUARRY_N_FACETS; facet++)
    append_facet (text, facet, self->facets[facet]);
  append_health (text, self->health);
  return g_string_free (text, FALSE);
}

/* Returns: (transfer full): [{id: "totals", query, frames, …}, {id: "class", rows: [{id, name, frames, annotations}]}, …] */
char *
quarry_stats_to_json (const QuarryStats *self)
{
  g_autoptr(json_t) root = json_pack ("[{s:s, s:s}]", "id", "totals", "query", self->query);
  g_autofree char *dump = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (totals); i++)
    json_object_set_new (json_array_get (root, 0), totals[i].name, json_integer (get_total (self, i)));
  for (guint facet = 0; facet < QUARRY_N_FACETS; facet++)
    {
      json_t *rows = json_array ();

      for (guint i = 0; i < self->facets[facet]->len; i++)
        {
          const QuarryFacetRow *row = self->facets[facet]->pdata[i];

          json_array_append_new (rows, json_pack ("{s:I, s:s, s:I, s:I}", "id", (json_int_t) row->id, "name", row->name, "frames",
                                                  (json_int_t) row->n_frames, "annotations", (json_int_t) row->n_annotations));
        }
      json_array_append_new (root, json_pack ("{s:s, s:o}", "id", facets[facet].name, "rows", rows));
    }
  if (self->health->len > 0)
    json_array_append_new (root, json_pack ("{s:s, s:o}", "id", "health", "rows", health_to_json (self->health)));
  dump = json_dumps (root, JSON_INDENT (1));
  return g_strdup (dump);
}
