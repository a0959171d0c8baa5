/* quarry-demo-part.c: rays and simple solids
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Faces: box ±x 0 1, ±y 2 3, ±z 4 5; cone side 0, −z cap 1, +z cap 2; prism sides 0…7, −y 8, +y 9.
 */

#include "config.h"
#include "quarry-demo-part.h"

#define PRISM_CAP 8

/* Narrows [t0, t1] to where n · x ≤ d holds along the ray; @face is noted where it sets the entry
 */
static inline gboolean
cut (float no, float nd, float d, int side, float *t0, float *t1, int *face)
{
  const float gap = d - no;

  if (fabsf (nd) < 1e-9f)
    return gap >= 0;
  if (nd < 0)
    {
      const float t = gap / nd;

      if (t > *t0)
        {
          *t0 = t;
          *face = side;
        }
    }
  else
    *t1 = MIN (*t1, gap / nd);
  return *t0 <= *t1;
}

static gboolean
hit_box (const QuarryDemoPart *self, Vec3 o, Vec3 d, float limit, float *out_t, int *out_face)
{
  const Vec3 h = self->size;
  float t0 = 0, t1 = limit;
  int face = -1;

  if (!cut (o.x, d.x, h.x, 1, &t0, &t1, &face) || !cut (-o.x, -d.x, h.x, 0, &t0, &t1, &face) ||
      !cut (o.y, d.y, h.y, 3, &t0, &t1, &face) || !cut (-o.y, -d.y, h.y, 2, &t0, &t1, &face) ||
      !cut (o.z, d.z, h.z, 5, &t0, &t1, &face) || !cut (-o.z, -d.z, h.z, 4, &t0, &t1, &face) ||
      face < 0)
    return FALSE;
  *out_t = t0;
  *out_face = face;
  return TRUE;
}

static gboolean
hit_prism (const QuarryDemoPart *self, Vec3 o, Vec3 d, float limit, float *out_t, int *out_face)
{
  float t0 = 0, t1 = limit;
  int face = -1;

  if (!cut (o.y, d.y, self->size.y, PRISM_CAP + 1, &t0, &t1, &face) ||
      !cut (-o.y, -d.y, self->size.y, PRISM_CAP, &t0, &t1, &face))
    return FALSE;
  for (int i = 0; i < self->n_sides; i++)
    {
      const float *side = self->sides[i];

      if (!cut (side[0] * o.x + side[1] * o.z, side[0] * d.x + side[1] * d.z, side[2], i, &t0, &t1,
                &face))
        return FALSE;
    }
  if (face < 0)
    return FALSE;
  *out_t = t0;
  *out_face = face;
  return TRUE;
}

static gboolean
hit_cone (const QuarryDemoPart *self, Vec3 o, Vec3 d, float limit, float *out_t, int *out_face)
{
  const float half = self->size.z;
  const float k = (self->size.y - self->size.x) / (2 * half);
  const float r =
      (self->size.x + self->size.y) / 2 + k * o.z; /* the side's radius at the origin's z */
  const float a = d.x * d.x + d.y * d.y - k * k * d.z * d.z;
  const float b = o.x * d.x + o.y * d.y - k * d.z * r;
  const float c = o.x * o.x + o.y * o.y - r * r;
  const float root = b * b - a * c;
  float best = limit;
  int face = -1;

  if (fabsf (o.z) > half && fabsf (d.z) > 1e-9f)       /* caps are seen from beyond them only */
    {
      const float t = ((o.z > 0 ? half : -half) - o.z) / d.z;
      const float x = o.x + t * d.x, y = o.y + t * d.y;
      const float cap = o.z > 0 ? self->size.y : self->size.x;

      if (t > 0 && t < best && x * x + y * y <= cap * cap)
        {
          best = t;
          face = o.z > 0 ? 2 : 1;
        }
    }
  if (root >= 0 && fabsf (a) > 1e-12f && c > 0)
    {
      const float s = sqrtf (root);
      const float near = a > 0 ? (-b - s) / a : (-b + s) / a;
      const float far = a > 0 ? (-b + s) / a : (-b - s) / a;

      for (int i = 0; i < 2; i++)
        {
          const float t = i == 0 ? near : far;
          const float z = o.z + t * d.z;

          if (t > 0 && t < best && fabsf (z) <= half && r + k * t * d.z >= 0 && (i == 0 || a < 0))
            {
              best = t;
              face = 0;
            }
        }
    }
  if (face < 0)
    return FALSE;
  *out_t = best;
  *out_face = face;
  return TRUE;
}

