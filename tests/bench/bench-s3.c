/* bench-s3.c: small objects to and from S3, beside rclone, in one run
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Run by hand:  tests/servers/s3.sh versitygw build/servers build/tests/bench-s3 [N]
 * N objects of 150 kB (camera pictures of a log), 8 at a time on both sides; files on this machine's disk, our cache on disk off. What
 * arrives is compared first; a figure is objects a second and the ratio to rclone's (above 1: quicker than rclone).
 */

#include "config.h"
#include "quarry-storage.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE     150000
#define PARALLEL 8

typedef struct
{
  QuarryStorage *storage;
  char          *from, *to;      /* folders */
  guint          n;
  int            next;
  gboolean       up;
} Work;

static void
fail (const char *what, const GError *error)
{
  g_printerr ("%s: %s\n", what, error != NULL ? error->message : "failed");
  exit (1);
}

static gpointer
work_in_thread (gpointer data)
{
  Work *work = data;

  for (;;)
    {
      const guint i = (guint) g_atomic_int_add (&work->next, 1);
      g_autofree char *from = NULL;
      g_autofree char *to = NULL;
      g_autoptr(QuarryFile) file = NULL;
      g_autoptr(GBytes) bytes = NULL;
      g_autoptr(GError) error = NULL;

      if (i >= work->n)
        return NULL;
      from = g_strdup_printf ("%s/%06u.jpg", work->from, i);
      to = g_strdup_printf ("%s/%06u.jpg", work->to, i);
      if (work->up)
        {
          if (!quarry_storage_put_file (work->storage, from, to, NULL, &error))
            fail (to, error);
          continue;
        }
      file = quarry_storage_open (work->storage, from, NULL, &error);
      bytes = file != NULL ? quarry_file_read_bytes (file, 0, -1, NULL, &error) : NULL;
      if (bytes == NULL || !g_file_set_contents (to, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), &error))
        fail (from, error);
    }
}

/* Returns: seconds */
static double
transfer (QuarryStorage *storage, const char *from, const char *to, guint n, gboolean up)
{
  Work work = { storage, (char *) from, (char *) to, n, 0, up };
  GThread *threads[PARALLEL];
  const gint64 start = g_get_monotonic_time ();
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) entries = up ? NULL : quarry_storage_list (storage, from, FALSE, NULL, &error);

  if (!up && (entries == NULL || entries->len != n))
    fail (from, error);
  for (guint i = 0; i < PARALLEL; i++)
    threads[i] = g_thread_new ("transfer", work_in_thread, &work);
  for (guint i = 0; i < PARALLEL; i++)
    g_thread_join (threads[i]);
  return (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

/* Returns: seconds; 0 where there is no rclone */
static double
rclone (const char *from, const char *to)
{
  g_autofree char *program = g_find_program_in_path ("rclone");
  const char *argv[] = { program, "copy", "--transfers", "8", "--checkers", "8", "--no-traverse", "--s3-no-check-bucket", from, to, NULL };
  const gint64 start = g_get_monotonic_time ();
  g_autoptr(GError) error = NULL;
  int status = 0;

  if (program == NULL)
    return 0;
  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status, &error) ||
      !g_spawn_check_wait_status (status, &error))
    fail ("rclone", error);
  return (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

static void
make_files (const char *folder, guint n)
{
  g_autofree guint32 *words = g_malloc (SIZE);
  g_autoptr(GRand) rand = g_rand_new_with_seed (5);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%06u.jpg", folder, i);

      for (guint k = 0; k < SIZE / 4; k++)
        words[k] = g_rand_int (rand);
      g_file_set_contents (path, (char *) words, SIZE, NULL);
    }
}

static void
compare (const char *a, const char *b, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path_a = g_strdup_printf ("%s/%06u.jpg", a, i);
      g_autofree char *path_b = g_strdup_printf ("%s/%06u.jpg", b, i);
      g_autofree char *x = NULL;
      g_autofree char *y = NULL;
      gsize n_x = 0, n_y = 0;

      if (!g_file_get_contents (path_a, &x, &n_x, NULL) || !g_file_get_contents (path_b, &y, &n_y, NULL) || n_x != n_y || memcmp (x, y, n_x) != 0)
        fail (path_b, NULL);
    }
}

/* So that nothing is left out because it is there already */
static void
empty (const char *folder, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%06u.jpg", folder, i);

      g_unlink (path);
    }
}

static void
tell (const char *what, guint n, double ours, double theirs)
{
  g_print ("%-8s quarry %6.2f s, %5.0f objects/s, %5.1f MB/s", what, ours, n / ours, n * (SIZE / 1e6) / ours);
  if (theirs > 0)
    g_print ("; rclone %6.2f s, %5.0f objects/s; ratio %.2f", theirs, n / theirs, theirs / ours);
  g_print ("\n");
}

int
main (int argc, char **argv)
{
  const guint n = argc > 1 ? (guint) atoi (argv[1]) : 1000;
  g_autoptr(QuarryStorage) storage = quarry_storage_new ();
  g_autofree char *root = g_dir_make_tmp ("quarry-bench-XXXXXX", NULL);
  static const char * const names[] = { "files", "ours", "theirs" };
  char *folders[G_N_ELEMENTS (names)];

  g_unsetenv ("AWS_CA_BUNDLE");      /* Debian's rclone gives up over it, even for http */
  g_setenv ("RCLONE_CONFIG", "/dev/null", TRUE);
  g_setenv ("RCLONE_CONFIG_Q_TYPE", "s3", TRUE);
  g_setenv ("RCLONE_CONFIG_Q_PROVIDER", "Other", TRUE);
  g_setenv ("RCLONE_CONFIG_Q_ENV_AUTH", "true", TRUE);
  g_setenv ("RCLONE_CONFIG_Q_ENDPOINT", g_getenv ("AWS_ENDPOINT_URL"), TRUE);
  quarry_storage_set_disk_limit (storage, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      folders[i] = g_build_filename (root, names[i], NULL);
      g_mkdir (folders[i], 0700);
    }
  make_files (folders[0], n);
  for (int round = 0; round < 3; round++)
    {
      g_autofree char *our_prefix = g_strdup_printf ("s3://quarry/bench/ours-%d", round);
      g_autofree char *their_prefix = g_strdup_printf ("q:quarry/bench/theirs-%d", round);
      g_autofree char *same_prefix = g_strdup_printf ("s3://quarry/bench/theirs-%d", round);
      const double up = transfer (storage, folders[0], our_prefix, n, TRUE);
      const double their_up = rclone (folders[0], their_prefix);
      const double their_down = rclone (their_prefix, folders[2]);
      const double down = transfer (storage, their_up > 0 ? same_prefix : our_prefix, folders[1], n, FALSE);

      compare (folders[0], folders[1], n);
      if (their_down > 0)
        compare (folders[0], folders[2], n);
      tell ("put", n, up, their_up);
      tell ("get", n, down, their_down);
      empty (folders[1], n);
      empty (folders[2], n);
      quarry_storage_set_limit (storage, 0);
      quarry_storage_set_limit (storage, (gsize) 256 << 20);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      empty (folders[i], n);
      g_rmdir (folders[i]);
      g_free (folders[i]);
    }
  g_rmdir (root);
  return 0;
}
