/* quarry-log-mcap-scan.c: the messages of an MCAP in the order of the file
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   spans → chunks that hold something wanted → read, CRC, decompress (threads) → records → func (caller's thread)
 *         → other records → walked by the caller's thread
 */

#include "config.h"
#include "quarry-container.h"
#include "quarry-log-mcap.h"

#include <string.h>
#include <zlib.h>

typedef struct
{
  QuarryLog      *log;
  const gboolean *wanted;
  QuarryLogFunc   func;
  gpointer        user_data;
  QuarryOperation *operation;
  GCancellable   *cancellable;
  GArray         *jobs;           /* guint: the spans that go through the pipe */
  GHashTable     *seen;           /* guint: channels in the chunk at hand; NULL: nobody asks */
  gint64          n_messages;
  gboolean        is_content;     /* func wants no more */
  gboolean        has_crc;        /* of the data section: all of it is read then */
  gint64          crc_end;        /* where the record that holds the CRC begins */
  guint32         crc, expected_crc;
} Scan;

static gboolean
check_chunk (const QuarryMcapChunk *chunk, const QuarryLogBlock *block, GError **error)
{
  guint32 crc;

  if (chunk->crc == 0)
    return TRUE;
  crc = (guint32) crc32_z (0, block->data, block->length);
  if (crc == chunk->crc)
    return TRUE;
  g_set_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_BROKEN, "chunk: CRC does not match (%08x, should be %08x): it is left out",
               crc, chunk->crc);
  return FALSE;
}

/* What can be had of a chunk without its end */
static gboolean
salvage (QuarryLogBlock *block, QuarryCodec codec, const guint8 *packed, gsize length, guint64 size, GError **error)
{
  const gsize most = (gsize) MIN (size, MAX ((guint64) QUARRY_CODEC_FREE_SIZE, 4 * (guint64) length));

  if (block->made_allocated < most)
    {
      g_free (block->made);
      block->made = g_try_malloc (most);
      block->made_allocated = block->made != NULL ? most : 0;
    }
  block->data = block->made;
  block->length = quarry_codec_decode_some (codec, packed, length, block->made, MIN (most, block->made_allocated));
  if (block->length > 0)
    return TRUE;
  g_set_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_BROKEN, "the file was cut off in a chunk of which nothing can be decompressed");
  return FALSE;
}

static gboolean
make_from_raw (QuarryLogBlock *block, QuarryFile *file, const QuarryMcapSpan *span, GError **error)
{
  const gint64 body_length = span->length - QUARRY_MCAP_RECORD;
  const guint8 *body = block->raw + QUARRY_MCAP_RECORD;
  QuarryMcapChunk chunk;
  QuarryCodec codec = QUARRY_CODEC_NONE;
  guint64 length;
  guint8 op;

  if (!quarry_mcap_parse_record (block->raw, (gsize) span->length, &op, &length) || op != QUARRY_MCAP_CHUNK ||
      (!span->is_cut && length != (guint64) body_length) || !quarry_mcap_parse_chunk (body, (gsize) body_length, &chunk) ||
      (!span->is_cut && chunk.length > (guint64) body_length - chunk.head))
    {
      g_set_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_BROKEN, "no chunk where the index says that one is");
      return FALSE;
    }
  if (!quarry_mcap_codec (&chunk.compression, &codec))
    {
      g_autofree char *name = g_strndup ((const char *) chunk.compression.data, MIN (chunk.compression.length, 32));
      g_autofree char *valid = g_utf8_make_valid (name, -1);

      g_set_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_UNSUPPORTED, "chunk: the compression '%s' is not known", valid);
      return FALSE;
    }
  chunk.length = MIN (chunk.length, (guint64) body_length - chunk.head);
  if (span->is_cut ? !salvage (block, codec, body + chunk.head, (gsize) chunk.length, chunk.size, error)
                   : !quarry_log_block_decode (block, codec, body + chunk.head, (gsize) chunk.length,
                                               (gint64) (codec == QUARRY_CODEC_NONE ? chunk.length : chunk.size), error) ||
                     !check_chunk (&chunk, block, error))
    return FALSE;
  block->offset = codec == QUARRY_CODEC_NONE ? span->start + QUARRY_MCAP_RECORD + (gint64) chunk.head : 0;
  if (codec != QUARRY_CODEC_NONE)
    block->uri = quarry_container_chunk_uri (quarry_file_get_uri (file), span->start + QUARRY_MCAP_RECORD + (gint64) chunk.head,
                                             (gint64) chunk.length, codec, (gint64) block->length);
  return TRUE;
}

