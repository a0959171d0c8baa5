/* quarry-split.h: a dataset's frames into train, val, test … without leakage
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Neighbouring frames of a scene look alike: a model that trained on one has seen the other. So whole
 * scenes go to one split, and the ratios come as near as that permits.
 */

#pragma once

#include "quarry-catalog.h"

G_BEGIN_DECLS

#define QUARRY_SPLIT_ERROR (quarry_split_error_quark ())
typedef enum
{
  QUARRY_SPLIT_ERROR_PARTS,     /* no parts, a name twice or empty, a ratio that is not above 0 */
  QUARRY_SPLIT_ERROR_EMPTY,     /* the dataset has no frames */
} QuarrySplitError;
GQuark quarry_split_error_quark (void);

typedef struct
{
  const char *name;      /* "train" */
  double      ratio;     /* above 0; the ratios are scaled to a sum of 1 */
} QuarrySplitPart;

typedef struct
{
  char   *name;
  gint64  n;             /* annotations */
} QuarrySplitClass;

typedef struct
{
  char   *name;
  double  wanted;        /* share of the frames, 0…1 */
  double  share;         /* what it came to */
  gint64  n_frames, n_scenes, n_annotations;
  GArray *classes;       /* QuarrySplitClass, by name, those with annotations */
} QuarrySplitRow;

typedef struct
{
  GPtrArray *rows;       /* QuarrySplitRow, in the order of the parts */
  char      *note;       /* nullable: a fragment: what a person should know (leakage, one scene only, far from the ratios) */
} QuarrySplitSummary;

gboolean  quarry_split_assign          (QuarryCatalog             *catalog,
                                        QuarryId                   dataset,
                                        const QuarrySplitPart     *parts,
                                        gsize                      n_parts,
                                        gboolean                   by_scene,
                                        guint64                    seed,
                                        QuarrySplitSummary       **out_summary,   /* nullable */
                                        GError                   **error);
void      quarry_split_choose          (const gint64              *sizes,
                                        const double              *classes,
                                        gsize                      n_groups,
                                        gsize                      n_classes,
                                        const double              *ratios,
                                        gsize                      n_parts,
                                        guint64                    seed,
                                        guint                     *out_part);
char     *quarry_split_summary_to_text (const QuarrySplitSummary  *self);
char     *quarry_split_summary_to_json (const QuarrySplitSummary  *self);
void      quarry_split_summary_free    (QuarrySplitSummary        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarrySplitSummary, quarry_split_summary_free)

G_END_DECLS
