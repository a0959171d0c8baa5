/* test-report.c: reports from many threads, as text and as JSON; states of operations
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-operation.h"
#include "quarry-report.h"
#include "quarry-test.h"

#include <jansson.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

static void
test_text_by_hand (void)
{
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autofree char *empty = quarry_report_to_text (report);
  g_autofree char *text = NULL;

  g_assert_cmpstr (empty, ==, "");
  quarry_report_count (report, "frames", 3);
  quarry_report_count (report, "labels", 0);
  quarry_report_count (report, "frames", -1);
  quarry_report_add (report, QUARRY_ISSUE_SKIPPED, "a.jpg", "byte 7", "cut after %d", 5);
  quarry_report_add (report, QUARRY_ISSUE_NOTE, NULL, NULL, "nothing else");
  text = quarry_report_to_text (report);
  g_assert_cmpstr (text, ==, "2 frames, 0 labels\nskipped: a.jpg: byte 7: cut after 5\nnote: : nothing else\n");
}

static void
test_levels_are_counted_upwards (void)
{
  g_autoptr(QuarryReport) report = quarry_report_new ();

  for (int i = 0; i < 6; i++)
    quarry_report_add (report, i < 3 ? QUARRY_ISSUE_NOTE : i < 5 ? QUARRY_ISSUE_LOSS : QUARRY_ISSUE_SKIPPED, "p", NULL, "%d", i);
  g_assert_cmpuint (quarry_report_get_n_issues (report, QUARRY_ISSUE_NOTE), ==, 6);
  g_assert_cmpuint (quarry_report_get_n_issues (report, QUARRY_ISSUE_LOSS), ==, 3);
  g_assert_cmpuint (quarry_report_get_n_issues (report, QUARRY_ISSUE_SKIPPED), ==, 1);
  g_assert_cmpint (quarry_report_get_count (report, "never"), ==, 0);
  g_assert_cmpstr (quarry_issue_level_name (QUARRY_ISSUE_NOTE), ==, "note");
  g_assert_cmpstr (quarry_issue_level_name (QUARRY_ISSUE_LOSS), ==, "loss");
  g_assert_cmpstr (quarry_issue_level_name (QUARRY_ISSUE_SKIPPED), ==, "skipped");
}

/* Files and their words hold any bytes: JSON has every issue all the same */
static void
test_json_has_every_issue (void)
{
  static const char * const words[] = { "plain", "Bägger", "caf\xe9", "\xff\xfe", "cut \xe5\x9c", "\"quoted\" \\ \n\t", "" };
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autofree char *dump = NULL;
  g_autoptr(json_t) root = NULL;
  json_t *issues = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      quarry_report_add (report, QUARRY_ISSUE_LOSS, words[i], NULL, "about a path");
      quarry_report_add (report, QUARRY_ISSUE_LOSS, "place", words[i], "about a place");
      quarry_report_add (report, QUARRY_ISSUE_LOSS, "message", NULL, "class '%s'", words[i]);
    }
  quarry_report_count (report, "n", G_MAXINT64);
  dump = quarry_report_to_json (report);
  g_assert_true (g_utf8_validate (dump, -1, NULL));
  root = json_loads (dump, 0, NULL);
  g_assert_nonnull (root);
  issues = json_object_get (root, "issues");
  g_assert_cmpuint (json_array_size (issues), ==, 3 * G_N_ELEMENTS (words));
  g_assert_cmpint (json_integer_value (json_object_get (json_object_get (root, "counts"), "n")), ==, G_MAXINT64);
  g_assert_cmpstr (json_string_value (json_object_get (json_array_get (issues, 3), "path")), ==, "Bägger");
  g_assert_true (json_is_null (json_object_get (json_array_get (issues, 0), "place")));
  g_assert_cmpstr (json_string_value (json_object_get (json_array_get (issues, 17), "message")), ==, "class '\"quoted\" \\ \n\t'");
}

static void
test_copies_are_apart (void)
{
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(GPtrArray) before = NULL;

  quarry_report_add (report, QUARRY_ISSUE_LOSS, "a", "b", "c");
  before = quarry_report_dup_issues (report);
  quarry_report_add (report, QUARRY_ISSUE_LOSS, "d", NULL, "e");
  g_clear_object (&report);
  g_assert_cmpuint (before->len, ==, 1);
  g_assert_cmpstr (((QuarryIssue *) before->pdata[0])->path, ==, "a");
  g_assert_cmpstr (((QuarryIssue *) before->pdata[0])->place, ==, "b");
  g_assert_cmpstr (((QuarryIssue *) before->pdata[0])->message, ==, "c");
}

#define N_THREADS 8
#define N_EACH 500

static gpointer
report_much (gpointer data)
{
  for (int i = 0; i < N_EACH; i++)
    {
      quarry_report_add (data, QUARRY_ISSUE_LOSS, "path", NULL, "issue %d", i);
      quarry_report_count (data, i % 2 == 0 ? "even" : "odd", 1);
      g_assert_cmpuint (quarry_report_get_n_issues (data, QUARRY_ISSUE_NOTE), >, 0);
    }
  return NULL;
}

