/* quarry-ingest.c: the road from readers into the catalog
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-ingest.h"
#include "quarry-ingest-private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Frames of one commit: a kill loses at most so many, which the next run brings again */
#define BATCH 1000
/* A folder inside a source that another reader is this sure of is told */
#define SURE 60
#define UNREAD_DEPTH 3
#define UNREAD_FOLDERS 200

G_DEFINE_QUARK (quarry-ingest-error-quark, quarry_ingest_error)

extern const QuarryReader quarry_reader_demo;
extern const QuarryReader quarry_reader_kitti_object;
extern const QuarryReader quarry_reader_kitti_raw;
extern const QuarryReader quarry_reader_kitti_tracking;
extern const QuarryReader quarry_reader_kitti_odometry;
extern const QuarryReader quarry_reader_nuscenes;
extern const QuarryReader quarry_reader_sustechpoints;
extern const QuarryReader quarry_reader_loose;
extern const QuarryReader quarry_reader_images;
extern const QuarryReader quarry_reader_mcap;
extern const QuarryReader quarry_reader_rosbag1;
extern const QuarryReader quarry_reader_rosbag2;

/* The one list of readers */
static const QuarryReader * const readers[] = {
  &quarry_reader_demo,
  &quarry_reader_kitti_object,
  &quarry_reader_kitti_raw,
  &quarry_reader_kitti_tracking,
  &quarry_reader_kitti_odometry,
  &quarry_reader_nuscenes,
  &quarry_reader_sustechpoints,
  &quarry_reader_loose,
  &quarry_reader_images,
  &quarry_reader_mcap,
  &quarry_reader_rosbag1,
  &quarry_reader_rosbag2,
  NULL,
};

const QuarryReader * const *
quarry_ingest_list_readers (void)
{
  return readers;
}

static char *
list_formats (void)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; readers[i] != NULL; i++)
    g_string_append_printf (text, "%s%s (%s)", i > 0 ? "; " : "", readers[i]->id, readers[i]->what);
  return g_string_free (text, FALSE);
}

/**
 * quarry_ingest_find_reader:
 * @id_or_null: a reader's id; NULL: the one that fits @path best
 *
 * Returns: (transfer none) (nullable): NULL with QUARRY_INGEST_ERROR_UNKNOWN_FORMAT, which lists
 * what was looked for
 */
const QuarryReader *
quarry_ingest_find_reader (const char *id_or_null, const char *path, GError **error)
{
  const QuarryReader *best = NULL;
  g_autofree char *formats = NULL;
  int best_score = 0;

  for (guint i = 0; readers[i] != NULL; i++)
    {
      int score = 0;

      if (id_or_null != NULL && g_str_equal (readers[i]->id, id_or_null))
        return readers[i];
      if (id_or_null == NULL)
        score = readers[i]->probe (path);
      if (score > best_score)
        {
          best = readers[i];
          best_score = score;
        }
    }
  if (best != NULL)
    return best;
  formats = list_formats ();
  if (id_or_null != NULL)
    g_set_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_UNKNOWN_FORMAT,
                 "unknown format '%s'; known are: %s", id_or_null, formats);
  else
    g_set_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_UNKNOWN_FORMAT,
                 "cannot import '%s': nothing in it is of a known format ('quarry import --list-formats' lists them)", path);
  return NULL;
}

/* Returns: (transfer full) (nullable): the real path, so that a source has one name whatever links
 * lead to it */
static char *
resolve_path (const char *path, GError **error)
{
  char *real = realpath (path, NULL);
  char *copy = NULL;

  if (real == NULL ||
      access (real, R_OK | (g_file_test (real, G_FILE_TEST_IS_DIR) ? X_OK : 0)) != 0)
    {
      const int code = errno;

      (free) (real);
      g_set_error (error, QUARRY_INGEST_ERROR,
                   code == ENOENT || code == ENOTDIR ? QUARRY_INGEST_ERROR_NOT_FOUND
                                                     : QUARRY_INGEST_ERROR_FAILED,
                   "cannot import '%s': %s", path, g_strerror (code));
      return NULL;
    }
  copy = g_strdup (real);
  (free) (real);
  if (g_utf8_validate (copy, -1, NULL))
    return copy;
  g_free (copy);
  g_set_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_FAILED,
               "cannot import '%s': its name is not UTF-8", path);
  return NULL;
}

/* A relative path is one of this machine, although storage knows it not */
static gboolean
is_remote (const char *path)
{
  return strstr (path, "://") != NULL && !quarry_storage_is_local (path);
}

/* Returns: (transfer full): without slashes at the end, so that a source has one name */
static char *
resolve_remote (const char *uri)
{
  char *copy = g_strdup (uri);

  for (gsize n = strlen (copy); n > 0 && copy[n - 1] == '/' && !g_str_has_suffix (copy, "://"); n--)
    copy[n - 1] = '\0';
  return copy;
}

