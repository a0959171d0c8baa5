/* quarry-command-undo.c: quarry undo, quarry redo
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"

extern const QuarryCommand quarry_command_undo;
extern const QuarryCommand quarry_command_redo;

typedef gboolean (*ReplayFunc) (QuarryCatalog *catalog, char **out_what, GError **error);

static QuarryExit
replay (const QuarryCommand *command, ReplayFunc func, const char *done, QuarryCommandContext *context, int argc, char **argv)
{
  g_autofree char *what = NULL;
  g_autoptr(GError) error = NULL;
  QuarryCatalog *catalog = NULL;
  QuarryExit code = QUARRY_EXIT_DONE;

  if (!quarry_command_parse (command, NULL, &argc, &argv, 0, 0, &code))
    return code;
  if ((catalog = quarry_command_open (context)) == NULL)
    return QUARRY_EXIT_FAILED;
  if (!func (catalog, &what, &error))
    return quarry_command_fail (error);
  g_print ("%s: %s\n", done, what);
  return QUARRY_EXIT_DONE;
}

static QuarryExit
run_undo (QuarryCommandContext *context, int argc, char **argv)
{
  return replay (&quarry_command_undo, quarry_catalog_undo, "Undone", context, argc, argv);
}

static QuarryExit
run_redo (QuarryCommandContext *context, int argc, char **argv)
{
  return replay (&quarry_command_redo, quarry_catalog_redo, "Redone", context, argc, argv);
}

const QuarryCommand quarry_command_undo = {
  .name = "undo",
  .usage = "",
  .summary = "Take back the newest edit",
  .help = "Reaches as far back as the catalog does. `quarry history` tells what that would be.",
  .run = run_undo,
};

const QuarryCommand quarry_command_redo = {
  .name = "redo",
  .usage = "",
  .summary = "Do again what was undone last",
  .run = run_redo,
};
