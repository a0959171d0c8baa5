/* quarry-label-studio-task.c: one image with its labels as a Label Studio task
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Labels that are there already go as a prediction: shown to the labeller, not counted as done. Their ids are q<annotation>,
 * with .<n> for the n-th of several key points, so that those can be put together again.
 */

#include "config.h"
#include "quarry-label-studio-private.h"

#include <math.h>
#include <string.h>

#define KEYPOINT_SIZE 0.5      /* percent: how large the editor draws it */

/* Steals @value */
static void
add_result (json_t *results, const QuarryVendorItem *item, const char *id, const char *control, const char *type, json_t *value)
{
  json_array_append_new (results, json_pack ("{ss ss ss ss si si si so}", "id", id, "from_name", control, "to_name", QUARRY_LS_IMAGE,
                                             "type", type, "original_width", item->media->width, "original_height", item->media->height,
                                             "image_rotation", 0, "value", value));
}

static void
add_box (json_t *results, const QuarryVendorItem *item, const QuarryAnnotation *annotation, const char *id)
{
  double p[5];

  quarry_label_studio_box_to_percent (annotation->geometry, item->media->width, item->media->height, p);
  add_result (results, item, id, QUARRY_LS_BOX, "rectanglelabels",
              json_pack ("{sf sf sf sf sf s[s]}", "x", p[0], "y", p[1], "width", p[2], "height", p[3], "rotation", p[4],
                         "rectanglelabels", annotation->class_name));
}

static gboolean
add_polygon (json_t *results, const QuarryVendorItem *item, const QuarryAnnotation *annotation, const char *id)
{
  json_t *points = json_array ();

  for (gsize i = 0; i + 1 < annotation->n_geometry; i += 2)
    {
      const double *p = annotation->geometry + i;

      if (isnan (p[0]))
        {
          json_decref (points);
          return FALSE;
        }
      json_array_append_new (points, json_pack ("[ff]", p[0] * 100 / item->media->width, p[1] * 100 / item->media->height));
    }
  add_result (results, item, id, QUARRY_LS_POLYGON, "polygonlabels",
              json_pack ("{so sb s[s]}", "points", points, "closed", 1, "polygonlabels", annotation->class_name));
  return TRUE;
}

static gboolean
add_mask (json_t *results, const QuarryVendorItem *item, const QuarryAnnotation *annotation, const char *id)
{
  g_autoptr(GByteArray) bytes = NULL;
  json_t *rle = NULL;

  if ((int) annotation->geometry[0] != item->media->width || (int) annotation->geometry[1] != item->media->height)
    return FALSE;
  bytes = quarry_label_studio_encode_brush (annotation->geometry, annotation->n_geometry);
  rle = json_array ();
  for (guint i = 0; i < bytes->len; i++)
    json_array_append_new (rle, json_integer (bytes->data[i]));
  add_result (results, item, id, QUARRY_LS_MASK, "brushlabels",
              json_pack ("{ss so s[s]}", "format", "rle", "rle", rle, "brushlabels", annotation->class_name));
  return TRUE;
}

/* Returns: FALSE where something of it is lost: that a point is hidden */
static gboolean
add_keypoints (json_t *results, const QuarryVendorItem *item, const QuarryAnnotation *annotation, const char *id)
{
  gboolean whole = TRUE;

  for (gsize i = 0; i + 2 < annotation->n_geometry; i += 3)
    {
      const double *p = annotation->geometry + i;
      g_autofree char *point_id = g_strdup_printf ("%s.%" G_GSIZE_FORMAT, id, i / 3);

      if (p[2] <= 0)
        continue;
      whole &= p[2] > 1;
      add_result (results, item, point_id, QUARRY_LS_KEYPOINT, "keypointlabels",
                  json_pack ("{sf sf sf s[s]}", "x", p[0] * 100 / item->media->width, "y", p[1] * 100 / item->media->height,
                             "width", KEYPOINT_SIZE, "keypointlabels", annotation->class_name));
    }
  return whole;
}

static void
add_annotation (json_t *results, const QuarryVendorItem *item, const QuarryAnnotation *annotation, QuarryReport *report)
{
  g_autofree char *id = g_strdup_printf ("q%" G_GINT64_FORMAT, annotation->id);
  const char *loss = NULL;

  switch (annotation->kind)
    {
    case QUARRY_ANNOTATION_BOX2D:
      add_box (results, item, annotation, id);
      break;
    case QUARRY_ANNOTATION_POLYGON:
      if (!add_polygon (results, item, annotation, id))
        loss = "a polygon of several rings is not sent: Label Studio has one ring a polygon";
      break;
    case QUARRY_ANNOTATION_MASK:
      if (!add_mask (results, item, annotation, id))
        loss = "a mask is not sent: its size is not the picture's";
      break;
    case QUARRY_ANNOTATION_KEYPOINTS:
      if (!add_keypoints (results, item, annotation, id))
        loss = "key points are sent without saying which are hidden";
      break;
    case QUARRY_ANNOTATION_CLASS:
      add_result (results, item, id, QUARRY_LS_CLASS, "choices", json_pack ("{s[s]}", "choices", annotation->class_name));
      break;
    case QUARRY_ANNOTATION_POLYLINE:
    case QUARRY_ANNOTATION_CUBOID:
    default:
      g_assert_not_reached ();      /* not among QUARRY_LS_KINDS */
    }
  if (loss != NULL)
    quarry_report_add (report, QUARRY_ISSUE_LOSS, item->name, annotation->external_id, "%s", loss);
}

/**
 * quarry_label_studio_make_task:
 * @item: its image is uploaded; @item->task->upload is where
 *
 * Returns: (transfer full): the task as the import wants it
 */
json_t *
quarry_label_studio_make_task (const QuarryVendorItem *item, QuarryReport *report)
{
  json_t *results = json_array ();
  json_t *task = json_pack ("{s{ss ss sI ss ss ss}}", "data", "image", item->task->upload, QUARRY_LS_KEY, item->task->key,
                            "quarry_frame", (json_int_t) item->task->frame, "scene", item->scene_name, "frame", item->frame_key,
                            "sensor", item->media->sensor_name);
  gint64 n_plain = 0;

  if (item->annotations->len > 0 && (item->media->width <= 0 || item->media->height <= 0))
    quarry_report_add (report, QUARRY_ISSUE_LOSS, item->name, NULL, "%u labels are not sent: the picture's size is not known", item->annotations->len);
  for (guint i = 0; item->media->width > 0 && item->media->height > 0 && i < item->annotations->len; i++)
    {
      const QuarryAnnotation *annotation = item->annotations->pdata[i];

      add_annotation (results, item, annotation, report);
      n_plain += annotation->track != NULL || (annotation->attributes != NULL && strlen (annotation->attributes) > 2);
    }
  if (n_plain > 0)
    quarry_report_count (report, "labels sent without track and attributes", n_plain);
  if (json_array_size (results) > 0)
    json_object_set_new (task, "predictions", json_pack ("[{ss so}]", "model_version", "quarry", "result", results));
  else
    json_decref (results);
  return task;
}
