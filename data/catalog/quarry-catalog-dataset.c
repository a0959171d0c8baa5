/* quarry-catalog-dataset.c: named collections of frames, their splits and frozen versions
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-catalog-private.h"

typedef struct
{
  QuarryId            dataset;      /* in, or out of create */
  const char         *name;
  const char         *notes;
  const GArray       *frames;
  const char * const *splits;
  int                 number;       /* out of freeze */
} Change;

static gboolean
check_dataset (QuarryDb *db, QuarryId dataset, GError **error)
{
  gint64 there = 0;

  if (!quarry_db_get_int (db, &there, error, "SELECT 1 FROM dataset WHERE id = ?1", "i", dataset))
    return FALSE;
  if (there == 1)
    return TRUE;
  g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND,
               "no dataset %" G_GINT64_FORMAT, dataset);
  return FALSE;
}

static gboolean
check_name_is_free (QuarryDb *db, const char *name, QuarryId self, GError **error)
{
  gint64 taken = 0;

  if (!quarry_db_get_int (db, &taken, error, "SELECT id FROM dataset WHERE name = ?1", "s", name))
    return FALSE;
  if (taken == 0 || taken == self)
    return TRUE;
  g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_EXISTS,
               "there is a dataset '%s' already", name);
  return FALSE;
}

/* "d@2" is version 2 of d */
static gboolean
is_version (const char *name)
{
  const char *at = strrchr (name, '@');

  return at != NULL && at[1] != '\0' && strspn (at + 1, "0123456789") == strlen (at + 1);
}

static gboolean
check_name (const char *name, GError **error)
{
  if (name == NULL || *name == '\0' || !g_utf8_validate (name, -1, NULL))
    g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED, "a dataset needs a name");
  else if (strpbrk (name, "/\n\r\t") != NULL || *name == '.' || is_version (name))
    g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED,
                 "'%s' is no name for a dataset: it has / or a line break, begins with a dot, or ends as a version does (@1)",
                 name);
  else
    return TRUE;
  return FALSE;
}

/* Runs @sql (?1 dataset, ?2 frame) for each frame */
static gboolean
for_each_frame (QuarryDb *db, const char *sql, const Change *change, GError **error)
{
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (db, error, sql, "");

  if (stmt == NULL)
    return FALSE;
  for (guint i = 0; change->frames != NULL && i < change->frames->len; i++)
    {
      g_autoptr(GError) local = NULL;
      const QuarryId frame = g_array_index (change->frames, QuarryId, i);

      if (quarry_db_bind (db, stmt, &local, "ii", change->dataset, frame) &&
          quarry_db_step (db, stmt, &local) == 0)
        continue;
      if (g_error_matches (local, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND))
        g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND,
                     "no frame %" G_GINT64_FORMAT, frame);
      else
        g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return TRUE;
}

static gboolean
run_add (QuarryDb *db, gpointer data, GError **error)
{
  Change *change = data;

  return check_dataset (db, change->dataset, error) &&
         for_each_frame (
             db,
             "INSERT INTO dataset_frame (dataset, frame) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
             change, error);
}

static gboolean
run_create (QuarryDb *db, gpointer data, GError **error)
{
  Change *change = data;

  if (!check_name_is_free (db, change->name, 0, error) ||
      !quarry_db_run (db, error,
                      "INSERT INTO dataset (name, notes, created_ns) VALUES (?1, ?2, ?3)", "ssi",
                      change->name, change->notes != NULL ? change->notes : "",
                      quarry_catalog_now ()))
    return FALSE;
  change->dataset = sqlite3_last_insert_rowid (db->handle);
  return run_add (db, change, error);
}

/* @frames: (nullable). Returns: the new dataset's id, 0 on error */
QuarryId
quarry_catalog_create_dataset (QuarryCatalog *self,
                               const char *name,
                               const char *notes,
                               const GArray *frames,
                               GError **error)
{
  Change change = { .name = name, .notes = notes, .frames = frames };
  g_autofree char *what =
      g_strdup_printf ("Make dataset '%s' of %u frames", name, frames != NULL ? frames->len : 0);

  g_return_val_if_fail (QUARRY_IS_CATALOG (self), 0);
  if (!check_name (name, error) ||
      !quarry_catalog_write_edit (self, what, run_create, &change, error))
    return 0;
  return change.dataset;
}

