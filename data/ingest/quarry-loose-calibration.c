/* quarry-loose-calibration.c: calibration.json and poses beside loose files; quarry-loose.h says what is in them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-loose.h"
#include "quarry-json-file.h"
#include "quarry-json-rows.h"

#include <math.h>
#include <string.h>

#define MAX_TEXT (256u << 20)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

typedef struct
{
  QuarryIngest *ingest;
  const char   *path;
  GHashTable   *sensors;
} Reading;

/* @place: "cameras.front" */
static gboolean
read_pose (Reading *self, const json_t *sensor, const char *place, QuarryPose *out)
{
  g_autofree char *key = g_strconcat (place, ".body_from_sensor", NULL);
  const json_t *pose = json_object_get (sensor, "body_from_sensor");

  if (!json_is_object (pose))
    quarry_ingest_skip (self->ingest, self->path, key, "is missing: an object with translation and rotation");
  else if (!quarry_json_numbers (pose, "translation", out->t, 3))
    quarry_ingest_skip (self->ingest, self->path, key, "'translation' is not 3 numbers: x, y, z in metres");
  else if (!quarry_json_numbers (pose, "rotation", out->q, 4) || !quarry_pose_normalize (out))
    quarry_ingest_skip (self->ingest, self->path, key, "'rotation' is not a quaternion of 4 numbers: w, x, y, z");
  else
    return TRUE;
  return FALSE;
}

static gboolean
read_number (Reading *self, const json_t *sensor, const char *place, const char *name, double *out)
{
  g_autofree char *key = g_strconcat (place, ".", name, NULL);
  const json_t *value = json_object_get (sensor, name);

  *out = json_number_value (value);
  if (json_is_number (value) && isfinite (*out))
    return TRUE;
  quarry_ingest_skip (self->ingest, self->path, key, value == NULL ? "is missing" : "is no number");
  return FALSE;
}

static gboolean
read_distortion (Reading *self, const json_t *sensor, const char *place, QuarryCamera *camera)
{
  const json_t *list = json_object_get (sensor, "distortion");
  const json_t *model = json_object_get (sensor, "model");
  g_autofree char *key = g_strconcat (place, ".distortion", NULL);
  const gsize n = json_array_size (list);
  gsize most = 0;

  if (model != NULL && (!json_is_string (model) || !quarry_camera_model_parse (json_string_value (model), &camera->model)))
    {
      g_autofree char *model_key = g_strconcat (place, ".model", NULL);

      quarry_ingest_skip (self->ingest, self->path, model_key, "'%s' is no model that is known: plumb_bob, rational_polynomial, equidistant",
                          json_is_string (model) ? json_string_value (model) : "?");
      return FALSE;
    }
  most = camera->model == QUARRY_CAMERA_KANNALA_BRANDT ? 4 : G_N_ELEMENTS (camera->k);
  if (list != NULL && (!json_is_array (list) || n > most || !quarry_json_numbers (sensor, "distortion", camera->k, (guint) n)))
    {
      quarry_ingest_skip (self->ingest, self->path, key, "is not up to %" G_GSIZE_FORMAT " numbers", most);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_camera (Reading *self, const json_t *sensor, const char *place, QuarryCamera *camera)
{
  const json_t *skew = json_object_get (sensor, "skew");

  *camera = (QuarryCamera) { .model = QUARRY_CAMERA_BROWN_CONRADY };
  if (!read_number (self, sensor, place, "fx", &camera->fx) || !read_number (self, sensor, place, "fy", &camera->fy) ||
      !read_number (self, sensor, place, "cx", &camera->cx) || !read_number (self, sensor, place, "cy", &camera->cy) ||
      (skew != NULL && !read_number (self, sensor, place, "skew", &camera->skew)) ||
      !read_distortion (self, sensor, place, camera))
    return FALSE;
  if (!(camera->fx > 0) || !(camera->fy > 0))
    {
      quarry_ingest_skip (self->ingest, self->path, place, "fx and fy must be above 0");
      return FALSE;
    }
  camera->cx += QUARRY_PIXEL_CENTRE;
  camera->cy += QUARRY_PIXEL_CENTRE;
  return TRUE;
}

static void
read_sensors (Reading *self, json_t *root, const char *group, gboolean cameras)
{
  json_t *sensors = json_object_get (root, group);
  const char *name = NULL;
  json_t *sensor = NULL;

  if (sensors != NULL && !json_is_object (sensors))
    quarry_ingest_skip (self->ingest, self->path, group, "is no object with a sensor's name for each key");
  json_object_foreach (sensors, name, sensor)
    {
      g_autofree char *place = g_strdup_printf ("%s.%s", group, name);
      QuarryCalibration made = { .has_camera = cameras };

      if (!read_pose (self, sensor, place, &made.body_from_sensor) ||
          (cameras && !read_camera (self, sensor, place, &made.camera)))
        continue;
      g_hash_table_replace (self->sensors, g_strdup (name), g_memdup2 (&made, sizeof made));
    }
}

GHashTable *
quarry_loose_calibration_read (QuarryIngest *ingest, const char *path, char **out_poses)
{
  Reading self = { ingest, path, g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free) };
  g_autoptr(json_t) root = quarry_json_load (ingest, path);
  const char *poses = json_string_value (json_object_get (root, "poses"));

  if (root != NULL && !json_is_object (root))
    quarry_ingest_skip (ingest, path, NULL, "no object with cameras and lidars");
  read_sensors (&self, root, "cameras", TRUE);
  read_sensors (&self, root, "lidars", FALSE);
  if (poses != NULL && (strchr (poses, '/') != NULL || *poses == 0))
    quarry_ingest_skip (ingest, path, "poses", "'%s' is no file's name beside it", poses);
  else if (poses != NULL)
    *out_poses = g_strdup (poses);
  return self.sensors;
}

/* --- poses --- */

static void
read_csv (QuarryIngest *ingest, const char *path, QuarryTrajectory *poses)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = quarry_ingest_read_text (ingest, path, MAX_TEXT, &error);
  const char *line = text;

  if (text == NULL)
    quarry_ingest_skip_error (ingest, path, error);
  for (guint n = 1; line != NULL && *line != 0; n++)
    {
      const gsize length = strcspn (line, "\n");
      g_autofree char *copy = g_strstrip (g_strndup (line, length));
      QuarryStampedPose pose;
      double v[7];
      char *at = NULL;
      guint count = 0;

      pose.stamp_ns = g_ascii_strtoll (copy, &at, 10);
      for (; count < 7 && at != copy && *at == ','; count++)
        v[count] = g_ascii_strtod (at + 1, &at);
      memcpy (pose.world_from_body.t, v, 3 * sizeof (double));
      memcpy (pose.world_from_body.q, v + 3, 4 * sizeof (double));
      line += length + (line[length] != 0 ? 1 : 0);
      if (*copy == 0 || (n == 1 && g_str_has_prefix (copy, "stamp_ns")))
        continue;
      if (count == 7 && *at == 0 && isfinite (v[0]) && isfinite (v[1]) && isfinite (v[2]) &&
          quarry_pose_normalize (&pose.world_from_body))
        g_array_append_val (poses, pose);
      else
        {
          g_autofree char *place = g_strdup_printf ("line %u", n);

          quarry_ingest_skip (ingest, path, place, "not stamp_ns,tx,ty,tz,qw,qx,qy,qz");
        }
    }
}

