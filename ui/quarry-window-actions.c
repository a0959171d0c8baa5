/* quarry-window-actions.c: all actions of the window and the keys that lead to them
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Menu, key, button and test take one road: win.NAME. Keys without Ctrl are bindings of the window's class: they come
 * last, so that what has the focus may have them first (typing in an entry).
 */

#include "config.h"
#include "quarry-window-private.h"
#include "quarry-grid.h"
#include "quarry-push-dialog.h"

#include <glib/gi18n.h>

#define COPY_MOST 200      /* paths on the clipboard */

/* --- going around --- */

static void
page_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  quarry_window_show_page (user_data, g_variant_get_string (value, NULL));
}

static void
open_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  QuarryWindow *self = user_data;
  g_autoptr(GArray) frames = quarry_window_dup_targets (self);

  if (frames->len == 0)
    return;
  quarry_session_set_current_frame (self->session, g_array_index (frames, QuarryId, 0));
  quarry_window_show_page (self, "frame");
}

/* Escape: from a page to the grid, there the selection goes */
static void
back_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  QuarryWindow *self = user_data;

  if (!g_str_equal (quarry_window_get_page_name (self), "grid"))
    quarry_window_show_page (self, "grid");
  else
    g_action_group_activate_action (G_ACTION_GROUP (self), "unselect", NULL);
}

/* The sidebar changed the query: look at frames, unless the page shows the query its own way */
static void
show_frames_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  const char *page = quarry_window_get_page_name (user_data);

  if (g_str_equal (page, "datasets") || g_str_equal (page, "jobs"))
    quarry_window_show_page (user_data, "grid");
}

static void
focus_page_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  quarry_window_focus_page (user_data);
}

static void
focus_query_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  gtk_widget_grab_focus (GTK_WIDGET (QUARRY_WINDOW (user_data)->query_bar));
}

static void
clear_query_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  quarry_session_set_query_text (QUARRY_WINDOW (user_data)->session, "");
}

static void
operations_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  gtk_widget_activate_action (GTK_WIDGET (QUARRY_WINDOW (user_data)->operations), "operations.show", NULL);
}

/* --- selecting --- */

static void
select_all_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  gtk_selection_model_select_all (GTK_SELECTION_MODEL (quarry_session_get_selection (QUARRY_WINDOW (user_data)->session)));
}

static void
unselect_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (quarry_session_get_selection (QUARRY_WINDOW (user_data)->session)));
}

/* --- frames --- */

static void
rating_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  quarry_window_rate (user_data, CLAMP (g_variant_get_int32 (value), 0, 5));
}

static void
flag_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  quarry_window_flag (user_data, CLAMP (g_variant_get_int32 (value), -1, 1));
}

static void
tag_number_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  quarry_window_toggle_tag (user_data, (guint) MAX (0, g_variant_get_int32 (value)));
}

static void
tag_with_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  g_autoptr(GArray) frames = quarry_window_dup_targets (user_data);

  quarry_window_tag (user_data, frames, g_variant_get_string (value, NULL));
}

static void
add_to_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  g_autoptr(GArray) frames = quarry_window_dup_targets (user_data);

  quarry_window_add_to_dataset (user_data, frames, g_variant_get_string (value, NULL));
}

static void
tag_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  quarry_window_ask_name (user_data, QUARRY_FACET_TAG);
}

static void
add_to_dataset_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  quarry_window_ask_name (user_data, QUARRY_FACET_DATASET);
}

static void
push_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  QuarryWindow *self = user_data;
  g_autoptr(GArray) frames = quarry_window_dup_targets (self);

  if (frames->len > 0)
    quarry_push_dialog_present (self->session, GTK_WINDOW (self), frames);
  else
    quarry_window_add_toast (self, _("No frame is selected"), FALSE);
}

