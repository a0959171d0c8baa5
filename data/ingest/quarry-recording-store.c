/* quarry-recording-store.c: a recording into the catalog: scene, sensors, poses, synchronized frames, topics
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-recording-store.h"
#include "quarry-recording-copy.h"

#include <string.h>

#define MAX_NAMED 6
/* Frames between two words of progress */
#define STEP 256

typedef struct
{
  QuarryRecording  *recording;
  QuarryIngest     *ingest;
  QuarryId          scene;
  QuarryId         *sensors;          /* by column */
  gint64           *n_held;           /* media whose transform is of another time, by column */
  gint64           *n_uncalibrated;   /* pictures whose calibration does not fit */
  GPtrArray        *streams;          /* QuarrySyncStream, by column */
  QuarrySyncResult *sync;
  char             *folder;           /* of copies; nullable */
  gint64            n_known;          /* frames that were there */
} Store;

static void
free_stream (gpointer data)
{
  quarry_sync_stream_free (data);
}

static void
free_row (gpointer data)
{
  quarry_stream_free (data);
}

static GPtrArray *
make_streams (QuarryRecording *recording)
{
  GPtrArray *streams = g_ptr_array_new_with_free_func (free_stream);

  for (guint i = 0; i < recording->sensors->len; i++)
    {
      const QuarryRecordingTopic *sensor = recording->sensors->pdata[i];
      QuarrySyncStream *stream = quarry_sync_stream_new (sensor->sensor, sensor->sensor_kind);

      for (guint k = 0; k < sensor->items->len; k++)
        g_array_append_val (stream->stamps, g_array_index (sensor->items, QuarryRecordingItem, k).stamp_ns);
      g_ptr_array_add (streams, stream);
    }
  return streams;
}

/* --- frames --- */

static QuarryMedia *
make_media (Store *store, guint column, const QuarryRecordingItem *item, GError **error)
{
  const QuarryRecordingTopic *sensor = store->recording->sensors->pdata[column];
  const QuarryRecordingShape *shape = &g_array_index (store->recording->shapes, QuarryRecordingShape, item->shape);
  gboolean held = FALSE;
  const QuarryCalibration calibration = quarry_recording_get_calibration (store->recording, sensor, item, &held);
  const QuarryId id = quarry_ingest_calibration (store->ingest, store->sensors[column], &calibration, error);
  QuarryMedia *media = NULL;

  if (id == 0)
    return NULL;
  store->n_held[column] += held;
  store->n_uncalibrated[column] += sensor->calibration >= 0 && !calibration.has_camera;
  media = g_new0 (QuarryMedia, 1);
  media->sensor = store->sensors[column];
  media->calibration_id = id;
  media->kind = sensor->sensor_kind;
  media->uri = quarry_recording_dup_uri (item);
  media->offset = item->offset;
  media->length = item->length;
  media->format = quarry_recording_dup_format (store->recording, item);
  media->stamp_ns = item->stamp_ns;
  media->width = shape->width;
  media->height = shape->height;
  media->n_points = MAX (item->n_points, 0);
  return media;
}

/* Returns: FALSE with @error: cancelled, or the place to write to is full; one broken media is told and left out */
static gboolean
copy_media (Store *store, QuarryMedia *media, guint column, gboolean *out_keep, GError **error)
{
  const QuarryRecordingTopic *sensor = store->recording->sensors->pdata[column];
  g_autofree char *place = g_strdup_printf ("%s at %" G_GINT64_FORMAT, sensor->name, media->stamp_ns);
  g_autoptr(GError) failure = NULL;

  *out_keep = quarry_recording_copy_media (quarry_ingest_get_storage (store->ingest), media, store->folder, sensor->sensor,
                                           quarry_operation_get_cancellable (quarry_ingest_get_operation (store->ingest)), &failure);
  if (*out_keep)
    return TRUE;
  if (failure->domain == G_IO_ERROR || failure->domain == G_FILE_ERROR)
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&failure), "cannot copy media: ");
      return FALSE;
    }
  quarry_ingest_skip (store->ingest, store->recording->path, place, "%s", failure->message);
  return TRUE;
}

static char *
make_key (Store *store, const QuarrySyncFrame *frame)
{
  if (store->sync->leader >= 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT, frame->stamp_ns);
  for (guint i = 0; i < store->streams->len; i++)
    if (frame->items[i] >= 0)
      return g_strdup_printf ("%" G_GINT64_FORMAT " %s", frame->stamp_ns, ((QuarrySyncStream *) store->streams->pdata[i])->name);
  g_assert_not_reached ();
}

