/* quarry-reader-kitti-odometry.c: the KITTI odometry layout, with SemanticKITTI's labels
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   dataset/ (or any name)
 *     sequences/00/  image_0 … image_3, velodyne, calib.txt, times.txt, labels/000000.label, poses.txt
 *     poses/00.txt
 *
 * The source may be dataset/, sequences/ or one sequence. Each sequence is a scene; the body frame is the velodyne's. Poses
 * are those of the rectified camera 0 seen from its first place, so
 *
 *   world_from_body = Tr⁻¹ · pose · Tr        with Tr = camera_from_velodyne
 *
 * and the world is the velodyne's first place. Times are those of times.txt, seconds since the sequence began, counted
 * from 1970 on. After J. Behley et al.: SemanticKITTI (2019) and the readme of the odometry development kit.
 */

#include "config.h"
#include "quarry-kitti-sequence.h"
#include "quarry-point-labels.h"

#include <math.h>
#include <string.h>

#define MAX_TEXT (64u << 20)
#define PROBE_ENTRIES 200
#define MAX_SECONDS 1e9

extern const QuarryReader quarry_reader_kitti_odometry;

static const char * const media_folders[] = { "image_2", "image_3", "image_0", "image_1", "velodyne", NULL };
static const char * const projections[] = { "P2", "P3", "P0", "P1", NULL };

static gboolean
is_sequence (const char *folder)
{
  const gboolean text = quarry_ingest_has_file (folder, "calib.txt") || quarry_ingest_has_file (folder, "times.txt");

  for (guint i = 0; text && media_folders[i] != NULL; i++)
    if (quarry_ingest_has_folder (folder, media_folders[i]))
      return TRUE;
  return quarry_ingest_has_folder (folder, "velodyne") && quarry_ingest_has_folder (folder, "labels");
}

static gboolean
has_sequence (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = NULL;

  for (int i = 0; dir != NULL && i < PROBE_ENTRIES && (name = g_dir_read_name (dir)) != NULL; i++)
    {
      g_autofree char *child = g_build_filename (folder, name, NULL);

      if (quarry_kitti_is_number (name) && is_sequence (child))
        return TRUE;
    }
  return FALSE;
}

static int
probe (const char *path)
{
  g_autofree char *below = g_build_filename (path, "sequences", NULL);
  g_autofree char *wrapped = g_build_filename (path, "dataset", "sequences", NULL);

  return is_sequence (path) || has_sequence (below) || has_sequence (path) || has_sequence (wrapped) ? 90 : 0;
}

/* @n: numbers a line. Bad lines are reported and leave a NaN. Returns: (transfer full) (nullable): n doubles a line */
static GArray *
read_table (QuarryIngest *ingest, const char *path, guint n, const char *what)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = quarry_ingest_read_text (ingest, path, MAX_TEXT, &error);
  g_auto(GStrv) lines = NULL;
  GArray *table = NULL;

  if (text == NULL)
    {
      quarry_ingest_skip_error (ingest, path, error);
      return NULL;
    }
  table = g_array_new (FALSE, FALSE, n * sizeof (double));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *place = g_strdup_printf ("line %u", i + 1);
      double row[12];

      if (lines[i + 1] == NULL && lines[i][0] == 0)
        break;
      if (!quarry_kitti_parse_numbers (lines[i], row, n))
        {
          quarry_ingest_skip (ingest, path, place, "%s", what);
          row[0] = NAN;
        }
      g_array_append_vals (table, row, 1);
    }
  return table;
}

static void
read_times (QuarryKittiSequence *self, const char *path)
{
  g_autoptr(GArray) table = read_table (self->ingest, path, 1, "not a time in seconds");

  if (table == NULL)
    return;
  self->stamps = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < table->len; i++)
    {
      const double seconds = g_array_index (table, double, i);
      const gint64 stamp_ns = fabs (seconds) < MAX_SECONDS ? llround (seconds * 1e9) : QUARRY_NO_TIME;

      g_array_append_val (self->stamps, stamp_ns);
    }
}

