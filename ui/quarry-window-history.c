/* quarry-window-history.c: what has been done to this catalog, newest first
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-window-private.h"
#include "quarry-format.h"

#include <glib/gi18n.h>

#define MOST 200      /* edits shown */

typedef struct
{
  QuarrySession *session;      /* not owned: the list goes with the window */
  GtkListBox    *list;
  GtkStack      *states;
  GActionMap    *actions;      /* undo, redo; not owned */
} History;

static GtkWidget *
make_row (const QuarryEdit *edit)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *when = quarry_format_ago (edit->made_ns, g_get_real_time () * 1000);
  g_autofree char *below = g_strdup_printf ("%s · %s", edit->who, when);
  g_autofree char *title = g_markup_escape_text (edit->what, -1);
  g_autofree char *subtitle = g_markup_escape_text (below, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  if (!g_str_equal (edit->state, "done"))
    {
      GtkWidget *state = gtk_label_new (g_str_equal (edit->state, "undone") ? _("Undone") : _("Dropped"));

      gtk_widget_add_css_class (state, "dim-label");
      gtk_widget_add_css_class (row, "dim-label");
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), state);
    }
  return row;
}

static void
fill (History *history)
{
  g_autoptr(GPtrArray) edits = quarry_catalog_list_edits (quarry_session_get_catalog (history->session), MOST, NULL);
  GtkListBoxRow *row = NULL;
  gboolean undo = FALSE, redo = FALSE;

  quarry_catalog_get_undoable (quarry_session_get_catalog (history->session), &undo, &redo);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (history->actions, "undo")), undo);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (history->actions, "redo")), redo);
  while ((row = gtk_list_box_get_row_at_index (history->list, 0)) != NULL)
    gtk_list_box_remove (history->list, GTK_WIDGET (row));
  for (guint i = 0; edits != NULL && i < edits->len; i++)
    gtk_list_box_append (history->list, make_row (g_ptr_array_index (edits, i)));
  gtk_stack_set_visible_child_name (history->states, edits != NULL && edits->len > 0 ? "list" : "empty");
}

static void
changed_cb (QuarrySession *session, gpointer user_data)
{
  fill (g_object_get_data (user_data, "quarry-history"));
}

static GtkWidget *
make_empty (void)
{
  GtkWidget *page = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "document-open-recent-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), _("Nothing Done Yet"));
  adw_status_page_set_description (ADW_STATUS_PAGE (page), _("Tags, ratings, flags and datasets: every edit is kept here and can be undone."));
  gtk_widget_add_css_class (page, "compact");
  return page;
}

static GtkWidget *
make_header (void)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *undo = gtk_button_new_with_mnemonic (_("_Undo"));
  GtkWidget *redo = gtk_button_new_with_mnemonic (_("_Redo"));

  gtk_actionable_set_action_name (GTK_ACTIONABLE (undo), "history.undo");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (redo), "history.redo");
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), undo);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), redo);
  return header;
}

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

/* Returns: (transfer none): the window, shown over @self */
GtkWidget *
quarry_window_show_history (QuarryWindow *self)
{
  static const GActionEntry entries[] = {
    { "undo", undo_cb, NULL, NULL, NULL, { 0 } },
    { "redo", redo_cb, NULL, NULL, NULL, { 0 } },
  };
  GtkWidget *window = adw_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *states = gtk_stack_new ();
  g_autoptr(GSimpleActionGroup) actions = g_simple_action_group_new ();
  History *history = g_new0 (History, 1);

  *history = (History) { self->session, GTK_LIST_BOX (list), GTK_STACK (states), G_ACTION_MAP (actions) };
  g_object_set_data_full (G_OBJECT (window), "quarry-history", history, g_free);
  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (window, "history", G_ACTION_GROUP (actions));

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_widget_set_valign (list, GTK_ALIGN_START);
  g_object_set (clamp, "child", list, "margin-top", 18, "margin-bottom", 18, "margin-start", 12, "margin-end", 12, NULL);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), clamp);
  gtk_stack_add_named (GTK_STACK (states), scroller, "list");
  gtk_stack_add_named (GTK_STACK (states), make_empty (), "empty");
  gtk_widget_set_vexpand (states, TRUE);
  gtk_box_append (GTK_BOX (box), make_header ());
  gtk_box_append (GTK_BOX (box), states);
  adw_window_set_content (ADW_WINDOW (window), box);

  gtk_window_set_title (GTK_WINDOW (window), _("History"));
  gtk_window_set_default_size (GTK_WINDOW (window), 520, 560);
  gtk_window_set_transient_for (GTK_WINDOW (window), GTK_WINDOW (self));
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  fill (history);
  g_signal_connect_object (self->session, "changed", G_CALLBACK (changed_cb), window, 0);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}
