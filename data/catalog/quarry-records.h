/* quarry-records.h: rows of the catalog as plain structs
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Lists come as GPtrArray that own their records. Strings belong to the record.
 */

#pragma once

#include "quarry-annotation.h"
#include "quarry-camera.h"
#include "quarry-trajectory.h"
#include "quarry-types.h"

G_BEGIN_DECLS

typedef struct
{
  QuarryId  id;
  char     *uri;
  char     *name;
  char     *format;
  char     *options;       /* JSON */
  char     *state;         /* importing, complete, partial */
  gint64    imported_ns;
  gint64    n_scenes, n_frames, n_issues;
} QuarrySource;

typedef struct
{
  QuarryId  id;
  QuarryId  source;
  char     *key;
  char     *name;
  char     *site;          /* nullable */
  char     *machine;       /* nullable */
  gint64    start_ns, end_ns;   /* QUARRY_NO_TIME where unknown */
  gint64    n_frames;
} QuarryScene;

typedef struct
{
  QuarryId          id;
  QuarryId          scene;
  char             *name;
  QuarrySensorKind  kind;
} QuarrySensor;

typedef struct
{
  QuarryId      id;               /* 0 while a draft */
  QuarryPose    body_from_sensor;
  gboolean      has_camera;
  QuarryCamera  camera;           /* prepared */
} QuarryCalibration;

/* A class and an instance for each point of a cloud, in a file beside it; quarry-point-labels.h reads it */
typedef struct
{
  QuarryId  media;         /* 0 while a draft */
  QuarryId  set;           /* the annotation set they belong to; 0 while a draft: the frame's */
  char     *uri;
  char     *format;        /* "semantickitti", "nuscenes-lidarseg" */
  char     *names;         /* JSON: number in the file → name */
} QuarryPointLabels;

typedef struct
{
  QuarryId           id;
  QuarryId           frame;
  QuarryId           sensor;
  char              *sensor_name;
  QuarrySensorKind   kind;
  QuarryId           calibration_id;   /* 0 none */
  QuarryCalibration  calibration;
  char              *uri;              /* absolute path or URI */
  gint64             offset;
  gint64             length;           /* −1 to the end */
  char              *format;
  gint64             stamp_ns;
  int                width, height;
  gint64             n_points;
  QuarryPointLabels *point_labels;     /* of a draft only; nullable; owned */
} QuarryMedia;

typedef struct
{
  QuarryId   id;
  QuarryId   scene;
  char      *scene_name;
  char      *key;
  gint64     stamp_ns;       /* QUARRY_NO_TIME where unknown */
  int        rating;         /* 0…5 */
  int        flag;           /* −1 reject, 0, 1 pick */
  guint      n_annotations;
  char     **tags;           /* names, sorted */
  QuarryId   cover_media;    /* the picture that stands for the frame: its first camera by sensor id; 0 none */
  char      *cover_uri;      /* nullable */
  gint64     cover_offset, cover_length;
  char      *cover_format;   /* nullable */
} QuarryFrame;

typedef struct
{
  QuarryId  id;
  char     *name;
  QuarryId  parent;
  char     *color;           /* #rrggbb */
} QuarryLabelClass;

typedef struct
{
  QuarryId  id;
  char     *name;
  char     *origin;          /* import, vendor, model, person */
  QuarryId  source, job;     /* 0 none */
  gint64    created_ns;
  gint64    n_annotations;
} QuarryAnnotationSet;

/* A topic or folder of a scene, and what became of its messages */
typedef struct
{
  QuarryId   id;
  QuarryId   scene;
  char      *name;
  char      *type;           /* "sensor_msgs/msg/Image"; "" unknown */
  char      *encoding;       /* ros1, cdr, protobuf, json, or a file's format; "" unknown */
  char     **fields;         /* of the type's definition: "header.stamp: time"; nullable */
  QuarryId   sensor;         /* 0: it is none */
  char      *sensor_name;    /* nullable; set by the catalog */
  gint64     n_messages;
  gint64     start_ns, end_ns;                /* QUARRY_NO_TIME where unknown */
  gint64     n_matched, n_unmatched, n_stale, n_late, n_repeated;    /* as in quarry-sync.h; 0 where it is no sensor */
  gint64     offset_mean_ns, offset_max_ns;   /* QUARRY_NO_TIME where nothing matched */
} QuarryStream;

