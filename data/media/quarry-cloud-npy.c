/* quarry-cloud-npy.c: NumPy's .npy with a plain or a structured array of points
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * After NEP 1: magic, version (1 to 3), length of the header, a Python dictionary of descr, fortran_order and shape, then the values.
 * A plain array's last axis is a point: x y z, then intensity where there are four or more (up to 16); axes before it are taken in
 * the order of the file. In a structured array the fields' names count, a field may hold all of x y z ("xyz", "points"); its
 * values are points whatever its shape.
 */

#include "config.h"
#include "quarry-cloud-private.h"

#include <string.h>

#define MAX_AXES 8
#define MAX_FIELDS 1024
#define MAX_WIDTH 16
#define MAX_POINTS (G_GUINT64_CONSTANT (1) << 40)

typedef struct
{
  char    type;         /* 'f', 'i', 'u'; 0: not a number */
  gboolean swap;
  gsize   size;         /* bytes of one value */
} Kind;

typedef struct
{
  const char *name;                      /* of the file */
  const char *at, *end;                  /* text that is left of the header */
  const char *start;
  gsize       data;                      /* bytes: the first value */
  gboolean    fortran, structured;
  gboolean    has_descr, has_order, has_shape;
  Kind        kind;                      /* plain: of every value */
  gsize       record;                    /* structured: bytes of one */
  guint64     shape[MAX_AXES];
  guint       n_axes;
  QuarryCloudColumn columns[QUARRY_CLOUD_N_COLUMNS];      /* structured; .at from the first record, as an offset from NULL */
  gsize       offsets[QUARRY_CLOUD_N_COLUMNS];
  QuarryCloudTimeMeaning meaning;
  guint64     n;                         /* points */
} Header;

static gboolean
fail (const Header *self, GError **error, const char *what)
{
  return quarry_cloud_fail (error, self->name, (guint64) (self->at - self->start), what);
}

static gboolean
accept (Header *self, char c)
{
  while (self->at < self->end && g_ascii_isspace (*self->at))
    self->at++;
  if (self->at >= self->end || *self->at != c)
    return FALSE;
  self->at++;
  return TRUE;
}

/* Returns: (transfer full) (nullable): a string in single or double quotes; escapes are not needed for what counts here */
static char *
parse_string (Header *self)
{
  const char quote = accept (self, '\'') ? '\'' : accept (self, '"') ? '"' : 0;
  const char *start = self->at;
  const char *end = quote != 0 ? memchr (start, quote, (gsize) (self->end - start)) : NULL;

  if (end == NULL || !g_utf8_validate (start, end - start, NULL))
    return NULL;
  self->at = end + 1;
  return g_strndup (start, (gsize) (end - start));
}

static gboolean
parse_number (Header *self, guint64 *out)
{
  char *end = NULL;
  char digits[24] = "";
  gsize n = 0;

  while (self->at < self->end && g_ascii_isspace (*self->at))
    self->at++;
  while (self->at < self->end && g_ascii_isdigit (*self->at) && n < sizeof digits - 2)
    digits[n++] = *self->at++;
  *out = g_ascii_strtoull (digits, &end, 10);
  if (n > 0 && self->at < self->end && *self->at == 'L')
    self->at++;        /* as Python 2 wrote it */
  return n > 0 && n < 20;
}

/* "(2, 3)", "(2,)", "()" */
static gboolean
parse_tuple (Header *self, guint64 *out, guint *out_n)
{
  *out_n = 0;
  if (!accept (self, '('))
    return FALSE;
  while (!accept (self, ')'))
    {
      if (*out_n == MAX_AXES || !parse_number (self, &out[*out_n]))
        return FALSE;
      (*out_n)++;
      if (!accept (self, ','))
        return accept (self, ')');
    }
  return TRUE;
}

/* "<f4", "|u1", "=i2", "|V3", "<U10", "<M8[ns]" */
static gboolean
parse_kind (const char *word, Kind *out)
{
  const char order = word[0];
  char type;
  char *end = NULL;
  guint64 size;

  if (order != 0 && strchr ("<>|=", order) != NULL)
    word++;
  type = word[0];
  if (type == 0 || strchr ("?biufcmMOSaUV", type) == NULL)
    return FALSE;
  size = type == '?' && word[1] == 0 ? 1 : g_ascii_strtoull (word + 1, &end, 10);
  if (size > G_MAXINT32 / 4 || (end != NULL && *end != 0 && *end != '['))
    return FALSE;
  *out = (Kind) { 0, order == '>', (gsize) (type == 'U' ? 4 * size : size) };
  if ((type == 'f' && (size == 2 || size == 4 || size == 8)) || ((type == 'i' || type == 'u') && (size == 1 || size == 2 || size == 4 || size == 8)))
    out->type = type;
  return TRUE;
}

