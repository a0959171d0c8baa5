/* quarry-frame-page.c: one frame: its cameras with lidar and labels on them, and the view in space
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   session's current frame ──► QuarryFrameLoader ──► drawing ──► QuarryImageViewport, QuarrySpaceViewport, strip of cameras
 *
 * The picture that is there stays until the next one is ready. Keys and actions are in quarry-frame-page-actions.c, what
 * becomes of a drawing in quarry-frame-page-show.c.
 */

#include "config.h"
#include "quarry-frame-page.h"
#include "quarry-frame-page-private.h"
#include "quarry-ui-resources.h"

#include <glib/gi18n.h>

enum
{
  PROP_0, PROP_SESSION, PROP_CAMERA, PROP_SHOW_LIDAR, PROP_SHOW_BOXES, PROP_SHOW_CUBOIDS, PROP_SHOW_NAMES, PROP_COLOR_BY,
  PROP_POINT_SIZE, PROP_SHOWN_FRAME, N_PROPS
};
static GParamSpec *properties[N_PROPS];
G_DEFINE_FINAL_TYPE (QuarryFramePage, quarry_frame_page, GTK_TYPE_WIDGET)

static const char * const color_names[QUARRY_N_COLOR_BY] = { "depth", "height", "intensity" };

/* --- what to show --- */

/* Asks for the current frame, and for what a person is likely to want next: the one after it, then the one before */
static void
request (QuarryFramePage *self)
{
  QuarryFrameModel *frames = quarry_session_get_frames (self->session);
  const QuarryId current = quarry_session_get_current_frame (self->session);
  QuarryId neighbours[2];
  guint n = 0;
  guint position = 0;

  if (current != 0 && quarry_frame_model_find (frames, current, &position))
    {
      if (position + 1 < quarry_frame_model_get_n (frames))
        neighbours[n++] = quarry_frame_model_get_id (frames, position + 1);
      if (position > 0)
        neighbours[n++] = quarry_frame_model_get_id (frames, position - 1);
    }
  quarry_frame_loader_request (self->loader, current, neighbours, n);
  quarry_frame_page_show_place (self);
  gtk_stack_set_visible_child_name (self->stack, current != 0 ? "content" : "empty");
}

/* Nothing chosen yet: the first that was found */
static void
update (QuarryFramePage *self)
{
  QuarryFrameModel *frames = quarry_session_get_frames (self->session);

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (quarry_session_get_current_frame (self->session) == 0 && quarry_frame_model_get_n (frames) > 0)
    quarry_session_set_current_frame (self->session, quarry_frame_model_get_id (frames, 0));   /* comes back here */
  else
    request (self);
}

static void
loaded_cb (QuarryFramePage *self)
{
  quarry_frame_page_show_drawing (self, quarry_frame_loader_get_drawing (self->loader),
                                  quarry_frame_loader_get_previews (self->loader));
  quarry_frame_page_show_place (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOWN_FRAME]);
}

static void
failed_cb (QuarryFrameLoader *loader, const char *message, QuarryFramePage *self)
{
  gtk_label_set_text (self->warning, message);
  gtk_revealer_set_reveal_child (self->warning_revealer, TRUE);
}

static void
busy_cb (QuarryFramePage *self)
{
  gtk_spinner_set_spinning (self->spinner, quarry_frame_loader_is_busy (self->loader));
}

static void
zoom_cb (QuarryFramePage *self)
{
  g_autofree char *text = g_strdup_printf ("%.0f %%", quarry_image_viewport_get_zoom (self->image) * 100);

  gtk_label_set_text (self->zoom_label, text);
}

static void
scrubbed_cb (QuarryFramePage *self)
{
  QuarryFrameModel *frames = quarry_session_get_frames (self->session);
  const double value = gtk_adjustment_get_value (self->position) + 0.5;

  if (!self->updating && value >= 0 && value < quarry_frame_model_get_n (frames))
    quarry_session_set_current_frame (self->session, quarry_frame_model_get_id (frames, (guint) value));
}

static void
point_size_cb (QuarryFramePage *self)
{
  g_object_set (self, "point-size", gtk_adjustment_get_value (self->point_size_adjustment), NULL);
}

/* --- the panes: side by side in a wide page, one above the other in a tall one. The divider is kept as a share --- */

#define WIDE 1.45      /* width / height from which they stand side by side */

static int
get_extent (QuarryFramePage *self)
{
  if (gtk_orientable_get_orientation (GTK_ORIENTABLE (self->paned)) == GTK_ORIENTATION_HORIZONTAL)
    return gtk_widget_get_width (GTK_WIDGET (self->paned));
  return gtk_widget_get_height (GTK_WIDGET (self->paned));
}

