/* quarry-navigation.h: from a number on a page to its frames
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Pages do not know the window: they ask it by its actions.
 */

#pragma once

#include "quarry-session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* names of the window's pages */
#define QUARRY_PAGE_GRID     "grid"
#define QUARRY_PAGE_DATASETS "datasets"

void  quarry_navigate          (GtkWidget        *from,
                                const char       *page);
void  quarry_navigate_query    (GtkWidget        *from,
                                QuarrySession    *session,
                                QuarryQueryField  field,
                                const char       *value);
void  quarry_navigate_narrowed (GtkWidget        *from,
                                QuarrySession    *session,
                                QuarryQueryField  field,
                                const char       *value);
char *quarry_query_narrow      (const char       *text,
                                QuarryQueryField  field,
                                const char       *value);

G_END_DECLS
