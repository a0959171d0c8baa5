/* quarry-kitti-raw-calibration.c: the three calibration files of a KITTI raw day
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rectified (sync) pictures have no distortion, and
 *   camera_from_velodyne = translation (K⁻¹·P_rect[:,3]) · R_rect_00 · Tr_velo_to_cam
 * Raw (extract) pictures have K_0X and D_0X (k1 k2 p1 p2 k3), and
 *   camera_from_velodyne = [R_0X T_0X] · Tr_velo_to_cam
 */

#include "config.h"
#include "quarry-kitti-raw.h"

#include <string.h>

/* Returns: (transfer full): the file in the drive's folder, or else where it should be: in its
 * parent */
static char *
find_file (const char *drive, const char *name)
{
  g_autofree char *parent = g_path_get_dirname (drive);

  return g_build_filename (quarry_ingest_has_file (drive, name) ? drive : parent, name, NULL);
}

/* R: and T: of calib_velo_to_cam.txt and calib_imu_to_velo.txt */
static gboolean
read_motion (QuarryIngest *ingest, const char *drive, const char *name, QuarryPose *out)
{
  g_autofree char *path = find_file (drive, name);
  g_autoptr(GHashTable) values = quarry_kitti_values_read (ingest, path);
  const double *t = values != NULL ? quarry_kitti_values_get (values, "T", 3) : NULL;

  if (values == NULL)
    return FALSE;
  if (t == NULL || !quarry_kitti_values_rotation (values, "R", out))
    {
      quarry_ingest_skip (ingest, path, NULL, "no R and T of a calibration");
      return FALSE;
    }
  memcpy (out->t, t, sizeof out->t);
  return TRUE;
}

static gboolean
read_rectified (QuarryKittiValues *values, int camera, QuarryCamera *out,
                QuarryPose *out_camera_from_first)
{
  g_autofree char *name = g_strdup_printf ("P_rect_%02d", camera);
  const double *projection = quarry_kitti_values_get (values, name, 12);
  QuarryPose rectify, shift;

  if (projection == NULL || !quarry_kitti_values_rotation (values, "R_rect_00", &rectify) ||
      !quarry_kitti_camera (projection, 1, 1, out, &shift))
    return FALSE;
  *out_camera_from_first = quarry_pose_multiply (&shift, &rectify);
  return TRUE;
}

static gboolean
read_raw (QuarryKittiValues *values, int camera, QuarryCamera *out,
          QuarryPose *out_camera_from_first)
{
  g_autofree char *k_name = g_strdup_printf ("K_%02d", camera);
  g_autofree char *d_name = g_strdup_printf ("D_%02d", camera);
  g_autofree char *r_name = g_strdup_printf ("R_%02d", camera);
  g_autofree char *t_name = g_strdup_printf ("T_%02d", camera);
  const double *k = quarry_kitti_values_get (values, k_name, 9);
  const double *d = quarry_kitti_values_get (values, d_name, 5);
  const double *t = quarry_kitti_values_get (values, t_name, 3);

  if (k == NULL || d == NULL || t == NULL ||
      !quarry_kitti_values_rotation (values, r_name, out_camera_from_first))
    return FALSE;
  memcpy (out_camera_from_first->t, t, sizeof out_camera_from_first->t);
  *out = (QuarryCamera) { .model = QUARRY_CAMERA_BROWN_CONRADY,
                         .width = 1,
                         .height = 1,
                         .fx = k[0],
                         .fy = k[4],
                         .skew = k[1],
                         .cx = k[2] + QUARRY_PIXEL_CENTRE,
                         .cy = k[5] + QUARRY_PIXEL_CENTRE };
  memcpy (out->k, d, 5 * sizeof (double));
  return out->fx > 0 && out->fy > 0;
}

static void
read_cameras (QuarryIngest *ingest, const char *path, QuarryKittiValues *values, gboolean rectified,
              const QuarryPose *first_from_velodyne, QuarryKittiRawCalibration *out)
{
  for (int i = 0; i < QUARRY_KITTI_N_CAMERAS; i++)
    {
      QuarryCalibration *calibration = &out->cameras[i];
      QuarryPose camera_from_first, camera_from_velodyne, velodyne_from_camera;

      calibration->has_camera = rectified ? read_rectified (values, i, &calibration->camera,
                                                            &camera_from_first)
                                          : read_raw (values, i, &calibration->camera,
                                                      &camera_from_first);
      if (!calibration->has_camera)
        {
          quarry_ingest_skip (ingest, path, NULL, "no calibration of camera %d", i);
          continue;
        }
      camera_from_velodyne = quarry_pose_multiply (&camera_from_first, first_from_velodyne);
      velodyne_from_camera = quarry_pose_invert (&camera_from_velodyne);
      calibration->body_from_sensor = quarry_pose_multiply (&out->body_from_velodyne,
                                                            &velodyne_from_camera);
    }
}

/* What is missing or broken is reported and left out */
void
quarry_kitti_raw_calibration_read (QuarryIngest *ingest, const char *drive, gboolean rectified,
                                   QuarryKittiRawCalibration *out)
{
  g_autofree char *path = find_file (drive, "calib_cam_to_cam.txt");
  g_autoptr(GHashTable) values = quarry_kitti_values_read (ingest, path);
  QuarryPose first_from_velodyne, velodyne_from_imu;
  gboolean has_first;

  *out = (QuarryKittiRawCalibration) { .body_from_velodyne = QUARRY_POSE_IDENTITY };
  has_first = read_motion (ingest, drive, "calib_velo_to_cam.txt", &first_from_velodyne);
  out->has_imu = read_motion (ingest, drive, "calib_imu_to_velo.txt", &velodyne_from_imu);
  if (out->has_imu)
    out->body_from_velodyne = quarry_pose_invert (&velodyne_from_imu);
  out->has_velodyne = TRUE;
  if (values != NULL && has_first)
    read_cameras (ingest, path, values, rectified, &first_from_velodyne, out);
}
