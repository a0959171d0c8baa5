/* test-message-encodings.c: messages in protobuf and JSON, definitions in IDL
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-test-damage.h"
#include "quarry-test-message.h"
#include "quarry-message.h"

#include <math.h>

/* --- protobuf ---------------------------------------------------------------------------------------------------- */

/* message T { every kind }, message Inner, an enum, a map entry, in package my.pkg; google.protobuf.Timestamp by name only */
static GBytes *
make_descriptor (const char *syntax)
{
  GByteArray *set = g_byte_array_new ();
  GByteArray *file = g_byte_array_new ();
  GByteArray *message = g_byte_array_new ();
  GByteArray *inner = g_byte_array_new ();
  GByteArray *entry = g_byte_array_new ();

  put_field (message, "f64", 1, 1, 1, NULL);
  put_field (message, "f32", 2, 1, 2, NULL);
  put_field (message, "i64", 3, 1, 3, NULL);
  put_field (message, "u32", 4, 1, 13, NULL);
  put_field (message, "s32", 5, 1, 17, NULL);
  put_field (message, "flag", 6, 1, 8, NULL);
  put_field (message, "text", 7, 1, 9, NULL);
  put_field (message, "raw", 8, 1, 12, NULL);
  put_field (message, "doubles", 9, 3, 1, NULL);
  put_field (message, "ints", 10, 3, 5, NULL);
  put_field (message, "words", 11, 3, 9, NULL);
  put_field (message, "inner", 12, 1, 11, ".my.pkg.T.Inner");
  put_field (message, "inners", 300, 3, 11, ".my.pkg.T.Inner");
  put_field (message, "stamp", 14, 1, 11, ".google.protobuf.Timestamp");
  put_field (message, "kind", 15, 1, 14, ".my.pkg.Kind");
  put_field (message, "table", 16, 3, 11, ".my.pkg.T.TableEntry");
  put_field (message, "fixed", 17, 3, 7, NULL);
  put_field (message, "longs", 18, 3, 18, NULL);
  put_field (message, "again", 19, 1, 11, ".my.pkg.T");
  put_text (inner, 1, "Inner");
  put_field (inner, "a", 1, 1, 5, NULL);
  put_child (message, 3, inner);
  put_text (entry, 1, "TableEntry");
  put_field (entry, "key", 1, 1, 9, NULL);
  put_field (entry, "value", 2, 1, 5, NULL);
  put_child (message, 3, entry);
  put_text (message, 1, "T");
  put_text (file, 1, "t.proto");
  put_child (file, 4, message);
  put_text (file, 2, "my.pkg");
  put_text (file, 12, syntax);
  put_child (set, 1, file);
  return g_byte_array_free_to_bytes (set);
}

static QuarryMessageType *
make_protobuf_type (const char *syntax)
{
  g_autoptr(GBytes) descriptor = make_descriptor (syntax);
  g_autoptr(GError) error = NULL;
  QuarryMessageType *type = quarry_message_type_new ("my.pkg.T", "protobuf", "protobuf", descriptor, &error);

  g_assert_no_error (error);
  return type;
}

static GByteArray *
make_inner (gint64 a)
{
  GByteArray *inner = g_byte_array_new ();

  put_number (inner, 1, (guint64) a);
  return inner;
}

