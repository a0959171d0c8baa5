/* test-label-studio-server.c: push and pull against a real Label Studio server
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Run by label-studio.sh, which sets QUARRY_LABEL_STUDIO_URL and QUARRY_LABEL_STUDIO_TOKEN. With --push CATALOG NAME the program is
 * a client to be killed. QUARRY_BINARY is the program that people call.
 */

#include "config.h"
#include "quarry-http.h"
#include "quarry-test-vendor.h"

#include <jansson.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)


typedef struct
{
  QuarryTestYard *yard;
  QuarryHttp     *http;
  char           *url;
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  g_autofree char *header = g_strdup_printf ("Token %s", g_getenv ("QUARRY_LABEL_STUDIO_TOKEN"));

  g_setenv ("QUARRY_SECRET_LAB", g_getenv ("QUARRY_LABEL_STUDIO_TOKEN"), TRUE);
  fixture->url = g_strdup (g_getenv ("QUARRY_LABEL_STUDIO_URL"));
  fixture->yard = quarry_test_yard_new (quarry_test_folder (), data != NULL ? GPOINTER_TO_UINT (data) : 3, fixture->url);
  fixture->http = quarry_http_new (fixture->url);
  quarry_http_set_header (fixture->http, "Authorization", header);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  quarry_test_yard_free (fixture->yard);
  g_object_unref (fixture->http);
  g_free (fixture->url);
}

/* --- the server's side, without our backend --- */

static GBytes *
call_bytes (Fixture *fixture, const char *method, const char *path, json_t *take_body)
{
  char *text = take_body != NULL ? json_dumps (take_body, 0) : NULL;
  g_autoptr(GBytes) body = text != NULL ? g_bytes_new_with_free_func (text, strlen (text), free, text) : NULL;
  g_autoptr(GError) error = NULL;
  GBytes *answer = quarry_http_request (fixture->http, method, path, body != NULL ? "application/json" : NULL, body, FALSE, NULL, NULL, &error);

  g_assert_no_error (error);
  json_decref (take_body);
  return answer;
}

static json_t *
call (Fixture *fixture, const char *method, const char *path, json_t *take_body)
{
  g_autoptr(GBytes) answer = call_bytes (fixture, method, path, take_body);

  return json_loadb (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), 0, NULL);
}

static json_t *
list_tasks (Fixture *fixture, QuarryId job_id)
{
  g_autoptr(QuarryJob) job = quarry_catalog_get_job (fixture->yard->catalog, job_id, NULL);
  g_autofree char *path = g_strdup_printf ("/api/tasks?project=%s&fields=all&page_size=1000&resolve_uri=false", job->external_id);
  g_autoptr(json_t) root = call (fixture, "GET", path, NULL);

  return json_incref (json_object_get (root, "tasks"));
}

static const char *
key_of (json_t *task)
{
  return json_string_value (json_object_get (json_object_get (task, "data"), "quarry_key"));
}

/* Each task of the ledger exactly once, nothing else, and its shapes are there */
static void
assert_once (Fixture *fixture, QuarryId job)
{
  g_autoptr(json_t) tasks = list_tasks (fixture, job);
  g_autoptr(GPtrArray) ledger = quarry_catalog_list_tasks (fixture->yard->catalog, job, NULL);
  g_autoptr(GHashTable) by_key = g_hash_table_new (g_str_hash, g_str_equal);
  gsize i = 0;
  json_t *task = NULL;

  json_array_foreach (tasks, i, task)
    g_assert_true (g_hash_table_insert (by_key, (gpointer) key_of (task), task));
  g_assert_cmpuint (ledger->len, ==, 2 * fixture->yard->n_frames);
  g_assert_cmpuint (g_hash_table_size (by_key), ==, ledger->len);
  for (guint n = 0; n < ledger->len; n++)
    {
      const QuarryTask *row = ledger->pdata[n];
      json_t *theirs = g_hash_table_lookup (by_key, row->key);
      json_t *result = json_object_get (json_array_get (json_object_get (theirs, "predictions"), 0), "result");

      g_assert_nonnull (theirs);
      g_assert_cmpint (g_ascii_strtoll (row->external_id, NULL, 10), ==, json_integer_value (json_object_get (theirs, "id")));
      g_assert_cmpstr (row->state, ==, "sent");
      g_assert_cmpuint (json_array_size (result), ==, n % 2 == 0 ? 3 : 4);
    }
}

