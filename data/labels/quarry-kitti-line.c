/* quarry-kitti-line.c: lines of KITTI's label_2, as pairs of a box and a cuboid
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-kitti-line.h"
#include "quarry-camera.h"

#include <math.h>
#include <string.h>

#define NUMBER "%.12g"

/* What two annotations of one thing have in common; NULL where nothing */
static char *
pair_key (const QuarryAnnotation *annotation)
{
  const char *end = NULL;

  if (annotation->track != NULL)
    return g_strconcat ("track ", annotation->track, NULL);
  if (annotation->external_id == NULL)
    return NULL;
  for (const char *c = annotation->external_id; *c != '\0'; c++)
    if (*c == ':' || *c == '/')
      end = c;
  return end != NULL ? g_strdup_printf ("id %.*s", (int) (end - annotation->external_id), annotation->external_id) : NULL;
}

/**
 * quarry_kitti_pair_annotations:
 * @annotations: of one frame
 * @media: the picture whose boxes count
 *
 * Returns: (transfer full) (element-type QuarryKittiPair): in the order of the annotations; other kinds and other pictures'
 *   boxes are left out
 */
GArray *
quarry_kitti_pair_annotations (GPtrArray *annotations, QuarryId media)
{
  GArray *pairs = g_array_new (FALSE, TRUE, sizeof (QuarryKittiPair));
  g_autoptr(GHashTable) by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < annotations->len; i++)
    {
      const QuarryAnnotation *annotation = annotations->pdata[i];
      const gboolean is_cuboid = annotation->kind == QUARRY_ANNOTATION_CUBOID;
      g_autofree char *key = pair_key (annotation);
      gpointer index = key != NULL ? g_hash_table_lookup (by_key, key) : NULL;
      QuarryKittiPair *pair = index != NULL ? &g_array_index (pairs, QuarryKittiPair, GPOINTER_TO_UINT (index) - 1) : NULL;

      if (!is_cuboid && (annotation->kind != QUARRY_ANNOTATION_BOX2D || annotation->media != media))
        continue;
      if (pair == NULL || (is_cuboid ? pair->cuboid : pair->box) != NULL ||
          (is_cuboid ? pair->box : pair->cuboid)->class_id != annotation->class_id)
        {
          g_array_set_size (pairs, pairs->len + 1);
          pair = &g_array_index (pairs, QuarryKittiPair, pairs->len - 1);
          if (key != NULL)
            g_hash_table_replace (by_key, g_steal_pointer (&key), GUINT_TO_POINTER (pairs->len));
        }
      *(is_cuboid ? &pair->cuboid : &pair->box) = annotation;
    }
  return pairs;
}

/* A line with nothing in it but fillers, as KITTI writes them for DontCare */
void
quarry_kitti_clear (QuarryKittiLine *self)
{
  *self = (QuarryKittiLine) { -1, -1, -10, { 0, 0, 0, 0 }, { -1, -1, -1 }, { -1000, -1000, -1000 }, -10, NAN };
}

/* @box: x, y, width, height, corner origin */
void
quarry_kitti_set_box (QuarryKittiLine *self, const double box[4])
{
  self->box[0] = box[0] - QUARRY_PIXEL_CENTRE;
  self->box[1] = box[1] - QUARRY_PIXEL_CENTRE;
  self->box[2] = box[0] + box[2] - QUARRY_PIXEL_CENTRE;
  self->box[3] = box[1] + box[3] - QUARRY_PIXEL_CENTRE;
}

/**
 * quarry_kitti_set_cuboid:
 *
 * Sets size, place, rotation_y and alpha = rotation_y − atan2 (x, z). KITTI's things stand upright in the camera's frame:
 * what leans is set upright about its centre.
 *
 * Returns: the lost lean in radians
 */
double
quarry_kitti_set_cuboid (QuarryKittiLine *self, const QuarryCuboid *cuboid, const QuarryPose *camera_from_body)
{
  const QuarryPose camera_from_cuboid = quarry_pose_multiply (camera_from_body, &cuboid->body_from_cuboid);
  double front[3], up[3];

  quarry_pose_rotate (&camera_from_cuboid, (const double[]) { 1, 0, 0 }, front);
  quarry_pose_rotate (&camera_from_cuboid, (const double[]) { 0, 0, 1 }, up);
  self->size[0] = cuboid->size[2];
  self->size[1] = cuboid->size[1];
  self->size[2] = cuboid->size[0];
  memcpy (self->bottom, camera_from_cuboid.t, sizeof self->bottom);
  self->bottom[1] += cuboid->size[2] / 2;
  self->rotation_y = atan2 (-front[2], front[0]);
  self->alpha = remainder (self->rotation_y - atan2 (self->bottom[0], self->bottom[2]), 2 * G_PI);
  return atan2 (hypot (up[0], up[2]), -up[1]);
}

/* Returns: (transfer full): 15 fields, 16 with a score, and the line's end; @type must hold no blanks */
char *
quarry_kitti_format (const QuarryKittiLine *self, const char *type)
{
  const double numbers[] = { self->alpha, self->box[0], self->box[1], self->box[2], self->box[3], self->size[0], self->size[1],
                             self->size[2], self->bottom[0], self->bottom[1], self->bottom[2], self->rotation_y };
  GString *line = g_string_new (type);
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (line, " %s %d", g_ascii_formatd (text, sizeof text, NUMBER, self->truncated), self->occluded);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_string_append_printf (line, " %s", g_ascii_formatd (text, sizeof text, NUMBER, numbers[i]));
  if (isfinite (self->score))
    g_string_append_printf (line, " %s", g_ascii_formatd (text, sizeof text, NUMBER, self->score));
  g_string_append_c (line, '\n');
  return g_string_free (line, FALSE);
}
