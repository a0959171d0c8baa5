/* quarry-cloud-private.h: what the point-cloud formats share
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A format is a file that fills a QuarryCloudFormat, and a line in the table in quarry-cloud-format.c. It finds out where
 * the columns of its points are and leaves the rest (types, byte order, origin, clocks, intensity) to the builder.
 */

#pragma once

#include "quarry-cloud.h"

G_BEGIN_DECLS

/* What a point can have; the order of quarry_cloud_find_column's names */
typedef enum
{
  QUARRY_CLOUD_X, QUARRY_CLOUD_Y, QUARRY_CLOUD_Z,
  QUARRY_CLOUD_INTENSITY, QUARRY_CLOUD_TIME, QUARRY_CLOUD_RING, QUARRY_CLOUD_ECHO,
  QUARRY_CLOUD_N_COLUMNS
} QuarryCloudColumnId;

/* Where one column's values are. Zeros: the file has none. */
typedef struct
{
  char          type;         /* 'f', 'i' or 'u'; 0: not there */
  guint8        size;         /* bytes: 1, 2, 4 or 8; floats 2, 4 or 8 */
  gboolean      swap;         /* most significant byte first */
  const guint8 *at;           /* of the first point */
  gsize         stride;       /* bytes to the next */
  double        scale, shift; /* value × scale + shift; scale 0 means 1 */
} QuarryCloudColumn;

/* How a file's times are meant */
typedef enum
{
  QUARRY_CLOUD_TIME_GUESS,         /* by type and magnitude: see quarry-cloud-time.c */
  QUARRY_CLOUD_TIME_NS,            /* integers are nanoseconds from the media's stamp */
  QUARRY_CLOUD_TIME_CLOCK_S,       /* seconds of a clock that is not known: from the first point */
} QuarryCloudTimeMeaning;

/* Four values at a time, by the compiler's vectors: every machine has a way to do this */
typedef float  QuarryFour     __attribute__ ((vector_size (16)));
typedef gint32 QuarryFourBits __attribute__ ((vector_size (16)));

/* A cloud while it is read, point by point or column by column */
typedef struct
{
  const char             *name;            /* of the file, for messages */
  QuarryCloud            *cloud;           /* owned */
  double                 *times;           /* n, as in the file; nullable */
  char                    time_type;       /* 'f', 'i', 'u' */
  QuarryCloudTimeMeaning  time_meaning;
  gboolean                placed;          /* the origin is known */
  guint                   n_first;
  double                  first[256][3];   /* finite points, before the origin is known */
  gsize                   index[256];
} QuarryCloudBuilder;

#define QUARRY_CLOUD_BIT(column) (1u << (column))
#define QUARRY_CLOUD_XYZ (QUARRY_CLOUD_BIT (QUARRY_CLOUD_X) | QUARRY_CLOUD_BIT (QUARRY_CLOUD_Y) | QUARRY_CLOUD_BIT (QUARRY_CLOUD_Z))

int          quarry_cloud_find_column     (const char               *name);      /* −1: none of them. In any case of letters */
QuarryCloudTimeMeaning quarry_cloud_get_time_meaning (const char    *name);      /* what a field's name says */

gboolean     quarry_cloud_builder_init    (QuarryCloudBuilder       *self,       /* clear it in any case */
                                           gsize                     n,          /* bounded by the caller */
                                           guint                     columns,    /* QUARRY_CLOUD_BIT of each beyond x y z */
                                           const char               *name,
                                           GError                  **error);
void         quarry_cloud_builder_place   (QuarryCloudBuilder       *self,
                                           gsize                     i,
                                           const double              xyz[3]);
void         quarry_cloud_builder_set     (QuarryCloudBuilder       *self,       /* a column beyond x y z */
                                           int                       column,
                                           gsize                     i,
                                           double                    value);
QuarryCloud *quarry_cloud_builder_end     (QuarryCloudBuilder       *self);      /* (transfer full) */
void         quarry_cloud_builder_clear   (QuarryCloudBuilder       *self);
void         quarry_cloud_settle_times    (QuarryCloud              *cloud,      /* quarry-cloud-time.c: offset_ns and clock_ns from @times */
                                           const double             *times,
                                           char                      type,
                                           QuarryCloudTimeMeaning    meaning);

double       quarry_cloud_column_get      (const QuarryCloudColumn  *self,
                                           gsize                     i);
QuarryCloud *quarry_cloud_from_columns    (const QuarryCloudColumn   columns[QUARRY_CLOUD_N_COLUMNS],   /* bounds checked by the caller */
                                           gsize                     n,
                                           QuarryCloudTimeMeaning    meaning,
                                           const char               *name,
                                           GError                  **error);
gboolean     quarry_cloud_check_columns   (const QuarryCloudColumn   columns[QUARRY_CLOUD_N_COLUMNS],
                                           const char               *name,
                                           GError                  **error);
gboolean     quarry_cloud_fail            (GError                  **error,      /* "name: byte at: what"; FALSE */
                                           const char               *name,
                                           guint64                   at,
                                           const char               *what);
QuarryCloud *quarry_cloud_new_full        (gsize                     n,
                                           gboolean                  intensity,
                                           gboolean                  offset_ns,
                                           gboolean                  ring,
                                           gboolean                  zero);      /* FALSE: the caller fills it all */
void         quarry_cloud_normalize_intensity (QuarryCloud          *self);

/* Text: a word ends at white space, a comma or a semicolon */
gboolean     quarry_cloud_scan_number     (const char               *at,
                                           const char               *end,
                                           double                   *out);
const char  *quarry_cloud_next_word       (const char               *at,
                                           const char               *end,
                                           const char              **out_word_end);   /* NULL: no more */

/* Bytes and names of one format. @name is for messages; nothing is kept of @data. */
typedef struct
{
  const char   *id;            /* the media's format, or with a ':' at its end what it starts with */
  QuarryCloud *(*decode) (const guint8 *data, gsize length, const char *format, const char *name, GError **error);
  gboolean     (*count)  (const guint8 *head, gsize length, gint64 whole, const char *format, const char *name,
                          gint64 *out_n_points, GError **error);
  gboolean     (*guess)  (const char *name, const guint8 *head, gsize length);      /* nullable. @name in lower case; @head may be short */
  gboolean       counts_all;   /* count needs all bytes, not only the head */
} QuarryCloudFormat;

extern const QuarryCloudFormat quarry_cloud_format_pcd;
extern const QuarryCloudFormat quarry_cloud_format_ply;
extern const QuarryCloudFormat quarry_cloud_format_las;
extern const QuarryCloudFormat quarry_cloud_format_npy;
extern const QuarryCloudFormat quarry_cloud_format_kitti;
extern const QuarryCloudFormat quarry_cloud_format_nuscenes;
extern const QuarryCloudFormat quarry_cloud_format_points;
extern const QuarryCloudFormat quarry_cloud_format_velodyne;
extern const QuarryCloudFormat quarry_cloud_format_text;

gboolean     quarry_lzf_expand            (const guint8             *data,
                                           gsize                     length,
                                           guint8                   *out,
                                           gsize                     out_length);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (QuarryCloudBuilder, quarry_cloud_builder_clear)

G_END_DECLS
