/* quarry-demo-picture.c: a camera's picture of a scene
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   tiles: which solids may be seen ─▶ first hits through pixel centres ─▶ ids
 *                                                 └▶ light ─▶ edges again, 2 × 2 ─▶ lens and sensor
 * ─▶ 8-bit sRGB
 */

#include "config.h"
#include "quarry-demo-light.h"
#include "quarry-demo-noise.h"

#include <string.h>

#define TILE 16

typedef struct
{
  const QuarryDemoScene *scene;
  const QuarryDemoCamera *camera;
  Frame3         world_from_camera;
  int            width, height;
  float          pixel;             /* radians, at the centre */
  QuarryDemoHit *hits;
  Vec3          *light;             /* NULL: ids only */
  Vec3          *origins;           /* the camera in each part's frame */
  guint16       *near;              /* parts that the current tile may see */
  guint          n_near;
} Render;

static Vec3
ray_at (const Render *self, float x, float y)
{
  const float u = clampf (x, 0, (float) self->width - 1),
              v = clampf (y, 0, (float) self->height - 1);
  const int ix = MIN ((int) u, self->width - 2), iy = MIN ((int) v, self->height - 2);
  const Vec3 *a = self->camera->rays + iy * self->width + ix, *b = a + self->width;
  const float p = x - (float) ix, q = y - (float) iy;

  return vec3_unit (frame3_rotate (
      &self->world_from_camera, vec3_mix (vec3_mix (a[0], a[1], p), vec3_mix (b[0], b[1], p), q)));
}

/* The parts whose bounding spheres reach into the cone around the tile's rays */
static void
collect (Render *self, int x0, int y0, int x1, int y1)
{
  const QuarryDemoObject *objects = (const QuarryDemoObject *) self->scene->objects->data;
  const Vec3 axis = ray_at (self, 0.5f * (float) (x0 + x1 - 1), 0.5f * (float) (y0 + y1 - 1));
  float cosine = 1, sine;

  for (int i = 0; i < 4; i++)
    cosine = MIN (cosine, vec3_dot (axis, ray_at (self, (float) (i % 2 == 0 ? x0 - 1 : x1),
                                                  (float) (i < 2 ? y0 - 1 : y1))));
  sine = sqrtf (MAX (1 - cosine * cosine, 0));
  self->n_near = 0;
  for (guint i = 0; i < self->scene->objects->len; i++)
    for (guint j = 0; j <= objects[i].n_parts; j++)       /* first the whole object */
      {
        const guint index = objects[i].first_part + (j > 0 ? j - 1 : 0);
        const QuarryDemoPart *part = &g_array_index (self->scene->parts, QuarryDemoPart, index);
        const Vec3 to =
            vec3_sub (j == 0 ? objects[i].centre : part->centre, self->world_from_camera.t);
        const float distance = vec3_length (to), radius = j == 0 ? objects[i].radius : part->radius;
        const float s = MIN (radius / distance, 1), c = sqrtf (1 - s * s);

        /* angle to the axis ≤ tile + sphere */
        if (distance > radius && vec3_dot (to, axis) < distance * (cosine * c - sine * s))
          {
            if (j == 0)
              break;
            continue;
          }
        if (j > 0)
          self->near[self->n_near++] = (guint16) index;
      }
}

static QuarryDemoHit
first_hit (const Render *self, Vec3 d)
{
  const Vec3 o = self->world_from_camera.t;
  QuarryDemoHit hit = { 1e5f, QUARRY_DEMO_SKY, 0, 0 };
  float t;

  for (guint i = 0; i < self->n_near; i++)
    {
      const guint index = self->near[i];
      const QuarryDemoPart *part = &g_array_index (self->scene->parts, QuarryDemoPart, index);
      const Vec3 to = vec3_sub (part->centre, o);
      const float along = vec3_dot (to, d);
      int face;

      if (vec3_dot (to, to) - along * along > part->radius * part->radius ||
          along - part->radius > hit.t)
        continue;
      if (quarry_demo_part_hit (part, self->origins[index],
                                frame3_unrotate (&part->world_from_part, d), hit.t, &t, &face))
        hit = (QuarryDemoHit) { t, (guint16) (QUARRY_DEMO_PARTS + index), (guint8) face, 0 };
    }
  if (quarry_demo_ground_hit (self->scene->site->ground, o, d, hit.t, &t))
    hit = (QuarryDemoHit) { t, QUARRY_DEMO_GROUND, 0, 0 };
  return hit;
}

