/* faces.glsl: faint fills: sides of cuboids, 2D boxes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#ifdef VERTEX
layout (location = 0) in vec3 a_corner;     /* metres, or picture pixels with z unused */
layout (location = 1) in vec4 a_color;
out float v_valid;                          /* below 1 where the triangle has a corner that does not project */
out vec4 v_color;

void
main ()
{
  v_color = a_color;
  v_valid = 1.0;
  if (u_space == 2)
    gl_Position = u_matrix * vec4 (a_corner, 1.0);
  else
    {
      vec2 pixel = a_corner.xy;

      if (u_space == 1 && !camera_project ((u_matrix * vec4 (a_corner, 1.0)).xyz, pixel))
        v_valid = 0.0;
      gl_Position = vec4 (2.0 * window_from_picture (pixel) / u_target - 1.0, 0.0, 1.0);
    }
}
#endif

#ifdef FRAGMENT
in float v_valid;
in vec4 v_color;
out vec4 out_color;                         /* premultiplied */

void
main ()
{
  if (v_valid < 0.999)
    discard;
  out_color = vec4 (v_color.rgb * v_color.a, v_color.a);
}
#endif
