/* quarry-exporter-kitti.c: pictures, clouds, calibration and labels as KITTI's object benchmark
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   DIR/<split>/image_2/000000.png (or .jpg), label_2/000000.txt, calib/000000.txt, velodyne/000000.bin
 *   DIR/<split>/frames.csv     which frame is behind a name
 * One camera and one lidar a frame. Camera 0 of KITTI is the chosen camera itself (R0_rect is the identity, all P are
 * equal), and Tr_velo_to_cam takes the lidar at its own time to the camera at its own, so that x = P2 · R0 · Tr · X holds for a
 * moving machine too. Frames keep their keys where all are six digits, else they are numbered.
 */

#include "config.h"
#include "quarry-export-private.h"
#include "quarry-kitti-line.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#define LEAN 1e-3      /* radians: less is not worth a line */

extern const QuarryExporter quarry_exporter_kitti;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

typedef struct
{
  QuarryExport            *job;
  const char              *split;
  QuarryExportFile        *names;        /* frames.csv */
  gboolean                 keep_keys;
  guint                    n_frames;
  const QuarryExportFrame *frame;        /* this one… */
  const QuarryMedia       *camera;       /* nullable */
  const QuarryMedia       *lidar;        /* nullable */
  QuarryPose               camera_from_body;
  QuarryPose               lidar_from_xyz;   /* of the cloud as it was written: its origin in map coordinates */
  char                    *name;
} Kitti;

static gboolean
all_keys_are_numbers (QuarryExport *job, GPtrArray *frames, gboolean *out_are, GError **error)
{
  g_autofree guint8 *seen = g_new0 (guint8, 1000000);

  *out_are = FALSE;
  for (guint i = 0; i < frames->len; i++)
    {
      g_autoptr(QuarryFrame) frame = quarry_catalog_get_frame (job->catalog, ((QuarryDatasetFrame *) frames->pdata[i])->frame, error);
      const gboolean six = frame != NULL && strlen (frame->key) == 6 && strspn (frame->key, "0123456789") == 6;

      if (frame == NULL || quarry_operation_is_cancelled (job->operation, error))
        return FALSE;
      if (!six || seen[atoi (frame->key)]++ > 0)
        return TRUE;
    }
  *out_are = TRUE;
  return TRUE;
}

static void
choose_media (Kitti *self)
{
  const char *wanted = self->job->request->camera;

  self->camera = self->lidar = NULL;
  for (guint i = 0; i < self->frame->media->len; i++)
    {
      const QuarryMedia *media = self->frame->media->pdata[i];

      if (media->kind == QUARRY_SENSOR_LIDAR && self->lidar == NULL)
        self->lidar = media;
      else if (media->kind == QUARRY_SENSOR_CAMERA && self->camera == NULL &&
               (wanted == NULL || g_str_equal (wanted, media->sensor_name)))
        self->camera = media;
      else
        quarry_export_lose (self->job, QUARRY_ISSUE_LOSS, "sensor '%s': KITTI has one camera and one lidar", media->sensor_name);
    }
}

/* The farthest that the picture is from the pinhole's, px, over a grid of the picture */
static double
measure_distortion (const QuarryCamera *camera)
{
  double far = 0;

  for (int i = 0; i <= 8; i++)
    for (int j = 0; j <= 8; j++)
      {
        const double pixel[2] = { camera->width * i / 8.0, camera->height * j / 8.0 };
        double d[3];
        double x, y;

        if (!quarry_camera_unproject (camera, pixel, d))
          continue;
        if (d[2] <= 0)
          return INFINITY;
        x = camera->fx * d[0] / d[2] + camera->skew * d[1] / d[2] + camera->cx;
        y = camera->fy * d[1] / d[2] + camera->cy;
        far = MAX (far, hypot (x - pixel[0], y - pixel[1]));
      }
  return far;
}

static gboolean
write_matrix (QuarryExportFile *file, const char *name, const double *numbers, gsize n, GError **error)
{
  g_autoptr(GString) line = g_string_new (name);
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (line, ':');
  for (gsize i = 0; i < n; i++)
    g_string_append_printf (line, " %s", g_ascii_dtostr (text, sizeof text, numbers[i]));
  g_string_append_c (line, '\n');
  return quarry_export_file_write (file, line->str, -1, error);
}

