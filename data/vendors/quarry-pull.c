/* quarry-pull.c: a vendor's answers into the job's annotation set
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * An answer is taken by our own key in the vendor's data, never by its place in a list. Labelled (with nothing, too), skipped
 * and not done yet are three different things. What is in the set and no longer at the vendor goes; pulling again changes nothing.
 */

#include "config.h"
#include "quarry-job.h"

#include <string.h>
#include <unistd.h>

#define BATCH 200        /* tasks a commit */

typedef struct
{
  QuarryCatalog   *catalog;
  QuarryOperation *operation;
  QuarryReport    *report;
  GCancellable    *cancellable;
  QuarryVendor    *vendor;
  QuarryJob       *job;
  QuarryId         set;            /* 0 until there is something to put in */
  GPtrArray       *tasks;          /* QuarryTask */
  GHashTable      *task_by_key;    /* borrowed from both */
  GHashTable      *answered;       /* keys */
  GPtrArray       *strangers;      /* QuarryVendorAnswer: our key, but not the task that the ledger knows */
  GPtrArray       *store;          /* QuarryAnnotation of the batch */
  GPtrArray       *remove;         /* external ids of the batch */
  GPtrArray       *changed;        /* QuarryTask of the batch */
  guint            n_batch;
} Pull;

static void
pull_clear (Pull *self)
{
  g_clear_object (&self->vendor);
  g_clear_pointer (&self->job, quarry_job_free);
  g_clear_pointer (&self->task_by_key, g_hash_table_unref);
  g_clear_pointer (&self->answered, g_hash_table_unref);
  g_clear_pointer (&self->changed, g_ptr_array_unref);
  g_clear_pointer (&self->tasks, g_ptr_array_unref);
  g_clear_pointer (&self->strangers, g_ptr_array_unref);
  g_clear_pointer (&self->store, g_ptr_array_unref);
  g_clear_pointer (&self->remove, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pull, pull_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryVendorAnswer, quarry_vendor_answer_free)

/* The set of an earlier pull, 0 before the first. @out_taken: whether another set has the job's name */
static gboolean
find_set (Pull *self, gboolean *out_taken, GError **error)
{
  g_autoptr(GPtrArray) sets = quarry_catalog_list_sets (self->catalog, error);

  for (guint i = 0; sets != NULL && i < sets->len; i++)
    {
      const QuarryAnnotationSet *set = sets->pdata[i];

      if (set->job == self->job->id)
        self->set = set->id;
      else if (g_str_equal (set->name, self->job->name))
        *out_taken = TRUE;
    }
  return sets != NULL;
}

/* Makes the job's own set once there is something to put in: by its name, or by name and number where another has taken that */
static gboolean
ensure_set (Pull *self, GError **error)
{
  g_autofree char *numbered = g_strdup_printf ("%s (job %" G_GINT64_FORMAT ")", self->job->name, self->job->id);
  gboolean taken = FALSE;

  if (self->set == 0 && !find_set (self, &taken, error))
    return FALSE;
  if (self->set == 0)
    self->set = quarry_catalog_store_set (self->catalog, taken ? numbered : self->job->name, "vendor", 0, self->job->id, error);
  return self->set != 0;
}

static gboolean
flush (Pull *self, GError **error)
{
  const guint n_removed = self->remove->len;

  if (self->store->len > 0 && !ensure_set (self, error))
    return FALSE;
  if (self->store->len > 0 &&
      !quarry_catalog_store_annotations (self->catalog, self->set, self->store, self->job->vendor, self->report, error))
    return FALSE;
  g_ptr_array_add (self->remove, NULL);
  if (n_removed > 0 &&
      !quarry_catalog_remove_annotations (self->catalog, self->set, (const char * const *) self->remove->pdata, error))
    return FALSE;
  if (self->changed->len > 0 && !quarry_catalog_update_tasks (self->catalog, self->changed, error))
    return FALSE;
  quarry_report_count (self->report, "removed", n_removed);
  g_ptr_array_set_size (self->store, 0);
  g_ptr_array_set_size (self->remove, 0);
  g_ptr_array_set_size (self->changed, 0);
  self->n_batch = 0;
  return TRUE;
}

/* Returns: why the labels must not be taken, "" where they may */
static char *
find_problem (const QuarryVendorAnswer *answer, const QuarryMedia *media)
{
  if (answer->problem != NULL)
    return g_strdup (answer->problem);
  if (answer->width == 0 || media->width == 0 || (answer->width == media->width && answer->height == media->height))
    return g_strdup ("");
  if (answer->width == media->height && answer->height == media->width)
    return g_strdup_printf ("labelled on a picture of %d × %d pixels, ours has %d × %d: turned, as if its EXIF orientation had been lost",
                            answer->width, answer->height, media->width, media->height);
  return g_strdup_printf ("labelled on a picture of %d × %d pixels, ours has %d × %d",
                          answer->width, answer->height, media->width, media->height);
}

/* Moves the good drafts of @answer to the batch. Returns: (transfer full): the external ids they have */
static GHashTable *
take_annotations (Pull *self, QuarryVendorAnswer *answer, const QuarryTask *task)
{
  GHashTable *ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; answer->state == QUARRY_ANSWER_LABELLED && i < answer->annotations->len; i++)
    {
      const QuarryAnnotation *draft = answer->annotations->pdata[i];
      g_autoptr(QuarryAnnotation) annotation = quarry_annotation_copy (draft);
      g_autoptr(GError) local = NULL;

      if (!quarry_annotation_check (annotation, &local))
        quarry_report_add (self->report, QUARRY_ISSUE_SKIPPED, task->key, draft->external_id, "%s", local->message);
      else if (!g_hash_table_add (ids, g_strdup (draft->external_id)))
        quarry_report_add (self->report, QUARRY_ISSUE_SKIPPED, task->key, draft->external_id, "this id occurs twice in the task");
      else
        {
          annotation->frame = task->frame;
          annotation->media = task->media;
          annotation->task = task->id;
          g_ptr_array_add (self->store, g_steal_pointer (&annotation));
        }
    }
  return ids;
}

