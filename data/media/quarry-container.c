/* quarry-container.c: the parts of a media's URI: chunks, rows and compressed files
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-container.h"
#include "quarry-container-private.h"
#include "quarry-db3.h"
#include "quarry-media-error.h"

#include <string.h>

/* Parts in one URI; a bag's file, its chunk and its row are three */
#define MAX_PARTS 4

typedef enum { PART_CHUNK, PART_ROW, PART_ZSTD } PartKind;

typedef struct
{
  PartKind    kind;
  gint64      position, length, size;
  gint64      row;
  QuarryCodec codec;
  const char *end;        /* of its text in the URI */
} Part;

typedef struct
{
  QuarryStorage *storage;
  QuarryFile    *file;
  const Part    *part;
} Making;

/* Digits only, no sign, no blank: what we write. Returns: where it ends, NULL no number */
static const char *
scan_number (const char *text, gint64 *out)
{
  char *end = NULL;
  const guint64 value = g_ascii_isdigit (*text) ? g_ascii_strtoull (text, &end, 10) : G_MAXUINT64;

  if (end == NULL || value > G_MAXINT64)
    return NULL;
  *out = (gint64) value;
  return end;
}

static gboolean
parse_chunk (const char *text, const char *end, Part *out)
{
  const char *at = scan_number (text, &out->position);
  g_autofree char *codec = NULL;
  const char *comma = NULL;

  if (at == NULL || *at != ',' || (at = scan_number (at + 1, &out->length)) == NULL || *at != ',')
    return FALSE;
  comma = memchr (at + 1, ',', (gsize) (end - at - 1));
  if (comma == NULL)
    return FALSE;
  codec = g_strndup (at + 1, (gsize) (comma - at - 1));
  return quarry_codec_from_name (codec, &out->codec) && scan_number (comma + 1, &out->size) == end;
}

/* @text after the #, to @end */
static gboolean
parse_part (const char *text, const char *end, Part *out)
{
  const gsize length = (gsize) (end - text);
  const char *at = NULL;

  *out = (Part) { .end = end };
  if (length == 4 && strncmp (text, "zstd", 4) == 0)
    {
      out->kind = PART_ZSTD;
      return TRUE;
    }
  if (length > 6 && strncmp (text, "chunk=", 6) == 0)
    {
      out->kind = PART_CHUNK;
      return parse_chunk (text + 6, end, out);
    }
  if (length <= 4 || strncmp (text, "row=", 4) != 0)
    return FALSE;
  out->kind = PART_ROW;
  at = scan_number (text + 4, &out->row);
  if (at != NULL && end - at == 5 && strncmp (at, ",zstd", 5) == 0)
    {
      out->codec = QUARRY_CODEC_ZSTD;
      return TRUE;
    }
  return at == end;
}

/* From the end, since a # may stand in a file's name. Returns: how many; the first is parts[MAX_PARTS - n] */
static guint
split (const char *uri, Part *parts, gsize *out_file_length)
{
  gsize end = strlen (uri);
  guint n = 0;

  while (n < MAX_PARTS)
    {
      const char *hash = g_strrstr_len (uri, (gssize) end, "#");

      if (hash == NULL || hash == uri || !parse_part (hash + 1, uri + end, &parts[MAX_PARTS - 1 - n]))
        break;
      end = (gsize) (hash - uri);
      n++;
    }
  *out_file_length = end;
  return n;
}

