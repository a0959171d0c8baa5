/* fuzz-definition.c: the first byte says which language, the rest is a message definition
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-fuzz.h"
#include "quarry-message.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const struct { const char *type, *encoding, *schema; } kinds[] = {
    { "a/B", "ros1", "ros1msg" }, { "a/msg/B", "cdr", "ros2msg" }, { "a/msg/B", "cdr", "ros2idl" }, { "a.B", "protobuf", "protobuf" },
    { "a.B", "json", "jsonschema" },
  };
  const gsize kind = size > 0 ? data[0] % G_N_ELEMENTS (kinds) : 0;
  g_autoptr(GBytes) schema = g_bytes_new (size > 0 ? data + 1 : data, size > 0 ? size - 1 : 0);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryMessageType) type = quarry_message_type_new (kinds[kind].type, kinds[kind].encoding, kinds[kind].schema, schema, &error);
  g_autoptr(QuarryMessage) message = NULL;
  g_auto(GStrv) fields = NULL;

  if (type == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }
  fields = quarry_message_type_list_fields (type);
  g_assert_nonnull (fields);
  message = quarry_message_decode (type, data, size, &error);
  g_assert_true ((message != NULL) == (error == NULL));
  return 0;
}
