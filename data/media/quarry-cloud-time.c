/* quarry-cloud-time.c: what the times of points mean
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files do not say their unit; drivers differ. It is told by type and magnitude, knowing that a sweep lasts between 2 ms and 2 s:
 *
 *   absolute      all above 0, apart by less than 1 % of the largest: a float from 1e3 on, an integer from 2e9 on. A Unix time where
 *                 the largest is from 1e8 on: below 1e11 it is in seconds, 1e14 milliseconds, 1e17 microseconds, else nanoseconds;
 *                 clock_ns is the first point's time. Below 1e8 some clock (of the hour, of the GPS week): floats in seconds, integers
 *                 in microseconds, offsets from the first point
 *   float         offsets from the media's stamp: seconds up to 2, milliseconds up to 2e3, microseconds up to 2e6, else nanoseconds
 *   signed        nanoseconds
 *   unsigned      microseconds up to 2e6, else nanoseconds; nanoseconds where the field's name says so
 *
 * Offsets that reach beyond 2 s even so are no sweep's: the column is left out.
 */

#include "config.h"
#include "quarry-cloud-private.h"

#include <math.h>

#define MAX_OFFSET_NS 2e9

typedef struct
{
  double   first;          /* the first finite value */
  double   least, most;
  double   unit;           /* nanoseconds */
  gboolean absolute;
} Clock;

static gboolean
get_range (const double *times, gsize n, Clock *out)
{
  gboolean any = FALSE;

  for (gsize i = 0; i < n; i++)
    if (isfinite (times[i]))
      {
        if (!any)
          out->first = out->least = out->most = times[i];
        out->least = MIN (out->least, times[i]);
        out->most = MAX (out->most, times[i]);
        any = TRUE;
      }
  return any;
}

static void
choose_unit (Clock *self, char type, QuarryCloudTimeMeaning meaning)
{
  const double reach = MAX (fabs (self->least), fabs (self->most));
  const gboolean is_float = type == 'f';

  if (meaning == QUARRY_CLOUD_TIME_CLOCK_S)
    {
      self->absolute = TRUE;
      self->unit = 1e9;
      return;
    }
  self->absolute = self->least > 0 && self->most - self->least < self->most / 100 && reach >= (is_float ? 1e3 : 2e9);
  if (self->absolute && reach >= 1e8 && (is_float || reach >= 1e11))
    self->unit = reach < 1e11 ? 1e9 : reach < 1e14 ? 1e6 : reach < 1e17 ? 1e3 : 1;
  else if (self->absolute)
    self->unit = is_float ? 1e9 : 1e3;
  else if (is_float)
    self->unit = reach <= 2 ? 1e9 : reach <= 2e3 ? 1e6 : reach <= 2e6 ? 1e3 : 1;
  else
    self->unit = type == 'u' && meaning != QUARRY_CLOUD_TIME_NS && reach <= 2e6 ? 1e3 : 1;
}

/* A Unix time, in nanoseconds; QUARRY_NO_TIME where the clock is another */
static gint64
get_clock (const Clock *self, QuarryCloudTimeMeaning meaning)
{
  if (!self->absolute || meaning == QUARRY_CLOUD_TIME_CLOCK_S || self->first * self->unit < 1e17 || self->first * self->unit > 9e18)
    return QUARRY_NO_TIME;
  return (gint64) self->first * (gint64) self->unit + (gint64) round ((self->first - trunc (self->first)) * self->unit);
}

void
quarry_cloud_settle_times (QuarryCloud *cloud, const double *times, char type, QuarryCloudTimeMeaning meaning)
{
  Clock clock = { 0 };
  double zero;

  if (!get_range (times, cloud->n, &clock))
    return;
  choose_unit (&clock, type, meaning);
  zero = clock.absolute ? clock.first : 0;
  if ((clock.most - zero) * clock.unit >= MAX_OFFSET_NS || (clock.least - zero) * clock.unit <= -MAX_OFFSET_NS)
    return;
  cloud->offset_ns = g_try_malloc0_n (cloud->n, sizeof (gint32));
  if (cloud->offset_ns == NULL)
    return;
  for (gsize i = 0; i < cloud->n; i++)
    cloud->offset_ns[i] = isfinite (times[i]) ? (gint32) round ((times[i] - zero) * clock.unit) : 0;
  cloud->clock_ns = get_clock (&clock, meaning);
}

/**
 * quarry_cloud_set_stamp:
 *
 * Makes offset_ns count from @stamp_ns where the cloud has a clock of its own and the two are less than 2 s apart; where they
 * are not, the clocks differ, and the first point is taken to be at the stamp.
 */
void
quarry_cloud_set_stamp (QuarryCloud *self, gint64 stamp_ns)
{
  gint64 shift;

  if (self->offset_ns == NULL || self->clock_ns == QUARRY_NO_TIME || stamp_ns == QUARRY_NO_TIME)
    return;
  shift = self->clock_ns > stamp_ns ? (gint64) MIN ((guint64) self->clock_ns - (guint64) stamp_ns, (guint64) G_MAXINT32)
                                    : -(gint64) MIN ((guint64) stamp_ns - (guint64) self->clock_ns, (guint64) G_MAXINT32);
  self->clock_ns = QUARRY_NO_TIME;
  if (ABS (shift) >= (gint64) MAX_OFFSET_NS)
    return;
  for (gsize i = 0; i < self->n; i++)
    self->offset_ns[i] = (gint32) CLAMP (self->offset_ns[i] + shift, -2 * QUARRY_NS_PER_S, 2 * QUARRY_NS_PER_S);
}
