/* test-shapes.c: lines and faces that both drawers read
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-drawing-private.h"

#include "quarry-test-drawing.h"
#include "quarry-test.h"

static const QuarryStyle everything = QUARRY_STYLE_DEFAULT;

static double
distance (const float a[3], const double b[3])
{
  return sqrt (((double) a[0] - b[0]) * ((double) a[0] - b[0]) + ((double) a[1] - b[1]) * ((double) a[1] - b[1]) +
               ((double) a[2] - b[2]) * ((double) a[2] - b[2]));
}

/* Pieces of an edge join end to end, and only its ends are round */
static void
test_pieces (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_KANNALA_BRANDT, 640, 400);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, FALSE);
  const double cuboid[] = { 9, 1.5, 0.9, 4.2, 1.9, 1.8, 1, 0, 0, 0 };
  g_autoptr(QuarryShapes) shapes = NULL;
  guint starts = 0;
  guint ends = 0;

  test_add_annotation (drawing, QUARRY_ANNOTATION_CUBOID, "truck", "#ff7800", 0, cuboid, 10);
  shapes = quarry_shapes_new_picture (drawing, drawing->cameras->pdata[0], &everything);
  g_assert_cmpuint (shapes->solid->len, >, 12 * 4);
  g_assert_cmpuint (shapes->solid_faces->len, ==, 1);
  for (guint i = 0; i < shapes->solid->len; i++)
    {
      const QuarryStroke *stroke = &g_array_index (shapes->solid, QuarryStroke, i);
      const guint caps = (guint) stroke->caps;

      starts += (caps & QUARRY_CAP_FROM) != 0 ? 1 : 0;
      ends += (caps & QUARRY_CAP_TO) != 0 ? 1 : 0;
      if ((caps & QUARRY_CAP_FROM) == 0)
        g_assert_cmpmem (stroke->from, sizeof stroke->from, (stroke - 1)->to, sizeof stroke->from);
    }
  g_assert_cmpuint (starts, ==, 12);
  g_assert_cmpuint (ends, ==, 12);
}

/* The side that is filled lies at +x of the cuboid */
static void
test_front (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 640, 400);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, FALSE);
  const double cuboid[] = { 12, 0, 1, 4, 2, 2, cos (0.4), 0, 0, sin (0.4) };
  g_autoptr(QuarryShapes) shapes = NULL;
  const QuarryFace *face = NULL;
  float middle[3] = { 0 };

  test_add_annotation (drawing, QUARRY_ANNOTATION_CUBOID, "truck", "#ff7800", 0, cuboid, 10);
  shapes = quarry_shapes_new_picture (drawing, drawing->cameras->pdata[0], &everything);
  face = &g_array_index (shapes->solid_faces, QuarryFace, 0);
  for (int i = 0; i < 4; i++)
    for (int k = 0; k < 3; k++)
      middle[k] += face->corners[i][k] / 4;
  g_assert_cmpfloat (distance (middle, (double[]) { 12 + 2 * cos (0.8), 2 * sin (0.8), 1 }), <, 1e-5);
  g_assert_cmpmem (face->rgba, 3, ((guint8[]) { 0xff, 0x78, 0x00 }), 3);
}

/* A turned box: clockwise on screen about its centre */
static void
test_turned_box (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 640, 400);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, FALSE);
  const double box[] = { 100, 100, 80, 40, G_PI_2 };
  g_autoptr(QuarryShapes) shapes = NULL;
  const QuarryStroke *top = NULL;

  test_add_annotation (drawing, QUARRY_ANNOTATION_BOX2D, "truck", NULL, TEST_CAMERA_MEDIA, box, 5);
  shapes = quarry_shapes_new_picture (drawing, drawing->cameras->pdata[0], &everything);
  g_assert_cmpuint (shapes->flat->len, ==, 4);
  top = &g_array_index (shapes->flat, QuarryStroke, 0);      /* from the top left corner to the top right, before it is turned */
  g_assert_cmpfloat (distance (top->from, (double[]) { 160, 80, 0 }), <, 1e-4);
  g_assert_cmpfloat (distance (top->to, (double[]) { 160, 160, 0 }), <, 1e-4);
}

/* A polygon's rings close, a polyline does not; NaN pairs part them */
static void
test_rings (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 640, 400);
  const double rings[] = { 0, 0, 10, 0, 10, 10, NAN, NAN, 2, 2, 4, 2, 4, 4, 2, 4 };
  const struct { QuarryAnnotationKind kind; gsize n; guint strokes; } cases[] = {
    { QUARRY_ANNOTATION_POLYGON, 16, 7 }, { QUARRY_ANNOTATION_POLYGON, 6, 3 }, { QUARRY_ANNOTATION_POLYLINE, 6, 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, FALSE);
      g_autoptr(QuarryShapes) shapes = NULL;

      test_add_annotation (drawing, cases[i].kind, "berm", NULL, TEST_CAMERA_MEDIA, rings, cases[i].n);
      shapes = quarry_shapes_new_picture (drawing, drawing->cameras->pdata[0], &everything);
      g_assert_cmpuint (shapes->flat->len, ==, cases[i].strokes);
    }
}

