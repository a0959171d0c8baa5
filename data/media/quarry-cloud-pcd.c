/* quarry-cloud-pcd.c: PCD, the Point Cloud Library's format: ascii, binary and binary_compressed
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fields other than place, intensity, time, ring and echo are skipped (rgb, normals), padding ('_' and COUNT 0) too. VIEWPOINT is
 * where the sensor stood in some other frame; the points are in the sensor's already.
 */

#include "config.h"
#include "quarry-cloud-private.h"
#include "quarry-pcd-header.h"

#include <string.h>

/* Each column's field, NULL where there is none */
typedef const QuarryPcdField *Columns[QUARRY_CLOUD_N_COLUMNS];

static gboolean
find_columns (const QuarryPcdHeader *header, const char *name, Columns out, GError **error)
{
  QuarryCloudColumn there[QUARRY_CLOUD_N_COLUMNS] = { 0 };

  memset (out, 0, sizeof (Columns));
  for (guint i = 0; i < header->fields->len; i++)
    {
      const QuarryPcdField *field = &g_array_index (header->fields, QuarryPcdField, i);
      const int column = field->count > 0 ? quarry_cloud_find_column (field->name) : -1;

      if (column < 0 || out[column] != NULL || (field->type == 'F' && field->size < 4))
        continue;
      out[column] = field;
      there[column].type = g_ascii_tolower (field->type);
    }
  return quarry_cloud_check_columns (there, name, error);
}

static QuarryCloudTimeMeaning
get_time_meaning (const Columns columns)
{
  return columns[QUARRY_CLOUD_TIME] != NULL ? quarry_cloud_get_time_meaning (columns[QUARRY_CLOUD_TIME]->name)
                                            : QUARRY_CLOUD_TIME_GUESS;
}

/* @data: of the points; compressed clouds hold all values of the first field, then all of the second … */
static QuarryCloud *
read_columns (const QuarryPcdHeader *header, const Columns columns, const guint8 *data, const char *name, GError **error)
{
  const gboolean apart = header->kind == QUARRY_PCD_COMPRESSED;
  QuarryCloudColumn table[QUARRY_CLOUD_N_COLUMNS] = { 0 };

  for (int i = 0; i < QUARRY_CLOUD_N_COLUMNS; i++)
    if (columns[i] != NULL)
      table[i] = (QuarryCloudColumn) { .type = g_ascii_tolower (columns[i]->type), .size = (guint8) columns[i]->size,
                                       .at = data + (apart ? columns[i]->offset * header->n : columns[i]->offset),
                                       .stride = apart ? (gsize) columns[i]->size * columns[i]->count : header->stride };
  return quarry_cloud_from_columns (table, header->n, get_time_meaning (columns), name, error);
}

static QuarryCloud *
read_binary (const QuarryPcdHeader *header, const Columns columns, const guint8 *data, gsize length, const char *name,
             GError **error)
{
  const gsize room = length - header->data;

  if (room / header->stride >= header->n)
    return read_columns (header, columns, data + header->data, name, error);
  quarry_cloud_fail (error, name, header->data + room / header->stride * header->stride, "the points are cut off");
  return NULL;
}

/* Returns: (transfer full) (nullable): the points, expanded */
static guint8 *
expand (const QuarryPcdHeader *header, const guint8 *data, gsize length, const char *name, GError **error)
{
  const gsize need = header->n * header->stride;
  g_autofree guint8 *plain = NULL;
  guint32 sizes[2] = { 0 };
  const char *wrong = NULL;

  if (length - header->data >= sizeof sizes)
    memcpy (sizes, data + header->data, sizeof sizes);
  if (length - header->data < sizeof sizes || sizes[0] > length - header->data - sizeof sizes)
    wrong = "the compressed points are cut off";
  else if (sizes[1] != need)
    wrong = "the compressed points are not as many as the header says";
  else
    plain = g_try_malloc (need);
  if (plain != NULL && quarry_lzf_expand (data + header->data + sizeof sizes, sizes[0], plain, need))
    return g_steal_pointer (&plain);
  if (wrong == NULL)
    wrong = plain != NULL ? "the compressed points are damaged" : "not enough memory";
  quarry_cloud_fail (error, name, header->data, wrong);
  return NULL;
}

