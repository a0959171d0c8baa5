/* test-demo.c: the synthetic site: one geometry in pictures, clouds and labels
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo-private.h"
#include "quarry-test.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

#define SMALL ((QuarryDemoOptions) { 2, 7, 160 })

static const QuarryDemoObject *
object_at (const QuarryDemoScene *scene, guint16 id)
{
  return &g_array_index (scene->objects, QuarryDemoObject, id - 1);
}

/* Pixel of a de-skewed point. Returns: FALSE outside of the picture */
static gboolean
pixel_of (const QuarryDemoScene *scene, int camera, const float xyz[3], double out_pixel[2])
{
  const QuarryCamera *model = &scene->site->cameras[camera].camera;
  const QuarryPose world_from_camera = quarry_demo_scene_get_camera (scene, camera);
  const QuarryPose camera_from_world = quarry_pose_invert (&world_from_camera);
  const QuarryPose world_from_lidar =
      quarry_pose_multiply (&scene->world_from_body, &scene->site->body_from_lidar);
  double p[3] = { (double) xyz[0], (double) xyz[1], (double) xyz[2] };

  quarry_pose_apply (&world_from_lidar, p, p);
  quarry_pose_apply (&camera_from_world, p, p);
  return quarry_camera_project (model, p, out_pixel) && quarry_camera_is_inside (model, out_pixel);
}

/* At full size: half a pixel of 1280 */
static void
test_silhouettes (gconstpointer data)
{
  const QuarryDemoSite *site = data;

  for (guint frame = 3; frame < 40; frame += 17)
    {
      g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (site, frame);
      g_autofree guint16 *ids = NULL;
      g_autoptr(QuarryCloud) cloud = quarry_demo_scan (scene, &ids);
      guint n[QUARRY_DEMO_N_CAMERAS] = { 0 };
      double worst = 0;

      g_assert_true (
          quarry_cloud_deskew (cloud, site->trajectory, &site->body_from_lidar, scene->stamp_ns));
      for (gsize i = 0; i < cloud->n; i++)
        for (int camera = 0; ids[i] > 0 && camera < QUARRY_DEMO_N_CAMERAS; camera++)
          {
            double pixel[2], distance;

            if (!pixel_of (scene, camera, cloud->xyz + 3 * i, pixel))
              continue;
            distance = quarry_demo_scene_silhouette (scene, camera, ids[i], pixel, 1.5);
            if (distance > 0.5)
              g_error ("a point on %s is %.2f px off its silhouette in %s",
                       object_at (scene, ids[i])->track, distance, site->cameras[camera].key);
            worst = MAX (worst, distance);
            n[camera]++;
          }
      for (int camera = 0; camera < QUARRY_DEMO_N_CAMERAS; camera++)
        g_assert_cmpuint (n[camera], >, 500);
      g_test_message ("frame %u: %u + %u + %u points, worst %.2f px", frame, n[0], n[1], n[2],
                      worst);
    }
}

/* The test above can fail: without the motion between the point and the picture many points miss */
static void
test_skew_is_seen (gconstpointer data)
{
  const QuarryDemoSite *site = data;
  g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (site, 20);
  g_autofree guint16 *ids = NULL;
  g_autoptr(QuarryCloud) cloud = quarry_demo_scan (scene, &ids);
  guint missed = 0;

  for (gsize i = 0; i < cloud->n; i++)
    for (int camera = 0; ids[i] > 0 && camera < QUARRY_DEMO_N_CAMERAS; camera++)
      {
        double pixel[2];

        if (pixel_of (scene, camera, cloud->xyz + 3 * i, pixel))
          missed += quarry_demo_scene_silhouette (scene, camera, ids[i], pixel, 0.5) > 0.5;
      }
  g_assert_cmpuint (missed, >, 50);
}

