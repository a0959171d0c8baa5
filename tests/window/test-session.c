/* test-session.c: what the views of one window share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-facets.h"
#include "quarry-site.h"

static guint
n_frames (Site *site)
{
  return quarry_frame_model_get_n (quarry_session_get_frames (site->session));
}

static void
count_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  (*(int *) user_data)++;
}

static void
changed_cb (QuarrySession *session, gpointer user_data)
{
  (*(int *) user_data)++;
}

/* --- queries --- */

static void
test_query (Site *site, gconstpointer data)
{
  int texts = 0, queries = 0, frames = 0;

  g_signal_connect (site->session, "notify::query-text", G_CALLBACK (count_cb), &texts);
  g_signal_connect (site->session, "notify::query", G_CALLBACK (count_cb), &queries);
  g_signal_connect (site->session, "notify::frames", G_CALLBACK (count_cb), &frames);
  quarry_session_set_query_text (site->session, "scene:pit");
  quarry_test_wait (n_frames (site) == SITE_FRAMES);
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "scene:pit");
  g_assert_cmpint (texts, ==, 1);
  g_assert_cmpint (queries, ==, 1);
  g_assert_cmpint (frames, ==, 1);

  quarry_session_set_query_text (site->session, "scene:pit");       /* nothing new */
  g_assert_cmpint (texts, ==, 1);
  g_signal_handlers_disconnect_by_data (site->session, &texts);
  g_signal_handlers_disconnect_by_data (site->session, &queries);
  g_signal_handlers_disconnect_by_data (site->session, &frames);
}

static void
test_bad_query (Site *site, gconstpointer data)
{
  QuarryFrameModel *frames = quarry_session_get_frames (site->session);
  QuarryQuery *query = quarry_session_get_query (site->session);

  quarry_session_set_query_text (site->session, "nothing:here");
  g_assert_nonnull (quarry_session_get_query_error (site->session));
  g_assert_nonnull (strstr (quarry_session_get_query_error (site->session), "nothing"));
  g_assert_true (quarry_session_get_frames (site->session) == frames);
  g_assert_true (quarry_session_get_query (site->session) == query);

  quarry_session_set_query_text (site->session, "scene:road");
  g_assert_null (quarry_session_get_query_error (site->session));
  quarry_test_wait (n_frames (site) == SITE_FRAMES);
}

/* Typed key by key, a term is a word that nothing has before it is a term that is wrong */
static void
test_half_typed_term (Site *site, gconstpointer data)
{
  static const char * const texts[] = { "scene:pit f", "scene:pit foo", "scene:pit foo:", "scene:pit foo:x" };

  quarry_session_set_query_text (site->session, "scene:pit");
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == 6);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      quarry_session_set_query_text (site->session, texts[i]);
      for (guint k = 0; k < 20; k++)
        g_main_context_iteration (NULL, FALSE);
    }
  g_assert_nonnull (quarry_session_get_query_error (site->session));
  g_assert_cmpstr (quarry_session_get_query_text (site->session), ==, "scene:pit foo:x");
  g_assert_cmpstr (quarry_query_get_text (quarry_session_get_query (site->session)), ==, "scene:pit");
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (site->session)) == 6);
  quarry_session_set_query_text (site->session, "scene:road");
  quarry_session_set_query_text (site->session, "scene:pit foo:x");          /* not typed on from it: as it was */
  g_assert_cmpstr (quarry_query_get_text (quarry_session_get_query (site->session)), ==, "scene:road");
}

static void
test_latest_wins (Site *site, gconstpointer data)
{
  for (int i = 0; i < 50; i++)
    quarry_session_set_query_text (site->session, i % 2 == 0 ? "scene:pit" : "");
  quarry_session_set_query_text (site->session, "class:truck scene:road");
  quarry_test_wait (n_frames (site) == 0);
  g_assert_null (site->toast);
  quarry_session_set_query_text (site->session, "");
  quarry_test_wait (n_frames (site) == SITE_FRAMES * SITE_SCENES);
}

