/* quarry-account-dialog.c: one more account of an annotation vendor
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The secret goes from the entry to the Secret Service and nowhere else; where there is none, it stays in the environment.
 */

#include "config.h"
#include "quarry-account-dialog.h"
#include "quarry-ui-resources.h"
#include "quarry-vendor.h"

#include <glib/gi18n.h>

struct _QuarryAccountDialog
{
  AdwWindow       parent_instance;
  QuarrySession  *session;
  gboolean        busy;

  AdwComboRow    *vendor;
  GtkEditable    *name;
  GtkEditable    *url;
  GtkEditable    *secret;
  GtkLabel       *hint;
  GtkLabel       *verdict;
  GtkSpinner     *spinner;
};

G_DEFINE_FINAL_TYPE (QuarryAccountDialog, quarry_account_dialog, ADW_TYPE_WINDOW)

typedef struct
{
  QuarryCatalog *catalog;
  QuarryAccount  account;      /* strings owned */
  char          *secret;       /* empty: from the environment */
  char          *who;          /* written by the worker */
} Entry;

static void
entry_clear (gpointer data)
{
  Entry *entry = data;

  g_object_unref (entry->catalog);
  g_free (entry->account.name);
  g_free (entry->account.vendor);
  g_free (entry->account.url);
  g_free (entry->secret);
  g_free (entry->who);
}

static void
entry_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, entry_clear);
}

static gboolean
test_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  Entry *entry = data;
  GCancellable *cancellable = quarry_operation_get_cancellable (operation);
  g_autofree char *secret = *entry->secret != '\0' ? g_strdup (entry->secret) :
                                                     quarry_secret_lookup (entry->account.name, cancellable, error);
  g_autoptr(QuarryVendor) vendor = secret != NULL ? quarry_vendor_new (&entry->account, secret, error) : NULL;

  return vendor != NULL && QUARRY_VENDOR_GET_IFACE (vendor)->test (vendor, &entry->who, cancellable, error);
}

/* The secret first: an account without one is of no use, and a second try must not find its name taken */
static gboolean
save_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  Entry *entry = data;

  if (*entry->secret != '\0' &&
      !quarry_secret_store (entry->account.name, entry->secret, quarry_operation_get_cancellable (operation), error))
    return FALSE;
  return quarry_catalog_add_account (entry->catalog, entry->account.name, entry->account.vendor, entry->account.url, "{}", error) != 0;
}

static char *
dup_text (GtkEditable *editable)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (editable)));
}

static void
update (QuarryAccountDialog *self)
{
  g_autofree char *name = dup_text (self->name);
  g_autofree char *url = dup_text (self->url);
  g_autofree char *variable = quarry_secret_variable (*name != '\0' ? name : "NAME");
  g_autofree char *hint = g_strdup_printf (_("Kept in the Secret Service, never in the catalog. Where there is none, leave it "
                                             "empty and set %s in the environment."), variable);
  const gboolean complete = *name != '\0' && *url != '\0' && !self->busy;

  gtk_label_set_text (self->hint, hint);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "account.test", complete);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "account.save", complete);
  gtk_spinner_set_spinning (self->spinner, self->busy);
}

static void
show_verdict (QuarryAccountDialog *self, const char *text, const char *style)
{
  const char *classes[] = { style, NULL };

  gtk_label_set_text (self->verdict, text);
  gtk_widget_set_css_classes (GTK_WIDGET (self->verdict), classes);
  gtk_widget_set_visible (GTK_WIDGET (self->verdict), TRUE);
}

static void
state_cb (QuarryOperation *operation, GParamSpec *pspec, QuarryAccountDialog *self)
{
  const Entry *entry = g_object_get_data (G_OBJECT (operation), "entry");
  const QuarryOperationState state = quarry_operation_get_state (operation);
  g_autofree char *text = NULL;

  if (state <= QUARRY_OPERATION_RUNNING)
    return;
  self->busy = FALSE;
  update (self);
  if (state == QUARRY_OPERATION_FAILED)
    show_verdict (self, quarry_operation_get_error (operation)->message, "error");
  else if (state == QUARRY_OPERATION_DONE && g_object_get_data (G_OBJECT (operation), "saves") != NULL)
    gtk_window_close (GTK_WINDOW (self));
  else if (state == QUARRY_OPERATION_DONE)
    {
      text = entry->who != NULL ? g_strdup_printf (_("Works, as %s"), entry->who) : g_strdup (_("Works"));
      show_verdict (self, text, "success");
    }
}

