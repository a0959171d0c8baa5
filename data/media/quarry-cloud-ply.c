/* quarry-cloud-ply.c: PLY, the Stanford triangle format: ascii and both binary byte orders
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * After G. Turk's description (1994): a header of elements and their properties, then the elements in that order. Points are the
 * element "vertex" (or "point"); elements before it are skipped, lists among their properties and the vertex' own too. What comes
 * after the points is not read. An ascii file has an element a line.
 */

#include "config.h"
#include "quarry-cloud-private.h"

#include <string.h>

#define MAX_PROPERTIES 1024
#define MAX_ELEMENTS 64

typedef enum { PLY_ASCII, PLY_LITTLE, PLY_BIG } PlyKind;

typedef struct
{
  int      column;           /* or −1 */
  char     type;             /* 'f', 'i', 'u': of the value, or of a list's items */
  guint8   size;
  char     count_type;       /* lists: of the count; 0: no list */
  guint8   count_size;
  char     name[32];         /* cut */
} Property;

typedef struct
{
  gboolean is_vertex;
  guint64  n;
  GArray  *properties;       /* Property */
} Element;

typedef struct
{
  const char *name;
  PlyKind     kind;
  GArray     *elements;      /* Element, up to the vertex one */
  gsize       data;          /* bytes: where the elements start */
  guint       lines;
} Header;

static void
element_clear (gpointer data)
{
  g_array_unref (((Element *) data)->properties);
}

static void
header_clear (Header *self)
{
  g_clear_pointer (&self->elements, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Header, header_clear)

static gboolean
fail (const Header *self, GError **error, const char *what)
{
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN, "%s: line %u: %s", self->name, self->lines, what);
  return FALSE;
}

static gboolean
parse_type (const char *word, char *out_type, guint8 *out_size)
{
  static const struct { const char *name; char type; guint8 size; } types[] = {
    { "char", 'i', 1 }, { "int8", 'i', 1 },   { "uchar", 'u', 1 }, { "uint8", 'u', 1 },   { "short", 'i', 2 },  { "int16", 'i', 2 },
    { "ushort", 'u', 2 }, { "uint16", 'u', 2 }, { "int", 'i', 4 },   { "int32", 'i', 4 },   { "uint", 'u', 4 },   { "uint32", 'u', 4 },
    { "float", 'f', 4 }, { "float32", 'f', 4 }, { "double", 'f', 8 }, { "float64", 'f', 8 }, { "int64", 'i', 8 },  { "uint64", 'u', 8 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (word, types[i].name))
      {
        *out_type = types[i].type;
        *out_size = types[i].size;
        return TRUE;
      }
  return FALSE;
}

static gboolean
parse_format (Header *self, char **words, GError **error)
{
  static const char * const kinds[] = { "ascii", "binary_little_endian", "binary_big_endian" };

  for (guint i = 0; words[1] != NULL && i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (words[1], kinds[i]))
      {
        self->kind = (PlyKind) i;
        return TRUE;
      }
  return fail (self, error, "unknown format");
}

static gboolean
parse_element (Header *self, char **words, GError **error)
{
  Element element = { 0 };

  if (g_strv_length (words) != 3 || !g_ascii_string_to_unsigned (words[2], 10, 0, G_MAXINT64, &element.n, NULL))
    return fail (self, error, "an element without its number");
  if (self->elements->len >= MAX_ELEMENTS)
    return fail (self, error, "too many elements");
  element.is_vertex = g_str_equal (words[1], "vertex") || g_str_equal (words[1], "point");
  element.properties = g_array_new (FALSE, TRUE, sizeof (Property));
  g_array_append_val (self->elements, element);
  return TRUE;
}

static gboolean
parse_property (Header *self, char **words, GError **error)
{
  Element *element = self->elements->len > 0 ? &g_array_index (self->elements, Element, self->elements->len - 1) : NULL;
  Property property = { .column = -1 };
  const guint n = g_strv_length (words);

  if (element == NULL || element->properties->len >= MAX_PROPERTIES)
    return fail (self, error, "a property that belongs to no element");
  if (n == 5 && g_str_equal (words[1], "list") && parse_type (words[2], &property.count_type, &property.count_size) &&
      property.count_type != 'f' && parse_type (words[3], &property.type, &property.size))
    ;
  else if (n == 3 && parse_type (words[1], &property.type, &property.size))
    property.column = quarry_cloud_find_column (words[2]);
  else
    return fail (self, error, "a property that is not understood");
  g_strlcpy (property.name, words[n - 1], sizeof property.name);
  for (guint i = 0; i < element->properties->len; i++)
    if (g_array_index (element->properties, Property, i).column == property.column)
      property.column = -1;       /* the first of a name counts */
  g_array_append_val (element->properties, property);
  return TRUE;
}

/* FALSE without an error: the end of the header */
static gboolean
parse_line (Header *self, char **words, gboolean *out_end, GError **error)
{
  if (words[0] == NULL || g_str_equal (words[0], "comment") || g_str_equal (words[0], "obj_info"))
    return TRUE;
  if (g_str_equal (words[0], "format"))
    return parse_format (self, words, error);
  if (g_str_equal (words[0], "element"))
    return parse_element (self, words, error);
  if (g_str_equal (words[0], "property"))
    return parse_property (self, words, error);
  *out_end = g_str_equal (words[0], "end_header");
  return *out_end ? TRUE : fail (self, error, "no line of a PLY header");
}

/* Returns: (transfer full): the words of a line */
static char **
split_words (const char *line, gsize length)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  const char *end = line + length;
  const char *word_end = NULL;

  while ((line = quarry_cloud_next_word (line, end, &word_end)) != NULL)
    {
      g_autofree char *word = g_strndup (line, (gsize) (word_end - line));

      g_strv_builder_add (builder, word);
      line = word_end;
    }
  return g_strv_builder_end (builder);
}

