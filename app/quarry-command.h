/* quarry-command.h: commands of the command line
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * One file a command under app/commands/, one line in the table in quarry-command.c. A command never
 * holds logic of its own: it parses words, calls what the window calls, prints.
 */

#pragma once

#include "quarry-catalog.h"
#include "quarry-operation.h"

G_BEGIN_DECLS

typedef enum
{
  QUARRY_EXIT_DONE = 0,
  QUARRY_EXIT_FAILED = 1,
  QUARRY_EXIT_USAGE = 2,
  QUARRY_EXIT_SKIPPED = 3,      /* done, but something was skipped */
} QuarryExit;

typedef struct _QuarryCommand QuarryCommand;

typedef struct
{
  char                *catalog_path;
  QuarryCatalog       *catalog;       /* opened on first use, see quarry_command_open */
  const QuarryCommand *command;
} QuarryCommandContext;

struct _QuarryCommand
{
  const char  *name;
  const char  *usage;           /* "QUERY +TAG… -TAG…" */
  const char  *summary;         /* one line */
  const char  *help;            /* nullable: more lines */
  QuarryExit (*run) (QuarryCommandContext *context, int argc, char **argv);   /* argv[0] is the command */
  gboolean     begins;          /* may begin a catalog where there is none; others say that there is none */
};

const QuarryCommand * const *quarry_command_list (void);

/* For commands. Each prints its own message on stderr when it fails. */
gboolean        quarry_command_parse     (const QuarryCommand   *command,     /* options out of argv; --help prints and sets *out_exit */
                                          const GOptionEntry    *entries,
                                          int                   *argc,
                                          char                ***argv,
                                          int                    min_words,   /* words after the command */
                                          int                    max_words,   /* −1: any */
                                          QuarryExit            *out_exit);
QuarryCatalog  *quarry_command_open      (QuarryCommandContext  *context);                                 /* (transfer none) (nullable) */
GArray         *quarry_command_query     (QuarryCommandContext  *context, const char *text);               /* frame ids; NULL on error */
QuarryExit      quarry_command_operate   (QuarryOperation       *operation, QuarryOperationFunc func, gpointer data);   /* bar on a terminal, Ctrl-C cancels, report printed; the exit code */
QuarryExit      quarry_command_fail      (const GError          *error);                                   /* "quarry: …", FAILED */
QuarryExit      quarry_command_usage     (const QuarryCommand   *command, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
