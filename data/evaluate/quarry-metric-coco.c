/* quarry-metric-coco.c: the twelve numbers of COCO's box evaluation
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Follows what pycocotools does, number for number: ten overlaps from 0.5 to 0.95, 101 recalls, at most 1, 10 and 100
 * predictions an image and class, four ranges of area. Within a class, an image's predictions are matched in the order of their
 * scores; then the images are joined in order of their ids and sorted by score again, both times stably.
 */

#include "config.h"
#include "quarry-metric.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define N_OVERLAPS 10
#define N_RECALLS  101
#define N_AREAS    4
#define N_CAPS     3
#define MAX_CAP    100

static const guint  caps[N_CAPS] = { 1, 10, MAX_CAP };
static const double areas[N_AREAS][2] = { { 0, 1e10 }, { 0, 1024 }, { 1024, 9216 }, { 9216, 1e10 } };

extern const QuarryMetric quarry_metric_coco;

typedef struct            /* one prediction after matching, for one range of area */
{
  double  score;
  guint   rank;           /* in its image */
  guint16 matched;        /* a bit an overlap */
  guint16 ignored;
} Match;

typedef struct
{
  double precision[N_OVERLAPS];     /* mean over the recalls */
  double recall[N_OVERLAPS];
} Curve;

typedef struct
{
  double        overlaps[N_OVERLAPS];
  const GArray *truth, *predictions;      /* sorted by category, image; predictions then by score */
  GArray       *matches[N_AREAS];         /* Match, of the class at hand */
  gint64        n_counted[N_AREAS];       /* truth that is not ignored */
  Curve         sums[N_AREAS][N_CAPS];    /* over the classes with truth */
  double        n_classes[N_AREAS];
} Coco;

static int
compare_place (const QuarryMetricItem *a, const QuarryMetricItem *b)
{
  if (a->category != b->category)
    return a->category < b->category ? -1 : 1;
  if (a->image != b->image)
    return a->image < b->image ? -1 : 1;
  return 0;
}

static int
compare_truth (gconstpointer a, gconstpointer b)
{
  return compare_place (a, b);
}

static int
compare_prediction (gconstpointer a, gconstpointer b)
{
  const int place = compare_place (a, b);
  const double x = ((const QuarryMetricItem *) a)->score;
  const double y = ((const QuarryMetricItem *) b)->score;

  return place != 0 ? place : x > y ? -1 : x < y;
}

static int
compare_match (gconstpointer a, gconstpointer b)
{
  const double x = ((const Match *) a)->score;
  const double y = ((const Match *) b)->score;

  return x > y ? -1 : x < y;
}

/* Intersection over union; over the prediction's own area where @truth is a crowd */
static double
get_overlap (const QuarryMetricItem *prediction, const QuarryMetricItem *truth)
{
  const double *p = prediction->box, *t = truth->box;
  const double width = MIN (p[0] + p[2], t[0] + t[2]) - MAX (p[0], t[0]);
  const double height = MIN (p[1] + p[3], t[1] + t[3]) - MAX (p[1], t[1]);
  const double common = width * height;

  if (width <= 0 || height <= 0)
    return 0;
  return common / (truth->crowd ? p[2] * p[3] : p[2] * p[3] + t[2] * t[3] - common);
}

typedef struct
{
  const QuarryMetricItem *truth, *predictions;
  guint                   n_truth, n_predictions;   /* the latter at most MAX_CAP */
  guint                  *order;                    /* of the truth: counted first, then ignored */
  guint                   n_counted;
  double                 *overlap;                  /* n_predictions × n_truth */
  guint16                *taken;                    /* bit an overlap, by truth */
} Place;

static void
order_truth (Place *place, const double range[2])
{
  guint at = 0;

  for (int ignored = 0; ignored < 2; ignored++)
    {
      for (guint i = 0; i < place->n_truth; i++)
        {
          const QuarryMetricItem *truth = &place->truth[i];
          const gboolean out = truth->crowd || truth->area < range[0] || truth->area > range[1];

          if (out == (ignored == 1))
            place->order[at++] = i;
        }
      if (ignored == 0)
        place->n_counted = at;
    }
}

/* Returns: position in place->order of the truth that prediction @p takes, −1 none */
static int
find_match (const Place *place, guint p, double threshold, guint16 bit)
{
  double best = MIN (threshold, 1 - 1e-10);
  int match = -1;

  for (guint i = 0; i < place->n_truth; i++)
    {
      const guint t = place->order[i];

      if ((place->taken[t] & bit) != 0 && !place->truth[t].crowd)
        continue;
      if (match >= 0 && match < (int) place->n_counted && i >= place->n_counted)
        break;
      if (place->overlap[p * place->n_truth + t] < best)
        continue;
      best = place->overlap[p * place->n_truth + t];
      match = (int) i;
    }
  return match;
}

