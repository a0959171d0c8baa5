/* test-drawing.c: colours, labels and the picture that the CPU draws
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-drawing-private.h"

#include "quarry-test-drawing.h"
#include "quarry-test.h"

static const QuarryStyle nothing = { .point_size = 3 };

static void
test_colormap (void)
{
  /* Three places of the published table of 256 colours: 0, 128 and 255 */
  static const struct { double t; guint8 rgb[3]; } known[] = {
    { 0, { 48, 18, 59 } }, { 128 / 255.0, { 164, 252, 60 } }, { 1, { 122, 4, 3 } },
  };
  guint8 rgb[3], clamped[3];

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    {
      quarry_colormap (known[i].t, rgb);
      g_assert_cmpint (test_difference (rgb, known[i].rgb), <=, 32);      /* blue is furthest off, at the dark end */
    }
  quarry_colormap (-3, clamped);
  quarry_colormap (0, rgb);
  g_assert_cmpmem (rgb, 3, clamped, 3);
  quarry_colormap (7, clamped);
  quarry_colormap (1, rgb);
  g_assert_cmpmem (rgb, 3, clamped, 3);
  quarry_colormap (NAN, rgb);
}

static void
test_position (void)
{
  const double range[2] = { 2, 50 };
  const double none[2] = { 3, 3 };

  g_assert_cmpfloat (quarry_color_position (QUARRY_COLOR_BY_DEPTH, range, 3), >,
                     quarry_color_position (QUARRY_COLOR_BY_DEPTH, range, 30));
  g_assert_cmpfloat (quarry_color_position (QUARRY_COLOR_BY_HEIGHT, range, 3), <,
                     quarry_color_position (QUARRY_COLOR_BY_HEIGHT, range, 30));
  g_assert_cmpfloat_with_epsilon (quarry_color_position (QUARRY_COLOR_BY_HEIGHT, none, 3), 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (quarry_color_position (QUARRY_COLOR_BY_DEPTH, range, 1e6),
                                  quarry_color_position (QUARRY_COLOR_BY_DEPTH, range, 50), 1e-12);
}

static void
test_range (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 320, 200);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, FALSE);
  QuarryStyle style = QUARRY_STYLE_DEFAULT;
  double range[2];

  quarry_drawing_get_range (drawing, drawing->cameras->pdata[0], &style, range);
  g_assert_cmpfloat (range[0], >, 2);
  g_assert_cmpfloat (range[0], <, 6);
  g_assert_cmpfloat (range[1], >, 19);
  g_assert_cmpfloat (range[1], <, 29);
  style.color_by = QUARRY_COLOR_BY_HEIGHT;
  quarry_drawing_get_range (drawing, NULL, &style, range);
  g_assert_cmpfloat_with_epsilon (range[0], 0, 0.01);
  g_assert_cmpfloat (range[1], >, 6.5);
  g_assert_cmpfloat (range[1], <=, 7.26);
  style.color_by = QUARRY_COLOR_BY_INTENSITY;
  quarry_drawing_get_range (drawing, NULL, &style, range);
  g_assert_cmpfloat (range[0], <, 0.05);
  g_assert_cmpfloat (range[1], >, 0.95);
  style.range[0] = 0.25;
  style.range[1] = 0.5;
  quarry_drawing_get_range (drawing, NULL, &style, range);
  g_assert_cmpfloat_with_epsilon (range[0], 0.25, 1e-12);
  g_assert_cmpfloat_with_epsilon (range[1], 0.5, 1e-12);
}

