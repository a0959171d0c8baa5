/* quarry-image-jpeg.c: JPEG both ways, by libjpeg-turbo
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * libjpeg leaves by longjmp when it fails: in the functions with setjmp nothing is owned by a local
 * that changes after it, all is in the Reader or Writer.
 */

#include "config.h"
#include "quarry-image-private.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <jpeglib.h>
#include <jerror.h>

/* More scans than this in a progressive picture are an attack: each costs a pass over it all */
#define MAX_SCANS 200

typedef struct
{
  struct jpeg_error_mgr manager;      /* first: libjpeg knows only this */
  jmp_buf               jump;
  gboolean              damaged;      /* a warning told of damage */
  char                  message[JMSG_LENGTH_MAX];
} Failure;

typedef struct
{
  struct jpeg_decompress_struct jpeg;
  struct jpeg_progress_mgr      progress;
  Failure                       failure;
  QuarryImage                  *image;
  guint8                       *cmyk;     /* one row */
  GError                       *error;
  int                           orientation;
} Reader;

static void
error_exit_cb (j_common_ptr common)
{
  Failure *failure = (Failure *) common->err;

  failure->manager.format_message (common, failure->message);
  longjmp (failure->jump, 1);
}

/* Warnings come at level −1. What only deviates from the standard is let pass; damage is not, since
 * what follows is guesswork */
static void
emit_message_cb (j_common_ptr common, int level)
{
  Failure *failure = (Failure *) common->err;

  if (level >= 0)
    return;
  switch (failure->manager.msg_code)
    {
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL:
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_TOO_MUCH_DATA:
      return;
    default:
      if (!failure->damaged)
        failure->manager.format_message (common, failure->message);
      failure->damaged = TRUE;
    }
}

static void
output_message_cb (j_common_ptr common)
{
  /* never onto stderr */
}

static void
progress_cb (j_common_ptr common)
{
  struct jpeg_decompress_struct *jpeg = (struct jpeg_decompress_struct *) common;

  if (common->is_decompressor && jpeg->input_scan_number > MAX_SCANS)
    {
      Failure *failure = (Failure *) common->err;

      g_strlcpy (failure->message, "too many scans", sizeof failure->message);
      longjmp (failure->jump, 1);
    }
}

static void
init_failure (Failure *failure)
{
  jpeg_std_error (&failure->manager);
  failure->manager.error_exit = error_exit_cb;
  failure->manager.emit_message = emit_message_cb;
  failure->manager.output_message = output_message_cb;
}

static int
find_orientation (const struct jpeg_decompress_struct *jpeg)
{
  for (jpeg_saved_marker_ptr marker = jpeg->marker_list; marker != NULL; marker = marker->next)
    if (marker->marker == JPEG_APP0 + 1 && marker->data_length > 6 &&
        memcmp (marker->data, "Exif\0", 6) == 0)
      return quarry_exif_orientation (marker->data + 6, marker->data_length - 6);
  return 1;
}

/* The smallest of 1/8, 1/4, 1/2 and 1 (the others have no fast transform and cost more than the
 * whole picture) at which both sides (@longer: the longer one) are at least @at_least long */
static void
choose_scale (struct jpeg_decompress_struct *jpeg, int at_least, gboolean longer)
{
  jpeg->scale_denom = 8;
  for (jpeg->scale_num = at_least > 0 ? 1 : 8; jpeg->scale_num < 8; jpeg->scale_num *= 2)
    {
      JDIMENSION side;

      jpeg_calc_output_dimensions (jpeg);
      side = longer ? MAX (jpeg->output_width, jpeg->output_height)
                    : MIN (jpeg->output_width, jpeg->output_height);
      if (side >= (JDIMENSION) at_least)
        return;
    }
  jpeg_calc_output_dimensions (jpeg);
}

/* Adobe writes CMYK inverted; others do not */
static void
cmyk_to_rgb (const guint8 *cmyk, guint8 *rgb, int width, gboolean inverted)
{
  for (int x = 0; x < width; x++, cmyk += 4, rgb += 3)
    for (int i = 0; i < 3; i++)
      {
        const int ink = inverted ? cmyk[i] : 255 - cmyk[i];
        const int black = inverted ? cmyk[3] : 255 - cmyk[3];

        rgb[i] = (guint8) ((ink * black + 127) / 255);
      }
}

static gboolean
read_rows (Reader *self)
{
  struct jpeg_decompress_struct *jpeg = &self->jpeg;

  while (jpeg->output_scanline < jpeg->output_height)
    {
      guint8 *row = self->image->rgb + (gsize) jpeg->output_scanline * self->image->stride;
      JSAMPROW target = self->cmyk != NULL ? self->cmyk : row;

      jpeg_read_scanlines (jpeg, &target, 1);
      if (self->failure.damaged)
        return FALSE;
      if (self->cmyk != NULL)
        cmyk_to_rgb (self->cmyk, row, self->image->width, jpeg->saw_Adobe_marker);
    }
  jpeg_finish_decompress (jpeg);
  return !self->failure.damaged;
}

