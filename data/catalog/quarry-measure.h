/* quarry-measure.h: the words for what is measured of media, and bounds on them in queries
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The table is here and not beside the code that measures (data/curate/quarry-health.h), since the query language
 * must know every word and unit. Adding a measure: a line in the enum, a line in the table in quarry-measure.c, and
 * the number in quarry-health-image.c, -cloud.c or -time.c.
 */

#pragma once

#include "quarry-types.h"

G_BEGIN_DECLS

typedef enum
{
  /* images */
  QUARRY_MEASURE_BRIGHTNESS, QUARRY_MEASURE_UNDEREXPOSED, QUARRY_MEASURE_OVEREXPOSED, QUARRY_MEASURE_SHARPNESS,
  QUARRY_MEASURE_BLUR, QUARRY_MEASURE_ENTROPY, QUARRY_MEASURE_BLOCKED,
  /* clouds */
  QUARRY_MEASURE_POINTS, QUARRY_MEASURE_RINGS, QUARRY_MEASURE_RINGMIN, QUARRY_MEASURE_RING, QUARRY_MEASURE_NEAR,
  QUARRY_MEASURE_RANGE10, QUARRY_MEASURE_RANGE50, QUARRY_MEASURE_RANGE90, QUARRY_MEASURE_SECTOR, QUARRY_MEASURE_EMPTY,
  /* both */
  QUARRY_MEASURE_STUCK, QUARRY_MEASURE_UNREADABLE,
  /* time */
  QUARRY_MEASURE_GAP, QUARRY_MEASURE_PERIODS, QUARRY_MEASURE_JUMP, QUARRY_MEASURE_SYNC,
  QUARRY_N_MEASURES
} QuarryMeasureId;

typedef enum
{
  QUARRY_UNIT_NONE,       /* a bare number; where it is a part of one, "50%" is 0.5 */
  QUARRY_UNIT_COUNT,      /* k and M are thousands and millions */
  QUARRY_UNIT_PERCENT,
  QUARRY_UNIT_MS,
  QUARRY_UNIT_METRE,
  QUARRY_UNIT_DEGREE,
  QUARRY_UNIT_BIT,
  QUARRY_UNIT_FLAG,       /* 0 or 1; in a query its word alone asks for 1 */
} QuarryMeasureUnit;

typedef enum { QUARRY_ODD_BOTH, QUARRY_ODD_HIGH, QUARRY_ODD_LOW, QUARRY_ODD_NEVER } QuarryOddSide;

typedef struct
{
  const char        *name;         /* the word in queries; kept in the catalog, never changes */
  const char        *title;        /* "Brightness"; translated where it is shown */
  QuarryMeasureUnit  unit;
  guint              digits;       /* after the point, when shown */
  guint              sensors;      /* bits: 1 << QuarrySensorKind */
  QuarryOddSide      odd;          /* which side of the normal range is told */
  gboolean           by_size;      /* signed, but bounds in queries are on its size */
  double             floor;        /* closer to the median than this is always normal… */
  double             floor_part;   /* …and closer than this part of the median */
  const char        *what;         /* what the number says and how it is made */
  const char        *origin;       /* where the formula is from */
} QuarryMeasure;

/* --- numbers of media, as the catalog keeps them --- */
typedef struct
{
  QuarryId         media;
  QuarryId         frame;
  QuarryMeasureId  measure;
  double           value;
} QuarryMeasured;

/* A medium of a sensor in the order of recording */
typedef struct
{
  QuarryId  media;
  QuarryId  frame;
  gint64    stamp_ns;      /* the medium's own; QUARRY_NO_TIME unknown */
  gint64    frame_ns;
  gboolean  measured;      /* has numbers already */
} QuarryTimelineItem;

/* What is normal for a sensor */
typedef struct
{
  QuarryMeasureId  measure;
  gint64           n, n_odd;
  double           median, least, most;
  double           low, high;      /* −G_MAXDOUBLE, G_MAXDOUBLE: no bound on that side */
} QuarryNormal;

/* One number of a frame */
typedef struct
{
  QuarryId          media;
  QuarryId          sensor;
  char             *sensor_name;
  QuarrySensorKind  kind;
  double            value;
  gboolean          odd;
  gboolean          has_normal;
  QuarryNormal      normal;        /* .measure is always set */
} QuarryFrameMeasure;
void quarry_frame_measure_free (QuarryFrameMeasure *self);

/* What is normal for one sensor of one scene */
typedef struct
{
  QuarryId          sensor, scene;
  char             *sensor_name, *scene_name;
  QuarrySensorKind  kind;
  QuarryNormal      normal;
} QuarrySensorHealth;
void quarry_sensor_health_free (QuarrySensorHealth *self);

/* --- words --- */
typedef struct
{
  QuarryMeasureId  measure;
  double           from[2], to[2];     /* both ends inclusive */
  guint            n;                  /* intervals: 1 or 2 */
} QuarryMeasureBound;

const QuarryMeasure *quarry_measure_get        (QuarryMeasureId    id);
gboolean             quarry_measure_find       (const char        *name,         /* whatever the case */
                                                QuarryMeasureId   *out_id);
gboolean             quarry_measure_is_bound   (const char        *word);        /* looks like "blur>0.5", or is a flag's name */
gboolean             quarry_measure_parse      (const char        *word,         /* "blur>0.5", "sync>20ms", "gap=100ms..150ms", "stuck" */
                                                QuarryMeasureBound *out_bound,
                                                char             **out_message); /* what is wrong with it */
char                *quarry_measure_list_names (void);                           /* "brightness, underexposed, …" */
char                *quarry_measure_format     (QuarryMeasureId    id,
                                                double             value);       /* "12.5 %" */
char                *quarry_measure_format_normal (const QuarryNormal *normal);    /* "10.0 – 14.0 %", "at most 0.52"; nullable: no bounds */
const char          *quarry_measure_get_unit   (QuarryMeasureId    id);            /* as it is shown: "%", "ms", "" */
char                *quarry_measure_make_query (QuarryMeasureId    id,
                                                double             value,
                                                gboolean           above);       /* "blur>=0.52": a term whose bound is at @value */

G_END_DECLS
