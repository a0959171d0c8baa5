/* quarry-log-private.h: what the kinds of logs share
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A window reads records here and there through a file. A pipe makes chunks ready in threads, ahead of the consumer and in order.
 */

#pragma once

#include "quarry-codec.h"
#include "quarry-log.h"

G_BEGIN_DECLS

extern const QuarryLogFormat quarry_log_mcap;
extern const QuarryLogFormat quarry_log_rosbag1;
extern const QuarryLogFormat quarry_log_db3;
extern const QuarryLogFormat quarry_log_rosbag2;

/* Bytes in the order of a file; what goes beyond the end sets failed and gives zero or NULL from then on */
typedef struct
{
  const guint8 *at, *end;
  gboolean      failed;
} QuarryCursor;

static inline const guint8 *
quarry_cursor_take (QuarryCursor *self, guint64 n)
{
  const guint8 *at = self->at;

  if (self->failed || n > (guint64) (self->end - at))
    {
      self->failed = TRUE;
      return NULL;
    }
  self->at += n;
  return at;
}

static inline guint64
quarry_cursor_take_uint (QuarryCursor *self, guint bytes)       /* little-endian */
{
  const guint8 *at = quarry_cursor_take (self, bytes);
  guint64 value = 0;

  for (guint i = bytes; at != NULL && i > 0; i--)
    value = value << 8 | at[i - 1];
  return value;
}

static inline guint64
quarry_cursor_left (const QuarryCursor *self)
{
  return (guint64) (self->end - self->at);
}

/* A piece of a file that moves along */
typedef struct
{
  QuarryFile *file;        /* borrowed */
  gsize       ahead;       /* bytes read at a time, when fewer are asked for */
  guint8     *data;
  gsize       allocated;
  gint64      start;
  gsize       length;
} QuarryWindow;

void          quarry_window_init  (QuarryWindow   *self,
                                   QuarryFile     *file,
                                   gsize           ahead);
void          quarry_window_clear (QuarryWindow   *self);
const guint8 *quarry_window_get   (QuarryWindow   *self,         /* until the next call; NULL with an error */
                                   gint64          offset,
                                   gsize           length,
                                   GCancellable   *cancellable,
                                   GError        **error);
