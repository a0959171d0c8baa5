/* test-measure.c: words for what is measured, bounds on them, and their frames
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-test-catalog.h"

static void
test_every_measure_is_described (void)
{
  for (guint i = 0; i < QUARRY_N_MEASURES; i++)
    {
      const QuarryMeasure *measure = quarry_measure_get (i);
      g_autofree char *upper = g_ascii_strup (measure->name, -1);
      QuarryMeasureId found = QUARRY_N_MEASURES;

      g_assert_true (quarry_measure_find (measure->name, &found) && found == i);
      g_assert_true (quarry_measure_find (upper, &found) && found == i);
      g_assert_cmpuint (strspn (measure->name, "abcdefghijklmnopqrstuvwxyz0123456789"), ==, strlen (measure->name));
      g_assert_cmpuint (strlen (measure->what), >, 10);
      g_assert_nonnull (measure->origin);
      g_assert_cmpuint (measure->sensors, !=, 0);
    }
}

static void
assert_bound (const char *word, QuarryMeasureId measure, double inside, double outside)
{
  QuarryMeasureBound bound;
  g_autofree char *message = NULL;
  gboolean in = FALSE, out = FALSE;

  g_assert_true (quarry_measure_parse (word, &bound, &message));
  g_assert_cmpint (bound.measure, ==, measure);
  for (guint i = 0; i < bound.n; i++)
    {
      in = in || (inside >= bound.from[i] && inside <= bound.to[i]);
      out = out || (outside >= bound.from[i] && outside <= bound.to[i]);
    }
  g_test_message ("%s", word);
  g_assert_true (in);
  g_assert_false (out);
}

static void
test_bounds (void)
{
  assert_bound ("blur>0.5", QUARRY_MEASURE_BLUR, 0.51, 0.5);
  assert_bound ("blur>=0.5", QUARRY_MEASURE_BLUR, 0.5, 0.49999);
  assert_bound ("blur>50%", QUARRY_MEASURE_BLUR, 0.51, 0.5);
  assert_bound ("BLUR<.5", QUARRY_MEASURE_BLUR, 0.4999, 0.5);
  assert_bound ("blur<=0.5", QUARRY_MEASURE_BLUR, 0.5, 0.5001);
  assert_bound ("brightness<30", QUARRY_MEASURE_BRIGHTNESS, 29, 30);
  assert_bound ("brightness<30%", QUARRY_MEASURE_BRIGHTNESS, 29, 30);
  assert_bound ("points<50000", QUARRY_MEASURE_POINTS, 49999, 50000);
  assert_bound ("points>=50k", QUARRY_MEASURE_POINTS, 50000, 49999);
  assert_bound ("points>=0.05M", QUARRY_MEASURE_POINTS, 50000, 49999);
  assert_bound ("points=7", QUARRY_MEASURE_POINTS, 7, 7.5);
  assert_bound ("gap>150ms", QUARRY_MEASURE_GAP, 151, 150);
  assert_bound ("gap>150", QUARRY_MEASURE_GAP, 151, 150);
  assert_bound ("gap>0.15s", QUARRY_MEASURE_GAP, 151, 149);
  assert_bound ("gap<-1s", QUARRY_MEASURE_GAP, -1001, -1000);
  assert_bound ("gap>2min", QUARRY_MEASURE_GAP, 120001, 119999);
  assert_bound ("range50>1km", QUARRY_MEASURE_RANGE50, 1001, 999);
  assert_bound ("range50<25cm", QUARRY_MEASURE_RANGE50, 0.24, 0.25);
  assert_bound ("sector>30°", QUARRY_MEASURE_SECTOR, 31, 30);
  assert_bound ("sector>30deg", QUARRY_MEASURE_SECTOR, 31, 30);
  assert_bound ("entropy<4bits", QUARRY_MEASURE_ENTROPY, 3.9, 4);
  assert_bound ("stuck", QUARRY_MEASURE_STUCK, 1, 0);
  assert_bound ("stuck=0", QUARRY_MEASURE_STUCK, 0, 1);
  assert_bound ("gap=100ms..0.15s", QUARRY_MEASURE_GAP, 100, 150);
  assert_bound ("gap=-50..-20ms", QUARRY_MEASURE_GAP, -50, -20);
  assert_bound ("blur=.1..0.25", QUARRY_MEASURE_BLUR, 0.249, 0.25);
}

/* The camera may be before or after its frame: what counts is how far */
static void
test_bounds_of_a_signed_measure_are_on_its_size (void)
{
  assert_bound ("sync>20ms", QUARRY_MEASURE_SYNC, 21, 20);
  assert_bound ("sync>20ms", QUARRY_MEASURE_SYNC, -21, -20);
  assert_bound ("sync<20ms", QUARRY_MEASURE_SYNC, -19.9, -20);
  assert_bound ("sync<=20ms", QUARRY_MEASURE_SYNC, -20, -20.1);
  assert_bound ("sync=20ms", QUARRY_MEASURE_SYNC, -20, -19);
  assert_bound ("sync>=0", QUARRY_MEASURE_SYNC, -5, (double) NAN);
  assert_bound ("sync<5ms", QUARRY_MEASURE_SYNC, 0, 5);
  assert_bound ("sync=5..20ms", QUARRY_MEASURE_SYNC, -5, -20);
  assert_bound ("sync=5..20ms", QUARRY_MEASURE_SYNC, 19, 4);
  assert_bound ("sync=0..20ms", QUARRY_MEASURE_SYNC, -19, 20);
}