/* The task of the n-th row of the ledger. Returns: its id at the server */
static gint64
task_id (Fixture *fixture, QuarryId job, guint n)
{
  g_autoptr(GPtrArray) ledger = quarry_catalog_list_tasks (fixture->yard->catalog, job, NULL);

  return g_ascii_strtoll (((QuarryTask *) ledger->pdata[n])->external_id, NULL, 10);
}

/* Returns: the annotation's id. @result: ' stands for " */
static gint64
annotate (Fixture *fixture, QuarryId job, guint n, gboolean cancelled, const char *result)
{
  g_autofree char *text = g_strdelimit (g_strdup (result), "'", '"');
  json_error_t at;
  json_t *list = json_loads (text, 0, &at);
  g_autofree char *path = g_strdup_printf ("/api/tasks/%" G_GINT64_FORMAT "/annotations/", task_id (fixture, job, n));
  g_autoptr(json_t) answer = NULL;

  if (list == NULL)
    g_error ("%s in %s", at.text, text);
  answer = call (fixture, "POST", path, json_pack ("{so sb}", "result", list, "was_cancelled", cancelled));
  return json_integer_value (json_object_get (answer, "id"));
}

/* Somebody submits what was predicted, unchanged */
static void
accept_prediction (Fixture *fixture, QuarryId job, guint n)
{
  g_autofree char *path = g_strdup_printf ("/api/tasks/%" G_GINT64_FORMAT "/", task_id (fixture, job, n));
  g_autofree char *post = g_strdup_printf ("%sannotations/", path);
  g_autoptr(json_t) task = call (fixture, "GET", path, NULL);
  json_t *result = json_object_get (json_array_get (json_object_get (task, "predictions"), 0), "result");
  g_autoptr(json_t) answer = call (fixture, "POST", post, json_pack ("{sO}", "result", result));

  g_assert_nonnull (answer);
}

/* --- our side --- */

static QuarryId
push (Fixture *fixture, const char *name)
{
  QuarryPushRequest request = quarry_test_request_new (fixture->yard, name);
  g_autoptr(QuarryReport) report = NULL;
  g_autoptr(GError) error = NULL;
  QuarryId job = 0;

  job = quarry_test_push (fixture->yard, &request, &report, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (quarry_report_get_n_issues (report, QUARRY_ISSUE_NOTE), ==, 1);      /* the cuboids */
  return job;
}

static void
pull (Fixture *fixture, QuarryId job, const gint64 expected[7])
{
  g_autoptr(QuarryReport) report = NULL;
  g_autoptr(GError) error = NULL;
  const gboolean done = quarry_test_pull (fixture->yard, job, &report, &error);
  g_autofree char *issues = quarry_test_issues (report);

  g_assert_no_error (error);
  g_assert_true (done);
  g_assert_cmpstr (issues, ==, "");
  quarry_test_assert_pulled (report, expected);
}

static GPtrArray *
labels_of (Fixture *fixture, const char *set, guint frame, QuarryId media)
{
  GPtrArray *list = quarry_catalog_list_annotations (fixture->yard->catalog, g_array_index (fixture->yard->frames, QuarryId, frame),
                                                     quarry_test_find_set (fixture->yard->catalog, set), NULL);

  for (guint i = list->len; i-- > 0;)
    if (((QuarryAnnotation *) list->pdata[i])->media != media)
      g_ptr_array_remove_index (list, i);
  return list;
}

static void
assert_geometry (const QuarryAnnotation *annotation, QuarryAnnotationKind kind, const double *expected, gsize n)
{
  g_assert_cmpint (annotation->kind, ==, kind);
  g_assert_cmpuint (annotation->n_geometry, ==, n);
  for (gsize i = 0; i < n; i++)
    if (fabs (annotation->geometry[i] - expected[i]) > 1e-6 * MAX (1, fabs (expected[i])))
      g_error ("[%" G_GSIZE_FORMAT "] is %.17g and not %.17g", i, annotation->geometry[i], expected[i]);
}

/* --- tests --- */

static void
test_login (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *who = NULL;

  quarry_vendor_test (fixture->yard->catalog, "lab", &who, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (who, "ann@example.com (Label Studio 1."));
  g_setenv ("QUARRY_SECRET_LAB", "ffffffffffffffffffffffffffffffffffffffff", TRUE);
  g_assert_false (quarry_vendor_test (fixture->yard->catalog, "lab", NULL, NULL, &error));
  g_assert_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_UNAUTHORIZED);
}

