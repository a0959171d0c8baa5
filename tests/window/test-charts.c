/* test-charts.c: bars, charts of bars, cards in columns, and the legend of colours
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-bar-chart.h"
#include "quarry-bar.h"
#include "quarry-cards.h"
#include "quarry-color-legend.h"
#include "quarry-test-widget.h"

typedef struct
{
  GtkWidget *window;
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->window = gtk_window_new ();
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

/* Puts @child alone into the window, @width wide */
static void
show (Fixture *fixture, GtkWidget *child, int width, int height)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_set_size_request (child, width, height);
  gtk_widget_set_halign (child, GTK_ALIGN_START);
  gtk_widget_set_valign (child, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), child);
  gtk_window_set_child (GTK_WINDOW (fixture->window), box);
  gtk_window_present (GTK_WINDOW (fixture->window));
  quarry_test_wait (gtk_widget_get_mapped (child) && gtk_widget_get_width (child) > 0);
}

static GdkRGBA
color_of (const char *text)
{
  GdkRGBA color;

  g_assert_true (gdk_rgba_parse (&color, text));
  return color;
}

/* --- a bar --- */

static void
test_bar_share (void)
{
  static const struct { double given, expected; } cases[] = {
    { 0, 0 }, { 0.25, 0.25 }, { 1, 1 }, { -0.5, 0 }, { 1.5, 1 }, { G_MAXDOUBLE, 1 }, { -G_MAXDOUBLE, 0 },
  };
  GtkWidget *bar = g_object_ref_sink (quarry_bar_new ());
  const GdkRGBA red = color_of ("red");

  g_assert_cmpfloat (quarry_bar_get_share (QUARRY_BAR (bar)), ==, 0);
  g_assert_cmpuint (quarry_bar_get_n_parts (QUARRY_BAR (bar)), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      quarry_bar_set_share (QUARRY_BAR (bar), cases[i].given, &red);
      g_assert_cmpfloat_with_epsilon (quarry_bar_get_share (QUARRY_BAR (bar)), cases[i].expected, 1e-12);
      g_assert_cmpuint (quarry_bar_get_n_parts (QUARRY_BAR (bar)), ==, 1);
    }
  g_assert_finalize_object (bar);
}

static void
test_bar_parts (void)
{
  GtkWidget *bar = g_object_ref_sink (quarry_bar_new ());
  QuarryBarPart parts[] = { { 0.5, color_of ("red") }, { 0.25, color_of ("green") }, { 0.125, color_of ("blue") } };

  quarry_bar_set_parts (QUARRY_BAR (bar), parts, 3);
  parts[0].share = 0;                                                    /* a copy was taken */
  g_assert_cmpfloat_with_epsilon (quarry_bar_get_share (QUARRY_BAR (bar)), 0.875, 1e-12);
  g_assert_cmpuint (quarry_bar_get_n_parts (QUARRY_BAR (bar)), ==, 3);
  quarry_bar_set_parts (QUARRY_BAR (bar), parts, 1);
  g_assert_cmpuint (quarry_bar_get_n_parts (QUARRY_BAR (bar)), ==, 1);
  quarry_bar_set_parts (QUARRY_BAR (bar), NULL, 0);
  g_assert_cmpuint (quarry_bar_get_n_parts (QUARRY_BAR (bar)), ==, 0);
  g_assert_cmpfloat (quarry_bar_get_share (QUARRY_BAR (bar)), ==, 0);
  g_assert_finalize_object (bar);
}

