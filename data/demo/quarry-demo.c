/* quarry-demo.c: writes the synthetic construction site
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   site ─▶ demo.json, poses.csv ─▶ frames, one a thread: scene ─▶ pictures, cloud, labels ─▶
 * frames.csv Every file is written whole under another name and then renamed; frames.csv comes
 * last, so a demo that was cut short is known as such and can be written again over itself.
 */

#include "config.h"
#include "quarry-demo-private.h"

#include <glib/gstdio.h>
#include <string.h>

#define JPEG_QUALITY 92
#define MAX_FRAMES   100000

typedef struct
{
  const char           *folder;
  const QuarryDemoSite *site;
  QuarryOperation      *operation;      /* nullable */
  GMutex                lock;
  guint                 n_done;
  GError               *error;          /* the first */
} Writer;

static GCancellable *
cancellable_of (const Writer *self)
{
  return self->operation != NULL ? quarry_operation_get_cancellable (self->operation) : NULL;
}

static gboolean
write_bytes (const char *path, const void *data, gsize length, GError **error)
{
  return g_file_set_contents_full (path, data, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT,
                                   0666, error);
}

static gboolean
write_picture (const char *path, const QuarryDemoPicture *picture, GError **error)
{
  g_autoptr(GBytes) bytes = quarry_image_to_jpeg (picture->image, JPEG_QUALITY, error);

  return bytes != NULL &&
         write_bytes (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}

static gboolean
write_cloud (const char *path, const QuarryCloud *cloud, GError **error)
{
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  g_autoptr(GFile) from = g_file_new_for_path (part);
  g_autoptr(GFile) to = g_file_new_for_path (path);

  return quarry_cloud_write_pcd (cloud, part, error) &&
         g_file_move (from, to, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, error);
}

static char *
path_of (const Writer *self, const char *sensor, guint frame, const char *extension)
{
  g_autofree char *name = g_strdup_printf ("%06u.%s", frame, extension);

  return g_build_filename (self->folder, sensor, name, NULL);
}

static gboolean
write_scan_and_labels (const Writer *self, const QuarryDemoScene *scene,
                       QuarryDemoPicture **pictures, GError **error)
{
  g_autofree guint16 *ids = NULL;
  g_autoptr(QuarryCloud) cloud = quarry_demo_scan (scene, &ids);
  g_autofree char *labels = quarry_demo_labels_to_json (scene, pictures, cloud, ids);
  g_autofree char *cloud_path = path_of (self, QUARRY_DEMO_LIDAR, scene->frame, "pcd");
  g_autofree char *label_path = path_of (self, "labels", scene->frame, "json");

  return write_cloud (cloud_path, cloud, error) &&
         write_bytes (label_path, labels, strlen (labels), error);
}

static gboolean
write_frame (const Writer *self, guint frame, GError **error)
{
  g_autoptr(QuarryDemoScene) scene = quarry_demo_scene_new (self->site, frame);
  QuarryDemoPicture *pictures[QUARRY_DEMO_N_CAMERAS] = { NULL };
  gboolean ok = TRUE;

  for (int camera = 0; ok && camera < QUARRY_DEMO_N_CAMERAS; camera++)
    {
      g_autofree char *path = path_of (self, self->site->cameras[camera].key, frame, "jpg");

      pictures[camera] = quarry_demo_picture_new (scene, camera, TRUE, cancellable_of (self));
      ok = pictures[camera] != NULL
               ? write_picture (path, pictures[camera], error)
               : !g_cancellable_set_error_if_cancelled (cancellable_of (self), error);
    }
  ok = ok && write_scan_and_labels (self, scene, pictures, error);
  for (int camera = 0; camera < QUARRY_DEMO_N_CAMERAS; camera++)
    g_clear_pointer (&pictures[camera], quarry_demo_picture_free);
  return ok;
}

/* @data: the frame's number + 1 */
static void
frame_thread (gpointer data, gpointer user_data)
{
  Writer *self = user_data;
  const guint frame = GPOINTER_TO_UINT (data) - 1;
  g_autoptr(GError) error = NULL;
  g_autofree char *detail = g_strdup_printf ("%06u", frame);
  gboolean stop;

  g_mutex_lock (&self->lock);
  stop = self->error != NULL;
  g_mutex_unlock (&self->lock);
  if (stop)
    return;
  if (!g_cancellable_set_error_if_cancelled (cancellable_of (self), &error))
    write_frame (self, frame, &error);
  g_mutex_lock (&self->lock);
  self->n_done++;
  if (error != NULL && self->error == NULL)
    self->error = g_steal_pointer (&error);
  else if (error == NULL && self->operation != NULL)
    quarry_operation_set_progress (self->operation, self->n_done, self->site->n_frames, detail);
  g_mutex_unlock (&self->lock);
}

static gboolean
write_poses (const Writer *self, GError **error)
{
  g_autoptr(GString) text = g_string_new ("stamp_ns,tx,ty,tz,qw,qx,qy,qz\n");
  g_autofree char *path = g_build_filename (self->folder, "poses.csv", NULL);

  for (guint i = 0; i < self->site->trajectory->len; i++)
    {
      const QuarryStampedPose *pose = &g_array_index (self->site->trajectory, QuarryStampedPose, i);
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append_printf (text, "%" G_GINT64_FORMAT, pose->stamp_ns);
      for (int j = 0; j < 3; j++)
        g_string_append_printf (
            text, ",%s",
            g_ascii_formatd (number, sizeof number, "%.9f", pose->world_from_body.t[j]));
      for (int j = 0; j < 4; j++)
        g_string_append_printf (
            text, ",%s",
            g_ascii_formatd (number, sizeof number, "%.12f", pose->world_from_body.q[j]));
      g_string_append_c (text, '\n');
    }
  return write_bytes (path, text->str, text->len, error);
}

static gboolean
write_frames (const Writer *self, GError **error)
{
  g_autoptr(GString) text = g_string_new ("key,stamp_ns");
  g_autofree char *path = g_build_filename (self->folder, "frames.csv", NULL);

  for (int camera = 0; camera < QUARRY_DEMO_N_CAMERAS; camera++)
    g_string_append_printf (text, ",%s", self->site->cameras[camera].key);
  g_string_append (text, "," QUARRY_DEMO_LIDAR "\n");
  for (guint frame = 0; frame < self->site->n_frames; frame++)
    {
      const gint64 stamp = self->site->start_ns + (gint64) frame * QUARRY_DEMO_FRAME_NS;

      g_string_append_printf (text, "%06u,%" G_GINT64_FORMAT, frame, stamp);
      for (int camera = 0; camera < QUARRY_DEMO_N_CAMERAS; camera++)
        g_string_append_printf (text, ",%" G_GINT64_FORMAT,
                                stamp + self->site->cameras[camera].delay_ns);
      g_string_append_printf (text, ",%" G_GINT64_FORMAT "\n", stamp);
    }
  return write_bytes (path, text->str, text->len, error);
}

/* Frames of an earlier, longer demo in the same folder */
static void
remove_frames_beyond (const char *folder, guint n_frames)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      char *end = NULL;
      const guint64 frame = g_ascii_strtoull (name, &end, 10);

      if (end - name >= 6 && *end == '.' && frame >= n_frames)
        g_remove (path);
    }
}

