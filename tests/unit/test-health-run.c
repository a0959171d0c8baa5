/* test-health-run.c: a recording with known faults is measured, wherever the work is cut off
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-health.h"
#include "quarry-test-catalog.h"

#define N_FRAMES 150      /* more than two chunks */
#define WIDTH    96
#define HEIGHT   64
#define RINGS    8
#define COLUMNS  360
#define MS       G_GINT64_CONSTANT (1000000)

/* What is wrong, and with which frame */
enum { DARK = 40, STUCK = 60, BROKEN = 70, MISSING = 80, SECTOR = 90, RING = 95, BLURRED = 100, LATE = 110, GAP = 120 };

typedef struct
{
  QuarryTestCatalog base;
  char             *media;      /* a folder beside the catalog's */
} Fixture;

static guint8
get_level (int x, int y, guint frame)
{
  guint32 state = (guint32) (x / 3) * 73856093u ^ (guint32) (y / 3) * 19349663u ^ frame * 83492791u;

  state ^= state >> 13;
  state *= 0x5bd1e995u;
  return (guint8) (60 + (state >> 8) % 128);
}

static void
write_image (const char *path, guint frame)
{
  g_autoptr(QuarryImage) image = quarry_image_new (WIDTH, HEIGHT);
  g_autoptr(GBytes) bytes = NULL;
  gsize length = 0;

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      {
        const guint8 level = frame == DARK      ? 2
                             : frame == BLURRED ? (guint8) (60 + x)
                                                : get_level (x, y, frame == STUCK ? STUCK - 1 : frame);

        memset (image->rgb + (gsize) y * image->stride + 3 * x, level, 3);
      }
  bytes = quarry_image_to_png (image, NULL);
  length = g_bytes_get_size (bytes) / (frame == BROKEN ? 2 : 1);
  if (frame != MISSING)
    g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) length, NULL));
}

static void
write_cloud (const char *path, guint frame)
{
  g_autoptr(QuarryCloud) cloud = quarry_cloud_new (RINGS * COLUMNS, TRUE, FALSE, TRUE);

  for (guint ring = 0; ring < RINGS; ring++)
    for (guint column = 0; column < COLUMNS; column++)
      {
        const gsize i = ring * COLUMNS + column;
        const double azimuth = G_PI * (column + 0.5) / 180;
        const gboolean lost = (frame == SECTOR && column >= 100 && column < 130) || (frame == RING && ring == 3);
        const double range = lost ? 0 : 20 + 0.01 * frame;

        cloud->xyz[3 * i] = (float) (range * cos (azimuth));
        cloud->xyz[3 * i + 1] = (float) (range * sin (azimuth));
        cloud->xyz[3 * i + 2] = lost ? 0 : (float) ring;
        cloud->ring[i] = (guint16) ring;
        cloud->intensity[i] = 0.5f;
      }
  g_assert_true (quarry_cloud_write_pcd (cloud, path, NULL));
}

static void
setup (Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_frame_draft_free);
  g_autoptr(QuarryReport) report = quarry_report_new ();
  QuarryId source = 0, scene = 0, camera = 0, lidar = 0;

  quarry_test_catalog_setup (&self->base, data);
  self->media = quarry_test_folder ();
  source = quarry_catalog_store_source (self->base.catalog, self->media, "faults", "images", NULL, &error);
  scene = quarry_catalog_store_scene (self->base.catalog, source, "s", "s", &error);
  camera = quarry_catalog_store_sensor (self->base.catalog, scene, "front", QUARRY_SENSOR_CAMERA, &error);
  lidar = quarry_catalog_store_sensor (self->base.catalog, scene, "top", QUARRY_SENSOR_LIDAR, &error);
  g_assert_no_error (error);
  for (guint frame = 0; frame < N_FRAMES; frame++)
    {
      g_autofree char *key = g_strdup_printf ("%06u", frame);
      g_autofree char *image = g_strdup_printf ("%s/%s.png", self->media, key);
      g_autofree char *cloud = g_strdup_printf ("%s/%s.pcd", self->media, key);
      const gint64 stamp = (1000000 + 100 * (gint64) frame + (frame >= GAP ? 400 : 0)) * MS;
      QuarryFrameDraft *draft = quarry_frame_draft_new (scene, key, stamp);

      write_image (image, frame);
      write_cloud (cloud, frame);
      g_ptr_array_add (draft->media, quarry_test_media (camera, 0, image, "png", stamp + (frame == LATE ? 40 : 5) * MS));
      g_ptr_array_add (draft->media, quarry_test_media (lidar, 0, cloud, "pcd", stamp));
      g_ptr_array_add (drafts, draft);
    }
  g_assert_true (quarry_catalog_store_frames (self->base.catalog, drafts, "images", report, &error));
  g_assert_true (quarry_catalog_finish_source (self->base.catalog, source, TRUE, NULL, &error));
  g_assert_no_error (error);
}

