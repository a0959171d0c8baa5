/* quarry-ingest-private.h: the import behind the readers
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-ingest.h"

#include <jansson.h>

G_BEGIN_DECLS

struct _QuarryIngest
{
  QuarryCatalog      *catalog;
  QuarryOperation    *operation;
  QuarryReport       *report;
  const QuarryReader *reader;
  QuarryIngestOptions options;        /* strings are the caller's */
  char               *path;
  char               *name;
  QuarryId            source;         /* 0 until the first scene */
  QuarryId            set;            /* of its labels; 0 until asked for */
  GPtrArray          *batch;          /* QuarryFrameDraft */
  guint64             n_frames;       /* handed over by the reader */
  QuarryId            known_scene;    /* whose frames @known holds */
  GHashTable         *known;          /* frame key → media; nullable */
  GHashTable         *folders;        /* "device:inode" of each that was listed */
  GHashTable         *calibrations;   /* Calibrated → itself */
  json_t             *kept;           /* the source's options; see quarry-ingest-sync.c */
  char               *kept_sync;      /* nullable: backs options.sync_sensor */
  gboolean            is_kept;        /* options are those of the last import */
};

void quarry_ingest_clear_lookups (QuarryIngest *self);

/* --- quarry-ingest-sync.c --- */
void  quarry_ingest_load_sync     (QuarryIngest *self,
                                   const char   *text);
char *quarry_ingest_dup_kept      (QuarryIngest *self);

/* --- quarry-ingest-lock.c --- */
typedef struct _QuarryIngestLock QuarryIngestLock;
QuarryIngestLock *quarry_ingest_lock (const char        *catalog,
                                   const char        *uri,
                                   GError           **error);
void  quarry_ingest_unlock        (QuarryIngestLock  *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryIngestLock, quarry_ingest_unlock)

G_END_DECLS