static void
add_column (Header *self, const char *name, const Kind *kind, guint64 n_values)
{
  const gboolean whole = n_values >= 3 && (g_ascii_strcasecmp (name, "xyz") == 0 || g_ascii_strcasecmp (name, "points") == 0 ||
                                           g_ascii_strcasecmp (name, "position") == 0);
  const int column = whole ? QUARRY_CLOUD_X : quarry_cloud_find_column (name);

  if (column < 0 || kind->type == 0 || n_values == 0)
    return;
  for (int k = column; k <= (whole ? QUARRY_CLOUD_Z : column); k++)
    if (self->columns[k].type == 0)
      {
        self->columns[k] = (QuarryCloudColumn) { .type = kind->type, .size = (guint8) kind->size, .swap = kind->swap };
        self->offsets[k] = self->record + (gsize) (k - column) * kind->size;
        if (k == QUARRY_CLOUD_TIME)
          self->meaning = quarry_cloud_get_time_meaning (name);
      }
}

/* ('x', '<f4'), or with a shape ('xyz', '<f4', (3,)), or with a title (('Title', 'x'), '<f4') */
static gboolean
parse_field (Header *self)
{
  g_autofree char *name = NULL;
  g_autofree char *type = NULL;
  guint64 shape[MAX_AXES];
  guint n_axes = 0;
  guint64 n = 1;
  Kind kind;

  if (!accept (self, '('))
    return FALSE;
  if (accept (self, '('))
    {
      g_autofree char *title = parse_string (self);

      name = title != NULL && accept (self, ',') ? parse_string (self) : NULL;
      if (!accept (self, ')'))
        return FALSE;
    }
  else
    name = parse_string (self);
  type = name != NULL && accept (self, ',') ? parse_string (self) : NULL;
  if (type == NULL || !parse_kind (type, &kind))
    return FALSE;
  if (accept (self, ',') && !accept (self, ')'))
    {
      if (!parse_tuple (self, shape, &n_axes) || !accept (self, ')'))
        return FALSE;
    }
  else if (self->at[-1] != ')' && !accept (self, ')'))
    return FALSE;
  for (guint i = 0; i < n_axes; i++)
    {
      if (shape[i] > G_MAXINT32 || (n *= shape[i]) > G_MAXINT32)
        return FALSE;
    }
  add_column (self, name, &kind, n);
  self->record += kind.size * (gsize) n;
  return self->record <= G_MAXINT32;
}

static gboolean
parse_descr (Header *self, GError **error)
{
  g_autofree char *word = NULL;
  guint n = 0;

  self->has_descr = TRUE;
  self->structured = accept (self, '[');
  if (!self->structured)
    {
      word = parse_string (self);
      return word != NULL && parse_kind (word, &self->kind) ? TRUE : fail (self, error, "a dtype that is not understood");
    }
  while (!accept (self, ']'))
    {
      if (n++ == MAX_FIELDS || !parse_field (self))
        return fail (self, error, "a field of the dtype that is not understood");
      if (!accept (self, ',') && !accept (self, ']'))
        return fail (self, error, "a field of the dtype that is not understood");
      if (self->at[-1] == ']')
        break;
    }
  return TRUE;
}

static gboolean
parse_entry (Header *self, const char *key, GError **error)
{
  static const struct { const char *word; gboolean value; } orders[] = { { "True", TRUE }, { "False", FALSE } };

  if (g_str_equal (key, "descr"))
    return parse_descr (self, error);
  if (g_str_equal (key, "shape"))
    {
      self->has_shape = TRUE;
      return parse_tuple (self, self->shape, &self->n_axes) ? TRUE : fail (self, error, "a shape that is not understood");
    }
  accept (self, 0);        /* white space */
  for (guint i = 0; g_str_equal (key, "fortran_order") && i < G_N_ELEMENTS (orders); i++)
    if ((gsize) (self->end - self->at) >= strlen (orders[i].word) && memcmp (self->at, orders[i].word, strlen (orders[i].word)) == 0)
      {
        self->fortran = orders[i].value;
        self->at += strlen (orders[i].word);
        self->has_order = TRUE;
        return TRUE;
      }
  return fail (self, error, "a header that is not understood");
}

static gboolean
parse_dictionary (Header *self, GError **error)
{
  if (!accept (self, '{'))
    return fail (self, error, "the header is no dictionary");
  while (!accept (self, '}'))
    {
      g_autofree char *key = parse_string (self);

      if (key == NULL || !accept (self, ':'))
        return fail (self, error, "a header that is not understood");
      if (!parse_entry (self, key, error))
        return FALSE;
      if (!accept (self, ',') && !(self->at < self->end && accept (self, '}')))
        return fail (self, error, "a header that is not understood");
      if (self->at[-1] == '}')
        break;
    }
  return self->has_descr && self->has_order && self->has_shape ? TRUE : fail (self, error, "a header without descr, order and shape");
}

