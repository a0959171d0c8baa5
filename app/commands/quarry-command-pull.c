/* quarry-command-pull.c: quarry pull: what a vendor's people have labelled
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"
#include "quarry-vendor.h"

extern const QuarryCommand quarry_command_pull;

typedef struct
{
  QuarryCatalog *catalog;
  QuarryId       job;
} Pull;

static gboolean
run_pull (QuarryOperation *operation, gpointer data, GError **error)
{
  Pull *pull = data;

  return quarry_vendor_pull (pull->catalog, pull->job, operation, error);
}

/* @word: (nullable): a number or a name; NULL: all that have been sent */
static gboolean
is_meant (const QuarryJob *job, const char *word)
{
  gint64 id = 0;

  if (word == NULL)
    return job->external_id != NULL;
  return g_str_equal (job->name, word) || (g_ascii_string_to_signed (word, 10, 1, G_MAXINT64, &id, NULL) && job->id == id);
}

static QuarryExit
pull_job (QuarryCatalog *catalog, const QuarryJob *job)
{
  g_autofree char *title = g_strdup_printf ("Pull %s", job->name);
  g_autoptr(QuarryOperation) operation = quarry_operation_new (title);
  Pull pull = { catalog, job->id };

  g_print ("job %" G_GINT64_FORMAT " (%s): ", job->id, job->name);
  return quarry_command_operate (operation, run_pull, &pull);
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  g_autoptr(GPtrArray) jobs = NULL;
  g_autoptr(GError) error = NULL;
  QuarryCatalog *catalog = NULL;
  QuarryExit code = QUARRY_EXIT_DONE;
  guint n = 0;

  if (!quarry_command_parse (&quarry_command_pull, NULL, &argc, &argv, 0, 1, &code))
    return code;
  if ((catalog = quarry_command_open (context)) == NULL)
    return QUARRY_EXIT_FAILED;
  jobs = quarry_catalog_list_jobs (catalog, &error);
  if (jobs == NULL)
    return quarry_command_fail (error);
  for (guint i = 0; i < jobs->len; i++)
    if (is_meant (jobs->pdata[i], argc > 1 ? argv[1] : NULL))
      {
        const QuarryExit one = pull_job (catalog, jobs->pdata[i]);

        code = one == QUARRY_EXIT_FAILED || code == QUARRY_EXIT_DONE ? one : code;      /* the worst of all */
        n++;
      }
  if (n > 0)
    return code;
  g_printerr (argc > 1 ? "quarry: no job '%s'\n" : "quarry: no job has been sent yet%s\n", argc > 1 ? argv[1] : "");
  return QUARRY_EXIT_FAILED;
}

const QuarryCommand quarry_command_pull = {
  .name = "pull",
  .usage = "[JOB]",
  .summary = "Bring labels back from an annotation vendor",
  .help = "JOB is a number or a name; without it all jobs are pulled. Labels go into the annotation set of the job's name; those "
          "that are gone at the vendor go there, too. Skipped and unfinished tasks are counted apart. Pulling again changes nothing.",
  .run = run,
};
