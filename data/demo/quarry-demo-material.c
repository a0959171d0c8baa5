/* quarry-demo-material.c: how machines, people and heaps look
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo-light.h"
#include "quarry-demo-noise.h"

#define DUST ((Vec3) { 0.30f, 0.225f, 0.15f })

/* Noise over the surface that fades out where it becomes finer than a pixel */
static float
spots (const QuarryDemoPart *part, Vec3 p, float size, float footprint, guint32 salt)
{
  const float fade = smoothf (1.0f, 0.35f, footprint / size);

  if (fade <= 0)
    return 0;
  return fade * demo_noise3 (p.x / size + 11, p.y / size, p.z / size, part->seed % 4096 + salt);
}

/* Metres from the nearest edge of a box or prism face, for worn paint and softened edges */
static float
edge_distance (const QuarryDemoPart *part, Vec3 p, int face)
{
  float first = INFINITY, second = INFINITY;

  if (part->solid != QUARRY_DEMO_BOX && part->solid != QUARRY_DEMO_PRISM)
    return INFINITY;
  if (part->solid == QUARRY_DEMO_BOX)
    {
      const float gap[3] = { part->size.x - fabsf (p.x), part->size.y - fabsf (p.y),
                             part->size.z - fabsf (p.z) };

      for (int i = 0; i < 3; i++)
        if (i != face / 2)
          first = MIN (first, gap[i]);
      return first;
    }
  for (int i = 0; i < part->n_sides; i++)
    if (i != face)
      first = MIN (first, part->sides[i][2] - part->sides[i][0] * p.x - part->sides[i][1] * p.z);
  second = face < QUARRY_DEMO_MAX_SIDES ? part->size.y - fabsf (p.y) : INFINITY;
  return MIN (first, second);
}

/* Mud from below, dust on what looks up */
static Vec3
soil_over (Vec3 albedo, const QuarryDemoPart *part, Vec3 p, Vec3 world, Vec3 normal, float above,
           float footprint)
{
  const float up = frame3_rotate (&part->world_from_part, normal).z;
  const float blotch =
      spots (part, p, 0.32f, footprint, 1) + 0.5f * spots (part, p, 0.1f, footprint, 2);
  const float mud = smoothf (1.35f, 0.1f, above - 0.35f * blotch),
              dust = 0.38f * MAX (up, 0) + 0.12f + 0.14f * blotch;

  albedo = vec3_mix (albedo, DUST, clampf (dust, 0, 0.7f));
  return vec3_mix (albedo, vec3_scale (DUST, 0.72f), 0.78f * mud);
}

/* Joints between sheets on large faces */
static float
seams (const QuarryDemoPart *part, Vec3 p, int face, float footprint)
{
  const float big = MAX (part->high.x - part->low.x, part->high.z - part->low.z);
  const float period = 0.85f + 0.3f * demo_unit (part->seed), line = MAX (0.012f, 0.7f * footprint);
  const float f = fabsf (p.x / period - floorf (p.x / period) - 0.5f) * period,
              g = fabsf (p.z - 0.05f);
  const float strength = 0.012f / line;

  if (big < 0.7f || (part->solid != QUARRY_DEMO_BOX && part->solid != QUARRY_DEMO_PRISM))
    return 0;
  if (part->high.z - part->low.z < 0.5f)
    return strength * smoothf (line, 0.4f * line, f);
  return strength * MAX (smoothf (line, 0.4f * line, f), smoothf (line, 0.4f * line, g));
}

static Vec3
paint (const QuarryDemoPart *part, Vec3 p, Vec3 world, Vec3 normal, int face, float above,
       float footprint)
{
  const float edge = edge_distance (part, p, face);
  const float worn = smoothf (0.035f, 0.0f, edge + 0.03f * spots (part, p, 0.06f, footprint, 5)) *
                     smoothf (0.12f, 0.02f, footprint);
  const float faded = 1 + 0.10f * spots (part, p, 0.7f, footprint, 3);
  Vec3 albedo = vec3_scale (part->color, faded * (1 - 0.55f * seams (part, p, face, footprint)));

  albedo = vec3_mix (albedo, vec3 (0.16f, 0.13f, 0.11f), 0.45f * worn);
  return soil_over (albedo, part, p, world, normal, above, footprint);
}

/* @at: metres; 1 on a band of @width every @period */
static float
band (float at, float period, float width, float footprint)
{
  const float f = at / period - floorf (at / period), soft = MAX (footprint / period, 0.01f);
  const float share = width / period;
  const float sharp = clampf (0.5f + (share / 2 - fabsf (f - 0.5f)) / soft, 0, 1);

  return mixf (sharp, share, smoothf (0.3f, 0.9f, soft));
}

