/* quarry-camera-panes.c: one camera large, all of them small beside or below it
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   ┌───────────────┐      ┌──────────────┬────┐
 *   │     main      │      │              │    │
 *   ├────┬────┬─────┤  or  │     main     ├────┤
 *   │    │    │     │      │              │    │
 *   └────┴────┴─────┘      └──────────────┴────┘
 *
 * The small ones take the room that the large one's aspect leaves over, so that little stays black: not less than what can be
 * told apart, not more than side by side fill it.
 */

#include "config.h"
#include "quarry-camera-panes.h"

#define GAP        4          /* px */
#define LEAST      84         /* px: height of a small pane below, width beside is 1.4 times that */
#define MOST_SHARE 0.45       /* of the room: the large one keeps the better half */

struct _QuarryCameraPanes
{
  GtkWidget   parent_instance;
  GtkWidget  *main;           /* nullable */
  GPtrArray  *cameras;        /* GtkToggleButton, our children */
  double      aspect;         /* of the large picture, width / height */
  gboolean    beside;
};

enum { PROP_0, PROP_MAIN, N_PROPS };
static GParamSpec *properties[N_PROPS];
G_DEFINE_FINAL_TYPE (QuarryCameraPanes, quarry_camera_panes, GTK_TYPE_WIDGET)

static gboolean
has_small (QuarryCameraPanes *self)
{
  return self->cameras->len > 1;
}

static void
quarry_camera_panes_measure (GtkWidget      *widget,
                             GtkOrientation  orientation,
                             int             for_size,
                             int            *minimum,
                             int            *natural,
                             int            *minimum_baseline,
                             int            *natural_baseline)
{
  QuarryCameraPanes *self = QUARRY_CAMERA_PANES (widget);

  for (guint i = 0; i < self->cameras->len; i++)      /* who is given a size must have been asked */
    gtk_widget_measure (self->cameras->pdata[i], orientation, -1, NULL, NULL, NULL, NULL);
  if (self->main != NULL)
    gtk_widget_measure (self->main, orientation, -1, NULL, NULL, NULL, NULL);
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 200 : 160;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 640 : 400;
}

/* Thickness of the strip of small panes, px */
static int
get_strip (QuarryCameraPanes *self, int width, int height)
{
  const int n = (int) self->cameras->len;
  const double along = ((self->beside ? height : width) - (n - 1) * GAP) / (double) n;
  const double full = self->beside ? along * self->aspect : along / self->aspect;
  const double over = self->beside ? width - height * self->aspect : height - width / self->aspect;
  const double most = MIN (full, MOST_SHARE * (self->beside ? width : height));

  return (int) CLAMP (over - GAP, MIN (self->beside ? LEAST * 1.4 : LEAST, most), MAX (most, 1));
}

static void
quarry_camera_panes_size_allocate (GtkWidget *widget,
                                   int        width,
                                   int        height,
                                   int        baseline)
{
  QuarryCameraPanes *self = QUARRY_CAMERA_PANES (widget);
  const int n = (int) self->cameras->len;
  const int strip = has_small (self) ? get_strip (self, width, height) : 0;
  const int taken = strip > 0 ? strip + GAP : 0;
  GtkAllocation box = { 0, 0, width, height };
  int length = 0, first = 0;     /* of the small ones along the strip, px */

  if (self->beside)
    box.width -= taken;
  else
    box.height -= taken;
  if (self->main != NULL)
    gtk_widget_size_allocate (self->main, &box, -1);
  length = n > 0 ? MIN (((self->beside ? height : width) - (n - 1) * GAP) / n,
                        (int) (self->beside ? strip / self->aspect : strip * self->aspect)) : 0;
  first = ((self->beside ? height : width) - n * (length + GAP) + GAP) / 2;
  for (int i = 0; i < n; i++)
    {
      const int from = first + i * (length + GAP);

      gtk_widget_set_child_visible (self->cameras->pdata[i], has_small (self));
      box = self->beside ? (GtkAllocation) { width - strip, from, strip, length } :
                           (GtkAllocation) { from, height - strip, length, strip };
      if (has_small (self))
        gtk_widget_size_allocate (self->cameras->pdata[i], &box, -1);
    }
}

static GtkWidget *
make_camera (void)
{
  GtkWidget *button = gtk_toggle_button_new ();
  GtkWidget *overlay = gtk_overlay_new ();
  GtkWidget *picture = gtk_picture_new ();
  GtkWidget *missing = gtk_image_new_from_icon_name ("image-missing-symbolic");
  GtkWidget *label = gtk_label_new (NULL);

  gtk_picture_set_can_shrink (GTK_PICTURE (picture), TRUE);
  gtk_widget_set_can_target (label, FALSE);
  gtk_widget_set_halign (label, GTK_ALIGN_START);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (label, "overlay-chip");
  gtk_overlay_set_child (GTK_OVERLAY (overlay), picture);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), missing);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), label);
  gtk_button_set_child (GTK_BUTTON (button), overlay);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "camera-preview");
  gtk_widget_set_overflow (button, GTK_OVERFLOW_HIDDEN);
  g_object_set_data (G_OBJECT (button), "picture", picture);
  g_object_set_data (G_OBJECT (button), "missing", missing);
  g_object_set_data (G_OBJECT (button), "label", label);
  return button;
}

