/* quarry-command-import.c: quarry import: recordings into the catalog
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"
#include "quarry-ingest.h"

#include <stdlib.h>
#include <jansson.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

extern const QuarryCommand quarry_command_import;

typedef struct
{
  QuarryCatalog *catalog;
  const char    *path;
  QuarryIngestOptions options;
  QuarryId       source;      /* out */
} Import;

static gboolean
import_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  Import *import = data;

  import->source = quarry_ingest_import (import->catalog, import->path, &import->options, operation,
                                         error);
  return import->source != 0;
}

static QuarryExit
list_formats (gboolean as_json)
{
  const QuarryReader * const *readers = quarry_ingest_list_readers ();
  g_autoptr(json_t) array = json_array ();

  for (guint i = 0; readers[i] != NULL; i++)
    if (as_json)
      json_array_append_new (array, json_pack ("{s:s, s:s, s:s}", "id", readers[i]->id, "name",
                                               readers[i]->name, "reads", readers[i]->what));
    else
      g_print ("%-14s %s\n", readers[i]->id, readers[i]->what);
  if (as_json)
    {
      char *text = json_dumps (array, JSON_INDENT (1));

      g_print ("%s\n", text);
      free (text);
    }
  return QUARRY_EXIT_DONE;
}

/* One object of the array: the report, with the source's id and path */
static QuarryExit
import_as_json (Import *import, json_t *array)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Import");
  g_autoptr(GError) error = NULL;
  const gboolean done = quarry_operation_run (operation, import_in_thread, import, &error);
  g_autofree char *report = quarry_report_to_json (quarry_operation_get_report (operation));
  json_t *object = json_loads (report, 0, NULL);

  json_object_set_new (object, "id", json_integer (import->source));
  json_object_set_new (object, "path", json_string (import->path));
  json_object_set_new (object, "error", done ? json_null () : json_string (error->message));
  json_array_append_new (array, object);
  if (!done)
    return quarry_command_fail (error);
  return quarry_report_get_n_issues (quarry_operation_get_report (operation), QUARRY_ISSUE_LOSS) > 0
             ? QUARRY_EXIT_SKIPPED
             : QUARRY_EXIT_DONE;
}

static QuarryExit
import_one (Import *import, json_t *array)
{
  g_autofree char *title = g_strdup_printf ("Import %s", import->path);
  g_autoptr(QuarryOperation) operation = NULL;

  if (array != NULL)
    return import_as_json (import, array);
  operation = quarry_operation_new (title);
  return quarry_command_operate (operation, import_in_thread, import);
}

static QuarryExit
import_all (QuarryCommandContext *context, char **paths, int n, const QuarryIngestOptions *options, json_t *array)
{
  QuarryExit worst = QUARRY_EXIT_DONE;

  for (int i = 0; i < n; i++)
    {
      Import import = { context->catalog, paths[i], *options, 0 };
      const QuarryExit code = import_one (&import, array);

      if (code == QUARRY_EXIT_FAILED || worst == QUARRY_EXIT_DONE)
        worst = code;
    }
  return worst;
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  g_autofree char *format = NULL;
  QuarryIngestOptions options = QUARRY_INGEST_OPTIONS_DEFAULT;
  gboolean formats = FALSE, as_json = FALSE, link = FALSE;
  const GOptionEntry entries[] = {
    { "format", 'f', 0, G_OPTION_ARG_STRING, &format, "The format, where guessing it fails",
      "FORMAT" },
    { "list-formats", 0, 0, G_OPTION_ARG_NONE, &formats, "Print the formats that are known", NULL },
    { "link", 0, 0, G_OPTION_ARG_NONE, &link, "Keep media where they are (the default)", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print a JSON array with an object for each PATH",
      NULL },
    { NULL }
  };
  g_autoptr(json_t) array = NULL;
  QuarryExit code = QUARRY_EXIT_DONE;

  if (!quarry_command_parse (&quarry_command_import, entries, &argc, &argv, 0, -1, &code))
    return code;
  if (formats)
    return list_formats (as_json);
  if (argc < 2)
    return quarry_command_usage (&quarry_command_import, "no PATH");
  if (format != NULL && quarry_ingest_find_reader (format, argv[1], NULL) == NULL)
    return quarry_command_usage (&quarry_command_import,
                                 "unknown format '%s'; --list-formats lists them", format);
  if (quarry_command_open (context) == NULL)
    return QUARRY_EXIT_FAILED;
  array = as_json ? json_array () : NULL;
  options.format = format;
  code = import_all (context, argv + 1, argc - 1, &options, array);
  if (as_json)
    {
      char *text = json_dumps (array, JSON_INDENT (1) | JSON_SORT_KEYS);

      g_print ("%s\n", text);
      free (text);
    }
  return code;
}

const QuarryCommand quarry_command_import = {
  .name = "import",
  .usage = "PATH… [--format FORMAT]",
  .summary = "Add recordings to the catalog",
  .help = "Media stay where they are and are only read. Importing again adds what is new and "
          "finishes what was cut off.\n"
          "What was left out is listed, kept with the source (see \"quarry sources\"), and makes "
          "the exit code 3.\n"
          "JSON keys: id (source, 0 where it failed), path, error, counts, issues (level, path, "
          "place, message).",
  .run = run,
  .begins = TRUE,
};
