/* test-prompt.c: one question, one answer, to the widget that asked
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-prompt.h"
#include "quarry-site.h"

typedef struct
{
  Site       site;
  GtkWidget *button;          /* who asks; has ask.name */
  GtkWidget *box;
  char      *answer;          /* what came, NULL nothing */
  int        n_answers;
} Fixture;

static void
name_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_free (fixture->answer);
  fixture->answer = g_variant_dup_string (value, NULL);
  fixture->n_answers++;
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  static const GActionEntry entries[] = { { "name", name_cb, "s", NULL, NULL, { 0 } } };
  g_autoptr(GSimpleActionGroup) group = g_simple_action_group_new ();

  site_setup (&fixture->site, "empty");
  fixture->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  fixture->button = gtk_button_new_with_label ("ask");
  gtk_box_append (GTK_BOX (fixture->box), fixture->button);
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), fixture);
  gtk_widget_insert_action_group (fixture->button, "ask", G_ACTION_GROUP (group));
  site_show (&fixture->site, fixture->box);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->answer);
  site_teardown (&fixture->site, NULL);
}

static AdwMessageDialog *
ask (Fixture *fixture, const char *text, gboolean may_be_empty)
{
  const QuarryPrompt prompt = { "New Dataset", "Its frames can be changed later.", "Name", text, "_Create", may_be_empty, "ask.name" };

  return ADW_MESSAGE_DIALOG (quarry_prompt_present (fixture->button, &prompt));
}

static GtkWidget *
row (AdwMessageDialog *dialog)
{
  return site_find (GTK_WIDGET (dialog), ADW_TYPE_ENTRY_ROW, NULL);
}

static void
type (AdwMessageDialog *dialog, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (row (dialog)), text);
}

/* --- what it looks like --- */

static void
test_words (Fixture *fixture, gconstpointer data)
{
  AdwMessageDialog *dialog = ask (fixture, NULL, FALSE);

  g_assert_cmpstr (adw_message_dialog_get_heading (dialog), ==, "New Dataset");
  g_assert_cmpstr (adw_message_dialog_get_body (dialog), ==, "Its frames can be changed later.");
  g_assert_cmpstr (adw_message_dialog_get_response_label (dialog, "accept"), ==, "_Create");
  g_assert_cmpstr (adw_message_dialog_get_default_response (dialog), ==, "accept");
  g_assert_cmpstr (adw_message_dialog_get_close_response (dialog), ==, "cancel");
  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row (dialog))), ==, "Name");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (row (dialog))), ==, "");
  g_assert_true (gtk_window_get_transient_for (GTK_WINDOW (dialog)) == fixture->site.window);
  g_assert_true (adw_entry_row_get_activates_default (ADW_ENTRY_ROW (row (dialog))));
  quarry_test_wait (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (dialog)), row (dialog)));
  adw_message_dialog_response (dialog, "cancel");
}

static void
test_empty_is_not_accepted (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *text; gboolean enabled; } cases[] = {
    { "haul", TRUE }, { "", FALSE }, { "   ", FALSE }, { " x ", TRUE }, { "\t", FALSE },
  };
  AdwMessageDialog *dialog = ask (fixture, NULL, FALSE);

  g_assert_false (adw_message_dialog_get_response_enabled (dialog, "accept"));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      type (dialog, cases[i].text);
      g_assert_cmpint (adw_message_dialog_get_response_enabled (dialog, "accept"), ==, cases[i].enabled);
      g_assert_true (adw_message_dialog_get_response_enabled (dialog, "cancel"));
    }
  type (dialog, "  ");
  adw_message_dialog_response (dialog, "accept");                    /* whoever says so */
  g_assert_cmpint (fixture->n_answers, ==, 0);
}

static void
test_empty_where_it_may (Fixture *fixture, gconstpointer data)
{
  AdwMessageDialog *dialog = ask (fixture, "night", TRUE);

  type (dialog, "");
  g_assert_true (adw_message_dialog_get_response_enabled (dialog, "accept"));
  adw_message_dialog_response (dialog, "accept");
  g_assert_cmpint (fixture->n_answers, ==, 1);
  g_assert_cmpstr (fixture->answer, ==, "");
}

/* --- answers --- */