static void
test_images_arrive (Fixture *fixture, gconstpointer data)
{
  const QuarryId job = push (fixture, "images arrive");
  g_autoptr(GPtrArray) ledger = quarry_catalog_list_tasks (fixture->yard->catalog, job, NULL);

  assert_once (fixture, job);
  for (guint i = 0; i < ledger->len; i++)
    {
      const QuarryTask *task = ledger->pdata[i];
      g_autoptr(QuarryMedia) media = quarry_catalog_get_media (fixture->yard->catalog, task->media, NULL);
      g_autoptr(GBytes) theirs = call_bytes (fixture, "GET", task->upload, NULL);
      g_autofree char *ours = NULL;
      gsize n = 0;

      g_assert_true (g_file_get_contents (media->uri, &ours, &n, NULL));
      g_assert_cmpmem (g_bytes_get_data (theirs, NULL), g_bytes_get_size (theirs), ours, n);
    }
  g_assert_cmpint (push (fixture, "images arrive"), ==, job);
  assert_once (fixture, job);
}

static void
test_what_went_out_comes_back (Fixture *fixture, gconstpointer data)
{
  const QuarryId job = push (fixture, "what went out");
  const guint n_tasks = 2 * fixture->yard->n_frames;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  for (guint n = 0; n < n_tasks; n++)
    accept_prediction (fixture, job, n);
  pull (fixture, job, (gint64[]) { n_tasks, 0, 0, 3 * n_tasks, 0, 0, 0 });
  for (guint frame = 0; frame < fixture->yard->n_frames; frame++)
    {
      g_autoptr(GPtrArray) media = quarry_catalog_list_media (fixture->yard->catalog, g_array_index (fixture->yard->frames, QuarryId, frame), NULL);

      for (guint camera = 0; camera < 2; camera++)
        {
          const QuarryId id = ((QuarryMedia *) media->pdata[camera])->id;
          g_autoptr(GPtrArray) ours = labels_of (fixture, "truth", frame, id);
          g_autoptr(GPtrArray) theirs = labels_of (fixture, "what went out", frame, id);

          g_assert_cmpuint (theirs->len, ==, ours->len);
          for (guint i = 0; i < ours->len; i++)
            {
              const QuarryAnnotation *a = ours->pdata[i];
              const QuarryAnnotation *b = theirs->pdata[i];

              assert_geometry (b, a->kind, a->geometry, a->n_geometry);
              g_assert_cmpint (b->class_id, ==, a->class_id);
              g_assert_cmpstr (b->annotator, ==, "ann@example.com");
              g_assert_cmpint (b->made_ns, >, 1700000000 * QUARRY_NS_PER_S);
              g_assert_cmpint (b->task, !=, 0);
            }
        }
    }
  before = quarry_test_dump (fixture->yard->catalog);
  pull (fixture, job, (gint64[]) { n_tasks, 0, 0, 0, 0, 3 * n_tasks, 0 });
  after = quarry_test_dump (fixture->yard->catalog);
  g_assert_true (g_str_equal (before, after));
}

