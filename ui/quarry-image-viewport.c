/* quarry-image-viewport.c: a camera's picture with lidar, boxes and cuboids on it; zoom and pan
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two scales meet here: the widget's logical pixels (events, allocation) and the framebuffer's device pixels, scale-factor
 * times as many. The zoom is kept in device pixels a picture pixel, as the renderer takes it, so that 1 is sharp everywhere.
 */

#include "config.h"
#include "quarry-image-viewport.h"
#include "quarry-viewport.h"

#include <glib/gi18n.h>
#include <math.h>

#define ZOOM_STEP 1.25
#define ZOOM_MOST 64.0       /* device pixels a picture pixel */

struct _QuarryImageViewport
{
  GtkGLArea        parent_instance;
  QuarryViewport   viewport;
  char            *camera;           /* name, nullable: the first */
  QuarryImageZoom  zoom;             /* zoom 0: fitted */
  int              size[2];          /* of the picture, pixels; 0 unknown */
  double           pointer[2];       /* logical pixels */
  double           dragged[2];       /* logical pixels of the drag that are done */
  double           pinched;          /* factor of the pinch that is done */
  guint            resized_source;
};

enum { PROP_0, PROP_ZOOM, N_PROPS };
static GParamSpec *properties[N_PROPS];
G_DEFINE_FINAL_TYPE (QuarryImageViewport, quarry_image_viewport, GTK_TYPE_GL_AREA)

/* --- geometry --- */

static double
get_scale (QuarryImageViewport *self)
{
  return gtk_widget_get_scale_factor (GTK_WIDGET (self));
}

/* Device pixels a picture pixel when all of the picture is to be seen */
static double
get_fit (QuarryImageViewport *self)
{
  const double width = gtk_widget_get_width (GTK_WIDGET (self)) * get_scale (self);
  const double height = gtk_widget_get_height (GTK_WIDGET (self)) * get_scale (self);

  if (self->size[0] <= 0 || self->size[1] <= 0 || width <= 0 || height <= 0)
    return 1;
  return MIN (width / self->size[0], height / self->size[1]);
}

static void
get_center (QuarryImageViewport *self, double out_center[2])
{
  for (int i = 0; i < 2; i++)
    out_center[i] = self->zoom.zoom > 0 ? self->zoom.center[i] : self->size[i] / 2.0;
}

/* Any point of the widget, also beside the picture */
static void
to_pixel (QuarryImageViewport *self, double x, double y, double out_pixel[2])
{
  const double zoom = quarry_image_viewport_get_zoom (self);
  double center[2];

  get_center (self, center);
  out_pixel[0] = center[0] + (x - gtk_widget_get_width (GTK_WIDGET (self)) / 2.0) * get_scale (self) / zoom;
  out_pixel[1] = center[1] + (y - gtk_widget_get_height (GTK_WIDGET (self)) / 2.0) * get_scale (self) / zoom;
}

/* A picture that fits in one direction is centred in it; else its edge does not come inside the widget's */
static void
keep_inside (QuarryImageViewport *self)
{
  const double extent[2] = { gtk_widget_get_width (GTK_WIDGET (self)) * get_scale (self),
                             gtk_widget_get_height (GTK_WIDGET (self)) * get_scale (self) };

  for (int i = 0; i < 2; i++)
    {
      const double half = extent[i] / self->zoom.zoom / 2;

      if (2 * half >= self->size[i])
        self->zoom.center[i] = self->size[i] / 2.0;
      else
        self->zoom.center[i] = CLAMP (self->zoom.center[i], half, self->size[i] - half);
    }
}

static void
changed (QuarryImageViewport *self)
{
  gtk_gl_area_queue_render (GTK_GL_AREA (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ZOOM]);
}

/* --- drawing --- */

