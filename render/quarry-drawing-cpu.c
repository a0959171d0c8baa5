/* quarry-drawing-cpu.c: a camera's picture with everything on it, without a GPU or a display
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   picture → lidar (far to near) → regions → faces → lines (dark rim, then colour) → label chips
 */

#include "config.h"
#include "quarry-drawing-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define UNIT_WIDTH  1280.0      /* a picture this wide has one pixel a logical pixel */
#define LARGEST     32000       /* pixels a side that cairo can do */

typedef struct
{
  QuarryDrawing          *drawing;
  const QuarryCameraView *view;
  const QuarryStyle      *style;
  QuarryCamera            lens;
  gboolean                has_lens;
  double                  scale[2];    /* target pixels a picture pixel */
  double                  unit;        /* target pixels a logical pixel */
  int                     width, height;
  cairo_surface_t        *surface;
  cairo_t                *cairo;
} Canvas;

typedef struct
{
  float   x, y;                /* target pixels */
  float   distance;            /* metres from the lens */
  guint32 rgb;
} Splat;

static int
compare_far_first (gconstpointer a, gconstpointer b)
{
  const float x = ((const Splat *) a)->distance;
  const float y = ((const Splat *) b)->distance;

  return (x < y) - (x > y);
}

static void
collect_splats (Canvas *self, guint cloud, const double range[2], GArray *splats)
{
  const QuarryCloudView *view = self->drawing->clouds->pdata[cloud];
  const QuarryPose *camera_from_lidar = self->view->camera_from_lidar->pdata[cloud];
  const QuarryColorBy by = self->style->color_by;

  for (gsize i = 0; view->cloud != NULL && i < view->cloud->n; i++)
    {
      const float *xyz = view->cloud->xyz + 3 * i;
      const double lidar[3] = { (double) xyz[0], (double) xyz[1], (double) xyz[2] };
      double at[3], pixel[2], body[3], value;
      guint8 rgb[3];
      Splat splat;

      if (!isfinite (lidar[0] + lidar[1] + lidar[2]))
        continue;
      quarry_pose_apply (camera_from_lidar, lidar, at);
      if (!quarry_camera_project (&self->lens, at, pixel) || !quarry_camera_is_inside (&self->lens, pixel))
        continue;
      value = sqrt (at[0] * at[0] + at[1] * at[1] + at[2] * at[2]);
      splat.distance = (float) value;
      if (by == QUARRY_COLOR_BY_HEIGHT)
        {
          quarry_pose_apply (&view->body_from_lidar, lidar, body);
          value = body[2];
        }
      else if (by == QUARRY_COLOR_BY_INTENSITY)
        value = view->cloud->intensity != NULL ? (double) view->cloud->intensity[i] : 0;
      quarry_colormap (quarry_color_position (by, range, value), rgb);
      splat.rgb = (guint32) rgb[0] << 16 | (guint32) rgb[1] << 8 | rgb[2];
      splat.x = (float) (pixel[0] * self->scale[0]);
      splat.y = (float) (pixel[1] * self->scale[1]);
      g_array_append_val (splats, splat);
    }
}

static guint32
blend (guint32 under, guint32 over, double alpha)
{
  guint32 out = 0xff000000;

  for (int shift = 0; shift <= 16; shift += 8)
    {
      const double a = (under >> shift) & 0xff;
      const double b = (over >> shift) & 0xff;

      out |= (guint32) (a + (b - a) * alpha + 0.5) << shift;
    }
  return out;
}

/* A disc with soft edges, its coverage taken from the distance to each pixel's centre */
static void
paint_splat (guint8 *data, gsize stride, int width, int height, const Splat *splat, double radius)
{
  const double x = (double) splat->x;
  const double y = (double) splat->y;
  const int left = MAX ((int) floor (x - radius - 0.5), 0);
  const int right = MIN ((int) ceil (x + radius + 0.5), width - 1);
  const int top = MAX ((int) floor (y - radius - 0.5), 0);
  const int bottom = MIN ((int) ceil (y + radius + 0.5), height - 1);

  for (int row = top; row <= bottom; row++)
    for (int column = left; column <= right; column++)
      {
        const double alpha = radius + 0.5 - hypot (column + 0.5 - x, row + 0.5 - y);
        guint32 *pixel = (guint32 *) (gpointer) (data + (gsize) row * stride) + column;

        if (alpha > 0)
          *pixel = blend (*pixel, splat->rgb, MIN (alpha, 1));
      }
}