#define FRONT "'to_name':'image','original_width':64,'original_height':48,'image_rotation':0"

/* What people draw, in all shapes; skipped, empty and untouched tasks; then changes */
static void
test_what_people_draw (Fixture *fixture, gconstpointer data)
{
  const QuarryId job = push (fixture, "what people draw");
  const gint64 id = annotate (fixture, job, 0, FALSE,
    "[{'id':'turned','type':'rectanglelabels','from_name':'box'," FRONT ",'value':{'x':10,'y':20,'width':20,'height':10,'rotation':90,"
    "'rectanglelabels':['excavator']}},"
    "{'id':'odd','type':'rectanglelabels','from_name':'box'," FRONT ",'value':{'x':31.941923774954628,'y':4.113475177304964,"
    "'width':6.352087114337568,'height':9.929078014184398,'rotation':296.74,'rectanglelabels':['Haul <Truck> & \\u0022co\\u0022']}},"
    "{'id':'poly','type':'polygonlabels','from_name':'polygon'," FRONT ",'value':{'points':[[0,0],[33.3333,12.5],[100,100]],'closed':true,"
    "'polygonlabels':['road']}},"
    "{'id':'point','type':'keypointlabels','from_name':'keypoint'," FRONT ",'value':{'x':12.5,'y':40,'width':0.5,'keypointlabels':['bucket tip']}},"
    "{'id':'choice','type':'choices','from_name':'image_class','to_name':'image','value':{'choices':['fog']}}]");
  g_autofree char *path = g_strdup_printf ("/api/annotations/%" G_GINT64_FORMAT "/", id);
  g_autoptr(GPtrArray) tasks = quarry_catalog_list_tasks (fixture->yard->catalog, job, NULL);
  const QuarryTask *task = tasks->pdata[0];
  const double odd_percent[4] = { 31.941923774954628 * 64 / 100, 4.113475177304964 * 48 / 100, 6.352087114337568 * 64 / 100,
                                  9.929078014184398 * 48 / 100 };
  const double angle = 296.74 * G_PI / 180;
  const double odd[5] = { odd_percent[0] + (odd_percent[2] * cos (angle) - odd_percent[3] * sin (angle)) / 2 - odd_percent[2] / 2,
                          odd_percent[1] + (odd_percent[2] * sin (angle) + odd_percent[3] * cos (angle)) / 2 - odd_percent[3] / 2,
                          odd_percent[2], odd_percent[3], angle };
  g_autoptr(GPtrArray) labels = NULL;
  g_autofree char *external_id = g_strdup_printf ("%s/turned", task->key);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr(json_t) patched = NULL;

  annotate (fixture, job, 1, TRUE, "[]");
  annotate (fixture, job, 2, FALSE, "[]");
  pull (fixture, job, (gint64[]) { 2, 1, 3, 5, 0, 0, 0 });
  labels = labels_of (fixture, "what people draw", 0, task->media);
  g_assert_cmpuint (labels->len, ==, 5);
  /* 12.8 × 4.8 hanging on (6.4, 9.6), turned by 90°: its centre is (4, 16) */
  assert_geometry (labels->pdata[0], QUARRY_ANNOTATION_BOX2D, (double[]) { 4 - 6.4, 16 - 2.4, 12.8, 4.8, G_PI / 2 }, 5);
  assert_geometry (labels->pdata[1], QUARRY_ANNOTATION_BOX2D, odd, 5);
  assert_geometry (labels->pdata[2], QUARRY_ANNOTATION_POLYGON, (double[]) { 0, 0, 21.333312, 6, 64, 48 }, 6);
  assert_geometry (labels->pdata[3], QUARRY_ANNOTATION_KEYPOINTS, (double[]) { 8, 19.2, 2 }, 3);
  assert_geometry (labels->pdata[4], QUARRY_ANNOTATION_CLASS, NULL, 0);
  g_assert_cmpstr (((QuarryAnnotation *) labels->pdata[0])->external_id, ==, external_id);
  g_assert_cmpstr (((QuarryAnnotation *) labels->pdata[1])->class_name, ==, "Haul <Truck> & \"co\"");
  g_assert_cmpint (((QuarryAnnotation *) labels->pdata[1])->task, ==, task->id);
  before = quarry_test_dump (fixture->yard->catalog);
  pull (fixture, job, (gint64[]) { 2, 1, 3, 0, 0, 5, 0 });
  after = quarry_test_dump (fixture->yard->catalog);
  g_assert_true (g_str_equal (before, after));
  patched = call (fixture, "PATCH", path, json_pack ("{s[{ss ss ss ss si si s{sf sf sf sf si s[s]}}]}", "result", "id", "turned", "type",
    "rectanglelabels", "from_name", "box", "to_name", "image", "original_width", 64, "original_height", 48, "value", "x", 50.0, "y", 50.0,
    "width", 25.0, "height", 25.0, "rotation", 0, "rectanglelabels", "excavator"));
  g_assert_nonnull (patched);
  pull (fixture, job, (gint64[]) { 2, 1, 3, 0, 1, 0, 4 });
  g_clear_pointer (&labels, g_ptr_array_unref);
  labels = labels_of (fixture, "what people draw", 0, task->media);
  g_assert_cmpuint (labels->len, ==, 1);
  assert_geometry (labels->pdata[0], QUARRY_ANNOTATION_BOX2D, (double[]) { 32, 24, 16, 12, 0 }, 5);
}

