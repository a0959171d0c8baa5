/* quarry-window.c: the window of one session: header, panes, pages
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-window-private.h"
#include "quarry-datasets-page.h"
#include "quarry-format.h"
#include "quarry-frame-page.h"
#include "quarry-grid.h"
#include "quarry-insights-page.h"
#include "quarry-jobs-page.h"
#include "quarry-ui-resources.h"

#include <glib/gi18n.h>

#define UNDO_TOAST_S 5
#define TITLES_FROM_WIDTH 1000      /* px; with their titles the header needs a bit less */

G_DEFINE_FINAL_TYPE (QuarryWindow, quarry_window, ADW_TYPE_APPLICATION_WINDOW)

/* --- panes --- */

/* A pane with nothing to show is not there, whether it is unfolded or not: on the first start only what to do is seen, and
 * facts of frames stand beside frames */
static void
update_panes (QuarryWindow *self)
{
  const char *page = quarry_window_get_page_name (self);
  const char *state = quarry_grid_get_state (QUARRY_GRID (gtk_stack_get_child_by_name (self->stack, "grid")));
  const gboolean frames = !g_str_equal (state, "first") && !g_str_equal (state, "importing");
  const gboolean about_frames = g_strcmp0 (page, "grid") == 0 || g_strcmp0 (page, "frame") == 0;

  gtk_widget_set_visible (GTK_WIDGET (self->sidebar), frames);
  gtk_widget_set_visible (adw_flap_get_separator (self->sidebar_flap), frames);
  quarry_inspector_set_follows_frame (self->inspector, g_strcmp0 (page, "frame") == 0);
  gtk_widget_set_visible (GTK_WIDGET (self->inspector), frames && about_frames);
  gtk_widget_set_visible (adw_flap_get_separator (self->inspector_flap), frames && about_frames);
}

static gboolean *
get_choice (QuarryWindow *self, AdwFlap *flap)
{
  return flap == self->sidebar_flap ? &self->shows_sidebar : &self->shows_inspector;
}

/* Without room a pane goes, with room it comes back, unless a person has closed it */
static void
folded_cb (AdwFlap *flap, GParamSpec *pspec, gpointer user_data)
{
  adw_flap_set_reveal_flap (flap, !adw_flap_get_folded (flap) && *get_choice (user_data, flap));
}

/* Laid over the page for a moment, a pane is no choice */
static void
revealed_cb (AdwFlap *flap, GParamSpec *pspec, gpointer user_data)
{
  QuarryWindow *self = user_data;
  gboolean *choice = get_choice (self, flap);

  if (adw_flap_get_folded (flap) || adw_flap_get_reveal_flap (flap) == *choice)
    return;
  *choice = adw_flap_get_reveal_flap (flap);
  if (self->settings != NULL)
    g_settings_set_boolean (self->settings, flap == self->sidebar_flap ? "show-sidebar" : "show-inspector", *choice);
}

static void
add_pane (QuarryWindow *self, AdwFlap *flap, const char *key)
{
  *get_choice (self, flap) = self->settings == NULL || g_settings_get_boolean (self->settings, key);
  adw_flap_set_locked (flap, TRUE);
  folded_cb (flap, NULL, self);
  g_signal_connect_object (flap, "notify::folded", G_CALLBACK (folded_cb), self, 0);
  g_signal_connect_object (flap, "notify::reveal-flap", G_CALLBACK (revealed_cb), self, 0);
}

/* --- the bar of the selection --- */

/* The bar stays while nothing is selected: what comes and goes is inside it, so that the frames never move */
static void
update_selection_bar (QuarryWindow *self)
{
  const guint n = quarry_selection_model_get_n_selected (quarry_session_get_selection (self->session));
  GtkWidget *page = gtk_stack_get_visible_child (self->stack);
  const char *state = page != NULL && QUARRY_IS_GRID (page) ? quarry_grid_get_state (QUARRY_GRID (page)) : "";

  gtk_stack_set_visible_child_name (self->selection_actions, n > 0 ? "some" : "none");
  gtk_widget_set_visible (GTK_WIDGET (self->selection_bar), g_str_equal (state, "cells") || g_str_equal (state, "nothing"));
}

static void
grid_state_cb (QuarryGrid *grid, GParamSpec *pspec, gpointer user_data)
{
  update_selection_bar (user_data);
  update_panes (user_data);
}

static void
selection_changed_cb (GtkSelectionModel *selection, guint position, guint n_items, gpointer user_data)
{
  update_selection_bar (user_data);
}

