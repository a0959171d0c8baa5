/* quarry-message.c: types, and the memory of the trees that are decoded by them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-message.h"
#include "quarry-message-private.h"

#include <string.h>

#define MAX_LISTED  4096            /* lines of fields */
#define BLOCK_SIZE  (64 * 1024)     /* bytes */

G_DEFINE_QUARK (quarry-message-error-quark, quarry_message_error)

struct _QuarryMessageBlock
{
  QuarryMessageBlock *next;
  guint64             bytes[];
};

/* --- the arena --------------------------------------------------------------------------------------------------- */

/* Returns: (nullable): memory that is not cleared, aligned for anything, freed with the message */
gpointer
quarry_message_alloc (QuarryMessage *self, gsize n, gsize size)
{
  gpointer memory;
  gsize bytes;

  if (size != 0 && n > self->budget / size)
    return NULL;
  bytes = (n * size + 7) & ~(gsize) 7;
  if (bytes > self->left)
    {
      const gsize block_size = MAX (bytes, BLOCK_SIZE);
      QuarryMessageBlock *block;

      if (block_size > self->budget - MIN (self->allocated, self->budget))
        return NULL;
      block = g_try_malloc (sizeof (QuarryMessageBlock) + block_size);
      if (block == NULL)
        return NULL;
      block->next = self->blocks;
      self->blocks = block;
      self->allocated += block_size;
      self->next = (guint8 *) block->bytes;
      self->left = block_size;
    }
  memory = self->next;
  self->next += bytes;
  self->left -= bytes;
  return memory;
}

gboolean
quarry_message_set_too_big (QuarryMessage *self, GError **error)
{
  g_set_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_UNSUPPORTED,
               "the message takes more than %" G_GSIZE_FORMAT " MiB when decoded", self->budget / (1024 * 1024));
  return FALSE;
}

void
quarry_message_free (QuarryMessage *self)
{
  if (self == NULL)
    return;
  while (self->blocks != NULL)
    {
      QuarryMessageBlock *block = self->blocks;

      self->blocks = block->next;
      g_free (block);
    }
  quarry_message_type_unref (self->type);
  g_free (self);
}

const QuarryValue *
quarry_message_get_root (QuarryMessage *self)
{
  return &self->root;
}

/**
 * quarry_message_decode:
 * @data: stays the caller's and must outlive the message: values point into it
 *
 * The tree takes at most four times @length and a constant; what would need more is refused.
 *
 * Returns: (transfer full): NULL with @error naming byte and field
 */
QuarryMessage *
quarry_message_decode (QuarryMessageType *type, const guint8 *data, gsize length, GError **error)
{
  g_autoptr(QuarryMessage) self = g_malloc (sizeof (QuarryMessage));
  gboolean ok = FALSE;

  memset (self, 0, G_STRUCT_OFFSET (QuarryMessage, first));
  self->type = quarry_message_type_ref (type);
  self->next = (guint8 *) self->first;
  self->left = sizeof self->first;
  self->budget = QUARRY_MESSAGE_ALLOWANCE + (length > G_MAXSIZE / 8 ? 0 : 4 * length);
  switch (type->encoding)
    {
    case QUARRY_ENCODING_ROS1:
    case QUARRY_ENCODING_CDR:
      ok = quarry_message_decode_ros (self, data, length, error);
      break;
    case QUARRY_ENCODING_PROTOBUF:
      ok = quarry_message_decode_protobuf (self, data, length, error);
      break;
    case QUARRY_ENCODING_JSON:
      ok = quarry_message_decode_json (self, data, length, error);
      break;
    }
  return ok ? g_steal_pointer (&self) : NULL;
}

/* --- types ------------------------------------------------------------------------------------------------------- */