/* Lines end in LF, CR LF, or (files of old Macs) CR */
static gboolean
parse_header (Header *self, const guint8 *data, gsize length, const char *name, GError **error)
{
  const char *text = (const char *) data;
  gsize at = 0;
  gboolean ended = FALSE;
  gboolean is_ply = FALSE;

  self->name = name;
  self->elements = g_array_new (FALSE, TRUE, sizeof (Element));
  g_array_set_clear_func (self->elements, element_clear);
  length = MIN (length, QUARRY_CLOUD_MAX_HEADER);
  while (!ended)
    {
      gsize end = at;
      g_auto(GStrv) words = NULL;

      self->lines++;
      while (end < length && text[end] != '\n' && text[end] != '\r')
        end++;
      if (end == length)
        return fail (self, error, "the header ends without end_header");
      words = split_words (text + at, end - at);
      at = end + (text[end] == '\r' && end + 1 < length && text[end + 1] == '\n' ? 2 : 1);
      if (self->lines == 1)
        is_ply = words[0] != NULL && g_str_equal (words[0], "ply");
      if (!is_ply)
        return fail (self, error, "no PLY file");
      if (self->lines > 1 && !parse_line (self, words, &ended, error))
        return FALSE;
    }
  self->data = at;
  return TRUE;
}

/* Bytes an element takes at least; @out_fixed: and at most */
static gsize
get_least_bytes (const Element *element, gboolean *out_fixed)
{
  gsize bytes = 0;

  *out_fixed = TRUE;
  for (guint i = 0; i < element->properties->len; i++)
    {
      const Property *property = &g_array_index (element->properties, Property, i);

      bytes += property->count_type != 0 ? property->count_size : property->size;
      *out_fixed = *out_fixed && property->count_type == 0;
    }
  return bytes;
}

/* The vertex element, when the file is long enough for it and all before it. @room: bytes after the header */
static const Element *
find_vertex (const Header *self, guint64 room, GError **error)
{
  guint64 need = 0;

  for (guint i = 0; i < self->elements->len; i++)
    {
      const Element *element = &g_array_index (self->elements, Element, i);
      gboolean fixed;
      const guint64 bytes = self->kind == PLY_ASCII ? MAX ((guint64) element->properties->len * 2, 1)
                                                    : get_least_bytes (element, &fixed);

      if (bytes == 0 ? element->n > 0 && element->is_vertex : element->n > (room + 1 - need) / bytes)
        {
          g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
                       "%s: byte %" G_GUINT64_FORMAT ": the file is too short for its %" G_GUINT64_FORMAT " elements", self->name,
                       room + self->data, element->n);
          return NULL;
        }
      need += element->n * bytes;
      if (element->is_vertex)
        return element;
    }
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED, "%s: the PLY has no element 'vertex'", self->name);
  return NULL;
}

static gboolean
check_vertex (const Header *self, const Element *vertex, GError **error)
{
  QuarryCloudColumn there[QUARRY_CLOUD_N_COLUMNS] = { 0 };

  for (guint i = 0; i < vertex->properties->len; i++)
    {
      const Property *property = &g_array_index (vertex->properties, Property, i);

      if (property->column >= 0)
        there[property->column].type = property->type;
    }
  return quarry_cloud_check_columns (there, self->name, error);
}