/* What is seen of a cuboid: its box where it is whole in the picture, nothing where it is behind or beside */
static void
test_seen (void)
{
  static const struct { double x, y, yaw; gboolean seen; } cases[] = {
    { 12, 0, 0.3, TRUE }, { -12, 0, 0, FALSE }, { -5, 40, 0, FALSE }, { 2, 0, 0, TRUE }, { 0.3, 0, 0, TRUE },
  };

  for (int model = 0; model < 2; model++)
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        const QuarryCamera camera = test_camera (model, 640, 400);
        const QuarryPose body_from_camera = test_body_from_camera (0, 0, 1.5);
        const QuarryPose camera_from_body = quarry_pose_invert (&body_from_camera);
        const QuarryCuboid cuboid = { quarry_pose_from_yaw (cases[i].x, cases[i].y, 1, cases[i].yaw), { 4, 2, 2 } };
        double seen[4], hull[4];

        g_assert_cmpint (quarry_cuboid_find_seen (&cuboid, &camera, &camera_from_body, seen), ==, cases[i].seen);
        if (!cases[i].seen)
          continue;
        g_assert_cmpfloat (seen[0], >=, 0);
        g_assert_cmpfloat (seen[0] + seen[2], <=, 640);
        if (i != 0)
          continue;
        g_assert_true (quarry_cuboid_project_box (&cuboid, &camera, &camera_from_body, TRUE, hull));
        for (int k = 0; k < 4; k++)
          g_assert_cmpfloat_with_epsilon (seen[k], hull[k], 0.5);
      }
}

/* A segment from in front of the lens to behind it is cut where the model ends */
static void
test_cut (void)
{
  for (int model = 0; model < 2; model++)
    {
      const QuarryCamera camera = test_camera (model, 640, 400);
      const QuarryPose still = QUARRY_POSE_IDENTITY;
      const float front[3] = { 0.2F, 0.1F, 4 };
      const float back[3] = { 0.003F, 0.002F, -30 };
      const float farther[3] = { 0.002F, 0.001F, -50 };
      double a[2], b[2], reverse[2][2], whole[2];

      g_assert_true (quarry_shape_project (&camera, &still, front, back, a, b));
      g_assert_true (quarry_camera_project (&camera, (double[]) { (double) front[0], (double) front[1], 4 }, whole));
      g_assert_cmpfloat (hypot (a[0] - whole[0], a[1] - whole[1]), <, 1e-9);
      g_assert_true (isfinite (b[0]) && isfinite (b[1]));
      g_assert_true (quarry_shape_project (&camera, &still, back, front, reverse[0], reverse[1]));
      g_assert_cmpfloat (hypot (reverse[0][0] - b[0], reverse[0][1] - b[1]), <, 1e-9);
      g_assert_cmpfloat (hypot (reverse[1][0] - a[0], reverse[1][1] - a[1]), <, 1e-9);
      g_assert_false (quarry_shape_project (&camera, &still, back, farther, a, b));
    }
}

/* Each frustum's border lies 2 m from the lens, and comes back through the lens to the picture's border */
static void
test_frustum (void)
{
  for (int model = 0; model < 2; model++)
    {
      const QuarryCamera camera = test_camera (model, 640, 400);
      g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, quarry_cloud_new (0, FALSE, FALSE, FALSE), FALSE);
      const QuarryCameraView *view = drawing->cameras->pdata[0];
      const QuarryPose body_from_camera = quarry_pose_invert (&view->camera_from_body);
      QuarryStyle style = everything;
      g_autoptr(QuarryShapes) with = quarry_shapes_new_space (drawing, &style, TRUE);
      g_autoptr(QuarryShapes) without = NULL;
      guint first;
      guint rays = 0;

      style.show_frustums = FALSE;
      without = quarry_shapes_new_space (drawing, &style, TRUE);
      first = without->solid->len;                 /* the ground and the axes come first */
      g_assert_cmpuint (with->solid->len, ==, first + 4 + 48);
      for (guint i = first; i < with->solid->len; i++)
        {
          const QuarryStroke *stroke = &g_array_index (with->solid, QuarryStroke, i);
          double at[3] = { (double) stroke->to[0], (double) stroke->to[1], (double) stroke->to[2] };
          double pixel[2], off;

          g_assert_cmpfloat_with_epsilon (distance (stroke->to, body_from_camera.t), 2, 1e-5);
          quarry_pose_apply (&view->camera_from_body, at, at);
          g_assert_true (quarry_camera_project (&camera, at, pixel));
          off = MIN (MIN (fabs (pixel[0]), fabs (pixel[0] - 640)), MIN (fabs (pixel[1]), fabs (pixel[1] - 400)));
          g_assert_cmpfloat (off, <, 0.01);
          rays += distance (stroke->from, body_from_camera.t) < 1e-6 ? 1 : 0;
        }
      g_assert_cmpuint (rays, ==, 4);
    }
}

