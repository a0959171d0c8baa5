/* test-http.c: the HTTP client against a server that misbehaves as told
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-http.h"
#include "quarry-test-server.h"
#include "quarry-test.h"

#define SECRET "Token 0123456789abcdef"

typedef struct
{
  QuarryTestServer *server;
  QuarryTestServer *other;          /* another port: another origin */
  QuarryHttp       *http;
  int               n_faults;       /* how many requests go wrong before one is answered */
  QuarryTestFault   fault;
  guint             status;         /* of those */
  const char       *headers;
  char             *location;
  char             *seen;           /* what the last request had: method, path, authorization, body */
  gint64            times[8];       /* µs, of the first requests */
  guint             n;
} Fixture;

static void
remember (Fixture *fixture, QuarryTestRequest *request)
{
  g_autofree char *authorization = quarry_test_request_header (request, "Authorization");

  g_free (fixture->seen);
  fixture->seen = g_strdup_printf ("%s %s [%s] %.*s", request->method, request->path, authorization != NULL ? authorization : "",
                                   (int) g_bytes_get_size (request->body), (const char *) g_bytes_get_data (request->body, NULL));
  if (fixture->n < G_N_ELEMENTS (fixture->times))
    fixture->times[fixture->n++] = g_get_monotonic_time ();
}

static void
handle (QuarryTestRequest *request, QuarryTestReply *reply, gpointer data)
{
  Fixture *fixture = data;

  remember (fixture, request);
  quarry_test_reply_json (reply, 200, "{\"ok\":true}");
  if (fixture->location != NULL && g_str_has_prefix (request->path, "/go"))
    {
      reply->status = 302;
      reply->headers = g_strdup_printf ("Location: %s\r\n", fixture->location);
    }
  else if (g_str_equal (request->path, "/large"))
    {
      g_bytes_unref (reply->body);
      reply->body = g_bytes_new_take (g_malloc0 (200000), 200000);
    }
  else if (g_str_equal (request->path, "/echo"))
    quarry_test_reply_json (reply, 400, "{\"detail\":\"what is 0123456789abcdef in '" SECRET "'?\"}");
  else if (g_str_equal (request->path, "/401"))
    quarry_test_reply_json (reply, 401, "{\"detail\":\"Invalid token.\"}");
  else if (g_str_equal (request->path, "/404"))
    quarry_test_reply_json (reply, 404, "<html>never shown</html>");
  else if (fixture->n_faults > 0)
    {
      fixture->n_faults--;
      reply->fault = fixture->fault;
      reply->status = fixture->status != 0 ? fixture->status : 200;
      reply->headers = g_strdup (fixture->headers);
    }
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->server = quarry_test_server_new (handle, fixture);
  fixture->http = quarry_http_new (fixture->server->url);
  quarry_http_set_header (fixture->http, "Authorization", SECRET);
  quarry_http_set_limits (fixture->http, &(QuarryHttpLimits) { 4, 1, 3, 60, 100000 });
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->http);
  g_clear_pointer (&fixture->other, quarry_test_server_free);
  quarry_test_server_free (fixture->server);
  g_free (fixture->seen);
  g_free (fixture->location);
}

static char *
request (Fixture *fixture, const char *method, const char *path, gboolean idempotent, GError **error)
{
  g_autoptr(GBytes) body = g_str_equal (method, "POST") ? g_bytes_new_static ("{}", 2) : NULL;
  g_autoptr(GBytes) answer = quarry_http_request (fixture->http, method, path, body != NULL ? "application/json" : NULL, body,
                                                  idempotent, NULL, NULL, error);

  return answer != NULL ? g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer)) : NULL;
}

static void
assert_answered (Fixture *fixture, const char *method, const char *path, int n_requests)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = request (fixture, method, path, TRUE, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "{\"ok\":true}");
  g_assert_cmpint (quarry_test_server_count (fixture->server), ==, n_requests);
}

