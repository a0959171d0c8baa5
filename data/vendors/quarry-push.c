/* quarry-push.c: a selection to a vendor, each task exactly once whatever happens on the way
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   manifest → ledger (one commit) → project → { list → drop doubles → note what is there → send the rest } until nothing is left
 *
 * No vendor promises that a request is done once. So the keys in the vendor's own data are the truth about what is
 * there, and the ledger follows them. A request that we lost sight of (killed, cut off) may still take effect a moment later:
 * before sending again we wait until it shows or @settle_ms have passed since the ledger's last word.
 */

#include "config.h"
#include "quarry-job.h"

#include <unistd.h>

#define BATCH        50         /* tasks a request: little is lost when it fails, and servers with one writer breathe */
#define ROUNDS_MAX   5
#define FAILURES_MAX 3
#define SETTLE_MS    30000      /* a server with one writer lets a request wait behind others for so long */
#define POLL_MS      500

typedef struct
{
  QuarryCatalog           *catalog;
  const QuarryPushRequest *request;
  QuarryOperation         *operation;
  QuarryReport            *report;
  GCancellable            *cancellable;
  QuarryVendor            *vendor;
  QuarryVendorInterface   *iface;
  QuarryJob               *job;
  GPtrArray               *tasks;       /* QuarryTask */
  gint64                   settle_us;
  gboolean                 in_doubt;    /* an earlier request may be on its way still */
  guint64                  n_there;     /* tasks known to be at the vendor */
} Push;

static void
push_clear (Push *self)
{
  g_clear_object (&self->vendor);
  g_clear_pointer (&self->job, quarry_job_free);
  g_clear_pointer (&self->tasks, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Push, push_clear)

static gboolean
pause_ms (Push *self, gint64 ms, GError **error)
{
  const gint64 end = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end)
    {
      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      g_usleep ((gulong) CLAMP (end - g_get_monotonic_time (), 1, 50000));
    }
  return TRUE;
}

/* The ledger's last word: every request follows one. QUARRY_NO_TIME where the wall clock was set back since. */
static gint64
last_word_us (Push *self)
{
  gint64 last = self->job->updated_ns / 1000;

  for (guint i = 0; i < self->tasks->len; i++)
    last = MAX (last, ((QuarryTask *) self->tasks->pdata[i])->updated_ns / 1000);
  return last;
}

static gboolean
is_settled (Push *self)
{
  const gint64 age = g_get_real_time () - last_word_us (self);

  return !self->in_doubt || age < 0 || age > self->settle_us;
}

/* --- the project --- */

static char *
find_project (Push *self, GError **error)
{
  g_autoptr(GError) local = NULL;
  char *project = self->iface->find_project (self->vendor, self->job->name, self->job->manifest_hash, self->cancellable, &local);

  while (project == NULL && local == NULL && !is_settled (self))
    {
      if (!pause_ms (self, MIN (POLL_MS, self->settle_us / 4000), error))
        return NULL;
      project = self->iface->find_project (self->vendor, self->job->name, self->job->manifest_hash, self->cancellable, &local);
    }
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return project;
}