static GByteArray *
make_protobuf (void)
{
  GByteArray *bytes = g_byte_array_new ();
  GByteArray *stamp = g_byte_array_new ();
  GByteArray *entry = g_byte_array_new ();
  const double doubles[3] = { 0.5, -2, 1e9 };
  const guint8 packed[] = { 1, 0x96, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1 };
  const guint8 f32[] = { 0x15, 0, 0, 0xc0, 0x3f };

  put_fixed64 (bytes, 1, -0.125);
  g_byte_array_append (bytes, f32, sizeof f32);
  put_number (bytes, 3, (guint64) -7);
  put_number (bytes, 4, 4000000000u);
  put_number (bytes, 5, 3);                     /* zigzag: −2 */
  put_number (bytes, 6, 1);
  put_text (bytes, 7, "täxt");
  put_text (bytes, 8, "raw bytes");
  put_chunk (bytes, 9, doubles, sizeof doubles);
  put_chunk (bytes, 10, packed, sizeof packed);
  put_text (bytes, 11, "one");
  put_number (bytes, 99, 5);                    /* unknown */
  put_text (bytes, 98, "unknown");
  put_tag (bytes, 97, 3);                       /* an unknown group, with one inside */
  put_number (bytes, 1, 5);
  put_tag (bytes, 2, 3);
  put_tag (bytes, 2, 4);
  put_tag (bytes, 97, 4);
  put_text (bytes, 11, "two");
  put_child (bytes, 12, make_inner (5));
  put_child (bytes, 300, make_inner (6));
  put_child (bytes, 300, make_inner (-7));
  put_number (stamp, 1, 1700000000);
  put_number (stamp, 2, 250);
  put_child (bytes, 14, stamp);
  put_number (bytes, 15, 2);
  put_text (entry, 1, "k");
  put_number (entry, 2, 11);
  put_child (bytes, 16, entry);
  put_tag (bytes, 17, 5);                       /* not packed, then packed: one array */
  g_byte_array_append (bytes, (const guint8 *) "\1\0\0\0", 4);
  put_chunk (bytes, 17, "\2\0\0\0\3\0\0\0", 8);
  put_number (bytes, 18, 1);                    /* zigzag, not packed */
  put_number (bytes, 18, 4);
  return bytes;
}

static void
test_protobuf (void)
{
  g_autoptr(QuarryMessageType) type = make_protobuf_type ("proto3");
  g_autoptr(GByteArray) bytes = make_protobuf ();
  g_autoptr(QuarryMessage) message = test_decode (type, bytes);
  const QuarryValue *root = quarry_message_get_root (message);
  const QuarryValue *value;
  double numbers[3];

  g_assert_cmpfloat (test_number (root, "f64"), ==, -0.125);
  g_assert_cmpfloat (test_number (root, "f32"), ==, 1.5);
  g_assert_cmpint (test_integer (root, "i64"), ==, -7);
  g_assert_cmpint (test_integer (root, "u32"), ==, 4000000000);
  g_assert_cmpint (test_integer (root, "s32"), ==, -2);
  g_assert_cmpint (test_integer (root, "flag"), ==, 1);
  test_string (root, "text", "täxt");
  value = quarry_value_get (root, "raw");
  g_assert_cmpmem (value->data, value->n, "raw bytes", 9);
  g_assert_true (value->data > bytes->data && value->data < bytes->data + bytes->len);
  value = quarry_value_get (root, "doubles");
  g_assert_true (value->data > bytes->data && value->data < bytes->data + bytes->len);
  g_assert_cmpuint (quarry_value_get_numbers (root, "doubles", numbers, 3), ==, 3);
  g_assert_cmpfloat (numbers[2], ==, 1e9);
  g_assert_cmpuint (quarry_value_get_numbers (root, "ints", numbers, 3), ==, 3);
  g_assert_cmpfloat (numbers[1], ==, 150);
  g_assert_cmpfloat (numbers[2], ==, -1);
  g_assert_cmpuint (quarry_value_get (root, "words")->length, ==, 2);
  test_string (&quarry_value_get (root, "words")->members[1], "", "two");
  g_assert_cmpint (test_integer (root, "inner.a"), ==, 5);
  g_assert_cmpuint (quarry_value_get (root, "inners")->length, ==, 2);
  g_assert_cmpint (test_integer (&quarry_value_get (root, "inners")->members[1], "a"), ==, -7);
  g_assert_cmpint (test_integer (root, "stamp"), ==, G_GINT64_CONSTANT (1700000000000000250));
  g_assert_cmpint (test_integer (root, "kind"), ==, 2);
  test_string (&quarry_value_get (root, "table")->members[0], "key", "k");
  g_assert_cmpint (test_integer (&quarry_value_get (root, "table")->members[0], "value"), ==, 11);
  g_assert_cmpuint (quarry_value_get_numbers (root, "fixed", numbers, 3), ==, 3);
  g_assert_cmpfloat (numbers[0] + 10 * numbers[1] + 100 * numbers[2], ==, 321);
  g_assert_cmpuint (quarry_value_get_numbers (root, "longs", numbers, 3), ==, 2);
  g_assert_null (quarry_value_get (root, "again"));
}

