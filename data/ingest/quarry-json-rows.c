/* quarry-json-rows.c: a JSON array of objects, one object at a time
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Only brackets and strings are followed to find where an object ends; jansson reads the object.
 */

#include "config.h"
#include "quarry-json-rows.h"

#include <string.h>

#define BLOCK (1u << 20)

struct _QuarryJsonRows
{
  QuarryFile   *file;          /* nullable: all is in the window */
  GCancellable *cancellable;
  char         *name;
  GByteArray   *window;        /* bytes from @base on */
  gint64        base;          /* of the window in the file */
  gint64        size;          /* of the file */
  gsize         at;            /* in the window: what is read next */
  gint64        row_at;        /* where the last row began in the file */
  guint64       n;             /* rows so far, bad ones too */
  gboolean      begun, over;
  json_t       *row;
};

QuarryJsonRows *
quarry_json_rows_open (QuarryStorage *storage, const char *uri, GCancellable *cancellable, GError **error)
{
  g_autoptr(QuarryFile) file = quarry_storage_open (storage, uri, cancellable, error);
  QuarryJsonRows *self = NULL;

  if (file == NULL)
    return NULL;
  self = g_new0 (QuarryJsonRows, 1);
  self->size = quarry_file_get_size (file);
  self->file = g_steal_pointer (&file);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->name = g_strdup (uri);
  self->window = g_byte_array_new ();
  return self;
}

/* Returns: (transfer full) */
QuarryJsonRows *
quarry_json_rows_new (GBytes *bytes, const char *name)
{
  QuarryJsonRows *self = g_new0 (QuarryJsonRows, 1);

  self->size = (gint64) g_bytes_get_size (bytes);
  self->name = g_strdup (name);
  self->window = g_byte_array_new ();
  g_byte_array_append (self->window, g_bytes_get_data (bytes, NULL), (guint) self->size);
  return self;
}

void
quarry_json_rows_free (QuarryJsonRows *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->file, quarry_file_unref);
  g_clear_object (&self->cancellable);
  g_byte_array_unref (self->window);
  json_decref (self->row);
  g_free (self->name);
  g_free (self);
}

/* Returns: (transfer full): of the last row */
char *
quarry_json_rows_dup_place (QuarryJsonRows *self)
{
  return g_strdup_printf ("row %" G_GUINT64_FORMAT " at byte %" G_GINT64_FORMAT, self->n, self->row_at);
}

double
quarry_json_rows_fraction (QuarryJsonRows *self)
{
  return self->size > 0 ? (double) (self->base + (gint64) self->at) / (double) self->size : 1;
}

/* Adds a block to the window, and drops what lies before @keep of it; *@keep and self->at follow. Returns: FALSE at the end
 * (without @error) or with @error */
static gboolean
fill (QuarryJsonRows *self, gsize *keep, GError **error)
{
  const gint64 next = self->base + self->window->len;
  const guint length = (guint) MIN (BLOCK, self->size - next);
  const gsize had = self->window->len - *keep;

  if (self->file == NULL || length == 0)
    return FALSE;
  self->base += (gint64) *keep;
  self->at -= *keep;
  if (had > 0)
    memmove (self->window->data, self->window->data + *keep, had);
  g_byte_array_set_size (self->window, (guint) had + length);
  *keep = 0;
  if (quarry_file_read (self->file, next, self->window->data + had, length, self->cancellable, error))
    return TRUE;
  g_byte_array_set_size (self->window, (guint) had);
  return FALSE;
}

/* Returns: the next byte that is no space, which stays; −1 at the end or with @error */
static int
peek (QuarryJsonRows *self, GError **error)
{
  for (;;)
    {
      gsize keep = self->at;

      while (self->at < self->window->len && g_ascii_isspace (self->window->data[self->at]))
        self->at++;
      if (self->at < self->window->len)
        return self->window->data[self->at];
      keep = self->at;
      if (!fill (self, &keep, error))
        return -1;
    }
}

static QuarryJsonStep G_GNUC_PRINTF (3, 4)
stop (QuarryJsonRows *self, GError **error, const char *format, ...)
{
  va_list args;
  g_autofree char *text = NULL;

  self->over = TRUE;
  if (error != NULL && *error != NULL)         /* reading failed, or was cancelled */
    return QUARRY_JSON_BROKEN;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_FAILED, "%s: byte %" G_GINT64_FORMAT ": %s", self->name,
               self->base + (gint64) self->at, text);
  return QUARRY_JSON_BROKEN;
}

/* self->at is at the row's first bracket. Returns: its bytes, 0 where the file ends or it is too long */
static gsize
find_end (QuarryJsonRows *self, gsize *start, GError **error)
{
  gsize depth = 0;
  gboolean text = FALSE;

  *start = self->at;
  for (;;)
    {
      for (; self->at < self->window->len; self->at++)
        {
          const guint8 c = self->window->data[self->at];

          if (text && c == '\\')
            {
              if (self->at + 1 >= self->window->len)
                break;          /* what it escapes is in the next block */
              self->at++;
            }
          else if (c == '"')
            text = !text;
          else if (!text && (c == '{' || c == '['))
            depth++;
          else if (!text && (c == '}' || c == ']') && --depth == 0)
            {
              self->at++;
              return self->at - *start;
            }
        }
      if (self->at - *start > QUARRY_JSON_ROWS_MAX || !fill (self, start, error))
        return 0;
    }
}

static QuarryJsonStep
read_row (QuarryJsonRows *self, json_t **out_row, GError **error)
{
  json_error_t fault;
  gsize start = 0, length;

  self->n++;
  self->row_at = self->base + (gint64) self->at;
  length = find_end (self, &start, error);
  if (length == 0)
    return stop (self, error, "row %" G_GUINT64_FORMAT ", which begins at byte %" G_GINT64_FORMAT ", has no end", self->n, self->row_at);
  self->row = json_loadb ((const char *) self->window->data + start, length, JSON_REJECT_DUPLICATES, &fault);
  if (self->row != NULL)
    {
      *out_row = self->row;
      return QUARRY_JSON_ROW;
    }
  g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_FAILED, "%s: row %" G_GUINT64_FORMAT " at byte %" G_GINT64_FORMAT ": %s",
               self->name, self->n, self->row_at, fault.text);
  return QUARRY_JSON_ROW_BAD;
}

QuarryJsonStep
quarry_json_rows_next (QuarryJsonRows *self, json_t **out_row, GError **error)
{
  g_autoptr(GError) failure = NULL;
  QuarryJsonStep step = QUARRY_JSON_END;
  int c;

  json_decref (g_steal_pointer (&self->row));
  if (self->over)
    return QUARRY_JSON_END;
  c = peek (self, &failure);
  if (!self->begun && c == '[')
    {
      self->begun = TRUE;
      self->at++;
      c = peek (self, &failure);
    }
  else if (self->begun && self->n > 0 && c == ',')
    {
      self->at++;
      c = peek (self, &failure);
      if (c == ']')
        c = ',';
    }
  else if (self->begun && self->n > 0 && c == '{')
    c = '?';       /* no comma */
  if (!self->begun)
    step = stop (self, &failure, "no JSON array");
  else if (c == ']')
    {
      self->at++;
      self->over = TRUE;
    }
  else if (c == '{')
    step = read_row (self, out_row, &failure);
  else
    step = stop (self, &failure, c < 0 ? "the table has no end: it is cut" : "where a row should begin is none");
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return step;
}