static gboolean
differs (const Render *self, int at, int to)
{
  const QuarryDemoHit *a = &self->hits[at], *b = &self->hits[to];
  float la, lb;

  if (a->part != b->part || a->flags != b->flags)
    return TRUE;
  if (a->part == QUARRY_DEMO_SKY)
    return FALSE;
  if (a->part == QUARRY_DEMO_GROUND)
    return fabsf (1 / a->t - 1 / b->t) > 4 * self->pixel;
  la = self->light[at].x + 2 * self->light[at].y;
  lb = self->light[to].x + 2 * self->light[to].y;
  return a->face != b->face || fabsf (la - lb) > 0.22f * (la + lb);
}

static Vec3
shade_subpixels (const Render *self, int x, int y)
{
  static const float offsets[4][2] = {
    { -0.125f, -0.375f }, { 0.375f, -0.125f }, { -0.375f, 0.125f }, { 0.125f, 0.375f }
  };
  Vec3 sum = { 0, 0, 0 };

  for (int i = 0; i < 4; i++)
    {
      const Vec3 d = ray_at (self, (float) x + offsets[i][0], (float) y + offsets[i][1]);
      QuarryDemoHit hit = first_hit (self, d);
      const Vec3 light =
          quarry_demo_shade (self->scene, self->world_from_camera.t, d, &hit, self->pixel);

      sum = vec3_add (sum, vec3 (MIN (light.x, 2), MIN (light.y, 2), MIN (light.z, 2)));
    }
  return vec3_scale (sum, 0.25f);
}

/* @pass 0: hits and light at pixel centres; 1: edges, which need their neighbours' hits */
static void
render_tile (Render *self, int x0, int y0, int pass)
{
  const int x1 = MIN (x0 + TILE, self->width), y1 = MIN (y0 + TILE, self->height);
  gboolean collected = FALSE;

  for (int y = y0; y < y1; y++)
    for (int x = x0; x < x1; x++)
      {
        const int at = y * self->width + x;
        const gboolean edge =
            pass == 1 && ((x > 0 && differs (self, at, at - 1)) ||
                          (x + 1 < self->width && differs (self, at, at + 1)) ||
                          (y > 0 && differs (self, at, at - self->width)) ||
                          (y + 1 < self->height && differs (self, at, at + self->width)));

        if (pass == 1 && !edge)
          continue;
        if (!collected)
          collect (self, x0, y0, x1, y1);
        collected = TRUE;
        if (pass == 0)
          {
            const Vec3 d = frame3_rotate (&self->world_from_camera, self->camera->rays[at]);

            self->hits[at] = first_hit (self, d);
            if (self->light != NULL)
              self->light[at] = quarry_demo_shade (self->scene, self->world_from_camera.t, d,
                                                   &self->hits[at], self->pixel);
          }
        else
          self->light[at] = shade_subpixels (self, x, y);
      }
}

/* Filmic curve (Hable 2010, the shape only) and the sRGB transfer function, as a table over √light
 */
static void
make_curve (float curve[1025])
{
  for (int i = 0; i <= 1024; i++)
    {
      const float in = (float) i / 1024 * 2;
      const float x = in * in * 0.94f;
      const float y = clampf ((x * (2.51f * x + 0.03f)) / (x * (2.43f * x + 0.59f) + 0.14f), 0, 1);

      curve[i] = 255 * (y < 0.0031308f ? 12.92f * y : 1.055f * powf (y, 1 / 2.4f) - 0.055f);
    }
}

