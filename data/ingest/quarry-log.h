/* quarry-log.h: message logs: MCAP, ROS 1 bags, ROS 2 bags
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A log is channels and, in the order of the file, messages. Reading goes through QuarryStorage by ranges, so a log may lie on S3.
 * What is damaged becomes an issue of the report given at opening; what is whole before and after it is read.
 * Adding a kind of log: one file with a QuarryLogFormat, one line in the table in quarry-log.c.
 */

#pragma once

#include "quarry-operation.h"
#include "quarry-storage.h"

G_BEGIN_DECLS

#define QUARRY_LOG_ERROR (quarry_log_error_quark ())
typedef enum
{
  QUARRY_LOG_ERROR_FAILED,
  QUARRY_LOG_ERROR_BROKEN,        /* the file contradicts itself before anything could be read */
  QUARRY_LOG_ERROR_UNSUPPORTED,   /* no log that is known, or a kind of it that is not read */
} QuarryLogError;
GQuark quarry_log_error_quark (void);

typedef struct
{
  guint       id;                /* index in the log's channels */
  char       *topic;
  char       *type;              /* as written: "sensor_msgs/Image", "sensor_msgs/msg/Image", "foxglove.PointCloud" */
  char       *encoding;          /* of the messages: "ros1", "cdr", "protobuf", "json", … */
  char       *schema_encoding;   /* of the definition: "ros1msg", "ros2msg", "ros2idl", "protobuf", "jsonschema"; "" none */
  GBytes     *schema;            /* nullable */
  gint64      n_messages;        /* −1 unknown until scanned */
  gint64      start_ns, end_ns;  /* by log time; QUARRY_NO_TIME unknown until scanned */
} QuarryLogChannel;

typedef struct
{
  const QuarryLogChannel *channel;
  gint64                  log_ns;        /* when it was recorded */
  gint64                  publish_ns;    /* when it was sent; = log_ns where the format does not say */
  const guint8           *data;          /* the message; only until the function returns */
  gsize                   length;
  const char             *uri;           /* where it lies, as a media's URI (quarry-media.h); only until the function returns */
  gint64                  offset;        /* of data in what the URI names */
} QuarryLogMessage;

/* Returns: FALSE with @error set to stop, or FALSE without to stop and be content */
typedef gboolean (*QuarryLogFunc) (const QuarryLogMessage *message, gpointer user_data, GError **error);

typedef struct _QuarryLog QuarryLog;

/* For the formats */
typedef struct
{
  const char *id;        /* "mcap", "rosbag1", "db3" */
  const char *name;
  gboolean  (*probe) (const guint8 *head, gsize length, const char *uri);      /* first bytes, up to 64 KiB */
  gboolean  (*open)  (QuarryLog *self, GCancellable *cancellable, GError **error);     /* fills channels, n_messages … */
  gboolean  (*scan)  (QuarryLog *self, const gboolean *wanted, QuarryLogFunc func, gpointer user_data,
                      QuarryOperation *operation, GError **error);
  void      (*close) (QuarryLog *self);
} QuarryLogFormat;

struct _QuarryLog
{
  const QuarryLogFormat *format;
  QuarryStorage         *storage;        /* owned */
  QuarryFile            *file;           /* owned; NULL for a folder */
  char                  *uri;
  QuarryReport          *report;         /* owned */
  GPtrArray             *channels;       /* QuarryLogChannel, owned */
  gboolean               has_index;      /* channels and counts came from it, nothing was scanned */
  gint64                 n_messages;     /* −1 unknown until scanned */
  gint64                 start_ns, end_ns;
  gpointer               data;           /* the format's own */
  GHashTable            *told;           /* issues that are in the report already */
};

QuarryLog        *quarry_log_open         (QuarryStorage      *storage,
                                           const char         *uri,          /* a file, or a ROS 2 bag's folder with metadata.yaml */
                                           QuarryReport       *report,
                                           GCancellable       *cancellable,
                                           GError            **error);
QuarryLog        *quarry_log_open_file    (QuarryStorage      *storage,      /* nullable where the file is bytes in memory */
                                           QuarryFile         *file,
                                           QuarryReport       *report,
                                           GCancellable       *cancellable,
                                           GError            **error);
int               quarry_log_probe        (const char         *path);        /* 0 no … 100 surely; a local file or folder; cheap */
gboolean          quarry_log_scan         (QuarryLog          *self,         /* file order; chunks without a wanted channel are not read */
                                           const gboolean     *wanted,       /* by channel id; NULL: all */
                                           QuarryLogFunc       func,         /* on the caller's thread, whatever decompresses beside it */
                                           gpointer            user_data,
                                           QuarryOperation    *operation,    /* nullable: progress (bytes) and cancel */
                                           GError            **error);
QuarryLogChannel *quarry_log_add_channel  (QuarryLog          *self,
                                           const char         *topic,
                                           const char         *type,
                                           const char         *encoding,
                                           const char         *schema_encoding,
                                           GBytes             *schema);      /* nullable */
void              quarry_log_free         (QuarryLog          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryLog, quarry_log_free)

G_END_DECLS
