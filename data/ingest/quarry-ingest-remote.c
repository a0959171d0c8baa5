/* quarry-ingest-remote.c: what a probe sees of a source that is not on this machine
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-ingest-remote.h"
#include "quarry-ingest.h"

#include <errno.h>
#include <string.h>
#include <glib/gstdio.h>

/* Enough to know any layout by; the bounds keep a probe at some dozen requests, whatever lies there */
#define MAX_DEPTH     6
#define MAX_LISTINGS  48
#define MAX_FOLDERS   8        /* of each folder, that are looked into */
#define MAX_FILES     400      /* of each folder */
#define MAX_HEADS     6
#define HEAD_BYTES    65536    /* as quarry_log_probe wants at most */

typedef struct
{
  QuarryStorage *storage;
  GCancellable  *cancellable;
  guint          n_listings;
  guint          n_heads;
} Maker;

typedef struct
{
  char *uri;
  char *path;
  guint depth;
} Place;

static void
place_free (Place *self)
{
  g_free (self->uri);
  g_free (self->path);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Place, place_free)

static Place *
place_new (const char *uri, const char *path, guint depth)
{
  Place *self = g_new0 (Place, 1);

  self->uri = g_strdup (uri);
  self->path = g_strdup (path);
  self->depth = depth;
  return self;
}

/* Pictures and clouds are known by their names; logs and descriptions by what is in them */
static gboolean
tells_by_content (const char *name)
{
  static const char * const endings[] = { ".json", ".yaml", ".yml", ".mcap", ".bag", ".active", ".db3", ".zstd", ".txt", ".csv" };

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (name, endings[i]))
      return TRUE;
  return FALSE;
}

/* An empty file, or its head. What cannot be read here comes out when it is imported */
static gboolean
make_file (Maker *self, const char *uri, const char *path, gboolean with_head, GError **error)
{
  g_autoptr(QuarryFile) file = NULL;
  g_autoptr(GBytes) head = NULL;

  if (with_head)
    {
      self->n_heads++;
      file = quarry_storage_open (self->storage, uri, self->cancellable, NULL);
      if (file != NULL)
        head = quarry_file_read_bytes (file, 0, MIN (HEAD_BYTES, quarry_file_get_size (file)), self->cancellable, NULL);
    }
  return g_file_set_contents (path, head != NULL ? g_bytes_get_data (head, NULL) : "", head != NULL ? (gssize) g_bytes_get_size (head) : 0, error);
}

/* A key may hold what no file name can: then it is not in the image */
static gboolean
is_name (const char *name)
{
  return *name != '\0' && strchr (name, '/') == NULL && strlen (name) < 200 && !g_str_equal (name, ".") && !g_str_equal (name, "..");
}

/* Adds the folders in it to @next */
static gboolean
make_folder (Maker *self, const Place *place, GQueue *next, GError **error)
{
  g_autoptr(GPtrArray) entries = NULL;
  guint n_files = 0, n_folders = 0;

  self->n_listings++;
  entries = quarry_storage_list (self->storage, place->uri, FALSE, self->cancellable, error);
  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    {
      const QuarryStorageEntry *entry = entries->pdata[i];
      g_autofree char *path = g_build_filename (place->path, entry->name, NULL);

      if (!is_name (entry->name))
        continue;
      if (entry->is_folder)
        {
          if (g_mkdir (path, 0700) == 0 && n_folders++ < MAX_FOLDERS && place->depth < MAX_DEPTH)
            g_queue_push_tail (next, place_new (entry->uri, path, place->depth + 1));
        }
      else if (n_files++ < MAX_FILES &&
               !make_file (self, entry->uri, path, self->n_heads < MAX_HEADS && tells_by_content (entry->name), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
make_tree (Maker *self, const char *uri, const char *path, GError **error)
{
  GQueue todo = G_QUEUE_INIT;
  gboolean done = TRUE;

  if (g_mkdir (path, 0700) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "cannot make the folder '%s': %s", path, g_strerror (errno));
      return FALSE;
    }
  g_queue_push_tail (&todo, place_new (uri, path, 0));
  while (done && todo.length > 0 && self->n_listings < MAX_LISTINGS)
    {
      g_autoptr(Place) place = g_queue_pop_head (&todo);

      done = make_folder (self, place, &todo, error);
    }
  g_queue_clear_full (&todo, (GDestroyNotify) place_free);
  return done;
}

char *
quarry_ingest_remote_image (QuarryStorage *storage, const char *uri, char **out_root, GCancellable *cancellable, GError **error)
{
  Maker self = { storage, cancellable, 0, 0 };
  QuarryStorageKind kind = QUARRY_STORAGE_ABSENT;
  g_autofree char *name = g_path_get_basename (uri);
  g_autofree char *root = NULL;
  g_autofree char *path = NULL;
  gboolean done = FALSE;

  if (!quarry_storage_find (storage, uri, &kind, cancellable, error))
    return NULL;
  if (kind == QUARRY_STORAGE_ABSENT)
    {
      g_set_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_NOT_FOUND, "cannot import '%s': nothing is there", uri);
      return NULL;
    }
  root = g_dir_make_tmp ("quarry-probe-XXXXXX", error);
  if (root == NULL)
    return NULL;
  path = g_build_filename (root, is_name (name) ? name : "source", NULL);
  done = kind == QUARRY_STORAGE_FOLDER ? make_tree (&self, uri, path, error) : make_file (&self, uri, path, TRUE, error);
  if (done)
    {
      *out_root = g_steal_pointer (&root);
      return g_steal_pointer (&path);
    }
  quarry_ingest_remote_remove (root);
  return NULL;
}

/* Folders and regular files that quarry_ingest_remote_image made */
void
quarry_ingest_remote_remove (const char *root)
{
  g_autoptr(GDir) dir = g_dir_open (root, 0, NULL);
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (root, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        quarry_ingest_remote_remove (child);
      else
        g_unlink (child);
    }
  g_rmdir (root);
}

/**
 * quarry_ingest_find_reader_in:
 * @uri: a path, or a name on S3
 *
 * Returns: (transfer none) (nullable): as quarry_ingest_find_reader
 */
const QuarryReader *
quarry_ingest_find_reader_in (QuarryStorage *storage, const char *id_or_null, const char *uri, GCancellable *cancellable, GError **error)
{
  g_autoptr(GError) unknown = NULL;
  g_autofree char *root = NULL;
  g_autofree char *path = NULL;
  g_auto(GStrv) pieces = NULL;
  const QuarryReader *reader = NULL;

  if (id_or_null != NULL || quarry_storage_is_local (uri))
    return quarry_ingest_find_reader (id_or_null, uri, error);
  path = quarry_ingest_remote_image (storage, uri, &root, cancellable, error);
  if (path == NULL)
    return NULL;
  reader = quarry_ingest_find_reader (NULL, path, &unknown);
  quarry_ingest_remote_remove (root);
  if (reader != NULL)
    return reader;
  pieces = g_strsplit (unknown->message, path, -1);       /* it names the image */
  g_clear_pointer (&path, g_free);
  path = g_strjoinv (uri, pieces);
  g_set_error_literal (error, unknown->domain, unknown->code, path);
  return NULL;
}
