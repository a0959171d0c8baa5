/* quarry-thumbnails.c: small pictures of media, kept on disk
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A file of the cache is a JPEG named by the hash of its key, in a folder named by the hash's first
 * two digits, with a trailer after the JPEG's end: TRAILER_MAGIC, then the whole picture's width
 * and height as little-endian 32 bits. A file without it was not written to its end and is made
 * anew.
 */

#include "config.h"
#include "quarry-thumbnails.h"
#include "quarry-image-private.h"
#include "quarry-media.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>
#include <glib/gstdio.h>

#define QUALITY 85
#define N_THREADS 2
#define TRAILER_MAGIC "QuarryTh"
#define TRAILER_BYTES 16

struct _QuarryThumbnails
{
  GObject      parent_instance;
  QuarryStorage *storage;      /* nullable */
  char        *folder;
  int          size;           /* px of the longer side */
  GThreadPool *pool;           /* of GTask */
  gint         serial;         /* atomic */
};

typedef struct
{
  char   *uri;
  char   *format;      /* nullable */
  gint64  offset, length;
  gint    serial;      /* larger is newer */
} Request;

G_DEFINE_FINAL_TYPE (QuarryThumbnails, quarry_thumbnails, G_TYPE_OBJECT)

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->uri);
  g_free (request->format);
  g_free (request);
}

/* Returns: (transfer full): where the thumbnail of the file as it is now is kept */
static char *
dup_cache_path (QuarryThumbnails *self, const char *uri, gint64 offset, gint64 length,
                const char *format, GError **error)
{
  g_autofree char *version = quarry_media_dup_version (self->storage, uri, NULL, error);
  g_autofree char *key = NULL;
  char hex[33];
  char folder[3];
  XXH128_hash_t hash;

  if (version == NULL)
    return NULL;
  key = g_strdup_printf ("%s\n%" G_GINT64_FORMAT "\n%" G_GINT64_FORMAT "\n%s\n%s\n%d", uri, offset,
                         length, format != NULL ? format : "", version, self->size);
  hash = XXH3_128bits (key, strlen (key));
  g_snprintf (hex, sizeof hex, "%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x",
              (guint64) hash.high64, (guint64) hash.low64);
  g_snprintf (folder, sizeof folder, "%.2s", hex);
  return g_strdup_printf ("%s/%s/%s.jpg", self->folder, folder, hex + 2);
}

/* Returns: (transfer full) (nullable): NULL where it is not there, or not whole */
static QuarryImage *
read_cached (const char *path)
{
  g_autoptr(GBytes) bytes = quarry_media_read (NULL, path, 0, -1, NULL, NULL);
  g_autoptr(GBytes) jpeg = NULL;
  QuarryImage *image = NULL;
  gsize length = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;
  guint32 full[2];

  if (length <= TRAILER_BYTES || memcmp (data + length - TRAILER_BYTES, TRAILER_MAGIC, 8) != 0)
    return NULL;
  memcpy (full, data + length - 8, sizeof full);
  jpeg = g_bytes_new_from_bytes (bytes, 0, length - TRAILER_BYTES);
  image = quarry_image_decode (jpeg, 0, path, NULL);
  if (image == NULL)
    return NULL;
  image->full_width = (int) GUINT32_FROM_LE (full[0]);
  image->full_height = (int) GUINT32_FROM_LE (full[1]);
  return image;
}

/* Under another name first, so that nobody reads a part; not synced to the disk, which would take
 * longer than the picture: what a power cut leaves is found broken and made anew */
static gboolean
write_file (const char *path, const GByteArray *data)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *other = g_strconcat (path, ".XXXXXX", NULL);
  FILE *file = NULL;
  gboolean done;
  int fd = g_mkdir_with_parents (folder, 0700) == 0
               ? g_mkstemp_full (other, O_WRONLY | O_CLOEXEC, 0600)
               : -1;

  if (fd < 0)
    return FALSE;
  file = fdopen (fd, "wb");
  done = fwrite (data->data, 1, data->len, file) == data->len;
  done = fclose (file) == 0 && done && g_rename (other, path) == 0;
  if (!done)
    g_unlink (other);
  return done;
}

/* A cache that cannot be written costs time, not pictures */
static void
write_cached (const char *path, const QuarryImage *image)
{
  g_autoptr(GBytes) jpeg = quarry_image_to_jpeg (image, QUALITY, NULL);
  g_autoptr(GByteArray) data = g_byte_array_new ();
  const guint32 full[2] = { GUINT32_TO_LE ((guint32) image->full_width),
                            GUINT32_TO_LE ((guint32) image->full_height) };

  if (jpeg == NULL)
    return;
  g_byte_array_append (data, g_bytes_get_data (jpeg, NULL), (guint) g_bytes_get_size (jpeg));
  g_byte_array_append (data, (const guint8 *) TRAILER_MAGIC, 8);
  g_byte_array_append (data, (const guint8 *) full, sizeof full);
  if (!write_file (path, data))
    g_debug ("cannot keep thumbnail '%s'", path);
}

