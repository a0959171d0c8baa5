/* test-label-studio-window.c: push and pull by hand, in the window, against a real Label Studio server
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Run by label-studio.sh, which sets QUARRY_LABEL_STUDIO_URL and QUARRY_LABEL_STUDIO_TOKEN.
 */

#include "config.h"
#include "quarry-account-dialog.h"
#include "quarry-http.h"
#include "quarry-jobs-page-row.h"
#include "quarry-jobs-page.h"
#include "quarry-push-dialog.h"
#include "quarry-test-widget.h"
#include "quarry-test-window.h"

#include <jansson.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

/* --- the server's side --- */

static json_t *
call (const char *method, const char *path, const char *body)
{
  g_autoptr(QuarryHttp) http = quarry_http_new (g_getenv ("QUARRY_LABEL_STUDIO_URL"));
  g_autofree char *header = g_strdup_printf ("Token %s", g_getenv ("QUARRY_LABEL_STUDIO_TOKEN"));
  g_autoptr(GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  g_autoptr(GBytes) answer = NULL;
  g_autoptr(GError) error = NULL;

  quarry_http_set_header (http, "Authorization", header);
  answer = quarry_http_request (http, method, path, body != NULL ? "application/json" : NULL, bytes, FALSE, NULL, NULL, &error);
  g_assert_no_error (error);
  return json_loadb (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), 0, NULL);
}

/* Somebody draws one excavator on the task's picture */
static void
annotate (const QuarryTask *task)
{
  g_autofree char *path = g_strdup_printf ("/api/tasks/%s/annotations/", task->external_id);
  g_autoptr(json_t) answer = call ("POST", path,
    "{\"result\": [{\"id\": \"drawn\", \"type\": \"rectanglelabels\", \"from_name\": \"box\", \"to_name\": \"image\", \"original_width\": 160,"
    " \"original_height\": 100, \"image_rotation\": 0, \"value\": {\"x\": 25, \"y\": 10, \"width\": 50, \"height\": 40, \"rotation\": 0,"
    " \"rectanglelabels\": [\"truck\"]}}]}");

  g_assert_nonnull (answer);
}

/* --- our side --- */

static void
add_account (Site *site)
{
  GtkWidget *dialog = quarry_account_dialog_present (site->session, site->window);
  gboolean gone = FALSE;

  quarry_test_wait (gtk_widget_get_mapped (dialog));
  gtk_editable_set_text (widget_child (dialog, "name"), "lab");
  gtk_editable_set_text (widget_child (dialog, "url"), g_getenv ("QUARRY_LABEL_STUDIO_URL"));
  site_act (dialog, "account.test", NULL);
  quarry_test_wait (gtk_widget_get_visible (widget_child (dialog, "verdict")));
  g_assert_false (gtk_widget_has_css_class (widget_child (dialog, "verdict"), "error"));
  widget_watch (dialog, &gone);
  site_act (dialog, "account.save", NULL);
  quarry_test_wait (gone);
}

/* Returns: (transfer full) (nullable) */
static QuarryOperation *
find_operation (Site *site, const char *title)
{
  GListModel *operations = G_LIST_MODEL (quarry_session_get_operations (site->session));

  for (guint i = 0; i < g_list_model_get_n_items (operations); i++)
    {
      g_autoptr(QuarryOperation) operation = g_list_model_get_item (operations, i);

      if (g_str_equal (quarry_operation_get_title (operation), title))
        return g_steal_pointer (&operation);
    }
  return NULL;
}

/* The first two frames are selected in the grid and sent with their labels. Returns: when the push is done */
static void
push_two (Site *site)
{
  GtkWidget *dialog = NULL;
  g_autoptr(QuarryOperation) operation = NULL;
  gboolean ready = FALSE;

  window_select (site, 0, 2);
  window_act (site, "win.push", NULL);
  quarry_test_wait ((dialog = site_find_dialog (QUARRY_TYPE_PUSH_DIALOG)) != NULL);
  while (!ready)
    {
      g_main_context_iteration (NULL, TRUE);
      g_object_get (dialog, "ready", &ready, NULL);
    }
  g_assert_cmpstr (widget_text (dialog, "summary"), ==, "2 frames, 2 images to send");
  gtk_editable_set_text (widget_child (dialog, "job_name"), "by hand");
  site_act (dialog, "push.start", NULL);
  quarry_test_wait ((operation = find_operation (site, "Push by hand to lab")) != NULL);
  quarry_test_wait (quarry_operation_get_state (operation) > QUARRY_OPERATION_RUNNING);
  if (quarry_operation_get_error (operation) != NULL)
    g_error ("%s", quarry_operation_get_error (operation)->message);
}

static void
test_push_and_pull (Site *site, gconstpointer data)
{
  g_autoptr(GPtrArray) jobs = NULL, tasks = NULL, labels = NULL;
  GtkWidget *page = NULL, *row = NULL;
  const QuarryAnnotation *label = NULL;
  const double expected[] = { 40, 10, 80, 40, 0 };

  g_setenv ("QUARRY_SECRET_LAB", g_getenv ("QUARRY_LABEL_STUDIO_TOKEN"), TRUE);
  add_account (site);
  push_two (site);
  jobs = quarry_catalog_list_jobs (site->catalog, NULL);
  g_assert_cmpuint (jobs->len, ==, 1);
  tasks = quarry_catalog_list_tasks (site->catalog, ((QuarryJob *) jobs->pdata[0])->id, NULL);
  g_assert_cmpuint (tasks->len, ==, 2);
  annotate (tasks->pdata[0]);
  window_act (site, "win.page", g_variant_new_string ("jobs"));
  page = quarry_window_get_page (QUARRY_WINDOW (site->window), "jobs");
  quarry_test_wait ((row = site_find (page, QUARRY_TYPE_JOB_ROW, NULL)) != NULL);
  quarry_test_wait (g_str_equal (widget_text (row, "progress"), "2 sent · 0 delivered · of 2"));
  g_signal_emit_by_name (widget_find_action (page, "jobs.pull-all"), "clicked");
  quarry_test_wait (g_str_equal (widget_text (row, "progress"), "2 sent · 1 delivered · of 2"));
  labels = quarry_catalog_list_annotations (site->catalog, ((QuarryTask *) tasks->pdata[0])->frame, 0, NULL);
  for (guint i = 0; i < labels->len; i++)
    if (((QuarryAnnotation *) labels->pdata[i])->task != 0)
      label = labels->pdata[i];
  g_assert_nonnull (label);
  g_assert_cmpstr (label->class_name, ==, "truck");
  g_assert_cmpstr (label->annotator, ==, "ann@example.com");
  g_assert_cmpuint (label->n_geometry, ==, 5);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpfloat_with_epsilon (label->geometry[i], expected[i], 1e-9);
}

int
main (int argc, char **argv)
{
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/label-studio-window/what-is-pushed-and-drawn-comes-back", Site, NULL, window_setup, test_push_and_pull, site_teardown);
  return g_test_run ();
}
