/* quarry-query.c: the text that selects frames, parsed
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-query.h"
#include "quarry-catalog-private.h"
#include "quarry-measure.h"

#include <string.h>

struct _QuarryQuery
{
  gatomicrefcount  refs;
  char            *text;
  GArray          *terms;      /* QuarryQueryTerm */
};

G_DEFINE_QUARK (quarry-query-error-quark, quarry_query_error)

static const char * const field_names[] = {
  "text",  "scene",  "tag", "class", "sensor", "dataset",
  "split", "source", "set", "flag",  "rating", "frame",  "odd", "measure",
};
G_STATIC_ASSERT (G_N_ELEMENTS (field_names) == QUARRY_N_FIELDS);

/* Returns: (transfer none): as written before the colon; "text" for the bare word */
const char *
quarry_query_field_name (QuarryQueryField field)
{
  g_return_val_if_fail (field < QUARRY_N_FIELDS, NULL);
  return field_names[field];
}

static void
clear_term (gpointer data)
{
  QuarryQueryTerm *term = data;

  g_free (term->value);
}

typedef struct
{
  const char *text;
  const char *at;
} Parser;

static gboolean G_GNUC_PRINTF (5, 6) fail (Parser *parser,
                                           const char *at,
                                           GError **error,
                                           QuarryQueryError code,
                                           const char *format,
                                           ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, QUARRY_QUERY_ERROR, code, "character %ld: %s",
               g_utf8_pointer_to_offset (parser->text, at) + 1, message);
  return FALSE;
}

static gboolean
is_space (const char *at)
{
  return g_unichar_isspace (g_utf8_get_char (at));
}

static gboolean
parse_quoted (Parser *parser, GString *value, GError **error)
{
  const char *start = parser->at++;

  while (*parser->at != '"')
    {
      if (parser->at[0] == '\\' && (parser->at[1] == '"' || parser->at[1] == '\\'))
        parser->at++;
      if (*parser->at == '\0')
        return fail (parser, start, error, QUARRY_QUERY_ERROR_SYNTAX, "the quote is not closed");
      g_string_append_c (value, *parser->at++);
    }
  parser->at++;
  if (*parser->at != '\0' && !is_space (parser->at))
    return fail (parser, parser->at, error, QUARRY_QUERY_ERROR_SYNTAX,
                 "a space is missing after the quote");
  return TRUE;
}

/* A value or a word. With @stop_at_colon the colon that ends a field's name is not eaten. */
static gboolean
parse_value (Parser *parser, gboolean stop_at_colon, GString *value, GError **error)
{
  if (*parser->at == '"')
    return parse_quoted (parser, value, error);
  while (*parser->at != '\0' && !is_space (parser->at) && !(stop_at_colon && *parser->at == ':'))
    {
      const char *next = g_utf8_next_char (parser->at);

      if (*parser->at == '"')
        return fail (parser, parser->at, error, QUARRY_QUERY_ERROR_SYNTAX, "a quote inside a word");
      g_string_append_len (value, parser->at, next - parser->at);
      parser->at = next;
    }
  return TRUE;
}

static guint
edit_distance (const char *a, const char *b)
{
  const gsize n = strlen (b);
  g_autofree guint *row = g_new (guint, n + 1);

  for (gsize j = 0; j <= n; j++)
    row[j] = j;
  for (gsize i = 1; a[i - 1] != '\0'; i++)
    {
      guint diagonal = row[0];

      row[0] = i;
      for (gsize j = 1; j <= n; j++)
        {
          const guint above = row[j];

          row[j] = MIN (MIN (row[j], row[j - 1]) + 1, diagonal + (a[i - 1] != b[j - 1]));
          diagonal = above;
        }
    }
  return row[n];
}

static gboolean
parse_field (Parser *parser,
             const char *start,
             const char *name,
             QuarryQueryField *out_field,
             GError **error)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);
  const char *nearest = NULL;
  guint best = 3;

  for (guint i = 1; i < QUARRY_N_FIELDS; i++)
    {
      const guint distance = strlen (lower) < 32 ? edit_distance (lower, field_names[i]) : best;

      if (distance == 0)
        {
          *out_field = i;
          return TRUE;
        }
      if (distance < best)
        {
          best = distance;
          nearest = field_names[i];
        }
    }
  if (nearest != NULL)
    return fail (parser, start, error, QUARRY_QUERY_ERROR_UNKNOWN_FIELD,
                 "no field '%s', did you mean '%s'?", name, nearest);
  return fail (
      parser, start, error, QUARRY_QUERY_ERROR_UNKNOWN_FIELD,
      "no field '%s': write the word in quotes, or one of scene, tag, class, sensor, dataset, split, source, set, flag, rating, frame, odd",
      name);
}

/* "3", ">=3", "<2" … */
static gboolean
is_rating (const char *value)
{
  value += strspn (value, "<>=");
  return value[0] >= '0' && value[0] <= '5' && value[1] == '\0';
}