/* proto3: what is not on the wire is 0; a message and what has presence (all of proto2) is not there */
static void
test_protobuf_defaults (void)
{
  g_autoptr(QuarryMessageType) type3 = make_protobuf_type ("proto3");
  g_autoptr(QuarryMessageType) type2 = make_protobuf_type ("proto2");
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  g_autoptr(QuarryMessage) message3 = NULL;
  g_autoptr(QuarryMessage) message2 = NULL;

  put_number (bytes, 4, 1);
  message3 = test_decode (type3, bytes);
  message2 = test_decode (type2, bytes);
  g_assert_cmpfloat (test_number (quarry_message_get_root (message3), "f64"), ==, 0);
  test_string (quarry_message_get_root (message3), "text", "");
  g_assert_cmpuint (quarry_value_get_numbers (quarry_message_get_root (message3), "doubles", NULL, 0), ==, 0);
  g_assert_null (quarry_value_get (quarry_message_get_root (message3), "inner"));
  g_assert_null (quarry_value_get (quarry_message_get_root (message3), "stamp"));
  g_assert_null (quarry_value_get (quarry_message_get_root (message2), "f64"));
  g_assert_cmpint (test_integer (quarry_message_get_root (message2), "u32"), ==, 1);
}

/* Circles are legal there; a message ends them, and depth is bounded */
static void
test_protobuf_circle (void)
{
  g_autoptr(QuarryMessageType) type = make_protobuf_type ("proto3");
  g_autofree char *fields = test_fields (type);
  g_autoptr(GError) error = NULL;

  g_assert_nonnull (strstr (fields, "again.again.inner.a: int32"));
  for (guint depth = 10; depth <= 100; depth += 90)
    {
      GByteArray *bytes = g_byte_array_new ();
      g_autoptr(QuarryMessage) message = NULL;

      for (guint i = 0; i < depth; i++)
        {
          GByteArray *outer = g_byte_array_new ();

          put_child (outer, 19, bytes);
          bytes = outer;
        }
      message = quarry_message_decode (type, bytes->data, bytes->len, &error);
      g_byte_array_unref (bytes);
      g_assert_true ((message != NULL) == (depth == 10));
    }
  g_assert_nonnull (strstr (error->message, "nested too deep"));
}

static void
test_protobuf_errors (void)
{
  static const struct { guint8 bytes[16]; guint n; const char *says; } cases[] = {
    { { 0x08, 1 }, 2, "byte 0, 'my.pkg.T.f64': another type on the wire" },
    { { 0x20, 1, 0x3a, 9, 'x' }, 5, "byte 2, 'my.pkg.T': no field begins here" },
    { { 0x4a, 7, 0, 0, 0, 0, 0, 0, 0 }, 9, "'my.pkg.T.doubles': a broken array" },
    { { 0x52, 2, 0x80, 0x80 }, 4, "'my.pkg.T.ints': a broken array" },
    { { 0x00, 1 }, 2, "no field begins here" },
    { { 0x0c }, 1, "no field begins here" },
    { { 0x20, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1 }, 12, "no field begins here" },
    { { 0x62, 2, 0x0a, 9 }, 4, "byte 2, 'my.pkg.T.Inner'" },
  };
  g_autoptr(QuarryMessageType) type = make_protobuf_type ("proto3");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (quarry_message_decode (type, cases[i].bytes, cases[i].n, &error));
      g_assert_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_BROKEN);
      if (strstr (error->message, cases[i].says) == NULL)
        g_error ("'%s' does not say '%s'", error->message, cases[i].says);
    }
}

