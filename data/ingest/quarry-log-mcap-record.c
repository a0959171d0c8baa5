/* quarry-log-mcap-record.c: MCAP records from bytes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-log-mcap.h"

#include <string.h>

static QuarryMcapBytes
take_bytes (QuarryCursor *at)
{
  QuarryMcapBytes bytes = { NULL, (gsize) quarry_cursor_take_uint (at, 4) };

  bytes.data = quarry_cursor_take (at, bytes.length);
  return bytes;
}

/* Times are unsigned in the file; beyond 2262 they stay at the end of ours */
static gint64
take_time (QuarryCursor *at)
{
  const guint64 ns = quarry_cursor_take_uint (at, 8);

  return (gint64) MIN (ns, (guint64) G_MAXINT64);
}

gboolean
quarry_mcap_parse_record (const guint8 *data, gsize length, guint8 *out_op, guint64 *out_length)
{
  QuarryCursor at = { data, data + length, FALSE };

  *out_op = (guint8) quarry_cursor_take_uint (&at, 1);
  *out_length = quarry_cursor_take_uint (&at, 8);
  return !at.failed;
}

gboolean
quarry_mcap_parse_footer (const guint8 *body, gsize length, QuarryMcapFooter *out)
{
  QuarryCursor at = { body, body + length, FALSE };

  out->summary_start = quarry_cursor_take_uint (&at, 8);
  out->offset_start = quarry_cursor_take_uint (&at, 8);
  out->crc = (guint32) quarry_cursor_take_uint (&at, 4);
  return !at.failed;
}

gboolean
quarry_mcap_parse_schema (const guint8 *body, gsize length, QuarryMcapSchema *out)
{
  QuarryCursor at = { body, body + length, FALSE };

  out->id = (guint) quarry_cursor_take_uint (&at, 2);
  out->name = take_bytes (&at);
  out->encoding = take_bytes (&at);
  out->data = take_bytes (&at);
  return !at.failed;
}

gboolean
quarry_mcap_parse_channel (const guint8 *body, gsize length, QuarryMcapChannel *out)
{
  QuarryCursor at = { body, body + length, FALSE };

  out->id = (guint) quarry_cursor_take_uint (&at, 2);
  out->schema = (guint) quarry_cursor_take_uint (&at, 2);
  out->topic = take_bytes (&at);
  out->encoding = take_bytes (&at);
  take_bytes (&at);      /* metadata */
  return !at.failed;
}

gboolean
quarry_mcap_parse_message (const guint8 *body, gsize length, QuarryMcapMessage *out)
{
  QuarryCursor at = { body, body + length, FALSE };

  out->channel = (guint) quarry_cursor_take_uint (&at, 2);
  out->sequence = (guint32) quarry_cursor_take_uint (&at, 4);
  out->log_ns = take_time (&at);
  out->publish_ns = take_time (&at);
  out->data = (QuarryMcapBytes) { at.at, (gsize) quarry_cursor_left (&at) };
  return !at.failed;
}

gboolean
quarry_mcap_parse_chunk (const guint8 *body, gsize length, QuarryMcapChunk *out)
{
  QuarryCursor at = { body, body + length, FALSE };

  out->start_ns = take_time (&at);
  out->end_ns = take_time (&at);
  out->size = quarry_cursor_take_uint (&at, 8);
  out->crc = (guint32) quarry_cursor_take_uint (&at, 4);
  out->compression = take_bytes (&at);
  out->length = quarry_cursor_take_uint (&at, 8);
  out->head = at.failed ? 0 : (gsize) (at.at - body);
  return !at.failed && out->size <= G_MAXINT64 && out->length <= G_MAXINT64;
}

