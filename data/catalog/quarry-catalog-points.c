/* quarry-catalog-points.c: files with a class and an instance for each point of a cloud
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-catalog-private.h"

/* @update: replaces what the set says of the media already; else that stays */
gboolean
quarry_db_add_point_labels (QuarryDb *db, const QuarryPointLabels *labels, QuarryId set, QuarryId media, gboolean update,
                            gint64 *inout_n_added, GError **error)
{
  if (!quarry_db_run (db, error,
                      update ? "INSERT INTO point_labels (media, annotation_set, uri, format, names) VALUES (?1, ?2, ?3, ?4, ?5)"
                               " ON CONFLICT (media, annotation_set) DO UPDATE SET uri = excluded.uri, format = excluded.format, names = excluded.names"
                             : "INSERT INTO point_labels (media, annotation_set, uri, format, names) VALUES (?1, ?2, ?3, ?4, ?5)"
                               " ON CONFLICT (media, annotation_set) DO NOTHING",
                      "iisss", media, set, labels->uri, labels->format, labels->names != NULL ? labels->names : "{}"))
    return FALSE;
  *inout_n_added += sqlite3_changes (db->handle);
  return TRUE;
}

static gboolean
store_point_labels (QuarryDb *db, gpointer data, GError **error)
{
  const GPtrArray *all = data;
  gint64 n = 0;

  for (guint i = 0; i < all->len; i++)
    {
      const QuarryPointLabels *labels = all->pdata[i];

      if (!quarry_db_add_point_labels (db, labels, labels->set, labels->media, TRUE, &n, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
quarry_catalog_store_point_labels (QuarryCatalog *self, const GPtrArray *labels, GError **error)
{
  g_return_val_if_fail (QUARRY_IS_CATALOG (self) && labels != NULL, FALSE);
  return labels->len == 0 || quarry_catalog_write (self, store_point_labels, (gpointer) labels, error);
}

static gpointer
read_row (QuarryStmt *stmt)
{
  QuarryPointLabels *labels = g_new0 (QuarryPointLabels, 1);

  labels->media = quarry_stmt_int (stmt, 0);
  labels->set = quarry_stmt_int (stmt, 1);
  labels->uri = quarry_stmt_dup (stmt, 2);
  labels->format = quarry_stmt_dup (stmt, 3);
  labels->names = quarry_stmt_dup (stmt, 4);
  return labels;
}

static void
free_row (gpointer data)
{
  quarry_point_labels_free (data);
}

/* Returns: (transfer full): empty for a media without any */
GPtrArray *
quarry_catalog_list_point_labels (QuarryCatalog *self, QuarryId media, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);

  if (db == NULL)
    return NULL;
  return quarry_db_list (db, read_row, free_row, error,
                         "SELECT media, annotation_set, uri, format, names FROM point_labels WHERE media = ?1 ORDER BY annotation_set",
                         "i", media);
}