static gboolean
make_block (QuarryLogBlock *block, gpointer data, GCancellable *cancellable, GError **error)
{
  const Scan *scan = data;
  const QuarryMcap *mcap = scan->log->data;
  const QuarryMcapSpan *span = &g_array_index (mcap->spans, QuarryMcapSpan, g_array_index (scan->jobs, guint, block->job));
  const gint64 length = scan->has_crc ? span->end - span->start : span->length;

  if (!quarry_log_block_read (block, scan->log->file, span->start, length, cancellable, error))
    return FALSE;
  block->crc = scan->has_crc ? (guint32) crc32_z (0, block->raw, block->raw_length) : 0;
  return make_from_raw (block, scan->log->file, span, error);
}

static gboolean
deliver (Scan *scan, const QuarryMcapMessage *message, gint64 at, const char *uri, gint64 offset, GError **error)
{
  QuarryMcap *mcap = scan->log->data;
  const QuarryLogChannel *channel = g_hash_table_lookup (mcap->channels, GUINT_TO_POINTER (message->channel));
  QuarryLogMessage out = { channel, message->log_ns, message->publish_ns, message->data.data, message->data.length, uri, offset };
  GError *failure = NULL;

  if (channel == NULL)
    {
      quarry_log_issue (scan->log, QUARRY_ISSUE_SKIPPED, at, "message of channel %u, which the file does not describe", message->channel);
      return TRUE;
    }
  scan->n_messages++;
  if (scan->seen != NULL)
    g_hash_table_add (scan->seen, GUINT_TO_POINTER (channel->id));
  if (scan->wanted != NULL && (channel->id >= mcap->n_channels || !scan->wanted[channel->id]))
    return TRUE;
  if (scan->func (&out, scan->user_data, &failure))
    return TRUE;
  scan->is_content = failure == NULL;
  if (failure != NULL)
    g_propagate_error (error, failure);
  return FALSE;
}

/* @at: byte of the file for issues. Returns: FALSE to stop */
static gboolean
take_record (Scan *scan, guint8 op, const guint8 *body, gsize length, gint64 at, const char *uri, gint64 offset, GError **error)
{
  QuarryMcapSchema schema;
  QuarryMcapChannel channel;
  QuarryMcapMessage message;
  gboolean is_whole = TRUE;

  if (op == QUARRY_MCAP_SCHEMA && (is_whole = quarry_mcap_parse_schema (body, length, &schema)))
    quarry_mcap_add_schema (scan->log, &schema);
  else if (op == QUARRY_MCAP_CHANNEL && (is_whole = quarry_mcap_parse_channel (body, length, &channel)))
    quarry_mcap_add_channel (scan->log, &channel);
  else if (op == QUARRY_MCAP_MESSAGE && (is_whole = quarry_mcap_parse_message (body, length, &message)))
    return deliver (scan, &message, at, uri, offset + (message.data.data - body), error);
  if (!is_whole)
    quarry_log_issue (scan->log, QUARRY_ISSUE_SKIPPED, at, "a record is damaged and left out");
  return TRUE;
}

static gboolean
take_block (Scan *scan, const QuarryLogBlock *block, const QuarryMcapSpan *span, GError **error)
{
  const char *uri = block->uri != NULL ? block->uri : quarry_file_get_uri (scan->log->file);
  const guint8 *data = block->data;
  gsize at = 0;

  while (at < block->length)
    {
      guint8 op;
      guint64 length;

      if (!quarry_mcap_parse_record (data + at, block->length - at, &op, &length) || length > block->length - at - QUARRY_MCAP_RECORD)
        {
          quarry_log_issue (scan->log, QUARRY_ISSUE_SKIPPED, span->start,
                            span->is_cut ? "the file was cut off in this chunk: what lies before byte %" G_GSIZE_FORMAT " of it is read"
                                         : "chunk: its byte %" G_GSIZE_FORMAT " is no whole record: the rest of it is left out", at);
          return TRUE;
        }
      at += QUARRY_MCAP_RECORD;
      if (!take_record (scan, op, data + at, (gsize) length, span->start, uri, block->offset + (gint64) at, error))
        return FALSE;
      at += length;
    }
  if (span->is_cut)
    quarry_log_issue (scan->log, QUARRY_ISSUE_SKIPPED, span->start,
                      "the file was cut off in this chunk: what lies before byte %" G_GSIZE_FORMAT " of it is read", at);
  return TRUE;
}

