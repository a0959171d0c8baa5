/* quarry-catalog-journal.c: edits by people: recorded, undone, redone
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * An edit is one transaction. While its body runs, SQLite's session extension notes every row before and after; the
 * changeset is stored with the edit in the same commit, so that both are there or neither. Undo applies the inverse, redo
 * the changeset itself. What imports, vendors and models store is not recorded and stays in place.
 *
 * A second engine implements the same two functions, run_edit and apply_edit, with its own means (triggers that keep
 * old and new rows, say); everything else in the catalog only calls quarry_catalog_write_edit.
 */

#include "config.h"
#include "quarry-catalog-private.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_session, sqlite3session_delete)

typedef struct
{
  const char      *what;
  QuarryWriteFunc  func;
  gpointer         data;
} Edit;

/* Children before parents, that is, the newest table first: a changeset keeps this order, so that undo has deleted or moved
 * a child before its parent goes, and no cascade runs ahead of it. Parents missing in between are allowed: apply checks
 * references at its end. */
static gboolean
attach_tables (QuarryDb *db, sqlite3_session *session, GError **error)
{
  g_autoptr(QuarryStmt) stmt =
      quarry_db_prepare (db, error,
                         "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'edit'"
                         " AND name NOT LIKE 'sqlite%' ORDER BY rowid DESC",
                         "");
  int row = 0;

  if (stmt == NULL)
    return FALSE;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    if (sqlite3session_attach (session, quarry_stmt_text (stmt, 0)) != SQLITE_OK)
      return quarry_db_set_error (db, error);
  return row == 0;
}

static gboolean
keep_changes (QuarryDb *db, const char *what, gconstpointer changes, gsize size, GError **error)
{
  return quarry_db_run (db, error,
                        "UPDATE edit SET state = 'dropped', changes = ?1 WHERE state = 'undone'",
                        "b", NULL, (gsize) 0) &&
         quarry_db_run (
             db, error,
             "INSERT INTO edit (who, made_ns, what, state, changes) VALUES (?1, ?2, ?3, 'done', ?4)",
             "sisb", g_get_user_name (), quarry_catalog_now (), what, changes, size);
}

static gboolean
run_edit (QuarryDb *db, gpointer data, GError **error)
{
  Edit *edit = data;
  g_autoptr(sqlite3_session) session = NULL;
  gpointer changes = NULL;
  int size = 0;
  gboolean ok = TRUE;

  if (sqlite3session_create (db->handle, "main", &session) != SQLITE_OK)
    return quarry_db_set_error (db, error);
  if (!attach_tables (db, session, error) || !edit->func (db, edit->data, error))
    return FALSE;
  if (sqlite3session_changeset (session, &size, &changes) != SQLITE_OK)
    return quarry_db_set_error (db, error);
  if (size > 0)
    ok = keep_changes (db, edit->what, changes, size, error);
  sqlite3_free (changes);
  return ok;
}

/**
 * quarry_catalog_write_edit:
 * @what: for people: "Tag 12 frames 'night'"
 * @func: the body; runs in the writer thread
 *
 * Makes one undoable edit. One that changes nothing leaves no row. Edits undone before can no longer be redone.
 */
gboolean
quarry_catalog_write_edit (QuarryCatalog *self,
                           const char *what,
                           QuarryWriteFunc func,
                           gpointer data,
                           GError **error)
{
  Edit edit = { what, func, data };

  return quarry_catalog_write (self, run_edit, &edit, error);
}

typedef struct
{
  gboolean  undo;
  char     *what;       /* out */
} Replay;

/* What a changeset meets where rows are no longer as it knows them */
typedef struct
{
  char    *table;           /* out: where it could not be applied; "other rows" for a reference */
  gboolean keep_classes;    /* classes stay as they are */
} Meeting;

