/* quarry-message-cdr.c: ROS 1 serialization and CDR to trees
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * ROS 1: little-endian, nothing aligned. CDR (OMG XTypes 1.3, 7.4): a header of 4 bytes says endian and kind; values are aligned
 * to their size, counted after that header, to 8 bytes at most in version 1 and 4 in version 2. Strings have their NUL counted.
 * Structs that the IDL calls appendable or mutable have a length in front (version 2), mutable ones a header a member.
 */

#include "config.h"
#include "quarry-message-private.h"

#include <string.h>

#define PID_EXTENDED  0x3f01
#define PID_LIST_END  0x3f02
#define PID_SENTINEL  1            /* of RTPS's own parameter lists */
#define PID_MASK      0x3fff

typedef struct
{
  QuarryMessage *message;
  const guint8  *data;
  gsize          length, position;
  gsize          origin;           /* alignment counts from here */
  guint          max_align;        /* 1: nothing is aligned */
  gboolean       big_endian;
  gboolean       ros1;
  gboolean       parameters;       /* mutable structs are lists of parameters */
  gboolean       delimited;        /* version 2, and appendable structs have a length in front */
  guint          version;          /* of CDR */
  guint          depth;
  const char    *path[QUARRY_MESSAGE_MAX_DEPTH + 1];
} Reader;

static gboolean read_struct (Reader *self, const QuarryMessageStruct *structure, QuarryValue *out, GError **error);

static gboolean G_GNUC_PRINTF (3, 4)
fail (Reader *self, GError **error, const char *format, ...)
{
  g_autoptr(GString) path = g_string_new (NULL);
  g_autofree char *text = NULL;
  va_list args;

  for (guint i = 0; i < self->depth && i < G_N_ELEMENTS (self->path); i++)
    g_string_append_printf (path, "%s%s", i > 0 ? "." : "", self->path[i]);
  if (self->depth == 0)
    g_string_append (path, self->message->type->root->name);
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_BROKEN, "byte %" G_GSIZE_FORMAT ", '%s': %s", self->position,
               path->str, text);
  return FALSE;
}

/* @size bytes, aligned to @align */
static gboolean
take (Reader *self, gsize size, guint align, const guint8 **out, GError **error)
{
  const gsize step = MIN (align, self->max_align);
  const gsize position = self->origin + ((self->position - self->origin + step - 1) & ~(step - 1));

  if (position > self->length || size > self->length - position)
    return fail (self, error, "%" G_GSIZE_FORMAT " bytes are needed, %" G_GSIZE_FORMAT " are left", size,
                 self->length - MIN (position, self->length));
  *out = self->data + position;
  self->position = position + size;
  return TRUE;
}

static gboolean
take_u32 (Reader *self, guint32 *out, GError **error)
{
  const guint8 *bytes = NULL;

  if (!take (self, 4, 4, &bytes, error))
    return FALSE;
  *out = (guint32) quarry_message_get_integer (bytes, 4, FALSE, self->big_endian);
  return TRUE;
}

static gboolean
read_string (Reader *self, const QuarryMessageField *field, QuarryValue *out, GError **error)
{
  guint32 length;

  if (!take_u32 (self, &length, error) || !take (self, length, 1, &out->data, error))
    return FALSE;
  out->kind = QUARRY_VALUE_STRING;
  if (!self->ros1 && length > 0 && out->data[length - 1] == '\0')
    length--;
  out->length = length;
  if (field->bound > 0 && length > field->bound)
    return fail (self, error, "a string of %u bytes, %u are allowed", length, field->bound);
  return TRUE;
}

/* Whether @n values of 4 bytes are characters: those of 2 bytes, taken in pairs, are not */
static gboolean
are_characters (Reader *self, const guint8 *data, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (quarry_message_get_integer (data + 4 * i, 4, FALSE, self->big_endian) > 0x10ffff)
      return FALSE;
  return TRUE;
}

