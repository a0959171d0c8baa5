/* quarry-message.h: messages decoded by the definition that travels with them
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * ROS 1 serialization, CDR (plain and parameter-list headers, both endians) with ros2msg or ros2idl, protobuf with a FileDescriptorSet,
 * and JSON all become the same tree, so that what reads a type reads it from every encoding. Arrays of numbers and byte strings
 * stay where they are: a value points into the message. A type is immutable and may be used by several threads.
 */

#pragma once

#include "quarry-types.h"

G_BEGIN_DECLS

#define QUARRY_MESSAGE_ERROR (quarry_message_error_quark ())
typedef enum
{
  QUARRY_MESSAGE_ERROR_DEFINITION,    /* the definition cannot be understood; names line and column */
  QUARRY_MESSAGE_ERROR_BROKEN,        /* the message does not fit its definition; names byte and field */
  QUARRY_MESSAGE_ERROR_UNSUPPORTED,
} QuarryMessageError;
GQuark quarry_message_error_quark (void);

typedef enum
{
  QUARRY_VALUE_BOOL, QUARRY_VALUE_INT, QUARRY_VALUE_UINT, QUARRY_VALUE_FLOAT,
  QUARRY_VALUE_STRING, QUARRY_VALUE_TIME, QUARRY_VALUE_DURATION,
  QUARRY_VALUE_NUMBERS,     /* array of numbers or bytes, in place */
  QUARRY_VALUE_LIST,        /* array of anything else */
  QUARRY_VALUE_OBJECT,
} QuarryValueKind;

typedef struct _QuarryValue QuarryValue;
struct _QuarryValue
{
  const char      *name;         /* of the field; NULL in a list */
  QuarryValueKind  kind;
  gint64           integer;      /* BOOL, INT, UINT (its bits), TIME and DURATION (ns) */
  double           number;       /* BOOL, INT, UINT, FLOAT */
  const guint8    *data;         /* STRING, NUMBERS: in the message; strings are not NUL-ended */
  gsize            length;       /* bytes of data; LIST, OBJECT: members */
  gsize            n;            /* NUMBERS: how many */
  char             type;         /* NUMBERS: f, i or u */
  guint8           size;         /* NUMBERS: bytes of one */
  gboolean         big_endian;   /* NUMBERS */
  gboolean         base64;       /* NUMBERS of JSON: data is base64 text; n and size are those of the bytes */
  QuarryValue     *members;      /* LIST, OBJECT */
};

typedef struct _QuarryMessageType QuarryMessageType;    /* a definition, understood; reference counted */
typedef struct _QuarryMessage     QuarryMessage;        /* a tree and its memory; the bytes stay the caller's */

QuarryMessageType *quarry_message_type_new      (const char         *type,             /* the root's name */
                                                 const char         *encoding,         /* ros1, cdr, protobuf, json */
                                                 const char         *schema_encoding,  /* ros1msg, ros2msg, ros2idl, protobuf, jsonschema, "" */
                                                 GBytes             *schema,           /* nullable: types of ROS 2 that everybody knows are built in (db3 has none) */
                                                 GError            **error);
QuarryMessageType *quarry_message_type_ref      (QuarryMessageType  *self);
void               quarry_message_type_unref    (QuarryMessageType  *self);
char             **quarry_message_type_list_fields (QuarryMessageType *self);          /* "header.stamp: time", "data: uint8[]"; depth first */

QuarryMessage     *quarry_message_decode        (QuarryMessageType  *type,
                                                 const guint8       *data,
                                                 gsize               length,
                                                 GError            **error);
void               quarry_message_free          (QuarryMessage      *self);
const QuarryValue *quarry_message_get_root      (QuarryMessage      *self);
const QuarryValue *quarry_value_get             (const QuarryValue  *self,             /* "header.stamp"; nullable: NULL where it is not there */
                                                 const char         *path);
gboolean           quarry_value_get_number      (const QuarryValue  *self,
                                                 const char         *path,
                                                 double             *out_number);
gboolean           quarry_value_get_integer     (const QuarryValue  *self,
                                                 const char         *path,
                                                 gint64             *out_integer);
char              *quarry_value_dup_string      (const QuarryValue  *self,             /* nullable: NULL where it is not there, no string or no UTF-8 */
                                                 const char         *path);
gsize              quarry_value_get_numbers     (const QuarryValue  *self,             /* how many are there; at most @n are copied */
                                                 const char         *path,
                                                 double             *out,
                                                 gsize               n);
char              *quarry_value_to_json         (const QuarryValue  *self,             /* for people; long arrays are cut */
                                                 guint               limit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryMessageType, quarry_message_type_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryMessage, quarry_message_free)

G_END_DECLS
