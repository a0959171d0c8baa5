/* quarry-s3-store.c: what a storage keeps of S3: the client, what is known of objects, their blocks
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-s3-store.h"
#include "quarry-storage-private.h"

#include <string.h>

#define RUN          8                          /* blocks of one request */
#define WINDOW       64                         /* blocks of one read that are held at once */
#define THREADS      8
#define AHEAD        8                          /* blocks that are fetched before they are asked for, */
#define AHEAD_RUN    2                          /* so many with one request */
#define NEXT_OBJECTS 24                         /* small objects likewise */
#define DISK_LIMIT   (G_GUINT64_CONSTANT (2) << 30)
#define YOUNG_US     (300 * G_USEC_PER_SEC)     /* what a listing said is believed; If-Match tells when it is wrong */
#define MAX_KNOWN    200000
#define TICK_US      (100 * 1000)

/* Blocks on their way */
typedef struct
{
  gatomicrefcount references;
  char           *bucket, *key;
  QuarryS3Object  object;
  gint64          first;
  guint           n;
  GCancellable   *cancellable;      /* owned, nullable */
  gboolean        done;             /* these with the store's lock */
  GBytes         *blocks[RUN];
  GError         *error;
} Run;

typedef struct
{
  gint64     size;
  char      *etag;
  gint64     time_us;
  GPtrArray *listing;      /* it is in; nullable */
  guint      index;        /* there */
} Known;

struct _QuarryS3Store
{
  QuarryStorage   *storage;      /* not owned: it owns this */
  QuarryS3        *s3;
  QuarryDiskCache *disk;
  GThreadPool     *pool;
  GCancellable    *closing;
  GMutex           lock;         /* of what follows */
  GCond            changed;
  GHashTable      *flying;       /* keys of blocks */
  GHashTable      *known;        /* "bucket/key" → Known */
  GPtrArray       *last_listing; /* of the object opened last; not owned, only compared */
  guint            last_index;
  guint            onwards;      /* objects opened in the order of their listing */
  guint            ahead;        /* index up to which was fetched ahead */
};

static void
known_free (gpointer data)
{
  Known *self = data;

  g_free (self->etag);
  g_clear_pointer (&self->listing, g_ptr_array_unref);
  g_free (self);
}

static void
run_unref (Run *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  for (guint i = 0; i < RUN; i++)
    g_clear_pointer (&self->blocks[i], g_bytes_unref);
  g_clear_error (&self->error);
  g_clear_object (&self->cancellable);
  quarry_s3_object_clear (&self->object);
  g_free (self->bucket);
  g_free (self->key);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_unref)

static Run *
run_new (const char *bucket, const char *key, const QuarryS3Object *object, gint64 first, guint n, GCancellable *cancellable)
{
  Run *self = g_new0 (Run, 1);

  g_atomic_ref_count_init (&self->references);
  self->bucket = g_strdup (bucket);
  self->key = g_strdup (key);
  self->object = (QuarryS3Object) { object->size, g_strdup (object->etag) };
  self->first = first;
  self->n = n;
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  return self;
}

static char *
block_key (QuarryS3Store *self, const char *bucket, const char *key, const QuarryS3Object *object, gint64 block)
{
  return g_strdup_printf ("s3\n%s\n%s/%s\n%s\n%" G_GINT64_FORMAT "\n%" G_GINT64_FORMAT, quarry_s3_get_name (self->s3), bucket, key, object->etag,
                          object->size, block);
}