static void
read_calibration (QuarryKittiSequence *self)
{
  self->values = quarry_kitti_values_read (self->ingest, self->values_path);
  self->has_poses = self->values != NULL && quarry_kitti_values_pose (self->values, "Tr", &self->rectified_from_velodyne);
  if (self->values != NULL && !self->has_poses)
    quarry_ingest_skip (self->ingest, self->values_path, NULL, "no Tr: cameras and poses have no place");
}

/* Returns: (transfer full) (nullable) */
static QuarryTrajectory *
read_poses (QuarryKittiSequence *self, const char *path)
{
  g_autoptr(GArray) table = read_table (self->ingest, path, 12, "not the 12 numbers of a pose");
  const QuarryPose velodyne_from_rectified = quarry_pose_invert (&self->rectified_from_velodyne);
  QuarryTrajectory *poses = NULL;

  if (table == NULL)
    return NULL;
  poses = quarry_trajectory_new ();
  for (guint i = 0; i < table->len && self->stamps != NULL && i < self->stamps->len; i++)
    {
      const double *m = (const double *) (gpointer) (table->data + i * 12 * sizeof (double));
      const double r[9] = { m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10] };
      const double t[3] = { m[3], m[7], m[11] };
      QuarryStampedPose pose = { g_array_index (self->stamps, gint64, i), QUARRY_POSE_IDENTITY };
      QuarryPose camera;

      if (isnan (m[0]) || pose.stamp_ns == QUARRY_NO_TIME)
        continue;
      camera = quarry_pose_from_matrix (r, t);
      camera = quarry_pose_multiply (&camera, &self->rectified_from_velodyne);
      pose.world_from_body = quarry_pose_multiply (&velodyne_from_rectified, &camera);
      if (quarry_pose_normalize (&pose.world_from_body))
        g_array_append_val (poses, pose);
    }
  return poses;
}

/* self->data: the entries of labels/ */
static gboolean
add_labels (QuarryKittiSequence *self, guint64 number, const char *file_key, guint image, guint cloud, QuarryFrameDraft *draft,
            GError **error)
{
  g_autofree char *name = g_strconcat (file_key, ".label", NULL);
  const QuarryIngestEntry *entry = quarry_kitti_find_entry (self->data, name, FALSE);

  if (entry == NULL)
    return TRUE;
  if (cloud == 0)
    {
      quarry_ingest_skip (self->ingest, entry->path, NULL, "labels of points without a cloud");
      return TRUE;
    }
  if (!quarry_ingest_point_labels (self->ingest, draft->media->pdata[cloud - 1], entry->path, "semantickitti",
                                   quarry_semantickitti_names))
    return TRUE;
  draft->set = quarry_ingest_label_set (self->ingest, error);
  return draft->set != 0;
}

/* Returns: (transfer full) (nullable): poses/NN.txt beside sequences/, else poses.txt in the sequence */
static char *
find_poses (QuarryIngest *ingest, const char *folder, GPtrArray *entries)
{
  g_autofree char *name = g_path_get_basename (folder);
  g_autofree char *above = g_path_get_dirname (folder);
  g_autofree char *root = g_path_get_dirname (above);
  g_autofree char *poses = g_build_filename (root, "poses", NULL);
  g_autofree char *file = g_strconcat (name, ".txt", NULL);
  const QuarryIngestEntry *own = quarry_kitti_find_entry (entries, "poses.txt", FALSE);

  if (quarry_ingest_is_file (ingest, poses, file))
    return g_build_filename (poses, file, NULL);
  return own != NULL ? g_strdup (own->path) : NULL;
}

static gboolean
finish_sequence (QuarryKittiSequence *self, const char *poses_path, GError **error)
{
  g_autoptr(GArray) poses = NULL;

  if (!quarry_kitti_sequence_read (self, error))
    return FALSE;
  if (self->scene == 0 || poses_path == NULL)
    return TRUE;
  if (!self->has_poses || self->stamps == NULL)
    {
      quarry_ingest_skip (self->ingest, poses_path, NULL, "poses need Tr of calib.txt and the times of times.txt");
      return TRUE;
    }
  poses = read_poses (self, poses_path);
  return poses == NULL || quarry_ingest_poses (self->ingest, self->scene, poses, error);
}

