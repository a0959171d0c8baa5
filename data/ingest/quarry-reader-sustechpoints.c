/* quarry-reader-sustechpoints.c: the layout of SUSTechPOINTS
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   scene/ (the source, or below it)
 *     lidar/000965.pcd, camera/front/000965.jpg, calib/camera/front.json, label/000965.json
 *
 * The files of one name are a frame without a time. The body frame is the lidar's. A camera's "extrinsic" is camera_from_lidar,
 * 4 × 4 by rows; "intrinsic" 3 × 3 by rows. A label is {"psr": {"position", "scale", "rotation"}, "obj_type", "obj_id"}; its
 * rotation is Rx · Ry · Rz of the three angles in radians, as that tool draws it.
 */

#include "config.h"
#include "quarry-ingest.h"
#include "quarry-cloud.h"
#include "quarry-json-file.h"

#include <math.h>
#include <string.h>
#include <jansson.h>

#define PROBE_ENTRIES 200

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

extern const QuarryReader quarry_reader_sustechpoints;

typedef struct
{
  char             *name;
  char             *folder;
  QuarryCalibration calibration;
  gboolean          calibrated;
  gboolean          lidar;
  QuarryId          id;
} Sensor;

typedef struct
{
  char   *key;
  char  **paths;       /* by sensor; NULL absent */
  char   *label;       /* nullable */
} Item;

typedef struct
{
  QuarryIngest *ingest;
  const char   *key;           /* of the scene */
  QuarryId      scene;
  GArray       *sensors;       /* Sensor; the lidar is the first */
  GPtrArray    *items;         /* Item */
  GHashTable   *by_key;        /* Item.key → Item */
} Scene;

/* --- is it one --- */

static gboolean
is_scene (const char *folder)
{
  g_autofree char *calib = g_build_filename (folder, "calib", NULL);

  return quarry_ingest_has_folder (folder, "lidar") &&
         (quarry_ingest_has_folder (calib, "camera") ||
          (quarry_ingest_has_folder (folder, "camera") && quarry_ingest_has_folder (folder, "label")));
}

static int
probe (const char *path)
{
  g_autoptr(GDir) dir = NULL;
  const char *name = NULL;

  if (quarry_ingest_has_file (path, "calibration.json"))
    return 0;
  if (is_scene (path))
    return 85;
  dir = g_dir_open (path, 0, NULL);
  for (int i = 0; dir != NULL && i < PROBE_ENTRIES && (name = g_dir_read_name (dir)) != NULL; i++)
    {
      g_autofree char *folder = g_build_filename (path, name, NULL);

      if (is_scene (folder))
        return 75;
    }
  return 0;
}

/* --- calibration --- */

static void
read_calibration (QuarryIngest *ingest, const char *path, Sensor *sensor)
{
  g_autoptr(json_t) root = quarry_json_load (ingest, path);
  double e[16], k[9];
  QuarryCalibration *out = &sensor->calibration;

  if (root == NULL)
    return;
  if (!quarry_json_numbers (root, "extrinsic", e, 16))
    quarry_ingest_skip (ingest, path, "extrinsic", "not the 16 numbers of a matrix");
  else if (!quarry_json_numbers (root, "intrinsic", k, 9) || !(k[0] > 0) || !(k[4] > 0))
    quarry_ingest_skip (ingest, path, "intrinsic", "not the 9 numbers of a matrix");
  else
    {
      const double r[9] = { e[0], e[1], e[2], e[4], e[5], e[6], e[8], e[9], e[10] };
      const double t[3] = { e[3], e[7], e[11] };
      QuarryPose camera_from_lidar = quarry_pose_from_matrix (r, t);

      if (!quarry_pose_normalize (&camera_from_lidar))
        {
          quarry_ingest_skip (ingest, path, "extrinsic", "no rotation and translation");
          return;
        }
      out->body_from_sensor = quarry_pose_invert (&camera_from_lidar);
      out->has_camera = TRUE;
      out->camera = (QuarryCamera) { .model = QUARRY_CAMERA_BROWN_CONRADY, .fx = k[0], .fy = k[4], .skew = k[1],
                                     .cx = k[2] + QUARRY_PIXEL_CENTRE, .cy = k[5] + QUARRY_PIXEL_CENTRE };
      sensor->calibrated = TRUE;
    }
}

/* --- files --- */

