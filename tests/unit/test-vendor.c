/* test-vendor.c: accounts, secrets and pushes against a server of the contract, with its faults
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
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  g_setenv ("QUARRY_SECRET_LAB", QUARRY_TEST_TOKEN, TRUE);
  fixture->studio = quarry_test_studio_new ();
  fixture->yard = quarry_test_yard_new (quarry_test_folder (), FRAMES, fixture->studio->server->url);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  quarry_test_yard_free (fixture->yard);
  quarry_test_studio_free (fixture->studio);
}

static QuarryId
push (Fixture *fixture, const char *name, const char *expected_issues)
{
  const QuarryPushRequest request = quarry_test_request_new (fixture->yard, name);
  g_autoptr(QuarryReport) report = NULL;
  g_autoptr(GError) error = NULL;
  const QuarryId job = quarry_test_push (fixture->yard, &request, &report, &error);
  g_autofree char *issues = quarry_test_issues (report);

  g_assert_no_error (error);
  g_assert_cmpstr (issues, ==, expected_issues);
  g_assert_cmpint (job, !=, 0);
  return job;
}

#define CUBOIDS "loss: 3 of kind cuboid are not sent: Label Studio has no such kind"

static void
assert_job (Fixture *fixture, QuarryId id, const char *state, gint64 n_sent, const char *error_text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryJob) job = quarry_catalog_get_job (fixture->yard->catalog, id, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (job->state, ==, state);
  g_assert_cmpint (job->n_tasks, ==, TASKS);
  g_assert_cmpint (job->n_sent, ==, n_sent);
  g_assert_cmpstr (job->error, ==, error_text);
}

static void
test_each_image_becomes_a_task (Fixture *fixture, gconstpointer data)
{
  const gboolean one_by_one = fixture->studio->no_upload_list = data != NULL;
  const QuarryId id = push (fixture, "first", CUBOIDS);
  g_autoptr(GPtrArray) tasks = quarry_catalog_list_tasks (fixture->yard->catalog, id, NULL);

  g_assert_cmpint (quarry_test_server_count (fixture->studio->server), ==, one_by_one ? 8 + TASKS : 8);
  quarry_test_studio_assert_once (fixture->studio, TASKS);
  assert_job (fixture, id, "sent", TASKS, NULL);
  for (guint i = 0; i < tasks->len; i++)
    {
      const QuarryTask *task = tasks->pdata[i];
      const QuarryTestTask *theirs = fixture->studio->tasks->pdata[i];
      g_autofree char *external_id = g_strdup_printf ("%" G_GINT64_FORMAT, theirs->id);
      g_autofree char *mark = g_strdup_printf ("-q%" G_GINT64_FORMAT "-site_%04u_%s.png", task->id, i / 2, i % 2 == 0 ? "front" : "rear");

      g_assert_cmpstr (task->external_id, ==, external_id);
      g_assert_cmpstr (task->key, ==, json_string_value (json_object_get (theirs->data, "quarry_key")));
      g_assert_cmpstr (task->upload, ==, json_string_value (json_object_get (theirs->data, "image")));
      g_assert_true (g_str_has_prefix (task->upload, "/data/upload/100/"));
      g_assert_true (g_str_has_suffix (task->upload, mark));      /* the right image, though the server names them in reverse */
      g_assert_cmpuint (json_array_size (json_object_get (json_array_get (theirs->predictions, 0), "result")), ==, i % 2 == 0 ? 3 : 4);
    }
  g_assert_cmpstr (json_string_value (json_object_get (fixture->studio->projects->pdata[0], "title")), ==, "first");
}

static void
test_again_sends_nothing (Fixture *fixture, gconstpointer data)
{
  const QuarryId id = push (fixture, "first", CUBOIDS);
  QuarryPushRequest request = quarry_test_request_new (fixture->yard, "first");
  g_autoptr(GArray) reversed = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_autoptr(GError) error = NULL;

  for (guint i = fixture->yard->frames->len; i-- > 0;)
    {
      const QuarryId frame = g_array_index (fixture->yard->frames, QuarryId, i);

      g_array_append_val (reversed, frame);
      g_array_append_val (reversed, frame);
    }
  request.frames = reversed;      /* the same frames in another order, and twice */
  g_assert_cmpint (quarry_test_push (fixture->yard, &request, NULL, &error), ==, id);
  g_assert_no_error (error);
  g_assert_cmpint (push (fixture, "first", CUBOIDS), ==, id);
  g_assert_cmpuint (fixture->studio->n_imports, ==, 1);
  g_assert_cmpuint (fixture->studio->n_uploads, ==, 1);
  g_assert_cmpuint (fixture->studio->n_projects, ==, 1);
}