/* Each table by itself, children first: what cascades is recorded as well, but this order undoes without detours */
static gboolean
run_delete (QuarryDb *db, gpointer data, GError **error)
{
  Change *change = data;

  return check_dataset (db, change->dataset, error) &&
         quarry_db_run (
             db, error,
             "DELETE FROM version_frame WHERE version IN (SELECT id FROM dataset_version WHERE dataset = ?1)",
             "i", change->dataset) &&
         quarry_db_run (db, error, "DELETE FROM dataset_version WHERE dataset = ?1", "i",
                        change->dataset) &&
         quarry_db_run (db, error, "DELETE FROM dataset_frame WHERE dataset = ?1", "i",
                        change->dataset) &&
         quarry_db_run (db, error, "DELETE FROM dataset WHERE id = ?1", "i", change->dataset);
}

/* The name for the journal; an unknown dataset fails in the edit itself */
static char *
get_name (QuarryCatalog *self, QuarryId dataset)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, NULL);
  g_autoptr(QuarryStmt) stmt =
      db != NULL
          ? quarry_db_prepare (db, NULL, "SELECT name FROM dataset WHERE id = ?1", "i", dataset)
          : NULL;

  if (stmt != NULL && quarry_db_step (db, stmt, NULL) == 1)
    return quarry_stmt_dup (stmt, 0);
  return g_strdup_printf ("%" G_GINT64_FORMAT, dataset);
}

gboolean
quarry_catalog_delete_dataset (QuarryCatalog *self, QuarryId dataset, GError **error)
{
  Change change = { .dataset = dataset };
  g_autofree char *name = get_name (self, dataset);
  g_autofree char *what = g_strdup_printf ("Delete dataset '%s'", name);

  return quarry_catalog_write_edit (self, what, run_delete, &change, error);
}

static gboolean
run_rename (QuarryDb *db, gpointer data, GError **error)
{
  Change *change = data;

  return check_dataset (db, change->dataset, error) &&
         check_name_is_free (db, change->name, change->dataset, error) &&
         quarry_db_run (db, error, "UPDATE dataset SET name = ?2 WHERE id = ?1", "is",
                        change->dataset, change->name);
}

gboolean
quarry_catalog_rename_dataset (QuarryCatalog *self,
                               QuarryId dataset,
                               const char *name,
                               GError **error)
{
  Change change = { .dataset = dataset, .name = name };
  g_autofree char *old_name = get_name (self, dataset);
  g_autofree char *what = g_strdup_printf ("Rename dataset '%s' to '%s'", old_name, name);

  return check_name (name, error) &&
         quarry_catalog_write_edit (self, what, run_rename, &change, error);
}

/* Frames in it already stay as they are */
gboolean
quarry_catalog_dataset_add (QuarryCatalog *self,
                            QuarryId dataset,
                            const GArray *frames,
                            GError **error)
{
  Change change = { .dataset = dataset, .frames = frames };
  g_autofree char *name = get_name (self, dataset);
  g_autofree char *what = g_strdup_printf ("Add %u frames to '%s'", frames->len, name);

  return quarry_catalog_write_edit (self, what, run_add, &change, error);
}

static gboolean
run_remove (QuarryDb *db, gpointer data, GError **error)
{
  Change *change = data;

  return check_dataset (db, change->dataset, error) &&
         for_each_frame (db, "DELETE FROM dataset_frame WHERE dataset = ?1 AND frame = ?2", change,
                         error);
}

gboolean
quarry_catalog_dataset_remove (QuarryCatalog *self,
                               QuarryId dataset,
                               const GArray *frames,
                               GError **error)
{
  Change change = { .dataset = dataset, .frames = frames };
  g_autofree char *name = get_name (self, dataset);
  g_autofree char *what = g_strdup_printf ("Remove %u frames from '%s'", frames->len, name);

  return quarry_catalog_write_edit (self, what, run_remove, &change, error);
}

static gboolean
run_assign (QuarryDb *db, gpointer data, GError **error)
{
  Change *change = data;
  g_autoptr(QuarryStmt) stmt = NULL;

  if (!check_dataset (db, change->dataset, error))
    return FALSE;
  stmt = quarry_db_prepare (db, error,
                            "UPDATE dataset_frame SET split = ?3 WHERE dataset = ?1 AND frame = ?2",
                            "");
  for (guint i = 0; stmt != NULL && i < change->frames->len; i++)
    {
      const QuarryId frame = g_array_index (change->frames, QuarryId, i);

      if (!quarry_db_bind (db, stmt, error, "iis", change->dataset, frame, change->splits[i]) ||
          quarry_db_step (db, stmt, error) < 0)
        return FALSE;
      if (sqlite3_changes (db->handle) == 0)
        {
          g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND,
                       "frame %" G_GINT64_FORMAT " is not in the dataset", frame);
          return FALSE;
        }
    }
  return stmt != NULL;
}

