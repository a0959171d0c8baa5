/* quarry-demo-trucks.c: a rigid haul truck of 40 t and a dozer
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo-model.h"

#define N(outline) G_N_ELEMENTS (outline), outline

/* @side: +1 the hub looks to +y. The wheel's own frame turns as it rolls, so that its tread moves.
 */
static void
add_wheel (QuarryDemoModel *self, float x, float y, int side, float rolled, float steer)
{
  const float radius = 1.04f, half = 0.31f, s = (float) side;

  quarry_demo_model_push (self, frame3_yaw (x, y, radius - 0.03f, steer));
  quarry_demo_model_push (self, frame3_rise (0, 0, 0, -fmodf (rolled / radius, 2 * (float) G_PI)));
  quarry_demo_model_rod (self, QUARRY_DEMO_RUBBER, vec3 (0, -half, 0), vec3 (0, half, 0), radius,
                         radius);
  quarry_demo_model_rod (self, QUARRY_DEMO_RUBBER, vec3 (0, s * half, 0),
                         vec3 (0, s * (half + 0.05f), 0), s > 0 ? radius * 0.95f : radius * 0.86f,
                         s > 0 ? radius * 0.86f : radius * 0.95f);
  quarry_demo_model_rod (self, QUARRY_DEMO_PAINT, vec3 (0, s * half, 0),
                         vec3 (0, s * (half + 0.07f), 0), 0.55f, 0.55f);
  quarry_demo_model_rod (self, QUARRY_DEMO_DARK, vec3 (0, s * half, 0),
                         vec3 (0, s * (half + 0.13f), 0), 0.24f, 0.24f);
  quarry_demo_model_pop (self);
  quarry_demo_model_pop (self);
}

static void
add_truck_front (QuarryDemoModel *self)
{
  static const float glass[][2] = {
    { 2.12f, 3.02f }, { 3.86f, 3.02f }, { 3.66f, 3.66f }, { 2.16f, 3.66f }
  };
  static const float nose[][2] = {
    { 2.3f, 1.5f }, { 4.0f, 1.3f }, { 4.12f, 1.8f }, { 4.02f, 2.5f }, { 2.3f, 2.5f }
  };

  quarry_demo_model_box (self, QUARRY_DEMO_PAINT, vec3 (4.12f, 0, 1.08f),
                         vec3 (0.18f, 1.72f, 0.26f));
  quarry_demo_model_prism (self, QUARRY_DEMO_PAINT, 0, 0.98f, N (nose));
  quarry_demo_model_box (self, QUARRY_DEMO_DARK, vec3 (4.05f, 0, 1.9f), vec3 (0.09f, 0.78f, 0.46f));
  quarry_demo_model_box (self, QUARRY_DEMO_PAINT, vec3 (3.1f, 0, 2.54f), vec3 (1.1f, 1.8f, 0.06f));
  for (int side = -1; side <= 1; side += 2)
    {
      const float y = (float) side;

      quarry_demo_model_box (self, QUARRY_DEMO_PAINT, vec3 (2.3f, 1.45f * y, 2.02f),
                             vec3 (1.05f, 0.36f, 0.05f));
      quarry_demo_model_box (self, QUARRY_DEMO_PAINT, vec3 (3.3f, 1.5f * y, 1.7f),
                             vec3 (0.05f, 0.3f, 0.34f));
      quarry_demo_model_ellipsoid (self, QUARRY_DEMO_PLASTIC, vec3 (4.3f, 1.35f * y, 1.15f),
                                   vec3 (0.05f, 0.14f, 0.1f));
      quarry_demo_model_rod (self, QUARRY_DEMO_DARK, vec3 (4.12f, 1.72f * y, 1.3f),
                             vec3 (3.95f, 1.72f * y, 2.55f), 0.03f, 0.03f);
    }
  for (int i = 0; i < 4; i++)      /* ladder */
    quarry_demo_model_box (self, QUARRY_DEMO_DARK,
                           vec3 (4.13f - 0.045f * (float) i, 1.45f, 1.45f + 0.28f * (float) i),
                           vec3 (0.05f, 0.27f, 0.02f));
  /* cab on the left, rail on the right */
  quarry_demo_model_box (self, QUARRY_DEMO_PAINT, vec3 (3.0f, 0.98f, 2.82f),
                         vec3 (0.9f, 0.74f, 0.22f));
  quarry_demo_model_prism (self, QUARRY_DEMO_GLASS, 0.98f, 0.71f, N (glass));
  quarry_demo_model_box (self, QUARRY_DEMO_PAINT, vec3 (2.92f, 0.98f, 3.7f),
                         vec3 (0.84f, 0.78f, 0.06f));
  for (int i = 0; i < 6; i++)
    quarry_demo_model_rod (self, QUARRY_DEMO_PAINT,
                           vec3 (i < 3   ? 3.84f
                                 : i < 5 ? 3.0f
                                         : 2.14f,
                                 i % 2 == 0 ? 0.27f : 1.69f, 3.0f),
                           vec3 (i < 3   ? 3.64f
                                 : i < 5 ? 3.0f
                                         : 2.17f,
                                 i % 2 == 0 ? 0.27f : 1.69f, 3.66f),
                           0.045f, 0.045f);
  for (int i = 0; i < 4; i++)
    quarry_demo_model_rod (self, QUARRY_DEMO_DARK, vec3 (4.15f, -1.75f + 0.6f * (float) i, 2.6f),
                           vec3 (4.15f, -1.75f + 0.6f * (float) i, 3.35f), 0.025f, 0.025f);
  quarry_demo_model_rod (self, QUARRY_DEMO_DARK, vec3 (4.15f, -1.77f, 3.35f),
                         vec3 (4.15f, 0.1f, 3.35f), 0.025f, 0.025f);
}

