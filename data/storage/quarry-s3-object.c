/* quarry-s3-object.c: objects of S3: what is there, ranges of them, small ones written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-s3-private.h"
#include "quarry-s3-xml.h"
#include "quarry-storage-private.h"

#include <string.h>

#define PAGE "1000"      /* keys a listing; S3's own most */

static gboolean
parse_size (const char *text, gint64 *out)
{
  return text != NULL && g_ascii_string_to_signed (text, 10, 0, G_MAXINT64, out, NULL);
}

static char *
dup_etag (const QuarryHttpReply *reply)
{
  const char *etag = g_hash_table_lookup (reply->headers, "etag");

  return g_strdup (etag != NULL ? etag : "");
}

/* A HEAD says no reason: the first byte is asked for, to have one */
static void
explain (QuarryS3 *self, const char *bucket, const char *key, GCancellable *cancellable, GError **error)
{
  const QuarrySigv4Header range[] = { { "range", "bytes=0-0" } };
  const QuarryS3Call call = { .method = "GET", .bucket = bucket, .key = key, .headers = range, .n_headers = 1 };
  g_auto(QuarryHttpReply) reply = { 0 };
  g_autoptr(GError) better = NULL;

  if (quarry_s3_call (self, &call, cancellable, &reply, &better))
    return;
  g_clear_error (error);
  g_propagate_error (error, g_steal_pointer (&better));
}

gboolean
quarry_s3_head (QuarryS3 *self, const char *bucket, const char *key, QuarryS3Object *out, GCancellable *cancellable, GError **error)
{
  const QuarryS3Call call = { .method = "HEAD", .bucket = bucket, .key = key };
  g_auto(QuarryHttpReply) reply = { 0 };
  g_autoptr(GError) local = NULL;
  gint64 size = 0;

  if (!quarry_s3_call (self, &call, cancellable, &reply, &local))
    {
      if (!g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) && !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
          local->domain != QUARRY_HTTP_ERROR)
        explain (self, bucket, key, cancellable, &local);
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!parse_size (g_hash_table_lookup (reply.headers, "content-length"), &size))
    {
      g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_FAILED, "s3://%s/%s: the server does not say how long it is", bucket, key);
      return FALSE;
    }
  *out = (QuarryS3Object) { size, dup_etag (&reply) };
  return TRUE;
}

/* "bytes 0-9/100" of a 206, or the whole of a 200 */
static gboolean
check_range (const QuarryHttpReply *reply, gint64 offset, gint64 length, gint64 size)
{
  const char *range = g_hash_table_lookup (reply->headers, "content-range");
  g_autofree char *expected = g_strdup_printf ("bytes %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, offset, offset + length - 1, size);

  if ((gint64) g_bytes_get_size (reply->body) != length)
    return FALSE;
  return reply->status == 206 ? g_strcmp0 (range, expected) == 0 : reply->status == 200 && offset == 0 && length == size;
}

GBytes *
quarry_s3_get (QuarryS3 *self, const char *bucket, const char *key, const QuarryS3Object *object, gint64 offset, gint64 length,
               GCancellable *cancellable, GError **error)
{
  g_autofree char *range = g_strdup_printf ("bytes=%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, offset, offset + length - 1);
  const QuarrySigv4Header headers[] = { { "range", range }, { "if-match", object->etag } };
  const QuarryS3Call call = { .method = "GET", .bucket = bucket, .key = key, .headers = headers, .n_headers = *object->etag != '\0' ? 2 : 1 };
  g_auto(QuarryHttpReply) reply = { 0 };
  g_autofree char *etag = NULL;

  g_return_val_if_fail (offset >= 0 && length > 0, NULL);

  if (!quarry_s3_call (self, &call, cancellable, &reply, error))
    {
      if (error != NULL && g_error_matches (*error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_CHANGED))
        {
          g_clear_error (error);
          g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_CHANGED, "s3://%s/%s: byte %" G_GINT64_FORMAT
                       ": the object was replaced since it was opened", bucket, key, offset);
        }
      return NULL;
    }
  etag = dup_etag (&reply);
  if (*object->etag != '\0' && !g_str_equal (etag, object->etag))
    g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_CHANGED, "s3://%s/%s: byte %" G_GINT64_FORMAT
                 ": the object was replaced since it was opened", bucket, key, offset);
  else if (!check_range (&reply, offset, length, object->size))
    g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_FAILED, "s3://%s/%s: byte %" G_GINT64_FORMAT ": the server sent %" G_GSIZE_FORMAT
                 " bytes of another range than the %" G_GINT64_FORMAT " that were asked for", bucket, key, offset, g_bytes_get_size (reply.body), length);
  else
    return g_steal_pointer (&reply.body);
  return NULL;
}

