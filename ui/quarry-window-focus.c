/* quarry-window-focus.c: where keys go: always to something that is on the screen, and after a popover back to where they went
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A widget that is not on the screen swallows the keys that its focus brings it. Where that happens, the focus goes to the
 * page, or to nobody: then the window itself gets them.
 */

#include "config.h"
#include "quarry-window-private.h"

#define RETURN_TO "quarry-return-to"      /* data of a popover: GWeakRef of what had the focus before it */

static gboolean
is_usable (GtkWidget *widget)
{
  return widget != NULL && gtk_widget_get_mapped (widget) && gtk_widget_is_sensitive (widget);
}

static gboolean
is_inside (GtkWidget *widget, GtkWidget *ancestor)
{
  return widget != NULL && ancestor != NULL && (widget == ancestor || gtk_widget_is_ancestor (widget, ancestor));
}

/* What the page itself says comes first, else its first widget that takes a focus, else nobody */
void
quarry_window_focus_page (QuarryWindow *self)
{
  GtkWidget *page = gtk_stack_get_visible_child (self->stack);

  if (page == NULL || gtk_widget_grab_focus (page))
    return;
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  gtk_widget_child_focus (page, GTK_DIR_TAB_FORWARD);
}

/* Returns: whether the focus was where no key could reach it */
static gboolean
mend (QuarryWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (focus == NULL || is_usable (focus))
    return FALSE;
  quarry_window_focus_page (self);
  if (!is_usable (gtk_window_get_focus (GTK_WINDOW (self))))
    gtk_window_set_focus (GTK_WINDOW (self), NULL);
  return TRUE;
}

/* A key on its way to a widget that cannot have it goes to the page, then the window; one that is nobody's to the page first */
static gboolean
pressed_cb (GtkEventControllerKey *keys, guint keyval, guint keycode, GdkModifierType state, gpointer user_data)
{
  QuarryWindow *self = user_data;
  const gboolean nobody = gtk_window_get_focus (GTK_WINDOW (self)) == NULL;
  GtkWidget *page = gtk_stack_get_visible_child (self->stack);

  if (nobody)
    quarry_window_focus_page (self);
  else if (!mend (self))
    return GDK_EVENT_PROPAGATE;
  if (gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (keys)) == NULL)
    return GDK_EVENT_PROPAGATE;      /* told by a test */
  return (page != NULL && gtk_event_controller_key_forward (keys, page)) ||
         (!nobody && gtk_event_controller_key_forward (keys, user_data));
}

static void
closed_cb (GtkPopover *popover, gpointer user_data)
{
  QuarryWindow *self = user_data;
  GWeakRef *ref = g_object_steal_data (G_OBJECT (popover), RETURN_TO);
  g_autoptr(GtkWidget) before = ref != NULL ? g_weak_ref_get (ref) : NULL;

  if (ref == NULL)
    return;
  /* a cell may show another frame by now: the page knows its own place */
  if (!is_usable (before) || is_inside (before, gtk_stack_get_visible_child (self->stack)))
    quarry_window_focus_page (self);
  else
    gtk_widget_grab_focus (before);
  g_weak_ref_clear (ref);
  g_free (ref);
}

static void
forget (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

/**
 * quarry_window_return_focus:
 * @popover: about to be shown
 *
 * When it closes, the focus goes back to where it is now.
 */
void
quarry_window_return_focus (QuarryWindow *self, GtkWidget *popover)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  GWeakRef *ref = NULL;

  if (is_inside (focus, popover))
    return;                                     /* shown already */
  ref = g_new0 (GWeakRef, 1);
  g_weak_ref_init (ref, focus != NULL && gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) == NULL ? focus : NULL);
  g_object_set_data_full (G_OBJECT (popover), RETURN_TO, ref, forget);
  g_signal_handlers_disconnect_by_func (popover, closed_cb, self);
  g_signal_connect_object (popover, "closed", G_CALLBACK (closed_cb), self, 0);
}

void
quarry_window_watch_focus (QuarryWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