/* Far to near: each nearer disc covers what lies behind it */
static void
paint_lidar (Canvas *self)
{
  g_autoptr(GArray) splats = g_array_new (FALSE, FALSE, sizeof (Splat));
  const double radius = MAX (self->style->point_size * self->unit, 1) / 2;
  double range[2];

  if (!self->has_lens)
    return;
  quarry_drawing_get_range (self->drawing, self->view, self->style, range);
  for (guint i = 0; i < self->drawing->clouds->len; i++)
    collect_splats (self, i, range, splats);
  g_array_sort (splats, compare_far_first);
  cairo_surface_flush (self->surface);
  for (guint i = 0; i < splats->len; i++)
    paint_splat (cairo_image_surface_get_data (self->surface), (gsize) cairo_image_surface_get_stride (self->surface),
                 self->width, self->height, &g_array_index (splats, Splat, i), radius);
  cairo_surface_mark_dirty (self->surface);
}

/* Picture or body to target pixels. FALSE where nothing of it projects, or it is far outside */
static gboolean
place_stroke (Canvas *self, const QuarryStroke *stroke, gboolean solid, double from[2], double to[2])
{
  const double reach = 4.0 * LARGEST;

  if (solid)
    {
      if (!quarry_shape_project (&self->lens, &self->view->camera_from_body, stroke->from, stroke->to, from, to))
        return FALSE;
    }
  else
    for (int i = 0; i < 2; i++)
      {
        from[i] = (double) stroke->from[i];
        to[i] = (double) stroke->to[i];
      }
  for (int i = 0; i < 2; i++)
    {
      from[i] *= self->scale[i];
      to[i] *= self->scale[i];
      if (fabs (from[i]) > reach || fabs (to[i]) > reach)       /* cairo counts in 24.8 fixed point */
        return FALSE;
    }
  return TRUE;
}