static void
divider_cb (QuarryFramePage *self)
{
  const int extent = get_extent (self);

  if (self->placed && self->turn_source == 0 && self->settings != NULL && extent > 0 &&
      gtk_widget_get_visible (self->space_area) && gtk_widget_get_visible (GTK_WIDGET (self->pictures)))
    g_settings_set_double (self->settings, "frame-divider", CLAMP ((double) gtk_paned_get_position (self->paned) / extent, 0.1, 0.9));
}

static gboolean
turn_cb (gpointer user_data)
{
  QuarryFramePage *self = user_data;
  const int width = gtk_widget_get_width (GTK_WIDGET (self->paned));
  const int height = gtk_widget_get_height (GTK_WIDGET (self->paned));
  const gboolean wide = width >= height * WIDE;
  const double share = self->settings != NULL ? g_settings_get_double (self->settings, "frame-divider") : 0.6;

  const GtkOrientation wanted = wide ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL;

  self->turn_source = 0;
  self->placed = gtk_orientable_get_orientation (GTK_ORIENTABLE (self->paned)) == wanted;
  if (self->placed)
    gtk_paned_set_position (self->paned, (int) (share * get_extent (self)));
  else       /* GtkPaned scales its position by its last extent: it must have one in the new direction first */
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self->paned), wanted);
  quarry_camera_panes_set_beside (self->pictures, !wide);
  return G_SOURCE_REMOVE;
}

/* Not while sizes are being given */
static void
quarry_frame_page_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  QuarryFramePage *self = QUARRY_FRAME_PAGE (widget);
  const gboolean is_wide = gtk_orientable_get_orientation (GTK_ORIENTABLE (self->paned)) == GTK_ORIENTATION_HORIZONTAL;
  int paned_width = 0, paned_height = 0;

  gtk_widget_size_allocate (GTK_WIDGET (self->stack), &(GtkAllocation) { 0, 0, width, height }, baseline);
  paned_width = gtk_widget_get_width (GTK_WIDGET (self->paned));
  paned_height = gtk_widget_get_height (GTK_WIDGET (self->paned));
  if (paned_width > 0 && self->turn_source == 0 && (!self->placed || is_wide != (paned_width >= paned_height * WIDE)))
    self->turn_source = g_idle_add (turn_cb, self);
}

static void
quarry_frame_page_measure (GtkWidget      *widget,
                           GtkOrientation  orientation,
                           int             for_size,
                           int            *minimum,
                           int            *natural,
                           int            *minimum_baseline,
                           int            *natural_baseline)
{
  gtk_widget_measure (GTK_WIDGET (QUARRY_FRAME_PAGE (widget)->stack), orientation, for_size, minimum, natural, minimum_baseline,
                      natural_baseline);
}

static void
bind_settings (QuarryFramePage *self)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr(GSettingsSchema) schema = source != NULL ? g_settings_schema_source_lookup (source, QUARRY_APP_ID, TRUE) : NULL;

  if (schema != NULL && g_settings_schema_has_key (schema, "frame-divider"))
    self->settings = g_settings_new (QUARRY_APP_ID);
}

/* --- widget --- */

static void
quarry_frame_page_map (GtkWidget *widget)
{
  QuarryFramePage *self = QUARRY_FRAME_PAGE (widget);

  GTK_WIDGET_CLASS (quarry_frame_page_parent_class)->map (widget);
  update (self);
}

/* Nothing is read for a page that nobody sees; what is on it stays */
static void
quarry_frame_page_unmap (GtkWidget *widget)
{
  quarry_frame_loader_request (QUARRY_FRAME_PAGE (widget)->loader, 0, NULL, 0);
  GTK_WIDGET_CLASS (quarry_frame_page_parent_class)->unmap (widget);
}

/* The page as a whole takes the focus, so that its keys act at once */
static gboolean
quarry_frame_page_grab_focus (GtkWidget *widget)
{
  QuarryFramePage *self = QUARRY_FRAME_PAGE (widget);

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "content") != 0)
    return gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
  return gtk_widget_grab_focus (gtk_widget_get_visible (GTK_WIDGET (self->pictures)) ? GTK_WIDGET (self->image) : GTK_WIDGET (self->space));
}

/* Boxes and cuboids of the same things on one picture hide it: until a person says otherwise, boxes come first */
void
quarry_frame_page_choose_cuboids (QuarryFramePage *self,
                                  gboolean         show)
{
  if (self->style.show_cuboids == show)
    return;
  self->style.show_cuboids = show;
  quarry_frame_page_show_style (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOW_CUBOIDS]);
}

/* --- properties --- */