/* A single point: its disc lies where the camera model puts it, and nothing else has changed */
static void
test_one_point (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_KANNALA_BRANDT, 320, 200);
  QuarryCloud *cloud = quarry_cloud_new (3, FALSE, FALSE, FALSE);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, cloud, FALSE);
  QuarryCameraView *view = drawing->cameras->pdata[0];
  const double lidar[3] = { 9, 1.7, -0.8 };
  QuarryStyle style = nothing;
  g_autoptr(QuarryImage) image = NULL;
  double at[3], pixel[2];
  int changed = 0;

  for (int i = 0; i < 3; i++)
    {
      cloud->xyz[i] = (float) lidar[i];
      cloud->xyz[3 + i] = NAN;
      cloud->xyz[6 + i] = i == 0 ? -INFINITY : 1;
    }
  style.show_lidar = TRUE;
  quarry_pose_apply (view->camera_from_lidar->pdata[0], lidar, at);
  g_assert_true (quarry_camera_project (&camera, at, pixel));
  image = quarry_drawing_render (drawing, view, &style, 0, NULL);
  for (int y = 0; y < 200; y++)
    for (int x = 0; x < 320; x++)
      if (test_difference (test_pixel (image, x, y), test_pixel (view->image, x, y)) > 0)
        {
          g_assert_cmpfloat (hypot (x + 0.5 - pixel[0], y + 0.5 - pixel[1]), <, 2.01);
          changed++;
        }
  g_assert_cmpint (changed, >=, 5);
  g_assert_cmpint (test_difference (test_pixel (image, (int) pixel[0], (int) pixel[1]),
                                    test_pixel (view->image, (int) pixel[0], (int) pixel[1])), >, 40);
}

/* Two points on one ray: the nearer's colour is seen, whatever the order in the file */
static void
test_nearest_wins (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 320, 200);
  guint8 seen[2][3];

  for (int order = 0; order < 2; order++)
    {
      QuarryCloud *cloud = quarry_cloud_new (2, FALSE, FALSE, FALSE);
      g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, cloud, FALSE);
      QuarryCameraView *view = drawing->cameras->pdata[0];
      const QuarryPose lidar_from_camera = quarry_pose_invert (view->camera_from_lidar->pdata[0]);
      QuarryStyle style = nothing;
      g_autoptr(QuarryImage) image = NULL;
      const double ray[3] = { 0.1, 0.05, 1 };
      double pixel[2];

      for (int i = 0; i < 2; i++)
        {
          const double distance = (i == order) ? 5 : 40;
          const double at[3] = { ray[0] * distance, ray[1] * distance, distance };
          double lidar[3];

          quarry_pose_apply (&lidar_from_camera, at, lidar);
          for (int k = 0; k < 3; k++)
            cloud->xyz[3 * i + k] = (float) lidar[k];
        }
      style.show_lidar = TRUE;
      style.range[0] = 5;
      style.range[1] = 40;
      g_assert_true (quarry_camera_project (&camera, ray, pixel));
      image = quarry_drawing_render (drawing, view, &style, 0, NULL);
      memcpy (seen[order], test_pixel (image, (int) pixel[0], (int) pixel[1]), 3);
    }
  g_assert_cmpmem (seen[0], 3, seen[1], 3);
  g_assert_cmpint (seen[0][0], >, seen[0][2]);        /* near is warm */
}

/* Each box's border is in the class's colour; the switches switch */
static void
test_switches (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 640, 400);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, TRUE);
  QuarryCameraView *view = drawing->cameras->pdata[0];
  QuarryStyle style = nothing;
  g_autoptr(QuarryImage) bare = quarry_drawing_render (drawing, view, &style, 0, NULL);
  g_autoptr(QuarryImage) boxes = NULL;
  g_autoptr(QuarryImage) cuboids = NULL;
  const guint8 *edge = NULL;

  g_assert_cmpmem (bare->rgb, bare->stride * 400, view->image->rgb, view->image->stride * 400);
  style.show_boxes = TRUE;
  boxes = quarry_drawing_render (drawing, view, &style, 0, NULL);
  edge = test_pixel (boxes, 64, 180);                 /* the left side of the person's box */
  g_assert_cmpint (test_difference (edge, (guint8[]) { 0xf6, 0xd3, 0x2d }), <=, 12);
  style.show_boxes = FALSE;
  style.show_cuboids = TRUE;
  cuboids = quarry_drawing_render (drawing, view, &style, 0, NULL);
  g_assert_cmpmem (test_pixel (cuboids, 64, 180), 3, test_pixel (bare, 64, 180), 3);
  g_assert_true (memcmp (cuboids->rgb, bare->rgb, bare->stride * 400) != 0);
  test_keep (boxes, "boxes");
}

