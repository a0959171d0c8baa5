/* test-sync.c: streams of stamps into frames
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-sync.h"
#include "quarry-test.h"

#include <string.h>

#define MS G_GINT64_CONSTANT (1000000)

static void
free_stream (gpointer data)
{
  quarry_sync_stream_free (data);
}

/* "lidar:0 100 200|front:5 105" in milliseconds; a name that begins with l is a lidar, r a radar */
static GPtrArray *
parse_streams (const char *text)
{
  GPtrArray *streams = g_ptr_array_new_with_free_func (free_stream);
  g_auto(GStrv) parts = g_strsplit (text, "|", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_auto(GStrv) halves = g_strsplit (parts[i], ":", 2);
      g_auto(GStrv) stamps = g_strsplit (halves[1], " ", -1);
      QuarrySyncStream *stream = quarry_sync_stream_new (halves[0], halves[0][0] == 'l' ? QUARRY_SENSOR_LIDAR : halves[0][0] == 'r' ? QUARRY_SENSOR_RADAR : QUARRY_SENSOR_CAMERA);

      for (guint k = 0; stamps[k] != NULL; k++)
        if (stamps[k][0] != '\0')
          {
            const gint64 stamp = g_ascii_strtoll (stamps[k], NULL, 10) * MS;

            g_array_append_val (stream->stamps, stamp);
          }
      g_ptr_array_add (streams, stream);
    }
  return streams;
}

/* "0=0,1 100=1,-": each frame's time in ms and its items */
static char *
print_frames (const QuarrySyncResult *result, guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < result->frames->len; i++)
    {
      const QuarrySyncFrame *frame = result->frames->pdata[i];

      g_string_append_printf (text, "%s%" G_GINT64_FORMAT "=", i > 0 ? " " : "", frame->stamp_ns / MS);
      for (guint k = 0; k < n; k++)
        if (frame->items[k] < 0)
          g_string_append_printf (text, "%s-", k > 0 ? "," : "");
        else
          g_string_append_printf (text, "%s%d", k > 0 ? "," : "", frame->items[k]);
    }
  return g_string_free (text, FALSE);
}

/* "3/0/0/0/0": matched, unmatched, stale, late, repeated */
static char *
print_counts (GPtrArray *streams)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < streams->len; i++)
    {
      const QuarrySyncStream *s = streams->pdata[i];

      g_string_append_printf (text, "%s%d/%d/%d/%d/%d", i > 0 ? " " : "", (int) s->n_matched, (int) s->n_unmatched,
                              (int) s->n_stale, (int) s->n_late, (int) s->n_repeated);
    }
  return g_string_free (text, FALSE);
}

