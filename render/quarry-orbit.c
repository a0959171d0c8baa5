/* quarry-orbit.c: where the eye of the view in space is
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-gl-renderer.h"

#include <cglm/cglm.h>
#include <math.h>
#include <string.h>

#define FIELD_OF_VIEW 0.85      /* radians, vertical */
#define STEEPEST      1.55      /* radians: straight down there would be no up */

/**
 * quarry_orbit_get_matrices:
 * @aspect: width / height of the target
 *
 * The eye is at target + distance · (cos pitch cos yaw, cos pitch sin yaw, sin pitch), and looks at the target with
 * the body's z up.
 */
void
quarry_orbit_get_matrices (const QuarryOrbit *orbit, double aspect, float out_clip_from_body[16])
{
  const double pitch = CLAMP (orbit->pitch, -STEEPEST, STEEPEST);
  const double distance = MAX (orbit->distance, 1e-2);
  vec3 up = { 0, 0, 1 };
  vec3 target, eye;
  mat4 eye_from_body, clip_from_eye, clip_from_body;

  for (int i = 0; i < 3; i++)
    target[i] = (float) orbit->target[i];
  eye[0] = (float) (orbit->target[0] + distance * cos (pitch) * cos (orbit->yaw));
  eye[1] = (float) (orbit->target[1] + distance * cos (pitch) * sin (orbit->yaw));
  eye[2] = (float) (orbit->target[2] + distance * sin (pitch));
  glm_lookat (eye, target, up, eye_from_body);
  glm_perspective ((float) FIELD_OF_VIEW, (float) MAX (aspect, 1e-3), (float) (distance * 0.02), (float) (distance * 20 + 300),
                   clip_from_eye);
  glm_mat4_mul (clip_from_eye, eye_from_body, clip_from_body);
  memcpy (out_clip_from_body, clip_from_body, sizeof clip_from_body);
}
