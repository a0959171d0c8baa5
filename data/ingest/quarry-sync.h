/* quarry-sync.h: streams of stamped media into frames
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A pure function of stamps: no files, no catalog. Every item ends in a frame or is counted: unmatched, stale, late, repeated.
 */

#pragma once

#include "quarry-ingest.h"

G_BEGIN_DECLS

typedef struct
{
  char   *name;             /* the sensor's */
  QuarrySensorKind kind;
  GArray *stamps;           /* gint64, in the order of the recording; none is QUARRY_NO_TIME */

  /* out */
  gint64  n_matched;        /* in at least one frame */
  gint64  n_unmatched;      /* in none: another was nearer */
  gint64  n_stale;          /* in none: farther than the tolerance from every frame */
  gint64  n_late;           /* stamped before the one in front of it; used nevertheless */
  gint64  n_repeated;       /* the same stamp again; left out */
  gint64  offset_mean_ns;   /* of the matched: stamp minus the frame's */
  gint64  offset_max_ns;    /* the one farthest from 0, with its sign */
} QuarrySyncStream;

/* One frame: which item of each stream */
typedef struct
{
  gint64  stamp_ns;
  gint32 *items;            /* by stream; −1 none */
} QuarrySyncFrame;

typedef struct
{
  QuarrySyncBy by;              /* what the default became */
  int          leader;          /* index of the stream; −1 for QUARRY_SYNC_NONE */
  gboolean     latest_before;
  gint64       tolerance_ns;    /* what was used */
  GPtrArray   *frames;          /* QuarrySyncFrame, ascending */
} QuarrySyncResult;

QuarrySyncResult *quarry_sync_run         (GPtrArray                 *streams,     /* QuarrySyncStream; counts are filled */
                                           const QuarryIngestOptions *options,
                                           GError                   **error);      /* the sensor asked for is not there; names those that are */
QuarrySyncStream *quarry_sync_stream_new  (const char                *name,
                                           QuarrySensorKind           kind);
void              quarry_sync_stream_free (QuarrySyncStream          *self);
void              quarry_sync_result_free (QuarrySyncResult          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarrySyncResult, quarry_sync_result_free)

G_END_DECLS