/* Whether the row to be inserted is there already, the same in all columns */
static gboolean
is_there (sqlite3_changeset_iter *iter, int n_columns)
{
  for (int i = 0; i < n_columns; i++)
    {
      sqlite3_value *ours = NULL, *theirs = NULL;
      const char *text = NULL, *other = NULL;

      if (sqlite3changeset_new (iter, i, &ours) != SQLITE_OK || sqlite3changeset_conflict (iter, i, &theirs) != SQLITE_OK)
        return FALSE;
      text = (const char *) sqlite3_value_text (ours);
      other = (const char *) sqlite3_value_text (theirs);
      if (sqlite3_value_type (ours) != sqlite3_value_type (theirs) || g_strcmp0 (text, other) != 0)
        return FALSE;
    }
  return TRUE;
}

/* A row that is gone where it was to be deleted, or there where it was to be made, is as it should be. All else is a
 * conflict. */
static int
conflict_cb (void *data, int kind, sqlite3_changeset_iter *iter)
{
  Meeting *meeting = data;
  const char *table = NULL;
  int n_columns = 0, operation = 0, indirect = 0;

  if (kind == SQLITE_CHANGESET_FOREIGN_KEY)
    {
      meeting->table = g_strdup ("other rows");
      return SQLITE_CHANGESET_ABORT;
    }
  sqlite3changeset_op (iter, &table, &n_columns, &operation, &indirect);
  if ((kind == SQLITE_CHANGESET_NOTFOUND && operation == SQLITE_DELETE) ||
      (kind == SQLITE_CHANGESET_CONFLICT && operation == SQLITE_INSERT && is_there (iter, n_columns)))
    return SQLITE_CHANGESET_OMIT;
  meeting->table = g_strdup (table);
  return SQLITE_CHANGESET_ABORT;
}

static int
filter_cb (void *data, const char *table)
{
  const Meeting *meeting = data;

  return !meeting->keep_classes || !g_str_equal (table, "label_class");
}

/* A class that an edit made may have been used by an import or a vendor since: then it stays, and the rest is taken back */
static int
apply_changes (QuarryDb *db, int size, gpointer changes, Meeting *meeting)
{
  int rc = sqlite3changeset_apply (db->handle, size, changes, filter_cb, conflict_cb, meeting);

  if (rc == SQLITE_OK || g_strcmp0 (meeting->table, "other rows") != 0)
    return rc;
  g_clear_pointer (&meeting->table, g_free);
  meeting->keep_classes = TRUE;
  return sqlite3changeset_apply (db->handle, size, changes, filter_cb, conflict_cb, meeting);
}

static gboolean
apply_edit (QuarryDb *db,
            gboolean undo,
            const char *what,
            gconstpointer changes,
            int size,
            GError **error)
{
  Meeting meeting = { NULL, FALSE };
  gpointer inverse = NULL;
  int inverse_size = 0;
  int rc = SQLITE_OK;

  if (undo)
    rc = sqlite3changeset_invert (size, changes, &inverse_size, &inverse);
  if (rc == SQLITE_OK)
    rc = apply_changes (db, undo ? inverse_size : size, undo ? inverse : (void *) changes, &meeting);
  sqlite3_free (inverse);
  if (rc == SQLITE_OK)
    return TRUE;
  if (meeting.table != NULL)      /* SQLITE_ABORT, or SQLITE_CONSTRAINT for foreign keys */
    g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_CONFLICT,
                 "cannot %s '%s': it has been changed since (%s)", undo ? "undo" : "redo", what,
                 meeting.table);
  else
    g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED, "cannot %s '%s': %s",
                 undo ? "undo" : "redo", what, sqlite3_errstr (rc));
  g_free (meeting.table);
  return FALSE;
}

