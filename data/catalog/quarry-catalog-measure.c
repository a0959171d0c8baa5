/* quarry-catalog-measure.c: what was measured of media, and what is normal for their sensors
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Numbers are facts about files, made again at any time: nothing here is an edit or can be undone.
 */

#include "config.h"
#include "quarry-catalog-private.h"
#include "quarry-measure.h"

#include <math.h>

/* The numbers ?2 of the media of sensor ?1. The order is told by CROSS JOIN: by media, never through all the numbers of a metric. */
#define OF_SENSOR " FROM media m CROSS JOIN measure x WHERE m.sensor = ?1 AND x.media = m.id AND x.metric = ?2"

/* @out_id: 0 where nothing was measured by that name yet */
gboolean
quarry_db_find_metric (QuarryDb *db, QuarryMeasureId measure, gint64 *out_id, GError **error)
{
  return quarry_db_get_int (db, out_id, error, "SELECT id FROM metric WHERE name = ?1", "s", quarry_measure_get (measure)->name);
}

/* In the writer: makes the row where it is missing */
static gboolean
make_metrics (QuarryDb *db, gint64 ids[QUARRY_N_MEASURES], GError **error)
{
  for (guint i = 0; i < QUARRY_N_MEASURES; i++)
    if (!quarry_db_run (db, error, "INSERT INTO metric (name) VALUES (?1) ON CONFLICT (name) DO NOTHING", "s",
                        quarry_measure_get (i)->name) ||
        !quarry_db_find_metric (db, i, &ids[i], error))
      return FALSE;
  return TRUE;
}

/* Before the first number of a medium: those it had go, and what is normal for its sensor must be found again */
static gboolean
forget_measures (QuarryDb *db, QuarryId media, QuarryId *sensor, GError **error)
{
  QuarryId own = 0;

  if (!quarry_db_run (db, error, "DELETE FROM measure WHERE media = ?1", "i", media) ||
      !quarry_db_get_int (db, &own, error, "SELECT sensor FROM media WHERE id = ?1", "i", media))
    return FALSE;
  if (own == *sensor)
    return TRUE;
  *sensor = own;
  return quarry_db_run (db, error, "DELETE FROM normal WHERE sensor = ?1", "i", own);
}

static gboolean
store_measures (QuarryDb *db, gpointer data, GError **error)
{
  const GArray *rows = data;
  gint64 metrics[QUARRY_N_MEASURES];
  g_autoptr(QuarryStmt) insert = NULL;
  QuarryId last = 0, sensor = 0;

  if (!make_metrics (db, metrics, error))
    return FALSE;
  insert = quarry_db_prepare (db, error, "INSERT INTO measure (media, metric, frame, value) VALUES (?1, ?2, ?3, ?4)"
                                         " ON CONFLICT (media, metric) DO UPDATE SET value = excluded.value, odd = 0", "");
  if (insert == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      const QuarryMeasured *row = &g_array_index (rows, QuarryMeasured, i);

      if (row->media != last && !forget_measures (db, row->media, &sensor, error))
        return FALSE;
      last = row->media;
      if (!quarry_db_bind (db, insert, error, "iiid", row->media, metrics[row->measure], row->frame, row->value) ||
          quarry_db_step (db, insert, error) < 0)
        return FALSE;
    }
  return TRUE;
}

/**
 * quarry_catalog_store_measures:
 * @rows: QuarryMeasured, those of one medium in a row; they take the place of what the medium had
 *
 * One commit. What is normal for the sensors is forgotten until quarry_catalog_store_normal.
 */
gboolean
quarry_catalog_store_measures (QuarryCatalog *self, const GArray *rows, GError **error)
{
  g_return_val_if_fail (QUARRY_IS_CATALOG (self) && rows != NULL, FALSE);
  return rows->len == 0 || quarry_catalog_write (self, store_measures, (gpointer) rows, error);
}

/**
 * quarry_catalog_list_timeline:
 *
 * Returns: (transfer full): QuarryTimelineItem of each medium of a sensor, in the order in which its frames were stored:
 *   that of the recording, so that time that goes backwards can be seen
 */
