/* quarry-http.c: the one HTTP client
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Redirects are followed here and not by libcurl, so that it is plain which host gets which header. A
 * lock makes calls from several threads wait for each other: one easy handle, one connection.
 */

#include "config.h"
#include "quarry-http.h"
#include "quarry-http-private.h"

#include <string.h>

#define REDIRECTS_MAX   10
#define BACKOFF_MAX_MS  30000
#define CONNECT_S       15

struct _QuarryHttp
{
  GObject           parent_instance;
  GMutex            lock;         /* guards all below while a request runs */
  char             *base_url;     /* without a slash at the end */
  char             *origin;       /* nullable: base_url is no URL */
  GHashTable       *headers;      /* name → value */
  GPtrArray        *hidden;       /* words no error may show */
  QuarryHttpLimits  limits;
  CURL             *easy;
  char              curl_error[CURL_ERROR_SIZE];
};

/* One request as its caller meant it */
typedef struct
{
  const char   *method;
  char         *url;
  const char   *content_type;
  GBytes       *body;
  curl_mime    *mime;
  guint         attempts;
  GCancellable *cancellable;
} Request;

G_DEFINE_QUARK (quarry-http-error-quark, quarry_http_error)
G_DEFINE_FINAL_TYPE (QuarryHttp, quarry_http, G_TYPE_OBJECT)

typedef struct curl_slist CurlList;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CurlList, curl_slist_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (curl_mime, curl_mime_free)

static void
quarry_http_finalize (GObject *object)
{
  QuarryHttp *self = QUARRY_HTTP (object);

  g_clear_pointer (&self->easy, curl_easy_cleanup);
  g_clear_pointer (&self->headers, g_hash_table_unref);
  g_clear_pointer (&self->hidden, g_ptr_array_unref);
  g_clear_pointer (&self->base_url, g_free);
  g_clear_pointer (&self->origin, g_free);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (quarry_http_parent_class)->finalize (object);
}

static void
quarry_http_class_init (QuarryHttpClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = quarry_http_finalize;
  curl_global_init (CURL_GLOBAL_DEFAULT);     /* once a program, under the type system's lock */
}

static void
quarry_http_init (QuarryHttp *self)
{
  g_mutex_init (&self->lock);
  self->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->hidden = g_ptr_array_new_with_free_func (g_free);
  self->limits = QUARRY_HTTP_LIMITS_DEFAULT;
  self->easy = curl_easy_init ();
}

/**
 * quarry_http_new:
 * @base_url: "https://labels.example.com" or "http://127.0.0.1:8080/prefix"; what is wrong with it comes out at the first request
 *
 * Returns: (transfer full): a client; its first request connects
 */
QuarryHttp *
quarry_http_new (const char *base_url)
{
  QuarryHttp *self = g_object_new (QUARRY_TYPE_HTTP, NULL);

  self->base_url = g_strdup (base_url != NULL ? base_url : "");
  while (g_str_has_suffix (self->base_url, "/"))
    self->base_url[strlen (self->base_url) - 1] = '\0';
  self->origin = quarry_http_url_origin (self->base_url);
  return self;
}

void
quarry_http_set_header (QuarryHttp *self, const char *name, const char *value)
{
  g_return_if_fail (QUARRY_IS_HTTP (self));

  g_mutex_lock (&self->lock);
  if (value != NULL)
    g_hash_table_replace (self->headers, g_strdup (name), g_strdup (value));
  else
    g_hash_table_remove (self->headers, name);
  g_mutex_unlock (&self->lock);
}

void
quarry_http_set_limits (QuarryHttp *self, const QuarryHttpLimits *limits)
{
  g_return_if_fail (QUARRY_IS_HTTP (self));
  g_return_if_fail (limits->attempts > 0);

  g_mutex_lock (&self->lock);
  self->limits = *limits;
  g_mutex_unlock (&self->lock);
}

void
quarry_http_hide (QuarryHttp *self, const char *secret)
{
  g_return_if_fail (QUARRY_IS_HTTP (self));

  if (secret == NULL || *secret == '\0')
    return;
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->hidden, g_strdup (secret));
  g_mutex_unlock (&self->lock);
}

