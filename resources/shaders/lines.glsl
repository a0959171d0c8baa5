/* lines.glsl: thick lines: each segment is one instance, widened to a rectangle on the target
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Segments of one stroke meet with straight cuts, so that nothing is blended twice; its two ends are round.
 */

#ifdef VERTEX
layout (location = 0) in vec3 a_from;       /* metres, or picture pixels with z unused */
layout (location = 1) in vec3 a_to;
layout (location = 2) in vec4 a_color;
layout (location = 3) in vec2 a_style;      /* width in units of u_width; caps: 1 round at from, 2 round at to */
uniform vec4 u_width;                       /* pixels a unit, pixels more, halo's alpha (0: own colour), unused */
flat out vec4 v_segment;                    /* window pixels */
flat out vec4 v_color;
flat out vec2 v_style;                      /* half width in pixels, caps */

/* Both ends through the lens; where one does not project, the last place of the segment that does */
bool
place_lens (out vec2 from, out vec2 to)
{
  vec3 a = (u_matrix * vec4 (a_from, 1.0)).xyz;
  vec3 b = (u_matrix * vec4 (a_to, 1.0)).xyz;
  bool a_valid = camera_project (a, from);
  bool b_valid = camera_project (b, to);

  if (!a_valid && !b_valid)
    return false;
  if (a_valid != b_valid)
    {
      vec3 good = a_valid ? a : b;
      vec3 bad = a_valid ? b : a;
      vec2 last = a_valid ? from : to;

      for (int i = 0; i < 12; i++)
        {
          vec3 middle = 0.5 * (good + bad);
          vec2 pixel;

          if (camera_project (middle, pixel))
            {
              good = middle;
              last = pixel;
            }
          else
            bad = middle;
        }
      if (a_valid)
        to = last;
      else
        from = last;
    }
  from = window_from_picture (from);
  to = window_from_picture (to);
  return true;
}

bool
place_clip (out vec2 from, out vec2 to, out vec2 depth)
{
  const float near = 1e-2;                  /* clip w, metres */
  vec4 a = u_matrix * vec4 (a_from, 1.0);
  vec4 b = u_matrix * vec4 (a_to, 1.0);

  if (a.w < near && b.w < near)
    return false;
  if (a.w < near)
    a = mix (a, b, (near - a.w) / (b.w - a.w));
  else if (b.w < near)
    b = mix (b, a, (near - b.w) / (a.w - b.w));
  from = (0.5 + 0.5 * a.xy / a.w) * u_target;
  to = (0.5 + 0.5 * b.xy / b.w) * u_target;
  depth = vec2 (a.z / a.w, b.z / b.w);
  return true;
}

/* Liang and Barsky 1984: keeps the numbers small where a segment passes close by the lens */
bool
clip_to_target (inout vec2 from, inout vec2 to, inout vec2 depth)
{
  vec2 d = to - from;
  vec2 range = vec2 (0.0, 1.0);

  for (int axis = 0; axis < 2; axis++)
    {
      float low = -200.0 - from[axis];
      float high = u_target[axis] + 200.0 - from[axis];

      if (abs (d[axis]) < 1e-6)
        {
          if (low > 0.0 || high < 0.0)
            return false;
          continue;
        }
      range.x = max (range.x, min (low / d[axis], high / d[axis]));
      range.y = min (range.y, max (low / d[axis], high / d[axis]));
    }
  if (range.x > range.y)
    return false;
  to = from + range.y * d;
  from = from + range.x * d;
  depth = mix (depth.xx, depth.yy, range);
  return true;
}

void
main ()
{
  float side = (gl_VertexID & 1) != 0 ? 1.0 : -1.0;
  bool at_end = gl_VertexID >= 2;
  float half_width = 0.5 * (a_style.x * u_width.x + u_width.y);
  vec2 from, to, along, at;
  vec2 depth = vec2 (0.0);
  bool visible;

  if (u_space == 2)
    visible = place_clip (from, to, depth);
  else if (u_space == 1)
    visible = place_lens (from, to);
  else
    {
      from = window_from_picture (a_from.xy);
      to = window_from_picture (a_to.xy);
      visible = true;
    }
  gl_Position = vec4 (0.0, 0.0, 2.0, 1.0);
  v_segment = vec4 (0.0);
  v_color = u_width.z > 0.0 ? vec4 (0.0, 0.0, 0.0, u_width.z * a_color.a) : a_color;
  v_style = vec2 (half_width, a_style.y);
  if (!visible || !clip_to_target (from, to, depth))
    return;
  v_segment = vec4 (from, to);
  along = to - from;
  along = dot (along, along) > 1e-12 ? normalize (along) : vec2 (1.0, 0.0);
  at = at_end ? to : from;
  at += (half_width + 1.0) * (side * vec2 (-along.y, along.x) + (at_end ? along : -along));
  at = 2.0 * at / u_target - 1.0;
  gl_Position = vec4 (at, at_end ? depth.y : depth.x, 1.0);
}
#endif

#ifdef FRAGMENT
flat in vec4 v_segment;
flat in vec4 v_color;
flat in vec2 v_style;
out vec4 out_color;                         /* premultiplied */

void
main ()
{
  vec2 d = v_segment.zw - v_segment.xy;
  vec2 p = gl_FragCoord.xy - v_segment.xy;
  float length2 = dot (d, d);
  float t = length2 > 1e-12 ? dot (p, d) / length2 : 0.0;
  int caps = int (v_style.y + 0.5);
  float alpha;

  if ((t < 0.0 && (caps & 1) == 0) || (t >= 1.0 && (caps & 2) == 0))
    discard;
  alpha = clamp (v_style.x + 0.5 - length (p - clamp (t, 0.0, 1.0) * d), 0.0, 1.0) * v_color.a;
  if (alpha <= 0.0)
    discard;
  out_color = vec4 (v_color.rgb * alpha, alpha);
}
#endif
