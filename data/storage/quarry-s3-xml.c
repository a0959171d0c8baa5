/* quarry-s3-xml.c: the answers of S3
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Element names are those of the "Amazon S3 API Reference".
 */

#include "config.h"
#include "quarry-s3-xml.h"
#include "quarry-storage-private.h"

#include <string.h>

#define MAX_DEPTH 16

typedef struct
{
  QuarryS3XmlFunc  func;
  gpointer         data;
  GString         *path;
  GString         *text;      /* of the element that is open */
  guint            depth;
} Parser;

static void
start_element (GMarkupParseContext *context, const char *name, const char **names, const char **values, gpointer user_data, GError **error)
{
  Parser *self = user_data;
  const char *colon = strchr (name, ':');

  if (++self->depth > MAX_DEPTH)
    {
      g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_FAILED, "nested too deep");
      return;
    }
  if (self->path->len > 0)
    g_string_append_c (self->path, '/');
  g_string_append (self->path, colon != NULL ? colon + 1 : name);
  g_string_truncate (self->text, 0);
}

static void
end_element (GMarkupParseContext *context, const char *name, gpointer user_data, GError **error)
{
  Parser *self = user_data;
  const char *slash = NULL;

  self->func (self->path->str, self->text->str, self->data);
  slash = strrchr (self->path->str, '/');
  g_string_truncate (self->path, slash != NULL ? (gsize) (slash - self->path->str) : 0);
  g_string_truncate (self->text, 0);
  self->depth--;
}

static void
add_text (GMarkupParseContext *context, const char *text, gsize length, gpointer user_data, GError **error)
{
  g_string_append_len (((Parser *) user_data)->text, text, (gssize) length);
}

gboolean
quarry_s3_xml_parse (GBytes *bytes, QuarryS3XmlFunc func, gpointer data, GError **error)
{
  static const GMarkupParser callbacks = { start_element, end_element, add_text, NULL, NULL };
  g_autoptr(GString) path = g_string_new (NULL);
  g_autoptr(GString) text = g_string_new (NULL);
  Parser parser = { func, data, path, text, 0 };
  g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new (&callbacks, G_MARKUP_TREAT_CDATA_AS_TEXT, &parser, NULL);
  gsize length = 0;
  const char *xml = g_bytes_get_data (bytes, &length);

  return g_markup_parse_context_parse (context, length > 0 ? xml : "", (gssize) length, error) &&
         g_markup_parse_context_end_parse (context, error);
}

static void
take (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text);
}

static void
trouble_cb (const char *path, const char *text, gpointer data)
{
  QuarryS3Trouble *self = data;

  if (g_str_equal (path, "Error/Code"))
    take (&self->code, text);
  else if (g_str_equal (path, "Error/Message"))
    take (&self->message, text);
  else if (g_str_equal (path, "Error/Region"))
    take (&self->region, text);
  else if (g_str_equal (path, "Error/RequestId"))
    take (&self->request_id, text);
}

gboolean
quarry_s3_trouble_parse (GBytes *bytes, QuarryS3Trouble *out)
{
  *out = (QuarryS3Trouble) { g_strdup (""), g_strdup (""), g_strdup (""), g_strdup ("") };
  return g_bytes_get_size (bytes) > 0 && quarry_s3_xml_parse (bytes, trouble_cb, out, NULL) && *out->code != '\0';
}

void
quarry_s3_trouble_clear (QuarryS3Trouble *self)
{
  g_clear_pointer (&self->code, g_free);
  g_clear_pointer (&self->message, g_free);
  g_clear_pointer (&self->region, g_free);
  g_clear_pointer (&self->request_id, g_free);
}

typedef struct
{
  QuarryS3Page *page;
  char         *key, *etag;
  gint64        size;
  gboolean      encoded;      /* by encoding-type=url */
  gboolean      seen;
} ListState;

static void
list_cb (const char *path, const char *text, gpointer data)
{
  ListState *state = data;
  const char *rest = NULL;

  if (!g_str_has_prefix (path, "ListBucketResult"))
    return;
  state->seen = TRUE;
  rest = path[strlen ("ListBucketResult")] == '/' ? path + strlen ("ListBucketResult/") : "";
  if (g_str_equal (rest, "IsTruncated"))
    state->page->truncated = g_str_equal (text, "true");
  else if (g_str_equal (rest, "NextContinuationToken"))
    take (&state->page->next, text);
  else if (g_str_equal (rest, "EncodingType"))
    state->encoded = g_str_equal (text, "url");
  else if (g_str_equal (rest, "Contents/Key") || g_str_equal (rest, "CommonPrefixes/Prefix"))
    take (&state->key, text);
  else if (g_str_equal (rest, "Contents/ETag"))
    take (&state->etag, text);
  else if (g_str_equal (rest, "Contents/Size"))
    state->size = MAX (0, g_ascii_strtoll (text, NULL, 10));
  else if ((g_str_equal (rest, "Contents") || g_str_equal (rest, "CommonPrefixes")) && state->key != NULL)
    {
      const gboolean folder = g_str_equal (rest, "CommonPrefixes");

      g_ptr_array_add (state->page->objects, quarry_storage_entry_new (state->key, NULL, folder ? -1 : state->size, folder ? NULL : state->etag));
      g_clear_pointer (&state->key, g_free);
      g_clear_pointer (&state->etag, g_free);
      state->size = 0;
    }
}

