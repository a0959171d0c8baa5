/* quarry-point-labels.h: files with a class and an instance for each point of a cloud
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   semantickitti        uint32 a point, little-endian: the low 16 bits its class, the high 16 its instance (SemanticKITTI .label)
 *   nuscenes-lidarseg    uint8 a point: its class, the index of category.json (nuScenes *_lidarseg.bin)
 *
 * The n-th value belongs to the n-th point as stored.
 */

#pragma once

#include "quarry-media-error.h"

G_BEGIN_DECLS

typedef struct
{
  gsize    n;
  guint16 *classes;      /* n */
  guint16 *instances;    /* n, 0 none; nullable: the format has none */
} QuarryPointClasses;

gsize               quarry_point_labels_size   (const char          *format);      /* bytes a point; 0 unknown format */
QuarryPointClasses *quarry_point_labels_decode (GBytes              *bytes,
                                                const char          *format,
                                                gint64               n_points,     /* of the cloud; −1 unknown */
                                                const char          *name,         /* for messages */
                                                GError             **error);
void                quarry_point_classes_free  (QuarryPointClasses  *self);

/* SemanticKITTI's classes as JSON: number → name (after the data set's published configuration) */
extern const char quarry_semantickitti_names[];

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryPointClasses, quarry_point_classes_free)

G_END_DECLS
