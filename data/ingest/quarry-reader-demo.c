/* quarry-reader-demo.c: the synthetic construction site, as quarry-demo.h describes its layout
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo.h"
#include "quarry-ingest.h"

#include <math.h>
#include <string.h>
#include <stdlib.h>
#include <jansson.h>

#define MAX_TEXT (1u << 30)
#define MAX_LABELS (16u << 20)
#define MAX_SENSORS 64

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

extern const QuarryReader quarry_reader_demo;

typedef struct
{
  char              *key;
  QuarrySensorKind   kind;
  QuarryCalibration  calibration;
  QuarryId           sensor;
  QuarryId           calibration_id;
  int                column;        /* of frames.csv; −1 none */
} Sensor;

typedef struct
{
  QuarryIngest *ingest;
  const char   *folder;
  json_t       *root;
  GArray       *sensors;            /* Sensor */
  QuarryId      scene;
} Demo;

static void
sensor_clear (gpointer data)
{
  g_free (((Sensor *) data)->key);
}

static json_t *
parse_json (QuarryIngest *ingest, const char *path, gsize limit, GError **error)
{
  g_autofree char *text = NULL;
  json_error_t at;
  json_t *root = NULL;

  text = quarry_ingest_read_text (ingest, path, limit, error);
  if (text == NULL)
    return NULL;
  root = json_loads (text, JSON_REJECT_DUPLICATES, &at);
  if (root == NULL)
    g_set_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_FAILED, "%s: line %d: %s", path,
                 at.line, at.text);
  return root;
}

static int
probe (const char *path)
{
  g_autofree char *file = g_build_filename (path, "demo.json", NULL);
  g_autofree char *text = NULL;

  if (!quarry_ingest_has_file (path, "demo.json"))
    return 0;
  return g_file_get_contents (file, &text, NULL, NULL) && strstr (text, "\"quarry-demo\"") != NULL
             ? 100
             : 0;
}

/* Exactly @n finite numbers */
static gboolean
get_numbers (const json_t *array, double *out, size_t n)
{
  if (!json_is_array (array) || json_array_size (array) != n)
    return FALSE;
  for (size_t i = 0; i < n; i++)
    {
      const json_t *value = json_array_get (array, i);

      if (!json_is_number (value) || !isfinite (json_number_value (value)))
        return FALSE;
      out[i] = json_number_value (value);
    }
  return TRUE;
}

static gboolean
parse_camera (const json_t *object, QuarryCamera *out)
{
  const char *model = json_string_value (json_object_get (object, "model"));
  double v[7];
  static const char * const names[] = { "width", "height", "fx", "fy", "cx", "cy", "skew" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const json_t *value = json_object_get (object, names[i]);

      if (!json_is_number (value))
        return FALSE;
      v[i] = json_number_value (value);
    }
  *out = (QuarryCamera) { .width = (int) CLAMP (v[0], 0, 1e6),
                         .height = (int) CLAMP (v[1], 0, 1e6),
                         .fx = v[2],
                         .fy = v[3],
                         .cx = v[4],
                         .cy = v[5],
                         .skew = v[6] };
  if (model == NULL || !quarry_camera_model_parse (model, &out->model) ||
      !get_numbers (json_object_get (object, "k"), out->k, 12))
    return FALSE;
  quarry_camera_prepare (out);
  return quarry_camera_is_valid (out);
}

static gboolean
parse_sensor (const json_t *object, Sensor *out)
{
  const char *key = json_string_value (json_object_get (object, "key"));
  const char *kind = json_string_value (json_object_get (object, "kind"));
  const json_t *pose = json_object_get (object, "body_from_sensor");

  *out = (Sensor) { .column = -1 };
  if (key == NULL || key[0] == 0 || strchr (key, '/') != NULL || key[0] == '.' || kind == NULL ||
      !get_numbers (json_object_get (pose, "t"), out->calibration.body_from_sensor.t, 3) ||
      !get_numbers (json_object_get (pose, "q"), out->calibration.body_from_sensor.q, 4) ||
      !quarry_pose_normalize (&out->calibration.body_from_sensor))
    return FALSE;
  if (g_str_equal (kind, "camera"))
    {
      out->kind = QUARRY_SENSOR_CAMERA;
      out->calibration.has_camera = TRUE;
      if (!parse_camera (object, &out->calibration.camera))
        return FALSE;
    }
  else if (g_str_equal (kind, "lidar"))
    out->kind = QUARRY_SENSOR_LIDAR;
  else
    return FALSE;
  out->key = g_strdup (key);
  return TRUE;
}

