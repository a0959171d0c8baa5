/* test-annotation.c: geometry of labels, and masks as runs
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-annotation.h"
#include "quarry-polygon.h"
#include "quarry-rle.h"
#include "quarry-test.h"

#include <math.h>
#include <string.h>

static void
assert_runs (const GArray *runs, const double *expected, gsize n)
{
  g_assert_nonnull (runs);
  g_assert_cmpmem (runs->data, runs->len * sizeof (double), expected, n * sizeof (double));
}

static void
assert_string (const double *runs, gsize n, const char *text)
{
  g_autofree char *written = quarry_rle_to_string (runs, n);
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) read = quarry_rle_from_string (text, &error);

  g_assert_cmpstr (written, ==, text);
  g_assert_no_error (error);
  assert_runs (read, runs, n);
}

/* The vectors were computed with COCO's own reference tools */
static void
test_rle_strings (void)
{
  g_autoptr(GArray) rectangle = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree char *zeros = g_strnfill (37, '0');
  g_autofree char *text = g_strconcat ("bl4n0V2", zeros, "ne<", NULL);

  assert_string ((const double[]) { 4, 2, 1, 1, 1 }, 5, "421O0");
  assert_string ((const double[]) { 0, 4 }, 2, "04");
  assert_string ((const double[]) { 4 }, 1, "4");
  assert_string ((const double[]) { 3000, 1000, 7, 493, 7, 493, 995000 }, 7, "hm2Xo07U@00ae[n0");
  for (int i = 0; i < 41; i++)
    {
      const double run = i == 0 ? 5010 : i == 40 ? 13060 : i % 2 == 1 ? 30 : 70;

      g_array_append_val (rectangle, run);
    }
  assert_string ((const double *) rectangle->data, rectangle->len, text);
  g_assert_cmpfloat (quarry_rle_get_area ((const double *) rectangle->data, rectangle->len), ==, 600);
}

static void
test_rle_bad_strings (void)
{
  const char * const bad[] = { "4!", "421O", "\x7f", "oooooooooooooooo0", "0O" };
  const gboolean is_bad[] = { TRUE, FALSE, TRUE, TRUE, TRUE };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GArray) runs = quarry_rle_from_string (bad[i], &error);

      if (is_bad[i])
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      else
        g_assert_no_error (error);
      g_assert_true ((runs == NULL) == is_bad[i]);
    }
}

static void
test_rle_round_trip (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (3);

  for (int round = 0; round < 300; round++)
    {
      g_autoptr(GArray) runs = g_array_new (FALSE, FALSE, sizeof (double));
      const int n = g_rand_int_range (rand, 1, 40);
      g_autofree char *text = NULL;
      g_autoptr(GArray) read = NULL;

      for (int i = 0; i < n; i++)
        {
          const double run = g_rand_int_range (rand, i > 0, 1 << g_rand_int_range (rand, 1, 24));

          g_array_append_val (runs, run);
        }
      text = quarry_rle_to_string ((const double *) runs->data, runs->len);
      read = quarry_rle_from_string (text, NULL);
      assert_runs (read, (const double *) runs->data, runs->len);
    }
}

static void
test_polygon_fill (void)
{
  const double box[] = { 10.5, 10.5, 30.5, 10.5, 30.5, 20.5, 10.5, 20.5 };
  const double triangle[] = { 1, 1, 8, 1, 1, 6 };
  const double far[] = { 0, 0, 1e9, 0, 0, 1 };
  g_autoptr(GArray) filled = quarry_rle_from_polygon (box, 4, 50, 40);
  g_autoptr(GArray) three = quarry_rle_from_polygon (triangle, 3, 10, 10);
  g_autofree char *text = quarry_rle_to_string ((const double *) three->data, three->len);

  g_assert_cmpfloat (quarry_rle_get_area ((const double *) filled->data, filled->len), ==, 200);
  g_assert_cmpfloat (g_array_index (filled, double, 0), ==, 11 * 40 + 11);
  g_assert_cmpstr (text, ==, ";55O1O1O100On0");
  g_assert_cmpfloat (quarry_rle_get_area ((const double *) three->data, three->len), ==, 17);
  g_assert_null (quarry_rle_from_polygon (far, 3, 10, 10));
}

