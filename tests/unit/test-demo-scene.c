/* test-demo-scene.c: what stands and moves on the synthetic site
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo-light.h"
#include "quarry-test.h"

#include <string.h>

#define N_FRAMES 400
#define STEP     9

static const QuarryDemoObject *
object_at (const QuarryDemoScene *scene, guint index)
{
  return &g_array_index (scene->objects, QuarryDemoObject, index);
}

static const QuarryDemoObject *
find_track (const QuarryDemoScene *scene, const char *track)
{
  for (guint i = 0; i < scene->objects->len; i++)
    if (strcmp (object_at (scene, i)->track, track) == 0)
      return object_at (scene, i);
  g_error ("no %s", track);
}

static gboolean
is_class (const QuarryDemoObject *object, const char *class_name)
{
  return g_strcmp0 (object->class_name, class_name) == 0;
}

static void
test_everybody_is_there (gconstpointer data)
{
  static const struct { const char *class_name; int n; } expected[] = {
    { "excavator", 1 }, { "haul_truck", 3 }, { "dozer", 1 }, { "worker", 6 },
    { "pile", 6 }, { "cone", 8 }, { "barrier", 4 }, { "container", 3 },
  };

  for (guint frame = 0; frame < N_FRAMES; frame += 57)
    {
      g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (data, frame);

      for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
        {
          int n = 0;

          for (guint k = 0; k < scene->objects->len; k++)
            n += is_class (object_at (scene, k), expected[i].class_name);
          g_assert_cmpint (n, ==, expected[i].n);
        }
    }
}

static void
test_tracks_are_unique_and_stay (gconstpointer data)
{
  g_autoptr(QuarryDemoScene) first = quarry_demo_scene_new (data, 0);

  for (guint frame = 0; frame < N_FRAMES; frame += 41)
    {
      g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (data, frame);
      g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

      for (guint i = 0; i < scene->objects->len; i++)
        {
          const QuarryDemoObject *object = object_at (scene, i), *same;

          if (object->class_name == NULL)
            {
              g_assert_cmpstr (object->track, ==, "");
              continue;
            }
          g_assert_true (g_hash_table_add (seen, (gpointer) object->track));
          g_assert_true (g_str_has_prefix (object->track, object->class_name));
          same = find_track (first, object->track);
          g_assert_cmpstr (same->class_name, ==, object->class_name);
        }
    }
}

/* Nothing jumps from frame to frame. Trucks begin their road again far away. */
static void
test_motion_is_smooth (gconstpointer data)
{
  for (guint frame = 0; frame < N_FRAMES; frame += STEP)
    {
      g_autoptr(QuarryDemoScene) a = quarry_demo_scene_new (data, frame);
      g_autoptr(QuarryDemoScene) b = quarry_demo_scene_new (data, frame + 1);

      for (guint i = 0; i < a->objects->len; i++)
        {
          const QuarryDemoObject *before = object_at (a, i), *after;
          Vec3 moved;

          if (before->class_name == NULL)
            continue;
          after = find_track (b, before->track);
          moved = vec3_sub (after->world_from_object.t, before->world_from_object.t);
          if (is_class (before, "haul_truck") &&
              hypotf (before->world_from_object.t.x, before->world_from_object.t.y) > 70)
            continue;
          g_assert_cmpfloat (vec3_length (moved), <, is_class (before, "haul_truck") ? 0.9f : 0.4f);
          /* turns: workers may turn round on the spot */
          if (!is_class (before, "worker"))
            g_assert_cmpfloat (vec3_dot (before->world_from_object.x, after->world_from_object.x),
                               >, 0.98f);
        }
    }
}