static void
free_entry (gpointer data)
{
  quarry_storage_entry_free (data);
}

/* "+" is a space, as S3 encodes. Returns: FALSE for what is no such text */
static gboolean
decode_key (char **key)
{
  char *decoded = NULL;

  for (char *c = *key; *c != '\0'; c++)
    if (*c == '+')
      *c = ' ';
  decoded = g_uri_unescape_string (*key, NULL);
  if (decoded == NULL)
    return FALSE;
  g_free (*key);
  *key = decoded;
  return TRUE;
}

gboolean
quarry_s3_page_parse (GBytes *bytes, QuarryS3Page *out, GError **error)
{
  ListState state = { .page = out };
  gboolean parsed = FALSE;

  *out = (QuarryS3Page) { .objects = g_ptr_array_new_with_free_func (free_entry) };
  parsed = quarry_s3_xml_parse (bytes, list_cb, &state, error);
  g_free (state.key);
  g_free (state.etag);
  if (!parsed)
    return FALSE;
  if (!state.seen || (out->truncated && out->next == NULL))
    {
      g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_FAILED, "no listing of a bucket");
      return FALSE;
    }
  for (guint i = 0; state.encoded && i < out->objects->len; i++)
    {
      QuarryStorageEntry *entry = out->objects->pdata[i];

      if (decode_key (&entry->name))
        continue;
      g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_FAILED, "the key '%s' in the listing cannot be decoded", entry->name);
      return FALSE;
    }
  return TRUE;
}

void
quarry_s3_page_clear (QuarryS3Page *self)
{
  g_clear_pointer (&self->objects, g_ptr_array_unref);
  g_clear_pointer (&self->next, g_free);
}

typedef struct
{
  GArray       *parts;
  QuarryS3Part  part;
  gboolean      truncated;
} PartState;

static void
part_cb (const char *path, const char *text, gpointer data)
{
  PartState *state = data;

  if (g_str_equal (path, "ListPartsResult/IsTruncated"))
    state->truncated = g_str_equal (text, "true");
  else if (g_str_equal (path, "ListPartsResult/Part/PartNumber"))
    state->part.number = (guint) g_ascii_strtoull (text, NULL, 10);
  else if (g_str_equal (path, "ListPartsResult/Part/ETag"))
    take (&state->part.etag, text);
  else if (g_str_equal (path, "ListPartsResult/Part/Size"))
    state->part.size = g_ascii_strtoll (text, NULL, 10);
  else if (g_str_equal (path, "ListPartsResult/Part") && state->part.etag != NULL)
    {
      g_array_append_val (state->parts, state->part);
      state->part = (QuarryS3Part) { 0 };
    }
}

gboolean
quarry_s3_parts_parse (GBytes *bytes, GArray *parts, gboolean *out_truncated, GError **error)
{
  PartState state = { .parts = parts };
  const gboolean parsed = quarry_s3_xml_parse (bytes, part_cb, &state, error);

  g_free (state.part.etag);
  *out_truncated = state.truncated;
  return parsed;
}

static void
upload_id_cb (const char *path, const char *text, gpointer data)
{
  if (g_str_equal (path, "InitiateMultipartUploadResult/UploadId") && *text != '\0')
    take (data, text);
}

char *
quarry_s3_upload_id_parse (GBytes *bytes, GError **error)
{
  char *id = NULL;

  if (!quarry_s3_xml_parse (bytes, upload_id_cb, &id, error))
    g_clear_pointer (&id, g_free);
  else if (id == NULL)
    g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_FAILED, "no UploadId in the answer");
  return id;
}

typedef struct
{
  const char *wanted;
  char       *key, *id, *initiated;      /* of the upload that is read */
  char       *best, *best_initiated;
} UploadState;

static void
upload_cb (const char *path, const char *text, gpointer data)
{
  UploadState *state = data;

  if (g_str_equal (path, "ListMultipartUploadsResult/Upload/Key"))
    take (&state->key, text);
  else if (g_str_equal (path, "ListMultipartUploadsResult/Upload/UploadId"))
    take (&state->id, text);
  else if (g_str_equal (path, "ListMultipartUploadsResult/Upload/Initiated"))
    take (&state->initiated, text);
  else if (g_str_equal (path, "ListMultipartUploadsResult/Upload"))
    {
      if (g_strcmp0 (state->key, state->wanted) == 0 && state->id != NULL &&
          (state->best == NULL || g_strcmp0 (state->initiated, state->best_initiated) > 0))      /* ISO 8601 sorts as text */
        {
          take (&state->best, state->id);
          take (&state->best_initiated, state->initiated);
        }
      g_clear_pointer (&state->key, g_free);
      g_clear_pointer (&state->id, g_free);
      g_clear_pointer (&state->initiated, g_free);
    }
}

char *
quarry_s3_find_upload (GBytes *bytes, const char *key)
{
  UploadState state = { .wanted = key };

  if (!quarry_s3_xml_parse (bytes, upload_cb, &state, NULL))
    g_clear_pointer (&state.best, g_free);
  g_free (state.key);
  g_free (state.id);
  g_free (state.initiated);
  g_free (state.best_initiated);
  return state.best;
}
