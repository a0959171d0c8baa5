/* quarry-exporter-json.c: one JSON object a frame, with all it holds
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   DIR/<split>/frames.jsonl and DIR/<split>/media/…
 * One line a frame: scene, frame, stamp_ns, split, rating, flag, tags, media [{…, calibration}], annotations [{…}]. Numbers keep
 * every bit; null in a polygon parts its rings.
 */

#include "config.h"
#include "quarry-export-private.h"

#include <jansson.h>
#include <math.h>

extern const QuarryExporter quarry_exporter_json;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

static json_t *
number_list (const double *numbers, gsize n)
{
  json_t *list = json_array ();

  for (gsize i = 0; i < n; i++)
    json_array_append_new (list, isfinite (numbers[i]) ? json_real (numbers[i]) : json_null ());
  return list;
}

static json_t *
time_value (gint64 stamp_ns)
{
  return stamp_ns != QUARRY_NO_TIME ? json_integer (stamp_ns) : json_null ();
}

static json_t *
calibration_object (const QuarryCalibration *calibration)
{
  const QuarryCamera *camera = &calibration->camera;
  json_t *object = json_pack ("{s:o, s:o}", "translation", number_list (calibration->body_from_sensor.t, 3), "rotation_wxyz",
                              number_list (calibration->body_from_sensor.q, 4));

  if (calibration->has_camera)
    json_object_set_new (object, "camera", json_pack ("{s:s, s:i, s:i, s:f, s:f, s:f, s:f, s:f, s:o}", "model",
                                                      quarry_camera_model_name (camera), "width", camera->width, "height",
                                                      camera->height, "fx", camera->fx, "fy", camera->fy, "cx", camera->cx, "cy",
                                                      camera->cy, "skew", camera->skew, "k",
                                                      number_list (camera->k, G_N_ELEMENTS (camera->k))));
  return object;
}

static json_t *
media_object (const QuarryMedia *media, const char *file)
{
  static const char * const kinds[] = { "camera", "lidar", "radar" };

  return json_pack ("{s:s, s:s, s:s, s:s, s:I, s:I, s:o, s:i, s:i, s:I, s:o?, s:s?}", "sensor", media->sensor_name, "kind",
                    kinds[media->kind], "format", media->format, "uri", media->uri, "offset", (json_int_t) media->offset, "length",
                    (json_int_t) media->length, "stamp_ns", time_value (media->stamp_ns), "width", media->width, "height",
                    media->height, "n_points", (json_int_t) media->n_points, "calibration",
                    media->calibration_id != 0 ? calibration_object (&media->calibration) : NULL, "file", file);
}

static json_t *
annotation_object (const QuarryExportFrame *frame, const QuarryAnnotation *annotation, GHashTable *set_names)
{
  json_t *attributes = annotation->attributes != NULL ? json_loads (annotation->attributes, 0, NULL) : NULL;
  const char *sensor = NULL;

  for (guint i = 0; i < frame->media->len; i++)
    if (((QuarryMedia *) frame->media->pdata[i])->id == annotation->media)
      sensor = ((QuarryMedia *) frame->media->pdata[i])->sensor_name;
  return json_pack ("{s:s?, s:s?, s:s, s:s, s:s, s:o, s:s?, s:o, s:o, s:s?, s:o}", "sensor", sensor, "set",
                    (const char *) g_hash_table_lookup (set_names, &annotation->set), "external_id", annotation->external_id, "class",
                    annotation->class_name, "kind", quarry_annotation_kind_name (annotation->kind), "geometry",
                    number_list (annotation->geometry, annotation->n_geometry), "track", annotation->track, "attributes",
                    attributes != NULL ? attributes : json_object (), "score",
                    isfinite (annotation->score) ? json_real (annotation->score) : json_null (), "annotator", annotation->annotator,
                    "made_ns", time_value (annotation->made_ns));
}

static json_t *
frame_object (const QuarryExportFrame *frame, const char *split)
{
  const QuarryFrame *f = frame->frame;
  json_t *tags = json_array ();

  for (guint i = 0; f->tags != NULL && f->tags[i] != NULL; i++)
    json_array_append_new (tags, json_string (f->tags[i]));
  return json_pack ("{s:s, s:s, s:o, s:s?, s:i, s:i, s:o, s:[], s:[]}", "scene", f->scene_name, "frame", f->key, "stamp_ns",
                    time_value (f->stamp_ns), "split", split, "rating", f->rating, "flag", f->flag, "tags", tags, "media", "annotations");
}

static gboolean
write_frame (QuarryExport *job, const char *folder, const QuarryDatasetFrame *row, GHashTable *set_names, QuarryExportFile *file,
             GError **error)
{
  g_autoptr(QuarryExportFrame) frame = quarry_export_read_frame (job, row->frame, error);
  g_autoptr(json_t) object = NULL;
  g_autofree char *text = NULL;

  if (frame == NULL)
    return FALSE;
  object = frame_object (frame, row->split);
  for (guint i = 0; i < frame->media->len; i++)
    {
      const QuarryMedia *media = frame->media->pdata[i];
      g_autofree char *name = quarry_export_media_name (job, frame->frame, media);
      g_autofree char *local = g_build_filename ("media", name, NULL);
      g_autofree char *relative = g_build_filename (folder, local, NULL);
      gboolean there = FALSE;

      if (!quarry_export_media (job, media, relative, &there, error))
        return FALSE;
      json_array_append_new (json_object_get (object, "media"), media_object (media, there ? local : NULL));
    }
  for (guint i = 0; i < frame->annotations->len; i++)
    json_array_append_new (json_object_get (object, "annotations"), annotation_object (frame, frame->annotations->pdata[i], set_names));
  quarry_report_count (job->report, "annotations", frame->annotations->len);
  text = json_dumps (object, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION (17));
  if (text == NULL)
    {
      quarry_report_add (job->report, QUARRY_ISSUE_SKIPPED, frame->frame->key, NULL, "a name in it is no valid UTF-8");
      return TRUE;
    }
  return quarry_export_file_write (file, text, -1, error) && quarry_export_file_write (file, "\n", 1, error);
}

static gboolean
write_split (QuarryExport *job, const char *split, GPtrArray *frames, GError **error)
{
  g_autoptr(GHashTable) set_names = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_autoptr(GPtrArray) sets = quarry_catalog_list_sets (job->catalog, error);
  g_autofree char *relative = g_build_filename (split, "frames.jsonl", NULL);
  g_autoptr(QuarryExportFile) file = sets != NULL ? quarry_export_file_open (job, relative, error) : NULL;

  if (file == NULL)
    return FALSE;
  for (guint i = 0; i < sets->len; i++)
    {
      const QuarryAnnotationSet *set = sets->pdata[i];

      g_hash_table_insert (set_names, g_memdup2 (&set->id, sizeof (QuarryId)), g_strdup (set->name));
    }
  for (guint i = 0; i < frames->len; i++)
    if (!write_frame (job, split, frames->pdata[i], set_names, file, error))
      return FALSE;
  quarry_report_add (job->report, QUARRY_ISSUE_NOTE, split, NULL, "the machine's poses are not in the lists");
  return quarry_export_file_close (file, error);
}

const QuarryExporter quarry_exporter_json = {
  .id = "json",
  .name = "JSON lines",
  .what = "one object a frame with media, calibration and all labels; everything but the poses",
  .write = write_split,
};
