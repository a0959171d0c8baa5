/* quarry-insights-page.h: counts and distributions; every number leads to its frames
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_INSIGHTS_PAGE (quarry_insights_page_get_type ())
G_DECLARE_FINAL_TYPE (QuarryInsightsPage, quarry_insights_page, QUARRY, INSIGHTS_PAGE, GtkWidget)

GtkWidget *quarry_insights_page_new (QuarrySession *session);

G_END_DECLS
