/* test-split.c: frames into train, val and test
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-diff.h"
#include "quarry-names.h"
#include "quarry-split.h"
#include "quarry-test-site.h"

#include <math.h>

#define N_CLASSES 2

static gint64
part_frames (const gint64 *sizes, const guint *part, gsize n, guint which)
{
  gint64 frames = 0;

  for (gsize i = 0; i < n; i++)
    frames += part[i] == which ? sizes[i] : 0;
  return frames;
}

static void
test_small_is_exact (void)
{
  const gint64 sizes[] = { 50, 30, 20, 60, 40 };
  const double ratios[] = { 8, 2 };
  guint part[5];

  quarry_split_choose (sizes, NULL, 5, 0, ratios, 2, 1, part);
  g_assert_cmpint (part_frames (sizes, part, 5, 0), ==, 160);
  g_assert_cmpint (part_frames (sizes, part, 5, 1), ==, 40);
}

static void
test_no_empty_part (void)
{
  const gint64 sizes[] = { 100, 100, 100 };
  const double ratios[] = { 0.9, 0.05, 0.05 };
  guint part[3];

  quarry_split_choose (sizes, NULL, 3, 0, ratios, 3, 1, part);
  for (guint p = 0; p < 3; p++)
    g_assert_cmpint (part_frames (sizes, part, 3, p), ==, 100);
}

static void
test_one_group (void)
{
  const gint64 sizes[] = { 40 };
  const double ratios[] = { 0.2, 0.8 };
  guint part[1] = { 7 };

  quarry_split_choose (sizes, NULL, 1, 0, ratios, 2, 1, part);
  g_assert_cmpuint (part[0], ==, 1);
}

static void
test_classes_break_ties (void)
{
  const gint64 sizes[] = { 10, 10, 10, 10 };
  const double classes[] = { 9, 0, 9, 0, 0, 5, 0, 5 };   /* groups × classes */
  const double ratios[] = { 0.5, 0.5 };
  guint part[4];

  quarry_split_choose (sizes, classes, 4, N_CLASSES, ratios, 2, 1, part);
  g_assert_cmpuint (part[0], !=, part[1]);
  g_assert_cmpuint (part[2], !=, part[3]);
}

/* Many scenes of uneven length: within half of the smallest scene of every ratio, the same again by the same seed */
static void
test_many_come_near (void)
{
  const double ratios[] = { 0.7, 0.2, 0.1 };
  g_autoptr(GRand) rand = g_rand_new_with_seed (5);

  for (int round = 0; round < 20; round++)
    {
      const gsize n = (gsize) g_rand_int_range (rand, 20, 200);
      g_autofree gint64 *sizes = g_new (gint64, n);
      g_autofree guint *part = g_new (guint, n);
      g_autofree guint *again = g_new (guint, n);
      gint64 total = 0, smallest = G_MAXINT64;

      for (gsize i = 0; i < n; i++)
        {
          sizes[i] = g_rand_int_range (rand, 20, 2000);
          total += sizes[i];
          smallest = MIN (smallest, sizes[i]);
        }
      quarry_split_choose (sizes, NULL, n, 0, ratios, 3, 42, part);
      quarry_split_choose (sizes, NULL, n, 0, ratios, 3, 42, again);
      g_assert_cmpmem (part, n * sizeof (guint), again, n * sizeof (guint));
      for (guint p = 0; p < 3; p++)
        g_assert_cmpfloat (fabs ((double) part_frames (sizes, part, n, p) - ratios[p] * (double) total), <=, (double) smallest);
    }
}

static gint64
distance (const gint64 *sizes, const double *ratios, const guint *part, gsize n, guint n_parts, guint *out_empty)
{
  gint64 total = 0;
  double sum = 0;

  *out_empty = 0;
  for (gsize i = 0; i < n; i++)
    total += sizes[i];
  for (guint p = 0; p < n_parts; p++)
    {
      guint members = 0;

      for (gsize i = 0; i < n; i++)
        members += part[i] == p;
      *out_empty += members == 0;
      sum += fabs ((double) part_frames (sizes, part, n, p) - ratios[p] * (double) total);
    }
  return (gint64) llround (sum * 1000);
}

