/* test-polygon.c: rings of polygons, and masks against a picture painted pixel by pixel
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-polygon.h"
#include "quarry-rle.h"
#include "quarry-test.h"

#include <math.h>
#include <string.h>

#define CUT (double) NAN, (double) NAN
#define SQUARE(x, y, size) (x), (y), (x) + (size), (y), (x) + (size), (y) + (size), (x), (y) + (size)

static double
area_of (const double *geometry, gsize n)
{
  g_autoptr(GArray) rings = quarry_polygon_list_rings (geometry, n);

  return quarry_polygon_get_area (rings);
}

static void
test_rings_are_parted_by_gaps (void)
{
  static const struct { double geometry[24]; gsize n; guint n_rings; gsize first; } cases[] = {
    { { 0 }, 0, 0, 0 },
    { { SQUARE (0, 0, 1) }, 8, 1, 4 },
    { { SQUARE (0, 0, 1), CUT, 5, 5, 6, 5, 6, 6 }, 16, 2, 4 },
    { { CUT, SQUARE (0, 0, 1) }, 10, 1, 4 },
    { { SQUARE (0, 0, 1), CUT }, 10, 1, 4 },
    { { SQUARE (0, 0, 1), CUT, CUT, 5, 5, 6, 5, 6, 6 }, 18, 2, 4 },
    { { 1, 1, 2, 2, CUT, 5, 5, 6, 5, 6, 6 }, 12, 1, 3 },      /* a line is no ring */
    { { 1, 1, 2, 2 }, 4, 0, 0 },
    { { CUT }, 2, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GArray) rings = quarry_polygon_list_rings (cases[i].geometry, cases[i].n);

      g_assert_cmpuint (rings->len, ==, cases[i].n_rings);
      if (rings->len > 0)
        g_assert_cmpuint (g_array_index (rings, QuarryRing, 0).n, ==, cases[i].first);
      for (guint k = 0; k < rings->len; k++)
        for (gsize p = 0; p < 2 * g_array_index (rings, QuarryRing, k).n; p++)
          g_assert_false (isnan (g_array_index (rings, QuarryRing, k).xy[p]));
    }
}

static void
test_areas_by_hand (void)
{
  static const double square[] = { SQUARE (2, 3, 10) };
  static const double turned[] = { 2, 3, 2, 13, 12, 13, 12, 3 };
  static const double triangle[] = { 0, 0, 8, 0, 0, 6 };
  static const double hole[] = { SQUARE (0, 0, 10), CUT, SQUARE (2, 2, 4) };
  static const double island[] = { SQUARE (0, 0, 10), CUT, SQUARE (2, 2, 6), CUT, SQUARE (4, 4, 2) };
  static const double apart[] = { SQUARE (0, 0, 10), CUT, SQUARE (20, 0, 5) };
  static const double flat[] = { 0, 0, 5, 0, 10, 0 };

  g_assert_cmpfloat (area_of (square, 8), ==, 100);
  g_assert_cmpfloat (area_of (turned, 8), ==, 100);
  g_assert_cmpfloat (area_of (triangle, 6), ==, 24);
  g_assert_cmpfloat (area_of (hole, 18), ==, 84);
  g_assert_cmpfloat (area_of (island, 28), ==, 100 - 36 + 4);
  g_assert_cmpfloat (area_of (apart, 18), ==, 125);
  g_assert_cmpfloat (area_of (flat, 6), ==, 0);
  g_assert_cmpfloat (area_of (square, 0), ==, 0);
}

static void
test_holes_are_seen (void)
{
  static const double hole[] = { SQUARE (0, 0, 10), CUT, SQUARE (2, 2, 4) };
  static const double first[] = { SQUARE (2, 2, 4), CUT, SQUARE (0, 0, 10) };
  static const double apart[] = { SQUARE (0, 0, 10), CUT, SQUARE (20, 0, 5) };
  static const double single[] = { SQUARE (0, 0, 10) };
  g_autoptr(GArray) rings = quarry_polygon_list_rings (hole, 18);
  g_autoptr(GArray) other = quarry_polygon_list_rings (first, 18);
  g_autoptr(GArray) far_off = quarry_polygon_list_rings (apart, 18);
  g_autoptr(GArray) one = quarry_polygon_list_rings (single, 8);

  g_assert_true (quarry_polygon_has_holes (rings));
  g_assert_true (quarry_polygon_has_holes (other));
  g_assert_false (quarry_polygon_has_holes (far_off));
  g_assert_false (quarry_polygon_has_holes (one));
}