static GBytes *
make_chunk (Making *making, GCancellable *cancellable, GError **error)
{
  const Part *part = making->part;
  g_autoptr(GBytes) packed = NULL;
  g_autofree guint8 *out = NULL;

  if (!quarry_codec_fits (part->codec, part->length, part->size) ||
      (out = g_try_malloc ((gsize) MAX (part->size, 1))) == NULL)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE,
                   "%s: byte %" G_GINT64_FORMAT ": a chunk of %" G_GINT64_FORMAT " bytes cannot become %" G_GINT64_FORMAT,
                   quarry_file_get_uri (making->file), part->position, part->length, part->size);
      return NULL;
    }
  packed = quarry_file_read_bytes (making->file, part->position, part->length, cancellable, error);
  if (packed == NULL)
    return NULL;
  if (!quarry_codec_decode (part->codec, g_bytes_get_data (packed, NULL), g_bytes_get_size (packed), out,
                            (gsize) part->size, error))
    {
      g_prefix_error (error, "%s: byte %" G_GINT64_FORMAT ": ", quarry_file_get_uri (making->file), part->position);
      return NULL;
    }
  return g_bytes_new_take (g_steal_pointer (&out), (gsize) part->size);
}

static GBytes *
make_row (Making *making, GCancellable *cancellable, GError **error)
{
  const Part *part = making->part;
  g_autoptr(QuarryDb3) db = quarry_db3_open (making->file, cancellable, error);
  g_autoptr(GBytes) packed = db != NULL ? quarry_db3_read_row (db, part->row, error) : NULL;
  g_autoptr(GBytes) bytes = NULL;

  if (packed == NULL || part->codec == QUARRY_CODEC_NONE)
    return g_steal_pointer (&packed);
  bytes = quarry_codec_unpack (part->codec, g_bytes_get_data (packed, NULL), g_bytes_get_size (packed), error);
  if (bytes == NULL)
    g_prefix_error (error, "%s: message %" G_GINT64_FORMAT ": ", quarry_file_get_uri (making->file), part->row);
  return g_steal_pointer (&bytes);
}

static GBytes *
make_part (gpointer data, GCancellable *cancellable, GError **error)
{
  Making *making = data;

  return making->part->kind == PART_ROW ? make_row (making, cancellable, error) : make_chunk (making, cancellable, error);
}

/* Returns: (transfer full) (nullable): what @part makes of @file, from the cache where it is there */
static QuarryFile *
open_part (QuarryStorage *storage, QuarryFile *file, const char *uri, const Part *part, GCancellable *cancellable, GError **error)
{
  Making making = { storage, file, part };
  g_autofree char *name = g_strndup (uri, (gsize) (part->end - uri));
  g_autofree char *key = g_strdup_printf ("%s\n%s", name, quarry_file_get_version (file));
  g_autoptr(GBytes) bytes = part->kind == PART_ZSTD ? quarry_container_unpack (storage, file, cancellable, error)
                                                    : quarry_storage_cached (storage, key, make_part, &making, cancellable, error);

  return bytes != NULL ? quarry_file_new_for_bytes (bytes, name, quarry_file_get_version (file)) : NULL;
}

/**
 * quarry_container_open:
 * @uri: as in quarry-media.h
 *
 * Returns: (transfer full) (nullable): NULL with an error that names the file; its version is that of the file behind it
 */
QuarryFile *
quarry_container_open (QuarryStorage *storage, const char *uri, GCancellable *cancellable, GError **error)
{
  Part parts[MAX_PARTS];
  gsize length = 0;
  const guint n = split (uri, parts, &length);
  g_autofree char *name = g_strndup (uri, length);
  QuarryFile *file = quarry_storage_open (storage, name, cancellable, error);

  for (guint i = 0; i < n && file != NULL; i++)
    {
      g_autoptr(QuarryFile) outer = file;

      file = open_part (storage, outer, uri, &parts[MAX_PARTS - n + i], cancellable, error);
    }
  return file;
}

/* Returns: (transfer full) */
char *
quarry_container_dup_file (const char *uri)
{
  Part parts[MAX_PARTS];
  gsize length = 0;

  split (uri, parts, &length);
  return g_strndup (uri, length);
}

char *
quarry_container_chunk_uri (const char *uri, gint64 position, gint64 length, QuarryCodec codec, gint64 size)
{
  return g_strdup_printf ("%s#chunk=%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%s,%" G_GINT64_FORMAT, uri, position, length,
                          quarry_codec_name (codec), size);
}