/* @splits: as many as @frames; NULL takes a frame out of its split */
gboolean
quarry_catalog_assign_splits (QuarryCatalog *self,
                              QuarryId dataset,
                              const GArray *frames,
                              const char * const *splits,
                              GError **error)
{
  Change change = { .dataset = dataset, .frames = frames, .splits = splits };
  g_autofree char *name = get_name (self, dataset);
  g_autofree char *what = g_strdup_printf ("Split '%s'", name);

  for (guint i = 0; i < frames->len; i++)
    if (splits[i] != NULL && (*splits[i] == '\0' || !g_utf8_validate (splits[i], -1, NULL)))
      {
        g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED,
                     "a split needs a name");
        return FALSE;
      }
  return quarry_catalog_write_edit (self, what, run_assign, &change, error);
}

static gboolean
run_freeze (QuarryDb *db, gpointer data, GError **error)
{
  Change *change = data;
  g_autofree char *hash = NULL;
  gint64 number = 0;
  QuarryId version = 0;

  if (!check_dataset (db, change->dataset, error) ||
      (hash = quarry_dataset_hash (db, change->dataset, error)) == NULL ||
      !quarry_db_get_int (
          db, &number, error,
          "SELECT coalesce(max(number), 0) + 1 FROM dataset_version WHERE dataset = ?1", "i",
          change->dataset) ||
      !quarry_db_run (
          db, error,
          "INSERT INTO dataset_version (dataset, number, hash, note, who, created_ns) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
          "iisssi", change->dataset, number, hash, change->notes != NULL ? change->notes : "",
          g_get_user_name (), quarry_catalog_now ()))
    return FALSE;
  version = sqlite3_last_insert_rowid (db->handle);
  change->number = number;
  return quarry_db_run (
      db, error,
      "INSERT INTO version_frame (version, frame, split) SELECT ?1, frame, split FROM dataset_frame WHERE dataset = ?2",
      "ii", version, change->dataset);
}

/* Returns: the new version's number, 0 on error. Equal content gives an equal hash. */
int
quarry_catalog_freeze_dataset (QuarryCatalog *self,
                               QuarryId dataset,
                               const char *note,
                               GError **error)
{
  Change change = { .dataset = dataset, .notes = note };
  g_autofree char *name = get_name (self, dataset);
  g_autofree char *what = g_strdup_printf ("Freeze dataset '%s'", name);

  return quarry_catalog_write_edit (self, what, run_freeze, &change, error) ? change.number : 0;
}

/* --- reading --- */

static gpointer
read_dataset (QuarryStmt *stmt)
{
  QuarryDataset *dataset = g_new0 (QuarryDataset, 1);

  dataset->id = quarry_stmt_int (stmt, 0);
  dataset->name = quarry_stmt_dup (stmt, 1);
  dataset->notes = quarry_stmt_dup (stmt, 2);
  dataset->created_ns = quarry_stmt_int (stmt, 3);
  dataset->last_version = quarry_stmt_int (stmt, 4);
  return dataset;
}

static gboolean
read_splits (QuarryDb *db, QuarryDataset *dataset, GError **error)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr(GArray) counts = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (
      db, error,
      "SELECT split, count(*) FROM dataset_frame WHERE dataset = ?1 GROUP BY split ORDER BY split",
      "i", dataset->id);
  int row = 0;

  if (stmt == NULL)
    return FALSE;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    {
      const char *split = quarry_stmt_text (stmt, 0);
      const gint64 n = quarry_stmt_int (stmt, 1);

      dataset->n_frames += n;
      if (split == NULL)
        dataset->n_unsplit = n;
      else
        {
          g_strv_builder_add (names, split);
          g_array_append_val (counts, n);
        }
    }
  dataset->splits = g_strv_builder_end (names);
  dataset->split_counts = (gint64 *) (gpointer) g_array_free (g_steal_pointer (&counts), FALSE);
  return row == 0;
}

#define DATASET_SQL                                                                                           \
  "SELECT id, name, notes, created_ns, (SELECT coalesce(max(number), 0) FROM dataset_version WHERE dataset = d.id)" \
  " FROM dataset d "