static gboolean *
get_flag (QuarryFramePage *self, guint property_id)
{
  switch (property_id)
    {
    case PROP_SHOW_LIDAR:
      return &self->style.show_lidar;
    case PROP_SHOW_BOXES:
      return &self->style.show_boxes;
    case PROP_SHOW_CUBOIDS:
      return &self->style.show_cuboids;
    case PROP_SHOW_NAMES:
      return &self->style.show_labels;
    default:
      return NULL;
    }
}

static void
set_camera (QuarryFramePage *self, const char *camera)
{
  if (g_strcmp0 (self->camera, camera) == 0)
    return;
  g_free (self->camera);
  self->camera = g_strdup (camera);
  if (self->drawing != NULL)
    quarry_frame_page_show_camera (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAMERA]);
}

static void
set_color_by (QuarryFramePage *self, const char *name)
{
  for (int i = 0; i < QUARRY_N_COLOR_BY; i++)
    if (g_strcmp0 (name, color_names[i]) == 0 && (int) self->style.color_by != i)
      {
        self->style.color_by = (QuarryColorBy) i;
        quarry_frame_page_show_style (self);
        g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COLOR_BY]);
      }
}

static void
set_point_size (QuarryFramePage *self, double size)
{
  if (ABS (self->style.point_size - size) < 1e-6)
    return;
  self->style.point_size = size;
  gtk_adjustment_set_value (self->point_size_adjustment, size);
  quarry_frame_page_show_style (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_POINT_SIZE]);
}

static void
quarry_frame_page_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  QuarryFramePage *self = QUARRY_FRAME_PAGE (object);
  const char *camera = NULL;

  if (get_flag (self, property_id) != NULL)
    {
      g_value_set_boolean (value, *get_flag (self, property_id));
      return;
    }
  switch (property_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, self->session);
      break;
    case PROP_CAMERA:
      camera = quarry_image_viewport_get_camera (self->image);
      g_value_set_string (value, camera != NULL ? camera : "");
      break;
    case PROP_COLOR_BY:
      g_value_set_string (value, color_names[self->style.color_by]);
      break;
    case PROP_POINT_SIZE:
      g_value_set_double (value, self->style.point_size);
      break;
    case PROP_SHOWN_FRAME:
      g_value_set_int64 (value, self->drawing != NULL ? self->drawing->frame->id : 0);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