/* Trucks and workers look where they go */
static void
test_they_face_forward (gconstpointer data)
{
  guint n = 0;

  for (guint frame = 0; frame < 120; frame += STEP)
    {
      g_autoptr(QuarryDemoScene) a = quarry_demo_scene_new (data, frame);
      g_autoptr(QuarryDemoScene) b = quarry_demo_scene_new (data, frame + 1);

      for (guint i = 0; i < a->objects->len; i++)
        {
          const QuarryDemoObject *before = object_at (a, i), *after;
          Vec3 moved, ahead;

          if (!is_class (before, "haul_truck") && !is_class (before, "worker"))
            continue;
          after = find_track (b, before->track);
          moved = vec3_sub (after->world_from_object.t, before->world_from_object.t);
          ahead = before->world_from_object.x;
          moved.z = ahead.z = 0;
          if (vec3_length (moved) < 0.06f || vec3_length (moved) > 1)
            continue;      /* stands, turns round, or begins again */
          g_assert_cmpfloat (vec3_dot (vec3_unit (moved), vec3_unit (ahead)), >, 0.9f);
          n++;
        }
    }
  g_assert_cmpuint (n, >, 50);
}

static void
test_they_stand_on_the_ground (gconstpointer data)
{
  const QuarryDemoSite *site = data;
  const QuarryDemoField *ground = quarry_demo_ground_get_field (site->ground);

  for (guint frame = 0; frame < N_FRAMES; frame += 67)
    {
      g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (site, frame);

      for (guint i = 0; i < scene->objects->len; i++)
        {
          const QuarryDemoObject *object = object_at (scene, i);
          const Vec3 at = object->world_from_object.t;
          const float z = quarry_demo_field_height (ground, at.x, at.y);

          if (object->class_name == NULL || is_class (object, "pile"))
            continue;
          g_assert_cmpfloat (fabsf (at.z - z), <, 0.45f);      /* long ones bridge hollows */
          if (object->low.z < -0.25f || object->low.z > 0.2f)
            g_error ("frame %u: %s begins at %.2f m", frame, object->track, (double) object->low.z);
          g_assert_cmpfloat (object->world_from_object.z.z, >, 0.95f);
        }
    }
}

static void
test_sizes_are_real (gconstpointer data)
{
  static const struct { const char *class_name; float low[3], high[3]; } expected[] = {
    { "excavator", { 6, 2.5f, 2.9f }, { 12, 6.5f, 10 } },
    { "haul_truck", { 8, 3.5f, 3.8f }, { 9.5f, 5, 4.8f } },
    { "dozer", { 4, 3, 2.6f }, { 6, 4, 3.5f } },
    { "worker", { 0.3f, 0.45f, 1.7f }, { 1.4f, 0.8f, 1.9f } },
    { "cone", { 0.3f, 0.3f, 0.65f }, { 0.5f, 0.5f, 0.85f } },
    { "barrier", { 0.3f, 1.8f, 1.0f }, { 0.8f, 2.2f, 1.2f } },
    { "container", { 5.9f, 2.3f, 2.4f }, { 6.3f, 3.2f, 2.9f } },
  };

  for (guint frame = 0; frame < 160; frame += 23)
    {
      g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (data, frame);

      for (guint i = 0; i < scene->objects->len; i++)
        for (gsize k = 0; k < G_N_ELEMENTS (expected); k++)
          {
            const QuarryDemoObject *object = object_at (scene, i);
            const Vec3 size = vec3_sub (object->high, object->low);
            const float sides[3] = { size.x, size.y, size.z };

            if (!is_class (object, expected[k].class_name))
              continue;
            for (int axis = 0; axis < 3; axis++)
              if (sides[axis] < expected[k].low[axis] || sides[axis] > expected[k].high[axis])
                g_error ("%s is %.2f m along axis %d", object->track, (double) sides[axis], axis);
          }
    }
}

static void
test_parts_are_within_their_object (gconstpointer data)
{
  g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (data, 33);
  guint next = 0;

  for (guint i = 0; i < scene->objects->len; i++)
    {
      const QuarryDemoObject *object = object_at (scene, i);

      g_assert_cmpuint (object->first_part, ==, next);
      g_assert_cmpuint (object->n_parts, >, 0);
      next += object->n_parts;
      for (guint k = object->first_part; k < next; k++)
        {
          const QuarryDemoPart *part = &g_array_index (scene->parts, QuarryDemoPart, k);

          g_assert_cmpuint (part->object, ==, i);
          g_assert_true (part->radius > 0 && isfinite (part->radius));
          if (part->solid != QUARRY_DEMO_MOUND)
            g_assert_cmpfloat (vec3_length (vec3_sub (part->centre, object->centre)), <,
                               object->radius + 0.01f);
        }
    }
  g_assert_cmpuint (next, ==, scene->parts->len);
}

