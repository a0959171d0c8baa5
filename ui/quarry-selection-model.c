/* quarry-selection-model.c: which frames of a result are selected, one bit a frame
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * GtkMultiSelection keeps a compressed bitset and emits over all of it; here selecting everything is a memset
 * (1.2 MB at 10 M frames) and views ask for the range they show.
 */

#include "config.h"
#include "quarry-selection-model.h"

#include <string.h>

#define BITS 64u

struct _QuarrySelectionModel
{
  GObject           parent_instance;
  QuarryFrameModel *frames;
  guint             n;
  guint             n_selected;
  guint64          *words;          /* bit i % 64 of word i / 64 is frame i; bits beyond n are 0 */
};

enum { PROP_0, PROP_N_SELECTED, N_PROPS };
static GParamSpec *properties[N_PROPS];

static gboolean
get_bit (QuarrySelectionModel *self, guint position)
{
  return (self->words[position / BITS] >> (position % BITS)) & 1;
}

/* Mask of the bits of word @word that lie in [start, end) */
static guint64
mask_of_word (guint word, guint start, guint end)
{
  const guint64 low = (guint64) word * BITS;
  guint64 mask = G_MAXUINT64;

  if (start > low)
    mask &= G_MAXUINT64 << (start - low);
  if (end < low + BITS)
    mask &= G_MAXUINT64 >> (low + BITS - end);
  return mask;
}

/* Sets or clears [start, end). Returns: whether any bit changed */
static gboolean
write_range (QuarrySelectionModel *self, guint start, guint end, gboolean selected)
{
  const guint before = self->n_selected;
  gboolean changed = FALSE;

  if (start >= end)
    return FALSE;
  for (guint w = start / BITS; w <= (end - 1) / BITS; w++)
    {
      const guint64 mask = mask_of_word (w, start, end);
      const guint64 old = self->words[w];
      const guint64 new = selected ? old | mask : old & ~mask;

      if (old == new)
        continue;
      self->words[w] = new;
      self->n_selected = self->n_selected + (guint) __builtin_popcountll (new) - (guint) __builtin_popcountll (old);
      changed = TRUE;
    }
  if (before != self->n_selected)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_SELECTED]);
  return changed;
}

/* --- GListModel: the frames themselves --- */

static GType
quarry_selection_model_get_item_type (GListModel *model)
{
  return QUARRY_TYPE_FRAME_ITEM;
}

static guint
quarry_selection_model_get_n_items (GListModel *model)
{
  return QUARRY_SELECTION_MODEL (model)->n;
}

static gpointer
quarry_selection_model_get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (QUARRY_SELECTION_MODEL (model)->frames), position);
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = quarry_selection_model_get_item_type;
  iface->get_n_items = quarry_selection_model_get_n_items;
  iface->get_item = quarry_selection_model_get_item;
}

/* --- GtkSelectionModel --- */

static gboolean
quarry_selection_model_is_selected (GtkSelectionModel *model, guint position)
{
  QuarrySelectionModel *self = QUARRY_SELECTION_MODEL (model);

  return position < self->n && get_bit (self, position);
}

static GtkBitset *
quarry_selection_model_get_selection_in_range (GtkSelectionModel *model, guint position, guint n_items)
{
  QuarrySelectionModel *self = QUARRY_SELECTION_MODEL (model);
  GtkBitset *set = gtk_bitset_new_empty ();
  const guint end = (guint) MIN ((guint64) position + n_items, self->n);

  for (guint i = position; i < end;)
    {
      guint run = i;

      while (run < end && get_bit (self, run))
        run += run % BITS == 0 && run + BITS <= end && self->words[run / BITS] == G_MAXUINT64 ? BITS : 1;
      if (run > i)
        gtk_bitset_add_range (set, i, run - i);
      i = MAX (run, i + 1);
      while (i < end && i % BITS == 0 && self->words[i / BITS] == 0)
        i += MIN (BITS, end - i);
    }
  return set;
}

/* Selects [position, position + n), and nothing else where @rest is TRUE */
static gboolean
select_only (QuarrySelectionModel *self, guint position, guint n, gboolean rest)
{
  gboolean changed = FALSE;

  if (position > self->n || n > self->n - position)
    return FALSE;
  if (rest)
    {
      g_object_freeze_notify (G_OBJECT (self));
      changed |= write_range (self, 0, position, FALSE);
      changed |= write_range (self, position + n, self->n, FALSE);
    }
  if (write_range (self, position, position + n, TRUE) || changed)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), changed ? 0 : position, changed ? self->n : n);
  if (rest)
    g_object_thaw_notify (G_OBJECT (self));
  return TRUE;
}

static gboolean
quarry_selection_model_select_item (GtkSelectionModel *model, guint position, gboolean unselect_rest)
{
  return select_only (QUARRY_SELECTION_MODEL (model), position, 1, unselect_rest);
}

static gboolean
quarry_selection_model_select_range (GtkSelectionModel *model, guint position, guint n_items, gboolean unselect_rest)
{
  return select_only (QUARRY_SELECTION_MODEL (model), position, n_items, unselect_rest);
}

static gboolean
quarry_selection_model_unselect_range (GtkSelectionModel *model, guint position, guint n_items)
{
  QuarrySelectionModel *self = QUARRY_SELECTION_MODEL (model);

  if (position > self->n || n_items > self->n - position)
    return FALSE;
  if (write_range (self, position, position + n_items, FALSE))
    gtk_selection_model_selection_changed (model, position, n_items);
  return TRUE;
}

static gboolean
quarry_selection_model_unselect_item (GtkSelectionModel *model, guint position)
{
  return quarry_selection_model_unselect_range (model, position, 1);
}