static void
assert_failed (Fixture *fixture, const char *path, int code, const char *message, int n_requests)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = request (fixture, "GET", path, TRUE, &error);
  g_autofree char *expected = g_strdup_printf ("GET %s%s: %s", fixture->server->url, path, message);

  g_assert_null (text);
  g_assert_error (error, QUARRY_HTTP_ERROR, code);
  g_assert_cmpstr (error->message, ==, expected);
  g_assert_cmpint (quarry_test_server_count (fixture->server), ==, n_requests);
}

static void
test_sends_what_it_is_given (Fixture *fixture, gconstpointer data)
{
  assert_answered (fixture, "GET", "/a?b=c%20d", 1);
  g_assert_cmpstr (fixture->seen, ==, "GET /a?b=c%20d [" SECRET "] ");
  assert_answered (fixture, "POST", "/a", 2);
  g_assert_cmpstr (fixture->seen, ==, "POST /a [" SECRET "] {}");
  assert_answered (fixture, "DELETE", "/a", 3);
  g_assert_cmpstr (fixture->seen, ==, "DELETE /a [" SECRET "] ");
  quarry_http_set_header (fixture->http, "Authorization", NULL);
  assert_answered (fixture, "GET", "/b", 4);
  g_assert_cmpstr (fixture->seen, ==, "GET /b [] ");
}

static void
test_connection_loss_is_tried_again (Fixture *fixture, gconstpointer data)
{
  fixture->n_faults = 2;
  fixture->fault = QUARRY_TEST_RESET;
  assert_answered (fixture, "GET", "/a", 3);
  fixture->n_faults = 1;
  fixture->fault = QUARRY_TEST_TRUNCATED;
  assert_answered (fixture, "GET", "/a", 5);
}

static void
test_busy_is_tried_again_and_named_at_last (Fixture *fixture, gconstpointer data)
{
  fixture->n_faults = 3;
  fixture->status = 503;
  assert_answered (fixture, "GET", "/a", 4);
  fixture->n_faults = 10;
  assert_failed (fixture, "/a", QUARRY_HTTP_ERROR_BUSY, "status 503: {\"ok\":true}", 8);
}

static void
test_retry_after_is_waited_for (Fixture *fixture, gconstpointer data)
{
  fixture->n_faults = 1;
  fixture->status = 429;
  fixture->headers = "Retry-After: 1\r\n";
  assert_answered (fixture, "GET", "/a", 2);
  g_assert_cmpint (fixture->times[1] - fixture->times[0], >=, 990000);
  fixture->n_faults = 1;
  fixture->headers = "Retry-After: 86400\r\n";      /* beyond the limit: told at once */
  assert_failed (fixture, "/a", QUARRY_HTTP_ERROR_BUSY, "status 429: {\"ok\":true}", 3);
}

static void
test_only_idempotent_requests_are_repeated (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) busy = NULL;
  g_autofree char *text = NULL;

  fixture->n_faults = 1;
  fixture->fault = QUARRY_TEST_RESET;
  text = request (fixture, "POST", "/a", FALSE, &error);
  g_assert_null (text);
  g_assert_error (error, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_FAILED);
  fixture->n_faults = 1;
  fixture->fault = QUARRY_TEST_WHOLE;
  fixture->status = 503;
  text = request (fixture, "POST", "/a", FALSE, &busy);
  g_assert_null (text);
  g_assert_error (busy, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_BUSY);
  g_assert_cmpint (quarry_test_server_count (fixture->server), ==, 2);
}

static void
test_statuses_become_codes (Fixture *fixture, gconstpointer data)
{
  guint status = 0;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = NULL;

  assert_failed (fixture, "/401", QUARRY_HTTP_ERROR_UNAUTHORIZED, "status 401: Invalid token.", 1);
  assert_failed (fixture, "/404", QUARRY_HTTP_ERROR_NOT_FOUND, "status 404", 2);
  answer = quarry_http_request (fixture->http, "GET", "/echo", NULL, NULL, TRUE, NULL, &status, &error);
  g_assert_null (answer);
  g_assert_error (error, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_STATUS);
  g_assert_cmpuint (status, ==, 400);
}

