/* quarry-inspector.h: facts, tags and labels of the selection, else of the current frame
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_INSPECTOR (quarry_inspector_get_type ())
G_DECLARE_FINAL_TYPE (QuarryInspector, quarry_inspector, QUARRY, INSPECTOR, GtkWidget)

GtkWidget *quarry_inspector_new         (QuarrySession   *session);
void       quarry_inspector_set_session (QuarryInspector *self,
                                         QuarrySession   *session);      /* once */
void       quarry_inspector_set_follows_frame (QuarryInspector *self,
                                         gboolean         follows);      /* shows the session's current frame instead of the selection */
char      *quarry_inspector_dup_text    (QuarryInspector *self);         /* all that is shown, a line each, for tests */

G_END_DECLS
