/* quarry-drawing-shapes.c: annotations as lines and faces, for a picture and for the view in space
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Both drawers read these, so that they show the same.
 */

#include "config.h"
#include "quarry-drawing-private.h"

#include <math.h>
#include <string.h>

#define FRUSTUM_REACH 2.0       /* metres */
#define FRUSTUM_STEPS 12        /* pieces a side of the picture */
#define GRID_STEP     10.0      /* metres */
#define GRID_RINGS    8
#define AXIS_LENGTH   2.0       /* metres */
#define FILL          0.09      /* of a face's colour */
#define SEEN_STEPS    32      /* places an edge where it is asked whether they lie in the picture */
#define BOX_FILL      0.05

typedef struct
{
  guint8 rgba[4];
  float  width;
} Pen;

static Pen
make_pen (const guint8 rgb[3], double alpha, double width)
{
  return (Pen) { { rgb[0], rgb[1], rgb[2], (guint8) (CLAMP (alpha, 0.0, 1.0) * 255 + 0.5) }, (float) width };
}

static void
add_stroke (GArray *strokes, const Pen *pen, const double from[3], const double to[3], guint caps)
{
  QuarryStroke stroke = { .width = pen->width, .caps = (float) caps };

  for (int i = 0; i < 3; i++)
    {
      stroke.from[i] = (float) from[i];
      stroke.to[i] = (float) to[i];
    }
  memcpy (stroke.rgba, pen->rgba, 4);
  if (isfinite (from[0] + from[1] + from[2] + to[0] + to[1] + to[2]))
    g_array_append_val (strokes, stroke);
}

/* @points: 2 doubles each. Corners get round joins by round ends of both pieces. */
static void
add_path (GArray *strokes, const Pen *pen, const double *points, gsize n, gboolean closed)
{
  for (gsize i = 0; i + (closed ? 0 : 1) < n && n > 1; i++)
    {
      const double *a = points + 2 * i;
      const double *b = points + 2 * ((i + 1) % n);
      const double from[3] = { a[0], a[1], 0 };
      const double to[3] = { b[0], b[1], 0 };

      add_stroke (strokes, pen, from, to, QUARRY_CAP_FROM | QUARRY_CAP_TO);
    }
}

static void
add_face (GArray *faces, const guint8 rgb[3], double alpha, const double corners[4][3])
{
  QuarryFace face;
  const Pen pen = make_pen (rgb, alpha, 0);

  for (int i = 0; i < 4; i++)
    for (int k = 0; k < 3; k++)
      face.corners[i][k] = (float) corners[i][k];
  memcpy (face.rgba, pen.rgba, 4);
  g_array_append_val (faces, face);
}

static void
add_box (QuarryShapes *self, const QuarryAnnotation *annotation, const guint8 rgb[3])
{
  const double *g = annotation->geometry;
  const double angle = annotation->n_geometry > 4 ? g[4] : 0;
  const double middle[2] = { g[0] + g[2] / 2, g[1] + g[3] / 2 };
  const Pen pen = make_pen (rgb, 1, 1);
  double points[8];
  double corners[4][3];

  for (int i = 0; i < 4; i++)
    {
      const double x = (i == 1 || i == 2 ? 0.5 : -0.5) * g[2];
      const double y = (i >= 2 ? 0.5 : -0.5) * g[3];

      corners[i][0] = points[2 * i] = middle[0] + x * cos (angle) - y * sin (angle);
      corners[i][1] = points[2 * i + 1] = middle[1] + x * sin (angle) + y * cos (angle);
      corners[i][2] = 0;
    }
  add_path (self->flat, &pen, points, 4, TRUE);
  add_face (self->flat_faces, rgb, BOX_FILL, corners);
}

/* Rings are parted by NaN pairs */
static void
add_rings (QuarryShapes *self, const QuarryAnnotation *annotation, const guint8 rgb[3], gboolean closed)
{
  const double *g = annotation->geometry;
  const gsize n = annotation->n_geometry / 2;
  const Pen pen = make_pen (rgb, 1, 1);
  gsize start = 0;

  for (gsize i = 0; i <= n; i++)
    if (i == n || isnan (g[2 * i]))
      {
        add_path (self->flat, &pen, g + 2 * start, i - start, closed);
        start = i + 1;
      }
}

