/* quarry-test-widget.h: what a single widget shows, can do and looks like
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-site.h"

/* A child of @widget's template by its id; the test fails where there is none */
static inline gpointer
widget_child (gpointer widget, const char *id)
{
  GObject *child = NULL;

  if (widget == NULL)
    g_error ("no widget to look for %s in", id);
  child = gtk_widget_get_template_child (widget, G_OBJECT_TYPE (widget), id);
  if (child == NULL)
    g_error ("%s has no %s", G_OBJECT_TYPE_NAME (widget), id);
  return child;
}

static inline const char *
widget_text (gpointer widget, const char *id)
{
  return gtk_label_get_text (widget_child (widget, id));
}

/* The first button below @root that does @action, nullable */
static inline GtkWidget *
widget_find_action (GtkWidget *root, const char *action)
{
  GtkWidget *found = NULL;

  if (GTK_IS_ACTIONABLE (root) && g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (root)), action) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = widget_find_action (child, action);
  return found;
}

/* Whether the button of @action can be pressed */
static inline gboolean
widget_can (GtkWidget *root, const char *action)
{
  GtkWidget *button = widget_find_action (root, action);

  g_assert_nonnull (button);
  return gtk_widget_get_sensitive (button);
}

static inline guint
widget_count (GtkWidget *root, GType type)
{
  guint n = g_type_is_a (G_OBJECT_TYPE (root), type) ? 1 : 0;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    n += widget_count (child, type);
  return n;
}

/* "first|second": the texts of a string list */
static inline char *
widget_list (GListModel *model)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; model != NULL && i < g_list_model_get_n_items (model); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "|" : "", gtk_string_list_get_string (GTK_STRING_LIST (model), i));
  return g_string_free (text, FALSE);
}

#define widget_assert_list(model, expected) G_STMT_START {   \
    g_autofree char *widget_now = widget_list (model);        \
    g_assert_cmpstr (widget_now, ==, expected);               \
  } G_STMT_END

/* What a key does on @widget itself. Returns: whether it is bound */
static inline gboolean
widget_press (GtkWidget *widget, guint keyval, GdkModifierType modifiers)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      for (guint k = 0; GTK_IS_SHORTCUT_CONTROLLER (controller) && k < g_list_model_get_n_items (G_LIST_MODEL (controller)); k++)
        {
          g_autoptr(GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), k);
          GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

          if (GTK_IS_KEYVAL_TRIGGER (trigger) && gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == keyval &&
              gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) == modifiers)
            return gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, widget, gtk_shortcut_get_arguments (shortcut));
        }
    }
  return FALSE;
}

/* Lets what is pending happen: for tests that something does not happen */
static inline void
widget_settle (guint milliseconds)
{
  const gint64 end = g_get_monotonic_time () + (gint64) milliseconds * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

/* Sets @gone when its dialog has been destroyed; the dialog is not kept */
static inline void
widget_gone_cb (GtkWidget *widget, gboolean *gone)
{
  *gone = TRUE;
}

static inline void
widget_watch (GtkWidget *dialog, gboolean *gone)
{
  *gone = FALSE;
  g_signal_connect (dialog, "destroy", G_CALLBACK (widget_gone_cb), gone);
}

/* --- pictures --- */

typedef struct
{
  int      width, height;
  guint32 *pixels;         /* 0xAARRGGBB, premultiplied, rows from the top */
} Picture;

/* @widget as it looks now, without what is behind it; it has to be mapped. Free the pixels */
static inline Picture
widget_paint (GtkWidget *widget)
{
  g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  g_autoptr(GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr(GskRenderNode) node = NULL;
  g_autoptr(GdkTexture) texture = NULL;
  Picture picture = { gtk_widget_get_width (widget), gtk_widget_get_height (widget), NULL };

  picture.pixels = g_new0 (guint32, (gsize) picture.width * (gsize) picture.height);
  gdk_paintable_snapshot (paintable, snapshot, picture.width, picture.height);
  node = gtk_snapshot_to_node (snapshot);
  if (node == NULL)
    return picture;
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (widget)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, (float) picture.width, (float) picture.height));
  gdk_texture_download (texture, (guchar *) picture.pixels, (gsize) picture.width * 4);
  return picture;
}

/* The colour at @x, @y without its alpha, nearest "#rrggbb" to @color in each channel within @tolerance */
static inline gboolean
picture_has (const Picture *picture, int x, int y, const char *color, int tolerance)
{
  const guint32 pixel = picture->pixels[y * picture->width + x];
  const guint32 wanted = (guint32) strtoul (color + 1, NULL, 16);

  for (int shift = 0; shift < 24; shift += 8)
    if (ABS ((int) (pixel >> shift & 0xff) - (int) (wanted >> shift & 0xff)) > tolerance)
      return FALSE;
  return TRUE;
}