/* Bytes a point of the array has, all its values together */
static gsize
get_point_bytes (const Header *self)
{
  return self->structured ? self->record : self->kind.size * (gsize) self->shape[self->n_axes - 1];
}

/* @whole: bytes of the file */
static gboolean
check_size (Header *self, guint64 whole, GError **error)
{
  const guint used = self->structured ? self->n_axes : self->n_axes - 1;
  const guint64 width = !self->structured && self->n_axes > 0 ? self->shape[self->n_axes - 1] : 0;

  if (!self->structured && (self->n_axes < 2 || width < 3 || width > MAX_WIDTH || self->kind.type == 0))
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED,
                   "%s: the array is no cloud: neither N × 3 to N × %d numbers nor a structured one with x, y and z", self->name, MAX_WIDTH);
      return FALSE;
    }
  if (self->structured && !quarry_cloud_check_columns (self->columns, self->name, error))
    return FALSE;
  self->n = 1;
  for (guint i = 0; i < used; i++)
    {
      if (self->shape[i] > MAX_POINTS || (self->shape[i] > 0 && self->n > MAX_POINTS / self->shape[i]))
        return fail (self, error, "an impossible shape");
      self->n *= self->shape[i];
    }
  if (self->n > 0 && (whole < self->data || (whole - self->data) / get_point_bytes (self) < self->n))
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
                   "%s: byte %" G_GUINT64_FORMAT ": the file is too short for its %" G_GUINT64_FORMAT " points", self->name, whole, self->n);
      return FALSE;
    }
  return TRUE;
}

static gboolean
parse_header (Header *self, const guint8 *data, gsize length, guint64 whole, const char *name, GError **error)
{
  const gsize head = length >= 8 && data[6] == 1 ? 10 : 12;
  gsize text;

  self->name = name;
  self->start = self->at = (const char *) data;
  if (length < 12 || memcmp (data, "\x93NUMPY", 6) != 0)
    return fail (self, error, length < 12 ? "the NPY header is cut off" : "no NPY file");
  if (data[6] < 1 || data[6] > 3)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED, "%s: byte 6: NPY version %u is not known", name, data[6]);
      return FALSE;
    }
  text = head == 10 ? (gsize) data[8] | (gsize) data[9] << 8
                    : (gsize) data[8] | (gsize) data[9] << 8 | (gsize) data[10] << 16 | (gsize) data[11] << 24;
  if (text > length - head)
    return fail (self, error, "the NPY header is cut off");
  self->at += head;
  self->end = self->at + text;
  self->data = head + text;
  return parse_dictionary (self, error) && check_size (self, whole, error);
}

static void
set_columns (Header *self, const guint8 *data)
{
  const gsize width = self->structured ? 0 : (gsize) self->shape[self->n_axes - 1];

  for (int k = 0; self->structured && k < QUARRY_CLOUD_N_COLUMNS; k++)
    {
      self->columns[k].at = data + self->data + self->offsets[k];
      self->columns[k].stride = self->record;
    }
  for (gsize k = 0; !self->structured && k <= QUARRY_CLOUD_INTENSITY && k < width; k++)
    self->columns[k] = (QuarryCloudColumn) {
      .type = self->kind.type, .size = (guint8) self->kind.size, .swap = self->kind.swap,
      .at = data + self->data + k * self->kind.size * (self->fortran ? (gsize) self->n : 1),
      .stride = self->kind.size * (self->fortran ? 1 : width) };
}

static QuarryCloud *
decode_npy (const guint8 *data, gsize length, const char *format, const char *name, GError **error)
{
  Header header = { 0 };

  if (!parse_header (&header, data, length, length, name, error))
    return NULL;
  set_columns (&header, data);
  return quarry_cloud_from_columns (header.columns, (gsize) header.n, header.meaning, name, error);
}

static gboolean
count_npy (const guint8 *head, gsize length, gint64 whole, const char *format, const char *name, gint64 *out_n_points, GError **error)
{
  Header header = { 0 };

  if (!parse_header (&header, head, length, (guint64) whole, name, error))
    return FALSE;
  *out_n_points = (gint64) header.n;
  return TRUE;
}

static gboolean
guess_npy (const char *name, const guint8 *head, gsize length)
{
  if (head == NULL)
    return g_str_has_suffix (name, ".npy");
  return length >= 6 && memcmp (head, "\x93NUMPY", 6) == 0;
}

const QuarryCloudFormat quarry_cloud_format_npy = { "npy", decode_npy, count_npy, guess_npy, FALSE };
