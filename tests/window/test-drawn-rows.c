/* test-drawn-rows.c: widgets that draw themselves: frame cells and sidebar rows, as they leave the snapshot
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-frame-cell.h"
#include "quarry-sidebar-row.h"
#include "quarry-site.h"

/* --- what is drawn, in order: "color 53,132,228", "text", "texture", "border", each with the opacity it is under --- */

static void
collect (GskRenderNode *node, GString *text, double opacity)
{
  switch (gsk_render_node_get_node_type (node))
    {
    case GSK_CONTAINER_NODE:
      for (guint i = 0; i < gsk_container_node_get_n_children (node); i++)
        collect (gsk_container_node_get_child (node, i), text, opacity);
      break;
    case GSK_TRANSFORM_NODE:
      collect (gsk_transform_node_get_child (node), text, opacity);
      break;
    case GSK_ROUNDED_CLIP_NODE:
      collect (gsk_rounded_clip_node_get_child (node), text, opacity);
      break;
    case GSK_CLIP_NODE:
      collect (gsk_clip_node_get_child (node), text, opacity);
      break;
    case GSK_OPACITY_NODE:
      collect (gsk_opacity_node_get_child (node), text, opacity * (double) gsk_opacity_node_get_opacity (node));
      break;
    case GSK_COLOR_NODE:
      {
        const GdkRGBA *color = gsk_color_node_get_color (node);

        g_string_append_printf (text, "|color %d,%d,%d@%.2f", (int) (color->red * 255 + 0.5f), (int) (color->green * 255 + 0.5f),
                                (int) (color->blue * 255 + 0.5f), opacity);
        break;
      }
    case GSK_TEXTURE_NODE:
      g_string_append_printf (text, "|texture@%.2f", opacity);
      break;
    case GSK_TEXT_NODE:
      g_string_append (text, "|text");
      break;
    case GSK_BORDER_NODE:
      g_string_append (text, "|border");
      break;
    default:
      break;      /* icons */
    }
}

static char *
draw (GtkWidget *widget)
{
  g_autoptr(GtkSnapshot) snapshot = gtk_snapshot_new ();
  GString *text = g_string_new (NULL);
  GskRenderNode *node = NULL;

  GTK_WIDGET_GET_CLASS (widget)->snapshot (widget, snapshot);
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  if (node != NULL)
    {
      collect (node, text, 1);
      gsk_render_node_unref (node);
    }
  return g_string_free (text, FALSE);
}

static guint
count (const char *drawn, const char *what)
{
  guint n = 0;

  for (const char *at = drawn; (at = strstr (at, what)) != NULL; at++)
    n++;
  return n;
}

static gboolean
draws (GtkWidget *widget, const char *what)
{
  g_autofree char *drawn = draw (widget);

  return strstr (drawn, what) != NULL;
}

static void
show (Site *site, GtkWidget *widget)
{
  gtk_widget_set_halign (widget, GTK_ALIGN_START);
  gtk_widget_set_valign (widget, GTK_ALIGN_START);
  site_show (site, widget);
  quarry_test_wait (gtk_widget_get_height (widget) > 0);
}

/* --- frame cells --- */

static void
loaded_cb (QuarryGridCache *cache, gint64 frame, gpointer user_data)
{
  quarry_frame_cell_update (user_data);
}

static void
want (QuarryGridCache *cache, QuarryId id)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));

  g_array_append_val (ids, id);
  quarry_grid_cache_want (cache, ids);
}

static QuarryId
nth (Site *site, guint position)
{
  return quarry_frame_model_get_id (quarry_session_get_frames (site->session), position);
}

static void
edit (Site *site, QuarryId id, int rating, int flag, const char *tag)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  const char * const tags[] = { tag, NULL };

  g_array_append_val (ids, id);
  g_assert_true (quarry_catalog_set_rating (site->catalog, ids, rating, NULL));
  g_assert_true (quarry_catalog_set_flag (site->catalog, ids, flag, NULL));
  if (tag != NULL)
    g_assert_true (quarry_catalog_tag (site->catalog, ids, tags, NULL, NULL));
}

/* A cell of frame @position, its record and its picture loaded */
static GtkWidget *
show_cell (Site *site, QuarryGridCache *cache, guint position)
{
  GtkWidget *cell = quarry_frame_cell_new (cache);

  g_signal_connect_object (cache, "loaded", G_CALLBACK (loaded_cb), cell, 0);
  quarry_frame_cell_set_frame (QUARRY_FRAME_CELL (cell), nth (site, position), position);
  show (site, cell);
  return cell;
}

