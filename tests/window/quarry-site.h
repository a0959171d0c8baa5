/* quarry-site.h: a small site in a fresh catalog, and a window to look at it, for tests of pages
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two scenes of six frames, 100 ms apart. Cameras cam_front (all frames) and cam_left (not in the first three of scene
 * "pit"), lidar lidar_top. One person in each frame as box and as cuboid, one truck as box in "pit" only.
 */

#pragma once

#include "quarry-image.h"
#include "quarry-session.h"
#include "quarry-test.h"

#include <adwaita.h>

#define SITE_SCENES 2
#define SITE_FRAMES 6      /* a scene */
#define SITE_WIDTH  160
#define SITE_HEIGHT 100

typedef struct
{
  char           *folder;
  QuarryCatalog  *catalog;
  QuarrySession  *session;
  GtkWindow      *window;      /* nullable */
  char           *toast;       /* what the session last said, done or failed */
  QuarryId        cameras[SITE_SCENES][2], lidars[SITE_SCENES];
  QuarryId        calibrations[SITE_SCENES];
} Site;

/* --- files --- */

static inline char *
site_write_picture (Site *site, const char *name, guint8 shade)
{
  g_autoptr(QuarryImage) image = quarry_image_new (SITE_WIDTH, SITE_HEIGHT);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  char *path = g_build_filename (site->folder, name, NULL);

  memset (image->rgb, shade, image->stride * (gsize) image->height);
  bytes = quarry_image_to_png (image, &error);
  g_assert_no_error (error);
  g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), &error);
  g_assert_no_error (error);
  return path;
}

static inline char *
site_write_cloud (Site *site)
{
  const float points[][4] = { { 8, 0, 0, 0.2f }, { 12, 2, 1, 0.6f }, { 20, -3, 0, 1 } };
  char *path = g_build_filename (site->folder, "cloud.bin", NULL);
  g_autoptr(GError) error = NULL;

  g_file_set_contents (path, (const char *) points, sizeof points, &error);
  g_assert_no_error (error);
  return path;
}

/* --- rows --- */

static inline QuarryMedia *
site_media (QuarryId sensor, QuarryId calibration, const char *uri, const char *format, gint64 stamp_ns)
{
  QuarryMedia *media = g_new0 (QuarryMedia, 1);

  media->sensor = sensor;
  media->calibration_id = calibration;
  media->uri = g_strdup (uri);
  media->format = g_strdup (format);
  media->length = -1;
  media->stamp_ns = stamp_ns;
  return media;
}

static inline void
site_add_frame (Site *site, GPtrArray *drafts, QuarryId scene, int s, int f, QuarryId set, const char *front, const char *left, const char *cloud)
{
  static const double box[] = { 40, 30, 20, 40, 0 }, truck[] = { 90, 20, 60, 50, 0 };
  const QuarryCuboid cuboid = { quarry_pose_from_yaw (8, 0, 0, 0), { 1, 1, 2 } };
  const gint64 stamp_ns = (1700000000 + s * 100) * QUARRY_NS_PER_S + f * (QUARRY_NS_PER_S / 10);
  g_autofree char *key = g_strdup_printf ("%06d", f);
  g_autofree char *id = g_strdup_printf ("%d-%d", s, f);
  g_autofree char *person = g_strconcat ("p", id, NULL), *solid = g_strconcat ("c", id, NULL), *big = g_strconcat ("t", id, NULL);
  QuarryFrameDraft *draft = quarry_frame_draft_new (scene, key, stamp_ns);
  QuarryAnnotation *annotation = quarry_annotation_new (QUARRY_ANNOTATION_BOX2D, "person", person, box, 5);

  g_ptr_array_add (draft->media, site_media (site->cameras[s][0], site->calibrations[s], front, "png", stamp_ns));
  if (s == 1 || f >= 3)
    g_ptr_array_add (draft->media, site_media (site->cameras[s][1], 0, left, "png", stamp_ns));
  g_ptr_array_add (draft->media, site_media (site->lidars[s], 0, cloud, "kitti-bin", stamp_ns));
  draft->annotations = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  draft->set = set;
  annotation->media = 1;
  g_ptr_array_add (draft->annotations, annotation);
  g_ptr_array_add (draft->annotations, quarry_annotation_new_cuboid ("person", solid, &cuboid));
  if (s == 0)
    {
      annotation = quarry_annotation_new (QUARRY_ANNOTATION_BOX2D, "truck", big, truck, 5);
      annotation->media = 1;
      g_ptr_array_add (draft->annotations, annotation);
    }
  g_ptr_array_add (drafts, draft);
}

/* A camera at the body's origin that looks along +x: x right is −y, y down is −z */
static inline QuarryId
site_add_calibration (Site *site, QuarryId sensor)
{
  static const double rotation[9] = { 0, 0, 1, -1, 0, 0, 0, -1, 0 }, origin[3] = { 0 };
  QuarryCalibration calibration = { 0, quarry_pose_from_matrix (rotation, origin), TRUE,
                                    { QUARRY_CAMERA_BROWN_CONRADY, SITE_WIDTH, SITE_HEIGHT, 100, 100, 80, 50 } };
  g_autoptr(GError) error = NULL;
  QuarryId id = 0;

  quarry_camera_prepare (&calibration.camera);
  id = quarry_catalog_store_calibration (site->catalog, sensor, &calibration, &error);
  g_assert_no_error (error);
  return id;
}

