/* test-catalog-dataset.c: datasets, splits, versions
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-test-catalog.h"

static const QuarryTestContent content = { 2, 4, 2, 1 };

static QuarryId
make_dataset (QuarryCatalog *catalog, const char *name, const char *query)
{
  g_autoptr(GArray) frames = quarry_test_query (catalog, query);
  QuarryId dataset = 0;

  quarry_test_ok ((dataset = quarry_catalog_create_dataset (catalog, name, "notes", frames,
                                                            &error)) != 0);
  return dataset;
}

/* "scene-0/0001:train …" */
static char *
describe_frames (QuarryCatalog *catalog, QuarryId dataset, int version)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) members =
      quarry_catalog_list_dataset_frames (catalog, dataset, version, &error);
  g_autoptr(GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < members->len; i++)
    {
      const QuarryDatasetFrame *member = members->pdata[i];
      g_autoptr(QuarryFrame) frame = quarry_catalog_get_frame (catalog, member->frame, NULL);

      g_string_append_printf (text, "%s%s/%s%s%s", i > 0 ? " " : "", frame->scene_name, frame->key,
                              member->split != NULL ? ":" : "",
                              member->split != NULL ? member->split : "");
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_frames (QuarryCatalog *catalog, QuarryId dataset, int version, const char *expected)
{
  g_autofree char *text = describe_frames (catalog, dataset, version);

  g_assert_cmpstr (text, ==, expected);
}

static void
split (QuarryCatalog *catalog, QuarryId dataset, const char *query, const char *name)
{
  g_autoptr(GArray) frames = quarry_test_query (catalog, query);
  g_autoptr(GPtrArray) splits = g_ptr_array_new ();

  for (guint i = 0; i < frames->len; i++)
    g_ptr_array_add (splits, (char *) name);
  quarry_test_ok (quarry_catalog_assign_splits (catalog, dataset, frames,
                                                (const char * const *) splits->pdata, &error));
}

static void
test_members (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(GArray) scene_1 = NULL;
  g_autoptr(GArray) first = NULL;
  QuarryId dataset = 0;

  quarry_test_fill (test->catalog, &content, NULL);
  scene_1 = quarry_test_query (test->catalog, "scene:scene-1 frame:000*");
  first = quarry_test_query (test->catalog, "frame:0000");
  dataset = make_dataset (test->catalog, "d", "frame:0001");
  split (test->catalog, dataset, "scene:scene-1 frame:0001", "val");
  quarry_test_ok (quarry_catalog_dataset_add (test->catalog, dataset, scene_1, &error));
  assert_frames (test->catalog, dataset, 0,
                 "scene-0/0001 scene-1/0000 scene-1/0001:val scene-1/0002 scene-1/0003");
  quarry_test_ok (quarry_catalog_dataset_remove (test->catalog, dataset, first, &error));
  assert_frames (test->catalog, dataset, 0,
                 "scene-0/0001 scene-1/0001:val scene-1/0002 scene-1/0003");
  quarry_test_ok (quarry_catalog_undo (test->catalog, NULL, &error));
  quarry_test_ok (quarry_catalog_undo (test->catalog, NULL, &error));
  assert_frames (test->catalog, dataset, 0, "scene-0/0001 scene-1/0001:val");
}

static void
test_summary (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(QuarryDataset) found = NULL;
  g_autoptr(GPtrArray) all = NULL;
  QuarryId dataset = 0;

  quarry_test_fill (test->catalog, &content, NULL);
  dataset = make_dataset (test->catalog, "zebra", "");
  make_dataset (test->catalog, "ape", "tag:none");
  split (test->catalog, dataset, "scene:scene-0", "train");
  split (test->catalog, dataset, "scene:scene-1 frame:0002", "val");
  found = quarry_catalog_find_dataset (test->catalog, "zebra", NULL);
  g_assert_cmpint (found->id, ==, dataset);
  g_assert_cmpstr (found->notes, ==, "notes");
  g_assert_cmpint (found->n_frames, ==, 8);
  g_assert_cmpint (found->n_unsplit, ==, 3);
  g_assert_cmpstr (found->splits[0], ==, "train");
  g_assert_cmpint (found->split_counts[0], ==, 4);
  g_assert_cmpstr (found->splits[1], ==, "val");
  g_assert_cmpint (found->split_counts[1], ==, 1);
  g_assert_null (found->splits[2]);
  g_assert_cmpint (found->last_version, ==, 0);
  split (test->catalog, dataset, "", NULL);
  all = quarry_catalog_list_datasets (test->catalog, NULL);
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpstr (((QuarryDataset *) all->pdata[0])->name, ==, "ape");
  g_assert_cmpint (((QuarryDataset *) all->pdata[1])->n_unsplit, ==, 8);
}

static void
test_refused (QuarryTestCatalog *test, gconstpointer data)
{
  const char *names[] = { "train", "train", "train", "train", "train", "train", "train", "train" };
  const char *empty[] = { "", "", "", "", "", "", "", "" };
  g_autoptr(GArray) all = NULL;
  QuarryId dataset = 0;

  quarry_test_fill (test->catalog, &content, NULL);
  all = quarry_test_query (test->catalog, "");
  dataset = make_dataset (test->catalog, "d", "scene:scene-0");
  make_dataset (test->catalog, "e", "scene:scene-0");
  quarry_test_fails (quarry_catalog_create_dataset (test->catalog, "d", NULL, NULL, &error) != 0,
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_EXISTS,
                     "there is a dataset 'd' already");
  quarry_test_fails (quarry_catalog_create_dataset (test->catalog, "", NULL, NULL, &error) != 0,
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED, "a dataset needs a name");
  quarry_test_fails (quarry_catalog_rename_dataset (test->catalog, dataset, "e", &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_EXISTS, "*'e' already");
  quarry_test_fails (quarry_catalog_delete_dataset (test->catalog, 99, &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no dataset 99");
  quarry_test_fails (quarry_catalog_dataset_add (test->catalog, 99, all, &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no dataset 99");
  quarry_test_fails (quarry_catalog_freeze_dataset (test->catalog, 99, NULL, &error) != 0,
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no dataset 99");
  quarry_test_fails (quarry_catalog_find_dataset (test->catalog, "x", &error) != NULL,
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no dataset 'x'");
  quarry_test_fails (quarry_catalog_assign_splits (test->catalog, dataset, all, names, &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND,
                     "frame 5 is not in the dataset");
  quarry_test_fails (quarry_catalog_assign_splits (test->catalog, dataset, all, empty, &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED, "a split needs a name");
  quarry_test_fails (quarry_catalog_list_dataset_frames (test->catalog, dataset, 3, &error) != NULL,
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND,
                     "the dataset has no version 3");
  assert_frames (test->catalog, dataset, 0, "scene-0/0000 scene-0/0001 scene-0/0002 scene-0/0003");
}

static void
test_versions (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(GPtrArray) versions = NULL;
  const QuarryDatasetVersion *first = NULL, *second = NULL, *third = NULL;
  QuarryId dataset = 0;
  int number = 0;

  quarry_test_fill (test->catalog, &content, NULL);
  dataset = make_dataset (test->catalog, "d", "frame:0001");
  split (test->catalog, dataset, "scene:scene-0 frame:0001", "train");
  quarry_test_ok ((number = quarry_catalog_freeze_dataset (test->catalog, dataset, "first",
                                                           &error)) == 1);
  split (test->catalog, dataset, "frame:0001", "val");
  quarry_test_ok (quarry_catalog_freeze_dataset (test->catalog, dataset, NULL, &error) == 2);
  split (test->catalog, dataset, "scene:scene-0 frame:0001", "train");
  split (test->catalog, dataset, "scene:scene-1 frame:0001", NULL);
  quarry_test_ok (quarry_catalog_freeze_dataset (test->catalog, dataset, "as the first", &error) ==
                  3);
  assert_frames (test->catalog, dataset, 1, "scene-0/0001:train scene-1/0001");
  assert_frames (test->catalog, dataset, 2, "scene-0/0001:val scene-1/0001:val");
  versions = quarry_catalog_list_versions (test->catalog, dataset, NULL);
  g_assert_cmpuint (versions->len, ==, 3);
  first = versions->pdata[0];
  second = versions->pdata[1];
  third = versions->pdata[2];
  g_assert_cmpint (strlen (first->hash), ==, 32);
  g_assert_cmpstr (first->hash, ==, third->hash);
  g_assert_cmpstr (first->hash, !=, second->hash);
  g_assert_cmpstr (first->note, ==, "first");
  g_assert_cmpstr (second->note, ==, "");
  g_assert_cmpint (first->n_frames, ==, 2);
  quarry_test_ok (quarry_catalog_delete_dataset (test->catalog, dataset, &error));
  quarry_test_ok (quarry_catalog_undo (test->catalog, NULL, &error));
  assert_frames (test->catalog, dataset, 1, "scene-0/0001:train scene-1/0001");
}

static char *
hash_of (const QuarryTestContent *what, gboolean backwards, const char *extra_class)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "c.db", NULL);
  QuarryCatalog *catalog = quarry_test_open (path);
  g_autoptr(GPtrArray) versions = NULL;
  g_autoptr(GArray) frames = NULL;
  QuarryId dataset = 0;
  char *hash = NULL;

  if (backwards)      /* other ids for the same things: something else came first */
    {
      QuarryId source = 0;

      quarry_test_ok ((source = quarry_catalog_store_source (catalog, "/zzz", "zzz", "images", NULL,
                                                             &error)) != 0);
      quarry_test_ok (quarry_catalog_store_scene (catalog, source, "s", "s", &error) != 0);
      quarry_test_ok (quarry_catalog_store_set (catalog, "other", "import", source, 0, &error) !=
                      0);
    }
  quarry_test_fill (catalog, what, NULL);
  if (extra_class != NULL)
    {
      g_autoptr(GPtrArray) labels =
          g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
      QuarryAnnotation *label =
          quarry_annotation_new (QUARRY_ANNOTATION_CLASS, extra_class, "extra", NULL, 0);

      label->frame = 1;
      g_ptr_array_add (labels, label);
      quarry_test_ok (quarry_catalog_store_annotations (catalog, 1, labels, NULL, NULL, &error));
    }
  frames = quarry_test_query (catalog, "source:site");
  quarry_test_ok ((dataset = quarry_catalog_create_dataset (catalog, "d", NULL, frames, &error)) !=
                  0);
  quarry_test_ok (quarry_catalog_freeze_dataset (catalog, dataset, NULL, &error) == 1);
  versions = quarry_catalog_list_versions (catalog, dataset, NULL);
  hash = g_strdup (((QuarryDatasetVersion *) versions->pdata[0])->hash);
  quarry_test_close (catalog);
  quarry_test_remove (folder);
  return hash;
}

static void
test_hash (void)
{
  const QuarryTestContent other = { 2, 4, 2, 9 };
  g_autofree char *plain = hash_of (&content, FALSE, NULL);
  g_autofree char *again = hash_of (&content, FALSE, NULL);
  g_autofree char *shifted = hash_of (&content, TRUE, NULL);
  g_autofree char *different = hash_of (&other, FALSE, NULL);
  g_autofree char *muddy = hash_of (&content, FALSE, "muddy");
  g_autofree char *dusty = hash_of (&content, FALSE, "dusty");

  g_assert_cmpstr (plain, ==, again);
  g_assert_cmpstr (plain, ==, shifted);
  g_assert_cmpstr (plain, !=, different);
  g_assert_cmpstr (plain, !=, muddy);
  g_assert_cmpstr (muddy, !=, dusty);
}

#define ADD(name, func) g_test_add (name, QuarryTestCatalog, NULL, quarry_test_catalog_setup, func, quarry_test_catalog_teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/dataset/frames-join-and-leave", test_members);
  ADD ("/dataset/summary-counts-splits", test_summary);
  ADD ("/dataset/wrong-calls-are-refused-whole", test_refused);
  ADD ("/dataset/versions-stay-as-frozen", test_versions);
  g_test_add_func ("/dataset/equal-content-has-an-equal-hash", test_hash);
  return g_test_run ();
}
