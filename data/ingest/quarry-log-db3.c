/* quarry-log-db3.c: an SQLite file of a ROS 2 bag
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A message is a row: #row=ID. rosbag2 can compress each message by itself, which only the bag's metadata.yaml tells; a message of CDR never
 * begins like a zstd frame, so that a lone file tells it too.
 */

#include "config.h"
#include "quarry-db3.h"
#include "quarry-log-private.h"

#include <string.h>

/* Looked for behind a damaged page: rows that are skipped are doubled each time */
#define MAX_SKIP (G_GINT64_CONSTANT (1) << 24)
/* Counting reads a page of each message: at once on this machine, not from far away */
#define MAX_REMOTE_COUNT (G_GINT64_CONSTANT (64) << 20)

typedef struct
{
  QuarryDb3  *db;
  GHashTable *channels;       /* id of a topic → QuarryLogChannel */
  guint       n_channels;
} Db3;

typedef struct
{
  QuarryLog       *log;
  const gboolean  *wanted;
  QuarryLogFunc    func;
  gpointer         user_data;
  QuarryOperation *operation;
  gint64           last;         /* row */
  guint64          n;
  gboolean         is_stopped;   /* by func, content or not */
} Scan;

static gboolean
db3_probe (const guint8 *head, gsize length, const char *uri)
{
  return length >= 16 && memcmp (head, "SQLite format 3", 16) == 0;
}

static void
db3_close (QuarryLog *self)
{
  Db3 *db3 = self->data;

  g_clear_pointer (&db3->db, quarry_db3_free);
  g_hash_table_unref (db3->channels);
  g_free (db3);
}

/* What was not yet moved from the log beside the file is not read: that would mean to write beside it */
static void
note_write_ahead_log (QuarryLog *self, GCancellable *cancellable)
{
  g_autofree char *uri = g_strconcat (self->uri, "-wal", NULL);
  g_autoptr(QuarryFile) file = self->storage != NULL ? quarry_storage_open (self->storage, uri, cancellable, NULL) : NULL;

  if (file != NULL && quarry_file_get_size (file) > 0)
    quarry_log_issue (self, QUARRY_ISSUE_LOSS, -1, "%" G_GINT64_FORMAT " bytes lie in the write-ahead log beside it (-wal): messages that are only there "
                      "are not read; open the bag once with 'ros2 bag info' on a copy to move them", quarry_file_get_size (file));
}

static void
add_topic (QuarryLog *self, const QuarryDb3Topic *topic)
{
  Db3 *db3 = self->data;
  QuarryLogChannel *channel = quarry_log_add_channel (self, topic->name, topic->type, topic->format, topic->definition_encoding, topic->definition);

  channel->n_messages = -1;
  g_hash_table_insert (db3->channels, g_memdup2 (&topic->id, sizeof topic->id), channel);
}

static void
add_count (QuarryLog *self, const QuarryDb3Count *count)
{
  Db3 *db3 = self->data;
  QuarryLogChannel *channel = g_hash_table_lookup (db3->channels, &count->topic);

  if (channel == NULL)
    {
      quarry_log_issue (self, QUARRY_ISSUE_SKIPPED, -1, "%" G_GINT64_FORMAT " messages of topic %" G_GINT64_FORMAT ", which the bag does not describe",
                        count->n, count->topic);
      return;
    }
  self->n_messages += count->n;
  channel->n_messages += count->n;
  channel->start_ns = channel->start_ns == QUARRY_NO_TIME ? count->start_ns : MIN (channel->start_ns, count->start_ns);
  channel->end_ns = MAX (channel->end_ns, count->end_ns);
  self->start_ns = self->start_ns == QUARRY_NO_TIME ? count->start_ns : MIN (self->start_ns, count->start_ns);
  self->end_ns = MAX (self->end_ns, count->end_ns);
}

/* Where pages are damaged nothing is counted, and scanning tells */
static gboolean
count_all (QuarryLog *self, GError **error)
{
  Db3 *db3 = self->data;
  const gboolean is_near = self->storage == NULL || quarry_storage_is_local (self->uri) || quarry_file_get_size (self->file) <= MAX_REMOTE_COUNT;
  g_autoptr(GError) failure = NULL;
  g_autoptr(GArray) counts = is_near ? quarry_db3_count (db3->db, &failure) : NULL;

  if (counts != NULL)
    {
      quarry_log_forget_counts (self);
      for (guint i = 0; i < counts->len; i++)
        add_count (self, &g_array_index (counts, QuarryDb3Count, i));
      self->has_index = TRUE;
      return TRUE;
    }
  if (failure == NULL)
    {
      self->has_index = quarry_db3_get_times (db3->db, &self->start_ns, &self->end_ns, &failure);
      if (self->has_index)
        return TRUE;
    }
  if (!g_error_matches (failure, QUARRY_DB3_ERROR, QUARRY_DB3_ERROR_BROKEN))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  quarry_log_issue_error (self, QUARRY_ISSUE_LOSS, -1, failure);
  return TRUE;
}

