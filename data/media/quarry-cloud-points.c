/* quarry-cloud-points.c: points of a message, by a layout that is written in the media's format
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * "points:N:STEP:le:x@0f4,y@4f4,…": N points, one every STEP bytes; of each, fields NAME@OFFSET, type f, i or u, and bytes of one
 * value, at any alignment. The last point need not be padded to STEP.
 */

#include "config.h"
#include "quarry-cloud-private.h"

#include <string.h>

#define MAX_POINTS G_MAXINT32
#define MAX_STEP (1u << 20)

typedef struct
{
  guint64                n, step;
  guint64                used;         /* bytes of a point up to the end of its last field that is read */
  QuarryCloudTimeMeaning meaning;
  QuarryCloudColumn      columns[QUARRY_CLOUD_N_COLUMNS];   /* without .at, which is the data plus: */
  gsize                  offsets[QUARRY_CLOUD_N_COLUMNS];
} Layout;

static gboolean
fail_format (GError **error, const char *name, const char *format)
{
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN, "%s: '%s' is no layout of points", name, format);
  return FALSE;
}

/* One "NAME@OFFSETtypeSIZE"; names of messages may hold anything, an '@' too */
static gboolean
parse_field (Layout *self, const char *word, gboolean swap)
{
  const char *at = strrchr (word, '@');
  g_autofree char *name = at != NULL ? g_strndup (word, (gsize) (at - word)) : NULL;
  char *end = NULL;
  guint64 offset, size;
  char type;
  int column;

  if (at == NULL || !g_ascii_isdigit (at[1]))
    return FALSE;
  offset = g_ascii_strtoull (at + 1, &end, 10);
  type = *end;
  if ((type != 'f' && type != 'i' && type != 'u') || !g_ascii_string_to_unsigned (end + 1, 10, 1, 8, &size, NULL) || size == 3 ||
      (size > 4 && size < 8) || (type == 'f' && size < 2) || offset > MAX_STEP || offset + size > self->step)
    return FALSE;
  column = quarry_cloud_find_column (name);
  if (column < 0 || self->columns[column].type != 0)
    return TRUE;
  self->columns[column] = (QuarryCloudColumn) { .type = type, .size = (guint8) size, .swap = swap, .stride = (gsize) self->step };
  self->offsets[column] = (gsize) offset;
  self->used = MAX (self->used, offset + size);
  if (column == QUARRY_CLOUD_TIME)
    self->meaning = quarry_cloud_get_time_meaning (name);
  return TRUE;
}

static gboolean
parse_layout (Layout *self, const char *format, const char *name, GError **error)
{
  g_auto(GStrv) parts = g_strsplit (format, ":", 5);
  g_auto(GStrv) words = NULL;

  if (g_strv_length (parts) != 5 || !g_ascii_string_to_unsigned (parts[1], 10, 0, MAX_POINTS, &self->n, NULL) ||
      !g_ascii_string_to_unsigned (parts[2], 10, 3, MAX_STEP, &self->step, NULL) ||
      (!g_str_equal (parts[3], "le") && !g_str_equal (parts[3], "be")))
    return fail_format (error, name, format);
  words = g_strsplit (parts[4], ",", -1);
  for (char **word = words; *word != NULL; word++)
    if (!parse_field (self, *word, g_str_equal (parts[3], "be")))
      return fail_format (error, name, format);
  return quarry_cloud_check_columns (self->columns, name, error);
}

static gboolean
check_room (const Layout *self, guint64 length, const char *name, GError **error)
{
  if (self->n == 0 || (length >= self->used && (length - self->used) / self->step >= self->n - 1))
    return TRUE;
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
               "%s: %" G_GUINT64_FORMAT " bytes are too few for %" G_GUINT64_FORMAT " points of %" G_GUINT64_FORMAT " bytes", name, length,
               self->n, self->step);
  return FALSE;
}

static QuarryCloud *
decode_points (const guint8 *data, gsize length, const char *format, const char *name, GError **error)
{
  Layout layout = { 0 };

  if (!parse_layout (&layout, format, name, error) || !check_room (&layout, length, name, error))
    return NULL;
  for (int i = 0; i < QUARRY_CLOUD_N_COLUMNS; i++)
    layout.columns[i].at = data + (layout.n > 0 ? layout.offsets[i] : 0);
  return quarry_cloud_from_columns (layout.columns, (gsize) layout.n, layout.meaning, name, error);
}

static gboolean
count_points (const guint8 *head, gsize length, gint64 whole, const char *format, const char *name, gint64 *out_n_points, GError **error)
{
  Layout layout = { 0 };

  if (!parse_layout (&layout, format, name, error) || !check_room (&layout, (guint64) whole, name, error))
    return FALSE;
  *out_n_points = (gint64) layout.n;
  return TRUE;
}

const QuarryCloudFormat quarry_cloud_format_points = { "points:", decode_points, count_points, NULL, FALSE };
