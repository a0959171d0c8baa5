/* quarry-db.h: one SQLite connection with its prepared statements; private to the catalog
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A connection belongs to one thread at a time. Statements are prepared once and kept by their text; a
 * QuarryStmt on the stack is reset when it goes out of scope, so that no read is left stepping.
 *
 * Values are bound to ?1, ?2 … by a string of types, one letter each:
 *   i gint64   n int   d double (NaN is NULL)   t gint64 time (QUARRY_NO_TIME is NULL)   r QuarryId (0 is NULL)
 *   s const char * (NULL is NULL)   b gconstpointer and gsize
 * Strings and blobs must outlive the statement's use.
 */

#pragma once

#ifndef SQLITE_ENABLE_SESSION
#define SQLITE_ENABLE_SESSION 1
#endif
#ifndef SQLITE_ENABLE_PREUPDATE_HOOK
#define SQLITE_ENABLE_PREUPDATE_HOOK 1
#endif
#include <sqlite3.h>

#include "quarry-types.h"

G_BEGIN_DECLS

typedef struct _QuarryDb
{
  sqlite3      *handle;
  char         *path;
  GHashTable   *statements;    /* text → sqlite3_stmt */
  GCancellable *cancellable;   /* not owned; asked while a statement runs */
  gpointer      owner;         /* the catalog it was borrowed from; NULL for its writer */
  gpointer      cache;         /* answers kept by quarry-catalog-count.c */
  GDestroyNotify cache_free;
} QuarryDb;

typedef sqlite3_stmt QuarryStmt;
typedef gpointer (*QuarryRowFunc) (QuarryStmt *stmt);

QuarryDb   *quarry_db_open        (const char     *path,
                                   gboolean        create,
                                   GError        **error);
gboolean    quarry_db_close       (QuarryDb       *self,
                                   GError        **error);
gboolean    quarry_db_set_error   (QuarryDb       *self,
                                   GError        **error);     /* from the handle's last failure; returns FALSE */
gboolean    quarry_db_script      (QuarryDb       *self,
                                   const char     *sql,
                                   GError        **error);
QuarryStmt *quarry_db_prepare     (QuarryDb       *self,
                                   GError        **error,
                                   const char     *sql,
                                   const char     *types,
                                   ...);
gboolean    quarry_db_bind        (QuarryDb       *self,
                                   QuarryStmt     *stmt,
                                   GError        **error,
                                   const char     *types,
                                   ...);                        /* resets first: for the next row of a loop */
int         quarry_db_step        (QuarryDb       *self,
                                   QuarryStmt     *stmt,
                                   GError        **error);     /* 1 a row, 0 the end, −1 an error */
gboolean    quarry_db_run         (QuarryDb       *self,
                                   GError        **error,
                                   const char     *sql,
                                   const char     *types,
                                   ...);
gboolean    quarry_db_get_int     (QuarryDb       *self,
                                   gint64         *out_value,  /* 0 where there is no row */
                                   GError        **error,
                                   const char     *sql,
                                   const char     *types,
                                   ...);
GPtrArray  *quarry_db_list        (QuarryDb       *self,
                                   QuarryRowFunc   read_row,
                                   GDestroyNotify  free_row,
                                   GError        **error,
                                   const char     *sql,
                                   const char     *types,
                                   ...);
gint64      quarry_db_get_data_version (QuarryDb  *self);       /* changes with each commit by another connection */

/* Columns */
gint64      quarry_stmt_time      (QuarryStmt     *stmt,
                                   int             column);
double      quarry_stmt_double    (QuarryStmt     *stmt,
                                   int             column);
char       *quarry_stmt_dup       (QuarryStmt     *stmt,
                                   int             column);
const char *quarry_stmt_text      (QuarryStmt     *stmt,
                                   int             column);

static inline gint64
quarry_stmt_int (QuarryStmt *stmt, int column)
{
  return sqlite3_column_int64 (stmt, column);
}

void        quarry_stmt_done      (QuarryStmt     *stmt);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryStmt, quarry_stmt_done)

G_END_DECLS
