/* quarry-reader-log.c: MCAP files, ROS 1 bags and ROS 2 bags
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   places (files, bags' folders) → logs, those of a split bag one after the other → recording → frames
 *
 * The three readers are one: each reads all logs it finds, so that a folder with logs of several kinds is imported whole; which of them it is
 * says the source's format.
 */

#include "config.h"
#include "quarry-ingest.h"
#include "quarry-recording.h"
#include "quarry-recording-find.h"
#include "quarry-recording-store.h"

#include <string.h>

#define PROBE_DEPTH 4
#define PROBE_ENTRIES 2000
#define HEAD_BYTES 16

extern const QuarryReader quarry_reader_mcap;
extern const QuarryReader quarry_reader_rosbag1;
extern const QuarryReader quarry_reader_rosbag2;

typedef struct
{
  QuarryIngest *ingest;
  GPtrArray    *places;        /* QuarryLogPlace */
  guint         n_recordings;  /* that became frames */
  char         *why;           /* why the last one did not; nullable */
} Reading;

/* --- probing --- */

static QuarryLogKind
find_kind_by_content (const char *path)
{
  static const struct { const char *magic; QuarryLogKind kind; } magics[] = {
    { "\x89MCAP0\r\n", QUARRY_LOG_KIND_MCAP }, { "#ROSBAG V2.0", QUARRY_LOG_KIND_ROSBAG1 },
  };
  g_autoptr(QuarryStorage) storage = quarry_storage_new ();
  g_autoptr(QuarryFile) file = quarry_storage_open (storage, path, NULL, NULL);
  char head[HEAD_BYTES] = { 0 };

  if (file == NULL || !quarry_file_read (file, 0, head, (gsize) MIN (quarry_file_get_size (file), HEAD_BYTES), NULL, NULL))
    return QUARRY_LOG_KIND_NONE;
  for (gsize i = 0; i < G_N_ELEMENTS (magics); i++)
    if (memcmp (head, magics[i].magic, strlen (magics[i].magic)) == 0)
      return magics[i].kind;
  return QUARRY_LOG_KIND_NONE;
}

static QuarryLogKind
find_file_kind (const char *path)
{
  const QuarryLogKind kind = quarry_log_place_find_kind (path);

  return kind != QUARRY_LOG_KIND_NONE ? kind : find_kind_by_content (path);
}

/* The first log that is met, names only. @out_depth: how deep it lies */
static QuarryLogKind
find_folder_kind (const char *folder, int depth, int *budget, int *out_depth)
{
  g_autoptr(GDir) dir = depth < PROBE_DEPTH ? g_dir_open (folder, 0, NULL) : NULL;
  g_autoptr(GPtrArray) below = g_ptr_array_new_with_free_func (g_free);
  QuarryLogKind kind = QUARRY_LOG_KIND_NONE;
  const char *name = NULL;

  while (dir != NULL && (*budget)-- > 0 && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (name[0] == '.')
        continue;
      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        g_ptr_array_add (below, g_steal_pointer (&path));
      else if (kind == QUARRY_LOG_KIND_NONE && g_file_test (path, G_FILE_TEST_IS_REGULAR))
        kind = quarry_log_place_find_kind (name);
    }
  *out_depth = depth;
  if (kind != QUARRY_LOG_KIND_NONE && quarry_ingest_has_file (folder, "metadata.yaml"))
    kind = QUARRY_LOG_KIND_ROSBAG2;
  for (guint i = 0; i < below->len && kind == QUARRY_LOG_KIND_NONE; i++)
    kind = find_folder_kind (below->pdata[i], depth + 1, budget, out_depth);
  return kind;
}

static int
probe (const char *path, QuarryLogKind kind)
{
  int budget = PROBE_ENTRIES, depth = 0;

  if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return find_file_kind (path) == kind ? 95 : 0;
  if (find_folder_kind (path, 0, &budget, &depth) != kind)
    return 0;
  return depth == 0 ? 60 : 40;
}

static int
probe_mcap (const char *path)
{
  return probe (path, QUARRY_LOG_KIND_MCAP);
}

static int
probe_rosbag1 (const char *path)
{
  return probe (path, QUARRY_LOG_KIND_ROSBAG1);
}

static int
probe_rosbag2 (const char *path)
{
  return probe (path, QUARRY_LOG_KIND_ROSBAG2);
}

/* --- reading --- */

static GPtrArray *
list_folder (const char *path, gpointer data)
{
  return quarry_ingest_list_folder (data, path);
}

