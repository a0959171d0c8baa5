/* quarry-image-pixbuf.c: rarer pictures (TIFF, BMP, PNM, GIF, …), by gdk-pixbuf
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which formats there are is up to the system's loaders.
 */

#include "config.h"
#include "quarry-image-private.h"

#include <string.h>
#include <gdk-pixbuf/gdk-pixbuf.h>

#define PIECE 65536

typedef struct
{
  const char *name;
  GError     *error;      /* the size is beyond the limits */
  GByteArray *rows;       /* 1 where a row has come */
} Check;

static void
size_prepared_cb (GdkPixbufLoader *loader, int width, int height, gpointer data)
{
  Check *check = data;

  if (check->error == NULL)
    quarry_image_check_limits (check->name, (guint64) MAX (width, 0), (guint64) MAX (height, 0),
                               &check->error);
}

/* Some loaders (BMP, PNM) take a file that is cut off for a whole one; which rows came tells */
static void
area_updated_cb (GdkPixbufLoader *loader, int x, int y, int width, int height, gpointer data)
{
  Check *check = data;

  if (y < 0 || height <= 0 || y > G_MAXINT / 2 || height > G_MAXINT / 2)
    return;
  while (check->rows->len < (guint) (y + height))
    g_byte_array_append (check->rows, (const guint8 *) "", 1);
  memset (check->rows->data + y, 1, (gsize) height);
}

static gboolean
is_whole (GdkPixbufLoader *loader, GBytes *bytes, const Check *check)
{
  g_autofree char *name = gdk_pixbuf_format_get_name (gdk_pixbuf_loader_get_format (loader));
  const guint height = (guint) gdk_pixbuf_get_height (gdk_pixbuf_loader_get_pixbuf (loader));
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  if (g_str_equal (name, "gif"))       /* its frames need not cover it, but it has an end mark */
    return memrchr (data, 0x3B, length) != NULL &&
           memrchr (data, 0x3B, length) >= (const void *) (data + MAX (length, 64) - 64);
  return check->rows->len >= height && memchr (check->rows->data, 0, height) == NULL;
}

/* gdk-pixbuf says "Unrecognized image file format" and the like, as sentences */
static void
take_error (GError **error, const char *name, GError *from)
{
  const gboolean unknown = g_error_matches (from, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_UNKNOWN_TYPE);

  if (from->domain == QUARRY_MEDIA_ERROR)
    {
      g_propagate_error (error, from);
      return;
    }
  if (unknown)
    g_set_error (
        error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED,
        "%s: no picture of a kind known here (JPEG, PNG, or one for which gdk-pixbuf has a loader)",
        name);
  else
    g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN, "%s: damaged picture: %s",
                 name, from->message);
  g_error_free (from);
}

static gboolean
feed (GdkPixbufLoader *loader, GBytes *bytes, Check *check, GError **error)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  for (gsize at = 0; at < length; at += PIECE)
    {
      if (!gdk_pixbuf_loader_write (loader, data + at, MIN (PIECE, length - at), error))
        return FALSE;
      if (check->error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&check->error));
          return FALSE;
        }
    }
  return TRUE;
}

static QuarryImage *
copy_pixels (const GdkPixbuf *pixbuf)
{
  const int width = gdk_pixbuf_get_width (pixbuf);
  const int height = gdk_pixbuf_get_height (pixbuf);
  const gsize stride = (gsize) gdk_pixbuf_get_rowstride (pixbuf);
  const int channels = gdk_pixbuf_get_n_channels (pixbuf);
  const guint8 *pixels = gdk_pixbuf_read_pixels (pixbuf);
  QuarryImage *image = quarry_image_new (width, height);

  for (int y = 0; image != NULL && y < height; y++)
    for (int x = 0; x < width; x++)
      memcpy (image->rgb + (gsize) y * image->stride + 3 * x,
              pixels + (gsize) y * stride + (gsize) (channels * x), 3);
  return image;
}

static QuarryImage *
load (GdkPixbufLoader *loader, GBytes *bytes, Check *check, GError **error)
{
  g_autoptr(GdkPixbuf) upright = NULL;
  GdkPixbuf *pixbuf = NULL;
  QuarryImage *image = NULL;

  if (!feed (loader, bytes, check, error))
    {
      gdk_pixbuf_loader_close (loader, NULL);
      return NULL;
    }
  if (!gdk_pixbuf_loader_close (loader, error))
    return NULL;
  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  if (check->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&check->error));
      return NULL;
    }
  if (pixbuf == NULL || !is_whole (loader, bytes, check))
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
                   "%s: the picture is cut off", check->name);
      return NULL;
    }
  upright = gdk_pixbuf_apply_embedded_orientation (pixbuf);
  image = upright != NULL ? copy_pixels (upright) : NULL;
  if (image == NULL)
    g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE, "%s: not enough memory",
                 check->name);
  return image;
}

QuarryImage *
quarry_image_decode_pixbuf (GBytes *bytes, const char *name, GError **error)
{
  g_autoptr(GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  g_autoptr(GByteArray) rows = g_byte_array_new ();
  Check check = { name, NULL, rows };
  GError *failure = NULL;
  QuarryImage *image = NULL;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), &check);
  g_signal_connect (loader, "area-updated", G_CALLBACK (area_updated_cb), &check);
  image = load (loader, bytes, &check, &failure);
  g_clear_error (&check.error);
  if (image == NULL)
    take_error (error, name, failure);
  return image;
}
