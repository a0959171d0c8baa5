/* quarry-trainer.c: the list of trainers, and the road from a dataset to a run
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-trainer.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <string.h>

extern const QuarryTrainer quarry_trainer_local;

/* The one list */
static const QuarryTrainer * const trainers[] = {
  &quarry_trainer_local,
  NULL
};

G_DEFINE_QUARK (quarry-train-error-quark, quarry_train_error)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

const QuarryTrainer * const *
quarry_trainer_list (void)
{
  return trainers;
}

/* Returns: (transfer none) (nullable) */
const QuarryTrainer *
quarry_trainer_find (const char *id)
{
  for (guint i = 0; trainers[i] != NULL; i++)
    if (g_strcmp0 (trainers[i]->id, id) == 0)
      return trainers[i];
  return NULL;
}

void
quarry_train_request_clear (QuarryTrainRequest *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->dataset_name, g_free);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->command, g_strfreev);
  quarry_export_request_clear (&self->export);
}

/* Returns: (transfer full): what a placeholder stands for; NULL with @error */
static char *
get_place (const QuarryTrainRequest *request, const char *name, GError **error)
{
  g_autofree char *path = NULL;

  if (g_str_equal (name, "output"))
    return g_build_filename (request->folder, "output", NULL);
  if (g_str_equal (name, "export"))
    return g_build_filename (request->folder, "export", NULL);
  if (!g_str_equal (name, "train") && !g_str_equal (name, "val") && !g_str_equal (name, "test"))
    {
      g_set_error (error, QUARRY_TRAIN_ERROR, QUARRY_TRAIN_ERROR_PLACEHOLDER,
                   "'{%s}' is not known; there are {export}, {train}, {val}, {test} and {output}", name);
      return NULL;
    }
  path = g_build_filename (request->folder, "export", name, NULL);
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&path);
  g_set_error (error, QUARRY_TRAIN_ERROR, QUARRY_TRAIN_ERROR_PLACEHOLDER, "the command wants {%s}, but dataset '%s' has no such split",
               name, request->dataset_name);
  return NULL;
}

/* {word} is a placeholder; any other brace stays as it is */
static char *
fill_word (const QuarryTrainRequest *request, const char *word, GError **error)
{
  g_autoptr(GString) filled = g_string_new (NULL);

  while (*word != '\0')
    {
      const gsize length = *word == '{' ? strspn (word + 1, "abcdefghijklmnopqrstuvwxyz") : 0;

      if (length > 0 && word[1 + length] == '}')
        {
          g_autofree char *name = g_strndup (word + 1, length);
          g_autofree char *place = get_place (request, name, error);

          if (place == NULL)
            return NULL;
          g_string_append (filled, place);
          word += length + 2;
        }
      else
        g_string_append_c (filled, *word++);
    }
  return g_strdup (filled->str);
}

/* Returns: (transfer full): the command with its placeholders filled in; the export must be there. NULL with @error */
char **
quarry_train_fill (const QuarryTrainRequest *request, GError **error)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; request->command[i] != NULL; i++)
    {
      g_autofree char *word = fill_word (request, request->command[i], error);

      if (word == NULL)
        return NULL;
      g_strv_builder_add (builder, word);
    }
  return g_strv_builder_end (builder);
}

static gint64
now_ns (void)
{
  return g_get_real_time () * 1000;
}

static char *
make_record (const QuarryTrainer *trainer, const QuarryTrainRequest *request, char **command, gint64 started_ns, gint64 ended_ns, int status)
{
  g_autofree char *log = g_build_filename (request->folder, "log.txt", NULL);
  g_autofree char *output = g_build_filename (request->folder, "output", NULL);
  g_autoptr(json_t) root = json_pack ("{s:s, s:s, s:i, s:s, s:[], s:s, s:s, s:s, s:I}", "trainer", trainer->id, "dataset",
                                      request->dataset_name, "version", request->export.version, "format", request->exporter->id,
                                      "command", "export", request->export.folder, "output", output, "log", log, "started_ns",
                                      (json_int_t) started_ns);

  for (guint i = 0; command[i] != NULL; i++)
    json_array_append_new (json_object_get (root, "command"), json_string (command[i]));
  if (status >= 0)
    json_object_set_new (root, "status", json_integer (status));
  if (ended_ns > 0)
    json_object_set_new (root, "ended_ns", json_integer (ended_ns));
  return json_dumps (root, JSON_COMPACT | JSON_SORT_KEYS);
}

static QuarryId
find_version (QuarryCatalog *catalog, const QuarryTrainRequest *request, GError **error)
{
  g_autoptr(GPtrArray) versions = NULL;

  if (request->export.version == 0)
    return 0;
  versions = quarry_catalog_list_versions (catalog, request->export.dataset, error);
  for (guint i = 0; versions != NULL && i < versions->len; i++)
    if (((QuarryDatasetVersion *) versions->pdata[i])->number == request->export.version)
      return ((QuarryDatasetVersion *) versions->pdata[i])->id;
  return 0;
}

static gboolean
run (QuarryCatalog *catalog, const QuarryTrainer *trainer, const QuarryTrainRequest *request, char **command, QuarryOperation *operation,
     GError **error)
{
  const gint64 started_ns = now_ns ();
  const QuarryId version = find_version (catalog, request, error);
  g_autofree char *before = make_record (trainer, request, command, started_ns, 0, -1);
  g_autofree char *after = NULL;
  g_autoptr(GError) failure = NULL;
  const char *state = "done";
  int status = -1;

  if (!quarry_catalog_store_run (catalog, request->name, 0, version, before, "running", error))
    return FALSE;
  if (!trainer->train (request, command, operation, &status, &failure))
    state = g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? "cancelled" : "failed";
  after = make_record (trainer, request, command, started_ns, now_ns (), status);
  if (!quarry_catalog_store_run (catalog, request->name, 0, version, after, state, failure == NULL ? error : NULL))
    return FALSE;
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/**
 * quarry_train:
 * @request: its export's folder is set here
 *
 * Exports, fills in the command, trains. Blocking: call inside an operation; cancelling it ends the training too. The run is in
 * the catalog from the start, then done, failed or cancelled.
 *
 * Returns: FALSE with @error
 */
gboolean
quarry_train (QuarryCatalog *catalog, const QuarryTrainer *trainer, QuarryTrainRequest *request, QuarryOperation *operation, GError **error)
{
  g_autofree char *output = g_build_filename (request->folder, "output", NULL);
  g_auto(GStrv) command = NULL;

  g_return_val_if_fail (request->command != NULL && request->command[0] != NULL, FALSE);

  g_free (request->export.folder);
  request->export.folder = g_build_filename (request->folder, "export", NULL);
  if (!quarry_export (catalog, request->exporter, &request->export, operation, error))
    return FALSE;
  if (request->export.version == 0)
    quarry_report_add (quarry_operation_get_report (operation), QUARRY_ISSUE_NOTE, request->dataset_name, NULL,
                       "the dataset is not frozen: what the run was trained on cannot be told later");
  if (g_mkdir_with_parents (output, 0777) != 0)
    {
      g_set_error (error, QUARRY_TRAIN_ERROR, QUARRY_TRAIN_ERROR_FAILED, "cannot make the folder '%s': %s", output, g_strerror (errno));
      return FALSE;
    }
  command = quarry_train_fill (request, error);
  return command != NULL && run (catalog, trainer, request, command, operation, error);
}
