/* quarry-log-mcap.c: MCAP
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * With a summary, opening reads head and tail. Without, or with one that contradicts itself, the file is read once to learn what is in it;
 * either way a list of spans comes out, over which scans run.
 */

#include "config.h"
#include "quarry-log-mcap.h"

#include <string.h>

typedef struct
{
  char   *name, *encoding;
  GBytes *data;
} Schema;

static void
schema_free (gpointer data)
{
  Schema *schema = data;

  g_free (schema->name);
  g_free (schema->encoding);
  g_bytes_unref (schema->data);
  g_free (schema);
}

static void
mcap_close (QuarryLog *self)
{
  QuarryMcap *mcap = self->data;

  g_hash_table_unref (mcap->schemas);
  g_hash_table_unref (mcap->channels);
  g_array_unref (mcap->spans);
  g_free (mcap);
}

static char *
dup_text (const QuarryMcapBytes *text)
{
  return g_strndup ((const char *) text->data, text->length);
}

void
quarry_mcap_add_schema (QuarryLog *self, const QuarryMcapSchema *from)
{
  QuarryMcap *mcap = self->data;
  Schema *schema = NULL;

  if (g_hash_table_contains (mcap->schemas, GUINT_TO_POINTER (from->id)))
    return;
  schema = g_new0 (Schema, 1);
  schema->name = dup_text (&from->name);
  schema->encoding = dup_text (&from->encoding);
  schema->data = g_bytes_new (from->data.data, from->data.length);
  g_hash_table_insert (mcap->schemas, GUINT_TO_POINTER (from->id), schema);
}

void
quarry_mcap_add_channel (QuarryLog *self, const QuarryMcapChannel *from)
{
  QuarryMcap *mcap = self->data;
  const Schema *schema = g_hash_table_lookup (mcap->schemas, GUINT_TO_POINTER (from->schema));
  g_autofree char *topic = NULL, *encoding = NULL;
  QuarryLogChannel *channel = NULL;

  if (g_hash_table_contains (mcap->channels, GUINT_TO_POINTER (from->id)))
    return;
  topic = dup_text (&from->topic);
  encoding = dup_text (&from->encoding);
  channel = quarry_log_add_channel (self, topic, schema != NULL ? schema->name : "", encoding,
                                    schema != NULL ? schema->encoding : "", schema != NULL ? schema->data : NULL);
  g_hash_table_insert (mcap->channels, GUINT_TO_POINTER (from->id), channel);
}

static gboolean
mcap_probe (const guint8 *head, gsize length, const char *uri)
{
  return length >= QUARRY_MCAP_MAGIC_LENGTH && memcmp (head, QUARRY_MCAP_MAGIC, QUARRY_MCAP_MAGIC_LENGTH) == 0;
}

typedef struct
{
  QuarryLog *log;
  gint64     end;
} Finding;

static gboolean
find_span_cb (const QuarryMcapRecord *record, QuarryWindow *window, gpointer data, GError **error)
{
  Finding *finding = data;
  QuarryMcap *mcap = finding->log->data;
  QuarryLogSpan *last = mcap->spans->len > 0 ? &g_array_index (mcap->spans, QuarryLogSpan, mcap->spans->len - 1) : NULL;
  const guint64 left = (guint64) (finding->end - record->offset - QUARRY_MCAP_RECORD);
  const gint64 end = record->offset + QUARRY_MCAP_RECORD + (gint64) MIN (record->length, left);
  QuarryLogSpan span = { .is_chunk = TRUE, .start = record->offset, .end = end, .length = end - record->offset };
  QuarryMcapChunk chunk = { 0 };
  const guint8 *body = NULL;
  gsize there;

  if (last != NULL && last->is_chunk && record->op == QUARRY_MCAP_MESSAGE_INDEX && last->end == record->offset)
    {
      last->end = end;
      return TRUE;
    }
  if (record->op != QUARRY_MCAP_CHUNK)
    {
      quarry_log_add_loose (mcap->spans, last != NULL ? last->end : record->offset, end);
      return TRUE;
    }
  there = quarry_window_peek (window, record->offset + QUARRY_MCAP_RECORD, (gsize) MIN (64, MIN (record->length, left)), &body, NULL, NULL);
  if (last != NULL && last->end < record->offset)
    quarry_log_add_loose (mcap->spans, last->end, record->offset);
  quarry_mcap_parse_chunk (body, there, &chunk);
  span.is_cut = record->length > left;
  span.cost = span.length + (chunk.size == chunk.length ? 0 : (gint64) MIN (chunk.size, G_MAXINT32));
  quarry_log_add_span (mcap->spans, &span);
  return TRUE;
}

/* Damage that was passed over stays in the span before what follows: walking that again passes over it again */
gboolean
quarry_mcap_find_spans (QuarryLog *self, GCancellable *cancellable, GError **error)
{
  QuarryMcap *mcap = self->data;
  Finding finding = { self, mcap->data_end };

  g_array_set_size (mcap->spans, 0);
  quarry_log_add_span (mcap->spans, &(QuarryLogSpan) { .start = QUARRY_MCAP_MAGIC_LENGTH, .end = QUARRY_MCAP_MAGIC_LENGTH });
  return quarry_mcap_walk (self, QUARRY_MCAP_MAGIC_LENGTH, mcap->data_end, find_span_cb, &finding, cancellable, error);
}

static gboolean
mcap_open (QuarryLog *self, GCancellable *cancellable, GError **error)
{
  QuarryMcap *mcap = g_new0 (QuarryMcap, 1);
  GError *failure = NULL;

  self->data = mcap;
  mcap->schemas = g_hash_table_new_full (NULL, NULL, NULL, schema_free);
  mcap->channels = g_hash_table_new (NULL, NULL);
  mcap->spans = quarry_log_spans_new ();
  mcap->expected = -1;
  mcap->n_channels = G_MAXUINT;
  self->has_index = quarry_mcap_read_index (self, cancellable, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, failure);
      return FALSE;
    }
  if (!self->has_index)
    {
      quarry_log_forget_counts (self);
      if (!quarry_mcap_find_spans (self, cancellable, error) ||
          !quarry_mcap_scan (self, NULL, quarry_log_count_cb, self, NULL, cancellable, error))
        return FALSE;
    }
  mcap->n_channels = self->channels->len;
  return TRUE;
}

static gboolean
mcap_scan (QuarryLog *self, const gboolean *wanted, QuarryLogFunc func, gpointer user_data, QuarryOperation *operation, GError **error)
{
  return quarry_mcap_scan (self, wanted, func, user_data, operation,
                           operation != NULL ? quarry_operation_get_cancellable (operation) : NULL, error);
}

const QuarryLogFormat quarry_log_mcap = {
  .id = "mcap", .name = "MCAP", .probe = mcap_probe, .open = mcap_open, .scan = mcap_scan, .close = mcap_close,
};
