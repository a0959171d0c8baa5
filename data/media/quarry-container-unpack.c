/* quarry-container-unpack.c: whole files that are compressed
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A recording that is compressed as one file cannot be read in the middle: it is decompressed once, piece by piece, into a nameless
 * file in the cache folder, and mapped. So it costs disk and hardly any memory, and is gone with the program.
 */

#include "config.h"
#include "quarry-container-private.h"
#include "quarry-media-error.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#define PIECE      ((gsize) 1 << 20)
#define MAX_KEPT   8                                   /* files that stay decompressed */
#define FREE_BYTES (G_GINT64_CONSTANT (1) << 30)       /* any file may become so large, and more of it: */
#define MAX_RATIO  64
#define KEPT_DATA  "quarry-container-unpacked"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZSTD_DStream, ZSTD_freeDStream)

typedef struct
{
  char   *key;
  GBytes *bytes;
} Unpacked;

typedef struct
{
  GMutex mutex;
  GQueue recent;      /* Unpacked, the newest first */
} Kept;

static void
unpacked_free (gpointer data)
{
  Unpacked *unpacked = data;

  g_free (unpacked->key);
  g_bytes_unref (unpacked->bytes);
  g_free (unpacked);
}

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  g_queue_clear_full (&kept->recent, unpacked_free);
  g_mutex_clear (&kept->mutex);
  g_free (kept);
}

static Kept *
get_kept (QuarryStorage *storage)
{
  Kept *kept = g_object_get_data (G_OBJECT (storage), KEPT_DATA);

  if (kept != NULL)
    return kept;
  kept = g_new0 (Kept, 1);
  g_mutex_init (&kept->mutex);
  if (!g_object_replace_data (G_OBJECT (storage), KEPT_DATA, NULL, kept, kept_free, NULL))
    kept_free (kept);      /* another thread was first */
  return g_object_get_data (G_OBJECT (storage), KEPT_DATA);
}

/* Returns: a descriptor of a file without a name, −1 with @error */
static int
open_nameless (GError **error)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "quarry", NULL);
  g_autofree char *path = g_build_filename (folder, "unpacked-XXXXXX", NULL);
  int fd = -1;

  if (g_mkdir_with_parents (folder, 0700) == 0)
    fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    unlink (path);
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "cannot make a file in '%s': %s", folder, g_strerror (errno));
  return fd;
}

static gboolean
write_all (int fd, const guint8 *data, gsize length, GError **error)
{
  while (length > 0)
    {
      const gssize n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "cannot write to the cache folder: %s", g_strerror (errno));
          return FALSE;
        }
      data += n;
      length -= (gsize) n;
    }
  return TRUE;
}

static gboolean
fail (QuarryFile *file, gint64 offset, const char *what, GError **error)
{
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN, "%s: byte %" G_GINT64_FORMAT ": %s", quarry_file_get_uri (file), offset, what);
  return FALSE;
}

/* One piece of input. @out_rest: 0 where a frame ended with it */
static gboolean
unpack_piece (ZSTD_DStream *stream, QuarryFile *file, gint64 offset, ZSTD_inBuffer *in, guint8 *out, int fd, gint64 *made, gsize *out_rest,
              GError **error)
{
  const gint64 most = MAX (FREE_BYTES, quarry_file_get_size (file) * MAX_RATIO);
  ZSTD_outBuffer piece = { out, PIECE, PIECE };

  while (in->pos < in->size || (piece.pos == piece.size && *out_rest != 0))
    {
      piece.pos = 0;
      *out_rest = ZSTD_decompressStream (stream, &piece, in);
      if (ZSTD_isError (*out_rest))
        return fail (file, offset + (gint64) in->pos, "zstd data is damaged", error);
      *made += (gint64) piece.pos;
      if (*made > most)
        return fail (file, offset + (gint64) in->pos, "zstd data becomes too large", error);
      if (!write_all (fd, out, piece.pos, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
unpack_all (QuarryFile *file, int fd, GCancellable *cancellable, GError **error)
{
  const gint64 size = quarry_file_get_size (file);
  g_autoptr(ZSTD_DStream) stream = ZSTD_createDStream ();
  g_autofree guint8 *packed = g_malloc (PIECE), *out = g_malloc (PIECE);
  gint64 made = 0;
  gsize rest = 1;

  for (gint64 at = 0; at < size; at += (gint64) PIECE)
    {
      ZSTD_inBuffer in = { packed, (gsize) MIN ((gint64) PIECE, size - at), 0 };

      if (!quarry_file_read (file, at, packed, in.size, cancellable, error) ||
          !unpack_piece (stream, file, at, &in, out, fd, &made, &rest, error))
        return FALSE;
    }
  return rest == 0 ? TRUE : fail (file, size, "zstd data ends too early", error);
}

/* Returns: (transfer full) (nullable) */
static GBytes *
unpack (QuarryFile *file, GCancellable *cancellable, GError **error)
{
  const int fd = open_nameless (error);
  GMappedFile *mapped = NULL;
  GBytes *bytes = NULL;

  if (fd >= 0 && unpack_all (file, fd, cancellable, error))
    mapped = g_mapped_file_new_from_fd (fd, FALSE, error);
  if (fd >= 0)
    close (fd);
  if (mapped == NULL)
    return NULL;
  bytes = g_mapped_file_get_bytes (mapped);
  g_mapped_file_unref (mapped);
  return bytes;
}

static int
compare_key (gconstpointer item, gconstpointer key)
{
  return g_strcmp0 (((const Unpacked *) item)->key, key);
}

/* Returns: (transfer full) (nullable): who asks for what another is making waits for it */
GBytes *
quarry_container_unpack (QuarryStorage *storage, QuarryFile *file, GCancellable *cancellable, GError **error)
{
  g_autofree char *key = g_strdup_printf ("%s\n%s", quarry_file_get_uri (file), quarry_file_get_version (file));
  Kept *kept = get_kept (storage);
  GList *link = NULL;
  GBytes *bytes = NULL;

  g_mutex_lock (&kept->mutex);
  link = g_queue_find_custom (&kept->recent, key, compare_key);
  if (link != NULL)
    {
      g_queue_unlink (&kept->recent, link);
      g_queue_push_head_link (&kept->recent, link);
      bytes = g_bytes_ref (((Unpacked *) link->data)->bytes);
    }
  else if ((bytes = unpack (file, cancellable, error)) != NULL)
    {
      Unpacked *unpacked = g_new0 (Unpacked, 1);

      unpacked->key = g_steal_pointer (&key);
      unpacked->bytes = g_bytes_ref (bytes);
      g_queue_push_head (&kept->recent, unpacked);
      if (kept->recent.length > MAX_KEPT)
        unpacked_free (g_queue_pop_tail (&kept->recent));
    }
  g_mutex_unlock (&kept->mutex);
  return bytes;
}
