/* quarry-catalog.c: one SQLite file: opening, migrating, threads and connections
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * caller ── Job ──▶ queue ──▶ writer thread, the only connection that writes
 *   │                            │ commit
 *   │ borrow / give back         ▼
 *   └──────▶ idle readers     one pending idle ──▶ "changed" in the opener's main context
 */

#include "config.h"
#include "quarry-catalog-private.h"
#include "quarry-catalog-sql.h"

#define APPLICATION_ID   0x51727279      /* "Qrry" */
#define MAX_IDLE_READERS 6

struct _QuarryCatalog
{
  GObject       parent_instance;
  char         *path;
  QuarryStorage *storage;
  GMainContext *context;       /* where "changed" is emitted */

  GThread      *writer;
  GAsyncQueue  *jobs;

  GMutex        lock;          /* guards all below */
  GCond         returned;      /* a reader came back */
  GPtrArray    *readers;       /* idle ones; the last is the warmest */
  guint         n_borrowed;
  gboolean      open;
  GSource      *changed;       /* pending idle; NULL none */
  gboolean      polling;       /* a poll is in the queue */
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];
G_DEFINE_FINAL_TYPE (QuarryCatalog, quarry_catalog, G_TYPE_OBJECT)
G_DEFINE_QUARK (quarry-catalog-error-quark, quarry_catalog_error)

/* append only; entry n makes user_version n + 1 */
static const char * const migrations[] = {
  "001-first.sql",
  "002-recordings.sql",
};

typedef struct
{
  QuarryWriteFunc  func;       /* NULL: look for commits of others */
  gpointer         data;
  GError         **error;
  gboolean         stop;
  gboolean         poll;       /* nobody waits; the job frees itself */

  GMutex           lock;
  GCond            cond;
  gboolean         done;
  gboolean         ok;
} Job;

/* --- "changed" --- */

static gboolean
changed_cb (gpointer data)
{
  QuarryCatalog *self = data;

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->changed, g_source_unref);
  g_mutex_unlock (&self->lock);
  g_signal_emit (self, signals[CHANGED], 0);
  return G_SOURCE_REMOVE;
}

/* Any thread. Many commits before the main context runs make one signal. */
static void
announce_change (QuarryCatalog *self)
{
  g_mutex_lock (&self->lock);
  if (self->changed == NULL && self->open)
    {
      self->changed = g_idle_source_new ();
      g_source_set_priority (self->changed, G_PRIORITY_DEFAULT);
      g_source_set_callback (self->changed, changed_cb, self, NULL);
      g_source_attach (self->changed, self->context);
    }
  g_mutex_unlock (&self->lock);
}

/* --- the writer --- */

static gboolean
run_write (QuarryDb *db, Job *job)
{
  if (!quarry_db_script (db, "BEGIN IMMEDIATE", job->error))
    return FALSE;
  if (job->func (db, job->data, job->error) && quarry_db_script (db, "COMMIT", job->error))
    return TRUE;
  if (!sqlite3_get_autocommit (db->handle))
    quarry_db_script (db, "ROLLBACK", NULL);
  return FALSE;
}

static void
finish_job (Job *job, gboolean ok)
{
  g_mutex_lock (&job->lock);
  job->ok = ok;
  job->done = TRUE;
  g_cond_signal (&job->cond);
  g_mutex_unlock (&job->lock);
}

static void
run_poll (QuarryCatalog *self, QuarryDb *db, Job *job, gint64 *version)
{
  const gint64 now = quarry_db_get_data_version (db);

  g_mutex_lock (&self->lock);
  self->polling = FALSE;
  g_mutex_unlock (&self->lock);
  if (now != *version)
    announce_change (self);
  *version = now;
  g_free (job);
}

typedef struct
{
  QuarryCatalog *self;         /* not owned: close joins the thread */
  QuarryDb      *db;           /* owned by the thread */
  gint64         version;      /* at the time of opening: what others commit from then on is news */
} Writer;

