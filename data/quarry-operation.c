/* quarry-operation.c: one piece of long work: progress, cancel, result
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The worker writes progress under the lock; one idle at a time carries it to the thread that
 * made the object, where properties notify. The window lists these, the CLI draws its bar from them.
 */

#include "config.h"
#include "quarry-operation.h"

struct _QuarryOperation
{
  GObject               parent_instance;
  char                 *title;
  GCancellable         *cancellable;
  QuarryReport         *report;
  GMainContext         *context;     /* where properties notify */

  GMutex                lock;        /* guards the four below */
  double                fraction;    /* 0…1, negative while unknown */
  char                 *detail;
  guint                 idle;        /* pending notify, 0 none */

  QuarryOperationState  state;       /* context's thread only */
  GError               *error;
};

enum { PROP_0, PROP_TITLE, PROP_STATE, PROP_FRACTION, PROP_DETAIL, N_PROPS };
static GParamSpec *properties[N_PROPS];
G_DEFINE_FINAL_TYPE (QuarryOperation, quarry_operation, G_TYPE_OBJECT)

static void
quarry_operation_finalize (GObject *object)
{
  QuarryOperation *self = QUARRY_OPERATION (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->report);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->detail, g_free);
  g_clear_error (&self->error);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (quarry_operation_parent_class)->finalize (object);
}

