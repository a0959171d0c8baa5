/* quarry-observation.h: what a decoded message means to Quarry
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * One observation for all names and encodings of the same thing: sensor_msgs (ROS 1 and 2), velodyne_msgs, tf2_msgs, nav_msgs, geometry_msgs,
 * Foxglove. Adding a type: one function and one line in the table in quarry-observation.c.
 */

#pragma once

#include "quarry-camera.h"
#include "quarry-message.h"
#include "quarry-pose.h"

G_BEGIN_DECLS

typedef enum
{
  QUARRY_OBSERVATION_NONE,          /* a type that Quarry has no use for: listed, that is all */
  QUARRY_OBSERVATION_IMAGE,
  QUARRY_OBSERVATION_CLOUD,
  QUARRY_OBSERVATION_CALIBRATION,   /* of a camera */
  QUARRY_OBSERVATION_TRANSFORMS,
  QUARRY_OBSERVATION_POSE,          /* odometry, PoseStamped, PoseInFrame: parent_from_child of its own */
  QUARRY_OBSERVATION_POSITION,      /* NavSatFix, LocationFix */
} QuarryObservationKind;

typedef struct
{
  gint64      stamp_ns;
  char       *parent, *child;       /* frames of reference, without a slash in front */
  QuarryPose  parent_from_child;
} QuarryStampedTransform;

typedef struct
{
  QuarryObservationKind kind;
  gint64       stamp_ns;            /* the header's; QUARRY_NO_TIME where there is none, or 0 is written */
  char        *frame_id;            /* without a slash in front; "" none */

  /* image, cloud: what a media is made of */
  gsize        offset, length;      /* of its bytes in the message */
  char        *format;              /* as in quarry-media.h */
  int          width, height;       /* images; 0: by the bytes */
  gint64       n_points;            /* clouds; −1 unknown (packets) */

  QuarryCamera camera;              /* calibration: prepared, corner-origin */
  char        *camera_model;        /* as written: plumb_bob, rational_polynomial, equidistant … */
  GPtrArray   *transforms;          /* QuarryStampedTransform: transforms, pose (one) */
  double       position[3];         /* latitude and longitude in degrees, altitude in metres */
} QuarryObservation;

QuarryObservationKind quarry_observation_find_kind (const char         *type);            /* by the type's name alone */
gboolean              quarry_observation_read      (const char         *type,
                                                    const QuarryValue  *root,
                                                    const guint8       *data,             /* the message: offsets count from here */
                                                    QuarryObservation  *out,              /* clear it in any case */
                                                    GError            **error);
void                  quarry_observation_clear     (QuarryObservation  *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (QuarryObservation, quarry_observation_clear)

G_END_DECLS
