/* quarry-test-log.h: what a log says, as text, and small writers of logs
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-log.h"
#include "quarry-media.h"
#include "quarry-test.h"

#include <string.h>

G_BEGIN_DECLS

/* Writes numbers and texts, little-endian */
static inline void
quarry_test_put (GByteArray *out, guint64 value, guint bytes)
{
  for (guint i = 0; i < bytes; i++)
    g_byte_array_append (out, &(guint8) { (guint8) (value >> (8 * i)) }, 1);
}

static inline void
quarry_test_put_text (GByteArray *out, const char *text)
{
  quarry_test_put (out, strlen (text), 4);
  g_byte_array_append (out, (const guint8 *) text, (guint) strlen (text));
}

typedef struct
{
  QuarryStorage *storage;      /* nullable: URIs are not tried */
  guint          n;
  guint          stop_after;   /* 0 never */
  GString       *text;         /* one line a message: topic, times, bytes as text */
  gboolean       is_terse;     /* only counted */
  gboolean       fail;         /* set an error in the end */
} QuarryTestLogScan;

/* Each message is read a second time by its URI: both must be the same */
static inline gboolean
quarry_test_log_message (const QuarryLogMessage *message, gpointer user_data, GError **error)
{
  QuarryTestLogScan *scan = user_data;

  scan->n++;
  if (scan->storage != NULL)
    {
      g_autoptr(GError) failure = NULL;
      g_autoptr(GBytes) again = quarry_media_read (scan->storage, message->uri, message->offset, (gint64) message->length, NULL, &failure);

      g_assert_no_error (failure);
      g_assert_cmpmem (message->data, message->length, g_bytes_get_data (again, NULL), g_bytes_get_size (again));
    }
  if (!scan->is_terse)
    {
      g_string_append_printf (scan->text, "%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " ", message->channel->topic, message->log_ns,
                              message->publish_ns);
      g_string_append_len (scan->text, (const char *) message->data, (gssize) message->length);
      g_string_append_c (scan->text, '\n');
    }
  if (scan->n != scan->stop_after)
    return TRUE;
  if (scan->fail)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the consumer has had enough");
  return FALSE;
}

static inline int
quarry_test_compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char * const *) a, *(char * const *) b);
}

/* Returns: (transfer full): "topic type encoding schema-encoding n\n" for each channel, in the order of topics */
static inline char *
quarry_test_log_channels (QuarryLog *log)
{
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < log->channels->len; i++)
    {
      const QuarryLogChannel *channel = log->channels->pdata[i];

      g_assert_cmpuint (channel->id, ==, i);
      g_ptr_array_add (lines, g_strdup_printf ("%s %s %s %s %" G_GINT64_FORMAT "\n", channel->topic, channel->type,
                                               channel->encoding, channel->schema_encoding, channel->n_messages));
    }
  g_ptr_array_sort (lines, quarry_test_compare_lines);
  for (guint i = 0; i < lines->len; i++)
    g_string_append (text, lines->pdata[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

G_END_DECLS