/* What this task had in the set and has no longer */
static gboolean
collect_gone (Pull *self, const QuarryTask *task, GHashTable *ids, GError **error)
{
  g_autoptr(GPtrArray) stored = NULL;

  if (self->set == 0)
    return TRUE;
  stored = quarry_catalog_list_annotations (self->catalog, task->frame, self->set, error);
  for (guint i = 0; stored != NULL && i < stored->len; i++)
    {
      const QuarryAnnotation *annotation = stored->pdata[i];

      if (annotation->task == task->id && !g_hash_table_contains (ids, annotation->external_id))
        g_ptr_array_add (self->remove, g_strdup (annotation->external_id));
    }
  return stored != NULL;
}

static void
note_state (Pull *self, QuarryTask *task, const QuarryVendorAnswer *answer)
{
  static const char * const states[] = { [QUARRY_ANSWER_PENDING] = "sent", [QUARRY_ANSWER_LABELLED] = "delivered",
                                         [QUARRY_ANSWER_SKIPPED] = "cancelled" };
  const char *state = states[answer->state];
  const char *error = answer->state == QUARRY_ANSWER_SKIPPED ? "skipped at the vendor" : NULL;

  if (answer->state == QUARRY_ANSWER_LABELLED && g_str_equal (task->state, "accepted"))
    state = "accepted";      /* a person's word here; a label that changed since shows in the report */
  if (g_str_equal (task->state, state) && g_strcmp0 (task->error, error) == 0 && g_strcmp0 (task->external_id, answer->external_id) == 0)
    return;
  g_free (task->state);
  g_free (task->error);
  g_free (task->external_id);
  task->state = g_strdup (state);
  task->error = g_strdup (error);
  task->external_id = g_strdup (answer->external_id);
  g_ptr_array_add (self->changed, task);
}