static void
replace_word (char **text, const char *word)
{
  g_auto(GStrv) pieces = NULL;

  if (strlen (word) < 4 || strstr (*text, word) == NULL)      /* "1" is no secret, and hiding it would garble all */
    return;
  pieces = g_strsplit (*text, word, -1);
  g_free (*text);
  *text = g_strjoinv ("(secret)", pieces);
}

/* A server may echo what we sent: "Token abc" hides as a whole and as "abc" */
static char *
without_secrets (QuarryHttp *self, const char *message)
{
  char *text = g_strdup (message);
  GHashTableIter iter;
  gpointer value = NULL;

  for (guint i = 0; i < self->hidden->len; i++)
    replace_word (&text, self->hidden->pdata[i]);
  g_hash_table_iter_init (&iter, self->headers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const char *last = strrchr (value, ' ');

      replace_word (&text, value);
      if (last != NULL)
        replace_word (&text, last + 1);
    }
  return text;
}

static void set_error (QuarryHttp *self, GError **error, QuarryHttpError code, const Request *request, const char *format, ...)
  G_GNUC_PRINTF (5, 6);

static void
set_error (QuarryHttp *self, GError **error, QuarryHttpError code, const Request *request, const char *format, ...)
{
  g_autofree char *url = quarry_http_url_public (request->url);
  g_autofree char *what = NULL;
  g_autofree char *safe = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  safe = without_secrets (self, what);
  g_set_error (error, QUARRY_HTTP_ERROR, code, "%s %s: %s", request->method, url, safe);
}

static int
progress_cb (void *user_data, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
  return g_cancellable_is_cancelled (user_data);
}

static CurlList *
make_headers (QuarryHttp *self, const Request *request, gboolean ours)
{
  CurlList *list = curl_slist_append (NULL, "Expect:");     /* no second of waiting before a body goes out */
  GHashTableIter iter;
  gpointer name = NULL;
  gpointer value = NULL;

  if (request->content_type != NULL)
    {
      g_autofree char *line = g_strdup_printf ("Content-Type: %s", request->content_type);

      list = curl_slist_append (list, line);
    }
  g_hash_table_iter_init (&iter, self->headers);
  while (ours && g_hash_table_iter_next (&iter, &name, &value))
    {
      g_autofree char *line = g_strdup_printf ("%s: %s", (const char *) name, (const char *) value);

      list = curl_slist_append (list, line);
    }
  return list;
}

static void
set_options (QuarryHttp *self, const Request *request, const char *url, QuarryHttpAnswer *answer)
{
  CURL *easy = self->easy;

  curl_easy_reset (easy);     /* options only: the connection stays */
  self->curl_error[0] = '\0';
  curl_easy_setopt (easy, CURLOPT_URL, url);
  curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, self->curl_error);
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (easy, CURLOPT_USERAGENT, "Quarry/" QUARRY_VERSION);
  curl_easy_setopt (easy, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT, (long) CONNECT_S);
  curl_easy_setopt (easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt (easy, CURLOPT_LOW_SPEED_TIME, (long) self->limits.silence_s);
  curl_easy_setopt (easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt (easy, CURLOPT_XFERINFOFUNCTION, progress_cb);
  curl_easy_setopt (easy, CURLOPT_XFERINFODATA, request->cancellable);
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, quarry_http_answer_header_cb);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, answer);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, quarry_http_answer_body_cb);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, answer);
  if (request->mime != NULL)
    curl_easy_setopt (easy, CURLOPT_MIMEPOST, request->mime);
  else if (request->body != NULL)
    {
      curl_easy_setopt (easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) g_bytes_get_size (request->body));
      curl_easy_setopt (easy, CURLOPT_POSTFIELDS, g_bytes_get_data (request->body, NULL));
      curl_easy_setopt (easy, CURLOPT_CUSTOMREQUEST, request->method);
    }
  else if (g_str_equal (request->method, "POST"))
    {
      curl_easy_setopt (easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) 0);
      curl_easy_setopt (easy, CURLOPT_POSTFIELDS, "");
    }
  else if (!g_str_equal (request->method, "GET"))
    curl_easy_setopt (easy, CURLOPT_CUSTOMREQUEST, request->method);
}

