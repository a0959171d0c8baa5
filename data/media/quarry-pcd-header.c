/* quarry-pcd-header.c: the head of a PCD file, parsed
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * As the Point Cloud Library writes it (versions .5 to .7): lines of a keyword and its values, DATA
 * last.
 */

#include "config.h"
#include "quarry-pcd-header.h"

#include <string.h>

#define MAX_HEADER 65536
#define MAX_FIELDS 1024
#define MAX_STRIDE 65536
#define MAX_POINTS (G_GUINT64_CONSTANT (1) << 31)

typedef struct
{
  QuarryPcdHeader *header;
  const char      *name;
  guint64          width, height, points;
  gboolean         has_points;
  gboolean         has_data;
} Parser;

static void
field_clear (gpointer data)
{
  g_free (((QuarryPcdField *) data)->name);
}

void
quarry_pcd_header_clear (QuarryPcdHeader *self)
{
  g_clear_pointer (&self->fields, g_array_unref);
}

static gboolean
fail (const Parser *parser, GError **error, const char *what)
{
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN, "%s: line %u: %s",
               parser->name, parser->header->lines, what);
  return FALSE;
}

static gboolean
parse_fields (Parser *parser, char **words, GError **error)
{
  GArray *fields = parser->header->fields;

  if (fields->len > 0)
    return fail (parser, error, "a second FIELDS line");
  for (char **word = words; *word != NULL; word++)
    {
      const QuarryPcdField field = { g_ascii_strdown (*word, -1), 'F', 4, 1, 0, 0 };

      g_array_append_val (fields, field);
    }
  return fields->len <= MAX_FIELDS ? TRUE : fail (parser, error, "too many fields");
}

static gboolean
parse_type (QuarryPcdField *field, const char *word)
{
  field->type = g_ascii_toupper (word[0]);
  return word[0] != '\0' && word[1] == '\0' && strchr ("FIU", field->type) != NULL;
}

static gboolean
parse_size (QuarryPcdField *field, const char *word)
{
  guint64 value = 0;

  if (!g_ascii_string_to_unsigned (word, 10, 1, 8, &value, NULL))
    return FALSE;
  field->size = (guint) value;
  return value == 1 || value == 2 || value == 4 || value == 8;
}

static gboolean
parse_count (QuarryPcdField *field, const char *word)
{
  guint64 value = 0;

  if (!g_ascii_string_to_unsigned (word, 10, 0, MAX_STRIDE, &value, NULL))
    return FALSE;
  field->count = (guint) value;
  return TRUE;
}

/* One value for each field, which must be known already */
static gboolean
parse_each (Parser *parser, char **words, gboolean (*parse) (QuarryPcdField *, const char *),
            GError **error)
{
  GArray *fields = parser->header->fields;

  if (g_strv_length (words) != fields->len)
    return fail (parser, error, "not as many values as there are fields");
  for (guint i = 0; i < fields->len; i++)
    if (!parse (&g_array_index (fields, QuarryPcdField, i), words[i]))
      return fail (parser, error, "a value that is not understood");
  return TRUE;
}

static gboolean
parse_number (Parser *parser, char **words, guint64 *out, GError **error)
{
  if (words[0] == NULL || !g_ascii_string_to_unsigned (words[0], 10, 0, MAX_POINTS, out, NULL))
    return fail (parser, error, "not a number of points");
  return TRUE;
}

static gboolean
parse_data (Parser *parser, char **words, GError **error)
{
  static const char * const kinds[] = { "ascii", "binary", "binary_compressed" };

  for (guint i = 0; words[0] != NULL && i < G_N_ELEMENTS (kinds); i++)
    if (g_ascii_strcasecmp (words[0], kinds[i]) == 0)
      {
        parser->header->kind = (QuarryPcdKind) i;
        parser->has_data = TRUE;
        return TRUE;
      }
  return fail (parser, error, "unknown kind of DATA");
}

