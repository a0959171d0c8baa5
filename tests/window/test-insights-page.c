/* test-insights-page.c: counts and bars, and where they lead
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-insights-page.h"
#include "quarry-bar-chart.h"
#include "quarry-bar.h"
#include "quarry-cards.h"
#include "quarry-site.h"

static GtkWidget *
find_chart (GtkWidget *page, const char *title)
{
  GtkWidget *cards = gtk_widget_get_parent (site_find (page, QUARRY_TYPE_BAR_CHART, NULL));

  for (GtkWidget *chart = gtk_widget_get_first_child (cards); chart != NULL; chart = gtk_widget_get_next_sibling (chart))
    if (site_find (chart, GTK_TYPE_LABEL, title) != NULL)
      return chart;
  g_assert_not_reached ();
}

/* "truck 6|person 12": names and counts of a chart, most first */
static char *
describe_chart (GtkWidget *chart)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < quarry_bar_chart_get_n_shown (QUARRY_BAR_CHART (chart)); i++)
    {
      GtkWidget *row = quarry_bar_chart_get_row (QUARRY_BAR_CHART (chart), i);
      GtkWidget *box = gtk_button_get_child (GTK_BUTTON (row));

      g_string_append_printf (text, "%s%s %s", i > 0 ? "|" : "", gtk_label_get_text (GTK_LABEL (gtk_widget_get_first_child (box))),
                              gtk_label_get_text (GTK_LABEL (gtk_widget_get_last_child (box))));
    }
  return g_string_free (text, FALSE);
}

static gboolean
chart_is (GtkWidget *page, const char *title, const char *expected)
{
  g_autofree char *text = describe_chart (find_chart (page, title));

  return g_str_equal (text, expected);
}

static void
test_counts (Site *site, gconstpointer data)
{
  GtkWidget *page = quarry_insights_page_new (site->session);

  site_show (site, page);
  quarry_test_wait (chart_is (page, "Classes", "person 24|truck 6"));
  g_assert_true (chart_is (page, "Scenes", "pit 6|road 6"));
  g_assert_true (chart_is (page, "Sensors", "cam_front 12|lidar_top 12|cam_left 9"));
  g_assert_true (chart_is (page, "Tags", ""));
  g_signal_emit_by_name (site_find (find_chart (page, "Classes"), GTK_TYPE_BUTTON, "labels"), "clicked");
  g_assert_true (chart_is (page, "Classes", "person 12|truck 6"));      /* frames */
  g_assert_nonnull (site_find (page, GTK_TYPE_LABEL, "30"));      /* labels */
}

static void
test_query_narrows (Site *site, gconstpointer data)
{
  GtkWidget *page = quarry_insights_page_new (site->session);

  site_show (site, page);
  quarry_session_set_query_text (site->session, "scene:pit");
  quarry_test_wait (chart_is (page, "Scenes", "pit 6"));
  g_assert_nonnull (site_find (page, GTK_TYPE_LABEL, "of 12"));
  g_assert_nonnull (site_find (page, GTK_TYPE_LABEL, "6 frames found by “scene:pit”"));
  g_assert_nonnull (site_find (find_chart (page, "Tags"), GTK_TYPE_LABEL, "None in these frames"));
  g_assert_true (site_act (page, "insights.count-all", NULL));
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "");
  quarry_test_wait (chart_is (page, "Scenes", "pit 6|road 6"));
}

static void
test_bar_leads (Site *site, gconstpointer data)
{
  GtkWidget *page = quarry_insights_page_new (site->session);

  quarry_session_set_query_text (site->session, "scene:pit");
  site_show (site, page);
  quarry_test_wait (chart_is (page, "Classes", "person 12|truck 6"));
  g_signal_emit_by_name (quarry_bar_chart_get_row (QUARRY_BAR_CHART (find_chart (page, "Classes")), 1), "clicked");
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "scene:pit class:truck");
  g_assert_cmpstr (site_get_page (site), ==, "grid");
}

static void
test_tile_leads (Site *site, gconstpointer data)
{
  GtkWidget *page = quarry_insights_page_new (site->session);

  quarry_session_set_query_text (site->session, "scene:pit");
  site_show (site, page);
  g_assert_true (site_act (page, "insights.show-tile", g_variant_new_uint32 (3)));
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "scene:pit class:*");
  g_assert_cmpstr (site_get_page (site), ==, "grid");
  g_assert_true (site_act (page, "insights.show-tile", g_variant_new_uint32 (5)));
  g_assert_cmpstr (site_get_page (site), ==, "datasets");
}

