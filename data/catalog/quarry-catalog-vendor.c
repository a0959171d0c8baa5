/* quarry-catalog-vendor.c: accounts, jobs and tasks: the ledger of what happened at vendors
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-catalog-private.h"

/* --- accounts --- */

typedef struct
{
  QuarryId    id;
  const char *name, *vendor, *url, *options;
} Account;

static gboolean
add_account (QuarryDb *db, gpointer data, GError **error)
{
  Account *account = data;

  if (!quarry_db_run (
          db, error,
          "INSERT INTO account (name, vendor, url, options) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (name) DO NOTHING",
          "ssss", account->name, account->vendor, account->url,
          account->options != NULL ? account->options : "{}"))
    return FALSE;
  if (sqlite3_changes (db->handle) == 0)
    {
      g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_EXISTS,
                   "there is an account '%s' already", account->name);
      return FALSE;
    }
  account->id = sqlite3_last_insert_rowid (db->handle);
  return TRUE;
}

/**
 * quarry_catalog_add_account:
 * @options: (nullable): JSON; never a secret
 *
 * Returns: the account's id, 0 on error
 */
QuarryId
quarry_catalog_add_account (QuarryCatalog *self,
                            const char *name,
                            const char *vendor,
                            const char *url,
                            const char *options,
                            GError **error)
{
  Account account = { 0, name, vendor, url, options };

  if (*name == '\0' || !g_utf8_validate (name, -1, NULL))
    {
      g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED,
                   "an account needs a name");
      return 0;
    }
  return quarry_catalog_write (self, add_account, &account, error) ? account.id : 0;
}

static gboolean
move_account (QuarryDb *db, gpointer data, GError **error)
{
  Account *account = data;

  if (!quarry_db_run (db, error, "UPDATE account SET url = ?2 WHERE name = ?1", "ss", account->name, account->url))
    return FALSE;
  if (sqlite3_changes (db->handle) > 0)
    return TRUE;
  g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no account '%s'", account->name);
  return FALSE;
}

/* The server has another address now; its jobs go on there */
gboolean
quarry_catalog_move_account (QuarryCatalog *self, const char *name, const char *url, GError **error)
{
  Account account = { .name = name, .url = url };

  return quarry_catalog_write (self, move_account, &account, error);
}

static gboolean
remove_account (QuarryDb *db, gpointer data, GError **error)
{
  Account *account = data;
  gint64 n_jobs = 0;

  if (!quarry_db_get_int (
          db, &n_jobs, error,
          "SELECT count(*) FROM job j JOIN account a ON a.id = j.account WHERE a.name = ?1", "s",
          account->name))
    return FALSE;
  if (n_jobs > 0)
    {
      g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED,
                   n_jobs == 1 ? "account '%s' has %" G_GINT64_FORMAT " job and stays for its sake"
                               : "account '%s' has %" G_GINT64_FORMAT " jobs and stays for their sake",
                   account->name, n_jobs);
      return FALSE;
    }
  if (!quarry_db_run (db, error, "DELETE FROM account WHERE name = ?1", "s", account->name))
    return FALSE;
  if (sqlite3_changes (db->handle) > 0)
    return TRUE;
  g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no account '%s'",
               account->name);
  return FALSE;
}

gboolean
quarry_catalog_remove_account (QuarryCatalog *self, const char *name, GError **error)
{
  Account account = { .name = name };

  return quarry_catalog_write (self, remove_account, &account, error);
}

static gpointer
read_account (QuarryStmt *stmt)
{
  QuarryAccount *account = g_new0 (QuarryAccount, 1);

  account->id = quarry_stmt_int (stmt, 0);
  account->name = quarry_stmt_dup (stmt, 1);
  account->vendor = quarry_stmt_dup (stmt, 2);
  account->url = quarry_stmt_dup (stmt, 3);
  account->options = quarry_stmt_dup (stmt, 4);
  return account;
}

/* Returns: (transfer full): the account, or NULL with QUARRY_CATALOG_ERROR_NOT_FOUND */
QuarryAccount *
quarry_catalog_find_account (QuarryCatalog *self, const char *name, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);
  g_autoptr(GPtrArray) list = NULL;

  if (db == NULL)
    return NULL;
  list = quarry_db_list (db, read_account, (GDestroyNotify) quarry_account_free, error,
                         "SELECT id, name, vendor, url, options FROM account WHERE name = ?1", "s",
                         name);
  if (list == NULL)
    return NULL;
  if (list->len == 1)
    return g_ptr_array_steal_index (list, 0);
  g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no account '%s'",
               name);
  return NULL;
}

/* Returns: (transfer full): QuarryAccount by name */
GPtrArray *
quarry_catalog_list_accounts (QuarryCatalog *self, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);

  if (db == NULL)
    return NULL;
  return quarry_db_list (db, read_account, (GDestroyNotify) quarry_account_free, error,
                         "SELECT id, name, vendor, url, options FROM account ORDER BY name", "");
}

