/* quarry-gl-quads.c: textures and rectangles: the picture, regions over it, label chips
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-gl-private.h"

#define NEAREST_FROM 4.0      /* target pixels a texel from which texels are shown as squares */

gboolean
quarry_gl_quads_init (QuarryGlQuads *self, GError **error)
{
  static const QuarryGlSource source = { "image.glsl", { NULL }, NULL };

  self->program = quarry_gl_program_new (&source, error);
  if (self->program == 0)
    return FALSE;
  self->u_target = glGetUniformLocation (self->program, "u_target");
  self->u_texture = glGetUniformLocation (self->program, "u_texture");
  glGenVertexArrays (1, &self->array);
  glGenBuffers (1, &self->buffer);
  glBindVertexArray (self->array);
  glBindBuffer (GL_ARRAY_BUFFER, self->buffer);
  for (GLuint i = 0; i < 2; i++)
    {
      glEnableVertexAttribArray (i);
      glVertexAttribPointer (i, 4, GL_FLOAT, GL_FALSE, sizeof (QuarryGlQuad), (const char *) NULL + i * 4 * sizeof (float));
      glVertexAttribDivisor (i, 1);
    }
  glBindVertexArray (0);
  return TRUE;
}

void
quarry_gl_quads_clear (QuarryGlQuads *self)
{
  glDeleteProgram (self->program);
  glDeleteVertexArrays (1, &self->array);
  glDeleteBuffers (1, &self->buffer);
  *self = (QuarryGlQuads) { 0 };
}

void
quarry_gl_quads_draw (QuarryGlQuads       *self,
                      GLuint               texture,
                      const QuarryGlQuad  *quads,
                      gsize                n,
                      const QuarryGlPlace *place)
{
  if (n == 0 || texture == 0)
    return;
  quarry_gl_set_state (TRUE, FALSE, FALSE);
  glUseProgram (self->program);
  glUniform2f (self->u_target, (float) place->width, (float) place->height);
  glUniform1i (self->u_texture, 0);
  glActiveTexture (GL_TEXTURE0);
  glBindTexture (GL_TEXTURE_2D, texture);
  glBindVertexArray (self->array);
  glBindBuffer (GL_ARRAY_BUFFER, self->buffer);
  glBufferData (GL_ARRAY_BUFFER, (GLsizeiptr) (n * sizeof *quads), quads, GL_STREAM_DRAW);
  glDrawArraysInstanced (GL_TRIANGLE_STRIP, 0, 4, (GLsizei) n);
  glBindVertexArray (0);
}

static GLuint
make_texture (GLenum format, int width, int height, const guint8 *data, gboolean mipmaps)
{
  GLuint texture = 0;

  glGenTextures (1, &texture);
  glActiveTexture (GL_TEXTURE0);
  glBindTexture (GL_TEXTURE_2D, texture);
  glPixelStorei (GL_UNPACK_ALIGNMENT, 1);
  glPixelStorei (GL_UNPACK_ROW_LENGTH, 0);
  glPixelStorei (GL_UNPACK_SKIP_PIXELS, 0);
  glPixelStorei (GL_UNPACK_SKIP_ROWS, 0);
  glBindBuffer (GL_PIXEL_UNPACK_BUFFER, 0);
  glTexImage2D (GL_TEXTURE_2D, 0, format == GL_RGB ? GL_RGB8 : GL_RGBA8, width, height, 0, format, GL_UNSIGNED_BYTE, data);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, mipmaps ? GL_LINEAR_MIPMAP_LINEAR : GL_LINEAR);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  if (mipmaps)
    glGenerateMipmap (GL_TEXTURE_2D);
  return texture;
}

GLuint
quarry_gl_texture_new (const QuarryImage *image, int largest)
{
  g_autoptr(QuarryImage) smaller = NULL;

  if (image->width > largest || image->height > largest)
    {
      const double factor = MIN ((double) largest / image->width, (double) largest / image->height);

      smaller = quarry_image_scale (image, (int) MAX (image->width * factor, 1), (int) MAX (image->height * factor, 1));
      image = smaller;
    }
  return make_texture (GL_RGB, image->width, image->height, image->rgb, TRUE);
}

/* The grey that stands for a picture that could not be read */
GLuint
quarry_gl_texture_new_grey (void)
{
  const guint8 level = (guint8) (QUARRY_NO_PICTURE * 255 + 0.5);

  return make_texture (GL_RGB, 1, 1, (guint8[]) { level, level, level }, TRUE);
}

GLuint
quarry_gl_texture_new_surface (cairo_surface_t *surface)
{
  const int width = cairo_image_surface_get_width (surface);
  const int height = cairo_image_surface_get_height (surface);
  g_autofree guint8 *rgba = g_malloc_n ((gsize) width * (gsize) height, 4);

  cairo_surface_flush (surface);
  for (int row = 0; row < height; row++)
    {
      const guint32 *from = (const guint32 *) (gconstpointer) (cairo_image_surface_get_data (surface) +
                                                               (gsize) row * (gsize) cairo_image_surface_get_stride (surface));
      guint8 *to = rgba + (gsize) row * (gsize) width * 4;

      for (int column = 0; column < width; column++, to += 4)
        for (int i = 0; i < 4; i++)
          to[i] = (guint8) (from[column] >> (i == 3 ? 24 : 16 - 8 * i));
    }
  return make_texture (GL_RGBA, width, height, rgba, TRUE);
}

/* @scale: target pixels a texel. Mipmaps only where they are needed: they cost; once texels are large they are shown as squares */
void
quarry_gl_texture_set_scale (GLuint texture, double scale)
{
  glActiveTexture (GL_TEXTURE0);
  glBindTexture (GL_TEXTURE_2D, texture);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, scale < 1 ? GL_LINEAR_MIPMAP_LINEAR : GL_LINEAR);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, scale > NEAREST_FROM ? GL_NEAREST : GL_LINEAR);
}
