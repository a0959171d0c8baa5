/* fuzz-log.c: any bytes as a log: opened, recovered, scanned
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-fuzz.h"
#include "quarry-log.h"

static gboolean
message_cb (const QuarryLogMessage *message, gpointer user_data, GError **error)
{
  guint *sum = user_data;

  for (gsize i = 0; i < message->length; i++)      /* all of it can be read */
    *sum += message->data[i];
  g_assert_nonnull (message->channel);
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);
  g_autoptr(QuarryFile) file = quarry_file_new_for_bytes (bytes, "/fuzz" FUZZ_ENDING, NULL);
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryLog) log = quarry_log_open_file (NULL, file, report, NULL, &error);
  guint sum = 0;

  if (log == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }
  if (!quarry_log_scan (log, NULL, message_cb, &sum, NULL, &error))
    g_assert_nonnull (error);
  return 0;
}