static void
test_cell_draws_what_is_known (Site *site, gconstpointer data)
{
  g_autoptr(QuarryGridCache) cache = quarry_grid_cache_new (site->session);
  GtkWidget *cell = show_cell (site, cache, 0);
  g_autofree char *before = draw (cell), *after = NULL;

  g_assert_cmpuint (count (before, "|color"), ==, 1);                 /* the empty place of the picture */
  g_assert_cmpuint (count (before, "|text"), ==, 0);
  want (cache, nth (site, 0));
  quarry_test_wait (quarry_grid_cache_get_texture (cache, nth (site, 0)) != NULL);
  after = draw (cell);
  g_assert_cmpuint (count (after, "|texture@1.00"), ==, 1);
  g_assert_cmpuint (count (after, "|border"), ==, 1);                 /* the little box beside the number of labels */
  g_assert_cmpuint (count (after, "|text|") + count (after, "|text"), >=, 2);
  g_assert_false (draws (cell, "color 38,163,105"));
}

static void
test_cell_shows_flags (Site *site, gconstpointer data)
{
  g_autoptr(QuarryGridCache) cache = quarry_grid_cache_new (site->session);
  GtkWidget *cell = show_cell (site, cache, 0);
  const QuarryId id = nth (site, 0);

  want (cache, id);
  quarry_test_wait (quarry_grid_cache_get_texture (cache, id) != NULL);
  edit (site, id, 0, 1, NULL);
  quarry_test_wait (quarry_grid_cache_get_frame (cache, id)->flag == 1);
  g_assert_true (draws (cell, "color 38,163,105@1.00"));
  g_assert_true (draws (cell, "texture@1.00"));
  edit (site, id, 0, -1, NULL);
  quarry_test_wait (quarry_grid_cache_get_frame (cache, id)->flag == -1);
  g_assert_true (draws (cell, "color 191,28,41@1.00"));
  g_assert_true (draws (cell, "texture@0.35"));                       /* rejected ones stand back */
}

static void
test_cell_shows_rating_and_tags (Site *site, gconstpointer data)
{
  g_autoptr(QuarryGridCache) cache = quarry_grid_cache_new (site->session);
  GtkWidget *cell = show_cell (site, cache, 0);
  const QuarryId id = nth (site, 0);
  g_autofree char *plain = NULL, *rated = NULL, *tagged = NULL;

  want (cache, id);
  quarry_test_wait (quarry_grid_cache_get_texture (cache, id) != NULL);
  plain = draw (cell);
  edit (site, id, 3, 0, NULL);
  quarry_test_wait (quarry_grid_cache_get_frame (cache, id)->rating == 3);
  rated = draw (cell);
  g_assert_cmpuint (count (rated, "|text"), >, count (plain, "|text"));
  edit (site, id, 3, 0, "night");
  quarry_test_wait (quarry_grid_cache_get_frame (cache, id)->tags[0] != NULL);
  tagged = draw (cell);
  g_assert_cmpuint (count (tagged, "|color"), ==, count (rated, "|color") + 1);      /* its dot */
  g_assert_cmpuint (count (tagged, "|text"), >, count (rated, "|text"));
}

static void
test_cell_measures (Site *site, gconstpointer data)
{
  static const struct { int width, height; } cases[] = { { 120, 75 + 39 }, { 160, 100 + 39 }, { 200, 125 + 39 }, { 360, 225 + 39 }, { 161, 101 + 39 } };
  g_autoptr(QuarryGridCache) cache = quarry_grid_cache_new (site->session);
  GtkWidget *cell = g_object_ref_sink (quarry_frame_cell_new (cache));
  int minimum, natural;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpint (quarry_frame_cell_get_height (cases[i].width), ==, cases[i].height);
      quarry_frame_cell_set_size (QUARRY_FRAME_CELL (cell), cases[i].width);
      gtk_widget_measure (cell, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
      g_assert_cmpint (minimum, ==, cases[i].width);
      gtk_widget_measure (cell, GTK_ORIENTATION_VERTICAL, cases[i].width, &minimum, &natural, NULL, NULL);
      g_assert_cmpint (natural, ==, cases[i].height);
    }
  g_assert_cmpint (gtk_widget_get_request_mode (cell), ==, GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH);
  g_object_unref (cell);
}

