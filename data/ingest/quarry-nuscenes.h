/* quarry-nuscenes.h: the tables of nuScenes v1.0 (and of Lyft Level 5, which has the same) in memory
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * After H. Caesar et al.: nuScenes: A multimodal dataset for autonomous driving (2020) and its schema page. Only what frames
 * need is kept: of sample_data, which is by far the longest, the rows that become media.
 */

#pragma once

#include <jansson.h>

#include "quarry-ingest.h"

G_BEGIN_DECLS

/* A token's hash: 128 bits of whatever text it is */
typedef struct
{
  guint64 high, low;
} QuarryNuscenesToken;

/* Tables are GArray of structs that begin with their token, sorted by it */

/* category, attribute, visibility, sensor */
typedef struct
{
  QuarryNuscenesToken token;
  const char         *name;        /* of visibility its level, of sensor its channel */
  const char         *modality;    /* sensor: "camera", "lidar", "radar"; nullable */
  gint64              index;       /* category: of lidarseg; −1 none */
} QuarryNuscenesName;

typedef struct
{
  QuarryNuscenesToken token;
  const char         *text;        /* the token */
  gint32              category;    /* −1 unknown */
} QuarryNuscenesInstance;

typedef struct
{
  QuarryNuscenesToken token;
  gint32              sensor;
  QuarryPose          body_from_sensor;
  gboolean            has_camera;
  double              fx, fy, cx, cy, skew;      /* (0,0) at the centre of the first pixel, as in the file */
} QuarryNuscenesCalibrated;

typedef struct
{
  QuarryNuscenesToken token;
  const char         *text;
  const char         *name;
  QuarryId            id;          /* in the catalog; 0: none of its files is here */
  guint               first, n;    /* its media */
  gint32              lead;        /* the sensor that its frames go by; −1 none */
  QuarryTrajectory   *poses;       /* read and not stored yet; nullable */
} QuarryNuscenesScene;

typedef struct
{
  QuarryNuscenesToken token;
  const char         *text;
  gint64              stamp_ns;
  gint32              scene;
  guint               first_label, n_labels;
} QuarryNuscenesSample;

/* A row of sample_data that becomes a media */
typedef struct
{
  QuarryNuscenesToken token;
  gint64              stamp_ns;
  gint32              scene, sample, calibrated, sensor;
  const char         *file;        /* below the root */
  const char         *labels;      /* its lidarseg file; nullable */
  QuarryNuscenesToken pose;        /* its row of ego_pose */
  gboolean            is_key;
  gboolean            has_pose;
  QuarryPose          world_from_body;           /* of key frames only */
} QuarryNuscenesMedia;

typedef struct
{
  const char *text;                /* its token */
  gint32      sample, instance;
  gint32      visibility;          /* −1 none */
  gint32      attributes[4];
  int         n_attributes;
  gint64      n_lidar, n_radar;    /* points in it; −1 unknown */
  double      t[3], size[3], q[4]; /* global; size is width, length, height */
} QuarryNuscenesLabel;

typedef struct
{
  QuarryIngest *ingest;
  char         *folder;            /* with the tables */
  char         *root;              /* what files are below */
  gboolean      sweeps;            /* not only key frames become media */
  GStringChunk *texts;
  GArray       *categories, *attributes, *visibilities, *sensors;    /* QuarryNuscenesName */
  GArray       *instances;         /* QuarryNuscenesInstance */
  GArray       *calibrated;        /* QuarryNuscenesCalibrated */
  GArray       *scenes;            /* QuarryNuscenesScene */
  GArray       *samples;           /* QuarryNuscenesSample */
  GArray       *media;             /* QuarryNuscenesMedia by scene, time, sensor */
  GArray       *uses;              /* of ego poses: private */
  GArray       *labels;            /* QuarryNuscenesLabel by sample */
  char         *names;             /* of lidarseg's classes as JSON; nullable */
} QuarryNuscenes;

/* quarry-nuscenes-tables.c: the small tables. FALSE with @error only where nothing can be read without */
gboolean quarry_nuscenes_read_tables  (QuarryNuscenes *self, GError **error);
/* quarry-nuscenes-data.c: sample_data, ego_pose, sample_annotation, lidarseg, in this order */
gboolean quarry_nuscenes_read_media   (QuarryNuscenes *self, GError **error);
gboolean quarry_nuscenes_read_poses   (QuarryNuscenes *self, GError **error);    /* into the catalog, of scenes that have an id */
gboolean quarry_nuscenes_read_labels  (QuarryNuscenes *self, GError **error);
gboolean quarry_nuscenes_read_lidarseg (QuarryNuscenes *self, GError **error);
/* quarry-nuscenes-frames.c */
gboolean quarry_nuscenes_read_frames  (QuarryNuscenes *self, QuarryNuscenesScene *scene, GError **error);
void     quarry_nuscenes_clear        (QuarryNuscenes *self);

/* Shared by the files above. A row that @read refuses is reported with the reason it gives; NULL: it is of no interest */
typedef const char *(*QuarryNuscenesRowFunc) (QuarryNuscenes *self, gconstpointer row, gpointer data);
gboolean quarry_nuscenes_walk         (QuarryNuscenes *self, const char *table, gboolean needed, QuarryNuscenesRowFunc read,
                                       gpointer data, GError **error);
QuarryNuscenesToken quarry_nuscenes_token (const char *text);
gint32   quarry_nuscenes_find         (GArray *table, const char *token);        /* −1 where there is none, or @token is NULL */
gint32   quarry_nuscenes_find_token   (GArray *table, const QuarryNuscenesToken *token);
void     quarry_nuscenes_sort         (GArray *table);                           /* by token */
const char *quarry_nuscenes_text      (gconstpointer row, const char *key);      /* nullable */
gboolean quarry_nuscenes_stamp        (gconstpointer row, gint64 *out_ns);       /* "timestamp", microseconds */

G_END_DECLS
