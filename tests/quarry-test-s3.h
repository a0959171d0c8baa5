/* quarry-test-s3.h: an S3 server on loopback that checks signatures, keeps objects in memory and fails as a test says
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-sigv4.h"
#include "quarry-test-server.h"

#include <stdio.h>
#include <stdlib.h>

#define QUARRY_TEST_S3_KEY    "AKIDTESTTESTTEST"
#define QUARRY_TEST_S3_SECRET "a secret that no error may show"

typedef enum
{
  S3_FINE, S3_SLOW_DOWN, S3_INTERNAL, S3_RESET, S3_TRUNCATED, S3_OTHER_RANGE, S3_OTHER_ETAG, S3_IGNORED_RANGE, S3_DENIED, S3_SKEWED, S3_LATE_ERROR,
  S3_BAD_REQUEST_TIMEOUT, S3_LOST_ANSWER,
} QuarryTestS3Fault;

typedef struct { GHashTable *parts; char *key; } QuarryTestS3Upload;

typedef struct
{
  QuarryTestServer  *server;
  GHashTable        *objects;      /* "bucket/key" → GBytes */
  GHashTable        *uploads;      /* id → QuarryTestS3Upload */
  GHashTable        *n_parts;      /* "bucket/key" → in how many it came, which its ETag ends in */
  const char        *bucket;       /* the only one */
  const char        *region;
  const char        *token;        /* the session token that is good; NULL: none is looked at */
  const char        *clock;        /* x-amz-date has to begin so; NULL: any */
  guint              page;         /* keys a listing */
  GPtrArray         *log;          /* "METHOD /path?query [range]" of each request, decoded */
  const char        *fault_on;     /* part of such a line */
  QuarryTestS3Fault  fault;
  int                n_faults;     /* left; −1 without end */
  guint              n_uploads;
  char              *credentials;  /* JSON at /credentials; owned */
} QuarryTestS3;

static inline void
quarry_test_s3_upload_free (gpointer data)
{
  QuarryTestS3Upload *self = data;

  g_hash_table_unref (self->parts);
  g_free (self->key);
  g_free (self);
}

static inline void
quarry_test_s3_fail (QuarryTestReply *reply, guint status, const char *code, const char *more)
{
  g_autofree char *xml = g_strdup_printf ("<?xml version=\"1.0\"?>\n<Error><Code>%s</Code><Message>the server's words</Message>%s"
                                          "<RequestId>R1</RequestId></Error>", code, more != NULL ? more : "");

  quarry_test_reply_json (reply, status, xml);
}

static inline char *
quarry_test_s3_etag (GBytes *bytes)
{
  g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_MD5, bytes);

  return g_strdup_printf ("\"%s\"", sum);
}

static inline char *
quarry_test_s3_etag_of (QuarryTestS3 *self, const char *name, GBytes *bytes)
{
  g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_MD5, bytes);
  const guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->n_parts, name));

  return n > 0 ? g_strdup_printf ("\"%s-%u\"", sum, n) : g_strdup_printf ("\"%s\"", sum);
}

