/* quarry-test-log.h: what a log says, as text, and small writers of logs
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-log.h"
#include "quarry-media.h"
#include "quarry-test.h"

#include <string.h>

G_BEGIN_DECLS

/* Writes numbers and texts, little-endian */
static inline void
quarry_test_put (GByteArray *out, guint64 value, guint bytes)
{
  for (guint i = 0; i < bytes; i++)
    g_byte_array_append (out, &(guint8) { (guint8) (value >> (8 * i)) }, 1);
}

static inline void
quarry_test_put_text (GByteArray *out, const char *text)
{
  quarry_test_put (out, strlen (text), 4);
  g_byte_array_append (out, (const guint8 *) text, (guint) strlen (text));
}

typedef struct
{
  QuarryStorage *storage;      /* nullable: URIs are not tried */
  guint          n;
  guint          stop_after;   /* 0 never */
  GString       *text;         /* one line a message: topic, times, bytes as text */
  gboolean       is_terse;     /* only counted */
  gboolean       fail;         /* set an error in the end */
} QuarryTestLogScan;

/* Each message is read a second time by its URI: both must be the same */
static inline gboolean
quarry_test_log_message (const QuarryLogMessage *message, gpointer user_data, GError **error)
{
  QuarryTestLogScan *scan = user_data;

  scan->n++;
  if (scan->storage != NULL)
    {
      g_autoptr(GError) failure = NULL;
      g_autoptr(GBytes) again = quarry_media_read (scan->storage, message->uri, message->offset, (gint64) message->length, NULL, &failure);

      g_assert_no_error (failure);
      g_assert_cmpmem (message->data, message->length, g_bytes_get_data (again, NULL), g_bytes_get_size (again));
    }
  if (!scan->is_terse)
    {
      g_string_append_printf (scan->text, "%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " ", message->channel->topic, message->log_ns,
                              message->publish_ns);
      g_string_append_len (scan->text, (const char *) message->data, (gssize) message->length);
      g_string_append_c (scan->text, '\n');
    }
  if (scan->n != scan->stop_after)
    return TRUE;
  if (scan->fail)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the consumer has had enough");
  return FALSE;
}

static inline int
quarry_test_compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char * const *) a, *(char * const *) b);
}

/* Returns: (transfer full): "topic type encoding schema-encoding n\n" for each channel, in the order of topics */
static inline char *
quarry_test_log_channels (QuarryLog *log)
{
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < log->channels->len; i++)
    {
      const QuarryLogChannel *channel = log->channels->pdata[i];

      g_assert_cmpuint (channel->id, ==, i);
      g_ptr_array_add (lines, g_strdup_printf ("%s %s %s %s %" G_GINT64_FORMAT "\n", channel->topic, channel->type,
                                               channel->encoding, channel->schema_encoding, channel->n_messages));
    }
  g_ptr_array_sort (lines, quarry_test_compare_lines);
  for (guint i = 0; i < lines->len; i++)
    g_string_append (text, lines->pdata[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Returns: (transfer full) */
static inline QuarryLog *
quarry_test_open_log (QuarryStorage *storage, const char *path, QuarryReport *report)
{
  g_autoptr(GError) error = NULL;
  QuarryLog *log = quarry_log_open (storage, path, report, NULL, &error);

  g_assert_no_error (error);
  return log;
}

static inline void
quarry_test_assert_no_issues (QuarryReport *report, const char *path)
{
  g_autofree char *text = quarry_report_to_text (report);

  if (quarry_report_get_n_issues (report, QUARRY_ISSUE_NOTE) != 0)
    g_error ("%s: %s", path, text);
}

typedef struct
{
  char     *text;
  char     *issues;         /* NULL none */
  char     *channels;
  gboolean  has_index;
  gint64    n_messages;
  gint64    start_ns, end_ns;
} QuarryTestOutcome;

static inline void
quarry_test_outcome_clear (QuarryTestOutcome *self)
{
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->issues, g_free);
  g_clear_pointer (&self->channels, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (QuarryTestOutcome, quarry_test_outcome_clear)

static inline QuarryTestOutcome
quarry_test_scan_path (const char *path, const char *only, gboolean try_uris)
{
  g_autoptr(QuarryStorage) storage = quarry_storage_new ();
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(QuarryLog) log = quarry_test_open_log (storage, path, report);
  g_autoptr(GError) error = NULL;
  g_autofree gboolean *wanted = g_new0 (gboolean, log->channels->len + 1);
  QuarryTestLogScan scan = { .storage = try_uris ? storage : NULL, .text = g_string_new (NULL) };
  QuarryTestOutcome outcome = { 0 };

  for (guint i = 0; i < log->channels->len; i++)
    wanted[i] = g_strcmp0 (((QuarryLogChannel *) log->channels->pdata[i])->topic, only) == 0;
  g_assert_true (quarry_log_scan (log, only != NULL ? wanted : NULL, quarry_test_log_message, &scan, NULL, &error));
  g_assert_no_error (error);
  outcome.text = g_string_free (scan.text, FALSE);
  outcome.issues = quarry_report_to_text (report);
  outcome.channels = quarry_test_log_channels (log);
  outcome.has_index = log->has_index;
  outcome.n_messages = log->n_messages;
  outcome.start_ns = log->start_ns;
  outcome.end_ns = log->end_ns;
  if (quarry_report_get_n_issues (report, QUARRY_ISSUE_NOTE) == 0)
    g_clear_pointer (&outcome.issues, g_free);
  return outcome;
}

/* The same of bytes in a file of their own. @only: nullable: one topic */
static inline QuarryTestOutcome
quarry_test_scan_bytes (const GByteArray *bytes, const char *suffix, const char *only, gboolean try_uris)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *name = g_strconcat ("log 1#2.", suffix, NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  QuarryTestOutcome outcome;

  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
  outcome = quarry_test_scan_path (path, only, try_uris);
  quarry_test_remove (folder);
  return outcome;
}

/* For quarry_test_damage; @data: guint, the messages there were */
static inline void
quarry_test_read_damaged_log (GBytes *bytes, const char *what, gpointer data)
{
  g_autoptr(QuarryFile) file = quarry_file_new_for_bytes (bytes, "/damaged", NULL);
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(QuarryLog) log = quarry_log_open_file (NULL, file, report, NULL, NULL);
  QuarryTestLogScan scan = { .is_terse = TRUE };
  const guint *most = data;

  if (log == NULL)
    return;
  g_assert_true (quarry_log_scan (log, NULL, quarry_test_log_message, &scan, NULL, NULL));
  g_assert_cmpuint (scan.n, <=, *most);
}

G_END_DECLS