static void
copy_path_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  QuarryWindow *self = user_data;
  g_autoptr(GArray) frames = quarry_window_dup_targets (self);
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < MIN (frames->len, COPY_MOST); i++)
    {
      g_autoptr(QuarryFrame) frame = quarry_catalog_get_frame (quarry_session_get_catalog (self->session),
                                                               g_array_index (frames, QuarryId, i), NULL);

      if (frame != NULL && frame->cover_uri != NULL)
        g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", frame->cover_uri);
    }
  if (text->len == 0)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text->str);
  quarry_window_add_toast (self, _("Path copied"), FALSE);
}

/* --- catalog and program --- */

static void
undo_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  quarry_window_undo (user_data);
}

static void
redo_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  quarry_window_redo (user_data);
}

static void
history_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  quarry_window_show_history (user_data);
}

static void
import_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  quarry_window_choose_folder (user_data);
}

static void
import_files_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  quarry_window_choose_files (user_data);
}

static void
import_uri_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  quarry_window_choose_uri (user_data);
}

static void
ask_import_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  quarry_window_ask_import (user_data, (const char *[]) { g_variant_get_string (value, NULL), NULL });
}

static void
import_path_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  quarry_window_import (user_data, g_variant_get_string (value, NULL));
}

static void
demo_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  quarry_window_make_demo (user_data);
}

static void
measure_health_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  quarry_window_measure_health (user_data);
}

static void
shortcuts_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  g_autoptr(GtkBuilder) builder = gtk_builder_new_from_resource ("/dev/quarry/Quarry/ui/quarry-shortcuts.ui");
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, "shortcuts"));

  gtk_window_set_transient_for (window, user_data);
  gtk_window_set_destroy_with_parent (window, TRUE);
  gtk_window_present (window);
}

static void
about_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  adw_show_about_window (user_data,
                         "application-name", _("Quarry"),
                         "application-icon", QUARRY_APP_ID,
                         "version", QUARRY_VERSION,
                         "developer-name", _("The Quarry developers"),
                         "license-type", GTK_LICENSE_APACHE_2_0,
                         "comments", _("The data side of machine learning for construction machines: recordings in, training splits out."),
                         NULL);
}

static void
style_changed_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  QuarryWindow *self = user_data;
  const char *style = g_variant_get_string (value, NULL);

  g_simple_action_set_state (action, value);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      g_str_equal (style, "dark")    ? ADW_COLOR_SCHEME_FORCE_DARK
                                      : g_str_equal (style, "light") ? ADW_COLOR_SCHEME_FORCE_LIGHT
                                                                     : ADW_COLOR_SCHEME_DEFAULT);
  if (self->settings != NULL)
    g_settings_set_string (self->settings, "style", style);
}

