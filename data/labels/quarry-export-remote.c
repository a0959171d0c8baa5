/* quarry-export-remote.c: an export to a folder that is not on this machine
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The export is made in a staging folder below XDG_CACHE_HOME/quarry/export, media of this machine as links, and sent from there, several
 * files at once. What is there is known by PREFIX/.quarry-export: "quarry-export 1 FORMAT", then "HASH SIZE NAME" a line (XXH3 in
 * hexadecimal), written every half minute and at the end, however it ends. So the next try sends only what is missing or different; a kill
 * costs half a minute, and of a large file that goes in parts the parts on their way. The staging folder goes when all has arrived.
 */

#include "config.h"
#include "quarry-export-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#define MANIFEST  ".quarry-export"
#define PARALLEL  8
#define SAVE_US   (30 * G_USEC_PER_SEC)
#define BUFFER    (256 * 1024)
#define MANIFEST_MAX (G_GINT64_CONSTANT (1) << 30)

typedef struct
{
  QuarryStorage   *storage;
  QuarryOperation *operation;
  QuarryReport    *report;
  const char      *uri, *line;      /* the manifest's first */
  GPtrArray       *files;           /* QuarryStorageEntry of the staging folder */
  GHashTable      *there;           /* name → size, of the remote folder as it was */
  GMutex           lock;            /* of what follows */
  GHashTable      *manifest;        /* name → "HASH SIZE" */
  guint            next;
  guint64          done, total;     /* bytes */
  gint64           saved_us;
  gboolean         saving;
  GError          *error;           /* the first */
} Upload;

static GCancellable *
get_cancellable (Upload *self)
{
  return quarry_operation_get_cancellable (self->operation);
}

/* Returns: (transfer full) (nullable): "HASH SIZE" of a file's bytes */
static char *
hash_file (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_autofree guint8 *buffer = g_malloc (BUFFER);
  XXH3_state_t *state = XXH3_createState ();
  gint64 size = 0;
  gssize n = -1;
  guint64 hash = 0;

  XXH3_64bits_reset (state);
  while (stream != NULL && (n = g_input_stream_read (G_INPUT_STREAM (stream), buffer, BUFFER, cancellable, error)) > 0)
    {
      XXH3_64bits_update (state, buffer, (gsize) n);
      size += n;
    }
  hash = XXH3_64bits_digest (state);
  XXH3_freeState (state);
  return n == 0 ? g_strdup_printf ("%016" G_GINT64_MODIFIER "x %" G_GINT64_FORMAT, hash, size) : NULL;
}

static char *
join (Upload *self, const char *name)
{
  return g_strconcat (self->uri, "/", name, NULL);
}

/* "HASH SIZE NAME"; what is no such line is passed over: then the file is sent again */
static void
parse_manifest (Upload *self, const char *text)
{
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    {
      const char *space = strchr (*line, ' ');
      const char *second = space != NULL ? strchr (space + 1, ' ') : NULL;

      if (second != NULL && space - *line == 16 && line != lines)
        g_hash_table_replace (self->manifest, g_strdup (second + 1), g_strndup (*line, (gsize) (second - *line)));
    }
}

/* Whose the folder is. Returns: FALSE with @error where it is not ours to write */
static gboolean
read_manifest (Upload *self, GError **error)
{
  g_autofree char *uri = join (self, MANIFEST);
  g_autoptr(GPtrArray) entries = NULL;
  g_autoptr(QuarryFile) file = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) local = NULL;
  g_autofree char *text = NULL;

  entries = quarry_storage_list (self->storage, self->uri, TRUE, get_cancellable (self), &local);
  if (entries == NULL && !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      const QuarryStorageEntry *entry = entries->pdata[i];

      g_hash_table_replace (self->there, g_strdup (entry->name), g_memdup2 (&entry->size, sizeof entry->size));
    }
  if (g_hash_table_size (self->there) == 0)
    return TRUE;
  if (!g_hash_table_contains (self->there, MANIFEST))
    {
      g_set_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_NOT_EMPTY, "'%s' is not empty, and not an earlier export; choose an empty prefix", self->uri);
      return FALSE;
    }
  file = quarry_storage_open (self->storage, uri, get_cancellable (self), error);
  if (file == NULL || quarry_file_get_size (file) > MANIFEST_MAX ||
      (bytes = quarry_file_read_bytes (file, 0, -1, get_cancellable (self), error)) == NULL)
    return FALSE;
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (!g_str_has_prefix (text, self->line))
    {
      g_set_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_NOT_EMPTY, "'%s' holds an export of another format; choose an empty prefix", self->uri);
      return FALSE;
    }
  parse_manifest (self, text);
  return TRUE;
}