/* A row of a facet: one scene, tag, class … and how many frames of a result it holds */
typedef struct
{
  QuarryId  id;
  char     *name;
  char     *color;           /* nullable */
  gint64    n_frames;
  gint64    n_annotations;   /* classes and sets only, else 0 */
} QuarryFacetRow;

typedef struct
{
  QuarryId  id;
  char     *name;
  char     *notes;
  gint64    created_ns;
  gint64    n_frames;
  char    **splits;          /* names, sorted */
  gint64   *split_counts;    /* as many as splits */
  gint64    n_unsplit;
  int       last_version;    /* 0 none */
} QuarryDataset;

typedef struct
{
  QuarryId  id;
  int       number;
  char     *hash;
  char     *note;
  char     *who;
  gint64    created_ns;
  gint64    n_frames;
} QuarryDatasetVersion;

typedef struct
{
  QuarryId  frame;
  char     *split;           /* nullable */
} QuarryDatasetFrame;

typedef struct
{
  QuarryId  id;
  char     *name;
  char     *vendor;
  char     *url;
  char     *options;         /* JSON */
} QuarryAccount;

typedef struct
{
  QuarryId  id;
  QuarryId  account;
  char     *account_name;
  char     *vendor;
  char     *name;
  char     *external_id;     /* nullable */
  char     *state;
  char     *manifest;        /* JSON */
  char     *manifest_hash;
  gint64    created_ns, updated_ns;
  char     *error;           /* nullable */
  gint64    n_tasks, n_sent, n_delivered;
} QuarryJob;

typedef struct
{
  QuarryId  id;
  QuarryId  job;
  QuarryId  media;
  QuarryId  frame;
  char     *key;
  char     *upload;          /* nullable */
  char     *external_id;     /* nullable */
  char     *state;
  gint64    updated_ns;
  char     *error;           /* nullable */
} QuarryTask;

typedef struct
{
  QuarryId  id;
  char     *who;
  gint64    made_ns;
  char     *what;
  char     *state;           /* done, undone, dropped */
} QuarryEdit;

void quarry_source_free          (QuarrySource         *self);
void quarry_scene_free           (QuarryScene          *self);
void quarry_sensor_free          (QuarrySensor         *self);
void quarry_media_free           (QuarryMedia          *self);
void quarry_point_labels_free    (QuarryPointLabels    *self);
void quarry_frame_free           (QuarryFrame          *self);
void quarry_stream_free          (QuarryStream         *self);
void quarry_label_class_free     (QuarryLabelClass     *self);
void quarry_annotation_set_free  (QuarryAnnotationSet  *self);
void quarry_facet_row_free       (QuarryFacetRow       *self);
void quarry_dataset_free         (QuarryDataset        *self);
void quarry_dataset_version_free (QuarryDatasetVersion *self);
void quarry_dataset_frame_free   (QuarryDatasetFrame   *self);
void quarry_account_free         (QuarryAccount        *self);
void quarry_job_free             (QuarryJob            *self);
void quarry_task_free            (QuarryTask           *self);
void quarry_edit_free            (QuarryEdit           *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarrySource, quarry_source_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryScene, quarry_scene_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarrySensor, quarry_sensor_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryMedia, quarry_media_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryPointLabels, quarry_point_labels_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryFrame, quarry_frame_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryStream, quarry_stream_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryDataset, quarry_dataset_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryAccount, quarry_account_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryJob, quarry_job_free)

G_END_DECLS
