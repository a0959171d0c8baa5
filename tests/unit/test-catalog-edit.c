/* test-catalog-edit.c: what people do, undone and redone
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-test-catalog.h"

static const QuarryTestContent small = { 2, 3, 2, 1 };

/* The journal as one string, oldest first: "what(state) …" */
static char *
describe_journal (QuarryCatalog *catalog)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) edits = quarry_catalog_list_edits (catalog, 0, &error);
  g_autoptr(GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = edits->len; i-- > 0;)
    {
      const QuarryEdit *edit = edits->pdata[i];

      g_assert_cmpstr (edit->who, ==, g_get_user_name ());
      g_assert_cmpint (edit->made_ns, >, G_GINT64_CONSTANT (1500000000) * QUARRY_NS_PER_S);
      g_string_append_printf (text, "%s%s(%s)", text->len > 0 ? "; " : "", edit->what, edit->state);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_journal (QuarryCatalog *catalog, const char *expected)
{
  g_autofree char *text = describe_journal (catalog);

  g_assert_cmpstr (text, ==, expected);
}

static void
tag (QuarryCatalog *catalog, const char *query, const char *add, const char *remove)
{
  g_autoptr(GArray) frames = quarry_test_query (catalog, query);
  const char *added[] = { add, NULL };
  const char *removed[] = { remove, NULL };

  quarry_test_ok (quarry_catalog_tag (catalog, frames, added, removed, &error));
}

static void
undo (QuarryCatalog *catalog, const char *expected)
{
  g_autofree char *what = NULL;

  quarry_test_ok (quarry_catalog_undo (catalog, &what, &error));
  g_assert_cmpstr (what, ==, expected);
}

static void
redo (QuarryCatalog *catalog, const char *expected)
{
  g_autofree char *what = NULL;

  quarry_test_ok (quarry_catalog_redo (catalog, &what, &error));
  g_assert_cmpstr (what, ==, expected);
}

static void
test_tag (QuarryTestCatalog *test, gconstpointer data)
{
  quarry_test_fill (test->catalog, &small, NULL);
  tag (test->catalog, "scene:scene-0", "night", NULL);
  tag (test->catalog, "frame:0001", "dusk", "night");
  quarry_test_assert_query (test->catalog, "tag:night", "scene-0/0000 scene-0/0002");
  quarry_test_assert_query (test->catalog, "tag:dusk", "scene-0/0001 scene-1/0001");
  tag (test->catalog, "", NULL, "no such tag");
  assert_journal (test->catalog,
                  "Tag 3 frames 'night'(done); Tag 2 frames 'dusk', untag 'night'(done)");
  undo (test->catalog, "Tag 2 frames 'dusk', untag 'night'");
  quarry_test_assert_query (test->catalog, "tag:night", "scene-0/0000 scene-0/0001 scene-0/0002");
  quarry_test_assert_query (test->catalog, "tag:dusk", "");
  redo (test->catalog, "Tag 2 frames 'dusk', untag 'night'");
  quarry_test_assert_query (test->catalog, "tag:dusk", "scene-0/0001 scene-1/0001");
}

static void
test_nothing (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(GArray) none = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_autoptr(GArray) frames = NULL;
  const char *add[] = { "x", NULL };

  quarry_test_fill (test->catalog, &small, NULL);
  frames = quarry_test_query (test->catalog, "");
  quarry_test_fails (quarry_catalog_undo (test->catalog, NULL, &error), QUARRY_CATALOG_ERROR,
                     QUARRY_CATALOG_ERROR_NOTHING, "nothing to undo");
  quarry_test_fails (quarry_catalog_redo (test->catalog, NULL, &error), QUARRY_CATALOG_ERROR,
                     QUARRY_CATALOG_ERROR_NOTHING, "nothing to redo");
  quarry_test_ok (quarry_catalog_tag (test->catalog, none, add, NULL, &error));
  quarry_test_ok (quarry_catalog_set_rating (test->catalog, frames, 0, &error));
  quarry_test_ok (quarry_catalog_set_flag (test->catalog, frames, 0, &error));
  assert_journal (test->catalog, "");
  tag (test->catalog, "", "x", NULL);
  tag (test->catalog, "", "x", NULL);
  assert_journal (test->catalog, "Tag 6 frames 'x'(done)");
}

static void
test_marks (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(GArray) frames = NULL;

  quarry_test_fill (test->catalog, &small, NULL);
  frames = quarry_test_query (test->catalog, "scene:scene-1");
  quarry_test_ok (quarry_catalog_set_rating (test->catalog, frames, 4, &error));
  g_array_set_size (frames, 1);
  quarry_test_ok (quarry_catalog_set_flag (test->catalog, frames, -1, &error));
  quarry_test_assert_query (test->catalog, "rating:>=3 -flag:reject", "scene-1/0001 scene-1/0002");
  quarry_test_ok (quarry_catalog_set_flag (test->catalog, frames, 1, &error));
  quarry_test_assert_query (test->catalog, "flag:pick", "scene-1/0000");
  assert_journal (test->catalog, "Rate 3 frames 4(done); Reject 1 frame(done); Pick 1 frame(done)");
  undo (test->catalog, "Pick 1 frame");
  quarry_test_assert_query (test->catalog, "flag:reject", "scene-1/0000");
  undo (test->catalog, "Reject 1 frame");
  undo (test->catalog, "Rate 3 frames 4");
  quarry_test_assert_query (test->catalog, "-rating:0", "");
  quarry_test_assert_query (test->catalog, "flag:*", "");
}

static void
test_tag_names (QuarryTestCatalog *test, gconstpointer data)
{
  static const char * const bad[] = { "", " a", "a ", "a\nb", "a\xff" };
  g_autoptr(GArray) frames = NULL;

  quarry_test_fill (test->catalog, &small, NULL);
  frames = quarry_test_query (test->catalog, "");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const char *add[] = { bad[i], NULL };

      quarry_test_fails (quarry_catalog_tag (test->catalog, frames, add, NULL, &error),
                         QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED,
                         "'*' cannot be the name of a tag*");
    }
  tag (test->catalog, "", "a", NULL);
  tag (test->catalog, "frame:0001", "b", NULL);
  quarry_test_fails (quarry_catalog_rename_tag (test->catalog, "a", "b", &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_EXISTS,
                     "there is a tag 'b' already");
  quarry_test_fails (quarry_catalog_rename_tag (test->catalog, "z", "y", &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no tag 'z'");
  quarry_test_fails (quarry_catalog_delete_tag (test->catalog, "z", &error), QUARRY_CATALOG_ERROR,
                     QUARRY_CATALOG_ERROR_NOT_FOUND, "no tag 'z'");
  quarry_test_ok (quarry_catalog_rename_tag (test->catalog, "b", "c", &error));
  quarry_test_assert_query (test->catalog, "tag:c", "scene-0/0001 scene-1/0001");
  quarry_test_ok (quarry_catalog_delete_tag (test->catalog, "c", &error));
  quarry_test_assert_query (test->catalog, "tag:c", "");
  undo (test->catalog, "Delete tag 'c'");
  undo (test->catalog, "Rename tag 'b' to 'c'");
  quarry_test_assert_query (test->catalog, "tag:b", "scene-0/0001 scene-1/0001");
}

static void
test_unknown_frame (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(GArray) frames = NULL;
  const QuarryId missing = 4711;
  const char *add[] = { "x", NULL };
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  quarry_test_fill (test->catalog, &small, NULL);
  frames = quarry_test_query (test->catalog, "");
  g_array_append_val (frames, missing);
  before = quarry_test_dump (test->catalog);
  quarry_test_fails (quarry_catalog_tag (test->catalog, frames, add, NULL, &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no frame 4711");
  quarry_test_fails (quarry_catalog_set_rating (test->catalog, frames, 3, &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no frame 4711");
  quarry_test_fails (quarry_catalog_create_dataset (test->catalog, "d", NULL, frames, &error) != 0,
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no frame 4711");
  after = quarry_test_dump (test->catalog);
  g_assert_cmpstr (before, ==, after);      /* nothing half done, not even a tag made */
  assert_journal (test->catalog, "");
}

static void
test_dropped (QuarryTestCatalog *test, gconstpointer data)
{
  quarry_test_fill (test->catalog, &small, NULL);
  tag (test->catalog, "", "a", NULL);
  tag (test->catalog, "", "b", NULL);
  undo (test->catalog, "Tag 6 frames 'b'");
  tag (test->catalog, "", "c", NULL);
  assert_journal (test->catalog,
                  "Tag 6 frames 'a'(done); Tag 6 frames 'b'(dropped); Tag 6 frames 'c'(done)");
  quarry_test_fails (quarry_catalog_redo (test->catalog, NULL, &error), QUARRY_CATALOG_ERROR,
                     QUARRY_CATALOG_ERROR_NOTHING, "nothing to redo");
  undo (test->catalog, "Tag 6 frames 'c'");
  undo (test->catalog, "Tag 6 frames 'a'");
  redo (test->catalog, "Tag 6 frames 'a'");
  redo (test->catalog, "Tag 6 frames 'c'");
  quarry_test_assert_query (test->catalog, "tag:b", "");
}

static void
test_restart (QuarryTestCatalog *test, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *undone = NULL;

  quarry_test_fill (test->catalog, &small, NULL);
  before = quarry_test_dump (test->catalog);
  tag (test->catalog, "", "a", NULL);
  quarry_test_reopen (test);
  undo (test->catalog, "Tag 6 frames 'a'");
  undone = quarry_test_dump (test->catalog);
  g_assert_cmpstr (undone, ==, before);
  quarry_test_reopen (test);
  redo (test->catalog, "Tag 6 frames 'a'");
  quarry_test_assert_query (test->catalog, "-tag:a", "");
}

/* What was imported between an edit and its undo stays */
static void
test_import_between (QuarryTestCatalog *test, gconstpointer data)
{
  const QuarryTestContent more = { 3, 4, 2, 1 };
  g_autofree char *grown = NULL;
  g_autofree char *undone = NULL;

  quarry_test_fill (test->catalog, &small, NULL);
  tag (test->catalog, "", "a", NULL);
  quarry_test_fill (test->catalog, &more, NULL);
  undo (test->catalog, "Tag 6 frames 'a'");
  undone = quarry_test_dump (test->catalog);
  g_assert_null (strstr (undone, "tagged"));
  redo (test->catalog, "Tag 6 frames 'a'");
  quarry_test_assert_query (test->catalog, "-tag:a scene:scene-1", "scene-1/0003");
  grown = quarry_test_dump (test->catalog);
  g_assert_nonnull (strstr (grown, "scene-2"));
}

static void
store_label (QuarryCatalog *catalog, const char *class_name, const char *id)
{
  const double box[5] = { 1, 2, 3, 4, 0 };
  g_autoptr(GPtrArray) labels =
      g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  QuarryAnnotation *annotation =
      quarry_annotation_new (QUARRY_ANNOTATION_BOX2D, class_name, id, box, 5);

  annotation->frame = 1;
  g_ptr_array_add (labels, annotation);
  quarry_test_ok (quarry_catalog_store_annotations (catalog, 1, labels, "coco", NULL, &error));
}

/* The class stays for the label's sake, the alias goes, and what was done before can be undone as well */
static void
test_class_in_use (QuarryTestCatalog *test, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *undone = NULL;
  g_autofree char *after = NULL;

  quarry_test_fill (test->catalog, &small, NULL);
  tag (test->catalog, "", "seen", NULL);
  quarry_test_ok (quarry_catalog_map_alias (test->catalog, "Radlader", NULL, "wheel loader",
                                            &error));
  store_label (test->catalog, "Radlader", "new");      /* now an import uses the class that the edit made */
  before = quarry_test_dump (test->catalog);
  undo (test->catalog, "Map label 'Radlader' to class 'wheel loader'");
  undone = quarry_test_dump (test->catalog);
  g_assert_nonnull (strstr (undone, "\"wheel loader\""));
  g_assert_null (strstr (undone, "alias \"Radlader\""));
  undo (test->catalog, "Tag 6 frames 'seen'");
  redo (test->catalog, "Tag 6 frames 'seen'");
  redo (test->catalog, "Map label 'Radlader' to class 'wheel loader'");
  after = quarry_test_dump (test->catalog);
  g_assert_cmpstr (before, ==, after);
}

static void
test_ontology (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(GPtrArray) classes = NULL;
  g_autofree char *dump = NULL;

  quarry_test_fill (test->catalog, &small, NULL);
  quarry_test_ok (quarry_catalog_map_alias (test->catalog, "Car", "coco", "light vehicle", &error));
  quarry_test_ok (quarry_catalog_map_alias (test->catalog, "Car", "", "car", &error));
  quarry_test_ok (quarry_catalog_map_alias (test->catalog, "Car", "coco", "vehicle", &error));      /* mapped anew */
  store_label (test->catalog, "Car", "by origin");
  dump = quarry_test_dump (test->catalog);
  g_assert_nonnull (strstr (dump, "alias \"Car\" \"coco\" \"vehicle\"\n"));
  g_assert_nonnull (strstr (dump, "\"by origin\" - \"box2d\" \"vehicle\""));
  quarry_test_ok (quarry_catalog_set_class_color (test->catalog, "person", "#AB12ef", &error));
  quarry_test_fails (quarry_catalog_set_class_color (test->catalog, "person", "red", &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED,
                     "'red' is not a colour like #3584e4");
  quarry_test_fails (quarry_catalog_set_class_color (test->catalog, "nobody", "#000000", &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no class 'nobody'");
  classes = quarry_catalog_list_classes (test->catalog, NULL);
  for (guint i = 0; i < classes->len; i++)
    {
      const QuarryLabelClass *label_class = classes->pdata[i];

      g_assert_cmpint (strlen (label_class->color), ==, 7);
      if (g_str_equal (label_class->name, "person"))
        g_assert_cmpstr (label_class->color, ==, "#AB12ef");
    }
  undo (test->catalog, "Colour class 'person' #AB12ef");
}

static void
test_two_catalogs (QuarryTestCatalog *test, gconstpointer data)
{
  QuarryCatalog *other = quarry_test_open (test->path);

  quarry_test_fill (test->catalog, &small, NULL);
  quarry_test_assert_query (other, "frame:0002", "scene-0/0002 scene-1/0002");
  tag (other, "frame:0002", "seen", NULL);
  quarry_test_assert_query (test->catalog, "tag:seen", "scene-0/0002 scene-1/0002");
  tag (test->catalog, "frame:0002", NULL, "seen");
  undo (other, "Untag 2 frames 'seen'");
  undo (test->catalog, "Tag 2 frames 'seen'");
  quarry_test_assert_query (other, "tag:*", "");
  redo (other, "Tag 2 frames 'seen'");
  assert_journal (test->catalog, "Tag 2 frames 'seen'(done); Untag 2 frames 'seen'(undone)");
  quarry_test_close (other);
}

/* --- many edits by chance, all of them taken back --- */

typedef struct
{
  QuarryCatalog *catalog;
  GRand         *rand;
  GArray        *all;
  int            n_datasets;
} Chance;

static GArray *
some_frames (Chance *chance)
{
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (QuarryId));

  for (guint i = 0; i < chance->all->len; i++)
    if (g_rand_int_range (chance->rand, 0, 3) == 0)
      g_array_append_val (frames, g_array_index (chance->all, QuarryId, i));
  return frames;
}

static const char *
some_tag (Chance *chance)
{
  static const char * const tags[] = { "night", "dusk", "rain", "dust" };

  return tags[g_rand_int_range (chance->rand, 0, G_N_ELEMENTS (tags))];
}

static QuarryId
some_dataset (Chance *chance)
{
  g_autoptr(GPtrArray) datasets = quarry_catalog_list_datasets (chance->catalog, NULL);

  return datasets->len == 0
             ? 0
             : ((QuarryDataset *)
                    datasets->pdata[g_rand_int_range (chance->rand, 0, datasets->len)])
                   ->id;
}

static void
split_dataset (Chance *chance, QuarryId dataset)
{
  static const char * const names[] = { "train", "val", NULL };
  g_autoptr(GPtrArray) members =
      quarry_catalog_list_dataset_frames (chance->catalog, dataset, 0, NULL);
  g_autoptr(GArray) frames = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_autoptr(GPtrArray) splits = g_ptr_array_new ();

  for (guint i = 0; i < members->len; i++)
    {
      g_array_append_val (frames, ((QuarryDatasetFrame *) members->pdata[i])->frame);
      g_ptr_array_add (splits, (char *) names[g_rand_int_range (chance->rand, 0, 3)]);
    }
  quarry_test_ok (quarry_catalog_assign_splits (chance->catalog, dataset, frames,
                                                (const char * const *) splits->pdata, &error));
}

static void
edit_dataset (Chance *chance, int kind)
{
  g_autoptr(GArray) frames = some_frames (chance);
  const QuarryId dataset = some_dataset (chance);
  g_autofree char *name = g_strdup_printf ("set %d", chance->n_datasets++);

  if (dataset == 0 || kind == 0)
    quarry_test_ok (quarry_catalog_create_dataset (chance->catalog, name, "by chance", frames,
                                                   &error) != 0);
  else if (kind == 1)
    quarry_test_ok (quarry_catalog_dataset_add (chance->catalog, dataset, frames, &error));
  else if (kind == 2)
    quarry_test_ok (quarry_catalog_dataset_remove (chance->catalog, dataset, frames, &error));
  else if (kind == 3)
    split_dataset (chance, dataset);
  else if (kind == 4)
    quarry_test_ok (quarry_catalog_freeze_dataset (chance->catalog, dataset, "note", &error) != 0);
  else if (kind == 5)
    quarry_test_ok (quarry_catalog_rename_dataset (chance->catalog, dataset, name, &error));
  else
    quarry_test_ok (quarry_catalog_delete_dataset (chance->catalog, dataset, &error));
}

static void
edit_by_chance (Chance *chance)
{
  g_autoptr(GArray) frames = some_frames (chance);
  const char *add[] = { some_tag (chance), NULL };
  const char *remove[] = { some_tag (chance), NULL };

  switch (g_rand_int_range (chance->rand, 0, 10))
    {
    case 0:
    case 1:
      quarry_test_ok (quarry_catalog_tag (chance->catalog, frames, add, remove, &error));
      break;
    case 2:
      quarry_test_ok (quarry_catalog_set_rating (chance->catalog, frames,
                                                 g_rand_int_range (chance->rand, 0, 6), &error));
      break;
    case 3:
      quarry_test_ok (quarry_catalog_set_flag (chance->catalog, frames,
                                               g_rand_int_range (chance->rand, -1, 2), &error));
      break;
    case 4:
      quarry_catalog_delete_tag (chance->catalog, remove[0], NULL);
      break;
    case 5:
      quarry_catalog_rename_tag (chance->catalog, remove[0], add[0], NULL);
      break;
    case 6:
      quarry_test_ok (quarry_catalog_map_alias (chance->catalog, remove[0], "", add[0], &error));
      break;
    default:
      edit_dataset (chance, g_rand_int_range (chance->rand, 0, 7));
    }
}

static void
test_by_chance (QuarryTestCatalog *test, gconstpointer data)
{
  Chance chance = { .rand = g_rand_new_with_seed (20) };
  g_autoptr(GPtrArray) dumps = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) edits = NULL;
  g_autofree char *last = NULL;
  g_autoptr(GArray) all = NULL;

  quarry_test_fill (test->catalog, &small, NULL);
  all = quarry_test_query (test->catalog, "");
  for (int i = 0; i < 200; i++)
    {
      chance.catalog = test->catalog;
      chance.all = all;
      g_ptr_array_add (dumps, quarry_test_dump (test->catalog));
      edit_by_chance (&chance);
      last = (g_free (last), quarry_test_dump (test->catalog));
      if (g_str_equal (last, dumps->pdata[dumps->len - 1]))
        g_ptr_array_set_size (dumps, dumps->len - 1);      /* changed nothing: no edit either */
      if (i == 100)
        quarry_test_reopen (test);
    }
  edits = quarry_catalog_list_edits (test->catalog, 0, NULL);
  g_assert_cmpuint (edits->len, ==, dumps->len);
  for (guint i = dumps->len; i-- > 0;)
    {
      g_autofree char *dump = NULL;

      quarry_test_ok (quarry_catalog_undo (test->catalog, NULL, &error));
      dump = quarry_test_dump (test->catalog);
      g_assert_cmpstr (dump, ==, dumps->pdata[i]);
    }
  for (guint i = 0; i < dumps->len; i++)
    quarry_test_ok (quarry_catalog_redo (test->catalog, NULL, &error));
  {
    g_autofree char *dump = quarry_test_dump (test->catalog);

    g_assert_cmpstr (dump, ==, last);
  }
  g_rand_free (chance.rand);
}

#define ADD(name, func) g_test_add (name, QuarryTestCatalog, NULL, quarry_test_catalog_setup, func, quarry_test_catalog_teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/edit/tags-are-undone-and-redone", test_tag);
  ADD ("/edit/one-that-changes-nothing-leaves-no-trace", test_nothing);
  ADD ("/edit/ratings-and-flags-are-undone", test_marks);
  ADD ("/edit/tag-names-are-checked-renamed-and-deleted", test_tag_names);
  ADD ("/edit/unknown-frame-leaves-everything-as-it-was", test_unknown_frame);
  ADD ("/edit/new-one-drops-what-was-undone", test_dropped);
  ADD ("/edit/undo-reaches-across-restarts", test_restart);
  ADD ("/edit/undo-leaves-imports-alone", test_import_between);
  ADD ("/catalog/undo-keeps-a-class-that-an-import-uses", test_class_in_use);
  ADD ("/edit/aliases-and-colours", test_ontology);
  ADD ("/edit/two-programs-share-one-journal", test_two_catalogs);
  ADD ("/edit/two-hundred-by-chance-are-taken-back-one-by-one", test_by_chance);
  return g_test_run ();
}