static Item *
get_item (Scene *self, const char *name)
{
  const char *dot = strrchr (name, '.');
  g_autofree char *key = g_strndup (name, dot != NULL ? (gsize) (dot - name) : strlen (name));
  Item *item = g_hash_table_lookup (self->by_key, key);

  if (item == NULL)
    {
      item = g_new0 (Item, 1);
      item->key = g_steal_pointer (&key);
      item->paths = g_new0 (char *, self->sensors->len + 1);
      g_hash_table_insert (self->by_key, item->key, item);
      g_ptr_array_add (self->items, item);
    }
  return item;
}

static gboolean
is_media (const char *name, gboolean lidar)
{
  static const char * const pictures[] = { ".jpg", ".jpeg", ".png", ".bmp", ".webp" };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  if (lidar)
    return quarry_cloud_guess_format (lower, NULL, 0) != NULL;
  for (guint i = 0; i < G_N_ELEMENTS (pictures); i++)
    if (g_str_has_suffix (lower, pictures[i]))
      return TRUE;
  return FALSE;
}

static void
list_sensor (Scene *self, guint index)
{
  const Sensor *sensor = &g_array_index (self->sensors, Sensor, index);
  g_autoptr(GPtrArray) entries = quarry_ingest_list_folder (self->ingest, sensor->folder);

  for (guint i = 0; i < entries->len; i++)
    {
      QuarryIngestEntry *entry = entries->pdata[i];
      Item *item = NULL;

      if (entry->is_folder || !is_media (entry->name, sensor->lidar))
        continue;
      if (!g_utf8_validate (entry->name, -1, NULL))
        {
          quarry_ingest_skip (self->ingest, entry->path, NULL, "the file's name is not UTF-8");
          continue;
        }
      item = get_item (self, entry->name);
      if (item->paths[index] == NULL)
        item->paths[index] = g_steal_pointer (&entry->path);
      else
        quarry_ingest_skip (self->ingest, entry->path, NULL, "'%s' is there with another extension too", item->key);
    }
}

static void
list_labels (Scene *self, const char *folder)
{
  g_autoptr(GPtrArray) entries = quarry_ingest_list_folder (self->ingest, folder);

  for (guint i = 0; i < entries->len; i++)
    {
      QuarryIngestEntry *entry = entries->pdata[i];
      g_autofree char *key = g_str_has_suffix (entry->name, ".json") ? g_strndup (entry->name, strlen (entry->name) - 5) : NULL;
      Item *item = key != NULL && !entry->is_folder ? g_hash_table_lookup (self->by_key, key) : NULL;

      if (item != NULL)
        item->label = g_steal_pointer (&entry->path);
      else if (key != NULL)
        quarry_ingest_skip (self->ingest, entry->path, NULL, "labels without a picture or a cloud");
    }
}

/* --- labels --- */

static gboolean
read_vector (const json_t *psr, const char *key, double out[3])
{
  static const char * const axes[] = { "x", "y", "z" };
  const json_t *vector = json_object_get (psr, key);

  for (int i = 0; i < 3; i++)
    {
      const json_t *value = json_object_get (vector, axes[i]);

      out[i] = json_number_value (value);
      if (!json_is_number (value) || !isfinite (out[i]))
        return FALSE;
    }
  return TRUE;
}

static QuarryPose
turn (int axis, double angle)
{
  QuarryPose pose = QUARRY_POSE_IDENTITY;

  pose.q[0] = cos (angle / 2);
  pose.q[1 + axis] = sin (angle / 2);
  return pose;
}

static gboolean
read_cuboid (const json_t *psr, QuarryCuboid *out)
{
  double place[3], angles[3];
  QuarryPose pose = QUARRY_POSE_IDENTITY;

  if (!read_vector (psr, "position", place) || !read_vector (psr, "scale", out->size) || !read_vector (psr, "rotation", angles))
    return FALSE;
  for (int i = 0; i < 3; i++)
    {
      const QuarryPose one = turn (i, angles[i]);

      pose = quarry_pose_multiply (&pose, &one);
    }
  memcpy (pose.t, place, sizeof place);
  out->body_from_cuboid = pose;
  return quarry_pose_normalize (&out->body_from_cuboid);
}

