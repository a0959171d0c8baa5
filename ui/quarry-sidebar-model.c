/* quarry-sidebar-model.c: the sidebar's sections and rows as one list
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-sidebar-model.h"

#include <glib/gi18n.h>
#include <string.h>

G_DEFINE_FINAL_TYPE (QuarrySidebarItem, quarry_sidebar_item, G_TYPE_OBJECT)

enum { ITEM_CHANGED, N_ITEM_SIGNALS };
static guint item_signals[N_ITEM_SIGNALS];

static void
quarry_sidebar_item_finalize (GObject *object)
{
  QuarrySidebarItem *self = QUARRY_SIDEBAR_ITEM (object);

  g_free (self->name);
  g_free (self->label);
  g_free (self->source);
  g_free (self->color);
  G_OBJECT_CLASS (quarry_sidebar_item_parent_class)->finalize (object);
}

static void
quarry_sidebar_item_class_init (QuarrySidebarItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = quarry_sidebar_item_finalize;
  item_signals[ITEM_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 0);
}

static void
quarry_sidebar_item_init (QuarrySidebarItem *self)
{
}

static QuarrySidebarItem *
new_item (QuarrySidebarKind kind, QuarryFacet facet, const char *name)
{
  QuarrySidebarItem *item = g_object_new (QUARRY_TYPE_SIDEBAR_ITEM, NULL);

  item->kind = kind;
  item->facet = facet;
  item->name = g_strdup (name);
  item->label = g_strdup (name);
  return item;
}

static void
set_item (QuarrySidebarItem *item, QuarryId id, const char *color, gint64 n, double share, int active)
{
  if (item->id == id && g_strcmp0 (item->color, color) == 0 && item->n == n && item->share == share && item->active == active)
    return;
  item->id = id;
  if (g_strcmp0 (item->color, color) != 0)
    {
      g_free (item->color);
      item->color = g_strdup (color);
    }
  item->n = n;
  item->share = share;
  item->active = active;
  g_signal_emit (item, item_signals[ITEM_CHANGED], 0);
}

typedef struct
{
  QuarryFacet        facet;
  QuarryQueryField   field;
  const char        *title;
} Section;

static const Section sections[] = {
  { QUARRY_FACET_SCENE, QUARRY_FIELD_SCENE, N_("Scenes") },
  { QUARRY_FACET_TAG, QUARRY_FIELD_TAG, N_("Tags") },
  { QUARRY_FACET_CLASS, QUARRY_FIELD_CLASS, N_("Classes") },
  { QUARRY_FACET_SENSOR, QUARRY_FIELD_SENSOR, N_("Sensors") },
  { QUARRY_FACET_DATASET, QUARRY_FIELD_DATASET, N_("Datasets") },
};
#define N_SECTIONS G_N_ELEMENTS (sections)

struct _QuarrySidebarModel
{
  GObject            parent_instance;
  QuarrySession     *session;
  GPtrArray         *items;                  /* what the list shows */
  GHashTable        *rows[N_SECTIONS];       /* key → QuarrySidebarItem */
  QuarrySidebarItem *headers[N_SECTIONS];
  QuarrySidebarItem *more[N_SECTIONS];
  char              *filter;                 /* casefolded; "" for none */
};

static GType
quarry_sidebar_model_get_item_type (GListModel *model)
{
  return QUARRY_TYPE_SIDEBAR_ITEM;
}

static guint
quarry_sidebar_model_get_n_items (GListModel *model)
{
  return QUARRY_SIDEBAR_MODEL (model)->items->len;
}

