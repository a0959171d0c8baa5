/* quarry-frame-cell.c: one frame in the grid
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   ┌──────────────────┐
 *   │ ✓             ▢7 │   picture, 8 : 5, letterboxed; flag and number of labels on it
 *   │                  │
 *   └──────────────────┘
 *   site-7 · 14:02:31.2    caption
 *   ★★★  ● night ● rain    rating and tags
 */

#include "config.h"
#include "quarry-frame-cell.h"
#include "quarry-facets.h"

#include <glib/gi18n.h>

#define RADIUS    6.0f
#define GAP       5        /* px between the picture and the caption */
#define LINE      17       /* px of a line of text */
#define MARK      20.0f    /* px of a flag */

struct _QuarryFrameCell
{
  GtkWidget        parent_instance;
  QuarryGridCache *cache;
  QuarryId         frame;
  guint            position;
  int              size;
  PangoLayout     *caption;      /* NULL until the record is known */
  gboolean         cut;          /* not all tags had room */
};

G_DEFINE_FINAL_TYPE (QuarryFrameCell, quarry_frame_cell, GTK_TYPE_WIDGET)

char *
quarry_frame_cell_dup_time (const QuarryFrame *frame)
{
  g_autoptr(GDateTime) time = NULL;
  g_autofree char *clock = NULL;
  gint64 seconds, rest;

  if (frame->stamp_ns == QUARRY_NO_TIME)
    return g_strdup (frame->key);
  seconds = frame->stamp_ns / QUARRY_NS_PER_S - (frame->stamp_ns % QUARRY_NS_PER_S < 0);
  rest = frame->stamp_ns - seconds * QUARRY_NS_PER_S;
  time = g_date_time_new_from_unix_local (seconds);
  if (time == NULL)
    return g_strdup (frame->key);
  clock = g_date_time_format (time, "%H:%M:%S");
  return g_strdup_printf ("%s.%d", clock, (int) (rest / (QUARRY_NS_PER_S / 10)));
}

char *
quarry_frame_cell_dup_caption (const QuarryFrame *frame)
{
  g_autofree char *time = quarry_frame_cell_dup_time (frame);

  return g_strdup_printf ("%s · %s", frame->scene_name, time);
}

int
quarry_frame_cell_get_height (int width)
{
  return (width * 5 + 4) / 8 + GAP + 2 * LINE;
}

static PangoLayout *
small_layout (QuarryFrameCell *self, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (0.86));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  return layout;
}

static void
append_layout (GtkSnapshot *snapshot, PangoLayout *layout, float x, float y, const GdkRGBA *color)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
append_icon (QuarryFrameCell *self, GtkSnapshot *snapshot, const char *name, float x, float y, int size, const GdkRGBA *color)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (GTK_WIDGET (self)));
  g_autoptr(GtkIconPaintable) icon = gtk_icon_theme_lookup_icon (theme, name, NULL, size,
                                                                gtk_widget_get_scale_factor (GTK_WIDGET (self)),
                                                                gtk_widget_get_direction (GTK_WIDGET (self)), 0);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, size, size, color, 1);
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
snapshot_picture (QuarryFrameCell *self, GtkSnapshot *snapshot, const graphene_rect_t *area, const GdkRGBA *color)
{
  GdkTexture *texture = quarry_grid_cache_get_texture (self->cache, self->frame);
  GdkRGBA ground = *color;
  GskRoundedRect shape;
  graphene_rect_t picture = *area;
  float scale;

  ground.alpha *= 0.08f;
  gsk_rounded_rect_init_from_rect (&shape, area, RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, &ground, area);
  if (texture != NULL)
    {
      const float width = (float) gdk_texture_get_width (texture), height = (float) gdk_texture_get_height (texture);

      scale = MIN (area->size.width / width, area->size.height / height);
      picture.size = GRAPHENE_SIZE_INIT (width * scale, height * scale);
      /* nearly the cell's shape: fill it, no thin bars */
      if (picture.size.width > 0.92f * area->size.width && picture.size.height > 0.92f * area->size.height)
        {
          scale = MAX (area->size.width / width, area->size.height / height);
          picture.size = GRAPHENE_SIZE_INIT (width * scale, height * scale);
        }
      picture.origin.x += (area->size.width - picture.size.width) / 2;
      picture.origin.y += (area->size.height - picture.size.height) / 2;
      gtk_snapshot_append_texture (snapshot, texture, &picture);
    }
  gtk_snapshot_pop (snapshot);
  if (texture == NULL && quarry_grid_cache_is_broken (self->cache, self->frame))
    {
      GdkRGBA faint = *color;

      faint.alpha *= 0.4f;
      append_icon (self, snapshot, "image-missing-symbolic", area->origin.x + area->size.width / 2 - 16,
                   area->origin.y + area->size.height / 2 - 16, 32, &faint);
    }
}

