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
} Check;

static void
size_prepared_cb (GdkPixbufLoader *loader, int width, int height, gpointer data)
{
  Check *check = data;

  if (check->error == NULL)
    quarry_image_check_limits (check->name, (guint64) MAX (width, 0), (guint64) MAX (height, 0), &check->error);
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
    g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED,
                 "%s: no picture of a kind known here (JPEG, PNG, or one for which gdk-pixbuf has a loader)", name);
  else
    g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN, "%s: damaged picture: %s", name, from->message);
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
      memcpy (image->rgb + (gsize) y * image->stride + 3 * x, pixels + (gsize) y * stride + (gsize) (channels * x), 3);
  return image;
}

QuarryImage *
quarry_image_decode_pixbuf (GBytes *bytes, const char *name, GError **error)
{
  g_autoptr(GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  g_autoptr(GdkPixbuf) upright = NULL;
  Check check = { name, NULL };
  GError *failure = NULL;
  GdkPixbuf *pixbuf = NULL;
  QuarryImage *image = NULL;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), &check);
  if (!feed (loader, bytes, &check, &failure))
    {
      gdk_pixbuf_loader_close (loader, NULL);
      g_clear_error (&check.error);
      take_error (error, name, failure);
      return NULL;
    }
  if (!gdk_pixbuf_loader_close (loader, &failure))
    {
      g_clear_error (&check.error);
      take_error (error, name, failure);
      return NULL;
    }
  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  if (check.error != NULL || pixbuf == NULL)
    {
      take_error (error, name, check.error != NULL ? check.error
                  : g_error_new_literal (QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN, name));
      return NULL;
    }
  upright = gdk_pixbuf_apply_embedded_orientation (pixbuf);
  image = upright != NULL ? copy_pixels (upright) : NULL;
  if (image == NULL)
    g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE, "%s: not enough memory", name);
  return image;
}