static Vec3
hivis (const QuarryDemoPart *part, Vec3 p, float footprint)
{
  const float across =
      part->solid == QUARRY_DEMO_ELLIPSOID ? MAX (band (p.z + 0.13f, 10, 0.055f, footprint), 0) : 0;
  const float low =
      part->solid == QUARRY_DEMO_ELLIPSOID
          ? clampf (0.5f + (0.028f - fabsf (p.z + 0.02f)) / MAX (footprint, 0.004f), 0, 1)
          : 0;
  const float braces = part->solid == QUARRY_DEMO_ELLIPSOID && p.z > -0.02f
    ? clampf (0.5f + (0.025f - fabsf (fabsf (p.y) - 0.105f)) / MAX (footprint, 0.004f), 0, 1) : 0;
  const float fold = 1 + 0.13f * spots (part, p, 0.09f, footprint, 4);

  return vec3_mix (vec3_scale (part->color, fold), vec3 (0.75f, 0.76f, 0.78f),
                   0.9f * clampf (MAX (across, MAX (low, braces)), 0, 1));
}

static Vec3
tyre (const QuarryDemoPart *part, Vec3 p, Vec3 *normal, int face, float footprint)
{
  const float angle = atan2f (p.y, p.x), r = part->size.x;
  const float lug = face == 0 ? band (angle * r + 0.35f * fabsf (p.z), 0.24f, 0.11f, footprint) : 0;
  const float dust = 0.3f + 0.25f * spots (part, p, 0.15f, footprint, 6);

  return vec3_mix (
      vec3_mix (vec3 (0.028f, 0.027f, 0.027f), vec3 (0.008f, 0.008f, 0.008f), 0.8f * lug),
      vec3_scale (DUST, 0.7f), dust);
}

/* Plates across the outer side; wheels and frame inside are parts of their own */
static Vec3
crawler (const QuarryDemoPart *part, Vec3 p, int face, float footprint)
{
  const float *side = face < QUARRY_DEMO_MAX_SIDES ? part->sides[face] : NULL;
  const float along = side != NULL ? side[1] * p.x - side[0] * p.z : 0;
  const float rim = edge_distance (part, p, face);
  const float gap = side != NULL
                        ? band (along, 0.21f, 0.05f, footprint)
                        : smoothf (0.11f, 0.13f, rim) * 0.75f +
                              band (p.x, 0.21f, 0.05f, footprint) * smoothf (0.11f, 0.09f, rim);

  return vec3_mix (
      vec3_mix (vec3 (0.11f, 0.09f, 0.075f), vec3 (0.02f, 0.018f, 0.016f), clampf (gap, 0, 1)),
      vec3_scale (DUST, 0.6f), clampf (0.35f + 0.3f * spots (part, p, 0.2f, footprint, 7), 0, 1));
}

static QuarryDemoLook
heap (const QuarryDemoPart *part, const QuarryDemoGround *ground, Vec3 p, Vec3 world, Vec3 *normal,
      float footprint)
{
  const Vec3 up = frame3_rotate (&part->world_from_part, *normal);
  const QuarryDemoGrain fine = quarry_demo_ground_grain (ground, world.x + 0.7f * world.z,
                                                         world.y - 0.5f * world.z, footprint);
  const QuarryDemoGrain wide = quarry_demo_ground_grain (
      ground, 0.23f * (world.y + world.z), 0.23f * (world.x - world.z), 0.23f * footprint);
  const float runs = 1 + 0.16f * demo_fbm (world.x * 0.9f, world.y * 0.9f, 2, part->seed % 4096);
  const Vec3 bent =
      vec3 (up.x - 0.8f * fine.du - 0.5f * wide.du, up.y - 0.8f * fine.dv - 0.5f * wide.dv, up.z);
  QuarryDemoLook look = { vec3_scale (part->color, runs * MAX (0.3f, 1 + 0.9f * (fine.shade - 1) +
                                                                         0.8f * (wide.shade - 1))),
                          0, 0 };

  *normal = vec3_unit (frame3_unrotate (&part->world_from_part, bent));
  return look;
}

static Vec3
corrugated (const QuarryDemoPart *part, Vec3 p, Vec3 world, Vec3 *normal, int face, float above,
            float footprint)
{
  const float along = face < 2 ? p.y : p.x, period = 0.28f;
  const float f = along / period - floorf (along / period);
  const float fade = smoothf (0.6f, 0.25f, footprint / period);
  const float slope =
      face > 3 ? 0 : (f < 0.15f || (f > 0.5f && f < 0.65f) ? (f < 0.5f ? 0.8f : -0.8f) : 0) * fade;
  const float rust = smoothf (0.25f, 0.7f,
                              spots (part, vec3 (p.x, p.y, p.z * 0.25f), 0.22f, footprint, 8) +
                                  0.5f * spots (part, p, 0.07f, footprint, 9) +
                                  0.3f * smoothf (0.5f, 0.1f, above) - 0.15f);
  Vec3 albedo = vec3_mix (part->color, vec3 (0.16f, 0.06f, 0.025f), 0.5f * rust);

  if (face < 2)
    normal->y += slope;
  else if (face < 4)
    normal->x += slope;
  *normal = vec3_unit (*normal);
  return soil_over (albedo, part, p, world, *normal, above, footprint);
}