/* Where the element that starts at @at ends; 0: cut off. With @builder its values become point @i. */
static gsize
walk_element (const Header *self, const Element *element, const guint8 *data, gsize at, gsize length, QuarryCloudBuilder *builder,
              gsize i)
{
  double xyz[3] = { 0, 0, 0 };

  for (guint p = 0; p < element->properties->len; p++)
    {
      const Property *property = &g_array_index (element->properties, Property, p);
      const gboolean list = property->count_type != 0;
      QuarryCloudColumn value = { .type = list ? property->count_type : property->type, .size = list ? property->count_size : property->size,
                                  .swap = self->kind == PLY_BIG, .at = data + at };
      double number;

      if (length - at < value.size)
        return 0;
      number = list || property->column >= 0 ? quarry_cloud_column_get (&value, 0) : 0;
      at += value.size;
      if (list && (number < 0 || number > (double) ((length - at) / property->size)))
        return 0;
      if (list)
        at += (gsize) number * property->size;
      else if (builder != NULL && property->column > QUARRY_CLOUD_Z)
        quarry_cloud_builder_set (builder, property->column, i, number);
      else if (property->column >= 0 && property->column <= QUARRY_CLOUD_Z)
        xyz[property->column] = number;
    }
  if (builder != NULL)
    quarry_cloud_builder_place (builder, i, xyz);
  return at;
}

/* Where the vertices start; 0: cut off */
static gsize
skip_elements (const Header *self, const Element *vertex, const guint8 *data, gsize length)
{
  gsize at = self->data;

  for (const Element *element = &g_array_index (self->elements, Element, 0); element != vertex; element++)
    {
      gboolean fixed;
      const gsize bytes = get_least_bytes (element, &fixed);

      if (fixed && (bytes == 0 || element->n <= (length - at) / bytes))
        at += (gsize) element->n * bytes;
      else
        for (guint64 i = 0; i < element->n && at > 0; i++)
          at = walk_element (self, element, data, at, length, NULL, 0);
      if (at == 0)
        return 0;
    }
  return at;
}

static void
set_times (QuarryCloudBuilder *builder, const Element *vertex, guint *out_columns)
{
  for (guint i = 0; i < vertex->properties->len; i++)
    {
      const Property *property = &g_array_index (vertex->properties, Property, i);

      if (property->column >= 0)
        *out_columns |= QUARRY_CLOUD_BIT (property->column);
      if (property->column == QUARRY_CLOUD_TIME && builder != NULL)
        {
          builder->time_type = property->type;
          builder->time_meaning = quarry_cloud_get_time_meaning (property->name);
        }
    }
}

static QuarryCloud *
read_fixed (const Header *self, const Element *vertex, const guint8 *data, gsize at, GError **error)
{
  QuarryCloudColumn columns[QUARRY_CLOUD_N_COLUMNS] = { 0 };
  gboolean fixed;
  const gsize stride = get_least_bytes (vertex, &fixed);
  QuarryCloudTimeMeaning meaning = QUARRY_CLOUD_TIME_GUESS;

  for (guint i = 0; i < vertex->properties->len; i++)
    {
      const Property *property = &g_array_index (vertex->properties, Property, i);

      if (property->column >= 0)
        columns[property->column] = (QuarryCloudColumn) { .type = property->type, .size = property->size,
                                                          .swap = self->kind == PLY_BIG, .at = data + at, .stride = stride };
      if (property->column == QUARRY_CLOUD_TIME)
        meaning = quarry_cloud_get_time_meaning (property->name);
      at += property->size;
    }
  return quarry_cloud_from_columns (columns, (gsize) vertex->n, meaning, self->name, error);
}

static QuarryCloud *
read_binary (const Header *self, const Element *vertex, const guint8 *data, gsize length, GError **error)
{
  g_auto(QuarryCloudBuilder) builder = { 0 };
  gsize at = skip_elements (self, vertex, data, length);
  gboolean fixed;
  const gsize bytes = get_least_bytes (vertex, &fixed);
  guint columns = 0;

  if (at != 0 && fixed && vertex->n <= (length - at) / bytes)
    return read_fixed (self, vertex, data, at, error);
  set_times (NULL, vertex, &columns);
  if (at != 0 && !fixed && !quarry_cloud_builder_init (&builder, (gsize) vertex->n, columns, self->name, error))
    return NULL;
  if (at != 0 && !fixed)
    set_times (&builder, vertex, &columns);
  for (gsize i = 0; at != 0 && !fixed && i < vertex->n; i++)
    at = walk_element (self, vertex, data, at, length, &builder, i);
  if (at != 0 && !fixed)
    return quarry_cloud_builder_end (&builder);
  quarry_cloud_fail (error, self->name, length, "the points are cut off");
  return NULL;
}

