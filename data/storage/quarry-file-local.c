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

/* Read at a time, so that a cancel acts soon */
#define PIECE (4u << 20)

static gboolean
fail_errno (GError **error, const char *what, const char *path)
{
  const int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "cannot %s '%s': %s", what, path, g_strerror (code));
  return FALSE;
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

gboolean
quarry_file_open_local (QuarryFile *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = g_path_is_absolute (self->uri) ? g_strdup (self->uri) : g_filename_from_uri (self->uri, NULL, error);
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
  self->version = g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT ".%09ld", (gint64) info.st_size,
                                   (gint64) info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
  g_free (self->uri);
  self->uri = g_steal_pointer (&path);
  return TRUE;
}
