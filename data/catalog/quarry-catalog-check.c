/* quarry-catalog-check.c: is everything as it should be
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-catalog-private.h"

#include <glib/gstdio.h>

static gboolean
check_file (QuarryDb *db, QuarryReport *report, GError **error)
{
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (db, error, "PRAGMA integrity_check", "");
  gboolean sound = TRUE;
  int row = 0;

  if (stmt == NULL)
    return FALSE;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    if (g_strcmp0 (quarry_stmt_text (stmt, 0), "ok") != 0)
      {
        quarry_report_add (report, QUARRY_ISSUE_LOSS, db->path, NULL, "%s",
                           quarry_stmt_text (stmt, 0));
        sound = FALSE;
      }
  if (row < 0)
    return FALSE;
  if (!sound)
    g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_CORRUPT, "'%s' is damaged",
                 db->path);
  return sound;
}

static gboolean
check_references (QuarryDb *db, QuarryReport *report, GError **error)
{
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (db, error, "PRAGMA foreign_key_check", "");
  int row = 0;

  if (stmt == NULL)
    return FALSE;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    {
      g_autofree char *place = g_strdup_printf ("row %" G_GINT64_FORMAT, quarry_stmt_int (stmt, 1));

      quarry_report_add (report, QUARRY_ISSUE_LOSS, quarry_stmt_text (stmt, 0), place,
                         "belongs to a %s that is not there", quarry_stmt_text (stmt, 2));
    }
  return row == 0;
}

static gboolean
check_sources (QuarryDb *db, QuarryReport *report, GError **error)
{
  g_autoptr(QuarryStmt) stmt =
      quarry_db_prepare (db, error, "SELECT uri FROM source WHERE state = 'importing' ORDER BY uri",
                         "");
  int row = 0;

  if (stmt == NULL)
    return FALSE;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    quarry_report_add (report, QUARRY_ISSUE_NOTE, quarry_stmt_text (stmt, 0), NULL,
                       "its import did not end: import again to finish");
  return row == 0;
}

/* Told one by one up to here; the rest of a folder's missing files in one line */
#define MISSING_TOLD 3

/* Counted by folder. Returns: whether it is to be told by itself */
static gboolean
is_told (GHashTable *missing, const char *uri)
{
  char *folder = g_path_get_dirname (uri);
  const guint n = GPOINTER_TO_UINT (g_hash_table_lookup (missing, folder)) + 1;

  g_hash_table_replace (missing, folder, GUINT_TO_POINTER (n));
  return n <= MISSING_TOLD;
}

static void
tell_missing (GHashTable *missing, QuarryReport *report)
{
  g_autoptr(GList) folders = g_list_sort (g_hash_table_get_keys (missing), (GCompareFunc) strcmp);

  for (GList *at = folders; at != NULL; at = at->next)
    {
      const guint n = GPOINTER_TO_UINT (g_hash_table_lookup (missing, at->data));

      if (n > MISSING_TOLD)
        quarry_report_add (report, QUARRY_ISSUE_LOSS, at->data, NULL, "%u more of its files are not there", n - MISSING_TOLD);
    }
}

/* Returns: (transfer full): the file of a media's URI, without the parts of quarry-media.h */
static char *
dup_path (const char *uri)
{
  static const char * const parts[] = { "#chunk=", "#row=", "#zstd" };
  gsize length = strlen (uri);

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      const char *part = g_strrstr_len (uri, (gssize) length, parts[i]);

      while (part != NULL)
        {
          length = (gsize) (part - uri);
          part = g_strrstr_len (uri, (gssize) length, parts[i]);
        }
    }
  return g_strndup (uri, length);
}