/* Returns: (transfer full) (nullable): "4" of "4" and of 4 */
static char *
read_id (const json_t *label)
{
  const json_t *id = json_object_get (label, "obj_id");

  if (json_is_string (id) && json_string_length (id) > 0)
    return g_strdup (json_string_value (id));
  return json_is_integer (id) ? g_strdup_printf ("%" JSON_INTEGER_FORMAT, json_integer_value (id)) : NULL;
}

static void
add_label (Scene *self, const Item *item, const json_t *label, guint n, GHashTable *ids, QuarryFrameDraft *draft)
{
  const char *type = json_string_value (json_object_get (label, "obj_type"));
  const char *attribute = json_string_value (json_object_get (label, "obj_attr"));
  g_autofree char *place = g_strdup_printf ("label %u", n + 1);
  g_autofree char *id = read_id (label);
  g_autofree char *external = g_strdup_printf ("%s%s%s/%s", self->key, *self->key != 0 ? "/" : "", item->key, id != NULL ? id : "");
  g_autoptr(GError) fault = NULL;
  QuarryCuboid cuboid;
  QuarryAnnotation *annotation = NULL;

  if (type == NULL || *type == 0 || !read_cuboid (json_object_get (label, "psr"), &cuboid))
    {
      quarry_ingest_skip (self->ingest, item->label, place, "no 'obj_type', or no 'psr' with position, scale and rotation");
      return;
    }
  if (id == NULL || g_hash_table_contains (ids, external))
    {
      g_free (external);
      external = g_strdup_printf ("%s%s%s/#%u", self->key, *self->key != 0 ? "/" : "", item->key, n);
    }
  g_hash_table_add (ids, g_strdup (external));
  annotation = quarry_annotation_new_cuboid (type, external, &cuboid);
  if (id != NULL)
    annotation->track = *self->key != 0 ? g_strdup_printf ("%s/%s", self->key, id) : g_strdup (id);
  if (attribute != NULL && *attribute != 0)
    {
      g_autoptr(json_t) root = json_pack ("{s:s}", "attribute", attribute);
      char *text = json_dumps (root, JSON_COMPACT);

      annotation->attributes = g_strdup (text);
      (free) (text);
    }
  if (quarry_annotation_check (annotation, &fault))
    g_ptr_array_add (draft->annotations, annotation);
  else
    {
      quarry_ingest_skip (self->ingest, item->label, place, "%s", fault->message);
      quarry_annotation_free (annotation);
    }
}

static void
free_annotation (gpointer data)
{
  quarry_annotation_free (data);
}

/* A list of labels, or {"objs": […]} */
static gboolean
add_labels (Scene *self, const Item *item, QuarryFrameDraft *draft, GError **error)
{
  g_autoptr(json_t) root = quarry_json_load (self->ingest, item->label);
  const json_t *list = json_is_object (root) ? json_object_get (root, "objs") : root;
  g_autoptr(GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (root == NULL)
    return TRUE;
  if (!json_is_array (list))
    {
      quarry_ingest_skip (self->ingest, item->label, NULL, "no list of labels");
      return TRUE;
    }
  draft->set = quarry_ingest_label_set (self->ingest, error);
  if (draft->set == 0)
    return FALSE;
  draft->annotations = g_ptr_array_new_with_free_func (free_annotation);
  for (gsize i = 0; i < json_array_size (list); i++)
    add_label (self, item, json_array_get (list, i), (guint) i, ids, draft);
  return TRUE;
}

/* --- frames --- */

static gboolean
add_media (Scene *self, Sensor *sensor, const char *path, gboolean known, QuarryFrameDraft *draft, GError **error)
{
  QuarryMedia *media = NULL;

  if (sensor->id == 0)
    sensor->id = quarry_ingest_sensor (self->ingest, self->scene, sensor->name,
                                       sensor->lidar ? QUARRY_SENSOR_LIDAR : QUARRY_SENSOR_CAMERA, error);
  if (sensor->id == 0)
    return FALSE;
  if (known)
    media = quarry_ingest_known_media (self->ingest, sensor->id, path);
  else if (sensor->lidar)
    media = quarry_ingest_cloud (self->ingest, sensor->id, 0, path, quarry_cloud_guess_format (path, NULL, 0), QUARRY_NO_TIME);
  else
    media = quarry_ingest_image (self->ingest, sensor->id, 0, path, QUARRY_NO_TIME);
  if (media == NULL)
    return TRUE;
  g_ptr_array_add (draft->media, media);
  if (known || !sensor->calibrated)
    return TRUE;
  if (!sensor->lidar)
    {
      sensor->calibration.camera.width = media->width;
      sensor->calibration.camera.height = media->height;
      quarry_camera_prepare (&sensor->calibration.camera);
    }
  media->calibration_id = quarry_ingest_calibration (self->ingest, sensor->id, &sensor->calibration, error);
  return media->calibration_id != 0;
}

static gboolean
read_item (Scene *self, const Item *item, GError **error)
{
  QuarryFrameDraft *draft = quarry_frame_draft_new (self->scene, item->key, QUARRY_NO_TIME);
  gboolean known, good = TRUE;
  guint n_media = 0;

  for (guint i = 0; i < self->sensors->len; i++)
    n_media += item->paths[i] != NULL;
  known = quarry_ingest_is_known (self->ingest, self->scene, item->key, n_media);
  for (guint i = 0; good && i < self->sensors->len; i++)
    if (item->paths[i] != NULL)
      good = add_media (self, &g_array_index (self->sensors, Sensor, i), item->paths[i], known, draft, error);
  if (good && draft->media->len > 0 && item->label != NULL)
    good = add_labels (self, item, draft, error);
  if (good && draft->media->len > 0)
    return quarry_ingest_frame (self->ingest, draft, error);
  quarry_frame_draft_free (draft);
  return good && !quarry_ingest_is_cancelled (self->ingest, error);
}

static const QuarryIngestEntry *
find_folder (GPtrArray *entries, const char *name)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const QuarryIngestEntry *entry = entries->pdata[i];

      if (entry->is_folder && g_str_equal (entry->name, name))
        return entry;
    }
  return NULL;
}

