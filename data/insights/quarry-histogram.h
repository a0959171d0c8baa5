/* quarry-histogram.h: how what is measured is spread over the frames of a query
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A bin is a term of a query, and its count is that of the query with the term: what one clicks is what one sees.
 */

#pragma once

#include "quarry-catalog.h"

G_BEGIN_DECLS

typedef struct
{
  char   *name;         /* "10 – 20 %", "below 10 %", "90 % and more" */
  char   *term;         /* "brightness=10..20%" */
  gint64  n_frames;
} QuarryBin;

GPtrArray *quarry_histogram_new (QuarryCatalog    *catalog,      /* QuarryBin in order; empty where there are no numbers */
                                 QuarryMeasureId   measure,
                                 QuarryQuery      *query,        /* nullable */
                                 GCancellable     *cancellable,
                                 GError          **error);       /* blocking */

G_END_DECLS