static void
pose_to_rows (const QuarryPose *pose, double out[12])
{
  double rotation[9];

  quarry_pose_to_matrix (pose, rotation);
  for (int row = 0; row < 3; row++)
    {
      memcpy (out + 4 * row, rotation + 3 * row, 3 * sizeof (double));
      out[4 * row + 3] = pose->t[row];
    }
}

static gboolean
write_calibration (Kitti *self, GError **error)
{
  const QuarryCamera *camera = &self->camera->calibration.camera;
  const double p[12] = { camera->fx, camera->skew, camera->cx - QUARRY_PIXEL_CENTRE, 0,
                         0, camera->fy, camera->cy - QUARRY_PIXEL_CENTRE, 0, 0, 0, 1, 0 };
  const double identity[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
  g_autofree char *relative = g_strdup_printf ("%s/calib/%s.txt", self->split, self->name);
  g_autoptr(QuarryExportFile) file = NULL;
  QuarryPose camera_from_lidar = self->camera_from_body;
  QuarryPose lidar_from_body = QUARRY_POSE_IDENTITY;
  const double distortion = measure_distortion (camera);
  double tr[12], imu[12];

  if (distortion > 0.01)
    quarry_export_lose (self->job, QUARRY_ISSUE_LOSS, "picture of '%s' with distortion up to %.0f px: KITTI has pinhole cameras only",
                        self->camera->sensor_name, distortion);
  if (self->lidar != NULL)
    {
      quarry_media_get_camera_from_lidar (self->job->catalog, self->frame->frame->scene, self->camera, self->lidar, &camera_from_lidar);
      camera_from_lidar = quarry_pose_multiply (&camera_from_lidar, &self->lidar_from_xyz);
      lidar_from_body = quarry_pose_multiply (&self->lidar->calibration.body_from_sensor, &self->lidar_from_xyz);
      lidar_from_body = quarry_pose_invert (&lidar_from_body);
    }
  pose_to_rows (&camera_from_lidar, tr);
  pose_to_rows (&lidar_from_body, imu);
  file = quarry_export_file_open (self->job, relative, error);
  return file != NULL && write_matrix (file, "P0", p, 12, error) && write_matrix (file, "P1", p, 12, error) &&
         write_matrix (file, "P2", p, 12, error) && write_matrix (file, "P3", p, 12, error) &&
         write_matrix (file, "R0_rect", identity, 9, error) && write_matrix (file, "Tr_velo_to_cam", tr, 12, error) &&
         write_matrix (file, "Tr_imu_to_velo", imu, 12, error) && quarry_export_file_close (file, error);
}

static gboolean
write_cloud (Kitti *self, GError **error)
{
  g_autofree char *relative = g_strdup_printf ("%s/velodyne/%s.bin", self->split, self->name);
  g_autofree char *path = NULL;
  g_autoptr(QuarryCloud) cloud = NULL;
  g_autoptr(GError) failure = NULL;
  gboolean there = FALSE;

  self->lidar_from_xyz = QUARRY_POSE_IDENTITY;
  if (g_str_equal (self->lidar->format, "kitti-bin"))
    return quarry_export_media (self->job, self->lidar, relative, &there, error);
  cloud = quarry_media_load_cloud (quarry_catalog_get_storage (self->job->catalog), self->job->catalog, self->frame->frame->scene, self->lidar,
                                   quarry_operation_get_cancellable (self->job->operation), &failure);
  if (cloud == NULL)
    {
      quarry_report_add (self->job->report, QUARRY_ISSUE_SKIPPED, self->lidar->uri, NULL, "%s", failure->message);
      return TRUE;
    }
  quarry_export_lose (self->job, QUARRY_ISSUE_LOSS, "cloud of '%s': only x y z and intensity are carried, moved to the cloud's own time",
                      self->lidar->sensor_name);
  self->lidar_from_xyz = quarry_cloud_get_pose (cloud, &self->lidar_from_xyz);
  if (cloud->origin[0] != 0 || cloud->origin[1] != 0 || cloud->origin[2] != 0)
    quarry_export_lose (self->job, QUARRY_ISSUE_NOTE, "cloud of '%s' in map coordinates: written relative to an origin that calib carries",
                        self->lidar->sensor_name);
  path = quarry_export_make_path (self->job, relative, error);
  if (path == NULL || !quarry_cloud_write_kitti (cloud, path, error))
    return FALSE;
  quarry_report_count (self->job->report, "clouds", 1);
  return TRUE;
}

static gboolean
get_number (json_t *attributes, const char *name, double *out_number)
{
  const json_t *value = json_object_get (attributes, name);

  if (json_is_boolean (value))
    *out_number = json_is_true (value);
  else if (json_is_number (value))
    *out_number = json_number_value (value);
  else
    return FALSE;
  return TRUE;
}

/* truncated, occluded and alpha as they were read, else what can be said of them; all others are lost. A track that begins
 * the external id was made of it by the reader, and will be again */
static void
set_attributes (Kitti *self, QuarryKittiLine *label, const QuarryKittiPair *pair)
{
  const QuarryAnnotation *of[2] = { pair->box, pair->cuboid };
  double number = 0;

  for (int i = 0; i < 2; i++)
    {
      g_autoptr(json_t) attributes = of[i] != NULL && of[i]->attributes != NULL ? json_loads (of[i]->attributes, 0, NULL) : NULL;
      const char *name = NULL;
      json_t *value = NULL;

      if (get_number (attributes, "occluded", &number))
        label->occluded = (int) CLAMP (number, -1, 3);
      else if (get_number (attributes, "occlusion", &number))
        label->occluded = number < 0.1 ? 0 : number < 0.5 ? 1 : 2;
      if (get_number (attributes, "truncated", &number) || get_number (attributes, "truncation", &number))
        label->truncated = number;
      if (get_number (attributes, "alpha", &number))
        label->alpha = number;
      json_object_foreach (attributes, name, value)
        if (!g_str_equal (name, "occluded") && !g_str_equal (name, "truncated") && !g_str_equal (name, "truncation") &&
            !g_str_equal (name, "alpha"))
          quarry_export_lose (self->job, QUARRY_ISSUE_LOSS, g_str_equal (name, "occlusion")
                              ? "attribute '%s': carried as one of KITTI's three levels" : "attribute '%s'", name);
      if (of[i] != NULL && of[i]->track != NULL && !g_str_has_prefix (of[i]->external_id, of[i]->track))
        quarry_export_lose (self->job, QUARRY_ISSUE_LOSS, "track of a %s", quarry_annotation_kind_name (of[i]->kind));
      if (of[i] != NULL && isfinite (of[i]->score))
        label->score = of[i]->score;
    }
}

/* The box of the cuboid where nobody drew one. Returns: FALSE where it is not in the picture */
static gboolean
project_box (Kitti *self, const QuarryCuboid *cuboid, QuarryKittiLine *label)
{
  double whole[4] = { 0, 0, 0, 0 }, visible[4] = { 0, 0, 0, 0 };
  const QuarryCamera *camera = &self->camera->calibration.camera;

  if (!quarry_cuboid_project_box (cuboid, camera, &self->camera_from_body, TRUE, visible) ||
      !quarry_cuboid_project_box (cuboid, camera, &self->camera_from_body, FALSE, whole))
    return FALSE;
  quarry_kitti_set_box (label, visible);
  label->truncated = CLAMP (1 - visible[2] * visible[3] / (whole[2] * whole[3]), 0, 1);
  return TRUE;
}

static char *
make_type (Kitti *self, const char *class_name)
{
  g_autofree char *type = g_strdup (class_name);

  for (char *c = type; *c != '\0'; c++)
    if (g_ascii_isspace (*c))
      *c = '_';
  if (!g_str_equal (type, class_name))
    quarry_export_lose (self->job, QUARRY_ISSUE_LOSS, "class '%s': a type has no blanks, carried as '%s'", class_name, type);
  return g_steal_pointer (&type);
}

/* Returns: (transfer full): NULL where nothing of the pair can be written (reported) */
static char *
make_line (Kitti *self, const QuarryKittiPair *pair)
{
  const QuarryAnnotation *one = pair->box != NULL ? pair->box : pair->cuboid;
  g_autofree char *type = make_type (self, one->class_name);
  gboolean has_box = FALSE;
  double box[4] = { 0, 0, 0, 0 };
  QuarryKittiLine label;
  QuarryCuboid cuboid;

  quarry_kitti_clear (&label);
  if (pair->box != NULL && quarry_annotation_get_bounds (pair->box, box))
    {
      if (pair->box->geometry[4] < 0 || pair->box->geometry[4] > 0)
        quarry_export_lose (self->job, QUARRY_ISSUE_LOSS, "turned box of class '%s': carried as an upright one", one->class_name);
      quarry_kitti_set_box (&label, box);
      has_box = TRUE;
    }
  if (pair->cuboid != NULL && self->camera->calibration.has_camera && quarry_annotation_get_cuboid (pair->cuboid, &cuboid))
    {
      if (quarry_kitti_set_cuboid (&label, &cuboid, &self->camera_from_body) > LEAN)
        quarry_export_lose (self->job, QUARRY_ISSUE_LOSS, "cuboid of class '%s' that leans in the camera's frame: set upright",
                            one->class_name);
      label.occluded = 3;
      label.truncated = 0;
      if (!has_box && (has_box = project_box (self, &cuboid, &label)))
        quarry_export_lose (self->job, QUARRY_ISSUE_NOTE, "cuboid of class '%s' without a box: its projection was taken", one->class_name);
    }
  if (!has_box)
    {
      quarry_export_lose (self->job, QUARRY_ISSUE_LOSS, "cuboid of class '%s' outside the picture: left out", one->class_name);
      return NULL;
    }
  set_attributes (self, &label, pair);
  return quarry_kitti_format (&label, type);
}

static void
lose_others (Kitti *self)
{
  for (guint i = 0; i < self->frame->annotations->len; i++)
    {
      const QuarryAnnotation *annotation = self->frame->annotations->pdata[i];

      if (annotation->kind == QUARRY_ANNOTATION_BOX2D && annotation->media != self->camera->id)
        quarry_export_lose (self->job, QUARRY_ISSUE_LOSS, "box2d of class '%s' in another camera", annotation->class_name);
      else if (annotation->kind != QUARRY_ANNOTATION_BOX2D && annotation->kind != QUARRY_ANNOTATION_CUBOID)
        quarry_export_lose (self->job, QUARRY_ISSUE_LOSS, "%s of class '%s': KITTI has no such thing",
                            quarry_annotation_kind_name (annotation->kind), annotation->class_name);
    }
}

static gboolean
write_labels (Kitti *self, GError **error)
{
  g_autofree char *relative = g_strdup_printf ("%s/label_2/%s.txt", self->split, self->name);
  g_autoptr(GArray) pairs = quarry_kitti_pair_annotations (self->frame->annotations, self->camera->id);
  g_autoptr(QuarryExportFile) file = quarry_export_file_open (self->job, relative, error);

  if (file == NULL)
    return FALSE;
  lose_others (self);
  for (guint i = 0; i < pairs->len; i++)
    {
      const QuarryKittiPair *pair = &g_array_index (pairs, QuarryKittiPair, i);
      g_autofree char *line = make_line (self, pair);

      if (line != NULL && !quarry_export_file_write (file, line, -1, error))
        return FALSE;
      if (line != NULL)
        quarry_report_count (self->job->report, "annotations", (pair->box != NULL) + (pair->cuboid != NULL));
    }
  return quarry_export_file_close (file, error);
}

static char *
quote (const char *text)
{
  g_auto(GStrv) parts = g_strsplit (text, "\"", -1);
  g_autofree char *doubled = g_strjoinv ("\"\"", parts);

  return g_strconcat ("\"", doubled, "\"", NULL);
}

static gboolean
write_name (Kitti *self, GError **error)
{
  g_autofree char *scene = quote (self->frame->frame->scene_name);
  g_autofree char *key = quote (self->frame->frame->key);
  g_autofree char *camera = quote (self->camera->sensor_name);
  g_autofree char *picture = quote (self->camera->uri);
  g_autofree char *cloud = quote (self->lidar != NULL ? self->lidar->uri : "");
  char stamp[32] = "";

  if (self->frame->frame->stamp_ns != QUARRY_NO_TIME)
    g_snprintf (stamp, sizeof stamp, "%" G_GINT64_FORMAT, self->frame->frame->stamp_ns);
  return quarry_export_file_printf (self->names, error, "%s,%s,%s,%s,%s,%s,%s\r\n", self->name, scene, key, stamp, camera, picture, cloud);
}

static gboolean
write_files (Kitti *self, GError **error)
{
  g_autofree char *relative = g_strdup_printf ("%s/image_2/%s.%s", self->split, self->name, quarry_export_extension (self->camera));
  gboolean there = FALSE;

  if (!quarry_export_media (self->job, self->camera, relative, &there, error))
    return FALSE;
  if (!there)
    return TRUE;     /* reported; without its picture a frame is nothing to KITTI */
  if (self->camera->calibration.has_camera)
    quarry_media_get_camera_from_body (self->job->catalog, self->frame->frame->scene, self->camera, self->frame->frame->stamp_ns,
                                       &self->camera_from_body);
  else
    quarry_export_lose (self->job, QUARRY_ISSUE_LOSS, "picture of '%s' without a calibration: neither calib nor cuboids",
                        self->camera->sensor_name);
  return (self->lidar == NULL || write_cloud (self, error)) &&
         (!self->camera->calibration.has_camera || write_calibration (self, error)) && write_labels (self, error) && write_name (self, error);
}

static gboolean
write_frame (Kitti *self, QuarryId id, GError **error)
{
  g_autoptr(QuarryExportFrame) frame = quarry_export_read_frame (self->job, id, error);
  gboolean done = TRUE;

  if (frame == NULL)
    return FALSE;
  self->frame = frame;
  choose_media (self);
  if (self->camera == NULL)
    quarry_export_lose (self->job, QUARRY_ISSUE_SKIPPED, "frame without camera%s%s", self->job->request->camera != NULL ? " " : "",
                        self->job->request->camera != NULL ? self->job->request->camera : "");
  else
    {
      self->name = self->keep_keys ? g_strdup (frame->frame->key) : g_strdup_printf ("%06u", self->n_frames++);
      done = write_files (self, error);
    }
  g_clear_pointer (&self->name, g_free);
  return done;
}

/* The camera asked for has to be somewhere in the catalog; where a frame lacks it, that frame is told */
static gboolean
check_camera (QuarryExport *job, GError **error)
{
  g_autoptr(GPtrArray) sensors = job->request->camera != NULL ? quarry_catalog_count_facet (job->catalog, QUARRY_FACET_SENSOR, NULL, NULL, error)
                                                              : g_ptr_array_new ();

  if (sensors == NULL)
    return FALSE;
  for (guint i = 0; i < sensors->len; i++)
    if (g_str_equal (((QuarryFacetRow *) sensors->pdata[i])->name, job->request->camera))
      return TRUE;
  if (job->request->camera == NULL)
    return TRUE;
  g_set_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_FAILED, "there is no sensor '%s'", job->request->camera);
  return FALSE;
}

