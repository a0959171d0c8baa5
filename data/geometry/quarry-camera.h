/* quarry-camera.h: camera models: metres in front of a lens to pixels and back
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Optical frame: x right, y down, z forward. Pixels: (0,0) is the top-left *corner* of the top-left
 * pixel. OpenCV, ROS and KITTI put (0,0) at that pixel's *centre*: readers add QUARRY_PIXEL_CENTRE to
 * their cx and cy (and to KITTI's boxes), writers subtract it.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define QUARRY_PIXEL_CENTRE 0.5

typedef enum
{
  QUARRY_CAMERA_BROWN_CONRADY,   /* plumb_bob, rational and thin prism: k = k1 k2 p1 p2 k3 k4 k5 k6 s1 s2 s3 s4 */
  QUARRY_CAMERA_KANNALA_BRANDT,  /* fisheye: k = k1 k2 k3 k4 */
} QuarryCameraModel;

typedef struct
{
  QuarryCameraModel model;
  int               width, height;   /* pixels */
  double            fx, fy, cx, cy;  /* pixels */
  double            skew;            /* pixels, usually 0 */
  double            k[12];           /* unused ones 0 */
  double            limit;           /* derived: squared normalized radius (Brown–Conrady) or angle in radians (Kannala–
                                        Brandt) up to which the model grows; beyond it nothing is drawn */
} QuarryCamera;

void        quarry_camera_prepare     (QuarryCamera       *self);
gboolean    quarry_camera_is_valid    (const QuarryCamera *self);
gboolean    quarry_camera_project     (const QuarryCamera *self,
                                       const double        camera[3],
                                       double              out_pixel[2]);
gboolean    quarry_camera_unproject   (const QuarryCamera *self,
                                       const double        pixel[2],
                                       double              out_direction[3]);
gboolean    quarry_camera_is_inside   (const QuarryCamera *self,
                                       const double        pixel[2]);
const char *quarry_camera_model_name  (const QuarryCamera *self);
gboolean    quarry_camera_model_parse (const char         *name,
                                       QuarryCameraModel  *out_model);

G_END_DECLS
