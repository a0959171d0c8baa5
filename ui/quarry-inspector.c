/* quarry-inspector.c: facts, tags and labels of the selection; beside a single frame, of that frame
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-inspector.h"
#include "quarry-facets.h"
#include "quarry-format.h"
#include "quarry-frame-cell.h"
#include "quarry-health-list.h"
#include "quarry-inspector-facts.h"
#include "quarry-tag-chip.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _QuarryInspector
{
  GtkWidget       parent_instance;
  QuarrySession  *session;
  QuarryFacts    *shown;           /* NULL while nothing is */
  GCancellable   *running;
  GSignalGroup   *selection;
  guint           wish_source;
  gboolean        follows_frame;

  GtkStack       *states;
  GtkLabel       *title;
  GtkGrid        *facts;
  GtkWidget      *tags_heading;
  GtkFlowBox     *tags;
  GtkLabel       *labels_heading;
  GtkLabel       *labels_sets;
  GtkBox         *labels;
  GtkWidget      *media_heading;
  GtkBox         *media;
  GtkWidget      *health_heading;
  GtkWidget      *health_missing;
  QuarryHealthList *health;
};

G_DEFINE_FINAL_TYPE (QuarryInspector, quarry_inspector, GTK_TYPE_WIDGET)

/* --- showing --- */

static void
remove_children (GtkWidget *box)
{
  GtkWidget *child = NULL;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    {
      if (GTK_IS_FLOW_BOX (box))
        gtk_flow_box_remove (GTK_FLOW_BOX (box), child);
      else if (GTK_IS_GRID (box))
        gtk_grid_remove (GTK_GRID (box), child);
      else
        gtk_box_remove (GTK_BOX (box), child);
    }
}

static void
add_fact (QuarryInspector *self, int row, const char *name, const char *value)
{
  GtkWidget *left = gtk_label_new (name);
  GtkWidget *right = gtk_label_new (value);

  gtk_label_set_xalign (GTK_LABEL (left), 0);
  gtk_widget_set_valign (left, GTK_ALIGN_BASELINE);
  gtk_widget_add_css_class (left, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (right), 0);
  gtk_widget_set_hexpand (right, TRUE);
  gtk_widget_set_valign (right, GTK_ALIGN_BASELINE);
  gtk_label_set_wrap (GTK_LABEL (right), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (right), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (right), TRUE);
  gtk_widget_set_can_focus (right, FALSE);
  gtk_widget_add_css_class (right, "numeric");
  gtk_grid_attach (self->facts, left, 0, row, 1, 1);
  gtk_grid_attach (self->facts, right, 1, row, 1, 1);
}

static void
show_frame_facts (QuarryInspector *self, const QuarryFrame *frame)
{
  g_autofree char *time = quarry_frame_cell_dup_time (frame);
  g_autofree char *caption = quarry_frame_cell_dup_caption (frame);
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, frame->id);
  g_autoptr(GString) stars = g_string_new (NULL);
  int row = 0;

  gtk_label_set_text (self->title, caption);
  add_fact (self, row++, _("Scene"), frame->scene_name);
  if (frame->stamp_ns != QUARRY_NO_TIME)
    {
      g_autofree char *date = quarry_format_date (frame->stamp_ns);

      add_fact (self, row++, _("Date"), date);
      add_fact (self, row++, _("Time"), time);
    }
  add_fact (self, row++, _("Frame"), frame->key);
  add_fact (self, row++, _("Id"), id);
  for (int i = 0; i < 5; i++)
    g_string_append (stars, i < frame->rating ? "★" : "☆");
  add_fact (self, row++, _("Rating"), stars->str);
  if (frame->flag != 0)
    add_fact (self, row++, _("Flag"), frame->flag > 0 ? _("Picked") : _("Rejected"));
}