static void
test_bar_paints (Fixture *fixture, gconstpointer data)
{
  GtkWidget *bar = quarry_bar_new ();
  const QuarryBarPart parts[] = { { 0.5, color_of ("#ff0000") }, { 0.25, color_of ("#0000ff") } };
  g_autofree guint32 *pixels = NULL;
  Picture picture;

  quarry_bar_set_parts (QUARRY_BAR (bar), parts, 2);
  show (fixture, bar, 200, 8);
  picture = widget_paint (bar);
  pixels = picture.pixels;
  g_assert_cmpint (picture.width, ==, 200);
  g_assert_true (picture_has (&picture, 50, 4, "#ff0000", 2));
  g_assert_true (picture_has (&picture, 98, 4, "#ff0000", 2));
  g_assert_true (picture_has (&picture, 110, 4, "#0000ff", 2));
  g_assert_true (picture_has (&picture, 148, 4, "#0000ff", 2));
  g_assert_cmpuint (pixels[4 * 200 + 170] >> 24, >, 0);                  /* the track is there, and faint */
  g_assert_cmpuint (pixels[4 * 200 + 170] >> 24, <, 100);
  g_assert_cmpuint (pixels[0] >> 24, <, 128);                            /* round ends */
}

static void
test_bar_mirrored (Fixture *fixture, gconstpointer data)
{
  GtkWidget *bar = quarry_bar_new ();
  const GdkRGBA red = color_of ("#ff0000");
  g_autofree guint32 *pixels = NULL;
  Picture picture;

  gtk_widget_set_direction (bar, GTK_TEXT_DIR_RTL);
  quarry_bar_set_share (QUARRY_BAR (bar), 0.25, &red);
  show (fixture, bar, 200, 8);
  picture = widget_paint (bar);
  pixels = picture.pixels;
  g_assert_true (picture_has (&picture, 180, 4, "#ff0000", 2));
  g_assert_false (picture_has (&picture, 20, 4, "#ff0000", 60));
}

static void
test_bar_small_is_seen (Fixture *fixture, gconstpointer data)
{
  GtkWidget *bar = quarry_bar_new ();
  const QuarryBarPart parts[] = { { 0, color_of ("#00ff00") }, { 1e-6, color_of ("#ff0000") } };
  g_autofree guint32 *pixels = NULL;
  guint n_red = 0;
  Picture picture;

  quarry_bar_set_parts (QUARRY_BAR (bar), parts, 2);
  show (fixture, bar, 200, 8);
  picture = widget_paint (bar);
  pixels = picture.pixels;
  for (int x = 0; x < 8; x++)
    {
      n_red += (pixels[4 * 200 + x] >> 16 & 0xff) > 100;
      g_assert_cmpuint (pixels[4 * 200 + x] >> 8 & 0xff, <, 100);        /* nothing of the part that is not there */
    }
  g_assert_cmpuint (n_red, >=, 1);
}

static void
test_split_colors (void)
{
  static const char * const names[] = { "train", "val", "test" };
  GdkRGBA none, first, again, color;

  quarry_bar_color_of (NULL, 0, &none);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      quarry_bar_color_of (names[i], 0, &first);
      quarry_bar_color_of (names[i], 7, &again);
      g_assert_true (gdk_rgba_equal (&first, &again));                   /* wherever it stands */
      g_assert_false (gdk_rgba_equal (&first, &none));
      for (gsize k = 0; k < i; k++)
        {
          quarry_bar_color_of (names[k], 0, &color);
          g_assert_false (gdk_rgba_equal (&first, &color));
        }
    }
  for (guint i = 0; i < 4; i++)
    {
      quarry_bar_color_of ("fold", i, &first);
      quarry_bar_color_of ("fold", i + 1, &again);
      g_assert_false (gdk_rgba_equal (&first, &again));                  /* neighbours differ */
      g_assert_cmpfloat (first.alpha, ==, 1);
    }
}

/* --- a chart --- */

typedef struct
{
  const char *name;
  gint64      n_frames, n_annotations;
  const char *color;
} Row;

static GPtrArray *
make_rows (const Row *rows, gsize n)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_facet_row_free);

  for (gsize i = 0; i < n; i++)
    {
      QuarryFacetRow *row = g_new0 (QuarryFacetRow, 1);

      row->name = g_strdup (rows[i].name);
      row->n_frames = rows[i].n_frames;
      row->n_annotations = rows[i].n_annotations;
      row->color = g_strdup (rows[i].color);
      g_ptr_array_add (list, row);
    }
  return list;
}

