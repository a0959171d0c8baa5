/* quarry-kitti-line.h: lines of KITTI's label_2, as pairs of a box and a cuboid
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A line of label_2 is one thing: its box in the picture and its cuboid in the frame of camera 0 (x right, y down, z
 * forward). With us these are two annotations; what belongs together has one track, or external ids that differ only behind
 * their last ':' or '/'.
 */

#pragma once

#include "quarry-annotation.h"

G_BEGIN_DECLS

typedef struct
{
  const QuarryAnnotation *box;       /* nullable, in the chosen picture */
  const QuarryAnnotation *cuboid;    /* nullable */
} QuarryKittiPair;

typedef struct
{
  double truncated;       /* 0…1, −1 unknown */
  int    occluded;        /* 0…3, 3 unknown, −1 for what has no cuboid */
  double alpha;           /* radians, −10 none */
  double box[4];          /* x1 y1 x2 y2, KITTI's pixels: (0,0) is the middle of the first */
  double size[3];         /* height width length, metres; −1 none */
  double bottom[3];       /* metres, camera frame; −1000 none */
  double rotation_y;      /* radians; −10 none */
  double score;           /* NaN: none */
} QuarryKittiLine;

GArray  *quarry_kitti_pair_annotations (GPtrArray                *annotations,
                                        QuarryId                  media);
double   quarry_kitti_set_cuboid       (QuarryKittiLine         *self,
                                        const QuarryCuboid       *cuboid,
                                        const QuarryPose         *camera_from_body);
void     quarry_kitti_set_box          (QuarryKittiLine         *self,
                                        const double              box[4]);
void     quarry_kitti_clear            (QuarryKittiLine         *self);
char    *quarry_kitti_format           (const QuarryKittiLine   *self,
                                        const char               *type);

G_END_DECLS
