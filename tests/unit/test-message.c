/* test-message.c: definitions as text; ROS 1 and CDR
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-test-damage.h"
#include "quarry-test-message.h"
#include "quarry-message.h"

#include <math.h>

static const char everything[] =
  "# a comment\n"
  "uint8 KIND_A=1   # constants are not on the wire\n"
  "string WORDS=a # is part of it\n"
  "bool flag\n"
  "int8 i8\n"
  "uint64 u64\n"
  "float32 f32\n"
  "int16[3] fixed\n"
  "string text\n"
  "float64[] doubles\n"
  "string[] words\n"
  "time stamp\n"
  "duration span\n"
  "Inner inner\n"
  "Inner[2] pair\n"
  "other_pkg/Leaf[] leaves\n"
  "================================================================================\n"
  "MSG: my_pkg/Inner\n"
  "\n"
  "int32 a\n"
  "other_pkg/Leaf leaf\n"
  "================================================================================\n"
  "MSG: other_pkg/Leaf\n"
  "uint8 b\n"
  "float64 c\n";

static void
put_leaf (Writer *writer, guint8 b, double c)
{
  put_u8 (writer, b);
  put_f64 (writer, c);
}

static void
put_everything (Writer *writer)
{
  put_u8 (writer, 1);
  put_u8 (writer, (guint8) -5);
  put_u64 (writer, G_GUINT64_CONSTANT (0xfedcba9876543210));
  put_f32 (writer, 1.5f);
  for (int i = 0; i < 3; i++)
    put_u16 (writer, (guint16) (-100 * i));
  put_string (writer, "grün");
  put_u32 (writer, 2);
  put_f64 (writer, 0.25);
  put_f64 (writer, -1e300);
  put_u32 (writer, 2);
  put_string (writer, "");
  put_string (writer, "two");
  put_u32 (writer, 1700000000);
  put_u32 (writer, 123456789);
  put_u32 (writer, (guint32) -2);
  put_u32 (writer, 500000000);
  for (int i = 0; i < 3; i++)
    {
      put_u32 (writer, 10 + (guint) i);
      put_leaf (writer, (guint8) i, i / 2.0);
    }
  put_u32 (writer, 2);
  put_leaf (writer, 200, 2.5);
  put_leaf (writer, 201, 3.5);
}

static void
check_everything (const QuarryValue *root)
{
  double numbers[4] = { 0, };

  g_assert_cmpint (quarry_value_get (root, "flag")->kind, ==, QUARRY_VALUE_BOOL);
  g_assert_cmpint (test_integer (root, "flag"), ==, 1);
  g_assert_cmpint (test_integer (root, "i8"), ==, -5);
  g_assert_cmpuint ((guint64) test_integer (root, "u64"), ==, G_GUINT64_CONSTANT (0xfedcba9876543210));
  g_assert_cmpfloat (test_number (root, "u64"), >, 1.8e19);
  g_assert_cmpfloat (test_number (root, "f32"), ==, 1.5);
  g_assert_cmpuint (quarry_value_get_numbers (root, "fixed", numbers, 4), ==, 3);
  g_assert_cmpfloat (numbers[2], ==, -200);
  test_string (root, "text", "grün");
  g_assert_cmpuint (quarry_value_get_numbers (root, "doubles", numbers, 1), ==, 2);
  g_assert_cmpfloat (numbers[0], ==, 0.25);
  g_assert_cmpfloat (numbers[1], ==, -100);
  g_assert_cmpuint (quarry_value_get (root, "words")->length, ==, 2);
  test_string (&quarry_value_get (root, "words")->members[1], "", "two");
  g_assert_cmpint (test_integer (root, "stamp"), ==, G_GINT64_CONSTANT (1700000000123456789));
  g_assert_cmpint (test_integer (root, "span"), ==, -1500000000);
  g_assert_cmpint (test_integer (root, "inner.a"), ==, 10);
  g_assert_cmpfloat (test_number (root, "inner.leaf.c"), ==, 0);
  g_assert_cmpuint (quarry_value_get (root, "pair")->length, ==, 2);
  g_assert_cmpint (test_integer (&quarry_value_get (root, "pair")->members[1], "a"), ==, 12);
  g_assert_cmpfloat (test_number (&quarry_value_get (root, "pair")->members[1], "leaf.c"), ==, 1);
  g_assert_cmpint (test_integer (&quarry_value_get (root, "leaves")->members[1], "b"), ==, 201);
  g_assert_null (quarry_value_get (root, "inner.leaf.d"));
  g_assert_null (quarry_value_get (root, "KIND_A"));
}

static void
test_layouts (void)
{
  static const char * const layouts[] = { "ros1", "le", "be" };

  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++)
    {
      const gboolean ros1 = i == 0;
      g_autoptr(QuarryMessageType) type = test_type ("my_pkg/Everything", ros1 ? "ros1" : "cdr", ros1 ? "ros1msg" : "ros2msg", everything);
      g_autoptr(QuarryMessage) message = NULL;
      g_auto(Writer) writer = { 0, };

      writer_init (&writer, layouts[i]);
      put_everything (&writer);
      message = test_decode (type, writer.bytes);
      check_everything (quarry_message_get_root (message));
    }
}

static void
test_version_2 (void)
{
  g_autoptr(QuarryMessageType) type = test_type ("p/T", "cdr", "ros2msg", "uint8 a\nfloat64 b\nstring[] words\nint32 c");
  g_autoptr(QuarryMessage) message = NULL;
  g_auto(Writer) writer = { 0, };

  writer_init (&writer, "le2");
  put_u8 (&writer, 3);
  put_f64 (&writer, 0.5);             /* aligned to 4 only */
  g_assert_cmpuint (writer.bytes->len, ==, 4 + 4 + 8);
  put_u32 (&writer, 4 + 6);           /* a length in front of what is no number */
  put_u32 (&writer, 1);
  put_string (&writer, "x");
  put_u32 (&writer, 9);
  message = test_decode (type, writer.bytes);
  g_assert_cmpfloat (test_number (quarry_message_get_root (message), "b"), ==, 0.5);
  g_assert_cmpint (test_integer (quarry_message_get_root (message), "c"), ==, 9);
}

