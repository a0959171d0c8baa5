/* quarry-command.c: finds the command, and what commands share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The one list of commands, in the order of a working day: X (name) stands for
 * `const QuarryCommand quarry_command_name` in app/commands/quarry-command-name.c */
#define QUARRY_COMMANDS(X) \
  /* recordings */ \
  X (demo) \
  X (import) \
  X (sources) \
  X (scenes) \
  /* looking */ \
  X (frames) \
  X (show) \
  X (render) \
  X (health) \
  /* curation */ \
  X (tag) \
  X (dataset) \
  X (labels) \
  /* export and counting */ \
  X (export) \
  X (stats) \
  /* vendors */ \
  X (vendor) \
  X (push) \
  X (jobs) \
  X (pull) \
  /* models */ \
  X (evaluate) \
  X (train) \
  /* the catalog */ \
  X (check) \
  X (history) \
  X (undo) \
  X (redo) \

#define DECLARE(name) extern const QuarryCommand quarry_command_##name;
QUARRY_COMMANDS (DECLARE)

#define LIST(name) &quarry_command_##name,
static const QuarryCommand * const commands[] = { QUARRY_COMMANDS (LIST) NULL };

/* Returns: (transfer none): NULL-ended */
const QuarryCommand * const *
quarry_command_list (void)
{
  return commands;
}

QuarryExit
quarry_command_fail (const GError *error)
{
  g_printerr ("quarry: %s\n", error->message);
  return QUARRY_EXIT_FAILED;
}

QuarryExit
quarry_command_usage (const QuarryCommand *command, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("quarry %s: %s\nUsage: quarry %s %s\n", command->name, message, command->name, command->usage);
  return QUARRY_EXIT_USAGE;
}

static GOptionContext *
make_context (const QuarryCommand *command, const GOptionEntry *entries)
{
  GOptionContext *context = g_option_context_new (NULL);
  g_autofree char *summary = g_strdup_printf ("Usage: quarry %s %s\n\n%s", command->name, command->usage, command->summary);

  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, command->help);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_ignore_unknown_options (context, TRUE);     /* "-class:worker" is a term of a query */
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  return context;
}

/* GLib's own first line would show a program name; ours begins with the usage of the command */
static void
print_help (GOptionContext *context)
{
  g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);
  const char *body = strstr (help, "Usage: quarry ");

  g_print ("%s", body != NULL ? body : help);
}

/* "-class:worker" is a term of a query, but GLib would look into it for one-letter options. So these are looked for here, only as
 * words of their own, and GLib sees none.
 * Returns: (transfer full): the entries without letters */
static GOptionEntry *
take_letters (const GOptionEntry *entries, int argc, char **argv)
{
  guint n = 0;
  GOptionEntry *plain = NULL;

  while (entries != NULL && entries[n].long_name != NULL)
    n++;
  plain = g_new0 (GOptionEntry, n + 1);
  for (guint k = 0; k < n; k++)
    {
      plain[k] = entries[k];
      plain[k].short_name = 0;
      for (int i = 1; i < argc && !g_str_equal (argv[i], "--"); i++)
        if (entries[k].short_name != 0 && argv[i][0] == '-' && argv[i][1] == entries[k].short_name && argv[i][2] == '\0')
          {
            g_autofree char *long_form = g_strconcat ("--", entries[k].long_name, NULL);

            argv[i] = (char *) g_intern_string (long_form);
          }
    }
  return plain;
}

/**
 * quarry_command_parse:
 * @entries: (nullable): the command's options
 * @argc: (inout), @argv: (inout): what is left are the command and its words; "--" itself is removed. What begins with one
 *   dash and is no option is a word: queries have such terms
 *
 * Returns: FALSE with @out_exit set where the command is not to run: --help, or wrong usage (already printed)
 */
gboolean
quarry_command_parse (const QuarryCommand *command,
                      const GOptionEntry  *entries,
                      int                 *argc,
                      char              ***argv,
                      int                  min_words,
                      int                  max_words,
                      QuarryExit          *out_exit)
{
  g_autofree GOptionEntry *plain = take_letters (entries, *argc, *argv);
  g_autoptr(GOptionContext) context = make_context (command, plain);
  g_autoptr(GError) error = NULL;

  for (int i = 1; i < *argc && !g_str_equal ((*argv)[i], "--"); i++)
    if (g_str_equal ((*argv)[i], "--help") || g_str_equal ((*argv)[i], "-h"))
      {
        g_autoptr(GOptionContext) with_letters = make_context (command, entries);

        print_help (with_letters);
        *out_exit = QUARRY_EXIT_DONE;
        return FALSE;
      }
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      *out_exit = quarry_command_usage (command, "%s", error->message);
      return FALSE;
    }
  for (int i = 1; i < *argc; i++)
    {
      if (g_str_equal ((*argv)[i], "--"))
        {
          memmove (*argv + i, *argv + i + 1, (gsize) (*argc - i) * sizeof (char *));
          (*argc)--;
          break;
        }
      if (g_str_has_prefix ((*argv)[i], "--"))
        {
          *out_exit = quarry_command_usage (command, "there is no option '%s'", (*argv)[i]);
          return FALSE;
        }
    }
  if (*argc - 1 < min_words || (max_words >= 0 && *argc - 1 > max_words))
    {
      *out_exit = quarry_command_usage (command, *argc - 1 < min_words ? "too few words" : "too many words");
      return FALSE;
    }
  return TRUE;
}

