/* quarry-log-rosbag2.c: the folder of a ROS 2 bag, with one or more files
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each file is a log of its own; topics are one channel across them.
 */

#include "config.h"
#include "quarry-container.h"
#include "quarry-log-private.h"
#include "quarry-rosbag2-metadata.h"

#include <string.h>

#define MAX_METADATA_BYTES (64 << 20)

typedef struct
{
  QuarryLog *log;
  GArray    *channels;        /* guint: id in the part → id here */
} Part;

typedef struct
{
  GPtrArray *parts;           /* Part */
  gboolean   is_message_packed;
} Rosbag2;

typedef struct
{
  QuarryLog     *log;
  const Part    *part;
  QuarryLogFunc  func;
  gpointer       user_data;
  gboolean       is_content;
} Scan;

static void
part_free (gpointer data)
{
  Part *part = data;

  quarry_log_free (part->log);
  g_array_unref (part->channels);
  g_free (part);
}

static void
rosbag2_close (QuarryLog *self)
{
  Rosbag2 *bag = self->data;

  g_ptr_array_unref (bag->parts);
  g_free (bag);
}

static gboolean
rosbag2_probe (const guint8 *head, gsize length, const char *uri)
{
  return FALSE;      /* a folder is none of the files */
}

static void
widen (gint64 *start, gint64 *end, gint64 other_start, gint64 other_end)
{
  if (other_start == QUARRY_NO_TIME)
    return;
  *start = *start == QUARRY_NO_TIME ? other_start : MIN (*start, other_start);
  *end = MAX (*end, other_end);
}

static void
add (gint64 *sum, gint64 n)
{
  *sum = *sum < 0 || n < 0 ? -1 : *sum + n;
}

static void
add_part (QuarryLog *self, QuarryLog *log)
{
  Rosbag2 *bag = self->data;
  Part *part = g_new0 (Part, 1);

  part->log = log;
  part->channels = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < log->channels->len; i++)
    {
      const QuarryLogChannel *from = log->channels->pdata[i];
      const guint n_before = self->channels->len;
      QuarryLogChannel *to = quarry_log_add_channel (self, from->topic, from->type, from->encoding, from->schema_encoding, from->schema);

      if (self->channels->len > n_before)
        to->n_messages = 0;
      add (&to->n_messages, from->n_messages);
      widen (&to->start_ns, &to->end_ns, from->start_ns, from->end_ns);
      g_array_append_val (part->channels, to->id);
    }
  add (&self->n_messages, log->n_messages);
  widen (&self->start_ns, &self->end_ns, log->start_ns, log->end_ns);
  self->has_index = self->has_index && log->has_index;
  g_ptr_array_add (bag->parts, part);
}

/* A file may have been decompressed beside its own name. Returns: (transfer full) (nullable) */
static QuarryLog *
open_file (QuarryLog *self, const char *name, GCancellable *cancellable, GError **error)
{
  g_autofree char *uri = g_strconcat (self->uri, "/", name, NULL);
  g_autoptr(GError) failure = NULL;
  QuarryLog *log = quarry_log_open_part (self->storage, uri, self->report, cancellable, &failure);

  if (log == NULL && g_str_has_suffix (uri, ".zstd") && g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      uri[strlen (uri) - strlen (".zstd")] = '\0';
      log = quarry_log_open_part (self->storage, uri, self->report, cancellable, NULL);
    }
  if (log == NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return log;
}

static gboolean
open_parts (QuarryLog *self, const QuarryRosbag2Metadata *metadata, GCancellable *cancellable, GError **error)
{
  Rosbag2 *bag = self->data;

  for (guint i = 0; i < metadata->files->len; i++)
    {
      g_autoptr(GError) failure = NULL;
      QuarryLog *log = open_file (self, metadata->files->pdata[i], cancellable, &failure);

      if (log != NULL)
        add_part (self, log);
      else if (quarry_log_is_stopped (failure) || (metadata->files->len == 1))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      else
        quarry_log_issue_error (self, QUARRY_ISSUE_SKIPPED, -1, failure);
    }
  if (bag->parts->len > 0)
    return TRUE;
  g_set_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_BROKEN, "%s: no file that metadata.yaml names can be read", self->uri);
  return FALSE;
}

