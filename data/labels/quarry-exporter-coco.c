/* quarry-exporter-coco.c: pictures and labels as COCO JSON
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   DIR/<split>/images/<scene>/<sensor>/<key>.jpg    file_name is relative to DIR/<split>/images
 *   DIR/annotations/instances_<split>.json
 * Categories are all classes of the catalog, in its order from 1, the same in every split. An image's id is its row in
 * the catalog, so that predictions find back. Pixels have the same origin as ours.
 */

#include "config.h"
#include "quarry-export-private.h"
#include "quarry-polygon.h"
#include "quarry-rle.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define DUMP_FLAGS (JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION (12))

extern const QuarryExporter quarry_exporter_coco;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

typedef struct
{
  QuarryExport     *job;
  const char       *split;
  QuarryExportFile *file;           /* takes the images */
  FILE             *annotations;    /* without a name; copied behind the images at the end */
  GHashTable       *categories;     /* class id → category id */
  guint            *n_keypoints;    /* by category: the most points that an annotation has */
  gint64            n_images, n_annotations;
} Coco;

static void
coco_clear (Coco *self)
{
  g_clear_pointer (&self->file, quarry_export_file_free);
  g_clear_pointer (&self->annotations, fclose);
  g_clear_pointer (&self->categories, g_hash_table_unref);
  g_clear_pointer (&self->n_keypoints, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Coco, coco_clear)

static gboolean
open_annotations (Coco *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->job->request->folder, "annotations", ".part", NULL);

  self->annotations = g_fopen (path, "w+e");
  if (self->annotations != NULL && g_unlink (path) == 0)
    return TRUE;
  g_set_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_FAILED, "cannot write '%s': %s", path, g_strerror (errno));
  return FALSE;
}

static json_t *
point_list (const double *xy, gsize n)
{
  json_t *list = json_array ();

  for (gsize i = 0; i < n; i++)
    json_array_append_new (list, json_real (xy[i]));
  return list;
}

static json_t *
rle_object (const double *runs, gsize n_runs, int width, int height, double *out_area)
{
  g_autofree char *text = quarry_rle_to_string (runs, n_runs);

  *out_area = quarry_rle_get_area (runs, n_runs);
  return json_pack ("{s:[i,i], s:s}", "size", height, width, "counts", text);
}

static json_t *
polygon_as_mask (const GArray *rings, const QuarryMedia *media, double *out_area)
{
  g_autoptr(GArray) mask = NULL;

  for (guint i = 0; i < rings->len; i++)
    {
      const QuarryRing *ring = &g_array_index (rings, QuarryRing, i);
      g_autoptr(GArray) filled = quarry_rle_from_polygon (ring->xy, ring->n, media->width, media->height);
      g_autoptr(GArray) last = g_steal_pointer (&mask);

      if (filled != NULL && last != NULL)
        mask = quarry_rle_combine ((const double *) last->data, last->len, (const double *) filled->data, filled->len, QUARRY_RLE_XOR);
      else if (filled != NULL)
        mask = g_steal_pointer (&filled);
      else
        mask = g_steal_pointer (&last);
    }
  return mask != NULL ? rle_object ((const double *) mask->data, mask->len, media->width, media->height, out_area) : json_array ();
}

static json_t *
polygon_segmentation (Coco *self, const QuarryAnnotation *annotation, const QuarryMedia *media, double *out_area)
{
  g_autoptr(GArray) rings = quarry_polygon_list_rings (annotation->geometry, annotation->n_geometry);
  json_t *list = NULL;

  *out_area = 0;
  if (quarry_polygon_has_holes (rings))
    {
      quarry_export_lose (self->job, QUARRY_ISSUE_LOSS, "polygon with holes of class '%s': carried as a mask of whole pixels",
                          annotation->class_name);
      return polygon_as_mask (rings, media, out_area);
    }
  list = json_array ();
  for (guint i = 0; i < rings->len; i++)
    {
      const QuarryRing *ring = &g_array_index (rings, QuarryRing, i);

      json_array_append_new (list, point_list (ring->xy, 2 * ring->n));
    }
  *out_area = quarry_polygon_get_area (rings);
  return list;
}

