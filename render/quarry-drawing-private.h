/* quarry-drawing-private.h: what the CPU and the GL drawer share: sizes, colours, shapes, labels
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-drawing.h"

#include <cairo.h>

G_BEGIN_DECLS

#define QUARRY_NO_PICTURE 0.16     /* the grey where a picture is missing, 0…1 */
#define QUARRY_LINE_WIDTH 2.0      /* logical pixels */
#define QUARRY_RIM        2.0      /* how much wider the dark rim under a line is */
#define QUARRY_RIM_ALPHA  0.4

/* --- quarry-drawing.c --- */
gboolean  quarry_camera_view_get_camera  (const QuarryCameraView *self,
                                          QuarryCamera           *out_camera);   /* scaled to the picture's size; FALSE: no calibration */
int       quarry_drawing_find_view       (QuarryDrawing          *self,
                                          const QuarryCameraView *camera);       /* −1 where it is another drawing's */

gboolean  quarry_annotation_is_in        (const QuarryAnnotation *annotation,
                                          const QuarryCameraView *camera);       /* sound, and drawn in this picture's pixels */

/* --- quarry-drawing-color.c --- */
double    quarry_color_position          (QuarryColorBy           by,
                                          const double            range[2],
                                          double                  value);
void      quarry_annotation_get_color    (const QuarryAnnotation *annotation,
                                          guint8                  out_rgb[3]);

/* --- quarry-drawing-shapes.c --- */
typedef enum { QUARRY_CAP_FROM = 1, QUARRY_CAP_TO = 2 } QuarryCaps;

/* One straight piece; the layout is what lines.glsl reads */
typedef struct
{
  float   from[3], to[3];      /* picture pixels (z 0), or metres in the body frame */
  guint8  rgba[4];
  float   width;               /* in line widths */
  float   caps;                /* QuarryCaps */
} QuarryStroke;

typedef struct
{
  float   corners[4][3];       /* around */
  guint8  rgba[4];
} QuarryFace;

typedef struct
{
  GArray *flat;                /* QuarryStroke in picture pixels */
  GArray *solid;               /* QuarryStroke in the body frame */
  GArray *flat_faces;          /* QuarryFace */
  GArray *solid_faces;
} QuarryShapes;

QuarryShapes *quarry_shapes_new_picture  (QuarryDrawing          *drawing,
                                          const QuarryCameraView *camera,
                                          const QuarryStyle      *style);
QuarryShapes *quarry_shapes_new_space    (QuarryDrawing          *drawing,
                                          const QuarryStyle      *style,
                                          gboolean                dark);
void          quarry_shapes_free         (QuarryShapes           *self);
gboolean      quarry_cuboid_find_seen    (const QuarryCuboid     *cuboid,
                                          const QuarryCamera     *camera,
                                          const QuarryPose       *camera_from_body,
                                          double                  out_box[4]);      /* picture pixels; FALSE: no edge of it is in the picture */
gboolean      quarry_shape_project       (const QuarryCamera     *camera,           /* both ends; cut where only one projects */
                                          const QuarryPose       *camera_from_body,
                                          const float             from[3],
                                          const float             to[3],
                                          double                  out_from[2],
                                          double                  out_to[2]);

/* Polygons' and masks' insides, in picture pixels. Returns: whether there was any */
gboolean      quarry_drawing_paint_regions (QuarryDrawing          *self,
                                            const QuarryCameraView *camera,
                                            cairo_t                *cairo);          /* nullable: only ask */

/* --- quarry-drawing-labels.c --- */
typedef struct
{
  char    *text;
  guint8   rgb[3];
  double   box[4];             /* what it names: picture pixels x y width height */
  double   top[3];             /* the same in space: metres in the body frame */
  int      width, height;      /* of the chip, target pixels */
} QuarryLabel;

typedef struct
{
  gboolean shown;
  int      x, y;               /* target pixels from the top left */
} QuarryLabelPlace;

GPtrArray    *quarry_labels_new_picture  (QuarryDrawing          *drawing,
                                          const QuarryCameraView *camera,
                                          const QuarryStyle      *style,
                                          double                  unit);   /* target pixels a logical pixel */
GPtrArray    *quarry_labels_new_space    (QuarryDrawing          *drawing,
                                          double                  unit);
void          quarry_labels_place        (GPtrArray              *labels,
                                          const double          (*boxes)[4],    /* target pixels; x NaN: hidden */
                                          int                     width,
                                          int                     height,
                                          QuarryLabelPlace       *out_places);
void          quarry_label_paint         (const QuarryLabel      *self,
                                          cairo_t                *cairo,
                                          double                  unit,
                                          int                     x,
                                          int                     y);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryShapes, quarry_shapes_free)

G_END_DECLS
