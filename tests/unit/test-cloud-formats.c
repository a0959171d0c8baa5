/* test-cloud-formats.c: PLY, LAS, NPY, nuScenes' .bin and points of messages
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-media.h"
#include "quarry-test.h"
#include "quarry-test-damage.h"

#include <math.h>

/* Three points that each sample holds in its way: x y z, intensity, ring, time */
#define N 3
static const double places[N][3] = { { 1.5, -2.25, 3 }, { 0.125, 40, -0.5 }, { -7, 8, 9.75 } };
static const guint levels[N] = { 0, 255, 51 };
static const guint rings[N] = { 3, 15, 0 };
static const gint32 offsets[N] = { 0, 2500000, 50000000 };

typedef struct
{
  GByteArray *bytes;
  gboolean    big;
} Writer;

static void
put_text (Writer *self, const char *text)
{
  g_byte_array_append (self->bytes, (const guint8 *) text, (guint) strlen (text));
}

/* @type and @size as in the media's format */
static void
put (Writer *self, char type, guint size, double value)
{
  union { float f4; double f8; gint64 i; guint8 bytes[8]; } v = { .i = 0 };

  if (type == 'f' && size == 4)
    v.f4 = (float) value;
  else if (type == 'f')
    v.f8 = value;
  else
    v.i = (gint64) value;
  for (guint i = 0; i < size; i++)
    g_byte_array_append (self->bytes, &v.bytes[self->big ? size - 1 - i : i], 1);
}

static GBytes *
finish (Writer *self)
{
  return g_byte_array_free_to_bytes (g_steal_pointer (&self->bytes));
}

static QuarryCloud *
decode (GBytes *bytes, const char *format)
{
  g_autoptr(GError) error = NULL;
  QuarryCloud *cloud = quarry_cloud_decode (bytes, format, "a", &error);

  g_assert_no_error (error);
  g_assert_nonnull (cloud);
  return cloud;
}

static void
assert_places (const QuarryCloud *cloud)
{
  g_assert_cmpuint (cloud->n, ==, N);
  for (int i = 0; i < N; i++)
    for (int k = 0; k < 3; k++)
      g_assert_cmpfloat ((double) cloud->xyz[3 * i + k], ==, places[i][k]);
}

static void
assert_columns (const QuarryCloud *cloud)
{
  for (int i = 0; i < N; i++)
    {
      g_assert_cmpfloat_with_epsilon ((double) cloud->intensity[i], levels[i] / 255.0, 1e-6);
      g_assert_cmpuint (cloud->ring[i], ==, rings[i]);
    }
}

static void
assert_offsets (const QuarryCloud *cloud)
{
  for (int i = 0; i < N; i++)
    g_assert_cmpint (ABS (cloud->offset_ns[i] - offsets[i]), <=, 3);       /* float32 seconds are not finer */
}

static void
assert_error (GBytes *bytes, const char *format, const char *message)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (quarry_cloud_decode (bytes, format, "a", &error));
  g_assert_nonnull (error);
  g_assert_cmpstr (error->message, ==, message);
}

static void
assert_text_error (const char *text, const char *format, const char *message)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

  assert_error (bytes, format, message);
}

/* An element with a list before the vertices, one with a list after, a list in the vertex where @lists */
static GBytes *
make_ply (int kind, gboolean lists)
{
  static const char * const kinds[] = { "ascii", "binary_little_endian", "binary_big_endian" };
  Writer w = { g_byte_array_new (), kind == 2 };
  g_autofree char *head = g_strdup_printf (
      "ply\r\nformat %s 1.0\r\ncomment x y z\r\nelement face 2\r\nproperty list uchar int vertex_index\r\nproperty uchar flag\r\n"
      "element vertex %d\r\nproperty double x\r\nproperty float y\r\n%sproperty uchar intensity\r\nproperty float z\r\n"
      "property ushort ring\r\nproperty uchar red\r\nproperty float time\r\nelement edge 1\r\nproperty int a\r\nend_header\r\n",
      kinds[kind], N, lists ? "property list ushort short extra\r\n" : "");

  put_text (&w, head);
  if (kind == 0)
    put_text (&w, "3 0 1 2 9\n\n4 0 1 2 2 9\n");
  for (int face = 0; kind > 0 && face < 2; face++)
    {
      put (&w, 'u', 1, 3 + face);
      for (int i = 0; i < 3 + face; i++)
        put (&w, 'i', 4, i);
      put (&w, 'u', 1, 9);
    }
  for (int i = 0; i < N; i++)
    {
      g_autofree char *line = g_strdup_printf ("%.17g %.9g %s%u %.9g %u 7 %.9g\n", places[i][0], places[i][1],
                                               !lists ? "" : i == 1 ? "0 " : "2 5 6 ", levels[i], places[i][2], rings[i], offsets[i] / 1e9);

      if (kind == 0)
        {
          put_text (&w, line);
          continue;
        }
      put (&w, 'f', 8, places[i][0]);
      put (&w, 'f', 4, places[i][1]);
      if (lists)
        put (&w, 'u', 2, i);
      for (int item = 0; lists && item < i; item++)
        put (&w, 'i', 2, -item);
      put (&w, 'u', 1, levels[i]);
      put (&w, 'f', 4, places[i][2]);
      put (&w, 'u', 2, rings[i]);
      put (&w, 'u', 1, 7);
      put (&w, 'f', 4, offsets[i] / 1e9);
    }
  if (kind == 0)
    put_text (&w, "5\n");
  else
    put (&w, 'i', 4, 5);
  return finish (&w);
}

