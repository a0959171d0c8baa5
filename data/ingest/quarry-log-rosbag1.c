/* quarry-log-rosbag1.c: ROS 1 bags, version 2.0
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-log-rosbag1.h"
#include "quarry-container.h"

#include <string.h>

static gboolean
bag_probe (const guint8 *head, gsize length, const char *uri)
{
  return length >= QUARRY_BAG_MAGIC_LENGTH && memcmp (head, "#ROSBAG V", 9) == 0;
}

static void
bag_close (QuarryLog *self)
{
  QuarryBag *bag = self->data;

  g_hash_table_unref (bag->channels);
  g_array_unref (bag->spans);
  g_free (bag);
}

/* @length bytes of a chunk's record are at block->raw */
static gboolean
make_from_raw (QuarryLogBlock *block, QuarryFile *file, const QuarryLogSpan *span, GError **error)
{
  QuarryBagRecord record;
  QuarryCodec codec = QUARRY_CODEC_NONE;
  const guint8 *packed = NULL;
  gsize length;

  if (!quarry_bag_parse_record (block->raw, block->raw_length, &record) || record.op != QUARRY_BAG_CHUNK ||
      (!span->is_cut && record.length > block->raw_length - record.head))
    {
      g_set_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_BROKEN, "no chunk where the index says that one is");
      return FALSE;
    }
  if (!quarry_bag_codec (&record, &codec))
    {
      g_autofree char *name = g_strndup (record.text != NULL ? (const char *) record.text : "", MIN (record.text_length, 32));
      g_autofree char *valid = g_utf8_make_valid (name, -1);

      g_set_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_UNSUPPORTED, "chunk: the compression '%s' is not known", valid);
      return FALSE;
    }
  packed = block->raw + record.head;
  length = span->is_cut ? block->raw_length - record.head : record.length;
  if (span->is_cut ? !quarry_log_block_salvage (block, codec, packed, length, record.size > 0 ? record.size : G_MAXUINT32, error)
                   : !quarry_log_block_decode (block, codec, packed, length, codec == QUARRY_CODEC_NONE ? record.length : record.size, error))
    {
      if (!span->is_cut)
        g_prefix_error (error, "chunk: ");
      return FALSE;
    }
  block->offset = codec == QUARRY_CODEC_NONE ? span->start + (gint64) record.head : 0;
  if (codec != QUARRY_CODEC_NONE)
    block->uri = quarry_container_chunk_uri (quarry_file_get_uri (file), span->start + (gint64) record.head, (gint64) length, codec,
                                             (gint64) block->length);
  return TRUE;
}

static gboolean
make_block (QuarryLogBlock *block, const QuarryLogSpan *span, gpointer data, GCancellable *cancellable, GError **error)
{
  const QuarryLogScan *scan = data;

  return quarry_log_block_read (block, scan->log->file, span->start, span->length, cancellable, error) &&
         make_from_raw (block, scan->log->file, span, error);
}

/* @data is the record's. @at: byte of the file for issues. Returns: FALSE to stop */
static gboolean
take_record (QuarryLogScan *scan, const QuarryBagRecord *record, const guint8 *data, gint64 at, const char *uri, gint64 offset, GError **error)
{
  const QuarryBag *bag = scan->log->data;
  const QuarryLogChannel *channel = g_hash_table_lookup (bag->channels, GUINT_TO_POINTER (record->conn));
  const QuarryLogMessage message = { channel, record->time_ns, record->time_ns, data, record->length, uri, offset };

  if (record->op == QUARRY_BAG_CONNECTION)
    quarry_bag_add_connection (scan->log, record, data);
  else if (record->op == QUARRY_BAG_MESSAGE && channel != NULL)
    return quarry_log_scan_deliver (scan, &message, error);
  else if (record->op == QUARRY_BAG_MESSAGE)
    quarry_log_issue (scan->log, QUARRY_ISSUE_SKIPPED, at, "message of connection %u, which the bag does not describe", record->conn);
  return TRUE;
}

