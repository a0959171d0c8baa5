/* quarry-demo-excavator.c: a crawler excavator of 25 t
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The object's frame turns with the house (the arm points along +x), so that its box is tight
 * around house and arm. Angles: swing of the house against the tracks; boom above the horizon;
 * stick and bucket against what carries them.
 */

#include "config.h"
#include "quarry-demo-model.h"

#define N(outline) G_N_ELEMENTS (outline), outline

static void
add_tracks (QuarryDemoModel *self)
{
  static const float track[][2] = { { -2.15f, 0.46f }, { -1.78f, 0.02f }, { 1.78f, 0.02f },
                                    { 2.15f, 0.46f },  { 1.88f, 0.9f },   { -1.88f, 0.9f } };

  for (int side = -1; side <= 1; side += 2)
    {
      const float y = 1.28f * (float) side;

      quarry_demo_model_prism (self, QUARRY_DEMO_TRACK, y, 0.3f, N (track));
      for (int i = -1; i <= 1; i += 2)
        quarry_demo_model_rod (self, QUARRY_DEMO_DARK, vec3 (1.75f * (float) i, y - 0.33f, 0.47f),
                               vec3 (1.75f * (float) i, y + 0.33f, 0.47f), 0.33f, 0.33f);
      for (int i = 0; i < 5; i++)
        quarry_demo_model_rod (self, QUARRY_DEMO_DARK,
                               vec3 (-1.2f + 0.6f * (float) i, y - 0.32f, 0.22f),
                               vec3 (-1.2f + 0.6f * (float) i, y + 0.32f, 0.22f), 0.13f, 0.13f);
      quarry_demo_model_box (self, QUARRY_DEMO_PAINT, vec3 (0, y + 0.31f * (float) side, 0.52f),
                             vec3 (1.3f, 0.03f, 0.14f));
    }
  quarry_demo_model_box (self, QUARRY_DEMO_DARK, vec3 (0, 0, 0.62f), vec3 (1.1f, 0.98f, 0.2f));
  quarry_demo_model_rod (self, QUARRY_DEMO_DARK, vec3 (0, 0, 0.8f), vec3 (0, 0, 1.12f), 0.8f, 0.8f);
}

static void
add_cab (QuarryDemoModel *self)
{
  static const float lower[][2] = {
    { -0.3f, 1.34f }, { 1.36f, 1.34f }, { 1.6f, 1.72f }, { 1.6f, 2.02f }, { -0.3f, 2.02f }
  };
  static const float glass[][2] = {
    { -0.26f, 2.0f }, { 1.56f, 2.0f }, { 1.3f, 2.95f }, { -0.22f, 2.95f }
  };
  static const float roof[][2] = {
    { -0.34f, 2.93f }, { 1.36f, 2.93f }, { 1.25f, 3.08f }, { -0.25f, 3.08f }
  };
  static const float front[][2] = {
    { 1.53f, 2.0f }, { 1.62f, 2.0f }, { 1.36f, 2.95f }, { 1.27f, 2.95f }
  };
  static const float middle[][2] = {
    { 0.42f, 2.0f }, { 0.52f, 2.0f }, { 0.5f, 2.95f }, { 0.4f, 2.95f }
  };
  static const float rear[][2] = {
    { -0.32f, 2.0f }, { -0.18f, 2.0f }, { -0.16f, 2.95f }, { -0.28f, 2.95f }
  };
  const float y = 0.86f;

  quarry_demo_model_prism (self, QUARRY_DEMO_PAINT, y, 0.47f, N (lower));
  quarry_demo_model_prism (self, QUARRY_DEMO_GLASS, y, 0.44f, N (glass));
  quarry_demo_model_prism (self, QUARRY_DEMO_DARK, y, 0.48f, N (roof));
  for (int side = -1; side <= 1; side += 2)
    {
      const float at = y + 0.43f * (float) side;

      quarry_demo_model_prism (self, QUARRY_DEMO_DARK, at, 0.035f, N (front));
      quarry_demo_model_prism (self, QUARRY_DEMO_DARK, at, 0.03f, N (middle));
      quarry_demo_model_prism (self, QUARRY_DEMO_DARK, at, 0.04f, N (rear));
    }
  quarry_demo_model_box (self, QUARRY_DEMO_PLASTIC, vec3 (-0.1f, y, 3.14f),
                         vec3 (0.07f, 0.07f, 0.07f));
}

