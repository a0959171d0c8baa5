/* quarry-command-check.c: quarry check
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"

extern const QuarryCommand quarry_command_check;

static gboolean
check (QuarryOperation *operation, gpointer data, GError **error)
{
  quarry_operation_set_progress (operation, 0, 0, NULL);
  return quarry_catalog_check (data, quarry_operation_get_report (operation), quarry_operation_get_cancellable (operation), error);
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Check the catalog");
  QuarryCatalog *catalog = NULL;
  QuarryExit code = QUARRY_EXIT_DONE;

  if (!quarry_command_parse (&quarry_command_check, NULL, &argc, &argv, 0, 0, &code))
    return code;
  catalog = quarry_command_open (context);
  return catalog != NULL ? quarry_command_operate (operation, check, catalog) : QUARRY_EXIT_FAILED;
}

const QuarryCommand quarry_command_check = {
  .name = "check",
  .usage = "",
  .summary = "Verify the catalog and that its media are there",
  .help = "Looks for damage in the file, rows without the row they belong to, files that are gone or have become\n"
          "shorter, and broken labels; tells which imports did not end. Exits with 3 where something was found.",
  .run = run,
};
