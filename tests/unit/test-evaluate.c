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
assert_within (const QuarryMetricResult *result, const char *name, double expected, double epsilon)
{
  const QuarryMetric *metric = quarry_metric_find ("coco");

  for (guint i = 0; metric->values[i] != NULL; i++)
    if (g_str_equal (metric->values[i], name))
      {
        if (fabs (result->values[i] - expected) > epsilon)
          g_error ("%s is %.17g instead of %.17g", name, result->values[i], expected);
        return;
      }
  g_assert_not_reached ();
}

static void
assert_value (const QuarryMetricResult *result, const char *name, double expected)
{
  assert_within (result, name, expected, 1e-12);
}

static void
assert_near (const QuarryMetricResult *result, const char *name, double expected)
{
  assert_within (result, name, expected, 1e-9);
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

/* --- the same numbers computed the slow way: one class, threshold, range and cap at a time --- */

typedef struct
{
  double   score;
  gboolean right, ignored;
} Found;

static double
naive_overlap (const double *a, const double *b, gboolean crowd)
{
  const double left = MAX (a[0], b[0]), right = MIN (a[0] + a[2], b[0] + b[2]);
  const double top = MAX (a[1], b[1]), bottom = MIN (a[1] + a[3], b[1] + b[3]);
  const double common = right > left && bottom > top ? (right - left) * (bottom - top) : 0;

  return common / (crowd ? a[2] * a[3] : a[2] * a[3] + b[2] * b[3] - common);
}

static int
compare_found (gconstpointer a, gconstpointer b)
{
  const double x = ((const Found *) a)->score, y = ((const Found *) b)->score;

  return x > y ? -1 : x < y;
}

static int
compare_item (gconstpointer a, gconstpointer b)
{
  const double x = (*(QuarryMetricItem * const *) a)->score, y = (*(QuarryMetricItem * const *) b)->score;

  return x > y ? -1 : x < y;
}

static GPtrArray *
pick (const GArray *items, gint64 image, gint64 category)
{
  GPtrArray *some = g_ptr_array_new ();

  for (guint i = 0; i < items->len; i++)
    {
      QuarryMetricItem *item = &g_array_index (items, QuarryMetricItem, i);

      if (item->image == image && item->category == category)
        g_ptr_array_add (some, item);
    }
  return some;
}

/* Adds what became of the predictions of one image. Returns: how much truth counts */
static guint
naive_image (const Case *set, gint64 image, gint64 category, double threshold, const double range[2], guint cap, GArray *found)
{
  g_autoptr(GPtrArray) truth = pick (set->truth, image, category);
  g_autoptr(GPtrArray) predictions = pick (set->predictions, image, category);
  g_autofree gboolean *taken = g_new0 (gboolean, truth->len + 1);
  guint n_counted = 0;

  g_ptr_array_sort (predictions, compare_item);
  for (guint p = 0; p < MIN (predictions->len, cap); p++)
    {
      const QuarryMetricItem *prediction = predictions->pdata[p];
      Found result = { prediction->score, FALSE, FALSE };
      int best = -1;

      for (int pass = 0; pass < 2 && best < 0; pass++)      /* first the truth that counts, then the other */
        {
          double most = threshold;

          for (guint t = 0; t < truth->len; t++)
            {
              const QuarryMetricItem *one = truth->pdata[t];
              const gboolean out = one->crowd || one->area < range[0] || one->area > range[1];
              const double overlap = naive_overlap (prediction->box, one->box, one->crowd);

              if (out != (pass == 1) || (taken[t] && !one->crowd) || overlap < most)
                continue;
              most = overlap;
              best = (int) t;
              result.ignored = out;
            }
        }
      result.right = best >= 0;
      if (best >= 0)
        taken[best] = TRUE;
      else
        result.ignored = prediction->area < range[0] || prediction->area > range[1];
      g_array_append_val (found, result);
    }
  for (guint t = 0; t < truth->len; t++)
    {
      const QuarryMetricItem *one = truth->pdata[t];

      n_counted += !one->crowd && one->area >= range[0] && one->area <= range[1];
    }
  return n_counted;
}

/* Average precision and last recall of one class; FALSE where nothing counts */
static gboolean
naive_class (const Case *set, gint64 category, double threshold, const double range[2], guint cap, double *out_precision, double *out_recall)
{
  g_autoptr(GArray) found = g_array_new (FALSE, FALSE, sizeof (Found));
  guint n_counted = 0;
  double right = 0, wrong = 0;
  double best[101] = { 0 };

  for (guint i = 0; i < set->images->len; i++)
    n_counted += naive_image (set, g_array_index (set->images, gint64, i), category, threshold, range, cap, found);
  g_array_sort (found, compare_found);
  for (guint i = 0; i < found->len; i++)
    {
      const Found *one = &g_array_index (found, Found, i);

      right += !one->ignored && one->right;
      wrong += !one->ignored && !one->right;
      for (int r = 0; r <= 100 && n_counted > 0; r++)      /* the best precision at this recall or beyond */
        if (right / n_counted >= r * 0.01 && right + wrong > 0)
          best[r] = MAX (best[r], right / (right + wrong));
    }
  *out_recall = n_counted > 0 ? right / n_counted : 0;
  *out_precision = 0;
  for (int r = 0; r <= 100; r++)
    *out_precision += best[r] / 101;
  return n_counted > 0;
}

static double
naive_mean (const Case *set, int first, int last, const double range[2], guint cap, gboolean precision)
{
  double total = 0;
  int n = 0;

  for (gint64 category = 1; category <= 3; category++)
    for (int t = first; t <= last; t++)
      {
        double p = 0, r = 0;

        if (!naive_class (set, category, 0.5 + 0.05 * t, range, cap, &p, &r))
          continue;
        total += precision ? p : r;
        n++;
      }
  return n > 0 ? total / n : -1;
}

/* Near-by boxes of few sizes and few scores, so that ties, doubles and every range of area happen */
static void
fill_by_lot (Case *set, GRand *rand)
{
  for (gint64 image = 1; image <= 6; image++)
    {
      const int n = g_rand_int_range (rand, 0, 9);

      add_image (set, image);
      for (int i = 0; i < n; i++)
        {
          const double side = (double[]) { 20, 50, 130 }[g_rand_int_range (rand, 0, 3)];
          const double x = g_rand_int_range (rand, 0, 4) * 37, y = g_rand_int_range (rand, 0, 4) * 29;
          const gint64 category = g_rand_int_range (rand, 1, 4);

          if (g_rand_double (rand) < 0.8)
            add_truth (set, image, category, x, y, side, side, g_rand_double (rand) < 0.1);
          for (int k = g_rand_int_range (rand, 0, 3); k > 0; k--)
            add_prediction (set, image, category, x + g_rand_double_range (rand, -side / 5, side / 5), y + g_rand_double_range (rand, -side / 5, side / 5),
                            side * g_rand_double_range (rand, 0.8, 1.2), side, g_rand_double (rand));
        }
    }
}

static void
test_naive (void)
{
  static const double ranges[4][2] = { { 0, 1e10 }, { 0, 1024 }, { 1024, 9216 }, { 9216, 1e10 } };
  g_autoptr(GRand) rand = g_rand_new_with_seed (17);

  for (int round = 0; round < 25; round++)
    {
      g_auto(Case) set;
      g_autoptr(QuarryMetricResult) result = NULL;

      case_init (&set);
      fill_by_lot (&set, rand);
      result = measure (&set);
      assert_near (result, "AP", naive_mean (&set, 0, 9, ranges[0], 100, TRUE));
      assert_near (result, "AP50", naive_mean (&set, 0, 0, ranges[0], 100, TRUE));
      assert_near (result, "AP75", naive_mean (&set, 5, 5, ranges[0], 100, TRUE));
      assert_near (result, "APsmall", naive_mean (&set, 0, 9, ranges[1], 100, TRUE));
      assert_near (result, "APmedium", naive_mean (&set, 0, 9, ranges[2], 100, TRUE));
      assert_near (result, "APlarge", naive_mean (&set, 0, 9, ranges[3], 100, TRUE));
      assert_near (result, "AR1", naive_mean (&set, 0, 9, ranges[0], 1, FALSE));
      assert_near (result, "AR10", naive_mean (&set, 0, 9, ranges[0], 10, FALSE));
      assert_near (result, "AR100", naive_mean (&set, 0, 9, ranges[0], 100, FALSE));
      assert_near (result, "ARsmall", naive_mean (&set, 0, 9, ranges[1], 100, FALSE));
      assert_near (result, "ARlarge", naive_mean (&set, 0, 9, ranges[3], 100, FALSE));
    }
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
  g_test_add_func ("/coco/the-slow-way-gives-the-same", test_naive);
  g_test_add_func ("/coco/the-published-values-are-met", test_published);
  g_test_add_func ("/coco/the-published-values-with-crowds-are-met", test_published_crowds);
  g_test_add ("/evaluate/two-sets-of-the-catalog", Fixture, NULL, setup, test_sets, teardown);
  g_test_add ("/evaluate/nothing-to-measure-is-an-error", Fixture, NULL, setup, test_no_truth, teardown);
  g_test_add ("/evaluate/an-unknown-set-is-an-error", Fixture, NULL, setup, test_no_set, teardown);
  return g_test_run ();
}
