/* quarry-catalog-count.c: how many: facets and totals
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A facet is a table of names and pairs (row of that table, frame) along an index that covers them. Under a query few
 * frames are looked up one by one; many are counted in one walk over the index with the set at hand.
 */

#include "config.h"
#include "quarry-catalog-private.h"

#include <string.h>

typedef struct
{
  gint64    n_frames;
  gint64    n_rows;
  QuarryId  last;          /* frame counted last: rows of one frame and one facet row are neighbours */
} Count;

typedef struct
{
  const char *rows;        /* id, name, color */
  const char *pairs;       /* facet row, frame; those of one frame together, or by facet row and frame */
  const char *one;         /* facet rows of frame ?1 */
  gboolean    annotations; /* also count rows */
} Facet;

/* splits have no table of their own and are counted apart */
static const Facet facets[QUARRY_N_FACETS] = {
  [QUARRY_FACET_SCENE] = { "SELECT id, name, NULL FROM scene ORDER BY name, id",
                           "SELECT scene, id FROM frame ORDER BY scene, stamp_ns, key",
                           "SELECT scene FROM frame WHERE id = ?1", FALSE },
  [QUARRY_FACET_TAG] = { "SELECT id, name, color FROM tag ORDER BY name",
                         "SELECT tag, frame FROM frame_tag ORDER BY tag, frame",
                         "SELECT tag FROM frame_tag WHERE frame = ?1", FALSE },
  [QUARRY_FACET_CLASS] = { "SELECT id, name, color FROM label_class ORDER BY name",
                           "SELECT class, frame FROM annotation ORDER BY frame, class, annotation_set",
                           "SELECT class FROM annotation WHERE frame = ?1 ORDER BY class", TRUE },
  [QUARRY_FACET_SENSOR] = { "SELECT id, name, NULL FROM sensor ORDER BY name, id",
                            "SELECT sensor, frame FROM media ORDER BY sensor, frame",
                            "SELECT sensor FROM media WHERE frame = ?1", FALSE },
  [QUARRY_FACET_DATASET] = { "SELECT id, name, NULL FROM dataset ORDER BY name",
                             "SELECT dataset, frame FROM dataset_frame ORDER BY dataset, frame",
                             "SELECT dataset FROM dataset_frame WHERE frame = ?1", FALSE },
  [QUARRY_FACET_SOURCE] = { "SELECT id, name, NULL FROM source ORDER BY name, id",
                            "SELECT s.source, f.id FROM scene s JOIN frame f ON f.scene = s.id",
                            "SELECT s.source FROM frame f JOIN scene s ON s.id = f.scene WHERE f.id = ?1",
                            FALSE },
  [QUARRY_FACET_SET] = { "SELECT id, name, NULL FROM annotation_set ORDER BY name",
                         "SELECT annotation_set, frame FROM annotation ORDER BY frame, class, annotation_set",
                         "SELECT annotation_set FROM annotation WHERE frame = ?1 ORDER BY class, annotation_set",
                         TRUE },
};

static void
count_pair (GArray *counts, QuarryId row, QuarryId frame)
{
  Count *count = NULL;

  if (row >= counts->len)
    g_array_set_size (counts, row + 1);
  count = &g_array_index (counts, Count, row);
  count->n_rows++;
  if (count->last != frame)
    count->n_frames++;
  count->last = frame;
}

static gboolean
count_all_pairs (QuarryDb *db,
                 const Facet *facet,
                 const QuarryFrameSet *set,
                 GArray *counts,
                 GError **error)
{
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (db, error, facet->pairs, "");
  int row = 0;

  if (stmt == NULL)
    return FALSE;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    {
      const QuarryId frame = quarry_stmt_int (stmt, 1);

      if (set == NULL || quarry_frame_set_has (set, frame))
        count_pair (counts, quarry_stmt_int (stmt, 0), frame);
    }
  return row == 0;
}

static gboolean
count_few_pairs (QuarryDb *db,
                 const Facet *facet,
                 const QuarryFrameSet *set,
                 GArray *counts,
                 GError **error)
{
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (db, error, facet->one, "");

  if (stmt == NULL)
    return FALSE;
  for (QuarryId frame = 0; (frame = quarry_frame_set_next (set, frame)) != 0;)
    {
      int row = 0;

      if (!quarry_db_bind (db, stmt, error, "i", frame))
        return FALSE;
      while ((row = quarry_db_step (db, stmt, error)) == 1)
        count_pair (counts, quarry_stmt_int (stmt, 0), frame);
      if (row < 0)
        return FALSE;
    }
  return TRUE;
}

