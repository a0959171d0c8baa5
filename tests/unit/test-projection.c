/* test-projection.c: the shader's camera model against the CPU's
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-gl-renderer.h"

#include "quarry-catalog.h"
#include "quarry-demo.h"
#include "quarry-ingest.h"
#include "quarry-test-drawing.h"
#include "quarry-test-gl.h"
#include "quarry-test.h"

#include <math.h>

#define N_POINTS 4000
#define TOLERANCE 0.05         /* pixels */

typedef enum { PLUMB_BOB, RATIONAL, THIN_PRISM, FISHEYE, SKEW, WIDE_FISHEYE, N_LENSES } Lens;
static const char * const lens_names[] = { "plumb-bob", "rational", "thin-prism", "fisheye", "skew", "wide-fisheye" };

static double
spread (GRand *rand, double middle, double by)
{
  return g_rand_double_range (rand, middle - by, middle + by);
}

static QuarryCamera
random_camera (GRand *rand, Lens lens)
{
  const gboolean fisheye = lens == FISHEYE || lens == WIDE_FISHEYE;
  QuarryCamera camera = { .model = fisheye ? QUARRY_CAMERA_KANNALA_BRANDT : QUARRY_CAMERA_BROWN_CONRADY };

  camera.width = g_rand_int_range (rand, 320, 3840);
  camera.height = g_rand_int_range (rand, 240, 2160);
  camera.fx = camera.width * g_rand_double_range (rand, lens == WIDE_FISHEYE ? 0.2 : 0.4, lens == WIDE_FISHEYE ? 0.3 : 1.5);
  camera.fy = camera.fx * spread (rand, 1, 0.05);
  camera.cx = camera.width * spread (rand, 0.5, 0.08);
  camera.cy = camera.height * spread (rand, 0.5, 0.08);
  camera.skew = lens == SKEW ? spread (rand, 0, 4) : 0;
  if (fisheye)
    for (int i = 0; i < 4; i++)
      camera.k[i] = spread (rand, 0, 0.04 / (1 + i));
  else
    {
      camera.k[0] = spread (rand, -0.15, 0.2);
      camera.k[1] = spread (rand, 0.03, 0.06);
      camera.k[2] = spread (rand, 0, 0.002);
      camera.k[3] = spread (rand, 0, 0.002);
      camera.k[4] = spread (rand, 0, 0.01);
    }
  if (lens == RATIONAL || lens == THIN_PRISM)
    for (int i = 5; i < 8; i++)
      camera.k[i] = spread (rand, 0.05, 0.05);
  if (lens == THIN_PRISM)
    for (int i = 8; i < 12; i++)
      camera.k[i] = spread (rand, 0, 0.003);
  quarry_camera_prepare (&camera);
  return camera;
}

static QuarryPose
random_pose (GRand *rand)
{
  QuarryPose pose = { { spread (rand, 0, 3), spread (rand, 0, 3), spread (rand, 0, 2) },
                      { spread (rand, 0, 1), spread (rand, 0, 1), spread (rand, 0, 1), spread (rand, 0, 1) } };

  g_assert_true (quarry_pose_normalize (&pose));
  return pose;
}

/* Directions all around, distances of a lidar, given in the lidar's frame */
static void
random_points (GRand *rand, float *xyz)
{
  for (gsize i = 0; i < N_POINTS; i++)
    {
      const double up = spread (rand, 0, 1);
      const double around = spread (rand, 0, G_PI);
      const double distance = pow (10, g_rand_double_range (rand, -0.3, 2.2));

      xyz[3 * i] = (float) (distance * sqrt (1 - up * up) * cos (around));
      xyz[3 * i + 1] = (float) (distance * sqrt (1 - up * up) * sin (around));
      xyz[3 * i + 2] = (float) (distance * up);
    }
}

/* How far from the end of the valid field a point lies, as a part of it; the shader may differ only where this is tiny */
static double
get_margin (const QuarryCamera *camera, const double at[3])
{
  const double angle = atan2 (hypot (at[0], at[1]), at[2]);
  const double limit = camera->model == QUARRY_CAMERA_KANNALA_BRANDT ? camera->limit : atan (sqrt (camera->limit));

  return fabs (angle - limit);
}

