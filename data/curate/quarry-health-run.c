/* quarry-health-run.c: measures what was not measured yet
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   sensors ─▶ timeline of each ─▶ chunks of 64 media ─▶ workers: decode, measure ─▶ results ─▶ batches ─▶ catalog
 *                                                                                     └ sensor complete: what is normal, what is odd
 *
 * A chunk looks back by itself at the media before it, so that a number never depends on where work was cut off. A
 * batch is one commit; what was killed before its batch is measured again. Memory is bounded by the chunks at work.
 */

#include "config.h"
#include "quarry-health.h"
#include "quarry-media.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CHUNK            64
#define BATCH_ROWS       50000
#define BATCH_US         (4 * G_USEC_PER_SEC)
#define MOST_ISSUES      200          /* told one by one; more are counted */
#define BACKGROUND_NICE  10

typedef struct
{
  QuarryId          id;
  QuarryId          scene;
  QuarrySensorKind  kind;
  guint             n_chunks;         /* not back yet */
  gboolean          all_sent;
} Sensor;

typedef struct
{
  QuarryTimelineItem item;
  gint64             before_ns;       /* stamp of the one before it; QUARRY_NO_TIME none */
  gboolean           wanted;          /* else only looked at for those behind it */
} Step;

typedef struct
{
  Sensor    *sensor;                  /* not owned */
  gint64     period_ns;
  GArray    *steps;                   /* Step */
  guint      n_wanted;

  /* filled by the worker */
  GArray    *rows;                    /* QuarryMeasured */
  GPtrArray *issues;                  /* QuarryIssue, owned */
  guint      n_measured;
} Chunk;

typedef struct
{
  QuarryCatalog   *catalog;
  QuarryOperation *operation;
  const QuarryHealthOptions *options;
  guint8          *frames;            /* bits by frame id; NULL: all */
  gsize            n_frames;          /* bits */
  GThreadPool     *workers;
  GAsyncQueue     *results;           /* Chunk */
  GPtrArray       *sensors;           /* Sensor */
  GPtrArray       *complete;          /* Sensor: judge after the next batch */
  guint            at_work, most_at_work;
  GArray          *rows;              /* QuarryMeasured: the batch */
  gint64           batch_start;
  guint64          done, total;       /* media */
  gint64           n_measured;
  guint            n_issues;
} Run;

static void
free_issue (gpointer data)
{
  QuarryIssue *issue = data;

  g_free (issue->path);
  g_free (issue->message);
  g_free (issue);
}

static void
free_chunk (Chunk *chunk)
{
  g_array_unref (chunk->steps);
  g_array_unref (chunk->rows);
  g_ptr_array_unref (chunk->issues);
  g_free (chunk);
}

/* --- workers --- */

/* What is kept of the media before */
typedef struct
{
  QuarryLuma *lumas[QUARRY_HEALTH_WINDOW];    /* the nearest first */
  guint       n_lumas;
  guint64     cloud_hash;                     /* 0 none */
} Past;

static void
push_luma (Past *past, QuarryLuma *take_luma)
{
  if (past->n_lumas == QUARRY_HEALTH_WINDOW)
    quarry_luma_free (past->lumas[--past->n_lumas]);
  memmove (past->lumas + 1, past->lumas, past->n_lumas * sizeof (QuarryLuma *));
  past->lumas[0] = take_luma;
  past->n_lumas++;
}

