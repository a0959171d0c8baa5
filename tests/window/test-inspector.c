/* test-inspector.c: facts of one frame and of many, tags taken away, what follows the session
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-inspector.h"
#include "quarry-inspector-facts.h"
#include "quarry-site.h"
#include "quarry-tag-chip.h"
#include "quarry-window.h"

static QuarryId
nth (Site *site, guint position)
{
  return quarry_frame_model_get_id (quarry_session_get_frames (site->session), position);
}

/* The first @n frames */
static GArray *
first (Site *site, guint n)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));

  g_array_append_vals (ids, quarry_frame_model_get_ids (quarry_session_get_frames (site->session))->data, n);
  return ids;
}

static void
tag (Site *site, guint n, const char *name)
{
  g_autoptr(GArray) frames = first (site, n);
  const char * const names[] = { name, NULL };
  g_autoptr(GError) error = NULL;

  quarry_catalog_tag (site->catalog, frames, names, NULL, &error);
  g_assert_no_error (error);
}

/* --- facts --- */

/* "person 2 (imported), truck 1 (imported)" */
static char *
describe (GPtrArray *rows)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      const QuarryFactsRow *row = g_ptr_array_index (rows, i);

      g_string_append_printf (text, "%s%s %u", i > 0 ? ", " : "", row->name, row->n);
      if (row->sets != NULL)
        g_string_append_printf (text, " (%s)", row->sets);
    }
  return g_string_free (text, FALSE);
}

static void
test_facts_of_one (Site *site, gconstpointer data)
{
  g_autoptr(GArray) ids = first (site, 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryFacts) facts = NULL;
  g_autofree char *classes = NULL;
  g_autofree char *tags = NULL;

  tag (site, 1, "night");
  tag (site, 1, "fog");
  facts = quarry_facts_read (site->catalog, ids, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (facts->n, ==, 1);
  g_assert_cmpint (facts->frame->id, ==, nth (site, 0));
  g_assert_cmpuint (facts->media->len, ==, 2);                      /* cam_left is not there yet */
  g_assert_cmpuint (facts->n_labels, ==, 3);
  classes = describe (facts->classes);
  g_assert_cmpstr (classes, ==, "person 2 (imported), truck 1 (imported)");
  tags = describe (facts->tags);
  g_assert_cmpstr (tags, ==, "fog 1, night 1");
}

static void
test_facts_of_many (Site *site, gconstpointer data)
{
  g_autoptr(GArray) ids = first (site, SITE_SCENES * SITE_FRAMES);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryFacts) facts = NULL;
  g_autofree char *tags = NULL;

  tag (site, 3, "night");
  tag (site, 12, "fog");
  facts = quarry_facts_read (site->catalog, ids, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (facts->n, ==, 12);
  g_assert_cmpuint (facts->ids->len, ==, 12);
  g_assert_null (facts->frame);
  g_assert_null (facts->media);
  g_assert_cmpuint (facts->n_labels, ==, 6 * 3 + 6 * 2);
  g_assert_cmpuint (facts->classes->len, ==, 0);
  tags = describe (facts->tags);
  g_assert_cmpstr (tags, ==, "fog 12, night 3");
}

static void
test_facts_name_the_sets (Site *site, gconstpointer data)
{
  static const double box[] = { 1, 2, 3, 4, 0 };
  g_autoptr(GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  g_autoptr(GArray) ids = first (site, 1);
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryFacts) facts = NULL;
  g_autofree char *classes = NULL;
  const QuarryId set = quarry_catalog_store_set (site->catalog, "vendor A", "vendor", 0, 0, &error);

  for (int i = 0; i < 2; i++)
    {
      g_autofree char *id = g_strdup_printf ("v%d", i);
      QuarryAnnotation *annotation = quarry_annotation_new (QUARRY_ANNOTATION_BOX2D, i == 0 ? "person" : "crane", id, box, 5);

      annotation->frame = nth (site, 0);
      g_ptr_array_add (drafts, annotation);
    }
  quarry_catalog_store_annotations (site->catalog, set, drafts, "vendor", report, &error);
  g_assert_no_error (error);
  facts = quarry_facts_read (site->catalog, ids, NULL, &error);
  g_assert_no_error (error);
  classes = describe (facts->classes);
  g_assert_cmpstr (classes, ==, "crane 1 (vendor A), person 3 (imported, vendor A), truck 1 (imported)");
  g_assert_cmpuint (facts->n_labels, ==, 5);
}

static void
test_facts_of_none (Site *site, gconstpointer data)
{
  g_autoptr(GArray) none = first (site, 0);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryFacts) facts = quarry_facts_read (site->catalog, none, NULL, &error);
  g_autoptr(QuarryFacts) many = quarry_facts_new_many (1000000);

  g_assert_no_error (error);
  g_assert_cmpuint (facts->n, ==, 0);
  g_assert_null (facts->frame);
  g_assert_cmpuint (many->n, ==, 1000000);
  g_assert_cmpuint (many->ids->len, ==, 0);
}

