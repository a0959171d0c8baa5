/* quarry-drawing-color.c: the colour map, its range, and the colours of classes
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * resources/shaders/color.glsl is the same arithmetic for the GPU.
 */

#include "config.h"
#include "quarry-drawing-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The range is taken from about this many points */
#define N_SAMPLES 4096

/**
 * quarry_colormap:
 *
 * Turbo (A. Mikhailov, "Turbo, An Improved Rainbow Colormap for Visualization", Google AI blog 2019) by the
 * polynomial of degree 5 that R. Du fitted to it.
 */
void
quarry_colormap (double t, guint8 out_rgb[3])
{
  static const double k[3][6] = {
    { 0.13572138, 4.61539260, -42.66032258, 132.13108234, -152.94239396, 59.28637943 },
    { 0.09140261, 2.19418839, 4.84296658, -14.18503333, 4.27729857, 2.82956604 },
    { 0.10667330, 12.64194608, -60.58204836, 110.36276771, -89.90310912, 27.34824973 },
  };

  t = isnan (t) ? 0 : CLAMP (t, 0.0, 1.0);
  for (int i = 0; i < 3; i++)
    {
      const double *c = k[i];
      const double v = c[0] + t * (c[1] + t * (c[2] + t * (c[3] + t * (c[4] + t * c[5]))));

      out_rgb[i] = (guint8) (CLAMP (v, 0.0, 1.0) * 255 + 0.5);
    }
}

/* Where on the colour map @value lies: near is warm and gets most of the map; the map's ends are too dark on a picture */
double
quarry_color_position (QuarryColorBy by, const double range[2], double value)
{
  const double low = range[0];
  const double high = range[1];
  double t;

  if (!(high > low))
    return 0.5;
  if (by == QUARRY_COLOR_BY_DEPTH && low > 0)
    t = 1 - log (MAX (value, low) / low) / log (high / low);
  else
    t = (value - low) / (high - low);
  return 0.1 + 0.78 * CLAMP (t, 0.0, 1.0);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a;
  const double y = *(const double *) b;

  return (x > y) - (x < y);
}

/* What point @i of @view is coloured by. FALSE: not finite, or not in the picture of @camera */
static gboolean
sample (const QuarryCloudView *view,
        gsize                  i,
        const QuarryCamera    *camera,
        const QuarryPose      *camera_from_lidar,
        QuarryColorBy          by,
        double                *out_value)
{
  const float *xyz = view->cloud->xyz + 3 * i;
  const double lidar[3] = { (double) xyz[0], (double) xyz[1], (double) xyz[2] };
  double at[3];
  double pixel[2];

  if (!isfinite (lidar[0] + lidar[1] + lidar[2]))
    return FALSE;
  quarry_pose_apply (camera != NULL ? camera_from_lidar : &view->body_from_lidar, lidar, at);
  if (camera != NULL && (!quarry_camera_project (camera, at, pixel) || !quarry_camera_is_inside (camera, pixel)))
    return FALSE;
  *out_value = sqrt (at[0] * at[0] + at[1] * at[1] + at[2] * at[2]);
  if (by == QUARRY_COLOR_BY_HEIGHT)
    {
      quarry_pose_apply (&view->body_from_lidar, lidar, at);
      *out_value = at[2];
    }
  else if (by == QUARRY_COLOR_BY_INTENSITY)
    *out_value = view->cloud->intensity != NULL ? (double) view->cloud->intensity[i] : 0;
  return isfinite (*out_value);
}

/**
 * quarry_drawing_get_range:
 * @camera: (nullable): whose picture; %NULL for the view in space
 * @out_range: what the colour map spans: metres from the lens (in space: from the body's origin) for depth, metres
 *   above the body's origin for height, 0…1 for intensity. From the style, else the 2nd and 98th percentile of what is drawn
 */
void
quarry_drawing_get_range (QuarryDrawing          *self,
                          const QuarryCameraView *camera,
                          const QuarryStyle      *style,
                          double                  out_range[2])
{
  g_autoptr(GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  QuarryCamera lens;
  gsize n = 0;
  gsize step;

  out_range[0] = style->range[0];
  out_range[1] = style->range[1];
  if (out_range[0] < out_range[1] || (camera != NULL && !quarry_camera_view_get_camera (camera, &lens)))
    return;
  for (guint c = 0; c < self->clouds->len; c++)
    {
      const QuarryCloudView *view = self->clouds->pdata[c];

      n += view->cloud != NULL ? view->cloud->n : 0;
    }
  step = 1 + n / (N_SAMPLES * (camera != NULL ? 8 : 1));
  for (guint c = 0; c < self->clouds->len; c++)
    {
      const QuarryCloudView *view = self->clouds->pdata[c];
      double value;

      for (gsize i = 0; view->cloud != NULL && i < view->cloud->n; i += step)
        if (sample (view, i, camera != NULL ? &lens : NULL, camera != NULL ? camera->camera_from_lidar->pdata[c] : NULL,
                    style->color_by, &value))
          g_array_append_val (values, value);
    }
  if (values->len == 0)
    return;
  g_array_sort (values, compare_doubles);
  out_range[0] = g_array_index (values, double, values->len * 2 / 100);
  out_range[1] = g_array_index (values, double, (values->len - 1) * 98 / 100);
  if (style->color_by == QUARRY_COLOR_BY_DEPTH)
    out_range[0] = MAX (out_range[0], 0.5);
}

/* The class's colour; drafts without one get a steady one by name */
void
quarry_annotation_get_color (const QuarryAnnotation *annotation, guint8 out_rgb[3])
{
  static const guint32 fallback[] = {
    0x3584e4, 0xff7800, 0x33d17a, 0xf6d32d, 0xe01b24, 0x9141ac, 0x2ec7c7, 0xdc8add, 0xb5835a, 0x99c1f1,
  };
  const char *color = annotation->class_color;
  guint32 rgb = fallback[g_str_hash (annotation->class_name != NULL ? annotation->class_name : "") % G_N_ELEMENTS (fallback)];

  if (color != NULL && color[0] == '#' && strlen (color) == 7)
    rgb = (guint32) strtoul (color + 1, NULL, 16);
  for (int i = 0; i < 3; i++)
    out_rgb[i] = (guint8) (rgb >> (16 - 8 * i));
}