static void
show_selection_facts (QuarryInspector *self, const QuarryFacts *facts)
{
  g_autofree char *title = quarry_format_frames (facts->n);

  gtk_label_set_text (self->title, title);
  if (facts->n <= QUARRY_FACTS_MOST)
    {
      g_autofree char *labels = quarry_format_count (facts->n_labels);

      add_fact (self, 0, _("Labels"), labels);
    }
}

typedef struct
{
  GArray *frames;
  char   *tag;
} Untag;

static void
untag_free (gpointer data)
{
  Untag *untag = data;

  g_array_unref (untag->frames);
  g_free (untag->tag);
  g_free (untag);
}

static gboolean
untag_in_thread (QuarryCatalog *catalog, gpointer data, char **what, GError **error)
{
  const Untag *untag = data;
  const char * const remove[] = { untag->tag, NULL };

  return quarry_catalog_tag (catalog, untag->frames, NULL, remove, error);
}

static void
chip_removed_cb (QuarryTagChip *chip, gpointer user_data)
{
  QuarryInspector *self = user_data;
  g_autofree char *frames = self->shown->frame != NULL ? quarry_frame_cell_dup_time (self->shown->frame) : quarry_format_frames (self->shown->n);
  g_autofree char *what = g_strdup_printf (_("Removed “%s” from %s"), quarry_tag_chip_get_name (chip), frames);
  Untag *untag = g_new0 (Untag, 1);

  *untag = (Untag) { g_array_ref (self->shown->ids), g_strdup (quarry_tag_chip_get_name (chip)) };
  quarry_session_edit (self->session, what, untag_in_thread, untag, untag_free);
}

static void
show_tags (QuarryInspector *self, const QuarryFacts *facts)
{
  const gboolean known = facts->n <= QUARRY_FACTS_MOST;

  gtk_widget_set_visible (self->tags_heading, known);
  gtk_widget_set_visible (GTK_WIDGET (self->tags), known && facts->tags->len > 0);
  for (guint i = 0; i < facts->tags->len; i++)
    {
      const QuarryFactsRow *row = g_ptr_array_index (facts->tags, i);
      const QuarryFacetRow *tag = quarry_facets_find (quarry_session_get_facets (self->session), QUARRY_FACET_TAG, row->name);
      GtkWidget *chip = quarry_tag_chip_new (row->name, tag != NULL ? tag->color : NULL);

      if (row->n < facts->n)
        {
          g_autofree char *tooltip = g_strdup_printf (_("%u of %u frames"), row->n, facts->n);

          gtk_widget_set_tooltip_text (chip, tooltip);
          gtk_widget_add_css_class (chip, "some");
        }
      g_signal_connect_object (chip, "removed", G_CALLBACK (chip_removed_cb), self, 0);
      gtk_flow_box_append (self->tags, chip);
      gtk_widget_set_focusable (gtk_widget_get_parent (chip), FALSE);
    }
}

/* Dot or nothing, name, count at the right; a fainter line below */
static GtkWidget *
make_line (const char *color, gboolean with_dot, const char *name, const char *value, const char *below)
{
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *label = gtk_label_new (name);
  GtkWidget *right = gtk_label_new (value);

  gtk_grid_set_column_spacing (GTK_GRID (grid), 8);
  if (with_dot)
    gtk_grid_attach (GTK_GRID (grid), quarry_tag_dot_new (color), 0, 0, 1, 1);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_grid_attach (GTK_GRID (grid), label, 1, 0, 1, 1);
  gtk_widget_add_css_class (right, "numeric");
  gtk_widget_add_css_class (right, "dim-label");
  gtk_grid_attach (GTK_GRID (grid), right, 2, 0, 1, 1);
  if (below != NULL)
    {
      GtkWidget *faint = gtk_label_new (below);

      gtk_label_set_xalign (GTK_LABEL (faint), 0);
      gtk_label_set_ellipsize (GTK_LABEL (faint), PANGO_ELLIPSIZE_MIDDLE);
      gtk_widget_set_tooltip_text (faint, below);
      gtk_widget_add_css_class (faint, "dim-label");
      gtk_widget_add_css_class (faint, "caption");
      gtk_grid_attach (GTK_GRID (grid), faint, 1, 1, 2, 1);
    }
  return grid;
}