/* A missing stretch of the run, in one request */
static gboolean
fetch (QuarryS3Store *self, Run *run, guint from, guint to)
{
  const gint64 offset = (run->first + from) * QUARRY_S3_BLOCK;
  const gint64 end = MIN ((run->first + to) * QUARRY_S3_BLOCK, run->object.size);
  g_autoptr(GBytes) bytes = quarry_s3_get (self->s3, run->bucket, run->key, &run->object, offset, end - offset, run->cancellable, &run->error);
  gsize length = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;

  if (bytes == NULL)
    return FALSE;
  for (guint i = from; i < to; i++)
    {
      const gsize at = (gsize) (i - from) * QUARRY_S3_BLOCK;
      g_autofree char *key = block_key (self, run->bucket, run->key, &run->object, run->first + i);

      /* copied, so that one block does not keep the memory of all */
      run->blocks[i] = to - from == 1 ? g_bytes_ref (bytes) : g_bytes_new (data + at, MIN ((gsize) QUARRY_S3_BLOCK, length - at));
      quarry_disk_cache_keep (self->disk, key, run->blocks[i]);
    }
  return TRUE;
}

/* From the disk what is there, the rest from the server. Its keys are in @flying until the end */
static void
run_perform (QuarryS3Store *self, Run *run)
{
  gboolean done = !g_cancellable_set_error_if_cancelled (run->cancellable, &run->error);

  for (guint i = 0; done && i < run->n; i++)
    {
      g_autofree char *key = block_key (self, run->bucket, run->key, &run->object, run->first + i);

      run->blocks[i] = quarry_disk_cache_find (self->disk, key);
      if (run->blocks[i] != NULL &&
          (gint64) g_bytes_get_size (run->blocks[i]) != MIN (QUARRY_S3_BLOCK, run->object.size - (run->first + i) * QUARRY_S3_BLOCK))
        g_clear_pointer (&run->blocks[i], g_bytes_unref);
    }
  for (guint i = 0; done && i < run->n;)
    {
      guint to = i + 1;

      if (run->blocks[i] != NULL)
        {
          i++;
          continue;
        }
      while (to < run->n && run->blocks[to] == NULL)
        to++;
      done = fetch (self, run, i, to);
      i = to;
    }
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < run->n; i++)
    {
      g_autofree char *key = block_key (self, run->bucket, run->key, &run->object, run->first + i);

      if (run->blocks[i] != NULL)
        quarry_storage_keep (self->storage, key, run->blocks[i]);
      g_hash_table_remove (self->flying, key);
    }
  run->done = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
run_in_pool (gpointer data, gpointer user_data)
{
  g_autoptr(Run) run = data;

  run_perform (user_data, run);
}

static void
run_push (QuarryS3Store *self, Run *run)
{
  g_atomic_ref_count_inc (&run->references);
  g_thread_pool_push (self->pool, run, NULL);
}

QuarryS3Store *
quarry_s3_store_new (QuarryStorage *storage)
{
  QuarryS3Store *self = g_new0 (QuarryS3Store, 1);
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "quarry", "s3", NULL);

  self->storage = storage;
  self->s3 = quarry_s3_new ();
  self->disk = quarry_disk_cache_new (folder, DISK_LIMIT);
  self->pool = g_thread_pool_new (run_in_pool, self, THREADS, FALSE, NULL);
  self->closing = g_cancellable_new ();
  self->flying = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, known_free);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  return self;
}

void
quarry_s3_store_free (QuarryS3Store *self)
{
  g_cancellable_cancel (self->closing);
  g_thread_pool_free (self->pool, FALSE, TRUE);
  g_object_unref (self->closing);
  g_hash_table_unref (self->flying);
  g_hash_table_unref (self->known);
  quarry_disk_cache_free (self->disk);
  quarry_s3_free (self->s3);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

QuarryS3 *
quarry_s3_store_get_client (QuarryS3Store *self)
{
  return self->s3;
}

QuarryDiskCache *
quarry_s3_store_get_disk (QuarryS3Store *self)
{
  return self->disk;
}

/* With the lock */
static void
remember (QuarryS3Store *self, const char *bucket, const char *key, gint64 size, const char *etag, GPtrArray *listing, guint index)
{
  Known *known = g_new0 (Known, 1);

  *known = (Known) { size, g_strdup (etag), g_get_monotonic_time (), listing != NULL ? g_ptr_array_ref (listing) : NULL, index };
  if (g_hash_table_size (self->known) >= MAX_KNOWN)
    g_hash_table_remove_all (self->known);
  g_hash_table_replace (self->known, g_strconcat (bucket, "/", key, NULL), known);
}

void
quarry_s3_store_remember (QuarryS3Store *self, const char *bucket, GPtrArray *take_entries)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < take_entries->len && take_entries->len < MAX_KNOWN; i++)
    {
      const QuarryStorageEntry *entry = take_entries->pdata[i];

      if (!entry->is_folder && entry->version != NULL)
        remember (self, bucket, entry->name, entry->size, entry->version, take_entries, i);
    }
  g_mutex_unlock (&self->lock);
  g_ptr_array_unref (take_entries);
}

