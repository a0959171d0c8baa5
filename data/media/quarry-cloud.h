/* quarry-cloud.h: point clouds in memory and their files
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Points are metres in the sensor's frame. Columns that the file lacks are NULL. Points that are not
 * finite stay (index = index in the file); drawing skips them.
 */

#pragma once

#include "quarry-media-error.h"
#include "quarry-records.h"

G_BEGIN_DECLS

typedef struct
{
  gsize     n;
  float    *xyz;          /* n × 3 */
  float    *intensity;    /* n, 0…1; nullable */
  gint32   *offset_ns;    /* n, time of the point minus the media's stamp; nullable */
  guint16  *ring;         /* n, nullable */
} QuarryCloud;

QuarryCloud *quarry_cloud_new     (gsize                   n,
                                   gboolean                intensity,
                                   gboolean                offset_ns,
                                   gboolean                ring);
void         quarry_cloud_free    (QuarryCloud            *self);
QuarryCloud *quarry_cloud_decode  (GBytes                 *bytes,
                                   const char             *format,        /* "pcd", "kitti-bin" */
                                   const char             *name,          /* for messages */
                                   GError                **error);
gboolean     quarry_cloud_count   (const char             *path,          /* header or size only: cheap */
                                   const char             *format,
                                   gint64                 *out_n_points,
                                   GError                **error);
gboolean     quarry_cloud_write_pcd (const QuarryCloud    *self,           /* binary; fields x y z intensity t ring */
                                   const char             *path,
                                   GError                **error);
gboolean     quarry_cloud_write_kitti (const QuarryCloud  *self,           /* x y z intensity as float32 */
                                   const char             *path,
                                   GError                **error);
gboolean     quarry_cloud_deskew  (QuarryCloud            *self,           /* moves each point from its own time to the media's stamp, so that */
                                   const QuarryTrajectory *trajectory,     /* the cloud is rigid afterwards; FALSE: no per-point time or no poses, */
                                   const QuarryPose       *body_from_sensor,  /* nothing changed. offset_ns is freed when done. */
                                   gint64                  stamp_ns);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryCloud, quarry_cloud_free)

G_END_DECLS