static void
test_ply_of_each_kind (void)
{
  for (int kind = 0; kind < 3; kind++)
    for (int lists = 0; lists < 2; lists++)
      {
        g_autoptr(GBytes) bytes = make_ply (kind, lists != 0);
        g_autoptr(QuarryCloud) cloud = decode (bytes, "ply");
        gint64 n = 0;

        assert_places (cloud);
        assert_columns (cloud);
        assert_offsets (cloud);
        g_assert_true (quarry_cloud_count_bytes (bytes, (gint64) g_bytes_get_size (bytes), "ply", "a", &n, NULL));
        g_assert_cmpint (n, ==, N);
      }
}

static void
test_bad_ply_says_where (void)
{
  assert_text_error ("", "ply", "a: line 1: the header ends without end_header");
  assert_text_error ("ply\nformat ascii 1.0\n", "ply", "a: line 3: the header ends without end_header");
  assert_text_error ("plx\n", "ply", "a: line 1: no PLY file");
  assert_text_error ("ply\nformat text 1.0\n", "ply", "a: line 2: unknown format");
  assert_text_error ("ply\nproperty float x\n", "ply", "a: line 2: a property that belongs to no element");
  assert_text_error ("ply\nelement vertex 1\nproperty half x\n", "ply", "a: line 3: a property that is not understood");
  assert_text_error ("ply\nelement vertex 1\nproperty list float int x\n", "ply", "a: line 3: a property that is not understood");
  assert_text_error ("ply\nelement vertex -1\n", "ply", "a: line 2: an element without its number");
  assert_text_error ("ply\nelement face 0\nend_header\n", "ply", "a: the PLY has no element 'vertex'");
  assert_text_error ("ply\nelement vertex 0\nproperty float x\nend_header\n", "ply", "a: the cloud has no field 'y'");
  assert_text_error ("ply\nelement vertex 9000000000\nproperty int x\nproperty int y\nproperty int z\nend_header\n1 2 3\n", "ply",
                     "a: byte 92: the file is too short for its 9000000000 elements");
  assert_text_error ("ply\nelement vertex 1\nproperty int x\nproperty int y\nproperty int z\nend_header\n1 2     \n", "ply",
                     "a: point 0 of 1: not the numbers of a point");
}

/* @record: point record format; with a VLR's worth of junk before the points and extra bytes after each */
static GBytes *
make_las (guint minor, guint record, gboolean compressed)
{
  static const guint sizes[] = { 20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67 };
  const guint head = minor == 4 ? 375 : minor == 3 ? 235 : 227;
  const guint stride = sizes[record] + 3;
  Writer w = { g_byte_array_new (), FALSE };
  const double scale[3] = { 0.125, 0.25, 0.25 }, shift[3] = { 500000, 5400000, 100 };

  put_text (&w, "LASF");
  g_byte_array_set_size (w.bytes, head + 10 + N * stride);
  memset (w.bytes->data + 4, 0, w.bytes->len - 4);
  w.bytes->data[24] = 1;
  w.bytes->data[25] = (guint8) minor;
  w.bytes->data[94] = (guint8) head;
  w.bytes->data[95] = (guint8) (head >> 8);
  w.bytes->data[96] = (guint8) (head + 10);
  w.bytes->data[97] = (guint8) ((head + 10) >> 8);
  w.bytes->data[104] = (guint8) (record | (compressed ? 0x80 : 0));
  w.bytes->data[105] = (guint8) stride;
  w.bytes->data[minor == 4 ? 247 : 107] = N;
  memcpy (w.bytes->data + 131, scale, sizeof scale);
  memcpy (w.bytes->data + 155, shift, sizeof shift);
  for (int i = 0; i < N; i++)
    {
      guint8 *at = w.bytes->data + head + 10 + (guint) i * stride;
      const double time = 400000.5 + offsets[i] / 1e9;
      const guint time_at = record >= 6 ? 22 : 20;

      for (int k = 0; k < 3; k++)
        {
          const gint32 value = (gint32) (places[i][k] / scale[k]);

          memcpy (at + 4 * k, &value, 4);
        }
      at[12] = (guint8) (levels[i] * 257);
      at[13] = (guint8) (levels[i] * 257 >> 8);
      at[14] = (guint8) (record < 6 ? 0xF8 | (i + 1) : 0xF0 | (i + 9));
      if (record != 0 && record != 2)
        memcpy (at + time_at, &time, 8);
    }
  return finish (&w);
}

