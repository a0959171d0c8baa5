/* quarry-color-legend.c: what the colours of lidar points mean
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   Depth  2 m ▇▇▇▇▇▇▇▇ 60 m
 */

#include "config.h"
#include "quarry-color-legend.h"

#include <glib/gi18n.h>

#define N_STOPS      16
#define RAMP_WIDTH   120     /* px */
#define RAMP_HEIGHT  8

/* The ramp alone; the texts are labels around it */
#define QUARRY_TYPE_COLOR_RAMP (quarry_color_ramp_get_type ())
G_DECLARE_FINAL_TYPE (QuarryColorRamp, quarry_color_ramp, QUARRY, COLOR_RAMP, GtkWidget)

struct _QuarryColorRamp
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (QuarryColorRamp, quarry_color_ramp, GTK_TYPE_WIDGET)

static void
quarry_color_ramp_snapshot (GtkWidget   *widget,
                            GtkSnapshot *snapshot)
{
  const float width = (float) gtk_widget_get_width (widget);
  const float height = (float) gtk_widget_get_height (widget);
  const graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, (height - RAMP_HEIGHT) / 2, width, RAMP_HEIGHT);
  GskColorStop stops[N_STOPS];
  GskRoundedRect clip;

  for (int i = 0; i < N_STOPS; i++)
    {
      const double t = (double) i / (N_STOPS - 1);
      guint8 rgb[3];

      quarry_colormap (t, rgb);
      stops[i].offset = (float) t;
      stops[i].color = (GdkRGBA) { (float) rgb[0] / 255, (float) rgb[1] / 255, (float) rgb[2] / 255, 1 };
    }
  gsk_rounded_rect_init_from_rect (&clip, &bounds, RAMP_HEIGHT / 2.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &clip);
  gtk_snapshot_append_linear_gradient (snapshot, &bounds, &GRAPHENE_POINT_INIT (0, 0), &GRAPHENE_POINT_INIT (width, 0),
                                       stops, N_STOPS);
  gtk_snapshot_pop (snapshot);
}

static void
quarry_color_ramp_measure (GtkWidget      *widget,
                           GtkOrientation  orientation,
                           int             for_size,
                           int            *minimum,
                           int            *natural,
                           int            *minimum_baseline,
                           int            *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? RAMP_WIDTH : RAMP_HEIGHT;
}

static void
quarry_color_ramp_class_init (QuarryColorRampClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = quarry_color_ramp_snapshot;
  widget_class->measure = quarry_color_ramp_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
quarry_color_ramp_init (QuarryColorRamp *self)
{
}

/* --- the legend --- */

struct _QuarryColorLegend
{
  GtkWidget  parent_instance;
  GtkWidget *box;
  GtkLabel  *title;
  GtkLabel  *least;
  GtkLabel  *most;
};

G_DEFINE_FINAL_TYPE (QuarryColorLegend, quarry_color_legend, GTK_TYPE_WIDGET)

static void
quarry_color_legend_dispose (GObject *object)
{
  g_clear_pointer (&QUARRY_COLOR_LEGEND (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (quarry_color_legend_parent_class)->dispose (object);
}

static void
quarry_color_legend_class_init (QuarryColorLegendClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = quarry_color_legend_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static GtkLabel *
add_label (QuarryColorLegend *self)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_add_css_class (label, "numeric");
  gtk_box_append (GTK_BOX (self->box), label);
  return GTK_LABEL (label);
}

static void
quarry_color_legend_init (QuarryColorLegend *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->title = add_label (self);
  self->least = add_label (self);
  gtk_box_append (GTK_BOX (self->box), g_object_new (QUARRY_TYPE_COLOR_RAMP, NULL));
  self->most = add_label (self);
  gtk_widget_add_css_class (GTK_WIDGET (self), "overlay-chip");
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}

GtkWidget *
quarry_color_legend_new (void)
{
  return g_object_new (QUARRY_TYPE_COLOR_LEGEND, NULL);
}

static char *
format_end (QuarryColorBy by, double value)
{
  if (by == QUARRY_COLOR_BY_INTENSITY)
    return g_strdup_printf ("%.0f %%", value * 100);
  return g_strdup_printf (ABS (value) < 10 ? "%.1f m" : "%.0f m", value);
}

/**
 * quarry_color_legend_set:
 * @range: metres, or 0…1 for intensity: what the ramp spans; an empty one hides the legend
 */
void
quarry_color_legend_set (QuarryColorLegend *self,
                         QuarryColorBy      by,
                         const double       range[2])
{
  static const char * const titles[QUARRY_N_COLOR_BY] = { N_("Depth"), N_("Height"), N_("Intensity") };
  g_autofree char *least = format_end (by, range[0]);
  g_autofree char *most = format_end (by, range[1]);

  g_return_if_fail (QUARRY_IS_COLOR_LEGEND (self));

  gtk_label_set_text (self->title, _(titles[by]));
  gtk_label_set_text (self->least, least);
  gtk_label_set_text (self->most, most);
  gtk_widget_set_visible (GTK_WIDGET (self), range[1] > range[0]);
}
