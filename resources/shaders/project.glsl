/* project.glsl: the camera model over points, read back by transform feedback; draws nothing
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#ifdef VERTEX
layout (location = 0) in vec3 a_point;
uniform mat4 u_camera_from_points;
out vec3 v_result;          /* pixel x, pixel y, 1 where valid */

void
main ()
{
  vec2 pixel;
  bool valid = camera_project ((u_camera_from_points * vec4 (a_point, 1.0)).xyz, pixel);

  v_result = vec3 (pixel, valid ? 1.0 : 0.0);
  gl_Position = vec4 (0.0, 0.0, 0.0, 1.0);
}
#endif

#ifdef FRAGMENT
out vec4 out_color;

void
main ()
{
  out_color = vec4 (0.0);
}
#endif