static void
test_las_of_each_version_and_record (void)
{
  for (guint minor = 0; minor <= 4; minor++)
    for (guint record = 0; record <= (minor == 4 ? 10 : minor == 3 ? 5 : minor == 2 ? 3 : 1); record++)
      {
        g_autoptr(GBytes) bytes = make_las (minor, record, FALSE);
        g_autoptr(QuarryCloud) cloud = decode (bytes, "las");

        g_assert_cmpfloat (cloud->origin[0], ==, 500000);
        g_assert_cmpfloat (cloud->origin[1], ==, 5400000);
        g_assert_cmpfloat (cloud->origin[2], ==, 0);
        g_assert_cmpuint (cloud->n, ==, N);
        for (int i = 0; i < N; i++)
          {
            for (int k = 0; k < 3; k++)
              g_assert_cmpfloat ((double) cloud->xyz[3 * i + k], ==, places[i][k] + (k == 2 ? 100 : 0));
            g_assert_cmpfloat_with_epsilon ((double) cloud->intensity[i], levels[i] / 255.0, 1e-6);
            g_assert_cmpuint (cloud->echo[i], ==, i + (record < 6 ? 1 : 9));
          }
        if (record == 0 || record == 2)
          g_assert_null (cloud->offset_ns);
        else
          assert_offsets (cloud);
      }
}

static void
test_laz_is_refused_by_name (void)
{
  g_autoptr(GBytes) bytes = make_las (2, 1, TRUE);
  g_autoptr(GError) error = NULL;

  g_assert_cmpstr (quarry_cloud_guess_format ("a.laz", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)), ==, "las");
  g_assert_null (quarry_cloud_decode (bytes, "las", "a", &error));
  g_assert_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "LAZ"));
}

/* @header: the dictionary */
static GBytes *
make_npy (guint version, const char *header, const void *data, gsize length)
{
  Writer w = { g_byte_array_new (), FALSE };
  const guint8 magic[8] = { 0x93, 'N', 'U', 'M', 'P', 'Y', (guint8) version, 0 };

  g_byte_array_append (w.bytes, magic, 8);
  put (&w, 'u', version == 1 ? 2 : 4, (double) strlen (header));
  put_text (&w, header);
  g_byte_array_append (w.bytes, data, (guint) length);
  return finish (&w);
}

static void
test_npy_plain_arrays (void)
{
  static const struct { const char *descr; char type; guint size; gboolean big; } kinds[] = {
    { "<f4", 'f', 4, FALSE }, { ">f4", 'f', 4, TRUE }, { "<f8", 'f', 8, FALSE }, { ">f8", 'f', 8, TRUE }, { "<i4", 'i', 4, FALSE }, { ">i2", 'i', 2, TRUE },
  };

  for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    for (int fortran = 0; fortran < 2; fortran++)
      for (int width = 3; width <= 6; width++)
        {
          const double scale = kinds[kind].type == 'i' ? 8 : 1;
          Writer w = { g_byte_array_new (), kinds[kind].big };
          g_autofree char *header = g_strdup_printf ("{'descr': '%s', 'fortran_order': %s, 'shape': (%d, %d), }    \n", kinds[kind].descr,
                                                     fortran ? "True" : "False", N, width);
          g_autoptr(GBytes) values = NULL;
          g_autoptr(GBytes) bytes = NULL;
          g_autoptr(QuarryCloud) cloud = NULL;

          for (int a = 0; a < (fortran ? width : N); a++)
            for (int b = 0; b < (fortran ? N : width); b++)
              {
                const int i = fortran ? b : a, k = fortran ? a : b;

                put (&w, kinds[kind].type, kinds[kind].size, k < 3 ? places[i][k] * scale : k == 3 ? levels[i] : 77);
              }
          values = finish (&w);
          bytes = make_npy (1 + kind % 3, header, g_bytes_get_data (values, NULL), g_bytes_get_size (values));
          cloud = decode (bytes, "npy");
          for (gsize i = 0; i < 3 * cloud->n; i++)
            cloud->xyz[i] /= (float) scale;
          assert_places (cloud);
          g_assert_true ((cloud->intensity != NULL) == (width > 3));
          if (width > 3)
            g_assert_cmpfloat_with_epsilon ((double) cloud->intensity[2], 0.2, 1e-6);
        }
}

