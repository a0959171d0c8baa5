/* quarry-query-eval.c: a query to the set of its frames
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each term becomes a set of bits, then sets are cut: SQL only reads (name → ids of a small table, id → frames along an
 * index), which keeps it portable and quick at a million frames. Values are bound, never glued into SQL.
 */

#include "config.h"
#include "quarry-catalog-private.h"
#include "quarry-measure.h"

#include <string.h>

typedef struct
{
  QuarryDb        *db;
  QuarryQuery     *query;
  gint64           size;       /* one more than the largest frame id */
  QuarryFrameSet  *set;        /* of the term at work */
} Eval;

/* Each field: where its names are and the frames of one of them */
static const struct { const char *names; const char *frames; } sources[QUARRY_N_FIELDS] = {
  [QUARRY_FIELD_SCENE] = { "SELECT id, name FROM scene", "SELECT id FROM frame WHERE scene = ?1" },
  [QUARRY_FIELD_TAG] = { "SELECT id, name FROM tag", "SELECT frame FROM frame_tag WHERE tag = ?1" },
  [QUARRY_FIELD_CLASS] = { "SELECT id, name FROM label_class",
                           "SELECT frame FROM annotation WHERE class = ?1" },
  [QUARRY_FIELD_SENSOR] = { "SELECT id, name FROM sensor",
                            "SELECT frame FROM media WHERE sensor = ?1" },
  [QUARRY_FIELD_DATASET] = { "SELECT id, name FROM dataset",
                             "SELECT frame FROM dataset_frame WHERE dataset = ?1" },
  [QUARRY_FIELD_SOURCE] = { "SELECT id, name FROM source",
                            "SELECT f.id FROM frame f JOIN scene s ON s.id = f.scene WHERE s.source = ?1" },
  [QUARRY_FIELD_SET] = { "SELECT id, name FROM annotation_set",
                         "SELECT frame FROM annotation WHERE +annotation_set = ?1" }, /* +: walks the covering index */
};

static gboolean
add_rows (Eval *eval, QuarryStmt *stmt, GError **error)
{
  int row = 0;

  while ((row = quarry_db_step (eval->db, stmt, error)) == 1)
    quarry_frame_set_add (eval->set, quarry_stmt_int (stmt, 0));
  return row == 0;
}

static gboolean
add_frames (Eval *eval, GError **error, const char *sql, QuarryId id)
{
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (eval->db, error, sql, "i", id);

  return stmt != NULL && add_rows (eval, stmt, error);
}

static GArray *
find_ids (QuarryDb *db, const char *sql, const char *folded, gboolean contains, GError **error)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (db, error, sql, "");
  int row = 0;

  if (stmt == NULL)
    return NULL;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    {
      const char *name = quarry_stmt_text (stmt, 1);
      const QuarryId id = quarry_stmt_int (stmt, 0);

      if (contains ? quarry_query_contains (folded, name) : quarry_query_matches (folded, name))
        g_array_append_val (ids, id);
    }
  return row == 0 ? g_steal_pointer (&ids) : NULL;
}

