/* quarry-catalog-dump.c: the logical content as text, for tests
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * One line a row, sorted, with names in place of ids and without times of import: two imports of the same thing give equal
 * dumps, wherever it lies and in whatever order it came (so colours of classes, which follow that order, are left out).
 */

#include "config.h"
#include "quarry-catalog-private.h"

#include <string.h>

#define OF_SCENE " JOIN scene s ON s.id = "
#define OF_SOURCE " JOIN source o ON o.id = s.source"
#define OF_FRAME " JOIN frame f ON f.id = "

/* Column 0 is the uri that paths in the row are shortened by (NULL: none). Blobs are geometries. */
static const struct { const char *word; const char *sql; } sections[] = {
  { "source", "SELECT NULL, name, format, state FROM source" },
  { "issue", "SELECT o.uri, o.name, i.level, i.path, i.place, i.message FROM source_issue i JOIN source o ON o.id = i.source" },
  { "scene", "SELECT NULL, o.name, s.key, s.name, s.site, s.machine FROM scene s" OF_SOURCE },
  { "sensor", "SELECT NULL, o.name, s.key, n.name, n.kind FROM sensor n" OF_SCENE "n.scene" OF_SOURCE },
  { "pose", "SELECT NULL, o.name, s.key, p.stamp_ns, p.tx, p.ty, p.tz, p.qw, p.qx, p.qy, p.qz FROM ego_pose p" OF_SCENE "p.scene" OF_SOURCE },
  { "frame", "SELECT NULL, o.name, s.key, f.key, f.stamp_ns, f.rating, f.flag FROM frame f" OF_SCENE "f.scene" OF_SOURCE },
  { "media", "SELECT o.uri, o.name, s.key, f.key, n.name, m.uri, m.byte_offset, m.byte_length, m.format, m.stamp_ns, m.width, m.height, m.n_points,"
             " c.tx, c.ty, c.tz, c.qw, c.qx, c.qy, c.qz, c.model, c.width, c.height, c.fx, c.fy, c.cx, c.cy, c.skew, c.k"
             " FROM media m JOIN sensor n ON n.id = m.sensor LEFT JOIN calibration c ON c.id = m.calibration" OF_FRAME "m.frame" OF_SCENE "f.scene" OF_SOURCE },
  { "measure", "SELECT NULL, o.name, s.key, f.key, n.name, k.name, x.value, x.odd FROM measure x JOIN metric k ON k.id = x.metric"
               " JOIN media m ON m.id = x.media JOIN sensor n ON n.id = m.sensor" OF_FRAME "m.frame" OF_SCENE "f.scene" OF_SOURCE },
  { "class", "SELECT NULL, c.name, p.name FROM label_class c LEFT JOIN label_class p ON p.id = c.parent" },
  { "alias", "SELECT NULL, a.alias, a.origin, c.name FROM class_alias a JOIN label_class c ON c.id = a.class" },
  { "set", "SELECT NULL, t.name, t.origin, o.name, j.name FROM annotation_set t LEFT JOIN source o ON o.id = t.source LEFT JOIN job j ON j.id = t.job" },
  { "annotation", "SELECT NULL, o.name, s.key, f.key, t.name, a.external_id, n.name, a.kind, c.name, a.track, a.attributes, a.score, a.annotator, a.geometry"
                  " FROM annotation a JOIN annotation_set t ON t.id = a.annotation_set JOIN label_class c ON c.id = a.class"
                  " LEFT JOIN media m ON m.id = a.media LEFT JOIN sensor n ON n.id = m.sensor" OF_FRAME "a.frame" OF_SCENE "f.scene" OF_SOURCE },
  { "points", "SELECT o.uri, o.name, s.key, f.key, n.name, t.name, x.uri, x.format, x.names FROM point_labels x JOIN annotation_set t ON t.id = x.annotation_set"
              " JOIN media m ON m.id = x.media JOIN sensor n ON n.id = m.sensor" OF_FRAME "m.frame" OF_SCENE "f.scene" OF_SOURCE },
  { "tag", "SELECT NULL, name, color FROM tag" },
  { "tagged", "SELECT NULL, t.name, o.name, s.key, f.key FROM frame_tag x JOIN tag t ON t.id = x.tag" OF_FRAME "x.frame" OF_SCENE "f.scene" OF_SOURCE },
  { "dataset", "SELECT NULL, name, notes FROM dataset" },
  { "member", "SELECT NULL, d.name, x.split, o.name, s.key, f.key FROM dataset_frame x JOIN dataset d ON d.id = x.dataset"
              OF_FRAME "x.frame" OF_SCENE "f.scene" OF_SOURCE },
  { "version", "SELECT NULL, d.name, v.number, v.hash, v.note FROM dataset_version v JOIN dataset d ON d.id = v.dataset" },
  { "frozen", "SELECT NULL, d.name, v.number, x.split, o.name, s.key, f.key FROM version_frame x JOIN dataset_version v ON v.id = x.version"
              " JOIN dataset d ON d.id = v.dataset" OF_FRAME "x.frame" OF_SCENE "f.scene" OF_SOURCE },
  { "query", "SELECT NULL, name, text FROM saved_query" },
  { "account", "SELECT NULL, name, vendor, url, options FROM account" },
  { "job", "SELECT NULL, a.name, j.name, j.external_id, j.state, j.manifest_hash, j.error FROM job j JOIN account a ON a.id = j.account" },
  { "task", "SELECT NULL, a.name, j.name, o.name, s.key, f.key, n.name, x.upload, x.external_id, x.state, x.error FROM task x JOIN job j ON j.id = x.job"
            " JOIN account a ON a.id = j.account JOIN media m ON m.id = x.media JOIN sensor n ON n.id = m.sensor"
            OF_FRAME "m.frame" OF_SCENE "f.scene" OF_SOURCE },
  { "run", "SELECT NULL, r.name, t.name, r.record, r.state FROM run r LEFT JOIN annotation_set t ON t.id = r.annotation_set" },
  { "evaluation", "SELECT NULL, p.name, t.name, e.metric, e.result FROM evaluation e JOIN annotation_set p ON p.id = e.predictions"
                  " JOIN annotation_set t ON t.id = e.truth" },
};

