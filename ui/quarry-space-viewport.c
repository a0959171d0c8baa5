/* quarry-space-viewport.c: points, cuboids and cameras in space; orbit, pan and zoom
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-space-viewport.h"
#include "quarry-viewport.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#define TURN_PER_PIXEL 0.008      /* radians a logical pixel of drag */
#define TURN_PER_KEY   0.12       /* radians */
#define ZOOM_STEP      1.15
#define STEEPEST       1.5        /* radians */
#define NEAREST        1.5        /* metres from the target */
#define FARTHEST       600.0
#define TAN_HALF_VIEW  0.452      /* of half the vertical field of view in quarry-orbit.c: 0.85 / 2 radians */

struct _QuarrySpaceViewport
{
  GtkGLArea       parent_instance;
  QuarryViewport  viewport;
  QuarryOrbit     orbit;
  double          dragged[2];     /* logical pixels of the drag that are done */
  gboolean        panning;        /* the drag under way moves, else it turns */
};

G_DEFINE_FINAL_TYPE (QuarrySpaceViewport, quarry_space_viewport, GTK_TYPE_GL_AREA)

/* --- drawing --- */

static gboolean
quarry_space_viewport_render (GtkGLArea    *area,
                              GdkGLContext *context)
{
  QuarrySpaceViewport *self = QUARRY_SPACE_VIEWPORT (area);
  const int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  QuarryStyle style = self->viewport.style;
  g_autoptr(GError) error = NULL;

  if (self->viewport.renderer == NULL)
    return FALSE;
  style.scale = scale;
  if (!quarry_gl_renderer_draw_space (self->viewport.renderer, &style, &self->orbit, gtk_widget_get_width (GTK_WIDGET (self)) * scale,
                                      gtk_widget_get_height (GTK_WIDGET (self)) * scale,
                                      adw_style_manager_get_dark (adw_style_manager_get_default ()), &error))
    quarry_viewport_fail (area, error);
  return TRUE;
}

static void
quarry_space_viewport_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GTK_WIDGET_CLASS (quarry_space_viewport_parent_class)->size_allocate (widget, width, height, baseline);
  gtk_gl_area_queue_render (GTK_GL_AREA (widget));
}

static void
quarry_space_viewport_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (quarry_space_viewport_parent_class)->realize (widget);
  quarry_viewport_realize (&QUARRY_SPACE_VIEWPORT (widget)->viewport, GTK_GL_AREA (widget));
}

static void
quarry_space_viewport_unrealize (GtkWidget *widget)
{
  quarry_viewport_unrealize (&QUARRY_SPACE_VIEWPORT (widget)->viewport, GTK_GL_AREA (widget));
  GTK_WIDGET_CLASS (quarry_space_viewport_parent_class)->unrealize (widget);
}

/* --- pointer --- */

static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy, QuarrySpaceViewport *self)
{
  quarry_space_viewport_zoom (self, pow (ZOOM_STEP, -dy));
  return GDK_EVENT_STOP;
}

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, QuarrySpaceViewport *self)
{
  const GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  const guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));

  self->dragged[0] = self->dragged[1] = 0;
  self->panning = button == GDK_BUTTON_MIDDLE || button == GDK_BUTTON_SECONDARY || (state & GDK_SHIFT_MASK) != 0;
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
drag_update_cb (GtkGestureDrag *gesture, double x, double y, QuarrySpaceViewport *self)
{
  const double dx = x - self->dragged[0], dy = y - self->dragged[1];

  if (self->panning)
    quarry_space_viewport_pan (self, dx, dy);
  else
    quarry_space_viewport_turn (self, -dx * TURN_PER_PIXEL, dy * TURN_PER_PIXEL);
  self->dragged[0] = x;
  self->dragged[1] = y;
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, QuarrySpaceViewport *self)
{
  if (n_press == 2)
    quarry_space_viewport_reset (self);
}

static void
add_controllers (QuarrySpaceViewport *self)
{
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

/* --- actions --- */

static void
reset_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  quarry_space_viewport_reset (QUARRY_SPACE_VIEWPORT (widget));
}

/* From above, ahead up */
static void
top_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarrySpaceViewport *self = QUARRY_SPACE_VIEWPORT (widget);

  self->orbit.yaw = G_PI;
  self->orbit.pitch = STEEPEST;
  gtk_gl_area_queue_render (GTK_GL_AREA (self));
}

static void
zoom_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  quarry_space_viewport_zoom (QUARRY_SPACE_VIEWPORT (widget), g_str_equal (name, "space.zoom-in") ? ZOOM_STEP : 1 / ZOOM_STEP);
}

static void
turn_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  double yaw = 0, pitch = 0;

  g_variant_get (parameter, "(dd)", &yaw, &pitch);
  quarry_space_viewport_turn (QUARRY_SPACE_VIEWPORT (widget), yaw, pitch);
}

/* --- the object --- */

static void
quarry_space_viewport_finalize (GObject *object)
{
  g_clear_pointer (&QUARRY_SPACE_VIEWPORT (object)->viewport.drawing, quarry_drawing_unref);
  G_OBJECT_CLASS (quarry_space_viewport_parent_class)->finalize (object);
}

