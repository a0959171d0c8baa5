/* quarry-command-render.c: quarry render: one camera's picture with lidar and labels on it, without a display
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"
#include "quarry-drawing.h"

#include <string.h>

extern const QuarryCommand quarry_command_render;

typedef struct
{
  char     *sensor;
  char     *overlay;
  char     *color_by;
  char     *to;
  int       width;
  double    point_size;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->sensor);
  g_free (self->overlay);
  g_free (self->color_by);
  g_free (self->to);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* Words parted by commas, or "none". Returns: FALSE with the word in @out_bad that is none of ours */
static gboolean
parse_overlay (const char *text, QuarryStyle *style, char **out_bad)
{
  const struct { const char *word; gboolean *flag; } words[] = {
    { "lidar", &style->show_lidar }, { "boxes", &style->show_boxes }, { "cuboids", &style->show_cuboids },
    { "labels", &style->show_labels }, { "none", NULL },
  };
  g_auto(GStrv) parts = g_strsplit (text, ",", -1);

  style->show_lidar = style->show_boxes = style->show_cuboids = style->show_labels = FALSE;
  for (guint i = 0; parts[i] != NULL; i++)
    {
      gsize w = 0;

      while (w < G_N_ELEMENTS (words) && strcmp (g_strstrip (parts[i]), words[w].word) != 0)
        w++;
      if (w == G_N_ELEMENTS (words))
        {
          *out_bad = g_strdup (parts[i]);
          return FALSE;
        }
      if (words[w].flag != NULL)
        *words[w].flag = TRUE;
    }
  return TRUE;
}

static gboolean
parse_color_by (const char *text, QuarryStyle *style)
{
  static const char * const names[] = { "depth", "height", "intensity" };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == QUARRY_N_COLOR_BY);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (names[i], text) == 0)
      {
        style->color_by = i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
is_jpeg (const char *path)
{
  return g_str_has_suffix (path, ".jpg") || g_str_has_suffix (path, ".jpeg");
}

/* Returns: TRUE when all words are understood, else prints the usage */
static gboolean
make_style (const Options *options, QuarryStyle *style)
{
  g_autofree char *bad = NULL;

  if (options->to == NULL)
    quarry_command_usage (&quarry_command_render, "--to FILE is missing");
  else if (options->overlay != NULL && !parse_overlay (options->overlay, style, &bad))
    quarry_command_usage (&quarry_command_render, "--overlay: '%s' is not lidar, boxes, cuboids, labels or none", bad);
  else if (options->color_by != NULL && !parse_color_by (options->color_by, style))
    quarry_command_usage (&quarry_command_render, "--color-by: '%s' is not depth, height or intensity", options->color_by);
  else if (!g_str_has_suffix (options->to, ".png") && !is_jpeg (options->to))
    quarry_command_usage (&quarry_command_render, "--to: '%s' does not end in .png or .jpg", options->to);
  else if (options->width < 0)
    quarry_command_usage (&quarry_command_render, "--width: %d is not a size", options->width);
  else
    {
      if (options->point_size > 0)
        style->point_size = options->point_size;
      return TRUE;
    }
  return FALSE;
}

/* An id, or a query whose first frame is taken. Returns: 0 with the message printed */
static QuarryId
find_frame (QuarryCommandContext *context, const char *text)
{
  g_autoptr(GArray) frames = NULL;
  guint64 id = 0;

  if (g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &id, NULL))
    return (QuarryId) id;
  frames = quarry_command_query (context, text);
  if (frames == NULL)
    return 0;
  if (frames->len == 0)
    {
      g_printerr ("quarry: '%s' selects no frame\n", text);
      return 0;
    }
  if (frames->len > 1)
    g_printerr ("quarry: '%s' selects %u frames: the first is taken\n", text, frames->len);
  return g_array_index (frames, QuarryId, 0);
}

