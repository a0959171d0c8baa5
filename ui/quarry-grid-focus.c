/* quarry-grid-focus.c: the cell that has the focus
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-grid-private.h"

static GtkWidget *
get_focus (QuarryGrid *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return root != NULL ? gtk_root_get_focus (root) : NULL;
}

/* The view has forgotten its cursor with the model that went: where it shall be, else the current frame, else the first */
static gboolean
focus_cell (QuarryGrid *self)
{
  QuarryFrameModel *frames = quarry_session_get_frames (self->session);
  const QuarryId current = quarry_session_get_current_frame (self->session);
  guint position = 0;
  QuarryFrameCell *cell = NULL;

  if (self->cursor != GTK_INVALID_LIST_POSITION && !self->cursor_scrolls)
    {
      self->cursor_focuses = TRUE;       /* once it has its place, if that is in view: a result that comes scrolls nothing */
      gtk_root_set_focus (gtk_widget_get_root (GTK_WIDGET (self)), GTK_WIDGET (self->view));
      return TRUE;
    }
  if (self->cursor != GTK_INVALID_LIST_POSITION)
    position = self->cursor;
  else if (gtk_widget_grab_focus (GTK_WIDGET (self->view)) && quarry_grid_get_focus_cell (self) != NULL)
    return TRUE;
  else if (!quarry_frame_model_find (frames, current, &position))
    position = 0;
  if (current == 0)
    self->unchosen = quarry_frame_model_get_id (frames, position);
  cell = quarry_grid_find_cell (self, position);
  self->cursor_focuses = self->cursor != GTK_INVALID_LIST_POSITION;
  if (cell != NULL && gtk_widget_grab_focus (gtk_widget_get_parent (GTK_WIDGET (cell))))
    return TRUE;
  if (self->cursor == GTK_INVALID_LIST_POSITION)
    quarry_grid_set_cursor (self, position, TRUE);
  self->cursor_focuses = TRUE;
  return TRUE;
}

/* Returns: whether there is something here that takes keys */
gboolean
quarry_grid_focus (QuarryGrid *self)
{
  if (g_str_equal (quarry_grid_get_state (self), "cells"))
    return focus_cell (self);
  return gtk_widget_child_focus (gtk_stack_get_visible_child (self->states), GTK_DIR_TAB_FORWARD);
}

/* Frames that come, or what to do where there are none, take the focus from nobody who types or looks at a menu */
void
quarry_grid_state_changed (QuarryGrid *self, const char *before)
{
  GtkWidget *focus = get_focus (self);
  const gboolean lost = focus == NULL || !gtk_widget_get_mapped (focus);
  const gboolean busy = focus != NULL && (GTK_IS_TEXT (focus) || gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) != NULL);
  const gboolean begins = g_str_equal (before, "wait") || g_str_equal (before, "first") || g_str_equal (before, "importing");

  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && (lost || (begins && !busy)))
    quarry_grid_focus (self);
}