/* Computes what Authorization should be from what came. Returns: FALSE where it is not */
static inline gboolean
quarry_test_s3_is_signed (QuarryTestS3 *self, QuarryTestRequest *request)
{
  g_autofree char *given = quarry_test_request_header (request, "Authorization");
  g_autofree char *host = quarry_test_request_header (request, "Host");
  g_autofree char *date = quarry_test_request_header (request, "x-amz-date");
  g_autofree char *token = quarry_test_request_header (request, "x-amz-security-token");
  g_autofree char *sum = quarry_test_request_header (request, "x-amz-content-sha256");
  g_autofree char *real = quarry_sigv4_hash (request->body);
  const char *names = given != NULL ? strstr (given, "SignedHeaders=") : NULL;
  g_autofree char *list = names != NULL ? g_strndup (names + 14, strcspn (names + 14, ",")) : g_strdup ("");
  g_auto(GStrv) signed_names = g_strsplit (list, ";", -1);
  g_auto(GStrv) target = g_strsplit (request->path, "?", 2);
  g_autoptr(GArray) headers = g_array_new (FALSE, FALSE, sizeof (QuarrySigv4Header));
  g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GDateTime) time = NULL;
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_auto(GStrv) expected = NULL;

  if (given == NULL || date == NULL || sum == NULL || !g_str_equal (sum, real))
    return FALSE;
  for (int i = 0; signed_names[i] != NULL; i++)
    if (!g_str_equal (signed_names[i], "host") && !g_str_has_prefix (signed_names[i], "x-amz-date") &&
        !g_str_equal (signed_names[i], "x-amz-content-sha256") && !g_str_equal (signed_names[i], "x-amz-security-token"))
      {
        QuarrySigv4Header header = { signed_names[i], quarry_test_request_header (request, signed_names[i]) };

        if (header.value == NULL)
          return FALSE;
        g_ptr_array_add (values, (char *) header.value);
        g_array_append_val (headers, header);
      }
  time = g_date_time_new_from_iso8601 (date, utc);
  if (time == NULL)
    return FALSE;
  expected = quarry_sigv4_sign (&(QuarrySigv4Key) { QUARRY_TEST_S3_KEY, QUARRY_TEST_S3_SECRET, token, self->region, "s3", g_date_time_to_unix (time) },
                                &(QuarrySigv4Request) { request->method, host, target[0], target[1] != NULL ? target[1] : "", sum,
                                                        (QuarrySigv4Header *) (gpointer) headers->data, headers->len });
  return g_str_equal (expected[g_strv_length (expected) - 1] + strlen ("Authorization: "), given);
}

/* Returns: (transfer full) (nullable): a query's value, decoded */
static inline char *
quarry_test_s3_query (const char *query, const char *name)
{
  g_auto(GStrv) pairs = g_strsplit (query != NULL ? query : "", "&", -1);
  const gsize n = strlen (name);

  for (int i = 0; pairs[i] != NULL; i++)
    if (strncmp (pairs[i], name, n) == 0 && pairs[i][n] == '=')
      return g_uri_unescape_string (pairs[i] + n + 1, NULL);
  return NULL;
}

static inline int
quarry_test_s3_compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char **) a, *(char **) b);
}

static inline void
quarry_test_s3_list (QuarryTestS3 *self, const char *query, QuarryTestReply *reply)
{
  g_autofree char *prefix = quarry_test_s3_query (query, "prefix");
  g_autofree char *delimiter = quarry_test_s3_query (query, "delimiter");
  g_autofree char *token = quarry_test_s3_query (query, "continuation-token");
  g_autofree char *most = quarry_test_s3_query (query, "max-keys");
  g_autoptr(GPtrArray) keys = g_ptr_array_new ();
  g_autoptr(GString) xml = g_string_new ("<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><EncodingType>url</EncodingType>");
  g_autofree char *last = NULL;
  const gsize n_prefix = strlen (prefix != NULL ? prefix : "");
  GHashTableIter iter;
  gpointer name = NULL;
  guint n = 0;
  gboolean truncated = FALSE;

  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (keys, (char *) name + strlen (self->bucket) + 1);
  g_ptr_array_sort (keys, quarry_test_s3_compare);
  for (guint i = 0; i < keys->len && !truncated; i++)
    {
      const char *key = keys->pdata[i];
      const char *slash = delimiter != NULL && strlen (key) >= n_prefix ? strchr (key + n_prefix, '/') : NULL;
      g_autofree char *shown = slash != NULL ? g_strndup (key, (gsize) (slash - key) + 1) : g_strdup (key);
      g_autofree char *encoded = g_uri_escape_string (shown, "/", FALSE);
      g_autofree char *whole = g_strdup_printf ("%s/%s", self->bucket, key);
      GBytes *bytes = g_hash_table_lookup (self->objects, whole);
      g_autofree char *etag = quarry_test_s3_etag_of (self, whole, bytes);

      if (!g_str_has_prefix (key, prefix != NULL ? prefix : "") || (token != NULL && strcmp (shown, token) <= 0) ||
          (last != NULL && g_str_equal (shown, last)))
        continue;
      if (n == MIN (self->page, (guint) atoi (most != NULL ? most : "1000")))
        {
          truncated = TRUE;
          break;
        }
      n++;
      if (slash != NULL)
        g_string_append_printf (xml, "<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>", encoded);
      else
        g_string_append_printf (xml, "<Contents><Key>%s</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;%.*s&quot;</ETag>"
                                "<Size>%" G_GSIZE_FORMAT "</Size></Contents>", encoded, (int) strlen (etag) - 2, etag + 1, g_bytes_get_size (bytes));
      g_free (last);
      last = g_strdup (shown);
    }
  g_string_append_printf (xml, "<IsTruncated>%s</IsTruncated>", truncated ? "true" : "false");
  if (truncated)
    {
      g_autofree char *next = g_markup_escape_text (last, -1);

      g_string_append_printf (xml, "<NextContinuationToken>%s</NextContinuationToken>", next);
    }
  g_string_append (xml, "</ListBucketResult>");
  quarry_test_reply_json (reply, 200, xml->str);
}

