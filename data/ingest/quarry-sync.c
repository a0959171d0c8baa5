/* quarry-sync.c: streams of stamped media into frames
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each stream is put into the order of its stamps and walked once beside the frames.
 */

#include "config.h"
#include "quarry-sync.h"

#include <math.h>
#include <string.h>

/* Of a leader with one item, whose period is unknown */
#define LONE_TOLERANCE_NS (QUARRY_NS_PER_S / 20)
/* Of a leader that is seldom: what was longer ago is another view */
#define MAX_DEFAULT_TOLERANCE_NS QUARRY_NS_PER_S

typedef struct
{
  gint64 stamp_ns;
  gint32 index;
} Item;

/* Returns: (transfer full): no stamps yet */
QuarrySyncStream *
quarry_sync_stream_new (const char *name, QuarrySensorKind kind)
{
  QuarrySyncStream *self = g_new0 (QuarrySyncStream, 1);

  self->name = g_strdup (name);
  self->kind = kind;
  self->stamps = g_array_new (FALSE, FALSE, sizeof (gint64));
  return self;
}

void
quarry_sync_stream_free (QuarrySyncStream *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_array_unref (self->stamps);
  g_free (self);
}

void
quarry_sync_result_free (QuarrySyncResult *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->frames);
  g_free (self);
}

/* Stamps come from files and may be anything. Returns: late − early for early ≤ late, at most G_MAXINT64 */
static gint64
distance (gint64 early, gint64 late)
{
  gint64 difference = 0;

  return __builtin_sub_overflow (late, early, &difference) ? G_MAXINT64 : difference;
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const Item *x = a;
  const Item *y = b;

  if (x->stamp_ns != y->stamp_ns)
    return x->stamp_ns < y->stamp_ns ? -1 : 1;
  return (x->index > y->index) - (x->index < y->index);
}

/* Counts what is late and repeated. Returns: (transfer full): Item by stamp; of equal stamps the first recorded */
static GArray *
order_stream (QuarrySyncStream *stream)
{
  GArray *items = g_array_sized_new (FALSE, FALSE, sizeof (Item), stream->stamps->len);
  gboolean sorted = TRUE;
  guint kept = 0;

  stream->n_matched = stream->n_unmatched = stream->n_stale = stream->n_late = stream->n_repeated = 0;
  stream->offset_mean_ns = stream->offset_max_ns = 0;
  for (guint i = 0; i < stream->stamps->len; i++)
    {
      const Item item = { g_array_index (stream->stamps, gint64, i), (gint32) i };

      if (i > 0 && item.stamp_ns < g_array_index (stream->stamps, gint64, i - 1))
        {
          stream->n_late++;
          sorted = FALSE;
        }
      g_array_append_val (items, item);
    }
  if (!sorted)
    g_array_sort (items, compare_items);
  for (guint i = 0; i < items->len; i++)
    {
      const Item item = g_array_index (items, Item, i);

      if (kept > 0 && g_array_index (items, Item, kept - 1).stamp_ns == item.stamp_ns)
        stream->n_repeated++;
      else
        g_array_index (items, Item, kept++) = item;
    }
  g_array_set_size (items, kept);
  return items;
}

static int
compare_gint64 (gconstpointer a, gconstpointer b)
{
  const gint64 x = *(const gint64 *) a;
  const gint64 y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

/* Returns: the median of the steps between stamps: gaps and bursts do not move it; 0 of fewer than two */
static gint64
find_period (const GArray *items)
{
  g_autoptr(GArray) steps = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 1; i < items->len; i++)
    {
      const gint64 step =
        distance (g_array_index (items, Item, i - 1).stamp_ns, g_array_index (items, Item, i).stamp_ns);

      g_array_append_val (steps, step);
    }
  if (steps->len == 0)
    return 0;
  g_array_sort (steps, compare_gint64);
  return g_array_index (steps, gint64, steps->len / 2);
}

static int
find_first (GPtrArray *streams, QuarrySensorKind kind)
{
  for (guint i = 0; i < streams->len; i++)
    {
      const QuarrySyncStream *stream = streams->pdata[i];

      if (stream->kind == kind && stream->stamps->len > 0)
        return (int) i;
    }
  return -1;
}

static int
find_named (GPtrArray *streams, const char *name)
{
  for (guint i = 0; name != NULL && i < streams->len; i++)
    if (g_str_equal (((const QuarrySyncStream *) streams->pdata[i])->name, name))
      return (int) i;
  return -1;
}

