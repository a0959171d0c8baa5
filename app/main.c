/* main.c: the window without a command, else the command
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-application.h"
#include "quarry-command.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static void
print_help (void)
{
  const QuarryCommand * const *commands = quarry_command_list ();

  g_print ("Usage: quarry [--catalog FILE] [COMMAND …]\n\n"
           "Without a command the window opens. Commands:\n\n");
  for (; *commands != NULL; commands++)
    g_print ("  %-12s %s\n", (*commands)->name, (*commands)->summary);
  g_print ("\nquarry COMMAND --help tells more. Listings take --json.\n"
           "Exit: 0 done, 1 failed, 2 wrong usage, 3 done but something was skipped.\n"
           "The catalog is --catalog FILE, else QUARRY_CATALOG, else quarry/catalog.db in XDG_DATA_HOME.\n");
}

static const QuarryCommand *
find_command (const char *name)
{
  for (const QuarryCommand * const *commands = quarry_command_list (); *commands != NULL; commands++)
    if (g_str_equal ((*commands)->name, name))
      return *commands;
  return NULL;
}

static QuarryExit
run_command (const char *catalog_path, int argc, char **argv)
{
  const QuarryCommand *command = find_command (argv[0]);
  QuarryCommandContext context = { (char *) catalog_path, NULL, command };
  g_autoptr(GError) error = NULL;
  QuarryExit code;

  if (command == NULL)
    {
      g_printerr ("quarry: there is no command '%s'; 'quarry --help' lists them\n", argv[0]);
      return QUARRY_EXIT_USAGE;
    }
  code = command->run (&context, argc, argv);
  if (context.catalog != NULL && !quarry_catalog_close (context.catalog, &error))
    code = quarry_command_fail (error);
  g_clear_object (&context.catalog);
  if ((fflush (stdout) == 0 && !ferror (stdout)) || code == QUARRY_EXIT_FAILED)
    return code;
  g_printerr ("quarry: cannot write all of the output: %s\n", errno != 0 ? g_strerror (errno) : "an earlier write failed");
  return QUARRY_EXIT_FAILED;
}

int
main (int argc, char **argv)
{
  g_autofree char *catalog_path = quarry_catalog_get_default_path ();
  int first = 1;
  int code;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, QUARRY_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname (QUARRY_APP_ID);

  for (; first < argc && argv[first][0] == '-'; first++)
    {
      if (g_str_equal (argv[first], "--help") || g_str_equal (argv[first], "-h"))
        {
          print_help ();
          return QUARRY_EXIT_DONE;
        }
      if (g_str_equal (argv[first], "--version"))
        {
          g_print ("quarry %s\n", QUARRY_VERSION);
          return QUARRY_EXIT_DONE;
        }
      if (g_str_equal (argv[first], "--catalog") && first + 1 < argc)
        {
          g_free (catalog_path);
          catalog_path = g_canonicalize_filename (argv[++first], NULL);
        }
      else if (g_str_has_prefix (argv[first], "--catalog="))
        {
          g_free (catalog_path);
          catalog_path = g_canonicalize_filename (argv[first] + strlen ("--catalog="), NULL);
        }
      else
        {
          g_printerr ("quarry: %s '%s'\n", g_str_equal (argv[first], "--catalog") ? "a file must follow" : "unknown option",
                      argv[first]);
          return QUARRY_EXIT_USAGE;
        }
    }
  if (first < argc)
    code = run_command (catalog_path, argc - first, argv + first);
  else
    code = quarry_application_run (catalog_path, argc, argv);
  return code;
}
