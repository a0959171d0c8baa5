/* quarry-db3.c: a ROS 2 bag's SQLite file
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Tables as rosbag2 makes them: topics, messages and, since 2023, message_definitions. Older ones have fewer columns.
 */

#include "config.h"
#include "quarry-db3.h"
#include "quarry-db3-private.h"
#include "quarry-types.h"

#include <string.h>

#define PROGRESS_STEPS 20000

struct _QuarryDb3
{
  QuarryDb3Vfs *vfs;
  sqlite3      *handle;
  gboolean      has_definitions;
};

G_DEFINE_QUARK (quarry-db3-error-quark, quarry_db3_error)

typedef sqlite3_stmt Statement;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Statement, sqlite3_finalize)

void
quarry_db3_free (QuarryDb3 *self)
{
  sqlite3_close (self->handle);
  quarry_db3_vfs_free (self->vfs);
  g_free (self);
}

/* Returns: FALSE */
static gboolean
set_error (QuarryDb3 *self, GError **error)
{
  const char *uri = quarry_file_get_uri (self->vfs->file);
  const int code = sqlite3_errcode (self->handle) & 0xff;

  if (self->vfs->failure != NULL)
    g_propagate_error (error, g_steal_pointer (&self->vfs->failure));
  else if (code == SQLITE_INTERRUPT)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  else
    g_set_error (error, QUARRY_DB3_ERROR,
                 code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? QUARRY_DB3_ERROR_BROKEN : QUARRY_DB3_ERROR_FAILED,
                 "%s: %s", uri, sqlite3_errmsg (self->handle));
  return FALSE;
}

static int
progress_cb (void *data)
{
  return g_cancellable_is_cancelled (((QuarryDb3Vfs *) data)->cancellable);
}

/* Reading columns and a few functions of ours is all that is done; a schema that wants more is refused */
static int
authorize_cb (void *data, int action, const char *first, const char *second, const char *database, const char *trigger)
{
  static const char * const functions[] = { "count", "min", "max" };

  if (action == SQLITE_SELECT || (action == SQLITE_READ && trigger == NULL))
    return SQLITE_OK;
  for (guint i = 0; action == SQLITE_FUNCTION && second != NULL && i < G_N_ELEMENTS (functions); i++)
    if (strcmp (second, functions[i]) == 0)
      return SQLITE_OK;
  return SQLITE_DENY;
}

static Statement *
prepare (QuarryDb3 *self, const char *sql, GError **error)
{
  Statement *statement = NULL;

  if (sqlite3_prepare_v2 (self->handle, sql, -1, &statement, NULL) == SQLITE_OK)
    return statement;
  set_error (self, error);
  return NULL;
}

/* 1 a row, 0 the end, −1 an error */
static int
step (QuarryDb3 *self, Statement *statement, GError **error)
{
  const int rc = sqlite3_step (statement);

  if (rc == SQLITE_ROW)
    return 1;
  if (rc == SQLITE_DONE)
    return 0;
  set_error (self, error);
  return -1;
}

