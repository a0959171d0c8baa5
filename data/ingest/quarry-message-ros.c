/* quarry-message-ros.c: definitions as text: ros1msg and ros2msg
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The definition of the type itself (of a service's events: of the service), then those that it uses, each after a line of '=' and a line "MSG: package/Type".
 * Format: http://wiki.ros.org/msg and https://docs.ros.org/en/rolling/Concepts/Basic/About-Interfaces.html
 */

#include "config.h"
#include "quarry-message-private.h"

#include <string.h>

typedef struct
{
  QuarryMessageType   *type;
  QuarryMessageStruct *structure;      /* of the section; NULL: it is there already, or no section yet */
  char                *package;        /* owned; of the section */
  const char          *line, *end;     /* what is left of the line */
  const char          *line_start;
  guint                line_number;
} Parser;

static const struct { const char *name; QuarryFieldKind kind; guint8 size; } primitives[] = {
  { "bool", QUARRY_FIELD_BOOL, 1 },      { "uint8", QUARRY_FIELD_UINT, 1 },      { "int8", QUARRY_FIELD_INT, 1 },
  { "uint16", QUARRY_FIELD_UINT, 2 },    { "int16", QUARRY_FIELD_INT, 2 },       { "uint32", QUARRY_FIELD_UINT, 4 },
  { "int32", QUARRY_FIELD_INT, 4 },      { "uint64", QUARRY_FIELD_UINT, 8 },     { "int64", QUARRY_FIELD_INT, 8 },
  { "float32", QUARRY_FIELD_FLOAT, 4 },  { "float64", QUARRY_FIELD_FLOAT, 8 },   { "string", QUARRY_FIELD_STRING, 0 },
  { "wstring", QUARRY_FIELD_WSTRING, 0 }, { "time", QUARRY_FIELD_TIME, 8 },      { "duration", QUARRY_FIELD_DURATION, 8 },
  { "char", QUARRY_FIELD_UINT, 1 },      { "byte", QUARRY_FIELD_UINT, 1 },
};

static gboolean G_GNUC_PRINTF (3, 4)
fail (Parser *self, GError **error, const char *format, ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_DEFINITION, "definition, line %u, column %d: %s", self->line_number,
               (int) (self->line - self->line_start) + 1, text);
  return FALSE;
}

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static void
skip_blanks (Parser *self)
{
  while (self->line < self->end && is_blank (*self->line))
    self->line++;
}

