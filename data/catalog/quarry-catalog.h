/* quarry-catalog.h: one SQLite file with everything Quarry knows
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reads may be called from any thread: each borrows a read connection from a small pool and sees a
 * whole state (WAL). Writes are sent to the one writer thread and block their caller until committed;
 * the window calls them from operations or for short edits directly. Functions on frames take a GArray
 * of QuarryId. Lists own their records (see quarry-records.h). All failures set a QUARRY_CATALOG_ERROR.
 */

#pragma once

#include "quarry-measure.h"
#include "quarry-query.h"
#include "quarry-records.h"
#include "quarry-report.h"
#include "quarry-storage.h"

G_BEGIN_DECLS

#define QUARRY_CATALOG_ERROR (quarry_catalog_error_quark ())
typedef enum
{
  QUARRY_CATALOG_ERROR_FAILED,
  QUARRY_CATALOG_ERROR_BUSY,        /* another program holds the write lock */
  QUARRY_CATALOG_ERROR_TOO_NEW,     /* made by a newer Quarry */
  QUARRY_CATALOG_ERROR_CORRUPT,     /* not a catalog, or damaged */
  QUARRY_CATALOG_ERROR_READ_ONLY,
  QUARRY_CATALOG_ERROR_FULL,        /* no space left */
  QUARRY_CATALOG_ERROR_NOT_FOUND,   /* no such frame, tag, dataset … */
  QUARRY_CATALOG_ERROR_EXISTS,      /* the name is taken */
  QUARRY_CATALOG_ERROR_NOTHING,     /* nothing to undo or redo */
  QUARRY_CATALOG_ERROR_CONFLICT,    /* what is to be undone has been changed since */
} QuarryCatalogError;
GQuark quarry_catalog_error_quark (void);

#define QUARRY_TYPE_CATALOG (quarry_catalog_get_type ())
G_DECLARE_FINAL_TYPE (QuarryCatalog, quarry_catalog, QUARRY, CATALOG, GObject)

/* Signal "changed": after each commit, ours (at once, by an idle) or another program's (after quarry_catalog_poll),
 * in the main context of the thread that opened the catalog. */

QuarryCatalog *quarry_catalog_open            (const char     *path,
                                               GError        **error);
gboolean       quarry_catalog_close           (QuarryCatalog  *self,
                                               GError        **error);
const char    *quarry_catalog_get_path        (QuarryCatalog  *self);
QuarryStorage *quarry_catalog_get_storage     (QuarryCatalog  *self);    /* (transfer none): what its media are read through; any thread */
void           quarry_catalog_poll            (QuarryCatalog  *self);
gboolean       quarry_catalog_check           (QuarryCatalog  *self,
                                               QuarryReport   *report,
                                               GCancellable   *cancellable,
                                               GError        **error);
char          *quarry_catalog_dump            (QuarryCatalog  *self,
                                               GError        **error);   /* logical content without ids and times, for tests */
char          *quarry_catalog_get_default_path (void);                    /* QUARRY_CATALOG, else XDG_DATA_HOME/quarry/catalog.db */

/* --- reading: quarry-catalog-read.c --- */
GArray            *quarry_catalog_query            (QuarryCatalog *self, QuarryQuery *query, GCancellable *cancellable, GError **error);   /* ids by scene, time, key */
GPtrArray         *quarry_catalog_list_sources     (QuarryCatalog *self, GError **error);
GPtrArray         *quarry_catalog_list_issues      (QuarryCatalog *self, QuarryId source, GError **error);   /* QuarryIssue */
GPtrArray         *quarry_catalog_list_scenes      (QuarryCatalog *self, GError **error);
GPtrArray         *quarry_catalog_list_sensors     (QuarryCatalog *self, QuarryId scene, GError **error);
QuarryFrame       *quarry_catalog_get_frame        (QuarryCatalog *self, QuarryId frame, GError **error);
GHashTable        *quarry_catalog_list_frame_keys  (QuarryCatalog *self, QuarryId scene, GError **error);    /* key (char *) → how many media it has (GPOINTER_TO_UINT) */
GPtrArray         *quarry_catalog_list_media       (QuarryCatalog *self, QuarryId frame, GError **error);    /* cameras first, then by sensor id */
QuarryMedia       *quarry_catalog_get_media        (QuarryCatalog *self, QuarryId media, GError **error);
GPtrArray         *quarry_catalog_list_annotations (QuarryCatalog *self, QuarryId frame, QuarryId set, GError **error);   /* set 0: all; by id */
GPtrArray         *quarry_catalog_list_sets        (QuarryCatalog *self, GError **error);
GPtrArray         *quarry_catalog_list_classes     (QuarryCatalog *self, GError **error);
QuarryTrajectory  *quarry_catalog_get_trajectory   (QuarryCatalog *self, QuarryId scene, gint64 from_ns, gint64 to_ns, GError **error);   /* with one pose beyond each end */

