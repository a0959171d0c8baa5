/* quarry-log-mcap.h: MCAP records and what is known of one file
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Format: https://mcap.dev/spec (version 0). A record is an opcode, a length and a body; a body may be longer than what is known of it.
 * Parsing is pure; what it gives points into the bytes.
 */

#pragma once

#include "quarry-log-private.h"

G_BEGIN_DECLS

typedef enum
{
  QUARRY_MCAP_HEADER = 1, QUARRY_MCAP_FOOTER, QUARRY_MCAP_SCHEMA, QUARRY_MCAP_CHANNEL, QUARRY_MCAP_MESSAGE, QUARRY_MCAP_CHUNK,
  QUARRY_MCAP_MESSAGE_INDEX, QUARRY_MCAP_CHUNK_INDEX, QUARRY_MCAP_ATTACHMENT, QUARRY_MCAP_ATTACHMENT_INDEX, QUARRY_MCAP_STATISTICS,
  QUARRY_MCAP_METADATA, QUARRY_MCAP_METADATA_INDEX, QUARRY_MCAP_SUMMARY_OFFSET, QUARRY_MCAP_DATA_END,
} QuarryMcapOp;

#define QUARRY_MCAP_MAGIC        "\x89MCAP0\r\n"
#define QUARRY_MCAP_MAGIC_LENGTH 8
#define QUARRY_MCAP_RECORD       9      /* opcode and length before each body */
#define QUARRY_MCAP_CHUNK_HEAD   40     /* of a chunk's body, without its compression's name */

typedef struct { const guint8 *data; gsize length; } QuarryMcapBytes;
typedef struct { guint64 summary_start, offset_start; guint32 crc; } QuarryMcapFooter;
typedef struct { guint id; QuarryMcapBytes name, encoding, data; } QuarryMcapSchema;
typedef struct { guint id, schema; QuarryMcapBytes topic, encoding; } QuarryMcapChannel;
typedef struct { guint channel; guint32 sequence; gint64 log_ns, publish_ns; QuarryMcapBytes data; } QuarryMcapMessage;
typedef struct
{
  gint64          start_ns, end_ns;
  guint64         size;             /* decompressed */
  guint32         crc;              /* of the decompressed; 0 none */
  QuarryMcapBytes compression;
  guint64         length;           /* of the records, compressed */
  gsize           head;             /* bytes of the body before them */
} QuarryMcapChunk;
typedef struct
{
  gint64          start_ns, end_ns;
  guint64         offset, length;   /* of the chunk's record */
  QuarryMcapBytes channels;         /* id and offset of its message index, 10 bytes each */
  guint64         index_length;     /* of the message indexes after it */
  QuarryMcapBytes compression;
  guint64         packed, size;
} QuarryMcapChunkIndex;
typedef struct
{
  guint64         n_messages;
  guint32         n_channels, n_chunks;
  gint64          start_ns, end_ns;
  QuarryMcapBytes counts;           /* id and count, 10 bytes each */
} QuarryMcapStatistics;

gboolean quarry_mcap_parse_footer      (const guint8 *body, gsize length, QuarryMcapFooter *out);
gboolean quarry_mcap_parse_schema      (const guint8 *body, gsize length, QuarryMcapSchema *out);
gboolean quarry_mcap_parse_channel     (const guint8 *body, gsize length, QuarryMcapChannel *out);
gboolean quarry_mcap_parse_message     (const guint8 *body, gsize length, QuarryMcapMessage *out);
gboolean quarry_mcap_parse_chunk       (const guint8 *body, gsize length, QuarryMcapChunk *out);      /* the head is enough */
gboolean quarry_mcap_parse_chunk_index (const guint8 *body, gsize length, QuarryMcapChunkIndex *out);
gboolean quarry_mcap_parse_statistics  (const guint8 *body, gsize length, QuarryMcapStatistics *out);
gboolean quarry_mcap_parse_record      (const guint8 *data, gsize length, guint8 *out_op, guint64 *out_length);  /* 9 bytes */
gboolean quarry_mcap_looks_right       (guint8 op, const guint8 *body, gsize there, guint64 length);  /* could this be a record? @there of @length bytes */
gboolean quarry_mcap_codec             (const QuarryMcapBytes *compression, QuarryCodec *out_codec);

typedef struct
{
  GHashTable  *schemas;             /* id → Schema of quarry-log-mcap.c */
  GHashTable  *channels;            /* id in the file → QuarryLogChannel */
  GArray      *spans;               /* QuarryLogSpan, in the order of the file, without holes */
  gint64       data_end;            /* where the summary or the footer begins, or the file's end */
  gint64       expected;            /* messages by the statistics; −1 not told */
  guint        n_channels;          /* at opening */
} QuarryMcap;

/* What a walk over the records of a stretch calls; body is the first @there of record's bytes. Returns: FALSE to stop, with or without @error */
typedef struct
{
  guint8  op;
  gint64  offset;                   /* of the opcode */
  guint64 length;                   /* of the body */
} QuarryMcapRecord;
typedef gboolean (*QuarryMcapRecordFunc) (const QuarryMcapRecord *record, QuarryWindow *window, gpointer data, GError **error);

gboolean quarry_mcap_walk           (QuarryLog *self, gint64 start, gint64 end, QuarryMcapRecordFunc func, gpointer data,
                                     GCancellable *cancellable, GError **error);      /* finds the way again after damage, which it tells */
gboolean quarry_mcap_read_index     (QuarryLog *self, GCancellable *cancellable, GError **error);      /* TRUE: spans, channels and counts are known */
gboolean quarry_mcap_find_spans     (QuarryLog *self, GCancellable *cancellable, GError **error);      /* by walking */
void     quarry_mcap_add_schema     (QuarryLog *self, const QuarryMcapSchema *schema);
void     quarry_mcap_add_channel    (QuarryLog *self, const QuarryMcapChannel *channel);
gboolean quarry_mcap_scan           (QuarryLog *self, const gboolean *wanted, QuarryLogFunc func, gpointer user_data,
                                     QuarryOperation *operation, GCancellable *cancellable, GError **error);

G_END_DECLS
