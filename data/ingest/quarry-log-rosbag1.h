/* quarry-log-rosbag1.h: records of ROS 1 bags and what is known of one file
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Format: http://wiki.ros.org/Bags/Format/2.0. A record is the length of a header, fields NAME=VALUE, the length of data, and data.
 */

#pragma once

#include "quarry-log-private.h"

G_BEGIN_DECLS

#define QUARRY_BAG_MAGIC        "#ROSBAG V2.0\n"
#define QUARRY_BAG_MAGIC_LENGTH 13
#define QUARRY_BAG_MAX_HEADER   (1u << 20)      /* bytes of one record's header; the longest hold a topic's name */

typedef enum
{
  QUARRY_BAG_MESSAGE = 2, QUARRY_BAG_HEADER, QUARRY_BAG_INDEX, QUARRY_BAG_CHUNK, QUARRY_BAG_CHUNK_INFO, QUARRY_BAG_CONNECTION,
} QuarryBagOp;

/* A record's header; what is not there is 0. Points into the bytes */
typedef struct
{
  guint8        op;
  guint64       index_pos, chunk_pos;
  guint32       conn, n_conns, n_chunks, count, size;
  gint64        time_ns, start_ns, end_ns;
  const guint8 *text;           /* topic of a connection, compression of a chunk, encryptor of the bag */
  gsize         text_length;
  gsize         head;           /* bytes before the data, both lengths among them */
  guint32       length;         /* of the data */
} QuarryBagRecord;

gboolean quarry_bag_parse_record     (const guint8 *data, gsize length, QuarryBagRecord *out);     /* the header and the data's length must be there */
gsize    quarry_bag_header_length    (const guint8 *data, gsize length);                           /* bytes that parse_record needs; 0: no record */
gboolean quarry_bag_codec            (const QuarryBagRecord *record, QuarryCodec *out_codec);
gboolean quarry_bag_parse_connection (const guint8 *data, gsize length, char **out_topic, char **out_type, GBytes **out_schema);

typedef struct
{
  GHashTable *channels;         /* number of a connection → QuarryLogChannel */
  GArray     *spans;            /* QuarryLogSpan */
  gint64      data_start, data_end;
  guint       n_channels;       /* at opening */
  gint64      expected;         /* messages by the index; −1 not told */
} QuarryBag;

typedef gboolean (*QuarryBagRecordFunc) (const QuarryBagRecord *record, gint64 offset, gboolean is_cut, QuarryWindow *window, gpointer data,
                                         GError **error);      /* FALSE to stop */

gboolean quarry_bag_walk           (QuarryLog *self, gint64 start, gint64 end, QuarryBagRecordFunc func, gpointer data,
                                    GCancellable *cancellable, GError **error);
gboolean quarry_bag_read_index     (QuarryLog *self, const QuarryBagRecord *header, GCancellable *cancellable, GError **error);
void     quarry_bag_add_connection (QuarryLog *self, const QuarryBagRecord *record, const guint8 *data);

G_END_DECLS
