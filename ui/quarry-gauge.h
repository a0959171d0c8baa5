/* quarry-gauge.h: where a number lies: a thin track, the normal range on it, and a mark
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-measure.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_GAUGE (quarry_gauge_get_type ())
G_DECLARE_FINAL_TYPE (QuarryGauge, quarry_gauge, QUARRY, GAUGE, GtkWidget)

/* Shares of the track, 0…1 from left to right */
typedef struct
{
  double from, to;      /* the normal range */
  double mark;
} QuarryGaugePlaces;

GtkWidget         *quarry_gauge_new        (const QuarryNormal *normal,      /* of the sensor: the track goes from its least to its most */
                                            double              value,
                                            gboolean            odd);
QuarryGaugePlaces  quarry_gauge_get_places (QuarryGauge        *self);

G_END_DECLS