/* Returns: (transfer full): Count by id of the facet's table */
static GArray *
count_pairs (QuarryDb *db, const Facet *facet, const QuarryFrameSet *set, GError **error)
{
  g_autoptr(GArray) counts = g_array_new (FALSE, TRUE, sizeof (Count));
  const gboolean few = set != NULL && quarry_frame_set_count (set) < set->size / 16;

  if (few ? count_few_pairs (db, facet, set, counts, error)
          : count_all_pairs (db, facet, set, counts, error))
    return g_steal_pointer (&counts);
  return NULL;
}

static QuarryFacetRow *
facet_row_new (QuarryId id, const char *name, const char *color)
{
  QuarryFacetRow *row = g_new0 (QuarryFacetRow, 1);

  row->id = id;
  row->name = g_strdup (name);
  row->color = g_strdup (color);
  return row;
}

/* Sensors of one name in several scenes are one row; a frame lies in one scene, so sums are exact */
static GPtrArray *
list_rows (QuarryDb *db, const Facet *facet, const GArray *counts, gboolean merge, GError **error)
{
  g_autoptr(GPtrArray) rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_facet_row_free);
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (db, error, facet->rows, "");
  QuarryFacetRow *row = NULL;
  int more = 0;

  if (stmt == NULL)
    return NULL;
  while ((more = quarry_db_step (db, stmt, error)) == 1)
    {
      const QuarryId id = quarry_stmt_int (stmt, 0);
      const char *name = quarry_stmt_text (stmt, 1);
      const Count *count = id < counts->len ? &g_array_index (counts, Count, id) : NULL;

      if (!merge || row == NULL || strcmp (row->name, name) != 0)
        {
          row = facet_row_new (id, name, quarry_stmt_text (stmt, 2));
          g_ptr_array_add (rows, row);
        }
      row->n_frames += count != NULL ? count->n_frames : 0;
      row->n_annotations += count != NULL && facet->annotations ? count->n_rows : 0;
    }
  return more == 0 ? g_steal_pointer (&rows) : NULL;
}

/* A frame may lie in one split of several datasets: each name has a set of its own */
static GPtrArray *
count_splits (QuarryDb *db, const QuarryFrameSet *set, GError **error)
{
  g_autoptr(GPtrArray) rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_facet_row_free);
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (
      db, error,
      "SELECT DISTINCT split, frame FROM dataset_frame WHERE split IS NOT NULL ORDER BY split, frame",
      "");
  QuarryFacetRow *row = NULL;
  int more = 0;

  if (stmt == NULL)
    return NULL;
  while ((more = quarry_db_step (db, stmt, error)) == 1)
    {
      const char *name = quarry_stmt_text (stmt, 0);

      if (row == NULL || strcmp (row->name, name) != 0)
        {
          row = facet_row_new (rows->len + 1, name, NULL);
          g_ptr_array_add (rows, row);
        }
      if (set == NULL || quarry_frame_set_has (set, quarry_stmt_int (stmt, 1)))
        row->n_frames++;
    }
  return more == 0 ? g_steal_pointer (&rows) : NULL;
}

static GPtrArray *
count_facet (QuarryDb *db, QuarryFacet facet, const QuarryFrameSet *set, GError **error)
{
  g_autoptr(GArray) counts = NULL;

  if (facet == QUARRY_FACET_SPLIT)
    return count_splits (db, set, error);
  counts = count_pairs (db, &facets[facet], set, error);
  return counts != NULL
             ? list_rows (db, &facets[facet], counts, facet == QUARRY_FACET_SENSOR, error)
             : NULL;
}

/* --- answers for the empty query are kept until the catalog changes --- */

typedef struct
{
  gint64        version;
  GPtrArray    *facets[QUARRY_N_FACETS];
  QuarryTotals  totals;
  gboolean      has_totals;
  char         *text;          /* of the last query, whose frames are @set: a window asks for all facets of one query */
  QuarryFrameSet *set;
} Cache;

static void
clear_cache (Cache *cache)
{
  for (guint i = 0; i < QUARRY_N_FACETS; i++)
    g_clear_pointer (&cache->facets[i], g_ptr_array_unref);
  cache->has_totals = FALSE;
  g_clear_pointer (&cache->text, g_free);
  g_clear_pointer (&cache->set, quarry_frame_set_free);
}