/* The sets of all classes where they are the same, else NULL: then each class tells its own */
static const char *
find_common_sets (const QuarryFacts *facts)
{
  const char *sets = NULL;

  for (guint i = 0; i < facts->classes->len; i++)
    {
      const QuarryFactsRow *row = g_ptr_array_index (facts->classes, i);

      if (i > 0 && g_strcmp0 (sets, row->sets) != 0)
        return NULL;
      sets = row->sets;
    }
  return sets;
}

static void
show_labels (QuarryInspector *self, const QuarryFacts *facts)
{
  const char *common = find_common_sets (facts);
  g_autofree char *count = quarry_format_count (facts->n_labels);
  g_autofree char *heading = g_strdup_printf (_("Labels · %s"), count);
  const gboolean one = facts->frame != NULL;

  gtk_label_set_text (self->labels_heading, facts->n_labels > 0 ? heading : _("No Labels"));
  gtk_widget_set_visible (GTK_WIDGET (self->labels_heading), one);
  gtk_widget_set_visible (GTK_WIDGET (self->labels), one && facts->classes->len > 0);
  gtk_label_set_text (self->labels_sets, common != NULL ? common : "");
  gtk_widget_set_visible (GTK_WIDGET (self->labels_sets), one && common != NULL);
  for (guint i = 0; i < facts->classes->len; i++)
    {
      const QuarryFactsRow *row = g_ptr_array_index (facts->classes, i);
      g_autofree char *n = quarry_format_count (row->n);

      gtk_box_append (self->labels, make_line (row->color, TRUE, row->name, n, common == NULL ? row->sets : NULL));
    }
}

static void
show_media (QuarryInspector *self, const QuarryFacts *facts)
{
  gtk_widget_set_visible (self->media_heading, facts->media != NULL && facts->media->len > 0);
  for (guint i = 0; facts->media != NULL && i < facts->media->len; i++)
    {
      const QuarryMedia *media = g_ptr_array_index (facts->media, i);
      g_autofree char *base = g_path_get_basename (media->uri);
      g_autofree char *points = quarry_format_count (media->n_points);
      g_autofree char *size = media->kind == QUARRY_SENSOR_CAMERA
        ? g_strdup_printf ("%d × %d", media->width, media->height)
        : g_strdup_printf (ngettext ("%s point", "%s points", (gulong) media->n_points), points);
      GtkWidget *line = make_line (NULL, FALSE, media->sensor_name, size, base);

      gtk_widget_set_tooltip_text (line, media->uri);
      gtk_box_append (self->media, line);
    }
}

static void
show_health (QuarryInspector *self, const QuarryFacts *facts)
{
  const gboolean one = facts->measures != NULL && facts->media != NULL && facts->media->len > 0;

  gtk_widget_set_visible (self->health_heading, one);
  gtk_widget_set_visible (self->health_missing, one && facts->measures->len == 0);
  gtk_widget_set_visible (GTK_WIDGET (self->health), one && facts->measures->len > 0);
  quarry_health_list_set (self->health, facts->measures);
}

static void
show (QuarryInspector *self, QuarryFacts *take_facts)
{
  g_clear_pointer (&self->shown, quarry_facts_free);
  self->shown = take_facts;
  remove_children (GTK_WIDGET (self->facts));
  remove_children (GTK_WIDGET (self->tags));
  remove_children (GTK_WIDGET (self->labels));
  remove_children (GTK_WIDGET (self->media));
  gtk_stack_set_visible_child_name (self->states, take_facts != NULL ? "facts" : "nothing");
  if (take_facts == NULL)
    return;
  if (take_facts->frame != NULL)
    show_frame_facts (self, take_facts->frame);
  else
    show_selection_facts (self, take_facts);
  show_tags (self, take_facts);
  show_labels (self, take_facts);
  show_media (self, take_facts);
  show_health (self, take_facts);
}

