/* quarry-page-reader.c: keeps what a page shows up to date
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   session "changed", queue () ─ settle ─ ask ─ worker: read ─ show
 *
 * Reads only while the page is mapped; what changed meanwhile is read when it is mapped again. A newer request cancels the
 * one under way, whose result is dropped.
 */

#include "config.h"
#include "quarry-page-reader.h"

#include <glib/gi18n.h>

#define SETTLE_MS 100        /* several changes in a row are read once */

struct _QuarryPageReader
{
  GObject              parent_instance;
  GtkWidget           *page;         /* not owned: owns us */
  QuarrySession       *session;
  const QuarryReading *reading;      /* static */
  GCancellable        *running;      /* nullable */
  guint                settle_source;
  gboolean             stale;
};

enum { PROP_0, PROP_BUSY, N_PROPS };
static GParamSpec *properties[N_PROPS];
G_DEFINE_FINAL_TYPE (QuarryPageReader, quarry_page_reader, G_TYPE_OBJECT)

typedef struct
{
  const QuarryReading *reading;
  QuarryCatalog       *catalog;
  gpointer             request;
  gpointer             result;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->request != NULL && job->reading->free_request != NULL)
    job->reading->free_request (job->request);
  if (job->result != NULL && job->reading->free_result != NULL)
    job->reading->free_result (job->result);
  g_object_unref (job->catalog);
  g_free (job);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  g_autoptr(GError) error = NULL;

  job->result = job->reading->read (job->catalog, job->request, cancellable, &error);
  if (job->result == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
set_running (QuarryPageReader *self, GCancellable *cancellable)
{
  if (self->running == NULL && cancellable == NULL)
    return;
  if (self->running != NULL)
    g_cancellable_cancel (self->running);
  g_set_object (&self->running, cancellable);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(QuarryPageReader) self = user_data;
  g_autoptr(GError) error = NULL;
  GTask *task = G_TASK (result);
  Job *job = g_task_get_task_data (task);
  const gboolean done = g_task_propagate_boolean (task, &error);

  if (self->running != g_task_get_cancellable (task) || self->page == NULL)
    return;
  if (done)
    self->reading->show (self->page, job->request, job->result);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_autofree char *message = g_strconcat (_(self->reading->failed), ": ", error->message, NULL);

      quarry_session_failed (self->session, message);
    }
  set_running (self, NULL);
}

static void
read_now (QuarryPageReader *self)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, read_cb, g_object_ref (self));
  Job *job = g_new0 (Job, 1);

  job->reading = self->reading;
  job->catalog = g_object_ref (quarry_session_get_catalog (self->session));
  job->request = self->reading->ask != NULL ? self->reading->ask (self->page) : NULL;
  g_task_set_source_tag (task, read_now);
  g_task_set_task_data (task, job, job_free);
  self->stale = FALSE;
  set_running (self, cancellable);
  quarry_session_run_task (self->session, task, read_in_thread);
}

static gboolean
settled_cb (gpointer user_data)
{
  QuarryPageReader *self = user_data;

  self->settle_source = 0;
  read_now (self);
  return G_SOURCE_REMOVE;
}

static void
map_cb (QuarryPageReader *self)
{
  if (self->stale)
    read_now (self);
}

static void
unmap_cb (QuarryPageReader *self)
{
  if (self->running != NULL || self->settle_source != 0)
    self->stale = TRUE;
  g_clear_handle_id (&self->settle_source, g_source_remove);
  set_running (self, NULL);
}

static void
quarry_page_reader_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  if (property_id == PROP_BUSY)
    g_value_set_boolean (value, QUARRY_PAGE_READER (object)->running != NULL);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
quarry_page_reader_dispose (GObject *object)
{
  QuarryPageReader *self = QUARRY_PAGE_READER (object);

  g_clear_handle_id (&self->settle_source, g_source_remove);
  if (self->running != NULL)
    g_cancellable_cancel (self->running);
  g_clear_object (&self->running);
  g_clear_weak_pointer (&self->page);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (quarry_page_reader_parent_class)->dispose (object);
}

static void
quarry_page_reader_class_init (QuarryPageReaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = quarry_page_reader_get_property;
  object_class->dispose = quarry_page_reader_dispose;
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
quarry_page_reader_init (QuarryPageReader *self)
{
  self->stale = TRUE;
}

/**
 * quarry_page_reader_new:
 * @page: (transfer none): keeps the reader, and drops it in its dispose
 * @reading: static
 */
QuarryPageReader *
quarry_page_reader_new (GtkWidget           *page,
                        QuarrySession       *session,
                        const QuarryReading *reading)
{
  QuarryPageReader *self = NULL;

  g_return_val_if_fail (GTK_IS_WIDGET (page), NULL);
  g_return_val_if_fail (QUARRY_IS_SESSION (session), NULL);

  self = g_object_new (QUARRY_TYPE_PAGE_READER, NULL);
  g_set_weak_pointer (&self->page, page);
  self->session = g_object_ref (session);
  self->reading = reading;
  g_signal_connect_object (page, "map", G_CALLBACK (map_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "unmap", G_CALLBACK (unmap_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "changed", G_CALLBACK (quarry_page_reader_queue), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * quarry_page_reader_queue:
 *
 * What the page shows is out of date: reads again soon, or when the page is mapped.
 */
void
quarry_page_reader_queue (QuarryPageReader *self)
{
  g_return_if_fail (QUARRY_IS_PAGE_READER (self));

  if (self->page == NULL || !gtk_widget_get_mapped (self->page))
    self->stale = TRUE;
  else if (self->settle_source == 0)
    self->settle_source = g_timeout_add (SETTLE_MS, settled_cb, self);
}

gboolean
quarry_page_reader_is_busy (QuarryPageReader *self)
{
  g_return_val_if_fail (QUARRY_IS_PAGE_READER (self), FALSE);

  return self->running != NULL || self->settle_source != 0;
}
