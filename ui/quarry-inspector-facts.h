/* quarry-inspector-facts.h: what the inspector tells about one frame or about a selection
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Gathered in a worker, read-only afterwards.
 */

#pragma once

#include "quarry-records.h"
#include "quarry-catalog.h"

G_BEGIN_DECLS

#define QUARRY_FACTS_MOST 500      /* frames whose tags are looked at; of more only the number is told */

typedef struct
{
  char   *name;
  char   *color;       /* nullable */
  guint   n;           /* tags: frames that have it; classes: labels */
  char   *sets;        /* classes: names of the annotation sets, "import, vendor A" */
} QuarryFactsRow;

typedef struct
{
  guint         n;             /* frames */
  GArray       *ids;           /* QuarryId; empty where n is beyond QUARRY_FACTS_MOST */
  QuarryFrame  *frame;         /* of a single frame, else NULL */
  GPtrArray    *media;         /* QuarryMedia of a single frame */
  GPtrArray    *measures;      /* QuarryFrameMeasure of a single frame */
  GPtrArray    *tags;          /* QuarryFactsRow by name; colours are left out */
  GPtrArray    *classes;       /* QuarryFactsRow by name, of a single frame */
  guint         n_labels;
} QuarryFacts;

QuarryFacts *quarry_facts_read (QuarryCatalog  *catalog,
                                const GArray   *ids,              /* at most QUARRY_FACTS_MOST */
                                GCancellable   *cancellable,
                                GError        **error);      /* blocking */
QuarryFacts *quarry_facts_new_many (guint       n);                /* of more frames than are looked at */
void         quarry_facts_free (QuarryFacts    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryFacts, quarry_facts_free)

G_END_DECLS