static void
test_protobuf_bad_descriptors (void)
{
  g_autoptr(GBytes) descriptor = make_descriptor ("proto3");
  g_autoptr(GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr(GBytes) text = g_bytes_new_static ("syntax", 6);
  const struct { const char *root; GBytes *schema; const char *says; } cases[] = {
    { "my.pkg.Other", descriptor, "the definition has no 'my.pkg.Other'" }, { "my.pkg.T", empty, "nothing" }, { "my.pkg.T", text, "broken" },
    { "my.pkg.T", NULL, "nothing" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (quarry_message_type_new (cases[i].root, "protobuf", "protobuf", cases[i].schema, &error));
      g_assert_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_DEFINITION);
      g_assert_nonnull (strstr (error->message, cases[i].says));
    }
}

/* --- JSON -------------------------------------------------------------------------------------------------------- */

static QuarryMessage *
decode_json (QuarryMessageType *type, const char *text, GError **error)
{
  return quarry_message_decode (type, (const guint8 *) text, strlen (text), error);
}

static void
test_json (void)
{
  static const char text[] = "\xef\xbb\xbf { \"a\" : 1 , \"b\": -2.5e1, \"c\": \"in place\", \"d\": \"\\u00fc\\n\\ud83d\\ude00\\/\","
                             " \"numbers\": [1, 2.25 , -3e2], \"mixed\": [1, null, 3], \"list\": [ {\"x\": 1}, {\"x\": 2}, true ],"
                             " \"none\": null, \"big\": 18446744073709551615, \"e\": {}, \"f\": [], \"stamp\": {\"sec\": 5, \"nsec\": 6},"
                             " \"g\": 0.1, \"h\": 12345678901234567890123, \"nan\": NaN, \"data\": \"AAEC/w==\", \"\\u0061\\u0062\": 3 }\n";
  g_autoptr(QuarryMessageType) type = test_type ("any", "json", "", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryMessage) message = decode_json (type, text, &error);
  const QuarryValue *root, *value;
  double numbers[3];

  g_assert_no_error (error);
  root = quarry_message_get_root (message);
  g_assert_cmpint (test_integer (root, "a"), ==, 1);
  g_assert_cmpfloat (test_number (root, "b"), ==, -25);
  test_string (root, "c", "in place");
  g_assert_true (quarry_value_get (root, "c")->data == (const guint8 *) strstr (text, "in place"));
  test_string (root, "d", "ü\n😀/");
  g_assert_cmpuint (quarry_value_get_numbers (root, "numbers", numbers, 3), ==, 3);
  g_assert_cmpfloat (numbers[1], ==, 2.25);
  g_assert_cmpfloat (numbers[2], ==, -300);
  g_assert_cmpuint (quarry_value_get_numbers (root, "mixed", numbers, 3), ==, 3);
  g_assert_true (isnan (numbers[1]));
  g_assert_cmpint (test_integer (&quarry_value_get (root, "list")->members[1], "x"), ==, 2);
  g_assert_cmpint (quarry_value_get (root, "list")->members[2].kind, ==, QUARRY_VALUE_BOOL);
  g_assert_null (quarry_value_get (root, "none"));
  g_assert_cmpuint ((guint64) test_integer (root, "big"), ==, G_MAXUINT64);
  g_assert_cmpuint (quarry_value_get (root, "e")->length, ==, 0);
  g_assert_cmpuint (quarry_value_get (root, "f")->length, ==, 0);
  g_assert_cmpint (test_integer (root, "stamp.nsec"), ==, 6);
  g_assert_cmpfloat (test_number (root, "g"), ==, 0.1);
  g_assert_cmpfloat (test_number (root, "h"), ==, 12345678901234567890123.0);
  g_assert_true (isnan (test_number (root, "nan")));
  g_assert_cmpint (test_integer (root, "ab"), ==, 3);
  value = quarry_value_get (root, "data");
  g_assert_true (value->base64 && value->kind == QUARRY_VALUE_NUMBERS);
  g_assert_cmpuint (value->n, ==, 4);
  g_assert_cmpmem (value->data, value->length, "AAEC/w==", 8);
}

static const char json_schema[] =
  "{\"type\": \"object\", \"$defs\": {\"time\": {\"type\": \"object\", \"properties\": {\"sec\": {\"type\": \"integer\"}}}},"
  " \"properties\": {\"timestamp\": {\"$ref\": \"#/$defs/time\"}, \"data\": {\"type\": \"string\"},"
  " \"picture\": {\"type\": \"string\", \"contentEncoding\": \"base64\"},"
  " \"list\": {\"type\": \"array\", \"items\": {\"type\": \"object\", \"properties\": {\"x\": {\"type\": \"number\"}}}}}}";

static void
test_json_schema (void)
{
  g_autoptr(QuarryMessageType) type = test_type ("any", "json", "jsonschema", json_schema);
  g_autofree char *fields = test_fields (type);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryMessage) message = decode_json (type, "{\"data\": \"AAAA\", \"picture\": \"AAAAA\"}", &error);
  g_autoptr(GBytes) broken = g_bytes_new_static ("{\"a\": }", 7);

  g_assert_no_error (error);
  g_assert_cmpstr (fields, ==, "timestamp.sec: integer; data: string; picture: base64; list[].x: number");
  g_assert_cmpint (quarry_value_get (quarry_message_get_root (message), "data")->kind, ==, QUARRY_VALUE_STRING);
  g_assert_true (quarry_value_get (quarry_message_get_root (message), "picture")->base64);
  g_assert_cmpuint (quarry_value_get (quarry_message_get_root (message), "picture")->n, ==, 3);
  g_assert_null (quarry_message_type_new ("any", "json", "jsonschema", broken, &error));
  g_assert_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_DEFINITION);
  g_assert_nonnull (strstr (error->message, "line 1"));
}

