/* quarry-grid-cache.c: frame records and thumbnails of the cells in view, and of the last some hundred
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   want (ids in view) ─ worker: a batch of records ─ thumbnails ─ "loaded" each
 *
 * What is not wanted stays until there are KEEP entries; then the longest unseen go.
 */

#include "config.h"
#include "quarry-grid-cache.h"
#include "quarry-facets.h"

#define KEEP  400       /* entries beyond those in view; a thumbnail is about 190 KB */
#define BATCH 48        /* records read in one go: some milliseconds */

typedef struct
{
  QuarryId      id;
  QuarryFrame  *frame;       /* NULL until read */
  GdkTexture   *texture;
  GCancellable *loading;     /* of the thumbnail */
  gboolean      stale;       /* the catalog has changed since the record was read */
  gboolean      missing;     /* not in the catalog any more */
  gboolean      broken;
  guint64       seen;        /* clock of the last want() that held it */
} Entry;

struct _QuarryGridCache
{
  GObject        parent_instance;
  QuarrySession *session;
  GHashTable    *entries;    /* id → Entry */
  GArray        *wanted;     /* QuarryId, most wanted first */
  guint64        clock;
  GCancellable  *cancellable;
  gboolean       reading;    /* a batch is under way */
};

enum { LOADED, N_SIGNALS };
static guint signals[N_SIGNALS];
G_DEFINE_FINAL_TYPE (QuarryGridCache, quarry_grid_cache, G_TYPE_OBJECT)

static void
entry_stop (Entry *entry)
{
  if (entry->loading != NULL)
    g_cancellable_cancel (entry->loading);
  g_clear_object (&entry->loading);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  entry_stop (entry);
  g_clear_pointer (&entry->frame, quarry_frame_free);
  g_clear_object (&entry->texture);
  g_free (entry);
}

static Entry *
find (QuarryGridCache *self, QuarryId id)
{
  return g_hash_table_lookup (self->entries, &id);
}

/* --- thumbnails --- */

typedef struct
{
  QuarryGridCache *cache;
  QuarryId         id;
  GCancellable    *cancellable;
} Load;

static void
load_free (Load *load)
{
  g_object_unref (load->cache);
  g_object_unref (load->cancellable);
  g_free (load);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Load, load_free)

static GdkTexture *
texture_from_image (QuarryImage *take_image)
{
  g_autoptr(GBytes) bytes = g_bytes_new_with_free_func (take_image->rgb, take_image->stride * (gsize) take_image->height,
                                                        (GDestroyNotify) quarry_image_free, take_image);

  return gdk_memory_texture_new (take_image->width, take_image->height, GDK_MEMORY_R8G8B8, bytes, take_image->stride);
}

static void
thumbnail_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Load) load = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryImage) image = quarry_thumbnails_load_finish (QUARRY_THUMBNAILS (source), result, &error);
  Entry *entry = find (load->cache, load->id);

  if (entry == NULL || entry->loading != load->cancellable)
    return;
  g_clear_object (&entry->loading);
  if (image != NULL)
    {
      g_clear_object (&entry->texture);
      entry->texture = texture_from_image (g_steal_pointer (&image));
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  entry->broken = entry->texture == NULL;
  g_signal_emit (load->cache, signals[LOADED], 0, load->id);
}

static void
load_thumbnail (QuarryGridCache *self, Entry *entry)
{
  Load *load = NULL;

  if (entry->frame == NULL || entry->texture != NULL || entry->loading != NULL || entry->broken)
    return;
  if (entry->frame->cover_uri == NULL)
    {
      entry->broken = TRUE;
      return;
    }
  entry->loading = g_cancellable_new ();
  load = g_new0 (Load, 1);
  *load = (Load) { g_object_ref (self), entry->id, g_object_ref (entry->loading) };
  quarry_thumbnails_load_async (quarry_session_get_thumbnails (self->session), entry->frame->cover_uri,
                                entry->frame->cover_offset, entry->frame->cover_length, entry->frame->cover_format, entry->loading, thumbnail_cb, load);
}

