/* quarry-sidebar.c: scenes, tags, classes, sensors and datasets with their counts under the query
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   QuarryFacets (worker) → QuarrySidebarModel → GtkNoSelection → GtkListView → QuarrySidebarRow
 */

#include "config.h"
#include "quarry-sidebar.h"
#include "quarry-sidebar-row.h"

struct _QuarrySidebar
{
  GtkWidget           parent_instance;
  QuarrySession      *session;
  QuarrySidebarModel *model;
  GtkListView        *list;
  GtkRevealer        *filter_revealer;
  GtkSearchEntry     *filter;
};

enum { FRAMES_DROPPED, N_SIGNALS };
static guint signals[N_SIGNALS];
G_DEFINE_FINAL_TYPE (QuarrySidebar, quarry_sidebar, GTK_TYPE_WIDGET)

void
quarry_sidebar_narrow_to (QuarrySidebar *self, QuarrySidebarItem *item, QuarryNarrow how)
{
  g_autofree char *text = NULL;

  g_return_if_fail (QUARRY_IS_SIDEBAR (self));
  if (item->kind != QUARRY_SIDEBAR_KIND_ROW)
    {
      quarry_sidebar_model_toggle (self->model, item);
      return;
    }
  text = quarry_sidebar_narrow_item (self->model, quarry_session_get_query_text (self->session), item, how);
  quarry_session_set_query_text (self->session, text);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-frames", NULL);
}

static void
released_cb (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  QuarrySidebar *self = user_data;
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  const GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  QuarrySidebarItem *item = quarry_sidebar_row_get_item (QUARRY_SIDEBAR_ROW (row));

  if (item == NULL || !gtk_widget_contains (row, x, y))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  quarry_sidebar_narrow_to (self, item, (state & GDK_ALT_MASK) != 0       ? QUARRY_NARROW_EXCLUDE
                                        : (state & GDK_CONTROL_MASK) != 0 ? QUARRY_NARROW_ADD
                                                                          : QUARRY_NARROW_ALONE);
}

static void
dropped_cb (QuarrySidebarRow *row, QuarrySidebarItem *item, QuarryFrameModel *frames, gpointer user_data)
{
  g_signal_emit (user_data, signals[FRAMES_DROPPED], 0, item, frames);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  QuarrySidebar *self = user_data;
  GtkWidget *row = quarry_sidebar_row_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect_object (click, "released", G_CALLBACK (released_cb), self, 0);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));
  g_signal_connect_object (row, "frames-dropped", G_CALLBACK (dropped_cb), self, 0);
  gtk_list_item_set_child (item, row);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  quarry_sidebar_row_set_item (QUARRY_SIDEBAR_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  quarry_sidebar_row_set_item (QUARRY_SIDEBAR_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
activate_cb (GtkListView *list, guint position, gpointer user_data)
{
  QuarrySidebar *self = user_data;
  g_autoptr(QuarrySidebarItem) item = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  if (item != NULL)
    quarry_sidebar_narrow_to (self, item, QUARRY_NARROW_ALONE);
}

static void
filter_changed_cb (GtkSearchEntry *entry, gpointer user_data)
{
  quarry_sidebar_model_set_filter (QUARRY_SIDEBAR (user_data)->model, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

static void
filter_stopped_cb (GtkSearchEntry *entry, gpointer user_data)
{
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  gtk_widget_activate_action (GTK_WIDGET (entry), "win.focus-page", NULL);
}

/* Only long lists are worth a filter */
static void
items_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  QuarrySidebar *self = user_data;

  if (*gtk_editable_get_text (GTK_EDITABLE (self->filter)) == '\0')
    gtk_revealer_set_reveal_child (self->filter_revealer,
                                   quarry_sidebar_model_get_longest (self->model) > QUARRY_SIDEBAR_SHORT);
}

static void
quarry_sidebar_dispose (GObject *object)
{
  QuarrySidebar *self = QUARRY_SIDEBAR (object);
  GtkWidget *child = NULL;

  gtk_widget_dispose_template (GTK_WIDGET (self), QUARRY_TYPE_SIDEBAR);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->model);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (quarry_sidebar_parent_class)->dispose (object);
}

static void
quarry_sidebar_class_init (QuarrySidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = quarry_sidebar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, QuarrySidebar, list);
  gtk_widget_class_bind_template_child (widget_class, QuarrySidebar, filter);
  gtk_widget_class_bind_template_child (widget_class, QuarrySidebar, filter_revealer);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_stopped_cb);
  signals[FRAMES_DROPPED] = g_signal_new ("frames-dropped", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 2, QUARRY_TYPE_SIDEBAR_ITEM, QUARRY_TYPE_FRAME_MODEL);
}

static void
quarry_sidebar_init (QuarrySidebar *self)
{
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, 0);
  gtk_list_view_set_factory (self->list, factory);
}

GtkWidget *
quarry_sidebar_new (QuarrySession *session)
{
  QuarrySidebar *self = g_object_new (QUARRY_TYPE_SIDEBAR, NULL);

  quarry_sidebar_set_session (self, session);
  return GTK_WIDGET (self);
}

void
quarry_sidebar_set_session (QuarrySidebar *self, QuarrySession *session)
{
  g_autoptr(GtkNoSelection) selection = NULL;

  g_return_if_fail (QUARRY_IS_SIDEBAR (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  self->model = quarry_sidebar_model_new (session);
  selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->model)));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (self->model, "items-changed", G_CALLBACK (items_cb), self, 0);
}

QuarrySidebarModel *
quarry_sidebar_get_model (QuarrySidebar *self)
{
  g_return_val_if_fail (QUARRY_IS_SIDEBAR (self), NULL);
  return self->model;
}
