/* quarry-polygon.h: polygons of several rings, as annotations keep them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-annotation.h"

G_BEGIN_DECLS

typedef struct
{
  const double *xy;      /* pixels; belongs to the annotation */
  gsize         n;       /* points */
} QuarryRing;

GArray  *quarry_polygon_list_rings (const double     *geometry,
                                    gsize             n_geometry);
gboolean quarry_polygon_has_holes  (const GArray     *rings);
double   quarry_polygon_get_area   (const GArray     *rings);
gboolean quarry_ring_contains      (const QuarryRing *self,
                                    double            x,
                                    double            y);

G_END_DECLS
