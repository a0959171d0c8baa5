/* quarry-export-folder.c: the folder of an export: whose it is, files in it, what is left over
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-export-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#define MARK      ".quarry-export"
#define OLD_MARK  ".quarry-export.old"
#define PART      ".part"
#define BUFFER    (256 * 1024)

static gboolean
set_errno (GError **error, const char *what, const char *path)
{
  const int code = errno;

  g_set_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_FAILED, "cannot %s '%s': %s", what, path, g_strerror (code));
  return FALSE;
}

/* A source folder is never written: what is exported into it would be imported again */
gboolean
quarry_export_check_sources (QuarryCatalog *catalog, const char *folder, GError **error)
{
  g_autoptr(GPtrArray) sources = quarry_catalog_list_sources (catalog, error);

  if (sources == NULL)
    return FALSE;
  for (guint i = 0; i < sources->len; i++)
    {
      const QuarrySource *source = sources->pdata[i];
      const gsize length = strlen (source->uri);

      if (!g_str_has_prefix (folder, source->uri) ||
          (folder[length] != '/' && folder[length] != '\0'))
        continue;
      g_set_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_NOT_EMPTY,
                   "'%s' is in the source '%s', and sources are never written", folder, source->uri);
      return FALSE;
    }
  return TRUE;
}

/* A mark that was not finished (an export killed at its first breath) is nothing */
static gboolean
is_empty (const char *folder, gboolean *out_empty, GError **error)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = NULL;

  if (dir == NULL)
    {
      errno = ENOTDIR;
      return set_errno (error, "read the folder", folder);
    }
  while ((name = g_dir_read_name (dir)) != NULL && g_str_equal (name, MARK PART))
    continue;
  *out_empty = name == NULL;
  return TRUE;
}

/* Under names that are the same at every try, so that being killed leaves nothing that the next try does not take over */
static gboolean
write_mark (const char *mark, const char *line, GError **error)
{
  g_autofree char *part = g_strconcat (mark, PART, NULL);
  FILE *file = g_fopen (part, "we");
  gboolean written = FALSE;

  if (file == NULL)
    return set_errno (error, "write", mark);
  written = fputs (line, file) >= 0;
  if (fclose (file) != 0 || !written || g_rename (part, mark) != 0)
    return set_errno (error, "write", mark);
  return TRUE;
}

static char *
mark_line (QuarryExport *self)
{
  return g_strdup_printf ("quarry-export 1 %s\n", self->exporter->id);
}

/* Moves the file list of an earlier export to the end of the list of what may be left over */
static gboolean
keep_old_list (QuarryExport *self, const char *mark, GError **error)
{
  g_autofree char *old = g_build_filename (self->request->folder, OLD_MARK, NULL);
  g_autofree char *list = NULL;
  g_autofree char *line = mark_line (self);
  gsize length = 0;
  FILE *file = NULL;
  gboolean written = FALSE;

  if (!g_file_get_contents (mark, &list, &length, error))
    return FALSE;
  if (!g_str_has_prefix (list, line))
    {
      g_set_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_NOT_EMPTY,
                   "'%s' holds an export of another format; choose an empty folder", self->request->folder);
      return FALSE;
    }
  file = g_fopen (old, "ae");
  if (file == NULL)
    return set_errno (error, "write", old);
  written = fwrite (list + strlen (line), 1, length - strlen (line), file) == length - strlen (line);
  if (fclose (file) != 0 || !written)
    return set_errno (error, "write", old);
  return TRUE;
}

/* Returns: FALSE with QUARRY_EXPORT_ERROR where the folder is not ours to write, or cannot be written */
gboolean
quarry_export_begin_folder (QuarryExport *self, GError **error)
{
  const char *folder = self->request->folder;
  g_autofree char *mark = g_build_filename (folder, MARK, NULL);
  g_autofree char *line = mark_line (self);
  g_autoptr(GFile) file = g_file_new_for_path (mark);
  g_autoptr(GError) local = NULL;
  gboolean empty = FALSE;

  if (!quarry_export_check_sources (self->catalog, folder, error))
    return FALSE;
  if (g_mkdir_with_parents (folder, 0777) != 0)
    return set_errno (error, "make the folder", folder);
  if (g_file_test (mark, G_FILE_TEST_EXISTS))
    {
      if (!keep_old_list (self, mark, error))
        return FALSE;
    }
  else if (!is_empty (folder, &empty, error))
    return FALSE;
  else if (!empty)
    {
      g_set_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_NOT_EMPTY,
                   "'%s' is not empty, and not an earlier export; choose an empty folder", folder);
      return FALSE;
    }
  if (!write_mark (mark, line, error))
    return FALSE;
  self->manifest = G_OUTPUT_STREAM (g_file_append_to (file, G_FILE_CREATE_NONE, NULL, &local));
  if (self->manifest == NULL)
    {
      g_set_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_FAILED, "cannot write '%s': %s", mark, local->message);
      return FALSE;
    }
  return TRUE;
}

