/* quarry-image-header.c: a picture's size from its header, and whether its file is whole
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Walks markers and chunks by their lengths and reads little: an import asks this of every picture.
 */

#include "config.h"
#include "quarry-image-private.h"
#include "quarry-media-private.h"

#include <string.h>
#include <gdk-pixbuf/gdk-pixbuf.h>

/* A JPEG's end mark is looked for in this much of its end first */
#define TAIL 4096
/* Bytes between a JPEG's markers that belong to none; more is no JPEG */
#define MAX_JUNK 65536
/* Read at once and kept: headers are walked in small steps, and a range of a remote file costs a request */
#define WINDOW 16384
/* Of a picture that only gdk-pixbuf knows, what it gets to find the size */
#define MAX_OTHER (1 << 20)

typedef struct
{
  const char *path;
  QuarryFile *file;             /* nullable: in memory */
  const guint8 *data;           /* in memory */
  gint64      base, length;     /* of the picture in the file */
  gint64      window_at;        /* what is in @window, from the picture's start */
  gsize       window_length;
  guint8      window[WINDOW];
  int         width, height;    /* as stored */
  int         orientation;
  GError     *failure;
} Header;

/* A range that could not be read (a network that is gone) is no broken picture */
static gboolean
broken (Header *self, GError **error, gint64 at, const char *what)
{
  if (self->failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->failure));
      return FALSE;
    }
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
               "%s: byte %" G_GINT64_FORMAT ": %s", self->path, at, what);
  return FALSE;
}

static gboolean
read_at (Header *self, gint64 at, void *data, gsize length)
{
  if (at < 0 || at > self->length || (gint64) length > self->length - at)
    return FALSE;
  if (self->file == NULL)
    {
      memcpy (data, self->data + at, length);
      return TRUE;
    }
  g_clear_error (&self->failure);
  if (length > WINDOW)
    return quarry_file_read (self->file, self->base + at, data, length, NULL, &self->failure);
  if (at < self->window_at || at + (gint64) length > self->window_at + (gint64) self->window_length)
    {
      self->window_at = at;
      self->window_length = (gsize) MIN ((gint64) WINDOW, self->length - at);
      if (!quarry_file_read (self->file, self->base + at, self->window, self->window_length, NULL, &self->failure))
        {
          self->window_length = 0;
          return FALSE;
        }
    }
  memcpy (data, self->window + (at - self->window_at), length);
  return TRUE;
}

static guint
big16 (const guint8 *p)
{
  return (guint) p[0] << 8 | p[1];
}

static guint32
big32 (const guint8 *p)
{
  return (guint32) big16 (p) << 16 | big16 (p + 2);
}

static guint32
little32 (const guint8 *p)
{
  return GUINT32_SWAP_LE_BE (big32 (p));
}

/* Whether the bytes FF D9 stand anywhere in the file from @at on */
static gboolean
find_end_mark (Header *self, gint64 at)
{
  guint8 data[TAIL];
  gboolean after_ff = FALSE;

  for (at = MAX (at, 0); at < self->length;)
    {
      const gsize n = (gsize) MIN ((gint64) sizeof data, self->length - at);

      if (!read_at (self, at, data, n))
        return FALSE;
      at += (gint64) n;
      for (gsize i = 0; i < n; i++)
        {
          if (after_ff && data[i] == 0xD9)
            return TRUE;
          after_ff = data[i] == 0xFF;
        }
    }
  return FALSE;
}

static void
read_exif (Header *self, gint64 at, gsize length)
{
  g_autofree guint8 *data = g_malloc (length);

  if (self->orientation == 0 && length > 6 && read_at (self, at, data, length) &&
      memcmp (data, "Exif\0", 6) == 0)
    self->orientation = quarry_exif_orientation (data + 6, length - 6);
}

