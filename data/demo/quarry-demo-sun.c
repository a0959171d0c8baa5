/* quarry-demo-sun.c: which solids a ray to the sun may meet
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo-light.h"

#define CELLS 160
#define CELL  0.8f                 /* metres, across the sun's direction */

struct _QuarryDemoSun
{
  Vec3     sun, right, up;         /* right and up span the grid */
  float    u0, v0;
  guint32  first[CELLS * CELLS + 1];    /* of each cell's entries */
  guint16 *parts;
};

static void
range_of (const QuarryDemoSun *self, const QuarryDemoPart *part, int out[4])
{
  const float u = vec3_dot (part->centre, self->right) - self->u0,
              v = vec3_dot (part->centre, self->up) - self->v0;

  out[0] = CLAMP ((int) floorf ((u - part->radius) / CELL), 0, CELLS - 1);
  out[1] = CLAMP ((int) floorf ((u + part->radius) / CELL), 0, CELLS - 1);
  out[2] = CLAMP ((int) floorf ((v - part->radius) / CELL), 0, CELLS - 1);
  out[3] = CLAMP ((int) floorf ((v + part->radius) / CELL), 0, CELLS - 1);
}

QuarryDemoSun *
quarry_demo_sun_new (const QuarryDemoScene *scene)
{
  QuarryDemoSun *self = g_new0 (QuarryDemoSun, 1);
  const QuarryDemoPart *parts = (const QuarryDemoPart *) scene->parts->data;
  const Vec3 middle = vec3 (22, 0, 0);
  g_autofree guint32 *fill = g_new0 (guint32, CELLS * CELLS);

  self->sun = quarry_demo_sky_sun ();
  self->right = vec3_unit (vec3_cross (vec3 (0, 0, 1), self->sun));
  self->up = vec3_cross (self->sun, self->right);
  self->u0 = vec3_dot (middle, self->right) - CELL * CELLS / 2;
  self->v0 = vec3_dot (middle, self->up) - CELL * CELLS / 2;
  for (int pass = 0; pass < 2; pass++)
    {
      for (guint i = 0; i < scene->parts->len; i++)
        {
          int range[4];

          range_of (self, &parts[i], range);
          for (int v = range[2]; v <= range[3]; v++)
            for (int u = range[0]; u <= range[1]; u++)
              if (pass == 0)
                self->first[v * CELLS + u + 1]++;
              else
                self->parts[self->first[v * CELLS + u] + fill[v * CELLS + u]++] = (guint16) i;
        }
      if (pass == 1)
        break;
      for (int i = 0; i < CELLS * CELLS; i++)
        self->first[i + 1] += self->first[i];
      self->parts = g_new (guint16, self->first[CELLS * CELLS] + 1);
    }
  return self;
}

void
quarry_demo_sun_free (QuarryDemoSun *self)
{
  g_free (self->parts);
  g_free (self);
}

/* @point: a little off the surface it belongs to */
gboolean
quarry_demo_sun_blocked (const QuarryDemoScene *scene, Vec3 point)
{
  const QuarryDemoSun *self = scene->sun;
  const int u = (int) floorf ((vec3_dot (point, self->right) - self->u0) / CELL);
  const int v = (int) floorf ((vec3_dot (point, self->up) - self->v0) / CELL);

  if (u < 0 || v < 0 || u >= CELLS || v >= CELLS)
    return FALSE;
  for (guint32 i = self->first[v * CELLS + u]; i < self->first[v * CELLS + u + 1]; i++)
    {
      const QuarryDemoPart *part = &g_array_index (scene->parts, QuarryDemoPart, self->parts[i]);
      const Vec3 to = vec3_sub (part->centre, point);
      const float along = vec3_dot (to, self->sun);
      float t;
      int face;

      if (along < -part->radius || vec3_dot (to, to) - along * along > part->radius * part->radius)
        continue;
      if (quarry_demo_part_hit (part, frame3_unapply (&part->world_from_part, point),
                                frame3_unrotate (&part->world_from_part, self->sun), 200, &t,
                                &face))
        return TRUE;
    }
  return FALSE;
}