static void
test_secrets_never_show (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strdup_printf ("http://user:hunter22@127.0.0.1:%u", fixture->server->port);
  g_autofree char *expected = g_strdup_printf ("GET http://127.0.0.1:%u/404: status 404", fixture->server->port);
  g_autoptr(QuarryHttp) http = quarry_http_new (url);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = NULL;

  assert_failed (fixture, "/echo", QUARRY_HTTP_ERROR_STATUS, "status 400: what is (secret) in '(secret)'?", 1);
  quarry_http_hide (fixture->http, "what is");
  assert_failed (fixture, "/echo", QUARRY_HTTP_ERROR_STATUS, "status 400: (secret) (secret) in '(secret)'?", 2);
  answer = quarry_http_request (http, "GET", "/404", NULL, NULL, TRUE, NULL, NULL, &error);
  g_assert_null (answer);
  g_assert_cmpstr (error->message, ==, expected);
}

static void
test_bodies_are_capped (Fixture *fixture, gconstpointer data)
{
  assert_failed (fixture, "/large", QUARRY_HTTP_ERROR_TOO_LARGE, "answer is larger than 100000 bytes", 1);
}

static void
test_redirect_at_home_keeps_credentials (Fixture *fixture, gconstpointer data)
{
  fixture->location = g_strdup ("/landed?x=1");
  assert_answered (fixture, "GET", "/go", 2);
  g_assert_cmpstr (fixture->seen, ==, "GET /landed?x=1 [" SECRET "] ");
}

static void
test_redirect_elsewhere_loses_credentials (Fixture *fixture, gconstpointer data)
{
  fixture->other = quarry_test_server_new (handle, fixture);
  fixture->location = g_strconcat (fixture->other->url, "/landed", NULL);
  assert_answered (fixture, "GET", "/go", 1);
  g_assert_cmpint (quarry_test_server_count (fixture->other), ==, 1);
  g_assert_cmpstr (fixture->seen, ==, "GET /landed [] ");
}

static void
test_redirect_of_a_post_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *expected = g_strdup_printf ("POST %s/go: status 302: redirected to %s/landed, which is not followed",
                                               fixture->server->url, fixture->server->url);

  fixture->location = g_strdup ("/landed");
  text = request (fixture, "POST", "/go", TRUE, &error);
  g_assert_null (text);
  g_assert_cmpstr (error->message, ==, expected);
}

static void
test_redirects_end (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;

  fixture->location = g_strdup ("/go");
  text = request (fixture, "GET", "/go", TRUE, &error);
  g_assert_null (text);
  g_assert_error (error, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_STATUS);
  g_assert_cmpint (quarry_test_server_count (fixture->server), ==, 11);
  g_clear_error (&error);
  g_free (fixture->location);
  fixture->location = g_strdup ("file:///etc/passwd");
  text = request (fixture, "GET", "/go", TRUE, &error);
  g_assert_null (text);
  g_assert_error (error, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_STATUS);
}

static gpointer
cancel_soon (gpointer data)
{
  g_usleep (100000);
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_cancel_ends_waiting (Fixture *fixture, gconstpointer data)
{
  const gboolean silent = data != NULL;      /* in the middle of a request; else between two */
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = NULL;
  const gint64 start = g_get_monotonic_time ();
  GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);

  quarry_http_set_limits (fixture->http, &(QuarryHttpLimits) { 4, 60000, 60, 60, 100000 });
  fixture->n_faults = 10;
  fixture->fault = silent ? QUARRY_TEST_SILENT : QUARRY_TEST_RESET;
  answer = quarry_http_request (fixture->http, "GET", "/a", NULL, NULL, TRUE, cancellable, NULL, &error);
  g_thread_join (thread);
  g_assert_null (answer);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
}

static void
test_silence_is_given_up (Fixture *fixture, gconstpointer data)
{
  quarry_http_set_limits (fixture->http, &(QuarryHttpLimits) { 1, 1, 1, 1, 100000 });
  fixture->n_faults = 1;
  fixture->fault = QUARRY_TEST_SILENT;
  assert_failed (fixture, "/a", QUARRY_HTTP_ERROR_FAILED,
                 "Operation too slow. Less than 1 bytes/sec transferred the last 1 seconds", 1);
}