static inline void
quarry_test_s3_get (QuarryTestS3 *self, QuarryTestRequest *request, const char *name, QuarryTestS3Fault fault, QuarryTestReply *reply)
{
  GBytes *bytes = g_hash_table_lookup (self->objects, name);
  g_autofree char *etag = bytes != NULL ? quarry_test_s3_etag_of (self, name, bytes) : NULL;
  g_autofree char *wanted = quarry_test_request_header (request, "If-Match");
  g_autofree char *range = quarry_test_request_header (request, "Range");
  gsize first = 0, last = 0;

  if (bytes == NULL)
    {
      quarry_test_s3_fail (reply, 404, "NoSuchKey", NULL);
      return;
    }
  if (wanted != NULL && !g_str_equal (wanted, etag))
    {
      quarry_test_s3_fail (reply, 412, "PreconditionFailed", NULL);
      return;
    }
  if (fault == S3_OTHER_ETAG)
    etag[1] = 'z';
  if (range == NULL || fault == S3_IGNORED_RANGE || sscanf (range, "bytes=%" G_GSIZE_FORMAT "-%" G_GSIZE_FORMAT, &first, &last) != 2)
    {
      reply->status = 200;
      reply->body = g_bytes_ref (bytes);
      reply->headers = g_strdup_printf ("ETag: %s\r\n", etag);
      return;
    }
  last = MIN (last, g_bytes_get_size (bytes) - 1);
  if (fault == S3_OTHER_RANGE)
    last--;
  reply->status = 206;
  reply->body = g_bytes_new_from_bytes (bytes, first, last - first + 1);
  reply->headers = g_strdup_printf ("ETag: %s\r\nContent-Range: bytes %" G_GSIZE_FORMAT "-%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT "\r\n", etag, first, last,
                                    g_bytes_get_size (bytes));
}

static inline GBytes *
quarry_test_s3_join (QuarryTestS3Upload *upload)
{
  g_autoptr(GByteArray) all = g_byte_array_new ();

  for (guint i = 1; i <= g_hash_table_size (upload->parts); i++)
    {
      GBytes *part = g_hash_table_lookup (upload->parts, GUINT_TO_POINTER (i));

      g_assert_nonnull (part);
      g_byte_array_append (all, g_bytes_get_data (part, NULL), (guint) g_bytes_get_size (part));
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&all));
}

