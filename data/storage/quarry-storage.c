/* quarry-storage.c: schemes of names, and the cache that all readers share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-storage.h"
#include "quarry-storage-private.h"
#include "quarry-s3-store.h"

#include <string.h>

#define CACHE_BYTES ((gsize) 256 << 20)
/* One read takes no more memory than this */
#define MAX_LENGTH (G_GINT64_CONSTANT (4) << 30)

/* The one list of schemes */
static const struct
{
  const char                *prefix;
  const QuarryStorageScheme *scheme;
} schemes[] = {
  { "/", &quarry_storage_local },
  { "file:", &quarry_storage_local },
  { "s3:", &quarry_storage_s3 },
};

typedef struct
{
  char     *key;
  GBytes   *bytes;         /* NULL while it is made */
  GList     link;          /* in recent; .data is the entry */
} Entry;

struct _QuarryStorage
{
  GObject     parent_instance;
  GMutex      mutex;       /* of all below */
  GCond       made;
  GHashTable *entries;     /* key → Entry; owns */
  GQueue      recent;      /* made entries, the newest first */
  gsize       used, limit; /* bytes */
  QuarryS3Store *s3;       /* nullable */
};

G_DEFINE_FINAL_TYPE (QuarryStorage, quarry_storage, G_TYPE_OBJECT)
G_DEFINE_QUARK (quarry-storage-error-quark, quarry_storage_error)

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->bytes, g_bytes_unref);
  g_free (entry->key);
  g_free (entry);
}

static void
quarry_storage_finalize (GObject *object)
{
  QuarryStorage *self = QUARRY_STORAGE (object);

  g_clear_pointer (&self->s3, quarry_s3_store_free);      /* before the cache that it fills */
  g_hash_table_unref (self->entries);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->made);
  G_OBJECT_CLASS (quarry_storage_parent_class)->finalize (object);
}

static void
quarry_storage_class_init (QuarryStorageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = quarry_storage_finalize;
}

static void
quarry_storage_init (QuarryStorage *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->made);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  self->limit = CACHE_BYTES;
}

QuarryStorage *
quarry_storage_new (void)
{
  return g_object_new (QUARRY_TYPE_STORAGE, NULL);
}

/* With the lock. What is given away stays alive as long as somebody holds it */
static void
shrink (QuarryStorage *self, gsize limit)
{
  while (self->used > limit && self->recent.tail != NULL)
    {
      Entry *oldest = self->recent.tail->data;

      g_queue_unlink (&self->recent, &oldest->link);
      self->used -= g_bytes_get_size (oldest->bytes);
      g_hash_table_remove (self->entries, oldest->key);
    }
}

void
quarry_storage_set_limit (QuarryStorage *self, gsize bytes)
{
  g_return_if_fail (QUARRY_IS_STORAGE (self));

  g_mutex_lock (&self->mutex);
  self->limit = bytes;
  shrink (self, bytes);
  g_mutex_unlock (&self->mutex);
}

QuarryS3Store *
quarry_storage_get_s3 (QuarryStorage *self)
{
  g_mutex_lock (&self->mutex);
  if (self->s3 == NULL)
    self->s3 = quarry_s3_store_new (self);
  g_mutex_unlock (&self->mutex);
  return self->s3;
}

void
quarry_storage_set_disk_limit (QuarryStorage *self, guint64 bytes)
{
  g_return_if_fail (QUARRY_IS_STORAGE (self));

  quarry_disk_cache_set_limit (quarry_s3_store_get_disk (quarry_storage_get_s3 (self)), bytes);
}

GBytes *
quarry_storage_peek (QuarryStorage *self, const char *key)
{
  Entry *entry = NULL;
  GBytes *bytes = NULL;

  g_mutex_lock (&self->mutex);
  entry = g_hash_table_lookup (self->entries, key);
  if (entry != NULL && entry->bytes != NULL)
    {
      g_queue_unlink (&self->recent, &entry->link);
      g_queue_push_head_link (&self->recent, &entry->link);
      bytes = g_bytes_ref (entry->bytes);
    }
  g_mutex_unlock (&self->mutex);
  return bytes;
}

gboolean
quarry_storage_has (QuarryStorage *self, const char *key)
{
  const Entry *entry = NULL;
  gboolean has = FALSE;

  g_mutex_lock (&self->mutex);
  entry = g_hash_table_lookup (self->entries, key);
  has = entry != NULL && entry->bytes != NULL;
  g_mutex_unlock (&self->mutex);
  return has;
}

void
quarry_storage_keep (QuarryStorage *self, const char *key, GBytes *bytes)
{
  const gsize size = g_bytes_get_size (bytes);

  g_mutex_lock (&self->mutex);
  if (size <= self->limit && !g_hash_table_contains (self->entries, key))
    {
      Entry *entry = g_new0 (Entry, 1);

      shrink (self, self->limit - size);
      entry->key = g_strdup (key);
      entry->bytes = g_bytes_ref (bytes);
      entry->link.data = entry;
      self->used += size;
      g_hash_table_insert (self->entries, entry->key, entry);
      g_queue_push_head_link (&self->recent, &entry->link);
    }
  g_mutex_unlock (&self->mutex);
}

