/* quarry-demo-site.c: what stands still, the sensors, and our own way
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo-light.h"
#include "quarry-demo-noise.h"

#include <jansson.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

#define START_S    G_GINT64_CONSTANT (1718006400)      /* 2024-06-10 08:00 UTC */
#define POSE_NS    (10 * 1000 * 1000)
#define LATTICE 4 /* px between rays that are computed exactly */

/* Metres driven along the way: forth and back like a loader at work, 1.2 to 2.1 m/s in the first
 * seconds */
static double
driven_at (double seconds)
{
  return 8 * (cos (2 * G_PI * 2.5 / 24) - cos (2 * G_PI * (seconds + 2.5) / 24));
}

/* The machine stands on four wheels, and its engine and the ground shake it a little */
static QuarryPose
pose_at (guint32 seed, double seconds)
{
  const Vec3 at = quarry_demo_way_at ((float) driven_at (seconds));
  const double c = cos ((double) at.z), s = sin ((double) at.z), x = (double) at.x,
               y = (double) at.y;
  const double length = 3.2, width = 2.1;
  double z[4], pitch, roll;
  QuarryPose yawed, tilt;

  for (int i = 0; i < 4; i++)
    {
      const double wx = (i < 2 ? 0.5 : -0.5) * length, wy = (i % 2 == 0 ? 0.5 : -0.5) * width;

      z[i] = (double) quarry_demo_ground_smooth (seed, (float) (x + c * wx - s * wy),
                                                 (float) (y + s * wx + c * wy));
    }
  pitch = -atan2 (z[0] + z[1] - z[2] - z[3], 2 * length) + 0.004 * sin (2 * G_PI * 1.3 * seconds) +
          0.0015 * sin (2 * G_PI * 3.7 * seconds);
  roll = atan2 (z[0] + z[2] - z[1] - z[3], 2 * width) + 0.006 * sin (2 * G_PI * 0.8 * seconds + 1) +
         0.001 * sin (2 * G_PI * 4.3 * seconds);
  yawed = quarry_pose_from_yaw (
      x, y, (z[0] + z[1] + z[2] + z[3]) / 4 + 0.008 * sin (2 * G_PI * 1.9 * seconds),
      (double) at.z);
  tilt = (QuarryPose){ { 0, 0, 0 },
                       { cos (pitch / 2) * cos (roll / 2), cos (pitch / 2) * sin (roll / 2),
                         sin (pitch / 2) * cos (roll / 2), -sin (pitch / 2) * sin (roll / 2) } };
  return quarry_pose_multiply (&yawed, &tilt);
}

/* What the file will say is what is true: each number is the one that is printed */
static void
round_pose (QuarryPose *pose)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  for (int i = 0; i < 3; i++)
    pose->t[i] = g_ascii_strtod (g_ascii_formatd (text, sizeof text, "%.9f", pose->t[i]), NULL);
  for (int i = 0; i < 4; i++)
    pose->q[i] = g_ascii_strtod (g_ascii_formatd (text, sizeof text, "%.12f", pose->q[i]), NULL);
}

static void
make_trajectory (QuarryDemoSite *self)
{
  const gint64 last = (gint64) self->n_frames * QUARRY_DEMO_FRAME_NS + 20 * POSE_NS;

  self->trajectory = quarry_trajectory_new ();
  for (gint64 ns = -20 * POSE_NS; ns <= last; ns += POSE_NS)
    {
      QuarryStampedPose pose = { self->start_ns + ns, pose_at (self->noise, (double) ns * 1e-9) };

      round_pose (&pose.world_from_body);
      g_array_append_val (self->trajectory, pose);
    }
  quarry_trajectory_sort (self->trajectory);
}

/* Rays through all pixel centres: exact on a lattice, linear between (the error stays below 0.02
 * px) */
static void
make_rays (QuarryDemoCamera *self)
{
  const int width = self->camera.width, height = self->camera.height;
  const int columns = width / LATTICE + 2, rows = height / LATTICE + 2;
  g_autofree Vec3 *lattice = g_new (Vec3, (gsize) columns * (gsize) rows);

  for (int y = 0; y < rows; y++)
    for (int x = 0; x < columns; x++)
      {
        const double pixel[2] = { x * LATTICE + 0.5, y * LATTICE + 0.5 };
        double ray[3] = { 0, 0, 1 };

        quarry_camera_unproject (&self->camera, pixel, ray);
        lattice[y * columns + x] = vec3 ((float) ray[0], (float) ray[1], (float) ray[2]);
      }
  self->rays = g_new (Vec3, (gsize) width * (gsize) height);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        const Vec3 *a = lattice + y / LATTICE * columns + x / LATTICE, *b = a + columns;
        const float p = (float) (x % LATTICE) / LATTICE, q = (float) (y % LATTICE) / LATTICE;

        self->rays[y * width + x] =
            vec3_unit (vec3_mix (vec3_mix (a[0], a[1], p), vec3_mix (b[0], b[1], p), q));
      }
}