static gboolean
rosbag2_open (QuarryLog *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *uri = g_strconcat (self->uri, "/metadata.yaml", NULL);
  g_autoptr(QuarryFile) file = quarry_storage_open (self->storage, uri, cancellable, error);
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(QuarryRosbag2Metadata) metadata = NULL;
  Rosbag2 *bag = NULL;

  if (file == NULL)
    return FALSE;
  bytes = quarry_file_read_bytes (file, 0, MIN (quarry_file_get_size (file), MAX_METADATA_BYTES), cancellable, error);
  metadata = bytes != NULL ? quarry_rosbag2_metadata_parse (bytes, uri, error) : NULL;
  if (metadata == NULL)
    return FALSE;
  self->data = bag = g_new0 (Rosbag2, 1);
  bag->parts = g_ptr_array_new_with_free_func (part_free);
  bag->is_message_packed = metadata->is_message_packed;
  self->has_index = TRUE;
  self->n_messages = 0;
  if (!open_parts (self, metadata, cancellable, error))
    return FALSE;
  if (metadata->n_messages >= 0 && self->n_messages >= 0 && metadata->n_messages != self->n_messages)
    quarry_log_issue (self, QUARRY_ISSUE_NOTE, -1, "metadata.yaml tells of %" G_GINT64_FORMAT " messages, %" G_GINT64_FORMAT " are there",
                      metadata->n_messages, self->n_messages);
  return TRUE;
}

static gboolean
message_cb (const QuarryLogMessage *from, gpointer user_data, GError **error)
{
  Scan *scan = user_data;
  const Rosbag2 *bag = scan->log->data;
  QuarryLogMessage message = *from;
  g_autoptr(GBytes) unpacked = NULL;
  g_autofree char *uri = NULL;
  GError *failure = NULL;

  if (from->channel->id >= scan->part->channels->len)
    return TRUE;
  if (bag->is_message_packed && strcmp (scan->part->log->format->id, "db3") != 0)
    {
      if (!quarry_log_unpack_message (scan->log, from, &message, &unpacked))
        return TRUE;
      if (unpacked != NULL)
        {
          message.uri = uri = quarry_container_chunk_uri (from->uri, from->offset, (gint64) from->length, QUARRY_CODEC_ZSTD, (gint64) message.length);
          message.offset = 0;
        }
    }
  message.channel = scan->log->channels->pdata[g_array_index (scan->part->channels, guint, from->channel->id)];
  if (scan->func (&message, scan->user_data, &failure))
    return TRUE;
  scan->is_content = failure == NULL;
  if (failure != NULL)
    g_propagate_error (error, failure);
  return FALSE;
}

static gboolean
rosbag2_scan (QuarryLog *self, const gboolean *wanted, QuarryLogFunc func, gpointer user_data, QuarryOperation *operation, GError **error)
{
  Rosbag2 *bag = self->data;
  Scan scan = { .log = self, .func = func, .user_data = user_data };

  for (guint i = 0; i < bag->parts->len && !scan.is_content; i++)
    {
      const Part *part = bag->parts->pdata[i];
      g_autofree gboolean *some = g_new0 (gboolean, part->channels->len + 1);

      for (guint k = 0; k < part->channels->len && wanted != NULL; k++)
        some[k] = wanted[g_array_index (part->channels, guint, k)];
      scan.part = part;
      if (!quarry_log_scan (part->log, wanted != NULL ? some : NULL, message_cb, &scan, operation, error))
        return FALSE;
    }
  return TRUE;
}

const QuarryLogFormat quarry_log_rosbag2 = {
  .id = "rosbag2", .name = "ROS 2 bag", .probe = rosbag2_probe, .open = rosbag2_open, .scan = rosbag2_scan, .close = rosbag2_close,
};
