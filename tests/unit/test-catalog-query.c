/* test-catalog-query.c: queries and counts against a naive model of the same catalog
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The model holds every frame with its words in plain sets and decides each query frame by frame, the slow and obvious way.
 */

#include "config.h"
#include "quarry-test-catalog.h"

typedef struct
{
  QuarryId    id;
  char       *scene, *key;
  int         rating, flag;
  GHashTable *words[QUARRY_N_FIELDS];      /* per field: the names it has; lower case */
  GPtrArray  *texts;                       /* what a bare word is looked for in; lower case */
  GPtrArray  *classes, *sets;              /* one entry an annotation */
  GPtrArray  *in_dataset;                  /* "dataset/split" */
  guint       n_media;
} Frame;

typedef struct
{
  GPtrArray *frames;
} Model;

static void
frame_free (gpointer data)
{
  Frame *frame = data;

  g_free (frame->scene);
  g_free (frame->key);
  for (int i = 0; i < QUARRY_N_FIELDS; i++)
    g_hash_table_unref (frame->words[i]);
  g_ptr_array_unref (frame->texts);
  g_ptr_array_unref (frame->classes);
  g_ptr_array_unref (frame->sets);
  g_ptr_array_unref (frame->in_dataset);
  g_free (frame);
}

static void
add_word (Frame *frame, QuarryQueryField field, const char *word)
{
  g_hash_table_add (frame->words[field], g_utf8_strdown (word, -1));
}

static void
model_labels (Frame *frame, QuarryCatalog *catalog)
{
  g_autoptr(GPtrArray) sets = quarry_catalog_list_sets (catalog, NULL);
  g_autoptr(GPtrArray) annotations = quarry_catalog_list_annotations (catalog, frame->id, 0, NULL);

  for (guint i = 0; i < annotations->len; i++)
    {
      const QuarryAnnotation *annotation = annotations->pdata[i];

      add_word (frame, QUARRY_FIELD_CLASS, annotation->class_name);
      g_ptr_array_add (frame->classes, g_strdup (annotation->class_name));
      for (guint s = 0; s < sets->len; s++)
        if (((QuarryAnnotationSet *) sets->pdata[s])->id == annotation->set)
          {
            add_word (frame, QUARRY_FIELD_SET, ((QuarryAnnotationSet *) sets->pdata[s])->name);
            g_ptr_array_add (frame->sets,
                             g_strdup (((QuarryAnnotationSet *) sets->pdata[s])->name));
          }
    }
}

static void
model_media (Frame *frame, QuarryCatalog *catalog)
{
  g_autoptr(GPtrArray) media = quarry_catalog_list_media (catalog, frame->id, NULL);

  frame->n_media = media->len;
  for (guint i = 0; i < media->len; i++)
    {
      add_word (frame, QUARRY_FIELD_SENSOR, ((QuarryMedia *) media->pdata[i])->sensor_name);
      g_ptr_array_add (frame->texts, g_utf8_strdown (((QuarryMedia *) media->pdata[i])->uri, -1));
    }
}

static void
model_datasets (Frame *frame, QuarryCatalog *catalog)
{
  g_autoptr(GPtrArray) datasets = quarry_catalog_list_datasets (catalog, NULL);

  for (guint d = 0; d < datasets->len; d++)
    {
      const QuarryDataset *dataset = datasets->pdata[d];
      g_autoptr(GPtrArray) members =
          quarry_catalog_list_dataset_frames (catalog, dataset->id, 0, NULL);

      for (guint i = 0; i < members->len; i++)
        {
          const QuarryDatasetFrame *member = members->pdata[i];

          if (member->frame != frame->id)
            continue;
          add_word (frame, QUARRY_FIELD_DATASET, dataset->name);
          if (member->split != NULL)
            g_ptr_array_add (frame->in_dataset,
                             g_strdup_printf ("%s/%s", dataset->name, member->split));
        }
    }
}

