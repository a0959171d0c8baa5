/* quarry-window.h: the window of one session
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_WINDOW (quarry_window_get_type ())
G_DECLARE_FINAL_TYPE (QuarryWindow, quarry_window, QUARRY, WINDOW, AdwApplicationWindow)

QuarryWindow  *quarry_window_new         (GtkApplication *application,      /* nullable in tests */
                                          QuarrySession  *session);
QuarrySession *quarry_window_get_session (QuarryWindow   *self);
GtkWidget     *quarry_window_get_page    (QuarryWindow   *self,
                                          const char     *name);            /* made at the first look */
void           quarry_window_show_page   (QuarryWindow   *self,
                                          const char     *name);

G_END_DECLS