/* Version 1 counts characters, of 4 bytes (Fast CDR 1) or 2 (others); version 2 counts the bytes of UTF-16 */
static gboolean
read_wstring (Reader *self, const QuarryMessageField *field, QuarryValue *out, GError **error)
{
  const gsize count_at = self->position;
  guint32 n;
  guint width = 2;
  const guint8 *data = NULL;
  char *text;
  char *to;

  if (!take_u32 (self, &n, error))
    return FALSE;
  if (self->version == 2)
    n /= 2;
  else if (n <= (self->length - self->position) / 4 && are_characters (self, self->data + self->position, n))
    width = 4;
  if (!take (self, (gsize) n * width, 1, &data, error))
    return FALSE;
  if (field->bound > 0 && n > field->bound)
    return fail (self, error, "a string of %u characters, %u are allowed", n, field->bound);
  text = to = quarry_message_alloc (self->message, n, width == 4 ? 6 : 3);
  if (text == NULL)
    return quarry_message_set_too_big (self->message, error);
  for (guint32 i = 0; i < n; i++)
    {
      gunichar c = (gunichar) quarry_message_get_integer (data + (gsize) i * width, width, FALSE, self->big_endian);

      if ((c & 0xfffffc00) == 0xd800 && i + 1 < n)
        {
          const gunichar low = (gunichar) quarry_message_get_integer (data + (gsize) (i + 1) * width, width, FALSE, self->big_endian);

          if ((low & 0xfffffc00) == 0xdc00)
            {
              c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
              i++;
            }
        }
      if (!g_unichar_validate (c))
        {
          self->position = count_at;
          return fail (self, error, "no text: character %u is 0x%x", i, c);
        }
      to += g_unichar_to_utf8 (c, to);
    }
  out->kind = QUARRY_VALUE_STRING;
  out->data = (const guint8 *) text;
  out->length = (gsize) (to - text);
  return TRUE;
}

/* Seconds and nanoseconds, 4 bytes each: unsigned only in the time of ROS 1 */
static gboolean
read_time (Reader *self, const QuarryMessageField *field, QuarryValue *out, GError **error)
{
  const guint8 *bytes = NULL;
  const gboolean is_time = field->kind == QUARRY_FIELD_TIME;

  if (!take (self, 8, 4, &bytes, error))
    return FALSE;
  out->kind = is_time ? QUARRY_VALUE_TIME : QUARRY_VALUE_DURATION;
  out->integer = quarry_message_get_integer (bytes, 4, !self->ros1 || !is_time, self->big_endian) * QUARRY_NS_PER_S +
                 quarry_message_get_integer (bytes + 4, 4, self->ros1 && !is_time, self->big_endian);
  out->number = (double) out->integer / 1e9;
  return TRUE;
}

static gboolean
read_number (Reader *self, const QuarryMessageField *field, QuarryValue *out, GError **error)
{
  const guint8 *bytes = NULL;

  if (!take (self, field->size, field->size, &bytes, error))
    return FALSE;
  if (field->kind == QUARRY_FIELD_FLOAT)
    {
      out->kind = QUARRY_VALUE_FLOAT;
      out->number = quarry_message_get_float (bytes, field->size, self->big_endian);
      return TRUE;
    }
  out->integer = quarry_message_get_integer (bytes, field->size, field->kind == QUARRY_FIELD_INT, self->big_endian);
  out->number = field->kind == QUARRY_FIELD_UINT ? (double) (guint64) out->integer : (double) out->integer;
  out->kind = field->kind == QUARRY_FIELD_BOOL ? QUARRY_VALUE_BOOL
              : field->kind == QUARRY_FIELD_INT ? QUARRY_VALUE_INT : QUARRY_VALUE_UINT;
  return TRUE;
}

