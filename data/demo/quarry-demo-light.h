/* quarry-demo-light.h: what the demo's ray caster shades with: ground, sky, sun, materials
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Colours are linear; 1 is a white wall in the sun, about.
 */

#pragma once

#include "quarry-demo-private.h"

G_BEGIN_DECLS

/* The way of trucks over the site and of our own machine; metres, world */
Vec3              quarry_demo_road_at       (float                   along);      /* x, y and z = heading in radians */
float             quarry_demo_road_length   (void);
Vec3              quarry_demo_way_at        (float                   along);      /* our own: same */

QuarryDemoGround *quarry_demo_ground_new    (guint32                 seed);
void              quarry_demo_ground_free   (QuarryDemoGround       *self);
const QuarryDemoField *quarry_demo_ground_get_field (const QuarryDemoGround *self);
float             quarry_demo_ground_smooth (guint32                 seed,        /* height without what is smaller than a wheel */
                                             float                   x,
                                             float                   y);
gboolean          quarry_demo_ground_hit    (const QuarryDemoGround *self,
                                             Vec3                    origin,
                                             Vec3                    direction,
                                             float                   limit,
                                             float                  *out_t);
/* Albedo, normal, how much of sun and sky reach the ground past its own relief, and standing water */
typedef struct { Vec3 albedo, normal; float sun, sky, water; } QuarryDemoSoil;
QuarryDemoSoil    quarry_demo_ground_look   (const QuarryDemoGround *self,
                                             float                   x,
                                             float                   y,
                                             float                   footprint);  /* metres a pixel covers here */
/* Loose-material structure at metres u, v: brightness factor about 1, and slopes */
typedef struct { float shade, du, dv; } QuarryDemoGrain;
QuarryDemoGrain   quarry_demo_ground_grain  (const QuarryDemoGround *self,
                                             float                   u,
                                             float                   v,
                                             float                   footprint);

typedef struct _QuarryDemoMarks QuarryDemoMarks;
QuarryDemoMarks  *quarry_demo_marks_new     (guint32                 seed);
void              quarry_demo_marks_free    (QuarryDemoMarks        *self);
gboolean          quarry_demo_marks_look    (const QuarryDemoMarks  *self,
                                             float                   x,
                                             float                   y,
                                             float                   footprint,
                                             QuarryDemoGrain        *out_grain,
                                             float                  *out_pressed);

QuarryDemoSky    *quarry_demo_sky_new       (guint32                 seed,
                                             int                     width);
void              quarry_demo_sky_free      (QuarryDemoSky          *self);
Vec3              quarry_demo_sky_color     (const QuarryDemoSky    *self,
                                             Vec3                    direction);
Vec3              quarry_demo_sky_haze      (const QuarryDemoSky    *self,        /* the air's own light low in this direction */
                                             Vec3                    direction);
Vec3              quarry_demo_sky_sun       (void);                               /* unit vector towards the sun */

/* Shadows of solids: the parts are sorted into a grid across the sun's direction */
QuarryDemoSun    *quarry_demo_sun_new       (const QuarryDemoScene  *scene);
void              quarry_demo_sun_free      (QuarryDemoSun          *self);
gboolean          quarry_demo_sun_blocked   (const QuarryDemoScene  *scene,
                                             Vec3                    point);

/* @footprint: radians a pixel covers */
Vec3              quarry_demo_shade         (const QuarryDemoScene  *scene,
                                             Vec3                    origin,
                                             Vec3                    direction,
                                             QuarryDemoHit          *hit,         /* flags: gets QUARRY_DEMO_SHADOWED */
                                             float                   footprint);
enum { QUARRY_DEMO_SHADOWED = 1 };

/* For the material of a part: albedo at a point of its own frame, @normal there; intensity of a lidar return */
typedef struct { Vec3 albedo; float gloss, mirror; } QuarryDemoLook;
QuarryDemoLook    quarry_demo_material_look (const QuarryDemoPart   *part,
                                             const QuarryDemoGround *ground,
                                             Vec3                    point,
                                             Vec3                    world,
                                             Vec3                   *normal,      /* in the part's frame; may be bent */
                                             int                     face,
                                             float                   footprint);  /* metres */
float             quarry_demo_material_echo (QuarryDemoMaterial      material,
                                             Vec3                    color,
                                             float                   cosine);

G_END_DECLS
