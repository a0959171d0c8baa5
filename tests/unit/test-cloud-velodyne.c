/* test-cloud-velodyne.c: packets of Velodyne's sensors, and clouds as loose text
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-media.h"
#include "quarry-test.h"
#include "quarry-test-damage.h"

#include <math.h>
#include <string.h>

#define STAMP_S 1600000000u
#define STAMP_NS 250000000u

static void
put16 (guint8 *at, guint value)
{
  at[0] = (guint8) value;
  at[1] = (guint8) (value >> 8);
}

static void
put32 (guint8 *at, guint32 value)
{
  put16 (at, value & 0xFFFF);
  put16 (at + 2, value >> 16);
}

/* A scan of @n packets as in a VelodyneScan, a stamp before each; every block 0.2° on (with dual returns every second), all ranges 10 m */
static GByteArray *
make_scan (guint n, guint8 mode, guint8 product)
{
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_set_size (bytes, n * 1214 + 8);
  memset (bytes->data, 0, bytes->len);
  g_byte_array_set_size (bytes, n * 1214);
  for (guint i = 0; i < n; i++)
    {
      guint8 *packet = bytes->data + i * 1214 + 8;

      put32 (packet - 8, STAMP_S);
      put32 (packet - 4, STAMP_NS + i * 1000000);
      for (guint block = 0; block < 12; block++)
        {
          const guint step = mode == 0x39 ? i * 6 + block / 2 : i * 12 + block;

          put16 (packet + block * 100, 0xEEFF);
          put16 (packet + block * 100 + 2, (35950 + step * 20) % 36000);
          for (guint k = 0; k < 32; k++)
            {
              put16 (packet + block * 100 + 4 + 3 * k, 5000);
              packet[block * 100 + 6 + 3 * k] = 51;
            }
        }
      put32 (packet + 1200, (guint32) ((G_GINT64_CONSTANT (3599999000) + i * 1327) % G_GINT64_CONSTANT (3600000000)));      /* over the hour */
      packet[1204] = mode;
      packet[1205] = product;
    }
  return bytes;
}

static QuarryCloud *
decode (GByteArray *scan, const char *format, GError **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new (scan->data, scan->len);
  QuarryCloud *cloud = quarry_cloud_decode (bytes, format, "a", error);
  gint64 n = -1;

  g_assert_true (quarry_cloud_count_bytes (bytes, (gint64) scan->len, format, "a", &n, NULL) == (cloud != NULL));
  g_assert_true (cloud == NULL || (gint64) cloud->n == n);
  return cloud;
}

/* Range, angle above the horizon and azimuth (both degrees) of a point; @rise: metres that the laser sits above the origin */
static void
assert_point (const QuarryCloud *cloud, gsize i, double range, double angle, double azimuth, double rise)
{
  const double up = angle * (G_PI / 180), around = azimuth * (G_PI / 180);
  const double expected[3] = { range * cos (up) * cos (around), -range * cos (up) * sin (around), range * sin (up) + rise };

  for (int k = 0; k < 3; k++)
    g_assert_cmpfloat_with_epsilon ((double) cloud->xyz[3 * i + (gsize) k], expected[k], 1e-5);
}

static void
test_vlp16_by_the_manual (void)
{
  g_autoptr(GByteArray) scan = make_scan (2, 0x37, 0x22);
  g_autoptr(QuarryCloud) cloud = decode (scan, "velodyne:whatever:2:8:1214", NULL);

  g_assert_cmpuint (cloud->n, ==, 2 * 12 * 32);
  /* laser 0: −15°, 11.2 mm up, at the block's own azimuth and time */
  assert_point (cloud, 0, 10, -15, 359.5, 0.0112);
  g_assert_cmpuint (cloud->ring[0], ==, 0);
  g_assert_cmpint (cloud->offset_ns[0], ==, 0);
  /* laser 15 fires 15 × 2.304 µs later: +15°, the highest ring */
  assert_point (cloud, 15, 10, 15, 359.5 + 0.2 * 15 * 2.304 / 110.592, -0.0112);
  g_assert_cmpuint (cloud->ring[15], ==, 15);
  g_assert_cmpint (cloud->offset_ns[15], ==, 34560);
  /* the block's second firing: 55.296 µs later, laser 1 */
  assert_point (cloud, 17, 10, 1, 359.5 + 0.2 * (55.296 + 2.304) / 110.592, -0.0007);
  g_assert_cmpint (cloud->offset_ns[17], ==, 57600);
  g_assert_cmpuint (cloud->ring[17], ==, 8);
  /* over 360°, and the last block of a packet turns on as the one before it */
  assert_point (cloud, 11 * 32 + 16, 10, -15, 359.5 + 11 * 0.2 + 0.1 - 360, 0.0112);
  /* the second packet, beyond the hour's end */
  g_assert_cmpint (cloud->offset_ns[12 * 32], ==, 1327000);
  g_assert_cmpfloat_with_epsilon ((double) cloud->intensity[5], 0.2, 1e-6);
  g_assert_cmpuint (cloud->echo[5], ==, 1);
  g_assert_cmpint (cloud->clock_ns, ==, (gint64) STAMP_S * QUARRY_NS_PER_S + STAMP_NS);
}

