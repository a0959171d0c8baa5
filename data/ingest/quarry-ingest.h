/* quarry-ingest.h: readers of recordings, and the road from them into the catalog
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A reader walks a folder or file and hands what it finds to a QuarryIngest, which batches it into the
 * catalog: known things stay, new ones are added, a batch is one commit. Adding a reader: one file with a
 * QuarryReader, one line in the table in quarry-ingest.c.
 */

#pragma once

#include "quarry-catalog.h"
#include "quarry-operation.h"

G_BEGIN_DECLS

#define QUARRY_INGEST_ERROR (quarry_ingest_error_quark ())
typedef enum { QUARRY_INGEST_ERROR_FAILED, QUARRY_INGEST_ERROR_UNKNOWN_FORMAT, QUARRY_INGEST_ERROR_NOT_FOUND } QuarryIngestError;
GQuark quarry_ingest_error_quark (void);

typedef struct _QuarryIngest QuarryIngest;

typedef struct _QuarryReader QuarryReader;
typedef struct _QuarryIngestPreview QuarryIngestPreview;

struct _QuarryReader
{
  const char  *id;            /* kept in the catalog, never changes: "kitti-raw" */
  const char  *name;          /* "KITTI raw drives" */
  const char  *what;          /* one line: which files it reads */
  int        (*probe) (const char *path);                              /* 0 no … 100 surely; cheap; always a local path: of what lies on S3, a folder that has its names (quarry-ingest-remote.h) */
  gboolean   (*read)  (QuarryIngest *ingest, GError **error);          /* one bad file: quarry_ingest_skip, and on */
  QuarryIngestPreview *(*preview) (QuarryStorage *storage, const char *path, GCancellable *cancellable, GError **error);   /* nullable; .reader is set by the caller */
};

const QuarryReader * const *quarry_ingest_list_readers (void);          /* NULL-ended */
const QuarryReader         *quarry_ingest_find_reader  (const char     *id_or_null,
                                                        const char     *path,        /* of this machine */
                                                        GError        **error);
const QuarryReader         *quarry_ingest_find_reader_in (QuarryStorage *storage,
                                                        const char     *id_or_null,
                                                        const char     *uri,         /* a path, or on S3 */
                                                        GCancellable   *cancellable,
                                                        GError        **error);

/* How streams become frames; kept with the source, so that importing again does the same */
typedef enum
{
  QUARRY_SYNC_DEFAULT,        /* the first lidar, else the first camera, nearest */
  QUARRY_SYNC_LIDAR,          /* a frame for each cloud of the first lidar */
  QUARRY_SYNC_SENSOR,         /* a frame for each media of the sensor named in sync_sensor */
  QUARRY_SYNC_NONE,           /* a frame for each media */
} QuarrySyncBy;

typedef struct
{
  const char  *format;          /* nullable: guessed */
  QuarrySyncBy sync;
  const char  *sync_sensor;     /* of QUARRY_SYNC_SENSOR */
  gboolean     latest_before;   /* the newest media not after the frame; else the nearest */
  gint64       tolerance_ns;    /* a media farther from the frame is stale; 0: half the period of the sensor that leads, all of it with latest_before, at most 1 s */
  const char  *copy_to;         /* nullable: media are extracted to files in this folder */
} QuarryIngestOptions;
#define QUARRY_INGEST_OPTIONS_DEFAULT ((QuarryIngestOptions) { NULL, QUARRY_SYNC_DEFAULT, NULL, FALSE, 0, NULL })
char                       *quarry_ingest_sync_to_text (const QuarryIngestOptions *options);    /* "lidar", "camera:NAME", "none", "default" */
gboolean                    quarry_ingest_sync_parse   (const char          *text,
                                                        QuarryIngestOptions *options);

/* What a source holds, told before it is imported */
typedef struct
{
  char             *name;         /* topic or folder */
  char             *type;         /* "sensor_msgs/msg/Image", "jpeg" …; nullable */
  gboolean          is_sensor;    /* becomes a sensor of this kind; else it is only listed, or used (poses, calibration) */
  QuarrySensorKind  kind;
  char             *sensor;       /* its name then; nullable */
  gint64            n;            /* messages or files; −1 unknown */
  gint64            start_ns, end_ns;   /* QUARRY_NO_TIME unknown */
} QuarryIngestStream;

struct _QuarryIngestPreview
{
  const QuarryReader *reader;
  gint64              bytes;      /* −1 unknown */
  gint64              n_scenes;   /* −1 unknown */
  gint64              n_frames;   /* a guess by the default policy; −1 unknown */
  GPtrArray          *streams;    /* QuarryIngestStream */
  GPtrArray          *notes;      /* char *: what is worth knowing before (truncated, no index …) */
};

void                 quarry_ingest_stream_free  (QuarryIngestStream  *self);
QuarryIngestPreview *quarry_ingest_preview_new  (void);
void                 quarry_ingest_preview_free (QuarryIngestPreview *self);
QuarryIngestPreview *quarry_ingest_preview      (QuarryStorage       *storage,     /* blocking, but quick: by index, header and file names */
                                                 const char          *path,
                                                 const char          *format,      /* nullable */
                                                 GCancellable        *cancellable,
                                                 GError             **error);