static void
selection_cb (QuarrySession *session, GParamSpec *pspec, gpointer user_data)
{
  QuarryWindow *self = user_data;

  g_signal_group_set_target (self->selection, quarry_session_get_selection (session));
  update_selection_bar (self);
}

static void
follow_grid (QuarryWindow *self, GtkWidget *grid)
{
  g_signal_connect_object (grid, "notify::state", G_CALLBACK (grid_state_cb), self, 0);
  g_object_bind_property (grid, "count-text", self->count, "label", G_BINDING_SYNC_CREATE);
  g_object_bind_property (grid, "thumbnail-size", self->size_adjustment, "value", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}

/* --- pages --- */

/* The one list of pages; each is made at the first look. A title of NULL: no button of its own */
static const struct
{
  const char  *name;
  const char  *title;
  const char  *icon;
  GtkWidget *(*make) (QuarrySession *session);
} pages[] = {
  { "grid", N_("Grid"), "view-grid-symbolic", quarry_grid_new },
  { "frame", N_("Frame"), "image-x-generic-symbolic", quarry_frame_page_new },
  { "datasets", N_("Datasets"), "folder-symbolic", quarry_datasets_page_new },
  { "jobs", N_("Jobs"), "mail-send-symbolic", quarry_jobs_page_new },
  { "insights", N_("Insights"), "view-list-bullet-symbolic", quarry_insights_page_new },
};

/**
 * quarry_window_get_page:
 *
 * Returns: (transfer none) (nullable): the page, made now if nobody has looked at it; NULL where there is no such page
 */
GtkWidget *
quarry_window_get_page (QuarryWindow *self, const char *name)
{
  GtkWidget *page = NULL;

  g_return_val_if_fail (QUARRY_IS_WINDOW (self), NULL);

  page = gtk_stack_get_child_by_name (self->stack, name);
  for (guint i = 0; page == NULL && i < G_N_ELEMENTS (pages); i++)
    if (g_str_equal (pages[i].name, name))
      {
        page = pages[i].make (self->session);
        gtk_stack_add_titled (self->stack, page, name, _(pages[i].title));
        if (QUARRY_IS_GRID (page))
          follow_grid (self, page);
      }
  return page;
}

/* The frame page shows the current frame: the one selected, else the first */
static void
look_at_some_frame (QuarryWindow *self)
{
  QuarryFrameModel *frames = quarry_session_get_frames (self->session);

  if (quarry_session_get_current_frame (self->session) == 0 && quarry_frame_model_get_n (frames) > 0)
    quarry_session_set_current_frame (self->session, quarry_frame_model_get_id (frames, 0));
}

/* The grid goes on where the frame page was left: its frame alone is selected, unless it is one of those that are */
static void
select_left_frame (QuarryWindow *self)
{
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (quarry_session_get_selection (self->session));
  guint position = 0;

  if (quarry_frame_model_find (quarry_session_get_frames (self->session), quarry_session_get_current_frame (self->session), &position) &&
      !gtk_selection_model_is_selected (selection, position))
    gtk_selection_model_select_item (selection, position, TRUE);
}

void
quarry_window_show_page (QuarryWindow *self, const char *name)
{
  GtkWidget *page = quarry_window_get_page (self, name);
  GAction *action = NULL;

  if (page == NULL)
    return;
  if (g_strcmp0 (quarry_window_get_page_name (self), "frame") == 0 && !g_str_equal (name, "frame"))
    select_left_frame (self);
  action = g_action_map_lookup_action (G_ACTION_MAP (self), "page");
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (name));
  if (g_str_equal (name, "frame"))
    look_at_some_frame (self);
  gtk_stack_set_visible_child (self->stack, page);
  if (QUARRY_IS_GRID (page) && quarry_session_get_current_frame (self->session) != 0)
    quarry_grid_scroll_to (QUARRY_GRID (page), quarry_session_get_current_frame (self->session));
  update_selection_bar (self);
  update_panes (self);
  quarry_window_focus_page (self);
}

const char *
quarry_window_get_page_name (QuarryWindow *self)
{
  g_return_val_if_fail (QUARRY_IS_WINDOW (self), NULL);
  return gtk_stack_get_visible_child_name (self->stack);
}

GArray *
quarry_window_dup_targets (QuarryWindow *self)
{
  const char *page = quarry_window_get_page_name (self);
  QuarrySelectionModel *selection = quarry_session_get_selection (self->session);
  GArray *frames = NULL;
  QuarryId frame = 0;

  if (g_str_equal (page, "grid") && quarry_selection_model_get_n_selected (selection) > 0)
    return quarry_selection_model_dup_ids (selection);
  if (g_str_equal (page, "grid"))
    frame = quarry_grid_get_hovered (QUARRY_GRID (gtk_stack_get_visible_child (self->stack)));
  else if (g_str_equal (page, "frame"))
    frame = quarry_session_get_current_frame (self->session);
  frames = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  if (frame != 0)
    g_array_append_val (frames, frame);
  return frames;
}

