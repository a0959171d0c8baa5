/* quarry-test-write-bag.h: a small writer of ROS 1 bags
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Message i goes to connection i % 3 at 1000 + i s; connections 0 and 2 are of one topic. It says "message i of connection c" and some more.
 */

#pragma once

#include "quarry-test-log.h"

#include <bzlib.h>
#include <lz4frame.h>

G_BEGIN_DECLS

typedef struct
{
  guint       n_messages;
  guint       per_chunk;
  const char *compression;      /* none, bz2, lz4 */
  gboolean    is_active;        /* as left by a recorder that was killed: no index, the last chunk's lengths not written */
  const char *encryptor;        /* nullable */
  guint       padding;
} QuarryTestBag;

static inline void
quarry_test_bag_field (GByteArray *out, const char *name, gconstpointer value, gsize length)
{
  quarry_test_put (out, strlen (name) + 1 + length, 4);
  g_byte_array_append (out, (const guint8 *) name, (guint) strlen (name));
  g_byte_array_append (out, (const guint8 *) "=", 1);
  g_byte_array_append (out, value, (guint) length);
}

static inline void
quarry_test_bag_number (GByteArray *out, const char *name, guint64 value, guint bytes)
{
  g_autoptr(GByteArray) number = g_byte_array_new ();

  quarry_test_put (number, value, bytes);
  quarry_test_bag_field (out, name, number->data, number->len);
}

static inline void
quarry_test_bag_record (GByteArray *out, const GByteArray *header, gconstpointer data, gsize length)
{
  quarry_test_put (out, header->len, 4);
  g_byte_array_append (out, header->data, header->len);
  quarry_test_put (out, length, 4);
  g_byte_array_append (out, data, (guint) length);
}

static inline void
quarry_test_bag_connection (GByteArray *out, guint connection)
{
  g_autoptr(GByteArray) header = g_byte_array_new (), data = g_byte_array_new ();
  const char *topic = connection == 1 ? "/one" : "/zero";
  const char *type = connection == 1 ? "std_msgs/Int8" : "std_msgs/String";

  quarry_test_bag_number (header, "conn", connection, 4);
  quarry_test_bag_number (header, "op", 7, 1);
  quarry_test_bag_field (header, "topic", topic, strlen (topic));
  quarry_test_bag_field (data, "callerid", "/player", 7);
  quarry_test_bag_field (data, "md5sum", "*", 1);
  quarry_test_bag_field (data, "message_definition", "string data", 11);
  quarry_test_bag_field (data, "topic", topic, strlen (topic));
  quarry_test_bag_field (data, "type", type, strlen (type));
  quarry_test_bag_record (out, header, data->data, data->len);
}

