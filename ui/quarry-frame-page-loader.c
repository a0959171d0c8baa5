/* quarry-frame-page-loader.c: drawings of frames, read in workers; the newest wish wins, neighbours are read ahead
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   request ─┬─ kept already ─────────────────────────► "loaded" at once
 *            └─ worker: drawing_load, small pictures ─► kept ─► "loaded", then the neighbours in the same way
 *
 * Work that nobody waits for any more is cancelled at each request. What is kept is the wish and its neighbours only: a
 * drawing holds all its pictures and clouds at full size. When the catalog changes, a worker compares the labels; only
 * where they are others now is the frame read again.
 */

#include "config.h"
#include "quarry-frame-page-loader.h"

#include <glib/gi18n.h>
#include <string.h>

#define PREVIEW_WIDTH  480      /* px */
#define PREVIEW_HEIGHT 320

typedef struct
{
  QuarryId       frame;
  QuarryDrawing *drawing;
  GPtrArray     *previews;      /* GdkTexture or NULL, one a camera */
} Loaded;

struct _QuarryFrameLoader
{
  GObject        parent_instance;
  QuarrySession *session;
  QuarryId       wanted;        /* 0 none */
  GArray        *neighbours;    /* QuarryId, to be read ahead, nearest first */
  GHashTable    *kept;          /* QuarryId → Loaded */
  GHashTable    *running;       /* QuarryId → GCancellable */
  GCancellable  *comparing;     /* nullable */
};

enum { PROP_0, PROP_BUSY, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { LOADED, FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];
G_DEFINE_FINAL_TYPE (QuarryFrameLoader, quarry_frame_loader, G_TYPE_OBJECT)

static void
loaded_free (gpointer data)
{
  Loaded *loaded = data;

  quarry_drawing_unref (loaded->drawing);
  g_ptr_array_unref (loaded->previews);
  g_free (loaded);
}

static void
texture_free (gpointer data)
{
  if (data != NULL)
    g_object_unref (data);
}

static Loaded *
get_kept (QuarryFrameLoader *self, QuarryId frame)
{
  return g_hash_table_lookup (self->kept, &frame);
}

static gboolean
is_of_use (QuarryFrameLoader *self, QuarryId frame)
{
  for (guint i = 0; i < self->neighbours->len; i++)
    if (g_array_index (self->neighbours, QuarryId, i) == frame)
      return TRUE;
  return frame == self->wanted;
}

/* --- reading --- */

typedef struct
{
  QuarryCatalog *catalog;
  QuarryId       frame;
  QuarryDrawing *drawing;      /* to compare with; nullable */
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_object_unref (request->catalog);
  g_clear_pointer (&request->drawing, quarry_drawing_unref);
  g_free (request);
}

static GdkTexture *
make_preview (const QuarryImage *image)
{
  const double factor = MIN (1, MIN ((double) PREVIEW_WIDTH / image->width, (double) PREVIEW_HEIGHT / image->height));
  g_autoptr(QuarryImage) small = quarry_image_scale (image, MAX ((int) (image->width * factor), 1), MAX ((int) (image->height * factor), 1));
  g_autoptr(GBytes) bytes = g_bytes_new (small->rgb, small->stride * (gsize) small->height);

  return gdk_memory_texture_new (small->width, small->height, GDK_MEMORY_R8G8B8, bytes, small->stride);
}

static void
load_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Request *request = task_data;
  g_autoptr(GError) error = NULL;
  Loaded *loaded = NULL;
  QuarryDrawing *drawing = quarry_drawing_load (request->catalog, request->frame, 0, NULL, cancellable, &error);

  if (drawing == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  loaded = g_new0 (Loaded, 1);
  loaded->frame = request->frame;
  loaded->drawing = drawing;
  loaded->previews = g_ptr_array_new_with_free_func (texture_free);
  for (guint i = 0; i < drawing->cameras->len; i++)
    {
      const QuarryCameraView *camera = drawing->cameras->pdata[i];

      g_ptr_array_add (loaded->previews, camera->image != NULL ? make_preview (camera->image) : NULL);
    }
  g_task_return_pointer (task, loaded, loaded_free);
}

/* What cannot be read is not tried again and again */
static void
forget_neighbour (QuarryFrameLoader *self, QuarryId frame)
{
  for (guint i = self->neighbours->len; i > 0; i--)
    if (g_array_index (self->neighbours, QuarryId, i - 1) == frame)
      g_array_remove_index (self->neighbours, i - 1);
}

static void start_next (QuarryFrameLoader *self);

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(QuarryFrameLoader) self = user_data;
  g_autoptr(GError) error = NULL;
  GTask *task = G_TASK (result);
  const QuarryId frame = ((Request *) g_task_get_task_data (task))->frame;
  Loaded *loaded = g_task_propagate_pointer (task, &error);

