/* test-frame-page.c: one frame on the screen: what is read, what is shown, where keys lead
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-frame-page.h"
#include "quarry-camera-panes.h"
#include "quarry-frame-page-loader.h"
#include "quarry-image-viewport.h"
#include "quarry-site.h"
#include "quarry-space-viewport.h"

#include <math.h>

static QuarryId
nth (Site *site, guint i)
{
  return quarry_frame_model_get_id (quarry_session_get_frames (site->session), i);
}

static QuarryId
get_shown (GtkWidget *page)
{
  gint64 frame = 0;

  g_object_get (page, "shown-frame", &frame, NULL);
  return frame;
}

static char *
get_string (GtkWidget *page, const char *property)
{
  char *text = NULL;

  g_object_get (page, property, &text, NULL);
  return text;
}

static gboolean
get_flag (GtkWidget *page, const char *property)
{
  gboolean flag = FALSE;

  g_object_get (page, property, &flag, NULL);
  return flag;
}

static GtkWidget *
show_page (Site *site, guint frame)
{
  GtkWidget *page = quarry_frame_page_new (site->session);

  quarry_session_set_current_frame (site->session, nth (site, frame));
  site_show (site, page);
  quarry_test_wait (get_shown (page) == nth (site, frame));
  return page;
}

static gboolean
has_label (GtkWidget *page, const char *text)
{
  return site_find (page, GTK_TYPE_LABEL, text) != NULL;
}

static void
test_shows (Site *site, gconstpointer data)
{
  GtkWidget *page = show_page (site, 0);
  g_autofree char *camera = get_string (page, "camera");

  g_assert_cmpstr (camera, ==, "cam_front");
  g_assert_true (has_label (page, "pit · 22:13:20.000 · frame 1 of 12"));
  g_assert_true (has_label (page, "3 points"));
  g_assert_true (has_label (page, "Depth"));
}

static void
test_first_frame (Site *site, gconstpointer data)
{
  GtkWidget *page = quarry_frame_page_new (site->session);

  site_show (site, page);
  quarry_test_wait (get_shown (page) == nth (site, 0));
  g_assert_cmpint (quarry_session_get_current_frame (site->session), ==, nth (site, 0));
}

static void
test_steps (Site *site, gconstpointer data)
{
  GtkWidget *page = show_page (site, 0);

  g_assert_true (site_act (page, "frame.next", NULL));
  quarry_test_wait (get_shown (page) == nth (site, 1));
  g_assert_true (has_label (page, "pit · 22:13:20.100 · frame 2 of 12"));
  g_assert_true (site_act (page, "frame.previous", NULL));
  quarry_test_wait (get_shown (page) == nth (site, 0));
  site_act (page, "frame.previous", NULL);                              /* the first has none before it */
  g_assert_cmpint (quarry_session_get_current_frame (site->session), ==, nth (site, 0));
  site_act (page, "frame.close", NULL);
  g_assert_cmpstr (site_get_page (site), ==, "grid");
}

/* Many wishes in a row: the last is what is shown, and the picture before it stays until then */
static void
test_scrubbing (Site *site, gconstpointer data)
{
  GtkWidget *page = show_page (site, 0);
  GtkWidget *scrubber = GTK_WIDGET (gtk_widget_get_template_child (page, QUARRY_TYPE_FRAME_PAGE, "scrubber"));

  for (int i = 1; i < 12; i++)
    {
      gtk_range_set_value (GTK_RANGE (scrubber), i);
      g_assert_cmpint (quarry_session_get_current_frame (site->session), ==, nth (site, (guint) i));
      g_assert_cmpint (get_shown (page), !=, 0);
    }
  quarry_test_wait (get_shown (page) == nth (site, 11));
  g_assert_true (has_label (page, "road · 22:15:00.500 · frame 12 of 12"));
}

static void
test_camera (Site *site, gconstpointer data)
{
  GtkWidget *page = show_page (site, 3);
  g_autofree char *camera = NULL, *back = NULL, *again = NULL;

  g_assert_true (site_act (page, "frame.camera", g_variant_new_string ("cam_left")));
  camera = get_string (page, "camera");
  g_assert_cmpstr (camera, ==, "cam_left");
  quarry_session_set_current_frame (site->session, nth (site, 2));       /* has no cam_left */
  quarry_test_wait (get_shown (page) == nth (site, 2));
  back = get_string (page, "camera");
  g_assert_cmpstr (back, ==, "cam_front");
  quarry_session_set_current_frame (site->session, nth (site, 3));
  quarry_test_wait (get_shown (page) == nth (site, 3));
  again = get_string (page, "camera");
  g_assert_cmpstr (again, ==, "cam_left");
}

