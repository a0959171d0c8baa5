/* quarry-cloud-pcd.c: PCD, the Point Cloud Library's format: ascii, binary and binary_compressed
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fields other than place, intensity, time and ring are skipped, padding too. A point's time is
 * a float in seconds or an integer in nanoseconds, counted from the media's stamp; a column that
 * does not fit into two seconds around it (absolute times) is left out, since its clock is not
 * known here.
 */

#include "config.h"
#include "quarry-cloud-private.h"
#include "quarry-pcd-header.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);

enum { COLUMN_X, COLUMN_Y, COLUMN_Z, COLUMN_INTENSITY, COLUMN_TIME, COLUMN_RING, N_COLUMNS };
typedef const QuarryPcdField *Columns[N_COLUMNS];

static const char * const column_names[N_COLUMNS][7] = {
  { "x", NULL }, { "y", NULL }, { "z", NULL },
  { "intensity", "i", "reflectivity", "reflectance", NULL },
  { "t", "time", "offset_time", "time_offset", "timestamp", "time_stamp", NULL },
  { "ring", "channel", NULL },
};

static gboolean
fail (GError **error, const char *name, gsize at, const char *what)
{
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
               "%s: byte %" G_GSIZE_FORMAT ": %s", name, at, what);
  return FALSE;
}

static gboolean
find_columns (const QuarryPcdHeader *header, const char *name, Columns out, GError **error)
{
  for (int i = 0; i < N_COLUMNS; i++)
    out[i] = quarry_pcd_header_find (header, column_names[i]);
  for (int i = COLUMN_X; i <= COLUMN_Z; i++)
    if (out[i] == NULL)
      {
        g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED,
                     "%s: the cloud has no field '%s'", name, column_names[i][0]);
        return FALSE;
      }
  return TRUE;
}

/* A value outside a column's range: NaN goes to 0 */
static gint32
to_offset (const QuarryPcdField *field, double value, gboolean *beyond)
{
  const double ns = field->type == 'F' ? value * 1e9 : value;

  if (isnan (ns))
    return 0;
  if (fabs (ns) >= 2e9)
    *beyond = TRUE;
  return (gint32) CLAMP (round (ns), -2e9, 2e9);
}

static void
set_value (QuarryCloud *cloud, int column, const QuarryPcdField *field, gsize i, double value,
           gboolean *beyond)
{
  switch (column)
    {
    case COLUMN_X:
    case COLUMN_Y:
    case COLUMN_Z:
      cloud->xyz[3 * i + (gsize) column] = (float) value;
      break;
    case COLUMN_INTENSITY:
      cloud->intensity[i] = (float) value;
      break;
    case COLUMN_TIME:
      cloud->offset_ns[i] = to_offset (field, value, beyond);
      break;
    default:
      cloud->ring[i] = value >= 0 && value <= G_MAXUINT16 ? (guint16) value : 0;
      break;
    }
}

static double
get_number (const guint8 *at, const QuarryPcdField *field)
{
  union
  {
    float f4;
    double f8;
    gint8 i1;
    gint16 i2;
    gint32 i4;
    gint64 i8;
    guint8 u1;
    guint16 u2;
    guint32 u4;
    guint64 u8;
  } v;

  memcpy (&v, at, field->size);
  switch (field->type)
    {
    case 'F':
      return field->size == 4 ? (double) v.f4 : field->size == 8 ? v.f8 : (double) NAN;
    case 'I':
      return field->size == 1   ? v.i1
             : field->size == 2 ? v.i2
             : field->size == 4 ? v.i4
                                : (double) v.i8;
    default:
      return field->size == 1   ? v.u1
             : field->size == 2 ? v.u2
             : field->size == 4 ? v.u4
                                : (double) v.u8;
    }
}

