/* quarry-message-value.c: asking a decoded message
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-message.h"
#include "quarry-message-private.h"

#include <math.h>
#include <string.h>

/* @size: 4 or 8 bytes, which need not be aligned */
double
quarry_message_get_float (const guint8 *data, guint size, gboolean big_endian)
{
  const guint64 bits = (guint64) quarry_message_get_integer (data, size, FALSE, big_endian);
  const guint32 low = (guint32) bits;
  double wide;
  float narrow;

  if (size == 4)
    {
      memcpy (&narrow, &low, sizeof narrow);
      return (double) narrow;
    }
  memcpy (&wide, &bits, sizeof wide);
  return wide;
}

static const QuarryValue *
get_member (const QuarryValue *self, const char *name, gsize length)
{
  if (self->kind != QUARRY_VALUE_OBJECT)
    return NULL;
  for (gsize i = 0; i < self->length; i++)
    {
      const char *candidate = self->members[i].name;

      if (candidate != NULL && strncmp (candidate, name, length) == 0 && candidate[length] == '\0')
        return &self->members[i];
    }
  return NULL;
}

/**
 * quarry_value_get:
 * @path: names of members with points between; "" is @self
 *
 * Returns: (nullable): NULL where a member on the way is not there
 */
const QuarryValue *
quarry_value_get (const QuarryValue *self, const char *path)
{
  while (self != NULL && *path != '\0')
    {
      const gsize length = strcspn (path, ".");

      self = get_member (self, path, length);
      path += length + (path[length] == '.');
    }
  return self;
}

gboolean
quarry_value_get_number (const QuarryValue *self, const char *path, double *out_number)
{
  const QuarryValue *value = quarry_value_get (self, path);

  if (value == NULL || value->kind > QUARRY_VALUE_FLOAT)
    return FALSE;
  *out_number = value->number;
  return TRUE;
}

/* Of a time: nanoseconds. Returns: FALSE also for a float that is no integer */
gboolean
quarry_value_get_integer (const QuarryValue *self, const char *path, gint64 *out_integer)
{
  const QuarryValue *value = quarry_value_get (self, path);

  if (value == NULL)
    return FALSE;
  switch (value->kind)
    {
    case QUARRY_VALUE_BOOL:
    case QUARRY_VALUE_INT:
    case QUARRY_VALUE_UINT:
    case QUARRY_VALUE_TIME:
    case QUARRY_VALUE_DURATION:
      *out_integer = value->integer;
      return TRUE;
    case QUARRY_VALUE_FLOAT:
      if (!(fabs (value->number) <= 9007199254740992.0) || value->number != floor (value->number))
        return FALSE;
      *out_integer = (gint64) value->number;
      return TRUE;
    case QUARRY_VALUE_STRING:
    case QUARRY_VALUE_NUMBERS:
    case QUARRY_VALUE_LIST:
    case QUARRY_VALUE_OBJECT:
    default:
      return FALSE;
    }
}

char *
quarry_value_dup_string (const QuarryValue *self, const char *path)
{
  const QuarryValue *value = quarry_value_get (self, path);

  if (value == NULL || value->kind != QUARRY_VALUE_STRING)
    return NULL;
  if (value->length == 0)
    return g_strdup ("");
  if (!g_utf8_validate_len ((const char *) value->data, value->length, NULL))
    return NULL;
  return g_strndup ((const char *) value->data, value->length);
}

static double
get_element (const QuarryValue *self, gsize i)
{
  const guint8 *at = self->data + i * self->size;
  gint64 integer;

  if (self->type == 'f')
    return quarry_message_get_float (at, self->size, self->big_endian);
  integer = quarry_message_get_integer (at, self->size, self->type == 'i', self->big_endian);
  return self->type == 'u' ? (double) (guint64) integer : (double) integer;
}

/* A list of numbers counts too, as JSON has where one of them is null (NaN). 0 also where it is neither, or base64 text. */
gsize
quarry_value_get_numbers (const QuarryValue *self, const char *path, double *out, gsize n)
{
  const QuarryValue *value = quarry_value_get (self, path);

  if (value == NULL)
    return 0;
  if (value->kind == QUARRY_VALUE_LIST)
    {
      for (gsize i = 0; i < value->length; i++)
        if (value->members[i].kind > QUARRY_VALUE_FLOAT)
          return 0;
      for (gsize i = 0; i < MIN (value->length, n); i++)
        out[i] = value->members[i].number;
      return value->length;
    }
  if (value->kind != QUARRY_VALUE_NUMBERS || value->base64)
    return 0;
  for (gsize i = 0; i < MIN (value->n, n); i++)
    out[i] = get_element (value, i);
  return value->n;
}

/* --- for people -------------------------------------------------------------------------------------------------- */

#define INDENT 2

static void append_value (GString *out, const QuarryValue *value, guint limit, guint depth);

static void
append_text (GString *out, const char *text, gsize length, gboolean cut)
{
  g_autofree char *valid = length > 0 ? g_utf8_make_valid (text, (gssize) length) : g_strdup ("");

  g_string_append_c (out, '"');
  for (const char *c = valid; *c != '\0'; c++)
    {
      if (*c == '"' || *c == '\\')
        g_string_append_printf (out, "\\%c", *c);
      else if ((guchar) *c < 0x20 || *c == 0x7f)
        g_string_append_printf (out, "\\u%04x", (guint) (guchar) *c);
      else
        g_string_append_c (out, *c);
    }
  g_string_append (out, cut ? "…\"" : "\"");
}

