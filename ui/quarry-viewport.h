/* quarry-viewport.h: what the GtkGLArea shells of the renderer share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-gl-renderer.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What a viewport shows, and the renderer while it is realized */
typedef struct
{
  QuarryGlRenderer *renderer;    /* nullable */
  QuarryDrawing    *drawing;     /* nullable */
  QuarryStyle       style;
} QuarryViewport;

void     quarry_viewport_realize     (QuarryViewport    *self,
                                      GtkGLArea         *area);
void     quarry_viewport_unrealize   (QuarryViewport    *self,
                                      GtkGLArea         *area);
void     quarry_viewport_set_drawing (QuarryViewport    *self,
                                      GtkGLArea         *area,
                                      QuarryDrawing     *drawing);
void     quarry_viewport_set_style   (QuarryViewport    *self,
                                      GtkGLArea         *area,
                                      const QuarryStyle *style);
void     quarry_viewport_fail        (GtkGLArea         *area,
                                      const GError      *error);

G_END_DECLS
