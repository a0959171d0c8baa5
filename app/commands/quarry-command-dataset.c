/* quarry-command-dataset.c: quarry dataset: collections of frames, their splits and versions
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"
#include "quarry-diff.h"
#include "quarry-names.h"
#include "quarry-split.h"

#include <jansson.h>
#include <string.h>

extern const QuarryCommand quarry_command_dataset;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

typedef struct
{
  char    *query, *notes, *note, *by;
  char    *train, *val, *test;
  char   **parts;
  gint64   seed;
  gboolean json;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->query);
  g_free (self->notes);
  g_free (self->note);
  g_free (self->by);
  g_free (self->train);
  g_free (self->val);
  g_free (self->test);
  g_strfreev (self->parts);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

typedef struct
{
  QuarryCommandContext *context;
  QuarryCatalog        *catalog;
  QuarryDataset        *dataset;     /* the named one; NULL for create and list */
  int                   version;     /* as typed behind an '@' */
  const Options        *options;
  int                   argc;
  char                **argv;        /* [1] what, [2] name, [3] … */
} Call;

static void
print_text (char *take_text)
{
  g_autofree char *text = take_text;

  g_print ("%s%s", text, *text != '\0' && !g_str_has_suffix (text, "\n") ? "\n" : "");
}

static QuarryExit
run_create (Call *call, GError **error)
{
  g_autoptr(GArray) frames = NULL;

  if (call->options->query != NULL && (frames = quarry_command_query (call->context, call->options->query)) == NULL)
    return QUARRY_EXIT_FAILED;
  if (quarry_catalog_create_dataset (call->catalog, call->argv[2], call->options->notes != NULL ? call->options->notes : "", frames, error) == 0)
    return QUARRY_EXIT_FAILED;
  g_print ("%s: %u frames\n", call->argv[2], frames != NULL ? frames->len : 0);
  return QUARRY_EXIT_DONE;
}

static QuarryExit
run_change (Call *call, GError **error)
{
  g_autoptr(GArray) frames = quarry_command_query (call->context, call->argv[3]);
  g_autoptr(QuarryDataset) after = NULL;
  const gboolean add = g_str_equal (call->argv[1], "add");

  if (frames == NULL)
    return QUARRY_EXIT_FAILED;
  if (!(add ? quarry_catalog_dataset_add : quarry_catalog_dataset_remove) (call->catalog, call->dataset->id, frames, error) ||
      (after = quarry_catalog_find_dataset (call->catalog, call->dataset->name, error)) == NULL)
    return QUARRY_EXIT_FAILED;
  g_print ("%s: %" G_GINT64_FORMAT " frames, were %" G_GINT64_FORMAT "\n", after->name, after->n_frames, call->dataset->n_frames);
  return QUARRY_EXIT_DONE;
}

static gboolean
add_part (GArray *parts, const char *name, const char *ratio, QuarryExit *out_exit)
{
  QuarrySplitPart part = { name, 0 };
  char *end = NULL;

  if (ratio == NULL)
    return TRUE;
  part.ratio = g_ascii_strtod (ratio, &end);
  if (end == ratio || *end != '\0')
    {
      *out_exit = quarry_command_usage (&quarry_command_dataset, "'%s' is no ratio for '%s'", ratio, name);
      return FALSE;
    }
  g_array_append_val (parts, part);
  return TRUE;
}

/* 8 and 2, 1 and 1 are weights; 0.8 and 0.5 are a mistake */
static gboolean
check_sum (const GArray *parts, QuarryExit *out_exit)
{
  double sum = 0, largest = 0;

  for (guint i = 0; i < parts->len; i++)
    {
      sum += g_array_index (parts, QuarrySplitPart, i).ratio;
      largest = MAX (largest, g_array_index (parts, QuarrySplitPart, i).ratio);
    }
  if (largest >= 1 || sum < 1 + 1e-6)
    return TRUE;
  *out_exit = quarry_command_usage (&quarry_command_dataset, "the shares add up to %g", sum);
  return FALSE;
}

static gboolean
read_parts (const Options *options, GArray *parts, QuarryExit *out_exit)
{
  if (!add_part (parts, "train", options->train, out_exit) || !add_part (parts, "val", options->val, out_exit) ||
      !add_part (parts, "test", options->test, out_exit))
    return FALSE;
  for (guint i = 0; options->parts != NULL && options->parts[i] != NULL; i++)
    {
      char *equal = strrchr (options->parts[i], '=');

      if (equal == NULL)
        {
          *out_exit = quarry_command_usage (&quarry_command_dataset, "'%s' is not NAME=RATIO", options->parts[i]);
          return FALSE;
        }
      *equal = '\0';
      if (!add_part (parts, options->parts[i], equal + 1, out_exit))
        return FALSE;
    }
  return check_sum (parts, out_exit);
}

