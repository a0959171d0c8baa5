/* quarry-demo-labels.c: the truth about a frame
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo-private.h"

#include <jansson.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

#define SAMPLES 32          /* a side, over an object's box, to see what of it is hidden */
#define MAX_FAR_M 90.0f     /* without a label beyond */

typedef struct { int x0, y0, x1, y1, n; } Extent;

/* Where each object is seen in the picture */
static Extent *
find_extents (const QuarryDemoPicture *picture, guint n_objects)
{
  Extent *extents = g_new (Extent, n_objects + 1);

  for (guint i = 0; i <= n_objects; i++)
    extents[i] = (Extent) { G_MAXINT, G_MAXINT, 0, 0, 0 };
  for (int y = 0; y < picture->height; y++)
    for (int x = 0; x < picture->width; x++)
      {
        Extent *extent = &extents[picture->ids[y * picture->width + x]];

        extent->x0 = MIN (extent->x0, x);
        extent->y0 = MIN (extent->y0, y);
        extent->x1 = MAX (extent->x1, x + 1);
        extent->y1 = MAX (extent->y1, y + 1);
        extent->n++;
      }
  return extents;
}

/* A grid of rays over the object's projected box, also outside of the picture as far as the lens
 * has rays */
static void
measure (const QuarryDemoScene *scene, const QuarryDemoPicture *picture, int camera, guint object,
         double *out_occlusion, double *out_truncated)
{
  const QuarryCamera *model = &scene->site->cameras[camera].camera;
  const QuarryPose world_from_camera = quarry_demo_scene_get_camera (scene, camera);
  const QuarryPose camera_from_world = quarry_pose_invert (&world_from_camera);
  const QuarryPose camera_from_body =
      quarry_pose_multiply (&camera_from_world, &scene->world_from_body);
  const QuarryCuboid cuboid = quarry_demo_scene_get_cuboid (scene, object);
  int all = 0, inside = 0, visible = 0;
  double box[4];

  *out_occlusion = *out_truncated = 0;
  if (!quarry_cuboid_project_box (&cuboid, model, &camera_from_body, FALSE, box))
    return;
  for (int k = 0; k < SAMPLES * SAMPLES; k++)
    {
      /* the middle of a pixel, so that it can be compared with the picture */
      const double pixel[2] = { floor (box[0] + box[2] * (k % SAMPLES + 0.5) / SAMPLES) + 0.5,
                                floor (box[1] + box[3] * (k / SAMPLES + 0.5) / SAMPLES) + 0.5 };

      if (!quarry_demo_scene_sees (scene, camera, (guint16) (object + 1), pixel))
        continue;
      all++;
      if (!quarry_camera_is_inside (model, pixel))
        continue;
      inside++;
      visible += picture->ids[(int) pixel[1] * picture->width + (int) pixel[0]] == object + 1;
    }
  if (all > 0)
    *out_truncated = 1 - (double) inside / all;
  if (inside > 0)
    *out_occlusion = 1 - (double) visible / inside;
}

static double
rounded (double value, double unit)
{
  return round (value / unit) * unit;
}

static json_t *
boxes_to_json (const QuarryDemoScene *scene, QuarryDemoPicture **pictures)
{
  json_t *boxes = json_array ();

  for (int camera = 0; camera < QUARRY_DEMO_N_CAMERAS; camera++)
    {
      g_autofree Extent *extents = find_extents (pictures[camera], scene->objects->len);

      for (guint i = 0; i < scene->objects->len; i++)
        {
          const QuarryDemoObject *object = &g_array_index (scene->objects, QuarryDemoObject, i);
          const Extent *extent = &extents[i + 1];
          double occlusion, truncated;

          if (extent->n < QUARRY_DEMO_MIN_BOX)
            continue;
          measure (scene, pictures[camera], camera, i, &occlusion, &truncated);
          json_array_append_new (
              boxes, json_pack ("{s:s,s:s,s:s,s:[i,i,i,i],s:f,s:f}", "sensor",
                                scene->site->cameras[camera].key, "class", object->class_name,
                                "track", object->track, "box", extent->x0, extent->y0,
                                extent->x1 - extent->x0, extent->y1 - extent->y0, "occlusion",
                                rounded (occlusion, 1e-3), "truncated", rounded (truncated, 1e-3)));
        }
    }
  return boxes;
}

/* Only what is in reach of the sensors: seen in a picture or met by the lidar */
static json_t *
cuboids_to_json (const QuarryDemoScene *scene, const guint *points)
{
  json_t *cuboids = json_array ();

  for (guint i = 0; i < scene->objects->len; i++)
    {
      const QuarryDemoObject *object = &g_array_index (scene->objects, QuarryDemoObject, i);
      const QuarryCuboid cuboid = quarry_demo_scene_get_cuboid (scene, i);
      const double *t = cuboid.body_from_cuboid.t, *q = cuboid.body_from_cuboid.q;

      if (object->class_name == NULL ||
          (points[i + 1] == 0 && hypot (t[0], t[1]) > (double) MAX_FAR_M))
        continue;
      json_array_append_new (
          cuboids, json_pack ("{s:s,s:s,s:[f,f,f],s:[f,f,f],s:[f,f,f,f],s:i}", "class",
                              object->class_name, "track", object->track, "center", t[0], t[1],
                              t[2], "size", cuboid.size[0], cuboid.size[1], cuboid.size[2], "q",
                              q[0], q[1], q[2], q[3], "points", (int) points[i + 1]));
    }
  return cuboids;
}

/* Returns: (transfer full): labels/KEY.json */
char *
quarry_demo_labels_to_json (const QuarryDemoScene *scene, QuarryDemoPicture **pictures,
                            const QuarryCloud *cloud, const guint16 *ids)
{
  g_autofree guint *points = g_new0 (guint, scene->objects->len + 1);
  g_autoptr(json_t) root = NULL;

  for (gsize i = 0; i < cloud->n; i++)
    points[ids[i]]++;
  root = json_pack ("{s:I,s:o,s:o}", "stamp_ns", (json_int_t) scene->stamp_ns, "cuboids",
                    cuboids_to_json (scene, points), "boxes", boxes_to_json (scene, pictures));
  return json_dumps (root, JSON_INDENT (1) | JSON_SORT_KEYS | JSON_REAL_PRECISION (9));
}