/* Our own machine needs its way: nothing stands on it, also in long recordings */
static void
test_the_way_is_free (gconstpointer data)
{
  const QuarryDemoSite *site = data;

  for (guint frame = 0; frame < N_FRAMES; frame += STEP)
    {
      g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (site, frame);
      const Frame3 world_from_body = frame3_from_pose (&scene->world_from_body);

      for (guint i = 0; i < scene->objects->len; i++)
        {
          const QuarryDemoObject *object = object_at (scene, i);
          const Vec3 own = frame3_unapply (&object->world_from_object, world_from_body.t);
          const float dx = MAX (MAX (object->low.x - own.x, own.x - object->high.x), 0);
          const float dy = MAX (MAX (object->low.y - own.y, own.y - object->high.y), 0);

          if (hypotf (dx, dy) < 1.3f)
            g_error ("frame %u: %s is in our way", frame, object->track);
        }
    }
}

/* What the demo is for: in its first seconds the machines are in the picture, and not tiny */
static void
test_composition (gconstpointer data)
{
  const QuarryDemoSite *site = data;

  for (guint frame = 0; frame < 40; frame += 13)
    {
      g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (site, frame);
      g_autoptr(QuarryDemoPicture) picture = quarry_demo_picture_new (scene, 0, FALSE, NULL);
      const int n = picture->width * picture->height;
      int excavator = 0, trucks = 0, workers = 0, sky_rows = 0;

      for (int i = 0; i < n; i++)
        if (picture->ids[i] > 0)
          {
            const QuarryDemoObject *object = object_at (scene, picture->ids[i] - 1u);

            excavator += is_class (object, "excavator");
            trucks += is_class (object, "haul_truck");
            workers += is_class (object, "worker");
          }
      g_assert_cmpint (excavator, >, n / 200);
      g_assert_cmpint (trucks, >, n / 100);
      g_assert_cmpint (workers, >, n / 1000);
      for (int y = 0; y < picture->height; y++)
        {
          int any = 0;

          for (int x = 0; x < picture->width; x++)
            any += picture->ids[y * picture->width + x] > 0;
          if (any > 0)
            break;
          sky_rows++;
        }
      g_assert_cmpint (sky_rows, >, picture->height / 10);
    }
}

static void
test_seeds_differ (void)
{
  const QuarryDemoOptions a = { 2, 7, 64 }, b = { 2, 8, 64 };
  g_autoptr(QuarryDemoSite) site_a = quarry_demo_site_new (&a);
  g_autoptr(QuarryDemoSite) site_b = quarry_demo_site_new (&b);
  g_autoptr(QuarryDemoSite) again = quarry_demo_site_new (&a);
  g_autoptr(QuarryDemoScene) scene_a = quarry_demo_scene_new (site_a, 1);
  g_autoptr(QuarryDemoScene) scene_b = quarry_demo_scene_new (site_b, 1);
  g_autoptr(QuarryDemoScene) scene_c = quarry_demo_scene_new (again, 1);
  guint moved = 0;

  for (guint i = 0; i < scene_a->objects->len; i++)
    {
      const QuarryDemoObject *x = object_at (scene_a, i), *y = object_at (scene_c, i);
      const QuarryDemoObject *z = x->class_name != NULL ? find_track (scene_b, x->track) : NULL;

      g_assert_cmpmem (&x->world_from_object, sizeof (Frame3), &y->world_from_object,
                       sizeof (Frame3));
      if (z != NULL)
        moved += vec3_length (vec3_sub (x->world_from_object.t, z->world_from_object.t)) > 0.01f;
    }
  g_assert_cmpuint (moved, >, 10);
}

