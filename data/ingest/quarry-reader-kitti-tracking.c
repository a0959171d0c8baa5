/* quarry-reader-kitti-tracking.c: the KITTI tracking layout
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   training/ (or any name, or the source itself)
 *     image_02/0000/000000.png, image_03/…, velodyne/0000/000000.bin,
 *     calib/0000.txt, label_02/0000.txt, oxts/0000.txt
 *
 * Each sequence is a scene. Labels: "frame track type …", with the columns of label_2 after that; a track's number is its
 * name within the scene. The body frame is the IMU's where it is calibrated, else the velodyne's. The layout has no times: with
 * oxts, frames are taken to be 100 ms apart (the rate of the recordings) from 1970 on, so that poses have a time at all;
 * without, frames have none.
 */

#include "config.h"
#include "quarry-kitti-label.h"
#include "quarry-kitti-raw.h"
#include "quarry-kitti-sequence.h"

#include <string.h>

#define MAX_TEXT (64u << 20)
#define PERIOD_NS (QUARRY_NS_PER_S / 10)
#define PROBE_ENTRIES 200

extern const QuarryReader quarry_reader_kitti_tracking;

static const char * const media_folders[] = { "image_02", "image_03", "velodyne", NULL };

/* A folder whose sequences are folders of their own, named by a number */
static gboolean
has_sequences (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *child = NULL;

  for (int i = 0; dir != NULL && i < PROBE_ENTRIES && (child = g_dir_read_name (dir)) != NULL; i++)
    if (quarry_kitti_is_number (child) && quarry_ingest_has_folder (path, child))
      return TRUE;
  return FALSE;
}

static gboolean
is_split (const char *folder)
{
  for (guint i = 0; media_folders[i] != NULL; i++)
    if (has_sequences (folder, media_folders[i]))
      return TRUE;
  return FALSE;
}

static int
probe (const char *path)
{
  g_autoptr(GDir) dir = NULL;
  const char *name = NULL;

  if (is_split (path))
    return 90;
  dir = g_dir_open (path, 0, NULL);
  for (int i = 0; dir != NULL && i < PROBE_ENTRIES && (name = g_dir_read_name (dir)) != NULL; i++)
    {
      g_autofree char *folder = g_build_filename (path, name, NULL);

      if (is_split (folder))
        return 80;
    }
  return 0;
}

/* --- labels --- */

/* The labels of one sequence: lines by frame */
typedef struct
{
  char       *path;
  char      **lines;
  GHashTable *by_frame;      /* frame → GArray of guint, line numbers from 0 */
} Labels;

static void
labels_free (Labels *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_strfreev (self->lines);
  g_clear_pointer (&self->by_frame, g_hash_table_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Labels, labels_free)

static void
add_line (Labels *self, QuarryIngest *ingest, guint n)
{
  char *end = NULL;
  const guint64 frame = g_ascii_strtoull (g_strchug (self->lines[n]), &end, 10);
  GArray *indexes = NULL;

  if (self->lines[n][0] == 0)
    return;
  if (end == self->lines[n] || *end != ' ' || frame > G_MAXUINT32 || !g_ascii_isdigit (self->lines[n][0]))
    {
      g_autofree char *place = g_strdup_printf ("line %u", n + 1);

      quarry_ingest_skip (ingest, self->path, place, "does not begin with a frame's number");
      return;
    }
  indexes = g_hash_table_lookup (self->by_frame, GUINT_TO_POINTER ((guint) frame));
  if (indexes == NULL)
    {
      indexes = g_array_new (FALSE, FALSE, sizeof (guint));
      g_hash_table_insert (self->by_frame, GUINT_TO_POINTER ((guint) frame), indexes);
    }
  g_array_append_val (indexes, n);
}

/* Returns: (transfer full) (nullable) */
static Labels *
read_labels (QuarryIngest *ingest, const char *path)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = quarry_ingest_read_text (ingest, path, MAX_TEXT, &error);
  Labels *self = NULL;

  if (text == NULL)
    {
      quarry_ingest_skip_error (ingest, path, error);
      return NULL;
    }
  self = g_new0 (Labels, 1);
  self->path = g_strdup (path);
  self->lines = g_strsplit (text, "\n", -1);
  self->by_frame = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);
  for (guint i = 0; self->lines[i] != NULL; i++)
    add_line (self, ingest, i);
  return self;
}

static void
take_annotation (QuarryFrameDraft *draft, QuarryAnnotation *annotation, const char *track)
{
  if (annotation == NULL)
    return;
  g_free (annotation->track);
  annotation->track = g_strdup (track);
  g_ptr_array_add (draft->annotations, annotation);
}

