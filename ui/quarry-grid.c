/* quarry-grid.c: thumbnails of the session's frames
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   session "selection" (QuarrySelectionModel over QuarryFrameModel) → GtkGridView → QuarryFrameCell ← QuarryGridCache
 *
 * A new result is a new model; the cell that was the cursor, or the first in view, keeps its place on the screen.
 */

#include "config.h"
#include "quarry-grid-private.h"
#include "quarry-facets.h"
#include "quarry-format.h"

#include <glib/gi18n.h>

enum { PROP_0, PROP_THUMBNAIL_SIZE, PROP_STATE, PROP_COUNT_TEXT, N_PROPS };
static GParamSpec *properties[N_PROPS];
G_DEFINE_FINAL_TYPE (QuarryGrid, quarry_grid, GTK_TYPE_WIDGET)

static void
loaded_cb (QuarryGridCache *cache, gint64 frame, gpointer user_data)
{
  QuarryGrid *self = user_data;
  GHashTableIter iter;
  gpointer cell;

  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &cell, NULL))
    if (quarry_frame_cell_get_frame (cell) == frame)
      quarry_frame_cell_update (cell);
}

/* --- factory --- */

static void
cell_destroyed_cb (GtkWidget *cell, gpointer user_data)
{
  g_hash_table_remove (QUARRY_GRID (user_data)->cells, cell);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  QuarryGrid *self = user_data;
  GtkWidget *cell = quarry_frame_cell_new (self->cache);

  quarry_frame_cell_set_size (QUARRY_FRAME_CELL (cell), self->size);
  g_hash_table_add (self->cells, cell);
  g_signal_connect_object (cell, "destroy", G_CALLBACK (cell_destroyed_cb), self, 0);
  gtk_list_item_set_child (item, cell);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  QuarryFrameCell *cell = QUARRY_FRAME_CELL (gtk_list_item_get_child (item));

  quarry_frame_cell_set_frame (cell, quarry_frame_item_get_id (gtk_list_item_get_item (item)),
                               gtk_list_item_get_position (item));
  quarry_grid_queue_settle (user_data);
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  quarry_frame_cell_set_frame (QUARRY_FRAME_CELL (gtk_list_item_get_child (item)), 0, GTK_INVALID_LIST_POSITION);
}

/* --- what the bar and the stack say --- */

static void
update_state (QuarryGrid *self)
{
  QuarryFacets *facets = quarry_session_get_facets (self->session);
  const guint n = quarry_frame_model_get_n (quarry_session_get_frames (self->session));
  const char *before = quarry_grid_get_state (self);
  guint n_terms = 0;
  const char *state = "cells";

  quarry_query_get_terms (quarry_session_get_query (self->session), &n_terms);
  if (n > 0)
    state = "cells";
  else if (!quarry_facets_is_counted (facets))
    state = "wait";
  else if (quarry_facets_get_total (facets) > 0 && n_terms > 0)
    state = "nothing";
  else if (quarry_session_get_n_running (self->session) > 0)
    state = "importing";
  else
    state = quarry_facets_get_total (facets) > 0 ? "wait" : "first";
  if (g_str_equal (state, "nothing"))
    {
      g_autofree char *text = g_markup_printf_escaped (_("No frame matches “%s”."), quarry_query_get_text (quarry_session_get_query (self->session)));

      adw_status_page_set_description (self->nothing, text);
    }
  if (g_str_equal (state, before))
    return;
  before = g_intern_string (before);
  gtk_stack_set_visible_child_name (self->states, state);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  quarry_grid_state_changed (self, before);
}

static void
update_count (QuarryGrid *self)
{
  QuarryFacets *facets = quarry_session_get_facets (self->session);
  const guint n = quarry_frame_model_get_n (quarry_session_get_frames (self->session));
  const guint n_selected = quarry_selection_model_get_n_selected (quarry_session_get_selection (self->session));
  const gint64 total = quarry_facets_get_total (facets);
  g_autofree char *frames = quarry_format_frames (MAX (total, n));
  g_autofree char *count = quarry_format_count (n);
  g_autofree char *selected = quarry_format_count (n_selected);
  g_autoptr(GString) text = g_string_new (NULL);

  if (total > n)
    g_string_append_printf (text, C_("frames of a query", "%s of %s"), count, frames);
  else if (n > 0)
    g_string_append (text, frames);
  if (n_selected > 0)
    {
      g_string_append (text, " · ");
      g_string_append_printf (text, ngettext ("%s selected", "%s selected", n_selected), selected);
    }
  if (g_strcmp0 (self->count_text, text->str) == 0)
    return;
  g_free (self->count_text);
  self->count_text = g_strdup (text->str);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNT_TEXT]);
}

