/* quarry-storage-s3.c: the scheme s3://BUCKET/KEY
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A key stands in the URI as it is, nothing escaped. Keys with empty parts ("a//b") are found by recursive listings only; "a/" is a folder,
 * whatever it holds, and no file.
 */

#include "config.h"
#include "quarry-s3-store.h"
#include "quarry-storage-private.h"

#include <string.h>

static gboolean
s3_read (QuarryFile *self, gint64 offset, guint8 *out, gsize length, GCancellable *cancellable, GError **error)
{
  return quarry_s3_store_read (quarry_storage_get_s3 (self->storage), self->data, offset, out, length, cancellable, error);
}

static void
s3_close (QuarryFile *self)
{
  quarry_s3_store_close (self->data);
}

static const QuarryFileClass s3_class = { s3_read, s3_close };

static gboolean
s3_open (QuarryFile *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *bucket = NULL;
  g_autofree char *key = NULL;
  QuarryS3Handle *handle = NULL;

  if (!quarry_s3_parse_uri (self->uri, &bucket, &key, error))
    return FALSE;
  if (*key == '\0' || g_str_has_suffix (key, "/"))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "cannot read '%s': a folder, not an object", self->uri);
      return FALSE;
    }
  handle = quarry_s3_store_open (quarry_storage_get_s3 (self->storage), bucket, key, cancellable, error);
  if (handle == NULL)
    return FALSE;
  self->klass = &s3_class;
  self->data = handle;
  self->size = handle->object.size;
  self->version = g_strdup (handle->object.etag);
  return TRUE;
}

/* Returns: (transfer full): the prefix of what lies in a folder: "" or with one slash at the end */
static char *
folder_prefix (const char *key)
{
  return *key == '\0' || g_str_has_suffix (key, "/") ? g_strdup (key) : g_strconcat (key, "/", NULL);
}

static gboolean
s3_find (QuarryStorage *self, const char *uri, QuarryStorageKind *out_kind, GCancellable *cancellable, GError **error)
{
  QuarryS3Store *store = quarry_storage_get_s3 (self);
  g_autofree char *bucket = NULL;
  g_autofree char *key = NULL;
  g_autofree char *prefix = NULL;
  g_auto(QuarryS3Object) object = { 0 };
  g_autoptr(GPtrArray) some = NULL;
  g_autoptr(GError) local = NULL;

  if (!quarry_s3_parse_uri (uri, &bucket, &key, error))
    return FALSE;
  if (*key != '\0' && !g_str_has_suffix (key, "/"))
    {
      if (quarry_s3_store_find (store, bucket, key, &object, cancellable, &local))
        {
          *out_kind = QUARRY_STORAGE_FILE;
          return TRUE;
        }
      /* without s3:GetObject on that very name it may still be a prefix */
      if (!g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) && !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  prefix = folder_prefix (key);
  some = quarry_s3_list (quarry_s3_store_get_client (store), bucket, prefix, TRUE, 1, cancellable, error);
  if (some == NULL)
    return FALSE;
  if (some->len == 0 && g_error_matches (local, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  *out_kind = some->len > 0 || *key == '\0' ? QUARRY_STORAGE_FOLDER : QUARRY_STORAGE_ABSENT;
  return TRUE;
}

static gboolean
s3_list (QuarryStorage *self, const char *uri, gboolean recursive, GPtrArray *entries, GCancellable *cancellable, GError **error)
{
  QuarryS3Store *store = quarry_storage_get_s3 (self);
  g_autofree char *bucket = NULL;
  g_autofree char *key = NULL;
  g_autofree char *prefix = NULL;
  GPtrArray *found = NULL;

  if (!quarry_s3_parse_uri (uri, &bucket, &key, error))
    return FALSE;
  prefix = folder_prefix (key);
  found = quarry_s3_list (quarry_s3_store_get_client (store), bucket, prefix, recursive, 0, cancellable, error);
  if (found == NULL)
    return FALSE;
  if (found->len == 0 && *prefix != '\0')
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "s3://%s/%s: there is nothing below this prefix", bucket, prefix);
      g_ptr_array_unref (found);
      return FALSE;
    }
  for (guint i = 0; i < found->len; i++)
    {
      const QuarryStorageEntry *entry = found->pdata[i];
      const gsize n = strlen (entry->name);
      const gboolean slash = n > 0 && entry->name[n - 1] == '/';
      g_autofree char *whole = g_strndup (entry->name, slash ? n - 1 : n);
      g_autofree char *path = g_strdup_printf ("s3://%s/%s", bucket, whole);
      const char *name = g_str_has_prefix (whole, prefix) ? whole + strlen (prefix) : "";

      if (*name != '\0' && (entry->is_folder || !slash))      /* else a folder's mark, or an empty part */
        g_ptr_array_add (entries, quarry_storage_entry_new (name, path, entry->size, entry->version));
    }
  quarry_s3_store_remember (store, bucket, found);
  return TRUE;
}

/* Where something may be written */
static gboolean
parse_target (const char *uri, char **out_bucket, char **out_key, GError **error)
{
  g_autofree char *bucket = NULL;
  g_autofree char *key = NULL;

  if (!quarry_s3_parse_uri (uri, &bucket, &key, error))
    return FALSE;
  if (*key == '\0' || g_str_has_suffix (key, "/"))
    {
      g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_FAILED, "cannot write '%s': it names no object", uri);
      return FALSE;
    }
  *out_bucket = g_steal_pointer (&bucket);
  *out_key = g_steal_pointer (&key);
  return TRUE;
}

static gboolean
s3_put_bytes (QuarryStorage *self, const char *uri, GBytes *bytes, GCancellable *cancellable, GError **error)
{
  QuarryS3Store *store = quarry_storage_get_s3 (self);
  g_autofree char *bucket = NULL;
  g_autofree char *key = NULL;
  gboolean done = FALSE;

  if (!parse_target (uri, &bucket, &key, error))
    return FALSE;
  done = quarry_s3_put (quarry_s3_store_get_client (store), bucket, key, bytes, cancellable, error);
  quarry_s3_store_forget (store, bucket, key);
  return done;
}

static gboolean
s3_put_file (QuarryStorage *self, const char *path, const char *uri, GCancellable *cancellable, GError **error)
{
  QuarryS3Store *store = quarry_storage_get_s3 (self);
  g_autofree char *bucket = NULL;
  g_autofree char *key = NULL;
  gboolean done = FALSE;

  if (!parse_target (uri, &bucket, &key, error))
    return FALSE;
  done = quarry_s3_upload (quarry_s3_store_get_client (store), bucket, key, path, cancellable, error);
  quarry_s3_store_forget (store, bucket, key);
  return done;
}

static gboolean
s3_remove (QuarryStorage *self, const char *uri, GCancellable *cancellable, GError **error)
{
  QuarryS3Store *store = quarry_storage_get_s3 (self);
  g_autofree char *bucket = NULL;
  g_autofree char *key = NULL;

  if (!parse_target (uri, &bucket, &key, error))
    return FALSE;
  quarry_s3_store_forget (store, bucket, key);
  return quarry_s3_delete (quarry_s3_store_get_client (store), bucket, key, cancellable, error);
}

const QuarryStorageScheme quarry_storage_s3 = {
  .open = s3_open,
  .find = s3_find,
  .list = s3_list,
  .put_bytes = s3_put_bytes,
  .put_file = s3_put_file,
  .remove = s3_remove,
};