/* Commits what has been collected. Returns: FALSE with @error; what was committed before stays */
static gboolean
flush (QuarryIngest *self, GError **error)
{
  gboolean done;

  if (self->batch->len == 0)
    return TRUE;
  done = quarry_catalog_store_frames (self->catalog, self->batch, self->reader->id, self->report,
                                      error);
  g_ptr_array_set_size (self->batch, 0);
  return done;
}

static gboolean
read_all (QuarryIngest *self, GError **error)
{
  if (!self->reader->read (self, error) || quarry_ingest_is_cancelled (self, error) ||
      !flush (self, error))
    return FALSE;
  if (self->n_frames > 0)
    return TRUE;
  g_set_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_FAILED,
               "cannot import '%s': no frame could be read (%s: %s)", self->path, self->reader->id,
               self->reader->what);
  return FALSE;
}

static void
free_draft (gpointer data)
{
  quarry_frame_draft_free (data);
}

/* Whether @path is @folder or something in it */
static gboolean
is_inside (const char *path, const char *folder)
{
  const gsize length = strlen (folder);

  return strncmp (path, folder, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/* The same files imported by two names become two frames, which a random split would put on both sides */
static gboolean
tell_shared (QuarryIngest *self, GError **error)
{
  g_autoptr(GPtrArray) sources = quarry_catalog_list_sources (self->catalog, error);
  gboolean overlaps = FALSE;
  gint64 n = 0;

  for (guint i = 0; sources != NULL && i < sources->len; i++)
    {
      const QuarrySource *other = sources->pdata[i];

      overlaps |= other->id != self->source && (is_inside (other->uri, self->path) || is_inside (self->path, other->uri));
    }
  if (sources == NULL || (overlaps && !quarry_catalog_count_shared_media (self->catalog, self->source, &n, error)))
    return FALSE;
  if (n > 0)
    quarry_report_add (self->report, QUARRY_ISSUE_LOSS, self->path, NULL,
                       "%" G_GINT64_FORMAT " of its images and clouds are also in another source, so they are in two frames", n);
  return TRUE;
}

/* A folder of several recordings: what its own reader does not read, another may */
static void
tell_unread (QuarryIngest *self, const char *folder, guint depth, guint *budget)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = NULL;

  while (dir != NULL && *budget > 0 && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      const QuarryReader *reader = NULL;

      if (*name == '.' || !g_file_test (path, G_FILE_TEST_IS_DIR) || g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        continue;
      (*budget)--;
      reader = quarry_ingest_find_reader (NULL, path, NULL);
      if (reader != NULL && reader != self->reader && reader->probe (path) >= SURE)
        quarry_report_add (self->report, QUARRY_ISSUE_SKIPPED, path, NULL, "looks like %s: import it by itself", reader->name);
      else if (depth > 1 && reader != self->reader)
        tell_unread (self, path, depth - 1, budget);
    }
}

static QuarryId
run (QuarryIngest *self, GError **error)
{
  g_autoptr(GError) finish_error = NULL;
  guint budget = UNREAD_FOLDERS;
  const gboolean done = read_all (self, error) && tell_shared (self, error);

  if (done && g_file_test (self->path, G_FILE_TEST_IS_DIR))
    tell_unread (self, self->path, UNREAD_DEPTH, &budget);
  if (self->source != 0 &&
      !quarry_catalog_finish_source (self->catalog, self->source, done, self->report,
                                     &finish_error) &&
      done)
    {
      g_propagate_error (error, g_steal_pointer (&finish_error));
      return 0;
    }
  return done ? self->source : 0;
}

/**
 * quarry_ingest_import:
 *
 * Reads a folder or file into the catalog. The source's files are only read. What an earlier import
 * brought stays, what is new is added, so an import that was cut off (killed, cancelled, an error)
 * is finished by running it again. Everything left out is an issue of the operation's report, kept
 * with the source.
 *
 * Returns: the source's id; 0 with @error: what was committed until then stays, the source's state
 * is "partial"
 */
QuarryId
quarry_ingest_import (QuarryCatalog *catalog, const char *path, const QuarryIngestOptions *options,
                      QuarryOperation *operation, GError **error)
{
  g_autofree char *real = NULL;
  const QuarryReader *reader = NULL;
  QuarryIngest self = { 0 };
  g_autoptr(QuarryIngestLock) lock = NULL;
  g_autoptr(QuarrySource) known = NULL;
  g_autoptr(GError) failure = NULL;
  QuarryId source;

  g_return_val_if_fail (
      QUARRY_IS_CATALOG (catalog) && path != NULL && QUARRY_IS_OPERATION (operation), 0);

  real = is_remote (path) ? resolve_remote (path) : resolve_path (path, error);
  if (real == NULL)
    return 0;
  reader = quarry_ingest_find_reader_in (quarry_catalog_get_storage (catalog), options != NULL ? options->format : NULL, real,
                                         quarry_operation_get_cancellable (operation), error);
  if (reader == NULL)
    return 0;
  lock = quarry_ingest_lock (quarry_catalog_get_path (catalog), real, error);
  if (lock == NULL)
    return 0;
  known = quarry_catalog_find_source (catalog, real, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return 0;
    }
  self.catalog = catalog;
  self.operation = operation;
  self.report = quarry_operation_get_report (operation);
  self.reader = reader;
  self.options = options != NULL ? *options : QUARRY_INGEST_OPTIONS_DEFAULT;
  self.path = real;
  self.name = g_path_get_basename (real);
  self.batch = g_ptr_array_new_with_free_func (free_draft);
  quarry_ingest_load_sync (&self, known != NULL ? known->options : NULL);
  source = run (&self, error);
  json_decref (self.kept);
  g_free (self.kept_sync);
  g_ptr_array_unref (self.batch);
  quarry_ingest_clear_lookups (&self);
  g_free (self.name);
  return source;
}

const char *
quarry_ingest_get_path (QuarryIngest *self)
{
  return self->path;
}

const QuarryIngestOptions *
quarry_ingest_get_options (QuarryIngest *self)
{
  return &self->options;
}

QuarryStorage *
quarry_ingest_get_storage (QuarryIngest *self)
{
  return quarry_catalog_get_storage (self->catalog);
}

QuarryOperation *
quarry_ingest_get_operation (QuarryIngest *self)
{
  return self->operation;
}

const char *
quarry_ingest_get_name (QuarryIngest *self)
{
  return self->name;
}

/* Returns: TRUE with @error (G_IO_ERROR_CANCELLED) once the operation is cancelled: return then */
gboolean
quarry_ingest_is_cancelled (QuarryIngest *self, GError **error)
{
  return quarry_operation_is_cancelled (self->operation, error);
}

void
quarry_ingest_progress (QuarryIngest *self, guint64 done, guint64 total, const char *detail)
{
  quarry_operation_set_progress (self->operation, done, total, detail);
}

static void
add_issue (QuarryIngest *self, QuarryIssueLevel level, const char *path, const char *place,
           const char *format, va_list args)
{
  g_autofree char *message = g_strdup_vprintf (format, args);

  quarry_report_add (self->report, level, path, place, "%s", message);
}

void
quarry_ingest_skip (QuarryIngest *self, const char *path, const char *place, const char *format,
                    ...)
{
  va_list args;

  va_start (args, format);
  add_issue (self, QUARRY_ISSUE_SKIPPED, path, place, format, args);
  va_end (args);
}

void
quarry_ingest_note (QuarryIngest *self, const char *path, const char *place, const char *format,
                    ...)
{
  va_list args;

  va_start (args, format);
  add_issue (self, QUARRY_ISSUE_NOTE, path, place, format, args);
  va_end (args);
}

void
quarry_ingest_skip_error (QuarryIngest *self, const char *path, const GError *failure)
{
  const char *message = failure->message;

  if (g_str_has_prefix (message, path) && g_str_has_prefix (message + strlen (path), ": "))
    message += strlen (path) + 2;
  quarry_report_add (self->report, QUARRY_ISSUE_SKIPPED, path, NULL, "%s", message);
}

/* The source itself is made with its first scene, so that a folder in which nothing is found leaves
 * no trace */
QuarryId
quarry_ingest_scene (QuarryIngest *self, const char *key, const char *name, GError **error)
{
  if (self->source == 0)
    {
      g_autofree char *options = quarry_ingest_dup_kept (self);

      self->source = quarry_catalog_store_source (self->catalog, self->path, self->name,
                                                  self->reader->id, options, error);
    }
  return self->source != 0
             ? quarry_catalog_store_scene (self->catalog, self->source, key, name, error)
             : 0;
}

QuarryId
quarry_ingest_sensor (QuarryIngest *self, QuarryId scene, const char *name, QuarrySensorKind kind,
                      GError **error)
{
  return quarry_catalog_store_sensor (self->catalog, scene, name, kind, error);
}

gboolean
quarry_ingest_poses (QuarryIngest *self, QuarryId scene, QuarryTrajectory *poses, GError **error)
{
  quarry_trajectory_sort (poses);
  return quarry_catalog_store_poses (self->catalog, scene, poses, error);
}

gboolean
quarry_ingest_frame (QuarryIngest *self, QuarryFrameDraft *take_draft, GError **error)
{
  g_ptr_array_add (self->batch, take_draft);
  self->n_frames++;
  if (self->batch->len < BATCH)
    return !quarry_ingest_is_cancelled (self, error);
  return flush (self, error) && !quarry_ingest_is_cancelled (self, error);
}
