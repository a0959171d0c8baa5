/* quarry-reader-images.c: folders of pictures, or one picture
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each folder that holds pictures is a scene (key: its path below the source), each picture a frame
 * (key: its file name, with the extension, which stays unique whatever is added later), its sensor
 * "camera". Times and calibration are unknown.
 */

#include "config.h"
#include "quarry-ingest.h"

#include <string.h>

#define MAX_DEPTH 32
/* What probing looks at, so that it stays cheap in any folder */
#define PROBE_DEPTH 4
#define PROBE_ENTRIES 2000

extern const QuarryReader quarry_reader_images;

static gboolean
is_picture (const char *name)
{
  static const char * const extensions[] = { "jpg",  "jpeg", "png", "bmp", "tif", "tiff",
                                             "webp", "ppm",  "pgm", "pnm", NULL };
  const char *dot = strrchr (name, '.');
  g_autofree char *extension = dot != NULL ? g_ascii_strdown (dot + 1, -1) : NULL;

  return name[0] != '.' && extension != NULL && g_strv_contains (extensions, extension);
}

static gboolean
find_picture (const char *folder, int depth, int *budget)
{
  g_autoptr(GDir) dir = depth < PROBE_DEPTH ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name = NULL;

  while (dir != NULL && *budget > 0 && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      (*budget)--;
      if (name[0] == '.')
        continue;
      if (is_picture (name) && g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return TRUE;
      if (g_file_test (path, G_FILE_TEST_IS_DIR) && find_picture (path, depth + 1, budget))
        return TRUE;
    }
  return FALSE;
}

static int
probe (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  int budget = PROBE_ENTRIES;

  if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return is_picture (name) ? 10 : 0;
  return find_picture (path, 0, &budget) ? 10 : 0;
}

typedef struct
{
  QuarryIngest *ingest;
  const char   *relative;      /* the folder below the source; "" the source itself */
  QuarryId      scene, sensor; /* 0 until the first picture */
  guint64       n_done;        /* in all folders */
  guint64       n_other;       /* files that are no pictures */
} Walk;

static gboolean
make_scene (Walk *walk, GError **error)
{
  const char *source = quarry_ingest_get_name (walk->ingest);
  g_autofree char *name = walk->relative[0] != 0 ? g_strdup_printf ("%s/%s", source, walk->relative)
                                                 : g_strdup (source);

  if (walk->scene != 0)
    return TRUE;
  walk->scene = quarry_ingest_scene (walk->ingest, walk->relative, name, error);
  if (walk->scene != 0)
    walk->sensor = quarry_ingest_sensor (walk->ingest, walk->scene, "camera", QUARRY_SENSOR_CAMERA,
                                         error);
  return walk->sensor != 0;
}

static gboolean
read_picture (Walk *walk, const char *path, const char *name, GError **error)
{
  QuarryFrameDraft *draft = NULL;
  QuarryMedia *media = NULL;

  if (!g_utf8_validate (path, -1, NULL))
    {
      quarry_ingest_skip (walk->ingest, path, NULL, "the file's name is not UTF-8");
      return TRUE;
    }
  quarry_ingest_progress (walk->ingest, ++walk->n_done, 0, name);
  if (walk->scene != 0 && quarry_ingest_is_known (walk->ingest, walk->scene, name, 1))
    media = quarry_ingest_known_media (walk->ingest, walk->sensor, path);
  else
    media = quarry_ingest_image (walk->ingest, 0, 0, path, QUARRY_NO_TIME);
  if (media == NULL)
    return !quarry_ingest_is_cancelled (walk->ingest, error);
  if (!make_scene (walk, error))       /* only now: a folder of broken pictures makes none */
    {
      quarry_media_free (media);
      return FALSE;
    }
  media->sensor = walk->sensor;
  draft = quarry_frame_draft_new (walk->scene, name, QUARRY_NO_TIME);
  g_ptr_array_add (draft->media, media);
  return quarry_ingest_frame (walk->ingest, draft, error);
}

static gboolean
read_folder (Walk *walk, const char *folder, int depth, GError **error)
{
  g_autoptr(GPtrArray) entries = quarry_ingest_list_folder (walk->ingest, folder);
  const char *relative = walk->relative;

  for (guint i = 0; i < entries->len; i++)
    {
      const QuarryIngestEntry *entry = entries->pdata[i];

      if (entry->is_folder)
        continue;
      if (!is_picture (entry->name))
        walk->n_other++;
      else if (!read_picture (walk, entry->path, entry->name, error))
        return FALSE;
    }
  for (guint i = 0; i < entries->len; i++)
    {
      const QuarryIngestEntry *entry = entries->pdata[i];
      g_autofree char *below = relative[0] != 0 ? g_build_filename (relative, entry->name, NULL)
                                                : g_strdup (entry->name);

      if (!entry->is_folder)
        continue;
      if (depth >= MAX_DEPTH)
        {
          quarry_ingest_skip (walk->ingest, entry->path, NULL, "more than %d folders deep",
                              MAX_DEPTH);
          continue;
        }
      walk->relative = below;
      walk->scene = walk->sensor = 0;
      if (!read_folder (walk, entry->path, depth + 1, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_images (QuarryIngest *ingest, GError **error)
{
  const char *path = quarry_ingest_get_path (ingest);
  Walk walk = { .ingest = ingest, .relative = "" };

  if (quarry_ingest_is_file (ingest, path, NULL))
    return read_picture (&walk, path, quarry_ingest_get_name (ingest), error);
  if (!read_folder (&walk, path, 0, error))
    return FALSE;
  if (walk.n_other > 0)
    quarry_ingest_note (ingest, path, NULL, "%" G_GUINT64_FORMAT " other files are no pictures",
                        walk.n_other);
  return TRUE;
}

const QuarryReader quarry_reader_images = {
  .id = "images",
  .name = "Pictures",
  .what = "a folder with JPEG, PNG, TIFF … pictures, each sub-folder a scene, or one picture",
  .probe = probe,
  .read = read_images,
};