/* Just beyond what is tried in all ways, the greedy way is at most two per cent of the frames worse than the best there is */
static void
test_greedy_is_near_the_best (void)
{
  const double ratios[] = { 0.75, 0.25 };
  g_autoptr(GRand) rand = g_rand_new_with_seed (23);

  for (int round = 0; round < 10; round++)
    {
      gint64 sizes[17];
      guint part[17], try[17];
      gint64 best = G_MAXINT64, total = 0, got = 0;
      guint empty = 0;

      for (int i = 0; i < 17; i++)
        total += sizes[i] = g_rand_int_range (rand, 10, 500);
      for (guint way = 1; way < (1u << 17) - 1; way++)
        {
          gint64 far = 0;

          for (int i = 0; i < 17; i++)
            try[i] = way >> i & 1;
          far = llabs (4 * part_frames (sizes, try, 17, 1) - total);
          best = MIN (best, far);
        }
      quarry_split_choose (sizes, NULL, 17, 0, ratios, 2, 1, part);
      got = distance (sizes, ratios, part, 17, 2, &empty);
      g_assert_cmpuint (empty, ==, 0);
      g_assert_cmpint (got, >=, best * 500 - 1);
      g_assert_cmpint (got, <=, best * 500 + total * 20);
    }
}

/* Whatever the numbers: every group is in some part, and no part is empty while groups suffice */
static void
test_any_numbers (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (29);

  for (int round = 0; round < 300; round++)
    {
      const gsize n = (gsize) g_rand_int_range (rand, 1, 40);
      const gsize n_parts = (gsize) g_rand_int_range (rand, 1, 6);
      gint64 sizes[40];
      double ratios[6], classes[120];
      guint part[40];
      guint empty = 0;

      for (gsize i = 0; i < n; i++)
        sizes[i] = g_rand_int_range (rand, 1, 1 << g_rand_int_range (rand, 1, 12));
      for (gsize i = 0; i < 3 * n; i++)
        classes[i] = g_rand_int_range (rand, 0, 50);
      for (gsize p = 0; p < n_parts; p++)
        ratios[p] = g_rand_double_range (rand, 0.01, 3);
      for (gsize i = 0; i < n; i++)
        part[i] = 99;
      quarry_split_choose (sizes, classes, n, 3, ratios, n_parts, (guint64) round, part);
      for (gsize i = 0; i < n; i++)
        g_assert_cmpuint (part[i], <, n_parts);
      distance (sizes, ratios, part, n, (guint) n_parts, &empty);
      g_assert_cmpuint (empty, ==, n >= n_parts ? 0 : n_parts - n);
    }
}

static const QuarrySplitPart two_parts[] = { { "train", 0.8 }, { "val", 0.2 } };

static void
test_by_scene (void)
{
  QuarryTestSite site;
  QuarryId dataset = 0;
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarrySplitSummary) summary = NULL;
  g_autofree char *text = NULL;
  g_autofree char *json = NULL;
  const QuarrySplitRow *train = NULL, *val = NULL;

  quarry_test_site_init (&site, (const guint[]) { 3, 2, 5, 0 });
  dataset = quarry_test_site_dataset (&site, "d", 0);
  g_assert_true (quarry_split_assign (site.catalog, dataset, two_parts, 2, TRUE, 1, &summary, &error));
  g_assert_no_error (error);
  train = summary->rows->pdata[0];
  val = summary->rows->pdata[1];
  g_assert_cmpint (train->n_frames, ==, 8);
  g_assert_cmpint (train->n_scenes, ==, 2);
  g_assert_cmpint (val->n_frames, ==, 2);
  g_assert_cmpint (val->n_scenes, ==, 1);
  g_assert_cmpint (train->n_annotations, ==, 8 * 4 + 8);
  g_assert_cmpint (val->n_annotations, ==, 2 * 4);
  g_assert_cmpfloat_with_epsilon (val->share, 0.2, 1e-12);
  g_assert_null (summary->note);
  text = quarry_split_summary_to_text (summary);
  json = quarry_split_summary_to_json (summary);
  g_assert_nonnull (strstr (text, "dump truck 8"));
  g_assert_nonnull (strstr (json, "\"frames\": 8"));
  {
    g_autoptr(GArray) second = quarry_test_site_query (&site, "dataset:d split:val scene:\"scene 1\"");
    g_autofree char *what = NULL;
    g_autoptr(GArray) none = NULL;

    g_assert_cmpuint (second->len, ==, 2);
    g_assert_true (quarry_catalog_undo (site.catalog, &what, &error));
    none = quarry_test_site_query (&site, "dataset:d split:val");
    g_assert_cmpuint (none->len, ==, 0);
  }
  quarry_test_site_clear (&site);
}

