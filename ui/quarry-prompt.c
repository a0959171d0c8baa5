/* quarry-prompt.c: one question with one line to answer it
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The answer goes where a key or a menu would send it too: to an action of the widget that asks.
 */

#include "config.h"
#include "quarry-prompt.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef struct
{
  GtkWidget   *widget;     /* weak */
  GtkEditable *entry;      /* of the dialog */
  char        *action;
  gboolean     may_be_empty;
} Asking;

static void
asking_free (gpointer data, GClosure *closure)
{
  Asking *asking = data;

  g_clear_weak_pointer (&asking->widget);
  g_free (asking->action);
  g_free (asking);
}

static char *
dup_answer (GtkEditable *entry)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (entry)));
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  Asking *asking = user_data;
  g_autofree char *answer = dup_answer (asking->entry);

  if (g_str_equal (response, "accept") && asking->widget != NULL && (asking->may_be_empty || *answer != '\0'))
    gtk_widget_activate_action (asking->widget, asking->action, "s", answer);
}

static void
changed_cb (GtkEditable *entry, AdwMessageDialog *dialog)
{
  g_autofree char *answer = dup_answer (entry);

  adw_message_dialog_set_response_enabled (dialog, "accept",
                                           *answer != '\0' || g_object_get_data (G_OBJECT (entry), "may-be-empty") != NULL);
}

/**
 * quarry_prompt_present:
 * @widget: who asks; @prompt's action is found from it. Nothing happens when it is gone by then
 *
 * Returns: (transfer none): the dialog, which is shown
 */
GtkWidget *
quarry_prompt_present (GtkWidget          *widget,
                       const QuarryPrompt *prompt)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, prompt->heading, prompt->body);
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *row = adw_entry_row_new ();
  Asking *asking = g_new0 (Asking, 1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), prompt->label);
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (row), TRUE);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), group);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "accept", prompt->accept, NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "accept", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "accept");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");

  g_set_weak_pointer (&asking->widget, widget);
  asking->entry = GTK_EDITABLE (row);
  asking->action = g_strdup (prompt->action);
  asking->may_be_empty = prompt->may_be_empty;
  g_object_set_data (G_OBJECT (row), "may-be-empty", GINT_TO_POINTER (prompt->may_be_empty));
  g_signal_connect (row, "changed", G_CALLBACK (changed_cb), dialog);
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), asking, asking_free, 0);
  gtk_editable_set_text (GTK_EDITABLE (row), prompt->text != NULL ? prompt->text : "");
  changed_cb (GTK_EDITABLE (row), ADW_MESSAGE_DIALOG (dialog));
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (row);
  return dialog;
}