static QuarryCloud *
read_compressed (const QuarryPcdHeader *header, const Columns columns, const guint8 *data, gsize length, const char *name,
                 GError **error)
{
  g_autofree guint8 *plain = header->n > 0 ? expand (header, data, length, name, error) : g_malloc0 (1);

  return plain != NULL ? read_columns (header, columns, plain, name, error) : NULL;
}

/* @column_of: each value's column, or −1 */
static gboolean
read_line (QuarryCloudBuilder *builder, gsize i, gsize n_values, const gint8 *column_of, const char *at, const char *line_end)
{
  double xyz[3] = { 0, 0, 0 };

  for (gsize value = 0; value < n_values; value++)
    {
      const char *end = NULL;
      double number = 0;

      at = quarry_cloud_next_word (at, line_end, &end);
      if (at == NULL)
        return FALSE;
      if (column_of[value] >= 0)
        {
          if (!quarry_cloud_scan_number (at, end, &number))
            return FALSE;
          if (column_of[value] <= QUARRY_CLOUD_Z)
            xyz[column_of[value]] = number;
          else
            quarry_cloud_builder_set (builder, column_of[value], i, number);
        }
      at = end;
    }
  quarry_cloud_builder_place (builder, i, xyz);
  return TRUE;
}

static gboolean
read_lines (QuarryCloudBuilder *builder, const QuarryPcdHeader *header, const gint8 *column_of, const char *at, const char *end,
            GError **error)
{
  const gsize n = builder->cloud->n;
  guint line = header->lines;
  gsize i = 0;

  while (i < n && at < end)
    {
      const char *newline = memchr (at, '\n', (gsize) (end - at));
      const char *line_end = newline != NULL ? newline : end;
      const char *word_end = NULL;
      const char *first = quarry_cloud_next_word (at, line_end, &word_end);

      line++;
      if (first != NULL && !read_line (builder, i, header->n_values, column_of, first, line_end))
        {
          g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
                       "%s: line %u: not the %" G_GSIZE_FORMAT " numbers of a point", builder->name, line, header->n_values);
          return FALSE;
        }
      i += first != NULL ? 1 : 0;
      at = line_end + (newline != NULL ? 1 : 0);
    }
  if (i == n)
    return TRUE;
  g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
               "%s: line %u: the points are cut off (%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT ")", builder->name, line, i, n);
  return FALSE;
}

