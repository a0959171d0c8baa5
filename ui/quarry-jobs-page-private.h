/* quarry-jobs-page-private.h: what the files of the jobs page share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-jobs-page.h"
#include "quarry-page-reader.h"

#include <adwaita.h>

G_BEGIN_DECLS

struct _QuarryJobsPage
{
  GtkWidget            parent_instance;
  QuarrySession       *session;
  QuarryPageReader    *reader;
  GPtrArray           *jobs;            /* QuarryJob, newest first; nullable until read */
  GPtrArray           *job_rows;        /* QuarryJobRow, unowned */
  GPtrArray           *account_rows;    /* GtkWidget, unowned */
  GHashTable          *verdicts;        /* account name → what its last test said */
  GHashTable          *pulling;         /* set of job ids (gint64) with a pull under way */

  GtkStack            *stack;
  AdwPreferencesGroup *jobs_group;
  AdwPreferencesGroup *accounts_group;
  GtkWidget           *no_jobs;
};

void quarry_jobs_page_install_actions (GtkWidgetClass *widget_class);

G_END_DECLS
