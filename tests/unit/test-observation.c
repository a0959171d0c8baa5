/* test-observation.c: what messages mean: pictures and clouds
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-test-observation.h"

/* --- pictures ---------------------------------------------------------------------------------------------------- */

typedef struct { const char *encoding; guint width, height, step, n_bytes; gboolean big_endian; const char *format; int code; const char *says; } ImageCase;

static const ImageCase images[] = {
  { "rgb8", 2, 3, 6, 18, FALSE, "raw:rgb8:2x3:6:le", -1, NULL },
  { "bgr8", 2, 3, 8, 24, FALSE, "raw:bgr8:2x3:8:le", -1, NULL },
  { "bgra8", 2, 3, 8, 24, FALSE, "raw:bgra8:2x3:8:le", -1, NULL },
  { "rgba8", 1, 1, 4, 4, FALSE, "raw:rgba8:1x1:4:le", -1, NULL },
  { "mono8", 4, 2, 0, 8, FALSE, "raw:mono8:4x2:4:le", -1, NULL },
  { "mono16", 2, 2, 4, 8, TRUE, "raw:mono16:2x2:4:be", -1, NULL },
  { "16UC1", 2, 2, 4, 8, FALSE, "raw:16UC1:2x2:4:le", -1, NULL },
  { "32FC1", 2, 2, 8, 16, FALSE, "raw:32FC1:2x2:8:le", -1, NULL },
  { "8UC3", 2, 2, 6, 12, FALSE, "raw:8UC3:2x2:6:le", -1, NULL },
  { "8UC1", 2, 2, 2, 4, FALSE, "raw:8UC1:2x2:2:le", -1, NULL },
  { "bayer_grbg8", 2, 2, 2, 4, FALSE, "raw:bayer_grbg8:2x2:2:le", -1, NULL },
  { "bayer_rggb16", 2, 2, 4, 8, FALSE, "raw:bayer_rggb16:2x2:4:le", -1, NULL },
  { "yuv422", 2, 2, 4, 8, FALSE, "raw:yuv422:2x2:4:le", -1, NULL },
  { "uyvy", 2, 2, 4, 8, FALSE, "raw:yuv422:2x2:4:le", -1, NULL },
  { "yuyv", 2, 2, 4, 8, FALSE, "raw:yuv422_yuy2:2x2:4:le", -1, NULL },
  { "nv12", 4, 4, 4, 24, FALSE, "raw:nv12:4x4:4:le", -1, NULL },
  { "rgb8", 2, 2, 8, 14, FALSE, "raw:rgb8:2x2:8:le", -1, NULL },             /* the last row need not be padded */
  { "rgb8", 2, 3, 6, 17, FALSE, NULL, QUARRY_MESSAGE_ERROR_BROKEN, "take 18 bytes, 17 are there" },
  { "nv12", 4, 4, 4, 23, FALSE, NULL, QUARRY_MESSAGE_ERROR_BROKEN, "take 24 bytes" },
  { "rgb8", 2, 3, 5, 18, FALSE, NULL, QUARRY_MESSAGE_ERROR_BROKEN, "'step' is 5" },
  { "rgb8", 0, 3, 6, 18, FALSE, NULL, QUARRY_MESSAGE_ERROR_BROKEN, "empty" },
  { "rgb8", 4000000000u, 3, 6, 18, FALSE, NULL, QUARRY_MESSAGE_ERROR_BROKEN, "'width' is 4000000000" },
  { "RGB8", 2, 3, 6, 18, FALSE, "raw:rgb8:2x3:6:le", -1, NULL },
  { "64FC1", 2, 3, 16, 48, FALSE, NULL, QUARRY_MESSAGE_ERROR_UNSUPPORTED, "'64FC1'" },
  { "hsv8", 2, 3, 6, 18, FALSE, NULL, QUARRY_MESSAGE_ERROR_UNSUPPORTED, "'hsv8'" },
};