static void
test_points_in_cuboids (gconstpointer data)
{
  const QuarryDemoSite *site = data;

  for (guint frame = 0; frame < 40; frame += 13)
    {
      g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (site, frame);
      g_autofree guint16 *ids = NULL;
      g_autoptr(QuarryCloud) cloud = quarry_demo_scan (scene, &ids);

      g_assert_true (
          quarry_cloud_deskew (cloud, site->trajectory, &site->body_from_lidar, scene->stamp_ns));
      for (gsize i = 0; i < cloud->n; i++)
        {
          double body[3] = { (double) cloud->xyz[3 * i], (double) cloud->xyz[3 * i + 1],
                             (double) cloud->xyz[3 * i + 2] };
          QuarryCuboid cuboid;

          if (ids[i] == 0)
            continue;
          quarry_pose_apply (&site->body_from_lidar, body, body);
          cuboid = quarry_demo_scene_get_cuboid (scene, ids[i] - 1u);
          if (!quarry_cuboid_contains (&cuboid, body, 0.05))
            g_error ("a point on %s is outside of its cuboid", object_at (scene, ids[i])->track);
        }
    }
}

/* Tight: each side of a machine's cuboid is touched. Piles end somewhere in the ground. */
static void
test_cuboids_are_tight (gconstpointer data)
{
  g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (data, 12);

  for (guint i = 0; i < scene->objects->len; i++)
    {
      const QuarryDemoObject *object = &g_array_index (scene->objects, QuarryDemoObject, i);
      const Vec3 axes[3] = { object->world_from_object.x, object->world_from_object.y,
                             object->world_from_object.z };
      const float *low = &object->low.x, *high = &object->high.x;

      if (object->class_name == NULL || strcmp (object->class_name, "pile") == 0)
        continue;
      for (int side = 0; side < 6; side++)
        {
          const float sign = side % 2 == 0 ? 1 : -1;
          const Vec3 out = vec3_scale (axes[side / 2], sign);
          float most = -INFINITY;

          for (guint k = object->first_part; k < object->first_part + object->n_parts; k++)
            {
              const QuarryDemoPart *part = &g_array_index (scene->parts, QuarryDemoPart, k);

              most = MAX (
                  most,
                  vec3_dot (vec3_sub (part->world_from_part.t, object->world_from_object.t), out) +
                      quarry_demo_part_support (part,
                                                frame3_unrotate (&part->world_from_part, out)));
            }
          g_assert_cmpfloat_with_epsilon (
              (double) (side % 2 == 0 ? high[side / 2] : -low[side / 2]), (double) most, 1e-3);
        }
    }
}

/* The picture's ids come from tiles, culling and rays between exact ones; single exact rays must
 * agree */
static void
test_ids_are_exact (gconstpointer data)
{
  const QuarryDemoSite *site = data;
  g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (site, 7);

  for (int camera = 0; camera < QUARRY_DEMO_N_CAMERAS; camera++)
    {
      g_autoptr(QuarryDemoPicture) picture = quarry_demo_picture_new (scene, camera, FALSE, NULL);
      const QuarryPose world_from_camera = quarry_demo_scene_get_camera (scene, camera);
      guint differ = 0, n = 0, objects = 0;

      for (int y = 3; y < picture->height; y += 7)
        for (int x = 3; x < picture->width; x += 5)
          {
            const double pixel[2] = { x + 0.5, y + 0.5 };
            double ray[3];
            QuarryDemoHit hit;

            g_assert_true (quarry_camera_unproject (&site->cameras[camera].camera, pixel, ray));
            quarry_pose_rotate (&world_from_camera, ray, ray);
            quarry_demo_scene_cast (
                scene, frame3_from_pose (&world_from_camera).t,
                vec3_unit (vec3 ((float) ray[0], (float) ray[1], (float) ray[2])), 0, &hit);
            differ +=
                quarry_demo_scene_get_id (scene, &hit) != picture->ids[y * picture->width + x];
            objects += picture->ids[y * picture->width + x] > 0;
            n++;
          }
      g_assert_cmpuint (differ, <=,
                        n / 2000); /* a ray between exact ones may be 0.02 px off at an edge */
      g_assert_cmpuint (objects, >, n / 50);
    }
}

