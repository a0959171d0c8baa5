/* quarry-media-unwrap.c: media written as base64 text
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * RFC 4648, as it stands in a JSON string: a '/' may be written as "\/"; white space is let pass; padding is optional.
 */

#include "config.h"
#include "quarry-media-private.h"

#include <string.h>

#define BASE64 "base64+"

const char *
quarry_media_skip_wrapping (const char *format)
{
  return format != NULL && g_str_has_prefix (format, BASE64) ? format + strlen (BASE64) : format;
}

static int
value_of (guint8 c)
{
  return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52 : c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Returns: FALSE, @out_at being where it went wrong */
static gboolean
decode_base64 (const guint8 *text, gsize length, guint8 *out, gsize *out_length, gsize *out_at)
{
  guint32 bits = 0;
  guint n_bits = 0;
  gsize n = 0, at;

  for (at = 0; at < length && text[at] != '='; at++)
    {
      const int value = value_of (text[at]);

      if (g_ascii_isspace (text[at]) || (text[at] == '\\' && at + 1 < length && text[at + 1] == '/'))
        continue;
      *out_at = at;
      if (value < 0)
        return FALSE;
      bits = bits << 6 | (guint32) value;
      n_bits += 6;
      if (n_bits >= 8)
        {
          n_bits -= 8;
          out[n++] = (guint8) (bits >> n_bits);
        }
    }
  *out_length = n;
  for (; at < length; at++)
    {
      *out_at = at;
      if (text[at] != '=' && !g_ascii_isspace (text[at]))
        return FALSE;
    }
  return n_bits < 6;
}

GBytes *
quarry_media_unwrap (GBytes *bytes, const char **format, const char *name, GError **error)
{
  const char *inside = quarry_media_skip_wrapping (*format);
  g_autofree guint8 *out = NULL;
  gsize length = 0, n = 0, at = 0;
  const guint8 *text = g_bytes_get_data (bytes, &length);

  if (inside == *format)
    return g_bytes_ref (bytes);
  out = g_try_malloc (length / 4 * 3 + 3);
  if (out == NULL || !decode_base64 (text, length, out, &n, &at))
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, out == NULL ? QUARRY_MEDIA_ERROR_TOO_LARGE : QUARRY_MEDIA_ERROR_BROKEN,
                   "%s: byte %" G_GSIZE_FORMAT ": %s", name, at, out == NULL ? "not enough memory" : "damaged base64 text");
      return NULL;
    }
  *format = inside;
  return g_bytes_new_take (g_steal_pointer (&out), n);
}