static gboolean
read_one (Reader *self, const QuarryMessageField *field, QuarryValue *out, GError **error)
{
  switch (field->kind)
    {
    case QUARRY_FIELD_STRING:
      return read_string (self, field, out, error);
    case QUARRY_FIELD_WSTRING:
      return read_wstring (self, field, out, error);
    case QUARRY_FIELD_TIME:
    case QUARRY_FIELD_DURATION:
      return read_time (self, field, out, error);
    case QUARRY_FIELD_OBJECT:
      return read_struct (self, field->object, out, error);
    case QUARRY_FIELD_BOOL:
    case QUARRY_FIELD_INT:
    case QUARRY_FIELD_UINT:
    case QUARRY_FIELD_FLOAT:
    case QUARRY_FIELD_BYTES:
    default:
      return read_number (self, field, out, error);
    }
}

/* Bytes that an element takes at least */
static gsize
get_element_size (const QuarryMessageField *field)
{
  if (field->kind == QUARRY_FIELD_OBJECT)
    return field->object->min_size;
  return field->kind == QUARRY_FIELD_STRING || field->kind == QUARRY_FIELD_WSTRING ? 4 : field->size;
}

static gboolean
read_list (Reader *self, const QuarryMessageField *field, guint32 n, QuarryValue *out, GError **error)
{
  out->kind = QUARRY_VALUE_LIST;
  out->members = quarry_message_alloc (self->message, n, sizeof (QuarryValue));
  if (out->members == NULL)
    return quarry_message_set_too_big (self->message, error);
  for (guint32 i = 0; i < n; i++)
    {
      out->members[i] = (QuarryValue) { .name = NULL };
      if (!read_one (self, field, &out->members[i], error))
        return FALSE;
    }
  out->length = n;
  return TRUE;
}

static gboolean
read_array (Reader *self, const QuarryMessageField *field, QuarryValue *out, GError **error)
{
  const gboolean numbers = field->kind <= QUARRY_FIELD_FLOAT;
  const gsize element = get_element_size (field);
  guint32 n = field->count;
  guint32 ignored;

  if (self->version == 2 && !numbers && !take_u32 (self, &ignored, error))      /* a length in bytes in front of what is no number */
    return FALSE;
  if (field->array == QUARRY_ARRAY_SEQUENCE)
    {
      if (!take_u32 (self, &n, error))
        return FALSE;
      if (field->count > 0 && n > field->count)
        return fail (self, error, "%u elements, %u are allowed", n, field->count);
    }
  if (element > 0 && n > (self->length - self->position) / element)
    return fail (self, error, "%u elements of at least %" G_GSIZE_FORMAT " bytes, %" G_GSIZE_FORMAT " bytes are left", n, element,
                 self->length - self->position);
  if (!numbers)
    return read_list (self, field, n, out, error);
  out->kind = QUARRY_VALUE_NUMBERS;
  out->data = self->data + self->position;
  if (n > 0 && !take (self, (gsize) n * field->size, field->size, &out->data, error))
    return FALSE;
  out->n = n;
  out->length = (gsize) n * field->size;
  out->size = field->size;
  out->type = field->kind == QUARRY_FIELD_FLOAT ? 'f' : field->kind == QUARRY_FIELD_INT ? 'i' : 'u';
  out->big_endian = self->big_endian;
  return TRUE;
}

static inline gboolean
read_field (Reader *self, const QuarryMessageField *field, QuarryValue *out, GError **error)
{
  return field->array == QUARRY_ARRAY_NONE ? read_one (self, field, out, error) : read_array (self, field, out, error);
}

typedef struct
{
  guint32  id;
  gsize    end;            /* of the member */
  gboolean list_ends;
} Member;

/* The header in front of a member of a mutable struct, version 1 */
static gboolean
take_parameter (Reader *self, Member *out, GError **error)
{
  const guint8 *bytes = NULL;
  guint32 length;

  if (!take (self, 4, 4, &bytes, error))
    return FALSE;
  out->id = (guint32) quarry_message_get_integer (bytes, 2, FALSE, self->big_endian) & PID_MASK;
  length = (guint32) quarry_message_get_integer (bytes + 2, 2, FALSE, self->big_endian);
  out->list_ends = out->id == PID_LIST_END || (out->id == PID_SENTINEL && length == 0);
  if (out->list_ends)
    return TRUE;
  if (out->id == PID_EXTENDED)
    {
      if (!take_u32 (self, &out->id, error) || !take_u32 (self, &length, error))
        return FALSE;
      out->id &= 0x0fffffff;
    }
  if (length > self->length - self->position)
    return fail (self, error, "a member of %u bytes, %" G_GSIZE_FORMAT " are left", length, self->length - self->position);
  out->end = self->position + length;
  return TRUE;
}