static void
test_rays (gconstpointer data)
{
  const QuarryDemoSite *site = data;

  for (int camera = 0; camera < QUARRY_DEMO_N_CAMERAS; camera++)
    {
      const QuarryDemoCamera *sensor = &site->cameras[camera];

      for (int y = 0; y < sensor->camera.height; y += 11)
        for (int x = 0; x < sensor->camera.width; x += 13)
          {
            const Vec3 ray = sensor->rays[y * sensor->camera.width + x];
            const double point[3] = { (double) ray.x, (double) ray.y, (double) ray.z };
            double pixel[2];

            g_assert_true (quarry_camera_project (&sensor->camera, point, pixel));
            g_assert_cmpfloat (hypot (pixel[0] - x - 0.5, pixel[1] - y - 0.5), <, 0.02);
          }
    }
}

/* Every point of the lidar within its turn, ring by ring, in order of time */
static void
test_scan (gconstpointer data)
{
  const QuarryDemoSite *site = data;
  g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (site, 5);
  g_autoptr(QuarryCloud) cloud = quarry_demo_scan (scene, NULL);
  guint rings[QUARRY_DEMO_N_RINGS] = { 0 };
  guint used = 0;

  g_assert_cmpuint (cloud->n, >, 20000);
  for (gsize i = 0; i < cloud->n; i++)
    {
      const float *p = cloud->xyz + 3 * i;

      g_assert_cmpint (ABS (cloud->offset_ns[i]), <=, QUARRY_DEMO_FRAME_NS / 2);
      g_assert_true (i == 0 || cloud->offset_ns[i] >= cloud->offset_ns[i - 1]);
      g_assert_true (cloud->intensity[i] >= 0 && cloud->intensity[i] <= 1);
      g_assert_cmpfloat (sqrtf (p[0] * p[0] + p[1] * p[1] + p[2] * p[2]), <, 80.1f);
      rings[cloud->ring[i]]++;
    }
  for (guint i = 0; i < QUARRY_DEMO_N_RINGS; i++)
    used += rings[i] > 50;
  g_assert_cmpuint (used, >, 40);            /* the upper ones look at the sky */
}

static json_t *
labels_of (const QuarryDemoScene *scene, QuarryDemoPicture **pictures)
{
  g_autofree guint16 *ids = NULL;
  g_autoptr(QuarryCloud) cloud = quarry_demo_scan (scene, &ids);
  g_autofree char *text = quarry_demo_labels_to_json (scene, pictures, cloud, ids);
  json_error_t error;
  json_t *root = json_loads (text, JSON_REJECT_DUPLICATES, &error);

  g_assert_nonnull (root);
  return root;
}

static void
check_box (const QuarryDemoScene *scene, QuarryDemoPicture **pictures, const json_t *box)
{
  const char *sensor = json_string_value (json_object_get (box, "sensor")),
             *track = json_string_value (json_object_get (box, "track"));
  const json_t *numbers = json_object_get (box, "box");
  const double occlusion = json_number_value (json_object_get (box, "occlusion"));
  const double truncated = json_number_value (json_object_get (box, "truncated"));
  const QuarryDemoPicture *picture = NULL;
  int low[2] = { G_MAXINT, G_MAXINT }, high[2] = { 0, 0 };
  guint seen = 0;

  for (int camera = 0; camera < QUARRY_DEMO_N_CAMERAS; camera++)
    if (strcmp (scene->site->cameras[camera].key, sensor) == 0)
      picture = pictures[camera];
  g_assert_nonnull (picture);
  for (int i = 0; i < picture->width * picture->height; i++)
    if (picture->ids[i] > 0 && strcmp (object_at (scene, picture->ids[i])->track, track) == 0)
      {
        low[0] = MIN (low[0], i % picture->width);
        low[1] = MIN (low[1], i / picture->width);
        high[0] = MAX (high[0], i % picture->width + 1);
        high[1] = MAX (high[1], i / picture->width + 1);
        seen++;
      }
  g_assert_cmpuint (seen, >=, QUARRY_DEMO_MIN_BOX);
  for (int axis = 0; axis < 2; axis++)
    {
      g_assert_cmpint (json_integer_value (json_array_get (numbers, (gsize) axis)), ==, low[axis]);
      g_assert_cmpint (json_integer_value (json_array_get (numbers, (gsize) axis + 2)), ==,
                       high[axis] - low[axis]);
    }
  g_assert_true (occlusion >= 0 && occlusion <= 1 && truncated >= 0 && truncated <= 1);
  /* whoever is cut off touches the picture's edge */
  if (truncated > 0.05)
    g_assert_true (low[0] == 0 || low[1] == 0 || high[0] == picture->width ||
                   high[1] == picture->height);
}