static void
free_entry (gpointer data)
{
  quarry_storage_entry_free (data);
}

/* Returns: (transfer full) (nullable) */
GPtrArray *
quarry_s3_list (QuarryS3 *self, const char *bucket, const char *prefix, gboolean recursive, guint max, GCancellable *cancellable, GError **error)
{
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func (free_entry);
  g_autofree char *token = NULL;
  g_autofree char *most = max > 0 ? g_strdup_printf ("%u", MIN (max, 1000)) : g_strdup (PAGE);

  for (;;)
    {
      const char *query[16] = { "list-type", "2", "encoding-type", "url", "max-keys", most, "prefix", prefix };
      const QuarryS3Call call = { .method = "GET", .bucket = bucket, .key = "", .query = query };
      g_auto(QuarryHttpReply) reply = { 0 };
      g_auto(QuarryS3Page) page = { 0 };
      gsize n = 8;

      if (!recursive)
        {
          query[n++] = "delimiter";
          query[n++] = "/";
        }
      if (token != NULL)
        {
          query[n++] = "continuation-token";
          query[n++] = token;
        }
      if (!quarry_s3_call (self, &call, cancellable, &reply, error))
        return NULL;
      if (!quarry_s3_page_parse (reply.body, &page, error))
        {
          g_prefix_error (error, "s3://%s/%s: the server's listing: ", bucket, prefix);
          return NULL;
        }
      while (page.objects->len > 0)
        g_ptr_array_add (all, g_ptr_array_steal_index (page.objects, 0));
      if (!page.truncated || (max > 0 && all->len >= max))
        return g_steal_pointer (&all);
      if (g_strcmp0 (token, page.next) == 0)
        {
          g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_FAILED, "s3://%s/%s: the server's listing does not go on", bucket, prefix);
          return NULL;
        }
      g_free (token);
      token = g_steal_pointer (&page.next);
    }
}

/* By the ending; always said, since some servers store a body of the form type as empty */
static const char *
content_type (const char *key)
{
  static const struct { const char *ending; const char *type; } known[] = {
    { ".jpg", "image/jpeg" }, { ".jpeg", "image/jpeg" }, { ".png", "image/png" }, { ".webp", "image/webp" }, { ".tiff", "image/tiff" },
    { ".json", "application/json" }, { ".csv", "text/csv" }, { ".txt", "text/plain" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_has_suffix (key, known[i].ending))
      return known[i].type;
  return "application/octet-stream";
}

gboolean
quarry_s3_put (QuarryS3 *self, const char *bucket, const char *key, GBytes *bytes, GCancellable *cancellable, GError **error)
{
  const QuarrySigv4Header headers[] = { { "content-type", content_type (key) } };
  const QuarryS3Call call = { .method = "PUT", .bucket = bucket, .key = key, .headers = headers, .n_headers = 1, .body = bytes };
  g_auto(QuarryHttpReply) reply = { 0 };

  return quarry_s3_call (self, &call, cancellable, &reply, error);
}

gboolean
quarry_s3_delete (QuarryS3 *self, const char *bucket, const char *key, GCancellable *cancellable, GError **error)
{
  const QuarryS3Call call = { .method = "DELETE", .bucket = bucket, .key = key };
  g_auto(QuarryHttpReply) reply = { 0 };
  g_autoptr(GError) local = NULL;

  if (quarry_s3_call (self, &call, cancellable, &reply, &local) || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