static void
test_toggles (Site *site, gconstpointer data)
{
  GtkWidget *page = show_page (site, 0);
  g_autofree char *by = NULL;
  GtkAdjustment *size = NULL;

  g_assert_true (get_flag (page, "show-lidar"));
  g_assert_true (site_act (page, "frame.show-lidar", NULL));
  g_assert_false (get_flag (page, "show-lidar"));
  g_assert_true (site_act (page, "frame.show-boxes", NULL));
  g_assert_false (get_flag (page, "show-boxes"));
  g_assert_false (get_flag (page, "show-cuboids"));                     /* there are boxes of the same things */
  g_assert_true (site_act (page, "frame.show-cuboids", NULL));
  g_assert_true (get_flag (page, "show-cuboids"));
  g_assert_true (site_act (page, "frame.next", NULL));
  quarry_test_wait (get_shown (page) == nth (site, 1));
  g_assert_true (get_flag (page, "show-cuboids"));                      /* what a person chose stays */
  g_assert_true (site_act (page, "frame.color-by", g_variant_new_string ("height")));
  by = get_string (page, "color-by");
  g_assert_cmpstr (by, ==, "height");
  g_object_set (page, "color-by", "nonsense", "point-size", 5.0, NULL);
  size = GTK_ADJUSTMENT (gtk_widget_get_template_child (page, QUARRY_TYPE_FRAME_PAGE, "point_size_adjustment"));
  g_assert_cmpfloat (gtk_adjustment_get_value (size), ==, 5);
}

/* The small panes take what the large picture leaves over */
static void
test_panes (Site *site, gconstpointer data)
{
  GtkWidget *widget = g_object_new (QUARRY_TYPE_CAMERA_PANES, NULL);
  QuarryCameraPanes *panes = QUARRY_CAMERA_PANES (widget);
  GtkWidget *main = gtk_label_new ("main");
  GtkWidget *fixed = gtk_fixed_new ();
  graphene_rect_t small, large;

  quarry_camera_panes_set_main (panes, main);
  quarry_camera_panes_set_aspect (panes, 2);
  quarry_camera_panes_set_n_cameras (panes, 2);
  quarry_camera_panes_set_camera (panes, 0, "a", NULL);
  quarry_camera_panes_set_camera (panes, 1, "b", NULL);
  gtk_widget_set_size_request (widget, 400, 320);
  gtk_fixed_put (GTK_FIXED (fixed), widget, 0, 0);
  site_show (site, fixed);
  quarry_test_wait (gtk_widget_get_width (main) > 0);
  g_assert_true (gtk_widget_compute_bounds (main, widget, &large));
  g_assert_true (gtk_widget_compute_bounds (quarry_camera_panes_get_camera (panes, 1), widget, &small));
  g_assert_cmpfloat_with_epsilon (large.size.width, 400, 1);
  g_assert_cmpfloat_with_epsilon (small.size.height, 99, 2);            /* half of 396, at 2 : 1 */
  g_assert_cmpfloat_with_epsilon (small.size.width / small.size.height, 2, 0.05);
  g_assert_cmpfloat (small.origin.y, >=, large.size.height);
  quarry_camera_panes_set_beside (panes, TRUE);
  quarry_test_wait (gtk_widget_compute_bounds (main, widget, &large) && large.size.width < 399);
  g_assert_true (gtk_widget_compute_bounds (quarry_camera_panes_get_camera (panes, 1), widget, &small));
  g_assert_cmpfloat (small.origin.x, >=, large.size.width);
  quarry_camera_panes_set_n_cameras (panes, 1);                         /* one camera needs no choice */
  quarry_test_wait (gtk_widget_compute_bounds (main, widget, &large) && large.size.width > 399);
}

static void
test_broken_media (Site *site, gconstpointer data)
{
  g_autofree char *front = g_build_filename (site->folder, "front.png", NULL);
  GtkWidget *page = NULL;
  GtkRevealer *revealer = NULL;
  const char *text = NULL;

  g_file_set_contents (front, "not a picture", -1, NULL);
  page = show_page (site, 0);
  revealer = GTK_REVEALER (site_find (page, GTK_TYPE_REVEALER, NULL));
  g_assert_true (gtk_revealer_get_reveal_child (revealer));
  text = gtk_label_get_text (GTK_LABEL (gtk_widget_get_template_child (page, QUARRY_TYPE_FRAME_PAGE, "warning")));
  g_assert_nonnull (strstr (text, "front.png"));
}