static void
test_labels (gconstpointer data)
{
  const QuarryDemoSite *site = data;
  g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (site, 9);
  QuarryDemoPicture *pictures[QUARRY_DEMO_N_CAMERAS];
  static const char *const classes[] = { "excavator", "haul_truck", "dozer",   "worker",
                                         "pile",      "cone",       "barrier", "container" };
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(json_t) root = NULL;
  json_t *boxes, *cuboids, *entry;
  gsize i;

  for (int camera = 0; camera < QUARRY_DEMO_N_CAMERAS; camera++)
    pictures[camera] = quarry_demo_picture_new (scene, camera, FALSE, NULL);
  root = labels_of (scene, pictures);
  boxes = json_object_get (root, "boxes");
  cuboids = json_object_get (root, "cuboids");
  g_assert_cmpint (json_integer_value (json_object_get (root, "stamp_ns")), ==, scene->stamp_ns);
  g_assert_cmpuint (json_array_size (boxes), >, 25);
  json_array_foreach (boxes, i, entry)
    check_box (scene, pictures, entry);
  json_array_foreach (cuboids, i, entry)
    {
      g_hash_table_add (seen, (gpointer) json_string_value (json_object_get (entry, "class")));
      for (gsize k = 0; k < 3; k++)
      g_assert_cmpfloat (json_number_value (json_array_get (json_object_get (entry, "size"), k)), >,
                         0.02);
    }
  for (i = 0; i < G_N_ELEMENTS (classes); i++)
    g_assert_true (g_hash_table_contains (seen, classes[i]));
  for (int camera = 0; camera < QUARRY_DEMO_N_CAMERAS; camera++)
    quarry_demo_picture_free (pictures[camera]);
}

/* Occlusion against counting every pixel of the object alone */
static void
test_occlusion (gconstpointer data)
{
  const QuarryDemoSite *site = data;
  g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (site, 9);
  QuarryDemoPicture *pictures[QUARRY_DEMO_N_CAMERAS];
  g_autoptr(json_t) root = NULL;
  json_t *entry;
  gsize i;

  for (int camera = 0; camera < QUARRY_DEMO_N_CAMERAS; camera++)
    pictures[camera] = quarry_demo_picture_new (scene, camera, FALSE, NULL);
  root = labels_of (scene, pictures);
  json_array_foreach (json_object_get (root, "boxes"), i, entry)
    {
      const char *track = json_string_value (json_object_get (entry, "track"));
      guint16 id = 0;
      int alone = 0, visible = 0;

      if (strcmp (json_string_value (json_object_get (entry, "sensor")), "cam_front") != 0 ||
          strcmp (json_string_value (json_object_get (entry, "class")), "haul_truck") != 0)
        continue;
      for (guint k = 0; k < scene->objects->len; k++)
        if (strcmp (g_array_index (scene->objects, QuarryDemoObject, k).track, track) == 0)
          id = (guint16) (k + 1);
      for (int y = 1; y < pictures[0]->height; y += 3)
        for (int x = 1; x < pictures[0]->width; x += 3)
          {
            const double pixel[2] = { x + 0.5, y + 0.5 };

            alone += quarry_demo_scene_sees (scene, 0, id, pixel);
            visible += pictures[0]->ids[y * pictures[0]->width + x] == id;
          }
      g_assert_cmpfloat_with_epsilon (json_number_value (json_object_get (entry, "occlusion")),
                                      1 - (double) visible / alone, 0.06);
    }
  for (int camera = 0; camera < QUARRY_DEMO_N_CAMERAS; camera++)
    quarry_demo_picture_free (pictures[camera]);
}

