/* quarry-recording-copy.c: media of a log into files
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * FOLDER/SCENE-HASH/SENSOR/STAMP.jpg: pictures that are files stay as they are, pixels become PNG (16 bits stay 16), clouds PCD. HASH tells
 * sources of one name apart. A file is there whole or not at all.
 */

#include "config.h"
#include "quarry-recording-copy.h"
#include "quarry-cloud.h"
#include "quarry-image.h"
#include "quarry-media.h"

#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>

#define BASE64 "base64+"

/* Returns: (transfer full): a name that every file system takes */
static char *
make_name (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *name = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      const gunichar c = g_utf8_get_char (at);

      g_string_append_unichar (name, c < 32 || strchr ("/\\:*?\"<>|", (int) MIN (c, 127)) != NULL ? '_' : c);
    }
  if (name->len == 0 || name->str[0] == '.')
    g_string_prepend_c (name, '_');
  if (name->len > 100)
    g_string_truncate (name, (gsize) (g_utf8_find_prev_char (name->str, name->str + 100) - name->str));
  return g_string_free (name, FALSE);
}

/**
 * quarry_recording_copy_folder:
 *
 * Returns: (transfer full): where a scene's media go
 */
char *
quarry_recording_copy_folder (const char *folder, const char *source, const char *key, const char *name)
{
  g_autofree char *id = g_strdup_printf ("%s\n%s", source, key);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, id, -1);
  g_autofree char *bare = make_name (name);

  return g_strdup_printf ("%s/%s-%.8s", folder, bare, hash);
}

static const char *
find_ending (const char *format)
{
  static const struct { const char *format, *ending; } endings[] = {
    { "jpeg", "jpg" }, { "png", "png" }, { "webp", "webp" }, { "tiff", "tif" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_equal (endings[i].format, format))
      return endings[i].ending;
  return "bin";
}

/* Returns: (transfer full): the bytes of a picture's file */
static GBytes *
make_picture (GBytes *bytes, const char **inout_format, const char *name, GError **error)
{
  const gboolean base64 = g_str_has_prefix (*inout_format, BASE64);
  const char *format = *inout_format + (base64 ? strlen (BASE64) : 0);
  g_autoptr(GBytes) plain = NULL;

  if (base64)
    {
      g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      gsize n = 0;
      guchar *decoded = g_base64_decode (text, &n);

      plain = g_bytes_new_take (decoded, n);
    }
  else
    plain = g_bytes_ref (bytes);
  if (!g_str_has_prefix (format, "raw:"))
    {
      *inout_format = format;
      return g_steal_pointer (&plain);
    }
  *inout_format = "png";
  return quarry_image_raw_to_png (plain, format, name, error);
}

/* Returns: (transfer full) (nullable): a file in the folder for temporary files, which the caller removes */
static char *
write_cloud (GBytes *bytes, const char *format, const char *name, GError **error)
{
  g_autoptr(QuarryCloud) cloud = quarry_cloud_decode (bytes, format, name, error);
  g_autofree char *path = NULL;
  int fd;

  if (cloud == NULL)
    return NULL;
  fd = g_file_open_tmp ("quarry-XXXXXX.pcd", &path, error);
  if (fd < 0)
    return NULL;
  close (fd);
  if (quarry_cloud_write_pcd (cloud, path, error))
    return g_steal_pointer (&path);
  g_unlink (path);
  return NULL;
}

static void
point_to (QuarryMedia *media, char *take_uri, const char *format)
{
  char *copy = g_strdup (format);      /* may point into media's own */

  g_free (media->uri);
  g_free (media->format);
  media->uri = take_uri;
  media->format = copy;
  media->offset = 0;
  media->length = -1;
}

/**
 * quarry_recording_copy_media:
 * @folder: of the scene
 * @sensor: its name
 *
 * Writes what @media points to into a file, and makes it point there.
 */
gboolean
quarry_recording_copy_media (QuarryStorage *storage, QuarryMedia *media, const char *folder, const char *sensor,
                             GCancellable *cancellable, GError **error)
{
  g_autoptr(GBytes) bytes = quarry_media_read (storage, media->uri, media->offset, media->length, cancellable, error);
  g_autofree char *name = make_name (sensor);
  const char *format = media->format;
  g_autofree char *uri = NULL;

  if (bytes == NULL)
    return FALSE;
  if (media->kind == QUARRY_SENSOR_CAMERA)
    {
      g_autoptr(GBytes) picture = make_picture (bytes, &format, media->uri, error);

      if (picture == NULL)
        return FALSE;
      uri = g_strdup_printf ("%s/%s/%" G_GINT64_FORMAT ".%s", folder, name, media->stamp_ns, find_ending (format));
      if (!quarry_storage_put_bytes (storage, uri, picture, cancellable, error))
        return FALSE;
    }
  else
    {
      g_autofree char *path = write_cloud (bytes, format, media->uri, error);
      gboolean done;

      if (path == NULL)
        return FALSE;
      format = "pcd";
      uri = g_strdup_printf ("%s/%s/%" G_GINT64_FORMAT ".pcd", folder, name, media->stamp_ns);
      done = quarry_storage_put_file (storage, path, uri, cancellable, error);
      g_unlink (path);
      if (!done)
        return FALSE;
    }
  point_to (media, g_steal_pointer (&uri), format);
  return TRUE;
}
