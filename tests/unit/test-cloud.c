/* test-cloud.c: point clouds in and out
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-cloud.h"
#include "quarry-media.h"
#include "quarry-test.h"

#include <math.h>
#include <string.h>

static QuarryCloud *
make_cloud (gsize n)
{
  QuarryCloud *cloud = quarry_cloud_new (n, TRUE, TRUE, TRUE);

  for (gsize i = 0; i < n; i++)
    {
      cloud->xyz[3 * i] = (float) i * 0.25f;
      cloud->xyz[3 * i + 1] = -(float) i;
      cloud->xyz[3 * i + 2] = i == 3 ? NAN : 2.5f;
      cloud->intensity[i] = (float) (i % 256) / 255;
      cloud->offset_ns[i] = (gint32) i * 1000 - 500000;
      cloud->ring[i] = (guint16) (i % 64);
    }
  return cloud;
}

static QuarryCloud *
decode_text (const char *text, GError **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static (text, strlen (text));

  return quarry_cloud_decode (bytes, "pcd", "a.pcd", error);
}

static void
test_pcd_round_trip_is_exact (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "a.pcd", NULL);
  g_autoptr(QuarryCloud) cloud = make_cloud (1000);
  g_autoptr(QuarryCloud) back = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) error = NULL;
  gint64 n = 0;

  quarry_cloud_write_pcd (cloud, path, &error);
  g_assert_no_error (error);
  g_assert_true (quarry_cloud_count (NULL, path, "pcd", &n, &error));
  g_assert_cmpint (n, ==, 1000);
  bytes = quarry_media_read (NULL, path, 0, -1, NULL, &error);
  back = quarry_cloud_decode (bytes, "pcd", path, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (back->xyz, 12000, cloud->xyz, 12000);
  g_assert_cmpmem (back->intensity, 4000, cloud->intensity, 4000);
  g_assert_cmpmem (back->offset_ns, 4000, cloud->offset_ns, 4000);
  g_assert_cmpmem (back->ring, 2000, cloud->ring, 2000);
  quarry_test_remove (folder);
}

static void
test_kitti_round_trip_is_exact (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "a.bin", NULL);
  g_autoptr(QuarryCloud) cloud = make_cloud (777);
  g_autoptr(QuarryCloud) back = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) error = NULL;
  gint64 n = 0;

  quarry_cloud_write_kitti (cloud, path, &error);
  g_assert_no_error (error);
  g_assert_true (quarry_cloud_count (NULL, path, "kitti-bin", &n, &error));
  g_assert_cmpint (n, ==, 777);
  bytes = quarry_media_read (NULL, path, 0, -1, NULL, &error);
  back = quarry_cloud_decode (bytes, "kitti-bin", path, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (back->xyz, 777 * 12, cloud->xyz, 777 * 12);
  g_assert_cmpmem (back->intensity, 777 * 4, cloud->intensity, 777 * 4);
  g_assert_null (back->offset_ns);
  quarry_test_remove (folder);
}

static void
test_cut_bin_names_the_byte (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "a.bin", NULL);
  g_autoptr(GBytes) bytes = g_bytes_new_static ("0123456789abcdef0123", 20);
  g_autoptr(GError) error = NULL;
  gint64 n = 0;

  g_assert_null (quarry_cloud_decode (bytes, "kitti-bin", "a.bin", &error));
  g_assert_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN);
  g_assert_cmpstr (error->message, ==, "a.bin: byte 16: the last point is cut off (4 of 16 bytes)");
  g_clear_error (&error);
  g_file_set_contents (path, "0123456789abcdef0123", 20, NULL);
  g_assert_false (quarry_cloud_count (NULL, path, "kitti-bin", &n, &error));
  g_assert_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN);
  g_clear_error (&error);
  g_assert_false (quarry_cloud_count (NULL, "/nowhere/a.bin", "kitti-bin", &n, &error));
  g_assert_cmpstr (error->message, ==, "cannot open '/nowhere/a.bin': No such file or directory");
  quarry_test_remove (folder);
}

static void
test_ascii_numbers_are_read (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr (QuarryCloud)
      cloud = decode_text ("VERSION .7\r\nFIELDS rgb y x z Intensity t ring\r\nSIZE 4 4 4 4 4 4 "
                           "2\r\nTYPE F F F F F F U\r\n"
                           "WIDTH 3\r\nHEIGHT 1\r\nPOINTS 3\r\nDATA ascii\r\n"
                           "4.2e6 2.5 -1.25 +3 0 0.05 7\r\n"
                           "\r\n"
                           "0 nan 1e-3 123456789.125 51 -1.5e-3 65535\r\n"
                           "  0\t0.1  -.5 5. 255 0 99999",
                           &error);

  g_assert_no_error (error);
  g_assert_cmpint (cloud->n, ==, 3);
  g_assert_true (cloud->xyz[0] == -1.25f && cloud->xyz[1] == 2.5f && cloud->xyz[2] == 3.0f);
  g_assert_true (cloud->xyz[3] == 1e-3f && isnan (cloud->xyz[4]) &&
                 cloud->xyz[5] == 123456789.125f);
  g_assert_true (cloud->xyz[6] == -0.5f && cloud->xyz[7] == 0.1f && cloud->xyz[8] == 5.0f);
  g_assert_cmpfloat_with_epsilon ((double) cloud->intensity[1], 0.2, 1e-6);      /* 0…255 */
  g_assert_cmpint (cloud->offset_ns[0], ==, 50000000);
  g_assert_cmpint (cloud->offset_ns[1], ==, -1500000);
  g_assert_cmpint (cloud->ring[1], ==, 65535);
  g_assert_cmpint (cloud->ring[2], ==, 0);
}

