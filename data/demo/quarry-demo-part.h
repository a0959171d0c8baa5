/* quarry-demo-part.h: the simple solids that the demo's machines and people are made of
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-demo-field.h"

G_BEGIN_DECLS

typedef enum
{
  QUARRY_DEMO_BOX,          /* size: half extents */
  QUARRY_DEMO_CONE,         /* about z; size: radius at −z, radius at +z, half length */
  QUARRY_DEMO_ELLIPSOID,    /* size: radii */
  QUARRY_DEMO_CAPSULE,      /* about z; size.x radius, size.z half length of the straight part */
  QUARRY_DEMO_PRISM,        /* convex outline in x z, drawn along y; size.y half thickness */
  QUARRY_DEMO_MOUND,        /* a height field */
} QuarryDemoSolid;

typedef enum
{
  QUARRY_DEMO_PAINT,        /* machine paint of the part's colour: dust, wear at the edges */
  QUARRY_DEMO_STEEL,        /* worn steel of buckets, blades, teeth */
  QUARRY_DEMO_DARK,         /* dark painted metal: chassis, frames */
  QUARRY_DEMO_CHROME,       /* cylinder rods */
  QUARRY_DEMO_RUBBER,       /* tyres */
  QUARRY_DEMO_TRACK,        /* crawler tracks, plates across */
  QUARRY_DEMO_GLASS,
  QUARRY_DEMO_HIVIS,        /* clothing of the part's colour with reflective bands across z */
  QUARRY_DEMO_CLOTH,
  QUARRY_DEMO_SKIN,
  QUARRY_DEMO_PLASTIC,      /* helmets, lamps */
  QUARRY_DEMO_BANDS,        /* white bands across z: traffic cones */
  QUARRY_DEMO_STRIPES,      /* slanted red and white: barriers */
  QUARRY_DEMO_CORRUGATED,   /* container walls */
  QUARRY_DEMO_GRAVEL,       /* loose material of the part's colour */
  QUARRY_DEMO_LEAVES,
} QuarryDemoMaterial;

#define QUARRY_DEMO_MAX_SIDES 8

typedef struct
{
  QuarryDemoSolid        solid;
  QuarryDemoMaterial     material;
  guint                  object;            /* index in the scene */
  guint32                seed;              /* of its texture */
  Vec3                   color;             /* linear */
  Frame3                 world_from_part;
  Vec3                   size;
  int                    n_sides;           /* prism: outline sides n·(x, z) ≤ d */
  float                  sides[QUARRY_DEMO_MAX_SIDES][3];
  const QuarryDemoField *mound;
  Vec3                   low, high;         /* extents in its own frame */
  Vec3                   centre;            /* bounding sphere, world */
  float                  radius;
} QuarryDemoPart;

gboolean quarry_demo_part_hit     (const QuarryDemoPart *self,         /* ray in the part's frame; hits from outside only */
                                   Vec3                  origin,
                                   Vec3                  direction,
                                   float                 limit,
                                   float                *out_t,
                                   int                  *out_face);
Vec3     quarry_demo_part_normal  (const QuarryDemoPart *self,         /* in the part's frame */
                                   Vec3                  point,
                                   int                   face);
float    quarry_demo_part_support (const QuarryDemoPart *self,         /* greatest u · x over the solid; both in the part's frame */
                                   Vec3                  u);
void     quarry_demo_part_bound   (QuarryDemoPart       *self);        /* fills low, high, centre, radius */

G_END_DECLS
