/* quarry-report.h: what an import, export or pull could not carry, item by item
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * One thread at a time may add; any thread may read: every call locks.
 */

#pragma once

#include "quarry-types.h"

G_BEGIN_DECLS

typedef enum
{
  QUARRY_ISSUE_NOTE,      /* worth knowing, nothing lost */
  QUARRY_ISSUE_LOSS,      /* carried, but not all of it */
  QUARRY_ISSUE_SKIPPED,   /* left out */
} QuarryIssueLevel;

typedef struct
{
  QuarryIssueLevel level;
  char            *path;      /* file or catalog thing it is about */
  char            *place;     /* where in it ("line 3", "byte 8192"), nullable */
  char            *message;   /* a fragment, no full stop */
} QuarryIssue;

#define QUARRY_TYPE_REPORT (quarry_report_get_type ())
G_DECLARE_FINAL_TYPE (QuarryReport, quarry_report, QUARRY, REPORT, GObject)

QuarryReport *quarry_report_new          (void);
void          quarry_report_add          (QuarryReport     *self,
                                          QuarryIssueLevel  level,
                                          const char       *path,
                                          const char       *place,
                                          const char       *format,
                                          ...) G_GNUC_PRINTF (5, 6);
void          quarry_report_count        (QuarryReport     *self,
                                          const char       *what,
                                          gint64            by);
guint         quarry_report_get_n_issues (QuarryReport     *self,
                                          QuarryIssueLevel  at_least);
GPtrArray    *quarry_report_dup_issues   (QuarryReport     *self);
gint64        quarry_report_get_count    (QuarryReport     *self,
                                          const char       *what);
char         *quarry_report_to_text      (QuarryReport     *self);
char         *quarry_report_to_json      (QuarryReport     *self);
const char   *quarry_issue_level_name    (QuarryIssueLevel  level);

G_END_DECLS