/* "frame track type …": @n_unnamed counts those without a track (DontCare has −1), whose ids need a number */
static void
add_label (QuarryKittiSequence *self, Labels *labels, guint n, const char *file_key, guint image, guint *n_unnamed,
           QuarryFrameDraft *draft)
{
  g_autofree char *place = g_strdup_printf ("line %u", n + 1);
  g_auto(GStrv) columns = g_strsplit (g_strchomp (labels->lines[n]), " ", 3);
  const QuarryPose velodyne_from_rectified = quarry_pose_invert (&self->rectified_from_velodyne);
  const QuarryPose body_from_rectified = quarry_pose_multiply (&self->body_from_velodyne, &velodyne_from_rectified);
  QuarryAnnotation *box = NULL;
  QuarryAnnotation *cuboid = NULL;
  g_autofree char *id = NULL;
  g_autofree char *track = NULL;
  gint64 number = 0;

  if (g_strv_length (columns) < 3 || !g_ascii_string_to_signed (columns[1], 10, -1, G_MAXINT32, &number, NULL))
    {
      quarry_ingest_skip (self->ingest, labels->path, place, "no track's number in the second column");
      return;
    }
  track = number >= 0 ? g_strdup_printf ("%s/%" G_GINT64_FORMAT, self->key, number) : NULL;
  id = number >= 0 ? g_strdup_printf ("%s/%s/%" G_GINT64_FORMAT, self->key, file_key, number)
                   : g_strdup_printf ("%s/%s/none-%u", self->key, file_key, (*n_unnamed)++);
  if (!quarry_kitti_label_parse (columns[2], id, self->has_poses ? &body_from_rectified : NULL, image, &box, &cuboid))
    quarry_ingest_skip (self->ingest, labels->path, place, "not the 17 or 18 columns of a label");
  else if (image == 0)
    quarry_ingest_skip (self->ingest, labels->path, place, "the 2D box has no picture in image_02");
  take_annotation (draft, box, track);
  take_annotation (draft, cuboid, track);
}

static void
free_annotation (gpointer data)
{
  quarry_annotation_free (data);
}

static gboolean
add_labels (QuarryKittiSequence *self, guint64 number, const char *file_key, guint image, guint cloud, QuarryFrameDraft *draft,
            GError **error)
{
  Labels *labels = self->data;
  GArray *indexes = number <= G_MAXUINT32 ? g_hash_table_lookup (labels->by_frame, GUINT_TO_POINTER ((guint) number)) : NULL;
  guint n_unnamed = 0;

  if (indexes == NULL)
    return TRUE;
  draft->set = quarry_ingest_label_set (self->ingest, error);
  if (draft->set == 0)
    return FALSE;
  draft->annotations = g_ptr_array_new_with_free_func (free_annotation);
  for (guint i = 0; i < indexes->len; i++)
    add_label (self, labels, g_array_index (indexes, guint, i), file_key, image, &n_unnamed, draft);
  g_hash_table_remove (labels->by_frame, GUINT_TO_POINTER ((guint) number));
  return TRUE;
}

/* --- calibration and poses --- */

static void
read_calibration (QuarryKittiSequence *self)
{
  QuarryPose rectify, camera_from_velodyne, velodyne_from_imu;

  self->body_from_velodyne = self->rectified_from_velodyne = QUARRY_POSE_IDENTITY;
  self->values = quarry_kitti_values_read (self->ingest, self->values_path);
  if (self->values == NULL)
    return;
  self->has_poses = (quarry_kitti_values_rotation (self->values, "R_rect", &rectify) ||
                     quarry_kitti_values_rotation (self->values, "R0_rect", &rectify)) &&
                    (quarry_kitti_values_pose (self->values, "Tr_velo_cam", &camera_from_velodyne) ||
                     quarry_kitti_values_pose (self->values, "Tr_velo_to_cam", &camera_from_velodyne));
  if (self->has_poses)
    self->rectified_from_velodyne = quarry_pose_multiply (&rectify, &camera_from_velodyne);
  else
    quarry_ingest_skip (self->ingest, self->values_path, NULL, "no R_rect and Tr_velo_cam: cameras and cuboids have no place");
  if (quarry_kitti_values_pose (self->values, "Tr_imu_velo", &velodyne_from_imu) ||
      quarry_kitti_values_pose (self->values, "Tr_imu_to_velo", &velodyne_from_imu))
    self->body_from_velodyne = quarry_pose_invert (&velodyne_from_imu);
}