static gboolean
is_name_char (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

/* Returns: (nullable) (transfer full): the name that begins here, with slashes where @path; the place goes behind it */
static char *
take_name (Parser *self, gboolean path)
{
  const char *from = self->line;

  while (self->line < self->end && (is_name_char (*self->line) || (path && (*self->line == '/' || *self->line == ':'))))
    self->line++;
  if (self->line == from || g_ascii_isdigit (*from))
    {
      self->line = from;
      return NULL;
    }
  return g_strndup (from, (gsize) (self->line - from));
}

static gboolean
take_count (Parser *self, guint32 *out_count, GError **error)
{
  guint64 count = 0;
  const char *from = self->line;

  for (; self->line < self->end && g_ascii_isdigit (*self->line); self->line++)
    count = MIN (count * 10 + (guint64) (*self->line - '0'), G_MAXUINT32);
  if (self->line == from || count >= G_MAXUINT32)
    return fail (self, error, "a number of elements is expected");
  *out_count = (guint32) count;
  return TRUE;
}

/* "[]", "[3]", "[<=3]", or nothing */
static gboolean
take_array (Parser *self, QuarryMessageField *field, GError **error)
{
  if (self->line >= self->end || *self->line != '[')
    return TRUE;
  self->line++;
  field->array = QUARRY_ARRAY_SEQUENCE;
  if (self->end - self->line >= 2 && strncmp (self->line, "<=", 2) == 0)
    {
      self->line += 2;
      if (!take_count (self, &field->count, error))
        return FALSE;
    }
  else if (self->line < self->end && *self->line != ']')
    {
      field->array = QUARRY_ARRAY_FIXED;
      if (!take_count (self, &field->count, error))
        return FALSE;
    }
  if (self->line >= self->end || *self->line != ']')
    return fail (self, error, "']' is expected");
  self->line++;
  return TRUE;
}

/* Sets kind and size of @field by the word for its type. Returns: (transfer full): the type's name, whole */
static char *
find_type (Parser *self, const char *word, QuarryMessageField *field)
{
  const gboolean ros1 = self->type->encoding == QUARRY_ENCODING_ROS1;

  for (guint i = 0; i < G_N_ELEMENTS (primitives); i++)
    if (g_str_equal (primitives[i].name, word))
      {
        field->kind = primitives[i].kind;
        field->size = primitives[i].size;
        if (ros1 && g_str_equal (word, "byte"))      /* ROS 1: an old name of int8; ROS 2: an octet */
          field->kind = QUARRY_FIELD_INT;
        return g_strdup (word);
      }
  field->kind = QUARRY_FIELD_OBJECT;
  if (strchr (word, '/') != NULL || strchr (word, ':') != NULL)
    return quarry_message_canonical_name (word);
  if (g_str_equal (word, "Header"))
    return g_strdup ("std_msgs/Header");
  return g_strconcat (self->package, "/", word, NULL);
}

static gboolean
parse_field (Parser *self, GError **error)
{
  QuarryMessageField field = { .line = self->line_number };
  g_autofree char *word = take_name (self, TRUE);
  g_autofree char *type_name = NULL;
  g_autofree char *name = NULL;

  if (word == NULL)
    return fail (self, error, "the name of a type is expected");
  type_name = find_type (self, word, &field);
  if (self->end - self->line >= 2 && strncmp (self->line, "<=", 2) == 0)
    {
      self->line += 2;
      if (!take_count (self, &field.bound, error))
        return FALSE;
    }
  if (!take_array (self, &field, error))
    return FALSE;
  if (self->line >= self->end || !is_blank (*self->line))
    return fail (self, error, "a blank and a field's name are expected after '%s'", word);
  skip_blanks (self);
  name = take_name (self, FALSE);
  if (name == NULL)
    return fail (self, error, "a field's name is expected after '%s'", word);
  skip_blanks (self);
  if (self->line < self->end && *self->line == '=')      /* a constant; what else follows is a default: neither is on the wire */
    return TRUE;
  if (self->line < self->end && *self->line != '#' && self->type->encoding == QUARRY_ENCODING_ROS1)
    return fail (self, error, "nothing is expected after '%s'", name);
  if (self->structure == NULL)
    return TRUE;
  field.name = name;
  field.type_name = type_name;
  quarry_message_type_add_field (self->type, self->structure, &field);
  return TRUE;
}

/* A line of nothing but '=' between definitions */
static gboolean
is_separator (Parser *self)
{
  const char *c = self->line;

  while (c < self->end && *c == '=')
    c++;
  return c - self->line >= 3 && (c == self->end || is_blank (*c));
}

static void
begin_section (Parser *self, const char *name)
{
  const char *slash = strrchr (name, '/');

  g_free (self->package);
  self->package = slash != NULL ? g_strndup (name, (gsize) (slash - name)) : g_strdup ("");
  self->structure = quarry_message_type_add_struct (self->type, name);
}

static gboolean
parse_section_name (Parser *self, GError **error)
{
  g_autofree char *word = NULL;
  g_autofree char *name = NULL;

  if (self->end - self->line < 4 || strncmp (self->line, "MSG:", 4) != 0)
    return fail (self, error, "'MSG: package/Type' is expected after the line of '='");
  self->line += 4;
  skip_blanks (self);
  word = take_name (self, TRUE);
  if (word == NULL)
    return fail (self, error, "the name of a type is expected");
  name = quarry_message_canonical_name (word);
  begin_section (self, name);
  return TRUE;
}

static gboolean
is_service_line (const char *line, const char *end)
{
  return end - line >= 3 && memcmp (line, "---", 3) == 0 && (end - line == 3 || is_blank (line[3]));
}

/* Whether the first definition is a service's: a request, a line "---", an answer */
static gboolean
is_service (const char *text, const char *end)
{
  const char *next;

  for (const char *line = text; line < end; line = next + 1)
    {
      next = memchr (line, '\n', (gsize) (end - line));
      if (next == NULL)
        next = end;
      if (next - line >= 3 && memcmp (line, "===", 3) == 0)
        return FALSE;
      if (is_service_line (line, next))
        return TRUE;
    }
  return FALSE;
}

/* The events of a service "package/Name_Event" travel with the definition of the service: adds the event. Returns: (transfer full):
 * "package/Name" */
static char *
begin_service (Parser *self, const char *root)
{
  char *base = g_strndup (root, strlen (root) - strlen ("_Event"));
  QuarryMessageStruct *event = quarry_message_type_add_struct (self->type, root);
  g_autofree char *request = g_strconcat (base, "_Request", NULL);
  g_autofree char *response = g_strconcat (base, "_Response", NULL);
  const QuarryMessageField fields[] = {
    { .name = "info", .kind = QUARRY_FIELD_OBJECT, .type_name = "service_msgs/ServiceEventInfo" },
    { .name = "request", .kind = QUARRY_FIELD_OBJECT, .type_name = request, .array = QUARRY_ARRAY_SEQUENCE, .count = 1 },
    { .name = "response", .kind = QUARRY_FIELD_OBJECT, .type_name = response, .array = QUARRY_ARRAY_SEQUENCE, .count = 1 },
  };

  for (guint i = 0; event != NULL && i < G_N_ELEMENTS (fields); i++)
    quarry_message_type_add_field (self->type, event, &fields[i]);
  begin_section (self, request);
  return base;
}

gboolean
quarry_message_parse_ros (QuarryMessageType *type, const char *root, const char *text, gsize length, GError **error)
{
  Parser self = { .type = type };
  const char *end = text + length;
  gboolean section_name_follows = FALSE;
  gboolean ok = TRUE;
  g_autofree char *service = NULL;

  if (g_str_has_suffix (root, "_Event") && is_service (text, end))
    service = begin_service (&self, root);
  else
    begin_section (&self, root);
  for (const char *line = text; ok && line < end; line = self.end < end ? self.end + 1 : end)
    {
      self.line = self.line_start = line;
      self.end = memchr (line, '\n', (gsize) (end - line));
      if (self.end == NULL)
        self.end = end;
      self.line_number++;
      skip_blanks (&self);
      if (self.line == self.end || *self.line == '#' || *self.line == '\0')
        continue;
      if (is_separator (&self))
        section_name_follows = TRUE;
      else if (service != NULL && is_service_line (self.line, self.end))
        {
          g_autofree char *response = g_strconcat (service, "_Response", NULL);

          begin_section (&self, response);
        }
      else if (section_name_follows)
        {
          ok = parse_section_name (&self, error);
          section_name_follows = FALSE;
        }
      else
        ok = parse_field (&self, error);
    }
  g_free (self.package);
  return ok;
}