static void
assert_refused (const char *word, const char *expected)
{
  QuarryMeasureBound bound;
  g_autofree char *message = NULL;

  g_assert_false (quarry_measure_parse (word, &bound, &message));
  if (g_str_has_suffix (expected, "…"))
    g_assert_cmpint (strncmp (message, expected, strlen (expected) - strlen ("…")), ==, 0);
  else
    g_assert_cmpstr (message, ==, expected);
}

static void
test_what_is_no_bound_is_told (void)
{
  assert_refused ("blurr>0.5", "nothing called 'blurr' is measured: write the word in quotes, or one of brightness, underexposed, …");
  assert_refused ("blur>", "'blur' needs a number after the sign, not ''");
  assert_refused ("blur>x", "'blur' needs a number after the sign, not 'x'");
  assert_refused ("blur>nan", "'blur' needs a number after the sign, not 'nan'");
  assert_refused ("blur>1e999", "'blur' needs a number after the sign, not '1e999'");
  assert_refused ("blur=>1", "'blur' compares by <, <=, >, >= or =, not by '=>'");
  assert_refused ("blur<>1", "'blur' compares by <, <=, >, >= or =, not by '<>'");
  assert_refused ("sync>20m", "'sync' has no unit 'm': use ms, ns, us, µs, s, min or none");
  assert_refused ("gap=1..", "'gap' needs a number after the sign, not ''");
  assert_refused ("gap=..1", "'gap' needs a number after the sign, not ''");
  assert_refused ("gap=1..2..3", "'gap' has no unit '.3': use ms, ns, us, µs, s, min or none");
  assert_refused ("stuck>1ms", "'stuck' has no unit 'ms'");
}