static void
put_image (Writer *writer, const ImageCase *image)
{
  g_autofree guint8 *bytes = g_malloc0 (image->n_bytes);

  put_header (writer, STAMP, "/camera");
  put_u32 (writer, image->height);
  put_u32 (writer, image->width);
  put_string (writer, image->encoding);
  put_u8 (writer, image->big_endian);
  put_u32 (writer, image->step);
  put_u32 (writer, image->n_bytes);
  put_bytes (writer, bytes, image->n_bytes);
}

static void
test_images (void)
{
  static const char * const layouts[] = { "ros1", "le", "be" };

  for (guint i = 0; i < G_N_ELEMENTS (images) * G_N_ELEMENTS (layouts); i++)
    {
      const ImageCase *image = &images[i / G_N_ELEMENTS (layouts)];
      g_auto(Writer) writer = { 0, };
      g_auto(Reading) reading = { 0, };

      writer_init (&writer, layouts[i % G_N_ELEMENTS (layouts)]);
      put_image (&writer, image);
      read_ros (&reading, writer.ros1 ? "sensor_msgs/Image" : "sensor_msgs/msg/Image", &writer);
      g_assert_cmpstr (reading.observation.format, ==, image->format);
      if (image->format == NULL)
        {
          assert_says (&reading, image->code, image->says);
          continue;
        }
      g_assert_cmpint (reading.observation.kind, ==, QUARRY_OBSERVATION_IMAGE);
      g_assert_cmpint (reading.observation.stamp_ns, ==, STAMP);
      g_assert_cmpstr (reading.observation.frame_id, ==, "camera");
      g_assert_cmpuint (reading.observation.offset, ==, writer.bytes->len - image->n_bytes);
      g_assert_cmpuint (reading.observation.length, ==, image->n_bytes);
      g_assert_cmpint (reading.observation.width, ==, image->width);
    }
}

