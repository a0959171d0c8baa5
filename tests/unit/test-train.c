/* test-train.c: training commands
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-test-site.h"
#include "quarry-trainer.h"

#include <string.h>

typedef struct
{
  QuarryTestSite     site;
  QuarryTrainRequest request;
} Fixture;

static void
setup (Fixture *self, gconstpointer data)
{
  quarry_test_site_init (&self->site, (const guint[]) { 4, 0 });
  self->request = (QuarryTrainRequest) { .name = g_strdup ("run"), .dataset_name = g_strdup ("d"), .exporter = quarry_exporter_find ("coco") };
  self->request.export.dataset = quarry_test_site_dataset (&self->site, "d", 2);
  self->request.folder = g_build_filename (self->site.folder, "train", NULL);
}

static void
teardown (Fixture *self, gconstpointer data)
{
  quarry_train_request_clear (&self->request);
  quarry_test_site_clear (&self->site);
}

static gboolean
train (QuarryOperation *operation, gpointer data, GError **error)
{
  Fixture *self = data;

  return quarry_train (self->site.catalog, quarry_trainer_find ("local"), &self->request, operation, error);
}

static void
set_script (Fixture *self, const char *script)
{
  const char *words[] = { "sh", "-c", script, "sh", "{train}", "{val}", "{output}", "{export}", NULL };

  g_strfreev (self->request.command);
  self->request.command = g_strdupv ((char **) words);
}

static char *
read_file (const Fixture *self, const char *relative)
{
  g_autofree char *path = g_build_filename (self->request.folder, relative, NULL);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static void
test_success (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Train");
  g_autoptr(GError) error = NULL;
  g_autofree char *log = NULL;
  g_autofree char *model = NULL;

  set_script (self, "ls -d \"$1/images\" \"$2/images\" > \"$3/model\"; test -f \"$4/annotations/instances_train.json\" && "
                    "echo to the log; echo errors too >&2; test -z \"$QUARRY_SECRET_TEST\"");
  g_assert_true (quarry_operation_run (operation, train, self, &error));
  g_assert_no_error (error);
  log = read_file (self, "log.txt");
  model = read_file (self, "output/model");
  g_assert_cmpstr (log, ==, "to the log\nerrors too\n");
  g_assert_nonnull (strstr (model, "train/images\n"));
}

static void
test_failure (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Train");
  g_autoptr(GError) error = NULL;

  set_script (self, "echo no memory; exit 3");
  g_assert_false (quarry_operation_run (operation, train, self, &error));
  g_assert_error (error, QUARRY_TRAIN_ERROR, QUARRY_TRAIN_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "status 3: no memory"));
}

static void
test_no_program (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Train");
  g_autoptr(GError) error = NULL;

  self->request.command = g_strsplit ("no-such-program-at-all {output}", " ", -1);
  g_assert_false (quarry_operation_run (operation, train, self, &error));
  g_assert_nonnull (strstr (error->message, "no-such-program-at-all"));
}

static void
test_placeholders (Fixture *self, gconstpointer data)
{
  const char * const words[] = { "{nowhere}", "{test}" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autoptr(QuarryOperation) operation = quarry_operation_new ("Train");
      g_autoptr(GError) error = NULL;

      g_strfreev (self->request.command);
      self->request.command = g_strsplit (words[i], " ", -1);
      g_assert_false (quarry_operation_run (operation, train, self, &error));
      g_assert_error (error, QUARRY_TRAIN_ERROR, QUARRY_TRAIN_ERROR_PLACEHOLDER);
    }
}

static void
test_braces_stay (Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) filled = NULL;
  g_autofree char *expected = g_strdup_printf ("a={\"b\": {}} --to=%s/output/x", self->request.folder);

  self->request.command = g_strsplit ("a={\"b\": {}} --to={output}/x", "|", -1);
  filled = quarry_train_fill (&self->request, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (filled[0], ==, expected);
}

/* The program and what it started are gone, and the run is known as cancelled */
static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Train");
  g_autofree char *pid = NULL;
  g_autofree char *path = g_build_filename (self->request.folder, "log.txt", NULL);

  set_script (self, "sleep 300 & echo $!; wait");
  quarry_operation_start (operation, train, self, NULL);
  quarry_test_wait ((g_free (pid), pid = NULL, g_file_get_contents (path, &pid, NULL, NULL)) && strchr (pid, '\n') != NULL);
  quarry_operation_cancel (operation);
  quarry_test_wait (quarry_operation_get_state (operation) == QUARRY_OPERATION_CANCELLED);
  {
    g_autofree char *proc = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/exe", g_ascii_strtoll (pid, NULL, 10));

    quarry_test_wait (g_access (proc, F_OK) != 0);
  }
}

int
main (int argc, char **argv)
{
  g_setenv ("QUARRY_SECRET_TEST", "hidden", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(claim, function) g_test_add ("/train/" claim, Fixture, NULL, setup, function, teardown)
  ADD ("a-command-gets-its-splits-and-a-log-but-no-secret", test_success);
  ADD ("a-failure-tells-status-and-last-line", test_failure);
  ADD ("a-program-that-is-not-there-is-named", test_no_program);
  ADD ("unknown-placeholders-and-missing-splits-are-told", test_placeholders);
  ADD ("other-braces-stay", test_braces_stay);
  ADD ("cancel-ends-the-whole-group", test_cancel);
  return g_test_run ();
}