static void
test_facts_of_a_missing_frame (Site *site, gconstpointer data)
{
  const QuarryId missing = 4711;

  for (guint n = 0; n < 2; n++)
    {
      g_autoptr(GArray) ids = first (site, n);
      g_autoptr(GError) error = NULL;

      g_array_append_val (ids, missing);
      g_assert_null (quarry_facts_read (site->catalog, ids, NULL, &error));
      g_assert_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND);
    }
}

static void
test_facts_can_be_cancelled (Site *site, gconstpointer data)
{
  g_autoptr(GArray) ids = first (site, 5);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (quarry_facts_read (site->catalog, ids, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* --- the widget --- */

static GtkWidget *
show (Site *site)
{
  GtkWidget *inspector = quarry_inspector_new (site->session);

  site_show (site, inspector);
  return inspector;
}

static gboolean
says (GtkWidget *inspector, const char *line)
{
  g_autofree char *text = quarry_inspector_dup_text (QUARRY_INSPECTOR (inspector));
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);

  return g_strv_contains ((const char * const *) lines, line);
}

static void
select_first (Site *site, guint n)
{
  if (n == 0)
    gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (quarry_session_get_selection (site->session)));
  else
    gtk_selection_model_select_range (GTK_SELECTION_MODEL (quarry_session_get_selection (site->session)), 0, n, TRUE);
}

static void
test_nothing_selected (Site *site, gconstpointer data)
{
  GtkWidget *inspector = show (site);

  g_assert_true (says (inspector, "No Selection"));
  select_first (site, 1);
  quarry_test_wait (!says (inspector, "No Selection"));
  select_first (site, 0);
  quarry_test_wait (says (inspector, "No Selection"));
}

static void
test_one_frame (Site *site, gconstpointer data)
{
  static const char * const lines[] = { "Scene", "pit", "Date", "2023-11-14 22:13", "Time", "22:13:20.0", "Frame", "000000", "Rating", "☆☆☆☆☆",
                                        "Labels · 3", "person", "truck", "imported", "cam_front", "front.png", "lidar_top", "cloud.bin", "Tags" };
  GtkWidget *inspector = show (site);

  select_first (site, 1);
  quarry_test_wait (says (inspector, "pit · 22:13:20.0"));
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    if (!says (inspector, lines[i]))
      g_error ("'%s' is not shown", lines[i]);
  g_assert_false (says (inspector, "Flag"));                         /* it has none */
  g_assert_false (says (inspector, "cam_left"));
}

static void
test_many_frames (Site *site, gconstpointer data)
{
  GtkWidget *inspector = show (site);

  select_first (site, 12);
  quarry_test_wait (says (inspector, "12 frames"));
  g_assert_true (says (inspector, "Labels"));
  g_assert_true (says (inspector, "30"));
  g_assert_false (says (inspector, "front.png"));
  g_assert_false (says (inspector, "person"));
}

static void
test_follows_the_frame (Site *site, gconstpointer data)
{
  GtkWidget *inspector = show (site);

  quarry_session_set_current_frame (site->session, nth (site, 7));
  select_first (site, 1);
  quarry_test_wait (says (inspector, "pit · 22:13:20.0"));
  quarry_inspector_set_follows_frame (QUARRY_INSPECTOR (inspector), TRUE);
  quarry_test_wait (says (inspector, "road · 22:15:00.1"));           /* whatever is selected */
  quarry_session_set_current_frame (site->session, nth (site, 8));
  quarry_test_wait (says (inspector, "road · 22:15:00.2"));
  quarry_inspector_set_follows_frame (QUARRY_INSPECTOR (inspector), FALSE);
  quarry_test_wait (says (inspector, "pit · 22:13:20.0"));
  select_first (site, 0);
  quarry_test_wait (says (inspector, "No Selection"));                /* although there is a current frame */
}

static void
test_edits_arrive (Site *site, gconstpointer data)
{
  g_autoptr(GArray) frames = first (site, 1);
  GtkWidget *inspector = show (site);

  select_first (site, 1);
  quarry_test_wait (says (inspector, "☆☆☆☆☆"));
  g_assert_true (quarry_catalog_set_rating (site->catalog, frames, 4, NULL));
  quarry_test_wait (says (inspector, "★★★★☆"));
  g_assert_true (quarry_catalog_set_flag (site->catalog, frames, 1, NULL));
  quarry_test_wait (says (inspector, "Picked"));
  g_assert_true (quarry_catalog_set_flag (site->catalog, frames, -1, NULL));
  quarry_test_wait (says (inspector, "Rejected"));
  g_assert_false (says (inspector, "Picked"));
  tag (site, 1, "night");
  quarry_test_wait (says (inspector, "night"));
}

static void
test_last_wish_wins (Site *site, gconstpointer data)
{
  GtkWidget *inspector = show (site);

  for (guint round = 0; round < 20; round++)
    for (guint i = 0; i < SITE_FRAMES; i++)
      {
        gtk_selection_model_select_item (GTK_SELECTION_MODEL (quarry_session_get_selection (site->session)), i, TRUE);
        g_main_context_iteration (NULL, FALSE);
      }
  quarry_test_wait (says (inspector, "000005"));
  for (const gint64 end = g_get_monotonic_time () + 200 * 1000; g_get_monotonic_time () < end;)
    {
      g_assert_true (says (inspector, "000005"));
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (1000);
    }
}

static GtkWidget *
find_chip (GtkWidget *root, const char *name)
{
  GtkWidget *found = NULL;

  if (QUARRY_IS_TAG_CHIP (root) && g_str_equal (quarry_tag_chip_get_name (QUARRY_TAG_CHIP (root)), name))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_chip (child, name);
  return found;
}

static void
test_chip_takes_the_tag_away (Site *site, gconstpointer data)
{
  GtkWidget *inspector = show (site);
  g_autoptr(GError) error = NULL;

  tag (site, 5, "night");
  tag (site, 2, "fog");
  select_first (site, 3);
  quarry_test_wait (find_chip (inspector, "night") != NULL && find_chip (inspector, "fog") != NULL);
  g_assert_false (gtk_widget_has_css_class (find_chip (inspector, "night"), "some"));
  g_assert_true (gtk_widget_has_css_class (find_chip (inspector, "fog"), "some"));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (find_chip (inspector, "fog")), ==, "2 of 3 frames");
  g_assert_true (site_act (find_chip (inspector, "night"), "chip.remove", NULL));
  quarry_test_wait (g_strcmp0 (site->toast, "Removed “night” from 3 frames") == 0);
  quarry_test_wait (find_chip (inspector, "night") == NULL);
  g_assert_nonnull (find_chip (inspector, "fog"));
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr(QuarryFrame) frame = quarry_catalog_get_frame (site->catalog, nth (site, i), &error);

      g_assert_no_error (error);
      g_assert_cmpint (g_strv_contains ((const char * const *) frame->tags, "night"), ==, i >= 3);
    }
  g_assert_true (quarry_catalog_undo (site->catalog, NULL, &error));         /* one edit */
  quarry_test_wait (find_chip (inspector, "night") != NULL);
}

