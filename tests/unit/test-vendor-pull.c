/* test-vendor-pull.c: what a vendor's people have labelled, into the catalog, against a server of the contract
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-test-label-studio.h"
#include "quarry-test-vendor.h"

#define FRAMES 3
#define TASKS  (2 * FRAMES)

typedef struct
{
  QuarryTestStudio *studio;
  QuarryTestYard   *yard;
  QuarryId          job;
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  QuarryPushRequest request;
  g_autoptr(GError) error = NULL;

  fixture->studio = quarry_test_studio_new ();
  fixture->yard = quarry_test_yard_new (quarry_test_folder (), FRAMES, fixture->studio->server->url);
  request = quarry_test_request_new (fixture->yard, "night");
  fixture->job = quarry_test_push (fixture->yard, &request, NULL, &error);
  g_assert_no_error (error);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  quarry_test_yard_free (fixture->yard);
  quarry_test_studio_free (fixture->studio);
}

static void
pull (Fixture *fixture, const char *expected_issues, const gint64 expected[7])
{
  g_autoptr(QuarryReport) report = NULL;
  g_autoptr(GError) error = NULL;
  const gboolean done = quarry_test_pull (fixture->yard, fixture->job, &report, &error);
  g_autofree char *issues = quarry_test_issues (report);

  g_assert_no_error (error);
  g_assert_true (done);
  if (!g_pattern_match_simple (expected_issues, issues))
    g_assert_cmpstr (issues, ==, expected_issues);
  quarry_test_assert_pulled (report, expected);
}

static char *
states (Fixture *fixture)
{
  g_autoptr(GPtrArray) tasks = quarry_catalog_list_tasks (fixture->yard->catalog, fixture->job, NULL);
  g_autoptr(QuarryJob) job = quarry_catalog_get_job (fixture->yard->catalog, fixture->job, NULL);
  GString *text = g_string_new (job->state);

  for (guint i = 0; i < tasks->len; i++)
    g_string_append_printf (text, "%s%s", i == 0 ? ": " : " ", ((QuarryTask *) tasks->pdata[i])->state);
  return g_string_free (text, FALSE);
}

static void
assert_states (Fixture *fixture, const char *expected)
{
  g_autofree char *text = states (fixture);

  g_assert_cmpstr (text, ==, expected);
}

static int
compare_labels (gconstpointer a, gconstpointer b)
{
  const QuarryAnnotation *x = *(QuarryAnnotation * const *) a;
  const QuarryAnnotation *y = *(QuarryAnnotation * const *) b;

  if (x->media != y->media)
    return x->media < y->media ? -1 : 1;
  return x->kind != y->kind ? (int) x->kind - (int) y->kind :
         x->class_id != y->class_id ? (int) (x->class_id - y->class_id) : (int) (x->id - y->id);
}

/* The labels of the n-th frame in a set, those in space left out */
static GPtrArray *
labels_of (Fixture *fixture, const char *set, guint n)
{
  g_autoptr(GError) error = NULL;
  GPtrArray *list = quarry_catalog_list_annotations (fixture->yard->catalog, g_array_index (fixture->yard->frames, QuarryId, n),
                                                     quarry_test_find_set (fixture->yard->catalog, set), &error);

  g_assert_no_error (error);
  for (guint i = list->len; i-- > 0;)
    if (((QuarryAnnotation *) list->pdata[i])->media == 0)
      g_ptr_array_remove_index (list, i);
  g_ptr_array_sort (list, compare_labels);
  return list;
}

static void
assert_equal_labels (GPtrArray *ours, GPtrArray *theirs)
{
  g_assert_cmpuint (theirs->len, ==, ours->len);
  for (guint i = 0; i < ours->len; i++)
    {
      const QuarryAnnotation *a = ours->pdata[i];
      const QuarryAnnotation *b = theirs->pdata[i];

      g_assert_cmpint (a->kind, ==, b->kind);
      g_assert_cmpint (a->media, ==, b->media);
      g_assert_cmpint (a->class_id, ==, b->class_id);
      g_assert_cmpuint (a->n_geometry, ==, b->n_geometry);
      for (gsize k = 0; k < a->n_geometry; k++)
        g_assert_cmpfloat_with_epsilon (a->geometry[k], b->geometry[k], 1e-9);
    }
}

