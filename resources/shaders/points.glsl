/* points.glsl: lidar points on the picture: from the lidar's frame through the lens, vertex by vertex
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The fragment's side is disc.glsl.
 */

#ifdef VERTEX
layout (location = 0) in vec4 a_point;      /* metres in the lidar's frame, intensity */
uniform mat4 u_camera_from_lidar;
uniform vec4 u_height_from_lidar;           /* the row of body_from_lidar that gives z */
uniform vec4 u_target_from_picture;         /* scale x y, offset x y, target pixels from the top left */
uniform vec2 u_target;                      /* pixels */
uniform vec2 u_picture;                     /* pixels: points beside it are not drawn */
uniform float u_size;                       /* pixels across */
out vec3 v_color;
flat out float v_size;

void
main ()
{
  vec3 camera = (u_camera_from_lidar * vec4 (a_point.xyz, 1.0)).xyz;
  float distance_to_lens = length (camera);
  vec2 pixel;

  gl_Position = vec4 (0.0, 0.0, 2.0, 1.0);  /* clipped */
  v_size = u_size + 1.0;
  gl_PointSize = v_size;
  v_color = vec3 (0.0);
  if (!camera_project (camera, pixel) || any (lessThan (pixel, vec2 (0.0))) || any (greaterThanEqual (pixel, u_picture)))
    return;
  v_color = color_map (color_position (u_color.z == 0.0 ? distance_to_lens
                                       : u_color.z == 1.0 ? dot (u_height_from_lidar, vec4 (a_point.xyz, 1.0))
                                       : a_point.w));
  pixel = (pixel * u_target_from_picture.xy + u_target_from_picture.zw) / u_target;
  /* the nearest wins; the depth buffer is finest where things are near */
  gl_Position = vec4 (2.0 * pixel.x - 1.0, 1.0 - 2.0 * pixel.y, 2.0 * distance_to_lens / (distance_to_lens + 1.0) - 1.0,
                      1.0);
}
#endif