static void
test_json_errors (void)
{
  static const struct { const char *text; const char *says; } cases[] = {
    { "", "byte 0: a value is expected" }, { "{\"a\" 1}", "byte 5: ':'" }, { "{\"a\": 1,}", "byte 8: a name" }, { "[1, 2", "byte 5: ',' or ']'" },
    { "{\"a\": tru}", "byte 6: no value begins here" }, { "\"abc", "byte 1: a string that does not end" }, { "1 2", "byte 2: something follows" },
    { "\"\\x\"", "byte 3: an escape that is none" }, { "\"\\ud800\\u0041\"", "an escape that is none" }, { "{\"a\": 1-2}", "no number" },
    { "[1 2]", "']' is expected" }, { "[1,,2]", "a number is expected" }, { "\"abc\\", "does not end" }, { "{1: 2}", "a name in quotes" },
  };
  g_autoptr(QuarryMessageType) type = test_type ("any", "json", "", NULL);
  g_autofree char *deep = g_strnfill (100, '[');
  g_autoptr(GError) deep_error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (decode_json (type, cases[i].text, &error));
      g_assert_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_BROKEN);
      if (strstr (error->message, cases[i].says) == NULL)
        g_error ("'%s': '%s' does not say '%s'", cases[i].text, error->message, cases[i].says);
    }
  g_assert_null (decode_json (type, deep, &deep_error));
  g_assert_nonnull (strstr (deep_error->message, "nested too deep"));
}

/* Memory is bounded by the message: a list of nothing much is refused when it would not fit */
static void
test_json_memory (void)
{
  g_autoptr(QuarryMessageType) type = test_type ("any", "json", "", NULL);
  g_autoptr(GString) few = g_string_new ("[[]");
  g_autoptr(GString) many = g_string_new ("[[]");
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryMessage) message = NULL;

  for (guint i = 0; i < 100000; i++)
    g_string_append (few, ",[]");
  for (guint i = 0; i < 400000; i++)
    g_string_append (many, ",[]");
  g_string_append_c (few, ']');
  g_string_append_c (many, ']');
  message = decode_json (type, few->str, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (quarry_message_get_root (message)->length, ==, 100001);
  g_assert_null (decode_json (type, many->str, &error));
  g_assert_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_UNSUPPORTED);
}

/* --- IDL --------------------------------------------------------------------------------------------------------- */

static const char idl[] =
  "================================================================================\n"
  "IDL: my_pkg/msg/T\n"
  "// generated\n"
  "#include \"other.idl\"\n"
  "module my_pkg {\n"
  "  module msg {\n"
  "    module T_Constants { const int32 LIMIT = 3; @verbatim (language=\"comment\", text=\"a ) b\" \"c\") const string WORD = \"x;y\"; };\n"
  "    enum Color { RED, @value(5) GREEN };\n"
  "    typedef double double__9[9];\n"
  "    typedef sequence<uint8, LIMIT> few;\n"
  "    /* a comment */\n"
  "    @verbatim (language=\"comment\", text=\"what it is\")\n"
  "    struct T {\n"
  "      @default (value=TRUE)\n"
  "      boolean flag;\n"
  "      unsigned long long u64, v64;\n"
  "      long i32;\n"
  "      my_pkg::msg::double__9 k;\n"
  "      few f;\n"
  "      sequence<my_pkg::msg::Inner> inners;\n"
  "      string<5> name;\n"
  "      wstring wide;\n"
  "      float matrix[2][3];\n"
  "      Color color;\n"
  "      @unit(\"m\") Inner inner;\n"
  "      std_msgs::msg::Header header;\n"
  "    };\n"
  "    struct Inner { octet b; builtin_interfaces::msg::Time at; };\n"
  "  };\n"
  "};\n"
  "================================================================================\n"
  "IDL: std_msgs/msg/Header\n"
  "module std_msgs { module msg { struct Header { builtin_interfaces::msg::Time stamp; string frame_id; }; }; };\n";

