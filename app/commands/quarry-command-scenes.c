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

static json_t *
scene_to_json (const QuarryScene *scene, GPtrArray *sensors)
{
  return json_pack ("{s:I, s:I, s:s, s:s, s:o, s:o, s:I, s:o, s:o, s:o}", "id",
                    (json_int_t) scene->id, "source", (json_int_t) scene->source, "key", scene->key,
                    "name", scene->name, "start_ns", quarry_json_time (scene->start_ns), "end_ns",
                    quarry_json_time (scene->end_ns), "frames", (json_int_t) scene->n_frames,
                    "site", quarry_json_text (scene->site), "machine",
                    quarry_json_text (scene->machine), "sensors", sensors_to_json (sensors));
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
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "An array of objects", NULL },
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

      if (sensors == NULL)
        return quarry_command_fail (error);
      if (as_json)
        quarry_json_list_add (&list, scene_to_json (scene, sensors));
      else
        print_scene (scene, sensors);
    }
  if (as_json)
    quarry_json_list_end (&list);
  return QUARRY_EXIT_DONE;
}

const QuarryCommand quarry_command_scenes = {
  .name = "scenes",
  .usage = "[--json]",
  .summary = "List the recordings",
  .help = "JSON keys: id, source, key, name, start_ns, end_ns (null where unknown), frames, site, "
          "machine, sensors (id, name, kind).",
  .run = run,
};
