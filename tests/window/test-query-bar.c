/* test-query-bar.c: typing, marking what is wrong, following the session
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-query-bar.h"
#include "quarry-site.h"
#include "quarry-window.h"

typedef struct
{
  Site            site;
  QuarryQueryBar *bar;
  GtkWidget      *other;             /* takes the focus on win.focus-page */
  int             n_focus_page;
} Fixture;

static void
focus_page_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_focus_page++;
  gtk_widget_grab_focus (fixture->other);
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  static const GActionEntry entries[] = { { "focus-page", focus_page_cb, NULL, NULL, NULL, { 0 } } };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autoptr(GSimpleActionGroup) group = g_simple_action_group_new ();

  site_setup (&fixture->site, NULL);
  fixture->bar = QUARRY_QUERY_BAR (quarry_query_bar_new (fixture->site.session));
  fixture->other = gtk_button_new_with_label ("page");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (fixture->bar));
  gtk_box_append (GTK_BOX (box), fixture->other);
  site_show (&fixture->site, box);
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), fixture);
  gtk_widget_insert_action_group (GTK_WIDGET (fixture->site.window), "win", G_ACTION_GROUP (group));
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  site_teardown (&fixture->site, NULL);
}

static const char *
session_text (Fixture *fixture)
{
  return quarry_session_get_query_text (fixture->site.session);
}

static const char *
bar_text (Fixture *fixture)
{
  return gtk_editable_get_text (GTK_EDITABLE (quarry_query_bar_get_entry (fixture->bar)));
}

static void
type (Fixture *fixture, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (quarry_query_bar_get_entry (fixture->bar)), text);
}

static void
press_enter (Fixture *fixture)
{
  g_signal_emit_by_name (quarry_query_bar_get_entry (fixture->bar), "activate");
}

static gboolean
has_error (Fixture *fixture)
{
  g_autofree char *error = quarry_query_bar_dup_error (fixture->bar);

  g_assert_cmpint (error != NULL, ==, gtk_widget_has_css_class (GTK_WIDGET (quarry_query_bar_get_entry (fixture->bar)), "error"));
  return error != NULL;
}

/* Byte from which the text is squiggled, −1 nowhere */
static int
squiggle (Fixture *fixture)
{
  PangoAttrList *attributes = gtk_entry_get_attributes (quarry_query_bar_get_entry (fixture->bar));
  GSList *all = attributes != NULL ? pango_attr_list_get_attributes (attributes) : NULL;
  int start = -1;

  for (GSList *at = all; at != NULL; at = at->next)
    if (((PangoAttribute *) at->data)->klass->type == PANGO_ATTR_UNDERLINE)
      start = (int) ((PangoAttribute *) at->data)->start_index;
  g_slist_free_full (all, (GDestroyNotify) pango_attribute_destroy);
  return start;
}

/* What the entry's first key controller in the capture phase makes of a key. Returns: whether it stops there */
static gboolean
press (Fixture *fixture, guint keyval)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (quarry_query_bar_get_entry (fixture->bar)));
  gboolean stopped = FALSE;

  for (guint i = 0; !stopped && i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller) && gtk_event_controller_get_propagation_phase (controller) == GTK_PHASE_CAPTURE)
        g_signal_emit_by_name (controller, "key-pressed", keyval, 0, 0, &stopped);
    }
  return stopped;
}

/* --- typing --- */

static void
test_typing_rests (Fixture *fixture, gconstpointer data)
{
  type (fixture, "s");
  type (fixture, "scene:p");
  type (fixture, "scene:pit");
  g_assert_cmpstr (session_text (fixture), ==, "");                  /* not a query a key */
  quarry_test_wait (g_str_equal (session_text (fixture), "scene:pit"));
  quarry_test_wait (quarry_frame_model_get_n (quarry_session_get_frames (fixture->site.session)) == SITE_FRAMES);
  g_assert_false (has_error (fixture));
}

static void
test_enter_runs_at_once (Fixture *fixture, gconstpointer data)
{
  type (fixture, "class:truck");
  press_enter (fixture);
  g_assert_cmpstr (session_text (fixture), ==, "class:truck");
  g_assert_cmpint (fixture->n_focus_page, ==, 1);                    /* on to the frames */
}

static void
test_half_typed_is_no_error_yet (Fixture *fixture, gconstpointer data)
{
  type (fixture, "scene:");
  quarry_test_wait (quarry_session_get_query_error (fixture->site.session) != NULL);
  g_assert_false (has_error (fixture));
  type (fixture, "scene:road");
  quarry_test_wait (quarry_session_get_query_error (fixture->site.session) == NULL);
  for (const gint64 end = g_get_monotonic_time () + 800 * 1000; g_get_monotonic_time () < end;)
    {
      g_assert_false (has_error (fixture));
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (1000);
    }
}

