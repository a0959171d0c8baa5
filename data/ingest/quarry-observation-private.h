/* quarry-observation-private.h: what the readers of one type share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-observation.h"

G_BEGIN_DECLS

/* Fills @out, whose kind is set and whose members are empty */
typedef gboolean (*QuarryObservationReadFunc) (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error);

/* quarry-observation.c */
gboolean quarry_observation_fail         (GError            **error,           /* returns FALSE; code BROKEN */
                                          const char         *format,
                                          ...) G_GNUC_PRINTF (2, 3);
gboolean quarry_observation_refuse       (GError            **error,           /* the same; code UNSUPPORTED */
                                          const char         *format,
                                          ...) G_GNUC_PRINTF (2, 3);
gint64   quarry_observation_get_time     (const QuarryValue  *root,            /* QUARRY_NO_TIME where none is or it is 0 */
                                          const char         *path);
char    *quarry_observation_dup_frame    (const QuarryValue  *root,            /* transfer full; "" where there is none */
                                          const char         *path);
void     quarry_observation_set_header   (QuarryObservation  *out,             /* header.stamp and .frame_id, or Foxglove's timestamp and frame_id */
                                          const QuarryValue  *root);
gboolean quarry_observation_get_count    (const QuarryValue  *root,            /* an integer from 0 to @most */
                                          const char         *path,
                                          gint64              most,
                                          gint64             *out,
                                          GError            **error);
gboolean quarry_observation_set_bytes    (QuarryObservation  *out,             /* offset and length; FALSE: no byte string in the message */
                                          const QuarryValue  *root,
                                          const char         *path,
                                          const guint8       *data,
                                          gboolean           *out_base64,
                                          gsize              *out_n,           /* bytes, decoded */
                                          GError            **error);
gsize    quarry_observation_peek_bytes   (const QuarryValue  *root,            /* the first bytes, decoded; how many */
                                          const char         *path,
                                          guint8             *out,
                                          gsize               n);

/* One a type; the names are those in the table */
gboolean quarry_observation_read_image            (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error);
gboolean quarry_observation_read_compressed_image (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error);
gboolean quarry_observation_read_point_cloud2     (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error);
gboolean quarry_observation_read_foxglove_cloud   (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error);
gboolean quarry_observation_read_velodyne         (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error);
gboolean quarry_observation_read_camera           (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error);
gboolean quarry_observation_read_transforms       (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error);
gboolean quarry_observation_read_transform        (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error);
gboolean quarry_observation_read_pose             (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error);
gboolean quarry_observation_read_position         (const QuarryValue *root, const guint8 *data, QuarryObservation *out, GError **error);

G_END_DECLS