/* "sensor_msgs/msg/Image", "sensor_msgs::msg::Image" and DDS's "sensor_msgs::msg::dds_::Image_" are all "sensor_msgs/Image" */
char *
quarry_message_canonical_name (const char *name)
{
  g_auto(GStrv) colons = g_strsplit (name, "::", -1);
  g_autofree char *slashed = g_strjoinv ("/", colons);
  g_auto(GStrv) parts = g_strsplit (slashed, "/", -1);
  const guint n = g_strv_length (parts);
  GString *canonical = g_string_new (NULL);
  gboolean dds = FALSE;

  for (guint i = 0; i < n; i++)
    {
      const gboolean middle = i > 0 && i + 1 < n;

      if (middle && g_str_equal (parts[i], "dds_"))
        dds = TRUE;
      if (middle && (g_str_equal (parts[i], "msg") || g_str_equal (parts[i], "srv") || g_str_equal (parts[i], "action") ||
                     g_str_equal (parts[i], "dds_")))
        continue;
      if (canonical->len > 0)
        g_string_append_c (canonical, '/');
      g_string_append (canonical, parts[i]);
    }
  if (dds && canonical->len > 0 && canonical->str[canonical->len - 1] == '_')
    g_string_truncate (canonical, canonical->len - 1);
  return g_string_free (canonical, FALSE);
}

static void
struct_free (gpointer data)
{
  QuarryMessageStruct *self = data;

  g_array_unref (self->fields);
  g_free (self->by_number);
  g_free (self);
}

QuarryMessageStruct *
quarry_message_type_add_struct (QuarryMessageType *self, const char *name)
{
  QuarryMessageStruct *structure;

  if (g_hash_table_contains (self->by_name, name))
    return NULL;
  structure = g_new0 (QuarryMessageStruct, 1);
  structure->name = g_string_chunk_insert_const (self->strings, name);
  structure->fields = g_array_new (FALSE, FALSE, sizeof (QuarryMessageField));
  g_ptr_array_add (self->structs, structure);
  g_hash_table_insert (self->by_name, (gpointer) structure->name, structure);
  return structure;
}

void
quarry_message_type_add_field (QuarryMessageType *self, QuarryMessageStruct *structure, const QuarryMessageField *field)
{
  QuarryMessageField copy = *field;

  copy.name = g_string_chunk_insert_const (self->strings, field->name);
  copy.type_name = g_string_chunk_insert_const (self->strings, field->type_name);
  g_array_append_val (structure->fields, copy);
}

/* Bytes that a field takes at least on the wire; saturated */
static gsize
find_min_size (const QuarryMessageType *self, const QuarryMessageField *field)
{
  gsize one = field->size;

  if (self->encoding == QUARRY_ENCODING_PROTOBUF || field->optional)
    return 0;
  if (field->array == QUARRY_ARRAY_SEQUENCE)
    return 4;
  if (field->kind == QUARRY_FIELD_STRING || field->kind == QUARRY_FIELD_WSTRING)
    one = 4;
  else if (field->kind == QUARRY_FIELD_OBJECT)
    one = field->object->min_size;
  if (field->array == QUARRY_ARRAY_FIXED)
    return one > 0 && field->count > G_MAXUINT32 / one ? G_MAXUINT32 : one * field->count;
  return one;
}

static gboolean resolve_struct (QuarryMessageType *self, QuarryMessageStruct *structure, guint depth, GError **error);

static gboolean
resolve_field (QuarryMessageType *self, QuarryMessageStruct *structure, guint i, guint depth, GError **error)
{
  QuarryMessageField *field = quarry_message_struct_field (structure, i);
  const gboolean ros1 = self->encoding == QUARRY_ENCODING_ROS1;
  const gboolean protobuf = self->encoding == QUARRY_ENCODING_PROTOBUF;
  const char *stamp = protobuf ? "google.protobuf.Timestamp" : "builtin_interfaces/Time";
  const char *duration = protobuf ? "google.protobuf.Duration" : "builtin_interfaces/Duration";

  if (field->kind != QUARRY_FIELD_OBJECT)
    return TRUE;
  if (g_str_equal (field->type_name, stamp) || g_str_equal (field->type_name, duration))
    {
      field->kind = g_str_equal (field->type_name, stamp) ? QUARRY_FIELD_TIME : QUARRY_FIELD_DURATION;
      field->type_name = field->kind == QUARRY_FIELD_TIME ? "time" : "duration";
      field->size = 8;
      return TRUE;
    }
  field->object = g_hash_table_lookup (self->by_name, field->type_name);
  if (field->object == NULL && !protobuf)
    {
      const char *text = quarry_message_find_builtin (field->type_name, ros1);

      if (text != NULL && !quarry_message_parse_ros (self, field->type_name, text, strlen (text), error))
        return FALSE;
      field->object = g_hash_table_lookup (self->by_name, field->type_name);
    }
  if (field->object == NULL)
    {
      g_set_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_DEFINITION,
                   "'%s' of '%s' has the type '%s', which is not defined", field->name, structure->name, field->type_name);
      return FALSE;
    }
  return resolve_struct (self, field->object, depth + 1, error);
}

