/* quarry-demo-noise.h: repeatable chance and noise for the demo
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Integer hashes only: the same numbers on every run and in whatever order they are asked for.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* lowbias32 by Chris Wellons (public domain) */
static inline guint32
demo_hash (guint32 x)
{
  x ^= x >> 16;
  x *= 0x7feb352dU;
  x ^= x >> 15;
  x *= 0x846ca68bU;
  x ^= x >> 16;
  return x;
}

static inline guint32
demo_hash2 (guint32 x, guint32 y, guint32 seed)
{
  return demo_hash (x * 0x9e3779b1U ^ demo_hash (y * 0x85ebca77U ^ seed));
}

/* Cheaper and a little worse, for noise lattices */
static inline guint32
demo_hash_fast (guint32 x, guint32 y, guint32 seed)
{
  guint32 h = x * 0x27d4eb2dU ^ y * 0x165667b1U ^ seed * 0x9e3779b1U;

  h = (h ^ (h >> 15)) * 0x85ebca77U;
  return h ^ (h >> 13);
}

/* 0 … 1 */
static inline float
demo_unit (guint32 hash)
{
  return (float) (hash >> 8) * (1.0f / 16777216.0f);
}

float demo_gauss  (guint32 hash);                                           /* mean 0, deviation 1, within ±3.5 */
float demo_noise  (float x, float y, guint32 seed);                         /* smooth, −1 … 1, features of size 1 */
float demo_fbm    (float x, float y, int octaves, guint32 seed);            /* about −1 … 1 */
float demo_noise3 (float x, float y, float z, guint32 seed);
float demo_noise_tiled (float x, float y, int period, guint32 seed);        /* repeats every @period */

G_END_DECLS
