/* test-names.c: what people type for datasets, versions and sets; differences between states
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-diff.h"
#include "quarry-names.h"
#include "quarry-test-catalog.h"

#include <jansson.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

static const QuarryTestContent content = { .n_scenes = 2, .n_frames = 3, .n_annotations = 1, .seed = 1 };

static void
setup (QuarryTestCatalog *test, gconstpointer data)
{
  quarry_test_catalog_setup (test, data);
  quarry_test_fill (test->catalog, &content, NULL);
}

static QuarryId
create (QuarryCatalog *catalog, const char *name, const char *query)
{
  g_autoptr(GArray) frames = quarry_test_query (catalog, query);
  g_autoptr(GError) error = NULL;
  const QuarryId id = quarry_catalog_create_dataset (catalog, name, "", frames, &error);

  g_assert_no_error (error);
  return id;
}

static void
freeze (QuarryCatalog *catalog, QuarryId dataset)
{
  quarry_test_ok (quarry_catalog_freeze_dataset (catalog, dataset, "", &error));
}

/* "name@version", or "" where there is none */
static void
assert_found (QuarryCatalog *catalog, const char *text, const char *expected)
{
  g_autoptr(GError) error = NULL;
  int version = -1;
  g_autoptr(QuarryDataset) dataset = quarry_names_find_dataset (catalog, text, &version, &error);
  g_autofree char *got = dataset != NULL ? g_strdup_printf ("%s@%d", dataset->name, version) : g_strdup ("");

  g_assert_cmpstr (got, ==, expected);
  if (dataset == NULL)
    {
      g_assert_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND);
      g_assert_cmpint (version, ==, 0);
    }
}

static void
test_names_and_versions (QuarryTestCatalog *test, gconstpointer unused)
{
  const QuarryId plain = create (test->catalog, "plain", "");
  const QuarryId mail = create (test->catalog, "me@site", "");

  freeze (test->catalog, plain);
  freeze (test->catalog, plain);
  freeze (test->catalog, mail);
  assert_found (test->catalog, "plain", "plain@0");
  assert_found (test->catalog, "plain@1", "plain@1");
  assert_found (test->catalog, "plain@2", "plain@2");
  assert_found (test->catalog, "me@site", "me@site@0");
  assert_found (test->catalog, "me@site@1", "me@site@1");
}

static void
test_what_is_not_there (QuarryTestCatalog *test, gconstpointer unused)
{
  static const char * const texts[] = { "moon", "", "@", "@1", "plain@", "plain@0", "plain@2", "plain@-1", "plain@+1", "plain@1x", "plain@ 1",
                                        "plain@1@1", "Plain", "plain ", "plain@99999999999999999999" };

  freeze (test->catalog, create (test->catalog, "plain", ""));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_found (test->catalog, texts[i], "");
}

/* Else the frozen version could not be reached any more */
static void
test_names_like_versions_are_refused (QuarryTestCatalog *test, gconstpointer unused)
{
  freeze (test->catalog, create (test->catalog, "a", ""));
  assert_found (test->catalog, "a@1", "a@1");
  quarry_test_fails (quarry_catalog_create_dataset (test->catalog, "a@1", "", NULL, &error) != 0, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED,
                     "'a@1' is no name for a dataset*");
}

static void
test_sets_by_name (QuarryTestCatalog *test, gconstpointer unused)
{
  quarry_test_ok (quarry_names_find_set (test->catalog, "truth", &error));
  quarry_test_fails (quarry_names_find_set (test->catalog, "Truth", &error), QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "*'Truth'*");
}

/* --- differences --- */

static void
assign (QuarryCatalog *catalog, QuarryId dataset, const char *query, const char *split)
{
  g_autoptr(GArray) frames = quarry_test_query (catalog, query);
  g_autofree const char **splits = g_new0 (const char *, frames->len + 1);

  for (guint i = 0; i < frames->len; i++)
    splits[i] = split;
  quarry_test_ok (quarry_catalog_assign_splits (catalog, dataset, frames, splits, &error));
}

static void
change (QuarryCatalog *catalog, QuarryId dataset, const char *query, gboolean add)
{
  g_autoptr(GArray) frames = quarry_test_query (catalog, query);

  quarry_test_ok ((add ? quarry_catalog_dataset_add : quarry_catalog_dataset_remove) (catalog, dataset, frames, &error));
}

