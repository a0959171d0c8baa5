/* quarry-message-json.c: messages in JSON to trees
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A scanner of our own, so that strings keep their place in the message: the bytes of a picture stay base64 text where they are.
 * They are known by the schema ("contentEncoding": "base64"), or without a schema by the name "data". A schema need not be there.
 * An array of numbers becomes one array of doubles. null: the member is left out; in an array it is NaN.
 */

#include "config.h"
#include "quarry-message-private.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#define MAX_NUMBER 400       /* bytes of one number */
#define MAX_LISTED 4096      /* lines of fields */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

typedef struct
{
  QuarryMessage *message;
  const char    *data, *at, *end;
  GArray        *stack;         /* QuarryValue: members of what is open */
  json_t        *schema;        /* the whole, nullable */
  guint          depth;
} Scanner;

static gboolean scan_value (Scanner *self, json_t *schema, QuarryValue *out, GError **error);

static gboolean
fail (Scanner *self, GError **error, const char *what)
{
  g_set_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_BROKEN, "byte %" G_GSIZE_FORMAT ": %s", (gsize) (self->at - self->data), what);
  return FALSE;
}

/* --- the schema -------------------------------------------------------------------------------------------------- */

gboolean
quarry_message_parse_jsonschema (QuarryMessageType *self, const char *text, gsize length, GError **error)
{
  json_error_t at;
  json_t *schema = json_loadb (text, length, 0, &at);

  if (schema == NULL)
    {
      g_set_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_DEFINITION, "definition, line %d, column %d: %s", at.line, at.column, at.text);
      return FALSE;
    }
  self->json_schema = schema;
  return TRUE;
}

void
quarry_message_free_jsonschema (QuarryMessageType *self)
{
  json_decref (self->json_schema);
  self->json_schema = NULL;
}

/* Follows "$ref": "#/definitions/NAME" in the same document. Returns: (transfer none) (nullable) */
static json_t *
follow (json_t *root, json_t *node)
{
  for (int i = 0; i < 8 && node != NULL; i++)
    {
      const char *reference = json_string_value (json_object_get (node, "$ref"));
      g_auto(GStrv) parts = NULL;

      if (reference == NULL)
        return node;
      if (!g_str_has_prefix (reference, "#/"))
        return NULL;
      parts = g_strsplit (reference + 2, "/", 8);
      node = root;
      for (char **part = parts; *part != NULL; part++)
        node = json_object_get (node, *part);
    }
  return NULL;
}

static void
list_schema (json_t *root, json_t *node, const char *name, guint depth, GPtrArray *lines)
{
  json_t *properties, *items, *value;
  const char *key, *type;

  node = follow (root, node);
  properties = json_object_get (node, "properties");
  items = json_object_get (node, "items");
  type = json_string_value (json_object_get (node, "type"));
  if (lines->len >= MAX_LISTED)
    return;
  if (depth < 16 && json_object_size (properties) > 0)
    json_object_foreach (properties, key, value)
      {
        g_autofree char *below = name[0] != '\0' ? g_strconcat (name, ".", key, NULL) : g_strdup (key);

        list_schema (root, value, below, depth + 1, lines);
      }
  else if (depth < 16 && json_is_object (items) && name[0] != '\0')
    {
      g_autofree char *below = g_strconcat (name, "[]", NULL);

      list_schema (root, items, below, depth + 1, lines);
    }
  else if (name[0] != '\0')
    {
      const char *encoding = json_string_value (json_object_get (node, "contentEncoding"));

      g_ptr_array_add (lines, g_strdup_printf ("%s: %s", name, encoding != NULL ? encoding : type != NULL ? type : "any"));
    }
}

void
quarry_message_list_jsonschema (QuarryMessageType *self, GPtrArray *lines)
{
  if (self->json_schema != NULL)
    list_schema (self->json_schema, self->json_schema, "", 0, lines);
}

/* --- words ------------------------------------------------------------------------------------------------------- */

static void
skip_blanks (Scanner *self)
{
  while (self->at < self->end && (*self->at == ' ' || *self->at == '\n' || *self->at == '\t' || *self->at == '\r'))
    self->at++;
}

static gboolean
take_char (Scanner *self, char c)
{
  skip_blanks (self);
  if (self->at >= self->end || *self->at != c)
    return FALSE;
  self->at++;
  return TRUE;
}

static gboolean
take_hex (const char **at, const char *end, gunichar *out)
{
  if (end - *at < 4)
    return FALSE;
  *out = 0;
  for (int i = 0; i < 4; i++, (*at)++)
    {
      const int digit = g_ascii_xdigit_value (**at);

      if (digit < 0)
        return FALSE;
      *out = *out * 16 + (gunichar) digit;
    }
  return TRUE;
}