static void
put_idl (Writer *writer)
{
  put_u8 (writer, 1);
  put_u64 (writer, 1);
  put_u64 (writer, 2);
  put_u32 (writer, (guint32) -3);
  for (int i = 0; i < 9; i++)
    put_f64 (writer, i);
  put_u32 (writer, 2);
  put_bytes (writer, "\5\6", 2);
  put_u32 (writer, 1);
  put_u8 (writer, 9);
  put_u32 (writer, 3);
  put_u32 (writer, 4);
  put_string (writer, "name");
  put_u32 (writer, 1);
  put_u32 (writer, 'w');
  for (int i = 0; i < 6; i++)
    put_f32 (writer, (float) i);
  put_u32 (writer, 1);
  put_u8 (writer, 8);
  put_u32 (writer, 5);
  put_u32 (writer, 6);
  put_header (writer, 7000000008, "frame");
}

static void
test_idl (void)
{
  g_autoptr(QuarryMessageType) type = test_type ("my_pkg/msg/T", "cdr", "ros2idl", idl);
  g_autofree char *fields = test_fields (type);

  g_assert_cmpstr (fields, ==, "flag: bool; u64: uint64; v64: uint64; i32: int32; k: float64[9]; f: uint8[<=3]; inners[].b: uint8; "
                   "inners[].at: time; name: string; wide: wstring; matrix: float32[6]; color: Color; inner.b: uint8; "
                   "inner.at: time; header.stamp: time; header.frame_id: string");
  for (guint big = 0; big < 2; big++)
    {
      g_autoptr(QuarryMessage) message = NULL;
      const QuarryValue *root;
      double numbers[9];
      g_auto(Writer) writer = { 0, };

      writer_init (&writer, big ? "be" : "le");
      put_idl (&writer);
      message = test_decode (type, writer.bytes);
      root = quarry_message_get_root (message);
      g_assert_cmpint (test_integer (root, "v64"), ==, 2);
      g_assert_cmpuint (quarry_value_get_numbers (root, "k", numbers, 9), ==, 9);
      g_assert_cmpfloat (numbers[8], ==, 8);
      g_assert_cmpint (test_integer (&quarry_value_get (root, "inners")->members[0], "at"), ==, 3000000004);
      test_string (root, "wide", "w");
      g_assert_cmpuint (quarry_value_get_numbers (root, "matrix", numbers, 9), ==, 6);
      g_assert_cmpint (test_integer (root, "color"), ==, 1);
      g_assert_cmpint (test_integer (root, "inner.at"), ==, 5000000006);
      g_assert_cmpint (test_integer (root, "header.stamp"), ==, 7000000008);
    }
}

/* MCAP's omgidl: modules as anyone names them */
static void
test_idl_of_others (void)
{
  g_autoptr(QuarryMessageType) type = test_type ("a::b::T", "cdr", "omgidl", "module a { module b { struct I { long x; }; struct T { I i; }; }; };");
  g_autofree char *fields = test_fields (type);

  g_assert_cmpstr (fields, ==, "i.x: int32");
}