void
quarry_window_add_actions (QuarryWindow *self)
{
  static const GActionEntry entries[] = {
    { "page", page_cb, "s", "'grid'", NULL, { 0 } },
    { "open", open_cb, NULL, NULL, NULL, { 0 } },
    { "back", back_cb, NULL, NULL, NULL, { 0 } },
    { "show-frames", show_frames_cb, NULL, NULL, NULL, { 0 } },
    { "focus-page", focus_page_cb, NULL, NULL, NULL, { 0 } },
    { "focus-query", focus_query_cb, NULL, NULL, NULL, { 0 } },
    { "clear-query", clear_query_cb, NULL, NULL, NULL, { 0 } },
    { "operations", operations_cb, NULL, NULL, NULL, { 0 } },
    { "select-all", select_all_cb, NULL, NULL, NULL, { 0 } },
    { "unselect", unselect_cb, NULL, NULL, NULL, { 0 } },
    { "rating", rating_cb, "i", NULL, NULL, { 0 } },
    { "flag", flag_cb, "i", NULL, NULL, { 0 } },
    { "tag-number", tag_number_cb, "i", NULL, NULL, { 0 } },
    { "tag-with", tag_with_cb, "s", NULL, NULL, { 0 } },
    { "tag", tag_cb, NULL, NULL, NULL, { 0 } },
    { "add-to", add_to_cb, "s", NULL, NULL, { 0 } },
    { "add-to-dataset", add_to_dataset_cb, NULL, NULL, NULL, { 0 } },
    { "push", push_cb, NULL, NULL, NULL, { 0 } },
    { "copy-path", copy_path_cb, NULL, NULL, NULL, { 0 } },
    { "undo", undo_cb, NULL, NULL, NULL, { 0 } },
    { "redo", redo_cb, NULL, NULL, NULL, { 0 } },
    { "history", history_cb, NULL, NULL, NULL, { 0 } },
    { "import", import_cb, NULL, NULL, NULL, { 0 } },
    { "import-files", import_files_cb, NULL, NULL, NULL, { 0 } },
    { "import-uri", import_uri_cb, NULL, NULL, NULL, { 0 } },
    { "ask-import", ask_import_cb, "s", NULL, NULL, { 0 } },
    { "import-path", import_path_cb, "s", NULL, NULL, { 0 } },
    { "demo", demo_cb, NULL, NULL, NULL, { 0 } },
    { "measure-health", measure_health_cb, NULL, NULL, NULL, { 0 } },
    { "shortcuts", shortcuts_cb, NULL, NULL, NULL, { 0 } },
    { "about", about_cb, NULL, NULL, NULL, { 0 } },
    { "style", NULL, "s", "'system'", style_changed_cb, { 0 } },
  };
  g_autoptr(GPropertyAction) sidebar = g_property_action_new ("sidebar", self->sidebar_flap, "reveal-flap");
  g_autoptr(GPropertyAction) inspector = g_property_action_new ("inspector", self->inspector_flap, "reveal-flap");

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (sidebar));
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (inspector));
}

void
quarry_window_install_keys (GtkWidgetClass *widget_class)
{
  static const struct { guint key; GdkModifierType modifiers; const char *action; } keys[] = {
    { GDK_KEY_Escape, 0, "win.back" },
    { GDK_KEY_t, 0, "win.tag" },
    { GDK_KEY_d, 0, "win.add-to-dataset" },
    { GDK_KEY_slash, 0, "win.focus-query" },
    { GDK_KEY_f, GDK_CONTROL_MASK, "win.focus-query" },
    { GDK_KEY_question, GDK_SHIFT_MASK, "win.shortcuts" },
    { GDK_KEY_question, 0, "win.shortcuts" },
    { GDK_KEY_question, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.shortcuts" },
    { GDK_KEY_question, GDK_CONTROL_MASK, "win.shortcuts" },
    { GDK_KEY_z, GDK_CONTROL_MASK, "win.undo" },
    { GDK_KEY_y, GDK_CONTROL_MASK, "win.redo" },
    { GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.redo" },      /* menus show the last */
    { GDK_KEY_a, GDK_CONTROL_MASK, "win.select-all" },
    { GDK_KEY_o, GDK_CONTROL_MASK, "win.import" },
    { GDK_KEY_o, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.import-files" },
    { GDK_KEY_F11, 0, "win.inspector" },
    { GDK_KEY_F12, 0, "win.sidebar" },
  };
  static const char * const pages[] = { "grid", "frame", "datasets", "jobs", "insights" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (widget_class, keys[i].key, keys[i].modifiers, keys[i].action, NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_p, 0, "win.flag", "i", 1);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_x, 0, "win.flag", "i", -1);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_u, 0, "win.flag", "i", 0);
  for (guint i = 0; i <= 5; i++)
    {
      gtk_widget_class_add_binding_action (widget_class, GDK_KEY_0 + i, 0, "win.rating", "i", i);
      gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_0 + i, 0, "win.rating", "i", i);
    }
  for (guint i = 1; i <= 9; i++)
    gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F1 + i - 1, 0, "win.tag-number", "i", i);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    gtk_widget_class_add_binding_action (widget_class, GDK_KEY_1 + i, GDK_ALT_MASK, "win.page", "s", pages[i]);
}