/* Returns: (nullable): NULL, told, for what cannot be opened */
static QuarryLog *
open_log (Reading *reading, const QuarryLogPlace *place)
{
  QuarryOperation *operation = quarry_ingest_get_operation (reading->ingest);
  g_autoptr(GError) error = NULL;
  QuarryLog *log = NULL;

  if (!g_utf8_validate (place->path, -1, NULL))
    {
      quarry_ingest_skip (reading->ingest, place->path, NULL, "the file's name is not UTF-8");
      return NULL;
    }
  log = quarry_log_open (quarry_ingest_get_storage (reading->ingest), place->path, quarry_operation_get_report (operation),
                         quarry_operation_get_cancellable (operation), &error);
  if (log == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      const char *message = error->message;

      if (g_str_has_prefix (message, place->path) && g_str_has_prefix (message + strlen (place->path), ": "))
        message += strlen (place->path) + 2;
      if (reading->places->len > 1)
        quarry_ingest_skip (reading->ingest, place->path, NULL, "%s", message);
      g_free (reading->why);
      reading->why = g_strdup (message);
    }
  return log;
}

/* What fails in one log does not stop the others. Returns: FALSE with @error: cancelled */
static gboolean
scan (Reading *reading, QuarryRecording *recording, QuarryLog *log, GError **error)
{
  g_autoptr(GError) failure = NULL;

  if (quarry_recording_scan (recording, log, quarry_ingest_get_operation (reading->ingest), &failure))
    return TRUE;
  if (quarry_ingest_is_cancelled (reading->ingest, error))
    return FALSE;
  quarry_ingest_skip_error (reading->ingest, log->uri, failure);
  return TRUE;
}

/* The log and, of a split bag, those that follow. @inout_log: eaten; the next that was opened, or NULL. @inout_at: its place */
static gboolean
scan_parts (Reading *reading, QuarryRecording *recording, QuarryLog **inout_log, guint *inout_at, GError **error)
{
  for (;;)
    {
      g_autoptr(QuarryLog) log = g_steal_pointer (inout_log);
      const QuarryLogPlace *place = reading->places->pdata[*inout_at];
      const QuarryLogPlace *next = ++*inout_at < reading->places->len ? reading->places->pdata[*inout_at] : NULL;

      if (!scan (reading, recording, log, error))
        return FALSE;
      if (next == NULL || !quarry_log_place_may_follow (place, next))
        return TRUE;
      *inout_log = open_log (reading, next);
      if (*inout_log == NULL || !quarry_log_place_is_next (log->end_ns, (*inout_log)->start_ns))
        return TRUE;
    }
}

/* Returns: FALSE with @error: the import ends */
static gboolean
store (Reading *reading, QuarryRecording *recording, GError **error)
{
  g_autoptr(GError) failure = NULL;

  quarry_recording_settle (recording);
  if (recording->sensors->len == 0)
    {
      g_free (reading->why);
      reading->why = quarry_recording_describe (recording);
      if (reading->places->len > 1)
        quarry_ingest_skip (reading->ingest, recording->path, NULL, "%s", reading->why);
      return TRUE;
    }
  if (quarry_recording_store (recording, reading->ingest, &failure))
    {
      reading->n_recordings++;
      return TRUE;
    }
  if (failure->domain != QUARRY_INGEST_ERROR)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  g_free (reading->why);
  reading->why = g_strdup (failure->message);
  if (reading->places->len > 1)
    quarry_ingest_skip (reading->ingest, recording->path, NULL, "%s", failure->message);
  return TRUE;
}

static gboolean
is_split_start (GPtrArray *places, guint at)
{
  return at + 1 < places->len && quarry_log_place_may_follow (places->pdata[at], places->pdata[at + 1]);
}

