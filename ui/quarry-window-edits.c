/* quarry-window-edits.c: what the keys do to frames
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each runs in the session's edit thread and ends in a toast with Undo.
 */

#include "config.h"
#include "quarry-window-private.h"
#include "quarry-format.h"
#include "quarry-frame-cell.h"
#include "quarry-grid.h"
#include "quarry-tag-popover.h"

#include <glib/gi18n.h>

#define TOGGLE_MOST 1000      /* frames that are looked at to know whether all have the tag */

typedef struct
{
  GArray *frames;
  int     value;
  char   *name;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_array_unref (change->frames);
  g_free (change->name);
  g_free (change);
}

static Change *
change_new (const GArray *frames, int value, const char *name)
{
  Change *change = g_new0 (Change, 1);

  change->frames = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_array_append_vals (change->frames, frames->data, frames->len);
  change->value = value;
  change->name = g_strdup (name);
  return change;
}

/* "3 frames"; a single one by its time, else its key */
static char *
name_frames (QuarryCatalog *catalog, const GArray *frames)
{
  g_autoptr(QuarryFrame) frame = frames->len == 1 ? quarry_catalog_get_frame (catalog, g_array_index (frames, QuarryId, 0), NULL) : NULL;

  return frame != NULL ? quarry_frame_cell_dup_time (frame) : quarry_format_frames (frames->len);
}

/* --- rating and flag --- */

static gboolean
rate_in_thread (QuarryCatalog *catalog, gpointer data, char **what, GError **error)
{
  const Change *change = data;
  g_autofree char *frames = name_frames (catalog, change->frames);
  g_autoptr(GString) stars = g_string_new (NULL);

  for (int i = 0; i < change->value; i++)
    g_string_append (stars, "★");
  *what = change->value > 0 ? g_strdup_printf (_("Rated %s %s"), frames, stars->str)
                            : g_strdup_printf (_("Took the rating from %s"), frames);
  return quarry_catalog_set_rating (catalog, change->frames, change->value, error);
}

void
quarry_window_rate (QuarryWindow *self, int rating)
{
  g_autoptr(GArray) frames = quarry_window_dup_targets (self);

  if (frames->len > 0)
    quarry_session_edit (self->session, NULL, rate_in_thread, change_new (frames, rating, NULL), change_free);
}

static gboolean
flag_in_thread (QuarryCatalog *catalog, gpointer data, char **what, GError **error)
{
  const Change *change = data;
  g_autofree char *frames = name_frames (catalog, change->frames);

  *what = change->value > 0   ? g_strdup_printf (_("Picked %s"), frames)
          : change->value < 0 ? g_strdup_printf (_("Rejected %s"), frames)
                              : g_strdup_printf (_("Took the flag from %s"), frames);
  return quarry_catalog_set_flag (catalog, change->frames, change->value, error);
}

void
quarry_window_flag (QuarryWindow *self, int flag)
{
  g_autoptr(GArray) frames = quarry_window_dup_targets (self);

  if (frames->len > 0)
    quarry_session_edit (self->session, NULL, flag_in_thread, change_new (frames, flag, NULL), change_free);
}

/* --- tags --- */

static gboolean
tag_or_untag (QuarryCatalog *catalog, const Change *change, gboolean away, char **what, GError **error)
{
  const char * const names[] = { change->name, NULL };
  g_autofree char *frames = name_frames (catalog, change->frames);

  if (!quarry_catalog_tag (catalog, change->frames, away ? NULL : names, away ? names : NULL, error))
    return FALSE;
  g_free (*what);
  *what = away ? g_strdup_printf (_("Removed “%s” from %s"), change->name, frames)
               : g_strdup_printf (_("Tagged %s “%s”"), frames, change->name);
  return TRUE;
}

static gboolean
tag_in_thread (QuarryCatalog *catalog, gpointer data, char **what, GError **error)
{
  const Change *change = data;

  return tag_or_untag (catalog, change, change->value < 0, what, error);
}

void
quarry_window_tag (QuarryWindow *self, const GArray *frames, const char *name)
{
  const gboolean away = name[0] == '-';

  if (frames->len == 0 || name[away] == '\0')
    return;
  quarry_session_edit (self->session, NULL, tag_in_thread, change_new (frames, away ? -1 : 1, name + away), change_free);
}