static void
test_labels_change (Site *site, gconstpointer data)
{
  GtkWidget *page = show_page (site, 0);
  QuarryDrawing *before = NULL;
  QuarryFrameLoader *loader = quarry_frame_loader_new (site->session);

  quarry_frame_loader_request (loader, nth (site, 0), NULL, 0);
  quarry_test_wait (!quarry_frame_loader_is_busy (loader));
  before = quarry_drawing_ref (quarry_frame_loader_get_drawing (loader));
  g_assert_true (quarry_catalog_set_class_color (site->catalog, "person", "#123456", NULL));
  quarry_test_wait (quarry_frame_loader_get_drawing (loader) != before);
  quarry_drawing_unref (before);
  before = quarry_drawing_ref (quarry_frame_loader_get_drawing (loader));
  g_assert_true (quarry_catalog_set_rating (site->catalog, quarry_frame_model_get_ids (quarry_session_get_frames (site->session)), 3, NULL));
  for (gint64 end = g_get_monotonic_time () + 700000; g_get_monotonic_time () < end;)
    g_main_context_iteration (NULL, FALSE);
  g_assert_true (quarry_frame_loader_get_drawing (loader) == before);    /* a rating is no reason to read files again */
  quarry_drawing_unref (before);
  g_object_unref (loader);
  g_assert_cmpint (get_shown (page), ==, nth (site, 0));
}

static void
count_cb (gpointer loader, guint *count)
{
  ++*count;
}

static void
test_prefetch (Site *site, gconstpointer data)
{
  QuarryFrameLoader *loader = quarry_frame_loader_new (site->session);
  const QuarryId neighbours[] = { nth (site, 3), nth (site, 1) }, next[] = { nth (site, 4), nth (site, 2) };
  guint n_loaded = 0;

  g_signal_connect (loader, "loaded", G_CALLBACK (count_cb), &n_loaded);
  quarry_frame_loader_request (loader, nth (site, 2), neighbours, 2);
  g_assert_true (quarry_frame_loader_is_busy (loader));
  quarry_test_wait (quarry_frame_loader_has (loader, nth (site, 1)) && quarry_frame_loader_has (loader, nth (site, 3)));
  g_assert_cmpuint (n_loaded, ==, 1);
  quarry_frame_loader_request (loader, nth (site, 3), next, 2);
  g_assert_cmpuint (n_loaded, ==, 2);                                    /* at once: it had been read ahead */
  g_assert_nonnull (quarry_frame_loader_get_previews (loader));
  g_assert_false (quarry_frame_loader_has (loader, nth (site, 1)));      /* of no use any more */
  quarry_frame_loader_request (loader, 0, NULL, 0);
  g_assert_null (quarry_frame_loader_get_drawing (loader));
  g_object_unref (loader);
}

/* --- the viewports without a picture on a screen --- */

static void
test_zoom (Site *site, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryDrawing) drawing = quarry_drawing_load (site->catalog, nth (site, 0), 0, NULL, NULL, &error);
  GtkWidget *widget = quarry_image_viewport_new ();
  QuarryImageViewport *viewport = QUARRY_IMAGE_VIEWPORT (widget);
  double before[2], after[2];
  double fit = 0;

  g_assert_no_error (error);
  quarry_image_viewport_set_drawing (viewport, drawing, "no such camera");
  g_assert_cmpstr (quarry_image_viewport_get_camera (viewport), ==, "cam_front");
  site_show (site, widget);
  quarry_test_wait (gtk_widget_get_width (widget) > 100);
  fit = quarry_image_viewport_get_zoom (viewport);
  g_assert_true (quarry_image_viewport_is_fitted (viewport));
  g_assert_cmpfloat_with_epsilon (fit, MIN ((double) gtk_widget_get_width (widget) / SITE_WIDTH,
                                            (double) gtk_widget_get_height (widget) / SITE_HEIGHT), 1e-9);
  g_assert_true (quarry_image_viewport_to_pixel (viewport, 300, 200, before));
  quarry_image_viewport_zoom_at (viewport, 2, 300, 200);
  g_assert_true (quarry_image_viewport_to_pixel (viewport, 300, 200, after));
  g_assert_cmpfloat_with_epsilon (before[0], after[0], 1e-9);           /* what is under the pointer stays there */
  g_assert_cmpfloat_with_epsilon (before[1], after[1], 1e-9);
  quarry_image_viewport_pan (viewport, 20, 0);
  g_assert_true (quarry_image_viewport_to_pixel (viewport, 320, 200, after));
  g_assert_cmpfloat_with_epsilon (before[0], after[0], 1e-9);           /* and goes with it */
  quarry_image_viewport_pan (viewport, 1e6, 1e6);
  g_assert_true (quarry_image_viewport_to_pixel (viewport, 0.5, gtk_widget_get_height (widget) / 2.0, after));   /* no edge comes inside */
  quarry_image_viewport_one_to_one (viewport, 300, 200);
  g_assert_cmpfloat_with_epsilon (quarry_image_viewport_get_zoom (viewport), 1, 1e-9);
  g_assert_true (site_act (widget, "view.fit", NULL));
  g_assert_true (quarry_image_viewport_is_fitted (viewport));
  quarry_image_viewport_zoom_at (viewport, 1e9, 1, 1);
  g_assert_cmpfloat (quarry_image_viewport_get_zoom (viewport), <=, 64);
}

