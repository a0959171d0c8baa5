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
  QuarryLogScan   base;
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

static gboolean
make_from_raw (QuarryLogBlock *block, QuarryFile *file, const QuarryLogSpan *span, GError **error)
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
  if (span->is_cut ? !quarry_log_block_salvage (block, codec, body + chunk.head, (gsize) chunk.length, chunk.size, error)
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
make_block (QuarryLogBlock *block, const QuarryLogSpan *span, gpointer data, GCancellable *cancellable, GError **error)
{
  const Scan *scan = data;
  const gint64 length = scan->has_crc ? span->end - span->start : span->length;

  if (!quarry_log_block_read (block, scan->base.log->file, span->start, length, cancellable, error))
    return FALSE;
  block->crc = scan->has_crc ? (guint32) crc32_z (0, block->raw, block->raw_length) : 0;
  return make_from_raw (block, scan->base.log->file, span, error);
}

static gboolean
deliver (Scan *scan, const QuarryMcapMessage *message, gint64 at, const char *uri, gint64 offset, GError **error)
{
  const QuarryMcap *mcap = scan->base.log->data;
  const QuarryLogMessage out = {
    g_hash_table_lookup (mcap->channels, GUINT_TO_POINTER (message->channel)), message->log_ns, message->publish_ns,
    message->data.data, message->data.length, uri, offset,
  };

  if (out.channel != NULL)
    return quarry_log_scan_deliver (&scan->base, &out, error);
  quarry_log_issue (scan->base.log, QUARRY_ISSUE_SKIPPED, at, "message of channel %u, which the file does not describe", message->channel);
  return TRUE;
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
    quarry_mcap_add_schema (scan->base.log, &schema);
  else if (op == QUARRY_MCAP_CHANNEL && (is_whole = quarry_mcap_parse_channel (body, length, &channel)))
    quarry_mcap_add_channel (scan->base.log, &channel);
  else if (op == QUARRY_MCAP_MESSAGE && (is_whole = quarry_mcap_parse_message (body, length, &message)))
    return deliver (scan, &message, at, uri, offset + (message.data.data - body), error);
  if (!is_whole)
    quarry_log_issue (scan->base.log, QUARRY_ISSUE_SKIPPED, at, "a record is damaged and left out");
  return TRUE;
}

static gboolean
take_block (QuarryLogScan *base, const QuarryLogBlock *block, const QuarryLogSpan *span, GError **error)
{
  Scan *scan = (Scan *) base;
  const char *uri = block->uri != NULL ? block->uri : quarry_file_get_uri (scan->base.log->file);
  const guint8 *data = block->data;
  gsize at = 0;

  while (at < block->length)
    {
      guint8 op;
      guint64 length;

      if (!quarry_mcap_parse_record (data + at, block->length - at, &op, &length) || length > block->length - at - QUARRY_MCAP_RECORD)
        {
          quarry_log_issue (scan->base.log, QUARRY_ISSUE_SKIPPED, span->start,
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
    quarry_log_issue (scan->base.log, QUARRY_ISSUE_SKIPPED, span->start,
                      "the file was cut off in this chunk: what lies before byte %" G_GSIZE_FORMAT " of it is read", at);
  return TRUE;
}

/* A chunk that the index does not know; made here and now */
static gboolean
take_lost_chunk (Scan *scan, const QuarryMcapRecord *record, GError **error)
{
  const gint64 length = QUARRY_MCAP_RECORD + (gint64) record->length;
  QuarryLogSpan span = { .is_chunk = TRUE, .start = record->offset, .end = record->offset + length, .length = length };
  QuarryLogBlock block = { 0 };
  g_autoptr(GError) failure = NULL;
  gboolean go_on = TRUE;

  if (quarry_log_block_read (&block, scan->base.log->file, span.start, length, scan->base.cancellable, &failure) &&
      make_from_raw (&block, scan->base.log->file, &span, &failure))
    go_on = take_block (&scan->base, &block, &span, error);
  else if (quarry_log_is_stopped (failure))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      go_on = FALSE;
    }
  else
    quarry_log_issue_error (scan->base.log, QUARRY_ISSUE_SKIPPED, span.start, failure);
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
  body = quarry_window_get (window, at, (gsize) record->length, scan->base.cancellable, error);
  return body != NULL && take_record (scan, record->op, body, (gsize) record->length, record->offset,
                                      quarry_file_get_uri (scan->base.log->file), at, error);
}

static gboolean
add_crc (Scan *scan, const QuarryLogSpan *span, GError **error)
{
  g_auto(QuarryWindow) window = { 0 };

  quarry_window_init (&window, scan->base.log->file, 1u << 20);
  for (gint64 at = span->start; scan->has_crc && at < MIN (span->end, scan->crc_end);)
    {
      const guint8 *data = NULL;
      const gint64 n = MIN (MIN (span->end, scan->crc_end) - at, 1 << 20);

      data = quarry_window_get (&window, at, (gsize) n, scan->base.cancellable, error);
      if (data == NULL)
        return FALSE;
      scan->crc = (guint32) crc32_z (scan->crc, data, (gsize) n);
      at += n;
    }
  return TRUE;
}

static gboolean
take_records (QuarryLogScan *base, const QuarryLogSpan *span, GError **error)
{
  Scan *scan = (Scan *) base;

  return add_crc (scan, span, error) &&
         quarry_mcap_walk (base->log, span->start, span->end, take_record_cb, scan, base->cancellable, error);
}

static void
pass_block (QuarryLogScan *base, const QuarryLogBlock *block, const QuarryLogSpan *span)
{
  Scan *scan = (Scan *) base;

  if (scan->has_crc)
    scan->crc = (guint32) crc32_combine (scan->crc, block->crc, (z_off_t) (span->end - span->start));
}

static const QuarryLogScanClass scan_class = { make_block, take_block, take_records, pass_block };

/* A data section with a CRC ends in a record that holds it. Returns: FALSE none there */
static gboolean
find_data_crc (Scan *scan, gint64 *out_end)
{
  const QuarryMcap *mcap = scan->base.log->data;
  guint8 tail[128];
  const gsize n = (gsize) MIN (mcap->data_end, (gint64) sizeof tail);

  if (!quarry_file_read (scan->base.log->file, mcap->data_end - (gint64) n, tail, n, scan->base.cancellable, NULL))
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
  const QuarryMcap *mcap = scan->base.log->data;

  if (scan->has_crc && scan->crc != scan->expected_crc)
    quarry_log_issue (scan->base.log, QUARRY_ISSUE_LOSS, QUARRY_MCAP_MAGIC_LENGTH, "data section: CRC does not match (%08x, should be %08x)",
                      scan->crc, scan->expected_crc);
  if (scan->base.wanted == NULL && mcap->expected >= 0 && mcap->expected != scan->base.n_messages)
    quarry_log_issue (scan->base.log, QUARRY_ISSUE_LOSS, mcap->data_end, "the summary tells of %" G_GINT64_FORMAT " messages, %"
                      G_GINT64_FORMAT " can be read", mcap->expected, scan->base.n_messages);
}

/* The CRC is of the file's first byte to the record that holds it */
static void
prepare_crc (Scan *scan)
{
  const QuarryMcap *mcap = scan->base.log->data;
  const QuarryLogSpan *last = mcap->spans->len > 0 ? &g_array_index (mcap->spans, QuarryLogSpan, mcap->spans->len - 1) : NULL;

  scan->has_crc = scan->base.wanted == NULL && last != NULL && !last->is_chunk && last->end == mcap->data_end &&
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
  Scan scan = {
    .base = { .log = self, .spans = mcap->spans, .wanted = wanted, .n_wanted = mcap->n_channels, .func = func, .user_data = user_data,
              .operation = operation, .cancellable = cancellable },
  };

  prepare_crc (&scan);
  if (!quarry_log_scan_spans (&scan.base, &scan_class, error))
    return FALSE;
  if (!scan.base.is_content)
    check_whole (&scan);
  return TRUE;
}