/* A personal access token cannot be used itself: it buys access tokens */
static void
test_personal_access_token (Fixture *fixture, gconstpointer data)
{
  g_autoptr(json_t) settings = call (fixture, "POST", "/api/jwt/settings", json_pack ("{si sb sb}", "api_token_ttl_days", 30,
                                                                                       "api_tokens_enabled", 1, "legacy_api_tokens_enabled", 1));
  g_autoptr(json_t) made = call (fixture, "POST", "/api/token/", json_object ());
  const char *token = json_string_value (json_object_get (made, "token"));
  g_autoptr(GError) error = NULL;
  QuarryId job = 0;

  g_assert_nonnull (token);
  g_assert_cmpuint (strlen (token), >, 100);
  g_setenv ("QUARRY_SECRET_LAB", token, TRUE);
  g_assert_true (quarry_vendor_test (fixture->yard->catalog, "lab", NULL, NULL, &error));
  g_assert_no_error (error);
  job = push (fixture, "personal token");
  assert_once (fixture, job);
  accept_prediction (fixture, job, 0);
  pull (fixture, job, (gint64[]) { 1, 0, 5, 3, 0, 0, 0 });
}

/* --- a client that is killed --- */

static GPid
spawn_push (Fixture *fixture, const char *name)
{
  const char *argv[] = { "/proc/self/exe", "--push", fixture->yard->path, name, NULL };
  g_autoptr(GError) error = NULL;
  GPid pid = 0;

  g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  return pid;
}

/* Returns: TRUE where it ended by itself, and well, before it was killed */
static gboolean
push_for (Fixture *fixture, const char *name, gint64 microseconds)
{
  const GPid pid = spawn_push (fixture, name);
  const gint64 end = g_get_monotonic_time () + microseconds;
  int status = 0;
  pid_t ended = 0;

  while ((ended = waitpid (pid, &status, WNOHANG)) == 0 && g_get_monotonic_time () < end)
    g_usleep (2000);
  if (ended == 0)
    {
      kill (pid, SIGKILL);
      waitpid (pid, &status, 0);
    }
  g_spawn_close_pid (pid);
  if (WIFEXITED (status))
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  else
    g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
  return WIFEXITED (status);
}

