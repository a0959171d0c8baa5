/* quarry-annotation.c: one label and its geometry
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-annotation.h"
#include "quarry-polygon.h"
#include "quarry-rle.h"

#include <math.h>
#include <string.h>

static const char * const kind_names[] = {
  "box2d", "polygon", "polyline", "mask", "keypoints", "cuboid", "class",
};
G_STATIC_ASSERT (G_N_ELEMENTS (kind_names) == QUARRY_N_ANNOTATION_KINDS);

const char *
quarry_annotation_kind_name (QuarryAnnotationKind kind)
{
  g_return_val_if_fail (kind < QUARRY_N_ANNOTATION_KINDS, NULL);
  return kind_names[kind];
}

gboolean
quarry_annotation_kind_parse (const char *name, QuarryAnnotationKind *out_kind)
{
  for (guint i = 0; i < QUARRY_N_ANNOTATION_KINDS; i++)
    if (g_strcmp0 (kind_names[i], name) == 0)
      {
        *out_kind = i;
        return TRUE;
      }
  return FALSE;
}

/**
 * quarry_annotation_new:
 * @geometry: @n_geometry doubles, copied
 *
 * Returns: (transfer full): a draft that belongs to no set and no frame yet
 */
QuarryAnnotation *
quarry_annotation_new (QuarryAnnotationKind  kind,
                       const char           *class_name,
                       const char           *external_id,
                       const double         *geometry,
                       gsize                 n_geometry)
{
  QuarryAnnotation *self = g_new0 (QuarryAnnotation, 1);

  self->kind = kind;
  self->class_name = g_strdup (class_name);
  self->external_id = g_strdup (external_id);
  self->geometry = g_memdup2 (geometry, n_geometry * sizeof (double));
  self->n_geometry = n_geometry;
  self->score = NAN;
  self->made_ns = QUARRY_NO_TIME;
  return self;
}

QuarryAnnotation *
quarry_annotation_new_cuboid (const char *class_name, const char *external_id, const QuarryCuboid *cuboid)
{
  const double *t = cuboid->body_from_cuboid.t;
  const double *q = cuboid->body_from_cuboid.q;
  const double *s = cuboid->size;
  const double geometry[10] = { t[0], t[1], t[2], s[0], s[1], s[2], q[0], q[1], q[2], q[3] };

  return quarry_annotation_new (QUARRY_ANNOTATION_CUBOID, class_name, external_id, geometry, 10);
}

QuarryAnnotation *
quarry_annotation_copy (const QuarryAnnotation *self)
{
  QuarryAnnotation *copy = g_memdup2 (self, sizeof *self);

  copy->class_name = g_strdup (self->class_name);
  copy->class_color = g_strdup (self->class_color);
  copy->external_id = g_strdup (self->external_id);
  copy->track = g_strdup (self->track);
  copy->geometry = g_memdup2 (self->geometry, self->n_geometry * sizeof (double));
  copy->attributes = g_strdup (self->attributes);
  copy->annotator = g_strdup (self->annotator);
  return copy;
}

void
quarry_annotation_free (QuarryAnnotation *self)
{
  if (self == NULL)
    return;
  g_free (self->class_name);
  g_free (self->class_color);
  g_free (self->external_id);
  g_free (self->track);
  g_free (self->geometry);
  g_free (self->attributes);
  g_free (self->annotator);
  g_free (self);
}

/* Returns: FALSE where this is no cuboid */
gboolean
quarry_annotation_get_cuboid (const QuarryAnnotation *self, QuarryCuboid *out_cuboid)
{
  if (self->kind != QUARRY_ANNOTATION_CUBOID || self->n_geometry != 10)
    return FALSE;
  memcpy (out_cuboid->body_from_cuboid.t, self->geometry, 3 * sizeof (double));
  memcpy (out_cuboid->size, self->geometry + 3, 3 * sizeof (double));
  memcpy (out_cuboid->body_from_cuboid.q, self->geometry + 6, 4 * sizeof (double));
  return TRUE;
}

static void
turned_box_bounds (const double box[5], double out[4])
{
  const double c = fabs (cos (box[4]));
  const double s = fabs (sin (box[4]));
  const double width = box[2] * c + box[3] * s;
  const double height = box[2] * s + box[3] * c;

  out[0] = box[0] + (box[2] - width) / 2;
  out[1] = box[1] + (box[3] - height) / 2;
  out[2] = width;
  out[3] = height;
}

static gboolean
points_bounds (const double *xy, gsize n, gsize stride, double out[4])
{
  double low[2] = { INFINITY, INFINITY };
  double high[2] = { -INFINITY, -INFINITY };

  for (gsize i = 0; i + stride <= n; i += stride)
    {
      if (isnan (xy[i]) || (stride == 3 && xy[i + 2] <= 0))
        continue;
      for (int axis = 0; axis < 2; axis++)
        {
          low[axis] = MIN (low[axis], xy[i + axis]);
          high[axis] = MAX (high[axis], xy[i + axis]);
        }
    }
  if (!(low[0] <= high[0]))
    return FALSE;
  out[0] = low[0];
  out[1] = low[1];
  out[2] = high[0] - low[0];
  out[3] = high[1] - low[1];
  return TRUE;
}