static gpointer
writer_thread (gpointer data)
{
  g_autofree Writer *writer = data;
  QuarryCatalog *self = writer->self;
  QuarryDb *db = writer->db;
  gint64 version = writer->version;

  while (TRUE)
    {
      Job *job = g_async_queue_pop (self->jobs);

      if (job->poll)
        run_poll (self, db, job, &version);
      else if (job->stop)
        {
          finish_job (job, quarry_db_close (db, job->error));
          return NULL;
        }
      else
        {
          const int before = sqlite3_total_changes (db->handle);
          const gboolean ok = run_write (db, job);

          if (ok && sqlite3_total_changes (db->handle) != before)
            announce_change (self);
          finish_job (job, ok);
        }
    }
}

static gboolean
push_and_wait (QuarryCatalog *self, Job *job)
{
  g_mutex_init (&job->lock);
  g_cond_init (&job->cond);
  g_async_queue_push (self->jobs, job);
  g_mutex_lock (&job->lock);
  while (!job->done)
    g_cond_wait (&job->cond, &job->lock);
  g_mutex_unlock (&job->lock);
  g_cond_clear (&job->cond);
  g_mutex_clear (&job->lock);
  return job->ok;
}

static gboolean
check_open (QuarryCatalog *self, GError **error)
{
  if (self->open)
    return TRUE;
  g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED, "catalog '%s' is closed",
               self->path);
  return FALSE;
}

gboolean
quarry_catalog_write (QuarryCatalog *self, QuarryWriteFunc func, gpointer data, GError **error)
{
  Job job = { .func = func, .data = data, .error = error };

  return check_open (self, error) && push_and_wait (self, &job);
}

/* --- readers --- */

static QuarryDb *
pop_reader (QuarryCatalog *self, GError **error)
{
  QuarryDb *db = NULL;

  g_mutex_lock (&self->lock);
  if (check_open (self, error))
    {
      self->n_borrowed++;
      if (self->readers->len > 0)
        db = g_ptr_array_steal_index (self->readers, self->readers->len - 1);
      g_mutex_unlock (&self->lock);
      if (db == NULL)
        db = quarry_db_open (self->path, FALSE, error);
      if (db != NULL)
        return db;
      g_mutex_lock (&self->lock);
      self->n_borrowed--;
      g_cond_broadcast (&self->returned);
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

QuarryReadDb *
quarry_catalog_borrow (QuarryCatalog *self, GError **error)
{
  QuarryDb *db = pop_reader (self, error);

  if (db == NULL)
    return NULL;
  db->owner = self;
  if (quarry_db_script (db, "BEGIN", error))
    return db;
  quarry_catalog_give_back (db);
  return NULL;
}

void
quarry_catalog_give_back (QuarryReadDb *db)
{
  QuarryCatalog *self = NULL;
  QuarryDb *surplus = NULL;

  if (db == NULL)
    return;
  self = db->owner;
  db->cancellable = NULL;
  if (!sqlite3_get_autocommit (db->handle))
    quarry_db_script (db, "ROLLBACK", NULL);
  g_mutex_lock (&self->lock);
  if (self->readers->len < MAX_IDLE_READERS)
    g_ptr_array_add (self->readers, db);
  else
    surplus = db;
  self->n_borrowed--;
  g_cond_broadcast (&self->returned);
  g_mutex_unlock (&self->lock);
  if (surplus != NULL && !quarry_db_close (surplus, NULL))
    g_warning ("a reader of '%s' did not close", self->path);
}

/* --- opening --- */

static gboolean
read_version (QuarryDb *db, gint64 *out_version, GError **error)
{
  gint64 id = 0, n_tables = 0;

  if (!quarry_db_get_int (db, out_version, error, "PRAGMA user_version", "") ||
      !quarry_db_get_int (db, &id, error, "PRAGMA application_id", "") ||
      !quarry_db_get_int (db, &n_tables, error, "SELECT count(*) FROM sqlite_master", ""))
    return FALSE;
  if (id != APPLICATION_ID && (id != 0 || n_tables > 0))
    {
      g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_CORRUPT,
                   "'%s' is a database of another program, not a catalog", db->path);
      return FALSE;
    }
  if (*out_version > (gint64) G_N_ELEMENTS (migrations))
    {
      g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_TOO_NEW,
                   "'%s' has format %" G_GINT64_FORMAT
                   ", this Quarry knows up to %u: use a newer Quarry",
                   db->path, *out_version, (guint) G_N_ELEMENTS (migrations));
      return FALSE;
    }
  return TRUE;
}