static void
read_rows (QuarryIngest *ingest, const char *path, QuarryTrajectory *poses)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryJsonRows) rows = quarry_json_rows_open (quarry_ingest_get_storage (ingest), path, NULL, &error);
  QuarryJsonStep step = rows != NULL ? QUARRY_JSON_ROW : QUARRY_JSON_END;

  while (step == QUARRY_JSON_ROW || step == QUARRY_JSON_ROW_BAD)
    {
      json_t *row = NULL;
      QuarryStampedPose pose;

      step = quarry_json_rows_next (rows, &row, &error);
      if (step == QUARRY_JSON_ROW && json_is_integer (json_object_get (row, "stamp_ns")) &&
          quarry_json_numbers (row, "translation", pose.world_from_body.t, 3) &&
          quarry_json_numbers (row, "rotation", pose.world_from_body.q, 4) && quarry_pose_normalize (&pose.world_from_body))
        {
          pose.stamp_ns = json_integer_value (json_object_get (row, "stamp_ns"));
          g_array_append_val (poses, pose);
        }
      else if (step == QUARRY_JSON_ROW)
        {
          g_autofree char *place = quarry_json_rows_dup_place (rows);

          quarry_ingest_skip (ingest, path, place, "no whole 'stamp_ns', 'translation' of 3 or 'rotation' of 4 numbers");
        }
      else if (error != NULL)
        quarry_ingest_skip_error (ingest, path, error);
      if (step == QUARRY_JSON_ROW_BAD)
        g_clear_error (&error);
    }
  if (rows == NULL)
    quarry_ingest_skip_error (ingest, path, error);
}

QuarryTrajectory *
quarry_loose_poses_read (QuarryIngest *ingest, const char *path)
{
  QuarryTrajectory *poses = quarry_trajectory_new ();

  if (g_str_has_suffix (path, ".json"))
    read_rows (ingest, path, poses);
  else
    read_csv (ingest, path, poses);
  if (poses->len > 0)
    return poses;
  g_array_unref (poses);
  return NULL;
}