static void
refuse (Pull *self, QuarryTask *task, const char *problem)
{
  quarry_report_add (self->report, QUARRY_ISSUE_SKIPPED, task->key, task->external_id, "%s", problem);
  quarry_report_count (self->report, "tasks refused", 1);
  if (g_strcmp0 (task->error, problem) == 0)
    return;
  g_free (task->error);
  task->error = g_strdup (problem);
  g_ptr_array_add (self->changed, task);
}

static gboolean
take_answer (Pull *self, QuarryVendorAnswer *answer, QuarryTask *task, GError **error)
{
  static const char * const counts[] = { [QUARRY_ANSWER_PENDING] = "tasks pending", [QUARRY_ANSWER_LABELLED] = "tasks labelled",
                                         [QUARRY_ANSWER_SKIPPED] = "tasks skipped" };
  g_autoptr(QuarryMedia) media = quarry_catalog_get_media (self->catalog, task->media, error);
  g_autoptr(GHashTable) ids = NULL;
  g_autofree char *problem = media != NULL ? find_problem (answer, media) : NULL;

  if (media == NULL)
    return FALSE;
  g_hash_table_add (self->answered, task->key);
  quarry_operation_set_progress (self->operation, g_hash_table_size (self->answered), self->tasks->len, NULL);
  if (*problem != '\0')
    refuse (self, task, problem);
  else
    {
      quarry_report_count (self->report, counts[answer->state], 1);
      ids = take_annotations (self, answer, task);
      if (!collect_gone (self, task, ids, error))
        return FALSE;
      note_state (self, task, answer);
    }
  return ++self->n_batch < BATCH || flush (self, error);
}

static gboolean
answered_cb (gpointer user_data, QuarryVendorAnswer *taken, GError **error)
{
  Pull *self = user_data;
  g_autoptr(QuarryVendorAnswer) answer = taken;
  QuarryTask *task = answer->key != NULL ? g_hash_table_lookup (self->task_by_key, answer->key) : NULL;

  if (quarry_operation_is_cancelled (self->operation, error))
    return FALSE;
  if (task == NULL)
    {
      g_autofree char *path = g_strdup_printf ("task %s", answer->external_id);

      quarry_report_count (self->report, "tasks unknown", 1);
      if (answer->key == NULL)
        quarry_report_add (self->report, QUARRY_ISSUE_SKIPPED, path, NULL, "has no key of ours");
      else
        quarry_report_add (self->report, QUARRY_ISSUE_SKIPPED, path, NULL, "its key '%s' is not of this job", answer->key);
      return TRUE;
    }
  if (task->external_id != NULL && !g_str_equal (task->external_id, answer->external_id))
    {
      g_ptr_array_add (self->strangers, g_steal_pointer (&answer));
      return TRUE;
    }
  if (g_hash_table_contains (self->answered, task->key))
    return TRUE;      /* a listing that moved while it was read */
  return take_answer (self, answer, task, error);
}

/* A task with our key that the ledger knows by another id: taken where the known one is gone, named where both are there */
static gboolean
take_strangers (Pull *self, GError **error)
{
  for (guint i = 0; i < self->strangers->len; i++)
    {
      QuarryVendorAnswer *answer = self->strangers->pdata[i];
      QuarryTask *task = g_hash_table_lookup (self->task_by_key, answer->key);

      if (g_hash_table_contains (self->answered, task->key))
        quarry_report_add (self->report, answer->state == QUARRY_ANSWER_LABELLED ? QUARRY_ISSUE_SKIPPED : QUARRY_ISSUE_NOTE,
                           task->key, answer->external_id, "is at the vendor twice; task %s counts", task->external_id);
      else if (!take_answer (self, answer, task, error))
        return FALSE;
    }
  return TRUE;
}

