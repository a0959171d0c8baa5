/* test-import-dialog.c: what the import dialog tells before, and what it asks for
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-demo.h"
#include "quarry-import-dialog.h"
#include "quarry-test-widget.h"

typedef struct
{
  Site                site;
  GtkWidget          *dialog;
  char               *source;
  QuarryImportChoice *choice;      /* what was accepted; NULL nothing yet */
} Fixture;

static void
accepted_cb (const QuarryImportChoice *choice, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_null (fixture->choice);
  fixture->choice = quarry_import_choice_copy (choice);
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  const QuarryDemoOptions options = { 2, 1, 320 };
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("demo");
  g_autoptr(GError) error = NULL;
  gboolean ready = FALSE;

  site_setup (&fixture->site, "empty");
  fixture->source = g_build_filename (fixture->site.folder, data != NULL ? data : "demo & <site>", NULL);
  if (data == NULL)
    quarry_demo_write (fixture->source, &options, operation, &error);
  g_assert_no_error (error);
  site_show (&fixture->site, gtk_label_new ("behind"));
  fixture->dialog = quarry_import_dialog_present (fixture->site.session, fixture->site.window,
                                                  (const char *[]) { fixture->source, NULL }, accepted_cb, fixture);
  while (!ready)
    {
      g_main_context_iteration (NULL, TRUE);
      g_object_get (fixture->dialog, "ready", &ready, NULL);
    }
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->choice, quarry_import_choice_free);
  g_free (fixture->source);
  site_teardown (&fixture->site, data);
}

static void
test_tells_what_is_there (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row = site_find (fixture->dialog, ADW_TYPE_ACTION_ROW, "demo & <site>");

  g_assert_nonnull (row);
  g_assert_false (gtk_widget_has_css_class (row, "error"));
  quarry_test_wait (widget_can (fixture->dialog, "import.start"));
  gtk_window_destroy (GTK_WINDOW (fixture->dialog));
  g_assert_null (fixture->choice);                               /* closed is not accepted */
}

static void
test_says_what_cannot_be (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row = site_find (fixture->dialog, ADW_TYPE_ACTION_ROW, data);

  g_assert_true (gtk_widget_has_css_class (row, "error"));
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), !=, "");
  g_assert_false (widget_can (fixture->dialog, "import.start"));
  g_assert_false (gtk_widget_get_visible (widget_child (fixture->dialog, "sensors")));
  gtk_window_destroy (GTK_WINDOW (fixture->dialog));
}

static void
test_gives_what_was_chosen (Fixture *fixture, gconstpointer data)
{
  const QuarryReader * const *readers = quarry_ingest_list_readers ();
  gboolean gone = FALSE;

  adw_combo_row_set_selected (widget_child (fixture->dialog, "format"), 1);
  adw_combo_row_set_selected (widget_child (fixture->dialog, "match"), 1);
  gtk_spin_button_set_value (widget_child (fixture->dialog, "tolerance"), 40);
  quarry_test_wait (widget_can (fixture->dialog, "import.start"));
  widget_watch (fixture->dialog, &gone);
  site_act (fixture->dialog, "import.start", NULL);
  quarry_test_wait (gone);
  g_assert_cmpstr (fixture->choice->paths[0], ==, fixture->source);
  g_assert_null (fixture->choice->paths[1]);
  g_assert_cmpstr (fixture->choice->options.format, ==, readers[0]->id);
  g_assert_true (fixture->choice->options.latest_before);
  g_assert_cmpint (fixture->choice->options.tolerance_ns, ==, 40 * 1000 * 1000);
  g_assert_cmpint (fixture->choice->options.sync, ==, QUARRY_SYNC_DEFAULT);
  g_assert_null (fixture->choice->options.copy_to);
}

static void
test_defaults_are_the_default (Fixture *fixture, gconstpointer data)
{
  gboolean gone = FALSE;

  quarry_test_wait (widget_can (fixture->dialog, "import.start"));
  widget_watch (fixture->dialog, &gone);
  site_act (fixture->dialog, "import.start", NULL);
  quarry_test_wait (gone);
  g_assert_null (fixture->choice->options.format);
  g_assert_false (fixture->choice->options.latest_before);
  g_assert_cmpint (fixture->choice->options.tolerance_ns, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/import-dialog/tells-what-is-there", Fixture, NULL, setup, test_tells_what_is_there, teardown);
  g_test_add ("/import-dialog/says-what-cannot-be-imported", Fixture, "nothing", setup, test_says_what_cannot_be, teardown);
  g_test_add ("/import-dialog/gives-what-was-chosen", Fixture, NULL, setup, test_gives_what_was_chosen, teardown);
  g_test_add ("/import-dialog/unchanged-it-gives-the-default", Fixture, NULL, setup, test_defaults_are_the_default, teardown);
  return g_test_run ();
}