static gboolean
all_have (QuarryCatalog *catalog, const Change *change)
{
  if (change->frames->len > TOGGLE_MOST)
    return FALSE;
  for (guint i = 0; i < change->frames->len; i++)
    {
      g_autoptr(QuarryFrame) frame = quarry_catalog_get_frame (catalog, g_array_index (change->frames, QuarryId, i), NULL);

      if (frame == NULL || frame->tags == NULL || !g_strv_contains ((const char * const *) frame->tags, change->name))
        return FALSE;
    }
  return TRUE;
}

static gboolean
toggle_in_thread (QuarryCatalog *catalog, gpointer data, char **what, GError **error)
{
  const Change *change = data;

  return tag_or_untag (catalog, change, all_have (catalog, change), what, error);
}

/* Takes the tag away where all the frames have it, else gives it to all */
void
quarry_window_toggle_tag (QuarryWindow *self, guint number)
{
  g_autoptr(GArray) frames = quarry_window_dup_targets (self);
  GPtrArray *tags = quarry_facets_get (quarry_session_get_facets (self->session), QUARRY_FACET_TAG);

  if (frames->len == 0 || number < 1 || number > tags->len)
    return;
  quarry_session_edit (self->session, NULL, toggle_in_thread,
                       change_new (frames, 0, ((QuarryFacetRow *) g_ptr_array_index (tags, number - 1))->name), change_free);
}

/* --- datasets --- */

static gboolean
add_in_thread (QuarryCatalog *catalog, gpointer data, char **what, GError **error)
{
  const Change *change = data;
  g_autoptr(GError) local = NULL;
  g_autoptr(QuarryDataset) dataset = quarry_catalog_find_dataset (catalog, change->name, &local);
  g_autofree char *count = name_frames (catalog, change->frames);

  if (dataset == NULL && local != NULL && !g_error_matches (local, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (dataset == NULL ? quarry_catalog_create_dataset (catalog, change->name, "", change->frames, error) == 0
                      : !quarry_catalog_dataset_add (catalog, dataset->id, change->frames, error))
    return FALSE;
  *what = dataset == NULL ? g_strdup_printf (_("Made dataset “%s” with %s"), change->name, count)
                          : g_strdup_printf (_("Added %s to “%s”"), count, change->name);
  return TRUE;
}

void
quarry_window_add_to_dataset (QuarryWindow *self, const GArray *frames, const char *name)
{
  if (frames->len > 0 && *name != '\0')
    quarry_session_edit (self->session, NULL, add_in_thread, change_new (frames, 0, name), change_free);
}

void
quarry_window_drop_frames (QuarryWindow *self, QuarrySidebarItem *onto, QuarryFrameModel *frames)
{
  if (onto->facet == QUARRY_FACET_TAG)
    quarry_window_tag (self, quarry_frame_model_get_ids (frames), onto->name);
  else if (onto->facet == QUARRY_FACET_DATASET)
    quarry_window_add_to_dataset (self, quarry_frame_model_get_ids (frames), onto->name);
}

/* --- undo --- */

static gboolean
redo_in_thread (QuarryCatalog *catalog, gpointer data, char **what, GError **error)
{
  g_autofree char *redone = NULL;

  if (!quarry_catalog_redo (catalog, &redone, error))
    return FALSE;
  *what = g_strdup_printf (_("Done again: %s"), redone);
  return TRUE;
}

/* An undo is told without an Undo button: the way back is Redo */
typedef struct
{
  QuarryWindow *window;
  char         *text;
} Told;

static gboolean
undo_in_thread (QuarryCatalog *catalog, gpointer data, char **what, GError **error)
{
  Told *told = data;
  g_autofree char *undone = NULL;

  if (!quarry_catalog_undo (catalog, &undone, error))
    return FALSE;
  told->text = g_strdup_printf (_("Undone: %s"), undone);
  return TRUE;
}

static void
told_free (gpointer data)
{
  Told *told = data;

  if (told->text != NULL)
    quarry_window_add_toast (told->window, told->text, FALSE);
  g_object_unref (told->window);
  g_free (told->text);
  g_free (told);
}

void
quarry_window_undo (QuarryWindow *self)
{
  Told *told = g_new0 (Told, 1);

  told->window = g_object_ref (self);
  quarry_session_edit (self->session, NULL, undo_in_thread, told, told_free);
}

void
quarry_window_redo (QuarryWindow *self)
{
  quarry_session_edit (self->session, NULL, redo_in_thread, NULL, NULL);
}

/* What cannot be done is not offered. An edit under way may be what is to be undone */
static void
update_undo (QuarryWindow *self)
{
  GActionMap *map = G_ACTION_MAP (self);
  gboolean editing = FALSE, undo = FALSE, redo = FALSE;

  g_object_get (self->session, "editing", &editing, NULL);
  if (!editing)
    quarry_catalog_get_undoable (quarry_session_get_catalog (self->session), &undo, &redo);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (map, "undo")), editing || undo);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (map, "redo")), editing || redo);
}