/* Finds the structs of fields, how deep they go and their least sizes; refuses circles, which only protobuf can have */
static gboolean
resolve_struct (QuarryMessageType *self, QuarryMessageStruct *structure, guint depth, GError **error)
{
  const gboolean protobuf = self->encoding == QUARRY_ENCODING_PROTOBUF;
  gsize size = 0;
  guint below = 0;

  if (structure->state == 2 || (structure->state == 1 && protobuf))
    return TRUE;
  if (structure->state == 1 || (depth >= QUARRY_MESSAGE_MAX_DEPTH && !protobuf) || depth > 8 * QUARRY_MESSAGE_MAX_DEPTH)
    {
      g_set_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_DEFINITION,
                   structure->state == 1 ? "'%s' contains itself" : "'%s' is nested too deep", structure->name);
      return FALSE;
    }
  structure->state = 1;
  for (guint i = 0; i < structure->fields->len; i++)
    {
      QuarryMessageField *field;

      if (!resolve_field (self, structure, i, depth, error))
        return FALSE;
      field = quarry_message_struct_field (structure, i);
      if (field->object != NULL)
        below = MAX (below, field->object->depth + 1u);
      size = MIN (size + find_min_size (self, field), G_MAXUINT32);
    }
  if (!protobuf && below >= QUARRY_MESSAGE_MAX_DEPTH)
    {
      g_set_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_DEFINITION, "'%s' is nested too deep", structure->name);
      return FALSE;
    }
  structure->depth = (guint8) MIN (below, G_MAXUINT8 - 1);
  structure->min_size = structure->kind == QUARRY_STRUCT_FINAL ? size : 0;
  structure->state = 2;
  return TRUE;
}

static gboolean
parse_encoding (const char *encoding, QuarryMessageEncoding *out_encoding, GError **error)
{
  static const char * const names[] = { "ros1", "cdr", "protobuf", "json" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (names[i], encoding) == 0)
      {
        *out_encoding = i;
        return TRUE;
      }
  g_set_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_UNSUPPORTED, "messages in '%s' are not decoded",
               encoding != NULL ? encoding : "");
  return FALSE;
}

/* Reads the definition, or takes the one that is built in */
static gboolean
parse_definition (QuarryMessageType *self, const char *root, const char *schema_encoding, GBytes *schema, GError **error)
{
  gsize length = 0;
  const char *text = schema != NULL ? g_bytes_get_data (schema, &length) : NULL;
  const gboolean empty = text == NULL || (length == 0 && schema_encoding[0] == '\0');

  if (length > QUARRY_MESSAGE_MAX_SCHEMA)
    {
      g_set_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_UNSUPPORTED,
                   "a definition of %" G_GSIZE_FORMAT " bytes is not read", length);
      return FALSE;
    }
  if (self->encoding == QUARRY_ENCODING_JSON)
    return empty || length == 0 || !g_str_equal (schema_encoding, "jsonschema") ||
           quarry_message_parse_jsonschema (self, text, length, error);
  if (self->encoding == QUARRY_ENCODING_PROTOBUF)
    return quarry_message_parse_protobuf (self, (const guint8 *) text, length, error);
  if (empty || (length == 0 && quarry_message_find_builtin (root, self->encoding == QUARRY_ENCODING_ROS1) != NULL))
    {
      text = quarry_message_find_builtin (root, self->encoding == QUARRY_ENCODING_ROS1);
      if (text != NULL)
        return quarry_message_parse_ros (self, root, text, strlen (text), error);
      g_set_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_DEFINITION,
                   "no definition of '%s' travels with the messages, and none is built in", root);
      return FALSE;
    }
  if (g_str_equal (schema_encoding, "ros2idl") || g_str_equal (schema_encoding, "omgidl"))
    return quarry_message_parse_idl (self, text, length, error);
  if (g_str_equal (schema_encoding, "ros1msg") || g_str_equal (schema_encoding, "ros2msg") || schema_encoding[0] == '\0')
    return quarry_message_parse_ros (self, root, text, length, error);
  g_set_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_UNSUPPORTED, "definitions in '%s' are not read", schema_encoding);
  return FALSE;
}

