/* quarry-export-media.c: pictures and clouds into an export: names, links, copies
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-export-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define BUFFER (1024 * 1024)

typedef enum { SOURCE_FAILED, TARGET_FAILED, MADE } Outcome;

/* Returns: (transfer full): @text as one part of a path: letters, digits, '.', '-', '_'; where it had others, a hash of
 * the whole follows, so that no two texts get the same name */
char *
quarry_export_file_name (const char *text)
{
  g_autofree char *name = g_strdup (text);
  gboolean changed = *text == '\0' || *text == '.' || strlen (text) > 120;

  if (strlen (name) > 120)
    name[120] = '\0';
  for (char *c = name; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("-_.", *c) == NULL)
      {
        *c = '_';
        changed = TRUE;
      }
  if (*name == '.')
    *name = '_';
  if (!changed)
    return g_steal_pointer (&name);
  return g_strdup_printf ("%s-%08x", name, (guint) (XXH3_64bits (text, strlen (text)) & G_MAXUINT32));
}

/* Returns: (transfer none): without the dot; "" where nothing fits */
const char *
quarry_export_extension (const QuarryMedia *media)
{
  static const char * const known[][2] = {
    { "jpeg", "jpg" }, { "kitti-bin", "bin" }, { "jpg", "jpg" }, { "png", "png" }, { "pcd", "pcd" }, { "tiff", "tiff" },
    { "webp", "webp" }, { "bmp", "bmp" },
  };
  const char *dot = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_strcmp0 (media->format, known[i][0]) == 0)
      return known[i][1];
  dot = strrchr (media->uri, '.');
  return dot != NULL && strlen (dot) <= 6 && strchr (dot, '/') == NULL ? dot + 1 : "bin";
}

/* Returns: (transfer full): "scene/sensor/key.jpg", the same in every export */
char *
quarry_export_media_name (QuarryExport *self, const QuarryFrame *frame, const QuarryMedia *media)
{
  const char *scene = g_hash_table_lookup (self->scene_folders, &frame->scene);
  g_autofree char *fallback = scene == NULL ? quarry_export_file_name (frame->scene_name) : NULL;
  g_autofree char *sensor = quarry_export_file_name (media->sensor_name);
  g_autofree char *key = quarry_export_file_name (frame->key);

  return g_strdup_printf ("%s/%s/%s.%s", scene != NULL ? scene : fallback, sensor, key, quarry_export_extension (media));
}

static Outcome
target_failed (const char *path, GError **error)
{
  const int code = errno;

  g_set_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_FAILED, "cannot write '%s': %s", path, g_strerror (code));
  return TARGET_FAILED;
}

static Outcome
source_failed (const char *path, GError **error)
{
  const int code = errno;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot read '%s': %s", path, g_strerror (code));
  return SOURCE_FAILED;
}

static Outcome
make_link (const char *source, const char *path, GError **error)
{
  g_autofree char *there = g_file_read_link (path, NULL);

  if (!g_file_test (source, G_FILE_TEST_EXISTS))
    {
      errno = ENOENT;
      return source_failed (source, error);
    }
  if (g_strcmp0 (there, source) == 0)
    return MADE;
  if (g_unlink (path) != 0 && errno != ENOENT)
    return target_failed (path, error);
  return symlink (source, path) == 0 ? MADE : target_failed (path, error);
}

static Outcome
copy_bytes (int in, int out, gint64 length, const char *source, const char *path, GError **error)
{
  g_autofree char *buffer = g_malloc (BUFFER);

  while (length != 0)
    {
      const gssize n = read (in, buffer, length > 0 ? (gsize) MIN (length, BUFFER) : BUFFER);
      gssize written = 0;

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return source_failed (source, error);
      if (n == 0 && length > 0)
        {
          errno = ENODATA;
          return source_failed (source, error);
        }
      if (n == 0)
        break;
      while (written < n)
        {
          const gssize m = write (out, buffer + written, (gsize) (n - written));

          if (m < 0 && errno != EINTR)
            return target_failed (path, error);
          written += MAX (m, 0);
        }
      length -= length > 0 ? n : 0;
    }
  return MADE;
}