static QuarryExit
run_split (Call *call, GError **error)
{
  g_autoptr(GArray) parts = g_array_new (FALSE, FALSE, sizeof (QuarrySplitPart));
  g_autoptr(QuarrySplitSummary) summary = NULL;
  const char *by = call->options->by != NULL ? call->options->by : "scene";
  QuarryExit code = QUARRY_EXIT_DONE;

  if (!g_str_equal (by, "scene") && !g_str_equal (by, "frame"))
    return quarry_command_usage (&quarry_command_dataset, "--by takes 'scene' or 'frame', not '%s'", by);
  if (!read_parts (call->options, parts, &code))
    return code;
  if (!quarry_split_assign (call->catalog, call->dataset->id, (const QuarrySplitPart *) parts->data, parts->len,
                            g_str_equal (by, "scene"), (guint64) call->options->seed, &summary, error))
    return QUARRY_EXIT_FAILED;
  if (summary->note != NULL && call->options->json)
    g_printerr ("quarry: %s\n", summary->note);
  print_text (call->options->json ? quarry_split_summary_to_json (summary) : quarry_split_summary_to_text (summary));
  return QUARRY_EXIT_DONE;
}

static QuarryExit
run_freeze (Call *call, GError **error)
{
  const int number = quarry_catalog_freeze_dataset (call->catalog, call->dataset->id,
                                                    call->options->note != NULL ? call->options->note : "", error);

  if (number == 0)
    return QUARRY_EXIT_FAILED;
  g_print ("%s@%d\n", call->dataset->name, number);
  return QUARRY_EXIT_DONE;
}

static json_t *
dataset_object (const QuarryDataset *dataset)
{
  json_t *splits = json_object ();

  for (guint i = 0; dataset->splits != NULL && dataset->splits[i] != NULL; i++)
    json_object_set_new (splits, dataset->splits[i], json_integer (dataset->split_counts[i]));
  return json_pack ("{s:I, s:s, s:s, s:I, s:I, s:o, s:I, s:i}", "id", (json_int_t) dataset->id, "name", dataset->name, "notes",
                    dataset->notes, "created_ns", (json_int_t) dataset->created_ns, "frames", (json_int_t) dataset->n_frames, "splits",
                    splits, "unsplit", (json_int_t) dataset->n_unsplit, "last_version", dataset->last_version);
}

static void
print_dataset (const QuarryDataset *dataset)
{
  g_print ("%-20s %8" G_GINT64_FORMAT " frames", dataset->name, dataset->n_frames);
  for (guint i = 0; dataset->splits != NULL && dataset->splits[i] != NULL; i++)
    g_print ("  %s %" G_GINT64_FORMAT, dataset->splits[i], dataset->split_counts[i]);
  if (dataset->n_unsplit > 0 && dataset->splits != NULL && dataset->splits[0] != NULL)
    g_print ("  in no split %" G_GINT64_FORMAT, dataset->n_unsplit);
  if (dataset->last_version > 0)
    g_print ("  version %d", dataset->last_version);
  g_print ("\n");
}

static QuarryExit
run_list (Call *call, GError **error)
{
  g_autoptr(GPtrArray) datasets = quarry_catalog_list_datasets (call->catalog, error);
  g_autoptr(json_t) root = json_array ();

  if (datasets == NULL)
    return QUARRY_EXIT_FAILED;
  for (guint i = 0; i < datasets->len; i++)
    if (call->options->json)
      json_array_append_new (root, dataset_object (datasets->pdata[i]));
    else
      print_dataset (datasets->pdata[i]);
  if (call->options->json)
    print_text (json_dumps (root, JSON_INDENT (1)));
  return QUARRY_EXIT_DONE;
}

static QuarryExit
run_versions (Call *call, GError **error)
{
  g_autoptr(GPtrArray) versions = quarry_catalog_list_versions (call->catalog, call->dataset->id, error);
  g_autoptr(json_t) root = json_array ();

  if (versions == NULL)
    return QUARRY_EXIT_FAILED;
  for (guint i = 0; i < versions->len; i++)
    {
      const QuarryDatasetVersion *version = versions->pdata[i];

      json_array_append_new (root, json_pack ("{s:I, s:i, s:s, s:s, s:s, s:I, s:I}", "id", (json_int_t) version->id, "number",
                                              version->number, "hash", version->hash, "note", version->note, "who", version->who,
                                              "created_ns", (json_int_t) version->created_ns, "frames", (json_int_t) version->n_frames));
      if (!call->options->json)
        g_print ("%s@%d  %8" G_GINT64_FORMAT " frames  %.12s  %s  %s\n", call->dataset->name, version->number, version->n_frames,
                 version->hash, version->who, version->note);
    }
  if (call->options->json)
    print_text (json_dumps (root, JSON_INDENT (1)));
  return QUARRY_EXIT_DONE;
}

static QuarryExit
run_delete (Call *call, GError **error)
{
  return quarry_catalog_delete_dataset (call->catalog, call->dataset->id, error) ? QUARRY_EXIT_DONE : QUARRY_EXIT_FAILED;
}

static QuarryExit
run_rename (Call *call, GError **error)
{
  return quarry_catalog_rename_dataset (call->catalog, call->dataset->id, call->argv[3], error) ? QUARRY_EXIT_DONE : QUARRY_EXIT_FAILED;
}

