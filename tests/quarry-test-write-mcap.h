/* quarry-test-write-mcap.h: a small writer of MCAP files
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Message i goes to channel i % n_channels, is logged at 1000 + i, published at 900 + i, and says "message i of /topicN" and some more.
 */

#pragma once

#include "quarry-test-log.h"

#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

G_BEGIN_DECLS

typedef struct
{
  guint       n_messages;
  guint       n_channels;
  guint       per_chunk;          /* messages in one; 0: none are chunked */
  const char *compression;        /* "", "lz4", "zstd" */
  gboolean    no_summary, no_statistics, no_index, no_crc;
  gboolean    one_channel_a_chunk;   /* chunk i holds channel i % n_channels only */
  gboolean    no_footer;          /* as left by a recorder that was killed */
  guint       padding;            /* bytes more in each message */
  guint       n_attachments;
  gboolean    packed_messages;    /* each compressed by itself, as rosbag2 can */
  guint       repeated_channel;   /* 1: channel 1 has channel 0's topic and type */
} QuarryTestMcap;

typedef struct
{
  const QuarryTestMcap *options;
  GByteArray           *out;
  GByteArray           *chunk;      /* records of the one under way */
  GArray               *offsets;    /* guint64: of the messages in it, with their channel before each */
  GByteArray           *index;      /* chunk indexes */
  guint                 n_chunks;
  guint                 declared;   /* bits: channels in the data section */
} QuarryTestMcapWriter;

static inline void
quarry_test_mcap_record (GByteArray *out, guint8 op, const GByteArray *body)
{
  quarry_test_put (out, op, 1);
  quarry_test_put (out, body->len, 8);
  g_byte_array_append (out, body->data, body->len);
}

static inline void
quarry_test_mcap_channel (const QuarryTestMcap *options, GByteArray *out, guint i)
{
  g_autoptr(GByteArray) schema = g_byte_array_new (), channel = g_byte_array_new ();
  const guint named = i == options->repeated_channel ? 0 : i;
  g_autofree char *topic = g_strdup_printf ("/topic%u", named);
  g_autofree char *type = g_strdup_printf ("test_msgs/msg/Type%u", named);

  quarry_test_put (schema, i + 1, 2);
  quarry_test_put_text (schema, type);
  quarry_test_put_text (schema, "ros2msg");
  quarry_test_put_text (schema, "string data");
  quarry_test_mcap_record (out, 3, schema);
  quarry_test_put (channel, i, 2);
  quarry_test_put (channel, i + 1, 2);
  quarry_test_put_text (channel, topic);
  quarry_test_put_text (channel, "cdr");
  quarry_test_put (channel, 0, 4);
  quarry_test_mcap_record (out, 4, channel);
}