static Frame *
model_frame (QuarryCatalog *catalog, QuarryId id)
{
  g_autoptr(QuarryFrame) record = quarry_catalog_get_frame (catalog, id, NULL);
  Frame *frame = g_new0 (Frame, 1);

  frame->id = id;
  frame->scene = g_strdup (record->scene_name);
  frame->key = g_strdup (record->key);
  frame->rating = record->rating;
  frame->flag = record->flag;
  for (int i = 0; i < QUARRY_N_FIELDS; i++)
    frame->words[i] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  frame->texts = g_ptr_array_new_with_free_func (g_free);
  frame->classes = g_ptr_array_new_with_free_func (g_free);
  frame->sets = g_ptr_array_new_with_free_func (g_free);
  frame->in_dataset = g_ptr_array_new_with_free_func (g_free);
  add_word (frame, QUARRY_FIELD_SCENE, record->scene_name);
  add_word (frame, QUARRY_FIELD_SOURCE, "site");
  add_word (frame, QUARRY_FIELD_FRAME, record->key);
  g_ptr_array_add (frame->texts, g_utf8_strdown (record->scene_name, -1));
  g_ptr_array_add (frame->texts, g_utf8_strdown (record->key, -1));
  for (guint i = 0; record->tags[i] != NULL; i++)
    {
      add_word (frame, QUARRY_FIELD_TAG, record->tags[i]);
      g_ptr_array_add (frame->texts, g_utf8_strdown (record->tags[i], -1));
    }
  g_assert_cmpuint (record->n_annotations, <=, 10);
  model_labels (frame, catalog);
  model_media (frame, catalog);
  model_datasets (frame, catalog);
  return frame;
}

static Model *
model_new (QuarryCatalog *catalog)
{
  Model *model = g_new0 (Model, 1);
  g_autoptr(GArray) ids = quarry_test_query (catalog, "");

  model->frames = g_ptr_array_new_with_free_func (frame_free);
  for (guint i = 0; i < ids->len; i++)
    g_ptr_array_add (model->frames, model_frame (catalog, g_array_index (ids, QuarryId, i)));
  return model;
}

static void
model_free (Model *model)
{
  g_ptr_array_unref (model->frames);
  g_free (model);
}

/* --- the slow and obvious way --- */

static gboolean
any_word_like (GHashTable *words, const char *pattern)
{
  GHashTableIter iter;
  gpointer word = NULL;

  g_hash_table_iter_init (&iter, words);
  while (g_hash_table_iter_next (&iter, &word, NULL))
    if (g_pattern_match_simple (pattern, word))
      return TRUE;
  return FALSE;
}

static gboolean
has_split (const Frame *frame, const QuarryQueryTerm *terms, guint n, const char *pattern)
{
  for (guint i = 0; i < frame->in_dataset->len; i++)
    {
      g_auto(GStrv) parts = g_strsplit (frame->in_dataset->pdata[i], "/", 2);
      gboolean meant = g_pattern_match_simple (pattern, parts[1]);

      for (guint t = 0; t < n; t++)
        if (terms[t].field == QUARRY_FIELD_DATASET && !terms[t].negated)
          meant = meant && g_pattern_match_simple (terms[t].value, parts[0]);
      if (meant)
        return TRUE;
    }
  return FALSE;
}

static gboolean
holds (const Frame *frame, const QuarryQueryTerm *terms, guint n, const QuarryQueryTerm *term)
{
  g_autofree char *lower = g_utf8_strdown (term->value, -1);

  switch (term->field)
    {
    case QUARRY_FIELD_TEXT:
      for (guint i = 0; i < frame->texts->len; i++)
        if (strstr (frame->texts->pdata[i], lower) != NULL)
          return TRUE;
      return FALSE;
    case QUARRY_FIELD_FLAG:
      return frame->flag == (g_str_equal (lower, "pick")     ? 1
                             : g_str_equal (lower, "reject") ? -1
                                                             : 0);
    case QUARRY_FIELD_RATING:
      return lower[0] == '>' ? frame->rating >= atoi (lower + 2) : frame->rating == atoi (lower);
    case QUARRY_FIELD_SPLIT:
      return has_split (frame, terms, n, lower);
    default:
      return any_word_like (frame->words[term->field], lower);
    }
}

