/* quarry-exporter-csv.c: frames, media, calibrations and labels as plain tables
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   DIR/<split>/{frames,media,calibrations,annotations}.csv and DIR/<split>/media/…
 * RFC 4180: commas, quotes where needed, lines end in CR LF. Numbers keep every bit. A scene's name and a frame's key say
 * where a row belongs. Geometry: numbers with blanks between, as quarry-annotation.h orders them; nan nan parts the rings of
 * a polygon.
 */

#include "config.h"
#include "quarry-export-private.h"

#include <math.h>
#include <string.h>

extern const QuarryExporter quarry_exporter_csv;

typedef struct
{
  QuarryExport     *job;
  const char       *split;
  QuarryExportFile *frames, *media, *calibrations, *annotations;
  GHashTable       *known;       /* calibration ids written already */
  GHashTable       *set_names;   /* QuarryId → name */
  GString          *line;
  guint             n_columns;   /* in the line so far */
} Csv;

static void
csv_clear (Csv *self)
{
  g_clear_pointer (&self->frames, quarry_export_file_free);
  g_clear_pointer (&self->media, quarry_export_file_free);
  g_clear_pointer (&self->calibrations, quarry_export_file_free);
  g_clear_pointer (&self->annotations, quarry_export_file_free);
  g_clear_pointer (&self->known, g_hash_table_unref);
  g_clear_pointer (&self->set_names, g_hash_table_unref);
  g_string_free (self->line, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Csv, csv_clear)

static void
add_column (Csv *self)
{
  if (self->n_columns++ > 0)
    g_string_append_c (self->line, ',');
}

static void
add_text (Csv *self, const char *text)
{
  add_column (self);
  if (text == NULL)
    return;
  if (strpbrk (text, ",\"\r\n") == NULL)
    {
      g_string_append (self->line, text);
      return;
    }
  g_string_append_c (self->line, '"');
  for (const char *c = text; *c != '\0'; c++)
    g_string_append (self->line, *c == '"' ? "\"\"" : (char[]) { *c, '\0' });
  g_string_append_c (self->line, '"');
}

static void
add_integer (Csv *self, gint64 value)
{
  char text[32];

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, value);
  add_text (self, text);
}

static void
add_time (Csv *self, gint64 stamp_ns)
{
  if (stamp_ns != QUARRY_NO_TIME)
    add_integer (self, stamp_ns);
  else
    add_text (self, "");
}

static void
append_number (GString *line, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (line, isnan (value) ? "nan" : g_ascii_dtostr (text, sizeof text, value));
}

static void
add_number (Csv *self, double value)
{
  add_column (self);
  append_number (self->line, value);
}

static gboolean
end_line (Csv *self, QuarryExportFile *file, GError **error)
{
  g_string_append (self->line, "\r\n");
  if (!quarry_export_file_write (file, self->line->str, (gssize) self->line->len, error))
    return FALSE;
  g_string_truncate (self->line, 0);
  self->n_columns = 0;
  return TRUE;
}

static gboolean
write_calibration (Csv *self, const QuarryMedia *media, GError **error)
{
  const QuarryPose *pose = &media->calibration.body_from_sensor;
  const QuarryCamera *camera = &media->calibration.camera;

  if (media->calibration_id == 0 || g_hash_table_contains (self->known, &media->calibration_id))
    return TRUE;
  g_hash_table_add (self->known, g_memdup2 (&media->calibration_id, sizeof (QuarryId)));
  add_integer (self, media->calibration_id);
  add_text (self, media->sensor_name);
  for (int i = 0; i < 3; i++)
    add_number (self, pose->t[i]);
  for (int i = 0; i < 4; i++)
    add_number (self, pose->q[i]);
  if (media->calibration.has_camera)
    {
      add_text (self, quarry_camera_model_name (camera));
      add_integer (self, camera->width);
      add_integer (self, camera->height);
      for (int i = 0; i < 5; i++)
        add_number (self, ((const double[]) { camera->fx, camera->fy, camera->cx, camera->cy, camera->skew })[i]);
      for (guint i = 0; i < G_N_ELEMENTS (camera->k); i++)
        add_number (self, camera->k[i]);
    }
  else
    for (guint i = 0; i < 8 + G_N_ELEMENTS (camera->k); i++)
      add_text (self, "");
  return end_line (self, self->calibrations, error);
}

static gboolean
write_media (Csv *self, const QuarryExportFrame *frame, const QuarryMedia *media, GError **error)
{
  static const char * const kinds[] = { "camera", "lidar", "radar" };
  g_autofree char *name = quarry_export_media_name (self->job, frame->frame, media);
  g_autofree char *relative = g_build_filename (self->split, "media", name, NULL);
  g_autofree char *file = g_build_filename ("media", name, NULL);
  gboolean there = FALSE;

  if (!quarry_export_media (self->job, media, relative, &there, error) || !write_calibration (self, media, error))
    return FALSE;
  add_text (self, frame->frame->scene_name);
  add_text (self, frame->frame->key);
  add_text (self, media->sensor_name);
  add_text (self, kinds[media->kind]);
  add_text (self, media->format);
  add_text (self, media->uri);
  add_integer (self, media->offset);
  add_integer (self, media->length);
  add_time (self, media->stamp_ns);
  add_integer (self, media->width);
  add_integer (self, media->height);
  add_integer (self, media->n_points);
  add_integer (self, media->calibration_id);
  add_text (self, there ? file : "");
  return end_line (self, self->media, error);
}

