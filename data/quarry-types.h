/* quarry-types.h: words that every folder uses
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Time is signed 64-bit nanoseconds since the Unix epoch, UTC (QUARRY_NO_TIME where unknown).
 * Ids are catalog rows; 0 is no row.
 */

#pragma once

#include <glib-object.h>
#include <gio/gio.h>

G_BEGIN_DECLS

typedef gint64 QuarryId;

#define QUARRY_NO_TIME   G_MININT64
#define QUARRY_NS_PER_S  G_GINT64_CONSTANT (1000000000)

typedef struct _QuarryCatalog   QuarryCatalog;
typedef struct _QuarryOperation QuarryOperation;
typedef struct _QuarryReport    QuarryReport;

typedef enum { QUARRY_SENSOR_CAMERA, QUARRY_SENSOR_LIDAR, QUARRY_SENSOR_RADAR } QuarrySensorKind;

/* What an annotation's geometry holds; the doubles are documented in quarry-annotation.h */
typedef enum
{
  QUARRY_ANNOTATION_BOX2D,
  QUARRY_ANNOTATION_POLYGON,
  QUARRY_ANNOTATION_POLYLINE,
  QUARRY_ANNOTATION_MASK,
  QUARRY_ANNOTATION_KEYPOINTS,
  QUARRY_ANNOTATION_CUBOID,
  QUARRY_ANNOTATION_CLASS,        /* whole frame or whole image */
  QUARRY_N_ANNOTATION_KINDS
} QuarryAnnotationKind;

G_END_DECLS
