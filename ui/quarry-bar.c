/* quarry-bar.c: a thin horizontal bar of coloured parts
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Decoration: what it shows is also in the text beside it, so it is presentation only to assistive tools.
 */

#include "config.h"
#include "quarry-bar.h"

#define BAR_HEIGHT 8

struct _QuarryBar
{
  GtkWidget  parent_instance;
  GArray    *parts;     /* QuarryBarPart, left to right */
};

G_DEFINE_FINAL_TYPE (QuarryBar, quarry_bar, GTK_TYPE_WIDGET)

static void
quarry_bar_measure (GtkWidget      *widget,
                    GtkOrientation  orientation,
                    int             for_size,
                    int            *minimum,
                    int            *natural,
                    int            *minimum_baseline,
                    int            *natural_baseline)
{
  *minimum = *natural = BAR_HEIGHT;
}

/* Track and parts in one rounded clip; a part alone is round at its end too. A part that is there is never thinner than two pixels, however small. */
static void
quarry_bar_snapshot (GtkWidget   *widget,
                     GtkSnapshot *snapshot)
{
  QuarryBar *self = QUARRY_BAR (widget);
  const float width = (float) gtk_widget_get_width (widget);
  const float height = (float) gtk_widget_get_height (widget);
  const float thick = MIN (height, BAR_HEIGHT);
  const gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  const graphene_rect_t track = GRAPHENE_RECT_INIT (0, (height - thick) / 2, width, thick);
  GskRoundedRect clip;
  GdkRGBA color;
  float x = 0;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  color.alpha *= 0.12f;
  gsk_rounded_rect_init_from_rect (&clip, &track, thick / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &clip);
  gtk_snapshot_append_color (snapshot, &color, &track);
  for (guint i = 0; i < self->parts->len; i++)
    {
      const QuarryBarPart *part = &g_array_index (self->parts, QuarryBarPart, i);
      const float length = part->share > 0 ? MAX ((float) part->share * width, 2) : 0;
      const float gap = i > 0 ? 1 : 0;

      const graphene_rect_t place = GRAPHENE_RECT_INIT (mirrored ? width - x - length : x + gap, track.origin.y, length - gap, thick);

      if (self->parts->len == 1)
        gsk_rounded_rect_init_from_rect (&clip, &place, MIN (thick, place.size.width) / 2);
      else
        gsk_rounded_rect_init_from_rect (&clip, &place, 0);
      if (length > gap)
        {
          gtk_snapshot_push_rounded_clip (snapshot, &clip);
          gtk_snapshot_append_color (snapshot, &part->color, &place);
          gtk_snapshot_pop (snapshot);
        }
      x += length;
    }
  gtk_snapshot_pop (snapshot);
}

static void
quarry_bar_finalize (GObject *object)
{
  g_array_unref (QUARRY_BAR (object)->parts);
  G_OBJECT_CLASS (quarry_bar_parent_class)->finalize (object);
}

static void
quarry_bar_class_init (QuarryBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = quarry_bar_finalize;
  widget_class->measure = quarry_bar_measure;
  widget_class->snapshot = quarry_bar_snapshot;
  gtk_widget_class_set_css_name (widget_class, "quarrybar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
quarry_bar_init (QuarryBar *self)
{
  self->parts = g_array_new (FALSE, FALSE, sizeof (QuarryBarPart));
}

GtkWidget *
quarry_bar_new (void)
{
  return g_object_new (QUARRY_TYPE_BAR, NULL);
}

void
quarry_bar_set_parts (QuarryBar           *self,
                      const QuarryBarPart *parts,
                      guint                n_parts)
{
  g_return_if_fail (QUARRY_IS_BAR (self));

  g_array_set_size (self->parts, 0);
  if (n_parts > 0)
    g_array_append_vals (self->parts, parts, n_parts);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

guint
quarry_bar_get_n_parts (QuarryBar *self)
{
  g_return_val_if_fail (QUARRY_IS_BAR (self), 0);

  return self->parts->len;
}

void
quarry_bar_set_share (QuarryBar     *self,
                      double         share,
                      const GdkRGBA *color)
{
  const QuarryBarPart part = { CLAMP (share, 0, 1), *color };

  quarry_bar_set_parts (self, &part, 1);
}

/**
 * quarry_bar_get_share:
 *
 * Returns: 0…1, all parts together
 */
double
quarry_bar_get_share (QuarryBar *self)
{
  double sum = 0;

  g_return_val_if_fail (QUARRY_IS_BAR (self), 0);

  for (guint i = 0; i < self->parts->len; i++)
    sum += g_array_index (self->parts, QuarryBarPart, i).share;
  return sum;
}

/**
 * quarry_bar_color_of:
 * @split: (nullable): a split's name; NULL for what is in none
 * @index: its place among the others, for names that have no colour of their own
 * @out_color: the colour it has everywhere in the window, readable on light and dark
 */
void
quarry_bar_color_of (const char *split,
                     guint       index,
                     GdkRGBA    *out_color)
{
  static const struct { const char *name, *color; } known[] = {
    { "train", "#3584e4" }, { "val", "#e5a50a" }, { "test", "#9141ac" },
  };
  static const char * const others[] = { "#2ec27e", "#e66100", "#c64600", "#63452c", "#1a5fb4" };
  const char *color = others[index % G_N_ELEMENTS (others)];

  if (split == NULL)
    color = "#9a9996";
  for (gsize i = 0; split != NULL && i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (split, known[i].name))
      color = known[i].color;
  gdk_rgba_parse (out_color, color);
}
