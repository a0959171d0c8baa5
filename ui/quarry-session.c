/* quarry-session.c: what the views of one window share
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   query text ─ parse ─ worker: catalog_query ─ new QuarryFrameModel ─ "frames"
 *   catalog "changed" ─ throttled ─ "changed" and the query again; equal ids keep the old model
 *   edits ─ one thread, first in first out ─ "edited" or "failed"
 */

#include "config.h"
#include "quarry-session.h"
#include "quarry-facets.h"

#include <glib/gi18n.h>
#include <string.h>

#define CHANGED_INTERVAL_MS 250
#define POLL_INTERVAL_S     1
#define THUMBNAIL_SIZE      320       /* px of the longer side */

struct _QuarrySession
{
  GObject           parent_instance;
  QuarryCatalog    *catalog;
  QuarryThumbnails *thumbnails;
  char             *query_text;
  QuarryQuery      *query;
  char             *query_error;      /* nullable */
  QuarryFrameModel *frames;
  QuarrySelectionModel *selection;
  QuarryFacets     *facets;           /* NULL until somebody looks */
  QuarryId          current_frame;
  GListStore       *operations;
  GThreadPool      *edits;            /* one thread */
  guint             n_edits;          /* wait or are under way */
  guint             n_tasks;          /* in threads, reading the catalog */
  GCancellable     *running;          /* of the query in a worker, NULL while there is none */
  gboolean          again;            /* the catalog changed while the query ran */
  gboolean          closed;
  guint             changed_source;   /* throttle */
  guint             poll_source;
};

enum { PROP_0, PROP_QUERY_TEXT, PROP_QUERY, PROP_QUERY_ERROR, PROP_FRAMES, PROP_SELECTION, PROP_CURRENT_FRAME, PROP_EDITING, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { EDITED, FAILED, CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];
G_DEFINE_FINAL_TYPE (QuarrySession, quarry_session, G_TYPE_OBJECT)

/* --- the query in its worker --- */

typedef struct
{
  QuarryCatalog    *catalog;
  QuarryQuery      *query;
  QuarryFrameModel *known;       /* the result that is shown */
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  g_object_unref (search->catalog);
  g_object_unref (search->known);
  quarry_query_unref (search->query);
  g_free (search);
}

static gboolean
same_ids (const GArray *a, const GArray *b)
{
  return a->len == b->len && (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (QuarryId)) == 0);
}

static void
search_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Search *search = task_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) ids = quarry_catalog_query (search->catalog, search->query, cancellable, &error);

  if (ids == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (same_ids (ids, quarry_frame_model_get_ids (search->known)))
    g_task_return_pointer (task, g_object_ref (search->known), g_object_unref);
  else
    g_task_return_pointer (task, quarry_frame_model_new (g_steal_pointer (&ids)), g_object_unref);
}

static void schedule_changed (QuarrySession *self);

static void
take_frames (QuarrySession *self, QuarryFrameModel *frames)
{
  g_autoptr(GArray) selected = quarry_selection_model_dup_ids (self->selection);

  g_set_object (&self->frames, frames);
  g_object_unref (self->selection);
  self->selection = quarry_selection_model_new (frames);
  quarry_selection_model_select_ids (self->selection, selected);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRAMES]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTION]);
}

static void
search_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(QuarrySession) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryFrameModel) frames = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->running)
    return;                                                        /* a newer one runs */
  g_clear_object (&self->running);
  if (self->closed)
    return;
  if (frames == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        quarry_session_failed (self, error->message);
    }
  else if (frames != self->frames)
    take_frames (self, frames);
  if (self->again)
    {
      self->again = FALSE;
      schedule_changed (self);
    }
}

