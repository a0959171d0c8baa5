/* quarry-kitti-raw.h: the parts of a KITTI raw drive
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-kitti.h"

G_BEGIN_DECLS

#define QUARRY_KITTI_N_CAMERAS 4

/* What calib_cam_to_cam.txt, calib_velo_to_cam.txt and calib_imu_to_velo.txt say */
typedef struct
{
  gboolean            has_velodyne;            /* the next is known */
  QuarryPose          body_from_velodyne;      /* the body is the IMU where that is calibrated, else the velodyne: identity */
  gboolean            has_imu;
  QuarryCalibration   cameras[QUARRY_KITTI_N_CAMERAS];    /* has_camera where known; width and height by the pictures */
} QuarryKittiRawCalibration;

void       quarry_kitti_raw_calibration_read (QuarryIngest              *ingest,
                                              const char                *drive,         /* folder; its parent is searched too */
                                              gboolean                   rectified,     /* *_sync, else *_extract */
                                              QuarryKittiRawCalibration *out);
gboolean   quarry_kitti_parse_stamp          (const char                *text,          /* "2011-09-26 13:02:25.964389445", UTC */
                                              gint64                    *out_ns);
GArray    *quarry_kitti_read_stamps          (QuarryIngest              *ingest,        /* gint64, QUARRY_NO_TIME for a bad line; (nullable) where there is no file */
                                              const char                *path);
GArray    *quarry_kitti_read_oxts            (QuarryIngest              *ingest,        /* a QuarryTrajectory; (nullable) */
                                              const char                *folder);
gboolean   quarry_kitti_parse_oxts           (const char                *text,
                                              double                     scale,         /* cos of the latitude that the map is true at; 0: this packet's */
                                              double                    *out_scale,
                                              QuarryPose                *out_world_from_imu);

/* One box of one tracklet at one frame */
typedef struct
{
  guint         tracklet;      /* counted from 0 */
  guint         frame;
  char         *class_name;
  QuarryCuboid  cuboid;        /* velodyne frame */
  int           state, occlusion, truncation;     /* as in the file; −1 unknown */
} QuarryKittiTracklet;

GArray    *quarry_kitti_parse_tracklets      (const char                *xml,           /* QuarryKittiTracklet */
                                              const char                *name,
                                              GError                   **error);

G_END_DECLS