static void
add_truck_body (QuarryDemoModel *self, gboolean loaded)
{
  static const float wall[][2] = { { -4.4f, 2.8f }, { -3.2f, 2.0f },  { 1.4f, 1.9f },
                                   { 1.95f, 2.5f }, { 2.05f, 3.85f }, { -4.35f, 3.5f } };
  static const float floor[][2] = {
    { -3.2f, 1.98f }, { 1.4f, 1.98f }, { 1.5f, 2.14f }, { -3.25f, 2.14f }
  };
  static const float tail[][2] = {
    { -4.4f, 2.8f }, { -3.2f, 1.98f }, { -3.15f, 2.12f }, { -4.4f, 2.95f }
  };
  static const float heel[][2] = {
    { 1.4f, 1.98f }, { 1.95f, 2.5f }, { 1.82f, 2.6f }, { 1.3f, 2.12f }
  };
  static const float front[][2] = {
    { 1.95f, 2.5f }, { 2.05f, 3.85f }, { 1.92f, 3.85f }, { 1.82f, 2.5f }
  };
  static const float canopy[][2] = {
    { 1.95f, 3.78f }, { 4.25f, 3.93f }, { 4.25f, 4.05f }, { 1.95f, 3.92f }
  };
  const Vec3 paint = self->color;

  for (int side = -1; side <= 1; side += 2)
    {
      const float y = (float) side;

      quarry_demo_model_prism (self, QUARRY_DEMO_PAINT, 1.88f * y, 0.06f, N (wall));
      for (int i = 0; i < 5; i++)
        quarry_demo_model_box (self, QUARRY_DEMO_PAINT,
                               vec3 (-3.2f + 1.15f * (float) i, 1.97f * y, 2.78f),
                               vec3 (0.08f, 0.05f, 0.76f));
      quarry_demo_model_rod (self, QUARRY_DEMO_PAINT, vec3 (-4.38f, 1.94f * y, 3.5f),
                             vec3 (2.02f, 1.94f * y, 3.84f), 0.09f, 0.09f);
    }
  self->color = vec3 (0.02f, 0.02f, 0.022f);
  for (int side = -1; side <= 1; side += 2)
    quarry_demo_model_box (self, QUARRY_DEMO_PLASTIC, vec3 (-0.32f, 1.945f * (float) side, 2.95f),
                           vec3 (0.42f, 0.004f, 0.26f));
  self->color = paint;
  quarry_demo_model_prism (self, QUARRY_DEMO_STEEL, 0, 1.84f, N (floor));
  quarry_demo_model_prism (self, QUARRY_DEMO_STEEL, 0, 1.84f, N (tail));
  quarry_demo_model_prism (self, QUARRY_DEMO_PAINT, 0, 1.84f, N (heel));
  quarry_demo_model_prism (self, QUARRY_DEMO_PAINT, 0, 1.84f, N (front));
  quarry_demo_model_prism (self, QUARRY_DEMO_PAINT, 0, 1.86f, N (canopy));
  if (!loaded)
    return;
  self->color = vec3 (0.24f, 0.16f, 0.09f);
  quarry_demo_model_ellipsoid (self, QUARRY_DEMO_GRAVEL, vec3 (-0.5f, 0.1f, 3.2f),
                               vec3 (2.35f, 1.74f, 1.0f));
  quarry_demo_model_ellipsoid (self, QUARRY_DEMO_GRAVEL, vec3 (-2.2f, -0.2f, 3.05f),
                               vec3 (1.8f, 1.5f, 0.75f));
  self->color = paint;
}