static void
teardown (Fixture *self, gconstpointer data)
{
  quarry_test_catalog_teardown (&self->base, data);
  quarry_test_remove (self->media);
  g_free (self->media);
}

typedef struct
{
  QuarryCatalog       *catalog;
  const char          *query;
  QuarryHealthOptions  options;
} Job;

static gboolean
run_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  Job *job = data;
  g_autoptr(QuarryQuery) query = quarry_query_parse (job->query, error);

  return query != NULL && quarry_health_run (job->catalog, query, &job->options, operation, error);
}

/* Returns: (transfer full) */
static QuarryOperation *
measure (Fixture *self, const char *query, gboolean again)
{
  QuarryOperation *operation = quarry_operation_new ("Measure");
  g_autoptr(GError) error = NULL;
  Job job = { self->base.catalog, query, { again, FALSE } };

  g_assert_true (quarry_operation_run (operation, run_in_thread, &job, &error));
  g_assert_no_error (error);
  return operation;
}

/* The frames of a query by number: "40 60" */
static void
assert_frames (Fixture *self, const char *text, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryQuery) query = quarry_query_parse (text, &error);
  g_autoptr(GArray) ids = query != NULL ? quarry_catalog_query (self->base.catalog, query, NULL, &error) : NULL;
  g_autoptr(GString) found = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr(QuarryFrame) frame = quarry_catalog_get_frame (self->base.catalog, g_array_index (ids, QuarryId, i), &error);

      g_string_append_printf (found, "%s%d", i > 0 ? " " : "", atoi (frame->key));
    }
  g_test_message ("%s: %s", text, found->str);
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_faults_are_found (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryOperation) operation = measure (self, "", FALSE);
  QuarryReport *report = quarry_operation_get_report (operation);
  g_autofree char *text = quarry_report_to_text (report);

  g_assert_cmpint (quarry_report_get_count (report, "measured"), ==, 2 * N_FRAMES - 1);
  g_assert_cmpuint (quarry_report_get_n_issues (report, QUARRY_ISSUE_SKIPPED), ==, 2);     /* the broken and the missing one */
  g_assert_nonnull (strstr (text, "000070.png"));
  g_assert_nonnull (strstr (text, "000080.png"));
  g_assert_null (strstr (strstr (text, "000070.png") + 1, "000070.png: "));                /* the file is named once */
  assert_frames (self, "brightness<5", "40");
  assert_frames (self, "odd:brightness", "40");
  assert_frames (self, "underexposed>99", "40");
  assert_frames (self, "stuck", "60");
  assert_frames (self, "unreadable", "70");
  assert_frames (self, "-brightness>=0", "70 80");
  assert_frames (self, "-unreadable>=0 sensor:front", "");                                 /* the lidar of 80 is measured */
  assert_frames (self, "sector>29", "90");
  assert_frames (self, "odd:sector", "90");
  assert_frames (self, "ring<50", "95");
  assert_frames (self, "rings<8", "95");
  assert_frames (self, "odd:blur", "40 100");
  assert_frames (self, "blur>0.5", "40 100");
  assert_frames (self, "sync>20ms", "110");
  assert_frames (self, "odd:sync", "110");
  assert_frames (self, "gap>150ms", "120");
  assert_frames (self, "odd:gap", "110 111 120");                                          /* 135 ms, 65 ms, 500 ms */
  assert_frames (self, "jump", "");
  assert_frames (self, "periods>4", "120");
  assert_frames (self, "blocked>50", "");                                                  /* even, but only for one picture */
}