static void
test_absolute_times_wait_for_the_stamp (void)
{
  g_autoptr(QuarryCloud) cloud = decode_text (
      "FIELDS x y z timestamp\nSIZE 4 4 4 8\nTYPE F F F F\nWIDTH 1\nPOINTS 1\nDATA ascii\n"
      "1 2 3 1600000000.25\n",
      NULL);

  g_assert_nonnull (cloud);
  g_assert_cmpint (cloud->clock_ns, ==, G_GINT64_CONSTANT (1600000000250000000));
  g_assert_cmpint (cloud->offset_ns[0], ==, 0);
  quarry_cloud_set_stamp (cloud, G_GINT64_CONSTANT (1600000000200000000));
  g_assert_cmpint (cloud->clock_ns, ==, QUARRY_NO_TIME);
  g_assert_cmpint (cloud->offset_ns[0], ==, 50000000);
}

static void
test_bad_headers_are_errors (void)
{
  static const struct { const char *text, *message;
  } cases[] = {
    { "1 2 3\n", "a.pcd: line 1: no line of a PCD header" },
    { "", "a.pcd: line 1: the header ends without DATA" },
    { "FIELDS x y z\nSIZE 4 4\n", "a.pcd: line 2: not as many values as there are fields" },
    { "FIELDS x y z\nSIZE 4 4 3\n", "a.pcd: line 2: a value that is not understood" },
    { "FIELDS x y z\nTYPE F F X\n", "a.pcd: line 2: a value that is not understood" },
    { "FIELDS x y z\nWIDTH 2\nPOINTS 3\nDATA ascii\n",
      "a.pcd: line 4: POINTS is not WIDTH × HEIGHT" },
    { "FIELDS x y z\nWIDTH -2\n", "a.pcd: line 2: not a number of points" },
    { "FIELDS x y z\nDATA zip\n", "a.pcd: line 2: unknown kind of DATA" },
    { "DATA ascii\n", "a.pcd: line 1: the header has no FIELDS" },
    { "FIELDS x y\nWIDTH 1\nDATA ascii\n1 2\n", "a.pcd: the cloud has no field 'z'" },
    { "FIELDS x y z\nWIDTH 2\nDATA ascii\n1 2 3\n1 2       \n",
      "a.pcd: line 5: not the 3 numbers of a point" },
    { "FIELDS x y z\nWIDTH 2\nDATA ascii\n1 2 3\n1 2 a\n",
      "a.pcd: line 5: not the 3 numbers of a point" },
    { "FIELDS x y z\nWIDTH 2\nDATA ascii\n1.00000 2 3\n",
      "a.pcd: line 4: the points are cut off (1 of 2)" },
    { "FIELDS x y z\nWIDTH 1000000\nDATA ascii\n1 2 3\n",
      "a.pcd: byte 44: the file is too short for its 1000000 points" },
    { "FIELDS x y z\nWIDTH 1\nDATA binary\n0123456789",
      "a.pcd: byte 43: the file is too short for its 1 points" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (decode_text (cases[i].text, &error));
      g_assert_nonnull (error);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

/* Files and what is known about them; see PROVENANCE.md beside them. n −1: an error */
static void
test_real_clouds_are_read (void)
{
  static const struct { const char *path; gint64 n; gsize n_nan; } files[] = {
    { "pcd/pcl/five_people.pcd", 307200, 68125 },
    { "pcd/pcl_data/tutorials/pairwise/capture0001.pcd", 307200, 57553 },
    { "pcd/pcl_data/terrain/FSite8_red2-utm.pcd", 21714, 0 },
    { "pcd/pcl_data/tutorials/template_alignment/object_template_1.pcd", 1552, 0 },
    { "pcd/pcl/bun0.pcd", 397, 0 },
    { "pcd/pcl/milk_color.pcd", 13704, 0 },
    { "pcd/pcl/colored_cloud.pcd", 1000, 0 },
    { "pcd/pdal/autzen-utm.pcd", 1065, 0 },
    { "pcd/pdal/utm17_space.pcd", 10, 0 },
    { "pcd/pcd_rs/empty_compressed.pcd", 0, 0 },
    { "pcd/pcd_rs/highly_compressed.pcd", 1000, 0 },
    { "pcd/pcd_rs/test_v06_binary.pcd", 1, 0 },
    { "sustechpoints/example/lidar/000965.pcd", 66781, 0 },
    { "pcd/pcd_rs/corrupt_compressed.pcd", -1, 0 },
    { "pcd/pcd_rs/test_v5_compressed.pcd", -1, 0 },
    { "pcd/pdal/missingheader.pcd", -1, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = quarry_test_shared (files[i].path);
      g_autoptr(GBytes) bytes = NULL;
      g_autoptr(QuarryCloud) cloud = NULL;
      g_autoptr(GError) error = NULL;
      gsize n_nan = 0;
      gint64 n = 0;

      if (path == NULL)
        return;
      bytes = quarry_media_read (NULL, path, 0, -1, NULL, NULL);
      cloud = quarry_cloud_decode (bytes, "pcd", files[i].path, &error);
      if (files[i].n < 0)
        {
          g_test_message ("%s", error != NULL ? error->message : path);
          g_assert_null (cloud);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpint ((gint64) cloud->n, ==, files[i].n);
      for (gsize k = 0; k < cloud->n; k++)
        n_nan += isnan (cloud->xyz[3 * k]) ? 1 : 0;
      g_assert_cmpuint (n_nan, ==, files[i].n_nan);
      g_assert_true (quarry_cloud_count (NULL, path, "pcd", &n, &error));
      g_assert_cmpint (n, ==, files[i].n);
    }
}

/* The same points as binary and as binary_compressed */
static void
test_compressed_equals_plain (void)
{
  static const char * const pairs[][2] = {
    { "pcd/pcd_rs/highly_uncompressed.pcd", "pcd/pcd_rs/highly_compressed.pcd" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      QuarryCloud *clouds[2] = { NULL, NULL };

      for (int k = 0; k < 2; k++)
        {
          g_autofree char *path = quarry_test_shared (pairs[i][k]);
          g_autoptr(GBytes) bytes = path != NULL ? quarry_media_read (NULL, path, 0, -1, NULL, NULL)
                                                  : NULL;

          if (path == NULL)
            return;
          clouds[k] = quarry_cloud_decode (bytes, "pcd", path, NULL);
          g_assert_nonnull (clouds[k]);
        }
      g_assert_cmpmem (clouds[0]->xyz, clouds[0]->n * 12, clouds[1]->xyz, clouds[1]->n * 12);
      quarry_cloud_free (clouds[0]);
      quarry_cloud_free (clouds[1]);
    }
}

/* Literals, then a match of 24 that overlaps itself, in 10 bytes: 8 points of three equal floats */
static GBytes *
make_compressed (void)
{
  static const char header[] = "FIELDS x y z\nWIDTH 8\nDATA binary_compressed\n";
  static const guint8 body[] = { 8, 0, 0, 0, 96, 0, 0, 0, 3, 0, 0, 0x80, 0x3F, 0xE0, 83, 3 };
  GByteArray *array = g_byte_array_new ();

  g_byte_array_append (array, (const guint8 *) header, sizeof header - 1);
  g_byte_array_append (array, body, sizeof body);
  return g_byte_array_free_to_bytes (array);
}

static void
test_lzf_expands_overlapping_matches (void)
{
  g_autoptr(GBytes) bytes = make_compressed ();
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryCloud) cloud = quarry_cloud_decode (bytes, "pcd", "a.pcd", &error);

  g_assert_no_error (error);
  g_assert_cmpint (cloud->n, ==, 8);
  for (int i = 0; i < 24; i++)
    g_assert_true (cloud->xyz[i] == 1.0f);
}

/* 0 ascii, 1 binary, 2 compressed, 3 kitti */
static GBytes *
make_bytes (int kind, const char *folder)
{
  static const char text[] = "VERSION .7\nFIELDS x y z i\nSIZE 4 4 4 4\nTYPE F F F F\nCOUNT 1 1 1 "
                             "1\nWIDTH 3\nHEIGHT 1\nPOINTS 3\n"
                             "DATA ascii\n1.5 2 3 0\n-4 5 6.25 1\n7e1 8 9 .5\n";
  g_autofree char *path = g_build_filename (folder, "a", NULL);
  g_autoptr(QuarryCloud) cloud = make_cloud (40);

  if (kind == 0)
    return g_bytes_new_static (text, sizeof text - 1);
  if (kind == 2)
    return make_compressed ();
  g_assert_true (kind == 1 ? quarry_cloud_write_pcd (cloud, path, NULL)
                           : quarry_cloud_write_kitti (cloud, path, NULL));
  return quarry_media_read (NULL, path, 0, -1, NULL, NULL);
}

static void
test_cut_and_flipped_clouds_never_crash (gconstpointer data)
{
  const int kind = GPOINTER_TO_INT (data);
  const char *format = kind == 3 ? "kitti-bin" : "pcd";
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "b", NULL);
  g_autoptr(GBytes) whole = make_bytes (kind, folder);
  g_autoptr(GRand) rand = g_rand_new_with_seed (5);
  const gsize length = g_bytes_get_size (whole);

  for (gsize i = 0; i < 50; i++)
    {
      const gsize cut_length = length * i / 50;
      g_autoptr(GBytes) cut = g_bytes_new_from_bytes (whole, 0, cut_length);
      g_autoptr(GError) error = NULL;
      g_autoptr(QuarryCloud) cloud = quarry_cloud_decode (cut, format, "cut", &error);

      g_assert_true ((cloud == NULL) == (error != NULL));
      g_assert_true (cloud == NULL || (kind == 3 && cut_length % 16 == 0));
    }
  for (int i = 0; i < 200; i++)
    {
      guint8 *copy = g_memdup2 (g_bytes_get_data (whole, NULL), length);
      g_autoptr(GBytes) bytes = NULL;
      g_autoptr(GError) error = NULL;
      g_autoptr(QuarryCloud) cloud = NULL;
      gint64 n = 0;

      copy[g_rand_int_range (rand, 0, (gint32) length)] = (guint8) g_rand_int_range (rand, 0, 256);
      bytes = g_bytes_new_take (copy, length);
      cloud = quarry_cloud_decode (bytes, format, "flip", &error);
      g_assert_true ((cloud == NULL) == (error != NULL));
      g_file_set_contents (path, (const char *) copy, (gssize) length, NULL);
      quarry_cloud_count (NULL, path, format, &n, NULL);
    }
  quarry_test_remove (folder);
}

/* A machine that drives 10 m/s forward and turns left at 0.5 rad/s */
static QuarryPose
pose_at (double seconds)
{
  return quarry_pose_from_yaw (20 * sin (0.5 * seconds), 20 * (1 - cos (0.5 * seconds)), 0,
                               0.5 * seconds);
}

static void
test_deskew_brings_points_to_the_stamp (void)
{
  const gint64 stamp = 1000 * QUARRY_NS_PER_S;
  const double world[3] = { 30, 12, 1.5 };
  const QuarryPose body_from_sensor = quarry_pose_from_yaw (1.2, 0.3, 2.5, 0.7);
  g_autoptr(GArray) trajectory = quarry_trajectory_new ();
  g_autoptr(QuarryCloud) cloud = quarry_cloud_new (100, FALSE, TRUE, FALSE);

  for (int i = -20; i <= 20; i++)
    {
      const QuarryStampedPose pose = { stamp + i * 10 * 1000 * 1000, pose_at (i * 0.01) };

      g_array_append_val (trajectory, pose);
    }
  for (gsize i = 0; i < 100; i++)       /* one thing that stands still, seen a hundred times */
    {
      const double seconds = -0.1 + 0.001 * (double) i;
      const QuarryPose world_from_body = pose_at (seconds);
      const QuarryPose world_from_sensor = quarry_pose_multiply (&world_from_body,
                                                                 &body_from_sensor);
      const QuarryPose sensor_from_world = quarry_pose_invert (&world_from_sensor);
      double seen[3];

      quarry_pose_apply (&sensor_from_world, world, seen);
      for (gsize k = 0; k < 3; k++)
        cloud->xyz[3 * i + k] = (float) seen[k];
      cloud->offset_ns[i] = (gint32) round (seconds * 1e9);
    }
  g_assert_true (quarry_cloud_deskew (cloud, trajectory, &body_from_sensor, stamp));
  g_assert_null (cloud->offset_ns);
  {
    const QuarryPose world_from_body = pose_at (0);
    const QuarryPose world_from_sensor = quarry_pose_multiply (&world_from_body, &body_from_sensor);
    const QuarryPose sensor_from_world = quarry_pose_invert (&world_from_sensor);
    double expected[3];

    quarry_pose_apply (&sensor_from_world, world, expected);
    for (gsize i = 0; i < 100; i++)
      for (gsize k = 0; k < 3; k++)
        g_assert_cmpfloat_with_epsilon ((double) cloud->xyz[3 * i + k], expected[k], 1e-3);
  }
}

static void
test_deskew_without_poses_changes_nothing (void)
{
  const QuarryPose identity = QUARRY_POSE_IDENTITY;
  g_autoptr(GArray) trajectory = quarry_trajectory_new ();
  g_autoptr(QuarryCloud) cloud = make_cloud (10);
  g_autoptr(QuarryCloud) same = make_cloud (10);
  const QuarryStampedPose pose = { 0, QUARRY_POSE_IDENTITY };

  g_assert_false (quarry_cloud_deskew (cloud, NULL, &identity, 0));
  g_assert_false (quarry_cloud_deskew (cloud, trajectory, &identity, 0));
  g_array_append_val (trajectory, pose);
  g_assert_false (quarry_cloud_deskew (cloud, trajectory, &identity, QUARRY_NO_TIME));
  g_assert_false (quarry_cloud_deskew (cloud, trajectory, &identity,
                                       100 * QUARRY_NS_PER_S)); /* beyond the poses */
  g_assert_cmpmem (cloud->xyz, 120, same->xyz, 120);
  g_assert_nonnull (cloud->offset_ns);
}

int
main (int argc, char **argv)
{
  static const char * const kinds[] = { "ascii", "binary", "compressed", "kitti" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cloud/pcd-round-trip-is-exact", test_pcd_round_trip_is_exact);
  g_test_add_func ("/cloud/kitti-round-trip-is-exact", test_kitti_round_trip_is_exact);
  g_test_add_func ("/cloud/cut-bin-names-the-byte", test_cut_bin_names_the_byte);
  g_test_add_func ("/cloud/ascii-numbers-are-read", test_ascii_numbers_are_read);
  g_test_add_func ("/cloud/absolute-times-wait-for-the-stamp", test_absolute_times_wait_for_the_stamp);
  g_test_add_func ("/cloud/bad-headers-are-errors", test_bad_headers_are_errors);
  g_test_add_func ("/cloud/real-clouds-are-read", test_real_clouds_are_read);
  g_test_add_func ("/cloud/compressed-equals-plain", test_compressed_equals_plain);
  g_test_add_func ("/cloud/lzf-expands-overlapping-matches", test_lzf_expands_overlapping_matches);
  g_test_add_func ("/cloud/deskew-brings-points-to-the-stamp",
                   test_deskew_brings_points_to_the_stamp);
  g_test_add_func ("/cloud/deskew-without-poses-changes-nothing",
                   test_deskew_without_poses_changes_nothing);
  for (int kind = 0; kind < 4; kind++)
    {
      g_autofree char *name = g_strdup_printf ("/cloud/cut-and-flipped-clouds-never-crash/%s",
                                               kinds[kind]);

      g_test_add_data_func (name, GINT_TO_POINTER (kind), test_cut_and_flipped_clouds_never_crash);
    }
  return g_test_run ();
}