static void
quarry_operation_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  QuarryOperation *self = QUARRY_OPERATION (object);

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, quarry_operation_get_fraction (self));
      break;
    case PROP_DETAIL:
      g_value_take_string (value, quarry_operation_dup_detail (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
quarry_operation_class_init (QuarryOperationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = quarry_operation_finalize;
  object_class->get_property = quarry_operation_get_property;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, QUARRY_OPERATION_CANCELLED, 0,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, -1, 1, 0,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_DETAIL] = g_param_spec_string ("detail", NULL, NULL, NULL,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
quarry_operation_init (QuarryOperation *self)
{
  g_mutex_init (&self->lock);
  self->cancellable = g_cancellable_new ();
  self->report = quarry_report_new ();
  self->context = g_main_context_ref_thread_default ();
  self->fraction = -1;
}

/**
 * quarry_operation_new:
 * @title: what the person asked for ("Import site-7"), shown in the list of operations
 *
 * Returns: (transfer full): an operation that notifies in the calling thread's main context
 */
QuarryOperation *
quarry_operation_new (const char *title)
{
  QuarryOperation *self = g_object_new (QUARRY_TYPE_OPERATION, NULL);

  self->title = g_strdup (title);
  return self;
}

static void
set_state (QuarryOperation *self, QuarryOperationState state)
{
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
settle (QuarryOperation *self, const GError *error)
{
  g_clear_error (&self->error);
  if (error != NULL)
    self->error = g_error_copy (error);
  if (error == NULL)
    set_state (self, QUARRY_OPERATION_DONE);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_state (self, QUARRY_OPERATION_CANCELLED);
  else
    set_state (self, QUARRY_OPERATION_FAILED);
}

typedef struct
{
  QuarryOperationFunc func;
  gpointer            data;
  GDestroyNotify      destroy;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  if (work->destroy != NULL)
    work->destroy (work->data);
  g_free (work);
}

static void
work_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Work *work = task_data;
  g_autoptr(GError) error = NULL;

  if (work->func (source, work->data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
work_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  settle (QUARRY_OPERATION (source), error);
}

/**
 * quarry_operation_start:
 * @func: the work, called once in a worker thread
 * @data: (transfer full): for @func; freed with @destroy in some thread
 *
 * Starts the work; "state" notifies when it ends. The operation stays alive until then.
 */
void
quarry_operation_start (QuarryOperation     *self,
                        QuarryOperationFunc  func,
                        gpointer             data,
                        GDestroyNotify       destroy)
{
  g_autoptr(GTask) task = NULL;
  Work *work = NULL;

  g_return_if_fail (QUARRY_IS_OPERATION (self));
  g_return_if_fail (self->state == QUARRY_OPERATION_READY);

  work = g_new0 (Work, 1);
  *work = (Work) { func, data, destroy };
  task = g_task_new (self, NULL, work_done_cb, NULL);
  g_task_set_source_tag (task, quarry_operation_start);
  g_task_set_task_data (task, work, work_free);
  set_state (self, QUARRY_OPERATION_RUNNING);
  g_task_run_in_thread (task, work_in_thread);
}

/**
 * quarry_operation_run:
 *
 * Does the work in the calling thread: for tests, and for work inside other work.
 */
gboolean
quarry_operation_run (QuarryOperation      *self,
                      QuarryOperationFunc   func,
                      gpointer              data,
                      GError              **error)
{
  g_autoptr(GError) local = NULL;

  g_return_val_if_fail (QUARRY_IS_OPERATION (self), FALSE);
  g_return_val_if_fail (self->state == QUARRY_OPERATION_READY, FALSE);

  set_state (self, QUARRY_OPERATION_RUNNING);
  func (self, data, &local);
  settle (self, local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Any thread. The worker ends at its next look at the cancellable, with G_IO_ERROR_CANCELLED. */
void
quarry_operation_cancel (QuarryOperation *self)
{
  g_return_if_fail (QUARRY_IS_OPERATION (self));
  g_cancellable_cancel (self->cancellable);
}

GCancellable *
quarry_operation_get_cancellable (QuarryOperation *self)
{
  return self->cancellable;
}

/* Returns: (transfer none): what was skipped and why; any thread */
QuarryReport *
quarry_operation_get_report (QuarryOperation *self)
{
  return self->report;
}

static gboolean
notify_idle_cb (gpointer user_data)
{
  QuarryOperation *self = user_data;

  g_mutex_lock (&self->lock);
  self->idle = 0;
  g_mutex_unlock (&self->lock);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DETAIL]);
  return G_SOURCE_REMOVE;
}

/**
 * quarry_operation_set_progress:
 * @total: 0 while unknown
 * @detail: (nullable): the thing at hand, e.g. a file name; NULL keeps the last
 *
 * Any thread, as often as one likes: at most one notify is pending.
 */
void
quarry_operation_set_progress (QuarryOperation *self,
                               guint64          done,
                               guint64          total,
                               const char      *detail)
{
  g_return_if_fail (QUARRY_IS_OPERATION (self));

  g_mutex_lock (&self->lock);
  self->fraction = total > 0 ? MIN (1.0, (double) done / (double) total) : -1;
  if (detail != NULL && g_strcmp0 (detail, self->detail) != 0)
    {
      g_free (self->detail);
      self->detail = g_strdup (detail);
    }
  if (self->idle == 0)
    {
      g_autoptr(GSource) source = g_idle_source_new ();

      g_source_set_callback (source, notify_idle_cb, g_object_ref (self), g_object_unref);
      self->idle = g_source_attach (source, self->context);
    }
  g_mutex_unlock (&self->lock);
}

/* For loops: Returns: TRUE with @error G_IO_ERROR_CANCELLED when the person asked to stop */
gboolean
quarry_operation_is_cancelled (QuarryOperation *self, GError **error)
{
  return g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

const char *
quarry_operation_get_title (QuarryOperation *self)
{
  return self->title;
}

QuarryOperationState
quarry_operation_get_state (QuarryOperation *self)
{
  return self->state;
}

/* Returns: 0…1, or −1 while unknown */
double
quarry_operation_get_fraction (QuarryOperation *self)
{
  double fraction;

  g_mutex_lock (&self->lock);
  fraction = self->fraction;
  g_mutex_unlock (&self->lock);
  return fraction;
}

/* Returns: (transfer full) (nullable) */
char *
quarry_operation_dup_detail (QuarryOperation *self)
{
  char *detail;

  g_mutex_lock (&self->lock);
  detail = g_strdup (self->detail);
  g_mutex_unlock (&self->lock);
  return detail;
}

/* Returns: (transfer none) (nullable): why it failed, once "state" says so */
const GError *
quarry_operation_get_error (QuarryOperation *self)
{
  return self->error;
}