static void
test_another_request_is_another_job (Fixture *fixture, gconstpointer data)
{
  const QuarryId id = push (fixture, "first", CUBOIDS);
  char *sensors[] = { (char *) "rear", NULL };
  QuarryPushRequest request = quarry_test_request_new (fixture->yard, "first");
  g_autoptr(GError) error = NULL;
  QuarryId other = 0;

  g_assert_cmpint (push (fixture, "second", CUBOIDS), !=, id);
  request.sensors = sensors;
  other = quarry_test_push (fixture->yard, &request, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (other, !=, id);
  request.set = 0;
  g_assert_cmpint (quarry_test_push (fixture->yard, &request, NULL, &error), !=, other);
  quarry_test_studio_assert_once (fixture->studio, 2 * TASKS + 2 * FRAMES);
}

static void
test_unnamed_jobs_are_one (Fixture *fixture, gconstpointer data)
{
  const QuarryId id = push (fixture, NULL, CUBOIDS);
  g_autoptr(QuarryJob) job = quarry_catalog_get_job (fixture->yard->catalog, id, NULL);

  g_assert_true (g_str_has_suffix (job->name, ", 3 frames"));
  g_assert_cmpint (push (fixture, NULL, CUBOIDS), ==, id);
}

/* @data: the faults of the first imports, ended by 0 */
static void
test_nothing_is_doubled (Fixture *fixture, gconstpointer data)
{
  const QuarryTestImport *faults = data;
  QuarryId id = 0;

  for (guint i = 0; faults[i] != QUARRY_TEST_IMPORT_WORKS; i++)
    fixture->studio->imports[i] = faults[i];
  fixture->studio->late_ms = 500;
  id = push (fixture, "first", CUBOIDS);
  quarry_test_studio_assert_once (fixture->studio, TASKS);
  assert_job (fixture, id, "sent", TASKS, NULL);
  g_assert_cmpuint (fixture->studio->n_uploads, ==, 1);      /* images that are there are not sent again */
}

static void
test_refusal_is_told_and_kept (Fixture *fixture, gconstpointer data)
{
  const QuarryPushRequest request = quarry_test_request_new (fixture->yard, "first");
  g_autofree char *expected = g_strdup_printf ("POST %s/api/projects/100/import: status 400: Validation error {\"predictions\":[\"bad\"]}",
                                               fixture->studio->server->url);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) jobs = NULL;

  fixture->studio->imports[0] = QUARRY_TEST_IMPORT_REFUSED;
  g_assert_cmpint (quarry_test_push (fixture->yard, &request, NULL, &error), ==, 0);
  g_assert_cmpstr (error->message, ==, expected);
  jobs = quarry_catalog_list_jobs (fixture->yard->catalog, NULL);
  g_assert_cmpuint (jobs->len, ==, 1);
  assert_job (fixture, ((QuarryJob *) jobs->pdata[0])->id, "failed", 0, expected);
  assert_job (fixture, push (fixture, "first", CUBOIDS), "sent", TASKS, NULL);
  quarry_test_studio_assert_once (fixture->studio, TASKS);
}

static void
test_a_server_that_stays_busy_is_given_up (Fixture *fixture, gconstpointer data)
{
  QuarryPushRequest request = quarry_test_request_new (fixture->yard, "first");
  g_autoptr(GError) error = NULL;

  request.settle_ms = 50;
  for (guint i = 0; i < G_N_ELEMENTS (fixture->studio->imports); i++)
    fixture->studio->imports[i] = QUARRY_TEST_IMPORT_BUSY;
  g_assert_cmpint (quarry_test_push (fixture->yard, &request, NULL, &error), ==, 0);
  g_assert_error (error, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_BUSY);
  g_assert_cmpuint (fixture->studio->n_imports, ==, 3);
}

