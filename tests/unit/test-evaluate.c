/* test-evaluate.c: predictions against truth
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-metric.h"
#include "quarry-test-site.h"

#include <jansson.h>
#include <math.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

typedef struct
{
  GArray *truth, *predictions, *images;
} Case;

static void
case_init (Case *self)
{
  self->truth = g_array_new (FALSE, TRUE, sizeof (QuarryMetricItem));
  self->predictions = g_array_new (FALSE, TRUE, sizeof (QuarryMetricItem));
  self->images = g_array_new (FALSE, TRUE, sizeof (gint64));
}

static void
case_clear (Case *self)
{
  g_array_unref (self->truth);
  g_array_unref (self->predictions);
  g_array_unref (self->images);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Case, case_clear)

static void
add_image (Case *self, gint64 image)
{
  g_array_append_val (self->images, image);
}

static void
add_truth (Case *self, gint64 image, gint64 category, double x, double y, double w, double h, gboolean crowd)
{
  const QuarryMetricItem item = { image, category, { x, y, w, h }, w * h, NAN, crowd };

  g_array_append_val (self->truth, item);
}

static void
add_prediction (Case *self, gint64 image, gint64 category, double x, double y, double w, double h, double score)
{
  const QuarryMetricItem item = { image, category, { x, y, w, h }, w * h, score, FALSE };

  g_array_append_val (self->predictions, item);
}

static QuarryMetricResult *
measure (const Case *self)
{
  g_autoptr(GError) error = NULL;
  QuarryMetricResult *result = quarry_metric_find ("coco")->measure (self->truth, self->predictions, self->images, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (result);
  return result;
}

static void
assert_value (const QuarryMetricResult *result, const char *name, double expected)
{
  const QuarryMetric *metric = quarry_metric_find ("coco");

  for (guint i = 0; metric->values[i] != NULL; i++)
    if (g_str_equal (metric->values[i], name))
      {
        if (fabs (result->values[i] - expected) > 1e-12)
          g_error ("%s is %.17g instead of %.17g", name, result->values[i], expected);
        return;
      }
  g_assert_not_reached ();
}

static void
test_perfect (void)
{
  g_auto(Case) set;
  g_autoptr(QuarryMetricResult) result = NULL;

  case_init (&set);
  add_image (&set, 1);
  add_truth (&set, 1, 5, 0, 0, 40, 40, FALSE);
  add_prediction (&set, 1, 5, 0, 0, 40, 40, 0.5);
  result = measure (&set);
  assert_value (result, "AP", 1);
  assert_value (result, "APmedium", 1);
  assert_value (result, "APsmall", -1);
  assert_value (result, "AR1", 1);
  g_assert_cmpuint (result->classes->len, ==, 1);
  g_assert_cmpfloat_with_epsilon (((QuarryMetricClass *) result->classes->pdata[0])->values[0], 1, 1e-12);
}

static void
test_empty (void)
{
  g_auto(Case) set;
  g_autoptr(QuarryMetricResult) nothing = NULL;
  g_autoptr(QuarryMetricResult) no_truth = NULL;

  case_init (&set);
  nothing = measure (&set);
  assert_value (nothing, "AP", -1);
  add_image (&set, 1);
  add_prediction (&set, 1, 5, 0, 0, 40, 40, 0.5);
  no_truth = measure (&set);
  assert_value (no_truth, "AP", -1);
}

/* A better prediction in an image without truth costs precision: right is the second of two */
static void
test_background (void)
{
  g_auto(Case) set;
  g_autoptr(QuarryMetricResult) result = NULL;

  case_init (&set);
  add_image (&set, 1);
  add_image (&set, 2);
  add_truth (&set, 1, 5, 0, 0, 40, 40, FALSE);
  add_prediction (&set, 1, 5, 0, 0, 40, 40, 0.5);
  add_prediction (&set, 2, 5, 0, 0, 40, 40, 0.9);
  result = measure (&set);
  assert_value (result, "AP", 0.5);
  assert_value (result, "AR100", 1);
}

/* Overlap 1/3 with a thing counts at no threshold; the same box within a crowd counts neither way */
static void
test_overlap_and_crowd (void)
{
  g_auto(Case) set;
  g_autoptr(QuarryMetricResult) result = NULL;
  g_autoptr(QuarryMetricResult) with_crowd = NULL;

  case_init (&set);
  add_image (&set, 1);
  add_truth (&set, 1, 1, 5, 0, 10, 10, FALSE);
  add_truth (&set, 1, 1, 100, 100, 10, 10, FALSE);
  add_prediction (&set, 1, 1, 0, 0, 10, 10, 0.9);
  add_prediction (&set, 1, 1, 100, 100, 10, 10, 0.8);
  result = measure (&set);
  assert_value (result, "AP50", 51 * 0.5 / 101);
  add_truth (&set, 1, 1, 0, 0, 20, 20, TRUE);
  with_crowd = measure (&set);
  assert_value (with_crowd, "AP50", 51 * 1.0 / 101);
}

