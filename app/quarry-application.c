/* quarry-application.c: the program with a window
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * One process a catalog window (not unique: two catalogs may be open at a time, WAL lets programs share one).
 */

#include "config.h"
#include "quarry-application.h"
#include "quarry-window.h"

#include <glib/gi18n.h>

struct _QuarryApplication
{
  AdwApplication  parent_instance;
  char           *catalog_path;
  QuarryCatalog  *catalog;
  QuarrySession  *session;
  gboolean        failed;       /* the catalog did not open */
};

G_DEFINE_FINAL_TYPE (QuarryApplication, quarry_application, ADW_TYPE_APPLICATION)

/* A window that says why there is no other */
static GtkWindow *
failure_window (QuarryApplication *self, const GError *error)
{
  GtkWidget *window = adw_application_window_new (GTK_APPLICATION (self));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *page = adw_status_page_new ();
  g_autofree char *description = g_markup_escape_text (error->message, -1);

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "dialog-error-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), _("The Catalog Cannot Be Opened"));
  adw_status_page_set_description (ADW_STATUS_PAGE (page), description);
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), page);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  gtk_window_set_title (GTK_WINDOW (window), _("Quarry"));
  gtk_window_set_default_size (GTK_WINDOW (window), 640, 480);
  return GTK_WINDOW (window);
}

static GtkWindow *
make_window (QuarryApplication *self)
{
  g_autoptr(GError) error = NULL;

  self->catalog = quarry_catalog_open (self->catalog_path, &error);
  if (self->catalog == NULL)
    {
      self->failed = TRUE;
      g_printerr ("quarry: %s\n", error->message);
      return failure_window (self, error);
    }
  self->session = quarry_session_new (self->catalog);
  return GTK_WINDOW (quarry_window_new (GTK_APPLICATION (self), self->session));
}

static void
quarry_application_activate (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window == NULL)
    window = make_window (QUARRY_APPLICATION (application));
  gtk_window_present (window);
}

static void
add_accels (GtkApplication *application)
{
  static const struct { const char *action; const char *accels[4]; } accels[] = {
    { "window.close", { "<Control>w", NULL } },
    { "app.quit", { "<Control>q", NULL } },
    { "win.import", { "<Control>o", NULL } },
    { "win.shortcuts", { "<Control>question", NULL } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (application, accels[i].action, accels[i].accels);
}

static void
quit_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  GtkWindow *window = NULL;

  while ((window = gtk_application_get_active_window (user_data)) != NULL)
    gtk_window_destroy (window);
}

static void
quarry_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { "quit", quit_cb, NULL, NULL, NULL, { 0 } },
  };

  G_APPLICATION_CLASS (quarry_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (QUARRY_APP_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries), application);
  add_accels (GTK_APPLICATION (application));
}

static void
quarry_application_shutdown (GApplication *application)
{
  QuarryApplication *self = QUARRY_APPLICATION (application);
  g_autoptr(GError) error = NULL;

  if (self->session != NULL)
    quarry_session_close (self->session);
  g_clear_object (&self->session);
  if (self->catalog != NULL && !quarry_catalog_close (self->catalog, &error))
    g_printerr ("quarry: %s\n", error->message);
  g_clear_object (&self->catalog);
  G_APPLICATION_CLASS (quarry_application_parent_class)->shutdown (application);
}

static void
quarry_application_finalize (GObject *object)
{
  QuarryApplication *self = QUARRY_APPLICATION (object);

  g_free (self->catalog_path);
  G_OBJECT_CLASS (quarry_application_parent_class)->finalize (object);
}

static void
quarry_application_class_init (QuarryApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = quarry_application_finalize;
  application_class->activate = quarry_application_activate;
  application_class->startup = quarry_application_startup;
  application_class->shutdown = quarry_application_shutdown;
}

static void
quarry_application_init (QuarryApplication *self)
{
}

QuarryApplication *
quarry_application_new (const char *catalog_path)
{
  QuarryApplication *self = g_object_new (QUARRY_TYPE_APPLICATION, "application-id", QUARRY_APP_ID,
                                          "flags", G_APPLICATION_NON_UNIQUE,
                                          "resource-base-path", "/dev/quarry/Quarry", NULL);

  self->catalog_path = g_strdup (catalog_path);
  return self;
}

int
quarry_application_run (const char *catalog_path, int argc, char **argv)
{
  g_autoptr(QuarryApplication) application = quarry_application_new (catalog_path);
  int code = g_application_run (G_APPLICATION (application), argc > 0 ? 1 : 0, argv);

  return application->failed ? 1 : code;
}
