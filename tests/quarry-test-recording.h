/* quarry-test-recording.h: MCAP files with messages of ROS 2, written message by message
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-cloud.h"
#include "quarry-pose.h"
#include "quarry-camera.h"
#include "quarry-test-log.h"
#include "quarry-test-message.h"

G_BEGIN_DECLS

typedef struct
{
  GByteArray *bytes;
  GHashTable *channels;      /* topic → 1 + id */
  guint       n_messages;
} QuarryTestMcap;

static inline void
quarry_test_mcap_record (QuarryTestMcap *self, guint8 opcode, GByteArray *take_content)
{
  quarry_test_put (self->bytes, opcode, 1);
  quarry_test_put (self->bytes, take_content->len, 8);
  g_byte_array_append (self->bytes, take_content->data, take_content->len);
  g_byte_array_unref (take_content);
}

static inline QuarryTestMcap *
quarry_test_mcap_new (void)
{
  QuarryTestMcap *self = g_new0 (QuarryTestMcap, 1);
  GByteArray *header = g_byte_array_new ();

  self->bytes = g_byte_array_new ();
  self->channels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_byte_array_append (self->bytes, (const guint8 *) "\x89MCAP0\r\n", 8);
  quarry_test_put_text (header, "ros2");
  quarry_test_put_text (header, "test");
  quarry_test_mcap_record (self, 1, header);
  return self;
}

static inline guint
quarry_test_mcap_channel (QuarryTestMcap *self, const char *topic, const char *type, const char *encoding)
{
  guint id = GPOINTER_TO_UINT (g_hash_table_lookup (self->channels, topic));
  GByteArray *schema = NULL, *channel = NULL;

  if (id > 0)
    return id;
  id = g_hash_table_size (self->channels) + 1;
  g_hash_table_insert (self->channels, g_strdup (topic), GUINT_TO_POINTER (id));
  schema = g_byte_array_new ();
  quarry_test_put (schema, id, 2);
  quarry_test_put_text (schema, type);
  quarry_test_put_text (schema, "");
  quarry_test_put (schema, 0, 4);
  quarry_test_mcap_record (self, 3, schema);
  channel = g_byte_array_new ();
  quarry_test_put (channel, id, 2);
  quarry_test_put (channel, id, 2);
  quarry_test_put_text (channel, topic);
  quarry_test_put_text (channel, encoding);
  quarry_test_put (channel, 0, 4);
  quarry_test_mcap_record (self, 4, channel);
  return id;
}

/* A message of which the type is built in */
static inline void
quarry_test_mcap_add (QuarryTestMcap *self, const char *topic, const char *type, gint64 log_ns, const Writer *message)
{
  const guint id = quarry_test_mcap_channel (self, topic, type, "cdr");
  GByteArray *record = g_byte_array_new ();

  quarry_test_put (record, id, 2);
  quarry_test_put (record, self->n_messages++, 4);
  quarry_test_put (record, (guint64) log_ns, 8);
  quarry_test_put (record, (guint64) log_ns, 8);
  g_byte_array_append (record, message->bytes->data, message->bytes->len);
  quarry_test_mcap_record (self, 5, record);
}

/* Frees it */
static inline void
quarry_test_mcap_write (QuarryTestMcap *self, const char *path)
{
  GByteArray *end = g_byte_array_new (), *footer = g_byte_array_new ();
  g_autoptr(GError) error = NULL;

  quarry_test_put (end, 0, 4);
  quarry_test_mcap_record (self, 15, end);
  quarry_test_put (footer, 0, 8);
  quarry_test_put (footer, 0, 8);
  quarry_test_put (footer, 0, 4);
  quarry_test_mcap_record (self, 2, footer);
  g_byte_array_append (self->bytes, (const guint8 *) "\x89MCAP0\r\n", 8);
  g_file_set_contents (path, (const char *) self->bytes->data, self->bytes->len, &error);
  g_assert_no_error (error);
  g_byte_array_unref (self->bytes);
  g_hash_table_unref (self->channels);
  g_free (self);
}

/* --- messages --- */

static inline void
quarry_test_add_picture (QuarryTestMcap *self, const char *topic, gint64 log_ns, gint64 stamp_ns, const char *frame, const char *format,
                         const void *data, gsize length)
{
  g_auto(Writer) w = { 0 };

  writer_init (&w, "le");
  put_header (&w, stamp_ns, frame);
  put_string (&w, format);
  put_u32 (&w, length);
  put_bytes (&w, data, length);
  quarry_test_mcap_add (self, topic, "sensor_msgs/msg/CompressedImage", log_ns, &w);
}

static inline void
quarry_test_add_pixels (QuarryTestMcap *self, const char *topic, gint64 log_ns, gint64 stamp_ns, const char *frame, const char *encoding,
                        int width, int height, int step, const void *data)
{
  g_auto(Writer) w = { 0 };

  writer_init (&w, "le");
  put_header (&w, stamp_ns, frame);
  put_u32 (&w, (guint64) height);
  put_u32 (&w, (guint64) width);
  put_string (&w, encoding);
  put_u8 (&w, 0);
  put_u32 (&w, (guint64) step);
  put_u32 (&w, (guint64) (step * height));
  put_bytes (&w, data, (gsize) (step * height));
  quarry_test_mcap_add (self, topic, "sensor_msgs/msg/Image", log_ns, &w);
}

