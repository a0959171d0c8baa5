/* test-viewports.c: keys, limits and fits of the picture and of the view in space
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-image-viewport.h"
#include "quarry-space-viewport.h"
#include "quarry-test-widget.h"

#include <math.h>

#define STEP 1.25

static QuarryDrawing *
load (Site *site, guint position)
{
  g_autoptr(GError) error = NULL;
  QuarryDrawing *drawing = quarry_drawing_load (site->catalog, quarry_frame_model_get_id (quarry_session_get_frames (site->session), position),
                                                0, NULL, NULL, &error);

  g_assert_no_error (error);
  return drawing;
}

/* A viewport on the screen with the frame at @position, its first camera */
static QuarryImageViewport *
show_image (Site *site, guint position)
{
  GtkWidget *widget = quarry_image_viewport_new ();
  g_autoptr(QuarryDrawing) drawing = load (site, position);

  quarry_image_viewport_set_drawing (QUARRY_IMAGE_VIEWPORT (widget), drawing, NULL);
  site_show (site, widget);
  quarry_test_wait (gtk_widget_get_width (widget) > 100);
  return QUARRY_IMAGE_VIEWPORT (widget);
}

static void
test_image_keys (Site *site, gconstpointer data)
{
  static const guint in[] = { GDK_KEY_plus, GDK_KEY_equal, GDK_KEY_KP_Add }, out[] = { GDK_KEY_minus, GDK_KEY_KP_Subtract };
  QuarryImageViewport *viewport = show_image (site, 0);
  const double fit = quarry_image_viewport_get_zoom (viewport);

  for (gsize i = 0; i < G_N_ELEMENTS (in); i++)
    {
      quarry_image_viewport_fit (viewport);
      g_assert_true (widget_press (GTK_WIDGET (viewport), in[i], 0));
      g_assert_cmpfloat_with_epsilon (quarry_image_viewport_get_zoom (viewport), fit * STEP, 1e-9);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (out); i++)
    {
      quarry_image_viewport_fit (viewport);
      quarry_image_viewport_zoom_at (viewport, 4, 10, 10);
      g_assert_true (widget_press (GTK_WIDGET (viewport), out[i], 0));
      g_assert_cmpfloat_with_epsilon (quarry_image_viewport_get_zoom (viewport), fit * 4 / STEP, 1e-9);
    }
  g_assert_true (site_act (GTK_WIDGET (viewport), "view.one-to-one", NULL));
  g_assert_cmpfloat_with_epsilon (quarry_image_viewport_get_zoom (viewport), 1, 1e-9);
}

/* As far in as out: the same picture again, and exactly fitted */
static void
test_image_back (Site *site, gconstpointer data)
{
  QuarryImageViewport *viewport = show_image (site, 0);

  for (int i = 0; i < 5; i++)
    site_act (GTK_WIDGET (viewport), "view.zoom-in", NULL);
  g_assert_false (quarry_image_viewport_is_fitted (viewport));
  for (int i = 0; i < 5; i++)
    site_act (GTK_WIDGET (viewport), "view.zoom-out", NULL);
  g_assert_true (quarry_image_viewport_is_fitted (viewport));
}

static void
test_image_limits (Site *site, gconstpointer data)
{
  QuarryImageViewport *viewport = show_image (site, 0);
  const double fit = quarry_image_viewport_get_zoom (viewport);

  g_assert_cmpfloat (fit, >, 1);                           /* the site's pictures are small */
  quarry_image_viewport_zoom_at (viewport, 1e-12, 0, 0);
  g_assert_cmpfloat_with_epsilon (quarry_image_viewport_get_zoom (viewport), 1, 1e-9);
  quarry_image_viewport_zoom_at (viewport, 1e12, 0, 0);
  g_assert_cmpfloat_with_epsilon (quarry_image_viewport_get_zoom (viewport), 64, 1e-9);
  quarry_image_viewport_zoom_at (viewport, 1e12, 0, 0);
  g_assert_cmpfloat_with_epsilon (quarry_image_viewport_get_zoom (viewport), 64, 1e-9);
}