/* A run may wrap over columns: then it spans the full height */
static gboolean
mask_bounds (const double *mask, gsize n, double out[4])
{
  const double height = mask[1];
  double at = 0;
  double left = INFINITY, right = -INFINITY, top = INFINITY, bottom = -INFINITY;

  for (gsize i = 2; i < n; at += mask[i], i++)
    {
      const double last = at + mask[i] - 1;

      if (i % 2 == 0 || mask[i] <= 0)
        continue;
      left = MIN (left, floor (at / height));
      right = MAX (right, floor (last / height));
      if (floor (at / height) < floor (last / height))
        {
          top = 0;
          bottom = height - 1;
        }
      top = MIN (top, fmod (at, height));
      bottom = MAX (bottom, fmod (last, height));
    }
  if (!(left <= right))
    return FALSE;
  out[0] = left;
  out[1] = top;
  out[2] = right - left + 1;
  out[3] = bottom - top + 1;
  return TRUE;
}

/**
 * quarry_annotation_get_bounds:
 * @out_box: x, y, width, height in pixels of the upright box around it
 *
 * Returns: FALSE for what has no place in an image (cuboid, class, empty mask)
 */
gboolean
quarry_annotation_get_bounds (const QuarryAnnotation *self, double out_box[4])
{
  switch (self->kind)
    {
    case QUARRY_ANNOTATION_BOX2D:
      if (self->n_geometry != 5)
        return FALSE;
      turned_box_bounds (self->geometry, out_box);
      return TRUE;
    case QUARRY_ANNOTATION_POLYGON:
    case QUARRY_ANNOTATION_POLYLINE:
      return points_bounds (self->geometry, self->n_geometry, 2, out_box);
    case QUARRY_ANNOTATION_KEYPOINTS:
      return points_bounds (self->geometry, self->n_geometry, 3, out_box);
    case QUARRY_ANNOTATION_MASK:
      return self->n_geometry > 2 && mask_bounds (self->geometry, self->n_geometry, out_box);
    case QUARRY_ANNOTATION_CUBOID:
    case QUARRY_ANNOTATION_CLASS:
    default:
      return FALSE;
    }
}

/* Returns: square pixels of what is drawn (a box before it is turned); 0 for lines, points and what lies in no image */
double
quarry_annotation_get_area (const QuarryAnnotation *self)
{
  g_autoptr(GArray) rings = NULL;

  if (self->kind == QUARRY_ANNOTATION_BOX2D && self->n_geometry == 5)
    return self->geometry[2] * self->geometry[3];
  if (self->kind == QUARRY_ANNOTATION_MASK && self->n_geometry > 2)
    return quarry_rle_get_area (self->geometry + 2, self->n_geometry - 2);
  if (self->kind != QUARRY_ANNOTATION_POLYGON)
    return 0;
  rings = quarry_polygon_list_rings (self->geometry, self->n_geometry);
  return quarry_polygon_get_area (rings);
}

static const char *
find_fault (const QuarryAnnotation *self)
{
  const double *g = self->geometry;
  const gsize n = self->n_geometry;
  const gboolean rings = self->kind == QUARRY_ANNOTATION_POLYGON;
  double total = 0;

  for (gsize i = 0; i < n; i++)
    if (!isfinite (g[i]) && !(rings && isnan (g[i])))
      return "a coordinate is not a number";
  switch (self->kind)
    {
    case QUARRY_ANNOTATION_BOX2D:
      return n != 5 ? "a box needs 5 numbers" : g[2] < 0 || g[3] < 0 ? "negative size" : NULL;
    case QUARRY_ANNOTATION_CUBOID:
      return n != 10 ? "a cuboid needs 10 numbers"
           : g[3] < 0 || g[4] < 0 || g[5] < 0 ? "negative size"
           : fabs (g[6] * g[6] + g[7] * g[7] + g[8] * g[8] + g[9] * g[9] - 1) > 1e-6 ? "the quaternion is not unit" : NULL;
    case QUARRY_ANNOTATION_POLYGON:
      return n < 6 || n % 2 != 0 ? "a polygon needs three points" : NULL;
    case QUARRY_ANNOTATION_POLYLINE:
      return n < 4 || n % 2 != 0 ? "a line needs two points" : NULL;
    case QUARRY_ANNOTATION_KEYPOINTS:
      return n < 3 || n % 3 != 0 ? "keypoints come in threes" : NULL;
    case QUARRY_ANNOTATION_MASK:
      for (gsize i = 2; i < n; i++)
        {
          if (g[i] < 0)
            return "a run of the mask is negative";
          total += g[i];
        }
      return n < 3 || total != g[0] * g[1] ? "the mask's runs do not fill its size" : NULL;
    case QUARRY_ANNOTATION_CLASS:
    default:
      return n != 0 ? "a class has no geometry" : NULL;
    }
}

/* Returns: FALSE with @error (G_IO_ERROR_INVALID_DATA) where the geometry does not fit its kind */
gboolean
quarry_annotation_check (const QuarryAnnotation *self, GError **error)
{
  const char *fault = find_fault (self);

  if (fault == NULL)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s '%s': %s", quarry_annotation_kind_name (self->kind),
               self->external_id != NULL ? self->external_id : "", fault);
  return FALSE;
}
