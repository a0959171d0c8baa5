/* quarry-cuboid.h: oriented boxes in space
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-camera.h"
#include "quarry-pose.h"

G_BEGIN_DECLS

typedef struct
{
  QuarryPose body_from_cuboid;   /* centre and orientation; +x is the front */
  double     size[3];            /* length x, width y, height z, metres */
} QuarryCuboid;

/* Corner i is at +x where bit 0 is set, +y bit 1, +z bit 2. Edges are pairs of corners. */
extern const guint8 quarry_cuboid_edges[12][2];

void     quarry_cuboid_get_corners (const QuarryCuboid *self,
                                    double              out_corners[8][3]);
gboolean quarry_cuboid_contains    (const QuarryCuboid *self,
                                    const double        body[3],
                                    double              margin);
gboolean quarry_cuboid_project_box (const QuarryCuboid *self,
                                    const QuarryCamera *camera,
                                    const QuarryPose   *camera_from_body,
                                    gboolean            clip,
                                    double              out_box[4]);

G_END_DECLS