static void
test_image_edges (Site *site, gconstpointer data)
{
  static const double pushes[][2] = { { 1e5, 0 }, { -1e5, 0 }, { 0, 1e5 }, { 0, -1e5 }, { 1e5, -1e5 } };
  QuarryImageViewport *viewport = show_image (site, 0);
  const double width = gtk_widget_get_width (GTK_WIDGET (viewport)), height = gtk_widget_get_height (GTK_WIDGET (viewport));

  quarry_image_viewport_zoom_at (viewport, 8, width / 2, height / 2);
  for (gsize i = 0; i < G_N_ELEMENTS (pushes); i++)
    {
      double corner[2], other[2];

      quarry_image_viewport_pan (viewport, pushes[i][0], pushes[i][1]);
      g_assert_true (quarry_image_viewport_to_pixel (viewport, 0.01, 0.01, corner));          /* all of the widget stays covered */
      g_assert_true (quarry_image_viewport_to_pixel (viewport, width - 0.01, height - 0.01, other));
      g_assert_cmpfloat (corner[0], <, other[0]);
      g_assert_cmpfloat (corner[1], <, other[1]);
    }
}

static void
test_image_fitted_stays (Site *site, gconstpointer data)
{
  QuarryImageViewport *viewport = show_image (site, 0);
  double before[2], after[2];

  g_assert_true (quarry_image_viewport_to_pixel (viewport, 500, 350, before));
  quarry_image_viewport_pan (viewport, 100, 100);          /* there is nowhere to go */
  g_assert_true (quarry_image_viewport_to_pixel (viewport, 500, 350, after));
  g_assert_cmpfloat_with_epsilon (before[0], after[0], 1e-9);
  g_assert_cmpfloat_with_epsilon (before[1], after[1], 1e-9);
  g_assert_true (quarry_image_viewport_is_fitted (viewport));
}