static gboolean
is_meant (const Frame *frame, QuarryQuery *query)
{
  guint n = 0;
  const QuarryQueryTerm *terms = quarry_query_get_terms (query, &n);

  for (guint i = 0; i < n; i++)
    if (holds (frame, terms, n, &terms[i]) == terms[i].negated)
      return FALSE;
  return TRUE;
}

/* --- comparing --- */

static void
check_frames (QuarryCatalog *catalog, const Model *model, QuarryQuery *query)
{
  g_autoptr(GArray) frames = quarry_test_query (catalog, quarry_query_get_text (query));
  guint at = 0;

  for (guint i = 0; i < model->frames->len; i++)
    {
      const Frame *frame = model->frames->pdata[i];

      if (!is_meant (frame, query))
        continue;
      if (at >= frames->len || g_array_index (frames, QuarryId, at) != frame->id)
        g_error ("'%s' lacks %s/%s", quarry_query_get_text (query), frame->scene, frame->key);
      at++;
    }
  if (at != frames->len)
    g_error ("'%s' has %u frames, not %u", quarry_query_get_text (query), frames->len, at);
}

static guint
count_in (const GPtrArray *list, const char *name)
{
  guint n = 0;

  for (guint i = 0; i < list->len; i++)
    n += g_str_equal (list->pdata[i], name);
  return n;
}

static gboolean
is_of (const Frame *frame, QuarryFacet facet, const char *name)
{
  static const QuarryQueryField fields[QUARRY_N_FACETS] = {
    [QUARRY_FACET_SCENE] = QUARRY_FIELD_SCENE,     [QUARRY_FACET_TAG] = QUARRY_FIELD_TAG,
    [QUARRY_FACET_CLASS] = QUARRY_FIELD_CLASS,     [QUARRY_FACET_SENSOR] = QUARRY_FIELD_SENSOR,
    [QUARRY_FACET_DATASET] = QUARRY_FIELD_DATASET, [QUARRY_FACET_SOURCE] = QUARRY_FIELD_SOURCE,
    [QUARRY_FACET_SET] = QUARRY_FIELD_SET,
  };
  g_autofree char *lower = g_utf8_strdown (name, -1);

  if (facet == QUARRY_FACET_SPLIT)
    return has_split (frame, NULL, 0, name);
  return g_hash_table_contains (frame->words[fields[facet]], lower);
}

static void
check_facet (QuarryCatalog *catalog, const Model *model, QuarryQuery *query, QuarryFacet facet)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) rows = quarry_catalog_count_facet (catalog, facet, query, NULL, &error);

  g_assert_no_error (error);
  for (guint r = 0; r < rows->len; r++)
    {
      const QuarryFacetRow *row = rows->pdata[r];
      gint64 n_frames = 0, n_annotations = 0;

      for (guint i = 0; i < model->frames->len; i++)
        {
          const Frame *frame = model->frames->pdata[i];

          if (!is_meant (frame, query))
            continue;
          n_frames += is_of (frame, facet, row->name);
          n_annotations += facet == QUARRY_FACET_CLASS ? count_in (frame->classes, row->name)
                           : facet == QUARRY_FACET_SET ? count_in (frame->sets, row->name)
                                                       : 0;
        }
      if (row->n_frames != n_frames || row->n_annotations != n_annotations)
        g_error ("'%s' facet %d '%s': %d frames, %d annotations, not %d, %d",
                 quarry_query_get_text (query), facet, row->name, (int) row->n_frames,
                 (int) row->n_annotations, (int) n_frames, (int) n_annotations);
      g_assert_true (r == 0 ||
                     strcmp (((QuarryFacetRow *) rows->pdata[r - 1])->name, row->name) < 0);
    }
}