/* Dots: a segment without length and with round ends. Hidden ones are smaller and fainter. */
static void
add_keypoints (QuarryShapes *self, const QuarryAnnotation *annotation, const guint8 rgb[3])
{
  for (gsize i = 0; i + 2 < annotation->n_geometry; i += 3)
    {
      const double *g = annotation->geometry + i;
      const Pen pen = g[2] > 1.5 ? make_pen (rgb, 1, 3.5) : make_pen (rgb, 0.6, 2.2);
      const double at[3] = { g[0], g[1], 0 };

      if (g[2] > 0.5)
        add_stroke (self->flat, &pen, at, at, QUARRY_CAP_FROM | QUARRY_CAP_TO);
    }
}

/* As many pieces as the edge's size as seen from @eye asks for; 1 where lines stay straight */
static int
count_steps (const double a[3], const double b[3], const double *eye)
{
  double length2 = 0;
  double distance2 = 0;

  if (eye == NULL)
    return 1;
  for (int i = 0; i < 3; i++)
    {
      const double middle = (a[i] + b[i]) / 2 - eye[i];

      length2 += (b[i] - a[i]) * (b[i] - a[i]);
      distance2 += middle * middle;
    }
  distance2 = MAX (sqrt (distance2) - sqrt (length2) / 2, 0.05);
  return (int) CLAMP (ceil (40 * sqrt (length2) / distance2), 2, 64);
}

static void
add_edge (GArray *strokes, const Pen *pen, const double a[3], const double b[3], int steps)
{
  double last[3] = { a[0], a[1], a[2] };

  for (int step = 1; step <= steps; step++)
    {
      const double f = (double) step / steps;
      const double next[3] = { a[0] + f * (b[0] - a[0]), a[1] + f * (b[1] - a[1]), a[2] + f * (b[2] - a[2]) };

      add_stroke (strokes, pen, last, next, (step == 1 ? QUARRY_CAP_FROM : 0) | (step == steps ? QUARRY_CAP_TO : 0));
      memcpy (last, next, sizeof last);
    }
}

/* @eye: (nullable): where the lens is, body frame; %NULL for the view in space */
static void
add_cuboid (QuarryShapes *self, const QuarryCuboid *cuboid, const guint8 rgb[3], const double *eye)
{
  static const guint8 sides[6][4] = {      /* the front first; around, in quarry_cuboid_get_corners' numbers */
    { 1, 3, 7, 5 }, { 0, 2, 6, 4 }, { 0, 1, 5, 4 }, { 2, 3, 7, 6 }, { 0, 1, 3, 2 }, { 4, 5, 7, 6 },
  };
  const Pen front = make_pen (rgb, 1, 1);
  const Pen rest = make_pen (rgb, 0.85, 0.7);
  double corners[8][3];

  quarry_cuboid_get_corners (cuboid, corners);
  for (int pass = 0; pass < 2; pass++)         /* the front's edges lie above the others */
    for (int i = 0; i < 12; i++)
      {
        const guint8 *edge = quarry_cuboid_edges[i];
        const gboolean is_front = (edge[0] & 1) != 0 && (edge[1] & 1) != 0;

        if (is_front == (pass == 1))
          add_edge (self->solid, is_front ? &front : &rest, corners[edge[0]], corners[edge[1]],
                    count_steps (corners[edge[0]], corners[edge[1]], eye));
      }
  for (int side = 0; side < (eye != NULL ? 1 : 6); side++)
    {
      double around[4][3];

      for (int i = 0; i < 4; i++)
        memcpy (around[i], corners[sides[side][i]], sizeof around[i]);
      add_face (self->solid_faces, rgb, side == 0 ? 2 * FILL : FILL / 1.5, around);
    }
}

static QuarryShapes *
shapes_new (void)
{
  QuarryShapes *self = g_new0 (QuarryShapes, 1);

  self->flat = g_array_new (FALSE, FALSE, sizeof (QuarryStroke));
  self->solid = g_array_new (FALSE, FALSE, sizeof (QuarryStroke));
  self->flat_faces = g_array_new (FALSE, FALSE, sizeof (QuarryFace));
  self->solid_faces = g_array_new (FALSE, FALSE, sizeof (QuarryFace));
  return self;
}