static inline void
site_fill (Site *site)
{
  static const char * const names[SITE_SCENES] = { "pit", "road" };
  g_autoptr(GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_frame_draft_free);
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *front = site_write_picture (site, "front.png", 120);
  g_autofree char *left = site_write_picture (site, "left.png", 200);
  g_autofree char *cloud = site_write_cloud (site);
  const QuarryId source = quarry_catalog_store_source (site->catalog, site->folder, "site", "demo", "{}", &error);
  const QuarryId set = quarry_catalog_store_set (site->catalog, "imported", "import", source, 0, &error);

  g_assert_no_error (error);
  for (int s = 0; s < SITE_SCENES; s++)
    {
      const QuarryId scene = quarry_catalog_store_scene (site->catalog, source, names[s], names[s], &error);

      site->cameras[s][0] = quarry_catalog_store_sensor (site->catalog, scene, "cam_front", QUARRY_SENSOR_CAMERA, &error);
      site->cameras[s][1] = quarry_catalog_store_sensor (site->catalog, scene, "cam_left", QUARRY_SENSOR_CAMERA, &error);
      site->lidars[s] = quarry_catalog_store_sensor (site->catalog, scene, "lidar_top", QUARRY_SENSOR_LIDAR, &error);
      g_assert_no_error (error);
      site->calibrations[s] = site_add_calibration (site, site->cameras[s][0]);
      for (int f = 0; f < SITE_FRAMES; f++)
        site_add_frame (site, drafts, scene, s, f, set, front, left, cloud);
    }
  quarry_catalog_store_frames (site->catalog, drafts, "demo", report, &error);
  g_assert_no_error (error);
  quarry_catalog_finish_source (site->catalog, source, TRUE, report, &error);
  g_assert_no_error (error);
}

/* --- the fixture --- */

static inline void
site_said_cb (QuarrySession *session, const char *text, gpointer user_data)
{
  Site *site = user_data;

  g_free (site->toast);
  site->toast = g_strdup (text);
}

/* @data: NULL: the site; else an empty catalog */
static inline void
site_setup (Site *site, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;

  site->folder = quarry_test_folder ();
  path = g_build_filename (site->folder, "catalog.db", NULL);
  site->catalog = quarry_catalog_open (path, &error);
  g_assert_no_error (error);
  if (data == NULL)
    site_fill (site);
  site->session = quarry_session_new (site->catalog);
  g_signal_connect (site->session, "edited", G_CALLBACK (site_said_cb), site);
  g_signal_connect (site->session, "failed", G_CALLBACK (site_said_cb), site);
  if (data == NULL)
    quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == SITE_SCENES * SITE_FRAMES);
}

static inline void
site_teardown (Site *site, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  if (site->window != NULL)
    gtk_window_destroy (site->window);
  quarry_session_close (site->session);
  g_signal_handlers_disconnect_by_data (site->session, site);
  g_clear_object (&site->session);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  quarry_catalog_close (site->catalog, &error);
  g_assert_no_error (error);
  g_clear_object (&site->catalog);
  quarry_test_remove (site->folder);
  g_free (site->folder);
  g_free (site->toast);
}

/* --- looking --- */

static inline void
site_page_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_simple_action_set_state (action, parameter);
}

/* Shows @page in a window that has the real one's "win.page", and waits until it is mapped */
static inline void
site_show (Site *site, GtkWidget *page)
{
  g_autoptr(GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr(GSimpleAction) action = g_simple_action_new_stateful ("page", G_VARIANT_TYPE_STRING, g_variant_new_string (""));

  site->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (site->window, 1000, 700);
  gtk_window_set_child (site->window, page);
  g_signal_connect (action, "change-state", G_CALLBACK (site_page_cb), NULL);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
  gtk_widget_insert_action_group (GTK_WIDGET (site->window), "win", G_ACTION_GROUP (group));
  g_object_set_data_full (G_OBJECT (site->window), "page", g_object_ref (action), g_object_unref);
  gtk_window_present (site->window);
  quarry_test_wait (gtk_widget_get_mapped (page));
}

/* The page that was asked for last, "" none */
static inline const char *
site_get_page (Site *site)
{
  g_autoptr(GVariant) state = g_action_get_state (g_object_get_data (G_OBJECT (site->window), "page"));

  return g_intern_string (g_variant_get_string (state, NULL));
}

/* The first widget under @root of @type whose text is @text (NULL: any), nullable */
static inline GtkWidget *
site_find (GtkWidget *root, GType type, const char *text)
{
  const char *own = NULL;
  GtkWidget *found = NULL;

  if (GTK_IS_LABEL (root))
    own = gtk_label_get_text (GTK_LABEL (root));
  else if (GTK_IS_BUTTON (root))
    own = gtk_button_get_label (GTK_BUTTON (root));
  else if (ADW_IS_PREFERENCES_ROW (root))
    own = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (root));
  if (g_type_is_a (G_OBJECT_TYPE (root), type) && (text == NULL || g_strcmp0 (own, text) == 0))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = site_find (child, type, text);
  return found;
}

/* The window's newest dialog of @type, nullable */
static inline GtkWidget *
site_find_dialog (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = g_list_model_get_n_items (windows); i > 0; i--)
    {
      g_autoptr(GtkWidget) window = g_list_model_get_item (windows, i - 1);

      if (g_type_is_a (G_OBJECT_TYPE (window), type))
        return window;
    }
  return NULL;
}

/* The child @name of the template of @widget's own type */
static inline gpointer
site_child (GtkWidget *widget, const char *name)
{
  GObject *child = NULL;

  g_assert_true (GTK_IS_WIDGET (widget));
  child = gtk_widget_get_template_child (widget, G_TYPE_FROM_INSTANCE (widget), name);
  g_assert_nonnull (child);
  return child;
}

static inline gboolean
site_act (GtkWidget *widget, const char *action, GVariant *parameter)
{
  return gtk_widget_activate_action_variant (widget, action, parameter);
}