static void
test_measured_once_is_enough (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryOperation) first = measure (self, "", FALSE);
  g_autofree char *before = quarry_catalog_dump (self->base.catalog, NULL);
  g_autoptr(QuarryOperation) second = measure (self, "", FALSE);
  g_autoptr(QuarryOperation) third = measure (self, "frame:00004*", TRUE);
  g_autofree char *after = quarry_catalog_dump (self->base.catalog, NULL);

  g_assert_cmpint (quarry_report_get_count (quarry_operation_get_report (second), "measured"), ==, 0);   /* 80 is asked for again, in vain */
  g_assert_cmpint (quarry_report_get_count (quarry_operation_get_report (third), "measured"), ==, 20);
  g_assert_cmpstr (before, ==, after);
}

/* A number does not depend on which media were measured together */
static void
test_parts_give_the_same_as_the_whole (Fixture *self, gconstpointer data)
{
  static const char * const parts[] = { "frame:00006*", "frame:*5", "frame:00010*", "sensor:front", "" };
  g_autofree char *whole = NULL, *pieces = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr(QuarryOperation) operation = measure (self, parts[i], FALSE);
    }
  pieces = quarry_catalog_dump (self->base.catalog, NULL);
  {
    g_autoptr(QuarryOperation) operation = measure (self, "", TRUE);
  }
  whole = quarry_catalog_dump (self->base.catalog, NULL);
  g_assert_nonnull (strstr (whole, "\"blocked\""));
  g_assert_cmpstr (pieces, ==, whole);
}

static void
cancel_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  quarry_operation_cancel (QUARRY_OPERATION (object));
}

static void
test_cancelled_and_again_is_the_same (Fixture *self, gconstpointer data)
{
  g_autofree char *cut = NULL, *whole = NULL;

  for (int round = 0; round < 3; round++)
    {
      g_autoptr(QuarryOperation) operation = quarry_operation_new ("Measure");
      Job job = { self->base.catalog, "", { FALSE, TRUE } };

      g_signal_connect (operation, "notify::fraction", G_CALLBACK (cancel_cb), NULL);
      quarry_operation_start (operation, run_in_thread, &job, NULL);
      quarry_test_wait (quarry_operation_get_state (operation) > QUARRY_OPERATION_RUNNING);
      g_assert_cmpint (quarry_operation_get_state (operation), !=, QUARRY_OPERATION_FAILED);
    }
  {
    g_autoptr(QuarryOperation) rest = measure (self, "", FALSE);
  }
  cut = quarry_catalog_dump (self->base.catalog, NULL);
  {
    g_autoptr(QuarryOperation) all = measure (self, "", TRUE);
  }
  whole = quarry_catalog_dump (self->base.catalog, NULL);
  g_assert_cmpstr (cut, ==, whole);
}

/* As after a kill between numbers and judgement: they are there, but nothing is known to be normal */
static void
test_what_is_not_judged_is_judged_later (Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryOperation) first = measure (self, "", FALSE);
  g_autoptr(GPtrArray) sensors = quarry_catalog_list_sensors (self->base.catalog, 0, &error);
  const QuarrySensor *camera = sensors->pdata[0];
  g_autoptr(GArray) timeline = quarry_catalog_list_timeline (self->base.catalog, camera->id, &error);
  const QuarryTimelineItem *item = &g_array_index (timeline, QuarryTimelineItem, 5);
  const QuarryMeasured dark = { item->media, item->frame, QUARRY_MEASURE_BRIGHTNESS, 3 };
  g_autoptr(GArray) rows = g_array_new (FALSE, FALSE, sizeof (QuarryMeasured));
  g_autoptr(GArray) unjudged = NULL;
  g_autoptr(QuarryOperation) second = NULL;

  g_array_append_val (rows, dark);
  g_assert_true (quarry_catalog_store_measures (self->base.catalog, rows, &error));
  unjudged = quarry_catalog_list_unjudged (self->base.catalog, &error);
  g_assert_cmpuint (unjudged->len, ==, 1);
  assert_frames (self, "odd:brightness", "40");
  second = measure (self, "sensor:top", FALSE);      /* nothing of the camera is asked for */
  assert_frames (self, "odd:brightness", "5 40");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/health-run/" name, Fixture, NULL, setup, func, teardown)
  ADD ("faults-are-found", test_faults_are_found);
  ADD ("measured-once-is-enough", test_measured_once_is_enough);
  ADD ("parts-give-the-same-as-the-whole", test_parts_give_the_same_as_the_whole);
  ADD ("cancelled-and-again-is-the-same", test_cancelled_and_again_is_the_same);
  ADD ("what-is-not-judged-is-judged-later", test_what_is_not_judged_is_judged_later);
#undef ADD
  return g_test_run ();
}