static QuarryId
find_job (Fixture *fixture, const char *name)
{
  g_autoptr(GPtrArray) jobs = quarry_catalog_list_jobs (fixture->yard->catalog, NULL);

  for (guint i = 0; i < jobs->len; i++)
    if (g_str_equal (((QuarryJob *) jobs->pdata[i])->name, name))
      return ((QuarryJob *) jobs->pdata[i])->id;
  g_assert_not_reached ();
}

static guint
count_projects (Fixture *fixture, QuarryId id)
{
  g_autoptr(QuarryJob) job = quarry_catalog_get_job (fixture->yard->catalog, id, NULL);
  g_autofree char *marker = g_strdup_printf ("quarry:%s", job->manifest_hash);
  g_autoptr(json_t) root = call (fixture, "GET", "/api/projects/?page_size=100", NULL);
  gsize i = 0;
  json_t *project = NULL;
  guint n = 0;

  json_array_foreach (json_object_get (root, "results"), i, project)
    n += strstr (json_string_value (json_object_get (project, "description")), marker) != NULL;
  return n;
}

#define MOMENTS      12
#define ATTEMPTS_MAX 30

/* Killed at moments spread over a push (and a bit, by chance, so that no two runs are the same) and then run again to its end.
 * A client that was done before its moment came shows how quick the machine is now, and does not count. */
static void
test_killed_at_any_moment (Fixture *fixture, gconstpointer data)
{
  gint64 whole = g_get_monotonic_time ();
  guint n_killed = 0;

  g_assert_true (push_for (fixture, "undisturbed", G_MAXINT64 / 4));
  whole = g_get_monotonic_time () - whole;
  for (guint i = 0; i < ATTEMPTS_MAX && n_killed < MOMENTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("killed %u", i);
      const gint64 start = g_get_monotonic_time ();
      QuarryId job = 0;

      if (push_for (fixture, name, (gint64) ((double) whole * (n_killed + g_random_double ()) / MOMENTS)))
        whole = MIN (whole, g_get_monotonic_time () - start);
      else
        {
          n_killed++;
          if (n_killed % 3 == 0)      /* and once more on its second way */
            push_for (fixture, name, (gint64) ((double) whole * g_random_double ()));
          g_assert_true (push_for (fixture, name, G_MAXINT64 / 4));
        }
      job = find_job (fixture, name);
      assert_once (fixture, job);
      g_assert_cmpuint (count_projects (fixture, job), ==, 1);
    }
  g_test_message ("an undisturbed push of %u images takes %.2f s", 2 * fixture->yard->n_frames, (double) whole / G_USEC_PER_SEC);
  g_assert_cmpuint (n_killed, ==, MOMENTS);
}

/* --- the command line --- */

/* Returns: (transfer full): standard output */
static char *
quarry (Fixture *fixture, int expected_exit, const char *arguments)
{
  g_autofree char *line = g_strdup_printf ("%s --catalog %s %s", g_getenv ("QUARRY_BINARY"), fixture->yard->path, arguments);
  g_autofree char *err = NULL;
  g_autoptr(GError) error = NULL;
  char *out = NULL;
  int status = 0;

  g_spawn_command_line_sync (line, &out, &err, &status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (status));
  if (WEXITSTATUS (status) != expected_exit)
    g_error ("%s: exit %d: %s%s", arguments, WEXITSTATUS (status), out, err);
  return out;
}

static void
assert_quarry (Fixture *fixture, int expected_exit, const char *arguments, const char *pattern)
{
  g_autofree char *out = quarry (fixture, expected_exit, arguments);

  if (!g_pattern_match_simple (pattern, out))
    g_assert_cmpstr (out, ==, pattern);
}