/* Refuses a folder that holds something else: a demo has its demo.json from the first moment on */
static gboolean
prepare_folder (const Writer *self, GError **error)
{
  g_autofree char *json = quarry_demo_site_to_json (self->site);
  g_autofree char *path = g_build_filename (self->folder, "demo.json", NULL);
  g_autofree char *list = g_build_filename (self->folder, "frames.csv", NULL);
  const char *folders[] = { self->site->cameras[0].key, self->site->cameras[1].key,
                            self->site->cameras[2].key, QUARRY_DEMO_LIDAR, "labels" };
  g_autoptr(GDir) dir = NULL;

  if (g_mkdir_with_parents (self->folder, 0777) != 0)
    {
      const int code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                   "cannot make folder '%s': %s", self->folder, g_strerror (code));
      return FALSE;
    }
  dir = g_dir_open (self->folder, 0, error);
  if (dir == NULL)
    return FALSE;
  if (!g_file_test (path, G_FILE_TEST_EXISTS) && g_dir_read_name (dir) != NULL)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                   "folder '%s' is not empty and not a demo: name a new one", self->folder);
      return FALSE;
    }
  g_remove (list);
  if (!write_bytes (path, json, strlen (json), error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *folder = g_build_filename (self->folder, folders[i], NULL);

      if (g_mkdir_with_parents (folder, 0777) != 0)
        {
          const int code = errno;

          g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                       "cannot make folder '%s': %s", folder, g_strerror (code));
          return FALSE;
        }
      remove_frames_beyond (folder, self->site->n_frames);
    }
  return TRUE;
}

static gboolean
check_options (const QuarryDemoOptions *options, GError **error)
{
  if (options->n_frames < 1 || options->n_frames > MAX_FRAMES)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "%u frames are not between 1 and %d", options->n_frames, MAX_FRAMES);
  else if (options->width < 64 || options->width > 4096 || options->width % 16 != 0)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "width %d is not a multiple of 16 between 64 and 4096", options->width);
  else
    return TRUE;
  return FALSE;
}

/**
 * quarry_demo_write:
 * @folder: made where it is not there; an earlier demo in it is written over
 * @operation: (nullable): progress and cancel
 */
gboolean
quarry_demo_write (const char *folder, const QuarryDemoOptions *options, QuarryOperation *operation,
                   GError **error)
{
  g_autoptr(QuarryDemoSite) site = NULL;
  Writer self = { .folder = folder, .operation = operation };
  GThreadPool *pool;
  gboolean ok;

  g_return_val_if_fail (folder != NULL && options != NULL, FALSE);
  if (!check_options (options, error))
    return FALSE;
  site = quarry_demo_site_new (options);
  self.site = site;
  if (!prepare_folder (&self, error) || !write_poses (&self, error))
    return FALSE;
  g_mutex_init (&self.lock);
  pool = g_thread_pool_new (frame_thread, &self, (int) g_get_num_processors (), FALSE, NULL);
  for (guint frame = 0; frame < options->n_frames; frame++)
    g_thread_pool_push (pool, GUINT_TO_POINTER (frame + 1), NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
  g_mutex_clear (&self.lock);
  ok = self.error == NULL;
  if (!ok)
    g_propagate_error (error, self.error);
  return ok && write_frames (&self, error);
}
