/* quarry-command-sources.c: quarry sources: what was imported, and what was left out
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"
#include "quarry-command-output.h"

extern const QuarryCommand quarry_command_sources;

static json_t *
issues_to_json (GPtrArray *issues)
{
  json_t *array = json_array ();

  for (guint i = 0; i < issues->len; i++)
    {
      const QuarryIssue *issue = issues->pdata[i];

      json_array_append_new (
          array, json_pack ("{s:s, s:s, s:o, s:s}", "level", quarry_issue_level_name (issue->level),
                            "path", issue->path, "place", quarry_json_text (issue->place),
                            "message", issue->message));
    }
  return array;
}

static json_t *
source_to_json (const QuarrySource *source, GPtrArray *issues)
{
  return json_pack ("{s:I, s:s, s:s, s:s, s:s, s:o, s:I, s:I, s:o}", "id", (json_int_t) source->id,
                    "uri", source->uri, "name", source->name, "format", source->format, "state",
                    source->state, "imported_ns", quarry_json_time (source->imported_ns), "scenes",
                    (json_int_t) source->n_scenes, "frames", (json_int_t) source->n_frames,
                    "issues", issues_to_json (issues));
}

static void
print_source (const QuarrySource *source, GPtrArray *issues, gboolean all)
{
  g_autofree char *when = quarry_command_format_time (source->imported_ns);

  g_print ("%4" G_GINT64_FORMAT "  %-10s %-13s %8" G_GINT64_FORMAT " frames %6" G_GINT64_FORMAT
           " issues  %.19s  %s\n",
           source->id, source->state, source->format, source->n_frames, source->n_issues, when,
           source->uri);
  for (guint i = 0; all && i < issues->len; i++)
    {
      const QuarryIssue *issue = issues->pdata[i];

      g_print ("      %s: %s: %s%s%s\n", quarry_issue_level_name (issue->level), issue->path,
               issue->place != NULL ? issue->place : "", issue->place != NULL ? ": " : "",
               issue->message);
    }
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  gboolean as_json = FALSE, all = FALSE;
  const GOptionEntry entries[] = { { "issues", 'i', 0, G_OPTION_ARG_NONE, &all,
                                     "Also print what the last import of each left out", NULL },
                                   { "json", 0, 0, G_OPTION_ARG_NONE, &as_json,
                                     "An array of objects", NULL },
                                   { NULL } };
  g_autoptr(GPtrArray) sources = NULL;
  g_autoptr(GError) error = NULL;
  QuarryJsonList list = { FALSE };
  QuarryExit code = QUARRY_EXIT_DONE;

  if (!quarry_command_parse (&quarry_command_sources, entries, &argc, &argv, 0, 0, &code))
    return code;
  if (quarry_command_open (context) == NULL)
    return QUARRY_EXIT_FAILED;
  sources = quarry_catalog_list_sources (context->catalog, &error);
  if (sources == NULL)
    return quarry_command_fail (error);
  for (guint i = 0; i < sources->len; i++)
    {
      const QuarrySource *source = sources->pdata[i];
      g_autoptr (GPtrArray)
          issues = quarry_catalog_list_issues (context->catalog, source->id, &error);

      if (issues == NULL)
        return quarry_command_fail (error);
      if (as_json)
        quarry_json_list_add (&list, source_to_json (source, issues));
      else
        print_source (source, issues, all);
    }
  if (as_json)
    quarry_json_list_end (&list);
  return QUARRY_EXIT_DONE;
}

const QuarryCommand quarry_command_sources = {
  .name = "sources",
  .usage = "[--issues] [--json]",
  .summary = "List what was imported, and what was left out",
  .help = "A source whose state is not \"complete\" was cut off: import it again to finish it.\n"
          "JSON keys: id, uri, name, format, state, imported_ns, scenes, frames, issues (level, "
          "path, place, message).",
  .run = run,
};