/* Pieces of one annotation become one path, so that its rim has no seams */
static void
paint_strokes (Canvas *self, GArray *strokes, gboolean solid)
{
  double last[2] = { NAN, NAN };

  cairo_set_line_cap (self->cairo, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (self->cairo, CAIRO_LINE_JOIN_ROUND);
  for (guint start = 0, end; start < strokes->len; start = end)
    {
      const QuarryStroke *first = &g_array_index (strokes, QuarryStroke, start);
      const double width = (double) first->width * QUARRY_LINE_WIDTH * self->unit;

      cairo_new_path (self->cairo);
      for (end = start; end < strokes->len; end++)
        {
          const QuarryStroke *stroke = &g_array_index (strokes, QuarryStroke, end);
          double from[2], to[2];

          if (memcmp (stroke->rgba, first->rgba, 4) != 0 || stroke->width < first->width || stroke->width > first->width)
            break;
          if (!place_stroke (self, stroke, solid, from, to))
            continue;
          if (!(hypot (from[0] - last[0], from[1] - last[1]) < 1e-6) || end == start)
            cairo_move_to (self->cairo, from[0], from[1]);
          cairo_line_to (self->cairo, to[0], to[1]);
          memcpy (last, to, sizeof last);
        }
      cairo_set_line_width (self->cairo, width + QUARRY_RIM * self->unit);
      cairo_set_source_rgba (self->cairo, 0, 0, 0, QUARRY_RIM_ALPHA * first->rgba[3] / 255.0);
      cairo_stroke_preserve (self->cairo);
      cairo_set_line_width (self->cairo, width);
      cairo_set_source_rgba (self->cairo, first->rgba[0] / 255.0, first->rgba[1] / 255.0, first->rgba[2] / 255.0,
                             first->rgba[3] / 255.0);
      cairo_stroke (self->cairo);
    }
}

/* A face is left out where a part of its border does not project */
static void
paint_faces (Canvas *self, GArray *faces, gboolean solid)
{
  for (guint i = 0; i < faces->len; i++)
    {
      const QuarryFace *face = &g_array_index (faces, QuarryFace, i);
      gboolean whole = TRUE;

      cairo_new_path (self->cairo);
      for (int k = 0; k < 64 && whole; k++)
        {
          const float *a = face->corners[k / 16];
          const float *b = face->corners[(k / 16 + 1) % 4];
          const float f = (float) (k % 16) / 16;
          QuarryStroke point = { 0 };
          double at[2], to[2], camera[3], pixel[2];

          for (int axis = 0; axis < 3; axis++)
            point.from[axis] = point.to[axis] = a[axis] + f * (b[axis] - a[axis]);
          for (int axis = 0; axis < 3; axis++)
            camera[axis] = (double) point.from[axis];
          quarry_pose_apply (&self->view->camera_from_body, camera, camera);
          whole = (!solid || quarry_camera_project (&self->lens, camera, pixel)) && place_stroke (self, &point, solid, at, to);
          if (whole)
            cairo_line_to (self->cairo, at[0], at[1]);
        }
      cairo_close_path (self->cairo);
      cairo_set_source_rgba (self->cairo, face->rgba[0] / 255.0, face->rgba[1] / 255.0, face->rgba[2] / 255.0,
                             face->rgba[3] / 255.0);
      if (whole)
        cairo_fill (self->cairo);
    }
}

static void
paint_shapes (Canvas *self)
{
  g_autoptr(QuarryShapes) shapes = quarry_shapes_new_picture (self->drawing, self->view, self->style);

  if (self->style->show_boxes)
    {
      cairo_save (self->cairo);
      cairo_scale (self->cairo, self->scale[0], self->scale[1]);
      quarry_drawing_paint_regions (self->drawing, self->view, self->cairo);
      cairo_restore (self->cairo);
    }
  paint_faces (self, shapes->flat_faces, FALSE);
  paint_faces (self, shapes->solid_faces, TRUE);
  paint_strokes (self, shapes->flat, FALSE);
  paint_strokes (self, shapes->solid, TRUE);
}

static void
paint_labels (Canvas *self)
{
  g_autoptr(GPtrArray) labels = quarry_labels_new_picture (self->drawing, self->view, self->style, self->unit);
  g_autofree double (*boxes)[4] = g_malloc0_n (labels->len + 1, sizeof *boxes);
  g_autofree QuarryLabelPlace *places = g_new0 (QuarryLabelPlace, labels->len + 1);

  for (guint i = 0; i < labels->len; i++)
    for (int k = 0; k < 4; k++)
      boxes[i][k] = ((const QuarryLabel *) labels->pdata[i])->box[k] * self->scale[k % 2];
  quarry_labels_place (labels, (const double (*)[4]) boxes, self->width, self->height, places);
  for (guint i = labels->len; i-- > 0;)          /* the largest on top */
    if (places[i].shown)
      quarry_label_paint (labels->pdata[i], self->cairo, self->unit, places[i].x, places[i].y);
}

/* Returns: (transfer full): the picture as a surface of cairo's; grey where there is none */
static cairo_surface_t *
make_picture (const QuarryImage *image)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, image->width, image->height);

  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    return surface;
  cairo_surface_flush (surface);
  for (int row = 0; row < image->height; row++)
    {
      const guint8 *from = image->rgb + (gsize) row * image->stride;
      guint32 *to = (guint32 *) (gpointer) (cairo_image_surface_get_data (surface) +
                                            (gsize) row * (gsize) cairo_image_surface_get_stride (surface));

      for (int column = 0; column < image->width; column++, from += 3)
        to[column] = 0xff000000 | (guint32) from[0] << 16 | (guint32) from[1] << 8 | from[2];
    }
  cairo_surface_mark_dirty (surface);
  return surface;
}