/* The whole import; blocking: call inside an operation. Returns the source's id, 0 on error. */
QuarryId      quarry_ingest_import          (QuarryCatalog     *catalog,
                                             const char        *path,
                                             const QuarryIngestOptions *options,   /* nullable: the default */
                                             QuarryOperation   *operation,
                                             GError           **error);

/* For readers */
const QuarryIngestOptions *quarry_ingest_get_options (QuarryIngest *self);
QuarryStorage *quarry_ingest_get_storage    (QuarryIngest *self);                                  /* (transfer none) */
QuarryOperation *quarry_ingest_get_operation (QuarryIngest *self);                                 /* (transfer none) */
const char   *quarry_ingest_get_path        (QuarryIngest *self);                                  /* absolute, no slash at the end */
const char   *quarry_ingest_get_name        (QuarryIngest *self);                                  /* of the source */
gboolean      quarry_ingest_is_cancelled    (QuarryIngest *self, GError **error);
void          quarry_ingest_progress        (QuarryIngest *self, guint64 done, guint64 total, const char *detail);
void          quarry_ingest_skip            (QuarryIngest *self, const char *path, const char *place, const char *format, ...) G_GNUC_PRINTF (4, 5);
void          quarry_ingest_note            (QuarryIngest *self, const char *path, const char *place, const char *format, ...) G_GNUC_PRINTF (4, 5);
void          quarry_ingest_skip_error      (QuarryIngest *self, const char *path, const GError *failure);                      /* the message without @path in front of it */
QuarryId      quarry_ingest_scene           (QuarryIngest *self, const char *key, const char *name, GError **error);
QuarryId      quarry_ingest_sensor          (QuarryIngest *self, QuarryId scene, const char *name, QuarrySensorKind kind, GError **error);
QuarryId      quarry_ingest_calibration     (QuarryIngest *self, QuarryId sensor, const QuarryCalibration *calibration, GError **error);
gboolean      quarry_ingest_poses           (QuarryIngest *self, QuarryId scene, QuarryTrajectory *poses, GError **error);
gboolean      quarry_ingest_streams         (QuarryIngest *self, QuarryId scene, GPtrArray *streams, GError **error);           /* QuarryStream: what the scene's topics or folders hold */
QuarryIngestOptions quarry_ingest_get_scene_sync (QuarryIngest *self, const char *key, char **out_leader);                      /* how to make a scene's frames: as before, else as asked for */
gboolean      quarry_ingest_keep_scene_sync (QuarryIngest *self, const char *key, const char *leader, gboolean latest_before, gint64 tolerance_ns, GError **error);
QuarryId      quarry_ingest_label_set       (QuarryIngest *self, GError **error);                                               /* "<source name> labels", this source's own */
gboolean      quarry_ingest_frame           (QuarryIngest *self, QuarryFrameDraft *take_draft, GError **error);                 /* batched; frees the draft in any case */
QuarryMedia  *quarry_ingest_image           (QuarryIngest *self, QuarryId sensor, QuarryId calibration, const char *path, gint64 stamp_ns);   /* reads the header; NULL: broken, already reported */
QuarryMedia  *quarry_ingest_cloud           (QuarryIngest *self, QuarryId sensor, QuarryId calibration, const char *path, const char *format, gint64 stamp_ns);
gboolean      quarry_ingest_point_labels    (QuarryIngest *self, QuarryMedia *cloud, const char *path, const char *format, const char *names);   /* of a cloud whose points are counted; FALSE: they do not fit, reported; the draft needs a set */
QuarryMedia  *quarry_ingest_known_media     (QuarryIngest *self, QuarryId sensor, const char *path);                            /* of a known frame: reads nothing, only stands for what is there */
gboolean      quarry_ingest_is_known        (QuarryIngest *self, QuarryId scene, const char *frame_key, guint n_media);         /* has that many media since an earlier import: headers need no reading */

/* A folder's entries in natural order (2 before 10); hidden ones are left out. Links to files and folders are followed; a FIFO, a device,
 * a dangling link, a folder that was listed already in this import (a link in a circle) or cannot be read is skipped with an issue. */
typedef struct
{
  char     *name;
  char     *path;
  gboolean  is_folder;
} QuarryIngestEntry;
GPtrArray    *quarry_ingest_list_folder     (QuarryIngest *self, const char *path);                                             /* QuarryIngestEntry */
gboolean      quarry_ingest_is_file         (QuarryIngest *self, const char *folder, const char *name);                         /* for read: here or on S3; links followed; name nullable: folder itself */
gboolean      quarry_ingest_is_folder       (QuarryIngest *self, const char *folder, const char *name);
gboolean      quarry_ingest_has_file        (const char *folder, const char *name);                                             /* for probe: what it sees of S3 is a local image of the names */
gboolean      quarry_ingest_has_folder      (const char *folder, const char *name);
char         *quarry_ingest_read_text       (QuarryIngest *self, const char *path, gsize limit, GError **error);                /* a small text file */
int           quarry_ingest_compare_natural (const char *a, const char *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryIngestPreview, quarry_ingest_preview_free)

G_END_DECLS
