/* quarry-drawing.c: reads what one frame's picture is made of
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-drawing.h"
#include "quarry-drawing-private.h"

#include "quarry-catalog.h"

#include <math.h>

static void
free_camera_view (QuarryCameraView *view)
{
  g_clear_pointer (&view->media, quarry_media_free);
  g_clear_pointer (&view->image, quarry_image_free);
  g_clear_pointer (&view->camera_from_lidar, g_ptr_array_unref);
  g_free (view);
}

static void
free_cloud_view (QuarryCloudView *view)
{
  g_clear_pointer (&view->media, quarry_media_free);
  g_clear_pointer (&view->cloud, quarry_cloud_free);
  g_free (view);
}

/**
 * quarry_drawing_new:
 * @frame: (transfer full) (nullable):
 *
 * Returns: (transfer full): an empty drawing; its lists own what is put into them
 */
QuarryDrawing *
quarry_drawing_new (QuarryFrame *frame)
{
  QuarryDrawing *self = g_new0 (QuarryDrawing, 1);

  self->frame = frame;
  self->cameras = g_ptr_array_new_with_free_func ((GDestroyNotify) free_camera_view);
  self->clouds = g_ptr_array_new_with_free_func ((GDestroyNotify) free_cloud_view);
  self->annotations = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  self->errors = g_ptr_array_new_with_free_func (g_free);
  g_atomic_ref_count_init (&self->references);
  return self;
}

QuarryDrawing *
quarry_drawing_ref (QuarryDrawing *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
quarry_drawing_unref (QuarryDrawing *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_clear_pointer (&self->frame, quarry_frame_free);
  g_ptr_array_unref (self->cameras);
  g_ptr_array_unref (self->clouds);
  g_ptr_array_unref (self->annotations);
  g_ptr_array_unref (self->errors);
  g_free (self);
}

/**
 * quarry_drawing_add_cloud:
 * @media: (transfer full):
 * @cloud: (transfer full) (nullable): rigid, in the lidar's frame
 * @body_from_lidar: of the sensor; a cloud in map coordinates adds its origin to it
 *
 * Add clouds before cameras: a camera has a pose for each cloud.
 */
void
quarry_drawing_add_cloud (QuarryDrawing    *self,
                          QuarryMedia      *media,
                          QuarryCloud      *cloud,
                          const QuarryPose *body_from_lidar)
{
  QuarryCloudView *view = g_new0 (QuarryCloudView, 1);

  view->media = media;
  view->cloud = cloud;
  view->body_from_lidar = quarry_cloud_get_pose (cloud, body_from_lidar);
  g_ptr_array_add (self->clouds, view);
}

/**
 * quarry_drawing_add_camera:
 * @media: (transfer full):
 * @image: (transfer full) (nullable):
 *
 * Returns: (transfer none): the view, rigid to every cloud of the drawing
 */
QuarryCameraView *
quarry_drawing_add_camera (QuarryDrawing    *self,
                           QuarryMedia      *media,
                           QuarryImage      *image,
                           const QuarryPose *camera_from_body)
{
  QuarryCameraView *view = g_new0 (QuarryCameraView, 1);

  view->media = media;
  view->image = image;
  view->camera_from_body = *camera_from_body;
  view->camera_from_lidar = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->clouds->len; i++)
    {
      const QuarryCloudView *cloud = self->clouds->pdata[i];
      const QuarryPose pose = quarry_pose_multiply (camera_from_body, &cloud->body_from_lidar);

      g_ptr_array_add (view->camera_from_lidar, g_memdup2 (&pose, sizeof pose));
    }
  g_ptr_array_add (self->cameras, view);
  return view;
}

/* Takes @error. Returns: FALSE when it is a cancel, which ends the loading; anything else is noted */
static gboolean
note_error (QuarryDrawing *self, GError *error, GError **out_error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (out_error, error);
      return FALSE;
    }
  g_ptr_array_add (self->errors, g_strdup (error->message));
  g_error_free (error);
  return TRUE;
}

/* Body at the frame's time from the lidar at its own; rigid without stamps or poses */
static QuarryPose
get_body_from_lidar (QuarryCatalog *catalog, const QuarryFrame *frame, const QuarryMedia *lidar)
{
  const gint64 low = MIN (frame->stamp_ns, lidar->stamp_ns);
  const gint64 high = MAX (frame->stamp_ns, lidar->stamp_ns);
  QuarryPose motion = QUARRY_POSE_IDENTITY;

  if (low != QUARRY_NO_TIME && low != high)
    {
      QuarryTrajectory *poses = quarry_catalog_get_trajectory (catalog, frame->scene, low, high, NULL);

      if (poses == NULL || !quarry_trajectory_get_motion (poses, frame->stamp_ns, lidar->stamp_ns, &motion))
        motion = QUARRY_POSE_IDENTITY;
      g_clear_pointer (&poses, g_array_unref);
    }
  return quarry_pose_multiply (&motion, &lidar->calibration.body_from_sensor);
}