/* The name of something that is measured, or a pattern of such names */
static gboolean
check_odd (Parser *parser, const char *start, const char *value, GError **error)
{
  g_autofree char *folded = quarry_query_fold (value);
  g_autofree char *known = quarry_measure_list_names ();

  for (guint i = 0; i < QUARRY_N_MEASURES; i++)
    if (quarry_query_matches (folded, quarry_measure_get (i)->name))
      return TRUE;
  return fail (parser, start, error, QUARRY_QUERY_ERROR_SYNTAX,
               "nothing called '%s' is measured: one of %s", value, known);
}

static gboolean
check_measure (Parser *parser, const char *start, const char *value, GError **error)
{
  QuarryMeasureBound bound;
  g_autofree char *message = NULL;

  return quarry_measure_parse (value, &bound, &message) ||
         fail (parser, start, error, QUARRY_QUERY_ERROR_SYNTAX, "%s", message);
}

static gboolean
check_value (Parser *parser, const char *start, const QuarryQueryTerm *term, GError **error)
{
  static const char * const flags[] = { "pick", "reject", "none", "*", NULL };

  if (*term->value == '\0')
    return fail (parser, start, error, QUARRY_QUERY_ERROR_SYNTAX, "'%s:' needs a value",
                 field_names[term->field]);
  if (term->field == QUARRY_FIELD_FLAG && !g_strv_contains (flags, term->value))
    return fail (parser, start, error, QUARRY_QUERY_ERROR_SYNTAX,
                 "a flag is pick, reject or none, not '%s'", term->value);
  if (term->field == QUARRY_FIELD_RATING && !is_rating (term->value))
    return fail (parser, start, error, QUARRY_QUERY_ERROR_SYNTAX,
                 "a rating is 0 to 5 or a bound like >=3, not '%s'", term->value);
  if (term->field == QUARRY_FIELD_ODD)
    return check_odd (parser, start, term->value, error);
  if (term->field == QUARRY_FIELD_MEASURE)
    return check_measure (parser, start, term->value, error);
  return TRUE;
}

static gboolean
is_odd (const char *word)
{
  return g_ascii_strcasecmp (word, field_names[QUARRY_FIELD_ODD]) == 0;
}

static gboolean
parse_term (Parser *parser, GArray *terms, GError **error)
{
  QuarryQueryTerm term = { QUARRY_FIELD_TEXT, FALSE, NULL, parser->at - parser->text, 0 };
  g_autoptr(GString) value = g_string_new (NULL);
  const char *start = parser->at;
  const char *at = NULL;
  gboolean quoted = FALSE;

  if (*parser->at == '-')
    {
      term.negated = TRUE;
      parser->at++;
    }
  at = parser->at;
  quoted = *at == '"';
  if (!parse_value (parser, TRUE, value, error))
    return FALSE;
  if (!quoted && *parser->at == ':')
    {
      if (!parse_field (parser, at, value->str, &term.field, error))
        return FALSE;
      parser->at++;
      at = parser->at;
      g_string_truncate (value, 0);
      if (!parse_value (parser, FALSE, value, error))
        return FALSE;
    }
  else if (value->len == 0)
    return fail (parser, start, error, QUARRY_QUERY_ERROR_SYNTAX,
                 quoted ? "nothing between the quotes" : "nothing after '-'");
  else if (!quoted && is_odd (value->str))
    {
      term.field = QUARRY_FIELD_ODD;
      g_string_assign (value, "*");
    }
  else if (!quoted && quarry_measure_is_bound (value->str))
    term.field = QUARRY_FIELD_MEASURE;
  term.value = value->str;
  if (!check_value (parser, at, &term, error))
    return FALSE;
  term.value = g_strdup (value->str);
  term.end = parser->at - parser->text;
  g_array_append_val (terms, term);
  return TRUE;
}

/**
 * quarry_query_parse:
 * @text: as in the grammar of quarry-query.h
 *
 * Returns: (transfer full): the query, or NULL with @error "character 7: …"
 */
QuarryQuery *
quarry_query_parse (const char *text, GError **error)
{
  g_autoptr(QuarryQuery) self = g_new0 (QuarryQuery, 1);
  Parser parser = { text, text };
  const char *bad = NULL;

  g_atomic_ref_count_init (&self->refs);
  self->terms = g_array_new (FALSE, TRUE, sizeof (QuarryQueryTerm));
  g_array_set_clear_func (self->terms, clear_term);
  self->text = g_strdup (text);
  if (!g_utf8_validate (text, -1, &bad))
    {
      fail (&parser, bad, error, QUARRY_QUERY_ERROR_SYNTAX, "this is not UTF-8");
      return NULL;
    }
  while (TRUE)
    {
      while (*parser.at != '\0' && is_space (parser.at))
        parser.at = g_utf8_next_char (parser.at);
      if (*parser.at == '\0')
        return g_steal_pointer (&self);
      if (!parse_term (&parser, self->terms, error))
        return NULL;
    }
}

