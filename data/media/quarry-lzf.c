/* quarry-lzf.c: expands LZF, the compression inside binary_compressed PCD
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The stream: a control byte c below 32 is followed by c + 1 literal bytes. Otherwise c >> 5 is a
 * length (7: add the next byte), (c & 31) << 8 | next byte a distance; length + 2 bytes are copied
 * from distance + 1 back.
 */

#include "config.h"
#include "quarry-cloud-private.h"

#include <string.h>

/* Returns: FALSE unless exactly @out_length bytes came out of well-formed data */
gboolean
quarry_lzf_expand (const guint8 *data, gsize length, guint8 *out, gsize out_length)
{
  gsize in = 0;
  gsize at = 0;

  while (in < length)
    {
      const guint control = data[in++];
      gsize n, distance;

      if (control < 32)
        {
          n = control + 1;
          if (n > length - in || n > out_length - at)
            return FALSE;
          memcpy (out + at, data + in, n);
          in += n;
          at += n;
          continue;
        }
      n = control >> 5;
      if (n == 7)
        {
          if (in >= length)
            return FALSE;
          n += data[in++];
        }
      n += 2;
      if (in >= length)
        return FALSE;
      distance = ((gsize) (control & 31) << 8 | data[in++]) + 1;
      if (distance > at || n > out_length - at)
        return FALSE;
      for (gsize i = 0; i < n; i++, at++)       /* may overlap itself: byte by byte */
        out[at] = out[at - distance];
    }
  return at == out_length;
}