static void
test_format (void)
{
  static const struct { QuarryMeasureId id; double value; const char *text; } cases[] = {
    { QUARRY_MEASURE_BRIGHTNESS, 12.345, "12.3 %" }, { QUARRY_MEASURE_BLUR, 0.456, "0.46" },
    { QUARRY_MEASURE_POINTS, 120000, "120000" },     { QUARRY_MEASURE_SYNC, -20.04, "-20.0 ms" },
    { QUARRY_MEASURE_SYNC, -0.01, "0.0 ms" },        { QUARRY_MEASURE_SECTOR, 30, "30.0°" },
    { QUARRY_MEASURE_STUCK, 1, "yes" },              { QUARRY_MEASURE_STUCK, 0, "no" },
    { QUARRY_MEASURE_RANGE50, 12, "12.00 m" },       { QUARRY_MEASURE_ENTROPY, 7.5, "7.50 bit" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = quarry_measure_format (cases[i].id, cases[i].value);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

/* What the inspector puts into the query bar for a number */
static void
test_the_query_of_a_number_matches_it (void)
{
  static const double values[] = { 0, 0.004, 0.5, 0.4999, 12.34567, -3.456, 99.96, 123456, 1.0 / 3 };

  for (guint i = 0; i < QUARRY_N_MEASURES; i++)
    for (guint k = 0; k < G_N_ELEMENTS (values); k++)
      for (guint above = 0; above < 2; above++)
        {
          const gboolean flag = quarry_measure_get (i)->unit == QUARRY_UNIT_FLAG;
          const double value = flag ? (values[k] > 0) : values[k];
          g_autofree char *term = quarry_measure_make_query (i, value, above);
          g_autofree char *message = NULL;
          QuarryMeasureBound bound = { 0 };
          gboolean in = FALSE;

          g_assert_true (quarry_measure_is_bound (term));
          g_assert_true (quarry_measure_parse (term, &bound, &message));
          for (guint n = 0; n < bound.n; n++)
            in = in || (value >= bound.from[n] && value <= bound.to[n]);
          g_test_message ("%s for %g", term, value);
          g_assert_true (in);
        }
}

/* --- in a catalog --- */

static void
fill (QuarryTestCatalog *test, gconstpointer data)
{
  const QuarryTestContent content = { 1, 10, 0, 1 };

  quarry_test_catalog_setup (test, data);
  quarry_test_fill (test->catalog, &content, NULL);
}

/* Frame k gets blur k / 10 of its camera, sync 10 k − 50 of its lidar; the third is stuck */
static void
store (QuarryCatalog *catalog)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) sensors = quarry_catalog_list_sensors (catalog, 0, &error);
  g_autoptr(GArray) rows = g_array_new (FALSE, FALSE, sizeof (QuarryMeasured));

  for (guint s = 0; s < sensors->len; s++)
    {
      const QuarrySensor *sensor = sensors->pdata[s];
      g_autoptr(GArray) timeline = quarry_catalog_list_timeline (catalog, sensor->id, &error);
      const gboolean camera = sensor->kind == QUARRY_SENSOR_CAMERA;

      g_assert_no_error (error);
      for (guint k = 0; k < timeline->len; k++)
        {
          const QuarryTimelineItem *item = &g_array_index (timeline, QuarryTimelineItem, k);
          const QuarryMeasured value = { item->media, item->frame, camera ? QUARRY_MEASURE_BLUR : QUARRY_MEASURE_SYNC,
                                         camera ? k / 10.0 : 10.0 * k - 50 };
          const QuarryMeasured stuck = { item->media, item->frame, QUARRY_MEASURE_STUCK, k == 2 && camera };

          g_array_append_val (rows, value);
          g_array_append_val (rows, stuck);
        }
    }
  g_assert_true (quarry_catalog_store_measures (catalog, rows, &error));
  g_assert_no_error (error);
}

static guint
count (QuarryCatalog *catalog, const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryQuery) query = quarry_query_parse (text, &error);
  g_autoptr(GArray) frames = query != NULL ? quarry_catalog_query (catalog, query, NULL, &error) : NULL;

  g_assert_no_error (error);
  return frames->len;
}