/* One escape after its backslash. Returns: FALSE where it is none */
static gboolean
take_escape (const char **at, const char *end, char **to)
{
  static const char from[] = "\"\\/bfnrt";
  static const char meant[] = "\"\\/\b\f\n\r\t";
  const char c = *at < end ? *(*at)++ : '\0';
  const char *found = c != '\0' ? strchr (from, c) : NULL;
  gunichar unicode, low;

  if (found != NULL)
    {
      *(*to)++ = meant[found - from];
      return TRUE;
    }
  if (c != 'u' || !take_hex (at, end, &unicode))
    return FALSE;
  if ((unicode & 0xfc00) == 0xd800 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u')
    {
      *at += 2;
      if (!take_hex (at, end, &low) || (low & 0xfc00) != 0xdc00)
        return FALSE;
      unicode = 0x10000 + ((unicode & 0x3ff) << 10) + (low & 0x3ff);
    }
  if (!g_unichar_validate (unicode))
    return FALSE;
  *to += g_unichar_to_utf8 (unicode, *to);
  return TRUE;
}

/* After the opening quote. In place where nothing is escaped, else written out; the closing quote is taken */
static gboolean
scan_string (Scanner *self, const char **out, gsize *out_length, gboolean *out_in_place, GError **error)
{
  const char *from = self->at;
  const char *end = memchr (from, '"', (gsize) (self->end - from));
  const char *at;
  char *text, *to;

  if (end == NULL)
    return fail (self, error, "a string that does not end");
  *out_in_place = memchr (from, '\\', (gsize) (end - from)) == NULL;
  if (*out_in_place)
    {
      *out = from;
      *out_length = (gsize) (end - from);
      self->at = end + 1;
      return TRUE;
    }
  for (end = from; end < self->end && *end != '"'; end++)
    if (*end == '\\' && ++end >= self->end)
      break;
  if (end >= self->end)
    return fail (self, error, "a string that does not end");
  text = to = quarry_message_alloc (self->message, (gsize) (end - from), 1);
  if (text == NULL)
    return quarry_message_set_too_big (self->message, error);
  for (at = from; at < end;)
    if (*at != '\\')
      *to++ = *at++;
    else if (at++, !take_escape (&at, end, &to))
      {
        self->at = at;
        return fail (self, error, "an escape that is none");
      }
  *out = text;
  *out_length = (gsize) (to - text);
  self->at = end + 1;
  return TRUE;
}

static gboolean
is_number_char (char c)
{
  return g_ascii_isdigit (c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/* Digits up to 2^53 with a small exponent are exact by one operation on exact doubles; all else goes through strtod */
static gboolean
scan_number (Scanner *self, QuarryValue *out, GError **error)
{
  static const double tens[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
  const char *from = self->at;
  const gboolean negative = *from == '-';
  guint64 digits = 0;
  guint n = 0, n_behind = 0;
  gboolean whole = TRUE;
  char word[MAX_NUMBER + 1];
  char *stop;

  for (self->at += negative; self->at < self->end && is_number_char (*self->at); self->at++)
    if (g_ascii_isdigit (*self->at))
      {
        digits = n < 19 ? digits * 10 + (guint64) (*self->at - '0') : digits;
        n++;
        n_behind += !whole;
      }
    else if (*self->at == '.' && whole)
      whole = FALSE;
    else
      {
        n = G_MAXUINT16;      /* an exponent, or no number */
        whole = FALSE;
      }
  if (n > 0 && n <= 18 && whole)
    {
      out->kind = QUARRY_VALUE_INT;
      out->integer = negative ? -(gint64) digits : (gint64) digits;
      out->number = (double) out->integer;
      return TRUE;
    }
  out->kind = QUARRY_VALUE_FLOAT;
  if (n > 0 && n <= 19 && digits < (G_GUINT64_CONSTANT (1) << 53) && n_behind < G_N_ELEMENTS (tens))
    {
      out->number = (negative ? -1.0 : 1.0) * ((double) digits / tens[n_behind]);
      return TRUE;
    }
  if (self->at - from > MAX_NUMBER)
    return fail (self, error, "a number that is too long");
  memcpy (word, from, (gsize) (self->at - from));
  word[self->at - from] = '\0';
  out->number = g_ascii_strtod (word, &stop);
  if (stop == word || *stop != '\0')
    return fail (self, error, "no number");
  if (whole && !negative && g_ascii_string_to_unsigned (word, 10, 0, G_MAXUINT64, (guint64 *) &out->integer, NULL))
    out->kind = QUARRY_VALUE_UINT;
  return TRUE;
}

/* true, false, null, and what Python writes for numbers that are none */
static gboolean
scan_word (Scanner *self, QuarryValue *out, gboolean *out_null, GError **error)
{
  static const struct { const char *word; QuarryValueKind kind; double number; gboolean null; } words[] = {
    { "true", QUARRY_VALUE_BOOL, 1, FALSE },       { "false", QUARRY_VALUE_BOOL, 0, FALSE },    { "null", QUARRY_VALUE_FLOAT, NAN, TRUE },
    { "NaN", QUARRY_VALUE_FLOAT, NAN, FALSE },     { "Infinity", QUARRY_VALUE_FLOAT, INFINITY, FALSE },
    { "-Infinity", QUARRY_VALUE_FLOAT, -INFINITY, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      const gsize length = strlen (words[i].word);

      if ((gsize) (self->end - self->at) < length || memcmp (self->at, words[i].word, length) != 0)
        continue;
      self->at += length;
      out->kind = words[i].kind;
      out->number = words[i].number;
      out->integer = words[i].kind == QUARRY_VALUE_BOOL && words[i].number != 0;
      *out_null = words[i].null;
      return TRUE;
    }
  return fail (self, error, "no value begins here");
}

/* --- values ------------------------------------------------------------------------------------------------------ */

/* Bytes that base64 text stands for */
static gsize
count_base64 (const char *text, gsize length)
{
  while (length > 0 && text[length - 1] == '=')
    length--;
  return length / 4 * 3 + (length % 4 > 1 ? length % 4 - 1 : 0);
}

static gboolean
is_base64 (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/' && text[i] != '=')
      return FALSE;
  return TRUE;
}

static gboolean
scan_text (Scanner *self, json_t *schema, const char *name, QuarryValue *out, GError **error)
{
  const char *encoding = json_string_value (json_object_get (schema, "contentEncoding"));
  const char *text;
  gsize length;
  gboolean in_place;

  if (!scan_string (self, &text, &length, &in_place, error))
    return FALSE;
  out->kind = QUARRY_VALUE_STRING;
  out->data = (const guint8 *) text;
  out->length = length;
  if (!in_place || !(g_strcmp0 (encoding, "base64") == 0 ||
                     (self->schema == NULL && g_strcmp0 (name, "data") == 0 && is_base64 (text, length))))
    return TRUE;
  out->kind = QUARRY_VALUE_NUMBERS;
  out->base64 = TRUE;
  out->type = 'u';
  out->size = 1;
  out->n = count_base64 (text, length);
  return TRUE;
}

/* Moves what was pushed since @from into the arena */
static gboolean
pop_members (Scanner *self, guint from, QuarryValue *out, GError **error)
{
  const guint n = self->stack->len - from;

  out->length = n;
  out->members = quarry_message_alloc (self->message, n, sizeof (QuarryValue));
  if (out->members == NULL)
    return quarry_message_set_too_big (self->message, error);
  if (n > 0)
    memcpy (out->members, &g_array_index (self->stack, QuarryValue, from), n * sizeof (QuarryValue));
  g_array_set_size (self->stack, from);
  return TRUE;
}

static gboolean
push_member (Scanner *self, const QuarryValue *value, GError **error)
{
  const gsize taken = 3 * (gsize) self->stack->len * sizeof (QuarryValue);      /* the stack, which grows by doubling, and its copy */

  if (taken > self->message->budget - MIN (self->message->allocated, self->message->budget))
    return quarry_message_set_too_big (self->message, error);
  g_array_append_vals (self->stack, value, 1);
  return TRUE;
}

/* After '['. Whether only numbers follow up to ']', and how many */
static gboolean
peek_numbers (Scanner *self, gsize *out_n)
{
  gsize n = 1;

  skip_blanks (self);
  if (self->at >= self->end || !(g_ascii_isdigit (*self->at) || *self->at == '-'))
    return FALSE;
  for (const char *c = self->at; c < self->end; c++)
    if (*c == ',')
      n++;
    else if (*c == ']')
      {
        *out_n = n;
        return TRUE;
      }
    else if (!is_number_char (*c) && *c != ' ' && *c != '\n' && *c != '\t' && *c != '\r')
      return FALSE;
  return FALSE;
}

static gboolean
scan_numbers (Scanner *self, gsize n, QuarryValue *out, GError **error)
{
  double *numbers = quarry_message_alloc (self->message, n, sizeof (double));

  if (numbers == NULL)
    return quarry_message_set_too_big (self->message, error);
  for (gsize i = 0; i < n; i++)
    {
      QuarryValue number = { .name = NULL };

      if (i > 0 && !take_char (self, ','))
        return fail (self, error, "',' is expected");
      skip_blanks (self);
      if (self->at >= self->end || !is_number_char (*self->at))
        return fail (self, error, "a number is expected");
      if (!scan_number (self, &number, error))
        return FALSE;
      numbers[i] = number.number;
    }
  if (!take_char (self, ']'))
    return fail (self, error, "']' is expected");
  out->kind = QUARRY_VALUE_NUMBERS;
  out->data = (const guint8 *) numbers;
  out->n = n;
  out->length = n * sizeof (double);
  out->size = sizeof (double);
  out->type = 'f';
  out->big_endian = G_BYTE_ORDER == G_BIG_ENDIAN;
  return TRUE;
}

static gboolean
scan_array (Scanner *self, json_t *schema, QuarryValue *out, GError **error)
{
  const guint from = self->stack->len;
  json_t *items = follow (self->schema, json_object_get (schema, "items"));
  gsize n;

  out->kind = QUARRY_VALUE_LIST;
  if (peek_numbers (self, &n))
    return scan_numbers (self, n, out, error);
  if (take_char (self, ']'))
    return TRUE;
  do
    {
      QuarryValue value = { .name = NULL };

      if (!scan_value (self, items, &value, error) || !push_member (self, &value, error))
        return FALSE;
    }
  while (take_char (self, ','));
  if (!take_char (self, ']'))
    return fail (self, error, "',' or ']' is expected");
  return pop_members (self, from, out, error);
}

static gboolean
scan_name (Scanner *self, const char **out, GError **error)
{
  const char *text;
  char *name;
  gsize length;
  gboolean in_place;

  if (!take_char (self, '"'))
    return fail (self, error, "a name in quotes is expected");
  if (!scan_string (self, &text, &length, &in_place, error))
    return FALSE;
  name = quarry_message_alloc (self->message, length + 1, 1);
  if (name == NULL)
    return quarry_message_set_too_big (self->message, error);
  memcpy (name, text, length);
  name[length] = '\0';
  *out = name;
  return TRUE;
}

static gboolean
scan_object (Scanner *self, json_t *schema, QuarryValue *out, GError **error)
{
  const guint from = self->stack->len;
  json_t *properties = json_object_get (schema, "properties");

  out->kind = QUARRY_VALUE_OBJECT;
  if (take_char (self, '}'))
    return TRUE;
  do
    {
      QuarryValue value = { .name = NULL };
      json_t *below;
      const char *name = NULL;
      gboolean null = FALSE;

      if (!scan_name (self, &name, error))
        return FALSE;
      if (!take_char (self, ':'))
        return fail (self, error, "':' is expected");
      below = properties != NULL ? follow (self->schema, json_object_get (properties, name)) : NULL;
      skip_blanks (self);
      if (self->at < self->end && *self->at == '"')
        {
          self->at++;
          if (!scan_text (self, below, name, &value, error))
            return FALSE;
        }
      else if (self->at < self->end && *self->at == 'n')
        {
          if (!scan_word (self, &value, &null, error))
            return FALSE;
        }
      else if (!scan_value (self, below, &value, error))
        return FALSE;
      value.name = name;
      if (!null && !push_member (self, &value, error))
        return FALSE;
    }
  while (take_char (self, ','));
  if (!take_char (self, '}'))
    return fail (self, error, "',' or '}' is expected");
  return pop_members (self, from, out, error);
}

static gboolean
scan_value (Scanner *self, json_t *schema, QuarryValue *out, GError **error)
{
  gboolean null;
  gboolean ok;

  skip_blanks (self);
  if (self->at >= self->end)
    return fail (self, error, "a value is expected, the message ends");
  if (self->depth >= QUARRY_MESSAGE_MAX_DEPTH)
    return fail (self, error, "nested too deep");
  switch (*self->at)
    {
    case '{':
    case '[':
      self->depth++;
      ok = *self->at++ == '{' ? scan_object (self, schema, out, error) : scan_array (self, schema, out, error);
      self->depth--;
      return ok;
    case '"':
      self->at++;
      return scan_text (self, schema, NULL, out, error);
    default:
      if (g_ascii_isdigit (*self->at) || (*self->at == '-' && self->end - self->at > 1 && self->at[1] != 'I'))
        return scan_number (self, out, error);
      return scan_word (self, out, &null, error);
    }
}

gboolean
quarry_message_decode_json (QuarryMessage *message, const guint8 *data, gsize length, GError **error)
{
  g_autoptr(GArray) stack = g_array_new (FALSE, FALSE, sizeof (QuarryValue));
  Scanner self = { .message = message, .data = (const char *) data, .at = (const char *) data, .end = (const char *) data + length,
                   .stack = stack, .schema = message->type->json_schema };

  if (length >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
    self.at += 3;
  if (!scan_value (&self, follow (self.schema, self.schema), &message->root, error))
    return FALSE;
  skip_blanks (&self);
  return self.at == self.end || fail (&self, error, "something follows the value");
}