static void
free_cache (gpointer data)
{
  clear_cache (data);
  g_free (data);
}

static Cache *
get_cache (QuarryDb *db)
{
  const gint64 version = quarry_db_get_data_version (db);
  Cache *cache = db->cache;

  if (cache == NULL)
    {
      db->cache = cache = g_new0 (Cache, 1);
      db->cache_free = free_cache;
    }
  if (cache->version != version)
    clear_cache (cache);
  cache->version = version;
  return cache;
}

static gpointer
copy_row (gconstpointer data, gpointer unused)
{
  const QuarryFacetRow *row = data;
  QuarryFacetRow *copy = facet_row_new (row->id, row->name, row->color);

  copy->n_frames = row->n_frames;
  copy->n_annotations = row->n_annotations;
  return copy;
}

static GPtrArray *
count_facet_of_all (QuarryDb *db, QuarryFacet facet, GError **error)
{
  Cache *cache = get_cache (db);

  if (cache->facets[facet] == NULL)
    cache->facets[facet] = count_facet (db, facet, NULL, error);
  if (cache->facets[facet] == NULL)
    return NULL;
  return g_ptr_array_copy (cache->facets[facet], (GCopyFunc) (gpointer) copy_row, NULL);
}

/* Returns: (transfer none): the frames of a query, until the next call */
static const QuarryFrameSet *
get_frames (QuarryDb *db, QuarryQuery *query, GError **error)
{
  Cache *cache = get_cache (db);
  const char *text = quarry_query_get_text (query);

  if (cache->set == NULL || strcmp (cache->text, text) != 0)
    {
      g_clear_pointer (&cache->set, quarry_frame_set_free);
      g_free (cache->text);
      cache->text = g_strdup (text);
      cache->set = quarry_query_evaluate (db, query, error);
    }
  return cache->set;
}

/**
 * quarry_catalog_count_facet:
 * @query: (nullable): only its frames count
 *
 * Returns: (transfer full): QuarryFacetRow by name, also those with no frames; sensors by name over all scenes
 */
GPtrArray *
quarry_catalog_count_facet (QuarryCatalog *self,
                            QuarryFacet facet,
                            QuarryQuery *query,
                            GCancellable *cancellable,
                            GError **error)
{
  g_autoptr(QuarryReadDb) db = NULL;
  const QuarryFrameSet *set = NULL;

  g_return_val_if_fail (QUARRY_IS_CATALOG (self) && facet < QUARRY_N_FACETS, NULL);
  db = quarry_catalog_borrow (self, error);
  if (db == NULL)
    return NULL;
  db->cancellable = cancellable;
  if (quarry_query_is_empty (query))
    return count_facet_of_all (db, facet, error);
  set = get_frames (db, query, error);
  return set != NULL ? count_facet (db, facet, set, error) : NULL;
}

/* Frames of a query; what counts facets keeps its own query */
gboolean
quarry_catalog_count_frames (QuarryCatalog *self, QuarryQuery *query, gint64 *out_n, GCancellable *cancellable, GError **error)
{
  g_autoptr(QuarryReadDb) db = NULL;
  g_autoptr(QuarryFrameSet) set = NULL;

  g_return_val_if_fail (QUARRY_IS_CATALOG (self) && query != NULL, FALSE);
  db = quarry_catalog_borrow (self, error);
  if (db == NULL)
    return FALSE;
  db->cancellable = cancellable;
  set = quarry_query_evaluate (db, query, error);
  if (set == NULL)
    return FALSE;
  *out_n = quarry_frame_set_count (set);
  return TRUE;
}

/* --- totals --- */

static gboolean
count_media (QuarryDb *db, const QuarryFrameSet *set, QuarryTotals *totals, GError **error)
{
  g_autoptr(GArray) counts = count_pairs (db, &facets[QUARRY_FACET_SENSOR], set, error);
  g_autoptr(QuarryStmt) stmt =
      counts != NULL ? quarry_db_prepare (db, error, "SELECT id, kind FROM sensor", "") : NULL;
  int row = 0;

  if (stmt == NULL)
    return FALSE;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    {
      const QuarryId id = quarry_stmt_int (stmt, 0);
      const gint64 n = id < counts->len ? g_array_index (counts, Count, id).n_rows : 0;
      const char *kind = quarry_stmt_text (stmt, 1);

      totals->media += n;
      totals->images += strcmp (kind, "camera") == 0 ? n : 0;
      totals->clouds += strcmp (kind, "lidar") == 0 ? n : 0;
      totals->sensors += set == NULL || n > 0;
    }
  return row == 0;
}

