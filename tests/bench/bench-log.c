/* bench-log.c: a log opened and scanned, for tests/bench/bench-log.py
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Usage: bench-log FILE [TOPIC]: one line: seconds to open, messages and bytes of a scan, seconds it took. With --open only opened.
 */

#include "config.h"
#include "quarry-log.h"

#include <string.h>

typedef struct { guint64 n, bytes; } Sum;

static gboolean
message_cb (const QuarryLogMessage *message, gpointer user_data, GError **error)
{
  Sum *sum = user_data;

  sum->n++;
  sum->bytes += message->length;
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr(QuarryStorage) storage = quarry_storage_new ();
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(QuarryLog) log = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree gboolean *wanted = NULL;
  g_autofree char *issues = NULL;
  const char *topic = argc > 2 ? argv[2] : NULL;
  gint64 start = g_get_monotonic_time ();
  double open_s;
  Sum sum = { 0, 0 };

  if (argc < 2)
    {
      g_printerr ("Usage: bench-log FILE [TOPIC | --open]\n");
      return 2;
    }
  log = quarry_log_open (storage, argv[1], report, NULL, &error);
  open_s = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  if (log != NULL && g_strcmp0 (topic, "--open") != 0)
    {
      start = g_get_monotonic_time ();
      wanted = g_new0 (gboolean, log->channels->len + 1);
      for (guint i = 0; i < log->channels->len; i++)
        wanted[i] = g_strcmp0 (((QuarryLogChannel *) log->channels->pdata[i])->topic, topic) == 0;
      quarry_log_scan (log, topic != NULL ? wanted : NULL, message_cb, &sum, NULL, &error);
    }
  if (error != NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  if (quarry_report_get_n_issues (report, QUARRY_ISSUE_NOTE) > 0)
    g_printerr ("%s", issues = quarry_report_to_text (report));
  g_print ("%.5f %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %.4f\n", open_s, log->n_messages, sum.n, sum.bytes,
           (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
  return 0;
}