static inline void
quarry_test_s3_list_parts (const char *id, QuarryTestS3Upload *upload, const char *marker, QuarryTestReply *reply)
{
  g_autoptr(GString) xml = g_string_new ("<ListPartsResult>");
  guint n = 0;

  for (guint i = (guint) atoi (marker != NULL ? marker : "0") + 1; i < 100 && n < 2; i++)      /* two a page */
    {
      GBytes *part = g_hash_table_lookup (upload->parts, GUINT_TO_POINTER (i));
      g_autofree char *etag = part != NULL ? quarry_test_s3_etag (part) : NULL;

      if (part == NULL)
        continue;
      n++;
      g_string_append_printf (xml, "<Part><PartNumber>%u</PartNumber><ETag>%s</ETag><Size>%" G_GSIZE_FORMAT "</Size></Part>", i, etag, g_bytes_get_size (part));
    }
  g_string_append_printf (xml, "<IsTruncated>%s</IsTruncated></ListPartsResult>", n == 2 ? "true" : "false");
  quarry_test_reply_json (reply, 200, xml->str);
}

static inline void
quarry_test_s3_multipart (QuarryTestS3 *self, QuarryTestRequest *request, const char *name, const char *query, QuarryTestS3Fault fault, QuarryTestReply *reply)
{
  g_autofree char *id = quarry_test_s3_query (query, "uploadId");
  g_autofree char *number = quarry_test_s3_query (query, "partNumber");
  g_autofree char *marker = quarry_test_s3_query (query, "part-number-marker");
  QuarryTestS3Upload *upload = id != NULL ? g_hash_table_lookup (self->uploads, id) : NULL;

  if (id == NULL)      /* begin */
    {
      g_autofree char *made = g_strdup_printf ("up%u", ++self->n_uploads);
      g_autofree char *xml = g_strdup_printf ("<InitiateMultipartUploadResult><UploadId>%s</UploadId></InitiateMultipartUploadResult>", made);

      upload = g_new0 (QuarryTestS3Upload, 1);
      upload->parts = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_bytes_unref);
      upload->key = g_strdup (name + strlen (self->bucket) + 1);
      g_hash_table_insert (self->uploads, g_steal_pointer (&made), upload);
      quarry_test_reply_json (reply, 200, xml);
    }
  else if (upload == NULL)
    quarry_test_s3_fail (reply, 404, "NoSuchUpload", NULL);
  else if (g_str_equal (request->method, "PUT"))
    {
      g_autofree char *etag = quarry_test_s3_etag (request->body);

      g_hash_table_insert (upload->parts, GUINT_TO_POINTER (atoi (number)), g_bytes_ref (request->body));
      reply->headers = g_strdup_printf ("ETag: %s\r\n", etag);
    }
  else if (g_str_equal (request->method, "GET"))
    quarry_test_s3_list_parts (id, upload, marker, reply);
  else if (fault == S3_LATE_ERROR)
    quarry_test_s3_fail (reply, 200, "InternalError", NULL);
  else
    {
      g_hash_table_insert (self->objects, g_strdup (name), quarry_test_s3_join (upload));
      g_hash_table_insert (self->n_parts, g_strdup (name), GUINT_TO_POINTER (g_hash_table_size (upload->parts)));
      g_hash_table_remove (self->uploads, id);
      quarry_test_reply_json (reply, 200, "<CompleteMultipartUploadResult/>");
    }
}

static inline void
quarry_test_s3_list_uploads (QuarryTestS3 *self, QuarryTestReply *reply)
{
  g_autoptr(GString) xml = g_string_new ("<ListMultipartUploadsResult>");
  GHashTableIter iter;
  gpointer id = NULL, upload = NULL;

  g_hash_table_iter_init (&iter, self->uploads);
  while (g_hash_table_iter_next (&iter, &id, &upload))
    g_string_append_printf (xml, "<Upload><Key>%s</Key><UploadId>%s</UploadId><Initiated>2026-01-01T00:00:0%sZ</Initiated></Upload>",
                            ((QuarryTestS3Upload *) upload)->key, (char *) id, (char *) id + 2);
  g_string_append (xml, "</ListMultipartUploadsResult>");
  quarry_test_reply_json (reply, 200, xml->str);
}

