/* quarry-test-window.h: the real window on the small site, its keys and what can be read back
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-frame-cell.h"
#include "quarry-grid.h"
#include "quarry-site.h"
#include "quarry-window.h"

/* Setup as site_setup, with the window on the screen */
static inline void
window_setup (Site *site, gconstpointer data)
{
  site_setup (site, data);
  site->window = GTK_WINDOW (quarry_window_new (NULL, site->session));
  gtk_window_present (site->window);
  quarry_test_wait (gtk_widget_get_mapped (GTK_WIDGET (site->window)));
}

static inline GtkWidget *
window_find (Site *site, GType type)
{
  GtkWidget *found = site_find (GTK_WIDGET (site->window), type, NULL);

  g_assert_nonnull (found);
  return found;
}

static inline QuarryGrid *
window_grid (Site *site)
{
  return QUARRY_GRID (quarry_window_get_page (QUARRY_WINDOW (site->window), "grid"));
}

static inline void
window_act (Site *site, const char *action, GVariant *parameter)
{
  g_assert_true (site_act (GTK_WIDGET (site->window), action, parameter));
}

/* What a key does that nobody before the window takes. Returns: whether it is bound */
static inline gboolean
window_press (Site *site, guint keyval, GdkModifierType modifiers)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (site->window));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      for (guint k = 0; GTK_IS_SHORTCUT_CONTROLLER (controller) && k < g_list_model_get_n_items (G_LIST_MODEL (controller)); k++)
        {
          g_autoptr(GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), k);
          GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

          if (GTK_IS_KEYVAL_TRIGGER (trigger) && gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == keyval &&
              gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) == modifiers)
            return gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, GTK_WIDGET (site->window),
                                                 gtk_shortcut_get_arguments (shortcut));
        }
    }
  return FALSE;
}

/* What @widget's controllers of @phase do with a key. Returns: whether one took it */
static inline gboolean
window_key_at (GtkWidget *widget, GtkPropagationPhase phase, guint keyval, GdkModifierType modifiers)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);
      gboolean taken = FALSE;

      if (gtk_event_controller_get_propagation_phase (controller) != phase)
        continue;
      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", keyval, 0, modifiers, &taken);
      for (guint k = 0; !taken && GTK_IS_SHORTCUT_CONTROLLER (controller) && k < g_list_model_get_n_items (G_LIST_MODEL (controller)); k++)
        {
          g_autoptr(GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), k);
          GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

          taken = GTK_IS_KEYVAL_TRIGGER (trigger) && gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == keyval &&
                  gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) == modifiers &&
                  gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, widget, gtk_shortcut_get_arguments (shortcut));
        }
      if (taken)
        return TRUE;
    }
  return FALSE;
}

/* A key on the road that GTK sends it: from the window down to what has the focus, and up again. What is not on the screen
 * swallows it. Returns: whether something took it */
static inline gboolean
window_key (Site *site, guint keyval, GdkModifierType modifiers)
{
  GtkWidget *root = GTK_WIDGET (site->window);
  GtkWidget *target = gtk_window_get_focus (site->window);
  g_autoptr(GPtrArray) road = g_ptr_array_new ();

  if (window_key_at (root, GTK_PHASE_CAPTURE, keyval, modifiers))
    return TRUE;
  target = gtk_window_get_focus (site->window);
  if (target == NULL)
    target = root;
  if (!gtk_widget_get_mapped (target))
    return TRUE;
  for (GtkWidget *widget = target; widget != NULL; widget = gtk_widget_get_parent (widget))
    g_ptr_array_add (road, widget);
  for (guint i = road->len; i > 0; i--)
    if (g_ptr_array_index (road, i - 1) != root && window_key_at (g_ptr_array_index (road, i - 1), GTK_PHASE_CAPTURE, keyval, modifiers))
      return TRUE;
  for (guint i = 0; i < road->len; i++)
    if ((i == 0 && window_key_at (g_ptr_array_index (road, i), GTK_PHASE_TARGET, keyval, modifiers)) ||
        window_key_at (g_ptr_array_index (road, i), GTK_PHASE_BUBBLE, keyval, modifiers))
      return TRUE;
  return FALSE;
}

/* The cell of the grid that has the focus, else 0 */
static inline QuarryId
window_focus_frame (Site *site)
{
  GtkWidget *focus = gtk_window_get_focus (site->window);
  GtkWidget *child = focus != NULL ? gtk_widget_get_first_child (focus) : NULL;

  return child != NULL && QUARRY_IS_FRAME_CELL (child) && gtk_widget_get_mapped (child) ? quarry_frame_cell_get_frame (QUARRY_FRAME_CELL (child)) : 0;
}

static inline void
window_select (Site *site, guint position, guint n)
{
  gtk_selection_model_select_range (GTK_SELECTION_MODEL (quarry_session_get_selection (site->session)), position, n, TRUE);
}

static inline QuarryId
window_nth (Site *site, guint position)
{
  return quarry_frame_model_get_id (quarry_session_get_frames (site->session), position);
}

/* One frame as the catalog has it: "rating flag tag,tag" */
static inline char *
window_describe (Site *site, QuarryId id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryFrame) frame = quarry_catalog_get_frame (site->catalog, id, &error);
  g_autofree char *tags = NULL;

  g_assert_no_error (error);
  tags = g_strjoinv (",", frame->tags);
  return g_strdup_printf ("%d %d %s", frame->rating, frame->flag, tags);
}

#define window_wait_frame(site, position, text) G_STMT_START {                                             \
    gboolean window_equal = FALSE;                                                                          \
    for (gint64 window_end = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;                                 \
         !window_equal && g_get_monotonic_time () < window_end;)                                            \
      {                                                                                                     \
        g_autofree char *window_now = window_describe (site, window_nth (site, position));                 \
        window_equal = g_str_equal (window_now, text);                                                      \
        if (!window_equal && !g_main_context_iteration (NULL, FALSE))                                       \
          g_usleep (1000);                                                                                  \
      }                                                                                                     \
    if (!window_equal)                                                                                      \
      {                                                                                                     \
        g_autofree char *window_now = window_describe (site, window_nth (site, position));                 \
        g_assert_cmpstr (window_now, ==, text);                                                             \
      }                                                                                                     \
  } G_STMT_END

/* Lets what is pending happen: for tests that something does not happen */
static inline void
window_settle (guint milliseconds)
{
  const gint64 end = g_get_monotonic_time () + (gint64) milliseconds * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}