void
quarry_shapes_free (QuarryShapes *self)
{
  g_array_unref (self->flat);
  g_array_unref (self->solid);
  g_array_unref (self->flat_faces);
  g_array_unref (self->solid_faces);
  g_free (self);
}

static void
add_flat (QuarryShapes *self, const QuarryAnnotation *annotation, const guint8 rgb[3])
{
  switch (annotation->kind)
    {
    case QUARRY_ANNOTATION_BOX2D:
      if (annotation->n_geometry >= 4)
        add_box (self, annotation, rgb);
      break;
    case QUARRY_ANNOTATION_POLYGON:
    case QUARRY_ANNOTATION_POLYLINE:
      add_rings (self, annotation, rgb, annotation->kind == QUARRY_ANNOTATION_POLYGON);
      break;
    case QUARRY_ANNOTATION_KEYPOINTS:
      add_keypoints (self, annotation, rgb);
      break;
    case QUARRY_ANNOTATION_MASK:
    case QUARRY_ANNOTATION_CUBOID:
    case QUARRY_ANNOTATION_CLASS:
    case QUARRY_N_ANNOTATION_KINDS:
      break;
    }
}

/* The hull of what lies inside the picture. Behind a wide lens a cuboid is a ring around the picture, whose hull says
 * nothing: so edges are followed, and only what is inside counts. */
gboolean
quarry_cuboid_find_seen (const QuarryCuboid *cuboid,
                         const QuarryCamera *camera,
                         const QuarryPose   *camera_from_body,
                         double              out_box[4])
{
  double corners[8][3];
  double low[2] = { INFINITY, INFINITY };
  double high[2] = { -INFINITY, -INFINITY };

  quarry_cuboid_get_corners (cuboid, corners);
  for (int i = 0; i < 8; i++)
    quarry_pose_apply (camera_from_body, corners[i], corners[i]);
  for (int i = 0; i < 12 * (SEEN_STEPS + 1); i++)
    {
      const double *a = corners[quarry_cuboid_edges[i % 12][0]];
      const double *b = corners[quarry_cuboid_edges[i % 12][1]];
      const double f = (double) (i / 12) / SEEN_STEPS;
      const double at[3] = { a[0] + f * (b[0] - a[0]), a[1] + f * (b[1] - a[1]), a[2] + f * (b[2] - a[2]) };
      double pixel[2];

      if (!quarry_camera_project (camera, at, pixel) || !quarry_camera_is_inside (camera, pixel))
        continue;
      for (int axis = 0; axis < 2; axis++)
        {
          low[axis] = MIN (low[axis], pixel[axis]);
          high[axis] = MAX (high[axis], pixel[axis]);
        }
    }
  if (!(low[0] <= high[0]))
    return FALSE;
  for (int axis = 0; axis < 2; axis++)
    {
      out_box[axis] = low[axis];
      out_box[2 + axis] = high[axis] - low[axis];
    }
  return TRUE;
}

/* Returns: (transfer full): what is drawn on @camera's picture: its own 2D labels, and cuboids that project into it */
QuarryShapes *
quarry_shapes_new_picture (QuarryDrawing *drawing, const QuarryCameraView *camera, const QuarryStyle *style)
{
  QuarryShapes *self = shapes_new ();
  const QuarryPose body_from_camera = quarry_pose_invert (&camera->camera_from_body);
  QuarryCamera lens;
  const gboolean has_lens = quarry_camera_view_get_camera (camera, &lens);

  for (guint i = 0; i < drawing->annotations->len; i++)
    {
      const QuarryAnnotation *annotation = drawing->annotations->pdata[i];
      QuarryCuboid cuboid;
      double box[4];
      guint8 rgb[3];

      quarry_annotation_get_color (annotation, rgb);
      if (annotation->kind != QUARRY_ANNOTATION_CUBOID)
        {
          if (style->show_boxes && quarry_annotation_is_in (annotation, camera))
            add_flat (self, annotation, rgb);
        }
      else if (style->show_cuboids && has_lens && quarry_annotation_check (annotation, NULL) &&
               quarry_annotation_get_cuboid (annotation, &cuboid) &&
               quarry_cuboid_find_seen (&cuboid, &lens, &camera->camera_from_body, box))
        add_cuboid (self, &cuboid, rgb, body_from_camera.t);
    }
  return self;
}