static guint8
develop (const float curve[1025], float light, float noise)
{
  const float at = clampf (sqrtf (MAX (light, 0)) * 512, 0, 1023.99f);
  const int i = (int) at;
  const float value = mixf (curve[i], curve[i + 1], at - (float) i) + noise;

  return (guint8) clampf (value + 0.5f, 0, 255);
}

static void
expose (const Render *self, QuarryImage *image, guint32 seed)
{
  float curve[1025];

  make_curve (curve);
  for (int y = 0; y < self->height; y++)
    for (int x = 0; x < self->width; x++)
      {
        const int at = y * self->width + x;
        const float c = self->camera->rays[at].z;                 /* cosine to the optical axis */
        const float vignette = 0.55f + 0.45f * c * (2 - c);
        const Vec3 light = vec3_scale (self->light[at], vignette);
        const guint32 h = demo_hash_fast ((guint32) x, (guint32) y, seed);
        const float grain = 1.1f * demo_gauss (h), tint = 0.5f * demo_gauss (h * 0x9e3779b1U);
        guint8 *out = image->rgb + (gsize) y * image->stride + 3 * (gsize) x;

        out[0] = develop (curve, light.x, grain + tint);
        out[1] = develop (curve, light.y, grain - 0.5f * tint);
        out[2] = develop (curve, light.z, grain - tint);
      }
}

static gboolean
render_all (Render *self, GCancellable *cancellable)
{
  for (int pass = 0; pass < (self->light != NULL ? 2 : 1); pass++)
    for (int y = 0; y < self->height; y += TILE)
      {
        if (g_cancellable_is_cancelled (cancellable))
          return FALSE;
        for (int x = 0; x < self->width; x += TILE)
          render_tile (self, x, y, pass);
      }
  return TRUE;
}

QuarryDemoPicture *
quarry_demo_picture_new (const QuarryDemoScene *scene, int camera, gboolean shaded,
                         GCancellable *cancellable)
{
  const QuarryDemoCamera *sensor = &scene->site->cameras[camera];
  const QuarryPose world_from_camera = quarry_demo_scene_get_camera (scene, camera);
  const int width = sensor->camera.width, height = sensor->camera.height;
  const gsize n = (gsize) width * (gsize) height;
  g_autofree QuarryDemoHit *hits = g_new (QuarryDemoHit, n);
  g_autofree Vec3 *light = shaded ? g_new (Vec3, n) : NULL;
  g_autofree Vec3 *origins = g_new (Vec3, scene->parts->len);
  g_autofree guint16 *near = g_new (guint16, scene->parts->len);
  Render render = { scene, sensor, frame3_from_pose (&world_from_camera),
                    width, height, 1 / (float) sensor->camera.fx,
                    hits,  light,  origins,
                    near,  0 };
  QuarryDemoPicture *self;

  for (guint i = 0; i < scene->parts->len; i++)
    origins[i] = frame3_unapply (&g_array_index (scene->parts, QuarryDemoPart, i).world_from_part,
                                 render.world_from_camera.t);
  if (!render_all (&render, cancellable))
    return NULL;
  self = g_new0 (QuarryDemoPicture, 1);
  self->width = width;
  self->height = height;
  self->ids = g_new (guint16, n);
  for (gsize i = 0; i < n; i++)
    self->ids[i] = quarry_demo_scene_get_id (scene, &hits[i]);
  if (shaded)
    {
      self->image = quarry_image_new (width, height);
      expose (&render, self->image,
              demo_hash2 (scene->frame, (guint32) camera, scene->site->noise));
    }
  return self;
}

void
quarry_demo_picture_free (QuarryDemoPicture *self)
{
  g_clear_pointer (&self->image, quarry_image_free);
  g_free (self->ids);
  g_free (self);
}
