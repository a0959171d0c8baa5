/* quarry-health-image.c: numbers of a picture
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-health.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define CELL          20      /* px */
#define DARK          5       /* levels of 255 */
#define BRIGHT        250
#define FLAT          3.0     /* levels: a cell whose standard deviation is at most this has no detail */
#define STILL         4.0     /* levels: a cell whose mean stayed within this has not changed */
#define SKY           25.0    /* levels above the darker quarter: brighter is sky or light, not dirt */
#define BLUR_BOX      9       /* px, as in the paper */

/**
 * quarry_luma_at_least:
 *
 * Returns: pixels of the shorter side to decode, so that the longer one still has QUARRY_HEALTH_SIDE
 */
int
quarry_luma_at_least (int width, int height)
{
  const int longer = MAX (width, height), shorter = MIN (width, height);

  if (shorter <= 0)
    return QUARRY_HEALTH_SIDE;
  return MIN (shorter, (int) (((gint64) shorter * QUARRY_HEALTH_SIDE + longer - 1) / longer));
}

static void
measure_cell (QuarryLuma *self, int column, int row)
{
  const int left = column * self->width / self->columns, right = (column + 1) * self->width / self->columns;
  const int top = row * self->height / self->rows, bottom = (row + 1) * self->height / self->rows;
  const int n = (right - left) * (bottom - top);
  guint sum = 0, squares = 0;
  double mean = 0;

  for (int y = top; y < bottom; y++)
    for (int x = left; x < right; x++)
      {
        const guint level = self->pixels[(gsize) y * self->width + x];

        sum += level;
        squares += level * level;
      }
  mean = (double) sum / n;
  self->cell_means[row * self->columns + column] = (float) mean;
  self->cell_deviations[row * self->columns + column] = (float) sqrt (MAX (0.0, (double) squares / n - mean * mean));
}

/**
 * quarry_luma_new:
 *
 * Returns: (transfer full)
 */
QuarryLuma *
quarry_luma_new (const QuarryImage *image)
{
  g_autoptr(QuarryImage) scaled = quarry_image_scale (image, QUARRY_HEALTH_SIDE, QUARRY_HEALTH_SIDE);
  QuarryLuma *self = g_new0 (QuarryLuma, 1);
  gsize n;

  g_assert (scaled != NULL);      /* never larger than what is there already */
  self->width = scaled->width;
  self->height = scaled->height;
  n = (gsize) self->width * self->height;
  self->pixels = g_malloc (n);
  for (int y = 0; y < self->height; y++)
    {
      const guint8 *from = scaled->rgb + (gsize) y * scaled->stride;
      guint8 *to = self->pixels + (gsize) y * self->width;

      for (int x = 0; x < self->width; x++)
        to[x] = (guint8) ((77 * from[3 * x] + 150 * from[3 * x + 1] + 29 * from[3 * x + 2] + 128) >> 8);
    }
  self->hash = XXH3_64bits_withSeed (self->pixels, n, (XXH64_hash_t) self->width);
  self->columns = MAX (1, self->width / CELL);
  self->rows = MAX (1, self->height / CELL);
  self->cell_means = g_new (float, (gsize) self->columns * self->rows);
  self->cell_deviations = g_new (float, (gsize) self->columns * self->rows);
  for (int row = 0; row < self->rows; row++)
    for (int column = 0; column < self->columns; column++)
      measure_cell (self, column, row);
  return self;
}

void
quarry_luma_free (QuarryLuma *self)
{
  if (self == NULL)
    return;
  g_free (self->pixels);
  g_free (self->cell_means);
  g_free (self->cell_deviations);
  g_free (self);
}

static void
measure_levels (const QuarryLuma *luma, QuarryHealth *health)
{
  const gsize n = (gsize) luma->width * luma->height;
  guint levels[256] = { 0 };
  double sum = 0, entropy = 0;
  gsize dark = 0, bright = 0;

  for (gsize i = 0; i < n; i++)
    levels[luma->pixels[i]]++;
  for (guint level = 0; level < 256; level++)
    {
      const double share = (double) levels[level] / (double) n;

      sum += (double) level * share;
      entropy -= share > 0 ? share * log2 (share) : 0;
      dark += level <= DARK ? levels[level] : 0;
      bright += level >= BRIGHT ? levels[level] : 0;
    }
  quarry_health_set (health, QUARRY_MEASURE_BRIGHTNESS, 100 * sum / 255);
  quarry_health_set (health, QUARRY_MEASURE_UNDEREXPOSED, 100.0 * (double) dark / (double) n);
  quarry_health_set (health, QUARRY_MEASURE_OVEREXPOSED, 100.0 * (double) bright / (double) n);
  quarry_health_set (health, QUARRY_MEASURE_ENTROPY, MAX (0.0, entropy));
}

