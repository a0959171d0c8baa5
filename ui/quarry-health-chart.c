/* quarry-health-chart.c: how one of the numbers of sensor health is spread over the frames of the query
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   query + number chosen ──► QuarryPageReader: bins, in a worker ──► bars; each leads to its frames
 */

#include "config.h"
#include "quarry-health-chart.h"
#include "quarry-bar-chart.h"
#include "quarry-histogram.h"
#include "quarry-navigation.h"
#include "quarry-page-reader.h"

#include <glib/gi18n.h>

struct _QuarryHealthChart
{
  GtkWidget         parent_instance;
  QuarrySession    *session;
  QuarryPageReader *reader;
  QuarryBarChart   *chart;
  GtkDropDown      *choice;
  GPtrArray        *bins;        /* QuarryBin of what is shown; NULL before the first */
};

G_DEFINE_FINAL_TYPE (QuarryHealthChart, quarry_health_chart, GTK_TYPE_WIDGET)

typedef struct
{
  QuarryQuery     *query;
  QuarryMeasureId  measure;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  quarry_query_unref (request->query);
  g_free (request);
}

static gpointer
ask (GtkWidget *widget)
{
  QuarryHealthChart *self = QUARRY_HEALTH_CHART (widget);
  Request *request = g_new0 (Request, 1);

  *request = (Request) { quarry_query_ref (quarry_session_get_query (self->session)), quarry_health_chart_get_measure (self) };
  return request;
}

static gpointer
read_bins (QuarryCatalog *catalog, gpointer data, GCancellable *cancellable, GError **error)
{
  const Request *request = data;

  return quarry_histogram_new (catalog, request->measure, request->query, cancellable, error);
}

static void
free_row (gpointer data)
{
  quarry_facet_row_free (data);
}

static void
show_bins (GtkWidget *widget, gpointer request, gpointer result)
{
  QuarryHealthChart *self = QUARRY_HEALTH_CHART (widget);
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);

  g_clear_pointer (&self->bins, g_ptr_array_unref);
  self->bins = g_ptr_array_ref (result);
  for (guint i = 0; i < self->bins->len; i++)
    {
      const QuarryBin *bin = self->bins->pdata[i];
      QuarryFacetRow *row = g_new0 (QuarryFacetRow, 1);

      row->name = g_strdup (bin->name);
      row->n_frames = bin->n_frames;
      g_ptr_array_add (rows, row);
    }
  quarry_bar_chart_set_rows (self->chart, rows);
}

static const QuarryReading reading = {
  N_("Cannot count"), ask, read_bins, show_bins, request_free, (GDestroyNotify) g_ptr_array_unref,
};

static void
activated_cb (QuarryBarChart *chart, const char *name, gpointer user_data)
{
  QuarryHealthChart *self = user_data;
  const char *text = quarry_query_get_text (quarry_session_get_query (self->session));

  for (guint i = 0; self->bins != NULL && i < self->bins->len; i++)
    {
      const QuarryBin *bin = self->bins->pdata[i];
      g_autofree char *narrowed = g_strconcat (text, *text != '\0' ? " " : "", bin->term, NULL);

      if (!g_str_equal (bin->name, name))
        continue;
      quarry_session_set_query_text (self->session, narrowed);
      quarry_navigate (GTK_WIDGET (self), QUARRY_PAGE_GRID);
      return;
    }
}

static void
quarry_health_chart_dispose (GObject *object)
{
  QuarryHealthChart *self = QUARRY_HEALTH_CHART (object);
  GtkWidget *child = NULL;

  g_clear_object (&self->reader);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->bins, g_ptr_array_unref);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (quarry_health_chart_parent_class)->dispose (object);
}

static void
quarry_health_chart_class_init (QuarryHealthChartClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = quarry_health_chart_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
quarry_health_chart_init (QuarryHealthChart *self)
{
  g_autoptr(GtkStringList) titles = gtk_string_list_new (NULL);

  for (guint i = 0; i < QUARRY_N_MEASURES; i++)
    gtk_string_list_append (titles, _(quarry_measure_get (i)->title));
  self->choice = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&titles)), NULL));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->choice), _("What is measured"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->choice), GTK_ACCESSIBLE_PROPERTY_LABEL, _("What is measured"), -1);
  gtk_widget_add_css_class (GTK_WIDGET (self->choice), "bar-chart-choice");
  self->chart = QUARRY_BAR_CHART (quarry_bar_chart_new (_("Sensor Health"), _("Not measured yet: choose Measure Sensor Health in the menu")));
  quarry_bar_chart_set_ordered (self->chart, TRUE);
  quarry_bar_chart_set_header (self->chart, GTK_WIDGET (self->choice));
  gtk_widget_set_parent (GTK_WIDGET (self->chart), GTK_WIDGET (self));
  g_signal_connect_object (self->chart, "activated", G_CALLBACK (activated_cb), self, 0);
}

GtkWidget *
quarry_health_chart_new (QuarrySession *session)
{
  QuarryHealthChart *self = g_object_new (QUARRY_TYPE_HEALTH_CHART, NULL);

  self->session = g_object_ref (session);
  self->reader = quarry_page_reader_new (GTK_WIDGET (self), session, &reading);
  g_signal_connect_object (session, "notify::query", G_CALLBACK (quarry_page_reader_queue), self->reader, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->choice, "notify::selected", G_CALLBACK (quarry_page_reader_queue), self->reader, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

void
quarry_health_chart_set_measure (QuarryHealthChart *self, QuarryMeasureId measure)
{
  g_return_if_fail (QUARRY_IS_HEALTH_CHART (self) && measure < QUARRY_N_MEASURES);
  gtk_drop_down_set_selected (self->choice, measure);
}

QuarryMeasureId
quarry_health_chart_get_measure (QuarryHealthChart *self)
{
  return MIN (gtk_drop_down_get_selected (self->choice), QUARRY_N_MEASURES - 1);
}