  if (g_hash_table_lookup (self->running, &frame) != g_task_get_cancellable (task))
    {
      g_clear_pointer (&loaded, loaded_free);        /* cancelled, or asked for anew */
      return;
    }
  g_hash_table_remove (self->running, &frame);
  if (loaded != NULL)
    g_hash_table_insert (self->kept, g_memdup2 (&frame, sizeof frame), loaded);
  else
    forget_neighbour (self, frame);
  if (frame == self->wanted)
    {
      if (loaded != NULL)
        g_signal_emit (self, signals[LOADED], 0);
      else
        g_signal_emit (self, signals[FAILED], 0, error->message);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
    }
  start_next (self);
}

static void
start (QuarryFrameLoader *self, QuarryId frame)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, loaded_cb, g_object_ref (self));
  Request *request = g_new0 (Request, 1);

  *request = (Request) { g_object_ref (quarry_session_get_catalog (self->session)), frame, NULL };
  g_task_set_source_tag (task, start);
  g_task_set_task_data (task, request, request_free);
  g_hash_table_insert (self->running, g_memdup2 (&frame, sizeof frame), g_object_ref (cancellable));
  quarry_session_run_task (self->session, task, load_in_thread);
}

/* The wish first and alone; the neighbours one after the other when nothing else is under way */
static void
start_next (QuarryFrameLoader *self)
{
  if (self->session == NULL || self->wanted == 0 || g_hash_table_size (self->running) > 0)
    return;
  if (get_kept (self, self->wanted) == NULL)
    return;                                            /* could not be read */
  for (guint i = 0; i < self->neighbours->len; i++)
    {
      const QuarryId neighbour = g_array_index (self->neighbours, QuarryId, i);

      if (get_kept (self, neighbour) == NULL)
        {
          start (self, neighbour);
          return;
        }
    }
}

static void
drop_useless (QuarryFrameLoader *self)
{
  GHashTableIter iter;
  gpointer key = NULL, value = NULL;

  g_hash_table_iter_init (&iter, self->running);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!is_of_use (self, *(QuarryId *) key))
      {
        g_cancellable_cancel (value);
        g_hash_table_iter_remove (&iter);
      }
  g_hash_table_iter_init (&iter, self->kept);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!is_of_use (self, *(QuarryId *) key))
      g_hash_table_iter_remove (&iter);
}

/* --- the catalog changes --- */

static gboolean
same_label (const QuarryAnnotation *a, const QuarryAnnotation *b)
{
  return a->id == b->id && a->kind == b->kind && a->n_geometry == b->n_geometry &&
         memcmp (a->geometry, b->geometry, a->n_geometry * sizeof (double)) == 0 &&
         g_strcmp0 (a->class_name, b->class_name) == 0 && g_strcmp0 (a->class_color, b->class_color) == 0;
}

static void
compare_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Request *request = task_data;
  g_autoptr(GPtrArray) now = quarry_catalog_list_annotations (request->catalog, request->frame, 0, NULL);
  GPtrArray *shown = request->drawing->annotations;
  gboolean same = now != NULL && now->len == shown->len;

  for (guint i = 0; same && i < now->len; i++)
    same = same_label (now->pdata[i], shown->pdata[i]);
  g_task_return_boolean (task, same);
}

static void
compared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(QuarryFrameLoader) self = user_data;
  const Request *request = g_task_get_task_data (G_TASK (result));
  g_autoptr(GError) error = NULL;
  const gboolean same = g_task_propagate_boolean (G_TASK (result), &error);
  Loaded *loaded = self->session != NULL ? get_kept (self, request->frame) : NULL;

  if (error != NULL || same || loaded == NULL || loaded->drawing != request->drawing || self->wanted != request->frame)
    return;
  if (!g_hash_table_contains (self->running, &request->frame))
    start (self, request->frame);
}

/* The neighbours' labels may have changed too: they are read again when they are due */
static void
changed_cb (QuarryFrameLoader *self)
{
  Loaded *loaded = get_kept (self, self->wanted);
  g_autoptr(GTask) task = NULL;
  Request *request = NULL;
  GHashTableIter iter;
  gpointer key = NULL;

  g_hash_table_iter_init (&iter, self->kept);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (*(QuarryId *) key != self->wanted)
      g_hash_table_iter_remove (&iter);
  if (loaded == NULL)
    return;
  if (self->comparing != NULL)
    g_cancellable_cancel (self->comparing);
  g_clear_object (&self->comparing);
  self->comparing = g_cancellable_new ();
  task = g_task_new (NULL, self->comparing, compared_cb, g_object_ref (self));
  request = g_new0 (Request, 1);
  *request = (Request) { g_object_ref (quarry_session_get_catalog (self->session)), loaded->frame, quarry_drawing_ref (loaded->drawing) };
  g_task_set_source_tag (task, changed_cb);
  g_task_set_task_data (task, request, request_free);
  quarry_session_run_task (self->session, task, compare_in_thread);
}