/* @words: keyword and values, no empty ones */
static gboolean
parse_line (Parser *parser, char **words, GError **error)
{
  const char *key = words[0];

  if (key == NULL || key[0] == '#' || g_str_equal (key, "VERSION") ||
      g_str_equal (key, "VIEWPOINT"))
    return TRUE;
  if (g_str_equal (key, "FIELDS") || g_str_equal (key, "COLUMNS"))
    return parse_fields (parser, words + 1, error);
  if (g_str_equal (key, "SIZE"))
    return parse_each (parser, words + 1, parse_size, error);
  if (g_str_equal (key, "TYPE"))
    return parse_each (parser, words + 1, parse_type, error);
  if (g_str_equal (key, "COUNT"))
    return parse_each (parser, words + 1, parse_count, error);
  if (g_str_equal (key, "WIDTH"))
    return parse_number (parser, words + 1, &parser->width, error);
  if (g_str_equal (key, "HEIGHT"))
    return parse_number (parser, words + 1, &parser->height, error);
  if (g_str_equal (key, "POINTS"))
    {
      parser->has_points = TRUE;
      return parse_number (parser, words + 1, &parser->points, error);
    }
  if (g_str_equal (key, "DATA"))
    return parse_data (parser, words + 1, error);
  return fail (parser, error, "no line of a PCD header");
}

/* Returns: (transfer full): the words of a line, without empty ones */
static char **
split_line (const char *line, gsize length)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  gsize at = 0;

  while (at < length)
    {
      gsize end;
      g_autofree char *word = NULL;

      while (at < length && g_ascii_isspace (line[at]))
        at++;
      end = at;
      while (end < length && !g_ascii_isspace (line[end]))
        end++;
      if (end > at)
        {
          word = g_strndup (line + at, end - at);
          g_strv_builder_add (builder, word);
        }
      at = end;
    }
  return g_strv_builder_end (builder);
}

static gboolean
finish (Parser *parser, GError **error)
{
  QuarryPcdHeader *header = parser->header;

  if (header->fields->len == 0)
    return fail (parser, error, "the header has no FIELDS");
  for (guint i = 0; i < header->fields->len; i++)
    {
      QuarryPcdField *field = &g_array_index (header->fields, QuarryPcdField, i);

      field->offset = header->stride;
      field->first = header->n_values;
      header->stride += (gsize) field->size * field->count;
      header->n_values += field->count;
    }
  if (header->stride == 0 || header->stride > MAX_STRIDE)
    return fail (parser, error, "a point of an impossible size");
  if (!parser->has_points)
    parser->points = parser->width * parser->height;
  else if (parser->width * parser->height != parser->points)
    return fail (parser, error, "POINTS is not WIDTH × HEIGHT");
  if (parser->points > MAX_POINTS)
    return fail (parser, error, "too many points");
  header->n = (gsize) parser->points;
  return TRUE;
}

gboolean
quarry_pcd_header_parse (QuarryPcdHeader *self, const guint8 *data, gsize length, const char *name,
                         GError **error)
{
  Parser parser = { .header = self, .name = name, .height = 1 };
  const char *text = (const char *) data;
  gsize at = 0;

  *self = (QuarryPcdHeader) { .fields = g_array_new (FALSE, TRUE, sizeof (QuarryPcdField)) };
  g_array_set_clear_func (self->fields, field_clear);
  length = MIN (length, MAX_HEADER);
  while (!parser.has_data)
    {
      const char *end = at < length ? memchr (text + at, '\n', length - at) : NULL;
      g_auto(GStrv) words = NULL;

      self->lines++;
      if (end == NULL)
        return fail (&parser, error, "the header ends without DATA");
      words = split_line (text + at, (gsize) (end - text) - at);
      at = (gsize) (end - text) + 1;
      if (!parse_line (&parser, words, error))
        return FALSE;
    }
  self->data = at;
  return finish (&parser, error);
}

/* Returns: (transfer none) (nullable): the first field that has one of @names and at least one
 * value */
const QuarryPcdField *
quarry_pcd_header_find (const QuarryPcdHeader *self, const char * const *names)
{
  for (guint i = 0; i < self->fields->len; i++)
    {
      const QuarryPcdField *field = &g_array_index (self->fields, QuarryPcdField, i);

      if (field->count > 0 && g_strv_contains (names, field->name))
        return field;
    }
  return NULL;
}
