/* quarry-sidebar-row.c: one row of the sidebar: dot, name, bar, count
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Draws itself, as there may be thousands:   ● dusk            ▇▇▇▇   41 230
 */

#include "config.h"
#include "quarry-sidebar-row.h"
#include "quarry-format.h"

#include <glib/gi18n.h>

#define HEIGHT        28
#define HEADER_HEIGHT 34
#define MARGIN        9.0f
#define INDENT        18.0f      /* from the margin to the name */
#define BAR           44.0f      /* px of the longest bar */
#define COUNT         52.0f      /* px for the count */

struct _QuarrySidebarRow
{
  GtkWidget          parent_instance;
  QuarrySidebarItem *item;
  gulong             changed_id;
};

enum { FRAMES_DROPPED, N_SIGNALS };
static guint signals[N_SIGNALS];
G_DEFINE_FINAL_TYPE (QuarrySidebarRow, quarry_sidebar_row, GTK_TYPE_WIDGET)

static PangoLayout *
make_layout (QuarrySidebarRow *self, const char *text, PangoWeight weight, double scale, gboolean strike)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_weight_new (weight));
  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  pango_attr_list_insert (attributes, pango_attr_strikethrough_new (strike));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  return layout;
}

/* @x: left edge, or right edge where @to_right */
static void
append_text (QuarrySidebarRow *self, GtkSnapshot *snapshot, PangoLayout *layout, float x, float width, gboolean to_right,
             const GdkRGBA *color)
{
  int text_width, text_height;

  if (width > 0)
    {
      if (pango_layout_get_ellipsize (layout) == PANGO_ELLIPSIZE_NONE)
        pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_MIDDLE);
      pango_layout_set_width (layout, (int) width * PANGO_SCALE);
    }
  pango_layout_get_pixel_size (layout, &text_width, &text_height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (to_right ? x - (float) text_width : x,
                                                         (float) (gtk_widget_get_height (GTK_WIDGET (self)) - text_height) / 2));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
append_rounded (GtkSnapshot *snapshot, const graphene_rect_t *area, float radius, const GdkRGBA *color)
{
  GskRoundedRect shape;

  gsk_rounded_rect_init_from_rect (&shape, area, radius);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, color, area);
  gtk_snapshot_pop (snapshot);
}

static void
snapshot_header (QuarrySidebarRow *self, GtkSnapshot *snapshot, const GdkRGBA *color)
{
  const float width = (float) gtk_widget_get_width (GTK_WIDGET (self));
  g_autoptr(PangoLayout) title = make_layout (self, self->item->name, PANGO_WEIGHT_BOLD, 0.9, FALSE);
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (GTK_WIDGET (self)));
  g_autoptr(GtkIconPaintable) arrow = gtk_icon_theme_lookup_icon (theme, self->item->open ? "pan-down-symbolic" : "pan-end-symbolic",
                                                                 NULL, 16, gtk_widget_get_scale_factor (GTK_WIDGET (self)),
                                                                 gtk_widget_get_direction (GTK_WIDGET (self)), 0);
  GdkRGBA faint = *color;

  faint.alpha *= 0.55f;
  append_text (self, snapshot, title, MARGIN, 0, FALSE, &faint);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (width - MARGIN - 14, (float) (gtk_widget_get_height (GTK_WIDGET (self)) - 16) / 2));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (arrow), snapshot, 16, 16, &faint, 1);
  gtk_snapshot_restore (snapshot);
}

static void
snapshot_more (QuarrySidebarRow *self, GtkSnapshot *snapshot, const GdkRGBA *color)
{
  g_autofree char *count = quarry_format_count (self->item->n);
  g_autofree char *text = self->item->open ? g_strdup (_("Show fewer")) : g_strdup_printf (_("Show all %s"), count);
  g_autoptr(PangoLayout) layout = make_layout (self, text, PANGO_WEIGHT_NORMAL, 0.9, FALSE);
  GdkRGBA faint = *color;

  faint.alpha *= 0.7f;
  append_text (self, snapshot, layout, MARGIN + INDENT, 0, FALSE, &faint);
}

