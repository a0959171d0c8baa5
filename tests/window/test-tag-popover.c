/* test-tag-popover.c: names offered while typing, what Enter and the arrows choose; chips and dots
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-facets.h"
#include "quarry-site.h"
#include "quarry-tag-chip.h"
#include "quarry-tag-popover.h"
#include "quarry-window.h"

typedef struct
{
  Site       site;
  GtkWidget *anchor;
  GtkWidget *popover;
  GString   *chosen;          /* "night|-rain|" */
} Fixture;

static void
chosen_cb (QuarryTagPopover *popover, const char *name, gpointer user_data)
{
  g_string_append_printf (user_data, "%s|", name);
}

static void
tag_first (Site *site, const char * const *names)
{
  g_autoptr(GArray) one = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  const QuarryId id = quarry_frame_model_get_id (quarry_session_get_frames (site->session), 0);
  QuarryFacets *facets = quarry_session_get_facets (site->session);
  g_autoptr(GError) error = NULL;

  g_array_append_val (one, id);
  quarry_catalog_tag (site->catalog, one, names, NULL, &error);
  g_assert_no_error (error);
  quarry_test_wait (quarry_facets_get (facets, QUARRY_FACET_TAG)->len == g_strv_length ((char **) names));
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  static const char * const names[] = { "Night shift", "dusk", "fog", "foggy morning", "night", "rain", NULL };

  site_setup (&fixture->site, NULL);
  tag_first (&fixture->site, names);
  fixture->chosen = g_string_new (NULL);
  fixture->anchor = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  site_show (&fixture->site, fixture->anchor);
  fixture->popover = quarry_tag_popover_new (fixture->site.session, QUARRY_FACET_TAG);
  gtk_widget_set_parent (fixture->popover, fixture->anchor);
  g_signal_connect (fixture->popover, "chosen", G_CALLBACK (chosen_cb), fixture->chosen);
  gtk_popover_popup (GTK_POPOVER (fixture->popover));
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  gtk_widget_unparent (fixture->popover);
  g_string_free (fixture->chosen, TRUE);
  site_teardown (&fixture->site, NULL);
}

static GtkListBox *
list (Fixture *fixture)
{
  return GTK_LIST_BOX (site_find (fixture->popover, GTK_TYPE_LIST_BOX, NULL));
}

static void
type (Fixture *fixture, const char *text)
{
  quarry_tag_popover_set_text (QUARRY_TAG_POPOVER (fixture->popover), text);
}

/* Rows as they read, the selected one in brackets: "[fog] foggy morning" */
static char *
describe (Fixture *fixture)
{
  GString *text = g_string_new (NULL);
  GtkListBoxRow *row = NULL;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (list (fixture), i)) != NULL; i++)
    {
      const char *name = gtk_label_get_text (GTK_LABEL (site_find (GTK_WIDGET (row), GTK_TYPE_LABEL, NULL)));

      g_string_append_printf (text, gtk_list_box_row_is_selected (row) ? "%s[%s]" : "%s%s", i > 0 ? ", " : "", name);
    }
  return g_string_free (text, FALSE);
}

static void
assert_rows (Fixture *fixture, const char *expected)
{
  g_autofree char *now = describe (fixture);

  g_assert_cmpstr (now, ==, expected);
}

static gboolean
press (Fixture *fixture, guint keyval)
{
  GtkWidget *entry = site_find (fixture->popover, GTK_TYPE_ENTRY, NULL);
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (entry);
  gboolean stopped = FALSE;

  for (guint i = 0; !stopped && i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller) && gtk_event_controller_get_propagation_phase (controller) == GTK_PHASE_CAPTURE)
        g_signal_emit_by_name (controller, "key-pressed", keyval, 0, 0, &stopped);
    }
  return stopped;
}

/* --- what is offered --- */

static void
test_offers (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *typed, *rows; } cases[] = {
    { "", "Night shift, dusk, fog, foggy morning, night, rain" },
    { "f", "[fog], foggy morning, Night shift, New “f”" },
    { "foggy", "[foggy morning], New “foggy”" },
    { "in", "[foggy morning], rain, New “in”" },                       /* inside a name, by name */
    { "  dusk ", "[dusk]" },
    { "DUSK", "[dusk], New “DUSK”" },
    { "quarry", "[New “quarry”]" },
    { "-", "Night shift, dusk, fog, foggy morning, night, rain" },
    { "-r", "[rain], foggy morning" },                                   /* none new to take away */
    { "-unheard", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      type (fixture, cases[i].typed);
      assert_rows (fixture, cases[i].rows);
    }
}

static void
test_a_whole_name_wins (Fixture *fixture, gconstpointer data)
{
  type (fixture, "night");
  assert_rows (fixture, "[night], Night shift");
  quarry_tag_popover_accept (QUARRY_TAG_POPOVER (fixture->popover));
  type (fixture, "-night");
  quarry_tag_popover_accept (QUARRY_TAG_POPOVER (fixture->popover));
  g_assert_cmpstr (fixture->chosen->str, ==, "night|-night|");
}