/* --- records --- */

typedef struct
{
  QuarryCatalog *catalog;
  GArray        *ids;
} Batch;

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  g_object_unref (batch->catalog);
  g_array_unref (batch->ids);
  g_free (batch);
}

static void
frame_free_nullable (gpointer frame)
{
  g_clear_pointer ((QuarryFrame **) &frame, quarry_frame_free);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Batch *batch = task_data;
  GPtrArray *frames = g_ptr_array_new_with_free_func (frame_free_nullable);

  for (guint i = 0; i < batch->ids->len && !g_cancellable_is_cancelled (cancellable); i++)
    g_ptr_array_add (frames, quarry_catalog_get_frame (batch->catalog, g_array_index (batch->ids, QuarryId, i), NULL));
  g_task_return_pointer (task, frames, (GDestroyNotify) g_ptr_array_unref);
}

static void
take_record (QuarryGridCache *self, QuarryId id, QuarryFrame *take_frame)
{
  Entry *entry = find (self, id);

  if (entry == NULL)
    {
      frame_free_nullable (take_frame);
      return;
    }
  if (entry->frame != NULL && take_frame != NULL && g_strcmp0 (entry->frame->cover_uri, take_frame->cover_uri) != 0)
    {
      entry_stop (entry);
      g_clear_object (&entry->texture);
      entry->broken = FALSE;
    }
  entry->stale = FALSE;
  entry->missing = take_frame == NULL;
  if (take_frame == NULL)
    return;
  g_clear_pointer (&entry->frame, quarry_frame_free);
  entry->frame = take_frame;
  if (entry->seen == self->clock)
    load_thumbnail (self, entry);
  g_signal_emit (self, signals[LOADED], 0, id);
}

static void start_batch (QuarryGridCache *self);

static void
read_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(QuarryGridCache) self = user_data;
  Batch *batch = g_task_get_task_data (G_TASK (result));
  g_autoptr(GPtrArray) frames = g_task_propagate_pointer (G_TASK (result), NULL);

  self->reading = FALSE;
  if (frames == NULL || self->session == NULL)
    return;
  for (guint i = 0; i < frames->len; i++)
    take_record (self, g_array_index (batch->ids, QuarryId, i), g_steal_pointer (&g_ptr_array_index (frames, i)));
  start_batch (self);
}

static void
start_batch (QuarryGridCache *self)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GArray) ids = NULL;
  Batch *batch = NULL;

  if (self->reading || self->session == NULL)
    return;
  ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  for (guint i = 0; i < self->wanted->len && ids->len < BATCH; i++)
    {
      const QuarryId id = g_array_index (self->wanted, QuarryId, i);
      const Entry *entry = find (self, id);

      if (entry != NULL && !entry->missing && (entry->frame == NULL || entry->stale))
        g_array_append_val (ids, id);
    }
  if (ids->len == 0)
    return;
  batch = g_new0 (Batch, 1);
  *batch = (Batch) { g_object_ref (quarry_session_get_catalog (self->session)), g_steal_pointer (&ids) };
  task = g_task_new (NULL, self->cancellable, read_done_cb, g_object_ref (self));
  g_task_set_source_tag (task, start_batch);
  g_task_set_task_data (task, batch, batch_free);
  self->reading = TRUE;
  quarry_session_run_task (self->session, task, read_in_thread);
}

static void
changed_cb (QuarrySession *session, gpointer user_data)
{
  QuarryGridCache *self = user_data;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry *entry = value;

      entry->stale = TRUE;
      entry->missing = FALSE;
    }
  start_batch (self);
}

/* --- what stays --- */

static int
compare_seen (gconstpointer a, gconstpointer b)
{
  const Entry *one = *(Entry * const *) a, *other = *(Entry * const *) b;

  return one->seen < other->seen ? -1 : one->seen > other->seen;
}