/* The lidar, and each folder in camera/ with its calibration */
static void
list_sensors (Scene *self, GPtrArray *entries, const char *folder)
{
  const QuarryIngestEntry *lidar = find_folder (entries, "lidar");
  const QuarryIngestEntry *camera = find_folder (entries, "camera");
  g_autoptr(GPtrArray) cameras = camera != NULL ? quarry_ingest_list_folder (self->ingest, camera->path) : NULL;
  const Sensor first = { g_strdup ("lidar"), g_strdup (lidar != NULL ? lidar->path : folder), { .body_from_sensor = QUARRY_POSE_IDENTITY }, TRUE, TRUE, 0 };

  g_array_append_val (self->sensors, first);
  for (guint i = 0; cameras != NULL && i < cameras->len; i++)
    {
      const QuarryIngestEntry *entry = cameras->pdata[i];
      g_autofree char *name = g_strconcat (entry->name, ".json", NULL);
      g_autofree char *path = g_build_filename (folder, "calib", "camera", name, NULL);
      Sensor sensor = { 0 };

      if (!entry->is_folder || !g_utf8_validate (entry->name, -1, NULL))
        continue;
      sensor.name = g_strdup (entry->name);
      sensor.folder = g_strdup (entry->path);
      if (quarry_ingest_is_file (self->ingest, path, NULL))
        read_calibration (self->ingest, path, &sensor);
      else
        quarry_ingest_skip (self->ingest, path, NULL, "the calibration is missing");
      g_array_append_val (self->sensors, sensor);
    }
}

static void
sensor_clear (gpointer data)
{
  Sensor *sensor = data;

  g_free (sensor->name);
  g_free (sensor->folder);
}

static void
item_free (gpointer data)
{
  Item *item = data;

  g_free (item->key);
  g_strfreev (item->paths);
  g_free (item->label);
  g_free (item);
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  return quarry_ingest_compare_natural ((*(Item **) a)->key, (*(Item **) b)->key);
}

static gboolean
read_frames (Scene *self, GError **error)
{
  const char *name = quarry_ingest_get_name (self->ingest);
  g_autofree char *full = *self->key != 0 ? g_strdup_printf ("%s/%s", name, self->key) : g_strdup (name);

  if (self->items->len == 0)
    return TRUE;
  self->scene = quarry_ingest_scene (self->ingest, self->key, full, error);
  for (guint i = 0; self->scene != 0 && i < self->items->len; i++)
    {
      quarry_ingest_progress (self->ingest, i, self->items->len, full);
      if (!read_item (self, self->items->pdata[i], error))
        return FALSE;
    }
  return self->scene != 0;
}

