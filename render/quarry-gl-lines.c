/* quarry-gl-lines.c: thick lines and faint faces, on a picture and in space
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-gl-private.h"

#include <stddef.h>
#include <string.h>

#define FACE_STEPS 8          /* a face through the lens is split into this many pieces each way */

enum { FLAT_STROKES, SOLID_STROKES, FLAT_FACES, SOLID_FACES };
enum { SPACE_PICTURE, SPACE_LENS, SPACE_CLIP };         /* as u_space in place.glsl */

typedef struct { float at[3]; guint8 rgba[4]; } Corner;

static void
find_uniforms (GLuint program, QuarryGlPlaceUniforms *out)
{
  out->u_lens = glGetUniformLocation (program, "u_lens");
  out->u_space = glGetUniformLocation (program, "u_space");
  out->u_matrix = glGetUniformLocation (program, "u_matrix");
  out->u_target_from_picture = glGetUniformLocation (program, "u_target_from_picture");
  out->u_target = glGetUniformLocation (program, "u_target");
}

gboolean
quarry_gl_lines_init (QuarryGlLines *self, GError **error)
{
  static const QuarryGlSource lines = { "lines.glsl", { "camera.glsl", "place.glsl", NULL }, NULL };
  static const QuarryGlSource faces = { "faces.glsl", { "camera.glsl", "place.glsl", NULL }, NULL };

  self->lines = quarry_gl_program_new (&lines, error);
  self->faces = self->lines != 0 ? quarry_gl_program_new (&faces, error) : 0;
  if (self->faces == 0)
    return FALSE;
  self->u_width = glGetUniformLocation (self->lines, "u_width");
  find_uniforms (self->lines, &self->u_lines);
  find_uniforms (self->faces, &self->u_faces);
  return TRUE;
}

void
quarry_gl_lines_clear (QuarryGlLines *self)
{
  glDeleteProgram (self->lines);
  glDeleteProgram (self->faces);
  *self = (QuarryGlLines) { 0 };
}

static void
upload_strokes (QuarryGlShapes *self, int which, GArray *strokes)
{
  static const struct { int n; GLenum type; gsize offset; } fields[] = {
    { 3, GL_FLOAT, offsetof (QuarryStroke, from) }, { 3, GL_FLOAT, offsetof (QuarryStroke, to) },
    { 4, GL_UNSIGNED_BYTE, offsetof (QuarryStroke, rgba) }, { 2, GL_FLOAT, offsetof (QuarryStroke, width) },
  };

  glBindVertexArray (self->arrays[which]);
  glBindBuffer (GL_ARRAY_BUFFER, self->buffers[which]);
  glBufferData (GL_ARRAY_BUFFER, (GLsizeiptr) (strokes->len * sizeof (QuarryStroke)), strokes->data, GL_STATIC_DRAW);
  for (GLuint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      glEnableVertexAttribArray (i);
      glVertexAttribPointer (i, fields[i].n, fields[i].type, fields[i].type == GL_UNSIGNED_BYTE, sizeof (QuarryStroke),
                             (const char *) NULL + fields[i].offset);
      glVertexAttribDivisor (i, 1);
    }
  self->n[which] = strokes->len;
}

/* Two triangles a cell, the cells between the face's corners */
static void
split_face (const QuarryFace *face, int steps, GArray *corners)
{
  static const guint8 order[6][2] = { { 0, 0 }, { 1, 0 }, { 1, 1 }, { 0, 0 }, { 1, 1 }, { 0, 1 } };

  for (int cell = 0; cell < steps * steps; cell++)
    for (int i = 0; i < 6; i++)
      {
        const float u = (float) (cell % steps + order[i][0]) / (float) steps;
        const float v = (float) (cell / steps + order[i][1]) / (float) steps;
        Corner corner;

        for (int axis = 0; axis < 3; axis++)
          corner.at[axis] = (1 - v) * ((1 - u) * face->corners[0][axis] + u * face->corners[1][axis]) +
                            v * ((1 - u) * face->corners[3][axis] + u * face->corners[2][axis]);
        memcpy (corner.rgba, face->rgba, 4);
        g_array_append_val (corners, corner);
      }
}

static void
upload_faces (QuarryGlShapes *self, int which, GArray *faces, int steps)
{
  g_autoptr(GArray) corners = g_array_new (FALSE, FALSE, sizeof (Corner));

  for (guint i = 0; i < faces->len; i++)
    split_face (&g_array_index (faces, QuarryFace, i), steps, corners);
  glBindVertexArray (self->arrays[which]);
  glBindBuffer (GL_ARRAY_BUFFER, self->buffers[which]);
  glBufferData (GL_ARRAY_BUFFER, (GLsizeiptr) (corners->len * sizeof (Corner)), corners->data, GL_STATIC_DRAW);
  glEnableVertexAttribArray (0);
  glVertexAttribPointer (0, 3, GL_FLOAT, GL_FALSE, sizeof (Corner), NULL);
  glEnableVertexAttribArray (1);
  glVertexAttribPointer (1, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof (Corner), (const char *) NULL + offsetof (Corner, rgba));
  self->n[which] = corners->len;
}