static void
start_search (QuarrySession *self)
{
  g_autoptr(GTask) task = NULL;
  Search *search = NULL;

  if (self->running != NULL)
    g_cancellable_cancel (self->running);
  g_clear_object (&self->running);
  self->running = g_cancellable_new ();

  search = g_new0 (Search, 1);
  *search = (Search) { g_object_ref (self->catalog), quarry_query_ref (self->query), g_object_ref (self->frames) };
  /* no source object: the worker must never drop the last reference of a session */
  task = g_task_new (NULL, self->running, search_done_cb, g_object_ref (self));
  g_task_set_source_tag (task, start_search);
  g_task_set_task_data (task, search, search_free);
  quarry_session_run_task (self, task, search_in_thread);
}

/* --- changes of the catalog --- */

static gboolean
changed_cb (gpointer user_data)
{
  QuarrySession *self = user_data;

  self->changed_source = 0;
  if (self->running != NULL)
    self->again = TRUE;
  else
    start_search (self);
  g_signal_emit (self, signals[CHANGED], 0);
  return G_SOURCE_REMOVE;
}

static void
schedule_changed (QuarrySession *self)
{
  if (self->changed_source == 0 && !self->closed)
    self->changed_source = g_timeout_add (CHANGED_INTERVAL_MS, changed_cb, self);
}

static void
catalog_changed_cb (QuarryCatalog *catalog, gpointer user_data)
{
  schedule_changed (user_data);
}

static gboolean
poll_cb (gpointer user_data)
{
  QuarrySession *self = user_data;

  quarry_catalog_poll (self->catalog);
  return G_SOURCE_CONTINUE;
}

/* --- edits --- */

typedef struct
{
  QuarrySession     *session;
  char              *what;
  QuarrySessionEdit  func;
  gpointer           data;
  GDestroyNotify     destroy;
  GError            *error;
} Edit;

static gboolean
edit_done_cb (gpointer user_data)
{
  Edit *edit = user_data;

  if (edit->error != NULL)
    quarry_session_failed (edit->session, edit->error->message);
  else if (edit->what != NULL)
    quarry_session_edited (edit->session, edit->what);
  if (edit->destroy != NULL)
    edit->destroy (edit->data);
  if (--edit->session->n_edits == 0)
    g_object_notify_by_pspec (G_OBJECT (edit->session), properties[PROP_EDITING]);
  g_clear_error (&edit->error);
  g_free (edit->what);
  g_object_unref (edit->session);
  g_free (edit);
  return G_SOURCE_REMOVE;
}

static void
edit_in_thread (gpointer data, gpointer user_data)
{
  Edit *edit = data;

  if (!edit->func (edit->session->catalog, edit->data, &edit->what, &edit->error) && edit->error == NULL)
    g_set_error_literal (&edit->error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED, _("the edit failed"));
  g_idle_add_full (G_PRIORITY_DEFAULT, edit_done_cb, edit, NULL);
}

/* --- the object --- */

static void
quarry_session_dispose (GObject *object)
{
  QuarrySession *self = QUARRY_SESSION (object);

  self->closed = TRUE;
  if (self->running != NULL)
    g_cancellable_cancel (self->running);
  g_clear_object (&self->running);
  g_clear_handle_id (&self->changed_source, g_source_remove);
  g_clear_handle_id (&self->poll_source, g_source_remove);
  if (self->edits != NULL)
    g_thread_pool_free (g_steal_pointer (&self->edits), FALSE, TRUE);
  g_clear_object (&self->operations);
  g_clear_object (&self->facets);
  g_clear_object (&self->selection);
  g_clear_object (&self->frames);
  g_clear_object (&self->thumbnails);
  g_clear_object (&self->catalog);
  G_OBJECT_CLASS (quarry_session_parent_class)->dispose (object);
}

static void
quarry_session_finalize (GObject *object)
{
  QuarrySession *self = QUARRY_SESSION (object);

  g_clear_pointer (&self->query, quarry_query_unref);
  g_free (self->query_text);
  g_free (self->query_error);
  G_OBJECT_CLASS (quarry_session_parent_class)->finalize (object);
}