/* An object's cuboid in the body frame, taken to the world, is around the object */
static void
test_cuboid_frames (gconstpointer data)
{
  g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (data, 25);

  for (guint i = 0; i < scene->objects->len; i++)
    {
      const QuarryDemoObject *object = object_at (scene, i);
      const QuarryCuboid cuboid = quarry_demo_scene_get_cuboid (scene, i);
      double corners[8][3];

      quarry_cuboid_get_corners (&cuboid, corners);
      for (int k = 0; k < 8; k++)
        {
          double world[3];
          Vec3 own;

          quarry_pose_apply (&scene->world_from_body, corners[k], world);
          own = frame3_unapply (&object->world_from_object,
                                vec3 ((float) world[0], (float) world[1], (float) world[2]));
          g_assert_cmpfloat (fabsf (own.x - ((k & 1) != 0 ? object->high.x : object->low.x)), <,
                             1e-3f);
          g_assert_cmpfloat (fabsf (own.y - ((k & 2) != 0 ? object->high.y : object->low.y)), <,
                             1e-3f);
          g_assert_cmpfloat (fabsf (own.z - ((k & 4) != 0 ? object->high.z : object->low.z)), <,
                             1e-3f);
        }
    }
}

/* Each camera moves on between its stamp and the frame's */
static void
test_stamps (gconstpointer data)
{
  const QuarryDemoSite *site = data;
  g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (site, 10);

  g_assert_cmpint (quarry_demo_scene_get_stamp (scene, 0), ==, scene->stamp_ns);
  g_assert_cmpint (quarry_demo_scene_get_stamp (scene, 1) - scene->stamp_ns, ==, 12 * 1000 * 1000);
  g_assert_cmpint (quarry_demo_scene_get_stamp (scene, 2) - scene->stamp_ns, ==, 25 * 1000 * 1000);
  for (int camera = 0; camera < QUARRY_DEMO_N_CAMERAS; camera++)
    {
      const QuarryPose rigid = quarry_pose_multiply (&scene->world_from_body,
                                                     &site->cameras[camera].body_from_sensor);
      const QuarryPose moving = quarry_demo_scene_get_camera (scene, camera);
      const double seconds = site->cameras[camera].delay_ns * 1e-9;
      const double moved = hypot (rigid.t[0] - moving.t[0], rigid.t[1] - moving.t[1]);

      g_assert_true (moved <= 3 * seconds + 1e-9 && moved >= 0.8 * seconds);
    }
}

int
main (int argc, char **argv)
{
  const QuarryDemoOptions options = { N_FRAMES + 1, 7, 320 };
  g_autoptr(QuarryDemoSite) site = NULL;

  g_test_init (&argc, &argv, NULL);
  site = quarry_demo_site_new (&options);
  g_test_add_data_func ("/demo/scene/everybody-is-there", site, test_everybody_is_there);
  g_test_add_data_func ("/demo/scene/tracks-are-unique-and-stay", site,
                        test_tracks_are_unique_and_stay);
  g_test_add_data_func ("/demo/scene/nothing-jumps", site, test_motion_is_smooth);
  g_test_add_data_func ("/demo/scene/who-moves-looks-ahead", site, test_they_face_forward);
  g_test_add_data_func ("/demo/scene/all-stand-on-the-ground", site, test_they_stand_on_the_ground);
  g_test_add_data_func ("/demo/scene/sizes-are-real", site, test_sizes_are_real);
  g_test_add_data_func ("/demo/scene/parts-are-within-their-object", site,
                        test_parts_are_within_their_object);
  g_test_add_data_func ("/demo/scene/our-way-is-free", site, test_the_way_is_free);
  g_test_add_data_func ("/demo/scene/machines-are-in-the-picture", site, test_composition);
  g_test_add_func ("/demo/scene/seeds-differ", test_seeds_differ);
  g_test_add_data_func ("/demo/scene/cuboids-are-around-objects", site, test_cuboid_frames);
  g_test_add_data_func ("/demo/scene/each-camera-has-its-own-time", site, test_stamps);
  return g_test_run ();
}