/* Our own machine drives 1 to 3 m/s on what is in poses.csv */
static void
test_way (gconstpointer data)
{
  const QuarryDemoSite *site = data;

  for (guint frame = 0; frame + 1 < 40; frame++)
    {
      QuarryPose a, b;
      double speed;

      g_assert_true (quarry_trajectory_interpolate (
          site->trajectory, site->start_ns + (gint64) frame * QUARRY_DEMO_FRAME_NS, &a));
      g_assert_true (quarry_trajectory_interpolate (
          site->trajectory, site->start_ns + (gint64) (frame + 1) * QUARRY_DEMO_FRAME_NS, &b));
      speed = hypot (b.t[0] - a.t[0], b.t[1] - a.t[1]) * 10;
      g_assert_true (speed > 1 && speed < 3);
    }
}

static void
make_demo (const char *folder, const QuarryDemoOptions *options)
{
  g_autoptr(GError) error = NULL;

  quarry_demo_write (folder, options, NULL, &error);
  g_assert_no_error (error);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/* Every file's checksum under its name, names sorted */
static void
digest (const char *folder, const char *below, GString *out)
{
  g_autofree char *path = g_build_filename (folder, below, NULL);
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (dir == NULL)
    {
      g_autofree char *contents = NULL;
      g_autofree char *sum = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
      sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) contents, length);
      g_string_append_printf (out, "%s %s\n", below, sum);
      return;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_build_filename (below, name, NULL));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    digest (folder, names->pdata[i], out);
}

