/* quarry-jobs-page.h: vendors' accounts and the ledger of jobs
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_JOBS_PAGE (quarry_jobs_page_get_type ())
G_DECLARE_FINAL_TYPE (QuarryJobsPage, quarry_jobs_page, QUARRY, JOBS_PAGE, GtkWidget)

/* Actions: jobs.pull (x: job), jobs.pull-all, jobs.open (x), jobs.add-account, jobs.test-account (s), jobs.remove-account (s) */

GtkWidget *quarry_jobs_page_new (QuarrySession *session);

G_END_DECLS