static gboolean
apply_migration (QuarryDb *db, guint n, GError **error)
{
  g_autofree char *name = g_strconcat ("/dev/quarry/sql/", migrations[n], NULL);
  g_autofree char *mark = g_strdup_printf ("PRAGMA user_version = %u; PRAGMA application_id = %d;",
                                           n + 1, APPLICATION_ID);
  g_autoptr(GBytes) sql = g_resource_lookup_data (quarry_catalog_sql_get_resource (), name,
                                                  G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  /* the data of a resource ends in a zero that is not counted */
  return sql != NULL && quarry_db_script (db, g_bytes_get_data (sql, NULL), error) &&
         quarry_db_script (db, mark, error);
}

/* One step a transaction; another program may do the same at this moment, so the version is read again inside */
static gboolean
migrate (QuarryDb *db, GError **error)
{
  gint64 version = 0;

  if (!read_version (db, &version, error))
    return FALSE;
  while (version < (gint64) G_N_ELEMENTS (migrations))
    {
      if (!quarry_db_script (db, "BEGIN IMMEDIATE", error))
        return FALSE;
      if (!read_version (db, &version, error) ||
          (version < (gint64) G_N_ELEMENTS (migrations) && !apply_migration (db, version, error)) ||
          !quarry_db_script (db, "COMMIT", error))
        {
          quarry_db_script (db, "ROLLBACK", NULL);
          return FALSE;
        }
      version++;
    }
  return TRUE;
}

static gboolean
refuse_read_only (QuarryDb *db, GError **error)
{
  if (sqlite3_db_readonly (db->handle, "main") == 0)
    return TRUE;
  g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_READ_ONLY,
               "cannot write to '%s': the file or its folder is read-only", db->path);
  return FALSE;
}

static gboolean
make_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  const int failed = g_mkdir_with_parents (folder, 0700);
  const int code = errno;

  if (failed == 0)
    return TRUE;
  g_set_error (error, QUARRY_CATALOG_ERROR,
               code == EACCES || code == EROFS ? QUARRY_CATALOG_ERROR_READ_ONLY
                                               : QUARRY_CATALOG_ERROR_FAILED,
               "cannot make folder '%s': %s", folder, g_strerror (code));
  return FALSE;
}

/* Changing the journal mode of a new file asks for a lock without SQLite's own waiting, so wait here when another program makes
 * the same catalog at this moment */
static gboolean
use_wal (QuarryDb *db, GError **error)
{
  const gint64 deadline = g_get_monotonic_time () + 2 * G_USEC_PER_SEC;

  while (TRUE)
    {
      g_autoptr(GError) local = NULL;

      if (quarry_db_script (db, "PRAGMA journal_mode = WAL; PRAGMA cache_size = -32000;", &local))
        return TRUE;
      if (!g_error_matches (local, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_BUSY) ||
          g_get_monotonic_time () > deadline)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      g_usleep (5000);
    }
}

/* The version is looked at before anything is written: a file that is not ours stays as it was */
static QuarryDb *
open_writer (const char *path, GError **error)
{
  QuarryDb *db = NULL;
  gint64 version = 0;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_CORRUPT,
                   "'%s' is a folder, not a catalog", path);
      return NULL;
    }
  if (!make_folder (path, error) || (db = quarry_db_open (path, TRUE, error)) == NULL)
    return NULL;
  if (read_version (db, &version, error) && refuse_read_only (db, error) &&
      use_wal (db, error) &&
      migrate (db, error))
    return db;
  quarry_db_close (db, NULL);
  return NULL;
}

/**
 * quarry_catalog_open:
 * @path: made with its folder where missing
 *
 * Opens a catalog and brings it up to the newest format. Waits up to two seconds for another program's lock.
 *
 * Returns: (transfer full): the catalog; "changed" is emitted in the calling thread's main context
 */
QuarryCatalog *
quarry_catalog_open (const char *path, GError **error)
{
  g_autoptr(QuarryCatalog) self = NULL;
  g_autofree char *absolute = NULL;
  QuarryDb *db = NULL;
  Writer *writer = NULL;

  g_return_val_if_fail (path != NULL, NULL);
  absolute = g_canonicalize_filename (path, NULL);
  db = open_writer (absolute, error);
  if (db == NULL)
    return NULL;
  self = g_object_new (QUARRY_TYPE_CATALOG, NULL);
  self->path = g_steal_pointer (&absolute);
  self->open = TRUE;
  writer = g_new0 (Writer, 1);
  *writer = (Writer) { self, db, quarry_db_get_data_version (db) };
  self->writer = g_thread_new ("catalog-writer", writer_thread, writer);
  return g_steal_pointer (&self);
}