static json_t *
turned_box_segmentation (const double box[5])
{
  const double c = cos (box[4]), s = sin (box[4]);
  double corners[8];

  for (int i = 0; i < 4; i++)
    {
      const double x = box[2] / 2 * (i == 0 || i == 3 ? -1 : 1);
      const double y = box[3] / 2 * (i < 2 ? -1 : 1);

      corners[2 * i] = box[0] + box[2] / 2 + c * x - s * y;
      corners[2 * i + 1] = box[1] + box[3] / 2 + s * x + c * y;
    }
  return json_pack ("[o]", point_list (corners, 8));
}

/* Sets segmentation, area and keypoints. Returns: FALSE where COCO has no place for it (reported) */
static gboolean
set_geometry (Coco *self, json_t *object, const QuarryAnnotation *annotation, const QuarryMedia *media, gint64 category)
{
  const double *g = annotation->geometry;
  json_t *segmentation = NULL;
  double area = 0;
  double box[4] = { 0, 0, 0, 0 };
  int labelled = 0;

  if (!quarry_annotation_get_bounds (annotation, box))
    return FALSE;
  area = box[2] * box[3];
  switch (annotation->kind)
    {
    case QUARRY_ANNOTATION_BOX2D:
      area = g[2] * g[3];
      if (g[4] < 0 || g[4] > 0)
        {
          quarry_export_lose (self->job, QUARRY_ISSUE_LOSS, "turned box of class '%s': carried as an upright box and a polygon",
                              annotation->class_name);
          segmentation = turned_box_segmentation (g);
        }
      break;
    case QUARRY_ANNOTATION_POLYGON:
      segmentation = polygon_segmentation (self, annotation, media, &area);
      break;
    case QUARRY_ANNOTATION_MASK:
      segmentation = rle_object (g + 2, annotation->n_geometry - 2, (int) g[0], (int) g[1], &area);
      break;
    case QUARRY_ANNOTATION_KEYPOINTS:
      for (gsize i = 2; i < annotation->n_geometry; i += 3)
        labelled += g[i] > 0;
      self->n_keypoints[category] = MAX (self->n_keypoints[category], (guint) (annotation->n_geometry / 3));
      json_object_set_new (object, "keypoints", point_list (g, annotation->n_geometry));
      json_object_set_new (object, "num_keypoints", json_integer (labelled));
      break;
    case QUARRY_ANNOTATION_POLYLINE:
    case QUARRY_ANNOTATION_CUBOID:
    case QUARRY_ANNOTATION_CLASS:
    default:
      return FALSE;
    }
  json_object_set_new (object, "bbox", point_list (box, 4));
  json_object_set_new (object, "area", json_real (area));
  json_object_set_new (object, "segmentation", segmentation != NULL ? segmentation : json_array ());
  return TRUE;
}

static void
set_extras (json_t *object, const QuarryAnnotation *annotation)
{
  json_t *attributes = annotation->attributes != NULL ? json_loads (annotation->attributes, 0, NULL) : NULL;

  if (json_is_object (attributes) && json_object_size (attributes) > 0)
    json_object_set (object, "attributes", attributes);
  json_decref (attributes);
  if (annotation->track != NULL)
    json_object_set_new (object, "track_id", json_string (annotation->track));
  if (isfinite (annotation->score))
    json_object_set_new (object, "score", json_real (annotation->score));
}

