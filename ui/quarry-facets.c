/* quarry-facets.c: scenes, tags, classes, sensors, datasets and how many frames of the query each holds
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-facets.h"

struct _QuarryFacets
{
  GObject        parent_instance;
  QuarrySession *session;                      /* not owned */
  GPtrArray     *rows[QUARRY_N_FACETS];        /* QuarryFacetRow */
  GHashTable    *namesakes;                    /* id of a scene that shares its name → name of its source */
  GCancellable  *running;                      /* NULL while no count is under way */
  gboolean       again;                        /* the catalog changed while it ran */
  gboolean       counted;
  gint64         total;                        /* frames in the catalog, −1 until counted or when it has changed */
};

static const QuarryFacet shown[] = {
  QUARRY_FACET_SCENE, QUARRY_FACET_TAG, QUARRY_FACET_CLASS, QUARRY_FACET_SENSOR, QUARRY_FACET_DATASET,
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];
G_DEFINE_FINAL_TYPE (QuarryFacets, quarry_facets, G_TYPE_OBJECT)

typedef struct
{
  QuarryCatalog *catalog;
  QuarryQuery   *query;
  gint64         total;                        /* −1: count it too */
  GHashTable    *namesakes;                    /* out */
} Count;

static void
count_free (gpointer data)
{
  Count *count = data;

  g_object_unref (count->catalog);
  quarry_query_unref (count->query);
  g_clear_pointer (&count->namesakes, g_hash_table_unref);
  g_free (count);
}

static GPtrArray *
new_rows (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_facet_row_free);
}

static gint64
count_all (QuarryCatalog *catalog)
{
  g_autoptr(QuarryQuery) all = quarry_query_parse ("", NULL);
  QuarryTotals totals = { 0 };

  return quarry_catalog_count_totals (catalog, all, &totals, NULL) ? totals.frames : -1;
}

static GHashTable *
new_namesakes (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
}

static const char *
find_source (const GPtrArray *sources, QuarryId id)
{
  for (guint i = 0; i < sources->len; i++)
    if (((const QuarrySource *) g_ptr_array_index (sources, i))->id == id)
      return ((const QuarrySource *) g_ptr_array_index (sources, i))->name;
  return "";
}

/* @rows: scenes by name. What tells those of one name apart is where they come from */
static GHashTable *
find_namesakes (QuarryCatalog *catalog, const GPtrArray *rows)
{
  g_autoptr(GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) scenes = NULL, sources = NULL;
  GHashTable *namesakes = new_namesakes ();

  for (guint i = 1; i < rows->len; i++)
    {
      const QuarryFacetRow *row = g_ptr_array_index (rows, i), *before = g_ptr_array_index (rows, i - 1);

      if (g_str_equal (row->name, before->name))
        g_hash_table_add (names, row->name);
    }
  if (g_hash_table_size (names) == 0 || (scenes = quarry_catalog_list_scenes (catalog, NULL)) == NULL ||
      (sources = quarry_catalog_list_sources (catalog, NULL)) == NULL)
    return namesakes;
  for (guint i = 0; i < scenes->len; i++)
    {
      const QuarryScene *scene = g_ptr_array_index (scenes, i);

      if (g_hash_table_contains (names, scene->name))
        g_hash_table_insert (namesakes, g_memdup2 (&scene->id, sizeof scene->id), g_strdup (find_source (sources, scene->source)));
    }
  return namesakes;
}

static void
count_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Count *count = task_data;
  g_autoptr(GPtrArray) result = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  if (count->total < 0)
    count->total = count_all (count->catalog);
  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    {
      g_autoptr(GError) error = NULL;
      GPtrArray *rows = quarry_catalog_count_facet (count->catalog, shown[i], count->query, cancellable, &error);

      if (rows == NULL)
        {
          g_task_return_error (task, g_steal_pointer (&error));
          return;
        }
      if (shown[i] == QUARRY_FACET_SCENE)
        count->namesakes = find_namesakes (count->catalog, rows);
      g_ptr_array_add (result, rows);
    }
  g_task_return_pointer (task, g_steal_pointer (&result), (GDestroyNotify) g_ptr_array_unref);
}

static void start_count (QuarryFacets *self);

