/* quarry-health-list.h: the numbers of a frame's sensors, those that are odd marked
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-catalog.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_HEALTH_LIST (quarry_health_list_get_type ())
G_DECLARE_FINAL_TYPE (QuarryHealthList, quarry_health_list, QUARRY, HEALTH_LIST, GtkWidget)

/* Signal "activated" (char *term): a number was clicked; @term is a query's, for frames like this */

GtkWidget *quarry_health_list_new        (void);
void       quarry_health_list_set        (QuarryHealthList         *self,
                                          GPtrArray                *measures);      /* QuarryFrameMeasure by sensor; nullable */
guint      quarry_health_list_get_n_odd  (QuarryHealthList         *self);
char      *quarry_health_list_dup_term   (const QuarryFrameMeasure *measure);
char      *quarry_health_list_dup_tip    (const QuarryFrameMeasure *measure);       /* what the number means, what is normal */

G_END_DECLS