static void
test_equal_result_keeps_model (Site *site, gconstpointer data)
{
  QuarryFrameModel *frames = quarry_session_get_frames (site->session);
  QuarrySelectionModel *selection = quarry_session_get_selection (site->session);
  int changed = 0;
  g_autoptr(GArray) one = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  const QuarryId id = quarry_frame_model_get_id (frames, 3);
  g_autoptr(GError) error = NULL;

  g_signal_connect (site->session, "changed", G_CALLBACK (changed_cb), &changed);
  g_array_append_val (one, id);
  g_assert_true (quarry_catalog_set_rating (site->catalog, one, 4, &error));
  g_assert_no_error (error);
  quarry_test_wait (changed > 0);
  quarry_session_set_query_text (site->session, "class:person");       /* all frames have one */
  quarry_test_wait (quarry_query_get_text (quarry_session_get_query (site->session))[0] == 'c');
  for (int i = 0; i < 100; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_true (quarry_session_get_frames (site->session) == frames);
  g_assert_true (quarry_session_get_selection (site->session) == selection);
  g_signal_handlers_disconnect_by_data (site->session, &changed);
}

/* --- selection --- */

static void
test_selection_survives (Site *site, gconstpointer data)
{
  QuarrySelectionModel *selection = quarry_session_get_selection (site->session);
  const QuarryId kept = quarry_frame_model_get_id (quarry_session_get_frames (site->session), 2);
  g_autoptr(GArray) ids = NULL;

  gtk_selection_model_select_item (GTK_SELECTION_MODEL (selection), 2, TRUE);
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (selection), SITE_FRAMES + 1, FALSE);
  quarry_session_set_query_text (site->session, "scene:pit");
  quarry_test_wait (n_frames (site) == SITE_FRAMES);
  g_assert_true (quarry_session_get_selection (site->session) != selection);
  ids = quarry_selection_model_dup_ids (quarry_session_get_selection (site->session));
  g_assert_cmpuint (ids->len, ==, 1);
  g_assert_cmpint (g_array_index (ids, QuarryId, 0), ==, kept);
}

static void
test_current_frame (Site *site, gconstpointer data)
{
  int n = 0;

  g_signal_connect (site->session, "notify::current-frame", G_CALLBACK (count_cb), &n);
  quarry_session_set_current_frame (site->session, 5);
  quarry_session_set_current_frame (site->session, 5);
  g_assert_cmpint (n, ==, 1);
  g_assert_cmpint (quarry_session_get_current_frame (site->session), ==, 5);
  g_object_set (site->session, "current-frame", (gint64) 7, NULL);
  g_assert_cmpint (n, ==, 2);
  g_signal_handlers_disconnect_by_data (site->session, &n);
}

/* --- edits --- */

static gboolean
append_in_thread (QuarryCatalog *catalog, gpointer data, char **what, GError **error)
{
  static const int pause_us[] = { 3000, 0, 1000 };
  GString *log = ((gpointer *) data)[0];
  const int number = GPOINTER_TO_INT (((gpointer *) data)[1]);

  g_usleep ((gulong) pause_us[number % 3]);
  g_string_append_printf (log, "%d ", number);
  return TRUE;
}

static void
test_edits_keep_order (Site *site, gconstpointer data)
{
  g_autoptr(GString) log = g_string_new (NULL);

  for (int i = 0; i < 9; i++)
    {
      gpointer *pair = g_new (gpointer, 2);
      g_autofree char *what = g_strdup_printf ("edit %d", i);

      pair[0] = log;
      pair[1] = GINT_TO_POINTER (i);
      quarry_session_edit (site->session, what, append_in_thread, pair, g_free);
    }
  quarry_test_wait (g_strcmp0 (site->toast, "edit 8") == 0);
  g_assert_cmpstr (log->str, ==, "0 1 2 3 4 5 6 7 8 ");
}