/* Another camera's 2D labels do not show; nor do cuboids that are behind, also where the lens sees that far round */
static void
test_belongs (void)
{
  for (int model = 0; model < 2; model++)
    {
      const QuarryCamera camera = test_camera (model, 320, 200);
      g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, FALSE);
      QuarryCameraView *view = drawing->cameras->pdata[0];
      const QuarryStyle style = { .show_boxes = TRUE, .show_cuboids = TRUE, .show_labels = TRUE };
      g_autoptr(QuarryImage) image = NULL;
      const double box[] = { 50, 50, 60, 60, 0 };
      const double behind[] = { -12, 0, 1, 4, 2, 2, 1, 0, 0, 0 };

      test_add_annotation (drawing, QUARRY_ANNOTATION_BOX2D, "person", "#ff0000", 999, box, 5);
      test_add_annotation (drawing, QUARRY_ANNOTATION_CUBOID, "dozer", "#ff0000", 0, behind, 10);
      test_add_annotation (drawing, QUARRY_ANNOTATION_CLASS, "rain", "#ff0000", 0, box, 0);
      image = quarry_drawing_render (drawing, view, &style, 0, NULL);
      g_assert_cmpmem (image->rgb, image->stride * 200, view->image->rgb, view->image->stride * 200);
    }
}

/* A cuboid's edges: their true, curved course, not the straight line between projected corners */
static void
test_curved_edges (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_KANNALA_BRANDT, 640, 400);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, FALSE);
  QuarryCameraView *view = drawing->cameras->pdata[0];
  const QuarryStyle style = { .show_cuboids = TRUE };
  const double wall[] = { 4, 0, 2.5, 1, 14, 3, 1, 0, 0, 0 };
  QuarryCuboid cuboid;
  g_autoptr(QuarryImage) image = NULL;
  double corners[8][3];

  test_add_annotation (drawing, QUARRY_ANNOTATION_CUBOID, "berm", "#00ff00", 0, wall, 10);
  g_assert_true (quarry_annotation_get_cuboid (drawing->annotations->pdata[0], &cuboid));
  quarry_cuboid_get_corners (&cuboid, corners);
  image = quarry_drawing_render (drawing, view, &style, 0, NULL);
  test_keep (image, "curved");
  for (int edge = 0; edge < 12; edge++)
    for (int step = 1; step < 20; step++)
      {
        const double *a = corners[quarry_cuboid_edges[edge][0]];
        const double *b = corners[quarry_cuboid_edges[edge][1]];
        double at[3], pixel[2];

        for (int k = 0; k < 3; k++)
          at[k] = a[k] + (b[k] - a[k]) * step / 20;
        quarry_pose_apply (&view->camera_from_body, at, at);
        if (!quarry_camera_project (&camera, at, pixel) || !quarry_camera_is_inside (&camera, pixel))
          continue;
        g_assert_cmpint (test_pixel (image, (int) pixel[0], (int) pixel[1])[1], >,
                         test_pixel (view->image, (int) pixel[0], (int) pixel[1])[1] + 40);
      }
}