static void
test_threads_lose_nothing (void)
{
  g_autoptr(QuarryReport) report = quarry_report_new ();
  GThread *threads[N_THREADS];

  for (int i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("report", report_much, report);
  for (int i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (quarry_report_get_n_issues (report, QUARRY_ISSUE_LOSS), ==, N_THREADS * N_EACH);
  g_assert_cmpint (quarry_report_get_count (report, "even"), ==, N_THREADS * N_EACH / 2);
  g_assert_cmpint (quarry_report_get_count (report, "odd"), ==, N_THREADS * N_EACH / 2);
}

/* --- operations --- */

static gboolean
succeed (QuarryOperation *operation, gpointer data, GError **error)
{
  return TRUE;
}

static gboolean
fail (QuarryOperation *operation, gpointer data, GError **error)
{
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC, "no space for '%s'", (const char *) data);
  return FALSE;
}

static gboolean
stop_where_asked (QuarryOperation *operation, gpointer data, GError **error)
{
  return !quarry_operation_is_cancelled (operation, error);
}

static gboolean
report_often (QuarryOperation *operation, gpointer data, GError **error)
{
  for (guint64 i = 0; i <= 10000; i++)
    quarry_operation_set_progress (operation, i, 10000, i % 2 == 0 ? "even" : NULL);
  return TRUE;
}

static void
count_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  ++*(int *) data;
}

/* States as they are seen: "running done" */
static void
state_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  static const char * const names[] = { "ready", "running", "done", "failed", "cancelled" };
  GString *text = data;

  g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", names[quarry_operation_get_state (QUARRY_OPERATION (object))]);
}

static void
test_states_in_order (void)
{
  static const struct { QuarryOperationFunc func; const char *states; } cases[] = {
    { succeed, "running done" }, { fail, "running failed" }, { stop_where_asked, "running cancelled" },
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(QuarryOperation) operation = quarry_operation_new ("Some work");
      g_autoptr(GString) states = g_string_new (NULL);
      g_autoptr(GError) error = NULL;
      const QuarryOperationFunc func = cases[i / 2].func;

      g_assert_cmpint (quarry_operation_get_state (operation), ==, QUARRY_OPERATION_READY);
      g_assert_cmpstr (quarry_operation_get_title (operation), ==, "Some work");
      g_assert_cmpfloat (quarry_operation_get_fraction (operation), ==, -1);
      g_assert_null (quarry_operation_dup_detail (operation));
      g_signal_connect (operation, "notify::state", G_CALLBACK (state_cb), states);
      if (func == stop_where_asked)
        quarry_operation_cancel (operation);      /* before it starts: it ends at once */
      if (i % 2 == 0)
        g_assert_cmpint (quarry_operation_run (operation, func, (gpointer) "x", &error), ==, func == succeed);
      else
        quarry_operation_start (operation, func, (gpointer) "x", NULL);
      quarry_test_wait (quarry_operation_get_state (operation) > QUARRY_OPERATION_RUNNING);
      g_assert_cmpstr (states->str, ==, cases[i / 2].states);
      if (func == fail)
        {
          g_assert_error (quarry_operation_get_error (operation), G_FILE_ERROR, G_FILE_ERROR_NOSPC);
          g_assert_cmpstr (quarry_operation_get_error (operation)->message, ==, "no space for 'x'");
        }
    }
}

static void
test_notifies_are_gathered (void)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Report often");
  g_autofree char *detail = NULL;
  int n = 0;

  g_signal_connect (operation, "notify::fraction", G_CALLBACK (count_cb), &n);
  g_assert_true (quarry_operation_run (operation, report_often, NULL, NULL));
  g_assert_cmpint (n, ==, 0);      /* not from inside the worker */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (n, ==, 1);
  g_assert_cmpfloat (quarry_operation_get_fraction (operation), ==, 1);
  detail = quarry_operation_dup_detail (operation);
  g_assert_cmpstr (detail, ==, "even");
}

static void
test_fraction_stays_a_fraction (void)
{
  static const struct { guint64 done, total; double fraction; } cases[] = {
    { 0, 0, -1 }, { 5, 0, -1 }, { 0, 10, 0 }, { 5, 10, 0.5 }, { 20, 10, 1 }, { G_MAXUINT64, G_MAXUINT64, 1 },
  };
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Count");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      quarry_operation_set_progress (operation, cases[i].done, cases[i].total, NULL);
      g_assert_cmpfloat (quarry_operation_get_fraction (operation), ==, cases[i].fraction);
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_data_is_freed_once (void)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Own");
  GObject *owned = g_object_new (QUARRY_TYPE_REPORT, NULL);
  gpointer weak = owned;

  g_object_add_weak_pointer (owned, &weak);
  quarry_operation_start (operation, succeed, owned, g_object_unref);
  quarry_test_wait (quarry_operation_get_state (operation) == QUARRY_OPERATION_DONE && g_atomic_pointer_get (&weak) == NULL);
}

static void
test_lives_until_its_end (void)
{
  QuarryOperation *operation = quarry_operation_new ("Short");
  gpointer weak = operation;

  g_object_add_weak_pointer (G_OBJECT (operation), &weak);
  quarry_operation_start (operation, report_often, NULL, NULL);
  g_object_unref (operation);
  quarry_test_wait (g_atomic_pointer_get (&weak) == NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/text-by-hand", test_text_by_hand);
  g_test_add_func ("/report/levels-are-counted-upwards", test_levels_are_counted_upwards);
  g_test_add_func ("/report/json-has-every-issue", test_json_has_every_issue);
  g_test_add_func ("/report/copies-are-apart", test_copies_are_apart);
  g_test_add_func ("/report/threads-lose-nothing", test_threads_lose_nothing);
  g_test_add_func ("/operation/states-in-order", test_states_in_order);
  g_test_add_func ("/operation/notifies-are-gathered", test_notifies_are_gathered);
  g_test_add_func ("/operation/fraction-stays-a-fraction", test_fraction_stays_a_fraction);
  g_test_add_func ("/operation/data-is-freed-once", test_data_is_freed_once);
  g_test_add_func ("/operation/lives-until-its-end", test_lives_until_its_end);
  return g_test_run ();
}
