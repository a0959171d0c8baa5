/* quarry-file-local.c: files of this machine
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-storage-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gstdio.h>

/* Read at a time, so that a cancel acts soon */
#define PIECE (4u << 20)

static gboolean
fail_errno (GError **error, const char *what, const char *path)
{
  const int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "cannot %s '%s': %s", what, path, g_strerror (code));
  return FALSE;
}

/* Returns: (transfer full) (nullable) */
static char *
dup_path (const char *uri, GError **error)
{
  return g_path_is_absolute (uri) ? g_strdup (uri) : g_filename_from_uri (uri, NULL, error);
}

static gboolean
local_read (QuarryFile *self, gint64 offset, guint8 *out, gsize length, GCancellable *cancellable, GError **error)
{
  gsize done = 0;

  while (done < length)
    {
      gssize n;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      n = pread (self->fd, out + done, MIN (PIECE, length - done), offset + (gint64) done);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail_errno (error, "read", self->uri);
      if (n == 0)
        {
          g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_ENDS,
                       "%s: byte %" G_GINT64_FORMAT ": the file became shorter", self->uri, offset + (gint64) done);
          return FALSE;
        }
      done += (gsize) n;
    }
  return TRUE;
}

static void
local_close (QuarryFile *self)
{
  close (self->fd);
}

static const QuarryFileClass local_class = { local_read, local_close };

static char *
dup_version (const struct stat *info)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT ".%09ld", (gint64) info->st_size,
                          (gint64) info->st_mtim.tv_sec, info->st_mtim.tv_nsec);
}

static gboolean
local_open (QuarryFile *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = dup_path (self->uri, error);
  struct stat info;

  if (path == NULL)
    return FALSE;
  self->fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);       /* a FIFO must not block */
  if (self->fd < 0)
    return fail_errno (error, "open", path);
  self->klass = &local_class;
  if (fstat (self->fd, &info) != 0)
    return fail_errno (error, "open", path);
  if (!S_ISREG (info.st_mode))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "cannot read '%s': no regular file", path);
      return FALSE;
    }
  self->size = info.st_size;
  self->version = dup_version (&info);
  g_free (self->uri);
  self->uri = g_steal_pointer (&path);
  return TRUE;
}

static gboolean
local_find (QuarryStorage *self, const char *uri, QuarryStorageKind *out_kind, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = dup_path (uri, error);
  struct stat info;

  if (path == NULL)
    return FALSE;
  if (stat (path, &info) == 0)
    *out_kind = S_ISDIR (info.st_mode) ? QUARRY_STORAGE_FOLDER : S_ISREG (info.st_mode) ? QUARRY_STORAGE_FILE : QUARRY_STORAGE_ABSENT;
  else if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
    *out_kind = QUARRY_STORAGE_ABSENT;
  else
    return fail_errno (error, "read", path);
  return TRUE;
}

/* @below: with a slash at the end, or "" */
static gboolean
list_folder (const char *path, const char *below, gboolean recursive, GPtrArray *entries, GCancellable *cancellable, GError **error)
{
  g_autoptr(GDir) dir = NULL;
  const char *name = NULL;
  struct stat info;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (stat (path, &info) != 0)
    return fail_errno (error, "list", path);
  dir = g_dir_open (path, 0, error);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      g_autofree char *relative = g_strconcat (below, name, NULL);
      g_autofree char *deeper = g_strconcat (relative, "/", NULL);
      gboolean link = FALSE;

      if (lstat (child, &info) != 0 || (S_ISLNK (info.st_mode) && (link = TRUE) && stat (child, &info) != 0))
        continue;
      if (S_ISREG (info.st_mode))
        {
          g_autofree char *version = dup_version (&info);

          g_ptr_array_add (entries, quarry_storage_entry_new (relative, child, info.st_size, version));
        }
      else if (!S_ISDIR (info.st_mode))
        continue;
      else if (!recursive)
        g_ptr_array_add (entries, quarry_storage_entry_new (relative, child, -1, NULL));
      else if (!link && !list_folder (child, deeper, TRUE, entries, cancellable, error))
        return FALSE;
    }
  return dir != NULL;
}

static gboolean
local_list (QuarryStorage *self, const char *uri, gboolean recursive, GPtrArray *entries, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = dup_path (uri, error);

  return path != NULL && list_folder (path, "", recursive, entries, cancellable, error);
}

/* Returns: (transfer full) (nullable): the path, with its folder made */
static char *
make_target (const char *uri, GError **error)
{
  g_autofree char *path = dup_path (uri, error);
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;

  if (path == NULL)
    return NULL;
  if (g_mkdir_with_parents (folder, 0777) == 0)
    return g_steal_pointer (&path);
  fail_errno (error, "make the folder", folder);
  return NULL;
}

static gboolean
local_put_bytes (QuarryStorage *self, const char *uri, GBytes *bytes, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = make_target (uri, error);

  return path != NULL && g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), error);
}

static gboolean
local_put_file (QuarryStorage *self, const char *path, const char *uri, GCancellable *cancellable, GError **error)
{
  g_autofree char *target = make_target (uri, error);
  g_autofree char *part = target != NULL ? g_strconcat (target, ".part", NULL) : NULL;
  g_autoptr(GFile) from = g_file_new_for_path (path);
  g_autoptr(GFile) to = part != NULL ? g_file_new_for_path (part) : NULL;

  if (to == NULL)
    return FALSE;
  if (g_file_copy (from, to, G_FILE_COPY_OVERWRITE | G_FILE_COPY_TARGET_DEFAULT_PERMS, cancellable, NULL, NULL, error))
    {
      if (g_rename (part, target) == 0)
        return TRUE;
      fail_errno (error, "write", target);
    }
  g_unlink (part);
  return FALSE;
}

static gboolean
local_remove (QuarryStorage *self, const char *uri, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = dup_path (uri, error);

  return path != NULL && (g_unlink (path) == 0 || errno == ENOENT || fail_errno (error, "remove", path));
}

const QuarryStorageScheme quarry_storage_local = {
  .open = local_open,
  .find = local_find,
  .list = local_list,
  .put_bytes = local_put_bytes,
  .put_file = local_put_file,
  .remove = local_remove,
};