static void
test_a_frame_matches_when_any_of_its_media_does (QuarryTestCatalog *test, gconstpointer data)
{
  g_assert_cmpuint (count (test->catalog, "blur>0.5"), ==, 0);      /* not measured yet */
  g_assert_cmpuint (count (test->catalog, "-blur>0.5"), ==, 10);
  store (test->catalog);
  g_assert_cmpuint (count (test->catalog, "blur>0.5"), ==, 4);
  g_assert_cmpuint (count (test->catalog, "-blur>0.5"), ==, 6);
  g_assert_cmpuint (count (test->catalog, "blur<0.5"), ==, 5);
  g_assert_cmpuint (count (test->catalog, "blur=0.5"), ==, 1);
  g_assert_cmpuint (count (test->catalog, "sync>20ms"), ==, 5);     /* −50, −40, −30, 30, 40 */
  g_assert_cmpuint (count (test->catalog, "sync>20ms blur>0.5"), ==, 2);
  g_assert_cmpuint (count (test->catalog, "stuck"), ==, 1);
  g_assert_cmpuint (count (test->catalog, "-stuck"), ==, 9);
  g_assert_cmpuint (count (test->catalog, "stuck=0"), ==, 10);      /* the lidar of every frame is not */
  g_assert_cmpuint (count (test->catalog, "\"stuck\""), ==, 0);
  g_assert_cmpuint (count (test->catalog, "points<50000"), ==, 0);
}

static void
test_odd_is_what_lies_beyond_the_normal_range (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) sensors = quarry_catalog_list_sensors (test->catalog, 0, &error);
  g_autoptr(GPtrArray) health = NULL;
  const QuarrySensor *camera = sensors->pdata[0];
  const QuarrySensorHealth *row = NULL;
  QuarryNormal normal = { QUARRY_MEASURE_BLUR, 10, 0, 0.45, 0, 0.9, -G_MAXDOUBLE, 0.75 };

  store (test->catalog);
  g_assert_cmpuint (count (test->catalog, "odd"), ==, 0);
  g_assert_true (quarry_catalog_store_normal (test->catalog, camera->id, &normal, &error));
  g_assert_cmpint (normal.n_odd, ==, 2);
  g_assert_cmpuint (count (test->catalog, "odd:blur"), ==, 2);
  g_assert_cmpuint (count (test->catalog, "odd"), ==, 2);
  g_assert_cmpuint (count (test->catalog, "odd:b*"), ==, 2);
  g_assert_cmpuint (count (test->catalog, "odd:sharpness"), ==, 0);
  g_assert_cmpuint (count (test->catalog, "-odd"), ==, 8);
  normal.high = 0.85;
  g_assert_true (quarry_catalog_store_normal (test->catalog, camera->id, &normal, &error));
  g_assert_cmpuint (count (test->catalog, "odd"), ==, 1);       /* judged again: one is normal now */
  health = quarry_catalog_list_health (test->catalog, NULL, &error);
  g_assert_cmpuint (health->len, ==, 1);
  row = health->pdata[0];
  g_assert_cmpfloat (row->normal.high, ==, 0.85);
  g_assert_cmpfloat (row->normal.low, ==, -G_MAXDOUBLE);
  g_assert_cmpint (row->normal.n_odd, ==, 1);
  g_assert_cmpstr (row->sensor_name, ==, camera->name);
}

static void
test_numbers_of_a_frame_come_with_what_is_normal (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) frames = quarry_catalog_query (test->catalog, NULL, NULL, &error);
  g_autoptr(GPtrArray) sensors = quarry_catalog_list_sensors (test->catalog, 0, &error);
  g_autoptr(GPtrArray) measures = NULL;
  const QuarrySensor *camera = sensors->pdata[0];
  const QuarryFrameMeasure *blur = NULL;
  QuarryNormal normal = { QUARRY_MEASURE_BLUR, 10, 0, 0.45, 0, 0.9, -G_MAXDOUBLE, 0.75 };

  measures = quarry_catalog_list_measures (test->catalog, g_array_index (frames, QuarryId, 9), &error);
  g_assert_cmpuint (measures->len, ==, 0);
  g_clear_pointer (&measures, g_ptr_array_unref);
  store (test->catalog);
  g_assert_true (quarry_catalog_store_normal (test->catalog, camera->id, &normal, &error));
  measures = quarry_catalog_list_measures (test->catalog, g_array_index (frames, QuarryId, 9), &error);
  g_assert_cmpuint (measures->len, ==, 4);
  blur = measures->pdata[0];
  g_assert_cmpint (blur->normal.measure, ==, QUARRY_MEASURE_BLUR);
  g_assert_cmpfloat (blur->value, ==, 0.9);
  g_assert_true (blur->odd && blur->has_normal);
  g_assert_cmpfloat (blur->normal.high, ==, 0.75);
  g_assert_cmpint (blur->kind, ==, QUARRY_SENSOR_CAMERA);
  g_assert_false (((const QuarryFrameMeasure *) measures->pdata[3])->has_normal);
}