static gboolean
hit_ellipsoid (const QuarryDemoPart *self, Vec3 o, Vec3 d, float limit, float *out_t)
{
  const Vec3 inverse = vec3 (1 / self->size.x, 1 / self->size.y, 1 / self->size.z);
  const Vec3 p = vec3_times (o, inverse), v = vec3_times (d, inverse);
  const float a = vec3_dot (v, v), b = vec3_dot (p, v), c = vec3_dot (p, p) - 1;
  const float root = b * b - a * c;

  if (root < 0 || c < 0 || b > 0)
    return FALSE;
  *out_t = (-b - sqrtf (root)) / a;
  return *out_t < limit;
}

static gboolean
hit_capsule (const QuarryDemoPart *self, Vec3 o, Vec3 d, float limit, float *out_t)
{
  const float r2 = self->size.x * self->size.x, half = self->size.z;
  const float a = d.x * d.x + d.y * d.y, b = o.x * d.x + o.y * d.y, c = o.x * o.x + o.y * o.y - r2;
  const float root = b * b - a * c;
  float best = limit;

  if (root < 0)
    return FALSE;
  if (a > 1e-12f)
    {
      const float t = (-b - sqrtf (root)) / a;

      if (t > 0 && fabsf (o.z + t * d.z) <= half)
        best = MIN (best, t);
    }
  for (int end = -1; end <= 1; end += 2)
    {
      const Vec3 q = vec3 (o.x, o.y, o.z - (float) end * half);
      const float bq = vec3_dot (q, d), cq = vec3_dot (q, q) - r2, aq = vec3_dot (d, d);
      const float rq = bq * bq - aq * cq;
      const float t = rq >= 0 ? (-bq - sqrtf (rq)) / aq : -1;

      if (t > 0 && cq > 0 && (float) end * (q.z + t * d.z) >= 0)
        best = MIN (best, t);
    }
  *out_t = best;
  return best < limit;
}

gboolean
quarry_demo_part_hit (const QuarryDemoPart *self, Vec3 o, Vec3 d, float limit, float *out_t,
                      int *out_face)
{
  *out_face = 0;
  switch (self->solid)
    {
    case QUARRY_DEMO_BOX:
      return hit_box (self, o, d, limit, out_t, out_face);
    case QUARRY_DEMO_PRISM:
      return hit_prism (self, o, d, limit, out_t, out_face);
    case QUARRY_DEMO_CONE:
      return hit_cone (self, o, d, limit, out_t, out_face);
    case QUARRY_DEMO_ELLIPSOID:
      return hit_ellipsoid (self, o, d, limit, out_t);
    case QUARRY_DEMO_CAPSULE:
      return hit_capsule (self, o, d, limit, out_t);
    case QUARRY_DEMO_MOUND:
    default:
      return quarry_demo_field_hit (self->mound, o, d, limit, out_t);
    }
}

static Vec3
cone_normal (const QuarryDemoPart *self, Vec3 p, int face)
{
  const float k = (self->size.y - self->size.x) / (2 * self->size.z);
  const float r = sqrtf (p.x * p.x + p.y * p.y) + 1e-9f;

  if (face != 0)
    return vec3 (0, 0, face == 2 ? 1 : -1);
  return vec3_unit (vec3 (p.x / r, p.y / r, -k));
}