static gboolean
take_block (QuarryLogScan *scan, const QuarryLogBlock *block, const QuarryLogSpan *span, GError **error)
{
  const char *uri = block->uri != NULL ? block->uri : quarry_file_get_uri (scan->log->file);
  gsize at = 0;

  while (at < block->length)
    {
      QuarryBagRecord record;

      if (!quarry_bag_parse_record (block->data + at, block->length - at, &record) || record.length > block->length - at - record.head)
        break;
      at += record.head;
      if (!take_record (scan, &record, block->data + at, span->start, uri, block->offset + (gint64) at, error))
        return FALSE;
      at += record.length;
    }
  if (span->is_cut)
    quarry_log_issue (scan->log, QUARRY_ISSUE_SKIPPED, span->start,
                      "the bag was cut off in this chunk: what lies before byte %" G_GSIZE_FORMAT " of it is read", at);
  else if (at < block->length)
    quarry_log_issue (scan->log, QUARRY_ISSUE_SKIPPED, span->start,
                      "chunk: its byte %" G_GSIZE_FORMAT " is no whole record: the rest of it is left out", at);
  return TRUE;
}

static gboolean
take_record_cb (const QuarryBagRecord *record, gint64 offset, gboolean is_cut, QuarryWindow *window, gpointer data, GError **error)
{
  QuarryLogScan *scan = data;
  g_autofree guint8 *text = NULL;
  QuarryBagRecord copy = *record;
  const guint8 *body = NULL;

  if (record->op != QUARRY_BAG_CONNECTION && record->op != QUARRY_BAG_MESSAGE)
    return TRUE;
  copy.text = text = g_memdup2 (record->text, record->text_length);      /* the window moves */
  body = quarry_window_get (window, offset + (gint64) record->head, record->length, scan->cancellable, error);
  return body != NULL && take_record (scan, &copy, body, offset, quarry_file_get_uri (scan->log->file), offset + (gint64) record->head, error);
}

static gboolean
take_records (QuarryLogScan *scan, const QuarryLogSpan *span, GError **error)
{
  return quarry_bag_walk (scan->log, span->start, span->end, take_record_cb, scan, scan->cancellable, error);
}

static const QuarryLogScanClass scan_class = { make_block, take_block, take_records, NULL };

static gboolean
scan_bag (QuarryLog *self, const gboolean *wanted, QuarryLogFunc func, gpointer user_data, QuarryOperation *operation,
          GCancellable *cancellable, GError **error)
{
  const QuarryBag *bag = self->data;
  QuarryLogScan scan = {
    .log = self, .spans = bag->spans, .wanted = wanted, .n_wanted = bag->n_channels, .func = func, .user_data = user_data,
    .operation = operation, .cancellable = cancellable,
  };

  if (!quarry_log_scan_spans (&scan, &scan_class, error))
    return FALSE;
  if (wanted == NULL && !scan.is_content && bag->expected >= 0 && bag->expected != scan.n_messages)
    quarry_log_issue (self, QUARRY_ISSUE_LOSS, bag->data_end, "the index tells of %" G_GINT64_FORMAT " messages, %" G_GINT64_FORMAT
                      " can be read", bag->expected, scan.n_messages);
  return TRUE;
}

static gboolean
bag_scan (QuarryLog *self, const gboolean *wanted, QuarryLogFunc func, gpointer user_data, QuarryOperation *operation, GError **error)
{
  return scan_bag (self, wanted, func, user_data, operation,
                   operation != NULL ? quarry_operation_get_cancellable (operation) : NULL, error);
}

static gboolean
find_span_cb (const QuarryBagRecord *record, gint64 offset, gboolean is_cut, QuarryWindow *window, gpointer data, GError **error)
{
  QuarryLog *self = data;
  QuarryBag *bag = self->data;
  const QuarryLogSpan *last = &g_array_index (bag->spans, QuarryLogSpan, bag->spans->len - 1);
  const gint64 end = is_cut ? bag->data_end : offset + (gint64) record->head + record->length;
  QuarryLogSpan span = { .is_chunk = TRUE, .is_cut = is_cut, .start = offset, .end = end, .length = end - offset };

  if (record->op != QUARRY_BAG_CHUNK)
    {
      quarry_log_add_loose (bag->spans, last->end, end);
      return TRUE;
    }
  if (last->end < offset)
    quarry_log_add_loose (bag->spans, last->end, offset);
  span.cost = span.length + (is_cut ? span.length * 4 : record->size);
  quarry_log_add_span (bag->spans, &span);
  return TRUE;
}