static void
test_npy_structured_arrays (void)
{
  static const char header[] = "{'descr': [('', '|V3'), ('X', '<f4'), ('name', '<U2'), (('The y', 'y'), '>f8'), ('z', '<i2'), ('m', '<f4', (2, 2)), "
                               "('Intensity', '|u1'), ('RING', '<u2'), ('t', '<u4')], 'fortran_order': False, 'shape': (3,)}";
  Writer w = { g_byte_array_new (), FALSE };
  g_autoptr(GBytes) values = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(QuarryCloud) cloud = NULL;

  for (int i = 0; i < N; i++)
    {
      put (&w, 'u', 3, 0);
      put (&w, 'f', 4, places[i][0]);
      put (&w, 'u', 8, 0);
      w.big = TRUE;
      put (&w, 'f', 8, places[i][1]);
      w.big = FALSE;
      put (&w, 'i', 2, i - 1);
      for (int k = 0; k < 4; k++)
        put (&w, 'f', 4, 1e9);
      put (&w, 'u', 1, levels[i]);
      put (&w, 'u', 2, rings[i]);
      put (&w, 'u', 4, offsets[i]);
    }
  values = finish (&w);
  bytes = make_npy (2, header, g_bytes_get_data (values, NULL), g_bytes_get_size (values));
  cloud = decode (bytes, "npy");
  for (int i = 0; i < N; i++)
    {
      g_assert_cmpfloat ((double) cloud->xyz[3 * i + 2], ==, i - 1);
      cloud->xyz[3 * i + 2] = (float) places[i][2];
    }
  assert_places (cloud);
  assert_columns (cloud);
  assert_offsets (cloud);
}

static void
test_bad_npy_is_an_error (void)
{
  static const char * const headers[] = {
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 4), }", "{'descr': '<f4', 'fortran_order': False, 'shape': (12,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }",       "{'descr': '|O', 'fortran_order': False, 'shape': (1, 3), }",
    "{'descr': '<c8', 'fortran_order': False, 'shape': (1, 3), }",       "{'descr': '<f4', 'shape': (1, 3), }",
    "{'descr': [('x', '<f4'), ('y', '<f4')], 'fortran_order': False, 'shape': (1,), }",
    "{'descr': [('x', [('y', '<f4')])], 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 3), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999, 3), }", "{'descr", "", "{", "[]",
  };
  const guint8 zeros[48] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autoptr(GBytes) bytes = make_npy (1, headers[i], zeros, sizeof zeros);
      g_autoptr(GError) error = NULL;

      g_assert_null (quarry_cloud_decode (bytes, "npy", "a", &error));
      g_assert_nonnull (error);
    }
}

/* A layout that is not aligned, in both byte orders */
static GBytes *
make_points (gboolean big)
{
  Writer w = { g_byte_array_new (), big };

  for (int i = 0; i < N; i++)
    {
      put (&w, 'u', 1, levels[i]);
      for (int k = 0; k < 3; k++)
        put (&w, 'f', 4, places[i][k]);
      put (&w, 'u', 2, rings[i]);
      put (&w, 'u', 4, offsets[i]);
    }
  return finish (&w);
}

#define LAYOUT "points:3:19:%s:reflectivity@0u1,x@1f4,y@5f4,z@9f4,channel@13u2,t@15u4"

static void
test_points_of_a_message (void)
{
  for (int big = 0; big < 2; big++)
    {
      g_autofree char *format = g_strdup_printf (LAYOUT, big ? "be" : "le");
      g_autoptr(GBytes) bytes = make_points (big != 0);
      g_autofree char *text = g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_autofree char *wrapped_format = g_strconcat ("base64+", format, NULL);
      g_autoptr(GBytes) wrapped = g_bytes_new (text, strlen (text));
      g_autoptr(QuarryCloud) cloud = decode (bytes, format);
      g_autoptr(QuarryCloud) same = decode (wrapped, wrapped_format);
      gint64 n = 0;

      assert_places (cloud);
      assert_columns (cloud);
      assert_offsets (cloud);
      g_assert_cmpmem (cloud->xyz, cloud->n * 12, same->xyz, same->n * 12);
      g_assert_true (quarry_cloud_count_bytes (bytes, (gint64) g_bytes_get_size (bytes), format, "a", &n, NULL));
      g_assert_cmpint (n, ==, N);
    }
}

