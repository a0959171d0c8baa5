/* make-catalog.c: a big catalog out of nothing, by the functions that imports use
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * make-catalog N OUT.db [ANNOTATIONS-PER-FRAME [PICTURE…]]
 *
 * N frames in 50 scenes, one camera each; 20 classes; 200 tags, one on each frame on average; a dataset of every tenth
 * frame with splits. The media are the given pictures in turn, else files that are not there. Equal arguments give equal
 * content. Prints seconds and the largest resident size.
 */

#include "config.h"
#include "quarry-catalog.h"

#include <glib/gstdio.h>
#include <sys/resource.h>

#define N_SCENES  50
#define N_CLASSES 20
#define N_TAGS    200
#define BATCH     10000

typedef struct
{
  QuarryCatalog *catalog;
  gint64         n_frames;
  int            per_frame;
  char         **pictures;
  QuarryId       sensors[N_SCENES], scenes[N_SCENES], calibrations[N_SCENES];
  QuarryId       set;
  guint64        random;
} Maker;

/* xorshift: the same numbers everywhere */
static guint
next_random (Maker *maker, guint below)
{
  maker->random ^= maker->random << 13;
  maker->random ^= maker->random >> 7;
  maker->random ^= maker->random << 17;
  return (maker->random >> 33) % below;
}

static void
add_annotations (Maker *maker, QuarryFrameDraft *draft)
{
  draft->set = maker->set;
  draft->annotations = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  for (int i = 0; i < maker->per_frame; i++)
    {
      const double box[5] = { next_random (maker, 1500), next_random (maker, 900),
                              20 + next_random (maker, 300), 20 + next_random (maker, 200), 0 };
      g_autofree char *class_name =
          g_strdup_printf ("class-%02u",
                           MIN (next_random (maker, N_CLASSES), next_random (maker, N_CLASSES)));
      g_autofree char *id =
          g_strdup_printf ("%" G_GINT64_FORMAT "/%s/%d", draft->scene, draft->key, i);
      QuarryAnnotation *annotation =
          quarry_annotation_new (QUARRY_ANNOTATION_BOX2D, class_name, id, box, 5);

      annotation->media = 1;
      g_ptr_array_add (draft->annotations, annotation);
    }
}

static QuarryFrameDraft *
make_draft (Maker *maker, gint64 n)
{
  const gint64 per_scene = (maker->n_frames + N_SCENES - 1) / N_SCENES;
  const int scene = n / per_scene;
  g_autofree char *key = g_strdup_printf ("%08" G_GINT64_FORMAT, n % per_scene);
  const gint64 stamp =
      (1700000000 + scene * 100000) * QUARRY_NS_PER_S + n % per_scene * (QUARRY_NS_PER_S / 10);
  QuarryFrameDraft *draft = quarry_frame_draft_new (maker->scenes[scene], key, stamp);
  QuarryMedia *media = g_new0 (QuarryMedia, 1);
  const guint n_pictures = maker->pictures != NULL ? g_strv_length (maker->pictures) : 0;

  media->sensor = maker->sensors[scene];
  media->calibration_id = maker->calibrations[scene];
  media->uri = n_pictures > 0 ? g_canonicalize_filename (maker->pictures[n % n_pictures], NULL)
                              : g_strdup_printf ("/nowhere/site-%02d/camera/%s.jpg", scene, key);
  media->length = -1;
  media->format = g_strdup ("jpeg");
  media->stamp_ns = stamp;
  media->width = 1920;
  media->height = 1080;
  g_ptr_array_add (draft->media, media);
  if (maker->per_frame > 0)
    add_annotations (maker, draft);
  return draft;
}

