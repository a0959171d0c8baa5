/* quarry-kitti-label.c: lines of KITTI's label_2 as annotations
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-kitti-label.h"
#include "quarry-kitti.h"

#include <math.h>
#include <string.h>
#include <stdlib.h>
#include <jansson.h>

/* Columns after the type */
enum
{
  TRUNCATED,
  OCCLUDED,
  ALPHA,
  X1,
  Y1,
  X2,
  Y2,
  HEIGHT,
  WIDTH,
  LENGTH,
  X,
  Y,
  Z,
  ROTATION,
  N_COLUMNS,
  SCORE = N_COLUMNS
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

static char *
make_attributes (const double *v)
{
  g_autoptr(json_t) root = json_pack ("{s:f, s:i, s:f}", "truncated", v[TRUNCATED], "occluded",
                                       (int) v[OCCLUDED], "alpha", v[ALPHA]);

  return json_dumps (root, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION (15));
}

/* The rectified camera looks along z, y down. The label's place is the middle of the bottom;
 * rotation_y turns the front (length) from +x about y. The cuboid's own z is up. */
static void
make_cuboid (const double *v, const QuarryPose *body_from_rectified, QuarryCuboid *out)
{
  const double c = cos (v[ROTATION]);
  const double s = sin (v[ROTATION]);
  const double rotation[9] = { c, s, 0, 0, 0, -1, -s, c, 0 };
  const double centre[3] = { v[X], v[Y] - v[HEIGHT] / 2, v[Z] };
  const QuarryPose rectified_from_cuboid = quarry_pose_from_matrix (rotation, centre);

  out->body_from_cuboid = quarry_pose_multiply (body_from_rectified, &rectified_from_cuboid);
  quarry_pose_normalize (&out->body_from_cuboid);
  out->size[0] = v[LENGTH];
  out->size[1] = v[WIDTH];
  out->size[2] = v[HEIGHT];
}

static void
describe (QuarryAnnotation *annotation, const char *id, const double *v, gboolean scored)
{
  annotation->track = g_strdup (id);
  if (v[OCCLUDED] >= 0)          /* DontCare has fillers only */
    {
      char *text = make_attributes (v);

      annotation->attributes = g_strdup (text);
      (free) (text);
    }
  if (scored)
    annotation->score = v[SCORE];
}

gboolean
quarry_kitti_label_parse (const char        *line,
                          const char        *id,
                          const QuarryPose  *body_from_rectified,
                          QuarryId           image,
                          QuarryAnnotation **out_box,
                          QuarryAnnotation **out_cuboid)
{
  const gsize name_length = strcspn (line, " \t");
  g_autofree char *name = g_strndup (line, name_length);
  double v[N_COLUMNS + 1];
  const gboolean scored = quarry_kitti_parse_numbers (line + name_length, v, N_COLUMNS + 1);

  if (name_length == 0 ||
      (!scored && !quarry_kitti_parse_numbers (line + name_length, v, N_COLUMNS)) ||
      v[X2] < v[X1] || v[Y2] < v[Y1] || fabs (v[OCCLUDED]) > 100)
    return FALSE;
  *out_box = NULL;
  *out_cuboid = NULL;
  if (image != 0)
    {
      const double box[5] = { v[X1] + QUARRY_PIXEL_CENTRE, v[Y1] + QUARRY_PIXEL_CENTRE,
                              v[X2] - v[X1], v[Y2] - v[Y1], 0 };
      g_autofree char *box_id = g_strconcat (id, "/box", NULL);

      *out_box = quarry_annotation_new (QUARRY_ANNOTATION_BOX2D, name, box_id, box, 5);
      (*out_box)->media = image;
      describe (*out_box, id, v, scored);
    }
  if (body_from_rectified != NULL && v[HEIGHT] > 0 && v[WIDTH] > 0 && v[LENGTH] > 0)
    {
      QuarryCuboid cuboid;
      g_autofree char *cuboid_id = g_strconcat (id, "/cuboid", NULL);

      make_cuboid (v, body_from_rectified, &cuboid);
      *out_cuboid = quarry_annotation_new_cuboid (name, cuboid_id, &cuboid);
      describe (*out_cuboid, id, v, scored);
    }
  return TRUE;
}