static int
compare_hash (gconstpointer a, gconstpointer b)
{
  const guint64 x = *(const guint64 *) a;
  const guint64 y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

static void
remove_left_over (QuarryExport *self, const char *relative)
{
  const guint64 hash = XXH3_64bits (relative, strlen (relative));
  g_autofree char *path = NULL;
  g_autofree char *part = NULL;
  char *slash = NULL;

  if (*relative == '\0' || *relative == '/' || strstr (relative, "..") != NULL ||
      g_array_binary_search (self->made, &hash, compare_hash, NULL))
    return;
  path = g_build_filename (self->request->folder, relative, NULL);
  part = g_strconcat (path, PART, NULL);
  g_unlink (part);          /* of an export that was killed */
  if (g_unlink (path) == 0)
    quarry_report_count (self->report, "left-over files removed", 1);
  while ((slash = strrchr (path, '/')) != NULL && (gsize) (slash - path) > strlen (self->request->folder))
    {
      *slash = '\0';
      if (g_rmdir (path) != 0)     /* not empty: others are in it */
        break;
    }
}

/* Removes what earlier exports made here and this one did not: a frame that has left a split must not stay in its folder */
gboolean
quarry_export_end_folder (QuarryExport *self, GError **error)
{
  g_autofree char *old = g_build_filename (self->request->folder, OLD_MARK, NULL);
  g_autoptr(GFile) file = g_file_new_for_path (old);
  g_autoptr(GFileInputStream) stream = NULL;
  g_autoptr(GDataInputStream) lines = NULL;
  char *line = NULL;

  if (!g_output_stream_close (self->manifest, NULL, error))
    return FALSE;
  g_array_sort (self->made, compare_hash);
  stream = g_file_read (file, NULL, NULL);
  if (stream == NULL)
    return TRUE;      /* the first export here */
  lines = g_data_input_stream_new (G_INPUT_STREAM (stream));
  while ((line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)) != NULL)
    {
      remove_left_over (self, line);
      g_free (line);
    }
  if (g_unlink (old) != 0)
    return set_errno (error, "remove", old);
  return TRUE;
}

/* Returns: (transfer full): NULL with @error where the folder cannot be made */
char *
quarry_export_make_path (QuarryExport *self, const char *relative, GError **error)
{
  g_autofree char *path = g_build_filename (self->request->folder, relative, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *line = g_strconcat (relative, "\n", NULL);
  const guint64 hash = XXH3_64bits (relative, strlen (relative));

  if (!g_hash_table_contains (self->folders, folder))
    {
      if (g_mkdir_with_parents (folder, 0777) != 0)
        {
          set_errno (error, "make the folder", folder);
          return NULL;
        }
      if (g_hash_table_size (self->folders) > 4096)
        g_hash_table_remove_all (self->folders);
      g_hash_table_add (self->folders, g_steal_pointer (&folder));
    }
  if (!g_output_stream_write_all (self->manifest, line, strlen (line), NULL, NULL, error))
    {
      g_prefix_error (error, "cannot write '%s/" MARK "': ", self->request->folder);
      return NULL;
    }
  g_array_append_val (self->made, hash);
  return g_steal_pointer (&path);
}

/* Returns: (transfer full): NULL with @error */
QuarryExportFile *
quarry_export_file_open (QuarryExport *self, const char *relative, GError **error)
{
  g_autofree char *path = quarry_export_make_path (self, relative, error);
  g_autofree char *part = path != NULL ? g_strconcat (path, PART, NULL) : NULL;
  g_autoptr(GFile) file = part != NULL ? g_file_new_for_path (part) : NULL;
  g_autoptr(GFileOutputStream) stream = NULL;
  QuarryExportFile *made = NULL;

  if (path == NULL)
    return NULL;
  g_unlink (part);       /* of an export that was killed; else GIO would write under yet another name */
  stream = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, NULL, error);
  if (stream == NULL)
    {
      g_prefix_error (error, "cannot write '%s': ", path);
      return NULL;
    }
  made = g_new0 (QuarryExportFile, 1);
  made->path = g_steal_pointer (&path);
  made->part = g_steal_pointer (&part);
  made->stream = g_buffered_output_stream_new_sized (G_OUTPUT_STREAM (stream), BUFFER);
  return made;
}

gboolean
quarry_export_file_write (QuarryExportFile *self, const char *text, gssize length, GError **error)
{
  if (g_output_stream_write_all (self->stream, text, length >= 0 ? (gsize) length : strlen (text), NULL, NULL, error))
    return TRUE;
  g_prefix_error (error, "cannot write '%s': ", self->path);
  return FALSE;
}

gboolean
quarry_export_file_printf (QuarryExportFile *self, GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return quarry_export_file_write (self, text, -1, error);
}

gboolean
quarry_export_file_close (QuarryExportFile *self, GError **error)
{
  if (!g_output_stream_close (self->stream, NULL, error))
    {
      g_prefix_error (error, "cannot write '%s': ", self->path);
      return FALSE;
    }
  if (g_rename (self->part, self->path) != 0)
    return set_errno (error, "write", self->path);
  g_clear_pointer (&self->part, g_free);
  return TRUE;
}

void
quarry_export_file_free (QuarryExportFile *self)
{
  g_object_unref (self->stream);
  if (self->part != NULL)
    g_unlink (self->part);
  g_free (self->part);
  g_free (self->path);
  g_free (self);
}
