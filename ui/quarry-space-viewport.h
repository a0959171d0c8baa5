/* quarry-space-viewport.h: points, cuboids and cameras in space; orbit, pan and zoom
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Left drag orbits, middle or Shift drag pans, scroll zooms, double click goes back to the start.
 */

#pragma once

#include "quarry-gl-renderer.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_SPACE_VIEWPORT (quarry_space_viewport_get_type ())
G_DECLARE_FINAL_TYPE (QuarrySpaceViewport, quarry_space_viewport, QUARRY, SPACE_VIEWPORT, GtkGLArea)

/* Actions: space.reset, space.top, space.zoom-in, space.zoom-out, space.turn ((dd): radians of yaw and pitch) */

GtkWidget *quarry_space_viewport_new         (void);
void       quarry_space_viewport_set_drawing (QuarrySpaceViewport *self,
                                              QuarryDrawing       *drawing);
void       quarry_space_viewport_set_style   (QuarrySpaceViewport *self,
                                              const QuarryStyle   *style);
void       quarry_space_viewport_get_orbit   (QuarrySpaceViewport *self,
                                              QuarryOrbit         *out_orbit);
void       quarry_space_viewport_turn        (QuarrySpaceViewport *self,
                                              double               yaw,
                                              double               pitch);
void       quarry_space_viewport_pan         (QuarrySpaceViewport *self,
                                              double               dx,
                                              double               dy);
void       quarry_space_viewport_zoom        (QuarrySpaceViewport *self,
                                              double               factor);
void       quarry_space_viewport_reset       (QuarrySpaceViewport *self);

G_END_DECLS
