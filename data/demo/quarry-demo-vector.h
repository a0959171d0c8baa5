/* quarry-demo-vector.h: small vectors and rigid frames in float, for the demo's ray caster
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Metres. The site is about 150 m wide and its origin lies in it, so float is exact to 0.01 mm.
 */

#pragma once

#include "quarry-pose.h"

#include <math.h>

G_BEGIN_DECLS

typedef struct { float x, y, z; } Vec3;

/* A rigid frame: its axes and its origin in the parent's coordinates */
typedef struct { Vec3 x, y, z, t; } Frame3;

#define FRAME3_IDENTITY ((Frame3) { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 }, { 0, 0, 0 } })

static inline Vec3
vec3 (float x, float y, float z)
{
  return (Vec3) { x, y, z };
}

static inline Vec3
vec3_add (Vec3 a, Vec3 b)
{
  return vec3 (a.x + b.x, a.y + b.y, a.z + b.z);
}

static inline Vec3
vec3_sub (Vec3 a, Vec3 b)
{
  return vec3 (a.x - b.x, a.y - b.y, a.z - b.z);
}

static inline Vec3
vec3_scale (Vec3 a, float s)
{
  return vec3 (a.x * s, a.y * s, a.z * s);
}

/* a + s · b */
static inline Vec3
vec3_along (Vec3 a, float s, Vec3 b)
{
  return vec3 (a.x + s * b.x, a.y + s * b.y, a.z + s * b.z);
}

static inline Vec3
vec3_times (Vec3 a, Vec3 b)
{
  return vec3 (a.x * b.x, a.y * b.y, a.z * b.z);
}

static inline float
vec3_dot (Vec3 a, Vec3 b)
{
  return a.x * b.x + a.y * b.y + a.z * b.z;
}

static inline Vec3
vec3_cross (Vec3 a, Vec3 b)
{
  return vec3 (a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x);
}

static inline float
vec3_length (Vec3 a)
{
  return sqrtf (vec3_dot (a, a));
}

static inline Vec3
vec3_unit (Vec3 a)
{
  return vec3_scale (a, 1 / vec3_length (a));
}

static inline Vec3
vec3_mix (Vec3 a, Vec3 b, float f)
{
  return vec3 (a.x + f * (b.x - a.x), a.y + f * (b.y - a.y), a.z + f * (b.z - a.z));
}

static inline float
mixf (float a, float b, float f)
{
  return a + f * (b - a);
}

static inline float
clampf (float x, float low, float high)
{
  return x < low ? low : x > high ? high : x;
}

/* 0 up to @low, 1 from @high, smooth between */
static inline float
smoothf (float low, float high, float x)
{
  const float f = clampf ((x - low) / (high - low), 0, 1);

  return f * f * (3 - 2 * f);
}

static inline Vec3
frame3_rotate (const Frame3 *parent_from_child, Vec3 v)
{
  return vec3_add (vec3_add (vec3_scale (parent_from_child->x, v.x), vec3_scale (parent_from_child->y, v.y)),
                   vec3_scale (parent_from_child->z, v.z));
}

static inline Vec3
frame3_apply (const Frame3 *parent_from_child, Vec3 p)
{
  return vec3_add (frame3_rotate (parent_from_child, p), parent_from_child->t);
}

/* A direction of the parent in the child's coordinates */
static inline Vec3
frame3_unrotate (const Frame3 *parent_from_child, Vec3 v)
{
  return vec3 (vec3_dot (parent_from_child->x, v), vec3_dot (parent_from_child->y, v), vec3_dot (parent_from_child->z, v));
}

static inline Vec3
frame3_unapply (const Frame3 *parent_from_child, Vec3 p)
{
  return frame3_unrotate (parent_from_child, vec3_sub (p, parent_from_child->t));
}

static inline Frame3
frame3_multiply (const Frame3 *a_from_b, const Frame3 *b_from_c)
{
  return (Frame3) { frame3_rotate (a_from_b, b_from_c->x), frame3_rotate (a_from_b, b_from_c->y),
                    frame3_rotate (a_from_b, b_from_c->z), frame3_apply (a_from_b, b_from_c->t) };
}

static inline Frame3
frame3_at (float x, float y, float z)
{
  return (Frame3) { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 }, { x, y, z } };
}

/* Turned about z (x towards y), then placed */
static inline Frame3
frame3_yaw (float x, float y, float z, float angle)
{
  const float c = cosf (angle), s = sinf (angle);

  return (Frame3) { { c, s, 0 }, { -s, c, 0 }, { 0, 0, 1 }, { x, y, z } };
}

/* Turned in the x-z plane so that x rises by @angle */
static inline Frame3
frame3_rise (float x, float y, float z, float angle)
{
  const float c = cosf (angle), s = sinf (angle);

  return (Frame3) { { c, 0, s }, { 0, 1, 0 }, { -s, 0, c }, { x, y, z } };
}

/* Turned about x (y towards z) */
static inline Frame3
frame3_roll (float x, float y, float z, float angle)
{
  const float c = cosf (angle), s = sinf (angle);

  return (Frame3) { { 1, 0, 0 }, { 0, c, s }, { 0, -s, c }, { x, y, z } };
}

static inline Frame3
frame3_from_pose (const QuarryPose *pose)
{
  double r[9];

  quarry_pose_to_matrix (pose, r);
  return (Frame3) { { (float) r[0], (float) r[3], (float) r[6] }, { (float) r[1], (float) r[4], (float) r[7] },
                    { (float) r[2], (float) r[5], (float) r[8] },
                    { (float) pose->t[0], (float) pose->t[1], (float) pose->t[2] } };
}

static inline QuarryPose
frame3_to_pose (const Frame3 *frame)
{
  const double r[9] = { (double) frame->x.x, (double) frame->y.x, (double) frame->z.x,
                        (double) frame->x.y, (double) frame->y.y, (double) frame->z.y,
                        (double) frame->x.z, (double) frame->y.z, (double) frame->z.z };
  const double t[3] = { (double) frame->t.x, (double) frame->t.y, (double) frame->t.z };

  return quarry_pose_from_matrix (r, t);
}

G_END_DECLS