Vec3
quarry_demo_part_normal (const QuarryDemoPart *self, Vec3 p, int face)
{
  const Vec3 s = self->size;
  const float sign = (face & 1) != 0 ? 1 : -1;

  switch (self->solid)
    {
    case QUARRY_DEMO_BOX:
      return vec3 (face < 2 ? sign : 0, face == 2 || face == 3 ? sign : 0, face > 3 ? sign : 0);
    case QUARRY_DEMO_PRISM:
      return face >= PRISM_CAP ? vec3 (0, sign, 0)
                               : vec3 (self->sides[face][0], 0, self->sides[face][1]);
    case QUARRY_DEMO_CONE:
      return cone_normal (self, p, face);
    case QUARRY_DEMO_ELLIPSOID:
      return vec3_unit (vec3 (p.x / (s.x * s.x), p.y / (s.y * s.y), p.z / (s.z * s.z)));
    case QUARRY_DEMO_CAPSULE:
      return vec3_unit (vec3 (p.x, p.y, p.z - clampf (p.z, -s.z, s.z)));
    case QUARRY_DEMO_MOUND:
    default:
      return quarry_demo_field_normal (self->mound, p.x, p.y);
    }
}

/* Corners of the outline, from neighbouring sides */
static void
prism_corner (const QuarryDemoPart *self, int i, float *out_x, float *out_z)
{
  const float *a = self->sides[i], *b = self->sides[(i + 1) % self->n_sides];
  const float det = a[0] * b[1] - a[1] * b[0];

  *out_x = (a[2] * b[1] - b[2] * a[1]) / det;
  *out_z = (a[0] * b[2] - b[0] * a[2]) / det;
}

float
quarry_demo_part_support (const QuarryDemoPart *self, Vec3 u)
{
  const Vec3 s = self->size;
  const float across = sqrtf (u.x * u.x + u.y * u.y);
  float best = -INFINITY;

  switch (self->solid)
    {
    case QUARRY_DEMO_BOX:
      return fabsf (u.x) * s.x + fabsf (u.y) * s.y + fabsf (u.z) * s.z;
    case QUARRY_DEMO_CONE:
      return MAX (across * s.x - u.z * s.z, across * s.y + u.z * s.z);
    case QUARRY_DEMO_ELLIPSOID:
      return vec3_length (vec3_times (u, s));
    case QUARRY_DEMO_CAPSULE:
      return fabsf (u.z) * s.z + s.x * vec3_length (u);
    case QUARRY_DEMO_PRISM:
      for (int i = 0; i < self->n_sides; i++)
        {
          float x, z;

          prism_corner (self, i, &x, &z);
          best = MAX (best, u.x * x + u.z * z);
        }
      return best + fabsf (u.y) * s.y;
    case QUARRY_DEMO_MOUND:
    default:
      return MAX (u.x * self->low.x, u.x * self->high.x) +
             MAX (u.y * self->low.y, u.y * self->high.y) +
             MAX (u.z * self->low.z, u.z * self->high.z);
    }
}

void
quarry_demo_part_bound (QuarryDemoPart *self)
{
  Vec3 middle;

  if (self->solid == QUARRY_DEMO_MOUND)      /* its maker knows what of it is above the ground */
    {
      const float size = self->mound->cell * (float) self->mound->n;

      self->low = vec3 (self->mound->x0, self->mound->y0, self->mound->low);
      self->high = vec3 (self->mound->x0 + size, self->mound->y0 + size, self->mound->high);
    }
  else
    {
      self->high = vec3 (quarry_demo_part_support (self, vec3 (1, 0, 0)),
                         quarry_demo_part_support (self, vec3 (0, 1, 0)),
                         quarry_demo_part_support (self, vec3 (0, 0, 1)));
      self->low = vec3 (-quarry_demo_part_support (self, vec3 (-1, 0, 0)),
                        -quarry_demo_part_support (self, vec3 (0, -1, 0)),
                        -quarry_demo_part_support (self, vec3 (0, 0, -1)));
    }
  middle = vec3_scale (vec3_add (self->low, self->high), 0.5f);
  self->centre = frame3_apply (&self->world_from_part, middle);
  self->radius = vec3_length (vec3_sub (self->high, middle)) + 1e-3f;
}