static void
clear_past (Past *past)
{
  for (guint i = 0; i < past->n_lumas; i++)
    quarry_luma_free (past->lumas[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Past, clear_past)

static gboolean
measure_image (Run *run, const QuarryMedia *media, Past *past, QuarryHealth *health, GError **error)
{
  GCancellable *cancellable = quarry_operation_get_cancellable (run->operation);
  g_autoptr(QuarryImage) image =
      quarry_media_load_image (quarry_catalog_get_storage (run->catalog), media,
                               quarry_luma_at_least (media->width, media->height), cancellable, error);
  QuarryLuma *luma = image != NULL ? quarry_luma_new (image) : NULL;

  if (luma == NULL)
    return FALSE;
  quarry_health_image (luma, (const QuarryLuma * const *) past->lumas, past->n_lumas, health);
  push_luma (past, luma);
  return TRUE;
}

static gboolean
measure_cloud (Run *run, const Chunk *chunk, const QuarryMedia *media, Past *past, QuarryHealth *health, GError **error)
{
  GCancellable *cancellable = quarry_operation_get_cancellable (run->operation);
  g_autoptr(QuarryCloud) cloud =
      quarry_media_load_cloud (quarry_catalog_get_storage (run->catalog), NULL, chunk->sensor->scene, media, cancellable, error);
  guint64 hash = 0;

  if (cloud == NULL)
    return FALSE;
  hash = quarry_health_hash_cloud (cloud);
  quarry_health_cloud (cloud, hash, past->cloud_hash, health);
  past->cloud_hash = hash;
  return TRUE;
}

/* Decoders begin with the file's name, which the issue has already */
static void
add_issue (Chunk *chunk, const char *path, const char *message)
{
  QuarryIssue *issue = g_new0 (QuarryIssue, 1);
  const gsize n = strlen (path);

  if (g_str_has_prefix (message, path) && g_str_has_prefix (message + n, ": "))
    message += n + 2;

  issue->level = QUARRY_ISSUE_SKIPPED;
  issue->path = g_strdup (path);
  issue->message = g_strdup (message);
  g_ptr_array_add (chunk->issues, issue);
}

/* What cannot be decoded is a finding; what cannot be reached, or is of a kind that is not read, stays unmeasured.
 * Returns: FALSE where nothing is to be stored of it */
static gboolean
tell_failure (Chunk *chunk, const Step *step, const QuarryMedia *media, const GError *error, QuarryHealth *health)
{
  if (step->wanted)
    add_issue (chunk, media->uri, error->message);
  if (error->domain != QUARRY_MEDIA_ERROR || error->code == QUARRY_MEDIA_ERROR_UNSUPPORTED)
    return FALSE;
  quarry_health_set (health, QUARRY_MEASURE_UNREADABLE, 1);
  return TRUE;
}

static void
measure_step (Run *run, Chunk *chunk, const Step *step, Past *past)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryMedia) media = quarry_catalog_get_media (run->catalog, step->item.media, &error);
  QuarryHealth health = { 0 };
  gboolean ok = TRUE;

  if (media == NULL)
    return;                    /* deleted meanwhile */
  if (chunk->sensor->kind == QUARRY_SENSOR_CAMERA)
    ok = measure_image (run, media, past, &health, &error);
  else if (chunk->sensor->kind == QUARRY_SENSOR_LIDAR)
    ok = measure_cloud (run, chunk, media, past, &health, &error);
  if (ok && chunk->sensor->kind != QUARRY_SENSOR_RADAR)
    quarry_health_set (&health, QUARRY_MEASURE_UNREADABLE, 0);
  if (!ok && !tell_failure (chunk, step, media, error, &health))
    return;
  quarry_health_time (step->item.stamp_ns, step->before_ns, step->item.frame_ns, chunk->period_ns, &health);
  if (!step->wanted || health.has == 0)
    return;
  chunk->n_measured++;
  for (guint id = 0; id < QUARRY_N_MEASURES; id++)
    if (quarry_health_has (&health, id))
      {
        const QuarryMeasured row = { step->item.media, step->item.frame, id, health.values[id] };

        g_array_append_val (chunk->rows, row);
      }
}

/* Worker: sees the chunk and what of @run does not change */
static void
measure_chunk (gpointer data, gpointer user_data)
{
  Run *run = user_data;
  Chunk *chunk = data;
  g_auto(Past) past = { 0 };

  if (run->options->background)
    setpriority (PRIO_PROCESS, (id_t) syscall (SYS_gettid), BACKGROUND_NICE);      /* of this thread only */
  for (guint i = 0; i < chunk->steps->len && !quarry_operation_is_cancelled (run->operation, NULL); i++)
    measure_step (run, chunk, &g_array_index (chunk->steps, Step, i), &past);
  g_async_queue_push (run->results, chunk);
}

/* --- batches --- */