static void
test_what_went_out_comes_back (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  pull (fixture, "", (gint64[]) { 0, 0, TASKS, 0, 0, 0, 0 });
  assert_states (fixture, "sent: sent sent sent sent sent sent");
  for (guint i = 0; i < TASKS; i++)
    quarry_test_studio_accept (fixture->studio, i);
  pull (fixture, "", (gint64[]) { TASKS, 0, 0, 6 * FRAMES, 0, 0, 0 });
  assert_states (fixture, "delivered: delivered delivered delivered delivered delivered delivered");
  for (guint n = 0; n < FRAMES; n++)
    {
      g_autoptr(GPtrArray) ours = labels_of (fixture, "truth", n);
      g_autoptr(GPtrArray) theirs = labels_of (fixture, "night", n);
      const QuarryAnnotation *first = theirs->pdata[0];

      assert_equal_labels (ours, theirs);
      g_assert_cmpstr (first->annotator, ==, "ann@example.com");
      g_assert_cmpint (first->made_ns, ==, 1772359200 * QUARRY_NS_PER_S + 500000000);
      g_assert_cmpint (first->task, !=, 0);
    }
  before = quarry_test_dump (fixture->yard->catalog);
  pull (fixture, "", (gint64[]) { TASKS, 0, 0, 0, 0, 6 * FRAMES, 0 });
  after = quarry_test_dump (fixture->yard->catalog);
  g_assert_cmpstr (before, ==, after);
}

/* @data: the order of the server's lists; labels land by key, not by place */
static void
test_order_does_not_matter (Fixture *fixture, gconstpointer data)
{
  fixture->studio->order = GPOINTER_TO_INT (data);
  fixture->studio->page_max = 2;
  for (guint i = 0; i < TASKS; i++)
    quarry_test_studio_accept (fixture->studio, i);
  pull (fixture, "", (gint64[]) { TASKS, 0, 0, 6 * FRAMES, 0, 0, 0 });
  for (guint n = 0; n < FRAMES; n++)
    {
      g_autoptr(GPtrArray) ours = labels_of (fixture, "truth", n);
      g_autoptr(GPtrArray) theirs = labels_of (fixture, "night", n);

      assert_equal_labels (ours, theirs);
    }
}

static void
test_skipped_empty_and_pending_are_apart (Fixture *fixture, gconstpointer data)
{
  quarry_test_studio_annotate (fixture->studio, 0, "{'id':1,'was_cancelled':true,'result':[]}");
  quarry_test_studio_annotate (fixture->studio, 1, "{'id':2,'was_cancelled':false,'result':[]}");
  quarry_test_studio_accept (fixture->studio, 2);
  pull (fixture, "", (gint64[]) { 2, 1, TASKS - 3, 3, 0, 0, 0 });
  assert_states (fixture, "in progress: cancelled delivered delivered sent sent sent");
}

#define BOX(id, x) "{'id':'" id "','type':'rectanglelabels','from_name':'box','original_width':64,'original_height':48,'value':" \
                   "{'x':" x ",'y':10,'width':20,'height':25,'rotation':0,'rectanglelabels':['excavator']}}"

static void
test_changes_are_followed (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GPtrArray) labels = NULL;

  quarry_test_studio_annotate (fixture->studio, 0, "{'id':1,'updated_at':'2026-01-01T00:00:00Z','result':[" BOX ("a", "10") "," BOX ("b", "20")
                               "," BOX ("c", "30") "]}");
  pull (fixture, "", (gint64[]) { 1, 0, TASKS - 1, 3, 0, 0, 0 });
  quarry_test_studio_clear (fixture->studio, 0);
  quarry_test_studio_annotate (fixture->studio, 0, "{'id':1,'updated_at':'2026-01-01T00:00:00Z','result':[" BOX ("a", "10") "," BOX ("c", "50")
                               "," BOX ("d", "40") "]}");
  pull (fixture, "", (gint64[]) { 1, 0, TASKS - 1, 1, 1, 1, 1 });
  labels = labels_of (fixture, "night", 0);
  g_assert_cmpuint (labels->len, ==, 3);
  g_assert_cmpfloat_with_epsilon (((QuarryAnnotation *) labels->pdata[1])->geometry[0], 32, 1e-12);
  g_clear_pointer (&labels, g_ptr_array_unref);
  quarry_test_studio_clear (fixture->studio, 0);      /* withdrawn at the vendor */
  pull (fixture, "", (gint64[]) { 0, 0, TASKS, 0, 0, 0, 3 });
  labels = labels_of (fixture, "night", 0);
  g_assert_cmpuint (labels->len, ==, 0);
  assert_states (fixture, "sent: sent sent sent sent sent sent");
}

