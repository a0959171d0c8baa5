/* quarry-camera.c: camera models: metres in front of a lens to pixels and back
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Formulas: OpenCV 4 documentation, "Camera Calibration and 3D Reconstruction" (pinhole with
 * radial, tangential and thin prism terms) and "Fisheye camera model" (Kannala & Brandt 2006).
 * resources/shaders/camera.glsl is the same arithmetic for the GPU; a test holds them together.
 */

#include "config.h"
#include "quarry-camera.h"

#include <math.h>

/* Nearer than this to the image plane nothing projects, metres */
#define MIN_DEPTH 1e-3

static const char * const model_names[] = { "brown_conrady", "kannala_brandt" };

const char *
quarry_camera_model_name (const QuarryCamera *self)
{
  return model_names[self->model];
}

/* Knows our names and those of ROS and OpenCV. Returns: FALSE for others */
gboolean
quarry_camera_model_parse (const char *name, QuarryCameraModel *out_model)
{
  static const struct { const char *name; QuarryCameraModel model; } names[] = {
    { "brown_conrady", QUARRY_CAMERA_BROWN_CONRADY },
    { "pinhole", QUARRY_CAMERA_BROWN_CONRADY },
    { "plumb_bob", QUARRY_CAMERA_BROWN_CONRADY },
    { "rational", QUARRY_CAMERA_BROWN_CONRADY },
    { "rational_polynomial", QUARRY_CAMERA_BROWN_CONRADY },
    { "thin_prism", QUARRY_CAMERA_BROWN_CONRADY },
    { "kannala_brandt", QUARRY_CAMERA_KANNALA_BRANDT },
    { "fisheye", QUARRY_CAMERA_KANNALA_BRANDT },
    { "equidistant", QUARRY_CAMERA_KANNALA_BRANDT },
  };

  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (names[i].name, name) == 0)
      {
        *out_model = names[i].model;
        return TRUE;
      }
  return FALSE;
}

/* Radial growth: normalized radius squared → distorted / undistorted radius */
static double
radial_scale (const QuarryCamera *self, double r2)
{
  const double *k = self->k;

  return (1 + r2 * (k[0] + r2 * (k[1] + r2 * k[4]))) / (1 + r2 * (k[5] + r2 * (k[6] + r2 * k[7])));
}

static double
fisheye_angle (const QuarryCamera *self, double theta)
{
  const double *k = self->k;
  const double t2 = theta * theta;

  return theta * (1 + t2 * (k[0] + t2 * (k[1] + t2 * (k[2] + t2 * k[3]))));
}

/**
 * quarry_camera_prepare:
 *
 * Finds where the model stops growing with the angle from the axis: beyond that, points from far
 * outside the view would fold back into the picture as ghosts. Call after setting the other fields.
 */
void
quarry_camera_prepare (QuarryCamera *self)
{
  const double step = 1e-3;         /* radians */
  double last = 0;
  double theta;

  if (self->model == QUARRY_CAMERA_KANNALA_BRANDT)
    {
      for (theta = step; theta < G_PI; theta += step)
        {
          const double now = fisheye_angle (self, theta);

          if (!(now > last))
            break;
          last = now;
        }
      self->limit = MIN (theta - step, G_PI - 1e-3);
      return;
    }
  for (theta = step; theta < G_PI_2 - step; theta += step)
    {
      const double r = tan (theta);
      const double now = r * radial_scale (self, r * r);

      if (!(now > last))
        break;
      last = now;
    }
  self->limit = tan (theta - step) * tan (theta - step);
}

/* Returns: FALSE where no picture can be made: no size, focal length not positive, anything not finite */
gboolean
quarry_camera_is_valid (const QuarryCamera *self)
{
  gboolean finite = isfinite (self->fx) && isfinite (self->fy) && isfinite (self->cx) && isfinite (self->cy) &&
                    isfinite (self->skew);

  for (gsize i = 0; i < G_N_ELEMENTS (self->k); i++)
    finite = finite && isfinite (self->k[i]);
  return finite && self->width > 0 && self->height > 0 && self->fx > 0 && self->fy > 0;
}

/* Normalized plane to distorted normalized plane, @ray with z = 1 in Brown–Conrady */
static void
distort (const QuarryCamera *self, double x, double y, double out[2])
{
  const double *k = self->k;
  const double r2 = x * x + y * y;
  const double scale = radial_scale (self, r2);

  out[0] = x * scale + 2 * k[2] * x * y + k[3] * (r2 + 2 * x * x) + k[8] * r2 + k[9] * r2 * r2;
  out[1] = y * scale + k[2] * (r2 + 2 * y * y) + 2 * k[3] * x * y + k[10] * r2 + k[11] * r2 * r2;
}