static void
set_missing (GError **error, GPtrArray *streams, const char *what)
{
  g_autoptr(GString) names = g_string_new (NULL);

  for (guint i = 0; i < streams->len; i++)
    g_string_append_printf (names, "%s'%s'", i > 0 ? ", " : "", ((const QuarrySyncStream *) streams->pdata[i])->name);
  g_set_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_FAILED, "cannot synchronize by %s: there is none; the sensors are %s",
               what, names->len > 0 ? names->str : "none");
}

/* What the policy means here. Returns: FALSE with @error where the sensor that shall lead is not there */
static gboolean
choose_leader (QuarrySyncResult *result, GPtrArray *streams, const QuarryIngestOptions *options, GError **error)
{
  g_autofree char *what = NULL;

  result->by = options->sync;
  result->leader = -1;
  switch (options->sync)
    {
    case QUARRY_SYNC_DEFAULT:
      result->by = QUARRY_SYNC_LIDAR;
      result->leader = find_first (streams, QUARRY_SENSOR_LIDAR);
      if (result->leader >= 0)
        return TRUE;
      result->leader = find_first (streams, QUARRY_SENSOR_CAMERA);
      if (result->leader < 0)
        result->leader = find_first (streams, QUARRY_SENSOR_RADAR);
      result->by = result->leader >= 0 ? QUARRY_SYNC_SENSOR : QUARRY_SYNC_NONE;
      return TRUE;
    case QUARRY_SYNC_LIDAR:
      result->leader = find_first (streams, QUARRY_SENSOR_LIDAR);
      what = g_strdup ("a lidar");
      break;
    case QUARRY_SYNC_SENSOR:
      result->leader = find_named (streams, options->sync_sensor);
      what = g_strdup_printf ("'%s'", options->sync_sensor != NULL ? options->sync_sensor : "");
      break;
    case QUARRY_SYNC_NONE:
    default:
      result->by = QUARRY_SYNC_NONE;
      return TRUE;
    }
  if (result->leader < 0)
    set_missing (error, streams, what);
  return result->leader >= 0;
}

/* One block with its items. Returns: (transfer full): without any */
static QuarrySyncFrame *
new_frame (gint64 stamp_ns, guint n_streams)
{
  QuarrySyncFrame *frame = g_malloc (sizeof *frame + n_streams * sizeof (gint32));

  frame->stamp_ns = stamp_ns;
  frame->items = (gint32 *) (gpointer) (frame + 1);
  for (guint i = 0; i < n_streams; i++)
    frame->items[i] = -1;
  return frame;
}

/* The item for a frame: the nearest (of two equally near the earlier), or the newest not after it. @cursor walks with the
 * frames. Returns: FALSE: there is none */
static gboolean
pick (const GArray *items, gint64 stamp_ns, gboolean latest_before, guint *cursor, guint *out_pick)
{
  const Item *list = (const Item *) (gpointer) items->data;

  while (*cursor < items->len && list[*cursor].stamp_ns <= stamp_ns)
    (*cursor)++;
  *out_pick = *cursor > 0 ? *cursor - 1 : 0;
  if (latest_before)
    return *cursor > 0;
  if (*cursor > 0 && *cursor < items->len &&
      distance (stamp_ns, list[*cursor].stamp_ns) < distance (list[*cursor - 1].stamp_ns, stamp_ns))
    *out_pick = *cursor;
  return items->len > 0;
}

/* Whether a frame is near enough for @stamp_ns to be in it. @cursor walks with the stamps */
static gboolean
is_near (const GPtrArray *frames, gint64 stamp_ns, gint64 tolerance_ns, gboolean latest_before, guint *cursor)
{
  const QuarrySyncFrame *after = NULL;
  const QuarrySyncFrame *before = NULL;

  while (*cursor < frames->len && ((const QuarrySyncFrame *) frames->pdata[*cursor])->stamp_ns < stamp_ns)
    (*cursor)++;
  after = *cursor < frames->len ? frames->pdata[*cursor] : NULL;
  before = *cursor > 0 ? frames->pdata[*cursor - 1] : NULL;
  return (after != NULL && distance (stamp_ns, after->stamp_ns) <= tolerance_ns) ||
         (!latest_before && before != NULL && distance (before->stamp_ns, stamp_ns) <= tolerance_ns);
}

