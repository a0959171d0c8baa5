/* quarry-drawing.h: one description of what is drawn; the GL and the CPU drawers read it
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A drawing belongs to one frame and is built in a worker thread (files are read, clouds de-skewed); after that it is
 * immutable but for the style. Space is the body frame at the frame's own time.
 */

#pragma once

#include "quarry-media.h"

G_BEGIN_DECLS

typedef enum { QUARRY_COLOR_BY_DEPTH, QUARRY_COLOR_BY_HEIGHT, QUARRY_COLOR_BY_INTENSITY, QUARRY_N_COLOR_BY } QuarryColorBy;

typedef struct
{
  gboolean       show_lidar, show_boxes, show_cuboids, show_labels, show_frustums;
  QuarryColorBy  color_by;
  double         point_size;       /* pixels */
  double         range[2];         /* metres or 0…1: what the colour map spans; both 0: from the data */
  double         scale;            /* device pixels a logical pixel, for lines, points and text; 0 means 1 */
} QuarryStyle;
#define QUARRY_STYLE_DEFAULT ((QuarryStyle) { TRUE, TRUE, TRUE, TRUE, TRUE, QUARRY_COLOR_BY_DEPTH, 2.5, { 0, 0 }, 1.0 })

typedef struct
{
  QuarryMedia       *media;            /* the camera */
  QuarryImage       *image;            /* nullable: not loaded, or broken (see the drawing's errors) */
  QuarryPose         camera_from_body; /* body at the frame's time → camera at its own stamp */
  GPtrArray         *camera_from_lidar;/* one QuarryPose a cloud of the drawing, motion compensated; of its xyz, without the origin */
} QuarryCameraView;

typedef struct
{
  QuarryMedia       *media;
  QuarryCloud       *cloud;            /* rigid, in the lidar's frame at its stamp; nullable: broken */
  QuarryPose         body_from_lidar;  /* at the frame's time, motion compensated; of the cloud's xyz: its origin is in here */
} QuarryCloudView;

typedef struct
{
  QuarryFrame       *frame;
  GPtrArray         *cameras;          /* QuarryCameraView */
  GPtrArray         *clouds;           /* QuarryCloudView */
  GPtrArray         *annotations;      /* QuarryAnnotation, with class_name and class_color */
  GPtrArray         *errors;           /* char*: media that could not be read, for people */
  double             origin[3];        /* metres: add it to what is in space here to get the body's frame; 0 but for clouds in map coordinates */
  gatomicrefcount    references;
} QuarryDrawing;

QuarryDrawing    *quarry_drawing_load        (QuarryCatalog  *catalog,
                                              QuarryId        frame,
                                              QuarryId        set,            /* 0: all */
                                              const char     *only_camera,    /* nullable: pictures of all cameras */
                                              GCancellable   *cancellable,
                                              GError        **error);
QuarryDrawing    *quarry_drawing_new         (QuarryFrame    *frame);         /* takes it; empty, to be filled by hand */
void              quarry_drawing_add_cloud   (QuarryDrawing  *self,           /* clouds before cameras; takes media and cloud */
                                              QuarryMedia    *media,
                                              QuarryCloud    *cloud,
                                              const QuarryPose *body_from_lidar);
QuarryCameraView *quarry_drawing_add_camera  (QuarryDrawing  *self,           /* takes media and image */
                                              QuarryMedia    *media,
                                              QuarryImage    *image,
                                              const QuarryPose *camera_from_body);
QuarryDrawing    *quarry_drawing_ref         (QuarryDrawing  *self);
void              quarry_drawing_unref       (QuarryDrawing  *self);
QuarryCameraView *quarry_drawing_find_camera (QuarryDrawing  *self,
                                              const char     *name);          /* NULL: the first */
void              quarry_camera_view_get_size (const QuarryCameraView *self,  /* of the picture, pixels; 0 unknown */
                                              int            *out_width,
                                              int            *out_height);
void              quarry_colormap            (double          t,              /* 0…1, clamped: turbo (Mikhailov 2019) */
                                              guint8          out_rgb[3]);

void              quarry_drawing_get_range   (QuarryDrawing  *self,           /* what the colour map spans, for a legend */
                                              const QuarryCameraView *camera, /* nullable: in space */
                                              const QuarryStyle *style,
                                              double          out_range[2]);

/* CPU drawer: the camera's picture with everything on it, at the picture's own size (or scaled to @width when > 0) */
QuarryImage      *quarry_drawing_render      (QuarryDrawing     *self,
                                              QuarryCameraView  *camera,
                                              const QuarryStyle *style,
                                              int                width,
                                              GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryDrawing, quarry_drawing_unref)

G_END_DECLS
