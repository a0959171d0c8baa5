/* quarry-insights-page.c: counts and distributions; every number leads to its frames
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   session's query ──► QuarryPageReader: totals and facets, in a worker ──► tiles and charts
 */

#include "config.h"
#include "quarry-insights-page.h"
#include "quarry-bar-chart.h"
#include "quarry-bar.h"
#include "quarry-cards.h"
#include "quarry-format.h"
#include "quarry-health-chart.h"
#include "quarry-navigation.h"
#include "quarry-page-reader.h"
#include "quarry-ui-resources.h"

#include <adwaita.h>
#include <glib/gi18n.h>

enum { TILE_FRAMES, TILE_SCENES, TILE_MEDIA, TILE_ANNOTATIONS, TILE_CLASSES, TILE_DATASETS, N_TILES };
enum { N_CHARTS = 5 };

/* Where a number leads: to a page, with the query narrowed to what is counted (field:*) or as it is (QUARRY_N_FIELDS) */
static const struct { const char *title, *page; QuarryQueryField field; } tile_kinds[N_TILES] = {
  { N_("Frames"), QUARRY_PAGE_GRID, QUARRY_N_FIELDS },
  { N_("Scenes"), QUARRY_PAGE_GRID, QUARRY_N_FIELDS },
  { N_("Media"), QUARRY_PAGE_GRID, QUARRY_FIELD_SENSOR },
  { N_("Labels"), QUARRY_PAGE_GRID, QUARRY_FIELD_CLASS },
  { N_("Classes"), QUARRY_PAGE_GRID, QUARRY_FIELD_CLASS },
  { N_("Datasets"), QUARRY_PAGE_DATASETS, QUARRY_N_FIELDS },
};

static const struct { QuarryFacet facet; QuarryQueryField field; const char *title, *empty; } chart_kinds[N_CHARTS] = {
  { QUARRY_FACET_CLASS, QUARRY_FIELD_CLASS, N_("Classes"), N_("No labels yet: import some, or send frames to a vendor") },
  { QUARRY_FACET_TAG, QUARRY_FIELD_TAG, N_("Tags"), N_("No tags yet: select frames in the grid and press T") },
  { QUARRY_FACET_SPLIT, QUARRY_FIELD_SPLIT, N_("Splits"), N_("No splits yet: make a dataset, then choose Split…") },
  { QUARRY_FACET_SCENE, QUARRY_FIELD_SCENE, N_("Scenes"), N_("No scenes yet: import a recording") },
  { QUARRY_FACET_SENSOR, QUARRY_FIELD_SENSOR, N_("Sensors"), N_("No sensors yet: import a recording") },
};

typedef struct
{
  QuarryTotals  totals;             /* of the query's frames */
  QuarryTotals  all;
  GPtrArray    *facets[N_CHARTS];   /* QuarryFacetRow */
} Counts;

struct _QuarryInsightsPage
{
  GtkWidget         parent_instance;
  QuarrySession    *session;
  QuarryPageReader *reader;
  GtkStack         *stack;
  GtkLabel         *scope;
  GtkSpinner       *spinner;
  GtkWidget        *count_all;
  GtkWidget        *show_frames;
  QuarryCards      *tiles;
  QuarryCards      *charts;
  GtkLabel         *numbers[N_TILES];
  GtkLabel         *details[N_TILES];
  GtkWidget        *chart[N_CHARTS];
};

enum { PROP_0, PROP_SESSION, N_PROPS };
static GParamSpec *properties[N_PROPS];
G_DEFINE_FINAL_TYPE (QuarryInsightsPage, quarry_insights_page, GTK_TYPE_WIDGET)

static void
counts_free (gpointer data)
{
  Counts *counts = data;

  for (int i = 0; i < N_CHARTS; i++)
    g_clear_pointer (&counts->facets[i], g_ptr_array_unref);
  g_free (counts);
}

static gpointer
read_counts (QuarryCatalog *catalog, gpointer request, GCancellable *cancellable, GError **error)
{
  g_autoptr(QuarryQuery) everything = quarry_query_parse ("", NULL);
  Counts *counts = g_new0 (Counts, 1);
  gboolean done = quarry_catalog_count_totals (catalog, request, &counts->totals, error) &&
                  quarry_catalog_count_totals (catalog, everything, &counts->all, error);

  for (int i = 0; done && i < N_CHARTS; i++)
    {
      counts->facets[i] = quarry_catalog_count_facet (catalog, chart_kinds[i].facet, request, cancellable, error);
      done = counts->facets[i] != NULL;
    }
  if (!done)
    g_clear_pointer (&counts, counts_free);
  return counts;
}

