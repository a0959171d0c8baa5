/* quarry-cloud-format.c: the table of point-cloud formats, and what goes by it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-cloud-private.h"
#include "quarry-media-private.h"

#include <string.h>

/* The one list; guessing asks from top to bottom, so that what knows its content comes before what goes by the name */
static const QuarryCloudFormat * const formats[] = {
  &quarry_cloud_format_las,      &quarry_cloud_format_npy,   &quarry_cloud_format_ply,    &quarry_cloud_format_nuscenes,
  &quarry_cloud_format_kitti,    &quarry_cloud_format_pcd,   &quarry_cloud_format_text,   &quarry_cloud_format_points,
  &quarry_cloud_format_velodyne,
};

static const QuarryCloudFormat *
find_format (const char *format)
{
  for (guint i = 0; format != NULL && i < G_N_ELEMENTS (formats); i++)
    {
      const gsize length = strlen (formats[i]->id);

      if (formats[i]->id[length - 1] == ':' ? strncmp (format, formats[i]->id, length) == 0 : g_str_equal (format, formats[i]->id))
        return formats[i];
    }
  return NULL;
}

static const QuarryCloudFormat *
need_format (const char *format, const char *name, GError **error)
{
  const QuarryCloudFormat *found = find_format (format);

  if (found == NULL)
    g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED, "%s: unknown point-cloud format '%s'", name,
                 format != NULL ? format : "");
  return found;
}

gboolean
quarry_cloud_is_format (const char *format)
{
  return find_format (quarry_media_skip_wrapping (format)) != NULL;
}

/**
 * quarry_cloud_decode:
 * @format: a media's format, as in quarry-media.h
 *
 * Any thread.
 *
 * Returns: (transfer full): all points of the file; a file that is cut or damaged is an error
 */
QuarryCloud *
quarry_cloud_decode (GBytes *bytes, const char *format, const char *name, GError **error)
{
  g_autoptr(GBytes) plain = quarry_media_unwrap (bytes, &format, name, error);
  const QuarryCloudFormat *found = plain != NULL ? need_format (format, name, error) : NULL;
  gsize length = 0;
  const guint8 *data = found != NULL ? g_bytes_get_data (plain, &length) : NULL;

  return found != NULL ? found->decode (data != NULL ? data : (const guint8 *) "", length, format, name, error) : NULL;
}

/* The number of points by the header and the size alone; a file too short for them is an error */
gboolean
quarry_cloud_count_bytes (GBytes *head, gint64 length, const char *format, const char *name, gint64 *out_n_points, GError **error)
{
  const QuarryCloudFormat *found = need_format (format, name, error);
  gsize head_length = 0;
  const guint8 *data = g_bytes_get_data (head, &head_length);

  return found != NULL &&
         found->count (data != NULL ? data : (const guint8 *) "", head_length, length, format, name, out_n_points, error);
}

gboolean
quarry_cloud_count (QuarryStorage *storage, const char *uri, const char *format, gint64 *out_n_points, GError **error)
{
  g_autoptr(QuarryStorage) own = storage != NULL ? g_object_ref (storage) : quarry_storage_new ();
  const QuarryCloudFormat *found = need_format (format, uri, error);
  g_autoptr(QuarryFile) file = found != NULL ? quarry_storage_open (own, uri, NULL, error) : NULL;
  g_autoptr(GBytes) head = NULL;
  gint64 size;

  if (file == NULL)
    return FALSE;
  size = quarry_file_get_size (file);
  head = quarry_file_read_bytes (file, 0, found->counts_all ? size : MIN (size, QUARRY_CLOUD_MAX_HEADER), NULL, error);
  return head != NULL && quarry_cloud_count_bytes (head, size, format, uri, out_n_points, error);
}

/**
 * quarry_cloud_guess_format:
 * @name: a file's name; its ending counts where the content says nothing (.bin)
 *
 * Returns: (transfer none) (nullable): a format of files for quarry_cloud_decode; NULL: no cloud
 */
const char *
quarry_cloud_guess_format (const char *name, const guint8 *head, gsize length)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (formats[i]->guess != NULL && formats[i]->guess (lower, head, head != NULL ? length : 0))
      return formats[i]->id;
  return NULL;
}
