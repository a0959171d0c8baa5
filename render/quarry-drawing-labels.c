/* quarry-drawing-labels.c: class and track as small chips beside what they name
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-drawing-private.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#define FONT_SIZE   11.0        /* logical pixels, as the rest here */
#define PADDING_X   5.0
#define PADDING_Y   1.5
#define GAP         2.0         /* between a chip and its box */
#define SMALLEST    0.8         /* of the chip's height: what is less high gets no chip */
#define SAME        0.3         /* overlap over union from which a cuboid and a 2D box of one text are one thing */

static void
free_label (QuarryLabel *label)
{
  g_free (label->text);
  g_free (label);
}

/* The short part of a track's name: often it is a path, or begins with the class itself */
static const char *
shorten_track (const char *track, const char *class_name)
{
  const char *tail = track != NULL ? strrchr (track, '/') : NULL;
  const gsize length = class_name != NULL ? strlen (class_name) : 0;

  tail = tail != NULL ? tail + 1 : track != NULL ? track : "";
  if (length > 0 && g_ascii_strncasecmp (tail, class_name, length) == 0)
    tail += length;
  return tail + strspn (tail, "-_:# ");
}

static char *
make_text (const QuarryAnnotation *annotation)
{
  const char *track = shorten_track (annotation->track, annotation->class_name);
  GString *text = g_string_new (annotation->class_name);

  if (track[0] != '\0')
    g_string_append_printf (text, " %s", track);
  if (!isnan (annotation->score))
    g_string_append_printf (text, " %.2f", annotation->score);
  return g_string_free (text, FALSE);
}

static PangoLayout *
make_layout (cairo_t *cairo, const char *text, double unit)
{
  PangoLayout *layout = pango_cairo_create_layout (cairo);
  PangoFontDescription *font = pango_font_description_from_string ("Cantarell, Inter, Sans");

  pango_font_description_set_weight (font, PANGO_WEIGHT_SEMIBOLD);
  pango_font_description_set_absolute_size (font, FONT_SIZE * unit * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_text (layout, text, -1);
  return layout;
}

/* Takes @text */
static QuarryLabel *
label_new (const QuarryAnnotation *annotation, char *text, cairo_t *cairo, double unit)
{
  QuarryLabel *self = g_new0 (QuarryLabel, 1);
  PangoLayout *layout = make_layout (cairo, text, unit);
  int width, height;

  self->text = text;
  quarry_annotation_get_color (annotation, self->rgb);
  pango_layout_get_pixel_size (layout, &width, &height);
  self->width = width + (int) ceil (2 * PADDING_X * unit);
  self->height = height + (int) ceil (2 * PADDING_Y * unit);
  g_object_unref (layout);
  return self;
}

/* A surface to measure text with */
static cairo_t *
make_ruler (void)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 1, 1);
  cairo_t *cairo = cairo_create (surface);

  cairo_surface_destroy (surface);
  return cairo;
}

static double
get_overlap (const double a[4], const double b[4])
{
  const double width = MIN (a[0] + a[2], b[0] + b[2]) - MAX (a[0], b[0]);
  const double height = MIN (a[1] + a[3], b[1] + b[3]) - MAX (a[1], b[1]);

  return width > 0 && height > 0 ? width * height : 0;
}

/* A 2D box and a cuboid of one thing share a chip. Tracks tell; without, the place */
static gboolean
is_named (GPtrArray *labels, const char *text, gboolean has_track, const double box[4])
{
  for (guint i = 0; i < labels->len; i++)
    {
      const QuarryLabel *label = labels->pdata[i];
      const double overlap = get_overlap (label->box, box);

      if (strcmp (label->text, text) == 0 &&
          (has_track || overlap > SAME * (label->box[2] * label->box[3] + box[2] * box[3] - overlap)))
        return TRUE;
    }
  return FALSE;
}

static int
compare_size (gconstpointer a, gconstpointer b)
{
  const QuarryLabel *x = *(QuarryLabel * const *) a;
  const QuarryLabel *y = *(QuarryLabel * const *) b;
  const double difference = y->box[2] * y->box[3] - x->box[2] * x->box[3];

  return difference > 0 ? 1 : difference < 0 ? -1 : 0;
}

/* Returns: (transfer full): the largest first: they find their place first */
GPtrArray *
quarry_labels_new_picture (QuarryDrawing *drawing, const QuarryCameraView *camera, const QuarryStyle *style, double unit)
{
  GPtrArray *labels = g_ptr_array_new_with_free_func ((GDestroyNotify) free_label);
  cairo_t *ruler = make_ruler ();
  QuarryCamera lens;
  const gboolean has_lens = quarry_camera_view_get_camera (camera, &lens);

  for (int pass = 0; pass < 2; pass++)          /* 2D first: cuboids look for theirs */
    for (guint i = 0; i < drawing->annotations->len; i++)
      {
        const QuarryAnnotation *annotation = drawing->annotations->pdata[i];
        const gboolean is_cuboid = annotation->kind == QUARRY_ANNOTATION_CUBOID;
        g_autofree char *text = NULL;
        QuarryCuboid cuboid;
        double box[4];

        if (is_cuboid != (pass == 1) || !(is_cuboid ? style->show_cuboids : style->show_boxes))
          continue;
        if (is_cuboid ? !has_lens || !quarry_annotation_check (annotation, NULL) ||
                          !quarry_annotation_get_cuboid (annotation, &cuboid) ||
                          !quarry_cuboid_find_seen (&cuboid, &lens, &camera->camera_from_body, box)
                      : !quarry_annotation_is_in (annotation, camera) || !quarry_annotation_get_bounds (annotation, box))
          continue;
        text = make_text (annotation);
        if (is_cuboid && is_named (labels, text, annotation->track != NULL, box))
          continue;
        g_ptr_array_add (labels, label_new (annotation, g_steal_pointer (&text), ruler, unit));
        memcpy (((QuarryLabel *) labels->pdata[labels->len - 1])->box, box, sizeof box);
      }
  cairo_destroy (ruler);
  g_ptr_array_sort (labels, compare_size);
  return labels;
}