static inline char *
quarry_test_bag_text (const QuarryTestBag *options, guint i)
{
  g_autoptr(GString) text = g_string_new (NULL);

  g_string_printf (text, "message %u of connection %u ", i, i % 3);
  for (guint at = 0; at < options->padding; at++)
    g_string_append_c (text, (char) ('a' + (i * 7 + at * at) % 26));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static inline void
quarry_test_bag_header (GByteArray *out, const QuarryTestBag *options, guint64 index_pos, guint n_chunks)
{
  g_autoptr(GByteArray) header = g_byte_array_new ();
  g_autofree char *spaces = NULL;

  quarry_test_bag_number (header, "chunk_count", n_chunks, 4);
  quarry_test_bag_number (header, "conn_count", index_pos != 0 ? MIN (3, options->n_messages) : 0, 4);
  if (options->encryptor != NULL)
    quarry_test_bag_field (header, "encryptor", options->encryptor, strlen (options->encryptor));
  quarry_test_bag_number (header, "index_pos", index_pos, 8);
  quarry_test_bag_number (header, "op", 3, 1);
  spaces = g_strnfill (4096 - 8 - header->len, ' ');
  quarry_test_bag_record (out, header, spaces, strlen (spaces));
}

/* Returns: (transfer full): compressed */
static inline GByteArray *
quarry_test_bag_pack (const char *compression, const GByteArray *plain)
{
  GByteArray *out = g_byte_array_new ();
  guint length = plain->len * 2 + 1000;

  g_byte_array_set_size (out, length);
  if (strcmp (compression, "bz2") == 0)
    BZ2_bzBuffToBuffCompress ((char *) out->data, &length, (char *) plain->data, plain->len, 1, 0, 0);
  else if (strcmp (compression, "lz4") == 0)
    length = (guint) LZ4F_compressFrame (out->data, out->len, plain->data, plain->len, NULL);
  else
    memcpy (out->data, plain->data, length = plain->len);
  g_byte_array_set_size (out, length);
  return out;
}

/* Messages [from, to) as a chunk with its index, and what is said of it at the end */
static inline void
quarry_test_bag_chunk (const QuarryTestBag *options, GByteArray *out, GByteArray *infos, guint from, guint to, gboolean is_open)
{
  g_autoptr(GByteArray) plain = g_byte_array_new (), header = g_byte_array_new (), counts = g_byte_array_new (), info = g_byte_array_new ();
  g_autoptr(GByteArray) packed = NULL, index_header = g_byte_array_new ();
  g_autofree char *index_data = g_strnfill (12, 0);
  const guint64 position = out->len;

  for (guint i = from; i < to; i++)
    {
      g_autoptr(GByteArray) message = g_byte_array_new ();
      g_autofree char *text = quarry_test_bag_text (options, i);

      if (i < 3)
        quarry_test_bag_connection (plain, i);
      quarry_test_bag_number (message, "conn", i % 3, 4);
      quarry_test_bag_number (message, "op", 2, 1);
      quarry_test_bag_number (message, "time", 1000 + i + (500ull << 32), 8);
      quarry_test_bag_record (plain, message, text, strlen (text));
    }
  packed = quarry_test_bag_pack (options->compression, plain);
  quarry_test_bag_field (header, "compression", options->compression, strlen (options->compression));
  quarry_test_bag_number (header, "op", 5, 1);
  quarry_test_bag_number (header, "size", is_open ? 0 : plain->len, 4);
  quarry_test_bag_record (out, header, packed->data, packed->len);
  if (is_open)
    {
      memset (out->data + position + 4 + header->len, 0, 4);
      return;
    }
  quarry_test_bag_number (index_header, "conn", 0, 4);
  quarry_test_bag_number (index_header, "count", 1, 4);
  quarry_test_bag_number (index_header, "op", 4, 1);
  quarry_test_bag_number (index_header, "ver", 1, 4);
  quarry_test_bag_record (out, index_header, index_data, 12);
  for (guint connection = 0; connection < 3; connection++)
    {
      guint n = 0;

      for (guint i = from; i < to; i++)
        n += i % 3 == connection;
      if (n == 0)
        continue;
      quarry_test_put (counts, connection, 4);
      quarry_test_put (counts, n, 4);
    }
  quarry_test_bag_number (info, "chunk_pos", position, 8);
  quarry_test_bag_number (info, "count", counts->len / 8, 4);
  quarry_test_bag_number (info, "end_time", 1000 + to - 1 + (500ull << 32), 8);
  quarry_test_bag_number (info, "op", 6, 1);
  quarry_test_bag_number (info, "start_time", 1000 + from + (500ull << 32), 8);
  quarry_test_bag_number (info, "ver", 1, 4);
  quarry_test_bag_record (infos, info, counts->data, counts->len);
}

/* Returns: (transfer full) */
static inline GByteArray *
quarry_test_write_bag (const QuarryTestBag *options)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr(GByteArray) infos = g_byte_array_new (), header = g_byte_array_new ();
  guint n_chunks = 0;
  guint64 index_pos;

  g_byte_array_append (out, (const guint8 *) "#ROSBAG V2.0\n", 13);
  quarry_test_bag_header (out, options, 0, 0);
  for (guint i = 0; i < options->n_messages; i += options->per_chunk, n_chunks++)
    {
      const guint to = MIN (i + options->per_chunk, options->n_messages);

      quarry_test_bag_chunk (options, out, infos, i, to, options->is_active && to == options->n_messages);
    }
  if (options->is_active)
    return out;
  index_pos = out->len;
  for (guint i = 0; i < MIN (3, options->n_messages); i++)
    quarry_test_bag_connection (out, i);
  g_byte_array_append (out, infos->data, infos->len);
  quarry_test_bag_header (header, options, index_pos, n_chunks);
  memcpy (out->data + 13, header->data, 4096);
  return out;
}

/* Returns: (transfer full): what a scan gives, of the messages [from, to); of one topic or, with NULL, of all */
static inline char *
quarry_test_bag_expected (const QuarryTestBag *options, guint from, guint to, const char *only)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = from; i < to; i++)
    {
      g_autofree char *message = quarry_test_bag_text (options, i);
      const char *topic = i % 3 == 1 ? "/one" : "/zero";

      if (only == NULL || strcmp (only, topic) == 0)
        g_string_append_printf (text, "%s %u000000500 %u000000500 %s\n", topic, 1000 + i, 1000 + i, message);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

G_END_DECLS
