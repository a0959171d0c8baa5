/* quarry-s3.c: one call to S3: address, signature, and what to make of the answer
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Error codes and redirects are those of the "Amazon S3 API Reference", "Error responses".
 */

#include "config.h"
#include "quarry-s3.h"
#include "quarry-credentials.h"
#include "quarry-s3-private.h"
#include "quarry-s3-xml.h"

#include <curl/curl.h>
#include <string.h>

#define REGION_DEFAULT "us-east-1"
#define LIMITS ((QuarryHttpLimits) { 5, 200, 60, 30, (gsize) 64 << 20 })

struct _QuarryS3
{
  QuarryAwsConfig        *config;
  QuarryCredentialsChain *chain;
  QuarryHttp             *http;
  char                   *endpoint;      /* nullable: AWS */
  char                   *region;
  gboolean                virtual_host;
  GMutex                  lock;          /* of what follows */
  GHashTable             *regions;       /* bucket → region, where it is another */
  gint64                  clock_s;       /* the server's clock minus ours */
};

/* One call as it is tried: all that make_headers needs */
typedef struct
{
  const QuarryS3Call *call;
  QuarryCredentials  *credentials;
  QuarryS3Address     address;
  char               *region, *query, *payload;
  gint64              clock_s;
} Attempt;

void
quarry_s3_object_clear (QuarryS3Object *self)
{
  g_clear_pointer (&self->etag, g_free);
}

void
quarry_s3_address_clear (QuarryS3Address *self)
{
  g_clear_pointer (&self->origin, g_free);
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->path, g_free);
}

/* "host" or "host:port", the scheme's own port left out as in a Host header; an IPv6 address in brackets */
static char *
format_host (const char *prefix, const char *host, int port, const char *scheme)
{
  const gboolean own = port < 0 || port == (g_strcmp0 (scheme, "https") == 0 ? 443 : 80);
  const gboolean six = strchr (host, ':') != NULL;
  g_autofree char *name = g_strdup_printf (six ? "%s[%s]" : "%s%s", prefix, host);

  return own ? g_steal_pointer (&name) : g_strdup_printf ("%s:%d", name, port);
}

void
quarry_s3_address_make (const char *endpoint, gboolean virtual_host, const char *region, const char *bucket, const char *key, QuarryS3Address *out)
{
  g_autofree char *aws = g_strdup_printf ("https://s3.%s.amazonaws.com%s", region, g_str_has_prefix (region, "cn-") ? ".cn" : "");
  g_autoptr(GUri) uri = g_uri_parse (endpoint != NULL ? endpoint : aws, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "http";
  const char *host = uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : "";
  g_autofree char *below = g_strdup (uri != NULL ? g_uri_get_path (uri) : "");
  const gboolean in_host = virtual_host && strchr (bucket, '.') == NULL;       /* a dot fits no wildcard certificate */
  g_autofree char *prefix = in_host ? g_strconcat (bucket, ".", NULL) : g_strdup ("");
  g_autofree char *encoded_bucket = quarry_sigv4_encode (bucket, FALSE);
  g_autofree char *encoded_key = quarry_sigv4_encode (key, TRUE);

  while (g_str_has_suffix (below, "/"))
    below[strlen (below) - 1] = '\0';
  out->host = format_host (prefix, host, uri != NULL ? g_uri_get_port (uri) : -1, scheme);
  out->origin = g_strdup_printf ("%s://%s", scheme, out->host);
  out->path = in_host ? g_strdup_printf ("%s/%s", below, encoded_key)
                      : g_strdup_printf ("%s/%s%s%s", below, encoded_bucket, *key != '\0' ? "/" : "", encoded_key);
}

QuarryS3 *
quarry_s3_new (void)
{
  QuarryS3 *self = g_new0 (QuarryS3, 1);
  const char *style = NULL;

  self->config = quarry_aws_config_new ();
  self->chain = quarry_credentials_chain_new (self->config);
  self->http = quarry_http_new (NULL);
  quarry_http_set_limits (self->http, &LIMITS);
  self->endpoint = quarry_aws_config_dup_endpoint (self->config, "s3");
  self->region = quarry_aws_config_dup_region (self->config);
  if (self->region == NULL)
    self->region = g_strdup (REGION_DEFAULT);
  style = quarry_aws_config_get (self->config, "s3.addressing_style");
  self->virtual_host = style != NULL && !g_str_equal (style, "auto") ? g_str_equal (style, "virtual") : self->endpoint == NULL;
  self->regions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_mutex_init (&self->lock);
  return self;
}

void
quarry_s3_free (QuarryS3 *self)
{
  quarry_credentials_chain_free (self->chain);
  quarry_aws_config_free (self->config);
  g_object_unref (self->http);
  g_hash_table_unref (self->regions);
  g_mutex_clear (&self->lock);
  g_free (self->endpoint);
  g_free (self->region);
  g_free (self);
}

const char *
quarry_s3_get_name (QuarryS3 *self)
{
  return self->endpoint != NULL ? self->endpoint : "aws";
}

void
quarry_s3_set_limits (QuarryS3 *self, const QuarryHttpLimits *limits)
{
  quarry_http_set_limits (self->http, limits);
}

gboolean
quarry_s3_parse_uri (const char *uri, char **out_bucket, char **out_key, GError **error)
{
  const char *bucket = g_str_has_prefix (uri, "s3://") ? uri + strlen ("s3://") : "";
  const char *slash = strchr (bucket, '/');
  const gsize length = slash != NULL ? (gsize) (slash - bucket) : strlen (bucket);

  if (length == 0 || !g_utf8_validate (uri, -1, NULL))
    {
      g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_FAILED, "'%s' names no bucket: write s3://BUCKET/PREFIX", uri);
      return FALSE;
    }
  if (slash != NULL && strlen (slash + 1) > 1024)
    {
      g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_FAILED, "'%.80s…': a key has at most 1024 bytes", uri);
      return FALSE;
    }
  *out_bucket = g_strndup (bucket, length);
  *out_key = g_strdup (slash != NULL ? slash + 1 : "");
  return TRUE;
}

