/* quarry-test-catalog.h: catalogs for tests, and how to talk to them in one line
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-catalog.h"
#include "quarry-test.h"

#include <math.h>
#include <string.h>

/* A folder with catalog.db in it; teardown asserts that nothing else is left */
typedef struct
{
  char          *folder;
  char          *path;
  QuarryCatalog *catalog;
} QuarryTestCatalog;

static inline QuarryCatalog *
quarry_test_open (const char *path)
{
  g_autoptr(GError) error = NULL;
  QuarryCatalog *catalog = quarry_catalog_open (path, &error);

  g_assert_no_error (error);
  g_assert_nonnull (catalog);
  return catalog;
}

static inline void
quarry_test_close (QuarryCatalog *catalog)
{
  g_autoptr(GError) error = NULL;

  quarry_catalog_close (catalog, &error);
  g_assert_no_error (error);
  g_object_unref (catalog);
}

static inline void
quarry_test_reopen (QuarryTestCatalog *test)
{
  quarry_test_close (test->catalog);
  test->catalog = quarry_test_open (test->path);
}

static inline void
quarry_test_catalog_setup (QuarryTestCatalog *test, gconstpointer data)
{
  test->folder = quarry_test_folder ();
  test->path = g_build_filename (test->folder, "catalog.db", NULL);
  test->catalog = quarry_test_open (test->path);
}

static inline void
quarry_test_catalog_teardown (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(GDir) dir = NULL;

  if (test->catalog != NULL)
    quarry_test_close (test->catalog);
  dir = g_dir_open (test->folder, 0, NULL);
  for (const char *name = NULL; (name = g_dir_read_name (dir)) != NULL;)
    g_assert_cmpstr (name, ==, "catalog.db");      /* no -wal, no -shm: the last connection was closed */
  quarry_test_remove (test->folder);
  g_free (test->folder);
  g_free (test->path);
}

/* --- content --- */

/* What quarry_test_fill makes. Frame f of scene s has key "%04u", one camera and one lidar medium. */
typedef struct
{
  guint n_scenes, n_frames;      /* frames a scene */
  guint n_annotations;           /* a frame */
  guint seed;
} QuarryTestContent;

static const char * const quarry_test_classes[] = { "person", "excavator", "Haul Truck", "dozer" };

static inline QuarryMedia *
quarry_test_media (QuarryId sensor,
                   QuarryId calibration,
                   const char *uri,
                   const char *format,
                   gint64 stamp_ns)
{
  QuarryMedia *media = g_new0 (QuarryMedia, 1);

  media->sensor = sensor;
  media->calibration_id = calibration;
  media->uri = g_strdup (uri);
  media->length = -1;
  media->format = g_strdup (format);
  media->stamp_ns = stamp_ns;
  return media;
}

static inline void
quarry_test_add_annotations (QuarryFrameDraft *draft,
                             const QuarryTestContent *content,
                             guint scene,
                             GRand *rand)
{
  draft->annotations = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  for (guint i = 0; i < content->n_annotations; i++)
    {
      const double box[5] = { g_rand_int_range (rand, 0, 90), g_rand_int_range (rand, 0, 40),
                              g_rand_double_range (rand, 1, 10), 2.5, 0 };
      g_autofree char *id = g_strdup_printf ("%u/%s/%u", scene, draft->key, i);
      const char *name =
          quarry_test_classes[g_rand_int_range (rand, 0, G_N_ELEMENTS (quarry_test_classes))];
      QuarryAnnotation *annotation =
          quarry_annotation_new (QUARRY_ANNOTATION_BOX2D, name, id, box, 5);

      annotation->media = 1;
      annotation->track = g_strdup_printf ("t%u", i);
      g_ptr_array_add (draft->annotations, annotation);
    }
}

static inline QuarryFrameDraft *
quarry_test_draft (const QuarryTestContent *content,
                   guint scene,
                   guint frame,
                   const QuarryId ids[4],
                   QuarryId set,
                   GRand *rand)
{
  const gint64 stamp = 1700000000 * QUARRY_NS_PER_S + scene * 1000 * QUARRY_NS_PER_S +
                       frame * (QUARRY_NS_PER_S / 10);
  g_autofree char *key = g_strdup_printf ("%04u", frame);
  g_autofree char *image = g_strdup_printf ("/data/site/scene-%u/camera/%s.jpg", scene, key);
  g_autofree char *cloud = g_strdup_printf ("/data/site/scene-%u/lidar/%s.pcd", scene, key);
  QuarryFrameDraft *draft = quarry_frame_draft_new (ids[0], key, stamp);

  g_ptr_array_add (draft->media, quarry_test_media (ids[1], ids[3], image, "jpeg", stamp));
  g_ptr_array_add (draft->media, quarry_test_media (ids[2], 0, cloud, "pcd", stamp + 1000));
  draft->set = set;
  quarry_test_add_annotations (draft, content, scene, rand);
  return draft;
}