/* --- counting: quarry-catalog-count.c --- */
typedef enum
{
  QUARRY_FACET_SCENE, QUARRY_FACET_TAG, QUARRY_FACET_CLASS, QUARRY_FACET_SENSOR, QUARRY_FACET_DATASET, QUARRY_FACET_SOURCE,
  QUARRY_FACET_SET, QUARRY_FACET_SPLIT, QUARRY_N_FACETS
} QuarryFacet;
typedef struct
{
  gint64 sources, scenes, sensors, frames, media, images, clouds, annotations, classes, tags, datasets, jobs;
} QuarryTotals;
GPtrArray *quarry_catalog_count_facet (QuarryCatalog *self, QuarryFacet facet, QuarryQuery *query, GCancellable *cancellable, GError **error);   /* every row of the facet, also those with 0; sensors by name over all scenes */
gboolean   quarry_catalog_count_frames (QuarryCatalog *self, QuarryQuery *query, gint64 *out_n, GCancellable *cancellable, GError **error);
gboolean   quarry_catalog_count_totals (QuarryCatalog *self, QuarryQuery *query, QuarryTotals *out_totals, GError **error);

/* --- editing, each one undoable edit: quarry-catalog-edit.c --- */
gboolean   quarry_catalog_tag            (QuarryCatalog *self, const GArray *frames, const char * const *add, const char * const *remove, GError **error);   /* makes missing tags */
gboolean   quarry_catalog_delete_tag     (QuarryCatalog *self, const char *name, GError **error);
gboolean   quarry_catalog_rename_tag     (QuarryCatalog *self, const char *name, const char *new_name, GError **error);
gboolean   quarry_catalog_set_rating     (QuarryCatalog *self, const GArray *frames, int rating, GError **error);
gboolean   quarry_catalog_set_flag       (QuarryCatalog *self, const GArray *frames, int flag, GError **error);
gboolean   quarry_catalog_map_alias      (QuarryCatalog *self, const char *alias, const char *origin, const char *class_name, GError **error);
gboolean   quarry_catalog_set_class_color (QuarryCatalog *self, const char *class_name, const char *color, GError **error);
gboolean   quarry_catalog_undo           (QuarryCatalog *self, char **out_what, GError **error);
gboolean   quarry_catalog_redo           (QuarryCatalog *self, char **out_what, GError **error);
void       quarry_catalog_get_undoable   (QuarryCatalog *self, gboolean *out_undo, gboolean *out_redo);      /* whether there is an edit to undo, to redo; quick */
GPtrArray *quarry_catalog_list_edits     (QuarryCatalog *self, guint limit, GError **error);     /* newest first; QuarryEdit */