static void
check_totals (QuarryCatalog *catalog, const Model *model, QuarryQuery *query)
{
  g_autoptr(GHashTable) scenes = g_hash_table_new (g_str_hash, g_str_equal);
  QuarryTotals totals;
  gint64 frames = 0, annotations = 0, media = 0;

  quarry_test_ok (quarry_catalog_count_totals (catalog, query, &totals, &error));
  for (guint i = 0; i < model->frames->len; i++)
    {
      const Frame *frame = model->frames->pdata[i];

      if (!is_meant (frame, query))
        continue;
      frames++;
      annotations += frame->classes->len;
      media += frame->n_media;
      g_hash_table_add (scenes, frame->scene);
    }
  g_assert_cmpint (totals.frames, ==, frames);
  g_assert_cmpint (totals.annotations, ==, annotations);
  g_assert_cmpint (totals.media, ==, media);
  g_assert_cmpint (totals.images, ==, media / 2);
  g_assert_cmpint (totals.clouds, ==, media / 2);
  g_assert_cmpint (totals.scenes, ==, g_hash_table_size (scenes));
}

static void
check_query (QuarryCatalog *catalog, const Model *model, const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryQuery) query = quarry_query_parse (text, &error);

  g_assert_no_error (error);
  check_frames (catalog, model, query);
  for (int facet = 0; facet < QUARRY_N_FACETS; facet++)
    check_facet (catalog, model, query, facet);
  check_totals (catalog, model, query);
}

/* --- content by chance --- */

static GArray *
every_nth (const GArray *all, GRand *rand, int n)
{
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (QuarryId));

  for (guint i = 0; i < all->len; i++)
    if (g_rand_int_range (rand, 0, n) == 0)
      g_array_append_val (frames, g_array_index (all, QuarryId, i));
  return frames;
}

static void
add_marks (QuarryCatalog *catalog, const GArray *all, GRand *rand)
{
  static const char * const tags[] = { "night", "Night shift", "dusk", "ÜBUNG", "bl*rred" };

  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    {
      g_autoptr(GArray) frames = every_nth (all, rand, i + 2);
      const char *add[] = { tags[i], NULL };

      quarry_test_ok (quarry_catalog_tag (catalog, frames, add, NULL, &error));
    }
  for (int i = -1; i <= 5; i++)
    {
      g_autoptr(GArray) frames = every_nth (all, rand, 5);

      quarry_test_ok (quarry_catalog_set_rating (catalog, frames, MAX (i, 0), &error));
      quarry_test_ok (quarry_catalog_set_flag (catalog, frames, i % 2, &error));
    }
}

static void
add_datasets (QuarryCatalog *catalog, const GArray *all, GRand *rand)
{
  static const char * const names[] = { "train", "val", NULL };

  for (int i = 0; i < 3; i++)
    {
      g_autoptr(GArray) frames = every_nth (all, rand, 3);
      g_autoptr(GPtrArray) splits = g_ptr_array_new ();
      g_autofree char *name = g_strdup_printf ("set-%d", i);
      QuarryId dataset = 0;

      for (guint f = 0; f < frames->len; f++)
        g_ptr_array_add (splits, (char *) names[g_rand_int_range (rand, 0, 3)]);
      quarry_test_ok ((dataset = quarry_catalog_create_dataset (catalog, name, NULL, frames,
                                                                &error)) != 0);
      quarry_test_ok (quarry_catalog_assign_splits (catalog, dataset, frames,
                                                    (const char * const *) splits->pdata, &error));
    }
}

