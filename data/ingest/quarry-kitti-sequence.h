/* quarry-kitti-sequence.h: numbered files in a folder for each sensor, with one calibration: KITTI tracking and odometry
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-kitti.h"

G_BEGIN_DECLS

#define QUARRY_KITTI_SEQUENCE_PARTS 5

typedef struct
{
  const char *sensor;           /* its name */
  const char *projection;       /* of a camera: "P2"; NULL: the lidar */
  char       *folder;           /* with 000000.png or .bin …; NULL: there is none; owned by the sequence */
  QuarryId    id;               /* of the sensor; 0 until it has a file */
} QuarryKittiPart;

typedef struct _QuarryKittiSequence QuarryKittiSequence;

struct _QuarryKittiSequence
{
  QuarryIngest      *ingest;
  char              *key;       /* of the scene, and what external ids begin with */
  char              *name;
  QuarryKittiPart    parts[QUARRY_KITTI_SEQUENCE_PARTS];
  QuarryKittiValues *values;    /* nullable: no calibration */
  char              *values_path;
  gboolean           has_poses;         /* the next is known */
  QuarryPose         rectified_from_velodyne;
  QuarryPose         body_from_velodyne;
  GArray            *stamps;    /* gint64 by number; nullable: none are known */

  /* Adds labels to a frame. @image: 1 + the index of the media of the first part in the draft, @cloud: that of the lidar; 0 none.
   * FALSE with @error for failures of the catalog only */
  gboolean         (*add_labels) (QuarryKittiSequence *self, guint64 number, const char *file_key, guint image, guint cloud,
                                  QuarryFrameDraft *draft, GError **error);
  gpointer           data;      /* the reader's */
  QuarryId           scene;     /* out */
};

gboolean                 quarry_kitti_sequence_read   (QuarryKittiSequence *self,
                                                       GError             **error);
void                     quarry_kitti_sequence_clear  (QuarryKittiSequence *self);     /* frees what it owns */
const QuarryIngestEntry *quarry_kitti_find_entry      (GPtrArray           *entries,
                                                       const char          *name,
                                                       gboolean             is_folder);
gboolean                 quarry_kitti_is_number       (const char          *name);     /* nothing but digits */
QuarryIngestPreview     *quarry_kitti_sequence_preview (QuarryStorage      *storage,
                                                       const char          *path,
                                                       const char * const  *folders,   /* what a sensor's folder is called; cameras begin with "image" */
                                                       gboolean             below,     /* its sequences are folders in it, else it lies in the sequence */
                                                       GCancellable        *cancellable,
                                                       GError             **error);

G_END_DECLS