static void
test_edit_is_counted (Site *site, gconstpointer data)
{
  static const char * const add[] = { "night shift", NULL };
  GtkWidget *page = quarry_insights_page_new (site->session);
  const GArray *frames = quarry_frame_model_get_ids (quarry_session_get_frames (site->session));

  site_show (site, page);
  quarry_test_wait (chart_is (page, "Classes", "person 24|truck 6"));
  g_assert_true (quarry_catalog_tag (site->catalog, frames, add, NULL, NULL));
  quarry_test_wait (chart_is (page, "Tags", "night shift 12"));
  g_signal_emit_by_name (quarry_bar_chart_get_row (QUARRY_BAR_CHART (find_chart (page, "Tags")), 0), "clicked");
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "tag:\"night shift\"");
}

static void
test_empty (Site *site, gconstpointer data)
{
  GtkWidget *page = quarry_insights_page_new (site->session);

  site_show (site, page);
  quarry_test_wait (site_find (page, ADW_TYPE_STATUS_PAGE, NULL) != NULL &&
                    gtk_widget_get_mapped (site_find (page, ADW_TYPE_STATUS_PAGE, NULL)));
}

static void
test_many_rows (void)
{
  GtkWidget *chart = g_object_ref_sink (quarry_bar_chart_new ("Many", "none"));
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_facet_row_free);
  GtkWidget *bar = NULL;

  for (int i = 0; i < 20; i++)
    {
      QuarryFacetRow *row = g_new0 (QuarryFacetRow, 1);

      row->name = g_strdup_printf ("row %02d", i);
      row->n_frames = 5 * i;
      g_ptr_array_add (rows, row);
    }
  quarry_bar_chart_set_rows (QUARRY_BAR_CHART (chart), rows);
  g_assert_cmpuint (quarry_bar_chart_get_n_shown (QUARRY_BAR_CHART (chart)), ==, 8);
  bar = site_find (quarry_bar_chart_get_row (QUARRY_BAR_CHART (chart), 0), QUARRY_TYPE_BAR, NULL);
  g_assert_cmpfloat_with_epsilon (quarry_bar_get_share (QUARRY_BAR (bar)), 1, 1e-9);
  bar = site_find (quarry_bar_chart_get_row (QUARRY_BAR_CHART (chart), 1), QUARRY_TYPE_BAR, NULL);
  g_assert_cmpfloat_with_epsilon (quarry_bar_get_share (QUARRY_BAR (bar)), 90.0 / 95.0, 1e-9);
  g_signal_emit_by_name (site_find (chart, GTK_TYPE_BUTTON, "Show all 20"), "clicked");
  g_assert_cmpuint (quarry_bar_chart_get_n_shown (QUARRY_BAR_CHART (chart)), ==, 20);
  g_assert_finalize_object (chart);
}

/* Columns follow the width; a card goes under the shortest column */
static void
test_cards (void)
{
  GtkWidget *cards = g_object_ref_sink (g_object_new (QUARRY_TYPE_CARDS, "column-width", 100, "spacing", 10, NULL));
  static const int heights[] = { 50, 20, 20, 30 };
  int height = 0;

  for (int i = 0; i < 4; i++)
    {
      GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

      gtk_widget_set_size_request (card, 10, heights[i]);
      quarry_cards_append (QUARRY_CARDS (cards), card);
    }
  gtk_widget_measure (cards, GTK_ORIENTATION_VERTICAL, 209, NULL, &height, NULL, NULL);
  g_assert_cmpint (height, ==, 50 + 20 + 20 + 30 + 3 * 10);             /* one column: two need 210 */
  gtk_widget_measure (cards, GTK_ORIENTATION_VERTICAL, 210, NULL, &height, NULL, NULL);
  g_assert_cmpint (height, ==, 90);                                     /* 50, 30 and 20, 20, 30 */
  gtk_widget_measure (cards, GTK_ORIENTATION_VERTICAL, 320, NULL, &height, NULL, NULL);
  g_assert_cmpint (height, ==, 90);                                     /* room for three, but two and two look better */
  gtk_widget_measure (cards, GTK_ORIENTATION_VERTICAL, 2000, NULL, &height, NULL, NULL);
  g_assert_cmpint (height, ==, 50);
  g_assert_finalize_object (cards);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/insights/counts-the-whole-catalog", Site, NULL, site_setup, test_counts, site_teardown);
  g_test_add ("/insights/the-query-narrows-what-is-counted", Site, NULL, site_setup, test_query_narrows, site_teardown);
  g_test_add ("/insights/a-bar-leads-to-its-frames", Site, NULL, site_setup, test_bar_leads, site_teardown);
  g_test_add ("/insights/a-number-leads-to-its-frames", Site, NULL, site_setup, test_tile_leads, site_teardown);
  g_test_add ("/insights/an-edit-is-counted-at-once", Site, NULL, site_setup, test_edit_is_counted, site_teardown);
  g_test_add ("/insights/an-empty-catalog-says-what-to-do", Site, "empty", site_setup, test_empty, site_teardown);
  g_test_add_func ("/bar-chart/shows-the-first-and-then-all", test_many_rows);
  g_test_add_func ("/cards/go-under-the-shortest-column", test_cards);
  return g_test_run ();
}
