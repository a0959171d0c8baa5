/* quarry-report-dialog.h: what a finished operation did and what it could not carry
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-report.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_REPORT_DIALOG (quarry_report_dialog_get_type ())
G_DECLARE_FINAL_TYPE (QuarryReportDialog, quarry_report_dialog, QUARRY, REPORT_DIALOG, AdwWindow)

GtkWidget *quarry_report_dialog_present      (GtkWindow          *parent,
                                              const char         *title,
                                              QuarryReport       *report,
                                              const char         *folder);
guint      quarry_report_dialog_get_n_issues (QuarryReportDialog *self);

G_END_DECLS
