/* quarry-ingest-points.c: point labels for readers
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-ingest.h"
#include "quarry-ingest-private.h"
#include "quarry-point-labels.h"

/* Opens the file only for its size, which must be that of the cloud's number of points */
gboolean
quarry_ingest_point_labels (QuarryIngest *self, QuarryMedia *cloud, const char *path, const char *format, const char *names)
{
  const gint64 size = (gint64) quarry_point_labels_size (format);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryFile) file = quarry_storage_open (quarry_ingest_get_storage (self), path,
                                                    quarry_operation_get_cancellable (self->operation), &error);

  g_assert (size > 0 && cloud->point_labels == NULL);
  if (file == NULL)
    {
      quarry_ingest_skip_error (self, path, error);
      return FALSE;
    }
  if (quarry_file_get_size (file) != size * cloud->n_points)
    {
      quarry_ingest_skip (self, path, NULL, "%" G_GINT64_FORMAT " bytes of labels do not fit %" G_GINT64_FORMAT " points, which take %" G_GINT64_FORMAT,
                          quarry_file_get_size (file), cloud->n_points, size * cloud->n_points);
      return FALSE;
    }
  cloud->point_labels = g_new0 (QuarryPointLabels, 1);
  cloud->point_labels->uri = g_strdup (path);
  cloud->point_labels->format = g_strdup (format);
  cloud->point_labels->names = g_strdup (names);
  return TRUE;
}