/* As short as reads back the same */
static void
append_float (GString *out, double number, guint size)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (number))
    {
      g_string_append (out, "null");
      return;
    }
  if (size == 4)
    {
      g_ascii_formatd (text, sizeof text, "%.7g", number);
      if ((float) g_ascii_strtod (text, NULL) != (float) number)
        g_ascii_formatd (text, sizeof text, "%.9g", number);
    }
  else
    {
      g_ascii_formatd (text, sizeof text, "%.15g", number);
      if (g_ascii_strtod (text, NULL) != number)
        g_ascii_formatd (text, sizeof text, "%.17g", number);
    }
  g_string_append (out, text);
}

static void
append_integer (GString *out, gint64 integer, gboolean is_unsigned)
{
  if (is_unsigned)
    g_string_append_printf (out, "%" G_GUINT64_FORMAT, (guint64) integer);
  else
    g_string_append_printf (out, "%" G_GINT64_FORMAT, integer);
}

/* Seconds with nine digits */
static void
append_time (GString *out, gint64 ns)
{
  const guint64 size = ns < 0 ? (guint64) 0 - (guint64) ns : (guint64) ns;

  g_string_append_printf (out, "%s%" G_GUINT64_FORMAT ".%09" G_GUINT64_FORMAT, ns < 0 ? "-" : "", size / 1000000000,
                          size % 1000000000);
}

static void
append_numbers (GString *out, const QuarryValue *value, guint limit)
{
  g_string_append_c (out, '[');
  for (gsize i = 0; i < value->n && i < limit && !value->base64; i++)
    {
      const guint8 *at = value->data + i * value->size;

      if (i > 0)
        g_string_append (out, ", ");
      if (value->type == 'f')
        append_float (out, get_element (value, i), value->size);
      else
        append_integer (out, quarry_message_get_integer (at, value->size, value->type == 'i', value->big_endian),
                        value->type == 'u');
    }
  if (value->base64)
    g_string_append_printf (out, "\"%" G_GSIZE_FORMAT " bytes\"", value->n);
  else if (value->n > limit)
    g_string_append_printf (out, "%s\"… %" G_GSIZE_FORMAT " more\"", limit > 0 ? ", " : "", value->n - limit);
  g_string_append_c (out, ']');
}

static void
append_members (GString *out, const QuarryValue *value, guint limit, guint depth)
{
  const gboolean is_object = value->kind == QUARRY_VALUE_OBJECT;
  const gsize n = is_object ? value->length : MIN (value->length, limit);

  g_string_append_c (out, is_object ? '{' : '[');
  for (gsize i = 0; i < n; i++)
    {
      g_string_append_printf (out, "%s\n%*s", i > 0 ? "," : "", (int) (INDENT * (depth + 1)), "");
      if (is_object)
        {
          append_text (out, value->members[i].name, strlen (value->members[i].name), FALSE);
          g_string_append (out, ": ");
        }
      append_value (out, &value->members[i], limit, depth + 1);
    }
  if (n < value->length)
    g_string_append_printf (out, "%s\n%*s\"… %" G_GSIZE_FORMAT " more\"", n > 0 ? "," : "", (int) (INDENT * (depth + 1)), "",
                            value->length - n);
  if (value->length > 0)
    g_string_append_printf (out, "\n%*s", (int) (INDENT * depth), "");
  g_string_append_c (out, is_object ? '}' : ']');
}

static void
append_value (GString *out, const QuarryValue *value, guint limit, guint depth)
{
  const gsize text_limit = 64 + 8 * (gsize) limit;

  switch (value->kind)
    {
    case QUARRY_VALUE_BOOL:
      g_string_append (out, value->integer != 0 ? "true" : "false");
      break;
    case QUARRY_VALUE_INT:
    case QUARRY_VALUE_UINT:
      append_integer (out, value->integer, value->kind == QUARRY_VALUE_UINT);
      break;
    case QUARRY_VALUE_FLOAT:
      append_float (out, value->number, 8);
      break;
    case QUARRY_VALUE_STRING:
      append_text (out, (const char *) value->data, MIN (value->length, text_limit), value->length > text_limit);
      break;
    case QUARRY_VALUE_TIME:
    case QUARRY_VALUE_DURATION:
      append_time (out, value->integer);
      break;
    case QUARRY_VALUE_NUMBERS:
      append_numbers (out, value, limit);
      break;
    case QUARRY_VALUE_LIST:
    case QUARRY_VALUE_OBJECT:
    default:
      append_members (out, value, limit, depth);
      break;
    }
}

/**
 * quarry_value_to_json:
 * @limit: elements of an array that are printed; "… N more" stands for the rest
 *
 * Times are seconds with nine digits, what is no number is null. Long text is cut.
 *
 * Returns: (transfer full): JSON in lines
 */
char *
quarry_value_to_json (const QuarryValue *self, guint limit)
{
  GString *out = g_string_new (NULL);

  append_value (out, self, limit, 0);
  return g_string_free (out, FALSE);
}
