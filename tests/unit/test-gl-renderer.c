/* test-gl-renderer.c: the GL renderer off screen, against the CPU's pictures
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-gl-renderer.h"

#include "quarry-test-drawing.h"
#include "quarry-test-gl.h"
#include "quarry-test.h"

#define WIDTH  640
#define HEIGHT 400

typedef struct
{
  TestGl            gl;
  QuarryGlRenderer *renderer;
  gboolean          es;
} Fixture;

static void
setup (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  f->es = GPOINTER_TO_INT (data);
  if (!test_gl_open (&f->gl, f->es))
    return;
  f->renderer = quarry_gl_renderer_new (&error);
  g_assert_no_error (error);
  test_gl_bind (&f->gl, WIDTH, HEIGHT);
}

static void
teardown (Fixture *f, gconstpointer data)
{
  if (f->renderer != NULL)
    {
      quarry_gl_renderer_free (f->renderer);
      g_assert_cmpuint (glGetError (), ==, GL_NO_ERROR);
    }
  test_gl_close (&f->gl);
}

static QuarryImage *
draw (Fixture *f, QuarryDrawing *drawing, const QuarryStyle *style, const QuarryImageZoom *zoom)
{
  g_autoptr(GError) error = NULL;

  quarry_gl_renderer_set_drawing (f->renderer, drawing);
  g_assert_true (quarry_gl_renderer_draw_image (f->renderer, drawing->cameras->pdata[0], style, zoom, f->gl.width, f->gl.height,
                                                &error));
  g_assert_no_error (error);
  return test_gl_read (&f->gl);
}

static double
mean_difference (const QuarryImage *a, const QuarryImage *b)
{
  double sum = 0;

  g_assert_cmpint (a->width, ==, b->width);
  g_assert_cmpint (a->height, ==, b->height);
  for (int y = 0; y < a->height; y++)
    for (int x = 0; x < 3 * a->width; x++)
      sum += abs (a->rgb[(gsize) y * a->stride + (gsize) x] - b->rgb[(gsize) y * b->stride + (gsize) x]);
  return sum / (3.0 * a->width * a->height);
}

/* How many pixels @a changes clearly from @bare, and how many of these have nothing changed within a pixel in @b */
static void
count_alone (const QuarryImage *bare, const QuarryImage *a, const QuarryImage *b, guint *out_changed, guint *out_alone)
{
  *out_changed = *out_alone = 0;
  for (int y = 1; y < a->height - 1; y++)
    for (int x = 1; x < a->width - 1; x++)
      {
        int near = 0;

        if (test_difference (test_pixel (a, x, y), test_pixel (bare, x, y)) < 48)
          continue;
        (*out_changed)++;
        for (int i = 0; i < 9; i++)
          near = MAX (near, test_difference (test_pixel (b, x - 1 + i % 3, y - 1 + i / 3),
                                             test_pixel (bare, x - 1 + i % 3, y - 1 + i / 3)));
        *out_alone += near < 24 ? 1 : 0;
      }
}

static void
assert_same (const QuarryImage *bare, const QuarryImage *cpu, const QuarryImage *gl, double mean, double alone)
{
  guint changed, odd;

  g_test_message ("mean difference %.3f of 255", mean_difference (cpu, gl));
  g_assert_cmpfloat (mean_difference (cpu, gl), <, mean);
  count_alone (bare, cpu, gl, &changed, &odd);
  g_test_message ("%u pixels coloured by the CPU, %u of them not by GL", changed, odd);
  g_assert_cmpuint (odd, <=, changed * alone);
  count_alone (bare, gl, cpu, &changed, &odd);
  g_test_message ("%u pixels coloured by GL, %u of them not by the CPU", changed, odd);
  g_assert_cmpuint (odd, <=, changed * alone);
}

