/* quarry-reader-kitti-object.c: the layout of KITTI's object benchmark
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   training/ (or any name, or the source itself)
 *     image_2/000000.png, image_3/…, velodyne/000000.bin (or velodyne_reduced/),
 *     calib/000000.txt, label_2/000000.txt
 *
 * Each such folder is a scene, each number a frame without a time. The body frame is the
 * velodyne's. The calibration is each frame's own:
 *
 *   camera_from_velodyne = translation (K⁻¹·P[:,3]) · R0_rect · Tr_velo_to_cam
 */

#include "config.h"
#include "quarry-ingest.h"
#include "quarry-kitti-label.h"
#include "quarry-kitti.h"

#include <string.h>

#define MAX_LABELS (1u << 20)

extern const QuarryReader quarry_reader_kitti_object;

enum { IMAGE_2, IMAGE_3, VELODYNE, CALIB, LABEL_2, N_PARTS, N_MEDIA = CALIB };

/* The files of one number; absent ones are NULL */
typedef struct
{
  char *key;
  char *parts[N_PARTS];
} Item;

typedef struct
{
  QuarryIngest *ingest;
  const char   *folder;
  const char   *prefix;       /* of external ids: "" or "training/" */
  QuarryId      scene;
  QuarryId      sensors[N_MEDIA];     /* 0 until needed */
  QuarryId      set;
  gboolean      has_calib;
} Split;

typedef struct
{
  QuarryKittiValues *values;          /* nullable */
  QuarryPose         rectified_from_velodyne;
  gboolean           has_poses;
} Calibration;

static gboolean
is_split (const char *folder)
{
  const gboolean images = quarry_ingest_has_folder (folder, "image_2") ||
                          quarry_ingest_has_folder (folder, "image_3");
  const gboolean clouds = quarry_ingest_has_folder (folder, "velodyne") ||
                          quarry_ingest_has_folder (folder, "velodyne_reduced");
  const gboolean text = quarry_ingest_has_folder (folder, "calib") ||
                        quarry_ingest_has_folder (folder, "label_2");

  return images || (clouds && text);
}

static int
probe (const char *path)
{
  g_autoptr(GDir) dir = NULL;
  const char *name = NULL;

  if (is_split (path))
    return 80;
  dir = g_dir_open (path, 0, NULL);
  for (int i = 0; dir != NULL && i < 1000 && (name = g_dir_read_name (dir)) != NULL; i++)
    {
      g_autofree char *folder = g_build_filename (path, name, NULL);

      if (is_split (folder))
        return 70;
    }
  return 0;
}

static void
item_free (gpointer data)
{
  Item *item = data;

  g_free (item->key);
  for (int i = 0; i < N_PARTS; i++)
    g_free (item->parts[i]);
  g_free (item);
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  return quarry_ingest_compare_natural ((*(Item **) a)->key, (*(Item **) b)->key);
}

/* Adds the files of one sub-folder, whose names but for the extension are the frames' keys */
static void
add_part (Split *split, GHashTable *items, int part, const char *name,
          const char * const *extensions)
{
  g_autofree char *folder = g_build_filename (split->folder, name, NULL);
  g_autoptr(GPtrArray) entries = quarry_ingest_list_folder (split->ingest, folder);

  for (guint i = 0; i < entries->len; i++)
    {
      QuarryIngestEntry *entry = entries->pdata[i];
      const char *dot = strrchr (entry->name, '.');
      g_autofree char *extension = dot != NULL ? g_ascii_strdown (dot + 1, -1) : NULL;
      g_autofree char *key = NULL;
      Item *item = NULL;

      if (entry->is_folder || extension == NULL || !g_strv_contains (extensions, extension))
        continue;
      key = g_strndup (entry->name, (gsize) (dot - entry->name));
      if (!g_utf8_validate (key, -1, NULL))
        {
          quarry_ingest_skip (split->ingest, entry->path, NULL, "the file's name is not UTF-8");
          continue;
        }
      item = g_hash_table_lookup (items, key);
      if (item == NULL)
        {
          item = g_new0 (Item, 1);
          item->key = g_strdup (key);
          g_hash_table_insert (items, item->key, item);
        }
      if (item->parts[part] == NULL)
        item->parts[part] = g_steal_pointer (&entry->path);
      else if (!g_str_equal (name, "velodyne_reduced")) /* the same sweep, cut to the picture: only
                                                           where the whole one is missing */
        quarry_ingest_skip (split->ingest, entry->path, NULL,
                            "'%s' is there with another extension too", key);
    }
}

