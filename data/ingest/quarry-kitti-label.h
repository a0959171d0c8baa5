/* quarry-kitti-label.h: lines of KITTI's label_2 as annotations
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-annotation.h"

G_BEGIN_DECLS

/**
 * quarry_kitti_label_parse:
 * @line: "type truncated occluded alpha x1 y1 x2 y2 h w l x y z rotation_y [score]"
 * @id: what the external ids and the track begin with ("000008/3")
 * @body_from_rectified: (nullable): body ← rectified camera 0; NULL: no calibration, no cuboid
 * @image: what .media of the box is set to; 0: no image, no box
 * @out_box: (out) (transfer full) (nullable)
 * @out_cuboid: (out) (transfer full) (nullable): NULL for DontCare, which has none
 *
 * The box in corner-origin pixels, the cuboid with its full orientation in space, so that projecting it again is exact.
 *
 * Returns: FALSE where the line is no label: nothing is set
 */
gboolean quarry_kitti_label_parse (const char        *line,
                                   const char        *id,
                                   const QuarryPose  *body_from_rectified,
                                   QuarryId           image,
                                   QuarryAnnotation **out_box,
                                   QuarryAnnotation **out_cuboid);

G_END_DECLS