GArray *
quarry_catalog_list_timeline (QuarryCatalog *self, QuarryId sensor, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);
  g_autoptr(GArray) items = g_array_new (FALSE, FALSE, sizeof (QuarryTimelineItem));
  g_autoptr(QuarryStmt) stmt = NULL;
  int row = 0;

  if (db == NULL)
    return NULL;
  stmt = quarry_db_prepare (db, error,
                            "SELECT m.id, m.frame, m.stamp_ns, f.stamp_ns, EXISTS (SELECT 1 FROM measure WHERE media = m.id)"
                            " FROM media m JOIN frame f ON f.id = m.frame WHERE m.sensor = ?1 ORDER BY m.frame",
                            "i", sensor);
  if (stmt == NULL)
    return NULL;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    {
      const QuarryTimelineItem item = { quarry_stmt_int (stmt, 0), quarry_stmt_int (stmt, 1), quarry_stmt_time (stmt, 2),
                                        quarry_stmt_time (stmt, 3), quarry_stmt_int (stmt, 4) != 0 };

      g_array_append_val (items, item);
    }
  return row == 0 ? g_steal_pointer (&items) : NULL;
}

/**
 * quarry_catalog_list_sensor_values:
 *
 * Returns: (transfer full): double of each medium of a sensor for which @measure is there, in no order that matters
 */
GArray *
quarry_catalog_list_sensor_values (QuarryCatalog *self, QuarryId sensor, QuarryMeasureId measure, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);
  g_autoptr(GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr(QuarryStmt) stmt = NULL;
  gint64 metric = 0;
  int row = 0;

  g_return_val_if_fail (measure < QUARRY_N_MEASURES, NULL);
  if (db == NULL || !quarry_db_find_metric (db, measure, &metric, error))
    return NULL;
  stmt = quarry_db_prepare (db, error,
                            "SELECT x.value" OF_SENSOR, "ii", sensor, metric);
  if (stmt == NULL)
    return NULL;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    {
      const double value = quarry_stmt_double (stmt, 0);

      g_array_append_val (values, value);
    }
  return row == 0 ? g_steal_pointer (&values) : NULL;
}

typedef struct
{
  QuarryId      sensor;
  QuarryNormal *normal;
} Judgement;

/* Media whose mark is not what their value says; few, where what is normal has hardly changed. Counts what is odd.
 * Returns: (transfer full): QuarryId */
static GArray *
list_misjudged (QuarryDb *db, const Judgement *judgement, gint64 metric, GError **error)
{
  g_autoptr(GArray) media = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_autoptr(QuarryStmt) stmt =
      quarry_db_prepare (db, error, "SELECT x.media, x.value, x.odd" OF_SENSOR, "ii", judgement->sensor, metric);
  QuarryNormal *normal = judgement->normal;
  int row = 0;

  if (stmt == NULL)
    return NULL;
  normal->n_odd = 0;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    {
      const QuarryId id = quarry_stmt_int (stmt, 0);
      const double value = quarry_stmt_double (stmt, 1);
      const gboolean odd = value < normal->low || value > normal->high;

      normal->n_odd += odd;
      if (odd != (quarry_stmt_int (stmt, 2) != 0))
        g_array_append_val (media, id);
    }
  return row == 0 ? g_steal_pointer (&media) : NULL;
}

static gboolean
store_normal (QuarryDb *db, gpointer data, GError **error)
{
  const Judgement *judgement = data;
  const QuarryNormal *normal = judgement->normal;
  g_autoptr(GArray) media = NULL;
  gint64 metric = 0;

  if (!quarry_db_find_metric (db, normal->measure, &metric, error) ||
      (media = list_misjudged (db, judgement, metric, error)) == NULL)
    return FALSE;
  for (guint i = 0; i < media->len; i++)
    if (!quarry_db_run (db, error, "UPDATE measure SET odd = 1 - odd WHERE media = ?1 AND metric = ?2", "ii",
                        g_array_index (media, QuarryId, i), metric))
      return FALSE;
  return quarry_db_run (db, error,
                        "INSERT INTO normal (sensor, metric, n, n_odd, median, least, most, low, high)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (sensor, metric) DO UPDATE SET"
                        " n = excluded.n, n_odd = excluded.n_odd, median = excluded.median, least = excluded.least,"
                        " most = excluded.most, low = excluded.low, high = excluded.high",
                        "iiiiddddd", judgement->sensor, metric, normal->n, normal->n_odd, normal->median, normal->least,
                        normal->most, normal->low > -G_MAXDOUBLE ? normal->low : (double) NAN,
                        normal->high < G_MAXDOUBLE ? normal->high : (double) NAN);
}

/**
 * quarry_catalog_store_normal:
 * @normal: (inout): n_odd is counted here
 *
 * Keeps what is normal for a sensor and marks the numbers beyond as odd; one commit.
 */
gboolean
quarry_catalog_store_normal (QuarryCatalog *self, QuarryId sensor, QuarryNormal *normal, GError **error)
{
  Judgement judgement = { sensor, normal };

  g_return_val_if_fail (QUARRY_IS_CATALOG (self) && normal != NULL, FALSE);
  return quarry_catalog_write (self, store_normal, &judgement, error);
}

