/* quarry-loose-name.c: what the names of loose files say: a time or a number, and a sensor
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-loose.h"

#include <string.h>

#define SEPARATORS " _-.+,"
#define FIRST_SECOND G_GINT64_CONSTANT (946684800)       /* 2000 */
#define LAST_SECOND G_GINT64_CONSTANT (4102444799)       /* 2099 */

static gsize
count_digits (const char *text)
{
  return strspn (text, "0123456789");
}

/* Nine digits of a fraction, the rest of them zeros. @length: digits, more than 9 are cut */
static gint64
parse_fraction (const char *text, gsize length)
{
  gint64 ns = 0;

  for (gsize i = 0; i < 9; i++)
    ns = ns * 10 + (i < length ? text[i] - '0' : 0);
  return ns;
}

/* ".647951" after whole seconds, also "_647951" where the digits are thousandths, millionths or billionths.
 * Returns: bytes of it, 0 none */
static gsize
match_fraction (const char *text, gint64 *out_ns)
{
  const gsize n = *text != 0 && strchr (".,_", *text) != NULL ? count_digits (text + 1) : 0;

  *out_ns = 0;
  if (n == 0 || n > 9 || (*text == '_' && n != 3 && n != 6 && n != 9))
    return 0;
  *out_ns = parse_fraction (text + 1, n);
  return n + 1;
}

/* Digits that are a time since 1970. Returns: bytes of it, 0 none */
static gsize
match_epoch (const char *text, gint64 *out_ns)
{
  static const struct { gsize digits; gint64 unit_ns; } units[] = {
    { 19, 1 }, { 16, 1000 }, { 13, 1000000 }, { 10, 1000000000 },
  };
  const gsize n = count_digits (text);

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      const gint64 per_second = QUARRY_NS_PER_S / units[i].unit_ns;
      gint64 value = 0, fraction = 0;
      gsize length = 0;

      if (n != units[i].digits)
        continue;
      value = g_ascii_strtoll (text, NULL, 10);
      if (value / per_second < FIRST_SECOND || value / per_second > LAST_SECOND)
        return 0;
      length = units[i].digits == 10 ? match_fraction (text + n, &fraction) : 0;
      *out_ns = value * units[i].unit_ns + fraction;
      return n + length;
    }
  return 0;
}

/* @n digits, then one of @separators, which may be missing where @optional */
static gboolean
take_number (const char **at, gsize n, const char *separators, gboolean optional, int *out)
{
  *out = 0;
  for (gsize i = 0; i < n; i++, (*at)++)
    {
      if (!g_ascii_isdigit (**at))
        return FALSE;
      *out = *out * 10 + (**at - '0');
    }
  if (separators == NULL)
    return TRUE;
  if (**at != 0 && strchr (separators, **at) != NULL)
    (*at)++;
  else if (!optional)
    return FALSE;
  return TRUE;
}

/* A date and a time of day. Returns: bytes of it, 0 none */
static gsize
match_date (const char *text, gint64 *out_ns)
{
  const char *at = text;
  int year, month, day, hour, minute, second;
  gint64 fraction = 0;
  g_autoptr(GDateTime) time = NULL;

  if (!take_number (&at, 4, "-_.", TRUE, &year) || !take_number (&at, 2, "-_.", TRUE, &month) ||
      !take_number (&at, 2, "-_ T", TRUE, &day) || !take_number (&at, 2, "-_:.", TRUE, &hour) ||
      !take_number (&at, 2, "-_:.", TRUE, &minute) || !take_number (&at, 2, NULL, TRUE, &second))
    return 0;
  if (count_digits (at) > 0 && count_digits (at) <= 9 && at == text + 14)      /* all in one: 20260102130405678 */
    {
      fraction = parse_fraction (at, count_digits (at));
      at += count_digits (at);
    }
  else if (count_digits (at) > 0)
    return 0;
  else
    at += match_fraction (at, &fraction);
  time = year >= 2000 && year < 2100 ? g_date_time_new_utc (year, month, day, hour, minute, second) : NULL;
  if (time == NULL)
    return 0;
  if (*at == 'Z')
    at++;
  *out_ns = g_date_time_to_unix (time) * QUARRY_NS_PER_S + fraction;
  return (gsize) (at - text);
}

/* The last match in the name. Returns: bytes of it, 0 none */
static gsize
find_time (const char *stem, gsize (*match) (const char *, gint64 *), gsize *out_start, gint64 *out_ns)
{
  gsize found = 0;

  for (gsize i = 0; stem[i] != 0; i++)
    {
      gint64 ns = 0;
      const gsize length = g_ascii_isdigit (stem[i]) && (i == 0 || !g_ascii_isdigit (stem[i - 1])) ? match (stem + i, &ns) : 0;

      if (length == 0)
        continue;
      found = length;
      *out_start = i;
      *out_ns = ns;
      i += length - 1;
    }
  return found;
}

static gsize
find_number (const char *stem, gsize *out_start)
{
  gsize found = 0;

  for (gsize i = 0; stem[i] != 0; i += MAX (count_digits (stem + i), 1))
    if (g_ascii_isdigit (stem[i]))
      {
        found = count_digits (stem + i);
        *out_start = i;
      }
  return found;
}

/* Returns: (transfer full): both parts without separators at the ends */
static char *
join_rest (const char *stem, gsize start, gsize length)
{
  gsize before = start;
  const char *after = stem + start + length;
  gsize end = strlen (after);

  while (before > 0 && strchr (SEPARATORS, stem[before - 1]) != NULL)
    before--;
  while (end > 0 && strchr (SEPARATORS, after[end - 1]) != NULL)
    end--;
  while (end > 0 && strchr (SEPARATORS, *after) != NULL)
    {
      after++;
      end--;
    }
  return g_strdup_printf ("%.*s%s%.*s", (int) before, stem, before > 0 && end > 0 ? "_" : "", (int) end, after);
}

void
quarry_loose_name_parse (const char *stem, QuarryLooseName *out)
{
  gsize start = 0;
  gsize length;

  out->stamp_ns = QUARRY_NO_TIME;
  length = find_time (stem, match_epoch, &start, &out->stamp_ns);
  if (length == 0)
    length = find_time (stem, match_date, &start, &out->stamp_ns);
  if (length == 0)
    length = find_number (stem, &start);
  if (length == 0)
    {
      out->moment = g_strdup (stem);
      out->text = g_strdup (stem);
      out->rest = g_strdup ("");
      return;
    }
  out->rest = join_rest (stem, start, length);
  out->text = g_strndup (stem + start, length);
  while (out->stamp_ns == QUARRY_NO_TIME && length > 1 && stem[start] == '0')
    {
      start++;
      length--;
    }
  out->moment = g_strndup (stem + start, length);
}

void
quarry_loose_name_clear (QuarryLooseName *self)
{
  g_clear_pointer (&self->moment, g_free);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->rest, g_free);
}
