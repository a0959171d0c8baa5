/* quarry-command-frames.c: quarry frames: the frames of a query
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"
#include "quarry-command-output.h"

extern const QuarryCommand quarry_command_frames;

static json_t *
frame_to_json (const QuarryFrame *frame)
{
  json_t *tags = json_array ();

  for (char **tag = frame->tags; tag != NULL && *tag != NULL; tag++)
    json_array_append_new (tags, json_string (*tag));
  return json_pack ("{s:I, s:I, s:s, s:s, s:o, s:i, s:i, s:o, s:I, s:o}", "id",
                    (json_int_t) frame->id, "scene", (json_int_t) frame->scene, "scene_name",
                    frame->scene_name, "key", frame->key, "stamp_ns",
                    quarry_json_time (frame->stamp_ns), "rating", frame->rating, "flag",
                    frame->flag, "tags", tags, "annotations", (json_int_t) frame->n_annotations,
                    "cover", quarry_json_text (frame->cover_uri));
}

static void
print_frame (const QuarryFrame *frame)
{
  g_autofree char *when = quarry_command_format_time (frame->stamp_ns);
  g_autofree char *tags = frame->tags != NULL ? g_strjoinv (" ", frame->tags) : g_strdup ("");
  static const char * const flags[] = { "reject", "", "pick" };

  g_print ("%7" G_GINT64_FORMAT "  %-23s  %5u labels  %.*s%s  %s · %s  %s\n", frame->id, when,
           frame->n_annotations, frame->rating, "*****", flags[frame->flag + 1], frame->scene_name,
           frame->key, tags);
}

static QuarryExit
list_frames (QuarryCatalog *catalog, const GArray *frames, guint limit, gboolean as_json)
{
  QuarryJsonList list = { FALSE };

  for (guint i = 0; i < MIN (frames->len, limit); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr (QuarryFrame)
          frame = quarry_catalog_get_frame (catalog, g_array_index (frames, QuarryId, i), &error);

      if (frame == NULL &&
          g_error_matches (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND))
        continue;           /* deleted by another program meanwhile */
      if (frame == NULL)
        return quarry_command_fail (error);
      if (as_json)
        quarry_json_list_add (&list, frame_to_json (frame));
      else
        print_frame (frame);
    }
  if (as_json)
    quarry_json_list_end (&list);
  return QUARRY_EXIT_DONE;
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  gboolean as_json = FALSE, count = FALSE;
  int limit = 0;
  const GOptionEntry entries[] = {
    { "limit", 'n', 0, G_OPTION_ARG_INT, &limit, "Only the first N", "N" },
    { "count", 'c', 0, G_OPTION_ARG_NONE, &count, "Print only how many there are", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "An array of objects", NULL },
    { NULL }
  };
  g_autoptr(GArray) frames = NULL;
  QuarryExit code = QUARRY_EXIT_DONE;

  if (!quarry_command_parse (&quarry_command_frames, entries, &argc, &argv, 0, 1, &code))
    return code;
  if (limit < 0)
    return quarry_command_usage (&quarry_command_frames, "--limit must not be negative");
  frames = quarry_command_query (context, argc > 1 ? argv[1] : "");
  if (frames == NULL)
    return QUARRY_EXIT_FAILED;
  if (!count)
    return list_frames (context->catalog, frames, limit > 0 ? (guint) limit : G_MAXUINT, as_json);
  g_print ("%u\n", frames->len);
  return QUARRY_EXIT_DONE;
}

const QuarryCommand quarry_command_frames = {
  .name = "frames",
  .usage = "[QUERY] [--limit N] [--count] [--json]",
  .summary = "List the frames of a query, by scene and time",
  .help = "Without a query: every frame.\n"
          "Terms: words, scene: tag: class: sensor: dataset: split: source: set: flag: rating: frame:, and what\n"
          "\"quarry health\" has measured: blur>0.5, brightness<30%, sync>20ms, points<50k, gap=100ms..150ms, stuck, odd,\n"
          "odd:sharpness (\"quarry health --list-measures\" lists them). A dash before a term means frames without it.\n"
          "JSON keys: id, scene, scene_name, key, stamp_ns (null where unknown), rating, flag, "
          "tags, annotations (how many), cover (URI).",
  .run = run,
};