/* A chunk that the index does not know; made here and now */
static gboolean
take_lost_chunk (Scan *scan, const QuarryMcapRecord *record, GError **error)
{
  const gint64 length = QUARRY_MCAP_RECORD + (gint64) record->length;
  QuarryMcapSpan span = { .is_chunk = TRUE, .start = record->offset, .end = record->offset + length, .length = length };
  QuarryLogBlock block = { 0 };
  g_autoptr(GError) failure = NULL;
  gboolean go_on = TRUE;

  if (quarry_log_block_read (&block, scan->log->file, span.start, length, scan->cancellable, &failure) &&
      make_from_raw (&block, scan->log->file, &span, &failure))
    go_on = take_block (scan, &block, &span, error);
  else if (quarry_log_is_stopped (failure))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      go_on = FALSE;
    }
  else
    quarry_log_issue_error (scan->log, QUARRY_ISSUE_SKIPPED, span.start, failure);
  g_free (block.raw);
  g_free (block.made);
  g_free (block.uri);
  return go_on;
}

static gboolean
take_record_cb (const QuarryMcapRecord *record, QuarryWindow *window, gpointer data, GError **error)
{
  Scan *scan = data;
  const gint64 at = record->offset + QUARRY_MCAP_RECORD;
  const guint8 *body = NULL;

  if (record->op == QUARRY_MCAP_CHUNK)
    return take_lost_chunk (scan, record, error);
  if (record->op != QUARRY_MCAP_SCHEMA && record->op != QUARRY_MCAP_CHANNEL && record->op != QUARRY_MCAP_MESSAGE)
    return TRUE;
  body = quarry_window_get (window, at, (gsize) record->length, scan->cancellable, error);
  return body != NULL && take_record (scan, record->op, body, (gsize) record->length, record->offset,
                                      quarry_file_get_uri (scan->log->file), at, error);
}

static gboolean
add_crc (Scan *scan, const QuarryMcapSpan *span, GError **error)
{
  g_auto(QuarryWindow) window = { 0 };

  quarry_window_init (&window, scan->log->file, 1u << 20);
  for (gint64 at = span->start; scan->has_crc && at < MIN (span->end, scan->crc_end);)
    {
      const guint8 *data = NULL;
      const gint64 n = MIN (MIN (span->end, scan->crc_end) - at, 1 << 20);

      data = quarry_window_get (&window, at, (gsize) n, scan->cancellable, error);
      if (data == NULL)
        return FALSE;
      scan->crc = (guint32) crc32_z (scan->crc, data, (gsize) n);
      at += n;
    }
  return TRUE;
}

static gboolean
is_wanted (const Scan *scan, const QuarryMcapSpan *span)
{
  if (scan->wanted == NULL || span->channels == NULL)
    return TRUE;
  for (guint i = 0; i < span->channels->len; i++)
    if (scan->wanted[g_array_index (span->channels, guint, i)])
      return TRUE;
  return FALSE;
}

/* What was seen in a chunk the first time lets later scans pass it by */
static void
keep_seen (Scan *scan, QuarryMcapSpan *span)
{
  GHashTableIter iter;
  gpointer id;

  if (scan->seen == NULL || span->channels != NULL)
    return;
  span->channels = g_array_new (FALSE, FALSE, sizeof (guint));
  g_hash_table_iter_init (&iter, scan->seen);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_array_append_val (span->channels, (guint) { GPOINTER_TO_UINT (id) });
}

static gboolean
take_chunk (Scan *scan, QuarryLogPipe *pipe, QuarryMcapSpan *span, GError **error)
{
  QuarryLogBlock *block = quarry_log_pipe_next (pipe);

  if (quarry_log_is_stopped (block->error))
    {
      g_propagate_error (error, g_steal_pointer (&block->error));
      return FALSE;
    }
  if (scan->has_crc)
    scan->crc = (guint32) crc32_combine (scan->crc, block->crc, (z_off_t) (span->end - span->start));
  if (block->error != NULL)
    {
      quarry_log_issue_error (scan->log, QUARRY_ISSUE_SKIPPED, span->start, block->error);
      return TRUE;
    }
  if (scan->seen != NULL)
    g_hash_table_remove_all (scan->seen);
  if (!take_block (scan, block, span, error))
    return FALSE;
  keep_seen (scan, span);
  return TRUE;
}

static gboolean
take_spans (Scan *scan, QuarryLogPipe *pipe, GError **error)
{
  const QuarryMcap *mcap = scan->log->data;
  guint job = 0;

  for (guint i = 0; i < mcap->spans->len; i++)
    {
      QuarryMcapSpan *span = &g_array_index (mcap->spans, QuarryMcapSpan, i);

      if (scan->operation != NULL && quarry_operation_is_cancelled (scan->operation, error))
        return FALSE;
      if (!span->is_chunk)
        {
          if (!add_crc (scan, span, error) ||
              !quarry_mcap_walk (scan->log, span->start, span->end, take_record_cb, scan, scan->cancellable, error))
            return FALSE;
        }
      else if (job < scan->jobs->len && g_array_index (scan->jobs, guint, job) == i)
        {
          job++;
          if (!take_chunk (scan, pipe, span, error))
            return FALSE;
        }
      if (scan->operation != NULL)
        quarry_operation_set_progress (scan->operation, (guint64) span->end, (guint64) quarry_file_get_size (scan->log->file), NULL);
    }
  return TRUE;
}