static void
test_image_outside (Site *site, gconstpointer data)
{
  QuarryImageViewport *viewport = show_image (site, 0);
  const double width = gtk_widget_get_width (GTK_WIDGET (viewport)), height = gtk_widget_get_height (GTK_WIDGET (viewport));
  double pixel[2] = { -7, -7 };

  g_assert_true (quarry_image_viewport_to_pixel (viewport, width / 2, height / 2, pixel));
  g_assert_cmpfloat_with_epsilon (pixel[0], SITE_WIDTH / 2.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (pixel[1], SITE_HEIGHT / 2.0, 1e-9);
  pixel[0] = pixel[1] = -7;
  quarry_image_viewport_one_to_one (viewport, width / 2, height / 2);
  g_assert_false (quarry_image_viewport_to_pixel (viewport, 1, 1, pixel));
  g_assert_false (quarry_image_viewport_to_pixel (viewport, width - 1, height / 2, pixel));
  g_assert_cmpfloat (pixel[0], ==, -7);                    /* untouched */
}

/* Frames can be compared: place and zoom stay from frame to frame, and begin anew with another camera */
static void
test_image_keeps_place (Site *site, gconstpointer data)
{
  QuarryImageViewport *viewport = show_image (site, 3);
  g_autoptr(QuarryDrawing) next = load (site, 4), first = load (site, 0);
  double before[2], after[2];
  double zoom = 0;

  quarry_image_viewport_zoom_at (viewport, 6, 200, 300);
  zoom = quarry_image_viewport_get_zoom (viewport);
  g_assert_true (quarry_image_viewport_to_pixel (viewport, 300, 300, before));
  quarry_image_viewport_set_drawing (viewport, next, "cam_front");
  g_assert_true (quarry_image_viewport_to_pixel (viewport, 300, 300, after));
  g_assert_cmpfloat (quarry_image_viewport_get_zoom (viewport), ==, zoom);
  g_assert_cmpfloat (before[0], ==, after[0]);
  g_assert_cmpfloat (before[1], ==, after[1]);
  quarry_image_viewport_set_drawing (viewport, next, "cam_left");
  g_assert_cmpstr (quarry_image_viewport_get_camera (viewport), ==, "cam_left");
  g_assert_true (quarry_image_viewport_is_fitted (viewport));
  quarry_image_viewport_set_drawing (viewport, first, "cam_left");       /* that frame has none of it */
  g_assert_cmpstr (quarry_image_viewport_get_camera (viewport), ==, "cam_front");
}

static void
test_image_nothing (Site *site, gconstpointer data)
{
  QuarryImageViewport *viewport = show_image (site, 0);
  double pixel[2];

  quarry_image_viewport_zoom_at (viewport, 3, 100, 100);
  quarry_image_viewport_set_drawing (viewport, NULL, NULL);
  g_assert_null (quarry_image_viewport_get_camera (viewport));
  g_assert_true (quarry_image_viewport_is_fitted (viewport));
  g_assert_cmpfloat (quarry_image_viewport_get_zoom (viewport), ==, 1);
  g_assert_false (quarry_image_viewport_to_pixel (viewport, 100, 100, pixel));
  quarry_image_viewport_zoom_at (viewport, 3, 100, 100);
  quarry_image_viewport_pan (viewport, 3, 3);
  site_act (GTK_WIDGET (viewport), "view.one-to-one", NULL);
  g_assert_true (quarry_image_viewport_is_fitted (viewport));            /* nothing to zoom */
}

static void
count_cb (GObject *object, GParamSpec *pspec, guint *count)
{
  ++*count;
}

static void
test_image_notifies (Site *site, gconstpointer data)
{
  QuarryImageViewport *viewport = show_image (site, 0);
  guint n = 0;
  double zoom = 0;

  widget_settle (100);
  g_signal_connect (viewport, "notify::zoom", G_CALLBACK (count_cb), &n);
  quarry_image_viewport_zoom_at (viewport, 2, 10, 10);
  g_assert_cmpuint (n, ==, 1);
  g_object_get (viewport, "zoom", &zoom, NULL);
  g_assert_cmpfloat (zoom, ==, quarry_image_viewport_get_zoom (viewport));
  quarry_image_viewport_zoom_at (viewport, 1, 10, 10);                   /* no change, no word */
  g_assert_cmpuint (n, ==, 1);
  g_signal_handlers_disconnect_by_data (viewport, &n);
}

/* --- in space --- */

static QuarrySpaceViewport *
show_space (Site *site)
{
  GtkWidget *widget = quarry_space_viewport_new ();
  g_autoptr(QuarryDrawing) drawing = load (site, 0);

  quarry_space_viewport_set_drawing (QUARRY_SPACE_VIEWPORT (widget), drawing);
  site_show (site, widget);
  quarry_test_wait (gtk_widget_get_width (widget) > 100);
  return QUARRY_SPACE_VIEWPORT (widget);
}

static QuarryOrbit
orbit_of (QuarrySpaceViewport *viewport)
{
  QuarryOrbit orbit;

  quarry_space_viewport_get_orbit (viewport, &orbit);
  return orbit;
}

static void
test_space_keys (Site *site, gconstpointer data)
{
  static const struct { guint key; GdkModifierType modifiers; int yaw, pitch, nearer; } cases[] = {
    { GDK_KEY_Left, GDK_SHIFT_MASK, -1, 0, 0 }, { GDK_KEY_Right, GDK_SHIFT_MASK, 1, 0, 0 },
    { GDK_KEY_Up, GDK_SHIFT_MASK, 0, 1, 0 },    { GDK_KEY_Down, GDK_SHIFT_MASK, 0, -1, 0 },
    { GDK_KEY_plus, 0, 0, 0, 1 },  { GDK_KEY_equal, 0, 0, 0, 1 }, { GDK_KEY_KP_Add, 0, 0, 0, 1 },
    { GDK_KEY_minus, 0, 0, 0, -1 }, { GDK_KEY_KP_Subtract, 0, 0, 0, -1 },
  };
  const QuarryOrbit home = QUARRY_ORBIT_DEFAULT;
  QuarrySpaceViewport *viewport = show_space (site);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      QuarryOrbit orbit;

      quarry_space_viewport_reset (viewport);
      g_assert_true (widget_press (GTK_WIDGET (viewport), cases[i].key, cases[i].modifiers));
      orbit = orbit_of (viewport);
      g_assert_cmpint ((int) copysign (1, remainder (orbit.yaw - home.yaw, 2 * G_PI)) * (fabs (remainder (orbit.yaw - home.yaw, 2 * G_PI)) > 1e-9),
                       ==, cases[i].yaw);
      g_assert_cmpint ((orbit.pitch > home.pitch) - (orbit.pitch < home.pitch), ==, cases[i].pitch);
      g_assert_cmpint ((orbit.distance < home.distance) - (orbit.distance > home.distance), ==, cases[i].nearer);
    }
  g_assert_false (widget_press (GTK_WIDGET (viewport), GDK_KEY_Left, 0));     /* plain arrows go from frame to frame */
}