static gboolean
recover (QuarryLog *self, GCancellable *cancellable, GError **error)
{
  QuarryBag *bag = self->data;

  quarry_log_forget_counts (self);
  g_array_set_size (bag->spans, 0);
  quarry_log_add_loose (bag->spans, bag->data_start, bag->data_start);
  return quarry_bag_walk (self, bag->data_start, bag->data_end, find_span_cb, self, cancellable, error) &&
         scan_bag (self, NULL, quarry_log_count_cb, self, NULL, cancellable, error);
}

/* Returns: FALSE with @error where it is encrypted. A bag whose first record is broken has no index, and that is all */
static gboolean
read_header (QuarryLog *self, const guint8 *data, gsize length, QuarryBagRecord *out, GError **error)
{
  static const char plain[] = "rosbag/NoEncryptor";
  QuarryBag *bag = self->data;
  g_autofree char *encryptor = NULL;

  bag->data_start = MIN (QUARRY_BAG_MAGIC_LENGTH, quarry_file_get_size (self->file));
  if (!quarry_bag_parse_record (data + QUARRY_BAG_MAGIC_LENGTH, length - QUARRY_BAG_MAGIC_LENGTH, out) || out->op != QUARRY_BAG_HEADER)
    {
      quarry_log_issue (self, QUARRY_ISSUE_LOSS, QUARRY_BAG_MAGIC_LENGTH, "the bag's header is damaged: the whole bag is read");
      *out = (QuarryBagRecord) { 0 };
      return TRUE;
    }
  if (out->text_length == 0 || (out->text_length == strlen (plain) && memcmp (out->text, plain, out->text_length) == 0))
    return TRUE;
  encryptor = g_utf8_make_valid ((const char *) out->text, (gssize) MIN (out->text_length, 64));
  g_set_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_UNSUPPORTED, "%s: the bag is encrypted (%s): decrypt it with 'rosbag decrypt' first",
               self->uri, encryptor);
  return FALSE;
}

static gboolean
bag_open (QuarryLog *self, GCancellable *cancellable, GError **error)
{
  QuarryBag *bag = g_new0 (QuarryBag, 1);
  g_autoptr(GBytes) head = NULL;
  QuarryBagRecord header;
  GError *failure = NULL;

  self->data = bag;
  bag->channels = g_hash_table_new (NULL, NULL);
  bag->spans = quarry_log_spans_new ();
  bag->expected = -1;
  bag->n_channels = G_MAXUINT;
  head = quarry_file_read_bytes (self->file, 0, MIN (quarry_file_get_size (self->file), 8192), cancellable, error);
  if (head == NULL)
    return FALSE;
  if (memcmp (g_bytes_get_data (head, NULL), QUARRY_BAG_MAGIC, QUARRY_BAG_MAGIC_LENGTH) != 0)
    {
      g_set_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_UNSUPPORTED, "%s: a bag of another version than 2.0: convert it with 'rosbag fix'",
                   self->uri);
      return FALSE;
    }
  if (!read_header (self, g_bytes_get_data (head, NULL), g_bytes_get_size (head), &header, error))
    return FALSE;
  self->has_index = header.op != 0 && quarry_bag_read_index (self, &header, cancellable, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, failure);
      return FALSE;
    }
  bag->data_end = header.op == 0 ? quarry_file_get_size (self->file) : bag->data_end;
  if (!self->has_index && !recover (self, cancellable, error))
    return FALSE;
  bag->n_channels = self->channels->len;
  return TRUE;
}

const QuarryLogFormat quarry_log_rosbag1 = {
  .id = "rosbag1", .name = "ROS 1 bag", .probe = bag_probe, .open = bag_open, .scan = bag_scan, .close = bag_close,
};