static gboolean
judge (Run *run, QuarryId sensor, GError **error)
{
  for (guint id = 0; id < QUARRY_N_MEASURES; id++)
    {
      g_autoptr(GArray) values = quarry_catalog_list_sensor_values (run->catalog, sensor, id, error);
      QuarryNormal normal;

      if (values == NULL)
        return FALSE;
      if (quarry_health_find_normal (id, values, &normal) && !quarry_catalog_store_normal (run->catalog, sensor, &normal, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
flush (Run *run, GError **error)
{
  if (!quarry_catalog_store_measures (run->catalog, run->rows, error))
    return FALSE;
  g_array_set_size (run->rows, 0);
  run->batch_start = g_get_monotonic_time ();
  for (guint i = 0; i < run->complete->len; i++)
    if (!judge (run, ((Sensor *) run->complete->pdata[i])->id, error))
      return FALSE;
  g_ptr_array_set_size (run->complete, 0);
  return TRUE;
}

static void
report_issues (Run *run, const Chunk *chunk)
{
  QuarryReport *report = quarry_operation_get_report (run->operation);

  for (guint i = 0; i < chunk->issues->len; i++, run->n_issues++)
    {
      const QuarryIssue *issue = chunk->issues->pdata[i];

      if (run->n_issues < MOST_ISSUES)
        quarry_report_add (report, issue->level, issue->path, NULL, "%s", issue->message);
    }
}

static void
take_result (Run *run, Chunk *chunk)
{
  Sensor *sensor = chunk->sensor;

  g_array_append_vals (run->rows, chunk->rows->data, chunk->rows->len);
  report_issues (run, chunk);
  run->done += chunk->n_wanted;
  run->n_measured += chunk->n_measured;
  run->at_work--;
  sensor->n_chunks--;
  if (sensor->all_sent && sensor->n_chunks == 0)
    g_ptr_array_add (run->complete, sensor);
  free_chunk (chunk);
  quarry_operation_set_progress (run->operation, run->done, run->total, NULL);
}

/* Takes results until at most @most chunks are at work */
static gboolean
wait_for_workers (Run *run, guint most, GError **error)
{
  while (run->at_work > most)
    {
      take_result (run, g_async_queue_pop (run->results));
      if (run->rows->len >= BATCH_ROWS || g_get_monotonic_time () - run->batch_start > BATCH_US)
        if (!flush (run, error))
          return FALSE;
    }
  return TRUE;
}

/* --- from sensors to chunks --- */

static gboolean
is_wanted (const Run *run, const QuarryTimelineItem *item)
{
  if (item->measured && !run->options->again)
    return FALSE;
  return run->frames == NULL ||
         ((gsize) item->frame < run->n_frames && (run->frames[item->frame / 8] >> (item->frame % 8) & 1) != 0);
}

/* The steps of the items from @from up to @to: those that are wanted, and before each as many as it looks back at */
static Chunk *
make_chunk (Run *run, Sensor *sensor, const GArray *timeline, gint64 period_ns, guint from, guint to)
{
  const guint back = sensor->kind == QUARRY_SENSOR_CAMERA ? QUARRY_HEALTH_WINDOW : sensor->kind == QUARRY_SENSOR_LIDAR ? 1 : 0;
  const guint start = from > back ? from - back : 0;
  g_autofree gboolean *needed = g_new0 (gboolean, to - start);
  Chunk *chunk = g_new0 (Chunk, 1);

  *chunk = (Chunk) {
    .sensor = sensor,
    .period_ns = period_ns,
    .steps = g_array_new (FALSE, FALSE, sizeof (Step)),
    .rows = g_array_new (FALSE, FALSE, sizeof (QuarryMeasured)),
    .issues = g_ptr_array_new_with_free_func (free_issue),
  };
  for (guint i = from; i < to; i++)
    if (is_wanted (run, &g_array_index (timeline, QuarryTimelineItem, i)))
      for (guint k = i > start + back ? i - back : start; k <= i; k++)
        needed[k - start] = TRUE;
  for (guint i = start; i < to; i++)
    {
      const QuarryTimelineItem *item = &g_array_index (timeline, QuarryTimelineItem, i);
      const Step step = {
        *item,
        i > 0 ? g_array_index (timeline, QuarryTimelineItem, i - 1).stamp_ns : QUARRY_NO_TIME,
        i >= from && is_wanted (run, item),
      };

      if (needed[i - start])
        g_array_append_val (chunk->steps, step);
      chunk->n_wanted += step.wanted;
    }
  return chunk;
}

static gint64
find_period (const GArray *timeline)
{
  g_autofree gint64 *stamps = g_new (gint64, MAX (timeline->len, 1));

  for (guint i = 0; i < timeline->len; i++)
    stamps[i] = g_array_index (timeline, QuarryTimelineItem, i).stamp_ns;
  return quarry_health_find_period (stamps, timeline->len);
}

static gboolean
send_sensor (Run *run, Sensor *sensor, GError **error)
{
  g_autoptr(GArray) timeline = quarry_catalog_list_timeline (run->catalog, sensor->id, error);
  const gint64 period_ns = timeline != NULL ? find_period (timeline) : 0;

  if (timeline == NULL)
    return FALSE;
  for (guint from = 0; from < timeline->len; from += CHUNK)
    {
      Chunk *chunk = make_chunk (run, sensor, timeline, period_ns, from, MIN (from + CHUNK, timeline->len));

      if (chunk->n_wanted == 0)
        {
          free_chunk (chunk);
          continue;
        }
      run->at_work++;
      sensor->n_chunks++;
      g_thread_pool_push (run->workers, chunk, NULL);
      if (!wait_for_workers (run, run->most_at_work, error) || quarry_operation_is_cancelled (run->operation, error))
        return FALSE;
    }
  sensor->all_sent = TRUE;
  if (sensor->n_chunks == 0)
    g_ptr_array_add (run->complete, sensor);
  return TRUE;
}

/* Only sensors that have something to measure are kept */
static gboolean
find_sensors (Run *run, GError **error)
{
  g_autoptr(GPtrArray) all = quarry_catalog_list_sensors (run->catalog, 0, error);

  for (guint i = 0; all != NULL && i < all->len; i++)
    {
      const QuarrySensor *row = all->pdata[i];
      g_autoptr(GArray) timeline = quarry_catalog_list_timeline (run->catalog, row->id, error);
      guint64 n = 0;

      if (timeline == NULL || quarry_operation_is_cancelled (run->operation, error))
        return FALSE;
      for (guint k = 0; k < timeline->len; k++)
        n += is_wanted (run, &g_array_index (timeline, QuarryTimelineItem, k));
      if (n > 0)
        {
          Sensor *sensor = g_new0 (Sensor, 1);

          *sensor = (Sensor) { row->id, row->scene, row->kind, 0, FALSE };
          g_ptr_array_add (run->sensors, sensor);
          run->total += n;
        }
    }
  return all != NULL;
}

static gboolean
find_frames (Run *run, QuarryQuery *query, GError **error)
{
  g_autoptr(GArray) ids = NULL;
  QuarryId last = 0;

  if (query == NULL || *quarry_query_get_text (query) == '\0')
    return TRUE;
  ids = quarry_catalog_query (run->catalog, query, quarry_operation_get_cancellable (run->operation), error);
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    last = MAX (last, g_array_index (ids, QuarryId, i));
  run->n_frames = (gsize) last + 1;
  run->frames = g_new0 (guint8, run->n_frames / 8 + 1);
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      const QuarryId id = g_array_index (ids, QuarryId, i);

      run->frames[id / 8] |= (guint8) (1 << (id % 8));
    }
  return ids != NULL;
}

static gboolean
measure_all (Run *run, GError **error)
{
  g_autoptr(GArray) unjudged = NULL;

  for (guint i = 0; i < run->sensors->len; i++)
    if (!send_sensor (run, run->sensors->pdata[i], error))
      return FALSE;
  if (!wait_for_workers (run, 0, error) || quarry_operation_is_cancelled (run->operation, error) || !flush (run, error))
    return FALSE;
  unjudged = quarry_catalog_list_unjudged (run->catalog, error);      /* of a run that was cut off */
  for (guint i = 0; unjudged != NULL && i < unjudged->len; i++)
    if (!judge (run, g_array_index (unjudged, QuarryId, i), error))
      return FALSE;
  return unjudged != NULL;
}

/* What came back before the end is kept, also where it was cancelled or failed */
static void
finish (Run *run, gboolean ok)
{
  QuarryReport *report = quarry_operation_get_report (run->operation);

  g_thread_pool_free (run->workers, FALSE, TRUE);
  while (run->at_work > 0)
    take_result (run, g_async_queue_pop (run->results));
  if (!ok)
    quarry_catalog_store_measures (run->catalog, run->rows, NULL);
  if (run->n_issues > MOST_ISSUES)
    quarry_report_add (report, QUARRY_ISSUE_SKIPPED, quarry_catalog_get_path (run->catalog), NULL,
                       "%u more media could not be measured", run->n_issues - MOST_ISSUES);
  quarry_report_count (report, "measured", run->n_measured);
  g_async_queue_unref (run->results);
  g_ptr_array_unref (run->complete);
  g_ptr_array_unref (run->sensors);
  g_array_unref (run->rows);
  g_free (run->frames);
}

/**
 * quarry_health_run:
 * @query: (nullable): only media of its frames
 *
 * Measures media that were not measured yet (or all, again), finds what is normal for each sensor in its scene, and marks what is odd.
 * Blocks; call from a worker. Where it is cut off, the next run goes on. What cannot be read is in the operation's report.
 */
gboolean
quarry_health_run (QuarryCatalog *catalog,
                   QuarryQuery *query,
                   const QuarryHealthOptions *options,
                   QuarryOperation *operation,
                   GError **error)
{
  const guint processors = g_get_num_processors ();
  const guint n_workers = options->background ? MAX (1, processors / 2) : processors;
  Run run = { .catalog = catalog, .operation = operation, .options = options, .most_at_work = 2 * n_workers };
  gboolean ok = FALSE;

  g_return_val_if_fail (QUARRY_IS_CATALOG (catalog) && QUARRY_IS_OPERATION (operation), FALSE);
  run.workers = g_thread_pool_new (measure_chunk, &run, (int) n_workers, TRUE, error);
  if (run.workers == NULL)
    return FALSE;
  run.results = g_async_queue_new ();
  run.sensors = g_ptr_array_new_with_free_func (g_free);
  run.complete = g_ptr_array_new ();
  run.rows = g_array_new (FALSE, FALSE, sizeof (QuarryMeasured));
  run.batch_start = g_get_monotonic_time ();
  ok = find_frames (&run, query, error) && find_sensors (&run, error) && measure_all (&run, error);
  finish (&run, ok);
  return ok;
}