/* Returns: the drafts of one scene; makes scene, sensors and calibration */
static inline GPtrArray *
quarry_test_scene (QuarryCatalog *catalog,
                   QuarryId source,
                   QuarryId set,
                   const QuarryTestContent *content,
                   guint scene,
                   GRand *rand)
{
  const QuarryCalibration calibration = {
    0,
    QUARRY_POSE_IDENTITY,
    TRUE,
    { .width = 100, .height = 50, .fx = 80, .fy = 80, .cx = 50, .cy = 25, .k = { -0.1, 0.01 } },
  };
  GPtrArray *drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_frame_draft_free);
  g_autofree char *name = g_strdup_printf ("scene-%u", scene);
  g_autoptr(GError) error = NULL;
  QuarryId ids[4] = { 0 };

  ids[0] = quarry_catalog_store_scene (catalog, source, name, name, &error);
  g_assert_no_error (error);
  ids[1] = quarry_catalog_store_sensor (catalog, ids[0], "front", QUARRY_SENSOR_CAMERA, &error);
  g_assert_no_error (error);
  ids[2] = quarry_catalog_store_sensor (catalog, ids[0], scene % 2 == 0 ? "top" : "roof",
                                        QUARRY_SENSOR_LIDAR, &error);
  g_assert_no_error (error);
  ids[3] = quarry_catalog_store_calibration (catalog, ids[1], &calibration, &error);
  g_assert_no_error (error);
  for (guint frame = 0; frame < content->n_frames; frame++)
    g_ptr_array_add (drafts, quarry_test_draft (content, scene, frame, ids, set, rand));
  return drafts;
}

static inline QuarryId
quarry_test_fill (QuarryCatalog *catalog, const QuarryTestContent *content, QuarryReport *report)
{
  g_autoptr(GError) error = NULL;
  GRand *rand = g_rand_new_with_seed (content->seed);
  const QuarryId source =
      quarry_catalog_store_source (catalog, "/data/site", "site", "images", NULL, &error);
  QuarryId set = 0;

  g_assert_no_error (error);
  set = quarry_catalog_store_set (catalog, "truth", "import", source, 0, &error);
  g_assert_no_error (error);
  for (guint scene = 0; scene < content->n_scenes; scene++)
    {
      g_autoptr(GPtrArray) drafts = quarry_test_scene (catalog, source, set, content, scene, rand);

      quarry_catalog_store_frames (catalog, drafts, "images", report, &error);
      g_assert_no_error (error);
    }
  quarry_catalog_finish_source (catalog, source, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_rand_free (rand);
  return source;
}

/* --- reading back --- */

static inline char *
quarry_test_dump (QuarryCatalog *catalog)
{
  g_autoptr(GError) error = NULL;
  char *dump = quarry_catalog_dump (catalog, &error);

  g_assert_no_error (error);
  return dump;
}

static inline GArray *
quarry_test_query (QuarryCatalog *catalog, const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryQuery) query = quarry_query_parse (text, &error);
  GArray *frames = NULL;

  g_assert_no_error (error);
  frames = quarry_catalog_query (catalog, query, NULL, &error);
  g_assert_no_error (error);
  return frames;
}

/* "scene-0/0001 scene-1/0003" */
static inline char *
quarry_test_names (QuarryCatalog *catalog, const GArray *frames)
{
  g_autoptr(GString) names = g_string_new (NULL);

  for (guint i = 0; i < frames->len; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(QuarryFrame) frame =
          quarry_catalog_get_frame (catalog, g_array_index (frames, QuarryId, i), &error);

      g_assert_no_error (error);
      g_string_append_printf (names, "%s%s/%s", i > 0 ? " " : "", frame->scene_name, frame->key);
    }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

#define quarry_test_assert_query(catalog, text, expected) G_STMT_START {               \
    g_autoptr(GArray) quarry_frames = quarry_test_query (catalog, text);                \
    g_autofree char *quarry_names = quarry_test_names (catalog, quarry_frames);         \
    g_assert_cmpstr (quarry_names, ==, expected);                                       \
  } G_STMT_END

/* Runs @call, which takes &error, and asserts that it succeeds */
#define quarry_test_ok(call) G_STMT_START {                                             \
    g_autoptr(GError) error = NULL;                                                     \
    const gboolean quarry_ok = (call) != 0;                                             \
    g_assert_no_error (error);                                                          \
    g_assert_true (quarry_ok);                                                          \
  } G_STMT_END

/* … that it fails so, with a message like @pattern (? and * as in g_pattern_match_simple) */
#define quarry_test_fails(call, domain, code, pattern) G_STMT_START {                   \
    g_autoptr(GError) error = NULL;                                                     \
    const gboolean quarry_ok = (call) != 0;                                             \
    g_assert_error (error, domain, code);                                               \
    g_assert_false (quarry_ok);                                                         \
    if (!g_pattern_match_simple (pattern, error->message))                              \
      g_error ("'%s' is not like '%s'", error->message, pattern);                       \
  } G_STMT_END
