/* quarry-exif.c: the orientation in EXIF data
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-image-private.h"

#include <string.h>

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT 3

typedef struct
{
  const guint8 *data;
  gsize         length;
  gboolean      big;      /* most significant byte first */
} Tiff;

static guint
get16 (const Tiff *tiff, gsize at)
{
  const guint8 *p = tiff->data + at;

  return tiff->big ? (guint) p[0] << 8 | p[1] : (guint) p[1] << 8 | p[0];
}

static guint32
get32 (const Tiff *tiff, gsize at)
{
  return tiff->big ? (guint32) get16 (tiff, at) << 16 | get16 (tiff, at + 2)
                   : (guint32) get16 (tiff, at + 2) << 16 | get16 (tiff, at);
}

/**
 * quarry_exif_orientation:
 * @tiff: a TIFF structure: what follows "Exif\0\0" in a JPEG, a PNG's eXIf chunk, or a TIFF file
 *
 * Returns: 1…8; 1 (as stored) where it is missing or damaged
 */
int
quarry_exif_orientation (const guint8 *data, gsize length)
{
  Tiff tiff = { data, length, FALSE };
  gsize at;
  guint n;

  if (length < 8 || (memcmp (data, "II*\0", 4) != 0 && memcmp (data, "MM\0*", 4) != 0))
    return 1;
  tiff.big = data[0] == 'M';
  at = get32 (&tiff, 4);
  if (at > length - 2)
    return 1;
  n = get16 (&tiff, at);
  at += 2;
  for (guint i = 0; i < n && at + 12 <= length; i++, at += 12)
    if (get16 (&tiff, at) == TAG_ORIENTATION)
      {
        const guint value = get16 (&tiff, at + 8);

        return get16 (&tiff, at + 2) == TYPE_SHORT && get32 (&tiff, at + 4) == 1 && value >= 1 &&
                       value <= 8
                   ? (int) value
                   : 1;
      }
  return 1;
}
