/* bench-clouds.c: point-cloud files against a plain read of their bytes
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   bench-clouds FOLDER [POINTS]
 *
 * Writes the same points into FOLDER as a.bin, binary.pcd, ascii.pcd a.ply and a.npy (both binary), checks what is read back, and
 * prints for each the milliseconds of one read (best of many) and their ratio to reading the bytes into fresh memory. Other
 * readers are timed on the same files by programs of their own (read-pcl.cpp beside this one).
 */

#include "config.h"
#include "quarry-media.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define ROUNDS 15

static void
write_text (const char *path, const QuarryCloud *cloud)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS x y z intensity\nSIZE 4 4 4 4\nTYPE F F F F\n"
                          "COUNT 1 1 1 1\nWIDTH %" G_GSIZE_FORMAT "\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS %" G_GSIZE_FORMAT "\nDATA ascii\n",
                          cloud->n, cloud->n);
  for (gsize i = 0; i < cloud->n; i++)
    g_string_append_printf (text, "%.8g %.8g %.8g %.8g\n", (double) cloud->xyz[3 * i], (double) cloud->xyz[3 * i + 1],
                            (double) cloud->xyz[3 * i + 2], (double) cloud->intensity[i]);
  g_file_set_contents (path, text->str, (gssize) text->len, NULL);
  g_string_free (text, TRUE);
}

/* @head, then the points as x y z intensity */
static void
write_with_head (const char *path, const char *head, gsize head_length, const QuarryCloud *cloud)
{
  GString *bytes = g_string_new_len (head, (gssize) head_length);

  for (gsize i = 0; i < cloud->n; i++)
    {
      g_string_append_len (bytes, (const char *) (cloud->xyz + 3 * i), 12);
      g_string_append_len (bytes, (const char *) (cloud->intensity + i), 4);
    }
  g_file_set_contents (path, bytes->str, (gssize) bytes->len, NULL);
  g_string_free (bytes, TRUE);
}

static QuarryCloud *
make_cloud (gsize n)
{
  QuarryCloud *cloud = quarry_cloud_new (n, TRUE, FALSE, FALSE);
  g_autoptr(GRand) rand = g_rand_new_with_seed (3);

  for (gsize i = 0; i < n; i++)
    {
      for (int k = 0; k < 3; k++)
        cloud->xyz[3 * i + (gsize) k] = (float) g_rand_double_range (rand, -80, 80);
      cloud->intensity[i] = (float) g_rand_double (rand);
    }
  return cloud;
}

/* Milliseconds, the best of some: reading all bytes into fresh memory; reading the points */
static void
time_file (const char *path, const char *format, const QuarryCloud *expected)
{
  double raw = INFINITY, cloud_ms = INFINITY;
  gsize length = 0;

  for (int round = 0; round < ROUNDS; round++)
    {
      gint64 start = g_get_monotonic_time ();
      g_autoptr(GBytes) bytes = quarry_media_read (NULL, path, 0, -1, NULL, NULL);
      const QuarryMedia media = { .uri = (char *) path, .length = -1, .format = (char *) format, .stamp_ns = QUARRY_NO_TIME };
      g_autoptr(QuarryCloud) cloud = NULL;

      raw = MIN (raw, (double) (g_get_monotonic_time () - start) / 1e3);
      length = g_bytes_get_size (bytes);
      g_clear_pointer (&bytes, g_bytes_unref);
      start = g_get_monotonic_time ();
      cloud = quarry_media_load_cloud (NULL, NULL, 0, &media, NULL, NULL);
      cloud_ms = MIN (cloud_ms, (double) (g_get_monotonic_time () - start) / 1e3);
      g_assert_nonnull (cloud);
      g_assert_cmpuint (cloud->n, ==, expected->n);
      for (gsize i = 0; i < 3 * cloud->n; i++)
        g_assert_cmpfloat (fabs ((double) cloud->xyz[i] - (double) expected->xyz[i]), <, 1e-5);
    }
  printf ("%-12s %8.1f MB  raw read %8.3f ms  points %8.3f ms  raw / points %.2f  %6.1f M points/s\n", format, (double) length / 1e6, raw,
          cloud_ms, raw / cloud_ms, (double) expected->n / cloud_ms / 1e3);
}

int
main (int argc, char **argv)
{
  const gsize n = argc > 2 ? (gsize) g_ascii_strtoull (argv[2], NULL, 10) : 1000000;
  g_autoptr(QuarryCloud) cloud = make_cloud (n);
  static const char * const names[] = { "a.bin", "binary.pcd", "ascii.pcd", "a.ply", "a.npy" };
  static const char * const formats[] = { "kitti-bin", "pcd", "pcd", "ply", "npy" };
  g_autofree char *ply = g_strdup_printf ("ply\nformat binary_little_endian 1.0\nelement vertex %" G_GSIZE_FORMAT "\nproperty float x\n"
                                          "property float y\nproperty float z\nproperty float intensity\nend_header\n", n);
  g_autofree char *npy = g_strdup_printf ("{'descr': '<f4', 'fortran_order': False, 'shape': (%" G_GSIZE_FORMAT ", 4), }\n", n);

  if (argc < 2)
    {
      fprintf (stderr, "bench-clouds FOLDER [POINTS]\n");
      return 2;
    }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (argv[1], names[i], NULL);
      g_autoptr(GString) head = g_string_new_len ("\x93NUMPY\x01\x00", 8);

      g_string_append_c (head, (char) (strlen (npy) & 0xFF));
      g_string_append_c (head, (char) (strlen (npy) >> 8));
      g_string_append (head, npy);
      if (i == 0)
        quarry_cloud_write_kitti (cloud, path, NULL);
      else if (i == 1)
        quarry_cloud_write_pcd (cloud, path, NULL);
      else if (i == 2)
        write_text (path, cloud);
      else if (i == 3)
        write_with_head (path, ply, strlen (ply), cloud);
      else
        write_with_head (path, head->str, head->len, cloud);
      time_file (path, formats[i], cloud);
    }
  return 0;
}