static void
test_a_project_whose_answer_was_lost_is_found (Fixture *fixture, gconstpointer data)
{
  const QuarryPushRequest request = quarry_test_request_new (fixture->yard, "first");
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 5; i++)      /* others before it: more than one page */
    g_ptr_array_add (fixture->studio->projects, json_pack ("{si ss}", "id", (int) (100 + i), "description", "somebody else's"));
  fixture->studio->lose_project = TRUE;
  g_assert_cmpint (quarry_test_push (fixture->yard, &request, NULL, &error), ==, 0);
  g_assert_error (error, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_FAILED);
  push (fixture, "first", CUBOIDS);
  g_assert_cmpuint (fixture->studio->n_projects, ==, 1);
  quarry_test_studio_assert_once (fixture->studio, TASKS);
}

/* What a request leaves that took effect after we had stopped waiting */
static void
test_doubles_are_dropped_unless_worked_on (Fixture *fixture, gconstpointer data)
{
  const QuarryId id = push (fixture, "first", CUBOIDS);

  for (int i = 0; i < 2; i++)
    {
      g_autoptr(json_t) copy = quarry_test_task_json (fixture->studio->tasks->pdata[i]);

      quarry_test_studio_add (fixture->studio, copy);
    }
  quarry_test_studio_annotate (fixture->studio, TASKS + 1, "{'id':1,'result':[]}");
  g_assert_cmpint (push (fixture, "first", CUBOIDS "; note: was there twice; task 7 is removed"
                                           "; loss: is there twice; task 8 stays: somebody has worked on it"), ==, id);
  g_assert_cmpuint (fixture->studio->tasks->len, ==, TASKS + 1);
}

static void
test_deleted_tasks_are_sent_again (Fixture *fixture, gconstpointer data)
{
  const QuarryId id = push (fixture, "first", CUBOIDS);

  g_ptr_array_remove_index (fixture->studio->tasks, 2);
  g_assert_cmpint (push (fixture, "first", CUBOIDS "; note: 1 tasks had been deleted at the vendor and are sent again"), ==, id);
  quarry_test_studio_assert_once (fixture->studio, TASKS);
  g_assert_cmpuint (fixture->studio->n_uploads, ==, 1);
}

/* The listing is short-paged and in no order: the answer is the same */
static void
test_pages_and_order_do_not_matter (Fixture *fixture, gconstpointer data)
{
  fixture->studio->page_max = 2;
  fixture->studio->order = QUARRY_TEST_SHUFFLED;
  push (fixture, "first", CUBOIDS);
  push (fixture, "first", CUBOIDS);
  quarry_test_studio_assert_once (fixture->studio, TASKS);
  g_assert_cmpuint (fixture->studio->n_imports, ==, 1);
}

static void
test_dropped_labels_are_told (Fixture *fixture, gconstpointer data)
{
  const QuarryPushRequest request = quarry_test_request_new (fixture->yard, "first");
  g_autoptr(QuarryReport) report = NULL;
  g_autoptr(GError) error = NULL;

  fixture->studio->imports[0] = QUARRY_TEST_IMPORT_DROPS_LABELS;
  g_assert_cmpint (quarry_test_push (fixture->yard, &request, &report, &error), !=, 0);
  g_assert_no_error (error);
  g_assert_cmpuint (quarry_report_get_n_issues (report, QUARRY_ISSUE_LOSS), ==, 1 + TASKS);
}

static void
test_an_unreadable_image_is_left_out (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->yard->folder, "0001-0.png", NULL);
  const QuarryPushRequest request = quarry_test_request_new (fixture->yard, "first");
  g_autoptr(QuarryReport) report = NULL;
  g_autoptr(GError) error = NULL;
  QuarryId id = 0;

  g_remove (path);
  id = quarry_test_push (fixture->yard, &request, &report, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (quarry_report_get_n_issues (report, QUARRY_ISSUE_SKIPPED), ==, 1);
  quarry_test_studio_assert_once (fixture->studio, TASKS - 1);
  assert_job (fixture, id, "sent", TASKS - 1, NULL);
  quarry_test_write_image (path, QUARRY_TEST_FRONT_WIDTH, QUARRY_TEST_FRONT_HEIGHT, 1);
  push (fixture, "first", CUBOIDS);
  quarry_test_studio_assert_once (fixture->studio, TASKS);
}

static gboolean
cancel_at_once (QuarryOperation *operation, gpointer data, GError **error)
{
  Fixture *fixture = data;
  const QuarryPushRequest request = quarry_test_request_new (fixture->yard, "first");

  quarry_operation_cancel (operation);
  return quarry_vendor_push (fixture->yard->catalog, &request, operation, error) != 0;
}

