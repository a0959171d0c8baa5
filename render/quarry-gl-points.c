/* quarry-gl-points.c: lidar points on a picture and in space, projected by the shader
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-gl-private.h"

#include <cglm/cglm.h>
#include <math.h>
#include <string.h>

gboolean
quarry_gl_points_init (QuarryGlPoints *self, GError **error)
{
  static const QuarryGlSource picture = { "points.glsl", { "camera.glsl", "color.glsl", "disc.glsl" }, NULL };
  static const QuarryGlSource space = { "space-points.glsl", { "color.glsl", "disc.glsl", NULL }, NULL };
  static const QuarryGlSource project = { "project.glsl", { "camera.glsl", NULL }, "v_result" };

  self->picture.id = quarry_gl_program_new (&picture, error);
  self->space.id = self->picture.id != 0 ? quarry_gl_program_new (&space, error) : 0;
  self->project.id = self->space.id != 0 ? quarry_gl_program_new (&project, error) : 0;
  if (self->project.id == 0)
    return FALSE;
  self->picture.u_lens = glGetUniformLocation (self->picture.id, "u_lens");
  self->picture.u_color = glGetUniformLocation (self->picture.id, "u_color");
  self->picture.u_camera_from_lidar = glGetUniformLocation (self->picture.id, "u_camera_from_lidar");
  self->picture.u_height_from_lidar = glGetUniformLocation (self->picture.id, "u_height_from_lidar");
  self->picture.u_target_from_picture = glGetUniformLocation (self->picture.id, "u_target_from_picture");
  self->picture.u_target = glGetUniformLocation (self->picture.id, "u_target");
  self->picture.u_picture = glGetUniformLocation (self->picture.id, "u_picture");
  self->picture.u_edges = glGetUniformLocation (self->picture.id, "u_edges");
  self->picture.u_size = glGetUniformLocation (self->picture.id, "u_size");
  self->space.u_color = glGetUniformLocation (self->space.id, "u_color");
  self->space.u_clip_from_lidar = glGetUniformLocation (self->space.id, "u_clip_from_lidar");
  self->space.u_body_from_lidar = glGetUniformLocation (self->space.id, "u_body_from_lidar");
  self->space.u_edges = glGetUniformLocation (self->space.id, "u_edges");
  self->space.u_size = glGetUniformLocation (self->space.id, "u_size");
  self->project.u_lens = glGetUniformLocation (self->project.id, "u_lens");
  self->project.u_camera_from_points = glGetUniformLocation (self->project.id, "u_camera_from_points");
  return TRUE;
}

void
quarry_gl_points_clear (QuarryGlPoints *self)
{
  glDeleteProgram (self->picture.id);
  glDeleteProgram (self->space.id);
  glDeleteProgram (self->project.id);
  *self = (QuarryGlPoints) { 0 };
}

/* Points that are not finite stay out: a shader may not notice them */
void
quarry_gl_cloud_upload (QuarryGlCloud *self, const QuarryCloud *cloud)
{
  g_autofree float *points = cloud != NULL ? g_new (float, 4 * cloud->n + 1) : NULL;
  gsize n = 0;

  for (gsize i = 0; cloud != NULL && i < cloud->n; i++)
    {
      const float *xyz = cloud->xyz + 3 * i;

      if (!isfinite (xyz[0]) || !isfinite (xyz[1]) || !isfinite (xyz[2]))
        continue;
      memcpy (points + 4 * n, xyz, 3 * sizeof (float));
      points[4 * n + 3] = cloud->intensity != NULL && isfinite (cloud->intensity[i]) ? cloud->intensity[i] : 0;
      n++;
    }
  self->n = n;
  glGenVertexArrays (1, &self->array);
  glGenBuffers (1, &self->buffer);
  glBindVertexArray (self->array);
  glBindBuffer (GL_ARRAY_BUFFER, self->buffer);
  glBufferData (GL_ARRAY_BUFFER, (GLsizeiptr) (n * 4 * sizeof (float)), points, GL_STATIC_DRAW);
  glEnableVertexAttribArray (0);
  glVertexAttribPointer (0, 4, GL_FLOAT, GL_FALSE, 4 * sizeof (float), NULL);
  glBindVertexArray (0);
}

void
quarry_gl_cloud_clear (QuarryGlCloud *self)
{
  glDeleteVertexArrays (1, &self->array);
  glDeleteBuffers (1, &self->buffer);
  *self = (QuarryGlCloud) { 0 };
}

/* See disc.glsl for why twice */
static void
draw_points (const QuarryGlCloud *cloud, GLint u_edges)
{
  if (epoxy_is_desktop_gl ())
    glEnable (GL_PROGRAM_POINT_SIZE);          /* always so in ES */
  glBindVertexArray (cloud->array);
  for (int edges = 0; edges < 2; edges++)
    {
      quarry_gl_set_state (TRUE, TRUE, edges == 0);
      glUniform1i (u_edges, edges);
      glDrawArrays (GL_POINTS, 0, (GLsizei) cloud->n);
    }
  glBindVertexArray (0);
}

