/* quarry-rle.h: masks as runs, as COCO counts and writes them
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Runs go down the columns, left to right, and alternate; the first counts zeros and may be 0. They come as
 * a GArray of double, as in an annotation's geometry after its width and height.
 */

#pragma once

#include "quarry-types.h"

G_BEGIN_DECLS

typedef enum { QUARRY_RLE_OR, QUARRY_RLE_AND, QUARRY_RLE_XOR } QuarryRleOperator;

char   *quarry_rle_to_string    (const double       *runs,
                                 gsize               n_runs);
GArray *quarry_rle_from_string  (const char         *text,
                                 GError            **error);
GArray *quarry_rle_from_polygon (const double       *xy,
                                 gsize               n_points,
                                 int                 width,
                                 int                 height);
GArray *quarry_rle_combine      (const double       *a,
                                 gsize               n_a,
                                 const double       *b,
                                 gsize               n_b,
                                 QuarryRleOperator   operator);
double  quarry_rle_get_area     (const double       *runs,
                                 gsize               n_runs);

G_END_DECLS