static GtkWidget *
make_chart (const Row *rows, gsize n)
{
  GtkWidget *chart = g_object_ref_sink (quarry_bar_chart_new ("Classes", "No labels yet"));
  g_autoptr(GPtrArray) list = make_rows (rows, n);

  quarry_bar_chart_set_rows (QUARRY_BAR_CHART (chart), list);
  return chart;
}

/* "person 12|truck 6" */
static char *
describe_chart (GtkWidget *chart)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < quarry_bar_chart_get_n_shown (QUARRY_BAR_CHART (chart)); i++)
    {
      GtkWidget *box = gtk_button_get_child (GTK_BUTTON (quarry_bar_chart_get_row (QUARRY_BAR_CHART (chart), i)));

      g_string_append_printf (text, "%s%s %s", i > 0 ? "|" : "", gtk_label_get_text (GTK_LABEL (gtk_widget_get_first_child (box))),
                              gtk_label_get_text (GTK_LABEL (gtk_widget_get_last_child (box))));
    }
  return g_string_free (text, FALSE);
}

static void
test_chart_sorts (void)
{
  static const Row rows[] = { { "b", 5 }, { "zero", 0 }, { "a", 5 }, { "most", 1234 } };
  GtkWidget *chart = make_chart (rows, G_N_ELEMENTS (rows));
  g_autofree char *text = describe_chart (chart);

  g_assert_cmpstr (text, ==, "most 1\342\200\257234|a 5|b 5|zero 0");
  g_assert_null (quarry_bar_chart_get_row (QUARRY_BAR_CHART (chart), 4));
  g_assert_finalize_object (chart);
}

static void
test_chart_shares (void)
{
  static const Row rows[] = { { "all", 8 }, { "half", 4 }, { "none", 0 } };
  static const double shares[] = { 1, 0.5, 0 };
  GtkWidget *chart = make_chart (rows, G_N_ELEMENTS (rows));

  for (guint i = 0; i < 3; i++)
    {
      GtkWidget *bar = site_find (quarry_bar_chart_get_row (QUARRY_BAR_CHART (chart), i), QUARRY_TYPE_BAR, NULL);

      g_assert_cmpfloat_with_epsilon (quarry_bar_get_share (QUARRY_BAR (bar)), shares[i], 1e-12);
    }
  g_assert_finalize_object (chart);
}

static void
test_chart_all_zero (void)
{
  static const Row rows[] = { { "b", 0 }, { "a", 0, 0, "not a colour" } };
  GtkWidget *chart = make_chart (rows, G_N_ELEMENTS (rows));
  GtkWidget *bar = site_find (quarry_bar_chart_get_row (QUARRY_BAR_CHART (chart), 0), QUARRY_TYPE_BAR, NULL);
  g_autofree char *text = describe_chart (chart);

  g_assert_cmpstr (text, ==, "a 0|b 0");
  g_assert_cmpfloat (quarry_bar_get_share (QUARRY_BAR (bar)), ==, 0);
  g_assert_finalize_object (chart);
}

static void
test_chart_tooltips (void)
{
  static const Row rows[] = { { "person", 12, 40 }, { "truck", 2, 1 }, { "dozer", 1, 0 } };
  static const char * const tooltips[] = { "person: 12 frames, 40 labels", "truck: 2 frames, 1 label", "dozer: 1 frame" };
  GtkWidget *chart = make_chart (rows, G_N_ELEMENTS (rows));

  for (guint i = 0; i < 3; i++)
    g_assert_cmpstr (gtk_widget_get_tooltip_text (quarry_bar_chart_get_row (QUARRY_BAR_CHART (chart), i)), ==, tooltips[i]);
  g_assert_finalize_object (chart);
}

static void
activated_cb (QuarryBarChart *chart, const char *name, GString *log)
{
  g_string_append_printf (log, "%s;", name);
}

