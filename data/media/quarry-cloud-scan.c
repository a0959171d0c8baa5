/* quarry-cloud-scan.c: numbers in text
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-cloud-private.h"

#include <string.h>

/* Reads one number of at most @end − @at bytes that ends at a space. Digits up to 2^53 with a small
 * exponent are exact by one multiplication or division of exact doubles; all else goes through
 * strtod. */
gboolean
quarry_cloud_scan_number (const char *at, const char *end, double *out)
{
  static const double tens[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
  const gboolean negative = at < end && *at == '-';
  const char *p = at + (at < end && (*at == '-' || *at == '+'));
  guint64 digits = 0;
  int scale = 0;
  guint n = 0;
  char word[64];
  char *stop = NULL;

  for (; p < end && g_ascii_isdigit (*p) && n < 18; p++, n++)
    digits = digits * 10 + (guint64) (*p - '0');
  if (p < end && *p == '.')
    for (p++; p < end && g_ascii_isdigit (*p) && n < 18; p++, n++, scale++)
      digits = digits * 10 + (guint64) (*p - '0');
  if (p == end && n > 0 && digits < (G_GUINT64_CONSTANT (1) << 53))
    {
      *out = (negative ? -1.0 : 1.0) * ((double) digits / tens[scale]);
      return TRUE;
    }
  if ((gsize) (end - at) >= sizeof word || end == at)
    return FALSE;
  memcpy (word, at, (gsize) (end - at));
  word[end - at] = 0;
  *out = g_ascii_strtod (word, &stop);
  return *stop == 0;
}

static inline gboolean
is_gap (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == ',' || c == ';' || c == '\n';
}

/* Returns: (transfer none) (nullable): where the next word before @end starts */
const char *
quarry_cloud_next_word (const char *at, const char *end, const char **out_word_end)
{
  const char *word_end = NULL;

  while (at < end && is_gap (*at))
    at++;
  if (at >= end)
    return NULL;
  word_end = at;
  while (word_end < end && !is_gap (*word_end))
    word_end++;
  *out_word_end = word_end;
  return at;
}
