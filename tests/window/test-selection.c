/* test-selection.c: the selection's bitmap against a plain array of booleans
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-selection-model.h"
#include "quarry-test.h"

typedef struct
{
  guint first, n;         /* of the last selection-changed */
  int   times;
} Log;

static QuarrySelectionModel *
make (guint n, guint step)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_autoptr(QuarryFrameModel) frames = NULL;

  for (guint i = 0; i < n; i++)
    {
      const QuarryId id = 1 + (QuarryId) i * step;

      g_array_append_val (ids, id);
    }
  frames = quarry_frame_model_new (ids);
  return quarry_selection_model_new (frames);
}

static void
log_cb (GtkSelectionModel *model, guint first, guint n, gpointer user_data)
{
  Log *log = user_data;

  *log = (Log) { first, n, log->times + 1 };
}

static void
assert_equal (QuarrySelectionModel *model, const gboolean *expected, guint n)
{
  g_autoptr(GtkBitset) all = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (model));
  g_autoptr(GArray) ids = quarry_selection_model_dup_ids (model);
  guint count = 0, first = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpint (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (model), i), ==, expected[i]);
      g_assert_cmpint (gtk_bitset_contains (all, i), ==, expected[i]);
      if (!expected[i])
        continue;
      g_assert_cmpint (g_array_index (ids, QuarryId, count), ==, i + 1);
      if (count == 0)
        first = i;
      count++;
    }
  g_assert_cmpuint (quarry_selection_model_get_n_selected (model), ==, count);
  g_assert_cmpuint (quarry_selection_model_first (model), ==, first);
  g_assert_cmpuint (ids->len, ==, count);
  g_assert_cmpuint (gtk_bitset_get_size (all), ==, count);
}

/* Random ranges on lists around the size of a word */
static void
test_random (void)
{
  static const guint sizes[] = { 1, 63, 64, 65, 128, 300 };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      const guint n = sizes[s];
      g_autoptr(QuarrySelectionModel) model = make (n, 1);
      g_autofree gboolean *expected = g_new0 (gboolean, n);
      g_autoptr(GRand) random = g_rand_new_with_seed (n);

      for (int round = 0; round < 120; round++)
        {
          const guint start = (guint) g_rand_int_range (random, 0, (int) n);
          const guint length = (guint) g_rand_int_range (random, 0, (int) (n - start) + 1);
          const int what = g_rand_int_range (random, 0, 5);

          for (guint i = 0; i < n; i++)
            if (i >= start && i < start + length)
              expected[i] = what != 1;
            else if (what == 2)
              expected[i] = FALSE;
          if (what == 1)
            gtk_selection_model_unselect_range (GTK_SELECTION_MODEL (model), start, length);
          else
            gtk_selection_model_select_range (GTK_SELECTION_MODEL (model), start, length, what == 2);
          assert_equal (model, expected, n);
        }
    }
}

static void
test_ranges_of_get (void)
{
  g_autoptr(QuarrySelectionModel) model = make (400, 1);

  gtk_selection_model_select_range (GTK_SELECTION_MODEL (model), 60, 200, TRUE);
  gtk_selection_model_unselect_item (GTK_SELECTION_MODEL (model), 130);
  for (guint start = 0; start < 400; start += 7)
    for (guint n = 1; n < 400; n += 13)
      {
        g_autoptr(GtkBitset) set = gtk_selection_model_get_selection_in_range (GTK_SELECTION_MODEL (model), start, n);

        for (guint i = start; i < MIN (400, start + n); i++)
          g_assert_cmpint (gtk_bitset_contains (set, i), ==, i >= 60 && i < 260 && i != 130);
        g_assert_true (gtk_bitset_is_empty (set) || gtk_bitset_get_minimum (set) >= start);
      }
}

