/* place.glsl: from a shape's coordinates to the target, shared by lines and faces
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Window coordinates are target pixels from the bottom left, as gl_FragCoord.
 */

uniform int u_space;                        /* 0 picture pixels, 1 body through the lens, 2 body through a clip matrix */
uniform mat4 u_matrix;                      /* camera_from_body or clip_from_body */
uniform vec4 u_target_from_picture;         /* scale x y, offset x y, target pixels from the top left */
uniform vec2 u_target;                      /* pixels */

vec2
window_from_picture (vec2 pixel)
{
  vec2 at = pixel * u_target_from_picture.xy + u_target_from_picture.zw;

  return vec2 (at.x, u_target.y - at.y);
}