static void
test_bad_layouts_are_errors (void)
{
  static const char * const formats[] = {
    "points:", "points:3", "points:3:19:le", "points:3:19:xe:x@0f4,y@4f4,z@8f4", "points:3:0:le:x@0f4,y@4f4,z@8f4", "points:3:19:le:x@0f4,y@4f4",
    "points:3:19:le:x@0f4,y@4f4,z@16f4", "points:3:19:le:x@0f3,y@4f4,z@8f4", "points:3:19:le:x@0q4,y@4f4,z@8f4", "points:-3:19:le:x@0f4,y@4f4,z@8f4",
    "points:99999999999:19:le:x@0f4,y@4f4,z@8f4", "points:4:19:le:x@0f4,y@4f4,z@8f4", "points:3:19:le:x@,y@4f4,z@8f4",
    "points:3:19:le:x@18446744073709551615f4,y@4f4,z@8f4", "point", "", "base64+", "base64+pcd",
  };
  g_autoptr(GBytes) bytes = make_points (FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (quarry_cloud_decode (bytes, formats[i], "a", &error));
      g_assert_nonnull (error);
    }
}

/* Field, its type, the values of two points, and the offset of the second in nanoseconds; clock: of the first, 0 unknown */
static void
test_units_of_time_are_told_by_type_and_magnitude (void)
{
  static const struct { const char *field; char type; guint size; double times[2]; gint32 offset; gint64 clock; } cases[] = {
    { "time", 'f', 4, { 0, 0.125 }, 125000000, 0 },
    { "time", 'f', 4, { -0.0625, 0.0625 }, 62500000, 0 },
    { "time", 'f', 8, { 0, 99.5 }, 99500000, 0 },                                   /* ms */
    { "time", 'f', 8, { 0, 99500 }, 99500000, 0 },                                  /* µs */
    { "time", 'f', 8, { 0, 99500000 }, 99500000, 0 },                               /* ns */
    { "t", 'u', 4, { 0, 99500 }, 99500, 0 },                                        /* ns, by name */
    { "offset_time", 'u', 4, { 0, 99500000 }, 99500000, 0 },
    { "time_offset", 'u', 4, { 0, 99500 }, 99500000, 0 },                           /* µs */
    { "time_offset", 'u', 4, { 0, 99500000 }, 99500000, 0 },
    { "time_offset", 'i', 4, { -7, 7 }, 7, 0 },
    { "timestamp", 'f', 8, { 1600000000.5, 1600000000.625 }, 125000000, G_GINT64_CONSTANT (1600000000500000000) },
    { "timestamp", 'f', 8, { 1600000000500.0, 1600000000625.0 }, 125000000, G_GINT64_CONSTANT (1600000000500000000) },
    { "timestamp", 'u', 8, { 1600000000500000.0, 1600000000625000.0 }, 125000000, G_GINT64_CONSTANT (1600000000500000000) },
    { "timestamp", 'f', 8, { 1600000000500000000.0, 1600000000625000192.0 }, 125000192, G_GINT64_CONSTANT (1600000000500000000) },
    { "timestamp", 'f', 8, { 345600.5, 345600.625 }, 125000000, 0 },                /* of the GPS week */
    { "timestamp", 'u', 4, { 3000000000.0, 3000125000.0 }, 125000000, 0 },          /* µs of the hour */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Writer w = { g_byte_array_new (), FALSE };
      g_autofree char *format = g_strdup_printf ("points:2:%u:le:x@0f4,y@4f4,z@8f4,%s@12%c%u", 12 + cases[i].size, cases[i].field, cases[i].type,
                                                 cases[i].size);
      g_autoptr(GBytes) bytes = NULL;
      g_autoptr(QuarryCloud) cloud = NULL;

      for (int k = 0; k < 2; k++)
        {
          for (int axis = 0; axis < 3; axis++)
            put (&w, 'f', 4, axis);
          put (&w, cases[i].type, cases[i].size, cases[i].times[k]);
        }
      bytes = finish (&w);
      cloud = decode (bytes, format);
      g_assert_nonnull (cloud->offset_ns);
      g_assert_cmpint (cloud->offset_ns[1], ==, cases[i].offset);
      g_assert_cmpint (cloud->clock_ns, ==, cases[i].clock != 0 ? cases[i].clock : QUARRY_NO_TIME);
      if (cases[i].clock == 0)
        continue;
      quarry_cloud_set_stamp (cloud, cases[i].clock + 100000000);
      g_assert_cmpint (cloud->offset_ns[0], ==, -100000000);
      g_assert_cmpint (cloud->offset_ns[1], ==, cases[i].offset - 100000000);
    }
}

