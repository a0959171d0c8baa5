/* quarry-frame-page-show.c: a drawing and its place onto the widgets of the frame page
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-format.h"
#include "quarry-frame-page-private.h"

#include <glib/gi18n.h>

#define PREVIEW_HEIGHT 84      /* px */

/* --- the strip of cameras --- */

static GtkWidget *
make_preview (const QuarryCameraView *camera, GdkTexture *texture)
{
  GtkWidget *button = gtk_toggle_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *picture = texture != NULL ? gtk_picture_new_for_paintable (GDK_PAINTABLE (texture)) :
                                         gtk_image_new_from_icon_name ("image-missing-symbolic");
  GtkWidget *label = gtk_label_new (camera->media->sensor_name);
  int width = 0, height = 0;

  quarry_camera_view_get_size (camera, &width, &height);
  gtk_widget_set_size_request (picture, height > 0 ? PREVIEW_HEIGHT * width / height : PREVIEW_HEIGHT, PREVIEW_HEIGHT);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 12);
  gtk_widget_add_css_class (label, "caption");
  gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (box), label);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "camera-preview");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "frame.camera");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", camera->media->sensor_name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, camera->media->sensor_name, -1);
  return button;
}

/* The same cameras as before only get new pictures: nothing under the pointer is made anew */
static gboolean
refill_strip (QuarryFramePage *self, QuarryDrawing *drawing, GPtrArray *previews)
{
  GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (self->strip));
  guint i = 0;

  for (; button != NULL && i < drawing->cameras->len; button = gtk_widget_get_next_sibling (button), i++)
    {
      const QuarryCameraView *camera = drawing->cameras->pdata[i];
      GVariant *target = gtk_actionable_get_action_target_value (GTK_ACTIONABLE (button));
      GtkWidget *picture = gtk_widget_get_first_child (gtk_button_get_child (GTK_BUTTON (button)));

      if (!g_str_equal (g_variant_get_string (target, NULL), camera->media->sensor_name) ||
          GTK_IS_PICTURE (picture) != (previews->pdata[i] != NULL))
        return FALSE;
      if (GTK_IS_PICTURE (picture))
        gtk_picture_set_paintable (GTK_PICTURE (picture), previews->pdata[i]);
    }
  return button == NULL && i == drawing->cameras->len;
}

static void
show_strip (QuarryFramePage *self, QuarryDrawing *drawing, GPtrArray *previews)
{
  GtkWidget *child = NULL;

  gtk_widget_set_visible (self->strip_scroller, drawing->cameras->len > 1);
  if (refill_strip (self, drawing, previews))
    return;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->strip))) != NULL)
    gtk_box_remove (self->strip, child);
  for (guint i = 0; i < drawing->cameras->len; i++)
    gtk_box_append (self->strip, make_preview (drawing->cameras->pdata[i], previews->pdata[i]));
}

/* --- the rest --- */

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
has_cuboids (QuarryDrawing *drawing)
{
  for (guint i = 0; i < drawing->annotations->len; i++)
    if (((const QuarryAnnotation *) drawing->annotations->pdata[i])->kind == QUARRY_ANNOTATION_CUBOID)
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

  quarry_image_viewport_set_drawing (self->image, self->drawing, self->camera);
  camera = quarry_image_viewport_get_camera (self->image);
  gtk_label_set_text (self->camera_label, camera != NULL ? camera : "");
  gtk_widget_set_visible (GTK_WIDGET (self->camera_label), camera != NULL);
  show_legend (self);
}

void
quarry_frame_page_show_style (QuarryFramePage *self)
{
  quarry_image_viewport_set_style (self->image, &self->style);
  quarry_space_viewport_set_style (self->space, &self->style);
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
  gtk_widget_set_visible (self->pictures, drawing->cameras->len > 0);
  gtk_widget_set_visible (self->space_area, drawing->clouds->len > 0 || has_cuboids (drawing) || drawing->cameras->len == 0);
  quarry_frame_page_show_camera (self);
  quarry_space_viewport_set_drawing (self->space, drawing);
  gtk_label_set_text (self->space_label, text);
  show_strip (self, drawing, previews);
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
