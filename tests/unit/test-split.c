/* test-split.c: frames into train, val and test
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-split.h"
#include "quarry-test.h"

#include <math.h>

#define N_CLASSES 2

static gint64
part_frames (const gint64 *sizes, const guint *part, gsize n, guint which)
{
  gint64 frames = 0;

  for (gsize i = 0; i < n; i++)
    frames += part[i] == which ? sizes[i] : 0;
  return frames;
}

static void
test_small_is_exact (void)
{
  const gint64 sizes[] = { 50, 30, 20, 60, 40 };
  const double ratios[] = { 8, 2 };
  guint part[5];

  quarry_split_choose (sizes, NULL, 5, 0, ratios, 2, 1, part);
  g_assert_cmpint (part_frames (sizes, part, 5, 0), ==, 160);
  g_assert_cmpint (part_frames (sizes, part, 5, 1), ==, 40);
}

static void
test_no_empty_part (void)
{
  const gint64 sizes[] = { 100, 100, 100 };
  const double ratios[] = { 0.9, 0.05, 0.05 };
  guint part[3];

  quarry_split_choose (sizes, NULL, 3, 0, ratios, 3, 1, part);
  for (guint p = 0; p < 3; p++)
    g_assert_cmpint (part_frames (sizes, part, 3, p), ==, 100);
}

static void
test_one_group (void)
{
  const gint64 sizes[] = { 40 };
  const double ratios[] = { 0.2, 0.8 };
  guint part[1] = { 7 };

  quarry_split_choose (sizes, NULL, 1, 0, ratios, 2, 1, part);
  g_assert_cmpuint (part[0], ==, 1);
}

static void
test_classes_break_ties (void)
{
  const gint64 sizes[] = { 10, 10, 10, 10 };
  const double classes[] = { 9, 0, 9, 0, 0, 5, 0, 5 };   /* groups × classes */
  const double ratios[] = { 0.5, 0.5 };
  guint part[4];

  quarry_split_choose (sizes, classes, 4, N_CLASSES, ratios, 2, 1, part);
  g_assert_cmpuint (part[0], !=, part[1]);
  g_assert_cmpuint (part[2], !=, part[3]);
}

/* Many scenes of uneven length: within half of the smallest scene of every ratio, the same again by the same seed */
static void
test_many_come_near (void)
{
  const double ratios[] = { 0.7, 0.2, 0.1 };
  g_autoptr(GRand) rand = g_rand_new_with_seed (5);

  for (int round = 0; round < 20; round++)
    {
      const gsize n = (gsize) g_rand_int_range (rand, 20, 200);
      g_autofree gint64 *sizes = g_new (gint64, n);
      g_autofree guint *part = g_new (guint, n);
      g_autofree guint *again = g_new (guint, n);
      gint64 total = 0, smallest = G_MAXINT64;

      for (gsize i = 0; i < n; i++)
        {
          sizes[i] = g_rand_int_range (rand, 20, 2000);
          total += sizes[i];
          smallest = MIN (smallest, sizes[i]);
        }
      quarry_split_choose (sizes, NULL, n, 0, ratios, 3, 42, part);
      quarry_split_choose (sizes, NULL, n, 0, ratios, 3, 42, again);
      g_assert_cmpmem (part, n * sizeof (guint), again, n * sizeof (guint));
      for (guint p = 0; p < 3; p++)
        g_assert_cmpfloat (fabs ((double) part_frames (sizes, part, n, p) - ratios[p] * (double) total), <=, (double) smallest);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/split/few-scenes-are-split-in-the-best-way", test_small_is_exact);
  g_test_add_func ("/split/no-part-stays-empty-while-scenes-suffice", test_no_empty_part);
  g_test_add_func ("/split/one-scene-goes-to-the-largest-part", test_one_group);
  g_test_add_func ("/split/equal-sizes-are-decided-by-classes", test_classes_break_ties);
  g_test_add_func ("/split/many-scenes-come-near-and-repeat", test_many_come_near);
  return g_test_run ();
}