static void
show_tile (QuarryInsightsPage *self, int tile, gint64 n, gint64 of)
{
  g_autofree char *number = quarry_format_count (n);
  g_autofree char *whole = quarry_format_count (of);
  g_autofree char *detail = n != of ? g_strdup_printf (_("of %s"), whole) : NULL;

  gtk_label_set_text (self->numbers[tile], number);
  gtk_label_set_text (self->details[tile], detail != NULL ? detail : "");
  gtk_widget_set_visible (GTK_WIDGET (self->details[tile]), detail != NULL);
}

static void
show_scope (QuarryInsightsPage *self, QuarryQuery *query, const Counts *counts)
{
  const char *text = quarry_query_get_text (query);
  const gboolean narrowed = *text != '\0';
  g_autofree char *frames = quarry_format_frames (counts->totals.frames);
  g_autofree char *scope = narrowed ? g_strdup_printf (_("%s found by “%s”"), frames, text) : g_strdup (_("The whole catalog"));

  gtk_label_set_text (self->scope, scope);
  gtk_widget_set_visible (self->count_all, narrowed);
  gtk_widget_set_visible (self->show_frames, narrowed && counts->totals.frames > 0);
}

/* Names without a single frame in the result say nothing here: they would only push the others down */
static void
drop_zeros (GPtrArray *rows)
{
  for (guint i = rows->len; i > 0; i--)
    if (((QuarryFacetRow *) rows->pdata[i - 1])->n_frames == 0)
      g_ptr_array_remove_index (rows, i - 1);
}

static void
color_splits (GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    {
      QuarryFacetRow *row = rows->pdata[i];
      GdkRGBA color;

      quarry_bar_color_of (row->name, i, &color);
      g_free (row->color);
      row->color = gdk_rgba_to_string (&color);
    }
}

static void
show_counts (GtkWidget *page, gpointer request, gpointer result)
{
  QuarryInsightsPage *self = QUARRY_INSIGHTS_PAGE (page);
  Counts *counts = result;

  gtk_stack_set_visible_child_name (self->stack, counts->all.frames > 0 || counts->all.datasets > 0 ? "content" : "empty");
  show_scope (self, request, counts);
  show_tile (self, TILE_FRAMES, counts->totals.frames, counts->all.frames);
  show_tile (self, TILE_SCENES, counts->totals.scenes, counts->all.scenes);
  show_tile (self, TILE_MEDIA, counts->totals.media, counts->all.media);
  show_tile (self, TILE_ANNOTATIONS, counts->totals.annotations, counts->all.annotations);
  show_tile (self, TILE_CLASSES, counts->totals.classes, counts->all.classes);
  show_tile (self, TILE_DATASETS, counts->totals.datasets, counts->all.datasets);
  for (int i = 0; i < N_CHARTS; i++)
    {
      drop_zeros (counts->facets[i]);
      if (chart_kinds[i].facet == QUARRY_FACET_SPLIT)
        color_splits (counts->facets[i]);
      quarry_bar_chart_set_empty_text (QUARRY_BAR_CHART (self->chart[i]),
                                       *quarry_query_get_text (request) != '\0' ? _("None in these frames") : _(chart_kinds[i].empty));
      quarry_bar_chart_set_rows (QUARRY_BAR_CHART (self->chart[i]), counts->facets[i]);
    }
}

static gpointer
ask_for_query (GtkWidget *page)
{
  return quarry_query_ref (quarry_session_get_query (QUARRY_INSIGHTS_PAGE (page)->session));
}

static const QuarryReading reading = {
  N_("Cannot count"), ask_for_query, read_counts, show_counts, (GDestroyNotify) quarry_query_unref, counts_free,
};

static void
busy_cb (QuarryInsightsPage *self)
{
  gtk_spinner_set_spinning (self->spinner, quarry_page_reader_is_busy (self->reader));
}

static void
row_activated_cb (QuarryBarChart *chart, const char *name, QuarryInsightsPage *self)
{
  for (int i = 0; i < N_CHARTS; i++)
    if (self->chart[i] == GTK_WIDGET (chart))
      quarry_navigate_narrowed (GTK_WIDGET (self), self->session, chart_kinds[i].field, name);
}

static void
count_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  quarry_session_set_query_text (QUARRY_INSIGHTS_PAGE (widget)->session, "");
}

static void
show_frames_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  quarry_navigate (widget, QUARRY_PAGE_GRID);
}

static void
show_tile_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarryInsightsPage *self = QUARRY_INSIGHTS_PAGE (widget);
  const guint tile = g_variant_get_uint32 (parameter);

  if (tile >= N_TILES)
    return;
  if (tile_kinds[tile].field != QUARRY_N_FIELDS)
    quarry_navigate_narrowed (widget, self->session, tile_kinds[tile].field, "*");
  else
    quarry_navigate (widget, tile_kinds[tile].page);
}