/* Opens the catalog at the first call. Returns: (transfer none) (nullable): NULL with the message printed */
QuarryCatalog *
quarry_command_open (QuarryCommandContext *context)
{
  g_autoptr(GError) error = NULL;

  if (context->catalog != NULL)
    return context->catalog;
  if (!context->command->begins && !g_file_test (context->catalog_path, G_FILE_TEST_EXISTS))
    {
      g_printerr ("quarry: there is no catalog '%s'; 'quarry import PATH' begins it\n", context->catalog_path);
      return NULL;
    }
  context->catalog = quarry_catalog_open (context->catalog_path, &error);
  if (context->catalog == NULL)
    quarry_command_fail (error);
  return context->catalog;
}

/* Returns: (transfer full) (nullable): ids of the frames that @text selects; NULL with the message printed */
GArray *
quarry_command_query (QuarryCommandContext *context, const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryQuery) query = quarry_query_parse (text, &error);
  QuarryCatalog *catalog = query != NULL ? quarry_command_open (context) : NULL;
  GArray *frames = NULL;

  if (query == NULL)
    {
      g_printerr ("quarry: query '%s': %s\n", text, error->message);
      return NULL;
    }
  if (catalog == NULL)
    return NULL;
  frames = quarry_catalog_query (catalog, query, NULL, &error);
  if (frames == NULL)
    quarry_command_fail (error);
  return frames;
}

typedef struct
{
  QuarryOperation *operation;
  GMainLoop       *loop;
  gboolean         bar;         /* stderr is a terminal and a bar stands on its line */
} Progress;

static void
progress_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  Progress *progress = user_data;
  const double fraction = quarry_operation_get_fraction (progress->operation);
  g_autofree char *detail = quarry_operation_dup_detail (progress->operation);
  const int filled = (int) (MAX (0.0, fraction) * 30);

  if (!isatty (STDERR_FILENO))
    return;
  g_printerr ("\r\033[K[%.*s%.*s] %3.0f%%  %.40s", filled, "##############################", 30 - filled,
              "                              ", MAX (0.0, fraction) * 100, detail != NULL ? detail : "");
  progress->bar = TRUE;
}

static void
state_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  Progress *progress = user_data;

  if (quarry_operation_get_state (progress->operation) > QUARRY_OPERATION_RUNNING)
    g_main_loop_quit (progress->loop);
}

static gboolean
interrupt_cb (gpointer user_data)
{
  quarry_operation_cancel (user_data);
  return G_SOURCE_CONTINUE;
}

/**
 * quarry_command_operate:
 * @operation: (transfer none): started here
 *
 * Runs @func in a worker with a bar on the terminal; Ctrl-C cancels. Prints the report: counts on stdout, issues on stderr.
 */
QuarryExit
quarry_command_operate (QuarryOperation *operation, QuarryOperationFunc func, gpointer data)
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  QuarryReport *report = quarry_operation_get_report (operation);
  Progress progress = { operation, loop, FALSE };
  g_autofree char *text = NULL;
  const guint interrupt = g_unix_signal_add (SIGINT, interrupt_cb, operation);
  const guint terminate = g_unix_signal_add (SIGTERM, interrupt_cb, operation);
  const char *issues = NULL;

  g_signal_connect (operation, "notify::fraction", G_CALLBACK (progress_cb), &progress);
  g_signal_connect (operation, "notify::state", G_CALLBACK (state_cb), &progress);
  quarry_operation_start (operation, func, data, NULL);
  g_main_loop_run (loop);
  g_signal_handlers_disconnect_by_data (operation, &progress);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  if (progress.bar)
    g_printerr ("\r\033[K");

  text = quarry_report_to_text (report);
  issues = strchr (text, '\n');       /* the first line has the counts, if there are any */
  if (quarry_report_get_n_issues (report, QUARRY_ISSUE_NOTE) == 0)
    g_print ("%s", text);
  else if (issues != NULL && !g_str_has_prefix (text, "note: ") && !g_str_has_prefix (text, "loss: ") &&
           !g_str_has_prefix (text, "skipped: "))
    {
      g_print ("%.*s", (int) (issues + 1 - text), text);
      g_printerr ("%s", issues + 1);
    }
  else
    g_printerr ("%s", text);
  if (quarry_operation_get_state (operation) != QUARRY_OPERATION_DONE)
    return quarry_command_fail (quarry_operation_get_error (operation));
  return quarry_report_get_n_issues (report, QUARRY_ISSUE_LOSS) > 0 ? QUARRY_EXIT_SKIPPED : QUARRY_EXIT_DONE;
}