static void
test_cancel_leaves_what_can_go_on (Fixture *fixture, gconstpointer data)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("push");
  g_autoptr(GError) error = NULL;

  g_assert_false (quarry_operation_run (operation, cancel_at_once, fixture, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  push (fixture, "first", CUBOIDS);
  quarry_test_studio_assert_once (fixture->studio, TASKS);
}

static void
test_nothing_to_send_is_told (Fixture *fixture, gconstpointer data)
{
  char *sensors[] = { (char *) "nose", NULL };
  QuarryPushRequest request = quarry_test_request_new (fixture->yard, "first");
  g_autoptr(GError) error = NULL;

  request.sensors = sensors;
  g_assert_cmpint (quarry_test_push (fixture->yard, &request, NULL, &error), ==, 0);
  g_assert_cmpstr (error->message, ==, "nothing to send: 3 frames have no image of these sensors");
  g_clear_error (&error);
  request.account = (char *) "nobody";
  g_assert_cmpint (quarry_test_push (fixture->yard, &request, NULL, &error), ==, 0);
  g_assert_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND);
}

/* --- accounts, tokens, secrets --- */

static void
test_login_is_tested (Fixture *fixture, gconstpointer data)
{
  g_autofree char *who = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (quarry_vendor_test (fixture->yard->catalog, "lab", &who, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (who, ==, "ann@example.com (Label Studio 9.9)");
  g_setenv ("QUARRY_SECRET_LAB", "ffffffffffffffffffffffffffffffffffffffff", TRUE);
  g_assert_false (quarry_vendor_test (fixture->yard->catalog, "lab", NULL, NULL, &error));
  g_assert_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_UNAUTHORIZED);
  g_assert_true (g_str_has_suffix (error->message, "status 401: Invalid token. (the token is wrong, or the organization has switched "
                                                   "legacy tokens off: make a personal access token)"));
  g_assert_null (strstr (error->message, "ffff"));
}

static void
test_personal_token_is_refreshed (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture->studio->personal = TRUE;      /* an access token holds for seven requests */
  g_setenv ("QUARRY_SECRET_LAB", QUARRY_TEST_PAT, TRUE);
  push (fixture, "first", CUBOIDS);
  quarry_test_studio_assert_once (fixture->studio, TASKS);
  g_assert_cmpuint (fixture->studio->n_refreshes, >=, 2);
  g_setenv ("QUARRY_SECRET_LAB", "e30.eyJleHAiOjQwMDAwMDAwMDB9.old", TRUE);
  g_assert_false (quarry_vendor_test (fixture->yard->catalog, "lab", NULL, NULL, &error));
  g_assert_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_UNAUTHORIZED);
  g_assert_nonnull (strstr (error->message, "make a new one on Label Studio's account page"));
  g_assert_null (strstr (error->message, "e30."));
}

static void
test_secret_comes_from_the_environment (void)
{
  static const struct { const char *account, *variable; } cases[] = {
    { "lab", "QUARRY_SECRET_LAB" }, { "Night shift-2", "QUARRY_SECRET_NIGHT_SHIFT_2" }, { "ü", "QUARRY_SECRET___" },
  };
  g_autoptr(GError) error = NULL;
  g_autofree char *secret = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *variable = quarry_secret_variable (cases[i].account);

      g_assert_cmpstr (variable, ==, cases[i].variable);
    }
  g_setenv ("QUARRY_SECRET_A", "  word\n", TRUE);
  secret = quarry_secret_lookup ("a", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (secret, ==, "word");
  g_setenv ("QUARRY_SECRET_A", "two\r\nX-Header: words", TRUE);
  g_assert_null (quarry_secret_lookup ("a", NULL, &error));
  g_assert_cmpstr (error->message, ==, "QUARRY_SECRET_A: a secret has no spaces, line breaks or other odd characters");
}

/* No session bus here: the message names the variable */
static void
test_without_secret_service_the_variable_is_named (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) store = NULL;

  g_assert_null (quarry_secret_lookup ("b", NULL, &error));
  g_assert_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_UNAUTHORIZED);
  g_assert_nonnull (strstr (error->message, "set the environment variable QUARRY_SECRET_B"));
  g_assert_false (quarry_secret_store ("b", "word", NULL, &store));
  g_assert_nonnull (strstr (store->message, "set the environment variable QUARRY_SECRET_B"));
  g_assert_null (strstr (store->message, "word"));
}

