/* quarry-http.c: the one HTTP client
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Redirects are followed here and not by libcurl, so that it is plain which host gets which header. Each request has a
 * connection (an easy handle) to itself, taken from those that are idle, so that requests of several threads run at once.
 */

#include "config.h"
#include "quarry-http.h"
#include "quarry-http-private.h"

#include <string.h>

#define REDIRECTS_MAX   10
#define BACKOFF_MAX_MS  30000
#define CONNECT_S       15
#define IDLE_MAX        32     /* connections that are kept */

typedef struct
{
  CURL *easy;
  char  error[CURL_ERROR_SIZE];
} Connection;

struct _QuarryHttp
{
  GObject           parent_instance;
  GMutex            lock;         /* of all below */
  char             *base_url;     /* without a slash at the end */
  char             *origin;       /* nullable: base_url is no URL */
  GHashTable       *headers;      /* name → value */
  GPtrArray        *hidden;       /* words no error may show */
  QuarryHttpLimits  limits;
  GPtrArray        *idle;         /* Connection */
};

/* One request as its caller meant it */
typedef struct
{
  const char   *method;
  char         *url;
  const char   *content_type;
  GBytes       *body;
  guint         attempts;         /* 0: as the limits say */
  GCancellable *cancellable;
  const QuarryHttpCall *call;     /* nullable */
  Connection   *connection;
  curl_mime    *mime;             /* of that connection */
  QuarryHttpLimits limits;
} Request;

G_DEFINE_QUARK (quarry-http-error-quark, quarry_http_error)
G_DEFINE_FINAL_TYPE (QuarryHttp, quarry_http, G_TYPE_OBJECT)

typedef struct curl_slist CurlList;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CurlList, curl_slist_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (curl_mime, curl_mime_free)

static void
connection_free (gpointer data)
{
  Connection *self = data;

  curl_easy_cleanup (self->easy);
  g_free (self);
}

static void
quarry_http_finalize (GObject *object)
{
  QuarryHttp *self = QUARRY_HTTP (object);

  g_clear_pointer (&self->idle, g_ptr_array_unref);
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
  self->idle = g_ptr_array_new_with_free_func (connection_free);
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

/* With the lock. A server may echo what we sent: "Token abc" hides as a whole and as "abc" */
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
  g_mutex_lock (&self->lock);
  safe = without_secrets (self, what);
  g_mutex_unlock (&self->lock);
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
  g_auto(GStrv) lines = request->call != NULL ? request->call->make_headers (request->call->data) : NULL;
  GHashTableIter iter;
  gpointer name = NULL;
  gpointer value = NULL;

  for (char **line = lines; line != NULL && *line != NULL; line++)
    list = curl_slist_append (list, *line);
  if (request->content_type != NULL)
    {
      g_autofree char *line = g_strdup_printf ("Content-Type: %s", request->content_type);

      list = curl_slist_append (list, line);
    }
  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->headers);
  while (ours && g_hash_table_iter_next (&iter, &name, &value))
    {
      g_autofree char *line = g_strdup_printf ("%s: %s", (const char *) name, (const char *) value);

      list = curl_slist_append (list, line);
    }
  g_mutex_unlock (&self->lock);
  return list;
}

static void
set_body (CURL *easy, const Request *request)
{
  gsize length = 0;
  const char *bytes = request->body != NULL ? g_bytes_get_data (request->body, &length) : NULL;

  if (request->mime != NULL)
    curl_easy_setopt (easy, CURLOPT_MIMEPOST, request->mime);
  else if (request->body != NULL)
    {
      curl_easy_setopt (easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) length);
      curl_easy_setopt (easy, CURLOPT_POSTFIELDS, length > 0 ? bytes : "");
      curl_easy_setopt (easy, CURLOPT_CUSTOMREQUEST, request->method);
    }
  else if (g_str_equal (request->method, "POST"))
    {
      curl_easy_setopt (easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) 0);
      curl_easy_setopt (easy, CURLOPT_POSTFIELDS, "");
    }
  else if (g_str_equal (request->method, "HEAD"))
    curl_easy_setopt (easy, CURLOPT_NOBODY, 1L);
  else if (!g_str_equal (request->method, "GET"))
    curl_easy_setopt (easy, CURLOPT_CUSTOMREQUEST, request->method);
}