/* --- jobs --- */

typedef struct
{
  QuarryId      id;
  QuarryId      account;
  const char   *name, *manifest, *manifest_hash;
  const GArray *media;
} NewJob;

/* A task's key names job, media and manifest, so that an answer that went astray is recognised */
static gboolean
insert_task (QuarryDb *db, const NewJob *job, QuarryId media, GError **error)
{
  g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "-%.8s", job->id,
                                          media, job->manifest_hash);

  return quarry_db_run (
      db, error,
      "INSERT INTO task (job, media, key, state, updated_ns) VALUES (?1, ?2, ?3, 'queued', ?4)"
      " ON CONFLICT (job, media) DO NOTHING",
      "iisi", job->id, media, key, quarry_catalog_now ());
}

static gboolean
create_job (QuarryDb *db, gpointer data, GError **error)
{
  NewJob *job = data;
  const gint64 now = quarry_catalog_now ();

  if (!quarry_db_get_int (db, &job->id, error,
                          "SELECT id FROM job WHERE account = ?1 AND manifest_hash = ?2", "is",
                          job->account, job->manifest_hash))
    return FALSE;
  if (job->id != 0)
    return TRUE;
  if (!quarry_db_run (
          db, error,
          "INSERT INTO job (account, name, state, manifest, manifest_hash, created_ns, updated_ns)"
          " VALUES (?1, ?2, 'queued', ?3, ?4, ?5, ?5)",
          "isssi", job->account, job->name, job->manifest, job->manifest_hash, now))
    return FALSE;
  job->id = sqlite3_last_insert_rowid (db->handle);
  for (guint i = 0; i < job->media->len; i++)
    if (!insert_task (db, job, g_array_index (job->media, QuarryId, i), error))
      return FALSE;
  return TRUE;
}

/**
 * quarry_catalog_create_job:
 * @media: QuarryId: one task each
 *
 * Writes a job with all its tasks, "queued", in one commit, before anything is sent. The same account and hash again give the
 * job that is there.
 *
 * Returns: the job's id, 0 on error
 */
QuarryId
quarry_catalog_create_job (QuarryCatalog  *self,
                           QuarryId        account,
                           const char     *name,
                           const char     *manifest,
                           const char     *manifest_hash,
                           const GArray   *media,
                           GError        **error)
{
  NewJob job = { 0, account, name, manifest, manifest_hash, media };

  return quarry_catalog_write (self, create_job, &job, error) ? job.id : 0;
}

static gboolean
remove_job (QuarryDb *db, gpointer data, GError **error)
{
  const QuarryId *job = data;
  gint64 n_sent = 0;

  if (!quarry_db_get_int (db, &n_sent, error,
                          "SELECT count(*) FROM task WHERE job = ?1 AND (upload IS NOT NULL OR external_id IS NOT NULL)", "i", *job))
    return FALSE;
  if (n_sent > 0)
    {
      g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED,
                   "job %" G_GINT64_FORMAT " has sent %" G_GINT64_FORMAT " of its tasks and stays in the ledger", *job, n_sent);
      return FALSE;
    }
  if (!quarry_db_run (db, error, "DELETE FROM job WHERE id = ?1", "i", *job))
    return FALSE;
  if (sqlite3_changes (db->handle) > 0)
    return TRUE;
  g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no job %" G_GINT64_FORMAT, *job);
  return FALSE;
}

gboolean
quarry_catalog_remove_job (QuarryCatalog *self, QuarryId job, GError **error)
{
  return quarry_catalog_write (self, remove_job, &job, error);
}

static gpointer
read_job (QuarryStmt *stmt)
{
  QuarryJob *job = g_new0 (QuarryJob, 1);

  job->id = quarry_stmt_int (stmt, 0);
  job->account = quarry_stmt_int (stmt, 1);
  job->account_name = quarry_stmt_dup (stmt, 2);
  job->vendor = quarry_stmt_dup (stmt, 3);
  job->name = quarry_stmt_dup (stmt, 4);
  job->external_id = quarry_stmt_dup (stmt, 5);
  job->state = quarry_stmt_dup (stmt, 6);
  job->manifest = quarry_stmt_dup (stmt, 7);
  job->manifest_hash = quarry_stmt_dup (stmt, 8);
  job->created_ns = quarry_stmt_int (stmt, 9);
  job->updated_ns = quarry_stmt_int (stmt, 10);
  job->error = quarry_stmt_dup (stmt, 11);
  job->n_tasks = quarry_stmt_int (stmt, 12);
  job->n_sent = quarry_stmt_int (stmt, 13);
  job->n_delivered = quarry_stmt_int (stmt, 14);
  return job;
}

