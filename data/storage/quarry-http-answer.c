/* quarry-http-answer.c: one HTTP answer as it comes in, and the URLs it may lead to
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-http-private.h"

#include <jansson.h>
#include <string.h>

#define REASON_MAX 300     /* bytes of a server's own words in an error */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

void
quarry_http_answer_begin (QuarryHttpAnswer *self, gsize body_max)
{
  quarry_http_answer_clear (self);
  self->body = g_byte_array_new ();
  self->body_max = body_max;
  self->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->retry_after_s = -1;
}

void
quarry_http_reply_clear (QuarryHttpReply *self)
{
  g_clear_pointer (&self->headers, g_hash_table_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  *self = (QuarryHttpReply) { 0 };
}

/* Hands the answer over; begin anew after it */
void
quarry_http_answer_steal (QuarryHttpAnswer *self, QuarryHttpReply *out_reply)
{
  *out_reply = (QuarryHttpReply) { self->status, g_steal_pointer (&self->headers), g_byte_array_free_to_bytes (g_steal_pointer (&self->body)) };
}

void
quarry_http_answer_clear (QuarryHttpAnswer *self)
{
  g_clear_pointer (&self->body, g_byte_array_unref);
  g_clear_pointer (&self->headers, g_hash_table_unref);
  g_clear_pointer (&self->location, g_free);
  *self = (QuarryHttpAnswer) { 0 };
}

/* Retry-After is a number of seconds or a date (RFC 9110, 10.2.3) */
static gint64
parse_retry_after (const char *value)
{
  gint64 seconds = 0;
  time_t date = -1;

  if (g_ascii_string_to_signed (value, 10, 0, 86400 * 365, &seconds, NULL))
    return seconds;
  date = curl_getdate (value, NULL);
  return date < 0 ? -1 : MAX (0, (gint64) date - g_get_real_time () / G_USEC_PER_SEC);
}

/* One header line. The last answer of a chain counts: its status line starts anew. */
size_t
quarry_http_answer_header_cb (char *bytes, size_t size, size_t n, void *user_data)
{
  QuarryHttpAnswer *self = user_data;
  g_autofree char *line = g_strndup (bytes, size * n);
  char *value = strchr (line, ':');

  if (g_str_has_prefix (line, "HTTP/"))
    {
      g_clear_pointer (&self->location, g_free);
      g_hash_table_remove_all (self->headers);
      self->retry_after_s = -1;
    }
  else if (value != NULL)
    {
      *value++ = '\0';
      g_strstrip (value);
      if (g_ascii_strcasecmp (line, "location") == 0)
        {
          g_free (self->location);
          self->location = g_strdup (value);
        }
      else if (g_ascii_strcasecmp (line, "retry-after") == 0)
        self->retry_after_s = parse_retry_after (value);
      g_hash_table_replace (self->headers, g_ascii_strdown (line, -1), g_strdup (value));
    }
  return size * n;
}

/* Bytes of the decoded body: a compressed bomb stops at the cap, too */
size_t
quarry_http_answer_body_cb (char *bytes, size_t size, size_t n, void *user_data)
{
  QuarryHttpAnswer *self = user_data;

  if (self->body->len + n > self->body_max)
    {
      self->too_large = TRUE;
      return 0;
    }
  g_byte_array_append (self->body, (const guint8 *) bytes, (guint) n);
  return size * n;
}

/* The servers that we know say why in JSON under one of these keys */
static char *
find_detail (QuarryHttpAnswer *self)
{
  static const char * const keys[] = { "detail", "error", "message", "errors" };
  g_autoptr(json_t) root = json_loadb ((const char *) self->body->data, self->body->len, 0, NULL);
  g_autofree char *compact = NULL;

  if (json_is_object (root))
    for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
      {
        json_t *value = json_object_get (root, keys[i]);
        json_t *more = json_object_get (root, "validation_errors");
        g_autofree char *text = more != NULL ? json_dumps (more, JSON_COMPACT) : NULL;

        if (json_is_string (value))
          return text == NULL ? g_strdup (json_string_value (value))
                              : g_strdup_printf ("%s %s", json_string_value (value), text);
      }
  if (root == NULL)
    return NULL;
  compact = json_dumps (root, JSON_COMPACT | JSON_ENCODE_ANY);
  return g_strdup (compact);
}

/* Returns: (transfer full): the server's own words, one line, short; "" where it gave none that a person can read */
char *
quarry_http_answer_dup_reason (QuarryHttpAnswer *self)
{
  g_autofree char *detail = find_detail (self);
  g_autofree char *text = NULL;
  char *end = NULL;

  if (detail == NULL)
    return g_strdup ("");
  text = g_utf8_make_valid (detail, MIN ((gssize) strlen (detail), REASON_MAX));
  for (char *c = text; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  if (strlen (detail) > REASON_MAX)
    {
      end = g_utf8_find_prev_char (text, text + strlen (text));
      return g_strdup_printf ("%.*s…", (int) (end - text), text);
    }
  return g_steal_pointer (&text);
}

gboolean
quarry_http_answer_is_redirect (QuarryHttpAnswer *self)
{
  return (self->status == 301 || self->status == 302 || self->status == 303 || self->status == 307 || self->status == 308) &&
         self->location != NULL;
}

/* Returns: TRUE for a failure that may be gone in a moment */
gboolean
quarry_http_answer_is_passing (QuarryHttpAnswer *self, CURLcode code)
{
  switch (code)
    {
    case CURLE_OK:
      return self->status == 429 || self->status == 502 || self->status == 503 || self->status == 504;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_SSL_CONNECT_ERROR:
      return TRUE;
    default:
      return FALSE;
    }
}

static char *
dup_part (CURLU *url, CURLUPart part, unsigned int flags)
{
  char *text = NULL;
  char *copy = NULL;

  if (curl_url_get (url, part, &text, flags) != CURLUE_OK)
    return NULL;
  copy = g_strdup (text);
  curl_free (text);
  return copy;
}

static CURLU *
parse_url (const char *text)
{
  g_autoptr(CURLU) url = curl_url ();

  if (url == NULL || curl_url_set (url, CURLUPART_URL, text, 0) != CURLUE_OK)
    return NULL;
  return g_steal_pointer (&url);
}

/* Returns: (transfer full) (nullable): "https://host:443": what credentials belong to; NULL where @url is none */
char *
quarry_http_url_origin (const char *url)
{
  g_autoptr(CURLU) parsed = parse_url (url);
  g_autofree char *scheme = parsed != NULL ? dup_part (parsed, CURLUPART_SCHEME, 0) : NULL;
  g_autofree char *host = parsed != NULL ? dup_part (parsed, CURLUPART_HOST, 0) : NULL;
  g_autofree char *port = parsed != NULL ? dup_part (parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT) : NULL;
  g_autofree char *joined = NULL;

  if (host == NULL)
    return NULL;
  joined = g_strdup_printf ("%s://%s:%s", scheme, host, port);
  return g_ascii_strdown (joined, -1);
}

/* Returns: (transfer full): @url as an error may show it: without login, query (signatures!) and fragment */
char *
quarry_http_url_public (const char *url)
{
  g_autoptr(CURLU) parsed = parse_url (url);
  g_autofree char *text = NULL;

  if (parsed == NULL)
    return g_strdup ("(not a URL)");
  curl_url_set (parsed, CURLUPART_USER, NULL, 0);
  curl_url_set (parsed, CURLUPART_PASSWORD, NULL, 0);
  curl_url_set (parsed, CURLUPART_QUERY, NULL, 0);
  curl_url_set (parsed, CURLUPART_FRAGMENT, NULL, 0);
  text = dup_part (parsed, CURLUPART_URL, 0);
  return text != NULL ? g_steal_pointer (&text) : g_strdup ("(not a URL)");
}

/* Returns: (transfer full) (nullable): @location, which may be relative, seen from @base; http and https only */
char *
quarry_http_url_resolve (const char *base, const char *location)
{
  g_autoptr(CURLU) url = parse_url (base);
  g_autofree char *scheme = NULL;

  if (url == NULL || curl_url_set (url, CURLUPART_URL, location, 0) != CURLUE_OK)
    return NULL;
  scheme = dup_part (url, CURLUPART_SCHEME, 0);
  if (g_strcmp0 (scheme, "http") != 0 && g_strcmp0 (scheme, "https") != 0)
    return NULL;
  return dup_part (url, CURLUPART_URL, 0);
}