static void
test_patience_ends (Fixture *fixture, gconstpointer data)
{
  type (fixture, "tga:night");
  quarry_test_wait (has_error (fixture));
  g_assert_cmpint (squiggle (fixture), ==, 0);
  g_assert_cmpuint (quarry_frame_model_get_n (quarry_session_get_frames (fixture->site.session)), ==, SITE_SCENES * SITE_FRAMES);
  type (fixture, "tag:night");
  quarry_test_wait (!has_error (fixture));
  g_assert_cmpint (squiggle (fixture), ==, -1);
}

static void
test_enter_marks_at_once (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *text; int start; const char *message; } cases[] = {
    { "flag:maybe", 5, "character 6: a flag is pick, reject or none, not 'maybe'" },
    { "scene:pit rating:9", 17, "character 18: a rating is 0 to 5 or a bound like >=3, not '9'" },
    { "tga:night", 0, "character 1: no field 'tga', did you mean 'tag'?" },
    { "scene:Grübe tga:x", 13, "character 13: no field 'tga', did you mean 'tag'?" },         /* characters, not bytes */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *error = NULL;

      type (fixture, cases[i].text);
      press_enter (fixture);
      error = quarry_query_bar_dup_error (fixture->bar);
      g_assert_cmpstr (error, ==, cases[i].message);
      g_assert_cmpint (squiggle (fixture), ==, cases[i].start);
      g_assert_true (has_error (fixture));
      g_assert_cmpstr (bar_text (fixture), ==, cases[i].text);
    }
  g_assert_cmpint (fixture->n_focus_page, ==, 0);                    /* there is something to mend here */
}

static void
test_the_place_is_inside_the_text (Fixture *fixture, gconstpointer data)
{
  static const char * const texts[] = { "scene:", "-", "scene:\"", "\"", "scene:pit -", "é:", "tag:ü class:" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      type (fixture, texts[i]);
      press_enter (fixture);
      g_assert_true (has_error (fixture));
      g_assert_cmpint (squiggle (fixture), >=, 0);
      g_assert_cmpint (squiggle (fixture), <, (int) strlen (texts[i]));
      g_assert_true (g_utf8_validate (texts[i] + squiggle (fixture), -1, NULL));
    }
}

/* --- clearing, keys, focus --- */

static void
test_clear_icon (Fixture *fixture, gconstpointer data)
{
  GtkEntry *entry = quarry_query_bar_get_entry (fixture->bar);

  g_assert_null (gtk_entry_get_icon_name (entry, GTK_ENTRY_ICON_SECONDARY));
  type (fixture, "scene:pit");
  g_assert_cmpstr (gtk_entry_get_icon_name (entry, GTK_ENTRY_ICON_SECONDARY), ==, "edit-clear-symbolic");
  press_enter (fixture);
  g_signal_emit_by_name (entry, "icon-release", GTK_ENTRY_ICON_PRIMARY);
  g_assert_cmpstr (session_text (fixture), ==, "scene:pit");
  g_signal_emit_by_name (entry, "icon-release", GTK_ENTRY_ICON_SECONDARY);
  g_assert_cmpstr (session_text (fixture), ==, "");
  g_assert_cmpstr (bar_text (fixture), ==, "");
  g_assert_null (gtk_entry_get_icon_name (entry, GTK_ENTRY_ICON_SECONDARY));
}

static void
test_clearing_takes_the_error (Fixture *fixture, gconstpointer data)
{
  type (fixture, "flag:maybe");
  press_enter (fixture);
  g_assert_true (has_error (fixture));
  g_signal_emit_by_name (quarry_query_bar_get_entry (fixture->bar), "icon-release", GTK_ENTRY_ICON_SECONDARY);
  g_assert_false (has_error (fixture));
  g_assert_cmpint (squiggle (fixture), ==, -1);
}

static void
test_keys_leave (Fixture *fixture, gconstpointer data)
{
  gtk_widget_grab_focus (GTK_WIDGET (fixture->bar));
  quarry_test_wait (gtk_widget_has_focus (gtk_window_get_focus (fixture->site.window)) ||
                    gtk_widget_is_ancestor (gtk_window_get_focus (fixture->site.window), GTK_WIDGET (fixture->bar)));
  type (fixture, "scene:road");
  g_assert_true (press (fixture, GDK_KEY_Escape));
  g_assert_true (gtk_window_get_focus (fixture->site.window) == fixture->other);
  g_assert_cmpstr (bar_text (fixture), ==, "scene:road");            /* nothing typed is lost */
  g_assert_true (press (fixture, GDK_KEY_Down));
  g_assert_cmpint (fixture->n_focus_page, ==, 2);
  g_assert_false (press (fixture, GDK_KEY_a));
  g_assert_false (press (fixture, GDK_KEY_Left));
  g_assert_cmpint (fixture->n_focus_page, ==, 2);
}