static void
test_cell_is_recycled (Site *site, gconstpointer data)
{
  g_autoptr(QuarryGridCache) cache = quarry_grid_cache_new (site->session);
  GtkWidget *cell = show_cell (site, cache, 2);

  want (cache, nth (site, 2));
  quarry_test_wait (quarry_grid_cache_get_texture (cache, nth (site, 2)) != NULL);
  g_assert_cmpuint (quarry_frame_cell_get_position (QUARRY_FRAME_CELL (cell)), ==, 2);
  quarry_frame_cell_set_frame (QUARRY_FRAME_CELL (cell), nth (site, 9), 9);
  g_assert_cmpint (quarry_frame_cell_get_frame (QUARRY_FRAME_CELL (cell)), ==, nth (site, 9));
  g_assert_cmpuint (quarry_frame_cell_get_position (QUARRY_FRAME_CELL (cell)), ==, 9);
  g_assert_false (draws (cell, "texture"));                           /* nothing of the one before */
  g_assert_false (draws (cell, "|text"));
  quarry_frame_cell_set_frame (QUARRY_FRAME_CELL (cell), 0, 0);
  g_assert_false (draws (cell, "texture"));
}

static void
test_cache_forgets (Site *site, gconstpointer data)
{
  g_autoptr(QuarryGridCache) cache = quarry_grid_cache_new (site->session);

  for (QuarryId from = 1; from < 3000; from += 50)
    {
      g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));

      for (QuarryId id = from; id < from + 50; id++)
        g_array_append_val (ids, id);
      quarry_grid_cache_want (cache, ids);
      g_assert_cmpuint (quarry_grid_cache_get_n (cache), >=, 50);
      g_assert_cmpuint (quarry_grid_cache_get_n (cache), <=, 50 + 400 + 100);
    }
  g_assert_null (quarry_grid_cache_get_frame (cache, 1));
  g_assert_false (quarry_grid_cache_is_broken (cache, 1));
}

/* --- sidebar rows --- */

static QuarrySidebarItem *
make_item (QuarrySidebarKind kind, const char *name, gint64 n, double share, int active, const char *color)
{
  QuarrySidebarItem *item = g_object_new (QUARRY_TYPE_SIDEBAR_ITEM, NULL);

  item->kind = kind;
  item->facet = QUARRY_FACET_TAG;
  item->name = g_strdup (name);
  item->label = g_strdup (name);
  item->color = g_strdup (color);
  item->n = n;
  item->share = share;
  item->active = active;
  return item;
}

static void
test_row_draws (Site *site, gconstpointer data)
{
  static const struct { QuarrySidebarKind kind; gint64 n; double share; const char *color; guint n_colors, n_texts; } cases[] = {
    { QUARRY_SIDEBAR_KIND_ROW, 12, 0.5, "#3584e4", 2, 2 },            /* dot and bar, name and count */
    { QUARRY_SIDEBAR_KIND_ROW, 0, 0, "#3584e4", 1, 2 },
    { QUARRY_SIDEBAR_KIND_ROW, 12, 1, NULL, 2, 2 },
    { QUARRY_SIDEBAR_KIND_MORE, 40, 0, NULL, 0, 1 },
    { QUARRY_SIDEBAR_KIND_HEADER, 4, 0, NULL, 0, 1 },
  };
  GtkWidget *row = quarry_sidebar_row_new ();

  show (site, row);
  g_assert_false (draws (row, "|"));                                  /* nothing yet */
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(QuarrySidebarItem) item = make_item (cases[i].kind, "dusk", cases[i].n, cases[i].share, 0, cases[i].color);
      g_autofree char *drawn = NULL;

      quarry_sidebar_row_set_item (QUARRY_SIDEBAR_ROW (row), item);
      drawn = draw (row);
      g_assert_cmpuint (count (drawn, "|color"), ==, cases[i].n_colors);
      g_assert_cmpuint (count (drawn, "|text"), ==, cases[i].n_texts);
      g_assert_cmpint (strstr (drawn, "53,132,228") != NULL, ==, cases[i].color != NULL);
    }
}

