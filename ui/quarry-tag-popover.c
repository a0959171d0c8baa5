/* quarry-tag-popover.c: a tag or a dataset for some frames: a name typed or picked
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-tag-popover.h"
#include "quarry-tag-chip.h"

#include <glib/gi18n.h>
#include <string.h>

#define MOST 8      /* rows offered */

struct _QuarryTagPopover
{
  GtkPopover     parent_instance;
  QuarrySession *session;
  QuarryFacet    facet;
  GtkEntry      *entry;
  GtkListBox    *list;
  GtkLabel      *hint;
};

enum { CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];
G_DEFINE_FINAL_TYPE (QuarryTagPopover, quarry_tag_popover, GTK_TYPE_POPOVER)

/* What is typed without the "-" in front */
static char *
dup_typed (QuarryTagPopover *self, gboolean *out_minus)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));

  *out_minus = self->facet == QUARRY_FACET_TAG && *text == '-';
  return g_strstrip (g_strdup (*out_minus ? text + 1 : text));
}

static void
append_row (QuarryTagPopover *self, const char *name, const char *color, gboolean is_new)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  g_autofree char *text = is_new ? g_strdup_printf (_("New “%s”"), name) : g_strdup (name);
  GtkWidget *label = gtk_label_new (text);

  if (!is_new && self->facet == QUARRY_FACET_TAG)
    gtk_box_append (GTK_BOX (box), quarry_tag_dot_new (color));
  else
    gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (is_new ? "list-add-symbolic" : "folder-symbolic"));
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 32);
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data_full (G_OBJECT (row), "quarry-name", g_strdup (name), g_free);
  gtk_list_box_append (self->list, row);
}

/* Rows that begin with @folded, or those that have it inside */
static void
append_matches (QuarryTagPopover *self, const char *folded, const QuarryFacetRow *exact, gboolean at_start, guint *n)
{
  GPtrArray *rows = quarry_facets_get (quarry_session_get_facets (self->session), self->facet);

  for (guint i = 0; i < rows->len && *n < MOST; i++)
    {
      const QuarryFacetRow *row = g_ptr_array_index (rows, i);
      g_autofree char *name = g_utf8_casefold (row->name, -1);
      const char *found = strstr (name, folded);

      if (row == exact || found == NULL || (found == name) != at_start)
        continue;
      append_row (self, row->name, row->color, FALSE);
      (*n)++;
    }
}

static void
fill (QuarryTagPopover *self)
{
  gboolean minus;
  g_autofree char *typed = dup_typed (self, &minus);
  g_autofree char *folded = g_utf8_casefold (typed, -1);
  const QuarryFacetRow *exact = quarry_facets_find (quarry_session_get_facets (self->session), self->facet, typed);
  GtkWidget *child = NULL;
  guint n = 0;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, child);
  if (exact != NULL)
    append_row (self, exact->name, exact->color, FALSE);
  n = exact != NULL;
  append_matches (self, folded, exact, TRUE, &n);
  append_matches (self, folded, exact, FALSE, &n);
  if (*typed != '\0' && exact == NULL && !minus)
    append_row (self, typed, NULL, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->list), gtk_widget_get_first_child (GTK_WIDGET (self->list)) != NULL);
  if (*typed != '\0')
    gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
}

static void
choose (QuarryTagPopover *self, GtkListBoxRow *row)
{
  gboolean minus;
  g_autofree char *typed = dup_typed (self, &minus);
  g_autofree char *name = g_strdup (row != NULL ? g_object_get_data (G_OBJECT (row), "quarry-name") : typed);
  g_autofree char *chosen = g_strconcat (minus ? "-" : "", name, NULL);

  if (*name == '\0')
    return;
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[CHOSEN], 0, chosen);
}

/* Enter means what is typed where it is a name or the row chosen by the arrows says otherwise */
void
quarry_tag_popover_accept (QuarryTagPopover *self)
{
  g_return_if_fail (QUARRY_IS_TAG_POPOVER (self));
  choose (self, gtk_list_box_get_selected_row (self->list));
}

static void
changed_cb (GtkEditable *editable, gpointer user_data)
{
  fill (user_data);
}

static void
activate_cb (GtkEntry *entry, gpointer user_data)
{
  quarry_tag_popover_accept (user_data);
}

static void
row_activated_cb (GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  choose (user_data, row);
}

static gboolean
key_cb (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, gpointer user_data)
{
  QuarryTagPopover *self = user_data;
  GtkListBoxRow *selected = gtk_list_box_get_selected_row (self->list);
  const int index = selected != NULL ? gtk_list_box_row_get_index (selected) : -1;
  GtkListBoxRow *next = NULL;

  if (keyval == GDK_KEY_Down)
    next = gtk_list_box_get_row_at_index (self->list, index + 1);
  else if (keyval == GDK_KEY_Up && index > 0)
    next = gtk_list_box_get_row_at_index (self->list, index - 1);
  else
    return GDK_EVENT_PROPAGATE;
  if (next != NULL)
    gtk_list_box_select_row (self->list, next);
  return GDK_EVENT_STOP;
}

static void
quarry_tag_popover_show (GtkWidget *widget)
{
  QuarryTagPopover *self = QUARRY_TAG_POPOVER (widget);

  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  fill (self);
  GTK_WIDGET_CLASS (quarry_tag_popover_parent_class)->show (widget);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
quarry_tag_popover_dispose (GObject *object)
{
  QuarryTagPopover *self = QUARRY_TAG_POPOVER (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), QUARRY_TYPE_TAG_POPOVER);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (quarry_tag_popover_parent_class)->dispose (object);
}

static void
quarry_tag_popover_class_init (QuarryTagPopoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = quarry_tag_popover_dispose;
  widget_class->show = quarry_tag_popover_show;
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-tag-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, QuarryTagPopover, entry);
  gtk_widget_class_bind_template_child (widget_class, QuarryTagPopover, list);
  gtk_widget_class_bind_template_child (widget_class, QuarryTagPopover, hint);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
quarry_tag_popover_init (QuarryTagPopover *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
}

GtkWidget *
quarry_tag_popover_new (QuarrySession *session, QuarryFacet facet)
{
  QuarryTagPopover *self = g_object_new (QUARRY_TYPE_TAG_POPOVER, NULL);
  const gboolean tag = facet == QUARRY_FACET_TAG;

  self->session = g_object_ref (session);
  self->facet = facet;
  gtk_entry_set_placeholder_text (self->entry, tag ? _("Tag…") : _("Dataset…"));
  gtk_label_set_text (self->hint, tag ? _("Enter adds; -name takes it away") : _("Enter adds the frames; a new name makes a dataset"));
  return GTK_WIDGET (self);
}

void
quarry_tag_popover_set_text (QuarryTagPopover *self, const char *text)
{
  g_return_if_fail (QUARRY_IS_TAG_POPOVER (self));
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
}

guint
quarry_tag_popover_get_n (QuarryTagPopover *self)
{
  guint n = 0;

  g_return_val_if_fail (QUARRY_IS_TAG_POPOVER (self), 0);
  while (gtk_list_box_get_row_at_index (self->list, (int) n) != NULL)
    n++;
  return n;
}