/* Returns: TRUE where the fault is the whole answer */
static inline gboolean
quarry_test_s3_answer_fault (QuarryTestS3Fault fault, QuarryTestReply *reply)
{
  switch (fault)
    {
    case S3_SLOW_DOWN: quarry_test_s3_fail (reply, 503, "SlowDown", NULL); return TRUE;
    case S3_INTERNAL: quarry_test_s3_fail (reply, 500, "InternalError", NULL); return TRUE;
    case S3_BAD_REQUEST_TIMEOUT: quarry_test_s3_fail (reply, 400, "RequestTimeout", NULL); return TRUE;
    case S3_DENIED: quarry_test_s3_fail (reply, 403, "AccessDenied", NULL); return TRUE;
    case S3_RESET: reply->fault = QUARRY_TEST_RESET; return TRUE;
    case S3_TRUNCATED: reply->fault = QUARRY_TEST_TRUNCATED; return FALSE;
    case S3_LOST_ANSWER: reply->fault = QUARRY_TEST_RESET; return FALSE;      /* it is done, but nobody hears of it */
    default: return FALSE;
    }
}

/* What stands before any object. Returns: TRUE where that is the answer */
static inline gboolean
quarry_test_s3_refuse (QuarryTestS3 *self, QuarryTestRequest *request, const char *bucket, QuarryTestReply *reply)
{
  g_autofree char *given = quarry_test_request_header (request, "Authorization");
  g_autofree char *token = quarry_test_request_header (request, "x-amz-security-token");
  g_autofree char *date = quarry_test_request_header (request, "x-amz-date");
  g_autofree char *scope = g_strdup_printf ("/%s/s3/aws4_request", self->region);

  if (given != NULL && strstr (given, scope) == NULL)
    {
      g_autofree char *more = g_strdup_printf ("<Region>%s</Region>", self->region);

      quarry_test_s3_fail (reply, 400, "AuthorizationHeaderMalformed", more);
      reply->headers = g_strdup_printf ("x-amz-bucket-region: %s\r\n", self->region);
    }
  else if (!quarry_test_s3_is_signed (self, request))
    quarry_test_s3_fail (reply, 403, "SignatureDoesNotMatch", NULL);
  else if (self->token != NULL && g_strcmp0 (self->token, token) != 0)
    quarry_test_s3_fail (reply, 400, "ExpiredToken", NULL);
  else if (self->clock != NULL && !g_str_has_prefix (date, self->clock))
    {
      quarry_test_s3_fail (reply, 403, "RequestTimeTooSkewed", NULL);
      reply->headers = g_strdup ("Date: Fri, 24 May 2013 00:00:00 GMT\r\n");
    }
  else if (!g_str_equal (bucket, self->bucket))
    quarry_test_s3_fail (reply, 404, "NoSuchBucket", NULL);
  else
    return FALSE;
  return TRUE;
}

static inline void
quarry_test_s3_handle (QuarryTestRequest *request, QuarryTestReply *reply, gpointer data)
{
  QuarryTestS3 *self = data;
  g_auto(GStrv) target = g_strsplit (request->path, "?", 2);
  g_autofree char *path = g_uri_unescape_string (target[0], NULL);
  const char *name = path + 1;                                       /* "bucket/key" */
  const char *slash = strchr (name, '/');
  g_autofree char *bucket = slash != NULL ? g_strndup (name, (gsize) (slash - name)) : g_strdup (name);
  const char *query = target[1] != NULL ? target[1] : "";
  g_autofree char *range = quarry_test_request_header (request, "Range");
  char *line = g_strdup_printf ("%s %s%s%s%s%s", request->method, path, *query != '\0' ? "?" : "", query, range != NULL ? " " : "", range != NULL ? range : "");
  QuarryTestS3Fault fault = S3_FINE;

  g_ptr_array_add (self->log, line);
  if (g_str_equal (path, "/credentials"))
    {
      quarry_test_reply_json (reply, 200, self->credentials);
      return;
    }
  if (self->n_faults != 0 && self->fault_on != NULL && strstr (line, self->fault_on) != NULL)
    {
      fault = self->fault;
      self->n_faults -= self->n_faults > 0;
    }
  if (quarry_test_s3_answer_fault (fault, reply) || quarry_test_s3_refuse (self, request, bucket, reply))
    return;
  if (strstr (query, "list-type=2") != NULL)
    quarry_test_s3_list (self, query, reply);
  else if (g_str_has_suffix (query, "uploads=") && g_str_equal (request->method, "GET"))
    quarry_test_s3_list_uploads (self, reply);
  else if (strstr (query, "upload") != NULL)
    quarry_test_s3_multipart (self, request, name, query, fault, reply);
  else if (g_str_equal (request->method, "PUT"))
    {
      g_hash_table_insert (self->objects, g_strdup (name), g_bytes_ref (request->body));
      g_hash_table_remove (self->n_parts, name);
    }
  else if (g_str_equal (request->method, "DELETE"))
    {
      reply->status = 204;
      g_hash_table_remove (self->objects, name);
    }
  else
    quarry_test_s3_get (self, request, name, fault, reply);
}