static void
test_bad_input (void)
{
  g_auto(Case) set;
  g_autoptr(GError) image = NULL;
  g_autoptr(GError) score = NULL;
  const QuarryMetric *metric = quarry_metric_find ("coco");

  case_init (&set);
  add_image (&set, 1);
  add_prediction (&set, 2, 1, 0, 0, 1, 1, 0.5);
  g_assert_null (metric->measure (set.truth, set.predictions, set.images, NULL, &image));
  g_assert_error (image, QUARRY_METRIC_ERROR, QUARRY_METRIC_ERROR_IMAGE);
  add_image (&set, 2);
  add_prediction (&set, 2, 1, 0, 0, 1, 1, NAN);
  g_assert_null (metric->measure (set.truth, set.predictions, set.images, NULL, &score));
  g_assert_error (score, QUARRY_METRIC_ERROR, QUARRY_METRIC_ERROR_SCORE);
}

static gint64
as_id (const json_t *value)
{
  return json_is_string (value) ? g_ascii_strtoll (json_string_value (value), NULL, 10) : json_integer_value (value);
}

static json_t *
load_shared (const char *relative)
{
  g_autofree char *path = quarry_test_shared (relative);
  json_t *root = path != NULL ? json_load_file (path, 0, NULL) : NULL;

  g_assert_true (path == NULL || root != NULL);
  return root;
}

static QuarryMetricItem
read_item (const json_t *object, gboolean prediction)
{
  QuarryMetricItem item = { as_id (json_object_get (object, "image_id")), as_id (json_object_get (object, "category_id")) };

  for (int i = 0; i < 4; i++)
    item.box[i] = json_number_value (json_array_get (json_object_get (object, "bbox"), i));
  item.area = prediction ? item.box[2] * item.box[3] : json_number_value (json_object_get (object, "area"));
  item.score = json_number_value (json_object_get (object, "score"));
  item.crowd = !prediction && json_integer_value (json_object_get (object, "iscrowd")) != 0;
  return item;
}

static gboolean
load_case (Case *self, const char *truth_path, const char *predictions_path, double least)
{
  g_autoptr(json_t) truth = load_shared (truth_path);
  g_autoptr(json_t) predictions = truth != NULL ? load_shared (predictions_path) : NULL;
  json_t *object = NULL;
  gsize i = 0;

  if (predictions == NULL)
    return FALSE;
  json_array_foreach (json_object_get (truth, "images"), i, object)
    add_image (self, as_id (json_object_get (object, "id")));
  json_array_foreach (json_object_get (truth, "annotations"), i, object)
    {
      const QuarryMetricItem item = read_item (object, FALSE);

      g_array_append_val (self->truth, item);
    }
  json_array_foreach (predictions, i, object)
    {
      const QuarryMetricItem item = read_item (object, TRUE);

      if (item.score >= least)
        g_array_append_val (self->predictions, item);
    }
  return TRUE;
}

/* All twelve of the published values of COCO's own example */
static void
test_published (void)
{
  g_autoptr(json_t) expected = load_shared ("coco/EXPECTED.json");
  const json_t *summary = NULL;
  g_autoptr(QuarryMetricResult) result = NULL;
  g_auto(Case) set;

  case_init (&set);
  if (expected == NULL || !load_case (&set, "coco/faster_coco_eval/cocoapi/instances_val2014_100.json",
                                      "coco/cocoapi/instances_val2014_fakebbox100_results.json", -1))
    return;
  summary = json_object_get (json_object_get (json_object_get (expected, "cocoapi_val2014_100"), "bbox"), "summary");
  result = measure (&set);
  for (guint i = 0; i < 12; i++)
    assert_value (result, quarry_metric_find ("coco")->values[i], json_number_value (json_array_get (summary, i)));
}

static void
test_published_crowds (void)
{
  g_autoptr(json_t) expected = load_shared ("coco/EXPECTED.json");
  g_autoptr(QuarryMetricResult) result = NULL;
  const char *name = NULL;
  json_t *value = NULL;
  g_auto(Case) set;

  case_init (&set);
  if (expected == NULL || !load_case (&set, "coco/faster_coco_eval/gt_ignore_test.json", "coco/faster_coco_eval/dt_ignore_test.json", 0.1))
    return;
  result = measure (&set);
  json_object_foreach (json_object_get (json_object_get (expected, "ignore_test_bbox"), "summary"), name, value)
    assert_value (result, name, json_number_value (value));
}

typedef struct
{
  QuarryTestSite        site;
  QuarryEvaluateRequest request;
  QuarryEvaluation     *evaluation;
} Fixture;