static void
test_numbers_stay_in_place (void)
{
  g_autoptr(QuarryMessageType) type = test_type ("p/T", "cdr", "ros2msg", "uint8 a\nuint16[] n\nuint8[] bytes");
  g_autoptr(QuarryMessage) message = NULL;
  const QuarryValue *value;
  g_auto(Writer) writer = { 0, };

  writer_init (&writer, "be");
  put_u8 (&writer, 0);
  put_u32 (&writer, 3);
  put_u16 (&writer, 1);
  put_u16 (&writer, 2);
  put_u16 (&writer, 0xff00);
  put_u32 (&writer, 4);
  put_bytes (&writer, "quar", 4);
  message = test_decode (type, writer.bytes);
  value = quarry_value_get (quarry_message_get_root (message), "n");
  g_assert_true (value->data == writer.bytes->data + 4 + 8);
  g_assert_true (value->big_endian);
  g_assert_cmpint (value->type, ==, 'u');
  g_assert_cmpuint (value->size, ==, 2);
  g_assert_cmpuint (value->length, ==, 6);
  value = quarry_value_get (quarry_message_get_root (message), "bytes");
  g_assert_true (value->data == writer.bytes->data + writer.bytes->len - 4);
}

static void
test_ros2_text (void)
{
  g_autoptr(QuarryMessageType) type = test_type ("p/msg/T", "cdr", "ros2msg",
                                                 "string<=10 name \"a # b\"\r\n"
                                                 "int32[<=3] few [1, 2]   # at most three\n"
                                                 "string<=5[<=2] words\n"
                                                 "int32 X = -3\n"
                                                 "float64 f 1.5\n"
                                                 "byte b\n"
                                                 "char c\n"
                                                 "builtin_interfaces/Time at\n"
                                                 "builtin_interfaces/msg/Duration span\n"
                                                 "p/msg/Other other\n"
                                                 "===\n"
                                                 "MSG: p/msg/Other\n"
                                                 "std_msgs/Header header\n");
  g_autofree char *fields = test_fields (type);

  g_assert_cmpstr (fields, ==, "name: string; few: int32[<=3]; words: string[<=2]; f: float64; b: byte; c: char; at: time; "
                   "span: duration; other.header.stamp: time; other.header.frame_id: string");
}