static void
test_chart_activates (void)
{
  static const Row rows[] = { { "<b>bold & co</b>", 2 }, { "grün", 1 } };
  GtkWidget *chart = make_chart (rows, G_N_ELEMENTS (rows));
  g_autoptr(GString) log = g_string_new (NULL);

  g_signal_connect (chart, "activated", G_CALLBACK (activated_cb), log);
  g_signal_emit_by_name (quarry_bar_chart_get_row (QUARRY_BAR_CHART (chart), 1), "clicked");
  g_signal_emit_by_name (quarry_bar_chart_get_row (QUARRY_BAR_CHART (chart), 0), "clicked");
  g_assert_cmpstr (log->str, ==, "grün;<b>bold & co</b>;");
  g_assert_finalize_object (chart);
}

static void
test_chart_empty (void)
{
  static const Row rows[] = { { "a", 1 } };
  GtkWidget *chart = g_object_ref_sink (quarry_bar_chart_new ("Tags", "Nothing is tagged: press T"));
  GtkWidget *text = site_find (chart, GTK_TYPE_LABEL, "Nothing is tagged: press T");
  g_autoptr(GPtrArray) one = make_rows (rows, 1);
  g_autoptr(GPtrArray) none = make_rows (rows, 0);

  g_assert_nonnull (site_find (chart, GTK_TYPE_LABEL, "Tags"));
  g_assert_true (gtk_widget_get_visible (text));
  quarry_bar_chart_set_rows (QUARRY_BAR_CHART (chart), one);
  g_assert_false (gtk_widget_get_visible (text));
  quarry_bar_chart_set_rows (QUARRY_BAR_CHART (chart), none);
  g_assert_true (gtk_widget_get_visible (text));
  g_assert_cmpuint (quarry_bar_chart_get_n_shown (QUARRY_BAR_CHART (chart)), ==, 0);
  g_assert_finalize_object (chart);
}

/* Eight rows, then all, but never more than 300; what was opened stays open through new counts */
static void
test_chart_more (void)
{
  static const struct { guint n, first, all; } cases[] = { { 8, 8, 8 }, { 9, 8, 9 }, { 301, 8, 300 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree Row *rows = g_new0 (Row, cases[i].n);
      g_autofree char *all = g_strdup_printf ("Show all %u", cases[i].n);
      g_autoptr(GPtrArray) again = NULL;
      GtkWidget *chart = NULL, *more = NULL;

      for (guint k = 0; k < cases[i].n; k++)
        rows[k] = (Row) { "row", k };
      chart = make_chart (rows, cases[i].n);
      again = make_rows (rows, cases[i].n);
      g_assert_cmpuint (quarry_bar_chart_get_n_shown (QUARRY_BAR_CHART (chart)), ==, cases[i].first);
      more = site_find (chart, GTK_TYPE_BUTTON, all);
      g_assert_true ((more != NULL) == (cases[i].n > 8));
      if (more != NULL)
        {
          g_signal_emit_by_name (more, "clicked");
          g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (more)), ==, "Show fewer");
          quarry_bar_chart_set_rows (QUARRY_BAR_CHART (chart), again);
        }
      g_assert_cmpuint (quarry_bar_chart_get_n_shown (QUARRY_BAR_CHART (chart)), ==, cases[i].all);
      if (more != NULL)
        g_signal_emit_by_name (more, "clicked");
      g_assert_cmpuint (quarry_bar_chart_get_n_shown (QUARRY_BAR_CHART (chart)), ==, cases[i].first);
      g_assert_finalize_object (chart);
    }
}

/* --- cards --- */

static GtkWidget *
make_cards (const int *heights, gsize n, int least_width)
{
  GtkWidget *cards = g_object_ref_sink (g_object_new (QUARRY_TYPE_CARDS, "column-width", 100, "spacing", 10, NULL));

  for (gsize i = 0; i < n; i++)
    {
      GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

      gtk_widget_set_size_request (card, least_width, heights[i]);
      quarry_cards_append (QUARRY_CARDS (cards), card);
    }
  return cards;
}