/* One thread at a time. Without the operation's cancellable: what was sent is to be known after a cancel, too */
static gboolean
save_manifest (Upload *self, GError **error)
{
  g_autofree char *uri = join (self, MANIFEST);
  g_autoptr(GString) text = g_string_new (self->line);
  g_autoptr(GBytes) bytes = NULL;
  GHashTableIter iter;
  gpointer name = NULL, value = NULL;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->manifest);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_string_append_printf (text, "%s %s\n", (char *) value, (char *) name);
  g_mutex_unlock (&self->lock);
  bytes = g_bytes_new (text->str, text->len);
  return quarry_storage_put_bytes (self->storage, uri, bytes, NULL, error);
}

/* With the lock. Returns: whether the server has the file as it is here */
static gboolean
is_there (Upload *self, const QuarryStorageEntry *file, const char *hash)
{
  const gint64 *size = g_hash_table_lookup (self->there, file->name);

  return size != NULL && *size == file->size && g_strcmp0 (g_hash_table_lookup (self->manifest, file->name), hash) == 0;
}

static gboolean
send_file (Upload *self, const QuarryStorageEntry *file, GError **error)
{
  g_autofree char *hash = hash_file (file->uri, get_cancellable (self), error);
  g_autofree char *uri = join (self, file->name);
  gboolean there = FALSE;

  if (hash == NULL)
    return FALSE;
  g_mutex_lock (&self->lock);
  there = is_there (self, file, hash);
  if (!there)
    g_hash_table_remove (self->manifest, file->name);      /* what it says of it ends now */
  g_mutex_unlock (&self->lock);
  if (!there && !quarry_storage_put_file (self->storage, file->uri, uri, get_cancellable (self), error))
    return FALSE;
  g_mutex_lock (&self->lock);
  if (!there)
    g_hash_table_replace (self->manifest, g_strdup (file->name), g_steal_pointer (&hash));
  self->done += (guint64) file->size;
  quarry_report_count (self->report, there ? "files already there" : "files sent", 1);
  quarry_operation_set_progress (self->operation, self->done >> 10, MAX (self->total, self->done) >> 10, file->name);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static gpointer
send_files (gpointer data)
{
  Upload *self = data;

  for (;;)
    {
      g_autoptr(GError) error = NULL;
      const QuarryStorageEntry *file = NULL;
      gboolean save = FALSE;

      g_mutex_lock (&self->lock);
      if (self->error == NULL && self->next < self->files->len)
        file = self->files->pdata[self->next++];
      save = file != NULL && !self->saving && g_get_monotonic_time () - self->saved_us > SAVE_US;
      self->saving |= save;
      g_mutex_unlock (&self->lock);
      if (file == NULL)
        return NULL;
      if (save)
        save_manifest (self, NULL);      /* that the last one arrives is what counts */
      if (!quarry_operation_is_cancelled (self->operation, &error))
        send_file (self, file, &error);
      g_mutex_lock (&self->lock);
      if (save)
        {
          self->saving = FALSE;
          self->saved_us = g_get_monotonic_time ();
        }
      if (error != NULL && self->error == NULL)
        self->error = g_steal_pointer (&error);
      g_mutex_unlock (&self->lock);
    }
}

/* What an earlier export made and this one did not */
static gboolean
remove_left_over (Upload *self, GError **error)
{
  g_autoptr(GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) old = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer name = NULL;

  for (guint i = 0; i < self->files->len; i++)
    g_hash_table_add (names, ((QuarryStorageEntry *) self->files->pdata[i])->name);
  g_hash_table_iter_init (&iter, self->manifest);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_hash_table_contains (names, name))
      g_ptr_array_add (old, g_strdup (name));
  for (guint i = 0; i < old->len; i++)
    {
      g_autofree char *uri = join (self, old->pdata[i]);

      if (!quarry_storage_remove (self->storage, uri, get_cancellable (self), error))
        return FALSE;
      g_hash_table_remove (self->manifest, old->pdata[i]);
      quarry_report_count (self->report, "left-over files removed", 1);
    }
  return TRUE;
}

