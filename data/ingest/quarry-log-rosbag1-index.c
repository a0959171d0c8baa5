/* quarry-log-rosbag1-index.c: the index at a bag's end: connections, chunks and counts
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-log-rosbag1.h"

#include <string.h>

typedef struct
{
  QuarryLog *log;
  GArray    *chunks;         /* QuarryLogSpan */
  guint      n_conns;
  gint64     n_messages;
  gint64     start_ns, end_ns;
} Index;

void
quarry_bag_add_connection (QuarryLog *self, const QuarryBagRecord *record, const guint8 *data)
{
  QuarryBag *bag = self->data;
  g_autofree char *own_topic = NULL, *type = NULL, *topic = NULL;
  g_autoptr(GBytes) schema = NULL;
  QuarryLogChannel *channel = NULL;

  if (g_hash_table_contains (bag->channels, GUINT_TO_POINTER (record->conn)))
    return;
  quarry_bag_parse_connection (data, record->length, &own_topic, &type, &schema);
  topic = record->text_length > 0 ? g_strndup ((const char *) record->text, record->text_length) : g_strdup (own_topic);
  if (topic == NULL || type == NULL)
    return;
  channel = quarry_log_add_channel (self, topic, type, "ros1", schema != NULL ? "ros1msg" : "", schema);
  g_hash_table_insert (bag->channels, GUINT_TO_POINTER (record->conn), channel);
}

/* Connections and how many messages of each: 4 bytes each. Returns: FALSE where a connection is not known */
static gboolean
take_counts (Index *index, QuarryLogSpan *span, const guint8 *data, gsize length)
{
  QuarryBag *bag = index->log->data;
  QuarryCursor at = { data, data + length, FALSE };

  span->channels = g_array_new (FALSE, FALSE, sizeof (guint));
  while (quarry_cursor_left (&at) >= 8)
    {
      const guint conn = (guint) quarry_cursor_take_uint (&at, 4), count = (guint) quarry_cursor_take_uint (&at, 4);
      QuarryLogChannel *channel = g_hash_table_lookup (bag->channels, GUINT_TO_POINTER (conn));

      if (channel == NULL)
        return FALSE;
      channel->n_messages += count;
      index->n_messages += count;
      g_array_append_val (span->channels, channel->id);
    }
  return TRUE;
}

static gboolean
take_chunk_info (Index *index, const QuarryBagRecord *record, const guint8 *data)
{
  const QuarryBag *bag = index->log->data;
  QuarryLogSpan span = { .is_chunk = TRUE, .start = (gint64) record->chunk_pos };
  const gboolean is_right = record->chunk_pos >= (guint64) bag->data_start && record->chunk_pos < (guint64) bag->data_end &&
                            record->length / 8 == record->count && take_counts (index, &span, data, record->length);

  quarry_log_add_span (index->chunks, &span);
  if (record->count > 0 && (index->start_ns == QUARRY_NO_TIME || record->start_ns < index->start_ns))
    index->start_ns = record->start_ns;
  if (record->count > 0 && (index->end_ns == QUARRY_NO_TIME || record->end_ns > index->end_ns))
    index->end_ns = record->end_ns;
  return is_right;
}

static gboolean
read_records (Index *index, const guint8 *data, gsize length)
{
  QuarryBagRecord record;

  for (gsize at = 0; at < length; at += record.head + record.length)
    {
      if (!quarry_bag_parse_record (data + at, length - at, &record) || record.length > length - at - record.head)
        return FALSE;
      if (record.op == QUARRY_BAG_CONNECTION)
        {
          quarry_bag_add_connection (index->log, &record, data + at + record.head);
          quarry_log_forget_counts (index->log);
          index->n_conns++;
        }
    }
  for (gsize at = 0; at < length; at += record.head + record.length)
    {
      quarry_bag_parse_record (data + at, length - at, &record);
      if (record.op == QUARRY_BAG_CHUNK_INFO && !take_chunk_info (index, &record, data + at + record.head))
        return FALSE;
    }
  return TRUE;
}

static gint
compare_starts (gconstpointer a, gconstpointer b)
{
  const gint64 first = ((const QuarryLogSpan *) a)->start, second = ((const QuarryLogSpan *) b)->start;

  return (first > second) - (first < second);
}

/* A chunk goes to the next one: behind it are only indexes of it */
static gboolean
lay_out (Index *index)
{
  QuarryBag *bag = index->log->data;

  g_array_sort (index->chunks, compare_starts);
  for (guint i = 0; i < index->chunks->len; i++)
    {
      QuarryLogSpan *span = &g_array_index (index->chunks, QuarryLogSpan, i);

      span->end = i + 1 < index->chunks->len ? span[1].start : bag->data_end;
      span->length = span->end - span->start;
      span->cost = 3 * span->length;      /* how much it becomes is told in its header */
    }
  return quarry_log_lay_out_spans (bag->spans, index->chunks, bag->data_start, bag->data_end);
}

/**
 * quarry_bag_read_index:
 * @header: the bag's
 *
 * Returns: TRUE: spans, channels and counts are known. FALSE with @error where the file cannot be read, else where there
 *   is no index that can be trusted
 */
gboolean
quarry_bag_read_index (QuarryLog *self, const QuarryBagRecord *header, GCancellable *cancellable, GError **error)
{
  QuarryBag *bag = self->data;
  const gint64 size = quarry_file_get_size (self->file);
  Index index = { .log = self, .start_ns = QUARRY_NO_TIME, .end_ns = QUARRY_NO_TIME };
  g_autoptr(GArray) chunks = quarry_log_spans_new ();
  g_autoptr(GBytes) bytes = NULL;

  bag->data_end = size;
  index.chunks = chunks;
  if (header->index_pos == 0)
    {
      quarry_log_issue (self, QUARRY_ISSUE_LOSS, -1, "the bag was not closed: it has no index, and is read up to its end");
      return FALSE;
    }
  if (header->index_pos < (guint64) bag->data_start || header->index_pos > (guint64) size)
    {
      quarry_log_issue (self, QUARRY_ISSUE_LOSS, size, "the bag was cut off: its index should be at byte %" G_GUINT64_FORMAT
                        "; it is read up to its end", header->index_pos);
      return FALSE;
    }
  bytes = quarry_file_read_bytes (self->file, (gint64) header->index_pos, -1, cancellable, error);
  if (bytes == NULL)
    return FALSE;
  bag->data_end = (gint64) header->index_pos;
  if (!read_records (&index, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) || index.n_conns != header->n_conns ||
      index.chunks->len != header->n_chunks || !lay_out (&index))
    {
      quarry_log_issue (self, QUARRY_ISSUE_LOSS, bag->data_end, "the index is damaged: the whole bag is read instead");
      bag->data_end = size;
      return FALSE;
    }
  self->n_messages = bag->expected = index.n_messages;
  self->start_ns = index.start_ns;
  self->end_ns = index.end_ns;
  return TRUE;
}
