/* quarry-message-private.h: what the parsers of definitions and the decoders share
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   text, descriptor → QuarryMessageStruct and its fields (a type)      one parser a schema encoding
 *   type + bytes     → QuarryValue in the message's arena               one decoder an encoding
 */

#pragma once

#include "quarry-message.h"

G_BEGIN_DECLS

#define QUARRY_MESSAGE_MAX_DEPTH   64
#define QUARRY_MESSAGE_MAX_SCHEMA  (4 * 1024 * 1024)        /* bytes; the largest of ROS are some 50 KiB */
#define QUARRY_MESSAGE_ALLOWANCE   (32 * 1024 * 1024)       /* bytes a tree may take beside four times its message */

typedef enum
{
  QUARRY_FIELD_BOOL, QUARRY_FIELD_INT, QUARRY_FIELD_UINT, QUARRY_FIELD_FLOAT,
  QUARRY_FIELD_STRING, QUARRY_FIELD_WSTRING, QUARRY_FIELD_TIME, QUARRY_FIELD_DURATION,
  QUARRY_FIELD_BYTES,        /* protobuf */
  QUARRY_FIELD_OBJECT,
} QuarryFieldKind;

typedef enum { QUARRY_ARRAY_NONE, QUARRY_ARRAY_FIXED, QUARRY_ARRAY_SEQUENCE } QuarryFieldArray;

typedef struct _QuarryMessageStruct QuarryMessageStruct;

typedef struct
{
  const char          *name;          /* this and type_name live as long as the type */
  const char          *type_name;     /* as it is listed; of objects the name that is looked up */
  QuarryMessageStruct *object;        /* OBJECT: after resolving */
  QuarryFieldKind      kind;
  QuarryFieldArray     array;
  guint8               size;          /* bytes of one number on the wire; protobuf: in the tree */
  guint8               wire;          /* protobuf: type of the field's descriptor */
  gboolean             optional;      /* may be absent */
  guint32              count;         /* FIXED: how many; SEQUENCE: at most, 0 any */
  guint32              bound;         /* strings: bytes at most, 0 any */
  guint32              number;        /* protobuf: field number; IDL: member id */
  guint                line;          /* of the definition */
} QuarryMessageField;

typedef enum { QUARRY_STRUCT_FINAL, QUARRY_STRUCT_APPENDABLE, QUARRY_STRUCT_MUTABLE } QuarryStructKind;

struct _QuarryMessageStruct
{
  const char      *name;              /* "sensor_msgs/Image", "foxglove.PointCloud" */
  GArray          *fields;            /* QuarryMessageField */
  QuarryStructKind kind;              /* of IDL */
  gsize            min_size;          /* bytes that one takes at least, alignment not counted */
  guint8           state;             /* of resolving: 0 not seen, 1 in work, 2 done */
  guint8           depth;             /* of the objects below */
  guint32         *by_number;         /* protobuf: indexes of fields, sorted by number */
};

typedef enum
{
  QUARRY_ENCODING_ROS1, QUARRY_ENCODING_CDR, QUARRY_ENCODING_PROTOBUF, QUARRY_ENCODING_JSON,
} QuarryMessageEncoding;

struct _QuarryMessageType
{
  gatomicrefcount       ref_count;
  QuarryMessageEncoding encoding;
  GStringChunk         *strings;
  GPtrArray            *structs;      /* owned */
  GHashTable           *by_name;      /* name → QuarryMessageStruct */
  QuarryMessageStruct  *root;         /* NULL: json */
  gpointer              json_schema;  /* json_t, nullable */
};

typedef struct _QuarryMessageBlock QuarryMessageBlock;

struct _QuarryMessage
{
  QuarryMessageType  *type;           /* holds the names */
  QuarryMessageBlock *blocks;
  guint8             *next;           /* free memory of the newest block */
  gsize               left;
  gsize               allocated, budget;
  QuarryValue         root;
  guint64             first[400];     /* most messages need no other memory */
};

/* quarry-message.c */
gpointer             quarry_message_alloc            (QuarryMessage        *self,          /* NULL: beyond the budget */
                                                      gsize                 n,
                                                      gsize                 size);
gboolean             quarry_message_set_too_big      (QuarryMessage        *self,          /* returns FALSE */
                                                      GError              **error);
char                *quarry_message_canonical_name   (const char           *name);         /* "sensor_msgs/msg/Image" → "sensor_msgs/Image" */
QuarryMessageStruct *quarry_message_type_add_struct  (QuarryMessageType    *self,          /* @name is copied; NULL: it is there already */
                                                      const char           *name);
void                 quarry_message_type_add_field   (QuarryMessageType    *self,
                                                      QuarryMessageStruct  *structure,
                                                      const QuarryMessageField *field);    /* its strings are copied */

/* one a schema encoding: adds structs, does not resolve them */
gboolean             quarry_message_parse_ros        (QuarryMessageType    *self,
                                                      const char           *root,          /* canonical name of the first definition */
                                                      const char           *text,
                                                      gsize                 length,
                                                      GError              **error);
gboolean             quarry_message_parse_idl        (QuarryMessageType    *self,
                                                      const char           *text,
                                                      gsize                 length,
                                                      GError              **error);
gboolean             quarry_message_parse_protobuf   (QuarryMessageType    *self,
                                                      const guint8         *data,
                                                      gsize                 length,
                                                      GError              **error);
gboolean             quarry_message_parse_jsonschema (QuarryMessageType    *self,
                                                      const char           *text,
                                                      gsize                 length,
                                                      GError              **error);
void                 quarry_message_free_jsonschema  (QuarryMessageType    *self);
void                 quarry_message_list_jsonschema  (QuarryMessageType    *self,
                                                      GPtrArray            *lines);
const char          *quarry_message_find_builtin     (const char           *name,          /* canonical; nullable */
                                                      gboolean              ros1);

/* one an encoding: fills the root */
gboolean             quarry_message_decode_ros       (QuarryMessage        *self,          /* ROS 1 and CDR */
                                                      const guint8         *data,
                                                      gsize                 length,
                                                      GError              **error);
gboolean             quarry_message_decode_protobuf  (QuarryMessage        *self,
                                                      const guint8         *data,
                                                      gsize                 length,
                                                      GError              **error);
gboolean             quarry_message_decode_json      (QuarryMessage        *self,
                                                      const guint8         *data,
                                                      gsize                 length,
                                                      GError              **error);

static inline QuarryMessageField *
quarry_message_struct_field (const QuarryMessageStruct *self, guint i)
{
  return &g_array_index (self->fields, QuarryMessageField, i);
}

/* An integer of @size bytes; @data need not be aligned. INT comes sign-extended */
static inline gint64
quarry_message_get_integer (const guint8 *data, guint size, gboolean is_signed, gboolean big_endian)
{
  guint64 bits = 0;

  for (guint i = 0; i < size; i++)
    bits |= (guint64) data[big_endian ? size - 1 - i : i] << (8 * i);
  if (is_signed && size < 8 && (bits >> (8 * size - 1)) != 0)
    bits |= ~G_GUINT64_CONSTANT (0) << (8 * size);
  return (gint64) bits;
}

double quarry_message_get_float (const guint8 *data, guint size, gboolean big_endian);

G_END_DECLS
