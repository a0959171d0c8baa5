/* quarry-jobs-page-row.h: one job of the ledger
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-records.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_JOB_ROW (quarry_job_row_get_type ())
G_DECLARE_FINAL_TYPE (QuarryJobRow, quarry_job_row, QUARRY, JOB_ROW, AdwPreferencesRow)

GtkWidget *quarry_job_row_new     (void);
void       quarry_job_row_set_job (QuarryJobRow    *self,
                                   const QuarryJob *job,
                                   const char      *vendor_title,
                                   gint64           now_ns);

G_END_DECLS