static char *
digest_of (const char *folder)
{
  g_autoptr(GString) out = g_string_new (NULL);

  digest (folder, "", out);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
test_same_bytes (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *a = g_build_filename (folder, "a", NULL),
                  *b = g_build_filename (folder, "b", NULL),
                  *c = g_build_filename (folder, "c", NULL);
  const QuarryDemoOptions other = { 2, 8, 160 };
  g_autofree char *da = NULL, *db = NULL, *dc = NULL;

  make_demo (a, &SMALL);
  make_demo (b, &SMALL);
  make_demo (c, &other);
  da = digest_of (a);
  db = digest_of (b);
  dc = digest_of (c);
  g_assert_cmpstr (da, ==, db);
  g_assert_cmpstr (da, !=, dc);
  g_assert_nonnull (strstr (da, "cam_front/000001.jpg"));
  g_assert_nonnull (strstr (da, "lidar_top/000001.pcd"));
  g_assert_nonnull (strstr (da, "labels/000001.json"));
  g_assert_null (strstr (da, ".part"));
  quarry_test_remove (folder);
}

static char *
read_text (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

/* What is written is what was true while casting: bit by bit for poses, and for the sensors */
static void
test_files_tell_the_truth (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autoptr(QuarryDemoSite) site = quarry_demo_site_new (&SMALL);
  g_autofree char *poses = NULL, *frames = NULL, *json = NULL;
  g_auto(GStrv) lines = NULL;
  g_autoptr(json_t) root = NULL;
  json_t *sensors;

  make_demo (folder, &SMALL);
  poses = read_text (folder, "poses.csv");
  frames = read_text (folder, "frames.csv");
  json = read_text (folder, "demo.json");
  lines = g_strsplit (poses, "\n", -1);
  g_assert_cmpstr (lines[0], ==, "stamp_ns,tx,ty,tz,qw,qx,qy,qz");
  g_assert_cmpuint (g_strv_length (lines), ==, site->trajectory->len + 2);
  for (guint i = 0; i < site->trajectory->len; i++)
    {
      const QuarryStampedPose *pose = &g_array_index (site->trajectory, QuarryStampedPose, i);
      g_auto(GStrv) cells = g_strsplit (lines[i + 1], ",", -1);

      g_assert_cmpint (g_ascii_strtoll (cells[0], NULL, 10), ==, pose->stamp_ns);
      for (int k = 0; k < 3; k++)
        g_assert_cmpfloat (g_ascii_strtod (cells[1 + k], NULL), ==, pose->world_from_body.t[k]);
      for (int k = 0; k < 4; k++)
        g_assert_cmpfloat (g_ascii_strtod (cells[4 + k], NULL), ==, pose->world_from_body.q[k]);
    }
  g_assert_cmpstr (frames, ==,
                   "key,stamp_ns,cam_front,cam_left,cam_right,lidar_top\n"
                   "000000,1718006400000000000,1718006400000000000,1718006400012000000,"
                   "1718006400025000000,1718006400000000000\n"
                   "000001,1718006400100000000,1718006400100000000,1718006400112000000,"
                   "1718006400125000000,1718006400100000000\n");
  root = json_loads (json, 0, NULL);
  sensors = json_object_get (root, "sensors");
  g_assert_cmpuint (json_array_size (sensors), ==, 4);
  for (gsize i = 0; i < QUARRY_DEMO_N_CAMERAS; i++)
    {
      const json_t *sensor = json_array_get (sensors, i), *k = json_object_get (sensor, "k");
      const QuarryCamera *camera = &site->cameras[i].camera;

      g_assert_cmpfloat_with_epsilon (json_number_value (json_object_get (sensor, "fx")),
                                      camera->fx, 1e-12);
      g_assert_cmpfloat_with_epsilon (json_number_value (json_object_get (sensor, "cy")),
                                      camera->cy, 1e-12);
      for (gsize j = 0; j < 12; j++)
        g_assert_cmpfloat (json_number_value (json_array_get (k, j)), ==, camera->k[j]);
    }
  quarry_test_remove (folder);
}

static void
test_refuses_other_folders (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *file = g_build_filename (folder, "thesis.txt", NULL);
  const QuarryDemoOptions none = { 0, 7, 160 }, odd = { 1, 7, 100 };
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "all I have", -1, NULL));
  g_assert_false (quarry_demo_write (folder, &SMALL, NULL, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST);
  g_assert_nonnull (strstr (error->message, folder));
  g_clear_error (&error);
  g_assert_false (quarry_demo_write (file, &SMALL, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (quarry_demo_write (folder, &none, NULL, &error));
  g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
  g_clear_error (&error);
  g_assert_false (quarry_demo_write (folder, &odd, NULL, &error));
  g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
  quarry_test_remove (folder);
}

static gboolean
write_in_operation (QuarryOperation *operation, gpointer data, GError **error)
{
  return quarry_demo_write (data, &SMALL, operation, error);
}

/* Cut short, then run again over itself: as if never disturbed */
static void
test_cancelled_runs_again (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *a = g_build_filename (folder, "a", NULL),
                  *b = g_build_filename (folder, "b", NULL);
  g_autofree char *list = g_build_filename (a, "frames.csv", NULL);
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("demo");
  g_autofree char *da = NULL, *db = NULL;
  g_autoptr(GError) error = NULL;

  quarry_operation_cancel (operation);
  g_assert_false (quarry_operation_run (operation, write_in_operation, a, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (g_file_test (list, G_FILE_TEST_EXISTS));
  make_demo (a, &SMALL);
  make_demo (b, &SMALL);
  da = digest_of (a);
  db = digest_of (b);
  g_assert_cmpstr (da, ==, db);
  quarry_test_remove (folder);
}

/* A shorter demo over a longer one leaves nothing of it */
static void
test_shorter_over_longer (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *a = g_build_filename (folder, "a", NULL);
  g_autofree char *b = g_build_filename (folder, "b", NULL);
  const QuarryDemoOptions one = { 1, 7, 64 }, two = { 2, 7, 64 };
  g_autofree char *da = NULL, *db = NULL;

  make_demo (a, &two);
  make_demo (a, &one);
  make_demo (b, &one);
  da = digest_of (a);
  db = digest_of (b);
  g_assert_cmpstr (da, ==, db);
  quarry_test_remove (folder);
}

/* A picture of a place: sky above, ground below, neither black nor blown out, and things that
 * differ from both */
static void
test_picture (void)
{
  const QuarryDemoOptions options = { 1, 7, 320 };
  g_autoptr(QuarryDemoSite) site = quarry_demo_site_new (&options);
  g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (site, 0);

  for (int camera = 0; camera < QUARRY_DEMO_N_CAMERAS; camera++)
    {
      g_autoptr(QuarryDemoPicture) picture = quarry_demo_picture_new (scene, camera, TRUE, NULL);
      const QuarryImage *image = picture->image;
      double sky = 0, ground = 0, mean = 0;
      guint dark = 0, white = 0;

      g_assert_cmpint (image->height, ==, 200);
      for (int i = 0; i < image->width * image->height; i++)
        {
          const guint8 *p = image->rgb + 3 * i;

          mean += p[1];
          dark += p[0] + p[1] + p[2] < 30;
          white += p[0] + p[1] + p[2] > 755;
          if (i < image->width * 20)
            sky += p[2] - p[0];
          else if (i >= image->width * 180)
            ground += p[2] - p[0];
        }
      g_assert_cmpfloat (sky, >, 0);              /* blue above, brown below */
      g_assert_cmpfloat (ground, <, 0);
      mean /= image->width * image->height;
      g_assert_true (mean > 70 && mean < 190);
      g_assert_cmpuint (dark, <, (guint) (image->width * image->height / 20));
      g_assert_cmpuint (white, <, (guint) (image->width * image->height / 20));
    }
}

int
main (int argc, char **argv)
{
  const QuarryDemoOptions options = { 40, 7, 1280 };
  g_autoptr(QuarryDemoSite) site = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  site = quarry_demo_site_new (&options);
  g_test_add_data_func ("/demo/lidar-points-land-on-their-silhouettes", site, test_silhouettes);
  g_test_add_data_func ("/demo/without-motion-they-would-not", site, test_skew_is_seen);
  g_test_add_data_func ("/demo/cuboids-hold-their-points", site, test_points_in_cuboids);
  g_test_add_data_func ("/demo/cuboids-are-tight", site, test_cuboids_are_tight);
  g_test_add_data_func ("/demo/ids-agree-with-exact-rays", site, test_ids_are_exact);
  g_test_add_data_func ("/demo/rays-pass-through-pixel-centres", site, test_rays);
  g_test_add_data_func ("/demo/scan-is-one-turn", site, test_scan);
  g_test_add_data_func ("/demo/boxes-are-what-is-visible", site, test_labels);
  g_test_add_data_func ("/demo/occlusion-is-what-is-hidden", site, test_occlusion);
  g_test_add_data_func ("/demo/drives-at-walking-pace", site, test_way);
  g_test_add_func ("/demo/same-seed-same-bytes", test_same_bytes);
  g_test_add_func ("/demo/files-tell-the-truth", test_files_tell_the_truth);
  g_test_add_func ("/demo/refuses-folders-of-others", test_refuses_other_folders);
  g_test_add_func ("/demo/cancelled-runs-again", test_cancelled_runs_again);
  g_test_add_func ("/demo/shorter-over-longer-leaves-nothing", test_shorter_over_longer);
  g_test_add_func ("/demo/pictures-look-like-a-place", test_picture);
  result = g_test_run ();
  return result;
}
