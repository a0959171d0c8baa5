/* quarry-annotation.h: one label and its geometry
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The doubles of each kind (pixels after EXIF orientation, corner origin; metres in the body frame
 * at the frame's own time):
 *   box2d      x y width height rotation   rotation in radians about the centre, clockwise on screen; x y width
 *                                          height describe the box before it is turned
 *   polygon    x y …                       rings are separated by a NaN NaN pair; even-odd filled
 *   polyline   x y …
 *   keypoints  x y v …                     v: 0 absent, 1 hidden, 2 visible
 *   cuboid     cx cy cz l w h qw qx qy qz  centre, size along own x y z, body_from_cuboid
 *   mask       width height run run …      runs down the columns, zeros first, as COCO's RLE
 *   class      (none)
 */

#pragma once

#include "quarry-cuboid.h"
#include "quarry-types.h"

G_BEGIN_DECLS

typedef struct
{
  QuarryId              id;             /* 0 while a draft */
  QuarryId              set;
  QuarryId              frame;
  QuarryId              media;          /* 0: in the frame's space */
  QuarryAnnotationKind  kind;
  QuarryId              class_id;
  char                 *class_name;     /* in a draft: the foreign name, mapped by alias when stored */
  char                 *class_color;    /* nullable in drafts */
  char                 *external_id;
  char                 *track;          /* nullable */
  double               *geometry;
  gsize                 n_geometry;
  char                 *attributes;     /* JSON object; nullable means {} */
  double                score;          /* NaN where there is none */
  QuarryId              task;           /* 0 none */
  char                 *annotator;      /* nullable */
  gint64                made_ns;        /* QUARRY_NO_TIME where unknown */
} QuarryAnnotation;

QuarryAnnotation *quarry_annotation_new          (QuarryAnnotationKind    kind,
                                                  const char             *class_name,
                                                  const char             *external_id,
                                                  const double           *geometry,
                                                  gsize                   n_geometry);
QuarryAnnotation *quarry_annotation_new_cuboid   (const char             *class_name,
                                                  const char             *external_id,
                                                  const QuarryCuboid     *cuboid);
QuarryAnnotation *quarry_annotation_copy         (const QuarryAnnotation *self);
void              quarry_annotation_free         (QuarryAnnotation       *self);
gboolean          quarry_annotation_get_cuboid   (const QuarryAnnotation *self,
                                                  QuarryCuboid           *out_cuboid);
gboolean          quarry_annotation_get_bounds   (const QuarryAnnotation *self,
                                                  double                  out_box[4]);
double            quarry_annotation_get_area   (const QuarryAnnotation *self);
gboolean          quarry_annotation_check        (const QuarryAnnotation *self,
                                                  GError                **error);
const char       *quarry_annotation_kind_name    (QuarryAnnotationKind    kind);
gboolean          quarry_annotation_kind_parse   (const char             *name,
                                                  QuarryAnnotationKind   *out_kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryAnnotation, quarry_annotation_free)

G_END_DECLS
