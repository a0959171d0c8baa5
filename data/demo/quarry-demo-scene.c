/* quarry-demo-scene.c: the site at one frame
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo-light.h"
#include "quarry-demo-noise.h"

#include <string.h>

static float
chance (const QuarryDemoScene *self, guint32 what)
{
  return demo_unit (demo_hash (self->site->noise + 0x5000 + what));
}

static float
jitter (const QuarryDemoScene *self, guint32 what, float reach)
{
  return reach * (2 * chance (self, what) - 1);
}

/* On the ground with its slope over @length and @width */
static Frame3
stand (const QuarryDemoScene *self, float x, float y, float yaw, float length, float width)
{
  const QuarryDemoField *ground = quarry_demo_ground_get_field (self->site->ground);
  const float c = cosf (yaw), s = sinf (yaw);
  float z[4], pitch, roll;
  Frame3 frame, tilt;

  for (int i = 0; i < 4; i++)
    {
      const float wx = (i < 2 ? 0.5f : -0.5f) * length, wy = (i % 2 == 0 ? 0.5f : -0.5f) * width;

      z[i] = quarry_demo_field_height (ground, x + c * wx - s * wy, y + s * wx + c * wy);
    }
  pitch = atan2f (z[0] + z[1] - z[2] - z[3], 2 * length);
  roll = atan2f (z[0] + z[2] - z[1] - z[3], 2 * width);
  frame = frame3_yaw (x, y, (z[0] + z[1] + z[2] + z[3]) / 4, yaw);
  tilt = frame3_rise (0, 0, 0, pitch);
  frame = frame3_multiply (&frame, &tilt);
  tilt = frame3_roll (0, 0, 0, roll);
  return frame3_multiply (&frame, &tilt);
}

static void
begin (QuarryDemoScene *self, QuarryDemoModel *model, const char *class_name, int number,
       Frame3 frame)
{
  QuarryDemoObject object = { .class_name = class_name,
                              .world_from_object = frame,
                              .first_part = self->parts->len };

  if (class_name != NULL)
    g_snprintf (object.track, sizeof object.track, "%s-%d", class_name, number);
  quarry_demo_model_begin (model, self->parts, self->objects->len,
                           self->site->noise + 977 * (self->objects->len + 1), frame);
  g_array_append_val (self->objects, object);
}

/* Over the parts' extents, in the object's frame */
static void
grow (QuarryDemoObject *object, const QuarryDemoPart *part)
{
  float *low = &object->low.x, *high = &object->high.x;
  const Vec3 axes[3] = { object->world_from_object.x, object->world_from_object.y,
                         object->world_from_object.z };
  const Vec3 at = vec3_sub (part->world_from_part.t, object->world_from_object.t);

  for (int i = 0; i < 3; i++)
    {
      const Vec3 u = frame3_unrotate (&part->world_from_part, axes[i]);
      const float centre = vec3_dot (at, axes[i]);

      high[i] = MAX (high[i], centre + quarry_demo_part_support (part, u));
      low[i] = MIN (low[i], centre - quarry_demo_part_support (part, vec3_scale (u, -1)));
    }
}

static void
end (QuarryDemoScene *self)
{
  QuarryDemoObject *object =
      &g_array_index (self->objects, QuarryDemoObject, self->objects->len - 1);
  Vec3 middle;

  object->n_parts = self->parts->len - object->first_part;
  object->low = vec3 (INFINITY, INFINITY, INFINITY);
  object->high = vec3 (-INFINITY, -INFINITY, -INFINITY);
  for (guint i = 0; i < object->n_parts; i++)
    grow (object, &g_array_index (self->parts, QuarryDemoPart, object->first_part + i));
  middle = vec3_scale (vec3_add (object->low, object->high), 0.5f);
  object->centre = frame3_apply (&object->world_from_object, middle);
  object->radius = vec3_length (vec3_sub (object->high, middle)) + 1e-3f;
}

