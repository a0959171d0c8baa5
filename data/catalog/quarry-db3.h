/* quarry-db3.h: a ROS 2 bag's SQLite file, read through storage
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Pages come by ranges of a QuarryFile, from disk, memory or S3: nothing is ever written beside the file, no lock is taken, and what
 * still lies in a write-ahead log beside it is not seen. The file is not trusted: only plain tables are asked, by our own queries.
 * One thread at a time.
 */

#pragma once

#include "quarry-storage.h"

G_BEGIN_DECLS

#define QUARRY_DB3_ERROR (quarry_db3_error_quark ())
typedef enum { QUARRY_DB3_ERROR_FAILED, QUARRY_DB3_ERROR_BROKEN, QUARRY_DB3_ERROR_UNSUPPORTED } QuarryDb3Error;
GQuark quarry_db3_error_quark (void);

typedef struct _QuarryDb3 QuarryDb3;

typedef struct
{
  gint64  id;
  char   *name, *type;
  char   *format;                /* of the messages: "cdr" */
  char   *definition_encoding;   /* "ros2msg", "ros2idl"; "" none */
  GBytes *definition;            /* nullable: older files have none */
} QuarryDb3Topic;

typedef struct { gint64 topic, n, start_ns, end_ns; } QuarryDb3Count;

/* @data: until it returns. Returns: FALSE to stop */
typedef gboolean (*QuarryDb3RowFunc) (gint64 row, gint64 topic, gint64 ns, const guint8 *data, gsize length, gpointer user_data, GError **error);

QuarryDb3 *quarry_db3_open        (QuarryFile         *file,
                                   GCancellable       *cancellable,      /* of this and all that follows */
                                   GError            **error);
GPtrArray *quarry_db3_list_topics (QuarryDb3          *self,             /* QuarryDb3Topic */
                                   GError            **error);
GArray    *quarry_db3_count       (QuarryDb3          *self,             /* QuarryDb3Count; reads a page of each message */
                                   GError            **error);
gboolean   quarry_db3_get_times   (QuarryDb3          *self,             /* by the index over them, where there is one */
                                   gint64             *out_start_ns,     /* QUARRY_NO_TIME no message */
                                   gint64             *out_end_ns,
                                   GError            **error);
gboolean   quarry_db3_scan        (QuarryDb3          *self,             /* in the order of rows; data of what is not wanted is not read */
                                   gint64              after_row,
                                   GArray             *topics,           /* gint64: ids */
                                   QuarryDb3RowFunc    func,
                                   gpointer            user_data,
                                   GError            **error);
GBytes    *quarry_db3_read_row    (QuarryDb3          *self,
                                   gint64              row,
                                   GError            **error);
void       quarry_db3_set_cancellable (QuarryDb3      *self,
                                   GCancellable       *cancellable);
void       quarry_db3_free        (QuarryDb3          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryDb3, quarry_db3_free)

G_END_DECLS
