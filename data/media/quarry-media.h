/* quarry-media.h: from a catalog's media to pixels and points
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Blocking; call from worker threads.
 *
 * A media's URI names a file, or a part of one that has to be made first; offset and length then count in what was made:
 *
 *   /bags/a.mcap                                the file
 *   /bags/a.mcap#chunk=POSITION,LENGTH,CODEC,SIZE   a compressed chunk at a byte of the file; CODEC none, lz4, lz4-frame, zstd or bz2;
 *                                               SIZE bytes when decompressed
 *   /bags/a.db3#row=ID                          the message of that row of a ROS 2 bag; #row=ID,zstd where it is compressed
 *   /bags/a.mcap.zstd#zstd#chunk=…              the parts apply from left to right
 *
 * A media's format says how to read the bytes at its range, so that looking at it needs no message definition:
 *
 *   jpeg, png, webp, tiff …                     a picture's file
 *   raw:ENCODING:WIDTHxHEIGHT:STEP:le           pixels as in sensor_msgs/Image (be: big-endian); a row is STEP bytes
 *   pcd, ply, las, npy, kitti-bin, nuscenes-bin, text   a cloud's file
 *   points:N:STEP:le:NAME@OFFSETtypeSIZE,…      points as in PointCloud2: "x@0f4,y@4f4,z@8f4,intensity@16f4,ring@20u2,t@24u4";
 *                                               NAME as in the message; type f, i or u, SIZE bytes of one value
 *   velodyne:MODEL:N:FIRST:STRIDE               packets of velodyne_msgs/VelodyneScan: N of 1206 bytes, STRIDE apart, MODEL VLP16, VLP16HIRES
 *                                               or HDL32 (HDL64 is refused: its calibration is not in a scan)
 *   base64+FORMAT                               the same, as base64 text
 */

#pragma once

#include "quarry-cloud.h"
#include "quarry-image.h"
#include "quarry-storage.h"

G_BEGIN_DECLS

GBytes      *quarry_media_read       (QuarryStorage      *storage,       /* nullable: files of this machine, nothing is kept */
                                      const char         *uri,
                                      gint64              offset,
                                      gint64              length,        /* −1 to the end */
                                      GCancellable       *cancellable,
                                      GError            **error);
QuarryImage *quarry_media_load_image (QuarryStorage      *storage,
                                      const QuarryMedia  *media,
                                      int                 at_least,      /* as in quarry_image_decode */
                                      GCancellable       *cancellable,
                                      GError            **error);
char        *quarry_media_dup_version (QuarryStorage     *storage,       /* of the file behind it: changes when the file does */
                                      const char         *uri,
                                      GCancellable       *cancellable,
                                      GError            **error);
QuarryCloud *quarry_media_load_cloud (QuarryStorage      *storage,
                                      QuarryCatalog      *catalog,       /* for the trajectory: the cloud comes de-skewed; nullable: as recorded */
                                      QuarryId            scene,
                                      const QuarryMedia  *media,
                                      GCancellable       *cancellable,
                                      GError            **error);
gboolean     quarry_media_get_camera_from_lidar (QuarryCatalog     *catalog,      /* through the ego poses at both stamps; rigid without (then returns FALSE) */
                                      QuarryId            scene,
                                      const QuarryMedia  *camera,
                                      const QuarryMedia  *lidar,
                                      QuarryPose         *out_camera_from_lidar);
gboolean     quarry_media_get_camera_from_body (QuarryCatalog      *catalog,      /* body at @frame_ns (where cuboids live) to the camera at its own stamp */
                                      QuarryId            scene,
                                      const QuarryMedia  *camera,
                                      gint64              frame_ns,
                                      QuarryPose         *out_camera_from_body);

G_END_DECLS