/* Swings between the pile and the truck, once in 16 s; the arm reaches out where it digs */
static void
add_excavator (QuarryDemoScene *self, float seconds)
{
  const float phase = 2 * (float) G_PI * (seconds / 16 + 0.02f + 0.1f * chance (self, 1));
  const float side = 0.5f - 0.5f * cosf (phase); /* 0 at the pile, 1 over the truck */
  const float away = smoothf (0.15f, 0.8f, side);
  const float tracks = 0.35f;
  const QuarryDemoDigging digging = {
    .swing = mixf (0.75f, -1.15f, away),
    .boom = mixf (0.44f, 0.76f, smoothf (0.0f, 0.5f, side)),
    .stick = mixf (-1.55f, -1.35f, away) + 0.12f * sinf (phase),
    .bucket = mixf (-0.15f, sinf (phase) > 0 ? -1.1f : 0.25f, smoothf (0.05f, 0.25f, side)),
    .loaded = sinf (phase) > 0 && side > 0.05f,
  };
  QuarryDemoModel model;
  Frame3 frame = stand (self, 23.5f + jitter (self, 2, 0.4f), 6.6f + jitter (self, 3, 0.4f), tracks,
                        3.6f, 2.6f);
  const Frame3 turned = frame3_yaw (0, 0, 0, digging.swing);

  frame = frame3_multiply (&frame, &turned);
  begin (self, &model, "excavator", 1, frame);
  quarry_demo_add_excavator (&model, &digging);
  end (self);
}

static void
add_truck (QuarryDemoScene *self, int number, float x, float y, float yaw, float rolled,
           float steer, gboolean loaded)
{
  QuarryDemoModel model;

  begin (self, &model, "haul_truck", number, stand (self, x, y, yaw, 4.2f, 3.2f));
  quarry_demo_add_haul_truck (&model, rolled, steer, loaded);
  end (self);
}

/* @along: where it started on the road; @direction: +1 the way the road is drawn */
static void
add_driving_truck (QuarryDemoScene *self, int number, float along, int direction, float speed,
                   float seconds, gboolean loaded)
{
  const float length = quarry_demo_road_length (), rolled = along + speed * seconds;
  const float at = fmodf (rolled, length);
  const Vec3 here = quarry_demo_road_at (direction > 0 ? at : length - at);
  const Vec3 ahead = quarry_demo_road_at (direction > 0 ? at + 4 : length - at - 4);
  const float yaw = direction > 0 ? here.z : here.z + (float) G_PI;
  const float bend = remainderf (ahead.z - here.z, 2 * (float) G_PI);

  add_truck (self, number, here.x + 2.9f * sinf (yaw), here.y - 2.9f * cosf (yaw), yaw, rolled,
             clampf (bend * 0.8f * (float) direction, -0.5f, 0.5f), loaded);
}

/* Pushes forward and comes back, a bow wave of soil before the blade */
static void
add_dozer (QuarryDemoScene *self, float seconds)
{
  const float phase = 2 * (float) G_PI * (seconds / 18 + 0.05f + 0.15f * chance (self, 10));
  const float along = 3.5f * sinf (phase), yaw = 0.42f + jitter (self, 11, 0.08f);
  const gboolean pushing = cosf (phase) > 0;
  QuarryDemoModel model;

  begin (self, &model, "dozer", 1,
         stand (self, 12.0f + along * cosf (yaw), -13.2f + along * sinf (yaw), yaw, 2.6f, 2.0f));
  quarry_demo_add_dozer (&model, pushing ? 0.0f : 0.35f);
  end (self);
  if (!pushing)
    return;
  begin (self, &model, NULL, 0,
         stand (self, 12.0f + (along + 3.1f) * cosf (yaw), -13.2f + (along + 3.1f) * sinf (yaw),
                yaw, 1, 2));
  model.color = vec3 (0.22f, 0.145f, 0.085f);
  quarry_demo_model_ellipsoid (&model, QUARRY_DEMO_GRAVEL, vec3 (0, 0.3f, 0),
                               vec3 (0.85f, 1.5f, 0.62f));
  quarry_demo_model_ellipsoid (&model, QUARRY_DEMO_GRAVEL, vec3 (-0.1f, -0.7f, 0),
                               vec3 (0.75f, 1.0f, 0.5f));
  end (self);
}

