/* quarry-command-scenes.c: quarry scenes: the recordings
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"
#include "quarry-command-output.h"

extern const QuarryCommand quarry_command_scenes;

static json_t *
sensors_to_json (GPtrArray *sensors)
{
  static const char * const kinds[] = { "camera", "lidar", "radar" };
  json_t *array = json_array ();

  for (guint i = 0; i < sensors->len; i++)
    {
      const QuarrySensor *sensor = sensors->pdata[i];

      json_array_append_new (array, json_pack ("{s:I, s:s, s:s}", "id", (json_int_t) sensor->id,
                                               "name", sensor->name, "kind", kinds[sensor->kind]));
    }
  return array;
}

/* Messages a second: steps between the first and the last, by the time between. Returns: 0 unknown */
static double
get_rate (const QuarryStream *s)
{
  if (s->start_ns == QUARRY_NO_TIME || s->end_ns <= s->start_ns || s->n_messages < 2)
    return 0;
  return (double) (s->n_messages - 1) / ((double) (s->end_ns - s->start_ns) / 1e9);
}

static json_t *
stream_to_json (const QuarryStream *s)
{
  const double rate = get_rate (s);
  json_t *fields = json_array ();
  json_t *object = json_pack ("{s:s, s:s, s:s, s:o, s:I, s:o, s:o, s:o}", "name", s->name, "type", s->type, "encoding", s->encoding, "sensor",
                              quarry_json_text (s->sensor_name), "messages", (json_int_t) s->n_messages, "start_ns",
                              quarry_json_time (s->start_ns), "end_ns", quarry_json_time (s->end_ns), "rate_hz",
                              rate > 0 ? json_real (rate) : json_null ());

  for (guint i = 0; s->fields[i] != NULL; i++)
    json_array_append_new (fields, json_string (s->fields[i]));
  json_object_set_new (object, "fields", fields);
  json_object_set_new (object, "sync", s->sensor == 0 ? json_null () :
                       json_pack ("{s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "matched", (json_int_t) s->n_matched, "unmatched",
                                  (json_int_t) s->n_unmatched, "stale", (json_int_t) s->n_stale, "late", (json_int_t) s->n_late,
                                  "repeated", (json_int_t) s->n_repeated, "offset_mean_ns", quarry_json_time (s->offset_mean_ns),
                                  "offset_max_ns", quarry_json_time (s->offset_max_ns)));
  return object;
}

static json_t *
streams_to_json (GPtrArray *streams)
{
  json_t *array = json_array ();

  for (guint i = 0; i < streams->len; i++)
    json_array_append_new (array, stream_to_json (streams->pdata[i]));
  return array;
}

static void
print_streams (GPtrArray *streams)
{
  if (streams->len > 0)
    g_print ("      %-32s %-30s %9s %9s  %-16s %8s %9s %6s %5s %8s  %s\n", "topic", "type", "messages", "Hz", "sensor", "matched",
             "unmatched", "stale", "late", "repeated", "offset mean, max");
  for (guint i = 0; i < streams->len; i++)
    {
      const QuarryStream *s = streams->pdata[i];
      g_autofree char *rate = get_rate (s) > 0 ? g_strdup_printf ("%.2f", get_rate (s)) : g_strdup ("-");

      g_print ("      %-32s %-30s %9" G_GINT64_FORMAT " %9s", s->name, s->type, s->n_messages, rate);
      if (s->sensor != 0)
        g_print ("  %-16s %8" G_GINT64_FORMAT " %9" G_GINT64_FORMAT " %6" G_GINT64_FORMAT " %5" G_GINT64_FORMAT " %8" G_GINT64_FORMAT,
                 s->sensor_name != NULL ? s->sensor_name : "", s->n_matched, s->n_unmatched, s->n_stale, s->n_late, s->n_repeated);
      if (s->offset_mean_ns != QUARRY_NO_TIME)
        g_print ("  %.3f ms, %.3f ms", (double) s->offset_mean_ns / 1e6, (double) s->offset_max_ns / 1e6);
      g_print ("\n");
    }
}

static json_t *
scene_to_json (const QuarryScene *scene, GPtrArray *sensors, GPtrArray *streams)
{
  return json_pack ("{s:I, s:I, s:s, s:s, s:o, s:o, s:I, s:o, s:o, s:o, s:o}", "id",
                    (json_int_t) scene->id, "source", (json_int_t) scene->source, "key", scene->key,
                    "name", scene->name, "start_ns", quarry_json_time (scene->start_ns), "end_ns",
                    quarry_json_time (scene->end_ns), "frames", (json_int_t) scene->n_frames,
                    "site", quarry_json_text (scene->site), "machine",
                    quarry_json_text (scene->machine), "sensors", sensors_to_json (sensors),
                    "streams", streams_to_json (streams));
}

static void
print_scene (const QuarryScene *scene, GPtrArray *sensors)
{
  g_autofree char *start = quarry_command_format_time (scene->start_ns);
  g_autoptr(GString) names = g_string_new (NULL);

  for (guint i = 0; i < sensors->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? " " : "",
                            ((QuarrySensor *) sensors->pdata[i])->name);
  g_print ("%4" G_GINT64_FORMAT "  %8" G_GINT64_FORMAT " frames  %-19.19s  %-30s  %s\n", scene->id,
           scene->n_frames, start, scene->name, names->str);
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  gboolean as_json = FALSE, verbose = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "An array of objects", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &verbose, "Also the topics, and what became of their messages", NULL },
    { NULL }
  };
  g_autoptr(GPtrArray) scenes = NULL;
  g_autoptr(GError) error = NULL;
  QuarryJsonList list = { FALSE };
  QuarryExit code = QUARRY_EXIT_DONE;

  if (!quarry_command_parse (&quarry_command_scenes, entries, &argc, &argv, 0, 0, &code))
    return code;
  if (quarry_command_open (context) == NULL)
    return QUARRY_EXIT_FAILED;
  scenes = quarry_catalog_list_scenes (context->catalog, &error);
  if (scenes == NULL)
    return quarry_command_fail (error);
  for (guint i = 0; i < scenes->len; i++)
    {
      const QuarryScene *scene = scenes->pdata[i];
      g_autoptr (GPtrArray)
          sensors = quarry_catalog_list_sensors (context->catalog, scene->id, &error);

      g_autoptr(GPtrArray) streams = sensors != NULL && (as_json || verbose)
                                         ? quarry_catalog_list_streams (context->catalog, scene->id, &error) : NULL;

      if (sensors == NULL || error != NULL)
        return quarry_command_fail (error);
      if (as_json)
        quarry_json_list_add (&list, scene_to_json (scene, sensors, streams));
      else
        print_scene (scene, sensors);
      if (!as_json && verbose)
        print_streams (streams);
    }
  if (as_json)
    quarry_json_list_end (&list);
  return QUARRY_EXIT_DONE;
}

const QuarryCommand quarry_command_scenes = {
  .name = "scenes",
  .usage = "[-v] [--json]",
  .summary = "List the recordings",
  .help = "JSON keys: id, source, key, name, start_ns, end_ns (null where unknown), frames, site, "
          "machine, sensors (id, name, kind), streams (name: the topic, type, encoding, fields, sensor, messages, start_ns, end_ns, rate_hz, "
          "sync: null where it is no sensor, else matched, unmatched, stale, late, repeated, offset_mean_ns, offset_max_ns: a media's stamp minus "
          "its frame's).",
  .run = run,
};
