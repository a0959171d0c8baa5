/* quarry-sigv4.h: AWS Signature Version 4
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Pure functions. Source: "Authenticating Requests (AWS Signature Version 4)", Amazon S3 API Reference. The path and the
 * query are given as they go out, already encoded (quarry_sigv4_encode, quarry_sigv4_query), so that wire and signature cannot differ.
 * For services other than S3 the signed path is encoded a second time.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define QUARRY_SIGV4_UNSIGNED "UNSIGNED-PAYLOAD"
#define QUARRY_SIGV4_EMPTY    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"     /* SHA-256 of no bytes */

typedef struct
{
  const char *access_key;
  const char *secret_key;
  const char *session_token;   /* nullable */
  const char *region;
  const char *service;         /* "s3" */
  gint64      time_s;          /* seconds since the Unix epoch */
} QuarrySigv4Key;

typedef struct { const char *name; const char *value; } QuarrySigv4Header;     /* name in lower case */

typedef struct
{
  const char              *method;
  const char              *host;          /* with :port where it is not the scheme's */
  const char              *path;          /* "/bucket/a%20b" */
  const char              *query;         /* "" none */
  const char              *payload;       /* SHA-256 of the body in hexadecimal, or QUARRY_SIGV4_UNSIGNED */
  const QuarrySigv4Header *headers;       /* what is signed besides host, x-amz-date, x-amz-security-token and (S3) x-amz-content-sha256 */
  gsize                    n_headers;
} QuarrySigv4Request;

char  *quarry_sigv4_encode  (const char               *text,           /* all but A–Z a–z 0–9 - . _ ~ becomes %XX */
                             gboolean                  keep_slash);
char  *quarry_sigv4_query   (const char * const       *pairs);         /* name, value, …, NULL: encoded, sorted, joined */
char  *quarry_sigv4_hash    (GBytes                   *bytes);         /* nullable: of nothing */
char **quarry_sigv4_sign    (const QuarrySigv4Key     *key,            /* the header lines to send, host excepted */
                             const QuarrySigv4Request *request);
char  *quarry_sigv4_presign (const QuarrySigv4Key     *key,            /* the query of a URL that needs no header; headers are not signed */
                             const QuarrySigv4Request *request,
                             guint                     expires_s);     /* 1 … 604800; temporary credentials end it earlier */

G_END_DECLS