static void
test_fields_are_listed (void)
{
  g_autoptr(QuarryMessageType) ros1 = test_type ("my_pkg/Everything", "ros1", "ros1msg", everything);
  g_autoptr(QuarryMessageType) tf = test_type ("tf2_msgs/msg/TFMessage", "cdr", "", NULL);
  g_autofree char *fields = test_fields (ros1);
  g_autofree char *transforms = test_fields (tf);

  g_assert_nonnull (strstr (fields, "fixed: int16[3]; text: string; doubles: float64[]; words: string[]; stamp: time;"));
  g_assert_nonnull (strstr (fields, "pair[].leaf.c: float64; leaves[].b: uint8; leaves[].c: float64"));
  g_assert_cmpstr (transforms, ==, "transforms[].header.stamp: time; transforms[].header.frame_id: string; transforms[].child_frame_id: string; "
                   "transforms[].transform.translation.x: float64; transforms[].transform.translation.y: float64; "
                   "transforms[].transform.translation.z: float64; transforms[].transform.rotation.x: float64; "
                   "transforms[].transform.rotation.y: float64; transforms[].transform.rotation.z: float64; "
                   "transforms[].transform.rotation.w: float64");
}

static void
test_builtins (void)
{
  static const char * const names[] = {
    "std_msgs/msg/String", "std_msgs/msg/Float64MultiArray", "sensor_msgs/msg/Image", "sensor_msgs/msg/PointCloud2", "sensor_msgs/msg/CameraInfo",
    "sensor_msgs/msg/Imu", "sensor_msgs/msg/NavSatFix", "sensor_msgs/msg/CompressedImage", "nav_msgs/msg/Odometry", "nav_msgs/msg/Path",
    "nav_msgs/msg/OccupancyGrid", "geometry_msgs/msg/PoseWithCovarianceStamped", "tf2_msgs/msg/TFMessage", "velodyne_msgs/msg/VelodyneScan",
    "vision_msgs/msg/Detection3DArray", "rcl_interfaces/msg/Log", "diagnostic_msgs/msg/DiagnosticArray", "sensor_msgs::msg::dds_::Image_",
  };
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    for (guint ros1 = 0; ros1 < 2; ros1++)
      {
        g_autoptr(QuarryMessageType) type = test_type (names[i], ros1 ? "ros1" : "cdr", "", NULL);
        g_autofree char *fields = test_fields (type);

        g_assert_cmpint (strstr (fields, "header.seq") != NULL, ==, ros1 && strstr (fields, "header.") != NULL);
      }
  g_assert_null (quarry_message_type_new ("nobody/msg/Knows", "cdr", "", NULL, &error));
  g_assert_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_DEFINITION);
  g_assert_nonnull (strstr (error->message, "nobody/Knows"));
}

static void
test_bad_definitions (void)
{
  static const struct { const char *text; const char *says; } cases[] = {
    { "int32", "line 1" },
    { "int32 a\n  int32[ b", "line 2, column 9" },
    { "int32 a\nNowhere b", "p/Nowhere" },
    { "int32 1a", "column 7" },
    { "int32[x] a", "a number of elements" },
    { "int32[99999999999999] a", "a number of elements" },
    { "%%", "line 1, column 1" },
    { "T again", "contains itself" },
    { "A a\n===\nMSG: p/A\nB b\n===\nMSG: p/B\nA a", "contains itself" },
    { "int32 a\n=====\nint32 b", "MSG:" },
    { "int32 a b", "nothing is expected" },
    { "string<=x a", "a number of elements" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GBytes) schema = g_bytes_new_static (cases[i].text, strlen (cases[i].text));
      g_autoptr(GError) error = NULL;
      g_autoptr(QuarryMessageType) type = quarry_message_type_new ("p/T", "ros1", "ros1msg", schema, &error);

      g_assert_null (type);
      g_assert_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_DEFINITION);
      if (strstr (error->message, cases[i].says) == NULL)
        g_error ("'%s' does not say '%s'", error->message, cases[i].says);
    }
}

static void
test_unknown_encodings (void)
{
  static const struct { const char *encoding, *schema_encoding; } cases[] = { { "flatbuffer", "flatbuffer" }, { "cdr", "omgidl2" }, { "", "" } };
  g_autoptr(GBytes) schema = g_bytes_new_static ("x", 1);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (quarry_message_type_new ("p/T", cases[i].encoding, cases[i].schema_encoding, schema, &error));
      g_assert_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_UNSUPPORTED);
    }
}