/* With the lock. Returns: (transfer full) (nullable): NULL: the caller is to make it, an entry without bytes is there */
static GBytes *
find_or_reserve (QuarryStorage *self, const char *key)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  while (entry != NULL && entry->bytes == NULL)
    {
      g_cond_wait (&self->made, &self->mutex);
      entry = g_hash_table_lookup (self->entries, key);
    }
  if (entry != NULL)
    {
      g_queue_unlink (&self->recent, &entry->link);
      g_queue_push_head_link (&self->recent, &entry->link);
      return g_bytes_ref (entry->bytes);
    }
  entry = g_new0 (Entry, 1);
  entry->key = g_strdup (key);
  entry->link.data = entry;
  g_hash_table_insert (self->entries, entry->key, entry);
  return NULL;
}

/**
 * quarry_storage_cached:
 * @key: names the bytes, with the version of the file they come from
 *
 * Returns: (transfer full): from the cache, or just made; who asks for what another is making waits for it
 */
GBytes *
quarry_storage_cached (QuarryStorage *self, const char *key, QuarryStorageMakeFunc make, gpointer data,
                       GCancellable *cancellable, GError **error)
{
  GBytes *bytes = NULL;

  g_return_val_if_fail (QUARRY_IS_STORAGE (self) && key != NULL && make != NULL, NULL);

  g_mutex_lock (&self->mutex);
  bytes = find_or_reserve (self, key);
  g_mutex_unlock (&self->mutex);
  if (bytes != NULL)
    return bytes;
  bytes = make (data, cancellable, error);
  g_mutex_lock (&self->mutex);
  if (bytes == NULL || g_bytes_get_size (bytes) > self->limit)
    g_hash_table_remove (self->entries, key);
  else
    {
      Entry *entry = g_hash_table_lookup (self->entries, key);

      shrink (self, self->limit - g_bytes_get_size (bytes));
      entry->bytes = g_bytes_ref (bytes);
      self->used += g_bytes_get_size (bytes);
      g_queue_push_head_link (&self->recent, &entry->link);
    }
  g_cond_broadcast (&self->made);
  g_mutex_unlock (&self->mutex);
  return bytes;
}

/* Returns: (transfer none) (nullable): NULL with an error that names it */
static const QuarryStorageScheme *
find_scheme (const char *uri, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_str_has_prefix (uri, schemes[i].prefix))
      return schemes[i].scheme;
  g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_UNSUPPORTED,
               "cannot open '%s': neither an absolute path nor a URI of a kind that is known", uri);
  return NULL;
}

/**
 * quarry_storage_open:
 * @uri: an absolute path, a file: URI, or a URI of a scheme that is known
 *
 * Returns: (transfer full) (nullable): NULL with an error that names it
 */
QuarryFile *
quarry_storage_open (QuarryStorage *self, const char *uri, GCancellable *cancellable, GError **error)
{
  const QuarryStorageScheme *scheme = NULL;
  g_autoptr(QuarryFile) file = NULL;

  g_return_val_if_fail (QUARRY_IS_STORAGE (self) && uri != NULL, NULL);

  scheme = find_scheme (uri, error);
  if (scheme == NULL)
    return NULL;
  file = g_new0 (QuarryFile, 1);
  g_atomic_ref_count_init (&file->references);
  file->storage = g_object_ref (self);
  file->uri = g_strdup (uri);
  return scheme->open (file, cancellable, error) ? g_steal_pointer (&file) : NULL;
}

gboolean
quarry_storage_is_local (const char *uri)
{
  return find_scheme (uri, NULL) == &quarry_storage_local;
}

gboolean
quarry_storage_find (QuarryStorage *self, const char *uri, QuarryStorageKind *out_kind, GCancellable *cancellable, GError **error)
{
  const QuarryStorageScheme *scheme = NULL;

  g_return_val_if_fail (QUARRY_IS_STORAGE (self) && uri != NULL && out_kind != NULL, FALSE);

  scheme = find_scheme (uri, error);
  return scheme != NULL && scheme->find (self, uri, out_kind, cancellable, error);
}

QuarryStorageEntry *
quarry_storage_entry_new (const char *name, const char *uri, gint64 size, const char *version)
{
  QuarryStorageEntry *self = g_new0 (QuarryStorageEntry, 1);

  self->name = g_strdup (name);
  self->uri = g_strdup (uri);
  self->version = g_strdup (version);
  self->size = size;
  self->is_folder = size < 0;
  return self;
}

void
quarry_storage_entry_free (QuarryStorageEntry *self)
{
  g_free (self->name);
  g_free (self->uri);
  g_free (self->version);
  g_free (self);
}

static void
free_entry (gpointer data)
{
  quarry_storage_entry_free (data);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  return quarry_storage_compare_natural ((*(QuarryStorageEntry **) a)->name, (*(QuarryStorageEntry **) b)->name);
}