/* Returns: (transfer full): one a cuboid, with its top's middle */
GPtrArray *
quarry_labels_new_space (QuarryDrawing *drawing, double unit)
{
  GPtrArray *labels = g_ptr_array_new_with_free_func ((GDestroyNotify) free_label);
  cairo_t *ruler = make_ruler ();

  for (guint i = 0; i < drawing->annotations->len; i++)
    {
      const QuarryAnnotation *annotation = drawing->annotations->pdata[i];
      QuarryCuboid cuboid;
      QuarryLabel *label = NULL;

      if (!quarry_annotation_get_cuboid (annotation, &cuboid) || !quarry_annotation_check (annotation, NULL))
        continue;
      label = label_new (annotation, make_text (annotation), ruler, unit);
      quarry_pose_apply (&cuboid.body_from_cuboid, (double[]) { 0, 0, cuboid.size[2] / 2 }, label->top);
      g_ptr_array_add (labels, label);
    }
  cairo_destroy (ruler);
  return labels;
}

/* How much of @rect is taken by chips placed before */
static double
count_taken (GPtrArray *labels, const QuarryLabelPlace *places, guint n, const double rect[4])
{
  double taken = 0;

  for (guint i = 0; i < n; i++)
    {
      const QuarryLabel *label = labels->pdata[i];
      const double other[4] = { places[i].x, places[i].y, label->width, label->height };

      if (places[i].shown)
        taken += get_overlap (other, rect);
    }
  return taken;
}

/**
 * quarry_labels_place:
 * @boxes: what each names, target pixels; hidden where x is not a number, it lies outside or is tiny
 *
 * Above the box, else below, inside, beside it, farther off: the first place that is free; where none is, the least taken, if
 * most of it is free.
 */
void
quarry_labels_place (GPtrArray *labels, const double (*boxes)[4], int width, int height, QuarryLabelPlace *out_places)
{
  for (guint i = 0; i < labels->len; i++)
    {
      const QuarryLabel *label = labels->pdata[i];
      const double *box = boxes[i];
      const double w = label->width;
      const double h = label->height;
      const double candidates[12][2] = {
        { box[0], box[1] - h - GAP }, { box[0], box[1] + box[3] + GAP }, { box[0] + box[2] - w, box[1] - h - GAP },
        { box[0] + GAP, box[1] + GAP }, { box[0] + box[2] - w, box[1] + box[3] + GAP },
        { box[0] + box[2] + GAP, box[1] }, { box[0] - w - GAP, box[1] }, { box[0] + box[2] + GAP, box[1] + box[3] - h },
        { box[0] - w - GAP, box[1] + box[3] - h }, { box[0], box[1] - 2 * (h + GAP) }, { box[0], box[1] - 3 * (h + GAP) },
        { box[0], box[1] + box[3] + h + 2 * GAP },
      };
      double best = INFINITY;

      out_places[i] = (QuarryLabelPlace) { FALSE, 0, 0 };
      if (!isfinite (box[0] + box[1] + box[2] + box[3]) || box[0] > width || box[1] > height || box[0] + box[2] < 0 ||
          box[1] + box[3] < 0 || box[3] < SMALLEST * h)
        continue;
      for (guint c = 0; c < G_N_ELEMENTS (candidates) && best > 0; c++)
        {
          const double x = floor (CLAMP (candidates[c][0], 0, MAX (width - w, 0)));
          const double y = floor (CLAMP (candidates[c][1], 0, MAX (height - h, 0)));
          const double taken = count_taken (labels, out_places, i, (double[]) { x, y, w, h });

          if (taken < best)
            {
              best = taken;
              out_places[i] = (QuarryLabelPlace) { TRUE, (int) x, (int) y };
            }
        }
      out_places[i].shown = best <= 0.35 * w * h;
    }
}

static void
trace_chip (cairo_t *cairo, double x, double y, double width, double height, double radius)
{
  cairo_new_sub_path (cairo);
  cairo_arc (cairo, x + width - radius, y + radius, radius, -G_PI_2, 0);
  cairo_arc (cairo, x + width - radius, y + height - radius, radius, 0, G_PI_2);
  cairo_arc (cairo, x + radius, y + height - radius, radius, G_PI_2, G_PI);
  cairo_arc (cairo, x + radius, y + radius, radius, G_PI, 1.5 * G_PI);
  cairo_close_path (cairo);
}

/* In the class's colour, with whatever of black and white reads better on it (WCAG 2.1 relative luminance) */
void
quarry_label_paint (const QuarryLabel *self, cairo_t *cairo, double unit, int x, int y)
{
  PangoLayout *layout = make_layout (cairo, self->text, unit);
  double linear[3];
  double luminance;
  double ink;

  for (int i = 0; i < 3; i++)
    linear[i] = pow (self->rgb[i] / 255.0, 2.2);
  luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  ink = luminance > 0.25 ? 0.06 : 1;
  trace_chip (cairo, x, y, self->width, self->height, 3 * unit);
  cairo_set_source_rgba (cairo, self->rgb[0] / 255.0, self->rgb[1] / 255.0, self->rgb[2] / 255.0, 0.9);
  cairo_fill (cairo);
  cairo_move_to (cairo, x + PADDING_X * unit, y + PADDING_Y * unit);
  cairo_set_source_rgb (cairo, ink, ink, ink);
  pango_cairo_show_layout (cairo, layout);
  g_object_unref (layout);
}
