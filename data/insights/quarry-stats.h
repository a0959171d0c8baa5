/* quarry-stats.h: how much there is of what, under a query
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-catalog.h"

G_BEGIN_DECLS

typedef struct
{
  char         *query;                      /* its text */
  QuarryTotals  totals;
  GPtrArray    *facets[QUARRY_N_FACETS];    /* QuarryFacetRow, the largest first */
  GPtrArray    *health;                     /* QuarrySensorHealth of the sensors that the frames have, over their whole scenes */
} QuarryStats;

QuarryStats *quarry_stats_new          (QuarryCatalog     *catalog,
                                        QuarryQuery       *query,
                                        GCancellable      *cancellable,
                                        GError           **error);      /* blocking */
char        *quarry_stats_to_text      (const QuarryStats *self);
char        *quarry_stats_to_json      (const QuarryStats *self);
void         quarry_stats_free         (QuarryStats       *self);
const char  *quarry_stats_facet_name   (QuarryFacet        facet);      /* "class"; also the field of a query that selects a row's frames */
gint64       quarry_stats_facet_weight (QuarryFacet           facet,
                                        const QuarryFacetRow *row);     /* what its bar shows: annotations of classes and sets, frames of all others */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryStats, quarry_stats_free)

G_END_DECLS