static void
test_answers (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *before, *typed, *response, *answer; } cases[] = {
    { NULL, "haul", "accept", "haul" },
    { NULL, "  haul road  ", "accept", "haul road" },
    { "night", NULL, "accept", "night" },                            /* as it stands */
    { "night", "nightly", "accept", "nightly" },
    { NULL, "Grube Ü", "accept", "Grube Ü" },
    { NULL, "<b>&", "accept", "<b>&" },
    { NULL, "haul", "cancel", NULL },
    { "night", NULL, "cancel", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      AdwMessageDialog *dialog = ask (fixture, cases[i].before, FALSE);

      g_clear_pointer (&fixture->answer, g_free);
      fixture->n_answers = 0;
      if (cases[i].typed != NULL)
        type (dialog, cases[i].typed);
      adw_message_dialog_response (dialog, cases[i].response);
      g_assert_cmpstr (fixture->answer, ==, cases[i].answer);
      g_assert_cmpint (fixture->n_answers, ==, cases[i].answer != NULL);
    }
}

static void
test_closing_is_no_answer (Fixture *fixture, gconstpointer data)
{
  AdwMessageDialog *dialog = ask (fixture, "night", FALSE);

  gtk_window_close (GTK_WINDOW (dialog));
  quarry_test_wait (site_find_dialog (ADW_TYPE_MESSAGE_DIALOG) == NULL);
  g_assert_cmpint (fixture->n_answers, ==, 0);
}

static void
test_enter_answers (Fixture *fixture, gconstpointer data)
{
  AdwMessageDialog *dialog = ask (fixture, NULL, FALSE);

  type (dialog, "haul");
  quarry_test_wait (gtk_widget_get_mapped (GTK_WIDGET (dialog)));
  g_signal_emit_by_name (gtk_editable_get_delegate (GTK_EDITABLE (row (dialog))), "activate");
  quarry_test_wait (fixture->n_answers == 1);
  g_assert_cmpstr (fixture->answer, ==, "haul");
}

static void
test_who_asked_is_gone (Fixture *fixture, gconstpointer data)
{
  AdwMessageDialog *dialog = ask (fixture, NULL, FALSE);

  type (dialog, "haul");
  g_object_add_weak_pointer (G_OBJECT (fixture->button), (gpointer *) &fixture->button);
  gtk_box_remove (GTK_BOX (fixture->box), fixture->button);
  quarry_test_wait (fixture->button == NULL);                        /* the focus held it too */
  adw_message_dialog_response (dialog, "accept");
  g_assert_cmpint (fixture->n_answers, ==, 0);
}

static void
test_two_at_once (Fixture *fixture, gconstpointer data)
{
  AdwMessageDialog *first = ask (fixture, "one", FALSE), *second = ask (fixture, "two", FALSE);

  g_assert_true (first != second);
  adw_message_dialog_response (first, "accept");
  g_assert_cmpstr (fixture->answer, ==, "one");
  adw_message_dialog_response (second, "accept");
  g_assert_cmpstr (fixture->answer, ==, "two");
}

static void
test_no_body (Fixture *fixture, gconstpointer data)
{
  const QuarryPrompt prompt = { "Rename", NULL, "Name", "old", "_Rename", FALSE, "ask.name" };
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (quarry_prompt_present (fixture->button, &prompt));

  g_assert_cmpstr (adw_message_dialog_get_body (dialog), ==, "");
  g_assert_true (adw_message_dialog_get_response_enabled (dialog, "accept"));
  adw_message_dialog_response (dialog, "accept");
  g_assert_cmpstr (fixture->answer, ==, "old");
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*test) (Fixture *, gconstpointer); } tests[] = {
    { "/prompt/says-what-it-asks", test_words },
    { "/prompt/nothing-is-no-answer", test_empty_is_not_accepted },
    { "/prompt/unless-it-may-be-empty", test_empty_where_it_may },
    { "/prompt/answers-go-to-the-action", test_answers },
    { "/prompt/closing-it-is-no-answer", test_closing_is_no_answer },
    { "/prompt/enter-answers", test_enter_answers },
    { "/prompt/nothing-happens-when-who-asked-is-gone", test_who_asked_is_gone },
    { "/prompt/two-at-once-keep-their-answers", test_two_at_once },
    { "/prompt/needs-no-body", test_no_body },
  };

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, setup, tests[i].test, teardown);
  return g_test_run ();
}