/* Variance of the four-neighbour Laplacian over all pixels that have four neighbours */
static void
measure_sharpness (const QuarryLuma *luma, QuarryHealth *health)
{
  const gsize width = luma->width;
  const double n = (double) (width - 2) * (luma->height - 2);
  gint64 sum = 0, squares = 0;

  if (luma->width < 3 || luma->height < 3)
    return;
  for (int y = 1; y < luma->height - 1; y++)
    {
      const guint8 *at = luma->pixels + y * width;
      gint32 row_sum = 0;
      guint32 row_squares = 0;      /* 640 × 1020² < 2³² */

      for (gsize x = 1; x < width - 1; x++)
        {
          const gint32 value = at[x - 1] + at[x + 1] + at[x - width] + at[x + width] - 4 * at[x];

          row_sum += value;
          row_squares += (guint32) (value * value);
        }
      sum += row_sum;
      squares += row_squares;
    }
  quarry_health_set (health, QUARRY_MEASURE_SHARPNESS, MAX (0.0, (double) squares / n - (double) sum / n * ((double) sum / n)));
}

/* One direction: how much of the differences between neighbours (@step apart in memory) is left when the picture is blurred by a box of nine
 * pixels along it. The difference of two neighbouring boxes is that of their ends, so no blurred picture is made. */
static double
measure_blur_along (const QuarryLuma *luma, gsize step, int from_x, int to_x, int from_y, int to_y)
{
  guint64 sharp = 0, lost = 0;

  for (int y = from_y; y < to_y; y++)
    {
      const guint8 *row = luma->pixels + (gsize) y * luma->width;
      guint32 row_sharp = 0, row_lost = 0;

      for (int x = from_x; x < to_x; x++)
        {
          const guint8 *at = row + x;
          const int difference = BLUR_BOX * abs (at[0] - *(at - step));
          const int blurred = abs (at[4 * step] - *(at - 5 * step));

          row_sharp += (guint32) difference;
          row_lost += (guint32) MAX (0, difference - blurred);
        }
      sharp += row_sharp;
      lost += row_lost;
    }
  return sharp > 0 ? 1 - (double) lost / (double) sharp : 1;
}

static void
measure_blur (const QuarryLuma *luma, QuarryHealth *health)
{
  const int width = luma->width, height = luma->height;

  if (width < 2 * BLUR_BOX || height < 2 * BLUR_BOX)
    return;
  quarry_health_set (health, QUARRY_MEASURE_BLUR,
                     MAX (measure_blur_along (luma, 1, 5, width - 4, 0, height),
                          measure_blur_along (luma, width, 0, width, 5, height - 4)));
}

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  const float x = *(const float *) a, y = *(const float *) b;

  return (x > y) - (x < y);
}

static double
find_darker_quarter (const QuarryLuma *luma)
{
  const gsize n = (gsize) luma->columns * luma->rows;
  g_autofree float *sorted = g_memdup2 (luma->cell_means, n * sizeof (float));

  qsort (sorted, n, sizeof (float), compare_floats);
  return (double) sorted[n / 4];
}

/* Cells without detail, without change and not bright; told only where there was a picture of the same size before */
static void
measure_blocked (const QuarryLuma *luma, const QuarryLuma * const *before, guint n_before, QuarryHealth *health)
{
  const int n = luma->columns * luma->rows;
  const double brightest = MIN (find_darker_quarter (luma) + SKY, BRIGHT);
  guint compared = 0;
  int blocked = 0;

  for (int i = 0; i < n; i++)
    {
      const double mean = (double) luma->cell_means[i];
      double least = mean, most = mean;

      compared = 0;
      for (guint k = 0; k < MIN (n_before, QUARRY_HEALTH_WINDOW); k++)
        if (before[k]->width == luma->width && before[k]->height == luma->height)
          {
            least = MIN (least, (double) before[k]->cell_means[i]);
            most = MAX (most, (double) before[k]->cell_means[i]);
            compared++;
          }
      blocked += (double) luma->cell_deviations[i] <= FLAT && mean <= brightest && most - least <= STILL;
    }
  if (compared > 0)
    quarry_health_set (health, QUARRY_MEASURE_BLOCKED, 100.0 * blocked / n);
}

/**
 * quarry_health_image:
 *
 * Adds what a picture tells. Without one before it is not stuck, and whether the lens is blocked is not told.
 */
void
quarry_health_image (const QuarryLuma *luma, const QuarryLuma * const *before, guint n_before, QuarryHealth *health)
{
  g_return_if_fail (luma != NULL && health != NULL);
  measure_levels (luma, health);
  measure_sharpness (luma, health);
  measure_blur (luma, health);
  measure_blocked (luma, before, n_before, health);
  quarry_health_set (health, QUARRY_MEASURE_STUCK,
                     n_before > 0 && before[0]->hash == luma->hash && before[0]->width == luma->width &&
                         before[0]->height == luma->height);
}