static gboolean
add_named (Eval *eval,
           QuarryQueryField field,
           const char *folded,
           gboolean contains,
           GError **error)
{
  g_autoptr(GArray) ids = find_ids (eval->db, sources[field].names, folded, contains, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (!add_frames (eval, error, sources[field].frames, g_array_index (ids, QuarryId, i)))
      return FALSE;
  return ids != NULL;
}

/* Adds frames of rows (frame, text) whose text holds or matches the value: a scan */
static gboolean
add_scanned (Eval *eval, const char *sql, const char *folded, gboolean contains, GError **error)
{
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (eval->db, error, sql, "");
  int row = 0;

  if (stmt == NULL)
    return FALSE;
  while ((row = quarry_db_step (eval->db, stmt, error)) == 1)
    {
      const char *text = quarry_stmt_text (stmt, 1);

      if (contains ? quarry_query_contains (folded, text) : quarry_query_matches (folded, text))
        quarry_frame_set_add (eval->set, quarry_stmt_int (stmt, 0));
    }
  return row == 0;
}

/* Is this dataset meant by every dataset:… of the query? Then split:… counts in it. */
static gboolean
is_meant_dataset (QuarryQuery *query, const char *name)
{
  guint n = 0;
  const QuarryQueryTerm *terms = quarry_query_get_terms (query, &n);

  for (guint i = 0; i < n; i++)
    if (terms[i].field == QUARRY_FIELD_DATASET && !terms[i].negated)
      {
        g_autofree char *folded = quarry_query_fold (terms[i].value);

        if (!quarry_query_matches (folded, name))
          return FALSE;
      }
  return TRUE;
}

static gboolean
add_split (Eval *eval, const char *folded, GError **error)
{
  g_autoptr(QuarryStmt) datasets =
      quarry_db_prepare (eval->db, error, "SELECT id, name FROM dataset", "");
  int row = 0;

  if (datasets == NULL)
    return FALSE;
  while ((row = quarry_db_step (eval->db, datasets, error)) == 1)
    {
      g_autoptr(QuarryStmt) stmt = NULL;
      int inner = 0;

      if (!is_meant_dataset (eval->query, quarry_stmt_text (datasets, 1)))
        continue;
      stmt = quarry_db_prepare (
          eval->db, error,
          "SELECT frame, split FROM dataset_frame WHERE dataset = ?1 AND split IS NOT NULL", "i",
          quarry_stmt_int (datasets, 0));
      if (stmt == NULL)
        return FALSE;
      while ((inner = quarry_db_step (eval->db, stmt, error)) == 1)
        if (quarry_query_matches (folded, quarry_stmt_text (stmt, 1)))
          quarry_frame_set_add (eval->set, quarry_stmt_int (stmt, 0));
      if (inner < 0)
        return FALSE;
    }
  return row == 0;
}

static gboolean
add_flag (Eval *eval, const char *value, GError **error)
{
  if (strcmp (value, "*") == 0)
    return add_frames (eval, error, "SELECT id FROM frame WHERE flag <> ?1", 0);
  return add_frames (eval, error, "SELECT id FROM frame WHERE flag = ?1",
                     strcmp (value, "pick") == 0     ? 1
                     : strcmp (value, "reject") == 0 ? -1
                                                     : 0);
}

static gboolean
add_rating (Eval *eval, const char *value, GError **error)
{
  static const struct { const char *prefix; const char *sql; } comparisons[] = {
    { ">=", "SELECT id FROM frame WHERE rating >= ?1" },
    { "<=", "SELECT id FROM frame WHERE rating <= ?1" },
    { ">", "SELECT id FROM frame WHERE rating > ?1" },
    { "<", "SELECT id FROM frame WHERE rating < ?1" },
    { "=", "SELECT id FROM frame WHERE rating = ?1" },
    { "", "SELECT id FROM frame WHERE rating = ?1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (comparisons); i++)
    if (g_str_has_prefix (value, comparisons[i].prefix))
      return add_frames (eval, error, comparisons[i].sql, value[strlen (value) - 1] - '0');
  g_assert_not_reached ();
}

static gboolean
add_frame (Eval *eval, const char *value, const char *folded, GError **error)
{
  if (value[0] == '#')
    return add_frames (eval, error, "SELECT id FROM frame WHERE id = ?1",
                       g_ascii_strtoll (value + 1, NULL, 10));
  return add_scanned (eval, "SELECT id, key FROM frame", folded, FALSE, error);
}

static gboolean
add_text (Eval *eval, const char *folded, GError **error)
{
  return add_named (eval, QUARRY_FIELD_SCENE, folded, TRUE, error) &&
         add_named (eval, QUARRY_FIELD_TAG, folded, TRUE, error) &&
         add_scanned (eval, "SELECT id, key FROM frame", folded, TRUE, error) &&
         add_scanned (eval, "SELECT frame, uri FROM media", folded, TRUE, error);
}

static gboolean
add_bound (Eval *eval, const char *value, GError **error)
{
  QuarryMeasureBound bound;
  g_autofree char *message = NULL;
  gint64 metric = 0;

  if (!quarry_measure_parse (value, &bound, &message))      /* the parser has let it through */
    g_return_val_if_reached (FALSE);
  if (!quarry_db_find_metric (eval->db, bound.measure, &metric, error))
    return FALSE;
  for (guint i = 0; i < bound.n; i++)
    {
      g_autoptr(QuarryStmt) stmt = quarry_db_prepare (
          eval->db, error,
          "SELECT frame FROM measure WHERE metric = ?1 AND value BETWEEN ?2 AND ?3", "idd", metric,
          bound.from[i], bound.to[i]);

      if (stmt == NULL || !add_rows (eval, stmt, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_odd (Eval *eval, const char *folded, GError **error)
{
  for (guint i = 0; i < QUARRY_N_MEASURES; i++)
    {
      gint64 metric = 0;

      if (!quarry_query_matches (folded, quarry_measure_get (i)->name))
        continue;
      if (!quarry_db_find_metric (eval->db, i, &metric, error) ||
          !add_frames (eval, error, "SELECT frame FROM measure WHERE metric = ?1 AND odd = 1",
                       metric))
        return FALSE;
    }
  return TRUE;
}

/* Returns: (transfer full): the frames of one term, whether negated or not */
static QuarryFrameSet *
evaluate_term (Eval *eval, const QuarryQueryTerm *term, GError **error)
{
  g_autoptr(QuarryFrameSet) set = quarry_frame_set_new (eval->size);
  g_autofree char *folded = quarry_query_fold (term->value);
  gboolean ok = FALSE;

  eval->set = set;
  switch (term->field)
    {
    case QUARRY_FIELD_TEXT:
      ok = add_text (eval, folded, error);
      break;
    case QUARRY_FIELD_SPLIT:
      ok = add_split (eval, folded, error);
      break;
    case QUARRY_FIELD_FLAG:
      ok = add_flag (eval, term->value, error);
      break;
    case QUARRY_FIELD_RATING:
      ok = add_rating (eval, term->value, error);
      break;
    case QUARRY_FIELD_FRAME:
      ok = add_frame (eval, term->value, folded, error);
      break;
    case QUARRY_FIELD_ODD:
      ok = add_odd (eval, folded, error);
      break;
    case QUARRY_FIELD_MEASURE:
      ok = add_bound (eval, term->value, error);
      break;
    default:
      ok = add_named (eval, term->field, folded, FALSE, error);
    }
  return ok ? g_steal_pointer (&set) : NULL;
}

/* Ids without gaps need no scan */
static QuarryFrameSet *
every_frame (Eval *eval, GError **error)
{
  g_autoptr(QuarryFrameSet) set = quarry_frame_set_new (eval->size);
  gint64 n = 0;

  if (!quarry_db_get_int (eval->db, &n, error, "SELECT count(*) FROM frame", ""))
    return NULL;
  eval->set = set;
  if (n == eval->size - 1)
    quarry_frame_set_fill (set, 1, n);
  else
    {
      g_autoptr(QuarryStmt) stmt = quarry_db_prepare (eval->db, error, "SELECT id FROM frame", "");

      if (stmt == NULL || !add_rows (eval, stmt, error))
        return NULL;
    }
  return g_steal_pointer (&set);
}

QuarryFrameSet *
quarry_query_evaluate (QuarryDb *db, QuarryQuery *query, GError **error)
{
  Eval eval = { db, query, 0, NULL };
  g_autoptr(QuarryFrameSet) result = NULL;
  const QuarryQueryTerm *terms = NULL;
  gint64 last = 0;
  guint n = 0;

  if (!quarry_db_get_int (db, &last, error, "SELECT coalesce(max(id), 0) FROM frame", ""))
    return NULL;
  eval.size = last + 1;
  if (query != NULL)
    terms = quarry_query_get_terms (query, &n);
  for (guint pass = 0; pass < 2; pass++)      /* what must hold first, then what must not */
    {
      if (pass == 1 && result == NULL && (result = every_frame (&eval, error)) == NULL)
        return NULL;
      for (guint i = 0; i < n; i++)
        {
          g_autoptr(QuarryFrameSet) set = NULL;

          if (terms[i].negated != (pass == 1))
            continue;
          set = evaluate_term (&eval, &terms[i], error);
          if (set == NULL)
            return NULL;
          if (terms[i].negated)
            quarry_frame_set_and_not (result, set);
          else if (result == NULL)
            result = g_steal_pointer (&set);
          else
            quarry_frame_set_and (result, set);
        }
    }
  return g_steal_pointer (&result);
}
