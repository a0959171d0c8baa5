/* quarry-image-viewport.h: a camera's picture with lidar, boxes and cuboids on it; zoom and pan
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Scroll zooms around the pointer, drag pans, double click goes between fitting and one to one.
 */

#pragma once

#include "quarry-gl-renderer.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_IMAGE_VIEWPORT (quarry_image_viewport_get_type ())
G_DECLARE_FINAL_TYPE (QuarryImageViewport, quarry_image_viewport, QUARRY, IMAGE_VIEWPORT, GtkGLArea)

/* Property "zoom" (double): device pixels a picture pixel; notifies also when the widget's size changes it.
 * Actions: view.zoom-in, view.zoom-out, view.fit, view.one-to-one */

GtkWidget  *quarry_image_viewport_new         (void);
void        quarry_image_viewport_set_drawing (QuarryImageViewport *self,
                                               QuarryDrawing       *drawing,
                                               const char          *camera);
const char *quarry_image_viewport_get_camera  (QuarryImageViewport *self);
void        quarry_image_viewport_set_style   (QuarryImageViewport *self,
                                               const QuarryStyle   *style);
double      quarry_image_viewport_get_zoom    (QuarryImageViewport *self);
gboolean    quarry_image_viewport_is_fitted   (QuarryImageViewport *self);
void        quarry_image_viewport_zoom_at     (QuarryImageViewport *self,
                                               double               factor,
                                               double               x,
                                               double               y);
void        quarry_image_viewport_pan         (QuarryImageViewport *self,
                                               double               dx,
                                               double               dy);
void        quarry_image_viewport_fit         (QuarryImageViewport *self);
void        quarry_image_viewport_one_to_one  (QuarryImageViewport *self,
                                               double               x,
                                               double               y);
gboolean    quarry_image_viewport_to_pixel    (QuarryImageViewport *self,
                                               double               x,
                                               double               y,
                                               double               out_pixel[2]);

G_END_DECLS