/**
 * quarry_camera_project:
 * @camera: metres in the optical frame
 * @out_pixel: pixels; may lie outside the image, see quarry_camera_is_inside
 *
 * Returns: FALSE behind the camera or outside the model's valid field; @out_pixel is then untouched
 */
gboolean
quarry_camera_project (const QuarryCamera *self, const double camera[3], double out_pixel[2])
{
  double d[2];

  if (self->model == QUARRY_CAMERA_KANNALA_BRANDT)
    {
      const double r = hypot (camera[0], camera[1]);
      const double theta = atan2 (r, camera[2]);
      double scale;

      if (!(theta <= self->limit) || (r < 1e-12 && camera[2] < MIN_DEPTH))
        return FALSE;
      scale = r > 1e-12 ? fisheye_angle (self, theta) / r : 1 / camera[2];
      d[0] = camera[0] * scale;
      d[1] = camera[1] * scale;
    }
  else
    {
      const double x = camera[0] / camera[2];
      const double y = camera[1] / camera[2];

      if (!(camera[2] >= MIN_DEPTH) || !(x * x + y * y <= self->limit))
        return FALSE;
      distort (self, x, y, d);
    }
  out_pixel[0] = self->fx * d[0] + self->skew * d[1] + self->cx;
  out_pixel[1] = self->fy * d[1] + self->cy;
  return TRUE;
}

/* Newton on the distorted angle, starting where the lens is nearly linear */
static gboolean
undistort_fisheye (const QuarryCamera *self, const double d[2], double out[3])
{
  const double r = hypot (d[0], d[1]);
  double low = 0;
  double high = self->limit;

  if (r > fisheye_angle (self, self->limit))
    return FALSE;
  for (int i = 0; i < 60; i++)       /* bisection: grows on [0, limit] by construction */
    {
      const double middle = (low + high) / 2;

      if (fisheye_angle (self, middle) < r)
        low = middle;
      else
        high = middle;
    }
  out[0] = r > 1e-12 ? sin (low) * d[0] / r : 0;
  out[1] = r > 1e-12 ? sin (low) * d[1] / r : 0;
  out[2] = r > 1e-12 ? cos (low) : 1;
  return TRUE;
}

/* Newton with a numeric Jacobian: converges in a few steps wherever the model is one to one */
static gboolean
undistort_brown (const QuarryCamera *self, const double d[2], double out[3])
{
  const double h = 1e-6;
  double x = d[0];
  double y = d[1];

  for (int i = 0; i < 50; i++)
    {
      double at[2], dx[2], dy[2], det, ex, ey;

      distort (self, x, y, at);
      ex = d[0] - at[0];
      ey = d[1] - at[1];
      if (ex * ex + ey * ey < 1e-24)
        break;
      distort (self, x + h, y, dx);
      distort (self, x, y + h, dy);
      dx[0] = (dx[0] - at[0]) / h;
      dx[1] = (dx[1] - at[1]) / h;
      dy[0] = (dy[0] - at[0]) / h;
      dy[1] = (dy[1] - at[1]) / h;
      det = dx[0] * dy[1] - dy[0] * dx[1];
      if (fabs (det) < 1e-12)
        return FALSE;
      x += (ex * dy[1] - ey * dy[0]) / det;
      y += (ey * dx[0] - ex * dx[1]) / det;
    }
  distort (self, x, y, out);
  if (!(hypot (out[0] - d[0], out[1] - d[1]) < 1e-9) || x * x + y * y > self->limit)
    return FALSE;
  out[0] = x;
  out[1] = y;
  out[2] = 1;
  return TRUE;
}

/**
 * quarry_camera_unproject:
 * @out_direction: the viewing ray of @pixel in the optical frame, of length 1
 *
 * Returns: FALSE where the model has no ray for this pixel
 */
gboolean
quarry_camera_unproject (const QuarryCamera *self, const double pixel[2], double out_direction[3])
{
  double d[2];
  double ray[3];
  double norm;

  d[1] = (pixel[1] - self->cy) / self->fy;
  d[0] = (pixel[0] - self->cx - self->skew * d[1]) / self->fx;
  if (!(self->model == QUARRY_CAMERA_KANNALA_BRANDT ? undistort_fisheye (self, d, ray)
                                                    : undistort_brown (self, d, ray)))
    return FALSE;
  norm = sqrt (ray[0] * ray[0] + ray[1] * ray[1] + ray[2] * ray[2]);
  for (int i = 0; i < 3; i++)
    out_direction[i] = ray[i] / norm;
  return TRUE;
}

gboolean
quarry_camera_is_inside (const QuarryCamera *self, const double pixel[2])
{
  return pixel[0] >= 0 && pixel[1] >= 0 && pixel[0] < self->width && pixel[1] < self->height;
}