static void
test_the_table (void)
{
  gsize n = 0;
  const QuarryVendorEntry *vendors = quarry_vendor_list (&n);
  const QuarryAccount account = { 1, (char *) "x", (char *) "nobody", (char *) "http://x", (char *) "{}" };
  g_autoptr(GError) error = NULL;

  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpstr (vendors[0].id, ==, "label-studio");
  g_assert_cmpstr (quarry_vendor_get_title ("label-studio"), ==, "Label Studio");
  g_assert_null (quarry_vendor_get_title ("nobody"));
  g_assert_null (quarry_vendor_new (&account, "x", &error));
  g_assert_cmpstr (error->message, ==, "account 'x': no vendor 'nobody'");
}

#define ADD(path, data, func) g_test_add ("/vendor/" path, Fixture, data, setup, func, teardown)

int
main (int argc, char **argv)
{
  static const QuarryTestImport lost_answer[] = { QUARRY_TEST_IMPORT_LOSES_ANSWER, 0 };
  static const QuarryTestImport lost[] = { QUARRY_TEST_IMPORT_IS_LOST, 0 };
  static const QuarryTestImport late[] = { QUARRY_TEST_IMPORT_LATE, 0 };
  static const QuarryTestImport busy[] = { QUARRY_TEST_IMPORT_BUSY, QUARRY_TEST_IMPORT_BUSY, 0 };
  static const QuarryTestImport background[] = { QUARRY_TEST_IMPORT_IN_BACKGROUND, 0 };
  g_autofree char *runtime = quarry_test_folder ();
  int status = 0;

  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("each-image-becomes-a-task", NULL, test_each_image_becomes_a_task);
  ADD ("each-image-becomes-a-task-where-uploads-cannot-be-listed", GINT_TO_POINTER (1), test_each_image_becomes_a_task);
  ADD ("again-sends-nothing", NULL, test_again_sends_nothing);
  ADD ("another-request-is-another-job", NULL, test_another_request_is_another_job);
  ADD ("unnamed-jobs-are-one", NULL, test_unnamed_jobs_are_one);
  ADD ("nothing-is-doubled-when-an-answer-is-lost", lost_answer, test_nothing_is_doubled);
  ADD ("nothing-is-doubled-when-a-request-is-lost", lost, test_nothing_is_doubled);
  ADD ("nothing-is-doubled-when-a-request-takes-effect-late", late, test_nothing_is_doubled);
  ADD ("nothing-is-doubled-when-the-server-is-busy", busy, test_nothing_is_doubled);
  ADD ("nothing-is-doubled-when-imports-run-in-the-background", background, test_nothing_is_doubled);
  ADD ("refusal-is-told-and-kept", NULL, test_refusal_is_told_and_kept);
  ADD ("a-server-that-stays-busy-is-given-up", NULL, test_a_server_that_stays_busy_is_given_up);
  ADD ("a-project-whose-answer-was-lost-is-found", NULL, test_a_project_whose_answer_was_lost_is_found);
  ADD ("doubles-are-dropped-unless-worked-on", NULL, test_doubles_are_dropped_unless_worked_on);
  ADD ("deleted-tasks-are-sent-again", NULL, test_deleted_tasks_are_sent_again);
  ADD ("pages-and-order-do-not-matter", NULL, test_pages_and_order_do_not_matter);
  ADD ("dropped-labels-are-told", NULL, test_dropped_labels_are_told);
  ADD ("an-unreadable-image-is-left-out", NULL, test_an_unreadable_image_is_left_out);
  ADD ("cancel-leaves-what-can-go-on", NULL, test_cancel_leaves_what_can_go_on);
  ADD ("nothing-to-send-is-told", NULL, test_nothing_to_send_is_told);
  ADD ("login-is-tested", NULL, test_login_is_tested);
  ADD ("personal-token-is-refreshed", NULL, test_personal_token_is_refreshed);
  g_test_add_func ("/vendor/secret-comes-from-the-environment", test_secret_comes_from_the_environment);
  g_test_add_func ("/vendor/without-secret-service-the-variable-is-named", test_without_secret_service_the_variable_is_named);
  g_test_add_func ("/vendor/the-table", test_the_table);
  status = g_test_run ();
  quarry_test_remove (runtime);
  return status;
}