static gboolean
quarry_image_viewport_render (GtkGLArea    *area,
                              GdkGLContext *context)
{
  QuarryImageViewport *self = QUARRY_IMAGE_VIEWPORT (area);
  QuarryCameraView *camera = NULL;
  QuarryStyle style = self->viewport.style;
  QuarryImageZoom zoom = self->zoom;
  g_autoptr(GError) error = NULL;

  if (self->viewport.renderer == NULL)
    return FALSE;
  if (self->viewport.drawing != NULL)
    camera = quarry_drawing_find_camera (self->viewport.drawing, self->camera);
  style.scale = get_scale (self);
  if (!quarry_gl_renderer_draw_image (self->viewport.renderer, camera, &style, &zoom,
                                      (int) (gtk_widget_get_width (GTK_WIDGET (self)) * get_scale (self)),
                                      (int) (gtk_widget_get_height (GTK_WIDGET (self)) * get_scale (self)), &error))
    g_debug ("%s", error->message);      /* no picture and no size: the page says why */
  return TRUE;
}

static gboolean
resized_cb (gpointer user_data)
{
  QuarryImageViewport *self = user_data;

  self->resized_source = 0;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ZOOM]);
  return G_SOURCE_REMOVE;
}

/* Who follows the zoom may want another size: not while sizes are being given */
static void
quarry_image_viewport_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  QuarryImageViewport *self = QUARRY_IMAGE_VIEWPORT (widget);

  GTK_WIDGET_CLASS (quarry_image_viewport_parent_class)->size_allocate (widget, width, height, baseline);
  if (self->zoom.zoom > 0)
    keep_inside (self);
  gtk_gl_area_queue_render (GTK_GL_AREA (self));
  if (self->resized_source == 0)
    self->resized_source = g_idle_add (resized_cb, self);
}

static void
quarry_image_viewport_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (quarry_image_viewport_parent_class)->realize (widget);
  quarry_viewport_realize (&QUARRY_IMAGE_VIEWPORT (widget)->viewport, GTK_GL_AREA (widget));
}

static void
quarry_image_viewport_unrealize (GtkWidget *widget)
{
  quarry_viewport_unrealize (&QUARRY_IMAGE_VIEWPORT (widget)->viewport, GTK_GL_AREA (widget));
  GTK_WIDGET_CLASS (quarry_image_viewport_parent_class)->unrealize (widget);
}

/* --- pointer --- */

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, QuarryImageViewport *self)
{
  self->pointer[0] = x;
  self->pointer[1] = y;
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy, QuarryImageViewport *self)
{
  quarry_image_viewport_zoom_at (self, pow (ZOOM_STEP, -dy), self->pointer[0], self->pointer[1]);
  return GDK_EVENT_STOP;
}

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, QuarryImageViewport *self)
{
  self->dragged[0] = self->dragged[1] = 0;
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
drag_update_cb (GtkGestureDrag *gesture, double x, double y, QuarryImageViewport *self)
{
  quarry_image_viewport_pan (self, x - self->dragged[0], y - self->dragged[1]);
  self->dragged[0] = x;
  self->dragged[1] = y;
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, QuarryImageViewport *self)
{
  if (n_press != 2)
    return;
  if (quarry_image_viewport_is_fitted (self))
    quarry_image_viewport_one_to_one (self, x, y);
  else
    quarry_image_viewport_fit (self);
}

static void
pinch_begin_cb (GtkGesture *gesture, GdkEventSequence *sequence, QuarryImageViewport *self)
{
  self->pinched = 1;
}

static void
pinch_cb (GtkGestureZoom *gesture, double scale, QuarryImageViewport *self)
{
  double x = 0, y = 0;

  gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y);
  quarry_image_viewport_zoom_at (self, scale / self->pinched, x, y);
  self->pinched = scale;
}

static void
add_controllers (QuarryImageViewport *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  g_signal_connect (pinch, "begin", G_CALLBACK (pinch_begin_cb), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (pinch_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (pinch));
}

/* --- actions --- */

static void
zoom_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  quarry_image_viewport_zoom_at (QUARRY_IMAGE_VIEWPORT (widget), g_str_equal (name, "view.zoom-in") ? ZOOM_STEP : 1 / ZOOM_STEP,
                                 gtk_widget_get_width (widget) / 2.0, gtk_widget_get_height (widget) / 2.0);
}

static void
fit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  quarry_image_viewport_fit (QUARRY_IMAGE_VIEWPORT (widget));
}

static void
one_to_one_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  quarry_image_viewport_one_to_one (QUARRY_IMAGE_VIEWPORT (widget), gtk_widget_get_width (widget) / 2.0,
                                    gtk_widget_get_height (widget) / 2.0);
}

