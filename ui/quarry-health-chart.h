/* quarry-health-chart.h: how one of the numbers of sensor health is spread over the frames of the query
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_HEALTH_CHART (quarry_health_chart_get_type ())
G_DECLARE_FINAL_TYPE (QuarryHealthChart, quarry_health_chart, QUARRY, HEALTH_CHART, GtkWidget)

GtkWidget       *quarry_health_chart_new         (QuarrySession     *session);
void             quarry_health_chart_set_measure (QuarryHealthChart *self,
                                                  QuarryMeasureId    measure);
QuarryMeasureId  quarry_health_chart_get_measure (QuarryHealthChart *self);

G_END_DECLS
