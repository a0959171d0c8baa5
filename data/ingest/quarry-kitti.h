/* quarry-kitti.h: what KITTI's layouts share: calibration text, cameras
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * After A. Geiger, P. Lenz, C. Stiller, R. Urtasun: Vision meets Robotics: The KITTI Dataset (2013) and the readme files of
 * the development kits. KITTI's pixels have (0,0) at the centre of the top-left pixel.
 */

#pragma once

#include "quarry-ingest.h"

G_BEGIN_DECLS

/* Lines of "NAME: number number …", also "NAME number …"; what has no numbers is left out */
typedef GHashTable QuarryKittiValues;     /* char * → GArray of double */

QuarryKittiValues *quarry_kitti_values_parse  (const char          *text);
const double      *quarry_kitti_values_get    (QuarryKittiValues   *self,
                                               const char          *name,
                                               guint                n);
gboolean           quarry_kitti_values_pose   (QuarryKittiValues   *self,
                                               const char          *name,
                                               QuarryPose          *out_pose);
gboolean           quarry_kitti_values_rotation (QuarryKittiValues *self,
                                               const char          *name,
                                               QuarryPose          *out_pose);
QuarryKittiValues *quarry_kitti_values_read   (QuarryIngest        *ingest,
                                               const char          *path);
gboolean           quarry_kitti_camera        (const double         projection[12],
                                               int                  width,
                                               int                  height,
                                               QuarryCamera        *out_camera,
                                               QuarryPose          *out_camera_from_rectified);
gboolean           quarry_kitti_parse_numbers (const char          *text,
                                               double              *out,
                                               guint                n);

G_END_DECLS
