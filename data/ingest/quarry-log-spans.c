/* quarry-log-spans.c: a scan over the chunks and other records of a file
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   spans → chunks that hold something wanted → read, decompress (threads) → records → func (caller's thread)
 *         → other records → walked by the caller's thread
 */

#include "config.h"
#include "quarry-log-private.h"

static QuarryLogSpan *
get_span (GArray *spans, guint i)
{
  return &g_array_index (spans, QuarryLogSpan, i);
}

static void
span_clear (gpointer data)
{
  g_clear_pointer (&((QuarryLogSpan *) data)->channels, g_array_unref);
}

GArray *
quarry_log_spans_new (void)
{
  GArray *spans = g_array_new (FALSE, TRUE, sizeof (QuarryLogSpan));

  g_array_set_clear_func (spans, span_clear);
  return spans;
}

void
quarry_log_add_span (GArray *spans, const QuarryLogSpan *take_span)
{
  g_array_append_vals (spans, take_span, 1);
}

void
quarry_log_add_loose (GArray *spans, gint64 start, gint64 end)
{
  QuarryLogSpan *last = spans->len > 0 ? get_span (spans, spans->len - 1) : NULL;

  if (last != NULL && !last->is_chunk)
    last->end = end;
  else
    quarry_log_add_span (spans, &(QuarryLogSpan) { .start = start, .end = end });
}

static gint
compare_spans (gconstpointer a, gconstpointer b)
{
  const QuarryLogSpan *first = a, *second = b;

  return (first->start > second->start) - (first->start < second->start);
}

gboolean
quarry_log_lay_out_spans (GArray *spans, GArray *take_chunks, gint64 start, gint64 end)
{
  gint64 at = start;

  g_array_sort (take_chunks, compare_spans);
  for (guint i = 0; i < take_chunks->len; i++)
    {
      QuarryLogSpan *span = get_span (take_chunks, i);

      if (span->start < at || span->end > end)
        return FALSE;
      if (span->start > at)
        quarry_log_add_loose (spans, at, span->start);
      at = span->end;
      quarry_log_add_span (spans, span);
      span->channels = NULL;
    }
  if (at < end)
    quarry_log_add_loose (spans, at, end);
  return TRUE;
}

static gboolean
is_wanted (const QuarryLogScan *self, const QuarryLogSpan *span)
{
  if (self->wanted == NULL || span->channels == NULL)
    return TRUE;
  for (guint i = 0; i < span->channels->len; i++)
    {
      const guint id = g_array_index (span->channels, guint, i);

      if (id < self->n_wanted && self->wanted[id])
        return TRUE;
    }
  return FALSE;
}

/* What was seen in a chunk the first time lets later scans pass it by */
static void
keep_seen (QuarryLogScan *self, QuarryLogSpan *span)
{
  GHashTableIter iter;
  gpointer id;

  if (self->seen == NULL || span->channels != NULL)
    return;
  span->channels = g_array_new (FALSE, FALSE, sizeof (guint));
  g_hash_table_iter_init (&iter, self->seen);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_array_append_val (span->channels, (guint) { GPOINTER_TO_UINT (id) });
}

static gboolean
make_job (QuarryLogBlock *block, gpointer data, GCancellable *cancellable, GError **error)
{
  const QuarryLogScan *self = data;

  return self->klass->make (block, get_span (self->spans, g_array_index (self->jobs, guint, block->job)), data, cancellable, error);
}

static gboolean
take_chunk (QuarryLogScan *self, QuarryLogPipe *pipe, QuarryLogSpan *span, GError **error)
{
  QuarryLogBlock *block = quarry_log_pipe_next (pipe);

  if (quarry_log_is_stopped (block->error))
    {
      g_propagate_error (error, g_steal_pointer (&block->error));
      return FALSE;
    }
  if (self->klass->passed != NULL)
    self->klass->passed (self, block, span);
  if (block->error != NULL)
    {
      quarry_log_issue_error (self->log, QUARRY_ISSUE_SKIPPED, span->start, block->error);
      return TRUE;
    }
  if (self->seen != NULL)
    g_hash_table_remove_all (self->seen);
  if (!self->klass->take (self, block, span, error))
    return FALSE;
  keep_seen (self, span);
  return TRUE;
}

static gboolean
take_spans (QuarryLogScan *self, QuarryLogPipe *pipe, GError **error)
{
  const guint64 size = (guint64) quarry_file_get_size (self->log->file);
  guint job = 0;

  for (guint i = 0; i < self->spans->len; i++)
    {
      QuarryLogSpan *span = get_span (self->spans, i);

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      if (!span->is_chunk && !self->klass->walk (self, span, error))
        return FALSE;
      if (span->is_chunk && job < self->jobs->len && g_array_index (self->jobs, guint, job) == i)
        {
          job++;
          if (!take_chunk (self, pipe, span, error))
            return FALSE;
        }
      if (self->operation != NULL)
        quarry_operation_set_progress (self->operation, (guint64) span->end, size, NULL);
    }
  return TRUE;
}

/* Returns: FALSE with @error; TRUE also where func had enough */
gboolean
quarry_log_scan_spans (QuarryLogScan *self, const QuarryLogScanClass *klass, GError **error)
{
  g_autoptr(GArray) jobs = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr(GArray) costs = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GHashTable) seen = self->log->has_index ? NULL : g_hash_table_new (NULL, NULL);
  g_autoptr(QuarryLogPipe) pipe = NULL;

  self->klass = klass;
  self->jobs = jobs;
  self->seen = seen;
  for (guint i = 0; i < self->spans->len; i++)
    {
      const QuarryLogSpan *span = get_span (self->spans, i);

      if (!span->is_chunk || !is_wanted (self, span))
        continue;
      g_array_append_val (jobs, i);
      g_array_append_val (costs, span->cost);
    }
  pipe = quarry_log_pipe_new (jobs->len, (const gint64 *) costs->data, self->log->storage != NULL && !quarry_storage_is_local (self->log->uri), make_job, self, self->cancellable);
  return take_spans (self, pipe, error) || self->is_content;
}

gboolean
quarry_log_scan_deliver (QuarryLogScan *self, const QuarryLogMessage *message, GError **error)
{
  const guint id = message->channel->id;
  GError *failure = NULL;

  self->n_messages++;
  if (self->seen != NULL)
    g_hash_table_add (self->seen, GUINT_TO_POINTER (id));
  if (self->wanted != NULL && (id >= self->n_wanted || !self->wanted[id]))
    return TRUE;
  if (self->func (message, self->user_data, &failure))
    return TRUE;
  self->is_content = failure == NULL;
  if (failure != NULL)
    g_propagate_error (error, failure);
  return FALSE;
}
