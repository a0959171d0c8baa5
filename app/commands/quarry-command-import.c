/* quarry-command-import.c: quarry import: recordings into the catalog
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"
#include "quarry-command-health.h"
#include "quarry-command-preview.h"
#include "quarry-ingest.h"

#include <stdlib.h>
#include <string.h>
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

/* "50ms", "0.2s", "100us", "5000ns". Returns: FALSE: none of these, or not above 0 */
static gboolean
parse_duration (const char *text, gint64 *out_ns)
{
  static const struct { const char *unit; double ns; } units[] = { { "ms", 1e6 }, { "us", 1e3 }, { "µs", 1e3 }, { "ns", 1 }, { "s", 1e9 } };
  char *end = NULL;
  const double value = g_ascii_strtod (text, &end);

  for (gsize i = 0; end != text && i < G_N_ELEMENTS (units); i++)
    if (g_str_equal (end, units[i].unit) && value > 0 && value * units[i].ns >= 1 && value * units[i].ns < 1e15)
      {
        *out_ns = (gint64) (value * units[i].ns + 0.5);
        return TRUE;
      }
  return FALSE;
}

/* What was said of synchronization */
typedef struct
{
  char    *sync, *tolerance;     /* nullable */
  gboolean nearest, latest_before;
} Words;

/* Returns: FALSE, told, where the words make no sense */
static gboolean
set_sync (const Words *words, QuarryIngestOptions *options)
{
  if (words->nearest && words->latest_before)
    quarry_command_usage (&quarry_command_import, "--nearest and --latest-before exclude each other");
  else if (words->sync != NULL && (!quarry_ingest_sync_parse (words->sync, options) || options->sync == QUARRY_SYNC_DEFAULT))
    quarry_command_usage (&quarry_command_import, "--sync takes lidar, camera:NAME or none, not '%s'", words->sync);
  else if (words->tolerance != NULL && !parse_duration (words->tolerance, &options->tolerance_ns))
    quarry_command_usage (&quarry_command_import, "--tolerance takes a time like 50ms, not '%s'", words->tolerance);
  else
    {
      options->latest_before = words->latest_before;
      return TRUE;
    }
  return FALSE;
}

static QuarryExit
import_or_preview (QuarryCommandContext *context, int argc, char **argv, const QuarryIngestOptions *options, gboolean preview,
                   gboolean as_json)
{
  g_autoptr(json_t) array = as_json ? json_array () : NULL;
  QuarryExit code = QUARRY_EXIT_DONE;

  if (preview)
    {
      g_autoptr(QuarryStorage) storage = quarry_storage_new ();

      code = quarry_command_preview (storage, argv + 1, argc - 1, options->format, array);
    }
  else if (quarry_command_open (context) == NULL)
    return QUARRY_EXIT_FAILED;
  else
    code = import_all (context, argv + 1, argc - 1, options, array);
  if (as_json)
    {
      char *text = json_dumps (array, JSON_INDENT (1) | JSON_SORT_KEYS);

      g_print ("%s\n", text);
      free (text);
    }
  return code;
}

/* The worse of both ends */
static QuarryExit
measure_after (QuarryCommandContext *context, gboolean quiet, QuarryExit imported)
{
  const QuarryExit measured = quarry_command_measure (context->catalog, NULL, FALSE, quiet);

  return measured != QUARRY_EXIT_DONE ? measured : imported;
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  g_autofree char *format = NULL, *sync = NULL, *tolerance = NULL, *copy = NULL;
  QuarryIngestOptions options = QUARRY_INGEST_OPTIONS_DEFAULT;
  gboolean formats = FALSE, as_json = FALSE, link = FALSE, preview = FALSE, nearest = FALSE, latest = FALSE, health = FALSE;
  const GOptionEntry entries[] = {
    { "format", 'f', 0, G_OPTION_ARG_STRING, &format, "The format, where guessing it fails",
      "FORMAT" },
    { "list-formats", 0, 0, G_OPTION_ARG_NONE, &formats, "Print the formats that are known", NULL },
    { "preview", 0, 0, G_OPTION_ARG_NONE, &preview, "Only say what is in it", NULL },
    { "sync", 0, 0, G_OPTION_ARG_STRING, &sync, "What leads: a frame for each of its clouds or pictures", "lidar|camera:NAME|none" },
    { "nearest", 0, 0, G_OPTION_ARG_NONE, &nearest, "A frame takes of each sensor what is nearest in time (the default)", NULL },
    { "latest-before", 0, 0, G_OPTION_ARG_NONE, &latest, "A frame takes of each sensor the newest that is not after it", NULL },
    { "tolerance", 0, 0, G_OPTION_ARG_STRING, &tolerance, "How far from its frame a media may be; half the leader's period", "50ms" },
    { "copy", 0, 0, G_OPTION_ARG_FILENAME, &copy, "Write media of logs into files in this folder", "DIR" },
    { "link", 0, 0, G_OPTION_ARG_NONE, &link, "Keep media where they are (the default)", NULL },
    { "health", 0, 0, G_OPTION_ARG_NONE, &health, "Then measure what was not measured yet, as \"quarry health\" does", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print a JSON array with an object for each PATH",
      NULL },
    { NULL }
  };
  g_autofree char *folder = NULL;
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
  if (copy != NULL && link)
    return quarry_command_usage (&quarry_command_import, "--copy and --link exclude each other");
  options.format = format;
  if (!set_sync (&(Words) { sync, tolerance, nearest, latest }, &options))
    return QUARRY_EXIT_USAGE;
  folder = copy == NULL ? NULL : strstr (copy, "://") != NULL ? g_strdup (copy) : g_canonicalize_filename (copy, NULL);
  options.copy_to = folder;
  code = import_or_preview (context, argc, argv, &options, preview, as_json);
  return health && !preview && code != QUARRY_EXIT_FAILED ? measure_after (context, as_json, code) : code;
}

const QuarryCommand quarry_command_import = {
  .name = "import",
  .usage = "PATH… [--format FORMAT] [--sync lidar|camera:NAME|none] [--latest-before] [--tolerance 50ms] [--copy DIR] [--preview] [--health]",
  .summary = "Add recordings to the catalog",
  .help = "Media stay where they are and are only read. Importing again adds what is new and "
          "finishes what was cut off.\n"
          "What was left out is listed, kept with the source (see \"quarry sources\"), and makes "
          "the exit code 3.\n"
          "Streams of logs become frames around one sensor: the first lidar, else the first camera, or what --sync says. How it was done is "
          "kept with the source, and importing again does the same.\n"
          "JSON keys: id (source, 0 where it failed), path, error, counts, issues (level, path, "
          "place, message). Of --preview: path, format, bytes, scenes, frames (a guess; null unknown), streams (name, type, sensor, kind, "
          "messages, start_ns, end_ns), notes, error.",
  .run = run,
  .begins = TRUE,
};
