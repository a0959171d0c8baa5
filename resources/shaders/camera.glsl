/* camera.glsl: metres in front of a lens to pixels: data/geometry/quarry-camera.c in single precision
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * tests/unit/test-projection.c holds the two together. Put in front of every program that projects.
 */

uniform vec4 u_lens[5];     /* fx fy cx cy · skew limit fisheye 0 · k0…3 · k4…7 · k8…11 */

const float MIN_DEPTH = 1e-3;           /* metres */
const float PI = 3.14159265358979;

/* atan (r, z) for r ≥ 0, in [0, π]: the built-in one may be off by thousands of units in the last place. Our own
 * minimax fit of odd degree 9 on [0, tan (π/8)]; the rest by symmetry. */
float
angle_from_axis (float r, float z)
{
  float depth = abs (z);
  float high = max (r, depth);
  float t = high > 0.0 ? min (r, depth) / high : 0.0;
  bool upper = t > 0.414213562;
  float u = upper ? (t - 1.0) / (t + 1.0) : t;
  float v = u * u;
  float angle = u + u * v * (-0.33332757 + v * (0.19971879 + v * (-0.13824453 + v * 0.07902595)));

  if (upper)
    angle += PI / 4.0;
  if (r > depth)
    angle = PI / 2.0 - angle;
  return z < 0.0 ? PI - angle : angle;
}

float
radial_scale (float r2)
{
  vec4 a = u_lens[2];       /* k1 k2 p1 p2 */
  vec4 b = u_lens[3];       /* k3 k4 k5 k6 */

  return (1.0 + r2 * (a.x + r2 * (a.y + r2 * b.x))) / (1.0 + r2 * (b.y + r2 * (b.z + r2 * b.w)));
}

float
fisheye_angle (float theta)
{
  vec4 k = u_lens[2];
  float t2 = theta * theta;

  return theta * (1.0 + t2 * (k.x + t2 * (k.y + t2 * (k.z + t2 * k.w))));
}

vec2
distort (float x, float y)
{
  vec2 p = u_lens[2].zw;
  vec4 s = u_lens[4];
  float r2 = x * x + y * y;
  float scale = radial_scale (r2);

  return vec2 (x * scale + 2.0 * p.x * x * y + p.y * (r2 + 2.0 * x * x) + s.x * r2 + s.y * r2 * r2,
               y * scale + p.x * (r2 + 2.0 * y * y) + 2.0 * p.y * x * y + s.z * r2 + s.w * r2 * r2);
}

/* false behind the camera or outside the model's valid field; pixel is then the origin */
bool
camera_project (vec3 camera, out vec2 pixel)
{
  float limit = u_lens[1].y;
  vec2 d;

  pixel = vec2 (0.0);
  if (u_lens[1].z != 0.0)
    {
      float r = length (camera.xy);
      float theta = angle_from_axis (r, camera.z);

      if (!(theta <= limit) || (r < 1e-12 && camera.z < MIN_DEPTH))
        return false;
      d = camera.xy * (r > 1e-12 ? fisheye_angle (theta) / r : 1.0 / camera.z);
    }
  else
    {
      vec2 n;

      if (!(camera.z >= MIN_DEPTH))
        return false;
      n = camera.xy / camera.z;
      if (!(dot (n, n) <= limit))
        return false;
      d = distort (n.x, n.y);
    }
  pixel = vec2 (u_lens[0].x * d.x + u_lens[1].x * d.y + u_lens[0].z, u_lens[0].y * d.y + u_lens[0].w);
  return true;
}
