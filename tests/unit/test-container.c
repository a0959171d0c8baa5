/* test-container.c: parts of a media's URI
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-container.h"
#include "quarry-media.h"
#include "quarry-test.h"

#include <bzlib.h>
#include <lz4.h>
#include <lz4frame.h>
#include <string.h>
#include <zstd.h>

#define PLAIN_BYTES 200000u

/* Text that compresses, but not to nothing */
static guint8 *
make_plain (void)
{
  guint8 *plain = g_malloc (PLAIN_BYTES);

  for (guint i = 0; i < PLAIN_BYTES; i++)
    plain[i] = (guint8) ("excavator wheel loader dozer "[i % 29] ^ (i / 997 % 7));
  return plain;
}

/* Returns: (transfer full) */
static GByteArray *
pack (QuarryCodec codec, const guint8 *plain, gsize length)
{
  GByteArray *out = g_byte_array_new ();
  guint n_bz2 = 0;

  g_byte_array_set_size (out, (guint) (2 * length + 1000));
  n_bz2 = out->len;
  switch (codec)
    {
    case QUARRY_CODEC_LZ4:
      out->len = (guint) LZ4_compress_default ((const char *) plain, (char *) out->data, (int) length, (int) out->len);
      break;
    case QUARRY_CODEC_LZ4_FRAME:
      out->len = (guint) LZ4F_compressFrame (out->data, out->len, plain, length, NULL);
      break;
    case QUARRY_CODEC_ZSTD:
      out->len = (guint) ZSTD_compress (out->data, out->len, plain, length, 1);
      break;
    case QUARRY_CODEC_BZ2:
      BZ2_bzBuffToBuffCompress ((char *) out->data, &n_bz2, (char *) plain, (guint) length, 1, 0, 0);
      out->len = n_bz2;
      break;
    case QUARRY_CODEC_NONE:
    case QUARRY_N_CODECS:
    default:
      memcpy (out->data, plain, length);
      out->len = (guint) length;
    }
  return out;
}

typedef struct
{
  char          *folder, *path;
  guint8        *plain;
  QuarryStorage *storage;
} Fixture;

static void
setup (Fixture *self, gconstpointer data)
{
  self->folder = quarry_test_folder ();
  self->path = g_build_filename (self->folder, "site #7.bag", NULL);
  self->plain = make_plain ();
  self->storage = quarry_storage_new ();
}

static void
teardown (Fixture *self, gconstpointer data)
{
  quarry_test_remove (self->folder);
  g_free (self->folder);
  g_free (self->path);
  g_free (self->plain);
  g_assert_finalize_object (self->storage);
}

static void
test_a_chunk_of_each_codec_is_read (Fixture *self, gconstpointer data)
{
  for (QuarryCodec codec = QUARRY_CODEC_NONE; codec < QUARRY_N_CODECS; codec++)
    {
      g_autoptr(GByteArray) packed = pack (codec, self->plain, PLAIN_BYTES);
      g_autoptr(GByteArray) file = g_byte_array_new ();
      g_autofree char *uri = quarry_container_chunk_uri (self->path, 7, packed->len, codec, PLAIN_BYTES);
      g_autofree char *version = NULL, *expected = NULL;
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) all = NULL, some = NULL, beyond = NULL;

      g_byte_array_append (file, (const guint8 *) "before ", 7);
      g_byte_array_append (file, packed->data, packed->len);
      g_byte_array_append (file, (const guint8 *) " after", 6);
      g_assert_true (g_file_set_contents (self->path, (const char *) file->data, file->len, NULL));
      all = quarry_media_read (self->storage, uri, 0, -1, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (all, NULL), g_bytes_get_size (all), self->plain, PLAIN_BYTES);
      some = quarry_media_read (NULL, uri, 1234, 77, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (some, NULL), g_bytes_get_size (some), self->plain + 1234, 77);
      beyond = quarry_media_read (self->storage, uri, PLAIN_BYTES - 3, 4, NULL, &error);
      g_assert_null (beyond);
      g_assert_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_ENDS);
      version = quarry_media_dup_version (self->storage, uri, NULL, NULL);
      expected = quarry_media_dup_version (self->storage, self->path, NULL, NULL);
      g_assert_cmpstr (version, ==, expected);
    }
}