/**
 * quarry_catalog_list_unjudged:
 *
 * Returns: (transfer full): ids of sensors with numbers, of which it is not known what is normal
 */
GArray *
quarry_catalog_list_unjudged (QuarryCatalog *self, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_autoptr(QuarryStmt) stmt = NULL;
  int row = 0;

  if (db == NULL)
    return NULL;
  stmt = quarry_db_prepare (db, error,
                            "SELECT id FROM sensor s WHERE NOT EXISTS (SELECT 1 FROM normal WHERE sensor = s.id)"
                            " AND EXISTS (SELECT 1 FROM media m CROSS JOIN measure x WHERE m.sensor = s.id AND x.media = m.id) ORDER BY id", "");
  if (stmt == NULL)
    return NULL;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    {
      const QuarryId id = quarry_stmt_int (stmt, 0);

      g_array_append_val (ids, id);
    }
  return row == 0 ? g_steal_pointer (&ids) : NULL;
}

/* Columns from @column: n, n_odd, median, least, most, low, high */
static QuarryNormal
read_normal (QuarryStmt *stmt, int column, QuarryMeasureId measure)
{
  const double low = quarry_stmt_double (stmt, column + 5), high = quarry_stmt_double (stmt, column + 6);

  return (QuarryNormal) {
    measure,
    quarry_stmt_int (stmt, column),
    quarry_stmt_int (stmt, column + 1),
    quarry_stmt_double (stmt, column + 2),
    quarry_stmt_double (stmt, column + 3),
    quarry_stmt_double (stmt, column + 4),
    isnan (low) ? -G_MAXDOUBLE : low,
    isnan (high) ? G_MAXDOUBLE : high,
  };
}

static int
compare_frame_measures (gconstpointer a, gconstpointer b)
{
  const QuarryFrameMeasure *x = *(QuarryFrameMeasure * const *) a, *y = *(QuarryFrameMeasure * const *) b;

  if (x->kind != y->kind)
    return x->kind < y->kind ? -1 : 1;
  if (x->sensor != y->sensor)
    return x->sensor < y->sensor ? -1 : 1;
  return (int) x->normal.measure - (int) y->normal.measure;
}

/**
 * quarry_catalog_list_measures:
 *
 * Returns: (transfer full): QuarryFrameMeasure, cameras first, then by sensor, then in the order of QuarryMeasureId; empty
 *   where nothing was measured
 */
GPtrArray *
quarry_catalog_list_measures (QuarryCatalog *self, QuarryId frame, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_frame_measure_free);
  g_autoptr(QuarryStmt) stmt = NULL;
  int row = 0;

  if (db == NULL)
    return NULL;
  stmt = quarry_db_prepare (db, error,
                            "SELECT m.id, s.id, s.name, s.kind, c.name, x.value, x.odd,"
                            " n.n, n.n_odd, n.median, n.least, n.most, n.low, n.high"
                            " FROM media m JOIN sensor s ON s.id = m.sensor JOIN measure x ON x.media = m.id"
                            " JOIN metric c ON c.id = x.metric"
                            " LEFT JOIN normal n ON n.sensor = m.sensor AND n.metric = x.metric WHERE m.frame = ?1",
                            "i", frame);
  if (stmt == NULL)
    return NULL;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    {
      QuarryFrameMeasure *measure = NULL;
      QuarryMeasureId id = 0;

      if (!quarry_measure_find (quarry_stmt_text (stmt, 4), &id))
        continue;              /* of a newer Quarry */
      measure = g_new0 (QuarryFrameMeasure, 1);
      measure->media = quarry_stmt_int (stmt, 0);
      measure->sensor = quarry_stmt_int (stmt, 1);
      measure->sensor_name = quarry_stmt_dup (stmt, 2);
      measure->kind = quarry_catalog_parse_kind (quarry_stmt_text (stmt, 3));
      measure->value = quarry_stmt_double (stmt, 5);
      measure->odd = quarry_stmt_int (stmt, 6) != 0;
      measure->has_normal = quarry_stmt_int (stmt, 7) > 0;
      measure->normal = read_normal (stmt, 7, id);
      g_ptr_array_add (list, measure);
    }
  g_ptr_array_sort (list, compare_frame_measures);
  return row == 0 ? g_steal_pointer (&list) : NULL;
}

static int
compare_health (gconstpointer a, gconstpointer b)
{
  const QuarrySensorHealth *x = *(QuarrySensorHealth * const *) a, *y = *(QuarrySensorHealth * const *) b;

  if (x->scene != y->scene)
    return x->scene < y->scene ? -1 : 1;
  if (x->kind != y->kind)
    return x->kind < y->kind ? -1 : 1;
  if (x->sensor != y->sensor)
    return x->sensor < y->sensor ? -1 : 1;
  return (int) x->normal.measure - (int) y->normal.measure;
}

