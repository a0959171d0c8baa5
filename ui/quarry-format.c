/* quarry-format.c: numbers and times as people read them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-format.h"

#include <glib/gi18n.h>

#define THIN_SPACE "\342\200\257"    /* U+202F: keeps the groups of a number on one line */

/**
 * quarry_format_count:
 *
 * Returns: (transfer full): @n in groups of three digits: "4 180"
 */
char *
quarry_format_count (gint64 n)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, n < 0 ? -(guint64) n : (guint64) n);
  const gsize length = strlen (digits);
  GString *text = g_string_new (n < 0 ? "−" : NULL);

  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append (text, THIN_SPACE);
      g_string_append_c (text, digits[i]);
    }
  return g_string_free (text, FALSE);
}

/**
 * quarry_format_frames:
 *
 * Returns: (transfer full): "1 frame", "4 180 frames"
 */
char *
quarry_format_frames (gint64 n)
{
  g_autofree char *count = quarry_format_count (n);

  return g_strdup_printf (ngettext ("%s frame", "%s frames", (gulong) ABS (n)), count);
}

/**
 * quarry_format_share:
 * @share: 0…1
 *
 * Returns: (transfer full): a percentage that shows zero and all only where they are meant
 */
char *
quarry_format_share (double share)
{
  const double percent = share * 100;

  if (percent > 0 && percent < 0.1)
    return g_strdup (_("< 0.1 %"));
  if (percent < 100 && percent > 99.9)
    return g_strdup (_("> 99.9 %"));
  if (percent < 100 && percent >= 99.5)
    return g_strdup_printf ("%.1f %%", percent);
  return g_strdup_printf (percent >= 10 || percent == 0 ? "%.0f %%" : "%.1f %%", MIN (percent, 100));
}

static GDateTime *
to_local (gint64 stamp_ns)
{
  const gint64 second = stamp_ns / QUARRY_NS_PER_S - (stamp_ns % QUARRY_NS_PER_S < 0 ? 1 : 0);
  g_autoptr(GDateTime) whole = g_date_time_new_from_unix_local (second);

  if (whole == NULL)
    return NULL;
  return g_date_time_add (whole, (stamp_ns - second * QUARRY_NS_PER_S) / 1000);
}

/**
 * quarry_format_clock:
 * @stamp_ns: nanoseconds since the epoch, or QUARRY_NO_TIME
 *
 * Returns: (transfer full): local time of day to the millisecond; "no time" where unknown
 */
char *
quarry_format_clock (gint64 stamp_ns)
{
  g_autoptr(GDateTime) time = stamp_ns != QUARRY_NO_TIME ? to_local (stamp_ns) : NULL;
  g_autofree char *text = NULL;

  if (time == NULL)
    return g_strdup (_("no time"));
  text = g_date_time_format (time, "%H:%M:%S");
  return g_strdup_printf ("%s.%03d", text, g_date_time_get_microsecond (time) / 1000);
}

/**
 * quarry_format_date:
 *
 * Returns: (transfer full): local date and time to the minute
 */
char *
quarry_format_date (gint64 stamp_ns)
{
  g_autoptr(GDateTime) time = stamp_ns != QUARRY_NO_TIME ? to_local (stamp_ns) : NULL;

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M") : g_strdup (_("no time"));
}

/**
 * quarry_format_ago:
 *
 * Returns: (transfer full): "just now", "5 minutes ago", "3 hours ago", else the date
 */
char *
quarry_format_ago (gint64 stamp_ns,
                   gint64 now_ns)
{
  const gint64 seconds = stamp_ns != QUARRY_NO_TIME ? (now_ns - stamp_ns) / QUARRY_NS_PER_S : -1;

  if (seconds >= 0 && seconds < 60)
    return g_strdup (_("just now"));
  if (seconds >= 0 && seconds < 3600)
    return g_strdup_printf (ngettext ("%d minute ago", "%d minutes ago", (gulong) (seconds / 60)), (int) (seconds / 60));
  if (seconds >= 0 && seconds < 86400)
    return g_strdup_printf (ngettext ("%d hour ago", "%d hours ago", (gulong) (seconds / 3600)), (int) (seconds / 3600));
  return quarry_format_date (stamp_ns);
}

/**
 * quarry_format_sentence:
 * @fragment: (nullable): a message as the data side gives it: no capital, no full stop
 *
 * Returns: (transfer full) (nullable): with both
 */
char *
quarry_format_sentence (const char *fragment)
{
  g_autofree char *head = NULL;

  if (fragment == NULL || *fragment == '\0' || !g_utf8_validate (fragment, -1, NULL))
    return g_strdup (fragment);
  head = g_utf8_strup (fragment, (gssize) (g_utf8_next_char (fragment) - fragment));
  return g_strconcat (head, g_utf8_next_char (fragment), g_str_has_suffix (fragment, ".") ? "" : ".", NULL);
}

/* Rounded as a guess should be */
char *
quarry_format_remaining (gint64 seconds)
{
  const gulong minutes = (gulong) ((MAX (0, seconds) + 30) / 60);
  const gulong tens = (gulong) ((MAX (0, seconds) + 5) / 10 * 10);

  if (seconds < 8)
    return g_strdup (_("A few seconds left"));
  if (seconds < 50)
    return g_strdup_printf (ngettext ("About %lu second left", "About %lu seconds left", tens), tens);
  if (minutes < 90)
    return g_strdup_printf (ngettext ("About %lu minute left", "About %lu minutes left", minutes), minutes);
  return g_strdup_printf (ngettext ("About %lu hour left", "About %lu hours left", (minutes + 30) / 60), (minutes + 30) / 60);
}