static void
test_hdl32_and_hires_have_their_own_angles (void)
{
  g_autoptr(GByteArray) hdl = make_scan (1, 0x37, 0x21);
  g_autoptr(GByteArray) old = make_scan (1, 0, 0);
  g_autoptr(GByteArray) hires = make_scan (1, 0x37, 0x24);
  g_autoptr(QuarryCloud) cloud = decode (hdl, "velodyne:VLP16:1:8:1206", NULL);      /* the packet knows better */
  g_autoptr(QuarryCloud) named = decode (old, "velodyne:32E:1:8:1206", NULL);
  g_autoptr(QuarryCloud) fine = decode (hires, "velodyne:VLP16:1:8:1206", NULL);

  g_assert_cmpuint (cloud->n, ==, 12 * 32);
  assert_point (cloud, 0, 10, -30.67, 359.5, 0);
  assert_point (cloud, 31, 10, 10.67, 359.5 + 0.2 * 31 * 1.152 / 46.08, 0);
  g_assert_cmpuint (cloud->ring[31], ==, 31);
  g_assert_cmpuint (cloud->ring[1], ==, 16);
  g_assert_cmpint (cloud->offset_ns[32], ==, 46080);
  g_assert_cmpmem (cloud->xyz, cloud->n * 12, named->xyz, named->n * 12);
  assert_point (fine, 1, 10, 0.67, 359.5 + 0.2 * 2.304 / 110.592, -0.0009);
}

static void
test_range_0_is_no_return (void)
{
  g_autoptr(GByteArray) scan = make_scan (1, 0x37, 0x22);
  g_autoptr(QuarryCloud) cloud = NULL;

  for (guint k = 0; k < 32; k++)
    if (k != 9)
      put16 (scan->data + 8 + 4 + 3 * k, 0);
  put16 (scan->data + 8 + 100 + 2, 36000);       /* an azimuth that is none: the block goes */
  cloud = decode (scan, "velodyne:VLP16:1:8:1214", NULL);
  g_assert_cmpuint (cloud->n, ==, 1 + 10 * 32);
  g_assert_cmpuint (cloud->ring[0], ==, 12);     /* laser 9: +9° */
}

/* Both the same, the last farther, the last nearer, only one of them */
static void
test_dual_returns (void)
{
  static const struct { guint even, odd; gsize n; guint echoes[2]; double ranges[2]; } cases[] = {
    { 5000, 5000, 1, { 1, 0 }, { 10, 0 } }, { 6000, 5000, 2, { 2, 1 }, { 12, 10 } }, { 5000, 6000, 2, { 1, 2 }, { 10, 12 } },
    { 5000, 0, 1, { 1, 0 }, { 10, 0 } },    { 0, 5000, 1, { 1, 0 }, { 10, 0 } },     { 0, 0, 0, { 0, 0 }, { 0, 0 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GByteArray) scan = make_scan (1, 0x39, 0x22);
      g_autoptr(QuarryCloud) cloud = NULL;
      const gsize others = 6 * 32 - 1;

      put16 (scan->data + 8 + 4, cases[i].even);
      put16 (scan->data + 8 + 104, cases[i].odd);
      cloud = decode (scan, "velodyne:VLP16:1:8:1214", NULL);
      g_assert_cmpuint (cloud->n, ==, others + cases[i].n);
      for (gsize k = 0; k < cases[i].n; k++)
        {
          g_assert_cmpuint (cloud->echo[k], ==, cases[i].echoes[k]);
          assert_point (cloud, k, cases[i].ranges[k], -15, 359.5, 0.0112);
          g_assert_cmpint (cloud->offset_ns[k], ==, 0);
        }
      /* blocks 2 and 3 are the second firing */
      g_assert_cmpint (cloud->offset_ns[cases[i].n + 31], ==, 110592);
    }
}

static void
test_bad_scans_are_errors (void)
{
  static const char * const formats[] = {
    "velodyne:VLP16:1:8", "velodyne:VLP16:2:8:1214", "velodyne:VLP16:1:9:1214", "velodyne:VLP16:1:8:100", "velodyne:VLP16:x:8:1214",
    "velodyne:VLP16:99999999:8:1214", "velodyne:VLP16:1:8:1214:1", "velodyne:HDL64:1:8:1214", "velodyne:VLS128:1:8:1214",
  };
  g_autoptr(GByteArray) scan = make_scan (1, 0, 0);
  g_autoptr(GByteArray) none = make_scan (1, 0, 0);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr(GError) one = NULL;

      g_assert_null (decode (scan, formats[i], &one));
      g_assert_nonnull (one);
    }
  g_assert_null (decode (none, "velodyne:VLP16:1:0:1206", &error));
  g_assert_cmpstr (error->message, ==, "a: byte 0: no block of a Velodyne packet");
  g_clear_error (&error);
  put16 (scan->data + 8 + 100, 0xDDFF);
  g_assert_null (decode (scan, "velodyne:VLP16:1:8:1214", &error));
  g_assert_nonnull (strstr (error->message, "HDL-64E"));
}