static gboolean
load_cloud (QuarryDrawing *self, QuarryCatalog *catalog, QuarryMedia *media, GCancellable *cancellable, GError **error)
{
  const QuarryPose body_from_lidar = get_body_from_lidar (catalog, self->frame, media);
  GError *local = NULL;
  QuarryCloud *cloud = quarry_media_load_cloud (quarry_catalog_get_storage (catalog), catalog, self->frame->scene, media, cancellable, &local);

  quarry_drawing_add_cloud (self, media, cloud, &body_from_lidar);
  if (cloud != NULL && cloud->resolution > 0)
    g_ptr_array_add (self->errors, g_strdup_printf ("%s: map coordinates as float32, in steps of %g m", media->uri, cloud->resolution));
  return cloud != NULL || note_error (self, local, error);
}

static gboolean
load_camera (QuarryDrawing *self,
             QuarryCatalog *catalog,
             QuarryMedia   *media,
             gboolean       with_picture,
             GCancellable  *cancellable,
             GError       **error)
{
  QuarryPose camera_from_body = QUARRY_POSE_IDENTITY;
  QuarryCameraView *view = NULL;
  GError *local = NULL;

  quarry_media_get_camera_from_body (catalog, self->frame->scene, media, self->frame->stamp_ns, &camera_from_body);
  view = quarry_drawing_add_camera (self, media, NULL, &camera_from_body);
  for (guint i = 0; i < self->clouds->len; i++)
    {
      const QuarryCloudView *cloud = self->clouds->pdata[i];
      QuarryPose *pose = view->camera_from_lidar->pdata[i];

      quarry_media_get_camera_from_lidar (catalog, self->frame->scene, media, cloud->media, pose);
      *pose = quarry_cloud_get_pose (cloud->cloud, pose);
    }
  if (!with_picture)
    return TRUE;
  view->image = quarry_media_load_image (quarry_catalog_get_storage (catalog), media, 0, cancellable, &local);
  return view->image != NULL || note_error (self, local, error);
}

static gboolean
load_media (QuarryDrawing *self,
            QuarryCatalog *catalog,
            GPtrArray     *media,              /* emptied as its members are taken */
            const char    *only_camera,
            GCancellable  *cancellable,
            GError       **error)
{
  static const QuarrySensorKind order[] = { QUARRY_SENSOR_LIDAR, QUARRY_SENSOR_CAMERA };

  g_ptr_array_set_free_func (media, NULL);
  for (guint pass = 0; pass < G_N_ELEMENTS (order); pass++)
    for (guint i = 0; i < media->len; i++)
      {
        QuarryMedia *one = media->pdata[i];
        gboolean wanted;

        if (one == NULL || one->kind != order[pass])
          continue;
        media->pdata[i] = NULL;
        wanted = only_camera == NULL || g_strcmp0 (only_camera, one->sensor_name) == 0;
        if (one->kind == QUARRY_SENSOR_LIDAR ? !load_cloud (self, catalog, one, cancellable, error)
                                             : !load_camera (self, catalog, one, wanted, cancellable, error))
          return FALSE;
      }
  return TRUE;
}

/* Farther from the body than this, metres, floats lose millimetres: see quarry-cloud.h */
#define FAR 16384.0

/* Where a cloud in map coordinates lies far from the body (no calibration, no poses: body and map are one), space is
 * counted from the cloud's origin, so that the drawers' floats keep its millimetres and the view in space shows it */
static void
leave_map (QuarryDrawing *self)
{
  const QuarryCloudView *first = self->clouds->len > 0 ? self->clouds->pdata[0] : NULL;
  QuarryPose body_from_space = QUARRY_POSE_IDENTITY;

  for (int i = 0; i < 3 && first != NULL; i++)
    body_from_space.t[i] = self->origin[i] = fabs (first->body_from_lidar.t[i]) > FAR ? first->body_from_lidar.t[i] : 0;
  for (guint i = 0; i < self->clouds->len; i++)
    for (int k = 0; k < 3; k++)
      ((QuarryCloudView *) self->clouds->pdata[i])->body_from_lidar.t[k] -= self->origin[k];
  for (guint i = 0; i < self->cameras->len; i++)
    {
      QuarryCameraView *view = self->cameras->pdata[i];

      view->camera_from_body = quarry_pose_multiply (&view->camera_from_body, &body_from_space);
    }
  for (guint i = 0; i < self->annotations->len; i++)
    {
      QuarryAnnotation *annotation = self->annotations->pdata[i];

      for (guint k = 0; k < 3 && annotation->kind == QUARRY_ANNOTATION_CUBOID && annotation->n_geometry >= 3; k++)
        annotation->geometry[k] -= self->origin[k];
    }
}