void
quarry_s3_store_forget (QuarryS3Store *self, const char *bucket, const char *key)
{
  g_autofree char *name = g_strconcat (bucket, "/", key, NULL);

  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->known, name);
  g_mutex_unlock (&self->lock);
}

/* With the lock. Returns: (nullable) */
static const Known *
look_up (QuarryS3Store *self, const char *bucket, const char *key)
{
  g_autofree char *name = g_strconcat (bucket, "/", key, NULL);
  const Known *known = g_hash_table_lookup (self->known, name);

  return known != NULL && g_get_monotonic_time () - known->time_us < YOUNG_US ? known : NULL;
}

gboolean
quarry_s3_store_find (QuarryS3Store *self, const char *bucket, const char *key, QuarryS3Object *out, GCancellable *cancellable, GError **error)
{
  const Known *known = NULL;

  g_mutex_lock (&self->lock);
  known = look_up (self, bucket, key);
  if (known != NULL)
    *out = (QuarryS3Object) { known->size, g_strdup (known->etag) };
  g_mutex_unlock (&self->lock);
  if (known != NULL)
    return TRUE;
  if (!quarry_s3_head (self->s3, bucket, key, out, cancellable, error))
    return FALSE;
  g_mutex_lock (&self->lock);
  remember (self, bucket, key, out->size, out->etag, NULL, 0);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/* With the lock. Returns: (nullable): a run of those of the blocks from @first on that nobody has or is fetching; those after a gap are left out */
static Run *
reserve (QuarryS3Store *self, const char *bucket, const char *key, const QuarryS3Object *object, gint64 first, guint most, GCancellable *cancellable)
{
  const gint64 n_blocks = (object->size + QUARRY_S3_BLOCK - 1) / QUARRY_S3_BLOCK;
  guint n = 0;

  while (n < most && first + n < n_blocks)
    {
      g_autofree char *name = block_key (self, bucket, key, object, first + n);

      if (g_hash_table_contains (self->flying, name) || quarry_storage_has (self->storage, name))
        break;
      g_hash_table_add (self->flying, g_steal_pointer (&name));
      n++;
    }
  return n > 0 ? run_new (bucket, key, object, first, n, cancellable) : NULL;
}

/* The object after the last one that was opened in its listing: the next small ones will be wanted, too */
static void
fetch_next_objects (QuarryS3Store *self, const char *bucket, const char *key)
{
  const Known *known = NULL;
  GPtrArray *listing = NULL;
  guint from = 0, to = 0;

  g_mutex_lock (&self->lock);
  known = look_up (self, bucket, key);
  if (known != NULL && known->listing != NULL)
    {
      const gboolean onwards = known->listing == self->last_listing && known->index > self->last_index && known->index <= self->last_index + 4;

      if (!onwards)
        self->ahead = known->index;
      self->onwards = onwards ? self->onwards + 1 : 0;
      self->last_listing = known->listing;
      self->last_index = known->index;
      if (self->onwards >= 2 && self->ahead < known->index + NEXT_OBJECTS / 2)
        {
          listing = g_ptr_array_ref (known->listing);
          from = MAX (self->ahead, known->index) + 1;
          to = self->ahead = MIN (known->index + NEXT_OBJECTS, listing->len - 1);
        }
    }
  for (guint i = from; listing != NULL && i <= to; i++)
    {
      const QuarryStorageEntry *entry = listing->pdata[i];
      const QuarryS3Object object = { entry->size, entry->version };
      g_autoptr(Run) run = NULL;

      if (entry->is_folder || entry->version == NULL || entry->size == 0 || entry->size > QUARRY_S3_BLOCK)
        continue;
      run = reserve (self, bucket, entry->name, &object, 0, 1, self->closing);
      if (run != NULL)
        run_push (self, run);
    }
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&listing, g_ptr_array_unref);
}

