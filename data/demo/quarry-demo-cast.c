/* quarry-demo-cast.c: single rays into a scene, and what they say about silhouettes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo-light.h"

/* Squared distance of a ray from a point beyond which a sphere is missed; FALSE also where it lies
 * behind */
static inline gboolean
may_hit (Vec3 to_centre, float radius, Vec3 direction, float limit)
{
  const float along = vec3_dot (to_centre, direction), d2 = vec3_dot (to_centre, to_centre);

  return d2 - along * along <= radius * radius && along > -radius && along - radius < limit;
}

static void
cast_object (const QuarryDemoScene *self, const QuarryDemoObject *object, Vec3 o, Vec3 d,
             QuarryDemoHit *hit)
{
  for (guint i = object->first_part; i < object->first_part + object->n_parts; i++)
    {
      const QuarryDemoPart *part = &g_array_index (self->parts, QuarryDemoPart, i);
      float t;
      int face;

      if (may_hit (vec3_sub (part->centre, o), part->radius, d, hit->t) &&
          quarry_demo_part_hit (part, frame3_unapply (&part->world_from_part, o),
                                frame3_unrotate (&part->world_from_part, d), hit->t, &t, &face))
        *hit = (QuarryDemoHit) { t, (guint16) (QUARRY_DEMO_PARTS + i), (guint8) face, 0 };
    }
}

gboolean
quarry_demo_scene_cast (const QuarryDemoScene *self, Vec3 o, Vec3 d, guint16 only,
                        QuarryDemoHit *out_hit)
{
  const QuarryDemoObject *objects = (const QuarryDemoObject *) self->objects->data;
  QuarryDemoHit hit = { 1e5f, QUARRY_DEMO_SKY, 0, 0 };
  float t;

  for (guint i = only > 0 ? only - 1u : 0; i < (only > 0 ? only : self->objects->len); i++)
    if (may_hit (vec3_sub (objects[i].centre, o), objects[i].radius, d, hit.t))
      cast_object (self, &objects[i], o, d, &hit);
  if (only > 0 && hit.part != QUARRY_DEMO_SKY)
    {
      const Vec3 at = vec3_along (o, hit.t, d);

      if (at.z <
          quarry_demo_field_height (quarry_demo_ground_get_field (self->site->ground), at.x, at.y))
        hit.part = QUARRY_DEMO_SKY;
    }
  else if (only == 0 && quarry_demo_ground_hit (self->site->ground, o, d, hit.t, &t))
    hit = (QuarryDemoHit) { t, QUARRY_DEMO_GROUND, 0, 0 };
  *out_hit = hit;
  return hit.part != QUARRY_DEMO_SKY;
}

guint16
quarry_demo_scene_get_id (const QuarryDemoScene *self, const QuarryDemoHit *hit)
{
  guint object;

  if (hit->part < QUARRY_DEMO_PARTS)
    return 0;
  object = g_array_index (self->parts, QuarryDemoPart, hit->part - QUARRY_DEMO_PARTS).object;
  return g_array_index (self->objects, QuarryDemoObject, object).class_name != NULL
             ? (guint16) (object + 1)
             : 0;
}

gboolean
quarry_demo_scene_sees (const QuarryDemoScene *self, int camera, guint16 only,
                        const double pixel[2])
{
  const QuarryPose world_from_camera = quarry_demo_scene_get_camera (self, camera);
  double ray[3];
  QuarryDemoHit hit;

  if (!quarry_camera_unproject (&self->site->cameras[camera].camera, pixel, ray))
    return FALSE;
  quarry_pose_rotate (&world_from_camera, ray, ray);
  return quarry_demo_scene_cast (
      self,
      vec3 ((float) world_from_camera.t[0], (float) world_from_camera.t[1],
            (float) world_from_camera.t[2]),
      vec3_unit (vec3 ((float) ray[0], (float) ray[1], (float) ray[2])), only, &hit);
}

/* Rings of rays around @pixel, each 0.05 px wider */
double
quarry_demo_scene_silhouette (const QuarryDemoScene *self, int camera, guint16 only,
                              const double pixel[2], double reach)
{
  if (quarry_demo_scene_sees (self, camera, only, pixel))
    return 0;
  for (double r = 0.05; r <= reach + 1e-9; r += 0.05)
    for (int i = 0; i < 24; i++)
      {
        const double at[2] = { pixel[0] + r * cos (i * G_PI / 12),
                               pixel[1] + r * sin (i * G_PI / 12) };

        if (quarry_demo_scene_sees (self, camera, only, at))
          return r;
      }
  return INFINITY;
}
