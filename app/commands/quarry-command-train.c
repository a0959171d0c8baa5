/* quarry-command-train.c: quarry train: a training command over a dataset's splits
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"
#include "quarry-names.h"
#include "quarry-trainer.h"

#include <string.h>

extern const QuarryCommand quarry_command_train;

typedef struct
{
  QuarryCatalog      *catalog;
  QuarryTrainRequest  request;
} Job;

static gboolean
run_job (QuarryOperation *operation, gpointer data, GError **error)
{
  Job *job = data;

  return quarry_train (job->catalog, quarry_trainer_find ("local"), &job->request, operation, error);
}

/* Cuts the command off behind "--", so that its options are not taken for ours */
static char **
take_command (int *argc, char **argv)
{
  for (int i = 1; i < *argc; i++)
    if (g_str_equal (argv[i], "--"))
      {
        char **command = g_strdupv (argv + i + 1);

        *argc = i;
        argv[i] = NULL;
        return command;
      }
  return NULL;
}

static char *
make_name (const char *dataset)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y-%m-%d %H:%M:%S");

  return g_strdup_printf ("%s %s", dataset, stamp);
}

static QuarryExit
run_with (QuarryCommandContext *context, Job *job, const char *dataset_text, const char *to)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Train");
  g_autoptr(QuarryDataset) dataset = NULL;
  g_autoptr(GError) error = NULL;
  QuarryExit code = QUARRY_EXIT_DONE;

  if ((job->catalog = quarry_command_open (context)) == NULL)
    return QUARRY_EXIT_FAILED;
  dataset = quarry_names_find_dataset (job->catalog, dataset_text, &job->request.export.version, &error);
  if (dataset == NULL)
    return quarry_command_fail (error);
  job->request.export.dataset = dataset->id;
  job->request.dataset_name = g_strdup (dataset->name);
  job->request.folder = g_canonicalize_filename (to, NULL);
  if (job->request.name == NULL)
    job->request.name = make_name (dataset_text);
  code = quarry_command_operate (operation, run_job, job);
  if (code != QUARRY_EXIT_FAILED)
    g_print ("run '%s' in %s\n", job->request.name, job->request.folder);
  return code;
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  Job job = { NULL };
  g_autofree char *format = NULL;
  g_autofree char *to = NULL;
  const GOptionEntry entries[] = {
    { "format", 'f', 0, G_OPTION_ARG_STRING, &format, "As of export", "FORMAT" },
    { "to", 0, 0, G_OPTION_ARG_FILENAME, &to, "Gets export/, output/ and log.txt", "DIR" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &job.request.name, "Of the run (the dataset and the time)", "NAME" },
    { "copy", 0, 0, G_OPTION_ARG_NONE, &job.request.export.copy, "Copy pictures and clouds instead of linking them", NULL },
    { NULL },
  };
  QuarryExit code = QUARRY_EXIT_DONE;

  job.request.command = take_command (&argc, argv);
  if (quarry_command_parse (&quarry_command_train, entries, &argc, &argv, 1, 1, &code))
    {
      job.request.exporter = format != NULL ? quarry_exporter_find (format) : NULL;
      if (job.request.exporter == NULL)
        code = quarry_command_usage (&quarry_command_train, "%s", format == NULL ? "--format is missing" : "there is no such format");
      else if (to == NULL || *to == '\0')
        code = quarry_command_usage (&quarry_command_train, "--to is missing");
      else if (job.request.command == NULL || job.request.command[0] == NULL)
        code = quarry_command_usage (&quarry_command_train, "there is no command behind '--'");
      else
        code = run_with (context, &job, argv[1], to);
    }
  quarry_train_request_clear (&job.request);
  return code;
}

const QuarryCommand quarry_command_train = {
  .name = "train",
  .usage = "DATASET[@VERSION] --format FORMAT --to DIR [--name NAME] -- COMMAND…",
  .summary = "Export a dataset's splits and run a training command over them",
  .help = "In the command, {export} {train} {val} {test} and {output} become paths. Its output goes to DIR/log.txt; Ctrl-C ends it and all "
          "that it started. The run is kept in the catalog.",
  .run = run,
};