static void
test_strange_tasks_are_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr(json_t) none = json_pack ("{s{ss}}", "data", "image", "x.jpg");
  g_autoptr(json_t) other = json_pack ("{s{ss}}", "data", "quarry_key", "9-9-ffff");

  quarry_test_studio_add (fixture->studio, none);
  quarry_test_studio_add (fixture->studio, other);
  quarry_test_studio_annotate (fixture->studio, TASKS, "{'id':1,'result':[" BOX ("a", "10") "]}");
  quarry_test_studio_annotate (fixture->studio, TASKS + 1, "{'id':1,'result':[" BOX ("a", "10") "]}");
  pull (fixture, "skipped: has no key of ours; skipped: its key '9-9-ffff' is not of this job", (gint64[]) { 0, 0, TASKS, 0, 0, 0, 0 });
}

static void
test_other_sizes_are_refused (Fixture *fixture, gconstpointer data)
{
  quarry_test_studio_annotate (fixture->studio, 0, "{'id':1,'result':[{'id':'a','type':'rectanglelabels','from_name':'box','original_width':128,"
                               "'original_height':96,'value':{'x':1,'y':1,'width':1,'height':1,'rectanglelabels':['excavator']}}]}");
  quarry_test_studio_annotate (fixture->studio, 2, "{'id':1,'result':[{'id':'a','type':'rectanglelabels','from_name':'box','original_width':48,"
                               "'original_height':64,'value':{'x':1,'y':1,'width':1,'height':1,'rectanglelabels':['excavator']}}]}");
  pull (fixture, "skipped: labelled on a picture of 128 × 96 pixels, ours has 64 × 48; skipped: labelled on a picture of 48 × 64 pixels, "
                 "ours has 64 × 48: turned, as if its EXIF orientation had been lost", (gint64[]) { 0, 0, TASKS - 2, 0, 0, 0, 0 });
}

static void
test_broken_labels_do_not_hinder_others (Fixture *fixture, gconstpointer data)
{
  quarry_test_studio_annotate (fixture->studio, 0, "{'id':1,'result':[" BOX ("a", "10") ",{'id':'p','type':'polygonlabels','from_name':'polygon',"
                               "'original_width':64,'original_height':48,'value':{'points':[[1,1],[2,2]],'polygonlabels':['road']}}]}");
  pull (fixture, "skipped: polygon '1-1-*/p': a polygon needs three points", (gint64[]) { 1, 0, TASKS - 1, 1, 0, 0, 0 });
}

static void
test_a_task_that_is_there_twice_counts_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr(json_t) copy = quarry_test_task_json (fixture->studio->tasks->pdata[0]);

  quarry_test_studio_add (fixture->studio, copy);
  quarry_test_studio_annotate (fixture->studio, 0, "{'id':1,'result':[" BOX ("a", "10") "]}");
  quarry_test_studio_annotate (fixture->studio, TASKS, "{'id':2,'result':[" BOX ("b", "10") "]}");
  pull (fixture, "skipped: is at the vendor twice; task 1 counts", (gint64[]) { 1, 0, TASKS - 1, 1, 0, 0, 0 });
  g_ptr_array_remove_index (fixture->studio->tasks, 0);      /* now the copy is all there is */
  pull (fixture, "", (gint64[]) { 1, 0, TASKS - 1, 1, 0, 0, 1 });
}

static void
test_a_deleted_task_keeps_its_labels (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GPtrArray) labels = NULL;

  quarry_test_studio_accept (fixture->studio, 0);
  pull (fixture, "", (gint64[]) { 1, 0, TASKS - 1, 3, 0, 0, 0 });
  g_ptr_array_remove_index (fixture->studio->tasks, 0);
  pull (fixture, "skipped: is no longer at the vendor; labels pulled earlier stay", (gint64[]) { 0, 0, TASKS - 1, 0, 0, 0, 0 });
  labels = labels_of (fixture, "night", 0);
  g_assert_cmpuint (labels->len, ==, 3);
}