static double
sum (const GArray *runs)
{
  double total = 0;

  for (guint i = 0; i < runs->len; i++)
    total += g_array_index (runs, double, i);
  return total;
}

static void
test_polygons_fill_their_area (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (9);

  for (int round = 0; round < 200; round++)
    {
      double xy[40];
      const int n = g_rand_int_range (rand, 3, 20);
      g_autoptr(GArray) runs = NULL;

      for (int i = 0; i < 2 * n; i++)
        xy[i] = g_rand_double_range (rand, -20, 80);
      runs = quarry_rle_from_polygon (xy, (gsize) n, 60, 50);
      g_assert_cmpfloat (sum (runs), ==, 3000);
      for (guint i = 1; i < runs->len; i++)
        g_assert_cmpfloat (g_array_index (runs, double, i), >, 0);
    }
}

static void
test_combine (void)
{
  const double a[] = { 2, 4, 4 };
  const double b[] = { 4, 4, 2 };
  g_autoptr(GArray) either = quarry_rle_combine (a, 3, b, 3, QUARRY_RLE_OR);
  g_autoptr(GArray) both = quarry_rle_combine (a, 3, b, 3, QUARRY_RLE_AND);
  g_autoptr(GArray) one = quarry_rle_combine (a, 3, b, 3, QUARRY_RLE_XOR);

  assert_runs (either, (const double[]) { 2, 6, 2 }, 3);
  assert_runs (both, (const double[]) { 4, 2, 4 }, 3);
  assert_runs (one, (const double[]) { 2, 2, 2, 2, 2 }, 5);
}

static void
assert_bounds (QuarryAnnotationKind kind, const double *geometry, gsize n, const double expected[4])
{
  g_autoptr(QuarryAnnotation) annotation = quarry_annotation_new (kind, "x", "1", geometry, n);
  double box[4];

  g_assert_true (quarry_annotation_get_bounds (annotation, box));
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (box[i], expected[i], 1e-9);
}

static void
test_bounds (void)
{
  assert_bounds (QUARRY_ANNOTATION_BOX2D, (const double[]) { 10, 20, 4, 2, G_PI / 2 }, 5, (const double[]) { 11, 19, 2, 4 });
  assert_bounds (QUARRY_ANNOTATION_POLYGON, (const double[]) { 1, 2, 5, 2, 5, 9, NAN, NAN, 2, 3, 3, 3, 3, 4 }, 14,
                 (const double[]) { 1, 2, 4, 7 });
  assert_bounds (QUARRY_ANNOTATION_KEYPOINTS, (const double[]) { 0, 0, 0, 4, 5, 2, 6, 9, 1 }, 9, (const double[]) { 4, 5, 2, 4 });
  assert_bounds (QUARRY_ANNOTATION_MASK, (const double[]) { 3, 3, 4, 2, 1, 1, 1 }, 7, (const double[]) { 1, 1, 2, 2 });
}