void
quarry_demo_add_haul_truck (QuarryDemoModel *self, float rolled, float steer, gboolean loaded)
{
  self->color = vec3 (0.8f, 0.4f, 0.025f);
  for (int side = -1; side <= 1; side += 2)
    {
      const float y = (float) side;

      add_wheel (self, 2.35f, 1.5f * y, side, rolled, steer);
      add_wheel (self, -1.75f, 0.98f * y, side, rolled, 0);
      add_wheel (self, -1.75f, 1.62f * y, side, rolled, 0);
      quarry_demo_model_rod (self, QUARRY_DEMO_DARK, vec3 (-0.35f, 1.2f * y, 1.42f),
                             vec3 (1.05f, 1.2f * y, 1.42f), 0.5f, 0.5f);
      quarry_demo_model_box (self, QUARRY_DEMO_PAINT, vec3 (-0.2f, 0.62f * y, 1.72f),
                             vec3 (3.3f, 0.1f, 0.24f));
    }
  quarry_demo_model_box (self, QUARRY_DEMO_DARK, vec3 (0.2f, 0, 1.42f), vec3 (3.7f, 0.6f, 0.42f));
  quarry_demo_model_rod (self, QUARRY_DEMO_DARK, vec3 (-1.75f, -1.0f, 0.9f),
                         vec3 (-1.75f, 1.0f, 0.9f), 0.32f, 0.32f);
  add_truck_front (self);
  add_truck_body (self, loaded);
}

static void
add_blade (QuarryDemoModel *self, float lifted)
{
  static const float low[][2] = {
    { 2.5f, 0.02f }, { 2.66f, 0.02f }, { 2.4f, 0.56f }, { 2.22f, 0.56f }
  };
  static const float middle[][2] = {
    { 2.22f, 0.55f }, { 2.4f, 0.55f }, { 2.4f, 1.0f }, { 2.24f, 1.0f }
  };
  static const float high[][2] = {
    { 2.24f, 0.99f }, { 2.4f, 0.99f }, { 2.6f, 1.38f }, { 2.48f, 1.38f }
  };

  quarry_demo_model_push (self, frame3_at (0, 0, lifted));
  quarry_demo_model_prism (self, QUARRY_DEMO_STEEL, 0, 1.75f, N (low));
  quarry_demo_model_prism (self, QUARRY_DEMO_PAINT, 0, 1.75f, N (middle));
  quarry_demo_model_prism (self, QUARRY_DEMO_PAINT, 0, 1.7f, N (high));
  for (int side = -1; side <= 1; side += 2)
    {
      const float y = (float) side;

      quarry_demo_model_box (self, QUARRY_DEMO_PAINT, vec3 (1.1f, 1.42f * y, 0.48f),
                             vec3 (1.2f, 0.08f, 0.13f));
      quarry_demo_model_cylinder (
          self, quarry_demo_model_world (self, vec3 (1.35f, 0.62f * y, 1.55f - lifted)),
          quarry_demo_model_world (self, vec3 (2.25f, 0.75f * y, 0.85f)), 0.06f);
    }
  quarry_demo_model_pop (self);
}

