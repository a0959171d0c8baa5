/* quarry-account-dialog.h: one more account of an annotation vendor
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_ACCOUNT_DIALOG (quarry_account_dialog_get_type ())
G_DECLARE_FINAL_TYPE (QuarryAccountDialog, quarry_account_dialog, QUARRY, ACCOUNT_DIALOG, AdwWindow)

/* Actions: account.test, account.save. Template children: "vendor", "name", "url", "secret", "verdict" */

GtkWidget *quarry_account_dialog_present (QuarrySession *session,
                                          GtkWindow     *parent);

G_END_DECLS
