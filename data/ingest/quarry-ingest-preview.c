/* quarry-ingest-preview.c: what a source holds, told before it is imported
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-ingest.h"

void
quarry_ingest_stream_free (QuarryIngestStream *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->type);
  g_free (self->sensor);
  g_free (self);
}

void
quarry_ingest_preview_free (QuarryIngestPreview *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->streams, g_ptr_array_unref);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_free (self);
}

static void
free_stream (gpointer data)
{
  quarry_ingest_stream_free (data);
}

/* Returns: (transfer full): nothing known, empty lists that own their members */
QuarryIngestPreview *
quarry_ingest_preview_new (void)
{
  QuarryIngestPreview *self = g_new0 (QuarryIngestPreview, 1);

  self->bytes = self->n_scenes = self->n_frames = -1;
  self->streams = g_ptr_array_new_with_free_func (free_stream);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * quarry_ingest_preview:
 *
 * Returns: (transfer full) (nullable): what the reader that fits can tell quickly; of some formats only that it fits
 */
QuarryIngestPreview *
quarry_ingest_preview (QuarryStorage *storage, const char *path, const char *format, GCancellable *cancellable,
                       GError **error)
{
  const QuarryReader *reader = quarry_ingest_find_reader_in (storage, format, path, cancellable, error);
  QuarryIngestPreview *self = NULL;

  if (reader == NULL)
    return NULL;
  self = reader->preview != NULL ? reader->preview (storage, path, cancellable, error) : quarry_ingest_preview_new ();
  if (self != NULL)
    self->reader = reader;
  return self;
}