static void
test_forms_have_their_parts (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GBytes) first = g_bytes_new_static ("one", 3);
  g_autoptr(GBytes) second = g_bytes_new_static ("t\0o", 3);
  const QuarryHttpPart parts[] = { { "a", "one.jpg", "image/jpeg", first }, { "b", "two.png", NULL, second } };
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = quarry_http_post_parts (fixture->http, "/form", parts, 2, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (answer);
  g_assert_true (g_str_has_prefix (fixture->seen, "POST /form [" SECRET "] --"));
  g_assert_nonnull (strstr (fixture->seen, "name=\"a\"; filename=\"one.jpg\"\r\nContent-Type: image/jpeg\r\n\r\none\r\n"));
  g_assert_nonnull (strstr (fixture->seen, "name=\"b\"; filename=\"two.png\""));
}

static void
test_bad_addresses_are_told (void)
{
  static const char * const urls[] = { "", "labels.example.com:x", "ftp://127.0.0.1", "file:///etc" };

  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr(QuarryHttp) http = quarry_http_new (urls[i]);
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) answer = quarry_http_request (http, "GET", "/a", NULL, NULL, FALSE, NULL, NULL, &error);

      g_assert_null (answer);
      g_assert_error (error, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_FAILED);
      g_assert_true (g_str_has_suffix (error->message, "not an http or https address"));
    }
}

static void
test_nobody_there_is_told (void)
{
  g_autoptr(QuarryTestServer) server = quarry_test_server_new (handle, NULL);
  g_autofree char *url = g_strdup (server->url);
  g_autoptr(QuarryHttp) http = quarry_http_new (url);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = NULL;

  quarry_test_server_free (g_steal_pointer (&server));
  answer = quarry_http_request (http, "GET", "/a", NULL, NULL, FALSE, NULL, NULL, &error);
  g_assert_null (answer);
  g_assert_error (error, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "Failed to connect"));
}

typedef struct { guint n_made; guint n_asked; } Signer;

static char **
sign (gpointer data)
{
  Signer *signer = data;

  return g_strsplit (signer->n_made++ == 0 ? "Authorization: first|Content-Type: image/png" : "Authorization: again|Content-Type: image/png", "|", -1);
}

static gboolean
is_worth_another_try (gpointer data, const QuarryHttpReply *reply)
{
  ((Signer *) data)->n_asked++;
  return reply->status == 418 && g_bytes_get_size (reply->body) > 0;
}

static gboolean
send_call (Fixture *fixture, const char *method, const char *path, Signer *signer, GBytes *body, QuarryHttpReply *reply, GError **error)
{
  g_autofree char *url = g_strconcat (fixture->server->url, path, NULL);
  const QuarryHttpCall call = { .method = method, .url = url, .body = body, .idempotent = TRUE, .make_headers = sign, .is_passing = is_worth_another_try, .data = signer };

  return quarry_http_send (fixture->http, &call, NULL, reply, error);
}

