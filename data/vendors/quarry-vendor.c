/* quarry-vendor.c: the interface every annotation vendor implements, and the table of those there are
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-vendor.h"
#include "quarry-label-studio.h"
#include "quarry-media.h"

G_DEFINE_QUARK (quarry-vendor-error-quark, quarry_vendor_error)
G_DEFINE_INTERFACE (QuarryVendor, quarry_vendor, G_TYPE_OBJECT)

static const QuarryVendorEntry vendors[] = {     /* the one list */
  { "label-studio", quarry_label_studio_get_type },
};

static gboolean
keep_double (QuarryVendor  *self,
             const char    *project,
             const char    *external_id,
             gboolean      *out_dropped,
             GCancellable  *cancellable,
             GError       **error)
{
  *out_dropped = FALSE;
  return TRUE;
}

static char *
no_web_url (QuarryVendor *self, const char *project)
{
  return NULL;
}

static void
quarry_vendor_default_init (QuarryVendorInterface *iface)
{
  iface->drop_double = keep_double;
  iface->get_web_url = no_web_url;
}

/* Returns: (transfer none): all backends, in the order to offer them */
const QuarryVendorEntry *
quarry_vendor_list (gsize *out_n)
{
  *out_n = G_N_ELEMENTS (vendors);
  return vendors;
}

static const QuarryVendorEntry *
find_entry (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (vendors); i++)
    if (g_strcmp0 (vendors[i].id, id) == 0)
      return &vendors[i];
  return NULL;
}

const char *
quarry_vendor_get_title (const char *id)
{
  const QuarryVendorEntry *entry = find_entry (id);
  GTypeClass *klass = entry != NULL ? g_type_class_ref (entry->get_type ()) : NULL;
  const QuarryVendorInterface *iface = klass != NULL ? g_type_interface_peek (klass, QUARRY_TYPE_VENDOR) : NULL;
  const char *title = iface != NULL ? iface->name : NULL;      /* a literal: outlives the class */

  g_clear_pointer (&klass, g_type_class_unref);
  return title;
}

/**
 * quarry_vendor_new:
 * @secret: its token; kept in memory only
 *
 * Returns: (transfer full): a backend for that account; no request has been made yet
 */
QuarryVendor *
quarry_vendor_new (const QuarryAccount *account, const char *secret, GError **error)
{
  const QuarryVendorEntry *entry = find_entry (account->vendor);
  g_autoptr(QuarryVendor) self = NULL;

  if (entry == NULL)
    {
      g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_NOT_FOUND, "account '%s': no vendor '%s'", account->name, account->vendor);
      return NULL;
    }
  self = g_object_new (entry->get_type (), NULL);
  if (!QUARRY_VENDOR_GET_IFACE (self)->open (self, account, secret, error))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
quarry_vendor_test (QuarryCatalog  *catalog,
                    const char     *account,
                    char          **out_who,
                    GCancellable   *cancellable,
                    GError        **error)
{
  g_autoptr(QuarryAccount) row = quarry_catalog_find_account (catalog, account, error);
  g_autofree char *secret = row != NULL ? quarry_secret_lookup (account, cancellable, error) : NULL;
  g_autoptr(QuarryVendor) self = secret != NULL ? quarry_vendor_new (row, secret, error) : NULL;

  return self != NULL && QUARRY_VENDOR_GET_IFACE (self)->test (self, out_who, cancellable, error);
}

char *
quarry_vendor_get_web_url (QuarryCatalog *catalog, const QuarryJob *job)
{
  g_autoptr(QuarryAccount) account = quarry_catalog_find_account (catalog, job->account_name, NULL);
  g_autoptr(QuarryVendor) self = account != NULL ? quarry_vendor_new (account, "", NULL) : NULL;

  if (self == NULL || job->external_id == NULL)
    return NULL;
  return QUARRY_VENDOR_GET_IFACE (self)->get_web_url (self, job->external_id);
}

QuarryVendorItem *
quarry_vendor_item_new (void)
{
  QuarryVendorItem *self = g_new0 (QuarryVendorItem, 1);

  self->annotations = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  return self;
}

void
quarry_vendor_item_free (QuarryVendorItem *self)
{
  g_clear_pointer (&self->task, quarry_task_free);
  g_clear_pointer (&self->media, quarry_media_free);
  g_clear_pointer (&self->annotations, g_ptr_array_unref);
  g_free (self->name);
  g_free (self->scene_name);
  g_free (self->frame_key);
  g_free (self);
}

QuarryVendorAnswer *
quarry_vendor_answer_new (const char *external_id, const char *key)
{
  QuarryVendorAnswer *self = g_new0 (QuarryVendorAnswer, 1);

  self->external_id = g_strdup (external_id);
  self->key = g_strdup (key);
  self->annotations = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  return self;
}

void
quarry_vendor_answer_free (QuarryVendorAnswer *self)
{
  g_free (self->external_id);
  g_free (self->key);
  g_free (self->problem);
  g_clear_pointer (&self->annotations, g_ptr_array_unref);
  g_free (self);
}

void
quarry_push_request_clear (QuarryPushRequest *self)
{
  g_clear_pointer (&self->account, g_free);
  g_clear_pointer (&self->job_name, g_free);
  g_clear_pointer (&self->frames, g_array_unref);
  g_clear_pointer (&self->sensors, g_strfreev);
}

GHashTable *
quarry_vendor_keys_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
}

/* The same task seen twice in a listing that moved under us counts once */
void
quarry_vendor_note_key (GHashTable *ids_by_key, const char *key, const char *external_id)
{
  GPtrArray *ids = g_hash_table_lookup (ids_by_key, key);

  if (ids == NULL)
    {
      ids = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (ids_by_key, g_strdup (key), ids);
    }
  if (!g_ptr_array_find_with_equal_func (ids, external_id, g_str_equal, NULL))
    g_ptr_array_add (ids, g_strdup (external_id));
}

GBytes *
quarry_vendor_read_image (QuarryStorage      *storage,
                          const QuarryMedia  *media,
                          const char        **out_ending,
                          const char        **out_type,
                          GCancellable       *cancellable,
                          GError            **error)
{
  static const struct { const char *format, *ending, *type; } shown[] = {
    { "jpeg", ".jpg", "image/jpeg" }, { "png", ".png", "image/png" }, { "webp", ".webp", "image/webp" },
    { "bmp", ".bmp", "image/bmp" },   { "gif", ".gif", "image/gif" },
  };
  g_autoptr(GBytes) bytes = quarry_media_read (storage, media->uri, media->offset, media->length, cancellable, error);
  g_autoptr(QuarryImage) image = NULL;

  if (bytes == NULL)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (shown); i++)
    if (g_strcmp0 (media->format, shown[i].format) == 0)
      {
        *out_ending = shown[i].ending;
        *out_type = shown[i].type;
        return g_steal_pointer (&bytes);
      }
  image = quarry_image_decode (bytes, 0, media->uri, error);
  if (image == NULL)
    return NULL;
  *out_ending = ".png";
  *out_type = "image/png";
  return quarry_image_to_png (image, error);
}