/* Page 2 moves up by one while it is read: what slipped through is read again */
static void
test_a_list_that_changes_is_read_to_its_end (Fixture *fixture, gconstpointer data)
{
  fixture->studio->page_max = 2;
  fixture->studio->vanish_on_page = 1;
  quarry_test_studio_accept (fixture->studio, 2);
  pull (fixture, "", (gint64[]) { 1, 0, TASKS - 1, 3, 0, 0, 0 });
  pull (fixture, "skipped: is no longer at the vendor; labels pulled earlier stay", (gint64[]) { 1, 0, TASKS - 2, 0, 0, 3, 0 });
}

static void
test_the_set_is_the_jobs_own (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  const QuarryId taken = quarry_catalog_store_set (fixture->yard->catalog, "night", "import", 0, 0, &error);
  g_autofree char *name = g_strdup_printf ("night (job %" G_GINT64_FORMAT ")", fixture->job);

  quarry_test_studio_accept (fixture->studio, 0);
  pull (fixture, "", (gint64[]) { 1, 0, TASKS - 1, 3, 0, 0, 0 });
  g_assert_cmpint (quarry_test_find_set (fixture->yard->catalog, name), !=, 0);
  g_assert_cmpint (quarry_test_find_set (fixture->yard->catalog, name), !=, taken);
  pull (fixture, "", (gint64[]) { 1, 0, TASKS - 1, 0, 0, 3, 0 });
}

static void
test_no_answer_changes_nothing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = quarry_test_dump (fixture->yard->catalog);
  g_autofree char *after = NULL;
  g_autoptr(GError) error = NULL;

  g_setenv ("QUARRY_SECRET_LAB", "ffffffffffffffffffffffffffffffffffffffff", TRUE);
  g_assert_false (quarry_test_pull (fixture->yard, fixture->job, NULL, &error));
  g_assert_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_UNAUTHORIZED);
  g_setenv ("QUARRY_SECRET_LAB", QUARRY_TEST_TOKEN, TRUE);
  g_clear_error (&error);
  g_assert_false (quarry_test_pull (fixture->yard, 4711, NULL, &error));
  g_assert_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND);
  after = quarry_test_dump (fixture->yard->catalog);
  g_assert_cmpstr (before, ==, after);
}

#define ADD(path, data, func) g_test_add ("/vendor-pull/" path, Fixture, data, setup, func, teardown)

int
main (int argc, char **argv)
{
  g_autofree char *runtime = quarry_test_folder ();
  int status = 0;

  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  g_setenv ("QUARRY_SECRET_LAB", QUARRY_TEST_TOKEN, TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("what-went-out-comes-back", NULL, test_what_went_out_comes_back);
  ADD ("reverse-order-does-not-matter", GINT_TO_POINTER (QUARRY_TEST_DESCENDING), test_order_does_not_matter);
  ADD ("random-order-does-not-matter", GINT_TO_POINTER (QUARRY_TEST_SHUFFLED), test_order_does_not_matter);
  ADD ("skipped-empty-and-pending-are-apart", NULL, test_skipped_empty_and_pending_are_apart);
  ADD ("changes-are-followed", NULL, test_changes_are_followed);
  ADD ("strange-tasks-are-refused", NULL, test_strange_tasks_are_refused);
  ADD ("other-sizes-are-refused", NULL, test_other_sizes_are_refused);
  ADD ("broken-labels-do-not-hinder-others", NULL, test_broken_labels_do_not_hinder_others);
  ADD ("a-task-that-is-there-twice-counts-once", NULL, test_a_task_that_is_there_twice_counts_once);
  ADD ("a-deleted-task-keeps-its-labels", NULL, test_a_deleted_task_keeps_its_labels);
  ADD ("a-list-that-changes-is-read-to-its-end", NULL, test_a_list_that_changes_is_read_to_its_end);
  ADD ("the-set-is-the-jobs-own", NULL, test_the_set_is_the_jobs_own);
  ADD ("no-answer-changes-nothing", NULL, test_no_answer_changes_nothing);
  status = g_test_run ();
  quarry_test_remove (runtime);
  return status;
}
