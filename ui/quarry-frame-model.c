/* quarry-frame-model.c: the ids of a result as a list; items are made when looked at
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Immutable: a new result is a new model, so that views swap models and never walk millions of changes.
 */

#include "config.h"
#include "quarry-frame-model.h"

struct _QuarryFrameItem
{
  GObject   parent_instance;
  QuarryId  id;
};

G_DEFINE_FINAL_TYPE (QuarryFrameItem, quarry_frame_item, G_TYPE_OBJECT)

static void
quarry_frame_item_class_init (QuarryFrameItemClass *klass)
{
}

static void
quarry_frame_item_init (QuarryFrameItem *self)
{
}

QuarryId
quarry_frame_item_get_id (QuarryFrameItem *self)
{
  g_return_val_if_fail (QUARRY_IS_FRAME_ITEM (self), 0);
  return self->id;
}

struct _QuarryFrameModel
{
  GObject  parent_instance;
  GArray  *ids;             /* QuarryId, owned */
};

static GType
quarry_frame_model_get_item_type (GListModel *model)
{
  return QUARRY_TYPE_FRAME_ITEM;
}

static guint
quarry_frame_model_get_n_items (GListModel *model)
{
  return QUARRY_FRAME_MODEL (model)->ids->len;
}

static gpointer
quarry_frame_model_get_item (GListModel *model, guint position)
{
  QuarryFrameModel *self = QUARRY_FRAME_MODEL (model);
  QuarryFrameItem *item = NULL;

  if (position >= self->ids->len)
    return NULL;
  item = g_object_new (QUARRY_TYPE_FRAME_ITEM, NULL);
  item->id = g_array_index (self->ids, QuarryId, position);
  return item;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = quarry_frame_model_get_item_type;
  iface->get_n_items = quarry_frame_model_get_n_items;
  iface->get_item = quarry_frame_model_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (QuarryFrameModel, quarry_frame_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static void
quarry_frame_model_finalize (GObject *object)
{
  QuarryFrameModel *self = QUARRY_FRAME_MODEL (object);

  g_clear_pointer (&self->ids, g_array_unref);
  G_OBJECT_CLASS (quarry_frame_model_parent_class)->finalize (object);
}

static void
quarry_frame_model_class_init (QuarryFrameModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = quarry_frame_model_finalize;
}

static void
quarry_frame_model_init (QuarryFrameModel *self)
{
}

/**
 * quarry_frame_model_new:
 * @take_ids: (transfer full): QuarryId, at most G_MAXUINT of them; not changed from now on
 */
QuarryFrameModel *
quarry_frame_model_new (GArray *take_ids)
{
  QuarryFrameModel *self = g_object_new (QUARRY_TYPE_FRAME_MODEL, NULL);

  self->ids = take_ids;
  return self;
}

guint
quarry_frame_model_get_n (QuarryFrameModel *self)
{
  g_return_val_if_fail (QUARRY_IS_FRAME_MODEL (self), 0);
  return self->ids->len;
}

/* Returns: the frame at @position, 0 beyond the end */
QuarryId
quarry_frame_model_get_id (QuarryFrameModel *self, guint position)
{
  g_return_val_if_fail (QUARRY_IS_FRAME_MODEL (self), 0);
  return position < self->ids->len ? g_array_index (self->ids, QuarryId, position) : 0;
}

/* Returns: (transfer none): all ids, any thread while the model lives */
const GArray *
quarry_frame_model_get_ids (QuarryFrameModel *self)
{
  g_return_val_if_fail (QUARRY_IS_FRAME_MODEL (self), NULL);
  return self->ids;
}

/**
 * quarry_frame_model_find:
 *
 * Walks the ids (1 ms a million): for once a user's action, not for once an item.
 */
gboolean
quarry_frame_model_find (QuarryFrameModel *self, QuarryId id, guint *out_position)
{
  const QuarryId *ids = NULL;

  g_return_val_if_fail (QUARRY_IS_FRAME_MODEL (self), FALSE);

  ids = (const QuarryId *) self->ids->data;
  for (guint i = 0; i < self->ids->len; i++)
    if (ids[i] == id)
      {
        if (out_position != NULL)
          *out_position = i;
        return TRUE;
      }
  return FALSE;
}