static gboolean
fail_in_thread (QuarryCatalog *catalog, gpointer data, char **what, GError **error)
{
  return quarry_catalog_delete_tag (catalog, "no such tag", error);
}

static gboolean
reword_in_thread (QuarryCatalog *catalog, gpointer data, char **what, GError **error)
{
  g_free (*what);
  *what = g_strdup ("better words");
  return TRUE;
}

static void
test_failed_edit_is_told (Site *site, gconstpointer data)
{
  quarry_session_edit (site->session, "never said", fail_in_thread, NULL, NULL);
  quarry_test_wait (site->toast != NULL);
  g_assert_nonnull (strstr (site->toast, "no such tag"));
  quarry_session_edit (site->session, "first words", reword_in_thread, NULL, NULL);
  quarry_test_wait (g_strcmp0 (site->toast, "better words") == 0);
}

static gboolean
tag_in_thread (QuarryCatalog *catalog, gpointer data, char **what, GError **error)
{
  const char * const names[] = { "late", NULL };
  g_autoptr(QuarryQuery) all = quarry_query_parse ("", NULL);
  g_autoptr(GArray) frames = quarry_catalog_query (catalog, all, NULL, error);

  g_usleep (20000);
  return frames != NULL && quarry_catalog_tag (catalog, frames, names, NULL, error);
}

static void
test_close_waits_for_edits (Site *site, gconstpointer data)
{
  g_autoptr(QuarryQuery) query = quarry_query_parse ("tag:late", NULL);
  g_autoptr(GArray) frames = NULL;

  quarry_session_edit (site->session, NULL, tag_in_thread, NULL, NULL);
  quarry_session_close (site->session);
  frames = quarry_catalog_query (site->catalog, query, NULL, NULL);
  g_assert_cmpuint (frames->len, ==, SITE_FRAMES * SITE_SCENES);
}

/* --- operations --- */

static gboolean
wait_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  while (!quarry_operation_is_cancelled (operation, error))
    g_usleep (1000);
  return FALSE;
}

static void
test_close_cancels_operations (Site *site, gconstpointer data)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Wait for ever");

  quarry_session_run (site->session, operation, wait_in_thread, NULL, NULL);
  g_assert_cmpuint (quarry_session_get_n_running (site->session), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (quarry_session_get_operations (site->session))), ==, 1);
  quarry_session_close (site->session);
  g_assert_cmpint (quarry_operation_get_state (operation), ==, QUARRY_OPERATION_CANCELLED);
  g_assert_cmpuint (quarry_session_get_n_running (site->session), ==, 0);
}

/* --- another program --- */

static void
test_other_program (Site *site, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryCatalog) other = quarry_catalog_open (quarry_catalog_get_path (site->catalog), &error);
  QuarryFacets *facets = quarry_session_get_facets (site->session);
  const char * const names[] = { "from outside", NULL };
  g_autoptr(GArray) one = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  const QuarryId id = quarry_frame_model_get_id (quarry_session_get_frames (site->session), 0);

  g_assert_no_error (error);
  quarry_test_wait (quarry_facets_is_counted (facets));
  g_array_append_val (one, id);
  g_assert_true (quarry_catalog_tag (other, one, names, NULL, &error));
  g_assert_no_error (error);
  quarry_test_wait (quarry_facets_find (facets, QUARRY_FACET_TAG, "from outside") != NULL);
  g_assert_true (quarry_catalog_close (other, &error));
}

/* --- facets --- */

static gint64
count (Site *site, QuarryFacet facet, const char *name)
{
  const QuarryFacetRow *row = quarry_facets_find (quarry_session_get_facets (site->session), facet, name);

  return row != NULL ? row->n_frames : -1;
}