static gpointer
quarry_sidebar_model_get_item (GListModel *model, guint position)
{
  QuarrySidebarModel *self = QUARRY_SIDEBAR_MODEL (model);

  return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position)) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = quarry_sidebar_model_get_item_type;
  iface->get_n_items = quarry_sidebar_model_get_n_items;
  iface->get_item = quarry_sidebar_model_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (QuarrySidebarModel, quarry_sidebar_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

/* 1: a term asks for @name, −1: a term excludes it */
static int
find_term (QuarryQuery *query, QuarryQueryField field, const char *name)
{
  guint n = 0;
  const QuarryQueryTerm *terms = quarry_query_get_terms (query, &n);
  g_autofree char *folded = NULL;

  for (guint i = 0; i < n; i++)
    if (terms[i].field == field)
      {
        g_autofree char *value = g_utf8_casefold (terms[i].value, -1);

        if (folded == NULL)
          folded = g_utf8_casefold (name, -1);
        if (g_str_equal (value, folded))
          return terms[i].negated ? -1 : 1;
      }
  return 0;
}

static gboolean
passes (QuarrySidebarModel *self, const char *name)
{
  g_autofree char *folded = NULL;

  if (*self->filter == '\0')
    return TRUE;
  folded = g_utf8_casefold (name, -1);
  return strstr (folded, self->filter) != NULL;
}

/* Its name is a row's key; of scenes that share theirs, name and id */
static char *
make_key (QuarrySidebarModel *self, guint section, const QuarryFacetRow *row, const char **out_source)
{
  QuarryFacets *facets = quarry_session_get_facets (self->session);
  const char *source = sections[section].facet == QUARRY_FACET_SCENE ? quarry_facets_get_namesake_source (facets, row->id) : NULL;

  if (out_source != NULL)
    *out_source = source;
  return source == NULL ? g_strdup (row->name) : g_strdup_printf ("%s\n%" G_GINT64_FORMAT, row->name, row->id);
}

static gboolean
is_namesake (QuarrySidebarModel *self, guint section, QuarryId id)
{
  return sections[section].facet == QUARRY_FACET_SCENE &&
         quarry_facets_get_namesake_source (quarry_session_get_facets (self->session), id) != NULL;
}

/* 1: the query asks for it, −1: excludes it */
static int
find_active (QuarryQuery *query, QuarryQueryField field, const QuarrySidebarItem *item)
{
  const int active = find_term (query, field, item->name);
  guint n = 0, n_sources = 0;
  const QuarryQueryTerm *terms = quarry_query_get_terms (query, &n);

  for (guint i = 0; i < n; i++)
    n_sources += terms[i].field == QUARRY_FIELD_SOURCE && !terms[i].negated;
  return active > 0 && item->source != NULL && n_sources > 0 ? find_term (query, QUARRY_FIELD_SOURCE, item->source) : active;
}

/* The row's item with its new counts */
static QuarrySidebarItem *
update_row (QuarrySidebarModel *self, guint section, const QuarryFacetRow *row, gint64 longest)
{
  const char *source = NULL;
  g_autofree char *key = make_key (self, section, row, &source);
  QuarrySidebarItem *item = g_hash_table_lookup (self->rows[section], key);

  if (item == NULL)
    {
      item = new_item (QUARRY_SIDEBAR_KIND_ROW, sections[section].facet, row->name);
      if (source != NULL)
        {
          g_free (item->label);
          item->label = g_strdup_printf ("%s · %s", row->name, source);
          item->source = g_strdup (source);
        }
      g_hash_table_insert (self->rows[section], g_steal_pointer (&key), item);
    }
  set_item (item, row->id, row->color, row->n_frames, longest > 0 ? MIN (1, (double) row->n_frames / (double) longest) : 0,
            find_active (quarry_session_get_query (self->session), sections[section].field, item));
  return item;
}

/**
 * quarry_sidebar_shared:
 *
 * "coco/2017_train" and "coco/2017_val" begin alike up to "coco/2017_".
 */
guint
quarry_sidebar_shared (const char *label, const char *other)
{
  guint n = 0;

  while (label[n] != '\0' && label[n] == other[n])
    n++;
  while (n > 0 && strchr ("/_-. ", label[n - 1]) == NULL)
    n--;
  return label[n] != '\0' ? n : 0;
}

/* Rows lie by name: who has most in common with a row is next to it */
static void
update_shared (QuarrySidebarItem *item, QuarrySidebarItem *before)
{
  if (before == NULL)
    return;
  before->shared = MAX (before->shared, quarry_sidebar_shared (before->label, item->label));
  item->shared = quarry_sidebar_shared (item->label, before->label);
}

static void
add_section (QuarrySidebarModel *self, guint section, GPtrArray *items)
{
  GPtrArray *rows = quarry_facets_get (quarry_session_get_facets (self->session), sections[section].facet);
  QuarrySidebarItem *header = self->headers[section];
  QuarrySidebarItem *more = self->more[section];
  const gboolean filtered = *self->filter != '\0';
  QuarrySidebarItem *before = NULL;
  guint n_rows = 0, n_shown = 0, n_passed = 0;
  gint64 longest = 0;

  if (rows->len == 0)
    return;
  for (guint i = 0; i < rows->len; i++)
    longest = MAX (longest, ((QuarryFacetRow *) g_ptr_array_index (rows, i))->n_frames);
  g_ptr_array_add (items, header);
  for (guint i = 0; i < rows->len; i++)
    {
      QuarryFacetRow row = *(QuarryFacetRow *) g_ptr_array_index (rows, i);
      QuarrySidebarItem *item = NULL;

      /* one name is one row, but for scenes of several sources */
      for (; i + 1 < rows->len && g_str_equal (((QuarryFacetRow *) g_ptr_array_index (rows, i + 1))->name, row.name) &&
             !is_namesake (self, section, row.id); i++)
        row.n_frames += ((QuarryFacetRow *) g_ptr_array_index (rows, i + 1))->n_frames;

      item = update_row (self, section, &row, longest);
      item->shared = 0;
      update_shared (item, before);
      before = item;
      n_rows++;
      if (!passes (self, item->label))
        continue;
      n_passed++;
      /* what the query names stays in sight */
      if (!(header->open || filtered) || (n_shown >= QUARRY_SIDEBAR_SHORT && !more->open && item->active == 0))
        continue;
      g_ptr_array_add (items, item);
      n_shown++;
    }
  if (filtered && n_passed == 0)
    g_ptr_array_set_size (items, (int) items->len - 1);
  set_item (header, 0, NULL, n_rows, 0, 0);
  set_item (more, 0, NULL, n_passed, 0, 0);
  if ((header->open || filtered) && n_passed > QUARRY_SIDEBAR_SHORT)
    g_ptr_array_add (items, more);
}

static gboolean
is_not_named (gpointer key, gpointer value, gpointer user_data)
{
  return !g_hash_table_contains (user_data, key);
}

/* Rows whose name is gone from the catalog are forgotten */
static void
forget_rows (QuarrySidebarModel *self, guint section)
{
  GPtrArray *rows = quarry_facets_get (quarry_session_get_facets (self->session), sections[section].facet);
  g_autoptr(GHashTable) names = NULL;

  if (g_hash_table_size (self->rows[section]) == rows->len)
    return;
  names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < rows->len; i++)
    g_hash_table_add (names, make_key (self, section, g_ptr_array_index (rows, i), NULL));
  g_hash_table_foreach_remove (self->rows[section], is_not_named, names);
}