/* The ray through a place of the picture; where the lens has none, through the last place towards the middle that has */
static gboolean
find_ray (const QuarryCamera *camera, const double pixel[2], double out_ray[3])
{
  const double middle[2] = { camera->cx, camera->cy };
  double good = 0;
  double bad = 1;

  if (quarry_camera_unproject (camera, pixel, out_ray))
    return TRUE;
  if (!quarry_camera_unproject (camera, middle, out_ray))
    return FALSE;
  for (int i = 0; i < 12; i++)
    {
      const double f = (good + bad) / 2;
      const double at[2] = { middle[0] + f * (pixel[0] - middle[0]), middle[1] + f * (pixel[1] - middle[1]) };

      if (quarry_camera_unproject (camera, at, out_ray))
        good = f;
      else
        bad = f;
    }
  return TRUE;
}

/* The picture's border at FRUSTUM_REACH along its rays, and the rays of its corners */
static void
add_frustum (QuarryShapes *self, const QuarryCameraView *view, const Pen *pen)
{
  static const guint8 ends[5][2] = { { 0, 0 }, { 1, 0 }, { 1, 1 }, { 0, 1 }, { 0, 0 } };
  const QuarryPose body_from_camera = quarry_pose_invert (&view->camera_from_body);
  QuarryCamera camera;
  double last[3] = { 0 };
  gboolean has_last = FALSE;

  if (!quarry_camera_view_get_camera (view, &camera))
    return;
  for (int i = 0; i <= 4 * FRUSTUM_STEPS; i++)
    {
      const guint8 *a = ends[MIN (i / FRUSTUM_STEPS, 3)];
      const guint8 *b = ends[MIN (i / FRUSTUM_STEPS, 3) + 1];
      const double f = i == 4 * FRUSTUM_STEPS ? 1 : (double) (i % FRUSTUM_STEPS) / FRUSTUM_STEPS;
      const double pixel[2] = { camera.width * (a[0] + f * (b[0] - a[0])), camera.height * (a[1] + f * (b[1] - a[1])) };
      double ray[3], at[3];

      if (!find_ray (&camera, pixel, ray))
        return;
      for (int k = 0; k < 3; k++)
        ray[k] *= FRUSTUM_REACH;
      quarry_pose_apply (&body_from_camera, ray, at);
      if (i % FRUSTUM_STEPS == 0 && i < 4 * FRUSTUM_STEPS)
        add_stroke (self->solid, pen, body_from_camera.t, at, QUARRY_CAP_FROM | QUARRY_CAP_TO);
      if (has_last)
        add_stroke (self->solid, pen, last, at, QUARRY_CAP_FROM | QUARRY_CAP_TO);
      memcpy (last, at, sizeof last);
      has_last = TRUE;
    }
}

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  const float x = *(const float *) a;
  const float y = *(const float *) b;

  return (x > y) - (x < y);
}

/* The body's origin may lie at the axle or at the sensor: the ground is where the lowest points near by are. Metres */
static double
find_ground (QuarryDrawing *drawing)
{
  g_autoptr(GArray) heights = g_array_new (FALSE, FALSE, sizeof (float));

  for (guint c = 0; c < drawing->clouds->len; c++)
    {
      const QuarryCloudView *view = drawing->clouds->pdata[c];
      const gsize n = view->cloud != NULL ? view->cloud->n : 0;

      for (gsize i = 0; i < n; i += 1 + n / 20000)
        {
          const float *xyz = view->cloud->xyz + 3 * i;
          const double lidar[3] = { (double) xyz[0], (double) xyz[1], (double) xyz[2] };
          double body[3];
          float z;

          quarry_pose_apply (&view->body_from_lidar, lidar, body);
          z = (float) body[2];
          if (isfinite (body[0] + body[1] + body[2]) && hypot (body[0], body[1]) < 20)
            g_array_append_val (heights, z);
        }
    }
  if (heights->len < 50)
    return 0;
  g_array_sort (heights, compare_floats);
  return (double) g_array_index (heights, float, heights->len / 8);
}

