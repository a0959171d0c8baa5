/* quarry-media.h: from a catalog's media to pixels and points
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Blocking; call from worker threads.
 */

#pragma once

#include "quarry-cloud.h"
#include "quarry-image.h"

G_BEGIN_DECLS

GBytes      *quarry_media_read       (const char         *uri,
                                      gint64              offset,
                                      gint64              length,        /* −1 to the end */
                                      GCancellable       *cancellable,
                                      GError            **error);
QuarryImage *quarry_media_load_image (const QuarryMedia  *media,
                                      int                 at_least,      /* as in quarry_image_decode */
                                      GCancellable       *cancellable,
                                      GError            **error);
QuarryCloud *quarry_media_load_cloud (QuarryCatalog      *catalog,       /* for the trajectory: the cloud comes de-skewed; nullable: as recorded */
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
