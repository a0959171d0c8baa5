/* quarry-test-message.h: messages written byte by byte
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <string.h>
#include <glib.h>

#include "quarry-message.h"

G_BEGIN_DECLS

/* How values are laid out: ROS 1 aligns nothing and counts no NUL; CDR begins with a header of 4 bytes */
typedef struct
{
  GByteArray *bytes;
  gboolean    big_endian;
  gboolean    ros1;
  guint       max_align;
  gsize       origin;
} Writer;

static inline void
writer_init (Writer *self, const char *layout)      /* "ros1", "le", "be", "le2", "be2" */
{
  const gboolean big = g_str_has_prefix (layout, "be");
  const gboolean second = g_str_has_suffix (layout, "2");
  const guint8 header[4] = { 0, (guint8) ((second ? 6 : 0) + (big ? 0 : 1)), 0, 0 };

  self->bytes = g_byte_array_new ();
  self->big_endian = big;
  self->ros1 = g_str_equal (layout, "ros1");
  self->max_align = self->ros1 ? 1 : second ? 4 : 8;
  self->origin = self->ros1 ? 0 : 4;
  if (!self->ros1)
    g_byte_array_append (self->bytes, header, 4);
}

static inline void
writer_clear (Writer *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Writer, writer_clear)

static inline void
put_align (Writer *self, guint size)
{
  static const guint8 zeros[8];
  const gsize step = MIN (size, self->max_align);
  const gsize past = (self->bytes->len - self->origin) % step;

  if (past != 0)
    g_byte_array_append (self->bytes, zeros, (guint) (step - past));
}

static inline void
put_int (Writer *self, guint64 value, guint size)
{
  put_align (self, size);
  for (guint i = 0; i < size; i++)
    {
      const guint8 byte = (guint8) (value >> (8 * (self->big_endian ? size - 1 - i : i)));

      g_byte_array_append (self->bytes, &byte, 1);
    }
}

static inline void put_u8 (Writer *self, guint64 value) { put_int (self, value, 1); }
static inline void put_u16 (Writer *self, guint64 value) { put_int (self, value, 2); }
static inline void put_u32 (Writer *self, guint64 value) { put_int (self, value, 4); }
static inline void put_u64 (Writer *self, guint64 value) { put_int (self, value, 8); }

static inline void
put_f64 (Writer *self, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  put_int (self, bits, 8);
}

static inline void
put_f32 (Writer *self, float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  put_int (self, bits, 4);
}

static inline void
put_doubles (Writer *self, const double *values, guint n)
{
  for (guint i = 0; i < n; i++)
    put_f64 (self, values[i]);
}

static inline void
put_bytes (Writer *self, const void *bytes, gsize n)
{
  g_byte_array_append (self->bytes, bytes, (guint) n);
}

static inline void
put_string (Writer *self, const char *text)
{
  const gsize length = strlen (text);

  put_u32 (self, self->ros1 ? length : length + 1);
  put_bytes (self, text, self->ros1 ? length : length + 1);
}

static inline void
put_header (Writer *self, gint64 stamp_ns, const char *frame_id)
{
  if (self->ros1)
    put_u32 (self, 7);      /* seq */
  put_u32 (self, (guint64) (stamp_ns / 1000000000));
  put_u32 (self, (guint64) (stamp_ns % 1000000000));
  put_string (self, frame_id);
}

/* A type that must be understood; @text NULL: built in */
static inline QuarryMessageType *
test_type (const char *name, const char *encoding, const char *schema_encoding, const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) schema = text != NULL ? g_bytes_new (text, strlen (text)) : NULL;
  QuarryMessageType *type = quarry_message_type_new (name, encoding, schema_encoding, schema, &error);

  g_assert_no_error (error);
  return type;
}

static inline QuarryMessage *
test_decode (QuarryMessageType *type, GByteArray *bytes)
{
  g_autoptr(GError) error = NULL;
  QuarryMessage *message = quarry_message_decode (type, bytes->data, bytes->len, &error);

  g_assert_no_error (error);
  return message;
}

/* All lines, with a blank between */
static inline char *
test_fields (QuarryMessageType *type)
{
  g_auto(GStrv) lines = quarry_message_type_list_fields (type);

  return g_strjoinv ("; ", lines);
}

static inline double
test_number (const QuarryValue *root, const char *path)
{
  double number = -12345;

  if (!quarry_value_get_number (root, path, &number))
    g_error ("'%s' is no number", path);
  return number;
}

static inline gint64
test_integer (const QuarryValue *root, const char *path)
{
  gint64 integer = -12345;

  if (!quarry_value_get_integer (root, path, &integer))
    g_error ("'%s' is no integer", path);
  return integer;
}

#define test_string(root, path, expected) G_STMT_START {                          \
    g_autofree char *test_text = quarry_value_dup_string ((root), (path));         \
    g_assert_cmpstr (test_text, ==, (expected));                                   \
  } G_STMT_END

/* Protobuf */
static inline void
put_varint (GByteArray *bytes, guint64 value)
{
  do
    {
      const guint8 byte = (guint8) ((value & 0x7f) | (value > 0x7f ? 0x80 : 0));

      g_byte_array_append (bytes, &byte, 1);
      value >>= 7;
    }
  while (value > 0);
}

static inline void
put_tag (GByteArray *bytes, guint number, guint wire)
{
  put_varint (bytes, (guint64) number << 3 | wire);
}

static inline void
put_chunk (GByteArray *bytes, guint number, const void *data, gsize length)
{
  put_tag (bytes, number, 2);
  put_varint (bytes, length);
  g_byte_array_append (bytes, data, (guint) length);
}

static inline void
put_text (GByteArray *bytes, guint number, const char *text)
{
  put_chunk (bytes, number, text, strlen (text));
}

static inline void
put_number (GByteArray *bytes, guint number, guint64 value)
{
  put_tag (bytes, number, 0);
  put_varint (bytes, value);
}

static inline void
put_fixed64 (GByteArray *bytes, guint number, double value)
{
  put_tag (bytes, number, 1);
  g_byte_array_append (bytes, (const guint8 *) &value, 8);      /* the tests run on little-endian machines */
}

static inline void
put_child (GByteArray *bytes, guint number, GByteArray *take_child)
{
  put_chunk (bytes, number, take_child->data, take_child->len);
  g_byte_array_unref (take_child);
}

/* FieldDescriptorProto; @label 1 optional, 3 repeated; @type as in descriptor.proto */
static inline void
put_field (GByteArray *message, const char *name, guint number, guint label, guint type, const char *type_name)
{
  GByteArray *field = g_byte_array_new ();

  put_text (field, 1, name);
  put_number (field, 3, number);
  put_number (field, 4, label);
  put_number (field, 5, type);
  if (type_name != NULL)
    put_text (field, 6, type_name);
  put_child (message, 2, field);
}

G_END_DECLS