static gboolean
write_split (QuarryExport *job, const char *split, GPtrArray *frames, GError **error)
{
  Kitti self = { job, split };
  g_autofree char *relative = g_build_filename (split, "frames.csv", NULL);
  g_autoptr(QuarryExportFile) names = NULL;

  if (!check_camera (job, error) || !all_keys_are_numbers (job, frames, &self.keep_keys, error))
    return FALSE;
  names = quarry_export_file_open (job, relative, error);
  if (names == NULL || !quarry_export_file_write (names, "name,scene,frame,stamp_ns,camera,picture,cloud\r\n", -1, error))
    return FALSE;
  self.names = names;
  for (guint i = 0; i < frames->len; i++)
    if (!write_frame (&self, ((QuarryDatasetFrame *) frames->pdata[i])->frame, error))
      return FALSE;
  quarry_report_add (job->report, QUARRY_ISSUE_NOTE, split, NULL,
                     "scenes and times are only in frames.csv; poses, tags and ratings have no place in KITTI");
  return quarry_export_file_close (names, error);
}

const QuarryExporter quarry_exporter_kitti = {
  .id = "kitti",
  .name = "KITTI object",
  .what = "one camera, one lidar, boxes and upright cuboids; no distortion, tracks, other labels",
  .write = write_split,
};
