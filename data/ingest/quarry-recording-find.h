/* quarry-recording-find.h: which recordings lie in a folder
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-types.h"

G_BEGIN_DECLS

typedef enum
{
  QUARRY_LOG_KIND_NONE,
  QUARRY_LOG_KIND_MCAP,
  QUARRY_LOG_KIND_ROSBAG1,
  QUARRY_LOG_KIND_ROSBAG2,
} QuarryLogKind;

/* A log file, or a ROS 2 bag's folder */
typedef struct
{
  char          *path;
  char          *key;        /* below the source: "day1/run_0.bag"; the base name of a source that is one log */
  QuarryLogKind  kind;
  gboolean       is_bag;     /* a folder with metadata.yaml */
} QuarryLogPlace;

/* One level of a folder. Returns: (transfer full): QuarryIngestEntry in natural order, empty where it cannot be read */
typedef GPtrArray *(*QuarryLogListFunc) (const char *path, gpointer data);

QuarryLogKind  quarry_log_place_find_kind (const char        *name);       /* of a file, by its ending */
GPtrArray     *quarry_log_place_list      (const char        *root,        /* QuarryLogPlace; of a folder and all below */
                                           QuarryLogListFunc  list,
                                           gpointer           data);
GPtrArray     *quarry_log_place_new_list  (const char        *path,        /* QuarryLogPlace: this one */
                                           QuarryLogKind      kind,
                                           gboolean           is_bag);
gboolean       quarry_log_place_may_follow (const QuarryLogPlace *before,  /* by their names @after is the next part of a split bag */
                                           const QuarryLogPlace *after);
gboolean       quarry_log_place_is_next   (gint64             end_ns,      /* and by their times */
                                           gint64             start_ns);
char          *quarry_log_place_dup_name  (const QuarryLogPlace *self,     /* of the recording, without ending and number */
                                           gboolean           is_split);

G_END_DECLS
