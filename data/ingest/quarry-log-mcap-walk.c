/* quarry-log-mcap-walk.c: from record to record, and finding the way again after damage
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-log-mcap.h"

#define WINDOW    (64u << 10)
#define SEARCH    (1u << 20)
#define LOOK      4096u          /* bytes of a record that are looked at to tell whether it is one */

typedef struct
{
  QuarryLog    *log;
  gint64        end;
  GCancellable *cancellable;
  QuarryWindow  window;          /* on the way */
  QuarryWindow  look;            /* ahead of it */
} Walk;

static gboolean
is_known_channel (QuarryLog *self, const guint8 *body)
{
  QuarryMcap *mcap = self->data;

  return g_hash_table_contains (mcap->channels, GUINT_TO_POINTER (body[0] | (guint) body[1] << 8));
}

/* Is there a record at @offset that could be one, and where does it end? @loosely: its length and kind are enough */
static gboolean
looks_right (Walk *walk, gint64 offset, gboolean loosely, gint64 *out_next, GError **error)
{
  const guint8 *data = NULL;
  guint8 op;
  guint64 length;
  gsize there;

  if (walk->end - offset < QUARRY_MCAP_RECORD)
    return FALSE;
  there = quarry_window_peek (&walk->look, offset, MIN (LOOK, (guint64) (walk->end - offset)), &data, walk->cancellable, error);
  if (there < QUARRY_MCAP_RECORD || !quarry_mcap_parse_record (data, there, &op, &length) ||
      length > (guint64) (walk->end - offset - QUARRY_MCAP_RECORD))
    return FALSE;
  *out_next = offset + QUARRY_MCAP_RECORD + (gint64) length;
  if (op == 0 || op > QUARRY_MCAP_DATA_END)
    return FALSE;
  if (loosely)
    return TRUE;
  there = (gsize) MIN (there - QUARRY_MCAP_RECORD, length);
  return quarry_mcap_looks_right (op, data + QUARRY_MCAP_RECORD, there, length) &&
         (op != QUARRY_MCAP_MESSAGE || is_known_channel (walk->log, data + QUARRY_MCAP_RECORD));
}

/* Three in a row, or fewer up to the end */
static gboolean
is_way (Walk *walk, gint64 offset, GError **error)
{
  gint64 next = 0;

  if (!looks_right (walk, offset, FALSE, &next, error))
    return FALSE;
  for (guint i = 0; i < 2 && next < walk->end; i++)
    if (!looks_right (walk, next, TRUE, &next, error))
      return FALSE;
  return TRUE;
}

/* Returns: where a record begins after @from, the end if nowhere, −1 with @error */
static gint64
find_way (Walk *walk, gint64 from, GError **error)
{
  g_auto(QuarryWindow) search = { 0 };
  const guint8 *data = NULL;
  GError *failure = NULL;
  gsize there;

  quarry_window_init (&search, walk->log->file, SEARCH);
  for (gint64 at = from; at < walk->end; at += (gint64) there)
    {
      there = quarry_window_peek (&search, at, (gsize) MIN (SEARCH, walk->end - at), &data, walk->cancellable, &failure);
      for (gsize i = 0; i < there && failure == NULL; i++)
        if (data[i] >= QUARRY_MCAP_FOOTER && data[i] <= QUARRY_MCAP_DATA_END &&
            (i + 9 > there || (data[i + 7] | data[i + 8]) == 0) && is_way (walk, at + (gint64) i, &failure))
          return at + (gint64) i;
      if (failure != NULL || there == 0)
        break;
    }
  if (failure == NULL)
    return walk->end;
  g_propagate_error (error, failure);
  return -1;
}

/* After damage at @offset. Returns: where to go on, −1 with @error */
static gint64
go_on (Walk *walk, gint64 offset, GError **error)
{
  const gint64 next = find_way (walk, offset + 1, error);

  if (next >= walk->end && walk->end >= quarry_file_get_size (walk->log->file))
    quarry_log_issue (walk->log, QUARRY_ISSUE_SKIPPED, offset, "the file was cut off: its last %" G_GINT64_FORMAT
                      " bytes are no whole record", walk->end - offset);
  else if (next > 0)
    quarry_log_issue (walk->log, QUARRY_ISSUE_SKIPPED, offset, "%" G_GINT64_FORMAT " bytes are damaged and left out", next - offset);
  return next;
}

/* A compressed chunk whose end is not there any more, and nothing else behind its head: what can be decompressed of it is read */
static gboolean
is_cut_chunk (Walk *walk, const guint8 *data, gsize there, gint64 offset, guint64 length)
{
  QuarryMcapChunk chunk;
  QuarryCodec codec;

  return walk->end >= quarry_file_get_size (walk->log->file) && data[0] == QUARRY_MCAP_CHUNK &&
         quarry_mcap_looks_right (data[0], data + QUARRY_MCAP_RECORD, there - QUARRY_MCAP_RECORD, length) &&
         quarry_mcap_parse_chunk (data + QUARRY_MCAP_RECORD, there - QUARRY_MCAP_RECORD, &chunk) &&
         quarry_mcap_codec (&chunk.compression, &codec) && codec != QUARRY_CODEC_NONE &&
         walk->end - offset > QUARRY_MCAP_RECORD + (gint64) chunk.head && find_way (walk, offset + 1, NULL) == walk->end;
}

static gboolean
walk_on (Walk *walk, gint64 start, QuarryMcapRecordFunc func, gpointer data, GError **error)
{
  for (gint64 at = start; at < walk->end;)
    {
      const guint8 *head = NULL;
      QuarryMcapRecord record = { .offset = at };
      GError *failure = NULL;
      const gsize there = quarry_window_peek (&walk->window, at, (gsize) MIN (LOOK, walk->end - at), &head, walk->cancellable, &failure);
      gboolean is_whole, is_cut;

      if (failure != NULL)
        {
          g_propagate_error (error, failure);
          return FALSE;
        }
      is_whole = there >= QUARRY_MCAP_RECORD && quarry_mcap_parse_record (head, there, &record.op, &record.length) &&
                 record.op != 0 && record.length <= (guint64) (walk->end - at - QUARRY_MCAP_RECORD);
      is_cut = !is_whole && there > QUARRY_MCAP_RECORD && is_cut_chunk (walk, head, there, at, record.length);
      if (is_whole || is_cut)
        {
          if (!func (&record, &walk->window, data, error))
            return FALSE;
          at = is_cut ? walk->end : at + QUARRY_MCAP_RECORD + (gint64) record.length;
          continue;
        }
      at = go_on (walk, at, error);
      if (at < 0)
        return FALSE;
    }
  return TRUE;
}

gboolean
quarry_mcap_walk (QuarryLog *self, gint64 start, gint64 end, QuarryMcapRecordFunc func, gpointer data,
                  GCancellable *cancellable, GError **error)
{
  Walk walk = { .log = self, .end = end, .cancellable = cancellable };
  gboolean done;

  quarry_window_init (&walk.window, self->file, WINDOW);
  quarry_window_init (&walk.look, self->file, LOOK);
  done = walk_on (&walk, start, func, data, error);
  quarry_window_clear (&walk.window);
  quarry_window_clear (&walk.look);
  return done;
}