static void
test_a_wrong_part_is_told (Fixture *self, gconstpointer data)
{
  g_autoptr(GByteArray) packed = pack (QUARRY_CODEC_ZSTD, self->plain, PLAIN_BYTES);
  static const struct { const char *part, *message;
  } cases[] = {
    { "#chunk=0,90,zstd,200000", "byte 0: zstd data is damaged" },                   /* cut */
    { "#chunk=5,90,lz4-frame,20000", "byte 5: lz4-frame data is damaged: 0 of 20000 bytes could be made" },
    { "#chunk=0,90,lz4,20000", "byte 0: lz4 data is damaged" },
    { "#chunk=0,90,bz2,200000", "byte 0: bz2 data is damaged" },
    { "#chunk=0,90,lz4,200000", "byte 0: a chunk of 90 bytes cannot become 200000" },      /* 255 for one is the most */
    { "#chunk=0,90,none,91", "byte 0: a chunk of 90 bytes cannot become 91" },
    { "#chunk=0,90,zstd,9000000000000000000", "a chunk of 90 bytes cannot become" },
    { "#chunk=0,9000000000,zstd,10", "the file ends at byte" },
    { "#chunk=0,90,zip,10", "No such file" },      /* no part that is known: then it is a name */
    { "#chunk=0,90,zstd,10x", "No such file" },
    { "#chunk=-1,90,zstd,10", "No such file" },
    { "#chunk=0,90,zstd", "No such file" },
    { "#row=", "No such file" },
    { "#row=3,lz4", "No such file" },
  };

  g_assert_true (g_file_set_contents (self->path, (const char *) packed->data, packed->len, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *uri = g_strconcat (self->path, cases[i].part, NULL);
      g_autoptr(GError) error = NULL;

      g_assert_null (quarry_media_read (self->storage, uri, 0, -1, NULL, &error));
      g_assert_nonnull (error);
      if (strstr (error->message, cases[i].message) == NULL || strstr (error->message, "site #7.bag") == NULL)
        g_error ("%s: %s", cases[i].part, error->message);
    }
}

static void
test_parts_apply_from_left_to_right (Fixture *self, gconstpointer data)
{
  g_autoptr(GByteArray) inner = pack (QUARRY_CODEC_LZ4_FRAME, self->plain, PLAIN_BYTES);
  g_autoptr(GByteArray) outer = pack (QUARRY_CODEC_ZSTD, inner->data, inner->len);
  g_autofree char *whole = g_strconcat (self->path, "#zstd", NULL);
  g_autofree char *uri = quarry_container_chunk_uri (whole, 0, inner->len, QUARRY_CODEC_LZ4_FRAME, PLAIN_BYTES);
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *name = quarry_container_dup_file (uri);
  g_autoptr(GError) error = NULL;

  g_assert_cmpstr (name, ==, self->path);
  g_assert_true (g_file_set_contents (self->path, (const char *) outer->data, outer->len, NULL));
  bytes = quarry_media_read (self->storage, uri, 0, -1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), self->plain, PLAIN_BYTES);
  g_clear_pointer (&bytes, g_bytes_unref);
  bytes = quarry_media_read (self->storage, whole, 0, -1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), inner->data, inner->len);
}

/* Decompressed once, into a file of the cache folder that has no name */
static void
test_a_large_compressed_file_is_kept_outside_memory (Fixture *self, gconstpointer data)
{
  const gsize length = 5 << 20;
  g_autofree guint8 *plain = g_malloc (length);
  g_autoptr(GByteArray) packed = NULL;
  g_autofree char *whole = g_strconcat (self->path, "#zstd", NULL);
  g_autoptr(GError) error = NULL;

  for (gsize i = 0; i < length; i++)
    plain[i] = self->plain[(i + i / 100000) % PLAIN_BYTES];
  packed = pack (QUARRY_CODEC_ZSTD, plain, length);
  g_assert_true (g_file_set_contents (self->path, (const char *) packed->data, packed->len, NULL));
  quarry_storage_set_limit (self->storage, 1000);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(QuarryFile) file = quarry_container_open (self->storage, whole, NULL, &error);
      g_autoptr(GBytes) bytes = NULL;

      g_assert_no_error (error);
      g_assert_cmpint (quarry_file_get_size (file), ==, length);
      bytes = quarry_file_read_bytes (file, 4000000 + i, 1000, NULL, &error);
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), 1000, plain + 4000000 + i, 1000);
    }
  g_assert_true (g_file_set_contents (self->path, (const char *) packed->data, packed->len - 5, NULL));
  g_assert_null (quarry_container_open (self->storage, whole, NULL, &error));
  g_assert_nonnull (strstr (error->message, "site #7.bag: byte "));
  g_assert_nonnull (strstr (error->message, "zstd data ends too early"));
}

static void
test_a_changed_file_is_read_anew (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(GByteArray) packed = pack (QUARRY_CODEC_ZSTD, self->plain + i, PLAIN_BYTES - 1);
      g_autofree char *uri = quarry_container_chunk_uri (self->path, 0, packed->len, QUARRY_CODEC_ZSTD, PLAIN_BYTES - 1);
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) bytes = NULL;

      g_byte_array_append (packed, (const guint8 *) "x", i);      /* the same size within one tick of the clock is the same file */
      g_assert_true (g_file_set_contents (self->path, (const char *) packed->data, packed->len, NULL));
      bytes = quarry_media_read (self->storage, uri, 0, -1, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), self->plain + i, PLAIN_BYTES - 1);
    }
}

static void
test_what_was_cut_off_gives_what_is_there (Fixture *self, gconstpointer data)
{
  static const QuarryCodec codecs[] = { QUARRY_CODEC_NONE, QUARRY_CODEC_LZ4_FRAME, QUARRY_CODEC_ZSTD };

  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    {
      g_autofree guint8 *out = g_malloc (PLAIN_BYTES);
      g_autoptr(GByteArray) packed = pack (codecs[i], self->plain, PLAIN_BYTES);
      const gsize n = quarry_codec_decode_some (codecs[i], packed->data, packed->len - 1, out, PLAIN_BYTES);

      g_assert_cmpuint (n, >, 0);
      g_assert_cmpmem (out, n, self->plain, n);
    }
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*run) (Fixture *, gconstpointer);
  } tests[] = {
    { "/container/a-chunk-of-each-codec-is-read", test_a_chunk_of_each_codec_is_read },
    { "/container/a-wrong-part-is-told", test_a_wrong_part_is_told },
    { "/container/parts-apply-from-left-to-right", test_parts_apply_from_left_to_right },
    { "/container/a-large-compressed-file-is-kept-outside-memory", test_a_large_compressed_file_is_kept_outside_memory },
    { "/container/a-changed-file-is-read-anew", test_a_changed_file_is_read_anew },
    { "/container/what-was-cut-off-gives-what-is-there", test_what_was_cut_off_gives_what_is_there },
  };
  g_autofree char *cache = quarry_test_folder ();      /* where compressed files are kept decompressed */
  int result;

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, setup, tests[i].run, teardown);
  result = g_test_run ();
  quarry_test_remove (cache);
  return result;
}