/* A file without which there is no recording: an error, not a skip */
static gboolean
read_site (Demo *demo, GError **error)
{
  g_autofree char *path = g_build_filename (demo->folder, "demo.json", NULL);
  const json_t *sensors = NULL;
  const char *format = NULL;

  demo->root = parse_json (demo->ingest, path, MAX_LABELS, error);
  if (demo->root == NULL)
    return FALSE;
  format = json_string_value (json_object_get (demo->root, "format"));
  sensors = json_object_get (demo->root, "sensors");
  if (g_strcmp0 (format, "quarry-demo") != 0 ||
      json_integer_value (json_object_get (demo->root, "version")) != 1)
    {
      g_set_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_FAILED,
                   "%s: not format quarry-demo version 1", path);
      return FALSE;
    }
  for (size_t i = 0; i < MIN (json_array_size (sensors), MAX_SENSORS); i++)
    {
      Sensor sensor;
      g_autofree char *place = g_strdup_printf ("sensor %" G_GSIZE_FORMAT, i);

      if (parse_sensor (json_array_get (sensors, i), &sensor))
        g_array_append_val (demo->sensors, sensor);
      else
        quarry_ingest_skip (demo->ingest, path, place, "not the description of a camera or lidar");
    }
  return TRUE;
}

static gboolean
store_site (Demo *demo, GError **error)
{
  const json_t *scene = json_object_get (demo->root, "scene");
  const char *key = json_string_value (json_object_get (scene, "key"));
  const char *name = json_string_value (json_object_get (scene, "name"));

  demo->scene = quarry_ingest_scene (demo->ingest, key != NULL ? key : "",
                                     name != NULL ? name : quarry_ingest_get_name (demo->ingest),
                                     error);
  if (demo->scene == 0)
    return FALSE;
  for (guint i = 0; i < demo->sensors->len; i++)
    {
      Sensor *sensor = &g_array_index (demo->sensors, Sensor, i);

      sensor->sensor = quarry_ingest_sensor (demo->ingest, demo->scene, sensor->key, sensor->kind,
                                             error);
      if (sensor->sensor == 0)
        return FALSE;
      sensor->calibration_id = quarry_ingest_calibration (demo->ingest, sensor->sensor,
                                                          &sensor->calibration, error);
      if (sensor->calibration_id == 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
parse_pose (char **columns, QuarryStampedPose *out)
{
  double v[7];

  if (g_strv_length (columns) != 8 ||
      !g_ascii_string_to_signed (columns[0], 10, G_MININT64 + 1, G_MAXINT64, &out->stamp_ns, NULL))
    return FALSE;
  for (int i = 0; i < 7; i++)
    {
      char *end = NULL;

      v[i] = g_ascii_strtod (columns[i + 1], &end);
      if (end == columns[i + 1] || *end != 0 || !isfinite (v[i]))
        return FALSE;
    }
  memcpy (out->world_from_body.t, v, 3 * sizeof (double));
  memcpy (out->world_from_body.q, v + 3, 4 * sizeof (double));
  return quarry_pose_normalize (&out->world_from_body);
}

static gboolean
read_poses (Demo *demo, GError **error)
{
  g_autofree char *path = g_build_filename (demo->folder, "poses.csv", NULL);
  g_autoptr(GError) failure = NULL;
  g_autofree char *text = quarry_ingest_read_text (demo->ingest, path, MAX_TEXT, &failure);
  g_auto(GStrv) lines = NULL;
  g_autoptr(GArray) trajectory = quarry_trajectory_new ();

  if (text == NULL)
    {
      quarry_ingest_skip_error (demo->ingest, path, failure);
      return TRUE;
    }
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++)
    {
      g_auto(GStrv) columns = g_strsplit (g_strchomp (lines[i]), ",", -1);
      g_autofree char *place = g_strdup_printf ("line %u", i + 1);
      QuarryStampedPose pose;

      if (lines[i][0] == 0)
        continue;
      if (parse_pose (columns, &pose))
        g_array_append_val (trajectory, pose);
      else
        quarry_ingest_skip (demo->ingest, path, place, "not a time and a pose");
    }
  return quarry_ingest_poses (demo->ingest, demo->scene, trajectory, error);
}

static void
free_annotation (gpointer data)
{
  quarry_annotation_free (data);
}

/* @keys: what of @object is kept, where it is there */
static char *
make_attributes (const json_t *object, const char * const *keys)
{
  g_autoptr(json_t) root = json_object ();
  char *text = NULL;
  char *copy = NULL;

  for (; *keys != NULL; keys++)
    if (json_is_number (json_object_get (object, *keys)))
      json_object_set (root, *keys, json_object_get (object, *keys));
  text = json_dumps (root, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION (15));
  copy = g_strdup (text);
  (free) (text);
  return copy;
}

/* Returns: (transfer full) (nullable) */
static QuarryAnnotation *
parse_cuboid (const json_t *object, const char *frame)
{
  static const char * const kept[] = { "points", NULL };
  const char *class_name = json_string_value (json_object_get (object, "class"));
  const char *track = json_string_value (json_object_get (object, "track"));
  g_autofree char *id = g_strdup_printf ("%s/%s/cuboid", frame, track);
  QuarryAnnotation *annotation = NULL;
  double g[10];

  if (class_name == NULL || track == NULL ||
      !get_numbers (json_object_get (object, "center"), g, 3) ||
      !get_numbers (json_object_get (object, "size"), g + 3, 3) ||
      !get_numbers (json_object_get (object, "q"), g + 6, 4))
    return NULL;
  annotation = quarry_annotation_new (QUARRY_ANNOTATION_CUBOID, class_name, id, g, 10);
  annotation->track = g_strdup (track);
  annotation->attributes = make_attributes (object, kept);
  return annotation;
}

/* @images: names of the sensors of the draft's media, in their order */
static QuarryAnnotation *
parse_box (const json_t *object, const char *frame, const GPtrArray *images)
{
  static const char * const kept[] = { "occlusion", "truncated", NULL };
  const char *class_name = json_string_value (json_object_get (object, "class"));
  const char *track = json_string_value (json_object_get (object, "track"));
  const char *sensor = json_string_value (json_object_get (object, "sensor"));
  g_autofree char *id = g_strdup_printf ("%s/%s/%s", frame, track, sensor);
  QuarryAnnotation *annotation = NULL;
  guint index = 0;
  double g[5] = { 0 };

  if (class_name == NULL || track == NULL || sensor == NULL ||
      !get_numbers (json_object_get (object, "box"), g, 4) ||
      !g_ptr_array_find_with_equal_func ((GPtrArray *) images, sensor, g_str_equal, &index))
    return NULL;
  annotation = quarry_annotation_new (QUARRY_ANNOTATION_BOX2D, class_name, id, g, 5);
  annotation->media = index + 1;
  annotation->track = g_strdup (track);
  annotation->attributes = make_attributes (object, kept);
  return annotation;
}

static gboolean
add_labels (Demo *demo, const GPtrArray *images, QuarryFrameDraft *draft, GError **error)
{
  g_autofree char *name = g_strconcat (draft->key, ".json", NULL);
  g_autofree char *path = g_build_filename (demo->folder, "labels", name, NULL);
  g_autoptr(GError) failure = NULL;
  g_autoptr(json_t) root = parse_json (demo->ingest, path, MAX_LABELS, &failure);
  const json_t *lists[2] = { NULL, NULL };

  if (root == NULL)
    {
      quarry_ingest_skip_error (demo->ingest, path, failure);
      return TRUE;
    }
  draft->set = quarry_ingest_label_set (demo->ingest, error);
  if (draft->set == 0)
    return FALSE;
  draft->annotations = g_ptr_array_new_with_free_func (free_annotation);
  lists[0] = json_object_get (root, "cuboids");
  lists[1] = json_object_get (root, "boxes");
  for (int list = 0; list < 2; list++)
    for (size_t i = 0; i < json_array_size (lists[list]); i++)
      {
        const json_t *object = json_array_get (lists[list], i);
        QuarryAnnotation *annotation = list == 0 ? parse_cuboid (object, draft->key)
                                                 : parse_box (object, draft->key, images);
        g_autofree char *place = g_strdup_printf ("%s %" G_GSIZE_FORMAT,
                                                  list == 0 ? "cuboid" : "box", i);

        if (annotation != NULL)
          g_ptr_array_add (draft->annotations, annotation);
        else
          quarry_ingest_skip (demo->ingest, path, place, "not a label, or its picture is missing");
      }
  return TRUE;
}

static QuarryMedia *
make_media (Demo *demo, const Sensor *sensor, const char *key, const char *stamp, gboolean known)
{
  const gboolean camera = sensor->kind == QUARRY_SENSOR_CAMERA;
  g_autofree char *name = g_strconcat (key, camera ? ".jpg" : ".pcd", NULL);
  g_autofree char *path = g_build_filename (demo->folder, sensor->key, name, NULL);
  gint64 stamp_ns = QUARRY_NO_TIME;

  if (known)
    return quarry_ingest_known_media (demo->ingest, sensor->sensor, path);
  if (!g_ascii_string_to_signed (stamp, 10, G_MININT64 + 1, G_MAXINT64, &stamp_ns, NULL))
    stamp_ns = QUARRY_NO_TIME;
  if (camera)
    return quarry_ingest_image (demo->ingest, sensor->sensor, sensor->calibration_id, path,
                                stamp_ns);
  return quarry_ingest_cloud (demo->ingest, sensor->sensor, sensor->calibration_id, path, "pcd",
                              stamp_ns);
}

/* @columns: key, stamp_ns, a stamp for each sensor */
static gboolean
read_frame (Demo *demo, char **columns, gint64 stamp_ns, GError **error)
{
  const gboolean known = quarry_ingest_is_known (demo->ingest, demo->scene, columns[0],
                                                 demo->sensors->len);
  QuarryFrameDraft *draft = quarry_frame_draft_new (demo->scene, columns[0], stamp_ns);
  g_autoptr(GPtrArray) images = g_ptr_array_new ();

  for (guint i = 0; i < demo->sensors->len; i++)
    {
      const Sensor *sensor = &g_array_index (demo->sensors, Sensor, i);
      QuarryMedia *media = sensor->column >= 0 ? make_media (demo, sensor, columns[0],
                                                             columns[sensor->column], known)
                                               : NULL;

      if (media == NULL)
        continue;
      g_ptr_array_add (draft->media, media);
      g_ptr_array_add (images, sensor->key);
    }
  if (draft->media->len == 0)
    {
      quarry_frame_draft_free (draft);
      return !quarry_ingest_is_cancelled (demo->ingest, error);
    }
  if (add_labels (demo, images, draft, error))
    return quarry_ingest_frame (demo->ingest, draft, error);
  quarry_frame_draft_free (draft);
  return FALSE;
}

static void
find_columns (Demo *demo, char **names)
{
  for (int i = 2; names[0] != NULL && names[1] != NULL && names[i] != NULL; i++)
    for (guint k = 0; k < demo->sensors->len; k++)
      if (g_str_equal (g_array_index (demo->sensors, Sensor, k).key, names[i]))
        g_array_index (demo->sensors, Sensor, k).column = i;
}

static gboolean
read_frames (Demo *demo, GError **error)
{
  g_autofree char *path = g_build_filename (demo->folder, "frames.csv", NULL);
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  g_auto(GStrv) names = NULL;
  guint n_lines;

  if (!quarry_ingest_has_file (demo->folder, "frames.csv"))      /* written last */
    {
      g_set_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_FAILED,
                   "'%s' is only a part of a demo, whose making was cut off: make it again with 'quarry demo'", demo->folder);
      return FALSE;
    }
  text = quarry_ingest_read_text (demo->ingest, path, MAX_TEXT, error);
  if (text == NULL)
    return FALSE;
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  n_lines = g_strv_length (lines);
  names = g_strsplit (n_lines > 0 ? g_strchomp (lines[0]) : "", ",", -1);
  find_columns (demo, names);
  for (guint i = 1; i < n_lines; i++)
    {
      g_auto(GStrv) columns = g_strsplit (g_strchomp (lines[i]), ",", -1);
      g_autofree char *place = g_strdup_printf ("line %u", i + 1);
      gint64 stamp_ns = 0;

      quarry_ingest_progress (demo->ingest, i - 1, n_lines - 1, columns[0]);
      if (g_strv_length (columns) != g_strv_length (names) || columns[0][0] == 0 ||
          strchr (columns[0], '/') != NULL ||
          !g_ascii_string_to_signed (columns[1], 10, G_MININT64 + 1, G_MAXINT64, &stamp_ns, NULL))
        quarry_ingest_skip (demo->ingest, path, place, "not a frame's key and times");
      else if (!read_frame (demo, columns, stamp_ns, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_demo (QuarryIngest *ingest, GError **error)
{
  g_autoptr(GArray) sensors = g_array_new (FALSE, TRUE, sizeof (Sensor));
  g_autoptr(json_t) root = NULL;
  Demo demo = { .ingest = ingest, .folder = quarry_ingest_get_path (ingest), .sensors = sensors };
  gboolean done;

  g_array_set_clear_func (sensors, sensor_clear);
  done = read_site (&demo, error);
  root = demo.root;
  return done && store_site (&demo, error) && read_poses (&demo, error) &&
         read_frames (&demo, error);
}

const QuarryReader quarry_reader_demo = {
  .id = "demo",
  .name = "Quarry's demo site",
  .what = "a folder with demo.json and frames.csv, as 'quarry demo' writes it",
  .probe = probe,
  .read = read_demo,
};
