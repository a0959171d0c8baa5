/* quarry-disk-cache.c: pieces of what lies elsewhere, kept in the user's cache folder
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * FOLDER/ab/HASH: "QYBLOCK1", XXH3 of the bytes (8 bytes, this machine's order), the bytes.
 */

#include "config.h"
#include "quarry-disk-cache.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define MAGIC "QYBLOCK1"
#define HEAD  16
#define PIECE_MAX ((gint64) 1 << 30)

struct _QuarryDiskCache
{
  char    *folder;
  GMutex   lock;
  guint64  limit;
  guint64  used;         /* bytes, as far as this program knows */
  gboolean counted;
};

QuarryDiskCache *
quarry_disk_cache_new (const char *folder, guint64 limit)
{
  QuarryDiskCache *self = g_new0 (QuarryDiskCache, 1);

  self->folder = g_strdup (folder);
  self->limit = limit;
  g_mutex_init (&self->lock);
  return self;
}

void
quarry_disk_cache_free (QuarryDiskCache *self)
{
  g_mutex_clear (&self->lock);
  g_free (self->folder);
  g_free (self);
}

/* Returns: (transfer full) */
static char *
piece_path (QuarryDiskCache *self, const char *key)
{
  const XXH128_hash_t hash = XXH3_128bits (key, strlen (key));
  g_autofree char *name = g_strdup_printf ("%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x", hash.high64, hash.low64);
  const char first[3] = { name[0], name[1], '\0' };

  return g_build_filename (self->folder, first, name, NULL);
}

typedef struct { char *path; gint64 size; gint64 time_us; } Piece;

static void
clear_piece (gpointer data)
{
  g_free (((Piece *) data)->path);
}

static int
compare_pieces (gconstpointer a, gconstpointer b)
{
  const gint64 x = ((const Piece *) a)->time_us;
  const gint64 y = ((const Piece *) b)->time_us;

  return (x > y) - (x < y);
}

/* Returns: (transfer full): Piece, the oldest first */
static GArray *
list_pieces (QuarryDiskCache *self)
{
  GArray *pieces = g_array_new (FALSE, FALSE, sizeof (Piece));

  g_array_set_clear_func (pieces, clear_piece);
  for (int i = 0; i < 256; i++)
    {
      g_autofree char *name = g_strdup_printf ("%02x", i);
      g_autofree char *folder = g_build_filename (self->folder, name, NULL);
      g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
      const char *file = NULL;

      while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
        {
          Piece piece = { g_build_filename (folder, file, NULL), 0, 0 };
          struct stat info;

          if (lstat (piece.path, &info) != 0 || !S_ISREG (info.st_mode))
            {
              g_free (piece.path);
              continue;
            }
          piece.size = info.st_size;
          piece.time_us = (gint64) info.st_mtim.tv_sec * G_USEC_PER_SEC + info.st_mtim.tv_nsec / 1000;
          g_array_append_val (pieces, piece);
        }
    }
  g_array_sort (pieces, compare_pieces);
  return pieces;
}

/* With the lock. To 4/5 of the limit where it is passed, so that it is not done at each piece */
static void
shrink (QuarryDiskCache *self)
{
  g_autoptr(GArray) pieces = NULL;

  if (self->counted && self->used <= self->limit)
    return;
  pieces = list_pieces (self);
  self->counted = TRUE;
  self->used = 0;
  for (guint i = 0; i < pieces->len; i++)
    self->used += (guint64) g_array_index (pieces, Piece, i).size;
  if (self->used <= self->limit)
    return;
  for (guint i = 0; i < pieces->len && self->used > self->limit / 5 * 4; i++)
    {
      g_unlink (g_array_index (pieces, Piece, i).path);
      self->used -= (guint64) g_array_index (pieces, Piece, i).size;
    }
}

void
quarry_disk_cache_set_limit (QuarryDiskCache *self, guint64 limit)
{
  g_mutex_lock (&self->lock);
  self->limit = limit;
  shrink (self);
  g_mutex_unlock (&self->lock);
}

GBytes *
quarry_disk_cache_find (QuarryDiskCache *self, const char *key)
{
  g_autofree char *path = piece_path (self, key);
  g_autofree char *bytes = NULL;
  gsize length = 0;
  guint64 sum = 0;
  struct stat info;

  if (stat (path, &info) != 0 || !S_ISREG (info.st_mode) || info.st_size > PIECE_MAX || !g_file_get_contents (path, &bytes, &length, NULL))
    return NULL;
  if (length >= HEAD)
    memcpy (&sum, bytes + 8, sizeof sum);
  if (length < HEAD || memcmp (bytes, MAGIC, 8) != 0 || sum != XXH3_64bits (bytes + HEAD, length - HEAD))
    {
      g_unlink (path);      /* damaged: it is fetched again */
      return NULL;
    }
  utimensat (AT_FDCWD, path, NULL, 0);
  return g_bytes_new (bytes + HEAD, length - HEAD);
}

void
quarry_disk_cache_keep (QuarryDiskCache *self, const char *key, GBytes *bytes)
{
  g_autofree char *path = piece_path (self, key);
  g_autofree char *folder = g_path_get_dirname (path);
  gsize length = 0;
  const char *data = g_bytes_get_data (bytes, &length);
  const guint64 sum = XXH3_64bits (data, length);
  g_autofree char *all = NULL;
  guint64 limit = 0;

  g_mutex_lock (&self->lock);
  limit = self->limit;
  g_mutex_unlock (&self->lock);
  if (length + HEAD > limit || g_mkdir_with_parents (folder, 0700) != 0)
    return;
  all = g_malloc (length + HEAD);
  memcpy (all, MAGIC, 8);
  memcpy (all + 8, &sum, sizeof sum);
  memcpy (all + HEAD, data, length);
  if (!g_file_set_contents_full (path, all, (gssize) (length + HEAD), G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL))
    return;
  g_mutex_lock (&self->lock);
  self->used += length + HEAD;
  shrink (self);
  g_mutex_unlock (&self->lock);
}
