/* test-histogram.c: bins of what is measured are terms of queries, and together hold every frame
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-histogram.h"
#include "quarry-test-catalog.h"

#define N_FRAMES 50

static void
setup (QuarryTestCatalog *test, gconstpointer data)
{
  const QuarryTestContent content = { 1, N_FRAMES, 0, 1 };

  quarry_test_catalog_setup (test, data);
  quarry_test_fill (test->catalog, &content, NULL);
}

/* Values @from + k × @step of the sensor at @position; the range that is normal is [@low, @high] */
static void
store (QuarryTestCatalog *test, guint position, QuarryMeasureId id, double from, double step, double low, double high)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) sensors = quarry_catalog_list_sensors (test->catalog, 0, &error);
  const QuarrySensor *sensor = sensors->pdata[position];
  g_autoptr(GArray) timeline = quarry_catalog_list_timeline (test->catalog, sensor->id, &error);
  g_autoptr(GArray) rows = g_array_new (FALSE, FALSE, sizeof (QuarryMeasured));
  const double last = from + (N_FRAMES - 1) * step;
  QuarryNormal normal = { id, N_FRAMES, 0, (from + last) / 2, MIN (from, last), MAX (from, last), low, high };

  for (guint i = 0; i < timeline->len; i++)
    {
      const QuarryTimelineItem *item = &g_array_index (timeline, QuarryTimelineItem, i);
      const QuarryMeasured row = { item->media, item->frame, id, from + i * step };

      g_array_append_val (rows, row);
    }
  g_assert_true (quarry_catalog_store_measures (test->catalog, rows, &error));
  g_assert_true (quarry_catalog_store_normal (test->catalog, sensor->id, &normal, &error));
  g_assert_no_error (error);
}

/* "name [term] frames, …" */
static char *
describe (QuarryTestCatalog *test, QuarryMeasureId id, const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryQuery) query = quarry_query_parse (text, &error);
  g_autoptr(GPtrArray) bins = quarry_histogram_new (test->catalog, id, query, NULL, &error);
  GString *described = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < bins->len; i++)
    {
      const QuarryBin *bin = bins->pdata[i];

      g_string_append_printf (described, "%s%s [%s] %" G_GINT64_FORMAT, i > 0 ? ", " : "", bin->name, bin->term, bin->n_frames);
    }
  return g_string_free (described, FALSE);
}

static void
assert_bins (QuarryTestCatalog *test, QuarryMeasureId id, const char *text, const char *expected)
{
  g_autofree char *described = describe (test, id, text);

  g_assert_cmpstr (described, ==, expected);
}

static void
test_nothing_measured (QuarryTestCatalog *test, gconstpointer data)
{
  assert_bins (test, QUARRY_MEASURE_BLUR, "", "");
}

static void
test_bins_hold_every_frame_once (QuarryTestCatalog *test, gconstpointer data)
{
  store (test, 0, QUARRY_MEASURE_BRIGHTNESS, 0, 2, -G_MAXDOUBLE, G_MAXDOUBLE);      /* 0 … 98 */
  assert_bins (test, QUARRY_MEASURE_BRIGHTNESS, "",
               "0 – 20 % [brightness=0..20%] 10, 20 – 40 % [brightness=20..40%] 10, 40 – 60 % [brightness=40..60%] 10, "
               "60 – 80 % [brightness=60..80%] 10, 80 – 100 % [brightness=80..100%] 10");
  assert_bins (test, QUARRY_MEASURE_BRIGHTNESS, "brightness<30",
               "0 – 20 % [brightness=0..20%] 10, 20 – 40 % [brightness=20..40%] 5, 40 – 60 % [brightness=40..60%] 0, "
               "60 – 80 % [brightness=60..80%] 0, 80 – 100 % [brightness=80..100%] 0");
}

/* One broken stamp does not push all others into one bin */
static void
test_what_is_far_off_has_bins_of_its_own (QuarryTestCatalog *test, gconstpointer data)
{
  store (test, 0, QUARRY_MEASURE_GAP, -2000, 100, 80, 120);      /* −2000 … 2900 */
  assert_bins (test, QUARRY_MEASURE_GAP, "",
               "below 80 ms [gap<80ms] 21, 80 – 85 ms [gap=80..85ms] 0, 85 – 90 ms [gap=85..90ms] 0, 90 – 95 ms [gap=90..95ms] 0, "
               "95 – 100 ms [gap=95..100ms] 0, 100 – 105 ms [gap=100..105ms] 1, 105 – 110 ms [gap=105..110ms] 0, "
               "110 – 115 ms [gap=110..115ms] 0, 115 – 120 ms [gap=115..120ms] 0, 120 – 125 ms [gap=120..125ms] 0, "
               "125 ms and more [gap>=125ms] 28");
}

static void
test_signed_and_constant_and_flags (QuarryTestCatalog *test, gconstpointer data)
{
  store (test, 0, QUARRY_MEASURE_SYNC, -20, 0, -22, -18);
  assert_bins (test, QUARRY_MEASURE_SYNC, "",
               "0 – 5 ms [sync=0..5ms] 0, 5 – 10 ms [sync=5..10ms] 0, 10 – 15 ms [sync=10..15ms] 0, 15 – 20 ms [sync=15..20ms] 0, "
               "20 – 25 ms [sync=20..25ms] 50");
  store (test, 1, QUARRY_MEASURE_BLUR, 0.25, 0, -G_MAXDOUBLE, 0.3);
  assert_bins (test, QUARRY_MEASURE_BLUR, "", "0.25 – 0.26 [blur=0.25..0.26] 50");
  store (test, 0, QUARRY_MEASURE_STUCK, 1, 0, -G_MAXDOUBLE, 0.5);
  assert_bins (test, QUARRY_MEASURE_STUCK, "", "yes [stuck] 50, no [-stuck] 0");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/histogram/" name, QuarryTestCatalog, NULL, setup, func, quarry_test_catalog_teardown)
  ADD ("nothing-measured", test_nothing_measured);
  ADD ("bins-hold-every-frame-once", test_bins_hold_every_frame_once);
  ADD ("what-is-far-off-has-bins-of-its-own", test_what_is_far_off_has_bins_of_its_own);
  ADD ("signed-and-constant-and-flags", test_signed_and_constant_and_flags);
#undef ADD
  return g_test_run ();
}