/* The same of version 2: EMHEADER, and NEXTINT where the length is not in it */
static gboolean
take_member (Reader *self, Member *out, GError **error)
{
  static const guint8 sizes[] = { 1, 2, 4, 8 };
  guint32 header, code;
  guint64 length = 0;

  if (!take_u32 (self, &header, error))
    return FALSE;
  out->id = header & 0x0fffffff;
  out->list_ends = FALSE;
  code = (header >> 28) & 7;
  if (code < 4)
    length = sizes[code];
  else
    {
      guint32 next;

      if (!take_u32 (self, &next, error))
        return FALSE;
      if (code >= 5)                     /* NEXTINT is the member's own length or count at once */
        self->position -= 4;
      length = code == 4 ? next : 4 + (guint64) next * (code == 5 ? 1 : code == 6 ? 4 : 8);
    }
  if (length > self->length - self->position)
    return fail (self, error, "a member of %" G_GUINT64_FORMAT " bytes, %" G_GSIZE_FORMAT " are left", length,
                 self->length - self->position);
  out->end = self->position + (gsize) length;
  return TRUE;
}

/* Members in any order, unknown ones among them, up to @end (version 2) or a mark (version 1) */
static gboolean
read_mutable (Reader *self, const QuarryMessageStruct *structure, gsize end, QuarryValue *out, GError **error)
{
  while (self->version == 1 || self->position < end)
    {
      Member member;
      const gsize origin = self->origin;

      if (!(self->version == 1 ? take_parameter (self, &member, error) : take_member (self, &member, error)))
        return FALSE;
      if (member.list_ends)
        return TRUE;
      if (self->version == 1)
        self->origin = self->position;
      for (guint i = 0; i < structure->fields->len; i++)
        {
          const QuarryMessageField *field = quarry_message_struct_field (structure, i);
          QuarryValue value = { .name = field->name };

          if (field->number != member.id || out->length >= structure->fields->len)
            continue;
          self->path[self->depth - 1] = field->name;
          if (!read_field (self, field, &value, error))
            return FALSE;
          if (self->position > member.end)
            return fail (self, error, "longer than its header says");
          out->members[out->length++] = value;
          break;
        }
      self->origin = origin;
      self->position = member.end;
    }
  return TRUE;
}

/* Whether an optional member is there */
static gboolean
take_presence (Reader *self, gboolean *out_present, GError **error)
{
  static const guint8 absent = 0;
  const guint8 *bytes = &absent;
  Member member = { 0, };

  if (self->version == 2)
    {
      if (!take (self, 1, 1, &bytes, error))
        return FALSE;
      *out_present = bytes[0] != 0;
      return TRUE;
    }
  if (!take_parameter (self, &member, error))
    return FALSE;
  *out_present = !member.list_ends && member.end > self->position;
  return TRUE;
}

static gboolean
read_members (Reader *self, const QuarryMessageStruct *structure, gsize end, gboolean delimited, QuarryValue *out, GError **error)
{
  for (guint i = 0; i < structure->fields->len; i++)
    {
      const QuarryMessageField *field = quarry_message_struct_field (structure, i);
      QuarryValue *value = &out->members[out->length];
      gboolean present = TRUE;

      self->path[self->depth - 1] = field->name;
      if (delimited && self->position >= end)      /* written by an older definition */
        return TRUE;
      if (field->optional && !take_presence (self, &present, error))
        return FALSE;
      if (!present)
        continue;
      *value = (QuarryValue) { .name = field->name };
      if (!read_field (self, field, value, error))
        return FALSE;
      out->length++;
    }
  return TRUE;
}

