/* quarry-command-show.c: quarry show: all that is known of a frame
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"
#include "quarry-command-output.h"

#include <math.h>

extern const QuarryCommand quarry_command_show;

typedef struct
{
  QuarryFrame *frame;
  GPtrArray   *media;         /* QuarryMedia */
  GPtrArray   *annotations;   /* QuarryAnnotation */
  GPtrArray   *sets;          /* QuarryAnnotationSet */
} Facts;

static void
facts_clear (Facts *self)
{
  g_clear_pointer (&self->frame, quarry_frame_free);
  g_clear_pointer (&self->media, g_ptr_array_unref);
  g_clear_pointer (&self->annotations, g_ptr_array_unref);
  g_clear_pointer (&self->sets, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Facts, facts_clear)

static gboolean
load_facts (QuarryCatalog *catalog, QuarryId id, Facts *out, GError **error)
{
  out->frame = quarry_catalog_get_frame (catalog, id, error);
  out->media = out->frame != NULL ? quarry_catalog_list_media (catalog, id, error) : NULL;
  out->annotations = out->media != NULL ? quarry_catalog_list_annotations (catalog, id, 0, error)
                                        : NULL;
  out->sets = out->annotations != NULL ? quarry_catalog_list_sets (catalog, error) : NULL;
  return out->sets != NULL;
}

static const char *
find_set (const Facts *facts, QuarryId set)
{
  for (guint i = 0; i < facts->sets->len; i++)
    if (((QuarryAnnotationSet *) facts->sets->pdata[i])->id == set)
      return ((QuarryAnnotationSet *) facts->sets->pdata[i])->name;
  return "";
}

static json_t *
numbers_to_json (const double *values, gsize n)
{
  json_t *array = json_array ();

  for (gsize i = 0; i < n; i++)
    json_array_append_new (array, quarry_json_number (values[i]));
  return array;
}

static json_t *
calibration_to_json (const QuarryMedia *media)
{
  const QuarryCalibration *calibration = &media->calibration;
  const QuarryCamera *camera = &calibration->camera;
  json_t *object = NULL;

  if (media->calibration_id == 0)
    return json_null ();
  object = json_pack ("{s:I, s:{s:o, s:o}}", "id", (json_int_t) media->calibration_id,
                      "body_from_sensor", "t", numbers_to_json (calibration->body_from_sensor.t, 3),
                      "q", numbers_to_json (calibration->body_from_sensor.q, 4));
  if (calibration->has_camera)
    json_object_set_new (object, "camera",
                         json_pack ("{s:s, s:i, s:i, s:f, s:f, s:f, s:f, s:f, s:o}", "model",
                                    quarry_camera_model_name (camera), "width", camera->width,
                                    "height", camera->height, "fx", camera->fx, "fy", camera->fy,
                                    "cx", camera->cx, "cy", camera->cy, "skew", camera->skew, "k",
                                    numbers_to_json (camera->k, G_N_ELEMENTS (camera->k))));
  return object;
}

static json_t *
media_to_json (const QuarryMedia *media)
{
  static const char * const kinds[] = { "camera", "lidar", "radar" };

  return json_pack ("{s:I, s:s, s:s, s:s, s:I, s:I, s:s, s:o, s:i, s:i, s:I, s:o}", "id",
                    (json_int_t) media->id, "sensor", media->sensor_name, "kind",
                    kinds[media->kind], "uri", media->uri, "offset", (json_int_t) media->offset,
                    "length", (json_int_t) media->length, "format", media->format, "stamp_ns",
                    quarry_json_time (media->stamp_ns), "width", media->width, "height",
                    media->height, "points", (json_int_t) media->n_points, "calibration",
                    calibration_to_json (media));
}

static json_t *
annotation_to_json (const Facts *facts, const QuarryAnnotation *annotation)
{
  json_t *attributes = annotation->attributes != NULL ? json_loads (annotation->attributes, 0, NULL)
                                                      : NULL;

  return json_pack (
      "{s:I, s:s, s:o, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "id",
      (json_int_t) annotation->id, "set", find_set (facts, annotation->set), "media",
      annotation->media != 0 ? json_integer (annotation->media) : json_null (), "kind",
      quarry_annotation_kind_name (annotation->kind), "class", annotation->class_name,
      "external_id", annotation->external_id, "track", quarry_json_text (annotation->track),
      "geometry", numbers_to_json (annotation->geometry, annotation->n_geometry), "attributes",
      attributes != NULL ? attributes : json_object (), "score",
      quarry_json_number (annotation->score), "annotator", quarry_json_text (annotation->annotator),
      "made_ns", quarry_json_time (annotation->made_ns));
}

static void
print_json (const Facts *facts)
{
  const QuarryFrame *frame = facts->frame;
  QuarryJsonList list = { FALSE };
  json_t *tags = json_array ();
  json_t *media = json_array ();
  json_t *annotations = json_array ();

  for (char **tag = frame->tags; tag != NULL && *tag != NULL; tag++)
    json_array_append_new (tags, json_string (*tag));
  for (guint i = 0; i < facts->media->len; i++)
    json_array_append_new (media, media_to_json (facts->media->pdata[i]));
  for (guint i = 0; i < facts->annotations->len; i++)
    json_array_append_new (annotations, annotation_to_json (facts, facts->annotations->pdata[i]));
  quarry_json_list_add (
      &list, json_pack ("{s:I, s:I, s:s, s:s, s:o, s:i, s:i, s:o, s:o, s:o}", "id",
                        (json_int_t) frame->id, "scene", (json_int_t) frame->scene, "scene_name",
                        frame->scene_name, "key", frame->key, "stamp_ns",
                        quarry_json_time (frame->stamp_ns), "rating", frame->rating, "flag",
                        frame->flag, "tags", tags, "media", media, "annotations", annotations));
  quarry_json_list_end (&list);
}

static void
print_media (const QuarryMedia *media)
{
  const QuarryCamera *camera = &media->calibration.camera;
  g_autofree char *when = quarry_command_format_time (media->stamp_ns);

  g_print ("  %-16s %s\n", media->sensor_name, media->uri);
  if (media->length >= 0)
    g_print ("  %-16s bytes %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT "\n", "", media->offset,
             media->offset + media->length);
  if (media->kind == QUARRY_SENSOR_CAMERA)
    g_print ("  %-16s %s, %d × %d, %s\n", "", media->format, media->width, media->height, when);
  else
    g_print ("  %-16s %s, %" G_GINT64_FORMAT " points, %s\n", "", media->format, media->n_points,
             when);
  if (media->calibration_id == 0)
    g_print ("  %-16s no calibration\n", "");
  else if (media->calibration.has_camera)
    g_print ("  %-16s %s, f %.1f %.1f, c %.1f %.1f\n", "", quarry_camera_model_name (camera),
             camera->fx, camera->fy, camera->cx, camera->cy);
}

static void
print_annotation (const Facts *facts, const QuarryAnnotation *annotation)
{
  double box[4];

  g_print ("  %-8s %-20s", quarry_annotation_kind_name (annotation->kind), annotation->class_name);
  if (quarry_annotation_get_bounds (annotation, box))
    g_print (" %.1f %.1f, %.1f × %.1f px", box[0], box[1], box[2], box[3]);
  else if (annotation->kind == QUARRY_ANNOTATION_CUBOID && annotation->n_geometry == 10)
    g_print (" at %.2f %.2f %.2f, %.2f × %.2f × %.2f m", annotation->geometry[0],
             annotation->geometry[1], annotation->geometry[2], annotation->geometry[3],
             annotation->geometry[4], annotation->geometry[5]);
  if (annotation->track != NULL)
    g_print ("  track %s", annotation->track);
  if (!isnan (annotation->score))
    g_print ("  score %.3f", annotation->score);
  g_print ("  (%s)\n", find_set (facts, annotation->set));
}

static void
print_text (const Facts *facts)
{
  const QuarryFrame *frame = facts->frame;
  g_autofree char *when = quarry_command_format_time (frame->stamp_ns);
  g_autofree char *tags = frame->tags != NULL ? g_strjoinv (" ", frame->tags) : g_strdup ("");

  g_print ("frame %" G_GINT64_FORMAT ": %s · %s\n", frame->id, frame->scene_name, frame->key);
  g_print ("time %s, rating %d, flag %s%s%s\n", when, frame->rating,
           frame->flag < 0   ? "reject"
           : frame->flag > 0 ? "pick"
                             : "none",
           tags[0] != 0 ? ", tags " : "", tags);
  g_print ("%u media\n", facts->media->len);
  for (guint i = 0; i < facts->media->len; i++)
    print_media (facts->media->pdata[i]);
  g_print ("%u labels\n", facts->annotations->len);
  for (guint i = 0; i < facts->annotations->len; i++)
    print_annotation (facts, facts->annotations->pdata[i]);
}

/* A number is an id; anything else a query that must select one frame. Returns: 0 with the message
 * printed */
static QuarryId
find_frame (QuarryCommandContext *context, const char *word, QuarryExit *out_exit)
{
  g_autoptr(GArray) frames = NULL;
  gint64 id = 0;

  *out_exit = QUARRY_EXIT_FAILED;
  if (g_ascii_string_to_signed (word, 10, 1, G_MAXINT64, &id, NULL))
    return quarry_command_open (context) != NULL ? id : 0;
  frames = quarry_command_query (context, word);
  if (frames == NULL)
    return 0;
  if (frames->len == 1)
    return g_array_index (frames, QuarryId, 0);
  g_printerr ("quarry: '%s' selects %u frames, not one\n", word, frames->len);
  return 0;
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "An array with one object", NULL },
    { NULL }
  };
  g_auto(Facts) facts = { NULL };
  g_autoptr(GError) error = NULL;
  QuarryExit code = QUARRY_EXIT_DONE;
  QuarryId id;

  if (!quarry_command_parse (&quarry_command_show, entries, &argc, &argv, 1, 1, &code))
    return code;
  id = find_frame (context, argv[1], &code);
  if (id == 0)
    return code;
  if (!load_facts (context->catalog, id, &facts, &error))
    return quarry_command_fail (error);
  if (as_json)
    print_json (&facts);
  else
    print_text (&facts);
  return QUARRY_EXIT_DONE;
}

const QuarryCommand quarry_command_show = {
  .name = "show",
  .usage = "FRAME [--json]",
  .summary = "Print all that is known of a frame",
  .help = "FRAME is an id, or a query that selects one frame (\"frame:000008\").\n"
          "JSON keys: id, scene, scene_name, key, stamp_ns, rating, flag, tags, media (id, sensor, "
          "kind, uri, offset, length, format, stamp_ns,\n"
          "width, height, points, calibration), annotations (id, set, media, kind, class, "
          "external_id, track, geometry, attributes, score,\n"
          "annotator, made_ns).",
  .run = run,
};