/* @yaw, @pitch: degrees the optical axis is turned to the left and down from straight ahead */
static QuarryPose
mount (double x, double y, double z, double yaw, double pitch)
{
  const double cy = cos (yaw * G_PI / 180), sy = sin (yaw * G_PI / 180);
  const double cp = cos (pitch * G_PI / 180), sp = sin (pitch * G_PI / 180);
  const double r[9] = { sy, -cy * sp, cy * cp, -cy, -sy * sp, sy * cp, 0, -cp, -sp };
  const double t[3] = { x, y, z };
  QuarryPose pose = quarry_pose_from_matrix (r, t);

  round_pose (&pose);
  return pose;
}

static void
make_sensors (QuarryDemoSite *self, int width)
{
  const int height = (width * 10 + 8) / 16;
  const double s = width / 1280.0;
  const QuarryDemoCamera cameras[QUARRY_DEMO_N_CAMERAS] = {
    { .key = "cam_front",
      .delay_ns = 0,
      .body_from_sensor = mount (1.3, 0, 3.05, 0, 4.5),
      .camera = { .model = QUARRY_CAMERA_BROWN_CONRADY,
                  .fx = 985 * s,
                  .fy = 986 * s,
                  .cx = 646.5 * s,
                  .cy = 395.25 * s,
                  .k = { -0.26, 0.075, 0.0004, -0.0003, -0.008 } } },
    { .key = "cam_left",
      .delay_ns = 12 * 1000 * 1000,
      .body_from_sensor = mount (0.9, 0.8, 3.0, 58, 5),
      .camera = { .model = QUARRY_CAMERA_BROWN_CONRADY,
                  .fx = 790 * s,
                  .fy = 789 * s,
                  .cx = 636.75 * s,
                  .cy = 403.5 * s,
                  .k = { 0.31, 0.035, -0.0003, 0.0005, 0.002, 0.63, 0.105, 0.0085 } } },
    { .key = "cam_right",
      .delay_ns = 25 * 1000 * 1000,
      .body_from_sensor = mount (0.9, -0.8, 3.0, -62, 10),
      .camera = { .model = QUARRY_CAMERA_KANNALA_BRANDT,
                  .fx = 486 * s,
                  .fy = 485.5 * s,
                  .cx = 641.25 * s,
                  .cy = 398.0 * s,
                  .k = { 0.021, -0.0115, 0.0032, -0.0006 } } },
  };

  for (int i = 0; i < QUARRY_DEMO_N_CAMERAS; i++)
    {
      self->cameras[i] = cameras[i];
      self->cameras[i].camera.width = width;
      self->cameras[i].camera.height = height;
      quarry_camera_prepare (&self->cameras[i].camera);
      make_rays (&self->cameras[i]);
    }
  self->body_from_lidar = quarry_pose_from_yaw (0.7, 0, 3.45, 0.01);
  round_pose (&self->body_from_lidar);
}

/* A heap of loose material: a cone with a round top and an uneven foot, which goes a little below
 * the ground */
static void
add_pile (QuarryDemoSite *self, float x, float y, float radius, float height, Vec3 color)
{
  const int n = 64;
  const float reach = 1.35f * radius;
  const guint32 seed = self->noise + 100 + self->piles->len * 10;
  const QuarryDemoField *ground = quarry_demo_ground_get_field (self->ground);
  QuarryDemoPile pile = { quarry_demo_field_new (n, 2 * reach / (float) n, x - reach, y - reach),
                          color,
                          { x, y, 0 } };

  for (int iy = 0; iy <= n; iy++)
    for (int ix = 0; ix <= n; ix++)
      {
        const float dx = pile.field->cell * (float) ix - reach,
                    dy = pile.field->cell * (float) iy - reach;
        const float angle = atan2f (dy, dx), r = hypotf (dx, dy);
        const float foot =
            radius * (1 + 0.16f * demo_noise (1.3f * cosf (angle) + 5, 1.3f * sinf (angle), seed));
        const float slope = height * (1.07f - sqrtf (r * r / (foot * foot) + 0.018f));
        const float rough = 0.17f * demo_fbm (dx * 0.9f, dy * 0.9f, 4, seed + 1) +
                            0.16f * demo_noise (dx * 0.35f, dy * 0.35f, seed + 2);
        const float up = slope + rough * smoothf (-0.2f, 0.5f, slope);

        pile.field->heights[iy * (n + 1) + ix] =
            quarry_demo_field_height (ground, pile.field->x0 + pile.field->cell * (float) ix,
                                      pile.field->y0 + pile.field->cell * (float) iy) +
            MAX (up, -0.6f);
      }
  quarry_demo_field_finish (pile.field);
  g_array_append_val (self->piles, pile);
}

