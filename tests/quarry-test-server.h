/* quarry-test-server.h: an HTTP server on loopback that answers as a test says, faults included
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * One request a connection. The handler runs in a worker thread, one at a time.
 */

#pragma once

#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>

typedef enum { QUARRY_TEST_WHOLE, QUARRY_TEST_RESET, QUARRY_TEST_TRUNCATED, QUARRY_TEST_SILENT } QuarryTestFault;

typedef struct
{
  char       *method;
  char       *path;          /* with its query */
  char       *head;          /* all header lines */
  GBytes     *body;
} QuarryTestRequest;

typedef struct
{
  guint            status;
  char            *headers;  /* more lines, each ended by \r\n; owned, nullable */
  GBytes          *body;     /* owned, nullable */
  QuarryTestFault  fault;
} QuarryTestReply;

typedef void (*QuarryTestHandler) (QuarryTestRequest *request, QuarryTestReply *reply, gpointer data);

typedef struct
{
  GThread           *thread;
  GMainContext      *context;
  GMainLoop         *loop;
  GSocketService    *service;
  guint16            port;
  char              *url;          /* "http://127.0.0.1:PORT" */
  QuarryTestHandler  handler;
  gpointer           data;
  GMutex             lock;
  GCond              cond;
  gboolean           ready;
  int                n_requests;
} QuarryTestServer;

/* Returns: (transfer full) (nullable): the value of a header */
static inline char *
quarry_test_request_header (QuarryTestRequest *request, const char *name)
{
  g_auto(GStrv) lines = g_strsplit (request->head, "\r\n", -1);
  const gsize n = strlen (name);

  for (int i = 0; lines[i] != NULL; i++)
    if (g_ascii_strncasecmp (lines[i], name, n) == 0 && lines[i][n] == ':')
      return g_strstrip (g_strdup (lines[i] + n + 1));
  return NULL;
}

static inline void
quarry_test_reply_json (QuarryTestReply *reply, guint status, const char *json)
{
  reply->status = status;
  g_clear_pointer (&reply->body, g_bytes_unref);
  reply->body = g_bytes_new (json, strlen (json));
}

static inline gboolean
quarry_test_read_request (GInputStream *stream, QuarryTestRequest *out)
{
  g_autoptr(GString) all = g_string_new (NULL);
  char buffer[65536];
  const char *end = NULL;
  gssize n = 0;
  gsize length = 0;
  gsize start = 0;
  g_auto(GStrv) words = NULL;
  g_autofree char *value = NULL;

  while ((end = strstr (all->str, "\r\n\r\n")) == NULL)
    {
      n = g_input_stream_read (stream, buffer, sizeof buffer, NULL, NULL);
      if (n <= 0)
        return FALSE;
      g_string_append_len (all, buffer, n);
    }
  start = (gsize) (end - all->str) + 4;
  out->head = g_strndup (all->str, start);
  words = g_strsplit (all->str, " ", 3);
  out->method = g_strdup (words[0]);
  out->path = g_strdup (words[1]);
  value = quarry_test_request_header (out, "Content-Length");
  length = value != NULL ? (gsize) g_ascii_strtoull (value, NULL, 10) : 0;
  while (all->len < start + length)
    {
      n = g_input_stream_read (stream, buffer, sizeof buffer, NULL, NULL);
      if (n <= 0)
        return FALSE;
      g_string_append_len (all, buffer, n);
    }
  out->body = g_bytes_new (all->str + start, length);
  return TRUE;
}

static inline void
quarry_test_write_reply (GSocketConnection *connection, const QuarryTestReply *reply)
{
  GOutputStream *stream = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  gsize n = 0;
  const char *bytes = reply->body != NULL ? g_bytes_get_data (reply->body, &n) : "";
  g_autofree char *head = g_strdup_printf ("HTTP/1.1 %u Answer\r\nContent-Length: %" G_GSIZE_FORMAT "\r\nConnection: close\r\n%s\r\n",
                                           reply->status, n, reply->headers != NULL ? reply->headers : "");

  g_output_stream_write_all (stream, head, strlen (head), NULL, NULL, NULL);
  g_output_stream_write_all (stream, bytes, reply->fault == QUARRY_TEST_TRUNCATED ? n / 2 : n, NULL, NULL, NULL);
}

/* The kernel answers a socket closed so with RST */
static inline void
quarry_test_reset (GSocketConnection *connection)
{
  const struct linger linger = { 1, 0 };

  setsockopt (g_socket_get_fd (g_socket_connection_get_socket (connection)), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static inline gboolean
quarry_test_run_cb (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  QuarryTestServer *self = user_data;
  QuarryTestRequest request = { 0 };
  QuarryTestReply reply = { .status = 200 };

  if (quarry_test_read_request (g_io_stream_get_input_stream (G_IO_STREAM (connection)), &request))
    {
      g_mutex_lock (&self->lock);
      self->n_requests++;
      self->handler (&request, &reply, self->data);
      g_mutex_unlock (&self->lock);
      if (reply.fault == QUARRY_TEST_RESET)
        quarry_test_reset (connection);
      else if (reply.fault == QUARRY_TEST_SILENT)
        {
          char end[16];

          while (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), end, sizeof end, NULL, NULL) > 0)
            ;      /* until the client has gone */
        }
      else
        quarry_test_write_reply (connection, &reply);
    }
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  g_free (request.method);
  g_free (request.path);
  g_free (request.head);
  g_clear_pointer (&request.body, g_bytes_unref);
  g_clear_pointer (&reply.body, g_bytes_unref);
  g_free (reply.headers);
  return TRUE;
}

static inline gpointer
quarry_test_server_thread (gpointer user_data)
{
  QuarryTestServer *self = user_data;
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr(GSocketAddress) bound = NULL;
  g_autoptr(GError) error = NULL;

  g_main_context_push_thread_default (self->context);
  self->service = g_threaded_socket_service_new (256);      /* at its limit it would go on accepting in a context that nobody runs */
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);
  g_signal_connect (self->service, "run", G_CALLBACK (quarry_test_run_cb), self);
  g_socket_service_start (self->service);
  g_mutex_lock (&self->lock);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->url = g_strdup_printf ("http://127.0.0.1:%u", self->port);
  self->ready = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  g_main_loop_run (self->loop);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static inline QuarryTestServer *
quarry_test_server_new (QuarryTestHandler handler, gpointer data)
{
  QuarryTestServer *self = g_new0 (QuarryTestServer, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->handler = handler;
  self->data = data;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("test-server", quarry_test_server_thread, self);
  g_mutex_lock (&self->lock);
  while (!self->ready)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  return self;
}

static inline int
quarry_test_server_count (QuarryTestServer *self)
{
  int n = 0;

  g_mutex_lock (&self->lock);
  n = self->n_requests;
  g_mutex_unlock (&self->lock);
  return n;
}

static inline gboolean
quarry_test_server_quit_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static inline void
quarry_test_server_free (QuarryTestServer *self)
{
  g_autoptr(GSource) quit = g_idle_source_new ();

  g_source_set_callback (quit, quarry_test_server_quit_cb, self->loop, NULL);      /* not before the loop runs */
  g_source_attach (quit, self->context);
  g_thread_join (self->thread);
  /* workers that answer still hold the service: wait until they have gone */
  while (G_OBJECT (self->service)->ref_count > 1)
    g_usleep (1000);
  g_object_unref (self->service);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->url);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryTestServer, quarry_test_server_free)