/* A definition that nests deeper than anything may, or wider than memory is */
static void
test_definitions_that_explode (void)
{
  g_autoptr(GString) deep = g_string_new ("L0 a\n");
  g_autoptr(GString) wide = g_string_new ("L0 a\nL0 b\n");
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) deep_schema = NULL;
  g_autoptr(QuarryMessageType) type = NULL;

  for (int i = 0; i < 80; i++)
    g_string_append_printf (deep, "===\nMSG: p/L%d\nL%d a\n", i, i + 1);
  g_string_append (deep, "===\nMSG: p/L80\nint8 a\n");
  deep_schema = g_bytes_new (deep->str, deep->len);
  g_assert_null (quarry_message_type_new ("p/T", "ros1", "ros1msg", deep_schema, &error));
  g_assert_nonnull (strstr (error->message, "nested too deep"));
  g_clear_error (&error);

  for (int i = 0; i < 60; i++)
    g_string_append_printf (wide, "===\nMSG: p/L%d\nL%d a\nL%d b\n", i, i + 1, i + 1);
  g_string_append (wide, "===\nMSG: p/L60\n");
  type = test_type ("p/T", "ros1", "ros1msg", wide->str);
  g_assert_null (quarry_message_decode (type, (const guint8 *) "", 0, &error));
  g_assert_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_UNSUPPORTED);
  g_strfreev (quarry_message_type_list_fields (type));
}

static void
test_broken_messages (void)
{
  static const struct { const char *definition; const char *layout; guint32 words[4]; guint n_bytes; const char *says; } cases[] = {
    { "uint32[] a", "ros1", { 0xffffffff, 1 }, 8, "byte 4, 'a': 4294967295 elements" },
    { "string a", "ros1", { 100 }, 4, "byte 4, 'a': 100 bytes are needed, 0 are left" },
    { "string[] a", "ros1", { 0x40000000, 1 }, 8, "elements" },
    { "uint32 a\nuint64 b", "ros1", { 1, 2 }, 8, "byte 4, 'b'" },
    { "uint32 a", "ros1", { 1, 2 }, 8, "byte 4, 'p/T': 4 bytes are left over" },
    { "uint32 a", "le", { 0x00000100, 1, 2, 3 }, 16, "8 bytes are left over" },
    { "uint32 a", "le", { 0x00007700, 1 }, 8, "encapsulation 0x0077" },
    { "uint32 a", "le", { 0 }, 3, "3 bytes are no CDR" },
    { "uint32[<=2] a", "le", { 0x00000100, 3, 0, 0 }, 16, "3 elements, 2 are allowed" },
    { "string<=2 a", "le", { 0x00000100, 4, 0x00636261 }, 12, "a string of 3 bytes, 2 are allowed" },
    { "wstring a", "le", { 0x00000100, 1, 0x0000d800 }, 12, "no text" },
    { "Empty[4000000000] a\n===\nMSG: p/Empty\n", "ros1", { 0 }, 0, "MiB when decoded" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const gboolean ros1 = g_str_equal (cases[i].layout, "ros1");
      g_autoptr(QuarryMessageType) type = test_type ("p/T", ros1 ? "ros1" : "cdr", ros1 ? "ros1msg" : "ros2msg", cases[i].definition);
      g_autoptr(GError) error = NULL;
      g_autofree guint8 *bytes = g_memdup2 (cases[i].words, MAX (cases[i].n_bytes, 1));

      g_assert_null (quarry_message_decode (type, bytes, cases[i].n_bytes, &error));
      g_assert_nonnull (error);
      if (strstr (error->message, cases[i].says) == NULL)
        g_error ("'%s' does not say '%s'", error->message, cases[i].says);
    }
}

/* Fast CDR 1 writes characters of 4 bytes, others of 2; version 2 counts bytes */
static void
test_wide_strings (void)
{
  static const struct { const char *layout; guint32 n; guint width; } cases[] = { { "le", 3, 4 }, { "be", 3, 4 }, { "le", 3, 2 }, { "le2", 6, 2 } };
  static const guint16 text[] = { 'a', 0xfc, 0x20ac };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(QuarryMessageType) type = test_type ("p/T", "cdr", "ros2msg", "wstring a\nuint32 b");
      g_autoptr(QuarryMessage) message = NULL;
      g_auto(Writer) writer = { 0, };

      writer_init (&writer, cases[i].layout);
      put_u32 (&writer, cases[i].n);
      for (guint c = 0; c < 3; c++)
        put_int (&writer, text[c], cases[i].width);
      put_u32 (&writer, 77);
      message = test_decode (type, writer.bytes);
      test_string (quarry_message_get_root (message), "a", "aü€");
      g_assert_cmpint (test_integer (quarry_message_get_root (message), "b"), ==, 77);
    }
}