static gboolean
read_scene (QuarryIngest *ingest, const char *folder, GPtrArray *entries, const char *key, GError **error)
{
  Scene self = { .ingest = ingest, .key = key };
  g_autoptr(GArray) sensors = g_array_new (FALSE, TRUE, sizeof (Sensor));
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func (item_free);
  g_autoptr(GHashTable) by_key = g_hash_table_new (g_str_hash, g_str_equal);
  const QuarryIngestEntry *label = find_folder (entries, "label");

  g_array_set_clear_func (sensors, sensor_clear);
  self.sensors = sensors;
  self.items = items;
  self.by_key = by_key;
  list_sensors (&self, entries, folder);
  for (guint i = 0; i < sensors->len; i++)
    list_sensor (&self, i);
  if (label != NULL)
    list_labels (&self, label->path);
  g_ptr_array_sort (items, compare_items);
  return read_frames (&self, error);
}

static gboolean
read_sustechpoints (QuarryIngest *ingest, GError **error)
{
  const char *path = quarry_ingest_get_path (ingest);
  g_autoptr(GPtrArray) entries = quarry_ingest_list_folder (ingest, path);

  if (find_folder (entries, "lidar") != NULL)
    return read_scene (ingest, path, entries, "", error);
  for (guint i = 0; i < entries->len; i++)
    {
      const QuarryIngestEntry *entry = entries->pdata[i];
      g_autoptr(GPtrArray) below = entry->is_folder ? quarry_ingest_list_folder (ingest, entry->path) : NULL;

      if (below != NULL && find_folder (below, "lidar") != NULL && !read_scene (ingest, entry->path, below, entry->name, error))
        return FALSE;
    }
  return TRUE;
}

/* --- preview --- */

static QuarryIngestStream *
get_stream (QuarryIngestPreview *self, const char *name, gboolean lidar)
{
  QuarryIngestStream *stream = NULL;

  for (guint i = 0; i < self->streams->len; i++)
    if (g_str_equal (((QuarryIngestStream *) self->streams->pdata[i])->name, name))
      return self->streams->pdata[i];
  stream = g_new0 (QuarryIngestStream, 1);
  stream->name = g_strdup (name);
  stream->sensor = g_strdup (name);
  stream->is_sensor = TRUE;
  stream->kind = lidar ? QUARRY_SENSOR_LIDAR : QUARRY_SENSOR_CAMERA;
  stream->start_ns = stream->end_ns = QUARRY_NO_TIME;
  g_ptr_array_add (self->streams, stream);
  return stream;
}

/* By the names of one listing */
static QuarryIngestPreview *
preview (QuarryStorage *storage, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr(GPtrArray) files = quarry_storage_list (storage, path, TRUE, cancellable, error);
  g_autoptr(GHashTable) scenes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  QuarryIngestPreview *self = files != NULL ? quarry_ingest_preview_new () : NULL;

  for (guint i = 0; self != NULL && i < files->len; i++)
    {
      const QuarryStorageEntry *entry = files->pdata[i];
      g_auto(GStrv) steps = g_strsplit (entry->name, "/", -1);
      const guint n = g_strv_length (steps);
      const gboolean lidar = n >= 2 && g_str_equal (steps[n - 2], "lidar") && is_media (steps[n - 1], TRUE);
      const gboolean camera = n >= 3 && g_str_equal (steps[n - 3], "camera") && is_media (steps[n - 1], FALSE);

      if (lidar)
        g_hash_table_add (scenes, g_strdup (n >= 3 ? steps[n - 3] : ""));
      if (lidar || camera)
        get_stream (self, steps[n - 2], lidar)->n++;
    }
  if (self != NULL)
    {
      self->n_scenes = g_hash_table_size (scenes);
      self->n_frames = 0;
      for (guint i = 0; i < self->streams->len; i++)
        self->n_frames = MAX (self->n_frames, ((QuarryIngestStream *) self->streams->pdata[i])->n);
    }
  return self;
}

const QuarryReader quarry_reader_sustechpoints = {
  .id = "sustechpoints",
  .name = "SUSTechPOINTS",
  .what = "folders with lidar, camera/NAME, calib/camera/NAME.json and label",
  .probe = probe,
  .read = read_sustechpoints,
  .preview = preview,
};
