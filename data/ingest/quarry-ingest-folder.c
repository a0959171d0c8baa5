/* quarry-ingest-folder.c: folders and small text files for readers
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-ingest.h"
#include "quarry-ingest-private.h"

#include <errno.h>
#include <string.h>
#include <glib/gstdio.h>

int
quarry_ingest_compare_natural (const char *a, const char *b)
{
  return quarry_storage_compare_natural (a, b);
}

static void
entry_free (gpointer data)
{
  QuarryIngestEntry *entry = data;

  g_free (entry->name);
  g_free (entry->path);
  g_free (entry);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  return quarry_ingest_compare_natural ((*(QuarryIngestEntry **) a)->name,
                                        (*(QuarryIngestEntry **) b)->name);
}

/* Returns: (transfer full) (nullable): NULL, reported, for what can be neither read nor walked */
static QuarryIngestEntry *
make_entry (QuarryIngest *self, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  QuarryIngestEntry *entry = NULL;
  GStatBuf info;

  if (g_stat (path, &info) != 0)
    {
      quarry_ingest_skip (self, path, NULL, "%s", errno == ELOOP ? "the link leads back to itself" :
                          errno == ENOENT ? "the link leads nowhere" : g_strerror (errno));
      return NULL;
    }
  if (!S_ISREG (info.st_mode) && !S_ISDIR (info.st_mode))
    {
      quarry_ingest_skip (self, path, NULL, "%s",
                          S_ISFIFO (info.st_mode)   ? "a FIFO, not a file"
                          : S_ISSOCK (info.st_mode) ? "a socket, not a file"
                                                    : "a device, not a file");
      return NULL;
    }
  entry = g_new0 (QuarryIngestEntry, 1);
  entry->name = g_strdup (name);
  entry->path = g_steal_pointer (&path);
  entry->is_folder = S_ISDIR (info.st_mode);
  return entry;
}

/* A folder is listed once in an import: links to one that was seen would bring its frames twice, or
 * without end */
static gboolean
is_new_folder (QuarryIngest *self, const char *path)
{
  g_autofree char *key = NULL;
  GStatBuf info;

  if (g_stat (path, &info) != 0)
    return TRUE;         /* opening it tells why */
  key = g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, (guint64) info.st_dev,
                         (guint64) info.st_ino);
  if (self->folders == NULL)
    self->folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (g_hash_table_add (self->folders, g_steal_pointer (&key)))
    return TRUE;
  quarry_ingest_skip (self, path, NULL, "the link leads to a folder that was read already");
  return FALSE;
}

/* A folder that is not on this machine */
static void
list_remote (QuarryIngest *self, const char *uri, GPtrArray *entries)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) found = quarry_storage_list (quarry_ingest_get_storage (self), uri, FALSE,
                                                    quarry_operation_get_cancellable (self->operation), &error);

  if (found == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    quarry_ingest_skip_error (self, uri, error);
  for (guint i = 0; found != NULL && i < found->len; i++)
    {
      const QuarryStorageEntry *from = found->pdata[i];
      QuarryIngestEntry *entry = from->name[0] != '.' ? g_new0 (QuarryIngestEntry, 1) : NULL;

      if (entry == NULL)
        continue;
      entry->name = g_strdup (from->name);
      entry->path = g_strdup (from->uri);
      entry->is_folder = from->is_folder;
      g_ptr_array_add (entries, entry);
    }
}

/* Returns: (transfer full): empty where it cannot be read, which is reported */
GPtrArray *
quarry_ingest_list_folder (QuarryIngest *self, const char *path)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (entry_free);
  g_autoptr(GError) error = NULL;
  g_autoptr(GDir) dir = NULL;
  const char *name = NULL;

  if (!quarry_storage_is_local (path))
    {
      list_remote (self, path, entries);
      return entries;
    }
  if (!is_new_folder (self, path))
    return entries;
  dir = g_dir_open (path, 0, &error);
  if (dir == NULL)
    {
      quarry_ingest_skip (self, path, NULL, "%s", error->message);
      return entries;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      QuarryIngestEntry *entry = name[0] != '.' ? make_entry (self, path, name) : NULL;

      if (entry != NULL)
        g_ptr_array_add (entries, entry);
    }
  g_ptr_array_sort (entries, compare_entries);
  return entries;
}

gboolean
quarry_ingest_has_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

gboolean
quarry_ingest_has_folder (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_DIR);
}

static QuarryStorageKind
find_kind (QuarryIngest *self, const char *folder, const char *name)
{
  g_autofree char *path = name != NULL ? g_build_filename (folder, name, NULL) : g_strdup (folder);
  QuarryStorageKind kind = QUARRY_STORAGE_ABSENT;

  return quarry_storage_find (quarry_ingest_get_storage (self), path, &kind, quarry_operation_get_cancellable (self->operation), NULL)
             ? kind : QUARRY_STORAGE_ABSENT;
}

gboolean
quarry_ingest_is_file (QuarryIngest *self, const char *folder, const char *name)
{
  return find_kind (self, folder, name) == QUARRY_STORAGE_FILE;
}

gboolean
quarry_ingest_is_folder (QuarryIngest *self, const char *folder, const char *name)
{
  return find_kind (self, folder, name) == QUARRY_STORAGE_FOLDER;
}

/**
 * quarry_ingest_read_text:
 * @limit: bytes; a longer file is an error, since it cannot be what it is taken for
 *
 * Returns: (transfer full): ended by 0, without 0 bytes inside
 */
char *
quarry_ingest_read_text (QuarryIngest *self, const char *path, gsize limit, GError **error)
{
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(QuarryFile) file = NULL;
  GCancellable *cancellable = quarry_operation_get_cancellable (self->operation);
  const char *text = NULL;
  gsize length = 0;
  const char *zero = NULL;

  file = quarry_storage_open (quarry_ingest_get_storage (self), path, cancellable, error);
  if (file == NULL)
    return NULL;
  if ((guint64) quarry_file_get_size (file) > limit)
    {
      g_set_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_FAILED, "%s: much too long for what it should be", path);
      return NULL;
    }
  bytes = quarry_file_read_bytes (file, 0, -1, cancellable, error);
  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &length);
  zero = length > 0 ? memchr (text, 0, length) : NULL;
  if (zero == NULL)
    return g_strndup (text, length);
  g_set_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_FAILED,
               "%s: byte %" G_GSIZE_FORMAT ": no text", path, (gsize) (zero - text));
  return NULL;
}
