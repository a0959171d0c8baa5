/* quarry-observation-cloud.c: point clouds and lidar packets in messages
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A cloud's layout becomes the media's format "points:…" of quarry-media.h; its points stay where they are.
 */

#include "config.h"
#include "quarry-observation-private.h"

#include <math.h>
#include <string.h>

#define MAX_POINTS   G_MAXINT32
#define MAX_STEP     (1 << 20)      /* bytes */
#define STAMP_SIZE 8
#define PACKET_SIZE  1206           /* bytes: 12 blocks of 100, a stamp, return mode and model */

typedef struct
{
  GString   *layout;                /* "x@0f4,y@4f4" */
  gint64     step;                  /* bytes of a point */
  gboolean   has[3];                /* x, y, z */
  GPtrArray *names;                 /* char *, owned */
} Layout;

static void
layout_clear (Layout *self)
{
  g_string_free (self->layout, TRUE);
  g_ptr_array_unref (self->names);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Layout, layout_clear)

static gboolean
add_field (Layout *self, const QuarryValue *field, char type, int size, GError **error)
{
  static const char * const axes[] = { "x", "y", "z" };
  g_autofree char *name = quarry_value_dup_string (field, "name");
  gint64 offset;

  if (!quarry_observation_get_count (field, "offset", G_MAXUINT32, &offset, error))
    return FALSE;
  if (name == NULL || name[0] == '\0' || strpbrk (name, ",:@") != NULL ||        /* padding, or what the format cannot say */
      g_ptr_array_find_with_equal_func (self->names, name, g_str_equal, NULL))
    return TRUE;
  if (offset + size > self->step)
    return quarry_observation_fail (error, "the field '%s' ends at byte %" G_GINT64_FORMAT " of a point of %" G_GINT64_FORMAT, name, offset + size,
                                    self->step);
  for (int axis = 0; axis < 3; axis++)
    self->has[axis] = self->has[axis] || g_str_equal (axes[axis], name);
  g_string_append_printf (self->layout, "%s%s@%" G_GINT64_FORMAT "%c%d", self->layout->len > 0 ? "," : "", name, offset, type, size);
  g_ptr_array_add (self->names, g_steal_pointer (&name));
  return TRUE;
}