QuarryS3Handle *
quarry_s3_store_open (QuarryS3Store *self, const char *bucket, const char *key, GCancellable *cancellable, GError **error)
{
  QuarryS3Object object = { 0 };
  QuarryS3Handle *handle = NULL;

  if (!quarry_s3_store_find (self, bucket, key, &object, cancellable, error))
    return NULL;
  fetch_next_objects (self, bucket, key);
  handle = g_new0 (QuarryS3Handle, 1);
  handle->bucket = g_strdup (bucket);
  handle->key = g_strdup (key);
  handle->object = object;
  g_mutex_init (&handle->lock);
  return handle;
}

void
quarry_s3_store_close (QuarryS3Handle *handle)
{
  quarry_s3_object_clear (&handle->object);
  g_mutex_clear (&handle->lock);
  g_free (handle->bucket);
  g_free (handle->key);
  g_free (handle);
}

/* Waits, with the lock, for a change. Returns: FALSE with @error once cancelled */
static gboolean
wait_for_change (QuarryS3Store *self, GCancellable *cancellable, GError **error)
{
  g_cond_wait_until (&self->changed, &self->lock, g_get_monotonic_time () + TICK_US);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* With the lock. Fills @blocks from memory; reserves runs for those that nobody is fetching. Returns: whether any is still missing */
static gboolean
collect (QuarryS3Store *self, QuarryS3Handle *handle, gint64 first, guint n, GBytes **blocks, GPtrArray *runs, GCancellable *cancellable)
{
  gboolean missing = FALSE;

  for (guint i = 0; i < n;)
    {
      g_autofree char *name = block_key (self, handle->bucket, handle->key, &handle->object, first + i);
      Run *run = NULL;

      if (blocks[i] == NULL)
        blocks[i] = quarry_storage_peek (self->storage, name);
      if (blocks[i] == NULL)
        {
          guint most = 1;

          while (i + most < n && most < RUN && blocks[i + most] == NULL)
            most++;
          missing = TRUE;
          run = reserve (self, handle->bucket, handle->key, &handle->object, first + i, most, cancellable);
        }
      if (run != NULL)
        g_ptr_array_add (runs, run);
      i += run != NULL ? run->n : 1;
    }
  return missing;
}

/* Takes what the runs brought. Returns: FALSE with @error of the first that failed */
static gboolean
harvest (GPtrArray *runs, gint64 first, GBytes **blocks, GError **error)
{
  for (guint i = 0; i < runs->len; i++)
    {
      Run *run = runs->pdata[i];

      for (guint k = 0; k < run->n; k++)
        if (blocks[run->first + k - first] == NULL && run->blocks[k] != NULL)
          blocks[run->first + k - first] = g_bytes_ref (run->blocks[k]);
      if (run->error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&run->error));
          return FALSE;
        }
    }
  return TRUE;
}

static void
free_run (gpointer data)
{
  run_unref (data);
}