static gboolean
quarry_selection_model_select_all (GtkSelectionModel *model)
{
  QuarrySelectionModel *self = QUARRY_SELECTION_MODEL (model);

  return select_only (self, 0, self->n, FALSE);
}

static gboolean
quarry_selection_model_unselect_all (GtkSelectionModel *model)
{
  return quarry_selection_model_unselect_range (model, 0, QUARRY_SELECTION_MODEL (model)->n);
}

static gboolean
quarry_selection_model_set_selection (GtkSelectionModel *model, GtkBitset *selected, GtkBitset *mask)
{
  QuarrySelectionModel *self = QUARRY_SELECTION_MODEL (model);
  GtkBitsetIter iter;
  guint position, first = G_MAXUINT, last = 0;

  g_object_freeze_notify (G_OBJECT (self));
  for (gboolean more = gtk_bitset_iter_init_first (&iter, mask, &position); more && position < self->n;
       more = gtk_bitset_iter_next (&iter, &position))
    if (write_range (self, position, position + 1, gtk_bitset_contains (selected, position)))
      {
        first = MIN (first, position);
        last = position;
      }
  if (first <= last)
    gtk_selection_model_selection_changed (model, first, last - first + 1);
  g_object_thaw_notify (G_OBJECT (self));
  return TRUE;
}

static void
selection_model_iface_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = quarry_selection_model_is_selected;
  iface->get_selection_in_range = quarry_selection_model_get_selection_in_range;
  iface->select_item = quarry_selection_model_select_item;
  iface->unselect_item = quarry_selection_model_unselect_item;
  iface->select_range = quarry_selection_model_select_range;
  iface->unselect_range = quarry_selection_model_unselect_range;
  iface->select_all = quarry_selection_model_select_all;
  iface->unselect_all = quarry_selection_model_unselect_all;
  iface->set_selection = quarry_selection_model_set_selection;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (QuarrySelectionModel, quarry_selection_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init)
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL, selection_model_iface_init))

static void
quarry_selection_model_finalize (GObject *object)
{
  QuarrySelectionModel *self = QUARRY_SELECTION_MODEL (object);

  g_clear_object (&self->frames);
  g_free (self->words);
  G_OBJECT_CLASS (quarry_selection_model_parent_class)->finalize (object);
}

static void
quarry_selection_model_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_N_SELECTED)
    g_value_set_uint (value, QUARRY_SELECTION_MODEL (object)->n_selected);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
quarry_selection_model_class_init (QuarrySelectionModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = quarry_selection_model_finalize;
  G_OBJECT_CLASS (klass)->get_property = quarry_selection_model_get_property;

  properties[PROP_N_SELECTED] = g_param_spec_uint ("n-selected", NULL, NULL, 0, G_MAXUINT, 0,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
}

static void
quarry_selection_model_init (QuarrySelectionModel *self)
{
}

QuarrySelectionModel *
quarry_selection_model_new (QuarryFrameModel *frames)
{
  QuarrySelectionModel *self = g_object_new (QUARRY_TYPE_SELECTION_MODEL, NULL);

  self->frames = g_object_ref (frames);
  self->n = quarry_frame_model_get_n (frames);
  self->words = g_new0 (guint64, self->n / BITS + 1);
  return self;
}

QuarryFrameModel *
quarry_selection_model_get_frames (QuarrySelectionModel *self)
{
  g_return_val_if_fail (QUARRY_IS_SELECTION_MODEL (self), NULL);
  return self->frames;
}

guint
quarry_selection_model_get_n_selected (QuarrySelectionModel *self)
{
  g_return_val_if_fail (QUARRY_IS_SELECTION_MODEL (self), 0);
  return self->n_selected;
}

guint
quarry_selection_model_first (QuarrySelectionModel *self)
{
  g_return_val_if_fail (QUARRY_IS_SELECTION_MODEL (self), GTK_INVALID_LIST_POSITION);

  for (guint w = 0; w <= self->n / BITS; w++)
    if (self->words[w] != 0)
      return w * BITS + (guint) __builtin_ctzll (self->words[w]);
  return GTK_INVALID_LIST_POSITION;
}

GArray *
quarry_selection_model_dup_ids (QuarrySelectionModel *self)
{
  GArray *ids = NULL;

  g_return_val_if_fail (QUARRY_IS_SELECTION_MODEL (self), NULL);

  ids = g_array_sized_new (FALSE, FALSE, sizeof (QuarryId), self->n_selected);
  for (guint w = 0; w <= self->n / BITS; w++)
    for (guint64 word = self->words[w]; word != 0; word &= word - 1)
      {
        const QuarryId id = quarry_frame_model_get_id (self->frames, w * BITS + (guint) __builtin_ctzll (word));

        g_array_append_val (ids, id);
      }
  return ids;
}

/**
 * quarry_selection_model_select_ids:
 *
 * Carries a selection over to a new result: one walk over the list. Ids are catalog rows, below 2³².
 */
void
quarry_selection_model_select_ids (QuarrySelectionModel *self, const GArray *ids)
{
  g_autoptr(GtkBitset) wanted = NULL;
  const GArray *all = NULL;

  g_return_if_fail (QUARRY_IS_SELECTION_MODEL (self));

  if (ids->len == 0 || self->n == 0)
    return;
  all = quarry_frame_model_get_ids (self->frames);
  wanted = gtk_bitset_new_empty ();
  for (guint i = 0; i < ids->len; i++)
    gtk_bitset_add (wanted, (guint) g_array_index (ids, QuarryId, i));
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 0; i < self->n; i++)
    if (gtk_bitset_contains (wanted, (guint) g_array_index (all, QuarryId, i)))
      write_range (self, i, i + 1, TRUE);
  gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), 0, self->n);
  g_object_thaw_notify (G_OBJECT (self));
}
