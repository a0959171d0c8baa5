/* quarry-grid-cache.h: frame records and thumbnails of the cells in view, and of the last some hundred
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Main thread. Records are read in batches in a worker; a wish that is taken back before its batch starts is never
 * read, a thumbnail that nobody waits for is not decoded. Signal "loaded" (gint64 frame): its record or its
 * thumbnail has come.
 */

#pragma once

#include "quarry-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_GRID_CACHE (quarry_grid_cache_get_type ())
G_DECLARE_FINAL_TYPE (QuarryGridCache, quarry_grid_cache, QUARRY, GRID_CACHE, GObject)

QuarryGridCache   *quarry_grid_cache_new         (QuarrySession    *session);
QuarryFacets      *quarry_grid_cache_get_facets  (QuarryGridCache  *self);
const QuarryFrame *quarry_grid_cache_get_frame   (QuarryGridCache  *self,
                                                  QuarryId          frame);      /* (nullable): what is known now; until the main loop runs again */
GdkTexture        *quarry_grid_cache_get_texture (QuarryGridCache  *self,
                                                  QuarryId          frame);      /* (transfer none) (nullable) */
gboolean           quarry_grid_cache_is_broken   (QuarryGridCache  *self,
                                                  QuarryId          frame);      /* there is no picture, or it cannot be read */
void               quarry_grid_cache_want        (QuarryGridCache  *self,
                                                  const GArray     *frames);     /* QuarryId in view, the most wanted first; everything else is taken back */
guint              quarry_grid_cache_get_n       (QuarryGridCache  *self);

G_END_DECLS
