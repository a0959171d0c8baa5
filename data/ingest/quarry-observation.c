/* quarry-observation.c: what a decoded message means to Quarry: the table of types, and what their readers share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-observation.h"
#include "quarry-message-private.h"
#include "quarry-observation-private.h"

#include <string.h>

#define MAX_SECONDS G_GINT64_CONSTANT (9000000000)       /* of a stamp: the year 2255, and what fits in 64 bits of ns */

static const struct { const char *type; QuarryObservationKind kind; QuarryObservationReadFunc read; } types[] = {
  { "sensor_msgs/Image", QUARRY_OBSERVATION_IMAGE, quarry_observation_read_image },
  { "foxglove/RawImage", QUARRY_OBSERVATION_IMAGE, quarry_observation_read_image },
  { "sensor_msgs/CompressedImage", QUARRY_OBSERVATION_IMAGE, quarry_observation_read_compressed_image },
  { "foxglove/CompressedImage", QUARRY_OBSERVATION_IMAGE, quarry_observation_read_compressed_image },
  { "sensor_msgs/PointCloud2", QUARRY_OBSERVATION_CLOUD, quarry_observation_read_point_cloud2 },
  { "foxglove/PointCloud", QUARRY_OBSERVATION_CLOUD, quarry_observation_read_foxglove_cloud },
  { "velodyne_msgs/VelodyneScan", QUARRY_OBSERVATION_CLOUD, quarry_observation_read_velodyne },
  { "sensor_msgs/CameraInfo", QUARRY_OBSERVATION_CALIBRATION, quarry_observation_read_camera },
  { "foxglove/CameraCalibration", QUARRY_OBSERVATION_CALIBRATION, quarry_observation_read_camera },
  { "tf2_msgs/TFMessage", QUARRY_OBSERVATION_TRANSFORMS, quarry_observation_read_transforms },
  { "tf/tfMessage", QUARRY_OBSERVATION_TRANSFORMS, quarry_observation_read_transforms },
  { "foxglove/FrameTransforms", QUARRY_OBSERVATION_TRANSFORMS, quarry_observation_read_transforms },
  { "geometry_msgs/TransformStamped", QUARRY_OBSERVATION_TRANSFORMS, quarry_observation_read_transform },
  { "foxglove/FrameTransform", QUARRY_OBSERVATION_TRANSFORMS, quarry_observation_read_transform },
  { "nav_msgs/Odometry", QUARRY_OBSERVATION_POSE, quarry_observation_read_pose },
  { "geometry_msgs/PoseStamped", QUARRY_OBSERVATION_POSE, quarry_observation_read_pose },
  { "geometry_msgs/PoseWithCovarianceStamped", QUARRY_OBSERVATION_POSE, quarry_observation_read_pose },
  { "foxglove/PoseInFrame", QUARRY_OBSERVATION_POSE, quarry_observation_read_pose },
  { "sensor_msgs/NavSatFix", QUARRY_OBSERVATION_POSITION, quarry_observation_read_position },
  { "foxglove/LocationFix", QUARRY_OBSERVATION_POSITION, quarry_observation_read_position },
};

gboolean
quarry_observation_fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_BROKEN, format, args);
  va_end (args);
  return FALSE;
}

gboolean
quarry_observation_refuse (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_UNSUPPORTED, format, args);
  va_end (args);
  return FALSE;
}

/* --- the header -------------------------------------------------------------------------------------------------- */

static gint64
from_seconds (gint64 seconds, gint64 ns)
{
  if (seconds < -MAX_SECONDS || seconds > MAX_SECONDS || ns < -MAX_SECONDS || ns > MAX_SECONDS)
    return QUARRY_NO_TIME;
  return seconds * QUARRY_NS_PER_S + ns;
}

/* "2026-11-22T20:00:00.123456789Z", as protobuf is written in JSON */
static gint64
parse_time (const char *text)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr(GDateTime) time = NULL;
  const char *point = strchr (text, '.');
  g_autoptr(GString) whole = g_string_new (text);
  gint64 ns = 0;

  if (point != NULL)
    {
      const gsize digits = strspn (point + 1, "0123456789");
      gint64 unit = 100000000;

      for (gsize i = 0; i < digits; i++, unit /= 10)
        ns += unit * (point[1 + i] - '0');
      g_string_erase (whole, point - text, (gssize) digits + 1);
    }
  time = g_date_time_new_from_iso8601 (whole->str, utc);
  return time != NULL ? from_seconds (g_date_time_to_unix (time), ns) : QUARRY_NO_TIME;
}

gint64
quarry_observation_get_time (const QuarryValue *root, const char *path)
{
  const QuarryValue *value = quarry_value_get (root, path);
  gint64 stamp = QUARRY_NO_TIME;
  gint64 seconds = 0;
  gint64 ns = 0;

  if (value == NULL)
    return QUARRY_NO_TIME;
  if (value->kind == QUARRY_VALUE_TIME)
    stamp = value->integer;
  else if (value->kind == QUARRY_VALUE_STRING)
    {
      g_autofree char *text = quarry_value_dup_string (value, "");

      stamp = text != NULL ? parse_time (text) : QUARRY_NO_TIME;
    }
  else if (quarry_value_get_integer (value, "sec", &seconds) || quarry_value_get_integer (value, "secs", &seconds) ||
           quarry_value_get_integer (value, "seconds", &seconds))
    {
      if (!quarry_value_get_integer (value, "nsec", &ns) && !quarry_value_get_integer (value, "nanosec", &ns) &&
          !quarry_value_get_integer (value, "nsecs", &ns))
        quarry_value_get_integer (value, "nanos", &ns);
      stamp = from_seconds (seconds, ns);
    }
  return stamp != 0 ? stamp : QUARRY_NO_TIME;
}