/* Markers 0xC0…0xCF but for the tables DHT, JPG and DAC start a frame and hold the size */
static gboolean
is_frame_start (guint marker)
{
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

static gboolean
read_jpeg (Header *self, GError **error)
{
  gint64 at = 2;
  guint junk = 0;
  guint8 head[9];

  for (;;)
    {
      guint length;

      if (!read_at (self, at, head, 2))
        return broken (self, error, at, "the JPEG ends in its header");
      if (head[0] != 0xFF || head[1] == 0xFF || head[1] == 0 || head[1] == 1 ||
          (head[1] >= 0xD0 && head[1] <= 0xD8))
        {
          if (++junk > MAX_JUNK)
            return broken (self, error, at, "no JPEG marker");
          at++;        /* fill bytes and junk between markers, as libjpeg skips them */
          continue;
        }
      if (head[1] == 0xD9)
        return broken (self, error, at, "the JPEG ends before its picture");
      if (!read_at (self, at + 2, head + 2, 2))
        return broken (self, error, at, "the JPEG ends in its header");
      length = big16 (head + 2);
      if (length < 2)
        return broken (self, error, at, "a JPEG marker without its length");
      if (head[1] == 0xE1)
        read_exif (self, at + 4, length - 2);
      if (is_frame_start (head[1]))
        {
          if (!read_at (self, at, head, 9))
            return broken (self, error, at, "the JPEG ends in its header");
          self->height = (int) big16 (head + 5);
          self->width = (int) big16 (head + 7);
        }
      at += 2 + length;
      if (head[1] == 0xDA)
        break;
    }
  if (!find_end_mark (self, MAX (at, self->length - TAIL)) && !find_end_mark (self, at))
    return broken (self, error, self->length, "the JPEG is cut off: no end mark");
  return TRUE;
}

static gboolean
read_png (Header *self, GError **error)
{
  gint64 at = 8;
  guint8 head[16];

  for (;;)
    {
      guint32 length;

      if (!read_at (self, at, head, 8))
        return broken (self, error, at, "the PNG is cut off: no end chunk");
      length = big32 (head);
      if (at + 12 + (gint64) length > self->length)
        return broken (self, error, at, "the PNG is cut off inside a chunk");
      if (at == 8 && (memcmp (head + 4, "IHDR", 4) != 0 || !read_at (self, at, head, 16)))
        return broken (self, error, at, "the PNG has no header chunk");
      if (at == 8)
        {
          self->width = (int) MIN (big32 (head + 8), G_MAXINT32);
          self->height = (int) MIN (big32 (head + 12), G_MAXINT32);
        }
      else if (memcmp (head + 4, "eXIf", 4) == 0 && length < 65536)
        {
          g_autofree guint8 *data = g_malloc (length + 1);

          if (read_at (self, at + 8, data, length))
            self->orientation = quarry_exif_orientation (data, length);
        }
      else if (memcmp (head + 4, "IEND", 4) == 0)
        return TRUE;
      at += 12 + (gint64) length;
    }
}

/* RIFF's chunks: the size is in the first, EXIF anywhere after */
static gboolean
read_webp (Header *self, GError **error)
{
  guint8 head[32] = { 0 };
  gint64 end, at = 12;

  if (!read_at (self, 0, head, 30))
    return broken (self, error, self->length, "the WebP ends in its header");
  end = 8 + (gint64) little32 (head + 4);
  if (end > self->length)
    return broken (self, error, self->length, "the WebP is cut off");
  if (!quarry_image_read_webp_head (head, 30, &self->width, &self->height))
    return broken (self, error, 12, "no WebP header");
  while (at + 8 <= end && read_at (self, at, head, 8))
    {
      const gsize length = little32 (head + 4);

      if (memcmp (head, "EXIF", 4) == 0 && length < 65536)
        {
          g_autofree guint8 *data = g_malloc (length + 1);

          if (read_at (self, at + 8, data, length))
            self->orientation = quarry_image_get_webp_orientation (data, length);
        }
      at += 8 + (gint64) (length + length % 2);
    }
  return at >= end ? TRUE : broken (self, error, at, "the WebP is cut off inside a chunk");
}

static void
size_prepared_cb (GdkPixbufLoader *loader, int width, int height, gpointer data)
{
  Header *self = data;

  self->width = width;
  self->height = height;
  gdk_pixbuf_loader_set_size (loader, 1, 1);       /* no pixels are wanted */
}

/* What gdk-pixbuf knows, by the start of the picture */
static gboolean
read_other (Header *self, const char **out_format, GError **error)
{
  g_autoptr(GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  g_autofree char *name = NULL;
  gboolean going = TRUE;
  guint8 data[TAIL];

  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), self);
  for (gint64 at = 0; going && self->width == 0 && at < MIN (self->length, MAX_OTHER);)
    {
      const gsize n = (gsize) MIN ((gint64) sizeof data, self->length - at);

      going = read_at (self, at, data, n) && gdk_pixbuf_loader_write (loader, data, n, NULL);
      at += (gint64) n;
    }
  gdk_pixbuf_loader_close (loader, NULL);
  if (gdk_pixbuf_loader_get_format (loader) != NULL)
    name = gdk_pixbuf_format_get_name (gdk_pixbuf_loader_get_format (loader));
  if (name == NULL || self->width == 0)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED,
                   "%s: no picture of a kind known here (JPEG, PNG, WebP, TIFF, or one for which gdk-pixbuf "
                   "has a loader)",
                   self->path);
      return FALSE;
    }
  *out_format = g_intern_string (name);
  return TRUE;
}

