/* fuzz-message.c: the first byte says which type and encoding, the rest is a message; what it means is read as well
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The types are those whose definitions are built in.
 */

#include "config.h"
#include "quarry-fuzz.h"
#include "quarry-observation.h"

static const char * const types[] = {
  "sensor_msgs/msg/Image", "sensor_msgs/msg/CompressedImage", "sensor_msgs/msg/CameraInfo", "sensor_msgs/msg/PointCloud2",
  "tf2_msgs/msg/TFMessage", "nav_msgs/msg/Odometry", "geometry_msgs/msg/PoseStamped", "sensor_msgs/msg/NavSatFix",
  "velodyne_msgs/msg/VelodyneScan",
};

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const char *name = types[size > 0 ? data[0] % G_N_ELEMENTS (types) : 0];
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryMessageType) type = quarry_message_type_new (name, "cdr", "ros2msg", NULL, &error);
  g_autoptr(QuarryMessage) message = NULL;
  g_auto(QuarryObservation) observation = { 0 };

  if (type == NULL || size == 0)
    return 0;
  message = quarry_message_decode (type, data + 1, size - 1, &error);
  if (message == NULL)
    return 0;
  if (!quarry_observation_read (name, quarry_message_get_root (message), data + 1, &observation, &error))
    g_assert_nonnull (error);
  else if (observation.kind == QUARRY_OBSERVATION_IMAGE || observation.kind == QUARRY_OBSERVATION_CLOUD)
    g_assert_cmpuint (observation.offset + observation.length, <=, size - 1);
  return 0;
}
