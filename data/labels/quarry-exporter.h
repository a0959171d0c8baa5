/* quarry-exporter.h: datasets out to the formats that trainers read
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Adding a format: one file with a QuarryExporter, one line in the table in quarry-exporter.c. What
 * exporters share (the folder, media, losses) is in quarry-export-private.h.
 */

#pragma once

#include "quarry-catalog.h"
#include "quarry-operation.h"

G_BEGIN_DECLS

#define QUARRY_EXPORT_ERROR (quarry_export_error_quark ())
typedef enum
{
  QUARRY_EXPORT_ERROR_FAILED,         /* disk full, read-only folder …: the message says */
  QUARRY_EXPORT_ERROR_NOT_EMPTY,      /* the folder holds other things than an earlier export of the same format */
  QUARRY_EXPORT_ERROR_NOTHING,        /* no such split or sensor, or no frames */
} QuarryExportError;
GQuark quarry_export_error_quark (void);

typedef struct
{
  QuarryId      dataset;
  int           version;         /* 0: as it is now */
  char         *folder;          /* absolute, or s3://BUCKET/PREFIX; made where missing, refused where it holds other things */
  char        **splits;          /* only these; NULL or empty: all, also the frames in no split ("unsplit") */
  QuarryId      set;             /* only this annotation set; 0: all */
  gboolean      copy;            /* media copied; else linked (symbolic links). To S3 always copied */
  gboolean      staged;          /* the folder is only on the way to somewhere else: linked without a word */
  char         *camera;          /* formats with one camera: the sensor's name; NULL: the first */
} QuarryExportRequest;

void quarry_export_request_clear (QuarryExportRequest *self);

typedef struct _QuarryExport QuarryExport;       /* one running export, see quarry-export-private.h */

typedef struct
{
  const char *id;                /* "coco" */
  const char *name;              /* "COCO" */
  const char *what;              /* one line: what it writes, what it cannot carry */
  gboolean  (*write) (QuarryExport  *job,
                      const char    *split,       /* folder name of this split */
                      GPtrArray     *frames,      /* QuarryDatasetFrame of this split */
                      GError       **error);
} QuarryExporter;

const QuarryExporter * const *quarry_exporter_list (void);    /* NULL-ended */
const QuarryExporter         *quarry_exporter_find (const char *id);
gboolean                      quarry_export        (QuarryCatalog             *catalog,
                                                    const QuarryExporter      *exporter,
                                                    const QuarryExportRequest *request,
                                                    QuarryOperation           *operation,   /* its report takes every loss */
                                                    GError                   **error);

G_END_DECLS