QuarryDemoLook
quarry_demo_material_look (const QuarryDemoPart *part, const QuarryDemoGround *ground, Vec3 p,
                           Vec3 world, Vec3 *normal, int face, float footprint)
{
  const float above =
      world.z - quarry_demo_field_height (quarry_demo_ground_get_field (ground), world.x, world.y);

  switch (part->material)
    {
    case QUARRY_DEMO_PAINT:
      return (QuarryDemoLook){ paint (part, p, world, *normal, face, above, footprint), 0.35f,
                               0.025f };
    case QUARRY_DEMO_STEEL:
      return (
          QuarryDemoLook){ soil_over (vec3_scale (vec3 (0.17f, 0.15f, 0.135f),
                                                  1 + 0.4f * spots (part, p, 0.12f, footprint, 10)),
                                      part, p, world, *normal, above + 0.5f, footprint),
                           0.4f, 0.05f };
    case QUARRY_DEMO_DARK:
      return (QuarryDemoLook){ soil_over (vec3 (0.03f, 0.031f, 0.034f), part, p, world, *normal,
                                          above, footprint),
                               0.25f, 0.02f };
    case QUARRY_DEMO_CHROME:
      return (QuarryDemoLook) { vec3 (0.25f, 0.25f, 0.26f), 1, 0.5f };
    case QUARRY_DEMO_RUBBER:
      return (QuarryDemoLook) { tyre (part, p, normal, face, footprint), 0.05f, 0 };
    case QUARRY_DEMO_TRACK:
      return (QuarryDemoLook) { crawler (part, p, face, footprint), 0.1f, 0 };
    case QUARRY_DEMO_GLASS:
      return (QuarryDemoLook){ vec3_mix (vec3 (0.014f, 0.018f, 0.021f), DUST,
                                         0.07f + 0.05f * spots (part, p, 0.25f, footprint, 11)),
                               1, 0.5f };
    case QUARRY_DEMO_HIVIS:
      return (QuarryDemoLook) { hivis (part, p, footprint), 0.05f, 0 };
    case QUARRY_DEMO_PLASTIC:
      return (QuarryDemoLook) { part->color, 0.5f, 0.04f };
    case QUARRY_DEMO_BANDS:
      return (QuarryDemoLook){ vec3_mix (part->color, vec3 (0.75f, 0.75f, 0.74f),
                                         band (p.z + 0.02f, 0.32f, 0.12f, footprint)),
                               0.2f, 0.02f };
    case QUARRY_DEMO_STRIPES:
      return (QuarryDemoLook){ vec3_mix (vec3 (0.75f, 0.75f, 0.73f), vec3 (0.62f, 0.02f, 0.015f),
                                         band (p.y + 0.7f * p.z, 0.4f, 0.2f, footprint)),
                               0.2f, 0.02f };
    case QUARRY_DEMO_CORRUGATED:
      return (QuarryDemoLook){ corrugated (part, p, world, normal, face, above, footprint), 0.2f,
                               0.02f };
    case QUARRY_DEMO_GRAVEL:
      return heap (part, ground, p, world, normal, footprint);
    case QUARRY_DEMO_CLOTH:
    case QUARRY_DEMO_SKIN:
    case QUARRY_DEMO_LEAVES:
    default:
      return (QuarryDemoLook){
        vec3_scale (part->color, 1 + 0.18f * spots (part, p, 0.08f, footprint, 12)), 0.03f, 0
      };
    }
}

/* What a lidar of 905 nm gets back, 0…1; @cosine: of the incidence */
float
quarry_demo_material_echo (QuarryDemoMaterial material, Vec3 color, float cosine)
{
  const float grey = 0.3f * color.y + 0.7f * color.x;

  switch (material)
    {
    case QUARRY_DEMO_HIVIS:
    case QUARRY_DEMO_STRIPES:
    case QUARRY_DEMO_BANDS:
      return 0.85f;
    case QUARRY_DEMO_GLASS:
      return cosine > 0.97f ? 0.5f : 0.02f;
    case QUARRY_DEMO_RUBBER:
      return 0.06f * cosine;
    case QUARRY_DEMO_CHROME:
      return cosine > 0.95f ? 0.9f : 0.05f;
    case QUARRY_DEMO_STEEL:
    case QUARRY_DEMO_TRACK:
    case QUARRY_DEMO_DARK:
      return 0.16f * (0.3f + 0.7f * cosine);
    default:
      return (0.1f + 0.7f * grey) * (0.25f + 0.75f * cosine);
    }
}