static void
make_piles (QuarryDemoSite *self)
{
  static const struct { float x, y, radius, height; Vec3 color; } piles[] = {
    { 20.5f, -8.6f, 4.1f, 2.5f, { 0.25f, 0.238f, 0.22f } },
    { 29.5f, 13.5f, 6.4f, 3.7f, { 0.175f, 0.108f, 0.062f } },
    { 44.0f, -14.5f, 5.2f, 3.2f, { 0.40f, 0.295f, 0.165f } },
    { 12.5f, 24.0f, 5.2f, 2.9f, { 0.20f, 0.13f, 0.075f } },
    { -7.5f, -13.5f, 4.0f, 2.2f, { 0.28f, 0.265f, 0.24f } },
    { -14.0f, 11.0f, 3.6f, 2.0f, { 0.34f, 0.255f, 0.15f } },
  };

  self->piles = g_array_new (FALSE, FALSE, sizeof (QuarryDemoPile));
  for (gsize i = 0; i < G_N_ELEMENTS (piles); i++)
    {
      const guint32 h = self->noise + 50 + (guint32) i * 4;
      const float grow = 0.92f + 0.16f * demo_unit (demo_hash (h));

      add_pile (self, piles[i].x + 0.8f * demo_unit (demo_hash (h + 1)) - 0.4f,
                piles[i].y + 0.8f * demo_unit (demo_hash (h + 2)) - 0.4f, piles[i].radius * grow,
                piles[i].height * grow, piles[i].color);
    }
}

QuarryDemoSite *
quarry_demo_site_new (const QuarryDemoOptions *options)
{
  QuarryDemoSite *self = g_new0 (QuarryDemoSite, 1);

  self->n_frames = options->n_frames;
  self->seed = options->seed;
  self->noise =
      demo_hash ((guint32) options->seed ^ demo_hash ((guint32) (options->seed >> 32) + 1));
  self->start_ns = START_S * QUARRY_NS_PER_S;
  self->ground = quarry_demo_ground_new (self->noise);
  self->sky = quarry_demo_sky_new (self->noise, options->width);
  make_trajectory (self);
  make_sensors (self, options->width);
  make_piles (self);
  return self;
}

void
quarry_demo_site_free (QuarryDemoSite *self)
{
  for (int i = 0; i < QUARRY_DEMO_N_CAMERAS; i++)
    g_free (self->cameras[i].rays);
  for (guint i = 0; i < self->piles->len; i++)
    quarry_demo_field_free (g_array_index (self->piles, QuarryDemoPile, i).field);
  g_array_unref (self->piles);
  g_array_unref (self->trajectory);
  quarry_demo_sky_free (self->sky);
  quarry_demo_ground_free (self->ground);
  g_free (self);
}

static json_t *
pose_to_json (const QuarryPose *pose)
{
  return json_pack ("{s:[f,f,f],s:[f,f,f,f]}", "t", pose->t[0], pose->t[1], pose->t[2],
                    "q", pose->q[0], pose->q[1], pose->q[2], pose->q[3]);
}

/* Returns: (transfer full): demo.json */
char *
quarry_demo_site_to_json (const QuarryDemoSite *self)
{
  json_t *sensors = json_array ();
  g_autofree char *key = g_strdup_printf ("demo-%" G_GUINT64_FORMAT, self->seed);
  g_autoptr(json_t) root = NULL;

  for (int i = 0; i < QUARRY_DEMO_N_CAMERAS; i++)
    {
      const QuarryCamera *camera = &self->cameras[i].camera;
      json_t *k = json_array ();

      for (gsize j = 0; j < G_N_ELEMENTS (camera->k); j++)
        json_array_append_new (k, json_real (camera->k[j]));
      json_array_append_new (
          sensors, json_pack ("{s:s,s:s,s:o,s:s,s:i,s:i,s:f,s:f,s:f,s:f,s:f,s:o}", "key",
                              self->cameras[i].key, "kind", "camera", "body_from_sensor",
                              pose_to_json (&self->cameras[i].body_from_sensor), "model",
                              quarry_camera_model_name (camera), "width", camera->width, "height",
                              camera->height, "fx", camera->fx, "fy", camera->fy, "cx", camera->cx,
                              "cy", camera->cy, "skew", camera->skew, "k", k));
    }
  json_array_append_new (sensors,
                         json_pack ("{s:s,s:s,s:o,s:i}", "key", QUARRY_DEMO_LIDAR, "kind", "lidar",
                                    "body_from_sensor", pose_to_json (&self->body_from_lidar),
                                    "rings", QUARRY_DEMO_N_RINGS));
  root = json_pack ("{s:s,s:i,s:I,s:i,s:{s:s,s:s,s:s,s:s},s:o}", "format", "quarry-demo", "version",
                    1, "seed", (json_int_t) self->seed, "frames", (int) self->n_frames, "scene",
                    "key", key, "name", "Demo site", "site", "Quarry demo site", "machine",
                    "wheel loader 1", "sensors", sensors);
  return json_dumps (root, JSON_INDENT (1) | JSON_SORT_KEYS | JSON_REAL_PRECISION (15));
}