/* --- datasets, each one undoable edit: quarry-catalog-dataset.c --- */
QuarryId       quarry_catalog_create_dataset  (QuarryCatalog *self, const char *name, const char *notes, const GArray *frames, GError **error);   /* 0 on error */
gboolean       quarry_catalog_delete_dataset  (QuarryCatalog *self, QuarryId dataset, GError **error);
gboolean       quarry_catalog_rename_dataset  (QuarryCatalog *self, QuarryId dataset, const char *name, GError **error);
gboolean       quarry_catalog_dataset_add     (QuarryCatalog *self, QuarryId dataset, const GArray *frames, GError **error);
gboolean       quarry_catalog_dataset_remove  (QuarryCatalog *self, QuarryId dataset, const GArray *frames, GError **error);
gboolean       quarry_catalog_assign_splits   (QuarryCatalog *self, QuarryId dataset, const GArray *frames, const char * const *splits, GError **error);   /* splits[i] for frames[i], NULL to clear */
int            quarry_catalog_freeze_dataset  (QuarryCatalog *self, QuarryId dataset, const char *note, GError **error);   /* the new version's number, 0 on error */
GPtrArray     *quarry_catalog_list_datasets   (QuarryCatalog *self, GError **error);
QuarryDataset *quarry_catalog_find_dataset    (QuarryCatalog *self, const char *name, GError **error);
GPtrArray     *quarry_catalog_list_versions   (QuarryCatalog *self, QuarryId dataset, GError **error);
GPtrArray     *quarry_catalog_list_dataset_frames (QuarryCatalog *self, QuarryId dataset, int version, GError **error);   /* version 0: as it is now; QuarryDatasetFrame by scene, time, key */

/* --- vendors: quarry-catalog-vendor.c (records of what happened at the vendor: not undoable) --- */
QuarryId       quarry_catalog_add_account     (QuarryCatalog *self, const char *name, const char *vendor, const char *url, const char *options, GError **error);
gboolean       quarry_catalog_move_account    (QuarryCatalog *self, const char *name, const char *url, GError **error);
gboolean       quarry_catalog_remove_job      (QuarryCatalog *self, QuarryId job, GError **error);   /* only one that nothing was sent of: the ledger forgets nothing else */
gboolean       quarry_catalog_remove_account  (QuarryCatalog *self, const char *name, GError **error);
QuarryAccount *quarry_catalog_find_account    (QuarryCatalog *self, const char *name, GError **error);
GPtrArray     *quarry_catalog_list_accounts   (QuarryCatalog *self, GError **error);
QuarryId       quarry_catalog_create_job      (QuarryCatalog *self, QuarryId account, const char *name, const char *manifest, const char *manifest_hash, const GArray *media, GError **error);   /* one commit with all its tasks; the same account and hash again gives the job that is there */
QuarryJob     *quarry_catalog_get_job         (QuarryCatalog *self, QuarryId job, GError **error);
GPtrArray     *quarry_catalog_list_jobs       (QuarryCatalog *self, GError **error);
GPtrArray     *quarry_catalog_list_tasks      (QuarryCatalog *self, QuarryId job, GError **error);
gboolean       quarry_catalog_update_job      (QuarryCatalog *self, QuarryId job, const char *external_id, const char *state, const char *error_text, GError **error);    /* NULL external_id or state: keep */
gboolean       quarry_catalog_update_tasks    (QuarryCatalog *self, GPtrArray *tasks, GError **error);   /* upload, external_id, state, error of each, one commit */

/* --- what is measured of media: quarry-catalog-measure.c (not undoable) --- */
gboolean   quarry_catalog_store_measures     (QuarryCatalog *self, const GArray *rows, GError **error);    /* QuarryMeasured; replaces what the media had */
gboolean   quarry_catalog_store_normal       (QuarryCatalog *self, QuarryId sensor, QuarryNormal *normal, GError **error);   /* marks what is odd */
GArray    *quarry_catalog_list_timeline      (QuarryCatalog *self, QuarryId sensor, GError **error);       /* QuarryTimelineItem in the order of recording */
GArray    *quarry_catalog_list_sensor_values (QuarryCatalog *self, QuarryId sensor, QuarryMeasureId measure, GError **error);   /* double */
GArray    *quarry_catalog_list_unjudged      (QuarryCatalog *self, GError **error);                        /* ids of sensors with numbers of which it is not known what is normal */
GPtrArray *quarry_catalog_list_measures      (QuarryCatalog *self, QuarryId frame, GError **error);        /* QuarryFrameMeasure by sensor */
GPtrArray *quarry_catalog_list_health        (QuarryCatalog *self, QuarryQuery *query, GError **error);    /* QuarrySensorHealth */
GArray    *quarry_catalog_list_values        (QuarryCatalog *self, QuarryMeasureId measure, QuarryQuery *query, GCancellable *cancellable, GError **error);   /* double, sorted */