static gboolean
store_frame (Store *store, const QuarrySyncFrame *frame, GError **error)
{
  g_autofree char *key = make_key (store, frame);
  QuarryFrameDraft *draft = quarry_frame_draft_new (store->scene, key, frame->stamp_ns);
  gboolean known = FALSE;
  guint n = 0;

  for (guint i = 0; i < store->streams->len; i++)
    n += frame->items[i] >= 0;
  known = quarry_ingest_is_known (store->ingest, store->scene, key, n);
  store->n_known += known;
  for (guint i = 0; i < store->streams->len; i++)
    {
      const QuarryRecordingTopic *sensor = store->recording->sensors->pdata[i];
      QuarryMedia *media = NULL;
      gboolean keep = TRUE;

      if (frame->items[i] < 0)
        continue;
      media = known ? quarry_ingest_known_media (store->ingest, store->sensors[i], store->recording->path)
                    : make_media (store, i, &g_array_index (sensor->items, QuarryRecordingItem, frame->items[i]), error);
      if (media == NULL || (store->folder != NULL && !known && !copy_media (store, media, i, &keep, error)))
        {
          g_clear_pointer (&media, quarry_media_free);
          quarry_frame_draft_free (draft);
          return FALSE;
        }
      if (keep)
        g_ptr_array_add (draft->media, media);
      else
        quarry_media_free (media);
    }
  return quarry_ingest_frame (store->ingest, draft, error);
}

static gboolean
store_frames (Store *store, GError **error)
{
  for (guint i = 0; i < store->sync->frames->len; i++)
    {
      if (i % STEP == 0)
        quarry_ingest_progress (store->ingest, i, store->sync->frames->len, store->recording->name);
      if (!store_frame (store, store->sync->frames->pdata[i], error))
        return FALSE;
    }
  return TRUE;
}

/* --- sensors, poses, topics --- */

