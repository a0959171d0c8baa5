/* quarry-bar-chart.h: a titled list of names, bars and counts; each row is a button
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-records.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_BAR_CHART (quarry_bar_chart_get_type ())
G_DECLARE_FINAL_TYPE (QuarryBarChart, quarry_bar_chart, QUARRY, BAR_CHART, GtkWidget)

/* Signal "activated" (char *name): a row was clicked */

GtkWidget *quarry_bar_chart_new         (const char     *title,
                                         const char     *empty_text);
void       quarry_bar_chart_set_rows    (QuarryBarChart *self,
                                         GPtrArray      *rows);
void       quarry_bar_chart_set_empty_text (QuarryBarChart *self,
                                         const char     *empty_text);
void       quarry_bar_chart_set_ordered (QuarryBarChart *self,
                                         gboolean        ordered);      /* rows stay in their order, and all are shown */
void       quarry_bar_chart_set_header  (QuarryBarChart *self,
                                         GtkWidget      *widget);       /* at the end of the line with the title */
guint      quarry_bar_chart_get_n_shown (QuarryBarChart *self);
GtkWidget *quarry_bar_chart_get_row     (QuarryBarChart *self,
                                         guint           position);

G_END_DECLS