void
quarry_demo_add_dozer (QuarryDemoModel *self, float lifted)
{
  static const float track[][2] = { { -1.75f, 0.5f }, { -1.35f, 0.02f }, { 1.15f, 0.02f },
                                    { 1.6f, 0.45f },  { 1.35f, 0.85f },  { -1.4f, 1.08f } };
  static const float hood[][2] = {
    { 0.1f, 0.9f }, { 1.75f, 0.9f }, { 1.82f, 1.7f }, { 0.1f, 1.92f }
  };
  static const float glass[][2] = {
    { -1.1f, 1.9f }, { 0.35f, 1.9f }, { 0.2f, 2.75f }, { -1.05f, 2.75f }
  };
  static const float tooth[][2] = {
    { -2.35f, 0.25f }, { -2.15f, 0.2f }, { -2.1f, 1.1f }, { -2.3f, 1.1f }
  };

  self->color = vec3 (0.84f, 0.47f, 0.02f);
  for (int side = -1; side <= 1; side += 2)
    {
      const float y = 1.0f * (float) side;

      quarry_demo_model_prism (self, QUARRY_DEMO_TRACK, y, 0.29f, N (track));
      quarry_demo_model_rod (self, QUARRY_DEMO_DARK, vec3 (-1.35f, y - 0.31f, 0.58f),
                             vec3 (-1.35f, y + 0.31f, 0.58f), 0.36f, 0.36f);
      quarry_demo_model_rod (self, QUARRY_DEMO_DARK, vec3 (1.2f, y - 0.31f, 0.44f),
                             vec3 (1.2f, y + 0.31f, 0.44f), 0.32f, 0.32f);
      quarry_demo_model_box (self, QUARRY_DEMO_PAINT, vec3 (-0.05f, y + 0.3f * (float) side, 0.45f),
                             vec3 (0.85f, 0.03f, 0.13f));
    }
  quarry_demo_model_box (self, QUARRY_DEMO_DARK, vec3 (-0.1f, 0, 0.8f), vec3 (1.6f, 0.7f, 0.25f));
  quarry_demo_model_prism (self, QUARRY_DEMO_PAINT, 0, 0.52f, N (hood));
  quarry_demo_model_box (self, QUARRY_DEMO_DARK, vec3 (1.82f, 0, 1.3f), vec3 (0.06f, 0.44f, 0.36f));
  quarry_demo_model_rod (self, QUARRY_DEMO_DARK, vec3 (0.95f, 0.25f, 1.75f),
                         vec3 (0.95f, 0.25f, 2.5f), 0.07f, 0.06f);
  quarry_demo_model_box (self, QUARRY_DEMO_PAINT, vec3 (-0.4f, 0, 1.5f), vec3 (0.75f, 0.8f, 0.42f));
  quarry_demo_model_prism (self, QUARRY_DEMO_GLASS, 0, 0.7f, N (glass));
  quarry_demo_model_box (self, QUARRY_DEMO_PAINT, vec3 (-0.43f, 0, 2.82f),
                         vec3 (0.78f, 0.82f, 0.08f));
  for (int i = 0; i < 4; i++)
    quarry_demo_model_rod (
        self, QUARRY_DEMO_DARK, vec3 (i < 2 ? 0.32f : -1.08f, i % 2 == 0 ? 0.69f : -0.69f, 1.9f),
        vec3 (i < 2 ? 0.2f : -1.05f, i % 2 == 0 ? 0.69f : -0.69f, 2.76f), 0.05f, 0.05f);
  quarry_demo_model_box (self, QUARRY_DEMO_PAINT, vec3 (-1.5f, 0, 1.45f),
                         vec3 (0.42f, 0.72f, 0.4f));
  quarry_demo_model_box (self, QUARRY_DEMO_DARK, vec3 (-2.05f, 0, 0.95f),
                         vec3 (0.2f, 0.85f, 0.14f));
  for (int i = -1; i <= 1; i++)
    quarry_demo_model_prism (self, QUARRY_DEMO_STEEL, 0.65f * (float) i, 0.06f, N (tooth));
  add_blade (self, lifted);
}