static void
quarry_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  QuarrySession *self = QUARRY_SESSION (object);

  switch (id)
    {
    case PROP_QUERY_TEXT:
      g_value_set_string (value, self->query_text);
      break;
    case PROP_QUERY:
      g_value_set_pointer (value, self->query);
      break;
    case PROP_QUERY_ERROR:
      g_value_set_string (value, self->query_error);
      break;
    case PROP_FRAMES:
      g_value_set_object (value, self->frames);
      break;
    case PROP_SELECTION:
      g_value_set_object (value, self->selection);
      break;
    case PROP_CURRENT_FRAME:
      g_value_set_int64 (value, self->current_frame);
      break;
    case PROP_EDITING:
      g_value_set_boolean (value, self->n_edits > 0);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
quarry_session_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  QuarrySession *self = QUARRY_SESSION (object);

  switch (id)
    {
    case PROP_QUERY_TEXT:
      quarry_session_set_query_text (self, g_value_get_string (value));
      break;
    case PROP_CURRENT_FRAME:
      quarry_session_set_current_frame (self, g_value_get_int64 (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
quarry_session_class_init (QuarrySessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags writable = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = quarry_session_dispose;
  object_class->finalize = quarry_session_finalize;
  object_class->get_property = quarry_session_get_property;
  object_class->set_property = quarry_session_set_property;

  properties[PROP_QUERY_TEXT] = g_param_spec_string ("query-text", NULL, NULL, "", writable);
  properties[PROP_QUERY] = g_param_spec_pointer ("query", NULL, NULL, readable);
  properties[PROP_QUERY_ERROR] = g_param_spec_string ("query-error", NULL, NULL, NULL, readable);
  properties[PROP_FRAMES] = g_param_spec_object ("frames", NULL, NULL, QUARRY_TYPE_FRAME_MODEL, readable);
  properties[PROP_SELECTION] = g_param_spec_object ("selection", NULL, NULL, QUARRY_TYPE_SELECTION_MODEL, readable);
  properties[PROP_CURRENT_FRAME] = g_param_spec_int64 ("current-frame", NULL, NULL, 0, G_MAXINT64, 0, writable);
  properties[PROP_EDITING] = g_param_spec_boolean ("editing", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[EDITED] = g_signal_new ("edited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
quarry_session_init (QuarrySession *self)
{
  self->query_text = g_strdup ("");
  self->query = quarry_query_parse ("", NULL);
  self->frames = quarry_frame_model_new (g_array_new (FALSE, FALSE, sizeof (QuarryId)));
  self->selection = quarry_selection_model_new (self->frames);
  self->operations = g_list_store_new (QUARRY_TYPE_OPERATION);
  self->edits = g_thread_pool_new (edit_in_thread, NULL, 1, FALSE, NULL);
}

/**
 * quarry_session_new:
 * @catalog: (transfer none): opened in this thread
 *
 * Starts with the empty query: "frames" notifies soon.
 */
QuarrySession *
quarry_session_new (QuarryCatalog *catalog)
{
  QuarrySession *self = NULL;

  g_return_val_if_fail (QUARRY_IS_CATALOG (catalog), NULL);

  self = g_object_new (QUARRY_TYPE_SESSION, NULL);
  self->catalog = g_object_ref (catalog);
  self->thumbnails = quarry_thumbnails_new (quarry_catalog_get_storage (catalog), NULL, THUMBNAIL_SIZE);
  self->poll_source = g_timeout_add_seconds (POLL_INTERVAL_S, poll_cb, self);
  g_signal_connect_object (catalog, "changed", G_CALLBACK (catalog_changed_cb), self, 0);
  start_search (self);
  return self;
}

QuarryCatalog *
quarry_session_get_catalog (QuarrySession *self)
{
  g_return_val_if_fail (QUARRY_IS_SESSION (self), NULL);
  return self->catalog;
}

QuarryThumbnails *
quarry_session_get_thumbnails (QuarrySession *self)
{
  g_return_val_if_fail (QUARRY_IS_SESSION (self), NULL);
  return self->thumbnails;
}

const char *
quarry_session_get_query_text (QuarrySession *self)
{
  g_return_val_if_fail (QUARRY_IS_SESSION (self), NULL);
  return self->query_text;
}

static void
set_query_error (QuarrySession *self, const char *message)
{
  if (g_strcmp0 (self->query_error, message) == 0)
    return;
  g_free (self->query_error);
  self->query_error = g_strdup (message);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_QUERY_ERROR]);
}

/* A term that is being typed is a word first ("foo", then "foo:"): where the query that runs ends in the beginning of the
 * term that is wrong, the one before that word. Returns: (transfer full) (nullable): NULL: the query stays */
static QuarryQuery *
without_half_word (QuarrySession *self, const char *text)
{
  const char *known = quarry_query_get_text (self->query);
  const char *word = text + strlen (known);
  g_autofree char *before = NULL;

  if (*known == '\0' || !g_str_has_prefix (text, known) || g_ascii_isspace (*word))
    return NULL;
  while (word > text && !g_ascii_isspace (word[-1]))
    word--;
  if (word == text + strlen (known))
    return NULL;
  before = g_strchomp (g_strndup (text, (gsize) (word - text)));
  return quarry_query_parse (before, NULL);
}

/**
 * quarry_session_set_query_text:
 *
 * A text that does not parse sets "query-error" and leaves the frames as they were before its last word was begun.
 */
void
quarry_session_set_query_text (QuarrySession *self, const char *text)
{
  g_autoptr(GError) error = NULL;
  QuarryQuery *query = NULL;

  g_return_if_fail (QUARRY_IS_SESSION (self));

  if (text == NULL)
    text = "";
  if (g_str_equal (self->query_text, text))
    return;
  g_free (self->query_text);
  self->query_text = g_strdup (text);
  query = quarry_query_parse (text, &error);
  if (query == NULL)
    query = without_half_word (self, text);
  if (query != NULL)
    {
      g_clear_pointer (&self->query, quarry_query_unref);
      self->query = query;
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_QUERY_TEXT]);
  set_query_error (self, error != NULL ? error->message : NULL);
  if (query != NULL && !self->closed)
    {
      start_search (self);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_QUERY]);
    }
}

QuarryQuery *
quarry_session_get_query (QuarrySession *self)
{
  g_return_val_if_fail (QUARRY_IS_SESSION (self), NULL);
  return self->query;
}

const char *
quarry_session_get_query_error (QuarrySession *self)
{
  g_return_val_if_fail (QUARRY_IS_SESSION (self), NULL);
  return self->query_error;
}

/* Returns: (transfer none) */
QuarryFrameModel *
quarry_session_get_frames (QuarrySession *self)
{
  g_return_val_if_fail (QUARRY_IS_SESSION (self), NULL);
  return self->frames;
}

/* Returns: (transfer none) */
QuarrySelectionModel *
quarry_session_get_selection (QuarrySession *self)
{
  g_return_val_if_fail (QUARRY_IS_SESSION (self), NULL);
  return self->selection;
}

/* Returns: (transfer none) */
QuarryFacets *
quarry_session_get_facets (QuarrySession *self)
{
  g_return_val_if_fail (QUARRY_IS_SESSION (self), NULL);
  if (self->facets == NULL)
    self->facets = quarry_facets_new (self);
  return self->facets;
}

QuarryId
quarry_session_get_current_frame (QuarrySession *self)
{
  g_return_val_if_fail (QUARRY_IS_SESSION (self), 0);
  return self->current_frame;
}

void
quarry_session_set_current_frame (QuarrySession *self, QuarryId frame)
{
  g_return_if_fail (QUARRY_IS_SESSION (self));
  if (self->current_frame == frame)
    return;
  self->current_frame = frame;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CURRENT_FRAME]);
}

