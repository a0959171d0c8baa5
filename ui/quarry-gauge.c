/* quarry-gauge.c: where a number lies: a thin track, the normal range on it, and a mark
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   ───▓▓▓▓▓▓●▓▓▓▓────      Decoration: the number and its range are told by the row it stands in.
 */

#include "config.h"
#include "quarry-gauge.h"

#define WIDTH  42
#define TRACK  4      /* px thick */
#define MARK   8      /* px across */

struct _QuarryGauge
{
  GtkWidget         parent_instance;
  QuarryGaugePlaces places;
};

G_DEFINE_FINAL_TYPE (QuarryGauge, quarry_gauge, GTK_TYPE_WIDGET)

static void
quarry_gauge_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                      int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : MARK + 2;
}

static void
append_rounded (GtkSnapshot *snapshot, const graphene_rect_t *place, const GdkRGBA *color)
{
  GskRoundedRect clip;

  gsk_rounded_rect_init_from_rect (&clip, place, MIN (place->size.width, place->size.height) / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &clip);
  gtk_snapshot_append_color (snapshot, color, place);
  gtk_snapshot_pop (snapshot);
}

/* The mark's middle keeps half a mark from both ends, and all else goes along */
static void
quarry_gauge_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  const QuarryGauge *self = QUARRY_GAUGE (widget);
  const float width = (float) gtk_widget_get_width (widget), middle = (float) gtk_widget_get_height (widget) / 2;
  const float length = width - MARK;
  const float from = (float) self->places.from * length, to = (float) self->places.to * length;
  const graphene_rect_t track = GRAPHENE_RECT_INIT (0, middle - TRACK / 2.0f, width, TRACK);
  const graphene_rect_t range = GRAPHENE_RECT_INIT (from + MARK / 2.0f - TRACK / 2.0f, middle - TRACK / 2.0f, to - from + TRACK, TRACK);
  const graphene_rect_t mark = GRAPHENE_RECT_INIT ((float) self->places.mark * length, middle - MARK / 2.0f, MARK, MARK);
  GdkRGBA color, faint, fainter;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  faint = fainter = color;
  faint.alpha *= 0.32f;
  fainter.alpha *= 0.12f;
  append_rounded (snapshot, &track, &fainter);
  append_rounded (snapshot, &range, &faint);
  append_rounded (snapshot, &mark, &color);
}

static void
quarry_gauge_class_init (QuarryGaugeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = quarry_gauge_measure;
  widget_class->snapshot = quarry_gauge_snapshot;
  gtk_widget_class_set_css_name (widget_class, "gauge");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
quarry_gauge_init (QuarryGauge *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

/* An open side of the range reaches to the end of the track */
static QuarryGaugePlaces
find_places (const QuarryNormal *normal, double value)
{
  const gboolean has_low = normal->low > -G_MAXDOUBLE, has_high = normal->high < G_MAXDOUBLE;
  const double first = MIN (MIN (normal->least, value), has_low ? normal->low : value);
  const double last = MAX (MAX (normal->most, value), has_high ? normal->high : value);
  const double span = last - first;

  if (span <= 0)
    return (QuarryGaugePlaces) { 0, 1, 0.5 };
  return (QuarryGaugePlaces) {
    has_low ? (normal->low - first) / span : 0,
    has_high ? (normal->high - first) / span : 1,
    (value - first) / span,
  };
}

GtkWidget *
quarry_gauge_new (const QuarryNormal *normal, double value, gboolean odd)
{
  QuarryGauge *self = g_object_new (QUARRY_TYPE_GAUGE, NULL);

  self->places = find_places (normal, value);
  if (odd)
    gtk_widget_add_css_class (GTK_WIDGET (self), "odd");
  return GTK_WIDGET (self);
}

QuarryGaugePlaces
quarry_gauge_get_places (QuarryGauge *self)
{
  return self->places;
}