static GtkWidget *
make_page_buttons (gboolean with_titles)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_add_css_class (box, "linked");
  gtk_widget_add_css_class (box, "quarry-pages");
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      GtkWidget *button = gtk_toggle_button_new ();
      g_autofree char *action = g_strdup_printf ("win.page::%s", pages[i].name);

      if (with_titles)
        {
          GtkWidget *content = adw_button_content_new ();

          adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), pages[i].icon);
          adw_button_content_set_label (ADW_BUTTON_CONTENT (content), _(pages[i].title));
          gtk_button_set_child (GTK_BUTTON (button), content);
        }
      else
        gtk_button_set_icon_name (GTK_BUTTON (button), pages[i].icon);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _(pages[i].title), -1);
      gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (button), action);
      gtk_widget_set_tooltip_text (button, _(pages[i].title));
      gtk_box_append (GTK_BOX (box), button);
    }
  return box;
}

/* In a narrow window their icons are enough. Not a squeezer: a header bar gives its sides the least they can do with */
static void
layout_cb (GdkSurface *surface, int width, int height, gpointer user_data)
{
  QuarryWindow *self = user_data;
  GtkWidget *titled = gtk_widget_get_first_child (GTK_WIDGET (self->page_buttons));

  gtk_widget_set_visible (titled, width >= TITLES_FROM_WIDTH);
  gtk_widget_set_visible (gtk_widget_get_next_sibling (titled), width < TITLES_FROM_WIDTH);
}

static void
quarry_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (quarry_window_parent_class)->realize (widget);
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (widget)), "layout", G_CALLBACK (layout_cb), widget, 0);
}

static void
add_page_buttons (QuarryWindow *self)
{
  GtkWidget *icons = make_page_buttons (FALSE);

  gtk_box_append (self->page_buttons, make_page_buttons (TRUE));
  gtk_box_append (self->page_buttons, icons);
  gtk_widget_set_visible (icons, FALSE);
}

/* --- toasts --- */

static gboolean
toast_time_cb (gpointer user_data)
{
  QuarryWindow *self = user_data;
  AdwToast *toast = self->toast;

  self->toast_timer = 0;
  g_clear_weak_pointer (&self->toast);
  if (toast != NULL)
    adw_toast_dismiss (toast);
  return G_SOURCE_REMOVE;
}

/* Undo always means the last edit: there is one toast with it, and its text follows. Not a new one each time: libadwaita 1.2
 * frees an animation twice where toasts are dismissed while they still move in, as fast tagging makes them */
static void
show_undo (QuarryWindow *self, const char *escaped)
{
  g_clear_handle_id (&self->toast_timer, g_source_remove);
  self->toast_timer = g_timeout_add_seconds (UNDO_TOAST_S, toast_time_cb, self);
  if (self->toast != NULL)
    adw_toast_set_title (self->toast, escaped);
  else
    {
      AdwToast *toast = adw_toast_new (escaped);

      adw_toast_set_timeout (toast, 0);
      adw_toast_set_button_label (toast, _("Undo"));
      adw_toast_set_action_name (toast, "win.undo");
      g_set_weak_pointer (&self->toast, toast);
      adw_toast_overlay_add_toast (self->toasts, toast);
    }
}

void
quarry_window_add_toast (QuarryWindow *self, const char *title, gboolean with_undo)
{
  g_autofree char *escaped = g_markup_escape_text (title, -1);

  if (self->toasts == NULL)
    return;                                /* the window is gone */
  if (with_undo)
    show_undo (self, escaped);
  else
    adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

static void
edited_cb (QuarrySession *session, const char *what, gpointer user_data)
{
  quarry_window_add_toast (user_data, what, TRUE);
}

static void
failed_cb (QuarrySession *session, const char *message, gpointer user_data)
{
  quarry_window_add_toast (user_data, message, FALSE);
}

/* --- the object --- */

static void
bind_settings (QuarryWindow *self)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr(GSettingsSchema) schema = NULL;
  g_autofree char *style = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, QUARRY_APP_ID, TRUE);
  if (schema == NULL)
    return;
  self->settings = g_settings_new (QUARRY_APP_ID);
  g_settings_bind (self->settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "thumbnail-size", quarry_window_get_page (self, "grid"), "thumbnail-size",
                   G_SETTINGS_BIND_DEFAULT);
  style = g_settings_get_string (self->settings, "style");
  g_action_group_change_action_state (G_ACTION_GROUP (self), "style", g_variant_new_string (style));
}

