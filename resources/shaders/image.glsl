/* image.glsl: textured rectangles on the target: the picture, regions over it, label chips
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#ifdef VERTEX
layout (location = 0) in vec4 a_place;      /* x y width height, target pixels from the top left */
layout (location = 1) in vec4 a_texels;     /* the same of the texture, 0…1 */
uniform vec2 u_target;                      /* pixels */
out vec2 v_texel;

void
main ()
{
  vec2 corner = vec2 (float (gl_VertexID & 1), float (gl_VertexID >> 1));
  vec2 at = (a_place.xy + corner * a_place.zw) / u_target;

  v_texel = a_texels.xy + corner * a_texels.zw;
  gl_Position = vec4 (2.0 * at.x - 1.0, 1.0 - 2.0 * at.y, 0.0, 1.0);
}
#endif

#ifdef FRAGMENT
uniform sampler2D u_texture;                /* premultiplied */
in vec2 v_texel;
out vec4 out_color;

void
main ()
{
  out_color = texture (u_texture, v_texel);
}
#endif