static QuarryImage *
make_thumbnail (QuarryThumbnails *self, const char *uri, gint64 offset, gint64 length, const char *format,
                GCancellable *cancellable, GError **error)
{
  g_autoptr(GBytes) bytes = quarry_media_read (self->storage, uri, offset, length, cancellable, error);
  g_autoptr(QuarryImage) image = NULL;
  QuarryImage *thumbnail = NULL;

  if (bytes == NULL)
    return NULL;
  image = quarry_image_decode_longer (bytes, format, self->size, uri, error);
  if (image == NULL)
    return NULL;
  thumbnail = quarry_image_scale (image, self->size, self->size);
  if (thumbnail == NULL)
    g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE, "%s: not enough memory",
                 uri);
  return thumbnail;
}

/**
 * quarry_thumbnails_load:
 *
 * Any thread.
 *
 * Returns: (transfer full): at most the size the cache was made with; a missing or broken picture
 * is an error, each time
 */
QuarryImage *
quarry_thumbnails_load (QuarryThumbnails  *self,
                        const char        *uri,
                        gint64             offset,
                        gint64             length,
                        const char        *format,
                        GCancellable      *cancellable,
                        GError           **error)
{
  g_autofree char *path = NULL;
  QuarryImage *image = NULL;

  g_return_val_if_fail (QUARRY_IS_THUMBNAILS (self) && uri != NULL, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  path = dup_cache_path (self, uri, offset, length, format, error);
  if (path == NULL)
    return NULL;
  image = read_cached (path);
  if (image != NULL)
    return image;
  image = make_thumbnail (self, uri, offset, length, format, cancellable, error);
  if (image != NULL)
    write_cached (path, image);
  return image;
}

static void
load_in_thread (gpointer data, gpointer unused)
{
  g_autoptr(GTask) task = data;
  const Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  QuarryImage *image = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  image = quarry_thumbnails_load (g_task_get_source_object (task), request->uri, request->offset,
                                  request->length, request->format, g_task_get_cancellable (task), &error);
  if (image != NULL)
    g_task_return_pointer (task, image, (GDestroyNotify) quarry_image_free);
  else
    g_task_return_error (task, error);
}

static int
compare_newest_first (gconstpointer a, gconstpointer b, gpointer unused)
{
  const Request *x = g_task_get_task_data ((GTask *) a);
  const Request *y = g_task_get_task_data ((GTask *) b);

  return (x->serial < y->serial) - (x->serial > y->serial);
}

/* The callback comes in the caller's main context; cancelled requests come back without a decode */
void
quarry_thumbnails_load_async (QuarryThumbnails    *self,
                              const char          *uri,
                              gint64               offset,
                              gint64               length,
                              const char          *format,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  GTask *task = NULL;
  Request *request = NULL;

  g_return_if_fail (QUARRY_IS_THUMBNAILS (self) && uri != NULL);

  request = g_new (Request, 1);
  *request = (Request) { g_strdup (uri), g_strdup (format), offset, length, g_atomic_int_add (&self->serial, 1) };
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, quarry_thumbnails_load_async);
  g_task_set_task_data (task, request, request_free);
  g_thread_pool_push (self->pool, task, NULL);
}

QuarryImage *
quarry_thumbnails_load_finish (QuarryThumbnails *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
quarry_thumbnails_finalize (GObject *object)
{
  QuarryThumbnails *self = QUARRY_THUMBNAILS (object);

  /* Each request holds a reference, so none is waiting; not to be waited for, since this may be a
   * pool's thread */
  g_thread_pool_free (self->pool, FALSE, FALSE);
  g_clear_object (&self->storage);
  g_free (self->folder);
  G_OBJECT_CLASS (quarry_thumbnails_parent_class)->finalize (object);
}

static void
quarry_thumbnails_class_init (QuarryThumbnailsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = quarry_thumbnails_finalize;
}

static void
quarry_thumbnails_init (QuarryThumbnails *self)
{
  self->pool = g_thread_pool_new (load_in_thread, NULL, N_THREADS, FALSE, NULL);
  g_thread_pool_set_sort_function (self->pool, compare_newest_first, NULL);
}

/* Returns: (transfer full) */
QuarryThumbnails *
quarry_thumbnails_new (QuarryStorage *storage, const char *folder, int size)
{
  QuarryThumbnails *self = NULL;

  g_return_val_if_fail (size > 0, NULL);

  self = g_object_new (QUARRY_TYPE_THUMBNAILS, NULL);
  self->storage = storage != NULL ? g_object_ref (storage) : NULL;
  self->folder = folder != NULL
                     ? g_strdup (folder)
                     : g_build_filename (g_get_user_cache_dir (), "quarry", "thumbnails", NULL);
  self->size = size;
  return self;
}