/* Into a file beside it that then takes the name; the time is the source's, by which it is known again */
static Outcome
copy_range (const char *source, gint64 offset, gint64 length, const char *path, GError **error)
{
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  struct stat from, there;
  Outcome outcome = MADE;
  const int in = open (source, O_RDONLY | O_CLOEXEC);
  int out = -1;

  if (in < 0)
    return source_failed (source, error);
  if (fstat (in, &from) != 0 || lseek (in, offset, SEEK_SET) < 0)
    {
      outcome = source_failed (source, error);
      close (in);
      return outcome;
    }
  if (lstat (path, &there) == 0 && S_ISREG (there.st_mode) && there.st_size == (length >= 0 ? length : from.st_size - offset) &&
      there.st_mtim.tv_sec == from.st_mtim.tv_sec && there.st_mtim.tv_nsec == from.st_mtim.tv_nsec)
    {
      close (in);
      return MADE;
    }
  out = open (part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (out < 0)
    outcome = target_failed (path, error);
  else
    {
      outcome = copy_bytes (in, out, length, source, path, error);
      if (outcome == MADE)
        futimens (out, (struct timespec[]) { from.st_atim, from.st_mtim });
      if (close (out) != 0 && outcome == MADE)
        outcome = target_failed (path, error);
      if (outcome == MADE && g_rename (part, path) != 0)
        outcome = target_failed (path, error);
      if (outcome != MADE)
        g_unlink (part);
    }
  close (in);
  return outcome;
}

static Outcome
copy_remote (QuarryExport *self, const QuarryMedia *media, const char *path, GError **error)
{
  g_autoptr(GBytes) bytes = quarry_media_read (quarry_catalog_get_storage (self->catalog), media->uri, media->offset, media->length,
                                               quarry_operation_get_cancellable (self->operation), error);
  g_autoptr(GError) local = NULL;

  if (bytes == NULL)
    return SOURCE_FAILED;
  if (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), &local))
    return MADE;
  g_set_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_FAILED, "cannot write '%s': %s", path, local->message);
  return TARGET_FAILED;
}

/**
 * quarry_export_media:
 * @relative: path in the export's folder
 * @out_there: whether the file is there now
 *
 * Returns: FALSE with @error only where the target cannot be written or the export was cancelled
 */
gboolean
quarry_export_media (QuarryExport *self, const QuarryMedia *media, const char *relative, gboolean *out_there, GError **error)
{
  const gboolean local = *media->uri == '/';
  const gboolean whole = media->offset == 0 && media->length < 0;
  g_autofree char *path = NULL;
  g_autoptr(GError) failure = NULL;
  Outcome outcome = MADE;

  *out_there = FALSE;
  path = quarry_export_make_path (self, relative, error);
  if (path == NULL)
    return FALSE;
  if (local && whole && !self->request->copy)
    outcome = make_link (media->uri, path, &failure);
  else if (local)
    outcome = copy_range (media->uri, media->offset, media->length, path, &failure);
  else
    outcome = copy_remote (self, media, path, &failure);
  if (outcome == MADE && !self->request->copy && !self->request->staged && !(local && whole))
    quarry_export_lose (self, QUARRY_ISSUE_NOTE, "a file that is only a part of another, or not on this machine, was copied, not linked");
  *out_there = outcome == MADE;
  if (outcome == MADE)
    quarry_report_count (self->report, media->kind == QUARRY_SENSOR_CAMERA ? "pictures" : "clouds", 1);
  else if (outcome == TARGET_FAILED || g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  else
    quarry_report_add (self->report, QUARRY_ISSUE_SKIPPED, media->uri, NULL, "%s", failure->message);
  return TRUE;
}
