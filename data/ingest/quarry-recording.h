/* quarry-recording.h: one continuous recording, from the messages of its logs to sensors, calibrations, poses and frames
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * First all messages of use are observed (quarry_recording_scan, or quarry_recording_observe one by one), of which only stamps, pointers,
 * calibrations and poses are kept; then quarry_recording_settle makes sensors out of topics. Of a picture or cloud 56 bytes are kept.
 *
 * Time: a message's stamp is its header's. Where the header has none (0), or one that is more than QUARRY_RECORDING_FAR_NS away from when it
 * was logged, the time of logging takes its place, and that is told once a topic.
 */

#pragma once

#include "quarry-ingest.h"
#include "quarry-log.h"
#include "quarry-observation.h"
#include "quarry-sync.h"
#include "quarry-transforms.h"

G_BEGIN_DECLS

#define QUARRY_RECORDING_FAR_NS (3600 * QUARRY_NS_PER_S)

/* A picture or cloud; where it lies is quarry_recording_dup_uri */
typedef struct
{
  gint64      stamp_ns;
  gint64      offset, length;
  gint64      n_points;       /* −1 unknown */
  const char *base;           /* the log's file */
  const char *part;           /* behind the '#'; nullable */
  guint32     shape;          /* index into shapes */
} QuarryRecordingItem;

/* What items have in common */
typedef struct
{
  char *format;               /* the number of points in "points:N:…" is left out: "points::…" */
  char *frame_id;             /* "" none */
  int   width, height;        /* 0 unknown */
} QuarryRecordingShape;

typedef struct
{
  gint64       from_ns;       /* holds from here; the first also before */
  QuarryCamera camera;
} QuarryRecordingCamera;

typedef struct
{
  char                  *name;          /* the topic, with its type where another topic has the same name */
  char                  *topic;
  char                  *type;
  char                  *encoding;
  char                 **fields;        /* nullable */
  QuarryObservationKind  kind;
  gint64                 n_messages;
  gint64                 start_ns, end_ns;
  gint64                 n_broken;      /* could not be read */
  gint64                 n_told;        /* of them, one by one */
  char                  *last_told;     /* nullable */
  gint64                 n_unstamped;   /* header's stamp 0 */
  gint64                 n_far;         /* header's stamp far from when it was logged */

  char                  *sensor;        /* its name, after settling; NULL: it is none */
  QuarrySensorKind       sensor_kind;
  GArray                *items;         /* QuarryRecordingItem, as recorded; nullable */
  GArray                *cameras;       /* QuarryRecordingCamera by time, of a calibration's topic; nullable */
  char                  *frame_id;      /* of a calibration's first message; nullable */
  gboolean               is_packets;    /* clouds that are a lidar's own packets */
  QuarryTrajectory      *poses;         /* of a pose's topic; nullable */
  char                  *parent, *child;
  int                    calibration;   /* index of the topic with this sensor's calibration; −1 none */
} QuarryRecordingTopic;

typedef struct
{
  char             *key;                /* in its source */
  char             *name;
  char             *path;               /* for issues */
  QuarryReport     *report;             /* owned */
  GPtrArray        *topics;             /* QuarryRecordingTopic */
  GPtrArray        *sensors;            /* the topics that are sensors, in the order in which they may lead; after settling */
  QuarryTransforms *tree;
  char             *body;               /* frame of the machine; NULL: no transforms, or none that a sensor is connected to */
  char             *world;              /* frame of the ego poses; nullable */

  /* behind the functions */
  GHashTable       *by_topic;
  GArray           *shapes;             /* QuarryRecordingShape */
  GHashTable       *shape_index;
  GStringChunk     *strings;
  const char       *last_base, *last_part;
} QuarryRecording;

QuarryRecording      *quarry_recording_new         (const char                  *key,
                                                    const char                  *name,
                                                    const char                  *path,
                                                    QuarryReport                *report);
void                  quarry_recording_free        (QuarryRecording             *self);
QuarryRecordingTopic *quarry_recording_get_topic   (QuarryRecording             *self,         /* made where it is not there */
                                                    const char                  *topic,
                                                    const char                  *type,
                                                    const char                  *encoding);
void                  quarry_recording_observe     (QuarryRecording             *self,
                                                    QuarryRecordingTopic        *topic,
                                                    const QuarryObservation     *observation,
                                                    const char                  *uri,          /* where the message lies */
                                                    gint64                       offset,
                                                    gint64                       log_ns);
gboolean              quarry_recording_scan        (QuarryRecording             *self,
                                                    QuarryLog                   *log,
                                                    QuarryOperation             *operation,    /* nullable */
                                                    GError                     **error);
void                  quarry_recording_settle      (QuarryRecording             *self);
char                 *quarry_recording_dup_uri     (const QuarryRecordingItem   *item);
char                 *quarry_recording_dup_format  (QuarryRecording             *self,
                                                    const QuarryRecordingItem   *item);
QuarryTrajectory     *quarry_recording_get_poses   (QuarryRecording             *self);        /* of the machine in the world; empty where unknown */
QuarryCalibration     quarry_recording_get_calibration (QuarryRecording         *self,
                                                    const QuarryRecordingTopic  *sensor,
                                                    const QuarryRecordingItem   *item,
                                                    gboolean                    *out_held);    /* its pose is of another time, the nearest that is known */

/* --- quarry-recording-frames.c: frames of reference; a part of settling --- */
void                  quarry_recording_settle_frames (QuarryRecording           *self);
const char           *quarry_recording_get_frame   (QuarryRecording             *self,         /* of a sensor: its media's, or its calibration's; "" unknown */
                                                    const QuarryRecordingTopic  *sensor);

/* --- quarry-recording-names.c: pure functions of what a log holds --- */
void                  quarry_recording_name_sensors (GPtrArray                  *topics,       /* char *: those that become sensors */
                                                     GPtrArray                  *names);       /* out: char *, as many */
int                   quarry_recording_pair        (const char                  *image,        /* how well a calibration's topic goes with an image's; 0 not */
                                                    const char                  *image_frame,
                                                    const char                  *calibration,
                                                    const char                  *calibration_frame);
gint64                quarry_recording_find_unit   (gint64                       start_ns,     /* factor to nanoseconds of log times: 1, 1000, 10⁶, 10⁹ */
                                                    gint64                       end_ns);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryRecording, quarry_recording_free)

G_END_DECLS