static void
test_same_as_cpu (Fixture *f, gconstpointer data)
{
  const QuarryStyle styles[] = {
    { .show_lidar = TRUE, .point_size = 3 }, { .show_boxes = TRUE }, { .show_cuboids = TRUE },
    { .show_lidar = TRUE, .point_size = 4, .color_by = QUARRY_COLOR_BY_HEIGHT },
    { .show_lidar = TRUE, .point_size = 4, .color_by = QUARRY_COLOR_BY_INTENSITY }, QUARRY_STYLE_DEFAULT,
  };

  for (int model = 0; f->renderer != NULL && model < 2; model++)
    {
      const QuarryCamera camera = test_camera (model, WIDTH, HEIGHT);
      g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, TRUE);
      QuarryCameraView *view = drawing->cameras->pdata[0];

      for (gsize i = 0; i < G_N_ELEMENTS (styles); i++)
        {
          g_autoptr(QuarryImage) cpu = quarry_drawing_render (drawing, view, &styles[i], 0, NULL);
          g_autoptr(QuarryImage) gl = draw (f, drawing, &styles[i], NULL);
          g_autofree char *name = g_strdup_printf ("style%" G_GSIZE_FORMAT "-model%d", i, model);
          g_autofree char *cpu_name = g_strconcat (name, "-cpu", NULL);
          g_autofree char *gl_name = g_strconcat (name, "-gl", NULL);

          test_keep (cpu, cpu_name);
          test_keep (gl, gl_name);
          assert_same (view->image, cpu, gl, 1.5, 0.01);
        }
    }
}

/* Without overlays the picture comes through unchanged, bit by bit */
static void
test_exact_picture (Fixture *f, gconstpointer data)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, WIDTH, HEIGHT);
  const QuarryStyle style = { 0 };
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, TRUE);
  g_autoptr(QuarryImage) gl = f->renderer != NULL ? draw (f, drawing, &style, NULL) : NULL;

  if (gl != NULL)
    g_assert_cmpmem (gl->rgb, gl->stride * HEIGHT, ((QuarryCameraView *) drawing->cameras->pdata[0])->image->rgb,
                     gl->stride * HEIGHT);
}

/* Zoom 8 about a pixel: squares of 8 × 8 target pixels, the chosen pixel in the middle; what is beside stays clear */
static void
test_zoom (Fixture *f, gconstpointer data)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, WIDTH, HEIGHT);
  const QuarryStyle style = { 0 };
  const QuarryImageZoom zoom = { { 100, 50 }, 8 };
  const QuarryImageZoom corner = { { 0, 0 }, 1 };
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, TRUE);
  QuarryCameraView *view = drawing->cameras->pdata[0];
  g_autoptr(QuarryImage) near = NULL;
  g_autoptr(QuarryImage) beside = NULL;

  if (f->renderer == NULL)
    return;
  near = draw (f, drawing, &style, &zoom);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      g_assert_cmpmem (test_pixel (near, x, y), 3,
                       test_pixel (view->image, 100 + (x - WIDTH / 2) / 8 - (x < WIDTH / 2 ? 1 : 0) + ((WIDTH / 2 - x) % 8 == 0 && x < WIDTH / 2 ? 1 : 0),
                                   50 + (y - HEIGHT / 2) / 8 - (y < HEIGHT / 2 ? 1 : 0) + ((HEIGHT / 2 - y) % 8 == 0 && y < HEIGHT / 2 ? 1 : 0)), 3);
  beside = draw (f, drawing, &style, &corner);
  g_assert_cmpmem (test_pixel (beside, 10, 10), 3, "\0\0\0", 3);
  g_assert_cmpmem (test_pixel (beside, WIDTH / 2, HEIGHT / 2), 3, test_pixel (view->image, 0, 0), 3);
}

/* Fitted into a wide target: bars to both sides; lidar and boxes keep their places on the picture */
static void
test_fit (Fixture *f, gconstpointer data)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, WIDTH, HEIGHT);
  const QuarryStyle style = { .show_boxes = TRUE };
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, TRUE);
  g_autoptr(QuarryImage) gl = NULL;

  if (f->renderer == NULL)
    return;
  test_gl_bind (&f->gl, 600, 200);
  gl = draw (f, drawing, &style, NULL);
  g_assert_cmpmem (test_pixel (gl, 139, 100), 3, "\0\0\0", 3);
  g_assert_cmpint (test_pixel (gl, 141, 100)[2], >, 40);
  g_assert_cmpint (test_pixel (gl, 458, 100)[2], >, 40);
  g_assert_cmpmem (test_pixel (gl, 461, 100), 3, "\0\0\0", 3);
  g_assert_cmpint (test_difference (test_pixel (gl, 140 + 32, 90), (guint8[]) { 0xf6, 0xd3, 0x2d }), <=, 12);
}

