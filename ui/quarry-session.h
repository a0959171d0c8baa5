/* quarry-session.h: what the views of one window share
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Made by app, handed down. Main thread only. Properties notify: "query-text", "query" (it parsed), "query-error",
 * "frames", "selection", "current-frame", "editing" (edits wait or are under way). Signal "changed": what the catalog holds has changed (ours, an import's or another
 * program's doing), at most four times a second: views read again what they show.
 */

#pragma once

#include "quarry-catalog.h"
#include "quarry-frame-model.h"
#include "quarry-operation.h"
#include "quarry-selection-model.h"
#include "quarry-thumbnails.h"

G_BEGIN_DECLS

#define QUARRY_TYPE_SESSION (quarry_session_get_type ())
G_DECLARE_FINAL_TYPE (QuarrySession, quarry_session, QUARRY, SESSION, GObject)

typedef struct _QuarryFacets QuarryFacets;

QuarrySession    *quarry_session_new               (QuarryCatalog    *catalog);
QuarryCatalog    *quarry_session_get_catalog       (QuarrySession    *self);
QuarryThumbnails *quarry_session_get_thumbnails    (QuarrySession    *self);
const char       *quarry_session_get_query_text    (QuarrySession    *self);
void              quarry_session_set_query_text    (QuarrySession    *self,      /* runs in a worker; "frames" notifies with the result, "query-error" with a message */
                                                    const char       *text);
QuarryQuery      *quarry_session_get_query         (QuarrySession    *self);     /* (transfer none): the last that parsed */
const char       *quarry_session_get_query_error   (QuarrySession    *self);     /* (nullable) */
QuarryFrameModel *quarry_session_get_frames        (QuarrySession    *self);     /* of the last finished query; a new object a result */
QuarrySelectionModel *quarry_session_get_selection (QuarrySession    *self);     /* over the frames; a new object a result, what stays in the list stays selected */
QuarryFacets     *quarry_session_get_facets        (QuarrySession    *self);     /* counts under the query, made at the first look */
QuarryId          quarry_session_get_current_frame (QuarrySession    *self);     /* 0 none */
void              quarry_session_set_current_frame (QuarrySession    *self,
                                                    QuarryId          frame);
GListStore       *quarry_session_get_operations    (QuarrySession    *self);     /* QuarryOperation, newest first; ended ones stay until cleared */
void              quarry_session_run               (QuarrySession    *self,      /* starts it, lists it */
                                                    QuarryOperation  *operation,
                                                    QuarryOperationFunc func,
                                                    gpointer          data,
                                                    GDestroyNotify    destroy);
/* One short edit of the catalog in the session's edit thread, edits in their order. Done: "edited" with @what (a sentence for
 * the toast, NULL for none; the function may replace it); failed: "failed". Long work is an operation instead. */
typedef gboolean (*QuarrySessionEdit) (QuarryCatalog *catalog, gpointer data, char **what, GError **error);
void              quarry_session_edit              (QuarrySession    *self,
                                                    const char       *what,
                                                    QuarrySessionEdit func,
                                                    gpointer          data,
                                                    GDestroyNotify    destroy);
/* g_task_run_in_thread for a task that reads the catalog: closing waits for it */
void              quarry_session_run_task          (QuarrySession    *self,
                                                    GTask            *task,
                                                    GTaskThreadFunc   func);
guint             quarry_session_get_n_running     (QuarrySession    *self);     /* operations that have not ended */
void              quarry_session_close             (QuarrySession    *self);     /* cancels operations, waits for them and for pending edits */
/* Signal "edited" (char *what): a toast with Undo follows. Signal "failed" (char *message): a toast. */
void              quarry_session_edited            (QuarrySession    *self,
                                                    const char       *what);
void              quarry_session_failed            (QuarrySession    *self,
                                                    const char       *message);

G_END_DECLS