static QuarryCloud *
read_ascii (const QuarryPcdHeader *header, const Columns columns, const guint8 *data, gsize length, const char *name,
            GError **error)
{
  g_auto(QuarryCloudBuilder) builder = { 0 };
  g_autofree gint8 *column_of = g_malloc (header->n_values);
  const char *text = (const char *) data;
  guint there = 0;

  memset (column_of, -1, header->n_values);
  for (int c = 0; c < QUARRY_CLOUD_N_COLUMNS; c++)
    if (columns[c] != NULL)
      {
        column_of[columns[c]->first] = (gint8) c;
        there |= QUARRY_CLOUD_BIT (c);
      }
  if (!quarry_cloud_builder_init (&builder, header->n, there, name, error))
    return NULL;
  builder.time_meaning = get_time_meaning (columns);
  if (columns[QUARRY_CLOUD_TIME] != NULL)
    builder.time_type = g_ascii_tolower (columns[QUARRY_CLOUD_TIME]->type);
  if (!read_lines (&builder, header, column_of, text + header->data, text + length, error))
    return NULL;
  return quarry_cloud_builder_end (&builder);
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

static gboolean
count_pcd (const guint8 *head, gsize length, gint64 whole, const char *format, const char *name, gint64 *out_n_points,
           GError **error)
{
  g_auto(QuarryPcdHeader) header = { 0 };
  Columns columns;

  if (!quarry_pcd_header_parse (&header, head, length, name, error) || !find_columns (&header, name, columns, error) ||
      !check_length (&header, (guint64) whole, name, error))
    return FALSE;
  if (header.kind == QUARRY_PCD_COMPRESSED && header.n > 0)
    {
      guint32 size = 0;

      if (length - header.data >= sizeof size)
        memcpy (&size, head + header.data, sizeof size);
      if ((gint64) header.data + 8 + size > whole)
        return quarry_cloud_fail (error, name, (guint64) whole, "the compressed points are cut off");
    }
  *out_n_points = (gint64) header.n;
  return TRUE;
}

static QuarryCloud *
decode_pcd (const guint8 *data, gsize length, const char *format, const char *name, GError **error)
{
  g_auto(QuarryPcdHeader) header = { 0 };
  Columns columns;

  if (!quarry_pcd_header_parse (&header, data, length, name, error) || !find_columns (&header, name, columns, error) ||
      !check_length (&header, length, name, error))
    return NULL;
  if (header.kind == QUARRY_PCD_ASCII)
    return read_ascii (&header, columns, data, length, name, error);
  return header.kind == QUARRY_PCD_BINARY ? read_binary (&header, columns, data, length, name, error)
                                          : read_compressed (&header, columns, data, length, name, error);
}

static gboolean
guess_pcd (const char *name, const guint8 *head, gsize length)
{
  static const char * const starts[] = { "# .PCD", "VERSION ", "FIELDS ", "COLUMNS " };

  for (guint i = 0; head != NULL && i < G_N_ELEMENTS (starts); i++)
    if (length >= strlen (starts[i]) && memcmp (head, starts[i], strlen (starts[i])) == 0)
      return TRUE;
  return g_str_has_suffix (name, ".pcd");
}

const QuarryCloudFormat quarry_cloud_format_pcd = { "pcd", decode_pcd, count_pcd, guess_pcd, FALSE };

/* @wide: x y z as doubles */
static void
append_header (GString *text, const QuarryCloud *self, gboolean wide)
{
  const gboolean has[3] = { self->intensity != NULL, self->offset_ns != NULL, self->ring != NULL };
  static const char * const more[4][3] = {
    { " intensity", " t", " ring" },
    { " 4", " 4", " 2" },
    { " F", " I", " U" },
    { " 1", " 1", " 1" },
  };
  const char * const base[4] = { "FIELDS x y z", wide ? "\nSIZE 8 8 8" : "\nSIZE 4 4 4", "\nTYPE F F F", "\nCOUNT 1 1 1" };

  g_string_append (text, "# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\n");
  for (int line = 0; line < 4; line++)
    {
      g_string_append (text, base[line]);
      for (int i = 0; i < 3; i++)
        if (has[i])
          g_string_append (text, more[line][i]);
    }
  g_string_append_printf (text,
                          "\nWIDTH %" G_GSIZE_FORMAT "\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS %" G_GSIZE_FORMAT
                          "\nDATA binary\n",
                          self->n, self->n);
}

/**
 * quarry_cloud_write_pcd:
 *
 * Binary PCD 0.7 with the fields x y z (float32; doubles where there is an origin, which is added), and where the cloud has
 * them intensity (float32, 0…1), t (int32 nanoseconds from the media's stamp) and ring (uint16). Replaces the file as a whole.
 */
gboolean
quarry_cloud_write_pcd (const QuarryCloud *self, const char *path, GError **error)
{
  g_autoptr(GString) text = g_string_sized_new (512 + self->n * 34);
  const gboolean wide = self->origin[0] != 0 || self->origin[1] != 0 || self->origin[2] != 0;

  append_header (text, self, wide);
  for (gsize i = 0; i < self->n; i++)
    {
      const float *p = self->xyz + 3 * i;
      const double xyz[3] = { (double) p[0] + self->origin[0], (double) p[1] + self->origin[1],
                              (double) p[2] + self->origin[2] };

      g_string_append_len (text, wide ? (const char *) xyz : (const char *) p, wide ? sizeof xyz : 3 * sizeof (float));
      if (self->intensity != NULL)
        g_string_append_len (text, (const char *) (self->intensity + i), sizeof (float));
      if (self->offset_ns != NULL)
        g_string_append_len (text, (const char *) (self->offset_ns + i), sizeof (gint32));
      if (self->ring != NULL)
        g_string_append_len (text, (const char *) (self->ring + i), sizeof (guint16));
    }
  return g_file_set_contents_full (path, text->str, (gssize) text->len, G_FILE_SET_CONTENTS_CONSISTENT, 0644, error);
}