QuarryQuery *
quarry_query_ref (QuarryQuery *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
quarry_query_unref (QuarryQuery *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_array_unref (self->terms);
  g_free (self->text);
  g_free (self);
}

const char *
quarry_query_get_text (QuarryQuery *self)
{
  return self->text;
}

/* Returns: (transfer none) (array length=out_n): in the order of the text */
const QuarryQueryTerm *
quarry_query_get_terms (QuarryQuery *self, guint *out_n)
{
  *out_n = self->terms->len;
  return (const QuarryQueryTerm *) (gpointer) self->terms->data;
}

gboolean
quarry_query_is_empty (QuarryQuery *query)
{
  return query == NULL || query->terms->len == 0;
}

/**
 * quarry_query_quote:
 *
 * Returns: (transfer full): @value as it is, or in quotes where the grammar asks for them
 */
char *
quarry_query_quote (const char *value)
{
  g_autoptr(GString) quoted = g_string_new ("\"");
  gboolean needed = *value == '\0' || *value == '-' || is_odd (value) || quarry_measure_is_bound (value);

  for (const char *at = value; *at != '\0'; at++)
    {
      if (*at == '"' || *at == '\\')
        g_string_append_c (quoted, '\\');
      g_string_append_c (quoted, *at);
      needed = needed || strchr ("\":\\", *at) != NULL;
    }
  for (const char *at = value; !needed && *at != '\0'; at = g_utf8_next_char (at))
    needed = is_space (at);
  g_string_append_c (quoted, '"');
  return needed ? g_string_free (g_steal_pointer (&quoted), FALSE) : g_strdup (value);
}

static gboolean
same_value (const char *a, const char *b)
{
  g_autofree char *folded_a = quarry_query_fold (a);
  g_autofree char *folded_b = quarry_query_fold (b);

  return strcmp (folded_a, folded_b) == 0;
}

static char *
make_term (QuarryQueryField field, const char *value)
{
  g_autofree char *quoted = quarry_query_quote (value);

  if (field == QUARRY_FIELD_MEASURE)
    return g_strdup (value);
  if (field == QUARRY_FIELD_ODD && strcmp (value, "*") == 0)
    return g_strdup (field_names[field]);
  return field == QUARRY_FIELD_TEXT ? g_strdup (quoted)
                                    : g_strconcat (field_names[field], ":", quoted, NULL);
}

/**
 * quarry_query_toggle_term:
 * @alone: the term replaces all others of its field
 *
 * Adds a term where it is missing and removes it where it is there. A "-" term of the same value gives way.
 *
 * Returns: (transfer full): the new text; of a text that does not parse only the term is left
 */
char *
quarry_query_toggle_term (const char *text,
                          QuarryQueryField field,
                          const char *value,
                          gboolean alone)
{
  g_autoptr(QuarryQuery) query = quarry_query_parse (text, NULL);
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  gboolean there = FALSE;
  guint n_others = 0;

  for (guint i = 0; query != NULL && i < query->terms->len; i++)
    {
      const QuarryQueryTerm *term = &g_array_index (query->terms, QuarryQueryTerm, i);
      const gboolean same_field = term->field == field;
      const gboolean same = same_field && same_value (term->value, value);

      there = there || (same && !term->negated);
      n_others += same_field && !same;
      if (!same && !(alone && same_field))
        g_ptr_array_add (parts, g_strndup (text + term->start, term->end - term->start));
    }
  if (!there || (alone && n_others > 0))
    g_ptr_array_add (parts, make_term (field, value));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" ", (char **) parts->pdata);
}

/* Returns: (transfer full): @value made ready for quarry_query_matches and _contains; file names need not be UTF-8 */
char *
quarry_query_fold (const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  return g_utf8_casefold (valid, -1);
}

static gboolean
is_ascii (const char *text)
{
  for (; *text != '\0'; text++)
    if ((guchar) *text >= 128)
      return FALSE;
  return TRUE;
}

/* Bytes of @text are lowered on the way where it is ASCII, which saves the copy */
static gboolean
glob (const char *pattern, const char *text)
{
  const char *star = NULL, *retry = NULL;

  while (*text != '\0')
    if (*pattern == '*')
      {
        star = pattern++;
        retry = text;
      }
    else if (*pattern == g_ascii_tolower (*text))
      {
        pattern++;
        text++;
      }
    else if (star != NULL)
      {
        pattern = star + 1;
        text = ++retry;
      }
    else
      return FALSE;
  while (*pattern == '*')
    pattern++;
  return *pattern == '\0';
}

gboolean
quarry_query_matches (const char *folded, const char *name)
{
  g_autofree char *folded_name = is_ascii (name) ? NULL : quarry_query_fold (name);

  return glob (folded, folded_name != NULL ? folded_name : name);
}

gboolean
quarry_query_contains (const char *folded, const char *text)
{
  g_autofree char *folded_text = is_ascii (text) ? NULL : quarry_query_fold (text);
  const char *at = folded_text != NULL ? folded_text : text;

  for (; *at != '\0'; at++)
    {
      gsize i = 0;

      while (folded[i] != '\0' && folded[i] == g_ascii_tolower (at[i]))
        i++;
      if (folded[i] == '\0')
        return TRUE;
    }
  return FALSE;
}