/* PL_CDR: members in any order, each with its id and length */
static void
test_idl_mutable (void)
{
  static const char text[] = "module m { @mutable struct T { uint8 a; @id(7) double b; @optional string c; uint16 d; }; };";
  static const guint8 bytes[] = { 0, 3, 0, 0,  7, 0, 8, 0,  0, 0, 0, 0, 0, 0, 0xe0, 0x3f,  99, 0, 4, 0,  1, 2, 3, 4,  0, 0, 4, 0,  5, 0, 0, 0,
                                  2, 0x3f, 0, 0 };
  static const guint8 second[] = { 0, 0x0b, 0, 0,  26, 0, 0, 0,  7, 0, 0, 0x30,  0, 0, 0, 0, 0, 0, 0xe0, 0x3f,  0, 0, 0, 0,  5, 0, 0, 0,
                                   9, 0, 0, 0x10,  6, 0 };
  g_autoptr(QuarryMessageType) type = test_type ("m/T", "cdr", "ros2idl", text);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryMessage) message = quarry_message_decode (type, bytes, sizeof bytes, &error);
  g_autoptr(QuarryMessage) version2 = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (test_integer (quarry_message_get_root (message), "a"), ==, 5);
  g_assert_cmpfloat (test_number (quarry_message_get_root (message), "b"), ==, 0.5);
  g_assert_null (quarry_value_get (quarry_message_get_root (message), "c"));
  version2 = quarry_message_decode (type, second, 4 + 4 + 4 + 8 + 4 + 1, &error);
  g_assert_null (version2);       /* the struct is said to be longer than the message */
  g_clear_error (&error);
  version2 = quarry_message_decode (type, second, sizeof second, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (test_number (quarry_message_get_root (version2), "b"), ==, 0.5);
  g_assert_cmpint (test_integer (quarry_message_get_root (version2), "a"), ==, 5);
  g_assert_cmpint (test_integer (quarry_message_get_root (version2), "d"), ==, 6);
}

/* D_CDR2: a length in front; what an older definition did not have is not there, what a newer one added is passed over */
static void
test_idl_appendable (void)
{
  static const char text[] = "module m { @appendable struct I { uint32 a; uint32 b; }; @final struct T { I i; uint32 c; }; };";
  static const guint8 older[] = { 0, 9, 0, 0,  4, 0, 0, 0,  1, 0, 0, 0,  3, 0, 0, 0 };
  static const guint8 newer[] = { 0, 9, 0, 0,  12, 0, 0, 0,  1, 0, 0, 0,  2, 0, 0, 0,  9, 9, 9, 9,  3, 0, 0, 0 };
  g_autoptr(QuarryMessageType) type = test_type ("m/T", "cdr", "ros2idl", text);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryMessage) message = quarry_message_decode (type, older, sizeof older, &error);
  g_autoptr(QuarryMessage) other = quarry_message_decode (type, newer, sizeof newer, &error);

  g_assert_no_error (error);
  g_assert_cmpint (test_integer (quarry_message_get_root (message), "i.a"), ==, 1);
  g_assert_null (quarry_value_get (quarry_message_get_root (message), "i.b"));
  g_assert_cmpint (test_integer (quarry_message_get_root (message), "c"), ==, 3);
  g_assert_cmpint (test_integer (quarry_message_get_root (other), "i.b"), ==, 2);
  g_assert_cmpint (test_integer (quarry_message_get_root (other), "c"), ==, 3);
}

static void
test_idl_errors (void)
{
  static const struct { const char *text; const char *says; } cases[] = {
    { "module m { struct T { long a }; };", "line 1, column 30: ';' is expected, not '}'" }, { "module m {\n  class T { };\n};", "line 2, column 3" },
    { "module m { struct T { sequence<sequence<long>> a; }; };", "sequences of sequences" }, { "module m { struct T { long double a; }; };", "a type that is read" },
    { "module m { struct T { Nowhere a; }; };", "Nowhere" }, { "}", "a '}' too many" }, { "module m { struct T { T a; }; };", "contains itself" },
    { "module m { struct T : B { long a; }; };", "structs with a base" }, { "module m { struct T { long a[X]; }; };", "a number is expected" },
    { "module m { struct T { long a[65536][65536]; }; };", "fewer elements" }, { "module m { struct T { long a; };", "'}' is expected" },
    { "module m { typedef T2 T1; typedef T1 T2; struct T { T1 a; }; };", "T" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GBytes) schema = g_bytes_new_static (cases[i].text, strlen (cases[i].text));
      g_autoptr(GError) error = NULL;

      g_assert_null (quarry_message_type_new ("m/T", "cdr", "ros2idl", schema, &error));
      g_assert_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_DEFINITION);
      if (strstr (error->message, cases[i].says) == NULL)
        g_error ("'%s': '%s' does not say '%s'", cases[i].text, error->message, cases[i].says);
    }
}