static void
snapshot_flag (QuarryFrameCell *self, GtkSnapshot *snapshot, int flag)
{
  const GdkRGBA white = { 1, 1, 1, 1 };
  const GdkRGBA green = { 0.15f, 0.64f, 0.41f, 1 }, red = { 0.75f, 0.11f, 0.16f, 1 };
  const graphene_rect_t area = GRAPHENE_RECT_INIT (6, 6, MARK, MARK);

  append_rounded (snapshot, &area, MARK / 2, flag > 0 ? &green : &red);
  append_icon (self, snapshot, flag > 0 ? "object-select-symbolic" : "window-close-symbolic", 6 + (MARK - 14) / 2,
               6 + (MARK - 14) / 2, 14, &white);
}

/* The number of labels, top right, beside a little box */
static void
snapshot_count (QuarryFrameCell *self, GtkSnapshot *snapshot, guint count, float width)
{
  const GdkRGBA shade = { 0, 0, 0, 0.6f }, white = { 1, 1, 1, 0.95f };
  g_autofree char *text = g_strdup_printf ("%u", count);
  g_autoptr(PangoLayout) layout = small_layout (self, text);
  int text_width, text_height;
  GskRoundedRect box;
  graphene_rect_t area;

  pango_layout_get_pixel_size (layout, &text_width, &text_height);
  area = GRAPHENE_RECT_INIT (width - 6 - (float) text_width - 25, 6, (float) text_width + 25, MARK);
  append_rounded (snapshot, &area, MARK / 2, &shade);
  gsk_rounded_rect_init_from_rect (&box, &GRAPHENE_RECT_INIT (area.origin.x + 8, 12, 8, 8), 1.5f);
  gtk_snapshot_append_border (snapshot, &box, (float[4]) { 1.5f, 1.5f, 1.5f, 1.5f },
                              (GdkRGBA[4]) { white, white, white, white });
  append_layout (snapshot, layout, area.origin.x + 19, 6 + (MARK - (float) text_height) / 2, &white);
}

/* One tag as dot and name. Returns: its width with the gap after it, or 0 where it did not fit */
static float
snapshot_tag (QuarryFrameCell *self, GtkSnapshot *snapshot, const char *name, float x, float y, float end, const GdkRGBA *color)
{
  const QuarryFacetRow *row = quarry_facets_find (quarry_grid_cache_get_facets (self->cache), QUARRY_FACET_TAG, name);
  g_autoptr(PangoLayout) layout = small_layout (self, name);
  GdkRGBA dot = *color, text = *color;
  int width, height;

  if (row != NULL && row->color != NULL)
    gdk_rgba_parse (&dot, row->color);
  text.alpha *= 0.75f;
  pango_layout_get_pixel_size (layout, &width, &height);
  if (x + 12 + (float) width > end)
    {
      if (x + 12 + 24 > end)
        return 0;
      width = (int) (end - x - 12);
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
      pango_layout_set_width (layout, width * PANGO_SCALE);
    }
  append_rounded (snapshot, &GRAPHENE_RECT_INIT (x, y + (float) height / 2 - 4, 8, 8), 4, &dot);
  append_layout (snapshot, layout, x + 12, y, &text);
  return (float) width + 12 + 9;
}

static void
snapshot_rating_and_tags (QuarryFrameCell *self, GtkSnapshot *snapshot, const QuarryFrame *frame, float y, float end,
                          const GdkRGBA *color)
{
  float x = 2;

  self->cut = FALSE;
  if (frame->rating > 0)
    {
      g_autoptr(GString) stars = g_string_new (NULL);
      g_autoptr(PangoLayout) layout = NULL;
      int width;

      for (int i = 0; i < frame->rating; i++)
        g_string_append (stars, "★");
      layout = small_layout (self, stars->str);
      pango_layout_get_pixel_size (layout, &width, NULL);
      append_layout (snapshot, layout, x, y, color);
      x += (float) width + 9;
    }
  for (guint i = 0; frame->tags != NULL && frame->tags[i] != NULL; i++)
    {
      const float advance = snapshot_tag (self, snapshot, frame->tags[i], x, y, end, color);

      self->cut = advance <= 0;
      if (self->cut)
        break;
      x += advance;
    }
}

