/* quarry-command-evaluate.c: quarry evaluate: predictions against truth
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"
#include "quarry-metric.h"
#include "quarry-names.h"

extern const QuarryCommand quarry_command_evaluate;

typedef struct
{
  QuarryCatalog         *catalog;
  const QuarryMetric    *metric;
  QuarryEvaluateRequest  request;
  QuarryEvaluation      *evaluation;
} Job;

static gboolean
run_job (QuarryOperation *operation, gpointer data, GError **error)
{
  Job *job = data;

  job->evaluation = quarry_evaluate (job->catalog, job->metric, &job->request, operation, error);
  return job->evaluation != NULL;
}

static QuarryExit
run_with (QuarryCommandContext *context, Job *job, const char *predictions, const char *truth, gboolean json)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Evaluate");
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  QuarryExit code = QUARRY_EXIT_DONE;

  if ((job->catalog = quarry_command_open (context)) == NULL)
    return QUARRY_EXIT_FAILED;
  if ((job->request.predictions = quarry_names_find_set (job->catalog, predictions, &error)) == 0 ||
      (job->request.truth = quarry_names_find_set (job->catalog, truth, &error)) == 0)
    return quarry_command_fail (error);
  code = quarry_command_operate (operation, run_job, job);
  if (job->evaluation == NULL)
    return code;
  text = json ? quarry_evaluation_to_json (job->evaluation) : quarry_evaluation_to_text (job->evaluation);
  g_print ("%s%s", text, json ? "\n" : "");
  return code;
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  Job job = { NULL };
  g_autofree char *predictions = NULL;
  g_autofree char *truth = NULL;
  g_autofree char *metric = NULL;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "predictions", 0, 0, G_OPTION_ARG_STRING, &predictions, "Annotation set of the model", "SET" },
    { "against", 0, 0, G_OPTION_ARG_STRING, &truth, "Annotation set that is true", "SET" },
    { "metric", 0, 0, G_OPTION_ARG_STRING, &metric, "coco (default)", "METRIC" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "An object: metric, predictions, truth, images, values, classes", NULL },
    { NULL },
  };
  g_autoptr(QuarryQuery) query = NULL;
  g_autoptr(GError) error = NULL;
  QuarryExit code = QUARRY_EXIT_DONE;

  if (!quarry_command_parse (&quarry_command_evaluate, entries, &argc, &argv, 0, 1, &code))
    return code;
  if (predictions == NULL || truth == NULL)
    return quarry_command_usage (&quarry_command_evaluate, "--predictions and --against are needed");
  job.metric = quarry_metric_find (metric != NULL ? metric : "coco");
  if (job.metric == NULL)
    return quarry_command_usage (&quarry_command_evaluate, "there is no metric '%s'", metric);
  if (argc > 1 && (query = quarry_query_parse (argv[1], &error)) == NULL)
    return quarry_command_fail (error);
  job.request.query = query;
  code = run_with (context, &job, predictions, truth, json);
  g_clear_pointer (&job.evaluation, quarry_evaluation_free);
  return code;
}

const QuarryCommand quarry_command_evaluate = {
  .name = "evaluate",
  .usage = "--predictions SET --against SET [QUERY] [--metric coco] [--json]",
  .summary = "Measure an annotation set against another",
  .help = "Without a query, the frames with truth are measured; with one, its frames, also those without truth.",
  .run = run,
};