/* Rings of GRID_STEP metres around the body's origin, fainter outwards, and its axes */
static void
add_ground (QuarryShapes *self, double z, gboolean dark)
{
  static const guint8 axis_rgb[3][3] = { { 0xe0, 0x1b, 0x24 }, { 0x33, 0xd1, 0x7a }, { 0x35, 0x84, 0xe4 } };
  static const guint8 light_rgb[3] = { 0x30, 0x36, 0x40 };
  static const guint8 dark_rgb[3] = { 0xc0, 0xc8, 0xd8 };
  const guint8 *rgb = dark ? dark_rgb : light_rgb;
  const double reach = GRID_STEP * GRID_RINGS;

  for (int ring = 1; ring <= GRID_RINGS; ring++)
    {
      const Pen pen = make_pen (rgb, 0.36 * (1 - 0.75 * ring / GRID_RINGS), 0.55);
      const int n = 48 + 8 * ring;

      for (int i = 0; i < n; i++)
        {
          const double a = 2 * G_PI * i / n;
          const double b = 2 * G_PI * (i + 1) / n;
          const double r = GRID_STEP * ring;

          add_stroke (self->solid, &pen, (double[]) { r * cos (a), r * sin (a), z }, (double[]) { r * cos (b), r * sin (b), z }, 0);
        }
    }
  for (int i = 0; i < 12; i++)
    {
      const double a = 2 * G_PI * i / 12;
      const Pen pen = make_pen (rgb, i % 3 == 0 ? 0.22 : 0.1, 0.55);

      add_stroke (self->solid, &pen, (double[]) { GRID_STEP * cos (a), GRID_STEP * sin (a), z },
                  (double[]) { reach * cos (a), reach * sin (a), z }, 0);
    }
  for (int axis = 0; axis < 3; axis++)
    {
      const Pen pen = make_pen (axis_rgb[axis], 1, 1.2);
      double end[3] = { 0 };

      end[axis] = AXIS_LENGTH;
      add_stroke (self->solid, &pen, (double[]) { 0, 0, 0 }, end, QUARRY_CAP_FROM | QUARRY_CAP_TO);
    }
}

/* Returns: (transfer full): ground, axes, frustums and cuboids in the body frame */
QuarryShapes *
quarry_shapes_new_space (QuarryDrawing *drawing, const QuarryStyle *style, gboolean dark)
{
  static const guint8 frustum_rgb[2][3] = { { 0x1c, 0x71, 0xd8 }, { 0x99, 0xc1, 0xf1 } };
  const Pen pen = make_pen (frustum_rgb[dark ? 1 : 0], 0.9, 0.7);
  QuarryShapes *self = shapes_new ();

  add_ground (self, find_ground (drawing), dark);
  for (guint i = 0; style->show_frustums && i < drawing->cameras->len; i++)
    add_frustum (self, drawing->cameras->pdata[i], &pen);
  for (guint i = 0; style->show_cuboids && i < drawing->annotations->len; i++)
    {
      const QuarryAnnotation *annotation = drawing->annotations->pdata[i];
      QuarryCuboid cuboid;
      guint8 rgb[3];

      if (!quarry_annotation_get_cuboid (annotation, &cuboid) || !quarry_annotation_check (annotation, NULL))
        continue;
      quarry_annotation_get_color (annotation, rgb);
      add_cuboid (self, &cuboid, rgb, NULL);
    }
  return self;
}