/* One exchange, with the redirects of a GET. Our headers go to base_url's scheme, host and port only. */
static CURLcode
perform (QuarryHttp *self, const Request *request, QuarryHttpAnswer *answer)
{
  g_autofree char *url = g_strdup (request->url);
  CURLcode code = CURLE_OK;

  for (int i = 0; i <= REDIRECTS_MAX; i++)
    {
      g_autofree char *origin = quarry_http_url_origin (url);
      g_autoptr(CurlList) headers = make_headers (self, request, g_strcmp0 (origin, self->origin) == 0);
      g_autofree char *next = NULL;
      long status = 0;

      quarry_http_answer_begin (answer, self->limits.body_max);
      set_options (self, request, url, answer);
      curl_easy_setopt (self->easy, CURLOPT_HTTPHEADER, headers);
      code = curl_easy_perform (self->easy);
      curl_easy_getinfo (self->easy, CURLINFO_RESPONSE_CODE, &status);
      answer->status = (guint) status;
      if (code != CURLE_OK || !g_str_equal (request->method, "GET") || !quarry_http_answer_is_redirect (answer))
        break;
      next = quarry_http_url_resolve (url, answer->location);
      if (next == NULL)
        break;
      g_free (url);
      url = g_steal_pointer (&next);
    }
  curl_easy_reset (self->easy);     /* it must not point at what this frame owned */
  return code;
}

