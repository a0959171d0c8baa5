/* quarry-demo-road.c: where trucks and our own machine drive
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo-light.h"

/* Our own way is an arc of this radius to the left, from the origin along +x */
#define WAY_RADIUS 55.0f

static const float road[][2] = { { 92, 46 }, { 64, 24 },   { 45, 5 },    { 33, -8 },  { 21, -19 },
                                 { 2, -27 }, { -26, -29 }, { -60, -22 }, { -92, -16 } };
#define N_LEGS ((int) G_N_ELEMENTS (road) - 1)

/* A leg of the road is one part of a Catmull-Rom curve */
static Vec3
leg_at (int leg, float f)
{
  const float *p[4];
  float at[2], slope[2];

  for (int i = 0; i < 4; i++)
    p[i] = road[CLAMP (leg - 1 + i, 0, N_LEGS)];
  for (int a = 0; a < 2; a++)
    {
      const float c1 = 0.5f * (p[2][a] - p[0][a]);
      const float c2 = p[0][a] - 2.5f * p[1][a] + 2 * p[2][a] - 0.5f * p[3][a];
      const float c3 = 0.5f * (p[3][a] - p[0][a]) + 1.5f * (p[1][a] - p[2][a]);

      at[a] = p[1][a] + f * (c1 + f * (c2 + f * c3));
      slope[a] = c1 + f * (2 * c2 + 3 * f * c3);
    }
  return vec3 (at[0], at[1], atan2f (slope[1], slope[0]));
}

static float
leg_length (int leg)
{
  return hypotf (road[leg + 1][0] - road[leg][0], road[leg + 1][1] - road[leg][1]);
}

float
quarry_demo_road_length (void)
{
  float length = 0;

  for (int leg = 0; leg < N_LEGS; leg++)
    length += leg_length (leg);
  return length;
}

/* @along: metres, by the chords of its legs */
Vec3
quarry_demo_road_at (float along)
{
  int leg = 0;

  while (leg + 1 < N_LEGS && along > leg_length (leg))
    along -= leg_length (leg++);
  return leg_at (leg, clampf (along / leg_length (leg), 0, 1));
}

Vec3
quarry_demo_way_at (float along)
{
  const float angle = along / WAY_RADIUS;

  return vec3 (WAY_RADIUS * sinf (angle), WAY_RADIUS * (1 - cosf (angle)), angle);
}