gboolean
quarry_shape_project (const QuarryCamera *camera,
                      const QuarryPose   *camera_from_body,
                      const float         from[3],
                      const float         to[3],
                      double              out_from[2],
                      double              out_to[2])
{
  double a[3] = { (double) from[0], (double) from[1], (double) from[2] };
  double b[3] = { (double) to[0], (double) to[1], (double) to[2] };
  gboolean a_valid, b_valid;
  double *good, *bad, *last;

  quarry_pose_apply (camera_from_body, a, a);
  quarry_pose_apply (camera_from_body, b, b);
  a_valid = quarry_camera_project (camera, a, out_from);
  b_valid = quarry_camera_project (camera, b, out_to);
  if (a_valid == b_valid)
    return a_valid;
  good = a_valid ? a : b;
  bad = a_valid ? b : a;
  last = a_valid ? out_to : out_from;
  memcpy (last, a_valid ? out_from : out_to, 2 * sizeof (double));
  for (int i = 0; i < 12; i++)
    {
      const double middle[3] = { (good[0] + bad[0]) / 2, (good[1] + bad[1]) / 2, (good[2] + bad[2]) / 2 };

      memcpy (quarry_camera_project (camera, middle, last) ? good : bad, middle, sizeof middle);
    }
  return TRUE;
}

static void
paint_polygon (const QuarryAnnotation *annotation, cairo_t *cairo)
{
  const double *g = annotation->geometry;
  gboolean fresh = TRUE;

  for (gsize i = 0; i + 1 < annotation->n_geometry; i += 2)
    if (isnan (g[i]) || isnan (g[i + 1]))
      {
        cairo_close_path (cairo);
        fresh = TRUE;
      }
    else if (fresh)
      {
        cairo_move_to (cairo, g[i], g[i + 1]);
        fresh = FALSE;
      }
    else
      cairo_line_to (cairo, g[i], g[i + 1]);
  cairo_set_fill_rule (cairo, CAIRO_FILL_RULE_EVEN_ODD);
  cairo_fill (cairo);
}

/* Runs go down the columns, zeros first */
static void
paint_mask (const QuarryAnnotation *annotation, cairo_t *cairo)
{
  const double *g = annotation->geometry;
  const int width = annotation->n_geometry >= 2 && g[0] >= 1 && g[0] <= 32767 ? (int) g[0] : 0;
  const int height = width > 0 && g[1] >= 1 && g[1] <= 32767 ? (int) g[1] : 0;
  cairo_surface_t *mask = height > 0 ? cairo_image_surface_create (CAIRO_FORMAT_A8, width, height) : NULL;
  const gsize n = (gsize) width * (gsize) height;
  gsize at = 0;

  if (mask == NULL || cairo_surface_status (mask) != CAIRO_STATUS_SUCCESS)
    {
      g_clear_pointer (&mask, cairo_surface_destroy);
      return;
    }
  cairo_surface_flush (mask);
  for (gsize run = 2; run < annotation->n_geometry && at < n; run++)
    {
      const gsize end = g[run] > 0 ? at + (gsize) MIN (g[run], (double) (n - at)) : at;

      if (run % 2 == 0)
        at = end;
      for (; at < end; at++)
        cairo_image_surface_get_data (mask)[at % (gsize) height * (gsize) cairo_image_surface_get_stride (mask) +
                                            at / (gsize) height] = 255;
    }
  cairo_surface_mark_dirty (mask);
  cairo_mask_surface (cairo, mask, 0, 0);
  cairo_surface_destroy (mask);
}

gboolean
quarry_drawing_paint_regions (QuarryDrawing *self, const QuarryCameraView *camera, cairo_t *cairo)
{
  gboolean any = FALSE;

  for (guint i = 0; i < self->annotations->len; i++)
    {
      const QuarryAnnotation *annotation = self->annotations->pdata[i];
      const gboolean is_mask = annotation->kind == QUARRY_ANNOTATION_MASK;
      guint8 rgb[3];

      if ((!is_mask && annotation->kind != QUARRY_ANNOTATION_POLYGON) || !quarry_annotation_is_in (annotation, camera))
        continue;
      any = TRUE;
      if (cairo == NULL)
        break;
      quarry_annotation_get_color (annotation, rgb);
      cairo_set_source_rgba (cairo, rgb[0] / 255.0, rgb[1] / 255.0, rgb[2] / 255.0, is_mask ? 0.45 : 0.22);
      if (is_mask)
        paint_mask (annotation, cairo);
      else
        paint_polygon (annotation, cairo);
    }
  return any;
}
