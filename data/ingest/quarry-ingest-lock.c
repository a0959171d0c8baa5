/* quarry-ingest-lock.c: one import of a source into a catalog at a time
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A file beside the catalog is locked at a byte that stands for the source, by the kernel: a process that is killed lets go. (The
 * catalog's own file is left alone: closing a second handle of it would drop SQLite's locks.) Who is last removes the file.
 */

#include "config.h"
#include "quarry-ingest-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include <xxhash.h>

#define MAX_TRIES 1000

struct _QuarryIngestLock
{
  int    fd;
  char  *path;
  off_t  byte;
};

/* @length: 0 the whole file. Returns: whether it worked; else errno is set */
static gboolean
set_lock (int fd, short type, off_t start, off_t length)
{
  struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length };

  return fcntl (fd, F_OFD_SETLK, &lock) == 0;
}

/* Whether who holds the byte holds all, to remove the file: in a moment it is free */
static gboolean
is_held_for_removal (int fd, off_t byte)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };

  return fcntl (fd, F_OFD_GETLK, &lock) == 0 && (lock.l_type == F_UNLCK || lock.l_len != 1);
}

/* A file that was removed after it was opened locks nobody out */
static gboolean
is_still_there (int fd, const char *path)
{
  struct stat ours, theirs;

  return fstat (fd, &ours) == 0 && stat (path, &theirs) == 0 && ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
}

/**
 * quarry_ingest_lock:
 *
 * Returns: (transfer full) (nullable): NULL with @error: the source is being imported
 */
QuarryIngestLock *
quarry_ingest_lock (const char *catalog, const char *uri, GError **error)
{
  g_autofree char *path = g_strconcat (catalog, ".importing", NULL);
  const off_t byte = (off_t) (XXH3_64bits (uri, strlen (uri)) >> 2);

  for (int i = 0; i < MAX_TRIES; i++)
    {
      const int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
      QuarryIngestLock *self = NULL;

      if (fd < 0)
        {
          const int code = errno;

          g_set_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_FAILED, "cannot open '%s': %s", path, g_strerror (code));
          return NULL;
        }
      if (!set_lock (fd, F_WRLCK, byte, 1))
        {
          const int code = errno;
          const gboolean moment = is_held_for_removal (fd, byte);

          close (fd);
          if (moment && (code == EAGAIN || code == EACCES))
            {
              g_usleep (1000);
              continue;
            }
          g_set_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_FAILED, "cannot import '%s': %s", uri,
                       code == EAGAIN || code == EACCES ? "it is being imported into this catalog right now" : g_strerror (code));
          return NULL;
        }
      if (!is_still_there (fd, path))
        {
          close (fd);
          continue;
        }
      self = g_new0 (QuarryIngestLock, 1);
      self->fd = fd;
      self->path = g_steal_pointer (&path);
      self->byte = byte;
      return self;
    }
  g_set_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_FAILED, "cannot import '%s': '%s' cannot be locked", uri, path);
  return NULL;
}

void
quarry_ingest_unlock (QuarryIngestLock *self)
{
  if (self == NULL)
    return;
  if (set_lock (self->fd, F_WRLCK, 0, 0) && is_still_there (self->fd, self->path))
    g_unlink (self->path);
  close (self->fd);
  g_free (self->path);
  g_free (self);
}
