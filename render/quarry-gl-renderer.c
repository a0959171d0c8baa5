/* quarry-gl-renderer.c: draws a QuarryDrawing into whatever framebuffer is bound
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   picture:  clear → picture → regions → lidar (depth: nearest wins) → faces → lines (dark rim, then colour) → chips
 *   space:    clear → lidar → lines → faces → chips
 */

#include "config.h"
#include "quarry-gl-renderer.h"
#include "quarry-gl-private.h"

#include <math.h>

G_DEFINE_QUARK (quarry-gl-error-quark, quarry_gl_error)

typedef struct
{
  GLuint picture;             /* 0: not uploaded yet */
  GLuint regions;             /* 0: none */
} Textures;

/* What shapes, labels and ranges were made for */
typedef struct
{
  int      view;              /* −1 none */
  guint    flags;             /* of the style */
  double   unit;
  gboolean dark;
} Key;

struct _QuarryGlRenderer
{
  QuarryGlQuads   quads;
  QuarryGlPoints  points;
  QuarryGlLines   lines;
  int             largest;    /* pixels a side of a texture */

  QuarryDrawing  *drawing;    /* nullable */
  gboolean        stale;      /* the drawing has changed since the last upload */
  GArray         *textures;   /* Textures, one a camera */
  GArray         *clouds;     /* QuarryGlCloud, one a cloud */

  Key             picture_key, space_key;
  QuarryGlShapes  picture_shapes, space_shapes;
  QuarryGlLabels  picture_labels, space_labels;
  Key             range_key;
  double          range_asked[2], range[2];
};

static void
clear_scene (QuarryGlRenderer *self)
{
  for (guint i = 0; i < self->textures->len; i++)
    {
      Textures *textures = &g_array_index (self->textures, Textures, i);

      glDeleteTextures (1, &textures->picture);
      glDeleteTextures (1, &textures->regions);
    }
  for (guint i = 0; i < self->clouds->len; i++)
    quarry_gl_cloud_clear (&g_array_index (self->clouds, QuarryGlCloud, i));
  g_array_set_size (self->textures, 0);
  g_array_set_size (self->clouds, 0);
  quarry_gl_shapes_clear (&self->picture_shapes);
  quarry_gl_shapes_clear (&self->space_shapes);
  quarry_gl_labels_clear (&self->picture_labels);
  quarry_gl_labels_clear (&self->space_labels);
  self->picture_key = self->space_key = self->range_key = (Key) { .view = -1, .flags = G_MAXUINT };
}

/**
 * quarry_gl_renderer_new:
 *
 * Returns: (transfer full): NULL where the context is too old (%QUARRY_GL_ERROR_VERSION) or a shader does not build, with the
 *   driver's log (%QUARRY_GL_ERROR_SHADER)
 */
QuarryGlRenderer *
quarry_gl_renderer_new (GError **error)
{
  const gboolean desktop = epoxy_is_desktop_gl ();
  const int version = epoxy_gl_version ();
  QuarryGlRenderer *self = NULL;
  GLint largest = 0;

  if (version < (desktop ? 33 : 30))
    {
      g_set_error (error, QUARRY_GL_ERROR, QUARRY_GL_ERROR_VERSION, "OpenGL %s%d.%d is too old: 3.3 or ES 3.0 is needed",
                   desktop ? "" : "ES ", version / 10, version % 10);
      return NULL;
    }
  self = g_new0 (QuarryGlRenderer, 1);
  self->textures = g_array_new (FALSE, TRUE, sizeof (Textures));
  self->clouds = g_array_new (FALSE, TRUE, sizeof (QuarryGlCloud));
  glGetIntegerv (GL_MAX_TEXTURE_SIZE, &largest);
  self->largest = MAX (largest, 64);
  clear_scene (self);
  if (!quarry_gl_quads_init (&self->quads, error) || !quarry_gl_points_init (&self->points, error) ||
      !quarry_gl_lines_init (&self->lines, error))
    g_clear_pointer (&self, quarry_gl_renderer_free);
  return self;
}

