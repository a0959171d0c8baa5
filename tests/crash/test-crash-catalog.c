/* test-crash-catalog.c: killed at any moment, the catalog is whole and goes on
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The child works through a fixed list of steps, each an import of one batch, then an edit that tags the batch, then one that
 * makes a dataset of it; what is done already it leaves. The parent kills it (SIGKILL) again and again and looks whether every
 * step is there whole or not at all. In the end it lets the work finish and compares with an undisturbed run.
 */

#include "config.h"
#include "quarry-test-catalog.h"

#include <gio/gio.h>

#define N_STEPS 60
#define N_BATCH 40
#define N_KILLS 20

/* --- the child --- */

static GPtrArray *
make_batch (int step, QuarryId scene, QuarryId sensor, QuarryId set)
{
  GPtrArray *drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_frame_draft_free);

  for (int i = 0; i < N_BATCH; i++)
    {
      const double box[5] = { i, step, 3, 4, 0 };
      g_autofree char *key = g_strdup_printf ("%02d-%03d", step, i);
      g_autofree char *uri = g_strdup_printf ("nowhere:%s.jpg", key);
      g_autofree char *class_name = g_strdup_printf ("class-%d", (step + i) % 5);
      QuarryFrameDraft *draft =
          quarry_frame_draft_new (scene, key, (step * N_BATCH + i) * QUARRY_NS_PER_S);

      g_ptr_array_add (draft->media, quarry_test_media (sensor, 0, uri, "jpeg", QUARRY_NO_TIME));
      draft->annotations = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
      draft->set = set;
      g_ptr_array_add (draft->annotations,
                       quarry_annotation_new (QUARRY_ANNOTATION_BOX2D, class_name, key, box, 5));
      ((QuarryAnnotation *) draft->annotations->pdata[0])->media = 1;
      g_ptr_array_add (drafts, draft);
    }
  return drafts;
}

static void
do_step (QuarryCatalog *catalog, int step, QuarryId source, QuarryId set)
{
  g_autofree char *scene_name = g_strdup_printf ("scene-%d", step / 4);
  g_autofree char *query = g_strdup_printf ("frame:%02d-*", step);
  g_autofree char *name = g_strdup_printf ("step-%02d", step);
  const char *add[] = { name, NULL };
  g_autoptr(GPtrArray) drafts = NULL;
  g_autoptr(GArray) frames = NULL;
  g_autoptr(QuarryDataset) dataset = NULL;
  QuarryId scene = 0, sensor = 0;

  quarry_test_ok ((scene = quarry_catalog_store_scene (catalog, source, scene_name, scene_name,
                                                       &error)) != 0);
  quarry_test_ok ((sensor = quarry_catalog_store_sensor (catalog, scene, "camera",
                                                         QUARRY_SENSOR_CAMERA, &error)) != 0);
  drafts = make_batch (step, scene, sensor, set);
  quarry_test_ok (quarry_catalog_store_frames (catalog, drafts, "images", NULL, &error));
  frames = quarry_test_query (catalog, query);
  g_assert_cmpuint (frames->len, ==, N_BATCH);
  quarry_test_ok (quarry_catalog_tag (catalog, frames, add, NULL, &error));
  dataset = quarry_catalog_find_dataset (catalog, name, NULL);
  if (dataset == NULL)
    quarry_test_ok (quarry_catalog_create_dataset (catalog, name, NULL, frames, &error) != 0);
}

static int
work (const char *path)
{
  QuarryCatalog *catalog = quarry_test_open (path);
  QuarryId source = 0, set = 0;

  quarry_test_ok ((source = quarry_catalog_store_source (catalog, "nowhere:", "nowhere", "images",
                                                         NULL, &error)) != 0);
  quarry_test_ok ((set = quarry_catalog_store_set (catalog, "truth", "import", source, 0,
                                                   &error)) != 0);
  for (int step = 0; step < N_STEPS; step++)
    do_step (catalog, step, source, set);
  quarry_test_ok (quarry_catalog_finish_source (catalog, source, TRUE, NULL, &error));
  quarry_test_close (catalog);
  return 0;
}

/* --- the parent --- */

/* Returns: whether the child came to its end */
static gboolean
run_child (const char *program, const char *path, gint64 kill_after_us)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GSubprocess) child =
      g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, "--work", path, NULL);

  g_assert_no_error (error);
  if (kill_after_us > 0)
    {
      g_usleep (kill_after_us);
      g_subprocess_force_exit (child);
    }
  g_subprocess_wait (child, NULL, &error);
  g_assert_no_error (error);
  if (g_subprocess_get_if_signaled (child))
    g_assert_cmpint (g_subprocess_get_term_sig (child), ==, 9);
  else
    g_assert_cmpint (g_subprocess_get_exit_status (child), ==, 0);
  return g_subprocess_get_if_exited (child);
}