static void
test_another_clock_starts_at_the_stamp (void)
{
  g_autoptr(QuarryCloud) cloud = quarry_cloud_new (1, FALSE, TRUE, FALSE);

  cloud->clock_ns = 5;
  cloud->offset_ns[0] = 17;
  quarry_cloud_set_stamp (cloud, G_GINT64_CONSTANT (1600000000000000000));
  g_assert_cmpint (cloud->offset_ns[0], ==, 17);
  g_assert_cmpint (cloud->clock_ns, ==, QUARRY_NO_TIME);
  cloud->clock_ns = G_MAXINT64;
  quarry_cloud_set_stamp (cloud, G_MININT64 + 1);
  g_assert_cmpint (cloud->offset_ns[0], ==, 17);
}

/* Double and text keep millimetres; float32 is noted; one far point moves nothing; the written file says the same */
static void
test_map_coordinates_keep_millimetres (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "a.pcd", NULL);
  GString *text = g_string_new ("FIELDS x y z\nSIZE 8 8 8\nTYPE F F F\nWIDTH 1000\nDATA ascii\n");
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GBytes) written = NULL;
  g_autoptr(QuarryCloud) cloud = NULL;
  g_autoptr(QuarryCloud) back = NULL;

  for (int i = 0; i < 1000; i++)
    g_string_append_printf (text, i == 3 ? "nan 0 0\n" : "%.3f %.3f %.3f\n", 513700 + 0.125 * i, 5403123.625 - 0.25 * i, 300.5);
  bytes = g_string_free_to_bytes (text);
  cloud = decode (bytes, "pcd");
  g_assert_cmpfloat (cloud->origin[0], ==, 514000);
  g_assert_cmpfloat (cloud->origin[1], ==, 5403000);
  g_assert_cmpfloat (cloud->origin[2], ==, 0);
  g_assert_cmpfloat (cloud->resolution, ==, 0);
  g_assert_true (quarry_cloud_write_pcd (cloud, path, NULL));
  written = quarry_media_read (NULL, path, 0, -1, NULL, NULL);
  back = decode (written, "pcd");
  for (int i = 0; i < 1000; i++)
    for (int k = 0; k < 3 && i != 3; k++)
      {
        const double at[3] = { 513700 + 0.125 * i, 5403123.625 - 0.25 * i, 300.5 };

        g_assert_cmpfloat_with_epsilon ((double) cloud->xyz[3 * i + k] + cloud->origin[k], at[k], 1e-3);
        g_assert_cmpfloat ((double) back->xyz[3 * i + k] + back->origin[k], ==, (double) cloud->xyz[3 * i + k] + cloud->origin[k]);
      }
  quarry_test_remove (folder);
}

static void
test_float32_maps_are_noted_and_garbage_moves_nothing (void)
{
  float map[300][4], near[300][4];
  g_autoptr(GBytes) map_bytes = NULL;
  g_autoptr(GBytes) near_bytes = NULL;
  g_autoptr(QuarryCloud) cloud = NULL;
  g_autoptr(QuarryCloud) ordinary = NULL;

  for (int i = 0; i < 300; i++)
    {
      const float on_map[4] = { 513700.0f + (float) i, 5403123.5f, 10, 0 };
      const float at[4] = { (float) i, i == 5 ? 1e30f : i == 7 ? 20000 : 1, i == 9 ? INFINITY : 1, 0 };

      memcpy (map[i], on_map, sizeof on_map);
      memcpy (near[i], at, sizeof at);
    }
  map_bytes = g_bytes_new (map, sizeof map);
  near_bytes = g_bytes_new (near, sizeof near);
  cloud = decode (map_bytes, "kitti-bin");
  ordinary = decode (near_bytes, "kitti-bin");
  g_assert_cmpfloat (cloud->resolution, ==, 0.5);
  for (int i = 0; i < 300; i++)
    g_assert_cmpfloat ((double) cloud->xyz[3 * i] + cloud->origin[0], ==, 513700 + i);
  g_assert_cmpfloat (ordinary->origin[1], ==, 0);
  g_assert_cmpfloat (ordinary->resolution, ==, 0);
  for (int i = 0; i < 300; i++)
    g_assert_cmpmem (ordinary->xyz + 3 * i, 12, near[i], 12);
}