char *
quarry_observation_dup_frame (const QuarryValue *root, const char *path)
{
  g_autofree char *text = quarry_value_dup_string (root, path);

  return g_strdup (text == NULL ? "" : text[0] == '/' ? text + 1 : text);
}

void
quarry_observation_set_header (QuarryObservation *out, const QuarryValue *root)
{
  const gboolean ros = quarry_value_get (root, "header") != NULL;

  out->stamp_ns = quarry_observation_get_time (root, ros ? "header.stamp" : "timestamp");
  g_free (out->frame_id);
  out->frame_id = quarry_observation_dup_frame (root, ros ? "header.frame_id" : "frame_id");
}

gboolean
quarry_observation_get_count (const QuarryValue *root, const char *path, gint64 most, gint64 *out, GError **error)
{
  gint64 count;

  if (!quarry_value_get_integer (root, path, &count))
    return quarry_observation_fail (error, "'%s' is not there", path);
  if (count < 0 || count > most)
    return quarry_observation_fail (error, "'%s' is %" G_GINT64_FORMAT, path, count);
  *out = count;
  return TRUE;
}

/* --- bytes ------------------------------------------------------------------------------------------------------- */

gboolean
quarry_observation_set_bytes (QuarryObservation *out,
                              const QuarryValue *root,
                              const char        *path,
                              const guint8      *data,
                              gboolean          *out_base64,
                              gsize             *out_n,
                              GError           **error)
{
  const QuarryValue *value = quarry_value_get (root, path);

  if (value == NULL)
    return quarry_observation_fail (error, "'%s' is not there", path);
  if (value->kind != QUARRY_VALUE_NUMBERS || value->size != 1)
    return quarry_observation_refuse (error, "'%s' is not in one piece in the message", path);
  out->offset = value->n > 0 ? (gsize) (value->data - data) : 0;
  out->length = value->length;
  *out_base64 = value->base64;
  *out_n = value->n;
  return TRUE;
}

gsize
quarry_observation_peek_bytes (const QuarryValue *root, const char *path, guint8 *out, gsize n)
{
  const QuarryValue *value = quarry_value_get (root, path);
  int state = 0;
  guint save = 0;

  if (value == NULL || value->kind != QUARRY_VALUE_NUMBERS || value->size != 1)
    return 0;
  if (value->base64)
    return g_base64_decode_step ((const char *) value->data, MIN (value->length, n / 3 * 4), out, &state, &save);
  n = MIN (n, value->n);
  if (n > 0)
    memcpy (out, value->data, n);
  return n;
}

/* --- the table --------------------------------------------------------------------------------------------------- */

/* Returns: index into types; −1 none. "foxglove.PointCloud" and "foxglove_msgs/msg/PointCloud" are one thing */
static int
find_type (const char *type)
{
  g_autofree char *slashed = g_strdelimit (g_strdup (type), ".", '/');
  g_autofree char *name = quarry_message_canonical_name (slashed);
  const char *rest = g_str_has_prefix (name, "foxglove_msgs/") ? name + strlen ("foxglove_msgs/") : NULL;
  g_autofree char *foxglove = rest != NULL ? g_strconcat ("foxglove/", rest, NULL) : NULL;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].type, foxglove != NULL ? foxglove : name))
      return (int) i;
  return -1;
}

QuarryObservationKind
quarry_observation_find_kind (const char *type)
{
  const int index = find_type (type);

  return index >= 0 ? types[index].kind : QUARRY_OBSERVATION_NONE;
}

/**
 * quarry_observation_read:
 *
 * A message that says that it holds nothing (a position without a fix) is QUARRY_OBSERVATION_NONE, and so is an unknown type.
 * Where one transform of several is no rigid motion, the others are in @out beside the error.
 *
 * Returns: FALSE with @error: BROKEN for what contradicts itself, UNSUPPORTED for what is not carried
 */
gboolean
quarry_observation_read (const char         *type,
                         const QuarryValue  *root,
                         const guint8       *data,
                         QuarryObservation  *out,
                         GError            **error)
{
  const int index = find_type (type);

  *out = (QuarryObservation) { .kind = QUARRY_OBSERVATION_NONE, .stamp_ns = QUARRY_NO_TIME, .n_points = -1, .frame_id = g_strdup ("") };
  if (index < 0)
    return TRUE;
  out->kind = types[index].kind;
  quarry_observation_set_header (out, root);
  return types[index].read (root, data, out, error);
}

void
quarry_observation_clear (QuarryObservation *self)
{
  g_clear_pointer (&self->frame_id, g_free);
  g_clear_pointer (&self->format, g_free);
  g_clear_pointer (&self->camera_model, g_free);
  g_clear_pointer (&self->transforms, g_ptr_array_unref);
}