static inline char *
quarry_test_mcap_text (const QuarryTestMcap *options, guint i, guint channel)
{
  g_autoptr(GString) text = g_string_new (NULL);

  g_string_printf (text, "message %u of /topic%u ", i, channel);
  for (guint at = 0; at < options->padding; at++)
    g_string_append_c (text, (char) ('a' + (i * 7 + at * at) % 26));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static inline void
quarry_test_mcap_close_chunk (QuarryTestMcapWriter *self)
{
  const QuarryTestMcap *options = self->options;
  g_autoptr(GByteArray) packed = g_byte_array_new (), body = g_byte_array_new (), entry = g_byte_array_new ();
  const guint64 start = self->out->len;
  const gboolean has_crc = !options->no_crc;
  guint64 after;

  if (self->chunk->len == 0)
    return;
  g_byte_array_set_size (packed, self->chunk->len * 2 + 1000);
  if (strcmp (options->compression, "zstd") == 0)
    packed->len = (guint) ZSTD_compress (packed->data, packed->len, self->chunk->data, self->chunk->len, 1);
  else if (strcmp (options->compression, "lz4") == 0)
    packed->len = (guint) LZ4F_compressFrame (packed->data, packed->len, self->chunk->data, self->chunk->len, NULL);
  else
    {
      g_byte_array_set_size (packed, 0);
      g_byte_array_append (packed, self->chunk->data, self->chunk->len);
    }
  quarry_test_put (body, 0, 8);
  quarry_test_put (body, 0, 8);
  quarry_test_put (body, self->chunk->len, 8);
  quarry_test_put (body, has_crc ? crc32 (0, self->chunk->data, self->chunk->len) : 0, 4);
  quarry_test_put_text (body, options->compression);
  quarry_test_put (body, packed->len, 8);
  g_byte_array_append (body, packed->data, packed->len);
  quarry_test_mcap_record (self->out, 6, body);
  after = self->out->len;
  quarry_test_put (entry, 0, 8);
  quarry_test_put (entry, 0, 8);
  quarry_test_put (entry, start, 8);
  quarry_test_put (entry, after - start, 8);
  quarry_test_put (entry, options->no_index ? 0 : 10 * options->n_channels, 4);
  for (guint channel = 0; channel < options->n_channels && !options->no_index; channel++)
    {
      g_autoptr(GByteArray) index = g_byte_array_new ();
      guint n = 0;

      for (guint i = 0; i < self->offsets->len; i += 3)
        n += g_array_index (self->offsets, guint64, i) == channel;
      quarry_test_put (entry, n > 0 || !options->one_channel_a_chunk ? channel : g_array_index (self->offsets, guint64, 0), 2);
      quarry_test_put (entry, self->out->len, 8);
      quarry_test_put (index, channel, 2);
      quarry_test_put (index, 16 * n, 4);
      for (guint i = 0; i < self->offsets->len; i += 3)
        if (g_array_index (self->offsets, guint64, i) == channel)
          {
            quarry_test_put (index, g_array_index (self->offsets, guint64, i + 1), 8);
            quarry_test_put (index, g_array_index (self->offsets, guint64, i + 2), 8);
          }
      quarry_test_mcap_record (self->out, 7, index);
    }
  quarry_test_put (entry, self->out->len - after, 8);
  quarry_test_put_text (entry, options->compression);
  quarry_test_put (entry, packed->len, 8);
  quarry_test_put (entry, self->chunk->len, 8);
  quarry_test_mcap_record (self->index, 8, entry);
  self->n_chunks++;
  g_byte_array_set_size (self->chunk, 0);
  g_array_set_size (self->offsets, 0);
}

static inline void
quarry_test_mcap_message (QuarryTestMcapWriter *self, guint i, guint channel)
{
  GByteArray *out = self->options->per_chunk > 0 ? self->chunk : self->out;
  g_autoptr(GByteArray) body = g_byte_array_new ();
  g_autofree char *text = quarry_test_mcap_text (self->options, i, channel);
  const guint64 place[] = { channel, 1000 + i, 0 };

  if ((self->declared & 1u << channel) == 0)
    quarry_test_mcap_channel (self->options, out, channel);
  self->declared |= 1u << channel;
  g_array_append_vals (self->offsets, place, 3);
  g_array_index (self->offsets, guint64, self->offsets->len - 1) = out->len;
  quarry_test_put (body, channel, 2);
  quarry_test_put (body, i, 4);
  quarry_test_put (body, 1000 + i, 8);
  quarry_test_put (body, 900 + i, 8);
  if (self->options->packed_messages)
    {
      guint8 packed[4096];

      g_byte_array_append (body, packed, (guint) ZSTD_compress (packed, sizeof packed, text, strlen (text), 1));
    }
  else
    g_byte_array_append (body, (const guint8 *) text, (guint) strlen (text));
  quarry_test_mcap_record (out, 5, body);
}

static inline guint
quarry_test_mcap_channel_of (const QuarryTestMcap *options, guint i)
{
  return (options->one_channel_a_chunk ? i / options->per_chunk : i) % options->n_channels;
}

static inline void
quarry_test_mcap_summary (QuarryTestMcapWriter *self)
{
  const QuarryTestMcap *options = self->options;
  g_autoptr(GByteArray) statistics = g_byte_array_new ();

  for (guint i = 0; i < options->n_channels; i++)
    quarry_test_mcap_channel (options, self->out, i);
  quarry_test_put (statistics, options->n_messages, 8);
  quarry_test_put (statistics, options->n_channels, 2);
  quarry_test_put (statistics, options->n_channels, 4);
  quarry_test_put (statistics, options->n_attachments, 4);
  quarry_test_put (statistics, options->n_attachments, 4);
  quarry_test_put (statistics, self->n_chunks, 4);
  quarry_test_put (statistics, 1000, 8);
  quarry_test_put (statistics, 1000 + options->n_messages - 1, 8);
  quarry_test_put (statistics, 10 * options->n_channels, 4);
  for (guint channel = 0; channel < options->n_channels; channel++)
    {
      guint n = 0;

      for (guint i = 0; i < options->n_messages; i++)
        n += quarry_test_mcap_channel_of (options, i) == channel;
      quarry_test_put (statistics, channel, 2);
      quarry_test_put (statistics, n, 8);
    }
  if (!options->no_statistics)
    quarry_test_mcap_record (self->out, 11, statistics);
  g_byte_array_append (self->out, self->index->data, self->index->len);
}

static inline void
quarry_test_mcap_footer (QuarryTestMcapWriter *self)
{
  g_autoptr(GByteArray) end = g_byte_array_new ();
  guint64 start;

  quarry_test_put (end, self->options->no_crc ? 0 : crc32 (0, self->out->data, self->out->len), 4);
  quarry_test_mcap_record (self->out, 15, end);
  start = self->out->len;
  if (!self->options->no_summary)
    quarry_test_mcap_summary (self);
  quarry_test_put (self->out, 2, 1);
  quarry_test_put (self->out, 20, 8);
  quarry_test_put (self->out, self->options->no_summary ? 0 : start, 8);
  quarry_test_put (self->out, 0, 8);
  quarry_test_put (self->out, self->options->no_crc ? 0 : crc32 (0, self->out->data + start, self->out->len - (guint) start), 4);
  g_byte_array_append (self->out, (const guint8 *) "\x89MCAP0\r\n", 8);
}

/* An attachment and a metadata record */
static inline void
quarry_test_mcap_attach (QuarryTestMcapWriter *self)
{
  g_autoptr(GByteArray) attachment = g_byte_array_new (), metadata = g_byte_array_new ();

  quarry_test_put (attachment, 1, 8);
  quarry_test_put (attachment, 2, 8);
  quarry_test_put_text (attachment, "map.txt");
  quarry_test_put_text (attachment, "text/plain");
  quarry_test_put (attachment, 5, 8);
  g_byte_array_append (attachment, (const guint8 *) "a map", 5);
  quarry_test_put (attachment, 0, 4);
  quarry_test_mcap_record (self->out, 9, attachment);
  quarry_test_put_text (metadata, "machine");
  quarry_test_put (metadata, 0, 4);
  quarry_test_mcap_record (self->out, 12, metadata);
}

/* Returns: (transfer full) */
static inline GByteArray *
quarry_test_write_mcap (const QuarryTestMcap *options)
{
  g_autoptr(GByteArray) chunk = g_byte_array_new (), index = g_byte_array_new (), header = g_byte_array_new ();
  g_autoptr(GArray) offsets = g_array_new (FALSE, FALSE, sizeof (guint64));
  QuarryTestMcapWriter self = { .options = options, .out = g_byte_array_new (), .chunk = chunk, .offsets = offsets, .index = index };

  g_byte_array_append (self.out, (const guint8 *) "\x89MCAP0\r\n", 8);
  quarry_test_put_text (header, "ros2");
  quarry_test_put_text (header, "quarry test");
  quarry_test_mcap_record (self.out, 1, header);
  for (guint i = 0; i < options->n_messages; i++)
    {
      quarry_test_mcap_message (&self, i, quarry_test_mcap_channel_of (options, i));
      if (options->per_chunk > 0 && (i + 1) % options->per_chunk == 0)
        {
          quarry_test_mcap_close_chunk (&self);
          if (self.n_chunks <= options->n_attachments)
            quarry_test_mcap_attach (&self);
        }
    }
  quarry_test_mcap_close_chunk (&self);
  if (!options->no_footer)
    quarry_test_mcap_footer (&self);
  return self.out;
}

/* Returns: (transfer full): what a scan of it gives, of the messages [from, to) and of one channel or, with −1, all */
static inline char *
quarry_test_mcap_expected (const QuarryTestMcap *options, guint from, guint to, int only)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = from; i < to; i++)
    {
      const guint channel = quarry_test_mcap_channel_of (options, i);
      g_autofree char *message = quarry_test_mcap_text (options, i, channel);

      if (only < 0 || channel == (guint) only)
        g_string_append_printf (text, "/topic%u %u %u %s\n", channel == options->repeated_channel ? 0 : channel, 1000 + i, 900 + i, message);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

G_END_DECLS