/* @types: of the numbers from 1, a letter and a digit each. A field without a type that is known is left out */
static gboolean
add_fields (Layout *self, const QuarryValue *fields, const char *type_name, const char * const types[9], GError **error)
{
  if (fields == NULL || fields->kind != QUARRY_VALUE_LIST)
    return fields != NULL && fields->kind == QUARRY_VALUE_NUMBERS && fields->n == 0 ? TRUE
           : quarry_observation_fail (error, "'fields' is no list");
  for (gsize i = 0; i < fields->length; i++)
    {
      gint64 type = 0;

      if (quarry_value_get_integer (&fields->members[i], type_name, &type) && type >= 1 && type <= 8 &&
          !add_field (self, &fields->members[i], types[type][0], types[type][1] - '0', error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
set_cloud (QuarryObservation *out, const Layout *layout, gint64 n, gboolean big_endian, gboolean base64, gsize n_bytes, GError **error)
{
  if (n > MAX_POINTS)
    return quarry_observation_fail (error, "%" G_GINT64_FORMAT " points", n);
  if (n > 0 && !(layout->has[0] && layout->has[1] && layout->has[2]))
    return quarry_observation_refuse (error, "the cloud has no x, y and z, but: %s", layout->layout->len > 0 ? layout->layout->str : "nothing");
  if (n > 0 && (gint64) (n_bytes / (gsize) layout->step) < n)
    return quarry_observation_fail (error, "%" G_GINT64_FORMAT " points of %" G_GINT64_FORMAT " bytes, %" G_GSIZE_FORMAT " bytes are there", n,
                                    layout->step, n_bytes);
  if (!base64)
    out->length = (gsize) (n * layout->step);
  out->n_points = n;
  if (n > 0 || (layout->has[0] && layout->has[1] && layout->has[2]))
    out->format = g_strdup_printf ("%spoints:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ":%s:%s", base64 ? "base64+" : "", n, layout->step,
                                   big_endian ? "be" : "le", layout->layout->str);
  else
    out->format = g_strdup ("points:0:12:le:x@0f4,y@4f4,z@8f4");
  return TRUE;
}

/* Any layout; organized clouds (height > 1) too, where their rows are not padded */
gboolean
quarry_observation_read_point_cloud2 (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error)
{
  static const char * const types[] = { "", "i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8" };      /* sensor_msgs/PointField */
  g_auto(Layout) layout = { .layout = g_string_new (NULL), .names = g_ptr_array_new_with_free_func (g_free) };
  gint64 width, height, row_step;
  gint64 big = 0;
  gboolean base64;
  gsize n_bytes;

  if (!quarry_observation_get_count (root, "width", G_MAXUINT32, &width, error) ||
      !quarry_observation_get_count (root, "height", G_MAXUINT32, &height, error) ||
      !quarry_observation_get_count (root, "point_step", MAX_STEP, &layout.step, error) ||
      !quarry_observation_get_count (root, "row_step", G_MAXUINT32, &row_step, error) ||
      !quarry_observation_set_bytes (out, root, "data", data, &base64, &n_bytes, error))
    return FALSE;
  if (width > 0 && height > G_MAXINT64 / width)
    return quarry_observation_fail (error, "%" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " points", width, height);
  if (width * height > 0 && !add_fields (&layout, quarry_value_get (root, "fields"), "datatype", types, error))
    return FALSE;
  if (width * height > 0 && layout.step == 0)
    return quarry_observation_fail (error, "'point_step' is 0");
  if (width > 0 && height > 1 && row_step != 0 && row_step != width * layout.step)
    return quarry_observation_refuse (error, "rows of %" G_GINT64_FORMAT " points of %" G_GINT64_FORMAT " bytes, each in %" G_GINT64_FORMAT
                                      " bytes: padded rows are not read", width, layout.step, row_step);
  quarry_value_get_integer (root, "is_bigendian", &big);
  return set_cloud (out, &layout, width * height, big != 0, base64, n_bytes, error);
}

/* Points are in the frame of the cloud's own pose, for which a media has no place */
static gboolean
has_own_pose (const QuarryValue *root)
{
  static const char * const names[] = { "position.x", "position.y", "position.z", "orientation.x", "orientation.y", "orientation.z" };
  const QuarryValue *pose = quarry_value_get (root, "pose");
  double number = 0;

  for (guint i = 0; pose != NULL && i < G_N_ELEMENTS (names); i++)
    if (quarry_value_get_number (pose, names[i], &number) && !(fabs (number) < 1e-9))
      return TRUE;
  return FALSE;
}

/* foxglove.PointCloud: little-endian, as many points as bytes allow */
gboolean
quarry_observation_read_foxglove_cloud (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error)
{
  static const char * const types[] = { "", "u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8" };      /* foxglove.NumericType */
  g_auto(Layout) layout = { .layout = g_string_new (NULL), .names = g_ptr_array_new_with_free_func (g_free) };
  gboolean base64;
  gsize n_bytes;

  if (has_own_pose (root))
    return quarry_observation_refuse (error, "a cloud with a pose of its own in its frame is not read");
  if (!quarry_observation_get_count (root, "point_stride", MAX_STEP, &layout.step, error) ||
      !quarry_observation_set_bytes (out, root, "data", data, &base64, &n_bytes, error))
    return FALSE;
  if (n_bytes > 0 && !add_fields (&layout, quarry_value_get (root, "fields"), "type", types, error))
    return FALSE;
  if (n_bytes > 0 && layout.step == 0)
    return quarry_observation_fail (error, "'point_stride' is 0");
  if (n_bytes > 0 && n_bytes % (gsize) layout.step != 0)
    return quarry_observation_fail (error, "%" G_GSIZE_FORMAT " bytes are no whole number of points of %" G_GINT64_FORMAT, n_bytes, layout.step);
  return set_cloud (out, &layout, n_bytes > 0 ? (gint64) (n_bytes / (gsize) layout.step) : 0, FALSE, base64, n_bytes, error);
}

/* By the last byte of a packet; the HDL-64 has none there, but its blocks say which half of the lasers fired */
static const char *
find_velodyne_model (const guint8 *packet)
{
  gboolean lower = FALSE;

  for (int block = 0; block < 12; block++)
    {
      const guint8 *flag = packet + 100 * block;

      if (flag[0] != 0xff)
        return NULL;
      lower = lower || flag[1] == 0xdd;
      if (flag[1] == 0xcc || flag[1] == 0xbb)
        return NULL;         /* VLS-128 */
    }
  if (lower)
    return "HDL-64";
  switch (packet[1205])
    {
    case 0x21:
      return "HDL-32";
    case 0x22:
      return "VLP-16";
    case 0x24:
      return "VLP-16-HIRES";
    default:
      return NULL;
    }
}

/* velodyne_msgs/VelodyneScan: packets at equal distances; the first is at the media's first byte */
gboolean
quarry_observation_read_velodyne (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error)
{
  const QuarryValue *packets = quarry_value_get (root, "packets");
  const guint8 *first = NULL;
  const char *model;
  gsize stride = PACKET_SIZE;
  gsize before = 0;         /* bytes of the first packet's stamp, which the cloud's times are counted from */

  if (packets == NULL || packets->kind != QUARRY_VALUE_LIST || packets->length == 0)
    return quarry_observation_fail (error, "a scan without packets");
  for (gsize i = 0; i < packets->length; i++)
    {
      const QuarryValue *packet = quarry_value_get (&packets->members[i], "data");

      if (packet == NULL || packet->kind != QUARRY_VALUE_NUMBERS || packet->size != 1 || packet->base64 || packet->n != PACKET_SIZE)
        return quarry_observation_fail (error, "packet %" G_GSIZE_FORMAT " does not have %d bytes", i, PACKET_SIZE);
      if (i == 0)
        first = packet->data;
      else if (i == 1)
        stride = (gsize) (packet->data - first);
      if (packet->data != first + i * stride)
        return quarry_observation_refuse (error, "the packets are not at equal distances");
    }
  model = find_velodyne_model (first);
  if (model == NULL)
    return quarry_observation_refuse (error, "packets of the lidar 0x%02x are not read", first[1205]);
  if (quarry_value_get (&packets->members[0], "stamp") != NULL && first - data >= STAMP_SIZE)
    before = STAMP_SIZE;
  out->offset = (gsize) (first - data) - before;
  out->length = before + (packets->length - 1) * stride + PACKET_SIZE;
  out->format = g_strdup_printf ("velodyne:%s:%" G_GSIZE_FORMAT ":%" G_GSIZE_FORMAT ":%" G_GSIZE_FORMAT, model, packets->length, before, stride);
  return TRUE;
}