void
quarry_window_follow_edits (QuarryWindow *self)
{
  g_signal_connect_object (self->session, "notify::editing", G_CALLBACK (update_undo), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "changed", G_CALLBACK (update_undo), self, G_CONNECT_SWAPPED);
  update_undo (self);
}

/* --- the popovers --- */

static void
tag_chosen_cb (QuarryTagPopover *popover, const char *name, gpointer user_data)
{
  QuarryWindow *self = user_data;

  quarry_window_tag (self, self->popover_frames, name);
}

static void
dataset_chosen_cb (QuarryTagPopover *popover, const char *name, gpointer user_data)
{
  QuarryWindow *self = user_data;

  quarry_window_add_to_dataset (self, self->popover_frames, name);
}

static GtkWidget *
make_popover (QuarryWindow *self, QuarryFacet facet)
{
  GtkWidget *popover = quarry_tag_popover_new (self->session, facet);

  gtk_widget_set_parent (popover, self->center);
  g_signal_connect_object (popover, "chosen", facet == QUARRY_FACET_TAG ? G_CALLBACK (tag_chosen_cb) : G_CALLBACK (dataset_chosen_cb),
                           self, 0);
  return popover;
}

/* Points at the cell with the focus where it is in view, else at the middle of the page's lower edge */
static void
find_place (QuarryWindow *self, GdkRectangle *out_place)
{
  GtkWidget *page = gtk_stack_get_visible_child (self->stack);
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  const gboolean in_grid = QUARRY_IS_GRID (page) && focus != NULL &&
                           gtk_widget_get_parent (focus) == quarry_grid_get_view (QUARRY_GRID (page));
  graphene_rect_t area, whole;

  *out_place = (GdkRectangle) { 0, 0, 1, 1 };
  if (!gtk_widget_compute_bounds (GTK_WIDGET (self->stack), self->center, &whole))
    return;
  if (!in_grid || !gtk_widget_compute_bounds (focus, self->center, &area) ||
      !graphene_rect_intersection (&area, &whole, &area))
    area = GRAPHENE_RECT_INIT (whole.origin.x + whole.size.width / 2, whole.origin.y + MAX (0, whole.size.height - 60), 1, 1);
  *out_place = (GdkRectangle) { (int) area.origin.x, (int) area.origin.y, (int) area.size.width, (int) area.size.height };
}

void
quarry_window_ask_name (QuarryWindow *self, QuarryFacet facet)
{
  GtkWidget **popover = facet == QUARRY_FACET_TAG ? &self->tag_popover : &self->dataset_popover;
  GArray *frames = quarry_window_dup_targets (self);
  GdkRectangle place;

  g_clear_pointer (&self->popover_frames, g_array_unref);
  self->popover_frames = frames;
  if (frames->len == 0)
    {
      quarry_window_add_toast (self, _("No frame is selected"), FALSE);
      return;
    }
  if (*popover == NULL)
    *popover = make_popover (self, facet);
  find_place (self, &place);
  quarry_window_return_focus (self, *popover);
  gtk_popover_set_pointing_to (GTK_POPOVER (*popover), &place);
  gtk_popover_popup (GTK_POPOVER (*popover));
}