static void
add_house (QuarryDemoModel *self)
{
  static const float counterweight[][2] = { { -2.72f, 1.3f }, { -2.4f, 1.1f },  { -1.8f, 1.1f },
                                            { -1.8f, 2.24f }, { -2.5f, 2.24f }, { -2.78f, 1.9f } };
  static const float hood[][2] = {
    { -1.82f, 1.36f }, { -0.35f, 1.36f }, { -0.35f, 2.12f }, { -0.6f, 2.3f }, { -1.82f, 2.3f }
  };
  static const float tank[][2] = {
    { -0.4f, 1.34f }, { 1.3f, 1.34f }, { 1.42f, 1.6f }, { 1.1f, 1.95f }, { -0.4f, 1.95f }
  };
  const Vec3 paint = self->color;

  quarry_demo_model_box (self, QUARRY_DEMO_DARK, vec3 (-0.4f, 0, 1.23f),
                         vec3 (1.95f, 1.33f, 0.12f));
  self->color = vec3_scale (paint, 0.85f);
  quarry_demo_model_prism (self, QUARRY_DEMO_PAINT, 0, 1.36f, N (counterweight));
  self->color = paint;
  quarry_demo_model_prism (self, QUARRY_DEMO_PAINT, 0, 1.33f, N (hood));
  quarry_demo_model_prism (self, QUARRY_DEMO_PAINT, -0.95f, 0.37f, N (tank));
  quarry_demo_model_box (self, QUARRY_DEMO_DARK, vec3 (-1.1f, -1.335f, 1.8f),
                         vec3 (0.4f, 0.012f, 0.22f));
  quarry_demo_model_box (self, QUARRY_DEMO_DARK, vec3 (-1.1f, 1.335f, 1.8f),
                         vec3 (0.4f, 0.012f, 0.22f));
  quarry_demo_model_box (self, QUARRY_DEMO_DARK, vec3 (0.3f, -0.05f, 1.6f),
                         vec3 (0.6f, 0.3f, 0.27f));
  quarry_demo_model_rod (self, QUARRY_DEMO_DARK, vec3 (-1.3f, 0.5f, 2.3f),
                         vec3 (-1.3f, 0.5f, 2.75f), 0.07f, 0.07f);
  self->color = vec3 (0.02f, 0.02f, 0.022f);
  quarry_demo_model_box (self, QUARRY_DEMO_PLASTIC, vec3 (-2.3f, 1.362f, 1.98f),
                         vec3 (0.32f, 0.004f, 0.1f));
  quarry_demo_model_box (self, QUARRY_DEMO_PLASTIC, vec3 (-2.3f, -1.362f, 1.98f),
                         vec3 (0.32f, 0.004f, 0.1f));
  self->color = vec3 (0.9f, 0.25f, 0.01f);
  quarry_demo_model_rod (self, QUARRY_DEMO_PLASTIC, vec3 (-1.95f, -0.9f, 2.3f),
                         vec3 (-1.95f, -0.9f, 2.48f), 0.075f, 0.06f);
  self->color = paint;
  for (int side = -1; side <= 1; side += 2)
    quarry_demo_model_box (self, QUARRY_DEMO_STRIPES, vec3 (-2.705f, 0.95f * (float) side, 1.55f),
                           vec3 (0.09f, 0.3f, 0.1f));
  for (int i = 0; i < 3; i++)      /* hand rail */
    quarry_demo_model_rod (self, QUARRY_DEMO_DARK, vec3 (1.1f - 0.7f * (float) i, -1.25f, 1.95f),
                           vec3 (1.1f - 0.7f * (float) i, -1.25f, 2.55f), 0.022f, 0.022f);
  quarry_demo_model_rod (self, QUARRY_DEMO_DARK, vec3 (1.12f, -1.25f, 2.55f),
                         vec3 (-0.32f, -1.25f, 2.55f), 0.022f, 0.022f);
}

