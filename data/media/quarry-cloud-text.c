/* quarry-cloud-text.c: clouds as loose text: .xyz, .asc, .txt, .csv, .pts
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A point a line, numbers apart by blanks, commas or semicolons. A first line of words names the columns; without one they are
 * x y z and, where there are at least four, intensity. In .pts a first line of one number is the count. Lines that are empty or
 * begin with '#' or '//' are skipped, but for a comment before the points that names x, y and z.
 */

#include "config.h"
#include "quarry-cloud-private.h"

#include <string.h>

#define MAX_WORDS 256
#define MIN_WIDTH 3

typedef struct
{
  const char *name;
  const char *at, *end;            /* what is left */
  guint       line;                /* of what next_line gave */
  gint8       column_of[MAX_WORDS];
  guint       n_words;             /* that count: up to the last column */
  guint       columns;             /* bits */
  QuarryCloudTimeMeaning meaning;
  gint64      promised;            /* points by a first line; −1 none */
} Text;

/* Returns: FALSE at the end */
static gboolean
next_line (Text *self, const char **out_first, const char **out_end)
{
  while (self->at < self->end)
    {
      const char *newline = memchr (self->at, '\n', (gsize) (self->end - self->at));
      const char *line_end = newline != NULL ? newline : self->end;
      const char *word_end = NULL;

      *out_first = quarry_cloud_next_word (self->at, line_end, &word_end);
      *out_end = line_end;
      self->at = newline != NULL ? newline + 1 : self->end;
      self->line++;
      if (*out_first != NULL)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_comment (const char *at, const char *end)
{
  return *at == '#' || (end - at >= 2 && at[0] == '/' && at[1] == '/');
}

/* The numbers of a line; −1 where a word is none */
static int
count_numbers (const char *at, const char *end)
{
  const char *word_end = NULL;
  double number;
  int n = 0;

  for (; n < MAX_WORDS && (at = quarry_cloud_next_word (at, end, &word_end)) != NULL; at = word_end, n++)
    if (!quarry_cloud_scan_number (at, word_end, &number))
      return -1;
  return n;
}

static void
set_column (Text *self, guint word, int column)
{
  if (column < 0 || (self->columns & QUARRY_CLOUD_BIT (column)) != 0)
    return;
  self->columns |= QUARRY_CLOUD_BIT (column);
  self->column_of[word] = (gint8) column;
  self->n_words = word + 1;
}

/* Whether a line of words names x, y and z; quotes and marks of a comment around them go */
static gboolean
parse_names (Text *self, const char *at, const char *end)
{
  const char *word_end = NULL;
  guint word = 0;

  memset (self->column_of, -1, sizeof self->column_of);
  self->columns = self->n_words = 0;
  while (at < end && (*at == '#' || *at == '/'))
    at++;
  for (; word < MAX_WORDS && (at = quarry_cloud_next_word (at, end, &word_end)) != NULL; at = word_end, word++)
    {
      const gboolean quoted = word_end - at >= 2 && (*at == '"' || *at == '\'') && word_end[-1] == *at;
      g_autofree char *name = g_strndup (at + (quoted ? 1 : 0), (gsize) (word_end - at) - (quoted ? 2 : 0));
      const int column = quarry_cloud_find_column (name);

      if (column == QUARRY_CLOUD_TIME && (self->columns & QUARRY_CLOUD_BIT (column)) == 0)
        self->meaning = quarry_cloud_get_time_meaning (name);
      set_column (self, word, column);
    }
  return (self->columns & QUARRY_CLOUD_XYZ) == QUARRY_CLOUD_XYZ;
}

/* Finds what the columns are, and leaves the text at the first point */
static gboolean
parse_head (Text *self, GError **error)
{
  const char *first = NULL, *line_end = NULL;
  gboolean named = FALSE;

  self->promised = -1;
  for (;;)
    {
      const char *before = self->at;
      const guint line = self->line;
      int n;

      if (!next_line (self, &first, &line_end))
        break;
      if (is_comment (first, line_end))
        {
          named = parse_names (self, first, line_end) || named;
          continue;
        }
      n = count_numbers (first, line_end);
      if (n == 1 && self->promised < 0 && !named)
        {
          double number = 0;
          const char *word_end = NULL;

          quarry_cloud_next_word (first, line_end, &word_end);
          quarry_cloud_scan_number (first, word_end, &number);
          self->promised = number >= 0 && number < 1e12 ? (gint64) number : -1;
          continue;
        }
      if (n < 0 && !named && parse_names (self, first, line_end))
        {
          named = TRUE;
          continue;
        }
      self->at = before;
      self->line = line;
      if (named || n >= MIN_WIDTH)
        {
          for (int k = 0; !named && k < MIN (n, 4); k++)
            {
              if (k == 0)
                parse_names (self, line_end, line_end);
              set_column (self, (guint) k, k);
            }
          return TRUE;
        }
      break;
    }
  if (named)
    return TRUE;
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN, "%s: line %u: neither names of columns with x, y and z nor numbers",
               self->name, self->line + 1);
  return FALSE;
}

static gboolean
open_text (Text *self, const guint8 *data, gsize length, const char *name, GError **error)
{
  *self = (Text) { .name = name, .at = (const char *) data, .end = (const char *) data + length };
  if (length >= 3 && memcmp (data, "\xEF\xBB\xBF", 3) == 0)
    self->at += 3;
  return parse_head (self, error);
}

static gsize
count_lines (const Text *self)
{
  Text text = *self;
  const char *first = NULL, *line_end = NULL;
  gsize n = 0;

  while (next_line (&text, &first, &line_end))
    n += is_comment (first, line_end) ? 0 : 1;
  return n;
}

static gboolean
count_points (const Text *self, gsize *out_n, GError **error)
{
  *out_n = count_lines (self);
  if (self->promised < 0 || (gint64) *out_n == self->promised)
    return TRUE;
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN, "%s: %" G_GSIZE_FORMAT " points, but the first line says %" G_GINT64_FORMAT,
               self->name, *out_n, self->promised);
  return FALSE;
}

