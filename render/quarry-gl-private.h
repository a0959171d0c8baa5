/* quarry-gl-private.h: the passes of the GL renderer
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A pass owns its programs and buffers. init and clear with the context current; clear leaves zeros. Each draw sets all
 * the state that it relies on. Blending is premultiplied throughout.
 */

#pragma once

#include "quarry-drawing-private.h"
#include "quarry-gl-renderer.h"

#include <epoxy/gl.h>

G_BEGIN_DECLS

/* --- quarry-gl-program.c --- */
typedef struct
{
  const char  *name;          /* of the .glsl */
  const char  *includes[3];   /* put in front, NULL-ended */
  const char  *feedback;      /* nullable: the varying to capture */
} QuarryGlSource;

GLuint    quarry_gl_program_new        (const QuarryGlSource   *source,
                                        GError                **error);
void      quarry_gl_set_lens           (GLint                   u_lens,
                                        const QuarryCamera     *camera);
void      quarry_gl_set_pose           (GLint                   uniform,
                                        const QuarryPose       *pose);
void      quarry_gl_set_state          (gboolean                blend,
                                        gboolean                depth_test,
                                        gboolean                depth_write);

/* Where things go on the target */
typedef struct
{
  int    width, height;       /* of the target, pixels */
  float  scale[2];            /* target pixels a picture pixel */
  float  offset[2];           /* of the picture's corner from the target's top left, target pixels */
  double unit;                /* target pixels a logical pixel */
} QuarryGlPlace;

/* --- quarry-gl-quads.c: image.glsl --- */
typedef struct { float place[4], texels[4]; } QuarryGlQuad;
typedef struct
{
  GLuint program;
  GLint  u_target, u_texture;
  GLuint array, buffer;
} QuarryGlQuads;

gboolean  quarry_gl_quads_init         (QuarryGlQuads          *self,
                                        GError                **error);
void      quarry_gl_quads_clear        (QuarryGlQuads          *self);
void      quarry_gl_quads_draw         (QuarryGlQuads          *self,
                                        GLuint                  texture,
                                        const QuarryGlQuad     *quads,
                                        gsize                   n,
                                        const QuarryGlPlace    *place);
GLuint    quarry_gl_texture_new        (const QuarryImage      *image,
                                        int                     largest);      /* pixels a side that the context can do */
GLuint    quarry_gl_texture_new_surface (cairo_surface_t       *surface);      /* ARGB32 */
GLuint    quarry_gl_texture_new_grey   (void);
void      quarry_gl_texture_set_scale  (GLuint                  texture,
                                        double                  scale);

/* --- quarry-gl-points.c: points.glsl, space-points.glsl, project.glsl --- */
typedef struct { GLuint array, buffer; gsize n; } QuarryGlCloud;
typedef struct
{
  struct
  {
    GLuint id;
    GLint  u_lens, u_color, u_camera_from_lidar, u_height_from_lidar, u_target_from_picture, u_target, u_picture, u_size, u_edges;
  } picture;
  struct { GLuint id; GLint u_color, u_clip_from_lidar, u_body_from_lidar, u_size, u_edges; } space;
  struct { GLuint id; GLint u_lens, u_camera_from_points; } project;
} QuarryGlPoints;

gboolean  quarry_gl_points_init        (QuarryGlPoints         *self,
                                        GError                **error);
void      quarry_gl_points_clear       (QuarryGlPoints         *self);
void      quarry_gl_cloud_upload       (QuarryGlCloud          *self,
                                        const QuarryCloud      *cloud);        /* nullable */
void      quarry_gl_cloud_clear        (QuarryGlCloud          *self);
void      quarry_gl_points_draw_picture (QuarryGlPoints        *self,
                                         const QuarryGlCloud   *cloud,
                                         const QuarryCloudView *view,
                                         const QuarryCamera    *lens,
                                         const QuarryPose      *camera_from_lidar,
                                         const QuarryStyle     *style,
                                         const double           range[2],
                                         const QuarryGlPlace   *place);
void      quarry_gl_points_draw_space  (QuarryGlPoints         *self,
                                        const QuarryGlCloud    *cloud,
                                        const QuarryCloudView  *view,
                                        const float             clip_from_body[16],
                                        const QuarryStyle      *style,
                                        const double            range[2],
                                        float                   brightness,    /* below 1 before a light background */
                                        const QuarryGlPlace    *place);
gboolean  quarry_gl_points_project     (QuarryGlPoints         *self,
                                        const QuarryCamera     *camera,
                                        const QuarryPose       *camera_from_points,
                                        const float            *xyz,
                                        gsize                   n,
                                        float                  *out_xyv,
                                        GError                **error);

/* --- quarry-gl-lines.c: lines.glsl, faces.glsl --- */
typedef struct
{
  GLint u_lens, u_space, u_matrix, u_target_from_picture, u_target;
} QuarryGlPlaceUniforms;
typedef struct
{
  GLuint                lines, faces;
  GLint                 u_width;
  QuarryGlPlaceUniforms u_lines, u_faces;
} QuarryGlLines;
typedef struct
{
  GLuint arrays[4], buffers[4];    /* flat strokes, solid strokes, flat faces, solid faces */
  gsize  n[4];                     /* strokes, or corners of triangles */
} QuarryGlShapes;

gboolean  quarry_gl_lines_init         (QuarryGlLines          *self,
                                        GError                **error);
void      quarry_gl_lines_clear        (QuarryGlLines          *self);
void      quarry_gl_shapes_upload      (QuarryGlShapes         *self,
                                        const QuarryShapes     *shapes,
                                        gboolean                curved);       /* faces are split, to follow the lens */
void      quarry_gl_shapes_clear       (QuarryGlShapes         *self);
void      quarry_gl_lines_draw_picture (QuarryGlLines          *self,
                                        const QuarryGlShapes   *shapes,
                                        const QuarryCamera     *lens,          /* nullable: nothing solid then */
                                        const QuarryPose       *camera_from_body,
                                        const QuarryGlPlace    *place);
void      quarry_gl_lines_draw_space   (QuarryGlLines          *self,
                                        const QuarryGlShapes   *shapes,
                                        const float             clip_from_body[16],
                                        const QuarryGlPlace    *place);

/* --- quarry-gl-labels.c: chips in one texture --- */
typedef struct
{
  GPtrArray    *labels;       /* QuarryLabel */
  QuarryGlQuad *cells;        /* the chips' places in the texture */
  GLuint        texture;
} QuarryGlLabels;

void      quarry_gl_labels_upload      (QuarryGlLabels         *self,
                                        GPtrArray              *take_labels,
                                        double                  unit,
                                        int                     largest);
void      quarry_gl_labels_clear       (QuarryGlLabels         *self);
void      quarry_gl_labels_draw_picture (QuarryGlLabels        *self,
                                         QuarryGlQuads         *quads,
                                         const QuarryGlPlace   *place);
void      quarry_gl_labels_draw_space  (QuarryGlLabels         *self,
                                        QuarryGlQuads          *quads,
                                        const float             clip_from_body[16],
                                        const QuarryGlPlace    *place);

G_END_DECLS