static void
count_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(QuarryFacets) self = user_data;
  g_autoptr(GError) error = NULL;
  Count *count = g_task_get_task_data (G_TASK (result));
  g_autoptr(GPtrArray) counted = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->running)
    return;
  g_clear_object (&self->running);
  if (counted != NULL)
    {
      if (!self->again)
        self->total = count->total;
      for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
        {
          g_ptr_array_unref (self->rows[shown[i]]);
          self->rows[shown[i]] = g_ptr_array_ref (g_ptr_array_index (counted, i));
        }
      g_hash_table_unref (self->namesakes);
      self->namesakes = g_steal_pointer (&count->namesakes);
      self->counted = TRUE;
      g_signal_emit (self, signals[CHANGED], 0);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    quarry_session_failed (self->session, error->message);
  if (self->again && self->session != NULL)
    start_count (self);
}

static void
start_count (QuarryFacets *self)
{
  g_autoptr(GTask) task = NULL;
  Count *count = g_new0 (Count, 1);

  self->again = FALSE;
  if (self->running != NULL)
    g_cancellable_cancel (self->running);
  g_clear_object (&self->running);
  self->running = g_cancellable_new ();
  *count = (Count) { g_object_ref (quarry_session_get_catalog (self->session)),
                     quarry_query_ref (quarry_session_get_query (self->session)), self->total, NULL };
  task = g_task_new (NULL, self->running, count_done_cb, g_object_ref (self));
  g_task_set_source_tag (task, start_count);
  g_task_set_task_data (task, count, count_free);
  quarry_session_run_task (self->session, task, count_in_thread);
}

static void
query_cb (QuarrySession *session, GParamSpec *pspec, gpointer user_data)
{
  start_count (user_data);
}

static void
changed_cb (QuarrySession *session, gpointer user_data)
{
  QuarryFacets *self = user_data;

  self->total = -1;
  if (self->running != NULL)
    self->again = TRUE;
  else
    start_count (self);
}

static void
quarry_facets_dispose (GObject *object)
{
  QuarryFacets *self = QUARRY_FACETS (object);

  if (self->running != NULL)
    g_cancellable_cancel (self->running);
  g_clear_object (&self->running);
  g_clear_weak_pointer (&self->session);
  G_OBJECT_CLASS (quarry_facets_parent_class)->dispose (object);
}

static void
quarry_facets_finalize (GObject *object)
{
  QuarryFacets *self = QUARRY_FACETS (object);

  for (guint i = 0; i < QUARRY_N_FACETS; i++)
    g_ptr_array_unref (self->rows[i]);
  g_hash_table_unref (self->namesakes);
  G_OBJECT_CLASS (quarry_facets_parent_class)->finalize (object);
}

static void
quarry_facets_class_init (QuarryFacetsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = quarry_facets_dispose;
  G_OBJECT_CLASS (klass)->finalize = quarry_facets_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
quarry_facets_init (QuarryFacets *self)
{
  self->total = -1;
  self->namesakes = new_namesakes ();
  for (guint i = 0; i < QUARRY_N_FACETS; i++)
    self->rows[i] = new_rows ();
}

QuarryFacets *
quarry_facets_new (QuarrySession *session)
{
  QuarryFacets *self = g_object_new (QUARRY_TYPE_FACETS, NULL);

  g_set_weak_pointer (&self->session, session);
  g_signal_connect_object (session, "notify::query", G_CALLBACK (query_cb), self, 0);
  g_signal_connect_object (session, "changed", G_CALLBACK (changed_cb), self, 0);
  start_count (self);
  return self;
}

GPtrArray *
quarry_facets_get (QuarryFacets *self, QuarryFacet facet)
{
  g_return_val_if_fail (QUARRY_IS_FACETS (self), NULL);
  g_return_val_if_fail (facet < QUARRY_N_FACETS, NULL);
  return self->rows[facet];
}

const QuarryFacetRow *
quarry_facets_find (QuarryFacets *self, QuarryFacet facet, const char *name)
{
  GPtrArray *rows = quarry_facets_get (self, facet);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const QuarryFacetRow *row = g_ptr_array_index (rows, i);

      if (g_str_equal (row->name, name))
        return row;
    }
  return NULL;
}

gint64
quarry_facets_get_total (QuarryFacets *self)
{
  g_return_val_if_fail (QUARRY_IS_FACETS (self), -1);
  return self->total;
}

gboolean
quarry_facets_is_counted (QuarryFacets *self)
{
  g_return_val_if_fail (QUARRY_IS_FACETS (self), FALSE);
  return self->counted;
}

const char *
quarry_facets_get_namesake_source (QuarryFacets *self, QuarryId scene)
{
  g_return_val_if_fail (QUARRY_IS_FACETS (self), NULL);
  return g_hash_table_lookup (self->namesakes, &scene);
}