static void
test_measuring_again_replaces (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) sensors = quarry_catalog_list_sensors (test->catalog, 0, &error);
  g_autoptr(GArray) timeline = quarry_catalog_list_timeline (test->catalog, ((QuarrySensor *) sensors->pdata[0])->id, &error);
  const QuarryTimelineItem *first = &g_array_index (timeline, QuarryTimelineItem, 0);
  const QuarryMeasured other = { first->media, first->frame, QUARRY_MEASURE_UNREADABLE, 1 };
  g_autoptr(GArray) rows = g_array_new (FALSE, FALSE, sizeof (QuarryMeasured));
  g_autoptr(GArray) values = NULL, all = NULL, some = NULL;
  g_autoptr(QuarryQuery) query = quarry_query_parse ("blur>=0.8", &error);

  g_assert_false (first->measured);
  store (test->catalog);
  store (test->catalog);
  g_assert_cmpuint (count (test->catalog, "blur>=0"), ==, 10);
  g_array_append_val (rows, other);
  g_assert_true (quarry_catalog_store_measures (test->catalog, rows, &error));
  g_assert_cmpuint (count (test->catalog, "blur>=0"), ==, 9);
  g_assert_cmpuint (count (test->catalog, "unreadable"), ==, 1);
  values = quarry_catalog_list_sensor_values (test->catalog, ((QuarrySensor *) sensors->pdata[0])->id, QUARRY_MEASURE_BLUR, &error);
  g_assert_cmpuint (values->len, ==, 9);
  all = quarry_catalog_list_values (test->catalog, QUARRY_MEASURE_BLUR, NULL, NULL, &error);
  g_assert_cmpuint (all->len, ==, 9);
  g_assert_cmpfloat (g_array_index (all, double, 8), ==, 0.9);
  some = quarry_catalog_list_values (test->catalog, QUARRY_MEASURE_BLUR, query, NULL, &error);
  g_assert_cmpuint (some->len, ==, 2);
  g_clear_pointer (&timeline, g_array_unref);
  timeline = quarry_catalog_list_timeline (test->catalog, ((QuarrySensor *) sensors->pdata[0])->id, &error);
  g_assert_true (g_array_index (timeline, QuarryTimelineItem, 0).measured);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/measure/every-measure-is-described", test_every_measure_is_described);
  g_test_add_func ("/measure/bounds-have-units", test_bounds);
  g_test_add_func ("/measure/bounds-of-a-signed-measure-are-on-its-size", test_bounds_of_a_signed_measure_are_on_its_size);
  g_test_add_func ("/measure/what-is-no-bound-is-told", test_what_is_no_bound_is_told);
  g_test_add_func ("/measure/shown-with-unit", test_format);
  g_test_add_func ("/measure/the-query-of-a-number-matches-it", test_the_query_of_a_number_matches_it);
#define ADD(name, func) g_test_add ("/measure/" name, QuarryTestCatalog, NULL, fill, func, quarry_test_catalog_teardown)
  ADD ("a-frame-matches-when-any-of-its-media-does", test_a_frame_matches_when_any_of_its_media_does);
  ADD ("odd-is-what-lies-beyond-the-normal-range", test_odd_is_what_lies_beyond_the_normal_range);
  ADD ("numbers-of-a-frame-come-with-what-is-normal", test_numbers_of_a_frame_come_with_what_is_normal);
  ADD ("measuring-again-replaces", test_measuring_again_replaces);
#undef ADD
  return g_test_run ();
}