static void
set_options (const Request *request, const char *url, QuarryHttpAnswer *answer)
{
  CURL *easy = request->connection->easy;

  curl_easy_reset (easy);     /* options only: the connection stays */
  request->connection->error[0] = '\0';
  curl_easy_setopt (easy, CURLOPT_URL, url);
  curl_easy_setopt (easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, request->connection->error);
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (easy, CURLOPT_USERAGENT, "Quarry/" QUARRY_VERSION);
  if (request->call == NULL)
    curl_easy_setopt (easy, CURLOPT_ACCEPT_ENCODING, "");
  else if (request->call->timeout_ms > 0)
    curl_easy_setopt (easy, CURLOPT_TIMEOUT_MS, (long) request->call->timeout_ms);
  curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT, (long) CONNECT_S);
  curl_easy_setopt (easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt (easy, CURLOPT_LOW_SPEED_TIME, (long) request->limits.silence_s);
  curl_easy_setopt (easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt (easy, CURLOPT_XFERINFOFUNCTION, progress_cb);
  curl_easy_setopt (easy, CURLOPT_XFERINFODATA, request->cancellable);
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, quarry_http_answer_header_cb);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, answer);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, quarry_http_answer_body_cb);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, answer);
  set_body (easy, request);
}

/* One exchange, with the redirects of a GET. Our headers go to base_url's scheme, host and port only. */
static CURLcode
perform (QuarryHttp *self, const Request *request, QuarryHttpAnswer *answer)
{
  CURL *easy = request->connection->easy;
  g_autofree char *url = g_strdup (request->url);
  CURLcode code = CURLE_OK;

  for (int i = 0; i <= REDIRECTS_MAX; i++)
    {
      g_autofree char *origin = quarry_http_url_origin (url);
      g_autoptr(CurlList) headers = make_headers (self, request, request->call == NULL && g_strcmp0 (origin, self->origin) == 0);
      g_autofree char *next = NULL;
      long status = 0;

      quarry_http_answer_begin (answer, request->limits.body_max);
      set_options (request, url, answer);
      curl_easy_setopt (easy, CURLOPT_HTTPHEADER, headers);
      code = curl_easy_perform (easy);
      curl_easy_getinfo (easy, CURLINFO_RESPONSE_CODE, &status);
      answer->status = (guint) status;
      if (code != CURLE_OK || request->call != NULL || !g_str_equal (request->method, "GET") || !quarry_http_answer_is_redirect (answer))
        break;
      next = quarry_http_url_resolve (url, answer->location);
      if (next == NULL)
        break;
      g_free (url);
      url = g_steal_pointer (&next);
    }
  curl_easy_reset (easy);     /* it must not point at what this frame owned */
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
backoff_ms (const QuarryHttpLimits *limits, guint n, const QuarryHttpAnswer *answer)
{
  const gint64 full = MIN ((gint64) limits->backoff_ms << MIN (n - 1, 10), BACKOFF_MAX_MS);

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
               request->connection->error[0] != '\0' ? request->connection->error : curl_easy_strerror (code));
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

static void
begin_request (QuarryHttp *self, Request *request)
{
  g_mutex_lock (&self->lock);
  request->limits = self->limits;
  if (self->idle->len > 0)
    request->connection = g_ptr_array_steal_index (self->idle, self->idle->len - 1);      /* the one used last: it is the least likely to be closed by now */
  g_mutex_unlock (&self->lock);
  if (request->attempts == 0)
    request->attempts = request->limits.attempts;
  if (request->connection != NULL)
    return;
  request->connection = g_new0 (Connection, 1);
  request->connection->easy = curl_easy_init ();
}

static void
end_request (QuarryHttp *self, Request *request)
{
  g_mutex_lock (&self->lock);
  if (self->idle->len < IDLE_MAX)
    g_ptr_array_add (self->idle, g_steal_pointer (&request->connection));
  g_mutex_unlock (&self->lock);
  if (request->connection != NULL)
    connection_free (request->connection);
}

static gboolean
is_passing (const Request *request, QuarryHttpAnswer *answer, CURLcode code)
{
  QuarryHttpReply reply = { answer->status, answer->headers, NULL };
  gboolean passing = FALSE;

  if (answer->too_large)
    return FALSE;
  if (quarry_http_answer_is_passing (answer, code))
    return TRUE;
  if (code != CURLE_OK || answer->status < 400 || request->call == NULL || request->call->is_passing == NULL)
    return FALSE;
  reply.body = g_bytes_new_static (answer->body->data, answer->body->len);
  passing = request->call->is_passing (request->call->data, &reply);
  g_bytes_unref (reply.body);
  return passing;
}

/* Attempts until one does. Returns: FALSE with @error where nothing more is to be said about the answer */
static gboolean
try_until_done (QuarryHttp *self, const Request *request, QuarryHttpAnswer *answer, CURLcode *out_code, GError **error)
{
  g_autofree char *address = quarry_http_url_resolve (request->url, "");

  if (address == NULL || (self->origin == NULL && request->call == NULL))
    {
      set_error (self, error, QUARRY_HTTP_ERROR_FAILED, request, "not an http or https address");
      return FALSE;
    }
  for (guint n = 1; ; n++)
    {
      if (g_cancellable_set_error_if_cancelled (request->cancellable, error))
        return FALSE;
      *out_code = perform (self, request, answer);
      if (n >= request->attempts || !is_passing (request, answer, *out_code) ||
          answer->retry_after_s > (gint64) request->limits.retry_after_s)
        return TRUE;
      g_debug ("%s: attempt %u failed, trying again", request->method, n);
      if (!wait_ms (backoff_ms (&request->limits, n, answer), request->cancellable, error))
        return FALSE;
    }
}

static GBytes *
run (QuarryHttp *self, const Request *request, guint *out_status, GError **error)
{
  g_auto(QuarryHttpAnswer) answer = { 0 };
  CURLcode code = CURLE_OK;
  GBytes *bytes = NULL;

  quarry_http_answer_begin (&answer, request->limits.body_max);
  if (!try_until_done (self, request, &answer, &code, error))
    return NULL;
  bytes = judge (self, request, &answer, code, error);
  if (out_status != NULL)
    *out_status = code == CURLE_OK ? answer.status : 0;
  return bytes;
}

/**
 * quarry_http_send:
 *
 * Returns: TRUE with @out_reply for any answer, the last one where there were several attempts; FALSE with a
 * QUARRY_HTTP_ERROR where none came or it was too large, or G_IO_ERROR_CANCELLED
 */
gboolean
quarry_http_send (QuarryHttp *self, const QuarryHttpCall *call, GCancellable *cancellable, QuarryHttpReply *out_reply, GError **error)
{
  g_auto(QuarryHttpAnswer) answer = { 0 };
  g_autofree char *url = NULL;
  g_autoptr(GBytes) unused = NULL;
  Request request = { 0 };
  CURLcode code = CURLE_OK;
  gboolean done = FALSE;

  g_return_val_if_fail (QUARRY_IS_HTTP (self) && call != NULL && call->make_headers != NULL && out_reply != NULL, FALSE);

  url = g_strdup (call->url);
  request = (Request) { call->method, url, NULL, call->body, call->idempotent ? 0 : 1, cancellable, call };
  begin_request (self, &request);
  quarry_http_answer_begin (&answer, request.limits.body_max);
  done = try_until_done (self, &request, &answer, &code, error);
  if (done && (code != CURLE_OK || answer.too_large || g_cancellable_is_cancelled (cancellable)))
    {
      unused = judge (self, &request, &answer, code, error);
      done = FALSE;
    }
  if (done)
    quarry_http_answer_steal (&answer, out_reply);
  end_request (self, &request);
  return done;
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
  Request request = { 0 };

  g_return_val_if_fail (QUARRY_IS_HTTP (self), NULL);
  g_return_val_if_fail (method != NULL && path != NULL && *path == '/', NULL);

  url = g_strconcat (self->base_url, path, NULL);
  request = (Request) { method, url, content_type, body, idempotent ? 0 : 1, cancellable };
  begin_request (self, &request);
  bytes = run (self, &request, out_status, error);
  end_request (self, &request);
  return bytes;
}

static curl_mime *
make_mime (CURL *easy, const QuarryHttpPart *parts, gsize n_parts)
{
  curl_mime *mime = curl_mime_init (easy);

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
  Request request = { 0 };

  g_return_val_if_fail (QUARRY_IS_HTTP (self), NULL);
  g_return_val_if_fail (path != NULL && *path == '/', NULL);

  url = g_strconcat (self->base_url, path, NULL);
  request = (Request) { "POST", url, NULL, NULL, 1, cancellable };
  begin_request (self, &request);
  request.mime = make_mime (request.connection->easy, parts, n_parts);
  bytes = run (self, &request, NULL, error);
  curl_mime_free (request.mime);
  end_request (self, &request);
  return bytes;
}