static void
match_place (Coco *self, Place *place, int area)
{
  const double *range = areas[area];

  order_truth (place, range);
  memset (place->taken, 0, place->n_truth * sizeof *place->taken);
  self->n_counted[area] += place->n_counted;
  for (guint p = 0; p < place->n_predictions; p++)
    {
      const QuarryMetricItem *prediction = &place->predictions[p];
      const gboolean out = prediction->area < range[0] || prediction->area > range[1];
      Match result = { prediction->score, p, 0, 0 };

      for (int t = 0; t < N_OVERLAPS; t++)
        {
          const guint16 bit = (guint16) (1u << t);
          const int match = find_match (place, p, self->overlaps[t], bit);

          if (match >= 0)
            {
              result.matched |= bit;
              place->taken[place->order[match]] |= bit;
            }
          if (match >= 0 ? match >= (int) place->n_counted : out)
            result.ignored |= bit;
        }
      g_array_append_val (self->matches[area], result);
    }
}

static void
measure_place (Coco *self, const QuarryMetricItem *truth, guint n_truth, const QuarryMetricItem *predictions, guint n_predictions)
{
  Place place = { truth, predictions, n_truth, MIN (n_predictions, MAX_CAP) };
  g_autofree guint *order = g_new (guint, n_truth + 1);
  g_autofree double *overlap = g_new (double, (gsize) place.n_predictions * n_truth + 1);
  g_autofree guint16 *taken = g_new (guint16, n_truth + 1);

  place.order = order;
  place.overlap = overlap;
  place.taken = taken;
  for (guint p = 0; p < place.n_predictions; p++)
    for (guint t = 0; t < n_truth; t++)
      overlap[p * n_truth + t] = get_overlap (&predictions[p], &truth[t]);
  for (int area = 0; area < N_AREAS; area++)
    match_place (self, &place, area);
}

/* Precision sampled at the recalls, made falling from the right; 0 beyond the last recall */
static double
sample_precision (double *recall, double *precision, guint n)
{
  double total = 0;
  guint at = 0;

  for (guint i = n; i-- > 1;)
    precision[i - 1] = MAX (precision[i - 1], precision[i]);
  for (int r = 0; r < N_RECALLS; r++)
    {
      const double wanted = r == N_RECALLS - 1 ? 1 : r * (1.0 / (N_RECALLS - 1));

      while (at < n && recall[at] < wanted)
        at++;
      if (at == n)
        break;
      total += precision[at];
    }
  return total / N_RECALLS;
}

/* @matches: of one class and range of area, in falling order of score */
static void
measure_curve (const GArray *matches, gint64 n_counted, guint cap, Curve *out)
{
  g_autofree double *recall = g_new (double, matches->len + 1);
  g_autofree double *precision = g_new (double, matches->len + 1);

  for (int t = 0; t < N_OVERLAPS; t++)
    {
      double right = 0, wrong = 0;
      guint n = 0;

      for (guint i = 0; i < matches->len; i++)
        {
          const Match *match = &g_array_index (matches, Match, i);

          if (match->rank >= cap)
            continue;
          if ((match->ignored >> t & 1) == 0)
            *((match->matched >> t & 1) != 0 ? &right : &wrong) += 1;
          recall[n] = right / (double) n_counted;
          precision[n++] = right / (wrong + right + DBL_EPSILON);
        }
      out->recall[t] = n > 0 ? recall[n - 1] : 0;
      out->precision[t] = sample_precision (recall, precision, n);
    }
}

static double
mean (const double values[N_OVERLAPS])
{
  double total = 0;

  for (int t = 0; t < N_OVERLAPS; t++)
    total += values[t];
  return total / N_OVERLAPS;
}

static void
end_class (Coco *self, QuarryMetricClass *class)
{
  for (int area = 0; area < N_AREAS; area++)
    {
      if (self->n_counted[area] > 0)
        {
          self->n_classes[area]++;
          g_array_sort (self->matches[area], compare_match);
        }
      for (int cap = area == 0 ? 0 : N_CAPS - 1; cap < N_CAPS && self->n_counted[area] > 0; cap++)
        {
          Curve curve;

          measure_curve (self->matches[area], self->n_counted[area], caps[cap], &curve);
          for (int t = 0; t < N_OVERLAPS; t++)
            {
              self->sums[area][cap].precision[t] += curve.precision[t];
              self->sums[area][cap].recall[t] += curve.recall[t];
            }
          if (area == 0 && cap == N_CAPS - 1)
            {
              class->values[0] = mean (curve.precision);
              class->values[1] = curve.precision[0];
              class->values[2] = mean (curve.recall);
            }
        }
      g_array_set_size (self->matches[area], 0);
      self->n_counted[area] = 0;
    }
}