static gboolean
read_line (const Text *self, QuarryCloudBuilder *builder, gsize i, const char *at, const char *line_end)
{
  double xyz[3] = { 0, 0, 0 };

  for (guint word = 0; word < self->n_words; word++)
    {
      const int column = self->column_of[word];
      const char *word_end = NULL;
      double number;

      at = quarry_cloud_next_word (at, line_end, &word_end);
      if (at == NULL || (column >= 0 && !quarry_cloud_scan_number (at, word_end, &number)))
        return FALSE;
      at = word_end;
      if (column > QUARRY_CLOUD_Z)
        quarry_cloud_builder_set (builder, column, i, number);
      else if (column >= 0)
        xyz[column] = number;
    }
  quarry_cloud_builder_place (builder, i, xyz);
  return TRUE;
}

static QuarryCloud *
decode_text (const guint8 *data, gsize length, const char *format, const char *name, GError **error)
{
  g_auto(QuarryCloudBuilder) builder = { 0 };
  const char *first = NULL, *line_end = NULL;
  gsize n = 0, i = 0;
  Text text;

  if (!open_text (&text, data, length, name, error) || !count_points (&text, &n, error) ||
      !quarry_cloud_builder_init (&builder, n, text.columns, name, error))
    return NULL;
  builder.time_meaning = text.meaning;
  while (next_line (&text, &first, &line_end))
    {
      if (is_comment (first, line_end))
        continue;
      if (!read_line (&text, &builder, i++, first, line_end))
        {
          g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN, "%s: line %u: not the numbers of a point", name, text.line);
          return NULL;
        }
    }
  return quarry_cloud_builder_end (&builder);
}

static gboolean
count_text (const guint8 *head, gsize length, gint64 whole, const char *format, const char *name, gint64 *out_n_points, GError **error)
{
  Text text;
  gsize n = 0;

  if (!open_text (&text, head, length, name, error) || !count_points (&text, &n, error))
    return FALSE;
  *out_n_points = (gint64) n;
  return TRUE;
}

/* Text that may be anything (.txt, .csv) has to name its columns; the others have to begin with numbers */
static gboolean
guess_text (const char *name, const guint8 *head, gsize length)
{
  static const char * const sure[] = { ".xyz", ".asc", ".pts" }, * const maybe[] = { ".txt", ".csv" };
  g_autoptr(GError) error = NULL;
  Text text;

  for (guint i = 0; i < G_N_ELEMENTS (sure); i++)
    if (g_str_has_suffix (name, sure[i]))
      return head == NULL || open_text (&text, head, length, name, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (maybe) && head != NULL; i++)
    if (g_str_has_suffix (name, maybe[i]))
      {
        const char *first = NULL, *line_end = NULL;

        text = (Text) { .at = (const char *) head, .end = (const char *) head + length };
        return next_line (&text, &first, &line_end) && count_numbers (first, line_end) < 0 && parse_names (&text, first, line_end) &&
               next_line (&text, &first, &line_end) && count_numbers (first, line_end) >= MIN_WIDTH;
      }
  return FALSE;
}

const QuarryCloudFormat quarry_cloud_format_text = { "text", decode_text, count_text, guess_text, TRUE };
