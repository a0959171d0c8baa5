/* quarry-kitti-raw-tracklets.c: tracklet_labels.xml
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   boost_serialization / tracklets / item {objectType, h, w, l, first_frame,
 *     poses / item {tx, ty, tz, rx, ry, rz, state, occlusion, truncation …}}
 *
 * Poses are the middle of the bottom, in the velodyne frame; rz turns the front (length) from +x.
 */

#include "config.h"
#include "quarry-kitti-raw.h"

#include <math.h>
#include <string.h>

typedef struct
{
  GArray  *tracklets;         /* QuarryKittiTracklet */
  GString *path;              /* "/boost_serialization/tracklets/item" … */
  GString *text;
  guint    n_items, n_poses;
  char    *type;
  double   size[3];           /* h w l */
  double   first_frame;
  double   pose[9];           /* tx ty tz rx ry rz state occlusion truncation */
} Parser;

static const char * const size_names[3] = { "h", "w", "l" };
static const char * const pose_names[9] = { "tx", "ty",    "tz",        "rx",        "ry",
                                            "rz", "state", "occlusion", "truncation" };

#define ITEM "/boost_serialization/tracklets/item"
#define POSE ITEM "/poses/item"

static void
tracklet_clear (gpointer data)
{
  g_free (((QuarryKittiTracklet *) data)->class_name);
}

static void
start_element (GMarkupParseContext *context, const char *name, const char **names,
               const char **values, gpointer data, GError **error)
{
  Parser *self = data;

  if (self->path->len > 1024)
    {
      g_set_error (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "elements too deep");
      return;
    }
  g_string_append_printf (self->path, "/%s", name);
  g_string_truncate (self->text, 0);
  if (g_str_equal (self->path->str, ITEM))
    {
      g_clear_pointer (&self->type, g_free);
      self->size[0] = self->size[1] = self->size[2] = NAN;
      self->first_frame = NAN;
      self->n_poses = 0;
    }
  else if (g_str_equal (self->path->str, POSE))
    for (int i = 0; i < 9; i++)
      self->pose[i] = i < 3 || i == 5 ? (double) NAN : i < 6 ? 0 : -1;
}

static gboolean
parse_one (Parser *self, double *out, GError **error)
{
  if (quarry_kitti_parse_numbers (g_strchug (self->text->str), out, 1))
    return TRUE;
  g_set_error (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "'%s' is no number",
               self->text->str);
  return FALSE;
}

static void
finish_pose (Parser *self)
{
  const double *p = self->pose;
  QuarryKittiTracklet tracklet = {
    .tracklet = self->n_items,
    .frame = (guint) (self->first_frame + self->n_poses),
    .class_name = g_strdup (self->type),
    .state = (int) CLAMP (p[6], -1, 1000),
    .occlusion = (int) CLAMP (p[7], -1, 1000),
    .truncation = (int) CLAMP (p[8], -1, 1000),
  };
  const double s[3] = { sin (p[3]), sin (p[4]), sin (p[5]) };
  const double c[3] = { cos (p[3]), cos (p[4]), cos (p[5]) };
  const double r[9] = {
    c[2] * c[1], c[2] * s[1] * s[0] - s[2] * c[0], c[2] * s[1] * c[0] + s[2] * s[0],
    s[2] * c[1], s[2] * s[1] * s[0] + c[2] * c[0], s[2] * s[1] * c[0] - c[2] * s[0],
    -s[1], c[1] * s[0], c[1] * c[0],
  };
  const double t[3] = { p[0] + r[2] * self->size[0] / 2, p[1] + r[5] * self->size[0] / 2,
                        p[2] + r[8] * self->size[0] / 2 };

  tracklet.cuboid.body_from_cuboid = quarry_pose_from_matrix (r, t);
  tracklet.cuboid.size[0] = self->size[2];
  tracklet.cuboid.size[1] = self->size[1];
  tracklet.cuboid.size[2] = self->size[0];
  g_array_append_val (self->tracklets, tracklet);
  self->n_poses++;
}

static gboolean
is_complete (const Parser *self, GError **error)
{
  gboolean complete = self->type != NULL && self->type[0] != 0 && self->first_frame >= 0 &&
                      self->first_frame < 1e8;

  for (int i = 0; i < 3; i++)
    complete = complete && isfinite (self->size[i]);
  for (int i = 0; i < 6; i++)
    complete = complete && isfinite (self->pose[i]);
  if (!complete)
    g_set_error (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT,
                 "tracklet %u lacks its type, size, first frame or place", self->n_items);
  return complete;
}

static void
end_element (GMarkupParseContext *context, const char *name, gpointer data, GError **error)
{
  Parser *self = data;
  const char *path = self->path->str;
  const gboolean in_pose = g_str_has_prefix (path, POSE "/") &&
                           strchr (path + strlen (POSE "/"), '/') == NULL;
  const gboolean in_item = g_str_has_prefix (path, ITEM "/") &&
                           strchr (path + strlen (ITEM "/"), '/') == NULL;

  if (g_str_equal (path, POSE))
    {
      if (!is_complete (self, error))
        return;
      finish_pose (self);
    }
  else if (g_str_equal (path, ITEM))
    self->n_items++;
  else if (in_item && g_str_equal (name, "objectType"))
    {
      g_free (self->type);
      self->type = g_strstrip (g_strdup (self->text->str));
    }
  else if (in_item && g_str_equal (name, "first_frame") &&
           !parse_one (self, &self->first_frame, error))
    return;
  for (int i = 0; in_item && i < 3; i++)
    if (g_str_equal (name, size_names[i]) && !parse_one (self, &self->size[i], error))
      return;
  for (int i = 0; in_pose && i < 9; i++)
    if (g_str_equal (name, pose_names[i]) && !parse_one (self, &self->pose[i], error))
      return;
  g_string_truncate (self->text, 0);
  g_string_truncate (self->path, self->path->len - strlen (name) - 1);
}

static void
add_text (GMarkupParseContext *context, const char *text, gsize length, gpointer data,
          GError **error)
{
  Parser *self = data;

  if (self->text->len + length < 4096)
    g_string_append_len (self->text, text, (gssize) length);
}

/**
 * quarry_kitti_parse_tracklets:
 *
 * Returns: (transfer full): in the file's order; sizes may be negative in broken files: who stores
 * them checks
 */
GArray *
quarry_kitti_parse_tracklets (const char *xml, const char *name, GError **error)
{
  static const GMarkupParser functions = { start_element, end_element, add_text, NULL, NULL };
  Parser self = { 0 };
  g_autoptr(GArray) tracklets = g_array_new (FALSE, FALSE, sizeof (QuarryKittiTracklet));
  g_autoptr (GMarkupParseContext)
      context = g_markup_parse_context_new (&functions, G_MARKUP_TREAT_CDATA_AS_TEXT, &self, NULL);
  gboolean done;

  g_array_set_clear_func (tracklets, tracklet_clear);
  self.tracklets = tracklets;
  self.path = g_string_new (NULL);
  self.text = g_string_new (NULL);
  done = g_markup_parse_context_parse (context, xml, -1, error) &&
         g_markup_parse_context_end_parse (context, error);
  g_string_free (self.path, TRUE);
  g_string_free (self.text, TRUE);
  g_free (self.type);
  if (done)
    return g_steal_pointer (&tracklets);
  g_prefix_error (error, "%s: ", name);
  return NULL;
}