/* A mask of COCO's runs and a polygon with a hole tint exactly their insides */
static void
test_regions (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 64, 48);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, FALSE);
  QuarryCameraView *view = drawing->cameras->pdata[0];
  const QuarryStyle style = { .show_boxes = TRUE };
  /* columns 3 and 4, rows 10…19 */
  const double mask[] = { 64, 48, 3 * 48 + 10, 10, 38, 10, 64 * 48 - 212 };
  const double rings[] = { 20, 5, 60, 5, 60, 45, 20, 45, NAN, NAN, 32, 17, 48, 17, 48, 33, 32, 33 };
  g_autoptr(QuarryImage) image = NULL;

  test_add_annotation (drawing, QUARRY_ANNOTATION_MASK, "soil", "#ff00ff", TEST_CAMERA_MEDIA, mask, 7);
  test_add_annotation (drawing, QUARRY_ANNOTATION_POLYGON, "pile", "#00ffff", TEST_CAMERA_MEDIA, rings, G_N_ELEMENTS (rings));
  image = quarry_drawing_render (drawing, view, &style, 0, NULL);
  for (int y = 0; y < 48; y++)
    for (int x = 0; x < 15; x++)
      g_assert_cmpint (test_difference (test_pixel (image, x, y), test_pixel (view->image, x, y)) > 20, ==,
                       (x == 3 || x == 4) && y >= 10 && y < 20);
  g_assert_cmpint (test_pixel (image, 26, 25)[0], <, test_pixel (view->image, 26, 25)[0] - 8);
  g_assert_cmpmem (test_pixel (image, 40, 25), 3, test_pixel (view->image, 40, 25), 3);
}

static gboolean
overlap (const QuarryLabel *a, const QuarryLabelPlace *at, const QuarryLabel *b, const QuarryLabelPlace *bt)
{
  return at->x < bt->x + b->width && bt->x < at->x + a->width && at->y < bt->y + b->height && bt->y < at->y + a->height;
}

/* Neighbours' chips make room for each other, all stay on the picture, none lies outside; one thing has one chip */
static void
test_labels (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 640, 400);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, FALSE);
  const QuarryStyle style = QUARRY_STYLE_DEFAULT;
  g_autoptr(GPtrArray) labels = NULL;
  double boxes[8][4];
  QuarryLabelPlace places[8];

  for (int i = 0; i < 6; i++)
    {
      const double box[] = { 300 + 3 * i, 200 + 2 * i, 50, 60, 0 };

      test_add_annotation (drawing, QUARRY_ANNOTATION_BOX2D, "worker", "#f6d32d", TEST_CAMERA_MEDIA, box, 5);
    }
  test_add_annotation (drawing, QUARRY_ANNOTATION_BOX2D, "speck", "#f6d32d", TEST_CAMERA_MEDIA, (double[]) { 9, 9, 3, 3, 0 }, 5);
  labels = quarry_labels_new_picture (drawing, drawing->cameras->pdata[0], &style, 1);
  g_assert_cmpuint (labels->len, ==, 7);
  for (guint i = 0; i < labels->len; i++)
    memcpy (boxes[i], ((QuarryLabel *) labels->pdata[i])->box, sizeof boxes[i]);
  quarry_labels_place (labels, (const double (*)[4]) boxes, 640, 400, places);
  g_assert_false (places[6].shown);        /* the speck */
  for (guint i = 0; i < 6; i++)
    {
      const QuarryLabel *label = labels->pdata[i];

      g_assert_true (places[i].shown);
      g_assert_cmpint (places[i].x, >=, 0);
      g_assert_cmpint (places[i].x + label->width, <=, 640);
      for (guint k = 0; k < i; k++)
        g_assert_false (overlap (label, &places[i], labels->pdata[k], &places[k]));
    }
  boxes[0][0] = NAN;
  boxes[1][0] = 900;
  quarry_labels_place (labels, (const double (*)[4]) boxes, 640, 400, places);
  g_assert_false (places[0].shown);
  g_assert_false (places[1].shown);
}

