/* quarry-image-header.c: a picture's size from its header, and whether its file is whole
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Walks markers and chunks by their lengths and reads little: an import asks this of every picture.
 */

#include "config.h"
#include "quarry-image-private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>
#include <gdk-pixbuf/gdk-pixbuf.h>

/* A JPEG's end mark is looked for in this much of its end first */
#define TAIL 4096
/* Bytes between a JPEG's markers that belong to none; more is no JPEG */
#define MAX_JUNK 65536
#define MAX_TIFF (256u << 20)

typedef struct
{
  const char *path;
  FILE       *file;
  gint64      length;
  int         width, height;    /* as stored */
  int         orientation;
  gboolean    in_memory;        /* @path names no file */
} Header;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FILE, fclose)

static gboolean
broken (const Header *self, GError **error, gint64 at, const char *what)
{
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
               "%s: byte %" G_GINT64_FORMAT ": %s", self->path, at, what);
  return FALSE;
}

static gboolean
read_at (Header *self, gint64 at, void *data, gsize length)
{
  return at >= 0 && at + (gint64) length <= self->length &&
         fseeko (self->file, at, SEEK_SET) == 0 && fread (data, 1, length, self->file) == length;
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

/* Whether the bytes FF D9 stand anywhere in the file from @at on */
static gboolean
find_end_mark (Header *self, gint64 at)
{
  guint8 data[TAIL];
  gboolean after_ff = FALSE;
  gsize n = 0;

  if (at < 0 || fseeko (self->file, at, SEEK_SET) != 0)
    return FALSE;
  while ((n = fread (data, 1, sizeof data, self->file)) > 0)
    for (gsize i = 0; i < n; i++)
      {
        if (after_ff && data[i] == 0xD9)
          return TRUE;
        after_ff = data[i] == 0xFF;
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

static gboolean
read_other (Header *self, const char **out_format, GError **error)
{
  GdkPixbufFormat *format = gdk_pixbuf_get_file_info (self->path, &self->width, &self->height);
  g_autofree char *name = format != NULL ? gdk_pixbuf_format_get_name (format) : NULL;

  if (format == NULL)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED,
                   "%s: no picture of a kind known here (JPEG, PNG, or one for which gdk-pixbuf "
                   "has a loader)",
                   self->path);
      return FALSE;
    }
  if (g_str_equal (name, "tiff") && self->length <= MAX_TIFF)
    {
      g_autofree guint8 *data = g_try_malloc ((gsize) self->length);

      if (data != NULL && read_at (self, 0, data, (gsize) self->length))
        self->orientation = quarry_exif_orientation (data, (gsize) self->length);
    }
  *out_format = g_intern_string (name);
  return TRUE;
}

static gboolean
open_file (Header *self, GError **error)
{
  GStatBuf info;

  if (g_stat (self->path, &info) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "cannot open '%s': %s",
                   self->path, g_strerror (errno));
      return FALSE;
    }
  if (!S_ISREG (info.st_mode))       /* a FIFO would block */
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "'%s' is no regular file",
                   self->path);
      return FALSE;
    }
  self->length = info.st_size;
  self->file = g_fopen (self->path, "rbe");
  if (self->file != NULL)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "cannot open '%s': %s", self->path,
               g_strerror (errno));
  return FALSE;
}

/* From the first bytes on. Returns: FALSE with @error */
static gboolean
read_size (Header *self, int *out_width, int *out_height, const char **out_format, GError **error)
{
  guint8 magic[8] = { 0 };
  const char *format = NULL;
  gboolean turned;

  if (self->length == 0)
    return broken (self, error, 0, "the file is empty");
  if (!read_at (self, 0, magic, MIN ((gsize) self->length, sizeof magic)))
    return broken (self, error, 0, "cannot read");
  if (memcmp (magic, "\xFF\xD8\xFF", 3) == 0)
    format = read_jpeg (self, error) ? "jpeg" : NULL;
  else if (memcmp (magic, "\x89PNG\r\n\x1A\n", 8) == 0)
    format = read_png (self, error) ? "png" : NULL;
  else if (self->in_memory)
    return broken (self, error, 0, "no picture");
  else if (!read_other (self, &format, error))
    return FALSE;
  if (format == NULL ||
      !quarry_image_check_limits (self->path, (guint64) self->width, (guint64) self->height, error))
    return FALSE;
  turned = self->orientation >= 5;
  *out_width = turned ? self->height : self->width;
  *out_height = turned ? self->width : self->height;
  *out_format = format;
  return TRUE;
}

/**
 * quarry_image_read_size:
 * @out_width: pixels after EXIF orientation
 * @out_format: "jpeg", "png", or gdk-pixbuf's name for it
 *
 * Reads the header, and walks to the end mark of a JPEG or PNG, so that a file that was cut off is
 * told here already.
 */
gboolean
quarry_image_read_size (const char *path, int *out_width, int *out_height, const char **out_format,
                        GError **error)
{
  Header self = { .path = path };
  g_autoptr(FILE) file = NULL;

  if (!open_file (&self, error))
    return FALSE;
  file = self.file;
  return read_size (&self, out_width, out_height, out_format, error);
}

/**
 * quarry_image_read_size_bytes:
 * @bytes: a picture's file
 * @name: for messages
 *
 * As quarry_image_read_size. Pictures that are neither JPEG nor PNG are decoded for it.
 */
gboolean
quarry_image_read_size_bytes (GBytes *bytes, const char *name, int *out_width, int *out_height,
                              const char **out_format, GError **error)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  Header self = { .path = name, .length = (gint64) length, .in_memory = TRUE };
  g_autoptr(FILE) file = length > 0 ? fmemopen ((gpointer) data, length, "rb") : NULL;
  g_autoptr(QuarryImage) image = NULL;

  self.file = file;
  if (length < 8 || memcmp (data, "\xFF\xD8\xFF", 3) == 0 || memcmp (data, "\x89PNG\r\n\x1A\n", 8) == 0)
    return read_size (&self, out_width, out_height, out_format, error);
  image = quarry_image_decode (bytes, 0, name, error);
  if (image == NULL)
    return FALSE;
  *out_width = image->width;
  *out_height = image->height;
  *out_format = "";
  return TRUE;
}