static void
test_empty_scan (void)
{
  g_autoptr(GByteArray) scan = make_scan (0, 0, 0);
  g_autoptr(QuarryCloud) cloud = decode (scan, "velodyne:VLP16:0:8:1214", NULL);

  g_assert_cmpuint (cloud->n, ==, 0);
}

/* A packet of this layout by another maker, in a capture */
static void
test_real_packet (void)
{
  g_autofree char *path = quarry_test_shared ("pcap/ouster/VLI-16-one-packet.pcap");
  g_autoptr(GBytes) bytes = path != NULL ? quarry_media_read (NULL, path, 0, -1, NULL, NULL) : NULL;
  g_autoptr(QuarryCloud) cloud = NULL;

  if (bytes == NULL)
    return;
  cloud = quarry_cloud_decode (bytes, "velodyne:VLP16:1:82:1206", path, NULL);
  if (cloud == NULL)
    {
      g_test_skip ("the capture holds another kind of packet");
      return;
    }
  for (gsize i = 0; i < cloud->n; i++)
    {
      const float *p = cloud->xyz + 3 * i;

      g_assert_cmpfloat (sqrt ((double) (p[0] * p[0] + p[1] * p[1] + p[2] * p[2])), <, 131.1);
      g_assert_cmpint (cloud->offset_ns[i], <, 1327104);
    }
}

/* --- text --- */

static QuarryCloud *
decode_text (const char *text, GError **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  QuarryCloud *cloud = quarry_cloud_decode (bytes, "text", "a", error);
  gint64 n = -1;

  g_assert_true (cloud == NULL || (quarry_cloud_count_bytes (bytes, (gint64) strlen (text), "text", "a", &n, NULL) && n == (gint64) cloud->n));
  return cloud;
}

