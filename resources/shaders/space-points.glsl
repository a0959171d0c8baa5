/* space-points.glsl: lidar points in space
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The fragment's side is disc.glsl.
 */

#ifdef VERTEX
layout (location = 0) in vec4 a_point;      /* metres in the lidar's frame, intensity */
uniform mat4 u_clip_from_lidar;
uniform mat4 u_body_from_lidar;
uniform vec2 u_size;                        /* pixels across: far away, and per clip w when near */
out vec3 v_color;
flat out float v_size;

void
main ()
{
  vec3 body = (u_body_from_lidar * vec4 (a_point.xyz, 1.0)).xyz;

  gl_Position = u_clip_from_lidar * vec4 (a_point.xyz, 1.0);
  v_size = clamp (u_size.y / max (gl_Position.w, 1e-3), u_size.x, 2.0 * u_size.x) + 1.0;
  gl_PointSize = v_size;
  v_color = color_map (color_position (u_color.z == 0.0 ? length (body) : u_color.z == 1.0 ? body.z : a_point.w));
}
#endif
