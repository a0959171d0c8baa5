/* quarry-file-bytes.c: bytes in memory that are read like a file
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-storage.h"

#include <string.h>

static gboolean
bytes_read (QuarryFile *self, gint64 offset, guint8 *out, gsize length, GCancellable *cancellable, GError **error)
{
  const guint8 *data = g_bytes_get_data (self->data, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (length > 0)
    memcpy (out, data + offset, length);
  return TRUE;
}

static void
bytes_close (QuarryFile *self)
{
  g_bytes_unref (self->data);
}

static const QuarryFileClass bytes_class = { bytes_read, bytes_close };

/**
 * quarry_file_new_for_bytes:
 * @uri: what errors call it
 * @version: (nullable): of the file that the bytes come from
 *
 * Returns: (transfer full): needs no storage, cannot fail
 */
QuarryFile *
quarry_file_new_for_bytes (GBytes *bytes, const char *uri, const char *version)
{
  QuarryFile *self = g_new0 (QuarryFile, 1);

  g_atomic_ref_count_init (&self->references);
  self->klass = &bytes_class;
  self->uri = g_strdup (uri);
  self->version = g_strdup (version != NULL ? version : "");
  self->size = (gint64) g_bytes_get_size (bytes);
  self->fd = -1;
  self->data = g_bytes_ref (bytes);
  return self;
}