static void
add_predictions (QuarryCatalog *catalog, const GArray *all, GRand *rand)
{
  const double box[5] = { 1, 2, 3, 4, 0 };
  g_autoptr(GArray) frames = every_nth (all, rand, 4);
  g_autoptr(GPtrArray) annotations =
      g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  QuarryId set = 0;

  for (guint i = 0; i < frames->len; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);
      QuarryAnnotation *annotation =
          quarry_annotation_new (QUARRY_ANNOTATION_BOX2D, "person", id, box, 5);

      annotation->frame = g_array_index (frames, QuarryId, i);
      annotation->score = 0.5;
      g_ptr_array_add (annotations, annotation);
    }
  quarry_test_ok ((set = quarry_catalog_store_set (catalog, "run 1", "model", 0, 0, &error)) != 0);
  quarry_test_ok (quarry_catalog_store_annotations (catalog, set, annotations, NULL, NULL, &error));
}

static Model *
fill_by_chance (QuarryCatalog *catalog, const QuarryTestContent *content)
{
  GRand *rand = g_rand_new_with_seed (content->seed);
  g_autoptr(GArray) all = NULL;

  quarry_test_fill (catalog, content, NULL);
  all = quarry_test_query (catalog, "");
  add_marks (catalog, all, rand);
  add_datasets (catalog, all, rand);
  add_predictions (catalog, all, rand);
  g_rand_free (rand);
  return model_new (catalog);
}

static void
test_named (QuarryTestCatalog *test, gconstpointer data)
{
  static const char * const queries[] = {
    "",
    "tag:night",
    "tag:NIGHT*",
    "-tag:*",
    "tag:\"night shift\" tag:dusk",
    "tag:übung",
    "tag:Üb*",
    "class:\"haul truck\"",
    "class:person -class:dozer",
    "class:*o*",
    "scene:scene-1",
    "scene:scene-1 scene:scene-2",
    "SCENE-1",
    "camera/0003",
    "roof",
    "sensor:roof",
    "sensor:*",
    "-sensor:top",
    "dataset:set-1",
    "dataset:set-1 split:train",
    "split:train",
    "-split:*",
    "split:val -dataset:set-0",
    "dataset:set-0 dataset:set-1 split:val",
    "source:site",
    "source:other",
    "set:truth",
    "set:\"run 1\"",
    "-set:run*",
    "flag:pick",
    "flag:none",
    "-flag:reject",
    "rating:3",
    "rating:>=4",
    "-rating:>=1",
    "frame:0001",
    "frame:*3",
    "frame:00*1 -dusk",
    "night -dataset:*",
    "nothing like that",
  };
  const QuarryTestContent content = { 4, 12, 3, 11 };
  Model *model = fill_by_chance (test->catalog, &content);

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    check_query (test->catalog, model, queries[i]);
  model_free (model);
}

static void
test_random (QuarryTestCatalog *test, gconstpointer data)
{
  static const char * const terms[] = {
    "tag:night",     "tag:dusk",        "tag:n*",        "class:person",  "class:dozer",
    "scene:scene-0", "sensor:top",      "dataset:set-0", "dataset:set-2", "split:train",
    "split:*",       "set:run*",        "flag:pick",     "rating:>=2",    "frame:*2",
    "0005",          "\"night shift\"", "lidar/0001",    "rating:0",
  };
  const QuarryTestContent content = { 5, 8, 2, 12 };
  Model *model = fill_by_chance (test->catalog, &content);
  GRand *rand = g_rand_new_with_seed (13);

  for (int round = 0; round < 120; round++)
    {
      g_autoptr(GString) text = g_string_new (NULL);

      for (int i = g_rand_int_range (rand, 1, 4); i > 0; i--)
        g_string_append_printf (text, "%s%s ", g_rand_boolean (rand) ? "-" : "",
                                terms[g_rand_int_range (rand, 0, G_N_ELEMENTS (terms))]);
      check_query (test->catalog, model, text->str);
    }
  g_rand_free (rand);
  model_free (model);
}

