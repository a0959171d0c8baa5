/* quarry-catalog-stream.c: topics of recordings, and how a source was imported
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-catalog-private.h"

#include <jansson.h>
#include <stdlib.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

typedef struct
{
  QuarryId   scene;
  GPtrArray *streams;
} Streams;

static char *
fields_to_json (char **fields)
{
  g_autoptr(json_t) array = json_array ();
  char *text = NULL;
  char *copy = NULL;

  for (guint i = 0; fields != NULL && fields[i] != NULL; i++)
    json_array_append_new (array, json_string (fields[i]));
  text = json_dumps (array, JSON_COMPACT);
  copy = g_strdup (text);
  (free) (text);
  return copy;
}

static char **
fields_from_json (const char *text)
{
  g_autoptr(json_t) array = json_loads (text != NULL ? text : "[]", 0, NULL);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (size_t i = 0; i < json_array_size (array); i++)
    if (json_is_string (json_array_get (array, i)))
      g_strv_builder_add (builder, json_string_value (json_array_get (array, i)));
  return g_strv_builder_end (builder);
}

static gboolean
store_streams (QuarryDb *db, gpointer data, GError **error)
{
  const Streams *streams = data;

  if (!quarry_db_run (db, error, "DELETE FROM stream WHERE scene = ?1", "i", streams->scene))
    return FALSE;
  for (guint i = 0; i < streams->streams->len; i++)
    {
      const QuarryStream *s = streams->streams->pdata[i];
      g_autofree char *fields = fields_to_json (s->fields);

      if (!quarry_db_run (
              db, error,
              "INSERT INTO stream (scene, name, type, encoding, fields, sensor, n_messages, start_ns, end_ns, n_matched, n_unmatched,"
              " n_stale, n_late, n_repeated, offset_mean_ns, offset_max_ns)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
              "issssrittiiiiitt", streams->scene, s->name, s->type != NULL ? s->type : "",
              s->encoding != NULL ? s->encoding : "", fields, s->sensor, s->n_messages, s->start_ns, s->end_ns,
              s->n_matched, s->n_unmatched, s->n_stale, s->n_late, s->n_repeated, s->offset_mean_ns,
              s->offset_max_ns))
        return FALSE;
    }
  return TRUE;
}

gboolean
quarry_catalog_store_streams (QuarryCatalog *self, QuarryId scene, GPtrArray *streams, GError **error)
{
  Streams data = { scene, streams };

  g_return_val_if_fail (QUARRY_IS_CATALOG (self) && streams != NULL, FALSE);
  return quarry_catalog_write (self, store_streams, &data, error);
}

static gpointer
read_stream (QuarryStmt *stmt)
{
  QuarryStream *s = g_new0 (QuarryStream, 1);

  s->id = quarry_stmt_int (stmt, 0);
  s->scene = quarry_stmt_int (stmt, 1);
  s->name = quarry_stmt_dup (stmt, 2);
  s->type = quarry_stmt_dup (stmt, 3);
  s->encoding = quarry_stmt_dup (stmt, 4);
  s->fields = fields_from_json (quarry_stmt_text (stmt, 5));
  s->sensor = quarry_stmt_int (stmt, 6);
  s->sensor_name = quarry_stmt_dup (stmt, 7);
  s->n_messages = quarry_stmt_int (stmt, 8);
  s->start_ns = quarry_stmt_time (stmt, 9);
  s->end_ns = quarry_stmt_time (stmt, 10);
  s->n_matched = quarry_stmt_int (stmt, 11);
  s->n_unmatched = quarry_stmt_int (stmt, 12);
  s->n_stale = quarry_stmt_int (stmt, 13);
  s->n_late = quarry_stmt_int (stmt, 14);
  s->n_repeated = quarry_stmt_int (stmt, 15);
  s->offset_mean_ns = quarry_stmt_time (stmt, 16);
  s->offset_max_ns = quarry_stmt_time (stmt, 17);
  return s;
}

/* Returns: (transfer full): empty for a scene whose reader told none */
GPtrArray *
quarry_catalog_list_streams (QuarryCatalog *self, QuarryId scene, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);

  if (db == NULL)
    return NULL;
  return quarry_db_list (db, read_stream, (GDestroyNotify) quarry_stream_free, error,
                         "SELECT s.id, s.scene, s.name, s.type, s.encoding, s.fields, s.sensor, n.name, s.n_messages, s.start_ns,"
                         " s.end_ns, s.n_matched, s.n_unmatched, s.n_stale, s.n_late, s.n_repeated, s.offset_mean_ns, s.offset_max_ns"
                         " FROM stream s LEFT JOIN sensor n ON n.id = s.sensor WHERE s.scene = ?1 ORDER BY s.name",
                         "i", scene);
}

static gpointer
read_source (QuarryStmt *stmt)
{
  QuarrySource *source = g_new0 (QuarrySource, 1);

  source->id = quarry_stmt_int (stmt, 0);
  source->uri = quarry_stmt_dup (stmt, 1);
  source->name = quarry_stmt_dup (stmt, 2);
  source->format = quarry_stmt_dup (stmt, 3);
  source->options = quarry_stmt_dup (stmt, 4);
  source->state = quarry_stmt_dup (stmt, 5);
  source->imported_ns = quarry_stmt_int (stmt, 6);
  return source;
}

/**
 * quarry_catalog_find_source:
 *
 * Returns: (transfer full) (nullable): without its counts
 */
QuarrySource *
quarry_catalog_find_source (QuarryCatalog *self, const char *uri, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);
  g_autoptr(GPtrArray) found = NULL;

  if (db == NULL)
    return NULL;
  found = quarry_db_list (db, read_source, (GDestroyNotify) quarry_source_free, error,
                          "SELECT id, uri, name, format, options, state, imported_ns FROM source WHERE uri = ?1", "s", uri);
  return found != NULL && found->len > 0 ? g_ptr_array_steal_index (found, 0) : NULL;
}

typedef struct
{
  QuarryId    source;
  const char *options;
} Options;

static gboolean
store_options (QuarryDb *db, gpointer data, GError **error)
{
  const Options *options = data;

  return quarry_db_run (db, error, "UPDATE source SET options = ?2 WHERE id = ?1", "is", options->source, options->options);
}

gboolean
quarry_catalog_store_options (QuarryCatalog *self, QuarryId source, const char *options, GError **error)
{
  Options data = { source, options };

  g_return_val_if_fail (QUARRY_IS_CATALOG (self) && options != NULL, FALSE);
  return quarry_catalog_write (self, store_options, &data, error);
}
