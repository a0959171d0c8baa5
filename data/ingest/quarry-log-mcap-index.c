/* quarry-log-mcap-index.c: an MCAP's summary: what is in the file and where, without reading it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-log-mcap.h"

#include <string.h>
#include <zlib.h>

/* A footer of the spec is 20 bytes; more may follow in a later version */
#define FOOTER_BYTES     20
#define MAX_FOOTER_EXTRA 64
#define TAIL_BYTES       (256u << 10)     /* read at once: mostly the whole summary */

typedef struct
{
  QuarryLog           *log;
  GArray              *chunks;          /* QuarryLogSpan; their channels still as ids of the file */
  QuarryMcapStatistics statistics;
  gboolean             has_statistics;
  gboolean             is_bad;
} Summary;

/* Returns: bytes from the end of the file to the footer's opcode, 0 none */
static gsize
find_footer (const guint8 *tail, gsize length)
{
  const gsize least = QUARRY_MCAP_RECORD + FOOTER_BYTES + QUARRY_MCAP_MAGIC_LENGTH;
  guint8 op;
  guint64 n;

  if (length < least || memcmp (tail + length - QUARRY_MCAP_MAGIC_LENGTH, QUARRY_MCAP_MAGIC, QUARRY_MCAP_MAGIC_LENGTH) != 0)
    return 0;
  for (gsize extra = 0; extra <= MAX_FOOTER_EXTRA && least + extra <= length; extra++)
    if (quarry_mcap_parse_record (tail + length - least - extra, QUARRY_MCAP_RECORD, &op, &n) && op == QUARRY_MCAP_FOOTER &&
        n == FOOTER_BYTES + extra)
      return least + extra;
  return 0;
}

/* The spec wants the map's order free: 10 bytes each, id and value */
static GArray *
read_ids (const QuarryMcapBytes *map)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint));

  for (gsize i = 0; i + 10 <= map->length; i += 10)
    {
      const guint id = map->data[i] | (guint) map->data[i + 1] << 8;

      g_array_append_val (ids, id);
    }
  return ids;
}

static void
add_chunk (Summary *summary, const QuarryMcapChunkIndex *index)
{
  QuarryMcap *mcap = summary->log->data;
  QuarryLogSpan span = { .is_chunk = TRUE };
  QuarryCodec codec = QUARRY_CODEC_NONE;

  if (index->offset > (guint64) mcap->data_end || index->length > (guint64) mcap->data_end - index->offset ||
      index->length < QUARRY_MCAP_RECORD + QUARRY_MCAP_CHUNK_HEAD ||
      index->index_length > (guint64) mcap->data_end - index->offset - index->length)
    {
      summary->is_bad = TRUE;
      return;
    }
  quarry_mcap_codec (&index->compression, &codec);
  span.start = (gint64) index->offset;
  span.length = (gint64) index->length;
  span.end = span.start + span.length + (gint64) index->index_length;
  span.cost = span.length + (codec != QUARRY_CODEC_NONE ? (gint64) MIN (index->size, G_MAXINT32) : 0);
  span.channels = index->channels.length > 0 ? read_ids (&index->channels) : NULL;
  g_array_append_val (summary->chunks, span);
}

static gboolean
add_record (Summary *summary, guint8 op, const guint8 *body, gsize length)
{
  const QuarryMcap *mcap = summary->log->data;
  QuarryMcapSchema schema;
  QuarryMcapChannel channel;
  QuarryMcapChunkIndex index;

  switch (op)
    {
    case QUARRY_MCAP_SCHEMA:
      if (!quarry_mcap_parse_schema (body, length, &schema))
        return FALSE;
      quarry_mcap_add_schema (summary->log, &schema);
      return TRUE;
    case QUARRY_MCAP_CHANNEL:
      if (!quarry_mcap_parse_channel (body, length, &channel))
        return FALSE;
      if (channel.schema == 0 || g_hash_table_contains (mcap->schemas, GUINT_TO_POINTER (channel.schema)))
        quarry_mcap_add_channel (summary->log, &channel);
      else
        summary->is_bad = TRUE;      /* its schema is only in the data section */
      return TRUE;
    case QUARRY_MCAP_CHUNK_INDEX:
      if (!quarry_mcap_parse_chunk_index (body, length, &index))
        return FALSE;
      add_chunk (summary, &index);
      return TRUE;
    case QUARRY_MCAP_STATISTICS:
      summary->has_statistics = quarry_mcap_parse_statistics (body, length, &summary->statistics);
      return summary->has_statistics;
    default:
      return op != 0;
    }
}

static gboolean
read_records (Summary *summary, const guint8 *data, gsize length)
{
  gsize at = 0;

  while (at < length)
    {
      guint8 op;
      guint64 n;

      if (!quarry_mcap_parse_record (data + at, length - at, &op, &n) || n > length - at - QUARRY_MCAP_RECORD ||
          !add_record (summary, op, data + at + QUARRY_MCAP_RECORD, (gsize) n))
        {
          quarry_log_issue (summary->log, QUARRY_ISSUE_LOSS, ((QuarryMcap *) summary->log->data)->data_end + (gint64) at,
                            "the summary is damaged: the whole file is read instead");
          return FALSE;
        }
      at += QUARRY_MCAP_RECORD + n;
    }
  return TRUE;
}