/* Returns: (transfer none) (nullable): the format */
static const char *
read_header (Header *self, GError **error)
{
  guint8 magic[12] = { 0 };
  const char *format = NULL;

  if (self->length == 0 || !read_at (self, 0, magic, MIN ((gsize) self->length, sizeof magic)))
    {
      broken (self, error, 0, self->length == 0 ? "the file is empty" : "cannot read");
      return NULL;
    }
  if (memcmp (magic, "\xFF\xD8\xFF", 3) == 0)
    return read_jpeg (self, error) ? "jpeg" : NULL;
  if (memcmp (magic, "\x89PNG\r\n\x1A\n", 8) == 0)
    return read_png (self, error) ? "png" : NULL;
  if (quarry_image_is_webp (magic, sizeof magic))
    return read_webp (self, error) ? "webp" : NULL;
  if (quarry_image_is_tiff (magic, sizeof magic))
    return quarry_image_read_tiff_size (self->file, self->data, self->base, self->length, self->path, &self->width, &self->height, &self->orientation, error)
               ? "tiff"
               : NULL;
  return read_other (self, &format, error) ? format : NULL;
}

/* Of text: there is no way to a part of it */
static gboolean
read_base64_size (QuarryFile *file, gint64 offset, gint64 length, const char *format, int *out_width, int *out_height, const char **out_format,
                  GError **error)
{
  g_autoptr(GBytes) bytes = quarry_file_read_bytes (file, offset, length, NULL, error);
  g_autoptr(QuarryImage) image = bytes != NULL ? quarry_image_decode_as (bytes, format, 1, quarry_file_get_uri (file), error) : NULL;

  if (image == NULL)
    return FALSE;
  *out_width = image->full_width;
  *out_height = image->full_height;
  *out_format = g_intern_string (format);
  return TRUE;
}

static gboolean
read_size (Header *self, int *out_width, int *out_height, const char **out_format, GError **error)
{
  const char *format = read_header (self, error);
  gboolean turned;

  g_clear_error (&self->failure);
  if (format == NULL || !quarry_image_check_limits (self->path, (guint64) self->width, (guint64) self->height, error))
    return FALSE;
  turned = self->orientation >= 5;
  *out_width = turned ? self->height : self->width;
  *out_height = turned ? self->width : self->height;
  *out_format = format;
  return TRUE;
}

gboolean
quarry_image_read_size_file (QuarryFile *file, gint64 offset, gint64 length, const char *format, int *out_width, int *out_height,
                             const char **out_format, GError **error)
{
  g_autofree Header *self = g_new0 (Header, 1);

  self->path = quarry_file_get_uri (file);
  self->file = file;
  self->base = offset;
  self->length = length >= 0 ? length : MAX (quarry_file_get_size (file) - offset, 0);
  if (offset > quarry_file_get_size (file) || self->length > quarry_file_get_size (file) - offset)
    return broken (self, error, quarry_file_get_size (file), "the file ends before its picture");
  if (quarry_media_skip_wrapping (format) != format)
    return read_base64_size (file, offset, length, format, out_width, out_height, out_format, error);
  if (format == NULL || !g_str_has_prefix (format, "raw:"))
    return read_size (self, out_width, out_height, out_format, error);
  *out_format = g_intern_string (format);
  return quarry_image_read_raw_size (format, self->path, out_width, out_height, error);
}

/* As quarry_image_read_size, of a picture's file in memory; @name is for messages */
gboolean
quarry_image_read_size_bytes (GBytes *bytes, const char *name, int *out_width, int *out_height, const char **out_format, GError **error)
{
  g_autofree Header *self = g_new0 (Header, 1);
  gsize length = 0;

  self->path = name;
  self->data = g_bytes_get_data (bytes, &length);
  self->length = (gint64) length;
  return read_size (self, out_width, out_height, out_format, error);
}

/**
 * quarry_image_read_size:
 * @out_width: pixels after EXIF orientation
 * @out_format: "jpeg", "png", "webp", "tiff", or gdk-pixbuf's name for it
 *
 * Reads the header, and walks to the end mark of a JPEG or PNG, so that a file that was cut off is
 * told here already.
 */
gboolean
quarry_image_read_size (const char *path, int *out_width, int *out_height, const char **out_format,
                        GError **error)
{
  g_autoptr(QuarryStorage) storage = quarry_storage_new ();
  g_autoptr(QuarryFile) file = quarry_storage_open (storage, path, NULL, error);

  return file != NULL && quarry_image_read_size_file (file, 0, -1, NULL, out_width, out_height, out_format, error);
}
