/* test-health-list.c: the numbers of a frame in the inspector, what is odd, where they lead, and the action that measures
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-gauge.h"
#include "quarry-health-list.h"
#include "quarry-inspector.h"
#include "quarry-test-window.h"

/* Blur 0.1 … 0.6 and sync 5 ms for the front camera's frames of the first scene; blur above 0.55 is odd there */
static void
store (Site *site)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) timeline = quarry_catalog_list_timeline (site->catalog, site->cameras[0][0], &error);
  g_autoptr(GArray) rows = g_array_new (FALSE, FALSE, sizeof (QuarryMeasured));
  QuarryNormal blur = { QUARRY_MEASURE_BLUR, 6, 0, 0.35, 0.1, 0.6, -G_MAXDOUBLE, 0.55 };
  QuarryNormal sync = { QUARRY_MEASURE_SYNC, 6, 0, -5, -5, -5, -7, -3 };

  g_assert_no_error (error);
  for (guint i = 0; i < timeline->len; i++)
    {
      const QuarryTimelineItem *item = &g_array_index (timeline, QuarryTimelineItem, i);
      const QuarryMeasured values[] = {
        { item->media, item->frame, QUARRY_MEASURE_BLUR, 0.1 * (i + 1) },
        { item->media, item->frame, QUARRY_MEASURE_SYNC, -5 },
        { item->media, item->frame, QUARRY_MEASURE_STUCK, i == 3 },
      };

      g_array_append_vals (rows, values, G_N_ELEMENTS (values));
    }
  g_assert_true (quarry_catalog_store_measures (site->catalog, rows, &error));
  g_assert_true (quarry_catalog_store_normal (site->catalog, site->cameras[0][0], &blur, &error));
  g_assert_true (quarry_catalog_store_normal (site->catalog, site->cameras[0][0], &sync, &error));
}

static gboolean
says (GtkWidget *inspector, const char *line)
{
  g_autofree char *text = quarry_inspector_dup_text (QUARRY_INSPECTOR (inspector));
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);

  return g_strv_contains ((const char * const *) lines, line);
}

static void
select_nth (Site *site, guint position)
{
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (quarry_session_get_selection (site->session)), position, TRUE);
}

static GtkWidget *
find (GtkWidget *root, const char *css_class, guint *skip)
{
  GtkWidget *found = NULL;

  if (gtk_widget_has_css_class (root, css_class) && (*skip)-- == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find (child, css_class, skip);
  return found;
}

static GtkWidget *
nth_of_class (GtkWidget *root, const char *css_class, guint n)
{
  guint skip = n;

  return find (root, css_class, &skip);
}

static void
test_what_is_not_measured_says_so (Site *site, gconstpointer data)
{
  GtkWidget *inspector = quarry_inspector_new (site->session);

  site_show (site, inspector);
  select_nth (site, 0);
  quarry_test_wait (says (inspector, "Health"));
  g_assert_true (says (inspector, "Not measured yet"));
  g_assert_true (says (inspector, "Measure"));
  store (site);                                              /* arrives by itself */
  quarry_test_wait (says (inspector, "Blur"));
  g_assert_false (says (inspector, "Not measured yet"));
}

static void
test_what_is_odd_is_marked (Site *site, gconstpointer data)
{
  GtkWidget *inspector = quarry_inspector_new (site->session);
  GtkWidget *row = NULL;

  store (site);
  site_show (site, inspector);
  select_nth (site, 0);
  quarry_test_wait (says (inspector, "Blur"));
  g_assert_true (says (inspector, "0.10"));
  g_assert_true (says (inspector, "-5.0 ms"));
  g_assert_null (nth_of_class (inspector, "badge-warning", 0));
  g_assert_false (says (inspector, "Stuck"));                /* it is not */
  select_nth (site, 5);
  quarry_test_wait (says (inspector, "1 odd"));
  row = nth_of_class (inspector, "health-row", 0);           /* the odd one is first */
  g_assert_true (gtk_widget_has_css_class (row, "odd"));
  g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (row), "Normal for cam_front in this scene: ≤ 0.55 (median 0.35)"));
  g_assert_false (gtk_widget_has_css_class (nth_of_class (inspector, "health-row", 1), "odd"));
  select_nth (site, 3);
  quarry_test_wait (says (inspector, "Stuck"));
}

static void
test_a_number_leads_to_its_frames (Site *site, gconstpointer data)
{
  GtkWidget *inspector = quarry_inspector_new (site->session);
  GtkWidget *row = NULL;

  store (site);
  site_show (site, inspector);
  quarry_session_set_query_text (site->session, "scene:pit");
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == SITE_FRAMES);
  select_nth (site, 3);
  quarry_test_wait (says (inspector, "0.40"));
  row = nth_of_class (inspector, "health-row", 0);
  while (row != NULL && !g_str_has_prefix (gtk_widget_get_tooltip_text (row), "How little is lost"))
    row = gtk_widget_get_next_sibling (row);
  g_signal_emit_by_name (row, "clicked");
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "scene:pit blur>=0.40");
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == 3);
}