/* Returns: FALSE with @error set when cancelled */
static gboolean
wait_ms (gint64 ms, GCancellable *cancellable, GError **error)
{
  GPollFD fd;

  if (cancellable != NULL && g_cancellable_make_pollfd (cancellable, &fd))
    {
      const gint64 end = g_get_monotonic_time () + ms * 1000;

      while (!g_cancellable_is_cancelled (cancellable) && g_get_monotonic_time () < end)
        g_poll (&fd, 1, (int) MAX (1, (end - g_get_monotonic_time ()) / 1000));
      g_cancellable_release_fd (cancellable);
    }
  else
    g_usleep ((gulong) ms * 1000);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* Milliseconds before attempt @n + 1. Without word from the server half is chance, so that many clients do not come back at once. */
static gint64
backoff_ms (QuarryHttp *self, guint n, const QuarryHttpAnswer *answer)
{
  const gint64 full = MIN ((gint64) self->limits.backoff_ms << MIN (n - 1, 10), BACKOFF_MAX_MS);

  if (answer->retry_after_s >= 0)
    return answer->retry_after_s * 1000;
  return full / 2 + (gint64) (g_random_double () * (double) full / 2);
}

static GBytes *
judge (QuarryHttp *self, const Request *request, QuarryHttpAnswer *answer, CURLcode code, GError **error)
{
  g_autofree char *reason = quarry_http_answer_dup_reason (answer);
  const char *colon = *reason != '\0' ? ": " : "";
  const guint status = answer->status;

  if (g_cancellable_set_error_if_cancelled (request->cancellable, error))
    return NULL;
  if (answer->too_large)
    set_error (self, error, QUARRY_HTTP_ERROR_TOO_LARGE, request, "answer is larger than %" G_GSIZE_FORMAT " bytes", answer->body_max);
  else if (code != CURLE_OK)
    set_error (self, error, QUARRY_HTTP_ERROR_FAILED, request, "%s",
               self->curl_error[0] != '\0' ? self->curl_error : curl_easy_strerror (code));
  else if (status == 401 || status == 403)
    set_error (self, error, QUARRY_HTTP_ERROR_UNAUTHORIZED, request, "status %u%s%s", status, colon, reason);
  else if (status == 404)
    set_error (self, error, QUARRY_HTTP_ERROR_NOT_FOUND, request, "status 404%s%s", colon, reason);
  else if (quarry_http_answer_is_redirect (answer))
    {
      g_autofree char *target = quarry_http_url_resolve (request->url, answer->location);
      g_autofree char *to = target != NULL ? quarry_http_url_public (target) : g_strdup ("no web address");

      set_error (self, error, QUARRY_HTTP_ERROR_STATUS, request, "status %u: redirected to %s, which is not followed", status, to);
    }
  else if (status < 200 || status > 299)
    set_error (self, error, quarry_http_answer_is_passing (answer, code) ? QUARRY_HTTP_ERROR_BUSY : QUARRY_HTTP_ERROR_STATUS, request, "status %u%s%s", status, colon, reason);
  else
    return g_byte_array_free_to_bytes (g_steal_pointer (&answer->body));
  return NULL;
}

static GBytes *
run_locked (QuarryHttp *self, const Request *request, guint *out_status, GError **error)
{
  g_auto(QuarryHttpAnswer) answer = { 0 };
  g_autofree char *address = quarry_http_url_resolve (request->url, "");
  CURLcode code = CURLE_OK;
  GBytes *bytes = NULL;

  quarry_http_answer_begin (&answer, self->limits.body_max);
  if (self->origin == NULL || address == NULL)
    {
      set_error (self, error, QUARRY_HTTP_ERROR_FAILED, request, "not an http or https address");
      return NULL;
    }
  for (guint n = 1; ; n++)
    {
      if (g_cancellable_set_error_if_cancelled (request->cancellable, error))
        return NULL;
      code = perform (self, request, &answer);
      if (n >= request->attempts || answer.too_large || !quarry_http_answer_is_passing (&answer, code) ||
          answer.retry_after_s > (gint64) self->limits.retry_after_s)
        break;
      g_debug ("%s: attempt %u failed, trying again", request->method, n);
      if (!wait_ms (backoff_ms (self, n, &answer), request->cancellable, error))
        return NULL;
    }
  bytes = judge (self, request, &answer, code, error);
  if (out_status != NULL)
    *out_status = code == CURLE_OK ? answer.status : 0;
  return bytes;
}

/**
 * quarry_http_request:
 * @path: with a slash in front, relative to the base URL, with its query already escaped
 * @idempotent: whether doing it twice does no harm: only then it is tried again
 * @out_status: (nullable): set where an answer came, even one that is an error; else 0
 *
 * Returns: (transfer full): the body of a 2xx answer; else NULL with a QUARRY_HTTP_ERROR or G_IO_ERROR_CANCELLED
 */
GBytes *
quarry_http_request (QuarryHttp    *self,
                     const char    *method,
                     const char    *path,
                     const char    *content_type,
                     GBytes        *body,
                     gboolean       idempotent,
                     GCancellable  *cancellable,
                     guint         *out_status,
                     GError       **error)
{
  g_autofree char *url = NULL;
  GBytes *bytes = NULL;

  g_return_val_if_fail (QUARRY_IS_HTTP (self), NULL);
  g_return_val_if_fail (method != NULL && path != NULL && *path == '/', NULL);

  g_mutex_lock (&self->lock);
  url = g_strconcat (self->base_url, path, NULL);
  bytes = run_locked (self, &(Request) { method, url, content_type, body, NULL, idempotent ? self->limits.attempts : 1, cancellable },
                      out_status, error);
  g_mutex_unlock (&self->lock);
  return bytes;
}

static curl_mime *
make_mime (QuarryHttp *self, const QuarryHttpPart *parts, gsize n_parts)
{
  curl_mime *mime = curl_mime_init (self->easy);

  for (gsize i = 0; i < n_parts; i++)
    {
      curl_mimepart *part = curl_mime_addpart (mime);

      curl_mime_name (part, parts[i].name);
      if (parts[i].file_name != NULL)
        curl_mime_filename (part, parts[i].file_name);
      if (parts[i].type != NULL)
        curl_mime_type (part, parts[i].type);
      curl_mime_data (part, g_bytes_get_data (parts[i].bytes, NULL), g_bytes_get_size (parts[i].bytes));
    }
  return mime;
}

/**
 * quarry_http_post_parts:
 * @parts: names should differ: some servers keep only the last of equal ones
 *
 * Posts a form, once: a form is never idempotent. Returns: (transfer full): as quarry_http_request
 */
GBytes *
quarry_http_post_parts (QuarryHttp            *self,
                        const char            *path,
                        const QuarryHttpPart  *parts,
                        gsize                  n_parts,
                        GCancellable          *cancellable,
                        GError               **error)
{
  g_autofree char *url = NULL;
  GBytes *bytes = NULL;
  curl_mime *mime = NULL;

  g_return_val_if_fail (QUARRY_IS_HTTP (self), NULL);
  g_return_val_if_fail (path != NULL && *path == '/', NULL);

  g_mutex_lock (&self->lock);
  url = g_strconcat (self->base_url, path, NULL);
  mime = make_mime (self, parts, n_parts);
  bytes = run_locked (self, &(Request) { "POST", url, NULL, NULL, mime, 1, cancellable }, NULL, error);
  curl_mime_free (mime);
  g_mutex_unlock (&self->lock);
  return bytes;
}