void
quarry_gl_shapes_upload (QuarryGlShapes *self, const QuarryShapes *shapes, gboolean curved)
{
  if (self->arrays[0] == 0)
    {
      glGenVertexArrays (4, self->arrays);
      glGenBuffers (4, self->buffers);
    }
  upload_strokes (self, FLAT_STROKES, shapes->flat);
  upload_strokes (self, SOLID_STROKES, shapes->solid);
  upload_faces (self, FLAT_FACES, shapes->flat_faces, 1);
  upload_faces (self, SOLID_FACES, shapes->solid_faces, curved ? FACE_STEPS : 1);
  glBindVertexArray (0);
}

void
quarry_gl_shapes_clear (QuarryGlShapes *self)
{
  glDeleteVertexArrays (4, self->arrays);
  glDeleteBuffers (4, self->buffers);
  *self = (QuarryGlShapes) { 0 };
}

static void
set_place (const QuarryGlPlaceUniforms *u, int space, const QuarryCamera *lens, const float matrix[16], const QuarryGlPlace *place)
{
  glUniform1i (u->u_space, space);
  if (lens != NULL)
    quarry_gl_set_lens (u->u_lens, lens);
  if (matrix != NULL)
    glUniformMatrix4fv (u->u_matrix, 1, GL_FALSE, matrix);
  glUniform4f (u->u_target_from_picture, place->scale[0], place->scale[1], place->offset[0], place->offset[1]);
  glUniform2f (u->u_target, (float) place->width, (float) place->height);
}

static void
draw_strokes (QuarryGlLines *self, const QuarryGlShapes *shapes, int which, double unit, gboolean rim)
{
  if (rim)
    glUniform4f (self->u_width, (float) (QUARRY_LINE_WIDTH * unit), (float) (QUARRY_RIM * unit), QUARRY_RIM_ALPHA, 0);
  else
    glUniform4f (self->u_width, (float) (QUARRY_LINE_WIDTH * unit), 0, 0, 0);
  glBindVertexArray (shapes->arrays[which]);
  glDrawArraysInstanced (GL_TRIANGLE_STRIP, 0, 4, (GLsizei) shapes->n[which]);
}

static void
draw_faces (const QuarryGlShapes *shapes, int which)
{
  glBindVertexArray (shapes->arrays[which]);
  glDrawArrays (GL_TRIANGLES, 0, (GLsizei) shapes->n[which]);
}

void
quarry_gl_lines_draw_picture (QuarryGlLines        *self,
                              const QuarryGlShapes *shapes,
                              const QuarryCamera   *lens,
                              const QuarryPose     *camera_from_body,
                              const QuarryGlPlace  *place)
{
  float matrix[16];

  quarry_pose_to_gl (camera_from_body, matrix);
  quarry_gl_set_state (TRUE, FALSE, FALSE);
  glUseProgram (self->faces);
  for (int solid = 0; solid < (lens != NULL ? 2 : 1); solid++)
    {
      set_place (&self->u_faces, solid == 1 ? SPACE_LENS : SPACE_PICTURE, lens, matrix, place);
      draw_faces (shapes, solid == 1 ? SOLID_FACES : FLAT_FACES);
    }
  glUseProgram (self->lines);
  for (int solid = 0; solid < (lens != NULL ? 2 : 1); solid++)
    {
      set_place (&self->u_lines, solid == 1 ? SPACE_LENS : SPACE_PICTURE, lens, matrix, place);
      draw_strokes (self, shapes, solid == 1 ? SOLID_STROKES : FLAT_STROKES, place->unit, TRUE);
      draw_strokes (self, shapes, solid == 1 ? SOLID_STROKES : FLAT_STROKES, place->unit, FALSE);
    }
  glBindVertexArray (0);
}

/* After the points: lines are hidden by what is in front, faces tint what is behind */
void
quarry_gl_lines_draw_space (QuarryGlLines        *self,
                            const QuarryGlShapes *shapes,
                            const float           clip_from_body[16],
                            const QuarryGlPlace  *place)
{
  quarry_gl_set_state (TRUE, TRUE, FALSE);
  glUseProgram (self->lines);
  set_place (&self->u_lines, SPACE_CLIP, NULL, clip_from_body, place);
  draw_strokes (self, shapes, SOLID_STROKES, place->unit, FALSE);
  glUseProgram (self->faces);
  set_place (&self->u_faces, SPACE_CLIP, NULL, clip_from_body, place);
  draw_faces (shapes, SOLID_FACES);
  glBindVertexArray (0);
}