static void
test_odd_drawings (Fixture *f, gconstpointer data)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, WIDTH, HEIGHT);
  const QuarryCamera dot = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 1, 1);
  QuarryCloud *odd = quarry_cloud_new (4, TRUE, FALSE, FALSE);
  g_autoptr(QuarryDrawing) empty = test_drawing (&camera, TRUE, quarry_cloud_new (0, FALSE, FALSE, FALSE), FALSE);
  g_autoptr(QuarryDrawing) strange = test_drawing (&camera, FALSE, odd, TRUE);
  g_autoptr(QuarryDrawing) tiny = test_drawing (&dot, TRUE, NULL, TRUE);
  g_autoptr(QuarryDrawing) nothing = quarry_drawing_new (NULL);
  g_autoptr(GError) error = NULL;

  if (f->renderer == NULL)
    return;
  for (int i = 0; i < 12; i++)
    odd->xyz[i] = i < 3 ? NAN : i < 6 ? INFINITY : i < 9 ? 0 : 3;
  odd->intensity[3] = NAN;
  for (int i = 0; i < 3; i++)
    {
      QuarryDrawing *drawings[] = { empty, strange, tiny };
      g_autoptr(QuarryImage) image = draw (f, drawings[i], NULL, NULL);

      g_assert_true (quarry_gl_renderer_draw_space (f->renderer, NULL, NULL, WIDTH, HEIGHT, i % 2 == 0, &error));
      g_assert_cmpuint (glGetError (), ==, GL_NO_ERROR);
    }
  quarry_gl_renderer_set_drawing (f->renderer, nothing);
  g_assert_true (quarry_gl_renderer_draw_image (f->renderer, NULL, NULL, NULL, WIDTH, HEIGHT, &error));
  g_assert_true (quarry_gl_renderer_draw_space (f->renderer, NULL, NULL, WIDTH, HEIGHT, TRUE, &error));
  quarry_gl_renderer_set_drawing (f->renderer, NULL);
  g_assert_true (quarry_gl_renderer_draw_space (f->renderer, NULL, NULL, WIDTH, HEIGHT, TRUE, &error));
  g_assert_cmpuint (glGetError (), ==, GL_NO_ERROR);
}

/* A missing picture is grey, as the CPU's; its lidar and labels are there */
static void
test_missing_picture (Fixture *f, gconstpointer data)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_KANNALA_BRANDT, WIDTH, HEIGHT);
  const QuarryStyle none = { 0 };
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, FALSE, NULL, TRUE);
  g_autoptr(QuarryImage) bare = quarry_drawing_render (drawing, drawing->cameras->pdata[0], &none, 0, NULL);
  g_autoptr(QuarryImage) cpu = quarry_drawing_render (drawing, drawing->cameras->pdata[0], NULL, 0, NULL);
  g_autoptr(QuarryImage) gl = f->renderer != NULL ? draw (f, drawing, NULL, NULL) : NULL;

  if (gl != NULL)
    assert_same (bare, cpu, gl, 1.5, 0.01);
}