gsize         quarry_window_peek  (QuarryWindow   *self,         /* at most @length, fewer at the end of the file; 0: none or @error */
                                   gint64          offset,
                                   gsize           length,
                                   const guint8  **out_data,
                                   GCancellable   *cancellable,
                                   GError        **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (QuarryWindow, quarry_window_clear)

/* A chunk made ready */
typedef struct
{
  guint         job;
  guint8       *raw;          /* as in the file */
  gsize         raw_length, raw_allocated;
  guint8       *made;         /* decompressed */
  gsize         made_allocated;
  const guint8 *data;         /* what is inside: in raw or in made */
  gsize         length;
  guint32       crc;          /* of raw; where the job asked for it */
  char         *uri;          /* data is at @offset of this; NULL: of the file */
  gint64        offset;
  GError       *error;        /* why it could not be made */
} QuarryLogBlock;

/* In a worker: fills raw, data, uri and offset. Returns: FALSE with @error */
typedef gboolean (*QuarryLogMakeFunc) (QuarryLogBlock *block, gpointer data, GCancellable *cancellable, GError **error);

typedef struct _QuarryLogPipe QuarryLogPipe;

QuarryLogPipe  *quarry_log_pipe_new     (guint              n_jobs,
                                         const gint64      *costs,        /* bytes each job takes in memory; copied */
                                         gboolean           is_far,
                                         QuarryLogMakeFunc  make,
                                         gpointer           data,
                                         GCancellable      *cancellable);
QuarryLogBlock *quarry_log_pipe_next    (QuarryLogPipe     *self);        /* in order; the one before is given back; NULL: no more */
void            quarry_log_pipe_free    (QuarryLogPipe     *self);
gboolean        quarry_log_block_read   (QuarryLogBlock    *block,        /* into raw */
                                         QuarryFile        *file,
                                         gint64             offset,
                                         gint64             length,
                                         GCancellable      *cancellable,
                                         GError           **error);
gboolean        quarry_log_block_decode (QuarryLogBlock    *block,        /* data is then @size bytes */
                                         QuarryCodec        codec,
                                         const guint8      *packed,
                                         gsize              length,
                                         gint64             size,
                                         GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryLogPipe, quarry_log_pipe_free)

gboolean        quarry_log_block_salvage (QuarryLogBlock   *block,        /* data is what can be had of a chunk without its end */
                                         QuarryCodec        codec,
                                         const guint8      *packed,
                                         gsize              length,
                                         gint64             size,
                                         GError           **error);

/* A stretch of a file: a chunk, or other records. Spans are in the order of the file, without holes */
typedef struct
{
  gboolean     is_chunk;
  gboolean     is_cut;              /* a compressed chunk that the file's end cuts off */
  gint64       start, end;          /* with the indexes after it */
  gint64       length;              /* of the chunk's record */
  gint64       cost;                /* bytes of memory while it is read */
  GArray      *channels;            /* guint, ids of the log's channels in it; NULL unknown */
} QuarryLogSpan;

GArray  *quarry_log_spans_new     (void);
void     quarry_log_add_span      (GArray              *spans,
                                   const QuarryLogSpan *take_span);
void     quarry_log_add_loose     (GArray              *spans,            /* no chunk: goes into one with its neighbour */
                                   gint64               start,
                                   gint64               end);
gboolean quarry_log_lay_out_spans (GArray              *spans,            /* chunks of an index, and what lies between; FALSE: they overlap */
                                   GArray              *take_chunks,
                                   gint64               start,
                                   gint64               end);

/* A scan over spans: chunks that hold something wanted are made in threads, other records are walked by the caller's */
typedef struct
{
  QuarryLog       *log;
  GArray          *spans;
  const gboolean  *wanted;          /* nullable */
  guint            n_wanted;        /* its length: channels that came later are not wanted */
  QuarryLogFunc    func;
  gpointer         user_data;
  QuarryOperation *operation;       /* nullable */
  GCancellable    *cancellable;     /* nullable */
  gint64           n_messages;      /* seen, wanted or not */
  gboolean         is_content;      /* func wants no more */
  GHashTable      *seen;            /* guint: channels in the chunk at hand; NULL: they are known */
  GArray          *jobs;            /* guint: the spans that go through the pipe */
  const struct _QuarryLogScanClass *klass;
} QuarryLogScan;

typedef struct _QuarryLogScanClass
{
  gboolean (*make)  (QuarryLogBlock *block, const QuarryLogSpan *span, gpointer scan, GCancellable *cancellable, GError **error);   /* in a worker */
  gboolean (*take)  (QuarryLogScan *scan, const QuarryLogBlock *block, const QuarryLogSpan *span, GError **error);   /* FALSE to stop */
  gboolean (*walk)  (QuarryLogScan *scan, const QuarryLogSpan *span, GError **error);
  void     (*passed) (QuarryLogScan *scan, const QuarryLogBlock *block, const QuarryLogSpan *span);    /* nullable: each block, good or bad */
} QuarryLogScanClass;

gboolean quarry_log_scan_spans   (QuarryLogScan       *self,
                                  const QuarryLogScanClass *klass,
                                  GError             **error);
gboolean quarry_log_scan_deliver (QuarryLogScan       *self,             /* to func, where it is wanted; FALSE to stop */
                                  const QuarryLogMessage *message,
                                  GError             **error);
gboolean quarry_log_count_cb     (const QuarryLogMessage *message,       /* user_data: the log */
                                  gpointer             user_data,
                                  GError             **error);

void     quarry_log_issue        (QuarryLog           *self,             /* once each, however often the log is read */
                                  QuarryIssueLevel     level,
                                  gint64               byte,
                                  const char          *format,
                                  ...) G_GNUC_PRINTF (4, 5);
void     quarry_log_issue_error  (QuarryLog           *self,             /* @failure without the file's name and byte in front of it */
                                  QuarryIssueLevel     level,
                                  gint64               byte,
                                  const GError        *failure);
void     quarry_log_forget_counts (QuarryLog          *self);            /* before they are made by scanning */
void     quarry_log_count        (QuarryLog           *self,
                                  QuarryLogChannel    *channel,
                                  gint64               log_ns);
gboolean quarry_log_is_stopped   (const GError        *error);           /* cancelled: not the file's fault */
gboolean quarry_log_unpack_message (QuarryLog         *self,             /* one that is compressed by itself; FALSE: it is damaged, which is told */
                                  const QuarryLogMessage *message,
                                  QuarryLogMessage    *out_message,      /* the same, or the decompressed; its URI is not changed */
                                  GBytes             **out_bytes);       /* NULL where it was not compressed */
QuarryLog *quarry_log_open_part  (QuarryStorage       *storage,          /* with the very report; one file of a bag of several */
                                  const char          *uri,
                                  QuarryReport        *report,
                                  GCancellable        *cancellable,
                                  GError             **error);

G_END_DECLS
