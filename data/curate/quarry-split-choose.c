/* quarry-split-choose.c: which group goes to which part, so that sizes fit and classes balance
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is best, in this order: as few empty parts as possible; the sum over the parts of |frames − wanted
 * frames|; the same over the annotations of each class, relative to the class. Few groups are tried in all ways;
 * many are placed greedily, the largest first, then moved and swapped while that helps.
 */

#include "config.h"
#include "quarry-split.h"

#include <math.h>

#define MAX_WAYS  60000      /* tried one by one */
#define MAX_TRIES 1500000    /* moves and swaps in all */
#define SAME      1e-9

typedef struct
{
  double empty, frames, classes;
} Score;

typedef struct
{
  const gint64 *sizes;
  const double *group_classes;     /* n_groups × n_classes */
  gsize         n_groups, n_classes, n_parts;
  double       *ratios;            /* n_parts, of sum 1 */
  double        n_frames;
  double       *class_totals;      /* n_classes */
  gint64       *members;           /* n_parts */
  double       *frames;            /* n_parts */
  double       *classes;           /* n_parts × n_classes */
  guint        *part;              /* n_groups; the caller's */
} Choice;

/* splitmix64, public domain algorithm by S. Vigna */
static guint64
next_random (guint64 *state)
{
  guint64 z = (*state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static void
put (Choice *self, gsize group, guint part, double sign)
{
  self->part[group] = part;
  self->members[part] += sign > 0 ? 1 : -1;
  self->frames[part] += sign * (double) self->sizes[group];
  for (gsize k = 0; k < self->n_classes; k++)
    self->classes[part * self->n_classes + k] += sign * self->group_classes[group * self->n_classes + k];
}

static Score
get_score (const Choice *self)
{
  Score score = { 0, 0, 0 };

  for (gsize p = 0; p < self->n_parts; p++)
    {
      score.empty += self->members[p] == 0;
      score.frames += fabs (self->frames[p] - self->ratios[p] * self->n_frames);
      for (gsize k = 0; k < self->n_classes; k++)
        if (self->class_totals[k] > 0)
          score.classes += fabs (self->classes[p * self->n_classes + k] / self->class_totals[k] - self->ratios[p]);
    }
  return score;
}

static gboolean
is_better (const Score *a, const Score *b)
{
  if (a->empty < b->empty || a->empty > b->empty)
    return a->empty < b->empty;
  if (fabs (a->frames - b->frames) > SAME * (1 + b->frames))
    return a->frames < b->frames;
  return a->classes < b->classes - SAME;
}

/* Every way, as counting in base n_parts */
static void
try_all (Choice *self)
{
  g_autofree guint *best_part = g_new0 (guint, self->n_groups);
  Score best = { 0, 0, 0 };
  gsize at = 0;

  for (gsize g = 0; g < self->n_groups; g++)
    put (self, g, 0, 1);
  best = get_score (self);
  while (at < self->n_groups)
    {
      Score score;

      for (at = 0; at < self->n_groups; at++)
        {
          const guint next = (self->part[at] + 1) % self->n_parts;

          put (self, at, self->part[at], -1);
          put (self, at, next, 1);
          if (next != 0)
            break;
        }
      score = get_score (self);
      if (at < self->n_groups && is_better (&score, &best))
        {
          best = score;
          memcpy (best_part, self->part, self->n_groups * sizeof (guint));
        }
    }
  memcpy (self->part, best_part, self->n_groups * sizeof (guint));
}

static int
compare_size (gconstpointer a, gconstpointer b, gpointer data)
{
  const gint64 *sizes = data;
  const gint64 x = sizes[*(const gsize *) a];
  const gint64 y = sizes[*(const gsize *) b];

  return x > y ? -1 : x < y;
}

static void
place_greedily (Choice *self, guint64 seed)
{
  g_autofree gsize *order = g_new (gsize, self->n_groups);

  for (gsize g = 0; g < self->n_groups; g++)
    {
      const gsize other = next_random (&seed) % (g + 1);

      order[g] = order[other];
      order[other] = g;
    }
  g_qsort_with_data (order, (gint) self->n_groups, sizeof (gsize), compare_size, (gpointer) self->sizes);   /* stable: merge sort */
  for (gsize i = 0; i < self->n_groups; i++)
    {
      double most = -INFINITY;
      guint part = 0;

      for (guint p = 0; p < self->n_parts; p++)
        {
          const double missing = self->ratios[p] * self->n_frames - self->frames[p];

          if (missing > most)
            {
              most = missing;
              part = p;
            }
        }
      put (self, order[i], part, 1);
    }
}

static gboolean
try_move (Choice *self, gsize group, guint to, Score *best)
{
  const guint from = self->part[group];
  Score score;

  put (self, group, from, -1);
  put (self, group, to, 1);
  score = get_score (self);
  if (is_better (&score, best))
    {
      *best = score;
      return TRUE;
    }
  put (self, group, to, -1);
  put (self, group, from, 1);
  return FALSE;
}

static gboolean
try_swap (Choice *self, gsize a, gsize b, Score *best)
{
  const guint part_a = self->part[a];
  const guint part_b = self->part[b];
  Score score;

  put (self, a, part_a, -1);
  put (self, b, part_b, -1);
  put (self, a, part_b, 1);
  put (self, b, part_a, 1);
  score = get_score (self);
  if (is_better (&score, best))
    {
      *best = score;
      return TRUE;
    }
  put (self, a, part_b, -1);
  put (self, b, part_a, -1);
  put (self, a, part_a, 1);
  put (self, b, part_b, 1);
  return FALSE;
}

static void
improve (Choice *self)
{
  Score best = get_score (self);
  gsize tries = 0;
  gboolean better = TRUE;

  while (better && tries < MAX_TRIES)
    {
      better = FALSE;
      for (gsize g = 0; g < self->n_groups; g++)
        for (guint p = 0; p < self->n_parts; p++, tries++)
          if (p != self->part[g] && try_move (self, g, p, &best))
            better = TRUE;
      for (gsize a = 0; a < self->n_groups && tries < MAX_TRIES; a++)
        for (gsize b = a + 1; b < self->n_groups && tries < MAX_TRIES; b++)
          {
            if (self->part[a] == self->part[b])
              continue;
            tries++;
            if (try_swap (self, a, b, &best))
              better = TRUE;
          }
    }
}

/**
 * quarry_split_choose:
 * @sizes: frames of each group
 * @classes: (nullable): annotations, @n_groups × @n_classes
 * @ratios: scaled to a sum of 1
 * @seed: which of equally good ways; the same numbers and seed give the same answer
 * @out_part: part of each group
 *
 * Any thread.
 */
void
quarry_split_choose (const gint64 *sizes,
                     const double *classes,
                     gsize         n_groups,
                     gsize         n_classes,
                     const double *ratios,
                     gsize         n_parts,
                     guint64       seed,
                     guint        *out_part)
{
  g_autofree double *scaled = g_memdup2 (ratios, n_parts * sizeof (double));
  g_autofree double *totals = g_new0 (double, n_classes + 1);
  g_autofree gint64 *members = g_new0 (gint64, n_parts);
  g_autofree double *frames = g_new0 (double, n_parts);
  g_autofree double *part_classes = g_new0 (double, n_parts * n_classes + 1);
  Choice choice = { sizes, classes, n_groups, classes != NULL ? n_classes : 0, n_parts, scaled, 0, totals, members, frames,
                    part_classes, out_part };
  double sum = 0;

  g_return_if_fail (n_parts > 0);

  for (gsize p = 0; p < n_parts; p++)
    sum += ratios[p];
  for (gsize p = 0; p < n_parts; p++)
    scaled[p] /= sum;
  for (gsize g = 0; g < n_groups; g++)
    {
      choice.n_frames += (double) sizes[g];
      for (gsize k = 0; k < choice.n_classes; k++)
        totals[k] += classes[g * n_classes + k];
    }
  if (pow ((double) n_parts, (double) n_groups) <= MAX_WAYS)
    try_all (&choice);
  else
    {
      place_greedily (&choice, seed);
      improve (&choice);
    }
}