/* Where the body's point p lands on a widget of width × height */
static void
project (QuarrySpaceViewport *viewport, const double p[3], double width, double height, double out[2])
{
  QuarryOrbit orbit;
  float m[16];
  double clip[4];

  quarry_space_viewport_get_orbit (viewport, &orbit);
  quarry_orbit_get_matrices (&orbit, width / height, m);
  for (int r = 0; r < 4; r++)
    clip[r] = (double) m[r] * p[0] + (double) m[4 + r] * p[1] + (double) m[8 + r] * p[2] + (double) m[12 + r];
  out[0] = (clip[0] / clip[3] + 1) / 2 * width;
  out[1] = (1 - clip[1] / clip[3]) / 2 * height;
}

static void
test_orbit (Site *site, gconstpointer data)
{
  GtkWidget *widget = quarry_space_viewport_new ();
  QuarrySpaceViewport *viewport = QUARRY_SPACE_VIEWPORT (widget);
  const QuarryOrbit home = QUARRY_ORBIT_DEFAULT;
  QuarryOrbit orbit;
  double before[2], after[2];
  double width, height;

  site_show (site, widget);
  quarry_test_wait (gtk_widget_get_width (widget) > 100);
  width = gtk_widget_get_width (widget);
  height = gtk_widget_get_height (widget);
  project (viewport, home.target, width, height, before);
  quarry_space_viewport_pan (viewport, 40, -25);
  project (viewport, home.target, width, height, after);
  g_assert_cmpfloat_with_epsilon (after[0] - before[0], 40, 1.5);       /* what was grabbed follows the pointer */
  g_assert_cmpfloat_with_epsilon (after[1] - before[1], -25, 1.5);
  quarry_space_viewport_zoom (viewport, 2);
  quarry_space_viewport_turn (viewport, 0.1, 10);
  quarry_space_viewport_get_orbit (viewport, &orbit);
  g_assert_cmpfloat_with_epsilon (orbit.distance, home.distance / 2, 1e-9);
  g_assert_cmpfloat (orbit.pitch, <, G_PI_2);
  quarry_space_viewport_zoom (viewport, 1e9);
  quarry_space_viewport_get_orbit (viewport, &orbit);
  g_assert_cmpfloat (orbit.distance, >, 0);
  g_assert_true (site_act (widget, "space.reset", NULL));
  quarry_space_viewport_get_orbit (viewport, &orbit);
  g_assert_cmpfloat_with_epsilon (orbit.yaw, home.yaw, 1e-9);
}

static void
test_empty (Site *site, gconstpointer data)
{
  GtkWidget *page = quarry_frame_page_new (site->session);

  site_show (site, page);
  quarry_test_wait (gtk_widget_get_mapped (site_find (page, ADW_TYPE_STATUS_PAGE, NULL)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/frame-page/shows-the-current-frame", Site, NULL, site_setup, test_shows, site_teardown);
  g_test_add ("/frame-page/begins-with-the-first-frame-found", Site, NULL, site_setup, test_first_frame, site_teardown);
  g_test_add ("/frame-page/goes-to-the-next-the-previous-and-back", Site, NULL, site_setup, test_steps, site_teardown);
  g_test_add ("/frame-page/scrubbing-ends-at-the-last-wish", Site, NULL, site_setup, test_scrubbing, site_teardown);
  g_test_add ("/frame-page/the-chosen-camera-stays-where-it-can", Site, NULL, site_setup, test_camera, site_teardown);
  g_test_add ("/frame-page/toggles-what-is-drawn", Site, NULL, site_setup, test_toggles, site_teardown);
  g_test_add ("/frame-page/names-the-file-that-cannot-be-read", Site, NULL, site_setup, test_broken_media, site_teardown);
  g_test_add ("/frame-page/an-empty-catalog-says-what-to-do", Site, "empty", site_setup, test_empty, site_teardown);
  g_test_add ("/camera-panes/fill-what-the-large-picture-leaves", Site, NULL, site_setup, test_panes, site_teardown);
  g_test_add ("/frame-loader/reads-neighbours-ahead", Site, NULL, site_setup, test_prefetch, site_teardown);
  g_test_add ("/frame-loader/reads-again-when-labels-changed-and-only-then", Site, NULL, site_setup, test_labels_change, site_teardown);
  g_test_add ("/image-viewport/zooms-around-the-pointer", Site, NULL, site_setup, test_zoom, site_teardown);
  g_test_add ("/space-viewport/pans-turns-and-zooms", Site, NULL, site_setup, test_orbit, site_teardown);
  return g_test_run ();
}