static void
rebuild (QuarrySidebarModel *self)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new ();
  const guint n_before = self->items->len;
  guint same = 0;

  for (guint i = 0; i < N_SECTIONS; i++)
    add_section (self, i, items);
  while (same < items->len && same < n_before &&
         g_ptr_array_index (items, same) == g_ptr_array_index (self->items, same))
    same++;
  if (same == items->len && same == n_before)
    return;
  g_ptr_array_set_size (self->items, 0);
  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (self->items, g_object_ref (g_ptr_array_index (items, i)));
  g_list_model_items_changed (G_LIST_MODEL (self), same, n_before - same, items->len - same);
  for (guint i = 0; i < N_SECTIONS; i++)
    forget_rows (self, i);
}

static void
facets_cb (QuarryFacets *facets, gpointer user_data)
{
  rebuild (user_data);
}

static void
quarry_sidebar_model_dispose (GObject *object)
{
  QuarrySidebarModel *self = QUARRY_SIDEBAR_MODEL (object);

  g_clear_object (&self->session);
  G_OBJECT_CLASS (quarry_sidebar_model_parent_class)->dispose (object);
}

static void
quarry_sidebar_model_finalize (GObject *object)
{
  QuarrySidebarModel *self = QUARRY_SIDEBAR_MODEL (object);

  g_clear_pointer (&self->items, g_ptr_array_unref);
  for (guint i = 0; i < N_SECTIONS; i++)
    {
      g_clear_pointer (&self->rows[i], g_hash_table_unref);
      g_clear_object (&self->headers[i]);
      g_clear_object (&self->more[i]);
    }
  g_free (self->filter);
  G_OBJECT_CLASS (quarry_sidebar_model_parent_class)->finalize (object);
}

static void
quarry_sidebar_model_class_init (QuarrySidebarModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = quarry_sidebar_model_dispose;
  G_OBJECT_CLASS (klass)->finalize = quarry_sidebar_model_finalize;
}

static void
quarry_sidebar_model_init (QuarrySidebarModel *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->filter = g_strdup ("");
  for (guint i = 0; i < N_SECTIONS; i++)
    {
      self->rows[i] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
      self->headers[i] = new_item (QUARRY_SIDEBAR_KIND_HEADER, sections[i].facet, _(sections[i].title));
      self->headers[i]->open = TRUE;
      self->more[i] = new_item (QUARRY_SIDEBAR_KIND_MORE, sections[i].facet, "");
    }
}