static void
evict (QuarryGridCache *self)
{
  g_autoptr(GPtrArray) entries = NULL;
  const guint limit = self->wanted->len + KEEP;
  GHashTableIter iter;
  gpointer value;

  if (g_hash_table_size (self->entries) <= limit + KEEP / 4)
    return;
  entries = g_ptr_array_sized_new (g_hash_table_size (self->entries));
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (entries, value);
  g_ptr_array_sort (entries, compare_seen);
  for (guint i = 0; i + limit < entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (entries, i);

      g_hash_table_remove (self->entries, &entry->id);
    }
}

void
quarry_grid_cache_want (QuarryGridCache *self, const GArray *frames)
{
  g_return_if_fail (QUARRY_IS_GRID_CACHE (self));

  self->clock++;
  for (guint i = 0; i < frames->len; i++)
    {
      const QuarryId id = g_array_index (frames, QuarryId, i);
      Entry *entry = find (self, id);

      if (entry == NULL)
        {
          entry = g_new0 (Entry, 1);
          entry->id = id;
          g_hash_table_insert (self->entries, &entry->id, entry);
        }
      entry->seen = self->clock;
    }
  for (guint i = 0; i < self->wanted->len; i++)
    {
      Entry *entry = find (self, g_array_index (self->wanted, QuarryId, i));

      if (entry != NULL && entry->seen != self->clock)
        entry_stop (entry);
    }
  g_array_set_size (self->wanted, 0);
  g_array_append_vals (self->wanted, frames->data, frames->len);
  /* the newest request is served first: ask for the most wanted last */
  for (guint i = frames->len; i > 0; i--)
    load_thumbnail (self, find (self, g_array_index (frames, QuarryId, i - 1)));
  evict (self);
  start_batch (self);
}

/* --- the object --- */

static void
quarry_grid_cache_dispose (GObject *object)
{
  QuarryGridCache *self = QUARRY_GRID_CACHE (object);

  g_cancellable_cancel (self->cancellable);
  g_hash_table_remove_all (self->entries);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (quarry_grid_cache_parent_class)->dispose (object);
}

static void
quarry_grid_cache_finalize (GObject *object)
{
  QuarryGridCache *self = QUARRY_GRID_CACHE (object);

  g_clear_pointer (&self->entries, g_hash_table_unref);
  g_clear_pointer (&self->wanted, g_array_unref);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (quarry_grid_cache_parent_class)->finalize (object);
}

static void
quarry_grid_cache_class_init (QuarryGridCacheClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = quarry_grid_cache_dispose;
  G_OBJECT_CLASS (klass)->finalize = quarry_grid_cache_finalize;
  signals[LOADED] = g_signal_new ("loaded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_INT64);
}

static void
quarry_grid_cache_init (QuarryGridCache *self)
{
  self->entries = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, entry_free);
  self->wanted = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  self->cancellable = g_cancellable_new ();
}

QuarryGridCache *
quarry_grid_cache_new (QuarrySession *session)
{
  QuarryGridCache *self = g_object_new (QUARRY_TYPE_GRID_CACHE, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (changed_cb), self, 0);
  return self;
}

QuarryFacets *
quarry_grid_cache_get_facets (QuarryGridCache *self)
{
  g_return_val_if_fail (QUARRY_IS_GRID_CACHE (self), NULL);
  return quarry_session_get_facets (self->session);
}

const QuarryFrame *
quarry_grid_cache_get_frame (QuarryGridCache *self, QuarryId frame)
{
  const Entry *entry = find (self, frame);

  return entry != NULL ? entry->frame : NULL;
}

GdkTexture *
quarry_grid_cache_get_texture (QuarryGridCache *self, QuarryId frame)
{
  const Entry *entry = find (self, frame);

  return entry != NULL ? entry->texture : NULL;
}

gboolean
quarry_grid_cache_is_broken (QuarryGridCache *self, QuarryId frame)
{
  const Entry *entry = find (self, frame);

  return entry != NULL && entry->broken;
}

guint
quarry_grid_cache_get_n (QuarryGridCache *self)
{
  g_return_val_if_fail (QUARRY_IS_GRID_CACHE (self), 0);
  return g_hash_table_size (self->entries);
}
