/* quarry-command-history.c: quarry history: the journal of edits
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"

#include <jansson.h>

extern const QuarryCommand quarry_command_history;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

static char *
format_time (gint64 ns)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (ns / QUARRY_NS_PER_S);
  g_autoptr(GDateTime) local = g_date_time_to_local (utc);

  return g_date_time_format (local, "%F %T");
}

static void
print_json (GPtrArray *edits)
{
  g_autoptr(json_t) array = json_array ();
  g_autofree char *text = NULL;

  for (guint i = 0; i < edits->len; i++)
    {
      const QuarryEdit *edit = edits->pdata[i];

      json_array_append_new (array, json_pack ("{s:I, s:s, s:I, s:s, s:s}", "id", (json_int_t) edit->id, "who", edit->who,
                                               "made_ns", (json_int_t) edit->made_ns, "what", edit->what, "state", edit->state));
    }
  text = json_dumps (array, JSON_INDENT (1));
  g_print ("%s\n", text);
}

static void
print_text (GPtrArray *edits)
{
  for (guint i = 0; i < edits->len; i++)
    {
      const QuarryEdit *edit = edits->pdata[i];
      g_autofree char *when = format_time (edit->made_ns);

      g_print ("%6" G_GINT64_FORMAT "  %s  %-12s  %-7s  %s\n", edit->id, when, edit->who, edit->state, edit->what);
    }
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  gboolean json = FALSE;
  int limit = 0;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "An array of objects: id, who, made_ns, what, state", NULL },
    { "limit", 'n', 0, G_OPTION_ARG_INT, &limit, "Only the newest N", "N" },
    { NULL },
  };
  g_autoptr(GPtrArray) edits = NULL;
  g_autoptr(GError) error = NULL;
  QuarryCatalog *catalog = NULL;
  QuarryExit code = QUARRY_EXIT_DONE;

  if (!quarry_command_parse (&quarry_command_history, entries, &argc, &argv, 0, 0, &code))
    return code;
  if ((catalog = quarry_command_open (context)) == NULL)
    return QUARRY_EXIT_FAILED;
  edits = quarry_catalog_list_edits (catalog, MAX (limit, 0), &error);
  if (edits == NULL)
    return quarry_command_fail (error);
  if (json)
    print_json (edits);
  else
    print_text (edits);
  return QUARRY_EXIT_DONE;
}

const QuarryCommand quarry_command_history = {
  .name = "history",
  .usage = "[--json] [-n N]",
  .summary = "List the edits that people made, newest first",
  .help = "An edit is done, undone, or dropped: undone, then something else was done.",
  .run = run,
};