/* One column whose first value is at @base and the next @stride bytes on */
static void
read_column (QuarryCloud *cloud, int column, const QuarryPcdField *field, const guint8 *base,
             gsize stride, gboolean *beyond)
{
  const gboolean plain = field->type == 'F' && field->size == 4;

  if (plain && column <= COLUMN_Z)
    for (gsize i = 0; i < cloud->n; i++)
      memcpy (cloud->xyz + 3 * i + column, base + i * stride, sizeof (float));
  else
    for (gsize i = 0; i < cloud->n; i++)
      set_value (cloud, column, field, i, get_number (base + i * stride, field), beyond);
}

static gboolean
read_binary (QuarryCloud *cloud, const QuarryPcdHeader *header, const Columns columns,
             const guint8 *data, gsize length, const char *name, gboolean *beyond, GError **error)
{
  const gsize room = length - header->data;

  if (room / header->stride < header->n)
    return fail (error, name, header->data + room / header->stride * header->stride,
                 "the points are cut off");
  for (int i = 0; i < N_COLUMNS; i++)
    if (columns[i] != NULL)
      read_column (cloud, i, columns[i], data + header->data + columns[i]->offset, header->stride,
                   beyond);
  return TRUE;
}

/* Compressed clouds hold all values of the first field, then all of the second … */
static gboolean
read_compressed (QuarryCloud *cloud, const QuarryPcdHeader *header, const Columns columns,
                 const guint8 *data, gsize length, const char *name, gboolean *beyond,
                 GError **error)
{
  const gsize need = header->n * header->stride;
  g_autofree guint8 *plain = NULL;
  guint32 sizes[2];

  if (header->n == 0)
    return TRUE;
  if (length - header->data < sizeof sizes)
    return fail (error, name, header->data, "the points are cut off");
  memcpy (sizes, data + header->data, sizeof sizes);
  if (sizes[0] > length - header->data - sizeof sizes)
    return fail (error, name, length, "the compressed points are cut off");
  if (sizes[1] != need)
    return fail (error, name, header->data + 4,
                 "the compressed points are not as many as the header says");
  plain = g_try_malloc (need);
  if (plain == NULL)
    return fail (error, name, header->data, "not enough memory");
  if (!quarry_lzf_expand (data + header->data + sizeof sizes, sizes[0], plain, need))
    return fail (error, name, header->data + sizeof sizes, "the compressed points are damaged");
  for (int i = 0; i < N_COLUMNS; i++)
    if (columns[i] != NULL)
      read_column (cloud, i, columns[i], plain + columns[i]->offset * header->n,
                   (gsize) columns[i]->size * columns[i]->count, beyond);
  return TRUE;
}

/* Reads one number of at most @end − @at bytes that ends at a space. Digits up to 2^53 with a small
 * exponent are exact by one multiplication or division of exact doubles; all else goes through
 * strtod. */