/* @camera: corner-origin, as everywhere in Quarry; written as ROS has it */
static inline void
quarry_test_add_camera (QuarryTestMcap *self, const char *topic, gint64 log_ns, gint64 stamp_ns, const char *frame, const QuarryCamera *camera)
{
  /* plumb_bob and rational: k1 k2 p1 p2 k3 k4 k5 k6 */
  const gboolean fisheye = camera->model == QUARRY_CAMERA_KANNALA_BRANDT;
  const gboolean rational = !fisheye && (camera->k[5] != 0 || camera->k[6] != 0 || camera->k[7] != 0);
  const double cx = camera->cx - QUARRY_PIXEL_CENTRE, cy = camera->cy - QUARRY_PIXEL_CENTRE;
  const double k[9] = { camera->fx, camera->skew, cx, 0, camera->fy, cy, 0, 0, 1 };
  const double r[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
  const double p[12] = { camera->fx, 0, cx, 0, 0, camera->fy, cy, 0, 0, 0, 1, 0 };
  const guint n = fisheye ? 4 : rational ? 8 : 5;
  g_auto(Writer) w = { 0 };

  writer_init (&w, "le");
  put_header (&w, stamp_ns, frame);
  put_u32 (&w, (guint64) camera->height);
  put_u32 (&w, (guint64) camera->width);
  put_string (&w, fisheye ? "equidistant" : rational ? "rational_polynomial" : "plumb_bob");
  put_u32 (&w, n);
  put_doubles (&w, camera->k, n);
  put_doubles (&w, k, 9);
  put_doubles (&w, r, 9);
  put_doubles (&w, p, 12);
  for (int i = 0; i < 6; i++)
    put_u32 (&w, 0);
  put_u8 (&w, 0);
  quarry_test_mcap_add (self, topic, "sensor_msgs/msg/CameraInfo", log_ns, &w);
}

static inline void
quarry_test_put_pose (Writer *w, const QuarryPose *pose)
{
  put_doubles (w, pose->t, 3);
  put_doubles (w, pose->q + 1, 3);
  put_f64 (w, pose->q[0]);
}

/* One transform */
static inline void
quarry_test_add_transform (QuarryTestMcap *self, const char *topic, gint64 log_ns, gint64 stamp_ns, const char *parent, const char *child,
                           const QuarryPose *pose)
{
  g_auto(Writer) w = { 0 };

  writer_init (&w, "le");
  put_u32 (&w, 1);
  put_header (&w, stamp_ns, parent);
  put_string (&w, child);
  quarry_test_put_pose (&w, pose);
  quarry_test_mcap_add (self, topic, "tf2_msgs/msg/TFMessage", log_ns, &w);
}

static inline void
quarry_test_add_odometry (QuarryTestMcap *self, const char *topic, gint64 stamp_ns, const char *parent, const char *child, const QuarryPose *pose)
{
  g_auto(Writer) w = { 0 };

  writer_init (&w, "le");
  put_header (&w, stamp_ns, parent);
  put_string (&w, child);
  quarry_test_put_pose (&w, pose);
  for (int i = 0; i < 36 + 6 + 36; i++)
    put_f64 (&w, 0);
  quarry_test_mcap_add (self, topic, "nav_msgs/msg/Odometry", stamp_ns, &w);
}

static inline void
quarry_test_put_field (Writer *w, const char *name, guint offset, guint datatype)
{
  put_string (w, name);
  put_u32 (w, offset);
  put_u8 (w, datatype);
  put_u32 (w, 1);
}

/* x y z intensity as float32, t as int32 ns, ring as uint16, 22 bytes a point: what a cloud has */
static inline void
quarry_test_add_cloud (QuarryTestMcap *self, const char *topic, gint64 log_ns, gint64 stamp_ns, const char *frame, const QuarryCloud *cloud)
{
  g_auto(Writer) w = { 0 };

  writer_init (&w, "le");
  put_header (&w, stamp_ns, frame);
  put_u32 (&w, 1);
  put_u32 (&w, cloud->n);
  put_u32 (&w, 6);
  quarry_test_put_field (&w, "x", 0, 7);
  quarry_test_put_field (&w, "y", 4, 7);
  quarry_test_put_field (&w, "z", 8, 7);
  quarry_test_put_field (&w, "intensity", 12, 7);
  quarry_test_put_field (&w, "t", 16, 5);
  quarry_test_put_field (&w, "ring", 20, 4);
  put_u8 (&w, 0);
  put_u32 (&w, 22);
  put_u32 (&w, 22 * cloud->n);
  put_u32 (&w, 22 * cloud->n);
  for (gsize i = 0; i < cloud->n; i++)
    {
      const float intensity = cloud->intensity != NULL ? cloud->intensity[i] : 0;
      const gint32 t = cloud->offset_ns != NULL ? cloud->offset_ns[i] : 0;
      const guint16 ring = cloud->ring != NULL ? cloud->ring[i] : 0;

      put_bytes (&w, cloud->xyz + 3 * i, 12);
      put_bytes (&w, &intensity, 4);
      put_bytes (&w, &t, 4);
      put_bytes (&w, &ring, 2);
    }
  put_u8 (&w, 1);
  quarry_test_mcap_add (self, topic, "sensor_msgs/msg/PointCloud2", log_ns, &w);
}

G_END_DECLS
