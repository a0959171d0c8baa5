/* quarry-evaluate.c: two annotation sets of the catalog against each other
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Boxes, polygons and masks in pictures count, as their upright boxes. The pictures measured are those of the chosen frames, of
 * the cameras that have truth anywhere in them: a picture without truth is background, and predictions in it are wrong.
 */

#include "config.h"
#include "quarry-metric.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

typedef struct
{
  gint64      image;
  const char *sensor;      /* interned */
} Picture;

typedef struct
{
  QuarryCatalog   *catalog;
  QuarryOperation *operation;
  GArray          *truth, *predictions;    /* QuarryMetricItem */
  GArray          *pictures;               /* Picture */
  GHashTable      *sensors;                /* those with truth */
  GHashTable      *sensor_by_image;        /* gint64 → interned name */
  GArray          *images;                 /* gint64: measured */
  guint            n_unscored, n_other_kinds;
} Collection;

static void
collection_clear (Collection *self)
{
  g_array_unref (self->truth);
  g_array_unref (self->predictions);
  g_array_unref (self->pictures);
  g_hash_table_unref (self->sensors);
  g_hash_table_unref (self->sensor_by_image);
  g_array_unref (self->images);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Collection, collection_clear)

void
quarry_evaluation_free (QuarryEvaluation *self)
{
  quarry_metric_result_free (self->result);
  g_free (self->predictions);
  g_free (self->truth);
  g_hash_table_unref (self->class_names);
  g_free (self);
}

static gboolean
is_crowd (const QuarryAnnotation *annotation)
{
  g_autoptr(json_t) attributes = NULL;
  const json_t *value = NULL;

  if (annotation->attributes == NULL || strstr (annotation->attributes, "iscrowd") == NULL)
    return FALSE;
  attributes = json_loads (annotation->attributes, 0, NULL);
  value = json_object_get (attributes, "iscrowd");
  return json_is_true (value) || json_number_value (value) > 0;
}

static gboolean
read_items (Collection *self, QuarryId frame, QuarryId set, gboolean is_truth, GError **error)
{
  g_autoptr(GPtrArray) annotations = quarry_catalog_list_annotations (self->catalog, frame, set, error);

  if (annotations == NULL)
    return FALSE;
  for (guint i = 0; i < annotations->len; i++)
    {
      const QuarryAnnotation *annotation = annotations->pdata[i];
      QuarryMetricItem item = { annotation->media, annotation->class_id, { 0, 0, 0, 0 }, 0, annotation->score, FALSE };
      const double area = quarry_annotation_get_area (annotation);

      if (annotation->media == 0 || annotation->kind == QUARRY_ANNOTATION_POLYLINE || annotation->kind == QUARRY_ANNOTATION_KEYPOINTS ||
          !quarry_annotation_get_bounds (annotation, item.box))
        {
          self->n_other_kinds++;
          continue;
        }
      item.area = is_truth ? area : item.box[2] * item.box[3];
      item.crowd = is_truth && is_crowd (annotation);
      if (!is_truth && isnan (item.score))
        {
          item.score = 1;
          self->n_unscored++;
        }
      g_array_append_val (is_truth ? self->truth : self->predictions, item);
      if (is_truth)
        g_hash_table_add (self->sensors, g_hash_table_lookup (self->sensor_by_image, &annotation->media));
    }
  return TRUE;
}

static gboolean
read_frame (Collection *self, QuarryId frame, const QuarryEvaluateRequest *request, GError **error)
{
  g_autoptr(GPtrArray) media = quarry_catalog_list_media (self->catalog, frame, error);

  if (media == NULL)
    return FALSE;
  for (guint i = 0; i < media->len; i++)
    {
      const QuarryMedia *one = media->pdata[i];
      const Picture picture = { one->id, g_intern_string (one->sensor_name) };

      if (one->kind != QUARRY_SENSOR_CAMERA)
        continue;
      g_array_append_val (self->pictures, picture);
      g_hash_table_insert (self->sensor_by_image, g_memdup2 (&one->id, sizeof (QuarryId)), (gpointer) picture.sensor);
    }
  return read_items (self, frame, request->truth, TRUE, error) && read_items (self, frame, request->predictions, FALSE, error);
}

static GArray *
list_frames (QuarryCatalog *catalog, const QuarryEvaluateRequest *request, const char *truth, GError **error)
{
  g_autofree char *quoted = quarry_query_quote (truth);
  g_autofree char *text = g_strconcat ("set:", quoted, NULL);
  g_autoptr(QuarryQuery) query = request->query != NULL ? quarry_query_ref (request->query) : quarry_query_parse (text, error);

  return query != NULL ? quarry_catalog_query (catalog, query, NULL, error) : NULL;
}