static int
measure_height (GtkWidget *cards, int width)
{
  int height = -1;

  gtk_widget_measure (cards, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
  return height;
}

static void
test_cards_empty (void)
{
  GtkWidget *cards = make_cards (NULL, 0, 0);

  g_assert_cmpint (measure_height (cards, 500), ==, 0);
  g_assert_cmpint (measure_height (cards, -1), ==, 0);
  g_assert_finalize_object (cards);
}

static void
test_cards_hidden (void)
{
  static const int heights[] = { 50, 40, 30 };
  GtkWidget *cards = make_cards (heights, 3, 10);

  g_assert_cmpint (measure_height (cards, 100), ==, 50 + 40 + 30 + 2 * 10);
  gtk_widget_set_visible (gtk_widget_get_first_child (cards), FALSE);
  g_assert_cmpint (measure_height (cards, 100), ==, 40 + 30 + 10);       /* neither its height nor its gap */
  g_assert_cmpint (measure_height (cards, 1000), ==, 40);
  g_assert_finalize_object (cards);
}

static void
test_cards_properties (void)
{
  static const int heights[] = { 50, 50 };
  GtkWidget *cards = make_cards (heights, 2, 10);
  int column = 0, spacing = 0;

  g_object_get (cards, "column-width", &column, "spacing", &spacing, NULL);
  g_assert_cmpint (column, ==, 100);
  g_assert_cmpint (spacing, ==, 10);
  g_assert_cmpint (measure_height (cards, 210), ==, 50);
  g_object_set (cards, "column-width", 101, NULL);
  g_assert_cmpint (measure_height (cards, 210), ==, 110);
  g_object_set (cards, "spacing", 8, NULL);
  g_assert_cmpint (measure_height (cards, 210), ==, 50);
  g_assert_finalize_object (cards);
}

static void
test_cards_wide_child (void)
{
  static const int heights[] = { 20, 20 };
  GtkWidget *cards = make_cards (heights, 2, 333);
  int least = 0;

  gtk_widget_measure (cards, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  g_assert_cmpint (least, ==, 333);
  g_assert_finalize_object (cards);
}

static void
test_cards_places (Fixture *fixture, gconstpointer data)
{
  static const int heights[] = { 50, 20, 20, 30 };
  static const int expected[][2] = { { 0, 0 }, { 110, 0 }, { 110, 30 }, { 0, 60 } };
  GtkWidget *cards = make_cards (heights, 4, 10);
  GtkWidget *card = NULL;

  show (fixture, cards, 210, -1);
  quarry_test_wait (gtk_widget_get_width (cards) >= 210);
  card = gtk_widget_get_first_child (cards);
  for (int i = 0; i < 4; i++, card = gtk_widget_get_next_sibling (card))
    {
      graphene_rect_t bounds;

      g_assert_true (gtk_widget_compute_bounds (card, cards, &bounds));
      if (gtk_widget_get_width (cards) == 210)
        {
          g_assert_cmpint ((int) bounds.origin.x, ==, expected[i][0]);
          g_assert_cmpint ((int) bounds.origin.y, ==, expected[i][1]);
        }
      g_assert_cmpint ((int) bounds.size.height, ==, heights[i]);
    }
  g_object_unref (cards);
}

/* --- the legend --- */

static void
test_legend (void)
{
  static const struct { QuarryColorBy by; double range[2]; const char *title, *least, *most; gboolean shown; } cases[] = {
    { QUARRY_COLOR_BY_DEPTH, { 2, 60.4 }, "Depth", "2.0 m", "60 m", TRUE },
    { QUARRY_COLOR_BY_HEIGHT, { -1.53, 9.94 }, "Height", "-1.5 m", "9.9 m", TRUE },
    { QUARRY_COLOR_BY_HEIGHT, { -12.6, -10.2 }, "Height", "-13 m", "-10 m", TRUE },
    { QUARRY_COLOR_BY_INTENSITY, { 0, 1 }, "Intensity", "0 %", "100 %", TRUE },
    { QUARRY_COLOR_BY_INTENSITY, { 0.2, 0.2 }, "Intensity", "20 %", "20 %", FALSE },
    { QUARRY_COLOR_BY_DEPTH, { 5, 1 }, "Depth", "5.0 m", "1.0 m", FALSE },
  };
  GtkWidget *legend = g_object_ref_sink (quarry_color_legend_new ());

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      quarry_color_legend_set (QUARRY_COLOR_LEGEND (legend), cases[i].by, cases[i].range);
      g_assert_nonnull (site_find (legend, GTK_TYPE_LABEL, cases[i].title));
      g_assert_nonnull (site_find (legend, GTK_TYPE_LABEL, cases[i].least));
      g_assert_nonnull (site_find (legend, GTK_TYPE_LABEL, cases[i].most));
      g_assert_cmpint (gtk_widget_get_visible (legend), ==, cases[i].shown);
    }
  g_assert_finalize_object (legend);
}

/* The ramp's ends have the colours that the points at the ends have */
static void
test_legend_ramp (Fixture *fixture, gconstpointer data)
{
  GtkWidget *legend = quarry_color_legend_new ();
  const double range[2] = { 1, 30 };
  GtkWidget *ramp = NULL;
  g_autofree guint32 *pixels = NULL;
  Picture picture;

  quarry_color_legend_set (QUARRY_COLOR_LEGEND (legend), QUARRY_COLOR_BY_DEPTH, range);
  show (fixture, legend, -1, -1);
  ramp = gtk_widget_get_prev_sibling (site_find (legend, GTK_TYPE_LABEL, "30 m"));
  picture = widget_paint (ramp);
  pixels = picture.pixels;
  g_assert_cmpint (picture.width, >=, 100);
  for (int i = 1; i < 10; i++)
    {
      const int x = picture.width * i / 10;
      g_autofree char *color = NULL;
      guint8 rgb[3];

      quarry_colormap ((x + 0.5) / picture.width, rgb);
      color = g_strdup_printf ("#%02x%02x%02x", rgb[0], rgb[1], rgb[2]);
      g_assert_true (picture_has (&picture, x, picture.height / 2, color, 12));
    }
  g_assert_false (gtk_widget_get_can_target (legend));                   /* clicks go to the picture below */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/bar/a-share-is-kept-between-none-and-all", test_bar_share);
  g_test_add_func ("/bar/parts-are-copied-and-replaced", test_bar_parts);
  g_test_add ("/bar/paints-its-parts-side-by-side", Fixture, NULL, setup, test_bar_paints, teardown);
  g_test_add ("/bar/is-mirrored-where-text-is", Fixture, NULL, setup, test_bar_mirrored, teardown);
  g_test_add ("/bar/what-is-there-is-seen-however-small", Fixture, NULL, setup, test_bar_small_is_seen, teardown);
  g_test_add_func ("/bar/a-split-has-one-colour-everywhere", test_split_colors);
  g_test_add_func ("/bar-chart/most-frames-first-then-by-name", test_chart_sorts);
  g_test_add_func ("/bar-chart/bars-are-shares-of-the-longest", test_chart_shares);
  g_test_add_func ("/bar-chart/nothing-but-zeros-has-no-bars", test_chart_all_zero);
  g_test_add_func ("/bar-chart/a-row-says-frames-and-labels", test_chart_tooltips);
  g_test_add_func ("/bar-chart/a-click-gives-the-name-as-it-is", test_chart_activates);
  g_test_add_func ("/bar-chart/an-empty-one-says-what-to-do", test_chart_empty);
  g_test_add_func ("/bar-chart/opens-and-closes-and-stays-open", test_chart_more);
  g_test_add_func ("/cards/none-need-no-room", test_cards_empty);
  g_test_add_func ("/cards/hidden-ones-take-no-room", test_cards_hidden);
  g_test_add_func ("/cards/column-width-and-spacing-count-at-once", test_cards_properties);
  g_test_add_func ("/cards/are-as-wide-as-the-widest-needs", test_cards_wide_child);
  g_test_add ("/cards/go-where-the-heights-say", Fixture, NULL, setup, test_cards_places, teardown);
  g_test_add_func ("/color-legend/names-the-ends-with-their-unit", test_legend);
  g_test_add ("/color-legend/the-ramp-has-the-points-colours", Fixture, NULL, setup, test_legend_ramp, teardown);
  return g_test_run ();
}