static void
add_keys (GtkWidgetClass *widget_class)
{
  const double step = TURN_PER_KEY;

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Home, 0, "space.reset", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_End, 0, "space.top", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_plus, 0, "space.zoom-in", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_equal, 0, "space.zoom-in", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Add, 0, "space.zoom-in", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_minus, 0, "space.zoom-out", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Subtract, 0, "space.zoom-out", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_SHIFT_MASK, "space.turn", "(dd)", -step, 0.0);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Right, GDK_SHIFT_MASK, "space.turn", "(dd)", step, 0.0);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Up, GDK_SHIFT_MASK, "space.turn", "(dd)", 0.0, step);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Down, GDK_SHIFT_MASK, "space.turn", "(dd)", 0.0, -step);
}

static void
quarry_space_viewport_class_init (QuarrySpaceViewportClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GtkGLAreaClass *area_class = GTK_GL_AREA_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = quarry_space_viewport_finalize;
  widget_class->size_allocate = quarry_space_viewport_size_allocate;
  widget_class->realize = quarry_space_viewport_realize;
  widget_class->unrealize = quarry_space_viewport_unrealize;
  area_class->render = quarry_space_viewport_render;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_install_action (widget_class, "space.reset", NULL, reset_action);
  gtk_widget_class_install_action (widget_class, "space.top", NULL, top_action);
  gtk_widget_class_install_action (widget_class, "space.zoom-in", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "space.zoom-out", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "space.turn", "(dd)", turn_action);
  add_keys (widget_class);
}

static void
quarry_space_viewport_init (QuarrySpaceViewport *self)
{
  self->viewport.style = QUARRY_STYLE_DEFAULT;
  self->orbit = QUARRY_ORBIT_DEFAULT;
  gtk_gl_area_set_auto_render (GTK_GL_AREA (self), FALSE);
  gtk_gl_area_set_has_depth_buffer (GTK_GL_AREA (self), TRUE);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("View in space"), -1);
  add_controllers (self);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_gl_area_queue_render), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
quarry_space_viewport_new (void)
{
  return g_object_new (QUARRY_TYPE_SPACE_VIEWPORT, NULL);
}

/* @drawing: (nullable). The eye stays where it is. */
void
quarry_space_viewport_set_drawing (QuarrySpaceViewport *self,
                                   QuarryDrawing       *drawing)
{
  g_return_if_fail (QUARRY_IS_SPACE_VIEWPORT (self));

  quarry_viewport_set_drawing (&self->viewport, GTK_GL_AREA (self), drawing);
}

void
quarry_space_viewport_set_style (QuarrySpaceViewport *self,
                                 const QuarryStyle   *style)
{
  g_return_if_fail (QUARRY_IS_SPACE_VIEWPORT (self));

  quarry_viewport_set_style (&self->viewport, GTK_GL_AREA (self), style);
}

void
quarry_space_viewport_get_orbit (QuarrySpaceViewport *self,
                                 QuarryOrbit         *out_orbit)
{
  g_return_if_fail (QUARRY_IS_SPACE_VIEWPORT (self));

  *out_orbit = self->orbit;
}

/**
 * quarry_space_viewport_turn:
 * @yaw: radians the eye moves to its right around the target
 * @pitch: radians it rises
 */
void
quarry_space_viewport_turn (QuarrySpaceViewport *self,
                            double               yaw,
                            double               pitch)
{
  g_return_if_fail (QUARRY_IS_SPACE_VIEWPORT (self));

  self->orbit.yaw = remainder (self->orbit.yaw + yaw, 2 * G_PI);
  self->orbit.pitch = CLAMP (self->orbit.pitch + pitch, -STEEPEST, STEEPEST);
  gtk_gl_area_queue_render (GTK_GL_AREA (self));
}

/**
 * quarry_space_viewport_pan:
 * @dx: @dy: logical pixels by which what lies at the target's distance follows the pointer
 */
void
quarry_space_viewport_pan (QuarrySpaceViewport *self,
                           double               dx,
                           double               dy)
{
  const double height = MAX (gtk_widget_get_height (GTK_WIDGET (self)), 1);
  const double per_pixel = 2 * self->orbit.distance * TAN_HALF_VIEW / height;      /* metres */
  const double yaw = self->orbit.yaw, pitch = self->orbit.pitch;
  const double right[3] = { -sin (yaw), cos (yaw), 0 };
  const double up[3] = { -cos (yaw) * sin (pitch), -sin (yaw) * sin (pitch), cos (pitch) };

  g_return_if_fail (QUARRY_IS_SPACE_VIEWPORT (self));

  for (int i = 0; i < 3; i++)
    self->orbit.target[i] += (up[i] * dy - right[i] * dx) * per_pixel;
  gtk_gl_area_queue_render (GTK_GL_AREA (self));
}

/* @factor: above 1 goes nearer */
void
quarry_space_viewport_zoom (QuarrySpaceViewport *self,
                            double               factor)
{
  g_return_if_fail (QUARRY_IS_SPACE_VIEWPORT (self));

  self->orbit.distance = CLAMP (self->orbit.distance / factor, NEAREST, FARTHEST);
  gtk_gl_area_queue_render (GTK_GL_AREA (self));
}

void
quarry_space_viewport_reset (QuarrySpaceViewport *self)
{
  g_return_if_fail (QUARRY_IS_SPACE_VIEWPORT (self));

  self->orbit = QUARRY_ORBIT_DEFAULT;
  gtk_gl_area_queue_render (GTK_GL_AREA (self));
}