static void
harden (QuarryDb3 *self)
{
  const gint64 size = quarry_file_get_size (self->vfs->file);

  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
  sqlite3_limit (self->handle, SQLITE_LIMIT_LENGTH, (int) CLAMP (size, 1 << 20, 1 << 30));      /* no value is larger than the file */
  sqlite3_limit (self->handle, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_exec (self->handle, "PRAGMA temp_store = MEMORY; PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA cache_size = -4096;",
                NULL, NULL, NULL);
  sqlite3_set_authorizer (self->handle, authorize_cb, NULL);
  sqlite3_progress_handler (self->handle, PROGRESS_STEPS, progress_cb, self->vfs);
}

/* A plain table, no view and no virtual one, and not without rowid. Returns: −1 with @error */
static int
has_table (QuarryDb3 *self, const char *name, GError **error)
{
  g_autoptr(Statement) statement = prepare (self, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1", error);
  const char *sql = NULL;
  int rc;

  if (statement == NULL || sqlite3_bind_text (statement, 1, name, -1, SQLITE_STATIC) != SQLITE_OK)
    return -1;
  rc = step (self, statement, error);
  if (rc != 1)
    return rc;
  sql = (const char *) sqlite3_column_text (statement, 0);
  return sql != NULL && g_ascii_strncasecmp (sql, "CREATE TABLE", 12) == 0;
}

/**
 * quarry_db3_open:
 *
 * Returns: (transfer full) (nullable): NULL where it is no bag
 */
QuarryDb3 *
quarry_db3_open (QuarryFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr(QuarryDb3) self = g_new0 (QuarryDb3, 1);
  int topics, messages, definitions;

  self->vfs = quarry_db3_vfs_new (file);
  quarry_db3_set_cancellable (self, cancellable);
  if (sqlite3_open_v2 ("bag", &self->handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, self->vfs->name) != SQLITE_OK)
    {
      set_error (self, error);
      return NULL;
    }
  sqlite3_extended_result_codes (self->handle, 1);
  harden (self);
  topics = has_table (self, "topics", error);
  messages = topics > 0 ? has_table (self, "messages", error) : topics;
  definitions = messages > 0 ? has_table (self, "message_definitions", error) : messages;
  if (definitions < 0)
    return NULL;
  if (messages == 0)
    {
      g_set_error (error, QUARRY_DB3_ERROR, QUARRY_DB3_ERROR_UNSUPPORTED, "%s: no ROS 2 bag: an SQLite file without the tables topics and messages",
                   quarry_file_get_uri (file));
      return NULL;
    }
  self->has_definitions = definitions > 0;
  return g_steal_pointer (&self);
}

void
quarry_db3_set_cancellable (QuarryDb3 *self, GCancellable *cancellable)
{
  g_set_object (&self->vfs->cancellable, cancellable);
}

static void
topic_free (gpointer data)
{
  QuarryDb3Topic *topic = data;

  g_free (topic->name);
  g_free (topic->type);
  g_free (topic->format);
  g_free (topic->definition_encoding);
  g_clear_pointer (&topic->definition, g_bytes_unref);
  g_free (topic);
}

static char *
dup_text (Statement *statement, int column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  return g_strdup (text != NULL ? text : "");
}

static QuarryDb3Topic *
read_topic (Statement *statement)
{
  QuarryDb3Topic *topic = g_new0 (QuarryDb3Topic, 1);
  const void *definition = NULL;

  topic->id = sqlite3_column_int64 (statement, 0);
  topic->name = dup_text (statement, 1);
  topic->type = dup_text (statement, 2);
  topic->format = dup_text (statement, 3);
  topic->definition_encoding = dup_text (statement, 4);
  definition = sqlite3_column_blob (statement, 5);
  if (definition != NULL)
    topic->definition = g_bytes_new (definition, (gsize) sqlite3_column_bytes (statement, 5));
  return topic;
}

/* Returns: (transfer full): in the order of their ids */
GPtrArray *
quarry_db3_list_topics (QuarryDb3 *self, GError **error)
{
  g_autoptr(GPtrArray) topics = g_ptr_array_new_with_free_func (topic_free);
  g_autoptr(Statement) statement = prepare (self, self->has_definitions
      ? "SELECT id, name, type, serialization_format, "
        "(SELECT encoding FROM message_definitions AS d WHERE d.topic_type = t.type LIMIT 1), "
        "(SELECT encoded_message_definition FROM message_definitions AS d WHERE d.topic_type = t.type LIMIT 1) "
        "FROM topics AS t ORDER BY id"
      : "SELECT id, name, type, serialization_format, '', NULL FROM topics ORDER BY id", error);
  int rc = -1;

  while (statement != NULL && (rc = step (self, statement, error)) == 1)
    g_ptr_array_add (topics, read_topic (statement));
  return rc == 0 ? g_steal_pointer (&topics) : NULL;
}

/* Returns: (transfer full) */
GArray *
quarry_db3_count (QuarryDb3 *self, GError **error)
{
  g_autoptr(GArray) counts = g_array_new (FALSE, FALSE, sizeof (QuarryDb3Count));
  g_autoptr(GHashTable) by_topic = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr(Statement) statement = prepare (self, "SELECT topic_id, timestamp FROM messages NOT INDEXED", error);
  int rc = -1;

  while (statement != NULL && (rc = step (self, statement, error)) == 1)
    {
      const gint64 topic = sqlite3_column_int64 (statement, 0), ns = sqlite3_column_int64 (statement, 1);
      gpointer index = NULL;
      QuarryDb3Count *count = NULL;

      if (!g_hash_table_lookup_extended (by_topic, &topic, NULL, &index))
        {
          const QuarryDb3Count first = { topic, 0, ns, ns };

          index = GUINT_TO_POINTER (counts->len);
          g_hash_table_insert (by_topic, g_memdup2 (&topic, sizeof topic), index);
          g_array_append_val (counts, first);
        }
      count = &g_array_index (counts, QuarryDb3Count, GPOINTER_TO_UINT (index));
      count->n++;
      count->start_ns = MIN (count->start_ns, ns);
      count->end_ns = MAX (count->end_ns, ns);
    }
  return rc == 0 ? g_steal_pointer (&counts) : NULL;
}

gboolean
quarry_db3_get_times (QuarryDb3 *self, gint64 *out_start_ns, gint64 *out_end_ns, GError **error)
{
  static const char * const queries[] = { "SELECT min(timestamp) FROM messages", "SELECT max(timestamp) FROM messages" };
  gint64 times[2];

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(Statement) statement = prepare (self, queries[i], error);

      if (statement == NULL || step (self, statement, error) != 1)
        return FALSE;
      times[i] = sqlite3_column_type (statement, 0) != SQLITE_NULL ? sqlite3_column_int64 (statement, 0) : QUARRY_NO_TIME;
    }
  *out_start_ns = times[0];
  *out_end_ns = times[1];
  return TRUE;
}

/* A row's data is only looked at where its topic is one of them */
static Statement *
prepare_scan (QuarryDb3 *self, GArray *topics, GError **error)
{
  g_autoptr(GString) sql = g_string_new ("SELECT rowid, topic_id, timestamp, data FROM messages WHERE rowid > ?1 AND topic_id IN (");

  for (guint i = 0; i < topics->len; i++)
    g_string_append_printf (sql, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "", g_array_index (topics, gint64, i));
  g_string_append (sql, ") ORDER BY rowid");
  return prepare (self, sql->str, error);
}

/**
 * quarry_db3_scan:
 * @after_row: G_MININT64 from the start
 */
gboolean
quarry_db3_scan (QuarryDb3 *self, gint64 after_row, GArray *topics, QuarryDb3RowFunc func, gpointer user_data, GError **error)
{
  g_autoptr(Statement) statement = prepare_scan (self, topics, error);
  int rc;

  if (statement == NULL || sqlite3_bind_int64 (statement, 1, after_row) != SQLITE_OK)
    return FALSE;
  while ((rc = step (self, statement, error)) == 1)
    {
      const guint8 *data = sqlite3_column_blob (statement, 3);

      if (!func (sqlite3_column_int64 (statement, 0), sqlite3_column_int64 (statement, 1), sqlite3_column_int64 (statement, 2), data,
                 (gsize) sqlite3_column_bytes (statement, 3), user_data, error))
        return FALSE;
    }
  return rc == 0;
}

/* Returns: (transfer full) (nullable) */
GBytes *
quarry_db3_read_row (QuarryDb3 *self, gint64 row, GError **error)
{
  g_autoptr(Statement) statement = prepare (self, "SELECT data FROM messages WHERE rowid = ?1", error);
  const void *data = NULL;
  int rc;

  if (statement == NULL || sqlite3_bind_int64 (statement, 1, row) != SQLITE_OK)
    return NULL;
  rc = step (self, statement, error);
  if (rc == 0)
    g_set_error (error, QUARRY_DB3_ERROR, QUARRY_DB3_ERROR_BROKEN, "%s: message %" G_GINT64_FORMAT " is not there",
                 quarry_file_get_uri (self->vfs->file), row);
  if (rc != 1)
    return NULL;
  data = sqlite3_column_blob (statement, 0);
  return g_bytes_new (data, data != NULL ? (gsize) sqlite3_column_bytes (statement, 0) : 0);
}
