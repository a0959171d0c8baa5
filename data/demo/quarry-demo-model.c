/* quarry-demo-model.c: puts solids together
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo-model.h"
#include "quarry-demo-noise.h"

void
quarry_demo_model_begin (QuarryDemoModel *self, GArray *parts, guint object, guint32 seed,
                         Frame3 world_from_object)
{
  *self = (QuarryDemoModel){
    .parts = parts, .object = object, .seed = seed, .color = { 0.5f, 0.5f, 0.5f }
  };
  self->frames[0] = world_from_object;
}

void
quarry_demo_model_push (QuarryDemoModel *self, Frame3 current_from_child)
{
  g_assert (self->depth + 1 < QUARRY_DEMO_MODEL_DEPTH);
  self->frames[self->depth + 1] = frame3_multiply (&self->frames[self->depth], &current_from_child);
  self->depth++;
}

void
quarry_demo_model_pop (QuarryDemoModel *self)
{
  g_assert (self->depth > 0);
  self->depth--;
}

Vec3
quarry_demo_model_world (const QuarryDemoModel *self, Vec3 current)
{
  return frame3_apply (&self->frames[self->depth], current);
}

Vec3
quarry_demo_model_current (const QuarryDemoModel *self, Vec3 world)
{
  return frame3_unapply (&self->frames[self->depth], world);
}

static void
add (QuarryDemoModel *self, QuarryDemoPart *part, QuarryDemoSolid solid,
     QuarryDemoMaterial material, const Frame3 *current_from_part, Vec3 size)
{
  part->solid = solid;
  part->material = material;
  part->object = self->object;
  part->seed = demo_hash (self->seed + self->parts->len * 31);
  part->color = self->color;
  part->world_from_part = frame3_multiply (&self->frames[self->depth], current_from_part);
  part->size = size;
  quarry_demo_part_bound (part);
  g_array_append_vals (self->parts, part, 1);
}

void
quarry_demo_model_box (QuarryDemoModel *self, QuarryDemoMaterial material, Vec3 centre, Vec3 half)
{
  const Frame3 frame = frame3_at (centre.x, centre.y, centre.z);
  QuarryDemoPart part = { 0 };

  add (self, &part, QUARRY_DEMO_BOX, material, &frame, half);
}

/* A frame in the middle of two points, z from one to the other */
static Frame3
between (Vec3 from, Vec3 to)
{
  const Vec3 z = vec3_unit (vec3_sub (to, from));
  const Vec3 x = vec3_unit (vec3_cross (fabsf (z.z) > 0.9f ? vec3 (0, 1, 0) : vec3 (0, 0, 1), z));

  return (Frame3) { x, vec3_cross (z, x), z, vec3_scale (vec3_add (from, to), 0.5f) };
}

void
quarry_demo_model_rod (QuarryDemoModel *self, QuarryDemoMaterial material, Vec3 from, Vec3 to,
                       float r_from, float r_to)
{
  const Frame3 frame = between (from, to);
  QuarryDemoPart part = { 0 };

  add (self, &part, QUARRY_DEMO_CONE, material, &frame,
       vec3 (r_from, r_to, vec3_length (vec3_sub (to, from)) / 2));
}

void
quarry_demo_model_limb (QuarryDemoModel *self, QuarryDemoMaterial material, Vec3 from, Vec3 to,
                        float radius)
{
  const Frame3 frame = between (from, to);
  QuarryDemoPart part = { 0 };

  add (self, &part, QUARRY_DEMO_CAPSULE, material, &frame,
       vec3 (radius, radius, vec3_length (vec3_sub (to, from)) / 2));
}

void
quarry_demo_model_ellipsoid (QuarryDemoModel *self, QuarryDemoMaterial material, Vec3 centre,
                             Vec3 radii)
{
  const Frame3 frame = frame3_at (centre.x, centre.y, centre.z);
  QuarryDemoPart part = { 0 };

  add (self, &part, QUARRY_DEMO_ELLIPSOID, material, &frame, radii);
}

/* The part's frame is put into the outline's middle, so that its bounding sphere is small */
void
quarry_demo_model_prism (QuarryDemoModel *self, QuarryDemoMaterial material, float y, float half,
                         int n, const float (*outline)[2])
{
  QuarryDemoPart part = { .n_sides = n };
  float x = 0, z = 0;
  Frame3 frame;

  g_assert (n >= 3 && n <= QUARRY_DEMO_MAX_SIDES);
  for (int i = 0; i < n; i++)
    {
      x += outline[i][0] / (float) n;
      z += outline[i][1] / (float) n;
    }
  for (int i = 0; i < n; i++)
    {
      const float *a = outline[i], *b = outline[(i + 1) % n], *c = outline[(i + 2) % n];
      const float nx = b[1] - a[1], nz = a[0] - b[0];
      const float norm = sqrtf (nx * nx + nz * nz);

      g_assert (nx * (c[0] - b[0]) + nz * (c[1] - b[1]) < 0); /* convex, the right way round */
      part.sides[i][0] = nx / norm;
      part.sides[i][1] = nz / norm;
      part.sides[i][2] = (nx * (a[0] - x) + nz * (a[1] - z)) / norm;
    }
  frame = frame3_at (x, y, z);
  add (self, &part, QUARRY_DEMO_PRISM, material, &frame, vec3 (0, half, 0));
}

void
quarry_demo_model_mound (QuarryDemoModel *self, QuarryDemoMaterial material,
                         const QuarryDemoField *mound)
{
  const Frame3 frame = FRAME3_IDENTITY;
  QuarryDemoPart part = { .mound = mound };

  add (self, &part, QUARRY_DEMO_MOUND, material, &frame, vec3 (0, 0, 0));
}

void
quarry_demo_model_cylinder (QuarryDemoModel *self, Vec3 from_world, Vec3 to_world, float radius)
{
  const Vec3 from = quarry_demo_model_current (self, from_world),
             to = quarry_demo_model_current (self, to_world);
  const Vec3 middle = vec3_mix (from, to, 0.55f);

  quarry_demo_model_rod (self, QUARRY_DEMO_DARK, from, middle, radius, radius);
  quarry_demo_model_rod (self, QUARRY_DEMO_CHROME, middle, to, radius * 0.55f, radius * 0.55f);
}