/* Class, the track's own part, score */
static void
test_texts (void)
{
  static const struct { const char *track; double score; const char *text; } cases[] = {
    { NULL, NAN, "truck" }, { "", NAN, "truck" }, { "truck-3", NAN, "truck 3" }, { "training/000001/12", NAN, "truck 12" },
    { "Truck", NAN, "truck" }, { "7", 0.875, "truck 7 0.88" }, { "a b", NAN, "truck a b" },
  };
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 640, 400);
  const QuarryStyle style = QUARRY_STYLE_DEFAULT;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, FALSE, NULL, FALSE);
      g_autoptr(GPtrArray) labels = NULL;
      QuarryAnnotation *annotation = NULL;

      test_add_annotation (drawing, QUARRY_ANNOTATION_BOX2D, "truck", NULL, TEST_CAMERA_MEDIA, (double[]) { 9, 9, 90, 90, 0 }, 5);
      annotation = drawing->annotations->pdata[0];
      g_free (annotation->track);
      annotation->track = g_strdup (cases[i].track);
      annotation->score = cases[i].score;
      labels = quarry_labels_new_picture (drawing, drawing->cameras->pdata[0], &style, 1);
      g_assert_cmpstr (((QuarryLabel *) labels->pdata[0])->text, ==, cases[i].text);
    }
}

static void
test_one_chip_a_thing (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 640, 400);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, FALSE);
  QuarryCameraView *view = drawing->cameras->pdata[0];
  QuarryStyle style = QUARRY_STYLE_DEFAULT;
  const double truck[] = { 9, 1.5, 0.9, 4.2, 1.9, 1.8, 1, 0, 0, 0 };
  QuarryCuboid cuboid;
  double box[5] = { 0 };

  test_add_annotation (drawing, QUARRY_ANNOTATION_CUBOID, "truck", "#f6d32d", 0, truck, 10);
  g_assert_true (quarry_annotation_get_cuboid (drawing->annotations->pdata[0], &cuboid));
  g_assert_true (quarry_cuboid_project_box (&cuboid, &camera, &view->camera_from_body, TRUE, box));
  test_add_annotation (drawing, QUARRY_ANNOTATION_BOX2D, "truck", "#f6d32d", TEST_CAMERA_MEDIA, box, 5);
  for (int both = 0; both < 2; both++)
    {
      g_autoptr(GPtrArray) labels = NULL;

      style.show_boxes = both == 1;
      labels = quarry_labels_new_picture (drawing, view, &style, 1);
      g_assert_cmpuint (labels->len, ==, 1);
    }
}

/* Sizes: a single pixel, scaled up and down, no picture, no calibration, too large */
static void
test_sizes (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 320, 200);
  const QuarryCamera dot = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 1, 1);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, FALSE, quarry_cloud_new (0, FALSE, FALSE, FALSE), TRUE);
  g_autoptr(QuarryDrawing) small = test_drawing (&dot, TRUE, NULL, TRUE);
  QuarryCameraView *view = drawing->cameras->pdata[0];
  const int widths[] = { 0, 1, 97, 960 };
  g_autoptr(QuarryImage) pixel = quarry_drawing_render (small, small->cameras->pdata[0], NULL, 0, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (pixel->width * pixel->height, ==, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      g_autoptr(QuarryImage) image = quarry_drawing_render (drawing, view, NULL, widths[i], &error);

      g_assert_no_error (error);
      g_assert_cmpint (image->width, ==, widths[i] > 0 ? widths[i] : 320);
      g_assert_cmpint (image->height, ==, MAX (lround (image->width * 200.0 / 320), 1));
    }
  g_assert_null (quarry_drawing_render (drawing, view, NULL, 40000, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  view->media->calibration.has_camera = FALSE;
  g_assert_null (quarry_drawing_render (drawing, view, NULL, 0, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "cam_front: no picture and no calibration");
}

/* A picture stored at half the calibrated size: the lens shrinks with it */
static void
test_smaller_picture (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 640, 400);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, FALSE, NULL, FALSE);
  QuarryCameraView *view = drawing->cameras->pdata[0];
  const double at[3] = { 0.3, -0.2, 2 };
  double whole[2], half[2];
  QuarryCamera lens;

  view->image = test_image (320, 200);
  g_assert_true (quarry_camera_view_get_camera (view, &lens));
  g_assert_true (quarry_camera_project (&camera, at, whole));
  g_assert_true (quarry_camera_project (&lens, at, half));
  g_assert_cmpfloat_with_epsilon (half[0], whole[0] / 2, 1e-9);
  g_assert_cmpfloat_with_epsilon (half[1], whole[1] / 2, 1e-9);
}

static void
test_find_camera (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 64, 40);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, FALSE);
  g_autoptr(QuarryDrawing) empty = quarry_drawing_new (NULL);

  g_assert_true (quarry_drawing_find_camera (drawing, "cam_front") == drawing->cameras->pdata[0]);
  g_assert_true (quarry_drawing_find_camera (drawing, NULL) == drawing->cameras->pdata[0]);
  g_assert_null (quarry_drawing_find_camera (drawing, "cam_rear"));
  g_assert_null (quarry_drawing_find_camera (empty, NULL));
}