QuarrySidebarModel *
quarry_sidebar_model_new (QuarrySession *session)
{
  QuarrySidebarModel *self = g_object_new (QUARRY_TYPE_SIDEBAR_MODEL, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (quarry_session_get_facets (session), "changed", G_CALLBACK (facets_cb), self, 0);
  rebuild (self);
  return self;
}

void
quarry_sidebar_model_set_filter (QuarrySidebarModel *self, const char *text)
{
  g_return_if_fail (QUARRY_IS_SIDEBAR_MODEL (self));
  g_free (self->filter);
  self->filter = g_utf8_casefold (text, -1);
  rebuild (self);
}

void
quarry_sidebar_model_toggle (QuarrySidebarModel *self, QuarrySidebarItem *item)
{
  g_return_if_fail (QUARRY_IS_SIDEBAR_MODEL (self));
  if (item->kind == QUARRY_SIDEBAR_KIND_ROW)
    return;
  item->open = !item->open;
  g_signal_emit (item, item_signals[ITEM_CHANGED], 0);
  rebuild (self);
}

guint
quarry_sidebar_model_get_longest (QuarrySidebarModel *self)
{
  guint longest = 0;

  g_return_val_if_fail (QUARRY_IS_SIDEBAR_MODEL (self), 0);
  for (guint i = 0; i < N_SECTIONS; i++)
    longest = MAX (longest, quarry_facets_get (quarry_session_get_facets (self->session), sections[i].facet)->len);
  return longest;
}

QuarryQueryField
quarry_sidebar_field (QuarryFacet facet)
{
  for (guint i = 0; i < N_SECTIONS; i++)
    if (sections[i].facet == facet)
      return sections[i].field;
  return QUARRY_FIELD_TEXT;
}

/* "-field:value" added, or taken away where it is there; a positive term of it gives way */
static char *
exclude (const char *text, QuarryQueryField field, const char *value)
{
  g_autoptr(QuarryQuery) query = quarry_query_parse (text, NULL);
  g_autofree char *without = NULL;
  g_autofree char *quoted = quarry_query_quote (value);
  const int before = query != NULL ? find_term (query, field, value) : 0;

  /* toggling a negated term makes it positive, toggling a positive one takes it away */
  without = before == 0 ? g_strdup (query != NULL ? text : "") : quarry_query_toggle_term (text, field, value, FALSE);
  if (before < 0)
    return quarry_query_toggle_term (without, field, value, FALSE);
  return g_strdup_printf ("%s%s-%s:%s", without, *without != '\0' ? " " : "", quarry_query_field_name (field), quoted);
}

/**
 * quarry_sidebar_narrow:
 * @text: a query
 *
 * Returns: (transfer full): @text with what a click, a Ctrl-click or an Alt-click on a row makes of it
 */
char *
quarry_sidebar_narrow (const char *text, QuarryQueryField field, const char *value, QuarryNarrow how)
{
  if (how == QUARRY_NARROW_EXCLUDE)
    return exclude (text, field, value);
  return quarry_query_toggle_term (text, field, value, how == QUARRY_NARROW_ALONE);
}

/* Source terms that only told namesakes apart go with the scene that they were for */
static char *
drop_namesake_sources (QuarrySidebarModel *self, const char *text)
{
  char *result = g_strdup (text);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->rows[0]);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const QuarrySidebarItem *item = value;
      g_autoptr(QuarryQuery) query = item->source != NULL ? quarry_query_parse (result, NULL) : NULL;

      if (query != NULL && find_term (query, QUARRY_FIELD_SCENE, item->name) > 0 && find_term (query, QUARRY_FIELD_SOURCE, item->source) > 0)
        {
          g_autofree char *before = result;

          result = quarry_query_toggle_term (before, QUARRY_FIELD_SOURCE, item->source, FALSE);
        }
    }
  return result;
}

/**
 * quarry_sidebar_narrow_item:
 * @text: a query
 *
 * As quarry_sidebar_narrow(). A click on one of several scenes of a name asks for its source, too; Ctrl and Alt mean all of them.
 */
char *
quarry_sidebar_narrow_item (QuarrySidebarModel *self, const char *text, QuarrySidebarItem *item, QuarryNarrow how)
{
  const QuarryQueryField field = quarry_sidebar_field (item->facet);
  g_autoptr(QuarryQuery) query = quarry_query_parse (text, NULL);
  g_autofree char *plain = NULL;
  g_autofree char *narrowed = NULL;
  gboolean is_it = FALSE;

  if (how != QUARRY_NARROW_ALONE || item->facet != QUARRY_FACET_SCENE)
    return quarry_sidebar_narrow (text, field, item->name, how);
  is_it = item->source != NULL && query != NULL && find_term (query, field, item->name) > 0 &&
          find_term (query, QUARRY_FIELD_SOURCE, item->source) > 0;
  plain = drop_namesake_sources (self, text);
  if (item->source == NULL || is_it)
    return quarry_sidebar_narrow (plain, field, item->name, how);
  narrowed = query != NULL && find_term (query, field, item->name) > 0 ? g_strdup (plain) : quarry_sidebar_narrow (plain, field, item->name, how);
  return quarry_query_toggle_term (narrowed, QUARRY_FIELD_SOURCE, item->source, TRUE);
}