static void
assert_diff (QuarryCatalog *catalog, QuarryId from, int from_version, QuarryId to, int to_version, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) rows = quarry_diff_versions (catalog, from, from_version, to, to_version, &error);
  g_autofree char *text = NULL;
  g_autofree char *json = NULL;
  g_autoptr(json_t) root = NULL;

  g_assert_no_error (error);
  text = quarry_diff_to_text (catalog, rows, &error);
  g_assert_cmpstr (text, ==, expected);
  json = quarry_diff_to_json (catalog, rows, &error);
  root = json_loads (json, 0, NULL);
  g_assert_cmpuint (json_array_size (root), ==, rows->len);
  for (guint i = 0; i < rows->len; i++)
    {
      const QuarryDiffRow *row = rows->pdata[i];
      json_t *object = json_array_get (root, i);

      g_assert_cmpint (json_integer_value (json_object_get (object, "id")), ==, row->frame);
      g_assert_cmpstr (json_string_value (json_object_get (object, "change")), ==, quarry_diff_kind_name (row->kind));
      g_assert_cmpstr (json_string_value (json_object_get (object, "from")), ==, row->from);
      g_assert_cmpstr (json_string_value (json_object_get (object, "to")), ==, row->to);
    }
}

static void
test_differences_in_full (QuarryTestCatalog *test, gconstpointer unused)
{
  const QuarryId d = create (test->catalog, "d", "scene:scene-0");

  assign (test->catalog, d, "scene:scene-0", "train");
  freeze (test->catalog, d);
  assert_diff (test->catalog, d, 1, d, 0, "");
  assert_diff (test->catalog, d, 1, d, 1, "");
  change (test->catalog, d, "frame:0002", TRUE);
  change (test->catalog, d, "scene:scene-0 frame:0000", FALSE);
  assign (test->catalog, d, "scene:scene-0 frame:0001", "val");
  assign (test->catalog, d, "scene:scene-0 frame:0002", NULL);
  freeze (test->catalog, d);
  assert_diff (test->catalog, d, 1, d, 0,
               "~ scene-0 0001 (train → val)\n~ scene-0 0002 (train → no split)\n+ scene-1 0002 (no split)\n- scene-0 0000 (train)\n");
  assert_diff (test->catalog, d, 2, d, 1,
               "+ scene-0 0000 (train)\n~ scene-0 0001 (val → train)\n~ scene-0 0002 (no split → train)\n- scene-1 0002 (no split)\n");
}

static void
test_differences_of_two_datasets (QuarryTestCatalog *test, gconstpointer unused)
{
  const QuarryId a = create (test->catalog, "a", "scene:scene-0");
  const QuarryId b = create (test->catalog, "b", "frame:0000");

  assert_diff (test->catalog, a, 0, b, 0, "+ scene-1 0000 (no split)\n- scene-0 0001 (no split)\n- scene-0 0002 (no split)\n");
  assert_diff (test->catalog, b, 0, b, 0, "");
}

static void
test_differences_of_nothing_there (QuarryTestCatalog *test, gconstpointer unused)
{
  const QuarryId a = create (test->catalog, "a", "");
  const QuarryId empty = create (test->catalog, "empty", "frame:none");

  assert_diff (test->catalog, empty, 0, empty, 0, "");
  assert_diff (test->catalog, empty, 0, a, 0,
               "+ scene-0 0000 (no split)\n+ scene-0 0001 (no split)\n+ scene-0 0002 (no split)\n"
               "+ scene-1 0000 (no split)\n+ scene-1 0001 (no split)\n+ scene-1 0002 (no split)\n");
}

int
main (int argc, char **argv)
{
#define ADD(name, func) g_test_add (name, QuarryTestCatalog, NULL, setup, func, quarry_test_catalog_teardown)
  g_test_init (&argc, &argv, NULL);
  ADD ("/names/names-and-versions", test_names_and_versions);
  ADD ("/names/what-is-not-there", test_what_is_not_there);
  ADD ("/names/what-reads-as-a-version-is-no-name", test_names_like_versions_are_refused);
  ADD ("/names/sets-by-name", test_sets_by_name);
  ADD ("/diff/in-full", test_differences_in_full);
  ADD ("/diff/of-two-datasets", test_differences_of_two_datasets);
  ADD ("/diff/of-nothing-there", test_differences_of_nothing_there);
  return g_test_run ();
}
