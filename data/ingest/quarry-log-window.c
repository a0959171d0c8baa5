/* quarry-log-window.c: a piece of a file that moves along
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-log-private.h"

void
quarry_window_init (QuarryWindow *self, QuarryFile *file, gsize ahead)
{
  *self = (QuarryWindow) { .file = file, .ahead = ahead };
}

void
quarry_window_clear (QuarryWindow *self)
{
  g_clear_pointer (&self->data, g_free);
}

gsize
quarry_window_peek (QuarryWindow *self, gint64 offset, gsize length, const guint8 **out_data,
                    GCancellable *cancellable, GError **error)
{
  const gint64 size = quarry_file_get_size (self->file);
  const gsize there = offset < size ? (gsize) (size - offset) : 0;
  gsize wanted = MIN (MAX (length, self->ahead), there);

  length = MIN (length, there);
  if (offset >= self->start && (guint64) (offset - self->start) + length <= self->length)
    {
      *out_data = self->data + (offset - self->start);
      return length;
    }
  if (wanted > self->allocated)
    {
      g_clear_pointer (&self->data, g_free);
      self->allocated = 0;
      self->data = g_try_malloc (wanted);
      if (self->data == NULL)
        {
          g_set_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_FAILED, "%s: byte %" G_GINT64_FORMAT
                       ": no memory for %" G_GSIZE_FORMAT " bytes", quarry_file_get_uri (self->file), offset, wanted);
          self->length = 0;
          return 0;
        }
      self->allocated = wanted;
    }
  self->length = 0;
  if (!quarry_file_read (self->file, offset, self->data, wanted, cancellable, error))
    return 0;
  self->start = offset;
  self->length = wanted;
  *out_data = self->data;
  return length;
}

const guint8 *
quarry_window_get (QuarryWindow *self, gint64 offset, gsize length, GCancellable *cancellable, GError **error)
{
  const guint8 *data = NULL;
  g_autoptr(GError) failure = NULL;
  const gsize n = quarry_window_peek (self, offset, length, &data, cancellable, &failure);

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (n == length)
    return data;
  else
    g_set_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_BROKEN, "%s: byte %" G_GINT64_FORMAT ": the file ends too early",
                 quarry_file_get_uri (self->file), offset);
  return NULL;
}