static void
make_tile (QuarryInsightsPage *self, guint tile)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *caption = gtk_label_new (_(tile_kinds[tile].title));

  self->numbers[tile] = GTK_LABEL (gtk_label_new ("0"));
  self->details[tile] = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->numbers[tile]), "title-1");
  gtk_widget_add_css_class (GTK_WIDGET (self->numbers[tile]), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (self->details[tile]), "dim-label");
  gtk_label_set_ellipsize (self->details[tile], PANGO_ELLIPSIZE_END);
  gtk_widget_set_valign (GTK_WIDGET (self->details[tile]), GTK_ALIGN_BASELINE);
  gtk_widget_set_valign (GTK_WIDGET (self->numbers[tile]), GTK_ALIGN_BASELINE);
  gtk_label_set_xalign (GTK_LABEL (caption), 0);
  gtk_label_set_ellipsize (GTK_LABEL (caption), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (caption, "dim-label");
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->numbers[tile]));
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->details[tile]));
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), caption);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "card");
  gtk_widget_add_css_class (button, "tile");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "insights.show-tile");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "u", tile);
  quarry_cards_append (self->tiles, button);
}

static void
quarry_insights_page_constructed (GObject *object)
{
  QuarryInsightsPage *self = QUARRY_INSIGHTS_PAGE (object);

  G_OBJECT_CLASS (quarry_insights_page_parent_class)->constructed (object);
  for (guint i = 0; i < N_TILES; i++)
    make_tile (self, i);
  for (int i = 0; i < N_CHARTS; i++)
    {
      self->chart[i] = quarry_bar_chart_new (_(chart_kinds[i].title), _(chart_kinds[i].empty));
      g_signal_connect_object (self->chart[i], "activated", G_CALLBACK (row_activated_cb), self, 0);
      quarry_cards_append (self->charts, self->chart[i]);
    }
  quarry_cards_append (self->charts, quarry_health_chart_new (self->session));
  self->reader = quarry_page_reader_new (GTK_WIDGET (self), self->session, &reading);
  g_signal_connect_object (self->reader, "notify::busy", G_CALLBACK (busy_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::query", G_CALLBACK (quarry_page_reader_queue), self->reader, G_CONNECT_SWAPPED);
}

static void
quarry_insights_page_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  QuarryInsightsPage *self = QUARRY_INSIGHTS_PAGE (object);

  if (property_id == PROP_SESSION)
    g_value_set_object (value, self->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
quarry_insights_page_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  if (property_id == PROP_SESSION)
    QUARRY_INSIGHTS_PAGE (object)->session = g_value_dup_object (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
quarry_insights_page_dispose (GObject *object)
{
  QuarryInsightsPage *self = QUARRY_INSIGHTS_PAGE (object);

  g_clear_object (&self->reader);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), QUARRY_TYPE_INSIGHTS_PAGE);
  G_OBJECT_CLASS (quarry_insights_page_parent_class)->dispose (object);
}

static void
quarry_insights_page_class_init (QuarryInsightsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = quarry_insights_page_constructed;
  object_class->dispose = quarry_insights_page_dispose;
  object_class->get_property = quarry_insights_page_get_property;
  object_class->set_property = quarry_insights_page_set_property;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, QUARRY_TYPE_SESSION,
                                                  G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_resources_register (quarry_ui_get_resource ());
  g_type_ensure (QUARRY_TYPE_CARDS);
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-insights-page.ui");
  gtk_widget_class_bind_template_child (widget_class, QuarryInsightsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, QuarryInsightsPage, scope);
  gtk_widget_class_bind_template_child (widget_class, QuarryInsightsPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, QuarryInsightsPage, count_all);
  gtk_widget_class_bind_template_child (widget_class, QuarryInsightsPage, show_frames);
  gtk_widget_class_bind_template_child (widget_class, QuarryInsightsPage, tiles);
  gtk_widget_class_bind_template_child (widget_class, QuarryInsightsPage, charts);
  gtk_widget_class_install_action (widget_class, "insights.count-all", NULL, count_all_action);
  gtk_widget_class_install_action (widget_class, "insights.show-tile", "u", show_tile_action);
  gtk_widget_class_install_action (widget_class, "insights.show-frames", NULL, show_frames_action);
}

static void
quarry_insights_page_init (QuarryInsightsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
quarry_insights_page_new (QuarrySession *session)
{
  g_return_val_if_fail (QUARRY_IS_SESSION (session), NULL);

  return g_object_new (QUARRY_TYPE_INSIGHTS_PAGE, "session", session, NULL);
}