static void
test_formats_are_guessed (void)
{
  static const struct { const char *name, *head, *format; } cases[] = {
    { "a.pcd", "# .PCD v0.7\n", "pcd" }, { "a.dat", "VERSION 0.7\n", "pcd" }, { "a.ply", "ply\nformat", "ply" }, { "a.ply", "hello", NULL },
    { "a.las", "LASF", "las" },          { "A.NPY", "\x93NUMPY", "npy" },     { "a.bin", "1234", "kitti-bin" },  { "a.pcd.bin", "1234", "nuscenes-bin" },
    { "a.las", NULL, "las" },            { "a.npy", NULL, "npy" },            { "a.ply", NULL, "ply" },          { "a.bin", NULL, "kitti-bin" },
    { "a.jpg", "\xFF\xD8", NULL },       { "a", "", NULL },                   { "", NULL, NULL },
  };
  float fifths[5][5] = { { 1, 2, 3, 4, 31 }, { 1, 2, 3, 4, 30 }, { 0.5f, 2, 3, 4, 0 }, { 1, 2, 3, 4, 7 }, { 1, 2, 3, 4, 8 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (quarry_cloud_guess_format (cases[i].name, (const guint8 *) cases[i].head, cases[i].head != NULL ? strlen (cases[i].head) : 0), ==,
                     cases[i].format);
  g_assert_cmpstr (quarry_cloud_guess_format ("a.bin", (const guint8 *) fifths, sizeof fifths), ==, "nuscenes-bin");
  fifths[2][4] = 0.25f;
  g_assert_cmpstr (quarry_cloud_guess_format ("a.bin", (const guint8 *) fifths, sizeof fifths), ==, "kitti-bin");
  g_assert_true (quarry_cloud_is_format ("base64+points:1"));
  g_assert_false (quarry_cloud_is_format ("jpeg"));
  g_assert_false (quarry_cloud_is_format (NULL));
}

/* What is known about them: see PROVENANCE.md beside them. n −1: an error */
static void
test_real_files (void)
{
  static const struct { const char *path, *format; gint64 n; double first[3]; } files[] = {
    { "ply/happly/platonic_shelf.ply", "ply", 50, { 0 } },       { "ply/happly/platonic_shelf_ascii.ply", "ply", 50, { 0 } },
    { "ply/happly/spot_quad_nopoly.ply", "ply", 2930, { 0 } },   { "ply/rerun/example.ply", "ply", 36, { 0 } },
    { "ply/pdal/mesh.ply", "ply", 4, { 0 } },                    { "ply/pdal/no_vertex.ply", "ply", -1, { 0 } },
    { "argoverse1/sweep/d60558d2-d1aa-34ee-a902-e061e346e02a__PC_315971347819783000.ply", "ply", 91083, { 0 } },
    { "las/laspy/simple.las", "las", 1065, { 0 } },              { "las/laspy/simple1_3.las", "las", 999, { 0 } },
    { "las/laspy/simple1_4.las", "las", 22600, { 0 } },          { "las/pdal/las/autzen_trim.las", "las", 110000, { 0 } },
    { "las/pdal/las/epsg_4326.las", "las", 5380, { 0 } },        { "las/laspy/1_4_w_evlr.las", "las", 1000, { 0 } },
    { "las/pdal/las/no-points.las", "las", 0, { 0 } },           { "las/pdal/laz/autzen_trim.laz", "las", -1, { 0 } },
    { "npy/pdal/1.2-with-color.npy", "npy", 1065, { 63701224, 84902831, 43166 } }, { "npy/pdal/threedim.npy", "npy", -1, { 0 } },
    { "kitti/object/training/velodyne/000001.bin", "kitti-bin", 120268, { 0 } },
    { "nuscenes/mmdet3d_demo/n015-2018-07-24-11-22-45+0800__LIDAR_TOP__1532402927647951.pcd.bin", "nuscenes-bin", 34688, { 0 } },
    { "nuscenes/lyft_tables_v1.01-train/lidar/host-a017_lidar1_1236118886501000046.bin", "nuscenes-bin", 5, { 0 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = quarry_test_shared (files[i].path);
      g_autoptr(GBytes) bytes = NULL;
      g_autoptr(QuarryCloud) cloud = NULL;
      g_autoptr(GError) error = NULL;
      gint64 n = -1;
      const char *format = NULL;

      if (path == NULL)
        return;
      bytes = quarry_media_read (NULL, path, 0, -1, NULL, NULL);
      format = quarry_cloud_guess_format (path, g_bytes_get_data (bytes, NULL), MIN (g_bytes_get_size (bytes), QUARRY_CLOUD_HEAD_BYTES));
      g_assert_cmpstr (format, ==, files[i].format);
      g_assert_true (quarry_cloud_count (NULL, path, format, &n, NULL) == (files[i].n >= 0));
      g_assert_cmpint (n, ==, files[i].n);
      cloud = quarry_cloud_decode (bytes, format, path, &error);
      g_assert_true ((cloud == NULL) == (files[i].n < 0) && (error != NULL) == (files[i].n < 0));
      g_assert_true (cloud == NULL || (gint64) cloud->n == files[i].n);
      for (int k = 0; k < 3 && files[i].first[0] != 0; k++)
        g_assert_cmpfloat ((double) cloud->xyz[k] + cloud->origin[k], ==, files[i].first[k]);
    }
}

/* Formats with a sample each, for damage */
static GBytes *
make_sample (const char *format)
{
  static const char npy[] = "{'descr': [('x', '<f4'), ('y', '<f4'), ('z', '<f4')], 'fortran_order': False, 'shape': (4,)}";
  const guint8 zeros[80] = { 0 };

  if (g_str_has_prefix (format, "ply"))
    return make_ply (format[3] - '0', TRUE);
  if (g_str_equal (format, "las"))
    return make_las (4, 7, FALSE);
  if (g_str_equal (format, "npy"))
    return make_npy (1, npy, zeros, 48);
  return g_str_equal (format, "nuscenes-bin") ? g_bytes_new (zeros, 80) : make_points (FALSE);
}

static void
read_damaged (GBytes *bytes, const char *what, gpointer data)
{
  const char *format = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryCloud) cloud = quarry_cloud_decode (bytes, format, what, &error);
  gint64 n = 0;

  g_assert_true ((cloud == NULL) == (error != NULL));
  quarry_cloud_guess_format ("a", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  quarry_cloud_count_bytes (bytes, (gint64) g_bytes_get_size (bytes), format, what, &n, NULL);
}

static void
test_damaged_clouds_never_crash (gconstpointer data)
{
  g_autoptr(GBytes) sample = make_sample (data);
  g_autofree char *format = g_str_has_prefix (data, "ply") ? g_strdup ("ply") : g_str_has_prefix (data, "points") ? g_strdup_printf (LAYOUT, "le") : g_strdup (data);

  quarry_test_damage (g_bytes_get_data (sample, NULL), g_bytes_get_size (sample), read_damaged, format);
}

int
main (int argc, char **argv)
{
  static const char * const formats[] = { "ply0", "ply1", "ply2", "las", "npy", "nuscenes-bin", "points" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cloud-formats/ply-of-each-kind", test_ply_of_each_kind);
  g_test_add_func ("/cloud-formats/bad-ply-says-where", test_bad_ply_says_where);
  g_test_add_func ("/cloud-formats/las-of-each-version-and-record", test_las_of_each_version_and_record);
  g_test_add_func ("/cloud-formats/laz-is-refused-by-name", test_laz_is_refused_by_name);
  g_test_add_func ("/cloud-formats/npy-plain-arrays", test_npy_plain_arrays);
  g_test_add_func ("/cloud-formats/npy-structured-arrays", test_npy_structured_arrays);
  g_test_add_func ("/cloud-formats/bad-npy-is-an-error", test_bad_npy_is_an_error);
  g_test_add_func ("/cloud-formats/points-of-a-message", test_points_of_a_message);
  g_test_add_func ("/cloud-formats/bad-layouts-are-errors", test_bad_layouts_are_errors);
  g_test_add_func ("/cloud-formats/units-of-time", test_units_of_time_are_told_by_type_and_magnitude);
  g_test_add_func ("/cloud-formats/another-clock-starts-at-the-stamp", test_another_clock_starts_at_the_stamp);
  g_test_add_func ("/cloud-formats/map-coordinates-keep-millimetres", test_map_coordinates_keep_millimetres);
  g_test_add_func ("/cloud-formats/float32-maps-are-noted", test_float32_maps_are_noted_and_garbage_moves_nothing);
  g_test_add_func ("/cloud-formats/formats-are-guessed", test_formats_are_guessed);
  g_test_add_func ("/cloud-formats/real-files", test_real_files);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *path = g_strconcat ("/cloud-formats/damaged-clouds-never-crash/", formats[i], NULL);

      g_test_add_data_func (path, formats[i], test_damaged_clouds_never_crash);
    }
  return g_test_run ();
}