static void
assert_facet_in_batches (QuarryCatalog *catalog, QuarryFacet facet)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) rows = quarry_catalog_count_facet (catalog, facet, NULL, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++)
    g_assert_cmpint (((QuarryFacetRow *) rows->pdata[i])->n_frames % N_BATCH, ==, 0);
  for (guint i = 0; facet != QUARRY_FACET_SCENE && i < rows->len; i++)
    g_assert_cmpint (((QuarryFacetRow *) rows->pdata[i])->n_frames, ==, N_BATCH);
}

/* Journal and content agree: as many edits as tags and datasets, and all of them can be taken back */
static void
assert_journal_agrees (QuarryCatalog *catalog)
{
  g_autoptr(GPtrArray) edits = quarry_catalog_list_edits (catalog, 0, NULL);
  g_autofree char *before = quarry_test_dump (catalog);
  g_autofree char *after = NULL;
  QuarryTotals totals;

  quarry_test_ok (quarry_catalog_count_totals (catalog, NULL, &totals, &error));
  g_assert_cmpint (totals.tags + totals.datasets, ==, edits->len);
  g_assert_cmpint (totals.media, ==, totals.frames);
  g_assert_cmpint (totals.annotations, ==, totals.frames);
  for (guint i = 0; i < edits->len; i++)
    quarry_test_ok (quarry_catalog_undo (catalog, NULL, &error));
  quarry_test_ok (quarry_catalog_count_totals (catalog, NULL, &totals, &error));
  g_assert_cmpint (totals.tags + totals.datasets, ==, 0);
  for (guint i = 0; i < edits->len; i++)
    quarry_test_ok (quarry_catalog_redo (catalog, NULL, &error));
  after = quarry_test_dump (catalog);
  g_assert_cmpstr (before, ==, after);
}

static void
assert_whole (const char *path)
{
  QuarryCatalog *catalog = quarry_test_open (path);
  g_autoptr(QuarryReport) report = quarry_report_new ();

  quarry_test_ok (quarry_catalog_check (catalog, report, NULL, &error));
  g_assert_cmpuint (quarry_report_get_n_issues (report, QUARRY_ISSUE_LOSS), ==, 0);
  assert_facet_in_batches (catalog, QUARRY_FACET_SCENE);
  assert_facet_in_batches (catalog, QUARRY_FACET_TAG);
  assert_facet_in_batches (catalog, QUARRY_FACET_DATASET);
  assert_journal_agrees (catalog);
  quarry_test_close (catalog);
}

static char *
dump_file (const char *path)
{
  QuarryCatalog *catalog = quarry_test_open (path);
  char *dump = quarry_test_dump (catalog);

  quarry_test_close (catalog);
  return dump;
}

static void
remove_catalog (const char *path)
{
  static const char * const ends[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *file = g_strconcat (path, ends[i], NULL);

      g_remove (file);
    }
}

static void
test_killed (gconstpointer program)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "killed.db", NULL);
  g_autofree char *calm_path = g_build_filename (folder, "calm.db", NULL);
  g_autofree char *killed = NULL;
  g_autofree char *calm = NULL;
  const gint64 start = g_get_monotonic_time ();
  gint64 whole_us = 0;
  GRand *rand = g_rand_new_with_seed (9);
  int kills = 0;

  g_assert_true (run_child (program, calm_path, 0));
  whole_us = g_get_monotonic_time () - start;      /* this machine's speed today */
  while (kills < N_KILLS)
    if (run_child (program, path, g_rand_int_range (rand, 1, MAX (2, whole_us / 3))))
      remove_catalog (path);
    else
      {
        kills++;
        if (g_file_test (path, G_FILE_TEST_EXISTS))
          assert_whole (path);
      }
  g_assert_true (run_child (program, path, 0));
  killed = dump_file (path);
  calm = dump_file (calm_path);
  g_assert_cmpstr (killed, ==, calm);
  g_rand_free (rand);
  quarry_test_remove (folder);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--work"))
    return work (argv[2]);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/crash/killed-at-twenty-moments-the-catalog-is-whole-and-finishes",
                        argv[0], test_killed);
  return g_test_run ();
}