gboolean
quarry_mcap_parse_chunk_index (const guint8 *body, gsize length, QuarryMcapChunkIndex *out)
{
  QuarryCursor at = { body, body + length, FALSE };

  out->start_ns = take_time (&at);
  out->end_ns = take_time (&at);
  out->offset = quarry_cursor_take_uint (&at, 8);
  out->length = quarry_cursor_take_uint (&at, 8);
  out->channels = take_bytes (&at);
  out->index_length = quarry_cursor_take_uint (&at, 8);
  out->compression = take_bytes (&at);
  out->packed = quarry_cursor_take_uint (&at, 8);
  out->size = quarry_cursor_take_uint (&at, 8);
  return !at.failed && out->size <= G_MAXINT64 && out->packed <= G_MAXINT64;
}

gboolean
quarry_mcap_parse_statistics (const guint8 *body, gsize length, QuarryMcapStatistics *out)
{
  QuarryCursor at = { body, body + length, FALSE };

  out->n_messages = quarry_cursor_take_uint (&at, 8);
  quarry_cursor_take (&at, 2);                /* schemas */
  out->n_channels = (guint32) quarry_cursor_take_uint (&at, 4);
  quarry_cursor_take (&at, 8);                /* attachments, metadata */
  out->n_chunks = (guint32) quarry_cursor_take_uint (&at, 4);
  out->start_ns = take_time (&at);
  out->end_ns = take_time (&at);
  out->counts = take_bytes (&at);
  return !at.failed && out->n_messages <= G_MAXINT64;
}

gboolean
quarry_mcap_codec (const QuarryMcapBytes *compression, QuarryCodec *out_codec)
{
  static const struct { const char *name; QuarryCodec codec;
  } codecs[] = {
    { "", QUARRY_CODEC_NONE }, { "none", QUARRY_CODEC_NONE }, { "lz4", QUARRY_CODEC_LZ4_FRAME }, { "zstd", QUARRY_CODEC_ZSTD },
  };

  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (compression->length == strlen (codecs[i].name) &&
        memcmp (compression->data, codecs[i].name, compression->length) == 0)
      {
        *out_codec = codecs[i].codec;
        return TRUE;
      }
  return FALSE;
}

static gboolean
is_text (const QuarryMcapBytes *text)
{
  return g_utf8_validate_len ((const char *) text->data, text->length, NULL);
}

static gboolean
chunk_looks_right (const guint8 *body, gsize there, guint64 length)
{
  QuarryMcapChunk chunk;
  QuarryCodec codec;

  return quarry_mcap_parse_chunk (body, there, &chunk) && quarry_mcap_codec (&chunk.compression, &codec) &&
         chunk.length <= length && chunk.head <= length - chunk.length;
}

/* Strict enough that other bytes hardly ever pass: this is how the way is found again after damage */
gboolean
quarry_mcap_looks_right (guint8 op, const guint8 *body, gsize there, guint64 length)
{
  QuarryCursor at = { body, body + there, FALSE };
  QuarryMcapSchema schema;
  QuarryMcapChannel channel;
  guint64 n;

  switch (op)
    {
    case QUARRY_MCAP_SCHEMA:
      return quarry_mcap_parse_schema (body, there, &schema) && schema.id != 0 && is_text (&schema.name) && is_text (&schema.encoding);
    case QUARRY_MCAP_CHANNEL:
      return quarry_mcap_parse_channel (body, there, &channel) && channel.topic.length > 0 && is_text (&channel.topic) &&
             is_text (&channel.encoding);
    case QUARRY_MCAP_MESSAGE:
      return length >= 22 && there >= 22;
    case QUARRY_MCAP_CHUNK:
      return chunk_looks_right (body, there, length);
    case QUARRY_MCAP_MESSAGE_INDEX:
      quarry_cursor_take (&at, 2);
      n = quarry_cursor_take_uint (&at, 4);
      return !at.failed && n % 16 == 0 && n + 6 <= length;
    case QUARRY_MCAP_ATTACHMENT:
      return length >= 36;
    case QUARRY_MCAP_METADATA:
      return length >= 8;
    case QUARRY_MCAP_DATA_END:
      return length >= 4 && length < 64;
    case QUARRY_MCAP_FOOTER:
      return length >= 20 && length < 64;
    default:
      return FALSE;
    }
}