/* One line of @element; with @builder its values become point @i */
static gboolean
read_line (const Element *element, const char *at, const char *line_end, QuarryCloudBuilder *builder, gsize i)
{
  double xyz[3] = { 0, 0, 0 };

  for (guint p = 0; p < element->properties->len; p++)
    {
      const Property *property = &g_array_index (element->properties, Property, p);
      const char *word_end = NULL;
      double number = 0;

      at = quarry_cloud_next_word (at, line_end, &word_end);
      if (at == NULL || ((property->column >= 0 || property->count_type != 0) && !quarry_cloud_scan_number (at, word_end, &number)))
        return FALSE;
      at = word_end;
      if (property->column > QUARRY_CLOUD_Z)
        quarry_cloud_builder_set (builder, property->column, i, number);
      else if (property->column >= 0 && property->column <= QUARRY_CLOUD_Z)
        xyz[property->column] = number;
      for (double item = 0; property->count_type != 0 && item < number; item++)
        {
          at = quarry_cloud_next_word (at, line_end, &word_end);
          if (at == NULL)
            return FALSE;
          at = word_end;
        }
    }
  quarry_cloud_builder_place (builder, i, xyz);
  return TRUE;
}

/* Calls for each line that is not blank. Returns: the line after @at, or NULL at the end */
static const char *
next_line (const char *at, const char *end, const char **out_first, const char **out_line_end)
{
  const char *word_end = NULL;

  *out_first = quarry_cloud_next_word (at, end, &word_end);
  if (*out_first == NULL)
    return NULL;
  *out_line_end = *out_first;
  while (*out_line_end < end && **out_line_end != '\n' && **out_line_end != '\r')
    (*out_line_end)++;
  return *out_line_end;
}

static QuarryCloud *
read_ascii (const Header *self, const Element *vertex, const guint8 *data, gsize length, GError **error)
{
  g_auto(QuarryCloudBuilder) builder = { 0 };
  const char *at = (const char *) data + self->data;
  const char *end = (const char *) data + length;
  const char *first = NULL, *line_end = NULL;
  guint columns = 0;
  guint64 skip = 0;

  set_times (NULL, vertex, &columns);
  if (!quarry_cloud_builder_init (&builder, (gsize) vertex->n, columns, self->name, error))
    return NULL;
  set_times (&builder, vertex, &columns);
  for (const Element *element = &g_array_index (self->elements, Element, 0); element != vertex; element++)
    skip += element->properties->len > 0 ? element->n : 0;
  for (; skip > 0 && at != NULL; skip--)
    at = next_line (at, end, &first, &line_end);
  for (gsize i = 0; i < vertex->n; i++)
    {
      at = at != NULL ? next_line (at, end, &first, &line_end) : NULL;
      if (at == NULL || !read_line (vertex, first, line_end, &builder, i))
        {
          g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
                       "%s: point %" G_GSIZE_FORMAT " of %" G_GUINT64_FORMAT ": %s", self->name, i, vertex->n,
                       at == NULL ? "the points are cut off" : "not the numbers of a point");
          return NULL;
        }
    }
  return quarry_cloud_builder_end (&builder);
}

static QuarryCloud *
decode_ply (const guint8 *data, gsize length, const char *format, const char *name, GError **error)
{
  g_auto(Header) header = { 0 };
  const Element *vertex = NULL;

  if (!parse_header (&header, data, length, name, error))
    return NULL;
  vertex = find_vertex (&header, length - header.data, error);
  if (vertex == NULL || !check_vertex (&header, vertex, error))
    return NULL;
  return header.kind == PLY_ASCII ? read_ascii (&header, vertex, data, length, error)
                                  : read_binary (&header, vertex, data, length, error);
}

static gboolean
count_ply (const guint8 *head, gsize length, gint64 whole, const char *format, const char *name, gint64 *out_n_points, GError **error)
{
  g_auto(Header) header = { 0 };
  const Element *vertex = NULL;

  if (!parse_header (&header, head, length, name, error))
    return FALSE;
  vertex = find_vertex (&header, (guint64) MAX (whole - (gint64) header.data, 0), error);
  if (vertex == NULL || !check_vertex (&header, vertex, error))
    return FALSE;
  *out_n_points = (gint64) vertex->n;
  return TRUE;
}

static gboolean
guess_ply (const char *name, const guint8 *head, gsize length)
{
  if (head == NULL)
    return g_str_has_suffix (name, ".ply");
  return length >= 4 && memcmp (head, "ply", 3) == 0 && (head[3] == '\n' || head[3] == '\r' || head[3] == ' ');
}

const QuarryCloudFormat quarry_cloud_format_ply = { "ply", decode_ply, count_ply, guess_ply, FALSE };
