/* quarry-label-studio-client.c: requests to a Label Studio server with a token that holds
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two kinds of token, told apart by their shape: a legacy one is sent as it is; a personal access token buys access tokens
 * that live some minutes.
 */

#include "config.h"
#include "quarry-label-studio-private.h"

#include <string.h>

#define REFRESH_EARLY  10                    /* seconds */

struct _QuarryLabelStudioClient
{
  QuarryHttp *http;
  char       *personal;      /* personal access token; NULL: a legacy one is in the header */
  gint64      expiry_s;      /* of the access token in the header; 0 none yet */
};

QuarryLabelStudioClient *
quarry_label_studio_client_new (const char *url, const char *secret)
{
  QuarryLabelStudioClient *self = g_new0 (QuarryLabelStudioClient, 1);
  g_autofree char *header = g_strdup_printf ("Token %s", secret);
  gint64 expiry_s = 0;

  self->http = quarry_http_new (url);
  quarry_http_hide (self->http, secret);
  if (quarry_label_studio_read_expiry (secret, &expiry_s))
    self->personal = g_strdup (secret);
  else if (*secret != '\0')
    quarry_http_set_header (self->http, "Authorization", header);
  return self;
}

void
quarry_label_studio_client_free (QuarryLabelStudioClient *self)
{
  g_clear_object (&self->http);
  g_free (self->personal);
  g_free (self);
}

QuarryHttp *
quarry_label_studio_client_get_http (QuarryLabelStudioClient *self)
{
  return self->http;
}

static json_t *
parse (GBytes *bytes, const char *path, GError **error)
{
  json_error_t at;
  json_t *root = json_loadb (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), JSON_REJECT_DUPLICATES, &at);

  if (root == NULL)
    g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_ANSWER, "%.*s: byte %d: answer is not JSON: %s",
                 (int) strcspn (path, "?"), path, at.position, at.text);
  return root;
}

static void
explain_refusal (QuarryLabelStudioClient *self, GError **error)
{
  g_autofree char *message = NULL;

  if (error == NULL || !g_error_matches (*error, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_UNAUTHORIZED))
    return;
  message = g_strdup_printf ("%s (%s)", (*error)->message,
                             self->personal != NULL ? "the personal access token has expired or was revoked: make a new one on Label Studio's account page"
                                                    : "the token is wrong, or the organization has switched legacy tokens off: make a personal access token");
  g_clear_error (error);
  *error = g_error_new_literal (QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_UNAUTHORIZED, message);
}

/* Buys an access token. Returns: FALSE with @error set */
static gboolean
refresh (QuarryLabelStudioClient *self, GCancellable *cancellable, GError **error)
{
  const char *path = "/api/token/refresh";
  g_autoptr(json_t) request = json_pack ("{ss}", "refresh", self->personal);
  char *text = json_dumps (request, JSON_COMPACT);
  g_autoptr(GBytes) body = g_bytes_new_with_free_func (text, strlen (text), free, text);
  g_autoptr(GBytes) answer = NULL;
  g_autoptr(json_t) root = NULL;
  g_autofree char *header = NULL;
  const char *access = NULL;

  quarry_http_set_header (self->http, "Authorization", NULL);
  answer = quarry_http_request (self->http, "POST", path, "application/json", body, TRUE, cancellable, NULL, error);
  root = answer != NULL ? parse (answer, path, error) : NULL;
  if (root == NULL)
    return FALSE;
  access = json_string_value (json_object_get (root, "access"));
  if (access == NULL)
    {
      g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_ANSWER, "%s: answer has no access token", path);
      return FALSE;
    }
  if (!quarry_label_studio_read_expiry (access, &self->expiry_s))
    self->expiry_s = G_MAXINT64;      /* found out by the server's 401 */
  header = g_strdup_printf ("Bearer %s", access);
  quarry_http_set_header (self->http, "Authorization", header);
  return TRUE;
}

typedef struct
{
  const char           *method;
  const char           *path;
  GBytes               *body;        /* JSON, nullable */
  const QuarryHttpPart *parts;       /* nullable */
  gsize                 n_parts;
  gboolean              idempotent;
} Call;

static GBytes *
exchange_once (QuarryLabelStudioClient *self, const Call *call, GCancellable *cancellable, GError **error)
{
  if (call->parts != NULL)
    return quarry_http_post_parts (self->http, call->path, call->parts, call->n_parts, cancellable, error);
  return quarry_http_request (self->http, call->method, call->path, call->body != NULL ? "application/json" : NULL, call->body,
                              call->idempotent, cancellable, NULL, error);
}

/* A request with a token that holds: fresh ahead of time, and once more after a 401 */
static GBytes *
exchange (QuarryLabelStudioClient *self, const Call *call, GCancellable *cancellable, GError **error)
{
  g_autoptr(GError) local = NULL;
  GBytes *bytes = NULL;
  gboolean ready = self->personal == NULL || self->expiry_s - REFRESH_EARLY > g_get_real_time () / G_USEC_PER_SEC ||
                   refresh (self, cancellable, &local);

  if (ready)
    bytes = exchange_once (self, call, cancellable, &local);
  if (ready && self->personal != NULL && g_error_matches (local, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_UNAUTHORIZED))
    {
      g_clear_error (&local);
      if (refresh (self, cancellable, &local))
        bytes = exchange_once (self, call, cancellable, &local);
    }
  if (bytes == NULL)
    {
      explain_refusal (self, &local);
      g_propagate_error (error, g_steal_pointer (&local));
    }
  return bytes;
}

static json_t *
call_json (QuarryLabelStudioClient *self, const Call *call, GCancellable *cancellable, GError **error)
{
  g_autoptr(GBytes) bytes = exchange (self, call, cancellable, error);

  return bytes != NULL ? parse (bytes, call->path, error) : NULL;
}

json_t *
quarry_label_studio_get (QuarryLabelStudioClient *self, const char *path, GCancellable *cancellable, GError **error)
{
  return call_json (self, &(Call) { "GET", path, .idempotent = TRUE }, cancellable, error);
}

/* Posts @value, which stays the caller's */
json_t *
quarry_label_studio_post (QuarryLabelStudioClient *self, const char *path, json_t *value, GCancellable *cancellable, GError **error)
{
  char *text = json_dumps (value, JSON_COMPACT);
  g_autoptr(GBytes) body = g_bytes_new_with_free_func (text, strlen (text), free, text);

  return call_json (self, &(Call) { "POST", path, body }, cancellable, error);
}

json_t *
quarry_label_studio_post_parts (QuarryLabelStudioClient  *self,
                                const char               *path,
                                const QuarryHttpPart     *parts,
                                gsize                     n_parts,
                                GCancellable             *cancellable,
                                GError                  **error)
{
  return call_json (self, &(Call) { "POST", path, .parts = parts, .n_parts = n_parts }, cancellable, error);
}

/* What is gone already is fine: it may have been the first try of this very request */
gboolean
quarry_label_studio_delete (QuarryLabelStudioClient *self, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr(GError) local = NULL;
  g_autoptr(GBytes) answer = exchange (self, &(Call) { "DELETE", path, .idempotent = TRUE }, cancellable, &local);

  if (answer != NULL || g_error_matches (local, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

void
quarry_label_studio_set_answer_error (GError **error, const char *path, const char *what)
{
  g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_ANSWER, "%.*s: %s", (int) strcspn (path, "?"), path, what);
}