static gboolean
read_sequence (QuarryIngest *ingest, const char *folder, GPtrArray *entries, const char *key, GError **error)
{
  QuarryKittiSequence self = { .ingest = ingest, .body_from_velodyne = QUARRY_POSE_IDENTITY,
                               .rectified_from_velodyne = QUARRY_POSE_IDENTITY };
  const QuarryIngestEntry *calib = quarry_kitti_find_entry (entries, "calib.txt", FALSE);
  const QuarryIngestEntry *times = quarry_kitti_find_entry (entries, "times.txt", FALSE);
  const QuarryIngestEntry *labels = quarry_kitti_find_entry (entries, "labels", TRUE);
  g_autofree char *poses_path = find_poses (ingest, folder, entries);
  g_autoptr(GPtrArray) label_entries = labels != NULL ? quarry_ingest_list_folder (ingest, labels->path) : NULL;
  gboolean done;

  for (int i = 0; i < QUARRY_KITTI_SEQUENCE_PARTS; i++)
    {
      const QuarryIngestEntry *entry = quarry_kitti_find_entry (entries, media_folders[i], TRUE);

      self.parts[i] = (QuarryKittiPart) { media_folders[i], projections[i], entry != NULL ? g_strdup (entry->path) : NULL, 0 };
    }
  self.key = g_strdup (key);
  self.name = key[0] != 0 ? g_strdup_printf ("%s/%s", quarry_ingest_get_name (ingest), key)
                          : g_strdup (quarry_ingest_get_name (ingest));
  self.values_path = calib != NULL ? g_strdup (calib->path) : NULL;
  if (calib != NULL)
    read_calibration (&self);
  else
    quarry_ingest_note (ingest, folder, NULL, "no calib.txt: the cameras have no calibration");
  if (times != NULL)
    read_times (&self, times->path);
  self.data = label_entries;
  self.add_labels = label_entries != NULL ? add_labels : NULL;
  done = finish_sequence (&self, poses_path, error);
  quarry_kitti_sequence_clear (&self);
  return done;
}

static gboolean
holds_media (GPtrArray *entries)
{
  for (guint i = 0; media_folders[i] != NULL; i++)
    if (quarry_kitti_find_entry (entries, media_folders[i], TRUE) != NULL)
      return TRUE;
  return FALSE;
}

/* @depth: folders may wrap sequences/ twice. */
static gboolean
read_folder (QuarryIngest *ingest, const char *folder, const char *key, int depth, GError **error)
{
  g_autoptr(GPtrArray) entries = quarry_ingest_list_folder (ingest, folder);

  if (holds_media (entries))
    return read_sequence (ingest, folder, entries, key, error);
  for (guint i = 0; i < entries->len && depth < 3; i++)
    {
      const QuarryIngestEntry *entry = entries->pdata[i];

      if (!entry->is_folder)
        continue;
      if (quarry_kitti_is_number (entry->name) || g_str_equal (entry->name, "sequences") || g_str_equal (entry->name, "dataset"))
        if (!read_folder (ingest, entry->path, quarry_kitti_is_number (entry->name) ? entry->name : "", depth + 1, error))
          return FALSE;
    }
  return TRUE;
}

static gboolean
read_kitti_odometry (QuarryIngest *ingest, GError **error)
{
  return read_folder (ingest, quarry_ingest_get_path (ingest), "", 0, error);
}

static QuarryIngestPreview *
preview (QuarryStorage *storage, const char *path, GCancellable *cancellable, GError **error)
{
  return quarry_kitti_sequence_preview (storage, path, media_folders, FALSE, cancellable, error);
}

const QuarryReader quarry_reader_kitti_odometry = {
  .id = "kitti-odometry",
  .name = "KITTI odometry, SemanticKITTI",
  .what = "sequences/00 with image_2, velodyne, calib.txt, times.txt and labels; poses/00.txt",
  .probe = probe,
  .read = read_kitti_odometry,
  .preview = preview,
};