/* A number was clicked: frames of the query that are like this, or all where it is clicked again */
static void
health_cb (QuarryHealthList *list, const char *term, gpointer user_data)
{
  QuarryInspector *self = user_data;
  g_autofree char *text = quarry_query_toggle_term (quarry_session_get_query_text (self->session), QUARRY_FIELD_MEASURE, term, FALSE);

  quarry_session_set_query_text (self->session, text);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-frames", NULL);
}

/* --- reading --- */

typedef struct
{
  QuarryCatalog *catalog;
  GArray        *ids;
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  g_object_unref (wish->catalog);
  g_array_unref (wish->ids);
  g_free (wish);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Wish *wish = task_data;
  g_autoptr(GError) error = NULL;
  QuarryFacts *facts = quarry_facts_read (wish->catalog, wish->ids, cancellable, &error);

  if (facts == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, facts, (GDestroyNotify) quarry_facts_free);
}

static void
read_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(QuarryInspector) self = user_data;
  QuarryFacts *facts = g_task_propagate_pointer (G_TASK (result), NULL);

  if (g_task_get_cancellable (G_TASK (result)) != self->running || self->session == NULL)
    {
      g_clear_pointer (&facts, quarry_facts_free);
      return;
    }
  g_clear_object (&self->running);
  show (self, facts);       /* a frame that is gone shows nothing */
}

static gboolean
wish_cb (gpointer user_data)
{
  QuarryInspector *self = user_data;
  QuarrySelectionModel *selection = quarry_session_get_selection (self->session);
  const QuarryId current = quarry_session_get_current_frame (self->session);
  const guint n = self->follows_frame ? current != 0 : quarry_selection_model_get_n_selected (selection);
  g_autoptr(GArray) ids = NULL;
  g_autoptr(GTask) task = NULL;
  Wish *wish = NULL;

  self->wish_source = 0;
  if (self->running != NULL)
    g_cancellable_cancel (self->running);
  g_clear_object (&self->running);
  if (n > QUARRY_FACTS_MOST || n == 0)
    {
      show (self, n > 0 ? quarry_facts_new_many (n) : NULL);
      return G_SOURCE_REMOVE;
    }
  ids = self->follows_frame ? g_array_new (FALSE, FALSE, sizeof (QuarryId)) : quarry_selection_model_dup_ids (selection);
  if (self->follows_frame)
    g_array_append_val (ids, current);
  self->running = g_cancellable_new ();
  wish = g_new0 (Wish, 1);
  *wish = (Wish) { g_object_ref (quarry_session_get_catalog (self->session)), g_steal_pointer (&ids) };
  task = g_task_new (NULL, self->running, read_done_cb, g_object_ref (self));
  g_task_set_source_tag (task, wish_cb);
  g_task_set_task_data (task, wish, wish_free);
  quarry_session_run_task (self->session, task, read_in_thread);
  return G_SOURCE_REMOVE;
}

static void
queue_wish (QuarryInspector *self)
{
  if (self->wish_source == 0)
    self->wish_source = g_timeout_add (30, wish_cb, self);       /* rubber bands and held arrows change it often */
}

static void
selection_changed_cb (GtkSelectionModel *selection, guint position, guint n_items, gpointer user_data)
{
  queue_wish (user_data);
}

static void
selection_cb (QuarrySession *session, GParamSpec *pspec, gpointer user_data)
{
  QuarryInspector *self = user_data;

  g_signal_group_set_target (self->selection, quarry_session_get_selection (session));
  queue_wish (self);
}

static void
current_cb (QuarrySession *session, GParamSpec *pspec, gpointer user_data)
{
  if (QUARRY_INSPECTOR (user_data)->follows_frame)
    queue_wish (user_data);
}

static void
changed_cb (QuarrySession *session, gpointer user_data)
{
  queue_wish (user_data);
}

/* --- the object --- */

