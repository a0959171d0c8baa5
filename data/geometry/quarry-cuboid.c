/* quarry-cuboid.c: oriented boxes in space
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-cuboid.h"

#include <math.h>

/* An edge is walked in this many pieces, so that its hull is right under distortion */
#define EDGE_STEPS 16

const guint8 quarry_cuboid_edges[12][2] = {
  { 0, 1 }, { 2, 3 }, { 4, 5 }, { 6, 7 },
  { 0, 2 }, { 1, 3 }, { 4, 6 }, { 5, 7 },
  { 0, 4 }, { 1, 5 }, { 2, 6 }, { 3, 7 },
};

/* @out_corners: metres in the body frame */
void
quarry_cuboid_get_corners (const QuarryCuboid *self, double out_corners[8][3])
{
  for (int i = 0; i < 8; i++)
    {
      const double corner[3] = {
        self->size[0] * ((i & 1) != 0 ? 0.5 : -0.5),
        self->size[1] * ((i & 2) != 0 ? 0.5 : -0.5),
        self->size[2] * ((i & 4) != 0 ? 0.5 : -0.5),
      };

      quarry_pose_apply (&self->body_from_cuboid, corner, out_corners[i]);
    }
}

/* @margin: metres by which every side is moved outward (inward where negative) */
gboolean
quarry_cuboid_contains (const QuarryCuboid *self, const double body[3], double margin)
{
  const QuarryPose cuboid_from_body = quarry_pose_invert (&self->body_from_cuboid);
  double own[3];

  quarry_pose_apply (&cuboid_from_body, body, own);
  return fabs (own[0]) <= self->size[0] / 2 + margin && fabs (own[1]) <= self->size[1] / 2 + margin &&
         fabs (own[2]) <= self->size[2] / 2 + margin;
}

/**
 * quarry_cuboid_project_box:
 * @clip: cut the box at the image's border
 * @out_box: x, y, width, height in pixels of the hull of the projected edges
 *
 * Returns: FALSE where no part of the cuboid projects (with @clip: into the image)
 */
gboolean
quarry_cuboid_project_box (const QuarryCuboid *self,
                           const QuarryCamera *camera,
                           const QuarryPose   *camera_from_body,
                           gboolean            clip,
                           double              out_box[4])
{
  double corners[8][3];
  double low[2] = { INFINITY, INFINITY };
  double high[2] = { -INFINITY, -INFINITY };

  quarry_cuboid_get_corners (self, corners);
  for (int i = 0; i < 8; i++)
    quarry_pose_apply (camera_from_body, corners[i], corners[i]);
  for (int edge = 0; edge < 12; edge++)
    for (int step = 0; step <= EDGE_STEPS; step++)
      {
        const double *a = corners[quarry_cuboid_edges[edge][0]];
        const double *b = corners[quarry_cuboid_edges[edge][1]];
        const double f = (double) step / EDGE_STEPS;
        const double point[3] = { a[0] + f * (b[0] - a[0]), a[1] + f * (b[1] - a[1]), a[2] + f * (b[2] - a[2]) };
        double pixel[2];

        if (!quarry_camera_project (camera, point, pixel))
          continue;
        for (int axis = 0; axis < 2; axis++)
          {
            low[axis] = MIN (low[axis], pixel[axis]);
            high[axis] = MAX (high[axis], pixel[axis]);
          }
      }
  if (clip)
    for (int axis = 0; axis < 2; axis++)
      {
        low[axis] = MAX (low[axis], 0);
        high[axis] = MIN (high[axis], axis == 0 ? camera->width : camera->height);
      }
  if (!(low[0] < high[0]) || !(low[1] < high[1]))
    return FALSE;
  out_box[0] = low[0];
  out_box[1] = low[1];
  out_box[2] = high[0] - low[0];
  out_box[3] = high[1] - low[1];
  return TRUE;
}