/* Returns: (transfer none) */
GListStore *
quarry_session_get_operations (QuarrySession *self)
{
  g_return_val_if_fail (QUARRY_IS_SESSION (self), NULL);
  return self->operations;
}

void
quarry_session_run (QuarrySession       *self,
                    QuarryOperation     *operation,
                    QuarryOperationFunc  func,
                    gpointer             data,
                    GDestroyNotify       destroy)
{
  g_return_if_fail (QUARRY_IS_SESSION (self));
  g_return_if_fail (!self->closed);

  g_list_store_insert (self->operations, 0, operation);
  quarry_operation_start (operation, func, data, destroy);
}

/**
 * quarry_session_edit:
 * @what: (nullable): "Tagged 3 frames 'night'"
 * @func: called once in the edit thread; it must not touch widgets
 * @data: (transfer full): freed with @destroy in the main thread
 */
void
quarry_session_edit (QuarrySession     *self,
                     const char        *what,
                     QuarrySessionEdit  func,
                     gpointer           data,
                     GDestroyNotify     destroy)
{
  Edit *edit = NULL;

  g_return_if_fail (QUARRY_IS_SESSION (self));
  g_return_if_fail (self->edits != NULL);

  edit = g_new0 (Edit, 1);
  *edit = (Edit) { g_object_ref (self), g_strdup (what), func, data, destroy, NULL };
  if (self->n_edits++ == 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EDITING]);
  g_thread_pool_push (self->edits, edit, NULL);
}