static void
test_row_follows_its_item (Site *site, gconstpointer data)
{
  g_autoptr(QuarrySidebarItem) item = make_item (QUARRY_SIDEBAR_KIND_ROW, "dusk", 12, 0.5, 0, NULL);
  g_autoptr(QuarrySidebarItem) other = make_item (QUARRY_SIDEBAR_KIND_ROW, "fog", 1, 0.1, 0, NULL);
  GtkWidget *row = quarry_sidebar_row_new ();

  show (site, row);
  for (int round = 0; round < 2; round++)                             /* set twice it still follows */
    {
      quarry_sidebar_row_set_item (QUARRY_SIDEBAR_ROW (row), item);
      item->active = 1;
      g_signal_emit_by_name (item, "changed");
      g_assert_true (gtk_widget_has_css_class (row, "active"));
      item->active = 0;
      g_signal_emit_by_name (item, "changed");
      g_assert_false (gtk_widget_has_css_class (row, "active"));
    }
  quarry_sidebar_row_set_item (QUARRY_SIDEBAR_ROW (row), other);
  item->active = -1;
  g_signal_emit_by_name (item, "changed");                            /* no longer its own */
  g_assert_false (gtk_widget_has_css_class (row, "active"));
  g_assert_true (quarry_sidebar_row_get_item (QUARRY_SIDEBAR_ROW (row)) == other);
  quarry_sidebar_row_set_item (QUARRY_SIDEBAR_ROW (row), NULL);
  g_assert_null (quarry_sidebar_row_get_item (QUARRY_SIDEBAR_ROW (row)));
}

static void
dropped_cb (QuarrySidebarRow *row, QuarrySidebarItem *item, QuarryFrameModel *frames, gpointer user_data)
{
  g_string_append_printf (user_data, "%s %u|", item->name, quarry_frame_model_get_n (frames));
}

static gboolean
drop (Site *site, GtkWidget *row)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (row);
  g_auto(GValue) value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, QUARRY_TYPE_FRAME_MODEL);
  g_value_set_object (&value, quarry_session_get_frames (site->session));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        g_signal_emit_by_name (controller, "drop", &value, 1.0, 1.0, &taken);
    }
  return taken;
}

static void
test_row_takes_frames (Site *site, gconstpointer data)
{
  static const struct { QuarrySidebarKind kind; QuarryFacet facet; gboolean takes; } cases[] = {
    { QUARRY_SIDEBAR_KIND_ROW, QUARRY_FACET_TAG, TRUE },
    { QUARRY_SIDEBAR_KIND_ROW, QUARRY_FACET_DATASET, TRUE },
    { QUARRY_SIDEBAR_KIND_ROW, QUARRY_FACET_SCENE, FALSE },
    { QUARRY_SIDEBAR_KIND_ROW, QUARRY_FACET_CLASS, FALSE },
    { QUARRY_SIDEBAR_KIND_ROW, QUARRY_FACET_SENSOR, FALSE },
    { QUARRY_SIDEBAR_KIND_HEADER, QUARRY_FACET_TAG, FALSE },
    { QUARRY_SIDEBAR_KIND_MORE, QUARRY_FACET_DATASET, FALSE },
  };
  GtkWidget *row = quarry_sidebar_row_new ();
  g_autoptr(GString) dropped = g_string_new (NULL);

  show (site, row);
  g_signal_connect (row, "frames-dropped", G_CALLBACK (dropped_cb), dropped);
  g_assert_false (drop (site, row));                                  /* no item */
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(QuarrySidebarItem) item = make_item (cases[i].kind, "dusk", 1, 1, 0, NULL);

      item->facet = cases[i].facet;
      quarry_sidebar_row_set_item (QUARRY_SIDEBAR_ROW (row), item);
      g_assert_cmpint (drop (site, row), ==, cases[i].takes);
    }
  g_assert_cmpstr (dropped->str, ==, "dusk 12|dusk 12|");
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*test) (Site *, gconstpointer); } tests[] = {
    { "/frame-cell/draws-what-is-known", test_cell_draws_what_is_known },
    { "/frame-cell/shows-flags", test_cell_shows_flags },
    { "/frame-cell/shows-rating-and-tags", test_cell_shows_rating_and_tags },
    { "/frame-cell/is-eight-to-five-and-two-lines", test_cell_measures },
    { "/frame-cell/keeps-nothing-of-the-frame-before", test_cell_is_recycled },
    { "/grid-cache/forgets-what-was-long-unseen", test_cache_forgets },
    { "/sidebar-row/draws-dot-name-bar-and-count", test_row_draws },
    { "/sidebar-row/follows-its-item", test_row_follows_its_item },
    { "/sidebar-row/tags-and-datasets-take-frames", test_row_takes_frames },
  };

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Site, NULL, site_setup, tests[i].test, site_teardown);
  return g_test_run ();
}