static void
test_set_selection (void)
{
  g_autoptr(QuarrySelectionModel) model = make (200, 1);
  g_autoptr(GtkBitset) selected = gtk_bitset_new_range (10, 5);
  g_autoptr(GtkBitset) mask = gtk_bitset_new_range (8, 100);
  Log log = { 0 };

  gtk_selection_model_select_range (GTK_SELECTION_MODEL (model), 0, 200, TRUE);
  g_signal_connect (model, "selection-changed", G_CALLBACK (log_cb), &log);
  gtk_selection_model_set_selection (GTK_SELECTION_MODEL (model), selected, mask);
  g_assert_cmpuint (quarry_selection_model_get_n_selected (model), ==, 8 + 5 + 92);
  g_assert_cmpuint (log.first, ==, 8);
  g_assert_cmpuint (log.n, ==, 100);
  g_assert_cmpint (log.times, ==, 1);
}

static void
test_signals (void)
{
  g_autoptr(QuarrySelectionModel) model = make (100, 1);
  Log log = { 0 };

  g_signal_connect (model, "selection-changed", G_CALLBACK (log_cb), &log);
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (model), 40, FALSE);
  g_assert_cmpuint (log.first, ==, 40);
  g_assert_cmpuint (log.n, ==, 1);
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (model), 40, FALSE);      /* nothing new */
  g_assert_cmpint (log.times, ==, 1);
  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (model));
  g_assert_cmpint (log.times, ==, 2);
  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (model));
  g_assert_cmpint (log.times, ==, 2);
  g_assert_false (gtk_selection_model_select_item (GTK_SELECTION_MODEL (model), 100, TRUE));
  g_assert_false (gtk_selection_model_unselect_range (GTK_SELECTION_MODEL (model), 99, 2));
}

static void
test_carries_over (void)
{
  g_autoptr(QuarrySelectionModel) before = make (1000, 1);
  g_autoptr(QuarrySelectionModel) after = make (500, 3);        /* ids 1, 4, 7, … */
  g_autoptr(GArray) ids = NULL;

  gtk_selection_model_select_range (GTK_SELECTION_MODEL (before), 0, 10, TRUE);      /* ids 1…10 */
  ids = quarry_selection_model_dup_ids (before);
  quarry_selection_model_select_ids (after, ids);
  g_assert_cmpuint (quarry_selection_model_get_n_selected (after), ==, 4);
  g_assert_true (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (after), 3));
  g_assert_false (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (after), 4));
}

static void
test_empty (void)
{
  g_autoptr(QuarrySelectionModel) model = make (0, 1);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  const QuarryId id = 1;

  g_array_append_val (ids, id);
  gtk_selection_model_select_all (GTK_SELECTION_MODEL (model));
  quarry_selection_model_select_ids (model, ids);
  g_assert_cmpuint (quarry_selection_model_get_n_selected (model), ==, 0);
  g_assert_cmpuint (quarry_selection_model_first (model), ==, GTK_INVALID_LIST_POSITION);
}

/* Ten million: all of them at once, and what a view asks for */
static void
test_many (void)
{
  const guint n = 10000000;
  g_autoptr(QuarrySelectionModel) model = make (n, 1);
  gint64 start = g_get_monotonic_time ();

  gtk_selection_model_select_all (GTK_SELECTION_MODEL (model));
  g_assert_cmpuint (quarry_selection_model_get_n_selected (model), ==, n);
  for (guint i = 0; i < 1000; i++)
    {
      g_autoptr(GtkBitset) set = gtk_selection_model_get_selection_in_range (GTK_SELECTION_MODEL (model), i * 9999, 300);

      g_assert_cmpuint (gtk_bitset_get_size (set), ==, 300);
    }
  start = g_get_monotonic_time () - start;
  g_test_message ("all of 10 million, and a thousand looks: %.1f ms", (double) start / 1000);
  g_assert_cmpint (start, <, 500000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/selection/random-ranges-as-an-array-of-booleans", test_random);
  g_test_add_func ("/selection/any-range-may-be-asked-for", test_ranges_of_get);
  g_test_add_func ("/selection/set-selection-writes-what-the-mask-has", test_set_selection);
  g_test_add_func ("/selection/tells-once-what-changed", test_signals);
  g_test_add_func ("/selection/carries-over-to-a-new-result", test_carries_over);
  g_test_add_func ("/selection/an-empty-list-has-none", test_empty);
  g_test_add_func ("/selection/ten-million-at-once", test_many);
  return g_test_run ();
}