static gboolean
send_all (Upload *self, GError **error)
{
  GThread *threads[PARALLEL];
  g_autoptr(GError) save_error = NULL;
  gboolean done = FALSE;

  for (guint i = 0; i < self->files->len; i++)
    self->total += (guint64) ((QuarryStorageEntry *) self->files->pdata[i])->size;
  if (!save_manifest (self, error))      /* whose the prefix is, before anything is in it; and whether it can be written */
    return FALSE;
  self->saved_us = g_get_monotonic_time ();
  for (guint i = 0; i < PARALLEL; i++)
    threads[i] = g_thread_new ("export", send_files, self);
  for (guint i = 0; i < PARALLEL; i++)
    g_thread_join (threads[i]);
  if (self->error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));
  else
    done = remove_left_over (self, error);
  if (save_manifest (self, &save_error))
    return done;
  if (done)
    g_propagate_error (error, g_steal_pointer (&save_error));
  return FALSE;
}

static void
remove_folder (const char *path)
{
  g_autoptr(GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_folder (child);
    }
  g_remove (path);
}

/* Returns: (transfer full): the files to be sent; the staging folder's own marks stay here */
static GPtrArray *
list_staged (Upload *self, const char *staging, GError **error)
{
  GPtrArray *files = quarry_storage_list (self->storage, staging, TRUE, get_cancellable (self), error);

  for (guint i = 0; files != NULL && i < files->len;)
    if (g_str_has_prefix (((QuarryStorageEntry *) files->pdata[i])->name, MANIFEST) ||
        g_str_has_suffix (((QuarryStorageEntry *) files->pdata[i])->name, ".part"))
      g_ptr_array_remove_index (files, i);
    else
      i++;
  return files;
}

static void
upload_init (Upload *self)
{
  g_mutex_init (&self->lock);
  self->there = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->manifest = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
upload_clear (Upload *self)
{
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_hash_table_unref (self->there);
  g_hash_table_unref (self->manifest);
  g_mutex_clear (&self->lock);
}

/* Returns: (transfer full): one for a target and format, found again by the next try */
static char *
staging_folder (const char *uri, const QuarryExporter *exporter)
{
  g_autofree char *key = g_strconcat (exporter->id, "\n", uri, NULL);
  g_autofree char *name = g_strdup_printf ("%016" G_GINT64_MODIFIER "x", (guint64) XXH3_64bits (key, strlen (key)));

  return g_build_filename (g_get_user_cache_dir (), "quarry", "export", name, NULL);
}

gboolean
quarry_export_remote (QuarryCatalog *catalog, const QuarryExporter *exporter, const QuarryExportRequest *request, QuarryOperation *operation, GError **error)
{
  g_autofree char *uri = g_strdup (request->folder);
  g_autofree char *staging = NULL;
  g_autofree char *line = g_strdup_printf ("quarry-export 1 %s\n", exporter->id);
  QuarryExportRequest staged = *request;
  Upload upload = { quarry_catalog_get_storage (catalog), operation, quarry_operation_get_report (operation), uri, line };
  gboolean done = FALSE;

  while (g_str_has_suffix (uri, "/"))
    uri[strlen (uri) - 1] = '\0';
  staging = staging_folder (uri, exporter);
  staged.folder = staging;
  staged.copy = FALSE;
  staged.staged = TRUE;
  upload_init (&upload);
  done = quarry_export_check_sources (catalog, uri, error) && read_manifest (&upload, error) &&
         quarry_export (catalog, exporter, &staged, operation, error) && (upload.files = list_staged (&upload, staging, error)) != NULL &&
         send_all (&upload, error);
  upload_clear (&upload);
  if (done)
    remove_folder (staging);
  return done;
}
