/* quarry-message-idl.c: definitions in OMG IDL, as ROS 2 writes them: ros2idl
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Structs (without a base), modules, constants, enums (an unsigned integer of 4 bytes), typedefs, bounded strings and sequences,
 * arrays; the annotations @final, @appendable, @mutable, @extensibility, @id, @optional; others are passed over. Several files may follow each other, each after a
 * line of '=' and a line "IDL: package/msg/Type". Format: OMG IDL 4.2; https://design.ros2.org/articles/idl_interface_definition.html
 */

#include "config.h"
#include "quarry-message-private.h"

#include <string.h>

typedef struct
{
  QuarryMessageType *type;
  const char        *text, *at, *end;
  char               token[256];       /* "" at the end; words, numbers, "::", one sign */
  const char        *token_at;
  GPtrArray         *modules;          /* char *, owned */
  GHashTable        *typedefs;         /* full name "a/msg/B" → QuarryMessageField, owned */
  GHashTable        *enums;            /* full name → itself */
  GHashTable        *constants;        /* name → number as text; for bounds */
  GHashTable        *structs;          /* full name → canonical name, which lives as long as the type */
  GHashTable        *packages;         /* QuarryMessageStruct → scope "a/msg", owned, where its names are looked up */

  /* annotations in front of what comes next */
  QuarryStructKind   kind;
  gboolean           optional, has_id;
  guint32            id;
} Parser;

static gboolean
fail (Parser *self, GError **error, const char *what)
{
  guint line = 1;
  const char *start = self->text;

  for (const char *c = self->text; c < self->token_at; c++)
    if (*c == '\n')
      {
        line++;
        start = c + 1;
      }
  g_set_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_DEFINITION, "definition, line %u, column %d: %s, not '%s'", line,
               (int) (self->token_at - start) + 1, what, self->token);
  return FALSE;
}

/* --- words ------------------------------------------------------------------------------------------------------- */

/* Blanks, comments, lines of the preprocessor, and lines between files */
static void
skip (Parser *self)
{
  while (self->at < self->end)
    {
      const gsize left = (gsize) (self->end - self->at);
      const gboolean line_start = self->at == self->text || self->at[-1] == '\n';

      if (g_ascii_isspace (*self->at) || *self->at == '\0')
        self->at++;
      else if (left >= 2 && memcmp (self->at, "/*", 2) == 0)
        {
          const char *close = g_strstr_len (self->at + 2, (gssize) left - 2, "*/");

          self->at = close != NULL ? close + 2 : self->end;
        }
      else if ((left >= 2 && memcmp (self->at, "//", 2) == 0) || *self->at == '#' ||
               (line_start && (*self->at == '=' || (left >= 4 && memcmp (self->at, "IDL:", 4) == 0))))
        {
          const char *newline = memchr (self->at, '\n', left);

          self->at = newline != NULL ? newline : self->end;
        }
      else
        return;
    }
}

static gboolean
is_word_char (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == '.';
}

/* The next token; a string is the token '"', with its text passed over */
static void
advance (Parser *self)
{
  gsize length = 1;

  skip (self);
  self->token_at = self->at;
  if (self->at >= self->end)
    {
      self->token[0] = '\0';
      return;
    }
  if (*self->at == '"' || *self->at == '\'')
    {
      const char quote = *self->at++;

      while (self->at < self->end && *self->at != quote)
        self->at += *self->at == '\\' && self->end - self->at > 1 ? 2 : 1;
      self->at = MIN (self->at + 1, self->end);
      g_strlcpy (self->token, "\"", sizeof self->token);
      return;
    }
  if (is_word_char (*self->at))
    while (self->at + length < self->end && is_word_char (self->at[length]))
      length++;
  else if (self->end - self->at >= 2 && memcmp (self->at, "::", 2) == 0)
    length = 2;
  memcpy (self->token, self->at, MIN (length, sizeof self->token - 1));
  self->token[MIN (length, sizeof self->token - 1)] = '\0';
  self->at += length;
}

static gboolean
is (Parser *self, const char *token)
{
  return g_str_equal (self->token, token);
}

static gboolean
take (Parser *self, const char *token)
{
  if (!is (self, token))
    return FALSE;
  advance (self);
  return TRUE;
}

