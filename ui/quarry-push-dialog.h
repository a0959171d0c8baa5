/* quarry-push-dialog.h: frames to an annotation vendor
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_PUSH_DIALOG (quarry_push_dialog_get_type ())
G_DECLARE_FINAL_TYPE (QuarryPushDialog, quarry_push_dialog, QUARRY, PUSH_DIALOG, AdwWindow)

/* Actions: push.start, push.add-account. Property "ready" (boolean): the images have been counted */

GtkWidget *quarry_push_dialog_present (QuarrySession *session,
                                       GtkWindow     *parent,
                                       GArray        *frames);     /* QuarryId */

G_END_DECLS