/* Files only; what lies behind a URI is not asked for. A range must lie within its file. */
static void
check_medium (const char *uri, gint64 offset, gint64 length, GHashTable *missing, QuarryReport *report)
{
  GStatBuf status;
  g_autofree char *path = dup_path (uri);

  if (!g_path_is_absolute (uri))
    return;
  if (g_stat (path, &status) != 0)
    {
      if (is_told (missing, uri))
        quarry_report_add (report, QUARRY_ISSUE_LOSS, uri, NULL, "the file is not there");
    }
  else if (!g_str_equal (path, uri))
    return;                               /* in a part that has to be made first: the range is in that */
  else if (offset > status.st_size || (length >= 0 && offset + length > status.st_size))
    quarry_report_add (report, QUARRY_ISSUE_LOSS, uri, NULL, "the file is shorter than it was");
}

static gboolean
check_media (QuarryDb *db, QuarryReport *report, GError **error)
{
  g_autoptr(QuarryStmt) stmt =
      quarry_db_prepare (db, error, "SELECT uri, byte_offset, byte_length FROM media ORDER BY id",
                         "");
  g_autoptr(GHashTable) missing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gint64 n = 0;
  int row = 0;

  if (stmt == NULL)
    return FALSE;
  for (; (row = quarry_db_step (db, stmt, error)) == 1; n++)
    {
      if (n % 256 == 0 && g_cancellable_set_error_if_cancelled (db->cancellable, error))
        return FALSE;
      check_medium (quarry_stmt_text (stmt, 0), quarry_stmt_int (stmt, 1),
                    quarry_stmt_int (stmt, 2), missing, report);
    }
  tell_missing (missing, report);
  quarry_report_count (report, "media", n);
  return row == 0;
}

static gboolean
check_annotations (QuarryDb *db, QuarryReport *report, GError **error)
{
  g_autoptr(QuarryStmt) stmt =
      quarry_db_prepare (db, error,
                         "SELECT a.kind, a.external_id, a.geometry, s.name FROM annotation a"
                         " JOIN annotation_set s ON s.id = a.annotation_set ORDER BY a.id",
                         "");
  gint64 n = 0;
  int row = 0;

  if (stmt == NULL)
    return FALSE;
  for (; (row = quarry_db_step (db, stmt, error)) == 1; n++)
    {
      g_autoptr(QuarryAnnotation) annotation = g_new0 (QuarryAnnotation, 1);
      g_autoptr(GError) fault = NULL;

      annotation->external_id = quarry_stmt_dup (stmt, 1);
      annotation->geometry =
          quarry_geometry_from_blob (sqlite3_column_blob (stmt, 2), sqlite3_column_bytes (stmt, 2),
                                     &annotation->n_geometry);
      if (!quarry_annotation_kind_parse (quarry_stmt_text (stmt, 0), &annotation->kind) ||
          !quarry_annotation_check (annotation, &fault))
        quarry_report_add (report, QUARRY_ISSUE_LOSS, quarry_stmt_text (stmt, 3), NULL, "%s",
                           fault != NULL ? fault->message : "unknown kind");
    }
  quarry_report_count (report, "annotations", n);
  return row == 0;
}

/**
 * quarry_catalog_check:
 * @report: takes an issue for each thing that is not as it should be: the file's structure, rows without the row they belong to,
 *   files that are gone or shorter, broken annotations; sources whose import did not end are notes
 *
 * Returns: FALSE with QUARRY_CATALOG_ERROR_CORRUPT where the file itself is damaged; other findings are only in @report
 */
gboolean
quarry_catalog_check (QuarryCatalog *self,
                      QuarryReport *report,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr(QuarryReadDb) db = NULL;
  gint64 n_frames = 0;

  g_return_val_if_fail (QUARRY_IS_CATALOG (self) && QUARRY_IS_REPORT (report), FALSE);
  db = quarry_catalog_borrow (self, error);
  if (db == NULL)
    return FALSE;
  db->cancellable = cancellable;
  if (!check_file (db, report, error) ||
      !quarry_db_get_int (db, &n_frames, error, "SELECT count(*) FROM frame", ""))
    return FALSE;
  quarry_report_count (report, "frames", n_frames);
  return check_references (db, report, error) && check_sources (db, report, error) &&
         check_media (db, report, error) && check_annotations (db, report, error);
}