static void
test_focus_goes_to_the_entry (Fixture *fixture, gconstpointer data)
{
  gtk_widget_grab_focus (fixture->other);
  gtk_widget_grab_focus (GTK_WIDGET (fixture->bar));
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (fixture->site.window), GTK_WIDGET (quarry_query_bar_get_entry (fixture->bar))));
}

/* --- the session --- */

static void
test_follows_session (Fixture *fixture, gconstpointer data)
{
  quarry_session_set_query_text (fixture->site.session, "tag:ü scene:road");
  g_assert_cmpstr (bar_text (fixture), ==, "tag:ü scene:road");
  g_assert_cmpint (gtk_editable_get_position (GTK_EDITABLE (quarry_query_bar_get_entry (fixture->bar))), ==, 16);
  quarry_session_set_query_text (fixture->site.session, "");
  g_assert_cmpstr (bar_text (fixture), ==, "");
}

static void
test_other_change_wins_over_half_typed (Fixture *fixture, gconstpointer data)
{
  type (fixture, "scene:pi");                                        /* its rest has not ended */
  quarry_session_set_query_text (fixture->site.session, "class:truck");
  g_assert_cmpstr (bar_text (fixture), ==, "class:truck");
  for (const gint64 end = g_get_monotonic_time () + 300 * 1000; g_get_monotonic_time () < end;)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  g_assert_cmpstr (session_text (fixture), ==, "class:truck");
}

static void
test_begins_with_the_session (Fixture *fixture, gconstpointer data)
{
  GtkWidget *second = NULL;

  quarry_session_set_query_text (fixture->site.session, "scene:pit");
  second = g_object_ref_sink (quarry_query_bar_new (fixture->site.session));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (quarry_query_bar_get_entry (QUARRY_QUERY_BAR (second)))), ==, "scene:pit");
  quarry_session_set_query_text (fixture->site.session, "scene:road");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (quarry_query_bar_get_entry (QUARRY_QUERY_BAR (second)))), ==, "scene:road");
  g_assert_cmpstr (bar_text (fixture), ==, "scene:road");
  g_object_unref (second);
}

static void
test_goes_while_it_waits (Fixture *fixture, gconstpointer data)
{
  GtkWidget *second = g_object_ref_sink (quarry_query_bar_new (fixture->site.session));

  gtk_editable_set_text (GTK_EDITABLE (quarry_query_bar_get_entry (QUARRY_QUERY_BAR (second))), "scene:pit");
  quarry_session_set_query_text (fixture->site.session, "flag:maybe");       /* its patience has begun */
  g_assert_finalize_object (second);
  quarry_test_wait (has_error (fixture));
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*test) (Fixture *, gconstpointer); } tests[] = {
    { "/query-bar/typing-runs-the-query-after-a-rest", test_typing_rests },
    { "/query-bar/enter-runs-it-at-once-and-leads-to-the-frames", test_enter_runs_at_once },
    { "/query-bar/what-is-half-typed-is-no-error-yet", test_half_typed_is_no_error_yet },
    { "/query-bar/what-stays-wrong-is-marked", test_patience_ends },
    { "/query-bar/enter-marks-the-place-at-once", test_enter_marks_at_once },
    { "/query-bar/the-marked-place-is-inside-the-text", test_the_place_is_inside_the_text },
    { "/query-bar/the-icon-clears", test_clear_icon },
    { "/query-bar/clearing-takes-the-error-away", test_clearing_takes_the_error },
    { "/query-bar/escape-and-down-leave-it", test_keys_leave },
    { "/query-bar/focus-goes-to-the-entry", test_focus_goes_to_the_entry },
    { "/query-bar/follows-the-session", test_follows_session },
    { "/query-bar/a-click-elsewhere-wins-over-half-typed-text", test_other_change_wins_over_half_typed },
    { "/query-bar/begins-with-the-sessions-query", test_begins_with_the_session },
    { "/query-bar/may-go-while-it-waits", test_goes_while_it_waits },
  };

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_type_class_unref (g_type_class_ref (QUARRY_TYPE_WINDOW));      /* brings the templates */
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, setup, tests[i].test, teardown);
  return g_test_run ();
}