static gboolean
replay_last (QuarryDb *db, gpointer data, GError **error)
{
  Replay *replay = data;
  const char *find =
      replay->undo
          ? "SELECT id, what, changes FROM edit WHERE state = 'done' ORDER BY id DESC LIMIT 1"
          : "SELECT id, what, changes FROM edit WHERE state = 'undone' ORDER BY id LIMIT 1";
  g_autoptr(GBytes) changes = NULL;
  QuarryId id = 0;

  {
    g_autoptr(QuarryStmt) stmt = quarry_db_prepare (db, error, find, "");
    const int row = stmt != NULL ? quarry_db_step (db, stmt, error) : -1;

    if (row < 0)
      return FALSE;
    if (row == 0)
      {
        g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOTHING,
                     replay->undo ? "nothing to undo" : "nothing to redo");
        return FALSE;
      }
    id = quarry_stmt_int (stmt, 0);
    replay->what = quarry_stmt_dup (stmt, 1);
    changes = g_bytes_new (sqlite3_column_blob (stmt, 2), sqlite3_column_bytes (stmt, 2));
  }
  return apply_edit (db, replay->undo, replay->what, g_bytes_get_data (changes, NULL),
                     g_bytes_get_size (changes), error) &&
         quarry_db_run (db, error, "UPDATE edit SET state = ?2 WHERE id = ?1", "is", id,
                        replay->undo ? "undone" : "done");
}

static gboolean
replay_edit (QuarryCatalog *self, gboolean undo, char **out_what, GError **error)
{
  Replay replay = { undo, NULL };
  const gboolean ok = quarry_catalog_write (self, replay_last, &replay, error);

  if (ok && out_what != NULL)
    *out_what = g_steal_pointer (&replay.what);
  g_free (replay.what);
  return ok;
}

/**
 * quarry_catalog_undo:
 * @out_what: (out) (optional): what was undone, for people
 *
 * Takes back the newest edit that is done, whoever made it and however long ago. Whole or not at all.
 */
gboolean
quarry_catalog_undo (QuarryCatalog *self, char **out_what, GError **error)
{
  g_return_val_if_fail (QUARRY_IS_CATALOG (self), FALSE);
  return replay_edit (self, TRUE, out_what, error);
}

gboolean
quarry_catalog_redo (QuarryCatalog *self, char **out_what, GError **error)
{
  g_return_val_if_fail (QUARRY_IS_CATALOG (self), FALSE);
  return replay_edit (self, FALSE, out_what, error);
}

static gpointer
read_edit (QuarryStmt *stmt)
{
  QuarryEdit *edit = g_new0 (QuarryEdit, 1);

  edit->id = quarry_stmt_int (stmt, 0);
  edit->who = quarry_stmt_dup (stmt, 1);
  edit->made_ns = quarry_stmt_int (stmt, 2);
  edit->what = quarry_stmt_dup (stmt, 3);
  edit->state = quarry_stmt_dup (stmt, 4);
  return edit;
}

/* Returns: (transfer full): up to @limit QuarryEdit, newest first; @limit 0: all */
GPtrArray *
quarry_catalog_list_edits (QuarryCatalog *self, guint limit, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);

  if (db == NULL)
    return NULL;
  return quarry_db_list (db, read_edit, (GDestroyNotify) quarry_edit_free, error,
                         "SELECT id, who, made_ns, what, state FROM edit ORDER BY id DESC LIMIT ?1",
                         "i", limit == 0 ? (gint64) -1 : (gint64) limit);
}

/* Where it cannot be read, both: the edit itself says why */
void
quarry_catalog_get_undoable (QuarryCatalog *self, gboolean *out_undo, gboolean *out_redo)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, NULL);
  gint64 undo = 1, redo = 1;

  if (db != NULL && (!quarry_db_get_int (db, &undo, NULL, "SELECT 1 FROM edit WHERE state = 'done' ORDER BY id DESC LIMIT 1", "") ||
                     !quarry_db_get_int (db, &redo, NULL, "SELECT 1 FROM edit WHERE state = 'undone' ORDER BY id DESC LIMIT 1", "")))
    undo = redo = 1;
  *out_undo = undo != 0;
  *out_redo = redo != 0;
}
