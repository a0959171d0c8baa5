/* quarry-color-legend.h: what the colours of lidar points mean
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-drawing.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_COLOR_LEGEND (quarry_color_legend_get_type ())
G_DECLARE_FINAL_TYPE (QuarryColorLegend, quarry_color_legend, QUARRY, COLOR_LEGEND, GtkWidget)

GtkWidget *quarry_color_legend_new (void);
void       quarry_color_legend_set (QuarryColorLegend *self,
                                    QuarryColorBy      by,
                                    const double       range[2]);

G_END_DECLS