static void
quarry_frame_cell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  QuarryFrameCell *self = QUARRY_FRAME_CELL (widget);
  const QuarryFrame *frame = quarry_grid_cache_get_frame (self->cache, self->frame);
  const float width = (float) gtk_widget_get_width (widget);
  const float height = (float) gtk_widget_get_height (widget);
  const float picture = height - GAP - 2 * LINE;
  const gboolean rejected = frame != NULL && frame->flag < 0;
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  if (rejected)
    gtk_snapshot_push_opacity (snapshot, 0.35);
  snapshot_picture (self, snapshot, &GRAPHENE_RECT_INIT (0, 0, width, picture), &color);
  if (rejected)
    gtk_snapshot_pop (snapshot);
  if (frame == NULL)
    return;
  if (frame->flag != 0)
    snapshot_flag (self, snapshot, frame->flag);
  if (frame->n_annotations > 0)
    snapshot_count (self, snapshot, frame->n_annotations, width);
  if (self->caption == NULL)
    {
      g_autofree char *text = quarry_frame_cell_dup_caption (frame);

      self->caption = small_layout (self, text);
      pango_layout_set_ellipsize (self->caption, PANGO_ELLIPSIZE_START);
    }
  pango_layout_set_width (self->caption, (int) (width - 4) * PANGO_SCALE);
  append_layout (snapshot, self->caption, 2, picture + GAP, &color);
  snapshot_rating_and_tags (self, snapshot, frame, picture + GAP + LINE, width - 2, &color);
}

static void
quarry_frame_cell_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  QuarryFrameCell *self = QUARRY_FRAME_CELL (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = self->size;
  else
    *minimum = *natural = quarry_frame_cell_get_height (for_size < 0 ? self->size : for_size);
}

static GtkSizeRequestMode
quarry_frame_cell_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static gboolean
quarry_frame_cell_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  QuarryFrameCell *self = QUARRY_FRAME_CELL (widget);
  const QuarryFrame *frame = quarry_grid_cache_get_frame (self->cache, self->frame);
  g_autofree char *tags = NULL;
  g_autofree char *caption = NULL;
  g_autofree char *text = NULL;

  if (frame == NULL || frame->tags == NULL || !self->cut)
    return FALSE;      /* all is to be seen */
  tags = g_strjoinv (", ", frame->tags);
  caption = quarry_frame_cell_dup_caption (frame);
  text = g_strdup_printf ("%s\n%s", caption, tags);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
quarry_frame_cell_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  QuarryFrameCell *self = QUARRY_FRAME_CELL (widget);

  g_clear_object (&self->caption);
  GTK_WIDGET_CLASS (quarry_frame_cell_parent_class)->system_setting_changed (widget, setting);
}

static void
quarry_frame_cell_dispose (GObject *object)
{
  QuarryFrameCell *self = QUARRY_FRAME_CELL (object);

  g_clear_object (&self->caption);
  g_clear_object (&self->cache);
  G_OBJECT_CLASS (quarry_frame_cell_parent_class)->dispose (object);
}

static void
quarry_frame_cell_class_init (QuarryFrameCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = quarry_frame_cell_dispose;
  widget_class->snapshot = quarry_frame_cell_snapshot;
  widget_class->measure = quarry_frame_cell_measure;
  widget_class->get_request_mode = quarry_frame_cell_get_request_mode;
  widget_class->query_tooltip = quarry_frame_cell_query_tooltip;
  widget_class->system_setting_changed = quarry_frame_cell_system_setting_changed;
  gtk_widget_class_set_css_name (widget_class, "framecell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
quarry_frame_cell_init (QuarryFrameCell *self)
{
  self->size = 200;
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

GtkWidget *
quarry_frame_cell_new (QuarryGridCache *cache)
{
  QuarryFrameCell *self = g_object_new (QUARRY_TYPE_FRAME_CELL, NULL);

  self->cache = g_object_ref (cache);
  return GTK_WIDGET (self);
}

void
quarry_frame_cell_set_frame (QuarryFrameCell *self, QuarryId frame, guint position)
{
  g_return_if_fail (QUARRY_IS_FRAME_CELL (self));
  self->position = position;
  if (self->frame == frame)
    return;
  self->frame = frame;
  quarry_frame_cell_update (self);
}

QuarryId
quarry_frame_cell_get_frame (QuarryFrameCell *self)
{
  g_return_val_if_fail (QUARRY_IS_FRAME_CELL (self), 0);
  return self->frame;
}

guint
quarry_frame_cell_get_position (QuarryFrameCell *self)
{
  g_return_val_if_fail (QUARRY_IS_FRAME_CELL (self), GTK_INVALID_LIST_POSITION);
  return self->position;
}

void
quarry_frame_cell_set_size (QuarryFrameCell *self, int size)
{
  g_return_if_fail (QUARRY_IS_FRAME_CELL (self));
  if (self->size == size)
    return;
  self->size = size;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
quarry_frame_cell_update (QuarryFrameCell *self)
{
  const QuarryFrame *frame = NULL;

  g_return_if_fail (QUARRY_IS_FRAME_CELL (self));

  g_clear_object (&self->caption);
  frame = quarry_grid_cache_get_frame (self->cache, self->frame);
  if (frame != NULL)
    {
      g_autofree char *caption = quarry_frame_cell_dup_caption (frame);

      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, caption, -1);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
quarry_frame_cell_is_known (QuarryFrameCell *self)
{
  g_return_val_if_fail (QUARRY_IS_FRAME_CELL (self), FALSE);
  return quarry_grid_cache_get_frame (self->cache, self->frame) != NULL;
}