static QuarryExit
run_diff (Call *call, GError **error)
{
  int to_version = 0;
  g_autoptr(QuarryDataset) to = quarry_names_find_dataset (call->catalog, call->argc > 3 ? call->argv[3] : call->dataset->name,
                                                           &to_version, error);
  g_autoptr(GPtrArray) rows = NULL;
  char *text = NULL;

  if (to == NULL || (rows = quarry_diff_versions (call->catalog, call->dataset->id, call->version, to->id, to_version, error)) == NULL)
    return QUARRY_EXIT_FAILED;
  text = call->options->json ? quarry_diff_to_json (call->catalog, rows, error) : quarry_diff_to_text (call->catalog, rows, error);
  if (text == NULL)
    return QUARRY_EXIT_FAILED;
  print_text (text);
  return QUARRY_EXIT_DONE;
}

static const struct
{
  const char *name;
  int         min_words, max_words;    /* with its own name */
  gboolean    named;                   /* the word after it is a dataset that is there */
  QuarryExit (*run) (Call *call, GError **error);
} verbs[] = {
  { "create", 2, 2, FALSE, run_create },
  { "add", 3, 3, TRUE, run_change },
  { "remove", 3, 3, TRUE, run_change },
  { "split", 2, 2, TRUE, run_split },
  { "freeze", 2, 2, TRUE, run_freeze },
  { "versions", 2, 2, TRUE, run_versions },
  { "diff", 2, 3, TRUE, run_diff },
  { "rename", 3, 3, TRUE, run_rename },
  { "delete", 2, 2, TRUE, run_delete },
  { "list", 1, 1, FALSE, run_list },
};

static QuarryExit
run_verb (Call *call, guint verb)
{
  g_autoptr(QuarryDataset) dataset = NULL;
  g_autoptr(GError) error = NULL;
  QuarryExit code = QUARRY_EXIT_DONE;

  if (call->argc - 1 < verbs[verb].min_words || call->argc - 1 > verbs[verb].max_words)
    return quarry_command_usage (&quarry_command_dataset, "'%s': %s", verbs[verb].name,
                                 call->argc - 1 < verbs[verb].min_words ? "too few words" : "too many words");
  if ((call->catalog = quarry_command_open (call->context)) == NULL)
    return QUARRY_EXIT_FAILED;
  if (verbs[verb].named)
    {
      dataset = quarry_names_find_dataset (call->catalog, call->argv[2], &call->version, &error);
      if (dataset == NULL)
        return quarry_command_fail (error);
      if (call->version != 0 && verbs[verb].run != run_diff)
        return quarry_command_usage (&quarry_command_dataset, "'%s': a version does not change", call->argv[2]);
      call->dataset = dataset;
    }
  code = verbs[verb].run (call, &error);
  return error != NULL ? quarry_command_fail (error) : code;
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  g_auto(Options) options = { NULL };
  const GOptionEntry entries[] = {
    { "query", 0, 0, G_OPTION_ARG_STRING, &options.query, "create: with the frames of this query", "QUERY" },
    { "notes", 0, 0, G_OPTION_ARG_STRING, &options.notes, "create: what it is for", "TEXT" },
    { "train", 0, 0, G_OPTION_ARG_STRING, &options.train, "split: share of 'train'", "RATIO" },
    { "val", 0, 0, G_OPTION_ARG_STRING, &options.val, "split: share of 'val'", "RATIO" },
    { "test", 0, 0, G_OPTION_ARG_STRING, &options.test, "split: share of 'test'", "RATIO" },
    { "part", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.parts, "split: share of a split of any name", "NAME=RATIO" },
    { "by", 0, 0, G_OPTION_ARG_STRING, &options.by, "split: whole scenes (default), or single frames", "scene|frame" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "split: which of equally good ways (0)", "N" },
    { "note", 0, 0, G_OPTION_ARG_STRING, &options.note, "freeze: why", "TEXT" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "list, versions, split, diff: an array of objects", NULL },
    { NULL },
  };
  QuarryExit code = QUARRY_EXIT_DONE;

  if (!quarry_command_parse (&quarry_command_dataset, entries, &argc, &argv, 1, -1, &code))
    return code;
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_str_equal (argv[1], verbs[i].name))
      return run_verb (&(Call) { context, NULL, NULL, 0, &options, argc, argv }, i);
  return quarry_command_usage (&quarry_command_dataset, "there is no 'dataset %s'", argv[1]);
}

const QuarryCommand quarry_command_dataset = {
  .name = "dataset",
  .usage = "create NAME [--query Q] | add|remove NAME QUERY | split NAME --train 0.8 --val 0.2 [--by scene|frame] | freeze NAME | "
           "versions NAME | diff NAME[@V] [NAME[@V]] | rename NAME NEW | delete NAME | list",
  .summary = "Named collections of frames, their splits and frozen versions",
  .help = "Each is an edit, undone by \"quarry undo\"; a frozen version itself is never changed. Splitting keeps whole scenes together, so that what was trained on "
          "is not measured on; the ratios come as near as that permits.",
  .run = run,
};
