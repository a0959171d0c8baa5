/* disc.glsl: points as discs with soft edges
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Drawn twice: first what is mostly covered, which writes depth, then the rest, which does not. So the nearest wins,
 * and edges blend with what is behind them, without sorting.
 */

#ifdef FRAGMENT
uniform bool u_edges;
in vec3 v_color;
flat in float v_size;       /* pixels across the rectangle, one more than the disc */
out vec4 out_color;         /* premultiplied */

void
main ()
{
  float alpha = clamp (0.5 * v_size - v_size * length (gl_PointCoord - 0.5), 0.0, 1.0);

  if (alpha <= 0.0 || (alpha < 0.6) != u_edges)
    discard;
  out_color = vec4 (v_color * alpha, alpha);
}
#endif
