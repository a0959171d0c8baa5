/* quarry-log-pipe.c: chunks read and decompressed in threads, ahead of the consumer and in order
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-log-private.h"

/* What may be ready or in the making beside the block that the consumer holds; one block is always made, however big */
#define BUDGET (G_GINT64_CONSTANT (64) << 20)
#define MAX_AHEAD 32
/* Where each read waits for an answer; on this machine, as many as there are processors */
#define FAR_THREADS 8
/* Less than this altogether is made by the consumer itself: starting threads would take longer */
#define SMALL (256 << 10)

struct _QuarryLogPipe
{
  guint             n_jobs;
  gint64           *costs;
  QuarryLogMakeFunc make;
  gpointer          data;
  GCancellable     *cancellable;      /* of the workers; the caller's is connected to it */
  GCancellable     *outer;
  gulong            connection;
  GPtrArray        *threads;
  QuarryLogBlock   *held;             /* by the consumer */

  GMutex            mutex;            /* of all below */
  GCond             changed;
  guint             claimed;          /* jobs begun */
  guint             taken;            /* jobs handed to the consumer */
  gint64            in_flight;        /* their cost: begun and not taken */
  GHashTable       *ready;            /* job → QuarryLogBlock */
  GQueue            idle;             /* blocks whose memory is used again */
  gboolean          stop;
};

static void
block_free (gpointer data)
{
  QuarryLogBlock *block = data;

  g_free (block->raw);
  g_free (block->made);
  g_free (block->uri);
  g_clear_error (&block->error);
  g_free (block);
}

static gboolean
may_claim (QuarryLogPipe *self)
{
  const gint64 cost = self->claimed < self->n_jobs ? self->costs[self->claimed] : 0;

  return self->claimed == self->taken ||
         (self->claimed - self->taken < MAX_AHEAD && cost <= BUDGET - self->in_flight);
}

/* With the lock. Returns: (transfer full) (nullable): NULL when there is nothing more to do */
static QuarryLogBlock *
claim (QuarryLogPipe *self)
{
  QuarryLogBlock *block = NULL;

  while (!self->stop && self->claimed < self->n_jobs && !may_claim (self))
    g_cond_wait (&self->changed, &self->mutex);
  if (self->stop || self->claimed >= self->n_jobs)
    return NULL;
  block = g_queue_pop_head (&self->idle);
  if (block == NULL)
    block = g_new0 (QuarryLogBlock, 1);
  block->job = self->claimed++;
  self->in_flight += self->costs[block->job];
  return block;
}

/* With the lock, which is given away meanwhile. Returns: FALSE when there is nothing more to do */
static gboolean
make_one (QuarryLogPipe *self)
{
  QuarryLogBlock *block = claim (self);

  if (block == NULL)
    return FALSE;
  g_mutex_unlock (&self->mutex);
  block->data = NULL;
  block->length = block->raw_length = 0;
  g_clear_pointer (&block->uri, g_free);
  g_clear_error (&block->error);
  self->make (block, self->data, self->cancellable, &block->error);
  g_mutex_lock (&self->mutex);
  g_hash_table_insert (self->ready, GUINT_TO_POINTER (block->job), block);
  g_cond_broadcast (&self->changed);
  return TRUE;
}

static gpointer
work (gpointer data)
{
  QuarryLogPipe *self = data;

  g_mutex_lock (&self->mutex);
  while (make_one (self))
    continue;
  g_mutex_unlock (&self->mutex);
  return NULL;
}

static guint
count_threads (guint n_jobs, const gint64 *costs, gboolean is_far)
{
  gint64 sum = 0;

  for (guint i = 0; i < n_jobs && sum < SMALL; i++)
    sum += CLAMP (costs[i], 0, SMALL);
  if (is_far)
    return MIN (n_jobs, FAR_THREADS);
  return sum < SMALL ? 0 : MIN (n_jobs, CLAMP (g_get_num_processors (), 2, FAR_THREADS));
}

static void
cancelled_cb (GCancellable *outer, gpointer inner)
{
  g_cancellable_cancel (inner);
}

/**
 * quarry_log_pipe_new:
 * @is_far: the bytes come over a network
 * @data: outlives the pipe; used by several threads at once
 * @cancellable: (nullable)
 */
QuarryLogPipe *
quarry_log_pipe_new (guint n_jobs, const gint64 *costs, gboolean is_far, QuarryLogMakeFunc make, gpointer data, GCancellable *cancellable)
{
  QuarryLogPipe *self = g_new0 (QuarryLogPipe, 1);
  const guint n_threads = count_threads (n_jobs, costs, is_far);

  self->n_jobs = n_jobs;
  self->costs = g_memdup2 (costs, n_jobs * sizeof *costs);
  self->make = make;
  self->data = data;
  self->cancellable = g_cancellable_new ();
  self->threads = g_ptr_array_new ();
  self->ready = g_hash_table_new_full (NULL, NULL, NULL, block_free);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  if (cancellable != NULL)
    {
      self->outer = g_object_ref (cancellable);
      self->connection = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), self->cancellable, NULL);
    }
  for (guint i = 0; i < n_threads; i++)
    g_ptr_array_add (self->threads, g_thread_new ("log-chunks", work, self));
  return self;
}

