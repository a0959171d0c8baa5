/* test-format.c: numbers and times as people read them, and ways from a number to its frames
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-format.h"
#include "quarry-frame-cell.h"
#include "quarry-navigation.h"
#include "quarry-site.h"

#define THIN "\342\200\257"

/* --- numbers --- */

static void
test_counts (void)
{
  static const struct { gint64 n; const char *text; } cases[] = {
    { 0, "0" },
    { 7, "7" },
    { 999, "999" },
    { 1000, "1" THIN "000" },
    { 12345, "12" THIN "345" },
    { 4180, "4" THIN "180" },
    { 123456, "123" THIN "456" },
    { 1000000, "1" THIN "000" THIN "000" },
    { 10000000, "10" THIN "000" THIN "000" },
    { -1, "−1" },
    { -999, "−999" },
    { -1000, "−1" THIN "000" },
    { G_MAXINT64, "9" THIN "223" THIN "372" THIN "036" THIN "854" THIN "775" THIN "807" },
    { G_MININT64, "−9" THIN "223" THIN "372" THIN "036" THIN "854" THIN "775" THIN "808" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = quarry_format_count (cases[i].n);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_frames (void)
{
  static const struct { gint64 n; const char *text; } cases[] = {
    { 0, "0 frames" }, { 1, "1 frame" }, { 2, "2 frames" }, { 21, "21 frames" }, { 1001, "1" THIN "001 frames" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = quarry_format_frames (cases[i].n);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_shares (void)
{
  static const struct { double share; const char *text; } cases[] = {
    { 0, "0 %" },
    { 1e-9, "< 0.1 %" },
    { 0.00099, "< 0.1 %" },
    { 0.0011, "0.1 %" },
    { 0.015, "1.5 %" },
    { 0.0951, "9.5 %" },
    { 0.1, "10 %" },
    { 0.5, "50 %" },
    { 0.334, "33 %" },
    { 0.99, "99 %" },
    { 0.996, "99.6 %" },
    { 0.9989, "99.9 %" },
    { 0.99999, "> 99.9 %" },
    { 1, "100 %" },
    { 1.2, "100 %" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = quarry_format_share (cases[i].share);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_all_and_none_are_meant (void)
{
  for (int i = 0; i <= 10000; i++)
    {
      const double share = i / 10000.0;
      g_autofree char *text = quarry_format_share (share);

      g_assert_cmpint (g_str_equal (text, "0 %"), ==, i == 0);
      g_assert_cmpint (g_str_equal (text, "100 %"), ==, i == 10000);
    }
}

/* --- times; the tests' zone is UTC --- */

static void
test_clock (void)
{
  static const struct { gint64 stamp_ns; const char *clock, *date; } cases[] = {
    { 0, "00:00:00.000", "1970-01-01 00:00" },
    { 1, "00:00:00.000", "1970-01-01 00:00" },
    { 999999999, "00:00:00.999", "1970-01-01 00:00" },
    { -1, "23:59:59.999", "1969-12-31 23:59" },
    { -QUARRY_NS_PER_S, "23:59:59.000", "1969-12-31 23:59" },
    { G_GINT64_CONSTANT (1700000000123456789), "22:13:20.123", "2023-11-14 22:13" },
    { G_GINT64_CONSTANT (951782400000000000), "00:00:00.000", "2000-02-29 00:00" },
    { QUARRY_NO_TIME, "no time", "no time" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *clock = quarry_format_clock (cases[i].stamp_ns);
      g_autofree char *date = quarry_format_date (cases[i].stamp_ns);

      g_assert_cmpstr (clock, ==, cases[i].clock);
      g_assert_cmpstr (date, ==, cases[i].date);
    }
}

static void
test_ago (void)
{
  const gint64 now_s = 1700000000;
  static const struct { gint64 seconds; const char *text; } cases[] = {
    { 0, "just now" },
    { 59, "just now" },
    { 60, "1 minute ago" },
    { 119, "1 minute ago" },
    { 120, "2 minutes ago" },
    { 3599, "59 minutes ago" },
    { 3600, "1 hour ago" },
    { 7200, "2 hours ago" },
    { 86399, "23 hours ago" },
    { 86400, "2023-11-13 22:13" },
    { -100, "2023-11-14 22:15" },          /* the other machine's clock is ahead */
  };
  g_autofree char *unknown = quarry_format_ago (QUARRY_NO_TIME, now_s * QUARRY_NS_PER_S);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = quarry_format_ago ((now_s - cases[i].seconds) * QUARRY_NS_PER_S, now_s * QUARRY_NS_PER_S);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
  g_assert_cmpstr (unknown, ==, "no time");
}

static void
test_cell_times (void)
{
  static const struct { gint64 stamp_ns; const char *text; } cases[] = {
    { 0, "00:00:00.0" },
    { 99999999, "00:00:00.0" },
    { 100000000, "00:00:00.1" },
    { 950000000, "00:00:00.9" },
    { -1, "23:59:59.9" },
    { QUARRY_NO_TIME, "000017" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      QuarryFrame frame = { .scene_name = (char *) "pit", .key = (char *) "000017", .stamp_ns = cases[i].stamp_ns };
      g_autofree char *time = quarry_frame_cell_dup_time (&frame);
      g_autofree char *caption = quarry_frame_cell_dup_caption (&frame);
      g_autofree char *both = g_strdup_printf ("pit · %s", cases[i].text);

      g_assert_cmpstr (time, ==, cases[i].text);
      g_assert_cmpstr (caption, ==, both);
    }
}

/* --- queries --- */

static void
test_narrow (void)
{
  static const struct { const char *before; QuarryQueryField field; const char *value, *after; } cases[] = {
    { "", QUARRY_FIELD_CLASS, "person", "class:person" },
    { "tag:night", QUARRY_FIELD_CLASS, "person", "tag:night class:person" },
    { "class:person", QUARRY_FIELD_CLASS, "person", "class:person" },
    { "tag:night class:person", QUARRY_FIELD_CLASS, "person", "tag:night class:person" },
    { "class:truck", QUARRY_FIELD_CLASS, "person", "class:truck class:person" },
    { "-class:person", QUARRY_FIELD_CLASS, "person", "-class:person class:person" },
    { "tag:person", QUARRY_FIELD_CLASS, "person", "tag:person class:person" },
    { "person", QUARRY_FIELD_CLASS, "person", "person class:person" },
    { "", QUARRY_FIELD_CLASS, "haul truck", "class:\"haul truck\"" },
    { "class:\"haul truck\"", QUARRY_FIELD_CLASS, "haul truck", "class:\"haul truck\"" },
    { "", QUARRY_FIELD_SCENE, "say \"hi\"", "scene:\"say \\\"hi\\\"\"" },
    { "", QUARRY_FIELD_RATING, ">=3", "rating:>=3" },
    { "scene:Grube-Ü", QUARRY_FIELD_SCENE, "Grube-Ü", "scene:Grube-Ü" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *after = quarry_query_narrow (cases[i].before, cases[i].field, cases[i].value);
      g_autofree char *again = quarry_query_narrow (after, cases[i].field, cases[i].value);
      g_autoptr(QuarryQuery) query = NULL;
      g_autoptr(GError) error = NULL;

      g_assert_cmpstr (after, ==, cases[i].after);
      g_assert_cmpstr (again, ==, after);                   /* once is enough */
      query = quarry_query_parse (after, &error);
      g_assert_no_error (error);
    }
}

static void
test_navigate (Site *site, gconstpointer data)
{
  GtkWidget *label = gtk_label_new ("12");

  site_show (site, label);
  quarry_navigate (label, "jobs");
  g_assert_cmpstr (site_get_page (site), ==, "jobs");
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "");
  quarry_session_set_query_text (site->session, "scene:pit");
  quarry_navigate_narrowed (label, site->session, QUARRY_FIELD_CLASS, "truck");
  g_assert_cmpstr (site_get_page (site), ==, QUARRY_PAGE_GRID);
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "scene:pit class:truck");
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == SITE_FRAMES);
  quarry_navigate (label, "insights");
  quarry_navigate_query (label, site->session, QUARRY_FIELD_SENSOR, "cam_left");
  g_assert_cmpstr (site_get_page (site), ==, QUARRY_PAGE_GRID);
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "sensor:cam_left");
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == 9);
}

static void
test_navigate_past_an_error (Site *site, gconstpointer data)
{
  GtkWidget *label = gtk_label_new ("12");

  site_show (site, label);
  quarry_session_set_query_text (site->session, "scene:pit");
  quarry_session_set_query_text (site->session, "scene:pit tag:");
  g_assert_nonnull (quarry_session_get_query_error (site->session));
  quarry_navigate_narrowed (label, site->session, QUARRY_FIELD_CLASS, "truck");
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "scene:pit class:truck");
  g_assert_null (quarry_session_get_query_error (site->session));
}

static void
test_remaining (void)
{
  static const struct { gint64 seconds; const char *text; } cases[] = {
    { -3, "A few seconds left" }, { 7, "A few seconds left" }, { 8, "About 10 seconds left" }, { 44, "About 40 seconds left" },
    { 50, "About 1 minute left" }, { 89, "About 1 minute left" }, { 90, "About 2 minutes left" }, { 5369, "About 89 minutes left" },
    { 5400, "About 2 hours left" }, { 36000, "About 10 hours left" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = quarry_format_remaining (cases[i].seconds);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/format/counts-go-in-groups-of-three", test_counts);
  g_test_add_func ("/format/one-frame-many-frames", test_frames);
  g_test_add_func ("/format/shares-as-percentages", test_shares);
  g_test_add_func ("/format/zero-and-all-only-where-they-are-meant", test_all_and_none_are_meant);
  g_test_add_func ("/format/clock-and-date-before-and-after-the-epoch", test_clock);
  g_test_add_func ("/format/ago-up-to-a-day", test_ago);
  g_test_add_func ("/format/cells-show-tenths-or-the-key", test_cell_times);
  g_test_add_func ("/navigation/a-term-is-added-once", test_narrow);
  g_test_add ("/navigation/leads-to-the-frames", Site, NULL, site_setup, test_navigate, site_teardown);
  g_test_add ("/navigation/goes-on-from-the-last-query-that-parsed", Site, NULL, site_setup, test_navigate_past_an_error, site_teardown);
  g_test_add_func ("/format/what-is-left-is-told-in-words", test_remaining);
  return g_test_run ();
}
