/* quarry-http.h: the one HTTP client
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Blocking, cancellable, from any thread: requests at the same time each have a connection, which is kept for the next. TLS verified; bodies capped; secrets never in errors. Retries with
 * backoff and jitter on connection loss, 429, 502, 503 and 504 (Retry-After honoured), only where @idempotent. Redirects are
 * followed for GET only, and never with credentials to another host.
 */

#pragma once

#include "quarry-types.h"

G_BEGIN_DECLS

#define QUARRY_HTTP_ERROR (quarry_http_error_quark ())
typedef enum
{
  QUARRY_HTTP_ERROR_FAILED,          /* no answer: name, connection, TLS, time-out */
  QUARRY_HTTP_ERROR_STATUS,          /* an answer, but 4xx or 5xx */
  QUARRY_HTTP_ERROR_UNAUTHORIZED,    /* 401, 403 */
  QUARRY_HTTP_ERROR_NOT_FOUND,       /* 404 */
  QUARRY_HTTP_ERROR_TOO_LARGE,       /* body beyond the cap */
  QUARRY_HTTP_ERROR_BUSY,            /* 429, 502, 503, 504, at the last attempt, too */
} QuarryHttpError;
GQuark quarry_http_error_quark (void);

typedef struct
{
  guint  attempts;         /* of an idempotent request */
  guint  backoff_ms;       /* before the second attempt; doubles, with jitter, up to 30 s */
  guint  retry_after_s;    /* the longest Retry-After that is waited for */
  guint  silence_s;        /* without a byte: given up */
  gsize  body_max;         /* bytes of an answer, decoded */
} QuarryHttpLimits;
#define QUARRY_HTTP_LIMITS_DEFAULT ((QuarryHttpLimits) { 5, 500, 120, 120, (gsize) 256 << 20 })

typedef struct { const char *name; const char *file_name; const char *type; GBytes *bytes; } QuarryHttpPart;

/* An answer as it came */
typedef struct
{
  guint       status;
  GHashTable *headers;     /* lower-case name → value; of repeated ones the last */
  GBytes     *body;        /* not decoded */
} QuarryHttpReply;
void quarry_http_reply_clear (QuarryHttpReply *self);

/* A request that its caller signs and judges itself. The client's own headers and base URL play no part; nothing is
 * redirected; the URL goes out byte for byte. */
typedef struct
{
  const char  *method;
  const char  *url;
  GBytes      *body;             /* nullable */
  gboolean     idempotent;
  guint        timeout_ms;       /* of one attempt, connecting too; 0: as the limits say */
  char      **(*make_headers) (gpointer data);                                  /* (transfer full): "Name: value" lines; called before each attempt */
  gboolean   (*is_passing)   (gpointer data, const QuarryHttpReply *reply);     /* nullable: whether a 4xx or 5xx may be gone in a moment, besides the usual */
  gpointer     data;
} QuarryHttpCall;

#define QUARRY_TYPE_HTTP (quarry_http_get_type ())
G_DECLARE_FINAL_TYPE (QuarryHttp, quarry_http, QUARRY, HTTP, GObject)

QuarryHttp *quarry_http_new        (const char            *base_url);
void        quarry_http_set_header (QuarryHttp            *self,          /* sent with every request to base_url's host; NULL value removes */
                                    const char            *name,
                                    const char            *value);
void        quarry_http_set_limits (QuarryHttp            *self,
                                    const QuarryHttpLimits *limits);
void        quarry_http_hide       (QuarryHttp            *self,          /* a word that no error may show; header values are hidden anyway */
                                    const char            *secret);
GBytes     *quarry_http_request    (QuarryHttp            *self,
                                    const char            *method,
                                    const char            *path,          /* relative to base_url, with its query */
                                    const char            *content_type,  /* nullable */
                                    GBytes                *body,          /* nullable */
                                    gboolean               idempotent,
                                    GCancellable          *cancellable,
                                    guint                 *out_status,    /* nullable; set also on QUARRY_HTTP_ERROR_STATUS and kin */
                                    GError               **error);
GBytes     *quarry_http_post_parts (QuarryHttp            *self,          /* multipart/form-data */
                                    const char            *path,
                                    const QuarryHttpPart  *parts,
                                    gsize                  n_parts,
                                    GCancellable          *cancellable,
                                    GError               **error);

gboolean    quarry_http_send       (QuarryHttp            *self,          /* TRUE: an answer came, of whatever status */
                                    const QuarryHttpCall  *call,
                                    GCancellable          *cancellable,
                                    QuarryHttpReply       *out_reply,
                                    GError               **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (QuarryHttpReply, quarry_http_reply_clear)

G_END_DECLS