/* Returns: (transfer full) (element-type Item): in natural order */
static GPtrArray *
list_items (Split *split)
{
  static const char * const pictures[] = { "png", "jpg", "jpeg", NULL };
  static const char * const clouds[] = { "bin", "pcd", NULL };
  static const char * const text[] = { "txt", NULL };
  static const struct { int part; const char *name; const char * const *extensions;
  } parts[] = {
    { IMAGE_2, "image_2", pictures }, { IMAGE_3, "image_3", pictures },
    { VELODYNE, "velodyne", clouds }, { VELODYNE, "velodyne_reduced", clouds },
    { CALIB, "calib", text },         { LABEL_2, "label_2", text },
  };
  g_autoptr(GHashTable) items = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *list = g_ptr_array_new_with_free_func (item_free);
  GHashTableIter iter;
  gpointer item = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      if (!quarry_ingest_has_folder (split->folder, parts[i].name))
        continue;
      split->has_calib |= parts[i].part == CALIB;
      add_part (split, items, parts[i].part, parts[i].name, parts[i].extensions);
    }
  g_hash_table_iter_init (&iter, items);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    g_ptr_array_add (list, item);
  g_ptr_array_sort (list, compare_items);
  return list;
}

static void
read_calibration (Split *split, const Item *item, Calibration *out)
{
  g_autofree char *name = g_strconcat (item->key, ".txt", NULL);
  g_autofree char *path = g_build_filename (split->folder, "calib", name, NULL);
  QuarryPose rectify, camera_from_velodyne;

  out->values = quarry_kitti_values_read (split->ingest, path);
  if (out->values == NULL)
    return;
  out->has_poses = quarry_kitti_values_rotation (out->values, "R0_rect", &rectify) &&
                   quarry_kitti_values_pose (out->values, "Tr_velo_to_cam", &camera_from_velodyne);
  if (out->has_poses)
    out->rectified_from_velodyne = quarry_pose_multiply (&rectify, &camera_from_velodyne);
  else
    quarry_ingest_skip (split->ingest, path, NULL,
                        "no R0_rect and Tr_velo_to_cam: cameras and cuboids have no place");
}

static QuarryId
get_sensor (Split *split, int part, GError **error)
{
  static const char * const names[] = { "image_2", "image_3", "velodyne" };

  if (split->sensors[part] == 0)
    split->sensors[part] = quarry_ingest_sensor (
        split->ingest, split->scene, names[part],
        part == VELODYNE ? QUARRY_SENSOR_LIDAR : QUARRY_SENSOR_CAMERA, error);
  return split->sensors[part];
}

/* Gives a media its calibration where there is one. Returns: FALSE with @error for failures of the
 * catalog only */
