/* quarry-window-private.h: what the window's files share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-window.h"

G_BEGIN_DECLS

struct _QuarryWindow
{
  AdwApplicationWindow  parent_instance;
  QuarrySession        *session;
  GSettings            *settings;      /* NULL where the schema is not installed */

  AdwToastOverlay      *toasts;
  AdwToast             *toast;         /* the last with Undo, weak */
  AdwFlap              *sidebar_flap;
  AdwFlap              *inspector_flap;
  GtkBox               *page_buttons;
  GtkStack             *stack;
};

void quarry_window_add_toast (QuarryWindow *self,
                              const char   *title,
                              gboolean      with_undo);

G_END_DECLS