/* ROS 2 puts a byte where a struct has no members */
static void
test_empty_struct (void)
{
  g_autoptr(QuarryMessageType) type = test_type ("p/T", "cdr", "ros2msg", "std_msgs/Empty nothing\nuint8 after");
  g_autoptr(QuarryMessage) message = NULL;
  g_auto(Writer) writer = { 0, };

  writer_init (&writer, "le");
  put_u8 (&writer, 0);
  put_u8 (&writer, 5);
  message = test_decode (type, writer.bytes);
  g_assert_cmpint (test_integer (quarry_message_get_root (message), "after"), ==, 5);
}

/* ROS 2 writes the events of a service with the service's own definition */
static void
test_service_events (void)
{
  g_autoptr(QuarryMessageType) type = test_type ("p/srv/Do_Event", "cdr", "ros2msg",
                                                 "Item what\n---\nbool done\n===\nMSG: p/msg/Item\nuint8 id\n");
  g_autofree char *fields = test_fields (type);
  g_autoptr(QuarryMessage) message = NULL;
  g_auto(Writer) writer = { 0, };

  g_assert_cmpstr (fields, ==, "info.event_type: uint8; info.stamp: time; info.client_gid: uint8[16]; info.sequence_number: int64; "
                   "request[].what.id: uint8; response[].done: bool");
  writer_init (&writer, "le");
  put_u8 (&writer, 2);
  put_u32 (&writer, 1);
  put_u32 (&writer, 2);
  put_bytes (&writer, "0123456789abcdef", 16);
  put_u64 (&writer, 77);
  put_u32 (&writer, 0);
  put_u32 (&writer, 1);
  put_u8 (&writer, 1);
  message = test_decode (type, writer.bytes);
  g_assert_cmpint (test_integer (quarry_message_get_root (message), "info.sequence_number"), ==, 77);
  g_assert_cmpint (test_integer (&quarry_value_get (quarry_message_get_root (message), "response")->members[0], "done"), ==, 1);
}

static void
test_json_for_people (void)
{
  g_autoptr(QuarryMessageType) type = test_type ("my_pkg/Everything", "ros1", "ros1msg", everything);
  g_autoptr(QuarryMessage) message = NULL;
  g_autofree char *text = NULL;
  g_auto(Writer) writer = { 0, };

  writer_init (&writer, "ros1");
  put_everything (&writer);
  message = test_decode (type, writer.bytes);
  text = quarry_value_to_json (quarry_message_get_root (message), 2);
  g_assert_nonnull (strstr (text, "\"flag\": true,\n"));
  g_assert_nonnull (strstr (text, "\"u64\": 18364758544493064720,\n"));
  g_assert_nonnull (strstr (text, "\"f32\": 1.5,\n"));
  g_assert_nonnull (strstr (text, "\"fixed\": [0, -100, \"… 1 more\"],\n"));
  g_assert_nonnull (strstr (text, "\"text\": \"grün\",\n"));
  g_assert_nonnull (strstr (text, "\"doubles\": [0.25, -1e+300],\n"));
  g_assert_nonnull (strstr (text, "\"stamp\": 1700000000.123456789,\n"));
  g_assert_nonnull (strstr (text, "\"span\": -1.500000000,\n"));
  g_assert_nonnull (strstr (text, "\"leaf\": {\n"));
}