static inline void
quarry_test_s3_put (QuarryTestS3 *self, const char *key, const void *data, gsize length)
{
  g_mutex_lock (&self->server->lock);
  g_hash_table_insert (self->objects, g_strdup_printf ("%s/%s", self->bucket, key), g_bytes_new (data, length));
  g_mutex_unlock (&self->server->lock);
}

/* How many requests so far hold @part */
static inline guint
quarry_test_s3_count (QuarryTestS3 *self, const char *part)
{
  guint n = 0;

  g_mutex_lock (&self->server->lock);
  for (guint i = 0; i < self->log->len; i++)
    n += strstr (self->log->pdata[i], part) != NULL;
  g_mutex_unlock (&self->server->lock);
  return n;
}

static inline void
quarry_test_s3_set_fault (QuarryTestS3 *self, const char *on, QuarryTestS3Fault fault, int n)
{
  g_mutex_lock (&self->server->lock);
  self->fault_on = on;
  self->fault = fault;
  self->n_faults = n;
  g_mutex_unlock (&self->server->lock);
}

/* Also points the environment at it */
static inline QuarryTestS3 *
quarry_test_s3_new (void)
{
  QuarryTestS3 *self = g_new0 (QuarryTestS3, 1);
  static const char * const unset[] = { "AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3", "AWS_DEFAULT_REGION", "AWS_CONTAINER_CREDENTIALS_FULL_URI" };

  self->objects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  self->uploads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, quarry_test_s3_upload_free);
  self->n_parts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->log = g_ptr_array_new_with_free_func (g_free);
  self->bucket = "bucket";
  self->region = "us-east-1";
  self->page = 1000;
  self->server = quarry_test_server_new (quarry_test_s3_handle, self);
  for (gsize i = 0; i < G_N_ELEMENTS (unset); i++)
    g_unsetenv (unset[i]);
  g_setenv ("AWS_ENDPOINT_URL", self->server->url, TRUE);
  g_setenv ("AWS_ACCESS_KEY_ID", QUARRY_TEST_S3_KEY, TRUE);
  g_setenv ("AWS_SECRET_ACCESS_KEY", QUARRY_TEST_S3_SECRET, TRUE);
  g_setenv ("AWS_REGION", "us-east-1", TRUE);
  g_setenv ("AWS_EC2_METADATA_DISABLED", "true", TRUE);
  g_setenv ("AWS_CONFIG_FILE", "/dev/null", TRUE);
  g_setenv ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", TRUE);
  return self;
}

static inline void
quarry_test_s3_free (QuarryTestS3 *self)
{
  quarry_test_server_free (self->server);
  g_hash_table_unref (self->objects);
  g_hash_table_unref (self->uploads);
  g_hash_table_unref (self->n_parts);
  g_ptr_array_unref (self->log);
  g_free (self->credentials);
  g_free (self);
}