static char **
make_headers (gpointer data)
{
  Attempt *self = data;
  const QuarrySigv4Key key = {
    self->credentials->access_key, self->credentials->secret_key, self->credentials->session_token, self->region, "s3",
    g_get_real_time () / G_USEC_PER_SEC + self->clock_s,
  };
  const QuarrySigv4Request request = {
    self->call->method, self->address.host, self->address.path, self->query, self->payload, self->call->headers, self->call->n_headers,
  };

  return quarry_sigv4_sign (&key, &request);
}

/* Besides those that any server may send, by "Error responses" and the retry rules of the AWS SDKs */
static gboolean
is_passing (gpointer data, const QuarryHttpReply *reply)
{
  static const char * const codes[] = {
    "InternalError", "RequestTimeout", "SlowDown", "Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded",
    "BandwidthLimitExceeded", "PriorRequestNotComplete", "RequestThrottled", NULL,
  };
  g_auto(QuarryS3Trouble) trouble = { 0 };

  return reply->status == 500 || (quarry_s3_trouble_parse (reply->body, &trouble) && g_strv_contains (codes, trouble.code));
}

static void
attempt_clear (Attempt *self)
{
  g_clear_pointer (&self->credentials, quarry_credentials_unref);
  quarry_s3_address_clear (&self->address);
  g_clear_pointer (&self->region, g_free);
  g_clear_pointer (&self->query, g_free);
  g_clear_pointer (&self->payload, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Attempt, attempt_clear)

static gboolean
try_once (QuarryS3 *self, Attempt *attempt, const QuarryCredentials *refused, GCancellable *cancellable, QuarryHttpReply *reply, GError **error)
{
  const QuarryS3Call *call = attempt->call;
  const char *known = NULL;
  g_autofree char *url = NULL;
  QuarryHttpCall http = {
    .method = call->method, .body = call->body, .idempotent = TRUE, .make_headers = make_headers, .is_passing = is_passing, .data = attempt,
  };

  attempt->credentials = quarry_credentials_chain_get (self->chain, refused, cancellable, error);
  if (attempt->credentials == NULL)
    return FALSE;
  g_mutex_lock (&self->lock);
  known = g_hash_table_lookup (self->regions, call->bucket);
  attempt->region = g_strdup (known != NULL ? known : self->region);
  attempt->clock_s = self->clock_s;
  g_mutex_unlock (&self->lock);
  quarry_s3_address_make (self->endpoint, self->virtual_host, attempt->region, call->bucket, call->key, &attempt->address);
  attempt->query = quarry_sigv4_query (call->query != NULL ? call->query : (const char * const[]) { NULL });
  attempt->payload = quarry_sigv4_hash (call->body);
  url = g_strconcat (attempt->address.origin, attempt->address.path, *attempt->query != '\0' ? "?" : NULL, attempt->query, NULL);
  http.url = url;
  if (quarry_http_send (self->http, &http, cancellable, reply, error))
    return TRUE;
  g_prefix_error (error, "s3://%s/%s: ", call->bucket, call->key);
  return FALSE;
}

/* Returns: (nullable) */
static const char *
get_header (const QuarryHttpReply *reply, const char *name)
{
  return g_hash_table_lookup (reply->headers, name);
}

/* Returns: TRUE where it was another region's, which is remembered */
static gboolean
learn_region (QuarryS3 *self, const Attempt *attempt, const QuarryHttpReply *reply, const QuarryS3Trouble *trouble)
{
  const char *region = get_header (reply, "x-amz-bucket-region");

  if (region == NULL && (g_str_equal (trouble->code, "AuthorizationHeaderMalformed") || g_str_equal (trouble->code, "IllegalLocationConstraintException") ||
                         reply->status == 301 || reply->status == 307))
    region = trouble->region;
  if (region == NULL || *region == '\0' || g_str_equal (region, attempt->region) || strlen (region) > 64)
    return FALSE;
  g_debug ("bucket '%s' is in %s", attempt->call->bucket, region);
  g_mutex_lock (&self->lock);
  g_hash_table_replace (self->regions, g_strdup (attempt->call->bucket), g_strdup (region));
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static gboolean
learn_clock (QuarryS3 *self, const QuarryHttpReply *reply)
{
  const char *date = get_header (reply, "date");
  const gint64 there = date != NULL ? (gint64) curl_getdate (date, NULL) : -1;

  if (there < 0)
    return FALSE;
  g_mutex_lock (&self->lock);
  self->clock_s = there - g_get_real_time () / G_USEC_PER_SEC;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static gboolean
is_expired (const QuarryS3Trouble *trouble)
{
  static const char * const codes[] = { "ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired", NULL };

  return g_strv_contains (codes, trouble->code);
}

/* What a person can do about it; "" where only the server's own words help */
static const char *
advice (const QuarryS3Trouble *trouble, guint status)
{
  static const struct { const char *code; const char *text; } known[] = {
    { "AccessDenied", "this login may not do it: it needs s3:GetObject and s3:ListBucket to read, s3:PutObject to write (without s3:ListBucket, what does "
      "not exist is denied, too)" },
    { "NoSuchBucket", "there is no such bucket" },
    { "NoSuchKey", "there is no such object" },
    { "InvalidAccessKeyId", "the server does not know this access key: check AWS_ACCESS_KEY_ID, AWS_PROFILE, and the endpoint" },
    { "SignatureDoesNotMatch", "the secret key does not belong to the access key" },
    { "RequestTimeTooSkewed", "this machine's clock is more than 15 minutes off: set it" },
    { "ExpiredToken", "the session has expired: log in again" },
    { "InvalidObjectState", "the object is archived (Glacier): restore it first" },
    { "EntityTooLarge", "the object is larger than the server takes" },
    { "PermanentRedirect", "the bucket is in another region: set AWS_REGION" },
    { "AuthorizationHeaderMalformed", "the bucket is in another region: set AWS_REGION" },
    { "SlowDown", "the server is overloaded: try again later" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (trouble->code, known[i].code))
      return known[i].text;
  if (*trouble->code != '\0')
    return "";
  return status == 403 ? known[0].text : status == 404 ? "there is no such object" : "";
}

static void
set_error (GError **error, const Attempt *attempt, const QuarryHttpReply *reply, const QuarryS3Trouble *trouble)
{
  const char *text = advice (trouble, reply->status);
  const char *id = get_header (reply, "x-amz-request-id");
  g_autofree char *words = g_utf8_make_valid (*text != '\0' ? text : trouble->message, -1);
  g_autoptr(GString) message = g_string_new (NULL);
  GQuark domain = QUARRY_STORAGE_ERROR;
  int code = QUARRY_STORAGE_ERROR_FAILED;

  g_string_append_printf (message, "s3://%s/%s: ", attempt->call->bucket, attempt->call->key);
  if (*words != '\0')
    g_string_append_printf (message, "%.*s (", (int) MIN (strlen (words), 400), words);
  g_string_append_printf (message, "%s%sstatus %u", trouble->code, *trouble->code != '\0' ? ", " : "", reply->status);
  if (*words == '\0')
    g_string_append (message, " (");
  else
    g_string_append (message, ", ");
  g_string_append_printf (message, "login from %s", attempt->credentials->origin);
  if (id != NULL)
    g_string_append_printf (message, ", request %.64s", id);
  g_string_append_c (message, ')');
  if (reply->status == 404)
    {
      domain = G_IO_ERROR;
      code = G_IO_ERROR_NOT_FOUND;
    }
  else if (reply->status == 412)
    code = QUARRY_STORAGE_ERROR_CHANGED;
  else if (reply->status == 401 || reply->status == 403)
    {
      domain = G_IO_ERROR;
      code = G_IO_ERROR_PERMISSION_DENIED;
    }
  g_set_error_literal (error, domain, code, message->str);
}

/* Once each: another region, a clock that is off, credentials that have expired */
gboolean
quarry_s3_call (QuarryS3 *self, const QuarryS3Call *call, GCancellable *cancellable, QuarryHttpReply *out_reply, GError **error)
{
  g_autoptr(QuarryCredentials) refused = NULL;
  gboolean moved = FALSE, adjusted = FALSE;

  for (;;)
    {
      g_auto(Attempt) attempt = { .call = call };
      g_auto(QuarryHttpReply) reply = { 0 };
      g_auto(QuarryS3Trouble) trouble = { 0 };

      if (!try_once (self, &attempt, refused, cancellable, &reply, error))
        return FALSE;
      if (reply.status >= 200 && reply.status <= 299)
        {
          *out_reply = reply;
          reply = (QuarryHttpReply) { 0 };
          return TRUE;
        }
      quarry_s3_trouble_parse (reply.body, &trouble);
      if (!moved && (moved = learn_region (self, &attempt, &reply, &trouble)))
        continue;
      if (!adjusted && g_str_equal (trouble.code, "RequestTimeTooSkewed") && (adjusted = learn_clock (self, &reply)))
        continue;
      if (refused == NULL && is_expired (&trouble))
        {
          refused = g_steal_pointer (&attempt.credentials);
          continue;
        }
      set_error (error, &attempt, &reply, &trouble);
      return FALSE;
    }
}
