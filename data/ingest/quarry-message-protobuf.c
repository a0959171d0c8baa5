/* quarry-message-protobuf.c: FileDescriptorSet to types, and the wire format to trees
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * https://protobuf.dev/programming-guides/encoding/ and google/protobuf/descriptor.proto. What the definition does not know is
 * skipped. A field that is not on the wire has its default (0, "" or empty); a message or a field with presence is then absent.
 * Numbers of fixed size that come packed in one piece stay in place; others are laid out in the message's arena.
 */

#include "config.h"
#include "quarry-message-private.h"

#include <string.h>

#define MAX_VARINT 10      /* bytes */

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_GROUP = 3, WIRE_GROUP_END = 4, WIRE_32 = 5 };

/* FieldDescriptorProto.Type */
enum
{
  TYPE_DOUBLE = 1, TYPE_FLOAT, TYPE_INT64, TYPE_UINT64, TYPE_INT32, TYPE_FIXED64, TYPE_FIXED32, TYPE_BOOL, TYPE_STRING, TYPE_GROUP,
  TYPE_MESSAGE, TYPE_BYTES, TYPE_UINT32, TYPE_ENUM, TYPE_SFIXED32, TYPE_SFIXED64, TYPE_SINT32, TYPE_SINT64, N_TYPES
};

static const struct { const char *name; QuarryFieldKind kind; guint8 size; guint8 wire; gboolean zigzag; } types[N_TYPES] = {
  [TYPE_DOUBLE] = { "double", QUARRY_FIELD_FLOAT, 8, WIRE_64, FALSE },      [TYPE_FLOAT] = { "float", QUARRY_FIELD_FLOAT, 4, WIRE_32, FALSE },
  [TYPE_INT64] = { "int64", QUARRY_FIELD_INT, 8, WIRE_VARINT, FALSE },      [TYPE_UINT64] = { "uint64", QUARRY_FIELD_UINT, 8, WIRE_VARINT, FALSE },
  [TYPE_INT32] = { "int32", QUARRY_FIELD_INT, 4, WIRE_VARINT, FALSE },      [TYPE_FIXED64] = { "fixed64", QUARRY_FIELD_UINT, 8, WIRE_64, FALSE },
  [TYPE_FIXED32] = { "fixed32", QUARRY_FIELD_UINT, 4, WIRE_32, FALSE },     [TYPE_BOOL] = { "bool", QUARRY_FIELD_BOOL, 1, WIRE_VARINT, FALSE },
  [TYPE_STRING] = { "string", QUARRY_FIELD_STRING, 0, WIRE_BYTES, FALSE },  [TYPE_MESSAGE] = { "", QUARRY_FIELD_OBJECT, 0, WIRE_BYTES, FALSE },
  [TYPE_BYTES] = { "bytes", QUARRY_FIELD_BYTES, 1, WIRE_BYTES, FALSE },     [TYPE_UINT32] = { "uint32", QUARRY_FIELD_UINT, 4, WIRE_VARINT, FALSE },
  [TYPE_ENUM] = { "", QUARRY_FIELD_INT, 4, WIRE_VARINT, FALSE },            [TYPE_SFIXED32] = { "sfixed32", QUARRY_FIELD_INT, 4, WIRE_32, FALSE },
  [TYPE_SFIXED64] = { "sfixed64", QUARRY_FIELD_INT, 8, WIRE_64, FALSE },    [TYPE_SINT32] = { "sint32", QUARRY_FIELD_INT, 4, WIRE_VARINT, TRUE },
  [TYPE_SINT64] = { "sint64", QUARRY_FIELD_INT, 8, WIRE_VARINT, TRUE },
};

/* --- the wire ---------------------------------------------------------------------------------------------------- */

typedef struct { const guint8 *at, *end; } Wire;

typedef struct
{
  guint32 number;
  guint   wire;
  guint64 integer;       /* VARINT, 64, 32 */
  Wire    bytes;         /* BYTES; 64 and 32: the number itself */
} Item;

