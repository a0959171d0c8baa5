/* quarry-demo-lidar.c: a turn of the spinning lidar
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The head turns clockwise (seen from above), once in a frame's time: half a turn before the stamp
 * it looks back, then to the left, at the stamp ahead, then to the right.
 */

#include "config.h"
#include "quarry-demo-light.h"
#include "quarry-demo-noise.h"

#define COLUMNS     1024
#define TOP_DEG     9.0
#define BOTTOM_DEG  (-27.0)
#define MIN_RANGE   1.5f
#define MAX_RANGE   80.0f
#define NOISE_M     0.004f

/* Returns: 0…1 or below 0 where nothing comes back */
static float
echo (const QuarryDemoScene *scene, Vec3 o, Vec3 d, const QuarryDemoHit *hit, guint32 luck)
{
  const Vec3 at = vec3_along (o, hit->t, d);
  float intensity;

  if (hit->part == QUARRY_DEMO_GROUND)
    {
      const QuarryDemoSoil soil =
          quarry_demo_ground_look (scene->site->ground, at.x, at.y, 0.02f + 0.002f * hit->t);

      intensity = quarry_demo_material_echo (QUARRY_DEMO_GRAVEL, soil.albedo,
                                             MAX (-vec3_dot (soil.normal, d), 0));
    }
  else
    {
      const QuarryDemoPart *part =
          &g_array_index (scene->parts, QuarryDemoPart, hit->part - QUARRY_DEMO_PARTS);
      const Vec3 normal =
          quarry_demo_part_normal (part, frame3_unapply (&part->world_from_part, at), hit->face);

      intensity = quarry_demo_material_echo (
          part->material, part->color,
          fabsf (vec3_dot (frame3_rotate (&part->world_from_part, normal), d)));
    }
  intensity *= 0.9f + 0.2f * demo_unit (luck);
  /* dark things far away are lost */
  if (demo_unit (demo_hash (luck + 1)) > 0.997f ||
      intensity * 3600 < hit->t * hit->t * (0.15f + 0.3f * demo_unit (demo_hash (luck + 2))))
    return -1;
  return MIN (intensity, 1);
}

/* One beam. Returns: FALSE without a return */
static gboolean
fire (const QuarryDemoScene *scene, const QuarryPose *world_from_lidar, const double direction[3],
      guint32 luck, float out_xyz[3], float *out_intensity, guint16 *out_id)
{
  const Vec3 o = vec3 ((float) world_from_lidar->t[0], (float) world_from_lidar->t[1],
                       (float) world_from_lidar->t[2]);
  double ray[3];
  QuarryDemoHit hit;
  Vec3 d;
  float range;

  quarry_pose_rotate (world_from_lidar, direction, ray);
  d = vec3_unit (vec3 ((float) ray[0], (float) ray[1], (float) ray[2]));
  if (!quarry_demo_scene_cast (scene, o, d, 0, &hit) || hit.t < MIN_RANGE || hit.t > MAX_RANGE)
    return FALSE;
  *out_intensity = echo (scene, o, d, &hit, luck);
  if (*out_intensity < 0)
    return FALSE;
  range = hit.t + CLAMP (NOISE_M * demo_gauss (demo_hash (luck + 3)), -3 * NOISE_M, 3 * NOISE_M);
  for (int i = 0; i < 3; i++)
    out_xyz[i] = (float) ((double) range * direction[i]);
  *out_id = quarry_demo_scene_get_id (scene, &hit);
  return TRUE;
}

/**
 * quarry_demo_scan:
 * @out_ids: (transfer full) (optional): what each point lies on, as in pictures
 *
 * Returns: (transfer full): in order of time; the points in the sensor's frame at their own times
 */
QuarryCloud *
quarry_demo_scan (const QuarryDemoScene *scene, guint16 **out_ids)
{
  QuarryCloud *cloud = quarry_cloud_new (COLUMNS * QUARRY_DEMO_N_RINGS, TRUE, TRUE, TRUE);
  guint16 *ids = g_new0 (guint16, COLUMNS * QUARRY_DEMO_N_RINGS);
  gsize n = 0;

  for (int column = 0; column < COLUMNS; column++)
    {
      const gint64 offset = (gint64) (column - COLUMNS / 2) * QUARRY_DEMO_FRAME_NS / COLUMNS;
      const double azimuth = -2 * G_PI * (column - COLUMNS / 2) / COLUMNS;
      QuarryPose world_from_body, world_from_lidar;

      if (!quarry_trajectory_interpolate (scene->site->trajectory, scene->stamp_ns + offset,
                                          &world_from_body))
        g_assert_not_reached ();
      world_from_lidar = quarry_pose_multiply (&world_from_body, &scene->site->body_from_lidar);
      for (int ring = 0; ring < QUARRY_DEMO_N_RINGS; ring++)
        {
          const double elevation =
              (BOTTOM_DEG + (TOP_DEG - BOTTOM_DEG) * ring / (QUARRY_DEMO_N_RINGS - 1)) * G_PI / 180;
          const double direction[3] = { cos (elevation) * cos (azimuth),
                                        cos (elevation) * sin (azimuth), sin (elevation) };
          const guint32 luck = demo_hash2 ((guint32) (column * QUARRY_DEMO_N_RINGS + ring),
                                           scene->frame, scene->site->noise + 5);

          if (!fire (scene, &world_from_lidar, direction, luck, cloud->xyz + 3 * n,
                     &cloud->intensity[n], &ids[n]))
            continue;
          cloud->offset_ns[n] = (gint32) offset;
          cloud->ring[n++] = (guint16) ring;
        }
    }
  cloud->n = n;
  if (out_ids != NULL)
    *out_ids = ids;
  else
    g_free (ids);
  return cloud;
}