/* The sensors that a query's frames have; NULL: all */
static gboolean
list_sensors_of (QuarryDb *db, QuarryQuery *query, GHashTable **out_sensors, GError **error)
{
  g_autoptr(GHashTable) sensors = g_hash_table_new (NULL, NULL);
  g_autoptr(QuarryFrameSet) set = NULL;
  g_autoptr(QuarryStmt) stmt = NULL;
  int row = 0;

  *out_sensors = NULL;
  if (quarry_query_is_empty (query))
    return TRUE;
  if ((set = quarry_query_evaluate (db, query, error)) == NULL ||
      (stmt = quarry_db_prepare (db, error, "SELECT sensor, frame FROM media ORDER BY sensor, frame", "")) == NULL)
    return FALSE;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    if (quarry_frame_set_has (set, quarry_stmt_int (stmt, 1)))
      g_hash_table_add (sensors, GSIZE_TO_POINTER (quarry_stmt_int (stmt, 0)));
  *out_sensors = g_steal_pointer (&sensors);
  return row == 0;
}

/**
 * quarry_catalog_list_health:
 * @query: (nullable): only sensors that its frames have; the numbers are those of the sensor's whole scene
 *
 * Returns: (transfer full): QuarrySensorHealth by scene, kind, sensor, measure
 */
GPtrArray *
quarry_catalog_list_health (QuarryCatalog *self, QuarryQuery *query, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_sensor_health_free);
  g_autoptr(GHashTable) sensors = NULL;
  g_autoptr(QuarryStmt) stmt = NULL;
  int row = 0;

  if (db == NULL || !list_sensors_of (db, query, &sensors, error))
    return NULL;
  stmt = quarry_db_prepare (db, error,
                            "SELECT s.id, s.scene, s.name, c.name, s.kind, x.name, n.n, n.n_odd, n.median, n.least, n.most, n.low, n.high"
                            " FROM normal n JOIN sensor s ON s.id = n.sensor JOIN scene c ON c.id = s.scene"
                            " JOIN metric x ON x.id = n.metric", "");
  if (stmt == NULL)
    return NULL;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    {
      QuarrySensorHealth *health = NULL;
      QuarryMeasureId id = 0;

      if (!quarry_measure_find (quarry_stmt_text (stmt, 5), &id) ||
          (sensors != NULL && !g_hash_table_contains (sensors, GSIZE_TO_POINTER (quarry_stmt_int (stmt, 0)))))
        continue;
      health = g_new0 (QuarrySensorHealth, 1);
      health->sensor = quarry_stmt_int (stmt, 0);
      health->scene = quarry_stmt_int (stmt, 1);
      health->sensor_name = quarry_stmt_dup (stmt, 2);
      health->scene_name = quarry_stmt_dup (stmt, 3);
      health->kind = quarry_catalog_parse_kind (quarry_stmt_text (stmt, 4));
      health->normal = read_normal (stmt, 6, id);
      g_ptr_array_add (list, health);
    }
  g_ptr_array_sort (list, compare_health);
  return row == 0 ? g_steal_pointer (&list) : NULL;
}

/**
 * quarry_catalog_list_values:
 * @query: (nullable): only its frames
 *
 * Returns: (transfer full): double of every medium for which @measure is there, sorted
 */
GArray *
quarry_catalog_list_values (QuarryCatalog *self, QuarryMeasureId measure, QuarryQuery *query, GCancellable *cancellable, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);
  g_autoptr(GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr(QuarryFrameSet) set = NULL;
  g_autoptr(QuarryStmt) stmt = NULL;
  gint64 metric = 0;
  int row = 0;

  g_return_val_if_fail (measure < QUARRY_N_MEASURES, NULL);
  if (db == NULL)
    return NULL;
  db->cancellable = cancellable;
  if (!quarry_db_find_metric (db, measure, &metric, error) ||
      (!quarry_query_is_empty (query) && (set = quarry_query_evaluate (db, query, error)) == NULL) ||
      (stmt = quarry_db_prepare (db, error, "SELECT value, frame FROM measure WHERE metric = ?1 ORDER BY value", "i", metric)) == NULL)
    return NULL;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    if (set == NULL || quarry_frame_set_has (set, quarry_stmt_int (stmt, 1)))
      {
        const double value = quarry_stmt_double (stmt, 0);

        g_array_append_val (values, value);
      }
  return row == 0 ? g_steal_pointer (&values) : NULL;
}
