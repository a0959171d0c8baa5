/* quarry-media.c: a media's bytes and pixels
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-media.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Read at a time, so that a cancel acts soon */
#define PIECE (4u << 20)
#define MAX_LENGTH (G_GINT64_CONSTANT (4) << 30)

static gboolean
fail_errno (GError **error, const char *what, const char *path)
{
  const int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "cannot %s '%s': %s", what, path,
               g_strerror (code));
  return FALSE;
}

/* Returns: (transfer full) (nullable): the path of a local file */
static char *
dup_path (const char *uri, GError **error)
{
  if (g_path_is_absolute (uri))
    return g_strdup (uri);
  if (g_str_has_prefix (uri, "file:"))
    return g_filename_from_uri (uri, NULL, error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               "cannot open '%s': neither an absolute path nor a file: URI", uri);
  return NULL;
}

static gboolean
read_all (int fd, guint8 *data, gint64 offset, gint64 length, const char *path,
          GCancellable *cancellable, GError **error)
{
  gint64 done = 0;

  while (done < length)
    {
      gssize n;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      n = pread (fd, data + done, (gsize) MIN (PIECE, length - done), offset + done);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail_errno (error, "read", path);
      if (n == 0)
        {
          g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
                       "%s: byte %" G_GINT64_FORMAT ": the file became shorter", path,
                       offset + done);
          return FALSE;
        }
      done += n;
    }
  return TRUE;
}

/* Returns: FALSE where it is no file or too short for the range; else *length is what to read */
static gboolean
find_range (int fd, const char *path, gint64 offset, gint64 *length, GError **error)
{
  struct stat info;

  if (fstat (fd, &info) != 0)
    return fail_errno (error, "open", path);
  if (!S_ISREG (info.st_mode))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                   "cannot read '%s': no regular file", path);
      return FALSE;
    }
  if (offset > info.st_size || (*length >= 0 && *length > info.st_size - offset))
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
                   "%s: byte %" G_GINT64_FORMAT ": the file ends at byte %" G_GINT64_FORMAT, path,
                   offset, (gint64) info.st_size);
      return FALSE;
    }
  if (*length < 0)
    *length = info.st_size - offset;
  if (*length <= MAX_LENGTH)
    return TRUE;
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE,
               "%s: %" G_GINT64_FORMAT " bytes are too many for one media", path, *length);
  return FALSE;
}

/**
 * quarry_media_read:
 * @uri: an absolute path or a file: URI
 * @length: bytes from @offset; −1 to the end
 *
 * Returns: (transfer full): all of it, or an error that names the file
 */
GBytes *
quarry_media_read (const char *uri, gint64 offset, gint64 length, GCancellable *cancellable,
                   GError **error)
{
  g_autofree char *path = NULL;
  g_autofree guint8 *data = NULL;
  gboolean done;
  int fd;

  g_return_val_if_fail (uri != NULL && offset >= 0, NULL);

  path = dup_path (uri, error);
  if (path == NULL)
    return NULL;
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);       /* a FIFO must not block */
  if (fd < 0)
    {
      fail_errno (error, "open", path);
      return NULL;
    }
  done = find_range (fd, path, offset, &length, error);
  if (done)
    {
      data = g_try_malloc ((gsize) MAX (length, 1));
      if (data == NULL)
        g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE,
                     "%s: not enough memory", path);
      done = data != NULL && read_all (fd, data, offset, length, path, cancellable, error);
    }
  close (fd);
  return done ? g_bytes_new_take (g_steal_pointer (&data), (gsize) length) : NULL;
}

/* Returns: (transfer full) */
QuarryImage *
quarry_media_load_image (const QuarryMedia *media, int at_least, GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (GBytes)
      bytes = quarry_media_read (media->uri, media->offset, media->length, cancellable, error);

  return bytes != NULL ? quarry_image_decode (bytes, at_least, media->uri, error) : NULL;
}