static void
test_at_most_eight (Fixture *fixture, gconstpointer data)
{
  static const char * const names[] = { "Night shift", "dusk", "fog", "foggy morning", "night", "rain", "t0", "t1", "t2", "t3", "t4", "t5",
                                        "t6", "t7", "t8", "t9", NULL };

  gtk_popover_popdown (GTK_POPOVER (fixture->popover));
  tag_first (&fixture->site, names);
  gtk_popover_popup (GTK_POPOVER (fixture->popover));
  g_assert_cmpuint (quarry_tag_popover_get_n (QUARRY_TAG_POPOVER (fixture->popover)), ==, 8);
  type (fixture, "t");
  assert_rows (fixture, "[t0], t1, t2, t3, t4, t5, t6, t7, New “t”");
  type (fixture, "t9");
  assert_rows (fixture, "[t9]");
}

/* --- choosing --- */

static void
test_enter (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *typed, *chosen; } cases[] = {
    { "fog", "fog|" },
    { "foggy", "foggy morning|" },
    { "  quarry  ", "quarry|" },
    { "-rain", "-rain|" },
    { "- rain", "-rain|" },
    { "-unheard", "-unheard|" },
    { "", "" },
    { "   ", "" },
    { "-", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_string_truncate (fixture->chosen, 0);
      gtk_popover_popup (GTK_POPOVER (fixture->popover));
      gtk_list_box_unselect_all (list (fixture));
      type (fixture, cases[i].typed);
      g_signal_emit_by_name (site_find (fixture->popover, GTK_TYPE_ENTRY, NULL), "activate");
      g_assert_cmpstr (fixture->chosen->str, ==, cases[i].chosen);
      g_assert_cmpint (gtk_widget_get_visible (fixture->popover), ==, *cases[i].chosen == '\0');
    }
}

static void
test_arrows (Fixture *fixture, gconstpointer data)
{
  type (fixture, "f");
  g_assert_true (press (fixture, GDK_KEY_Down));
  assert_rows (fixture, "fog, [foggy morning], Night shift, New “f”");
  g_assert_true (press (fixture, GDK_KEY_Up));
  assert_rows (fixture, "[fog], foggy morning, Night shift, New “f”");
  g_assert_false (press (fixture, GDK_KEY_Up));                          /* nothing above */
  for (int i = 0; i < 9; i++)
    g_assert_true (press (fixture, GDK_KEY_Down));
  assert_rows (fixture, "fog, foggy morning, Night shift, [New “f”]");
  g_assert_false (press (fixture, GDK_KEY_Left));
  quarry_tag_popover_accept (QUARRY_TAG_POPOVER (fixture->popover));
  g_assert_cmpstr (fixture->chosen->str, ==, "f|");
}

static void
test_arrows_begin_at_the_top (Fixture *fixture, gconstpointer data)
{
  g_assert_true (press (fixture, GDK_KEY_Down));
  assert_rows (fixture, "[Night shift], dusk, fog, foggy morning, night, rain");
  g_assert_true (press (fixture, GDK_KEY_Down));
  quarry_tag_popover_accept (QUARRY_TAG_POPOVER (fixture->popover));
  g_assert_cmpstr (fixture->chosen->str, ==, "dusk|");
}

static void
test_click (Fixture *fixture, gconstpointer data)
{
  type (fixture, "-f");
  g_signal_emit_by_name (list (fixture), "row-activated", gtk_list_box_get_row_at_index (list (fixture), 1));
  g_assert_cmpstr (fixture->chosen->str, ==, "-foggy morning|");
}

static void
test_opens_empty (Fixture *fixture, gconstpointer data)
{
  type (fixture, "fog");
  gtk_popover_popdown (GTK_POPOVER (fixture->popover));
  quarry_test_wait (!gtk_widget_get_visible (fixture->popover));
  gtk_popover_popup (GTK_POPOVER (fixture->popover));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (site_find (fixture->popover, GTK_TYPE_ENTRY, NULL))), ==, "");
  assert_rows (fixture, "Night shift, dusk, fog, foggy morning, night, rain");
}

/* --- datasets --- */

static void
test_datasets (Fixture *fixture, gconstpointer data)
{
  GtkWidget *popover = quarry_tag_popover_new (fixture->site.session, QUARRY_FACET_DATASET);
  g_autoptr(GArray) none = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_autoptr(GString) chosen = g_string_new (NULL);
  GtkWidget *list_box = NULL;

  g_assert_cmpint (quarry_catalog_create_dataset (fixture->site.catalog, "haul", "", none, NULL), !=, 0);
  quarry_test_wait (quarry_facets_get (quarry_session_get_facets (fixture->site.session), QUARRY_FACET_DATASET)->len == 1);
  gtk_widget_set_parent (popover, fixture->anchor);
  g_signal_connect (popover, "chosen", G_CALLBACK (chosen_cb), chosen);
  gtk_popover_popup (GTK_POPOVER (popover));
  g_assert_cmpuint (quarry_tag_popover_get_n (QUARRY_TAG_POPOVER (popover)), ==, 1);
  quarry_tag_popover_set_text (QUARRY_TAG_POPOVER (popover), "-7");       /* a name like another */
  list_box = site_find (popover, GTK_TYPE_LIST_BOX, NULL);
  g_assert_nonnull (site_find (list_box, GTK_TYPE_LABEL, "New “-7”"));
  quarry_tag_popover_accept (QUARRY_TAG_POPOVER (popover));
  quarry_tag_popover_set_text (QUARRY_TAG_POPOVER (popover), "ha");
  quarry_tag_popover_accept (QUARRY_TAG_POPOVER (popover));
  g_assert_cmpstr (chosen->str, ==, "-7|haul|");
  gtk_widget_unparent (popover);
}