/* --- the object --- */

static void
quarry_frame_loader_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  if (property_id == PROP_BUSY)
    g_value_set_boolean (value, quarry_frame_loader_is_busy (QUARRY_FRAME_LOADER (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
quarry_frame_loader_dispose (GObject *object)
{
  QuarryFrameLoader *self = QUARRY_FRAME_LOADER (object);

  self->wanted = 0;
  g_array_set_size (self->neighbours, 0);
  drop_useless (self);
  if (self->comparing != NULL)
    g_cancellable_cancel (self->comparing);
  g_clear_object (&self->comparing);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (quarry_frame_loader_parent_class)->dispose (object);
}

static void
quarry_frame_loader_finalize (GObject *object)
{
  QuarryFrameLoader *self = QUARRY_FRAME_LOADER (object);

  g_array_unref (self->neighbours);
  g_hash_table_unref (self->kept);
  g_hash_table_unref (self->running);
  G_OBJECT_CLASS (quarry_frame_loader_parent_class)->finalize (object);
}

static void
quarry_frame_loader_class_init (QuarryFrameLoaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = quarry_frame_loader_get_property;
  object_class->dispose = quarry_frame_loader_dispose;
  object_class->finalize = quarry_frame_loader_finalize;
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[LOADED] = g_signal_new ("loaded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
quarry_frame_loader_init (QuarryFrameLoader *self)
{
  self->neighbours = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  self->kept = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, loaded_free);
  self->running = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
}

QuarryFrameLoader *
quarry_frame_loader_new (QuarrySession *session)
{
  QuarryFrameLoader *self = g_object_new (QUARRY_TYPE_FRAME_LOADER, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * quarry_frame_loader_request:
 * @frame: 0: none, everything is dropped
 * @neighbours: read ahead when @frame is there, in this order
 *
 * Replaces the last request. "loaded" is emitted before this returns where the frame has been read ahead.
 */
void
quarry_frame_loader_request (QuarryFrameLoader *self,
                             QuarryId           frame,
                             const QuarryId    *neighbours,
                             guint              n_neighbours)
{
  const gboolean again = frame == self->wanted && get_kept (self, frame) != NULL;

  g_return_if_fail (QUARRY_IS_FRAME_LOADER (self));

  self->wanted = frame;
  g_array_set_size (self->neighbours, 0);
  g_array_append_vals (self->neighbours, neighbours, n_neighbours);
  drop_useless (self);
  if (frame != 0 && get_kept (self, frame) == NULL && !g_hash_table_contains (self->running, &frame))
    start (self, frame);
  else if (frame != 0 && get_kept (self, frame) != NULL && !again)
    g_signal_emit (self, signals[LOADED], 0);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
  start_next (self);
}

/* Returns: (transfer none) (nullable): of the frame asked for last, NULL while it is being read */
QuarryDrawing *
quarry_frame_loader_get_drawing (QuarryFrameLoader *self)
{
  Loaded *loaded = NULL;

  g_return_val_if_fail (QUARRY_IS_FRAME_LOADER (self), NULL);

  loaded = get_kept (self, self->wanted);
  return loaded != NULL ? loaded->drawing : NULL;
}

/* Returns: (transfer none) (nullable): GdkTexture, one a camera of the drawing; NULL entries where there is no picture */
GPtrArray *
quarry_frame_loader_get_previews (QuarryFrameLoader *self)
{
  Loaded *loaded = NULL;

  g_return_val_if_fail (QUARRY_IS_FRAME_LOADER (self), NULL);

  loaded = get_kept (self, self->wanted);
  return loaded != NULL ? loaded->previews : NULL;
}

/* For tests: whether @frame has been read and is kept */
gboolean
quarry_frame_loader_has (QuarryFrameLoader *self,
                         QuarryId           frame)
{
  g_return_val_if_fail (QUARRY_IS_FRAME_LOADER (self), FALSE);

  return get_kept (self, frame) != NULL;
}

gboolean
quarry_frame_loader_is_busy (QuarryFrameLoader *self)
{
  g_return_val_if_fail (QUARRY_IS_FRAME_LOADER (self), FALSE);

  return self->wanted != 0 && g_hash_table_contains (self->running, &self->wanted);
}