static gboolean
ensure_project (Push *self, GError **error)
{
  g_autoptr(GError) local = NULL;
  g_autoptr(GPtrArray) classes = NULL;
  g_autofree char *project = NULL;

  if (self->job->external_id != NULL)
    return TRUE;
  project = find_project (self, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (project == NULL)
    {
      classes = quarry_catalog_list_classes (self->catalog, error);
      if (classes == NULL || !quarry_catalog_update_job (self->catalog, self->job->id, NULL, "queued", NULL, error))
        return FALSE;
      project = self->iface->create_project (self->vendor, self->job->name, self->job->manifest_hash, classes, self->cancellable, error);
    }
  if (project == NULL || !quarry_catalog_update_job (self->catalog, self->job->id, project, NULL, NULL, error))
    return FALSE;
  self->job->external_id = g_steal_pointer (&project);
  return TRUE;
}

/* --- the tasks --- */

static gboolean
drop_doubles (Push *self, GHashTable *ids_by_key, GError **error)
{
  for (guint i = 0; i < self->tasks->len; i++)
    {
      const QuarryTask *task = self->tasks->pdata[i];
      GPtrArray *ids = g_hash_table_lookup (ids_by_key, task->key);
      guint known = 0;

      if (ids == NULL || ids->len < 2)
        continue;
      if (task->external_id == NULL || !g_ptr_array_find_with_equal_func (ids, task->external_id, g_str_equal, &known))
        known = 0;
      for (guint n = 0; n < ids->len; n++)
        {
          gboolean dropped = FALSE;

          if (n == known)
            continue;
          if (!self->iface->drop_double (self->vendor, self->job->external_id, ids->pdata[n], &dropped, self->cancellable, error))
            return FALSE;
          quarry_report_add (self->report, dropped ? QUARRY_ISSUE_NOTE : QUARRY_ISSUE_LOSS, task->key, NULL,
                             dropped ? "was there twice; task %s is removed" : "is there twice; task %s stays: somebody has worked on it",
                             (const char *) ids->pdata[n]);
        }
      if (known != 0)
        {
          char *first = ids->pdata[0];

          ids->pdata[0] = ids->pdata[known];
          ids->pdata[known] = first;
        }
    }
  return TRUE;
}

/* Sets what the listing says. Returns: whether the ledger's row is to be written */
static gboolean
note_task (QuarryTask *task, const GPtrArray *ids)
{
  const char *id = ids != NULL ? ids->pdata[0] : NULL;
  const gboolean unfinished = g_str_equal (task->state, "queued") || g_str_equal (task->state, "failed");

  if (id != NULL && (g_strcmp0 (task->external_id, id) != 0 || unfinished))
    {
      g_free (task->external_id);
      task->external_id = g_strdup (id);
      if (unfinished)
        {
          g_free (task->state);
          task->state = g_strdup ("sent");
        }
      g_clear_pointer (&task->error, g_free);
      return TRUE;
    }
  if (id == NULL && task->external_id != NULL && (unfinished || g_str_equal (task->state, "sent")))
    {
      g_clear_pointer (&task->external_id, g_free);      /* deleted at the vendor: goes out again */
      g_free (task->state);
      task->state = g_strdup ("queued");
      return TRUE;
    }
  return FALSE;
}

static gboolean
note_all (Push *self, GHashTable *ids_by_key, GError **error)
{
  g_autoptr(GPtrArray) changed = g_ptr_array_new ();
  guint64 n_gone = 0;

  self->n_there = 0;
  for (guint i = 0; i < self->tasks->len; i++)
    {
      QuarryTask *task = self->tasks->pdata[i];

      if (note_task (task, g_hash_table_lookup (ids_by_key, task->key)))
        {
          n_gone += task->external_id == NULL;
          g_ptr_array_add (changed, task);
        }
      self->n_there += task->external_id != NULL;
    }
  if (n_gone > 0)
    quarry_report_add (self->report, QUARRY_ISSUE_NOTE, self->job->name, NULL,
                       "%" G_GUINT64_FORMAT " tasks had been deleted at the vendor and are sent again", n_gone);
  return changed->len == 0 || quarry_catalog_update_tasks (self->catalog, changed, error);
}

/* Returns: TRUE where a task may be on its way: its image is there, it is not, and the ledger is young */
static gboolean
must_wait (Push *self, GHashTable *ids_by_key)
{
  if (is_settled (self))
    return FALSE;
  for (guint i = 0; i < self->tasks->len; i++)
    {
      const QuarryTask *task = self->tasks->pdata[i];

      if (task->upload != NULL && task->external_id == NULL && !g_hash_table_contains (ids_by_key, task->key))
        return TRUE;
    }
  return FALSE;
}

/* The listing that decides what is to be sent. Waits until what is on its way has shown, or cannot come any more. */
static gboolean
survey (Push *self, GError **error)
{
  g_autoptr(GHashTable) ids_by_key = NULL;

  do
    {
      if (ids_by_key != NULL && !pause_ms (self, MIN (POLL_MS, self->settle_us / 4000), error))
        return FALSE;
      g_clear_pointer (&ids_by_key, g_hash_table_unref);
      ids_by_key = quarry_vendor_keys_new ();
      if (!self->iface->list_keys (self->vendor, self->job->external_id, ids_by_key, self->cancellable, error))
        return FALSE;
    }
  while (must_wait (self, ids_by_key));
  self->in_doubt = FALSE;
  return drop_doubles (self, ids_by_key, error) && note_all (self, ids_by_key, error);
}

/* @again: a task that failed on our side (its picture cannot be read) has had its chance in this run */
static GPtrArray *
list_unsent (Push *self, gboolean again)
{
  GPtrArray *unsent = g_ptr_array_new ();

  for (guint i = 0; i < self->tasks->len; i++)
    {
      const QuarryTask *task = self->tasks->pdata[i];

      if (task->external_id == NULL && !g_str_equal (task->state, "cancelled") && !g_str_equal (task->state, "accepted") &&
          !(again && g_str_equal (task->state, "failed")))
        g_ptr_array_add (unsent, (gpointer) task);
    }
  return unsent;
}

static gboolean
saved_cb (gpointer user_data, GPtrArray *items, GError **error)
{
  Push *self = user_data;
  g_autoptr(GPtrArray) tasks = g_ptr_array_new ();

  for (guint i = 0; i < items->len; i++)
    {
      QuarryVendorItem *item = items->pdata[i];

      if (item->task->external_id != NULL && !g_str_equal (item->task->state, "sent"))
        {
          g_free (item->task->state);
          item->task->state = g_strdup ("sent");
          self->n_there++;
        }
      g_ptr_array_add (tasks, item->task);
    }
  quarry_operation_set_progress (self->operation, self->n_there, self->tasks->len, NULL);
  return quarry_catalog_update_tasks (self->catalog, tasks, error);
}

static gboolean
send_batch (Push *self, GPtrArray *unsent, guint from, guint to, GError **error)
{
  const guint kinds = self->iface->kinds;
  g_autoptr(GPtrArray) items = quarry_job_make_items (self->catalog, unsent, from, to, self->request->set, kinds, error);

  if (items == NULL || quarry_operation_is_cancelled (self->operation, error))
    return FALSE;
  quarry_operation_set_progress (self->operation, self->n_there, self->tasks->len, ((QuarryVendorItem *) items->pdata[0])->name);
  return quarry_catalog_update_job (self->catalog, self->job->id, NULL, NULL, NULL, error) &&      /* the word before the request */
         self->iface->send (self->vendor, self->job->external_id, items, saved_cb, self, self->report, self->cancellable, error);
}

/* Reads the ledger again: a batch worked on copies of its rows */
static gboolean
read_ledger (Push *self, GError **error)
{
  g_autoptr(QuarryJob) job = quarry_catalog_get_job (self->catalog, self->job->id, error);
  g_autoptr(GPtrArray) tasks = job != NULL ? quarry_catalog_list_tasks (self->catalog, self->job->id, error) : NULL;

  if (tasks == NULL)
    return FALSE;
  g_clear_pointer (&self->tasks, g_ptr_array_unref);
  g_clear_pointer (&self->job, quarry_job_free);
  self->tasks = g_steal_pointer (&tasks);
  self->job = g_steal_pointer (&job);
  return TRUE;
}

static gboolean
send_all (Push *self, GPtrArray *unsent, GError **error)
{
  for (guint i = 0; i < unsent->len; i += BATCH)
    if (!send_batch (self, unsent, i, MIN (i + BATCH, unsent->len), error))
      return FALSE;
  return TRUE;
}

static gboolean
is_passing (const GError *error)
{
  return g_error_matches (error, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_FAILED) ||
         g_error_matches (error, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_BUSY);
}

static gboolean
send_until_there (Push *self, GError **error)
{
  guint n_failures = 0;

  for (guint round = 0; round < ROUNDS_MAX; round++)
    {
      g_autoptr(GPtrArray) unsent = NULL;
      g_autoptr(GError) local = NULL;
      g_autofree char *detail = NULL;

      if (!survey (self, error))
        return FALSE;
      unsent = list_unsent (self, round > 0);
      if (unsent->len == 0)
        return TRUE;
      if (!send_all (self, unsent, &local))
        {
          if (!is_passing (local) || ++n_failures >= FAILURES_MAX)
            {
              g_propagate_error (error, g_steal_pointer (&local));
              return FALSE;
            }
          detail = g_strdup_printf ("%s; looking what has arrived", local->message);
          quarry_operation_set_progress (self->operation, self->n_there, self->tasks->len, detail);
          self->in_doubt = g_error_matches (local, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_FAILED);
          if (!self->in_doubt && !pause_ms (self, MIN (2000, self->settle_us / 1000) * n_failures, error))
            return FALSE;
        }
      if (!read_ledger (self, error))
        return FALSE;
    }
  g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_ANSWER,
               "job '%s': the vendor said yes %d times, and still %" G_GUINT64_FORMAT " of %u tasks are not in its list", self->job->name,
               ROUNDS_MAX, self->tasks->len - self->n_there, self->tasks->len);
  return FALSE;
}