static void
start (QuarryAccountDialog *self, const char *title, QuarryOperationFunc func, gboolean saves)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new (title);
  Entry *entry = g_atomic_rc_box_new0 (Entry);
  gsize n_vendors = 0;
  const QuarryVendorEntry *vendors = quarry_vendor_list (&n_vendors);
  const guint selected = adw_combo_row_get_selected (self->vendor);

  entry->catalog = g_object_ref (quarry_session_get_catalog (self->session));
  entry->account.name = dup_text (self->name);
  entry->account.url = dup_text (self->url);
  entry->account.vendor = g_strdup (selected < n_vendors ? vendors[selected].id : "");
  entry->secret = dup_text (self->secret);
  self->busy = TRUE;
  gtk_widget_set_visible (GTK_WIDGET (self->verdict), FALSE);
  update (self);
  g_object_set_data (G_OBJECT (operation), "saves", GINT_TO_POINTER (saves));
  g_object_set_data_full (G_OBJECT (operation), "entry", g_atomic_rc_box_acquire (entry), entry_unref);
  g_signal_connect_object (operation, "notify::state", G_CALLBACK (state_cb), self, 0);
  quarry_session_run (self->session, operation, func, entry, entry_unref);
}

static void
test_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  start (QUARRY_ACCOUNT_DIALOG (widget), _("Test account"), test_in_thread, FALSE);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  start (QUARRY_ACCOUNT_DIALOG (widget), _("Add account"), save_in_thread, TRUE);
}

static void
quarry_account_dialog_dispose (GObject *object)
{
  g_clear_object (&QUARRY_ACCOUNT_DIALOG (object)->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), QUARRY_TYPE_ACCOUNT_DIALOG);
  G_OBJECT_CLASS (quarry_account_dialog_parent_class)->dispose (object);
}

static void
quarry_account_dialog_class_init (QuarryAccountDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = quarry_account_dialog_dispose;
  g_resources_register (quarry_ui_get_resource ());
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-account-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, QuarryAccountDialog, vendor);
  gtk_widget_class_bind_template_child (widget_class, QuarryAccountDialog, name);
  gtk_widget_class_bind_template_child (widget_class, QuarryAccountDialog, url);
  gtk_widget_class_bind_template_child (widget_class, QuarryAccountDialog, secret);
  gtk_widget_class_bind_template_child (widget_class, QuarryAccountDialog, hint);
  gtk_widget_class_bind_template_child (widget_class, QuarryAccountDialog, verdict);
  gtk_widget_class_bind_template_child (widget_class, QuarryAccountDialog, spinner);
  gtk_widget_class_install_action (widget_class, "account.test", NULL, test_action);
  gtk_widget_class_install_action (widget_class, "account.save", NULL, save_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
fill_vendors (QuarryAccountDialog *self)
{
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);
  gsize n = 0;
  const QuarryVendorEntry *vendors = quarry_vendor_list (&n);

  for (gsize i = 0; i < n; i++)
    gtk_string_list_append (names, quarry_vendor_get_title (vendors[i].id));
  adw_combo_row_set_model (self->vendor, G_LIST_MODEL (names));
}

static void
quarry_account_dialog_init (QuarryAccountDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  fill_vendors (self);
  g_signal_connect_object (self->name, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->url, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

/**
 * quarry_account_dialog_present:
 *
 * Returns: (transfer none): the dialog, which is shown
 */
GtkWidget *
quarry_account_dialog_present (QuarrySession *session,
                               GtkWindow     *parent)
{
  QuarryAccountDialog *self = NULL;

  g_return_val_if_fail (QUARRY_IS_SESSION (session), NULL);

  self = g_object_new (QUARRY_TYPE_ACCOUNT_DIALOG, "transient-for", parent, NULL);
  self->session = g_object_ref (session);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
  return GTK_WIDGET (self);
}
