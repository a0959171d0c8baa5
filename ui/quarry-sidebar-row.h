/* quarry-sidebar-row.h: one row of the sidebar: dot, name, bar, count
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-sidebar-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Signal "frames-dropped" (QuarrySidebarItem *onto, QuarryFrameModel *frames), on rows of tags and datasets */
#define QUARRY_TYPE_SIDEBAR_ROW (quarry_sidebar_row_get_type ())
G_DECLARE_FINAL_TYPE (QuarrySidebarRow, quarry_sidebar_row, QUARRY, SIDEBAR_ROW, GtkWidget)

GtkWidget         *quarry_sidebar_row_new      (void);
void               quarry_sidebar_row_set_item (QuarrySidebarRow  *self,
                                                QuarrySidebarItem *item);       /* nullable */
QuarrySidebarItem *quarry_sidebar_row_get_item (QuarrySidebarRow  *self);       /* (nullable) */
char              *quarry_sidebar_row_dup_shown (QuarrySidebarRow *self,
                                                int                width);      /* the label as it is shown in so many px, for tests */

G_END_DECLS