/* Sensors stay folded as they were left when the next frame is looked at */
static void
test_sensors_fold (Site *site, gconstpointer data)
{
  GtkWidget *inspector = quarry_inspector_new (site->session);

  store (site);
  site_show (site, inspector);
  select_nth (site, 0);
  quarry_test_wait (says (inspector, "Blur"));
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (nth_of_class (inspector, "health-header", 0))));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (nth_of_class (inspector, "health-header", 0)), FALSE);
  select_nth (site, 1);
  quarry_test_wait (says (inspector, "000001"));
  g_assert_false (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (nth_of_class (inspector, "health-header", 0))));
}

static void
test_terms_are_on_the_odd_side (void)
{
  static const struct { QuarryMeasureId id; double value, median; const char *term; } cases[] = {
    { QUARRY_MEASURE_BRIGHTNESS, 10, 50, "brightness<=10.0%" },
    { QUARRY_MEASURE_BRIGHTNESS, 90, 50, "brightness>=90.0%" },
    { QUARRY_MEASURE_BLUR, 0.1, 0.3, "blur>=0.10" },
    { QUARRY_MEASURE_SHARPNESS, 900, 500, "sharpness<=900" },
    { QUARRY_MEASURE_SYNC, -30, -5, "sync>=30.0ms" },
    { QUARRY_MEASURE_STUCK, 1, 0, "stuck" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const QuarryFrameMeasure measure = { .value = cases[i].value, .has_normal = TRUE, .sensor_name = (char *) "front",
                                           .normal = { .measure = cases[i].id, .median = cases[i].median, .low = 0, .high = 1 } };
      g_autofree char *term = quarry_health_list_dup_term (&measure);

      g_assert_cmpstr (term, ==, cases[i].term);
    }
}

static void
test_gauge_places (void)
{
  const QuarryNormal normal = { QUARRY_MEASURE_GAP, 10, 0, 50, 0, 100, 25, 75 };
  const QuarryNormal open = { QUARRY_MEASURE_BLUR, 10, 0, 0.5, 0, 1, -G_MAXDOUBLE, 0.5 };
  const QuarryNormal same = { QUARRY_MEASURE_BLUR, 10, 0, 1, 1, 1, -G_MAXDOUBLE, G_MAXDOUBLE };
  static const struct { double value, from, to, mark; } cases[] = { { 50, .25, .75, .5 }, { 0, .25, .75, 0 }, { 200, .125, .375, 1 } };
  g_autoptr(GtkWidget) gauge = NULL;
  QuarryGaugePlaces places;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_clear_object (&gauge);
      gauge = g_object_ref_sink (quarry_gauge_new (&normal, cases[i].value, FALSE));
      places = quarry_gauge_get_places (QUARRY_GAUGE (gauge));
      g_assert_cmpfloat_with_epsilon (places.from, cases[i].from, 1e-9);
      g_assert_cmpfloat_with_epsilon (places.to, cases[i].to, 1e-9);
      g_assert_cmpfloat_with_epsilon (places.mark, cases[i].mark, 1e-9);
    }
  g_clear_object (&gauge);
  gauge = g_object_ref_sink (quarry_gauge_new (&open, 0.25, FALSE));
  g_assert_cmpfloat (quarry_gauge_get_places (QUARRY_GAUGE (gauge)).from, ==, 0);
  g_clear_object (&gauge);
  gauge = g_object_ref_sink (quarry_gauge_new (&same, 1, FALSE));
  g_assert_cmpfloat (quarry_gauge_get_places (QUARRY_GAUGE (gauge)).mark, ==, 0.5);
}

/* --- the action --- */

static guint
count_operations (Site *site, QuarryOperationState state)
{
  GListModel *operations = G_LIST_MODEL (quarry_session_get_operations (site->session));
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (operations); i++)
    {
      g_autoptr(QuarryOperation) operation = g_list_model_get_item (operations, i);

      n += quarry_operation_get_state (operation) == state;
    }
  return n;
}

static void
test_the_window_measures (Site *site, gconstpointer data)
{
  g_action_group_activate_action (G_ACTION_GROUP (site->window), "measure-health", NULL);
  g_action_group_activate_action (G_ACTION_GROUP (site->window), "measure-health", NULL);      /* one at a time: this one comes after */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (quarry_session_get_operations (site->session))), ==, 1);
  quarry_test_wait (count_operations (site, QUARRY_OPERATION_DONE) == 2);
  quarry_session_set_query_text (site->session, "brightness>=0");
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == SITE_SCENES * SITE_FRAMES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/health-list/terms-are-on-the-odd-side", test_terms_are_on_the_odd_side);
  g_test_add_func ("/health-list/gauge-places", test_gauge_places);
#define ADD(name, func) g_test_add ("/health-list/" name, Site, NULL, site_setup, func, site_teardown)
  ADD ("what-is-not-measured-says-so", test_what_is_not_measured_says_so);
  ADD ("what-is-odd-is-marked", test_what_is_odd_is_marked);
  ADD ("a-number-leads-to-its-frames", test_a_number_leads_to_its_frames);
  ADD ("sensors-fold", test_sensors_fold);
#undef ADD
  g_test_add ("/health-list/the-window-measures", Site, NULL, window_setup, test_the_window_measures, site_teardown);
  return g_test_run ();
}