/* Ids of the file become those of the log; an unknown one means that anything may be in it */
static void
translate_ids (QuarryMcap *mcap, QuarryLogSpan *span)
{
  for (guint i = 0; span->channels != NULL && i < span->channels->len; i++)
    {
      guint *id = &g_array_index (span->channels, guint, i);
      const QuarryLogChannel *channel = g_hash_table_lookup (mcap->channels, GUINT_TO_POINTER (*id));

      if (channel == NULL)
        g_clear_pointer (&span->channels, g_array_unref);
      else
        *id = channel->id;
    }
}

/* Returns: FALSE where they do not say of each channel that has messages */
static gboolean
take_counts (Summary *summary)
{
  QuarryLog *self = summary->log;
  QuarryMcap *mcap = self->data;
  const QuarryMcapStatistics *statistics = &summary->statistics;
  guint64 sum = 0;

  if (!summary->has_statistics || statistics->n_chunks != summary->chunks->len)
    return FALSE;
  quarry_log_forget_counts (self);
  for (gsize i = 0; i + 10 <= statistics->counts.length; i += 10)
    {
      QuarryCursor at = { statistics->counts.data + i, statistics->counts.data + i + 10, FALSE };
      const guint id = (guint) quarry_cursor_take_uint (&at, 2);
      const guint64 count = quarry_cursor_take_uint (&at, 8);
      QuarryLogChannel *channel = g_hash_table_lookup (mcap->channels, GUINT_TO_POINTER (id));

      if ((channel == NULL && count > 0) || count > statistics->n_messages - sum)
        return FALSE;
      sum += count;
      if (channel != NULL)
        channel->n_messages += (gint64) count;
    }
  if (sum != statistics->n_messages)
    return FALSE;
  self->n_messages = mcap->expected = (gint64) sum;
  if (sum > 0)
    {
      self->start_ns = statistics->start_ns;
      self->end_ns = statistics->end_ns;
    }
  return TRUE;
}

/* @data is the summary with the footer after it, up to its CRC */
static gboolean
summary_is_whole (QuarryLog *self, const QuarryMcapFooter *footer, const guint8 *data, gsize length)
{
  QuarryMcap *mcap = self->data;

  if (footer->crc == 0 || crc32_z (0, data, length) == footer->crc)
    return TRUE;
  quarry_log_issue (self, QUARRY_ISSUE_LOSS, mcap->data_end, "summary: CRC does not match: the whole file is read instead");
  return FALSE;
}

static gboolean
read_summary (QuarryLog *self, const QuarryMcapFooter *footer, gint64 footer_at, GBytes *tail, gint64 tail_at,
              GCancellable *cancellable, GError **error)
{
  QuarryMcap *mcap = self->data;
  const gint64 start = footer->summary_start != 0 ? (gint64) footer->summary_start : footer_at;
  const gsize length = (gsize) (footer_at - start), with_footer = length + QUARRY_MCAP_RECORD + 16;
  g_autoptr(GBytes) bytes = NULL;
  Summary summary = { .log = self };
  const guint8 *data = NULL;
  gboolean done;

  bytes = start >= tail_at ? g_bytes_new_from_bytes (tail, (gsize) (start - tail_at), with_footer)
                           : quarry_file_read_bytes (self->file, start, (gint64) with_footer, cancellable, error);
  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, NULL);
  mcap->data_end = start;
  if (!summary_is_whole (self, footer, data, with_footer))
    return FALSE;
  summary.chunks = quarry_log_spans_new ();
  done = read_records (&summary, data, length) && !summary.is_bad && take_counts (&summary);
  for (guint i = 0; done && i < summary.chunks->len; i++)
    translate_ids (mcap, &g_array_index (summary.chunks, QuarryLogSpan, i));
  done = done && quarry_log_lay_out_spans (mcap->spans, summary.chunks, QUARRY_MCAP_MAGIC_LENGTH, mcap->data_end);
  g_array_unref (summary.chunks);
  return done;
}

/**
 * quarry_mcap_read_index:
 *
 * Returns: TRUE: spans, channels and counts are known. FALSE with @error where the file cannot be read; FALSE without
 *   where there is no index or none that can be trusted: only data_end is known then, and some channels
 */
gboolean
quarry_mcap_read_index (QuarryLog *self, GCancellable *cancellable, GError **error)
{
  QuarryMcap *mcap = self->data;
  const gint64 size = quarry_file_get_size (self->file), tail_at = MAX (size - TAIL_BYTES, 0);
  g_autoptr(GBytes) tail = quarry_file_read_bytes (self->file, tail_at, -1, cancellable, error);
  const guint8 *data = NULL;
  gsize length = 0, footer_length;
  gint64 footer_at;
  QuarryMcapFooter footer;

  mcap->data_end = size;
  if (tail == NULL)
    return FALSE;
  data = g_bytes_get_data (tail, &length);
  footer_length = find_footer (data, length);
  if (footer_length == 0)
    {
      quarry_log_issue (self, QUARRY_ISSUE_LOSS, size, "the file was not closed: no footer, and so no index; it is read up to its end");
      return FALSE;
    }
  footer_at = size - (gint64) footer_length;
  mcap->data_end = footer_at;
  quarry_mcap_parse_footer (data + length - footer_length + QUARRY_MCAP_RECORD, FOOTER_BYTES, &footer);
  if (footer.summary_start != 0 &&
      (footer.summary_start < QUARRY_MCAP_MAGIC_LENGTH || footer.summary_start > (guint64) footer_at))
    {
      quarry_log_issue (self, QUARRY_ISSUE_LOSS, footer_at, "the footer is damaged: the whole file is read instead");
      return FALSE;
    }
  return read_summary (self, &footer, footer_at, tail, tail_at, cancellable, error);
}