static void
quarry_inspector_dispose (GObject *object)
{
  QuarryInspector *self = QUARRY_INSPECTOR (object);
  GtkWidget *child = NULL;

  g_clear_handle_id (&self->wish_source, g_source_remove);
  if (self->running != NULL)
    g_cancellable_cancel (self->running);
  g_clear_object (&self->running);
  g_clear_object (&self->selection);
  g_clear_pointer (&self->shown, quarry_facts_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), QUARRY_TYPE_INSPECTOR);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (quarry_inspector_parent_class)->dispose (object);
}

static void
quarry_inspector_class_init (QuarryInspectorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = quarry_inspector_dispose;
  g_type_ensure (QUARRY_TYPE_HEALTH_LIST);
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-inspector.ui");
  gtk_widget_class_bind_template_child (widget_class, QuarryInspector, states);
  gtk_widget_class_bind_template_child (widget_class, QuarryInspector, title);
  gtk_widget_class_bind_template_child (widget_class, QuarryInspector, facts);
  gtk_widget_class_bind_template_child (widget_class, QuarryInspector, tags_heading);
  gtk_widget_class_bind_template_child (widget_class, QuarryInspector, tags);
  gtk_widget_class_bind_template_child (widget_class, QuarryInspector, labels_heading);
  gtk_widget_class_bind_template_child (widget_class, QuarryInspector, labels_sets);
  gtk_widget_class_bind_template_child (widget_class, QuarryInspector, labels);
  gtk_widget_class_bind_template_child (widget_class, QuarryInspector, media_heading);
  gtk_widget_class_bind_template_child (widget_class, QuarryInspector, media);
  gtk_widget_class_bind_template_child (widget_class, QuarryInspector, health_heading);
  gtk_widget_class_bind_template_child (widget_class, QuarryInspector, health_missing);
  gtk_widget_class_bind_template_child (widget_class, QuarryInspector, health);
  gtk_widget_class_bind_template_callback (widget_class, health_cb);
}

static void
quarry_inspector_init (QuarryInspector *self)
{
  self->selection = g_signal_group_new (QUARRY_TYPE_SELECTION_MODEL);
  g_signal_group_connect_object (self->selection, "selection-changed", G_CALLBACK (selection_changed_cb), self, 0);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
quarry_inspector_new (QuarrySession *session)
{
  QuarryInspector *self = g_object_new (QUARRY_TYPE_INSPECTOR, NULL);

  quarry_inspector_set_session (self, session);
  return GTK_WIDGET (self);
}

void
quarry_inspector_set_session (QuarryInspector *self, QuarrySession *session)
{
  g_return_if_fail (QUARRY_IS_INSPECTOR (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::selection", G_CALLBACK (selection_cb), self, 0);
  g_signal_connect_object (session, "notify::current-frame", G_CALLBACK (current_cb), self, 0);
  g_signal_connect_object (session, "changed", G_CALLBACK (changed_cb), self, 0);
  selection_cb (session, NULL, self);
}

void
quarry_inspector_set_follows_frame (QuarryInspector *self, gboolean follows)
{
  g_return_if_fail (QUARRY_IS_INSPECTOR (self));
  if (self->follows_frame == follows)
    return;
  self->follows_frame = follows;
  queue_wish (self);
}

/* Labels of a widget and what is in it, depth first */
static void
collect_text (GtkWidget *widget, GString *text)
{
  if (!gtk_widget_get_visible (widget))
    return;
  if (GTK_IS_LABEL (widget) && *gtk_label_get_text (GTK_LABEL (widget)) != '\0')
    g_string_append_printf (text, "%s\n", gtk_label_get_text (GTK_LABEL (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    collect_text (child, text);
}

char *
quarry_inspector_dup_text (QuarryInspector *self)
{
  g_autoptr(GString) text = g_string_new (NULL);

  g_return_val_if_fail (QUARRY_IS_INSPECTOR (self), NULL);
  collect_text (gtk_stack_get_visible_child (self->states), text);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
