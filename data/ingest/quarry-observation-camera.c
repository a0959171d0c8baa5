/* quarry-observation-camera.c: calibrations in messages
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * sensor_msgs/CameraInfo (D K R P, or d k r p in ROS 2) and foxglove.CameraCalibration. Coefficients as in OpenCV: plumb_bob
 * k1 k2 p1 p2 k3; rational_polynomial k1 k2 p1 p2 k3 k4 k5 k6 (s1 s2 s3 s4 (τx τy)); equidistant k1 k2 k3 k4. R and P describe
 * the rectified picture and are not used: frames show pictures as they were taken.
 */

#include "config.h"
#include "quarry-observation-private.h"

#include <math.h>
#include <string.h>

#define MAX_SIDE 1000000            /* pixels */
#define MAX_COEFFICIENTS 16
#define N_RATIONAL 12               /* of QuarryCamera */
#define N_FISHEYE 4

/* As ROS 2, ROS 1 and Foxglove name a matrix. Returns: how many numbers it has */
static gsize
get_matrix (const QuarryValue *root, const char *upper, const char *lower, double *out, gsize n)
{
  return quarry_value_get_numbers (root, quarry_value_get (root, upper) != NULL ? upper : lower, out, n);
}

static gboolean
check_rest (const char *model, const double *k, gsize n, gsize carried, const char *what, GError **error)
{
  for (gsize i = carried; i < n; i++)
    if (k[i] != 0)
      return quarry_observation_refuse (error, "the distortion model '%s' with %" G_GSIZE_FORMAT " coefficients is not carried: %s", model, n, what);
  return TRUE;
}

/* The model by its name and by how many coefficients there are */
static gboolean
set_model (QuarryCamera *camera, const char *model, const double *k, gsize n, GError **error)
{
  static const char * const brown[] = { "", "none", "plumb_bob", "radtan", "rational_polynomial", "rational", "brown_conrady", "pinhole",
                                        "thin_prism", "perspective" };
  gboolean zero = TRUE;
  QuarryCameraModel known;

  for (gsize i = 0; i < n; i++)
    zero = zero && k[i] == 0;
  if (quarry_camera_model_parse (model, &known) && known == QUARRY_CAMERA_KANNALA_BRANDT)
    {
      camera->model = QUARRY_CAMERA_KANNALA_BRANDT;
      memcpy (camera->k, k, MIN (n, N_FISHEYE) * sizeof *k);
      return check_rest (model, k, n, N_FISHEYE, "it has 4", error);
    }
  camera->model = QUARRY_CAMERA_BROWN_CONRADY;
  for (guint i = 0; i < G_N_ELEMENTS (brown); i++)
    if (zero || g_ascii_strcasecmp (brown[i], model) == 0)
      {
        memcpy (camera->k, k, MIN (n, N_RATIONAL) * sizeof *k);
        return check_rest (model, k, n, N_RATIONAL, "the sensor's tilt has no place in the model", error);
      }
  return quarry_observation_refuse (error, "the distortion model '%s' with %" G_GSIZE_FORMAT " coefficients is not known", model, n);
}

/**
 * K is of the whole sensor; the picture is a part of it (roi) whose pixels may be sums of several (binning). A camera's corner-origin
 * makes that exact: the part's corner moves to 0, then all is divided.
 */
static gboolean
apply_window (QuarryCamera *camera, const QuarryValue *root, GError **error)
{
  gint64 binning[2] = { 0, 0 };
  gint64 roi[4] = { 0, 0, 0, 0 };      /* x, y, width, height */

  quarry_value_get_integer (root, "binning_x", &binning[0]);
  quarry_value_get_integer (root, "binning_y", &binning[1]);
  quarry_value_get_integer (root, "roi.x_offset", &roi[0]);
  quarry_value_get_integer (root, "roi.y_offset", &roi[1]);
  quarry_value_get_integer (root, "roi.width", &roi[2]);
  quarry_value_get_integer (root, "roi.height", &roi[3]);
  for (int i = 0; i < 2; i++)
    {
      binning[i] = MAX (binning[i], 1);
      if (binning[i] > 64)
        return quarry_observation_fail (error, "binning of %" G_GINT64_FORMAT " pixels", binning[i]);
    }
  if (roi[2] != 0 && roi[3] != 0)
    {
      if (roi[0] < 0 || roi[1] < 0 || roi[2] < 0 || roi[3] < 0 || roi[0] > camera->width - roi[2] || roi[1] > camera->height - roi[3])
        return quarry_observation_fail (error, "the region of interest lies outside of %d × %d pixels", camera->width, camera->height);
      camera->cx -= (double) roi[0];
      camera->cy -= (double) roi[1];
      camera->width = (int) roi[2];
      camera->height = (int) roi[3];
    }
  camera->fx /= (double) binning[0];
  camera->cx /= (double) binning[0];
  camera->skew /= (double) binning[0];
  camera->width /= (int) binning[0];
  camera->fy /= (double) binning[1];
  camera->cy /= (double) binning[1];
  camera->height /= (int) binning[1];
  return TRUE;
}

gboolean
quarry_observation_read_camera (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error)
{
  QuarryCamera camera = { .model = QUARRY_CAMERA_BROWN_CONRADY };
  double k[MAX_COEFFICIENTS] = { 0, };
  double matrix[9] = { 0, };
  gint64 width, height;
  gsize n;

  if (!quarry_observation_get_count (root, "width", MAX_SIDE, &width, error) ||
      !quarry_observation_get_count (root, "height", MAX_SIDE, &height, error))
    return FALSE;
  if (get_matrix (root, "K", "k", matrix, 9) != 9)
    return quarry_observation_fail (error, "'K' does not have 9 numbers");
  if (matrix[0] == 0)
    return quarry_observation_fail (error, "the camera is not calibrated: 'K' is 0");
  n = get_matrix (root, "D", "d", k, MAX_COEFFICIENTS);
  if (n > MAX_COEFFICIENTS)
    return quarry_observation_fail (error, "%" G_GSIZE_FORMAT " coefficients of distortion", n);
  out->camera_model = quarry_value_dup_string (root, "distortion_model");
  if (out->camera_model == NULL)
    out->camera_model = g_strdup ("");
  if (!set_model (&camera, out->camera_model, k, n, error))
    return FALSE;
  camera.width = (int) width;
  camera.height = (int) height;
  camera.fx = matrix[0];
  camera.skew = matrix[1];
  camera.cx = matrix[2] + QUARRY_PIXEL_CENTRE;
  camera.fy = matrix[4];
  camera.cy = matrix[5] + QUARRY_PIXEL_CENTRE;
  if (!apply_window (&camera, root, error))
    return FALSE;
  if (!quarry_camera_is_valid (&camera))
    return quarry_observation_fail (error, "no camera: %d × %d pixels, focal lengths %g and %g, or a number that is none", camera.width,
                                    camera.height, camera.fx, camera.fy);
  quarry_camera_prepare (&camera);
  out->camera = camera;
  out->width = camera.width;
  out->height = camera.height;
  return TRUE;
}
