/* quarry-exporter.h: datasets out to the formats that trainers read
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Adding a format: one file with a QuarryExporter, one line in the table in quarry-exporter.c.
 */

#pragma once

#include "quarry-catalog.h"
#include "quarry-operation.h"

G_BEGIN_DECLS

typedef struct
{
  QuarryId      dataset;
  int           version;         /* 0: as it is now */
  char         *folder;          /* absolute; made where missing, refused where it holds other things */
  char        **splits;          /* only these; NULL or empty: all, also the frames in no split ("unsplit") */
  QuarryId      set;             /* only this annotation set; 0: all */
  gboolean      copy;            /* media copied; else linked (symbolic links) */
} QuarryExportRequest;

void quarry_export_request_clear (QuarryExportRequest *self);

typedef struct _QuarryExporter QuarryExporter;
struct _QuarryExporter
{
  const char *id;                /* "coco" */
  const char *name;              /* "COCO" */
  const char *what;              /* one line: what it writes, what it cannot carry */
  gboolean  (*write) (QuarryCatalog             *catalog,
                      const QuarryExportRequest *request,
                      const char                *split,       /* folder name of this split */
                      GPtrArray                 *frames,      /* QuarryDatasetFrame of this split */
                      QuarryOperation           *operation,   /* its report takes every loss */
                      GError                   **error);
};

const QuarryExporter * const *quarry_exporter_list (void);    /* NULL-ended */
const QuarryExporter         *quarry_exporter_find (const char *id);
gboolean                      quarry_export        (QuarryCatalog             *catalog,
                                                    const QuarryExporter      *exporter,
                                                    const QuarryExportRequest *request,
                                                    QuarryOperation           *operation,
                                                    GError                   **error);   /* blocking; also writes report.json */
gboolean                      quarry_export_media  (const QuarryMedia         *media,       /* link or copy one media to @path, unless it is there already */
                                                    const char                *path,
                                                    gboolean                   copy,
                                                    GError                   **error);

G_END_DECLS