static void
add_workers (QuarryDemoScene *self, float seconds)
{
  static const struct
  {
    float x, y, yaw, speed, reach;
  } workers[] = {
    /* they walk @reach metres and turn round */
    { 13.6f, -6.2f, 1.3f, 1.2f, 5 }, { 17.6f, 5.6f, -0.35f, 0, 0 },
    { 6.3f, 9.2f, 0.3f, 0, 0 },       { 7.6f, 9.5f, 3.3f, 0, 0 },
    { 6.0f, -7.6f, -0.3f, 1.1f, 7 },  { 31.0f, -6.2f, 2.4f, 0.9f, 6 },
  };

  for (guint32 i = 0; i < G_N_ELEMENTS (workers); i++)
    {
      const float turn = workers[i].reach;
      const float walked =
          workers[i].speed * seconds + (turn > 0 ? 2 * turn * 0.05f * (float) (i + 1) : 0);
      const float lap = turn > 0 ? fmodf (walked, 2 * turn) : 0;
      const float along = lap < turn ? lap : 2 * turn - lap;
      const float way = workers[i].yaw + jitter (self, 20 + i, 0.15f);
      const float yaw = way + (lap < turn ? 0 : (float) G_PI) +
                        (turn > 0 ? 0 : 0.15f * sinf (0.7f * seconds + (float) i));
      const float x = workers[i].x + along * cosf (way), y = workers[i].y + along * sinf (way);
      const float z =
          quarry_demo_field_height (quarry_demo_ground_get_field (self->site->ground), x, y);
      QuarryDemoModel model;

      begin (self, &model, "worker", (int) i + 1, frame3_yaw (x, y, z, yaw));
      quarry_demo_add_worker (&model, walked * 4.2f + (float) i, turn > 0 ? 0.48f : 0.04f,
                              (int) (i + self->site->noise % 3));
      end (self);
    }
}

static void
add_furniture (QuarryDemoScene *self)
{
  static const struct
  {
    float x, y;
  } cones[] = { { 8.5f, -3.3f },  { 11.2f, -3.0f }, { 14.0f, -2.6f }, { 16.8f, -2.0f },
                { 19.3f, -1.1f }, { 4.4f, 5.1f },   { 7.6f, 5.6f },   { 10.6f, 6.2f } };
  static const struct
  {
    float x, y, yaw;
  } barriers[] = {
    { 22.0f, -3.4f, 0.5f }, { 23.6f, -4.9f, 0.9f }, { 3.6f, -8.8f, 1.75f }, { 1.2f, -9.1f, 1.6f }
  };
  static const struct
  {
    float x, y, yaw;
    int look;
  } containers[] = { { 5.5f, 14.6f, 0.12f, 0 },
                     { -2.6f, 15.4f, 0.05f, 1 },
                     { 34.0f, 22.5f, -0.3f, 2 } };
  QuarryDemoModel model;

  for (guint32 i = 0; i < G_N_ELEMENTS (cones); i++)
    {
      begin (self, &model, "cone", (int) i + 1,
             stand (self, cones[i].x + jitter (self, 40 + i, 0.25f),
                    cones[i].y + jitter (self, 60 + i, 0.2f), jitter (self, 80 + i, 0.7f), 0.4f,
                    0.4f));
      quarry_demo_add_cone (&model);
      end (self);
    }
  for (guint32 i = 0; i < G_N_ELEMENTS (barriers); i++)
    {
      begin (self, &model, "barrier", (int) i + 1,
             stand (self, barriers[i].x, barriers[i].y, barriers[i].yaw, 0.5f, 1.6f));
      quarry_demo_add_barrier (&model);
      end (self);
    }
  for (guint32 i = 0; i < G_N_ELEMENTS (containers); i++)
    {
      begin (self, &model, "container", (int) i + 1,
             stand (self, containers[i].x, containers[i].y, containers[i].yaw, 6, 2.4f));
      quarry_demo_add_container (&model, containers[i].look);
      end (self);
    }
  begin (self, &model, NULL, 0, stand (self, 13.2f, 15.6f, 1.35f, 3, 3));
  quarry_demo_add_pipes (&model);
  end (self);
  begin (self, &model, NULL, 0, stand (self, 17.6f, 13.0f, -2.2f, 2, 1.2f));
  quarry_demo_add_mast (&model);
  end (self);
}