static void
facets_changed_cb (QuarryFacets *facets, gpointer user_data)
{
  QuarryGrid *self = user_data;
  GHashTableIter iter;
  gpointer cell;

  update_state (self);
  update_count (self);
  g_hash_table_iter_init (&iter, self->cells);       /* the tags' colours */
  while (g_hash_table_iter_next (&iter, &cell, NULL))
    gtk_widget_queue_draw (cell);
}

static void
selection_changed_cb (GtkSelectionModel *selection, guint position, guint n_items, gpointer user_data)
{
  QuarryGrid *self = user_data;
  QuarrySelectionModel *model = QUARRY_SELECTION_MODEL (selection);
  const guint n_selected = quarry_selection_model_get_n_selected (model);
  QuarryFrameCell *focus = n_selected > 1 ? quarry_grid_get_focus_cell (self) : NULL;

  update_count (self);
  quarry_grid_update_target (self);
  if (focus != NULL)
    quarry_session_set_current_frame (self->session, quarry_frame_cell_get_frame (focus));
  else if (n_selected == 1)
    quarry_session_set_current_frame (self->session,
                                      quarry_frame_model_get_id (quarry_selection_model_get_frames (model),
                                                                 quarry_selection_model_first (model)));
}

/* A new result: swap the model, never walk the changes */
static void
result_cb (QuarrySession *session, GParamSpec *pspec, gpointer user_data)
{
  QuarryGrid *self = user_data;
  QuarrySelectionModel *selection = quarry_session_get_selection (session);
  const gboolean same_query = self->query == quarry_session_get_query (session);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  const gboolean had_focus = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->view));
  guint cursor = 0;

  quarry_grid_plan_keeping (self, quarry_selection_model_get_frames (selection), same_query);
  self->query = quarry_session_get_query (session);
  gtk_grid_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (selection, "selection-changed", G_CALLBACK (selection_changed_cb), self, 0);
  if (quarry_frame_model_find (quarry_session_get_frames (session), quarry_session_get_current_frame (session), &cursor))
    quarry_grid_set_cursor (self, cursor, FALSE);
  else if (had_focus && self->keep)
    quarry_grid_set_cursor (self, self->keep_position, FALSE);      /* what came after it */
  quarry_grid_place_at_once (self);
  if (had_focus)
    quarry_grid_focus (self);
  update_state (self);
  update_count (self);
  quarry_grid_queue_settle (self);
}

#define GUESS_AFTER_US (2 * G_USEC_PER_SEC)

/* "3 of 40 frames · About 1 minute left", from the speed so far. A fraction that falls begins another part of the work */
static char *
describe_progress (QuarryGrid *self, QuarryOperation *operation)
{
  const double fraction = quarry_operation_get_fraction (operation);
  const gint64 now = g_get_monotonic_time ();
  g_autofree char *detail = quarry_operation_dup_detail (operation);
  g_autofree char *left = NULL;

  if (self->timed != operation || fraction < self->timed_from)
    {
      self->timed = operation;
      self->timed_since = now;
      self->timed_from = fraction;
    }
  if (fraction > self->timed_from && now - self->timed_since > GUESS_AFTER_US)
    left = quarry_format_remaining ((gint64) ((double) (now - self->timed_since) / G_USEC_PER_SEC * (1 - fraction) /
                                              (fraction - self->timed_from)));
  if (detail == NULL || *detail == '\0' || left == NULL)
    return g_strdup (left != NULL ? left : detail != NULL ? detail : "");
  return g_strdup_printf ("%s · %s", detail, left);
}