/* A data section with a CRC ends in a record that holds it. Returns: FALSE none there */
static gboolean
find_data_crc (Scan *scan, gint64 *out_end)
{
  const QuarryMcap *mcap = scan->log->data;
  guint8 tail[128];
  const gsize n = (gsize) MIN (mcap->data_end, (gint64) sizeof tail);

  if (!quarry_file_read (scan->log->file, mcap->data_end - (gint64) n, tail, n, scan->cancellable, NULL))
    return FALSE;
  for (gsize back = QUARRY_MCAP_RECORD + 4; back <= n; back++)
    {
      QuarryCursor at = { tail + n - back, tail + n, FALSE };

      if (quarry_cursor_take_uint (&at, 1) == QUARRY_MCAP_DATA_END && quarry_cursor_take_uint (&at, 8) == back - QUARRY_MCAP_RECORD)
        {
          scan->expected_crc = (guint32) quarry_cursor_take_uint (&at, 4);
          *out_end = mcap->data_end - (gint64) back;
          return scan->expected_crc != 0;
        }
    }
  return FALSE;
}

static void
check_whole (Scan *scan)
{
  const QuarryMcap *mcap = scan->log->data;

  if (scan->has_crc && scan->crc != scan->expected_crc)
    quarry_log_issue (scan->log, QUARRY_ISSUE_LOSS, QUARRY_MCAP_MAGIC_LENGTH, "data section: CRC does not match (%08x, should be %08x)",
                      scan->crc, scan->expected_crc);
  if (scan->wanted == NULL && mcap->expected >= 0 && mcap->expected != scan->n_messages)
    quarry_log_issue (scan->log, QUARRY_ISSUE_LOSS, mcap->data_end, "the summary tells of %" G_GINT64_FORMAT " messages, %"
                      G_GINT64_FORMAT " can be read", mcap->expected, scan->n_messages);
}

/* The CRC is of the file's first byte to the record that holds it */
static void
prepare_crc (Scan *scan)
{
  const QuarryMcap *mcap = scan->log->data;
  const QuarryMcapSpan *last = mcap->spans->len > 0 ? &g_array_index (mcap->spans, QuarryMcapSpan, mcap->spans->len - 1) : NULL;

  scan->has_crc = scan->wanted == NULL && last != NULL && !last->is_chunk && last->end == mcap->data_end &&
                  find_data_crc (scan, &scan->crc_end) && last->start <= scan->crc_end;
  scan->crc = (guint32) crc32_z (0, (const guint8 *) QUARRY_MCAP_MAGIC, QUARRY_MCAP_MAGIC_LENGTH);
}

/**
 * quarry_mcap_scan:
 * @wanted: (nullable): a flag for each channel known at opening
 * @operation: (nullable)
 * @cancellable: (nullable)
 */
gboolean
quarry_mcap_scan (QuarryLog *self, const gboolean *wanted, QuarryLogFunc func, gpointer user_data, QuarryOperation *operation,
                  GCancellable *cancellable, GError **error)
{
  const QuarryMcap *mcap = self->data;
  g_autoptr(GArray) jobs = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr(GArray) costs = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GHashTable) seen = self->has_index ? NULL : g_hash_table_new (NULL, NULL);
  g_autoptr(QuarryLogPipe) pipe = NULL;
  Scan scan = { .log = self, .wanted = wanted, .func = func, .user_data = user_data, .operation = operation,
                .cancellable = cancellable, .jobs = jobs, .seen = seen };

  for (guint i = 0; i < mcap->spans->len; i++)
    {
      const QuarryMcapSpan *span = &g_array_index (mcap->spans, QuarryMcapSpan, i);

      if (!span->is_chunk || !is_wanted (&scan, span))
        continue;
      g_array_append_val (jobs, i);
      g_array_append_val (costs, span->cost);
    }
  prepare_crc (&scan);
  pipe = quarry_log_pipe_new (jobs->len, (const gint64 *) costs->data, make_block, &scan, cancellable);
  if (take_spans (&scan, pipe, error))
    check_whole (&scan);
  else if (!scan.is_content)
    return FALSE;
  return TRUE;
}
