/* quarry-demo-props.c: people and small things of the site
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo-model.h"

#define N(outline) G_N_ELEMENTS (outline), outline

/* @swing: radians the thigh points forward */
static void
add_leg (QuarryDemoModel *self, float y, float swing, float bend)
{
  const Vec3 hip = vec3 (0, y, 0.92f);
  const Vec3 knee = vec3 (hip.x + 0.43f * sinf (swing), y, hip.z - 0.43f * cosf (swing));
  const Vec3 ankle =
      vec3 (knee.x + 0.4f * sinf (swing - bend), y, knee.z - 0.4f * cosf (swing - bend));

  quarry_demo_model_limb (self, QUARRY_DEMO_CLOTH, hip, knee, 0.085f);
  quarry_demo_model_limb (self, QUARRY_DEMO_CLOTH, knee, ankle, 0.065f);
  quarry_demo_model_limb (self, QUARRY_DEMO_RUBBER, vec3 (ankle.x - 0.03f, y, ankle.z - 0.03f),
                          vec3 (ankle.x + 0.15f, y, ankle.z - 0.045f), 0.055f);
}

static void
add_worker_arm (QuarryDemoModel *self, float side, float swing, float bend, Vec3 sleeve)
{
  const Vec3 shoulder = vec3 (0, 0.225f * side, 1.44f);
  const Vec3 elbow = vec3 (0.28f * sinf (swing), 0.27f * side, shoulder.z - 0.28f * cosf (swing));
  const Vec3 hand = vec3 (elbow.x + 0.25f * sinf (swing + bend), 0.25f * side,
                          elbow.z - 0.25f * cosf (swing + bend));
  const Vec3 before = self->color;

  self->color = sleeve;
  quarry_demo_model_limb (self, QUARRY_DEMO_CLOTH, shoulder, elbow, 0.055f);
  quarry_demo_model_limb (self, QUARRY_DEMO_CLOTH, elbow, hand, 0.045f);
  self->color = vec3 (0.09f, 0.075f, 0.06f);
  quarry_demo_model_ellipsoid (self, QUARRY_DEMO_CLOTH, hand, vec3 (0.055f, 0.045f, 0.06f));
  self->color = before;
}

void
quarry_demo_add_worker (QuarryDemoModel *self, float phase, float stride, int look)
{
  static const Vec3 vests[] = { { 0.62f, 0.9f, 0.03f },
                                { 0.95f, 0.2f, 0.02f },
                                { 0.62f, 0.9f, 0.03f } };
  static const Vec3 trousers[] = { { 0.02f, 0.03f, 0.07f },
                                   { 0.06f, 0.055f, 0.05f },
                                   { 0.12f, 0.09f, 0.055f } };
  static const Vec3 helmets[] = { { 0.8f, 0.8f, 0.78f },
                                  { 0.85f, 0.55f, 0.02f },
                                  { 0.05f, 0.16f, 0.5f } };
  const Vec3 vest = vests[look % 3], helmet = helmets[look / 2 % 3];
  const Vec3 sleeve = look % 2 == 0 ? vest : vec3 (0.03f, 0.04f, 0.08f);
  const float s = sinf (phase);

  self->color = trousers[look % 3];
  add_leg (self, 0.1f, stride * s, stride * MAX (0, cosf (phase)) * 1.2f + 0.05f);
  add_leg (self, -0.1f, -stride * s, stride * MAX (0, -cosf (phase)) * 1.2f + 0.05f);
  quarry_demo_model_ellipsoid (self, QUARRY_DEMO_CLOTH, vec3 (0, 0, 0.98f),
                               vec3 (0.135f, 0.18f, 0.15f));
  self->color = vest;
  quarry_demo_model_ellipsoid (self, QUARRY_DEMO_HIVIS, vec3 (0, 0, 1.24f),
                               vec3 (0.155f, 0.225f, 0.33f));
  quarry_demo_model_limb (self, QUARRY_DEMO_HIVIS, vec3 (0, -0.14f, 1.44f), vec3 (0, 0.14f, 1.44f),
                          0.095f);
  add_worker_arm (self, 1, -0.8f * stride * s, 0.25f + 0.4f * stride, sleeve);
  add_worker_arm (self, -1, look % 4 == 1 ? 0.5f : 0.8f * stride * s,
                  look % 4 == 1 ? 1.4f : 0.25f + 0.4f * stride, sleeve);
  self->color = vec3 (0.45f, 0.26f, 0.17f);
  quarry_demo_model_limb (self, QUARRY_DEMO_SKIN, vec3 (0, 0, 1.48f), vec3 (0.01f, 0, 1.56f),
                          0.055f);
  quarry_demo_model_ellipsoid (self, QUARRY_DEMO_SKIN, vec3 (0.02f, 0, 1.64f),
                               vec3 (0.1f, 0.08f, 0.125f));
  self->color = helmet;
  quarry_demo_model_ellipsoid (self, QUARRY_DEMO_PLASTIC, vec3 (0.0f, 0, 1.7f),
                               vec3 (0.14f, 0.115f, 0.115f));
  quarry_demo_model_ellipsoid (self, QUARRY_DEMO_PLASTIC, vec3 (0.06f, 0, 1.69f),
                               vec3 (0.14f, 0.11f, 0.02f));
}