static void
report_missing (Pull *self)
{
  for (guint i = 0; i < self->tasks->len; i++)
    {
      const QuarryTask *task = self->tasks->pdata[i];

      if (g_hash_table_contains (self->answered, task->key))
        continue;
      if (task->external_id == NULL)
        quarry_report_count (self->report, "tasks not sent yet", 1);
      else
        quarry_report_add (self->report, QUARRY_ISSUE_SKIPPED, task->key, task->external_id,
                           "is no longer at the vendor; labels pulled earlier stay");
    }
}

/* Returns: the state of a job by its tasks */
static const char *
sum_state (Pull *self)
{
  guint n_done = 0;
  guint n_open = 0;

  for (guint i = 0; i < self->tasks->len; i++)
    {
      const char *state = ((QuarryTask *) self->tasks->pdata[i])->state;
      const gboolean done = g_str_equal (state, "delivered") || g_str_equal (state, "accepted") || g_str_equal (state, "cancelled");

      n_done += done;
      n_open += !done;
    }
  return n_open == 0 ? "delivered" : n_done > 0 ? "in progress" : "sent";
}

static gboolean
prepare (Pull *self, QuarryId job, GError **error)
{
  g_autoptr(QuarryAccount) account = NULL;
  gboolean taken = FALSE;

  self->job = quarry_catalog_get_job (self->catalog, job, error);
  if (self->job == NULL)
    return FALSE;
  if (self->job->external_id == NULL)
    {
      g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_NOT_FOUND, "job '%s' has not been sent yet", self->job->name);
      return FALSE;
    }
  account = quarry_catalog_find_account (self->catalog, self->job->account_name, error);
  self->vendor = account != NULL ? quarry_job_open_vendor (account, self->cancellable, error) : NULL;
  if (self->vendor == NULL)
    return FALSE;
  self->tasks = quarry_catalog_list_tasks (self->catalog, job, error);
  self->task_by_key = g_hash_table_new (g_str_hash, g_str_equal);
  self->answered = g_hash_table_new (g_str_hash, g_str_equal);
  self->strangers = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_vendor_answer_free);
  self->store = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  self->remove = g_ptr_array_new_with_free_func (g_free);
  self->changed = g_ptr_array_new ();
  if (self->tasks == NULL || !find_set (self, &taken, error))
    return FALSE;
  for (guint i = 0; i < self->tasks->len; i++)
    {
      QuarryTask *task = self->tasks->pdata[i];

      g_hash_table_insert (self->task_by_key, task->key, task);
    }
  return TRUE;
}

/**
 * quarry_vendor_pull:
 *
 * Fetches all answers of a job and makes its annotation set equal to them. The report counts what was added, changed, the
 * same, removed, and the tasks labelled, skipped, pending, refused and unknown.
 */
gboolean
quarry_vendor_pull (QuarryCatalog    *catalog,
                    QuarryId          job,
                    QuarryOperation  *operation,
                    GError          **error)
{
  g_auto(Pull) self = { catalog, operation, quarry_operation_get_report (operation), quarry_operation_get_cancellable (operation) };
  static const char * const counts[] = { "tasks labelled", "tasks skipped", "tasks pending", "added", "changed", "same", "removed" };
  const char *state = NULL;
  const int lock = quarry_job_lock (catalog, job, error);
  gboolean done = FALSE;

  if (lock < 0)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    quarry_report_count (self.report, counts[i], 0);      /* every word is there, in this order */
  done = prepare (&self, job, error) &&
         QUARRY_VENDOR_GET_IFACE (self.vendor)->fetch (self.vendor, self.job->external_id, answered_cb, &self, self.report,
                                                       self.cancellable, error) &&
         take_strangers (&self, error) && flush (&self, error);
  if (done)
    {
      report_missing (&self);
      state = sum_state (&self);
      if (!g_str_equal (state, self.job->state) || self.job->error != NULL)
        done = quarry_catalog_update_job (catalog, job, NULL, state, NULL, error);
    }
  close (lock);
  return done;
}
