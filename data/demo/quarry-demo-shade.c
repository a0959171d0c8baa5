/* quarry-demo-shade.c: light on what a ray met
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo-light.h"

#define SUN_LIGHT    ((Vec3) { 2.35f, 2.02f, 1.52f })
#define SKY_LIGHT    ((Vec3) { 0.30f, 0.385f, 0.53f })
#define GROUND_LIGHT ((Vec3) { 0.21f, 0.16f, 0.11f })
#define HAZE_M       620.0f         /* metres in which the air takes 63 % */

/* How much sky the ground near machines still sees: their footprint darkens it, the more the closer
 */
static float
open_sky (const QuarryDemoScene *scene, Vec3 at)
{
  float open = 1;

  for (guint i = 0; i < scene->objects->len; i++)
    {
      const QuarryDemoObject *object = &g_array_index (scene->objects, QuarryDemoObject, i);
      const float dx = at.x - object->centre.x, dy = at.y - object->centre.y,
                  reach = object->radius + 1.2f;
      Vec3 p;
      float gap_x, gap_y, tall;

      if (dx * dx + dy * dy > reach * reach ||
          g_array_index (scene->parts, QuarryDemoPart, object->first_part).solid ==
              QUARRY_DEMO_MOUND)
        continue;
      p = frame3_unapply (&object->world_from_object, at);
      tall = MIN (object->high.z, 1.6f);
      gap_x = MAX (MAX (object->low.x - p.x, p.x - object->high.x), 0);
      gap_y = MAX (MAX (object->low.y - p.y, p.y - object->high.y), 0);
      open *= 1 - 0.5f * MIN (tall, 1) *
                      expf (-sqrtf (gap_x * gap_x + gap_y * gap_y) / (0.3f * tall + 0.05f));
    }
  return open;
}

static Vec3
shade_ground (const QuarryDemoScene *scene, Vec3 o, Vec3 d, QuarryDemoHit *hit, float footprint)
{
  const Vec3 sun = quarry_demo_sky_sun (), at = vec3_along (o, hit->t, d);
  const float flat = MAX (-d.z, 0.03f);
  const QuarryDemoSoil soil = quarry_demo_ground_look (scene->site->ground, at.x, at.y,
                                                       hit->t * footprint / sqrtf (flat) * 0.8f);
  const float facing = MAX (vec3_dot (soil.normal, sun), 0);
  const gboolean blocked = quarry_demo_sun_blocked (scene, vec3 (at.x, at.y, at.z + 0.01f));
  const float direct = blocked ? 0 : facing * soil.sun;
  const float sky = (0.55f + 0.45f * soil.normal.z) * soil.sky * open_sky (scene, at);

  Vec3 color =
      vec3_times (soil.albedo, vec3_along (vec3_scale (SKY_LIGHT, sky), direct, SUN_LIGHT));

  hit->flags = blocked ? QUARRY_DEMO_SHADOWED : 0;
  if (soil.water > 0)
    {
      const Vec3 mirrored = vec3 (d.x, d.y, MAX (-d.z, 0.02f));
      const float fresnel = 0.03f + 0.97f * powf (1 - flat, 5);

      color = vec3_mix (color,
                        vec3_mix (vec3_scale (color, 0.55f),
                                  quarry_demo_sky_color (scene->site->sky, mirrored), fresnel),
                        soil.water);
    }
  return color;
}

static Vec3
shade_part (const QuarryDemoScene *scene, Vec3 o, Vec3 d, QuarryDemoHit *hit, float footprint)
{
  const QuarryDemoPart *part =
      &g_array_index (scene->parts, QuarryDemoPart, hit->part - QUARRY_DEMO_PARTS);
  const Vec3 sun = quarry_demo_sky_sun (), at = vec3_along (o, hit->t, d);
  const Vec3 p = frame3_unapply (&part->world_from_part, at);
  Vec3 normal = quarry_demo_part_normal (part, p, hit->face);
  const Vec3 plain = frame3_rotate (&part->world_from_part, normal);
  const QuarryDemoLook look = quarry_demo_material_look (part, scene->site->ground, p, at, &normal,
                                                         hit->face, hit->t * footprint);
  const Vec3 n = frame3_rotate (&part->world_from_part, normal);
  const Vec3 mirrored = vec3_along (d, -2 * vec3_dot (d, n), n);
  const float facing = vec3_dot (n, sun),
              above = at.z - quarry_demo_field_height (
                                 quarry_demo_ground_get_field (scene->site->ground), at.x, at.y);
  const gboolean blocked =
      vec3_dot (plain, sun) <= 0 || quarry_demo_sun_blocked (scene, vec3_along (at, 0.015f, plain));
  const float direct = blocked ? 0 : MAX (facing, 0);
  const float near_ground =
      part->solid == QUARRY_DEMO_MOUND ? 1 : 0.45f + 0.55f * smoothf (-0.1f, 1.3f, above);
  const Vec3 ambient =
      vec3_scale (vec3_mix (GROUND_LIGHT, SKY_LIGHT, 0.5f + 0.5f * n.z), near_ground);
  const float fresnel = look.mirror + (1 - look.mirror) * 0.6f * look.gloss *
                                          powf (1 - clampf (-vec3_dot (d, n), 0, 1), 5);
  Vec3 color = vec3_times (look.albedo, vec3_along (ambient, direct, SUN_LIGHT));

  hit->flags = blocked ? QUARRY_DEMO_SHADOWED : 0;
  if (fresnel > 0.004f)
    {
      const Vec3 seen = mirrored.z > 0 ? quarry_demo_sky_color (scene->site->sky, mirrored)
                                       : vec3 (0.09f, 0.07f, 0.05f);

      color = vec3_mix (color, vec3_scale (seen, near_ground), fresnel * 0.8f);
    }
  if (direct > 0 && look.gloss > 0.1f)
    color = vec3_along (color, look.gloss * 0.5f * powf (MAX (vec3_dot (mirrored, sun), 0), 40),
                        SUN_LIGHT);
  return color;
}

Vec3
quarry_demo_shade (const QuarryDemoScene *scene, Vec3 o, Vec3 d, QuarryDemoHit *hit,
                   float footprint)
{
  Vec3 color;

  if (hit->part == QUARRY_DEMO_SKY)
    return quarry_demo_sky_color (scene->site->sky, d);
  color = hit->part == QUARRY_DEMO_GROUND ? shade_ground (scene, o, d, hit, footprint)
                                          : shade_part (scene, o, d, hit, footprint);
  return vec3_mix (quarry_demo_sky_haze (scene->site->sky, d), color, expf (-hit->t / HAZE_M));
}