void
quarry_demo_add_cone (QuarryDemoModel *self)
{
  self->color = vec3 (0.9f, 0.14f, 0.015f);
  quarry_demo_model_box (self, QUARRY_DEMO_PLASTIC, vec3 (0, 0, 0.02f), vec3 (0.2f, 0.2f, 0.03f));
  quarry_demo_model_rod (self, QUARRY_DEMO_BANDS, vec3 (0, 0, 0.04f), vec3 (0, 0, 0.75f), 0.16f,
                         0.035f);
}

/* Two metres wide, looking along x */
void
quarry_demo_add_barrier (QuarryDemoModel *self)
{
  for (int i = 0; i < 2; i++)
    quarry_demo_model_box (self, QUARRY_DEMO_STRIPES, vec3 (0, 0, 0.9f - 0.42f * (float) i),
                           vec3 (0.025f, 1.0f, 0.13f));
  self->color = vec3 (0.3f, 0.3f, 0.3f);
  for (int side = -1; side <= 1; side += 2)
    {
      quarry_demo_model_box (self, QUARRY_DEMO_DARK, vec3 (0, 0.8f * (float) side, 0.55f),
                             vec3 (0.03f, 0.03f, 0.55f));
      quarry_demo_model_box (self, QUARRY_DEMO_RUBBER, vec3 (0, 0.8f * (float) side, 0.05f),
                             vec3 (0.3f, 0.12f, 0.06f));
    }
}

