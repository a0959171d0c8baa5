/* quarry-recording-names.c: names of sensors, calibrations that belong to them, units of time: by what a log says of itself
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-recording.h"

#include <string.h>

/* 2000-01-01 and 2100-01-01, in seconds: when a recording may have been made */
#define FIRST_SECOND G_GINT64_CONSTANT (946684800)
#define LAST_SECOND G_GINT64_CONSTANT (4102444800)
/* No recording is longer than this */
#define MAX_SPAN_SECONDS (366 * 24 * 3600)

/* What topics of sensors end in by custom, and what says nothing about which sensor it is */
static const char * const endings[] = {
  "/compressed", "/compressedDepth", "/image_raw", "/image_color", "/image_mono", "/image_rect", "/image_rect_color", "/image_rect_raw",
  "/image", "/points", "/points_raw", "/point_cloud", "/pointcloud", "/points2",
};
static const char * const transports[] = { "/compressed", "/compressedDepth", "/theora", "/ffmpeg" };

static gboolean
strip_one (char *name, const char * const *list, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (g_str_has_suffix (name, list[i]) && strlen (name) > strlen (list[i]))
      {
        name[strlen (name) - strlen (list[i])] = '\0';
        return TRUE;
      }
  return FALSE;
}

/* @level: how many endings are taken off; fewer where there are no more. Returns: (transfer full) */
static char *
shorten (const char *topic, guint level)
{
  char *name = g_strdup (topic[0] == '/' && topic[1] != '\0' ? topic + 1 : topic);

  while (level-- > 0 && strip_one (name, endings, G_N_ELEMENTS (endings)))
    ;
  return name;
}

/* Each topic gets the shortest name that no other has: where two would have the same, both keep one ending more. @names: emptied before */
void
quarry_recording_name_sensors (GPtrArray *topics, GPtrArray *names)
{
  g_autofree guint *level = g_new (guint, topics->len + 1);
  gboolean again = TRUE;

  for (guint i = 0; i < topics->len; i++)
    level[i] = 8;
  while (again)
    {
      again = FALSE;
      g_ptr_array_set_size (names, 0);
      for (guint i = 0; i < topics->len; i++)
        {
          char *name = shorten (topics->pdata[i], level[i]);

          while (level[i] > 0)       /* as many as there are */
            {
              g_autofree char *fewer = shorten (topics->pdata[i], level[i] - 1);

              if (!g_str_equal (fewer, name))
                break;
              level[i]--;
            }
          g_ptr_array_add (names, name);
        }
      for (guint i = 0; i < topics->len; i++)
        {
          gboolean shared = FALSE;

          for (guint k = 0; k < topics->len && !shared; k++)
            shared = k != i && g_str_equal (names->pdata[i], names->pdata[k]);
          if (!shared || level[i] == 0)
            continue;
          level[i]--;
          again = TRUE;
        }
    }
  for (guint i = 0; i < topics->len; i++)       /* "a" and "/a" */
    for (guint k = 0; k < i; k++)
      if (g_str_equal (names->pdata[i], names->pdata[k]))
        {
          char *longer = g_strdup_printf ("%s (%u)", (const char *) names->pdata[i], i + 1);

          g_free (names->pdata[i]);
          names->pdata[i] = longer;
          break;
        }
}

/* Returns: (transfer full): "/a/b" of "/a/b/c" */
static char *
get_namespace (const char *topic)
{
  const char *slash = strrchr (topic, '/');

  return slash != NULL ? g_strndup (topic, (gsize) (slash - topic)) : g_strdup ("");
}

/**
 * quarry_recording_pair:
 *
 * By custom a camera's calibration is "camera_info" in the namespace of its image: "/front/camera_info" with "/front/image_raw" and
 * "/front/image_raw/compressed"; else the frames of reference tell.
 *
 * Returns: the higher, the surer; 0 where nothing says that they belong together
 */
int
quarry_recording_pair (const char *image, const char *image_frame, const char *calibration, const char *calibration_frame)
{
  g_autofree char *bare = g_strdup (image);
  g_autofree char *near = NULL;
  g_autofree char *home = get_namespace (calibration);
  const gboolean same_frame = image_frame[0] != '\0' && g_strcmp0 (image_frame, calibration_frame) == 0;
  const gboolean other_frame = image_frame[0] != '\0' && calibration_frame != NULL && calibration_frame[0] != '\0' && !same_frame;
  int score = 0;

  while (strip_one (bare, transports, G_N_ELEMENTS (transports)))
    ;
  near = get_namespace (bare);
  if (home[0] != '\0' && g_str_equal (near, home))
    score = 1000;
  else if (home[0] != '\0' && g_str_has_prefix (bare, home) && bare[strlen (home)] == '/')
    score = 100 + (int) MIN (strlen (home), 800);      /* the deepest that holds both */
  if (same_frame)
    score += 2000;
  else if (other_frame && score < 1000)
    score = 0;
  return score;
}

static gboolean
is_plausible (gint64 value, gint64 per_second)
{
  return value >= FIRST_SECOND * per_second && value < LAST_SECOND * per_second;
}

/**
 * quarry_recording_find_unit:
 * @start_ns: the first log time as written; QUARRY_NO_TIME unknown
 * @end_ns: the last one; QUARRY_NO_TIME unknown
 *
 * Log times are nanoseconds; some writers put milliseconds, microseconds or seconds there. They are told by their size, since between 2000
 * and 2100 the ranges lie apart, and by a length that a recording may have.
 *
 * Returns: what to multiply with; 1 also where no unit gives a sensible time
 */
gint64
quarry_recording_find_unit (gint64 start_ns, gint64 end_ns)
{
  static const gint64 units[] = { 1, 1000, 1000000, 1000000000 };

  for (gsize i = 0; i < G_N_ELEMENTS (units) && start_ns != QUARRY_NO_TIME; i++)
    {
      const gint64 per_second = QUARRY_NS_PER_S / units[i];

      if (!is_plausible (start_ns, per_second))
        continue;
      if (units[i] > 1 && end_ns != QUARRY_NO_TIME &&
          (end_ns < start_ns || (end_ns - start_ns) / per_second > MAX_SPAN_SECONDS))
        continue;
      return units[i];
    }
  return 1;
}