static gboolean
has_imu (QuarryKittiSequence *self)
{
  return self->values != NULL && (quarry_kitti_values_get (self->values, "Tr_imu_velo", 12) != NULL ||
                                  quarry_kitti_values_get (self->values, "Tr_imu_to_velo", 12) != NULL);
}

/* One packet a line. Returns: (transfer full) (nullable) */
static QuarryTrajectory *
read_oxts (QuarryKittiSequence *self, const char *path)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = quarry_ingest_read_text (self->ingest, path, MAX_TEXT, &error);
  g_auto(GStrv) lines = NULL;
  QuarryTrajectory *poses = NULL;
  double scale = 0;

  if (text == NULL)
    {
      quarry_ingest_skip_error (self->ingest, path, error);
      return NULL;
    }
  poses = quarry_trajectory_new ();
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      QuarryStampedPose pose = { (gint64) i * PERIOD_NS, QUARRY_POSE_IDENTITY };
      g_autofree char *place = g_strdup_printf ("line %u", i + 1);

      if (g_strstrip (lines[i])[0] == 0)
        continue;
      if (quarry_kitti_parse_oxts (lines[i], scale, &scale, &pose.world_from_body))
        g_array_append_val (poses, pose);
      else
        quarry_ingest_skip (self->ingest, path, place, "not the numbers of an OXTS packet");
    }
  return poses;
}

static void
make_stamps (QuarryKittiSequence *self, const QuarryTrajectory *poses)
{
  const gint64 last = poses->len > 0 ? g_array_index (poses, QuarryStampedPose, poses->len - 1).stamp_ns : -1;

  self->stamps = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (gint64 stamp_ns = 0; stamp_ns <= last; stamp_ns += PERIOD_NS)
    g_array_append_val (self->stamps, stamp_ns);
}

/* --- the walk --- */

/* Returns: (transfer full) (nullable): folder/name of a file that is there */
static char *
find_file (GPtrArray *entries, const char *sequence)
{
  g_autofree char *name = g_strconcat (sequence, ".txt", NULL);
  const QuarryIngestEntry *entry = entries != NULL ? quarry_kitti_find_entry (entries, name, FALSE) : NULL;

  return entry != NULL ? g_strdup (entry->path) : NULL;
}

typedef struct
{
  QuarryIngest *ingest;
  const char   *key;           /* of the split below the source; "" the source itself */
  GPtrArray    *media[3];      /* what lies in media_folders; nullable */
  GPtrArray    *calib, *labels, *oxts;      /* nullable */
} Split;

static gboolean
finish_sequence (QuarryKittiSequence *self, Labels *labels, QuarryTrajectory *poses, GError **error)
{
  if (!quarry_kitti_sequence_read (self, error))
    return FALSE;
  if (self->scene == 0)
    return TRUE;
  if (labels != NULL && g_hash_table_size (labels->by_frame) > 0)
    quarry_ingest_skip (self->ingest, labels->path, NULL, "labels of %u frames that are not there",
                        g_hash_table_size (labels->by_frame));
  if (poses == NULL || poses->len == 0)
    return TRUE;
  quarry_ingest_note (self->ingest, quarry_ingest_get_path (self->ingest), self->key, "without times: frames are taken to be 100 ms apart, from 1970 on");
  return quarry_ingest_poses (self->ingest, self->scene, poses, error);
}

static gboolean
read_sequence (Split *split, const char *sequence, GError **error)
{
  QuarryKittiSequence self = { .ingest = split->ingest,
                               .parts = { { "image_02", "P2", NULL, 0 }, { "image_03", "P3", NULL, 0 }, { "velodyne", NULL, NULL, 0 } } };
  g_autofree char *labels_path = find_file (split->labels, sequence);
  g_autofree char *oxts_path = find_file (split->oxts, sequence);
  g_autoptr(Labels) labels = NULL;
  g_autoptr(GArray) poses = NULL;
  gboolean done;

  for (int i = 0; i < 3; i++)
    {
      const QuarryIngestEntry *entry =
          split->media[i] != NULL ? quarry_kitti_find_entry (split->media[i], sequence, TRUE) : NULL;

      self.parts[i].folder = entry != NULL ? g_strdup (entry->path) : NULL;
    }
  self.key = split->key[0] != 0 ? g_strdup_printf ("%s/%s", split->key, sequence) : g_strdup (sequence);
  self.name = g_strdup_printf ("%s/%s", quarry_ingest_get_name (split->ingest), self.key);
  self.values_path = find_file (split->calib, sequence);
  if (self.values_path != NULL)
    read_calibration (&self);
  else
    quarry_ingest_skip (split->ingest, quarry_ingest_get_path (split->ingest), self.key, "no calib/%s.txt: no calibration, no cuboids", sequence);
  if (self.values_path == NULL)
    self.body_from_velodyne = self.rectified_from_velodyne = QUARRY_POSE_IDENTITY;
  labels = labels_path != NULL ? read_labels (split->ingest, labels_path) : NULL;
  self.data = labels;
  self.add_labels = labels != NULL ? add_labels : NULL;
  if (oxts_path != NULL && has_imu (&self))
    poses = read_oxts (&self, oxts_path);
  else if (oxts_path != NULL)
    quarry_ingest_skip (split->ingest, oxts_path, NULL, "the poses are the IMU's, which is not calibrated");
  if (poses != NULL)
    make_stamps (&self, poses);
  done = finish_sequence (&self, labels, poses, error);
  quarry_kitti_sequence_clear (&self);
  return done;
}