static gboolean
read_struct (Reader *self, const QuarryMessageStruct *structure, QuarryValue *out, GError **error)
{
  const gboolean is_mutable = structure->kind == QUARRY_STRUCT_MUTABLE && self->parameters;
  const gboolean delimited = self->version == 2 && self->delimited && structure->kind != QUARRY_STRUCT_FINAL;
  gsize end = self->length;
  gboolean ok;

  if (self->depth >= QUARRY_MESSAGE_MAX_DEPTH)
    return fail (self, error, "nested too deep");
  out->kind = QUARRY_VALUE_OBJECT;
  out->members = quarry_message_alloc (self->message, structure->fields->len, sizeof (QuarryValue));
  if (out->members == NULL)
    return quarry_message_set_too_big (self->message, error);
  if (delimited || (is_mutable && self->version == 2))
    {
      guint32 length;

      if (!take_u32 (self, &length, error))
        return FALSE;
      if (length > self->length - self->position)
        return fail (self, error, "a struct of %u bytes, %" G_GSIZE_FORMAT " are left", length, self->length - self->position);
      end = self->position + length;
    }
  self->path[self->depth++] = "";
  ok = is_mutable ? read_mutable (self, structure, end, out, error)
                  : read_members (self, structure, end, delimited, out, error);
  if (ok && (delimited || (is_mutable && self->version == 2)))
    self->position = end;
  self->depth--;
  if (ok && !self->ros1 && structure->fields->len == 0 && self->position < self->length)
    self->position++;      /* ROS 2 puts a byte where there is nothing */
  return ok;
}

/* The header of 4 bytes: kinds by the numbers of RTPS 2.2 to 2.5 */
static gboolean
read_encapsulation (Reader *self, GError **error)
{
  static const struct { guint8 kind; guint8 version; gboolean parameters, delimited; } kinds[] = {
    { 0x00, 1, FALSE, FALSE }, { 0x02, 1, TRUE, FALSE },                                 /* CDR, PL_CDR; + 1: little-endian */
    { 0x06, 2, FALSE, FALSE }, { 0x08, 2, FALSE, TRUE }, { 0x0a, 2, TRUE, TRUE },        /* CDR2, D_CDR2, PL_CDR2 */
    { 0x10, 2, FALSE, FALSE }, { 0x12, 2, TRUE, TRUE }, { 0x14, 2, FALSE, TRUE },        /* CDR2, PL_CDR2, D_CDR2 */
  };

  if (self->length < 4)
    return fail (self, error, "%" G_GSIZE_FORMAT " bytes are no CDR", self->length);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (self->data[0] == 0 && (self->data[1] & ~1) == kinds[i].kind)
      {
        self->big_endian = (self->data[1] & 1) == 0;
        self->version = kinds[i].version;
        self->parameters = kinds[i].parameters;
        self->delimited = kinds[i].delimited;
        self->max_align = self->version == 2 ? 4 : 8;
        self->position = self->origin = 4;
        return TRUE;
      }
  return fail (self, error, "the encapsulation 0x%02x%02x is not known", self->data[0], self->data[1]);
}

gboolean
quarry_message_decode_ros (QuarryMessage *message, const guint8 *data, gsize length, GError **error)
{
  Reader self = { .message = message, .data = data, .length = length, .max_align = 1, .version = 1,
                  .ros1 = message->type->encoding == QUARRY_ENCODING_ROS1 };

  if (!self.ros1 && !read_encapsulation (&self, error))
    return FALSE;
  if (!read_struct (&self, message->type->root, &message->root, error))
    return FALSE;
  if (self.position + (self.ros1 ? 0 : 7) < length)      /* CDR may be padded */
    return fail (&self, error, "%" G_GSIZE_FORMAT " bytes are left over: another definition", length - self.position);
  return TRUE;
}