static gboolean
read_places (Reading *reading, GError **error)
{
  g_autoptr(QuarryLog) log = NULL;

  for (guint at = 0; at < reading->places->len;)
    {
      const QuarryLogPlace *place = reading->places->pdata[at];
      const guint first = at;
      g_autofree char *single = quarry_log_place_dup_name (place, FALSE);
      g_autoptr(QuarryRecording) recording = NULL;

      if (quarry_ingest_is_cancelled (reading->ingest, error))
        return FALSE;
      if (log == NULL)
        log = open_log (reading, place);
      if (log == NULL)
        {
          at++;
          continue;
        }
      recording = quarry_recording_new (place->key, single, place->path,
                                        quarry_operation_get_report (quarry_ingest_get_operation (reading->ingest)));
      if (!scan_parts (reading, recording, &log, &at, error))
        return FALSE;
      if (at - first > 1 && is_split_start (reading->places, first))
        {
          g_free (recording->name);
          recording->name = quarry_log_place_dup_name (place, TRUE);
        }
      if (!store (reading, recording, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_log (QuarryIngest *ingest, GError **error)
{
  const char *path = quarry_ingest_get_path (ingest);
  Reading reading = { .ingest = ingest };
  gboolean done;

  if (quarry_ingest_is_file (ingest, path, NULL))
    reading.places = quarry_log_place_new_list (path, find_file_kind (path), FALSE);
  else
    reading.places = quarry_log_place_list (path, list_folder, ingest);
  done = read_places (&reading, error);
  if (done && reading.n_recordings == 0)
    {
      done = FALSE;
      g_set_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_FAILED, "cannot import '%s': %s", path,
                   reading.places->len == 0   ? "there is no log in it"
                   : reading.places->len == 1 ? reading.why != NULL ? reading.why : "it cannot be read"
                                              : "none of its logs holds a frame that can be read");
    }
  g_ptr_array_unref (reading.places);
  g_free (reading.why);
  return done;
}

/* --- preview --- */

typedef struct
{
  QuarryStorage *storage;
  GCancellable  *cancellable;
  GPtrArray     *notes;
} Listing;

static void
free_entry (gpointer data)
{
  QuarryIngestEntry *entry = data;

  g_free (entry->name);
  g_free (entry->path);
  g_free (entry);
}

static GPtrArray *
list_storage (const char *path, gpointer data)
{
  const Listing *listing = data;
  GPtrArray *entries = g_ptr_array_new_with_free_func (free_entry);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) found = quarry_storage_list (listing->storage, path, FALSE, listing->cancellable, &error);

  if (found == NULL)
    g_ptr_array_add (listing->notes, g_strdup (error->message));
  for (guint i = 0; found != NULL && i < found->len; i++)
    {
      const QuarryStorageEntry *from = found->pdata[i];
      QuarryIngestEntry *entry = NULL;

      if (from->name[0] == '.')
        continue;
      entry = g_new0 (QuarryIngestEntry, 1);
      entry->name = g_strdup (from->name);
      entry->path = g_strdup (from->uri);
      entry->is_folder = from->is_folder;
      g_ptr_array_add (entries, entry);
    }
  return entries;
}

static QuarryIngestStream *
get_stream (QuarryIngestPreview *preview, const QuarryLogChannel *channel)
{
  const QuarryObservationKind kind = quarry_observation_find_kind (channel->type);
  QuarryIngestStream *stream = NULL;

  for (guint i = 0; i < preview->streams->len; i++)
    {
      stream = preview->streams->pdata[i];
      if (g_str_equal (stream->name, channel->topic) && g_str_equal (stream->type, channel->type))
        return stream;
    }
  stream = g_new0 (QuarryIngestStream, 1);
  stream->name = g_strdup (channel->topic);
  stream->type = g_strdup (channel->type);
  stream->is_sensor = kind == QUARRY_OBSERVATION_IMAGE || kind == QUARRY_OBSERVATION_CLOUD;
  stream->kind = kind == QUARRY_OBSERVATION_CLOUD ? QUARRY_SENSOR_LIDAR : QUARRY_SENSOR_CAMERA;
  stream->start_ns = stream->end_ns = QUARRY_NO_TIME;
  g_ptr_array_add (preview->streams, stream);
  return stream;
}

static void
add_channel (QuarryIngestPreview *preview, const QuarryLogChannel *channel, gint64 unit)
{
  QuarryIngestStream *stream = get_stream (preview, channel);
  gint64 start = 0, end = 0;

  stream->n = stream->n < 0 || channel->n_messages < 0 ? -1 : stream->n + channel->n_messages;
  if (channel->start_ns == QUARRY_NO_TIME || channel->n_messages == 0 || __builtin_mul_overflow (channel->start_ns, unit, &start) ||
      __builtin_mul_overflow (channel->end_ns, unit, &end))
    return;
  stream->start_ns = stream->start_ns == QUARRY_NO_TIME ? start : MIN (stream->start_ns, start);
  stream->end_ns = stream->end_ns == QUARRY_NO_TIME ? end : MAX (stream->end_ns, end);
}

static void
add_notes (QuarryIngestPreview *preview, QuarryReport *report)
{
  g_autoptr(GPtrArray) issues = quarry_report_dup_issues (report);

  for (guint i = 0; i < issues->len; i++)
    {
      const QuarryIssue *issue = issues->pdata[i];

      g_ptr_array_add (preview->notes, g_strdup_printf ("%s: %s", issue->path, issue->message));
    }
}

/* Names as the import gives them, where the sensors are the same in all recordings; and a guess at the number of frames */
static void
name_streams (QuarryIngestPreview *preview)
{
  g_autoptr(GPtrArray) topics = g_ptr_array_new ();
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const QuarryIngestStream *leader = NULL;
  guint n = 0;

  for (guint i = 0; i < preview->streams->len; i++)
    if (((QuarryIngestStream *) preview->streams->pdata[i])->is_sensor)
      g_ptr_array_add (topics, ((QuarryIngestStream *) preview->streams->pdata[i])->name);
  quarry_recording_name_sensors (topics, names);
  for (guint i = 0; i < preview->streams->len; i++)
    {
      QuarryIngestStream *stream = preview->streams->pdata[i];

      if (!stream->is_sensor)
        continue;
      stream->sensor = g_strdup (names->pdata[n++]);
      if (stream->n == 0)
        continue;
      if (leader == NULL || (stream->kind == QUARRY_SENSOR_LIDAR && leader->kind != QUARRY_SENSOR_LIDAR) ||
          (stream->kind == leader->kind && quarry_ingest_compare_natural (stream->sensor, leader->sensor) < 0))
        leader = stream;
    }
  preview->n_frames = leader != NULL ? leader->n : 0;
}

/* Bytes of the log's file, or of all files in a bag's folder */
static gint64
measure (QuarryStorage *storage, const QuarryLogPlace *place, QuarryLog *log, GCancellable *cancellable)
{
  g_autoptr(GPtrArray) files = NULL;
  gint64 sum = 0;

  if (log->file != NULL)
    return quarry_file_get_size (log->file);
  files = quarry_storage_list (storage, place->path, FALSE, cancellable, NULL);
  for (guint i = 0; files != NULL && i < files->len; i++)
    sum += MAX (((QuarryStorageEntry *) files->pdata[i])->size, 0);
  return sum;
}

/* Returns: FALSE with @error where @places has one and it cannot be opened */
static gboolean
look_at (QuarryIngestPreview *preview, QuarryStorage *storage, GPtrArray *places, GCancellable *cancellable, GError **error)
{
  gint64 end_ns = QUARRY_NO_TIME;

  preview->bytes = preview->n_scenes = 0;
  for (guint i = 0; i < places->len; i++)
    {
      const QuarryLogPlace *place = places->pdata[i];
      g_autoptr(QuarryReport) report = quarry_report_new ();
      g_autoptr(GError) failure = NULL;
      g_autoptr(QuarryLog) log = quarry_log_open (storage, place->path, report, cancellable, &failure);
      gint64 unit = 1;

      if (log == NULL && places->len == 1)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      add_notes (preview, report);
      if (log == NULL)
        {
          g_ptr_array_add (preview->notes, g_strdup (failure->message));
          continue;
        }
      if (i == 0 || !quarry_log_place_may_follow (places->pdata[i - 1], place) || !quarry_log_place_is_next (end_ns, log->start_ns))
        preview->n_scenes++;
      end_ns = log->end_ns;
      preview->bytes += measure (storage, place, log, cancellable);
      unit = quarry_recording_find_unit (log->start_ns, log->end_ns);
      for (guint k = 0; k < log->channels->len; k++)
        add_channel (preview, log->channels->pdata[k], unit);
    }
  return TRUE;
}

static QuarryIngestPreview *
preview_log (QuarryStorage *storage, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr(QuarryIngestPreview) preview = quarry_ingest_preview_new ();
  Listing listing = { storage, cancellable, preview->notes };
  QuarryStorageKind kind = QUARRY_STORAGE_ABSENT;
  g_autoptr(GPtrArray) places = NULL;

  if (!quarry_storage_find (storage, path, &kind, cancellable, error))
    return NULL;
  places = kind == QUARRY_STORAGE_FOLDER ? quarry_log_place_list (path, list_storage, &listing)
                                         : quarry_log_place_new_list (path, find_file_kind (path), FALSE);
  if (!look_at (preview, storage, places, cancellable, error))
    return NULL;
  name_streams (preview);
  return g_steal_pointer (&preview);
}

const QuarryReader quarry_reader_mcap = {
  .id = "mcap",
  .name = "MCAP",
  .what = "MCAP files, alone or in folders, with messages of ROS 1, ROS 2 or Foxglove",
  .probe = probe_mcap,
  .read = read_log,
  .preview = preview_log,
};

const QuarryReader quarry_reader_rosbag1 = {
  .id = "rosbag1",
  .name = "ROS 1 bags",
  .what = "ROS 1 bags (.bag, .bag.active), alone or in folders",
  .probe = probe_rosbag1,
  .read = read_log,
  .preview = preview_log,
};

const QuarryReader quarry_reader_rosbag2 = {
  .id = "rosbag2",
  .name = "ROS 2 bags",
  .what = "ROS 2 bags: folders with metadata.yaml, or .db3 files",
  .probe = probe_rosbag2,
  .read = read_log,
  .preview = preview_log,
};
