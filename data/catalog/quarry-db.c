/* quarry-db.c: one SQLite connection with its prepared statements
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-db.h"
#include "quarry-catalog.h"

#include <errno.h>
#include <math.h>
#include <unistd.h>

#define MAX_STATEMENTS     256      /* kept prepared; all idle ones are dropped beyond */
#define BUSY_TIMEOUT_MS    2000
#define PROGRESS_STEPS     20000    /* virtual machine steps between two looks at the cancellable, ≈ 0.2 ms */

static gboolean
folder_is_writable (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  return access (folder, W_OK) == 0;
}

/* Quotas and limits on a file's size are the same to a person as a full disk */
static gboolean
is_full (int code)
{
  return code == ENOSPC || code == EDQUOT || code == EFBIG;
}

/* @system_code: errno as the failed call left it; SQLite does not keep it on every road */
static QuarryCatalogError
classify (QuarryDb *self, int rc, int system_code)
{
  switch (rc & 0xff)
    {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return QUARRY_CATALOG_ERROR_BUSY;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return QUARRY_CATALOG_ERROR_READ_ONLY;
    case SQLITE_FULL:
      return QUARRY_CATALOG_ERROR_FULL;
    case SQLITE_IOERR:
      return is_full (system_code) || is_full (sqlite3_system_errno (self->handle))
                 ? QUARRY_CATALOG_ERROR_FULL
                 : QUARRY_CATALOG_ERROR_FAILED;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return QUARRY_CATALOG_ERROR_CORRUPT;
    case SQLITE_CANTOPEN:
      return folder_is_writable (self->path) ? QUARRY_CATALOG_ERROR_FAILED
                                             : QUARRY_CATALOG_ERROR_READ_ONLY;
    default:
      return QUARRY_CATALOG_ERROR_FAILED;
    }
}

static void
set_error_from_code (QuarryDb *self, int rc, GError **error)
{
  const QuarryCatalogError code = classify (self, rc, errno);
  const char *why = sqlite3_errmsg (self->handle);

  if ((rc & 0xff) == SQLITE_INTERRUPT)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
      return;
    }
  switch (code)
    {
    case QUARRY_CATALOG_ERROR_BUSY:
      g_set_error (error, QUARRY_CATALOG_ERROR, code, "another program is writing to '%s'",
                   self->path);
      break;
    case QUARRY_CATALOG_ERROR_READ_ONLY:
      g_set_error (error, QUARRY_CATALOG_ERROR, code,
                   "cannot write to '%s': the file or its folder is read-only", self->path);
      break;
    case QUARRY_CATALOG_ERROR_FULL:
      g_set_error (error, QUARRY_CATALOG_ERROR, code, "no space left to write '%s'", self->path);
      break;
    case QUARRY_CATALOG_ERROR_CORRUPT:
      g_set_error (error, QUARRY_CATALOG_ERROR, code, "'%s' is %s: %s", self->path,
                   (rc & 0xff) == SQLITE_NOTADB ? "not a catalog" : "damaged", why);
      break;
    default:
      g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED, "catalog '%s': %s",
                   self->path, why);
    }
}

/* A broken rule of the schema names the row that is missing where it is one */
gboolean
quarry_db_set_error (QuarryDb *self, GError **error)
{
  const int rc = sqlite3_extended_errcode (self->handle);

  if (rc == SQLITE_CONSTRAINT_FOREIGNKEY)
    g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND,
                 "catalog '%s': what this belongs to is not there, or still in use", self->path);
  else
    set_error_from_code (self, rc, error);
  return FALSE;
}

static int
progress_cb (void *data)
{
  QuarryDb *self = data;

  return self->cancellable != NULL && g_cancellable_is_cancelled (self->cancellable);
}

/**
 * quarry_db_open:
 * @create: also makes the file
 *
 * Returns: (transfer full): a connection with our settings, but for the journal mode
 */
QuarryDb *
quarry_db_open (const char *path, gboolean create, GError **error)
{
  QuarryDb *self = g_new0 (QuarryDb, 1);
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
  const int rc = sqlite3_open_v2 (path, &self->handle, flags, NULL);

  self->path = g_strdup (path);
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (self->handle == NULL)
    g_error ("out of memory");
  sqlite3_extended_result_codes (self->handle, 1);
  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  sqlite3_progress_handler (self->handle, PROGRESS_STEPS, progress_cb, self);
  if (rc == SQLITE_OK &&
      quarry_db_script (
          self,
          "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000;",
          error))
    return self;
  if (rc != SQLITE_OK)
    set_error_from_code (self, rc, error);
  quarry_db_close (self, NULL);
  return NULL;
}