static void
paint_picture (Canvas *self)
{
  const QuarryImage *image = self->view->image;
  cairo_surface_t *picture = NULL;

  cairo_set_source_rgb (self->cairo, QUARRY_NO_PICTURE, QUARRY_NO_PICTURE, QUARRY_NO_PICTURE);
  cairo_paint (self->cairo);
  if (image == NULL)
    return;
  picture = make_picture (image);
  cairo_save (self->cairo);
  cairo_scale (self->cairo, (double) self->width / image->width, (double) self->height / image->height);
  cairo_set_source_surface (self->cairo, picture, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (self->cairo), CAIRO_FILTER_GOOD);
  cairo_pattern_set_extend (cairo_get_source (self->cairo), CAIRO_EXTEND_PAD);
  cairo_paint (self->cairo);
  cairo_restore (self->cairo);
  cairo_surface_destroy (picture);
}

static QuarryImage *
read_surface (cairo_surface_t *surface, int width, int height)
{
  QuarryImage *image = quarry_image_new (width, height);

  cairo_surface_flush (surface);
  for (int row = 0; row < height; row++)
    {
      const guint32 *from = (const guint32 *) (gconstpointer) (cairo_image_surface_get_data (surface) +
                                                               (gsize) row * (gsize) cairo_image_surface_get_stride (surface));
      guint8 *to = image->rgb + (gsize) row * image->stride;

      for (int column = 0; column < width; column++, to += 3)
        {
          to[0] = (guint8) (from[column] >> 16);
          to[1] = (guint8) (from[column] >> 8);
          to[2] = (guint8) from[column];
        }
    }
  return image;
}

/**
 * quarry_drawing_render:
 * @style: (nullable): %NULL for the default
 * @width: pixels of the result; 0 for the picture's own
 *
 * Any thread; a drawing may be rendered by several at once. Lines, points and text grow with pictures wider than 1280 pixels.
 *
 * Returns: (transfer full): NULL where the picture's size is not known, or is too large
 */
QuarryImage *
quarry_drawing_render (QuarryDrawing *self, QuarryCameraView *camera, const QuarryStyle *style, int width, GError **error)
{
  const QuarryStyle standard = QUARRY_STYLE_DEFAULT;
  Canvas canvas = { .drawing = self, .view = camera, .style = style != NULL ? style : &standard };
  QuarryImage *image = NULL;
  int own_width, own_height;

  g_return_val_if_fail (quarry_drawing_find_view (self, camera) >= 0, NULL);
  quarry_camera_view_get_size (camera, &own_width, &own_height);
  if (own_width <= 0 || own_height <= 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: no picture and no calibration", camera->media->sensor_name);
      return NULL;
    }
  canvas.width = width > 0 ? width : own_width;
  canvas.height = (int) MAX (lround ((double) own_height * canvas.width / own_width), 1);
  if (canvas.width > LARGEST || canvas.height > LARGEST)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s: a picture of %d × %d pixels is too large",
                   camera->media->sensor_name, canvas.width, canvas.height);
      return NULL;
    }
  canvas.scale[0] = (double) canvas.width / own_width;
  canvas.scale[1] = (double) canvas.height / own_height;
  canvas.unit = MAX (canvas.width / UNIT_WIDTH, 1) * (canvas.style->scale > 0 ? canvas.style->scale : 1);
  canvas.has_lens = quarry_camera_view_get_camera (camera, &canvas.lens);
  canvas.surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, canvas.width, canvas.height);
  canvas.cairo = cairo_create (canvas.surface);
  paint_picture (&canvas);
  if (canvas.style->show_lidar && cairo_status (canvas.cairo) == CAIRO_STATUS_SUCCESS)
    paint_lidar (&canvas);
  paint_shapes (&canvas);
  if (canvas.style->show_labels)
    paint_labels (&canvas);
  if (cairo_status (canvas.cairo) == CAIRO_STATUS_SUCCESS)
    image = read_surface (canvas.surface, canvas.width, canvas.height);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: cannot draw: %s", camera->media->sensor_name,
                 cairo_status_to_string (cairo_status (canvas.cairo)));
  cairo_destroy (canvas.cairo);
  cairo_surface_destroy (canvas.surface);
  return image;
}