/**
 * quarry_message_type_new:
 *
 * Returns: (transfer full): NULL with @error where the definition cannot be understood; a type of json needs none
 */
QuarryMessageType *
quarry_message_type_new (const char *type, const char *encoding, const char *schema_encoding, GBytes *schema, GError **error)
{
  g_autoptr(QuarryMessageType) self = g_new0 (QuarryMessageType, 1);
  g_autofree char *root = NULL;

  g_atomic_ref_count_init (&self->ref_count);
  self->strings = g_string_chunk_new (1024);
  self->structs = g_ptr_array_new_with_free_func (struct_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  if (!parse_encoding (encoding, &self->encoding, error))
    return NULL;
  root = self->encoding == QUARRY_ENCODING_PROTOBUF ? g_strdup (type) : quarry_message_canonical_name (type);
  if (!parse_definition (self, root, schema_encoding != NULL ? schema_encoding : "", schema, error))
    return NULL;
  if (self->encoding == QUARRY_ENCODING_JSON)
    return g_steal_pointer (&self);
  self->root = g_hash_table_lookup (self->by_name, root);
  if (self->root == NULL)
    {
      g_set_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_DEFINITION, "the definition has no '%s'", root);
      return NULL;
    }
  return resolve_struct (self, self->root, 0, error) ? g_steal_pointer (&self) : NULL;
}

QuarryMessageType *
quarry_message_type_ref (QuarryMessageType *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
quarry_message_type_unref (QuarryMessageType *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  quarry_message_free_jsonschema (self);
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->structs);
  g_string_chunk_free (self->strings);
  g_free (self);
}

/* --- what a type has --------------------------------------------------------------------------------------------- */

static char *
describe_field (const char *prefix, const QuarryMessageField *field)
{
  switch (field->array)
    {
    case QUARRY_ARRAY_FIXED:
      return g_strdup_printf ("%s%s: %s[%u]", prefix, field->name, field->type_name, field->count);
    case QUARRY_ARRAY_SEQUENCE:
      return field->count > 0 ? g_strdup_printf ("%s%s: %s[<=%u]", prefix, field->name, field->type_name, field->count)
                              : g_strdup_printf ("%s%s: %s[]", prefix, field->name, field->type_name);
    case QUARRY_ARRAY_NONE:
    default:
      return g_strdup_printf ("%s%s: %s", prefix, field->name, field->type_name);
    }
}

static void
list_struct (const QuarryMessageStruct *structure, const char *prefix, guint depth, GPtrArray *lines)
{
  for (guint i = 0; i < structure->fields->len && lines->len < MAX_LISTED; i++)
    {
      const QuarryMessageField *field = quarry_message_struct_field (structure, i);
      g_autofree char *below = NULL;

      if (field->kind != QUARRY_FIELD_OBJECT || field->object->fields->len == 0 || depth >= 16)
        {
          g_ptr_array_add (lines, describe_field (prefix, field));
          continue;
        }
      below = g_strconcat (prefix, field->name, field->array != QUARRY_ARRAY_NONE ? "[]." : ".", NULL);
      list_struct (field->object, below, depth + 1, lines);
    }
}

/**
 * quarry_message_type_list_fields:
 *
 * Returns: (transfer full): a line a leaf, depth first: "header.stamp: time", "transforms[].child_frame_id: string"; of json
 *   what its schema promises. Lists of some thousand lines are cut.
 */
char **
quarry_message_type_list_fields (QuarryMessageType *self)
{
  GPtrArray *lines = g_ptr_array_new ();

  if (self->root != NULL)
    list_struct (self->root, "", 0, lines);
  else
    quarry_message_list_jsonschema (self, lines);
  g_ptr_array_add (lines, NULL);
  return (char **) g_ptr_array_free (lines, FALSE);
}
