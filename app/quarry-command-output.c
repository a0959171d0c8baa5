/* quarry-command-output.c: what listing commands print alike
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command-output.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* JSON is UTF-8 whatever the terminal's locale: not through g_print */
void
quarry_json_list_add (QuarryJsonList *self, json_t *take_object)
{
  char *text = json_dumps (take_object, JSON_COMPACT | JSON_REAL_PRECISION (15));

  fputs (self->started ? ",\n " : "[\n ", stdout);
  fputs (text, stdout);
  self->started = TRUE;
  free (text);
  json_decref (take_object);
}

void
quarry_json_list_end (QuarryJsonList *self)
{
  fputs (self->started ? "\n]\n" : "[]\n", stdout);
  fflush (stdout);
}

json_t *
quarry_json_time (gint64 stamp_ns)
{
  return stamp_ns != QUARRY_NO_TIME ? json_integer (stamp_ns) : json_null ();
}

json_t *
quarry_json_text (const char *text)
{
  return text != NULL ? json_string (text) : json_null ();
}

json_t *
quarry_json_number (double value)
{
  return isfinite (value) ? json_real (value) : json_null ();
}

char *
quarry_command_format_time (gint64 stamp_ns)
{
  g_autoptr(GDateTime) utc = NULL;
  g_autoptr(GDateTime) local = NULL;
  g_autofree char *text = NULL;
  gint64 seconds, rest;

  if (stamp_ns == QUARRY_NO_TIME)
    return g_strdup ("-");
  seconds = stamp_ns / QUARRY_NS_PER_S;
  rest = stamp_ns % QUARRY_NS_PER_S;
  if (rest < 0)
    {
      seconds--;
      rest += QUARRY_NS_PER_S;
    }
  utc = g_date_time_new_from_unix_utc (seconds);
  local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  if (local == NULL)
    return g_strdup_printf ("%" G_GINT64_FORMAT " ns", stamp_ns);
  text = g_date_time_format (local, "%F %T");
  return g_strdup_printf ("%s.%03d", text, (int) (rest / 1000000));
}