static gboolean
get_blocks (QuarryS3Store *self, QuarryS3Handle *handle, gint64 first, guint n, GBytes **blocks, GCancellable *cancellable, GError **error)
{
  for (;;)
    {
      g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func (free_run);
      gboolean missing = FALSE, waited = TRUE;

      g_mutex_lock (&self->lock);
      missing = collect (self, handle, first, n, blocks, runs, cancellable);
      if (missing && runs->len == 0)      /* others are fetching it */
        waited = wait_for_change (self, cancellable, error);
      g_mutex_unlock (&self->lock);
      if (!missing)
        return TRUE;
      if (!waited)
        return FALSE;
      for (guint i = 1; i < runs->len; i++)
        run_push (self, runs->pdata[i]);
      if (runs->len > 0)
        run_perform (self, runs->pdata[0]);
      g_mutex_lock (&self->lock);
      for (guint i = 1; waited && i < runs->len; i++)
        while (waited && !((Run *) runs->pdata[i])->done)
          waited = wait_for_change (self, cancellable, error);
      waited = waited && harvest (runs, first, blocks, error);
      g_mutex_unlock (&self->lock);
      if (!waited)
        return FALSE;
    }
}

/* After the second read that goes on where the one before ended */
static void
fetch_ahead (QuarryS3Store *self, QuarryS3Handle *handle, gint64 offset, gint64 end)
{
  const gint64 last = (end - 1) / QUARRY_S3_BLOCK;
  gint64 from = 0, to = 0;

  g_mutex_lock (&handle->lock);
  handle->onwards = offset == handle->next && offset > 0 ? handle->onwards + 1 : 0;
  handle->next = end;
  if (handle->onwards >= 2 && handle->ahead < last + AHEAD / 2)
    {
      from = MAX (handle->ahead, last) + 1;
      to = handle->ahead = last + AHEAD;
    }
  else if (handle->onwards == 0)
    handle->ahead = last;
  g_mutex_unlock (&handle->lock);
  if (from == 0 || from * QUARRY_S3_BLOCK >= handle->object.size)
    return;
  g_mutex_lock (&self->lock);
  for (gint64 i = from; i <= to; i += AHEAD_RUN)
    {
      g_autoptr(Run) run = reserve (self, handle->bucket, handle->key, &handle->object, i, AHEAD_RUN, self->closing);

      if (run != NULL)
        run_push (self, run);
    }
  g_mutex_unlock (&self->lock);
}

static gboolean
read_window (QuarryS3Store *self, QuarryS3Handle *handle, gint64 first, guint n, gint64 offset, guint8 *out, gsize length,
             GCancellable *cancellable, GError **error)
{
  GBytes *blocks[WINDOW] = { NULL };
  const gboolean done = get_blocks (self, handle, first, n, blocks, cancellable, error);

  for (guint i = 0; i < n; i++)
    {
      const gint64 start = (first + i) * QUARRY_S3_BLOCK;
      const gint64 from = MAX (offset, start);
      const gint64 to = MIN (offset + (gint64) length, start + QUARRY_S3_BLOCK);

      if (done)
        memcpy (out + (from - offset), (const guint8 *) g_bytes_get_data (blocks[i], NULL) + (from - start), (gsize) (to - from));
      g_clear_pointer (&blocks[i], g_bytes_unref);
    }
  return done;
}

/* The range is inside the object */
gboolean
quarry_s3_store_read (QuarryS3Store *self, QuarryS3Handle *handle, gint64 offset, guint8 *out, gsize length, GCancellable *cancellable, GError **error)
{
  const gint64 start = offset;
  const gint64 end = offset + (gint64) length;
  g_autoptr(GError) local = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  while (offset < end)
    {
      const gint64 first = offset / QUARRY_S3_BLOCK;
      const gint64 last = MIN ((end - 1) / QUARRY_S3_BLOCK, first + WINDOW - 1);
      const gint64 stop = MIN (end, (last + 1) * QUARRY_S3_BLOCK);

      if (!read_window (self, handle, first, (guint) (last - first + 1), offset, out + (offset - start), (gsize) (stop - offset), cancellable, &local))
        {
          if (g_error_matches (local, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_CHANGED))
            quarry_s3_store_forget (self, handle->bucket, handle->key);
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      offset = stop;
    }
  if (length > 0)
    fetch_ahead (self, handle, start, end);
  return TRUE;
}