static void
add_geometry (GString *line, QuarryStmt *stmt, int column)
{
  gsize n = 0;
  gconstpointer blob = sqlite3_column_blob (stmt, column);
  g_autofree double *geometry = quarry_geometry_from_blob (blob, sqlite3_column_bytes (stmt, column), &n);

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (line, " %.9g", geometry[i]);
}

static void
add_text (GString *line, const char *text, const char *prefix)
{
  g_autofree char *escaped = NULL;

  if (prefix != NULL && g_str_has_prefix (text, prefix) && text[strlen (prefix)] == '/')
    text += strlen (prefix) + 1;
  escaped = g_strescape (text, NULL);
  g_string_append_printf (line, " \"%s\"", escaped);
}

static void
add_column (GString *line, QuarryStmt *stmt, int column, const char *prefix)
{
  switch (sqlite3_column_type (stmt, column))
    {
    case SQLITE_NULL:
      g_string_append (line, " -");
      break;
    case SQLITE_INTEGER:
      g_string_append_printf (line, " %" G_GINT64_FORMAT, quarry_stmt_int (stmt, column));
      break;
    case SQLITE_FLOAT:
      g_string_append_printf (line, " %.9g", sqlite3_column_double (stmt, column));
      break;
    case SQLITE_BLOB:
      add_geometry (line, stmt, column);
      break;
    default:
      add_text (line, quarry_stmt_text (stmt, column), prefix);
    }
}

static gboolean
dump_section (QuarryDb *db, const char *word, const char *sql, GPtrArray *lines, GError **error)
{
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (db, error, sql, "");
  int row = 0;

  if (stmt == NULL)
    return FALSE;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    {
      GString *line = g_string_new (word);
      g_autofree char *prefix = quarry_stmt_dup (stmt, 0);

      for (int column = 1; column < sqlite3_column_count (stmt); column++)
        add_column (line, stmt, column, prefix);
      g_ptr_array_add (lines, g_string_free (line, FALSE));
    }
  return row == 0;
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/* Returns: (transfer full): the text, in memory: for tests and small catalogs */
char *
quarry_catalog_dump (QuarryCatalog *self, GError **error)
{
  g_autoptr(QuarryReadDb) db = NULL;
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (QUARRY_IS_CATALOG (self), NULL);
  db = quarry_catalog_borrow (self, error);
  if (db == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    if (!dump_section (db, sections[i].word, sections[i].sql, lines, error))
      return NULL;
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, g_strdup (""));
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}