/* From one place (class and image) to the next, over both lists at once */
static void
measure_places (Coco *self, QuarryMetricResult *result, GCancellable *cancellable)
{
  const QuarryMetricItem *truth = (const QuarryMetricItem *) self->truth->data;
  const QuarryMetricItem *predictions = (const QuarryMetricItem *) self->predictions->data;
  QuarryMetricClass *class = NULL;
  guint t = 0, p = 0;

  while ((t < self->truth->len || p < self->predictions->len) && !g_cancellable_is_cancelled (cancellable))
    {
      const QuarryMetricItem *first = t == self->truth->len ? &predictions[p]
                                    : p == self->predictions->len || compare_place (&truth[t], &predictions[p]) <= 0 ? &truth[t]
                                    : &predictions[p];
      guint end_t = t, end_p = p;

      while (end_t < self->truth->len && compare_place (&truth[end_t], first) == 0)
        end_t++;
      while (end_p < self->predictions->len && compare_place (&predictions[end_p], first) == 0)
        end_p++;
      if (class == NULL || class->category != first->category)
        {
          if (class != NULL)
            end_class (self, class);
          class = quarry_metric_result_add (result, &quarry_metric_coco, first->category);
        }
      class->n_truth += end_t - t;
      class->n_predictions += end_p - p;
      measure_place (self, truth + t, end_t - t, predictions + p, end_p - p);
      t = end_t;
      p = end_p;
    }
  if (class != NULL)
    end_class (self, class);
}

static void
summarize (const Coco *self, double values[12])
{
  const Curve *best = &self->sums[0][N_CAPS - 1];

  if (self->n_classes[0] > 0)
    {
      values[0] = mean (best->precision) / self->n_classes[0];
      values[1] = best->precision[0] / self->n_classes[0];
      values[2] = best->precision[5] / self->n_classes[0];
      for (int cap = 0; cap < N_CAPS; cap++)
        values[6 + cap] = mean (self->sums[0][cap].recall) / self->n_classes[0];
    }
  for (int area = 1; area < N_AREAS; area++)
    if (self->n_classes[area] > 0)
      {
        values[2 + area] = mean (self->sums[area][N_CAPS - 1].precision) / self->n_classes[area];
        values[8 + area] = mean (self->sums[area][N_CAPS - 1].recall) / self->n_classes[area];
      }
}

static int
compare_id (gconstpointer a, gconstpointer b)
{
  const gint64 x = *(const gint64 *) a;
  const gint64 y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

static gboolean
check_items (const GArray *items, const GArray *images, gboolean predictions, GError **error)
{
  for (guint i = 0; i < items->len; i++)
    {
      const QuarryMetricItem *item = &g_array_index (items, QuarryMetricItem, i);

      if (!g_array_binary_search ((GArray *) images, &item->image, compare_id, NULL))
        g_set_error (error, QUARRY_METRIC_ERROR, QUARRY_METRIC_ERROR_IMAGE, "%s %u lies in image %" G_GINT64_FORMAT
                     ", which is not measured", predictions ? "prediction" : "label", i + 1, item->image);
      else if (predictions && !isfinite (item->score))
        g_set_error (error, QUARRY_METRIC_ERROR, QUARRY_METRIC_ERROR_SCORE, "prediction %u has no score", i + 1);
      else
        continue;
      return FALSE;
    }
  return TRUE;
}

static QuarryMetricResult *
measure (const GArray *truth, const GArray *predictions, const GArray *images, GCancellable *cancellable, GError **error)
{
  g_autoptr(QuarryMetricResult) result = quarry_metric_result_new (&quarry_metric_coco);
  g_autoptr(GArray) sorted_images = g_array_copy ((GArray *) images);
  g_autoptr(GArray) sorted_truth = g_array_copy ((GArray *) truth);
  g_autoptr(GArray) sorted_predictions = g_array_copy ((GArray *) predictions);
  g_autofree Coco *self = g_new0 (Coco, 1);

  g_array_sort (sorted_images, compare_id);
  if (!check_items (truth, sorted_images, FALSE, error) || !check_items (predictions, sorted_images, TRUE, error))
    return NULL;
  g_array_sort (sorted_truth, compare_truth);       /* a merge sort: stable, as the reference's */
  g_array_sort (sorted_predictions, compare_prediction);
  self->truth = sorted_truth;
  self->predictions = sorted_predictions;
  for (int t = 0; t < N_OVERLAPS; t++)
    self->overlaps[t] = t == N_OVERLAPS - 1 ? 0.95 : t * ((0.95 - 0.5) / 9) + 0.5;
  for (int area = 0; area < N_AREAS; area++)
    self->matches[area] = g_array_new (FALSE, FALSE, sizeof (Match));
  measure_places (self, result, cancellable);
  summarize (self, result->values);
  for (int area = 0; area < N_AREAS; area++)
    g_array_unref (self->matches[area]);
  return g_cancellable_set_error_if_cancelled (cancellable, error) ? NULL : g_steal_pointer (&result);
}

static const char * const value_names[] = {
  "AP", "AP50", "AP75", "APsmall", "APmedium", "APlarge", "AR1", "AR10", "AR100", "ARsmall", "ARmedium", "ARlarge", NULL
};
static const char * const class_value_names[] = { "AP", "AP50", "AR100", NULL };

const QuarryMetric quarry_metric_coco = {
  .id = "coco",
  .name = "COCO boxes",
  .values = value_names,
  .class_values = class_value_names,
  .measure = measure,
};
