/* test-frame-set.c: sets of frame ids as bits
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-frame-set.h"
#include "quarry-test.h"

/* The same operations on plain booleans */
static gint64
count_plain (const gboolean *plain, gint64 size)
{
  gint64 n = 0;

  for (gint64 i = 0; i < size; i++)
    n += plain[i];
  return n;
}

static void
assert_equal (const QuarryFrameSet *set, const gboolean *plain)
{
  QuarryId next = 0;

  g_assert_cmpint (quarry_frame_set_count (set), ==, count_plain (plain, set->size));
  for (QuarryId id = 1; id < set->size; id++)
    {
      g_assert_true (quarry_frame_set_has (set, id) == plain[id]);
      if (plain[id])
        {
          next = quarry_frame_set_next (set, next);
          g_assert_cmpint (next, ==, id);
        }
    }
  g_assert_cmpint (quarry_frame_set_next (set, next), ==, 0);
}

static void
test_edges (void)
{
  static const gint64 sizes[] = { 1, 2, 63, 64, 65, 127, 128, 129, 1000 };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      const gint64 size = sizes[s];
      g_autoptr(QuarryFrameSet) set = quarry_frame_set_new (size);
      g_autofree gboolean *plain = g_new0 (gboolean, size);

      assert_equal (set, plain);
      quarry_frame_set_add (set, 0);         /* no row */
      quarry_frame_set_add (set, -7);
      quarry_frame_set_add (set, size);      /* newer than the set */
      assert_equal (set, plain);
      g_assert_false (quarry_frame_set_has (set, size));
      g_assert_false (quarry_frame_set_has (set, -1));
      for (QuarryId id = 1; id < size; id++)
        plain[id] = TRUE;
      quarry_frame_set_fill (set, 1, size - 1);
      assert_equal (set, plain);
    }
}

static void
test_fill_ranges (void)
{
  for (gint64 from = 1; from < 140; from += 3)
    for (gint64 to = from; to < 200; to += 7)
      {
        g_autoptr(QuarryFrameSet) set = quarry_frame_set_new (190);
        gboolean plain[190] = { FALSE };

        for (gint64 id = from; id <= to && id < 190; id++)
          plain[id] = TRUE;
        quarry_frame_set_fill (set, from, to);
        assert_equal (set, plain);
      }
}

static void
test_algebra (void)
{
  GRand *rand = g_rand_new_with_seed (3);

  for (int round = 0; round < 200; round++)
    {
      const gint64 size = g_rand_int_range (rand, 1, 400);
      g_autoptr(QuarryFrameSet) a = quarry_frame_set_new (size);
      g_autoptr(QuarryFrameSet) b = quarry_frame_set_new (size);
      g_autofree gboolean *plain_a = g_new0 (gboolean, size);
      g_autofree gboolean *plain_b = g_new0 (gboolean, size);
      const gboolean without = g_rand_boolean (rand);

      for (int i = 0; i < size; i++)
        {
          const QuarryId x = g_rand_int_range (rand, 0, size), y = g_rand_int_range (rand, 0, size);

          quarry_frame_set_add (a, x);
          quarry_frame_set_add (b, y);
          plain_a[x] = x > 0;
          plain_b[y] = y > 0;
        }
      for (gint64 i = 0; i < size; i++)
        plain_a[i] = plain_a[i] && plain_b[i] != without;
      if (without)
        quarry_frame_set_and_not (a, b);
      else
        quarry_frame_set_and (a, b);
      assert_equal (a, plain_a);
      assert_equal (b, plain_b);
    }
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/frame-set/edges-of-words", test_edges);
  g_test_add_func ("/frame-set/ranges-are-filled", test_fill_ranges);
  g_test_add_func ("/frame-set/and-and-not-as-plain-booleans", test_algebra);
  return g_test_run ();
}