/* Without room, what its neighbours begin with goes first, no more of it than must: what tells them apart stays */
static void
cut_shared (PangoLayout *layout, const QuarrySidebarItem *item, int width)
{
  g_autofree char *cut = NULL;
  int whole = 0, ellipsis = 0, index = 0, trailing = 0;
  const char *from = NULL;

  pango_layout_get_pixel_size (layout, &whole, NULL);
  if (whole <= width || item->shared == 0)
    return;
  pango_layout_set_text (layout, "…", -1);
  pango_layout_get_pixel_size (layout, &ellipsis, NULL);
  pango_layout_set_text (layout, item->label, -1);
  pango_layout_xy_to_index (layout, (whole - MAX (0, width - ellipsis)) * PANGO_SCALE, 0, &index, &trailing);
  from = g_utf8_next_char (item->label + index);
  cut = g_strconcat ("…", from < item->label + item->shared ? from : item->label + item->shared, NULL);
  pango_layout_set_text (layout, cut, -1);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
}

char *
quarry_sidebar_row_dup_shown (QuarrySidebarRow *self, int width)
{
  g_autoptr(PangoLayout) layout = make_layout (self, self->item->label, PANGO_WEIGHT_NORMAL, 1, FALSE);

  cut_shared (layout, self->item, width);
  return g_strdup (pango_layout_get_text (layout));
}

static void
snapshot_row (QuarrySidebarRow *self, GtkSnapshot *snapshot, const GdkRGBA *color)
{
  const QuarrySidebarItem *item = self->item;
  const float width = (float) gtk_widget_get_width (GTK_WIDGET (self));
  const float height = (float) gtk_widget_get_height (GTK_WIDGET (self));
  const float bar_x = width - MARGIN - COUNT - BAR;
  g_autofree char *count = quarry_format_count (item->n);
  g_autoptr(PangoLayout) name = make_layout (self, item->label, item->active > 0 ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL, 1,
                                             item->active < 0);
  g_autoptr(PangoLayout) number = make_layout (self, count, PANGO_WEIGHT_NORMAL, 0.9, FALSE);
  GdkRGBA dot = *color, text = *color, faint = *color, bar = *color;

  if (item->n == 0 || item->active < 0)
    text.alpha *= 0.5f;
  faint.alpha *= item->n == 0 ? 0.4f : 0.7f;
  if (item->color != NULL)
    gdk_rgba_parse (&dot, item->color);
  else
    dot.alpha *= 0.35f;
  bar = dot;
  bar.alpha *= item->color != NULL ? 0.75f : 1;
  append_rounded (snapshot, &GRAPHENE_RECT_INIT (MARGIN, height / 2 - 5, 10, 10), 5, &dot);
  cut_shared (name, item, (int) (bar_x - 8 - MARGIN - INDENT));
  append_text (self, snapshot, name, MARGIN + INDENT, bar_x - 8 - MARGIN - INDENT, FALSE, &text);
  if (item->share > 0)
    append_rounded (snapshot, &GRAPHENE_RECT_INIT (bar_x, height / 2 - 2, MAX (2, BAR * (float) item->share), 4), 2, &bar);
  append_text (self, snapshot, number, width - MARGIN, 0, TRUE, &faint);
}

static void
quarry_sidebar_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  QuarrySidebarRow *self = QUARRY_SIDEBAR_ROW (widget);
  GdkRGBA color;

  if (self->item == NULL)
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  if (self->item->kind == QUARRY_SIDEBAR_KIND_HEADER)
    snapshot_header (self, snapshot, &color);
  else if (self->item->kind == QUARRY_SIDEBAR_KIND_MORE)
    snapshot_more (self, snapshot, &color);
  else
    snapshot_row (self, snapshot, &color);
}

static void
quarry_sidebar_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                            int *minimum_baseline, int *natural_baseline)
{
  const QuarrySidebarRow *self = QUARRY_SIDEBAR_ROW (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 160;
      *natural = 240;
    }
  else
    *minimum = *natural = self->item != NULL && self->item->kind == QUARRY_SIDEBAR_KIND_HEADER ? HEADER_HEIGHT : HEIGHT;
}

