/* quarry-gl-labels.c: label chips, painted once into one texture, placed anew for each view
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-gl-private.h"

#include <cglm/cglm.h>
#include <math.h>
#include <string.h>

#define SHEET_WIDTH 1024      /* pixels, or the widest chip */

/* Rows of chips, each as high as its highest. Those that find no room stay out: their cell is empty */
static int
arrange (QuarryGlLabels *self, int width, int largest)
{
  int x = 0;
  int y = 0;
  int row_height = 0;

  for (guint i = 0; i < self->labels->len; i++)
    {
      const QuarryLabel *label = self->labels->pdata[i];
      QuarryGlQuad *cell = &self->cells[i];

      if (x + label->width > width)
        {
          x = 0;
          y += row_height + 1;
          row_height = 0;
        }
      if (label->width > width || y + label->height > largest)
        continue;
      cell->texels[0] = (float) x;
      cell->texels[1] = (float) y;
      cell->texels[2] = (float) label->width;
      cell->texels[3] = (float) label->height;
      x += label->width + 1;
      row_height = MAX (row_height, label->height);
    }
  return MIN (y + row_height, largest);
}

void
quarry_gl_labels_upload (QuarryGlLabels *self, GPtrArray *take_labels, double unit, int largest)
{
  int width = SHEET_WIDTH;
  int height;
  cairo_surface_t *surface = NULL;
  cairo_t *cairo = NULL;

  quarry_gl_labels_clear (self);
  self->labels = take_labels;
  self->cells = g_new0 (QuarryGlQuad, take_labels->len + 1);
  for (guint i = 0; i < take_labels->len; i++)
    width = MAX (width, ((const QuarryLabel *) take_labels->pdata[i])->width);
  width = MIN (width, largest);
  height = arrange (self, width, largest);
  if (height == 0)
    return;
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo = cairo_create (surface);
  for (guint i = 0; i < take_labels->len; i++)
    {
      QuarryGlQuad *cell = &self->cells[i];

      if (cell->texels[2] > 0)
        quarry_label_paint (take_labels->pdata[i], cairo, unit, (int) cell->texels[0], (int) cell->texels[1]);
      for (int k = 0; k < 4; k++)
        cell->texels[k] /= (float) (k % 2 == 0 ? width : height);
    }
  cairo_destroy (cairo);
  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS)
    self->texture = quarry_gl_texture_new_surface (surface);
  cairo_surface_destroy (surface);
}

void
quarry_gl_labels_clear (QuarryGlLabels *self)
{
  g_clear_pointer (&self->labels, g_ptr_array_unref);
  g_clear_pointer (&self->cells, g_free);
  glDeleteTextures (1, &self->texture);
  self->texture = 0;
}

static void
draw (QuarryGlLabels *self, QuarryGlQuads *quads, const double (*boxes)[4], const QuarryGlPlace *place)
{
  const guint n = self->labels->len;
  g_autofree QuarryLabelPlace *places = g_new0 (QuarryLabelPlace, n + 1);
  g_autofree QuarryGlQuad *shown = g_new0 (QuarryGlQuad, n + 1);
  gsize n_shown = 0;

  quarry_labels_place (self->labels, boxes, place->width, place->height, places);
  for (guint i = n; i-- > 0;)
    {
      const QuarryLabel *label = self->labels->pdata[i];

      if (!places[i].shown || !(self->cells[i].texels[2] > 0))
        continue;
      shown[n_shown] = self->cells[i];
      shown[n_shown].place[0] = (float) places[i].x;
      shown[n_shown].place[1] = (float) places[i].y;
      shown[n_shown].place[2] = (float) label->width;
      shown[n_shown].place[3] = (float) label->height;
      n_shown++;
    }
  quarry_gl_quads_draw (quads, self->texture, shown, n_shown, place);
}

void
quarry_gl_labels_draw_picture (QuarryGlLabels *self, QuarryGlQuads *quads, const QuarryGlPlace *place)
{
  g_autofree double (*boxes)[4] = NULL;

  if (self->labels == NULL || self->labels->len == 0)
    return;
  boxes = g_malloc0_n (self->labels->len, sizeof *boxes);
  for (guint i = 0; i < self->labels->len; i++)
    {
      const QuarryLabel *label = self->labels->pdata[i];

      for (int k = 0; k < 4; k++)
        boxes[i][k] = label->box[k] * (double) place->scale[k % 2] + (k < 2 ? (double) place->offset[k] : 0);
    }
  draw (self, quads, (const double (*)[4]) boxes, place);
}

typedef struct { double w; guint index; } Order;

static int
compare_near_first (gconstpointer a, gconstpointer b)
{
  const double x = ((const Order *) a)->w;
  const double y = ((const Order *) b)->w;

  return (x > y) - (x < y);
}

/* A chip floats above its cuboid's top; the nearest find their place first */
void
quarry_gl_labels_draw_space (QuarryGlLabels *self, QuarryGlQuads *quads, const float clip_from_body[16], const QuarryGlPlace *place)
{
  const guint n = self->labels != NULL ? self->labels->len : 0;
  g_autofree double (*boxes)[4] = g_malloc0_n (n + 1, sizeof *boxes);
  g_autofree Order *order = g_new0 (Order, n + 1);
  g_autofree QuarryGlQuad *cells = g_new0 (QuarryGlQuad, n + 1);
  g_autoptr(GPtrArray) sorted = g_ptr_array_new ();
  mat4 clip;

  if (n == 0)
    return;
  memcpy (clip, clip_from_body, sizeof clip);
  for (guint i = 0; i < n; i++)
    {
      const double *top = ((const QuarryLabel *) self->labels->pdata[i])->top;

      order[i].index = i;
      order[i].w = (double) clip[0][3] * top[0] + (double) clip[1][3] * top[1] + (double) clip[2][3] * top[2] +
                   (double) clip[3][3];
    }
  qsort (order, n, sizeof *order, compare_near_first);
  for (guint i = 0; i < n; i++)
    {
      QuarryLabel *label = self->labels->pdata[order[i].index];
      vec4 at = { (float) label->top[0], (float) label->top[1], (float) label->top[2], 1 };

      g_ptr_array_add (sorted, label);
      cells[i] = self->cells[order[i].index];
      glm_mat4_mulv (clip, at, at);
      if (order[i].w > 0.1)
        {
          boxes[i][0] = (0.5 + 0.5 * (double) at[0] / order[i].w) * place->width - label->width / 2.0;
          boxes[i][1] = (0.5 - 0.5 * (double) at[1] / order[i].w) * place->height - 3 * place->unit;
          boxes[i][2] = label->width;
          boxes[i][3] = label->height;
        }
      else
        boxes[i][0] = NAN;
    }
  draw (&(QuarryGlLabels) { sorted, cells, self->texture }, quads, (const double (*)[4]) boxes, place);
}