/* What lies in a camera without truth cannot be judged */
static void
choose_images (Collection *self)
{
  guint kept = 0;

  for (guint i = 0; i < self->pictures->len; i++)
    {
      const Picture *picture = &g_array_index (self->pictures, Picture, i);

      if (g_hash_table_contains (self->sensors, picture->sensor))
        g_array_append_val (self->images, picture->image);
    }
  for (guint i = 0; i < self->predictions->len; i++)
    {
      const QuarryMetricItem item = g_array_index (self->predictions, QuarryMetricItem, i);
      const char *sensor = g_hash_table_lookup (self->sensor_by_image, &item.image);

      if (sensor != NULL && g_hash_table_contains (self->sensors, sensor))
        g_array_index (self->predictions, QuarryMetricItem, kept++) = item;
    }
  if (kept < self->predictions->len)
    quarry_report_add (quarry_operation_get_report (self->operation), QUARRY_ISSUE_LOSS, "predictions", NULL,
                       "%u lie in cameras without truth and were left out", self->predictions->len - kept);
  g_array_set_size (self->predictions, kept);
}

static gboolean
collect (Collection *self, const QuarryEvaluateRequest *request, const char *truth, GError **error)
{
  g_autoptr(GArray) frames = list_frames (self->catalog, request, truth, error);
  QuarryReport *report = quarry_operation_get_report (self->operation);

  for (guint i = 0; frames != NULL && i < frames->len; i++)
    {
      quarry_operation_set_progress (self->operation, i, frames->len, truth);
      if (quarry_operation_is_cancelled (self->operation, error) ||
          !read_frame (self, g_array_index (frames, QuarryId, i), request, error))
        return FALSE;
    }
  if (frames == NULL)
    return FALSE;
  choose_images (self);
  if (self->n_unscored > 0)
    quarry_report_add (report, QUARRY_ISSUE_NOTE, "predictions", NULL, "%u have no score and were taken as sure (1)", self->n_unscored);
  if (self->n_other_kinds > 0)
    quarry_report_add (report, QUARRY_ISSUE_NOTE, "labels", NULL, "%u are not boxes, polygons or masks in a picture and do not count",
                       self->n_other_kinds);
  return TRUE;
}

static gboolean
name_sets (QuarryCatalog *catalog, const QuarryEvaluateRequest *request, QuarryEvaluation *evaluation, GError **error)
{
  g_autoptr(GPtrArray) sets = quarry_catalog_list_sets (catalog, error);
  g_autoptr(GPtrArray) classes = sets != NULL ? quarry_catalog_list_classes (catalog, error) : NULL;

  if (classes == NULL)
    return FALSE;
  for (guint i = 0; i < classes->len; i++)
    {
      const QuarryLabelClass *class = classes->pdata[i];

      g_hash_table_insert (evaluation->class_names, g_memdup2 (&class->id, sizeof (QuarryId)), g_strdup (class->name));
    }
  for (guint i = 0; i < sets->len; i++)
    {
      const QuarryAnnotationSet *set = sets->pdata[i];

      if (set->id == request->predictions)
        evaluation->predictions = g_strdup (set->name);
      if (set->id == request->truth)
        evaluation->truth = g_strdup (set->name);
    }
  if (evaluation->predictions != NULL && evaluation->truth != NULL)
    return TRUE;
  g_set_error (error, QUARRY_METRIC_ERROR, QUARRY_METRIC_ERROR_NOTHING, "there is no annotation set %" G_GINT64_FORMAT,
               evaluation->truth == NULL ? request->truth : request->predictions);
  return FALSE;
}

/**
 * quarry_evaluate:
 *
 * Blocking: call inside an operation, whose report takes what did not count. The result is stored in the catalog.
 *
 * Returns: (transfer full): NULL with QUARRY_METRIC_ERROR or QUARRY_CATALOG_ERROR
 */