static void
test_area (void)
{
  const double holed[] = { 0, 0, 10, 0, 10, 10, 0, 10, NAN, NAN, 2, 2, 4, 2, 4, 4, 2, 4 };
  const double apart[] = { 0, 0, 10, 0, 10, 10, 0, 10, NAN, NAN, 12, 2, 14, 2, 14, 4, 12, 4 };
  g_autoptr(QuarryAnnotation) with_hole = quarry_annotation_new (QUARRY_ANNOTATION_POLYGON, "x", "1", holed, G_N_ELEMENTS (holed));
  g_autoptr(QuarryAnnotation) two = quarry_annotation_new (QUARRY_ANNOTATION_POLYGON, "x", "1", apart, G_N_ELEMENTS (apart));
  g_autoptr(QuarryAnnotation) mask = quarry_annotation_new (QUARRY_ANNOTATION_MASK, "x", "1", (const double[]) { 3, 3, 4, 2, 1, 1, 1 }, 7);
  g_autoptr(GArray) holed_rings = quarry_polygon_list_rings (holed, G_N_ELEMENTS (holed));
  g_autoptr(GArray) apart_rings = quarry_polygon_list_rings (apart, G_N_ELEMENTS (apart));

  g_assert_cmpfloat (quarry_annotation_get_area (with_hole), ==, 96);
  g_assert_cmpfloat (quarry_annotation_get_area (two), ==, 104);
  g_assert_cmpfloat (quarry_annotation_get_area (mask), ==, 3);
  g_assert_true (quarry_polygon_has_holes (holed_rings));
  g_assert_false (quarry_polygon_has_holes (apart_rings));
}

static void
test_check (void)
{
  static const struct { QuarryAnnotationKind kind; double geometry[10]; gsize n; gboolean good; } cases[] = {
    { QUARRY_ANNOTATION_BOX2D, { 0, 0, 1, 1, 0 }, 5, TRUE },
    { QUARRY_ANNOTATION_BOX2D, { 0, 0, -1, 1, 0 }, 5, FALSE },
    { QUARRY_ANNOTATION_BOX2D, { 0, 0, 1, 1 }, 4, FALSE },
    { QUARRY_ANNOTATION_CUBOID, { 0, 0, 0, 1, 1, 1, 1, 0, 0, 0 }, 10, TRUE },
    { QUARRY_ANNOTATION_CUBOID, { 0, 0, 0, 1, 1, 1, 1, 1, 0, 0 }, 10, FALSE },
    { QUARRY_ANNOTATION_POLYLINE, { 0, 0, 1, 1 }, 4, TRUE },
    { QUARRY_ANNOTATION_POLYGON, { 0, 0, 1, 1 }, 4, FALSE },
    { QUARRY_ANNOTATION_MASK, { 2, 2, 1, 3 }, 4, TRUE },
    { QUARRY_ANNOTATION_MASK, { 2, 2, 1, 2 }, 4, FALSE },
    { QUARRY_ANNOTATION_CLASS, { 0 }, 0, TRUE },
    { QUARRY_ANNOTATION_BOX2D, { INFINITY, 0, 1, 1, 0 }, 5, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(QuarryAnnotation) annotation = quarry_annotation_new (cases[i].kind, "x", "1", cases[i].geometry, cases[i].n);
      g_autoptr(GError) error = NULL;

      g_assert_true (quarry_annotation_check (annotation, &error) == cases[i].good);
      g_assert_true ((error == NULL) == cases[i].good);
    }
}

static void
test_kinds (void)
{
  for (guint kind = 0; kind < QUARRY_N_ANNOTATION_KINDS; kind++)
    {
      QuarryAnnotationKind parsed = QUARRY_N_ANNOTATION_KINDS;

      g_assert_true (quarry_annotation_kind_parse (quarry_annotation_kind_name (kind), &parsed));
      g_assert_cmpuint (parsed, ==, kind);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rle/strings-are-those-of-the-reference", test_rle_strings);
  g_test_add_func ("/rle/bad-strings-are-refused", test_rle_bad_strings);
  g_test_add_func ("/rle/strings-round-trip", test_rle_round_trip);
  g_test_add_func ("/rle/polygons-fill-as-the-reference", test_polygon_fill);
  g_test_add_func ("/rle/any-polygon-fills-the-whole-mask", test_polygons_fill_their_area);
  g_test_add_func ("/rle/masks-combine", test_combine);
  g_test_add_func ("/annotation/bounds", test_bounds);
  g_test_add_func ("/annotation/area-knows-holes", test_area);
  g_test_add_func ("/annotation/bad-geometry-is-refused", test_check);
  g_test_add_func ("/annotation/kinds-have-names", test_kinds);
  return g_test_run ();
}