static void
operation_changed_cb (QuarryOperation *operation, GParamSpec *pspec, gpointer user_data)
{
  QuarryGrid *self = user_data;
  const double fraction = quarry_operation_get_fraction (operation);
  g_autofree char *title = g_markup_escape_text (quarry_operation_get_title (operation), -1);

  g_autofree char *progress = describe_progress (self, operation);
  g_autofree char *text = g_markup_printf_escaped ("%s\n%s", progress, _("Frames appear here as they come in."));

  adw_status_page_set_title (self->importing, title);
  adw_status_page_set_description (self->importing, text);
  if (fraction >= 0)
    gtk_progress_bar_set_fraction (self->progress, fraction);
  else
    gtk_progress_bar_pulse (self->progress);
  if (g_str_equal (pspec->name, "state"))
    update_state (self);
}

static void
operations_cb (GListModel *operations, guint position, guint removed, guint added, gpointer user_data)
{
  QuarryGrid *self = user_data;

  for (guint i = position; i < position + added; i++)
    {
      g_autoptr(QuarryOperation) operation = g_list_model_get_item (operations, i);

      g_signal_connect_object (operation, "notify::state", G_CALLBACK (operation_changed_cb), self, 0);
      g_signal_connect_object (operation, "notify::fraction", G_CALLBACK (operation_changed_cb), self, 0);
    }
  update_state (self);
}

static void
activate_cb (GtkGridView *view, guint position, gpointer user_data)
{
  QuarryGrid *self = user_data;

  quarry_session_set_current_frame (self->session, quarry_frame_model_get_id (quarry_session_get_frames (self->session), position));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s", "frame");
}

static void
add_factory (QuarryGrid *self)
{
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, 0);
  gtk_grid_view_set_factory (self->view, factory);
}

static void
menu_action_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  quarry_grid_popup_menu (QUARRY_GRID (widget));
}

/* --- the object --- */

static void
set_size (QuarryGrid *self, int size)
{
  GHashTableIter iter;
  gpointer cell;

  size = CLAMP (size, QUARRY_GRID_MIN_SIZE, QUARRY_GRID_MAX_SIZE);
  if (self->size == size)
    return;
  quarry_grid_plan_keeping (self, quarry_session_get_frames (self->session), TRUE);
  self->size = size;
  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &cell, NULL))
    quarry_frame_cell_set_size (cell, size);
  quarry_grid_queue_columns (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_THUMBNAIL_SIZE]);
}

static gboolean
quarry_grid_grab_focus (GtkWidget *widget)
{
  return quarry_grid_focus (QUARRY_GRID (widget));
}

static void
quarry_grid_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (quarry_grid_parent_class)->map (widget);
  quarry_grid_state_changed (QUARRY_GRID (widget), "wait");
}

static void
quarry_grid_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (quarry_grid_parent_class)->root (widget);
  g_signal_connect_object (gtk_widget_get_root (widget), "notify::focus-widget", G_CALLBACK (quarry_grid_update_target), widget,
                           G_CONNECT_SWAPPED);
}

static void
quarry_grid_unroot (GtkWidget *widget)
{
  g_signal_handlers_disconnect_by_func (gtk_widget_get_root (widget), quarry_grid_update_target, widget);
  GTK_WIDGET_CLASS (quarry_grid_parent_class)->unroot (widget);
}

static void
quarry_grid_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  QuarryGrid *self = QUARRY_GRID (object);

  if (id == PROP_THUMBNAIL_SIZE)
    g_value_set_int (value, self->size);
  else if (id == PROP_STATE)
    g_value_set_string (value, quarry_grid_get_state (self));
  else if (id == PROP_COUNT_TEXT)
    g_value_set_string (value, self->count_text);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
