/* quarry-cloud-private.h: what the point-cloud formats share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-cloud.h"

G_BEGIN_DECLS

void         quarry_cloud_normalize_intensity (QuarryCloud  *self);

QuarryCloud *quarry_cloud_decode_pcd          (const guint8 *data,
                                               gsize         length,
                                               const char   *name,
                                               GError      **error);
gboolean     quarry_cloud_count_pcd           (const guint8 *head,
                                               gsize         length,
                                               gint64        file_length,
                                               const char   *name,
                                               gint64       *out_n_points,
                                               GError      **error);
QuarryCloud *quarry_cloud_decode_kitti        (const guint8 *data,
                                               gsize         length,
                                               const char   *name,
                                               GError      **error);
gboolean     quarry_cloud_count_kitti         (gint64        file_length,
                                               const char   *name,
                                               gint64       *out_n_points,
                                               GError      **error);
gboolean     quarry_lzf_expand                (const guint8 *data,
                                               gsize         length,
                                               guint8       *out,
                                               gsize         out_length);

G_END_DECLS