/* The view in space: a point is drawn where the orbit's matrix puts it, nearer things hide farther ones */
static void
test_space (Fixture *f, gconstpointer data)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, WIDTH, HEIGHT);
  QuarryCloud *cloud = quarry_cloud_new (1, FALSE, FALSE, FALSE);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, FALSE, cloud, TRUE);
  const QuarryCloudView *view = drawing->clouds->pdata[0];
  const QuarryStyle points = { .show_lidar = TRUE, .point_size = 5 };
  const QuarryOrbit orbit = { { 5, 1, 0 }, 20, 2.5, 0.6 };
  const double lidar[3] = { 6, -1, 1 };
  g_autoptr(QuarryImage) with = NULL;
  g_autoptr(QuarryImage) without = NULL;
  float clip_from_body[16];
  double body[3], clip[4];
  int x, y;

  if (f->renderer == NULL)
    return;
  for (int i = 0; i < 3; i++)
    cloud->xyz[i] = (float) lidar[i];
  quarry_pose_apply (&view->body_from_lidar, lidar, body);
  quarry_orbit_get_matrices (&orbit, (double) WIDTH / HEIGHT, clip_from_body);
  for (int row = 0; row < 4; row++)
    clip[row] = (double) clip_from_body[row] * body[0] + (double) clip_from_body[4 + row] * body[1] +
                (double) clip_from_body[8 + row] * body[2] + (double) clip_from_body[12 + row];
  x = (int) ((0.5 + 0.5 * clip[0] / clip[3]) * WIDTH);
  y = (int) ((0.5 - 0.5 * clip[1] / clip[3]) * HEIGHT);
  for (int pass = 0; pass < 2; pass++)
    {
      const QuarryStyle style = { .show_lidar = pass == 0, .point_size = 5 };
      QuarryImage **image = pass == 0 ? &with : &without;

      quarry_gl_renderer_set_drawing (f->renderer, drawing);
      g_assert_true (quarry_gl_renderer_draw_space (f->renderer, &style, &orbit, WIDTH, HEIGHT, TRUE, NULL));
      *image = test_gl_read (&f->gl);
    }
  g_assert_cmpint (test_difference (test_pixel (with, x, y), test_pixel (without, x, y)), >, 60);
  g_assert_cmpint (test_difference (test_pixel (with, x + 9, y), test_pixel (without, x + 9, y)), ==, 0);
  g_assert_cmpfloat (points.point_size, >, 0);
}

/* The orbit's target is in the middle; what is above it in space is above it on the target */
static void
test_orbit (void)
{
  const QuarryOrbit orbit = { { 8, -3, 2 }, 12, 1.1, 0.4 };
  float m[16];
  double clip[2][4];

  quarry_orbit_get_matrices (&orbit, 1.6, m);
  for (int up = 0; up < 2; up++)
    for (int row = 0; row < 4; row++)
      clip[up][row] = (double) m[row] * 8 + (double) m[4 + row] * -3 + (double) m[8 + row] * (2 + up) + (double) m[12 + row];
  g_assert_cmpfloat_with_epsilon (clip[0][0] / clip[0][3], 0, 1e-4);
  g_assert_cmpfloat_with_epsilon (clip[0][1] / clip[0][3], 0, 1e-4);
  g_assert_cmpfloat_with_epsilon (clip[0][3], 12, 1e-3);
  g_assert_cmpfloat (clip[1][1] / clip[1][3], >, 0.01);
  quarry_orbit_get_matrices (&(QuarryOrbit) { { 0, 0, 0 }, 0, 0, G_PI_2 }, 0, m);       /* straight down, no distance */
  for (int i = 0; i < 16; i++)
    g_assert_true (isfinite (m[i]));
}

/* Objects alive in the context, as far as names have been handed out */
static guint
count_objects (void)
{
  guint n = 0;

  for (GLuint name = 1; name < 3000; name++)
    n += (glIsBuffer (name) ? 1 : 0) + (glIsTexture (name) ? 1 : 0) + (glIsVertexArray (name) ? 1 : 0) +
         (glIsProgram (name) ? 1 : 0) + (glIsShader (name) ? 1 : 0);
  return n;
}

static void
test_no_leak (Fixture *f, gconstpointer data)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 64, 40);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, TRUE);
  const guint fresh = f->renderer != NULL ? count_objects () : 0;

  for (int i = 0; f->renderer != NULL && i < 100; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(QuarryImage) image = NULL;

      quarry_gl_renderer_set_drawing (f->renderer, drawing);
      g_assert_true (quarry_gl_renderer_draw_image (f->renderer, drawing->cameras->pdata[0], NULL, NULL, 64, 40, NULL));
      g_assert_true (quarry_gl_renderer_draw_space (f->renderer, NULL, NULL, 64, 40, TRUE, NULL));
      g_assert_cmpuint (count_objects (), >, fresh);
      quarry_gl_renderer_free (f->renderer);
      g_assert_cmpuint (count_objects (), ==, 0);
      f->renderer = quarry_gl_renderer_new (&error);
      g_assert_no_error (error);
      g_assert_cmpuint (count_objects (), ==, fresh);
    }
}