static gboolean
write_annotation (Coco *self, const QuarryAnnotation *annotation, const QuarryMedia *media, GError **error)
{
  const gint64 category = GPOINTER_TO_INT (g_hash_table_lookup (self->categories, &annotation->class_id));
  g_autoptr(json_t) object = json_pack ("{s:I, s:I, s:I, s:i}", "id", (json_int_t) self->n_annotations + 1, "image_id",
                                        (json_int_t) media->id, "category_id", (json_int_t) category, "iscrowd", 0);
  g_autofree char *text = NULL;

  if (!set_geometry (self, object, annotation, media, category))
    {
      quarry_export_lose (self->job, QUARRY_ISSUE_LOSS, "%s of class '%s': COCO has no such thing",
                          quarry_annotation_kind_name (annotation->kind), annotation->class_name);
      return TRUE;
    }
  set_extras (object, annotation);
  text = json_dumps (object, DUMP_FLAGS);
  if (text == NULL || fputs (self->n_annotations > 0 ? ",\n" : "", self->annotations) < 0 || fputs (text, self->annotations) < 0)
    {
      g_set_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_FAILED, "cannot write the annotations of '%s': %s", self->split,
                   g_strerror (errno));
      return FALSE;
    }
  self->n_annotations++;
  quarry_report_count (self->job->report, "annotations", 1);
  return TRUE;
}

/* Returns: FALSE with @error; *out_there tells whether the picture is in the export */
static gboolean
write_image (Coco *self, const QuarryExportFrame *frame, const QuarryMedia *media, gboolean *out_there, GError **error)
{
  g_autofree char *name = quarry_export_media_name (self->job, frame->frame, media);
  g_autofree char *relative = g_build_filename (self->split, "images", name, NULL);
  g_autoptr(json_t) object = NULL;
  g_autofree char *text = NULL;

  if (!quarry_export_media (self->job, media, relative, out_there, error))
    return FALSE;
  if (!*out_there)
    return TRUE;
  object = json_pack ("{s:I, s:s, s:i, s:i, s:s, s:s, s:s}", "id", (json_int_t) media->id, "file_name", name, "width", media->width,
                      "height", media->height, "scene", frame->frame->scene_name, "frame", frame->frame->key, "sensor",
                      media->sensor_name);
  if (media->stamp_ns != QUARRY_NO_TIME)
    json_object_set_new (object, "stamp_ns", json_integer (media->stamp_ns));
  text = json_dumps (object, DUMP_FLAGS);
  return quarry_export_file_write (self->file, self->n_images++ > 0 ? ",\n" : "", -1, error) &&
         quarry_export_file_write (self->file, text != NULL ? text : "{}", -1, error);
}

static void
lose_annotation (Coco *self, const QuarryAnnotation *annotation, gboolean missing)
{
  const char *kind = quarry_annotation_kind_name (annotation->kind);

  if (missing)
    quarry_export_lose (self->job, QUARRY_ISSUE_SKIPPED, "%s of class '%s': its picture is not there", kind, annotation->class_name);
  else if (annotation->kind == QUARRY_ANNOTATION_CUBOID)
    quarry_export_lose (self->job, QUARRY_ISSUE_LOSS, "cuboid of class '%s': COCO has no boxes in space", annotation->class_name);
  else
    quarry_export_lose (self->job, QUARRY_ISSUE_LOSS, "%s of class '%s' that lies in no picture", kind, annotation->class_name);
}