/* --- topics of recordings: quarry-catalog-stream.c --- */
gboolean   quarry_catalog_store_streams  (QuarryCatalog *self, QuarryId scene, GPtrArray *streams, GError **error);   /* QuarryStream; in the place of those that were there */
GPtrArray *quarry_catalog_list_streams   (QuarryCatalog *self, QuarryId scene, GError **error);                       /* QuarryStream by name */
QuarrySource *quarry_catalog_find_source (QuarryCatalog *self, const char *uri, GError **error);                      /* (nullable): NULL without @error: not known */
gboolean   quarry_catalog_store_options  (QuarryCatalog *self, QuarryId source, const char *options, GError **error); /* JSON */

/* --- classes of points: quarry-catalog-points.c (not undoable) --- */
gboolean   quarry_catalog_store_point_labels (QuarryCatalog *self, const GPtrArray *labels, GError **error);   /* QuarryPointLabels with media and set; what a set says of a media already is replaced; one commit */
GPtrArray *quarry_catalog_list_point_labels  (QuarryCatalog *self, QuarryId media, GError **error);            /* QuarryPointLabels by set */

/* --- storing what readers, vendors and models bring: quarry-catalog-store.c (not undoable, never touches what people did) --- */
typedef struct
{
  QuarryId    scene;
  char       *key;
  gint64      stamp_ns;
  GPtrArray  *media;               /* QuarryMedia: sensor (id) set, the rest as drafts; point labels go into @set */
  GPtrArray  *annotations;         /* QuarryAnnotation drafts; .media is 1 + the index in @media of the image they lie in, 0 none; nullable */
  QuarryId    set;                 /* of the annotations */
} QuarryFrameDraft;
QuarryFrameDraft *quarry_frame_draft_new  (QuarryId scene, const char *key, gint64 stamp_ns);
void              quarry_frame_draft_free (QuarryFrameDraft *self);

QuarryId  quarry_catalog_store_source      (QuarryCatalog *self, const char *uri, const char *name, const char *format, const char *options, GError **error);   /* new or known; state becomes importing */
gboolean  quarry_catalog_count_shared_media (QuarryCatalog *self, QuarryId source, gint64 *out_n, GError **error);   /* images and clouds of it that another source has, too */
gboolean  quarry_catalog_finish_source     (QuarryCatalog *self, QuarryId source, gboolean complete, QuarryReport *report, GError **error);   /* replaces its issues */
QuarryId  quarry_catalog_store_scene       (QuarryCatalog *self, QuarryId source, const char *key, const char *name, GError **error);
QuarryId  quarry_catalog_store_sensor      (QuarryCatalog *self, QuarryId scene, const char *name, QuarrySensorKind kind, GError **error);
QuarryId  quarry_catalog_store_calibration (QuarryCatalog *self, QuarryId sensor, const QuarryCalibration *calibration, GError **error);
gboolean  quarry_catalog_store_poses       (QuarryCatalog *self, QuarryId scene, const QuarryTrajectory *poses, GError **error);
QuarryId  quarry_catalog_store_set         (QuarryCatalog *self, const char *name, const char *origin, QuarryId source, QuarryId job, GError **error);   /* new or known by name */
gboolean  quarry_catalog_store_frames      (QuarryCatalog *self, GPtrArray *drafts, const char *origin, QuarryReport *report, GError **error);   /* one commit; known frames, media and annotations stay, what is new is added and counted; foreign class names by alias of @origin, else made as classes */
gboolean  quarry_catalog_store_annotations (QuarryCatalog *self, QuarryId set, GPtrArray *annotations, const char *origin, QuarryReport *report, GError **error);   /* frame and media are ids; by set + external id: added, changed or the same, counted; one commit */
gboolean  quarry_catalog_remove_annotations (QuarryCatalog *self, QuarryId set, const char * const *external_ids, GError **error);
gboolean  quarry_catalog_store_run         (QuarryCatalog *self, const char *name, QuarryId set, QuarryId version, const char *record, const char *state, GError **error);   /* new or updated by name */
gboolean  quarry_catalog_store_evaluation  (QuarryCatalog *self, QuarryId predictions, QuarryId truth, const char *metric, const char *result, GError **error);

G_END_DECLS