/* Returns: (transfer full): ids of the topics that are wanted */
static GArray *
list_wanted (const Scan *scan)
{
  const Db3 *db3 = scan->log->data;
  GArray *topics = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer id, value;

  g_hash_table_iter_init (&iter, db3->channels);
  while (g_hash_table_iter_next (&iter, &id, &value))
    {
      const QuarryLogChannel *channel = value;

      if (scan->wanted == NULL || (channel->id < db3->n_channels && scan->wanted[channel->id]))
        g_array_append_vals (topics, id, 1);
    }
  return topics;
}

static gboolean
row_cb (gint64 row, gint64 topic, gint64 ns, const guint8 *data, gsize length, gpointer user_data, GError **error)
{
  Scan *scan = user_data;
  const Db3 *db3 = scan->log->data;
  g_autofree char *uri = g_strdup_printf ("%s#row=%" G_GINT64_FORMAT, scan->log->uri, row);
  const QuarryLogMessage message = { g_hash_table_lookup (db3->channels, &topic), ns, ns, data, length, uri, 0 };
  QuarryLogMessage plain;
  g_autoptr(GBytes) unpacked = NULL;
  g_autofree char *unpacked_uri = NULL;

  scan->last = row;
  scan->n++;
  if (scan->operation != NULL && scan->n % 64 == 0 && scan->log->n_messages > 0)
    quarry_operation_set_progress (scan->operation, scan->n, (guint64) scan->log->n_messages, NULL);
  if (!quarry_log_unpack_message (scan->log, &message, &plain, &unpacked))
    return TRUE;
  if (unpacked != NULL)
    plain.uri = unpacked_uri = g_strconcat (uri, ",zstd", NULL);
  scan->is_stopped = !scan->func (&plain, scan->user_data, error);
  return !scan->is_stopped;
}

/* Rows behind a damaged page are found by asking for higher and higher ones */
static gboolean
scan_all (QuarryLog *self, Scan *scan, GError **error)
{
  Db3 *db3 = self->data;
  g_autoptr(GArray) topics = list_wanted (scan);
  gint64 after = G_MININT64;

  for (gint64 skip = 1; skip <= MAX_SKIP;)
    {
      g_autoptr(GError) failure = NULL;
      const gint64 last = scan->last;

      if (quarry_db3_scan (db3->db, after, topics, row_cb, scan, &failure))
        return TRUE;
      if (scan->is_stopped || !g_error_matches (failure, QUARRY_DB3_ERROR, QUARRY_DB3_ERROR_BROKEN))
        {
          if (failure == NULL)
            return scan->is_stopped;
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      skip = scan->last > last ? 1 : 2 * skip;
      after = MAX (MAX (scan->last, 0) + skip, after);
      quarry_log_issue (self, QUARRY_ISSUE_SKIPPED, -1, "pages of the database are damaged: messages after row %" G_GINT64_FORMAT " are missing",
                        MAX (scan->last, 0));
    }
  return TRUE;
}

static gboolean
db3_scan (QuarryLog *self, const gboolean *wanted, QuarryLogFunc func, gpointer user_data, QuarryOperation *operation, GError **error)
{
  Db3 *db3 = self->data;
  Scan scan = { .log = self, .wanted = wanted, .func = func, .user_data = user_data, .operation = operation, .last = G_MININT64 };
  gboolean done;

  if (operation != NULL && quarry_operation_is_cancelled (operation, error))
    return FALSE;
  quarry_db3_set_cancellable (db3->db, operation != NULL ? quarry_operation_get_cancellable (operation) : NULL);
  done = scan_all (self, &scan, error);
  quarry_db3_set_cancellable (db3->db, NULL);
  return done;
}

static gboolean
db3_open (QuarryLog *self, GCancellable *cancellable, GError **error)
{
  Db3 *db3 = g_new0 (Db3, 1);
  g_autoptr(GPtrArray) topics = NULL;

  self->data = db3;
  db3->channels = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  db3->db = quarry_db3_open (self->file, cancellable, error);
  topics = db3->db != NULL ? quarry_db3_list_topics (db3->db, error) : NULL;
  if (topics == NULL)
    return FALSE;
  for (guint i = 0; i < topics->len; i++)
    add_topic (self, topics->pdata[i]);
  db3->n_channels = self->channels->len;
  note_write_ahead_log (self, cancellable);
  if (!count_all (self, error))
    return FALSE;
  if (!self->has_index)
    {
      Scan scan = { .log = self, .func = quarry_log_count_cb, .user_data = self, .last = G_MININT64 };

      quarry_log_forget_counts (self);
      if (!scan_all (self, &scan, error))
        return FALSE;
    }
  quarry_db3_set_cancellable (db3->db, NULL);
  return TRUE;
}

const QuarryLogFormat quarry_log_db3 = {
  .id = "db3", .name = "ROS 2 bag (SQLite)", .probe = db3_probe, .open = db3_open, .scan = db3_scan, .close = db3_close,
};