static double
compare (QuarryGlRenderer *renderer, const QuarryCamera *camera, const QuarryPose *pose, const float *xyz, guint *out_inside)
{
  g_autofree float *result = g_new (float, 3 * N_POINTS);
  g_autoptr(GError) error = NULL;
  double worst = 0;

  g_assert_true (quarry_gl_renderer_project (renderer, camera, pose, xyz, N_POINTS, result, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < N_POINTS; i++)
    {
      const double point[3] = { (double) xyz[3 * i], (double) xyz[3 * i + 1], (double) xyz[3 * i + 2] };
      const float *got = result + 3 * i;
      double at[3], pixel[2];
      gboolean valid;

      quarry_pose_apply (pose, point, at);
      valid = quarry_camera_project (camera, at, pixel);
      if (valid != (got[2] > 0.5F))
        {
          g_assert_cmpfloat (get_margin (camera, at), <, 1e-4);
          continue;
        }
      if (!valid || pixel[0] < -camera->width || pixel[0] > 2 * camera->width || pixel[1] < -camera->height ||
          pixel[1] > 2 * camera->height)
        continue;
      worst = MAX (worst, hypot ((double) got[0] - pixel[0], (double) got[1] - pixel[1]));
      *out_inside += quarry_camera_is_inside (camera, pixel) ? 1 : 0;
    }
  return worst;
}

static void
test_agree (gconstpointer data)
{
  const guint which = GPOINTER_TO_UINT (data);
  const Lens lens = which % N_LENSES;
  g_autoptr(GRand) rand = g_rand_new_with_seed (1000 + which);
  g_autofree float *xyz = g_new (float, 3 * N_POINTS);
  g_autoptr(GError) error = NULL;
  QuarryGlRenderer *renderer = NULL;
  guint inside = 0;
  double worst = 0;
  TestGl gl;

  if (test_gl_open (&gl, which >= N_LENSES))
    {
      renderer = quarry_gl_renderer_new (&error);
      g_assert_no_error (error);
      test_gl_bind (&gl, 8, 8);
      for (int round = 0; round < 12; round++)
        {
          const QuarryCamera camera = random_camera (rand, lens);
          const QuarryPose pose = random_pose (rand);
          double most;

          g_assert_true (quarry_camera_is_valid (&camera));
          random_points (rand, xyz);
          most = compare (renderer, &camera, &pose, xyz, &inside);
          g_assert_cmpfloat (most, <=, TOLERANCE);
          worst = MAX (worst, most);
        }
      g_test_message ("%s: worst %.5f pixels over %u points inside", lens_names[lens], worst, inside);
      g_assert_cmpuint (inside, >, 500);
      quarry_gl_renderer_free (renderer);
    }
  test_gl_close (&gl);
}

static void
test_odd_points (void)
{
  const float xyz[] = { NAN, 0, 5, 0, 0, 5, 0, 0, -5, INFINITY, 1, 5, 0, 0, 0, 0, 0, 1e-6F };
  const QuarryPose still = QUARRY_POSE_IDENTITY;
  QuarryCamera camera = { .width = 100, .height = 80, .fx = 50, .fy = 50, .cx = 50, .cy = 40 };
  g_autoptr(GError) error = NULL;
  QuarryGlRenderer *renderer = NULL;
  float result[18];
  TestGl gl;

  if (test_gl_open (&gl, FALSE))
    {
      renderer = quarry_gl_renderer_new (&error);
      g_assert_no_error (error);
      test_gl_bind (&gl, 8, 8);
      quarry_camera_prepare (&camera);
      g_assert_true (quarry_gl_renderer_project (renderer, &camera, &still, xyz, 6, result, &error));
      g_assert_no_error (error);
      g_assert_cmpfloat_with_epsilon (result[3], 50, 1e-4);
      g_assert_cmpfloat_with_epsilon (result[4], 40, 1e-4);
      for (int i = 0; i < 6; i++)
        g_assert_cmpint (result[3 * i + 2] > 0.5F, ==, i == 1);
      g_assert_true (quarry_gl_renderer_project (renderer, &camera, &still, xyz, 0, result, &error));
      quarry_gl_renderer_free (renderer);
    }
  test_gl_close (&gl);
}

/* Every finite point of every cloud through every camera of the drawing: the shader's pixel is the CPU's */
static void
compare_points (QuarryGlRenderer *renderer, QuarryDrawing *drawing, const QuarryCameraView *view)
{
  const QuarryCamera *camera = &view->media->calibration.camera;
  guint inside = 0;

  for (guint c = 0; c < drawing->clouds->len; c++)
    {
      const QuarryCloud *cloud = ((const QuarryCloudView *) drawing->clouds->pdata[c])->cloud;
      double worst = 0;

      for (gsize i = 0; i + N_POINTS <= cloud->n; i += 5 * N_POINTS)
        worst = MAX (worst, compare (renderer, camera, view->camera_from_lidar->pdata[c], cloud->xyz + 3 * i, &inside));
      g_assert_cmpfloat (worst, <=, TOLERANCE);
      g_test_message ("%s: worst %.5f pixels over %u points inside", view->media->sensor_name, worst, inside);
    }
}

/* The picture with everything but chips, at its own size: GL's and the CPU's differ by a shade */
static void
compare_pictures (TestGl *gl, QuarryGlRenderer *renderer, QuarryDrawing *drawing, QuarryCameraView *view)
{
  QuarryStyle style = QUARRY_STYLE_DEFAULT;
  g_autoptr(QuarryImage) cpu = NULL;
  g_autoptr(QuarryImage) drawn = NULL;
  g_autofree char *name = g_strdup_printf ("%s-%s", drawing->clouds->len > 1 ? "several" : "recording", view->media->sensor_name);
  g_autoptr(GError) error = NULL;
  double sum = 0;

  style.show_labels = FALSE;
  style.point_size = 1.5;            /* where discs pile up, their soft edges blend in another order */
  cpu = quarry_drawing_render (drawing, view, &style, 0, &error);
  g_assert_no_error (error);
  test_gl_bind (gl, cpu->width, cpu->height);
  quarry_gl_renderer_set_drawing (renderer, drawing);
  g_assert_true (quarry_gl_renderer_draw_image (renderer, view, &style, NULL, cpu->width, cpu->height, &error));
  drawn = test_gl_read (gl);
  test_keep (cpu, name);
  for (gsize i = 0; i < cpu->stride * (gsize) cpu->height; i++)
    sum += abs (cpu->rgb[i] - drawn->rgb[i]);
  g_test_message ("%s: mean difference %.3f of 255", name, sum / (double) (cpu->stride * (gsize) cpu->height));
  g_assert_cmpfloat (sum / (double) (cpu->stride * (gsize) cpu->height), <, 2.5);
}

static void
compare_recording (TestGl *gl, QuarryGlRenderer *renderer, const char *path, guint at_least)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *catalog_path = g_build_filename (folder, "catalog.db", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryCatalog) catalog = quarry_catalog_open (catalog_path, &error);
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Import");
  g_autoptr(QuarryQuery) query = quarry_query_parse ("", NULL);
  g_autoptr(GArray) frames = NULL;
  guint n_pictures = 0;

  g_assert_no_error (error);
  g_assert_cmpint (quarry_ingest_import (catalog, path, NULL, operation, &error), >, 0);
  g_assert_no_error (error);
  frames = quarry_catalog_query (catalog, query, NULL, &error);
  for (guint f = 0; f < MIN (frames->len, 2); f++)
    {
      g_autoptr(QuarryDrawing) drawing = quarry_drawing_load (catalog, g_array_index (frames, QuarryId, f), 0, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (drawing->errors->len, ==, 0);
      for (guint i = 0; i < drawing->cameras->len; i++, n_pictures++)
        {
          compare_points (renderer, drawing, drawing->cameras->pdata[i]);
          compare_pictures (gl, renderer, drawing, drawing->cameras->pdata[i]);
        }
    }
  g_assert_cmpuint (n_pictures, >=, at_least);
  g_assert_true (quarry_catalog_close (catalog, &error));
  quarry_test_remove (folder);
}

static void
with_renderer (const char *path, guint at_least)
{
  g_autoptr(GError) error = NULL;
  QuarryGlRenderer *renderer = NULL;
  TestGl gl;

  if (test_gl_open (&gl, FALSE))
    {
      renderer = quarry_gl_renderer_new (&error);
      g_assert_no_error (error);
      test_gl_bind (&gl, 8, 8);
      compare_recording (&gl, renderer, path, at_least);
      quarry_gl_renderer_free (renderer);
    }
  test_gl_close (&gl);
}

static void
test_demo (void)
{
  const QuarryDemoOptions options = { 1, 3, 320 };
  g_autofree char *folder = quarry_test_folder ();
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Demo");
  g_autoptr(GError) error = NULL;

  g_assert_true (quarry_demo_write (folder, &options, operation, &error));
  g_assert_no_error (error);
  with_renderer (folder, 3);
  quarry_test_remove (folder);
}

static void
test_kitti (void)
{
  g_autofree char *path = quarry_test_shared ("kitti/object");

  if (path != NULL)
    with_renderer (path, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < 2 * N_LENSES; i++)
    {
      g_autofree char *name = g_strdup_printf ("/projection/shader-agrees-with-cpu/%s/%s", lens_names[i % N_LENSES],
                                               i < N_LENSES ? "desktop" : "es");

      g_test_add_data_func (name, GUINT_TO_POINTER (i), test_agree);
    }
  g_test_add_func ("/projection/odd-points-are-not-valid", test_odd_points);
  g_test_add_func ("/projection/demo-is-drawn-alike", test_demo);
  g_test_add_func ("/projection/kitti-is-drawn-alike", test_kitti);
  return g_test_run ();
}