/* Frees @self in any case. A statement left open would make this fail: that is how tests see it. */
gboolean
quarry_db_close (QuarryDb *self, GError **error)
{
  GHashTableIter iter;
  gpointer stmt = NULL;
  int rc = SQLITE_OK;

  g_hash_table_iter_init (&iter, self->statements);
  while (g_hash_table_iter_next (&iter, NULL, &stmt))
    sqlite3_finalize (stmt);
  rc = sqlite3_close (self->handle);
  if (rc != SQLITE_OK)
    {
      g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED,
                   "cannot close '%s': %s", self->path, sqlite3_errstr (rc));
      sqlite3_close_v2 (self->handle);
    }
  if (self->cache != NULL)
    self->cache_free (self->cache);
  g_hash_table_unref (self->statements);
  g_free (self->path);
  g_free (self);
  return rc == SQLITE_OK;
}

/* Statements without values and without rows, separated by semicolons */
gboolean
quarry_db_script (QuarryDb *self, const char *sql, GError **error)
{
  if (sqlite3_exec (self->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  return quarry_db_set_error (self, error);
}

static void
drop_idle_statements (QuarryDb *self)
{
  GHashTableIter iter;
  gpointer stmt = NULL;

  g_hash_table_iter_init (&iter, self->statements);
  while (g_hash_table_iter_next (&iter, NULL, &stmt))
    if (!sqlite3_stmt_busy (stmt))
      {
        sqlite3_finalize (stmt);
        g_hash_table_iter_remove (&iter);
      }
}

static QuarryStmt *
find_statement (QuarryDb *self, const char *sql, GError **error)
{
  QuarryStmt *stmt = g_hash_table_lookup (self->statements, sql);

  if (stmt != NULL)
    {
      g_assert (!sqlite3_stmt_busy (stmt));
      return stmt;
    }
  if (sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) !=
      SQLITE_OK)
    {
      quarry_db_set_error (self, error);
      return NULL;
    }
  if (g_hash_table_size (self->statements) >= MAX_STATEMENTS)
    g_debug ("catalog: more than %d statements", MAX_STATEMENTS);
  g_hash_table_insert (self->statements, g_strdup (sql), stmt);
  return stmt;
}

static int
bind_one (QuarryStmt *stmt, int at, char type, va_list *values)
{
  switch (type)
    {
    case 'i':
      return sqlite3_bind_int64 (stmt, at, va_arg (*values, gint64));
    case 'n':
      return sqlite3_bind_int (stmt, at, va_arg (*values, int));
    case 'd':
      return sqlite3_bind_double (stmt, at, va_arg (*values, double));      /* SQLite makes NaN NULL */
    case 't':
      {
        const gint64 time = va_arg (*values, gint64);

        return time == QUARRY_NO_TIME ? sqlite3_bind_null (stmt, at)
                                      : sqlite3_bind_int64 (stmt, at, time);
      }
    case 'r':
      {
        const QuarryId id = va_arg (*values, QuarryId);

        return id == 0 ? sqlite3_bind_null (stmt, at) : sqlite3_bind_int64 (stmt, at, id);
      }
    case 's':
      return sqlite3_bind_text (stmt, at, va_arg (*values, const char *), -1, SQLITE_STATIC);
    case 'b':
      {
        gconstpointer bytes = va_arg (*values, gconstpointer);
        const gsize size = va_arg (*values, gsize);

        return size == 0 ? sqlite3_bind_zeroblob (stmt, at, 0)
                         : sqlite3_bind_blob64 (stmt, at, bytes, size, SQLITE_STATIC);
      }
    default:
      g_assert_not_reached ();
    }
}

static gboolean
bind_all (QuarryDb *self, QuarryStmt *stmt, GError **error, const char *types, va_list *values)
{
  for (int i = 0; types[i] != '\0'; i++)
    if (bind_one (stmt, i + 1, types[i], values) != SQLITE_OK)
      return quarry_db_set_error (self, error);
  return TRUE;
}

static QuarryStmt *
prepare_valist (QuarryDb *self, GError **error, const char *sql, const char *types, va_list *values)
{
  QuarryStmt *stmt = find_statement (self, sql, error);

  if (stmt != NULL && !bind_all (self, stmt, error, types, values))
    {
      quarry_stmt_done (stmt);
      return NULL;
    }
  return stmt;
}

/* Returns: (transfer none): hold it in a g_autoptr(QuarryStmt) all the same, which resets it */
QuarryStmt *
quarry_db_prepare (QuarryDb *self, GError **error, const char *sql, const char *types, ...)
{
  QuarryStmt *stmt = NULL;
  va_list values;

  if (g_hash_table_size (self->statements) >= MAX_STATEMENTS)
    drop_idle_statements (self);
  va_start (values, types);
  stmt = prepare_valist (self, error, sql, types, &values);
  va_end (values);
  return stmt;
}

gboolean
quarry_db_bind (QuarryDb *self, QuarryStmt *stmt, GError **error, const char *types, ...)
{
  gboolean ok = FALSE;
  va_list values;

  sqlite3_reset (stmt);
  va_start (values, types);
  ok = bind_all (self, stmt, error, types, &values);
  va_end (values);
  return ok;
}

int
quarry_db_step (QuarryDb *self, QuarryStmt *stmt, GError **error)
{
  const int rc = sqlite3_step (stmt);

  if (rc == SQLITE_ROW)
    return 1;
  if (rc == SQLITE_DONE)
    return 0;
  quarry_db_set_error (self, error);
  return -1;
}

gboolean
quarry_db_run (QuarryDb *self, GError **error, const char *sql, const char *types, ...)
{
  g_autoptr(QuarryStmt) stmt = NULL;
  va_list values;
  int row = 1;

  va_start (values, types);
  stmt = prepare_valist (self, error, sql, types, &values);
  va_end (values);
  if (stmt == NULL)
    return FALSE;
  while (row == 1)
    row = quarry_db_step (self, stmt, error);
  return row == 0;
}

gboolean
quarry_db_get_int (QuarryDb *self,
                   gint64 *out_value,
                   GError **error,
                   const char *sql,
                   const char *types,
                   ...)
{
  g_autoptr(QuarryStmt) stmt = NULL;
  va_list values;
  int row = 0;

  va_start (values, types);
  stmt = prepare_valist (self, error, sql, types, &values);
  va_end (values);
  if (stmt == NULL || (row = quarry_db_step (self, stmt, error)) < 0)
    return FALSE;
  *out_value = row == 1 ? quarry_stmt_int (stmt, 0) : 0;
  return TRUE;
}

/* Returns: (transfer full): what @read_row makes of each row */
GPtrArray *
quarry_db_list (QuarryDb       *self,
                QuarryRowFunc   read_row,
                GDestroyNotify  free_row,
                GError        **error,
                const char     *sql,
                const char     *types,
                ...)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func (free_row);
  g_autoptr(QuarryStmt) stmt = NULL;
  va_list values;
  int row = 0;

  va_start (values, types);
  stmt = prepare_valist (self, error, sql, types, &values);
  va_end (values);
  if (stmt == NULL)
    return NULL;
  while ((row = quarry_db_step (self, stmt, error)) == 1)
    g_ptr_array_add (list, read_row (stmt));
  return row < 0 ? NULL : g_steal_pointer (&list);
}

gint64
quarry_db_get_data_version (QuarryDb *self)
{
  gint64 version = 0;

  if (!quarry_db_get_int (self, &version, NULL, "PRAGMA data_version", ""))
    return 0;
  return version;
}

gint64
quarry_stmt_time (QuarryStmt *stmt, int column)
{
  return sqlite3_column_type (stmt, column) == SQLITE_NULL ? QUARRY_NO_TIME
                                                           : sqlite3_column_int64 (stmt, column);
}

double
quarry_stmt_double (QuarryStmt *stmt, int column)
{
  return sqlite3_column_type (stmt, column) == SQLITE_NULL ? (double) NAN
                                                           : sqlite3_column_double (stmt, column);
}

/* Returns: (transfer none) (nullable): until the next step */
const char *
quarry_stmt_text (QuarryStmt *stmt, int column)
{
  return (const char *) sqlite3_column_text (stmt, column);
}

char *
quarry_stmt_dup (QuarryStmt *stmt, int column)
{
  return g_strdup (quarry_stmt_text (stmt, column));
}

void
quarry_stmt_done (QuarryStmt *stmt)
{
  if (stmt == NULL)
    return;
  sqlite3_reset (stmt);
  sqlite3_clear_bindings (stmt);
}