static void
test_one_scene (void)
{
  QuarryTestSite site;
  QuarryId dataset = 0;
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarrySplitSummary) whole = NULL;
  g_autoptr(QuarrySplitSummary) torn = NULL;

  quarry_test_site_init (&site, (const guint[]) { 10, 0 });
  dataset = quarry_test_site_dataset (&site, "d", 0);
  g_assert_true (quarry_split_assign (site.catalog, dataset, two_parts, 2, TRUE, 1, &whole, &error));
  g_assert_cmpint (((QuarrySplitRow *) whole->rows->pdata[0])->n_frames, ==, 10);
  g_assert_nonnull (strstr (whole->note, "only one scene"));
  g_assert_true (quarry_split_assign (site.catalog, dataset, two_parts, 2, FALSE, 1, &torn, &error));
  g_assert_cmpint (((QuarrySplitRow *) torn->rows->pdata[0])->n_frames, ==, 8);
  g_assert_cmpint (((QuarrySplitRow *) torn->rows->pdata[1])->n_frames, ==, 2);
  g_assert_nonnull (strstr (torn->note, "leakage"));
  quarry_test_site_clear (&site);
}

static void
test_bad_splits (void)
{
  const QuarrySplitPart twice[] = { { "a", 1 }, { "a", 1 } };
  const QuarrySplitPart none[] = { { "a", 0 } };
  const QuarrySplitPart nameless[] = { { "", 1 } };
  const QuarrySplitPart *bad[] = { twice, none, nameless };
  const gsize lengths[] = { 2, 1, 1 };
  QuarryTestSite site;
  g_autoptr(GError) empty = NULL;
  g_autoptr(GError) error = NULL;
  QuarryId dataset = 0;

  quarry_test_site_init (&site, (const guint[]) { 1, 0 });
  dataset = quarry_catalog_create_dataset (site.catalog, "empty", "", NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) wrong = NULL;

      g_assert_false (quarry_split_assign (site.catalog, dataset, bad[i], lengths[i], TRUE, 0, NULL, &wrong));
      g_assert_error (wrong, QUARRY_SPLIT_ERROR, QUARRY_SPLIT_ERROR_PARTS);
    }
  g_assert_false (quarry_split_assign (site.catalog, dataset, two_parts, 2, TRUE, 0, NULL, &empty));
  g_assert_error (empty, QUARRY_SPLIT_ERROR, QUARRY_SPLIT_ERROR_EMPTY);
  quarry_test_site_clear (&site);
}

static void
test_versions_differ (void)
{
  QuarryTestSite site;
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryDataset) version = NULL;
  g_autoptr(GArray) first = NULL;
  g_autoptr(GPtrArray) rows = NULL;
  g_autofree char *text = NULL;
  QuarryId dataset = 0;
  int number = 0;

  quarry_test_site_init (&site, (const guint[]) { 2, 2, 0 });
  dataset = quarry_test_site_dataset (&site, "d@x", 2);
  g_assert_cmpint (quarry_catalog_freeze_dataset (site.catalog, dataset, "", &error), ==, 1);
  first = quarry_test_site_query (&site, "frame:000000");
  g_assert_true (quarry_catalog_dataset_remove (site.catalog, dataset, first, &error));
  version = quarry_names_find_dataset (site.catalog, "d@x@1", &number, &error);
  g_assert_no_error (error);
  g_assert_cmpint (number, ==, 1);
  rows = quarry_diff_versions (site.catalog, dataset, number, dataset, 0, &error);
  text = quarry_diff_to_text (site.catalog, rows, &error);
  g_assert_cmpstr (text, ==, "- scene 0 000000 (train)\n");
  g_assert_null (quarry_names_find_dataset (site.catalog, "d@x@7", &number, &error));
  g_assert_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND);
  quarry_test_site_clear (&site);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/split/few-scenes-are-split-in-the-best-way", test_small_is_exact);
  g_test_add_func ("/split/no-part-stays-empty-while-scenes-suffice", test_no_empty_part);
  g_test_add_func ("/split/one-scene-goes-to-the-largest-part", test_one_group);
  g_test_add_func ("/split/equal-sizes-are-decided-by-classes", test_classes_break_ties);
  g_test_add_func ("/split/many-scenes-come-near-and-repeat", test_many_come_near);
  g_test_add_func ("/split/the-greedy-way-is-near-the-best", test_greedy_is_near_the_best);
  g_test_add_func ("/split/any-numbers-fill-every-part", test_any_numbers);
  g_test_add_func ("/split/whole-scenes-go-to-one-split-and-undo-brings-it-back", test_by_scene);
  g_test_add_func ("/split/one-scene-is-not-torn-unless-asked", test_one_scene);
  g_test_add_func ("/split/bad-parts-change-nothing", test_bad_splits);
  g_test_add_func ("/diff/names-what-left-since-a-version", test_versions_differ);
  return g_test_run ();
}