static gboolean
count_present (QuarryDb *db,
               QuarryFacet facet,
               const QuarryFrameSet *set,
               gint64 *out_n,
               gint64 *out_annotations,
               GError **error)
{
  g_autoptr(GPtrArray) rows = count_facet (db, facet, set, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const QuarryFacetRow *row = rows->pdata[i];

      *out_n += row->n_frames > 0;
      if (out_annotations != NULL)
        *out_annotations += row->n_annotations;
    }
  return rows != NULL;
}

static gboolean
count_jobs (QuarryDb *db, const QuarryFrameSet *set, gint64 *out_n, GError **error)
{
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (
      db, error, "SELECT t.job, m.frame FROM task t JOIN media m ON m.id = t.media ORDER BY t.job",
      "");
  QuarryId last = 0;
  int row = 0;

  if (stmt == NULL)
    return FALSE;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    if (quarry_stmt_int (stmt, 0) != last && quarry_frame_set_has (set, quarry_stmt_int (stmt, 1)))
      {
        last = quarry_stmt_int (stmt, 0);
        (*out_n)++;
      }
  return row == 0;
}

/* What the frames of a result have to do with */
static gboolean
count_totals_of (QuarryDb *db, const QuarryFrameSet *set, QuarryTotals *totals, GError **error)
{
  totals->frames = quarry_frame_set_count (set);
  return count_present (db, QUARRY_FACET_SOURCE, set, &totals->sources, NULL, error) &&
         count_present (db, QUARRY_FACET_SCENE, set, &totals->scenes, NULL, error) &&
         count_present (db, QUARRY_FACET_CLASS, set, &totals->classes, &totals->annotations,
                        error) &&
         count_present (db, QUARRY_FACET_TAG, set, &totals->tags, NULL, error) &&
         count_present (db, QUARRY_FACET_DATASET, set, &totals->datasets, NULL, error) &&
         count_jobs (db, set, &totals->jobs, error) && count_media (db, set, totals, error);
}

/* Every row there is */
static gboolean
count_totals_of_all (QuarryDb *db, QuarryTotals *totals, GError **error)
{
  Cache *cache = get_cache (db);
  QuarryTotals *kept = &cache->totals;

  if (!cache->has_totals)
    {
      *kept = (QuarryTotals) { 0 };
      if (!quarry_db_get_int (db, &kept->sources, error, "SELECT count(*) FROM source", "") ||
          !quarry_db_get_int (db, &kept->scenes, error, "SELECT count(*) FROM scene", "") ||
          !quarry_db_get_int (db, &kept->frames, error, "SELECT count(*) FROM frame", "") ||
          !quarry_db_get_int (db, &kept->annotations, error, "SELECT count(*) FROM annotation",
                              "") ||
          !quarry_db_get_int (db, &kept->classes, error, "SELECT count(*) FROM label_class", "") ||
          !quarry_db_get_int (db, &kept->tags, error, "SELECT count(*) FROM tag", "") ||
          !quarry_db_get_int (db, &kept->datasets, error, "SELECT count(*) FROM dataset", "") ||
          !quarry_db_get_int (db, &kept->jobs, error, "SELECT count(*) FROM job", "") ||
          !count_media (db, NULL, kept, error))
        return FALSE;
      cache->has_totals = TRUE;
    }
  *totals = *kept;
  return TRUE;
}

/**
 * quarry_catalog_count_totals:
 * @query: (nullable): NULL or empty counts every row there is; else what the frames of the result have to do with
 */
gboolean
quarry_catalog_count_totals (QuarryCatalog *self,
                             QuarryQuery *query,
                             QuarryTotals *out_totals,
                             GError **error)
{
  g_autoptr(QuarryReadDb) db = NULL;
  const QuarryFrameSet *set = NULL;
  QuarryTotals totals = { 0 };

  g_return_val_if_fail (QUARRY_IS_CATALOG (self), FALSE);
  db = quarry_catalog_borrow (self, error);
  if (db == NULL)
    return FALSE;
  if (!quarry_query_is_empty (query) && (set = get_frames (db, query, error)) == NULL)
    return FALSE;
  if (set != NULL ? !count_totals_of (db, set, &totals, error)
                  : !count_totals_of_all (db, &totals, error))
    return FALSE;
  *out_totals = totals;
  return TRUE;
}
