/* quarry-viewport.c: what the GtkGLArea shells of the renderer share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-viewport.h"

#include <glib/gi18n.h>

/* Shown by the area in place of its picture */
void
quarry_viewport_fail (GtkGLArea    *area,
                      const GError *error)
{
  g_autoptr(GError) shown = NULL;

  shown = g_error_new (error->domain, error->code,
                       _("This cannot be drawn here: %s.\nA newer graphics driver helps; so does starting Quarry with LIBGL_ALWAYS_SOFTWARE=1."),
                       error->message);
  gtk_gl_area_set_error (area, shown);
}

/* After the area's own realize */
void
quarry_viewport_realize (QuarryViewport *self,
                         GtkGLArea      *area)
{
  g_autoptr(GError) error = NULL;

  gtk_gl_area_make_current (area);
  if (gtk_gl_area_get_error (area) != NULL)
    {
      error = g_error_copy (gtk_gl_area_get_error (area));
      quarry_viewport_fail (area, error);
      return;
    }
  self->renderer = quarry_gl_renderer_new (&error);
  if (self->renderer == NULL)
    quarry_viewport_fail (area, error);
  else
    quarry_gl_renderer_set_drawing (self->renderer, self->drawing);
}

/* Before the area's own unrealize */
void
quarry_viewport_unrealize (QuarryViewport *self,
                           GtkGLArea      *area)
{
  gtk_gl_area_make_current (area);
  g_clear_pointer (&self->renderer, quarry_gl_renderer_free);
}

void
quarry_viewport_set_drawing (QuarryViewport *self,
                             GtkGLArea      *area,
                             QuarryDrawing  *drawing)
{
  if (self->drawing == drawing)
    return;
  if (drawing != NULL)
    quarry_drawing_ref (drawing);
  g_clear_pointer (&self->drawing, quarry_drawing_unref);
  self->drawing = drawing;
  if (self->renderer != NULL)
    quarry_gl_renderer_set_drawing (self->renderer, drawing);
  gtk_gl_area_queue_render (area);
}

void
quarry_viewport_set_style (QuarryViewport    *self,
                           GtkGLArea         *area,
                           const QuarryStyle *style)
{
  self->style = *style;
  gtk_gl_area_queue_render (area);
}