QuarryLogBlock *
quarry_log_pipe_next (QuarryLogPipe *self)
{
  gpointer block = NULL;

  g_mutex_lock (&self->mutex);
  if (self->held != NULL)
    {
      g_queue_push_head (&self->idle, g_steal_pointer (&self->held));
      g_cond_broadcast (&self->changed);
    }
  if (self->threads->len == 0)
    make_one (self);
  while (self->taken < self->n_jobs &&
         !g_hash_table_steal_extended (self->ready, GUINT_TO_POINTER (self->taken), NULL, &block))
    g_cond_wait (&self->changed, &self->mutex);
  if (block != NULL)
    {
      self->held = block;
      self->in_flight -= self->costs[self->taken++];
      g_cond_broadcast (&self->changed);
    }
  g_mutex_unlock (&self->mutex);
  return block;
}

/* Stops what is under way */
void
quarry_log_pipe_free (QuarryLogPipe *self)
{
  if (self->outer != NULL)
    g_cancellable_disconnect (self->outer, self->connection);
  g_mutex_lock (&self->mutex);
  self->stop = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
  g_cancellable_cancel (self->cancellable);
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (self->threads->pdata[i]);
  g_ptr_array_unref (self->threads);
  g_hash_table_unref (self->ready);
  g_queue_clear_full (&self->idle, block_free);
  g_clear_pointer (&self->held, block_free);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  g_clear_object (&self->outer);
  g_object_unref (self->cancellable);
  g_free (self->costs);
  g_free (self);
}

/* Grows without keeping what was there */
static gboolean
reserve (guint8 **memory, gsize *allocated, gsize size, GError **error)
{
  if (size <= *allocated)
    return TRUE;
  g_clear_pointer (memory, g_free);
  *allocated = 0;
  *memory = g_try_malloc (size);
  if (*memory == NULL)
    {
      g_set_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_FAILED, "no memory for %" G_GSIZE_FORMAT " bytes", size);
      return FALSE;
    }
  *allocated = size;
  return TRUE;
}

gboolean
quarry_log_block_read (QuarryLogBlock *block, QuarryFile *file, gint64 offset, gint64 length,
                       GCancellable *cancellable, GError **error)
{
  const gint64 size = quarry_file_get_size (file);

  if (length > 0 && offset <= size && length <= size - offset &&
      !reserve (&block->raw, &block->raw_allocated, (gsize) length, error))
    return FALSE;
  if (!quarry_file_read (file, offset, block->raw, (gsize) length, cancellable, error))
    return FALSE;
  block->raw_length = (gsize) length;
  return TRUE;
}

gboolean
quarry_log_block_decode (QuarryLogBlock *block, QuarryCodec codec, const guint8 *packed, gsize length, gint64 size, GError **error)
{
  if (!quarry_codec_fits (codec, (gint64) length, size))
    {
      g_set_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_BROKEN,
                   "%" G_GSIZE_FORMAT " bytes of %s cannot become %" G_GINT64_FORMAT, length, quarry_codec_name (codec), size);
      return FALSE;
    }
  block->data = packed;
  block->length = length;
  if (codec == QUARRY_CODEC_NONE)
    return TRUE;
  block->length = 0;
  if (!reserve (&block->made, &block->made_allocated, (gsize) size, error) ||
      !quarry_codec_decode (codec, packed, length, block->made, (gsize) size, error))
    return FALSE;
  block->data = block->made;
  block->length = (gsize) size;
  return TRUE;
}

/* Memory grows with what comes out, whatever @size says */
gboolean
quarry_log_block_salvage (QuarryLogBlock *block, QuarryCodec codec, const guint8 *packed, gsize length, gint64 size, GError **error)
{
  const gsize most = (gsize) MIN (size, MAX (QUARRY_CODEC_FREE_SIZE, 4 * (gint64) length));
  gsize room = MIN (most, MAX (4 * length, 64u << 10));

  for (;; room = MIN (2 * room, most))
    {
      if (!reserve (&block->made, &block->made_allocated, MAX (room, 1), error))
        return FALSE;
      block->length = quarry_codec_decode_some (codec, packed, length, block->made, room);
      if (block->length < room || room == most)
        break;
    }
  block->data = block->made;
  if (block->length > 0)
    return TRUE;
  g_set_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_BROKEN, "the file was cut off in a chunk of which nothing can be decompressed");
  return FALSE;
}