static gboolean
scan_number (const char *at, const char *end, double *out)
{
  static const double tens[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
  const gboolean negative = at < end && *at == '-';
  const char *p = at + (at < end && (*at == '-' || *at == '+'));
  guint64 digits = 0;
  int scale = 0;
  guint n = 0;
  char word[64];
  char *stop = NULL;

  for (; p < end && g_ascii_isdigit (*p) && n < 18; p++, n++)
    digits = digits * 10 + (guint64) (*p - '0');
  if (p < end && *p == '.')
    for (p++; p < end && g_ascii_isdigit (*p) && n < 18; p++, n++, scale++)
      digits = digits * 10 + (guint64) (*p - '0');
  if (p == end && n > 0 && digits < (G_GUINT64_CONSTANT (1) << 53))
    {
      *out = (negative ? -1.0 : 1.0) * ((double) digits / tens[scale]);
      return TRUE;
    }
  if ((gsize) (end - at) >= sizeof word || end == at)
    return FALSE;
  memcpy (word, at, (gsize) (end - at));
  word[end - at] = 0;
  *out = g_ascii_strtod (word, &stop);
  return *stop == 0;
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

/* @line_end: the newline or the end of the data */
static gboolean
read_line (QuarryCloud *cloud, gsize i, const QuarryPcdHeader *header, const int *column_of,
           const QuarryPcdField * const *columns, const char *at, const char *line_end,
           gboolean *beyond)
{
  for (gsize value = 0; value < header->n_values; value++)
    {
      const char *end = NULL;
      double number = 0;

      while (at < line_end && is_space (*at))
        at++;
      end = at;
      while (end < line_end && !is_space (*end))
        end++;
      if (end == at)
        return FALSE;
      if (column_of[value] >= 0)
        {
          if (!scan_number (at, end, &number))
            return FALSE;
          set_value (cloud, column_of[value], columns[column_of[value]], i, number, beyond);
        }
      at = end;
    }
  return TRUE;
}

static gboolean
read_ascii (QuarryCloud *cloud, const QuarryPcdHeader *header, const Columns columns,
            const guint8 *data, gsize length, const char *name, gboolean *beyond, GError **error)
{
  g_autofree int *column_of = g_new (int, header->n_values);
  const char *at = (const char *) data + header->data;
  const char *end = (const char *) data + length;
  guint line = header->lines;
  gsize i = 0;

  for (gsize value = 0; value < header->n_values; value++)
    column_of[value] = -1;
  for (int c = 0; c < N_COLUMNS; c++)
    if (columns[c] != NULL)
      column_of[columns[c]->first] = c;
  while (i < cloud->n && at < end)
    {
      const char *newline = memchr (at, '\n', (gsize) (end - at));
      const char *line_end = newline != NULL ? newline : end;
      const char *first = at;

      line++;
      while (first < line_end && is_space (*first))
        first++;
      if (first < line_end &&
          !read_line (cloud, i, header, column_of, columns, first, line_end, beyond))
        {
          g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
                       "%s: line %u: not the %" G_GSIZE_FORMAT " numbers of a point", name, line,
                       header->n_values);
          return FALSE;
        }
      i += first < line_end ? 1 : 0;
      at = line_end + (newline != NULL ? 1 : 0);
    }
  if (i == cloud->n)
    return TRUE;
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
               "%s: line %u: the points are cut off (%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT ")",
               name, line, i, cloud->n);
  return FALSE;
}

/* Whether the file is long enough for the points its header promises, before memory is taken for
 * them */
static gboolean
check_length (const QuarryPcdHeader *header, guint64 length, const char *name, GError **error)
{
  const guint64 room = length > header->data ? length - header->data : 0;
  guint64 need = 0;

  switch (header->kind)
    {
    case QUARRY_PCD_ASCII:
      need = header->n > 0 ? (guint64) header->n * header->n_values * 2 - 1
                           : 0; /* a digit and a space each */
      break;
    case QUARRY_PCD_BINARY:
      need = (guint64) header->n * header->stride;
      break;
    case QUARRY_PCD_COMPRESSED:
    default:
      need = header->n > 0 ? 8 + (guint64) header->n * header->stride / 264 * 3
                           : 0; /* LZF's best: 264 bytes from 3 */
      break;
    }
  if (need <= room)
    return TRUE;
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
               "%s: byte %" G_GUINT64_FORMAT ": the file is too short for its %" G_GSIZE_FORMAT
               " points",
               name, length, header->n);
  return FALSE;
}

gboolean
quarry_cloud_count_pcd (const guint8 *head, gsize length, gint64 file_length, const char *name,
                        gint64 *out_n_points, GError **error)
{
  g_auto(QuarryPcdHeader) header = { 0 };
  Columns columns;

  if (!quarry_pcd_header_parse (&header, head, length, name, error) ||
      !find_columns (&header, name, columns, error) ||
      !check_length (&header, (guint64) file_length, name, error))
    return FALSE;
  if (header.kind == QUARRY_PCD_COMPRESSED && header.n > 0)
    {
      guint32 size = 0;

      if (length - header.data >= sizeof size)
        memcpy (&size, head + header.data, sizeof size);
      if ((gint64) header.data + 8 + size > file_length)
        return fail (error, name, (gsize) file_length, "the compressed points are cut off");
    }
  *out_n_points = (gint64) header.n;
  return TRUE;
}