quarry_frame_page_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  QuarryFramePage *self = QUARRY_FRAME_PAGE (object);
  gboolean *flag = get_flag (self, property_id);

  if (flag != NULL)
    {
      if (*flag == g_value_get_boolean (value))
        return;
      *flag = g_value_get_boolean (value);
      self->cuboids_chosen = self->cuboids_chosen || property_id == PROP_SHOW_CUBOIDS;
      quarry_frame_page_show_style (self);
      g_object_notify_by_pspec (object, pspec);
      return;
    }
  switch (property_id)
    {
    case PROP_SESSION:
      self->session = g_value_dup_object (value);
      break;
    case PROP_CAMERA:
      set_camera (self, g_value_get_string (value));
      break;
    case PROP_COLOR_BY:
      set_color_by (self, g_value_get_string (value));
      break;
    case PROP_POINT_SIZE:
      set_point_size (self, g_value_get_double (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

/* --- the object --- */

static void
quarry_frame_page_constructed (GObject *object)
{
  QuarryFramePage *self = QUARRY_FRAME_PAGE (object);

  G_OBJECT_CLASS (quarry_frame_page_parent_class)->constructed (object);
  self->loader = quarry_frame_loader_new (self->session);
  bind_settings (self);
  g_signal_connect_object (self->loader, "loaded", G_CALLBACK (loaded_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->loader, "failed", G_CALLBACK (failed_cb), self, 0);
  g_signal_connect_object (self->loader, "notify::busy", G_CALLBACK (busy_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::current-frame", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::frames", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  quarry_frame_page_show_place (self);
}

static void
quarry_frame_page_dispose (GObject *object)
{
  QuarryFramePage *self = QUARRY_FRAME_PAGE (object);

  g_clear_handle_id (&self->turn_source, g_source_remove);
  if (self->loader != NULL)
    quarry_frame_loader_request (self->loader, 0, NULL, 0);
  g_clear_object (&self->loader);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->drawing, quarry_drawing_unref);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), QUARRY_TYPE_FRAME_PAGE);
  G_OBJECT_CLASS (quarry_frame_page_parent_class)->dispose (object);
}

static void
quarry_frame_page_finalize (GObject *object)
{
  g_free (QUARRY_FRAME_PAGE (object)->camera);
  G_OBJECT_CLASS (quarry_frame_page_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags writable = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, QUARRY_TYPE_SESSION,
                                                  G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_CAMERA] = g_param_spec_string ("camera", NULL, NULL, "", writable);
  properties[PROP_SHOW_LIDAR] = g_param_spec_boolean ("show-lidar", NULL, NULL, TRUE, writable);
  properties[PROP_SHOW_BOXES] = g_param_spec_boolean ("show-boxes", NULL, NULL, TRUE, writable);
  properties[PROP_SHOW_CUBOIDS] = g_param_spec_boolean ("show-cuboids", NULL, NULL, TRUE, writable);
  properties[PROP_SHOW_NAMES] = g_param_spec_boolean ("show-names", NULL, NULL, TRUE, writable);
  properties[PROP_COLOR_BY] = g_param_spec_string ("color-by", NULL, NULL, color_names[0], writable);
  properties[PROP_POINT_SIZE] = g_param_spec_double ("point-size", NULL, NULL, 1, 8, 2, writable);
  properties[PROP_SHOWN_FRAME] = g_param_spec_int64 ("shown-frame", NULL, NULL, 0, G_MAXINT64, 0,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, QuarryFramePage, stack);
  gtk_widget_class_bind_template_child (widget_class, QuarryFramePage, title);
  gtk_widget_class_bind_template_child (widget_class, QuarryFramePage, spinner);
  gtk_widget_class_bind_template_child (widget_class, QuarryFramePage, paned);
  gtk_widget_class_bind_template_child (widget_class, QuarryFramePage, pictures);
  gtk_widget_class_bind_template_child (widget_class, QuarryFramePage, image);
  gtk_widget_class_bind_template_child (widget_class, QuarryFramePage, camera_label);
  gtk_widget_class_bind_template_child (widget_class, QuarryFramePage, zoom_label);
  gtk_widget_class_bind_template_child (widget_class, QuarryFramePage, legend);
  gtk_widget_class_bind_template_child (widget_class, QuarryFramePage, space_area);
  gtk_widget_class_bind_template_child (widget_class, QuarryFramePage, space);
  gtk_widget_class_bind_template_child (widget_class, QuarryFramePage, space_label);
  gtk_widget_class_bind_template_child (widget_class, QuarryFramePage, warning_revealer);
  gtk_widget_class_bind_template_child (widget_class, QuarryFramePage, warning);
  gtk_widget_class_bind_template_child (widget_class, QuarryFramePage, scrubber);
  gtk_widget_class_bind_template_child (widget_class, QuarryFramePage, position);
  gtk_widget_class_bind_template_child (widget_class, QuarryFramePage, point_size_adjustment);
}

static void
quarry_frame_page_class_init (QuarryFramePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = quarry_frame_page_constructed;
  object_class->get_property = quarry_frame_page_get_property;
  object_class->set_property = quarry_frame_page_set_property;
  object_class->dispose = quarry_frame_page_dispose;
  object_class->finalize = quarry_frame_page_finalize;
  widget_class->measure = quarry_frame_page_measure;
  widget_class->size_allocate = quarry_frame_page_size_allocate;
  widget_class->map = quarry_frame_page_map;
  widget_class->unmap = quarry_frame_page_unmap;
  widget_class->grab_focus = quarry_frame_page_grab_focus;
  install_properties (object_class);

  g_resources_register (quarry_ui_get_resource ());
  g_type_ensure (QUARRY_TYPE_IMAGE_VIEWPORT);
  g_type_ensure (QUARRY_TYPE_SPACE_VIEWPORT);
  g_type_ensure (QUARRY_TYPE_CAMERA_PANES);
  g_type_ensure (QUARRY_TYPE_COLOR_LEGEND);
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-frame-page.ui");
  bind_children (widget_class);
  quarry_frame_page_install_keys (widget_class);
}

static void
quarry_frame_page_init (QuarryFramePage *self)
{
  self->style = QUARRY_STYLE_DEFAULT;
  gtk_widget_init_template (GTK_WIDGET (self));
  quarry_frame_page_add_keys (self);
  g_signal_connect_object (self->image, "notify::zoom", G_CALLBACK (zoom_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->position, "value-changed", G_CALLBACK (scrubbed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->point_size_adjustment, "value-changed", G_CALLBACK (point_size_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->paned, "notify::position", G_CALLBACK (divider_cb), self, G_CONNECT_SWAPPED);
}

GtkWidget *
quarry_frame_page_new (QuarrySession *session)
{
  g_return_val_if_fail (QUARRY_IS_SESSION (session), NULL);

  return g_object_new (QUARRY_TYPE_FRAME_PAGE, "session", session, NULL);
}
