/* test-ingest-damage.c: any file of a recording may be cut, changed, missing or a folder
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A small recording of each layout is damaged in one place at a time and imported. Whatever comes of it, the
 * import ends, the catalog is sound, and when the damage is mended the next import brings what an undisturbed
 * one brings.
 */

#include "config.h"
#include "quarry-demo.h"
#include "quarry-test-import.h"

#define N_DAMAGES 60

static const char calibration[] =
  "P2: 7.0e+02 0 6.0e+02 4.5e+01 0 7.0e+02 1.8e+02 2.0e-01 0 0 1 3.0e-03\n"
  "R0_rect: 1 0 0 0 1 0 0 0 1\n"
  "Tr_velo_to_cam: 0 -1 0 0.01 0 0 -1 -0.08 1 0 0 -0.27\n";

static void
write_object (QuarryTestImport *self)
{
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *image = g_strdup_printf ("training/image_2/%06d.png", i);
      g_autofree char *cloud = g_strdup_printf ("training/velodyne/%06d.bin", i);
      g_autofree char *calib = g_strdup_printf ("training/calib/%06d.txt", i);
      g_autofree char *label = g_strdup_printf ("training/label_2/%06d.txt", i);

      quarry_test_write_image (self, image, 60, 20);
      quarry_test_write_cloud (self, cloud, 20, 10, 0, 0);
      quarry_test_write (self, calib, calibration, -1);
      quarry_test_write (self, label, "Car 0 0 1.5 1 1 2 2 1.5 1.6 4 2 1.7 20 0.3\n", -1);
    }
}

static void
write_raw (QuarryTestImport *self)
{
  static const char drive[] = "day/day_drive_0001_sync";
  static const char * const streams[] = { "image_00", "velodyne_points", "oxts" };

  for (int i = 0; i < 3; i++)
    {
      g_autofree char *image = g_strdup_printf ("%s/image_00/data/%010d.png", drive, i);
      g_autofree char *cloud = g_strdup_printf ("%s/velodyne_points/data/%010d.pcd", drive, i);
      g_autofree char *oxts = g_strdup_printf ("%s/oxts/data/%010d.txt", drive, i);
      g_autofree char *stamps = g_strdup_printf ("%s/%s/timestamps.txt", drive, streams[i]);

      quarry_test_write_image (self, image, 60, 20);
      quarry_test_write_cloud (self, cloud, 20, 10, 0, 0);
      quarry_test_write (self, oxts, "49 8.4 112.5 0 0 0.5 1 2 3\n", -1);
      quarry_test_write (self, stamps,
                         "2011-09-26 13:02:25.0\n2011-09-26 13:02:25.1\n2011-09-26 13:02:25.2\n", -1);
    }
  quarry_test_write (self, "day/calib_cam_to_cam.txt",
                     "R_rect_00: 1 0 0 0 1 0 0 0 1\n"
                     "P_rect_00: 7.2e+02 0 6.1e+02 0 0 7.2e+02 1.7e+02 0 0 0 1 0\n", -1);
  quarry_test_write (self, "day/calib_velo_to_cam.txt", "R: 0 -1 0 0 0 -1 1 0 0\nT: 0 0 0\n", -1);
  quarry_test_write (self, "day/calib_imu_to_velo.txt", "R: 1 0 0 0 1 0 0 0 1\nT: 0 0 0\n", -1);
  quarry_test_write (self, "day/day_drive_0001_sync/tracklet_labels.xml",
                     "<boost_serialization><tracklets><item><objectType>Car</objectType>"
                     "<h>1</h><w>1</w><l>1</l><first_frame>0</first_frame><poses>"
                     "<item><tx>1</tx><ty>1</ty><tz>1</tz><rx>0</rx><ry>0</ry><rz>0</rz></item>"
                     "</poses></item></tracklets></boost_serialization>", -1);
}

static void
write_demo (QuarryTestImport *self)
{
  const QuarryDemoOptions options = { 2, 5, 160 };
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("demo");
  g_autoptr(GError) error = NULL;

  quarry_demo_write (self->site, &options, operation, &error);
  g_assert_no_error (error);
}