/**
 * quarry_storage_list:
 * @uri: a folder
 *
 * What is neither file nor folder, and links that lead nowhere, are left out. A link to a folder is one in a listing of
 * its own folder, and is not followed by a recursive one.
 *
 * Returns: (transfer full) (nullable): QuarryStorageEntry, hidden ones too; NULL with G_IO_ERROR_NOT_FOUND where there is no such folder
 */
GPtrArray *
quarry_storage_list (QuarryStorage *self, const char *uri, gboolean recursive, GCancellable *cancellable, GError **error)
{
  const QuarryStorageScheme *scheme = NULL;
  g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func (free_entry);

  g_return_val_if_fail (QUARRY_IS_STORAGE (self) && uri != NULL, NULL);

  scheme = find_scheme (uri, error);
  if (scheme == NULL || !scheme->list (self, uri, recursive, entries, cancellable, error))
    return NULL;
  g_ptr_array_sort (entries, compare_entries);
  return g_steal_pointer (&entries);
}

gboolean
quarry_storage_put_bytes (QuarryStorage *self, const char *uri, GBytes *bytes, GCancellable *cancellable, GError **error)
{
  const QuarryStorageScheme *scheme = NULL;

  g_return_val_if_fail (QUARRY_IS_STORAGE (self) && uri != NULL && bytes != NULL, FALSE);

  scheme = find_scheme (uri, error);
  return scheme != NULL && scheme->put_bytes (self, uri, bytes, cancellable, error);
}

gboolean
quarry_storage_put_file (QuarryStorage *self, const char *path, const char *uri, GCancellable *cancellable, GError **error)
{
  const QuarryStorageScheme *scheme = NULL;

  g_return_val_if_fail (QUARRY_IS_STORAGE (self) && uri != NULL && path != NULL, FALSE);

  scheme = find_scheme (uri, error);
  return scheme != NULL && scheme->put_file (self, path, uri, cancellable, error);
}

gboolean
quarry_storage_remove (QuarryStorage *self, const char *uri, GCancellable *cancellable, GError **error)
{
  const QuarryStorageScheme *scheme = NULL;

  g_return_val_if_fail (QUARRY_IS_STORAGE (self) && uri != NULL, FALSE);

  scheme = find_scheme (uri, error);
  return scheme != NULL && scheme->remove (self, uri, cancellable, error);
}

/* Compares with digits by their value: "2" before "10"; equal so far, by bytes */
int
quarry_storage_compare_natural (const char *a, const char *b)
{
  const char *x = a;
  const char *y = b;

  while (*x != 0 && *y != 0)
    {
      gsize n_x = 0, n_y = 0;

      if (!g_ascii_isdigit (*x) || !g_ascii_isdigit (*y))
        {
          if (*x != *y)
            return (guchar) *x < (guchar) *y ? -1 : 1;
          x++;
          y++;
          continue;
        }
      x += strspn (x, "0");
      y += strspn (y, "0");
      n_x = strspn (x, "0123456789");
      n_y = strspn (y, "0123456789");
      if (n_x != n_y)
        return n_x < n_y ? -1 : 1;
      if (memcmp (x, y, n_x) != 0)
        return memcmp (x, y, n_x) < 0 ? -1 : 1;
      x += n_x;
      y += n_y;
    }
  if (*x != *y)
    return *x == 0 ? -1 : 1;
  return strcmp (a, b);
}

QuarryFile *
quarry_file_ref (QuarryFile *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
quarry_file_unref (QuarryFile *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  if (self->klass != NULL)
    self->klass->close (self);
  g_clear_object (&self->storage);
  g_free (self->uri);
  g_free (self->version);
  g_free (self);
}

gint64
quarry_file_get_size (QuarryFile *self)
{
  return self->size;
}

const char *
quarry_file_get_uri (QuarryFile *self)
{
  return self->uri;
}

const char *
quarry_file_get_version (QuarryFile *self)
{
  return self->version;
}

gboolean
quarry_file_read (QuarryFile *self, gint64 offset, gpointer out, gsize length, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (self != NULL && offset >= 0, FALSE);

  if (offset <= self->size && length <= (guint64) (self->size - offset))
    return self->klass->read (self, offset, out, length, cancellable, error);
  g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_ENDS,
               "%s: byte %" G_GINT64_FORMAT ": the file ends at byte %" G_GINT64_FORMAT, self->uri, offset, self->size);
  return FALSE;
}

/* Returns: (transfer full) (nullable) */
GBytes *
quarry_file_read_bytes (QuarryFile *self, gint64 offset, gint64 length, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *data = NULL;

  g_return_val_if_fail (self != NULL && offset >= 0, NULL);

  if (length < 0)
    length = MAX (self->size - offset, 0);
  if (offset <= self->size && length <= self->size - offset)       /* nothing is allocated for a range that is not there */
    {
      data = length <= MAX_LENGTH ? g_try_malloc ((gsize) MAX (length, 1)) : NULL;
      if (data == NULL)
        {
          g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_FAILED,
                       "%s: %" G_GINT64_FORMAT " bytes are too many to be read at once", self->uri, length);
          return NULL;
        }
    }
  if (!quarry_file_read (self, offset, data, (gsize) length, cancellable, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&data), (gsize) length);
}
