/* quarry-grid-pointer.c: hover, menu, drag
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-grid-private.h"

QuarryFrameCell *
quarry_grid_pick_cell (QuarryGrid *self, double x, double y)
{
  GtkWidget *picked = gtk_widget_pick (GTK_WIDGET (self->view), x, y, GTK_PICK_DEFAULT);

  if (picked == NULL)
    return NULL;
  if (gtk_widget_get_parent (picked) == GTK_WIDGET (self->view))
    picked = gtk_widget_get_first_child (picked);        /* the padding around a cell */
  return picked != NULL && QUARRY_IS_FRAME_CELL (picked) ? QUARRY_FRAME_CELL (picked) : NULL;
}

/* GTK makes motions of its own, without a time, where what is under a still pointer has changed */
static gboolean
is_made_up (GtkEventControllerMotion *controller)
{
  GtkEventController *base = GTK_EVENT_CONTROLLER (controller);

  return gtk_event_controller_get_current_event (base) != NULL && gtk_event_controller_get_current_event_time (base) == GDK_CURRENT_TIME;
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, gpointer user_data)
{
  QuarryGrid *self = user_data;
  QuarryFrameCell *cell = NULL;

  if (is_made_up (controller) && !self->wheel)
    return;
  self->wheel = FALSE;
  self->pointer_x = x;
  self->pointer_y = y;
  cell = quarry_grid_pick_cell (self, x, y);
  self->pointed = cell != NULL ? quarry_frame_cell_get_frame (cell) : 0;
  quarry_grid_update_target (self);
}

static void
leave_cb (GtkEventControllerMotion *controller, gpointer user_data)
{
  QUARRY_GRID (user_data)->pointed = 0;
  quarry_grid_update_target (user_data);
}

static gboolean
wheel_cb (GtkEventControllerScroll *controller, double dx, double dy, gpointer user_data)
{
  QUARRY_GRID (user_data)->wheel = TRUE;
  return GDK_EVENT_PROPAGATE;
}

/* The frame that the pointer was moved onto, while it is still there; else the one a person's keys led to */
QuarryId
quarry_grid_get_hovered (QuarryGrid *self)
{
  QuarryFrameCell *cell = NULL;
  QuarryId frame = 0;

  g_return_val_if_fail (QUARRY_IS_GRID (self), 0);

  if (self->pointed != 0)
    cell = quarry_grid_pick_cell (self, self->pointer_x, self->pointer_y);
  if (cell != NULL && quarry_frame_cell_get_frame (cell) == self->pointed)
    return self->pointed;
  cell = quarry_grid_get_focus_cell (self);
  frame = cell != NULL ? quarry_frame_cell_get_frame (cell) : 0;
  if (frame != self->unchosen)
    self->unchosen = 0;
  return self->unchosen == 0 ? frame : 0;
}

/* What keys act on is to be seen: the selection, else this one frame */
void
quarry_grid_update_target (QuarryGrid *self)
{
  const gboolean selected = quarry_selection_model_get_n_selected (quarry_session_get_selection (self->session)) > 0;
  GHashTableIter iter;
  gpointer cell;

  if (selected)
    self->unchosen = 0;
  self->target = selected ? 0 : quarry_grid_get_hovered (self);
  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &cell, NULL))
    {
      GtkWidget *item = gtk_widget_get_parent (cell);

      if (item == NULL)
        continue;
      if (self->target != 0 && quarry_frame_cell_get_frame (cell) == self->target)
        gtk_widget_add_css_class (item, "target");
      else
        gtk_widget_remove_css_class (item, "target");
    }
}

static void
popup_menu (QuarryGrid *self, QuarryFrameCell *cell, double x, double y)
{
  QuarrySelectionModel *selection = quarry_session_get_selection (self->session);
  const guint position = quarry_frame_cell_get_position (cell);

  if (!gtk_selection_model_is_selected (GTK_SELECTION_MODEL (selection), position))
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (selection), position, TRUE);
  gtk_widget_translate_coordinates (GTK_WIDGET (self->view), GTK_WIDGET (self), x, y, &x, &y);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
menu_pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  QuarryGrid *self = user_data;
  QuarryFrameCell *cell = quarry_grid_pick_cell (self, x, y);

  if (cell == NULL)
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  popup_menu (self, cell, x, y);
}

void
quarry_grid_popup_menu (QuarryGrid *self)
{
  QuarryFrameCell *cell = quarry_grid_get_focus_cell (self);
  graphene_rect_t area;

  if (cell != NULL && quarry_grid_get_cell_area (self, cell, &area))
    popup_menu (self, cell, (double) (area.origin.x + area.size.width / 2), (double) (area.origin.y + area.size.height / 2));
}

/* Drags carry a QuarryFrameModel: the selection, or the frame under the pointer where it is not selected */
static GdkContentProvider *
drag_prepare_cb (GtkDragSource *source, double x, double y, gpointer user_data)
{
  QuarryGrid *self = user_data;
  QuarrySelectionModel *selection = quarry_session_get_selection (self->session);
  QuarryFrameCell *cell = quarry_grid_pick_cell (self, x, y);
  g_autoptr(QuarryFrameModel) frames = NULL;
  GArray *ids = NULL;
  QuarryId id;

  if (cell == NULL)
    return NULL;
  id = quarry_frame_cell_get_frame (cell);
  if (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (selection), quarry_frame_cell_get_position (cell)))
    ids = quarry_selection_model_dup_ids (selection);
  else
    {
      ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));
      g_array_append_val (ids, id);
    }
  if (quarry_grid_cache_get_texture (self->cache, id) != NULL)
    {
      g_autoptr(GtkSnapshot) snapshot = gtk_snapshot_new ();
      g_autoptr(GdkPaintable) paintable = NULL;

      gtk_snapshot_append_texture (snapshot, quarry_grid_cache_get_texture (self->cache, id), &GRAPHENE_RECT_INIT (0, 0, 96, 60));
      paintable = gtk_snapshot_to_paintable (snapshot, NULL);
      gtk_drag_source_set_icon (source, paintable, 0, 0);
    }
  frames = quarry_frame_model_new (ids);
  return gdk_content_provider_new_typed (QUARRY_TYPE_FRAME_MODEL, frames);
}

/* Space opens what is in front, as Enter does; the view would toggle the selection with it, so it is taken before */
static void
add_space (QuarryGrid *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_space, 0), gtk_named_action_new ("win.open")));
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
}

void
quarry_grid_add_controllers (QuarryGrid *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *wheel = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *menu = gtk_gesture_click_new ();
  GtkDragSource *drag = gtk_drag_source_new ();

  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), motion);
  gtk_event_controller_set_propagation_phase (wheel, GTK_PHASE_CAPTURE);
  g_signal_connect (wheel, "scroll", G_CALLBACK (wheel_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), wheel);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (menu), GDK_BUTTON_SECONDARY);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (menu), GTK_PHASE_CAPTURE);
  g_signal_connect (menu, "pressed", G_CALLBACK (menu_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), GTK_EVENT_CONTROLLER (menu));
  gtk_drag_source_set_actions (drag, GDK_ACTION_COPY);
  g_signal_connect (drag, "prepare", G_CALLBACK (drag_prepare_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), GTK_EVENT_CONTROLLER (drag));
  add_space (self);
}

