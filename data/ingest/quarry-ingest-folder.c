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

/* Compares with digits by their value: "2" before "10"; equal so far, by bytes */
int
quarry_ingest_compare_natural (const char *a, const char *b)
{
  const char *x = a;
  const char *y = b;

  while (*x != 0 && *y != 0)
    {
      gsize n_x = 0, n_y = 0;

      if (!g_ascii_isdigit (*x) || !g_ascii_isdigit (*y))
        {
          if (*x != *y)
            return (guchar) *x < (guchar) *y ? -1 : 1;
          x++;
          y++;
          continue;
        }
      x += strspn (x, "0");
      y += strspn (y, "0");
      n_x = strspn (x, "0123456789");
      n_y = strspn (y, "0123456789");
      if (n_x != n_y)
        return n_x < n_y ? -1 : 1;
      if (memcmp (x, y, n_x) != 0)
        return memcmp (x, y, n_x) < 0 ? -1 : 1;
      x += n_x;
      y += n_y;
    }
  if (*x != *y)
    return *x == 0 ? -1 : 1;
  return strcmp (a, b);
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

/* Returns: (transfer full): empty where it cannot be read, which is reported */
GPtrArray *
quarry_ingest_list_folder (QuarryIngest *self, const char *path)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (entry_free);
  g_autoptr(GError) error = NULL;
  g_autoptr(GDir) dir = NULL;
  const char *name = NULL;

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

/**
 * quarry_ingest_read_text:
 * @limit: bytes; a longer file is an error, since it cannot be what it is taken for
 *
 * Returns: (transfer full): ended by 0, without 0 bytes inside
 */
char *
quarry_ingest_read_text (QuarryIngest *self, const char *path, gsize limit, GError **error)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  GStatBuf info;

  if (g_stat (path, &info) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path,
                   g_strerror (errno));
      return NULL;
    }
  if (!S_ISREG (info.st_mode) || (guint64) info.st_size > limit)
    {
      g_set_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_FAILED, "%s: %s", path,
                   S_ISREG (info.st_mode) ? "much too long for what it should be"
                                          : "no regular file");
      return NULL;
    }
  if (!g_file_get_contents (path, &text, &length, error))
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  if (strlen (text) == length)
    return g_steal_pointer (&text);
  g_set_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_FAILED,
               "%s: byte %" G_GSIZE_FORMAT ": no text", path, strlen (text));
  return NULL;
}