/* Six metres along x; its door and windows look to −y */
void
quarry_demo_add_container (QuarryDemoModel *self, int look)
{
  static const Vec3 colors[] = { { 0.50f, 0.52f, 0.50f },
                                 { 0.03f, 0.13f, 0.28f },
                                 { 0.35f, 0.09f, 0.04f } };
  const Vec3 wall = colors[look % 3];

  self->color = wall;
  quarry_demo_model_box (self, QUARRY_DEMO_CORRUGATED, vec3 (0, 0, 1.38f), vec3 (3.0f, 1.2f, 1.2f));
  self->color = vec3_scale (wall, 0.7f);
  quarry_demo_model_box (self, QUARRY_DEMO_PAINT, vec3 (0, 0, 2.6f), vec3 (3.05f, 1.24f, 0.06f));
  quarry_demo_model_box (self, QUARRY_DEMO_PAINT, vec3 (0, 0, 0.14f), vec3 (3.05f, 1.24f, 0.09f));
  for (int i = 0; i < 4; i++)
    quarry_demo_model_box (self, QUARRY_DEMO_PAINT,
                           vec3 (i < 2 ? 3.0f : -3.0f, i % 2 == 0 ? 1.19f : -1.19f, 1.37f),
                           vec3 (0.07f, 0.07f, 1.25f));
  if (look != 0)
    return;
  for (int i = 0; i < 2; i++)
    {
      const float x = i == 0 ? -1.75f : 1.1f;

      self->color = vec3 (0.6f, 0.6f, 0.6f);
      quarry_demo_model_box (self, QUARRY_DEMO_PLASTIC, vec3 (x, -1.2f, 1.6f),
                             vec3 (0.66f, 0.03f, 0.48f));
      quarry_demo_model_box (self, QUARRY_DEMO_GLASS, vec3 (x, -1.22f, 1.6f),
                             vec3 (0.58f, 0.025f, 0.4f));
    }
  self->color = vec3 (0.02f, 0.12f, 0.2f);
  quarry_demo_model_box (self, QUARRY_DEMO_PAINT, vec3 (-0.35f, -1.21f, 1.22f),
                         vec3 (0.46f, 0.03f, 1.0f));
  self->color = vec3 (0.2f, 0.13f, 0.07f);
  quarry_demo_model_box (self, QUARRY_DEMO_DARK, vec3 (-0.35f, -1.55f, 0.1f),
                         vec3 (0.5f, 0.3f, 0.1f));
}

/* Concrete pipes along y in a stack */
void
quarry_demo_add_pipes (QuarryDemoModel *self)
{
  self->color = vec3 (0.36f, 0.34f, 0.31f);
  for (int i = 0; i < 6; i++)
    {
      const int row = i < 3 ? 0 : i < 5 ? 1 : 2;
      const float x =
          -1.3f + 1.28f * (float) (i - (row > 0 ? 3 : 0) - (row > 1 ? 2 : 0)) + 0.64f * (float) row;
      const float z = 0.62f + 1.1f * (float) row;

      quarry_demo_model_rod (self, QUARRY_DEMO_CLOTH, vec3 (x, -1.5f, z), vec3 (x, 1.5f, z), 0.63f,
                             0.63f);
      quarry_demo_model_rod (self, QUARRY_DEMO_RUBBER, vec3 (x, -1.51f, z), vec3 (x, 1.51f, z),
                             0.5f, 0.5f);
    }
}

/* A light tower on its trailer */
void
quarry_demo_add_mast (QuarryDemoModel *self)
{
  self->color = vec3 (0.75f, 0.4f, 0.03f);
  quarry_demo_model_box (self, QUARRY_DEMO_PAINT, vec3 (0, 0, 0.85f), vec3 (0.85f, 0.5f, 0.4f));
  for (int side = -1; side <= 1; side += 2)
    quarry_demo_model_rod (self, QUARRY_DEMO_RUBBER, vec3 (0, 0.55f * (float) side, 0.32f),
                           vec3 (0, 0.72f * (float) side, 0.32f), 0.32f, 0.32f);
  quarry_demo_model_rod (self, QUARRY_DEMO_DARK, vec3 (-0.6f, 0, 1.2f), vec3 (-0.6f, 0, 4.2f),
                         0.07f, 0.06f);
  quarry_demo_model_rod (self, QUARRY_DEMO_DARK, vec3 (-0.6f, 0, 4.0f), vec3 (-0.6f, 0, 7.0f),
                         0.05f, 0.04f);
  quarry_demo_model_rod (self, QUARRY_DEMO_DARK, vec3 (-0.6f, -0.8f, 6.9f),
                         vec3 (-0.6f, 0.8f, 6.9f), 0.035f, 0.035f);
  self->color = vec3 (0.7f, 0.7f, 0.65f);
  for (int i = -1; i <= 1; i += 2)
    for (int j = 0; j < 2; j++)
      quarry_demo_model_box (self, QUARRY_DEMO_PLASTIC,
                             vec3 (-0.55f, 0.6f * (float) i, 6.75f + 0.34f * (float) j),
                             vec3 (0.06f, 0.19f, 0.13f));
}
