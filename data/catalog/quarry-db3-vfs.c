/* quarry-db3-vfs.c: SQLite on a QuarryFile
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The file is told to be immutable: no locks, no journals, no -wal and no -shm are looked for or made.
 */

#include "config.h"
#include "quarry-db3-private.h"

#include <string.h>

#define MOST_AHEAD  ((gsize) 1 << 20)
#define LEAST_LOCAL ((gsize) 4 << 10)
#define LEAST_REMOTE ((gsize) 128 << 10)

typedef struct
{
  sqlite3_file  base;
  QuarryDb3Vfs *vfs;
} OpenFile;

static gsize
least_ahead (QuarryDb3Vfs *vfs)
{
  return quarry_storage_is_local (quarry_file_get_uri (vfs->file)) ? LEAST_LOCAL : LEAST_REMOTE;
}

static int
read_piece (QuarryDb3Vfs *vfs, gint64 offset, gsize length)
{
  const gsize left = (gsize) (quarry_file_get_size (vfs->file) - offset);
  gsize n;

  vfs->ahead = offset == vfs->next ? MIN (2 * vfs->ahead, MOST_AHEAD) : least_ahead (vfs);
  n = MIN (left, MAX (length, vfs->ahead));
  vfs->length = 0;
  g_clear_error (&vfs->failure);
  if (!quarry_file_read (vfs->file, offset, vfs->data, n, vfs->cancellable, &vfs->failure))
    return SQLITE_IOERR_READ;
  vfs->start = offset;
  vfs->length = n;
  vfs->next = offset + (gint64) n;
  return SQLITE_OK;
}

/* Pages are at most 64 KiB */
static int
file_read (sqlite3_file *base, void *out, int amount, sqlite3_int64 offset)
{
  QuarryDb3Vfs *vfs = ((OpenFile *) base)->vfs;
  const gint64 size = quarry_file_get_size (vfs->file);
  const gsize there = offset < size ? MIN ((gsize) amount, (gsize) (size - offset)) : 0;
  int rc;

  if (there > 0 && (offset < vfs->start || offset + (gint64) there > vfs->start + (gint64) vfs->length))
    {
      if (there > MOST_AHEAD)
        return SQLITE_IOERR_READ;
      rc = read_piece (vfs, offset, there);
      if (rc != SQLITE_OK)
        return rc;
    }
  if (there > 0)
    memcpy (out, vfs->data + (offset - vfs->start), there);
  memset ((guint8 *) out + there, 0, (gsize) amount - there);
  return there == (gsize) amount ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int
file_size (sqlite3_file *base, sqlite3_int64 *out)
{
  *out = quarry_file_get_size (((OpenFile *) base)->vfs->file);
  return SQLITE_OK;
}

static int
file_close (sqlite3_file *base)
{
  return SQLITE_OK;
}

static int
file_write (sqlite3_file *base, const void *data, int amount, sqlite3_int64 offset)
{
  return SQLITE_READONLY;
}

static int
file_truncate (sqlite3_file *base, sqlite3_int64 size)
{
  return SQLITE_READONLY;
}

static int
file_sync (sqlite3_file *base, int flags)
{
  return SQLITE_OK;
}

static int
file_lock (sqlite3_file *base, int level)
{
  return SQLITE_OK;
}

static int
file_is_reserved (sqlite3_file *base, int *out)
{
  *out = 0;
  return SQLITE_OK;
}

static int
file_control (sqlite3_file *base, int op, void *argument)
{
  return SQLITE_NOTFOUND;
}

static int
file_sector_size (sqlite3_file *base)
{
  return 4096;
}

static int
file_characteristics (sqlite3_file *base)
{
  return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods methods = {
  1, file_close, file_read, file_write, file_truncate, file_sync, file_size, file_lock, file_lock, file_is_reserved, file_control,
  file_sector_size, file_characteristics, NULL, NULL, NULL, NULL, NULL, NULL,
};

static int
vfs_open (sqlite3_vfs *base, sqlite3_filename name, sqlite3_file *file, int flags, int *out_flags)
{
  OpenFile *self = (OpenFile *) file;

  memset (self, 0, sizeof *self);
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
    return SQLITE_CANTOPEN;
  self->base.pMethods = &methods;
  self->vfs = (QuarryDb3Vfs *) base;
  if (out_flags != NULL)
    *out_flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
  return SQLITE_OK;
}

static int
vfs_delete (sqlite3_vfs *base, const char *name, int sync)
{
  return SQLITE_READONLY;
}

static int
vfs_access (sqlite3_vfs *base, const char *name, int flags, int *out)
{
  *out = 0;
  return SQLITE_OK;
}

static int
vfs_full_name (sqlite3_vfs *base, const char *name, int length, char *out)
{
  g_strlcpy (out, name, (gsize) length);
  return SQLITE_OK;
}

static int
vfs_randomness (sqlite3_vfs *base, int length, char *out)
{
  memset (out, 0, (gsize) length);
  return length;
}

static int
vfs_sleep (sqlite3_vfs *base, int microseconds)
{
  return 0;
}

static int
vfs_time (sqlite3_vfs *base, double *out)
{
  *out = 0;
  return SQLITE_OK;
}

static int
vfs_last_error (sqlite3_vfs *base, int length, char *out)
{
  return 0;
}

QuarryDb3Vfs *
quarry_db3_vfs_new (QuarryFile *file)
{
  QuarryDb3Vfs *self = g_new0 (QuarryDb3Vfs, 1);

  self->file = quarry_file_ref (file);
  self->data = g_malloc (MOST_AHEAD);
  self->next = -1;
  self->name = g_strdup_printf ("quarry-db3-%p", (void *) self);
  self->base = (sqlite3_vfs) {
    .iVersion = 1, .szOsFile = (int) sizeof (OpenFile), .mxPathname = 4096, .zName = self->name, .xOpen = vfs_open,
    .xDelete = vfs_delete, .xAccess = vfs_access, .xFullPathname = vfs_full_name, .xRandomness = vfs_randomness, .xSleep = vfs_sleep,
    .xCurrentTime = vfs_time, .xGetLastError = vfs_last_error,
  };
  sqlite3_vfs_register (&self->base, 0);
  return self;
}

void
quarry_db3_vfs_free (QuarryDb3Vfs *self)
{
  sqlite3_vfs_unregister (&self->base);
  quarry_file_unref (self->file);
  g_clear_error (&self->failure);
  g_clear_object (&self->cancellable);
  g_free (self->data);
  g_free (self->name);
  g_free (self);
}
