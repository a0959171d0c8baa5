/* quarry-rosbag2-metadata.h: the metadata.yaml of a ROS 2 bag
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-log.h"

G_BEGIN_DECLS

typedef struct
{
  GPtrArray *files;             /* char *: names in the folder, in order */
  gint64     n_messages;        /* −1 not told */
  gboolean   is_file_packed;    /* whole files are compressed, or: */
  gboolean   is_message_packed;
} QuarryRosbag2Metadata;

QuarryRosbag2Metadata *quarry_rosbag2_metadata_parse (GBytes                 *bytes,
                                                      const char             *uri,       /* what errors call it */
                                                      GError                **error);
void                   quarry_rosbag2_metadata_free  (QuarryRosbag2Metadata  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryRosbag2Metadata, quarry_rosbag2_metadata_free)

G_END_DECLS
