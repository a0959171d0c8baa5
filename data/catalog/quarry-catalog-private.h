/* quarry-catalog-private.h: what the catalog's files share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-catalog.h"
#include "quarry-db.h"
#include "quarry-frame-set.h"

G_BEGIN_DECLS

/* --- quarry-catalog.c: threads and connections --- */

/* A read connection inside a read transaction: what it sees does not change until it goes back */
typedef QuarryDb QuarryReadDb;
QuarryReadDb *quarry_catalog_borrow    (QuarryCatalog  *self,
                                        GError        **error);
void          quarry_catalog_give_back (QuarryReadDb   *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryReadDb, quarry_catalog_give_back)

/* Runs in the writer thread inside one transaction; FALSE with @error rolls all of it back */
typedef gboolean (*QuarryWriteFunc) (QuarryDb *db, gpointer data, GError **error);
gboolean      quarry_catalog_write     (QuarryCatalog    *self,
                                        QuarryWriteFunc   func,
                                        gpointer          data,
                                        GError          **error);

gint64        quarry_catalog_now       (void);                                             /* ns since the epoch */

/* --- quarry-catalog-journal.c --- */
gboolean      quarry_catalog_write_edit (QuarryCatalog   *self,
                                        const char       *what,
                                        QuarryWriteFunc   func,
                                        gpointer          data,
                                        GError          **error);

/* --- quarry-query-eval.c --- */

/* Returns: (transfer full): the frames that a query means; NULL on error */
QuarryFrameSet *quarry_query_evaluate  (QuarryDb         *db,
                                        QuarryQuery      *query,
                                        GError          **error);
gboolean      quarry_query_is_empty    (QuarryQuery      *query);

/* --- quarry-query.c --- */
char         *quarry_query_fold        (const char       *value);                          /* for the two below */
gboolean      quarry_query_matches     (const char       *folded, const char *name);       /* the whole name, * anything */
gboolean      quarry_query_contains    (const char       *folded, const char *text);

/* --- quarry-catalog-store-labels.c: used inside one transaction --- */
typedef struct
{
  const char   *origin;
  QuarryReport *report;        /* nullable, not owned */
  GHashTable   *classes;       /* foreign name → QuarryId */
  QuarryId      last_id;
  gint64        n_added, n_changed, n_same, n_new_classes;
} QuarryLabelStore;
typedef struct
{
  QuarryId    set, frame, media, class_id;
  const char *external_id;
} QuarryLabelPlace;
void          quarry_label_store_init  (QuarryLabelStore *self,
                                        const char       *origin,
                                        QuarryReport     *report);
gboolean      quarry_label_store_begin (QuarryLabelStore *self,
                                        QuarryDb         *db,
                                        GError          **error);
gboolean      quarry_label_store_put   (QuarryLabelStore *self,
                                        QuarryDb         *db,
                                        const QuarryAnnotation *annotation,
                                        QuarryId          set,
                                        QuarryId          frame,
                                        QuarryId          media,
                                        const char       *external_id,
                                        gboolean          update,
                                        GError          **error);
void          quarry_label_store_clear (QuarryLabelStore *self);

/* --- quarry-catalog-edit.c --- */
QuarryId      quarry_db_make_class     (QuarryDb         *db,
                                        const char       *name,
                                        gboolean         *out_made,
                                        GError          **error);
QuarryId      quarry_db_make_tag       (QuarryDb         *db,
                                        const char       *name,
                                        GError          **error);

/* --- quarry-catalog-measure.c --- */
gboolean      quarry_db_find_metric    (QuarryDb         *db,
                                        QuarryMeasureId   measure,
                                        gint64           *out_id,
                                        GError          **error);

/* --- quarry-catalog-points.c: used inside one transaction --- */
gboolean      quarry_db_add_point_labels (QuarryDb       *db,
                                        const QuarryPointLabels *labels,
                                        QuarryId          set,
                                        QuarryId          media,
                                        gboolean          update,
                                        gint64           *inout_n_added,
                                        GError          **error);

/* --- quarry-catalog-read.c --- */
QuarrySensorKind quarry_catalog_parse_kind (const char   *name);
gboolean      quarry_catalog_read_camera (QuarryStmt     *stmt,
                                        int               column,                          /* model width height fx fy cx cy skew k */
                                        QuarryCamera     *out_camera);
QuarryPose    quarry_catalog_read_pose (QuarryStmt       *stmt,
                                        int               column);
double       *quarry_geometry_from_blob (gconstpointer    blob,
                                        gsize             size,
                                        gsize            *out_n);
guint8       *quarry_geometry_to_blob  (const double     *geometry,
                                        gsize             n);

/* --- quarry-catalog-hash.c --- */
char         *quarry_dataset_hash      (QuarryDb         *db,
                                        QuarryId          dataset,
                                        GError          **error);                          /* of its frames, splits and annotations as they are now */

G_END_DECLS