static const char *
sensor_of (const QuarryExportFrame *frame, QuarryId media)
{
  for (guint i = 0; i < frame->media->len; i++)
    if (((QuarryMedia *) frame->media->pdata[i])->id == media)
      return ((QuarryMedia *) frame->media->pdata[i])->sensor_name;
  return "";
}

static gboolean
write_annotation (Csv *self, const QuarryExportFrame *frame, const QuarryAnnotation *annotation, GError **error)
{
  add_text (self, frame->frame->scene_name);
  add_text (self, frame->frame->key);
  add_text (self, sensor_of (frame, annotation->media));
  add_text (self, g_hash_table_lookup (self->set_names, &annotation->set));
  add_text (self, annotation->external_id);
  add_text (self, annotation->class_name);
  add_text (self, quarry_annotation_kind_name (annotation->kind));
  add_column (self);
  for (gsize i = 0; i < annotation->n_geometry; i++)
    {
      if (i > 0)
        g_string_append_c (self->line, ' ');
      append_number (self->line, annotation->geometry[i]);
    }
  add_text (self, annotation->track);
  add_text (self, annotation->attributes != NULL ? annotation->attributes : "{}");
  if (isnan (annotation->score))
    add_text (self, "");
  else
    add_number (self, annotation->score);
  add_text (self, annotation->annotator);
  add_time (self, annotation->made_ns);
  quarry_report_count (self->job->report, "annotations", 1);
  return end_line (self, self->annotations, error);
}

static gboolean
write_frame (Csv *self, const QuarryDatasetFrame *row, GError **error)
{
  g_autoptr(QuarryExportFrame) frame = quarry_export_read_frame (self->job, row->frame, error);
  g_autofree char *tags = NULL;

  if (frame == NULL)
    return FALSE;
  tags = g_strjoinv ("\n", frame->frame->tags);
  add_text (self, frame->frame->scene_name);
  add_text (self, frame->frame->key);
  add_time (self, frame->frame->stamp_ns);
  add_text (self, row->split);
  add_integer (self, frame->frame->rating);
  add_integer (self, frame->frame->flag);
  add_text (self, tags);
  if (!end_line (self, self->frames, error))
    return FALSE;
  for (guint i = 0; i < frame->media->len; i++)
    if (!write_media (self, frame, frame->media->pdata[i], error))
      return FALSE;
  for (guint i = 0; i < frame->annotations->len; i++)
    if (!write_annotation (self, frame, frame->annotations->pdata[i], error))
      return FALSE;
  return TRUE;
}

static QuarryExportFile *
open_table (Csv *self, const char *name, const char *columns, GError **error)
{
  g_autofree char *relative = g_build_filename (self->split, name, NULL);
  g_autoptr(QuarryExportFile) file = quarry_export_file_open (self->job, relative, error);

  if (file == NULL || !quarry_export_file_write (file, columns, -1, error))
    return NULL;
  return g_steal_pointer (&file);
}

static gboolean
open_tables (Csv *self, GError **error)
{
  g_autoptr(GPtrArray) sets = quarry_catalog_list_sets (self->job->catalog, error);

  if (sets == NULL)
    return FALSE;
  for (guint i = 0; i < sets->len; i++)
    {
      const QuarryAnnotationSet *set = sets->pdata[i];

      g_hash_table_insert (self->set_names, g_memdup2 (&set->id, sizeof (QuarryId)), g_strdup (set->name));
    }
  self->frames = open_table (self, "frames.csv", "scene,frame,stamp_ns,split,rating,flag,tags\r\n", error);
  if (self->frames != NULL)
    self->media = open_table (self, "media.csv", "scene,frame,sensor,kind,format,uri,offset,length,stamp_ns,width,height,n_points,"
                              "calibration,file\r\n", error);
  if (self->media != NULL)
    self->calibrations = open_table (self, "calibrations.csv", "calibration,sensor,tx,ty,tz,qw,qx,qy,qz,model,width,height,fx,fy,cx,cy,"
                                     "skew,k0,k1,k2,k3,k4,k5,k6,k7,k8,k9,k10,k11\r\n", error);
  if (self->calibrations != NULL)
    self->annotations = open_table (self, "annotations.csv", "scene,frame,sensor,set,external_id,class,kind,geometry,track,attributes,"
                                    "score,annotator,made_ns\r\n", error);
  return self->annotations != NULL;
}

static gboolean
write_split (QuarryExport *job, const char *split, GPtrArray *frames, GError **error)
{
  g_auto(Csv) self = { job, split };

  self.line = g_string_new (NULL);
  self.known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self.set_names = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  if (!open_tables (&self, error))
    return FALSE;
  for (guint i = 0; i < frames->len; i++)
    if (!write_frame (&self, frames->pdata[i], error))
      return FALSE;
  quarry_report_add (job->report, QUARRY_ISSUE_NOTE, split, NULL, "the machine's poses are not in the lists");
  return quarry_export_file_close (self.frames, error) && quarry_export_file_close (self.media, error) &&
         quarry_export_file_close (self.calibrations, error) && quarry_export_file_close (self.annotations, error);
}

const QuarryExporter quarry_exporter_csv = {
  .id = "csv",
  .name = "CSV lists",
  .what = "frames, media, calibrations and all labels as tables; everything but the poses",
  .write = write_split,
};
