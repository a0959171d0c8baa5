/* quarry-cloud.h: point clouds in memory and their files
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Points are metres in the sensor's frame. Columns that the file lacks are NULL. Points that are not
 * finite stay (index = index in the file); drawing skips them.
 *
 * A point is origin + xyz. The origin is 0 but in map coordinates (UTM and the like): there float32 has steps of up to half a metre, so whole
 * kilometres are kept apart, as doubles. It is told by the first 256 finite points: where their median along an axis is further than 16 384 m
 * from 0 (from there on float32 steps are above 1 mm), it is that median rounded to 1000 m.
 */

#pragma once

#include "quarry-media-error.h"
#include "quarry-records.h"
#include "quarry-storage.h"

G_BEGIN_DECLS

typedef struct
{
  gsize     n;
  float    *xyz;          /* n × 3 */
  float    *intensity;    /* n, 0…1; nullable */
  gint32   *offset_ns;    /* n, time of the point minus the media's stamp; nullable */
  guint16  *ring;         /* n, nullable */
  guint8   *echo;         /* n, 1 for the first return of its pulse (or the only, or the strongest); nullable */
  double    origin[3];    /* metres, whole kilometres; add it to xyz */
  double    resolution;   /* metres: above 0 where the file itself holds map coordinates as float32, in steps of this: its centimetres are lost */
  gint64    clock_ns;     /* offset_ns count from this time (Unix epoch), or QUARRY_NO_TIME: from the media's stamp, or from the first
                           * point where the file's clock is not known. quarry_cloud_set_stamp settles it. */
} QuarryCloud;

/* Of a file's head, what quarry_cloud_guess_format wants to see */
#define QUARRY_CLOUD_HEAD_BYTES 4096
/* No format's header is longer */
#define QUARRY_CLOUD_MAX_HEADER 65536

QuarryCloud *quarry_cloud_new     (gsize                   n,
                                   gboolean                intensity,
                                   gboolean                offset_ns,
                                   gboolean                ring);
void         quarry_cloud_free    (QuarryCloud            *self);
QuarryCloud *quarry_cloud_decode  (GBytes                 *bytes,
                                   const char             *format,        /* as in quarry-media.h */
                                   const char             *name,          /* for messages */
                                   GError                **error);
gboolean     quarry_cloud_count   (QuarryStorage          *storage,       /* nullable: files of this machine. Header and size only: cheap */
                                   const char             *uri,
                                   const char             *format,
                                   gint64                 *out_n_points,
                                   GError                **error);
gboolean     quarry_cloud_count_bytes (GBytes             *head,          /* at least QUARRY_CLOUD_MAX_HEADER bytes of it, or all */
                                   gint64                  length,        /* of the whole */
                                   const char             *format,
                                   const char             *name,
                                   gint64                 *out_n_points,
                                   GError                **error);
const char  *quarry_cloud_guess_format (const char        *name,          /* with its ending */
                                   const guint8           *head,          /* the first QUARRY_CLOUD_HEAD_BYTES, or all; nullable: by name alone */
                                   gsize                   length);       /* of head */
gboolean     quarry_cloud_is_format (const char           *format);       /* whether quarry_cloud_decode knows it */
QuarryPose   quarry_cloud_get_pose (const QuarryCloud    *self,           /* nullable: @a_from_sensor. a_from_xyz: xyz without its origin; exact in double */
                                   const QuarryPose       *a_from_sensor);
void         quarry_cloud_set_stamp (QuarryCloud          *self,          /* offset_ns count from @stamp_ns afterwards */
                                   gint64                  stamp_ns);
gboolean     quarry_cloud_write_pcd (const QuarryCloud    *self,           /* binary; fields x y z intensity t ring; x y z are doubles where there is an origin */
                                   const char             *path,
                                   GError                **error);
gboolean     quarry_cloud_write_kitti (const QuarryCloud  *self,           /* x y z intensity as float32; in map coordinates relative to the origin */
                                   const char             *path,
                                   GError                **error);
gboolean     quarry_cloud_deskew  (QuarryCloud            *self,           /* moves each point from its own time to the media's stamp, so that */
                                   const QuarryTrajectory *trajectory,     /* the cloud is rigid afterwards; FALSE: no per-point time or no poses, */
                                   const QuarryPose       *body_from_sensor,  /* nothing changed. offset_ns is freed when done. */
                                   gint64                  stamp_ns);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryCloud, quarry_cloud_free)

G_END_DECLS