static void
test_no_labels (Site *site, gconstpointer data)
{
  static const char * const ids[] = { "p0-0", "c0-0", "t0-0", NULL };
  GtkWidget *inspector = show (site);
  g_autoptr(GPtrArray) sets = quarry_catalog_list_sets (site->catalog, NULL);

  select_first (site, 1);
  quarry_test_wait (says (inspector, "Labels · 3"));
  g_assert_true (quarry_catalog_remove_annotations (site->catalog, ((QuarryAnnotationSet *) g_ptr_array_index (sets, 0))->id, ids, NULL));
  quarry_test_wait (says (inspector, "No Labels"));
  g_assert_false (says (inspector, "person"));
}

static void
test_query_that_hides_the_selection (Site *site, gconstpointer data)
{
  GtkWidget *inspector = show (site);

  select_first (site, 2);
  quarry_test_wait (says (inspector, "2 frames"));
  quarry_session_set_query_text (site->session, "scene:road");
  quarry_test_wait (says (inspector, "No Selection"));
}

static void
test_goes_while_it_reads (Site *site, gconstpointer data)
{
  GtkWidget *inspector = g_object_ref_sink (quarry_inspector_new (site->session));

  select_first (site, 12);
  for (int i = 0; i < 40; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_object_run_dispose (G_OBJECT (inspector));
  g_object_unref (inspector);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*test) (Site *, gconstpointer); } tests[] = {
    { "/inspector-facts/one-frame", test_facts_of_one },
    { "/inspector-facts/many-frames", test_facts_of_many },
    { "/inspector-facts/classes-name-their-sets-once", test_facts_name_the_sets },
    { "/inspector-facts/none-and-too-many", test_facts_of_none },
    { "/inspector-facts/a-frame-that-is-gone-is-an-error", test_facts_of_a_missing_frame },
    { "/inspector-facts/can-be-cancelled", test_facts_can_be_cancelled },
    { "/inspector/nothing-selected", test_nothing_selected },
    { "/inspector/tells-all-of-one-frame", test_one_frame },
    { "/inspector/sums-up-many-frames", test_many_frames },
    { "/inspector/follows-the-selection-or-the-frame", test_follows_the_frame },
    { "/inspector/edits-arrive", test_edits_arrive },
    { "/inspector/the-last-wish-wins", test_last_wish_wins },
    { "/inspector/a-chip-takes-its-tag-away", test_chip_takes_the_tag_away },
    { "/inspector/says-when-there-are-no-labels", test_no_labels },
    { "/inspector/follows-the-query", test_query_that_hides_the_selection },
    { "/inspector/may-go-while-it-reads", test_goes_while_it_reads },
  };

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_type_class_unref (g_type_class_ref (QUARRY_TYPE_WINDOW));      /* brings the templates */
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Site, NULL, site_setup, tests[i].test, site_teardown);
  return g_test_run ();
}