void
quarry_gl_renderer_free (QuarryGlRenderer *self)
{
  glUseProgram (0);              /* the current one would outlive us */
  clear_scene (self);
  quarry_gl_quads_clear (&self->quads);
  quarry_gl_points_clear (&self->points);
  quarry_gl_lines_clear (&self->lines);
  g_array_unref (self->textures);
  g_array_unref (self->clouds);
  g_clear_pointer (&self->drawing, quarry_drawing_unref);
  g_free (self);
}

/* Makes no GL calls: may be called without the context */
void
quarry_gl_renderer_set_drawing (QuarryGlRenderer *self, QuarryDrawing *drawing)
{
  if (self->drawing == drawing)
    return;
  if (drawing != NULL)
    quarry_drawing_ref (drawing);
  g_clear_pointer (&self->drawing, quarry_drawing_unref);
  self->drawing = drawing;
  self->stale = TRUE;
}

static void
upload_scene (QuarryGlRenderer *self)
{
  if (!self->stale)
    return;
  self->stale = FALSE;
  clear_scene (self);
  if (self->drawing == NULL)
    return;
  g_array_set_size (self->textures, self->drawing->cameras->len);
  g_array_set_size (self->clouds, self->drawing->clouds->len);
}

/* Uploaded when first drawn */
static QuarryGlCloud *
get_cloud (QuarryGlRenderer *self, guint index)
{
  QuarryGlCloud *cloud = &g_array_index (self->clouds, QuarryGlCloud, index);

  if (cloud->array == 0)
    quarry_gl_cloud_upload (cloud, ((const QuarryCloudView *) self->drawing->clouds->pdata[index])->cloud);
  return cloud;
}

static GLuint
make_regions (QuarryGlRenderer *self, const QuarryCameraView *camera, int width, int height)
{
  const double factor = MIN (1, MIN ((double) self->largest / width, (double) self->largest / height));
  cairo_surface_t *surface = NULL;
  cairo_t *cairo = NULL;
  GLuint texture = 0;

  if (!quarry_drawing_paint_regions (self->drawing, camera, NULL))
    return 0;
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) MAX (width * factor, 1), (int) MAX (height * factor, 1));
  cairo = cairo_create (surface);
  cairo_scale (cairo, factor, factor);
  quarry_drawing_paint_regions (self->drawing, camera, cairo);
  if (cairo_status (cairo) == CAIRO_STATUS_SUCCESS)
    texture = quarry_gl_texture_new_surface (surface);
  cairo_destroy (cairo);
  cairo_surface_destroy (surface);
  return texture;
}

static Textures *
get_textures (QuarryGlRenderer *self, int view, const QuarryCameraView *camera, int width, int height)
{
  Textures *textures = &g_array_index (self->textures, Textures, (guint) view);

  if (textures->picture == 0)
    {
      textures->picture = camera->image != NULL ? quarry_gl_texture_new (camera->image, self->largest)
                                                : quarry_gl_texture_new_grey ();
      textures->regions = make_regions (self, camera, width, height);
    }
  return textures;
}

static gboolean
update_key (Key *key, int view, const QuarryStyle *style, double unit, gboolean dark)
{
  const guint flags = (style->show_boxes ? 1 : 0) | (style->show_cuboids ? 2 : 0) | (style->show_labels ? 4 : 0) |
                      (style->show_frustums ? 8 : 0);

  if (key->view == view && key->flags == flags && key->dark == dark && fabs (key->unit - unit) < 1e-6)
    return FALSE;
  *key = (Key) { view, flags, unit, dark };
  return TRUE;
}

/* @camera: (nullable): for the view in space, @view is then −2 */
static const double *
get_range (QuarryGlRenderer *self, int view, const QuarryCameraView *camera, const QuarryStyle *style)
{
  Key *key = &self->range_key;

  if (key->view != view || key->flags != style->color_by || fabs (self->range_asked[0] - style->range[0]) > 0 ||
      fabs (self->range_asked[1] - style->range[1]) > 0)
    {
      *key = (Key) { view, style->color_by, 0, FALSE };
      self->range_asked[0] = style->range[0];
      self->range_asked[1] = style->range[1];
      quarry_drawing_get_range (self->drawing, camera, style, self->range);
    }
  return self->range;
}