static gboolean
expect (Parser *self, const char *token, GError **error)
{
  g_autofree char *what = NULL;

  if (take (self, token))
    return TRUE;
  what = g_strdup_printf ("'%s' is expected", token);
  return fail (self, error, what);
}

static gboolean
take_word (Parser *self, char **out, GError **error)
{
  if (!g_ascii_isalpha (self->token[0]) && self->token[0] != '_')
    return fail (self, error, "a name is expected");
  *out = g_strdup (self->token);
  advance (self);
  return TRUE;
}

/* "a::msg::B", with slashes */
static gboolean
take_scoped (Parser *self, char **out, GError **error)
{
  g_autoptr(GString) name = g_string_new (NULL);

  take (self, "::");
  do
    {
      g_autofree char *word = NULL;

      if (!take_word (self, &word, error))
        return FALSE;
      g_string_append_printf (name, "%s%s", name->len > 0 ? "/" : "", word);
    }
  while (take (self, "::"));
  *out = g_string_free (g_steal_pointer (&name), FALSE);
  return TRUE;
}

/* A number or the name of a constant */
static gboolean
take_count (Parser *self, guint32 *out, GError **error)
{
  const char *text = self->token;
  const char *constant = g_hash_table_lookup (self->constants, self->token);
  guint64 count;

  if (constant != NULL)
    text = constant;
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32 - 1, &count, NULL))
    return fail (self, error, "a number is expected");
  *out = (guint32) count;
  advance (self);
  return TRUE;
}

/* From '(' to its ')' */
static void
skip_parentheses (Parser *self)
{
  guint open = 0;

  do
    {
      open += is (self, "(");
      open -= is (self, ")");
      advance (self);
    }
  while (open > 0 && self->token[0] != '\0');
}

static gboolean
take_annotations (Parser *self, GError **error)
{
  self->kind = QUARRY_STRUCT_FINAL;
  self->optional = self->has_id = FALSE;
  while (take (self, "@"))
    {
      g_autofree char *name = NULL;
      const char *value;

      if (!take_scoped (self, &name, error))
        return FALSE;
      if (g_str_equal (name, "mutable"))
        self->kind = QUARRY_STRUCT_MUTABLE;
      else if (g_str_equal (name, "appendable"))
        self->kind = QUARRY_STRUCT_APPENDABLE;
      else if (g_str_equal (name, "optional"))
        self->optional = TRUE;
      if (!is (self, "("))
        continue;
      value = self->at;
      if (g_str_equal (name, "id"))
        {
          self->id = (guint32) g_ascii_strtoull (value < self->end && g_ascii_isdigit (*value) ? value : "0", NULL, 10);
          self->has_id = TRUE;
        }
      else if (g_str_equal (name, "extensibility") && g_strstr_len (value, MIN (self->end - value, 10), "MUTABLE") != NULL)
        self->kind = QUARRY_STRUCT_MUTABLE;
      else if (g_str_equal (name, "extensibility") && g_strstr_len (value, MIN (self->end - value, 12), "APPENDABLE") != NULL)
        self->kind = QUARRY_STRUCT_APPENDABLE;
      skip_parentheses (self);
    }
  return TRUE;
}

/* --- types ------------------------------------------------------------------------------------------------------- */

static char *
get_scope (Parser *self)
{
  g_ptr_array_add (self->modules, NULL);
  g_ptr_array_remove_index (self->modules, self->modules->len - 1);
  return self->modules->len > 0 ? g_strjoinv ("/", (char **) self->modules->pdata) : g_strdup ("");
}

static void
set_primitive (QuarryMessageField *field, const char *name, QuarryFieldKind kind, guint8 size)
{
  field->type_name = name;
  field->kind = kind;
  field->size = size;
}

