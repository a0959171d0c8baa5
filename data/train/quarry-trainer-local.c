/* quarry-trainer-local.c: training as a program on this machine
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The program runs in the folder of the run, in a process group of its own, so that cancelling ends what it started as
 * well; both its outputs go to log.txt, whose last line is shown as progress. Vendors' secrets are not in its environment.
 */

#include "config.h"
#include "quarry-trainer.h"

#include <gio/gio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define POLL_US  50000
#define GRACE_US (5 * G_USEC_PER_SEC)      /* from the polite signal to the other */
#define TAIL     400

extern const QuarryTrainer quarry_trainer_local;

/* Between fork and exec: only calls that are safe there */
static void
child_setup_cb (gpointer user_data)
{
  setpgid (0, 0);
}

static GSubprocessLauncher *
make_launcher (const QuarryTrainRequest *request, const char *log)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_auto(GStrv) names = g_listenv ();

  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_has_prefix (names[i], "QUARRY_SECRET_"))
      g_subprocess_launcher_unsetenv (launcher, names[i]);
  g_subprocess_launcher_set_cwd (launcher, request->folder);
  g_subprocess_launcher_set_stdout_file_path (launcher, log);
  g_subprocess_launcher_set_child_setup (launcher, child_setup_cb, NULL, NULL);
  return launcher;
}

/* Returns: (transfer full): the last line with text in it, "" where there is none */
static char *
read_last_line (const char *log)
{
  char buffer[TAIL + 1] = "";
  FILE *file = fopen (log, "re");
  gsize n = 0;
  char *line = NULL;

  if (file == NULL)
    return g_strdup ("");
  if (fseek (file, -TAIL, SEEK_END) != 0)
    rewind (file);
  n = fread (buffer, 1, TAIL, file);
  fclose (file);
  buffer[n] = '\0';
  g_strchomp (buffer);
  line = strrchr (buffer, '\n');
  if (line == NULL || strrchr (buffer, '\r') > line)
    line = strrchr (buffer, '\r') != NULL ? strrchr (buffer, '\r') : line;
  return g_utf8_make_valid (line != NULL ? line + 1 : buffer, -1);
}

/* The pid as long as the program runs, else 0 */
static pid_t
get_pid (GSubprocess *process)
{
  const char *identifier = g_subprocess_get_identifier (process);

  return identifier != NULL ? (pid_t) g_ascii_strtoll (identifier, NULL, 10) : 0;
}

static void
end_group (GSubprocess *process, pid_t group)
{
  const gint64 deadline = g_get_monotonic_time () + GRACE_US;

  kill (-group, SIGTERM);
  while (kill (-group, 0) == 0 && g_get_monotonic_time () < deadline)
    g_usleep (POLL_US / 5);
  kill (-group, SIGKILL);
  g_subprocess_wait (process, NULL, NULL);
}

static gboolean
set_end (GSubprocess *process, const char *log, int *out_status, GError **error)
{
  g_autofree char *last = read_last_line (log);

  if (g_subprocess_get_if_exited (process))
    *out_status = g_subprocess_get_exit_status (process);
  if (g_subprocess_get_successful (process))
    return TRUE;
  if (g_subprocess_get_if_exited (process))
    g_set_error (error, QUARRY_TRAIN_ERROR, QUARRY_TRAIN_ERROR_FAILED, "the training ended with status %d%s%s (its log is '%s')", *out_status,
                 *last != '\0' ? ": " : "", last, log);
  else
    g_set_error (error, QUARRY_TRAIN_ERROR, QUARRY_TRAIN_ERROR_FAILED, "the training was ended by signal %d%s%s (its log is '%s')",
                 g_subprocess_get_term_sig (process), *last != '\0' ? ": " : "", last, log);
  return FALSE;
}

static gboolean
train (const QuarryTrainRequest *request, char **command, QuarryOperation *operation, int *out_status, GError **error)
{
  g_autofree char *log = g_build_filename (request->folder, "log.txt", NULL);
  g_autoptr(GSubprocessLauncher) launcher = make_launcher (request, log);
  g_autoptr(GSubprocess) process = NULL;
  pid_t group = 0;

  *out_status = -1;
  unlink (log);
  process = g_subprocess_launcher_spawnv (launcher, (const char * const *) command, error);
  if (process == NULL)
    {
      g_prefix_error (error, "cannot start the training: ");
      return FALSE;
    }
  for (group = get_pid (process); get_pid (process) != 0; g_usleep (POLL_US))
    {
      g_autofree char *line = read_last_line (log);

      quarry_operation_set_progress (operation, 0, 0, line);
      if (group > 0 && quarry_operation_is_cancelled (operation, error))
        {
          end_group (process, group);
          return FALSE;
        }
    }
  g_subprocess_wait (process, NULL, NULL);
  return set_end (process, log, out_status, error);
}

const QuarryTrainer quarry_trainer_local = {
  .id = "local",
  .name = "This machine",
  .what = "a command in the run's folder",
  .train = train,
};