static gboolean
store_sensors (Store *store, GError **error)
{
  for (guint i = 0; i < store->recording->sensors->len; i++)
    {
      const QuarryRecordingTopic *sensor = store->recording->sensors->pdata[i];

      store->sensors[i] = quarry_ingest_sensor (store->ingest, store->scene, sensor->sensor, sensor->sensor_kind, error);
      if (store->sensors[i] == 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
store_poses (Store *store, GError **error)
{
  g_autoptr(GArray) poses = quarry_recording_get_poses (store->recording);

  if (poses->len == 0)
    quarry_ingest_note (store->ingest, store->recording->path, NULL, "no poses of the machine: clouds are laid over pictures without its motion");
  return poses->len == 0 || quarry_ingest_poses (store->ingest, store->scene, poses, error);
}

static void
fill_sync (const QuarrySyncStream *stream, QuarryStream *row)
{
  row->n_matched = stream->n_matched;
  row->n_unmatched = stream->n_unmatched;
  row->n_stale = stream->n_stale;
  row->n_late = stream->n_late;
  row->n_repeated = stream->n_repeated;
  if (stream->n_matched == 0)
    return;
  row->offset_mean_ns = stream->offset_mean_ns;
  row->offset_max_ns = stream->offset_max_ns;
}

static gboolean
store_topics (Store *store, GError **error)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);

  for (guint i = 0; i < store->recording->topics->len; i++)
    {
      const QuarryRecordingTopic *topic = store->recording->topics->pdata[i];
      QuarryStream *row = g_new0 (QuarryStream, 1);
      guint column = 0;

      row->name = g_strdup (topic->name);
      row->type = g_strdup (topic->type);
      row->encoding = g_strdup (topic->encoding);
      row->fields = g_strdupv (topic->fields);
      row->n_messages = topic->n_messages;
      row->start_ns = topic->start_ns;
      row->end_ns = topic->end_ns;
      row->offset_mean_ns = row->offset_max_ns = QUARRY_NO_TIME;
      if (g_ptr_array_find (store->recording->sensors, topic, &column))
        {
          row->sensor = store->sensors[column];
          fill_sync (store->streams->pdata[column], row);
        }
      g_ptr_array_add (rows, row);
    }
  return quarry_ingest_streams (store->ingest, store->scene, rows, error);
}

/* --- what is told --- */

static void
tell_stream (Store *store, guint column)
{
  const QuarryRecordingTopic *sensor = store->recording->sensors->pdata[column];
  const QuarrySyncStream *stream = store->streams->pdata[column];
  QuarryReport *report = store->recording->report;
  const char *path = store->recording->path;
  const double ms = (double) store->sync->tolerance_ns / 1e6;
  const struct { const char *what; gint64 n; } counts[] = {
    { "media unmatched", stream->n_unmatched }, { "media stale", stream->n_stale },
    { "stamps out of order", stream->n_late },  { "stamps repeated", stream->n_repeated },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    if (counts[i].n > 0)
      quarry_report_count (report, counts[i].what, counts[i].n);
  if (stream->n_matched == 0)
    quarry_report_add (report, QUARRY_ISSUE_LOSS, path, sensor->name, "none of %" G_GINT64_FORMAT " is within %g ms of a frame",
                       (gint64) stream->stamps->len, ms);
  else if (stream->n_stale > 0)
    quarry_report_add (report, QUARRY_ISSUE_NOTE, path, sensor->name, "%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                       " are in no frame: farther than %g ms from each", stream->n_stale, (gint64) stream->stamps->len, ms);
  if (stream->n_unmatched > 0)
    quarry_report_add (report, QUARRY_ISSUE_NOTE, path, sensor->name, "%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                       " are in no frame: another was nearer", stream->n_unmatched, (gint64) stream->stamps->len);
  if (stream->n_late > 0)
    quarry_report_add (report, QUARRY_ISSUE_NOTE, path, sensor->name, "%" G_GINT64_FORMAT " are stamped before the one in front of them",
                       stream->n_late);
  if (stream->n_repeated > 0)
    quarry_report_add (report, QUARRY_ISSUE_NOTE, path, sensor->name, "%" G_GINT64_FORMAT
                       " have the stamp of another and are left out", stream->n_repeated);
  if (store->n_held[column] > 0)
    quarry_report_add (report, QUARRY_ISSUE_NOTE, path, sensor->name, "%" G_GINT64_FORMAT
                       " have no transform at their time: the nearest is used", store->n_held[column]);
  if (store->n_uncalibrated[column] > 0)
    quarry_report_add (report, QUARRY_ISSUE_NOTE, path, sensor->name, "%" G_GINT64_FORMAT
                       " are of another shape than their calibration and have none", store->n_uncalibrated[column]);
}

static gboolean
store_all (Store *store, GError **error)
{
  const QuarryRecordingTopic *leader = NULL;
  const char *key = store->recording->key;
  const char *copy_to = quarry_ingest_get_options (store->ingest)->copy_to;

  store->scene = quarry_ingest_scene (store->ingest, key, store->recording->name, error);
  if (store->scene == 0)
    return FALSE;
  if (store->sync->leader >= 0)
    leader = store->recording->sensors->pdata[store->sync->leader];
  if (copy_to != NULL)
    store->folder = quarry_recording_copy_folder (copy_to, quarry_ingest_get_path (store->ingest), key, store->recording->name);
  if (!quarry_ingest_keep_scene_sync (store->ingest, key, leader != NULL ? leader->sensor : NULL, store->sync->latest_before,
                                      store->sync->tolerance_ns, error) ||
      !store_sensors (store, error) || !store_poses (store, error) || !store_frames (store, error) || !store_topics (store, error))
    return FALSE;
  for (guint i = 0; i < store->streams->len; i++)
    tell_stream (store, i);
  if (store->folder != NULL && store->n_known > 0)
    quarry_ingest_note (store->ingest, store->recording->path, NULL, "%" G_GINT64_FORMAT
                        " frames were imported before: their media stay where they are", store->n_known);
  return TRUE;
}

/**
 * quarry_recording_store:
 *
 * Returns: FALSE with @error; QUARRY_INGEST_ERROR where only this recording cannot be made into frames as was asked for
 */
gboolean
quarry_recording_store (QuarryRecording *self, QuarryIngest *ingest, GError **error)
{
  g_autofree char *kept = NULL;
  const QuarryIngestOptions options = quarry_ingest_get_scene_sync (ingest, self->key, &kept);
  Store store = { .recording = self, .ingest = ingest };
  gboolean done;

  store.streams = make_streams (self);
  store.sync = quarry_sync_run (store.streams, &options, error);
  if (store.sync == NULL)
    {
      g_ptr_array_unref (store.streams);
      return FALSE;
    }
  store.sensors = g_new0 (QuarryId, self->sensors->len);
  store.n_held = g_new0 (gint64, self->sensors->len);
  store.n_uncalibrated = g_new0 (gint64, self->sensors->len);
  done = store_all (&store, error);
  g_free (store.sensors);
  g_free (store.n_held);
  g_free (store.n_uncalibrated);
  g_free (store.folder);
  quarry_sync_result_free (store.sync);
  g_ptr_array_unref (store.streams);
  return done;
}

/* Returns: (transfer full): why there is no frame in it */
char *
quarry_recording_describe (QuarryRecording *self)
{
  g_autoptr(GString) text = g_string_new (NULL);
  gint64 n = 0;

  for (guint i = 0; i < self->topics->len; i++)
    n += ((const QuarryRecordingTopic *) self->topics->pdata[i])->n_messages;
  if (n == 0)
    return g_strdup ("it holds no messages");
  g_string_append_printf (text, "none of its %" G_GINT64_FORMAT " messages is a picture or a point cloud that can be read: ", n);
  for (guint i = 0; i < self->topics->len && i < MAX_NAMED; i++)
    {
      const QuarryRecordingTopic *topic = self->topics->pdata[i];

      g_string_append_printf (text, "%s%s (%s)", i > 0 ? ", " : "", topic->name, topic->type);
    }
  if (self->topics->len > MAX_NAMED)
    g_string_append_printf (text, " and %u more topics", self->topics->len - MAX_NAMED);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