static void
test_table (void)
{
  static const struct
  {
    const char *what, *streams;
    QuarrySyncBy by;
    const char *sensor;
    gboolean latest;
    int tolerance;         /* ms */
    const char *frames, *counts;
  } cases[] = {
    { "nearest", "front:2 98 205|l:0 100 200", QUARRY_SYNC_DEFAULT, NULL, FALSE, 0, "0=0,0 100=1,1 200=2,2", "3/0/0/0/0 3/0/0/0/0" },
    { "latest before", "front:2 98 205|l:0 100 200", QUARRY_SYNC_DEFAULT, NULL, TRUE, 0, "0=-,0 100=1,1 200=-,2", "1/1/1/0/0 3/0/0/0/0" },
    { "equally near: the earlier", "front:50 150|l:0 100 200", QUARRY_SYNC_DEFAULT, NULL, FALSE, 50, "0=0,0 100=0,1 200=1,2", "2/0/0/0/0 3/0/0/0/0" },
    { "another was nearer", "front:0 30 60 90 120|l:0 100", QUARRY_SYNC_DEFAULT, NULL, FALSE, 50, "0=0,0 100=3,1", "2/3/0/0/0 2/0/0/0/0" },
    { "stale", "front:0 500|l:0 100 200", QUARRY_SYNC_DEFAULT, NULL, FALSE, 0, "0=0,0 100=-,1 200=-,2", "1/0/1/0/0 3/0/0/0/0" },
    { "exactly at the tolerance", "front:150|l:100", QUARRY_SYNC_DEFAULT, NULL, FALSE, 50, "100=0,0", "1/0/0/0/0 1/0/0/0/0" },
    { "just beyond", "front:151|l:100", QUARRY_SYNC_DEFAULT, NULL, FALSE, 50, "100=-,0", "0/0/1/0/0 1/0/0/0/0" },
    { "late and repeated", "front:0 100 50 100|l:100 0 100", QUARRY_SYNC_DEFAULT, NULL, FALSE, 60, "0=0,1 100=1,0", "2/1/0/1/1 2/0/0/1/1" },
    { "no lidar: the first camera", "b:0 100|c:3 107", QUARRY_SYNC_DEFAULT, NULL, FALSE, 0, "0=0,0 100=1,1", "2/0/0/0/0 2/0/0/0/0" },
    { "an empty lidar does not lead", "b:0 100|l:", QUARRY_SYNC_DEFAULT, NULL, FALSE, 0, "0=0,- 100=1,-", "2/0/0/0/0 0/0/0/0/0" },
    { "a radar alone", "r:0 100", QUARRY_SYNC_DEFAULT, NULL, FALSE, 0, "0=0 100=1", "2/0/0/0/0" },
    { "by a camera", "b:0 100|c:3 60 107|l:0 100", QUARRY_SYNC_SENSOR, "c", FALSE, 10, "3=0,0,0 60=-,1,- 107=1,2,1", "2/0/0/0/0 3/0/0/0/0 2/0/0/0/0" },
    { "no sync", "b:0 100 0|l:0 50", QUARRY_SYNC_NONE, NULL, FALSE, 0, "0=0,- 0=-,0 50=-,1 100=1,-", "2/0/0/1/1 2/0/0/0/0" },
    { "lone leader", "b:60|l:100", QUARRY_SYNC_LIDAR, NULL, FALSE, 0, "100=0,0", "1/0/0/0/0 1/0/0/0/0" },
    { "nothing", "b:|l:", QUARRY_SYNC_DEFAULT, NULL, FALSE, 0, "", "0/0/0/0/0 0/0/0/0/0" },
    { "one picture in two frames", "b:0 200|l:0 90 200", QUARRY_SYNC_LIDAR, NULL, TRUE, 100, "0=0,0 90=0,1 200=1,2", "2/0/0/0/0 3/0/0/0/0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GPtrArray) streams = parse_streams (cases[i].streams);
      QuarryIngestOptions options = QUARRY_INGEST_OPTIONS_DEFAULT;
      g_autoptr(QuarrySyncResult) result = NULL;
      g_autoptr(GError) error = NULL;
      g_autofree char *frames = NULL, *counts = NULL;

      options.sync = cases[i].by;
      options.sync_sensor = cases[i].sensor;
      options.latest_before = cases[i].latest;
      options.tolerance_ns = cases[i].tolerance * MS;
      result = quarry_sync_run (streams, &options, &error);
      g_assert_no_error (error);
      frames = print_frames (result, streams->len);
      counts = print_counts (streams);
      g_test_message ("%s", cases[i].what);
      g_assert_cmpstr (frames, ==, cases[i].frames);
      g_assert_cmpstr (counts, ==, cases[i].counts);
    }
}

static void
test_errors (void)
{
  g_autoptr(GPtrArray) streams = parse_streams ("front:0|rear:0");
  QuarryIngestOptions options = QUARRY_INGEST_OPTIONS_DEFAULT;
  g_autoptr(GError) error = NULL;

  options.sync = QUARRY_SYNC_LIDAR;
  g_assert_null (quarry_sync_run (streams, &options, &error));
  g_assert_cmpstr (error->message, ==, "cannot synchronize by a lidar: there is none; the sensors are 'front', 'rear'");
  g_clear_error (&error);
  options.sync = QUARRY_SYNC_SENSOR;
  options.sync_sensor = "left";
  g_assert_null (quarry_sync_run (streams, &options, &error));
  g_assert_cmpstr (error->message, ==, "cannot synchronize by 'left': there is none; the sensors are 'front', 'rear'");
}

static void
test_offsets (void)
{
  g_autoptr(GPtrArray) streams = parse_streams ("front:3 93 205|l:0 100 200");
  QuarryIngestOptions options = QUARRY_INGEST_OPTIONS_DEFAULT;
  g_autoptr(QuarrySyncResult) result = quarry_sync_run (streams, &options, NULL);
  const QuarrySyncStream *front = streams->pdata[0];

  g_assert_cmpint (result->tolerance_ns, ==, 50 * MS);
  g_assert_cmpint (result->leader, ==, 1);
  g_assert_cmpint (result->by, ==, QUARRY_SYNC_LIDAR);
  g_assert_cmpint (front->offset_mean_ns, ==, (3 - 7 + 5) * MS / 3);
  g_assert_cmpint (front->offset_max_ns, ==, -7 * MS);
}

/* Stamps at the ends of what an integer holds */
static void
test_extremes (void)
{
  static const gint64 stamps[] = { G_MAXINT64, G_MININT64 + 1, 0, G_MAXINT64, -1 };
  g_autoptr(GPtrArray) streams = parse_streams ("b:|l:0 100");
  QuarryIngestOptions options = QUARRY_INGEST_OPTIONS_DEFAULT;
  g_autoptr(QuarrySyncResult) result = NULL;
  g_autofree char *counts = NULL;

  g_array_append_vals (((QuarrySyncStream *) streams->pdata[0])->stamps, stamps, G_N_ELEMENTS (stamps));
  result = quarry_sync_run (streams, &options, NULL);
  counts = print_counts (streams);
  g_assert_cmpstr (counts, ==, "1/1/2/2/1 2/0/0/0/0");
}

/* --- against a reference that compares everything with everything --- */

static gboolean
is_repeat (const QuarrySyncStream *stream, guint i)
{
  for (guint k = 0; k < i; k++)
    if (g_array_index (stream->stamps, gint64, k) == g_array_index (stream->stamps, gint64, i))
      return TRUE;
  return FALSE;
}

static gint32
choose (const QuarrySyncStream *stream, gint64 frame, gboolean latest, gint64 tolerance)
{
  gint32 best = -1;
  gint64 best_stamp = 0;

  for (guint i = 0; i < stream->stamps->len; i++)
    {
      const gint64 stamp = g_array_index (stream->stamps, gint64, i);
      const gint64 away = ABS (stamp - frame);

      if (is_repeat (stream, i) || (latest && stamp > frame))
        continue;
      if (best < 0 || away < ABS (best_stamp - frame) || (away == ABS (best_stamp - frame) && stamp < best_stamp))
        {
          best = (gint32) i;
          best_stamp = stamp;
        }
    }
  return best >= 0 && ABS (best_stamp - frame) <= tolerance ? best : -1;
}

static void
check_stream (const QuarrySyncResult *result, const QuarrySyncStream *stream, guint column)
{
  gint64 matched = 0, unmatched = 0, stale = 0, repeated = 0, late = 0, sum = 0, n = 0, worst = 0;

  for (guint k = 0; k < result->frames->len; k++)
    {
      const QuarrySyncFrame *frame = result->frames->pdata[k];
      const gint32 expected = choose (stream, frame->stamp_ns, result->latest_before, result->tolerance_ns);

      g_assert_cmpint (frame->items[column], ==, expected);
      if (expected < 0)
        continue;
      n++;
      sum += g_array_index (stream->stamps, gint64, expected) - frame->stamp_ns;
      worst = MAX (worst, ABS (g_array_index (stream->stamps, gint64, expected) - frame->stamp_ns));
    }
  for (guint i = 0; i < stream->stamps->len; i++)
    {
      const gint64 stamp = g_array_index (stream->stamps, gint64, i);
      gboolean used = FALSE, near = FALSE;

      late += i > 0 && stamp < g_array_index (stream->stamps, gint64, i - 1);
      for (guint k = 0; k < result->frames->len; k++)
        {
          const QuarrySyncFrame *frame = result->frames->pdata[k];

          used |= frame->items[column] == (gint32) i;
          near |= ABS (stamp - frame->stamp_ns) <= result->tolerance_ns && (!result->latest_before || stamp <= frame->stamp_ns);
        }
      if (is_repeat (stream, i))
        repeated++;
      else if (used)
        matched++;
      else if (near)
        unmatched++;
      else
        stale++;
    }
  g_assert_cmpint (stream->n_matched, ==, matched);
  g_assert_cmpint (stream->n_unmatched, ==, unmatched);
  g_assert_cmpint (stream->n_stale, ==, stale);
  g_assert_cmpint (stream->n_repeated, ==, repeated);
  g_assert_cmpint (stream->n_late, ==, late);
  g_assert_cmpint (stream->n_matched + stream->n_unmatched + stream->n_stale + stream->n_repeated, ==, stream->stamps->len);
  g_assert_cmpint (ABS (stream->offset_max_ns), ==, worst);
  if (n > 0)
    g_assert_cmpint (ABS (stream->offset_mean_ns * n - sum), <=, n / 2 + 1);
}

static void
fill_randomly (GRand *rand, QuarrySyncStream *stream)
{
  const int n = g_rand_int_range (rand, 0, 60);
  const int period = g_rand_int_range (rand, 1, 12);
  gint64 t = g_rand_int_range (rand, -20, 20);

  for (int i = 0; i < n; i++)
    {
      const gint64 stamp = t + g_rand_int_range (rand, -2, 3);

      g_array_append_val (stream->stamps, stamp);
      t += g_rand_int_range (rand, 0, 10) == 0 ? g_rand_int_range (rand, -30, 60) : period;
    }
}

static void
test_random (void)
{
  for (guint32 seed = 1; seed <= 400; seed++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
      const int n = g_rand_int_range (rand, 1, 5);
      g_autoptr(GPtrArray) streams = g_ptr_array_new_with_free_func (free_stream);
      QuarryIngestOptions options = QUARRY_INGEST_OPTIONS_DEFAULT;
      g_autoptr(QuarrySyncResult) result = NULL;
      g_autoptr(GError) error = NULL;

      for (int i = 0; i < n; i++)
        {
          g_autofree char *name = g_strdup_printf ("s%d", i);

          g_ptr_array_add (streams, quarry_sync_stream_new (name, g_rand_boolean (rand) ? QUARRY_SENSOR_LIDAR : QUARRY_SENSOR_CAMERA));
          fill_randomly (rand, streams->pdata[i]);
        }
      options.sync = g_rand_boolean (rand) ? QUARRY_SYNC_SENSOR : QUARRY_SYNC_DEFAULT;
      options.sync_sensor = "s0";
      options.latest_before = g_rand_boolean (rand);
      options.tolerance_ns = g_rand_int_range (rand, 0, 8);
      result = quarry_sync_run (streams, &options, &error);
      g_assert_no_error (error);
      for (guint k = 1; k < result->frames->len; k++)
        g_assert_cmpint (((QuarrySyncFrame *) result->frames->pdata[k - 1])->stamp_ns, <,
                         ((QuarrySyncFrame *) result->frames->pdata[k])->stamp_ns);
      for (int i = 0; i < n && result->leader >= 0; i++)
        check_stream (result, streams->pdata[i], (guint) i);
    }
}

/* A hundred thousand frames of six sensors are no work */
static void
test_many (void)
{
  g_autoptr(GPtrArray) streams = parse_streams ("l:|a:|b:|c:|d:|e:");
  QuarryIngestOptions options = QUARRY_INGEST_OPTIONS_DEFAULT;
  g_autoptr(QuarrySyncResult) result = NULL;

  for (guint i = 0; i < streams->len; i++)
    for (gint64 k = 0; k < 100000; k++)
      {
        const gint64 stamp = k * 100 * MS + (i * 7 + k % 5) * MS;

        g_array_append_val (((QuarrySyncStream *) streams->pdata[i])->stamps, stamp);
      }
  result = quarry_sync_run (streams, &options, NULL);
  g_assert_cmpuint (result->frames->len, ==, 100000);
  for (guint i = 0; i < streams->len; i++)
    g_assert_cmpint (((QuarrySyncStream *) streams->pdata[i])->n_matched, ==, 100000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/policies", test_table);
  g_test_add_func ("/sync/a-sensor-that-is-not-there-is-an-error-that-names-those-that-are", test_errors);
  g_test_add_func ("/sync/offsets-have-signs", test_offsets);
  g_test_add_func ("/sync/absurd-stamps-do-not-overflow", test_extremes);
  g_test_add_func ("/sync/random-streams-agree-with-brute-force", test_random);
  g_test_add_func ("/sync/hundred-thousand-frames", test_many);
  return g_test_run ();
}