/**
 * quarry_drawing_load:
 * @set: an annotation set, or 0 for all
 * @only_camera: (nullable): read this camera's picture only; the others are there for their places
 *
 * Blocking: call in a worker thread. Media that cannot be read become entries in errors; the rest is there.
 *
 * Returns: (transfer full): NULL where the frame cannot be found, the catalog not be read, or on cancel
 */
QuarryDrawing *
quarry_drawing_load (QuarryCatalog *catalog,
                     QuarryId       frame,
                     QuarryId       set,
                     const char    *only_camera,
                     GCancellable  *cancellable,
                     GError       **error)
{
  QuarryFrame *record = quarry_catalog_get_frame (catalog, frame, error);
  g_autoptr(QuarryDrawing) self = NULL;
  g_autoptr(GPtrArray) media = NULL;
  GPtrArray *annotations = NULL;
  gboolean loaded;

  if (record == NULL)
    return NULL;
  self = quarry_drawing_new (record);
  annotations = quarry_catalog_list_annotations (catalog, frame, set, error);
  if (annotations == NULL)
    return NULL;
  g_ptr_array_unref (self->annotations);
  self->annotations = annotations;
  media = quarry_catalog_list_media (catalog, frame, error);
  if (media == NULL)
    return NULL;
  loaded = load_media (self, catalog, media, only_camera, cancellable, error);
  for (guint i = 0; i < media->len; i++)         /* what is neither camera nor lidar, or came after a cancel */
    if (media->pdata[i] != NULL)
      quarry_media_free (media->pdata[i]);
  leave_map (self);
  return loaded ? g_steal_pointer (&self) : NULL;
}

/* Returns: (transfer none) (nullable): the camera of that sensor name; with NULL the first that has a picture, else the first */
QuarryCameraView *
quarry_drawing_find_camera (QuarryDrawing *self, const char *name)
{
  for (guint i = 0; i < self->cameras->len; i++)
    {
      QuarryCameraView *view = self->cameras->pdata[i];

      if (name != NULL ? g_strcmp0 (view->media->sensor_name, name) == 0 : view->image != NULL)
        return view;
    }
  return name == NULL && self->cameras->len > 0 ? self->cameras->pdata[0] : NULL;
}

int
quarry_drawing_find_view (QuarryDrawing *self, const QuarryCameraView *camera)
{
  guint index;

  return g_ptr_array_find (self->cameras, camera, &index) ? (int) index : -1;
}

gboolean
quarry_annotation_is_in (const QuarryAnnotation *annotation, const QuarryCameraView *camera)
{
  return annotation->media != 0 && annotation->media == camera->media->id && annotation->kind != QUARRY_ANNOTATION_CUBOID &&
         annotation->kind != QUARRY_ANNOTATION_CLASS && quarry_annotation_check (annotation, NULL);
}

void
quarry_camera_view_get_size (const QuarryCameraView *self, int *out_width, int *out_height)
{
  const QuarryMedia *media = self->media;

  if (self->image != NULL)
    {
      *out_width = self->image->full_width > 0 ? self->image->full_width : self->image->width;
      *out_height = self->image->full_height > 0 ? self->image->full_height : self->image->height;
    }
  else if (media->width > 0 && media->height > 0)
    {
      *out_width = media->width;
      *out_height = media->height;
    }
  else
    {
      *out_width = media->calibration.has_camera ? media->calibration.camera.width : 0;
      *out_height = media->calibration.has_camera ? media->calibration.camera.height : 0;
    }
}

/* A picture may be stored smaller than it was calibrated. With corner-origin pixels that is a plain factor. */
gboolean
quarry_camera_view_get_camera (const QuarryCameraView *self, QuarryCamera *out_camera)
{
  QuarryCamera *camera = out_camera;
  int width, height;

  if (!self->media->calibration.has_camera || !quarry_camera_is_valid (&self->media->calibration.camera))
    return FALSE;
  *camera = self->media->calibration.camera;
  quarry_camera_view_get_size (self, &width, &height);
  if (width != camera->width || height != camera->height)
    {
      const double scale_x = (double) width / camera->width;
      const double scale_y = (double) height / camera->height;

      camera->fx *= scale_x;
      camera->cx *= scale_x;
      camera->skew *= scale_x;
      camera->fy *= scale_y;
      camera->cy *= scale_y;
      camera->width = width;
      camera->height = height;
    }
  return TRUE;
}