static gboolean
take_varint (Wire *self, guint64 *out)
{
  guint64 value = 0;

  for (guint shift = 0; shift < 7 * MAX_VARINT && self->at < self->end; shift += 7)
    {
      const guint8 byte = *self->at++;

      if (shift < 64)
        value |= (guint64) (byte & 0x7f) << shift;
      if (byte < 0x80)
        {
          *out = value;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
take_bytes (Wire *self, guint64 length, Wire *out)
{
  if (length > (guint64) (self->end - self->at))
    return FALSE;
  *out = (Wire) { self->at, self->at + length };
  self->at += length;
  return TRUE;
}

/* The next item; a group is passed over as a whole. Returns: FALSE where the bytes are no item */
static gboolean
take_item (Wire *self, Item *out)
{
  guint open = 0;

  do
    {
      guint64 key, length;

      if (!take_varint (self, &key) || (key >> 3) == 0 || (key >> 3) > 536870911)
        return FALSE;
      out->number = (guint32) (key >> 3);
      out->wire = (guint) (key & 7);
      switch (out->wire)
        {
        case WIRE_VARINT:
          if (!take_varint (self, &out->integer))
            return FALSE;
          break;
        case WIRE_64:
        case WIRE_32:
          if (!take_bytes (self, out->wire == WIRE_64 ? 8 : 4, &out->bytes))
            return FALSE;
          out->integer = (guint64) quarry_message_get_integer (out->bytes.at, out->wire == WIRE_64 ? 8 : 4, FALSE, FALSE);
          break;
        case WIRE_BYTES:
          if (!take_varint (self, &length) || !take_bytes (self, length, &out->bytes))
            return FALSE;
          break;
        case WIRE_GROUP:
          open++;
          break;
        case WIRE_GROUP_END:
          if (open-- == 0)
            return FALSE;
          break;
        default:
          return FALSE;
        }
      if (open > 0 && self->at >= self->end)
        return FALSE;
    }
  while (open > 0);
  return TRUE;
}

/* --- definitions ------------------------------------------------------------------------------------------------- */

static gboolean
fail_definition (GError **error, const char *what, const char *name)
{
  g_set_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_DEFINITION, "%s in the descriptor of '%s'", what, name);
  return FALSE;
}

static char *
dup_name (const Wire *bytes)
{
  return g_strndup ((const char *) bytes->at, (gsize) (bytes->end - bytes->at));
}

typedef struct
{
  char    *name, *type_name;      /* owned */
  guint64  number, label, type;
  gboolean in_oneof, proto3_optional;
} FieldDescriptor;

static void
field_descriptor_clear (FieldDescriptor *self)
{
  g_free (self->name);
  g_free (self->type_name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FieldDescriptor, field_descriptor_clear)

static gboolean
read_field_descriptor (Wire wire, FieldDescriptor *out)
{
  Item item = { 0 };

  while (wire.at < wire.end)
    {
      if (!take_item (&wire, &item))
        return FALSE;
      if ((item.number == 1 || item.number == 6) && item.wire == WIRE_BYTES)
        {
          char **name = item.number == 1 ? &out->name : &out->type_name;

          g_free (*name);
          *name = dup_name (&item.bytes);
        }
      else if (item.wire == WIRE_VARINT && item.number == 3)
        out->number = item.integer;
      else if (item.wire == WIRE_VARINT && item.number == 4)
        out->label = item.integer;
      else if (item.wire == WIRE_VARINT && item.number == 5)
        out->type = item.integer;
      else if (item.wire == WIRE_VARINT && item.number == 9)
        out->in_oneof = TRUE;
      else if (item.wire == WIRE_VARINT && item.number == 17)
        out->proto3_optional = item.integer != 0;
    }
  return out->name != NULL && out->number > 0 && out->number <= 536870911 && out->type < N_TYPES;
}

static gboolean
parse_field (QuarryMessageType *self, QuarryMessageStruct *structure, Wire wire, gboolean proto3, GError **error)
{
  g_auto(FieldDescriptor) descriptor = { 0, };
  QuarryMessageField field = { 0, };
  const char *type_name;

  if (!read_field_descriptor (wire, &descriptor))
    return fail_definition (error, "a broken field", structure->name);
  if (types[descriptor.type].name == NULL)      /* a group: passed over on the wire too */
    return TRUE;
  type_name = types[descriptor.type].name[0] != '\0' ? types[descriptor.type].name : descriptor.type_name != NULL ? descriptor.type_name : "";
  field.name = descriptor.name;
  field.type_name = type_name[0] == '.' ? type_name + 1 : type_name;
  field.kind = types[descriptor.type].kind;
  field.size = types[descriptor.type].size;
  field.wire = (guint8) descriptor.type;
  field.number = (guint32) descriptor.number;
  field.array = descriptor.label == 3 ? QUARRY_ARRAY_SEQUENCE : QUARRY_ARRAY_NONE;
  field.optional = descriptor.in_oneof || descriptor.proto3_optional || !proto3;
  quarry_message_type_add_field (self, structure, &field);
  return TRUE;
}

static int
compare_numbers (gconstpointer a, gconstpointer b, gpointer data)
{
  const QuarryMessageStruct *structure = data;
  const guint32 number_a = quarry_message_struct_field (structure, *(const guint32 *) a)->number;
  const guint32 number_b = quarry_message_struct_field (structure, *(const guint32 *) b)->number;

  return number_a < number_b ? -1 : number_a > number_b;
}

static void
sort_by_number (QuarryMessageStruct *structure)
{
  const guint n = structure->fields->len;

  structure->by_number = g_new (guint32, MAX (n, 1));
  for (guint i = 0; i < n; i++)
    structure->by_number[i] = i;
  g_qsort_with_data (structure->by_number, (int) n, sizeof (guint32), compare_numbers, structure);
}

/* The name, which may come after what it names */
static char *
find_name (Wire wire, const char *scope)
{
  Item item = { 0 };

  while (wire.at < wire.end && take_item (&wire, &item))
    if (item.number == 1 && item.wire == WIRE_BYTES)
      {
        g_autofree char *name = dup_name (&item.bytes);

        return scope[0] != '\0' ? g_strconcat (scope, ".", name, NULL) : g_steal_pointer (&name);
      }
  return NULL;
}

static gboolean
parse_message (QuarryMessageType *self, Wire wire, const char *scope, gboolean proto3, guint depth, GError **error)
{
  g_autofree char *name = find_name (wire, scope);
  QuarryMessageStruct *structure;
  Item item = { 0 };

  if (name == NULL || depth >= QUARRY_MESSAGE_MAX_DEPTH)
    return fail_definition (error, name == NULL ? "a message without a name" : "too many levels", scope);
  structure = quarry_message_type_add_struct (self, name);
  while (wire.at < wire.end)
    {
      if (!take_item (&wire, &item))
        return fail_definition (error, "a broken item", name);
      if (item.wire != WIRE_BYTES)
        continue;
      if (item.number == 2 && structure != NULL && !parse_field (self, structure, item.bytes, proto3, error))
        return FALSE;
      if (item.number == 3 && !parse_message (self, item.bytes, name, proto3, depth + 1, error))
        return FALSE;
    }
  if (structure != NULL)
    sort_by_number (structure);
  return TRUE;
}

static gboolean
parse_file (QuarryMessageType *self, Wire wire, GError **error)
{
  g_autofree char *package = NULL;
  gboolean proto3 = FALSE;
  Item item = { 0 };

  for (Wire first = wire; first.at < first.end;)      /* what is said of the file may come after its messages */
    {
      if (!take_item (&first, &item))
        return fail_definition (error, "a broken item", "a file");
      if (item.number == 2 && item.wire == WIRE_BYTES)
        {
          g_free (package);
          package = dup_name (&item.bytes);
        }
      if (item.number == 12 && item.wire == WIRE_BYTES)
        proto3 = item.bytes.end - item.bytes.at == 6 && memcmp (item.bytes.at, "proto3", 6) == 0;
    }
  while (wire.at < wire.end)
    if (take_item (&wire, &item) && item.number == 4 && item.wire == WIRE_BYTES &&
        !parse_message (self, item.bytes, package != NULL ? package : "", proto3, 0, error))
      return FALSE;
  return TRUE;
}

gboolean
quarry_message_parse_protobuf (QuarryMessageType *self, const guint8 *data, gsize length, GError **error)
{
  Wire wire = { data, length > 0 ? data + length : data };
  Item item = { 0 };

  if (length == 0)
    return fail_definition (error, "nothing", "the file");
  while (wire.at < wire.end)
    {
      if (!take_item (&wire, &item))
        return fail_definition (error, "a broken item", "the set of files");
      if (item.number == 1 && item.wire == WIRE_BYTES && !parse_file (self, item.bytes, error))
        return FALSE;
    }
  return TRUE;
}

/* --- messages ---------------------------------------------------------------------------------------------------- */

typedef struct
{
  QuarryMessage *message;
  const guint8  *data;
  guint          depth;
} Decoder;

/* What one field has on the wire */
typedef struct
{
  guint32 n;              /* elements of a repeated field */
  guint32 n_pieces;       /* items on the wire */
  guint32 filled;
} Tally;

static gboolean decode_struct (Decoder *self, const QuarryMessageStruct *structure, Wire wire, QuarryValue *out, GError **error);

static gboolean
fail (Decoder *self, GError **error, const guint8 *at, const QuarryMessageStruct *structure, const char *field, const char *what)
{
  g_set_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_BROKEN, "byte %" G_GSIZE_FORMAT ", '%s%s%s': %s",
               (gsize) (at - self->data), structure->name, field[0] != '\0' ? "." : "", field, what);
  return FALSE;
}

/* Returns: index; −1 where the definition does not know it. @hint: where to look first, as fields come in order */
static int
find_field (const QuarryMessageStruct *structure, guint32 number, guint *hint)
{
  guint low = 0;
  guint high = structure->fields->len;

  for (guint i = *hint; i < MIN (*hint + 2, high); i++)
    if (quarry_message_struct_field (structure, structure->by_number[i])->number == number)
      {
        *hint = i;
        return (int) structure->by_number[i];
      }
  while (low < high)
    {
      const guint middle = (low + high) / 2;
      const guint32 found = quarry_message_struct_field (structure, structure->by_number[middle])->number;

      if (found == number)
        {
          *hint = middle;
          return (int) structure->by_number[middle];
        }
      if (found < number)
        low = middle + 1;
      else
        high = middle;
    }
  return -1;
}

static gint64
to_integer (const QuarryMessageField *field, guint64 bits)
{
  if (types[field->wire].zigzag)
    bits = (bits >> 1) ^ (0 - (bits & 1));
  switch (field->kind)
    {
    case QUARRY_FIELD_BOOL:
      return bits != 0;
    case QUARRY_FIELD_INT:
      return field->size == 4 ? (gint32) (guint32) bits : (gint64) bits;
    default:
      return field->size == 4 ? (gint64) (guint32) bits : (gint64) bits;
    }
}

static void
set_number (const QuarryMessageField *field, guint64 bits, QuarryValue *out)
{
  if (field->kind == QUARRY_FIELD_FLOAT)
    {
      guint8 bytes[8];

      for (guint i = 0; i < 8; i++)
        bytes[i] = (guint8) (bits >> (8 * i));
      out->kind = QUARRY_VALUE_FLOAT;
      out->number = quarry_message_get_float (bytes, field->size, FALSE);
      return;
    }
  out->integer = to_integer (field, bits);
  out->number = field->kind == QUARRY_FIELD_UINT ? (double) (guint64) out->integer : (double) out->integer;
  out->kind = field->kind == QUARRY_FIELD_BOOL ? QUARRY_VALUE_BOOL
              : field->kind == QUARRY_FIELD_INT ? QUARRY_VALUE_INT : QUARRY_VALUE_UINT;
}

/* google.protobuf.Timestamp and .Duration: seconds and nanos as varints. Returns: FALSE where they fit in no 64 bits */
static gboolean
decode_time (Wire wire, QuarryValue *out)
{
  gint64 seconds = 0;
  gint32 ns = 0;
  Item item = { 0 };

  while (wire.at < wire.end)
    {
      if (!take_item (&wire, &item))
        return FALSE;
      if (item.wire == WIRE_VARINT && item.number == 1)
        seconds = (gint64) item.integer;
      if (item.wire == WIRE_VARINT && item.number == 2)
        ns = (gint32) (guint32) item.integer;
    }
  if (seconds > 9000000000 || seconds < -9000000000)
    return FALSE;
  out->integer = seconds * QUARRY_NS_PER_S + ns;
  out->number = (double) out->integer / 1e9;
  return TRUE;
}

/* One value that is no member of a packed array */
static gboolean
decode_one (Decoder *self, const QuarryMessageStruct *structure, const QuarryMessageField *field, const Item *item, QuarryValue *out,
            GError **error)
{
  switch (field->kind)
    {
    case QUARRY_FIELD_STRING:
      out->kind = QUARRY_VALUE_STRING;
      out->data = item->bytes.at;
      out->length = (gsize) (item->bytes.end - item->bytes.at);
      return TRUE;
    case QUARRY_FIELD_BYTES:
      out->kind = QUARRY_VALUE_NUMBERS;
      out->data = item->bytes.at;
      out->n = out->length = (gsize) (item->bytes.end - item->bytes.at);
      out->type = 'u';
      out->size = 1;
      return TRUE;
    case QUARRY_FIELD_TIME:
    case QUARRY_FIELD_DURATION:
      out->kind = field->kind == QUARRY_FIELD_TIME ? QUARRY_VALUE_TIME : QUARRY_VALUE_DURATION;
      return decode_time (item->bytes, out) || fail (self, error, item->bytes.at, structure, field->name, "no time");
    case QUARRY_FIELD_OBJECT:
      return decode_struct (self, field->object, item->bytes, out, error);
    default:
      set_number (field, item->integer, out);
      return TRUE;
    }
}

/* Elements of a piece of a packed array. Returns: −1 broken */
static gint64
count_packed (const QuarryMessageField *field, const Wire *bytes)
{
  const gsize length = (gsize) (bytes->end - bytes->at);
  gint64 n = 0;
  guint run = 0;

  if (types[field->wire].wire != WIRE_VARINT)
    return length % field->size == 0 ? (gint64) (length / field->size) : -1;
  for (const guint8 *at = bytes->at; at < bytes->end; at++)
    {
      n += *at < 0x80;
      run = *at < 0x80 ? 0 : run + 1;
      if (run >= MAX_VARINT)
        return -1;
    }
  return length == 0 || bytes->end[-1] < 0x80 ? n : -1;
}

static gboolean
is_number (const QuarryMessageField *field)
{
  return field->kind <= QUARRY_FIELD_FLOAT;
}

/* What every field has, so that arrays are made in one piece */
static gboolean
count_fields (Decoder *self, const QuarryMessageStruct *structure, Wire wire, Tally *tallies, GError **error)
{
  guint hint = 0;
  Item item = { 0 };

  while (wire.at < wire.end)
    {
      const guint8 *at = wire.at;
      const QuarryMessageField *field;
      int index;
      gint64 n = 1;

      if (!take_item (&wire, &item))
        return fail (self, error, at, structure, "", "no field begins here");
      index = find_field (structure, item.number, &hint);
      if (index < 0)
        continue;
      field = quarry_message_struct_field (structure, (guint) index);
      if (is_number (field) && field->array == QUARRY_ARRAY_SEQUENCE && item.wire == WIRE_BYTES)
        n = count_packed (field, &item.bytes);
      else if (item.wire != types[field->wire].wire)
        return fail (self, error, at, structure, field->name, "another type on the wire than in the definition");
      if (n < 0)
        return fail (self, error, at, structure, field->name, "a broken array");
      tallies[index].n = (guint32) MIN (tallies[index].n + (guint64) n, G_MAXUINT32);
      tallies[index].n_pieces++;
    }
  return TRUE;
}

/* An empty value of every field that has one without being on the wire, room for arrays */
static gboolean
prepare_members (Decoder *self, const QuarryMessageStruct *structure, const Tally *tallies, QuarryValue *members, GError **error)
{
  for (guint i = 0; i < structure->fields->len; i++)
    {
      const QuarryMessageField *field = quarry_message_struct_field (structure, i);
      QuarryValue *value = &members[i];

      *value = (QuarryValue) { .name = field->name };
      if (field->array != QUARRY_ARRAY_SEQUENCE)
        {
          if (is_number (field))
            set_number (field, 0, value);
          else
            value->kind = field->kind == QUARRY_FIELD_BYTES ? QUARRY_VALUE_NUMBERS : QUARRY_VALUE_STRING;
          if (field->kind == QUARRY_FIELD_BYTES)
            value->size = 1;
          value->type = field->kind == QUARRY_FIELD_BYTES ? 'u' : value->type;
          continue;
        }
      value->kind = is_number (field) ? QUARRY_VALUE_NUMBERS : QUARRY_VALUE_LIST;
      value->size = is_number (field) ? field->size : 0;
      value->type = !is_number (field) ? 0 : field->kind == QUARRY_FIELD_FLOAT ? 'f' : field->kind == QUARRY_FIELD_INT ? 'i' : 'u';
      if (tallies[i].n == 0)
        continue;
      if (!is_number (field))
        value->members = quarry_message_alloc (self->message, tallies[i].n, sizeof (QuarryValue));
      else if (types[field->wire].wire == WIRE_VARINT || tallies[i].n_pieces > 1)
        {
          value->data = quarry_message_alloc (self->message, tallies[i].n, field->size);
          value->big_endian = G_BYTE_ORDER == G_BIG_ENDIAN;
        }
      if (value->members == NULL && value->data == NULL && (!is_number (field) || types[field->wire].wire == WIRE_VARINT || tallies[i].n_pieces > 1))
        return quarry_message_set_too_big (self->message, error);
    }
  return TRUE;
}

/* Appends a number to an array in the arena */
static void
append_number (const QuarryMessageField *field, guint64 bits, QuarryValue *value)
{
  guint8 *to = (guint8 *) value->data + value->n * field->size;
  const guint64 stored = field->kind == QUARRY_FIELD_FLOAT ? bits : (guint64) to_integer (field, bits);

  for (guint i = 0; i < field->size; i++)
    to[value->big_endian ? field->size - 1u - i : i] = (guint8) (stored >> (8 * i));
  value->n++;
  value->length += field->size;
}

static void
append_packed (const QuarryMessageField *field, Wire bytes, guint32 n_pieces, QuarryValue *value)
{
  const gboolean varint = types[field->wire].wire == WIRE_VARINT;

  if (!varint && n_pieces == 1)
    {
      value->data = bytes.at;
      value->length = (gsize) (bytes.end - bytes.at);
      value->n = value->length / field->size;
      return;
    }
  while (bytes.at < bytes.end)
    {
      guint64 bits;

      if (!varint)
        {
          bits = (guint64) quarry_message_get_integer (bytes.at, field->size, FALSE, FALSE);
          bytes.at += field->size;
        }
      else if (!take_varint (&bytes, &bits))
        return;
      append_number (field, bits, value);
    }
}

static gboolean
decode_item (Decoder *self, const QuarryMessageStruct *structure, const QuarryMessageField *field, const Item *item, const Tally *tally,
             QuarryValue *value, GError **error)
{
  if (field->array != QUARRY_ARRAY_SEQUENCE)
    {
      *value = (QuarryValue) { .name = field->name };
      return decode_one (self, structure, field, item, value, error);
    }
  if (!is_number (field))
    {
      value->members[value->length] = (QuarryValue) { .name = NULL };
      return decode_one (self, structure, field, item, &value->members[value->length++], error);
    }
  if (item->wire == WIRE_BYTES)
    append_packed (field, item->bytes, tally->n_pieces, value);
  else if (tally->n_pieces == 1 && types[field->wire].wire != WIRE_VARINT)
    append_packed (field, item->bytes, 1, value);
  else
    append_number (field, item->integer, value);
  return TRUE;
}

static gboolean
has_presence (const QuarryMessageField *field)
{
  return field->array != QUARRY_ARRAY_SEQUENCE &&
         (field->optional || field->kind == QUARRY_FIELD_OBJECT || field->kind == QUARRY_FIELD_TIME || field->kind == QUARRY_FIELD_DURATION);
}

static gboolean
decode_struct (Decoder *self, const QuarryMessageStruct *structure, Wire wire, QuarryValue *out, GError **error)
{
  const guint n = structure->fields->len;
  Tally *tallies;
  QuarryValue *members;
  guint hint = 0;
  guint kept = 0;
  Item item = { 0 };

  if (self->depth >= QUARRY_MESSAGE_MAX_DEPTH)
    return fail (self, error, wire.at, structure, "", "nested too deep");
  tallies = quarry_message_alloc (self->message, n, sizeof *tallies);
  members = quarry_message_alloc (self->message, n, sizeof *members);
  if (tallies == NULL || members == NULL)
    return quarry_message_set_too_big (self->message, error);
  if (n > 0)
    memset (tallies, 0, n * sizeof *tallies);
  if (!count_fields (self, structure, wire, tallies, error) || !prepare_members (self, structure, tallies, members, error))
    return FALSE;
  self->depth++;
  while (wire.at < wire.end && take_item (&wire, &item))
    {
      const int index = find_field (structure, item.number, &hint);

      if (index >= 0 && !decode_item (self, structure, quarry_message_struct_field (structure, (guint) index), &item, &tallies[index],
                                      &members[index], error))
        return FALSE;
    }
  self->depth--;
  for (guint i = 0; i < n; i++)
    if (tallies[i].n_pieces > 0 || !has_presence (quarry_message_struct_field (structure, i)))
      members[kept++] = members[i];
  out->kind = QUARRY_VALUE_OBJECT;
  out->members = members;
  out->length = kept;
  return TRUE;
}

gboolean
quarry_message_decode_protobuf (QuarryMessage *message, const guint8 *data, gsize length, GError **error)
{
  Decoder self = { .message = message, .data = data };

  return decode_struct (&self, message->type->root, (Wire) { data, data + length }, &message->root, error);
}
