/* quarry-media-motion.c: clouds and cameras through the machine's own motion
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sensors of a frame measure at different times while the machine moves. With poses everything goes
 * through the world: body at one time ← world ← body at the other; without, the machine is taken to
 * stand still.
 */

#include "config.h"
#include "quarry-catalog.h"
#include "quarry-media.h"

/* Read around a sweep's stamp, which may be at either end of it */
#define SWEEP_NS (QUARRY_NS_PER_S / 2)

/* Returns: (transfer full): (lidar) points at the media's stamp where there are poses, else as
 * recorded */
QuarryCloud *
quarry_media_load_cloud (QuarryStorage      *storage,
                         QuarryCatalog      *catalog,
                         QuarryId            scene,
                         const QuarryMedia  *media,
                         GCancellable       *cancellable,
                         GError            **error)
{
  g_autoptr (GBytes)
      bytes = quarry_media_read (storage, media->uri, media->offset, media->length, cancellable, error);
  g_autoptr (QuarryCloud)
      cloud = bytes != NULL ? quarry_cloud_decode (bytes, media->format, media->uri, error) : NULL;
  g_autoptr(GArray) trajectory = NULL;

  if (cloud == NULL)
    return NULL;
  quarry_cloud_set_stamp (cloud, media->stamp_ns);
  if (catalog == NULL || media->calibration_id == 0 || media->stamp_ns == QUARRY_NO_TIME ||
      cloud->offset_ns == NULL)
    return g_steal_pointer (&cloud);
  trajectory = quarry_catalog_get_trajectory (catalog, scene, media->stamp_ns - SWEEP_NS,
                                              media->stamp_ns + SWEEP_NS, error);
  if (trajectory == NULL)
    return NULL;
  quarry_cloud_deskew (cloud, trajectory, &media->calibration.body_from_sensor, media->stamp_ns);
  return g_steal_pointer (&cloud);
}

/* body(to)_from_body(from); FALSE and the identity where no poses are known or their times are
 * equal or unknown */
static gboolean
get_motion (QuarryCatalog *catalog, QuarryId scene, gint64 to_ns, gint64 from_ns, QuarryPose *out)
{
  g_autoptr(GArray) trajectory = NULL;

  *out = QUARRY_POSE_IDENTITY;
  if (catalog == NULL || to_ns == QUARRY_NO_TIME || from_ns == QUARRY_NO_TIME)
    return FALSE;
  trajectory = quarry_catalog_get_trajectory (catalog, scene, MIN (to_ns, from_ns),
                                              MAX (to_ns, from_ns), NULL);
  return trajectory != NULL && quarry_trajectory_get_motion (trajectory, to_ns, from_ns, out);
}

/**
 * quarry_media_get_camera_from_lidar:
 *
 * For points at the lidar's stamp (de-skewed) to the camera at its own.
 *
 * Returns: FALSE where the result is rigid, for want of poses
 */
gboolean
quarry_media_get_camera_from_lidar (QuarryCatalog     *catalog,
                                    QuarryId           scene,
                                    const QuarryMedia *camera,
                                    const QuarryMedia *lidar,
                                    QuarryPose        *out_camera_from_lidar)
{
  const QuarryPose camera_from_body = quarry_pose_invert (&camera->calibration.body_from_sensor);
  QuarryPose motion;
  const gboolean moved = get_motion (catalog, scene, camera->stamp_ns, lidar->stamp_ns, &motion);
  const QuarryPose camera_from_then = quarry_pose_multiply (&camera_from_body, &motion);

  *out_camera_from_lidar = quarry_pose_multiply (&camera_from_then,
                                                 &lidar->calibration.body_from_sensor);
  return moved;
}

/* For cuboids, which live in the body frame at the frame's stamp. Returns: FALSE where the result
 * is rigid */
gboolean
quarry_media_get_camera_from_body (QuarryCatalog     *catalog,
                                   QuarryId           scene,
                                   const QuarryMedia *camera,
                                   gint64             frame_ns,
                                   QuarryPose        *out_camera_from_body)
{
  const QuarryPose camera_from_body = quarry_pose_invert (&camera->calibration.body_from_sensor);
  QuarryPose motion;
  const gboolean moved = get_motion (catalog, scene, camera->stamp_ns, frame_ns, &motion);

  *out_camera_from_body = quarry_pose_multiply (&camera_from_body, &motion);
  return moved;
}