void
quarry_gl_points_draw_picture (QuarryGlPoints        *self,
                               const QuarryGlCloud   *cloud,
                               const QuarryCloudView *view,
                               const QuarryCamera    *lens,
                               const QuarryPose      *camera_from_lidar,
                               const QuarryStyle     *style,
                               const double           range[2],
                               const QuarryGlPlace   *place)
{
  float body_from_lidar[16];
  const double growth = CLAMP (sqrt ((double) place->scale[0] / place->unit), 0.6, 3);     /* with the zoom, but slower */

  if (cloud->n == 0)
    return;
  quarry_pose_to_gl (&view->body_from_lidar, body_from_lidar);
  glUseProgram (self->picture.id);
  quarry_gl_set_lens (self->picture.u_lens, lens);
  quarry_gl_set_pose (self->picture.u_camera_from_lidar, camera_from_lidar);
  glUniform4f (self->picture.u_height_from_lidar, body_from_lidar[2], body_from_lidar[6], body_from_lidar[10],
               body_from_lidar[14]);
  glUniform4f (self->picture.u_target_from_picture, place->scale[0], place->scale[1], place->offset[0], place->offset[1]);
  glUniform2f (self->picture.u_target, (float) place->width, (float) place->height);
  glUniform2f (self->picture.u_picture, (float) lens->width, (float) lens->height);
  glUniform1f (self->picture.u_size, (float) MAX (style->point_size * place->unit * growth, 1));
  glUniform4f (self->picture.u_color, (float) range[0], (float) range[1], (float) style->color_by, 1);
  draw_points (cloud, self->picture.u_edges);
}

void
quarry_gl_points_draw_space (QuarryGlPoints        *self,
                             const QuarryGlCloud   *cloud,
                             const QuarryCloudView *view,
                             const float            clip_from_body[16],
                             const QuarryStyle     *style,
                             const double           range[2],
                             float                  brightness,
                             const QuarryGlPlace   *place)
{
  mat4 clip, body, clip_from_lidar;
  float columns[16];
  const float size = (float) MAX (style->point_size * place->unit, 1);

  if (cloud->n == 0)
    return;
  memcpy (clip, clip_from_body, sizeof clip);
  quarry_pose_to_gl (&view->body_from_lidar, columns);
  memcpy (body, columns, sizeof body);
  glm_mat4_mul (clip, body, clip_from_lidar);
  glUseProgram (self->space.id);
  glUniformMatrix4fv (self->space.u_clip_from_lidar, 1, GL_FALSE, clip_from_lidar[0]);
  glUniformMatrix4fv (self->space.u_body_from_lidar, 1, GL_FALSE, columns);
  glUniform2f (self->space.u_size, 0.75F * size, 20 * size);
  glUniform4f (self->space.u_color, (float) range[0], (float) range[1], (float) style->color_by, brightness);
  draw_points (cloud, self->space.u_edges);
}

/* Transform feedback: the numbers come back just as the shader made them. Draws nothing, yet GL wants a framebuffer. */
gboolean
quarry_gl_points_project (QuarryGlPoints     *self,
                          const QuarryCamera *camera,
                          const QuarryPose   *camera_from_points,
                          const float        *xyz,
                          gsize               n,
                          float              *out_xyv,
                          GError            **error)
{
  const GLsizeiptr size = (GLsizeiptr) (n * 3 * sizeof (float));
  GLuint array = 0;
  GLuint buffers[2] = { 0 };
  const void *result = NULL;

  if (n == 0)
    return TRUE;
  if (glCheckFramebufferStatus (GL_DRAW_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE)
    {
      g_set_error (error, QUARRY_GL_ERROR, QUARRY_GL_ERROR_FAILED, "no complete framebuffer is bound");
      return FALSE;
    }
  glGenVertexArrays (1, &array);
  glGenBuffers (2, buffers);
  glBindVertexArray (array);
  glBindBuffer (GL_ARRAY_BUFFER, buffers[0]);
  glBufferData (GL_ARRAY_BUFFER, size, xyz, GL_STREAM_DRAW);
  glEnableVertexAttribArray (0);
  glVertexAttribPointer (0, 3, GL_FLOAT, GL_FALSE, 3 * sizeof (float), NULL);
  glBindBuffer (GL_TRANSFORM_FEEDBACK_BUFFER, buffers[1]);
  glBufferData (GL_TRANSFORM_FEEDBACK_BUFFER, size, NULL, GL_STREAM_READ);
  glBindBufferBase (GL_TRANSFORM_FEEDBACK_BUFFER, 0, buffers[1]);
  glUseProgram (self->project.id);
  quarry_gl_set_lens (self->project.u_lens, camera);
  quarry_gl_set_pose (self->project.u_camera_from_points, camera_from_points);
  glEnable (GL_RASTERIZER_DISCARD);
  glBeginTransformFeedback (GL_POINTS);
  glDrawArrays (GL_POINTS, 0, (GLsizei) n);
  glEndTransformFeedback ();
  glDisable (GL_RASTERIZER_DISCARD);
  result = glMapBufferRange (GL_TRANSFORM_FEEDBACK_BUFFER, 0, size, GL_MAP_READ_BIT);
  if (result != NULL)
    {
      memcpy (out_xyv, result, (gsize) size);
      glUnmapBuffer (GL_TRANSFORM_FEEDBACK_BUFFER);
    }
  else
    g_set_error (error, QUARRY_GL_ERROR, QUARRY_GL_ERROR_FAILED, "cannot read back %" G_GSIZE_FORMAT " projected points", n);
  glBindBufferBase (GL_TRANSFORM_FEEDBACK_BUFFER, 0, 0);
  glBindVertexArray (0);
  glDeleteBuffers (2, buffers);
  glDeleteVertexArrays (1, &array);
  return result != NULL;
}