static gboolean
make_scenes (Maker *maker, GError **error)
{
  const QuarryCalibration calibration = {
    0,
    QUARRY_POSE_IDENTITY,
    TRUE,
    { .width = 1920, .height = 1080, .fx = 1000, .fy = 1000, .cx = 960, .cy = 540 },
  };
  const QuarryId source =
      quarry_catalog_store_source (maker->catalog, "/nowhere", "nowhere", "images", NULL, error);

  if (source == 0 || (maker->set = quarry_catalog_store_set (maker->catalog, "labels", "import",
                                                             source, 0, error)) == 0)
    return FALSE;
  for (int i = 0; i < N_SCENES; i++)
    {
      g_autofree char *name = g_strdup_printf ("site-%02d", i);

      if ((maker->scenes[i] =
               quarry_catalog_store_scene (maker->catalog, source, name, name, error)) == 0 ||
          (maker->sensors[i] =
               quarry_catalog_store_sensor (maker->catalog, maker->scenes[i], "camera",
                                            QUARRY_SENSOR_CAMERA, error)) == 0 ||
          (maker->calibrations[i] =
               quarry_catalog_store_calibration (maker->catalog, maker->sensors[i], &calibration,
                                                 error)) == 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
make_frames (Maker *maker, GError **error)
{
  for (gint64 n = 0; n < maker->n_frames;)
    {
      g_autoptr(GPtrArray) drafts =
          g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_frame_draft_free);

      for (; n < maker->n_frames && drafts->len < BATCH; n++)
        g_ptr_array_add (drafts, make_draft (maker, n));
      if (!quarry_catalog_store_frames (maker->catalog, drafts, "images", NULL, error))
        return FALSE;
    }
  return quarry_catalog_finish_source (maker->catalog, 1, TRUE, NULL, error);
}

static gboolean
make_tags (Maker *maker, const GArray *all, GError **error)
{
  for (int tag = 0; tag < N_TAGS; tag++)
    {
      g_autofree char *name = g_strdup_printf ("tag-%03d", tag);
      const char *add[] = { name, NULL };
      g_autoptr(GArray) frames = g_array_new (FALSE, FALSE, sizeof (QuarryId));

      for (guint i = tag; i < all->len; i += 1 + next_random (maker, 2 * N_TAGS - 1))
        g_array_append_val (frames, g_array_index (all, QuarryId, i));
      if (!quarry_catalog_tag (maker->catalog, frames, add, NULL, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
make_dataset (Maker *maker, const GArray *all, GError **error)
{
  static const char * const names[] = { "train", "train", "train", "val", NULL };
  g_autoptr(GArray) frames = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_autoptr(GPtrArray) splits = g_ptr_array_new ();
  QuarryId dataset = 0;

  for (guint i = 0; i < all->len; i += 10)
    {
      g_array_append_val (frames, g_array_index (all, QuarryId, i));
      g_ptr_array_add (splits, (char *) names[next_random (maker, G_N_ELEMENTS (names))]);
    }
  dataset =
      quarry_catalog_create_dataset (maker->catalog, "tenth", "every tenth frame", frames, error);
  return dataset != 0 && quarry_catalog_assign_splits (maker->catalog, dataset, frames,
                                                       (const char * const *) splits->pdata, error);
}

static gboolean
make_all (Maker *maker, GError **error)
{
  g_autoptr(GArray) all = NULL;

  if (!make_scenes (maker, error) || !make_frames (maker, error) ||
      (all = quarry_catalog_query (maker->catalog, NULL, NULL, error)) == NULL)
    return FALSE;
  return make_tags (maker, all, error) && make_dataset (maker, all, error);
}

int
main (int argc, char **argv)
{
  Maker maker = { .random = 88172645463325252 };
  const gint64 start = g_get_monotonic_time ();
  g_autoptr(GError) error = NULL;
  struct rusage usage;

  if (argc < 3 || (maker.n_frames = g_ascii_strtoll (argv[1], NULL, 10)) <= 0)
    {
      g_printerr ("usage: make-catalog N OUT.db [ANNOTATIONS-PER-FRAME [PICTURE…]]\n");
      return 2;
    }
  if (g_file_test (argv[2], G_FILE_TEST_EXISTS))
    {
      g_printerr ("make-catalog: '%s' is there already\n", argv[2]);
      return 1;
    }
  maker.per_frame = argc > 3 ? atoi (argv[3]) : 0;
  maker.pictures = argc > 4 ? argv + 4 : NULL;
  maker.catalog = quarry_catalog_open (argv[2], &error);
  if (maker.catalog == NULL || !make_all (&maker, &error) ||
      !quarry_catalog_close (maker.catalog, &error))
    {
      g_printerr ("make-catalog: %s\n", error->message);
      return 1;
    }
  g_object_unref (maker.catalog);
  getrusage (RUSAGE_SELF, &usage);
  g_print ("%" G_GINT64_FORMAT " frames, %" G_GINT64_FORMAT
           " annotations in %.1f s, at most %ld MB resident\n",
           maker.n_frames, maker.n_frames * maker.per_frame,
           (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC, usage.ru_maxrss / 1024);
  return 0;
}
