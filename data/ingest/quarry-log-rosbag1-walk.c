/* quarry-log-rosbag1-walk.c: from record to record of a ROS 1 bag, and finding the way again after damage
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-log-rosbag1.h"

#define WINDOW (64u << 10)
#define SEARCH (1u << 20)
#define LOOK   4096u

typedef struct
{
  QuarryLog    *log;
  gint64        end;
  GCancellable *cancellable;
  QuarryWindow  window;          /* on the way */
  QuarryWindow  look;            /* ahead of it */
} Walk;

/* Returns: FALSE where there is no whole header of a record, or with @error */
static gboolean
read_record (Walk *walk, QuarryWindow *window, gint64 offset, QuarryBagRecord *out, GError **error)
{
  const gsize left = (gsize) MAX (walk->end - offset, 0);
  const guint8 *data = NULL;
  gsize there = quarry_window_peek (window, offset, MIN (LOOK, left), &data, walk->cancellable, error);
  const gsize head = there > 0 ? quarry_bag_header_length (data, there) : 0;

  if (head == 0 || head > left)
    return FALSE;
  if (head > there)
    there = quarry_window_peek (window, offset, head, &data, walk->cancellable, error);
  return there >= head && quarry_bag_parse_record (data, there, out);
}

static gboolean
is_whole (Walk *walk, gint64 offset, const QuarryBagRecord *record)
{
  return (gint64) record->head + record->length <= walk->end - offset;
}

/* Two in a row, or one up to the end */
static gboolean
is_way (Walk *walk, gint64 offset, GError **error)
{
  QuarryBagRecord record, next;

  if (!read_record (walk, &walk->look, offset, &record, error) || !is_whole (walk, offset, &record))
    return FALSE;
  offset += (gint64) record.head + record.length;
  return offset == walk->end || read_record (walk, &walk->look, offset, &next, error);
}

/* A header's length and its first field's are small, and a name begins with a letter */
static gboolean
may_be_record (const guint8 *data, gsize there)
{
  return there < 9 || (data[3] == 0 && data[7] == 0 && data[6] == 0 && data[8] >= 'a' && data[8] <= 'z');
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
        if (may_be_record (data + i, there - i) && is_way (walk, at + (gint64) i, &failure))
          return at + (gint64) i;
      if (failure != NULL || there == 0)
        break;
    }
  if (failure == NULL)
    return walk->end;
  g_propagate_error (error, failure);
  return -1;
}

static gint64
go_on (Walk *walk, gint64 offset, GError **error)
{
  const gint64 next = find_way (walk, offset + 1, error);

  if (next >= walk->end && walk->end >= quarry_file_get_size (walk->log->file))
    quarry_log_issue (walk->log, QUARRY_ISSUE_SKIPPED, offset, "the bag was cut off: its last %" G_GINT64_FORMAT
                      " bytes are no whole record", walk->end - offset);
  else if (next > 0)
    quarry_log_issue (walk->log, QUARRY_ISSUE_SKIPPED, offset, "%" G_GINT64_FORMAT " bytes are damaged and left out", next - offset);
  return next;
}

/* A compressed chunk whose end is missing. A recorder writes a chunk's lengths when it closes it: 0 until then */
static gboolean
is_cut_chunk (Walk *walk, gint64 offset, const QuarryBagRecord *record)
{
  QuarryBagRecord next;
  QuarryCodec codec;

  if (record->op != QUARRY_BAG_CHUNK || walk->end < quarry_file_get_size (walk->log->file) ||
      !quarry_bag_codec (record, &codec) || codec == QUARRY_CODEC_NONE || walk->end - offset <= (gint64) record->head)
    return FALSE;
  if (record->length == 0)
    return !read_record (walk, &walk->look, offset + (gint64) record->head, &next, NULL);
  return !is_whole (walk, offset, record) && find_way (walk, offset + (gint64) record->head, NULL) == walk->end;
}

static gboolean
walk_on (Walk *walk, gint64 start, QuarryBagRecordFunc func, gpointer data, GError **error)
{
  for (gint64 at = start; at < walk->end;)
    {
      QuarryBagRecord record;
      GError *failure = NULL;
      const gboolean is_there = read_record (walk, &walk->window, at, &record, &failure);
      const gboolean is_cut = is_there && is_cut_chunk (walk, at, &record);

      if (failure != NULL)
        {
          g_propagate_error (error, failure);
          return FALSE;
        }
      if (is_cut || (is_there && is_whole (walk, at, &record)))
        {
          if (!func (&record, at, is_cut, &walk->window, data, error))
            return FALSE;
          at = is_cut ? walk->end : at + (gint64) record.head + record.length;
          continue;
        }
      at = go_on (walk, at, error);
      if (at < 0)
        return FALSE;
    }
  return TRUE;
}

gboolean
quarry_bag_walk (QuarryLog *self, gint64 start, gint64 end, QuarryBagRecordFunc func, gpointer data, GCancellable *cancellable, GError **error)
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