QuarryEvaluation *
quarry_evaluate (QuarryCatalog               *catalog,
                 const QuarryMetric          *metric,
                 const QuarryEvaluateRequest *request,
                 QuarryOperation             *operation,
                 GError                     **error)
{
  g_auto(Collection) all = {
    catalog, operation, g_array_new (FALSE, FALSE, sizeof (QuarryMetricItem)), g_array_new (FALSE, FALSE, sizeof (QuarryMetricItem)),
    g_array_new (FALSE, FALSE, sizeof (Picture)), g_hash_table_new (g_direct_hash, g_direct_equal),
    g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL), g_array_new (FALSE, FALSE, sizeof (gint64)),
  };
  g_autoptr(QuarryEvaluation) evaluation = g_new0 (QuarryEvaluation, 1);
  g_autofree char *json = NULL;

  evaluation->metric = metric;
  evaluation->class_names = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  evaluation->result = quarry_metric_result_new (metric);
  if (!name_sets (catalog, request, evaluation, error) || !collect (&all, request, evaluation->truth, error))
    return NULL;
  if (all.truth->len == 0)
    {
      g_set_error (error, QUARRY_METRIC_ERROR, QUARRY_METRIC_ERROR_NOTHING, "set '%s' has no boxes in the chosen frames", evaluation->truth);
      return NULL;
    }
  g_clear_pointer (&evaluation->result, quarry_metric_result_free);
  evaluation->result = metric->measure (all.truth, all.predictions, all.images, quarry_operation_get_cancellable (operation), error);
  if (evaluation->result == NULL)
    {
      evaluation->result = quarry_metric_result_new (metric);
      return NULL;
    }
  evaluation->n_images = all.images->len;
  json = quarry_evaluation_to_json (evaluation);
  if (!quarry_catalog_store_evaluation (catalog, request->predictions, request->truth, metric->id, json, error))
    return NULL;
  return g_steal_pointer (&evaluation);
}

static const char *
class_name (const QuarryEvaluation *self, gint64 id)
{
  const char *name = g_hash_table_lookup (self->class_names, &id);

  return name != NULL ? name : "?";
}

static void
append_value (GString *text, double value)
{
  if (value < 0)
    g_string_append (text, "      –");
  else
    g_string_append_printf (text, " %6.4f", value);
}

/* Returns: (transfer full): the numbers one a line, then a table of the classes; – where there is nothing to measure */
char *
quarry_evaluation_to_text (const QuarryEvaluation *self)
{
  GString *text = g_string_new (NULL);
  int width = 5;

  g_string_append_printf (text, "%s: '%s' against '%s', %" G_GINT64_FORMAT " pictures\n", self->metric->name, self->predictions,
                          self->truth, self->n_images);
  for (guint i = 0; self->metric->values[i] != NULL; i++)
    {
      g_string_append_printf (text, "%-9s", self->metric->values[i]);
      append_value (text, self->result->values[i]);
      g_string_append_c (text, '\n');
    }
  for (guint k = 0; k < self->result->classes->len; k++)
    width = MAX (width, (int) g_utf8_strlen (class_name (self, ((QuarryMetricClass *) self->result->classes->pdata[k])->category), -1));
  g_string_append_printf (text, "\n%-*s   truth  predicted", width, "class");
  for (guint i = 0; self->metric->class_values[i] != NULL; i++)
    g_string_append_printf (text, " %6s", self->metric->class_values[i]);
  g_string_append_c (text, '\n');
  for (guint k = 0; k < self->result->classes->len; k++)
    {
      const QuarryMetricClass *class = self->result->classes->pdata[k];

      g_string_append_printf (text, "%-*s %7" G_GINT64_FORMAT " %10" G_GINT64_FORMAT, width, class_name (self, class->category),
                              class->n_truth, class->n_predictions);
      for (guint i = 0; self->metric->class_values[i] != NULL; i++)
        append_value (text, class->values[i]);
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

static json_t *
values_object (const char * const *names, const double *values)
{
  json_t *object = json_object ();

  for (guint i = 0; names[i] != NULL; i++)
    json_object_set_new (object, names[i], values[i] < 0 ? json_null () : json_real (values[i]));
  return object;
}

/* Returns: (transfer full): {metric, predictions, truth, images, values, classes: [{id, truth, predictions, …}]}; null where
 * there is nothing to measure */
char *
quarry_evaluation_to_json (const QuarryEvaluation *self)
{
  g_autoptr(json_t) root = json_pack ("{s:s, s:s, s:s, s:I, s:o, s:[]}", "metric", self->metric->id, "predictions", self->predictions,
                                      "truth", self->truth, "images", (json_int_t) self->n_images, "values",
                                      values_object (self->metric->values, self->result->values), "classes");
  g_autofree char *dump = NULL;

  for (guint k = 0; k < self->result->classes->len; k++)
    {
      const QuarryMetricClass *class = self->result->classes->pdata[k];
      json_t *object = values_object (self->metric->class_values, class->values);

      json_object_set_new (object, "id", json_string (class_name (self, class->category)));
      json_object_set_new (object, "truth", json_integer (class->n_truth));
      json_object_set_new (object, "predictions", json_integer (class->n_predictions));
      json_array_append_new (json_object_get (root, "classes"), object);
    }
  dump = json_dumps (root, JSON_INDENT (1));
  return g_strdup (dump);
}
