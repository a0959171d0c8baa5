/* quarry-media.c: a media's bytes and pixels
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-media.h"
#include "quarry-container.h"

/* Returns: (transfer full) */
static QuarryStorage *
ref_storage (QuarryStorage *storage)
{
  return storage != NULL ? g_object_ref (storage) : quarry_storage_new ();
}

/**
 * quarry_media_read:
 * @uri: as in quarry-media.h
 * @length: bytes from @offset; −1 to the end
 *
 * Returns: (transfer full): all of it, or an error that names the file
 */
GBytes *
quarry_media_read (QuarryStorage *storage, const char *uri, gint64 offset, gint64 length,
                   GCancellable *cancellable, GError **error)
{
  g_autoptr(QuarryStorage) own = ref_storage (storage);
  g_autoptr(QuarryFile) file = NULL;

  g_return_val_if_fail (uri != NULL && offset >= 0, NULL);

  file = quarry_container_open (own, uri, cancellable, error);
  return file != NULL ? quarry_file_read_bytes (file, offset, length, cancellable, error) : NULL;
}

/* Returns: (transfer full) (nullable) */
char *
quarry_media_dup_version (QuarryStorage *storage, const char *uri, GCancellable *cancellable,
                          GError **error)
{
  g_autoptr(QuarryStorage) own = ref_storage (storage);
  g_autofree char *name = quarry_container_dup_file (uri);
  g_autoptr(QuarryFile) file = quarry_storage_open (own, name, cancellable, error);

  return file != NULL ? g_strdup (quarry_file_get_version (file)) : NULL;
}

/* Returns: (transfer full) */
QuarryImage *
quarry_media_load_image (QuarryStorage *storage, const QuarryMedia *media, int at_least,
                         GCancellable *cancellable, GError **error)
{
  g_autoptr(GBytes) bytes = quarry_media_read (storage, media->uri, media->offset, media->length,
                                               cancellable, error);

  return bytes != NULL ? quarry_image_decode_as (bytes, media->format, at_least, media->uri, error) : NULL;
}
