/* quarry-tag-chip.c: a coloured dot, and a tag with its dot that can be taken away
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-tag-chip.h"

#include <glib/gi18n.h>

#define DOT 10

struct _QuarryTagDot
{
  GtkWidget parent_instance;
  GdkRGBA   color;
};

G_DEFINE_FINAL_TYPE (QuarryTagDot, quarry_tag_dot, GTK_TYPE_WIDGET)

static void
quarry_tag_dot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  const graphene_rect_t area = GRAPHENE_RECT_INIT ((float) (gtk_widget_get_width (widget) - DOT) / 2,
                                                   (float) (gtk_widget_get_height (widget) - DOT) / 2, DOT, DOT);
  GskRoundedRect shape;

  gsk_rounded_rect_init_from_rect (&shape, &area, DOT / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, &QUARRY_TAG_DOT (widget)->color, &area);
  gtk_snapshot_pop (snapshot);
}

static void
quarry_tag_dot_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                        int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = DOT;
}

static void
quarry_tag_dot_class_init (QuarryTagDotClass *klass)
{
  GTK_WIDGET_CLASS (klass)->snapshot = quarry_tag_dot_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = quarry_tag_dot_measure;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
quarry_tag_dot_init (QuarryTagDot *self)
{
  self->color = (GdkRGBA) { 0.5f, 0.5f, 0.5f, 0.6f };
}

GtkWidget *
quarry_tag_dot_new (const char *color)
{
  QuarryTagDot *self = g_object_new (QUARRY_TYPE_TAG_DOT, NULL);

  if (color != NULL)
    gdk_rgba_parse (&self->color, color);
  return GTK_WIDGET (self);
}

struct _QuarryTagChip
{
  GtkWidget  parent_instance;
  char      *name;
};

enum { REMOVED, N_SIGNALS };
static guint signals[N_SIGNALS];
G_DEFINE_FINAL_TYPE (QuarryTagChip, quarry_tag_chip, GTK_TYPE_WIDGET)

static void
quarry_tag_chip_dispose (GObject *object)
{
  GtkWidget *child = NULL;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (quarry_tag_chip_parent_class)->dispose (object);
}

static void
quarry_tag_chip_finalize (GObject *object)
{
  g_free (QUARRY_TAG_CHIP (object)->name);
  G_OBJECT_CLASS (quarry_tag_chip_parent_class)->finalize (object);
}

static void
remove_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[REMOVED], 0);
}

static void
quarry_tag_chip_class_init (QuarryTagChipClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = quarry_tag_chip_dispose;
  G_OBJECT_CLASS (klass)->finalize = quarry_tag_chip_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "tagchip");
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "chip.remove", NULL, remove_cb);
  signals[REMOVED] = g_signal_new ("removed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
quarry_tag_chip_init (QuarryTagChip *self)
{
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 6);
}

GtkWidget *
quarry_tag_chip_new (const char *name, const char *color)
{
  QuarryTagChip *self = g_object_new (QUARRY_TYPE_TAG_CHIP, NULL);
  GtkWidget *label = gtk_label_new (name);
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");
  g_autofree char *tooltip = g_strdup_printf (_("Remove “%s”"), name);

  self->name = g_strdup (name);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 22);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "chip.remove");
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip, -1);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (quarry_tag_dot_new (color), GTK_WIDGET (self));
  gtk_widget_set_parent (label, GTK_WIDGET (self));
  gtk_widget_set_parent (button, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

const char *
quarry_tag_chip_get_name (QuarryTagChip *self)
{
  g_return_val_if_fail (QUARRY_IS_TAG_CHIP (self), NULL);
  return self->name;
}
