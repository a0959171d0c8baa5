/* quarry-catalog-hash.c: the fingerprint of a dataset's content
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * XXH3-128 over frames, splits and annotations in the order of the sources' own names, so that ids and the order of
 * imports do not matter. A field is its length and its bytes; a missing one a single byte.
 */

#include "config.h"
#include "quarry-catalog-private.h"

#include <xxhash.h>

static void
add_column (XXH3_state_t *state, QuarryStmt *stmt, int column)
{
  if (sqlite3_column_type (stmt, column) == SQLITE_NULL)
    XXH3_128bits_update (state, "\1", 1);
  else
    {
      gconstpointer bytes = sqlite3_column_blob (stmt, column);      /* first: it may convert a number to text */
      const int size = sqlite3_column_bytes (stmt, column);
      const gint64 length = GINT64_TO_LE ((gint64) size);

      XXH3_128bits_update (state, &length, sizeof length);
      if (size > 0)
        XXH3_128bits_update (state, bytes, size);
    }
}

static gboolean
add_annotations (QuarryDb *db, XXH3_state_t *state, QuarryId frame, GError **error)
{
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (
      db, error,
      "SELECT t.name, a.external_id, a.kind, c.name, s.name, a.track, a.geometry, a.attributes, a.score"
      " FROM annotation a JOIN annotation_set t ON t.id = a.annotation_set"
      " JOIN label_class c ON c.id = a.class LEFT JOIN media m ON m.id = a.media"
      " LEFT JOIN sensor s ON s.id = m.sensor WHERE a.frame = ?1 ORDER BY t.name, a.external_id",
      "i", frame);
  int row = 0;

  if (stmt == NULL)
    return FALSE;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    for (int column = 0; column < 9; column++)
      add_column (state, stmt, column);
  return row == 0;
}

static gboolean
add_frames (QuarryDb *db, XXH3_state_t *state, QuarryId dataset, GError **error)
{
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (
      db, error,
      "SELECT f.id, o.uri, s.key, f.key, d.split FROM dataset_frame d JOIN frame f ON f.id = d.frame"
      " JOIN scene s ON s.id = f.scene JOIN source o ON o.id = s.source WHERE d.dataset = ?1"
      " ORDER BY o.uri, s.key, f.key",
      "i", dataset);
  int row = 0;

  if (stmt == NULL)
    return FALSE;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    {
      for (int column = 1; column < 5; column++)
        add_column (state, stmt, column);
      if (!add_annotations (db, state, quarry_stmt_int (stmt, 0), error))
        return FALSE;
    }
  return row == 0;
}

/* Returns: (transfer full): 32 hexadecimal digits */
char *
quarry_dataset_hash (QuarryDb *db, QuarryId dataset, GError **error)
{
  XXH3_state_t *state = XXH3_createState ();
  XXH128_hash_t hash;
  gboolean ok = FALSE;

  XXH3_128bits_reset (state);
  ok = add_frames (db, state, dataset, error);
  hash = XXH3_128bits_digest (state);
  XXH3_freeState (state);
  if (!ok)
    return NULL;
  return g_strdup_printf ("%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x",
                          (guint64) hash.high64, (guint64) hash.low64);
}
