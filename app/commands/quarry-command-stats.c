/* quarry-command-stats.c: quarry stats: how much there is of what
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"
#include "quarry-stats.h"

extern const QuarryCommand quarry_command_stats;

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "An array: the totals, then an object a facet with its rows", NULL },
    { NULL },
  };
  g_autoptr(QuarryQuery) query = NULL;
  g_autoptr(QuarryStats) stats = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  QuarryCatalog *catalog = NULL;
  QuarryExit code = QUARRY_EXIT_DONE;

  if (!quarry_command_parse (&quarry_command_stats, entries, &argc, &argv, 0, 1, &code))
    return code;
  query = quarry_query_parse (argc > 1 ? argv[1] : "", &error);
  if (query == NULL)
    {
      g_prefix_error (&error, "query '%s': ", argv[1]);
      return quarry_command_fail (error);
    }
  if ((catalog = quarry_command_open (context)) == NULL)
    return QUARRY_EXIT_FAILED;
  stats = quarry_stats_new (catalog, query, NULL, &error);
  if (stats == NULL)
    return quarry_command_fail (error);
  text = json ? quarry_stats_to_json (stats) : quarry_stats_to_text (stats);
  g_print ("%s%s", text, json ? "\n" : "");
  return QUARRY_EXIT_DONE;
}

const QuarryCommand quarry_command_stats = {
  .name = "stats",
  .usage = "[QUERY] [--json]",
  .summary = "Count frames, media and labels, by scene, tag, class, sensor, dataset, source, set and split",
  .help = "Bars show labels for classes and sets, frames for the others; they are relative to the longest. What \"quarry health\" has\n"
          "measured comes last: between which medians the sensors lie, and how many numbers are odd.",
  .run = run,
};