/* --- damage ------------------------------------------------------------------------------------------------------ */

static void
read_message (GBytes *bytes, const char *what, gpointer data)
{
  g_autoptr(GError) error = NULL;
  gsize length;
  const guint8 *at = g_bytes_get_data (bytes, &length);
  g_autoptr(QuarryMessage) message = quarry_message_decode (data, at, length, &error);

  g_assert_true ((message == NULL) == (error != NULL));
  if (message != NULL)
    g_free (quarry_value_to_json (quarry_message_get_root (message), 100));
}

static void
read_definition (GBytes *bytes, const char *what, gpointer data)
{
  const char * const *names = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryMessageType) type = quarry_message_type_new (names[0], names[1], names[2], bytes, &error);

  g_assert_true ((type == NULL) == (error != NULL));
  if (type != NULL)
    g_strfreev (quarry_message_type_list_fields (type));
}

static void
test_damage (void)
{
  static const char * const protobuf_names[] = { "my.pkg.T", "protobuf", "protobuf" };
  static const char * const idl_names[] = { "my_pkg/msg/T", "cdr", "ros2idl" };
  static const char * const json_names[] = { "any", "json", "jsonschema" };
  static const char json[] = "{\"a\": [1, 2.5, -3e2], \"b\": \"te\\u00fcxt\", \"c\": {\"d\": [{}, true, null, [\"x\"]]}, \"data\": \"AAECAw==\"}";
  g_autoptr(QuarryMessageType) protobuf = make_protobuf_type ("proto3");
  g_autoptr(QuarryMessageType) idl_type = test_type ("my_pkg/msg/T", "cdr", "ros2idl", idl);
  g_autoptr(QuarryMessageType) json_type = test_type ("any", "json", "", NULL);
  g_autoptr(GByteArray) bytes = make_protobuf ();
  g_autoptr(GBytes) descriptor = make_descriptor ("proto3");
  gsize length;
  const guint8 *at = g_bytes_get_data (descriptor, &length);
  g_auto(Writer) writer = { 0, };

  writer_init (&writer, "le");
  put_idl (&writer);
  quarry_test_damage (bytes->data, bytes->len, read_message, protobuf);
  quarry_test_damage (writer.bytes->data, writer.bytes->len, read_message, idl_type);
  quarry_test_damage ((const guint8 *) json, sizeof json - 1, read_message, json_type);
  quarry_test_damage (at, length, read_definition, (gpointer) protobuf_names);
  quarry_test_damage ((const guint8 *) idl, sizeof idl - 1, read_definition, (gpointer) idl_names);
  quarry_test_damage ((const guint8 *) json_schema, sizeof json_schema - 1, read_definition, (gpointer) json_names);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/protobuf/every-kind-of-value", test_protobuf);
  g_test_add_func ("/message/protobuf/defaults-and-presence", test_protobuf_defaults);
  g_test_add_func ("/message/protobuf/circles-are-legal-and-bounded", test_protobuf_circle);
  g_test_add_func ("/message/protobuf/errors-say-byte-and-field", test_protobuf_errors);
  g_test_add_func ("/message/protobuf/bad-descriptors-are-refused", test_protobuf_bad_descriptors);
  g_test_add_func ("/message/json/every-kind-of-value", test_json);
  g_test_add_func ("/message/json/the-schema-knows-bytes", test_json_schema);
  g_test_add_func ("/message/json/errors-say-where", test_json_errors);
  g_test_add_func ("/message/json/memory-is-bounded", test_json_memory);
  g_test_add_func ("/message/idl/every-kind-of-value", test_idl);
  g_test_add_func ("/message/idl/modules-of-others", test_idl_of_others);
  g_test_add_func ("/message/idl/mutable-structs", test_idl_mutable);
  g_test_add_func ("/message/idl/appendable-structs", test_idl_appendable);
  g_test_add_func ("/message/idl/errors-say-where", test_idl_errors);
  g_test_add_func ("/message/encodings/damage-never-crashes", test_damage);
  return g_test_run ();
}
