/* quarry-metric.h: predictions against truth, in numbers
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A metric works on plain arrays and knows nothing of the catalog. Adding one: one file with a QuarryMetric, one
 * line in the table in quarry-metric.c.
 */

#pragma once

#include "quarry-catalog.h"
#include "quarry-operation.h"

G_BEGIN_DECLS

#define QUARRY_METRIC_ERROR (quarry_metric_error_quark ())
typedef enum
{
  QUARRY_METRIC_ERROR_FAILED,
  QUARRY_METRIC_ERROR_IMAGE,       /* a prediction on an image that is not measured */
  QUARRY_METRIC_ERROR_SCORE,       /* a prediction without a score */
  QUARRY_METRIC_ERROR_NOTHING,     /* no such annotation set, or nothing in it */
} QuarryMetricError;
GQuark quarry_metric_error_quark (void);

typedef struct
{
  gint64   image;
  gint64   category;
  double   box[4];       /* x, y, width, height, pixels */
  double   area;         /* square pixels: of truth as labelled; of predictions width × height */
  double   score;        /* predictions only */
  gboolean crowd;        /* truth only: many things as one; predictions in it count neither way */
} QuarryMetricItem;

typedef struct
{
  gint64  category;
  gint64  n_truth, n_predictions;
  double *values;        /* as many as the metric's class_values; −1 where there is no truth */
} QuarryMetricClass;

typedef struct
{
  double    *values;     /* as many as the metric's values; −1 where there is nothing to measure */
  GPtrArray *classes;    /* QuarryMetricClass, by category */
} QuarryMetricResult;

typedef struct
{
  const char         *id;             /* "coco" */
  const char         *name;
  const char * const *values;         /* names, NULL-ended */
  const char * const *class_values;   /* names, NULL-ended */
  QuarryMetricResult *(*measure) (const GArray  *truth,         /* QuarryMetricItem */
                                  const GArray  *predictions,   /* QuarryMetricItem */
                                  const GArray  *images,        /* gint64: those that are measured, also without truth */
                                  GCancellable  *cancellable,
                                  GError       **error);
} QuarryMetric;

const QuarryMetric * const *quarry_metric_list        (void);           /* NULL-ended */
const QuarryMetric         *quarry_metric_find        (const char               *id);
QuarryMetricResult         *quarry_metric_result_new  (const QuarryMetric       *metric);
QuarryMetricClass          *quarry_metric_result_add  (QuarryMetricResult       *self,
                                                       const QuarryMetric       *metric,
                                                       gint64                    category);
void                        quarry_metric_result_free (QuarryMetricResult       *self);

/* The catalog's road: quarry-evaluate.c */
typedef struct
{
  QuarryId     predictions, truth;     /* annotation sets */
  QuarryQuery *query;                  /* which frames; NULL: those with truth */
} QuarryEvaluateRequest;

typedef struct
{
  const QuarryMetric *metric;
  QuarryMetricResult *result;
  char               *predictions, *truth;    /* names of the sets */
  gint64              n_images;
  GHashTable         *class_names;            /* QuarryId → name */
} QuarryEvaluation;

QuarryEvaluation *quarry_evaluate             (QuarryCatalog                *catalog,
                                               const QuarryMetric           *metric,
                                               const QuarryEvaluateRequest  *request,
                                               QuarryOperation              *operation,
                                               GError                      **error);     /* blocking; stored in the catalog as well */
char             *quarry_evaluation_to_text   (const QuarryEvaluation       *self);
char             *quarry_evaluation_to_json   (const QuarryEvaluation       *self);
void              quarry_evaluation_free      (QuarryEvaluation             *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryMetricResult, quarry_metric_result_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryEvaluation, quarry_evaluation_free)

G_END_DECLS
