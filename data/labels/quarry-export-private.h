/* quarry-export-private.h: what the exporters share
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The folder of an export:
 *   .quarry-export       its mark: "quarry-export 1 FORMAT", then the files that the export made, one a line
 *   .quarry-export.old   those of earlier exports, while one runs: what is not made again is removed at the end
 *   report.json          counts, and everything that was not carried
 * One thread; nothing that grows with the number of frames is kept but 8 bytes a file.
 */

#pragma once

#include "quarry-exporter.h"
#include "quarry-media.h"

G_BEGIN_DECLS

struct _QuarryExport
{
  QuarryCatalog             *catalog;
  const QuarryExporter      *exporter;
  const QuarryExportRequest *request;
  QuarryOperation           *operation;
  QuarryReport              *report;
  GPtrArray                 *classes;        /* QuarryLabelClass, all of the catalog's */
  GPtrArray                 *losses;         /* Loss, in the order first seen */
  GHashTable                *loss_index;     /* their messages */
  GHashTable                *scene_folders;  /* QuarryId → file name, unique */
  GHashTable                *sets;           /* QuarryId of the sets that gave annotations */
  GHashTable                *folders;        /* made already */
  GOutputStream             *manifest;
  GArray                    *made;           /* guint64: hashes of the files made */
  guint64                    done, total;    /* frames */
};

/* A frame with all it holds */
typedef struct
{
  QuarryFrame *frame;
  GPtrArray   *media;          /* QuarryMedia */
  GPtrArray   *annotations;    /* QuarryAnnotation of the chosen set */
} QuarryExportFrame;

/* A file in the making: it takes its name when it is closed */
typedef struct
{
  char          *path;
  char          *part;         /* its name until then; NULL once closed */
  GOutputStream *stream;
} QuarryExportFile;

/* quarry-exporter.c */
QuarryExportFrame *quarry_export_read_frame   (QuarryExport      *self,          /* also counts progress, and fails where cancelled */
                                               QuarryId           frame,
                                               GError           **error);
void               quarry_export_frame_free   (QuarryExportFrame *self);
void               quarry_export_lose         (QuarryExport      *self,          /* equal messages become one issue, "12 × message" */
                                               QuarryIssueLevel   level,
                                               const char        *format,
                                               ...) G_GNUC_PRINTF (3, 4);

/* quarry-export-remote.c */
gboolean           quarry_export_remote       (QuarryCatalog             *catalog,     /* as quarry_export, to a folder that is not on this machine */
                                               const QuarryExporter      *exporter,
                                               const QuarryExportRequest *request,
                                               QuarryOperation           *operation,
                                               GError                   **error);

/* quarry-export-folder.c */
gboolean           quarry_export_check_sources (QuarryCatalog    *catalog,       /* FALSE: @folder is in a source */
                                               const char        *folder,
                                               GError           **error);
gboolean           quarry_export_begin_folder (QuarryExport      *self,
                                               GError           **error);
gboolean           quarry_export_end_folder   (QuarryExport      *self,
                                               GError           **error);
char              *quarry_export_make_path    (QuarryExport      *self,          /* absolute; makes its folder, notes it in the manifest */
                                               const char        *relative,
                                               GError           **error);
QuarryExportFile  *quarry_export_file_open    (QuarryExport      *self,
                                               const char        *relative,
                                               GError           **error);
gboolean           quarry_export_file_write   (QuarryExportFile  *self,
                                               const char        *text,
                                               gssize             length,        /* −1: NUL-ended */
                                               GError           **error);
gboolean           quarry_export_file_printf  (QuarryExportFile  *self,
                                               GError           **error,
                                               const char        *format,
                                               ...) G_GNUC_PRINTF (3, 4);
gboolean           quarry_export_file_close   (QuarryExportFile  *self,          /* now it is there under its name */
                                               GError           **error);
void               quarry_export_file_free    (QuarryExportFile  *self);         /* not closed before: given up, nothing is left */

/* quarry-export-media.c */
char              *quarry_export_file_name    (const char        *text);         /* one safe path part; different texts, different names */
char              *quarry_export_media_name   (QuarryExport      *self,          /* "scene/sensor/key.jpg" */
                                               const QuarryFrame *frame,
                                               const QuarryMedia *media);
const char        *quarry_export_extension    (const QuarryMedia *media);
gboolean           quarry_export_media        (QuarryExport      *self,          /* links or copies unless it is there already; what cannot be */
                                               const QuarryMedia *media,         /* read is reported, and *out_there FALSE */
                                               const char        *relative,
                                               gboolean          *out_there,
                                               GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryExportFrame, quarry_export_frame_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryExportFile, quarry_export_file_free)

G_END_DECLS
