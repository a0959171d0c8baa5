/* quarry-metric.c: the list of metrics, and their results
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-metric.h"

extern const QuarryMetric quarry_metric_coco;

/* The one list */
static const QuarryMetric * const metrics[] = {
  &quarry_metric_coco,
  NULL
};

G_DEFINE_QUARK (quarry-metric-error-quark, quarry_metric_error)

const QuarryMetric * const *
quarry_metric_list (void)
{
  return metrics;
}

/* Returns: (transfer none) (nullable) */
const QuarryMetric *
quarry_metric_find (const char *id)
{
  for (guint i = 0; metrics[i] != NULL; i++)
    if (g_strcmp0 (metrics[i]->id, id) == 0)
      return metrics[i];
  return NULL;
}

static double *
new_values (const char * const *names)
{
  const guint n = g_strv_length ((char **) names);
  double *values = g_new (double, n);

  for (guint i = 0; i < n; i++)
    values[i] = -1;
  return values;
}

static void
class_free (gpointer data)
{
  QuarryMetricClass *class = data;

  g_free (class->values);
  g_free (class);
}

/* Returns: (transfer full): all values −1 */
QuarryMetricResult *
quarry_metric_result_new (const QuarryMetric *metric)
{
  QuarryMetricResult *self = g_new0 (QuarryMetricResult, 1);

  self->values = new_values (metric->values);
  self->classes = g_ptr_array_new_with_free_func (class_free);
  return self;
}

/* Returns: (transfer none): all values −1 */
QuarryMetricClass *
quarry_metric_result_add (QuarryMetricResult *self, const QuarryMetric *metric, gint64 category)
{
  QuarryMetricClass *class = g_new0 (QuarryMetricClass, 1);

  class->category = category;
  class->values = new_values (metric->class_values);
  g_ptr_array_add (self->classes, class);
  return class;
}

void
quarry_metric_result_free (QuarryMetricResult *self)
{
  g_ptr_array_unref (self->classes);
  g_free (self->values);
  g_free (self);
}