/* One of the words for a number. Returns: FALSE where it is none */
static gboolean
take_number_type (Parser *self, QuarryMessageField *field)
{
  static const struct { const char *idl, *name; QuarryFieldKind kind; guint8 size; } numbers[] = {
    { "boolean", "bool", QUARRY_FIELD_BOOL, 1 },   { "octet", "uint8", QUARRY_FIELD_UINT, 1 },   { "char", "uint8", QUARRY_FIELD_UINT, 1 },
    { "wchar", "uint16", QUARRY_FIELD_UINT, 2 },   { "float", "float32", QUARRY_FIELD_FLOAT, 4 }, { "double", "float64", QUARRY_FIELD_FLOAT, 8 },
    { "short", "int16", QUARRY_FIELD_INT, 2 },     { "int8", "int8", QUARRY_FIELD_INT, 1 },      { "uint8", "uint8", QUARRY_FIELD_UINT, 1 },
    { "int16", "int16", QUARRY_FIELD_INT, 2 },     { "uint16", "uint16", QUARRY_FIELD_UINT, 2 }, { "int32", "int32", QUARRY_FIELD_INT, 4 },
    { "uint32", "uint32", QUARRY_FIELD_UINT, 4 },  { "int64", "int64", QUARRY_FIELD_INT, 8 },    { "uint64", "uint64", QUARRY_FIELD_UINT, 8 },
  };
  gboolean is_unsigned;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (is (self, numbers[i].idl))
      {
        advance (self);
        set_primitive (field, numbers[i].name, numbers[i].kind, numbers[i].size);
        return TRUE;
      }
  is_unsigned = take (self, "unsigned");
  if (is_unsigned && take (self, "short"))
    set_primitive (field, "uint16", QUARRY_FIELD_UINT, 2);
  else if (!take (self, "long"))
    return FALSE;
  else if (take (self, "long"))
    set_primitive (field, is_unsigned ? "uint64" : "int64", is_unsigned ? QUARRY_FIELD_UINT : QUARRY_FIELD_INT, 8);
  else if (is (self, "double"))
    return FALSE;
  else
    set_primitive (field, is_unsigned ? "uint32" : "int32", is_unsigned ? QUARRY_FIELD_UINT : QUARRY_FIELD_INT, 4);
  return TRUE;
}

/* Looks a name up from the innermost scope outwards. Returns: (nullable): what the table has */
static gpointer
look_up (GHashTable *table, const char *scope, const char *name)
{
  g_autofree char *here = g_strdup (scope);

  for (;;)
    {
      g_autofree char *full = here[0] != '\0' ? g_strconcat (here, "/", name, NULL) : g_strdup (name);
      gpointer found = g_hash_table_lookup (table, full);
      char *slash = strrchr (here, '/');

      if (found != NULL || here[0] == '\0')
        return found;
      *(slash != NULL ? slash : here) = '\0';
    }
}

static gboolean take_type (Parser *self, QuarryMessageField *field, gboolean nested, GError **error);

static gboolean
take_sequence (Parser *self, QuarryMessageField *field, gboolean nested, GError **error)
{
  if (nested)
    return fail (self, error, "sequences of sequences are not read");
  if (!expect (self, "<", error) || !take_type (self, field, TRUE, error))
    return FALSE;
  if (field->array != QUARRY_ARRAY_NONE)
    return fail (self, error, "sequences of arrays are not read");
  field->array = QUARRY_ARRAY_SEQUENCE;
  if (take (self, ",") && !take_count (self, &field->count, error))
    return FALSE;
  return expect (self, ">", error);
}

/* A type's name, to be looked up when all are known: kept as written */
static gboolean
take_type (Parser *self, QuarryMessageField *field, gboolean nested, GError **error)
{
  const gboolean wide = is (self, "wstring");
  g_autofree char *name = NULL;

  if (take (self, "sequence"))
    return take_sequence (self, field, nested, error);
  if (take (self, "string") || take (self, "wstring"))
    {
      set_primitive (field, wide ? "wstring" : "string", wide ? QUARRY_FIELD_WSTRING : QUARRY_FIELD_STRING, 0);
      return !take (self, "<") || (take_count (self, &field->bound, error) && expect (self, ">", error));
    }
  if (take_number_type (self, field))
    return TRUE;
  if (is (self, "double") || is (self, "map") || is (self, "any") || is (self, "fixed") || is (self, "struct") || is (self, "union"))
    return fail (self, error, "a type that is read is expected");
  if (!take_scoped (self, &name, error))
    return FALSE;
  field->kind = QUARRY_FIELD_OBJECT;
  field->type_name = g_string_chunk_insert_const (self->type->strings, name);
  return TRUE;
}