/* Stepping through frames reuses what the last frame had */
static void
test_change_drawing (Fixture *f, gconstpointer data)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, WIDTH, HEIGHT);
  g_autoptr(QuarryDrawing) first = test_drawing (&camera, TRUE, NULL, TRUE);
  g_autoptr(QuarryDrawing) second = test_drawing (&camera, FALSE, NULL, FALSE);
  g_autoptr(QuarryImage) a = NULL;
  g_autoptr(QuarryImage) b = NULL;
  g_autoptr(QuarryImage) again = NULL;
  guint n = 0;

  if (f->renderer == NULL)
    return;
  a = draw (f, first, NULL, NULL);
  b = draw (f, second, NULL, NULL);
  again = draw (f, first, NULL, NULL);
  g_assert_cmpfloat (mean_difference (a, b), >, 5);
  g_assert_cmpmem (a->rgb, a->stride * HEIGHT, again->rgb, again->stride * HEIGHT);
  n = count_objects ();
  for (int i = 0; i < 20; i++)
    {
      g_autoptr(QuarryImage) image = draw (f, i % 2 == 0 ? second : first, NULL, NULL);

      g_assert_cmpuint (count_objects (), <=, n);
    }
}

/* Someone else's state does not show: every pass sets what it relies on */
static void
test_foreign_state (Fixture *f, gconstpointer data)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, WIDTH, HEIGHT);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, TRUE);
  g_autoptr(QuarryImage) plain = NULL;
  g_autoptr(QuarryImage) other = NULL;

  if (f->renderer == NULL)
    return;
  plain = draw (f, drawing, NULL, NULL);
  glEnable (GL_CULL_FACE);
  glCullFace (GL_FRONT_AND_BACK);
  glEnable (GL_SCISSOR_TEST);
  glScissor (3, 3, 5, 5);
  glDepthMask (GL_FALSE);
  glDepthFunc (GL_NEVER);
  glColorMask (GL_FALSE, GL_TRUE, GL_FALSE, GL_TRUE);
  glEnable (GL_BLEND);
  glBlendFunc (GL_ZERO, GL_ONE);
  glViewport (0, 0, 7, 7);
  glPixelStorei (GL_UNPACK_ROW_LENGTH, 77);
  other = draw (f, drawing, NULL, NULL);
  g_assert_cmpmem (plain->rgb, plain->stride * HEIGHT, other->rgb, other->stride * HEIGHT);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*run) (Fixture *, gconstpointer); } tests[] = {
    { "draws-what-the-cpu-draws", test_same_as_cpu },
    { "picture-is-exact-at-zoom-1", test_exact_picture },
    { "pixels-are-squares-when-large", test_zoom },
    { "fit-keeps-places", test_fit },
    { "odd-drawings-break-nothing", test_odd_drawings },
    { "missing-picture-is-grey", test_missing_picture },
    { "space-puts-points-where-the-orbit-says", test_space },
    { "nothing-leaks-over-a-hundred-renderers", test_no_leak },
    { "drawings-change-without-leak", test_change_drawing },
    { "foreign-state-does-not-show", test_foreign_state },
  };

  g_test_init (&argc, &argv, NULL);
  for (int es = 0; es < 2; es++)
    for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
      {
        g_autofree char *name = g_strdup_printf ("/gl-renderer/%s/%s", tests[i].name, es == 1 ? "es" : "desktop");

        g_test_add (name, Fixture, GINT_TO_POINTER (es), setup, tests[i].run, teardown);
      }
  g_test_add_func ("/gl-renderer/orbit-looks-at-its-target", test_orbit);
  return g_test_run ();
}