static void
test_facets_follow_query (Site *site, gconstpointer data)
{
  QuarryFacets *facets = quarry_session_get_facets (site->session);

  quarry_test_wait (quarry_facets_is_counted (facets));
  g_assert_cmpint (quarry_facets_get_total (facets), ==, 12);
  g_assert_cmpint (count (site, QUARRY_FACET_SCENE, "pit"), ==, 6);
  g_assert_cmpint (count (site, QUARRY_FACET_CLASS, "truck"), ==, 6);
  g_assert_cmpint (count (site, QUARRY_FACET_SENSOR, "cam_left"), ==, 9);
  quarry_session_set_query_text (site->session, "scene:road");
  quarry_test_wait (count (site, QUARRY_FACET_CLASS, "truck") == 0);
  g_assert_cmpint (count (site, QUARRY_FACET_CLASS, "person"), ==, 6);
  g_assert_cmpint (count (site, QUARRY_FACET_SCENE, "pit"), ==, 0);
  g_assert_cmpint (quarry_facets_get_total (facets), ==, 12);
  g_assert_cmpint (count (site, QUARRY_FACET_TAG, "none such"), ==, -1);
}

static void
test_facets_of_nothing (Site *site, gconstpointer data)
{
  QuarryFacets *facets = quarry_session_get_facets (site->session);

  quarry_test_wait (quarry_facets_is_counted (facets));
  g_assert_cmpint (quarry_facets_get_total (facets), ==, 0);
  g_assert_cmpuint (quarry_facets_get (facets, QUARRY_FACET_SCENE)->len, ==, 0);
}

/* --- the list of ids --- */

static void
test_model (void)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_autoptr(QuarryFrameModel) model = NULL;
  g_autoptr(QuarryFrameItem) item = NULL;
  guint position = 99;

  for (QuarryId id = 100; id > 0; id -= 10)
    g_array_append_val (ids, id);
  model = quarry_frame_model_new (ids);
  g_assert_cmpuint (quarry_frame_model_get_n (model), ==, 10);
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (model)) == QUARRY_TYPE_FRAME_ITEM);
  item = g_list_model_get_item (G_LIST_MODEL (model), 1);
  g_assert_cmpint (quarry_frame_item_get_id (item), ==, 90);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (model), 10));
  g_assert_cmpint (quarry_frame_model_get_id (model, 10), ==, 0);
  g_assert_true (quarry_frame_model_find (model, 10, &position));
  g_assert_cmpuint (position, ==, 9);
  position = 99;
  g_assert_false (quarry_frame_model_find (model, 11, &position));
  g_assert_cmpuint (position, ==, 99);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*test) (Site *, gconstpointer); gconstpointer data; } tests[] = {
    { "/session/a-query-gives-new-frames", test_query, NULL },
    { "/session/a-bad-query-keeps-the-frames-and-says-why", test_bad_query, NULL },
    { "/session/a-half-typed-term-leaves-what-was-found-before-it", test_half_typed_term, NULL },
    { "/session/the-latest-query-wins", test_latest_wins, NULL },
    { "/session/an-equal-result-keeps-the-model", test_equal_result_keeps_model, NULL },
    { "/session/what-stays-in-the-list-stays-selected", test_selection_survives, NULL },
    { "/session/the-current-frame-notifies-once", test_current_frame, NULL },
    { "/session/edits-are-done-in-their-order", test_edits_keep_order, NULL },
    { "/session/a-failed-edit-is-told", test_failed_edit_is_told, NULL },
    { "/session/closing-waits-for-edits", test_close_waits_for_edits, NULL },
    { "/session/closing-cancels-operations", test_close_cancels_operations, NULL },
    { "/session/another-programs-edit-arrives", test_other_program, NULL },
    { "/facets/follow-the-query", test_facets_follow_query, NULL },
    { "/facets/an-empty-catalog-has-none", test_facets_of_nothing, "empty" },
  };

  gtk_init ();
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Site, tests[i].data, site_setup, tests[i].test, site_teardown);
  g_test_add_func ("/frame-model/items-are-made-when-looked-at", test_model);
  return g_test_run ();
}