static void
add_bucket (QuarryDemoModel *self, gboolean loaded)
{
  static const float shell[][2] = { { -0.1f, -0.22f }, { 1.22f, -0.62f }, { 1.32f, -0.35f },
                                    { 1.12f, 0.14f },  { 0.62f, 0.4f },   { 0.15f, 0.36f },
                                    { -0.12f, 0.12f } };
  static const float tooth[][2] = { { 1.18f, -0.63f }, { 1.5f, -0.8f }, { 1.28f, -0.46f } };
  const Vec3 paint = self->color;

  quarry_demo_model_prism (self, QUARRY_DEMO_STEEL, 0, 0.62f, N (shell));
  for (int i = -2; i <= 2; i++)
    quarry_demo_model_prism (self, QUARRY_DEMO_STEEL, 0.27f * (float) i, 0.06f, N (tooth));
  if (!loaded)
    return;
  self->color = vec3 (0.2f, 0.12f, 0.065f);
  quarry_demo_model_ellipsoid (self, QUARRY_DEMO_GRAVEL, vec3 (0.56f, 0, -0.38f),
                               vec3 (0.58f, 0.54f, 0.2f));
  self->color = paint;
}

static void
add_arm (QuarryDemoModel *self, const QuarryDemoDigging *digging)
{
  static const float lower[][2] = {
    { -0.25f, -0.2f }, { 0.1f, -0.3f }, { 2.75f, 0.6f }, { 2.45f, 1.3f }, { -0.28f, 0.2f }
  };
  static const float upper[][2] = {
    { 2.75f, 0.6f }, { 5.6f, -0.17f }, { 5.85f, 0 }, { 5.7f, 0.2f }, { 2.45f, 1.3f }
  };
  static const float stick[][2] = {
    { -0.8f, 0.3f }, { -0.15f, -0.26f }, { 2.8f, -0.12f }, { 2.9f, 0.1f }, { 0.3f, 0.38f }
  };
  const Vec3 foot = quarry_demo_model_world (self, vec3 (1.25f, 0, 1.5f));
  const Vec3 paint = self->color;
  Vec3 knee, back, ear;

  quarry_demo_model_push (self, frame3_rise (0.5f, -0.05f, 1.8f, digging->boom));
  quarry_demo_model_prism (self, QUARRY_DEMO_PAINT, 0, 0.23f, N (lower));
  quarry_demo_model_prism (self, QUARRY_DEMO_PAINT, 0, 0.22f, N (upper));
  self->color = vec3 (0.02f, 0.02f, 0.022f);
  quarry_demo_model_push (self, frame3_rise (3.4f, 0, 0.62f, -0.285f));
  for (int side = -1; side <= 1; side += 2)
    quarry_demo_model_box (self, QUARRY_DEMO_PLASTIC, vec3 (0, 0.222f * (float) side, 0),
                           vec3 (0.62f, 0.004f, 0.17f));
  quarry_demo_model_pop (self);
  self->color = paint;
  knee = quarry_demo_model_world (self, vec3 (2.5f, 0.0f, 0.75f));
  back = quarry_demo_model_world (self, vec3 (2.7f, 0, 1.3f));
  for (int side = -1; side <= 1; side += 2)
    {
      const Vec3 beside = vec3_scale (self->frames[self->depth].y, 0.34f * (float) side);

      quarry_demo_model_cylinder (self, vec3_add (foot, beside), vec3_add (knee, beside), 0.09f);
    }
  quarry_demo_model_push (self, frame3_rise (5.68f, 0, 0, digging->stick));
  quarry_demo_model_prism (self, QUARRY_DEMO_PAINT, 0, 0.17f, N (stick));
  quarry_demo_model_cylinder (self, back, quarry_demo_model_world (self, vec3 (-0.68f, 0, 0.28f)),
                              0.09f);
  ear = quarry_demo_model_world (self, vec3 (0.35f, 0, 0.42f));
  quarry_demo_model_push (self, frame3_rise (2.8f, 0, 0, digging->bucket));
  quarry_demo_model_cylinder (self, ear, quarry_demo_model_world (self, vec3 (0.05f, 0, 0.42f)),
                              0.075f);
  add_bucket (self, digging->loaded);
  quarry_demo_model_pop (self);
  quarry_demo_model_pop (self);
  quarry_demo_model_pop (self);
}

void
quarry_demo_add_excavator (QuarryDemoModel *self, const QuarryDemoDigging *digging)
{
  self->color = vec3 (0.82f, 0.44f, 0.02f);
  quarry_demo_model_push (self, frame3_yaw (0, 0, 0, -digging->swing));
  add_tracks (self);
  quarry_demo_model_pop (self);
  add_house (self);
  add_cab (self);
  add_arm (self, digging);
}