static void
test_space_views (Site *site, gconstpointer data)
{
  const QuarryOrbit home = QUARRY_ORBIT_DEFAULT;
  QuarrySpaceViewport *viewport = show_space (site);
  QuarryOrbit orbit;

  quarry_space_viewport_pan (viewport, 70, 30);
  quarry_space_viewport_zoom (viewport, 3);
  g_assert_true (widget_press (GTK_WIDGET (viewport), GDK_KEY_End, 0));
  orbit = orbit_of (viewport);
  g_assert_cmpfloat (orbit.pitch, >, 1.4);                               /* from above … */
  g_assert_cmpfloat_with_epsilon (orbit.distance, home.distance / 3, 1e-9);   /* … from where it was */
  g_assert_true (widget_press (GTK_WIDGET (viewport), GDK_KEY_Home, 0));
  orbit = orbit_of (viewport);
  g_assert_cmpfloat (orbit.distance, ==, home.distance);
  g_assert_cmpfloat (orbit.pitch, ==, home.pitch);
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat (orbit.target[i], ==, home.target[i]);
}

static void
test_space_limits (Site *site, gconstpointer data)
{
  QuarrySpaceViewport *viewport = show_space (site);

  quarry_space_viewport_turn (viewport, 0, 100);
  g_assert_cmpfloat (orbit_of (viewport).pitch, <, G_PI_2);
  quarry_space_viewport_turn (viewport, 0, -100);
  g_assert_cmpfloat (orbit_of (viewport).pitch, >, -G_PI_2);
  quarry_space_viewport_zoom (viewport, 1e12);
  g_assert_cmpfloat_with_epsilon (orbit_of (viewport).distance, 1.5, 1e-9);
  quarry_space_viewport_zoom (viewport, 1e-12);
  g_assert_cmpfloat_with_epsilon (orbit_of (viewport).distance, 600, 1e-9);
  for (int i = 0; i < 1000; i++)
    quarry_space_viewport_turn (viewport, 1, 0);
  g_assert_cmpfloat (fabs (orbit_of (viewport).yaw), <=, G_PI + 1e-9);   /* it does not grow with every turn */
}