static void
match_stream (QuarrySyncResult *result, QuarrySyncStream *stream, const GArray *items, guint column)
{
  g_autofree guint8 *used = g_new0 (guint8, MAX (items->len, 1));
  long double sum = 0;
  gint64 n = 0;
  guint cursor = 0;

  for (guint i = 0; i < result->frames->len; i++)
    {
      QuarrySyncFrame *frame = result->frames->pdata[i];
      const Item *item = NULL;
      gint64 offset = 0;
      guint at = 0;

      if (!pick (items, frame->stamp_ns, result->latest_before, &cursor, &at))
        continue;
      item = &g_array_index (items, Item, at);
      offset = item->stamp_ns >= frame->stamp_ns ? distance (frame->stamp_ns, item->stamp_ns)
                                                 : -distance (item->stamp_ns, frame->stamp_ns);
      if (ABS (offset) > result->tolerance_ns)
        continue;
      frame->items[column] = item->index;
      used[at] = 1;
      sum += offset;
      n++;
      if (ABS (offset) > ABS (stream->offset_max_ns))
        stream->offset_max_ns = offset;
    }
  stream->offset_mean_ns = n > 0 ? (gint64) llroundl (sum / n) : 0;
  cursor = 0;
  for (guint i = 0; i < items->len; i++)
    if (used[i])
      stream->n_matched++;
    else if (is_near (result->frames, g_array_index (items, Item, i).stamp_ns, result->tolerance_ns,
                      result->latest_before, &cursor))
      stream->n_unmatched++;
    else
      stream->n_stale++;
}

static int
compare_frames (gconstpointer a, gconstpointer b)
{
  const QuarrySyncFrame *x = *(const QuarrySyncFrame * const *) a;
  const QuarrySyncFrame *y = *(const QuarrySyncFrame * const *) b;

  return (x->stamp_ns > y->stamp_ns) - (x->stamp_ns < y->stamp_ns);
}

/* A frame for each item of each stream */
static void
list_all (QuarrySyncResult *result, GPtrArray *streams, GPtrArray *ordered)
{
  for (guint column = 0; column < streams->len; column++)
    {
      QuarrySyncStream *stream = streams->pdata[column];
      const GArray *items = ordered->pdata[column];

      for (guint i = 0; i < items->len; i++)
        {
          const Item *item = &g_array_index (items, Item, i);
          QuarrySyncFrame *frame = new_frame (item->stamp_ns, streams->len);

          frame->items[column] = item->index;
          g_ptr_array_add (result->frames, frame);
        }
      stream->n_matched = items->len;
    }
  g_ptr_array_sort (result->frames, compare_frames);      /* a merge sort: equal stamps keep the order of the streams */
}

static void
match_all (QuarrySyncResult *result, GPtrArray *streams, GPtrArray *ordered)
{
  const GArray *leading = ordered->pdata[result->leader];

  if (result->tolerance_ns <= 0)
    {
      const gint64 period = find_period (leading);

      result->tolerance_ns = period == 0 ? LONE_TOLERANCE_NS : MIN (result->latest_before ? period : period / 2, MAX_DEFAULT_TOLERANCE_NS);
    }
  for (guint i = 0; i < leading->len; i++)
    g_ptr_array_add (result->frames, new_frame (g_array_index (leading, Item, i).stamp_ns, streams->len));
  for (guint i = 0; i < streams->len; i++)
    match_stream (result, streams->pdata[i], ordered->pdata[i], i);
}

static void
free_items (gpointer data)
{
  g_array_unref (data);
}

/**
 * quarry_sync_run:
 *
 * With latest-before, an item is stale where no frame at or after it lies within the tolerance.
 *
 * Returns: (transfer full) (nullable)
 */
QuarrySyncResult *
quarry_sync_run (GPtrArray *streams, const QuarryIngestOptions *options, GError **error)
{
  g_autoptr(QuarrySyncResult) result = g_new0 (QuarrySyncResult, 1);
  g_autoptr(GPtrArray) ordered = g_ptr_array_new_with_free_func (free_items);

  result->frames = g_ptr_array_new_with_free_func (g_free);
  result->latest_before = options->latest_before;
  result->tolerance_ns = MAX (options->tolerance_ns, 0);
  if (!choose_leader (result, streams, options, error))
    return NULL;
  for (guint i = 0; i < streams->len; i++)
    g_ptr_array_add (ordered, order_stream (streams->pdata[i]));
  if (result->leader < 0)
    list_all (result, streams, ordered);
  else
    match_all (result, streams, ordered);
  return g_steal_pointer (&result);
}