static void
task_completed_cb (GTask *task, GParamSpec *pspec, gpointer user_data)
{
  QUARRY_SESSION (user_data)->n_tasks--;
}

/**
 * quarry_session_run_task:
 * @task: made without a source object, so that the worker never drops the last reference of a view
 */
void
quarry_session_run_task (QuarrySession *self, GTask *task, GTaskThreadFunc func)
{
  g_return_if_fail (QUARRY_IS_SESSION (self));

  self->n_tasks++;
  g_signal_connect_object (task, "notify::completed", G_CALLBACK (task_completed_cb), self, 0);
  g_task_run_in_thread (task, func);
}

guint
quarry_session_get_n_running (QuarrySession *self)
{
  guint n = 0;

  g_return_val_if_fail (QUARRY_IS_SESSION (self), 0);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->operations)); i++)
    {
      g_autoptr(QuarryOperation) operation = g_list_model_get_item (G_LIST_MODEL (self->operations), i);

      n += quarry_operation_get_state (operation) <= QUARRY_OPERATION_RUNNING;
    }
  return n;
}

/**
 * quarry_session_close:
 *
 * For the end of the program: no query runs, no operation and no edit is under way afterwards. Runs the main context.
 */
void
quarry_session_close (QuarrySession *self)
{
  g_return_if_fail (QUARRY_IS_SESSION (self));

  self->closed = TRUE;
  g_clear_handle_id (&self->changed_source, g_source_remove);
  g_clear_handle_id (&self->poll_source, g_source_remove);
  if (self->running != NULL)
    g_cancellable_cancel (self->running);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->operations)); i++)
    {
      g_autoptr(QuarryOperation) operation = g_list_model_get_item (G_LIST_MODEL (self->operations), i);

      quarry_operation_cancel (operation);
    }
  if (self->edits != NULL)
    g_thread_pool_free (g_steal_pointer (&self->edits), FALSE, TRUE);
  while (self->n_tasks > 0 || quarry_session_get_n_running (self) > 0)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

void
quarry_session_edited (QuarrySession *self, const char *what)
{
  g_return_if_fail (QUARRY_IS_SESSION (self));
  g_signal_emit (self, signals[EDITED], 0, what);
}

void
quarry_session_failed (QuarrySession *self, const char *message)
{
  g_return_if_fail (QUARRY_IS_SESSION (self));
  g_signal_emit (self, signals[FAILED], 0, message);
}