static void
test_json_is_json (void)
{
  g_autoptr(QuarryMessageType) type = test_type ("p/T", "ros1", "ros1msg", "string a\nfloat64 b\nfloat32[] c\nT2[] d\n===\nMSG: p/T2\nuint8 e");
  g_autoptr(QuarryMessage) message = NULL;
  g_autofree char *text = NULL;
  g_auto(Writer) writer = { 0, };

  writer_init (&writer, "ros1");
  put_string (&writer, "\"\\\n\xff");
  put_f64 (&writer, NAN);
  put_u32 (&writer, 1);
  put_f32 (&writer, 0.1f);
  put_u32 (&writer, 3);
  put_bytes (&writer, "\1\2\3", 3);
  message = test_decode (type, writer.bytes);
  text = quarry_value_to_json (quarry_message_get_root (message), 1);
  g_assert_cmpstr (text, ==, "{\n  \"a\": \"\\\"\\\\\\u000a\xef\xbf\xbd\",\n  \"b\": null,\n  \"c\": [0.1],\n  \"d\": [\n    {\n      \"e\": 1\n    },\n"
                   "    \"… 2 more\"\n  ]\n}");
}

/* --- damage ------------------------------------------------------------------------------------------------------ */

static void
use (const QuarryValue *root)
{
  g_autofree char *text = quarry_value_to_json (root, 100);
  double numbers[8];

  quarry_value_get_numbers (root, "doubles", numbers, 8);
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

static void
read_message (GBytes *bytes, const char *what, gpointer data)
{
  QuarryMessageType *type = data;
  g_autoptr(GError) error = NULL;
  gsize length;
  const guint8 *at = g_bytes_get_data (bytes, &length);
  g_autoptr(QuarryMessage) message = quarry_message_decode (type, at, length, &error);

  g_assert_true ((message == NULL) == (error != NULL));
  if (message != NULL)
    use (quarry_message_get_root (message));
}

static void
test_damaged_messages (void)
{
  static const char * const layouts[] = { "ros1", "le", "be", "le2" };

  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++)
    {
      g_autoptr(QuarryMessageType) type = test_type ("my_pkg/Everything", i == 0 ? "ros1" : "cdr", i == 0 ? "ros1msg" : "ros2msg", everything);
      g_auto(Writer) writer = { 0, };

      writer_init (&writer, layouts[i]);
      put_everything (&writer);
      quarry_test_damage (writer.bytes->data, writer.bytes->len, read_message, type);
    }
}

static void
read_definition (GBytes *bytes, const char *what, gpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryMessageType) type = quarry_message_type_new ("my_pkg/Everything", data, "", bytes, &error);

  g_assert_true ((type == NULL) == (error != NULL));
  if (type != NULL)
    g_strfreev (quarry_message_type_list_fields (type));
}

static void
test_damaged_definitions (void)
{
  quarry_test_damage ((const guint8 *) everything, sizeof everything - 1, read_definition, (gpointer) "ros1");
  quarry_test_damage ((const guint8 *) everything, sizeof everything - 1, read_definition, (gpointer) "cdr");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/every-kind-of-value-in-every-layout", test_layouts);
  g_test_add_func ("/message/cdr-version-2-aligns-to-4", test_version_2);
  g_test_add_func ("/message/numbers-stay-in-place", test_numbers_stay_in_place);
  g_test_add_func ("/message/ros2-text-with-bounds-and-defaults", test_ros2_text);
  g_test_add_func ("/message/fields-are-listed", test_fields_are_listed);
  g_test_add_func ("/message/known-types-need-no-definition", test_builtins);
  g_test_add_func ("/message/bad-definitions-say-where", test_bad_definitions);
  g_test_add_func ("/message/unknown-encodings-are-refused", test_unknown_encodings);
  g_test_add_func ("/message/definitions-that-explode-are-bounded", test_definitions_that_explode);
  g_test_add_func ("/message/broken-messages-say-byte-and-field", test_broken_messages);
  g_test_add_func ("/message/wide-strings", test_wide_strings);
  g_test_add_func ("/message/empty-struct-is-a-byte", test_empty_struct);
  g_test_add_func ("/message/events-of-services", test_service_events);
  g_test_add_func ("/message/json-for-people", test_json_for_people);
  g_test_add_func ("/message/json-is-json", test_json_is_json);
  g_test_add_func ("/message/damaged-messages-never-crash", test_damaged_messages);
  g_test_add_func ("/message/damaged-definitions-never-crash", test_damaged_definitions);
  return g_test_run ();
}
