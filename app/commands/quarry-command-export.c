/* quarry-command-export.c: quarry export: a dataset to a folder that trainers read
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"
#include "quarry-exporter.h"
#include "quarry-names.h"

extern const QuarryCommand quarry_command_export;

typedef struct
{
  QuarryCatalog        *catalog;
  const QuarryExporter *exporter;
  QuarryExportRequest   request;
} Job;

static gboolean
run_job (QuarryOperation *operation, gpointer data, GError **error)
{
  Job *job = data;

  return quarry_export (job->catalog, job->exporter, &job->request, operation, error);
}

static char *
list_formats (void)
{
  g_autoptr(GString) text = g_string_new ("Formats:");

  for (guint i = 0; quarry_exporter_list ()[i] != NULL; i++)
    g_string_append_printf (text, "\n  %-6s %s: %s", quarry_exporter_list ()[i]->id, quarry_exporter_list ()[i]->name,
                            quarry_exporter_list ()[i]->what);
  return g_strdup (text->str);
}

static gboolean
find_rows (Job *job, const char *dataset_text, const char *set, GError **error)
{
  g_autoptr(QuarryDataset) dataset = quarry_names_find_dataset (job->catalog, dataset_text, &job->request.version, error);

  if (dataset == NULL || (set != NULL && (job->request.set = quarry_names_find_set (job->catalog, set, error)) == 0))
    return FALSE;
  job->request.dataset = dataset->id;
  return TRUE;
}

static QuarryExit
run_with (QuarryCommandContext *context, Job *job, const char *dataset, const char *format, const char *to, const char *set)
{
  g_autofree char *title = g_strdup_printf ("Export %s", dataset);
  g_autoptr(QuarryOperation) operation = quarry_operation_new (title);
  g_autofree char *formats = list_formats ();
  g_autoptr(GError) error = NULL;
  QuarryExit code = QUARRY_EXIT_DONE;

  if (format == NULL || (job->exporter = quarry_exporter_find (format)) == NULL)
    {
      code = quarry_command_usage (&quarry_command_export, "%s%s%s", format != NULL ? "there is no format '" : "--format is missing",
                                   format != NULL ? format : "", format != NULL ? "'" : "");
      g_printerr ("%s\n", formats);
      return code;
    }
  if (to == NULL || *to == '\0')
    return quarry_command_usage (&quarry_command_export, "--to is missing");
  if ((job->catalog = quarry_command_open (context)) == NULL)
    return QUARRY_EXIT_FAILED;
  job->request.folder = g_str_has_prefix (to, "s3://") ? g_strdup (to) : g_canonicalize_filename (to, NULL);
  if (!find_rows (job, dataset, set, &error))
    return quarry_command_fail (error);
  code = quarry_command_operate (operation, run_job, job);
  if (code != QUARRY_EXIT_FAILED)
    g_print ("exported to %s\n", job->request.folder);
  return code;
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  Job job = { NULL };
  g_autofree char *format = NULL;
  g_autofree char *to = NULL;
  g_autofree char *set = NULL;
  const GOptionEntry entries[] = {
    { "format", 'f', 0, G_OPTION_ARG_STRING, &format, "coco, kitti, csv, json", "FORMAT" },
    { "to", 0, 0, G_OPTION_ARG_FILENAME, &to, "An empty folder or s3://BUCKET/PREFIX, or an earlier export of the same format", "DIR" },
    { "split", 0, 0, G_OPTION_ARG_STRING_ARRAY, &job.request.splits, "Only this split; may be given again", "NAME" },
    { "set", 0, 0, G_OPTION_ARG_STRING, &set, "Only labels of this annotation set", "NAME" },
    { "camera", 0, 0, G_OPTION_ARG_STRING, &job.request.camera, "kitti: the camera that becomes image_2 (the first)", "SENSOR" },
    { "copy", 0, 0, G_OPTION_ARG_NONE, &job.request.copy, "Copy pictures and clouds instead of linking them", NULL },
    { NULL },
  };
  QuarryExit code = QUARRY_EXIT_DONE;

  if (quarry_command_parse (&quarry_command_export, entries, &argc, &argv, 1, 1, &code))
    code = run_with (context, &job, argv[1], format, to, set);
  quarry_export_request_clear (&job.request);
  return code;
}

const QuarryCommand quarry_command_export = {
  .name = "export",
  .usage = "DATASET[@VERSION] --format FORMAT --to DIR [--split NAME]… [--set NAME] [--copy]",
  .summary = "Write a dataset and its splits in a format that trainers read",
  .help = "What the format cannot carry is listed, and kept in DIR/report.json; the exit code is then 3. The same export again uses what "
          "is there, and removes what has left the dataset.\n"
          "To s3://BUCKET/PREFIX, everything is sent: pictures and clouds as copies. What is there already, by size and hash, is not sent again; "
          "this machine reads each file once to know. Labels are staged in the cache folder, and so are pictures that are on S3 themselves.",
  .run = run,
};
