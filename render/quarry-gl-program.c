/* quarry-gl-program.c: shaders from resources to linked programs, and uniforms they share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-gl-private.h"
#include "quarry-shaders.h"

#include <string.h>

#define PREFIX "/dev/quarry/Quarry/shaders/"

static char *
get_log (GLuint id, gboolean program)
{
  GLint length = 0;
  char *log = NULL;

  if (program)
    glGetProgramiv (id, GL_INFO_LOG_LENGTH, &length);
  else
    glGetShaderiv (id, GL_INFO_LOG_LENGTH, &length);
  log = g_malloc0 ((gsize) MAX (length, 1));
  if (length > 1 && program)
    glGetProgramInfoLog (id, length, NULL, log);
  else if (length > 1)
    glGetShaderInfoLog (id, length, NULL, log);
  return g_strchomp (log);
}

/* version, stage, shared parts, then the file itself with its own line numbers */
static char *
assemble (const QuarryGlSource *source, gboolean vertex, GError **error)
{
  const gboolean desktop = epoxy_is_desktop_gl ();
  GResource *resource = quarry_shaders_get_resource ();
  g_autoptr(GString) text = g_string_new (desktop ? "#version 330 core\n"
                                                  : "#version 300 es\nprecision highp float;\nprecision highp int;\n");

  g_string_append (text, vertex ? "#define VERTEX\n" : "#define FRAGMENT\n");
  for (int i = 0; i <= (int) G_N_ELEMENTS (source->includes); i++)
    {
      const gboolean last = i == (int) G_N_ELEMENTS (source->includes);
      const char *name = last ? source->name : source->includes[i];
      g_autofree char *path = g_strconcat (PREFIX, name != NULL ? name : "", NULL);
      g_autoptr(GBytes) bytes = NULL;

      if (name == NULL)
        continue;
      bytes = g_resource_lookup_data (resource, path, 0, error);
      if (bytes == NULL)
        return NULL;
      g_string_append (text, desktop ? "#line 0\n" : "#line 1\n");
      g_string_append_len (text, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static GLuint
compile (const QuarryGlSource *source, gboolean vertex, GError **error)
{
  g_autofree char *text = assemble (source, vertex, error);
  const char *pieces[] = { text };
  GLuint shader;
  GLint status = GL_FALSE;

  if (text == NULL)
    return 0;
  shader = glCreateShader (vertex ? GL_VERTEX_SHADER : GL_FRAGMENT_SHADER);
  glShaderSource (shader, 1, pieces, NULL);
  glCompileShader (shader);
  glGetShaderiv (shader, GL_COMPILE_STATUS, &status);
  if (status != GL_TRUE)
    {
      g_autofree char *log = get_log (shader, FALSE);

      g_set_error (error, QUARRY_GL_ERROR, QUARRY_GL_ERROR_SHADER, "%s: the %s shader does not compile: %s", source->name,
                   vertex ? "vertex" : "fragment", log);
      glDeleteShader (shader);
      return 0;
    }
  return shader;
}

/* Returns: the linked program; 0 with the driver's log in @error */
GLuint
quarry_gl_program_new (const QuarryGlSource *source, GError **error)
{
  GLuint vertex = compile (source, TRUE, error);
  GLuint fragment = vertex != 0 ? compile (source, FALSE, error) : 0;
  GLuint program = 0;
  GLint status = GL_FALSE;

  if (fragment != 0)
    {
      program = glCreateProgram ();
      glAttachShader (program, vertex);
      glAttachShader (program, fragment);
      if (source->feedback != NULL)
        glTransformFeedbackVaryings (program, 1, (const char *[]) { source->feedback }, GL_INTERLEAVED_ATTRIBS);
      glLinkProgram (program);
      glGetProgramiv (program, GL_LINK_STATUS, &status);
      if (status != GL_TRUE)
        {
          g_autofree char *log = get_log (program, TRUE);

          g_set_error (error, QUARRY_GL_ERROR, QUARRY_GL_ERROR_SHADER, "%s: the program does not link: %s", source->name, log);
          glDeleteProgram (program);
          program = 0;
        }
    }
  if (vertex != 0)
    glDeleteShader (vertex);       /* lives on in the program */
  if (fragment != 0)
    glDeleteShader (fragment);
  return program;
}

/* As camera.glsl reads it */
void
quarry_gl_set_lens (GLint u_lens, const QuarryCamera *camera)
{
  float v[20] = {
    (float) camera->fx, (float) camera->fy, (float) camera->cx, (float) camera->cy,
    (float) camera->skew, (float) MIN (camera->limit, 1e12), camera->model == QUARRY_CAMERA_KANNALA_BRANDT ? 1 : 0, 0,
  };

  for (int i = 0; i < 12; i++)
    v[8 + i] = (float) camera->k[i];
  glUniform4fv (u_lens, 5, v);
}

void
quarry_gl_set_pose (GLint uniform, const QuarryPose *pose)
{
  float columns[16];

  quarry_pose_to_gl (pose, columns);
  glUniformMatrix4fv (uniform, 1, GL_FALSE, columns);
}

/* All the fixed-function state that any pass relies on */
void
quarry_gl_set_state (gboolean blend, gboolean depth_test, gboolean depth_write)
{
  glDisable (GL_CULL_FACE);
  glDisable (GL_SCISSOR_TEST);
  glDisable (GL_STENCIL_TEST);
  glDisable (GL_POLYGON_OFFSET_FILL);
  glColorMask (GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  glDepthMask (depth_write ? GL_TRUE : GL_FALSE);
  if (depth_test)
    {
      glEnable (GL_DEPTH_TEST);
      glDepthFunc (GL_LEQUAL);
    }
  else
    glDisable (GL_DEPTH_TEST);
  if (blend)
    {
      glEnable (GL_BLEND);
      glBlendEquation (GL_FUNC_ADD);
      glBlendFunc (GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    }
  else
    glDisable (GL_BLEND);
}
