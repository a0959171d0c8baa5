/* quarry-sidebar.h: scenes, tags, classes, sensors and datasets with their counts under the query
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-sidebar-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Signal "frames-dropped" (QuarrySidebarItem *onto, QuarryFrameModel *frames). Clicks change the session's query */
#define QUARRY_TYPE_SIDEBAR (quarry_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (QuarrySidebar, quarry_sidebar, QUARRY, SIDEBAR, GtkWidget)

GtkWidget          *quarry_sidebar_new         (QuarrySession     *session);
void                quarry_sidebar_set_session (QuarrySidebar     *self,
                                                QuarrySession     *session);      /* once */
QuarrySidebarModel *quarry_sidebar_get_model   (QuarrySidebar     *self);
void                quarry_sidebar_narrow_to   (QuarrySidebar     *self,
                                                QuarrySidebarItem *item,
                                                QuarryNarrow       how);          /* what a click does */

G_END_DECLS