/* A star crosses itself: its middle is outside by even-odd */
static void
test_inside_is_even_odd (void)
{
  double star[10];
  QuarryRing ring = { star, 5 };

  for (int i = 0; i < 5; i++)
    {
      const double angle = 2 * i * 2 * G_PI / 5;

      star[2 * i] = 100 * sin (angle);
      star[2 * i + 1] = -100 * cos (angle);
    }
  g_assert_false (quarry_ring_contains (&ring, 0.1, 0.2));
  g_assert_true (quarry_ring_contains (&ring, 0.1, -70));
  g_assert_false (quarry_ring_contains (&ring, 0.1, 90));
  g_assert_false (quarry_ring_contains (&ring, 300, 0));
}

/* Moving or scaling a polygon moves nothing but what it must */
static void
test_area_scales (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (2);

  for (int round = 0; round < 200; round++)
    {
      double a[24], b[24];
      const double dx = g_rand_double_range (rand, -50, 50), k = g_rand_double_range (rand, 0.1, 5);

      for (int i = 0; i < 12; i++)      /* a star shape about the origin: never crosses itself */
        {
          const double r = g_rand_double_range (rand, 1, 30);

          a[2 * i] = r * cos (i * G_PI / 6);
          a[2 * i + 1] = r * sin (i * G_PI / 6);
          b[2 * i] = k * a[2 * i] + dx;
          b[2 * i + 1] = k * a[2 * i + 1] - dx;
        }
      g_assert_cmpfloat_with_epsilon (area_of (b, 24), k * k * area_of (a, 24), 1e-6);
    }
}

/* --- masks --- */

#define WIDTH 23
#define HEIGHT 17

typedef struct { gboolean on[WIDTH][HEIGHT]; } Paper;

static void
paint (Paper *self, const GArray *runs)
{
  gsize at = 0;
  gboolean on = FALSE;

  memset (self, 0, sizeof *self);
  for (guint i = 0; i < runs->len; i++, on = !on)
    for (gsize k = (gsize) g_array_index (runs, double, i); k > 0; k--, at++)
      {
        g_assert_cmpuint (at, <, WIDTH * HEIGHT);
        self->on[at / HEIGHT][at % HEIGHT] = on;
      }
  g_assert_cmpuint (at, ==, WIDTH * HEIGHT);
}

static GArray *
any_mask (GRand *rand)
{
  GArray *runs = g_array_new (FALSE, FALSE, sizeof (double));
  int left = WIDTH * HEIGHT;

  while (left > 0)
    {
      const int any = g_rand_int_range (rand, runs->len == 0 ? 0 : 1, 60);
      const int n = MIN (left, any);
      const double run = n;

      g_array_append_val (runs, run);
      left -= n;
    }
  return runs;
}

static void
test_combining_is_pixel_by_pixel (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);

  for (int round = 0; round < 300; round++)
    {
      const QuarryRleOperator operator = (QuarryRleOperator) (round % 3);
      g_autoptr(GArray) a = any_mask (rand);
      g_autoptr(GArray) b = any_mask (rand);
      g_autoptr(GArray) both = quarry_rle_combine ((const double *) a->data, a->len, (const double *) b->data, b->len, operator);
      Paper pa, pb, pc;
      double area = 0;

      paint (&pa, a);
      paint (&pb, b);
      paint (&pc, both);
      for (int x = 0; x < WIDTH; x++)
        for (int y = 0; y < HEIGHT; y++)
          {
            const gboolean p = pa.on[x][y], q = pb.on[x][y];
            const gboolean want = operator == QUARRY_RLE_OR ? (p || q) : operator == QUARRY_RLE_AND ? (p && q) : p != q;

            g_assert_cmpint (pc.on[x][y], ==, want);
            area += want;
          }
      g_assert_cmpfloat (quarry_rle_get_area ((const double *) both->data, both->len), ==, area);
      for (guint i = 1; i < both->len; i++)
        g_assert_cmpfloat (g_array_index (both, double, i), >, 0);      /* no run is torn in two */
    }
}

