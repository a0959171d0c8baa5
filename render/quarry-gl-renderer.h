/* quarry-gl-renderer.h: draws a QuarryDrawing into whatever framebuffer is bound
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * All calls but set_drawing with the same GL context current (desktop 3.3 core or ES 3). The caller owns the context;
 * the framebuffer has a depth buffer (gtk_gl_area_set_has_depth_buffer).
 */

#pragma once

#include "quarry-drawing.h"

G_BEGIN_DECLS

#define QUARRY_GL_ERROR (quarry_gl_error_quark ())
typedef enum
{
  QUARRY_GL_ERROR_FAILED,
  QUARRY_GL_ERROR_VERSION,            /* the context is too old */
  QUARRY_GL_ERROR_SHADER,             /* does not build here; the message holds the driver's log */
} QuarryGlError;
GQuark quarry_gl_error_quark (void);

typedef struct _QuarryGlRenderer QuarryGlRenderer;

typedef struct                        /* where the eye of the 3D view is: orbit around a point of the body frame */
{
  double target[3];                   /* metres */
  double distance;                    /* metres */
  double yaw, pitch;                  /* radians; pitch > 0 looks down; the eye is at target + distance · (cos p cos y, cos p sin y, sin p) */
} QuarryOrbit;
#define QUARRY_ORBIT_DEFAULT ((QuarryOrbit) { { 8, 0, 0 }, 35, 3.9, 0.5 })

typedef struct                        /* image view: pixel of the picture at the widget's centre, and widget pixels a picture pixel */
{
  double center[2];
  double zoom;                        /* 0: fit; center is then not looked at */
} QuarryImageZoom;

QuarryGlRenderer *quarry_gl_renderer_new         (GError             **error);
void              quarry_gl_renderer_free        (QuarryGlRenderer    *self);
void              quarry_gl_renderer_set_drawing (QuarryGlRenderer    *self,
                                                  QuarryDrawing       *drawing);   /* nullable; uploads at the next draw */
gboolean          quarry_gl_renderer_draw_image  (QuarryGlRenderer    *self,       /* picture + lidar by the shader + boxes and cuboids as lines */
                                                  QuarryCameraView    *camera,
                                                  const QuarryStyle   *style,
                                                  const QuarryImageZoom *zoom,
                                                  int                  width,      /* of the framebuffer, device pixels */
                                                  int                  height,
                                                  GError             **error);
gboolean          quarry_gl_renderer_draw_space  (QuarryGlRenderer    *self,       /* points, cuboids, frustums, ground grid */
                                                  const QuarryStyle   *style,
                                                  const QuarryOrbit   *orbit,
                                                  int                  width,
                                                  int                  height,
                                                  gboolean             dark,
                                                  GError             **error);
gboolean          quarry_gl_renderer_project     (QuarryGlRenderer    *self,       /* for tests: runs the shader's camera model over points, reads back pixels (x, y, valid) */
                                                  const QuarryCamera  *camera,
                                                  const QuarryPose    *camera_from_points,
                                                  const float         *xyz,
                                                  gsize                n,
                                                  float               *out_xyv,
                                                  GError             **error);
void              quarry_orbit_get_matrices      (const QuarryOrbit   *orbit,
                                                  double               aspect,
                                                  float                out_clip_from_body[16]);   /* by columns */

G_END_DECLS
