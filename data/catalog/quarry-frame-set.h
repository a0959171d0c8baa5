/* quarry-frame-set.h: a set of frame ids as bits; private to the catalog
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Row ids are dense, so that one bit an id beats every list: a million frames are 125 kB.
 */

#pragma once

#include "quarry-types.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 *words;
  gint64   size;     /* ids 0 … size − 1 */
} QuarryFrameSet;

QuarryFrameSet *quarry_frame_set_new     (gint64                size);
void            quarry_frame_set_free    (QuarryFrameSet       *self);
void            quarry_frame_set_fill    (QuarryFrameSet       *self,
                                          gint64                from,
                                          gint64                to);      /* inclusive */
void            quarry_frame_set_and     (QuarryFrameSet       *self,
                                          const QuarryFrameSet *other);   /* of the same size */
void            quarry_frame_set_and_not (QuarryFrameSet       *self,
                                          const QuarryFrameSet *other);
gint64          quarry_frame_set_count   (const QuarryFrameSet *self);
QuarryId        quarry_frame_set_next    (const QuarryFrameSet *self,
                                          QuarryId              after);   /* 0: no more */

static inline void
quarry_frame_set_add (QuarryFrameSet *self, QuarryId id)
{
  if (id > 0 && id < self->size)
    self->words[id / 64] |= (guint64) 1 << (id % 64);
}

static inline gboolean
quarry_frame_set_has (const QuarryFrameSet *self, QuarryId id)
{
  return id > 0 && id < self->size && (self->words[id / 64] >> (id % 64) & 1) != 0;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryFrameSet, quarry_frame_set_free)

G_END_DECLS