static gboolean
calibrate (Split *split, const Item *item, int part, const Calibration *calibration,
           QuarryMedia *media, GError **error)
{
  QuarryCalibration own = { .body_from_sensor = QUARRY_POSE_IDENTITY };

  if (part != VELODYNE)
    {
      const char *name = part == IMAGE_2 ? "P2" : "P3";
      const double *projection = calibration->has_poses
                                     ? quarry_kitti_values_get (calibration->values, name, 12)
                                     : NULL;
      QuarryPose camera_from_rectified, camera_from_velodyne;

      if (!calibration->has_poses)
        return TRUE;
      if (projection == NULL || !quarry_kitti_camera (projection, media->width, media->height,
                                                      &own.camera, &camera_from_rectified))
        {
          quarry_ingest_skip (split->ingest, item->parts[CALIB], NULL,
                              "no %s: the camera has no calibration", name);
          return TRUE;
        }
      camera_from_velodyne = quarry_pose_multiply (&camera_from_rectified,
                                                   &calibration->rectified_from_velodyne);
      own.has_camera = TRUE;
      own.body_from_sensor = quarry_pose_invert (&camera_from_velodyne);
    }
  media->calibration_id = quarry_ingest_calibration (split->ingest, media->sensor, &own, error);
  return media->calibration_id != 0;
}

/* Adds the media of one part; nothing where it is broken. */
static gboolean
add_media (Split *split, const Item *item, int part, gboolean known, const Calibration *calibration,
           QuarryFrameDraft *draft, GError **error)
{
  const char *path = item->parts[part];
  const QuarryId sensor = get_sensor (split, part, error);
  QuarryMedia *media = NULL;

  if (sensor == 0)
    return FALSE;
  if (known)
    media = quarry_ingest_known_media (split->ingest, sensor, path);
  else if (part == VELODYNE)
    media = quarry_ingest_cloud (split->ingest, sensor, 0, path,
                                 g_str_has_suffix (path, ".pcd") ? "pcd" : "kitti-bin",
                                 QUARRY_NO_TIME);
  else
    media = quarry_ingest_image (split->ingest, sensor, 0, path, QUARRY_NO_TIME);
  if (media == NULL)
    return TRUE;
  g_ptr_array_add (draft->media, media);
  return known || calibrate (split, item, part, calibration, media, error);
}

static void
free_annotation (gpointer data)
{
  quarry_annotation_free (data);
}

/* @image: 1 + the index of image_2's media in the draft, 0 none */
static gboolean
add_labels (Split *split, const Item *item, const Calibration *calibration, QuarryId image,
            QuarryFrameDraft *draft, GError **error)
{
  const QuarryPose velodyne_from_rectified = quarry_pose_invert (
      &calibration->rectified_from_velodyne);
  g_autoptr(GError) failure = NULL;
  g_autofree char *text = quarry_ingest_read_text (split->ingest, item->parts[LABEL_2], MAX_LABELS,
                                                   &failure);
  g_auto(GStrv) lines = NULL;

  if (text == NULL)
    {
      quarry_ingest_skip_error (split->ingest, item->parts[LABEL_2], failure);
      return TRUE;
    }
  draft->set = quarry_ingest_label_set (split->ingest, error);
  if (draft->set == 0)
    return FALSE;
  draft->annotations = g_ptr_array_new_with_free_func (free_annotation);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *id = g_strdup_printf ("%s%s/%u", split->prefix, item->key, i);
      g_autofree char *place = g_strdup_printf ("line %u", i + 1);
      QuarryAnnotation *box = NULL;
      QuarryAnnotation *cuboid = NULL;

      if (g_strstrip (lines[i])[0] == 0)
        continue;
      if (!quarry_kitti_label_parse (lines[i], id,
                                     calibration->has_poses ? &velodyne_from_rectified : NULL,
                                     image, &box, &cuboid))
        quarry_ingest_skip (split->ingest, item->parts[LABEL_2], place,
                            "not the 15 or 16 columns of a label");
      else if (box == NULL)
        quarry_ingest_skip (split->ingest, item->parts[LABEL_2], place,
                            "the 2D box has no picture in image_2");
      if (box != NULL)
        g_ptr_array_add (draft->annotations, box);
      if (cuboid != NULL)
        g_ptr_array_add (draft->annotations, cuboid);
    }
  if (split->has_calib && !calibration->has_poses)
    quarry_ingest_skip (split->ingest, item->parts[LABEL_2], NULL,
                        "no cuboids, for want of a calibration");
  return TRUE;
}

