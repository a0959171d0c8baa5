/* quarry-query-bar.c: the line that says which frames are wanted
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Typing runs the query after a short rest. What is wrong is marked with a squiggle from its place on, and said
 * under the line: at once on Enter, after a longer rest while typing.
 */

#include "config.h"
#include "quarry-query-bar.h"

#include <glib/gi18n.h>
#include <stdio.h>

#define REST_MS    150      /* between the last key and the query */
#define PATIENCE_MS 600     /* half-typed terms are no errors yet */

struct _QuarryQueryBar
{
  GtkWidget      parent_instance;
  QuarrySession *session;
  GtkEntry      *entry;
  GtkPopover    *help;
  GtkPopover    *problem;
  GtkLabel      *message;
  guint          rest_source;
  guint          problem_source;
};

G_DEFINE_FINAL_TYPE (QuarryQueryBar, quarry_query_bar, GTK_TYPE_WIDGET)

static const char *
get_text (QuarryQueryBar *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

/* Squiggle from the place that the message names ("character 7: …") to the end */
static void
mark_error (QuarryQueryBar *self, const char *message)
{
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();
  PangoAttribute *squiggle = pango_attr_underline_new (PANGO_UNDERLINE_ERROR);
  const char *text = get_text (self);
  long character = 1;

  if (sscanf (message, "character %ld:", &character) == 1)
    character = CLAMP (character, 1, MAX (1, g_utf8_strlen (text, -1)));
  squiggle->start_index = (guint) (g_utf8_offset_to_pointer (text, character - 1) - text);
  pango_attr_list_insert (attributes, squiggle);
  gtk_entry_set_attributes (self->entry, attributes);
  gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  gtk_label_set_text (self->message, message);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE, -1);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_popover_popup (self->problem);
}

static void
clear_error (QuarryQueryBar *self)
{
  g_clear_handle_id (&self->problem_source, g_source_remove);
  gtk_entry_set_attributes (self->entry, NULL);
  gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
  gtk_label_set_text (self->message, "");
  gtk_accessible_reset_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID);
  gtk_popover_popdown (self->problem);
}

static gboolean
problem_source_cb (gpointer user_data)
{
  QuarryQueryBar *self = user_data;
  const char *error = quarry_session_get_query_error (self->session);

  self->problem_source = 0;
  if (error != NULL)
    mark_error (self, error);
  return G_SOURCE_REMOVE;
}

static void
query_error_cb (QuarrySession *session, GParamSpec *pspec, gpointer user_data)
{
  QuarryQueryBar *self = user_data;

  clear_error (self);
  if (quarry_session_get_query_error (session) != NULL)
    self->problem_source = g_timeout_add (PATIENCE_MS, problem_source_cb, self);
}

static void
apply (QuarryQueryBar *self)
{
  g_clear_handle_id (&self->rest_source, g_source_remove);
  quarry_session_set_query_text (self->session, get_text (self));
}

static gboolean
rest_cb (gpointer user_data)
{
  QuarryQueryBar *self = user_data;

  self->rest_source = 0;
  apply (self);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (GtkEditable *editable, gpointer user_data)
{
  QuarryQueryBar *self = user_data;
  const gboolean empty = *get_text (self) == '\0';

  gtk_entry_set_icon_from_icon_name (self->entry, GTK_ENTRY_ICON_SECONDARY, empty ? NULL : "edit-clear-symbolic");
  if (!empty)
    gtk_entry_set_icon_tooltip_text (self->entry, GTK_ENTRY_ICON_SECONDARY, _("Clear"));
  g_clear_handle_id (&self->rest_source, g_source_remove);
  self->rest_source = g_timeout_add (REST_MS, rest_cb, self);
}

static void
activate_cb (GtkEntry *entry, gpointer user_data)
{
  QuarryQueryBar *self = user_data;

  apply (self);
  if (quarry_session_get_query_error (self->session) != NULL)
    mark_error (self, quarry_session_get_query_error (self->session));
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.focus-page", NULL);
}

static void
icon_cb (GtkEntry *entry, GtkEntryIconPosition position, gpointer user_data)
{
  if (position != GTK_ENTRY_ICON_SECONDARY)
    return;
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  apply (user_data);
}

/* The sidebar, a bar on a page or a test changed the query */
static void
query_text_cb (QuarrySession *session, GParamSpec *pspec, gpointer user_data)
{
  QuarryQueryBar *self = user_data;
  const char *text = quarry_session_get_query_text (session);

  if (g_str_equal (text, get_text (self)))
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  g_clear_handle_id (&self->rest_source, g_source_remove);
}

static gboolean
key_cb (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, gpointer user_data)
{
  if (keyval != GDK_KEY_Escape && keyval != GDK_KEY_Down)
    return GDK_EVENT_PROPAGATE;
  gtk_widget_activate_action (user_data, "win.focus-page", NULL);
  return GDK_EVENT_STOP;
}

static gboolean
quarry_query_bar_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (QUARRY_QUERY_BAR (widget)->entry));
}

static void
quarry_query_bar_unmap (GtkWidget *widget)
{
  gtk_popover_popdown (QUARRY_QUERY_BAR (widget)->problem);
  GTK_WIDGET_CLASS (quarry_query_bar_parent_class)->unmap (widget);
}

static void
quarry_query_bar_dispose (GObject *object)
{
  QuarryQueryBar *self = QUARRY_QUERY_BAR (object);
  GtkWidget *child = NULL;

  g_clear_handle_id (&self->rest_source, g_source_remove);
  g_clear_handle_id (&self->problem_source, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), QUARRY_TYPE_QUERY_BAR);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (quarry_query_bar_parent_class)->dispose (object);
}

static void
quarry_query_bar_class_init (QuarryQueryBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = quarry_query_bar_dispose;
  widget_class->grab_focus = quarry_query_bar_grab_focus;
  widget_class->unmap = quarry_query_bar_unmap;

  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-query-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, QuarryQueryBar, entry);
  gtk_widget_class_bind_template_child (widget_class, QuarryQueryBar, help);
  gtk_widget_class_bind_template_child (widget_class, QuarryQueryBar, problem);
  gtk_widget_class_bind_template_child (widget_class, QuarryQueryBar, message);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, icon_cb);
}

static void
quarry_query_bar_init (QuarryQueryBar *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->problem), GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
}

GtkWidget *
quarry_query_bar_new (QuarrySession *session)
{
  QuarryQueryBar *self = g_object_new (QUARRY_TYPE_QUERY_BAR, NULL);

  quarry_query_bar_set_session (self, session);
  return GTK_WIDGET (self);
}

void
quarry_query_bar_set_session (QuarryQueryBar *self, QuarrySession *session)
{
  g_return_if_fail (QUARRY_IS_QUERY_BAR (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::query-text", G_CALLBACK (query_text_cb), self, 0);
  g_signal_connect_object (session, "notify::query-error", G_CALLBACK (query_error_cb), self, 0);
  query_text_cb (session, NULL, self);
}

GtkEntry *
quarry_query_bar_get_entry (QuarryQueryBar *self)
{
  g_return_val_if_fail (QUARRY_IS_QUERY_BAR (self), NULL);
  return self->entry;
}

char *
quarry_query_bar_dup_error (QuarryQueryBar *self)
{
  const char *message = NULL;

  g_return_val_if_fail (QUARRY_IS_QUERY_BAR (self), NULL);
  message = gtk_label_get_text (self->message);
  return *message != '\0' ? g_strdup (message) : NULL;
}