static gboolean
close_readers (QuarryCatalog *self, GError **error)
{
  gboolean ok = TRUE;

  g_mutex_lock (&self->lock);
  self->open = FALSE;
  while (self->n_borrowed > 0)
    g_cond_wait (&self->returned, &self->lock);
  for (guint i = 0; i < self->readers->len; i++)
    ok = quarry_db_close (self->readers->pdata[i], ok ? error : NULL) && ok;
  g_ptr_array_set_size (self->readers, 0);
  if (self->changed != NULL)
    {
      g_source_destroy (self->changed);
      g_clear_pointer (&self->changed, g_source_unref);
    }
  g_mutex_unlock (&self->lock);
  return ok;
}

/**
 * quarry_catalog_close:
 *
 * Ends what runs and closes the file; no thread may be writing. Further calls fail. A second close does nothing.
 *
 * Returns: FALSE with @error where something was left open
 */
gboolean
quarry_catalog_close (QuarryCatalog *self, GError **error)
{
  Job job = { .stop = TRUE };
  gboolean ok = TRUE;

  g_return_val_if_fail (QUARRY_IS_CATALOG (self), FALSE);
  if (self->writer == NULL)
    return TRUE;
  ok = close_readers (self, error);
  job.error = ok ? error : NULL;
  ok = push_and_wait (self, &job) && ok;
  g_thread_join (g_steal_pointer (&self->writer));
  return ok;
}

static void
quarry_catalog_dispose (GObject *object)
{
  QuarryCatalog *self = QUARRY_CATALOG (object);
  g_autoptr(GError) error = NULL;

  if (!quarry_catalog_close (self, &error))
    g_warning ("%s", error->message);
  G_OBJECT_CLASS (quarry_catalog_parent_class)->dispose (object);
}

static void
quarry_catalog_finalize (GObject *object)
{
  QuarryCatalog *self = QUARRY_CATALOG (object);

  g_clear_pointer (&self->jobs, g_async_queue_unref);
  g_clear_pointer (&self->readers, g_ptr_array_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->path, g_free);
  g_clear_object (&self->storage);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->returned);
  G_OBJECT_CLASS (quarry_catalog_parent_class)->finalize (object);
}

static void
quarry_catalog_class_init (QuarryCatalogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = quarry_catalog_dispose;
  object_class->finalize = quarry_catalog_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
quarry_catalog_init (QuarryCatalog *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->returned);
  self->jobs = g_async_queue_new_full (g_free);
  self->readers = g_ptr_array_new ();
  self->storage = quarry_storage_new ();
  self->context = g_main_context_ref_thread_default ();
}

const char *
quarry_catalog_get_path (QuarryCatalog *self)
{
  return self->path;
}

QuarryStorage *
quarry_catalog_get_storage (QuarryCatalog *self)
{
  g_return_val_if_fail (QUARRY_IS_CATALOG (self), NULL);

  return self->storage;
}

/**
 * quarry_catalog_poll:
 *
 * Looks for commits of other programs; "changed" follows if there were any. Returns at once.
 */
void
quarry_catalog_poll (QuarryCatalog *self)
{
  gboolean push = FALSE;

  g_return_if_fail (QUARRY_IS_CATALOG (self));
  g_mutex_lock (&self->lock);
  push = self->open && !self->polling;
  self->polling = self->polling || push;
  g_mutex_unlock (&self->lock);
  if (push)
    {
      Job *job = g_new0 (Job, 1);

      job->poll = TRUE;
      g_async_queue_push (self->jobs, job);
    }
}

/* Returns: (transfer full): QUARRY_CATALOG, else quarry/catalog.db in XDG_DATA_HOME */
char *
quarry_catalog_get_default_path (void)
{
  const char *path = g_getenv ("QUARRY_CATALOG");

  if (path != NULL && *path != '\0')
    return g_strdup (path);
  return g_build_filename (g_get_user_data_dir (), "quarry", "catalog.db", NULL);
}

gint64
quarry_catalog_now (void)
{
  return g_get_real_time () * 1000;
}
