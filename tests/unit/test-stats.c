/* test-stats.c: counts under a query
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-stats.h"
#include "quarry-test-site.h"

#include <jansson.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

typedef struct
{
  QuarryTestSite site;
} Fixture;

static void
setup (Fixture *self, gconstpointer data)
{
  quarry_test_site_init (&self->site, (const guint[]) { 3, 1, 0 });
}

static void
teardown (Fixture *self, gconstpointer data)
{
  quarry_test_site_clear (&self->site);
}

static QuarryStats *
count (const Fixture *self, const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryQuery) query = quarry_query_parse (text, &error);
  QuarryStats *stats = quarry_stats_new (self->site.catalog, query, NULL, &error);

  g_assert_no_error (error);
  return stats;
}

static const QuarryFacetRow *
find_row (const QuarryStats *stats, QuarryFacet facet, const char *name)
{
  for (guint i = 0; i < stats->facets[facet]->len; i++)
    if (g_str_equal (((QuarryFacetRow *) stats->facets[facet]->pdata[i])->name, name))
      return stats->facets[facet]->pdata[i];
  g_error ("no '%s' in facet %s", name, quarry_stats_facet_name (facet));
}

static void
test_everything (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryStats) stats = count (self, "");

  g_assert_cmpint (stats->totals.frames, ==, 4);
  g_assert_cmpint (stats->totals.images, ==, 8);
  g_assert_cmpint (stats->totals.clouds, ==, 4);
  g_assert_cmpint (stats->totals.annotations, ==, 4 * 4 + 8);
  g_assert_cmpint (find_row (stats, QUARRY_FACET_CLASS, "car")->n_annotations, ==, 8);
  g_assert_cmpint (find_row (stats, QUARRY_FACET_CLASS, "dump truck")->n_frames, ==, 1);
  g_assert_cmpint (find_row (stats, QUARRY_FACET_SCENE, "scene 0")->n_frames, ==, 3);
  g_assert_cmpstr (((QuarryFacetRow *) stats->facets[QUARRY_FACET_SCENE]->pdata[0])->name, ==, "scene 0");
}

static void
test_query (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryStats) stats = count (self, "scene:\"scene 1\"");

  g_assert_cmpint (stats->totals.frames, ==, 1);
  g_assert_cmpint (stats->totals.annotations, ==, 4);
  g_assert_cmpint (find_row (stats, QUARRY_FACET_CLASS, "dump truck")->n_annotations, ==, 0);
  g_assert_cmpint (find_row (stats, QUARRY_FACET_SENSOR, "velodyne")->n_frames, ==, 1);
}

static void
test_text (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryStats) stats = count (self, "");
  g_autofree char *text = quarry_stats_to_text (stats);

  g_assert_nonnull (strstr (text, "frames                4\n"));
  g_assert_nonnull (strstr (text, "  scene 0              3  ████████████████████████\n"));
  g_assert_nonnull (strstr (text, "  scene 1              1  ████████\n"));
  g_assert_nonnull (strstr (text, "  car                  4          8  ████████████████████████\n"));
  g_assert_null (strstr (text, "Tags"));
}

static void
test_json (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryStats) stats = count (self, "class:car");
  g_autofree char *text = quarry_stats_to_json (stats);
  g_autoptr(json_t) root = json_loads (text, 0, NULL);
  json_t *part = NULL;
  gsize i = 0;

  g_assert_cmpuint (json_array_size (root), ==, 1 + QUARRY_N_FACETS);
  json_array_foreach (root, i, part)
    g_assert_true (json_is_string (json_object_get (part, "id")));
  g_assert_cmpstr (json_string_value (json_object_get (json_array_get (root, 0), "query")), ==, "class:car");
  g_assert_cmpint (json_integer_value (json_object_get (json_array_get (root, 0), "frames")), ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/stats/everything-is-counted", Fixture, NULL, setup, test_everything, teardown);
  g_test_add ("/stats/a-query-narrows-all-of-it", Fixture, NULL, setup, test_query, teardown);
  g_test_add ("/stats/text-has-bars-and-no-empty-facets", Fixture, NULL, setup, test_text, teardown);
  g_test_add ("/stats/json-has-an-id-everywhere", Fixture, NULL, setup, test_json, teardown);
  return g_test_run ();
}