/* Same drawing, same bytes: pictures may be compared and cached */
static void
test_steady (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 320, 200);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, TRUE);
  g_autoptr(QuarryImage) first = quarry_drawing_render (drawing, drawing->cameras->pdata[0], NULL, 0, NULL);
  g_autoptr(QuarryImage) second = quarry_drawing_render (drawing, drawing->cameras->pdata[0], NULL, 0, NULL);

  g_assert_cmpmem (first->rgb, first->stride * 200, second->rgb, second->stride * 200);
}

/* Odd geometry: nothing is drawn, nothing breaks */
static void
test_odd_annotations (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 64, 40);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, quarry_cloud_new (0, TRUE, FALSE, FALSE), FALSE);
  const double nan[] = { NAN, NAN, 3, NAN, INFINITY, 2, 1, 1, 1, 1 };
  const double mask[] = { 1e9, -5, 3, 4 };
  g_autoptr(QuarryImage) image = NULL;

  for (int kind = 0; kind < QUARRY_N_ANNOTATION_KINDS; kind++)
    for (gsize n = 0; n <= G_N_ELEMENTS (nan); n++)
      test_add_annotation (drawing, kind, "odd", NULL, kind == QUARRY_ANNOTATION_CUBOID ? 0 : TEST_CAMERA_MEDIA, nan, n);
  test_add_annotation (drawing, QUARRY_ANNOTATION_MASK, "odd", "#xyz", TEST_CAMERA_MEDIA, mask, 4);
  image = quarry_drawing_render (drawing, drawing->cameras->pdata[0], NULL, 0, NULL);
  g_assert_nonnull (image);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/drawing/colormap-is-turbo", test_colormap);
  g_test_add_func ("/drawing/near-is-warm-high-is-warm", test_position);
  g_test_add_func ("/drawing/range-is-from-what-is-seen", test_range);
  g_test_add_func ("/drawing/one-point-lies-where-the-lens-puts-it", test_one_point);
  g_test_add_func ("/drawing/nearest-point-wins", test_nearest_wins);
  g_test_add_func ("/drawing/switches-switch", test_switches);
  g_test_add_func ("/drawing/labels-show-only-where-they-belong", test_belongs);
  g_test_add_func ("/drawing/cuboid-edges-follow-the-lens", test_curved_edges);
  g_test_add_func ("/drawing/masks-and-holes-are-exact", test_regions);
  g_test_add_func ("/drawing/chips-make-room", test_labels);
  g_test_add_func ("/drawing/chips-say-class-track-and-score", test_texts);
  g_test_add_func ("/drawing/one-chip-a-thing", test_one_chip_a_thing);
  g_test_add_func ("/drawing/any-size", test_sizes);
  g_test_add_func ("/drawing/lens-shrinks-with-the-picture", test_smaller_picture);
  g_test_add_func ("/drawing/find-camera", test_find_camera);
  g_test_add_func ("/drawing/same-drawing-same-bytes", test_steady);
  g_test_add_func ("/drawing/odd-annotations-break-nothing", test_odd_annotations);
  return g_test_run ();
}