static gboolean
write_frame (Coco *self, QuarryId id, GError **error)
{
  g_autoptr(QuarryExportFrame) frame = quarry_export_read_frame (self->job, id, error);
  g_autoptr(GHashTable) pictures = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr(GHashTable) missing = g_hash_table_new (g_int64_hash, g_int64_equal);

  if (frame == NULL)
    return FALSE;
  for (guint i = 0; i < frame->media->len; i++)
    {
      QuarryMedia *media = frame->media->pdata[i];
      gboolean there = FALSE;

      if (media->kind != QUARRY_SENSOR_CAMERA)
        {
          quarry_export_lose (self->job, QUARRY_ISSUE_LOSS, "cloud of sensor '%s': COCO has pictures only", media->sensor_name);
          continue;
        }
      if (!write_image (self, frame, media, &there, error))
        return FALSE;
      g_hash_table_insert (there ? pictures : missing, &media->id, media);
    }
  for (guint i = 0; i < frame->annotations->len; i++)
    {
      const QuarryAnnotation *annotation = frame->annotations->pdata[i];
      const QuarryMedia *media = g_hash_table_lookup (pictures, &annotation->media);

      if (media == NULL)
        lose_annotation (self, annotation, g_hash_table_contains (missing, &annotation->media));
      else if (!write_annotation (self, annotation, media, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
copy_annotations (Coco *self, GError **error)
{
  char buffer[65536];
  gsize n = 0;

  rewind (self->annotations);
  while ((n = fread (buffer, 1, sizeof buffer, self->annotations)) > 0)
    if (!quarry_export_file_write (self->file, buffer, (gssize) n, error))
      return FALSE;
  if (!ferror (self->annotations))
    return TRUE;
  g_set_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_FAILED, "cannot write '%s': the disk does not give back what was written",
               self->file->path);
  return FALSE;
}

static const char *
parent_name (Coco *self, const QuarryLabelClass *class)
{
  for (guint i = 0; i < self->job->classes->len; i++)
    if (((QuarryLabelClass *) self->job->classes->pdata[i])->id == class->parent)
      return ((QuarryLabelClass *) self->job->classes->pdata[i])->name;
  return "";
}

/* Our keypoints have no names: they are numbered */
static gboolean
write_categories (Coco *self, GError **error)
{
  for (guint i = 0; i < self->job->classes->len; i++)
    {
      const QuarryLabelClass *class = self->job->classes->pdata[i];
      g_autoptr(json_t) object = json_pack ("{s:i, s:s, s:s}", "id", (int) i + 1, "name", class->name, "supercategory",
                                            parent_name (self, class));
      g_autofree char *text = NULL;

      if (self->n_keypoints[i + 1] > 0)
        {
          json_t *names = json_array ();

          for (guint k = 0; k < self->n_keypoints[i + 1]; k++)
            json_array_append_new (names, json_sprintf ("%u", k + 1));
          json_object_set_new (object, "keypoints", names);
          json_object_set_new (object, "skeleton", json_array ());
        }
      text = json_dumps (object, DUMP_FLAGS);
      if (!quarry_export_file_write (self->file, i > 0 ? ",\n" : "", -1, error) ||
          !quarry_export_file_write (self->file, text, -1, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_split (QuarryExport *job, const char *split, GPtrArray *frames, GError **error)
{
  g_auto(Coco) self = { job, split };
  g_autofree char *relative = g_strdup_printf ("annotations/instances_%s.json", split);

  self.categories = g_hash_table_new (g_int64_hash, g_int64_equal);
  self.n_keypoints = g_new0 (guint, job->classes->len + 1);
  for (guint i = 0; i < job->classes->len; i++)
    g_hash_table_insert (self.categories, &((QuarryLabelClass *) job->classes->pdata[i])->id, GINT_TO_POINTER (i + 1));
  self.file = quarry_export_file_open (job, relative, error);
  if (self.file == NULL || !open_annotations (&self, error) ||
      !quarry_export_file_printf (self.file, error, "{\"info\":{\"description\":\"exported by Quarry\",\"version\":\"%s\"},\n"
                                  "\"licenses\":[],\n\"images\":[\n", QUARRY_VERSION))
    return FALSE;
  for (guint i = 0; i < frames->len; i++)
    if (!write_frame (&self, ((QuarryDatasetFrame *) frames->pdata[i])->frame, error))
      return FALSE;
  quarry_report_add (job->report, QUARRY_ISSUE_NOTE, split, NULL, "calibration, poses, tags and ratings have no place in COCO");
  return quarry_export_file_write (self.file, "],\n\"annotations\":[\n", -1, error) && copy_annotations (&self, error) &&
         quarry_export_file_write (self.file, "],\n\"categories\":[\n", -1, error) && write_categories (&self, error) &&
         quarry_export_file_write (self.file, "]}\n", -1, error) && quarry_export_file_close (self.file, error);
}

const QuarryExporter quarry_exporter_coco = {
  .id = "coco",
  .name = "COCO",
  .what = "pictures with boxes, polygons, masks and keypoints; no cuboids, clouds, lines",
  .write = write_split,
};