/* A pile's box holds what of it is above the ground */
static void
add_piles (QuarryDemoScene *self)
{
  const QuarryDemoField *ground = quarry_demo_ground_get_field (self->site->ground);

  for (guint i = 0; i < self->site->piles->len; i++)
    {
      const QuarryDemoPile *pile = &g_array_index (self->site->piles, QuarryDemoPile, i);
      const QuarryDemoField *field = pile->field;
      QuarryDemoModel model;
      QuarryDemoObject *object;
      Vec3 low = { INFINITY, INFINITY, INFINITY }, high = { -INFINITY, -INFINITY, -INFINITY };

      for (int k = 0; k < (field->n + 1) * (field->n + 1); k++)
        {
          const float x = field->x0 + field->cell * (float) (k % (field->n + 1)),
                      y = field->y0 + field->cell * (float) (k / (field->n + 1));
          const float z = quarry_demo_field_height (ground, x, y);

          if (field->heights[k] < z)
            continue;
          low = vec3 (MIN (low.x, x - field->cell), MIN (low.y, y - field->cell), MIN (low.z, z));
          high = vec3 (MAX (high.x, x + field->cell), MAX (high.y, y + field->cell),
                       MAX (high.z, field->heights[k]));
        }
      begin (self, &model, "pile", (int) i + 1, frame3_at (pile->centre.x, pile->centre.y, low.z));
      model.color = pile->color;
      model.frames[0] = FRAME3_IDENTITY;
      quarry_demo_model_mound (&model, QUARRY_DEMO_GRAVEL, field);
      end (self);
      object = &g_array_index (self->objects, QuarryDemoObject, self->objects->len - 1);
      object->low = vec3_sub (low, object->world_from_object.t);
      object->high = vec3_sub (high, object->world_from_object.t);
    }
}

QuarryDemoScene *
quarry_demo_scene_new (const QuarryDemoSite *site, guint frame)
{
  QuarryDemoScene *self = g_new0 (QuarryDemoScene, 1);
  const float seconds = 0.1f * (float) frame;

  self->site = site;
  self->frame = frame;
  self->stamp_ns = site->start_ns + (gint64) frame * QUARRY_DEMO_FRAME_NS;
  self->parts = g_array_new (FALSE, FALSE, sizeof (QuarryDemoPart));
  self->objects = g_array_new (FALSE, FALSE, sizeof (QuarryDemoObject));
  if (!quarry_trajectory_interpolate (site->trajectory, self->stamp_ns, &self->world_from_body))
    g_assert_not_reached ();
  add_excavator (self, seconds);
  add_truck (self, 1, 30.2f, 0.9f, -1.2f, 0, 0.1f, TRUE);
  add_driving_truck (self, 2, 38 + 6 * chance (self, 15), 1, 4.6f, seconds, TRUE);
  add_driving_truck (self, 3, 122 + 8 * chance (self, 16), -1, 5.4f, seconds, FALSE);
  add_dozer (self, seconds);
  add_workers (self, seconds);
  add_furniture (self);
  add_piles (self);
  self->sun = quarry_demo_sun_new (self);
  return self;
}

void
quarry_demo_scene_free (QuarryDemoScene *self)
{
  quarry_demo_sun_free (self->sun);
  g_array_unref (self->parts);
  g_array_unref (self->objects);
  g_free (self);
}

QuarryCuboid
quarry_demo_scene_get_cuboid (const QuarryDemoScene *self, guint index)
{
  const QuarryDemoObject *object = &g_array_index (self->objects, QuarryDemoObject, index);
  const Vec3 middle = vec3_scale (vec3_add (object->low, object->high), 0.5f);
  const Vec3 size = vec3_sub (object->high, object->low);
  const QuarryPose body_from_world = quarry_pose_invert (&self->world_from_body);
  QuarryPose world_from_cuboid = frame3_to_pose (&object->world_from_object);
  const Vec3 centre = frame3_apply (&object->world_from_object, middle);

  world_from_cuboid.t[0] = (double) centre.x;
  world_from_cuboid.t[1] = (double) centre.y;
  world_from_cuboid.t[2] = (double) centre.z;
  return (QuarryCuboid) { quarry_pose_multiply (&body_from_world, &world_from_cuboid),
                          { (double) size.x, (double) size.y, (double) size.z } };
}

gint64
quarry_demo_scene_get_stamp (const QuarryDemoScene *self, int camera)
{
  return self->stamp_ns + self->site->cameras[camera].delay_ns;
}

QuarryPose
quarry_demo_scene_get_camera (const QuarryDemoScene *self, int camera)
{
  QuarryPose world_from_body;

  if (!quarry_trajectory_interpolate (self->site->trajectory,
                                      quarry_demo_scene_get_stamp (self, camera), &world_from_body))
    g_assert_not_reached ();
  return quarry_pose_multiply (&world_from_body, &self->site->cameras[camera].body_from_sensor);
}
