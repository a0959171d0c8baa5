/* quarry-command-push.c: quarry push: a selection to an annotation vendor
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"
#include "quarry-names.h"
#include "quarry-vendor.h"

extern const QuarryCommand quarry_command_push;

typedef struct
{
  QuarryCatalog     *catalog;
  QuarryPushRequest  request;
  QuarryId           job;
} Push;

static gboolean
run_push (QuarryOperation *operation, gpointer data, GError **error)
{
  Push *push = data;

  push->job = quarry_vendor_push (push->catalog, &push->request, operation, error);
  return push->job != 0;
}

static GArray *
frames_of_dataset (QuarryCatalog *catalog, const QuarryDataset *dataset, int version, GError **error)
{
  g_autoptr(GPtrArray) rows = quarry_catalog_list_dataset_frames (catalog, dataset->id, version, error);
  GArray *frames = rows != NULL ? g_array_new (FALSE, FALSE, sizeof (QuarryId)) : NULL;

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    g_array_append_val (frames, ((QuarryDatasetFrame *) rows->pdata[i])->frame);
  return frames;
}

/* The name of a dataset, else a query. Returns: (transfer full) (nullable): NULL with the message printed */
static GArray *
find_frames (QuarryCommandContext *context, QuarryCatalog *catalog, const char *text)
{
  int version = 0;
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryDataset) dataset = *text != '\0' ? quarry_names_find_dataset (catalog, text, &version, &error) : NULL;
  GArray *frames = NULL;

  if (dataset == NULL && error != NULL && !g_error_matches (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND))
    {
      quarry_command_fail (error);
      return NULL;
    }
  g_clear_error (&error);
  if (dataset == NULL)
    return quarry_command_query (context, text);
  frames = frames_of_dataset (catalog, dataset, version, &error);
  if (frames == NULL)
    quarry_command_fail (error);
  return frames;
}

static QuarryExit
run_with (QuarryCommandContext *context, Push *push, const char *text, const char *set)
{
  g_autofree char *title = g_strdup_printf ("Push to %s", push->request.account);
  g_autoptr(QuarryOperation) operation = quarry_operation_new (title);
  g_autoptr(GError) error = NULL;
  QuarryExit code = QUARRY_EXIT_DONE;

  push->catalog = quarry_command_open (context);
  if (push->catalog == NULL || (push->request.frames = find_frames (context, push->catalog, text)) == NULL)
    return QUARRY_EXIT_FAILED;
  if (push->request.frames->len == 0)
    {
      g_printerr ("quarry: '%s' selects no frames\n", text);
      return QUARRY_EXIT_FAILED;
    }
  if (set != NULL && (push->request.set = quarry_names_find_set (push->catalog, set, &error)) == 0)
    return quarry_command_fail (error);
  code = quarry_command_operate (operation, run_push, push);
  if (push->job != 0)
    {
      g_autoptr(QuarryJob) job = quarry_catalog_get_job (push->catalog, push->job, NULL);
      g_autofree char *url = job != NULL ? quarry_vendor_get_web_url (push->catalog, job) : NULL;

      g_print ("job %" G_GINT64_FORMAT "%s%s\n", push->job, url != NULL ? ": " : "", url != NULL ? url : "");
    }
  return code;
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  Push push = { NULL };
  g_autofree char *set = NULL;
  const GOptionEntry entries[] = {
    { "vendor", 0, 0, G_OPTION_ARG_STRING, &push.request.account, "The account (see 'quarry vendor')", "ACCOUNT" },
    { "sensor", 0, 0, G_OPTION_ARG_STRING_ARRAY, &push.request.sensors, "Only this camera; may be given again", "NAME" },
    { "set", 0, 0, G_OPTION_ARG_STRING, &set, "Send the labels of this annotation set along", "NAME" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &push.request.job_name, "The job's name, and that of the set that a pull fills", "NAME" },
    { NULL },
  };
  QuarryExit code = QUARRY_EXIT_DONE;

  if (quarry_command_parse (&quarry_command_push, entries, &argc, &argv, 1, 1, &code))
    code = push.request.account == NULL ? quarry_command_usage (&quarry_command_push, "--vendor is missing")
                                        : run_with (context, &push, argv[1], set);
  quarry_push_request_clear (&push.request);
  return code;
}

const QuarryCommand quarry_command_push = {
  .name = "push",
  .usage = "QUERY|DATASET[@VERSION] --vendor ACCOUNT [--sensor NAME]… [--set NAME] [--name JOB]",
  .summary = "Send camera images to an annotation vendor",
  .help = "The same push again goes on where it was cut off, and doubles nothing. With another --name the same frames become a "
          "second job. The word is a dataset's name where there is one of that name, else a query.",
  .run = run,
};