static void
test_text_keeps_any_mask (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (8);

  for (int round = 0; round < 300; round++)
    {
      g_autoptr(GArray) a = any_mask (rand);
      g_autofree char *text = quarry_rle_to_string ((const double *) a->data, a->len);
      g_autoptr(GArray) back = quarry_rle_from_string (text, NULL);

      g_assert_nonnull (back);
      g_assert_cmpmem (back->data, back->len * sizeof (double), a->data, a->len * sizeof (double));
      for (const char *c = text; *c != '\0'; c++)
        g_assert_true (*c >= '0' && *c < 'p');
    }
}

/* Boxes on whole pixels are filled exactly, wherever they lie, also half outside */
static void
test_boxes_fill_their_pixels (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (9);

  for (int round = 0; round < 300; round++)
    {
      const int x = g_rand_int_range (rand, -6, WIDTH), y = g_rand_int_range (rand, -6, HEIGHT);
      const int w = g_rand_int_range (rand, 1, 15), h = g_rand_int_range (rand, 1, 15);
      const double xy[] = { x, y, x + w, y, x + w, y + h, x, y + h };
      g_autoptr(GArray) runs = quarry_rle_from_polygon (xy, 4, WIDTH, HEIGHT);
      Paper paper;

      paint (&paper, runs);
      if (x < 0 || y < 0 || x + w > WIDTH || y + h > HEIGHT)
        continue;                     /* COCO's rule at the border is its own; the mask is whole, see above */
      for (int i = 0; i < WIDTH; i++)
        for (int j = 0; j < HEIGHT; j++)
          g_assert_cmpint (paper.on[i][j], ==, i >= x && i < x + w && j >= y && j < y + h);
    }
}

/* A polygon's mask and its formula agree to the pixels of its outline */
static void
test_mask_and_formula_agree (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (10);

  for (int round = 0; round < 100; round++)
    {
      double xy[16];
      g_autoptr(GArray) runs = NULL;
      double around = 0;

      for (int i = 0; i < 8; i++)
        {
          const double r = g_rand_double_range (rand, 20, 90);

          xy[2 * i] = 100 + r * cos (i * G_PI / 4);
          xy[2 * i + 1] = 100 + r * sin (i * G_PI / 4);
        }
      for (int i = 0; i < 8; i++)
        around += hypot (xy[2 * i] - xy[2 * ((i + 1) % 8)], xy[2 * i + 1] - xy[2 * ((i + 1) % 8) + 1]);
      runs = quarry_rle_from_polygon (xy, 8, 200, 200);
      g_assert_cmpfloat (fabs (quarry_rle_get_area ((const double *) runs->data, runs->len) - area_of (xy, 16)), <, around);
      g_assert_cmpfloat (fabs (quarry_rle_get_area ((const double *) runs->data, runs->len) - area_of (xy, 16)), <, 0.03 * area_of (xy, 16) + 20);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/polygon/rings-are-parted-by-gaps", test_rings_are_parted_by_gaps);
  g_test_add_func ("/polygon/areas-by-hand", test_areas_by_hand);
  g_test_add_func ("/polygon/holes-are-seen", test_holes_are_seen);
  g_test_add_func ("/polygon/inside-is-even-odd", test_inside_is_even_odd);
  g_test_add_func ("/polygon/area-scales", test_area_scales);
  g_test_add_func ("/mask/combining-is-pixel-by-pixel", test_combining_is_pixel_by_pixel);
  g_test_add_func ("/mask/text-keeps-any-mask", test_text_keeps_any_mask);
  g_test_add_func ("/mask/boxes-fill-their-pixels", test_boxes_fill_their_pixels);
  g_test_add_func ("/mask/mask-and-formula-agree", test_mask_and_formula_agree);
  return g_test_run ();
}