static void
test_sent_call_is_signed_anew_at_each_attempt (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GBytes) body = g_bytes_new_static ("body", 4);
  g_autoptr(GError) error = NULL;
  g_auto(QuarryHttpReply) reply = { 0 };
  Signer signer = { 0 };

  fixture->n_faults = 2;
  fixture->status = 418;
  fixture->headers = "X-One: a\r\nx-one: b\r\n";
  g_assert_true (send_call (fixture, "PUT", "/a/../b//c%2F?x=1", &signer, body, &reply, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (reply.status, ==, 200);
  g_assert_cmpuint (signer.n_made, ==, 3);
  g_assert_cmpuint (signer.n_asked, ==, 2);
  g_assert_cmpstr (fixture->seen, ==, "PUT /a/../b//c%2F?x=1 [again] body");
}

static void
test_sent_call_gives_any_answer (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *method, *path; guint status; } cases[] = {
    { "GET", "/401", 401 }, { "GET", "/404", 404 }, { "DELETE", "/a", 200 }, { "HEAD", "/a", 200 }, { "POST", "/a", 200 }, { "GET", "/go", 302 },
  };

  fixture->location = g_strdup ("/a");      /* no redirect is followed */
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_auto(QuarryHttpReply) reply = { 0 };
      Signer signer = { 0 };

      g_assert_true (send_call (fixture, cases[i].method, cases[i].path, &signer, NULL, &reply, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (reply.status, ==, cases[i].status);
      g_assert_true (g_str_has_prefix (fixture->seen, cases[i].method));
      g_assert_nonnull (strstr (fixture->seen, "[first]"));      /* and not the client's own */
      g_assert_nonnull (g_hash_table_lookup (reply.headers, "content-length"));
      g_assert_true ((g_bytes_get_size (reply.body) > 0) == !g_str_equal (cases[i].method, "HEAD"));
    }
}

static void
test_sent_call_without_an_answer_fails (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_auto(QuarryHttpReply) reply = { 0 };
  Signer signer = { 0 };

  fixture->n_faults = 9;
  fixture->fault = QUARRY_TEST_RESET;
  g_assert_false (send_call (fixture, "GET", "/a", &signer, NULL, &reply, &error));
  g_assert_error (error, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_FAILED);
  g_assert_cmpuint (signer.n_made, ==, 4);
  g_assert_null (reply.body);
  g_clear_error (&error);
  g_assert_false (send_call (fixture, "GET", "/large", &signer, NULL, &reply, &error));
  g_assert_error (error, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_TOO_LARGE);
}

static gpointer
ask_in_thread (gpointer data)
{
  Fixture *fixture = data;

  for (int i = 0; i < 20; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) bytes = quarry_http_request (fixture->http, "GET", "/a", NULL, NULL, TRUE, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (bytes), ==, 11);
    }
  return NULL;
}

static void
test_threads_share_a_client (Fixture *fixture, gconstpointer data)
{
  GThread *threads[6];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("ask", ask_in_thread, fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (quarry_test_server_count (fixture->server), ==, 120);
}

#define ADD(path, data, func) g_test_add ("/http/" path, Fixture, data, setup, func, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("sends-what-it-is-given", NULL, test_sends_what_it_is_given);
  ADD ("connection-loss-is-tried-again", NULL, test_connection_loss_is_tried_again);
  ADD ("busy-is-tried-again-and-named-at-last", NULL, test_busy_is_tried_again_and_named_at_last);
  ADD ("retry-after-is-waited-for", NULL, test_retry_after_is_waited_for);
  ADD ("only-idempotent-requests-are-repeated", NULL, test_only_idempotent_requests_are_repeated);
  ADD ("statuses-become-codes", NULL, test_statuses_become_codes);
  ADD ("secrets-never-show", NULL, test_secrets_never_show);
  ADD ("bodies-are-capped", NULL, test_bodies_are_capped);
  ADD ("redirect-at-home-keeps-credentials", NULL, test_redirect_at_home_keeps_credentials);
  ADD ("redirect-elsewhere-loses-credentials", NULL, test_redirect_elsewhere_loses_credentials);
  ADD ("redirect-of-a-post-is-refused", NULL, test_redirect_of_a_post_is_refused);
  ADD ("redirects-end", NULL, test_redirects_end);
  ADD ("cancel-ends-waiting-for-a-retry", NULL, test_cancel_ends_waiting);
  ADD ("cancel-ends-waiting-for-an-answer", GINT_TO_POINTER (1), test_cancel_ends_waiting);
  ADD ("silence-is-given-up", NULL, test_silence_is_given_up);
  ADD ("forms-have-their-parts", NULL, test_forms_have_their_parts);
  ADD ("sent-call-is-signed-anew-at-each-attempt", NULL, test_sent_call_is_signed_anew_at_each_attempt);
  ADD ("sent-call-gives-any-answer", NULL, test_sent_call_gives_any_answer);
  ADD ("sent-call-without-an-answer-fails", NULL, test_sent_call_without_an_answer_fails);
  ADD ("threads-share-a-client", NULL, test_threads_share_a_client);
  g_test_add_func ("/http/bad-addresses-are-told", test_bad_addresses_are_told);
  g_test_add_func ("/http/nobody-there-is-told", test_nobody_there_is_told);
  return g_test_run ();
}