static void
quarry_window_dispose (GObject *object)
{
  QuarryWindow *self = QUARRY_WINDOW (object);

  /* they watch the flaps, which outlive the window's group of actions */
  g_action_map_remove_action (G_ACTION_MAP (self), "sidebar");
  g_clear_handle_id (&self->toast_timer, g_source_remove);
  g_action_map_remove_action (G_ACTION_MAP (self), "inspector");
  g_clear_weak_pointer (&self->toast);
  g_clear_object (&self->selection);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->popover_frames, g_array_unref);
  g_clear_pointer (&self->tag_popover, gtk_widget_unparent);
  g_clear_pointer (&self->dataset_popover, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (self), QUARRY_TYPE_WINDOW);
  g_clear_object (&self->settings);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (quarry_window_parent_class)->dispose (object);
}

static void
quarry_window_class_init (QuarryWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = quarry_window_dispose;
  widget_class->realize = quarry_window_realize;

  g_resources_register (quarry_ui_get_resource ());
  g_type_ensure (QUARRY_TYPE_SIDEBAR);
  g_type_ensure (QUARRY_TYPE_INSPECTOR);
  g_type_ensure (QUARRY_TYPE_QUERY_BAR);
  g_type_ensure (QUARRY_TYPE_OPERATIONS);
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-window.ui");
  gtk_widget_class_bind_template_child (widget_class, QuarryWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, QuarryWindow, sidebar_flap);
  gtk_widget_class_bind_template_child (widget_class, QuarryWindow, inspector_flap);
  gtk_widget_class_bind_template_child (widget_class, QuarryWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, QuarryWindow, inspector);
  gtk_widget_class_bind_template_child (widget_class, QuarryWindow, query_bar);
  gtk_widget_class_bind_template_child (widget_class, QuarryWindow, operations);
  gtk_widget_class_bind_template_child (widget_class, QuarryWindow, center);
  gtk_widget_class_bind_template_child (widget_class, QuarryWindow, selection_bar);
  gtk_widget_class_bind_template_child (widget_class, QuarryWindow, selection_actions);
  gtk_widget_class_bind_template_child (widget_class, QuarryWindow, count);
  gtk_widget_class_bind_template_child (widget_class, QuarryWindow, size_adjustment);
  gtk_widget_class_bind_template_child (widget_class, QuarryWindow, page_buttons);
  gtk_widget_class_bind_template_child (widget_class, QuarryWindow, stack);
  quarry_window_install_keys (widget_class);
}

static void
quarry_window_init (QuarryWindow *self)
{
  self->selection = g_signal_group_new (QUARRY_TYPE_SELECTION_MODEL);
  g_signal_group_connect_object (self->selection, "selection-changed", G_CALLBACK (selection_changed_cb), self, 0);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_window_set_default_size (GTK_WINDOW (self), 1280, 800);
}

QuarryWindow *
quarry_window_new (GtkApplication *application, QuarrySession *session)
{
  QuarryWindow *self = NULL;

  g_return_val_if_fail (QUARRY_IS_SESSION (session), NULL);

  self = g_object_new (QUARRY_TYPE_WINDOW, "application", application, NULL);
  self->session = g_object_ref (session);
  quarry_sidebar_set_session (self->sidebar, session);
  quarry_inspector_set_session (self->inspector, session);
  quarry_query_bar_set_session (self->query_bar, session);
  quarry_operations_set_session (self->operations, session);
  quarry_window_add_actions (self);
  bind_settings (self);
  add_pane (self, self->sidebar_flap, "show-sidebar");
  add_pane (self, self->inspector_flap, "show-inspector");
  add_page_buttons (self);
  quarry_window_watch_focus (self);
  quarry_window_follow_edits (self);
  quarry_window_accept_folders (self);
  quarry_window_follow_operations (self);
  g_signal_connect_object (self->sidebar, "frames-dropped", G_CALLBACK (quarry_window_drop_frames), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "edited", G_CALLBACK (edited_cb), self, 0);
  g_signal_connect_object (session, "failed", G_CALLBACK (failed_cb), self, 0);
  g_signal_connect_object (session, "notify::selection", G_CALLBACK (selection_cb), self, 0);
  selection_cb (session, NULL, self);
  quarry_window_show_page (self, "grid");
  return self;
}

QuarrySession *
quarry_window_get_session (QuarryWindow *self)
{
  g_return_val_if_fail (QUARRY_IS_WINDOW (self), NULL);
  return self->session;
}
