/* bench-recording.c: frames catalogued a second, and memory, for a recording of many frames
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Usage: bench-recording [FRAMES]. Writes a recording of FRAMES (100 000) clouds and as many pictures, small ones, for what is measured is
 * the catalogue and not the disk; imports it, checks the counts, then tells frames a second and the most memory the process had for it.
 */

#include "config.h"
#include "quarry-image.h"
#include "quarry-ingest.h"
#include "quarry-test-recording.h"

#include <stdlib.h>

#define MS G_GINT64_CONSTANT (1000000)
#define T0 (G_GINT64_CONSTANT (1700000000) * QUARRY_NS_PER_S)

/* Of /proc/self/status. Returns: KiB */
static long
read_status (const char *key)
{
  g_autofree char *text = NULL;
  const char *at = NULL;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0;
  at = strstr (text, key);
  return at != NULL ? strtol (at + strlen (key) + 1, NULL, 10) : 0;
}

static void
write_recording (const char *path, guint n)
{
  g_autoptr(QuarryImage) image = quarry_image_new (8, 6);
  g_autoptr(GBytes) jpeg = quarry_image_to_jpeg (image, 50, NULL);
  g_autoptr(QuarryCloud) cloud = quarry_cloud_new (4, TRUE, FALSE, TRUE);
  QuarryTestMcap *mcap = quarry_test_mcap_new ();
  const QuarryPose mount = quarry_pose_from_yaw (1, 0, 2, 0);

  quarry_test_add_transform (mcap, "/tf_static", T0, T0, "base_link", "lidar", &mount);
  quarry_test_add_transform (mcap, "/tf_static", T0, T0, "base_link", "front", &mount);
  for (guint i = 0; i < n; i++)
    {
      const gint64 stamp = T0 + i * 100 * MS;
      const QuarryPose pose = quarry_pose_from_yaw (691234 + 0.1 * i, 5334567, 512, 0);

      quarry_test_add_transform (mcap, "/tf", stamp, stamp, "odom", "base_link", &pose);
      quarry_test_add_cloud (mcap, "/lidar/points", stamp, stamp, "lidar", cloud);
      quarry_test_add_picture (mcap, "/front/image/compressed", stamp, stamp + 3 * MS, "front", "jpeg", g_bytes_get_data (jpeg, NULL),
                               g_bytes_get_size (jpeg));
    }
  quarry_test_mcap_write (mcap, path);
}

int
main (int argc, char **argv)
{
  const guint n = argc > 1 ? (guint) atoi (argv[1]) : 100000;
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "run.mcap", NULL);
  g_autofree char *file = g_build_filename (folder, "catalog.db", NULL);
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("import");
  g_autoptr(QuarryQuery) query = quarry_query_parse ("", NULL);
  g_autoptr(GError) error = NULL;
  QuarryCatalog *catalog = NULL;
  QuarryTotals totals;
  gint64 start;
  double seconds;
  long before;

  write_recording (path, n);
  catalog = quarry_catalog_open (file, &error);
  g_assert_no_error (error);
  g_file_set_contents ("/proc/self/clear_refs", "5", 1, NULL);      /* the peak counts from here */
  before = read_status ("VmRSS:");
  start = g_get_monotonic_time ();
  quarry_ingest_import (catalog, path, NULL, operation, &error);
  g_assert_no_error (error);
  seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  g_assert_true (quarry_catalog_count_totals (catalog, query, &totals, &error));
  g_assert_cmpint (totals.frames, ==, n);
  g_assert_cmpint (totals.media, ==, 2 * n);
  g_print ("%u frames, %u media, %u poses in %.2f s: %.0f frames a second; %ld MiB above the %ld MiB before\n", n, 2 * n, n, seconds, n / seconds,
           (read_status ("VmHWM:") - before) / 1024, before / 1024);
  quarry_catalog_close (catalog, NULL);
  g_object_unref (catalog);
  quarry_test_remove (folder);
  return 0;
}