static gboolean
quarry_sidebar_row_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  const QuarrySidebarRow *self = QUARRY_SIDEBAR_ROW (widget);
  g_autofree char *frames = NULL;
  g_autofree char *text = NULL;

  if (self->item == NULL || self->item->kind != QUARRY_SIDEBAR_KIND_ROW)
    return FALSE;
  frames = quarry_format_frames (self->item->n);
  text = g_strdup_printf (_("%s\n%s\nClick: only these · Ctrl: these too · Alt: without these"), self->item->label, frames);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
update (QuarrySidebarRow *self)
{
  g_autofree char *label = NULL;
  const QuarrySidebarItem *item = self->item;

  if (item != NULL && item->active != 0)
    gtk_widget_add_css_class (GTK_WIDGET (self), "active");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "active");
  if (item != NULL)
    {
      g_autofree char *frames = quarry_format_frames (item->n);

      label = item->kind == QUARRY_SIDEBAR_KIND_ROW ? g_strdup_printf ("%s, %s", item->label, frames) : g_strdup (item->name);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
item_changed_cb (QuarrySidebarItem *item, gpointer user_data)
{
  update (user_data);
}

static GdkDragAction
drop_enter_cb (GtkDropTarget *target, double x, double y, gpointer user_data)
{
  const QuarrySidebarRow *self = user_data;
  const gboolean takes = self->item != NULL && self->item->kind == QUARRY_SIDEBAR_KIND_ROW &&
                         (self->item->facet == QUARRY_FACET_TAG || self->item->facet == QUARRY_FACET_DATASET);

  return takes ? GDK_ACTION_COPY : 0;
}

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, gpointer user_data)
{
  QuarrySidebarRow *self = user_data;

  if (drop_enter_cb (target, x, y, self) == 0)
    return FALSE;
  g_signal_emit (self, signals[FRAMES_DROPPED], 0, self->item, g_value_get_object (value));
  return TRUE;
}

static void
quarry_sidebar_row_dispose (GObject *object)
{
  quarry_sidebar_row_set_item (QUARRY_SIDEBAR_ROW (object), NULL);
  G_OBJECT_CLASS (quarry_sidebar_row_parent_class)->dispose (object);
}

static void
quarry_sidebar_row_class_init (QuarrySidebarRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = quarry_sidebar_row_dispose;
  widget_class->snapshot = quarry_sidebar_row_snapshot;
  widget_class->measure = quarry_sidebar_row_measure;
  widget_class->query_tooltip = quarry_sidebar_row_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "sidebarrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
  signals[FRAMES_DROPPED] = g_signal_new ("frames-dropped", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 2, QUARRY_TYPE_SIDEBAR_ITEM, QUARRY_TYPE_FRAME_MODEL);
}

static void
quarry_sidebar_row_init (QuarrySidebarRow *self)
{
  GtkDropTarget *drop = gtk_drop_target_new (QUARRY_TYPE_FRAME_MODEL, GDK_ACTION_COPY);

  g_signal_connect (drop, "enter", G_CALLBACK (drop_enter_cb), self);
  g_signal_connect (drop, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drop));
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

GtkWidget *
quarry_sidebar_row_new (void)
{
  return g_object_new (QUARRY_TYPE_SIDEBAR_ROW, NULL);
}

void
quarry_sidebar_row_set_item (QuarrySidebarRow *self, QuarrySidebarItem *item)
{
  g_return_if_fail (QUARRY_IS_SIDEBAR_ROW (self));

  if (self->item == item)
    return;
  if (self->item != NULL)
    g_clear_signal_handler (&self->changed_id, self->item);
  g_set_object (&self->item, item);
  if (item == NULL)
    return;
  self->changed_id = g_signal_connect (item, "changed", G_CALLBACK (item_changed_cb), self);
  update (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

QuarrySidebarItem *
quarry_sidebar_row_get_item (QuarrySidebarRow *self)
{
  g_return_val_if_fail (QUARRY_IS_SIDEBAR_ROW (self), NULL);
  return self->item;
}