static void
test_compressed_images (void)
{
  static const guint8 jpeg[] = { 0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F' };
  static const guint8 png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0 };
  static const guint8 depth[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0 };
  static const struct { const char *name; const guint8 *bytes; guint n; const char *format; guint skip; const char *says; } cases[] = {
    { "jpeg", jpeg, sizeof jpeg, "jpeg", 0, NULL }, { "bgr8; jpeg compressed bgr8", jpeg, sizeof jpeg, "jpeg", 0, NULL },
    { "png", png, sizeof png, "png", 0, NULL }, { "jpeg", png, sizeof png, "png", 0, NULL }, { "", jpeg, sizeof jpeg, "jpeg", 0, NULL },
    { "16UC1; compressedDepth png", depth, sizeof depth, "png", 12, NULL }, { "16UC1; compressedDepth", depth, sizeof depth, "png", 12, NULL },
    { "32FC1; compressedDepth", depth, sizeof depth, NULL, 0, "inverse depths" }, { "16UC1; compressedDepth", depth, 8, NULL, 0, "no compressed depth" },
    { "16UC1; compressedDepth rvl", jpeg, 4, NULL, 0, "no compressed depth" }, { "jpeg", jpeg, 0, NULL, 0, "empty" },
    { "h264", depth, 4, NULL, 0, "'h264'" }, { "16UC1; compressedDepth", depth, 12, NULL, 0, "empty" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(Writer) writer = { 0, };
      g_auto(Reading) reading = { 0, };

      writer_init (&writer, i % 2 == 0 ? "ros1" : "le");
      put_header (&writer, 0, "");
      put_string (&writer, cases[i].name);
      put_u32 (&writer, cases[i].n);
      put_bytes (&writer, cases[i].bytes, cases[i].n);
      read_ros (&reading, "sensor_msgs/CompressedImage", &writer);
      g_assert_cmpstr (reading.observation.format, ==, cases[i].format);
      g_assert_cmpint (reading.observation.stamp_ns, ==, QUARRY_NO_TIME);       /* 0 is no time */
      if (cases[i].format == NULL)
        g_assert_nonnull (strstr (reading.error->message, cases[i].says));
      else
        g_assert_cmpuint (reading.observation.offset, ==, writer.bytes->len - cases[i].n + cases[i].skip);
      if (cases[i].format != NULL)
        g_assert_cmpuint (reading.observation.length, ==, cases[i].n - cases[i].skip);
    }
}

static void
test_foxglove_images (void)
{
  static const char text[] = "{\"timestamp\": {\"sec\": 1700000000, \"nsec\": 123456789}, \"frame_id\": \"cam\", \"format\": \"jpeg\", "
                             "\"data\": \"/9j/4AAQSkZJRg==\"}";
  static const char raw[] = "{\"timestamp\": \"2023-11-14T22:13:20.123456789Z\", \"frame_id\": \"/cam\", \"width\": 2, \"height\": 1, "
                            "\"encoding\": \"mono8\", \"step\": 2, \"data\": \"AAE=\"}";
  g_auto(Reading) compressed = { 0, };
  g_auto(Reading) pixels = { 0, };
  g_auto(Reading) escaped = { 0, };

  read_json (&compressed, "foxglove.CompressedImage", text);
  g_assert_true (compressed.ok);
  g_assert_cmpstr (compressed.observation.format, ==, "base64+jpeg");
  g_assert_cmpuint (compressed.observation.offset, ==, (gsize) (strstr (text, "/9j") - text));
  g_assert_cmpuint (compressed.observation.length, ==, 16);
  g_assert_cmpint (compressed.observation.stamp_ns, ==, STAMP);
  g_assert_cmpstr (compressed.observation.frame_id, ==, "cam");
  read_json (&pixels, "foxglove.RawImage", raw);
  g_assert_true (pixels.ok);
  g_assert_cmpstr (pixels.observation.format, ==, "base64+raw:mono8:2x1:2:le");
  g_assert_cmpint (pixels.observation.stamp_ns, ==, STAMP);
  read_json (&escaped, "foxglove.CompressedImage", "{\"format\": \"jpeg\", \"data\": \"\\/9j\\/4AAQ\"}");
  assert_says (&escaped, QUARRY_MESSAGE_ERROR_UNSUPPORTED, "'data' is not in one piece");
}

/* --- clouds ------------------------------------------------------------------------------------------------------ */

typedef struct { const char *name; guint offset, datatype, count; } CloudField;
typedef struct
{
  guint      width, height, step, row_step, n_bytes;
  CloudField fields[8];
  const char *format;        /* of little-endian */
  guint       length;
  const char *says;
} CloudCase;

#define XYZ { "x", 0, 7, 1 }, { "y", 4, 7, 1 }, { "z", 8, 7, 1 }

static const CloudCase clouds[] = {
  { 3, 1, 12, 36, 36, { XYZ }, "points:3:12:le:x@0f4,y@4f4,z@8f4", 36, NULL },
  { 2, 1, 22, 44, 44, { XYZ, { "intensity", 12, 7, 1 }, { "ring", 16, 4, 1 }, { "time", 18, 7, 1 } },
    "points:2:22:le:x@0f4,y@4f4,z@8f4,intensity@12f4,ring@16u2,time@18f4", 44, NULL },
  { 2, 1, 31, 62, 62, { { "z", 21, 8, 1 }, { "x", 1, 8, 1 }, { "y", 11, 8, 1 }, { "t", 9, 2, 1 }, { "offset_time", 29, 3, 1 } },
    "points:2:31:le:z@21f8,x@1f8,y@11f8,t@9u1,offset_time@29i2", 62, NULL },
  { 2, 2, 16, 32, 64, { XYZ, { "rgb", 12, 6, 1 } }, "points:4:16:le:x@0f4,y@4f4,z@8f4,rgb@12u4", 64, NULL },
  { 2, 2, 16, 0, 64, { XYZ }, "points:4:16:le:x@0f4,y@4f4,z@8f4", 64, NULL },
  { 2, 1, 16, 0, 80, { XYZ }, "points:2:16:le:x@0f4,y@4f4,z@8f4", 32, NULL },             /* more bytes than points */
  { 2, 1, 16, 32, 32, { XYZ, { "", 12, 7, 1 }, { "a,b", 12, 7, 1 }, { "x", 12, 7, 1 }, { "odd", 12, 99, 1 } },
    "points:2:16:le:x@0f4,y@4f4,z@8f4", 32, NULL },
  { 0, 1, 12, 0, 0, { XYZ }, "points:0:12:le:x@0f4,y@4f4,z@8f4", 0, NULL },
  { 0, 0, 0, 0, 0, { { NULL, 0, 0, 0 } }, "points:0:12:le:x@0f4,y@4f4,z@8f4", 0, NULL },
  { 2, 2, 12, 28, 56, { XYZ }, NULL, 0, "padded rows" },
  { 3, 1, 12, 36, 35, { XYZ }, NULL, 0, "3 points of 12 bytes, 35 bytes" },
  { 3, 1, 8, 24, 24, { XYZ }, NULL, 0, "the field 'z' ends at byte 12 of a point of 8" },
  { 3, 1, 0, 0, 36, { XYZ }, NULL, 0, "ends at byte" },
  { 3, 1, 12, 36, 36, { { "x", 0, 7, 1 }, { "y", 4, 7, 1 } }, NULL, 0, "no x, y and z" },
  { 4000000000u, 4000000000u, 12, 0, 36, { XYZ }, NULL, 0, "points" },
};

static void
put_cloud (Writer *writer, const CloudCase *cloud)
{
  g_autofree guint8 *bytes = g_malloc0 (cloud->n_bytes + 1);
  guint n = 0;

  while (n < G_N_ELEMENTS (cloud->fields) && cloud->fields[n].name != NULL)
    n++;
  put_header (writer, STAMP, "lidar");
  put_u32 (writer, cloud->height);
  put_u32 (writer, cloud->width);
  put_u32 (writer, n);
  for (guint i = 0; i < n; i++)
    {
      put_string (writer, cloud->fields[i].name);
      put_u32 (writer, cloud->fields[i].offset);
      put_u8 (writer, cloud->fields[i].datatype);
      put_u32 (writer, cloud->fields[i].count);
    }
  put_u8 (writer, writer->big_endian);
  put_u32 (writer, cloud->step);
  put_u32 (writer, cloud->row_step);
  put_u32 (writer, cloud->n_bytes);
  put_bytes (writer, bytes, cloud->n_bytes);
  put_u8 (writer, 1);
}

static void
test_clouds (void)
{
  static const char * const layouts[] = { "ros1", "le", "be" };

  for (guint i = 0; i < G_N_ELEMENTS (clouds) * G_N_ELEMENTS (layouts); i++)
    {
      const CloudCase *cloud = &clouds[i / G_N_ELEMENTS (layouts)];
      g_auto(Writer) writer = { 0, };
      g_auto(Reading) reading = { 0, };
      g_autoptr(GString) expected = g_string_new (cloud->format);

      writer_init (&writer, layouts[i % G_N_ELEMENTS (layouts)]);
      put_cloud (&writer, cloud);
      if (writer.big_endian && !(cloud->width == 0 && cloud->step == 0))
        g_string_replace (expected, ":le:", ":be:", 1);
      read_ros (&reading, "sensor_msgs/PointCloud2", &writer);
      if (cloud->says != NULL)
        {
          g_assert_false (reading.ok);
          if (strstr (reading.error->message, cloud->says) == NULL)
            g_error ("'%s' does not say '%s'", reading.error->message, cloud->says);
          continue;
        }
      g_assert_no_error (reading.error);
      if (cloud->width > 0)
        g_assert_cmpstr (reading.observation.format, ==, expected->str);
      else
        g_assert_true (g_str_has_prefix (reading.observation.format, "points:0:"));
      g_assert_cmpint (reading.observation.n_points, ==, cloud->width * cloud->height);
      g_assert_cmpuint (reading.observation.length, ==, cloud->length);
      if (cloud->length > 0)
        g_assert_cmpuint (reading.observation.offset, ==, writer.bytes->len - 1 - cloud->n_bytes);
    }
}

static void
test_foxglove_clouds (void)
{
  static const char fields[] = "\"fields\": [{\"name\": \"x\", \"offset\": 0, \"type\": 7}, {\"name\": \"y\", \"offset\": 4, \"type\": 7}, "
                               "{\"name\": \"z\", \"offset\": 8, \"type\": 8}, {\"name\": \"ring\", \"offset\": 16, \"type\": 3}]";
  g_autofree char *bytes = g_strnfill (48, 'A');
  g_autofree char *text = g_strdup_printf ("{\"frame_id\": \"l\", \"point_stride\": 18, %s, \"pose\": {\"position\": {\"x\": 0, \"y\": 0, \"z\": 0}, "
                                           "\"orientation\": {\"x\": 0, \"y\": 0, \"z\": 0, \"w\": 1}}, \"data\": \"%s\"}", fields, bytes);
  g_autofree char *moved = g_strdup_printf ("{\"point_stride\": 18, %s, \"pose\": {\"position\": {\"x\": 0, \"y\": 2, \"z\": 0}}, \"data\": \"%s\"}", fields, bytes);
  g_autofree char *uneven = g_strdup_printf ("{\"point_stride\": 19, %s, \"data\": \"%s\"}", fields, bytes);
  g_auto(Reading) reading = { 0, };
  g_auto(Reading) moved_reading = { 0, };
  g_auto(Reading) uneven_reading = { 0, };

  read_json (&reading, "foxglove.PointCloud", text);
  g_assert_no_error (reading.error);
  g_assert_cmpstr (reading.observation.format, ==, "base64+points:2:18:le:x@0f4,y@4f4,z@8f8,ring@16u2");
  g_assert_cmpint (reading.observation.n_points, ==, 2);
  g_assert_cmpuint (reading.observation.length, ==, 48);
  read_json (&moved_reading, "foxglove.PointCloud", moved);
  assert_says (&moved_reading, QUARRY_MESSAGE_ERROR_UNSUPPORTED, "pose of its own");
  read_json (&uneven_reading, "foxglove.PointCloud", uneven);
  assert_says (&uneven_reading, QUARRY_MESSAGE_ERROR_BROKEN, "no whole number of points");
}

static void
test_velodyne (void)
{
  static const struct { const char *layout; guint8 upper, lower, model; const char *format; } cases[] = {
    { "ros1", 0xee, 0xee, 0x22, "velodyne:VLP-16:3:8:1214" }, { "le", 0xee, 0xee, 0x22, "velodyne:VLP-16:3:8:1216" },
    { "le", 0xee, 0xee, 0x21, "velodyne:HDL-32:3:8:1216" },   { "ros1", 0xee, 0xdd, 0x55, "velodyne:HDL-64:3:8:1214" },
    { "ros1", 0xee, 0xee, 0x24, "velodyne:VLP-16-HIRES:3:8:1214" }, { "ros1", 0xee, 0xee, 0x99, NULL }, { "ros1", 0xee, 0xcc, 0xa1, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint8 packet[1206] = { 0, };
      g_auto(Writer) writer = { 0, };
      g_auto(Reading) reading = { 0, };
      gsize first = 0;

      for (guint block = 0; block < 12; block++)
        {
          packet[100 * block] = 0xff;
          packet[100 * block + 1] = block % 2 == 0 ? cases[i].upper : cases[i].lower;
        }
      packet[1205] = cases[i].model;
      writer_init (&writer, cases[i].layout);
      put_header (&writer, STAMP, "velodyne");
      put_u32 (&writer, 3);
      for (guint p = 0; p < 3; p++)
        {
          put_u32 (&writer, 1700000000);
          put_u32 (&writer, p);
          first = p == 0 ? writer.bytes->len : first;
          put_bytes (&writer, packet, sizeof packet);
        }
      read_ros (&reading, "velodyne_msgs/VelodyneScan", &writer);
      g_assert_cmpstr (reading.observation.format, ==, cases[i].format);
      if (cases[i].format == NULL)
        {
          assert_says (&reading, QUARRY_MESSAGE_ERROR_UNSUPPORTED, "are not read");
          continue;
        }
      g_assert_cmpuint (reading.observation.offset, ==, first - 8);       /* from the first packet's stamp on */
      g_assert_cmpuint (reading.observation.offset + reading.observation.length, ==, writer.bytes->len);
      g_assert_cmpint (reading.observation.n_points, ==, -1);
    }
}

/* --- names, and what is wrong ------------------------------------------------------------------------------------ */

/* foxglove.CompressedImage in protobuf: bytes stay in place, times are messages */
static void
test_foxglove_protobuf (void)
{
  GByteArray *set = g_byte_array_new ();
  GByteArray *file = g_byte_array_new ();
  GByteArray *message = g_byte_array_new ();
  GByteArray *stamp = g_byte_array_new ();
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  g_autoptr(GBytes) schema = NULL;
  g_auto(Reading) reading = { 0, };

  put_text (message, 1, "CompressedImage");
  put_field (message, "timestamp", 1, 1, 11, ".google.protobuf.Timestamp");
  put_field (message, "data", 2, 1, 12, NULL);
  put_field (message, "format", 3, 1, 9, NULL);
  put_field (message, "frame_id", 4, 1, 9, NULL);
  put_text (file, 2, "foxglove");
  put_text (file, 12, "proto3");
  put_child (file, 4, message);
  put_child (set, 1, file);
  schema = g_byte_array_free_to_bytes (set);
  reading.type = quarry_message_type_new ("foxglove.CompressedImage", "protobuf", "protobuf", schema, &reading.error);
  g_assert_no_error (reading.error);
  put_number (stamp, 1, STAMP / QUARRY_NS_PER_S);
  put_number (stamp, 2, STAMP % QUARRY_NS_PER_S);
  put_child (bytes, 1, stamp);
  put_chunk (bytes, 2, "\xff\xd8\xff\xe0jpeg", 8);
  put_text (bytes, 3, "jpeg");
  put_text (bytes, 4, "cam");
  read_as (&reading, "foxglove.CompressedImage", bytes->data, bytes->len);
  g_assert_no_error (reading.error);
  g_assert_cmpstr (reading.observation.format, ==, "jpeg");
  g_assert_cmpint (reading.observation.stamp_ns, ==, STAMP);
  g_assert_cmpmem (bytes->data + reading.observation.offset, reading.observation.length, "\xff\xd8\xff\xe0jpeg", 8);
}

static void
test_kinds (void)
{
  static const struct { const char *type; QuarryObservationKind kind; } cases[] = {
    { "sensor_msgs/Image", QUARRY_OBSERVATION_IMAGE }, { "sensor_msgs/msg/Image", QUARRY_OBSERVATION_IMAGE },
    { "foxglove_msgs/msg/PointCloud", QUARRY_OBSERVATION_CLOUD }, { "foxglove.PointCloud", QUARRY_OBSERVATION_CLOUD },
    { "foxglove_msgs/CameraCalibration", QUARRY_OBSERVATION_CALIBRATION }, { "tf2_msgs/msg/TFMessage", QUARRY_OBSERVATION_TRANSFORMS },
    { "nav_msgs::msg::dds_::Odometry_", QUARRY_OBSERVATION_POSE }, { "foxglove.LocationFix", QUARRY_OBSERVATION_POSITION },
    { "std_msgs/String", QUARRY_OBSERVATION_NONE }, { "", QUARRY_OBSERVATION_NONE }, { "foxglove", QUARRY_OBSERVATION_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (quarry_observation_find_kind (cases[i].type), ==, cases[i].kind);
}

/* A name with meaning, but members of any kind: an error at most */
static void
test_wrong_members (void)
{
  static const char * const types[] = {
    "sensor_msgs/Image", "sensor_msgs/CompressedImage", "sensor_msgs/PointCloud2", "foxglove.PointCloud", "velodyne_msgs/VelodyneScan",
    "sensor_msgs/CameraInfo", "tf2_msgs/TFMessage", "foxglove.FrameTransform", "nav_msgs/Odometry", "sensor_msgs/NavSatFix", "foxglove.RawImage",
  };
  static const char * const texts[] = {
    "{}", "[]", "3", "\"text\"", "{\"header\": 3, \"data\": {}, \"width\": \"x\", \"height\": [], \"fields\": 3, \"encoding\": 1, \"packets\": [1, 2]}",
    "{\"width\": 1, \"height\": 1, \"point_step\": 12, \"point_stride\": 12, \"row_step\": 12, \"step\": 3, \"encoding\": \"rgba8\", \"data\": \"AAAA\", "
    "\"fields\": [1, {\"type\": 7, \"datatype\": 7}], \"packets\": [{\"data\": \"AAAA\"}], \"transforms\": [3, {}], \"pose\": {\"pose\": []}, "
    "\"translation\": {\"x\": \"y\"}, \"K\": [\"a\"], \"k\": {}, \"latitude\": \"north\"}",
    "{\"width\": -1, \"height\": 1e99, \"timestamp\": {\"sec\": 1e18, \"nsec\": -5}, \"header\": {\"stamp\": \"yesterday\"}, \"transforms\": {}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (types) * G_N_ELEMENTS (texts); i++)
    {
      g_auto(Reading) reading = { 0, };

      read_json (&reading, types[i % G_N_ELEMENTS (types)], texts[i / G_N_ELEMENTS (types)]);
      g_assert_false (reading.ok);
    }
}

static void
test_damage (void)
{
  static const char * const names[] = { "sensor_msgs/Image", "sensor_msgs/PointCloud2" };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (names); i++)
    {
      Damaged damaged = { NULL, names[i / 2] };
      g_auto(Writer) writer = { 0, };

      writer_init (&writer, i % 2 == 0 ? "ros1" : "le");
      damaged.type = test_type (damaged.name, writer.ros1 ? "ros1" : "cdr", "", NULL);
      if (i / 2 == 0)
        put_image (&writer, &images[0]);
      else
        put_cloud (&writer, &clouds[1]);
      quarry_test_damage (writer.bytes->data, writer.bytes->len, read_damaged, &damaged);
      quarry_message_type_unref (damaged.type);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/observation/every-encoding-of-pixels", test_images);
  g_test_add_func ("/observation/compressed-images-by-their-bytes", test_compressed_images);
  g_test_add_func ("/observation/foxglove-images-in-json", test_foxglove_images);
  g_test_add_func ("/observation/every-layout-of-points", test_clouds);
  g_test_add_func ("/observation/foxglove-clouds", test_foxglove_clouds);
  g_test_add_func ("/observation/velodyne-packets", test_velodyne);
  g_test_add_func ("/observation/foxglove-in-protobuf", test_foxglove_protobuf);
  g_test_add_func ("/observation/kinds-by-all-spellings", test_kinds);
  g_test_add_func ("/observation/wrong-members-are-errors", test_wrong_members);
  g_test_add_func ("/observation/damage-never-points-outside", test_damage);
  return g_test_run ();
}