QuarryCloud *
quarry_cloud_decode_pcd (const guint8 *data, gsize length, const char *name, GError **error)
{
  g_auto(QuarryPcdHeader) header = { 0 };
  g_autoptr(QuarryCloud) cloud = NULL;
  Columns columns;
  gboolean beyond = FALSE;
  gboolean done = FALSE;

  if (!quarry_pcd_header_parse (&header, data, length, name, error) ||
      !find_columns (&header, name, columns, error) || !check_length (&header, length, name, error))
    return NULL;
  cloud = quarry_cloud_new (header.n, columns[COLUMN_INTENSITY] != NULL,
                            columns[COLUMN_TIME] != NULL, columns[COLUMN_RING] != NULL);
  if (cloud == NULL)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_TOO_LARGE, "%s: not enough memory",
                   name);
      return NULL;
    }
  if (header.kind == QUARRY_PCD_ASCII)
    done = read_ascii (cloud, &header, columns, data, length, name, &beyond, error);
  else if (header.kind == QUARRY_PCD_BINARY)
    done = read_binary (cloud, &header, columns, data, length, name, &beyond, error);
  else
    done = read_compressed (cloud, &header, columns, data, length, name, &beyond, error);
  if (!done)
    return NULL;
  if (cloud->intensity != NULL)
    quarry_cloud_normalize_intensity (cloud);
  if (beyond)
    g_clear_pointer (&cloud->offset_ns, g_free);
  return g_steal_pointer (&cloud);
}

static void
append_header (GString *text, const QuarryCloud *self)
{
  const gboolean has[3] = { self->intensity != NULL, self->offset_ns != NULL, self->ring != NULL };
  static const char * const more[4][3] = {
    { " intensity", " t", " ring" },
    { " 4", " 4", " 2" },
    { " F", " I", " U" },
    { " 1", " 1", " 1" },
  };
  static const char * const base[4] = { "FIELDS x y z", "\nSIZE 4 4 4", "\nTYPE F F F",
                                        "\nCOUNT 1 1 1" };

  g_string_append (text, "# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\n");
  for (int line = 0; line < 4; line++)
    {
      g_string_append (text, base[line]);
      for (int i = 0; i < 3; i++)
        if (has[i])
          g_string_append (text, more[line][i]);
    }
  g_string_append_printf (text,
                          "\nWIDTH %" G_GSIZE_FORMAT
                          "\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS %" G_GSIZE_FORMAT
                          "\nDATA binary\n",
                          self->n, self->n);
}

/**
 * quarry_cloud_write_pcd:
 *
 * Binary PCD 0.7 with the fields x y z (float32), and where the cloud has them intensity (float32,
 * 0…1), t (int32 nanoseconds from the media's stamp) and ring (uint16). Replaces the file as a
 * whole.
 */
gboolean
quarry_cloud_write_pcd (const QuarryCloud *self, const char *path, GError **error)
{
  g_autoptr(GString) text = g_string_sized_new (512 + self->n * 22);

  append_header (text, self);
  for (gsize i = 0; i < self->n; i++)
    {
      g_string_append_len (text, (const char *) (self->xyz + 3 * i), 3 * sizeof (float));
      if (self->intensity != NULL)
        g_string_append_len (text, (const char *) (self->intensity + i), sizeof (float));
      if (self->offset_ns != NULL)
        g_string_append_len (text, (const char *) (self->offset_ns + i), sizeof (gint32));
      if (self->ring != NULL)
        g_string_append_len (text, (const char *) (self->ring + i), sizeof (guint16));
    }
  return g_file_set_contents_full (path, text->str, (gssize) text->len,
                                   G_FILE_SET_CONTENTS_CONSISTENT, 0644, error);
}