quarry_grid_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_THUMBNAIL_SIZE)
    set_size (QUARRY_GRID (object), g_value_get_int (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
quarry_grid_dispose (GObject *object)
{
  QuarryGrid *self = QUARRY_GRID (object);
  GtkWidget *child = NULL;

  g_clear_handle_id (&self->settle_source, g_source_remove);
  g_clear_handle_id (&self->columns_source, g_source_remove);
  if (self->view != NULL)
    {
      if (self->place_tick != 0)
        gtk_widget_remove_tick_callback (GTK_WIDGET (self->view), self->place_tick);
      self->place_tick = 0;
      gtk_grid_view_set_model (self->view, NULL);
    }
  gtk_widget_dispose_template (GTK_WIDGET (self), QUARRY_TYPE_GRID);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  if (self->cache != NULL)
    g_object_run_dispose (G_OBJECT (self->cache));
  g_clear_object (&self->cache);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (quarry_grid_parent_class)->dispose (object);
}

static void
quarry_grid_finalize (GObject *object)
{
  g_clear_pointer (&QUARRY_GRID (object)->cells, g_hash_table_unref);
  g_free (QUARRY_GRID (object)->count_text);
  G_OBJECT_CLASS (quarry_grid_parent_class)->finalize (object);
}

static void
quarry_grid_class_init (QuarryGridClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = quarry_grid_dispose;
  object_class->finalize = quarry_grid_finalize;
  object_class->get_property = quarry_grid_get_property;
  object_class->set_property = quarry_grid_set_property;
  widget_class->grab_focus = quarry_grid_grab_focus;
  widget_class->map = quarry_grid_map;
  widget_class->root = quarry_grid_root;
  widget_class->unroot = quarry_grid_unroot;

  properties[PROP_THUMBNAIL_SIZE] = g_param_spec_int ("thumbnail-size", NULL, NULL, 0, G_MAXINT, 200,
                                                      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_STATE] = g_param_spec_string ("state", NULL, NULL, "wait", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_COUNT_TEXT] = g_param_spec_string ("count-text", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-grid.ui");
  gtk_widget_class_bind_template_child (widget_class, QuarryGrid, states);
  gtk_widget_class_bind_template_child (widget_class, QuarryGrid, scroller);
  gtk_widget_class_bind_template_child (widget_class, QuarryGrid, view);
  gtk_widget_class_bind_template_child (widget_class, QuarryGrid, importing);
  gtk_widget_class_bind_template_child (widget_class, QuarryGrid, nothing);
  gtk_widget_class_bind_template_child (widget_class, QuarryGrid, progress);
  gtk_widget_class_bind_template_child (widget_class, QuarryGrid, menu);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);

  gtk_widget_class_install_action (widget_class, "grid.menu", NULL, menu_action_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "grid.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "grid.menu", NULL);
}

static void
quarry_grid_init (QuarryGrid *self)
{
  self->size = 200;
  self->cursor = GTK_INVALID_LIST_POSITION;
  self->cells = g_hash_table_new (NULL, NULL);
  self->count_text = g_strdup ("");
}

GtkWidget *
quarry_grid_new (QuarrySession *session)
{
  QuarryGrid *self = g_object_new (QUARRY_TYPE_GRID, NULL);
  GListStore *operations = quarry_session_get_operations (session);

  self->session = g_object_ref (session);
  self->cache = quarry_grid_cache_new (session);
  gtk_widget_init_template (GTK_WIDGET (self));
  add_factory (self);
  quarry_grid_add_controllers (self);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  g_signal_connect_object (self->cache, "loaded", G_CALLBACK (loaded_cb), self, 0);
  g_signal_connect_object (session, "notify::selection", G_CALLBACK (result_cb), self, 0);
  g_signal_connect_object (quarry_session_get_facets (session), "changed", G_CALLBACK (facets_changed_cb), self, 0);
  g_signal_connect_object (operations, "items-changed", G_CALLBACK (operations_cb), self, 0);
  operations_cb (G_LIST_MODEL (operations), 0, 0, g_list_model_get_n_items (G_LIST_MODEL (operations)), self);
  quarry_grid_follow_scroll (self);
  result_cb (session, NULL, self);
  return GTK_WIDGET (self);
}

void
quarry_grid_scroll_to (QuarryGrid *self, QuarryId frame)
{
  guint position;

  g_return_if_fail (QUARRY_IS_GRID (self));
  if (quarry_frame_model_find (quarry_session_get_frames (self->session), frame, &position))
    quarry_grid_set_cursor (self, position, TRUE);
}

const char *
quarry_grid_get_state (QuarryGrid *self)
{
  g_return_val_if_fail (QUARRY_IS_GRID (self), NULL);
  return gtk_stack_get_visible_child_name (self->states);
}

const char *
quarry_grid_get_count_text (QuarryGrid *self)
{
  g_return_val_if_fail (QUARRY_IS_GRID (self), NULL);
  return self->count_text;
}

GtkWidget *
quarry_grid_get_view (QuarryGrid *self)
{
  g_return_val_if_fail (QUARRY_IS_GRID (self), NULL);
  return GTK_WIDGET (self->view);
}
