/* quarry-frame-page-show.c: a drawing and its place onto the widgets of the frame page
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-format.h"
#include "quarry-frame-page-private.h"

#include <glib/gi18n.h>

static void
show_panes (QuarryFramePage *self, QuarryDrawing *drawing, GPtrArray *previews)
{
  quarry_camera_panes_set_n_cameras (self->pictures, drawing->cameras->len);
  for (guint i = 0; i < drawing->cameras->len; i++)
    {
      const QuarryCameraView *camera = drawing->cameras->pdata[i];

      quarry_camera_panes_set_camera (self->pictures, i, camera->media->sensor_name, previews->pdata[i]);
    }
}

static void
show_warning (QuarryFramePage *self, QuarryDrawing *drawing)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < drawing->errors->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", (const char *) drawing->errors->pdata[i]);
  if (text->len > 0)
    gtk_label_set_text (self->warning, text->str);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->warning), text->len > 0 ? text->str : NULL);
  gtk_revealer_set_reveal_child (self->warning_revealer, text->len > 0);
}

static gint64
count_points (QuarryDrawing *drawing)
{
  gint64 n = 0;

  for (guint i = 0; i < drawing->clouds->len; i++)
    {
      const QuarryCloudView *view = drawing->clouds->pdata[i];

      n += view->cloud != NULL ? (gint64) view->cloud->n : 0;
    }
  return n;
}

static gboolean
has_kind (QuarryDrawing *drawing, QuarryAnnotationKind kind)
{
  for (guint i = 0; i < drawing->annotations->len; i++)
    if (((const QuarryAnnotation *) drawing->annotations->pdata[i])->kind == kind)
      return TRUE;
  return FALSE;
}

static void
show_legend (QuarryFramePage *self)
{
  QuarryCameraView *camera = self->drawing != NULL ? quarry_drawing_find_camera (self->drawing, quarry_image_viewport_get_camera (self->image)) : NULL;
  double range[2] = { 0, 0 };

  if (camera != NULL && self->style.show_lidar && self->drawing->clouds->len > 0)
    quarry_drawing_get_range (self->drawing, camera, &self->style, range);
  quarry_color_legend_set (self->legend, self->style.color_by, range);
}

/* The camera that was chosen, or the first where this frame lacks it */
void
quarry_frame_page_show_camera (QuarryFramePage *self)
{
  const char *camera = NULL;
  const QuarryCameraView *view = NULL;
  int width = 0, height = 0;

  quarry_image_viewport_set_drawing (self->image, self->drawing, self->camera);
  camera = quarry_image_viewport_get_camera (self->image);
  view = camera != NULL ? quarry_drawing_find_camera (self->drawing, camera) : NULL;
  if (view != NULL)
    quarry_camera_view_get_size (view, &width, &height);
  quarry_camera_panes_set_aspect (self->pictures, height > 0 ? (double) width / height : 0);
  gtk_label_set_text (self->camera_label, camera != NULL ? camera : "");
  gtk_widget_set_visible (GTK_WIDGET (self->camera_label), camera != NULL);
  show_legend (self);
}

void
quarry_frame_page_show_style (QuarryFramePage *self)
{
  QuarryStyle space = self->style;

  space.show_cuboids = self->style.show_cuboids || self->style.show_boxes;      /* in space, cuboids are the only labels */
  space.show_lidar = TRUE;
  quarry_image_viewport_set_style (self->image, &self->style);
  quarry_space_viewport_set_style (self->space, &space);
  show_legend (self);
}

/**
 * quarry_frame_page_show_drawing:
 * @previews: GdkTexture or NULL, one a camera
 *
 * Panes that have nothing to show give their room to the other.
 */
void
quarry_frame_page_show_drawing (QuarryFramePage *self,
                                QuarryDrawing   *drawing,
                                GPtrArray       *previews)
{
  g_autofree char *points = quarry_format_count (count_points (drawing));
  g_autofree char *text = g_strdup_printf (ngettext ("%s point", "%s points", (gulong) count_points (drawing)), points);

  quarry_drawing_ref (drawing);
  g_clear_pointer (&self->drawing, quarry_drawing_unref);
  self->drawing = drawing;
  if (!self->cuboids_chosen)
    quarry_frame_page_choose_cuboids (self, !has_kind (drawing, QUARRY_ANNOTATION_BOX2D));
  gtk_widget_set_visible (GTK_WIDGET (self->pictures), drawing->cameras->len > 0);
  gtk_widget_set_visible (self->space_area, drawing->clouds->len > 0 || has_kind (drawing, QUARRY_ANNOTATION_CUBOID) || drawing->cameras->len == 0);
  quarry_frame_page_show_camera (self);
  quarry_space_viewport_set_drawing (self->space, drawing);
  gtk_label_set_text (self->space_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->space_label), drawing->clouds->len > 0);
  show_panes (self, drawing, previews);
  show_warning (self, drawing);
}

/* "pit · 14:02:31.200 · frame 212 of 4 180", the scrubber, and what is possible from here */
void
quarry_frame_page_show_place (QuarryFramePage *self)
{
  QuarryFrameModel *frames = quarry_session_get_frames (self->session);
  const guint n = quarry_frame_model_get_n (frames);
  const QuarryFrame *frame = self->drawing != NULL ? self->drawing->frame : NULL;
  guint position = 0;
  const gboolean found = quarry_frame_model_find (frames, quarry_session_get_current_frame (self->session), &position);
  g_autofree char *of = quarry_format_count (n);
  g_autofree char *number = quarry_format_count ((gint64) position + 1);
  g_autofree char *place = found ? g_strdup_printf (_("frame %s of %s"), number, of) : g_strdup (_("not among the frames found"));
  g_autofree char *time = frame != NULL && frame->stamp_ns != QUARRY_NO_TIME ? quarry_format_clock (frame->stamp_ns) : NULL;
  g_autofree char *title = NULL;

  if (frame != NULL)
    title = g_strdup_printf ("%s · %s · %s", frame->scene_name, time != NULL ? time : frame->key, place);
  gtk_label_set_text (self->title, title != NULL ? title : place);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "frame.previous", found && position > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "frame.next", found && position + 1 < n);
  self->updating = TRUE;
  gtk_adjustment_configure (self->position, found ? position : 0, 0, n > 0 ? n - 1 : 0, 1, 10, 0);
  self->updating = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->scrubber), n > 1);
  gtk_widget_set_sensitive (GTK_WIDGET (self->scrubber), found);
}