static gboolean
read_item (Split *split, const Item *item, GError **error)
{
  g_autoptr(GHashTable) values = NULL;
  Calibration calibration = { NULL, QUARRY_POSE_IDENTITY, FALSE };
  QuarryFrameDraft *draft = NULL;
  guint n_media = 0;
  gboolean known;
  QuarryId image = 0;

  for (int part = 0; part < N_MEDIA; part++)
    n_media += item->parts[part] != NULL;
  if (n_media == 0)
    {
      if (item->parts[LABEL_2] != NULL)
        quarry_ingest_skip (split->ingest, item->parts[LABEL_2], NULL,
                            "labels without a picture or a cloud");
      return TRUE;
    }
  known = quarry_ingest_is_known (split->ingest, split->scene, item->key, n_media);
  if (split->has_calib)
    read_calibration (split, item, &calibration);
  values = calibration.values;
  draft = quarry_frame_draft_new (split->scene, item->key, QUARRY_NO_TIME);
  for (int part = 0; part < N_MEDIA; part++)
    {
      const guint before = draft->media->len;

      if (item->parts[part] != NULL &&
          !add_media (split, item, part, known, &calibration, draft, error))
        goto fail;
      if (part == IMAGE_2 && draft->media->len > before)
        image = draft->media->len;
    }
  if (draft->media->len == 0)
    {
      quarry_frame_draft_free (draft);
      return !quarry_ingest_is_cancelled (split->ingest, error);
    }
  if (item->parts[LABEL_2] != NULL && !add_labels (split, item, &calibration, image, draft, error))
    goto fail;
  return quarry_ingest_frame (split->ingest, draft, error);

fail:
  quarry_frame_draft_free (draft);
  return FALSE;
}

/* @key: the folder's name below the source, "" for the source itself */
static gboolean
read_split (QuarryIngest *ingest, const char *folder, const char *key, GError **error)
{
  g_autofree char *prefix = key[0] != 0 ? g_strconcat (key, "/", NULL) : g_strdup ("");
  g_autofree char *name = key[0] != 0
                              ? g_strdup_printf ("%s/%s", quarry_ingest_get_name (ingest), key)
                              : g_strdup (quarry_ingest_get_name (ingest));
  Split split = { .ingest = ingest, .folder = folder, .prefix = prefix };
  g_autoptr(GPtrArray) items = list_items (&split);

  if (items->len == 0)
    return TRUE;
  split.scene = quarry_ingest_scene (ingest, key, name, error);
  if (split.scene == 0)
    return FALSE;
  if (!split.has_calib)
    quarry_ingest_skip (
        ingest, folder, NULL,
        "the folder calib is missing: media come without calibration, labels without cuboids");
  for (guint i = 0; i < items->len; i++)
    {
      const Item *item = items->pdata[i];

      quarry_ingest_progress (ingest, i, items->len, item->key);
      if (!read_item (&split, item, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_kitti_object (QuarryIngest *ingest, GError **error)
{
  const char *path = quarry_ingest_get_path (ingest);
  g_autoptr(GPtrArray) entries = NULL;

  if (is_split (path))
    return read_split (ingest, path, "", error);
  entries = quarry_ingest_list_folder (ingest, path);
  for (guint i = 0; i < entries->len; i++)
    {
      const QuarryIngestEntry *entry = entries->pdata[i];

      if (entry->is_folder && is_split (entry->path) &&
          !read_split (ingest, entry->path, entry->name, error))
        return FALSE;
    }
  return TRUE;
}

const QuarryReader quarry_reader_kitti_object = {
  .id = "kitti-object",
  .name = "KITTI object",
  .what = "folders with image_2, velodyne, calib and label_2",
  .probe = probe,
  .read = read_kitti_object,
};