static void
begin (int width, int height, const float rgba[4])
{
  glViewport (0, 0, width, height);
  quarry_gl_set_state (FALSE, TRUE, TRUE);
  glClearColor (rgba[0], rgba[1], rgba[2], rgba[3]);
  if (epoxy_is_desktop_gl ())
    glClearDepth (1);
  else
    glClearDepthf (1);
  glClear (GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
}

static QuarryGlPlace
make_place (const QuarryImageZoom *zoom, const QuarryStyle *style, int picture_width, int picture_height, int width, int height)
{
  QuarryGlPlace place = { .width = width, .height = height, .unit = style->scale > 0 ? style->scale : 1 };
  double scale = zoom != NULL ? zoom->zoom : 0;
  double center[2] = { picture_width / 2.0, picture_height / 2.0 };

  if (scale > 0)
    {
      center[0] = zoom->center[0];
      center[1] = zoom->center[1];
    }
  else
    scale = MIN ((double) width / picture_width, (double) height / picture_height);
  for (int i = 0; i < 2; i++)
    {
      place.scale[i] = (float) scale;
      place.offset[i] = (float) ((i == 0 ? width : height) / 2.0 - center[i] * scale);
    }
  return place;
}

static void
draw_picture_lidar (QuarryGlRenderer       *self,
                    int                     view,
                    const QuarryCameraView *camera,
                    const QuarryCamera     *lens,
                    const QuarryStyle      *style,
                    const QuarryGlPlace    *place)
{
  const double *range = get_range (self, view, camera, style);

  for (guint i = 0; i < self->drawing->clouds->len; i++)
    quarry_gl_points_draw_picture (&self->points, get_cloud (self, i), self->drawing->clouds->pdata[i], lens,
                                   camera->camera_from_lidar->pdata[i], style, range, place);
}

/**
 * quarry_gl_renderer_draw_image:
 * @camera: (nullable): of the drawing that was set
 * @style: (nullable): %NULL for the default
 * @zoom: (nullable): %NULL or a zoom of 0: the whole picture, centred; else its centre's pixel lies in the middle of the target
 *
 * The framebuffer needs a depth buffer. Beside the picture it is cleared to transparent. What the bound framebuffer held is gone.
 *
 * Returns: FALSE where the size of the picture is not known
 */
gboolean
quarry_gl_renderer_draw_image (QuarryGlRenderer      *self,
                               QuarryCameraView      *camera,
                               const QuarryStyle     *style,
                               const QuarryImageZoom *zoom,
                               int                    width,
                               int                    height,
                               GError               **error)
{
  const QuarryStyle standard = QUARRY_STYLE_DEFAULT;
  const int view = camera != NULL && self->drawing != NULL ? quarry_drawing_find_view (self->drawing, camera) : -1;
  QuarryGlPlace place;
  QuarryGlQuad quad = { .texels = { 0, 0, 1, 1 } };
  QuarryCamera lens;
  Textures *textures = NULL;
  int picture_width, picture_height;
  gboolean has_lens;

  style = style != NULL ? style : &standard;
  upload_scene (self);
  begin (width, height, (float[]) { 0, 0, 0, 0 });
  if (view < 0)
    return TRUE;
  quarry_camera_view_get_size (camera, &picture_width, &picture_height);
  if (picture_width <= 0 || picture_height <= 0)
    {
      g_set_error (error, QUARRY_GL_ERROR, QUARRY_GL_ERROR_FAILED, "%s: no picture and no calibration", camera->media->sensor_name);
      return FALSE;
    }
  place = make_place (zoom, style, picture_width, picture_height, width, height);
  has_lens = quarry_camera_view_get_camera (camera, &lens);
  textures = get_textures (self, view, camera, picture_width, picture_height);
  quad.place[0] = place.offset[0];
  quad.place[1] = place.offset[1];
  quad.place[2] = (float) picture_width * place.scale[0];
  quad.place[3] = (float) picture_height * place.scale[1];
  quarry_gl_texture_set_scale (textures->picture, (double) place.scale[0]);
  quarry_gl_quads_draw (&self->quads, textures->picture, &quad, 1, &place);
  if (style->show_lidar && has_lens)
    draw_picture_lidar (self, view, camera, &lens, style, &place);
  if (style->show_boxes)
    quarry_gl_quads_draw (&self->quads, textures->regions, &quad, 1, &place);
  if (update_key (&self->picture_key, view, style, place.unit, FALSE))
    {
      g_autoptr(QuarryShapes) shapes = quarry_shapes_new_picture (self->drawing, camera, style);

      quarry_gl_shapes_upload (&self->picture_shapes, shapes, TRUE);
      quarry_gl_labels_clear (&self->picture_labels);
      if (style->show_labels)
        quarry_gl_labels_upload (&self->picture_labels, quarry_labels_new_picture (self->drawing, camera, style, place.unit),
                                 place.unit, self->largest);
    }
  quarry_gl_lines_draw_picture (&self->lines, &self->picture_shapes, has_lens ? &lens : NULL, &camera->camera_from_body, &place);
  quarry_gl_labels_draw_picture (&self->picture_labels, &self->quads, &place);
  return TRUE;
}

/**
 * quarry_gl_renderer_draw_space:
 * @orbit: (nullable): %NULL for the default
 *
 * The framebuffer needs a depth buffer.
 */
gboolean
quarry_gl_renderer_draw_space (QuarryGlRenderer  *self,
                               const QuarryStyle *style,
                               const QuarryOrbit *orbit,
                               int                width,
                               int                height,
                               gboolean           dark,
                               GError           **error)
{
  const QuarryStyle standard = QUARRY_STYLE_DEFAULT;
  const QuarryOrbit home = QUARRY_ORBIT_DEFAULT;
  const float background[2][4] = { { 0.965F, 0.961F, 0.957F, 1 }, { 0.094F, 0.098F, 0.110F, 1 } };
  QuarryGlPlace place = { .width = width, .height = height, .scale = { 1, 1 } };
  float clip_from_body[16];

  style = style != NULL ? style : &standard;
  place.unit = style->scale > 0 ? style->scale : 1;
  upload_scene (self);
  begin (width, height, background[dark ? 1 : 0]);
  if (self->drawing == NULL)
    return TRUE;
  quarry_orbit_get_matrices (orbit != NULL ? orbit : &home, (double) width / MAX (height, 1), clip_from_body);
  for (guint i = 0; style->show_lidar && i < self->drawing->clouds->len; i++)
    quarry_gl_points_draw_space (&self->points, get_cloud (self, i), self->drawing->clouds->pdata[i], clip_from_body, style,
                                 get_range (self, -2, NULL, style), dark ? 1 : 0.8F, &place);
  if (update_key (&self->space_key, -2, style, place.unit, dark))
    {
      g_autoptr(QuarryShapes) shapes = quarry_shapes_new_space (self->drawing, style, dark);

      quarry_gl_shapes_upload (&self->space_shapes, shapes, FALSE);
      quarry_gl_labels_clear (&self->space_labels);
      if (style->show_labels && style->show_cuboids)
        quarry_gl_labels_upload (&self->space_labels, quarry_labels_new_space (self->drawing, place.unit), place.unit,
                                 self->largest);
    }
  quarry_gl_lines_draw_space (&self->lines, &self->space_shapes, clip_from_body, &place);
  quarry_gl_labels_draw_space (&self->space_labels, &self->quads, clip_from_body, &place);
  return TRUE;
}

/**
 * quarry_gl_renderer_project:
 * @xyz: @n × 3, in the frame of @camera_from_points' right side
 * @out_xyv: @n × 3: pixel x, pixel y, 1 where it projects, else 0
 */
gboolean
quarry_gl_renderer_project (QuarryGlRenderer   *self,
                            const QuarryCamera *camera,
                            const QuarryPose   *camera_from_points,
                            const float        *xyz,
                            gsize               n,
                            float              *out_xyv,
                            GError            **error)
{
  return quarry_gl_points_project (&self->points, camera, camera_from_points, xyz, n, out_xyv, error);
}