static QuarryCameraView *
find_camera (QuarryDrawing *drawing, const char *sensor)
{
  QuarryCameraView *camera = quarry_drawing_find_camera (drawing, sensor);
  g_autoptr(GString) names = g_string_new (NULL);

  if (camera != NULL)
    return camera;
  for (guint i = 0; i < drawing->cameras->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
                            ((const QuarryCameraView *) drawing->cameras->pdata[i])->media->sensor_name);
  if (sensor == NULL)
    g_printerr ("quarry: frame %s has no camera\n", drawing->frame->key);
  else
    g_printerr ("quarry: frame %s has no camera '%s'; it has: %s\n", drawing->frame->key, sensor, names->str);
  return NULL;
}

static gboolean
save (const QuarryImage *image, const char *path, GError **error)
{
  g_autoptr(GBytes) bytes = is_jpeg (path) ? quarry_image_to_jpeg (image, 92, error) : quarry_image_to_png (image, error);

  return bytes != NULL &&
         g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), error);
}

static QuarryExit
render (QuarryCatalog *catalog, QuarryId frame, const Options *options, const QuarryStyle *style)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryDrawing) drawing = quarry_drawing_load (catalog, frame, 0, options->sensor, NULL, &error);
  g_autoptr(QuarryImage) image = NULL;
  QuarryCameraView *camera = NULL;

  if (drawing == NULL)
    return quarry_command_fail (error);
  for (guint i = 0; i < drawing->errors->len; i++)
    g_printerr ("quarry: %s\n", (const char *) drawing->errors->pdata[i]);
  camera = find_camera (drawing, options->sensor);
  if (camera == NULL)
    return QUARRY_EXIT_FAILED;
  image = quarry_drawing_render (drawing, camera, style, options->width, &error);
  if (image == NULL || !save (image, options->to, &error))
    return quarry_command_fail (error);
  return drawing->errors->len > 0 ? QUARRY_EXIT_SKIPPED : QUARRY_EXIT_DONE;
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  g_auto(Options) options = { 0 };
  QuarryStyle style = QUARRY_STYLE_DEFAULT;
  const GOptionEntry entries[] = {
    { "sensor", 's', 0, G_OPTION_ARG_STRING, &options.sensor, "The camera; otherwise the first", "NAME" },
    { "overlay", 'o', 0, G_OPTION_ARG_STRING, &options.overlay, "lidar,boxes,cuboids,labels (otherwise all of them), or none", "LIST" },
    { "color-by", 'c', 0, G_OPTION_ARG_STRING, &options.color_by, "What colours the lidar: depth (otherwise), height or intensity", "WHAT" },
    { "width", 'w', 0, G_OPTION_ARG_INT, &options.width, "Pixels; otherwise the picture's own", "W" },
    { "point-size", 0, 0, G_OPTION_ARG_DOUBLE, &options.point_size, "Pixels across a lidar point, at a width of 1280", "P" },
    { "to", 't', 0, G_OPTION_ARG_FILENAME, &options.to, "The file to write: .png or .jpg", "FILE" },
    { NULL },
  };
  QuarryExit code = QUARRY_EXIT_DONE;
  QuarryCatalog *catalog = NULL;
  QuarryId frame;

  if (!quarry_command_parse (&quarry_command_render, entries, &argc, &argv, 1, 1, &code))
    return code;
  if (!make_style (&options, &style))
    return QUARRY_EXIT_USAGE;
  frame = find_frame (context, argv[1]);
  catalog = frame != 0 ? quarry_command_open (context) : NULL;
  return catalog != NULL ? render (catalog, frame, &options, &style) : QUARRY_EXIT_FAILED;
}

const QuarryCommand quarry_command_render = {
  .name = "render",
  .usage = "FRAME --sensor NAME [--overlay lidar,boxes,cuboids,labels] [--color-by depth|height|intensity] [--width W] --to FILE",
  .summary = "Draw a frame's picture with lidar and labels on it",
  .help = "FRAME is an id, or a query whose first frame is taken. No display is needed. Media that cannot be read are named, and\n"
          "the rest is drawn (exit code 3).",
  .run = run,
};
