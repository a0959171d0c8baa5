/* quarry-facets.h: scenes, tags, classes, sensors, datasets and how many frames of the query each holds
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Main thread; counted in a worker at each query and each change of the catalog, the latest wins. Signal
 * "changed": new rows are there.
 */

#pragma once

#include "quarry-session.h"

G_BEGIN_DECLS

#define QUARRY_TYPE_FACETS (quarry_facets_get_type ())
G_DECLARE_FINAL_TYPE (QuarryFacets, quarry_facets, QUARRY, FACETS, GObject)

QuarryFacets         *quarry_facets_new        (QuarrySession *session);     /* the session outlives it */
GPtrArray            *quarry_facets_get        (QuarryFacets  *self,
                                                QuarryFacet    facet);       /* (transfer none): QuarryFacetRow; empty until counted and for facets no view shows */
const QuarryFacetRow *quarry_facets_find       (QuarryFacets  *self,
                                                QuarryFacet    facet,
                                                const char    *name);        /* (nullable) */
gint64                quarry_facets_get_total  (QuarryFacets  *self);        /* frames in the catalog, whatever the query; −1 until counted */
gboolean              quarry_facets_is_counted (QuarryFacets  *self);

/* Returns: (nullable): the name of the source of a scene whose name other scenes have, too; NULL where it is the only one */
const char *quarry_facets_get_namesake_source (QuarryFacets *self, QuarryId scene);

G_END_DECLS