/* May longjmp. Returns: FALSE with error set, or failure.damaged */
static gboolean
read_picture (Reader *self, const guint8 *data, gsize length, int at_least, gboolean longer,
              const char *name)
{
  struct jpeg_decompress_struct *jpeg = &self->jpeg;

  jpeg->mem->max_memory_to_use = (long) QUARRY_IMAGE_MAX_BYTES;
  self->progress.progress_monitor = progress_cb;
  jpeg->progress = &self->progress;
  jpeg_save_markers (jpeg, JPEG_APP0 + 1, 0xFFFF);
  jpeg_mem_src (jpeg, data, (unsigned long) length);
  jpeg_read_header (jpeg, TRUE);
  self->orientation = find_orientation (jpeg);
  jpeg->out_color_space = jpeg->num_components == 4 ? JCS_CMYK : JCS_RGB;
  choose_scale (jpeg, at_least, longer);
  jpeg->do_fancy_upsampling = jpeg->scale_num == 8;
  if (!quarry_image_check_limits (name, jpeg->image_width, jpeg->image_height, &self->error))
    return FALSE;
  self->image = quarry_image_new ((int) jpeg->output_width, (int) jpeg->output_height);
  if (self->image == NULL)
    {
      g_set_error (&self->error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE,
                   "%s: not enough memory", name);
      return FALSE;
    }
  self->image->full_width = (int) jpeg->image_width;
  self->image->full_height = (int) jpeg->image_height;
  if (jpeg->out_color_space == JCS_CMYK)
    self->cmyk = g_malloc ((gsize) jpeg->output_width * 4);
  jpeg_start_decompress (jpeg);
  return read_rows (self);
}

static gboolean
run_reader (Reader *self, const guint8 *data, gsize length, int at_least, gboolean longer,
            const char *name)
{
  init_failure (&self->failure);
  self->jpeg.err = &self->failure.manager;
  if (setjmp (self->failure.jump) != 0)
    return FALSE;
  jpeg_create_decompress (&self->jpeg);
  return read_picture (self, data, length, at_least, longer, name);
}

QuarryImage *
quarry_image_decode_jpeg (GBytes *bytes, int at_least, gboolean longer, const char *name,
                          int *out_orientation, GError **error)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autofree Reader *self = g_new0 (Reader, 1);
  const gboolean done = run_reader (self, data, length, at_least, longer, name);

  jpeg_destroy_decompress (&self->jpeg);
  g_free (self->cmyk);
  if (!done)
    {
      g_clear_pointer (&self->image, quarry_image_free);
      if (self->error != NULL)
        g_propagate_error (error, self->error);
      else
        g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN, "%s: damaged JPEG: %s",
                     name, self->failure.message);
      return NULL;
    }
  *out_orientation = self->orientation;
  return self->image;
}

typedef struct
{
  struct jpeg_compress_struct jpeg;
  Failure                     failure;
  unsigned char              *data;      /* by malloc */
  unsigned long               length;
} Writer;

static gboolean
run_writer (Writer *self, const QuarryImage *image, int quality)
{
  init_failure (&self->failure);
  self->jpeg.err = &self->failure.manager;
  if (setjmp (self->failure.jump) != 0)
    return FALSE;
  jpeg_create_compress (&self->jpeg);
  jpeg_mem_dest (&self->jpeg, &self->data, &self->length);
  self->jpeg.image_width = (JDIMENSION) image->width;
  self->jpeg.image_height = (JDIMENSION) image->height;
  self->jpeg.input_components = 3;
  self->jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults (&self->jpeg);
  jpeg_set_quality (&self->jpeg, quality, TRUE);
  jpeg_start_compress (&self->jpeg, TRUE);
  while (self->jpeg.next_scanline < self->jpeg.image_height)
    {
      JSAMPROW row = image->rgb + (gsize) self->jpeg.next_scanline * image->stride;

      jpeg_write_scanlines (&self->jpeg, &row, 1);
    }
  jpeg_finish_compress (&self->jpeg);
  return TRUE;
}

static void
free_malloced (gpointer data)
{
  (free) (data);     /* libjpeg's, not GLib's */
}

/**
 * quarry_image_to_jpeg:
 * @quality: 1…100
 *
 * Baseline, 4:2:0. The same picture gives the same bytes.
 *
 * Returns: (transfer full)
 */
GBytes *
quarry_image_to_jpeg (const QuarryImage *self, int quality, GError **error)
{
  g_autofree Writer *writer = g_new0 (Writer, 1);
  const gboolean done = run_writer (writer, self, quality);

  jpeg_destroy_compress (&writer->jpeg);
  if (done)
    return g_bytes_new_with_free_func (writer->data, writer->length, free_malloced, writer->data);
  free_malloced (writer->data);
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_FAILED, "cannot write a JPEG: %s",
               writer->failure.message);
  return NULL;
}