/* The grid lies on the ground that the lidar sees, not at the body's origin */
static void
test_ground (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 64, 40);
  const double heights[] = { 0, -1.7 };

  for (int i = 0; i < 2; i++)
    {
      QuarryCloud *cloud = quarry_cloud_new (500, FALSE, FALSE, FALSE);
      g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, cloud, FALSE);
      const QuarryPose lidar_from_body = quarry_pose_invert (&((QuarryCloudView *) drawing->clouds->pdata[0])->body_from_lidar);
      g_autoptr(QuarryShapes) shapes = NULL;

      for (int k = 0; k < 500; k++)
        {
          double at[3] = { 3 + k % 10, k / 100.0, k % 5 == 0 ? 2 : heights[i] };

          quarry_pose_apply (&lidar_from_body, at, at);
          for (int axis = 0; axis < 3; axis++)
            cloud->xyz[3 * k + axis] = k == 0 ? NAN : (float) at[axis];
        }
      shapes = quarry_shapes_new_space (drawing, &everything, FALSE);
      g_assert_cmpfloat_with_epsilon ((double) g_array_index (shapes->solid, QuarryStroke, 0).from[2], heights[i], 1e-4);
      g_assert_cmpfloat_with_epsilon (hypot ((double) g_array_index (shapes->solid, QuarryStroke, 0).from[0],
                                             (double) g_array_index (shapes->solid, QuarryStroke, 0).from[1]), 10, 1e-4);
    }
}

/* In space every cuboid has six faint sides and twelve straight edges, also those behind the camera */
static void
test_space (void)
{
  const QuarryCamera camera = test_camera (QUARRY_CAMERA_BROWN_CONRADY, 640, 400);
  g_autoptr(QuarryDrawing) bare = test_drawing (&camera, TRUE, NULL, FALSE);
  g_autoptr(QuarryDrawing) drawing = test_drawing (&camera, TRUE, NULL, TRUE);
  g_autoptr(QuarryShapes) without = quarry_shapes_new_space (bare, &everything, TRUE);
  g_autoptr(QuarryShapes) with = quarry_shapes_new_space (drawing, &everything, TRUE);
  g_autoptr(GPtrArray) labels = quarry_labels_new_space (drawing, 1);

  g_assert_cmpuint (with->solid->len, ==, without->solid->len + 3 * 12);
  g_assert_cmpuint (with->solid_faces->len, ==, 3 * 6);
  g_assert_cmpuint (with->flat->len, ==, 0);
  g_assert_cmpuint (labels->len, ==, 3);
  for (guint i = 0; i < labels->len; i++)
    if (g_str_has_prefix (((QuarryLabel *) labels->pdata[i])->text, "dozer"))
      g_assert_cmpfloat_with_epsilon (((QuarryLabel *) labels->pdata[i])->top[2], 2, 1e-9);
}

/* A class without a colour gets one by its name, the same each time; a damaged colour too */
static void
test_colors (void)
{
  guint8 first[3], second[3], given[3];
  g_autoptr(QuarryAnnotation) annotation = quarry_annotation_new (QUARRY_ANNOTATION_CLASS, "pile", "1", NULL, 0);
  g_autoptr(QuarryAnnotation) nameless = quarry_annotation_new (QUARRY_ANNOTATION_CLASS, NULL, "2", NULL, 0);

  quarry_annotation_get_color (annotation, first);
  annotation->class_color = g_strdup ("blue");
  quarry_annotation_get_color (annotation, second);
  g_assert_cmpmem (first, 3, second, 3);
  quarry_annotation_get_color (nameless, second);
  g_free (annotation->class_color);
  annotation->class_color = g_strdup ("#01fEa0");
  quarry_annotation_get_color (annotation, given);
  g_assert_cmpmem (given, 3, ((guint8[]) { 1, 254, 160 }), 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shapes/pieces-join", test_pieces);
  g_test_add_func ("/shapes/front-is-marked", test_front);
  g_test_add_func ("/shapes/box-turns-clockwise", test_turned_box);
  g_test_add_func ("/shapes/rings-close-lines-do-not", test_rings);
  g_test_add_func ("/shapes/seen-is-what-is-in-the-picture", test_seen);
  g_test_add_func ("/shapes/segment-is-cut-where-the-lens-ends", test_cut);
  g_test_add_func ("/shapes/frustum-is-the-pictures-border", test_frustum);
  g_test_add_func ("/shapes/grid-lies-on-the-ground", test_ground);
  g_test_add_func ("/shapes/space-shows-every-cuboid", test_space);
  g_test_add_func ("/shapes/colours-are-steady", test_colors);
  return g_test_run ();
}