static void
list_files (const char *folder, GPtrArray *out)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = NULL;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        list_files (path, out);
      else
        g_ptr_array_add (out, g_steal_pointer (&path));
    }
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char **) a, *(char **) b);
}

/* Does one of five things to a file */
static void
damage (const char *path, const char *data, gsize length, GRand *rand)
{
  g_autofree char *copy = g_memdup2 (data, length);
  const gint32 n = (gint32) MAX (length, 1);

  switch (g_rand_int_range (rand, 0, 5))
    {
    case 0:
      g_file_set_contents (path, data, g_rand_int_range (rand, 0, n), NULL);
      break;
    case 1:
      for (int i = 0; i < 3 && length > 0; i++)
        copy[g_rand_int_range (rand, 0, n)] = (char) g_rand_int_range (rand, 0, 256);
      g_file_set_contents (path, copy, (gssize) length, NULL);
      break;
    case 2:
      g_file_set_contents (path, "", 0, NULL);
      break;
    case 3:
      g_remove (path);
      break;
    default:
      g_remove (path);
      g_mkdir (path, 0755);
      break;
    }
}

static void
mend (const char *path, const char *data, gsize length)
{
  g_autoptr(GError) error = NULL;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    g_rmdir (path);
  g_file_set_contents (path, data, (gssize) length, &error);
  g_assert_no_error (error);
}

static void
assert_sound (QuarryTestImport *self)
{
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) sources = quarry_catalog_list_sources (self->test.catalog, NULL);

  g_assert_true (quarry_catalog_check (self->test.catalog, report, NULL, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < sources->len; i++)
    g_assert_cmpstr (((QuarrySource *) sources->pdata[i])->state, !=, "importing");
}

static void
test_damage_and_mend (QuarryTestImport *self, gconstpointer data)
{
  void (*write_site) (QuarryTestImport *) = data;
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GRand) rand = g_rand_new_with_seed (77);
  QuarryTotals whole = { 0 };
  int n_told = 0;

  write_site (self);
  list_files (self->site, files);
  g_ptr_array_sort (files, compare_paths);
  quarry_test_import (self, self->site);
  quarry_catalog_count_totals (self->test.catalog, NULL, &whole, NULL);
  for (int i = 0; i < N_DAMAGES; i++)
    {
      const char *path = files->pdata[g_rand_int_range (rand, 0, (gint32) files->len)];
      g_autofree char *content = NULL;
      g_autoptr(GError) error = NULL;
      QuarryTotals totals = { 0 };
      gsize length = 0;

      quarry_test_close (g_steal_pointer (&self->test.catalog));
      g_remove (self->test.path);
      self->test.catalog = quarry_test_open (self->test.path);
      g_assert_true (g_file_get_contents (path, &content, &length, NULL));
      damage (path, content, length, rand);
      if (quarry_test_try_import (self, self->site, NULL, &error) == 0)
        g_assert_nonnull (error);
      n_told += error != NULL || quarry_report_get_n_issues (self->report, QUARRY_ISSUE_NOTE) > 0;
      assert_sound (self);
      quarry_catalog_count_totals (self->test.catalog, NULL, &totals, NULL);
      g_assert_cmpint (totals.media, <=, whole.media);
      mend (path, content, length);
      quarry_test_import (self, self->site);
      assert_sound (self);
      quarry_catalog_count_totals (self->test.catalog, NULL, &totals, NULL);
      g_assert_cmpint (totals.frames, >=, whole.frames);
      g_assert_cmpint (totals.media, >=, whole.media);
    }
  g_test_message ("%d of %d were told", n_told, N_DAMAGES);
  g_assert_cmpint (n_told, >, N_DAMAGES / 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, data) \
  g_test_add ("/ingest-damage/" name, QuarryTestImport, data, quarry_test_import_setup, \
              test_damage_and_mend, quarry_test_import_teardown)
  ADD ("kitti-object", write_object);
  ADD ("kitti-raw", write_raw);
  ADD ("demo", write_demo);
#undef ADD
  return g_test_run ();
}