/* --- chips and dots --- */

static void
count_cb (QuarryTagChip *chip, gpointer user_data)
{
  (*(int *) user_data)++;
}

static void
test_chip (void)
{
  GtkWidget *chip = g_object_ref_sink (quarry_tag_chip_new ("night", "#3584e4"));
  GtkWidget *button = site_find (chip, GTK_TYPE_BUTTON, NULL);
  int n = 0;

  g_assert_cmpstr (quarry_tag_chip_get_name (QUARRY_TAG_CHIP (chip)), ==, "night");
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (site_find (chip, GTK_TYPE_LABEL, NULL))), ==, "night");
  g_assert_nonnull (site_find (chip, QUARRY_TYPE_TAG_DOT, NULL));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, "Remove “night”");
  g_signal_connect (chip, "removed", G_CALLBACK (count_cb), &n);
  g_signal_emit_by_name (button, "clicked");
  g_assert_true (gtk_widget_activate_action (chip, "chip.remove", NULL));
  g_assert_cmpint (n, ==, 2);
  g_assert_finalize_object (chip);
}

/* The colour a dot is drawn in, as it leaves the snapshot */
static char *
dot_color (const char *color)
{
  g_autoptr(GtkSnapshot) snapshot = gtk_snapshot_new ();
  GtkWidget *dot = g_object_ref_sink (quarry_tag_dot_new (color));
  GskRenderNode *node = NULL, *child = NULL;
  char *text = NULL;

  GTK_WIDGET_GET_CLASS (dot)->snapshot (dot, snapshot);
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  g_assert_cmpint (gsk_render_node_get_node_type (node), ==, GSK_ROUNDED_CLIP_NODE);
  child = gsk_rounded_clip_node_get_child (node);
  g_assert_cmpint (gsk_render_node_get_node_type (child), ==, GSK_COLOR_NODE);
  text = gdk_rgba_to_string (gsk_color_node_get_color (child));
  gsk_render_node_unref (node);
  g_assert_finalize_object (dot);
  return text;
}

static void
test_dot (void)
{
  static const struct { const char *color, *drawn; } cases[] = {
    { "#3584e4", "rgb(53,132,228)" },
    { "#fff", "rgb(255,255,255)" },
    { NULL, "rgba(128,128,128,0.6)" },
    { "no colour", "rgba(128,128,128,0.6)" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *drawn = dot_color (cases[i].color);

      g_assert_cmpstr (drawn, ==, cases[i].drawn);
    }
}

static void
test_dot_size (void)
{
  GtkWidget *dot = g_object_ref_sink (quarry_tag_dot_new (NULL));
  int minimum, natural;

  for (int orientation = 0; orientation < 2; orientation++)
    {
      gtk_widget_measure (dot, (GtkOrientation) orientation, -1, &minimum, &natural, NULL, NULL);
      g_assert_cmpint (minimum, ==, 10);
      g_assert_cmpint (natural, ==, 10);
    }
  g_assert_finalize_object (dot);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*test) (Fixture *, gconstpointer); } tests[] = {
    { "/tag-popover/offers-what-begins-with-it-then-what-has-it", test_offers },
    { "/tag-popover/a-whole-name-wins-over-longer-ones", test_a_whole_name_wins },
    { "/tag-popover/offers-eight-at-most", test_at_most_eight },
    { "/tag-popover/enter-chooses", test_enter },
    { "/tag-popover/arrows-move-the-choice", test_arrows },
    { "/tag-popover/the-first-arrow-chooses-the-top", test_arrows_begin_at_the_top },
    { "/tag-popover/a-click-chooses-its-row", test_click },
    { "/tag-popover/opens-empty", test_opens_empty },
    { "/tag-popover/datasets-have-no-minus", test_datasets },
  };

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_type_class_unref (g_type_class_ref (QUARRY_TYPE_WINDOW));      /* brings the templates */
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, setup, tests[i].test, teardown);
  g_test_add_func ("/tag-chip/can-be-taken-away", test_chip);
  g_test_add_func ("/tag-dot/has-the-tags-colour-or-grey", test_dot);
  g_test_add_func ("/tag-dot/is-ten-pixels", test_dot_size);
  return g_test_run ();
}
