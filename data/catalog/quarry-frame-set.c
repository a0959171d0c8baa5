/* quarry-frame-set.c: a set of frame ids as bits
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-frame-set.h"

QuarryFrameSet *
quarry_frame_set_new (gint64 size)
{
  QuarryFrameSet *self = g_new0 (QuarryFrameSet, 1);

  self->size = size;
  self->words = g_new0 (guint64, size / 64 + 1);
  return self;
}

void
quarry_frame_set_free (QuarryFrameSet *self)
{
  if (self == NULL)
    return;
  g_free (self->words);
  g_free (self);
}

void
quarry_frame_set_fill (QuarryFrameSet *self, gint64 from, gint64 to)
{
  for (gint64 id = from; id <= to && id < self->size; id++)
    if (id % 64 == 0 && id + 63 <= to && id + 63 < self->size)
      {
        self->words[id / 64] = G_MAXUINT64;
        id += 63;
      }
    else
      quarry_frame_set_add (self, id);
}

void
quarry_frame_set_and (QuarryFrameSet *self, const QuarryFrameSet *other)
{
  for (gint64 i = 0; i <= self->size / 64; i++)
    self->words[i] &= other->words[i];
}

void
quarry_frame_set_and_not (QuarryFrameSet *self, const QuarryFrameSet *other)
{
  for (gint64 i = 0; i <= self->size / 64; i++)
    self->words[i] &= ~other->words[i];
}

gint64
quarry_frame_set_count (const QuarryFrameSet *self)
{
  gint64 n = 0;

  for (gint64 i = 0; i <= self->size / 64; i++)
    n += __builtin_popcountll (self->words[i]);
  return n;
}

QuarryId
quarry_frame_set_next (const QuarryFrameSet *self, QuarryId after)
{
  const gint64 from = after + 1;
  gint64 word = from / 64;
  guint64 bits = 0;

  if (from >= self->size)
    return 0;
  bits = self->words[word] >> (from % 64) << (from % 64);
  while (bits == 0 && ++word <= self->size / 64)
    bits = self->words[word];
  return bits == 0 ? 0 : word * 64 + __builtin_ctzll (bits);
}
