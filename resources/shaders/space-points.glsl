/* space-points.glsl: lidar points in space
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#ifdef VERTEX
layout (location = 0) in vec4 a_point;      /* metres in the lidar's frame, intensity */
uniform mat4 u_clip_from_lidar;
uniform mat4 u_body_from_lidar;
uniform vec2 u_size;                        /* pixels across: far away, and per clip w when near */
out vec3 v_color;

void
main ()
{
  vec3 body = (u_body_from_lidar * vec4 (a_point.xyz, 1.0)).xyz;

  gl_Position = u_clip_from_lidar * vec4 (a_point.xyz, 1.0);
  gl_PointSize = clamp (u_size.y / max (gl_Position.w, 1e-3), u_size.x, 3.0 * u_size.x);
  v_color = color_map (color_position (u_color.z == 0.0 ? length (body) : u_color.z == 1.0 ? body.z : a_point.w));
}
#endif

#ifdef FRAGMENT
in vec3 v_color;
out vec4 out_color;

void
main ()
{
  vec2 at = 2.0 * gl_PointCoord - 1.0;

  if (dot (at, at) > 1.0)
    discard;
  out_color = vec4 (v_color, 1.0);
}
#endif