static GPtrArray *
add_splits (QuarryDb *db, GPtrArray *take_list, GError **error)
{
  g_autoptr(GPtrArray) list = take_list;

  for (guint i = 0; list != NULL && i < list->len; i++)
    if (!read_splits (db, list->pdata[i], error))
      return NULL;
  return g_steal_pointer (&list);
}

/* Returns: (transfer full): QuarryDataset by name */
GPtrArray *
quarry_catalog_list_datasets (QuarryCatalog *self, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);

  if (db == NULL)
    return NULL;
  return add_splits (db,
                     quarry_db_list (db, read_dataset, (GDestroyNotify) quarry_dataset_free, error,
                                     DATASET_SQL "ORDER BY name", ""),
                     error);
}

/* Returns: (transfer full): the dataset, or NULL with QUARRY_CATALOG_ERROR_NOT_FOUND */
QuarryDataset *
quarry_catalog_find_dataset (QuarryCatalog *self, const char *name, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);
  g_autoptr(GPtrArray) list = NULL;

  if (db == NULL)
    return NULL;
  list = add_splits (db,
                     quarry_db_list (db, read_dataset, (GDestroyNotify) quarry_dataset_free, error,
                                     DATASET_SQL "WHERE name = ?1", "s", name),
                     error);
  if (list == NULL)
    return NULL;
  if (list->len == 1)
    return g_ptr_array_steal_index (list, 0);
  g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no dataset '%s'",
               name);
  return NULL;
}

static gpointer
read_version (QuarryStmt *stmt)
{
  QuarryDatasetVersion *version = g_new0 (QuarryDatasetVersion, 1);

  version->id = quarry_stmt_int (stmt, 0);
  version->number = quarry_stmt_int (stmt, 1);
  version->hash = quarry_stmt_dup (stmt, 2);
  version->note = quarry_stmt_dup (stmt, 3);
  version->who = quarry_stmt_dup (stmt, 4);
  version->created_ns = quarry_stmt_int (stmt, 5);
  version->n_frames = quarry_stmt_int (stmt, 6);
  return version;
}

/* Returns: (transfer full): QuarryDatasetVersion by number */
GPtrArray *
quarry_catalog_list_versions (QuarryCatalog *self, QuarryId dataset, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);

  if (db == NULL)
    return NULL;
  return quarry_db_list (
      db, read_version, (GDestroyNotify) quarry_dataset_version_free, error,
      "SELECT id, number, hash, note, who, created_ns, (SELECT count(*) FROM version_frame WHERE version = v.id)"
      " FROM dataset_version v WHERE dataset = ?1 ORDER BY number",
      "i", dataset);
}

static gpointer
read_dataset_frame (QuarryStmt *stmt)
{
  QuarryDatasetFrame *frame = g_new0 (QuarryDatasetFrame, 1);

  frame->frame = quarry_stmt_int (stmt, 0);
  frame->split = quarry_stmt_dup (stmt, 1);
  return frame;
}

/**
 * quarry_catalog_list_dataset_frames:
 * @version: a number, or 0 for the dataset as it is now
 *
 * Returns: (transfer full): QuarryDatasetFrame by scene, time, key
 */
GPtrArray *
quarry_catalog_list_dataset_frames (QuarryCatalog *self,
                                    QuarryId dataset,
                                    int version,
                                    GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);
  gint64 id = 0;

  if (db == NULL || !check_dataset (db, dataset, error))
    return NULL;
  if (version == 0)
    return quarry_db_list (
        db, read_dataset_frame, (GDestroyNotify) quarry_dataset_frame_free, error,
        "SELECT d.frame, d.split FROM dataset_frame d JOIN frame f ON f.id = d.frame WHERE d.dataset = ?1"
        " ORDER BY f.scene, f.stamp_ns, f.key",
        "i", dataset);
  if (!quarry_db_get_int (db, &id, error,
                          "SELECT id FROM dataset_version WHERE dataset = ?1 AND number = ?2", "in",
                          dataset, version))
    return NULL;
  if (id == 0)
    {
      g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND,
                   "the dataset has no version %d", version);
      return NULL;
    }
  return quarry_db_list (
      db, read_dataset_frame, (GDestroyNotify) quarry_dataset_frame_free, error,
      "SELECT v.frame, v.split FROM version_frame v JOIN frame f ON f.id = v.frame WHERE v.version = ?1"
      " ORDER BY f.scene, f.stamp_ns, f.key",
      "i", id);
}