static void
test_text_of_each_kind (void)
{
  static const struct { const char *text; float second[3]; float intensity; } cases[] = {
    { "1 2 3\n4 5 6\n", { 4, 5, 6 }, -1 },
    { "\xEF\xBB\xBFX,Y,Z\r\n1,2,3\r\n\r\n4,5,6\r\n", { 4, 5, 6 }, -1 },
    { "\"z\";\"i\";\"y\";\"x\"\n3;0;2;1\n6;255;5;4", { 4, 5, 6 }, 1 },
    { "# made by hand\n//X Y Z Intensity\n1 2 3 0\n4 5 6 255\n", { 4, 5, 6 }, 1 },
    { "2\n1 2 3 0 9 9 9\n4 5 6 1e2 9 9 9\n", { 4, 5, 6 }, 100 / 255.0f },
    { "name,x,y,z\na,1,2,3\nb,4,5,6\n", { 4, 5, 6 }, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(QuarryCloud) cloud = decode_text (cases[i].text, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (cloud->n, ==, 2);
      g_assert_cmpmem (cloud->xyz + 3, 12, cases[i].second, 12);
      g_assert_true ((cloud->intensity != NULL) == (cases[i].intensity >= 0));
      if (cloud->intensity != NULL)
        g_assert_cmpfloat_with_epsilon ((double) cloud->intensity[1], (double) cases[i].intensity, 1e-6);
    }
}

static void
test_bad_text_says_where (void)
{
  static const struct { const char *text, *message; } cases[] = {
    { "", "a: line 1: neither names of columns with x, y and z nor numbers" },
    { "hello\n1 2 3\n", "a: line 1: neither names of columns with x, y and z nor numbers" },
    { "1 2\n3 4\n", "a: line 1: neither names of columns with x, y and z nor numbers" },
    { "x,y,z\n1,2,3\n4,5\n", "a: line 3: not the numbers of a point" },
    { "1 2 3\n4 b 6\n", "a: line 2: not the numbers of a point" },
    { "3\n1 2 3\n4 5 6\n", "a: 2 points, but the first line says 3" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (decode_text (cases[i].text, &error));
      g_assert_nonnull (error);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

static void
test_text_is_guessed_carefully (void)
{
  static const struct { const char *name, *text; gboolean cloud; } cases[] = {
    { "a.xyz", "1 2 3\n", TRUE },       { "a.txt", "1 2 3\n4 5 6\n", FALSE }, { "a.txt", "X,Y,Z\n1,2,3\n", TRUE },     { "a.csv", "x,y,z,label\n1,2,3,4\n", TRUE },
    { "a.csv", "x,y,z\na,b,c\n", FALSE }, { "a.csv", "frame,x,y\n1,2,3\n", FALSE }, { "a.asc", "hello\n", FALSE },     { "a.pts", "1\n1 2 3\n", TRUE },
    { "a.md", "1 2 3\n", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (quarry_cloud_guess_format (cases[i].name, (const guint8 *) cases[i].text, strlen (cases[i].text)), ==, cases[i].cloud ? "text" : NULL);
}

static void
test_real_text (void)
{
  static const struct { const char *path; gint64 n; } files[] = {
    { "text_clouds/pdal/text/crlf_test.txt", 10 }, { "text_clouds/pdal/text/utm17_1.txt", 10 }, { "text_clouds/pdal/pts/autzen.pts", 10 },
    { "text_clouds/pdal/pts/bunny_8.pts", -1 },    /* one point more than it says */
    { "text_clouds/pdal/text/badheader.txt", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = quarry_test_shared (files[i].path);
      gint64 n = -1;

      if (path == NULL)
        return;
      g_assert_true (quarry_cloud_count (NULL, path, "text", &n, NULL) == (files[i].n >= 0));
      g_assert_cmpint (n, ==, files[i].n);
    }
}

static void
read_damaged (GBytes *bytes, const char *what, gpointer format)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryCloud) cloud = quarry_cloud_decode (bytes, format, what, &error);
  gint64 n = 0;

  g_assert_true ((cloud == NULL) == (error != NULL));
  quarry_cloud_count_bytes (bytes, (gint64) g_bytes_get_size (bytes), format, what, &n, NULL);
  quarry_cloud_guess_format ("a.csv", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
test_damaged_scans_and_text_never_crash (void)
{
  static const char text[] = "# x y z intensity t\n1 2 3 4 5\n1e3 -2 nan 4 5\n500000.25 5400000.5 7 8 9\n1,2,3,4,5\n";
  static const char layout[] = "velodyne:VLP16:2:8:1214";

  for (int i = 0; i < 3; i++)
    {
      g_autoptr(GByteArray) scan = make_scan (2, i == 0 ? 0x39 : 0x37, i == 0 ? 0x22 : 0x21);

      quarry_test_damage (scan->data, scan->len, read_damaged, (gpointer) layout);
    }
  quarry_test_damage ((const guint8 *) text, sizeof text - 1, read_damaged, (gpointer) "text");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cloud-velodyne/vlp16-by-the-manual", test_vlp16_by_the_manual);
  g_test_add_func ("/cloud-velodyne/hdl32-and-hires-have-their-own-angles", test_hdl32_and_hires_have_their_own_angles);
  g_test_add_func ("/cloud-velodyne/range-0-is-no-return", test_range_0_is_no_return);
  g_test_add_func ("/cloud-velodyne/dual-returns", test_dual_returns);
  g_test_add_func ("/cloud-velodyne/bad-scans-are-errors", test_bad_scans_are_errors);
  g_test_add_func ("/cloud-velodyne/empty-scan", test_empty_scan);
  g_test_add_func ("/cloud-velodyne/real-packet", test_real_packet);
  g_test_add_func ("/cloud-velodyne/text-of-each-kind", test_text_of_each_kind);
  g_test_add_func ("/cloud-velodyne/bad-text-says-where", test_bad_text_says_where);
  g_test_add_func ("/cloud-velodyne/text-is-guessed-carefully", test_text_is_guessed_carefully);
  g_test_add_func ("/cloud-velodyne/real-text", test_real_text);
  g_test_add_func ("/cloud-velodyne/damaged-scans-and-text-never-crash", test_damaged_scans_and_text_never_crash);
  return g_test_run ();
}
