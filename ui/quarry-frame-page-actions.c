/* quarry-frame-page-actions.c: keys and actions of the frame page
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-frame-page-private.h"
#include "quarry-navigation.h"

#define HOLD_US 300000       /* a B that was down longer was held to look without, not to switch */

static void
step (QuarryFramePage *self, int by)
{
  QuarryFrameModel *frames = quarry_session_get_frames (self->session);
  guint position = 0;

  if (!quarry_frame_model_find (frames, quarry_session_get_current_frame (self->session), &position))
    return;
  if ((by < 0 && position == 0) || (by > 0 && position + 1 >= quarry_frame_model_get_n (frames)))
    return;
  quarry_session_set_current_frame (self->session, quarry_frame_model_get_id (frames, by < 0 ? position - 1 : position + 1));
}

static void
previous_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  step (QUARRY_FRAME_PAGE (widget), -1);
}

static void
next_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  step (QUARRY_FRAME_PAGE (widget), 1);
}

static void
close_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  quarry_navigate (widget, QUARRY_PAGE_GRID);
}

static void
view_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryFramePage *self = QUARRY_FRAME_PAGE (widget);

  gtk_widget_activate_action (GTK_WIDGET (self->image), g_str_equal (name, "frame.fit") ? "view.fit" : "view.one-to-one", NULL);
}

static void
space_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryFramePage *self = QUARRY_FRAME_PAGE (widget);

  gtk_widget_activate_action (GTK_WIDGET (self->space), g_str_equal (name, "frame.space-top") ? "space.top" : "space.reset", NULL);
}

static gboolean
pressed_cb (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, QuarryFramePage *self)
{
  if (gdk_keyval_to_lower (keyval) != GDK_KEY_b || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  if (self->held_since == 0)          /* else the key repeats */
    {
      self->held_since = g_get_monotonic_time ();
      g_object_set (self, "show-boxes", !self->style.show_boxes, NULL);
    }
  return GDK_EVENT_STOP;
}

static void
released_cb (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, QuarryFramePage *self)
{
  if (gdk_keyval_to_lower (keyval) != GDK_KEY_b || self->held_since == 0)
    return;
  if (g_get_monotonic_time () - self->held_since > HOLD_US)
    g_object_set (self, "show-boxes", !self->style.show_boxes, NULL);
  self->held_since = 0;
}

/* B alone needs its release, so it is no shortcut */
void
quarry_frame_page_add_keys (QuarryFramePage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (pressed_cb), self);
  g_signal_connect (keys, "key-released", G_CALLBACK (released_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

void
quarry_frame_page_install_keys (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "frame.previous", NULL, previous_action);
  gtk_widget_class_install_action (widget_class, "frame.next", NULL, next_action);
  gtk_widget_class_install_action (widget_class, "frame.close", NULL, close_action);
  gtk_widget_class_install_action (widget_class, "frame.fit", NULL, view_action);
  gtk_widget_class_install_action (widget_class, "frame.one-to-one", NULL, view_action);
  gtk_widget_class_install_action (widget_class, "frame.space-top", NULL, space_action);
  gtk_widget_class_install_action (widget_class, "frame.space-reset", NULL, space_action);
  gtk_widget_class_install_property_action (widget_class, "frame.show-lidar", "show-lidar");
  gtk_widget_class_install_property_action (widget_class, "frame.show-boxes", "show-boxes");
  gtk_widget_class_install_property_action (widget_class, "frame.show-cuboids", "show-cuboids");
  gtk_widget_class_install_property_action (widget_class, "frame.show-names", "show-names");
  gtk_widget_class_install_property_action (widget_class, "frame.color-by", "color-by");
  gtk_widget_class_install_property_action (widget_class, "frame.camera", "camera");

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_bracketleft, 0, "frame.previous", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_bracketright, 0, "frame.next", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, 0, "frame.previous", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Right, 0, "frame.next", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "frame.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, 0, "frame.fit", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, 0, "frame.one-to-one", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_l, 0, "frame.show-lidar", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_v, 0, "frame.show-cuboids", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_n, 0, "frame.show-names", NULL);
}
