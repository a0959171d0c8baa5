/* quarry-demo-model.h: puts solids together into machines, people and things
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Everything is given in the current frame; push goes into a child frame (a boom, a wheel), pop comes back.
 * An object's own frame has +x forward, +y left, z up, the origin on the ground.
 */

#pragma once

#include "quarry-demo-part.h"

G_BEGIN_DECLS

#define QUARRY_DEMO_MODEL_DEPTH 8

typedef struct
{
  GArray  *parts;           /* QuarryDemoPart, world; borrowed */
  guint    object;          /* of the parts to come */
  guint32  seed;
  Vec3     color;
  Frame3   frames[QUARRY_DEMO_MODEL_DEPTH];      /* world_from_current; the last is the current one */
  int      depth;
} QuarryDemoModel;

void quarry_demo_model_begin     (QuarryDemoModel *self, GArray *parts, guint object, guint32 seed, Frame3 world_from_object);
void quarry_demo_model_push      (QuarryDemoModel *self, Frame3 current_from_child);
void quarry_demo_model_pop       (QuarryDemoModel *self);
Vec3 quarry_demo_model_world     (const QuarryDemoModel *self, Vec3 current);
Vec3 quarry_demo_model_current   (const QuarryDemoModel *self, Vec3 world);

void quarry_demo_model_box       (QuarryDemoModel *self, QuarryDemoMaterial material, Vec3 centre, Vec3 half);
void quarry_demo_model_rod       (QuarryDemoModel *self, QuarryDemoMaterial material, Vec3 from, Vec3 to, float r_from, float r_to);
void quarry_demo_model_limb      (QuarryDemoModel *self, QuarryDemoMaterial material, Vec3 from, Vec3 to, float radius);
void quarry_demo_model_ellipsoid (QuarryDemoModel *self, QuarryDemoMaterial material, Vec3 centre, Vec3 radii);
void quarry_demo_model_prism     (QuarryDemoModel *self, QuarryDemoMaterial material, float y, float half, int n,
                                  const float (*outline)[2]);        /* x z corners, convex, x towards z (counter-clockwise) */
void quarry_demo_model_mound     (QuarryDemoModel *self, QuarryDemoMaterial material, const QuarryDemoField *mound);

/* Hydraulics from a point to a point of different frames, given in the world */
void quarry_demo_model_cylinder  (QuarryDemoModel *self, Vec3 from_world, Vec3 to_world, float radius);

/* What stands on the site; @phase in radians where something swings or steps */
typedef struct { float swing, boom, stick, bucket; gboolean loaded; } QuarryDemoDigging;      /* radians, see quarry-demo-excavator.c */

void quarry_demo_add_excavator   (QuarryDemoModel *self, const QuarryDemoDigging *digging);
void quarry_demo_add_haul_truck  (QuarryDemoModel *self, float rolled, float steer, gboolean loaded);       /* metres driven */
void quarry_demo_add_dozer       (QuarryDemoModel *self, float blade);                                      /* metres lifted */
void quarry_demo_add_worker      (QuarryDemoModel *self, float phase, float stride, int look);              /* stride 0 stands */
void quarry_demo_add_cone        (QuarryDemoModel *self);
void quarry_demo_add_barrier     (QuarryDemoModel *self);
void quarry_demo_add_container   (QuarryDemoModel *self, int look);
void quarry_demo_add_pipes       (QuarryDemoModel *self);
void quarry_demo_add_mast        (QuarryDemoModel *self);

G_END_DECLS