/* Predictions: every car box in image_2 as it is; every person box far off; one car box where no truth is labelled */
static void
setup (Fixture *self, gconstpointer data)
{
  g_autoptr(GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) frames = NULL;

  *self = (Fixture) { 0 };
  quarry_test_site_init (&self->site, (const guint[]) { 1, 3, 0 });
  frames = quarry_test_site_query (&self->site, "scene:\"scene 1\"");
  self->request.truth = self->site.set;
  self->request.predictions = quarry_catalog_store_set (self->site.catalog, "model", "model", 0, 0, &error);
  for (guint f = 0; f < frames->len; f++)
    {
      g_autoptr(GPtrArray) truth = quarry_catalog_list_annotations (self->site.catalog, g_array_index (frames, QuarryId, f), 0, &error);
      g_autoptr(GPtrArray) media = quarry_catalog_list_media (self->site.catalog, g_array_index (frames, QuarryId, f), &error);

      for (guint i = 0; i < truth->len; i++)
        {
          QuarryAnnotation *draft = quarry_annotation_copy (truth->pdata[i]);

          draft->score = 0.5;
          if (g_str_equal (draft->class_name, "person") && draft->kind == QUARRY_ANNOTATION_BOX2D)
            draft->geometry[0] += 1000;
          g_ptr_array_add (drafts, draft);
        }
      {
        QuarryAnnotation *elsewhere = quarry_annotation_new (QUARRY_ANNOTATION_BOX2D, "car", NULL, (const double[]) { 1, 1, 5, 5, 0 }, 5);

        elsewhere->external_id = g_strdup_printf ("elsewhere %u", f);
        elsewhere->frame = g_array_index (frames, QuarryId, f);
        elsewhere->media = ((QuarryMedia *) media->pdata[1])->id;
        g_ptr_array_add (drafts, elsewhere);
      }
    }
  g_assert_true (quarry_catalog_store_annotations (self->site.catalog, self->request.predictions, drafts, "model", report, &error));
  g_assert_no_error (error);
}

static void
teardown (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->request.query, quarry_query_unref);
  g_clear_pointer (&self->evaluation, quarry_evaluation_free);
  quarry_test_site_clear (&self->site);
}

static gboolean
run_evaluation (QuarryOperation *operation, gpointer data, GError **error)
{
  Fixture *self = data;

  self->evaluation = quarry_evaluate (self->site.catalog, quarry_metric_find ("coco"), &self->request, operation, error);
  return self->evaluation != NULL;
}

static void
test_sets (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Evaluate");
  g_autoptr(GError) error = NULL;
  g_autofree char *issues = NULL;
  g_autofree char *text = NULL;
  g_autofree char *json = NULL;
  g_autoptr(json_t) root = NULL;

  self->request.query = quarry_query_parse ("scene:\"scene 1\"", &error);
  g_assert_true (quarry_operation_run (operation, run_evaluation, self, &error));
  g_assert_no_error (error);
  g_assert_cmpint (self->evaluation->n_images, ==, 3);
  g_assert_cmpfloat_with_epsilon (self->evaluation->result->values[0], 0.5, 1e-9);     /* cars 1, persons 0 */
  issues = quarry_report_to_text (quarry_operation_get_report (operation));
  g_assert_nonnull (strstr (issues, "3 lie in cameras without truth"));
  text = quarry_evaluation_to_text (self->evaluation);
  g_assert_nonnull (strstr (text, "AP        0.5000\n"));
  json = quarry_evaluation_to_json (self->evaluation);
  root = json_loads (json, 0, NULL);
  g_assert_cmpfloat_with_epsilon (json_number_value (json_object_get (json_object_get (root, "values"), "AP")), 0.5, 1e-9);
  g_assert_cmpuint (json_array_size (json_object_get (root, "classes")), ==, 2);
}

static void
test_no_truth (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Evaluate");
  g_autoptr(GError) error = NULL;

  self->request.query = quarry_query_parse ("tag:none", &error);
  g_assert_false (quarry_operation_run (operation, run_evaluation, self, &error));
  g_assert_error (error, QUARRY_METRIC_ERROR, QUARRY_METRIC_ERROR_NOTHING);
}

static void
test_no_set (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Evaluate");
  g_autoptr(GError) error = NULL;

  self->request.truth = 777;
  g_assert_false (quarry_operation_run (operation, run_evaluation, self, &error));
  g_assert_error (error, QUARRY_METRIC_ERROR, QUARRY_METRIC_ERROR_NOTHING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/coco/a-perfect-prediction-gives-one", test_perfect);
  g_test_add_func ("/coco/without-truth-nothing-is-measured", test_empty);
  g_test_add_func ("/coco/images-without-truth-count", test_background);
  g_test_add_func ("/coco/overlap-and-crowds-as-the-reference", test_overlap_and_crowd);
  g_test_add_func ("/coco/bad-input-is-refused", test_bad_input);
  g_test_add_func ("/coco/the-published-values-are-met", test_published);
  g_test_add_func ("/coco/the-published-values-with-crowds-are-met", test_published_crowds);
  g_test_add ("/evaluate/two-sets-of-the-catalog", Fixture, NULL, setup, test_sets, teardown);
  g_test_add ("/evaluate/nothing-to-measure-is-an-error", Fixture, NULL, setup, test_no_truth, teardown);
  g_test_add ("/evaluate/an-unknown-set-is-an-error", Fixture, NULL, setup, test_no_set, teardown);
  return g_test_run ();
}