/* --- the object --- */

static void
quarry_image_viewport_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  if (property_id == PROP_ZOOM)
    g_value_set_double (value, quarry_image_viewport_get_zoom (QUARRY_IMAGE_VIEWPORT (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
quarry_image_viewport_dispose (GObject *object)
{
  g_clear_handle_id (&QUARRY_IMAGE_VIEWPORT (object)->resized_source, g_source_remove);
  G_OBJECT_CLASS (quarry_image_viewport_parent_class)->dispose (object);
}

static void
quarry_image_viewport_finalize (GObject *object)
{
  QuarryImageViewport *self = QUARRY_IMAGE_VIEWPORT (object);

  g_clear_pointer (&self->viewport.drawing, quarry_drawing_unref);
  g_free (self->camera);
  G_OBJECT_CLASS (quarry_image_viewport_parent_class)->finalize (object);
}

static void
quarry_image_viewport_class_init (QuarryImageViewportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GtkGLAreaClass *area_class = GTK_GL_AREA_CLASS (klass);

  object_class->get_property = quarry_image_viewport_get_property;
  object_class->dispose = quarry_image_viewport_dispose;
  object_class->finalize = quarry_image_viewport_finalize;
  widget_class->size_allocate = quarry_image_viewport_size_allocate;
  widget_class->realize = quarry_image_viewport_realize;
  widget_class->unrealize = quarry_image_viewport_unrealize;
  area_class->render = quarry_image_viewport_render;
  properties[PROP_ZOOM] = g_param_spec_double ("zoom", NULL, NULL, 0, ZOOM_MOST, 1, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_install_action (widget_class, "view.zoom-in", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "view.zoom-out", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "view.fit", NULL, fit_action);
  gtk_widget_class_install_action (widget_class, "view.one-to-one", NULL, one_to_one_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_plus, 0, "view.zoom-in", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_equal, 0, "view.zoom-in", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Add, 0, "view.zoom-in", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_minus, 0, "view.zoom-out", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Subtract, 0, "view.zoom-out", NULL);
}

static void
quarry_image_viewport_init (QuarryImageViewport *self)
{
  self->viewport.style = QUARRY_STYLE_DEFAULT;
  gtk_gl_area_set_auto_render (GTK_GL_AREA (self), FALSE);
  gtk_gl_area_set_has_depth_buffer (GTK_GL_AREA (self), TRUE);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  add_controllers (self);
}

GtkWidget *
quarry_image_viewport_new (void)
{
  return g_object_new (QUARRY_TYPE_IMAGE_VIEWPORT, NULL);
}

/**
 * quarry_image_viewport_set_drawing:
 * @drawing: (nullable)
 * @camera: (nullable): a sensor's name; NULL or one that the drawing lacks: its first
 *
 * Zoom and place stay where the picture's size does, so that frames can be compared.
 */
void
quarry_image_viewport_set_drawing (QuarryImageViewport *self,
                                   QuarryDrawing       *drawing,
                                   const char          *camera)
{
  QuarryCameraView *view = NULL;
  int size[2] = { 0, 0 };

  g_return_if_fail (QUARRY_IS_IMAGE_VIEWPORT (self));

  if (drawing != NULL)
    view = quarry_drawing_find_camera (drawing, camera);
  if (drawing != NULL && view == NULL)
    view = quarry_drawing_find_camera (drawing, NULL);
  if (view != NULL)
    quarry_camera_view_get_size (view, &size[0], &size[1]);
  if (size[0] != self->size[0] || size[1] != self->size[1] ||
      (view != NULL && g_strcmp0 (view->media->sensor_name, self->camera) != 0))
    self->zoom.zoom = 0;
  self->size[0] = size[0];
  self->size[1] = size[1];
  g_free (self->camera);
  self->camera = view != NULL ? g_strdup (view->media->sensor_name) : NULL;
  quarry_viewport_set_drawing (&self->viewport, GTK_GL_AREA (self), drawing);
  if (self->camera != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->camera, -1);
  changed (self);
}

/* Returns: (transfer none) (nullable): the camera that is shown */
const char *
quarry_image_viewport_get_camera (QuarryImageViewport *self)
{
  g_return_val_if_fail (QUARRY_IS_IMAGE_VIEWPORT (self), NULL);

  return self->camera;
}

void
quarry_image_viewport_set_style (QuarryImageViewport *self,
                                 const QuarryStyle   *style)
{
  g_return_if_fail (QUARRY_IS_IMAGE_VIEWPORT (self));

  quarry_viewport_set_style (&self->viewport, GTK_GL_AREA (self), style);
}

/* Returns: device pixels a picture pixel */
double
quarry_image_viewport_get_zoom (QuarryImageViewport *self)
{
  g_return_val_if_fail (QUARRY_IS_IMAGE_VIEWPORT (self), 1);

  return self->zoom.zoom > 0 ? self->zoom.zoom : get_fit (self);
}

gboolean
quarry_image_viewport_is_fitted (QuarryImageViewport *self)
{
  g_return_val_if_fail (QUARRY_IS_IMAGE_VIEWPORT (self), TRUE);

  return self->zoom.zoom <= 0;
}

/**
 * quarry_image_viewport_zoom_at:
 * @x: @y: logical pixels of the widget: what lies there stays there
 */
void
quarry_image_viewport_zoom_at (QuarryImageViewport *self,
                               double               factor,
                               double               x,
                               double               y)
{
  const double fit = get_fit (self);
  const double zoom = quarry_image_viewport_get_zoom (self);
  const double wanted = CLAMP (zoom * factor, MIN (fit, 1), MAX (fit, ZOOM_MOST));
  double pixel[2];

  g_return_if_fail (QUARRY_IS_IMAGE_VIEWPORT (self));

  if (self->size[0] <= 0 || fabs (wanted - zoom) < 1e-9)
    return;
  to_pixel (self, x, y, pixel);
  self->zoom.zoom = wanted;
  self->zoom.center[0] = pixel[0] - (x - gtk_widget_get_width (GTK_WIDGET (self)) / 2.0) * get_scale (self) / wanted;
  self->zoom.center[1] = pixel[1] - (y - gtk_widget_get_height (GTK_WIDGET (self)) / 2.0) * get_scale (self) / wanted;
  if (fabs (wanted - fit) < 1e-9 * fit)
    self->zoom.zoom = 0;
  else
    keep_inside (self);
  changed (self);
}

/**
 * quarry_image_viewport_pan:
 * @dx: @dy: logical pixels by which the picture follows the pointer
 */
void
quarry_image_viewport_pan (QuarryImageViewport *self,
                           double               dx,
                           double               dy)
{
  g_return_if_fail (QUARRY_IS_IMAGE_VIEWPORT (self));

  if (self->zoom.zoom <= 0)
    return;
  self->zoom.center[0] -= dx * get_scale (self) / self->zoom.zoom;
  self->zoom.center[1] -= dy * get_scale (self) / self->zoom.zoom;
  keep_inside (self);
  changed (self);
}

void
quarry_image_viewport_fit (QuarryImageViewport *self)
{
  g_return_if_fail (QUARRY_IS_IMAGE_VIEWPORT (self));

  self->zoom.zoom = 0;
  changed (self);
}

/**
 * quarry_image_viewport_one_to_one:
 *
 * One picture pixel a device pixel; what lies at @x, @y stays there.
 */
void
quarry_image_viewport_one_to_one (QuarryImageViewport *self,
                                  double               x,
                                  double               y)
{
  g_return_if_fail (QUARRY_IS_IMAGE_VIEWPORT (self));

  quarry_image_viewport_zoom_at (self, 1 / quarry_image_viewport_get_zoom (self), x, y);
}

/**
 * quarry_image_viewport_to_pixel:
 * @x: @y: logical pixels of the widget
 *
 * Returns: whether the picture is there
 */
gboolean
quarry_image_viewport_to_pixel (QuarryImageViewport *self,
                                double               x,
                                double               y,
                                double               out_pixel[2])
{
  double pixel[2];

  g_return_val_if_fail (QUARRY_IS_IMAGE_VIEWPORT (self), FALSE);

  to_pixel (self, x, y, pixel);
  if (pixel[0] < 0 || pixel[1] < 0 || pixel[0] >= self->size[0] || pixel[1] >= self->size[1])
    return FALSE;
  memcpy (out_pixel, pixel, sizeof pixel);
  return TRUE;
}