/* --- the whole --- */

/* The rows of the ledger: made in one commit before the first request, or found from an earlier push of the same */
static gboolean
open_job (Push *self, const QuarryAccount *account, const QuarryManifest *manifest, GError **error)
{
  g_autoptr(GPtrArray) jobs = quarry_catalog_list_jobs (self->catalog, error);
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%d %H:%M");
  g_autofree char *name = self->request->job_name != NULL ? g_strdup (self->request->job_name)
                                                         : g_strdup_printf ("%s, %u frames", date, manifest->n_frames);
  QuarryId id = 0;

  if (jobs == NULL)
    return FALSE;
  for (guint i = 0; i < jobs->len; i++)
    {
      const QuarryJob *job = jobs->pdata[i];

      self->in_doubt |= job->account == account->id && g_strcmp0 (job->manifest_hash, manifest->hash) == 0;
    }
  id = quarry_catalog_create_job (self->catalog, account->id, name, manifest->text, manifest->hash, manifest->media, error);
  self->job = id != 0 ? quarry_catalog_get_job (self->catalog, id, error) : NULL;
  return self->job != NULL && read_ledger (self, error);
}

static gboolean
is_before_work (const char *state)
{
  return g_str_equal (state, "queued") || g_str_equal (state, "failed");
}

static void
note_failure (Push *self, const GError *failure)
{
  const gboolean cancelled = g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  const char *state = !is_before_work (self->job->state) ? NULL : cancelled ? "queued" : "failed";
  g_autoptr(GError) local = NULL;

  if (!quarry_catalog_update_job (self->catalog, self->job->id, NULL, state, cancelled ? "stopped; push again to go on" : failure->message, &local))
    g_debug ("job %" G_GINT64_FORMAT ": %s", self->job->id, local->message);      /* the first failure is the one to tell */
}