/* "name[3][4]": several dimensions become one */
static gboolean
take_declarator (Parser *self, QuarryMessageField *field, GError **error)
{
  g_autofree char *name = NULL;
  guint64 count = 1;

  if (!take_word (self, &name, error))
    return FALSE;
  field->name = g_string_chunk_insert_const (self->type->strings, name);
  while (take (self, "["))
    {
      guint32 n;

      if (field->array == QUARRY_ARRAY_SEQUENCE)
        return fail (self, error, "arrays of sequences are not read");
      if (!take_count (self, &n, error) || !expect (self, "]", error))
        return FALSE;
      count = MIN (count * n, G_MAXUINT32);
      field->array = QUARRY_ARRAY_FIXED;
    }
  if (count >= G_MAXUINT32)
    return fail (self, error, "fewer elements are expected");
  if (field->array == QUARRY_ARRAY_FIXED)
    field->count = (guint32) count;
  return TRUE;
}

/* --- declarations ------------------------------------------------------------------------------------------------ */

static char *
get_full_name (Parser *self, const char *name)
{
  g_autofree char *scope = get_scope (self);

  return scope[0] != '\0' ? g_strconcat (scope, "/", name, NULL) : g_strdup (name);
}

static gboolean
parse_members (Parser *self, QuarryMessageStruct *structure, GError **error)
{
  guint32 number = 0;

  while (!is (self, "}"))
    {
      QuarryMessageField type = { 0, };

      if (!take_annotations (self, error))
        return FALSE;
      type.optional = self->optional;
      if (self->has_id)
        number = self->id;
      if (!take_type (self, &type, FALSE, error))
        return FALSE;
      do
        {
          QuarryMessageField field = type;

          if (!take_declarator (self, &field, error))
            return FALSE;
          field.number = number++;
          if (structure != NULL)
            quarry_message_type_add_field (self->type, structure, &field);
        }
      while (take (self, ","));
      if (!expect (self, ";", error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
parse_struct (Parser *self, GError **error)
{
  const QuarryStructKind kind = self->kind;
  g_autofree char *name = NULL;
  g_autofree char *full = NULL;
  g_autofree char *canonical = NULL;
  QuarryMessageStruct *structure;

  if (!take_word (self, &name, error))
    return FALSE;
  if (take (self, ";"))
    return TRUE;
  full = get_full_name (self, name);
  canonical = quarry_message_canonical_name (full);
  structure = quarry_message_type_add_struct (self->type, canonical);
  if (structure != NULL)
    {
      structure->kind = kind;
      g_hash_table_replace (self->packages, structure, get_scope (self));
      g_hash_table_replace (self->structs, g_steal_pointer (&full), (gpointer) structure->name);
    }
  if (is (self, ":"))
    return fail (self, error, "structs with a base are not read; '{' is expected");
  return expect (self, "{", error) && parse_members (self, structure, error) && expect (self, "}", error) && expect (self, ";", error);
}

static gboolean
parse_typedef (Parser *self, GError **error)
{
  QuarryMessageField type = { 0, };

  if (!take_type (self, &type, FALSE, error))
    return FALSE;
  do
    {
      QuarryMessageField field = type;

      if (!take_declarator (self, &field, error))
        return FALSE;
      g_hash_table_replace (self->typedefs, get_full_name (self, field.name), g_memdup2 (&field, sizeof field));
    }
  while (take (self, ","));
  return expect (self, ";", error);
}

static gboolean
parse_enum (Parser *self, GError **error)
{
  g_autofree char *name = NULL;
  char *full;

  if (!take_word (self, &name, error) || !expect (self, "{", error))
    return FALSE;
  while (!is (self, "}") && self->token[0] != '\0')
    advance (self);
  full = get_full_name (self, name);
  g_hash_table_replace (self->enums, full, full);
  return expect (self, "}", error) && expect (self, ";", error);
}

/* "const TYPE NAME = value;" */
static gboolean
parse_constant (Parser *self, GError **error)
{
  QuarryMessageField type = { 0, };
  g_autofree char *name = NULL;

  if (!take_type (self, &type, FALSE, error) || !take_word (self, &name, error) || !expect (self, "=", error))
    return FALSE;
  g_hash_table_replace (self->constants, g_steal_pointer (&name), g_strdup (self->token));
  while (!is (self, ";") && self->token[0] != '\0')
    advance (self);
  return expect (self, ";", error);
}

static gboolean
parse_declarations (Parser *self, GError **error)
{
  while (self->token[0] != '\0')
    {
      g_autofree char *name = NULL;

      if (take (self, "}"))
        {
          if (self->modules->len == 0)
            return fail (self, error, "a '}' too many");
          g_ptr_array_remove_index (self->modules, self->modules->len - 1);
          take (self, ";");
          continue;
        }
      if (!take_annotations (self, error))
        return FALSE;
      if (take (self, "module"))
        {
          if (self->modules->len >= QUARRY_MESSAGE_MAX_DEPTH)
            return fail (self, error, "nested too deep");
          if (!take_word (self, &name, error) || !expect (self, "{", error))
            return FALSE;
          g_ptr_array_add (self->modules, g_steal_pointer (&name));
        }
      else if (!(take (self, "struct") ? parse_struct (self, error)
                 : take (self, "typedef") ? parse_typedef (self, error)
                 : take (self, "enum") ? parse_enum (self, error)
                 : take (self, "const") ? parse_constant (self, error)
                 : fail (self, error, "module, struct, typedef, enum or const is expected")))
        return FALSE;
    }
  return self->modules->len == 0 || fail (self, error, "'}' is expected");
}

/* --- names ------------------------------------------------------------------------------------------------------- */

/* Replaces typedefs and enums by what they stand for, and names by whole ones */
static gboolean
resolve_field (Parser *self, const char *scope, QuarryMessageField *field, GError **error)
{
  g_autofree char *canonical = NULL;
  const char *known;

  for (guint i = 0; i < QUARRY_MESSAGE_MAX_DEPTH && field->kind == QUARRY_FIELD_OBJECT; i++)
    {
      const QuarryMessageField *named = look_up (self->typedefs, scope, field->type_name);

      if (named == NULL)
        break;
      if (named->array != QUARRY_ARRAY_NONE && field->array != QUARRY_ARRAY_NONE)
        {
          g_set_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_UNSUPPORTED, "'%s': arrays of arrays are not read", field->name);
          return FALSE;
        }
      field->kind = named->kind;
      field->size = named->size;
      field->type_name = named->type_name;
      field->bound = named->bound;
      if (named->array != QUARRY_ARRAY_NONE)
        {
          field->array = named->array;
          field->count = named->count;
        }
    }
  if (field->kind != QUARRY_FIELD_OBJECT)
    return TRUE;
  if (look_up (self->enums, scope, field->type_name) != NULL)
    {
      field->kind = QUARRY_FIELD_UINT;
      field->size = 4;
      return TRUE;
    }
  known = look_up (self->structs, scope, field->type_name);
  canonical = quarry_message_canonical_name (field->type_name);
  field->type_name = known != NULL ? known : g_string_chunk_insert_const (self->type->strings, canonical);
  return TRUE;
}

static gboolean
resolve_names (Parser *self, GError **error)
{
  for (guint i = 0; i < self->type->structs->len; i++)
    {
      QuarryMessageStruct *structure = self->type->structs->pdata[i];
      const char *scope = g_hash_table_lookup (self->packages, structure);

      for (guint j = 0; scope != NULL && j < structure->fields->len; j++)
        if (!resolve_field (self, scope, quarry_message_struct_field (structure, j), error))
          return FALSE;
    }
  return TRUE;
}

gboolean
quarry_message_parse_idl (QuarryMessageType *type, const char *text, gsize length, GError **error)
{
  Parser self = { .type = type, .text = text, .at = text, .end = text + length };
  gboolean ok;

  self.modules = g_ptr_array_new_with_free_func (g_free);
  self.typedefs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self.enums = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.constants = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self.structs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.packages = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  advance (&self);
  ok = parse_declarations (&self, error) && resolve_names (&self, error);
  g_ptr_array_unref (self.modules);
  g_hash_table_unref (self.typedefs);
  g_hash_table_unref (self.enums);
  g_hash_table_unref (self.constants);
  g_hash_table_unref (self.structs);
  g_hash_table_unref (self.packages);
  return ok;
}
