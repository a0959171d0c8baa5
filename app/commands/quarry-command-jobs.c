/* quarry-command-jobs.c: quarry jobs: what is at which vendor, and how far
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"
#include "quarry-vendor.h"

#include <jansson.h>

extern const QuarryCommand quarry_command_jobs;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

static json_t *
job_json (QuarryCatalog *catalog, const QuarryJob *job)
{
  g_autofree char *url = quarry_vendor_get_web_url (catalog, job);

  return json_pack ("{s:I, s:s, s:s, s:s, s:s, s:s?, s:s?, s:I, s:I, s:I, s:I, s:I, s:s?}", "id", (json_int_t) job->id, "name", job->name,
                    "account", job->account_name, "vendor", job->vendor, "state", job->state, "external_id", job->external_id, "url", url,
                    "tasks", (json_int_t) job->n_tasks, "sent", (json_int_t) job->n_sent, "delivered", (json_int_t) job->n_delivered,
                    "created_ns", (json_int_t) job->created_ns, "updated_ns", (json_int_t) job->updated_ns, "error", job->error);
}

static void
print_json (QuarryCatalog *catalog, GPtrArray *jobs)
{
  g_autoptr(json_t) array = json_array ();
  char *text = NULL;

  for (guint i = 0; i < jobs->len; i++)
    json_array_append_new (array, job_json (catalog, jobs->pdata[i]));
  text = json_dumps (array, JSON_INDENT (1));
  g_print ("%s\n", text);
  free (text);
}

static QuarryExit
remove_job (QuarryCatalog *catalog, const char *text)
{
  g_autoptr(GError) error = NULL;
  guint64 id = 0;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &id, NULL))
    return quarry_command_usage (&quarry_command_jobs, "'%s' is no job's number", text);
  if (!quarry_catalog_remove_job (catalog, (QuarryId) id, &error))
    return quarry_command_fail (error);
  g_print ("Job %s: removed\n", text);
  return QUARRY_EXIT_DONE;
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json,
      "An array of objects: id, name, account, vendor, state, external_id, url, tasks, sent, delivered, created_ns, updated_ns, error", NULL },
    { NULL },
  };
  g_autoptr(GPtrArray) jobs = NULL;
  g_autoptr(GError) error = NULL;
  QuarryCatalog *catalog = NULL;
  QuarryExit code = QUARRY_EXIT_DONE;

  if (!quarry_command_parse (&quarry_command_jobs, entries, &argc, &argv, 0, 2, &code))
    return code;
  if (argc == 2 || (argc == 3 && !g_str_equal (argv[1], "remove")))
    return quarry_command_usage (&quarry_command_jobs, "there is no 'jobs %s'", argv[1]);
  if ((catalog = quarry_command_open (context)) == NULL)
    return QUARRY_EXIT_FAILED;
  if (argc == 3)
    return remove_job (catalog, argv[2]);
  jobs = quarry_catalog_list_jobs (catalog, &error);
  if (jobs == NULL)
    return quarry_command_fail (error);
  if (json)
    print_json (catalog, jobs);
  for (guint i = 0; !json && i < jobs->len; i++)
    {
      const QuarryJob *job = jobs->pdata[i];

      g_print ("%4" G_GINT64_FORMAT "  %-12s %-11s %6" G_GINT64_FORMAT " tasks %6" G_GINT64_FORMAT " sent %6" G_GINT64_FORMAT " delivered  %s%s%s\n",
               job->id, job->account_name, job->state, job->n_tasks, job->n_sent, job->n_delivered, job->name,
               job->error != NULL ? ": " : "", job->error != NULL ? job->error : "");
    }
  return QUARRY_EXIT_DONE;
}

const QuarryCommand quarry_command_jobs = {
  .name = "jobs",
  .usage = "[--json] | remove JOB",
  .summary = "List the jobs at annotation vendors, newest first",
  .help = "Only a job of which nothing was sent can be removed: the ledger forgets nothing else.",
  .run = run,
};