/* Panning moves across the line of sight, never along it */
static void
test_space_pan (Site *site, gconstpointer data)
{
  static const double angles[][2] = { { 0, 0 }, { 1, 0.3 }, { -2, -0.7 }, { 3, 1.4 } };
  QuarrySpaceViewport *viewport = show_space (site);

  for (gsize i = 0; i < G_N_ELEMENTS (angles); i++)
    {
      QuarryOrbit before, after;
      double along = 0, moved = 0, sight[3];

      quarry_space_viewport_reset (viewport);
      quarry_space_viewport_turn (viewport, angles[i][0], angles[i][1]);
      before = orbit_of (viewport);
      quarry_space_viewport_pan (viewport, 31, -17);
      after = orbit_of (viewport);
      sight[0] = cos (before.yaw) * cos (before.pitch);
      sight[1] = sin (before.yaw) * cos (before.pitch);
      sight[2] = sin (before.pitch);
      for (int k = 0; k < 3; k++)
        {
          along += (after.target[k] - before.target[k]) * sight[k];
          moved += pow (after.target[k] - before.target[k], 2);
        }
      g_assert_cmpfloat (sqrt (moved), >, 0.1);
      g_assert_cmpfloat_with_epsilon (along, 0, 1e-9);
      quarry_space_viewport_pan (viewport, -31, 17);
      for (int k = 0; k < 3; k++)
        g_assert_cmpfloat_with_epsilon (orbit_of (viewport).target[k], before.target[k], 1e-9);
    }
}

static void
test_space_keeps_eye (Site *site, gconstpointer data)
{
  QuarrySpaceViewport *viewport = show_space (site);
  g_autoptr(QuarryDrawing) next = load (site, 5);
  QuarryOrbit before, after;

  quarry_space_viewport_turn (viewport, 0.4, 0.1);
  before = orbit_of (viewport);
  quarry_space_viewport_set_drawing (viewport, next);
  quarry_space_viewport_set_drawing (viewport, NULL);
  after = orbit_of (viewport);
  g_assert_cmpfloat (after.yaw, ==, before.yaw);
  g_assert_cmpfloat (after.pitch, ==, before.pitch);
  g_assert_cmpfloat (after.distance, ==, before.distance);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/image-viewport/every-zoom-key-does-one-step", Site, NULL, site_setup, test_image_keys, site_teardown);
  g_test_add ("/image-viewport/as-far-out-as-in-fits-again", Site, NULL, site_setup, test_image_back, site_teardown);
  g_test_add ("/image-viewport/zoom-has-ends", Site, NULL, site_setup, test_image_limits, site_teardown);
  g_test_add ("/image-viewport/no-edge-comes-inside", Site, NULL, site_setup, test_image_edges, site_teardown);
  g_test_add ("/image-viewport/a-fitted-picture-stays-in-the-middle", Site, NULL, site_setup, test_image_fitted_stays, site_teardown);
  g_test_add ("/image-viewport/beside-the-picture-is-no-pixel", Site, NULL, site_setup, test_image_outside, site_teardown);
  g_test_add ("/image-viewport/frames-can-be-compared", Site, NULL, site_setup, test_image_keeps_place, site_teardown);
  g_test_add ("/image-viewport/without-a-picture-nothing-zooms", Site, NULL, site_setup, test_image_nothing, site_teardown);
  g_test_add ("/image-viewport/zoom-notifies-when-it-changes", Site, NULL, site_setup, test_image_notifies, site_teardown);
  g_test_add ("/space-viewport/keys-turn-and-zoom", Site, NULL, site_setup, test_space_keys, site_teardown);
  g_test_add ("/space-viewport/from-above-and-back-home", Site, NULL, site_setup, test_space_views, site_teardown);
  g_test_add ("/space-viewport/angles-and-distance-have-ends", Site, NULL, site_setup, test_space_limits, site_teardown);
  g_test_add ("/space-viewport/pans-across-the-line-of-sight", Site, NULL, site_setup, test_space_pan, site_teardown);
  g_test_add ("/space-viewport/the-eye-stays-from-frame-to-frame", Site, NULL, site_setup, test_space_keeps_eye, site_teardown);
  return g_test_run ();
}
