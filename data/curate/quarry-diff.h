/* quarry-diff.h: what changed between two states of a dataset
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-catalog.h"

G_BEGIN_DECLS

typedef enum { QUARRY_DIFF_ADDED, QUARRY_DIFF_REMOVED, QUARRY_DIFF_MOVED } QuarryDiffKind;

typedef struct
{
  QuarryDiffKind  kind;
  QuarryId        frame;
  char           *from, *to;     /* splits; nullable */
} QuarryDiffRow;

GPtrArray  *quarry_diff_versions  (QuarryCatalog   *catalog,
                                   QuarryId         from_dataset,
                                   int              from_version,    /* 0: as it is now */
                                   QuarryId         to_dataset,
                                   int              to_version,
                                   GError         **error);
const char *quarry_diff_kind_name (QuarryDiffKind   kind);
char       *quarry_diff_to_text   (QuarryCatalog   *catalog,
                                   GPtrArray       *rows,
                                   GError         **error);
char       *quarry_diff_to_json   (QuarryCatalog   *catalog,
                                   GPtrArray       *rows,
                                   GError         **error);

G_END_DECLS