static void
test_command_line (Fixture *fixture, gconstpointer data)
{
  g_autofree char *json = NULL;
  g_autofree char *add = g_strdup_printf ("vendor add lab2 label-studio %s", fixture->url);
  g_autoptr(json_t) jobs = NULL;
  json_t *job = NULL;

  if (g_getenv ("QUARRY_BINARY") == NULL)
    {
      g_test_skip ("QUARRY_BINARY is not set");
      return;
    }
  assert_quarry (fixture, 0, "vendor test lab", "lab: logged in as ann@example.com (Label Studio 1.*)\n");
  assert_quarry (fixture, 0, add, "lab2: Label Studio at http://*\n");
  assert_quarry (fixture, 1, "vendor test lab2", "");      /* it has no secret */
  assert_quarry (fixture, 0, "vendor remove lab2", "lab2: removed\n");
  assert_quarry (fixture, 3, "push '' --vendor lab --set truth --name cli", "*6 tasks sent*job 1: http://*/projects/*/data\n");
  assert_quarry (fixture, 3, "push '' --vendor lab --set truth --name cli", "*0 tasks sent, 6 already there*");
  assert_once (fixture, 1);
  accept_prediction (fixture, 1, 0);
  annotate (fixture, 1, 1, TRUE, "[]");
  assert_quarry (fixture, 0, "pull", "job 1 (cli): 1 tasks labelled, 1 tasks skipped, 4 tasks pending, 3 added, 0 changed, 0 same, 0 removed\n");
  assert_quarry (fixture, 0, "pull cli", "job 1 (cli): *0 added, 0 changed, 3 same, 0 removed\n");
  json = quarry (fixture, 0, "jobs --json");
  jobs = json_loads (json, 0, NULL);
  job = json_array_get (jobs, 0);
  g_assert_cmpuint (json_array_size (jobs), ==, 1);
  g_assert_cmpint (json_integer_value (json_object_get (job, "tasks")), ==, 6);
  g_assert_cmpint (json_integer_value (json_object_get (job, "delivered")), ==, 1);
  g_assert_cmpstr (json_string_value (json_object_get (job, "state")), ==, "in progress");
}

/* The client that is killed */
static int
run_push (const char *path, const char *name)
{
  QuarryTestYard yard = { .path = (char *) path, .catalog = quarry_test_open (path) };
  QuarryPushRequest request;
  g_autoptr(GError) error = NULL;

  yard.frames = quarry_test_query (yard.catalog, "");
  yard.set = quarry_test_find_set (yard.catalog, "truth");
  request = quarry_test_request_new (&yard, name);
  quarry_test_push (&yard, &request, NULL, &error);
  g_array_unref (yard.frames);
  quarry_test_close (yard.catalog);
  if (error == NULL)
    return 0;
  g_printerr ("%s\n", error->message);
  return 1;
}

#define ADD(path, data, func) g_test_add ("/label-studio-server/" path, Fixture, data, setup, func, teardown)

int
main (int argc, char **argv)
{
  g_autofree char *runtime = NULL;
  int status = 0;

  if (argc == 4 && g_str_equal (argv[1], "--push"))
    return run_push (argv[2], argv[3]);
  runtime = quarry_test_folder ();
  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("QUARRY_LABEL_STUDIO_URL") == NULL)
    g_error ("run me by label-studio.sh");
  ADD ("login", NULL, test_login);
  ADD ("images-arrive-once", NULL, test_images_arrive);
  ADD ("what-went-out-comes-back", NULL, test_what_went_out_comes_back);
  ADD ("what-people-draw", NULL, test_what_people_draw);
  ADD ("personal-access-token", NULL, test_personal_access_token);
  ADD ("command-line", NULL, test_command_line);
  ADD ("killed-at-any-moment", GUINT_TO_POINTER (40), test_killed_at_any_moment);
  status = g_test_run ();
  quarry_test_remove (runtime);
  return status;
}