/* One frame of many is looked up, not scanned for: the other road through the code */
static void
test_few_of_many (QuarryTestCatalog *test, gconstpointer data)
{
  static const char * const queries[] = { "scene:scene-3 frame:0007", "frame:0011 -scene:scene-0",
                                         "scene:scene-29", "tag:dusk scene:scene-4" };
  const QuarryTestContent content = { 30, 12, 2, 14 };
  Model *model = fill_by_chance (test->catalog, &content);

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    check_query (test->catalog, model, queries[i]);
  model_free (model);
}

/* Frames without a time come first; the rest by time, whatever their keys and the order they came in */
static void
test_order (QuarryTestCatalog *test, gconstpointer data)
{
  static const struct { const char *key; gint64 stamp; } frames[] = {
    { "z", 100 }, { "b", QUARRY_NO_TIME }, { "y", 300 },
    { "x", 200 }, { "a", QUARRY_NO_TIME }, { "c", 200 },
    { "n", -5 },
  };
  g_autoptr(GPtrArray) drafts =
      g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_frame_draft_free);
  g_autoptr(GArray) few = NULL;
  g_autofree char *id = NULL;
  QuarryId source = 0, scene = 0;

  quarry_test_ok ((source = quarry_catalog_store_source (test->catalog, "/s", "s", "images", NULL,
                                                         &error)) != 0);
  quarry_test_ok ((scene = quarry_catalog_store_scene (test->catalog, source, "s", "s", &error)) !=
                  0);
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    g_ptr_array_add (drafts, quarry_frame_draft_new (scene, frames[i].key, frames[i].stamp));
  quarry_test_ok (quarry_catalog_store_frames (test->catalog, drafts, NULL, NULL, &error));
  quarry_test_assert_query (test->catalog, "", "s/a s/b s/n s/z s/c s/x s/y");
  quarry_test_assert_query (test->catalog, "scene:s", "s/a s/b s/n s/z s/c s/x s/y");
  few = quarry_test_query (test->catalog, "frame:x");
  id = g_strdup_printf ("frame:#%" G_GINT64_FORMAT, g_array_index (few, QuarryId, 0));
  quarry_test_assert_query (test->catalog, id, "s/x");
  quarry_test_assert_query (test->catalog, "frame:#4711", "");
}

/* Counts that are kept for the empty query are not kept too long */
static void
test_fresh (QuarryTestCatalog *test, gconstpointer data)
{
  const QuarryTestContent content = { 1, 3, 1, 1 };
  const QuarryTestContent more = { 2, 4, 1, 1 };
  QuarryCatalog *other = quarry_test_open (test->path);
  QuarryTotals totals;

  quarry_test_fill (test->catalog, &content, NULL);
  quarry_test_ok (quarry_catalog_count_totals (test->catalog, NULL, &totals, &error));
  g_assert_cmpint (totals.frames, ==, 3);
  quarry_test_fill (other, &more, NULL);
  quarry_test_ok (quarry_catalog_count_totals (test->catalog, NULL, &totals, &error));
  g_assert_cmpint (totals.frames, ==, 8);
  g_assert_cmpint (totals.scenes, ==, 2);
  g_assert_cmpint (totals.sensors, ==, 4);
  g_assert_cmpint (totals.sources, ==, 1);
  quarry_test_close (other);
}

#define ADD(name, func) g_test_add (name, QuarryTestCatalog, NULL, quarry_test_catalog_setup, func, quarry_test_catalog_teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/catalog-query/every-field-as-the-naive-model", test_named);
  ADD ("/catalog-query/terms-by-chance-as-the-naive-model", test_random);
  ADD ("/catalog-query/few-of-many-as-the-naive-model", test_few_of_many);
  ADD ("/catalog-query/is-ordered-by-scene-time-key", test_order);
  ADD ("/catalog-query/kept-counts-are-fresh", test_fresh);
  return g_test_run ();
}
