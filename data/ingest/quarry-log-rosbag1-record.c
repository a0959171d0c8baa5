/* quarry-log-rosbag1-record.c: records of ROS 1 bags from bytes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-log-rosbag1.h"

#include <string.h>

typedef struct
{
  const char   *name;
  gsize         name_length;
  const guint8 *value;
  gsize         length;
} Field;

/* Returns: FALSE at the end, or where no field is (then at->failed) */
static gboolean
next_field (QuarryCursor *at, Field *out)
{
  const guint8 *data = NULL, *equals = NULL;
  guint64 length;

  if (quarry_cursor_left (at) == 0)
    return FALSE;
  length = quarry_cursor_take_uint (at, 4);
  data = quarry_cursor_take (at, length);
  equals = data != NULL && length > 0 ? memchr (data, '=', length) : NULL;
  if (equals == NULL)
    {
      at->failed = TRUE;
      return FALSE;
    }
  out->name = (const char *) data;
  out->name_length = (gsize) (equals - data);
  out->value = equals + 1;
  out->length = (gsize) length - out->name_length - 1;
  return TRUE;
}

static gboolean
is_named (const Field *field, const char *name)
{
  return field->name_length == strlen (name) && memcmp (field->name, name, field->name_length) == 0;
}

static gboolean
take_number (const Field *field, const char *name, guint bytes, guint64 *out)
{
  QuarryCursor at = { field->value, field->value + field->length, FALSE };

  if (!is_named (field, name) || field->length != bytes)
    return FALSE;
  *out = quarry_cursor_take_uint (&at, bytes);
  return TRUE;
}

/* Seconds and nanoseconds, 32 bits each */
static gboolean
take_time (const Field *field, const char *name, gint64 *out)
{
  guint64 value = 0;

  if (!take_number (field, name, 8, &value))
    return FALSE;
  *out = (gint64) (value & G_MAXUINT32) * QUARRY_NS_PER_S + (gint64) (value >> 32);
  return TRUE;
}

static void
take_field (const Field *field, QuarryBagRecord *out)
{
  guint64 n = 0;

  if (take_number (field, "op", 1, &n))
    out->op = (guint8) n;
  else if (take_number (field, "index_pos", 8, &n))
    out->index_pos = n;
  else if (take_number (field, "chunk_pos", 8, &n))
    out->chunk_pos = n;
  else if (take_number (field, "conn", 4, &n))
    out->conn = (guint32) n;
  else if (take_number (field, "conn_count", 4, &n))
    out->n_conns = (guint32) n;
  else if (take_number (field, "chunk_count", 4, &n))
    out->n_chunks = (guint32) n;
  else if (take_number (field, "count", 4, &n))
    out->count = (guint32) n;
  else if (take_number (field, "size", 4, &n))
    out->size = (guint32) n;
  else if (is_named (field, "topic") || is_named (field, "compression") || is_named (field, "encryptor"))
    {
      out->text = field->value;
      out->text_length = field->length;
    }
  else if (!take_time (field, "time", &out->time_ns) && !take_time (field, "start_time", &out->start_ns))
    take_time (field, "end_time", &out->end_ns);
}

gsize
quarry_bag_header_length (const guint8 *data, gsize length)
{
  QuarryCursor at = { data, data + length, FALSE };
  const guint64 header = quarry_cursor_take_uint (&at, 4);

  return at.failed || header < 8 || header > QUARRY_BAG_MAX_HEADER ? 0 : (gsize) header + 8;
}

gboolean
quarry_bag_parse_record (const guint8 *data, gsize length, QuarryBagRecord *out)
{
  const gsize head = quarry_bag_header_length (data, length);
  QuarryCursor fields, at;
  Field field;

  if (head == 0 || head > length)
    return FALSE;
  fields = (QuarryCursor) { data + 4, data + head - 4, FALSE };
  at = (QuarryCursor) { data + head - 4, data + head, FALSE };
  *out = (QuarryBagRecord) { .head = head };
  while (next_field (&fields, &field))
    take_field (&field, out);
  out->length = (guint32) quarry_cursor_take_uint (&at, 4);
  return !fields.failed && out->op >= QUARRY_BAG_MESSAGE && out->op <= QUARRY_BAG_CONNECTION;
}

gboolean
quarry_bag_codec (const QuarryBagRecord *record, QuarryCodec *out_codec)
{
  static const struct { const char *name; QuarryCodec codec;
  } codecs[] = { { "none", QUARRY_CODEC_NONE }, { "bz2", QUARRY_CODEC_BZ2 }, { "lz4", QUARRY_CODEC_LZ4_FRAME } };

  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (record->text_length == strlen (codecs[i].name) && memcmp (record->text, codecs[i].name, record->text_length) == 0)
      {
        *out_codec = codecs[i].codec;
        return TRUE;
      }
  return FALSE;
}

/* The publisher's own header. @out_topic: may stay NULL, then the record's is meant */
gboolean
quarry_bag_parse_connection (const guint8 *data, gsize length, char **out_topic, char **out_type, GBytes **out_schema)
{
  QuarryCursor fields = { data, data + length, FALSE };
  Field field;

  while (next_field (&fields, &field))
    {
      if (is_named (&field, "topic") && *out_topic == NULL)
        *out_topic = g_strndup ((const char *) field.value, field.length);
      else if (is_named (&field, "type") && *out_type == NULL)
        *out_type = g_strndup ((const char *) field.value, field.length);
      else if (is_named (&field, "message_definition") && *out_schema == NULL)
        *out_schema = g_bytes_new (field.value, field.length);
    }
  return !fields.failed;
}
