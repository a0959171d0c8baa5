/* color.glsl: from what a point is to its colour; the same as render/quarry-drawing-color.c
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The colour map is turbo (A. Mikhailov, "Turbo, An Improved Rainbow Colormap for Visualization", Google AI blog 2019)
 * by the polynomial that R. Du fitted to it.
 */

uniform vec4 u_color;       /* low, high, what (0 depth, 1 height, 2 intensity), brightness */

float
color_position (float value)
{
  float low = u_color.x;
  float high = u_color.y;
  float t;

  if (!(high > low))
    return 0.5;
  if (u_color.z == 0.0 && low > 0.0)            /* near is warm, and gets most of the map */
    t = 1.0 - log (max (value, low) / low) / log (high / low);
  else
    t = (value - low) / (high - low);
  return 0.1 + 0.78 * clamp (t, 0.0, 1.0);     /* the ends are too dark on a picture */
}

vec3
color_map (float t)
{
  vec4 low = vec4 (1.0, t, t * t, t * t * t);
  vec2 high = low.zw * low.z;

  return u_color.w * clamp (vec3 (dot (low, vec4 (0.13572138, 4.61539260, -42.66032258, 132.13108234)) +
                                dot (high, vec2 (-152.94239396, 59.28637943)),
                                dot (low, vec4 (0.09140261, 2.19418839, 4.84296658, -14.18503333)) +
                                dot (high, vec2 (4.27729857, 2.82956604)),
                                dot (low, vec4 (0.10667330, 12.64194608, -60.58204836, 110.36276771)) +
                                dot (high, vec2 (-89.90310912, 27.34824973))),
                                0.0, 1.0);
}
