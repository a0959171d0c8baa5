/* test-crash-import.c: an import that is killed at any moment
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * This program is its own victim: called with --import CATALOG FOLDER it imports and is killed by
 * the test.
 */

#include "config.h"
#include "quarry-test-import.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_FRAMES 2400         /* three commits of frames */
#define N_KILLS 20

static const char calibration[] = "P2: 7.0e+02 0 6.0e+02 4.5e+01 0 7.0e+02 1.8e+02 2.0e-01 0 0 1 "
                                  "3.0e-03\nR0_rect: 1 0 0 0 1 0 0 0 1\n"
                                  "Tr_velo_to_cam: 0 -1 0 0.01 0 0 -1 -0.08 1 0 0 -0.27\n";

static int
be_the_victim (const char *catalog_path, const char *folder)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryCatalog) catalog = quarry_catalog_open (catalog_path, &error);
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("import");

  if (catalog == NULL || quarry_ingest_import (catalog, folder, NULL, operation, &error) == 0)
    g_error ("%s", error->message);
  quarry_catalog_close (catalog, NULL);
  return 0;
}

static void
link_file (QuarryTestImport *self, const char *from, const char *part, guint number,
           const char *extension)
{
  g_autofree char *relative = g_strdup_printf ("training/%s/%06u.%s", part, number, extension);
  g_autofree char *to = quarry_test_site_path (self, relative);

  g_assert_cmpint (link (from, to), ==, 0);
}

static void
write_site (QuarryTestImport *self)
{
  g_autofree char *image = g_build_filename (self->site, "image.png", NULL);
  g_autofree char *calib = g_build_filename (self->site, "calib.txt", NULL);

  quarry_test_write_image (self, "image.png", 60, 20);
  quarry_test_write (self, "calib.txt", calibration, -1);
  for (guint i = 0; i < N_FRAMES; i++)
    {
      g_autofree char *relative = g_strdup_printf ("training/label_2/%06u.txt", i);
      g_autofree char *label = g_strdup_printf ("Car 0.00 0 %d.5 10 10 20 20 1.5 1.6 4 %u.5 1.7 20 "
                                                "0.3\nVan 0.00 0 0 1 1 2 2 1 1 1 1 1 9 0\n",
                                                i % 3, i % 7);

      link_file (self, image, "image_2", i, "png");
      link_file (self, calib, "calib", i, "txt");
      quarry_test_write (self, relative, label, -1);
    }
  quarry_test_write (self, "training/image_2/broken.png", "\x89PNG\r\n\x1A\n", -1);
}

static GPid
start_victim (const char *catalog_path, const char *folder)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *argv[] = { self, "--import", catalog_path, folder, NULL };
  g_autoptr(GError) error = NULL;
  GPid pid = 0;

  g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  return pid;
}

/* Returns: whether it was killed, not done already */
static gboolean
kill_after (GPid pid, gint64 us)
{
  int status = 0;

  g_usleep ((gulong) us);
  kill (pid, SIGKILL);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status) || (WIFEXITED (status) && WEXITSTATUS (status) == 0));
  return WIFSIGNALED (status);
}

static void
assert_sound (QuarryTestImport *self)
{
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_true (quarry_catalog_check (self->test.catalog, report, NULL, &error));
  g_assert_no_error (error);
  text = quarry_report_to_text (report);
  if (quarry_report_get_n_issues (report, QUARRY_ISSUE_LOSS) > 0)
    g_error ("check says:\n%s", text);
}

/* Returns: (transfer full): the catalog's content after an import that nobody disturbs; @out_us:
 * how long it took another process */
static char *
import_undisturbed (QuarryTestImport *self, gint64 *out_us)
{
  g_autofree char *path = g_build_filename (self->test.folder, "reference.db", NULL);
  const gint64 start = g_get_monotonic_time ();
  g_autoptr(QuarryCatalog) catalog = NULL;
  char *dump = NULL;
  int status = 0;

  g_assert_cmpint (waitpid (start_victim (path, self->site), &status, 0), >, 0);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  *out_us = g_get_monotonic_time () - start;
  catalog = quarry_test_open (path);
  dump = quarry_catalog_dump (catalog, NULL);
  g_assert_true (quarry_catalog_close (catalog, NULL));
  g_remove (path);
  return dump;
}

static void
remove_catalog (QuarryTestImport *self)
{
  static const char * const suffixes[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (self->test.path, suffixes[i], NULL);

      g_remove (path);
    }
}

static void
test_second_run_finishes_what_a_kill_cut_off (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (1);
  g_autofree char *expected = NULL;
  gint64 duration = 0;
  int n_killed = 0, n_between = 0;

  quarry_test_close (g_steal_pointer (&self->test.catalog));
  write_site (self);
  expected = import_undisturbed (self, &duration);
  for (int i = 0; i < N_KILLS; i++)
    {
      g_autofree char *dump = NULL;
      QuarryTotals totals = { 0 };

      remove_catalog (self);
      n_killed += kill_after (start_victim (self->test.path, self->site),
                              (gint64) g_rand_double_range (rand, 0, (double) duration));
      self->test.catalog = quarry_test_open (self->test.path);
      assert_sound (self);
      g_assert_true (quarry_catalog_count_totals (self->test.catalog, NULL, &totals, NULL));
      g_assert_cmpint (totals.frames, <=, N_FRAMES);
      g_assert_cmpint (totals.annotations, ==,
                       4 * totals.frames); /* a frame comes with all of its labels */
      n_between += totals.frames > 0 && totals.frames < N_FRAMES;
      quarry_test_import (self, self->site);
      assert_sound (self);
      dump = quarry_catalog_dump (self->test.catalog, NULL);
      if (!g_str_equal (dump, expected))
        g_error ("run %d: the second run gave another content", i);
      quarry_test_close (g_steal_pointer (&self->test.catalog));
    }
  g_test_message ("%d of %d killed, %d with a part of the frames", n_killed, N_KILLS, n_between);
  g_assert_cmpint (n_killed, >, N_KILLS / 2);
}

int
main (int argc, char **argv)
{
  if (argc == 4 && g_str_equal (argv[1], "--import"))
    return be_the_victim (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/crash-import/second-run-finishes-what-a-kill-cut-off", QuarryTestImport, NULL,
              quarry_test_import_setup, test_second_run_finishes_what_a_kill_cut_off,
              quarry_test_import_teardown);
  return g_test_run ();
}
