/* quarry-health.h: how healthy sensors are: numbers of pictures, clouds and stamps, and what of them is odd
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   picture ─▶ luma, 640 px ─┐
 *   cloud ───────────────────┼─▶ QuarryHealth (numbers of one medium) ─▶ catalog ─▶ normal range of the sensor ─▶ odd
 *   stamps ──────────────────┘
 *
 * What each number means and its unit is in the table of quarry-measure.c. The functions are pure: any thread.
 */

#pragma once

#include "quarry-catalog.h"
#include "quarry-cloud.h"
#include "quarry-image.h"
#include "quarry-operation.h"

G_BEGIN_DECLS

#define QUARRY_HEALTH_SIDE   640    /* px of luma's longer side; smaller pictures stay as they are */
#define QUARRY_HEALTH_WINDOW 8      /* pictures before, that a blocked lens is looked for in */
#define QUARRY_HEALTH_FEWEST 8      /* fewer numbers of a sensor say nothing about what is normal */
#define QUARRY_HEALTH_NEAR   3.0    /* m: closer returns are near */

/* The numbers of one medium; what cannot be told is not there */
typedef struct
{
  guint32 has;                          /* bits: 1 << QuarryMeasureId */
  double  values[QUARRY_N_MEASURES];
} QuarryHealth;

static inline gboolean
quarry_health_has (const QuarryHealth *self, QuarryMeasureId id)
{
  return (self->has >> id & 1) != 0;
}

static inline void
quarry_health_set (QuarryHealth *self, QuarryMeasureId id, double value)
{
  self->has |= 1u << id;
  self->values[id] = value;
}

/* A picture as it is measured */
typedef struct
{
  int      width, height;
  guint8  *pixels;              /* BT.601 luma, width × height, top row first */
  guint64  hash;                /* of pixels and size */
  int      columns, rows;       /* of cells, about 20 × 20 px each */
  float   *cell_means;          /* columns × rows */
  float   *cell_deviations;     /* standard deviation in each cell */
} QuarryLuma;

QuarryLuma *quarry_luma_new            (const QuarryImage        *image);
void        quarry_luma_free           (QuarryLuma               *self);
int         quarry_luma_at_least       (int                       width,          /* of the picture in its file; 0 unknown */
                                        int                       height);        /* for quarry_image_decode */

void        quarry_health_image        (const QuarryLuma         *luma,
                                        const QuarryLuma * const *before,         /* of the same sensor, the nearest first */
                                        guint                     n_before,
                                        QuarryHealth             *health);
guint64     quarry_health_hash_cloud   (const QuarryCloud        *cloud);         /* never 0 */
void        quarry_health_cloud        (const QuarryCloud        *cloud,          /* in the sensor's frame */
                                        guint64                   hash,
                                        guint64                   hash_before,    /* 0: none */
                                        QuarryHealth             *health);
gint64      quarry_health_find_period  (const gint64             *stamps,         /* QUARRY_NO_TIME where unknown */
                                        gsize                     n);             /* ns; 0 unknown */
void        quarry_health_time         (gint64                    stamp_ns,
                                        gint64                    before_ns,
                                        gint64                    frame_ns,
                                        gint64                    period_ns,
                                        QuarryHealth             *health);
gboolean    quarry_health_find_normal  (QuarryMeasureId           id,
                                        GArray                   *values,         /* double; sorted here */
                                        QuarryNormal             *out_normal);    /* FALSE: no values */

/* --- the operation: quarry-health-run.c --- */
typedef struct
{
  gboolean again;           /* also what has been measured */
  gboolean background;      /* leaves room for others: fewer threads, of low priority */
} QuarryHealthOptions;

gboolean    quarry_health_run          (QuarryCatalog             *catalog,
                                        QuarryQuery               *query,         /* nullable: everything */
                                        const QuarryHealthOptions *options,
                                        QuarryOperation           *operation,
                                        GError                   **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryLuma, quarry_luma_free)

G_END_DECLS
