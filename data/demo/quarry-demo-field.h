/* quarry-demo-field.h: a height field and the rays that meet it: the ground, and every pile
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-demo-vector.h"

G_BEGIN_DECLS

#define QUARRY_DEMO_FIELD_LEVELS 12

/* Square, n × n cells (n a power of two), heights at their corners. A pyramid of highest points lets rays
 * step over what lies below them. */
typedef struct
{
  int    n;
  float  cell;                /* metres */
  float  x0, y0;              /* corner of the first cell */
  float  low, high;           /* of all heights */
  float *heights;             /* (n + 1)², rows along x */
  int    n_levels;
  float *tops[QUARRY_DEMO_FIELD_LEVELS];      /* level l: (n >> l)² */
} QuarryDemoField;

QuarryDemoField *quarry_demo_field_new        (int                    n,
                                               float                  cell,
                                               float                  x0,
                                               float                  y0);
void             quarry_demo_field_finish     (QuarryDemoField       *self);       /* after the heights are set */
void             quarry_demo_field_free       (QuarryDemoField       *self);
float            quarry_demo_field_height     (const QuarryDemoField *self,        /* outside: of the nearest border */
                                               float                  x,
                                               float                  y);
Vec3             quarry_demo_field_normal     (const QuarryDemoField *self,
                                               float                  x,
                                               float                  y);
gboolean         quarry_demo_field_hit        (const QuarryDemoField *self,
                                               Vec3                   origin,
                                               Vec3                   direction,
                                               float                  limit,       /* only hits nearer than this */
                                               float                 *out_t);

G_END_DECLS