static gboolean
push (Push *self, const QuarryAccount *account, const QuarryManifest *manifest, GError **error)
{
  g_autoptr(GError) local = NULL;
  const char *state = NULL;
  int lock = -1;
  guint64 n_before = 0;
  gboolean done = FALSE;

  if (!open_job (self, account, manifest, error))
    return FALSE;
  lock = quarry_job_lock (self->catalog, self->job->id, error);
  if (lock < 0)
    return FALSE;
  done = read_ledger (self, &local);       /* again, now that nobody else writes it */
  for (guint i = 0; done && i < self->tasks->len; i++)
    n_before += ((QuarryTask *) self->tasks->pdata[i])->external_id != NULL;
  done = done && ensure_project (self, &local) && send_until_there (self, &local);
  state = is_before_work (self->job->state) ? "sent" : NULL;
  if (!done)
    {
      note_failure (self, local);
      g_propagate_error (error, g_steal_pointer (&local));
    }
  else
    {
      quarry_report_count (self->report, "tasks sent", (gint64) (self->n_there - MIN (n_before, self->n_there)));
      quarry_report_count (self->report, "already there", (gint64) MIN (n_before, self->n_there));
      done = quarry_catalog_update_job (self->catalog, self->job->id, NULL, state, NULL, error);
    }
  close (lock);
  return done;
}

/**
 * quarry_vendor_push:
 *
 * Sends the camera images of some frames, with the labels that are there. Killed or failed at any point and called again
 * with the same request, it goes on; called again after it is done, it changes nothing.
 *
 * Returns: the job, 0 with @error set; the job is in the catalog from before the first request on
 */
QuarryId
quarry_vendor_push (QuarryCatalog           *catalog,
                    const QuarryPushRequest *request,
                    QuarryOperation         *operation,
                    GError                 **error)
{
  GCancellable *cancellable = quarry_operation_get_cancellable (operation);
  g_autoptr(QuarryAccount) account = quarry_catalog_find_account (catalog, request->account, error);
  g_autoptr(QuarryManifest) manifest = NULL;
  g_auto(Push) self = { catalog, request, operation, quarry_operation_get_report (operation), cancellable };

  self.vendor = account != NULL ? quarry_job_open_vendor (account, cancellable, error) : NULL;
  if (self.vendor == NULL)
    return 0;
  self.iface = QUARRY_VENDOR_GET_IFACE (self.vendor);
  self.settle_us = (gint64) (request->settle_ms != 0 ? request->settle_ms : SETTLE_MS) * 1000;
  manifest = quarry_manifest_new (catalog, account, request, self.iface->kinds, self.iface->name, operation, error);
  return manifest != NULL && push (&self, account, manifest, error) ? self.job->id : 0;
}
