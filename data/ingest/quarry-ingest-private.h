/* quarry-ingest-private.h: the import behind the readers
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-ingest.h"

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
};

void quarry_ingest_clear_lookups (QuarryIngest *self);

G_END_DECLS