#define JOB_SQL                                                                                                             \
  "SELECT j.id, j.account, a.name, a.vendor, j.name, j.external_id, j.state, j.manifest, j.manifest_hash, j.created_ns,"    \
  " j.updated_ns, j.error, (SELECT count(*) FROM task WHERE job = j.id),"                                                   \
  " (SELECT count(*) FROM task WHERE job = j.id AND state NOT IN ('queued', 'failed', 'cancelled')),"                       \
  " (SELECT count(*) FROM task WHERE job = j.id AND state IN ('delivered', 'accepted'))"                                    \
  " FROM job j JOIN account a ON a.id = j.account "

/* Returns: (transfer full): the job, or NULL with QUARRY_CATALOG_ERROR_NOT_FOUND */
QuarryJob *
quarry_catalog_get_job (QuarryCatalog *self, QuarryId job, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);
  g_autoptr(GPtrArray) list = NULL;

  if (db == NULL)
    return NULL;
  list = quarry_db_list (db, read_job, (GDestroyNotify) quarry_job_free, error,
                         JOB_SQL "WHERE j.id = ?1", "i", job);
  if (list == NULL)
    return NULL;
  if (list->len == 1)
    return g_ptr_array_steal_index (list, 0);
  g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND,
               "no job %" G_GINT64_FORMAT, job);
  return NULL;
}

/* Returns: (transfer full): QuarryJob, newest first */
GPtrArray *
quarry_catalog_list_jobs (QuarryCatalog *self, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);

  if (db == NULL)
    return NULL;
  return quarry_db_list (db, read_job, (GDestroyNotify) quarry_job_free, error,
                         JOB_SQL "ORDER BY j.id DESC", "");
}

typedef struct
{
  QuarryId    job;
  const char *external_id, *state, *error_text;
} JobUpdate;

static gboolean
update_job (QuarryDb *db, gpointer data, GError **error)
{
  JobUpdate *update = data;

  if (!quarry_db_run (
          db, error,
          "UPDATE job SET external_id = coalesce(?2, external_id), state = coalesce(?3, state), error = ?4, updated_ns = ?5"
          " WHERE id = ?1",
          "isssi", update->job, update->external_id, update->state, update->error_text,
          quarry_catalog_now ()))
    return FALSE;
  if (sqlite3_changes (db->handle) > 0)
    return TRUE;
  g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND,
               "no job %" G_GINT64_FORMAT, update->job);
  return FALSE;
}

/* @external_id, @state: NULL keeps them. @error_text: NULL: none. */
gboolean
quarry_catalog_update_job (QuarryCatalog *self,
                           QuarryId job,
                           const char *external_id,
                           const char *state,
                           const char *error_text,
                           GError **error)
{
  JobUpdate update = { job, external_id, state, error_text };

  return quarry_catalog_write (self, update_job, &update, error);
}

/* --- tasks --- */

static gpointer
read_task (QuarryStmt *stmt)
{
  QuarryTask *task = g_new0 (QuarryTask, 1);

  task->id = quarry_stmt_int (stmt, 0);
  task->job = quarry_stmt_int (stmt, 1);
  task->media = quarry_stmt_int (stmt, 2);
  task->frame = quarry_stmt_int (stmt, 3);
  task->key = quarry_stmt_dup (stmt, 4);
  task->upload = quarry_stmt_dup (stmt, 5);
  task->external_id = quarry_stmt_dup (stmt, 6);
  task->state = quarry_stmt_dup (stmt, 7);
  task->updated_ns = quarry_stmt_int (stmt, 8);
  task->error = quarry_stmt_dup (stmt, 9);
  return task;
}

/* Returns: (transfer full): QuarryTask by id, the order they were given in */
GPtrArray *
quarry_catalog_list_tasks (QuarryCatalog *self, QuarryId job, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);

  if (db == NULL)
    return NULL;
  return quarry_db_list (
      db, read_task, (GDestroyNotify) quarry_task_free, error,
      "SELECT t.id, t.job, t.media, m.frame, t.key, t.upload, t.external_id, t.state, t.updated_ns, t.error"
      " FROM task t JOIN media m ON m.id = t.media WHERE t.job = ?1 ORDER BY t.id",
      "i", job);
}

static gboolean
update_tasks (QuarryDb *db, gpointer data, GError **error)
{
  GPtrArray *tasks = data;

  for (guint i = 0; i < tasks->len; i++)
    {
      const QuarryTask *task = tasks->pdata[i];

      if (!quarry_db_run (
              db, error,
              "UPDATE task SET upload = ?2, external_id = ?3, state = ?4, error = ?5, updated_ns = ?6 WHERE id = ?1",
              "issssi", task->id, task->upload, task->external_id, task->state, task->error,
              quarry_catalog_now ()))
        return FALSE;
    }
  return TRUE;
}

/* @tasks: QuarryTask; upload, external_id, state and error of each are written, in one commit */
gboolean
quarry_catalog_update_tasks (QuarryCatalog *self, GPtrArray *tasks, GError **error)
{
  return quarry_catalog_write (self, update_tasks, tasks, error);
}
