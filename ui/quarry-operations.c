/* quarry-operations.c: the button that shows what is under way, and its list
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-operations.h"

#include <glib/gi18n.h>
#include <math.h>

struct _QuarryOperations
{
  GtkWidget       parent_instance;
  QuarrySession  *session;
  GtkMenuButton  *button;
  GtkPopover     *popover;
  GtkListBox     *list;
  GtkDrawingArea *pie;
  GtkLabel       *count;
};

G_DEFINE_FINAL_TYPE (QuarryOperations, quarry_operations, GTK_TYPE_WIDGET)

static GListModel *
get_model (QuarryOperations *self)
{
  return G_LIST_MODEL (quarry_session_get_operations (self->session));
}

/* Mean over what runs. Returns: how many run */
static guint
measure_running (QuarryOperations *self, double *out_fraction, gboolean *out_trouble)
{
  double sum = 0;
  guint n = 0;

  *out_trouble = FALSE;
  for (guint i = 0; i < g_list_model_get_n_items (get_model (self)); i++)
    {
      g_autoptr(QuarryOperation) operation = g_list_model_get_item (get_model (self), i);

      *out_trouble |= quarry_operation_get_state (operation) == QUARRY_OPERATION_FAILED;
      if (quarry_operation_get_state (operation) > QUARRY_OPERATION_RUNNING)
        continue;
      sum += MAX (0, quarry_operation_get_fraction (operation));
      n++;
    }
  *out_fraction = n > 0 ? sum / n : 1;
  return n;
}

static void
draw_pie (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  QuarryOperations *self = user_data;
  const double radius = MIN (width, height) / 2.0 - 1.5;
  double fraction;
  gboolean trouble;
  GdkRGBA color;

  measure_running (self, &fraction, &trouble);
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (area)), &color);
  cairo_set_line_width (cr, 3);
  color.alpha *= 0.25f;
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_arc (cr, width / 2.0, height / 2.0, radius, 0, 2 * G_PI);
  cairo_stroke (cr);
  color.alpha *= 4;
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_arc (cr, width / 2.0, height / 2.0, radius, -G_PI / 2, -G_PI / 2 + MAX (0.02, fraction) * 2 * G_PI);
  cairo_stroke (cr);
}

static void
update (QuarryOperations *self)
{
  double fraction;
  gboolean trouble;
  const guint n_running = measure_running (self, &fraction, &trouble);
  const guint n = g_list_model_get_n_items (get_model (self));
  g_autofree char *count = g_strdup_printf ("%u", n_running);
  g_autofree char *tooltip = n_running > 0
    ? g_strdup_printf (ngettext ("%u operation, %.0f %%", "%u operations, %.0f %%", n_running), n_running, fraction * 100)
    : g_strdup (_("Operations"));

  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
  gtk_label_set_text (self->count, count);
  gtk_widget_set_visible (GTK_WIDGET (self->count), n_running > 0);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), tooltip);
  if (trouble && n_running == 0)
    gtk_widget_add_css_class (GTK_WIDGET (self->pie), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->pie), "error");
  gtk_widget_queue_draw (GTK_WIDGET (self->pie));
}

static void
operation_cb (QuarryOperation *operation, GParamSpec *pspec, gpointer user_data)
{
  update (user_data);
}

static void
items_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  QuarryOperations *self = user_data;

  for (guint i = position; i < position + added; i++)
    {
      g_autoptr(QuarryOperation) operation = g_list_model_get_item (model, i);

      g_signal_connect_object (operation, "notify", G_CALLBACK (operation_cb), self, 0);
    }
  update (self);
}

static void
clear_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryOperations *self = QUARRY_OPERATIONS (widget);
  GListStore *store = quarry_session_get_operations (self->session);

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (store)); i > 0; i--)
    {
      g_autoptr(QuarryOperation) operation = g_list_model_get_item (G_LIST_MODEL (store), i - 1);

      if (quarry_operation_get_state (operation) > QUARRY_OPERATION_RUNNING)
        g_list_store_remove (store, i - 1);
    }
  if (g_list_model_get_n_items (G_LIST_MODEL (store)) == 0)
    gtk_popover_popdown (self->popover);
}

static void
show_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_menu_button_popup (QUARRY_OPERATIONS (widget)->button);
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  return quarry_operations_row_new (item);
}

static void
quarry_operations_dispose (GObject *object)
{
  QuarryOperations *self = QUARRY_OPERATIONS (object);
  GtkWidget *child = NULL;

  gtk_widget_dispose_template (GTK_WIDGET (self), QUARRY_TYPE_OPERATIONS);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (quarry_operations_parent_class)->dispose (object);
}

static void
quarry_operations_class_init (QuarryOperationsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = quarry_operations_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-operations.ui");
  gtk_widget_class_bind_template_child (widget_class, QuarryOperations, button);
  gtk_widget_class_bind_template_child (widget_class, QuarryOperations, popover);
  gtk_widget_class_bind_template_child (widget_class, QuarryOperations, list);
  gtk_widget_class_bind_template_child (widget_class, QuarryOperations, pie);
  gtk_widget_class_bind_template_child (widget_class, QuarryOperations, count);
  gtk_widget_class_install_action (widget_class, "operations.clear", NULL, clear_cb);
  gtk_widget_class_install_action (widget_class, "operations.show", NULL, show_cb);
}

static void
quarry_operations_init (QuarryOperations *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drawing_area_set_draw_func (self->pie, draw_pie, self, NULL);
}

GtkWidget *
quarry_operations_new (QuarrySession *session)
{
  QuarryOperations *self = g_object_new (QUARRY_TYPE_OPERATIONS, NULL);

  quarry_operations_set_session (self, session);
  return GTK_WIDGET (self);
}

void
quarry_operations_set_session (QuarryOperations *self, QuarrySession *session)
{
  g_return_if_fail (QUARRY_IS_OPERATIONS (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  gtk_list_box_bind_model (self->list, get_model (self), make_row, NULL, NULL);
  g_signal_connect_object (get_model (self), "items-changed", G_CALLBACK (items_cb), self, 0);
  items_cb (get_model (self), 0, 0, g_list_model_get_n_items (get_model (self)), self);
}

double
quarry_operations_get_fraction (QuarryOperations *self)
{
  double fraction;
  gboolean trouble;

  g_return_val_if_fail (QUARRY_IS_OPERATIONS (self), 1);
  measure_running (self, &fraction, &trouble);
  return fraction;
}

guint
quarry_operations_get_n_rows (QuarryOperations *self)
{
  g_return_val_if_fail (QUARRY_IS_OPERATIONS (self), 0);
  return g_list_model_get_n_items (get_model (self));
}
