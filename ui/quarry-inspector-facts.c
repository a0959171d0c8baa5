/* quarry-inspector-facts.c: what the inspector tells about one frame or about a selection
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-inspector-facts.h"

static void
row_free (gpointer data)
{
  QuarryFactsRow *row = data;

  g_free (row->name);
  g_free (row->color);
  g_free (row->sets);
  g_free (row);
}

static QuarryFactsRow *
find_row (GPtrArray *rows, const char *name, const char *color)
{
  QuarryFactsRow *row = NULL;

  for (guint i = 0; i < rows->len; i++)
    if (g_str_equal (((QuarryFactsRow *) g_ptr_array_index (rows, i))->name, name))
      return g_ptr_array_index (rows, i);
  row = g_new0 (QuarryFactsRow, 1);
  row->name = g_strdup (name);
  row->color = g_strdup (color);
  g_ptr_array_add (rows, row);
  return row;
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const QuarryFactsRow *one = *(QuarryFactsRow * const *) a, *other = *(QuarryFactsRow * const *) b;

  return g_utf8_collate (one->name, other->name);
}

static const char *
find_set_name (GPtrArray *sets, QuarryId id)
{
  for (guint i = 0; i < sets->len; i++)
    if (((QuarryAnnotationSet *) g_ptr_array_index (sets, i))->id == id)
      return ((QuarryAnnotationSet *) g_ptr_array_index (sets, i))->name;
  return NULL;
}

static void
add_set (QuarryFactsRow *row, const char *name)
{
  char *joined = NULL;

  if (name == NULL)
    return;
  if (row->sets != NULL)
    {
      g_auto(GStrv) names = g_strsplit (row->sets, ", ", -1);

      if (g_strv_contains ((const char * const *) names, name))
        return;
    }
  joined = row->sets != NULL ? g_strdup_printf ("%s, %s", row->sets, name) : g_strdup (name);
  g_free (row->sets);
  row->sets = joined;
}

static gboolean
read_labels (QuarryFacts *self, QuarryCatalog *catalog, QuarryId frame, GError **error)
{
  g_autoptr(GPtrArray) annotations = quarry_catalog_list_annotations (catalog, frame, 0, error);
  g_autoptr(GPtrArray) sets = annotations != NULL ? quarry_catalog_list_sets (catalog, error) : NULL;

  if (sets == NULL)
    return FALSE;
  for (guint i = 0; i < annotations->len; i++)
    {
      const QuarryAnnotation *annotation = g_ptr_array_index (annotations, i);
      QuarryFactsRow *row = find_row (self->classes, annotation->class_name, annotation->class_color);

      row->n++;
      add_set (row, find_set_name (sets, annotation->set));
    }
  self->n_labels = annotations->len;
  g_ptr_array_sort (self->classes, compare_rows);
  return TRUE;
}

static void
add_tags (QuarryFacts *self, const QuarryFrame *frame)
{
  for (guint i = 0; frame->tags != NULL && frame->tags[i] != NULL; i++)
    find_row (self->tags, frame->tags[i], NULL)->n++;
}

static gboolean
read_one (QuarryFacts *self, QuarryCatalog *catalog, QuarryId id, GError **error)
{
  self->frame = quarry_catalog_get_frame (catalog, id, error);
  if (self->frame == NULL)
    return FALSE;
  add_tags (self, self->frame);
  self->media = quarry_catalog_list_media (catalog, id, error);
  if (self->media == NULL)
    return FALSE;
  self->measures = quarry_catalog_list_measures (catalog, id, error);
  return self->measures != NULL && read_labels (self, catalog, id, error);
}

static gboolean
read_many (QuarryFacts *self, QuarryCatalog *catalog, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < self->ids->len; i++)
    {
      g_autoptr(QuarryFrame) frame = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      frame = quarry_catalog_get_frame (catalog, g_array_index (self->ids, QuarryId, i), error);
      if (frame == NULL)
        return FALSE;
      self->n_labels += frame->n_annotations;
      add_tags (self, frame);
    }
  g_ptr_array_sort (self->tags, compare_rows);
  return TRUE;
}

QuarryFacts *
quarry_facts_new_many (guint n)
{
  QuarryFacts *self = g_new0 (QuarryFacts, 1);

  self->n = n;
  self->ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  self->tags = g_ptr_array_new_with_free_func (row_free);
  self->classes = g_ptr_array_new_with_free_func (row_free);
  return self;
}

QuarryFacts *
quarry_facts_read (QuarryCatalog *catalog, const GArray *ids, GCancellable *cancellable, GError **error)
{
  g_autoptr(QuarryFacts) self = quarry_facts_new_many (ids->len);
  gboolean done = TRUE;

  g_array_append_vals (self->ids, ids->data, ids->len);
  if (ids->len == 1)
    done = read_one (self, catalog, g_array_index (ids, QuarryId, 0), error);
  else if (ids->len > 1)
    done = read_many (self, catalog, cancellable, error);
  return done ? g_steal_pointer (&self) : NULL;
}

void
quarry_facts_free (QuarryFacts *self)
{
  g_clear_pointer (&self->ids, g_array_unref);
  g_clear_pointer (&self->frame, quarry_frame_free);
  g_clear_pointer (&self->media, g_ptr_array_unref);
  g_clear_pointer (&self->measures, g_ptr_array_unref);
  g_clear_pointer (&self->tags, g_ptr_array_unref);
  g_clear_pointer (&self->classes, g_ptr_array_unref);
  g_free (self);
}