static void
quarry_camera_panes_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  if (property_id == PROP_MAIN)
    g_value_set_object (value, QUARRY_CAMERA_PANES (object)->main);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
quarry_camera_panes_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  if (property_id == PROP_MAIN)
    quarry_camera_panes_set_main (QUARRY_CAMERA_PANES (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
quarry_camera_panes_dispose (GObject *object)
{
  QuarryCameraPanes *self = QUARRY_CAMERA_PANES (object);

  g_clear_pointer (&self->main, gtk_widget_unparent);
  quarry_camera_panes_set_n_cameras (self, 0);
  G_OBJECT_CLASS (quarry_camera_panes_parent_class)->dispose (object);
}

static void
quarry_camera_panes_finalize (GObject *object)
{
  g_ptr_array_unref (QUARRY_CAMERA_PANES (object)->cameras);
  G_OBJECT_CLASS (quarry_camera_panes_parent_class)->finalize (object);
}

static void
quarry_camera_panes_class_init (QuarryCameraPanesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = quarry_camera_panes_get_property;
  object_class->set_property = quarry_camera_panes_set_property;
  object_class->dispose = quarry_camera_panes_dispose;
  object_class->finalize = quarry_camera_panes_finalize;
  widget_class->measure = quarry_camera_panes_measure;
  widget_class->size_allocate = quarry_camera_panes_size_allocate;
  properties[PROP_MAIN] = g_param_spec_object ("main", NULL, NULL, GTK_TYPE_WIDGET, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
quarry_camera_panes_init (QuarryCameraPanes *self)
{
  self->cameras = g_ptr_array_new ();
  self->aspect = 1.6;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (GTK_WIDGET (self), "picture-area");
}

/* @main: (transfer none): becomes a child */
void
quarry_camera_panes_set_main (QuarryCameraPanes *self,
                              GtkWidget         *main)
{
  g_return_if_fail (QUARRY_IS_CAMERA_PANES (self));

  g_clear_pointer (&self->main, gtk_widget_unparent);
  self->main = main;
  if (main != NULL)
    gtk_widget_insert_after (main, GTK_WIDGET (self), NULL);
}

/* @aspect: width / height of the large picture */
void
quarry_camera_panes_set_aspect (QuarryCameraPanes *self,
                                double             aspect)
{
  g_return_if_fail (QUARRY_IS_CAMERA_PANES (self));

  if (aspect > 0.1 && aspect < 20 && ABS (aspect - self->aspect) > 1e-6)
    {
      self->aspect = aspect;
      gtk_widget_queue_allocate (GTK_WIDGET (self));
    }
}

/* @beside: the small ones stand at the right, else below */
void
quarry_camera_panes_set_beside (QuarryCameraPanes *self,
                                gboolean           beside)
{
  g_return_if_fail (QUARRY_IS_CAMERA_PANES (self));

  if (self->beside == beside)
    return;
  self->beside = beside;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/**
 * quarry_camera_panes_set_n_cameras:
 *
 * Those that stay are not made anew, so that focus and pointer stay where they are.
 */
void
quarry_camera_panes_set_n_cameras (QuarryCameraPanes *self,
                                   guint              n_cameras)
{
  g_return_if_fail (QUARRY_IS_CAMERA_PANES (self));

  while (self->cameras->len > n_cameras)
    {
      gtk_widget_unparent (self->cameras->pdata[self->cameras->len - 1]);
      g_ptr_array_remove_index (self->cameras, self->cameras->len - 1);
    }
  while (self->cameras->len < n_cameras)
    {
      GtkWidget *camera = make_camera ();

      gtk_widget_insert_before (camera, GTK_WIDGET (self), NULL);
      g_ptr_array_add (self->cameras, camera);
    }
}

guint
quarry_camera_panes_get_n_cameras (QuarryCameraPanes *self)
{
  g_return_val_if_fail (QUARRY_IS_CAMERA_PANES (self), 0);

  return self->cameras->len;
}

/* Returns: (transfer none): the small pane at @index */
GtkWidget *
quarry_camera_panes_get_camera (QuarryCameraPanes *self,
                                guint              index)
{
  g_return_val_if_fail (QUARRY_IS_CAMERA_PANES (self), NULL);
  g_return_val_if_fail (index < self->cameras->len, NULL);

  return self->cameras->pdata[index];
}

/**
 * quarry_camera_panes_set_camera:
 * @texture: (nullable): NULL: the picture could not be read
 */
void
quarry_camera_panes_set_camera (QuarryCameraPanes *self,
                                guint              index,
                                const char        *name,
                                GdkTexture        *texture)
{
  GtkWidget *button = quarry_camera_panes_get_camera (self, index);

  gtk_picture_set_paintable (g_object_get_data (G_OBJECT (button), "picture"), GDK_PAINTABLE (texture));
  gtk_widget_set_visible (g_object_get_data (G_OBJECT (button), "missing"), texture == NULL);
  gtk_label_set_text (g_object_get_data (G_OBJECT (button), "label"), name);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", name);     /* before the name: the action wants one */
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "frame.camera");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}