static GPtrArray *
list_child (QuarryIngest *ingest, GPtrArray *entries, const char *name)
{
  const QuarryIngestEntry *entry = quarry_kitti_find_entry (entries, name, TRUE);

  return entry != NULL ? quarry_ingest_list_folder (ingest, entry->path) : NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return quarry_ingest_compare_natural (*(char **) a, *(char **) b);
}

/* Returns: (transfer container): the sequences' names, which belong to the split's lists */
static GPtrArray *
list_sequences (const Split *split)
{
  GPtrArray *names = g_ptr_array_new ();
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (int i = 0; i < 3; i++)
    for (guint k = 0; split->media[i] != NULL && k < split->media[i]->len; k++)
      {
        QuarryIngestEntry *entry = split->media[i]->pdata[k];

        if (entry->is_folder && quarry_kitti_is_number (entry->name) && g_hash_table_add (seen, entry->name))
          g_ptr_array_add (names, entry->name);
      }
  g_ptr_array_sort (names, compare_names);
  return names;
}

/* @entries: of the split's folder. */
static gboolean
read_split (QuarryIngest *ingest, GPtrArray *entries, const char *key, GError **error)
{
  Split split = { .ingest = ingest, .key = key };
  g_autoptr(GPtrArray) names = NULL;
  gboolean done = TRUE;

  for (int i = 0; i < 3; i++)
    split.media[i] = list_child (ingest, entries, media_folders[i]);
  split.calib = list_child (ingest, entries, "calib");
  split.labels = list_child (ingest, entries, "label_02");
  split.oxts = list_child (ingest, entries, "oxts");
  names = list_sequences (&split);
  for (guint i = 0; done && i < names->len; i++)
    done = read_sequence (&split, names->pdata[i], error);
  for (int i = 0; i < 3; i++)
    g_clear_pointer (&split.media[i], g_ptr_array_unref);
  g_clear_pointer (&split.calib, g_ptr_array_unref);
  g_clear_pointer (&split.labels, g_ptr_array_unref);
  g_clear_pointer (&split.oxts, g_ptr_array_unref);
  return done;
}

static gboolean
has_media_folder (GPtrArray *entries)
{
  for (guint i = 0; media_folders[i] != NULL; i++)
    if (quarry_kitti_find_entry (entries, media_folders[i], TRUE) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
read_kitti_tracking (QuarryIngest *ingest, GError **error)
{
  g_autoptr(GPtrArray) entries = quarry_ingest_list_folder (ingest, quarry_ingest_get_path (ingest));

  if (has_media_folder (entries))
    return read_split (ingest, entries, "", error);
  for (guint i = 0; i < entries->len; i++)
    {
      const QuarryIngestEntry *entry = entries->pdata[i];
      g_autoptr(GPtrArray) below = entry->is_folder ? quarry_ingest_list_folder (ingest, entry->path) : NULL;

      if (below != NULL && has_media_folder (below) && !read_split (ingest, below, entry->name, error))
        return FALSE;
    }
  return TRUE;
}

static QuarryIngestPreview *
preview (QuarryStorage *storage, const char *path, GCancellable *cancellable, GError **error)
{
  return quarry_kitti_sequence_preview (storage, path, media_folders, TRUE, cancellable, error);
}

const QuarryReader quarry_reader_kitti_tracking = {
  .id = "kitti-tracking",
  .name = "KITTI tracking",
  .what = "folders with image_02/0000, velodyne/0000, calib/0000.txt and label_02/0000.txt",
  .probe = probe,
  .read = read_kitti_tracking,
  .preview = preview,
};
